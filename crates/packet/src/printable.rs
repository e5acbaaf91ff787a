//! Makes any text safe to typeset: it prints as it stands, wraps, and cannot turn the line around.

use serde_json::Value;

use crate::world;

/// A word longer than this gets places at which it may break.
const LONG_WORD: usize = 28;
/// Distance of such places.
const BREAK_EVERY: usize = 14;

/// White space becomes one space, direction marks and control characters go, long words may break, and a character
/// that no font has is printed as its number.
pub(crate) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for word in text.split(breaks).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        push_word(&mut out, word);
    }
    // A space at either end joins to a neighbor and is kept.
    let edge = |c: Option<char>| c.is_some_and(|c| c == ' ' || c == '\n');
    if edge(text.chars().next()) {
        out.insert(0, ' ');
    }
    if edge(text.chars().last()) && out != " " {
        out.push(' ');
    }
    out
}

/// White space at which words part; a no-break space is part of its word.
fn breaks(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}')
}

/// The same line by line, for text whose lines matter.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.lines().map(|l| line(l).trim_end().to_string()).collect()
}

fn push_word(out: &mut String, word: &str) {
    let long = word.chars().count() > LONG_WORD;
    let mut since = 0;
    for c in word.chars() {
        if is_silent(c) {
            continue;
        }
        if matches!(c, '\u{a0}' | '\u{202f}') || world::has_glyph(c) {
            out.push(c);
        } else {
            out.push_str(&format!("[U+{:04X}]", c as u32));
        }
        since += 1;
        if long && (since >= BREAK_EVERY || (since > 4 && matches!(c, '/' | '-' | '_' | '.' | '@' | ',' | '&' | '='))) {
            out.push('\u{200b}');
            since = 0;
        }
    }
}

/// Characters that only steer: controls, direction marks and overrides, joiners, the byte order mark.
fn is_silent(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Makes every string of a JSON value printable. Keys are ours and stay.
pub(crate) fn value(value: &mut Value) {
    match value {
        Value::String(text) => *text = line(text),
        Value::Array(items) => items.iter_mut().for_each(self::value),
        Value::Object(map) => map.values_mut().for_each(self::value),
        _ => {}
    }
}

/// Characters of a text that no font has, each once.
pub(crate) fn without_glyph(text: &str) -> Vec<char> {
    let mut out: Vec<char> = Vec::new();
    for c in text.chars() {
        if !c.is_whitespace() && !is_silent(c) && !world::has_glyph(c) && !out.contains(&c) {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn direction_marks_and_controls_go() {
        assert_eq!(line("a\u{202e}b\u{7}c\u{feff} \u{200f}d"), "abc d");
    }

    #[test]
    fn a_long_word_may_break_and_loses_nothing() {
        let word = "x".repeat(10_000);
        let printed = line(&word);
        assert_eq!(printed.replace('\u{200b}', ""), word);
        assert!(printed.split('\u{200b}').all(|piece| piece.len() <= BREAK_EVERY));
    }

    #[test]
    fn a_character_without_a_glyph_is_named() {
        assert_eq!(line("李"), "[U+674E]");
        assert_eq!(without_glyph("Ana 李 李"), ['李']);
    }

    #[test]
    fn accents_and_signs_of_letters_are_printed() {
        assert_eq!(line("José Núñez § 5 “quoted” – ½ €"), "José Núñez § 5 “quoted” – ½ €");
        assert_eq!(line("Exhibit\u{a0}C"), "Exhibit\u{a0}C");
    }
}
