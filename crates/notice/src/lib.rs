//! The text of a denial letter or an explanation of benefits → a [`Reading`]: values, reasons and kinds, each with the
//! words it came from.
//!
//! ```text
//! Document ─▶ View per page (words, cells, sentences, sections, every known phrase) ─▶ kinds
//!          ─▶ labelled rows, tables, sentences, places on the page ─▶ Found (ranked) ─▶ the best stay ─▶ Reading
//! ```
//! The one function to know is [`read`]; [`to_case`] turns its result into the first draft of a case file.
//! Phrases live in `kb/notice/`; this crate holds none, only the forms of values (dates, codes, amounts).
//!
//! What it does not do: it sees text only (how the text was got is `extract`'s business), it knows no law and no
//! calendar, and it never completes a value that the text does not hold.

mod about;
mod adjustments;
mod agree;
mod appeal;
mod asides;
mod bags;
mod boxes;
mod breaks;
mod candidates;
mod cards;
mod case;
mod charges;
mod codes;
mod columns;
mod concepts;
mod criteria;
mod criteria_lists;
mod criteria_names;
mod crosscheck;
mod data;
mod decision_words;
mod diagnoses;
mod ends;
mod found;
mod gaps;
mod grids;
mod grounds;
mod headings;
mod join;
mod kind_words;
mod kinds;
mod labels;
mod legends;
mod levels;
mod mail;
mod names;
mod pages;
mod people;
mod phrase;
mod plan;
mod plausible;
mod reading;
mod reasons;
mod records;
mod reductions;
mod reviewers;
mod row_values;
mod rows;
mod said;
mod spans;
mod stage;
mod tables;
mod tellings;
mod text;
mod transposed;
mod values;
mod view;
mod weigh;
mod words;

use std::sync::{Arc, Mutex, OnceLock};

pub use asides::Naming;
pub use candidates::{Candidate, Form};
pub use case::is_final;
pub use crosscheck::{disagreements, disputes};
pub use data::Reader;
pub use decision_words::{DECISIONS, grants, may_be};
use facts::{Case, Document, DocumentSummary, Finding, Reading};
pub use gaps::GAPS;
pub use headings::{Heading, describe, heading};
pub use join::join;
use kb::{Kb, KbError};
pub use kind_words::{MOST_WORDS, TOP_LINES, kind_of};
pub use pages::pages_of_one;
pub use reading::FIELDS;
pub(crate) use reading::field_name;
pub use records::record_kind;
pub use said::hear;
pub use spans::{WORDED, Word, likeliest, stretches};
pub use tellings::{ReasonInputs, Telling};
pub use weigh::NO_REASON;

/// Reads papers. What is not found is named in `not_found`; nothing is guessed.
///
/// The phrase data is compiled on first use and kept for the next call with the same knowledge base. When the data
/// cannot be used, the reading is empty and says so in a finding.
pub fn read(documents: &[Document], kb: &Kb) -> Reading {
    match reader(kb) {
        Ok(reader) => reader.read(documents),
        Err(error) => Reading {
            documents: documents.iter().map(DocumentSummary::from).collect(),
            findings: vec![Finding::new("knowledge_base_unusable", error.to_string())],
            ..Reading::default()
        },
    }
}

/// The facts of a reading as the first draft of a case: quoted, with their origins, none confirmed. Empty when the phrase
/// data cannot be used (then [`read`] has said so).
pub fn to_case(reading: &Reading, kb: &Kb) -> Case {
    reader(kb).map(|r| r.to_case(reading)).unwrap_or_default()
}

/// Makes the reader of a knowledge base, so that [`read`] finds it ready: for a second thread, while the papers themselves are
/// still being opened. What is wrong with its data is said by [`read`].
pub fn prepare(kb: &Kb) {
    let _ = reader(kb);
}

/// The compiled reader for a knowledge base, from the cache when the version is the same.
///
/// # Errors
/// As [`Reader::new`].
pub fn reader(kb: &Kb) -> Result<Arc<Reader>, KbError> {
    static KEPT: OnceLock<Mutex<Option<(String, Arc<Reader>)>>> = OnceLock::new();
    let version = kb.version();
    let mut kept = KEPT.get_or_init(Mutex::default).lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((known, reader)) = kept.as_ref()
        && *known == version
    {
        return Ok(reader.clone());
    }
    let reader = Arc::new(Reader::new(kb)?);
    *kept = Some((version, reader.clone()));
    Ok(reader)
}
