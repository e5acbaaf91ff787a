//! Lines that charge for a service where no table's head says so, and lines that are a code and its name.

use crate::codes::{after_date, is_zip};
use crate::data::{Cue, Reader};
use crate::found::{Found, SAID, trim};
use crate::text::Line;
use crate::values::Span;
use crate::view::View;

impl Reader {
    /// Lines that charge for a service without a table's heads: "08/19/2026  CT abdomen 74160  $2,914.00", "J0717 x 400
    /// charge 5,120.00", "1. 20610, injection of a joint, August 12, 2026, $310.00"; and a line that is a code and its name.
    pub(crate) fn charge_lines(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        let zips = self.ends_of_addresses(view);
        for code in self.scan.procedures(view.page.text) {
            if is_zip(view, code) || in_address(view, &zips, code) {
                continue;
            }
            let Some(line) = view.page.lines.get(view.page.line_at(code.0)) else { continue };
            let begins =
                line.cells.iter().any(|c| c.start == code.0 || is_item_number(view.page.slice(c.start, code.0)))
                    || self.asks_by_code(view, code);
            let money = view.money_in((code.1, line.end)).next();
            let before = trim(view.page.text, (after_date(view, (line.start, code.0)), code.0));
            let priced = matches!(line.cells.as_slice(), [c, m] if code.1 <= c.end && c.end <= code.1 + 1
                && money.is_some_and(|(s, _)| *s == (m.start, m.end)));
            let row = priced || line.cells.len() >= 3 || view.dates_in((line.start, code.0)).next().is_some();
            let told = |s: &Span| {
                let words = view.page.slice(s.0, s.1).split_whitespace();
                words.map(crate::phrase::fold_word).any(|w| crate::data::holds(&self.words.service_stop, &w))
            };
            let whole = line.end == code.1;
            if let Some(name) = name_before_code(view, line, code).filter(|s| whole || !told(s)) {
                out.extend(Found::words(view, "service.code", code, SAID));
                out.extend(
                    Found::words(view, "service.description", name, SAID)
                        .filter(|_| !self.is_generic_service(view, name)),
                );
                let next = view.page.token_at(code.1);
                let given = view.page.tokens.get(next).is_some_and(|t| t.start < line.end);
                out.extend(self.place_at(view, next + 1, SAID).filter(|_| given));
                continue;
            }
            let after = self.words_after_code(view, code, line.end);
            let named = begins && after.is_some() && self.in_company(view, code);
            let beside = money.is_some_and(|(m, _)| view.page.slice(code.1, m.0) == ", "); // "(CPT 99215, $265.00)"
            let charged = money.filter(|(m, _)| (row || named || beside) && self.is_charge(view, (code.1, m.0)));
            if charged.is_none() && !named {
                continue;
            }
            out.extend(Found::words(view, "service.code", code, SAID));
            out.extend(
                charged.map(|(span, value)| Found::normalized(view, "amount.billed", value.clone(), *span, SAID)),
            );
            let days = view.dates_in((line.start, line.end)).filter(|_| charged.is_some() && (row || named));
            out.extend(days.take(1).map(|d| Found::normalized(view, "service.date", d.iso(), d.span, SAID)));
            let worded = |s: &Span| view.page.slice(s.0, s.1).chars().filter(|c| c.is_alphabetic()).count() >= 4;
            let plain = |s: &Span| {
                (row || named) && !view.page.slice(s.0, s.1).contains([':', '$']) && !self.is_generic_service(view, *s)
            };
            // "JR260914771  09/03/2026  Truckee Urgent Care  99204": the cell before the code, and no place of care
            let before = line.cells.iter().rfind(|c| c.start < code.0).map_or(before, |c| {
                let cell = line.cells.iter().rfind(|b| b.end <= code.0).filter(|_| c.start == code.0).unwrap_or(c);
                (before.0.max(cell.start), before.1)
            });
            let before =
                Some(before).filter(|s| s.0 < s.1 && !self.is_place(view, *s) && view.dates_in(*s).next().is_none());
            let words = after.or(before).filter(|s| worded(s) && plain(s) && s.1 - s.0 <= 80);
            out.extend(words.and_then(|s| Found::words(view, "service.description", s, SAID)));
        }
        out
    }

    /// Whether more than its place shows a number of five digits to be a code: a date, an amount or another code on its line, or a
    /// line beside it that begins with a code too. A code with a letter needs none, nor do words that no street's name holds,
    /// which are small.
    fn in_company(&self, view: &View, code: Span) -> bool {
        let number = view.page.line_at(code.0);
        let Some(line) = view.page.lines.get(number) else { return false };
        let coded = |i: usize| {
            view.page.lines.get(i).is_some_and(|l| {
                let lead = view.page.slice(l.start, l.end);
                self.scan
                    .procedures(lead)
                    .first()
                    .is_some_and(|c| is_item_number(lead.get(..c.0).unwrap_or("")) || c.0 == 0)
            })
        };
        let span = (line.start, line.end);
        let lettered = view.page.slice(code.0, code.1).contains(char::is_alphabetic);
        let words = view.page.slice(code.1, span.1).split_whitespace();
        let small = words.filter(|w| w.len() >= 4).any(|w| w.starts_with(char::is_lowercase));
        let others = self.scan.procedures(view.page.slice(span.0, span.1)).len() >= 2
            || !self.scan.icds(view.page.slice(span.0, span.1)).is_empty()
            || !self.scan.adjustments(view.page.slice(span.0, span.1)).is_empty();
        lettered
            || small
            || others
            || view.money_in(span).next().is_some()
            || view.dates_in(span).next().is_some()
            || coded(number + 1)
            || number.checked_sub(1).is_some_and(coded)
    }

    /// A service on a line of its own, with its code alone on the line below ("Strep test" / "87880"), or under "Service 1", where
    /// rows of amounts follow.
    pub(crate) fn stacked_services(&self, view: &View) -> Vec<Found> {
        let alone = |i: usize| match view.page.lines.get(i).map(|l| l.cells.as_slice()) {
            Some([c]) => Some((c.start, c.end)),
            _ => None,
        };
        let worded = |s: Span| {
            let words = view.page.slice(s.0, s.1);
            words.starts_with(char::is_uppercase)
                && !words.contains([':', '$'])
                && words.len() <= 60
                && !self.is_generic_service(view, s)
        };
        let charged = |i: usize| {
            (i + 1..i + 4)
                .filter_map(|n| view.page.lines.get(n))
                .any(|l| view.money_in((l.start, l.end)).next().is_some())
        };
        let mut out = Vec::new();
        for i in 1..view.page.lines.len() {
            let (Some(above), Some(here)) = (alone(i - 1), alone(i)) else { continue };
            let code = self
                .scan
                .procedures(view.page.slice(here.0, here.1))
                .first()
                .is_some_and(|c| *c == (0, here.1 - here.0));
            if code && worded(above) && charged(i) {
                out.extend(Found::words(view, "service.code", here, SAID));
                out.extend(Found::words(view, "service.description", above, SAID));
            }
            if worded(here) && charged(i + 1) && self.numbers_a_service(view, above) {
                out.extend(Found::words(view, "service.description", here, SAID));
            }
        }
        out
    }

    /// "Service 1", "Line 2", "Servicio 3".
    fn numbers_a_service(&self, view: &View, span: Span) -> bool {
        let words = view.page.slice(span.0, span.1);
        let Some((word, number)) = words.split_once(' ') else { return false };
        let digits = number.len() <= 2 && number.bytes().all(|b| b.is_ascii_digit());
        digits && crate::data::holds(&self.words.service_generic, &crate::phrase::fold_word(word))
    }

    /// "a claim for V2531, contact lens, scleral": a code with a letter that is asked for by itself.
    fn asks_by_code(&self, view: &View, code: Span) -> bool {
        let before = view.page.token_at(code.0).checked_sub(1).and_then(|i| view.page.tokens.get(i));
        let lettered = view.page.slice(code.0, code.0 + 1).contains(char::is_alphabetic);
        lettered && before.is_some_and(|t| matches!(t.norm.as_str(), "for" | "of" | "de" | "por" | "para"))
    }

    /// Whether the amount after a code is what was charged: words of a bill lead to it, or none at all. "Plan paid $20.00" and
    /// "your share $5.00" on a coded line are other amounts.
    fn is_charge(&self, view: &View, between: Span) -> bool {
        let range = (view.page.token_at(between.0), view.page.token_at(between.1));
        let billed = |label: usize| self.labels.get(label).is_some_and(|l| l.field == "amount.billed" && !l.head);
        if view.cue_in(Cue::BilledCue, range).is_some() || view.labels_in(range).any(|(_, label)| billed(label)) {
            return true;
        }
        let other =
            |label: usize| self.labels.get(label).is_some_and(|l| l.field.is_empty() || l.field == "amount.denied");
        // a label in the amount's own cell, or all of the cell before it
        let of_amount = |at: (usize, usize)| {
            let span = view.bytes(at);
            let line = view.page.lines.get(view.page.line_at(span.0));
            let cell = line.and_then(|l| l.cells.iter().find(|c| c.start <= span.0 && span.0 < c.end));
            cell.is_some_and(|c| c.end > between.1 || (c.start, c.end) == span)
        };
        let labelled = view.labels_in(range).any(|(at, label)| other(label) && of_amount(at));
        let said = [Cue::Decision, Cue::DeniedAmountCue].iter().any(|c| view.cue_in(*c, range).is_some());
        let cell = view.page.lines.get(view.page.line_at(between.1));
        let cell = cell.and_then(|l| l.cells.iter().find(|c| c.start <= between.1 && between.1 < c.end));
        let start = cell.map_or(between.0, |c| c.start.max(between.0));
        let lead = view.page.slice(start, between.1);
        let marked = lead.rfind([',', ';', '(', '–', '—']).map_or(0, |i| i + 1);
        let lead = lead.get(marked..).unwrap_or("").trim_start();
        let counted = lead.split_whitespace().all(|w| w.len() <= 2 || w.bytes().any(|b| b.is_ascii_digit())); // "x 400"
        !(labelled || said) && (counted || view.dates_in((between.0, between.1)).any(|d| d.span.1 + 2 >= between.1))
    }

    /// "20610, injection of a large joint, August 12": the words after a code and a mark, up to a date, an amount or a stop.
    fn words_after_code(&self, view: &View, code: Span, line_end: usize) -> Option<Span> {
        let rest = view.page.slice(code.1, line_end);
        let body = rest.trim_start();
        // "93458  Left heart catheterization": a code in a cell of its own
        let apart = rest.len() - body.len() >= 2 && begins_its_cell(view, code);
        let marked = body.strip_prefix([',', '-', '–', '—', ':']).or(Some(body).filter(|_| apart))?;
        let start = line_end - marked.len();
        let date = view.dates_in((start, line_end)).next().map(|d| d.span.0);
        let money = view.money_in((start, line_end)).next().map(|(s, _)| s.0);
        let gap = marked.trim_start().find("   ").map(|i| line_end - marked.trim_start().len() + i);
        let stop = marked.find([';', '(']).or_else(|| marked.find(". ")).map(|i| start + i);
        let end = [date, money, stop, gap].into_iter().flatten().min().unwrap_or(line_end);
        let span = trim(view.page.text, (start, end));
        let words = view.page.slice(span.0, span.1);
        (words.starts_with(char::is_alphabetic) && words.len() >= 4).then_some(span)
    }
}

/// "1. " or "a) " at the beginning of an item.
fn is_item_number(lead: &str) -> bool {
    let lead = lead.trim();
    lead.len() <= 3 && lead.ends_with(['.', ')']) && lead.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// Whether an address ends on the line of a number or one of the two below it, with no blank line between.
fn in_address(view: &View, zips: &[Span], span: Span) -> bool {
    if zips.iter().any(|z| z.0 <= span.0 && span.1 <= z.1) {
        return true; // "Ohio 45401"
    }
    let line = view.page.line_at(span.0);
    let next = zips.get(zips.partition_point(|z| z.0 < span.1));
    next.map(|z| view.page.line_at(z.0)).is_some_and(|last| {
        last <= line + 2 && view.page.lines.get(line..=last).is_some_and(|l| l.iter().all(|l| !l.cells.is_empty()))
    })
}

/// "Whole exome sequencing, 81415": a line of one cell that is small words, a comma and a code.
fn name_before_code(view: &View, line: &Line, code: Span) -> Option<Span> {
    let [cell] = line.cells.as_slice() else { return None };
    let words = view.page.slice(cell.start, code.0);
    let name = words.trim_end().strip_suffix([',', '–', '-'])?;
    let plain = name.split_whitespace().count() >= 2
        && !name.contains(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ','));
    let small = name.split_whitespace().skip(1).any(|w| w.len() >= 4 && w.starts_with(char::is_lowercase));
    // "Private duty nursing, T1000, by Delta Home Nursing: now 84 hours a week"
    let lettered = view.page.slice(code.0, code.1).contains(char::is_alphabetic);
    let given = lettered
        && [", by ", ", at ", ", with ", ", por ", ", en "]
            .iter()
            .any(|m| view.page.slice(code.1, cell.end).starts_with(m));
    (plain && small && (cell.end == code.1 && cell.end - cell.start <= 80 || given))
        .then_some((cell.start, cell.start + name.len()))
}

/// Whether a code is the first word of a cell that holds nothing else.
fn begins_its_cell(view: &View, code: Span) -> bool {
    let line = view.page.lines.get(view.page.line_at(code.0));
    line.is_some_and(|l| l.cells.iter().any(|c| (c.start, c.end) == code))
}
