//! A case file and the papers beside it, loaded and walked: shared by the commands that need more than the case alone.

use std::path::{Path, PathBuf};

use calendar::Date;
use course::{CasePaper, Walk};
use draft::{CriteriaRow, CriterionState};
use evidence::LeafState;
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
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let case = files::case(path)?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_path_buf();
    let today = world::today(args.today);
    Ok(with_papers(kb, today, case, folder, args))
}

/// Reads the papers a case names; those that cannot be read are kept by name.
pub(crate) fn with_papers(kb: Kb, today: Date, case: Case, folder: PathBuf, args: &Args) -> Loaded {
    let mut loaded = Loaded { kb, today, case, folder, papers: Vec::new(), unread: Vec::new() };
    for (file, kind) in named(&loaded.case) {
        match papers::open(&loaded.folder.join(&file), args, &loaded.kb) {
            Ok(found) => loaded.papers.extend(found.into_iter().map(|p| paper(&file, kind.clone(), p, &loaded.kb))),
            Err(failure) => loaded.unread.push((file, failure.message)),
        }
    }
    loaded
}

fn paper(file: &str, kind: Option<String>, paper: papers::Paper, kb: &Kb) -> CasePaper {
    let reading = paper.reading.unwrap_or_else(|| notice::read(std::slice::from_ref(&paper.document), kb));
    let kind = kind.or_else(|| reading.documents.first().and_then(|d| d.kind.clone()));
    CasePaper { file: file.into(), kind, document: paper.document, reading: Some(reading) }
}

/// The files a case names, each once, with the kind the case gives.
fn named(case: &Case) -> Vec<(String, Option<String>)> {
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
    /// Walks the whole way.
    pub(crate) fn walk(&self, language: &str) -> Result<Walk, Failure> {
        let mut walk = course::walk(&self.case, &self.papers, &self.kb, self.today, language)
            .map_err(|e| Failure::ours(format!("the knowledge base cannot be used: {e}")))?;
        for (file, why) in &self.unread {
            walk.findings.push(Finding::new("file_not_read", why.clone()).about(file.clone()));
        }
        Ok(walk)
    }
}

/// The criteria of a walk as rows for the documents.
pub(crate) fn rows(walk: &Walk) -> Vec<CriteriaRow> {
    let leaves = walk.criteria.iter().flat_map(|c| &c.leaves);
    leaves
        .map(|l| CriteriaRow {
            criterion: l.criterion.clone(),
            state: match l.state {
                LeafState::Documented => CriterionState::Met,
                LeafState::Contradicted => CriterionState::NotMet,
                LeafState::NotDocumented => CriterionState::NotDocumented,
            },
            exhibit: l.source.clone(),
            page: l.page,
            quote: l.quote.clone(),
        })
        .collect()
}
