//! Pages → items: a marker, a table cell or an empty line begins a new one; wrapped lines and page ends do not.

use std::collections::HashMap;

use facts::Document;

use super::columns;
use super::inline::inline;
use super::quantifier::quantifier;
use crate::words::PolicyWords;

/// What kind of marker stands before an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Decimal(Vec<u32>),
    Letter,
    Capital,
    Roman,
    CapitalRoman,
    Bullet(char),
}

/// A marker with its place in its list.
#[derive(Debug, Clone)]
pub(super) struct Marker {
    pub(super) kind: Kind,
    pub(super) ordinal: u32,
    /// Another way to read it: `i` is a roman one and a letter nine.
    pub(super) other: Option<(Kind, u32)>,
    pub(super) label: Option<String>,
}

impl Marker {
    pub(super) fn readings(&self) -> impl Iterator<Item = (&Kind, u32)> + '_ {
        std::iter::once((&self.kind, self.ordinal)).chain(self.other.as_ref().map(|(k, n)| (k, *n)))
    }

    /// The numbers of a decimal marker or of a plain number.
    pub(super) fn path(&self) -> Option<Vec<u32>> {
        match &self.kind {
            Kind::Decimal(path) => Some(path.clone()),
            Kind::Number => Some(vec![self.ordinal]),
            _ => None,
        }
    }
}

/// A stretch of a policy: an item of a list, a header, a paragraph.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) marker: Option<Marker>,
    pub(super) text: String,
    pub(super) page: usize,
    pub(super) span: (usize, usize),
    pub(super) indent: usize,
    pub(super) joined: Option<Join>,
    pub(super) note: bool,
    pub(super) children: Vec<Item>,
}

/// How an item is joined to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    And,
    Or,
}

/// A line of a page without its running heads.
pub(super) struct Row<'a> {
    pub(super) body: &'a str,
    pub(super) page: usize,
    pub(super) span: (usize, usize),
    pub(super) indent: usize,
    /// Whether a page ended before it.
    pub(super) after_page: bool,
    /// Whether it is the first cell of a table's row.
    pub(super) cell: bool,
    /// Whether it is a cell of a table's column of criteria, and so an item of a list.
    pub(super) listed: bool,
}

/// All items of a policy in order.
pub(super) fn items(document: &Document, words: &PolicyWords) -> Vec<Item> {
    let mut all: Vec<Item> = Vec::new();
    let mut open = false;
    for row in columns::unfold(rows(document, words), words) {
        let Some(row) = row else {
            open = false;
            continue;
        };
        if let Some(join) = lone_join(row.body) {
            if let Some(last) = all.last_mut() {
                last.joined = Some(join);
            }
            open = false;
            continue;
        }
        for piece in cells(row, words) {
            let continues = open && piece.continues(&all, words);
            match all.last_mut() {
                Some(last) if continues => {
                    last.text.push(' ');
                    last.text.push_str(piece.body);
                    if last.page == piece.page {
                        last.span.1 = piece.span.1;
                    }
                }
                _ => all.push(item(&piece, &all, words)),
            }
            open = true;
        }
    }
    all.into_iter().flat_map(|item| inline(item, words)).collect()
}

/// The lines, `None` for an empty one. Lines that stand at the top or foot of several pages, and page numbers, are left
/// out; a page's end is no empty line.
fn rows<'a>(document: &'a Document, words: &PolicyWords) -> Vec<Option<Row<'a>>> {
    let running = running_heads(document);
    let mut all = Vec::new();
    for (index, page) in document.pages.iter().enumerate() {
        let (mut at, mut first) = (0, index > 0);
        let mut empty = false;
        for line in page.text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let body = line.trim();
            if !body.is_empty() && (running.contains_key(&pattern(body)) || is_page_number(body, words)) {
                continue;
            }
            if body.starts_with('|') && is_rule(body) {
                // The line under a table's head parts nothing.
                continue;
            }
            if body.is_empty() || is_rule(body) {
                empty = true;
                continue;
            }
            if empty && !first {
                all.push(None);
            }
            empty = false;
            let lead = line.len() - line.trim_start().len();
            let indent = line.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum();
            let span = (start + lead, start + lead + body.len());
            all.push(Some(Row { body, page: index + 1, span, indent, after_page: first, cell: false, listed: false }));
            first = false;
        }
        if document.pages.len() == 1 || empty && index + 1 == document.pages.len() {
            all.push(None);
        }
    }
    all
}

/// A line drawn across the page, or the one under a table's head.
fn is_rule(body: &str) -> bool {
    body.len() >= 5 && body.chars().all(|c| matches!(c, '_' | '-' | '=' | '—' | '–' | '|' | ':' | '+'))
}

/// A line with its digits made alike.
fn pattern(body: &str) -> String {
    body.chars()
        .map(|c| if c.is_ascii_digit() { '#' } else { c })
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Lines among the first three or last three of at least two pages and of half of all pages.
fn running_heads(document: &Document) -> HashMap<String, usize> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for page in &document.pages {
        let lines: Vec<&str> = page.text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        let foot = lines.len().saturating_sub(3).max(3.min(lines.len()));
        let mut of_page: Vec<String> = lines
            .iter()
            .take(3)
            .chain(lines.iter().skip(foot))
            .map(|l| pattern(l))
            .filter(|l| marker(l, None).is_none())
            .collect();
        of_page.sort();
        of_page.dedup();
        of_page.into_iter().for_each(|l| *seen.entry(l).or_default() += 1);
    }
    let pages = document.pages.len();
    seen.retain(|_, n| *n >= 2 && *n * 2 >= pages);
    seen
}

fn is_page_number(body: &str, words: &PolicyWords) -> bool {
    let mut digits = false;
    let all = body.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).all(|w| {
        let number = w.len() <= 4 && w.chars().all(|c| c.is_ascii_digit());
        digits |= number;
        number || words.policy.page_words.iter().any(|p| p.eq_ignore_ascii_case(w))
    });
    all && digits && !body.ends_with(['.', ')']) && body.len() <= 24
}

/// A row of a flattened table falls into its cells where a later cell begins a list.
fn cells<'a>(row: Row<'a>, words: &PolicyWords) -> Vec<Row<'a>> {
    let gap = row.body.rfind("   ").map(|at| at + 3).or_else(|| row.body.rfind('\t').map(|at| at + 1));
    let Some(at) = gap.filter(|_| !row.listed && marker(row.body, None).is_none()) else { return vec![row] };
    let last = &row.body[at..];
    let begins = (last.ends_with(':') && quantifier(last, words).is_some()) || marker(last, None).is_some();
    if !begins || last.trim().is_empty() {
        return vec![row];
    }
    let first = row.body[..at].trim_end();
    let start = row.span.0;
    let second = Row {
        body: last,
        page: row.page,
        span: (start + at, row.span.1),
        indent: row.indent + row.body[..at].chars().count(),
        after_page: false,
        cell: false,
        listed: false,
    };
    vec![Row { body: first, span: (start, start + first.len()), cell: true, ..row }, second]
}

impl Row<'_> {
    /// Whether the line goes on with the item before it.
    fn continues(&self, all: &[Item], words: &PolicyWords) -> bool {
        let Some(last) = all.last().filter(|_| !self.cell && !self.listed) else { return false };
        let led = ends_with_colon(&last.text)
            || leads_on(&last.text, words) && !self.body.starts_with(|c: char| c.is_lowercase() || c == '(');
        if marker(self.body, Some(all)).is_some() || led || starts_note(self.body, words) {
            return false;
        }
        if ends_with_colon(self.body) && last.text.ends_with('.') && self.body.starts_with(char::is_uppercase) {
            // A new sentence that leads to a list.
            return false;
        }
        if last.text.ends_with('.') && last.marker.is_some() && begins_anew(self.body, words) {
            return false;
        }
        let heads = |text: &str| super::is_heading(text, words) || super::is_opening(text, words);
        if heads(self.body) || heads(&last.text) && last.marker.is_none() {
            return false;
        }
        if ends_header(self.body, words) && quantifier(self.body, words).is_some() {
            // "… when the member meets" / "all of the following:" wrapped over two lines is one header.
            return last.marker.is_none() && self.body.starts_with(char::is_lowercase);
        }
        if self.after_page {
            return self.body.starts_with(char::is_lowercase)
                || last.marker.is_some() && !last.text.ends_with(['.', ';']);
        }
        // A line further left than its marker, after a full stop or with a capital, is a paragraph of its own.
        let left = last.marker.is_some() && self.indent < last.indent;
        !(left && (last.text.ends_with('.') || self.body.starts_with(char::is_uppercase)))
    }
}

/// A line after the end of an item's sentence that is no part of it: it has a label of its own ("Quantity limit: …"), or says
/// what is not covered.
fn begins_anew(body: &str, words: &PolicyWords) -> bool {
    /// The most words of a label.
    const LABEL: usize = 4;
    let label = body.split_once(": ").map(|(l, _)| l).filter(|l| l.split_whitespace().count() <= LABEL);
    body.starts_with(char::is_uppercase) && (label.is_some() || super::excludes(body, words))
}

fn starts_note(body: &str, words: &PolicyWords) -> bool {
    if body.starts_with(FOOTNOTE_MARKS) {
        return true;
    }
    let lower = body.to_lowercase();
    words.policy.notes.iter().any(|n| lower.starts_with(n.as_str()))
}

fn item(row: &Row<'_>, before: &[Item], words: &PolicyWords) -> Item {
    let listed = Marker { kind: Kind::Bullet('|'), ordinal: 1, other: None, label: None };
    let found = if row.listed { Some((listed, 0)) } else { marker(row.body, Some(before)) };
    let starred = found.as_ref().is_some_and(|(m, _)| is_starred_footnote(m, before));
    let (marker, skip) = found.filter(|_| !starred).map_or((None, 0), |(m, skip)| (Some(m), skip));
    let text = row.body[skip..].trim_start().to_string();
    let note = starred || starts_note(&text, words) || marker.is_none() && super::is_heading(&text, words);
    Item { marker, text, page: row.page, span: row.span, indent: row.indent, joined: None, note, children: Vec::new() }
}

/// A star that an earlier line pointed to, where stars are not the bullets of a list.
fn is_starred_footnote(marker: &Marker, before: &[Item]) -> bool {
    let is_star = |m: &Marker| m.kind == Kind::Bullet('*');
    let points = |text: &str| text.match_indices('*').any(|(at, _)| text[..at].ends_with(char::is_alphanumeric));
    is_star(marker)
        && !before.iter().filter_map(|i| i.marker.as_ref()).any(is_star)
        && before.iter().any(|i| points(&i.text))
}

/// Marks that lead to a footnote.
pub(super) const FOOTNOTE_MARKS: &[char] = &['¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹', '⁰', '†', '‡'];

/// Whether a text leads to a list: it ends with a colon, or with words like "of the following".
pub(super) fn ends_header(text: &str, words: &PolicyWords) -> bool {
    ends_with_colon(text) || leads_on(text, words)
}

fn ends_with_colon(text: &str) -> bool {
    text.trim_end().ends_with(':')
}

fn leads_on(text: &str, words: &PolicyWords) -> bool {
    let lower = text.trim_end().trim_end_matches('.').to_lowercase();
    words.policy.ends_following.iter().any(|end| lower.ends_with(end.as_str()))
}

fn lone_join(body: &str) -> Option<Join> {
    if body.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    match body.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase().as_str() {
        "and" | "y" => Some(Join::And),
        "or" | "and/or" => Some(Join::Or),
        "o" if body == "o" || body == "O" => Some(Join::Or),
        _ => None,
    }
}

/// The word that joins an item to the next, at its end.
pub(super) fn end_join(text: &str) -> Option<Join> {
    let last = text.trim_end_matches(|c: char| !c.is_alphanumeric()).rsplit(|c: char| !c.is_alphanumeric()).next()?;
    match last.to_lowercase().as_str() {
        "and" | "y" => Some(Join::And),
        "or" | "o" => Some(Join::Or),
        _ => None,
    }
}

const BULLETS: &[char] = &[
    '•', '▪', '●', '◦', '○', '■', '□', '☐', '☑', '☒', '–', '—', '*', '·', '‣', '➢', '✓', '❖', '►', '▸', '\u{f0b7}',
    '\u{f0a7}', '\u{f0d8}',
];

/// The marker at the start of a line, and how many bytes it takes. `before` are the items so far, where they are known.
pub(super) fn marker(body: &str, before: Option<&[Item]>) -> Option<(Marker, usize)> {
    let first = body.chars().next()?;
    let bullet = |c: char, len: usize| (Marker { kind: Kind::Bullet(c), ordinal: 1, other: None, label: None }, len);
    if BULLETS.contains(&first) {
        return Some(bullet(first, first.len_utf8()));
    }
    if first == '-' && body[1..].starts_with(' ') {
        return Some(bullet('-', 1));
    }
    if let Some(inner) = body.strip_prefix('[').and_then(|b| b.split_once(']')).map(|(i, _)| i)
        && inner.chars().count() <= 1
        && inner.chars().all(|c| matches!(c, ' ' | 'x' | 'X' | '_'))
    {
        return Some(bullet('[', inner.len() + 2));
    }
    if first == 'o' && body[1..].starts_with(' ') && hollow(&body[1..], before) {
        return Some(bullet('o', 1));
    }
    if let Some(found) = decimal(body, before) {
        return Some(found);
    }
    let open = usize::from(first == '(');
    let inner_len = body[open..].char_indices().find(|(_, c)| !c.is_ascii_alphanumeric()).map(|(i, _)| i)?;
    let inner = &body[open..open + inner_len];
    let close = body[open + inner_len..].chars().next()?;
    let closed = if open == 1 { close == ')' } else { matches!(close, '.' | ')' | ':') };
    let after = open + inner_len + close.len_utf8();
    let next = body[after..].chars().next();
    if !closed || inner.is_empty() || inner.len() > 4 || next.is_some_and(|c| !c.is_whitespace()) {
        return None;
    }
    let (kind, ordinal, other) = classify(inner)?;
    if close == ':' && kind != Kind::Number {
        return None;
    }
    Some((Marker { kind, ordinal, other, label: Some(inner.to_string()) }, after))
}

/// An `o` is a hollow bullet when two spaces follow, or when it stands in a list of bullets.
fn hollow(rest: &str, before: Option<&[Item]>) -> bool {
    rest.starts_with("  ")
        || rest.trim_start().starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
            && before
                .and_then(<[Item]>::last)
                .and_then(|i| i.marker.as_ref())
                .is_some_and(|m| matches!(m.kind, Kind::Bullet(_)))
}

/// A marker like `4.1.2`. A number with a point at the start of a wrapped line is one only where it fits its neighbours.
fn decimal(body: &str, before: Option<&[Item]>) -> Option<(Marker, usize)> {
    let word = body.split_whitespace().next()?;
    let digits = word.trim_end_matches(['.', ')', ':']);
    let path: Vec<u32> = digits.split('.').map(|p| p.parse().ok()).collect::<Option<_>>()?;
    if path.len() < 2 || path.len() > 6 || path.iter().any(|n| *n == 0 || *n > 99) {
        return None;
    }
    let rest = body[word.len()..].trim_start();
    let fits = before?.iter().rev().filter_map(|i| i.marker.as_ref()?.path()).any(|p| next_to(&p, &path));
    let first = rest.starts_with(char::is_uppercase) && *path.last()? == 1;
    (fits || first).then(|| {
        let ordinal = path.last().copied().unwrap_or(1);
        (Marker { kind: Kind::Decimal(path), ordinal, other: None, label: Some(digits.to_string()) }, word.len())
    })
}

fn next_to(before: &[u32], path: &[u32]) -> bool {
    let child = path.len() == before.len() + 1 && path.starts_with(before);
    let up = path.len() <= before.len()
        && path
            .split_last()
            .is_some_and(|(n, head)| before.starts_with(head) && before.get(head.len()) == Some(&(n - 1)));
    child || up
}

fn classify(inner: &str) -> Option<(Kind, u32, Option<(Kind, u32)>)> {
    if let Ok(n) = inner.parse::<u32>() {
        return (n <= 60).then_some((Kind::Number, n, None));
    }
    let lower = inner.to_lowercase();
    let capital = inner.chars().all(char::is_uppercase);
    let letter = (inner.len() == 1)
        .then(|| lower.bytes().next().map_or(0, |b| u32::from(b.wrapping_sub(b'a')) + 1))
        .filter(|n| (1..=26).contains(n));
    let letter_kind = if capital { Kind::Capital } else { Kind::Letter };
    let roman_kind = if capital { Kind::CapitalRoman } else { Kind::Roman };
    match (roman(&lower), letter) {
        (Some(n), Some(l)) => Some((roman_kind, n, Some((letter_kind, l)))),
        (Some(n), None) => Some((roman_kind, n, None)),
        (None, Some(l)) => Some((letter_kind, l, None)),
        (None, None) => None,
    }
}

fn roman(word: &str) -> Option<u32> {
    const ROMANS: [&str; 20] = [
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii",
        "xviii", "xix", "xx",
    ];
    ROMANS.iter().position(|r| *r == word).map(|i| i as u32 + 1)
}
