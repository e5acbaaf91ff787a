//! Care that is cut: which office the letter goes to, what it asks there and by which law. All cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code, missing_docs)] // tests fail by panicking

mod common;

use common::{drafted, drafted_in, whole};
use draft::Document;
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 28);

/// Running care under a kind of coverage in a State, with its events, each `kind day`.
fn cut(coverage: &str, state: &str, events: &[&str]) -> String {
    let events: String = events
        .iter()
        .filter_map(|e| e.split_once(' '))
        .map(|(kind, day)| format!("[[event]]\nkind = \"{kind}\"\ndate = {day}\n"))
        .collect();
    format!(
        "format = \"corroborate-case/1\"\n[patient]\nname = \"Ana Muster\"\nstate = \"{state}\"\n[coverage]\nkind = \"{coverage}\"\n\
        issuer = \"Model Plan\"\n[claim]\nkind = \"concurrent\"\nservice = \"Personal care\"\n{events}[[denial]]\n\
        reason = \"not_medically_necessary\"\n"
    )
}

/// Cut on September 1, appealed, upheld on November 23.
const UPHELD: [&str; 4] =
    ["notice_dated 2026-08-20", "effective_date 2026-09-01", "appeal_filed 2026-08-25", "decision_dated 2026-11-23"];

fn letter(case: &str, name: &str) -> (Document, String) {
    let document = drafted(case, name, TODAY).value;
    let text = whole(&document);
    (document, text)
}

#[test]
fn of_two_open_forums_the_letter_goes_to_the_one_that_keeps_the_care_going() {
    let case = cut("medicaid_managed_care", "NY", &UPHELD);
    for name in ["appeal_letter", "protective_appeal"] {
        let (document, text) = letter(&case, name);
        assert!(document.to.lines.iter().any(|l| l == "Office of Administrative Hearings"), "{name}: {text}");
    }
    let (document, text) = letter(&case, "appeal_letter");
    assert_eq!(document.title, "Request for a State fair hearing");
    assert!(text.contains("that this care go on unchanged until the hearing is decided (aid continuing)"), "{text}");
    // The external appeal is a paper of its own.
    let (other, text) = letter(&case, "external_review_request");
    assert_eq!(other.title, "Request for external review");
    assert!(text.contains("New York Department of Financial Services") && !text.contains("go on unchanged"), "{text}");
    let (_, call) = letter(&case, "phone_script");
    assert!(call.contains("that this care goes on as it is until the hearing is decided"), "{call}");
}

#[test]
fn when_the_ten_days_are_over_no_letter_asks_for_what_is_gone() {
    let case = cut("medicaid_managed_care", "PA", &UPHELD);
    let late = drafted(&case, "appeal_letter", date(2026, 12, 5)).value;
    assert_eq!(late.title, "Request for a State fair hearing");
    assert!(!whole(&late).contains("go on unchanged"), "{}", whole(&late));
}

#[test]
fn a_hearing_office_is_asked_what_its_own_rules_give_and_not_what_binds_the_plan() {
    for state in ["TX", "PA", "FL"] {
        let case = cut("medicaid_managed_care", state, &UPHELD);
        for name in ["appeal_letter", "protective_appeal"] {
            let (_, text) = letter(&case, name);
            assert!(
                text.contains("I ask now, within the time there is for it, that this care go on"),
                "{name}: {text}"
            );
            assert!(text.contains("I ask for a State fair hearing about the decision"), "{name}: {text}");
            assert!(text.contains("42 CFR 438.420(c)(2)") && text.contains("42 CFR 431.242(a)"), "{name}: {text}");
            assert!(!text.contains("438.406") && !text.contains("438.404"), "{name}: {text}");
        }
        let (_, text) = letter(&case, "appeal_letter");
        assert!(text.contains("bring witnesses"), "{text}");
        // The day of the cut is that of the first notice: no decision takes effect before it is made.
        assert!(text.contains("The first notice set September 1, 2026") && !text.contains("takes effect on"), "{text}");
        let review = text.contains("External Medical Review") && text.contains("Tex. Gov't Code 532.0404(b)(1)");
        assert_eq!(review, state == "TX", "{text}");
    }
}

#[test]
fn a_right_to_continued_care_is_claimed_only_where_a_rule_gives_it_and_time_only_where_it_is_known() {
    let events = ["notice_dated 2026-11-20", "notice_received 2026-11-23", "effective_date 2026-12-04"];
    let claims = |case: &str, on: Date| {
        let text = whole(&drafted(case, "appeal_letter", on).value);
        let spanish = whole(&drafted_in(case, "appeal_letter", on, "es").value);
        let (time, asked) = (text.contains("within the time there is for it"), text.contains("I ask for that now"));
        assert_eq!(time, spanish.contains("dentro del plazo que hay"), "{spanish}");
        (time, asked)
    };
    for refused in ["medicare_advantage", "tricare", "chip", "fehb", "medicare_original"] {
        let case = cut(refused, "TX", &events);
        assert_eq!(claims(&case, TODAY), (false, false), "{refused}");
        let told = drafted(&case, "appeal_letter", TODAY).findings;
        assert!(told.iter().any(|f| f.code == "care_not_kept"), "{refused}: {told:?}");
    }
    assert_eq!(claims(&cut("medicaid_managed_care", "PA", &events), TODAY), (true, true));
    assert_eq!(claims(&cut("medicare_dsnp_integrated", "CA", &events), TODAY), (true, true));
    // What the plan owes needs no day of the person's.
    assert_eq!(claims(&cut("erisa_self_funded", "GA", &events), TODAY), (false, true));
    // The day of the cut is not known: it is asked for, and no time is claimed.
    let unknown = cut("medicaid_managed_care", "PA", &["notice_dated 2026-11-19"]);
    assert_eq!(claims(&unknown, date(2026, 12, 5)), (false, true));
}

#[test]
fn care_that_stops_before_the_ordinary_answer_has_the_fast_letter_for_that_reason() {
    let events = ["notice_dated 2026-11-23", "notice_received 2026-11-25", "effective_date 2026-12-04"];
    let case = cut("erisa_self_funded", "GA", &events);
    let (document, text) = letter(&case, "appeal_letter");
    assert_eq!(document.title, "EXPEDITED: Internal appeal");
    assert!(text.contains("the care stops on December 4, 2026, before the ordinary time"), "{text}");
    assert!(text.contains("no later than 72 hours") && !text.contains("could seriously harm"), "{text}");
    // Nobody called it urgent: no second forum is asked at the same time.
    assert!(!text.contains("external review as well") && !text.contains("At the same time I ask"), "{text}");
    let declined = format!("{case}[choices]\nexpedite = false\n");
    assert_eq!(letter(&declined, "appeal_letter").0.title, "Internal appeal");
    // Where a right of its own keeps the care going, the appeal has its own pace.
    let kept = cut("medicaid_managed_care", "PA", &events);
    assert_eq!(letter(&kept, "appeal_letter").0.title, "Internal appeal");
}

#[test]
fn an_urgent_claim_has_the_hours_and_the_review_beside_it_without_another_choice() {
    let case = "format = \"corroborate-case/1\"\n[patient]\nstate = \"IL\"\n[coverage]\nkind = \"individual_market\"\nnetwork_type = \"hmo\"\n\
        [claim]\nkind = \"urgent\"\nservice = \"Cardiac MRI\"\n[[event]]\nkind = \"notice_received\"\ndate = 2026-11-25\nevidence = true\n\
        [[denial]]\nreason = \"not_medically_necessary\"\n";
    let (_, text) = letter(case, "appeal_letter");
    assert!(text.contains("no later than 48 hours") && text.contains("Illinois Department of Insurance"), "{text}");
    assert!(text.contains("29 CFR 2560.503-1(h)(3)(vi)(A)"), "{text}");
}

#[test]
fn an_ordinary_time_is_never_told_as_the_fast_one() {
    let events = ["notice_mailed 2026-11-23", "notice_dated 2026-11-23"];
    let case = format!("{}[choices]\nexpedite = true\n", cut("tricare", "NC", &events));
    let (document, text) = letter(&case, "appeal_letter");
    assert!(document.title.starts_with("EXPEDITED: "), "{text}");
    let row = document.about.iter().find(|a| a.name == "stage_name").map(|a| a.value.clone());
    assert!(!row.as_deref().is_some_and(|r| r.contains("60 days")) && !text.contains("60 days"), "{row:?}: {text}");
}

#[test]
fn a_late_appeal_of_care_that_ends_asks_for_a_decision_and_needs_no_excuse() {
    let events = ["notice_of_noncoverage_received 2026-11-20", "services_end 2026-11-24"];
    let case = cut("medicare_advantage", "FL", &events)
        .replace("[claim]\n", "[claim]\nsetting = \"skilled_nursing_facility\"\n");
    let letter = drafted(&case, "appeal_letter", TODAY);
    let text = whole(&letter.value);
    assert_eq!(letter.value.title, "Request for a fast appeal", "{text}");
    assert!(text.contains("take it as a late request") && !text.contains("good cause"), "{text}");
    assert!(!letter.value.missing.contains(&"claim.late_because".to_string()), "{:?}", letter.value.missing);
}
