//! The questions that settle what is open, each asked once, in the order in which they matter.

use kb::Kb;
use serde::{Deserialize, Serialize};

use crate::{Entitlements, Why};

/// A question for a person, and what its answer settles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Path of the fact in the case file, e.g. `coverage.internal_levels` or `event.notice_received`.
    pub fact: String,
    /// The question in plain words.
    pub ask: String,
    /// The closed list of answers, where there is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Whether "I don't know" has a safe way on: another fact that may be given instead (the letter's date).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
    /// The rights whose date or existence it settles, as words of the closed list.
    pub settles: Vec<String>,
}

/// The open questions of an answer. The kind of coverage comes first, then other facts, then days; among equals the one
/// that settles most.
pub fn questions(all: &Entitlements, kb: &Kb) -> Vec<Question> {
    let mut out: Vec<Question> = Vec::new();
    for refusal in all.refusals.iter().filter(|r| r.why == Why::FactMissing) {
        for fact in &refusal.needs {
            add(&mut out, kb, fact, &refusal.right);
        }
    }
    for finding in &all.findings {
        match (finding.code.as_str(), finding.about.as_deref()) {
            ("fast_pace_possible", Some(fact)) | ("state_assumed", Some(fact)) => {
                add(&mut out, kb, fact, "external_review.file")
            }
            _ => {}
        }
    }
    out.sort_by_key(|q| (rank(&q.fact), std::cmp::Reverse(q.settles.len())));
    out
}

fn rank(fact: &str) -> u8 {
    match fact {
        "coverage.kind" => 0,
        _ if fact.starts_with("event.") => 2,
        _ => 1,
    }
}

fn add(out: &mut Vec<Question>, kb: &Kb, fact: &str, settles: &str) {
    if let Some(known) = out.iter_mut().find(|q| q.fact == fact) {
        if !known.settles.iter().any(|s| s == settles) {
            known.settles.push(settles.to_string());
        }
        return;
    }
    let words = kb.index().vocabulary();
    let give = |event: &str| kb.index().sentences().say("give_event", &[("event", event)]);
    let (ask, values, instead) = match fact.strip_prefix("event.").and_then(|e| words.event.get(e)) {
        Some(event) => {
            let instead = event.sent.last().map(|s| format!("event.{s}"));
            (give(&event.label), Vec::new(), instead)
        }
        None => match words.fact.get(fact) {
            Some(words) => (words.ask.clone(), words.values.clone(), None),
            None => (give(fact), Vec::new(), None),
        },
    };
    out.push(Question { fact: fact.to_string(), ask, values, instead, settles: vec![settles.to_string()] });
}
