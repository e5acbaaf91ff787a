//! Files a person drops: papers about the case, lists of references, published studies; each goes where it is used.

use std::path::{Path, PathBuf};

use evidence::PolicyWords;
use evidence::official::Offices;
use facts::{Case, Finding, Record, Reference, SecondOpinion};
use kb::Kb;

use crate::args::Args;
use crate::failure::Failure;
use crate::{files, papers};

/// What dropped files come to.
#[derive(Default)]
pub(crate) struct Dropped {
    /// Papers with their text: letters, records, policies, studies.
    pub papers: Vec<papers::Paper>,
    /// References from lists (NBIB, RIS, …).
    pub references: Vec<Reference>,
    /// What was noticed in the lists.
    pub findings: Vec<Finding>,
    /// Files that could not be read.
    pub failures: Vec<Failure>,
}

/// Reads files of any kind; those that cannot be read are kept as failures beside the others.
pub(crate) fn open(paths: &[PathBuf], args: &Args, kb: &Kb) -> Dropped {
    papers::while_preparing(kb, || open_each(paths, args, kb))
}

fn open_each(paths: &[PathBuf], args: &Args, kb: &Kb) -> Dropped {
    let mut dropped = Dropped::default();
    for path in paths {
        if path.to_str().is_none() {
            dropped.failures.push(unwritable_name(path));
            continue;
        }
        let outcome = match list(path) {
            Some(read) => read.map(|(references, findings)| {
                dropped.references.extend(references);
                dropped.findings.extend(findings);
            }),
            None => papers::open(path, args, kb).map(|found| dropped.papers.extend(found)),
        };
        dropped.failures.extend(outcome.err());
    }
    dropped
}

/// A case file is text: a name that is none could not be written into it and found again.
fn unwritable_name(path: &Path) -> Failure {
    Failure::input(
        path.display().to_string(),
        "the name of this file holds signs that are no text (UTF-8), so a case file cannot name it",
    )
    .hint("give the file a plain name and try again")
}

type List = (Vec<Reference>, Vec<Finding>);

/// The references of a list; `None` when the file is none (or cannot be opened, which reading it as a paper will say).
fn list(path: &Path) -> Option<Result<List, Failure>> {
    let bytes = files::read(path).ok().filter(|b| extract::sniff(b) == extract::Kind::Citations)?;
    Some(references(&path.display().to_string(), &bytes))
}

/// The references in a file, with what was noticed about it.
pub(crate) fn references(name: &str, bytes: &[u8]) -> Result<List, Failure> {
    let read = exchange::read_citations(name, bytes).map_err(|e| Failure::input(name, e.to_string()))?;
    Ok((read.value, read.findings.into_iter().map(|f| f.about(name)).collect()))
}

impl Dropped {
    /// A case from papers: facts of the plan's letters with their quotes, every paper as a record, the opinion letter
    /// named, published work on the shelf.
    pub(crate) fn into_case(self, kb: &Kb, folder: &Path) -> Result<Case, Failure> {
        let kinds: Vec<Option<String>> = self.papers.iter().map(|p| kind_of(p, kb)).collect();
        let letters: Vec<papers::Paper> =
            self.papers.iter().zip(&kinds).filter(|(_, k)| from_plan(k.as_deref())).map(|(p, _)| p.clone()).collect();
        let mut case = notice::to_case(&papers::reading(&letters, kb), kb);
        name_by_path(&mut case.records, &letters, folder);
        self.add_to(&mut case, kb, folder)?;
        Ok(case)
    }

    /// Puts the papers and references into a case that exists.
    pub(crate) fn add_to(self, case: &mut Case, kb: &Kb, folder: &Path) -> Result<(), Failure> {
        for paper in &self.papers {
            let file = name_from(&paper.path, folder);
            if let Some(work) = evidence::shelf::published(&paper.document, kb)? {
                add_work(case, work, &file);
                continue;
            }
            let kind = close_kind_of(paper, kb).map(|kind| opinion::kind_in_case(&kind, case, &paper.document, kb));
            if kind.as_deref() == Some("clinical_policy")
                && let Some(work) = coverage_document(paper, kb)?
            {
                add_work(case, work, &file);
            }
            add_paper(case, paper, kind, &file, kb);
        }
        case.references.extend(self.references);
        Ok(())
    }
}

/// A policy that is a coverage document of Medicare is an authority of its own.
fn coverage_document(paper: &papers::Paper, kb: &Kb) -> Result<Option<Reference>, Failure> {
    let words = PolicyWords::load(kb)?;
    let own = evidence::policy::parse(&paper.document, &words).own;
    Ok(Offices::load(kb)?.of_document(&paper.document, &own))
}

/// What kind of paper it is.
fn kind_of(paper: &papers::Paper, kb: &Kb) -> Option<String> {
    match &paper.reading {
        Some(reading) => reading.documents.first().and_then(|d| d.kind.clone()),
        None => notice::read(std::slice::from_ref(&paper.document), kb).documents.first().and_then(|d| d.kind.clone()),
    }
}

/// The same, a medical record more closely, where its words tell.
fn close_kind_of(paper: &papers::Paper, kb: &Kb) -> Option<String> {
    let told = kind_of(paper, kb);
    match told.as_deref() {
        Some("medical_record" | "other") => notice::record_kind(&paper.document, kb).or(told),
        _ => told,
    }
}

/// Whether a paper may come from the plan, so that its facts belong into the case.
fn from_plan(kind: Option<&str>) -> bool {
    !matches!(kind, Some("opinion_letter" | "treating_letter" | "medical_record" | "clinical_policy" | "plan_document"))
}

fn add_work(case: &mut Case, work: Reference, file: &str) {
    let known = case.references.iter().any(|r| r.file.as_deref() == Some(file));
    if !known {
        let source = work.source.map(|_| file.to_string());
        case.references.push(Reference { file: Some(file.to_string()), source, ..work });
    }
}

/// Gives the records of a case that was just made, one for each letter, the names their files have from the case's folder;
/// an e-mail and what is attached to it are one file.
fn name_by_path(records: &mut Vec<Record>, letters: &[papers::Paper], folder: &Path) {
    let mut named: Vec<Record> = Vec::new();
    for (record, letter) in std::mem::take(records).into_iter().zip(letters) {
        let file = Some(name_from(&letter.path, folder));
        match named.iter_mut().find(|r| r.file == file) {
            Some(known) => {
                let other = known.kind.as_deref().is_none_or(|k| k == "other");
                known.kind = record.kind.filter(|_| other).or_else(|| known.kind.take());
                known.dated = known.dated.or(record.dated);
            }
            None => named.push(Record { file, ..record }),
        }
    }
    *records = named;
}

/// The day of a paper: that of a letter is its own date; that of a record of care the one day it tells of. Never the day on which
/// the patient was `born`.
fn dated(paper: &papers::Paper, born: Option<jiff::civil::Date>, kb: &Kb) -> Option<jiff::civil::Date> {
    let read = || notice::read(std::slice::from_ref(&paper.document), kb);
    let reading = paper.reading.clone().unwrap_or_else(read);
    let day = |value: &str| value.split('/').next().and_then(|d| d.parse().ok());
    let births: Vec<jiff::civil::Date> =
        reading.all("patient.date_of_birth").filter_map(|f| day(&f.value)).chain(born).collect();
    let day = |value: &str| day(value).filter(|d| !births.contains(d));
    let mut care: Vec<jiff::civil::Date> = reading.all("service.date").filter_map(|f| day(&f.value)).collect();
    care.dedup();
    let of_care = if let [one] = care.as_slice() { Some(*one) } else { None };
    reading.get("notice.dated").and_then(|f| day(&f.value)).or(of_care)
}

fn add_paper(case: &mut Case, paper: &papers::Paper, kind: Option<String>, file: &str, kb: &Kb) {
    if kind.as_deref() == Some("opinion_letter") && case.second_opinion.is_none() {
        case.second_opinion = Some(SecondOpinion {
            state: Some("received".into()),
            letter: Some(file.to_string()),
            ..Default::default()
        });
    }
    let untitled = matches!(kind.as_deref(), None | Some("medical_record" | "other"));
    let place = case.records.iter().position(|r| r.file.as_deref() == Some(file)).unwrap_or(case.records.len());
    if place == case.records.len() {
        case.records.push(Record { file: Some(file.to_string()), ..Record::default() });
    }
    let born = case.patient.date_of_birth;
    let Some(record) = case.records.get_mut(place) else { return };
    record.kind = record.kind.take().or(kind);
    notice::describe(record, &paper.document, born, kb);
    record.dated = record.dated.or_else(|| dated(paper, born, kb));
    record.title = record.title.take().or_else(|| first_line(&paper.document).filter(|_| untitled));
}

/// What a paper calls itself: its first line, when that is short enough to be a title.
fn first_line(document: &facts::Document) -> Option<String> {
    let text = &document.pages.first()?.text;
    let line = text.lines().map(str::trim).find(|l| l.chars().any(char::is_alphabetic))?;
    (line.chars().count() <= 60).then(|| line.to_string())
}

fn name_from(path: &Path, folder: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let base = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    absolute.strip_prefix(&base).map_or_else(|_| absolute.display().to_string(), |p| p.display().to_string())
}
