//! Reading the shorthand of rule files, with messages that say what may stand there.

use std::fmt;

use calendar::Date;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::rule::{Address, Condition, FactPeriod, LongCondition, Span, SpanWord, Start, Value};

/// A TOML date, or a date in quotes.
pub(crate) mod day {
    use super::*;

    /// Reads it.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Date, D::Error> {
        struct DayVisitor;
        impl<'de> Visitor<'de> for DayVisitor {
            type Value = Date;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day such as 2026-10-30")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Date, E> {
                text.parse().map_err(|_| E::custom(format!("`{text}` is not a day; write one as 2026-10-30")))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Date, A::Error> {
                let value = toml::value::Datetime::deserialize(MapAccessDeserializer::new(map))?;
                self.visit_str(&value.to_string())
            }
        }
        d.deserialize_any(DayVisitor)
    }

    /// Writes it.
    pub(crate) fn serialize<S: serde::Serializer>(date: &Date, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(date)
    }
}

/// The same, for a day that may be absent.
pub(crate) mod maybe_day {
    use super::*;

    /// Reads it.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Date>, D::Error> {
        day::deserialize(d).map(Some)
    }

    /// Writes it.
    pub(crate) fn serialize<S: serde::Serializer>(date: &Option<Date>, s: S) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => s.collect_str(date),
            None => s.serialize_none(),
        }
    }
}

/// Either one `T` or a list of them; `one` makes a `T` from a bare word, where that is allowed.
struct Many<T> {
    what: &'static str,
    word: fn(&str) -> T,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Many<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        Ok(vec![(self.word)(text)])
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|one| vec![one])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = seq.next_element()? {
            all.push(one);
        }
        Ok(all)
    }
}

pub(crate) fn one_or_many<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    d.deserialize_any(Many { what: "a word, or a list of words", word: str::to_string })
}

struct WordOrStart(Start);

impl<'de> Deserialize<'de> for WordOrStart {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Start;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event, or { event = …, unless = […], note = … }")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Start, E> {
                Ok(start(text))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Start, A::Error> {
                Start::deserialize(MapAccessDeserializer::new(map))
            }
        }
        d.deserialize_any(V).map(WordOrStart)
    }
}

fn start(event: &str) -> Start {
    Start { event: event.to_string(), unless: Vec::new(), only_with: Vec::new(), note: None }
}

pub(crate) fn starts<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Start>, D::Error> {
    let many = Many { what: "an event, or a list of events", word: |text| WordOrStart(start(text)) };
    Ok(d.deserialize_any(many)?.into_iter().map(|w| w.0).collect())
}

pub(crate) fn address<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Address>, D::Error> {
    d.deserialize_any(Many {
        what: "an address, { text = …, office = […] }, or a list of { text = …, office = […], from = …, to = … }",
        word: |text| Address { text: text.to_string(), office: Vec::new(), plan: false, from: None, to: None },
    })
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Span;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a period such as \"180 days\", \"same_day\", \"immediately\", \"no_limit\", \"set_elsewhere\", or { fact = …, unit = … }",
                )
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Span, E> {
                Ok(match text {
                    "same_day" => Span::Word(SpanWord::SameDay),
                    "immediately" => Span::Word(SpanWord::Immediately),
                    "no_limit" => Span::Word(SpanWord::NoLimit),
                    "set_elsewhere" => Span::Word(SpanWord::SetElsewhere),
                    _ => Span::Counted(text.parse().map_err(E::custom)?),
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Span, A::Error> {
                FactPeriod::deserialize(MapAccessDeserializer::new(map)).map(Span::FromFact)
            }
        }
        d.deserialize_any(V)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl Visitor<'_> for V {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word, a whole number, or true or false")
            }
            fn visit_bool<E: de::Error>(self, b: bool) -> Result<Value, E> {
                Ok(Value::Truth(b))
            }
            fn visit_i64<E: de::Error>(self, n: i64) -> Result<Value, E> {
                Ok(Value::Number(n))
            }
            fn visit_u64<E: de::Error>(self, n: u64) -> Result<Value, E> {
                i64::try_from(n).map(Value::Number).map_err(E::custom)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Word(text.to_string()))
            }
        }
        d.deserialize_any(V)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Condition;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value, a list of values, or { is = […], not = […], only = […], not_only = […], below = N, begins = […], unless = \"path\", if_unknown = \"refuse|apply|skip\" }")
            }
            fn visit_bool<E: de::Error>(self, b: bool) -> Result<Condition, E> {
                Ok(Condition::Is(Value::Truth(b)))
            }
            fn visit_i64<E: de::Error>(self, n: i64) -> Result<Condition, E> {
                Ok(Condition::Is(Value::Number(n)))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Condition, E> {
                Ok(Condition::Is(Value::Word(text.to_string())))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Condition, A::Error> {
                let mut all = Vec::new();
                while let Some(value) = seq.next_element()? {
                    all.push(value);
                }
                Ok(Condition::OneOf(all))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Condition, A::Error> {
                LongCondition::deserialize(MapAccessDeserializer::new(map)).map(Condition::Long)
            }
        }
        d.deserialize_any(V)
    }
}
