//! Which step a letter takes, by what has been filed and answered. All cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code, missing_docs)] // tests fail by panicking

mod common;

/// A case of a coverage with its events, each `kind day`.
fn case(coverage: &str, claim: &str, reason: &str, events: &[&str]) -> String {
    let events = events.iter().filter_map(|e| e.split_once(' '));
    let events: String = events.map(|(kind, day)| format!("[[event]]\nkind = \"{kind}\"\ndate = {day}\n")).collect();
    format!(
        "format = \"corroborate-case/1\"\n[patient]\nstate = \"TX\"\n[coverage]\n{coverage}\n[claim]\n{claim}\n{events}[[denial]]\nreason = \"{reason}\"\n"
    )
}

const ERISA: &str = "kind = \"erisa_self_funded\"\nplan_year_start = 2026-01-01\ninternal_levels = ";

#[test]
fn an_answered_step_is_not_taken_again() {
    let (before, after) = ("kind = \"pre_service\"", "kind = \"post_service\"\namount_cents = 20000");
    let medical = "not_medically_necessary";
    let answered = ["notice_received 2026-06-15", "appeal_filed 2026-09-01", "decision_received 2026-10-30"];
    let steps = [
        (format!("{ERISA}1"), before, &answered[..2], "Internal appeal"),
        (format!("{ERISA}1"), before, &answered[..], "Request for external review"),
        (format!("{ERISA}2"), before, &answered[..], "Second-level internal appeal"),
        (
            "kind = \"medicaid_managed_care\"\nfair_hearing_window_days = 120".into(),
            before,
            &["notice_dated 2026-08-02", "appeal_filed 2026-08-20", "resolution_notice_dated 2026-09-18"],
            "Request for a State fair hearing",
        ),
        (
            "kind = \"fehb\"".into(),
            after,
            &["notice_dated 2026-04-30", "appeal_filed 2026-06-01", "decision_received 2026-09-08"],
            "Request for review by OPM",
        ),
        (
            "kind = \"tricare\"".into(),
            after,
            &["notice_dated 2026-06-01", "reconsideration_notice_dated 2026-09-01"],
            "Request for reconsideration",
        ),
    ];
    for (coverage, claim, events, title) in steps {
        let case = case(&coverage, claim, medical, events);
        let letter = common::drafted(&case, "appeal_letter", jiff::civil::date(2026, 11, 23));
        assert_eq!(letter.value.title, title, "{case}");
        assert!(!letter.findings.iter().any(|f| f.code == "document_not_for_this_case"), "{:?}", letter.findings);
    }
}

#[test]
fn a_step_that_the_rules_refuse_stays_a_draft_and_says_so() {
    let gone = ["notice_received 2026-05-01", "appeal_filed 2026-06-01", "final_notice_received 2026-08-03"];
    let refused = [
        (format!("{ERISA}1"), "eligibility", &gone[..], "appeal_letter", "coverage.kind"),
        (
            "kind = \"medicare_original\"".into(),
            "not_medically_necessary",
            &["notice_dated 2026-09-01"],
            "external_review_request",
            "a step that this coverage has (the next one here: Redetermination)",
        ),
    ];
    for (coverage, reason, events, name, lacks) in refused {
        let case = case(&coverage, "kind = \"post_service\"", reason, events);
        let letter = common::drafted(&case, name, jiff::civil::date(2026, 11, 23));
        assert!(letter.findings.iter().any(|f| f.code == "document_not_for_this_case"), "{:?}", letter.findings);
        assert!(letter.value.missing.contains(&lacks.to_string()), "{:?}", letter.value.missing);
    }
}
