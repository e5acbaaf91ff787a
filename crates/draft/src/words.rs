//! The words of the documents: TOML files under `templates/`, one set per document and language.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{DraftError, Labels, argument, exhibits, law, lint, offers, stage};

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../templates");

/// The text of a file under `templates/`, e.g. `letter/layout.typ`.
pub fn template(path: &str) -> Option<&'static str> {
    TEMPLATES.get_file(path)?.contents_utf8()
}

/// The names of the folders under `templates/`, one per document and layout.
pub fn folders() -> Vec<String> {
    TEMPLATES.dirs().map(|d| d.path().to_string_lossy().into_owned()).collect()
}

/// Reads a template file as the caller's type.
///
/// # Errors
/// A sentence naming the file and what is wrong with it.
pub(crate) fn table<T: DeserializeOwned>(path: &str) -> Result<T, String> {
    let text = template(path).ok_or_else(|| format!("templates/{path}: there is no such file"))?;
    toml::from_str(text).map_err(|e| format!("templates/{path}: {}", e.message()))
}

/// A table under `templates/`, read once per process. What is wrong with it is kept and told to whoever asks, so that a
/// broken file is an error and never an empty list.
pub(crate) struct Once<T: 'static> {
    path: &'static str,
    read: OnceLock<Result<T, String>>,
}

impl<T: DeserializeOwned> Once<T> {
    pub(crate) const fn new(path: &'static str) -> Once<T> {
        Once { path, read: OnceLock::new() }
    }

    /// The table.
    ///
    /// # Errors
    /// A sentence naming the file and what is wrong with it, the same each time.
    pub(crate) fn get(&self) -> Result<&T, DraftError> {
        let read = self.read.get_or_init(|| table(self.path));
        read.as_ref().map_err(|why| DraftError::Template(why.clone()))
    }
}

/// Reads every table that documents are made from. Whoever makes one asks this first, so that no part of a document can be
/// missing because a table could not be read.
///
/// # Errors
/// The first table that could not be read.
pub(crate) fn tables_read() -> Result<(), DraftError> {
    exhibits::table()?;
    law::table()?;
    stage::table()?;
    argument::table()?;
    lint::table()?;
    offers::table().map(|_| ())
}

/// Words by key. Keys of nested tables are joined with a dot.
#[derive(Debug, Clone, Default)]
pub struct Words {
    map: BTreeMap<String, String>,
}

impl Words {
    /// The words of one document on top of the common ones, in one language (English when there is no other).
    pub fn of(document: &str, language: &str) -> Words {
        let mut words = Words::default();
        for folder in ["common", document] {
            let path = format!("{folder}/words.{language}.toml");
            let english = format!("{folder}/words.en.toml");
            let path = if template(&path).is_some() { path } else { english };
            words.map.extend(Words::cached(&path).map.iter().map(|(k, v)| (k.clone(), v.clone())));
        }
        words
    }

    /// The same, read once per process.
    fn cached(path: &str) -> &'static Words {
        static READ: OnceLock<Mutex<BTreeMap<String, &'static Words>>> = OnceLock::new();
        let mut read = READ.get_or_init(Mutex::default).lock().unwrap_or_else(|e| e.into_inner());
        read.entry(path.to_string()).or_insert_with(|| Box::leak(Box::new(Words::file(path))))
    }

    /// The words of one file; none when it is absent or is not TOML (a test reads them all).
    pub fn file(path: &str) -> Words {
        let mut words = Words::default();
        if let Ok(table) = table::<toml::Table>(path) {
            flatten("", &table, &mut words.map);
        }
        words
    }

    /// The words for a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.map.get(key).map(String::as_str)
    }

    /// All keys with their words.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.map.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }
}

fn flatten(prefix: &str, table: &toml::Table, out: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) => flatten(&path, inner, out),
            toml::Value::String(text) => {
                out.insert(path, text.clone());
            }
            other => {
                out.insert(path, other.to_string());
            }
        }
    }
}

/// The fixed words of a layout in a language. A broken file gives keys as words rather than nothing.
pub(crate) fn labels(language: &str) -> Labels {
    #[derive(Deserialize)]
    struct File {
        layout: Labels,
    }
    static ENGLISH: OnceLock<Option<Labels>> = OnceLock::new();
    static SPANISH: OnceLock<Option<Labels>> = OnceLock::new();
    let read = |path: &str| table::<File>(path).ok().map(|f| f.layout);
    let english = || ENGLISH.get_or_init(|| read("common/words.en.toml")).clone();
    let found = if language == "es" { SPANISH.get_or_init(|| read("common/words.es.toml")).clone() } else { None };
    found.or_else(english).unwrap_or_else(empty_labels)
}

fn empty_labels() -> Labels {
    let k = |s: &str| s.to_string();
    Labels {
        exhibit: k("Exhibit"),
        page: k("p."),
        page_long: k("page"),
        of: k("of"),
        reference: k("reference"),
        about: k("Re"),
        enclosures: k("Enclosures"),
        cc: k("cc"),
        draft: k("DRAFT"),
        contents: k("Contents"),
        packet: k("Packet"),
        pages: k("pages"),
        dated: k("dated"),
        packet_page: k("packet_page"),
        letter: k("Letter"),
        text_of_file: k("text of the file"),
        page_unreadable: k("This page of the original cannot be read."),
        part: k("part"),
        fax_cover: k("Fax"),
        fax_note: k(""),
        to: k("To"),
        from: k("From"),
        date: k("Date"),
        to_follow: k("to follow"),
        criteria_map: k("Criteria"),
        shortened: k("The full letter is attached."),
        packet_total: k("in all"),
    }
}

/// Fills `{name}` from `value`, and drops every `[[…]]` in which a name has no value. Names without a value outside
/// such a part are given to `missing`, whose answer is printed in their place.
pub(crate) fn fill(
    text: &str,
    value: &dyn Fn(&str) -> Option<String>,
    missing: &mut dyn FnMut(&str) -> String,
) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(at) = rest.find("[[") {
        out.push_str(&fill_plain(&rest[..at], value, missing));
        let inner = &rest[at + 2..];
        let end = inner.find("]]").unwrap_or(inner.len());
        if let Some(filled) = fill_whole(&inner[..end], value) {
            out.push_str(&filled);
        }
        rest = inner.get(end + 2..).unwrap_or("");
    }
    out.push_str(&fill_plain(rest, value, missing));
    set_off(&out)
}

/// Values that stand in the middle of a sentence and may hold a comma of their own ("total knee replacement, right").
const MAY_HOLD_A_COMMA: [&str; 2] = ["service", "me"];
/// Stands behind such a value while a text is filled. It is a character of nobody's text.
const OPEN: char = '\u{f8ff}';

/// Closes with a comma what a value opened with one, where the sentence goes on behind it.
fn set_off(text: &str) -> String {
    let mut pieces = text.split(OPEN);
    let mut out = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let goes_on = piece.strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_alphabetic));
        if goes_on {
            out.push(',');
        }
        out.push_str(piece);
    }
    out
}

fn fill_whole(text: &str, value: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut absent = false;
    let filled = fill_plain(text, value, &mut |_| {
        absent = true;
        String::new()
    });
    (!absent).then_some(filled)
}

fn fill_plain(text: &str, value: &dyn Fn(&str) -> Option<String>, missing: &mut dyn FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        let inner = &rest[at + 1..];
        let Some(end) = inner.find('}') else {
            out.push_str(&rest[at..]);
            return out;
        };
        let name = &inner[..end];
        match value(name) {
            Some(value) => {
                out.push_str(&value);
                // Two commas are a pair already.
                if MAY_HOLD_A_COMMA.contains(&name) && value.matches(", ").count() % 2 == 1 {
                    out.push(OPEN);
                }
            }
            None => out.push_str(&missing(name)),
        }
        rest = &inner[end + 1..];
    }
    out.push_str(rest);
    out
}

/// The beginning of a passage, to point to it.
pub(crate) fn short(text: &str) -> String {
    let mut words = text.split_whitespace();
    let start: Vec<&str> = words.by_ref().take(14).collect();
    if words.next().is_some() { format!("{} …", start.join(" ")) } else { start.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wrong {
        #[allow(dead_code)]
        no_such_key: u8,
    }

    #[test]
    fn a_table_that_cannot_be_read_is_an_error_that_names_it_and_is_read_once() {
        static ABSENT: Once<toml::Table> = Once::new("no_such_table.toml");
        static WRONG: Once<Wrong> = Once::new("exhibits.toml");
        for (told, path) in
            [(ABSENT.get().map(|_| ()), "no_such_table.toml"), (WRONG.get().map(|_| ()), "exhibits.toml")]
        {
            let why = told.expect_err("it cannot be read").to_string();
            assert!(why.contains(&format!("templates/{path}")), "{why}");
        }
        static RIGHT: Once<toml::Table> = Once::new("exhibits.toml");
        let (first, second) = (RIGHT.get().expect("it is there"), RIGHT.get().expect("it is there"));
        assert!(std::ptr::eq(first, second), "read once");
        tables_read().expect("every table that documents are made from can be read");
    }

    fn filled(text: &str) -> (String, Vec<String>) {
        let mut gone = Vec::new();
        let value = |n: &str| (n == "name").then(|| "Ana {plan} [[x]]".to_string());
        let text = fill(text, &value, &mut |n| {
            gone.push(n.to_string());
            format!("[{n}]")
        });
        (text, gone)
    }

    #[test]
    fn a_value_is_printed_as_it_stands_and_never_filled_again() {
        assert_eq!(filled("Dear {name}:").0, "Dear Ana {plan} [[x]]:");
    }

    #[test]
    fn a_comma_that_a_value_opens_is_closed_where_the_sentence_goes_on() {
        let said = |text: &str, service: &str| fill(text, &|_| Some(service.to_string()), &mut |_| String::new());
        let cases = [
            ("cover {service} for knees.", "knee replacement, right", "cover knee replacement, right, for knees."),
            ("cover {service}[[ for {other}]].", "fusion, L4-L5", "cover fusion, L4-L5, for fusion, L4-L5."),
            ("cover {service}.", "knee replacement, right", "cover knee replacement, right."),
            ("cover {service} (CPT).", "knee replacement, right", "cover knee replacement, right (CPT)."),
            ("cover {service} for it.", "fusion, L4-L5, with screws", "cover fusion, L4-L5, with screws for it."),
            ("cover {service} for it.", "an MRI", "cover an MRI for it."),
        ];
        for (text, service, expected) in cases {
            assert_eq!(said(text, service), expected);
        }
    }

    #[test]
    fn a_missing_value_leaves_a_blank_and_is_named() {
        assert_eq!(filled("Claim {number}."), ("Claim [number].".to_string(), vec!["number".to_string()]));
    }

    #[test]
    fn an_optional_part_goes_with_its_missing_value() {
        assert_eq!(filled("A[[ of {name}]][[ (claim {number})]]."), ("A of Ana {plan} [[x]].".to_string(), vec![]));
    }

    #[test]
    fn an_open_brace_is_printed() {
        assert_eq!(filled("a { b [[ c").0, "a { b  c");
    }

    /// The names in `{…}` of a text.
    fn blanks(text: &str) -> Vec<&str> {
        let mut names: Vec<&str> = text.split('{').skip(1).filter_map(|p| p.split('}').next()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    #[test]
    fn spanish_has_every_word_that_english_has_and_no_other_blank() {
        let mut documents = 0;
        for folder in folders() {
            let (en, es) = (format!("{folder}/words.en.toml"), format!("{folder}/words.es.toml"));
            if template(&en).is_none() {
                continue;
            }
            documents += 1;
            let (en, es) = (Words::file(&en), Words::file(&es));
            let keys = |w: &Words| w.map.keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(&en), keys(&es), "{folder}");
            for (key, text) in es.iter() {
                let allowed = blanks(en.get(key).unwrap_or_default());
                assert!(blanks(text).iter().all(|b| allowed.contains(b)), "{folder} {key}: {text}");
            }
        }
        assert!(documents > 20, "{documents}");
    }
}
