//! What of a criterion's words asks for something, and how its terms are joined into alternatives.

use crate::words::PolicyWords;

/// A criterion without what asks for nothing: remarks in square brackets, examples in brackets, exceptions at its end.
pub(crate) fn asked(text: &str, words: &PolicyWords) -> String {
    let lower = text.to_lowercase();
    let tails = words.compare.exception_tails.iter().filter_map(|t| lower.find(t.as_str()).filter(|at| *at > 0));
    let text = tails.min().and_then(|at| text.get(..at)).unwrap_or(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['(', '[']) {
        let (before, bracket) = rest.split_at(open);
        let Some(close) = bracket.find([')', ']']) else { break };
        let inner = bracket[1..close].trim_start().to_lowercase();
        let idle = bracket.starts_with('[') || words.compare.examples.iter().any(|e| inner.starts_with(e.as_str()));
        out.push_str(before);
        out.push_str(if idle { "" } else { &bracket[..=close] });
        rest = &bracket[close + 1..];
    }
    out.push_str(rest);
    out
}

/// What stands between two terms.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joint {
    Comma,
    Or,
    Other,
}

/// How two terms are joined; `after` is the text from the second on. A bracket with a list gives members of what stands before
/// it: "a systemic agent (methotrexate, cyclosporine or acitretin)".
pub(crate) fn joint(between: &str, after: &str) -> Joint {
    let bracket = after.split_once(')').map_or("", |(inside, _)| inside);
    if between.trim() == "(" && !bracket.contains('(') && (bracket.contains(',') || bracket.contains(" or ")) {
        return Joint::Or;
    }
    let article = |w: &&str| !matches!(*w, "a" | "an" | "the" | "un" | "una");
    let words: Vec<&str> = between.trim_start_matches(')').split_whitespace().filter(article).collect();
    match words.as_slice() {
        [","] => Joint::Comma,
        ["or" | "o" | "and/or" | "y/o"] | [",", "or" | "o" | "and/or"] => Joint::Or,
        _ => Joint::Other,
    }
}
