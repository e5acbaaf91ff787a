//! `sentences.toml`: the sentences in which rights are explained, and how a day and a period are written in a language.

use std::borrow::Cow;
use std::collections::BTreeMap;

use calendar::{Date, Period, Unit};
use serde::Deserialize;

/// The sentences, in the language of the knowledge base.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentences {
    #[allow(dead_code)]
    #[serde(default)]
    format: String,
    #[serde(default)]
    date: Option<DateWords>,
    #[serde(default)]
    period: BTreeMap<String, String>,
    #[serde(default)]
    say: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DateWords {
    long: String,
    plain: String,
    short: String,
    /// Monday first.
    weekdays: Vec<String>,
    months: Vec<String>,
}

impl Sentences {
    /// Takes the sentences of another file in.
    pub(crate) fn join(&mut self, more: Sentences) {
        self.date = more.date.or(self.date.take());
        self.period.extend(more.period);
        self.say.extend(more.say);
    }

    /// A sentence with what stands in braces filled in; empty when the knowledge base has no such sentence.
    ///
    /// # Example
    /// `say("counted", &[("period", "180 days"), …])`
    pub fn say(&self, key: &str, fill: &[(&str, &str)]) -> String {
        self.say.get(key).map_or(String::new(), |text| filled(text, fill))
    }

    /// `Friday, October 30, 2026`.
    pub fn long(&self, date: Date) -> String {
        self.date(|words| &words.long, date)
    }

    /// `October 30, 2026`.
    pub fn plain(&self, date: Date) -> String {
        self.date(|words| &words.plain, date)
    }

    /// The short form in messages: `2026-10-30` in English, in words where nobody reads that.
    pub fn short(&self, date: Date) -> String {
        self.date(|words| &words.short, date)
    }

    fn date(&self, pattern: fn(&DateWords) -> &str, date: Date) -> String {
        let Some(words) = &self.date else { return date.to_string() };
        let at = |list: &'_ [String], n: i8| {
            usize::try_from(n - 1).ok().and_then(|n| list.get(n)).cloned().unwrap_or_default()
        };
        let weekday = at(&words.weekdays, date.weekday().to_monday_one_offset());
        let month = at(&words.months, date.month());
        if month.is_empty() {
            return date.to_string();
        }
        let (day, year) = (date.day().to_string(), date.year().to_string());
        let iso = date.to_string();
        filled(
            pattern(words),
            &[("weekday", &weekday), ("month", &month), ("day", &day), ("year", &year), ("iso", &iso)],
        )
    }

    /// `30 days`.
    pub fn period(&self, period: Period) -> String {
        let unit = match period.unit {
            Unit::Hours => "hour",
            Unit::Days => "day",
            Unit::CalendarDays => "calendar_day",
            Unit::BusinessDays => "business_day",
            Unit::WorkingDays => "working_day",
            Unit::Months => "month",
            Unit::Years => "year",
        };
        let many = if period.count == 1 { "" } else { "s" };
        match self.period.get(&format!("{unit}{many}")) {
            Some(words) => filled(words, &[("n", &period.count.to_string())]),
            None => period.to_string(),
        }
    }

    /// A word of time without a number: `immediately`, `same_day`.
    pub fn period_word(&self, word: &str) -> String {
        self.period.get(word).cloned().unwrap_or_default()
    }
}

/// A text with the names in braces filled in; a name nobody gave stays. `{Event}` is what is given as `event`, with a
/// capital, for the beginning of a sentence.
pub fn filled(text: &str, fill: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let name = from.find('}').and_then(|close| from.get(1..close));
        match name.and_then(|name| value(name, fill).map(|v| (name, v))) {
            Some((name, value)) => {
                out.push_str(&value);
                rest = from.get(name.len() + 2..).unwrap_or_default();
            }
            None => {
                out.push('{');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn value<'a>(name: &str, fill: &[(&str, &'a str)]) -> Option<Cow<'a, str>> {
    if let Some((_, value)) = fill.iter().find(|(n, _)| *n == name) {
        return Some(Cow::Borrowed(value));
    }
    let (_, value) = fill.iter().find(|(n, _)| name.starts_with(char::is_uppercase) && capital(n) == name)?;
    Some(Cow::Owned(capital(value)))
}

/// A text that begins with a capital.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn names_are_filled_once_and_what_is_filled_in_is_not_read_again() {
        let fill = [("a", "{b}"), ("b", "éte")];
        assert_eq!(filled("{a} and {b}, {c} {", &fill), "{b} and éte, {c} {");
        assert_eq!(filled("{B}. {D}", &fill), "Éte. {D}");
    }
}
