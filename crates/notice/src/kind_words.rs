//! What kind of paper the words lean to, beside the evidence that the rules of [`crate::kinds`] weigh.
//!
//! The rules know a plan's papers by what a plan must say in them. What physicians write has no such words: of 142 second
//! opinions that no rule was written from they alone knew 45. So the words of the whole paper, those at its top and those that begin its lines are weighed
//! together with what the rules found, and the kind with the highest sum is taken where its sum is higher by enough.
//!
//! Every weight stands in `kb/notice/kind_weights.toml`, made by `cargo xtask learn kinds` from the labelled papers in
//! `tests/letters/`, `tests/opinions/` and `tests/papers/`, and from nothing else. No sum is ever shown as a chance.

use std::collections::{BTreeMap, BTreeSet};

use facts::{Document, TextFrom};
use kb::{Kb, KbError};
use serde::Deserialize;

use crate::data::Reader;
use crate::kinds::{Seen, is_notice};
use crate::view::View;

/// Where the weights stand in the knowledge base.
const FILE: &str = "notice/kind_weights.toml";

/// The file as written, but for its lines. One line per feature: the feature, a tab, then `kind:hundredths` for each kind it counts for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightsFile {
    /// From how many labelled papers they were counted.
    papers: usize,
    /// By which these can be known again: whoever changes one must count anew.
    #[serde(rename = "fingerprint")]
    _fingerprint: String,
    /// The most words of a paper that are weighed, and how many lines are its top.
    most_words: usize,
    top_lines: usize,
    /// By how much the sum of another kind must be higher than that of the rules' kind to be taken; and than that of every notice
    /// where the rules read one.
    clearly: f32,
    no_notice: f32,
    /// The same where both are notices.
    among_notices: f32,
    /// A paper of fewer words tells too little to overrule a notice that the rules read.
    least_words: usize,
    /// The names of the sums: kinds of paper.
    kinds: Vec<String>,
    bias: Vec<f32>,
}

/// The weights, ready for use: the file, its lines made into a table.
#[derive(Debug)]
pub(crate) struct KindWords {
    file: WeightsFile,
    features: kb::weights::Table,
}

/// The most words of a paper that are weighed, where the knowledge base says nothing: for those who count the weights, and write
/// it into them.
pub const MOST_WORDS: usize = 1500;
/// How many lines are the top of a paper, likewise.
pub const TOP_LINES: usize = 14;
/// Fewer words tell nothing.
const FEW: usize = 20;

impl KindWords {
    /// Reads the weights; none in a knowledge base without them (then the rules decide alone).
    pub(crate) fn load(kb: &Kb) -> Result<Option<KindWords>, KbError> {
        if kb.source().get(FILE).is_none() {
            return Ok(None);
        }
        let (file, lines): (WeightsFile, _) = kb.weighed(FILE)?;
        let wrong = |message: &str| KbError { file: FILE.into(), place: None, message: message.into(), hint: None };
        if file.papers == 0 {
            return Err(wrong("the weights were counted from no paper"));
        }
        if file.kinds.len() != file.bias.len() {
            return Err(wrong("each kind needs its bias"));
        }
        let features = kb::weights::Table::new(FILE, lines, file.kinds.len(), false)?;
        Ok(Some(KindWords { file, features }))
    }

    /// The sum of each kind, by its name.
    fn sums(&self, found: &BTreeMap<String, f32>) -> Vec<(&str, f32)> {
        let sums = self.features.sums(&self.file.bias, found.iter().map(|(n, v)| (n.as_str(), *v)));
        self.file.kinds.iter().map(String::as_str).zip(sums).collect()
    }
}

/// The words of a paper, up to `most` of them, and of its `top` lines: `w:` one or two words of the paper, `t:` of its top, `b:` those
/// that begin its lines, each group scaled to length one. Words with a digit are `#`.
pub(crate) fn word_groups(views: &[View], most: usize, top: usize) -> BTreeMap<String, f32> {
    let mut groups: [BTreeSet<String>; 3] = Default::default();
    let [words, tops, begins] = &mut groups;
    let mut left = most;
    for view in views {
        let tokens = view.page.tokens.get(..left.min(view.page.tokens.len())).unwrap_or_default();
        left -= tokens.len();
        let norm = |i: usize| tokens.get(i).map_or("", |t| if t.has_digit { "#" } else { t.norm.as_str() });
        for (i, token) in tokens.iter().enumerate() {
            let one = norm(i);
            let pair = tokens.get(i + 1).map(|_| format!("{one} {}", norm(i + 1)));
            let near_top = view.number == 1 && token.line < top;
            let add = |kind: &str, to: &mut BTreeSet<String>| {
                to.insert(format!("{kind}{one}"));
                to.extend(pair.as_ref().map(|p| format!("{kind}{p}")));
            };
            add("w:", words);
            if near_top {
                add("t:", tops);
            }
            if i == 0 || tokens.get(i - 1).is_none_or(|before| before.line != token.line) {
                add("b:", begins);
            }
        }
    }
    let mut out = BTreeMap::new();
    for names in groups {
        let value = f32::from(u16::try_from(names.len()).unwrap_or(u16::MAX)).sqrt().recip();
        out.extend(names.into_iter().map(|n| (n, value)));
    }
    out
}

impl Reader {
    /// The kind that the words lean to clearly, where it is another than the rules'.
    pub(crate) fn kind_by_words(&self, views: &[View], seen: &Seen, rules: &str) -> Option<&str> {
        let weights = self.kind_words.as_ref()?;
        let words: usize = views.iter().map(|v| v.page.tokens.len()).sum();
        if words < FEW || is_notice(rules) && words < weights.file.least_words {
            return None;
        }
        let sums = weights.sums(&self.kind_names(views, seen));
        let of = |kind: &str| sums.iter().find(|(name, _)| *name == kind).map(|s| s.1);
        // The rules' notice may be any notice.
        let theirs = if is_notice(rules) {
            sums.iter().filter(|s| is_notice(s.0)).map(|s| s.1).max_by(f32::total_cmp)
        } else {
            of(rules)
        };
        // under a notice's title words make it only what the rules allow
        let titled = self.is_titled(views, is_notice);
        let known = |kind: &str| self.documents.iter().find(|d| d.kind == kind);
        let may_be = |kind: &str| !titled || known(kind).is_none_or(|d| seen.allows(d));
        let best = sums.iter().filter(|s| is_notice(s.0) || seen.may_be_no_notice() && may_be(s.0));
        let best = best.max_by(|a, b| a.1.total_cmp(&b.1))?;
        // which of a plan's notices it is stands in its title; else only words that speak much more clearly for another are heard
        if is_notice(best.0) && is_notice(rules) {
            let clearly = best.1 - of(rules)? > weights.file.among_notices && !self.is_titled(views, |k| k == rules);
            return (clearly && best.0 != rules).then_some(best.0);
        }
        let needed = if is_notice(rules) { weights.file.no_notice } else { weights.file.clearly };
        (best.0 != rules && best.1 - theirs? > needed).then_some(best.0)
    }

    /// The features of a paper and their values, for those who count weights.
    pub fn kind_features(&self, document: &Document) -> Vec<(String, f32)> {
        let pages = self.in_reading_order(document);
        let views = self.views(&pages, document.text_from == TextFrom::Ocr);
        self.kind_names(&views, &self.seen(&views)).into_iter().collect()
    }

    /// What kind of paper it is, and nothing else of it. See [`kind_of`].
    pub fn kind_of(&self, document: &Document) -> String {
        let pages = self.in_reading_order(document);
        self.kinds(&self.views(&pages, document.text_from == TextFrom::Ocr)).document
    }

    /// `w:` one or two words of the paper, `t:` of its top, `b:` those that begin its lines (each group scaled to length one),
    /// `k:` what the rules score for a kind, `s:` what it shows as a whole.
    fn kind_names(&self, views: &[View], seen: &Seen) -> BTreeMap<String, f32> {
        let (most, top) =
            self.kind_words.as_ref().map_or((MOST_WORDS, TOP_LINES), |w| (w.file.most_words, w.file.top_lines));
        let mut out = word_groups(views, most, top);
        out.extend(self.kind_signs(seen));
        out.extend(self.is_signed_by_a_clinician(views).then(|| ("s:signed".to_owned(), 1.0)));
        out
    }

    /// Whether it speaks of "my doctor" and no clinician signs it.
    pub(crate) fn is_of_a_patient(&self, views: &[View]) -> bool {
        let holds = crate::data::holds;
        let own = |v: &View| {
            let pairs = v.page.tokens.windows(2);
            pairs.into_iter().any(|pair| match pair {
                [my, who] => {
                    matches!(my.norm.as_str(), "my" | "mi" | "mis") && holds(&self.words.who_treats, &who.norm)
                }
                _ => false,
            })
        };
        views.iter().any(own) && !self.is_signed_by_a_clinician(views)
    }

    /// Whether a title such as "MD" stands in the last lines, as a clinician signs.
    pub(crate) fn is_signed_by_a_clinician(&self, views: &[View]) -> bool {
        /// So many of the last lines are where a letter is signed.
        const SIGNED: usize = 14;
        let Some(last) = views.iter().rev().find(|v| !v.page.tokens.is_empty()) else { return false };
        let end = last.page.tokens.last().map_or(0, |t| t.line);
        let near_end = last.page.tokens.iter().filter(|t| t.line + SIGNED > end && t.capital);
        near_end.into_iter().any(|t| crate::data::holds(&self.words.credentials, &t.norm))
    }
}

/// What kind of paper it is (`denial_letter`, `opinion_letter` …), as [`crate::read`] says it, without reading the rest. Nothing
/// when the phrase data cannot be used ([`crate::read`] says so).
pub fn kind_of(document: &Document, kb: &Kb) -> Option<String> {
    crate::reader(kb).ok().map(|reader| reader.kind_of(document))
}
