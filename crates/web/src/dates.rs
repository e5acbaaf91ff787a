//! Days and amounts as a person reads them.

use calendar::Date;
use jiff::Timestamp;
use maud::{Markup, html};

use crate::words::{Lang, Words};

/// `Friday, May 14, 2027` / `viernes 14 de mayo de 2027`.
pub(crate) fn long(date: Date, lang: Lang) -> String {
    let w = lang.words();
    let weekday = w.of("weekday", &date.weekday().to_monday_one_offset().to_string());
    let month = w.of("month", &date.month().to_string());
    w.f(
        "date.long",
        &[
            ("weekday", &weekday),
            ("month", &month),
            ("day", &date.day().to_string()),
            ("year", &date.year().to_string()),
        ],
    )
}

/// `May 14, 2027` / `14 de mayo de 2027`.
pub(crate) fn short(date: Date, lang: Lang) -> String {
    let w = lang.words();
    let month = w.of("month", &date.month().to_string());
    w.f("date.short", &[("month", &month), ("day", &date.day().to_string()), ("year", &date.year().to_string())])
}

/// `in 12 days`, `today`, `3 days ago`.
pub(crate) fn away(date: Date, today: Date, w: &Words) -> String {
    match days_between(today, date) {
        0 => w.t("date.today").to_string(),
        1 => w.t("date.tomorrow").to_string(),
        -1 => w.t("date.yesterday").to_string(),
        n if n > 0 => w.f("date.in_days", &[("n", &n.to_string())]),
        n => w.f("date.days_ago", &[("n", &n.unsigned_abs().to_string())]),
    }
}

/// Whole days from one day to another; negative when `to` is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i32 {
    i32::try_from(calendar::days_between(from, to)).unwrap_or_default()
}

/// Whether a fact tells of something that happened, given as a day that has not come: a day on which somebody means to send,
/// or a wrong year. What may lie ahead (a change that takes effect, a discharge) is marked so in the vocabulary.
pub(crate) fn is_still_ahead(kb: &kb::Kb, fact: &str, day: Date, today: Date) -> bool {
    let happened = match fact.strip_prefix("event.") {
        Some(kind) => kb.index().vocabulary().event.get(kind).is_none_or(|event| !event.planned),
        None => fact == "patient.date_of_birth",
    };
    happened && day > today
}

/// The year of a date as a person types it: of two digits the latest one that is not far ahead.
pub(crate) fn year(typed: i16, today: Date) -> i16 {
    let century = today.year() - today.year() % 100;
    match typed {
        0..=99 if century + typed > today.year() + FAR_AHEAD => century + typed - 100,
        0..=99 => century + typed,
        _ => typed,
    }
}

/// Years by which a day that somebody types may lie ahead.
const FAR_AHEAD: i16 = 10;

/// `12:00` as `12 noon`, `15:30` as `3:30 p.m.`.
pub(crate) fn clock(at: &str, w: &Words) -> String {
    let Some((hour, minute)) = at.split_once(':').and_then(|(h, m)| Some((h.parse::<u8>().ok()?, m))) else {
        return at.to_string();
    };
    if (hour, minute) == (12, "00") {
        return w.t("date.noon").to_string();
    }
    let of_twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    w.f(if hour < 12 { "date.morning" } else { "date.afternoon" }, &[("time", &format!("{of_twelve}:{minute}"))])
}

/// A telephone number as a phone dials it: the first one that a text gives (`1-800-555-0177 (TTY 711)`).
pub(crate) fn dialed(text: &str) -> Option<String> {
    let enough = |digits: &str| digits.chars().filter(char::is_ascii_digit).count() >= 7;
    let mut number = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' => number.push(c),
            '+' if number.is_empty() => number.push(c),
            '-' | '.' | ' ' | '\u{a0}' | ')' => {}
            '(' if !enough(&number) => {}
            _ if enough(&number) => break,
            _ => number.clear(),
        }
    }
    (enough(&number) && number.len() <= 16).then_some(number)
}

/// A day as `<time>` in words.
pub(crate) fn time(date: Date, lang: Lang) -> Markup {
    html! { time datetime=(date.to_string()) { (short(date, lang)) } }
}

/// A moment's day and clock time in UTC, for the history.
pub(crate) fn moment(at: Timestamp, lang: Lang) -> String {
    let here = at.to_zoned(jiff::tz::TimeZone::system());
    format!("{} {:02}:{:02}", short(here.date(), lang), here.hour(), here.minute())
}

/// A period as the rules write it (`30 days`) in the words of a language; what is no such period stays as it is.
pub(crate) fn period(text: &str, w: &Words) -> String {
    let known = text.split_once(' ').and_then(|(n, unit)| {
        let one = unit.trim().trim_end_matches('s').replace(' ', "_");
        let key = if n == "1" { format!("{one}_one") } else { one };
        Some((n, w.get("period", &key)?))
    });
    known.map_or_else(|| text.to_string(), |(n, words)| words.replace("{n}", n))
}

/// `12,845`: a comma between thousands, as both of our languages write it in the United States.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// `$1,284.50`.
pub(crate) fn money(cents: i64) -> String {
    let whole = grouped(cents.unsigned_abs() / 100);
    let sign = if cents < 0 { "−" } else { "" };
    match cents.unsigned_abs() % 100 {
        0 => format!("{sign}${whole}"),
        rest => format!("{sign}${whole}.{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn days_read_as_people_say_them() {
        assert_eq!(long(day("2027-05-14"), Lang::En), "Friday, May 14, 2027");
        assert_eq!(long(day("2027-05-14"), Lang::Es), "viernes 14 de mayo de 2027");
        let w = Lang::En.words();
        assert_eq!(away(day("2026-11-25"), day("2026-11-25"), w), "today");
        assert_eq!(away(day("2027-11-25"), day("2026-11-25"), w), "in 365 days");
        assert_eq!(away(day("2026-11-22"), day("2026-11-25"), w), "3 days ago");
    }

    #[test]
    fn a_number_is_dialed_without_what_stands_around_it() {
        for (text, to) in [
            ("1-800-555-0177 (TTY 711)", Some("18005550177")),
            ("(614) 555-0142", Some("6145550142")),
            ("Call 800.555.0100, weekdays 8 to 5", Some("8005550100")),
            ("711", None),
            ("see the card", None),
        ] {
            assert_eq!(dialed(text).as_deref(), to, "{text}");
        }
    }

    #[test]
    fn a_year_of_two_digits_is_the_near_one() {
        let today = day("2026-11-25");
        for (typed, year_of) in [(26, 2026), (27, 2027), (55, 1955), (99, 1999), (2026, 2026), (1955, 1955)] {
            assert_eq!(year(typed, today), year_of, "{typed}");
        }
    }

    #[test]
    fn periods_are_told_in_the_persons_language() {
        for (text, en, es) in [
            ("30 days", "30 days", "30 días"),
            ("1 month", "1 month", "1 mes"),
            ("72 hours", "72 hours", "72 horas"),
            ("5 business days", "5 business days", "5 días hábiles"),
            ("soon", "soon", "soon"),
        ] {
            assert_eq!((period(text, Lang::En.words()), period(text, Lang::Es.words())), (en.into(), es.into()));
        }
    }

    #[test]
    fn amounts_have_groups_and_cents_where_there_are_some() {
        assert_eq!(money(128_450), "$1,284.50");
        assert_eq!(money(20_000), "$200");
        assert_eq!(money(123_456_789), "$1,234,567.89");
        assert_eq!(money(0), "$0");
    }
}
