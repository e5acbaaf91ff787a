use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A day of the week, as data files write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    fn of(date: Date) -> Weekday {
        use jiff::civil::Weekday as W;
        match date.weekday() {
            W::Monday => Weekday::Monday,
            W::Tuesday => Weekday::Tuesday,
            W::Wednesday => Weekday::Wednesday,
            W::Thursday => Weekday::Thursday,
            W::Friday => Weekday::Friday,
            W::Saturday => Weekday::Saturday,
            W::Sunday => Weekday::Sunday,
        }
    }
}

/// How a holiday is found in a year: on a fixed day, or on the n-th (or last) weekday of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolidayRule {
    /// Its name.
    pub name: String,
    /// Month, 1–12.
    pub month: i8,
    /// Day of the month, for a fixed day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<i8>,
    /// Weekday, for a day that moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekday: Option<Weekday>,
    /// Which of those weekdays in the month, counted from 1; −1 is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<i8>,
    /// First year in which it is a holiday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_year: Option<i16>,
    /// Last year in which it is a holiday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_year: Option<i16>,
}

impl HolidayRule {
    /// Whether the date is this holiday.
    pub fn matches(&self, date: Date) -> bool {
        if date.month() != self.month
            || self.first_year.is_some_and(|y| date.year() < y)
            || self.last_year.is_some_and(|y| date.year() > y)
        {
            return false;
        }
        match (self.day, self.weekday, self.nth) {
            (Some(day), None, None) => date.day() == day,
            (None, Some(weekday), Some(-1)) => Weekday::of(date) == weekday && date.day() + 7 > date.days_in_month(),
            (None, Some(weekday), Some(nth)) => Weekday::of(date) == weekday && (date.day() - 1) / 7 + 1 == nth,
            _ => false,
        }
    }

    /// What is wrong with the rule, if anything is.
    pub fn fault(&self) -> Option<String> {
        let shape = matches!(
            (self.day, self.weekday, self.nth),
            (Some(1..=31), None, None) | (None, Some(_), Some(-1 | 1..=5))
        );
        if !(1..=12).contains(&self.month) || !shape {
            return Some(format!("holiday `{}`: give `month` and either `day`, or `weekday` with `nth`", self.name));
        }
        None
    }
}

/// A set of holidays. Weekends are not holidays, but neither are they business days.
///
/// Whether a holiday that falls on a weekend is kept on the Friday before or the Monday after is a separate question:
/// 5 U.S.C. 6103(b) says so for pay and leave only. See [`Holidays::is_observed`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays {
    rules: Vec<HolidayRule>,
}

impl Holidays {
    /// No holidays at all.
    pub fn none() -> Self {
        Holidays::default()
    }

    /// The holidays of these rules.
    pub fn new(rules: Vec<HolidayRule>) -> Self {
        Holidays { rules }
    }

    /// The rule by which this date is a holiday.
    pub fn name(&self, date: Date) -> Option<&str> {
        self.rules.iter().find(|r| r.matches(date)).map(|r| r.name.as_str())
    }

    /// Whether the date itself is a holiday.
    pub fn is_holiday(&self, date: Date) -> bool {
        self.rules.iter().any(|r| r.matches(date))
    }

    /// The holiday kept on this day instead of on a Saturday (the Friday before) or a Sunday (the Monday after).
    pub fn is_observed(&self, date: Date) -> Option<&str> {
        let weekend = match Weekday::of(date) {
            Weekday::Friday => crate::next_day(date),
            Weekday::Monday => crate::previous_day(date),
            _ => return None,
        };
        self.name(weekend)
    }

    /// Whether the date is a Saturday or Sunday.
    pub fn is_weekend(date: Date) -> bool {
        matches!(Weekday::of(date), Weekday::Saturday | Weekday::Sunday)
    }

    /// Whether the date is a weekday that is not a holiday.
    pub fn is_business_day(&self, date: Date) -> bool {
        !Self::is_weekend(date) && !self.is_holiday(date)
    }
}
