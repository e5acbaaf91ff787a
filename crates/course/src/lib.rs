//! Rights, the second opinion and the state of the case → the moves, in order: what, why, by when, what defeats it.
//!
//! The one type to know is [`Course`]. The words of the moves are data (`kb/course/moves.toml`); this crate decides
//! which of them apply and in which order. Dates are never made here: each comes from a right or from the schedule.

mod adverse;
mod bearing;
mod choose;
mod follows;
mod heard;
mod letters_day;
mod quotes;
mod supports;
mod walk;
mod words;

pub use adverse::{Adverse, Told, adverse};
pub use choose::{care_ends, either_forwarded_or_heard, forwarded, next_undated, only_by_contract};
pub use follows::{Follows, follows};
pub use heard::{Heard, HeardQuote, heard};
pub use letters_day::{LettersDay, letters_day};
pub use quotes::Quotes;
pub use supports::{DefinitionPart, NamedPaper, PlanSays, Speaker, Support, Supports, Urgent};
pub use walk::{CasePaper, Walk, opinion_letter, opinion_paper, speaks_of_the_patient, walk};
pub use words::ElementNames;

use calendar::Date;
use cite::Authority;
use facts::{Case, Finding};
use kb::{Kb, KbError};
use opinion::{Check, OpinionPlan};
use rights::Entitlements;
use serde::{Deserialize, Serialize};

/// The moves of a case on one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// The day for which it holds.
    pub today: Date,
    /// The next date that matters, with the right it comes from.
    pub next_date: Option<NextDate>,
    /// What to do, in order.
    pub moves: Vec<Move>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// The next date that matters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NextDate {
    /// Id of the right.
    pub right: String,
    /// Its title.
    pub title: String,
    /// What it gives, e.g. `internal_appeal.file`.
    pub gives: String,
    /// The day we advise; today, once that day is over and the last lawful day is not.
    pub file_by: Date,
    /// The last lawful day; where none is known, the day we advise.
    pub due: Date,
    /// Whether the last lawful day is known.
    pub last_known: bool,
    /// The clock time on the last day, as `12:00`, where the rule ends before the day does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// Whether a call is enough.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_phone: bool,
    /// Days from today to `file_by`; negative when the last lawful day has passed.
    pub days_left: i32,
    /// Whether the day it is counted from is presumed rather than known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub presumed: bool,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Move {
    /// Stable name, e.g. `ask_claim_file`.
    pub id: String,
    /// The instruction.
    pub what: String,
    /// The reason.
    pub why: String,
    /// What would make it fail.
    pub defeated_by: String,
    /// By when, if there is a date.
    pub by: Option<Date>,
    /// Id of the right behind the date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<String>,
    /// The law, where there is law behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorities: Vec<Authority>,
}

/// Everything the moves depend on.
#[derive(Debug, Clone, Copy)]
pub struct State<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its rights on this day.
    pub entitlements: &'a Entitlements,
    /// What is known about a second opinion.
    pub plan: &'a OpinionPlan,
    /// The check of the opinion letter, when there is a letter.
    pub check: Option<&'a Check>,
}

/// The moves, in order.
///
/// # Errors
/// A [`KbError`] when `kb/course/moves.toml` cannot be read.
pub fn course(state: State<'_>, kb: &Kb, language: &str) -> Result<Course, KbError> {
    let words = words::Words::load(kb, language)?;
    let known = choose::Known {
        lacks_records: opinion::lacks_records(state.case, kb)?,
        correction_by: opinion::correction_by(kb, state.entitlements.today, None),
    };
    Ok(choose::course(state, &words, known))
}

/// The claimant's next filing: the first right of the claimant in ladder order that has a date and was not yet used.
/// Of a standard right and its expedited twin the one is taken whose pace the case asks for.
pub fn next_filing<'a>(case: &Case, entitlements: &'a Entitlements) -> Option<&'a rights::Right> {
    choose::next_filing(case, entitlements)
}

/// Whether a corrected claim of the provider mends every reason of the denial, so that it comes before any appeal.
///
/// # Errors
/// A [`KbError`] when `kb/course/moves.toml` cannot be read.
pub fn mended_by_correction(case: &Case, kb: &Kb) -> Result<bool, KbError> {
    Ok(words::Words::load(kb, "en")?.mended_by_correction(case))
}

/// The answer that another owes now that a step of the person's own is on file, with its day.
pub fn answer_due<'a>(case: &Case, entitlements: &'a Entitlements) -> Option<&'a rights::Right> {
    choose::answer_due(case, entitlements)
}

/// The step at hand, a word of the rights: the next one of the person's own, else the answer that is due.
///
/// # Errors
/// A [`KbError`] when `kb/course/moves.toml` cannot be read.
pub fn step_at_hand(case: &Case, entitlements: &Entitlements, kb: &Kb) -> Result<Option<String>, KbError> {
    let next = next_date(case, entitlements, kb)?.map(|n| n.gives);
    Ok(next.or_else(|| answer_due(case, entitlements).map(|r| r.gives.clone())))
}

/// What to do where the law gives no step and only the contract does, in the language of the knowledge base.
///
/// # Errors
/// A [`KbError`] when `kb/course/moves.toml` cannot be read.
pub fn contract_step(kb: &Kb) -> Result<Option<String>, KbError> {
    let words = words::Words::load(kb, kb.language())?;
    Ok(words.get("no_right").map(|text| text.what.clone()))
}

/// The next date that matters, when there is one: the next filing, or an earlier pressing step (care goes on only for
/// those who ask in time; a fast appeal against a discharge is a matter of a day). Which steps press is in
/// `kb/course/moves.toml`.
///
/// # Errors
/// A [`KbError`] when `kb/course/moves.toml` cannot be read.
pub fn next_date(case: &Case, entitlements: &Entitlements, kb: &Kb) -> Result<Option<NextDate>, KbError> {
    let words = words::Words::load(kb, "en")?;
    Ok(choose::next_date(case, entitlements, &words))
}
