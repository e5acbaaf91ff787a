//! Rows → the page's text in reading order, with the span of each word.
//!
//! Columns of prose are read one after the other; a table is read row by row, its cells under one another with at least
//! three spaces between ([`crate::table`]).
//! An empty line parts paragraphs. A word broken at the end of a line is joined, with its hyphen where that is part of the word
//! ([`crate::compound`]): it then has two places, one for each half.

use std::collections::HashMap;

use facts::{Page, Word};

use crate::compound::{self, Hyphen};
use crate::table::{self, Step, cells};
use crate::words::{Direction, Piece, Row};

/// The fewest rows on either side of a gutter between columns.
const COLUMN_ROWS: usize = 4;
/// Above this many rows a page is a machine's output, and columns are not looked for.
const MOST_ROWS: usize = 1_200;

/// Writes a page. `vocabulary` counts the words of the whole document.
pub(crate) fn page(directions: &[Direction], size: (f32, f32), vocabulary: &HashMap<String, u32>) -> Page {
    let mut writer = Writer { text: String::new(), words: Vec::new(), vocabulary };
    for direction in directions {
        for block in blocks(direction.rows.clone(), 0) {
            writer.block(&block, direction);
        }
    }
    Page { text: writer.text, size: Some(size), words: writer.words }
}

/// Cuts rows into blocks in reading order.
fn blocks(rows: Vec<Row>, depth: usize) -> Vec<Vec<Row>> {
    if rows.is_empty() {
        return Vec::new();
    }
    if depth < 8
        && (COLUMN_ROWS..=MOST_ROWS).contains(&rows.len())
        && let Some(gutter) = gutter(&rows)
    {
        let mut above = rows;
        let mut inside = above.split_off(gutter.first.min(above.len()));
        let below = inside.split_off((gutter.last + 1 - gutter.first).min(inside.len()));
        let (left, right) = split(inside, gutter.at);
        let parts = [above, left, right, below];
        return parts.into_iter().flat_map(|part| blocks(part, depth + 1)).collect();
    }
    vec![rows]
}

/// Cuts each row at a place along the line.
fn split(rows: Vec<Row>, at: f32) -> (Vec<Row>, Vec<Row>) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for row in rows {
        let (l, r): (Vec<Piece>, Vec<Piece>) = row.words.into_iter().partition(|w| (w.left + w.right) / 2.0 < at);
        for (words, side) in [(l, &mut left), (r, &mut right)] {
            if !words.is_empty() {
                let size = words.iter().map(|w| w.size).fold(0.0, f32::max);
                side.push(Row { words, base: row.base, size });
            }
        }
    }
    (left, right)
}

/// White space from row `first` to row `last` that parts two columns of prose.
#[derive(Debug, Clone, Copy)]
struct Gutter {
    first: usize,
    last: usize,
    at: f32,
}

/// A strip of white space that has lasted since row `first`.
#[derive(Debug, Clone, Copy)]
struct Strip {
    first: usize,
    low: f32,
    high: f32,
    left_rows: usize,
    right_rows: usize,
}

/// The best gutter between two columns of prose, if there is one.
fn gutter(rows: &[Row]) -> Option<Gutter> {
    let mut sizes: Vec<f32> = rows.iter().map(|r| r.size).collect();
    sizes.sort_by(f32::total_cmp);
    let usual = sizes.get(sizes.len() / 2).copied().unwrap_or(10.0);
    let narrowest = (0.9 * usual).max(6.0);
    let mut found: Vec<(usize, Gutter)> = Vec::new();
    let mut strips: Vec<Strip> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let mut next: Vec<Strip> = Vec::new();
        for gap in gaps(row, narrowest) {
            for strip in strips.iter().copied().chain([Strip {
                first: index,
                low: f32::MIN,
                high: f32::MAX,
                left_rows: 0,
                right_rows: 0,
            }]) {
                let (low, high) = (strip.low.max(gap.0), strip.high.min(gap.1));
                if high - low < narrowest {
                    continue;
                }
                let strip = Strip {
                    low,
                    high,
                    left_rows: strip.left_rows + usize::from(row.words.iter().any(|w| w.right <= low + 0.5)),
                    right_rows: strip.right_rows + usize::from(row.words.iter().any(|w| w.left >= high - 0.5)),
                    ..strip
                };
                if !next
                    .iter()
                    .any(|n| n.first <= strip.first && (n.low - low).abs() < 1.0 && (n.high - high).abs() < 1.0)
                {
                    next.push(strip);
                }
            }
        }
        next.sort_by_key(|s| s.first);
        next.truncate(48);
        for strip in &next {
            if strip.left_rows >= COLUMN_ROWS
                && strip.right_rows >= COLUMN_ROWS
                && strip.low > f32::MIN / 2.0
                && strip.high < f32::MAX / 2.0
            {
                let gutter = Gutter { first: strip.first, last: index, at: (strip.low + strip.high) / 2.0 };
                found.push((strip.left_rows.min(strip.right_rows), gutter));
            }
        }
        strips = next;
    }
    // The tallest first; of one strip only its longest extent matters.
    found.sort_by_key(|(score, g)| std::cmp::Reverse((*score, g.last - g.first)));
    found.dedup_by(|a, b| a.1.first == b.1.first && (a.1.at - b.1.at).abs() < 2.0);
    found.into_iter().take(8).map(|(_, g)| g).find(|g| parts_prose(rows, *g))
}

/// The white space of a row: before, between and after its words.
fn gaps(row: &Row, narrowest: f32) -> Vec<(f32, f32)> {
    let mut out = Vec::new();
    let mut end = f32::MIN;
    let mut words: Vec<(f32, f32)> = row.words.iter().map(|w| (w.left, w.right)).collect();
    words.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (left, right) in words {
        if left - end >= narrowest {
            out.push((end, left));
        }
        end = end.max(right);
    }
    out.push((end, f32::MAX));
    out
}

fn parts_prose(rows: &[Row], gutter: Gutter) -> bool {
    let Some(inside) = rows.get(gutter.first..=gutter.last) else { return false };
    let side = |keep: &dyn Fn(&Piece) -> bool| -> Vec<Vec<Piece>> {
        inside.iter().map(|r| r.words.iter().filter(|w| keep(w)).cloned().collect()).collect()
    };
    is_prose(&side(&|w| w.right <= gutter.at)) && is_prose(&side(&|w| w.left >= gutter.at))
}

/// Prose fills its lines with several words; the cells of a table are short and ragged.
fn is_prose(rows: &[Vec<Piece>]) -> bool {
    let mut lines: Vec<(usize, f32)> = Vec::new();
    for row in rows {
        for cell in cells(row) {
            let letters = cell.iter().map(|w| w.text.chars().count() + 1).sum();
            let width = cell.iter().map(|w| w.right).fold(f32::MIN, f32::max) - cell.first().map_or(0.0, |w| w.left);
            lines.push((letters, width));
        }
    }
    if lines.len() < COLUMN_ROWS {
        return false;
    }
    let widest = lines.iter().map(|l| l.1).fold(0.0, f32::max);
    let full = lines.iter().filter(|l| l.1 >= 0.6 * widest).count();
    let mut letters: Vec<usize> = lines.iter().map(|l| l.0).collect();
    letters.sort_unstable();
    letters.get(letters.len() / 2).is_some_and(|m| *m >= 18) && full * 2 >= lines.len()
}

struct Writer<'a> {
    text: String,
    words: Vec<Word>,
    vocabulary: &'a HashMap<String, u32>,
}

impl Writer<'_> {
    fn block(&mut self, rows: &[Row], direction: &Direction) {
        let steps = table::steps(rows);
        let pitch = usual_pitch(rows);
        self.part(true);
        // How many words of the row were already taken into the row before it.
        let mut taken = 0;
        for (index, row) in rows.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|i| rows.get(i));
            if let Some(before) = before
                && taken < row.words.len()
            {
                self.part(parts_paragraphs(before, row, pitch));
            }
            self.row(row, steps.get(index).map_or(&[], Vec::as_slice), taken, direction);
            taken = 0;
            if let Some(next) = rows.get(index + 1)
                && !parts_paragraphs(row, next, pitch)
                && let Some((second, stays)) = self.continuation(row, next)
            {
                self.join(second, stays, direction);
                taken = 1;
            }
        }
    }

    /// Starts a new line, or a new paragraph.
    fn part(&mut self, paragraph: bool) {
        if !self.text.is_empty() {
            self.text.push_str(if paragraph { "\n\n" } else { "\n" });
        }
    }

    fn row(&mut self, row: &Row, steps: &[Step], skip: usize, direction: &Direction) {
        let start = self.text.len();
        for (word, step) in row.words.iter().zip(steps).skip(skip) {
            let empty = self.text.len() == start;
            match step {
                Step::Word if empty => {}
                Step::Word => self.text.push(' '),
                Step::Cell(column) => {
                    let written = self.text.get(start..).map_or(0, |t| t.chars().count());
                    let least = if empty { 0 } else { table::LEAST };
                    self.text.extend(std::iter::repeat_n(' ', column.saturating_sub(written).max(least)));
                }
            }
            self.word(word, direction);
        }
    }

    fn word(&mut self, word: &Piece, direction: &Direction) {
        // A field's value may hold spaces: each of its words is a word.
        for (index, part) in word.text.split_whitespace().enumerate() {
            if index > 0 {
                self.text.push(' ');
            }
            let start = self.text.len();
            self.text.push_str(part);
            self.words.push(Word {
                span: (start, self.text.len()),
                bounds: direction.bounds(word),
                confidence: word.confidence(),
            });
        }
    }

    /// The second half of a word broken at the end of a row, if the row ends in one, and whether the hyphen stays.
    fn continuation<'r>(&self, row: &Row, next: &'r Row) -> Option<(&'r Piece, bool)> {
        let first = row.words.last()?;
        let second = next.words.first()?;
        if first.text.ends_with('\u{ad}') {
            return Some((second, false));
        }
        let stem = first.text.strip_suffix(['-', '\u{2010}']).filter(|_| cells(&row.words).len() == 1)?;
        match compound::hyphen(stem, &second.text, self.vocabulary) {
            Hyphen::Goes => Some((second, false)),
            Hyphen::Stays => Some((second, true)),
            Hyphen::Alone => None,
        }
    }

    /// Takes the second half of a broken word to the first; a hyphen that is no part of the word goes.
    fn join(&mut self, second: &Piece, stays: bool, direction: &Direction) {
        if !stays && let Some(hyphen) = self.text.chars().next_back() {
            self.text.truncate(self.text.len() - hyphen.len_utf8());
            if let Some(first) = self.words.last_mut() {
                first.span.1 = self.text.len();
            }
        }
        self.word(second, direction);
    }
}

/// The usual distance between two baselines.
fn usual_pitch(rows: &[Row]) -> f32 {
    let mut steps: Vec<f32> = rows
        .iter()
        .zip(rows.iter().skip(1))
        .map(|(a, b)| (b.base - a.base, a.size.max(b.size)))
        .filter(|(step, size)| *step > 0.7 * size && *step < 3.0 * size)
        .map(|(step, _)| step)
        .collect();
    steps.sort_by(f32::total_cmp);
    // The lower quarter: lines inside paragraphs are closer than paragraphs are, and a letter has many short paragraphs.
    steps.get(steps.len() / 4).copied().unwrap_or(f32::MAX)
}

fn parts_paragraphs(a: &Row, b: &Row, pitch: f32) -> bool {
    let step = b.base - a.base;
    let size = a.size.max(b.size);
    step < 0.0 || step > 2.6 * size || (step > 1.3 * pitch && step > 1.15 * size)
}
