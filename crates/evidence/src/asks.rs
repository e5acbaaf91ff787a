//! What to ask for, and from whom, when nothing shows a criterion: `kb/evidence/asks.toml`.

use kb::{Kb, KbError};
use serde::Deserialize;

use crate::text::tokens;
use crate::words::PolicyWords;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[allow(dead_code)]
    format: String,
    ask: Vec<Ask>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    kind: String,
    words: Vec<String>,
    en: String,
    es: String,
}

/// The kinds of proof, in the order in which they are tried.
#[derive(Debug)]
pub(crate) struct Asks(Vec<Ask>);

impl Asks {
    pub(crate) fn load(kb: &Kb) -> Result<Asks, KbError> {
        Ok(Asks(kb.table::<Table>("evidence/asks.toml")?.ask))
    }

    /// The sentence that asks for proof of the kind that a criterion needs, of `wanting`: the criterion with what stands above it.
    pub(crate) fn of_kind(&self, criterion: &str, wanting: &str, language: &str, words: &PolicyWords) -> String {
        let (_, ask) = self.of(criterion, language, words);
        ask.replacen(criterion, wanting, 1)
    }

    /// The kind of proof a criterion needs and the sentence that asks for it.
    pub(crate) fn of(&self, criterion: &str, language: &str, words: &PolicyWords) -> (Option<String>, String) {
        let said = tokens(&words.unify(criterion), words);
        let names = |word: &String| {
            said.iter().any(|t| t.raw == *word || t.word == *word || words.kinds_of(&t.word).contains(word))
        };
        let found = self.0.iter().find(|a| a.words.is_empty() || a.words.iter().any(names));
        match found {
            Some(ask) => {
                let text = if language == "es" { &ask.es } else { &ask.en };
                (Some(ask.kind.clone()), text.replace("{criterion}", criterion))
            }
            None => (None, criterion.to_string()),
        }
    }
}
