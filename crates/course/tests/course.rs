//! Which date comes next, and which moves: on cases written for the purpose (all invented).
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs)]

mod common;

use std::collections::BTreeMap;

use calendar::Date;
use common::{files, kb};
use course::{CasePaper, Walk, walk};
use facts::{Case, Document};
use kb::Kb;

fn on(today: &str, case: &str) -> Walk {
    let case = common::case(case);
    walk(&case, &[], kb(), today.parse::<Date>().unwrap(), "en").unwrap()
}

fn moves(walk: &Walk) -> Vec<&str> {
    walk.course.moves.iter().map(|m| m.id.as_str()).collect()
}

const CARE_CUT: &str = r#"
[patient]
state = "CA"
[coverage]
kind = "medicaid_managed_care"
[claim]
kind = "concurrent"
[[denial]]
reason = "custodial"
[[event]]
kind = "notice_dated"
date = 2026-11-16
"#;

#[test]
fn care_that_is_being_cut_presses_more_than_the_appeal() {
    let walk = on("2026-11-20", CARE_CUT);
    let next = walk.course.next_date.as_ref().unwrap();
    assert_eq!(next.gives, "benefits.continue");
    // Ten calendar days after the notice was sent: 42 CFR 438.420(a).
    assert_eq!(next.due.to_string(), "2026-11-26");
    assert_eq!(moves(&walk).first(), Some(&"keep_care"));
}

#[test]
fn a_corrected_claim_is_the_first_move_where_it_mends_every_reason() {
    let case = |reasons: &[&str]| {
        let denials: String = reasons.iter().map(|r| format!("[[denial]]\nreason = \"{r}\"\n")).collect();
        format!(
            "[patient]\nstate = \"TX\"\n[coverage]\nkind = \"erisa_self_funded\"\n[claim]\nkind = \"post_service\"\n{denials}\
            [[event]]\nkind = \"notice_received\"\ndate = 2026-10-12\n"
        )
    };
    assert_eq!(moves(&on("2026-11-20", &case(&["coding_or_billing"]))).first(), Some(&"corrected_claim"));
    let medical = on("2026-11-20", &case(&["coding_or_billing", "not_medically_necessary"]));
    assert!(!moves(&medical).contains(&"corrected_claim"));
}

#[test]
fn on_the_last_lawful_day_the_advice_is_today() {
    let walk = on("2026-11-26", CARE_CUT);
    let next = walk.course.next_date.as_ref().unwrap();
    assert_eq!((next.file_by.to_string().as_str(), next.days_left), ("2026-11-26", 0));
}

#[test]
fn when_the_pressing_day_is_over_the_appeal_is_next() {
    let walk = on("2026-11-27", CARE_CUT);
    assert_eq!(walk.course.next_date.as_ref().unwrap().gives, "internal_appeal.file");
    assert!(!moves(&walk).contains(&"keep_care"));
}

#[test]
fn every_pressing_right_has_its_move_in_both_languages() {
    #[derive(serde::Deserialize)]
    struct Moves {
        pressing: BTreeMap<String, String>,
        #[serde(rename = "move")]
        moves: Vec<BTreeMap<String, String>>,
    }
    let file: Moves = kb().table("course/moves.toml").unwrap();
    assert!(file.pressing.len() >= 3);
    for (key, id) in file.pressing {
        let told = file.moves.iter().find(|m| m["id"] == id).unwrap_or_else(|| panic!("{key}: no move {id}"));
        for words in ["what", "why", "defeated_by", "what_es", "why_es", "defeated_by_es"] {
            assert!(!told[words].trim().is_empty(), "{id}: {words}");
        }
    }
}

/// `moves.toml` with one thing changed: what the walk says.
fn with_moves(from: &str, to: &str) -> Result<Walk, kb::KbError> {
    let mut files = files();
    let moves = files.iter_mut().find(|f| f.0 == "course/moves.toml").unwrap();
    assert!(moves.1.contains(from), "{from} is not in moves.toml");
    moves.1 = moves.1.replacen(from, to, 1);
    let kb = Kb::load(kb::Source::new(files)).unwrap();
    let case = Case::parse(&format!("format = \"corroborate-case/1\"\n{CARE_CUT}")).unwrap();
    walk(&case, &[], &kb, "2026-11-20".parse().unwrap(), "en")
}

#[test]
fn a_typo_in_the_list_of_moves_is_an_error_and_loses_no_move() {
    for (from, to, named) in [
        ("\"benefits.continue\" = \"keep_care\"", "\"benefits.continue\" = \"keep_car\"", "keep_car"),
        ("\"benefits.continue\" = \"keep_care\"", "\"benefit.continue\" = \"keep_care\"", "benefit.continue"),
        (
            "\"benefits.reinstate\" = \"benefits.continue\"",
            "\"benefits.reinstate\" = \"benefits.go_on\"",
            "benefits.go_on",
        ),
        (
            "\"us.medicaid_fee_for_service.continuation\"",
            "\"us.medicaid_fee.continuation\"",
            "us.medicaid_fee.continuation",
        ),
    ] {
        let error = with_moves(from, to).expect_err(named).to_string();
        assert!(error.contains(named) && error.contains("course/moves.toml"), "{error}");
    }
    let walk = with_moves("id = \"watch_decision\"", "id = \"watch\"").unwrap();
    let found: Vec<_> = walk.course.findings.iter().map(|f| (f.code.as_str(), f.about.as_deref())).collect();
    assert_eq!(found, [("move_without_words", Some("watch_decision"))]);
}

#[test]
fn an_appeal_that_is_late_is_said_to_be_late() {
    let walk = on(
        "2026-11-26",
        "[coverage]\nkind = \"erisa_self_funded\"\n[claim]\nkind = \"pre_service\"\n[[denial]]\nreason = \"cosmetic\"\n\
         [[event]]\nkind = \"notice_received\"\ndate = 2026-03-02\nevidence = true\n",
    );
    assert!(moves(&walk).contains(&"late"), "{:?}", moves(&walk));
    assert!(walk.course.next_date.as_ref().unwrap().days_left < 0);
}

fn state_cuts_care(today: &str) -> Walk {
    on(
        today,
        "[patient]\nstate = \"CA\"\n[coverage]\nkind = \"medicaid_fee_for_service\"\n[claim]\nkind = \"concurrent\"\n\
         [[denial]]\nreason = \"custodial\"\n[[event]]\nkind = \"notice_received\"\ndate = 2026-11-18\nevidence = true\n\
         [[event]]\nkind = \"effective_date\"\ndate = 2026-11-24\n",
    )
}

#[test]
fn care_that_still_goes_on_is_kept_and_not_restored() {
    let before = state_cuts_care("2026-11-20");
    assert_eq!(before.course.next_date.as_ref().unwrap().gives, "benefits.continue");
    assert!(!moves(&before).contains(&"restore_care"), "{:?}", moves(&before));
    // From the day of the change on, and within ten days of the notice: 42 CFR 431.231(c)(2).
    let after = state_cuts_care("2026-11-24");
    assert_eq!(after.course.next_date.as_ref().unwrap().gives, "benefits.reinstate");
    let restore = after.course.moves.first().unwrap();
    assert_eq!(restore.id, "restore_care");
    assert!(restore.what.starts_with("If the care was stopped without the notice you were owed"));
}

#[test]
fn the_words_of_a_pressing_right_are_those_of_its_rule() {
    let state = state_cuts_care("2026-11-20");
    let first = state.course.moves.first().unwrap();
    assert_eq!(first.id, "keep_care_state");
    assert!(!format!("{} {}", first.what, first.why).contains("plan"), "{first:?}");

    let decided = format!("{CARE_CUT}[[event]]\nkind = \"decision_dated\"\ndate = 2026-12-10\n");
    let hearing = on("2026-12-14", &decided);
    let first = hearing.course.moves.first().unwrap();
    assert_eq!(first.id, "keep_care_hearing");
    assert!(first.what.contains("fair hearing") && first.what.contains("both"), "{first:?}");

    let status = on(
        "2026-11-25",
        "[coverage]\nkind = \"medicare_original\"\n[claim]\nsetting = \"observation\"\n\
         [[event]]\nkind = \"notice_received\"\ndate = 2026-07-28\n\
         [[event]]\nkind = \"discharge\"\ndate = 2026-11-26\n",
    );
    assert!(moves(&status).contains(&"fast_appeal_status"), "{:?}", moves(&status));
    assert!(!moves(&status).contains(&"fast_appeal"));
}

#[test]
fn care_that_was_asked_for_presses_no_more_until_the_hearing() {
    let asked = format!("{CARE_CUT}[[event]]\nkind = \"continuation_asked\"\ndate = 2026-11-18\n");
    let walk = on("2026-11-20", &asked);
    assert!(!moves(&walk).contains(&"keep_care"), "{:?}", moves(&walk));
    assert_eq!(walk.course.next_date.as_ref().unwrap().gives, "internal_appeal.file");
    // The hearing has its own request.
    let decided = on("2026-12-14", &format!("{asked}[[event]]\nkind = \"decision_dated\"\ndate = 2026-12-10\n"));
    assert_eq!(moves(&decided).first(), Some(&"keep_care_hearing"));
}

fn with_letter(text: &str, kb: &Kb, language: &str) -> Walk {
    let case = Case::parse(
        "format = \"corroborate-case/1\"\n[coverage]\nkind = \"erisa_self_funded\"\n[claim]\nkind = \"pre_service\"\n\
         service = \"Total knee replacement\"\n[[denial]]\nreason = \"not_medically_necessary\"\n\
         [[event]]\nkind = \"notice_received\"\ndate = 2026-11-02\nevidence = true\n",
    )
    .unwrap();
    let paper = CasePaper {
        file: "letter.txt".into(),
        kind: Some("opinion_letter".into()),
        document: Document::from_text("letter.txt", text),
        reading: None,
    };
    walk(&case, &[paper], kb, "2026-11-26".parse().unwrap(), language).unwrap()
}

const BILL: &str = "Invoice number 4471\nOffice visit $240.00\nBalance due: $240.00\nPlease pay within 30 days";

#[test]
fn a_paper_from_which_nothing_was_concluded_is_no_opinion() {
    for language in ["en", "es"] {
        let walk = with_letter(BILL, kb(), language);
        let ids = moves(&walk);
        assert!(ids.contains(&"opinion_wrong_paper") && !ids.contains(&"opinion_unclear"), "{ids:?}");
        assert!(ids.iter().any(|id| ["get_opinion", "get_required_opinion", "better_first"].contains(id)), "{ids:?}");
        assert_eq!(walk.findings.first().map(|f| f.code.as_str()), Some("bill_not_letter"));
        let told = walk.course.moves.iter().find(|m| m.id == "opinion_wrong_paper").unwrap();
        assert_eq!(told.why, walk.findings[0].message);
    }
}

#[test]
fn rules_that_cannot_be_used_are_no_fault_of_the_letter() {
    let mut files = files();
    for (_, text) in files.iter_mut().filter(|(name, _)| name == "opinions/check/hazards.toml") {
        *text = "[[rule]]\nid = \"a\"\nsays = \"b\"\npatterns = [\"(\"]".into();
    }
    let broken = Kb::load(kb::Source::new(files)).unwrap();
    let walk = with_letter("I recommend total knee replacement.", &broken, "en");
    let ids = moves(&walk);
    assert!(!ids.iter().any(|id| id.starts_with("opinion_") || *id == "get_opinion"), "{ids:?}");
    assert_eq!(walk.findings.first().map(|f| f.code.as_str()), Some("check_rules_unusable"));
}

#[test]
fn an_outside_step_is_never_next_while_one_inside_the_plan_is_open() {
    let case = |more: &str| {
        format!(
            "[coverage]\nkind = \"erisa_self_funded\"\ninternal_levels = 2\n{more}\n[claim]\nkind = \"pre_service\"\n\
             [[denial]]\nreason = \"not_medically_necessary\"\n\
             [[event]]\nkind = \"notice_received\"\ndate = 2026-10-01\n[[event]]\nkind = \"appeal_filed\"\ndate = 2026-10-20\n\
             [[event]]\nkind = \"decision_received\"\ndate = 2026-11-27\n"
        )
    };
    let dated = on("2026-11-27", &case("second_appeal_window_days = 60"));
    let next = dated.course.next_date.as_ref().unwrap();
    assert_eq!(
        (next.gives.as_str(), next.due.to_string().as_str()),
        ("internal_appeal.second_level.file", "2027-01-26")
    );
    // The plan's number of days is not known: the inside step is told all the same, and nothing outside takes its place.
    let undated = on("2026-11-27", &case(""));
    assert_eq!(undated.course.next_date, None);
    assert!(moves(&undated).contains(&"file_undated") && !moves(&undated).contains(&"file"), "{:?}", moves(&undated));
}

#[test]
fn for_whom_waiting_would_harm_the_day_is_today_and_the_last_day_stays() {
    let case = |urgent: &str| {
        format!(
            "[coverage]\nkind = \"erisa_self_funded\"\ninternal_levels = 1\n[claim]\nkind = \"pre_service\"\n{urgent}\n\
             [[denial]]\nreason = \"experimental_investigational\"\n[[event]]\nkind = \"notice_received\"\ndate = 2026-11-23\n"
        )
    };
    let calm = on("2026-11-27", &case("urgent = false"));
    assert!(calm.course.next_date.as_ref().unwrap().days_left > 100);
    let urgent = on("2026-11-27", &case("urgent = true"));
    let next = urgent.course.next_date.as_ref().unwrap();
    assert_eq!((next.file_by.to_string().as_str(), next.days_left), ("2026-11-27", 0));
    let fast = urgent.course.moves.iter().find(|m| m.id == "ask_fast").unwrap();
    assert_eq!(fast.by, Some(next.file_by), "one day for one purpose");
    assert!(!moves(&urgent).contains(&"file"), "the same step is told once: {:?}", moves(&urgent));
    assert_eq!(urgent.plan.schedule.as_ref().unwrap().file_by, Some(next.file_by));
}

#[test]
fn an_answered_question_is_no_task() {
    let case = |told: &str| {
        format!(
            "[coverage]\nkind = \"medicare_part_d\"\n[claim]\nkind = \"pre_service\"\n[[denial]]\nreason = \"step_therapy\"\n\
             [[event]]\nkind = \"notice_dated\"\ndate = 2026-11-16\n{told}"
        )
    };
    let untold = on("2026-11-27", &case(""));
    assert!(moves(&untold).contains(&"confirm_receipt"), "{:?}", moves(&untold));
    let told = on("2026-11-27", &case("[[event]]\nkind = \"notice_received\"\ndate = 2026-11-19\n"));
    assert!(!moves(&told).contains(&"confirm_receipt"));
    assert!(moves(&told).contains(&"ask_exception"), "{:?}", moves(&told));
    let other = case("").replace("step_therapy", "cosmetic");
    assert!(!moves(&on("2026-11-27", &other)).contains(&"ask_exception"));
}

#[test]
fn once_a_step_is_on_file_the_answer_is_what_is_waited_for() {
    let walk = on(
        "2026-11-27",
        "[coverage]\nkind = \"erisa_self_funded\"\ninternal_levels = 1\n[claim]\nkind = \"pre_service\"\n\
         [[denial]]\nreason = \"cosmetic\"\n[[event]]\nkind = \"notice_received\"\ndate = 2026-11-02\n\
         [[event]]\nkind = \"appeal_filed\"\ndate = 2026-11-20\n",
    );
    let answer = course::answer_due(&Case::default(), &walk.entitlements).unwrap();
    assert_eq!(
        (answer.gives.as_str(), answer.due.map(|d| d.to_string()).as_deref()),
        ("internal_appeal.decide", Some("2026-12-20"))
    );
    assert!(moves(&walk).contains(&"watch_decision") && !moves(&walk).contains(&"file"));
}

#[test]
fn a_doctors_field_is_understood_in_both_languages() {
    let says = |field: &str| {
        let case = format!(
            "[patient]\nstate = \"TX\"\n[coverage]\nkind = \"medicaid_managed_care\"\n[claim]\nkind = \"concurrent\"\n\
             service = \"speech therapy\"\n[treating_physician]\nname = \"Ana Prueba\"\nspecialty = \"{field}\"\n\
             [[denial]]\nreason = \"not_medically_necessary\"\n[[event]]\nkind = \"notice_dated\"\ndate = 2026-11-16\n"
        );
        let plan = on("2026-11-27", &case).plan;
        (plan.value, plan.because.into_iter().map(|b| b.says).collect::<Vec<_>>())
    };
    for (english, spanish) in
        [("pediatrics", "pediatría"), ("neurology", "neuróloga"), ("family medicine", "medicina familiar")]
    {
        assert_eq!(says(english), says(spanish), "{spanish}");
    }
}

#[test]
fn an_answer_that_did_not_come_is_the_first_move_and_opens_the_next_step() {
    let case = |coverage: &str| {
        format!(
            "[coverage]\n{coverage}\n[claim]\nkind = \"pre_service\"\n[[denial]]\nreason = \"not_medically_necessary\"\n\
             [[event]]\nkind = \"notice_dated\"\ndate = 2026-08-20\n[[event]]\nkind = \"appeal_filed\"\ndate = 2026-09-10\n"
        )
    };
    let late = on("2026-11-27", &case("kind = \"erisa_self_funded\"\ninternal_levels = 1"));
    assert_eq!(moves(&late).first(), Some(&"late_answer"));
    assert_eq!(late.course.next_date.as_ref().map(|n| n.gives.as_str()), Some("external_review.file"));
    let watched = late.course.moves.iter().find(|m| m.id == "watch_decision").and_then(|m| m.by);
    assert!(
        watched.is_none_or(|day| day.to_string().as_str() >= "2026-11-27"),
        "a past day is waited for: {watched:?}"
    );
    // The plan must send this one on by itself: nothing is filed, and the letter that says so is the step.
    let forwarded = on("2026-11-27", &case("kind = \"medicare_advantage\""));
    assert_eq!(moves(&forwarded).first(), Some(&"late_answer"));
    assert_eq!(forwarded.course.next_date, None);
    assert!(!moves(&forwarded).contains(&"watch_decision"), "{:?}", moves(&forwarded));
    let waiting = on("2026-09-30", &case("kind = \"erisa_self_funded\"\ninternal_levels = 1"));
    assert!(!moves(&waiting).contains(&"late_answer"), "{:?}", moves(&waiting));
}

#[test]
fn care_that_stops_within_days_makes_today_the_day() {
    let case = |ends: &str| {
        format!(
            "[coverage]\nkind = \"erisa_self_funded\"\ninternal_levels = 1\n[claim]\nkind = \"concurrent\"\napproved_course_ends = {ends}\n\
             [[denial]]\nreason = \"level_of_care\"\n[[event]]\nkind = \"notice_dated\"\ndate = 2026-11-22\n"
        )
    };
    let soon = on("2026-11-27", &case("2026-11-30"));
    let next = soon.course.next_date.as_ref().unwrap();
    assert_eq!((next.gives.as_str(), next.days_left), ("internal_appeal.file", 0));
    let right = soon.entitlements.rights.iter().find(|r| r.id == next.right).unwrap();
    assert_eq!(right.pace, "expedited");
    let over = on("2026-11-27", &case("2026-11-20"));
    assert!(over.course.next_date.as_ref().unwrap().days_left > 100, "what has ended hurries nobody");
}

#[test]
fn a_step_without_a_last_day_can_be_the_next_one() {
    let walk = on(
        "2026-11-27",
        "[coverage]\nkind = \"va\"\n[claim]\nkind = \"pre_service\"\n[[denial]]\nreason = \"not_medically_necessary\"\n\
         [[event]]\nkind = \"notice_dated\"\ndate = 2026-11-09\n",
    );
    assert_eq!(walk.course.next_date, None);
    assert_eq!(course::next_undated(&walk.entitlements).map(|r| r.id.as_str()), Some("us.va.clinical_appeal"));
}

#[test]
fn a_case_that_goes_on_by_itself_is_told_and_nothing_is_filed() {
    let case = |coverage: &str| {
        format!(
            "[coverage]\nkind = \"{coverage}\"\n[claim]\nkind = \"pre_service\"\n[[denial]]\nreason = \"level_of_care\"\n\
             [[event]]\nkind = \"notice_dated\"\ndate = 2026-10-02\n[[event]]\nkind = \"appeal_filed\"\ndate = 2026-10-20\n\
             [[event]]\nkind = \"decision_dated\"\ndate = 2026-11-12\n"
        )
    };
    let walk = on("2026-11-27", &case("medicare_advantage"));
    assert_eq!(walk.course.next_date, None);
    assert_eq!(course::forwarded(&walk.entitlements).map(|r| r.actor.as_str()), Some("ire"));
    // In Part D the person must ask.
    let drug = on("2026-11-27", &case("medicare_part_d"));
    assert_eq!(course::forwarded(&drug.entitlements).map(|r| r.id.as_str()), None);
}

fn with(coverage: &str, claim: &str, events: &[(&str, &str)]) -> String {
    let events: String =
        events.iter().map(|(kind, date)| format!("[[event]]\nkind = \"{kind}\"\ndate = {date}\n")).collect();
    format!("[coverage]\n{coverage}\n[claim]\n{claim}\n[[denial]]\nreason = \"level_of_care\"\n{events}")
}

#[test]
fn of_running_care_the_fast_step_whose_time_ends_first_is_next() {
    let case = |kind: &str| {
        with(
            "kind = \"tricare\"",
            &format!("kind = \"{kind}\""),
            &[("notice_mailed", "2026-11-23"), ("notice_dated", "2026-11-23")],
        )
    };
    let running = on("2026-11-28", &case("concurrent"));
    let next = running.course.next_date.as_ref().unwrap();
    assert_eq!(
        (next.right.as_str(), next.due.to_string().as_str()),
        ("us.tricare.reconsideration_expedited", "2026-12-01")
    );
    // Once its three days are over the ordinary one is next; and care still to come is in no such hurry.
    let later = on("2026-12-02", &case("concurrent"));
    assert_eq!(later.course.next_date.as_ref().unwrap().right, "us.tricare.reconsideration");
    let planned = on("2026-11-28", &case("pre_service"));
    assert_eq!(planned.course.next_date.as_ref().unwrap().right, "us.tricare.reconsideration");
}

#[test]
fn nothing_is_late_while_another_law_still_takes_it() {
    let case = |more: &[(&str, &str)]| {
        let events = [&[("notice_received", "2026-04-20")], more].concat();
        format!(
            "[patient]\nstate = \"AZ\"\n{}",
            with("kind = \"individual_market\"", "kind = \"post_service\"", &events)
        )
    };
    let open = on("2026-11-28", &case(&[]));
    assert_eq!(open.course.next_date, None);
    assert_eq!(course::next_undated(&open.entitlements).map(|r| r.id.as_str()), Some("us-az.internal_appeal"));
    assert!(moves(&open).contains(&"file_undated") && !moves(&open).contains(&"late"), "{:?}", moves(&open));
    let dated = on("2026-11-28", &case(&[("notice_dated", "2026-04-18")]));
    assert_eq!(dated.course.next_date.as_ref().unwrap().right, "us-az.internal_appeal");
}

#[test]
fn a_step_whose_clock_runs_is_next_without_a_day_and_a_safe_day_is_a_day() {
    let second = with(
        "kind = \"erisa_self_funded\"\ninternal_levels = 2",
        "kind = \"pre_service\"",
        &[("notice_received", "2026-06-29"), ("appeal_received", "2026-10-20"), ("decision_received", "2026-11-02")],
    );
    let walk = on("2026-11-28", &second);
    assert_eq!(course::next_undated(&walk.entitlements).map(|r| r.id.as_str()), Some("us.erisa.second_appeal"));
    let missouri = with(
        "kind = \"individual_market\"",
        "kind = \"post_service\"",
        &[
            ("notice_received", "2026-05-01"),
            ("appeal_received", "2026-06-01"),
            ("final_notice_received", "2026-09-10"),
        ],
    );
    let walk = on("2026-11-28", &format!("[patient]\nstate = \"MO\"\n{missouri}"));
    let next = walk.course.next_date.as_ref().unwrap();
    assert_eq!(
        (next.right.as_str(), next.file_by.to_string().as_str(), next.last_known),
        ("us-mo.external_review", "2027-01-08", false)
    );
}

#[test]
fn a_step_below_its_minimum_is_filed_only_together_with_others() {
    let case = |cents: u32| {
        with(
            "kind = \"medicare_original\"",
            &format!("kind = \"post_service\"\namount_cents = {cents}"),
            &[
                ("notice_dated", "2026-02-12"),
                ("redetermination_notice_dated", "2026-05-04"),
                ("reconsideration_notice_dated", "2026-11-06"),
            ],
        )
    };
    let (short, enough) = (on("2026-11-28", &case(19_500)), on("2026-11-28", &case(90_000)));
    assert!(moves(&short).contains(&"file_together") && !moves(&short).contains(&"file"), "{:?}", moves(&short));
    assert!(moves(&enough).contains(&"file"), "{:?}", moves(&enough));
}

#[test]
fn where_only_the_contract_gives_an_appeal_the_contract_is_the_step() {
    for kind in ["short_term", "health_sharing_ministry", "grandfathered_individual", "excepted_benefit"] {
        let case = with(&format!("kind = \"{kind}\""), "kind = \"post_service\"", &[("notice_received", "2026-10-01")]);
        let walk = on("2026-11-28", &case);
        assert!(course::only_by_contract(&walk.entitlements).is_some() && moves(&walk).contains(&"no_right"), "{kind}");
    }
    assert!(course::contract_step(kb()).unwrap().unwrap().contains("appeals part"));
}

#[test]
fn whoever_signs_for_the_patient_is_told_what_the_plan_wants_to_see_of_that() {
    let case = |coverage: &str, more: &str| {
        format!(
            "[patient]\nrole = \"representative\"\nrepresentative = \"Eva Example\"\n[coverage]\nkind = \"{coverage}\"\n\
             [claim]\nkind = \"pre_service\"\n[[denial]]\nreason = \"cosmetic\"\n[[event]]\nkind = \"notice_dated\"\n\
             date = 2026-11-09\n{more}"
        )
    };
    assert!(moves(&on("2026-11-27", &case("medicare_advantage", ""))).contains(&"sign_form_advantage"));
    assert!(moves(&on("2026-11-27", &case("erisa_self_funded", ""))).contains(&"sign_form"));
    let form = "[[record]]\nfile = \"form.pdf\"\nkind = \"authorization_form\"\n";
    let there = on("2026-11-27", &case("medicare_advantage", form));
    assert!(!moves(&there).iter().any(|m| m.starts_with("sign_form")), "{:?}", moves(&there));
}

#[test]
fn of_an_answer_that_is_owed_at_two_paces_the_one_that_was_asked_for_is_waited_for() {
    let case = |asked: &str| {
        format!(
            "[coverage]\nkind = \"medicare_advantage\"\n[claim]\nkind = \"pre_service\"\nurgent = true\n{asked}\n\
             [[denial]]\nreason = \"cosmetic\"\n[[event]]\nkind = \"notice_dated\"\ndate = 2026-11-09\n\
             [[event]]\nkind = \"appeal_filed\"\ndate = 2026-11-25\n"
        )
    };
    let by = |text: &str| {
        let walk = on("2026-11-27", text);
        walk.course.moves.iter().find(|m| m.id == "watch_decision").and_then(|m| m.by).map(|d| d.to_string())
    };
    assert_eq!(by(&case("")).as_deref(), Some("2026-11-28"));
    assert_eq!(by(&case("[choices]\nexpedite = false")).as_deref(), Some("2026-12-25"));
}
