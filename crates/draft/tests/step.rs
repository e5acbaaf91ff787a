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
        (format!("{ERISA}1"), before, &answered[..1], "Internal appeal"),
        // Filed on September 1, due on October 1, and nothing came: what the law then opens is the next step.
        (format!("{ERISA}1"), before, &answered[..2], "Request for external review"),
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
        (
            format!("{ERISA}1"),
            "eligibility",
            &gone[..],
            "appeal_letter",
            "a step that the rules give here (they give none now)",
        ),
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

#[test]
fn a_step_that_is_on_file_has_no_second_letter_and_an_answer_that_is_late_has_its_own() {
    let (before, medical) = ("kind = \"pre_service\"", "not_medically_necessary");
    let filed = ["notice_received 2026-10-15", "appeal_filed 2026-11-10"];
    let waiting = case(&format!("{ERISA}1"), before, medical, &filed);
    let letter = common::drafted(&waiting, "appeal_letter", jiff::civil::date(2026, 11, 27));
    let told = |code: &str| letter.findings.iter().any(|f| f.code == code);
    assert!(told("step_on_file"), "{:?}", letter.findings);
    assert!(letter.value.missing.iter().any(|m| m.contains("on file")), "{:?}", letter.value.missing);
    let late = [
        ("kind = \"medicare_advantage\"", "send the case to the independent review entity"),
        ("kind = \"medicaid_managed_care\"\nfair_hearing_window_days = 120", "send me your decision in writing"),
        ("kind = \"erisa_self_funded\"\ninternal_levels = 1", "29 CFR 2590.715-2719(b)(2)(ii)(F)(1)"),
    ];
    for (coverage, says) in late {
        let case = case(
            coverage,
            before,
            medical,
            &["notice_dated 2026-08-15", "appeal_filed 2026-09-01", "appeal_received 2026-09-02"],
        );
        let letter = common::drafted(&case, "late_answer", jiff::civil::date(2026, 11, 27));
        let text = common::whole(&letter.value);
        assert!(text.contains("your answer was due by October 2, 2026"), "{text}");
        assert!(text.contains(says), "{coverage}: {text}");
        assert!(text.contains("This is not a new appeal"), "{text}");
        // No placeholder of ours is shown as something that the person lacks.
        assert!(!letter.value.missing.iter().any(|m| m == "cites"), "{:?}", letter.value.missing);
        let medicaid = coverage.contains("medicaid");
        assert_eq!(text.contains("may ask the State for its hearing or review at once"), medicaid, "{text}");
        assert_eq!(text.contains("42 CFR 438.408(c)(3)"), medicaid, "{text}");
        // The small fault that excuses a plan is a rule of the market, and none of Medicaid.
        assert!(!(medicaid && text.contains("small, harmless")), "{text}");
    }
}

#[test]
fn what_the_plan_received_is_not_said_to_have_been_sent_on_that_day() {
    let with = |event: &str, name: &str| {
        let events = ["notice_dated 2026-08-15", event];
        let case = case(&format!("{ERISA}1"), "kind = \"pre_service\"", "not_medically_necessary", &events);
        common::whole(&common::drafted(&case, name, jiff::civil::date(2026, 11, 27)).value)
    };
    let got = with("appeal_received 2026-09-02", "late_answer");
    assert!(got.contains("You received my appeal on September 2, 2026.") && !got.contains("I sent you"), "{got}");
    let sent = with("appeal_filed 2026-09-02", "late_answer");
    assert!(sent.contains("I sent you my appeal on September 2, 2026.") && !sent.contains("You received"), "{sent}");
    let outside = with("appeal_received 2026-09-02", "appeal_letter");
    assert!(outside.contains("which received the appeal on September 2, 2026;"), "{outside}");
}

#[test]
fn new_york_has_the_plan_confirm_that_its_silence_reversed_the_denial() {
    let events = ["notice_dated 2026-08-15", "appeal_received 2026-09-02"];
    let case = case("kind = \"individual_market\"", "kind = \"pre_service\"", "not_medically_necessary", &events);
    let case = case.replace("\"TX\"", "\"NY\"");
    let text = common::whole(&common::drafted(&case, "late_answer", jiff::civil::date(2026, 11, 27)).value);
    assert!(text.contains("counts as a reversal of the denial") && text.contains("Confirm in writing"), "{text}");
    assert!(text.contains("N.Y. Pub. Health Law 4904"), "{text}");
}

#[test]
fn a_case_that_the_plan_sent_on_by_itself_has_a_letter_to_who_decides_there_and_none_to_a_judge() {
    let events = ["notice_dated 2026-10-02", "appeal_filed 2026-10-20", "decision_dated 2026-11-12"];
    let case = case("kind = \"medicare_advantage\"", "kind = \"pre_service\"", "level_of_care", &events);
    let letter = common::drafted(&case, "appeal_letter", jiff::civil::date(2026, 11, 27));
    assert_eq!(letter.value.title, "Evidence for the independent review");
    let text = common::whole(&letter.value);
    assert!(text.contains("C2C Innovative Solutions") && text.contains("P.O. Box 1949"), "{text}");
    assert!(!text.contains("administrative law judge") && !text.contains("filed within the time"), "{text}");
}

#[test]
fn a_request_after_its_last_day_asks_for_good_cause_with_the_reason() {
    let events = ["notice_dated 2026-09-08"];
    let with = |claim: &str| case("kind = \"medicare_part_d\"", claim, "non_formulary", &events);
    let drafted = |claim: &str| common::drafted(&with(claim), "appeal_letter", jiff::civil::date(2026, 11, 27));
    let open = drafted("kind = \"pre_service\"").value;
    let text = common::whole(&open);
    assert!(
        text.contains("I ask you to accept it all the same, for good cause") && text.contains("42 CFR 423.582(c)"),
        "{text}"
    );
    assert!(open.missing.iter().any(|m| m == "claim.late_because"), "{:?}", open.missing);
    let told =
        drafted("kind = \"pre_service\"\nlate_because = \"I was in the hospital until November 20, 2026\"").value;
    assert!(
        common::whole(&told).contains("The reason: I was in the hospital until November 20, 2026."),
        "{}",
        common::whole(&told)
    );
    assert!(!told.missing.iter().any(|m| m == "claim.late_because"), "{:?}", told.missing);
    assert!(!common::whole(&told).contains("filed within the time"), "{}", common::whole(&told));
}

#[test]
fn an_approved_course_that_is_cut_is_said_first_and_one_that_ran_out_is_not_called_cut() {
    let claim = |ends: &str| format!("kind = \"concurrent\"\napproved_course_ends = {ends}");
    let events = ["notice_dated 2026-11-24", "effective_date 2026-11-25"];
    let drafted = |ends: &str| {
        let case = case(&format!("{ERISA}1"), &claim(ends), "level_of_care", &events);
        let letter = common::drafted(&case, "appeal_letter", jiff::civil::date(2026, 11, 24));
        (common::whole(&letter.value), letter.findings)
    };
    let (cut, _) = drafted("2026-11-30");
    assert!(cut.contains("You approved this care through November 30, 2026"), "{cut}");
    assert!(cut.contains("29 CFR 2560.503-1(f)(2)(ii)(A)"), "{cut}");
    let (out, findings) = drafted("2026-11-25");
    assert!(!out.contains("You approved this care through") && out.contains("Please extend it"), "{out}");
    assert!(findings.iter().any(|f| f.code == "run_out"), "{findings:?}");
}

#[test]
fn what_keeps_the_care_going_is_asked_for_though_its_law_is_not_cited() {
    let events = ["notice_dated 2026-11-19", "effective_date 2026-12-04"];
    let case = case("kind = \"medicare_dsnp_integrated\"", "kind = \"concurrent\"", "level_of_care", &events);
    let text = common::whole(&common::drafted(&case, "appeal_letter", jiff::civil::date(2026, 11, 27)).value);
    assert!(text.contains("Please keep this care going, unchanged"), "{text}");
}

#[test]
fn a_complaint_tells_what_happened_in_order_and_alleges_only_what_was_owed() {
    let of = |coverage: &str, claim: &str, events: &[&str]| {
        let case = case(coverage, claim, "not_medically_necessary", events);
        common::whole(&common::drafted(&case, "regulator_complaint", jiff::civil::date(2026, 11, 27)).value)
    };
    // Nobody asked for the fast pace, and the kind of claim is not known.
    let unknown = of(
        "kind = \"individual_market\"",
        "",
        &["notice_dated 2026-08-31", "appeal_filed 2026-09-14", "appeal_received 2026-09-15"],
    );
    assert!(unknown.contains("September 14, 2026: I filed an appeal.") && !unknown.contains("fast"), "{unknown}");
    // The answer came on the thirty-ninth day, and the limit is thirty.
    let late = of(
        &format!("{ERISA}1"),
        "kind = \"pre_service\"",
        &["notice_dated 2026-09-01", "appeal_received 2026-09-24", "final_notice_dated 2026-11-02"],
    );
    assert!(late.contains("due October 24, 2026; the answer is dated November 2, 2026"), "{late}");
    // The plan got it on that day; when it was sent, nobody has said.
    let filed = late.find("September 24, 2026: my appeal was received").unwrap();
    assert!(filed < late.find("November 2, 2026: the plan's decision on the appeal").unwrap(), "{late}");
}

#[test]
fn reconstruction_after_mastectomy_rests_on_its_law_and_not_on_function() {
    let claim = "kind = \"pre_service\"\ncodes = [\"CPT 19364\"]\ndiagnosis_codes = [\"Z85.3\", \"Z90.12\"]";
    let letter = |claim: &str| {
        let case = case(&format!("{ERISA}1"), claim, "cosmetic", &["notice_dated 2026-11-09"]);
        common::whole(&common::drafted(&case, "appeal_letter", jiff::civil::date(2026, 11, 27)).value)
    };
    let text = letter(claim);
    assert!(text.contains("all stages of reconstruction of that breast") && text.contains("29 USC 1185b(a)"), "{text}");
    assert!(!text.contains("not looks"), "{text}");
    let other = letter("kind = \"pre_service\"\ncodes = [\"CPT 30400\"]\ndiagnosis_codes = [\"J34.2\"]");
    assert!(!other.contains("1185b") && !other.contains("stages of reconstruction"), "{other}");
}

#[test]
fn the_address_of_the_next_office_is_not_the_plans() {
    let coverage = "kind = \"medicare_advantage\"\nissuer = \"Example Plan\"\n\
        appeal_address = \"C2C Innovative Solutions, QIC Part C, P.O. Box 1949, Jacksonville, FL 32231\"";
    let case = case(coverage, "kind = \"pre_service\"", "level_of_care", &["notice_dated 2026-11-12"]);
    let letter = common::drafted(&case, "appeal_letter", jiff::civil::date(2026, 11, 27));
    assert_eq!(letter.value.title, "Request for reconsideration");
    let to = [vec![letter.value.to.name.clone()], letter.value.to.lines.clone()].concat().join("\n");
    assert!(to.contains("Example Plan") && !to.contains("C2C"), "{to}");
}

/// The plan's paper says where to ask for the review outside it; a letter to another office is lost time.
#[test]
fn a_request_for_outside_review_goes_to_the_address_that_the_plan_printed() {
    let final_notice = ["notice_received 2026-06-15", "appeal_filed 2026-09-01", "final_notice_received 2026-10-30"];
    let printed = [
        ("External Review Unit, P.O. Box 3399, Fargo, ND 58102", "Model Plan Services", "External Review Unit"),
        (
            "HHS Federal External Review Process, Model Reviewers, 3750 Elm Avenue, Suite 705, Fargo, ND 58102",
            "HHS Federal External Review Process, Model Reviewers",
            "3750 Elm Avenue",
        ),
    ];
    for (address, name, line) in printed {
        let coverage = format!("{ERISA}1\nissuer = \"Model Plan Services\"\nexternal_address = \"{address}\"");
        let case = case(&coverage, "kind = \"pre_service\"", "not_medically_necessary", &final_notice);
        let letter = common::drafted(&case, "external_review_request", jiff::civil::date(2026, 11, 23));
        let to = &letter.value.to;
        assert_eq!(to.name, name);
        assert!(to.lines.iter().any(|l| l.contains(line)), "{:?}", to.lines);
        let told = |code: &str| letter.findings.iter().any(|f| f.code == code);
        assert!(told("address_printed") && !told("address_not_known"), "{:?}", letter.findings);
    }
}
