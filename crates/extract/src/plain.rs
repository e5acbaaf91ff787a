//! Plain text in any of the encodings people's files come in → pages (one, or one per form feed).

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use facts::{Page, TextFrom};

use crate::draft::Draft;
use crate::grid;

/// Reads bytes as text. Never fails: every byte has a meaning in windows-1252.
pub(crate) fn read(bytes: &[u8]) -> Draft {
    Draft::new(TextFrom::Plain, pages(&decode(bytes)))
}

/// Splits text into pages at form feeds and gives every line the ending `\n`.
pub(crate) fn pages(text: &str) -> Vec<Page> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_end_matches(['\u{c}', '\u{1a}']);
    text.split('\u{c}').map(|page| Page::from_text(grid::untab(&page.replace('\0', "")))).collect()
}

/// Bytes → text: a byte order mark decides; else UTF-16 when every other byte is zero, else UTF-8 when it is valid,
/// else windows-1252 (of which Latin-1 is a part).
pub(crate) fn decode(bytes: &[u8]) -> String {
    let (text, _, _) = encoding_of(bytes).decode(bytes);
    text.into_owned()
}

fn encoding_of(bytes: &[u8]) -> &'static encoding_rs::Encoding {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding;
    }
    match utf16_without_mark(bytes) {
        Some(encoding) => encoding,
        None if std::str::from_utf8(bytes).is_ok() || nearly_utf8(bytes) => UTF_8,
        None => WINDOWS_1252,
    }
}

/// Western text as UTF-16 has a zero in nearly every other byte.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let sample = bytes.get(..bytes.len().min(4096))?;
    let pairs = sample.len() / 2;
    if pairs < 2 {
        return None;
    }
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match (even * 10 > pairs * 7, odd * 10 > pairs * 7) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

/// A long UTF-8 text with one broken byte (cut in the middle of a letter) is still UTF-8.
fn nearly_utf8(bytes: &[u8]) -> bool {
    let (mut rest, mut broken, mut multibyte) = (bytes, 0usize, 0usize);
    loop {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                multibyte += text.chars().filter(|c| !c.is_ascii()).count();
                return broken > 0 && multibyte > broken * 4;
            }
            Err(e) => {
                let (good, bad) = rest.split_at(e.valid_up_to());
                multibyte += String::from_utf8_lossy(good).chars().filter(|c| !c.is_ascii()).count();
                broken += 1;
                if broken > 16 {
                    return false;
                }
                rest = bad.get(e.error_len().unwrap_or(bad.len())..).unwrap_or_default();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        read(bytes).document.text()
    }

    #[test]
    fn encodings_are_told_apart() {
        let letter = "Señora Núñez: “denied” — fee 5 €\nsecond line, plain words to count";
        assert_eq!(text(letter.as_bytes()), letter);
        assert_eq!(text(&[b"\xEF\xBB\xBF".as_slice(), letter.as_bytes()].concat()), letter);
        let le: Vec<u8> = letter.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = letter.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(&le), letter);
        assert_eq!(text(&be), letter);
        assert_eq!(text(&[b"\xFF\xFE".as_slice(), &le].concat()), letter);
        assert_eq!(text(&[b"\xFE\xFF".as_slice(), &be].concat()), letter);
        let (western, _, _) = WINDOWS_1252.encode(letter);
        assert_eq!(text(&western), letter);
    }

    #[test]
    fn a_utf8_text_cut_in_a_letter_stays_utf8() {
        let cut = "Señora Núñez, Muñoz y Peña, año".as_bytes();
        assert!(text(&cut[..cut.len() - 2]).starts_with("Señora Núñez, Muñoz y Peña, a"));
    }

    #[test]
    fn form_feeds_make_pages_and_line_endings_are_one_kind() {
        let draft = read(b"one\r\ntwo\rthree\x0cpage two\x0c");
        let pages: Vec<_> = draft.document.pages.iter().map(|p| p.text.as_str()).collect();
        assert_eq!(pages, ["one\ntwo\nthree", "page two"]);
    }
}
