//! What a paper is, and what it says, into the case: the same way for a paper that was just read, for one whose kind the
//! person corrected, and for the rest when one was taken out.

use facts::{Case, Document, Reading, Record, Reference};
use journal::{Paper, State};
use kb::Kb;
use opinion::Check;

use crate::intake;
use crate::reading::fills;

/// What stands in a paper.
#[derive(Clone, Copy)]
pub(crate) struct Content<'a> {
    pub(crate) document: &'a Document,
    /// For a paper that speaks for the plan.
    pub(crate) reading: Option<&'a Reading>,
    /// For the letter of the second physician.
    pub(crate) check: Option<&'a Check>,
    /// For a list of publications.
    pub(crate) works: &'a [Reference],
}

/// A list of publications: its works go on the shelf, and the list itself stays at home.
pub(crate) const LIST: &str = "reference_list";

/// Says what a paper is, and keeps the case's own lists in step: records, the plan's letters, the opinion letter.
pub(crate) fn name_kind(state: &mut State, sha256: &str, kind: &str) {
    let Some(paper) = state.papers.iter_mut().find(|p| p.sha256 == sha256) else { return };
    paper.kind = Some(kind.into());
    let paper = paper.clone();
    list(state, &paper);
}

/// Lists a paper in the case, under its kind when that is known already.
pub(crate) fn list(state: &mut State, paper: &Paper) {
    let case = &mut state.case;
    match case.records.iter_mut().find(|r| r.file.as_deref() == Some(&paper.name)) {
        Some(record) => record.kind.clone_from(&paper.kind),
        None => {
            case.records.push(Record { file: Some(paper.name.clone()), kind: paper.kind.clone(), ..Record::default() })
        }
    }
    case.claim.documents.retain(|d| *d != paper.name);
    if matches!(paper.kind.as_deref(), Some("denial_letter" | "eob")) {
        case.claim.documents.push(paper.name.clone());
    }
    match paper.kind.as_deref() {
        Some("opinion_letter") => expect_no_more(state, Some(paper.name.clone())),
        _ => not_the_opinion(state, &paper.name),
    }
}

/// Takes a paper out of the case's lists. Its file stays in the journal, for undo.
pub(crate) fn unlist(state: &mut State, paper: &Paper) {
    state.papers.retain(|p| p.sha256 != paper.sha256);
    state.case.records.retain(|r| r.file.as_deref() != Some(&paper.name));
    state.case.claim.documents.retain(|d| *d != paper.name);
    not_the_opinion(state, &paper.name);
}

/// Takes off the shelf the study that a paper is, and the works that only this list named. A work to which the person added
/// something is the person's own by now and stays.
pub(crate) fn unshelve(case: &mut Case, paper: &Paper, gone: &[Reference], kept: &[Reference]) {
    let is = |a: &Reference, b: &Reference| {
        let of = |r: &Reference| (r.title.clone(), r.doi.clone(), r.pmid.clone(), r.source.clone());
        of(a) == of(b) && (&a.supports, &a.quote) == (&b.supports, &b.quote)
    };
    let only_here = |r: &Reference| gone.iter().any(|g| is(r, g)) && !kept.iter().any(|k| is(r, k));
    let name = Some(paper.name.as_str());
    let is_paper = |r: &Reference| r.file.as_deref() == name && r.source.as_deref() == name;
    case.references.retain(|r| !only_here(r) && !is_paper(r));
}

/// The opinion letter is here: that one, or none after all.
fn expect_no_more(state: &mut State, letter: Option<String>) {
    let opinion = state.case.second_opinion.get_or_insert_with(Default::default);
    opinion.state = letter.is_some().then(|| "received".into());
    opinion.letter = letter;
}

/// A paper that was taken for the opinion letter is none. The person's decision to send it was about that paper.
fn not_the_opinion(state: &mut State, file: &str) {
    if state.case.second_opinion.as_ref().and_then(|o| o.letter.as_deref()) != Some(file) {
        return;
    }
    let is_other = |p: &&Paper| p.kind.as_deref() == Some("opinion_letter") && p.name != file;
    let other = state.papers.iter().find(is_other).map(|p| p.name.clone());
    state.case.choices.attach_opinion = None;
    expect_no_more(state, other);
}

/// Puts what a paper says into the case. What the person said or confirmed stays as it is.
pub(crate) fn take_in(state: &mut State, file: &str, kind: &str, said: Content<'_>, kb: &Kb) {
    if let Some(reading) = said.reading.filter(|_| fills(Some(kind))) {
        state.case = intake::fill(&state.case, reading, kb);
    }
    let born = state.case.patient.date_of_birth;
    if let Some(record) = state.case.records.iter_mut().find(|r| r.file.as_deref() == Some(file)) {
        notice::describe(record, said.document, born, kb);
    }
    if let Some(check) = said.check.filter(|_| kind == "opinion_letter") {
        intake::signer(&mut state.case, check, file);
    }
    let shelf = &mut state.case.references;
    for work in said.works {
        if !shelf.contains(work) {
            shelf.push(work.clone());
        }
    }
    let study = (kind == "literature").then(|| evidence::shelf::published(said.document, kb).ok().flatten()).flatten();
    if let Some(work) = study.filter(|_| !shelf.iter().any(|r| r.file.as_deref() == Some(file))) {
        shelf.push(Reference { file: Some(file.into()), source: Some(file.into()), ..work });
    }
}
