//! Glyphs → words → rows of text, for each direction of writing on the page.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use crate::pdf::{Glyph, Glyphs};

/// A gap wider than this part of the font size parts two words.
const WORD_GAP: f32 = 0.14;
/// A step back further than this starts a new piece of text.
const STEP_BACK: f32 = 0.6;
/// Baselines closer than this part of the font size are one row.
const SAME_ROW: f32 = 0.3;
/// A gap wider than this part of the font size parts two cells of a table.
pub(crate) const CELL_GAP: f32 = 1.3;

/// A word in the frame of its direction: `left`..`right` along the line, `top`..`bottom` across it.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) left: f32,
    pub(crate) right: f32,
    pub(crate) base: f32,
    pub(crate) size: f32,
    /// A space was drawn after it.
    spaced: bool,
    /// The baseline of the row it belongs to: a superscript hangs on its neighbour's.
    row_base: f32,
    /// For words read from an image: its top and bottom there, and how sure the engine was.
    image: Option<(f32, f32, u8)>,
}

impl Piece {
    /// A word that was not drawn but is shown: a form field's value.
    pub(crate) fn placed(text: &str, left: f32, right: f32, base: f32, size: f32) -> Self {
        Piece { text: text.into(), left, right, base, size, spaced: true, row_base: base, image: None }
    }

    /// The same word with its place in an image and the engine's confidence.
    pub(crate) fn read_from_image(mut self, top: f32, bottom: f32, confidence: u8) -> Self {
        self.image = Some((top, bottom, confidence));
        self
    }

    /// A space was drawn after it: what follows belongs to the same run of text.
    pub(crate) fn spaced(&self) -> bool {
        self.spaced
    }

    pub(crate) fn confidence(&self) -> Option<u8> {
        self.image.map(|i| i.2)
    }

    fn top(&self) -> f32 {
        self.image.map_or(self.base - 0.8 * self.size, |i| i.0)
    }

    fn bottom(&self) -> f32 {
        self.image.map_or(self.base + 0.25 * self.size, |i| i.1)
    }
}

/// A row of words from left to right.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) words: Vec<Piece>,
    pub(crate) base: f32,
    pub(crate) size: f32,
}

/// The text of one direction of writing.
#[derive(Debug)]
pub(crate) struct Direction {
    /// Degrees from the horizontal, clockwise as seen.
    pub(crate) angle: i32,
    pub(crate) rows: Vec<Row>,
    pub(crate) letters: usize,
}

impl Direction {
    /// Words that stand upright.
    pub(crate) fn upright(words: Vec<Piece>) -> Self {
        let letters = words.iter().map(|w| w.text.len()).sum();
        Direction { angle: 0, rows: rows(words), letters }
    }

    /// A rectangle of this frame as left, top, right, bottom on the page.
    pub(crate) fn bounds(&self, word: &Piece) -> (f32, f32, f32, f32) {
        let (sin, cos) = (self.angle as f32).to_radians().sin_cos();
        let corners = [
            (word.left, word.top()),
            (word.right, word.top()),
            (word.left, word.bottom()),
            (word.right, word.bottom()),
        ];
        let (mut l, mut t, mut r, mut b) = (f32::MAX, f32::MAX, f32::MIN, f32::MIN);
        for (u, v) in corners {
            let (x, y) = (u * cos - v * sin, u * sin + v * cos);
            (l, t, r, b) = (l.min(x), t.min(y), r.max(x), b.max(y));
        }
        (l, t, r, b)
    }
}

/// Sorts a page's glyphs into rows, the main direction of writing first. `fields` are words of form fields, upright.
pub(crate) fn directions(glyphs: &Glyphs, fields: Vec<Piece>) -> Vec<Direction> {
    let mut by_angle: Vec<(i32, Vec<&Glyph>)> = Vec::new();
    for glyph in &glyphs.items {
        let angle = angle_of(glyph);
        match by_angle.iter_mut().find(|(a, _)| *a == angle) {
            Some((_, items)) => items.push(glyph),
            None => by_angle.push((angle, vec![glyph])),
        }
    }
    if !fields.is_empty() && !by_angle.iter().any(|(a, _)| *a == 0) {
        by_angle.push((0, Vec::new()));
    }
    let mut fields = Some(fields);
    let mut all: Vec<Direction> = by_angle
        .into_iter()
        .map(|(angle, items)| {
            let mut words = words(glyphs, &items, angle);
            if angle == 0 {
                words.extend(fields.take().unwrap_or_default());
            }
            let letters = words.iter().map(|w| w.text.len()).sum();
            Direction { angle, rows: rows(words), letters }
        })
        .collect();
    all.sort_by_key(|d| std::cmp::Reverse(d.letters));
    all
}

/// Directions within 3° of the axes are the axes (a scan that was laid a little askew); others are told apart by degree.
fn angle_of(glyph: &Glyph) -> i32 {
    let degrees = glyph.along.1.atan2(glyph.along.0).to_degrees();
    let quarter = (degrees / 90.0).round() * 90.0;
    let angle = if (degrees - quarter).abs() <= 3.0 { quarter } else { degrees.round() };
    (angle as i32).rem_euclid(360)
}

/// A glyph in the frame of its direction.
struct Placed<'a> {
    text: &'a str,
    left: f32,
    right: Option<f32>,
    base: f32,
    size: f32,
}

fn words(glyphs: &Glyphs, items: &[&Glyph], angle: i32) -> Vec<Piece> {
    let (sin, cos) = (angle as f32).to_radians().sin_cos();
    let turn = |x: f32, y: f32| (x * cos + y * sin, y * cos - x * sin);
    let placed = items.iter().map(|g| {
        let (left, base) = turn(g.x, g.y);
        let right = g.end.map(|(x, y)| turn(x, y).0);
        let text = glyphs.text.get(g.text.0..g.text.1).unwrap_or_default();
        Placed { text, left, right, base, size: g.size }
    });
    join(widths(placed.collect()))
}

/// Fills in the ends that the font does not give: where the next glyph of the line starts, or half the size.
fn widths(mut placed: Vec<Placed<'_>>) -> Vec<Placed<'_>> {
    let next: Vec<(f32, f32)> = placed.iter().skip(1).map(|p| (p.left, p.base)).collect();
    for (glyph, next) in placed.iter_mut().zip(next.into_iter().map(Some).chain([None])) {
        glyph.right = glyph.right.or_else(|| {
            let usual = glyph.left + 0.5 * glyph.size;
            let near = next.filter(|(l, b)| {
                (b - glyph.base).abs() < 0.1 * glyph.size && *l > glyph.left && *l < usual + 0.2 * glyph.size
            });
            Some(near.map_or(usual, |(l, _)| l))
        });
    }
    placed
}

/// Joins glyphs in the order in which they are drawn; text drawn twice (bold by overprinting) is kept once.
fn join(placed: Vec<Placed<'_>>) -> Vec<Piece> {
    let mut words: Vec<Piece> = Vec::new();
    let mut open = false;
    let mut seen: HashSet<(u64, i32, i32)> = HashSet::with_capacity(placed.len());
    for glyph in placed {
        let right = glyph.right.unwrap_or(glyph.left).max(glyph.left);
        if glyph.text.trim().is_empty() {
            if let (true, Some(last)) = (open, words.last_mut()) {
                last.spaced = true;
            }
            open = false;
            continue;
        }
        if drawn_before(&mut seen, &glyph) {
            continue;
        }
        if let (true, Some(last)) = (open, words.last_mut()) {
            let gap = glyph.left - last.right;
            let rise = (glyph.base - last.base).abs();
            let size = last.size.max(glyph.size);
            let follows = gap <= WORD_GAP * size && gap >= -STEP_BACK * size;
            if follows && rise <= 0.1 * size && glyph.size.min(last.size) > 0.5 * size {
                last.text.push_str(glyph.text);
                last.right = last.right.max(right);
                last.size = size;
                continue;
            }
            // A superscript, a subscript or a small capital: its own piece, on the row of its neighbour.
            let row_base = if follows && rise <= 0.5 * size { last.row_base } else { glyph.base };
            words.push(piece(&glyph, right, row_base));
            continue;
        }
        let base = words.last().filter(|w| hangs_on(w, &glyph)).map_or(glyph.base, |w| w.row_base);
        words.push(piece(&glyph, right, base));
        open = true;
    }
    words
}

/// A smaller piece after a space that still stands on its neighbour's row (a footnote mark after a full stop).
fn hangs_on(last: &Piece, glyph: &Placed<'_>) -> bool {
    let gap = glyph.left - last.right;
    let rise = (glyph.base - last.base).abs();
    glyph.size < 0.85 * last.size && rise < 0.45 * last.size && gap > -0.1 * last.size && gap < 0.6 * last.size
}

fn piece(glyph: &Placed<'_>, right: f32, row_base: f32) -> Piece {
    let (left, base, size) = (glyph.left, glyph.base, glyph.size);
    Piece { text: glyph.text.to_owned(), left, right, base, size, spaced: false, row_base, image: None }
}

fn drawn_before(seen: &mut HashSet<(u64, i32, i32)>, glyph: &Placed<'_>) -> bool {
    let cell = (0.2 * glyph.size).max(0.2);
    let (x, y) = ((glyph.left / cell).round() as i32, (glyph.base / cell).round() as i32);
    // The size counts as part of the letter: cells are as large as it, so cells of two sizes cannot be compared.
    let size = ((2.0 * glyph.size).round() as i32).to_le_bytes();
    let letter = glyph
        .text
        .bytes()
        .chain(size)
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    let again =
        (-1..=1).any(|dx| (-1..=1).any(|dy| seen.contains(&(letter, x.saturating_add(dx), y.saturating_add(dy)))));
    // Narrow letters may truly stand side by side (ll, ii, …): only the same place counts for them.
    let narrow = glyph.right.is_some_and(|r| r - glyph.left < 2.0 * cell);
    let again = if narrow { seen.contains(&(letter, x, y)) } else { again };
    seen.insert((letter, x, y));
    again
}

/// Words → rows by baseline, each row from left to right with its fragments joined.
fn rows(mut words: Vec<Piece>) -> Vec<Row> {
    words.retain(|w| !w.text.is_empty());
    words.sort_by(|a, b| a.row_base.total_cmp(&b.row_base).then(a.left.total_cmp(&b.left)));
    let mut rows: Vec<Row> = Vec::new();
    for word in words {
        // Text in a large and a small size may run side by side with baselines that nearly meet: words that stand over one
        // another are never of one row.
        let row = rows.iter_mut().rev().take(4).filter(|r| is_of_row(&word, r));
        match row.min_by(|a, b| (word.row_base - a.base).abs().total_cmp(&(word.row_base - b.base).abs())) {
            Some(row) => {
                row.size = row.size.max(word.size);
                row.words.push(word);
            }
            None => rows.push(Row { base: word.row_base, size: word.size, words: vec![word] }),
        }
    }
    for row in &mut rows {
        row.words.sort_by(|a, b| a.left.total_cmp(&b.left));
        let fragments = std::mem::take(&mut row.words);
        row.words = merge(fragments, row.size);
        read_from_the_right(&mut row.words);
    }
    rows
}

fn is_of_row(word: &Piece, row: &Row) -> bool {
    let near = (word.row_base - row.base).abs() <= (SAME_ROW * row.size.min(word.size)).max(1.0);
    let over = |w: &Piece| {
        let shared = w.right.min(word.right) - w.left.max(word.left);
        shared > 0.2 * (w.right - w.left).min(word.right - word.left) && w.row_base != word.row_base
    };
    near && !row.words.iter().rev().take(64).any(over)
}

/// Joins fragments of a word that were drawn apart. Letters set wide (a spaced heading) are joined by the row's own gap.
fn merge(fragments: Vec<Piece>, size: f32) -> Vec<Piece> {
    let limit = WORD_GAP * size + spacing(&fragments, size);
    let mut out: Vec<Piece> = Vec::with_capacity(fragments.len());
    for mut next in fragments {
        if let Some(last) = out.last_mut() {
            let gap = next.left - last.right;
            if !last.spaced && gap <= limit && gap >= -STEP_BACK * size {
                last.text.push_str(&next.text);
                last.right = last.right.max(next.right);
                last.spaced = next.spaced;
                last.size = last.size.max(next.size);
                continue;
            }
        }
        next.text = next.text.nfc().collect();
        out.push(next);
    }
    for word in &mut out {
        if !word.text.is_ascii() {
            word.text = word.text.nfc().collect();
        }
    }
    out
}

/// The gap between the letters of a row that is set wide, up to a fifth of the size; 0 for ordinary rows.
fn spacing(fragments: &[Piece], size: f32) -> f32 {
    let single = fragments.iter().filter(|f| f.text.chars().count() == 1).count();
    if fragments.len() < 4 || single * 10 < fragments.len() * 7 {
        return 0.0;
    }
    let mut gaps: Vec<f32> = fragments
        .iter()
        .zip(fragments.iter().skip(1))
        .filter(|(a, _)| !a.spaced)
        .map(|(a, b)| b.left - a.right)
        .collect();
    gaps.sort_by(f32::total_cmp);
    gaps.get(gaps.len() / 2).map_or(0.0, |g| if *g < 0.3 * size { g.clamp(0.0, 0.2 * size) } else { 0.0 })
}

/// Arabic and Hebrew rows are read from right to left.
fn read_from_the_right(words: &mut [Piece]) {
    let count = |f: fn(char) -> bool| words.iter().flat_map(|w| w.text.chars()).filter(|c| f(*c)).count();
    let rtl = count(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'));
    if rtl * 2 > count(char::is_alphabetic) && rtl > 0 {
        words.reverse();
    }
}

/// How often each word of a document occurs, in lower case: what tells `medi-/cally` from `long-/term`.
pub(crate) fn vocabulary<'a>(rows: impl Iterator<Item = &'a Row>) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    for word in rows.flat_map(|r| &r.words) {
        let bare = word.text.trim_matches(|c: char| !c.is_alphanumeric());
        if !bare.is_empty() && bare.len() < 64 {
            *counts.entry(bare.to_lowercase()).or_insert(0) += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_drawn_twice_counts_once_and_only_where_it_has_the_same_size() {
        let glyph = |left, base, size| Placed { text: "u", left, right: Some(left + 0.6 * size), base, size };
        assert_eq!(join(vec![glyph(87.4, 44.6, 12.0), glyph(87.6, 44.6, 12.0)]).len(), 1, "overprinted");
        // A heading's letter whose place, counted in its own larger cells, has the numbers of a small one's above it.
        assert_eq!(join(vec![glyph(87.4, 44.6, 12.0), glyph(175.0, 88.0, 24.0)]).len(), 2);
    }
}
