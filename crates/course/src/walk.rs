//! The whole walk in one place: a case and its papers in, everything that follows from them out.

use calendar::Date;
use evidence::{CriteriaReport, PolicyWords, policy};
use facts::{Case, Document, Finding, Reading};
use kb::{Kb, KbError};
use opinion::{Check, OpinionPlan};
use rights::Entitlements;
use serde::{Deserialize, Serialize};

use crate::quotes::Quotes;
use crate::supports::{Sources, Supports, supports};
use crate::{Course, State};

/// A paper of the case: its file name as the case names it, its text, and what an electronic answer says.
#[derive(Debug, Clone)]
pub struct CasePaper {
    /// The name by which the case file knows it.
    pub file: String,
    /// What it is, as the case says or as it was recognised: `opinion_letter`, `plan_document`, `clinical_policy`, …
    pub kind: Option<String>,
    /// Its text.
    pub document: Document,
    /// What was read from it, for letters and electronic answers.
    pub reading: Option<Reading>,
}

/// Everything that follows from a case and its papers on one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Walk {
    /// Rights and dates.
    pub entitlements: Entitlements,
    /// What a second opinion is worth, costs and needs.
    pub plan: OpinionPlan,
    /// What the opinion letter says and lacks, when there is one.
    pub check: Option<Check>,
    /// The plan's criteria against the papers, when criteria are known.
    pub criteria: Option<CriteriaReport>,
    /// The sentences of the papers that answer the plan's reasons, for a letter to quote.
    #[serde(default)]
    pub supports: Supports,
    /// The moves.
    pub course: Course,
    /// What was noticed on the way.
    pub findings: Vec<Finding>,
}

/// Walks the whole way for a case, in a language (`es`; anything else is English).
///
/// # Errors
/// A [`KbError`] when a file of the knowledge base cannot be used.
pub fn walk(case: &Case, papers: &[CasePaper], kb: &Kb, today: Date, language: &str) -> Result<Walk, KbError> {
    let kb = &kb.speaking(language)?;
    let entitlements = rights::entitlements(case, kb, today);
    let plan_documents = of_kind(papers, "plan_document");
    let readings: Vec<Reading> = papers.iter().filter_map(|p| p.reading.clone()).collect();
    let plan = opinion::need_with_readings(case, kb, today, Some(&entitlements), &plan_documents, &readings)?;
    let quotes = Quotes::load(kb)?;
    let check = opinion_paper(case, papers).map(|paper| {
        let check = opinion::check(case, &paper.document, kb);
        let mut check = opinion::held_against(check, case, &paper.document, recognised(paper), kb);
        quotes.whole_thoughts(&mut check, &paper.document);
        check
    });
    let enclosed = enclosed(case, papers, check.as_ref());
    let papers = enclosed.as_slice();
    let mut criteria = criteria(case, papers, kb, today, language)?;
    if let Some(report) = criteria.as_mut() {
        quotes.with_what_is_pointed_to(report, papers);
    }
    let supports =
        supports(&Sources { case, papers, criteria: criteria.as_ref(), check: check.as_ref(), kb }, &quotes)?;
    let state = State { case, entitlements: &entitlements, plan: &plan, check: check.as_ref() };
    let course = crate::course(state, kb, language)?;
    // A paper from which nothing was concluded is said to be one, wherever the walk is shown.
    let findings = check.as_ref().and_then(opinion::stopped_by).cloned().into_iter().collect();
    Ok(Walk { course, entitlements, plan, check, criteria, supports, findings })
}

/// The letter of the second physician among the papers.
pub fn opinion_letter<'a>(case: &Case, papers: &'a [CasePaper]) -> Option<&'a Document> {
    opinion_paper(case, papers).map(|p| &p.document)
}

/// The paper that was given as the second physician's letter.
pub fn opinion_paper<'a>(case: &Case, papers: &'a [CasePaper]) -> Option<&'a CasePaper> {
    let named = case.second_opinion.as_ref().and_then(|o| o.letter.as_deref());
    let by_name = named.and_then(|name| papers.iter().find(|p| p.file == name));
    by_name.or_else(|| papers.iter().find(|p| p.kind.as_deref() == Some("opinion_letter")))
}

/// What a paper was recognised as by its own words, whatever the case calls it.
fn recognised(paper: &CasePaper) -> Option<&str> {
    paper.reading.as_ref().and_then(|r| r.documents.first()).and_then(|d| d.kind.as_deref())
}

/// The papers from which an appeal may take a word: not the opinion letter while it stays out, nor what it records of the
/// care. Of a letter that goes out, the list of what its writer read shows no criterion, and neither does a sentence that could
/// be held against the person: they stand as blanks of the same length.
fn enclosed(case: &Case, papers: &[CasePaper], check: Option<&Check>) -> Vec<CasePaper> {
    let Some(opinion) = opinion_paper(case, papers).map(|p| p.file.clone()) else { return papers.to_vec() };
    let of_opinion = |p: &CasePaper| p.file == opinion || p.kind.as_deref() == Some("opinion_letter");
    let goes_out = opinion::attach(case, check) == opinion::Attach::Yes;
    let mut kept: Vec<CasePaper> = papers.iter().filter(|p| goes_out || !of_opinion(p)).cloned().collect();
    let read = check.into_iter().flat_map(|c| &c.elements).filter(|e| e.element == "records_reviewed");
    let read = read.filter_map(|e| e.quote.as_deref());
    let hazards = check.into_iter().flat_map(|c| &c.hazards).map(|h| h.quote.as_str());
    let silent: Vec<&str> = read.chain(hazards).collect();
    for page in kept.iter_mut().filter(|p| p.file == opinion).flat_map(|p| &mut p.document.pages) {
        silent.iter().for_each(|words| blank(&mut page.text, words));
    }
    kept
}

/// Puts blanks in the place of words, whatever white space stands between them in the text.
fn blank(text: &mut String, words: &str) {
    let wanted: Vec<&str> = words.split_whitespace().collect();
    let Some(first) = wanted.first() else { return };
    let ends = |start: usize| {
        wanted.iter().try_fold(start, |at, word| {
            let rest = text.get(at..)?;
            let gap = rest.len() - rest.trim_start().len();
            rest.trim_start().starts_with(word).then_some(at + gap + word.len())
        })
    };
    let place = text.match_indices(first).find_map(|(start, _)| Some((start, ends(start)?)));
    if let Some((start, end)) = place {
        let blanks: String =
            text[start..end].chars().map(|c| if c == '\n' { "\n".into() } else { " ".repeat(c.len_utf8()) }).collect();
        text.replace_range(start..end, &blanks);
    }
}

fn of_kind(papers: &[CasePaper], kind: &str) -> Vec<Document> {
    papers.iter().filter(|p| p.kind.as_deref() == Some(kind)).map(|p| p.document.clone()).collect()
}

/// The plan's criteria: from a policy among the papers, else from the denial. Held against every paper that speaks of
/// the patient: not the policy, the plan's letters or the plan document.
fn criteria(
    case: &Case,
    papers: &[CasePaper],
    kb: &Kb,
    today: Date,
    language: &str,
) -> Result<Option<CriteriaReport>, KbError> {
    let words = PolicyWords::load(kb)?;
    // One policy is often written beside each of several reasons: it counts once.
    let mut entries: Vec<String> = Vec::new();
    for entry in case.denials.iter().flat_map(|d| &d.criteria) {
        let entry = relined(entry);
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    let paper = papers.iter().find(|p| p.kind.as_deref() == Some("clinical_policy"));
    let mut policy = paper.map(|p| policy::parse(&p.document, &words)).unwrap_or_default();
    if policy.sections.is_empty() {
        // A policy that is a scan, or has no list: what the denial itself lists is used, and the finding stays.
        let listed = policy::parse_entries(&entries, &words);
        policy.sections = listed.sections;
        policy.findings.extend(listed.findings.into_iter().filter(|f| f.code != "no_criteria_found"));
    }
    if policy.sections.is_empty() && policy.findings.is_empty() {
        return Ok(None);
    }
    let papers: Vec<evidence::Paper> = papers
        .iter()
        .filter(|p| speaks_of_the_patient(p.kind.as_deref()))
        .map(|p| evidence::Paper { name: p.file.clone(), exhibit: None, document: p.document.clone() })
        .collect();
    evidence::criteria_for_case(policy, &papers, case, today, language, kb).map(Some)
}

/// Whether a paper of this kind says something of the patient (and not only of the plan, its policies or its money). A
/// paper of unknown kind may.
pub fn speaks_of_the_patient(kind: Option<&str>) -> bool {
    !matches!(
        kind,
        Some(
            "clinical_policy"
                | "plan_document"
                | "denial_letter"
                | "eob"
                | "bill"
                | "insurance_card"
                | "approval"
                | "request_for_information"
                | "reference"
        )
    )
}

/// A numbered list that lost its line ends ("all of: 1. A; 2. B; and 3. C") gets them back. Numbers must ascend from 1,
/// so a figure in the text is never taken for the number of an item.
fn relined(text: &str) -> String {
    let mut starts = Vec::new();
    for (at, _) in text.match_indices(char::is_whitespace) {
        let rest = text[at..].trim_start();
        let number = format!("{}. ", starts.len() + 1);
        if rest.starts_with(&number) {
            starts.push(text.len() - rest.len());
        }
    }
    if starts.len() < 2 {
        return text.to_string();
    }
    let mut out = String::with_capacity(text.len() + starts.len());
    let mut from = 0;
    for start in starts {
        out.push_str(text[from..start].trim_end());
        out.push('\n');
        from = start;
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::relined;

    #[test]
    fn a_flattened_list_gets_its_lines_back() {
        assert_eq!(relined("all of: 1. six weeks; and 2. no nicotine"), "all of:\n1. six weeks; and\n2. no nicotine");
        assert_eq!(relined("movement of 1. or more"), "movement of 1. or more");
    }
}
