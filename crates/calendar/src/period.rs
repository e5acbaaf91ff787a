use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A length of time as a rule of law states it: a whole number and its unit. Hours stay hours: 72 hours is not 3 days.
///
/// # Example
/// ```
/// use calendar::{Period, Unit};
/// let p: Period = "5 business days".parse().unwrap();
/// assert_eq!((p.count, p.unit), (5, Unit::BusinessDays));
/// assert_eq!(p.to_string(), "5 business days");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// How many units.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// The unit of a [`Period`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Clock hours: they run through nights, weekends and daylight-saving changes.
    Hours,
    /// Days, where the law says only "days"; counted like calendar days.
    Days,
    /// Days, where the law says "calendar days".
    CalendarDays,
    /// Weekdays that are not holidays, where the law says "business days".
    BusinessDays,
    /// The same count, where the law says "working days".
    WorkingDays,
    /// Months: the same day number so many months on; see [`MissingDay`](crate::MissingDay).
    Months,
    /// Years: twelve months each.
    Years,
}

impl Unit {
    const WORDS: [(Unit, &'static str, &'static str); 7] = [
        (Unit::Hours, "hour", "hours"),
        (Unit::Days, "day", "days"),
        (Unit::CalendarDays, "calendar day", "calendar days"),
        (Unit::BusinessDays, "business day", "business days"),
        (Unit::WorkingDays, "working day", "working days"),
        (Unit::Months, "month", "months"),
        (Unit::Years, "year", "years"),
    ];

    /// Whether the unit is one of plain calendar days.
    pub fn is_days(self) -> bool {
        matches!(self, Unit::Days | Unit::CalendarDays)
    }

    /// Whether only weekdays that are not holidays count.
    pub fn is_business_days(self) -> bool {
        matches!(self, Unit::BusinessDays | Unit::WorkingDays)
    }

    /// Whether the count depends on month lengths, so that a day may be missing.
    pub fn is_months(self) -> bool {
        matches!(self, Unit::Months | Unit::Years)
    }
}

/// A text that is not a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodError(String);

impl fmt::Display for PeriodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a period; write a number and a unit, such as `180 days`, `4 months` or `72 hours`",
            self.0
        )
    }
}

impl std::error::Error for PeriodError {}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let wrong = || PeriodError(text.into());
        let (count, unit) = text.trim().split_once(' ').ok_or_else(wrong)?;
        let count = count.parse().map_err(|_| wrong())?;
        let unit = unit.trim();
        let unit = Unit::WORDS.iter().find(|(_, one, many)| unit == *one || unit == *many).ok_or_else(wrong)?.0;
        Ok(Period { count, unit })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = Unit::WORDS.iter().find(|w| w.0 == self.unit);
        let name = words.map_or("", |(_, one, many)| if self.count == 1 { one } else { many });
        write!(f, "{} {name}", self.count)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back() {
        for text in ["1 hour", "72 hours", "1 day", "180 days", "60 calendar days", "5 business days", "3 working days"]
        {
            assert_eq!(text.parse::<Period>().map(|p| p.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["", "days", "-1 days", "4 fortnights", "4months", "4.5 days", "99999999999 days"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
