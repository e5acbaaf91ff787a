//! Steps of whole days. Legal counting lives in `calendar` and `rights`; these are estimates for planning.

use calendar::Date;

/// The day `days` later; the last day there is when that does not exist.
pub(crate) fn later(date: Date, days: u32) -> Date {
    (0..days).fold(date, |d, _| calendar::next_day(d))
}

/// The day `days` earlier.
pub(crate) fn earlier(date: Date, days: u32) -> Date {
    (0..days).fold(date, |d, _| calendar::previous_day(d))
}

/// Whole years from a day to another.
pub(crate) fn years(from: Date, to: Date) -> i16 {
    let before = (to.month(), to.day()) < (from.month(), from.day());
    to.year() - from.year() - i16::from(before)
}
