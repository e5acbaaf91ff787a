//! The word lists of `kb/evidence/`, ready for use.

use std::collections::{BTreeMap, HashMap, HashSet};

use kb::{Kb, KbError};
use serde::Deserialize;

use crate::quantity::QuantityWords;

/// How policies are written (`policy.toml`), how texts are compared (`compare.toml`) and how numbers are written
/// (`quantities.toml`).
#[derive(Debug, Clone)]
pub struct PolicyWords {
    pub(crate) policy: ListWords,
    pub(crate) compare: CompareWords,
    pub(crate) quantities: QuantityWords,
    idle: HashSet<String>,
    /// Longest phrase first, by first letter: (phrase, sign).
    signs: HashMap<char, Vec<(String, String)>>,
    /// From a member to its kinds.
    kinds: BTreeMap<String, Vec<String>>,
    known: HashSet<String>,
}

/// `kb/evidence/policy.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListWords {
    #[allow(dead_code)]
    format: String,
    pub(crate) all: Vec<String>,
    pub(crate) any: Vec<String>,
    pub(crate) at_least: Vec<String>,
    pub(crate) none: Vec<String>,
    pub(crate) end_all: Vec<String>,
    pub(crate) end_any: Vec<String>,
    pub(crate) end_at_least: Vec<String>,
    pub(crate) end_none: Vec<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) headings: Vec<String>,
    pub(crate) openings: Vec<String>,
    pub(crate) exclusions: Vec<String>,
    pub(crate) other_lists: Vec<String>,
    pub(crate) address: Vec<String>,
    pub(crate) lead_ins: Vec<String>,
    pub(crate) defining: Vec<String>,
    pub(crate) bare_heads: Vec<String>,
    pub(crate) page_words: Vec<String>,
    pub(crate) continuation: Vec<String>,
    pub(crate) initial: Vec<String>,
    pub(crate) pointers: Vec<String>,
    pub(crate) ends_following: Vec<String>,
    pub(crate) table_heads: Vec<String>,
    pub(crate) opens_series: Vec<String>,
    pub(crate) prose_requires: Vec<String>,
    pub(crate) prose_coverage: Vec<String>,
    pub(crate) prose_skips: Vec<String>,
    pub(crate) own: OwnWords,
}

/// How a policy names itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnWords {
    pub(crate) number: Vec<String>,
    pub(crate) effective: Vec<String>,
    pub(crate) reviewed: Vec<String>,
    pub(crate) next_review: Vec<String>,
    pub(crate) version: Vec<String>,
    pub(crate) references: Vec<String>,
    pub(crate) old_references_years: i32,
    pub(crate) old_review_years: i32,
}

/// `kb/evidence/compare.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompareWords {
    #[allow(dead_code)]
    format: String,
    idle: Vec<String>,
    pub(crate) negations: Vec<String>,
    pub(crate) negations_after: Vec<String>,
    pub(crate) clause_ends: Vec<String>,
    pub(crate) hedges: Vec<String>,
    pub(crate) commands: Vec<String>,
    pub(crate) conditions: Vec<String>,
    pub(crate) patient_labels: Vec<String>,
    pub(crate) titles: Vec<String>,
    pub(crate) others: Vec<String>,
    pub(crate) answered: Vec<String>,
    pub(crate) reply_yes: Vec<String>,
    pub(crate) reply_no: Vec<String>,
    pub(crate) reply_open: Vec<String>,
    /// Verbs of a statement, and those of whom a policy speaks.
    pub(crate) states_by: Vec<String>,
    pub(crate) of_anyone: Vec<String>,
    pub(crate) general: Vec<String>,
    pub(crate) result_tails: Vec<String>,
    pub(crate) besides: Vec<String>,
    pub(crate) circumstances: Vec<String>,
    pub(crate) circumstances_with: Vec<String>,
    pub(crate) measured_under: Vec<String>,
    pub(crate) not_under: Vec<String>,
    pub(crate) measured_on: Vec<String>,
    pub(crate) exception_tails: Vec<String>,
    pub(crate) examples: Vec<String>,
    pub(crate) links: Vec<String>,
    pub(crate) asserts: Vec<String>,
    pub(crate) left: Vec<String>,
    pub(crate) right: Vec<String>,
    pub(crate) both: Vec<String>,
    rewrite: Vec<(String, String)>,
    pub(crate) strict: Vec<String>,
    same: Vec<Vec<String>>,
    kind: Vec<KindWords>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindWords {
    kind: String,
    members: Vec<String>,
}

pub(crate) fn sign(word: &str) -> String {
    word.replace([' ', '/'], "_")
}

impl PolicyWords {
    /// Reads the words.
    ///
    /// # Errors
    /// A [`KbError`] when a file is absent or of another shape.
    pub fn load(kb: &Kb) -> Result<PolicyWords, KbError> {
        let policy: ListWords = kb.table("evidence/policy.toml")?;
        let compare: CompareWords = kb.table("evidence/compare.toml")?;
        let quantities = QuantityWords::load(kb)?;
        let mut signs: HashMap<char, Vec<(String, String)>> = HashMap::new();
        let mut known: HashSet<String> = HashSet::new();
        let rewritten = compare.rewrite.iter().map(|(from, to)| (from.clone(), to.clone()));
        let alike = compare.same.iter().filter_map(|line| line.split_first()).flat_map(|(first, others)| {
            std::iter::once(first).chain(others).map(move |w| (w.to_lowercase(), sign(first)))
        });
        for (phrase, to) in rewritten.chain(alike) {
            known.insert(to.clone());
            if let Some(first) = phrase.chars().next() {
                signs.entry(first).or_default().push((phrase, to));
            }
        }
        signs.values_mut().for_each(|v| v.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len())));
        let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for kind in &compare.kind {
            for member in &kind.members {
                known.insert(sign(member));
                kinds.entry(sign(member)).or_default().push(sign(&kind.kind));
            }
        }
        let idle = compare.idle.iter().cloned().collect();
        let mut words = PolicyWords { policy, compare, quantities, idle, signs, kinds, known };
        words.unify_phrases();
        Ok(words)
    }

    /// Phrases are looked for in unified text, so they are wanted in that form too.
    fn unify_phrases(&mut self) {
        let unified = |phrases: &[String], words: &PolicyWords| -> Vec<String> {
            let mut all = phrases.to_vec();
            all.extend(phrases.iter().map(|p| words.unify(p)).filter(|p| !phrases.contains(p)));
            all
        };
        self.compare.hedges = unified(&self.compare.hedges, self);
        self.compare.negations_after = unified(&self.compare.negations_after, self);
    }

    /// Whether a word carries no meaning of its own.
    pub(crate) fn is_idle(&self, word: &str) -> bool {
        self.idle.contains(word)
    }

    /// Whether a word is one of the knowledge base's own terms.
    pub(crate) fn is_known(&self, word: &str) -> bool {
        self.known.contains(word)
    }

    /// The kinds a term belongs to.
    pub(crate) fn kinds_of(&self, word: &str) -> &[String] {
        self.kinds.get(word).map_or(&[], Vec::as_slice)
    }

    /// Lower-case text with phrases of the same meaning replaced by one sign, at word boundaries; the longest phrase at
    /// each place is taken.
    pub(crate) fn unify(&self, text: &str) -> String {
        let folded = cite::fold(text);
        let mut out = String::with_capacity(folded.len());
        let mut before: Option<char> = None;
        let mut at = 0;
        while let Some(c) = folded[at..].chars().next() {
            let free = before.is_none_or(|b| !b.is_alphanumeric() && b != '_');
            let found = if free { self.sign_at(&folded[at..], c) } else { None };
            match found {
                Some((len, to)) => {
                    out.push_str(to);
                    at += len;
                    before = Some('_');
                }
                None => {
                    out.push(c);
                    at += c.len_utf8();
                    before = Some(c);
                }
            }
        }
        out
    }

    fn sign_at(&self, rest: &str, first: char) -> Option<(usize, &str)> {
        let candidates = self.signs.get(&first)?;
        let (phrase, to) = candidates.iter().find(|(phrase, _)| {
            rest.starts_with(phrase.as_str())
                && !rest[phrase.len()..].chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_')
        })?;
        Some((phrase.len(), to))
    }
}
