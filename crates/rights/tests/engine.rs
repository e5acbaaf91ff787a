//! What a person or a program asks of `rights`, in whole cases.
#![allow(clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::panic)]

mod common;

use common::{case, date, kb};
use rights::{Entitlements, Right, Why, audit, entitlements, questions};

fn ask(text: &str, today: &str) -> Entitlements {
    entitlements(&case(text), kb(), date(today))
}

fn right<'a>(all: &'a Entitlements, gives: &str, pace: &str) -> &'a Right {
    all.rights.iter().find(|r| r.gives == gives && r.pace == pace).unwrap_or_else(|| panic!("no {gives} {pace}"))
}

fn event(kind: &str, day: &str) -> String {
    format!("[[event]]\nkind = \"{kind}\"\ndate = \"{day}\"\n")
}

#[test]
fn the_contracts_example_comes_out() {
    let text = format!("[coverage]\nkind = \"erisa_self_funded\"\n{}", event("notice_received", "2026-11-15"));
    let all = ask(&text, "2026-11-23");
    let appeal = right(&all, "internal_appeal.file", "standard");
    assert_eq!(appeal.id, "us.erisa.internal_appeal");
    assert_eq!(appeal.due, Some(date("2027-05-14")));
    assert_eq!(appeal.file_by, Some(date("2027-05-14")));
    assert_eq!(appeal.actor, "claimant");
    let from = appeal.counted_from.as_ref().map(|c| (c.event.as_str(), c.date, c.presumed));
    assert_eq!(from, Some(("notice_received", date("2026-11-15"), false)));
}

#[test]
fn the_json_has_the_contracts_names() {
    let text = format!("[coverage]\nkind = \"erisa_self_funded\"\n{}", event("notice_received", "2026-11-15"));
    let json = serde_json::to_value(ask(&text, "2026-11-23")).unwrap_or_default();
    for key in ["coverage", "kb", "today", "rights", "entitled_to", "refusals", "findings"] {
        assert!(json.get(key).is_some(), "{key}");
    }
    let first = &json["rights"][0];
    for key in [
        "id",
        "gives",
        "level",
        "title",
        "actor",
        "pace",
        "due",
        "file_by",
        "due_at",
        "counted_from",
        "derivation",
        "filed_when",
        "decision_due",
        "send_to",
        "authorities",
    ] {
        assert!(first.get(key).is_some(), "{key}");
    }
    let refusal = &json["refusals"][0];
    for key in ["right", "why", "needs", "message"] {
        assert!(refusal.get(key).is_some(), "{key}");
    }
}

#[test]
fn unknown_coverage_is_asked_for_and_never_guessed() {
    for text in ["[claim]\nkind = \"urgent\"\n", "[coverage]\nkind = \"erisa_selffunded\"\n"] {
        let all = ask(&format!("{text}{}", event("notice_received", "2026-11-15")), "2026-11-23");
        assert!(all.rights.is_empty());
        let refusal = all.refusals.first().unwrap_or_else(|| panic!("no refusal"));
        assert_eq!((refusal.why, refusal.needs.as_slice()), (Why::FactMissing, &["coverage.kind".to_string()][..]));
        assert!(refusal.message.contains("administered by"), "{}", refusal.message);
    }
}

#[test]
fn what_everybody_has_needs_no_coverage() {
    let all = ask(&event("initial_bill_received", "2026-09-01"), "2026-11-23");
    assert_eq!(right(&all, "good_faith_estimate_dispute.file", "standard").due, Some(date("2026-12-30")));
}

#[test]
fn the_state_of_an_insured_plan_picks_the_process() {
    let with = |coverage: &str, home: &str| {
        let text = format!(
            "[patient]\n{home}\n[coverage]\nkind = \"erisa_insured\"\n{coverage}\n{}",
            event("final_notice_received", "2026-10-30")
        );
        ask(&text, "2026-11-23")
    };
    let texas = with("situs_state = \"TX\"", "state = \"CA\"");
    assert_eq!(right(&texas, "external_review.file", "standard").id, "us.aca.federal_external_review");
    let california = with("situs_state = \"CA\"", "state = \"TX\"");
    assert_eq!(right(&california, "external_review.file", "standard").id, "us-ca.external_review");
    let assumed = with("", "state = \"CA\"");
    assert!(assumed.findings.iter().any(|f| f.code == "state_assumed"));
    let unknown = with("", "");
    let safe = right(&unknown, "external_review.file", "standard");
    assert_eq!((safe.due, safe.file_by), (None, Some(date("2027-02-26"))), "{:?}", safe.derivation);
    assert!(unknown.refusals.iter().any(|r| r.needs == ["coverage.situs_state"]));
    let stated = with("external_process = \"federal\"", "");
    assert_eq!(right(&stated, "external_review.file", "standard").due, Some(date("2027-03-01")));
}

#[test]
fn a_self_funded_plan_is_under_the_federal_process_in_every_state() {
    for state in ["CA", "NY", "TX"] {
        let text = format!(
            "[patient]\nstate = \"{state}\"\n[coverage]\nkind = \"erisa_self_funded\"\n{}",
            event("final_notice_received", "2026-10-30")
        );
        assert_eq!(right(&ask(&text, "2026-11-23"), "external_review.file", "standard").due, Some(date("2027-03-01")));
    }
}

#[test]
fn both_paces_are_listed_while_the_kind_of_claim_is_unknown() {
    let text = format!("[coverage]\nkind = \"individual_market\"\n{}", event("notice_received", "2026-11-15"));
    let all = ask(&text, "2026-11-23");
    right(&all, "internal_appeal.file", "standard");
    right(&all, "internal_appeal.file", "expedited");
    let given = ask(&text.replace("[[event]]", "[claim]\nkind = \"post_service\"\n[[event]]"), "2026-11-23");
    assert!(given.rights.iter().all(|r| r.pace == "standard"));
}

#[test]
fn contradictory_dates_give_a_finding_and_a_refusal_that_names_both() {
    let text = format!(
        "[coverage]\nkind = \"erisa_self_funded\"\n{}{}",
        event("notice_dated", "2026-11-02"),
        event("notice_received", "2026-10-30")
    );
    let all = ask(&text, "2026-11-23");
    assert!(all.findings.iter().any(|f| f.code == "received_before_dated"));
    assert_eq!(right(&all, "internal_appeal.file", "standard").due, None);
    let refusal = all.refusals.iter().find(|r| r.id.as_deref() == Some("us.erisa.internal_appeal"));
    let needs = refusal.map(|r| r.needs.clone()).unwrap_or_default();
    assert!(
        needs.contains(&"event.notice_received".into()) && needs.contains(&"event.notice_dated".into()),
        "{needs:?}"
    );
}

#[test]
fn a_later_step_shows_that_the_earlier_one_was_taken() {
    let text = format!(
        "[coverage]\nkind = \"erisa_self_funded\"\ninternal_levels = 1\n[claim]\nkind = \"pre_service\"\n{}{}{}",
        event("notice_received", "2026-01-05"),
        event("appeal_filed", "2026-02-02"),
        event("final_notice_received", "2026-09-14")
    );
    let all = ask(&text, "2026-11-23");
    assert!(!all.findings.iter().any(|f| f.code == "deadline_passed"), "{:?}", all.findings);
    assert_eq!(right(&all, "external_review.file", "standard").due, Some(date("2027-01-14")));
    let late = ask(&text.replace("2026-02-02", "2026-09-01"), "2026-11-23");
    assert!(late.findings.iter().any(|f| f.code == "filed_late"), "{:?}", late.findings);
}

#[test]
fn questions_are_asked_once_with_the_coverage_first() {
    let all = ask("[coverage]\nkind = \"erisa_insured\"\n", "2026-11-23");
    let asked = questions(&all, kb());
    let facts: Vec<&str> = asked.iter().map(|q| q.fact.as_str()).collect();
    let mut once = facts.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(facts.len(), once.len(), "{facts:?}");
    assert!(facts.contains(&"coverage.situs_state") && facts.contains(&"event.notice_received"), "{facts:?}");
    let receipt = asked.iter().find(|q| q.fact == "event.notice_received");
    assert_eq!(receipt.and_then(|q| q.instead.as_deref()), Some("event.notice_dated"));
}

#[test]
fn why_this_date_is_answered_step_by_step_with_its_law() {
    let text = format!(
        "[coverage]\nkind = \"individual_market\"\nexternal_process = \"federal\"\n{}",
        event("notice_received", "2026-10-30")
    );
    let all = ask(&text, "2026-11-23");
    let right =
        all.rights.iter().find(|r| r.id == "us.aca.federal_external_review").unwrap_or_else(|| panic!("{all:?}"));
    assert_eq!(right.due, Some(date("2027-03-01")));
    let steps = right.derivation.join("\n");
    for words in [
        "The clock starts on the day you received the letter: Friday, October 30, 2026",
        "a day that does not exist",
        "takes the first day of the month after",
    ] {
        assert!(steps.contains(words), "{words}\n{steps}");
    }
    assert!(right.authorities.iter().any(|a| a.cite == "45 CFR 147.136(d)(2)(i)"), "{:?}", right.authorities);
}

#[test]
fn the_notice_audit_lists_what_the_law_asks_and_what_was_found() {
    let mut reading = facts::Reading::default();
    reading.fields.push(facts::Field {
        name: "plan.provision_cited".into(),
        value: "Section 4.2".into(),
        quote: "under Section 4.2".into(),
        document: 0,
        page: 2,
        span: (0, 17),
        certainty: facts::Certainty::Verbatim,
    });
    let case = case("[coverage]\nkind = \"erisa_self_funded\"\n[claim]\nkind = \"post_service\"\n");
    let found = audit(&case, kb(), Some(&reading), date("2026-11-23")).unwrap_or_else(|| panic!("no audit"));
    let state = |id: &str| found.items.iter().find(|i| i.id == id).map(|i| i.state.as_str());
    assert_eq!(state("plan_provision"), Some("found"));
    assert_eq!(state("specific_reasons"), Some("not_found"));
    assert_eq!(state("civil_action"), Some("look"));
    assert_eq!(state("expedited_review"), None, "not due for care already given");
    let provision = found.items.iter().find(|i| i.id == "plan_provision");
    assert_eq!(provision.and_then(|i| i.page), Some(2));
    assert!(found.items.iter().all(|i| !i.ask.is_empty() && !i.authority.cite.is_empty()));
}

#[test]
fn every_coverage_has_an_appeal_or_says_that_there_is_none() {
    for coverage in kb().index().vocabulary().coverages.names() {
        let text = format!("[coverage]\nkind = \"{coverage}\"\n{}", event("notice_received", "2026-11-15"));
        let all = ask(&text, "2026-11-23");
        let first = [
            "internal_appeal.file",
            "redetermination.file",
            "reconsideration.file",
            "carrier_reconsideration.file",
            "fair_hearing.file",
        ];
        let listed = all.rights.iter().any(|r| r.level == 1 && first.contains(&r.gives.as_str()));
        let none = all.refusals.iter().any(|r| r.why == Why::NoRight && first.contains(&r.right.as_str()));
        assert!(listed || none, "{coverage}");
    }
}

#[test]
fn a_review_that_starts_anew_after_the_plans_decision_is_not_called_lost() {
    let received = event("notice_received", "2026-06-05");
    let text = format!("[coverage]\nkind = \"erisa_self_funded\"\n[claim]\nkind = \"pre_service\"\n{received}");
    let all = ask(&text, "2026-11-25");
    let about = |all: &Entitlements, id: &str| all.findings.iter().any(|f| f.about.as_deref() == Some(id));
    let review = right(&all, "external_review.file", "standard");
    assert!(review.stands_in && review.due == Some(date("2026-10-05")), "counted from the first denial: {review:?}");
    assert!(!about(&all, "us.aca.federal_external_review") && !about(&all, "us.erisa.internal_appeal"));
    // Once the appeal itself is late, that is told, and still not that the review is lost.
    let late = ask(&text, "2026-12-20");
    assert!(about(&late, "us.erisa.internal_appeal") && !about(&late, "us.aca.federal_external_review"));
}

#[test]
fn a_late_request_is_answered_by_its_own_rule_and_no_other() {
    let message = |text: &str, id: &str| {
        let all = ask(text, "2026-11-28");
        all.findings.iter().find(|f| f.about.as_deref() == Some(id)).map(|f| f.message.clone()).unwrap_or_default()
    };
    let medicare = format!("[coverage]\nkind = \"medicare_original\"\n{}", event("notice_dated", "2026-06-01"));
    let known = message(&medicare, "us.medicare_original.redetermination");
    assert!(known.contains("good cause") && known.contains("405.942(b)"), "{known}");
    let erisa = format!("[coverage]\nkind = \"erisa_self_funded\"\n{}", event("notice_received", "2026-05-20"));
    let silent = message(&erisa, "us.erisa.internal_appeal");
    assert!(silent.contains("No federal rule") && silent.contains("2560.503-1(g)(1)(iv)"), "{silent}");
    let cut = format!(
        "[coverage]\nkind = \"medicaid_managed_care\"\n[claim]\nkind = \"concurrent\"\n{}{}",
        event("notice_dated", "2026-11-01"),
        event("effective_date", "2026-11-10")
    );
    let care = message(&cut, "us.medicaid_managed_care.continuation");
    assert!(care.contains("We know of no rule") && !care.contains("good cause"), "{care}");
}

#[test]
fn nothing_is_lost_while_another_law_takes_the_step_from_the_same_paper() {
    let text = |more: &str| {
        format!(
            "[patient]\nstate = \"AZ\"\n[coverage]\nkind = \"individual_market\"\n[claim]\nkind = \"post_service\"\n{}{more}",
            event("notice_received", "2026-04-20")
        )
    };
    // The date on the letter, from which Arizona counts two years, is known or not.
    for more in [String::new(), event("notice_dated", "2026-04-18")] {
        let all = ask(&text(&more), "2026-11-28");
        assert!(all.findings.iter().all(|f| f.code != "deadline_passed"), "{:?}", all.findings);
        let arizona = all.rights.iter().find(|r| r.id == "us-az.internal_appeal").unwrap();
        assert!(arizona.still_open, "{arizona:?}");
    }
}

#[test]
fn what_the_plans_decision_settled_is_not_called_late() {
    let text = format!(
        "[coverage]\nkind = \"medicaid_managed_care\"\n[claim]\nkind = \"concurrent\"\n{}{}{}{}",
        event("notice_dated", "2026-08-20"),
        event("effective_date", "2026-09-01"),
        event("appeal_filed", "2026-08-25"),
        event("decision_dated", "2026-11-20")
    );
    let all = ask(&text, "2026-11-28");
    let kept = right(&all, "benefits.continue", "standard");
    assert!(kept.done && kept.settled, "{kept:?}");
    assert!(all.findings.iter().all(|f| f.about.as_deref() != Some(kept.id.as_str())), "{:?}", all.findings);
}

#[test]
fn a_fast_step_never_borrows_the_ordinary_clock() {
    let text = format!(
        "[coverage]\nkind = \"tricare\"\n[claim]\nkind = \"concurrent\"\n{}",
        event("notice_mailed", "2026-11-23")
    );
    let all = ask(&text, "2026-11-28");
    let fast = right(&all, "reconsideration.file", "expedited");
    assert_eq!((fast.due, fast.decision_due.as_ref()), (Some(date("2026-12-01")), None));
    let ordinary = right(&all, "reconsideration.file", "standard").decision_due.as_ref();
    assert_eq!(ordinary.map(|d| d.period.as_str()), Some("60 days"));
}

#[test]
fn an_answer_runs_from_what_starts_its_clock() {
    let text = format!("[coverage]\nkind = \"erisa_self_funded\"\n{}", event("notice_received", "2026-11-15"));
    let all = ask(&text, "2026-11-23");
    let after = |gives: &str| right(&all, gives, "standard").decision_due.as_ref().map(|d| d.after.clone());
    assert_eq!(after("internal_appeal.file").as_deref(), Some("filing"));
    assert_eq!(after("external_review.file").as_deref(), Some("iro_request_received"));
}

#[test]
fn a_missed_answer_opens_court_too_and_no_day_is_called_the_last() {
    let text = format!(
        "[coverage]\nkind = \"erisa_self_funded\"\ninternal_levels = 2\n[claim]\nkind = \"pre_service\"\n{}{}",
        event("notice_received", "2026-06-05"),
        event("appeal_filed", "2026-10-15")
    );
    let all = ask(&text, "2026-11-28");
    let review = right(&all, "external_review.file", "standard");
    assert_eq!((review.due, review.file_by), (None, Some(date("2026-11-28"))), "{review:?}");
    let court = right(&all, "court.file", "standard");
    assert!(court.opened_by_silence && court.waits.is_none(), "{court:?}");
    // Before the answer is late, court waits for the second appeal.
    let before = ask(&text, "2026-10-28");
    assert!(right(&before, "court.file", "standard").waits.is_some());
}

#[test]
fn a_last_day_that_does_not_wait_is_told_beside_the_step_that_does() {
    let text = format!(
        "[coverage]\nkind = \"pshb\"\n[claim]\nkind = \"post_service\"\ndate_of_service = \"2023-06-01\"\n{}{}{}",
        event("notice_dated", "2026-03-01"),
        event("appeal_received", "2026-04-01"),
        event("decision_dated", "2026-08-31")
    );
    let all = ask(&text, "2026-11-28");
    let court = right(&all, "court.file", "standard");
    assert!(court.waits.is_some());
    assert_eq!(court.outside_limit(), Some(date("2026-12-31")));
    let text = format!("[coverage]\nkind = \"erisa_self_funded\"\n{}", event("notice_received", "2026-11-15"));
    let review = ask(&text, "2026-11-23");
    // A day that only stands in for another one limits nothing.
    assert_eq!(right(&review, "external_review.file", "standard").outside_limit(), None);
}

#[test]
fn a_diagnosis_code_is_known_however_it_is_written() {
    let parity = |code: &str| {
        let text = format!(
            "[coverage]\nkind = \"erisa_self_funded\"\n[claim]\ndiagnosis_codes = [\"{code}\"]\n{}",
            event("notice_received", "2026-11-15")
        );
        ask(&text, "2026-11-23").entitled_to.iter().any(|e| e.id == "us.parity.criteria")
    };
    for code in ["F33.2", "f33.2", "ICD-10 F33.2", "ICD-10-CM:f33.2", " F33.2 (depression)", "M17.11, F33.2"] {
        assert!(parity(code), "{code}");
    }
    for code in ["M17.11", "ICD-10 M17.11", "ICD-10 M17.11 (fracture)", "fracture of the knee, S82.0"] {
        assert!(!parity(code), "{code}");
    }
}

#[test]
fn a_year_whose_minimum_is_not_published_is_said_and_never_answered_with_an_older_figure() {
    let case = format!(
        "[coverage]\nkind = \"medicare_original\"\n[claim]\nkind = \"post_service\"\namount_cents = 198000\n{}",
        event("council_notice_dated", "2027-12-01")
    );
    // The last day falls in 2028. On a day of 2027 the minimum of 2027 is told, and that of 2028 is said to be unknown.
    let all = ask(&case, "2027-12-10");
    let court = right(&all, "court.file", "standard");
    assert_eq!(court.thresholds.iter().map(|t| t.year).collect::<Vec<_>>(), [2027]);
    assert!(court.notes.iter().any(|n| n.contains("2028")), "{:?}", court.notes);
    // In 2028 itself no figure is told at all.
    let all = ask(&case, "2028-01-03");
    let court = right(&all, "court.file", "standard");
    assert!(court.thresholds.is_empty(), "{:?}", court.thresholds);
    assert!(court.notes.iter().any(|n| n.contains("2028")), "{:?}", court.notes);
}

#[test]
fn a_plan_is_told_the_text_of_its_own_department() {
    for (coverage, section) in [
        ("erisa_self_funded", "29 CFR 2590.715-2719"),
        ("church_plan_self_funded", "26 CFR 54.9815-2719"),
        ("non_federal_governmental_self_funded", "45 CFR 147.136"),
        ("individual_market", "45 CFR 147.136"),
    ] {
        let head =
            format!("[coverage]\nkind = \"{coverage}\"\nexternal_process = \"federal\"\n[claim]\nkind = \"urgent\"\n");
        let all = ask(&format!("{head}{}", event("notice_received", "2026-11-20")), "2026-11-25");
        let fast = right(&all, "external_review.file", "expedited");
        let both = all.entitled_to.iter().find(|e| e.id == "us.aca.federal_both_at_once").unwrap();
        let cites = [&fast.authorities, &both.authorities].map(|a| a.first().map(|a| a.cite.clone()));
        let wanted = ["(d)(3)(i)", "(d)(3)(i)(A)"].map(|p| Some(format!("{section}{p}")));
        assert_eq!(cites, wanted, "{coverage}");
        let said = fast.derivation.join(" ");
        assert!(said.contains(&format!("{section}(d)(3)(i)")), "{coverage}: {said}");
    }
}

#[test]
fn nobody_is_late_with_a_fast_answer_that_nobody_is_known_to_have_asked_for() {
    let events = event("notice_received", "2026-10-01") + &event("appeal_filed", "2026-10-20");
    let late = |claim: &str| {
        let all = ask(&format!("[coverage]\nkind = \"erisa_self_funded\"\n[claim]\n{claim}\n{events}"), "2026-11-23");
        let late: Vec<_> = all.findings.iter().filter(|f| f.code == "answer_overdue").cloned().collect();
        late.iter().filter_map(|f| f.about.clone()).collect::<Vec<_>>()
    };
    assert!(late("").is_empty(), "the kind of claim is unknown: {:?}", late(""));
    assert_eq!(late("kind = \"urgent\""), ["us.erisa.internal_appeal_decision_expedited"]);
}

#[test]
fn what_cannot_be_is_told_and_not_used() {
    let text = r#"
        [patient]
        date_of_birth = 2030-05-01
        [coverage]
        kind = "erisa_self_funded"
        internal_levels = 3
        coinsurance_percent = 150
        [claim]
        kind = "pre_service"
        amount_cents = -500
        [[denial]]
        reason = "not_medical_necessary"
        [[event]]
        kind = "appeal_filed"
        date = "2026-03-01"
    "#;
    let all = ask(text, "2026-11-23");
    let about = |code: &str| -> Vec<&str> {
        all.findings.iter().filter(|f| f.code == code).filter_map(|f| f.about.as_deref()).collect()
    };
    assert_eq!(
        about("impossible_value"),
        ["coverage.internal_levels", "coverage.coinsurance_percent", "claim.amount_cents", "patient.date_of_birth"]
    );
    assert_eq!(about("unknown_reason"), ["denial.0.reason"]);
    let reason = all.findings.iter().find(|f| f.code == "unknown_reason").unwrap();
    assert!(reason.message.contains("`not_medically_necessary`"), "{}", reason.message);
    // The number of levels counts as unknown, so the plan's duty stays, and the number is asked for.
    assert!(all.rights.iter().any(|r| r.id == "us.erisa.internal_appeal_decision"));
    assert!(all.refusals.iter().any(|r| r.needs.iter().any(|n| n == "coverage.internal_levels")));
}

#[test]
fn a_kind_of_coverage_that_is_no_word_of_the_list_is_none() {
    let all = ask("[coverage]\nkind = \"erisa\"", "2026-11-23");
    assert_eq!(all.coverage, None);
    let found = all.findings.iter().find(|f| f.code == "unknown_coverage").unwrap();
    assert!(found.message.contains("`erisa_self_funded`"), "{}", found.message);
}

#[test]
fn a_number_of_days_outside_the_law_is_a_finding_about_the_fact() {
    let text = format!(
        "[coverage]\nkind = \"medicaid_managed_care\"\nfair_hearing_window_days = 9999\n{}",
        event("resolution_notice_dated", "2026-10-01")
    );
    let all = ask(&text, "2026-11-23");
    let found: Vec<_> = all.findings.iter().filter(|f| f.code == "outside_the_law").collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].about.as_deref(), Some("coverage.fair_hearing_window_days"));
    assert!(found[0].message.contains("42 CFR 438.408(f)(2)"), "{}", found[0].message);
}

#[test]
fn every_coverage_with_appeals_says_something_of_court() {
    for kind in [
        "erisa_self_funded",
        "erisa_insured",
        "individual_market",
        "grandfathered_group",
        "grandfathered_individual",
        "non_federal_governmental_self_funded",
        "church_plan_self_funded",
        "medicare_original",
        "medicare_advantage",
        "medicare_part_d",
        "medicaid_managed_care",
        "medicaid_fee_for_service",
        "fehb",
        "pshb",
        "tricare",
    ] {
        let all = ask(&format!("[coverage]\nkind = \"{kind}\""), "2026-11-23");
        let right = all.rights.iter().any(|r| r.gives == "court.file");
        let refused = all.refusals.iter().any(|r| r.right == "court.file" && r.why == Why::NoRight);
        assert!(right || refused, "{kind}");
    }
}

/// A self-funded plan with a decision on the first appeal, as its letter describes it.
fn decided(levels: &str) -> String {
    format!(
        "[coverage]\nkind = \"erisa_self_funded\"\n{levels}\n[claim]\nkind = \"pre_service\"\n{}{}{}",
        event("notice_received", "2026-10-01"),
        event("appeal_filed", "2026-10-20"),
        event("decision_received", "2026-11-27"),
    )
}

#[test]
fn a_decided_level_opens_the_next_one_and_the_outside_step_waits_for_it() {
    let two = ask(&decided("internal_levels = 2\nsecond_appeal_window_days = 60"), "2026-11-27");
    let second = right(&two, "internal_appeal.second_level.file", "standard");
    assert_eq!((second.due, second.waits.as_ref()), (Some(date("2027-01-26")), None));
    let outside = right(&two, "external_review.file", "standard");
    let first = outside.waits.as_ref().unwrap();
    assert_eq!((first.step.as_str(), first.only_if_missed), (second.id.as_str(), false));
    // Without the plan's number of days the inside step is still first, and the number is asked for.
    let unknown = ask(&decided("internal_levels = 2"), "2026-11-27");
    assert!(right(&unknown, "external_review.file", "standard").waits.is_some());
    let asked: Vec<String> = questions(&unknown, kb()).into_iter().map(|q| q.fact).collect();
    assert!(asked.contains(&"coverage.second_appeal_window_days".to_string()), "{asked:?}");
    let one = ask(&decided("internal_levels = 1"), "2026-11-27");
    assert_eq!(right(&one, "external_review.file", "standard").waits, None, "a single level is used up");
    let missed = ask(&decided("internal_levels = 2\nsecond_appeal_window_days = 60"), "2027-02-01");
    assert_eq!(right(&missed, "external_review.file", "standard").waits, None, "a level that is over holds nothing up");
}

#[test]
fn before_the_appeal_the_outside_step_waits_and_its_length_is_said() {
    let text = format!("[coverage]\nkind = \"erisa_self_funded\"\n{}", event("notice_received", "2026-11-15"));
    let all = ask(&text, "2026-11-23");
    let outside = right(&all, "external_review.file", "standard");
    assert_eq!(outside.waits.as_ref().map(|w| w.step.as_str()), Some("us.erisa.internal_appeal"));
    assert_eq!(outside.window.as_ref().map(|w| w.period.as_str()), Some("4 months"));
}

#[test]
fn the_plans_fast_track_is_for_those_who_missed_the_fast_appeal_and_noon_is_told() {
    let text = format!(
        "[patient]\nstate = \"OH\"\n[coverage]\nkind = \"medicare_advantage\"\n[claim]\nkind = \"concurrent\"\nurgent = true\n\
         [choices]\nexpedite = true\n{}{}{}",
        event("notice_of_noncoverage_received", "2026-11-25"),
        event("notice_received", "2026-11-25"),
        event("services_end", "2026-11-29"),
    );
    let all = ask(&text, "2026-11-27");
    let fast = all.rights.iter().find(|r| r.gives == "fast_appeal.file" && r.due.is_some()).unwrap();
    assert_eq!(fast.clock.as_deref(), Some("12:00"), "{fast:?}");
    for plan in all.rights.iter().filter(|r| r.gives == "reconsideration.file" && r.level <= fast.level) {
        let waits = plan.waits.as_ref().unwrap_or_else(|| panic!("{} does not wait", plan.id));
        assert_eq!((waits.step.as_str(), waits.only_if_missed), (fast.id.as_str(), true));
    }
    let over = ask(&text, "2026-11-30");
    let plan = over.rights.iter().find(|r| r.gives == "reconsideration.file" && r.level <= fast.level).unwrap();
    assert_eq!(plan.waits, None, "after the fast appeal's day the plan's own track is the way");
}

#[test]
fn every_order_of_steps_names_something_that_a_right_gives() {
    let gives = &kb().index().vocabulary().gives;
    for (name, words) in &gives.0 {
        for other in words.after.iter().chain(&words.only_if_missed) {
            assert!(gives.get(other).is_some(), "{name} waits for {other}");
        }
    }
}

#[test]
fn a_day_after_today_for_what_has_happened_gives_no_date() {
    let coverage = "[coverage]\nkind = \"erisa_self_funded\"\n";
    let refused = |events: String, asked: &str| {
        let all = ask(&format!("{coverage}{events}"), "2026-11-28");
        let appeal = right(&all, "internal_appeal.file", "standard");
        assert_eq!((appeal.due, appeal.file_by), (None, None));
        let refusal = all.refusals.iter().find(|r| r.id.as_deref() == Some(&appeal.id)).unwrap();
        assert_eq!((refusal.why, refusal.needs.as_slice()), (Why::FactMissing, [asked.to_string()].as_slice()));
        assert!(refusal.message.contains("after today"), "{}", refusal.message);
        assert!(all.findings.iter().any(|f| f.code == "event_in_future"));
    };
    // The year is mistyped; with it every last day would be a year too late.
    let dated = event("notice_dated", "2026-10-15");
    refused(format!("{dated}{}", event("notice_received", "2027-10-19")), "event.notice_received");
    refused(event("notice_dated", "2027-10-15"), "event.notice_dated");
    refused(
        format!("{}{}", event("notice_dated", "2027-10-15"), event("notice_received", "2026-10-19")),
        "event.notice_dated",
    );
    // An appeal that is filed after today is not filed yet: its last day still stands.
    let all = ask(
        &format!("{coverage}{dated}{}{}", event("notice_received", "2026-10-19"), event("appeal_filed", "2027-11-20")),
        "2026-11-28",
    );
    let appeal = right(&all, "internal_appeal.file", "standard");
    assert_eq!((appeal.due, appeal.done), (Some(date("2027-04-17")), false));
    // What is planned may lie ahead.
    let ends = ask(&format!("{coverage}{}", event("services_end", "2026-12-20")), "2026-11-28");
    assert!(!ends.findings.iter().any(|f| f.code == "event_in_future"));
}
