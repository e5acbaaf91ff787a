//! The treating physician, the second physician and the insurer's reviewer side by side, each in their own words.
//!
//! Sentences are quoted, never rewritten or put together; where a side does not speak, the cell is empty. What the sentences
//! mean is left to the reader, but for the treatment: there the outcome of the check speaks.

use std::collections::BTreeMap;

use facts::{Case, Document, Physician, Reading};
use kb::{Kb, KbError, Sentences};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Check;
use crate::need::is_after_denial;
use crate::words::Folded;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    says: Says,
    sentences: Splitting,
    row: Vec<RowText>,
    not_own: NotOwn,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Says {
    both: String,
    reviewer_silent: String,
    second_silent: String,
    treating_silent: String,
    nobody: String,
    no_second: String,
    /// A second opinion was had, and its letter was not read.
    second_unread: String,
    /// No letter of the plan was read: its silence is not known.
    reviewer_unread: String,
    service: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Splitting {
    abbreviations: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NotOwn {
    words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowText {
    id: String,
    title: String,
    words: Vec<String>,
    reviewer_words: Vec<String>,
}

/// How the case itself is named as a source.
pub(crate) const CASE_FILE: &str = "case file";

/// The three views.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Diagnosis, service, urgency, alternatives, evidence, qualification.
    pub rows: Vec<ComparisonRow>,
    /// What is to be known of the whole: which letter is not there, or was not read.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Outcome of the check of the opinion letter, when there is one.
    pub outcome: Option<String>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonRow {
    /// `diagnosis`, `service`, `urgency`, `alternatives`, `evidence` or `qualification`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The physician who recommends the treatment.
    pub treating: Said,
    /// The second physician.
    pub second: Said,
    /// The insurer's reviewer.
    pub reviewer: Said,
    /// What the three say together; empty where a note on the whole says why there is nothing to compare.
    pub says: String,
}

/// What one side says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Said {
    /// The words as they stand on the page; empty, and `null` for programs, when there are none.
    #[serde(serialize_with = "or_null", deserialize_with = "or_empty")]
    pub quote: String,
    /// Whether the side speaks to it.
    pub stated: bool,
    /// Where the words stand: a file name, or `case file`.
    pub source: Option<String>,
    /// The page, counted from 1.
    pub page: Option<usize>,
    /// What the same paper says to it in other places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Quoted>,
}

/// Words in another place of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quoted {
    /// The words as they stand there.
    pub quote: String,
    /// The page, counted from 1.
    pub page: usize,
}

fn or_null<S: Serializer>(quote: &str, out: S) -> Result<S::Ok, S::Error> {
    Some(quote).filter(|q| !q.is_empty()).serialize(out)
}

fn or_empty<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

impl Said {
    fn nothing() -> Self {
        Said::default()
    }

    fn words(quote: impl Into<String>, source: Option<String>, page: Option<usize>) -> Option<Self> {
        let quote: String = quote.into();
        let quote = quote.trim();
        (!quote.is_empty()).then(|| Said { quote: quote.into(), stated: true, source, page, also: Vec::new() })
    }

    fn case_file(quote: impl Into<String>) -> Option<Self> {
        Said::words(quote, Some(CASE_FILE.into()), None)
    }
}

/// Lays the three views side by side. Each source is optional; what is absent is empty.
///
/// `treating` is the treating physician's letter, `letter` the second opinion, `check` its check, `denial` what was read
/// from the denial letter.
///
/// # Errors
/// A [`KbError`] when the data file is absent or damaged.
pub fn compare(
    case: &Case,
    kb: &Kb,
    treating: Option<&Document>,
    letter: Option<&Document>,
    check: Option<&Check>,
    denial: Option<&Reading>,
) -> Result<Comparison, KbError> {
    let table: Table = kb.table("opinions/compare.toml")?;
    let sentences = kb.index().sentences();
    let has = Has { opinion: has_opinion(case), letter: letter.is_some(), denial: denial.is_some() };
    let rows = table.row.iter().map(|row| {
        let find = |d: &Document| sentence(d, row, &table);
        let first =
            treating.and_then(find).or_else(|| treating_fact(case, &row.id, sentences)).unwrap_or_else(Said::nothing);
        let second = check
            .and_then(|c| checked(c, &row.id, letter))
            .or_else(|| letter.and_then(find))
            .or_else(|| second_fact(case, &row.id, sentences))
            .unwrap_or_else(Said::nothing);
        let reviewer = reviewer(case, denial, row).unwrap_or_else(Said::nothing);
        let says = says(&table.says, &row.id, check, &has, (&first, &second, &reviewer));
        ComparisonRow { id: row.id.clone(), title: row.title.clone(), treating: first, second, reviewer, says }
    });
    let notes = notes(&table.says, &has, is_after_denial(case));
    Ok(Comparison { rows: rows.collect(), notes, outcome: check.map(|c| c.outcome.clone()) })
}

/// What there is to compare.
struct Has {
    /// A second physician has given an opinion.
    opinion: bool,
    /// The letter of the opinion was read.
    letter: bool,
    /// The letter of the plan was read.
    denial: bool,
}

/// Whether the case says that a second physician has given an opinion.
fn has_opinion(case: &Case) -> bool {
    let opinion = case.second_opinion.as_ref();
    opinion.is_some_and(|o| o.letter.is_some() || matches!(o.state.as_deref(), Some("seen" | "received")))
}

/// Which of the letters is not there, each said once.
fn notes(says: &Says, has: &Has, denied: bool) -> Vec<String> {
    let second = match (has.letter, has.opinion) {
        (true, _) => None,
        (false, true) => Some(&says.second_unread),
        (false, false) => Some(&says.no_second),
    };
    let reviewer = (denied && !has.denial).then_some(&says.reviewer_unread);
    second.into_iter().chain(reviewer).cloned().collect()
}

fn says(says: &Says, row: &str, check: Option<&Check>, has: &Has, sides: (&Said, &Said, &Said)) -> String {
    if let (Some(check), "service") = (check, row)
        && let Some(text) = says.service.get(&check.outcome)
    {
        return text.clone();
    }
    let (treating, second, reviewer) = sides;
    let text = match (treating.stated, second.stated, reviewer.stated) {
        (_, true, true) => &says.both,
        (_, true, false) if has.denial => &says.reviewer_silent,
        (false, false, false) => &says.nobody,
        // A note on the whole says which letter is not there.
        (_, true, false) => return String::new(),
        (_, false, _) if !has.letter => return String::new(),
        (false, false, true) => &says.treating_silent,
        (_, false, _) => &says.second_silent,
    };
    text.clone()
}

/// The elements of the check that carry a row.
fn checked(check: &Check, row: &str, letter: Option<&Document>) -> Option<Said> {
    let source = letter.map(|l| l.name.clone());
    if let ("service", Some(quote)) = (row, &check.outcome_quote) {
        let page = letter.and_then(|l| l.pages.iter().position(|p| cite::find_quote(&p.text, quote)));
        return Said::words(quote, source, page.map(|i| i + 1));
    }
    let elements: &[&str] = match row {
        "diagnosis" => &["diagnosis"],
        "service" => &["treatment_concurrence", "question_and_answer"],
        "urgency" => &["harm_of_delay"],
        "alternatives" => &["alternatives_and_history"],
        "evidence" => &["standard_of_care", "literature"],
        "qualification" => &["credentials", "examiner_identity"],
        _ => &[],
    };
    let found = elements.iter().find_map(|e| check.elements.iter().find(|x| x.element == *e && x.quote.is_some()))?;
    Said::words(found.quote.clone()?, source, found.page)
}

/// The sentence of a letter that holds most words of the row; the earliest of equals.
fn sentence(document: &Document, row: &RowText, table: &Table) -> Option<Said> {
    let mut best: Option<(usize, Said)> = None;
    for (i, page) in document.pages.iter().enumerate() {
        for text in sentences(&page.text, &table.sentences.abbreviations) {
            let folded = Folded::new(text);
            let score = row.words.iter().filter(|w| folded.has(w)).count();
            if score == 0 || folded.any(&table.not_own.words) || best.as_ref().is_some_and(|(s, _)| *s >= score) {
                continue;
            }
            if let Some(said) = Said::words(text, Some(document.name.clone()), Some(i + 1)) {
                best = Some((score, said));
            }
        }
    }
    best.map(|(_, said)| said)
}

/// Sentences of a page: ends at `.`, `!`, `?` before white space, or at an empty line; not after an abbreviation, an
/// initial or a number's point.
pub(crate) fn sentences<'a>(text: &'a str, abbreviations: &[String]) -> Vec<&'a str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let ends = match c {
            '!' | '?' => next.is_none_or(char::is_whitespace),
            '.' => {
                next.is_none_or(char::is_whitespace)
                    && !is_abbreviation(text.get(start..i).unwrap_or_default(), abbreviations)
                    && !cite::stop_inside(text, i)
            }
            '\n' => text.get(i + 1..).is_some_and(|rest| rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n')),
            _ => false,
        };
        if ends {
            let end = i + c.len_utf8();
            out.extend(text.get(start..end).map(str::trim).filter(|s| !s.is_empty()));
            start = end;
        }
    }
    out.extend(text.get(start..).map(str::trim).filter(|s| !s.is_empty()));
    out
}

fn is_abbreviation(before: &str, abbreviations: &[String]) -> bool {
    let word = before.rsplit([' ', '\n', '(', '\t']).next().unwrap_or_default();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    initial || abbreviations.iter().any(|a| a.eq_ignore_ascii_case(word))
}

fn treating_fact(case: &Case, row: &str, sentences: &Sentences) -> Option<Said> {
    match row {
        "diagnosis" => Said::case_file(joined(&case.claim.diagnosis, &case.claim.diagnosis_codes)),
        "service" => Said::case_file(joined(&case.claim.service, &case.claim.codes)),
        "alternatives" => {
            let tried: Vec<String> = case
                .treatments
                .iter()
                .filter_map(|t| {
                    Some(
                        t.result
                            .as_ref()
                            .map_or(t.what.clone()?, |r| format!("{}: {r}", t.what.as_deref().unwrap_or_default())),
                    )
                })
                .collect();
            Said::case_file(tried.join("; "))
        }
        "qualification" => case.treating_physician.as_ref().and_then(|p| qualification(p, sentences)),
        _ => None,
    }
}

fn second_fact(case: &Case, row: &str, sentences: &Sentences) -> Option<Said> {
    let physician = crate::second_physician(case)?;
    if row == "qualification" { qualification(&physician, sentences) } else { None }
}

fn joined(text: &Option<String>, codes: &[String]) -> String {
    match (text, codes.is_empty()) {
        (Some(t), true) => t.clone(),
        (Some(t), false) => format!("{t} ({})", codes.join(", ")),
        (None, _) => codes.join(", "),
    }
}

/// Name, field and institution; a certificate only as "recorded as checked".
fn qualification(p: &Physician, sentences: &Sentences) -> Option<Said> {
    let mut parts: Vec<String> =
        [&p.name, &p.specialty, &p.subspecialty, &p.institution].into_iter().flatten().cloned().collect();
    if let (Some(at), Some(on)) = (&p.certification_checked_at, p.checked_on) {
        let fill = [("where", at.as_str()), ("day", &sentences.plain(on))];
        parts.push(sentences.say("certification_checked", &fill));
    }
    Said::case_file(parts.join(", "))
}

/// What the denial letter says: fields and reasons read from it, else the plan's words in the case file.
fn reviewer(case: &Case, denial: Option<&Reading>, row: &RowText) -> Option<Said> {
    let fields: &[&str] = match row.id.as_str() {
        "diagnosis" => &["diagnosis.description", "diagnosis.code"],
        "evidence" => &["criteria.quoted", "criteria.cited", "plan.provision_cited"],
        "qualification" => &["reviewer.name", "reviewer.specialty", "reviewer.license"],
        _ => &[],
    };
    let from_fields = denial.and_then(|reading| {
        let found: Vec<_> = fields.iter().filter_map(|f| reading.get(f)).collect();
        let (first, others) = found.split_first()?;
        let source = reading.documents.get(first.document).map(|d| d.name.clone());
        let mut said = Said::words(&first.quote, source, Some(first.page))?;
        for field in others.iter().filter(|f| f.document == first.document) {
            let known = said.quote == field.quote.trim() || said.also.iter().any(|q| q.quote == field.quote);
            if !known {
                said.also.push(Quoted { quote: field.quote.clone(), page: field.page });
            }
        }
        Some(said)
    });
    from_fields.or_else(|| reviewer_words(case, denial, row))
}

fn reviewer_words(case: &Case, denial: Option<&Reading>, row: &RowText) -> Option<Said> {
    if row.id == "qualification" {
        return None;
    }
    let fits = |quote: &str| row.id == "service" || Folded::new(quote).any(&row.reviewer_words);
    let read = denial.and_then(|reading| {
        let found = reading.reasons.iter().find(|r| fits(&r.quote))?;
        Said::words(&found.quote, reading.documents.get(found.document).map(|d| d.name.clone()), Some(found.page))
    });
    read.or_else(|| {
        let quotes = case.denials.iter().filter_map(|d| d.quote.as_deref());
        let policies = case.denials.iter().filter_map(|d| d.policy.as_deref());
        if row.id == "evidence" {
            return policies.chain(quotes.filter(|q| fits(q))).next().and_then(Said::case_file);
        }
        quotes.filter(|q| fits(q)).find_map(Said::case_file)
    })
}
