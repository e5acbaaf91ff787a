use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A day, or a moment with the offset from UTC that was written down with it.
///
/// In a case file: `2026-10-30`, `"2026-10-30"`, or an RFC 3339 time such as `2026-10-30T14:05:00-05:00`. A time
/// without an offset is kept as the local clock time of that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// A calendar day.
    Day(Date),
    /// A clock time; the offset is there when it was written.
    Moment(DateTime, Option<Offset>),
}

impl When {
    /// The calendar day.
    pub fn date(&self) -> Date {
        match self {
            When::Day(d) => *d,
            When::Moment(t, _) => t.date(),
        }
    }

    /// Reads a day or a moment.
    ///
    /// # Errors
    /// A sentence naming what was wrong, for text that is neither.
    pub fn parse(text: &str) -> Result<When, String> {
        let text = text.trim();
        if text.len() == 10 {
            return text.parse::<Date>().map(When::Day).map_err(|_| impossible(text));
        }
        let (body, offset) = split_offset(text).ok_or_else(|| impossible(text))?;
        let moment = body.replacen(' ', "T", 1).parse::<DateTime>().map_err(|_| impossible(text))?;
        Ok(When::Moment(moment, offset))
    }
}

fn impossible(text: &str) -> String {
    format!("`{text}` is not a date; write a day that exists as 2026-10-30, or a time as 2026-10-30T14:05:00-05:00")
}

fn split_offset(text: &str) -> Option<(&str, Option<Offset>)> {
    if let Some(body) = text.strip_suffix(['Z', 'z']) {
        return Some((body, Some(Offset::UTC)));
    }
    let Some(at) = text.char_indices().skip(11).find(|(_, c)| matches!(c, '+' | '-')).map(|(i, _)| i) else {
        return Some((text, None));
    };
    let (body, zone) = text.split_at(at);
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone[1..].split_once(':')?;
    let seconds = sign * (hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60);
    Some((body, Some(Offset::from_seconds(seconds).ok()?)))
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            When::Day(d) => write!(f, "{d}"),
            When::Moment(t, None) => write!(f, "{t}"),
            When::Moment(t, Some(o)) if o.is_zero() => write!(f, "{t}Z"),
            When::Moment(t, Some(o)) => {
                let s = o.seconds();
                let sign = if s < 0 { '-' } else { '+' };
                write!(f, "{t}{sign}{:02}:{:02}", s.abs() / 3600, s.abs() / 60 % 60)
            }
        }
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = When;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date such as 2026-10-30 or a time such as 2026-10-30T14:05:00-05:00")
            }
            fn visit_str<E: de::Error>(self, v: &str) -> Result<When, E> {
                When::parse(v).map_err(E::custom)
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<When, A::Error> {
                let value = toml::value::Datetime::deserialize(de::value::MapAccessDeserializer::new(map))?;
                When::parse(&value.to_string()).map_err(de::Error::custom)
            }
        }
        d.deserialize_any(Visitor)
    }
}
