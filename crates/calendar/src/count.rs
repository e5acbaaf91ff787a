use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Holidays, Period, Unit};

/// What to do when the month in which a period ends has no such day (30 October + 4 months).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingDay {
    /// The first day of the month after: 45 CFR 147.136(d)(2)(i) says so.
    FirstOfNextMonth,
    /// The last day of the month: the earlier and so the safe reading where a rule is silent.
    LastOfMonth,
    /// Refuse to answer.
    Refuse,
}

/// In which direction a day that is not a business day is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// To the next business day.
    Forward,
    /// To the business day before.
    Backward,
}

impl Move {
    /// The date itself if it is a business day, else the nearest one in this direction.
    pub fn apply(self, mut date: Date, holidays: &Holidays) -> Date {
        // A year has business days everywhere; the bound only guards against a calendar of nothing but holidays.
        for _ in 0..400 {
            if holidays.is_business_day(date) {
                return date;
            }
            date = match self {
                Move::Forward => next_day(date),
                Move::Backward => previous_day(date),
            };
        }
        date
    }
}

/// Why a day could not be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The month has no such day and the rule does not say what then.
    NoSuchDay,
    /// The result is outside the years the calendar knows.
    OutOfRange,
    /// Hours need a moment, not a day.
    NeedsMoment,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Error::NoSuchDay => "that month has no such day, and the rule does not say what then",
            Error::OutOfRange => "the date lies outside the years this calendar knows",
            Error::NeedsMoment => "a limit in hours needs a time of day",
        })
    }
}

impl std::error::Error for Error {}

/// The day after; the last representable day stays.
pub fn next_day(date: Date) -> Date {
    date.tomorrow().unwrap_or(date)
}

/// The day before; the first representable day stays.
pub fn previous_day(date: Date) -> Date {
    date.yesterday().unwrap_or(date)
}

/// Days from `a` to `b` (negative when `b` is earlier).
pub fn days_between(a: Date, b: Date) -> i64 {
    day_number(b) - day_number(a)
}

/// Whole years from `from` to `to`, as an age is counted: a year is full on the anniversary (of 29 February in a common
/// year: on 1 March). `None` when `to` is earlier.
pub fn years_between(from: Date, to: Date) -> Option<i64> {
    let years = i64::from(to.year()) - i64::from(from.year());
    let full = if (to.month(), to.day()) < (from.month(), from.day()) { years - 1 } else { years };
    (full >= 0).then_some(full)
}

/// The last day of a period that begins the day after `start`: the day of the event is not counted, the last day is.
///
/// `missing_day` matters for months and years only, `holidays` for business and working days only.
///
/// # Errors
/// [`Error::NoSuchDay`] under [`MissingDay::Refuse`]; [`Error::NeedsMoment`] for hours (see
/// [`add_hours`](crate::add_hours)); [`Error::OutOfRange`] beyond the year 9999.
pub fn add(start: Date, period: Period, missing_day: MissingDay, holidays: &Holidays) -> Result<Date, Error> {
    let count = i64::from(period.count);
    match period.unit {
        Unit::Hours => Err(Error::NeedsMoment),
        Unit::Days | Unit::CalendarDays => shift(start, count),
        Unit::BusinessDays | Unit::WorkingDays => business(start, period.count, holidays, Move::Forward),
        Unit::Months => months(start, count, missing_day),
        Unit::Years => months(start, count * 12, missing_day),
    }
}

/// The last day that is a full period before `end` ("at least 2 days before the services end").
///
/// # Errors
/// As [`add`].
pub fn before(end: Date, period: Period, holidays: &Holidays) -> Result<Date, Error> {
    let count = i64::from(period.count);
    match period.unit {
        Unit::Hours => Err(Error::NeedsMoment),
        Unit::Days | Unit::CalendarDays => shift(end, -count),
        Unit::BusinessDays | Unit::WorkingDays => business(end, period.count, holidays, Move::Backward),
        Unit::Months => months(end, -count, MissingDay::LastOfMonth),
        Unit::Years => months(end, -count * 12, MissingDay::LastOfMonth),
    }
}

/// 31 December of the date's year.
pub fn end_of_year(date: Date) -> Date {
    Date::new(date.year(), 12, 31).unwrap_or(date)
}

fn business(start: Date, count: u32, holidays: &Holidays, direction: Move) -> Result<Date, Error> {
    let mut date = start;
    for _ in 0..count {
        let next = match direction {
            Move::Forward => next_day(date),
            Move::Backward => previous_day(date),
        };
        if next == date {
            return Err(Error::OutOfRange);
        }
        date = direction.apply(next, holidays);
    }
    Ok(date)
}

fn months(start: Date, count: i64, missing_day: MissingDay) -> Result<Date, Error> {
    let month = i64::from(start.year()) * 12 + i64::from(start.month()) - 1 + count;
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let year = i16::try_from(year).map_err(|_| Error::OutOfRange)?;
    let month = i8::try_from(month).map_err(|_| Error::OutOfRange)?;
    let first = Date::new(year, month, 1).map_err(|_| Error::OutOfRange)?;
    if let Ok(date) = Date::new(year, month, start.day()) {
        return Ok(date);
    }
    match missing_day {
        MissingDay::Refuse => Err(Error::NoSuchDay),
        MissingDay::LastOfMonth => Ok(first.last_of_month()),
        MissingDay::FirstOfNextMonth => shift(first.last_of_month(), 1),
    }
}

fn shift(date: Date, days: i64) -> Result<Date, Error> {
    from_day_number(day_number(date) + days).ok_or(Error::OutOfRange)
}

// Days are counted on the proleptic Gregorian calendar with the year starting in March, so that the leap day is the
// last day of the year (the usual civil-from-days method); jiff is used only to build and take apart a date.

/// Days since 1970-01-01.
fn day_number(date: Date) -> i64 {
    let (y, m, d) = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn from_day_number(number: i64) -> Option<Date> {
    let number = number + 719_468;
    let era = number.div_euclid(146_097);
    let day_of_era = number.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
