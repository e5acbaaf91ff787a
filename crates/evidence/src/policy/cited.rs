//! The criteria a denial quotes beside those of the policy: another number, or a criterion the policy does not hold, may
//! mean that the denial rests on another version.

use std::collections::BTreeSet;

use facts::{Case, Finding};

use super::{Criterion, Policy, parse_entries};
use crate::text::tokens;
use crate::words::PolicyWords;

/// Two criteria with at least this share of words in common are about the same thing.
const ALIKE: f64 = 0.5;
/// A criterion that shares less than this with each of the policy's is not in it.
const STRANGE: f64 = 0.3;

/// What a criterion is compared by.
struct Told {
    text: String,
    words: BTreeSet<String>,
    numbers: Vec<(i64, i64, String)>,
}

impl Told {
    fn of(text: &str, words: &PolicyWords) -> Told {
        let unified = words.unify(text);
        let kept = tokens(&unified, words).into_iter().filter(|t| !words.is_idle(&t.raw)).map(|t| t.word).collect();
        // Thousandths, so that amounts can be compared exactly.
        let whole = |v: f64| (v * 1000.0).round() as i64;
        let mut numbers: Vec<(i64, i64, String)> =
            words.quantities.find(&unified).into_iter().map(|q| (whole(q.low), whole(q.high), q.unit)).collect();
        numbers.sort();
        Told { text: text.to_string(), words: kept, numbers }
    }

    /// The share of words in common.
    fn likeness(&self, other: &Told) -> f64 {
        let all = self.words.union(&other.words).count();
        if all == 0 { 0.0 } else { self.words.intersection(&other.words).count() as f64 / all as f64 }
    }
}

/// What the denial quotes otherwise than the policy, and what it quotes that the policy does not hold.
pub(super) fn findings(policy: &Policy, case: &Case, words: &PolicyWords) -> Vec<Finding> {
    let own: Vec<Told> =
        policy.sections.iter().flat_map(Criterion::leaves).map(|l| Told::of(&l.quote, words)).collect();
    if own.is_empty() {
        return Vec::new();
    }
    let mut entries: Vec<String> = case.denials.iter().flat_map(|d| d.criteria.clone()).collect();
    entries.dedup();
    let quoted = parse_entries(&entries, words);
    let leaves = quoted.sections.iter().flat_map(Criterion::leaves);
    let mut found: Vec<Finding> = Vec::new();
    for told in leaves.map(|l| Told::of(&l.quote, words)) {
        let finding = compared(&told, &own);
        found.extend(finding.filter(|f| !found.contains(f)));
    }
    found
}

fn compared(told: &Told, own: &[Told]) -> Option<Finding> {
    let (nearest, likeness) = own.iter().map(|o| (o, told.likeness(o))).max_by(|a, b| a.1.total_cmp(&b.1))?;
    if likeness < STRANGE {
        let text = format!(
            "The denial asks for “{}”, which this policy does not list. Ask the plan for the version it used.",
            told.text
        );
        return Some(Finding::new("denial_asks_for_more", text));
    }
    if likeness >= ALIKE && told.numbers != nearest.numbers {
        let text = format!(
            "The denial says “{}”, the policy says “{}”. Ask the plan which version was in force, and why the denial differs.",
            told.text, nearest.text
        );
        return Some(Finding::new("denial_quotes_other_number", text));
    }
    None
}
