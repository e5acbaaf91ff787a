use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use crate::Error;

/// Where a clock hangs: a named zone with its daylight-saving rules, or a fixed distance from UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// A zone by its IANA name, e.g. `America/Chicago`.
    pub fn named(name: &str) -> Option<Zone> {
        TimeZone::get(name).ok().map(Zone)
    }

    /// A fixed offset, as written after a time.
    pub fn fixed(offset: Offset) -> Zone {
        Zone(TimeZone::fixed(offset))
    }
}

/// An instant shown on the clock of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment(Zoned);

impl Moment {
    /// A clock time in a zone. A time that a daylight-saving change skips is read as the moment after the gap, a time
    /// that occurs twice as the first.
    pub fn new(time: DateTime, zone: &Zone) -> Option<Moment> {
        time.to_zoned(zone.0.clone()).ok().map(Moment)
    }

    /// A clock time with the offset written after it, shown on the clock of a zone.
    pub fn with_offset(time: DateTime, offset: Offset, zone: &Zone) -> Option<Moment> {
        offset.to_timestamp(time).ok().map(|t| Moment(t.to_zoned(zone.0.clone())))
    }

    /// The calendar day on that clock.
    pub fn date(&self) -> Date {
        self.0.date()
    }

    /// RFC 3339 with offset, e.g. `2026-11-03T09:00:00-05:00`.
    pub fn rfc3339(&self) -> String {
        let offset = self.0.offset();
        let seconds = offset.seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
        let time = self.0.datetime();
        format!(
            "{}T{:02}:{:02}:{:02}{sign}{hours:02}:{minutes:02}",
            time.date(),
            time.hour(),
            time.minute(),
            time.second()
        )
    }
}

/// The moment so many clock hours later: nights, weekends and daylight-saving changes make no difference.
///
/// # Errors
/// [`Error::OutOfRange`] beyond the years the calendar knows.
pub fn add_hours(start: &Moment, hours: u32) -> Result<Moment, Error> {
    let seconds = start.0.timestamp().as_second() + i64::from(hours) * 3600;
    let moment = Timestamp::from_second(seconds).map_err(|_| Error::OutOfRange)?;
    Ok(Moment(moment.to_zoned(start.0.time_zone().clone())))
}

/// Noon of a day on a zone's clock.
pub fn noon(date: Date, zone: &Zone) -> Option<Moment> {
    Moment::new(date.at(12, 0, 0, 0), zone)
}
