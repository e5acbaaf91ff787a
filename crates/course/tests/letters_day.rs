//! The last day that only the plan's letter gives. All letters are invented.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, unreachable_pub, dead_code, missing_docs)] // tests fail by panicking

mod common;

use calendar::Date;
use common::kb;
use course::{CasePaper, LettersDay, letters_day};
use facts::{Document, Reading};

/// A denial letter of invented fields.
fn letter(fields: &[(&str, &str)]) -> CasePaper {
    let field = |(name, value): &(&str, &str)| facts::Field {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
        quote: (*value).to_owned(),
        document: 0,
        page: 1,
        span: (0, value.len()),
        certainty: facts::Certainty::Normalized,
    };
    CasePaper {
        file: "letter.txt".into(),
        kind: Some("denial_letter".into()),
        document: Document::from_text("letter.txt", ""),
        reading: Some(Reading { fields: fields.iter().map(field).collect(), ..Reading::default() }),
    }
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

#[test]
fn a_window_is_counted_from_the_letters_date() {
    let papers = [letter(&[("notice.dated", "2026-11-02"), ("appeal.window_stated", "60 days")])];
    let found = letters_day(&papers, kb(), day("2026-11-27"));
    assert_eq!(
        found,
        Some(LettersDay { day: day("2027-01-01"), file_by: day("2026-12-31"), window: Some("60 days".into()) })
    );
    assert_eq!(letters_day(&papers, kb(), day("2027-01-02")), None, "over the day after");
}

#[test]
fn a_printed_day_is_taken_as_it_stands_and_the_earliest_of_two_letters_counts() {
    let printed = letter(&[
        ("notice.dated", "2026-11-02"),
        ("appeal.window_stated", "180 days"),
        ("appeal.deadline_stated", "2026-12-31"),
    ]);
    let other = letter(&[("notice.dated", "2026-11-20"), ("appeal.window_stated", "180 days")]);
    let found = letters_day(&[other, printed], kb(), day("2026-11-27"));
    assert_eq!(found, Some(LettersDay { day: day("2026-12-31"), file_by: day("2026-12-31"), window: None }));
}

#[test]
fn a_day_on_which_nobody_takes_the_paper_is_not_the_one_advised() {
    let papers = [letter(&[("notice.dated", "2026-10-30"), ("appeal.window_stated", "30 days")])];
    let found = letters_day(&papers, kb(), day("2026-11-27")).expect("a day");
    assert_eq!((found.day, found.file_by), (day("2026-11-29"), day("2026-11-27")), "a Sunday after Thanksgiving week");
}

#[test]
fn without_the_letters_date_its_window_gives_no_day() {
    assert_eq!(letters_day(&[letter(&[("appeal.window_stated", "60 days")])], kb(), day("2026-11-27")), None);
}
