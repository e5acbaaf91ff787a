//! Numbers with their units and the way they are bound: "at least 6 weeks", "BMI ≥ 40", "30 to 35 percent".

use std::collections::HashMap;

use kb::{Kb, KbError};
use regex::Regex;
use serde::Deserialize;

/// How a number is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
    /// A bare number: in a criterion it is read as the number itself, in a record as a measurement.
    Exactly,
}

/// A number, or a range of numbers, in a common unit of its kind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) bound: Bound,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// `days` for all spans of time; the unit as `kb/` names it for others; empty for none.
    pub(crate) unit: String,
    /// Byte range in the searched text, with the words of the bound.
    pub(crate) span: (usize, usize),
    /// Where the number itself begins.
    pub(crate) at: usize,
}

/// Amounts this near below a bound are too near to speak against it (12 weeks and "3 months").
const NEAR: f64 = 0.9;

impl Quantity {
    /// Whether a measured value meets this bound: yes, no, or not to be told. Units must be the same.
    pub(crate) fn met_by(&self, measured: &Quantity) -> Option<bool> {
        if self.unit != measured.unit {
            return None;
        }
        if (self.bound, self.low, self.high) == (measured.bound, measured.low, measured.high) {
            // The record says it in the policy's own words.
            return Some(true);
        }
        let open_below = matches!(measured.bound, Bound::AtMost | Bound::LessThan);
        let open_above = matches!(measured.bound, Bound::AtLeast | Bound::MoreThan);
        let (low, high) = (measured.low, measured.high);
        match self.bound {
            Bound::AtLeast | Bound::MoreThan => {
                let reached = |v: f64| if self.bound == Bound::AtLeast { v >= self.low - 0.01 } else { v > self.low };
                if reached(low) && !open_below {
                    return Some(true);
                }
                let near = self.unit == "days" && high >= self.low * NEAR;
                (!reached(high) && !open_above && !near).then_some(false)
            }
            Bound::AtMost | Bound::LessThan => {
                let kept = |v: f64| if self.bound == Bound::AtMost { v <= self.high + 0.01 } else { v < self.high };
                if kept(high) && !open_above {
                    return Some(true);
                }
                (!kept(low) && !open_below).then_some(false)
            }
            Bound::Exactly => {
                let inside = |v: f64| v >= self.low - 1e-9 && v <= self.high + 1e-9;
                if inside(low) && inside(high) && !open_above && !open_below {
                    return Some(true);
                }
                (high < self.low || low > self.high).then_some(false)
            }
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[allow(dead_code)]
    format: String,
    number: Vec<(String, f64)>,
    range: Vec<String>,
    graded: Vec<String>,
    unit: Vec<Unit>,
    bound: Bounds,
    time: TimeWords,
    age: AgeWords,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unit {
    sign: String,
    factor: f64,
    #[serde(default)]
    grows: bool,
    #[serde(default)]
    plain: bool,
    words: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounds {
    at_least: Vec<String>,
    more_than: Vec<String>,
    at_most: Vec<String>,
    less_than: Vec<String>,
    at_least_after: Vec<String>,
    at_most_after: Vec<String>,
}

/// Words of time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimeWords {
    pub(crate) joined_days: i32,
    pub(crate) window: Vec<String>,
    pub(crate) lone_window: Vec<(String, f64)>,
    pub(crate) since: Vec<String>,
    pub(crate) ago: Vec<String>,
    pub(crate) onset: Vec<String>,
    pub(crate) not_lasting: Vec<String>,
    pub(crate) ended: Vec<String>,
    pub(crate) after: Vec<String>,
    pub(crate) lifelong: Vec<String>,
    pub(crate) until: Vec<String>,
    pub(crate) months: Vec<(String, i8)>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct AgeWords {
    stated: Vec<String>,
    words: Vec<String>,
}

/// `kb/evidence/quantities.toml`, ready for use.
#[derive(Debug, Clone)]
pub(crate) struct QuantityWords {
    numbers: HashMap<String, f64>,
    units: HashMap<String, (String, f64)>,
    grows: Vec<String>,
    plain: Vec<String>,
    bounds: HashMap<String, Bound>,
    after: HashMap<String, Bound>,
    pattern: Regex,
    graded: Regex,
    pub(crate) time: TimeWords,
    age: Vec<Regex>,
    pub(crate) age_words: Vec<String>,
}

const FILE: &str = "evidence/quantities.toml";

fn wrong(message: String) -> KbError {
    KbError { file: FILE.into(), place: None, message, hint: None }
}

/// The words as one group, longest first, each ending at a word's end.
fn group<'a>(words: impl Iterator<Item = &'a String>) -> String {
    let mut words: Vec<&String> = words.collect();
    words.sort_by_key(|w| std::cmp::Reverse(w.len()));
    let ends = |w: &String| if w.ends_with(char::is_alphanumeric) { r"\b" } else { "" };
    words.iter().map(|w| format!("{}{}", regex::escape(w), ends(w))).collect::<Vec<_>>().join("|")
}

impl QuantityWords {
    pub(crate) fn load(kb: &Kb) -> Result<QuantityWords, KbError> {
        let table: Table = kb.table(FILE)?;
        let b = &table.bound;
        let all_before = b.at_least.iter().chain(&b.more_than).chain(&b.at_most).chain(&b.less_than);
        let words = group(table.number.iter().map(|(w, _)| w));
        let number = format!(r"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\b(?:{words}))");
        let units = group(table.unit.iter().flat_map(|u| &u.words));
        let pattern = format!(
            r"(?:(?P<before>{})\s*(?:or equal to\s*)?)?(?P<number>{number})(?:\s*\(\d+\))?(?:\s*(?:{})\s*(?:(?:{})\s+)?(?P<high>{number}))?[\s-]*(?P<unit>{units})?\)?,?\s*(?P<after>{})?(?:\s*(?P<later>{units}))?",
            group(all_before),
            group(table.range.iter()),
            group(table.graded.iter()),
            group(b.at_least_after.iter().chain(&b.at_most_after)),
        );
        let compiled = |p: &str| Regex::new(p).map_err(|e| wrong(e.to_string()));
        let bounds = [
            (&b.at_least, Bound::AtLeast),
            (&b.more_than, Bound::MoreThan),
            (&b.at_most, Bound::AtMost),
            (&b.less_than, Bound::LessThan),
        ];
        let of = |(words, bound): (&Vec<String>, Bound)| words.iter().map(|w| (w.clone(), bound)).collect::<Vec<_>>();
        Ok(QuantityWords {
            pattern: compiled(&pattern)?,
            graded: compiled(&format!(
                r"\b({graded})(\s+)(i{{1,3}}|iv|v)\b(?:(,?\s*(?:or|to|and|-|,|o|a|y)\s*(?:(?:{graded})\s+)?)(i{{1,3}}|iv|v)\b)?",
                graded = group(table.graded.iter())
            ))?,
            numbers: table.number.iter().cloned().collect(),
            grows: table.unit.iter().filter(|u| u.grows).map(|u| u.sign.clone()).collect(),
            plain: table.unit.iter().filter(|u| u.plain).map(|u| u.sign.clone()).collect(),
            units: table
                .unit
                .iter()
                .flat_map(|u| u.words.iter().map(|w| (w.clone(), (u.sign.clone(), u.factor))))
                .collect(),
            bounds: bounds.into_iter().flat_map(of).collect(),
            after: [(&b.at_least_after, Bound::AtLeast), (&b.at_most_after, Bound::AtMost)]
                .into_iter()
                .flat_map(of)
                .collect(),
            time: table.time,
            age: table.age.stated.iter().map(|p| compiled(p)).collect::<Result<_, _>>()?,
            age_words: table.age.words,
        })
    }

    /// A number in digits or words.
    pub(crate) fn number(&self, word: &str) -> Option<f64> {
        let word = word.trim();
        self.numbers.get(word).copied().or_else(|| {
            word.starts_with(|c: char| c.is_ascii_digit()).then(|| word.replace(',', "").parse().ok()).flatten()
        })
    }

    /// Whether amounts of this unit add up in time.
    pub(crate) fn grows(&self, unit: &str) -> bool {
        self.grows.iter().any(|g| g == unit)
    }

    /// A measured amount in the unit of a bound: a bound without a unit takes tenths as they are.
    pub(crate) fn alike(&self, bound: &Quantity, measured: &Quantity) -> Quantity {
        let left_out = bound.unit.is_empty() && self.plain.contains(&measured.unit);
        let unit = if left_out { String::new() } else { measured.unit.clone() };
        Quantity { unit, ..measured.clone() }
    }

    /// Whether a word is the name of a unit.
    pub(crate) fn is_unit(&self, word: &str) -> bool {
        self.units.contains_key(word)
    }

    /// A stated age in years.
    pub(crate) fn age(&self, folded: &str) -> Option<f64> {
        self.age.iter().find_map(|p| p.captures(folded)?.get(1)?.as_str().parse().ok())
    }

    /// Byte ranges of stated ages.
    pub(crate) fn age_spans(&self, folded: &str) -> Vec<(usize, usize)> {
        self.age.iter().flat_map(|p| p.find_iter(folded)).map(|m| (m.start(), m.end())).collect()
    }

    /// "grade III" becomes "grade 3", "class II or III" "class 2 or 3", the length kept by spaces.
    fn arabic(&self, text: &str) -> String {
        let digit = |roman: &str| {
            let n = match roman {
                "i" => 1,
                "ii" => 2,
                "iii" => 3,
                "iv" => 4,
                _ => 5,
            };
            format!("{}{n}", " ".repeat(roman.len() - 1))
        };
        let replaced = self.graded.replace_all(text, |c: &regex::Captures<'_>| {
            let second = c.get(5).map_or(String::new(), |r| format!("{}{}", &c[4], digit(r.as_str())));
            format!("{}{}{}{second}", &c[1], &c[2], digit(&c[3]))
        });
        replaced.into_owned()
    }

    /// All quantities in folded text, in order. Dates must have been blanked before.
    pub(crate) fn find(&self, text: &str) -> Vec<Quantity> {
        let text = self.arabic(text);
        self.pattern.captures_iter(&text).filter_map(|c| self.quantity(&text, &c)).collect()
    }

    fn quantity(&self, text: &str, c: &regex::Captures<'_>) -> Option<Quantity> {
        let number = c.name("number")?;
        let whole = c.get(0)?;
        let mut end = c.name("high").map_or(number.end(), |h| h.end());
        // "15 or more events per hour": the unit may stand behind the words of the bound.
        let unit = c.name("unit").or_else(|| c.name("after").and_then(|_| c.name("later")));
        if glued(text, number.start(), number.end()) || (unit.is_none() && runs_on(text, end)) {
            return None;
        }
        let first = self.number(number.as_str())?;
        let second = c.name("high").and_then(|h| self.number(h.as_str())).unwrap_or(first);
        let year = unit.is_none() && (1900.0..2100.0).contains(&first) && number.as_str().len() == 4;
        // "3 of 5", "8 of 10": the second number is what the first is out of.
        let out_of = text[..number.start()].trim_end().strip_suffix("of").is_some_and(|t| {
            t.trim_end().rsplit(|c: char| c.is_whitespace()).next().is_some_and(|w| self.number(w).is_some())
        });
        if year || out_of {
            return None;
        }
        let (sign, factor) =
            unit.and_then(|u| self.units.get(u.as_str())).map_or((String::new(), 1.0), |(s, f)| (s.clone(), *f));
        end = end.max(unit.map_or(0, |u| u.end()));
        let before = c.name("before").and_then(|b| self.bounds.get(b.as_str()).copied());
        let after = c.name("after").and_then(|a| self.after.get(a.as_str()).copied());
        end = end.max(c.name("after").map_or(0, |a| a.end()));
        let bound = match (before, after) {
            (Some(Bound::MoreThan | Bound::LessThan), Some(a)) => a,
            (Some(b), _) => b,
            (None, Some(a)) => a,
            (None, None) => Bound::Exactly,
        };
        let (low, high) = (first.min(second) * factor, first.max(second) * factor);
        Some(Quantity { bound, low, high, unit: sign, span: (whole.start(), end), at: number.start() })
    }
}

/// Digits that are part of a name (`l4-l5`, `m43.16`, a fraction) are no quantity.
fn glued(text: &str, start: usize, end: usize) -> bool {
    let mut back = text[..start].chars().rev();
    let (before, second) = (back.next(), back.next());
    let word = text[start..end].starts_with(char::is_alphabetic);
    before.is_some_and(|c| c.is_alphabetic() || c == '_' || c == '/' || c == '#')
        || (before == Some('.') && second.is_some_and(|c| c.is_alphanumeric()))
        || (before == Some('-') && second.is_some_and(|c| c.is_alphanumeric()) && !word)
}

/// A number without a unit that runs on into letters, a fraction or another number is part of something else.
fn runs_on(text: &str, end: usize) -> bool {
    let mut after = text[end..].chars();
    match after.next() {
        Some('/') => true,
        Some('.') => after.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_alphanumeric() || c == '_',
        None => false,
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, clippy::panic)]
mod tests {
    use super::*;

    fn words() -> QuantityWords {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../kb/evidence/quantities.toml");
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{e}"));
        let kb = Kb::load(kb::Source::new([(FILE.to_string(), text)])).unwrap_or_else(|e| panic!("{e}"));
        QuantityWords::load(&kb).unwrap_or_else(|e| panic!("{e}"))
    }

    fn one(text: &str) -> Quantity {
        words().find(text).into_iter().next().unwrap_or_else(|| panic!("no quantity in {text}"))
    }

    #[test]
    fn bounds_and_units_are_read() {
        let six = one("at least 6 weeks of therapy");
        assert_eq!((six.bound, six.low, six.unit.as_str()), (Bound::AtLeast, 42.0, "days"));
        assert_eq!(one("bmi ≥ 40").bound, Bound::AtLeast);
        assert_eq!(one("hba1c < 8").bound, Bound::LessThan);
        assert_eq!(one("age 18 years or older").bound, Bound::AtLeast);
        assert_eq!(one("twelve weeks of supervised therapy").low, 84.0);
        assert_eq!(one("no larger than 3 cm").bound, Bound::AtMost);
        assert_eq!((one("30 to 35 percent").low, one("30 to 35 percent").high), (30.0, 35.0));
        assert_eq!(one("grade iii or higher").low, 3.0);
        assert_eq!((one("class ii or iii").low, one("class ii or iii").high), (2.0, 3.0));
        assert_eq!((one("type 1 or type 2").low, one("type 1 or type 2").high), (1.0, 2.0));
        assert_eq!((one("at or below 88%").bound, one("at or below 88%").low), (Bound::AtMost, 88.0));
        assert_eq!(one("pain 7/10").unit, "/10");
    }

    #[test]
    fn names_with_digits_are_no_quantities() {
        for text in ["l4-l5 fusion m43.16", "blood pressure 140/90", "in 2019", "cpt 27447a"] {
            assert!(words().find(text).is_empty(), "{text}: {:?}", words().find(text));
        }
        assert_eq!(words().find("3 of 5 tests").len(), 1);
    }

    #[test]
    fn twelve_weeks_meet_six_and_the_near_is_not_told() {
        assert_eq!(one("at least 6 weeks").met_by(&one("12 weeks")), Some(true));
        assert_eq!(one("at least 6 weeks").met_by(&one("4 weeks")), Some(false));
        assert_eq!(one("at least 6 weeks").met_by(&one("12 visits")), None);
        assert_eq!(one("at least 3 months").met_by(&one("12 weeks")), None);
        assert_eq!(one("at least 1 year").met_by(&one("12 months")), Some(true));
        assert_eq!(one("35 percent or less").met_by(&one("30 to 40 percent")), None);
    }
}
