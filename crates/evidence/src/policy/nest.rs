//! Items → a forest, by their markers and, for bullets, by their indent.

use super::items::{Item, Kind, Marker, ends_header};
use super::quantifier::quantifier;
use crate::words::PolicyWords;

/// Whether `next` is the marker after `last` in the same list.
pub(super) fn follows(last: &Marker, next: &Marker) -> bool {
    last.readings().any(|(kind, n)| {
        next.readings().any(|(k, m)| match (kind, k) {
            (Kind::Bullet(_), _) => k == kind,
            (Kind::Decimal(a), Kind::Decimal(b)) => {
                a.len() == b.len() && m == n + 1 && a.split_last().map(|x| x.1) == b.split_last().map(|x| x.1)
            }
            _ => k == kind && m == n + 1,
        })
    })
}

/// Puts items below one another.
pub(super) fn nest(items: Vec<Item>, words: &PolicyWords) -> Vec<Item> {
    let mut roots: Vec<Item> = Vec::new();
    let mut open: Vec<Item> = Vec::new();
    for item in items {
        if item.marker.is_some() && !fits(&open, &item) && goes_on(&open, &roots, &item, words) {
            resume(&mut open, &mut roots);
        }
        let keep = depth(&open, &item, words);
        close(&mut open, keep, &mut roots);
        open.push(item);
    }
    close(&mut open, 0, &mut roots);
    roots
}

fn is_first(marker: &Marker) -> bool {
    matches!(marker.kind, Kind::Bullet(_)) || marker.readings().any(|(_, n)| n == 1)
}

fn fits(open: &[Item], item: &Item) -> bool {
    let Some(marker) = &item.marker else { return true };
    is_first(marker) || open.iter().any(|o| o.marker.as_ref().is_some_and(|m| follows(m, marker)))
}

/// Whether an item goes on with the list of the root before a line that came between (a running head, a paragraph).
fn goes_on(open: &[Item], roots: &[Item], item: &Item, words: &PolicyWords) -> bool {
    let between = matches!(open, [one] if one.marker.is_none() && one.children.is_empty() && !one.note && !ends_header(&one.text, words));
    let Some(marker) = item.marker.as_ref().filter(|_| between) else { return false };
    let mut node = roots.last();
    while let Some(n) = node {
        if n.children.last().and_then(|c| c.marker.as_ref()).is_some_and(|m| follows(m, marker)) {
            return true;
        }
        node = n.children.last();
    }
    false
}

/// Opens the last root again, down to its last item; the line that came between is kept as a note of it.
fn resume(open: &mut Vec<Item>, roots: &mut Vec<Item>) {
    let between = open.pop();
    let Some(mut node) = roots.pop() else { return };
    if let Some(mut line) = between {
        line.note = true;
        // Before the last item, so that the last item is opened again.
        let at = node.children.len().saturating_sub(1);
        node.children.insert(at, line);
    }
    loop {
        let last = node.children.pop();
        open.push(node);
        match last {
            Some(child) => node = child,
            None => return,
        }
    }
}

/// How many open items stay open, so that the new item becomes a child of the last of them.
fn depth(open: &[Item], item: &Item, words: &PolicyWords) -> usize {
    let Some(marker) = &item.marker else {
        return match item.note {
            // "Note: …" belongs to what is open; a bare heading ("References", "Limitations:") ends it.
            true if item.text.trim_end_matches(':').contains(':') => open.len(),
            true => 0,
            false => unmarked_depth(open, item, words),
        };
    };
    let in_note = open.iter().rposition(|o| o.note && o.marker.is_none());
    for (level, candidate) in open.iter().enumerate().rev() {
        let Some(last) = &candidate.marker else { continue };
        let same_column = !matches!(marker.kind, Kind::Bullet(_)) || candidate.indent.abs_diff(item.indent) <= 1;
        if follows(last, marker) && same_column {
            return level;
        }
    }
    if let Some(path) = marker.path().filter(|p| p.len() > 1) {
        let parent = open.iter().rposition(|o| {
            o.marker.as_ref().and_then(Marker::path).is_some_and(|p| p.len() < path.len() && path.starts_with(&p))
        });
        let sibling = open.iter().position(|o| o.marker.as_ref().is_some_and(|m| matches!(m.kind, Kind::Decimal(_))));
        return parent.map_or_else(|| sibling.unwrap_or(open.len()), |p| p + 1);
    }
    if in_note.is_none()
        && !is_first(marker)
        && !open.iter().any(|o| o.marker.as_ref().is_some_and(|m| follows(m, marker)))
    {
        // It is no first item and goes on with nothing that is open: it belongs as far out as it stands.
        return open.iter().rposition(|o| o.indent < item.indent).map_or(0, |p| p + 1);
    }
    match open.last() {
        Some(last) if matches!(marker.kind, Kind::Bullet(_)) && last.marker.is_some() && item.indent < last.indent => {
            open.iter().rposition(|o| o.indent < item.indent).map_or(0, |p| p + 1)
        }
        _ => open.len(),
    }
}

/// A line without a marker: a header closes what is open; a line under a header that wants items is one of them; so is a
/// header with a rule that stands deeper than the item above it.
fn unmarked_depth(open: &[Item], item: &Item, words: &PolicyWords) -> usize {
    if ends_header(&item.text, words)
        && quantifier(&item.text, words).is_some()
        && let Some(last) = open.iter().rposition(|o| o.marker.is_some() && o.indent < item.indent)
        && open.first().is_some_and(|o| ends_header(&o.text, words))
    {
        return last + 1;
    }
    let rule = quantifier(&item.text, words).is_some();
    let above = open
        .iter()
        .rposition(|o| ends_header(&o.text, words) && o.marker.is_none() && !o.note && o.indent < item.indent);
    above.filter(|_| rule || !ends_header(&item.text, words)).map_or(0, |level| level + 1)
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
