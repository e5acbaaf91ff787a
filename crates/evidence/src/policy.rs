//! The text of a clinical policy → a tree of what must be met.
//!
//! Numbered, lettered, roman and bulleted lists, nested by their markers; lists within a sentence; "and"/"or" at the end
//! of an item or alone on a line; notes and exceptions kept apart. What the text does not say (are all needed, or one?)
//! is read as all, the stricter way, and noticed.

use facts::{Document, Finding};
use serde::{Deserialize, Serialize};

use crate::quantity::number;
use crate::words::PolicyWords;

/// A policy taken apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Policy {
    /// The lists of criteria, in the order of the text. Most policies have one.
    pub sections: Vec<Criterion>,
    /// Sentences that belong to the policy and are no criteria: notes, exceptions, definitions.
    pub notes: Vec<String>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// A node of the tree: a leaf, or a list with a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// The marker as written, e.g. `1`, `b`, `ii`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The policy's words, white space folded.
    pub quote: String,
    /// The page, counted from 1.
    pub page: usize,
    /// Byte range on that page.
    pub span: (usize, usize),
    /// What the node needs.
    pub needs: Needs,
    /// How many, where `needs` is `at_least`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The items of the list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Criterion>,
}

/// What a node of the tree needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// The node itself is the thing to show.
    Leaf,
    /// Every item.
    All,
    /// One item.
    Any,
    /// So many items.
    AtLeast,
    /// No item.
    None,
}

impl Criterion {
    /// The leaves below, in order.
    pub fn leaves(&self) -> Vec<&Criterion> {
        if self.needs == Needs::Leaf {
            return vec![self];
        }
        self.children.iter().flat_map(Criterion::leaves).collect()
    }
}

/// Takes a policy apart.
pub fn parse(document: &Document, words: &PolicyWords) -> Policy {
    let mut policy = Policy::default();
    let items = items(document, words);
    let roots = nest(items);
    for root in roots {
        if root.note {
            policy.notes.push(root.text);
        } else if let Some(section) = section(root, words, &mut policy.findings) {
            policy.sections.push(section);
        }
    }
    if policy.sections.is_empty() {
        policy.findings.push(Finding::new(
            "no_criteria_found",
            "No list of criteria was found in this text. Give the pages that say what must be met.",
        ));
    }
    policy
}

/// Takes criteria apart that are already given one by one, or as one text.
pub fn parse_entries(entries: &[String], words: &PolicyWords) -> Policy {
    if let [one] = entries {
        let parsed = parse(&Document::from_text("criteria", one.clone()), words);
        if !parsed.sections.is_empty() {
            return parsed;
        }
    }
    let leaves = entries.iter().map(|e| leaf(None, e, 1, (0, e.len()))).collect::<Vec<_>>();
    let all = Criterion {
        label: None,
        quote: String::new(),
        page: 1,
        span: (0, 0),
        needs: Needs::All,
        count: None,
        children: leaves,
    };
    Policy { sections: if entries.is_empty() { Vec::new() } else { vec![all] }, ..Policy::default() }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Letter,
    Capital,
    Roman,
    Bullet(char),
}

#[derive(Debug, Clone)]
struct Marker {
    kind: Kind,
    ordinal: u32,
    /// Another way to read it: `i` is a roman one and a letter nine.
    other: Option<(Kind, u32)>,
    label: Option<String>,
}

#[derive(Debug, Clone)]
struct Item {
    marker: Option<Marker>,
    text: String,
    page: usize,
    span: (usize, usize),
    indent: usize,
    joined: Option<Join>,
    note: bool,
    children: Vec<Item>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Join {
    And,
    Or,
}

/// The lines of the pages gathered into items: a marker or an empty line begins a new one.
fn items(document: &Document, words: &PolicyWords) -> Vec<Item> {
    let mut all: Vec<Item> = Vec::new();
    for (index, page) in document.pages.iter().enumerate() {
        let mut open = false;
        let mut at = 0;
        for line in page.text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let body = line.trim();
            if body.is_empty() {
                open = false;
                continue;
            }
            let lead = line.len() - line.trim_start().len();
            let span = (start + lead, start + lead + body.len());
            if let Some(join) = lone_join(body) {
                if let Some(last) = all.last_mut() {
                    last.joined = Some(join);
                }
                open = false;
                continue;
            }
            let marked = marker(body);
            let continues = open
                && marked.is_none()
                && !all.last().is_some_and(|i| ends_header(&i.text))
                && !ends_header_only(body, words);
            match all.last_mut() {
                Some(last) if continues => {
                    last.text.push(' ');
                    last.text.push_str(body);
                    last.span.1 = span.1;
                }
                _ => all.push(item(marked, body, index + 1, span, lead, words)),
            }
            open = true;
        }
    }
    all.into_iter().flat_map(inline).collect()
}

fn item(
    marked: Option<(Marker, usize)>,
    body: &str,
    page: usize,
    span: (usize, usize),
    indent: usize,
    words: &PolicyWords,
) -> Item {
    let (marker, skip) = marked.map_or((None, 0), |(m, skip)| (Some(m), skip));
    let text = body[skip..].trim_start().to_string();
    let lower = text.to_lowercase();
    let note = words.notes.iter().any(|n| lower.starts_with(n.as_str()));
    Item { marker, text, page, span, indent, joined: None, note, children: Vec::new() }
}

fn ends_header(text: &str) -> bool {
    text.trim_end().ends_with(':')
}

fn ends_header_only(body: &str, words: &PolicyWords) -> bool {
    ends_header(body) && quantifier(body, words).is_some()
}

fn lone_join(body: &str) -> Option<Join> {
    match body.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase().as_str() {
        "and" | "y" => Some(Join::And),
        "or" | "o" => Some(Join::Or),
        _ => None,
    }
}

/// The marker at the start of a line, and how many bytes it takes.
fn marker(body: &str) -> Option<(Marker, usize)> {
    let first = body.chars().next()?;
    if matches!(first, '•' | '▪' | '●' | '◦' | '○' | '■' | '□' | '☐' | '–' | '—' | '*' | '·' | '‣' | '➢' | '✓')
        || (first == '-' && body[1..].starts_with(' '))
        || (first == 'o' && body[1..].starts_with("  "))
    {
        return Some((Marker { kind: Kind::Bullet(first), ordinal: 1, other: None, label: None }, first.len_utf8()));
    }
    let open = usize::from(first == '(');
    let inner_len = body[open..].char_indices().find(|(_, c)| !c.is_ascii_alphanumeric()).map(|(i, _)| i)?;
    let inner = &body[open..open + inner_len];
    let close = body[open + inner_len..].chars().next()?;
    let closed = if open == 1 { close == ')' } else { matches!(close, '.' | ')' | ':') };
    let next = body[open + inner_len + 1..].chars().next();
    if !closed || inner.is_empty() || inner.len() > 4 || next.is_some_and(|c| !c.is_whitespace()) {
        return None;
    }
    let (kind, ordinal, other) = classify(inner)?;
    if close == ':' && kind != Kind::Number {
        return None;
    }
    Some((Marker { kind, ordinal, other, label: Some(inner.to_string()) }, open + inner_len + 1))
}

fn classify(inner: &str) -> Option<(Kind, u32, Option<(Kind, u32)>)> {
    if let Ok(n) = inner.parse::<u32>() {
        return (n <= 60).then_some((Kind::Number, n, None));
    }
    let lower = inner.to_lowercase();
    let letter = (inner.len() == 1)
        .then(|| u32::from(lower.as_bytes()[0].wrapping_sub(b'a')) + 1)
        .filter(|n| (1..=26).contains(n));
    let letter_kind = if inner.chars().all(char::is_uppercase) { Kind::Capital } else { Kind::Letter };
    match (roman(&lower), letter) {
        (Some(n), Some(l)) => Some((Kind::Roman, n, Some((letter_kind, l)))),
        (Some(n), None) => Some((Kind::Roman, n, None)),
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

/// A list within a sentence becomes items of its own: "all of the following: (1) …; (2) …; and (3) …".
fn inline(item: Item) -> Vec<Item> {
    let points = inline_points(&item.text);
    if points.len() < 2 {
        return vec![item];
    }
    let mut out = Vec::new();
    let head = item.text[..points[0].0].trim().to_string();
    let deeper = item.indent + 1;
    if !head.is_empty() {
        out.push(Item { text: head, ..item.clone() });
    }
    for (index, (start, marker, skip)) in points.iter().enumerate() {
        let end = points.get(index + 1).map_or(item.text.len(), |p| p.0);
        let text = item.text[start + skip..end].trim().to_string();
        out.push(Item {
            marker: Some(marker.clone()),
            text,
            indent: deeper,
            joined: None,
            note: false,
            children: Vec::new(),
            ..item.clone()
        });
    }
    out
}

/// Places of `(1) … (2) …` or `1) … 2) …` in ascending order from the first.
fn inline_points(text: &str) -> Vec<(usize, Marker, usize)> {
    let mut points: Vec<(usize, Marker, usize)> = Vec::new();
    for (at, _) in text.char_indices() {
        let free = at == 0 || text[..at].ends_with(char::is_whitespace);
        if !free || !text[at..].starts_with(|c: char| c == '(' || c.is_ascii_alphanumeric()) {
            continue;
        }
        let word = text[at..].split_whitespace().next().unwrap_or("");
        if !word.ends_with(')') {
            continue;
        }
        let Some((found, skip)) = marker(&text[at..]) else { continue };
        let fits = match points.last() {
            None => found.ordinal == 1 || found.other.is_some_and(|(_, n)| n == 1),
            Some((_, last, _)) => follows(last, &found),
        };
        if fits {
            points.push((at, found, skip));
        }
    }
    points
}

fn readings(marker: &Marker) -> impl Iterator<Item = (Kind, u32)> + '_ {
    std::iter::once((marker.kind, marker.ordinal)).chain(marker.other)
}

/// Whether `next` is the marker after `last` in the same list.
fn follows(last: &Marker, next: &Marker) -> bool {
    readings(last).any(|(kind, n)| {
        readings(next).any(|(k, m)| match kind {
            Kind::Bullet(_) => k == kind,
            _ => k == kind && m == n + 1,
        })
    })
}

/// Puts items below one another by their markers and, for bullets, by their indent.
fn nest(items: Vec<Item>) -> Vec<Item> {
    let mut roots: Vec<Item> = Vec::new();
    let mut open: Vec<Item> = Vec::new();
    for item in items {
        let keep = depth(&open, &item);
        close(&mut open, keep, &mut roots);
        open.push(item);
    }
    close(&mut open, 0, &mut roots);
    roots
}

/// How many open items stay open, so that the new item becomes a child of the last of them.
fn depth(open: &[Item], item: &Item) -> usize {
    let Some(marker) = &item.marker else {
        return if item.note { open.len().min(1) } else { unmarked_depth(open, item) };
    };
    for (level, candidate) in open.iter().enumerate().rev() {
        let Some(last) = &candidate.marker else { continue };
        let same_column = !matches!(marker.kind, Kind::Bullet(_)) || candidate.indent.abs_diff(item.indent) <= 1;
        if follows(last, marker) && same_column {
            return level;
        }
    }
    match open.last() {
        // A bullet further left than the open one belongs higher up.
        Some(last) if matches!(marker.kind, Kind::Bullet(_)) && last.marker.is_some() && item.indent < last.indent => {
            open.iter().rposition(|o| o.indent < item.indent).map_or(0, |p| p + 1)
        }
        _ => open.len(),
    }
}

/// A line without a marker: a header closes what is open; a line under a header that wants items is one of them.
fn unmarked_depth(open: &[Item], item: &Item) -> usize {
    match open.iter().rposition(|o| ends_header(&o.text) && o.marker.is_none()) {
        Some(level) if item.indent > open[level].indent && !ends_header(&item.text) => level + 1,
        _ => 0,
    }
}

fn close(open: &mut Vec<Item>, keep: usize, roots: &mut Vec<Item>) {
    while open.len() > keep {
        let Some(done) = open.pop() else { return };
        match open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => roots.push(done),
        }
    }
}

/// A root that is a list becomes a section; prose without a list is left out.
fn section(root: Item, words: &PolicyWords, findings: &mut Vec<Finding>) -> Option<Criterion> {
    if root.children.is_empty() {
        return None;
    }
    Some(criterion(root, words, findings))
}

fn criterion(item: Item, words: &PolicyWords, findings: &mut Vec<Finding>) -> Criterion {
    let label = item.marker.as_ref().and_then(|m| m.label.clone());
    let children: Vec<Item> = item.children.into_iter().filter(|c| !c.note).collect();
    if children.is_empty() {
        return leaf(label, &item.text, item.page, item.span);
    }
    let said = quantifier(&item.text, words);
    let (needs, count) = said.unwrap_or_else(|| (joined(&children, &item.text, findings), None));
    let children = children.into_iter().map(|c| criterion(c, words, findings)).collect();
    Criterion { label, quote: tidy(&item.text).into(), page: item.page, span: item.span, needs, count, children }
}

fn leaf(label: Option<String>, text: &str, page: usize, span: (usize, usize)) -> Criterion {
    Criterion { label, quote: tidy(text).into(), page, span, needs: Needs::Leaf, count: None, children: Vec::new() }
}

/// The words without the joint at their end.
fn tidy(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let lower = text.to_lowercase();
        let cut = ["; and", "; or", ", and", ", or", ";", ",", " and/or", " and", " or", "; y", "; o"]
            .iter()
            .find(|e| lower.ends_with(*e));
        match cut {
            Some(end) if text.len() == lower.len() => text = text[..text.len() - end.len()].trim_end(),
            _ => return text,
        }
    }
}

/// How the items are joined where the header does not say.
fn joined(children: &[Item], header: &str, findings: &mut Vec<Finding>) -> Needs {
    let joins: Vec<Join> = children
        .iter()
        .take(children.len().saturating_sub(1))
        .filter_map(|c| c.joined.or_else(|| end_join(&c.text)))
        .collect();
    let ors = joins.iter().filter(|j| **j == Join::Or).count();
    match (ors, joins.len() - ors) {
        (0, 0) => {
            findings.push(
                Finding::new(
                    "list_rule_not_said",
                    "The policy does not say whether all items of a list are needed or one. We read it as all.",
                )
                .about(tidy(header)),
            );
            Needs::All
        }
        (_, 0) => Needs::Any,
        (0, _) => Needs::All,
        _ => {
            findings.push(
                Finding::new(
                    "list_rule_mixed",
                    "A list joins its items with both “and” and “or”. We read it as all; ask the plan how it reads it.",
                )
                .about(tidy(header)),
            );
            Needs::All
        }
    }
}

fn end_join(text: &str) -> Option<Join> {
    let last = text
        .trim_end_matches(|c: char| !c.is_alphanumeric())
        .rsplit(|c: char| !c.is_alphanumeric())
        .next()?
        .to_lowercase();
    match last.as_str() {
        "and" | "y" => Some(Join::And),
        "or" | "o" => Some(Join::Or),
        _ => None,
    }
}

/// What a header says about its list: the last phrase in it counts.
pub(crate) fn quantifier(text: &str, words: &PolicyWords) -> Option<(Needs, Option<u32>)> {
    let text = cite::fold(text);
    let mut best: Option<(usize, usize, Needs, Option<u32>)> = None;
    let mut offer = |at: usize, len: usize, needs: Needs, count: Option<u32>| {
        if best.is_none_or(|(b, l, ..)| at + len > b + l || (at + len == b + l && len > l)) {
            best = Some((at, len, needs, count));
        }
    };
    for (needs, phrases) in [(Needs::All, &words.all), (Needs::Any, &words.any), (Needs::None, &words.none)] {
        for phrase in phrases {
            if let Some(at) = find_word(&text, phrase) {
                offer(at, phrase.len(), needs, None);
            }
        }
    }
    for phrase in &words.at_least {
        if let Some((at, len, n)) = find_counted(&text, phrase) {
            offer(at, len, if n == 1 { Needs::Any } else { Needs::AtLeast }, (n > 1).then_some(n));
        }
    }
    best.map(|(_, _, needs, count)| (needs, count))
}

fn find_word(text: &str, phrase: &str) -> Option<usize> {
    let at = text.rfind(phrase)?;
    let free = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    (free(text[..at].chars().next_back()) && free(text[at + phrase.len()..].chars().next())).then_some(at)
}

/// Finds a phrase with `{n}` in it: place, length and number.
fn find_counted(text: &str, phrase: &str) -> Option<(usize, usize, u32)> {
    let (before, after) = phrase.split_once("{n}")?;
    let tail = text.rfind(after)?;
    let head = text[..tail].trim_end();
    let head = head.strip_suffix(')').and_then(|h| h.rfind('(').map(|p| h[..p].trim_end())).unwrap_or(head);
    let word = head.rsplit(|c: char| c.is_whitespace()).next()?;
    let n = number(word)?;
    let start = head.len() - word.len();
    (text[..start].ends_with(before) && n >= 1.0 && n.fract() == 0.0)
        .then(|| (start - before.len(), tail + after.len() - (start - before.len()), n as u32))
}
