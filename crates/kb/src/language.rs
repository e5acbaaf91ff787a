//! The knowledge base in another language: the files as they are, with the texts for people said in that language.
//!
//! ```text
//! kb/es/*.toml (English = Spanish) + the files ──[Kb::speaking("es")]──▶ a Kb with the same rules and Spanish words
//! ```
//! A catalogue says which files and which keys of them hold texts for people, and how each text is said. Nothing else in
//! a file changes: words for matching, citations and quotes of law stay as they stand. A text without an entry stays
//! English; [`Kb::untold`] lists those, and a test keeps that list empty.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::table;
use crate::{File, KbError, Source};

/// The languages other than English that a catalogue may be in. Each has a folder of its own, `kb/es/`.
pub(crate) const LANGUAGES: [&str; 1] = ["es"];

/// `kb/es/*.toml`, `corroborate-catalogue/1`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    #[allow(dead_code)]
    format: String,
    /// Files and folders below `kb/`; a `*` at the end stands for any ending of the name (`us-*`).
    of: Vec<String>,
    /// File names that are left out.
    #[serde(default)]
    but_not: Vec<String>,
    /// Keys whose values are texts for people, at any depth (`says`, `notes`).
    keys: Vec<String>,
    /// Keys below those whose values stay as they are in every language: the lines of an envelope.
    #[serde(default)]
    as_written: Vec<String>,
    /// The program reads these files once for all languages and looks the texts up when it says them.
    #[serde(default)]
    said_later: bool,
    /// English = the same in the folder's language.
    #[serde(default)]
    say: BTreeMap<String, String>,
}

impl Catalogue {
    /// Whether a text of a file of this catalogue is one that it says.
    fn says(&self, text: &Text) -> bool {
        let below = |keys: &[String]| keys.iter().any(|k| text.under.contains(k));
        below(&self.keys) && !below(&self.as_written)
    }

    fn is_of(&self, path: &str) -> bool {
        let within = |pattern: &str| match pattern.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path == pattern || path.strip_prefix(pattern).is_some_and(|rest| rest.starts_with('/')),
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        let data = path.ends_with(".toml") && !path.ends_with(".examples.toml");
        data && !self.but_not.iter().any(|n| n == name) && self.of.iter().any(|p| within(p))
    }
}

/// A text for people that has no words in a language, or words that no text asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Untold {
    /// Path below `kb/`: the file with the text, or the catalogue with the words.
    pub file: String,
    /// Line, counted from 1; 0 for words of a catalogue.
    pub line: usize,
    /// The English text.
    pub text: String,
    /// Whether the catalogue has the words and no file the text.
    pub unused: bool,
}

/// All catalogues of a language.
#[derive(Debug, Default)]
pub(crate) struct Catalogues {
    all: Vec<(String, Catalogue)>,
}

impl Catalogues {
    pub(crate) fn read(source: &Source, language: &str) -> Result<Catalogues, KbError> {
        let files = source.below(language).filter(|f| f.path.ends_with(".toml"));
        let all = files.map(|f| Ok((f.path.clone(), table::parse(f)?))).collect::<Result<_, KbError>>()?;
        Ok(Catalogues { all })
    }

    /// How a text is said, wherever it stands.
    pub(crate) fn told(&self, text: &str) -> Option<&str> {
        self.all.iter().find_map(|(_, c)| c.say.get(text)).map(String::as_str)
    }

    /// The files with their texts said in the language. Examples for tests are left out.
    pub(crate) fn translate(&self, source: &Source) -> Source {
        let files = source.below("").filter(|f| !f.path.ends_with(".examples.toml"));
        Source::new(files.map(|f| (f.path.clone(), self.file(f))))
    }

    fn file(&self, file: &File) -> Cow<'static, str> {
        let of: Vec<&Catalogue> =
            self.all.iter().map(|(_, c)| c).filter(|c| !c.said_later && c.is_of(&file.path)).collect();
        if of.is_empty() {
            return file.text.clone();
        }
        let mut out = String::with_capacity(file.text.len() + file.text.len() / 4);
        let mut from = 0;
        for text in texts(&file.text) {
            let said = of.iter().filter(|c| c.says(&text)).find_map(|c| c.say.get(&text.value));
            let Some(said) = said else { continue };
            out.push_str(file.text.get(from..text.span.0).unwrap_or_default());
            out.push_str(&toml::Value::String(said.clone()).to_string());
            from = text.span.1;
        }
        out.push_str(file.text.get(from..).unwrap_or_default());
        out.into()
    }

    /// Texts without words, and words without a text.
    pub(crate) fn untold(&self, source: &Source) -> Vec<Untold> {
        let mut out = Vec::new();
        let mut used: Vec<BTreeSet<String>> = self.all.iter().map(|_| BTreeSet::new()).collect();
        for file in source.below("") {
            if !self.all.iter().any(|(_, c)| c.is_of(&file.path)) {
                continue;
            }
            for text in texts(&file.text) {
                let mut wanted = false;
                let mut has = false;
                for ((_, catalogue), used) in self.all.iter().zip(&mut used) {
                    if !catalogue.is_of(&file.path) || !catalogue.says(&text) {
                        continue;
                    }
                    wanted = true;
                    has |= catalogue.say.contains_key(&text.value);
                    used.insert(text.value.clone());
                }
                if wanted && !has && text.value.chars().any(char::is_alphabetic) {
                    let line = table::place(&file.text, text.span.0).0;
                    out.push(Untold { file: file.path.clone(), line, text: text.value, unused: false });
                }
            }
        }
        for ((path, catalogue), used) in self.all.iter().zip(&used) {
            let unused = catalogue.say.keys().filter(|k| !used.contains(*k));
            out.extend(unused.map(|k| Untold { file: path.clone(), line: 0, text: k.clone(), unused: true }));
        }
        out
    }
}

/// A string of a TOML file.
struct Text {
    /// What it says.
    value: String,
    /// Its bytes in the file, quotes included.
    span: (usize, usize),
    /// The keys it stands under: of the table, of inline tables, its own.
    under: Vec<String>,
}

/// All strings that are values, in order, with the keys they stand under. Reads what the TOML parser has accepted; of
/// anything else it gives what it can.
fn texts(file: &str) -> Vec<Text> {
    let mut scan = Scan { file, at: 0, header: Vec::new(), open: Vec::new(), key: Vec::new(), word: String::new() };
    let mut out = Vec::new();
    while let Some(text) = scan.next() {
        out.push(text);
    }
    out
}

struct Scan<'a> {
    file: &'a str,
    at: usize,
    header: Vec<String>,
    /// Keys of the inline tables and arrays that are open.
    open: Vec<Vec<String>>,
    key: Vec<String>,
    /// What was read since the last separator: a key, when `=` follows.
    word: String,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        self.file.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<Text> {
        loop {
            let c = self.rest().chars().next()?;
            match c {
                '#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                '[' if self.open.is_empty() && self.key.is_empty() && self.word.trim().is_empty() => self.table(),
                '[' | '{' => {
                    self.open.push(std::mem::take(&mut self.key));
                    self.word.clear();
                    self.at += 1;
                }
                ']' | '}' => {
                    self.key = self.open.pop().unwrap_or_default();
                    self.word.clear();
                    self.at += 1;
                }
                '=' => {
                    self.key = parts(&self.word);
                    self.word.clear();
                    self.at += 1;
                }
                '\n' | ',' => {
                    if self.open.is_empty() && c == '\n' {
                        self.key.clear();
                    }
                    self.word.clear();
                    self.at += 1;
                }
                '"' | '\'' => {
                    let start = self.at;
                    self.at += literal(self.rest());
                    let written = self.file.get(start..self.at).unwrap_or_default();
                    if matches!(self.rest().trim_start_matches([' ', '\t']).chars().next(), Some('=' | '.')) {
                        self.word.push_str(written);
                        continue;
                    }
                    let Some(value) = read(written) else { continue };
                    let under =
                        self.header.iter().chain(self.open.iter().flatten()).chain(&self.key).cloned().collect();
                    return Some(Text { value, span: (start, self.at), under });
                }
                _ => {
                    self.word.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
    }

    /// `[a.b]` or `[[a.b]]`.
    fn table(&mut self) {
        let end = self.rest().find('\n').unwrap_or(self.rest().len());
        let line = self.rest().get(..end).unwrap_or_default();
        let name = line.split('#').next().unwrap_or_default();
        self.header = parts(name.trim().trim_matches(['[', ']']));
        self.key.clear();
        self.word.clear();
        self.at += end;
    }
}

/// `a."b.c"` → `a`, `b.c`.
fn parts(key: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quote = None;
    for c in key.trim().chars() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(q)) if c == q => quote = None,
            ('.', None) => out.push(String::new()),
            (c, Some(_)) => out.last_mut().unwrap_or(&mut String::new()).push(c),
            (c, None) if c.is_whitespace() => {}
            (c, None) => out.last_mut().unwrap_or(&mut String::new()).push(c),
        }
    }
    out
}

/// The length of the string literal at the beginning of a text.
fn literal(text: &str) -> usize {
    let Some(quote) = text.chars().next() else { return 0 };
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let close = if text.starts_with(&triple) { triple } else { quote.to_string() };
    let mut at = close.len();
    while let Some(c) = text.get(at..).and_then(|t| t.chars().next()) {
        if c == '\\' && quote == '"' {
            at += 1 + text.get(at + 1..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8);
        } else if text.get(at..).is_some_and(|t| t.starts_with(&close)) {
            return at + close.len();
        } else {
            at += c.len_utf8();
        }
    }
    text.len()
}

/// What a literal says.
fn read(literal: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct One {
        it: String,
    }
    let plain = literal.strip_prefix('"').and_then(|l| l.strip_suffix('"'));
    if let Some(plain) = plain.filter(|p| !p.starts_with('"') && !p.contains('\\')) {
        return Some(plain.to_string());
    }
    toml::from_str::<One>(&format!("it = {literal}")).ok().map(|one| one.it)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# a \"comment\"\ntitle = \"A title\" # and \"this\"\nwhen = { \"claim.kind\" = [\"urgent\"] }\n\
        send_to = [{ text = \"An office\", office = [\"An office\"], from = 2026-01-01 }, { text = 'Another # office' }]\n\
        [says] # for people\nboth.ways = \"\"\"\nTwo \\\n  lines\"\"\"\n\n[[version]]\nnotes = [\n  \"One [note]\", # why\n  \"Two = \\\"2\\\"\",\n]\n";

    #[test]
    fn strings_are_found_with_the_keys_they_stand_under() {
        let found: Vec<(String, String)> = texts(FILE).into_iter().map(|t| (t.under.join("/"), t.value)).collect();
        let is = |under: &str, value: &str| (under.to_string(), value.to_string());
        assert_eq!(
            found,
            [
                is("title", "A title"),
                is("when/claim.kind", "urgent"),
                is("send_to/text", "An office"),
                is("send_to/office", "An office"),
                is("send_to/text", "Another # office"),
                is("says/both/ways", "Two lines"),
                is("version/notes", "One [note]"),
                is("version/notes", "Two = \"2\""),
            ]
        );
    }

    fn source() -> Source {
        let catalogue = "format = \"corroborate-catalogue/1\"\nof = [\"us-*\"]\nkeys = [\"notes\", \"says\", \"send_to\"]\nas_written = [\"office\"]\n[say]\n\
            \"One [note]\" = \"Una \\\"nota\\\"\"\n\"An office\" = \"Una oficina\"\n\"Two lines\" = \"Dos líneas\"\n\"A title\" = \"Un título\"\n\"Gone\" = \"Ido\"\n";
        Source::new(
            [("us-ca/x.toml", FILE), ("us/x.toml", FILE), ("es/a.toml", catalogue)]
                .map(|(p, t)| (p.to_string(), t.to_string())),
        )
    }

    #[test]
    fn only_the_texts_of_the_named_files_and_keys_change() {
        let source = source();
        let catalogues = Catalogues::read(&source, "es").unwrap_or_else(|e| panic!("{e}"));
        let told = catalogues.translate(&source);
        let values = |path: &str| -> Vec<String> {
            texts(told.get(path).map(|f| &*f.text).unwrap_or_default()).into_iter().map(|t| t.value).collect()
        };
        let now = values("us-ca/x.toml");
        assert_eq!(
            now,
            [
                "A title",
                "urgent",
                "Una oficina",
                "An office",
                "Another # office",
                "Dos líneas",
                "Una \"nota\"",
                "Two = \"2\""
            ]
        );
        assert_eq!(told.get("us/x.toml").map(|f| &*f.text), Some(FILE));
    }

    #[test]
    fn a_text_without_words_and_words_without_a_text_are_named() {
        let source = source();
        let catalogues = Catalogues::read(&source, "es").unwrap_or_else(|e| panic!("{e}"));
        let untold: Vec<(String, bool)> = catalogues.untold(&source).into_iter().map(|u| (u.text, u.unused)).collect();
        let is = |text: &str, unused| (text.to_string(), unused);
        assert_eq!(
            untold,
            [is("Another # office", false), is("Two = \"2\"", false), is("A title", true), is("Gone", true)]
        );
    }
}
