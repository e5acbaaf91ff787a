//! Clock hours across daylight-saving changes, in zones and with fixed offsets.
#![allow(clippy::panic, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::unwrap_used)]

use calendar::{Moment, Zone, add_hours, noon};
use jiff::civil::DateTime;
use jiff::tz::Offset;

fn at(text: &str, zone: &str) -> Moment {
    Moment::new(text.parse::<DateTime>().unwrap(), &Zone::named(zone).unwrap()).unwrap()
}

#[test]
fn seventy_two_hours_over_the_autumn_change_end_an_hour_earlier_on_the_clock() {
    let end = add_hours(&at("2026-10-31T10:00:00", "America/New_York"), 72).unwrap();
    assert_eq!(end.rfc3339(), "2026-11-03T09:00:00-05:00");
}

#[test]
fn twenty_four_hours_over_the_spring_change_end_an_hour_later_on_the_clock() {
    let end = add_hours(&at("2027-03-13T10:00:00", "America/Los_Angeles"), 24).unwrap();
    assert_eq!(end.rfc3339(), "2027-03-14T11:00:00-07:00");
}

#[test]
fn where_the_clock_never_changes_nothing_moves() {
    for zone in ["America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam"] {
        let end = add_hours(&at("2026-10-31T10:00:00", zone), 72).unwrap();
        assert!(end.rfc3339().starts_with("2026-11-03T10:00:00"), "{zone}: {}", end.rfc3339());
    }
}

#[test]
fn a_written_offset_is_the_same_instant_on_another_clock() {
    let zone = Zone::named("America/Denver").unwrap();
    let time: DateTime = "2026-11-20T19:00:00".parse().unwrap();
    let moment = Moment::with_offset(time, Offset::UTC, &zone).unwrap();
    assert_eq!(moment.rfc3339(), "2026-11-20T12:00:00-07:00");
}

#[test]
fn a_time_that_the_clock_skips_or_repeats_is_not_an_error() {
    assert_eq!(at("2027-03-14T02:30:00", "America/New_York").rfc3339(), "2027-03-14T03:30:00-04:00");
    assert_eq!(at("2026-11-01T01:30:00", "America/New_York").rfc3339(), "2026-11-01T01:30:00-04:00");
}

#[test]
fn noon_is_noon_on_the_clock_of_the_place() {
    let day = "2026-11-01".parse().unwrap();
    assert_eq!(noon(day, &Zone::named("America/Chicago").unwrap()).unwrap().rfc3339(), "2026-11-01T12:00:00-06:00");
}

#[test]
fn hours_add_up() {
    let start = at("2026-10-30T08:00:00", "America/New_York");
    for hours in [0, 1, 24, 48, 72, 1000] {
        let once = add_hours(&start, hours).unwrap();
        let twice = add_hours(&add_hours(&start, hours / 2).unwrap(), hours - hours / 2).unwrap();
        assert_eq!(once, twice);
    }
}
