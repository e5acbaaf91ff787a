use std::collections::BTreeMap;

use kb::{Kb, KbError};
use rights::Right;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[allow(dead_code)]
    format: String,
    pressing: BTreeMap<String, String>,
    not_before: BTreeMap<String, String>,
    exception: Reasons,
    corrected: Reasons,
    represented: BTreeMap<String, String>,
    #[serde(rename = "move")]
    moves: Vec<Entry>,
}

/// Reasons of a denial that another step than the appeal answers: an exception for a drug, a corrected claim.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reasons {
    reasons: Vec<String>,
}

const FILE: &str = "course/moves.toml";

impl File {
    /// A typo here would silently lose the most urgent move: every key must be a rule or something a right gives, every
    /// value a move.
    fn check(&self, kb: &Kb) -> Result<(), KbError> {
        let wrong = |message: String| KbError { file: FILE.into(), place: None, message, hint: None };
        let gives = |name: &str| kb.index().vocabulary().gives.get(name).is_some();
        let rule = |id: &str| kb.index().rules().iter().any(|r| r.id == id) || state_rule(kb, id);
        for (key, id) in &self.pressing {
            if !gives(key) && !rule(key) {
                return Err(wrong(format!(
                    "[pressing] names `{key}`, which is no rule and nothing that a right gives"
                )));
            }
            if !self.moves.iter().any(|m| m.id == *id) {
                return Err(wrong(format!("[pressing] sends `{key}` to the move `{id}`, which is not there")));
            }
        }
        for (coverage, id) in &self.represented {
            if kb.index().vocabulary().coverages.get(coverage).is_none() {
                return Err(wrong(format!("[represented] names `{coverage}`, which is no coverage")));
            }
            if !self.moves.iter().any(|m| m.id == *id) {
                return Err(wrong(format!("[represented] sends `{coverage}` to the move `{id}`, which is not there")));
            }
        }
        match self.not_before.iter().flat_map(|(a, b)| [a, b]).find(|name| !gives(name)) {
            Some(name) => Err(wrong(format!("[not_before] names `{name}`, which no right gives"))),
            None => Ok(()),
        }
    }
}

/// Who can be owed something or owes it, in words.
fn actors(kb: &Kb) -> BTreeMap<String, String> {
    let all = &kb.index().vocabulary().actors;
    all.names().filter_map(|id| Some((id.to_string(), all.get(id)?.clone()))).collect()
}

/// Whether a rule of that id stands in the folder of a State.
fn state_rule(kb: &Kb, id: &str) -> bool {
    let has = |state| matches!(kb.state(state), Some(Ok(s)) if s.rules.iter().any(|r| r.id == id));
    kb.index().states_with_folder().any(has)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    what: String,
    why: String,
    defeated_by: String,
    what_es: String,
    why_es: String,
    defeated_by_es: String,
}

/// The words of one move in one language.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) what: String,
    pub(crate) why: String,
    pub(crate) defeated_by: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Elements {
    #[allow(dead_code)]
    format: String,
    element: Vec<Element>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Element {
    id: String,
    name: String,
    name_es: String,
}

/// The words of all moves, and the names of the things an opinion letter must address.
#[derive(Debug)]
pub(crate) struct Words {
    pressing: BTreeMap<String, String>,
    not_before: BTreeMap<String, String>,
    excepted: Vec<String>,
    corrected: Vec<String>,
    represented: BTreeMap<String, String>,
    moves: BTreeMap<String, Text>,
    actors: BTreeMap<String, String>,
    elements: ElementNames,
}

/// The plain names of the nineteen things an opinion letter must address.
#[derive(Debug)]
pub struct ElementNames(BTreeMap<String, String>);

impl ElementNames {
    /// Reads the names in `es` or, for any other language, in English.
    ///
    /// # Errors
    /// A [`KbError`] when `kb/course/elements.toml` is absent or damaged.
    pub fn load(kb: &Kb, language: &str) -> Result<ElementNames, KbError> {
        let elements: Elements = kb.table("course/elements.toml")?;
        let pick = |e: Element| (e.id, if language == "es" { e.name_es } else { e.name });
        Ok(ElementNames(elements.element.into_iter().map(pick).collect()))
    }

    /// The name of an element; a key without a name is shown with spaces.
    pub fn get(&self, key: &str) -> String {
        self.0.get(key).cloned().unwrap_or_else(|| key.replace('_', " "))
    }
}

impl Words {
    /// Reads the words in `es` or, for any other language, in English.
    pub(crate) fn load(kb: &Kb, language: &str) -> Result<Words, KbError> {
        let file: File = kb.table(FILE)?;
        file.check(kb)?;
        let spanish = language == "es";
        Ok(Words {
            elements: ElementNames::load(kb, language)?,
            pressing: file.pressing,
            not_before: file.not_before,
            excepted: file.exception.reasons,
            corrected: file.corrected.reasons,
            represented: file.represented,
            actors: actors(kb),
            moves: file
                .moves
                .into_iter()
                .map(|e| {
                    let pick = |en: String, es: String| if spanish { es } else { en };
                    let text = Text {
                        what: pick(e.what, e.what_es),
                        why: pick(e.why, e.why_es),
                        defeated_by: pick(e.defeated_by, e.defeated_by_es),
                    };
                    (e.id, text)
                })
                .collect(),
        })
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Text> {
        self.moves.get(id)
    }

    /// The move for a right that cannot wait, by its id or else by what it gives.
    pub(crate) fn pressing(&self, right: &Right) -> Option<&str> {
        self.pressing.get(&right.id).or_else(|| self.pressing.get(&right.gives)).map(String::as_str)
    }

    /// What another right must give, and be over, before a right that gives this one presses.
    pub(crate) fn not_before(&self, gives: &str) -> Option<&str> {
        self.not_before.get(gives).map(String::as_str)
    }

    /// Whether a denial for this reason can be answered by asking for an exception.
    pub(crate) fn excepted(&self, reason: &str) -> bool {
        self.excepted.iter().any(|r| r == reason)
    }

    /// Whether a corrected claim mends every reason of the case.
    pub(crate) fn mended_by_correction(&self, case: &facts::Case) -> bool {
        let mended = |d: &facts::Denial| d.reason.as_ref().is_some_and(|r| self.corrected.contains(r));
        !case.denials.is_empty() && case.denials.iter().all(mended)
    }

    /// The move that tells somebody who signs for the patient what a coverage wants to see of that.
    pub(crate) fn represented(&self, coverage: Option<&str>) -> &str {
        coverage.and_then(|kind| self.represented.get(kind)).map_or("sign_form", String::as_str)
    }

    /// Who an actor is, in words.
    pub(crate) fn actor<'a>(&'a self, id: &'a str) -> &'a str {
        self.actors.get(id).map_or(id, String::as_str)
    }

    /// The plain name of an element of an opinion letter.
    pub(crate) fn element(&self, key: &str) -> String {
        self.elements.get(key)
    }
}
