//! A criterion that a sentence repeats before a colon, and what stands behind it: "Six months of abstinence: 29 days."

use super::{Leaf, Wanted, is_rule, lasted, share};
use crate::line::Said;
use crate::words::PolicyWords;

/// What stands behind a criterion that a sentence repeats.
pub(super) enum Reply {
    /// It is met, or not.
    Decides(bool),
    /// An answer that shows nothing of it, or an amount too small among others.
    Open,
    /// A statement like any other.
    Tells,
}

/// Whether words before a colon repeat a leaf: its terms, and its numbers where they are given.
pub(super) fn repeats(leaf: &Leaf, asked: &Said, words: &PolicyWords) -> bool {
    let share = share(leaf, asked, words);
    let number = |w: &Wanted| {
        asked.quantities.iter().any(|q| q.unit == w.quantity.unit && (q.low - w.quantity.low).abs() < f64::EPSILON)
    };
    let numbers = !leaf.wanted.is_empty() && leaf.wanted.iter().all(number);
    !leaf.concepts.is_empty() && !share.opposite && share.share >= if numbers { 0.5 } else { 0.7 }
}

/// An answer of so many words that has an amount says nothing else.
const BARE_REPLY: usize = 6;

/// Whether what stands before the colon says itself that it is so ("Mr. Vorlage can take part in three hours of therapy a day: on
/// November 19 …"): somebody of his own, and a verb; what follows are particulars, and their amounts are no answer.
fn states(asked: &Said, words: &PolicyWords) -> bool {
    let mut said = asked.folded.split_whitespace();
    let (Some(who), Some(verb)) = (said.next(), said.next()) else { return false };
    words.compare.states_by.iter().any(|v| v == verb) && !words.compare.of_anyone.iter().any(|w| w == who)
}

/// What an answer says of the leaf that stands before its colon. The result of a treatment ("no relief") is none: a "no" must stand
/// alone.
pub(super) fn replied(leaf: &Leaf, asked: &Said, reply: &Said, words: &PolicyWords) -> Reply {
    let c = &words.compare;
    let begins = |list: &[String]| {
        let rest = list.iter().find_map(|w| reply.folded.trim_start().strip_prefix(w.as_str()));
        rest.filter(|r| !r.starts_with(char::is_alphanumeric))
    };
    if begins(&c.reply_yes).is_some() {
        return Reply::Decides(true);
    }
    let alone = |rest: &str| rest.trim_start().starts_with(['.', ',', ';']) || rest.trim().is_empty();
    if begins(&c.reply_no).is_some_and(alone) || !crate::text::places(&reply.folded, &c.reply_open).is_empty() {
        return Reply::Decides(false);
    }
    if states(asked, words) {
        return Reply::Tells;
    }
    let answers = leaf.wanted.iter().filter(|w| !w.counts).map(|w| {
        if w.quantity.unit == "days" {
            return lasted(&w.quantity, leaf, reply, words);
        }
        let own = reply.quantities.iter().filter(|q| !is_rule(q, reply, words));
        let met: Vec<bool> = own.filter_map(|q| w.quantity.met_by(&words.quantities.alike(&w.quantity, q))).collect();
        (!met.is_empty()).then(|| met.contains(&true))
    });
    let answers: Vec<bool> = answers.flatten().collect();
    match (answers.is_empty(), answers.iter().all(|met| *met)) {
        (true, _) => Reply::Tells,
        (false, true) => Reply::Decides(true),
        (false, false) if reply.folded.split_whitespace().count() <= BARE_REPLY => Reply::Decides(false),
        (false, false) => Reply::Open,
    }
}
