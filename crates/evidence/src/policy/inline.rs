//! Lists within a sentence: "all of the following: (1) …; and (2) …", and series without numbers: "if: …; …; and …".

use super::items::{Item, Join, Kind, Marker, marker};
use super::quantifier::quantifier;
use crate::words::PolicyWords;

/// A list within a sentence becomes items of its own: "all of the following: (1) …; (2) …; and (3) …".
pub(super) fn inline(item: Item, words: &PolicyWords) -> Vec<Item> {
    if let Some(items) = siblings(&item) {
        return items;
    }
    let points = [inline_points(&item.text), numbered_points(&item.text), bullet_points(&item.text)]
        .into_iter()
        .find(|p| p.len() >= 2)
        .unwrap_or_default();
    let Some((first, ..)) = points.first().filter(|_| points.len() >= 2) else { return series(item, words) };
    let mut out = Vec::new();
    let head = item.text[..*first].trim().to_string();
    if !head.is_empty() {
        out.push(Item { text: head, ..item.clone() });
    }
    for (index, (start, marker, skip)) in points.iter().enumerate() {
        let end = points.get(index + 1).map_or(item.text.len(), |p| p.0);
        let text = item.text[start + skip..end].trim().to_string();
        let last = index + 1 == points.len();
        out.push(Item {
            marker: Some(marker.clone()),
            text,
            indent: item.indent + 1,
            joined: item.joined.filter(|_| last && head_is_marked(&item)),
            note: false,
            children: Vec::new(),
            ..item.clone()
        });
    }
    out
}

fn head_is_marked(item: &Item) -> bool {
    item.marker.is_some()
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
        if !word.ends_with(')') || word.len() > 6 {
            continue;
        }
        let Some((found, skip)) = marker(&text[at..], None) else { continue };
        let fits = match points.last() {
            None => found.readings().any(|(_, n)| n == 1),
            Some((_, last, _)) => super::nest::follows(last, &found),
        };
        if fits {
            points.push((at, found, skip));
        }
    }
    points
}

/// "1. …; 2. …; and 3. …" on one line: the first number is the item's own marker, the others begin items beside it.
fn siblings(item: &Item) -> Option<Vec<Item>> {
    let own = item.marker.clone().filter(|m| m.kind == Kind::Number)?;
    let mut starts: Vec<(usize, Marker, usize)> = vec![(0, own, 0)];
    for (at, _) in item.text.match_indices(|c: char| c == '(' || c.is_ascii_digit()) {
        let before = item.text[..at].trim_end();
        let before = ["and", "or"].iter().find_map(|j| before.strip_suffix(j)).unwrap_or(before).trim_end();
        let parted = before.ends_with(';') && item.text[..at].ends_with(' ');
        let Some((found, skip)) = marker(&item.text[at..], None).filter(|_| parted) else { continue };
        if starts.last().is_some_and(|(_, last, _)| super::nest::follows(last, &found)) {
            starts.push((at, found, skip));
        }
    }
    if starts.len() < 2 {
        return None;
    }
    let ends = starts.iter().skip(1).map(|(at, ..)| *at).chain([item.text.len()]);
    let part = |((at, own, skip), end): (&(usize, Marker, usize), usize)| Item {
        marker: Some(own.clone()),
        text: item.text[at + skip..end].trim().to_string(),
        children: Vec::new(),
        ..item.clone()
    };
    Some(starts.iter().zip(ends).map(part).collect())
}

/// Places of `1. … 2. …` in a text without line ends: each number follows the head's colon, or the end of the item before it.
fn numbered_points(text: &str) -> Vec<(usize, Marker, usize)> {
    let mut points: Vec<(usize, Marker, usize)> = Vec::new();
    for (at, _) in text.char_indices() {
        let word = text[at..].split_whitespace().next().unwrap_or("");
        let before = text[..at].trim_end();
        let before = ["and", "or"].iter().find_map(|j| before.strip_suffix(j)).unwrap_or(before).trim_end();
        let parted = before.is_empty() || before.ends_with([';', '.', ':', ',']);
        let free = at == 0 || text[..at].ends_with(' ');
        if !free || !parted || !word.ends_with('.') || !word.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let Some((found, skip)) = marker(&text[at..], None) else { continue };
        let fits = match points.last() {
            None => found.readings().any(|(_, n)| n == 1) && (before.is_empty() || before.ends_with(':')),
            Some((_, last, _)) => super::nest::follows(last, &found),
        };
        if fits {
            points.push((at, found, skip));
        }
    }
    points
}

/// Places of `- … - …` after a head's colon, or from the start, in a text without line ends.
fn bullet_points(text: &str) -> Vec<(usize, Marker, usize)> {
    let sign = |at: usize| text[at..].chars().next().filter(|c| matches!(c, '-' | '*' | '•' | '▪' | '●'));
    let start = text.find(": ").map_or(0, |at| at + 2);
    let Some(bullet) = sign(start).or_else(|| sign(0)) else { return Vec::new() };
    let places = text.match_indices(bullet).map(|(at, _)| at).filter(|at| {
        let free = *at == 0 || text[..*at].ends_with(' ');
        free && text[at + bullet.len_utf8()..].starts_with(' ')
    });
    places.filter_map(|at| marker(&text[at..], None).map(|(m, skip)| (at, m, skip))).collect()
}

/// Fewest words of a part of a series.
const PART_WORDS: usize = 2;

/// Parts between semicolons after a head that asks for them ("is covered if:") become items of their own.
fn series(item: Item, words: &PolicyWords) -> Vec<Item> {
    let Some((head, rest)) = item.text.split_once(": ").filter(|(head, _)| opens(head, words)) else {
        return vec![item];
    };
    let parts: Vec<&str> = rest.split(';').map(str::trim).filter(|p| !p.is_empty()).collect();
    if parts.len() < 2 || parts.iter().any(|p| p.split_whitespace().count() < PART_WORDS) {
        return vec![item];
    }
    let mut out = vec![Item { text: format!("{head}:"), children: Vec::new(), ..item.clone() }];
    for (index, part) in parts.iter().enumerate() {
        let (joint, text) = leading_join(part);
        if let (Some(_), Some(before)) = (joint, out.last_mut().filter(|_| index > 0)) {
            before.joined = joint;
        }
        // "1. …; 2. …" without line ends: the number is the item's.
        let (label, skip) = marker(text, None).map_or((None, 0), |(m, skip)| (m.label, skip));
        let text = text[skip..].trim_start();
        let marker = Marker { kind: Kind::Number, ordinal: index as u32 + 1, other: None, label };
        out.push(Item {
            marker: Some(marker),
            text: text.to_string(),
            indent: item.indent + 1,
            joined: None,
            note: false,
            children: Vec::new(),
            ..item.clone()
        });
    }
    out
}

/// Whether a head leads to a series: it says how many are needed, or ends with a word like "if".
fn opens(head: &str, words: &PolicyWords) -> bool {
    let last = head.split_whitespace().next_back().unwrap_or("").to_lowercase();
    words.policy.opens_series.contains(&last) || quantifier(&format!("{head}:"), words).is_some()
}

/// The joint at the start of a part: "and a nurse …".
fn leading_join(part: &str) -> (Option<Join>, &str) {
    let joints = [("and ", Join::And), ("y ", Join::And), ("or ", Join::Or), ("o ", Join::Or)];
    let found = joints.into_iter().find_map(|(word, join)| Some((join, part.strip_prefix(word)?)));
    found.map_or((None, part), |(join, rest)| (Some(join), rest))
}
