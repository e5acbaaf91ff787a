//! A small language for phrases, so that the words to look for can live in `kb/notice/` and be read by anyone.
//!
//! ```text
//! not|isn't .. medically necessary     words; `a|b` either word; `..` a gap of up to six words, `..2` of up to two
//! member [id] number|no|#              `[x]` may be there or not; `deni*` any word that begins so; `#` a word with a digit
//! ```
//! Case, accents, line breaks, punctuation and the usual slips of text recognition (`0` for `o`, `1` for `l`, `rn` for
//! `m`) do not matter: both the phrase and the text go through [`fold_word`]. A phrase never reaches over the end of a
//! sentence.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;

use crate::text::Token;

/// The longest gap `..` allows, in words.
const GAP: usize = 6;

/// A phrase found in a text: which one, and the tokens it covers (end excluded).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The number the phrase was added under.
    pub(crate) tag: u32,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

#[derive(Debug, Clone)]
enum Part {
    /// One of these words; the flag says "begins with".
    Word(Vec<(String, bool)>),
    /// Words that may be missing together.
    Optional(Vec<Part>),
    Gap(usize),
}

#[derive(Debug, Clone)]
struct Phrase {
    tag: u32,
    parts: Vec<Part>,
}

/// All phrases, ready to be looked for in one pass.
#[derive(Debug, Clone, Default)]
pub(crate) struct Phrases {
    phrases: Vec<Phrase>,
    /// By the first three bytes of the first word.
    by_start: HashMap<[u8; 3], Vec<usize>>,
    /// The longer words of all phrases, by length: made when a page from text recognition first asks.
    long_words: OnceLock<HashMap<usize, HashSet<String>>>,
}

/// Words this long are respelled where text recognition got one letter wrong.
const LONG: usize = 6;

impl Phrases {
    /// Adds a phrase; says why not when it has no word to begin with.
    pub(crate) fn add(&mut self, tag: u32, source: &str) -> Result<(), String> {
        let mut parts = parse(source)?;
        while matches!(parts.first(), Some(Part::Optional(_) | Part::Gap(_))) {
            parts.remove(0);
        }
        let Some(Part::Word(first)) = parts.first() else {
            return Err(format!("`{source}` has no word to begin with"));
        };
        let mut starts: Vec<[u8; 3]> = first.iter().map(|(w, _)| start_of(w)).collect();
        if first.iter().any(|(w, prefix)| *prefix && w.len() < 3) {
            return Err(format!("`{source}` begins with a stem of fewer than three letters"));
        }
        starts.sort_unstable();
        starts.dedup();
        self.long_words = OnceLock::new();
        let index = self.phrases.len();
        self.phrases.push(Phrase { tag, parts });
        for start in starts {
            self.by_start.entry(start).or_default().push(index);
        }
        Ok(())
    }

    /// The word of a phrase that a misread word must be: the only one that differs from it in a single letter.
    pub(crate) fn respelled(&self, norm: &str) -> Option<&str> {
        let long = self.long_words.get_or_init(|| {
            let mut words = HashMap::new();
            self.phrases.iter().for_each(|p| keep_long_words(&p.parts, &mut words));
            words
        });
        let same_length = long.get(&norm.len()).filter(|words| norm.len() >= LONG && !words.contains(norm))?;
        let mut near = same_length.iter().filter(|w| is_one_letter_off(w, norm));
        let found = near.next()?;
        near.next().is_none().then_some(found.as_str())
    }

    /// Every place where a phrase stands, in the order of the text. Of two ways to read the same phrase at the same
    /// place the longer counts.
    pub(crate) fn find(&self, tokens: &[Token]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let numbers = self.by_start.get(&start_of("#")).filter(|_| token.has_digit);
            let candidates = self.by_start.get(&start_of(&token.norm)).into_iter().chain(numbers).flatten();
            for phrase in candidates.filter_map(|i| self.phrases.get(*i)) {
                if let Some(to) = reach(&phrase.parts, tokens, at, token.sentence) {
                    hits.push(Hit { tag: phrase.tag, from: at, to });
                }
            }
        }
        hits
    }
}

fn keep_long_words(parts: &[Part], by_length: &mut HashMap<usize, HashSet<String>>) {
    for part in parts {
        match part {
            Part::Word(words) => {
                for (word, _) in words.iter().filter(|(w, stem)| !stem && w.len() >= LONG) {
                    by_length.entry(word.len()).or_default().insert(word.clone());
                }
            }
            Part::Optional(inner) => keep_long_words(inner, by_length),
            Part::Gap(_) => {}
        }
    }
}

/// Cuts a phrase into its parts; what stands in square brackets is one part.
fn parse(source: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = source.trim_start();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (inner, after) =
                inner.split_once(']').ok_or(format!("`{source}` opens a bracket and does not close it"))?;
            parts.push(Part::Optional(parse(inner)?));
            rest = after.trim_start();
        } else {
            let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            parts.push(part(word)?);
            rest = after.trim_start();
        }
    }
    Ok(parts)
}

fn part(word: &str) -> Result<Part, String> {
    match word.strip_prefix("..") {
        Some("") => Ok(Part::Gap(GAP)),
        Some(width) => width.parse().map(Part::Gap).map_err(|_| format!("`{word}` is not a gap; write `..` or `..3`")),
        None if word.split('|').any(|w| w.is_empty() || w == "*") => Err(format!("`{word}` has an empty alternative")),
        None if word.contains(['[', ']']) => Err(format!("`{word}` has a bracket within a word")),
        None => Ok(Part::Word(words(word))),
    }
}

fn words(alternatives: &str) -> Vec<(String, bool)> {
    alternatives
        .split('|')
        .map(|w| match w {
            "#" => ("#".to_owned(), false),
            w => match w.strip_suffix('*') {
                Some(stem) => (fold_word(stem), true),
                None => (fold_word(w), false),
            },
        })
        .collect()
}

fn start_of(word: &str) -> [u8; 3] {
    let mut start = [0; 3];
    for (slot, byte) in start.iter_mut().zip(word.bytes()) {
        *slot = byte;
    }
    start
}

fn fits(alternatives: &[(String, bool)], token: &Token) -> bool {
    alternatives.iter().any(|(word, prefix)| match (word.as_str(), prefix) {
        ("#", _) => token.has_digit,
        (stem, true) => token.norm.starts_with(stem),
        (word, false) => token.norm == word,
    })
}

/// The token after the phrase, when it stands at `at` within one sentence.
fn reach(parts: &[Part], tokens: &[Token], at: usize, sentence: usize) -> Option<usize> {
    walk(parts, &[], tokens, at, sentence)
}

/// Walks `parts` and then `then`; of an optional part, first with it, then without.
fn walk(parts: &[Part], then: &[&[Part]], tokens: &[Token], at: usize, sentence: usize) -> Option<usize> {
    let Some((first, rest)) = parts.split_first() else {
        return match then.split_last() {
            Some((next, then)) => walk(next, then, tokens, at, sentence),
            None => Some(at),
        };
    };
    match first {
        Part::Word(words) => {
            let token = tokens.get(at).filter(|t| t.sentence == sentence)?;
            fits(words, token).then(|| walk(rest, then, tokens, at + 1, sentence))?
        }
        Part::Optional(inner) => {
            let mut after = then.to_vec();
            after.push(rest);
            walk(inner, &after, tokens, at, sentence).or_else(|| walk(rest, then, tokens, at, sentence))
        }
        Part::Gap(width) => (0..=*width).find_map(|skip| walk(rest, then, tokens, at + skip, sentence)),
    }
}

/// Whether two words of one length differ in a single letter.
pub(crate) fn is_one_letter_off(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).filter(|(x, y)| x != y).count() == 1
}

/// Folds a word for comparison: lower case, no accents, no apostrophes, and the shapes that text recognition mixes up
/// made one (`0`/`o`, `1`/`l`/`i`, `rn`/`m`, `vv`/`w`). A word of digits alone stays as it is.
pub(crate) fn fold_word(word: &str) -> String {
    if word.bytes().all(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    let mut out = String::with_capacity(word.len());
    let push = |c: char, out: &mut String| match c {
        '\'' | '’' | '‘' | '\u{ad}' | '-' => {}
        '0' => out.push('o'),
        '1' | 'l' | '|' => out.push('i'),
        'n' if out.ends_with('r') => {
            out.pop();
            out.push('m');
        }
        'v' if out.ends_with('v') => {
            out.pop();
            out.push('w');
        }
        c => out.push(c),
    };
    if word.is_ascii() {
        word.bytes().for_each(|b| push(char::from(b.to_ascii_lowercase()), &mut out));
    } else {
        let plain = word.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
        plain.flat_map(char::to_lowercase).for_each(|c| push(c, &mut out));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::PageText;

    fn found(phrase: &str, text: &str) -> Vec<String> {
        let mut phrases = Phrases::default();
        phrases.add(7, phrase).unwrap_or_else(|e| panic!("{e}"));
        let page = PageText::new(text, &[]);
        phrases.find(&page.tokens).iter().map(|h| page.between(h.from, h.to).to_owned()).collect()
    }

    #[test]
    fn words_gaps_stems_and_optional_words() {
        assert_eq!(
            found("not medically necessary", "It is NOT\n medically  necessary."),
            ["NOT\n medically  necessary"]
        );
        assert_eq!(found("not ..2 medically necessary", "not in our view medically necessary"), Vec::<String>::new());
        assert_eq!(found("not .. medically necessary", "not in our view medically necessary").len(), 1);
        assert_eq!(found("deni* [the] claim", "We denied the claim").len(), 1);
        assert_eq!(found("deni* [the] claim", "denial claim").len(), 1);
        assert_eq!(found("deni* [of the] claim", "denial of the claim").len(), 1);
        assert_eq!(found("deni* [of the] claim", "denial of claim").len(), 0);
        assert_eq!(found("policy ..1 #", "see policy MP-8 now"), ["policy MP-8"]);
    }

    #[test]
    fn a_phrase_stays_within_its_sentence() {
        assert!(found("not .. necessary", "We did not. It is necessary.").is_empty());
    }

    #[test]
    fn slips_of_text_recognition_and_accents_do_not_matter() {
        assert_eq!(found("determined medically necessary", "deterrnined medica1ly necessary").len(), 1);
        assert_eq!(found("médicamente necesario", "MEDICAMENTE NECESARIO").len(), 1);
    }

    #[test]
    fn a_phrase_without_a_first_word_is_refused() {
        assert!(Phrases::default().add(0, ".. [the]").is_err());
    }
}
