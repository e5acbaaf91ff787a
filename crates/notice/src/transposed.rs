//! Accounts whose services are columns and whose amounts are rows, and forms of two labels and two values to a line: neither is
//! a table with heads.

use std::collections::HashSet;

use crate::data::{Label, Reader, ValueType};
use crate::found::Found;
use crate::labels::Place;
use crate::text::{Cell, Line};
use crate::view::View;

/// The least rows of such an account, and the least of them that hold amounts.
const ROWS: usize = 4;
const AMOUNTS: usize = 2;
/// How far apart the beginnings of one column of labels may stand, in characters.
const SLACK: usize = 1;

impl Reader {
    /// Lines of two labels and two values each, at least two of them one under the other: no heads of a table.
    pub(crate) fn paired_rows(&self, view: &View, places: &[Place]) -> HashSet<usize> {
        let label = |c: &Cell| places.iter().any(|p| p.start >= c.start && p.start < c.end && p.end >= c.end);
        let row = |i: usize| -> Option<(usize, usize)> {
            let line = view.page.lines.get(i)?;
            let [a, x, b, y] = line.cells.as_slice() else { return None };
            (label(a) && label(b) && !label(x) && !label(y)).then_some((a.left, b.left))
        };
        let below = |a: (usize, usize), b: (usize, usize)| a.0.abs_diff(b.0) <= SLACK && a.1.abs_diff(b.1) <= SLACK;
        let mut out = HashSet::new();
        for i in 1..view.page.lines.len() {
            if let (Some(a), Some(b)) = (row(i - 1), row(i))
                && below(a, b)
            {
                out.extend([i - 1, i]);
            }
        }
        out
    }

    /// The accounts of a page whose services are columns: the lines of each.
    pub(crate) fn transposed_blocks(&self, view: &View) -> Vec<Vec<usize>> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < view.page.lines.len() {
            let block = self.transposed_block(view, at);
            at = block.last().map_or(at + 1, |last| last + 1);
            if !block.is_empty() {
                out.push(block);
            }
        }
        out
    }

    /// The rows of one from a line on: a label and as many values as in the rows above, each under its own; a line without a
    /// label goes on with the row above.
    fn transposed_block(&self, view: &View, at: usize) -> Vec<usize> {
        let Some(first) = view.page.lines.get(at).filter(|l| l.cells.len() >= 3) else { return Vec::new() };
        let label_left = first.cells.first().map_or(0, |c| c.left);
        let mut rows: Vec<usize> = Vec::new();
        let mut amounts = 0;
        for (i, line) in view.page.lines.iter().enumerate().skip(at) {
            let Some(cell) = line.cells.first() else { break };
            let goes_on = cell.left > label_left + 2 && !rows.is_empty() && line.cells.len() < first.cells.len();
            if goes_on {
                continue;
            }
            let named = cell.left.abs_diff(label_left) <= SLACK && self.row_label(view, cell).is_some();
            if !named || line.cells.len() < 2 || line.cells.len() > first.cells.len() {
                break;
            }
            let values = line.cells.get(1..).unwrap_or_default();
            let money = |c: &Cell| view.money_in((c.start, c.end)).next().is_some_and(|(s, _)| *s == (c.start, c.end));
            amounts += usize::from(values.len() >= 2 && values.iter().all(money) && self.names_an_amount(view, cell));
            rows.push(i);
        }
        if rows.len() >= ROWS && amounts >= AMOUNTS { rows } else { Vec::new() }
    }

    /// What the first cell of a row calls its values: the longest label in it.
    fn row_label(&self, view: &View, cell: &Cell) -> Option<usize> {
        let words = view.page.slice(cell.start, cell.end);
        if words.contains(['$', ':']) || words.len() > 40 || words.bytes().filter(u8::is_ascii_digit).count() > 1 {
            return None;
        }
        let range = (view.page.token_at(cell.start), view.page.token_at(cell.end));
        let known = view.labels_in(range).map(|(place, label)| (place.1 - place.0, label)).max();
        known.map(|(_, label)| label).or_else(|| self.bag_label(view, *cell))
    }

    fn names_an_amount(&self, view: &View, cell: &Cell) -> bool {
        let label = self.row_label(view, cell).and_then(|l| self.labels.get(l));
        label.is_some_and(|l| matches!(l.kind, ValueType::Amount | ValueType::Boundary))
    }

    /// The values of these accounts.
    pub(crate) fn transposed(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for row in view.transposed.iter().flatten() {
            let Some(cells) = view.page.lines.get(*row).map(|l: &Line| l.cells.as_slice()) else { continue };
            let Some((head, values)) = cells.split_first() else { continue };
            let Some(label) = self.row_label(view, head).and_then(|l| self.labels.get(l)) else { continue };
            for value in values {
                out.extend(
                    self.parse(view, label, (value.start, value.end)).into_iter().map(|f| Found { rank: 1, ..f }),
                );
            }
        }
        out
    }

    /// Whether one of them accounts for a claim: what was charged, beside other amounts.
    pub(crate) fn has_transposed_account(&self, view: &View) -> bool {
        let billed = |l: &Label| l.field == "amount.billed";
        view.transposed.iter().flatten().any(|row| {
            let cell = view.page.lines.get(*row).and_then(|l| l.cells.first());
            cell.and_then(|c| self.row_label(view, c)).and_then(|l| self.labels.get(l)).is_some_and(billed)
        })
    }
}
