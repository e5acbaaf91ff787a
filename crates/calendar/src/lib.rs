//! Civil dates, periods and the policies by which law counts them: a start and a named policy in, a day or a moment out.
//!
//! The one type to know is [`Period`]. `Counting` is never left to a date library: what happens when a month has no such
//! day ([`MissingDay`]), whether a weekend moves the end ([`RollOver`]) and which days are holidays ([`Holidays`]) are
//! named by the rule that is applied. There is no clock in this crate and no law: the holidays come from `kb/calendars/`.
//!
//! # Example: the example given in 45 CFR 147.136(d)(2)(i)
//! ```
//! use calendar::{Date, Holidays, MissingDay, Period, add};
//! let received: Date = "2026-10-30".parse().unwrap();
//! let four_months: Period = "4 months".parse().unwrap();
//! let due = add(received, four_months, MissingDay::FirstOfNextMonth, &Holidays::none()).unwrap();
//! assert_eq!(due.to_string(), "2027-03-01"); // there is no 30 February
//! ```

mod count;
mod holidays;
mod moment;
mod period;

pub use count::{
    Error, MissingDay, Move, add, before, days_between, end_of_year, next_day, previous_day, years_between,
};
pub use holidays::{HolidayRule, Holidays, Weekday};
pub use jiff::civil::Date;
pub use moment::{Moment, Zone, add_hours, noon};
pub use period::{Period, PeriodError, Unit};
