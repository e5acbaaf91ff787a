//! Typed values in text: dates, amounts, telephone numbers, codes, addresses' ends. Forms only; which value is which
//! field is decided elsewhere.

use jiff::civil::Date;
use regex::Regex;

use crate::data::Reader;
use crate::phrase::is_one_letter_off;
use crate::text::PageText;

/// A stretch of the page, in bytes.
pub(crate) type Span = (usize, usize);

/// A date, or a range of dates, in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateFound {
    pub(crate) span: Span,
    pub(crate) first: Date,
    /// The last day of a range.
    pub(crate) last: Option<Date>,
}

impl DateFound {
    /// ISO 8601: a day, or `first/last`.
    pub(crate) fn iso(&self) -> String {
        match self.last {
            Some(last) => format!("{}/{last}", self.first),
            None => self.first.to_string(),
        }
    }
}

/// The regular expressions for forms.
#[derive(Debug)]
pub(crate) struct Scanners {
    numeric_date: Regex,
    short_range: Regex,
    compact_date: Regex,
    money: Regex,
    phone: Regex,
    url: Regex,
    zip: Regex,
    icd: Regex,
    procedure: Regex,
    ndc: Regex,
    adjustment: Regex,
    npi: Regex,
}

impl Scanners {
    #[allow(clippy::unwrap_used)] // constant expressions, compiled in a test
    pub(crate) fn new() -> Self {
        let re = |s: &str| Regex::new(s).unwrap();
        Scanners {
            numeric_date: re(
                r"(?-u:\b)(?:((?:19|20)[0-9O]{2})[-/.]([0-9O]{2})[-/.]([0-9O]{2})|([0-9OoIl|]{1,2})([/.\-])([0-9OoIl|]{1,2})[/.\-]((?:[12I][90O][0-9OoIl]{2})|[0-9]{2}))(?-u:\b)",
            ),
            short_range: re(
                r"(?-u:\b)([0-9]{1,2})/([0-9]{1,2}) ?[-–] ?([0-9]{1,2})/([0-9]{1,2})/([0-9]{2}(?:[0-9]{2})?)(?-u:\b)",
            ),
            compact_date: re(r"(?-u:\b)([0-9]{1,2})[-/.]?([A-Za-z]{3,4})[-/.]?((?:19|20)[0-9]{2}|[0-9]{2})(?-u:\b)"),
            money: re(
                r"-?\$ ?[0-9OlI]{1,3}(?:,[0-9OlI]{3})+(?:\.[0-9OlI]{2})?|-?\$ ?[0-9OlI]+(?:\.[0-9OlI]{2})?|(?-u:\b)[0-9][0-9O]{0,2}(?:,[0-9O]{3})*\.[0-9O]{2}(?-u:\b)",
            ),
            phone: re(
                r"(?:\+?1[\-. ]{0,2}|(?-u:\b)[lI]-)?(?:\([2-9][0-9Ol]{2}\)[\-. ]{0,2}|[2-9][0-9Ol]{2}[\-. ]{1,3})[0-9Ol]{3}[\-. ]{1,2}[0-9OlI]{4}(?-u:\b)",
            ),
            url: re(
                r"(?i)(?-u:\b)(?:https?://)?(?:[a-z0-9\-]+\.)+(?:com|org|net|gov|health|us|info|care|example|test)(?-u:\b)(?:/[^\s,;)>\]]*)?",
            ),
            zip: re(r"(?-u:\b)([A-Zl0]\.?[A-Za-z0])\.?,?\s+([0-9OlI]{5}(?:-[0-9]{4})?)(?-u:\b)"),
            icd: re(r"(?-u:\b)(?:[A-TV-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?|l[0-9]{2}\.[0-9A-Z]{1,4})(?-u:\b)"),
            procedure: re(r"(?-u:\b)(?:[A-HJ-V][0-9]{4}|[0-9]{4}[0-9FTU])(?-u:\b)"),
            ndc: re(r"(?-u:\b)[0-9]{4,5}-[0-9]{3,4}-[0-9]{1,2}(?-u:\b)"),
            adjustment: re(r"(?-u:\b)(CO|PR|OA|PI|CR)[ \-–]{0,2}([0-9]{1,3}|[ABDPWY][0-9]{1,2})(?-u:\b)"),
            npi: re(r"(?i)NPI[^0-9\n]{0,12}([12][0-9]{9})(?-u:\b)"),
        }
    }

    /// Amounts of money with their value in dollars and cents.
    pub(crate) fn money(&self, text: &str) -> Vec<(Span, String)> {
        self.money
            .find_iter(text)
            .filter(|m| !touches(text, m.start(), m.end(), &['.', '/', '-', '%']))
            .map(|m| ((m.start(), m.end()), dollars(m.as_str())))
            .collect()
    }

    /// Telephone and fax numbers.
    pub(crate) fn phones(&self, text: &str) -> Vec<Span> {
        let found = self.phone.find_iter(text).map(|m| (m.start(), m.end()));
        found.filter(|(s, e)| !touches(text, *s, *e, &['-', '/', '#'])).collect()
    }

    /// Web addresses (not e-mail addresses).
    pub(crate) fn urls(&self, text: &str) -> Vec<Span> {
        let found = self.url.find_iter(text).map(|m| (m.start(), m.start() + m.as_str().trim_end_matches('.').len()));
        found.filter(|(s, e)| !touches(text, *s, *e, &['@'])).collect()
    }

    /// The ends of postal addresses: state and ZIP code.
    pub(crate) fn zips<'t>(&self, text: &'t str) -> Vec<(Span, &'t str)> {
        let found = self.zip.captures_iter(text);
        found.filter_map(|c| Some(((c.get(0)?.start(), c.get(0)?.end()), c.get(1)?.as_str()))).collect()
    }

    /// What has the form of an ICD-10-CM code.
    pub(crate) fn icds(&self, text: &str) -> Vec<Span> {
        let found = self.icd.find_iter(text).map(|m| (m.start(), m.end()));
        found.filter(|(s, e)| !touches(text, *s, *e, &['-', '/', '#', '.', '$'])).collect()
    }

    /// What has the form of a CPT or HCPCS code.
    pub(crate) fn procedures(&self, text: &str) -> Vec<Span> {
        let found = self.procedure.find_iter(text).map(|m| (m.start(), m.end()));
        found.filter(|(s, e)| !touches(text, *s, *e, &['#', '.', '$', '/']) && !in_an_id(text, *s, *e)).collect()
    }

    /// What has the form of a National Drug Code.
    pub(crate) fn ndcs(&self, text: &str) -> Vec<Span> {
        self.ndc.find_iter(text).map(|m| (m.start(), m.end())).collect()
    }

    /// Adjustment codes with their group: span, group, code.
    pub(crate) fn adjustments<'t>(&self, text: &'t str) -> Vec<(Span, &'t str, &'t str)> {
        let found = self.adjustment.captures_iter(text);
        found
            .filter_map(|c| {
                let all = c.get(0)?;
                Some(((all.start(), all.end()), c.get(1)?.as_str(), c.get(2)?.as_str()))
            })
            .filter(|((s, e), _, _)| !touches(text, *s, *e, &['-', '/', '#']))
            .collect()
    }

    /// National Provider Identifiers that are labelled so.
    pub(crate) fn npis<'t>(&self, text: &'t str) -> Vec<&'t str> {
        self.npi.captures_iter(text).filter_map(|c| Some(c.get(1)?.as_str())).collect()
    }
}

/// Whether the characters beside a span show that it is part of something longer.
fn touches(text: &str, start: usize, end: usize, marks: &[char]) -> bool {
    let before = text.get(..start).and_then(|t| t.chars().next_back());
    let mut after = text.get(end..).unwrap_or("").chars();
    let (next, over) = (after.next(), after.next());
    let joined = |c: char| c.is_alphanumeric() || marks.contains(&c);
    before.is_some_and(joined)
        || next.is_some_and(|c| c.is_alphanumeric() || (marks.contains(&c) && over.is_some_and(char::is_alphanumeric)))
}

/// Whether nothing stands on either side of a span for two blanks or up to the line's end.
fn fills_cell(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).unwrap_or("");
    let after = text.get(end..).unwrap_or("");
    (before.is_empty() || before.ends_with('\n') || before.ends_with("  "))
        && (after.is_empty() || after.starts_with(['\n', '\r']) || after.starts_with("  "))
}

/// Whether dashes join a code to more than a two-character modifier.
fn in_an_id(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).is_some_and(|t| t.ends_with('-'));
    let tail = text.get(end..).and_then(|t| t.strip_prefix('-'));
    let joined = tail.map_or(0, |t| t.chars().take_while(|c| c.is_alphanumeric() || *c == '-').count());
    before || (joined > 0 && joined != 2)
}

/// `$1,250` → `1250.00`.
fn dollars(written: &str) -> String {
    let digits: String = written
        .chars()
        .filter_map(|c| match c {
            'O' => Some('0'),
            'l' | 'I' => Some('1'),
            c if c.is_ascii_digit() || c == '.' || c == '-' => Some(c),
            _ => None,
        })
        .collect();
    if digits.contains('.') { digits } else { format!("{digits}.00") }
}

/// A number as text recognition may have left it: `O` for zero, `l` or `I` for one.
fn number(written: &str) -> Option<u32> {
    let plain: String = written
        .chars()
        .map(|c| match c {
            'O' | 'o' => '0',
            'l' | 'I' | '|' => '1',
            c => c,
        })
        .collect();
    plain.parse().ok()
}

fn day(year: u32, month: u32, day: u32) -> Option<Date> {
    let year = match year {
        0..=49 => year + 2000,
        50..=99 => year + 1900,
        y => y,
    };
    if !(1900..2100).contains(&year) {
        return None;
    }
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

impl Reader {
    /// All dates of a page in the order of the text; two dates joined by a dash or "to" are one range.
    pub(crate) fn dates(&self, page: &PageText) -> Vec<DateFound> {
        let mut found = self.short_ranges(page.text);
        found.extend(self.numeric_dates(page.text));
        found.extend(self.compact_dates(page.text));
        found.extend(self.worded_dates(page));
        found.sort_by_key(|d| (d.span.0, std::cmp::Reverse(d.span.1)));
        found.dedup_by(|b, a| b.span.0 < a.span.1);
        join_ranges(page.text, found)
    }

    /// `09/03-09/05/26`: two days that share the year of the second.
    fn short_ranges(&self, text: &str) -> Vec<DateFound> {
        let ranges = self.scan.short_range.captures_iter(text).filter_map(|c| {
            let all = c.get(0)?;
            let part = |i: usize| c.get(i).and_then(|m| number(m.as_str()));
            let year = part(5)?;
            let (first, last) = (day(year, part(1)?, part(2)?)?, day(year, part(3)?, part(4)?)?);
            let alone = !touches(text, all.start(), all.end(), &['/', '-', '.']) && first <= last;
            let last = Some(last).filter(|l| *l != first);
            alone.then_some(DateFound { span: (all.start(), all.end()), first, last })
        });
        ranges.collect()
    }

    /// `15JUL2026`, `15-Jul-26`, `11/ago/2026`: a day, a short month and a year without blanks.
    fn compact_dates(&self, text: &str) -> Vec<DateFound> {
        let dates = self.scan.compact_date.captures_iter(text).filter_map(|c| {
            let all = c.get(0)?;
            let part = |i: usize| c.get(i).and_then(|m| number(m.as_str()));
            let month = self.months.get(&crate::phrase::fold_word(c.get(2)?.as_str())).copied()?;
            let first = day(part(3)?, u32::try_from(month).ok()?, part(1)?)?;
            let alone = !touches(text, all.start(), all.end(), &['/', '-']);
            alone.then_some(DateFound { span: (all.start(), all.end()), first, last: None })
        });
        dates.collect()
    }

    fn numeric_dates(&self, text: &str) -> Vec<DateFound> {
        let mut out = Vec::new();
        for c in self.scan.numeric_date.captures_iter(text) {
            let Some(all) = c.get(0) else { continue };
            let (start, end) = (all.start(), all.end());
            if touches(text, start, end, &['/', '-', '.']) && !range_dash(text, start, end) {
                continue;
            }
            let part = |i: usize| c.get(i).map(|m| m.as_str()).and_then(number);
            let first = match (part(1), part(2), part(3)) {
                (Some(y), Some(m), Some(d)) => day(y, m, d),
                _ => part(4).zip(part(6)).zip(part(7)).and_then(|((a, b), y)| {
                    let separator = c.get(5).map_or("", |m| m.as_str());
                    let short_year = c.get(7).is_some_and(|m| m.as_str().len() == 2);
                    if short_year && separator != "/" && !fills_cell(text, start, end) {
                        return None;
                    }
                    day(y, a, b).or_else(|| day(y, b, a))
                }),
            };
            out.extend(first.map(|first| DateFound { span: (start, end), first, last: None }));
        }
        out
    }

    /// `October 15, 2026`, `15 Oct 2026`, `15 de octubre de 2026`, `March 3-6, 2026`, `June 1 to July 2, 2026`.
    fn worded_dates(&self, page: &PageText) -> Vec<DateFound> {
        let mut out = Vec::new();
        for i in 0..page.tokens.len() {
            let Some(month) = page.tokens.get(i).and_then(|t| self.month(&t.norm)) else { continue };
            match self.month_first(page, i, month).or_else(|| self.day_first(page, i, month)) {
                Some(date) => out.push(date),
                None => {
                    out.extend(self.sharing_a_year(page, i, month));
                    out.extend(self.days_of_a_month(page, i, month));
                }
            }
        }
        out.sort_by_key(|d| d.span.0);
        out
    }

    /// "November 12 and November 19, 2025": a day and its month, whose year the next date gives.
    fn sharing_a_year(&self, page: &PageText, at: usize, month: i8) -> Option<DateFound> {
        let first = self.day_number(page, at + 1)?;
        let mut next = at + 2;
        let comma = page.gap_after(next - 1).trim() == ",";
        let small = |t: &crate::text::Token| matches!(t.norm.as_str(), "and" | "y" | "again" | "on" | "then");
        let between = (next..next + 3).take_while(|i| page.tokens.get(*i).is_some_and(small)).count();
        let joined = between > 0;
        next += between;
        let other = page.tokens.get(next).and_then(|t| self.month(&t.norm)).filter(|_| comma || joined)?;
        let whole = self.month_first(page, next, other);
        let year = match &whole {
            Some(date) if date.last.is_none() => date.first.year(),
            Some(_) => return None,
            None => self.sharing_a_year(page, next, other)?.first.year(),
        };
        let span = (page.tokens.get(at)?.start, page.tokens.get(at + 1)?.end);
        let day = day(u32::try_from(year).ok()?, u32::try_from(month).ok()?, first)?;
        near(page, at, next).then_some(DateFound { span, first: day, last: None })
    }

    /// "May 4, 11 and 18, 2026": days that share their month and the year at the end.
    fn days_of_a_month(&self, page: &PageText, at: usize, month: i8) -> Vec<DateFound> {
        /// The most days of such a list.
        const MOST: usize = 8;
        let mut days = Vec::new();
        let mut next = at + 1;
        while let Some(d) = self.day_number(page, next).filter(|_| days.len() < MOST) {
            let begins = if days.is_empty() { at } else { next };
            days.push((begins, next, d));
            next += 1;
            next += usize::from(page.tokens.get(next).is_some_and(|t| matches!(t.norm.as_str(), "and" | "y")));
        }
        let Some(year) = self.year_number(page, next).filter(|_| days.len() >= 2 && near(page, at, next)) else {
            return Vec::new();
        };
        let parted = |i: usize| matches!(page.gap_after(i).trim(), "," | "" | "&");
        let named = days.into_iter().filter(|(_, i, _)| parted(*i)).filter_map(|(from, to, d)| {
            let span = (page.tokens.get(from)?.start, page.tokens.get(to)?.end);
            Some(DateFound { span, first: day(year, u32::try_from(month).ok()?, d)?, last: None })
        });
        named.collect()
    }

    /// The number of a month by its folded name; one letter may be misread.
    fn month(&self, norm: &str) -> Option<i8> {
        self.months.get(norm).copied().or_else(|| {
            let near = |name: &&String| name.len() >= 5 && is_one_letter_off(name, norm);
            self.months.keys().find(near).and_then(|name| self.months.get(name)).copied()
        })
    }

    fn month_first(&self, page: &PageText, at: usize, month: i8) -> Option<DateFound> {
        let (first_day, mut next) = (self.day_number(page, at + 1)?, at + 2);
        let mut last = None;
        if dash_or_to(page, &mut next) {
            let other = page.tokens.get(next).and_then(|t| self.month(&t.norm));
            let at_day = if other.is_some() { next + 1 } else { next };
            last = Some((other.unwrap_or(month), self.day_number(page, at_day)?));
            next = at_day + 1;
        }
        let year =
            self.year_number(page, next).or_else(|| self.year_number(page, next + 1).filter(|_| is_of(page, next)));
        let year_at = if is_of(page, next) { next + 1 } else { next };
        let year = year?;
        let span = (page.tokens.get(at)?.start, page.tokens.get(year_at)?.end);
        let first = day(year, u32::try_from(month).ok()?, first_day)?;
        let last = match last {
            Some((m, d)) => Some(day(year, u32::try_from(m).ok()?, d)?),
            None => None,
        };
        near(page, at, year_at).then_some(DateFound { span, first, last })
    }

    fn day_first(&self, page: &PageText, at: usize, month: i8) -> Option<DateFound> {
        let of_before = at > 0 && is_of(page, at - 1);
        let day_at = at.checked_sub(if of_before { 2 } else { 1 })?;
        if let Some(range) = self.day_first_range(page, day_at, at, month) {
            return Some(range);
        }
        let year_at = if is_of(page, at + 1) { at + 2 } else { at + 1 };
        let (d, year) = (self.day_number(page, day_at)?, self.year_number(page, year_at)?);
        let span = (page.tokens.get(day_at)?.start, page.tokens.get(year_at)?.end);
        let first = day(year, u32::try_from(month).ok()?, d)?;
        near(page, day_at, year_at).then_some(DateFound { span, first, last: None })
    }

    /// `4 de mayo al 31 de julio de 2026`, `4 May to 31 July 2026`: two days that share the year of the second.
    fn day_first_range(&self, page: &PageText, day_at: usize, at: usize, month: i8) -> Option<DateFound> {
        let mut next = at + 1;
        if !dash_or_to(page, &mut next) {
            return None;
        }
        let month_at = if is_of(page, next + 1) { next + 2 } else { next + 1 };
        let year_at = if is_of(page, month_at + 1) { month_at + 2 } else { month_at + 1 };
        let (first, last) = (self.day_number(page, day_at)?, self.day_number(page, next)?);
        let other = self.month(&page.tokens.get(month_at)?.norm)?;
        let year = self.year_number(page, year_at)?;
        let span = (page.tokens.get(day_at)?.start, page.tokens.get(year_at)?.end);
        let first = day(year, u32::try_from(month).ok()?, first)?;
        let last = day(year, u32::try_from(other).ok()?, last)?;
        (near(page, day_at, year_at) && first < last).then_some(DateFound { span, first, last: Some(last) })
    }

    fn day_number(&self, page: &PageText, at: usize) -> Option<u32> {
        let t = page.tokens.get(at)?;
        let written = page.slice(t.start, t.end);
        let suffixes = ["st", "nd", "rd", "th", "ST", "ND", "RD", "TH"];
        let bare = suffixes.iter().find_map(|s| written.strip_suffix(s)).unwrap_or(written);
        number(bare).filter(|n| (1..=31).contains(n) && bare.len() <= 2)
    }

    fn year_number(&self, page: &PageText, at: usize) -> Option<u32> {
        let t = page.tokens.get(at)?;
        let written = page.slice(t.start, t.end);
        number(written).filter(|n| (1900..2100).contains(n) && written.len() == 4)
    }
}

/// Whether the words of a worded date stand close together.
fn near(page: &PageText, from: usize, to: usize) -> bool {
    (from..to).all(|i| page.gap_after(i).len() <= 4 && !page.gap_after(i).contains("\n\n"))
}

fn is_of(page: &PageText, at: usize) -> bool {
    page.tokens.get(at).is_some_and(|t| matches!(t.norm.as_str(), "de" | "dei" | "of"))
}

/// Steps over "to"/"through" or a dash between two parts of a date.
fn dash_or_to(page: &PageText, next: &mut usize) -> bool {
    if next.checked_sub(1).is_some_and(|i| matches!(page.gap_after(i).trim(), "-" | "–" | "—")) {
        return true;
    }
    let word = page.tokens.get(*next).is_some_and(|t| is_to(&t.norm));
    *next += usize::from(word);
    word
}

fn is_to(norm: &str) -> bool {
    matches!(norm, "to" | "through" | "thru" | "a" | "ai" | "hasta")
}

/// A dash right beside a date that joins it to another date: `08/14/2026-08/17/2026`.
fn range_dash(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).unwrap_or("");
    let after = text.get(end..).unwrap_or("");
    let left = before.strip_suffix('-').is_some_and(|t| t.ends_with(|c: char| c.is_ascii_digit()) && t.contains('/'));
    let right = after.strip_prefix('-').is_some_and(|t| t.get(..10).is_some_and(|t| t.matches('/').count() == 2));
    left || right
}

fn join_ranges(text: &str, found: Vec<DateFound>) -> Vec<DateFound> {
    let mut out: Vec<DateFound> = Vec::new();
    for date in found {
        if let Some(before) = out.last_mut() {
            let gap = text.get(before.span.1..date.span.0).unwrap_or("");
            let joins = gap.len() <= 12
                && gap.matches('\n').count() <= 1
                && (matches!(gap.trim(), "-" | "–" | "—")
                    || is_to(gap.to_lowercase().replace('l', "i").trim().trim_end_matches(" ei")));
            if joins && before.last.is_none() && date.last.is_none() && date.first >= before.first {
                *before = DateFound {
                    span: (before.span.0, date.span.1),
                    first: before.first,
                    last: Some(date.first).filter(|l| *l != before.first),
                };
                continue;
            }
        }
        out.push(date);
    }
    out
}
