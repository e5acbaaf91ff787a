//! Every day from 1990 to 2199 against an oracle that walks day by day and knows nothing of this crate.
#![allow(clippy::panic, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::unwrap_used)]

use calendar::{Date, HolidayRule, Holidays, MissingDay, Move, Period, Unit, Weekday};

/// A day as the oracle knows it: year, month, day, weekday (0 = Monday).
type Day = (i16, i8, i8, u8);

fn leap(y: i16) -> bool {
    (y % 4 == 0 && y % 100 != 0) || y % 400 == 0
}

fn length(y: i16, m: i8) -> i8 {
    match m {
        2 if leap(y) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// All days from 1990-01-01 (a Monday) to 2199-12-31, each made from the one before it.
fn days() -> Vec<Day> {
    let mut out = Vec::with_capacity(76_701);
    let (mut y, mut m, mut d, mut w) = (1990, 1, 1, 0u8);
    while y < 2200 {
        out.push((y, m, d, w));
        w = (w + 1) % 7;
        d += 1;
        if d > length(y, m) {
            d = 1;
            m += 1;
        }
        if m > 12 {
            m = 1;
            y += 1;
        }
    }
    out
}

fn date(day: Day) -> Date {
    Date::new(day.0, day.1, day.2).unwrap()
}

/// 5 U.S.C. 6103(a), written out once more by hand: (month, fixed day) or (month, weekday, which).
fn is_holiday((y, m, d, w): Day) -> bool {
    let nth = |weekday: u8, n: i8| w == weekday && (d - 1) / 7 == n - 1;
    match m {
        1 => d == 1 || (y >= 1986 && nth(0, 3)),
        2 => nth(0, 3),
        5 => w == 0 && d > 24,
        6 => y >= 2021 && d == 19,
        7 => d == 4,
        9 => nth(0, 1),
        10 => nth(0, 2),
        11 => d == 11 || nth(3, 4),
        12 => d == 25,
        _ => false,
    }
}

fn federal() -> Holidays {
    let fixed = |month, day, first_year| HolidayRule {
        name: format!("{month}/{day}"),
        month,
        day: Some(day),
        weekday: None,
        nth: None,
        first_year,
        last_year: None,
    };
    let moving = |month, weekday, nth| HolidayRule {
        name: format!("{month}"),
        month,
        day: None,
        weekday: Some(weekday),
        nth: Some(nth),
        first_year: None,
        last_year: None,
    };
    Holidays::new(vec![
        fixed(1, 1, None),
        moving(1, Weekday::Monday, 3),
        moving(2, Weekday::Monday, 3),
        moving(5, Weekday::Monday, -1),
        fixed(6, 19, Some(2021)),
        fixed(7, 4, None),
        moving(9, Weekday::Monday, 1),
        moving(10, Weekday::Monday, 2),
        fixed(11, 11, None),
        moving(11, Weekday::Thursday, 4),
        fixed(12, 25, None),
    ])
}

fn period(count: u32, unit: Unit) -> Period {
    Period { count, unit }
}

#[test]
fn plain_days_agree_with_walking_day_by_day() {
    let all = days();
    let none = Holidays::none();
    for (n, day) in all.iter().enumerate() {
        for count in [0usize, 1, 5, 10, 30, 45, 60, 90, 120, 180, 365] {
            let Some(to) = all.get(n + count) else { continue };
            let got = calendar::add(date(*day), period(count as u32, Unit::CalendarDays), MissingDay::Refuse, &none);
            assert_eq!(got, Ok(date(*to)), "{day:?} + {count}");
            let back = calendar::before(date(*to), period(count as u32, Unit::Days), &none);
            assert_eq!(back, Ok(date(*day)), "{to:?} - {count}");
            assert_eq!(calendar::days_between(date(*day), date(*to)), count as i64);
        }
    }
}

#[test]
fn months_agree_with_walking_month_by_month() {
    let all = days();
    let none = Holidays::none();
    for day in &all {
        for count in [1u32, 2, 3, 4, 6, 12, 36] {
            let (mut y, mut m) = (day.0, day.1);
            for _ in 0..count {
                m += 1;
                if m > 12 {
                    m = 1;
                    y += 1;
                }
            }
            let last = length(y, m);
            let p = period(count, Unit::Months);
            let clamped = Date::new(y, m, day.2.min(last)).unwrap();
            assert_eq!(calendar::add(date(*day), p, MissingDay::LastOfMonth, &none), Ok(clamped));
            let next = if day.2 <= last {
                clamped
            } else if m == 12 {
                Date::new(y + 1, 1, 1).unwrap()
            } else {
                Date::new(y, m + 1, 1).unwrap()
            };
            assert_eq!(
                calendar::add(date(*day), p, MissingDay::FirstOfNextMonth, &none),
                Ok(next),
                "{day:?} + {count}"
            );
            assert_eq!(calendar::add(date(*day), p, MissingDay::Refuse, &none).is_ok(), day.2 <= last);
            if count == 12 {
                let year = calendar::add(date(*day), period(1, Unit::Years), MissingDay::LastOfMonth, &none);
                assert_eq!(year, Ok(clamped));
            }
        }
    }
}

#[test]
fn holidays_business_days_and_moves_agree_with_the_list() {
    let all = days();
    let federal = federal();
    let business = |d: &Day| d.3 < 5 && !is_holiday(*d);
    for (n, day) in all.iter().enumerate() {
        let d = date(*day);
        assert_eq!(federal.is_holiday(d), is_holiday(*day), "{day:?}");
        assert_eq!(federal.is_business_day(d), business(day), "{day:?}");
        if let Some(next) = all[n..].iter().find(|x| business(x)) {
            let moved = Move::Forward.apply(d, &federal);
            assert_eq!(moved, date(*next));
            assert_eq!(Move::Forward.apply(moved, &federal), moved, "moving twice moves once");
        }
        if let Some(before) = all[..=n].iter().rev().find(|x| business(x)) {
            assert_eq!(Move::Backward.apply(d, &federal), date(*before));
        }
        for count in [1usize, 5, 10] {
            if let Some(to) = all[n + 1..].iter().filter(|x| business(x)).nth(count - 1) {
                let got = calendar::add(d, period(count as u32, Unit::BusinessDays), MissingDay::Refuse, &federal);
                assert_eq!(got, Ok(date(*to)), "{day:?} + {count} business days");
            }
        }
        let observed = (day.3 == 4 && all.get(n + 1).is_some_and(|x| is_holiday(*x)))
            || (day.3 == 0 && n > 0 && is_holiday(all[n - 1]));
        assert_eq!(federal.is_observed(d).is_some(), observed, "{day:?}");
    }
}

#[test]
fn a_later_start_never_ends_earlier() {
    let all = days();
    let federal = federal();
    for unit in [Unit::Days, Unit::BusinessDays, Unit::Months] {
        for policy in [MissingDay::FirstOfNextMonth, MissingDay::LastOfMonth] {
            let mut last = None;
            for day in &all {
                let end = calendar::add(date(*day), period(4, unit), policy, &federal).unwrap();
                assert!(last.is_none_or(|l| l <= end), "{day:?} {unit:?} {policy:?}");
                assert!(end >= date(*day));
                last = Some(end);
            }
        }
    }
}
