//! A right of the person → what follows when it is used: who must answer, and the step after a no. Days and law are those of
//! the rights; the words where no right says it are data (`kb/course/follows.toml`).

use kb::{Kb, KbError};
use rights::{Entitlements, Right};
use serde::Deserialize;

const FILE: &str = "course/follows.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[allow(dead_code)]
    format: String,
    follows: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    gives: String,
    then: String,
    then_es: String,
    next: String,
    next_es: String,
}

/// What follows from a step of the person's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Follows<'a> {
    /// The duty to answer it.
    pub answer: Option<&'a Right>,
    /// What happens then, in words.
    pub then: Option<String>,
    /// The person's own step after a no.
    pub next: Option<&'a Right>,
    /// The same in words, where no right of the case is that step yet.
    pub next_says: Option<String>,
}

/// What follows from a right of the person, in a language (`es`; anything else is English). Empty for a duty of somebody else.
///
/// # Errors
/// A [`KbError`] when `kb/course/follows.toml` is absent or damaged, or names what no right gives.
pub fn follows<'a>(right: &Right, all: &'a Entitlements, kb: &Kb, language: &str) -> Result<Follows<'a>, KbError> {
    let file: File = kb.table(FILE)?;
    if let Some(odd) = file.follows.iter().find(|e| kb.index().vocabulary().gives.get(&e.gives).is_none()) {
        let message = format!("`{}` is nothing that a right gives", odd.gives);
        return Err(KbError { file: FILE.into(), place: None, message, hint: None });
    }
    if right.actor != "claimant" {
        return Ok(Follows { answer: None, then: None, next: None, next_says: None });
    }
    let words = file.follows.iter().find(|e| e.gives == right.gives);
    let next = next(right, all);
    let pick = |en: fn(&Entry) -> &String, es: fn(&Entry) -> &String| {
        words.map(|e| if language == "es" { es(e) } else { en(e) }).cloned()
    };
    Ok(Follows {
        answer: answer(right, all),
        then: pick(|e| &e.then, |e| &e.then_es),
        next_says: pick(|e| &e.next, |e| &e.next_es).filter(|_| next.is_none()),
        next,
    })
}

/// Who decides on what was filed: at the same rung and pace where there are several.
fn answer<'a>(right: &Right, all: &'a Entitlements) -> Option<&'a Right> {
    let decides = format!("{}.decide", right.gives.strip_suffix(".file")?);
    let others = all.rights.iter().filter(|r| r.actor != "claimant" && r.gives == decides && r.level == right.level);
    others.min_by_key(|r| (r.pace != right.pace, r.done))
}

/// The person's step one rung up, at the same pace where it can be chosen.
fn next<'a>(right: &Right, all: &'a Entitlements) -> Option<&'a Right> {
    let own = || all.rights.iter().filter(|r| r.actor == "claimant" && r.gives.ends_with(".file") && r.id != right.id);
    let waits = own().filter(|r| r.waits.as_ref().is_some_and(|w| w.step == right.id && !w.only_if_missed));
    let above = own().filter(|r| r.level == right.level + 1);
    let by_pace = |r: &&Right| r.pace != right.pace;
    waits.min_by_key(by_pace).or_else(|| above.min_by_key(by_pace))
}
