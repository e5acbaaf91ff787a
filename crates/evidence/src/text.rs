//! Words of a text as they are compared: unified, cut to a common stem, each with its place.

use crate::words::PolicyWords;

/// A word of a unified text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    /// The word as written (unified, lower case).
    pub(crate) raw: String,
    /// Its stem, or the sign of the knowledge base.
    pub(crate) word: String,
    /// Byte range in the unified text.
    pub(crate) span: (usize, usize),
}

/// The words of a unified text in order. Hyphens hold a word together only where the knowledge base knows it so.
pub(crate) fn tokens(unified: &str, words: &PolicyWords) -> Vec<Token> {
    let mut all = Vec::new();
    let mut start = None;
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '\'');
    for (at, c) in unified.char_indices().chain([(unified.len(), ' ')]) {
        match (start, inside(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                push(&unified[from..at], from, words, &mut all);
                start = None;
            }
            _ => {}
        }
    }
    all
}

fn push(piece: &str, from: usize, words: &PolicyWords, all: &mut Vec<Token>) {
    if words.is_known(piece) {
        all.push(Token { raw: piece.into(), word: piece.into(), span: (from, from + piece.len()) });
        return;
    }
    let mut at = from;
    for part in piece.split_inclusive(['-', '\'']) {
        let body = part.trim_end_matches(['-', '\'']);
        if !body.is_empty() {
            let word = if words.is_known(body) { body.to_string() } else { stem(body) };
            all.push(Token { raw: body.into(), word, span: (at, at + body.len()) });
        }
        at += part.len();
    }
}

/// Byte ranges of phrases at word boundaries.
pub(crate) fn places(text: &str, phrases: &[String]) -> Vec<(usize, usize)> {
    let bytes_free = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    phrases
        .iter()
        .flat_map(|p| text.match_indices(p.trim()).map(|(at, found)| (at, at + found.len())))
        .filter(|(a, b)| bytes_free(text[..*a].chars().next_back()) && bytes_free(text[*b..].chars().next()))
        .collect()
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
