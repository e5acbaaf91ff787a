//! Dates as a calendar file (RFC 5545), with reminders.

use std::fmt::Write;

use facts::When;
use jiff::civil::Date;
use rights::{Entitlements, Right};
use serde::Deserialize;

/// A date for a person's calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// A stable name, so that a second import replaces the first, e.g. `case-1.us.erisa.internal_appeal`.
    pub id: String,
    /// The day, or the moment for a limit counted in hours.
    pub at: When,
    /// What is due, in a few words.
    pub title: String,
    /// How the date was computed and under which law.
    pub note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Alarms {
    days_before: Vec<u32>,
    hour: u32,
}

/// The claimant's dates as a calendar file: one event per right that has a day which is not over and is a step to take now (not
/// done, and not waiting for another one, except where its last day does not wait), on the day we advise, with how it was
/// counted and the law. `service` is added to the titles when it is not empty; `case` keeps the dates of two cases apart in
/// one calendar.
pub fn ics(entitlements: &Entitlements, service: &str, case: &str) -> String {
    ics_with(entitlements, service, case, Vec::new())
}

/// The same with dates of the case that no right gives: the day on which care ends, the last day that only a letter gives.
pub fn ics_with(entitlements: &Entitlements, service: &str, case: &str, more: Vec<Event>) -> String {
    let today = entitlements.today;
    let mine = entitlements.rights.iter().filter(|r| r.actor == "claimant" && !r.done);
    // A step that waits has no day of its own to act on, unless its last day does not wait with it. What is over rings no bell.
    let mine = mine.filter(|r| r.waits.is_none() || r.outside_limit().is_some());
    let mine = mine.filter(|r| r.due.is_none_or(|due| due >= today));
    let mut events: Vec<Event> = mine.filter_map(|r| event_of(r, service, case, entitlements.today)).collect();
    events.extend(more);
    calendar(&events, entitlements.today)
}

fn event_of(right: &Right, service: &str, case: &str, today: Date) -> Option<Event> {
    let moment = right.due_at.as_deref().and_then(|t| When::parse(t).ok());
    let at = moment.or(right.advised(today).map(When::Day))?;
    let mut note = right.derivation.clone();
    note.extend(right.notes.iter().cloned());
    let law: Vec<&str> = right.authorities.iter().map(|a| a.cite.as_str()).collect();
    if !law.is_empty() {
        note.push(law.join("; "));
    }
    let title = if service.trim().is_empty() { right.title.clone() } else { format!("{} ({service})", right.title) };
    let id = format!("{}.{}.{}", right.id, right.level, right.pace);
    let id = if case.is_empty() { id } else { format!("{case}.{id}") };
    Some(Event { id, at, title, note: note.join("\n") })
}

/// Writes events as a calendar file. Days are whole-day events; moments with an offset are written in UTC.
pub fn calendar(events: &[Event], today: Date) -> String {
    let alarms = draft::template("calendar/alarms.toml").and_then(|t| toml::from_str(t).ok());
    let alarms = alarms.unwrap_or(Alarms { days_before: Vec::new(), hour: 0 });
    let mut out = String::new();
    for line in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Corroborate//Corroborate//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ] {
        fold(&mut out, line);
    }
    events.iter().for_each(|e| event(&mut out, e, today, &alarms));
    fold(&mut out, "END:VCALENDAR");
    out
}

fn event(out: &mut String, event: &Event, today: Date, alarms: &Alarms) {
    fold(out, "BEGIN:VEVENT");
    fold(out, &format!("UID:{}@corroborate.invalid", escape(&event.id.replace(char::is_whitespace, "-"))));
    fold(out, &format!("DTSTAMP:{}T000000Z", compact(today)));
    fold(out, &start(&event.at));
    fold(out, &format!("SUMMARY:{}", escape(&event.title)));
    if !event.note.trim().is_empty() {
        fold(out, &format!("DESCRIPTION:{}", escape(&event.note)));
    }
    fold(out, "TRANSP:TRANSPARENT");
    for days in &alarms.days_before {
        fold(out, "BEGIN:VALARM");
        fold(out, "ACTION:DISPLAY");
        fold(out, &format!("DESCRIPTION:{}", escape(&event.title)));
        fold(out, &trigger(&event.at, *days, alarms.hour));
        fold(out, "END:VALARM");
    }
    fold(out, "END:VEVENT");
}

/// Before a whole day (which starts at midnight) the reminder rings at the hour; before a moment, that many days.
fn trigger(at: &When, days: u32, hour: u32) -> String {
    match at {
        When::Day(_) if days > 0 && hour > 0 && hour < 24 => format!("TRIGGER:-P{}DT{}H", days - 1, 24 - hour),
        _ => format!("TRIGGER:-P{days}D"),
    }
}

fn start(at: &When) -> String {
    match at {
        When::Day(day) => format!("DTSTART;VALUE=DATE:{}", compact(*day)),
        When::Moment(time, Some(offset)) => match offset.to_timestamp(*time) {
            Ok(moment) => {
                let utc = jiff::tz::Offset::UTC.to_datetime(moment);
                format!("DTSTART:{}T{:02}{:02}{:02}Z", compact(utc.date()), utc.hour(), utc.minute(), utc.second())
            }
            Err(_) => format!("DTSTART;VALUE=DATE:{}", compact(time.date())),
        },
        When::Moment(t, None) => {
            format!("DTSTART:{}T{:02}{:02}{:02}", compact(t.date()), t.hour(), t.minute(), t.second())
        }
    }
}

fn compact(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// Backslash, semicolon, comma and line ends as RFC 5545, 3.3.11 wants them; other controls go.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes a line, folded so that none is longer than 75 octets, never inside a character.
fn fold(out: &mut String, line: &str) {
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            length = 1;
        }
        let _ = write!(out, "{c}");
        length += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(at: &str, title: &str) -> String {
        let at = When::parse(at).unwrap_or_else(|e| panic!("{e}"));
        let event = Event { id: "case 1".into(), at, title: title.into(), note: String::new() };
        calendar(&[event], jiff::civil::date(2026, 11, 25))
    }

    #[test]
    fn a_day_is_a_whole_day_with_four_reminders_in_the_morning() {
        let text = one("2027-05-14", "File the appeal");
        assert!(text.contains("DTSTART;VALUE=DATE:20270514\r\n"), "{text}");
        assert_eq!(text.matches("BEGIN:VALARM").count(), 4);
        assert!(text.contains("TRIGGER:-P13DT15H\r\n") && text.contains("TRIGGER:-P0DT15H\r\n"), "{text}");
    }

    #[test]
    fn the_day_is_the_one_that_the_rights_advise_today() {
        let right = |file_by: &str| {
            let text = format!(
                r#"{{"id": "us.test", "gives": "internal_appeal.file", "level": 1, "title": "Appeal", "actor": "claimant",
                    "pace": "standard", "due": "2027-04-17", "file_by": "{file_by}", "due_at": null, "counted_from": null,
                    "derivation": [], "filed_when": null, "decision_due": null, "send_to": null, "authorities": []}}"#
            );
            serde_json::from_str::<Right>(&text).unwrap_or_else(|e| panic!("{e}"))
        };
        let today = jiff::civil::date(2027, 4, 17);
        for file_by in ["2027-04-16", "2027-04-17"] {
            let right = right(file_by);
            let advised = right.advised(today).map(compact).unwrap_or_default();
            let all = Entitlements { rights: vec![right], ..Entitlements::empty(today) };
            assert_eq!(advised, "20270417");
            assert!(ics(&all, "", "").contains("DTSTART;VALUE=DATE:20270417"), "{file_by}");
        }
    }

    #[test]
    fn a_moment_is_written_in_utc() {
        assert!(one("2026-10-30T14:05:00-05:00", "Decide").contains("DTSTART:20261030T190500Z\r\n"));
    }

    #[test]
    fn text_is_escaped_and_no_line_is_longer_than_75_octets() {
        let text = one("2027-05-14", &format!("a,b;c\\d\ne {}", "ñandú ".repeat(40)));
        assert!(text.contains("a\\,b\\;c\\\\d\\ne"), "{text}");
        assert!(text.split("\r\n").all(|l| l.len() <= 75));
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    }
}
