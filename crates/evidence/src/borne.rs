//! What a physician relies on, found in the records: a measured or graded finding that a letter names, and the sentence of the
//! record that shows it.
//!
//! (letter, records, knowledge base) → at most one sentence per record. A sentence is taken where it holds the same number or
//! grade as one of the letter and two more of its words: nothing is concluded from words alone, and nothing that either of them
//! denies or doubts is taken.

use facts::Document;
use kb::{Kb, KbError};

use crate::report::Paper;
use crate::sentences::sentences;
use crate::text::tokens;
use crate::words::PolicyWords;
use crate::{dates, line};

/// Other words that must be common beside the number.
const WORDS: usize = 2;
/// The most letters of a sentence that a letter prints.
const LONGEST: usize = 220;

/// A finding of a letter and the record that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Borne {
    /// The letter's sentence and its page.
    pub said: (String, usize),
    /// The record, by the name it was given with.
    pub record: String,
    /// The record's sentence, word for word, and its page.
    pub shown: (String, usize),
}

/// The findings of a letter that its records show, in the order of the records.
///
/// # Errors
/// A [`KbError`] when the word lists cannot be read.
pub fn borne_out(letter: &Document, records: &[Paper], kb: &Kb) -> Result<Vec<Borne>, KbError> {
    let words = PolicyWords::load(kb)?;
    let said = told(letter, &words);
    let mut out = Vec::new();
    for record in records {
        let shown = told(&record.document, &words);
        let pairs = said.iter().flat_map(|s| shown.iter().map(move |r| (s, r)));
        let scored = pairs.filter_map(|(s, r)| Some((common(s, r)?, s, r)));
        // Of equal ones the first sentence of the record, and of the letter, counts.
        let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
        out.extend(best.map(|(_, s, r)| Borne {
            said: (s.text.clone(), s.page),
            record: record.name.clone(),
            shown: (r.text.clone(), r.page),
        }));
    }
    Ok(out)
}

/// A sentence as it is compared.
struct Said {
    text: String,
    page: usize,
    /// Numbers and grades: `3+`, `6`, `4/5`.
    measures: Vec<String>,
    /// Other words, cut to their stems, each once.
    words: Vec<String>,
}

fn told(document: &Document, words: &PolicyWords) -> Vec<Said> {
    let mut out = Vec::new();
    for (number, page) in document.pages.iter().enumerate() {
        for (from, to) in sentences(&page.text) {
            let Some(text) = page.text.get(from..to) else { continue };
            let Some(said) = compared(text, words) else { continue };
            out.push(Said { page: number + 1, ..said });
        }
    }
    out
}

/// A sentence ready for comparing; nothing of one that is too long to print, or that denies or doubts what it says.
fn compared(text: &str, words: &PolicyWords) -> Option<Said> {
    let unified = words.unify(text);
    if text.chars().count() > LONGEST * 2 || line::is_doubted(&unified, words) {
        return None;
    }
    let days = dates::find(&unified, &words.quantities.time);
    let plain = dates::blank(&unified, &days);
    let mut measures = measures(&plain);
    measures.sort();
    measures.dedup();
    let mut stems: Vec<String> = tokens(&plain, words)
        .into_iter()
        .filter(|t| t.raw.chars().count() > 2 && !t.raw.bytes().all(|b| b.is_ascii_digit()) && !words.is_idle(&t.raw))
        .map(|t| t.word)
        .collect();
    stems.sort();
    stems.dedup();
    Some(Said { text: text.to_string(), page: 0, measures, words: stems })
}

/// The numbers and grades of a text: digits with what belongs to them (`3+`, `4/5`, `2.1`), not those inside a word (`HER2`).
fn measures(text: &str) -> Vec<String> {
    let part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '/' | '+' | '%');
    let pieces = text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';' | ':'));
    let pieces = pieces.map(|p| p.trim_end_matches('.'));
    pieces.filter(|p| p.starts_with(|c: char| c.is_ascii_digit()) && p.chars().all(part)).map(String::from).collect()
}

/// How much two sentences have in common; nothing where that is too little to be the same finding.
fn common(said: &Said, record: &Said) -> Option<usize> {
    if record.text.chars().count() > LONGEST {
        return None;
    }
    let numbers = said.measures.iter().filter(|m| record.measures.contains(m)).count();
    let words = said.words.iter().filter(|w| record.words.contains(w)).count();
    (numbers > 0 && words >= WORDS).then_some(numbers * 2 + words)
}
