//! The name of criteria without torn edges: what leads on to it and what follows it are no part of it.

use crate::values::Span;
use crate::words::Words;

/// The most words of a title after a colon ("Growth Hormone: Pediatric").
const TITLE: usize = 6;

/// The span of the name within a span; none where nothing of a name is left.
pub(crate) fn whole(text: &str, span: Span, words: &Words) -> Option<Span> {
    let (mut from, mut to) = span;
    to = from + sentence_end(text.get(from..to)?);
    to = from + before_telephone(text.get(from..to)?);
    from += leads(text.get(from..to)?, words);
    let name = text.get(from..to)?;
    if is_word_of_kind(name) {
        return bracketed(text, to);
    }
    // "guideline we used, InterQual 2026": what was done with it is no part of its name.
    if let Some((told, rest)) = name.split_once(", ")
        && !told.contains(|c: char| c.is_uppercase() || c.is_ascii_digit())
        && rest.starts_with(char::is_uppercase)
    {
        from = to - rest.len();
    }
    Some((from, to + title_after(text.get(to..)?)))
}

/// Where the first sentence ends: at a full stop after a word of some length, before a capital.
fn sentence_end(name: &str) -> usize {
    let ends = |at: &usize| {
        let word = name[..*at].rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("");
        word.chars().count() >= 4
            && word.ends_with(char::is_lowercase)
            && name[at + 1..].trim_start().starts_with(char::is_uppercase)
            && name[at + 1..].starts_with(char::is_whitespace)
    };
    name.match_indices('.').map(|(at, _)| at).find(ends).unwrap_or(name.len())
}

/// "guideline, please call 1-800-555-0199": the clause with a telephone number.
fn before_telephone(name: &str) -> usize {
    let is_number = |w: &str| w.matches('-').count() >= 2 && w.chars().filter(char::is_ascii_digit).count() >= 10;
    let Some(number) = name.split_whitespace().find(|w| is_number(w)).and_then(|w| name.find(w)) else {
        return name.len();
    };
    name[..number].rfind(", ").unwrap_or(0)
}

/// The bytes of words that lead on to a name, and of a note's letter before it ("B Local Coverage Determination").
fn leads(name: &str, words: &Words) -> usize {
    let mut at = 0;
    while let Some((word, rest)) = name.get(at..).and_then(|n| n.split_once(' ')) {
        let letter = word.len() == 1 && word.starts_with(char::is_uppercase) && rest.starts_with(char::is_uppercase);
        if !(letter || words.criteria_name_leads.iter().any(|l| l == word)) {
            break;
        }
        at += word.len() + 1;
    }
    at
}

/// "guideline" alone says what kind of paper it is, not which.
fn is_word_of_kind(name: &str) -> bool {
    name.split_whitespace().count() < 2 && name.chars().all(char::is_lowercase)
}

/// "Our guideline (InterQual 2025, Release Mar. 2025, Spine)": the name in the bracket after such a word.
fn bracketed(text: &str, at: usize) -> Option<Span> {
    let inside = text.get(at..)?.strip_prefix(" (")?;
    let end = inside.find(')')?;
    let named = inside.starts_with(char::is_uppercase) && inside[..end].split_whitespace().count() >= 2;
    (named && !inside[..end].contains("\n\n")).then_some((at + 2, at + 2 + end))
}

/// ": Pediatric (A-0131)" after a name: a title goes on over its colon, with its number.
fn title_after(rest: &str) -> usize {
    let Some(title) = rest.strip_prefix(": ") else { return 0 };
    let line = title.split('\n').next().unwrap_or("");
    let end = line.find(['.', ',', ';', '(', ')', ':']).unwrap_or(line.len());
    let words: Vec<&str> = line[..end].split_whitespace().collect();
    let small = |w: &&str| matches!(*w, "of" | "the" | "and" | "for" | "or" | "de" | "y");
    let titled = |w: &&str| w.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) || small(w);
    let number = words.first().is_some_and(|w| w.starts_with(|c: char| c.is_ascii_digit()));
    if words.is_empty()
        || number
        || words.len() > TITLE
        || !words.iter().all(titled)
        || end == line.len() && words.len() < 2
    {
        return 0;
    }
    let mut to = line[..end].trim_end().len();
    if let Some(inside) = line[to..].trim_start().strip_prefix('(')
        && let Some(close) = inside.find(')')
        && inside[..close].contains(|c: char| c.is_ascii_digit())
    {
        to = line.len() - inside.len() + close + 1;
    }
    2 + to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_is_the_name() {
        let text = "Acme Medical Policy SUR-712.036, Lumbar Fusion. The policy states";
        assert_eq!(&text[..sentence_end(text)], "Acme Medical Policy SUR-712.036, Lumbar Fusion");
        let text = "InterQual 2025, Release Mar. 2025, Spine";
        assert_eq!(sentence_end(text), text.len());
    }

    #[test]
    fn a_title_goes_on_over_its_colon() {
        let rest = ": Pediatric (A-0131), 28th edition.";
        assert_eq!(&rest[..title_after(rest)], ": Pediatric (A-0131)");
        assert_eq!(title_after(": The records show six weeks."), 0);
        assert_eq!(title_after(": 1. Failure"), 0);
    }

    #[test]
    fn a_telephone_number_is_no_name() {
        let text = "guideline, please call 1-800-555-0199";
        assert_eq!(&text[..before_telephone(text)], "guideline");
        assert!(is_word_of_kind("guideline"));
    }
}
