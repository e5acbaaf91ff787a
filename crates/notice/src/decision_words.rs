//! Which decision a plan's notice tells: a first refusal, one in part, the end of care that runs, the last of the plan, or that of a
//! reviewer outside. The person's rights hang on it.
//!
//! The rules of [`crate::kinds`] know it by titles and set phrases. Where a letter says it in other words they take it for a first
//! refusal: of 244 letters of another kind that no rule was written from they alone knew 160, with the words of the letter 195. So
//! the words of the whole letter are weighed together with what the rules say, by numbers fitted on letters that neither had seen.
//!
//! Every weight stands in `kb/notice/decision_weights.toml`, made by `cargo xtask learn decisions` from the labelled letters in
//! `tests/letters/`, and from nothing else. No sum is ever shown as a chance.

use std::collections::BTreeMap;

use facts::{Document, TextFrom};
use kb::{Kb, KbError};
use serde::Deserialize;

use crate::data::{Cue, Reader, Section};
use crate::found::Found;
use crate::kind_words::{MOST_WORDS, TOP_LINES, word_groups};
use crate::kinds::Kinds;
use crate::view::View;

/// Where the weights stand in the knowledge base.
const FILE: &str = "notice/decision_weights.toml";
/// Letters of fewer words tell too little beside the rules.
const FEW: usize = 20;
/// Of fewer words a no is never made a yes, nor a yes a no.
const FEW_TO_TURN: usize = 60;

/// What can be told, in the order of the sums: the kinds of notice, a decision from outside apart by whom it helps.
pub const DECISIONS: [&str; 7] = [
    "approval",
    "external_overturned",
    "external_upheld",
    "final_internal_denial",
    "initial_denial",
    "partial_denial",
    "reduction_or_termination",
];

/// The file as written, but for its lines: a feature, a tab, then `decision:hundredths` for each decision it counts for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightsFile {
    /// From how many labelled letters they were counted.
    letters: usize,
    /// By which these can be known again: whoever changes one must count anew.
    #[serde(rename = "fingerprint")]
    _fingerprint: String,
    most_words: usize,
    top_lines: usize,
    /// What the logarithm of the words' share counts, and what it counts for each decision that the rules read it.
    trust: f32,
    rules: Vec<f32>,
    /// By how much a yes must be higher than every no where the rules read a no, and the other way: "we have not overturned our denial" has
    /// the words of a yes.
    turned: f32,
    decisions: Vec<String>,
    bias: Vec<f32>,
}

/// The weights, ready for use.
#[derive(Debug)]
pub(crate) struct DecisionWords {
    file: WeightsFile,
    features: kb::weights::Table,
}

impl DecisionWords {
    /// Reads the weights; none in a knowledge base without them (then the rules decide alone).
    pub(crate) fn load(kb: &Kb) -> Result<Option<DecisionWords>, KbError> {
        if kb.source().get(FILE).is_none() {
            return Ok(None);
        }
        let (file, lines): (WeightsFile, _) = kb.weighed(FILE)?;
        let wrong = |message: String| KbError { file: FILE.into(), place: None, message, hint: None };
        if file.decisions != DECISIONS {
            return Err(wrong(format!("decisions must be {}", DECISIONS.join(", "))));
        }
        if [file.bias.len(), file.rules.len()] != [DECISIONS.len(); 2] || file.letters == 0 {
            return Err(wrong("each decision needs its bias and its rules, counted from letters".into()));
        }
        let features = kb::weights::Table::new(FILE, lines, DECISIONS.len(), false)?;
        Ok(Some(DecisionWords { file, features }))
    }

    /// The logarithm of each decision's share by the words.
    fn by_words(&self, names: &BTreeMap<String, f32>) -> Vec<f32> {
        let sums = self.features.sums(&self.file.bias, names.iter().map(|(n, v)| (n.as_str(), *v)));
        let top = sums.iter().copied().fold(f32::MIN, f32::max);
        let all = sums.iter().map(|s| (s - top).exp()).sum::<f32>().ln() + top;
        sums.iter().map(|s| s - all).collect()
    }

    /// The decision that words and rules together speak for.
    fn best(&self, names: &BTreeMap<String, f32>, by_rules: usize, may_turn: bool) -> usize {
        let of_rules = |i: usize| self.file.rules.get(i).copied().filter(|_| i == by_rules).unwrap_or_default();
        let sums = self.by_words(names).into_iter().enumerate().map(|(i, s)| (i, self.file.trust * s + of_rules(i)));
        let sums: Vec<(usize, f32)> = sums.filter(|(i, _)| may_be(*i, by_rules)).collect();
        let best = |turned: bool| {
            let side = sums.iter().filter(|(i, _)| (grants(*i) != grants(by_rules)) == turned);
            side.max_by(|a, b| a.1.total_cmp(&b.1)).copied()
        };
        let (same, other) = (best(false).unwrap_or((by_rules, f32::MIN)), best(true).filter(|_| may_turn));
        other.filter(|o| o.1 > same.1 + self.file.turned).unwrap_or(same).0
    }

    /// How much the words of a sentence speak for a decision.
    fn tells(&self, words: &[&str], decision: usize) -> f32 {
        let mut names: Vec<String> = words.iter().map(|w| format!("w:{w}")).collect();
        names.extend(words.windows(2).map(|w| format!("w:{}", w.join(" "))));
        let sums = self.features.sums(&[0.0; DECISIONS.len()], names.iter().map(|n| (n.as_str(), 1.0)));
        sums.get(decision).copied().unwrap_or_default()
    }
}

/// Whether a decision, by its place among [`DECISIONS`], gives the person all that was asked.
pub fn grants(decision: usize) -> bool {
    matches!(DECISIONS.get(decision), Some(&("approval" | "external_overturned")))
}

/// Whether words may speak for a decision where the rules read another: for no earlier stage where a title or a set phrase says that
/// the plan is done.
pub fn may_be(decision: usize, by_rules: usize) -> bool {
    let name = |place: usize| DECISIONS.get(place).copied().unwrap_or_default();
    let outside = |place: usize| name(place).starts_with("external");
    match name(by_rules) {
        "final_internal_denial" => decision == by_rules || outside(decision),
        "external_overturned" | "external_upheld" => outside(decision),
        _ => true,
    }
}

/// The place among [`DECISIONS`] of what was settled of a notice.
fn settled(kinds: &Kinds) -> Option<usize> {
    let approved = kinds.document == "approval";
    let name = match kinds.notice.as_ref().map(|n| n.value.as_str()) {
        Some("external_decision") if approved => "external_overturned",
        Some("external_decision") => "external_upheld",
        Some(kind) => kind,
        None if approved => "approval",
        None => "initial_denial",
    };
    DECISIONS.iter().position(|d| *d == name).filter(|_| approved || kinds.document == "denial_letter")
}

impl Reader {
    /// The kinds with the decision that the words of the letter speak for, beside what the rules settled.
    pub(crate) fn decided_by_words(&self, views: &[View], rules: Kinds) -> Kinds {
        let (Some(weights), Some(by_rules)) = (self.decision_words.as_ref(), settled(&rules)) else { return rules };
        let words = views.iter().map(|v| v.page.tokens.len()).sum::<usize>();
        if words < FEW {
            return rules;
        }
        // A checked box, or a line that is nothing but a status, says it outright.
        let may_turn = words >= FEW_TO_TURN && !crate::kinds::answers_outright(views);
        let names = word_groups(views, weights.file.most_words, weights.file.top_lines);
        let best = weights.best(&names, by_rules, may_turn);
        let (Some(decision), false) = (DECISIONS.get(best), best == by_rules) else { return rules };
        // "We sent your case to the independent review entity": its words are there, its decision is not.
        let pends = || views.iter().any(|v| !v.cue(Cue::SendsOn).is_empty());
        if decision.starts_with("external") && pends() {
            return rules;
        }
        let Some((view, sentence)) = told_in(views, weights, best) else { return rules };
        let kind = if decision.starts_with("external") { "external_decision" } else { decision };
        let notice = Found::inferred(view, "notice.kind", kind, view.page.sentence_span(sentence), 0);
        let document = if grants(best) { "approval" } else { "denial_letter" };
        Kinds { document: document.into(), notice: Some(notice), ..rules }
    }

    /// The words of a letter and their values, for those who count weights.
    pub fn decision_features(&self, document: &Document) -> Vec<(String, f32)> {
        let pages = self.in_reading_order(document);
        let views = self.views(&pages, document.text_from == TextFrom::Ocr);
        word_groups(&views, MOST_WORDS, TOP_LINES).into_iter().collect()
    }

    /// The place among [`DECISIONS`] of what is read of a letter; none where it is no decision of a plan.
    pub fn decision(&self, document: &Document) -> Option<usize> {
        let pages = self.in_reading_order(document);
        settled(&self.kinds(&self.views(&pages, document.text_from == TextFrom::Ocr)))
    }
}

/// The sentence whose words speak most for a decision, outside the rights; none where no sentence speaks for it. What only may come
/// ("after our final decision you may ask for an external review") and the name of the plan tell no decision.
fn told_in<'v, 'a>(views: &'v [View<'a>], weights: &DecisionWords, decision: usize) -> Option<(&'v View<'a>, usize)> {
    let mut best: Option<(f32, &View, usize)> = None;
    for view in views {
        let mut from = 0;
        while let Some(first) = view.page.tokens.get(from) {
            let range = view.page.sentence_tokens(first.sentence);
            from = range.1.max(from + 1);
            if matches!(view.section(range.0), Section::Rights | Section::Help) {
                continue;
            }
            let tokens = view.page.tokens.get(range.0..range.1).unwrap_or_default();
            let named = tokens.iter().all(|t| t.capital || t.has_digit);
            if named || view.cue_in(Cue::Conditional, range).is_some() {
                continue;
            }
            let words: Vec<&str> = tokens.iter().map(|t| if t.has_digit { "#" } else { t.norm.as_str() }).collect();
            let told = weights.tells(&words, decision);
            if told > best.as_ref().map_or(0.0, |b| b.0) {
                best = Some((told, view, first.sentence));
            }
        }
    }
    best.map(|(_, view, sentence)| (view, sentence))
}
