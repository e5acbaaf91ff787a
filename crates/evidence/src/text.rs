//! Words of a text as they are compared: unified, without idle ones, cut to a common stem.

use std::collections::BTreeSet;

use crate::words::PolicyWords;

/// The meaningful words of a text.
pub(crate) fn content(text: &str, words: &PolicyWords) -> BTreeSet<String> {
    words
        .unify(text)
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|w| !w.is_empty() && !words.is_idle(w) && !w.chars().all(|c| c.is_ascii_digit()))
        .filter(|w| crate::quantity::number(w).is_none() && !is_unit(w))
        .map(stem)
        .collect()
}

fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "day"
            | "days"
            | "week"
            | "weeks"
            | "month"
            | "months"
            | "year"
            | "years"
            | "mm"
            | "cm"
            | "mg"
            | "kg"
            | "percent"
            | "hours"
            | "hour"
            | "semanas"
            | "meses"
            | "días"
            | "años"
    )
}

/// A light stem: the ending of number, tense and adverb is cut.
fn stem(word: &str) -> String {
    if word.contains('_') || word.chars().count() <= 4 {
        return word.trim_end_matches('s').to_string();
    }
    for (ending, instead) in [
        ("ations", "ate"),
        ("ation", "ate"),
        ("ities", "ity"),
        ("ies", "y"),
        ("ments", ""),
        ("ment", ""),
        ("ings", ""),
        ("ing", ""),
        ("ically", "ic"),
        ("ally", "al"),
        ("edly", ""),
        ("ed", ""),
        ("es", ""),
        ("s", ""),
        ("e", ""),
    ] {
        if let Some(root) = word.strip_suffix(ending)
            && root.chars().count() >= 4
        {
            return format!("{root}{instead}").trim_end_matches('e').to_string();
        }
    }
    word.to_string()
}
