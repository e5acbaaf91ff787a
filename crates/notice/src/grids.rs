//! Forms in which each label stands above its value, several side by side: a box of labels and values, as plans' letters and
//! portals print at their top. A table of claim lines looks alike; a grid has one row of values under each row of labels.

use crate::data::Reader;
use crate::found::{Found, LABELLED};
use crate::labels::{Place, is_box_number};
use crate::text::{Cell, Line};
use crate::view::View;

/// The most cells of a line of labels.
const WIDEST: usize = 6;

/// The least labels of a column of them, and within how many lines the block of their values begins.
const STACK: usize = 3;
const REACH: usize = 12;
/// The most bytes of one of these labels.
const LONGEST: usize = 48;

/// A line of labels and the line of their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grid {
    pub(crate) labels: usize,
    pub(crate) values: usize,
}

impl Reader {
    /// All grids of a page.
    pub(crate) fn grids(&self, view: &View, places: &[Place]) -> Vec<Grid> {
        let lines = &view.page.lines;
        let mut out: Vec<Grid> = Vec::new();
        for labels in 0..lines.len() {
            let of_labels = |line: usize| is_label_line(view, line, places) || is_numbered_line(view, line);
            if out.last().is_some_and(|g| g.values >= labels) || !of_labels(labels) {
                continue;
            }
            let next = (labels + 1..lines.len()).find(|i| !is_rule(view, *i));
            let Some(values) = next.filter(|i| *i <= labels + 2 && is_value_line(view, labels, *i, places)) else {
                continue;
            };
            let after = (values + 1..lines.len()).find(|i| !is_rule(view, *i));
            let ends = after.is_none_or(|i| {
                let cells = lines.get(i).map_or(0, |l| l.cells.len());
                cells < 2 || of_labels(i)
            });
            if ends {
                out.push(Grid { labels, values });
            }
        }
        out
    }

    /// The values of the grids of a page.
    pub(crate) fn in_grids(&self, view: &View, places: &[Place]) -> Vec<Found> {
        let mut out = Vec::new();
        for grid in &view.grids {
            let (Some(heads), Some(values)) = (view.page.lines.get(grid.labels), view.page.lines.get(grid.values))
            else {
                continue;
            };
            for (head, value) in pairs(view, heads, values) {
                // "j. Code", "b. Child's plan number": what no phrase names from its beginning is told by its words
                let bare = Cell { start: label_start(view, &head), ..head };
                let begins = places.iter().find(|p| p.start == head.start || p.start == bare.start).map(|p| p.label);
                let within = places.iter().find(|p| p.start > head.start && p.start < head.end && p.end >= head.end);
                let meant = begins.or_else(|| self.bag_label(view, bare)).or_else(|| within.map(|p| p.label));
                let Some(label) = meant.and_then(|l| self.labels.get(l)) else { continue };
                out.extend(
                    self.parse(view, label, (value.start, value.end))
                        .into_iter()
                        .map(|f| Found { rank: LABELLED, ..f }),
                );
            }
        }
        out
    }
}

impl Reader {
    /// A column of labels, and the column of their values as a block of as many lines after it: what is left of a form in two
    /// columns when its text was taken column by column. The lines of the labels are added to `heads`.
    pub(crate) fn in_stacks(&self, view: &View, places: &[Place], heads: &mut Vec<usize>) -> Vec<Found> {
        let bare = |at: usize| -> Option<usize> {
            let line = view.page.lines.get(at)?;
            let [cell] = line.cells.as_slice() else { return None };
            let words = view.page.slice(cell.start, cell.end);
            (words.ends_with(':') && words.len() <= LONGEST && words.matches(':').count() == 1).then_some(at)
        };
        let mut out = Vec::new();
        let mut at = 0;
        while at < view.page.lines.len() {
            let stack: Vec<usize> = (at..view.page.lines.len()).map_while(bare).collect();
            let next = at + stack.len().max(1);
            if let Some(first) =
                (stack.len() >= STACK).then(|| self.values_of(view, next, stack.len(), places)).flatten()
            {
                for (n, line) in stack.iter().enumerate() {
                    let place = places.iter().find(|p| p.line == *line && p.is_colon());
                    let label = place.and_then(|p| self.labels.get(p.label));
                    let (Some(label), Some(value)) = (label, view.page.lines.get(first + n)) else { continue };
                    out.extend(self.parse(view, label, (value.start, value.end)));
                    heads.push(*line);
                }
            }
            at = next;
        }
        out
    }

    /// The first line of a block of exactly so many lines, none of them labelled, that follows within a few lines.
    fn values_of(&self, view: &View, from: usize, lines: usize, places: &[Place]) -> Option<usize> {
        let full = |i: usize| view.page.lines.get(i).is_some_and(|l| !l.cells.is_empty());
        (from..from + REACH).find(|i| {
            let block = full(*i) && !full(i.wrapping_sub(1)) && (*i..i + lines).all(full) && !full(i + lines);
            let labelled = places.iter().any(|p| (*i..i + lines).contains(&p.line) && p.is_colon());
            block && !labelled
        })
    }
}

/// A line without words: empty, or ruled.
fn is_rule(view: &View, at: usize) -> bool {
    view.page.lines.get(at).is_none_or(|l| !view.page.slice(l.start, l.end).contains(char::is_alphanumeric))
}

/// Two to six cells, each without digits or colon, most of them labels and nothing else.
fn is_label_line(view: &View, at: usize, places: &[Place]) -> bool {
    let start = |c: &Cell| label_start(view, c);
    let Some(line) = view.page.lines.get(at).filter(|l| (2..=WIDEST).contains(&l.cells.len())) else { return false };
    // "Claim No." ends like a sentence and is none.
    let end = |c: &Cell| c.end - usize::from(view.page.slice(c.start, c.end).ends_with('.'));
    let plain = |c: &Cell| {
        let words = view.page.slice(start(c), end(c));
        // "PREDETERM. NO." is a label, a sentence is none
        words.len() <= 40
            && !words.contains([':', '$'])
            && (words.len() <= 24 || !words.contains('.'))
            && !words.contains(|x: char| x.is_ascii_digit())
    };
    let named = |c: &&Cell| places.iter().any(|p| p.start >= c.start && p.start < c.end && p.end >= end(c));
    let known = line.cells.iter().filter(named).count();
    line.cells.iter().all(plain) && known >= 2 && known + 1 >= line.cells.len()
}

/// Two to six cells that each begin with the number of a box: "a. Child   b. Plan number   c. Birth date".
fn is_numbered_line(view: &View, at: usize) -> bool {
    let Some(line) = view.page.lines.get(at).filter(|l| (2..=WIDEST).contains(&l.cells.len())) else { return false };
    let numbered = |c: &Cell| label_start(view, c) > c.start && c.end - c.start <= LONGEST;
    line.cells.iter().all(numbered)
}

/// As many cells as the labels above, each under its own, none of them a label or an amount.
fn is_value_line(view: &View, labels: usize, at: usize, places: &[Place]) -> bool {
    let (Some(heads), Some(line)) = (view.page.lines.get(labels), view.page.lines.get(at)) else { return false };
    let labelled = |c: &Cell| places.iter().any(|p| p.start == c.start && (p.is_colon() || p.end >= c.end));
    let money = view.money_in((line.start, line.end)).next().is_some();
    let aligned = pairs(view, heads, line).count() == line.cells.len();
    line.cells.len() >= 2
        && line.cells.len() <= heads.cells.len()
        && aligned
        && !money
        && !line.cells.iter().any(labelled)
}

/// Where the words of a label begin: after the number of its box.
pub(crate) fn label_start(view: &View, cell: &Cell) -> usize {
    let words = view.page.slice(cell.start, cell.end);
    let number = words.find(' ').map_or(0, |i| i + 1);
    if is_box_number(words.get(..number).unwrap_or("")) { cell.start + number } else { cell.start }
}

/// Whether a value begins where its label does, or within the width of a box's number from it.
pub(crate) fn stands_under(view: &View, head: &Cell, value: &Cell) -> bool {
    let boxed = label_start(view, head) - head.start;
    head.left.abs_diff(value.left) <= 2 || value.left >= head.left && value.left <= head.left + boxed
}

/// Each value with the label it stands under.
fn pairs<'v>(view: &'v View, heads: &'v Line, values: &'v Line) -> impl Iterator<Item = (Cell, Cell)> + 'v {
    // as many values as labels stand in their order, however a scan has moved them
    let all = values.cells.len() == heads.cells.len() && values.cells.len() >= 3;
    values.cells.iter().enumerate().filter_map(move |(i, v)| {
        let head = if all { heads.cells.get(i) } else { heads.cells.iter().find(|h| stands_under(view, h, v)) };
        head.map(|h| (*h, *v))
    })
}
