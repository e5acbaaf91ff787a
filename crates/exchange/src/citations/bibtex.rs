//! BibTeX, as far as reference managers write it: `@article{key, field = {value}, …}`. Macros are not run.

use facts::Reference;

use super::{Draft, doi, tidy, year};

/// Reads a list; an entry that is never closed is read as far as it goes.
pub(super) fn read(text: &str) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut rest = text;
    let mut number = 0;
    while let Some(at) = rest.find('@') {
        rest = rest.get(at + 1..).unwrap_or_default();
        let Some(open) = rest.find(['{', '(']) else { break };
        let kind = rest.get(..open).unwrap_or_default().trim().to_lowercase();
        rest = rest.get(open + 1..).unwrap_or_default();
        if kind.is_empty()
            || !kind.bytes().all(|b| b.is_ascii_alphabetic())
            || matches!(kind.as_str(), "comment" | "string" | "preamble")
        {
            continue;
        }
        let (body, after) = balanced(rest);
        rest = after;
        number += 1;
        drafts.push(entry(&kind, body, number));
    }
    drafts
}

/// The text up to the brace that closes the one already open, and what follows.
fn balanced(text: &str) -> (&str, &str) {
    let mut depth = 1usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        }
    }
    (text, "")
}

fn entry(kind: &str, body: &str, number: usize) -> Draft {
    let fields = fields(body);
    let get = |name: &str| fields.iter().find(|(n, _)| n == name).and_then(|(_, v)| tidy(&plain(v)));
    let authors = get("author").or_else(|| get("editor"));
    let authors = authors.map(|a| a.split(" and ").filter_map(tidy).collect()).unwrap_or_default();
    let reference = Reference {
        title: get("title"),
        authors,
        journal: get("journal").or_else(|| get("journaltitle")).or_else(|| get("booktitle")),
        year: get("year").or_else(|| get("date")).and_then(|y| year(&y)),
        volume: get("volume"),
        issue: get("number").or_else(|| get("issue")),
        pages: get("pages").map(|p| p.replace("--", "-")),
        doi: get("doi").and_then(|d| doi(&d)),
        pmid: get("pmid").filter(|p| p.bytes().all(|b| b.is_ascii_digit())),
        kind: Some(if kind.contains("book") { "book" } else { "article" }.into()),
        publisher: get("publisher").or_else(|| get("institution")),
        url: get("url"),
        source: Some("bibtex".into()),
        ..Reference::default()
    };
    let key = body.split(',').next().map(str::trim).unwrap_or_default().to_owned();
    Draft { reference, place: format!("Entry {number} ({key})"), ..Draft::default() }
}

/// The fields of an entry: `name = {value}`, `name = "value"` or `name = value`.
fn fields(body: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = body.split_once(',').map_or("", |(_, r)| r);
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches(|c: char| c.is_whitespace() || c == ',').to_lowercase();
        let after = after.trim_start();
        let (value, next) = match after.chars().next() {
            Some('{') => balanced(after.get(1..).unwrap_or_default()),
            Some('"') => {
                let inner = after.get(1..).unwrap_or_default();
                let end = inner.find('"').unwrap_or(inner.len());
                (inner.get(..end).unwrap_or_default(), inner.get(end + 1..).unwrap_or_default())
            }
            _ => {
                let end = after.find([',', '\n']).unwrap_or(after.len());
                (after.get(..end).unwrap_or_default(), after.get(end..).unwrap_or_default())
            }
        };
        if found.len() < 200 {
            found.push((name, value.to_owned()));
        }
        rest = next;
    }
    found
}

/// Without braces and the commonest commands for accents.
fn plain(value: &str) -> String {
    let mut out = String::new();
    let mut letters = value.chars().peekable();
    let mut accent = None;
    while let Some(c) = letters.next() {
        match c {
            '{' | '}' => {}
            '~' => out.push(' '),
            '\\' => match letters.peek() {
                Some('&' | '%' | '$' | '#' | '_') => {}
                Some('"') => accent = letters.next().map(|_| '\u{308}'),
                Some('\'') => accent = letters.next().map(|_| '\u{301}'),
                Some('`') => accent = letters.next().map(|_| '\u{300}'),
                Some('^') => accent = letters.next().map(|_| '\u{302}'),
                Some('~') => accent = letters.next().map(|_| '\u{303}'),
                _ => {}
            },
            c => {
                out.push(c);
                out.extend(accent.take());
            }
        }
    }
    out
}
