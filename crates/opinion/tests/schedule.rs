//! Will the letter be in time. The cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking

mod support;

use rights::Entitlements;
use support::{case, day, kb, right, today};

fn schedule(text: &str, by: Option<&str>) -> opinion::Schedule {
    opinion::schedule(&case(text), &kb(), today(), by.map(day), Some("us.erisa.internal_appeal"))
        .unwrap_or_else(|e| panic!("{e}"))
}

fn verdict(text: &str, by: Option<&str>) -> Option<String> {
    schedule(text, by).verdict
}

#[test]
fn the_verdict_follows_the_days_to_spare() {
    // Nothing done yet: choose 5 + appointment 14 + writing 7 = 26 days, so ready on December 21.
    let s = schedule("", Some("2027-02-01"));
    assert_eq!(s.opinion_ready, day("2026-12-21"));
    assert_eq!(s.verdict.as_deref(), Some("in_time"));
    assert_eq!(verdict("", Some("2026-12-24")).as_deref(), Some("tight"));
    assert_eq!(verdict("", Some("2026-12-21")).as_deref(), Some("tight"));
    assert_eq!(verdict("", Some("2026-12-20")).as_deref(), Some("file_now_supplement_later"));
    assert_eq!(verdict("", Some("2026-11-20")).as_deref(), Some("file_now_supplement_later"), "a day that has passed");
}

#[test]
fn the_persons_own_dates_win() {
    assert_eq!(
        schedule("[second_opinion]\nstate = \"asked\"\nappointment_on = 2026-12-01", None).opinion_ready,
        day("2026-12-12"),
        "records take 10 days"
    );
    assert_eq!(
        schedule("[second_opinion]\nstate = \"seen\"\nseen_on = 2026-11-24", None).opinion_ready,
        day("2026-12-01")
    );
    assert_eq!(
        schedule("[second_opinion]\nstate = \"asked\"\nletter_expected_on = 2026-12-03", None).opinion_ready,
        day("2026-12-03")
    );
    assert_eq!(
        schedule("[second_opinion]\nstate = \"received\"", Some("2026-11-26")).verdict.as_deref(),
        Some("in_time")
    );
}

#[test]
fn an_urgent_case_is_expedited_and_without_a_date_nothing_is_guessed() {
    assert_eq!(verdict("[claim]\nkind = \"urgent\"", Some("2027-05-01")).as_deref(), Some("expedite"));
    assert_eq!(verdict("[claim]\nurgent = true", None).as_deref(), Some("expedite"));
    assert_eq!(verdict("", None), None);
}

#[test]
fn moves_are_dated_and_the_filing_names_its_right() {
    let s = schedule("", Some("2026-12-10"));
    let filing = s.moves.iter().find(|m| m.right.is_some()).unwrap_or_else(|| panic!("no filing move"));
    assert_eq!(filing.right.as_deref(), Some("us.erisa.internal_appeal"));
    assert!(filing.by.is_some_and(|d| d <= day("2026-12-10") && d >= today()));
    assert!(s.moves.iter().all(|m| m.by.is_none_or(|d| d >= today())), "no move in the past");
    assert!(s.moves.iter().any(|m| m.what.contains("30 days")), "the limit for records is told");
}

#[test]
fn the_filing_day_is_the_next_open_right_of_the_person() {
    let mut e = Entitlements::empty(today());
    e.rights = vec![
        right("decide", "internal_appeal.decide", "plan", 1, "2026-11-30"),
        right("external", "external_review.file", "claimant", 2, "2027-03-01"),
        right("internal", "internal_appeal.file", "claimant", 1, "2027-04-01"),
        right("old", "internal_appeal.file", "claimant", 1, "2026-10-01"),
    ];
    assert_eq!(opinion::filing_date(&case(""), &e).map(|f| f.right).as_deref(), Some("internal"));
    assert_eq!(opinion::filing_date(&case(""), &Entitlements::empty(today())), None);
    let plan = opinion::need(&case("[[denial]]\nreason = \"off_label\""), &kb(), today(), Some(&e), &[])
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(plan.schedule.and_then(|s| s.file_by), Some(day("2027-04-01")));
}

#[test]
fn an_urgent_case_files_at_the_fast_pace() {
    let mut fast = right("fast", "external_review.file", "claimant", 2, "2026-11-28");
    fast.pace = "expedited".into();
    let mut e = Entitlements::empty(today());
    e.rights = vec![right("slow", "external_review.file", "claimant", 2, "2027-03-18"), fast];
    let chosen = |text: &str| opinion::filing_date(&case(text), &e).map(|f| f.right);
    assert_eq!(chosen("[claim]\nkind = \"urgent\"").as_deref(), Some("fast"));
    assert_eq!(chosen("[claim]\nkind = \"pre_service\"\nurgent = true").as_deref(), Some("fast"));
    assert_eq!(chosen("[choices]\nexpedite = true").as_deref(), Some("fast"));
    assert_eq!(chosen("[claim]\nkind = \"pre_service\"").as_deref(), Some("slow"));
}

#[test]
fn nobody_is_asked_for_a_date_that_is_given() {
    let asked = schedule("", None);
    assert!(asked.says.contains("Enter when the denial letter came"), "{}", asked.says);
    let given = schedule("[[event]]\nkind = \"notice_received\"\ndate = 2026-11-10", None);
    assert!(!given.says.contains("Enter when"), "{}", given.says);
    assert!(given.moves.iter().all(|m| !m.what.contains("Enter when")));
}

#[test]
fn what_is_to_be_done_stands_in_the_order_of_the_calendar() {
    let s = schedule("", Some("2026-12-05"));
    assert_eq!(s.verdict.as_deref(), Some("file_now_supplement_later"));
    let days: Vec<_> = s.moves.iter().filter_map(|m| m.by).collect();
    assert!(days.is_sorted(), "{days:?}");
}
