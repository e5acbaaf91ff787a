//! Dates in a sentence, the spans between them, and windows like "within the last 12 months".

use std::sync::OnceLock;

use calendar::Date;
use regex::Regex;

use crate::quantity::TimeWords;

/// A date as written, with its byte range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Dated {
    /// The day; the first of the month where no day is written.
    pub(crate) date: Date,
    pub(crate) span: (usize, usize),
}

fn shapes() -> &'static [Regex] {
    static SHAPES: OnceLock<Vec<Regex>> = OnceLock::new();
    SHAPES.get_or_init(|| {
        [
            r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b",
            r"\b(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>(?:19|20)\d\d)\b",
            r"\b(?P<m>\d{1,2})/(?P<y>(?:19|20)\d\d)\b",
            r"\b(?P<name>\p{L}{3,10})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>(?:19|20)\d\d)\b",
            r"\b(?P<d>\d{1,2}) (?:de )?(?P<name>\p{L}{3,10})\.?,? (?:de )?(?P<y>(?:19|20)\d\d)\b",
            r"\b(?P<name>\p{L}{3,10})\.?,? (?:de )?(?P<y>(?:19|20)\d\d)\b",
        ]
        .iter()
        .filter_map(|p| Regex::new(p).ok())
        .collect()
    })
}

/// All dates in folded (lower-case) text, in order.
pub(crate) fn find(text: &str, words: &TimeWords) -> Vec<Dated> {
    let mut found: Vec<Dated> = Vec::new();
    if !text.contains("19") && !text.contains("20") {
        return found;
    }
    for shape in shapes() {
        for c in shape.captures_iter(text) {
            let Some(whole) = c.get(0) else { continue };
            if found.iter().any(|f| f.span.0 < whole.end() && whole.start() < f.span.1) {
                continue;
            }
            let digits = |name: &str| c.name(name).and_then(|m| m.as_str().parse::<i16>().ok());
            let month = match c.name("name") {
                Some(name) => words.months.iter().find(|(w, _)| w == name.as_str()).map(|(_, n)| *n),
                None => digits("m").and_then(|m| i8::try_from(m).ok()),
            };
            let day = digits("d").and_then(|d| i8::try_from(d).ok()).unwrap_or(1);
            let (Some(year), Some(month)) = (digits("y"), month) else { continue };
            if let Ok(date) = Date::new(year, month, day) {
                found.push(Dated { date, span: (whole.start(), whole.end()) });
            }
        }
    }
    found.sort_by_key(|f| f.span);
    found
}

/// The text with its dates replaced by spaces of the same length.
pub(crate) fn blank(text: &str, dates: &[Dated]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for date in dates {
        out.push_str(&text[at..date.span.0]);
        out.extend(std::iter::repeat_n(' ', date.span.1 - date.span.0));
        at = date.span.1;
    }
    out.push_str(&text[at..]);
    out
}

/// Stretches between two dates joined by a word like "to".
pub(crate) fn ranges(text: &str, dates: &[Dated], words: &TimeWords) -> Vec<(Date, Date)> {
    let joined = |a: &Dated, b: &Dated| {
        let between = text.get(a.span.1..b.span.0).unwrap_or("").trim();
        words.until.iter().any(|u| u == between)
    };
    dates.windows(2).filter(|w| joined(&w[0], &w[1]) && w[0].date < w[1].date).map(|w| (w[0].date, w[1].date)).collect()
}

/// The longest stretch in days, where stretches with a short break between them count as one.
pub(crate) fn longest_run(mut ranges: Vec<(Date, Date)>, words: &TimeWords) -> f64 {
    ranges.sort_unstable();
    let mut longest = 0;
    let mut run: Option<(Date, Date)> = None;
    for (from, to) in ranges {
        run = match run {
            Some((start, end)) if calendar::days_between(end, from) <= words.joined_days.into() => {
                Some((start, end.max(to)))
            }
            _ => Some((from, to)),
        };
        longest = longest.max(run.map_or(0, |(start, end)| calendar::days_between(start, end)));
    }
    longest as f64
}

/// Days from a date after "since" to today.
pub(crate) fn since(text: &str, dates: &[Dated], today: Option<Date>, words: &TimeWords) -> Vec<f64> {
    let Some(today) = today else { return Vec::new() };
    let after_since = |d: &&Dated| {
        let before = text.get(..d.span.0).unwrap_or("").trim_end();
        words.since.iter().any(|s| before.ends_with(s.as_str()))
    };
    dates
        .iter()
        .filter(after_since)
        .filter(|d| d.date <= today)
        .map(|d| calendar::days_between(d.date, today) as f64)
        .collect()
}
