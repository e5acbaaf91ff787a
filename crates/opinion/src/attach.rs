//! Whether the opinion letter goes out with the appeal.

use facts::Case;
use serde::{Deserialize, Serialize};

use crate::{Check, stopped_by};

/// Whether the opinion letter goes into the packet and the appeal letter may speak of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attach {
    /// It goes in.
    Yes,
    /// There is no letter.
    NoLetter,
    /// The person decided against it.
    PersonDecidedNot,
    /// It does not (fully) support the request, and the person has not decided to attach it.
    NotSupportive,
    /// It says yes, and holds a sentence that could be used against the person; the person has not decided to attach it.
    HarmfulSentence,
    /// Nothing was concluded from the paper (an empty scan, two letters in one file), and the person has not decided to
    /// attach it.
    NothingConcluded,
    /// Nobody has checked what it says, and the person has not decided to attach it.
    NotChecked,
    /// It is about another person. It stays out whatever was decided: a third person's health is nobody's to send.
    AnotherPatient,
    /// It is no physician's opinion (a bill, a letter of the plan). It is never given as one.
    NotAnOpinion,
    /// It is the treating physician's own letter. It is never given as the second one's.
    OwnLetter,
    /// It is signed by another physician than the case names. No words are given under a wrong name.
    AnotherWriter,
}

impl Attach {
    /// Whether the paper may not go out as the second opinion even where the person chose so.
    pub fn is_never(self) -> bool {
        use Attach::{AnotherPatient, AnotherWriter, NotAnOpinion, OwnLetter};
        matches!(self, AnotherPatient | NotAnOpinion | OwnLetter | AnotherWriter)
    }
}

/// Findings of a check for which the paper is never the second opinion, and what it is then.
const NEVER: [(&str, Attach); 6] = [
    ("another_patient", Attach::AnotherPatient),
    ("another_birth_date", Attach::AnotherPatient),
    ("bill_not_letter", Attach::NotAnOpinion),
    ("not_an_opinion", Attach::NotAnOpinion),
    ("own_letter", Attach::OwnLetter),
    ("another_writer", Attach::AnotherWriter),
];

/// Decides whether the opinion letter is attached.
///
/// A paper about another person, one that is no opinion, the treating physician's own letter and one signed by another than
/// the case names never are. An opinion that is against the service, that asks for tests or other treatment first, that
/// confirms only with changes, or that is unclear is not attached unless the person chose so (`choices.attach_opinion =
/// true`); the same holds for a letter older than the visit it should be about, for one with a sentence that the plan could use
/// (a promise of a result, an attack, a concession), and for one that nobody has checked: undecided is not yes.
pub fn attach(case: &Case, check: Option<&Check>) -> Attach {
    let Some(opinion) = &case.second_opinion else { return Attach::NoLetter };
    if opinion.letter.as_deref().unwrap_or_default().is_empty() {
        return Attach::NoLetter;
    }
    let findings = || check.into_iter().flat_map(|c| &c.findings);
    if let Some((_, never)) = NEVER.iter().find(|(code, _)| findings().any(|f| f.code == *code)) {
        return *never;
    }
    match case.choices.attach_opinion {
        Some(true) => return Attach::Yes,
        Some(false) => return Attach::PersonDecidedNot,
        None => {}
    }
    if check.and_then(stopped_by).is_some() {
        return Attach::NothingConcluded;
    }
    let outcome = check.map(|c| c.outcome.as_str()).or(opinion.outcome.as_deref());
    let advice = check.map_or("", |c| c.attach.as_str());
    match (outcome, advice) {
        (_, "do_not_attach" | "person_decides") => Attach::NotSupportive,
        (Some("confirms"), _) if findings().any(|f| f.code == OLDER) => Attach::NotSupportive,
        (Some("confirms"), _) if check.is_some_and(is_harmful) => Attach::HarmfulSentence,
        (Some("confirms"), _) => Attach::Yes,
        (Some(_), _) => Attach::NotSupportive,
        (None, _) => Attach::NotChecked,
    }
}

/// Kinds of sentences with which a letter does not go out unless the person decides so. A fact to be looked up, or a word outside
/// the writer's field, makes a letter weaker and harms nobody.
const HARMFUL: [&str; 3] = ["guarantee", "reviewer_attack", "adverse_statement"];

/// Whether a letter holds something that does the person harm whoever reads it.
pub fn is_harmful(check: &Check) -> bool {
    check.hazards.iter().any(|h| HARMFUL.contains(&h.hazard.as_str()))
}

/// The finding of a letter whose every day is before the visit that the case names.
pub(crate) const OLDER: &str = "older_than_visit";
