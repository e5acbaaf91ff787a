//! What stands first on the page of rights: the next step, to whom, how it is in time, and what changes what a person does.
#![allow(clippy::unwrap_used, missing_docs)] // tests fail by panicking
#![allow(clippy::disallowed_methods)]

use std::path::Path;
use std::process::Command;

/// The page of rights of a case on November 28, 2026, its lines joined.
fn page(folder: &Path, coverage: &str, claim: &str, events: &[(&str, &str)], more: &[&str]) -> String {
    let events: String =
        events.iter().map(|(kind, day)| format!("[[event]]\nkind = \"{kind}\"\ndate = {day}\n")).collect();
    let case = format!(
        "{coverage}\n[claim]\n{claim}\n[[denial]]\nreason = \"not_medically_necessary\"\nquote = \"No.\"\n{events}"
    );
    std::fs::write(folder.join("case.toml"), case).unwrap();
    let mut words = vec!["rights", "case.toml", "--today", "2026-11-28"];
    words.extend(more);
    let output = Command::new(env!("CARGO_BIN_EXE_corroborate")).args(words).current_dir(folder).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_late_call_to_the_review_organization_goes_there_and_not_to_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    let said = page(
        folder.path(),
        "[patient]\nstate = \"FL\"\n[coverage]\nkind = \"medicare_advantage\"",
        "kind = \"concurrent\"\nsetting = \"skilled_nursing_facility\"",
        &[("notice_of_noncoverage_received", "2026-11-20"), ("services_end", "2026-11-24")],
        &[],
    );
    assert!(said.contains("Call the QIO all the same, today, and not the plan"), "{said}");
    assert!(said.contains("To: The Quality Improvement Organization") && !said.contains("good cause"), "{said}");
    assert!(said.contains("In time: you may ask by phone or in writing"), "{said}");
}

#[test]
fn a_late_answer_says_what_follows_by_the_nearest_law() {
    let folder = tempfile::tempdir().unwrap();
    let events = [("notice_dated", "2026-09-01"), ("notice_received", "2026-09-04"), ("appeal_received", "2026-10-01")];
    let shown = |state: &str| {
        let coverage = format!("[patient]\nstate = \"{state}\"\n[coverage]\nkind = \"individual_market\"");
        page(folder.path(), &coverage, "kind = \"pre_service\"", &events, &[])
    };
    let (ny, tx) = (shown("NY"), shown("TX"));
    assert!(ny.contains("none is on file. A late decision on a medical appeal counts as a reversal"), "{ny}");
    assert!(tx.contains("none is on file. If the insurer misses this day") && !tx.contains("reversal"), "{tx}");
    // One day to act by, and none that a law does not name.
    assert!(!ny.contains("the last lawful day is February") && ny.contains("the last lawful day is not known"), "{ny}");
}

#[test]
fn a_claim_nobody_decided_has_a_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let coverage = "[coverage]\nkind = \"erisa_self_funded\"";
    let said = page(folder.path(), coverage, "kind = \"pre_service\"", &[("claim_received", "2026-10-30")], &[]);
    assert!(said.contains("Late: Decision on the claim: due by November 14, 2026"), "{said}");
    assert!(said.contains("Next: ask in writing today for the decision"), "{said}");
}

#[test]
fn a_last_day_that_does_not_wait_is_shown_and_in_the_calendar() {
    let folder = tempfile::tempdir().unwrap();
    let said = page(
        folder.path(),
        "[coverage]\nkind = \"pshb\"",
        "kind = \"post_service\"\ndate_of_service = 2023-06-01",
        &[("notice_dated", "2026-03-01"), ("appeal_received", "2026-04-01"), ("decision_dated", "2026-08-31")],
        &["--calendar", "dates.ics"],
    );
    assert!(
        said.contains("its last day is December 31, 2026 (Thursday), whether or not this step is answered"),
        "{said}"
    );
    assert!(said.contains("its last day does not wait for that answer: December 31, 2026"), "{said}");
    let dates = std::fs::read_to_string(folder.path().join("dates.ics")).unwrap();
    assert!(dates.contains("DTSTART;VALUE=DATE:20261231"), "{dates}");
}

#[test]
fn what_is_over_or_settled_rings_no_bell() {
    let folder = tempfile::tempdir().unwrap();
    let said = page(
        folder.path(),
        "[patient]\nstate = \"TX\"\n[coverage]\nkind = \"medicaid_managed_care\"",
        "kind = \"concurrent\"",
        &[
            ("notice_dated", "2026-08-20"),
            ("effective_date", "2026-09-01"),
            ("appeal_filed", "2026-08-25"),
            ("decision_dated", "2026-11-20"),
        ],
        &["--calendar", "dates.ics"],
    );
    assert!(said.contains("Keep the care going while you appeal no longer open"), "{said}");
    assert!(!said.contains("good cause"), "{said}");
    let dates = std::fs::read_to_string(folder.path().join("dates.ics")).unwrap();
    assert!(!dates.contains("DATE:202608") && !dates.contains("DATE:202609"), "{dates}");
}

#[test]
fn a_request_below_the_minimum_and_a_contract_without_law_are_said_to_be_that() {
    let folder = tempfile::tempdir().unwrap();
    let said = page(
        folder.path(),
        "[coverage]\nkind = \"medicare_original\"",
        "kind = \"post_service\"\namount_cents = 19500",
        &[
            ("notice_dated", "2026-02-12"),
            ("redetermination_notice_dated", "2026-05-04"),
            ("reconsideration_notice_dated", "2026-11-06"),
        ],
        &[],
    );
    assert!(said.contains("only together with other claims that bring it to $200"), "{said}");
    let contract = "[coverage]\nkind = \"short_term\"";
    let said = page(folder.path(), contract, "kind = \"post_service\"", &[("notice_received", "2026-10-01")], &[]);
    assert!(said.contains("Next: Read the appeals part of the policy"), "{said}");
}
