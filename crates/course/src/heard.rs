//! What the plan's papers say that answers a question → offers, each with its quote.
//!
//! An offer is no fact: it becomes one when the person says that it is right. Which words answer which question is data
//! (`kb/course/heard.toml`). Where a paper says two different things, nothing is offered.

use facts::{Case, Document};
use kb::{Kb, KbError};
use serde::{Deserialize, Serialize};

use crate::CasePaper;

const FILE: &str = "course/heard.toml";

/// An answer that a paper of the plan gives to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The fact that the question settles, e.g. `claim.kind`.
    pub fact: String,
    /// The fork of the question at which it is the answer, where it is not the whole answer yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The answer as the case keeps it; at a fork, the branch.
    pub value: String,
    /// The sentences that say so.
    pub quotes: Vec<HeardQuote>,
}

/// Words of a paper, with their place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeardQuote {
    /// The words, byte for byte as the page's text has them.
    pub quote: String,
    /// The paper.
    pub file: String,
    /// The page, counted from 1.
    pub page: usize,
    /// Byte range in the text of that page.
    pub span: (usize, usize),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[allow(dead_code)]
    format: String,
    heard: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fact: String,
    node: Option<String>,
    value: String,
    says: Vec<String>,
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
}

/// The answers that the plan's papers give. `papers` are those of the case; only papers with a reading speak for the plan.
///
/// # Errors
/// A [`KbError`] when `kb/course/heard.toml` is absent or damaged.
pub fn heard(case: &Case, papers: &[CasePaper], kb: &Kb) -> Result<Vec<Heard>, KbError> {
    let file: File = kb.table(FILE)?;
    let speaking = || papers.iter().filter(|p| p.reading.is_some()).map(|p| &p.document);
    let mut all: Vec<Heard> = Vec::new();
    for document in speaking() {
        let said = file.heard.iter().filter_map(|entry| entry.hear(document)).chain(home_state(case, document, kb));
        for one in said {
            match all.iter_mut().find(|h| h.fact == one.fact && h.node == one.node && h.value == one.value) {
                Some(_) => {}
                None => all.push(one),
            }
        }
    }
    let twice = |h: &Heard| all.iter().any(|o| o.fact == h.fact && o.node == h.node && o.value != h.value);
    let doubtful: Vec<bool> = all.iter().map(twice).collect();
    let mut doubtful = doubtful.into_iter();
    all.retain(|_| !doubtful.next().unwrap_or(false));
    Ok(all)
}

impl Entry {
    /// The first sentence of a paper that gives this answer, and beside it the one that must be there too.
    fn hear(&self, document: &Document) -> Option<Heard> {
        let holds = |text: &str, words: &[String]| words.iter().any(|w| place(text, w, 0).is_some());
        let fits = |text: &str| (self.with.is_empty() || holds(text, &self.with)) && !holds(text, &self.unless);
        let mut quotes = vec![first(document, &self.says, fits)?];
        if !self.also.is_empty() {
            quotes.push(first(document, &self.also, |_| true)?);
        }
        Some(Heard { fact: self.fact.clone(), node: self.node.clone(), value: self.value.clone(), quotes })
    }
}

/// The first sentence with one of the phrases that fits.
fn first(document: &Document, phrases: &[String], fits: impl Fn(&str) -> bool) -> Option<HeardQuote> {
    for (index, page) in document.pages.iter().enumerate() {
        // Most phrases do not stand on a page at all: their first word tells it at once.
        let small = page.text.to_lowercase().replace(['‐', '‑', '–'], "-");
        let begins = |p: &&String| {
            let word = p.split_whitespace().next().unwrap_or_default();
            small.contains(word.trim_end_matches('*'))
        };
        let mut found: Vec<usize> = phrases.iter().filter(begins).flat_map(|p| places(&page.text, p)).collect();
        found.sort_unstable();
        for at in found {
            let (start, end) = around(&page.text, at);
            let Some(quote) = page.text.get(start..end) else { continue };
            if fits(quote) {
                let (file, quote) = (document.name.clone(), quote.to_string());
                return Some(HeardQuote { quote, file, page: index + 1, span: (start, end) });
            }
        }
    }
    None
}

/// Every place of a phrase in a text.
fn places(text: &str, phrase: &str) -> Vec<usize> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some((start, end)) = place(text, phrase, from) {
        all.push(start);
        from = end.max(start + 1);
    }
    all
}

/// Where a phrase stands as whole words, whatever its capitals and the white space between its words; `*` ends it anyhow.
fn place(text: &str, phrase: &str, from: usize) -> Option<(usize, usize)> {
    let open = phrase.ends_with('*');
    let phrase = phrase.trim_end_matches('*');
    let words: Vec<&str> = phrase.split_whitespace().collect();
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let bounded = phrase.starts_with(char::is_alphanumeric);
    let ends = |start: usize| {
        let mut at = start;
        for (i, word) in words.iter().enumerate() {
            let rest = text.get(at..)?;
            let gap = rest.len() - rest.trim_start().len();
            if i > 0 && gap == 0 || i == 0 && gap > 0 {
                return None;
            }
            at += gap + same(&rest[gap..], word)?;
        }
        Some(at)
    };
    text.char_indices().map(|(i, _)| i).skip_while(|i| *i < from).find_map(|start| {
        let end = ends(start)?;
        let before = bounded && letter(text[..start].chars().next_back());
        let after = !open && letter(phrase.chars().next_back()) && letter(text[end..].chars().next());
        (!before && !after).then_some((start, end))
    })
}

/// How many bytes of a text's beginning are this word, whatever its capitals.
fn same(text: &str, word: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    for wanted in word.chars() {
        let (_, c) = chars.next()?;
        let plain = if matches!(c, '‐' | '‑' | '–') { '-' } else { c };
        if !plain.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(chars.next().map_or(text.len(), |(at, _)| at))
}

/// How long a line is, as part of the longest of its page, that goes on in the next one. It is a measure of layout.
const FULL: f64 = 0.6;

/// The sentence around a place: from the end of the one before it to its own end, and not past a line that ends early.
fn around(text: &str, at: usize) -> (usize, usize) {
    let longest = text.lines().map(|l| l.trim().chars().count()).max().unwrap_or(0);
    let is_full = |line: &str| line.trim().chars().count() as f64 >= longest as f64 * FULL;
    // "P.O. Box": the point after an initial ends no sentence.
    let initial = |i: usize| {
        let word = text[..i].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        word.chars().count() == 1 && word.chars().all(char::is_uppercase)
    };
    let ends = |i: usize| {
        let mut rest = text[i..].chars();
        matches!(rest.next(), Some('.' | '?' | '!' | ':'))
            && !initial(i)
            && rest.next().is_none_or(char::is_whitespace)
            && rest.find(|c| !c.is_whitespace()).is_none_or(|c| !c.is_lowercase())
    };
    let broken = |newline: usize| {
        let line = text[..newline].rsplit('\n').next().unwrap_or_default();
        !is_full(line)
    };
    let stop = |(i, c): &(usize, char)| ends(*i) || (*c == '\n' && broken(*i));
    let before = text[..at].char_indices().rev().find(stop).map_or(0, |(i, c)| i + c.len_utf8());
    let after = text[at..].char_indices().map(|(i, c)| (at + i, c)).find(stop);
    let end = after.map_or(text.len(), |(i, c)| if c == '\n' { i } else { i + c.len_utf8() });
    let start = before + (text[before..end].len() - text[before..end].trim_start().len());
    (start, start + text[start..end].trim_end().len())
}

/// Where the patient lives, by the address under the patient's name: `Springfield, IL 62701`.
fn home_state(case: &Case, document: &Document, kb: &Kb) -> Option<Heard> {
    let name = case.patient.name.as_deref()?.trim();
    let is_state = |code: &str| kb.index().states_with_folder().any(|s| s.eq_ignore_ascii_case(code));
    for (index, page) in document.pages.iter().enumerate() {
        let mut at = 0;
        let lines: Vec<(usize, &str)> = page
            .text
            .split('\n')
            .map(|line| {
                let start = at;
                at += line.len() + 1;
                (start, line)
            })
            .collect();
        let named = lines.iter().position(|(_, l)| l.trim().eq_ignore_ascii_case(name));
        // Street, a second line of it, and the city: an address block is no longer.
        let block = named.into_iter().flat_map(|n| lines.iter().skip(n + 1).take(3));
        for (start, line) in block {
            let mut words = line.split_whitespace().rev();
            let (zip, code) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let is_zip = zip.len() >= 5 && zip.chars().all(|c| c.is_ascii_digit() || c == '-');
            if is_zip && code.len() == 2 && code.chars().all(|c| c.is_ascii_uppercase()) && is_state(code) {
                let from = start + (line.len() - line.trim_start().len());
                let quote = line.trim().to_string();
                let span = (from, from + quote.len());
                let file = document.name.clone();
                let quotes = vec![HeardQuote { quote, file, page: index + 1, span }];
                return Some(Heard { fact: "patient.state".into(), node: None, value: code.into(), quotes });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "Ridge Administrators\nClaims administrator for the Foundry Workers Health Benefit Plan\n\
        Ana Example\n418 Linden Court\nSpringfield, IL 62701\nNOTICE OF ADVERSE BENEFIT DETERMINATION (pre-service)\n\
        If we uphold the denial, you may request a second-level appeal within 60 days\nafter you receive our decision. \
        We will decide each level within 15 days. You may have the right to\nbring a civil action under section 502(a) of ERISA.\n";

    #[test]
    fn a_phrase_is_found_as_words_across_a_line_end() {
        assert!(place("a second-level\n appeal.", "Second-level appeal", 0).is_some());
        assert!(place("presecond-level appeal", "second-level appeal", 0).is_none());
        assert!(place("medicaidish", "medicaid", 0).is_none());
        assert!(place("reducirán", "reducir*", 0).is_some());
        assert!(place("Plan (PDP)", "(pdp)", 0).is_some());
    }

    #[test]
    fn the_quote_is_the_sentence_and_stops_at_a_heading() {
        let at = LETTER.find("pre-service").unwrap_or_default();
        let (start, end) = around(LETTER, at);
        assert_eq!(&LETTER[start..end], "NOTICE OF ADVERSE BENEFIT DETERMINATION (pre-service)");
        let boxed = "Claims administrator for the Foundry Plan P.O. Box 12, Toledo\nNext line of the letter.\n";
        let (start, end) = around(boxed, 0);
        assert_eq!(
            &boxed[start..end],
            "Claims administrator for the Foundry Plan P.O. Box 12, Toledo\nNext line of the letter."
        );
        let at = LETTER.find("second-level").unwrap_or_default();
        let (start, end) = around(LETTER, at);
        assert!(LETTER[start..end].starts_with("If we uphold") && LETTER[start..end].ends_with("our decision."));
    }
}
