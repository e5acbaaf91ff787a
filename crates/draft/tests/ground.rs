//! What a letter rests on: a coverage taken back, a contract without a law, an amount, a claim that wants correcting. All cases are
//! invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code, missing_docs)] // tests fail by panicking

mod common;

use common::{drafted, drafted_in, whole};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 28);

/// A claim that was paid or refused, with its reason, the plan's sentence and more of the case.
fn case(coverage: &str, claim: &str, reason: &str, quote: &str, events: &[&str]) -> String {
    let events: String = events
        .iter()
        .filter_map(|e| e.split_once(' '))
        .map(|(kind, day)| format!("[[event]]\nkind = \"{kind}\"\ndate = {day}\n"))
        .collect();
    format!(
        "format = \"corroborate-case/1\"\n[patient]\nname = \"Ana Muster\"\nstate = \"TX\"\n[coverage]\n{coverage}\nissuer = \"Model Plan\"\n\
        member_id = \"M 1\"\n[claim]\nkind = \"post_service\"\nnumber = \"C 1\"\n{claim}\n{events}[[denial]]\nreason = \"{reason}\"\n\
        quote = \"{quote}\"\n"
    )
}

const RESCINDED: &str =
    "Your coverage is rescinded as of January 1, 2026 because of a misstatement in your application.";

#[test]
fn a_coverage_taken_back_is_asked_back_with_the_statement_the_intent_and_the_notice() {
    for (coverage, cite) in [
        ("kind = \"individual_market\"", "42 USC 300gg-12"),
        ("kind = \"erisa_self_funded\"\ninternal_levels = 1", "29 CFR 2590.715-2712(a)(1)"),
        ("kind = \"church_plan_self_funded\"\ninternal_levels = 1", "26 CFR 54.9815-2712(a)(1)"),
    ] {
        let events = ["notice_received 2026-11-05", "effective_date 2026-12-05"];
        let case = case(coverage, "service = \"Coverage of 2026\"", "eligibility", RESCINDED, &events);
        let text = whole(&drafted(&case, "appeal_letter", TODAY).value);
        for says in ["reinstate the coverage", "what shows that it was intentional", "at least 30 days before", cite] {
            assert!(text.contains(says), "{coverage}: {says}: {text}");
        }
        for not in ["not to cover", "pay for", "record of enrollment", "medical expert"] {
            assert!(!text.contains(not), "{coverage}: {not}: {text}");
        }
        assert!(text.contains("I may ask for an independent external review"), "{text}");
        let spanish = whole(&drafted_in(&case, "appeal_letter", TODAY, "es").value);
        assert!(spanish.contains("restablezcan la cobertura"), "{spanish}");
        // The request for the review outside is no draft any more.
        let outside = drafted(&case, "external_review_request", TODAY);
        assert!(!outside.findings.iter().any(|f| f.code == "document_not_for_this_case"), "{:?}", outside.findings);
    }
    let other = case("kind = \"individual_market\"", "service = \"MRI\"", "eligibility", "You were not enrolled.", &[]);
    let text = whole(&drafted(&other, "appeal_letter", TODAY).value);
    assert!(text.contains("record of enrollment") && !text.contains("rescission"), "{text}");
}

#[test]
fn a_review_that_the_rules_refuse_is_not_announced_and_a_corrected_claim_comes_first() {
    let of = |code: &str| {
        let quote = "The procedure code is inconsistent with the modifier used.";
        let coverage = "kind = \"erisa_self_funded\"\ninternal_levels = 1";
        let case =
            case(coverage, "service = \"Office visit\"", "coding_or_billing", quote, &["notice_received 2026-10-12"]);
        drafted(&format!("{case}codes = [\"{code}\"]\n"), "appeal_letter", TODAY)
    };
    let letter = of("CO-4");
    assert!(!whole(&letter.value).contains("external review"), "{}", whole(&letter.value));
    let told = |letter: &facts::Outcome<draft::Document>, code: &str| letter.findings.iter().any(|f| f.code == code);
    assert!(told(&letter, "corrected_claim") && told(&letter, "owed_by_provider"), "{:?}", letter.findings);
    assert!(!told(&of("PR-4"), "owed_by_provider") && !told(&of("COB"), "owed_by_provider"));
}

#[test]
fn an_appeal_that_only_the_contract_gives_rests_on_it_and_can_be_finished() {
    for (kind, contract, asks) in [
        ("short_term", "the policy", "pay for an appendectomy"),
        ("excepted_benefit", "the policy", "pay for an appendectomy"),
        ("grandfathered_individual", "the policy", "pay for an appendectomy"),
        ("health_sharing_ministry", "the member guidelines", "share the cost of an appendectomy"),
    ] {
        let coverage = format!("kind = \"{kind}\"\nappeal_address = \"P.O. Box 1, Waco, TX 76701\"");
        let claim = "service = \"an appendectomy\"";
        let case = case(&coverage, claim, "benefit_exclusion", "Not covered.", &["notice_received 2026-10-01"]);
        let letter = drafted(&case, "appeal_letter", TODAY);
        let text = whole(&letter.value);
        assert!(text.contains(&format!("under the part of {contract} on appeals")), "{kind}: {text}");
        assert!(text.contains(asks) && !text.contains("covered benefit"), "{kind}: {text}");
        assert_eq!(letter.value.missing, Vec::<String>::new(), "{kind}");
        assert!(letter.findings.iter().any(|f| f.code == "by_contract"), "{kind}: {:?}", letter.findings);
        assert!(!letter.findings.iter().any(|f| f.code == "document_not_for_this_case"), "{kind}");
    }
}

#[test]
fn a_judge_is_told_the_amount_and_what_is_added_to_reach_it() {
    let events = [
        "appeal_received 2026-03-12",
        "redetermination_notice_dated 2026-05-04",
        "reconsideration_notice_dated 2026-11-06",
    ];
    let letter = |claim: &str| {
        let claim = format!("service = \"Home health therapy\"\n{claim}");
        let case = case("kind = \"medicare_original\"", &claim, "not_medically_necessary", "Not necessary.", &events);
        let letter = drafted(&case, "appeal_letter", TODAY);
        (whole(&letter.value), letter.value.missing, letter.findings)
    };
    let (text, missing, findings) = letter("amount_cents = 19500");
    assert!(text.contains("The amount in dispute in this claim is $195.00; at least $200.00 is needed"), "{text}");
    assert!(
        text.contains("42 CFR 405.1006(e)-(f)") && missing.contains(&"claim.other_claims".to_string()),
        "{missing:?}"
    );
    assert!(findings.iter().any(|f| f.code == "amount_short"), "{findings:?}");
    let (text, missing, _) = letter("amount_cents = 19500\nother_claims = \"claim C 2 of March 3, 2026, $80.00\"");
    assert!(text.contains("claim C 2 of March 3, 2026, $80.00") && missing.is_empty(), "{missing:?}: {text}");
    let (text, _, findings) = letter("amount_cents = 50000");
    assert!(text.contains("The amount in dispute is $500.00") && !text.contains("together with"), "{text}");
    assert!(!findings.iter().any(|f| f.code == "amount_short"), "{findings:?}");
}

#[test]
fn no_field_of_a_reviewer_is_named_without_a_condition_or_a_specialist() {
    let of = |coverage: &str, more: &str| {
        let claim = format!("service = \"Exception for dupilumab, non-formulary\"\nitem = \"drug\"\n{more}");
        let case = case(coverage, &claim, "non_formulary", "Not on the formulary.", &["notice_received 2026-10-20"]);
        whole(&drafted(&case, "appeal_letter", TODAY).value)
    };
    let bare = of("kind = \"medicare_part_d\"", "");
    assert!(bare.contains("expertise in the field of medicine at issue (") && !bare.contains("pulmonary"), "{bare}");
    let named = of("kind = \"medicare_part_d\"", "diagnosis = \"Severe asthma\"\ndiagnosis_codes = [\"J45.50\"]");
    assert!(named.contains("field of medicine at issue, here "), "{named}");
}

#[test]
fn an_integrated_plan_is_told_its_duty_and_not_begged() {
    let claim = "service = \"Home health aide\"";
    let events = ["notice_received 2026-11-20"];
    let case = case("kind = \"medicare_dsnp_integrated\"", claim, "not_medically_necessary", "No.", &events);
    let text = whole(&drafted(&case, "appeal_letter", TODAY).value);
    assert!(text.contains("42 CFR 422.629(k)(4)(i)") && text.contains("42 CFR 422.629(k)(4)(ii)"), "{text}");
    assert!(!text.contains("Please have the appeal decided"), "{text}");
}
