//! One leaf against the sentences of the papers.

use std::collections::BTreeSet;

use crate::policy::Criterion;
use crate::quantity::{self, Quantity};
use crate::report::{LeafState, Paper};
use crate::sentences::sentences;
use crate::text::content;
use crate::words::PolicyWords;

/// A sentence prepared for comparison.
pub(crate) struct Line<'a> {
    pub(crate) paper: &'a Paper,
    pub(crate) page: usize,
    pub(crate) span: (usize, usize),
    words: BTreeSet<String>,
    quantities: Vec<Quantity>,
    negated: bool,
    hedged: bool,
}

impl Line<'_> {
    pub(crate) fn quote(&self) -> &str {
        self.paper.document.pages.get(self.page - 1).and_then(|p| p.text.get(self.span.0..self.span.1)).unwrap_or("")
    }
}

/// All sentences of the papers.
pub(crate) fn lines<'a>(papers: &'a [Paper], words: &PolicyWords) -> Vec<Line<'a>> {
    let mut all = Vec::new();
    for paper in papers {
        for (index, page) in paper.document.pages.iter().enumerate() {
            for span in sentences(&page.text) {
                let text = &page.text[span.0..span.1];
                let folded = cite::fold(text);
                all.push(Line {
                    paper,
                    page: index + 1,
                    span,
                    words: content(text, words),
                    quantities: quantity::find(&folded),
                    negated: has_phrase(&folded, &words.negations),
                    hedged: has_phrase(&folded, &words.hedges),
                });
            }
        }
    }
    all
}

fn has_phrase(folded: &str, phrases: &[String]) -> bool {
    let padded = format!(" {} ", folded.replace(['.', ',', ';', ':', '(', ')', '?'], " "));
    phrases.iter().any(|p| padded.contains(&format!(" {} ", p.trim())))
}

/// What the papers say about a leaf.
pub(crate) struct Match<'l, 'p> {
    pub(crate) state: LeafState,
    pub(crate) line: Option<&'l Line<'p>>,
}

/// Finds the sentence that documents a leaf, else one that contradicts it, else none.
///
/// A sentence is about the leaf when it has at least half of its meaningful words (all of them when there are two or
/// fewer). Where the leaf binds a number, the sentence must hold a number in the same unit: one within the bound
/// documents it, one outside contradicts it, none says nothing.
pub(crate) fn find<'l, 'p>(leaf: &Criterion, lines: &'l [Line<'p>], words: &PolicyWords) -> Match<'l, 'p> {
    let folded = cite::fold(&leaf.quote);
    let wanted = content(&leaf.quote, words);
    let bounds: Vec<Quantity> = quantity::find(&folded).into_iter().filter(|q| !is_window(&folded, q)).collect();
    let leaf_negated = has_phrase(&folded, &words.negations);
    let mut best: Option<(f64, LeafState, &Line<'_>)> = None;
    for line in lines {
        let Some((closeness, state)) = judge(&wanted, &bounds, leaf_negated, line) else { continue };
        let better = best.as_ref().is_none_or(|(c, s, _)| (rank(state), closeness) > (rank(*s), *c));
        if better {
            best = Some((closeness, state, line));
        }
    }
    match best {
        Some((_, state, line)) => Match { state, line: Some(line) },
        None => Match { state: LeafState::NotDocumented, line: None },
    }
}

/// A contradiction anywhere outweighs nothing; a clear documentation outweighs a contradiction of lesser likeness.
fn rank(state: LeafState) -> u8 {
    match state {
        LeafState::Documented => 2,
        LeafState::Contradicted => 1,
        LeafState::NotDocumented => 0,
    }
}

fn judge(
    wanted: &BTreeSet<String>,
    bounds: &[Quantity],
    leaf_negated: bool,
    line: &Line<'_>,
) -> Option<(f64, LeafState)> {
    let shared = wanted.intersection(&line.words).count();
    let needed = if wanted.len() <= 2 { wanted.len() } else { wanted.len().div_ceil(2).max(2) };
    if wanted.is_empty() || shared < needed || line.hedged {
        return None;
    }
    let closeness = shared as f64 / wanted.len() as f64;
    if bounds.is_empty() || (leaf_negated && line.negated) {
        let state = if leaf_negated == line.negated { LeafState::Documented } else { LeafState::Contradicted };
        // Without a number a claim rests on the words alone, so more of them must be there.
        return (closeness >= 0.6 || shared >= 4).then_some((closeness, state));
    }
    if line.negated && !leaf_negated {
        return Some((closeness, LeafState::Contradicted)).filter(|_| closeness >= 0.75);
    }
    let answers: Vec<Option<bool>> = bounds.iter().map(|b| measured(b, line)).collect();
    if answers.contains(&Some(false)) {
        return Some((closeness, LeafState::Contradicted));
    }
    answers.iter().all(|a| *a == Some(true)).then_some((closeness, LeafState::Documented))
}

/// Whether some number of the sentence meets the bound; false when all in that unit fail; unknown when there is none.
fn measured(bound: &Quantity, line: &Line<'_>) -> Option<bool> {
    let answers: Vec<bool> = line.quantities.iter().filter_map(|q| bound.met_by(q)).collect();
    if answers.is_empty() { None } else { Some(answers.contains(&true)) }
}

/// "within the last 12 months" is a window in time, not an amount to be shown.
fn is_window(folded: &str, quantity: &Quantity) -> bool {
    let before = &folded[..quantity.at];
    let tail: String = before.chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
    [
        "within the last",
        "within the past",
        "within",
        "in the last",
        "in the past",
        "during the past",
        "over the past",
        "en los últimos",
        "prior",
    ]
    .iter()
    .any(|w| tail.trim_end().ends_with(w))
}
