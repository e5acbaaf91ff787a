//! The plan: who sends the letter, what the plan is called, what kind it says it is.

use facts::Certainty;

use crate::data::{Cue, Meaning, Reader, Section, holds};
use crate::found::{Found, LABELLED, PLACED, SAID, trim};
use crate::values::Span;
use crate::view::View;

/// How many lines from the top a letterhead may take.
const LETTERHEAD: usize = 9;

impl Reader {
    /// The organisation of the letterhead: the first line that names one and is no title of the letter.
    pub(crate) fn letterhead(&self, view: &View) -> Option<Found> {
        if view.number != 1 {
            return None;
        }
        let lines = view.page.lines.iter().filter(|l| !l.cells.is_empty()).take(LETTERHEAD);
        let mut fallback = None;
        for (n, line) in lines.enumerate() {
            for (c, cell) in line.cells.iter().enumerate() {
                let span = self.before_address(view, trim(view.page.text, (cell.start, cell.end)));
                let words = view.page.slice(span.0, span.1);
                if words.contains(':') || words.len() > 80 || view.dates_in(span).next().is_some() {
                    continue;
                }
                let first = view.page.token_at(span.0);
                if view.cue(Cue::PlanNameCue).iter().any(|h| h.0 == first) {
                    continue; // "Administrator of the … Plan" names the plan, not who writes
                }
                match self.issuer_line(view, span) {
                    Some(true) => return Found::words(view, "plan.issuer", span, PLACED),
                    Some(false) if n == 0 && c == 0 => fallback = Found::words(view, "plan.issuer", span, PLACED + 8),
                    _ => {}
                }
            }
        }
        fallback
    }

    /// A line that goes on with an address or telephone number ends before it.
    fn before_address(&self, view: &View, span: Span) -> Span {
        let words = view.page.slice(span.0, span.1);
        let cut = [
            ", P.O",
            ", PO B",
            " • ",
            " | ",
            " · ",
            ", a division",
            ", an independent",
            ", a subsidiary",
            " for ",
            " on behalf of ",
        ]
        .iter()
        .filter_map(|m| words.find(m))
        .min();
        (span.0, span.0 + cut.unwrap_or(words.len()))
    }

    /// `true`: names an insurer or administrator; `false`: might be a name; nothing: is something else.
    fn issuer_line(&self, view: &View, span: Span) -> Option<bool> {
        let from = view.page.token_at(span.0);
        let to = view.page.token_at(span.1);
        let tokens = view.page.tokens.get(from..to)?;
        if tokens.is_empty() || tokens.len() > 10 {
            return None;
        }
        let noise = tokens.iter().any(|t| holds(&self.words.not_issuer, &t.norm));
        let digits = tokens.iter().any(|t| t.has_digit && !t.norm.chars().any(char::is_alphabetic));
        let capitals =
            tokens.iter().filter(|t| t.capital || holds(&self.words.particles, &t.norm) || t.norm.len() <= 3).count();
        if noise
            || digits
            || capitals < tokens.len()
            || view.page.slice(span.0, span.1).ends_with(['.', '?', '!']) && !ends_with_inc(view, span)
        {
            return None;
        }
        let named = tokens.iter().any(|t| self.is_organisation_word(&t.norm));
        Some(named)
    }

    fn is_organisation_word(&self, norm: &str) -> bool {
        holds(&self.words.organisation, norm)
            || ["biuecross", "biueshieid", "heaithcare", "heaithpian"].iter().any(|w| norm.starts_with(w))
    }

    /// "You have the right to ask X to review": the name after the cue.
    pub(crate) fn said_issuer(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for (_, to) in view.cue(Cue::IssuerCue) {
            out.extend(self.proper_name(view, *to).and_then(|s| Found::words(view, "plan.issuer", s, SAID + 15)));
        }
        out
    }

    /// The plan's name after a cue such as "on behalf of the" or "administrator for".
    pub(crate) fn said_plan_name(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for (_, to) in view.cue(Cue::PlanNameCue) {
            let Some(span) = self.proper_name(view, *to) else { continue };
            let words = view.page.slice(span.0, span.1);
            if words.split_whitespace().count() >= 2 {
                out.extend(Found::words(view, "plan.name", span, SAID));
            }
        }
        out
    }

    /// A run of capitalised words (with `&`, `of`, `and` within) that begins at a token.
    pub(crate) fn proper_name(&self, view: &View, at: usize) -> Option<Span> {
        let page = &view.page;
        let mut from = at;
        while page.tokens.get(from).is_some_and(|t| holds(&self.words.service_lead, &t.norm)) {
            from += 1;
        }
        let mut to = from;
        let mut last = None;
        while let Some(t) = page.tokens.get(to) {
            let gap = if to > from { page.gap_after(to - 1) } else { "" };
            if gap.contains(['.', ',', ';', ':']) || gap.contains("\n\n") || to - from > 10 {
                break;
            }
            let small = matches!(t.norm.as_str(), "of" | "and" | "the" | "for" | "de" | "dei" | "ia" | "y");
            if gap.contains('(') && t.norm.len() > 5 || !(t.capital || small || t.has_digit) {
                break;
            }
            if !small {
                last = Some(to);
            }
            to += 1;
        }
        let last = last?;
        let span = view.bytes((from, last + 1));
        let close = view.page.slice(span.1, span.1 + 1) == ")";
        Some(trim(page.text, (span.0, span.1 + usize::from(close))))
    }

    /// What kind of plan the letter says it is; the phrases that say most come first in the data.
    pub(crate) fn plan_kind(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for (meaning, range) in &view.hits {
            let Meaning::PlanKind(i) = meaning else { continue };
            if view.section(range.0) == Section::Help {
                continue;
            }
            let span = view.bytes(*range);
            let rank = u8::try_from(*i).unwrap_or(u8::MAX).min(200);
            out.extend(Found::words(view, "plan.kind_stated", span, rank));
        }
        out.sort_by_key(|f| (f.rank, f.span.0, std::cmp::Reverse(f.span.1)));
        out.truncate(1);
        out
    }

    /// Coverage and network type that the stated kind settles, for the case file.
    pub(crate) fn plan_kind_meaning(&self, value: &str) -> (Option<String>, Option<String>) {
        let view = View::new(self, value, 1, Section::Body);
        let kind = view.hits.iter().filter_map(|(m, _)| match m {
            Meaning::PlanKind(i) => self.plan_kinds.get(*i),
            _ => None,
        });
        let kind: Vec<_> = kind.collect();
        (kind.iter().find_map(|k| k.coverage.clone()), kind.iter().find_map(|k| k.network.clone()))
    }
}

fn ends_with_inc(view: &View, span: Span) -> bool {
    let words = view.page.slice(span.0, span.1).to_lowercase();
    ["inc.", "co.", "corp.", "ltd.", "u.s."].iter().any(|s| words.ends_with(s))
}

/// The date of the letter where no label gives it: a date alone on a line near the top, else before the greeting.
pub(crate) fn lone_date(view: &View) -> Vec<Found> {
    let mut out = Vec::new();
    if view.number != 1 {
        return out;
    }
    let greeting = view.cue(Cue::Greeting).first().map_or(usize::MAX, |r| view.bytes(*r).0);
    for date in &view.dates {
        if date.last.is_some()
            || date.span.0 > greeting.saturating_add(0) && greeting != usize::MAX && date.span.0 > greeting + 200
        {
            continue;
        }
        let line = view.page.line_at(date.span.0);
        let Some(l) = view.page.lines.get(line) else { continue };
        let cell = l.cells.iter().find(|c| c.start <= date.span.0 && date.span.0 < c.end);
        let rest = cell.map_or(String::new(), |c| {
            format!("{}{}", view.page.slice(c.start, date.span.0), view.page.slice(date.span.1, c.end))
        });
        let letters = rest.chars().filter(|c| c.is_alphabetic()).count();
        let weekday = letters <= 10 && rest.to_lowercase().contains("day") || letters == 0;
        let at = view.page.token_at(date.span.0);
        let noise = view.cue_in(Cue::OtherDate, (view.page.token_at(l.start), at)).is_some();
        if weekday && !noise && date.span.0 < greeting && line < 40 {
            let value = date.first.to_string();
            out.push(Found {
                certainty: Certainty::Normalized,
                ..Found::normalized(view, "notice.dated", value, date.span, PLACED)
            });
            break;
        }
    }
    for (_, to) in view.cue(Cue::NoticeDate) {
        let Some(end) = to.checked_sub(1).and_then(|i| view.page.tokens.get(i)) else { continue };
        if let Some(date) = view.dates_in((end.end, end.end + 12)).next() {
            let value = date.first.to_string();
            out.push(Found::normalized(view, "notice.dated", value, date.span, LABELLED + 1));
        }
    }
    out
}
