//! Rows with wide gaps → cells on a grid of letters, so that the columns of a table stand under one another in the text.

use crate::words::{CELL_GAP, Piece, Row};

/// A gap wider than this part of the font size starts a cell where another row's cell starts at the same place.
const ALIGNED_GAP: f32 = 0.45;
/// The same in a row of three cells and more, where the cells of two other rows start there and no space is drawn: the
/// gap alone parts the words, however narrow.
const ALIGNED_TWICE_GAP: f32 = 0.25;
/// In type whose letters are all equally wide, words stand under one another by chance: there a cell stands at least so
/// many letters from the one before it, which is more than one space.
const TYPED_GAP: f32 = 1.75;
/// The fewest pairs of neighbours that show how wide a letter is.
const PAIRS: usize = 12;
/// How far the middle half of the widths of letters may spread, in parts of the width, where all are equally wide.
const EVEN: f32 = 0.07;
/// How far apart, in parts of the font size, two cells may start and still stand under one another.
const SAME_COLUMN: f32 = 0.15;
/// How many rows away another cell may be for that.
const REACH: usize = 8;
/// Spaces between two cells, at the least.
pub(crate) const LEAST: usize = 3;
/// The farthest column: a page is not wider.
const FARTHEST: usize = 240;

/// Where a word stands in the text of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// One space after the word before it.
    Word,
    /// It starts a cell, at this column of letters.
    Cell(usize),
}

/// A step for every word of every row.
pub(crate) fn steps(rows: &[Row]) -> Vec<Vec<Step>> {
    let starts = cell_starts(rows);
    let mut steps: Vec<Vec<Step>> = rows.iter().map(|r| vec![Step::Word; r.words.len()]).collect();
    let many: Vec<bool> = starts.iter().map(|s| s.iter().any(|start| *start)).collect();
    let mut row = 0;
    while row < rows.len() {
        if !many.get(row).copied().unwrap_or(false) {
            row += 1;
            continue;
        }
        let mut end = row + 1;
        // One or two rows of a single cell do not end a table: a description goes on below.
        while let Some(more) = (end..rows.len().min(end + 3)).find(|r| many.get(*r).copied().unwrap_or(false)) {
            end = more + 1;
        }
        // What goes on under one of the cells, where the others have ended, stands under it.
        while rows.get(end).is_some_and(|next| stands_under(next, rows, &starts, row..end)) {
            end += 1;
        }
        place(rows, &starts, row..end, &mut steps);
        row = end;
    }
    steps
}

/// Whether a row of one cell begins where a cell begins in the nearest row of several above it.
fn stands_under(next: &Row, rows: &[Row], starts: &[Vec<bool>], run: std::ops::Range<usize>) -> bool {
    let Some(first) = next.words.first() else { return false };
    let above = run.rev().take(REACH).filter_map(|i| Some((rows.get(i)?, starts.get(i)?)));
    let mut cells = above.flat_map(|(row, starts)| row.words.iter().zip(starts).filter(|(_, start)| **start));
    cells.any(|(word, _)| (word.left - first.left).abs() <= SAME_COLUMN * first.size.max(word.size))
}

/// A row's words in groups with wide gaps between.
pub(crate) fn cells(row: &[Piece]) -> Vec<&[Piece]> {
    let wide = cell_gap(row);
    row.chunk_by(|a, b| gap(a, b) < wide * a.size.max(b.size)).collect()
}

/// Which words start a cell after another one.
fn cell_starts(rows: &[Row]) -> Vec<Vec<bool>> {
    let by_gap: Vec<Vec<bool>> = rows
        .iter()
        .map(|row| {
            let wide = cell_gap(&row.words);
            let pairs = row.words.iter().zip(row.words.iter().skip(1));
            [false].into_iter().chain(pairs.map(|(a, b)| gap(a, b) >= wide * a.size.max(b.size))).collect()
        })
        .collect();
    let lefts: Vec<Vec<f32>> = rows
        .iter()
        .zip(&by_gap)
        .map(|(row, starts)| row.words.iter().zip(starts).filter(|(_, s)| **s).map(|(w, _)| w.left).collect())
        .collect();
    let typed = typed(rows).map_or(0.0, |letter| TYPED_GAP * letter);
    let mut starts = by_gap;
    for (index, row) in rows.iter().enumerate() {
        let near = lefts.get(index.saturating_sub(REACH)..rows.len().min(index + REACH + 1)).unwrap_or_default();
        if near.iter().all(Vec::is_empty) {
            continue;
        }
        let wide = starts.get(index).is_some_and(|s| s.iter().filter(|start| **start).count() >= 2);
        for (number, (a, b)) in row.words.iter().zip(row.words.iter().skip(1)).enumerate() {
            let size = a.size.max(b.size);
            let under = |left: &f32| (left - b.left).abs() <= SAME_COLUMN * size;
            let support =
                near.iter().flatten().filter(|l| under(l)).take(if wide && !a.spaced() { 2 } else { 1 }).count();
            let enough = [f32::MAX, ALIGNED_GAP, ALIGNED_TWICE_GAP].get(support).copied().unwrap_or(f32::MAX);
            // In a row of such type that has cells, two spaces part two more, whatever stands above.
            let spaced = typed > 0.0 && wide && gap(a, b) >= typed;
            if (spaced || gap(a, b) >= (enough * size).max(typed))
                && let Some(start) = starts.get_mut(index).and_then(|s| s.get_mut(number + 1))
            {
                *start = true;
            }
        }
    }
    starts
}

/// The width of a letter where all letters are equally wide (a typewriter's, a computer's listing): from the start of a
/// word to that of the next there are its letters and a space.
fn typed(rows: &[Row]) -> Option<f32> {
    let pairs = rows.iter().flat_map(|row| row.words.iter().zip(row.words.iter().skip(1)));
    let mut widths: Vec<f32> = pairs
        .filter(|(a, b)| a.left < b.left && gap(a, b) < CELL_GAP * a.size.max(b.size))
        .map(|(a, b)| (b.left - a.left) / (a.text.chars().count() + 1) as f32)
        .collect();
    widths.sort_by(f32::total_cmp);
    let at = |part: usize| widths.get(widths.len() * part / 4).copied();
    let (low, middle, high) = (at(1)?, at(2)?, at(3)?);
    (widths.len() >= PAIRS && high - low <= EVEN * middle).then_some(middle)
}

/// Puts the cells of a run of rows on one grid.
fn place(rows: &[Row], starts: &[Vec<bool>], run: std::ops::Range<usize>, steps: &mut [Vec<Step>]) {
    let first = run.start;
    let (Some(rows), Some(starts)) = (rows.get(run.clone()), starts.get(run)) else { return };
    let edge = rows.iter().filter_map(|r| r.words.first()).map(|w| w.left).fold(f32::MAX, f32::min);
    let letter = letter_width(rows, starts);
    let column = |word: &Piece| (((word.left - edge) / letter).round().max(0.0) as usize).min(FARTHEST);
    for (index, (row, starts)) in rows.iter().zip(starts).enumerate() {
        let Some(steps) = steps.get_mut(first + index) else { continue };
        // Rows that are read from the right keep their words as they are.
        let forward = row.words.windows(2).all(|w| matches!(w, [a, b] if a.left <= b.left));
        for (number, (word, step)) in row.words.iter().zip(steps.iter_mut()).enumerate() {
            let starts_cell = starts.get(number).copied().unwrap_or(false);
            let indented = number == 0 && word.left - edge > word.size;
            if starts_cell || indented {
                *step = Step::Cell(if forward { column(word) } else { 0 });
            }
        }
    }
}

/// The width of a letter of the grid: narrow enough that every cell has room before the next.
fn letter_width(rows: &[Row], starts: &[Vec<bool>]) -> f32 {
    let mut sizes: Vec<f32> = rows.iter().map(|r| r.size).collect();
    sizes.sort_by(f32::total_cmp);
    let size = sizes.get(sizes.len() / 2).copied().unwrap_or(10.0).max(1.0);
    let mut width = 0.6 * size;
    for (row, starts) in rows.iter().zip(starts) {
        let (mut from, mut letters) = (row.words.first().map_or(0.0, |w| w.left), 0usize);
        for (word, start) in row.words.iter().zip(starts) {
            if *start {
                width = width.min((word.left - from) / (letters + LEAST) as f32);
                (from, letters) = (word.left, 0);
            }
            letters += word.text.chars().count() + usize::from(letters > 0);
        }
    }
    width.clamp(0.28 * size, 0.6 * size)
}

/// The gap, as a part of the font size, that parts two cells of this row. A line stretched to both margins has wide gaps
/// between all its words: there only a gap that stands out counts.
fn cell_gap(row: &[Piece]) -> f32 {
    let gaps = row.iter().zip(row.iter().skip(1)).map(|(a, b)| gap(a, b) / a.size.max(b.size).max(0.1));
    let least = gaps.fold(f32::MAX, f32::min);
    if row.len() > 3 && least < 1.0 { CELL_GAP.max(1.8 * least) } else { CELL_GAP }
}

/// White space between neighbours, whichever way the row is read.
fn gap(a: &Piece, b: &Piece) -> f32 {
    (b.left - a.right).max(a.left - b.right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(base: f32, words: &[(f32, f32, &str)]) -> Row {
        let words = words.iter().map(|(l, r, t)| Piece::placed(t, *l, *r, base, 10.0)).collect();
        Row { words, base, size: 10.0 }
    }

    #[test]
    fn a_narrow_gap_is_a_cell_where_the_column_says_so() {
        let rows = [
            row(0.0, &[(0.0, 24.0, "Date"), (60.0, 85.0, "Code"), (140.0, 180.0, "Amount")]),
            // The date is long: only half a letter's height parts it from the code.
            row(12.0, &[(0.0, 54.0, "05/28/2026"), (60.5, 90.0, "70553"), (140.0, 170.0, "$5.00")]),
        ];
        let columns: Vec<Vec<usize>> = steps(&rows)
            .iter()
            .map(|r| r.iter().filter_map(|s| if let Step::Cell(c) = s { Some(*c) } else { None }).collect())
            .collect();
        assert_eq!(columns[0].len(), 2);
        assert_eq!(columns[0], columns[1], "columns stand under one another");
        assert!(columns[0][0] >= "05/28/2026".len() + LEAST - 1, "{columns:?}");
    }

    /// Rows in type whose letters are all six wide.
    fn typed_rows(lines: &[&str]) -> Vec<Row> {
        let mut rows = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            let (mut words, mut at) = (Vec::new(), 0);
            for part in line.split(' ') {
                let letters = part.chars().count();
                if letters > 0 {
                    let left = at as f32 * 6.0;
                    words.push((left + 0.5, left + letters as f32 * 6.0 - 0.5, part));
                }
                at += letters + 1;
            }
            rows.push(row(number as f32 * 12.0, &words));
        }
        rows
    }

    #[test]
    fn in_type_of_one_width_a_space_parts_words_whatever_stands_above() {
        // "Date" begins a cell above where "Rivera" begins, and a space alone parts it from "Luis".
        let rows = typed_rows(&[
            "Patient:  Claim         Date of service",
            "José Luis Rivera Ortiz  05/28/2026 Room 4",
            "Consulta de urgencias   in the emergency room",
            "and so on for a line or two of this paper",
        ]);
        let cells: Vec<usize> =
            steps(&rows).iter().map(|r| r.iter().filter(|s| matches!(s, Step::Cell(_))).count()).collect();
        assert_eq!(cells[1], 1, "{:?}", steps(&rows)[1]);
        assert_eq!(cells[2], 1);
        assert!(typed(&rows).is_some());
        let rows = typed_rows(&[
            "MRI of the brain       70553    2,875.00   1,210.00",
            "Contrast for the test  A9579      190.00       0.00",
            "Total of all lines             13,065.00  1,210.00   250.00",
        ]);
        let cells = steps(&rows)[2].iter().filter(|s| matches!(s, Step::Cell(_))).count();
        assert_eq!(cells, 3, "two spaces part two sums: {:?}", steps(&rows)[2]);
    }

    #[test]
    fn what_goes_on_under_a_cell_stands_under_it() {
        let rows = [
            row(0.0, &[(0.0, 60.0, "before"), (200.0, 260.0, "Norfolk")]),
            row(12.0, &[(200.0, 260.0, "Fax"), (263.0, 300.0, "757")]),
            row(24.0, &[(200.0, 260.0, "within")]),
            row(36.0, &[(0.0, 60.0, "Sincerely")]),
        ];
        let steps = steps(&rows);
        assert!(matches!(steps[1][0], Step::Cell(c) if c > 0), "{steps:?}");
        assert_eq!(steps[1][0], steps[2][0]);
        assert_eq!(steps[0][1], steps[1][0], "the same column");
        assert_eq!(steps[3][0], Step::Word, "what begins at the margin does not");
    }

    #[test]
    fn type_of_many_widths_is_not_taken_for_one() {
        let words =
            [(0.0, 20.0, "We"), (23.0, 50.0, "deny"), (53.0, 58.0, "it."), (61.0, 80.0, "Will"), (83.0, 120.0, "mmmm")];
        let rows: Vec<Row> = (0..6).map(|n| row(n as f32 * 12.0, &words)).collect();
        assert!(typed(&rows).is_none());
    }

    #[test]
    fn a_line_of_prose_has_no_cells() {
        let rows = [row(0.0, &[(0.0, 20.0, "We"), (23.0, 50.0, "deny"), (53.0, 70.0, "it.")])];
        assert!(steps(&rows).iter().flatten().all(|s| *s == Step::Word));
    }
}
