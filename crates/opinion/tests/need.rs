//! Does a second opinion help: every reason, the facts that sharpen it, timing, and what is said when facts are missing.
//! The cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking

mod support;

use support::{case, kb, today};

fn plan(text: &str) -> opinion::OpinionPlan {
    opinion::need(&case(text), &kb(), today(), None, &[]).unwrap_or_else(|e| panic!("{e}"))
}

fn value(text: &str) -> String {
    plan(text).value.unwrap_or_else(|| "null".into())
}

/// Every reason of the closed list with nothing else known.
#[test]
fn every_reason_has_its_value() {
    let table = [
        ("experimental_investigational", "strong"),
        ("off_label", "strong"),
        ("diagnosis_not_established", "strong"),
        ("not_medically_necessary", "useful"),
        ("level_of_care", "useful"),
        ("conservative_treatment_first", "useful"),
        ("step_therapy", "useful"),
        ("out_of_network", "useful"),
        ("network_provider_available", "useful"),
        ("second_opinion_missing", "required"),
        ("referral_missing", "weak"),
        ("prior_authorization_missing", "weak"),
        ("benefit_exclusion", "weak"),
        ("benefit_limit_reached", "weak"),
        ("cosmetic", "weak"),
        ("custodial", "weak"),
        ("non_formulary", "weak"),
        ("other", "weak"),
        ("coding_or_billing", "none"),
        ("duplicate", "none"),
        ("timely_filing", "none"),
        ("eligibility", "none"),
        ("coordination_of_benefits", "none"),
        ("information_missing", "none"),
    ];
    for (reason, expected) in table {
        let plan = plan(&format!(
            "[[denial]]\nreason = \"{reason}\"\n[claim]\nservice = \"infusion\"\nkind = \"post_service\""
        ));
        assert_eq!(plan.value.as_deref(), Some(expected), "{reason}");
        assert_eq!(plan.because.len(), 1, "{reason}");
        assert_eq!(plan.because[0].reason, reason);
        assert!(!plan.because[0].says.is_empty(), "{reason}");
        let moves = matches!(expected, "weak" | "none" | "useful" | "required");
        assert_eq!(
            !plan.better_first_moves.is_empty(),
            moves,
            "{reason}: moves are named unless the opinion is strong"
        );
        assert_eq!(plan.timing, "after_denial".to_owned(), "{reason}");
        assert_eq!(
            plan.schedule.is_none(),
            expected == "none",
            "{reason}: no calendar for an opinion that would not help"
        );
    }
}

#[test]
fn a_generalist_or_another_field_makes_it_strong_and_a_specialist_does_not() {
    let with = |specialty: &str| {
        value(&format!(
            "[claim]\nkind = \"post_service\"\nservice = \"total knee replacement\"\ndiagnosis_codes = [\"M17.11\"]\n\
             [treating_physician]\nspecialty = \"{specialty}\"\n[[denial]]\nreason = \"not_medically_necessary\""
        ))
    };
    assert_eq!(with("Family Medicine"), "strong");
    assert_eq!(with("Internal Medicine"), "strong");
    assert_eq!(with("Neurology"), "strong");
    assert_eq!(with("Orthopaedic Surgery"), "useful");
    assert_eq!(with("orthopedic surgeon"), "useful");
}

#[test]
fn an_internist_with_the_right_subspecialty_is_a_specialist() {
    let with = |specialty: &str| {
        value(&format!(
            "[claim]\nkind = \"post_service\"\nservice = \"vedolizumab infusion\"\ndiagnosis = \"Crohn's disease\"\n\
             [treating_physician]\nspecialty = \"{specialty}\"\n[[denial]]\nreason = \"step_therapy\""
        ))
    };
    assert_eq!(with("Internal Medicine, Gastroenterology"), "useful");
    assert_eq!(with("Gastroenterology"), "useful");
    assert_eq!(with("Internal Medicine"), "strong");
    assert_eq!(with("Cardiology"), "strong");
}

#[test]
fn a_letter_that_only_lacks_papers_makes_it_weak() {
    let with = |quote: &str| {
        value(&format!(
            "[claim]\nkind = \"pre_service\"\nservice = \"lumbar fusion\"\n[[denial]]\nreason = \"not_medically_necessary\"\nquote = \"{quote}\""
        ))
    };
    assert_eq!(with("We could not approve this because the office notes were not received."), "weak");
    assert_eq!(with("The request was sent without the requested imaging report; insufficient information."), "weak");
    assert_eq!(
        with("The therapy tried does not meet our criteria. You may call for additional information."),
        "strong",
        "an offer of information is not a lack of papers"
    );
    assert_eq!(
        with("The MRI report was not received, and other treatment such as therapy should be tried."),
        "strong",
        "a letter that also judges the medicine is more than missing papers"
    );
}

#[test]
fn surgery_refused_in_advance_is_strong_and_after_the_fact_it_is_not() {
    let with = |kind: &str, service: &str| {
        value(&format!(
            "[claim]\nkind = \"{kind}\"\nservice = \"{service}\"\n[treating_physician]\nspecialty = \"Neurosurgery\"\n\
             [[denial]]\nreason = \"conservative_treatment_first\""
        ))
    };
    assert_eq!(with("pre_service", "lumbar fusion L4-L5"), "strong");
    assert_eq!(with("post_service", "lumbar fusion L4-L5"), "useful");
    assert_eq!(
        with("pre_service", "MRI of the lumbar spine"),
        "useful",
        "a scan alone does not make a neurosurgeon foreign to the field"
    );
}

#[test]
fn a_rare_condition_with_a_generalist_is_strong_even_without_a_denial() {
    let rare = "[claim]\nservice = \"enzyme replacement\"\ndiagnosis = \"Pompe disease\"\n[treating_physician]\nspecialty = \"Pediatrics\"";
    assert_eq!(value(rare), "strong");
    assert_eq!(value(&format!("{rare}\n[[denial]]\nreason = \"out_of_network\"")), "strong");
}

#[test]
fn an_exclusion_that_turns_on_a_medical_question_is_useful() {
    let with = |reason: &str, quote: &str| value(&format!("[[denial]]\nreason = \"{reason}\"\nquote = \"{quote}\""));
    assert_eq!(
        with("cosmetic", "Eyelid surgery is covered only when it restores a functional impairment of vision."),
        "useful"
    );
    assert_eq!(with("custodial", "The care can be given by people without skilled training."), "useful");
    assert_eq!(with("benefit_exclusion", "Hearing aids are excluded."), "weak");
    assert_eq!(with("benefit_exclusion", "Excluded whether or not medically necessary."), "weak");
    assert_eq!(with("benefit_exclusion", "Treatment of jaw joint disease and pain is excluded."), "weak");
    assert_eq!(with("benefit_limit_reached", "You have used all 20 visits of this year."), "weak");
}

#[test]
fn the_whole_is_the_strongest_and_each_reason_keeps_its_own() {
    let plan = plan(
        "[[denial]]\nreason = \"coding_or_billing\"\n[[denial]]\nreason = \"experimental_investigational\"\n\
         [coverage]\nkind = \"erisa_self_funded\"",
    );
    assert_eq!(plan.value.as_deref(), Some("strong"));
    let each: Vec<_> = plan.because.iter().map(|b| (b.reason.as_str(), b.value.as_str())).collect();
    assert_eq!(each, [("coding_or_billing", "none"), ("experimental_investigational", "strong")]);
    assert!(plan.better_first_moves.iter().any(|m| m.contains("corrected claim")));
    assert!(plan.because[1].authorities.iter().any(|a| a.cite == "29 CFR 2560.503-1(h)(3)(iii)"));
}

#[test]
fn federal_law_of_one_coverage_is_not_cited_for_another() {
    let plan = plan("[[denial]]\nreason = \"not_medically_necessary\"\n[coverage]\nkind = \"medicare_advantage\"");
    let cites: Vec<_> = plan.because[0].authorities.iter().map(|a| a.cite.as_str()).collect();
    assert_eq!(cites, ["42 CFR 422.590(h)(2)"]);
}

#[test]
fn before_a_denial_the_timing_is_before_treatment() {
    let plan =
        plan("[claim]\nservice = \"hysterectomy\"\ncodes = [\"CPT 58150\"]\n[coverage]\nkind = \"individual_market\"");
    assert_eq!(plan.timing, "before_treatment");
    assert_eq!(plan.value.as_deref(), Some("useful"));
    assert_eq!(plan.because[0].rule, "opinion.before.surgery");
}

#[test]
fn a_required_opinion_before_surgery_is_timed_so() {
    let plan = plan(
        "[claim]\nkind = \"pre_service\"\nservice = \"hip replacement\"\n[[denial]]\nreason = \"second_opinion_missing\"",
    );
    assert_eq!((plan.timing.as_str(), plan.value.as_deref()), ("before_surgery_required", Some("required")));
}

#[test]
fn an_empty_case_is_not_guessed() {
    let plan = plan("");
    assert_eq!(plan.value, None);
    assert_eq!(plan.findings[0].about.as_deref(), Some("claim.service"));
    let denied = self::plan("[[event]]\nkind = \"notice_received\"\ndate = 2026-11-01");
    assert_eq!(denied.value, None);
    assert_eq!(denied.timing, "after_denial");
    assert_eq!(denied.findings[0].about.as_deref(), Some("denial.0.reason"));
}

#[test]
fn a_reason_outside_the_list_is_named() {
    let plan = plan("[[denial]]\nreason = \"because\"");
    assert_eq!(plan.findings[0].code, "unknown_reason");
}

/// No text shown to a person promises a result or gives odds.
#[test]
fn no_text_promises_a_result() {
    let kb = kb();
    for file in kb.source().below("opinions").filter(|f| !f.path.contains("elements") && !f.path.contains("check")) {
        for line in file.text.lines().filter(|l| l.starts_with("says =") || l.contains("first_moves")) {
            let line = line.to_lowercase();
            for word in ["you will win", "guarantee", "% chance", "more likely to win", "success rate"] {
                assert!(!line.contains(word), "{}: {line}", file.path);
            }
        }
    }
}

#[test]
fn a_requirement_that_was_met_or_is_past_is_told_as_it_is() {
    let text = |rest: &str| format!("[claim]\nkind = \"post_service\"\nservice = \"hysterectomy\"\n{rest}");
    let met = plan(&text(
        "[[denial]]\nreason = \"second_opinion_missing\"\ncodes = [\"PR-61\"]\n[second_opinion]\nstate = \"received\"\nseen_on = 2026-08-01\n",
    ));
    assert_eq!(met.required.obtained, Some(true));
    assert!(met.because[0].says.contains("you have one"), "{}", met.because[0].says);
    let past = plan(&text("[[denial]]\nreason = \"other\"\ncodes = [\"CO-61\"]\n"));
    assert!(past.because[0].says.contains("required a second opinion before this care"), "{}", past.because[0].says);
}

#[test]
fn after_the_care_nobody_is_sent_to_get_what_can_no_longer_be_had() {
    let text = |kind: &str, code: &str| {
        format!(
            "[claim]\nkind = \"{kind}\"\nservice = \"hysterectomy\"\n[[denial]]\nreason = \"second_opinion_missing\"\ncodes = [\"{code}\"]\n"
        )
    };
    let given = plan(&text("post_service", "CO-61"));
    assert_eq!(given.value.as_deref(), Some("required"));
    assert!(given.better_first_moves[0].starts_with("Group code CO"), "{:?}", given.better_first_moves);
    assert!(given.because[0].says.contains("That time is over"), "{}", given.because[0].says);
    let steps = given.schedule.unwrap_or_else(|| panic!("a schedule"));
    let said: Vec<&str> = steps.moves.iter().map(|m| m.what.as_str()).collect();
    assert!(said.iter().any(|s| s.contains("from the records alone")), "{said:?}");
    assert!(!said.iter().any(|s| s.contains("appointment") || s.contains("See the doctor")), "{said:?}");
    let open = plan(&text("pre_service", "CO-61"));
    assert!(!open.better_first_moves.iter().any(|m| m.contains("Group code")), "{:?}", open.better_first_moves);
    assert!(open.better_first_moves.iter().any(|m| m.contains("before the operation")));
}
