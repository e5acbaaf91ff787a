//! Labels that no list of phrases names ("Person we insure:", "Bill came to"): what they mean is told by the words in them,
//! and the form of the value decides whether that was right.

use crate::data::{Label, Reader, ValueType};
use crate::grids::label_start;
use crate::labels::Place;
use crate::text::{Cell, Line};
use crate::view::View;

/// The most words of such a label.
const MOST_WORDS: usize = 7;
/// The most bytes of one.
const MOST_BYTES: usize = 48;

impl Reader {
    /// Places of labels at the beginning of cells where no known label stands.
    pub(crate) fn bag_places(&self, view: &View, known: &[Place]) -> Vec<Place> {
        let mut out = Vec::new();
        for (number, line) in view.page.lines.iter().enumerate() {
            for (n, cell) in line.cells.iter().enumerate() {
                let taken = known.iter().any(|p| p.line == number && p.start >= cell.start && p.start < cell.end);
                if !taken {
                    out.extend(self.bag_place(view, line, number, n));
                }
            }
        }
        out
    }

    fn bag_place(&self, view: &View, line: &Line, number: usize, n: usize) -> Option<Place> {
        let cell = line.cells.get(n)?;
        let words = view.page.slice(cell.start, cell.end);
        if n == 0 && self.continues_a_sentence(view, view.page.token_at(cell.start)) {
            return None;
        }
        if words.ends_with('.') && words.rsplit(' ').next().is_some_and(|w| w.len() > 4) {
            return None; // the end of a sentence: "… by Evergreen\nHealth Insurance.    CCR-112"
        }
        let colon = words.find(':').filter(|i| *i <= MOST_BYTES);
        let short = colon.is_none() && cell.end - cell.start <= MOST_BYTES;
        let row = short && n == 0 && line.cells.len() == 2;
        // two labels and two values in a line, where the form of the value can be told
        let two_rows = short && n.is_multiple_of(2) && line.cells.len() == 4;
        let end = match colon {
            Some(i) => cell.start + i,
            None if row || two_rows => cell.end,
            None => return None,
        };
        let label = self.bag_label(view, Cell { end, ..*cell })?;
        let formed = |l: &Label| matches!(l.kind, ValueType::Id | ValueType::Date | ValueType::Amount);
        if two_rows && !self.labels.get(label).is_some_and(formed) {
            return None;
        }
        let after = if colon.is_some() { end + 1 } else { end };
        Some(Place::of_bag(label, number, cell.start, after, colon.is_some()))
    }

    /// The label that the words of a cell make.
    pub(crate) fn bag_label(&self, view: &View, cell: Cell) -> Option<usize> {
        let range = (view.page.token_at(label_start(view, &cell)), view.page.token_at(cell.end));
        let tokens = view.page.tokens.get(range.0..range.1).filter(|t| !t.is_empty() && t.len() <= MOST_WORDS)?;
        let words: Vec<&str> = tokens.iter().map(|t| t.norm.as_str()).collect();
        self.bags.iter().find(|b| b.fits(&words)).map(|b| b.label)
    }
}
