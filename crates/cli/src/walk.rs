//! A case file and the papers beside it, loaded and walked: shared by the commands that need more than the case alone.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use calendar::Date;
use course::{CasePaper, Walk};
use facts::{Case, Finding};
use kb::Kb;

use crate::args::Args;
use crate::failure::Failure;
use crate::{files, papers, world};

/// A case with everything the commands draw on.
pub(crate) struct Loaded {
    pub kb: Kb,
    pub today: Date,
    pub case: Case,
    /// The folder in which the case's files lie.
    pub folder: PathBuf,
    pub papers: Vec<CasePaper>,
    /// Files that could not be read, with the reason.
    pub unread: Vec<(String, String)>,
}

/// Reads the case file and the papers it names.
pub(crate) fn load(path: &Path, args: &Args) -> Result<Loaded, Failure> {
    let mut loaded = without_papers(path, args)?;
    let all = named(&loaded.case);
    loaded.read(&all, args);
    loaded.name_opinions();
    Ok(loaded)
}

/// The same for the packet. Records of a stated kind are placed as they are; their words count only when there are
/// criteria to hold against them, or a reason for which the letter looks in them, so else they are not read (a scan costs
/// seconds a page). The treating physician's letter is always read: the letter quotes it.
pub(crate) fn load_for_packet(path: &Path, args: &Args) -> Result<Loaded, Failure> {
    let mut loaded = without_papers(path, args)?;
    let all = named(&loaded.case);
    let quotes = course::Quotes::load(&loaded.kb)?;
    let is_record = |(_, kind): &(String, Option<String>)| {
        let letter = quotes.is_treating(kind.as_deref());
        kind.as_deref().is_some_and(|k| k != "opinion_letter" && !letter && course::speaks_of_the_patient(Some(k)))
    };
    let (records, others): (Vec<_>, Vec<_>) = all.iter().cloned().partition(is_record);
    loaded.read(&others, args);
    if loaded.has_criteria() || quotes.looks_in_records(&loaded.case) {
        loaded.read(&records, args);
    }
    loaded.name_opinions();
    let place = |paper: &CasePaper| all.iter().position(|(file, _)| *file == paper.file);
    loaded.papers.sort_by_key(place);
    Ok(loaded)
}

fn without_papers(path: &Path, args: &Args) -> Result<Loaded, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let case = files::case(path)?;
    let folder = files::folder_of(path).to_path_buf();
    let today = world::today(args.today);
    Ok(Loaded { kb, today, case, folder, papers: Vec::new(), unread: Vec::new() })
}

/// Reads the papers a case names; those that cannot be read are kept by name.
pub(crate) fn with_papers(kb: Kb, today: Date, case: Case, folder: PathBuf, args: &Args) -> Loaded {
    let mut loaded = Loaded { kb, today, case, folder, papers: Vec::new(), unread: Vec::new() };
    let all = named(&loaded.case);
    loaded.read(&all, args);
    loaded.name_opinions();
    loaded
}

impl Loaded {
    /// A record of no stated kind that reads as a second opinion is one: what is held back is known by its kind.
    fn name_opinions(&mut self) {
        let papers = &self.papers;
        let opinion = |file: &str| papers.iter().any(|p| p.file == file && p.kind.as_deref() == Some("opinion_letter"));
        for record in self.case.records.iter_mut().filter(|r| r.kind.is_none()) {
            if record.file.as_deref().is_some_and(opinion) {
                record.kind = Some("opinion_letter".into());
            }
        }
    }
}

fn paper(file: &str, kind: Option<String>, paper: papers::Paper, kb: &Kb) -> CasePaper {
    let reading = paper.reading.unwrap_or_else(|| notice::read(std::slice::from_ref(&paper.document), kb));
    let kind = kind.or_else(|| reading.documents.first().and_then(|d| d.kind.clone()));
    CasePaper { file: file.into(), kind, document: paper.document, reading: Some(reading) }
}

/// The results of `one` for each item, in their order, worked on by as many threads as there are processors.
fn several_at_a_time<T: Sync, R: Send>(items: &[T], one: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let hands = std::thread::available_parallelism().map_or(1, |n| n.get()).min(items.len().max(1));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, one(item)));
        }
    };
    let mut all: Vec<(usize, R)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..hands).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|t| t.join().unwrap_or_else(|p| std::panic::resume_unwind(p))).collect()
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, result)| result).collect()
}

/// The case file and every file it names: what must never be written over.
pub(crate) fn papers_on_disk(case: &Case, file: &Path) -> Vec<PathBuf> {
    let folder = files::folder_of(file);
    let named = named(case).into_iter().map(|(name, _)| folder.join(name));
    named.chain([file.to_path_buf()]).collect()
}

/// The files a case names, each once, with the kind the case gives.
pub(crate) fn named(case: &Case) -> Vec<(String, Option<String>)> {
    let mut all: Vec<(String, Option<String>)> = Vec::new();
    let letter = case.second_opinion.as_ref().and_then(|o| o.letter.clone());
    let records = case.records.iter().filter_map(|r| Some((r.file.clone()?, r.kind.clone())));
    let documents = case.claim.documents.iter().map(|d| (d.clone(), None));
    let opinion = letter.into_iter().map(|l| (l, Some("opinion_letter".to_string())));
    for (file, kind) in records.chain(opinion).chain(documents) {
        if !all.iter().any(|(known, _)| *known == file) {
            all.push((file, kind));
        }
    }
    all
}

impl Loaded {
    /// Reads papers, several at a time, and keeps them in the order given.
    fn read(&mut self, files: &[(String, Option<String>)], args: &Args) {
        let one = |(file, kind): &(String, Option<String>)| {
            let found = papers::open(&self.folder.join(file), args, &self.kb)?;
            Ok(found.into_iter().map(|p| paper(file, kind.clone(), p, &self.kb)).collect::<Vec<_>>())
        };
        let read: Vec<Result<Vec<CasePaper>, Failure>> = several_at_a_time(files, one);
        for ((file, _), result) in files.iter().zip(read) {
            match result {
                Ok(found) => self.papers.extend(found),
                Err(failure) => self.unread.push((file.clone(), failure.message)),
            }
        }
    }

    /// Whether there are criteria of the plan, in the denial or as a policy among the papers read so far.
    fn has_criteria(&self) -> bool {
        let policy = self.papers.iter().any(|p| p.kind.as_deref() == Some("clinical_policy"));
        policy || self.case.denials.iter().any(|d| !d.criteria.is_empty())
    }

    /// Walks the whole way.
    pub(crate) fn walk(&self, language: &str) -> Result<Walk, Failure> {
        let mut walk = course::walk(&self.case, &self.papers, &self.kb, self.today, language)?;
        for (file, why) in &self.unread {
            walk.findings.push(Finding::new("file_not_read", why.clone()).about(file.clone()));
        }
        Ok(walk)
    }
}
