//! From a file's name to what stands in it: the worker reads the bytes, electronic answers go through `exchange`.

use std::path::{Path, PathBuf};

use facts::{Document, Reading};
use kb::Kb;

use crate::args::Args;
use crate::failure::Failure;
use crate::files;

/// A damaged file with fewer letters than this has not been read: what is left is noise of lost fonts.
const FEWEST_LETTERS: usize = 20;

/// A file that could be read.
#[derive(Debug, Clone)]
pub(crate) struct Paper {
    /// Where it lies.
    pub path: PathBuf,
    /// Its pages of text.
    pub document: Document,
    /// What an electronic answer says; a letter's reading is made by `notice` over all letters together.
    pub reading: Option<Reading>,
}

/// Reads one file; an e-mail gives one paper per attachment.
pub(crate) fn open(path: &Path, args: &Args, kb: &Kb) -> Result<Vec<Paper>, Failure> {
    let bytes = files::read(path)?;
    let about = path.display().to_string();
    let name = path.file_name().map_or_else(|| about.clone(), |n| n.to_string_lossy().into_owned());
    let answered = |mut reading: Reading| {
        let kind = kind_of_answer(&reading).map(str::to_string);
        reading.documents.iter_mut().for_each(|d| d.kind = d.kind.take().or_else(|| kind.clone()));
        Some(reading)
    };
    let paper = |document, reading| Paper { path: path.to_path_buf(), document, reading };
    match format(&bytes) {
        Some(format) => {
            let mut record = exchange::read(format, &name, &bytes, kb)
                .map_err(|e| Failure::input(&about, named_once(&name, &e.to_string())))?;
            notice::hear(&mut record.reading, &record.document, &record.said, kb);
            // A record says how a person was treated; an answer of the plan also says what it is.
            let reading =
                if format == exchange::Format::Ccda { Some(record.reading) } else { answered(record.reading) };
            Ok(vec![paper(record.document, reading)])
        }
        None => Ok(documents(&name, &about, &bytes, args)?.into_iter().map(|d| paper(d, None)).collect()),
    }
}

/// The format of a file that programs exchange.
fn format(bytes: &[u8]) -> Option<exchange::Format> {
    Some(match extract::sniff(bytes) {
        extract::Kind::FhirJson => exchange::Format::Fhir,
        extract::Kind::X12 => exchange::Format::X12,
        extract::Kind::Ccda => exchange::Format::Ccda,
        _ => return None,
    })
}

pub(crate) fn documents(name: &str, about: &str, bytes: &[u8], args: &Args) -> Result<Vec<Document>, Failure> {
    let options = extract::Options { password: args.password.clone(), ..Default::default() };
    let exe = std::env::current_exe().map_err(|e| Failure::ours(format!("the program cannot find itself: {e}")))?;
    let documents =
        extract::worker::run(&exe, name, bytes, &options, extract::worker::Limits::default()).map_err(|e| {
            let failure = Failure::input(about, named_once(name, &e.message));
            if e.code == "password_needed" { failure.hint("run again with --password PASSWORD") } else { failure }
        })?;
    let wordless = |d: &&Document| d.text().chars().filter(|c| c.is_alphanumeric()).count() < FEWEST_LETTERS;
    match documents.iter().find(wordless).and_then(|d| d.findings.iter().find(|f| f.code == "damaged")) {
        Some(damaged) => {
            Err(Failure::input(about, named_once(name, &damaged.message)).hint("nothing could be read from it"))
        }
        None => Ok(documents),
    }
}

/// A message that begins with the file's name, without it: the name is printed before every message.
fn named_once(name: &str, message: &str) -> String {
    match message.strip_prefix(name) {
        Some(rest) => format!("this file {}", rest.trim_start_matches([':', ' '])),
        None => message.to_string(),
    }
}

/// What kind of paper an electronic answer of a plan is.
fn kind_of_answer(reading: &Reading) -> Option<&'static str> {
    Some(match reading.get("notice.kind")?.value.as_str() {
        "eob" => "eob",
        "approval" => "approval",
        "request_for_information" => "request_for_information",
        _ => "denial_letter",
    })
}

/// Reads many files; those that cannot be read are returned as failures beside the others.
pub(crate) fn open_all(paths: &[PathBuf], args: &Args, kb: &Kb) -> (Vec<Paper>, Vec<Failure>) {
    let mut papers = Vec::new();
    let mut failures = Vec::new();
    while_preparing(kb, || {
        for path in paths {
            match open(path, args, kb) {
                Ok(found) => papers.extend(found),
                Err(failure) => failures.push(failure),
            }
        }
    });
    (papers, failures)
}

/// Does the work while the reader of letters is made: workers open the papers meanwhile.
pub(crate) fn while_preparing<T>(kb: &Kb, work: impl FnOnce() -> T) -> T {
    std::thread::scope(|scope| {
        scope.spawn(|| notice::prepare(kb));
        work()
    })
}

/// One reading of all papers together: letters through `notice`, electronic answers as `exchange` read them. The
/// papers stand in the order in which they were given.
pub(crate) fn reading(papers: &[Paper], kb: &Kb) -> Reading {
    let mut all = Reading::default();
    let letters: Vec<Document> = papers.iter().filter(|p| p.reading.is_none()).map(|p| p.document.clone()).collect();
    if !letters.is_empty() {
        notice::join(&mut all, notice::read(&letters, kb));
    }
    for paper in papers {
        all.findings.extend(paper.document.findings.iter().map(|f| f.clone().about(paper.document.name.clone())));
        if let Some(reading) = &paper.reading {
            notice::join(&mut all, reading.clone());
        }
    }
    in_the_order_given(&mut all, papers);
    // `notice` compared the letters with each other; an electronic answer may be about somebody else as well.
    if letters.len() < papers.len() {
        all.findings.retain(|f| f.code != "papers_disagree");
        all.findings.extend(notice::disagreements(&all));
    }
    all
}

/// Letters are read together and so stand first; this puts every paper back to its place.
fn in_the_order_given(all: &mut Reading, papers: &[Paper]) {
    let (letters, answers): (Vec<usize>, Vec<usize>) =
        (0..papers.len()).partition(|i| papers.get(*i).is_some_and(|p| p.reading.is_none()));
    let places: Vec<usize> = letters.into_iter().chain(answers).collect();
    if places.len() != all.documents.len() || places.is_sorted() {
        return;
    }
    let place = |index: usize| places.get(index).copied().unwrap_or(index);
    let mut documents: Vec<(usize, _)> = all.documents.drain(..).enumerate().map(|(i, d)| (place(i), d)).collect();
    documents.sort_by_key(|(at, _)| *at);
    all.documents = documents.into_iter().map(|(_, d)| d).collect();
    all.fields.iter_mut().for_each(|f| f.document = place(f.document));
    all.reasons.iter_mut().for_each(|r| r.document = place(r.document));
    all.days.iter_mut().chain(&mut all.terms).for_each(|f| f.document = place(f.document));
    all.fields.sort_by_key(|f| f.document);
    all.reasons.sort_by_key(|r| r.document);
}
