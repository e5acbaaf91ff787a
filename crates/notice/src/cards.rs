//! Blocks of short lines as an app or a card shows them: a name, a member's number, the plan and who runs it, one under the
//! other, with no labels but that of the number.

use crate::data::{Reader, ValueType};
use crate::found::{Found, PLACED, trim};
use crate::labels::Place;
use crate::values::Span;
use crate::view::View;

/// How many lines above and below the number belong to it.
const NEAR: usize = 4;
/// The most bytes of a line of such a block.
const SHORT: usize = 48;

impl Reader {
    /// The member, the plan and the issuer that stand as lines of their own beside the row of the member's number.
    pub(crate) fn card_blocks(&self, view: &View, places: &[Place]) -> Vec<Found> {
        let of_member = |p: &&Place| {
            self.labels
                .get(p.label)
                .is_some_and(|l| l.field == "member.id" || l.kind == ValueType::Name && l.hash == "member.id")
        };
        let rows = places.iter().filter(of_member).filter(|p| {
            view.page.lines.get(p.line).is_some_and(|l| {
                l.cells.first().is_some_and(|c| c.start == p.start)
                    && view.page.slice(p.end, l.end).bytes().any(|b| b.is_ascii_digit())
            })
        });
        let mut out = Vec::new();
        for row in rows {
            let line = view.page.lines.get(row.line).map_or(&[][..], |l| l.cells.as_slice());
            let beside = line.iter().filter(|c| c.start > row.start).map(|c| (c.start, c.end));
            out.extend(beside.filter_map(|s| self.card_line(view, s, places)));
            let above = (row.line.saturating_sub(NEAR)..row.line).rev();
            let below = row.line + 1..row.line + 1 + NEAR;
            out.extend(above.map_while(|i| self.block_line(view, i)).filter_map(|s| self.card_line(view, s, places)));
            out.extend(below.map_while(|i| self.block_line(view, i)).filter_map(|s| self.card_line(view, s, places)));
        }
        out
    }

    /// A block of short lines that begins with a person's name and goes on with a service's code or day: whose claim it is.
    pub(crate) fn claim_card(&self, view: &View, places: &[Place]) -> Option<Found> {
        /// How many lines after the name.
        const AFTER: usize = 3;
        (0..view.page.lines.len()).find_map(|i| {
            let blank = i.checked_sub(1).and_then(|b| view.page.lines.get(b)).is_none_or(|l| l.cells.is_empty());
            let span = self.block_line(view, i).filter(|_| blank)?;
            let name = self.card_line(view, span, places).filter(|f| f.field == "member.name")?;
            let mut after = (i + 1..i + 1 + AFTER).map_while(|n| self.block_line(view, n));
            let served = after.any(|s| {
                // "Home sleep study, G0399"; "PO Box 90117" holds no code
                let words = view.page.slice(s.0, s.1);
                let coded =
                    |c: &Span| words.get(..c.0).is_some_and(|lead| lead.ends_with([',', '(']) || lead.ends_with(", "));
                view.dates_in(s).any(|d| d.span == s) || self.scan.procedures(words).iter().any(coded)
            });
            served.then_some(Found { rank: PLACED + 7, ..name })
        })
    }

    /// A line of one short cell.
    fn block_line(&self, view: &View, number: usize) -> Option<Span> {
        match view.page.lines.get(number)?.cells.as_slice() {
            [c] if c.end - c.start <= SHORT => Some((c.start, c.end)),
            _ => None,
        }
    }

    /// What a line is by itself: the product, who runs it, or a person; nothing where a label says what it is.
    fn card_line(&self, view: &View, span: Span, places: &[Place]) -> Option<Found> {
        let labelled = places.iter().any(|p| p.start >= span.0 && p.start < span.1 && p.is_row());
        let words = view.page.slice(span.0, span.1);
        if labelled || words.contains([':', '$', ',', '[']) || words.ends_with('.') {
            return None;
        }
        let range = (view.page.token_at(span.0), view.page.token_at(span.1));
        if self.is_product(view, span) {
            return Found::words(view, "plan.name", span, PLACED + 3);
        }
        if self.names_an_issuer(view, span) && range.1 - range.0 >= 2 {
            return Found::words(view, "plan.issuer", span, PLACED + 6);
        }
        let person = self.person_at(view, range.0, range.1)?;
        let whole = person.next == range.1 && (2..=4).contains(&person.words) && !person.is_titled();
        let name = whole && person.span == trim(view.page.text, span);
        (name && !self.is_place(view, span)).then(|| Found::words(view, "member.name", span, PLACED + 3))?
    }
}
