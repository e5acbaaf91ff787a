//! What a letter says of itself outside rows: its "Re:" lines with several things in them, numbers within sentences.

use crate::data::{Reader, ValueType, holds};
use crate::found::{Found, LABELLED, SAID, trim};
use crate::labels::Place;
use crate::row_values::{has_digits, id};
use crate::values::Span;
use crate::view::View;

/// The most lines that go on with a "Re:" line.
const MORE_LINES: usize = 4;
/// The most words between what a number is and the number: "your identification number with us is …".
const BETWEEN: usize = 7;

impl Reader {
    /// "Your identification number with us is BBA0047719302": a label in a sentence, a few words, "is" and the number.
    pub(crate) fn said_ids(&self, view: &View) -> Vec<Found> {
        let tokens = &view.page.tokens;
        let mut out: Vec<Found> = Vec::new();
        for ((from, to), label) in view.labels_in((0, tokens.len())) {
            let Some(label) = self.labels.get(label).filter(|l| !l.head) else { continue };
            // "known as member BM-660-21-4785": a word for a person with a number right after it
            let hashed = label.kind == ValueType::Name && !label.hash.is_empty() && self.is_direct_number(view, to);
            if label.kind != ValueType::Id && !hashed {
                continue;
            }
            let field = if hashed { &label.hash } else { &label.field };
            let Some(field) = crate::field_name(field) else { continue };
            let Some(sentence) = tokens.get(from).map(|t| t.sentence) else { continue };
            let here = |i: usize| tokens.get(i).filter(|t| t.sentence == sentence);
            let verb = (to..to + BETWEEN)
                .take_while(|i| here(*i).is_some_and(|t| !t.has_digit))
                .find(|i| here(*i).is_some_and(|t| holds(&self.words.be, &t.norm)));
            // "Your certificate number, for any letter you send, is OHI-4408-B", "your enrollment number, which is R 7740 2265"
            let commas = |i: usize| (to.saturating_sub(1)..i).filter(|g| view.page.gap_after(*g).contains(',')).count();
            let relative = here(to).is_some_and(|t| matches!(t.norm.as_str(), "which" | "that" | "que"));
            let aside = |i: usize| commas(i) == 2 || commas(i) == 1 && relative;
            let plain = |i: usize| {
                (to..i).all(|i| !view.page.gap_after(i).contains([';', ':', '('])) && (commas(i) == 0 || aside(i))
            };
            let numbered = |i: usize| here(i).is_some_and(|t| holds(&self.words.number_words, &t.norm));
            // "the claim, number 25-7719-440,"
            let told = view.page.gap_after(to - 1) == ", " && numbered(to);
            let after = match verb.filter(|i| plain(*i) && !told) {
                None if told => here(to + 1),
                // "the authorization is number 5520-TA-1186"
                Some(i) if numbered(i + 1) => here(i + 2),
                Some(i) if !label.weak => here(i + 1),
                // "and your group is 00912"
                Some(i) if i == to && self.is_own(view, from) => here(i + 1),
                // "filed under membership LMC 440 182 093"
                None if label.weak && !numbered(from) && self.is_direct_number(view, to) => here(to),
                // "your card number, NV 7718 0042 6"
                _ if !label.weak && view.page.gap_after(to - 1) == ", " => here(to),
                _ => None,
            };
            let Some(after) = after else { continue };
            let line = view.page.lines.get(after.line).map_or(after.end, |l| l.end);
            let Some(span) = id(view, (after.start, line)).filter(|s| s.0 == after.start) else { continue };
            if has_digits(view, span, 3) {
                out.extend(Found::words(view, field, span, SAID + 1));
                let end = view.page.sentence_span(sentence).1.max(span.1);
                let more = self.more_ids(view, field, span, (span.1, end));
                out.extend(more.into_iter().map(|f| Found { rank: SAID + 1, ..f }));
            }
        }
        out.extend(self.numbered_requests(view));
        out.extend(self.bare_numbers(view));
        out
    }

    /// Whether a number of several digits stands right after a label in a sentence, with nothing but a blank between.
    fn is_direct_number(&self, view: &View, at: usize) -> bool {
        /// The least digits: less could count anything.
        const DIGITS: usize = 6;
        let Some(t) = view.page.tokens.get(at) else { return false };
        let line = view.page.lines.get(t.line).map_or(t.end, |l| l.end);
        let found = id(view, (t.start, line)).filter(|s| s.0 == t.start);
        let blank = at.checked_sub(1).is_some_and(|b| matches!(view.page.gap_after(b), " " | "\n"));
        blank && found.is_some_and(|s| has_digits(view, s, DIGITS))
    }

    /// Whether "your" stands right before a label.
    fn is_own(&self, view: &View, from: usize) -> bool {
        let before = from.checked_sub(1).and_then(|i| view.page.tokens.get(i));
        before.is_some_and(|t| holds(&self.words.whose_plan, &t.norm)) && view.page.gap_after(from - 1) == " "
    }

    /// "sent us one claim for both days, 5-311-20884, in the amount of": a number between marks, in a sentence that speaks of a
    /// claim or a request shortly before it, with nothing to say what it is.
    fn bare_numbers(&self, view: &View) -> Vec<Found> {
        /// The most words between.
        const NEAR: usize = 9;
        let tokens = &view.page.tokens;
        let mut out = Vec::new();
        for (at, token) in tokens.iter().enumerate().filter(|(at, _)| *at > 0) {
            let gap = view.page.gap_after(at - 1);
            if !(matches!(gap, ", " | ",\n") || gap.ends_with(" (") || gap.ends_with("\n(")) {
                continue;
            }
            let Some(line) = view.page.lines.get(token.line) else { continue };
            let Some(span) = id(view, (token.start, line.end)).filter(|s| s.0 == token.start) else { continue };
            let written = view.page.slice(span.0, span.1);
            let closed = view.page.slice(span.1, line.end);
            let form = written.contains('-') && !written.contains([' ', '/', '*']) && has_digits(view, span, 6);
            let taken = view.phones.iter().any(|p| p.0 < span.1 && span.0 < p.1)
                || view.dates_in((span.0, span.1)).next().is_some()
                || !self.scan.ndcs(written).is_empty();
            let first = view.page.sentence_of(at).0.max(at.saturating_sub(NEAR));
            let before = tokens.get(first..at).unwrap_or(&[]);
            let said = before
                .iter()
                .rfind(|t| holds(&self.words.claim_words, &t.norm) || holds(&self.words.request_words, &t.norm));
            let ends = closed.is_empty() || closed.starts_with([',', ')', '.', ';']);
            if let Some(word) = said.filter(|_| form && ends && !taken) {
                let claim = holds(&self.words.claim_words, &word.norm);
                let field = if claim { "claim.number" } else { "reference.number" };
                out.extend(Found::words(view, field, span, SAID + 4));
            }
        }
        out
    }

    /// "We received your request and gave it the number CD-2601-55830": a number in a sentence about a request.
    fn numbered_requests(&self, view: &View) -> Vec<Found> {
        let tokens = &view.page.tokens;
        let mut out = Vec::new();
        for (at, word) in tokens.iter().enumerate().filter(|(_, t)| holds(&self.words.number_words, &t.norm)) {
            let Some(next) = tokens.get(at + 1).filter(|t| t.sentence == word.sentence) else { continue };
            let range = view.page.sentence_of(at);
            let words = tokens.get(range.0..at).unwrap_or_default();
            let near = at.checked_sub(1).and_then(|i| tokens.get(i));
            let bare = near
                .is_some_and(|t| holds(&self.words.service_lead, &t.norm) || holds(&self.words.number_leads, &t.norm));
            let request = words.iter().any(|t| holds(&self.words.request_words, &t.norm));
            let line = view.page.lines.get(next.line).map_or(next.end, |l| l.end);
            let Some(span) = id(view, (next.start, line)).filter(|s| s.0 == next.start && bare && request) else {
                continue;
            };
            if has_digits(view, span, 4) && view.page.slice(word.end, next.start).trim().is_empty() {
                out.extend(Found::words(view, "reference.number", span, SAID + 2));
            }
        }
        out
    }

    /// "Re: Member: Ana Ruiz; Claim 7; Lakeside Hospital; 3/2/2026-3/4/2026": the parts of the lines after "Re:" that are a place
    /// of care, days, or a name that goes on in the next line.
    pub(crate) fn about_line(&self, view: &View, places: &[Place]) -> Vec<Found> {
        let Some(region) = self.about_region(view) else { return Vec::new() };
        let mut out = Vec::new();
        for part in parts(view, region) {
            let words = view.page.slice(part.0, part.1);
            let dates: Vec<_> = view.dates_in(part).collect();
            if let [date] = dates.as_slice()
                && date.span == part
            {
                out.push(Found::normalized(view, "service.date", date.iso(), date.span, SAID + 1));
            }
            let first = (part.0, part.0 + words.find('\n').unwrap_or(words.len()));
            let named = view.page.slice(first.0, first.1);
            if !named.contains(':') && named.split_whitespace().count() >= 2 && self.is_place(view, first) {
                out.extend(Found::words(view, "provider.facility", first, SAID));
            } else if words.contains('\n') {
                out.extend(self.name_over_lines(view, part, places));
            }
        }
        out
    }

    /// The "Re:" line and the lines indented under it, where marks part several things in them.
    fn about_region(&self, view: &View) -> Option<Span> {
        let lines = &view.page.lines;
        let number = lines.iter().position(|l| {
            let first = view.page.tokens.get(view.page.token_at(l.start)).filter(|t| t.end <= l.end);
            first.is_some_and(|t| {
                holds(&self.words.label_leads, &t.norm) && view.page.slice(t.end, l.end).starts_with(':')
            })
        })?;
        let line = lines.get(number).filter(|_| view.number == 1)?;
        let indent = line.cells.first()?.left;
        let start = line.start + view.page.slice(line.start, line.end).find(':')? + 1;
        let more = lines.iter().skip(number + 1).take(MORE_LINES);
        let more = more.take_while(|l| l.cells.first().is_some_and(|c| c.left > indent));
        let end = more.last().map_or(line.end, |l| l.end);
        let words = view.page.slice(start, end);
        words.contains([';', '|', ',']).then_some((start, end))
    }

    /// "Patient: Bronwen\n     Olszewski-Ford": a name that the line's end breaks.
    fn name_over_lines(&self, view: &View, part: Span, places: &[Place]) -> Option<Found> {
        let place = places.iter().find(|p| p.start >= part.0 && p.start < part.1 && p.is_colon())?;
        let label = self.labels.get(place.label).filter(|l| l.kind == ValueType::Name)?;
        let span = trim(view.page.text, (place.end, part.1));
        let tokens = view.page.tokens.get(view.page.token_at(span.0)..view.page.token_at(span.1))?;
        let named = (2..=5).contains(&tokens.len()) && tokens.iter().all(|t| t.capital && !t.has_digit);
        let plain = !view.page.slice(span.0, span.1).contains([':', ',', '(', '/']);
        (named && plain).then(|| Found::words(view, crate::field_name(&label.field)?, span, LABELLED))?
    }
}

/// What stands between the marks `;`, `,` and `|` of a region.
fn parts(view: &View, region: Span) -> Vec<Span> {
    let mut at = region.0;
    let mut out = Vec::new();
    for part in view.page.slice(region.0, region.1).split([';', '|', ',']) {
        out.push(trim(view.page.text, (at, at + part.len())));
        at += part.len() + 1;
    }
    out
}
