use std::collections::HashSet;

use kb::{Kb, KbError};
use serde::Deserialize;

/// The words of `kb/evidence/policy.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyWords {
    #[allow(dead_code)]
    format: String,
    pub(crate) all: Vec<String>,
    pub(crate) any: Vec<String>,
    pub(crate) at_least: Vec<String>,
    pub(crate) none: Vec<String>,
    pub(crate) notes: Vec<String>,
    idle: Vec<String>,
    pub(crate) negations: Vec<String>,
    pub(crate) hedges: Vec<String>,
    same: Vec<Vec<String>>,
    #[serde(skip)]
    idle_set: HashSet<String>,
    #[serde(skip)]
    replace: Vec<(String, String)>,
}

impl PolicyWords {
    /// Reads the words.
    ///
    /// # Errors
    /// A [`KbError`] when the file is absent or of another shape.
    pub fn load(kb: &Kb) -> Result<PolicyWords, KbError> {
        let mut words: PolicyWords = kb.table("evidence/policy.toml")?;
        words.idle_set = words.idle.iter().cloned().collect();
        words.replace = words
            .same
            .iter()
            .filter_map(|line| line.split_first())
            .flat_map(|(first, others)| {
                let sign = first.replace([' ', '-'], "_");
                std::iter::once(first).chain(others).map(move |w| (w.to_lowercase(), sign.clone()))
            })
            .collect();
        words.replace.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        Ok(words)
    }

    /// Whether a word carries no meaning of its own.
    pub(crate) fn is_idle(&self, word: &str) -> bool {
        self.idle_set.contains(word)
    }

    /// Lower-case text with phrases of the same meaning replaced by one sign, at word boundaries.
    pub(crate) fn unify(&self, text: &str) -> String {
        let mut text = format!(" {} ", cite::fold(text));
        for (word, sign) in &self.replace {
            if text.contains(word.as_str()) {
                text = replace_word(&text, word, sign);
            }
        }
        text.trim().to_string()
    }
}

fn replace_word(text: &str, word: &str, sign: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let before = rest[..at].chars().next_back();
        let after = rest[at + word.len()..].chars().next();
        let free = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        out.push_str(&rest[..at]);
        out.push_str(if free(before) && free(after) { sign } else { word });
        rest = &rest[at + word.len()..];
    }
    out.push_str(rest);
    out
}
