//! Citations and quotes: what a sentence rests on, and whether words really stand in a text.
//!
//! The one type to know is [`Authority`]. [`find_quote`] answers "does this text contain this quote?" the way a
//! careful reader would: line breaks, runs of white space, typographic quotes and soft hyphens do not matter, words do.
//!
//! This crate does not know any law; the knowledge base does.

mod stop;

pub use stop::{stop_in_citation, stop_inside};

use serde::{Deserialize, Serialize};

/// A passage of law or of a published rule on which a right, a date or a sentence rests.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Authority {
    /// The citation in the field's form, e.g. `45 CFR 147.136(d)(2)(i)`.
    pub cite: String,
    /// Where the text can be read, when there is a stable address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The day on which somebody compared our figure with the text (ISO 8601), when somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_on: Option<String>,
    /// How well the figure is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
}

impl Authority {
    /// An authority known by its citation alone.
    pub fn new(cite: impl Into<String>) -> Self {
        Authority { cite: cite.into(), url: None, verified_on: None, confidence: None }
    }
}

/// How well a figure of law is known. The order is from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Read in the official publication.
    OfficialText,
    /// Read in a dated copy of the official text.
    OfficialCopy,
    /// Known from a source that quotes or paraphrases the section.
    Secondary,
    /// Not confirmed: shown to a person only as "not yet confirmed: check with …".
    Unverified,
}

/// Folds text for comparison: lower case, white space runs to one space, curly quotes and dashes to plain ones,
/// soft hyphens and zero-width characters removed, a hyphen at a line end joined.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pending_space = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {}
            '-' if matches!(chars.peek(), Some('\n' | '\r')) => {
                while matches!(chars.peek(), Some(c) if c.is_whitespace()) {
                    chars.next();
                }
            }
            c if c.is_whitespace() => pending_space = !out.is_empty(),
            c => {
                if pending_space {
                    out.push(' ');
                    pending_space = false;
                }
                match c {
                    '‘' | '’' | 'ʼ' => out.push('\''),
                    '“' | '”' => out.push('"'),
                    '‐' | '‑' | '‒' | '–' | '—' | '−' => out.push('-'),
                    c => out.extend(c.to_lowercase()),
                }
            }
        }
    }
    out
}

/// Whether `text` contains `quote` after [`fold`]ing both. An empty quote is in no text.
///
/// # Example
/// ```
/// assert!(cite::find_quote("four months after the\n date of receipt", "four months after the date of receipt"));
/// assert!(!cite::find_quote("four months after the date of receipt", "six months"));
/// ```
pub fn find_quote(text: &str, quote: &str) -> bool {
    let quote = fold(quote);
    !quote.is_empty() && fold(text).contains(&quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_found_across_line_breaks_and_hyphens() {
        assert!(find_quote("within one hun-\ndred eighty\r\n(180) days", "one hundred eighty (180) days"));
        assert!(find_quote("the plan’s “criteria”", "the plan's \"criteria\""));
    }

    #[test]
    fn an_empty_quote_is_in_no_text() {
        assert!(!find_quote("anything", ""));
        assert!(!find_quote("anything", " \u{200b} "));
    }

    #[test]
    fn other_words_are_not_found() {
        assert!(!find_quote("within 180 days", "within 60 days"));
    }
}
