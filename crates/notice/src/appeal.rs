//! How and by when to appeal: windows, last days, where to send it, and what else the letter offers.

use crate::data::{Cue, Reader, Section, holds};
use crate::found::{Found, LABELLED, OUTSIDE, SAID, trim};
use crate::values::Span;
use crate::view::{Range, View};

/// A stretch of time in the text: `180 days`, `four months`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) tokens: Range,
    /// `180 days`, `10 business days`.
    pub(crate) value: String,
    /// From the number, in words where it is written so, to the unit.
    pub(crate) span: Span,
}

/// How many of the words before an address that may lead to it are tried, nearest first.
const CUES: usize = 6;

impl Reader {
    /// All stretches of time on the page.
    pub(crate) fn windows(&self, view: &View) -> Vec<Window> {
        let tokens = &view.page.tokens;
        let mut out = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let Some(unit) = self.words.units.get(token.norm.as_str()) else { continue };
            out.extend(self.window(view, at, unit));
        }
        out
    }

    fn window(&self, view: &View, at: usize, unit: &str) -> Option<Window> {
        let tokens = &view.page.tokens;
        let mut number_at = at.checked_sub(1)?;
        let mut kind = self.words.day_kinds.get(tokens.get(number_at)?.norm.as_str());
        if kind.is_some() {
            number_at = number_at.checked_sub(1)?;
        }
        let (first, count) = self.number_before(view, number_at)?;
        if unit == "hour" && view.page.gap_after(number_at) == "-" {
            return None; // "a 72-hour decision" is a pace, not a window
        }
        let mut last = at;
        let after = tokens.get(at + 1).and_then(|t| self.words.day_kinds.get(t.norm.as_str()));
        if let (None, Some(k), true) = (kind, after, view.page.gap_after(at).trim().is_empty()) {
            kind = Some(k);
            last = at + 1;
        }
        let kind = kind.filter(|k| !k.is_empty()).map_or(String::new(), |k| format!("{k} "));
        let plural = if count == 1 { "" } else { "s" };
        let span = (tokens.get(first)?.start, tokens.get(last)?.end);
        let close = (view.page.line_at(span.1) - view.page.line_at(span.0)) <= 1;
        close.then(|| Window { tokens: (first, last + 1), value: format!("{count} {kind}{unit}{plural}"), span })
    }

    /// A number that ends at a token, in digits, in words, or in words with the digits in brackets: where it begins,
    /// and its value.
    fn number_before(&self, view: &View, at: usize) -> Option<(usize, u32)> {
        let tokens = &view.page.tokens;
        let t = tokens.get(at)?;
        let written = view.page.slice(t.start, t.end);
        let plain: String = written
            .chars()
            .map(|c| {
                if matches!(c, 'O' | 'o') {
                    '0'
                } else if matches!(c, 'l' | 'I') {
                    '1'
                } else {
                    c
                }
            })
            .collect();
        if t.has_digit || written == "l0" {
            // "the 180th day"
            let plain = ["th", "st", "nd", "rd"].iter().find_map(|e| plain.strip_suffix(e)).unwrap_or(&plain);
            let value: u32 = plain.parse().ok().filter(|n| *n > 0 && *n < 2000)?;
            let bracketed = view.page.slice(t.start.saturating_sub(1), t.start) == "(";
            let from = if bracketed { self.words_before(view, at).map_or(at, |(from, _)| from) } else { at };
            return Some((from, value));
        }
        let (from, value) = self.words_before(view, at + 1)?;
        Some((from, value))
    }

    /// A number in words that ends before a token.
    fn words_before(&self, view: &View, end: usize) -> Option<(usize, u32)> {
        let tokens = &view.page.tokens;
        let mut from = end;
        let mut parts = Vec::new();
        while let Some(t) = from.checked_sub(1).and_then(|i| tokens.get(i)) {
            match self.words.numbers.get(t.norm.as_str()) {
                Some(n) => parts.push(*n),
                None if matches!(t.norm.as_str(), "and" | "y") && !parts.is_empty() => {}
                None => break,
            }
            from -= 1;
        }
        while tokens.get(from).is_some_and(|t| matches!(t.norm.as_str(), "and" | "y")) {
            from += 1;
        }
        let mut value = 0;
        for n in parts.iter().rev() {
            value = if *n == 100 && value > 0 && value < 10 { value * 100 } else { value + n };
        }
        (value > 0).then_some((from, value))
    }

    /// The window in which to appeal: the plan's own appeal before outside review.
    pub(crate) fn appeal_windows(&self, view: &View) -> Vec<Found> {
        let windows = self.windows(view);
        let mut out = Vec::new();
        for w in &windows {
            if let Some(rank) = self.window_rank(view, w) {
                out.push(Found::normalized(view, "appeal.window_stated", w.value.clone(), w.span, rank));
            }
        }
        out
    }

    /// How surely a window is the one in which to appeal; nothing when it is another clock.
    fn window_rank(&self, view: &View, w: &Window) -> Option<u8> {
        let (from, to) = view.page.sentence_of(w.tokens.0);
        let before = (from, w.tokens.0);
        let around = (from, to);
        let last = |cue: Cue, range: Range| {
            view.cue(cue).iter().filter(|h| h.0 >= range.0 && h.1 <= range.1).map(|h| h.0).max()
        };
        let files = last(Cue::FileBy, (from, w.tokens.1));
        if view.cue_in(Cue::OtherClock, around).is_some_and(|h| h.0 + 12 >= w.tokens.0 && h.0 <= w.tokens.1 + 8)
            && !self.is_at_least(view, w, around)
        {
            return None;
        }
        if self.plan_decides_by(view, w) {
            return None;
        }
        let appeal = last(Cue::Appeal, before);
        let external = last(Cue::External, before);
        let appeal_after = view.cue_in(Cue::Appeal, (w.tokens.1, to)).map(|h| h.0);
        let external_after = view.cue_in(Cue::External, (w.tokens.1, to)).map(|h| h.0);
        let said_before = |cue: Cue| sentences_before(view, from, 5).any(|r| view.cue_in(cue, r).is_some());
        let is_external = match (external, appeal) {
            (Some(e), Some(a)) => e + 2 >= a || files.is_some_and(|f| e > f),
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => match (external_after, appeal_after) {
                (Some(e), Some(a)) => e <= a,
                (Some(_), None) => true,
                _ => said_before(Cue::External) && appeal_after.is_none(),
            },
        };
        let about_appeal = appeal.is_some() || appeal_after.is_some();
        let expedited = view.cue_in(Cue::ExpeditedOffer, before).is_some();
        // "a grievance within 60 days, your appeal within 180 days", "at the second level within 60 days"
        let behind = self.is_complaint(view, w, from) || self.is_later_level(view, w, from);
        let late = u8::from(expedited) * 4 + u8::from(behind) * 2;
        if is_external {
            return files.map(|_| OUTSIDE + late);
        }
        match (files.is_some(), about_appeal) {
            (true, true) => Some(SAID + late),
            (false, true) if self.explains_a_date(view, w) => Some(SAID + 2 + late),
            (false, false)
                if self.explains_a_date(view, w)
                    && (said_before(Cue::Appeal)
                        || view.section(w.tokens.0) == Section::Rights
                            && view.cue_in(Cue::Deadline, before).is_some()) =>
            {
                Some(SAID + 3 + late)
            }
            (false, true) if view.section(w.tokens.0) == Section::Rights && appeal.is_some() => Some(SAID + 6 + late),
            // "APPEAL. You have 180 days from receipt of this letter."
            (_, false)
                if sentences_before(view, from, 1).any(|r| view.cue_in(Cue::Appeal, r).is_some() && r.1 - r.0 <= 5)
                    && view.cue_in(Cue::CountedFrom, around).is_some()
                    && view.cue(Cue::FileBy).iter().any(|h| h.0 >= from && h.1 <= w.tokens.1) =>
            {
                Some(SAID + 3 + late)
            }
            (true, false)
                if view.section(w.tokens.0) == Section::Rights
                    || said_before(Cue::Appeal) && view.cue_in(Cue::CountedFrom, around).is_some() =>
            {
                Some(SAID + 3 + late)
            }
            _ => None,
        }
    }

    /// Whether a window is the time in which the plan answers.
    pub(crate) fn plan_decides_by(&self, view: &View, w: &Window) -> bool {
        let (from, _) = view.page.sentence_of(w.tokens.0);
        // "to have a decision reviewed", "to review this decision within 60 days": no decision that the plan makes by then
        let asked =
            |h: &Range| view.cue(Cue::Appeal).iter().any(|a| a.0 <= h.0 && h.1 <= a.1 || a.0 < h.0 && h.0 < a.1);
        let decides = view.cue(Cue::PlanDecides).iter().filter(|h| h.0 >= from && h.1 <= w.tokens.1 && !asked(h));
        let decides = decides.map(|h| h.0).max();
        let said = view
            .cue(Cue::FileBy)
            .iter()
            .filter(|h| h.0 >= from && h.1 <= w.tokens.1 && h.1 - h.0 >= 2)
            .map(|h| h.0)
            .max();
        let counted_from_ours = view.cue_between(Cue::PlanDecides, w.tokens.1, w.tokens.1 + 1).next().is_some();
        decides.is_some() && (decides >= said || counted_from_ours)
    }

    /// Whether the last word for an appeal before a window is one for a complaint.
    fn is_complaint(&self, view: &View, w: &Window, from: usize) -> bool {
        let hits = view.cue(Cue::Appeal).iter().filter(|h| h.0 >= from && h.1 <= w.tokens.0);
        let last = hits.max_by_key(|h| h.1).and_then(|h| view.page.tokens.get(h.0..h.1));
        last.is_some_and(|words| words.iter().any(|t| holds(&self.words.complaints, &t.norm)))
    }

    /// Whether a window is one for the level after the first.
    fn is_later_level(&self, view: &View, w: &Window, from: usize) -> bool {
        /// The most words between.
        const NEAR: usize = 14;
        let words = view.page.tokens.get(from.max(w.tokens.0.saturating_sub(NEAR))..w.tokens.0).unwrap_or(&[]);
        let level = |norm: &str| matches!(norm, "ievei" | "appeai" | "nivei" | "apeiacion");
        words.windows(2).any(|p| matches!(p, [a, b] if holds(&self.words.later_levels, &a.norm) && level(&b.norm)))
    }

    /// "until December 7, 2026 to send your appeal (that is at least 180 days from the date you receive this notice)": the
    /// window that a last day is not shorter than, counted from the notice.
    fn is_at_least(&self, view: &View, w: &Window, sentence: Range) -> bool {
        let others = view.cue(Cue::OtherClock).iter().filter(|h| h.0 >= sentence.0 && h.1 <= sentence.1);
        let mut near = others.filter(|h| h.0 + 12 >= w.tokens.0 && h.0 <= w.tokens.1 + 8);
        let least = near.all(|h| h.0 + 4 >= w.tokens.0 && h.1 == w.tokens.1);
        let counted = view.cue_between(Cue::CountedFrom, w.tokens.1, w.tokens.1 + 5).next().is_some();
        least && counted && view.cue_in(Cue::Appeal, (sentence.0, w.tokens.0)).is_some()
    }

    /// "by April 12, 2026 (60 days)": the window stands in brackets right after the last day.
    fn explains_a_date(&self, view: &View, w: &Window) -> bool {
        let before = view.page.slice(0, w.span.0).trim_end();
        let open = before.len().saturating_sub(1);
        before.ends_with('(') && view.dates.iter().any(|d| d.span.1 <= open && open - d.span.1 <= 2)
    }

    /// A last day that the letter itself names.
    pub(crate) fn deadlines(&self, view: &View) -> Vec<Found> {
        /// How far behind the day an appeal may be named: "May 3, 2027 to ask us for an appeal".
        const AFTER: usize = 8;
        let mut out = Vec::new();
        let windows = self.appeal_windows(view);
        let windows: Vec<usize> =
            windows.iter().filter(|w| w.rank < OUTSIDE).map(|w| view.page.token_at(w.span.0)).collect();
        for date in &view.dates {
            let at = view.page.token_at(date.span.0);
            let (from, to) = view.page.sentence_of(at);
            let range = (from, at);
            let near = view.cue(Cue::Deadline).iter().any(|h| h.0 >= from && h.1 <= at && h.1 + 3 >= at)
                || self.names_the_last_day(view, &windows, at);
            let about = view.cue(Cue::Appeal).iter().rfind(|h| h.0 >= range.0 && h.1 <= at).map(|h| h.0);
            let other = view.cue(Cue::External).iter().rfind(|h| h.0 >= range.0 && h.1 <= at).map(|h| h.0);
            // "we must have it by September 17" is a day for the person
            let last = |cue: Cue, least: usize| {
                view.cue(cue).iter().filter(|h| h.0 >= from && h.1 <= at && h.1 - h.0 >= least).map(|h| h.0).max()
            };
            let decides = last(Cue::PlanDecides, 1);
            let excluded = view.cue_in(Cue::OtherClock, (from, at)).is_some()
                || decides.is_some() && decides >= last(Cue::FileBy, 2);
            let earlier = from.checked_sub(1).is_some_and(|i| view.sentence_has(i, Cue::Appeal));
            let opens = view.cue(Cue::Deadline).iter().any(|h| h.0 >= from && h.0 <= from + 2 && h.1 <= at);
            let before = from.checked_sub(1).map_or(from, |i| view.page.sentence_of(i).0);
            let windowed = windows.iter().any(|w| *w >= before && *w < view.page.sentence_of(at).1);
            // "You have until May 3, 2027 to appeal": the appeal is named right behind the day
            let behind = view.cue(Cue::Appeal).iter().any(|h| h.0 > at && h.0 <= at + AFTER && h.1 <= to);
            let about =
                about.is_some() || behind || windowed || earlier && (opens || view.section(at) == Section::Rights);
            if near && about && other.is_none() && !excluded {
                // the last day that goes with a stated time comes before one for something else, as for keeping services
                let rank = SAID + u8::from(!windowed);
                out.push(Found::normalized(view, "appeal.deadline_stated", date.first.to_string(), date.span, rank));
            }
        }
        out
    }

    /// "within 60 days of this notice, which is January 19, 2027": the day that a time to appeal is said to end on.
    fn names_the_last_day(&self, view: &View, windows: &[usize], at: usize) -> bool {
        /// The most words between the time and the day.
        const NEAR: usize = 14;
        let from = view.page.sentence_of(at).0;
        let verb =
            at.checked_sub(1).and_then(|i| view.page.tokens.get(i)).is_some_and(|t| holds(&self.words.be, &t.norm));
        verb && windows.iter().any(|w| *w >= from && *w < at && at - *w <= NEAR)
    }

    /// Offers: a fast appeal, outside review, the claim file. The sentence is the quote.
    pub(crate) fn offers(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for (cue, field) in [
            (Cue::ExpeditedOffer, "expedited.offered"),
            (Cue::ExternalOffer, "external_review.offered"),
            (Cue::ClaimFileOffer, "claim_file.offered"),
            (Cue::SecondOpinionRequired, "second_opinion.required_stated"),
        ] {
            // "The reviewer will also look at your medical records": who looks is not the person.
            let by_others = |from: usize| view.cue(Cue::OthersLook).iter().any(|o| o.0 < from && from < o.1);
            let theirs = |from: usize| cue == Cue::ClaimFileOffer && by_others(from);
            let hit = view.cue(cue).iter().filter(|(from, _)| !theirs(*from)).find(|(from, to)| {
                !self.taken_back(view, *from) && !names_a_clinic(view, (*from, *to)) && !in_a_table(view, *from)
            });
            if let Some((from, _)) = hit
                && let Some(t) = view.page.tokens.get(*from)
            {
                out.push(Found::inferred(view, field, "true", view.page.sentence_span(t.sentence), SAID));
            }
        }
        for (from, to) in view.cue(Cue::FlagSecondOpinion) {
            out.extend(Found::words(view, "second_opinion.flag", view.bytes((*from, *to)), SAID));
        }
        out
    }

    fn taken_back(&self, view: &View, at: usize) -> bool {
        view.sentence_has(at, Cue::Negation)
    }

    /// Postal addresses for the appeal, best first.
    pub(crate) fn addresses(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        let mut floor = 0;
        for zip in self.ends_of_addresses(view) {
            out.extend(self.address(view, zip, floor));
            floor = zip.1;
        }
        out
    }

    /// Where postal addresses end: a ZIP code after a State, in two letters or written out.
    pub(crate) fn ends_of_addresses(&self, view: &View) -> Vec<Span> {
        let abbreviated = self.scan.zips(view.page.text).into_iter().filter(|(_, state)| {
            let state = state.replace('l', "I").replace('0', "O").replace('.', "").to_uppercase();
            self.words.states.contains(&state) || state == "M1" || state == "ML"
        });
        let mut out: Vec<Span> = abbreviated.map(|(span, _)| span).collect();
        for (at, token) in view.page.tokens.iter().enumerate() {
            let zip = token.end - token.start == 5
                && view.page.slice(token.start, token.end).bytes().all(|b| b.is_ascii_digit());
            if let Some(state) = self.state_before(view, at).filter(|_| zip) {
                out.push((state, token.end));
            }
        }
        out.sort_unstable();
        out
    }

    /// Where the State's name begins that ends right before a token.
    fn state_before(&self, view: &View, at: usize) -> Option<usize> {
        let before = view.page.tokens.get(at.saturating_sub(3)..at)?;
        (0..before.len()).find_map(|i| {
            let name: Vec<&str> = before.get(i..)?.iter().map(|t| t.norm.as_str()).collect();
            holds(&self.words.state_names, &name.join(" ")).then(|| before.get(i).map(|t| t.start))?
        })
    }

    fn address(&self, view: &View, zip: Span, floor: usize) -> Option<Found> {
        let line = view.page.line_at(zip.0);
        let top = view
            .page
            .lines
            .get(line.saturating_sub(7))
            .map_or(0, |l| l.start)
            .max(floor)
            .max(zip.0.saturating_sub(330));
        let from = view.page.token_at(top);
        let at = view.page.token_at(zip.0);
        let mut cues: Vec<Range> = view.cue(Cue::SendTo).iter().copied().filter(|h| h.0 >= from && h.1 <= at).collect();
        cues.sort_by_key(|h| (std::cmp::Reverse(h.1), h.0));
        cues.dedup_by_key(|h| h.1);
        let sent = cues.iter().take(CUES).find_map(|cue| self.address_after(view, *cue, from, zip));
        sent.unwrap_or_else(|| self.address_alone(view, from, zip))
    }

    /// The address that follows words such as "send it to"; the outer option is empty where no address follows, the inner
    /// where it is none for appeals.
    fn address_after(&self, view: &View, cue: Range, from: usize, zip: Span) -> Option<Option<Found>> {
        let (cue_from, cue_to) = cue;
        let at = view.page.token_at(zip.0);
        let external = |r: Range| view.cue_in(Cue::External, r).is_some();
        let last = view.page.tokens.get(cue_to.checked_sub(1)?)?;
        // "Claims address: PO Box 112"
        let before = cue_to.checked_sub(2).and_then(|i| view.page.tokens.get(i)).filter(|t| t.line == last.line);
        let of_others = before.is_some_and(|t| holds(&self.words.other_post, &t.norm));
        if of_others && matches!(last.norm.as_str(), "address" | "direccion") {
            return Some(None);
        }
        // "write to Appeals Unit, 400 Grant St": the cue's last word begins the name of the office
        let office = last.capital
            && holds(&self.words.appeal_units, &last.norm)
            && view.page.gap_after(cue_to - 1) == " "
            && view.page.tokens.get(cue_to).is_some_and(|t| t.capital);
        let start = if office { last.start } else { last.end };
        let span = self.address_block(view, (start, zip.1))?;
        let sentence = view.page.sentence_of(cue_from);
        let near = (sentence.0.min(from.max(cue_from.saturating_sub(40))), at);
        let office = view.cue_in(Cue::AppealsOffice, (view.page.token_at(span.0), at)).is_some();
        let spoken = |cue: Cue| sentences_before(view, sentence.0, 3).any(|r| view.cue_in(cue, r).is_some());
        let about = office
            || view.cue_in(Cue::Appeal, near).is_some()
            || view.section(at) == Section::Rights
            || spoken(Cue::Appeal);
        if !about && spoken(Cue::External) {
            return Some(Found::words(view, "appeal.address", span, OUTSIDE + 4));
        }
        let outside = external((sentence.0, at))
            && !view.cue_in(Cue::Appeal, (sentence.0, cue_to)).is_some_and(|_| !external((sentence.0, cue_to)));
        let rank = match (about, outside, office) {
            (_, true, _) => OUTSIDE + 4,
            (true, _, true) => LABELLED + 2,
            (true, ..) => SAID,
            _ => return Some(None),
        };
        Some(Found::words(view, "appeal.address", span, rank))
    }

    /// An address of an appeals office that stands as a sentence or block of its own, near words about an appeal.
    fn address_alone(&self, view: &View, from: usize, zip: Span) -> Option<Found> {
        let at = view.page.token_at(zip.0);
        let sentence = view.page.sentence_of(at);
        let begin = self.block_begin(view, at).unwrap_or(sentence.0).min(sentence.0).max(from);
        let sentence = (begin, sentence.1);
        let external = view.cue_in(Cue::External, (sentence.0, at)).is_some();
        view.cue_in(Cue::AppealsOffice, (sentence.0.max(from), at))?;
        let start = view.page.tokens.get(sentence.0.max(from))?.start;
        let span = self.address_block(view, (start, zip.1))?;
        let rank = if external { OUTSIDE + 4 } else { SAID + 2 };
        (view.section(at) == Section::Rights || view.cue_in(Cue::Appeal, (sentence.0.saturating_sub(60), at)).is_some())
            .then(|| Found::words(view, "appeal.address", span, rank))?
    }

    /// The first token of the block of short lines of one cell that ends with a token's line: an address as it is printed.
    fn block_begin(&self, view: &View, at: usize) -> Option<usize> {
        let last = view.page.tokens.get(at)?.line;
        let short = |i: &usize| {
            view.page.lines.get(*i).is_some_and(|l| {
                let words = view.page.slice(l.start, l.end).trim();
                l.cells.len() == 1
                    && words.len() <= 50
                    && !words.ends_with(['.', ':', '?'])
                    && words.starts_with(|c: char| !c.is_lowercase())
            })
        };
        let first = (last.saturating_sub(4)..last).rev().take_while(short).last()?;
        Some(view.page.token_at(view.page.lines.get(first)?.start))
    }

    /// Cuts what leads up to an address: "your appeal to", a colon, blank lines; refuses prose.
    fn address_block(&self, view: &View, span: Span) -> Option<Span> {
        let text = view.page.slice(span.0, span.1);
        let mut start = 0;
        if let Some(colon) = text
            .rfind(':')
            .filter(|c| !text.get(c + 1..).unwrap_or("").trim_start().starts_with(|c: char| c.is_lowercase()))
        {
            let lead = text.get(..colon).unwrap_or("");
            let attention = lead.trim_end().to_lowercase();
            if !(attention.ends_with("attn") || attention.ends_with("attention") || attention.ends_with("c/o")) {
                start = colon + 1;
            }
        }
        if let Some(stop) = sentence_stop(text.get(start..).unwrap_or("")) {
            start += stop;
        }
        if let Some(window) = self.windows(view).iter().rfind(|w| w.span.0 >= span.0 && w.span.1 < span.1) {
            start = start.max(window.span.1 - span.0);
            let to = text.get(start..).and_then(|t| {
                [" to ", " at ", " a ", ": "].iter().filter_map(|m| t.find(m).map(|i| i + m.len())).min()
            });
            start += to.unwrap_or(0);
        }
        let body = text.get(start..)?;
        let lead: Vec<&str> = body.split_whitespace().collect();
        let folded = |w: &str| crate::phrase::fold_word(w.trim_matches(|c: char| !c.is_alphanumeric()));
        // "Appeals Panel", "Grievance Unit": an office keeps its first word
        let named = |at: usize| {
            let capital = |w: &&str| w.starts_with(char::is_uppercase);
            let next = lead.get(at + 1).filter(|n| capital(n) && !n.starts_with("P.")).map(|n| folded(n));
            let office = |n: String| holds(&self.words.appeal_units, &n) || holds(&self.words.department, &n);
            lead.get(at).is_some_and(|w| capital(w) && !w.ends_with(',') && holds(&self.words.appeal_units, &folded(w)))
                && next.is_some_and(office)
        };
        let small = (0..lead.len())
            .take_while(|at| lead.get(*at).is_some_and(|w| holds(&self.words.address_words, &folded(w))) && !named(*at))
            .count();
        let mut rest = body.trim_start();
        for _ in 0..small {
            rest = rest.split_once(char::is_whitespace).map_or("", |(_, r)| r).trim_start();
        }
        let after_phone = view.phones.iter().filter(|p| p.0 >= span.1 - rest.len() && p.1 < span.1).map(|p| p.1).max();
        let start = after_phone
            .map_or(span.1 - rest.len(), |p| p + skip_joiner(&self.words.before_address, view.page.slice(p, span.1)));
        let mut block = trim(view.page.text, (start, span.1));
        if view.page.slice(block.0, block.1).starts_with('&') {
            block.0 = view.page.lines.get(view.page.line_at(block.0)).map_or(block.0, |l| l.start); // "Appeals & Claims"
            block = trim(view.page.text, block);
        }
        let words = view.page.slice(block.0, block.1);
        let number = words.bytes().any(|b| b.is_ascii_digit());
        let gap = words.contains("\n\n\n");
        (number && !gap && words.len() >= 15 && words.len() <= 260 && words.split_whitespace().count() >= 4)
            .then_some(block)
    }

    /// Telephone, fax and web address for the appeal. `last`: the plan itself is done, and the next body is meant.
    pub(crate) fn contacts(&self, view: &View, address: Option<Span>, last: bool) -> Vec<Found> {
        let mut out = Vec::new();
        let mut floor = 0;
        for phone in &view.phones {
            out.extend(self.contact(view, *phone, floor, address, last));
            floor = phone.1;
        }
        for url in self.scan.urls(view.page.text) {
            let at = view.page.token_at(url.0);
            let written = view.page.slice(url.0, url.1).to_lowercase();
            let government = written.split('/').next().is_some_and(|host| host.ends_with(".gov")) && !last;
            let public = government || self.words.public_sites.iter().any(|s| written.contains(s.as_str()));
            let about = view.sentence_has(at, Cue::Appeal)
                || self.appeal_nearby(view, at)
                    && (view.section(at) == Section::Rights || view.sentence_has(at, Cue::SendTo));
            if !public && about && (last || !self.outside(view, at)) {
                out.extend(Found::words(view, "appeal.portal", url, SAID));
            }
        }
        out
    }

    fn contact(&self, view: &View, phone: Span, floor: usize, address: Option<Span>, last_step: bool) -> Option<Found> {
        let at = view.page.token_at(phone.0);
        let line = view.page.lines.get(view.page.line_at(phone.0))?;
        let lead = (view.page.token_at(line.start.max(floor)), at);
        let rule = lead.1.checked_sub(1).and_then(|i| view.page.tokens.get(i));
        if rule.is_some_and(|t| holds(&self.words.criteria_core, &t.norm)) {
            return None;
        }
        let last = |cue: Cue| view.cue(cue).iter().filter(|h| h.0 >= lead.0 && h.1 <= lead.1).map(|h| h.1).max();
        let (fax, tel, noise) = (last(Cue::Fax), last(Cue::Phone), last(Cue::PhoneNoise));
        if noise.is_some() && noise >= fax && noise >= tel {
            return None;
        }
        let earlier = (lead.0.saturating_sub(6).max(view.page.token_at(floor)), lead.1);
        let any = |cue: Cue| view.cue(cue).iter().filter(|h| h.0 >= earlier.0 && h.1 <= earlier.1).map(|h| h.1).max();
        let is_fax = if fax.is_some() || tel.is_some() { fax > tel } else { any(Cue::Fax) > any(Cue::Phone) };
        if view.sentence_has(at, Cue::NotAppealContact) || view.cue_in(Cue::NotAppealContact, earlier).is_some() {
            return None;
        }
        if !last_step && self.is_of_another_office(view, at) {
            return None;
        }
        let by_address =
            address.is_some_and(|a| phone.0 > a.1 && phone.0 < a.1 + 220 || phone.1 < a.0 && phone.1 + 160 > a.0);
        let said = view.sentence_has(at, Cue::Appeal);
        let section = view.section(at) == Section::Rights && self.appeal_nearby(view, at);
        if !(by_address || said || section) || self.outside(view, at) && !(last_step && by_address) {
            return None;
        }
        let fast = view.cue_in(Cue::ExpeditedOffer, earlier).is_some();
        let rank = if by_address { LABELLED + 2 } else { SAID } + u8::from(fast);
        Found::words(view, if is_fax { "appeal.fax" } else { "appeal.phone" }, phone, rank)
    }

    /// Whether the number at a token is that of an office that takes no appeals: "Complaints about discrimination: fax …".
    pub(crate) fn is_of_another_office(&self, view: &View, at: usize) -> bool {
        let from = view.page.sentence_of(at).0;
        let named = view.cue(Cue::OtherOffice).iter().rfind(|h| from <= h.0 && h.1 <= at);
        named.is_some_and(|office| view.cue_in(Cue::Appeal, (office.1, at)).is_none())
    }

    /// Whether an appeal is spoken of in the last three sentences.
    fn appeal_nearby(&self, view: &View, at: usize) -> bool {
        let Some(t) = view.page.tokens.get(at) else { return false };
        (t.sentence.saturating_sub(4)..=t.sentence)
            .any(|s| view.cue_in(Cue::Appeal, view.page.sentence_tokens(s)).is_some())
    }

    /// Whether the sentence is about a review outside the plan.
    fn outside(&self, view: &View, at: usize) -> bool {
        let range = view.page.sentence_of(at);
        let external = view.cue(Cue::External).iter().rfind(|h| h.0 >= range.0 && h.1 <= at).map(|h| h.0);
        let appeal = view.cue(Cue::Appeal).iter().rfind(|h| h.0 >= range.0 && h.1 <= at).map(|h| h.0);
        external.is_some() && external >= appeal
    }
}

/// A cell of a row with amounts offers nothing: "Urgent care  99204  $310.00".
fn in_a_table(view: &View, at: usize) -> bool {
    let line = view.page.tokens.get(at).and_then(|t| view.page.lines.get(t.line));
    line.is_some_and(|l| l.cells.len() >= 3 && view.money_in((l.start, l.end)).next().is_some())
}

/// "Clark Fork Urgent Care": one capitalised word that goes on with another is a name, no offer.
fn names_a_clinic(view: &View, hit: Range) -> bool {
    let care = view.page.tokens.get(hit.1).is_some_and(|t| t.norm == "care");
    if hit.1 - hit.0 == 1 && care && view.page.gap_after(hit.0) == " " {
        return true; // "Urgent care visit"
    }
    let capital = |i: usize| view.page.tokens.get(i).is_some_and(|t| t.capital && !view.starts_line(i));
    hit.1 - hit.0 == 1 && capital(hit.0) && capital(hit.1) && view.page.gap_after(hit.0) == " "
}

/// The sentences before a token, nearest first.
fn sentences_before<'v>(view: &'v View, token: usize, most: usize) -> impl Iterator<Item = Range> + 'v {
    let first = view.page.tokens.get(token).map_or(0, |t| t.sentence);
    (1..=most).filter_map(move |n| first.checked_sub(n)).map(|s| view.page.sentence_tokens(s))
}

/// Steps over ", or" between a telephone number and the address that follows it.
fn skip_joiner(joiners: &[String], text: &str) -> usize {
    let rest = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let rest = joiners.iter().find_map(|j| rest.strip_prefix(j.as_str())).unwrap_or(rest);
    text.len() - rest.len()
}

/// After the last full stop that ends a sentence within a lead-in.
fn sentence_stop(text: &str) -> Option<usize> {
    let mut found = None;
    for (i, _) in text.match_indices(". ").chain(text.match_indices(".\n")) {
        let before = text.get(..i).unwrap_or("");
        let word = before.rsplit(|c: char| c.is_whitespace()).next().unwrap_or("");
        let short = word.len() <= 3
            || word.contains('.')
            || matches!(word.to_lowercase().as_str(), "attn" | "dept" | "suite" | "blvd" | "floor");
        if !short {
            found = found.max(Some(i + 2));
        }
    }
    found
}
