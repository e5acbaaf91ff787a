//! Will the letter be in time. The cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking

mod support;

use rights::Entitlements;
use support::{case, day, file_by, kb, right, today};

fn schedule(text: &str, by: Option<&str>) -> opinion::Schedule {
    opinion::schedule(&case(text), &kb(), today(), by.map(file_by).as_ref()).unwrap_or_else(|e| panic!("{e}"))
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
    assert!(asked.says.to_lowercase().contains("enter when the denial letter came"), "{}", asked.says);
    let given = schedule("[[event]]\nkind = \"notice_received\"\ndate = 2026-11-10", None);
    assert!(!given.says.to_lowercase().contains("enter when"), "{}", given.says);
    assert!(given.moves.iter().all(|m| !m.what.to_lowercase().contains("enter when")));
}

#[test]
fn what_is_to_be_done_stands_in_the_order_of_the_calendar() {
    let s = schedule("", Some("2026-12-05"));
    assert_eq!(s.verdict.as_deref(), Some("file_now_supplement_later"));
    let days: Vec<_> = s.moves.iter().filter_map(|m| m.by).collect();
    assert!(days.is_sorted(), "{days:?}");
}

const RESIDENTIAL: &str = "[claim]\nkind = \"concurrent\"\nservice = \"residential treatment\"\napproved_course_ends = 2026-11-30\n\
    [[denial]]\nreason = \"level_of_care\"\nquote = \"Partial hospital care is enough.\"";

#[test]
fn care_that_stops_before_the_letter_is_appealed_now() {
    let mut fast = right("fast", "internal_appeal.file", "claimant", 1, "2027-05-24");
    fast.pace = "expedited".into();
    fast.filed_when = Some("oral_ok".into());
    fast.decision_due = Some(rights::DecisionDue { after: "filing".into(), period: "72 hours".into(), date: None });
    let mut keep = right("keep", "benefits.continue", "plan", 1, "2027-05-24");
    (keep.title, keep.due, keep.file_by) = ("Keep the care going".into(), None, None);
    let mut e = Entitlements::empty(today());
    e.rights = vec![right("slow", "internal_appeal.file", "claimant", 1, "2027-05-24"), fast, keep];
    let s = opinion::schedule(&case(RESIDENTIAL), &kb(), today(), Some(&e)).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((s.verdict.as_deref(), s.care_ends), (Some("expedite"), Some(day("2026-11-30"))));
    assert_eq!(s.file_by, Some(day("2027-05-24")), "the day of the law stays as the rights give it");
    assert!(s.says.contains("November 30, 2026"), "{}", s.says);
    let first = &s.moves[0];
    assert_eq!((first.by, first.right.as_deref()), (Some(today()), Some("fast")));
    assert!(first.what.contains("November 30, 2026") && first.what.contains("by phone"), "{}", first.what);
    assert!(s.moves.iter().any(|m| m.right.as_deref() == Some("keep") && m.what.contains("Keep the care going")));
    let last = s.moves.last().unwrap();
    assert!(last.what.contains("72 hours"), "the letter may come after the decision: {}", last.what);
}

#[test]
fn care_that_stops_later_than_the_letter_sets_the_day() {
    let far = RESIDENTIAL.replace("2026-11-30", "2027-02-10");
    let s =
        opinion::schedule(&case(&far), &kb(), today(), Some(&file_by("2027-05-24"))).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(s.verdict.as_deref(), Some("in_time"));
    let filing = s.moves.iter().find(|m| m.right.is_some()).unwrap();
    assert_eq!(filing.by, Some(day("2027-02-10")), "before the care stops, not months later");
    let near = RESIDENTIAL.replace("2026-11-30", "2026-12-24");
    let s =
        opinion::schedule(&case(&near), &kb(), today(), Some(&file_by("2027-05-24"))).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(s.verdict.as_deref(), Some("tight"));
    // Over already, it presses no more; and without a denial nothing was cut.
    let over = RESIDENTIAL.replace("2026-11-30", "2026-11-20");
    assert_eq!(verdict(&over, Some("2027-05-24")).as_deref(), Some("in_time"));
    let planned = RESIDENTIAL.split("[[denial]]").next().unwrap();
    assert_eq!(schedule(planned, None).care_ends, None);
}

#[test]
fn an_estimate_says_what_it_takes_for_granted() {
    assert!(schedule("", Some("2027-05-01")).says.contains("guess"));
    let booked = schedule("[second_opinion]\nstate = \"asked\"\nappointment_on = 2026-12-01", Some("2027-05-01"));
    assert!(booked.says.contains("7 days from the visit"), "{}", booked.says);
    let promised = schedule("[second_opinion]\nstate = \"seen\"\nletter_expected_on = 2026-12-01", Some("2027-05-01"));
    assert!(!promised.says.contains("guess"), "a promised day is no guess: {}", promised.says);
}

#[test]
fn a_wait_told_on_the_phone_is_counted() {
    let log = |answer: &str| {
        let text = format!("[[contact]]\nwho = \"Office\"\nwhen = 2026-11-23\nanswer = \"{answer}\"");
        schedule(&text, Some("2027-05-01")).opinion_ready
    };
    let guess = schedule("", Some("2027-05-01")).opinion_ready;
    assert_eq!(log("Next opening in 120 days"), day("2027-03-30"), "120 days after the call, and 7 to write");
    assert_eq!(log("The wait for new patients is ten to twelve weeks."), day("2027-02-22"), "the longer of two");
    assert_eq!(log("Primera cita libre en tres meses"), day("2027-02-28"));
    // Times that are no wait.
    assert_eq!(log("Does not treat children under 6 months"), guess);
    assert_eq!(log("Does not do this operation"), guess);
    let two = "[[contact]]\nwho = \"A\"\nwhen = 2026-11-23\nwait_days = 90\n[[contact]]\nwho = \"B\"\nwhen = 2026-11-23\nwait_days = 40";
    assert_eq!(schedule(two, Some("2027-05-01")).opinion_ready, day("2027-01-09"), "the first that is open");
}

#[test]
fn records_that_may_come_after_the_visit_are_told_with_their_day() {
    let s = schedule("", Some("2027-02-01"));
    let records = s.moves.iter().find(|m| m.what.contains("records today")).unwrap();
    // Asked on November 25, lawfully sent until December 25; the visit is on December 14, the letter then by January 1.
    assert!(records.what.contains("December 25, 2026") && records.what.contains("January 1, 2027"), "{}", records.what);
    let visit = s.moves.iter().find(|m| m.what.starts_with("See the doctor")).unwrap();
    assert!(visit.what.contains("the records you have by then"), "{}", visit.what);
    // In time only if it is in time with late records, too.
    assert_eq!(verdict("", Some("2026-12-30")).as_deref(), Some("tight"));
}

#[test]
fn a_missing_filing_day_is_explained_once_and_by_name() {
    let denied =
        "[[event]]\nkind = \"notice_received\"\ndate = 2026-11-10\n[[denial]]\nreason = \"not_medically_necessary\"";
    let refused = |why: &str, message: &str| {
        let mut e = Entitlements::empty(today());
        e.refusals = serde_json::from_value(serde_json::json!([
            { "right": "second_opinion.provide", "why": "no_right", "needs": [], "message": "no opinion" },
            { "right": "internal_appeal.file", "why": why, "needs": [], "message": message },
        ]))
        .unwrap();
        opinion::schedule(&case(denied), &kb(), today(), Some(&e)).unwrap_or_else(|e| panic!("{e}"))
    };
    let missing = refused("fact_missing", "Enter the day on the letter.");
    assert!(missing.says.starts_with("Enter the day on the letter."), "{}", missing.says);
    let none = refused("no_right", "Federal law gives no appeal here.");
    assert!(none.says.starts_with("Federal law gives no appeal here."), "{}", none.says);
    for s in [&missing, &none] {
        assert!(s.moves.iter().all(|m| !s.says.contains(&m.what)), "told once");
    }
    let mut done = right("first", "internal_appeal.file", "claimant", 1, "2027-05-24");
    (done.done, done.title) = (true, "Appeal to the plan".into());
    let mut e = Entitlements::empty(today());
    e.rights = vec![done];
    let pending = opinion::schedule(&case(denied), &kb(), today(), Some(&e)).unwrap_or_else(|e| panic!("{e}"));
    assert!(pending.says.contains("Appeal to the plan"), "{}", pending.says);
    // Before any denial there is nothing to file.
    let before =
        schedule("[claim]\nkind = \"pre_service\"\n[[event]]\nkind = \"effective_date\"\ndate = 2012-10-01", None);
    assert!(before.says.contains("nothing to file yet"), "{}", before.says);
}

#[test]
fn where_an_opinion_does_not_help_no_calendar_is_made() {
    let text = "[claim]\nservice = \"MRI of the brain\"\n[[denial]]\nreason = \"timely_filing\"\nquote = \"Too late.\"";
    let s = schedule(text, Some("2027-05-01"));
    assert!(s.no_help && s.verdict.is_none());
    assert!(s.says.contains("does not help"), "{}", s.says);
    assert!(s.moves.iter().any(|m| m.what.contains("proof of the day")), "{:?}", s.moves);
    assert!(s.moves.iter().all(|m| !m.what.contains("See the doctor") && m.right.is_none()));
    let both = format!("{text}\n[[denial]]\nreason = \"not_medically_necessary\"\nquote = \"Not needed.\"");
    assert!(!schedule(&both, Some("2027-05-01")).no_help, "one reason that it helps against is enough");
}

#[test]
fn a_day_that_is_over_is_named_and_nothing_promises_to_protect_it() {
    let s = schedule("[[denial]]\nreason = \"not_medically_necessary\"", Some("2026-10-11"));
    assert!(s.says.contains("October 11, 2026") && s.says.contains("has passed"), "{}", s.says);
    let filings: Vec<_> = s.moves.iter().filter(|m| m.right.is_some()).collect();
    assert_eq!(filings.len(), 1, "told once: {:?}", s.moves);
    assert!(filings[0].by == Some(today()) && filings[0].what.contains("why it is late"));
    assert!(s.moves.iter().all(|m| !m.what.contains("protects the date")), "{:?}", s.moves);
    // The day is not over: the short appeal does protect it.
    let close = schedule("", Some("2026-12-10"));
    assert!(close.moves.iter().any(|m| m.what.contains("protects the date")));
}

#[test]
fn a_letter_that_is_here_is_checked_before_it_is_filed() {
    let s = schedule("[second_opinion]\nstate = \"received\"", Some("2027-01-15"));
    assert_eq!(s.moves.len(), 1);
    assert!(s.moves[0].what != s.says, "not the same sentence twice");
    assert!(
        s.moves[0].what.contains("If it does not, talk with your doctor"),
        "it may be against: {}",
        s.moves[0].what
    );
}

/// Where waiting is dangerous no step lies weeks off, and the time that the State's law sets for the second opinion is named.
#[test]
fn the_plan_of_days_for_an_emergency_has_no_week_in_it() {
    let urgent = "[patient]\nstate = \"CA\"\n[coverage]\nkind = \"individual_market\"\nnetwork_type = \"ppo\"\n\
                  [claim]\nkind = \"urgent\"\nservice = \"liver transplant\"\nurgent = true\n[[denial]]\nreason = \"not_medically_necessary\"";
    let s = schedule(urgent, Some("2027-02-01"));
    assert_eq!(s.verdict.as_deref(), Some("expedite"));
    assert!(s.opinion_ready <= day("2026-11-28"), "{}", s.opinion_ready);
    assert!(s.moves.iter().all(|m| m.by.is_none_or(|by| by <= day("2026-11-28"))), "{:?}", s.moves);
    assert!(s.moves.iter().any(|m| m.what.contains("two centers")), "{:?}", s.moves);
    assert!(s.moves.iter().any(|m| m.what.contains("72 hours of the request") && m.what.contains("10123.68")));
    let booked = format!("{urgent}\n[second_opinion]\nstate = \"asked\"\nappointment_on = 2026-12-10");
    assert!(schedule(&booked, None).moves.iter().any(|m| m.by == Some(day("2026-12-10"))), "a booked day stays");
}
