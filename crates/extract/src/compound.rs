//! A hyphen at a line's end: part of the word, or only there to break it?
//!
//! What a document writes elsewhere decides first. Else a word that is known whole was broken, and two known words, a prefix that
//! is written with its hyphen, a number and a name in capitals keep it. What nothing is known about is taken for a broken word:
//! justified print breaks long words, and letters break none.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// Words of letters, policies and law, in English and Spanish: those of the knowledge base and of its counted weights that come
/// more than twice. No list of anything; only used to tell words from pieces of words.
const WORDS: &str = include_str!("../data/words.txt");

/// First parts that keep their hyphen even where the word is also written as one.
const KEPT: [&str; 6] = ["anti", "follow", "half", "non", "self", "well"];

/// Words that go on after a first part that waits for its second: "pre- and post-operative".
const WAITS: [&str; 7] = ["and", "or", "to", "nor", "y", "o", "a"];

/// The fewest letters of a second half that is no small word of place.
const SHORT: usize = 3;
const SMALL: [&str; 5] = ["up", "in", "on", "off", "by"];

/// What becomes of a hyphen at a line's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hyphen {
    /// The word was broken: it goes.
    Goes,
    /// It belongs to the word: it stays, and the halves stand together.
    Stays,
    /// The halves do not belong together.
    Alone,
}

fn words() -> &'static HashSet<&'static str> {
    static ALL: OnceLock<HashSet<&'static str>> = OnceLock::new();
    ALL.get_or_init(|| WORDS.lines().collect())
}

/// Decides over the hyphen between `stem`, the last word of a line without it, and `rest`, the first of the next. `document` counts
/// the words of the whole document.
pub(crate) fn hyphen(stem: &str, rest: &str, document: &HashMap<String, u32>) -> Hyphen {
    let edge = |c: char| !c.is_alphanumeric();
    let (stem, rest) = (stem.trim_start_matches(edge), rest.trim_end_matches(edge));
    let (Some(last), Some(first)) = (stem.chars().next_back(), rest.chars().next()) else { return Hyphen::Alone };
    if !(last.is_alphanumeric() && first.is_alphanumeric()) {
        return Hyphen::Alone;
    }
    let small = rest.to_lowercase();
    if WAITS.contains(&small.as_str()) {
        return Hyphen::Alone;
    }
    if !(last.is_lowercase() && first.is_lowercase()) {
        let capitals = rest.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
        let numbered = stem.chars().any(|c| c.is_ascii_digit()) || first.is_ascii_digit();
        // "L4-L5", "SUR-118", "six-MWT", "anti-TNF"; "Note- The patient" is a dash.
        let one = numbered || capitals && rest.chars().count() > 1 && last.is_lowercase();
        return if one { Hyphen::Stays } else { Hyphen::Alone };
    }
    lower(&stem.to_lowercase(), &small, document)
}

fn lower(stem: &str, rest: &str, document: &HashMap<String, u32>) -> Hyphen {
    let joined = format!("{stem}{rest}");
    let seen = |word: &str| document.contains_key(word);
    // `rest` itself counts once where the line was broken; as a word of its own it is seen again.
    let often = |word: &str| document.get(word).is_some_and(|n| *n > 1);
    let inner = stem.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    if seen(&joined) {
        return Hyphen::Goes;
    }
    if seen(&format!("{stem}-{rest}")) || stem.contains('-') || (seen(inner) && often(rest)) {
        return Hyphen::Stays;
    }
    let known = |word: &str| words().contains(word);
    let second =
        known(rest.split('-').next().unwrap_or(rest)) && (rest.chars().count() >= SHORT || SMALL.contains(&rest));
    let numbered = inner.chars().any(|c| c.is_ascii_digit());
    if second && (numbered || KEPT.contains(&inner)) {
        return Hyphen::Stays;
    }
    let first = known(inner) && inner.chars().count() >= 2;
    if !known(&joined) && first && second { Hyphen::Stays } else { Hyphen::Goes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compounds_keep_their_hyphen_and_broken_words_lose_it() {
        let none = HashMap::new();
        for (stem, rest) in [
            ("flexion", "extension"),
            ("follow", "up"),
            ("six", "month"),
            ("non", "operative"),
            ("non", "instrumented"),
            ("well", "being"),
            ("weight", "bearing"),
            ("re", "operation,"),
            ("cost", "effective"),
            ("12", "month"),
            ("L4", "L5"),
            ("SUR", "118"),
            ("anti", "TNF"),
        ] {
            assert_eq!(hyphen(stem, rest, &none), Hyphen::Stays, "{stem}-{rest}");
        }
        for (stem, rest) in [
            ("medi", "cally"),
            ("treat", "ment"),
            ("conserva", "tive"),
            ("insur", "ance"),
            ("under", "stand"),
            ("with", "out"),
            ("spondylo", "listhesis"),
            ("be", "fore"),
            ("re", "quest"),
            ("neces", "sario"),
            ("co", "verage"),
        ] {
            assert_eq!(hyphen(stem, rest, &none), Hyphen::Goes, "{stem}-{rest}");
        }
        for (stem, rest) in [("pre", "and"), ("Note", "The"), ("", "care"), ("—", "care")] {
            assert_eq!(hyphen(stem, rest, &none), Hyphen::Alone, "{stem}-{rest}");
        }
    }

    #[test]
    fn what_the_document_writes_elsewhere_decides() {
        let document = |words: &[(&str, u32)]| words.iter().map(|(w, n)| ((*w).to_string(), *n)).collect();
        assert_eq!(hyphen("follow", "up", &document(&[("followup", 1)])), Hyphen::Goes);
        assert_eq!(hyphen("oro", "dental", &document(&[("oro-dental", 1)])), Hyphen::Stays);
    }
}
