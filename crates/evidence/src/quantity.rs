//! Numbers with their units and the way they are bound: "at least 6 weeks", "BMI ≥ 40", "less than 8".

use std::sync::OnceLock;

use regex::Regex;

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

/// A number in a common unit of its kind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) bound: Bound,
    pub(crate) value: f64,
    /// `days` for all spans of time; the unit as written (lower case) for others; empty for none.
    pub(crate) unit: String,
    /// Where it stands in the folded text.
    pub(crate) at: usize,
}

impl Quantity {
    /// Whether a measured value meets this bound; unknown when the units differ.
    pub(crate) fn met_by(&self, measured: &Quantity) -> Option<bool> {
        if self.unit != measured.unit {
            return None;
        }
        let value = measured.value;
        Some(match self.bound {
            Bound::AtLeast => value >= self.value && !matches!(measured.bound, Bound::AtMost | Bound::LessThan),
            Bound::MoreThan => value > self.value && !matches!(measured.bound, Bound::AtMost | Bound::LessThan),
            Bound::AtMost => value <= self.value && !matches!(measured.bound, Bound::AtLeast | Bound::MoreThan),
            Bound::LessThan => value < self.value && !matches!(measured.bound, Bound::AtLeast | Bound::MoreThan),
            Bound::Exactly => (value - self.value).abs() < f64::EPSILON,
        })
    }
}

const NUMBERS: &[(&str, f64)] = &[
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("eighteen", 18.0),
    ("twenty", 20.0),
    ("twenty-four", 24.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("ninety", 90.0),
    ("dos", 2.0),
    ("tres", 3.0),
    ("cuatro", 4.0),
    ("cinco", 5.0),
    ("seis", 6.0),
    ("siete", 7.0),
    ("ocho", 8.0),
    ("nueve", 9.0),
    ("diez", 10.0),
    ("doce", 12.0),
];

/// A number in digits or words.
pub(crate) fn number(word: &str) -> Option<f64> {
    let word = word.trim();
    NUMBERS.iter().find(|(w, _)| *w == word).map(|(_, n)| *n).or_else(|| word.replace(',', "").parse().ok())
}

fn pattern() -> Option<&'static Regex> {
    static PATTERN: OnceLock<Option<Regex>> = OnceLock::new();
    PATTERN
        .get_or_init(|| {
            let mut words: Vec<&str> = NUMBERS.iter().map(|(w, _)| *w).collect();
            words.sort_by_key(|w| std::cmp::Reverse(w.len()));
            let number = format!(r"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\b(?:{})\b)", words.join("|"));
            let before = r"(?P<before>at least|minimum of|no less than|not less than|greater than or equal to|equal to or greater than|more than|greater than|over|exceeds|exceeding|above|at most|no more than|not more than|up to|less than or equal to|equal to or less than|less than|fewer than|below|under|>=|=>|≥|<=|≤|>|<|al menos|más de|menos de|como mínimo|mínimo de)?";
            let unit = r"(?P<unit>days?|weeks?|wks?|months?|mos?\b|years?|yrs?|hours?|hrs?|%|percent|mm hg|mmhg|mm\b|cm\b|mg/dl|mg/kg|mg\b|kg/m2|kg/m²|kg\b|lbs?\b|pounds|sessions?|visits?|injections?|attempts?|trials?|medications?|drugs?|agents?|events? per hour|events?/hour|/hr|ml/min|degrees?|días|semanas|meses|años|sesiones|visitas)?";
            let after = r"(?P<after>or more|or greater|or higher|or older|or above|and older|or less|or fewer|or lower|or below|o más|o menos)?";
            Regex::new(&format!(r"{before}\s*(?P<number>{number})(?:\s*\(\d+\))?(?:\s*(?:-|to)\s*{number})?[\s-]*{unit}\s*(?:\)?\s*{after})")).ok()
        })
        .as_ref()
}

/// All quantities in folded text, in order.
pub(crate) fn find(text: &str) -> Vec<Quantity> {
    let Some(pattern) = pattern() else { return Vec::new() };
    pattern
        .captures_iter(text)
        .filter_map(|c| {
            let number_match = c.name("number")?;
            if glued(text, number_match.start(), number_match.end()) {
                return None;
            }
            let mut value = number(number_match.as_str())?;
            let written = c.name("unit").map_or("", |u| u.as_str());
            let (unit, factor) = common_unit(written);
            value *= factor;
            let bound = bound(c.name("before").map(|b| b.as_str()), c.name("after").map(|a| a.as_str()));
            Some(Quantity { bound, value, unit: unit.to_string(), at: number_match.start() })
        })
        .collect()
}

/// Digits that are part of a name (`l4-l5`, `m43.16`, `cpt2`, a date) are no quantity.
fn glued(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    before.is_some_and(|c| c.is_alphabetic() || c == '/' || c == '.' || c == '#')
        || after.is_some_and(|c| {
            c == '/'
                || (c.is_alphabetic()
                    && text[start..end].chars().all(|d| d.is_ascii_digit())
                    && !text[end..].starts_with(['m', 'w', 'd', 'y', 'h', 'k', 'c', 'l']))
        })
}

fn common_unit(written: &str) -> (&str, f64) {
    match written.trim() {
        w if w.starts_with("day") || w == "días" => ("days", 1.0),
        w if w.starts_with("week") || w.starts_with("wk") || w == "semanas" => ("days", 7.0),
        // A month is taken as 30 days on both sides, so that "three months" and "12 weeks" differ by what they differ.
        w if w.starts_with("month") || w.starts_with("mo") || w == "meses" => ("days", 30.0),
        w if w.starts_with("year") || w.starts_with("yr") || w == "años" => ("days", 365.0),
        w if w.starts_with("hour") || w.starts_with("hr") => ("hours", 1.0),
        "percent" => ("%", 1.0),
        "mmhg" | "mm hg" => ("mmhg", 1.0),
        w if w.starts_with("session") || w.starts_with("visit") || w == "sesiones" || w == "visitas" => ("visits", 1.0),
        w if w.starts_with("injection") => ("injections", 1.0),
        w if w.starts_with("attempt") || w.starts_with("trial") => ("trials", 1.0),
        w if w.starts_with("medication") || w.starts_with("drug") || w.starts_with("agent") => ("drugs", 1.0),
        w if w.starts_with("event") || w == "/hr" => ("/hour", 1.0),
        "kg/m2" | "kg/m²" => ("", 1.0),
        "cm" => ("mm", 10.0),
        w if w.starts_with("lb") || w == "pounds" => ("lb", 1.0),
        w if w.starts_with("degree") => ("degrees", 1.0),
        w => (w, 1.0),
    }
}

fn bound(before: Option<&str>, after: Option<&str>) -> Bound {
    match (before.unwrap_or(""), after.unwrap_or("")) {
        (
            "at least"
            | "minimum of"
            | "no less than"
            | "not less than"
            | "greater than or equal to"
            | "equal to or greater than"
            | ">="
            | "=>"
            | "≥"
            | "al menos"
            | "como mínimo"
            | "mínimo de",
            _,
        ) => Bound::AtLeast,
        (_, "or more" | "or greater" | "or higher" | "or older" | "or above" | "and older" | "o más") => {
            Bound::AtLeast
        }
        ("more than" | "greater than" | "over" | "exceeds" | "exceeding" | "above" | ">" | "más de", _) => {
            Bound::MoreThan
        }
        (
            "at most"
            | "no more than"
            | "not more than"
            | "up to"
            | "less than or equal to"
            | "equal to or less than"
            | "<="
            | "≤",
            _,
        ) => Bound::AtMost,
        (_, "or less" | "or fewer" | "or lower" | "or below" | "o menos") => Bound::AtMost,
        ("less than" | "fewer than" | "below" | "under" | "<" | "menos de", _) => Bound::LessThan,
        _ => Bound::Exactly,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Quantity {
        find(text).into_iter().next().unwrap_or_else(|| panic!("no quantity in {text}"))
    }

    #[test]
    fn bounds_and_units_are_read() {
        assert_eq!(
            one("at least 6 weeks of therapy"),
            Quantity { bound: Bound::AtLeast, value: 42.0, unit: "days".into(), at: 9 }
        );
        assert_eq!(one("bmi ≥ 40").bound, Bound::AtLeast);
        assert_eq!(one("hba1c < 8").bound, Bound::LessThan);
        assert_eq!(one("age 18 years or older").bound, Bound::AtLeast);
        assert_eq!(one("twelve weeks of supervised therapy").value, 84.0);
    }

    #[test]
    fn names_with_digits_are_no_quantities() {
        assert!(find("l4-l5 fusion m43.16").is_empty(), "{:?}", find("l4-l5 fusion m43.16"));
    }

    #[test]
    fn twelve_weeks_meet_six() {
        assert_eq!(one("at least 6 weeks").met_by(&one("12 weeks")), Some(true));
        assert_eq!(one("at least 6 weeks").met_by(&one("4 weeks")), Some(false));
        assert_eq!(one("at least 6 weeks").met_by(&one("12 visits")), None);
    }
}
