//! Rich text (RTF) → plain text. Pictures, fonts, styles and deleted text are left out; tables are read row by row.

use encoding_rs::Encoding;
use facts::{Page, TextFrom};

use crate::draft::Draft;
use crate::plain;

/// The deepest nesting of groups that is followed.
const DEEPEST: usize = 512;

/// Reads rich text. Never fails: what is not understood is skipped.
pub(crate) fn read(bytes: &[u8]) -> Draft {
    let mut walk = Walk::new(bytes);
    walk.run();
    walk.flush();
    // Cells were parted by tabs, so that columns stand under one another; a tab that is left is a wide gap.
    let page = |p: Page| Page::from_text(tidy(&p.text.replace('\t', "   ")));
    let pages: Vec<Page> = plain::pages(&walk.out).into_iter().map(page).collect();
    Draft::new(TextFrom::Rtf, pages)
}

/// No more than one empty line in a row, no white space at the ends of lines.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 1;
    for line in text.lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty <= 1 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim_end().to_owned()
}

/// What holds inside a group.
#[derive(Debug, Clone, Copy)]
struct State {
    skip: bool,
    /// How many characters stand in for one given as a number.
    fallback: usize,
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    out: String,
    /// Bytes of the document's own encoding, not yet made text.
    held: Vec<u8>,
    encoding: &'static Encoding,
    stack: Vec<State>,
    state: State,
    /// Characters still to be skipped after a number.
    pending: usize,
    surrogate: Option<u16>,
}

impl<'a> Walk<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let state = State { skip: false, fallback: 1 };
        Walk {
            bytes,
            at: 0,
            out: String::new(),
            held: Vec::new(),
            encoding: encoding_rs::WINDOWS_1252,
            stack: Vec::new(),
            state,
            pending: 0,
            surrogate: None,
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn run(&mut self) {
        while let Some(byte) = self.next() {
            match byte {
                b'{' => {
                    if self.stack.len() < DEEPEST {
                        self.stack.push(self.state);
                    }
                }
                b'}' => {
                    if let Some(state) = self.stack.pop() {
                        self.state = state;
                    }
                    self.pending = 0;
                }
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => {}
                byte => self.byte(byte),
            }
        }
    }

    fn byte(&mut self, byte: u8) {
        if self.pending > 0 {
            self.pending -= 1;
        } else if !self.state.skip {
            self.held.push(byte);
        }
    }

    fn flush(&mut self) {
        if !self.held.is_empty() {
            let (text, _) = self.encoding.decode_without_bom_handling(&self.held);
            self.out.push_str(&text);
            self.held.clear();
        }
    }

    fn put(&mut self, text: &str) {
        if !self.state.skip {
            self.flush();
            self.out.push_str(text);
        }
    }

    fn control(&mut self) {
        let Some(first) = self.next() else { return };
        match first {
            b'\'' => {
                let pair = self.bytes.get(self.at..self.at + 2).and_then(|p| std::str::from_utf8(p).ok());
                if let Some(byte) = pair.and_then(|p| u8::from_str_radix(p, 16).ok()) {
                    self.at += 2;
                    self.byte(byte);
                }
            }
            b'~' => self.put(" "),
            b'_' => self.put("-"),
            b'-' => {}
            b'*' => self.state.skip = true,
            b'\r' | b'\n' => self.put("\n"),
            b'{' | b'}' | b'\\' => self.byte(first),
            first if first.is_ascii_alphabetic() => self.word(first),
            _ => {}
        }
    }

    fn word(&mut self, first: u8) {
        let mut name = vec![first];
        while let Some(byte) = self.bytes.get(self.at).filter(|b| b.is_ascii_alphabetic() && name.len() < 32) {
            name.push(*byte);
            self.at += 1;
        }
        let mut number = String::new();
        while let Some(byte) =
            self.bytes.get(self.at).filter(|b| b.is_ascii_digit() || **b == b'-' && number.is_empty())
        {
            number.push(char::from(*byte));
            self.at += 1;
        }
        if self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        let number: Option<i64> = number.parse().ok();
        self.act(&String::from_utf8_lossy(&name), number);
    }

    fn act(&mut self, name: &str, number: Option<i64>) {
        match name {
            "par" | "sect" | "line" => self.put("\n"),
            "page" | "pagebb" => self.put("\u{c}"),
            "tab" | "cell" | "nestcell" => self.put("\t"),
            "row" | "nestrow" => self.put("\n"),
            "emdash" => self.put("—"),
            "endash" => self.put("–"),
            "bullet" => self.put("•"),
            "lquote" | "rquote" => self.put("'"),
            "ldblquote" | "rdblquote" => self.put("\""),
            "ansicpg" => self.encoding = code_page(number),
            "uc" => self.state.fallback = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1).min(16),
            "u" => self.unicode(number),
            "bin" => self.at += number.and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
            "v" | "deleted" => self.state.skip = number != Some(0),
            "fonttbl" | "colortbl" | "stylesheet" | "info" | "pict" | "object" | "themedata" | "datastore"
            | "listtable" | "listoverridetable" | "rsidtbl" | "generator" | "xmlnstbl" | "fldinst" | "filetbl"
            | "revtbl" => {
                self.state.skip = true;
            }
            _ => {}
        }
    }

    /// A character by its number; what follows is its stand-in for old readers.
    fn unicode(&mut self, number: Option<i64>) {
        let unit = number.map(|n| n as u16);
        self.pending = self.state.fallback;
        let (Some(unit), false) = (unit, self.state.skip) else { return };
        let units: Vec<u16> = self.surrogate.take().into_iter().chain([unit]).collect();
        if units.len() == 1 && (0xd800..0xdc00).contains(&unit) {
            self.surrogate = Some(unit);
            return;
        }
        self.flush();
        self.out.extend(char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')));
    }
}

fn code_page(number: Option<i64>) -> &'static Encoding {
    match number {
        Some(1250) => encoding_rs::WINDOWS_1250,
        Some(1251) => encoding_rs::WINDOWS_1251,
        Some(1253) => encoding_rs::WINDOWS_1253,
        Some(1254) => encoding_rs::WINDOWS_1254,
        Some(932) => encoding_rs::SHIFT_JIS,
        Some(936) => encoding_rs::GBK,
        Some(949) => encoding_rs::EUC_KR,
        Some(950) => encoding_rs::BIG5,
        Some(65001) => encoding_rs::UTF_8,
        _ => encoding_rs::WINDOWS_1252,
    }
}

#[cfg(test)]
mod tests {
    fn text(rtf: &str) -> String {
        super::read(rtf.as_bytes()).document.text()
    }

    #[test]
    fn letters_tables_and_foreign_characters() {
        let rtf = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator Word}{\info{\title hidden}}\f0 Se\'f1ora \u209?\'d1ez:\par
We \b deny\b0  it.{\deleted not this}\par\trowd Code\cell 73721\cell\row \u8220?Second\u8221?\page Page two {\pict 0102ff}}";
        assert_eq!(text(rtf), "Señora ÑÑez:\nWe deny it.\nCode   73721\n“Second”\u{c}Page two");
    }

    #[test]
    fn broken_rich_text_ends() {
        for rtf in ["{\\rtf1 \\", "{\\rtf1 \\'", "{\\rtf1 \\bin99999999999 x", "{\\rtf1 }}}}}", "{\\rtf1 \\u-10179 \\u"]
        {
            let _ = text(rtf);
        }
        let _ = text(&"{".repeat(100_000));
    }
}
