//! What a letter says of an opinion that is no full yes, which the person chose to enclose. All cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code, missing_docs)] // tests fail by panicking
#![allow(clippy::disallowed_methods)]

mod common;

use draft::{Inputs, draft};
use facts::Case;
use opinion::{Check, ElementState};

const FORM: &str = "I recommend the replacement of the inner half of the right knee only.";

fn check(outcome: &str) -> Check {
    let answer = ElementState {
        element: "question_and_answer".into(),
        state: "present".into(),
        quote: Some("Surgery of the right knee is needed now.".into()),
        page: Some(1),
        ask: None,
    };
    Check {
        outcome: outcome.into(),
        outcome_quote: Some(FORM.into()),
        outcome_page: Some(2),
        elements: vec![answer],
        reasons_answered: vec![],
        hazards: vec![],
        attach: "person_decides".into(),
        next: vec![],
        findings: vec![],
    }
}

fn letter(outcome: &str, name: &str, language: &str, change: &dyn Fn(&mut Case)) -> (String, Vec<String>) {
    let mut case = Case::parse(include_str!("cases/knee.toml")).unwrap_or_else(|e| panic!("{e}"));
    case.choices.attach_opinion = Some(true);
    change(&mut case);
    let today = jiff::civil::date(2026, 11, 25);
    let entitlements = rights::entitlements(&case, common::kb(), today);
    let inputs = Inputs {
        case: &case,
        entitlements: &entitlements,
        plan: None,
        check: Some(&check(outcome)),
        criteria: &[],
        supports: None,
        kb: common::kb(),
        today,
        language,
        stage: None,
    };
    let made = draft(name, &inputs).unwrap_or_else(|e| panic!("{e}"));
    (common::text(&made.value).replace('\u{a0}', " "), made.findings.into_iter().map(|f| f.code).collect())
}

#[test]
fn no_outcome_is_said_in_other_words_than_the_physicians() {
    for (language, claims) in [
        ("en", ["Two physicians", "and supports this care", "finds it necessary"]),
        ("es", ["Dos médicos", "apoya esta atención", "considera necesaria"]),
    ] {
        for name in ["appeal_letter", "peer_to_peer_brief", "supplement"] {
            for outcome in ["confirms", "confirms_with_changes", "needs_workup", "against", "unclear"] {
                let (text, _) = letter(outcome, name, language, &|_| {});
                assert!(!claims.iter().any(|c| text.contains(c)), "{outcome} {name} {language}: {text}");
            }
        }
        let (text, _) = letter("confirms", "appeal_letter", language, &|_| {});
        assert!(text.contains("“Surgery of the right knee is needed now.”"), "{text}");
    }
}

#[test]
fn what_the_second_physician_recommends_instead_is_asked_for_in_the_alternative_and_in_those_words() {
    let (text, codes) = letter("confirms_with_changes", "appeal_letter", "en", &|_| {});
    let asked = format!("Dr. Muestra recommends in these words:\n“{FORM}” (Exhibit B, p. 2)");
    assert!(text.contains("I ask in the alternative") && text.contains(&asked), "{text}");
    assert!(codes.contains(&"opinion_with_changes".to_string()), "{codes:?}");
    for outcome in ["confirms", "against", "needs_workup"] {
        let (text, _) = letter(outcome, "appeal_letter", "en", &|_| {});
        assert!(!text.contains("in the alternative"), "{outcome}: {text}");
    }
}

#[test]
fn a_physician_without_a_paper_is_counted_for_nothing() {
    let without = |case: &mut Case| case.records.retain(|r| r.kind.as_deref() != Some("treating_letter"));
    let (text, _) = letter("confirms", "appeal_letter", "en", &without);
    assert!(!text.contains("The letter of Dr. Prueba") && !text.contains("ordered this care"), "{text}");
    let (text, _) = letter("confirms", "appeal_letter", "en", &|_| {});
    assert!(text.contains("The letter of Dr. Prueba, who treats me, is enclosed"), "{text}");
}
