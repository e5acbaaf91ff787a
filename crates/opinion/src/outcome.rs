//! What the second physician said → the course of action, as data (`kb/opinions/outcomes.toml`).

use facts::Case;
use kb::{Kb, KbError};
use serde::{Deserialize, Serialize};

use crate::names::Names;
use crate::words::set_in;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    outcome: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    outcome: String,
    title: String,
    says: String,
    attach: String,
    moves: Vec<String>,
    introduce: Option<String>,
    #[serde(default)]
    third_opinion: bool,
    letters: Vec<String>,
}

/// What to do with one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeCourse {
    /// `confirms`, `confirms_with_changes`, `needs_workup`, `conservative_first`, `against` or `unclear`.
    pub outcome: String,
    /// A short title.
    pub title: String,
    /// What it means, for the person.
    pub says: String,
    /// The default: `recommended`, `after_changes`, `do_not_attach` or `person_decides`. The check of the letter decides.
    pub attach: String,
    /// What to do, in order.
    pub moves: Vec<String>,
    /// Whether a third opinion is worth asking about.
    pub third_opinion: bool,
    /// The sentence that brings the letter in, when every part of it is known.
    pub introduce: Option<String>,
    /// Facts that the sentence still needs, as paths of the case file.
    pub needs: Vec<String>,
    /// Documents that go with it.
    pub letters: Vec<String>,
}

/// The course of action for an outcome; nothing for a word that is not an outcome.
///
/// The sentence that brings the letter in says "board-certified" only when the case records where and when that was
/// looked up.
///
/// # Errors
/// A [`KbError`] when the data file is absent or damaged.
pub fn course_for(outcome: &str, case: &Case, kb: &Kb) -> Result<Option<OutcomeCourse>, KbError> {
    let table: Table = kb.table("opinions/outcomes.toml")?;
    let Some(entry) = table.outcome.into_iter().find(|o| o.outcome == outcome) else { return Ok(None) };
    let (introduce, needs) = entry.introduce.as_deref().map_or(Ok((None, Vec::new())), |t| introduce(t, case, kb))?;
    Ok(Some(OutcomeCourse {
        outcome: entry.outcome,
        title: entry.title,
        says: entry.says,
        attach: entry.attach,
        moves: entry.moves,
        third_opinion: entry.third_opinion,
        introduce,
        needs,
        letters: entry.letters,
    }))
}

fn introduce(template: &str, case: &Case, kb: &Kb) -> Result<(Option<String>, Vec<String>), KbError> {
    let physician = crate::second_physician(case);
    let physician = physician.as_ref();
    let part = |key: &'static str| {
        let value = match key {
            "name" => physician.and_then(|p| p.name.clone()),
            "specialty" => physician.and_then(|p| p.subspecialty.clone().or_else(|| p.specialty.clone())),
            "institution" => physician.and_then(|p| p.institution.clone().or_else(|| p.practice.clone())),
            _ => case.claim.service.clone(),
        };
        (key, value.filter(|v| !v.trim().is_empty()))
    };
    let parts = [part("name"), part("specialty"), part("institution"), part("service")];
    let path =
        |key: &str| if key == "service" { "claim.service".into() } else { format!("second_opinion.physician.{key}") };
    let needs: Vec<String> = parts.iter().filter(|(_, v)| v.is_none()).map(|(k, _)| path(k)).collect();
    if !needs.is_empty() {
        return Ok((None, needs));
    }
    let verified = physician.is_some_and(|p| p.certification_checked_at.is_some() && p.checked_on.is_some());
    let certified = if verified { kb.index().sentences().say("board_certified", &[]) } else { String::new() };
    let text = template.replace("{certified}", &certified);
    let names = Names::load(kb)?;
    let filled = parts.iter().fold(text, |t, (key, value)| {
        let value = value.as_deref().unwrap_or_default();
        set_in(&t, key, &if *key == "service" { names.service(value) } else { value.to_owned() })
    });
    Ok((Some(filled), Vec::new()))
}
