//! The paper given as the opinion letter, held against the case: whose it is, and what kind of paper. All are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code, missing_docs)] // tests fail by panicking
#![allow(clippy::disallowed_methods)]

mod support;

use facts::{Case, Document};
use opinion::{Attach, Check, attach, check, held_against, stopped_by};

const CASE: &str = r#"
[patient]
name = "Otto Muster"
date_of_birth = 1970-03-04
[coverage]
issuer = "Model Assurance"
[claim]
service = "lumbar fusion"
[[denial]]
reason = "not_medically_necessary"
[treating_physician]
name = "Marta Prueba, MD"
practice = "Prueba Spine Center"
[second_opinion]
state = "received"
seen = "in_person"
seen_on = 2026-11-18
letter = "opinion.txt"
physician = { name = "Benito Muestra, MD" }
[choices]
attach_opinion = true
"#;

const YES: &str = "I examined Mr. Muster in person on November 18, 2026 and read the MRI of June 4, 2026. He has a slip at L5-S1. \
    I agree that lumbar fusion is medically necessary.";

fn letter(head: &str, body: &str, signature: &str) -> String {
    format!(
        "{head}\n\nNovember 20, 2026\n\nRe: Otto Muster, DOB 03/04/1970\n\nTo Whom It May Concern:\n\n{body}\n\nSincerely,\n{signature}\n"
    )
}

fn held(case: &str, text: &str, kind: Option<&str>) -> (Case, Check) {
    let case = Case::parse(case).unwrap();
    let document = Document::from_text("opinion.txt", text);
    let kb = support::kb();
    let check = held_against(check(&case, &document, &kb), &case, &document, kind, &kb);
    (case, check)
}

fn codes(check: &Check) -> Vec<&str> {
    check.findings.iter().map(|f| f.code.as_str()).collect()
}

#[test]
fn the_second_physicians_own_letter_is_held_to_be_that() {
    for (head, signature) in [
        ("Alamo University Hospital", "/s/ Benito Muestra, MD"),
        ("Alamo University Hospital", "Dr. B. Muestra, M.D.\ncc: Marta Prueba, MD"),
        ("Benito Muestra, MD\nNeurosurgery", "(signed)"),
    ] {
        // A letter that quotes the plan at length may be taken for the plan's by its words.
        for kind in [Some("opinion_letter"), Some("denial_letter"), None] {
            let (case, check) = held(CASE, &letter(head, YES, signature), kind);
            assert!(stopped_by(&check).is_none(), "{signature} {kind:?}: {:?}", check.findings);
            assert_eq!(attach(&case, Some(&check)), Attach::Yes);
        }
    }
}

#[test]
fn the_treating_physicians_own_letter_is_no_second_opinion_whatever_was_chosen() {
    let own = letter("Prueba Spine Center", YES, "/s/ Marta Prueba, MD, board certified in Orthopaedic Surgery");
    let (case, check) = held(CASE, &own, Some("treating_letter"));
    assert_eq!((codes(&check), attach(&case, Some(&check))), (vec!["own_letter"], Attach::OwnLetter));
    assert!(check.outcome == "unclear" && check.outcome_quote.is_none(), "no word of it is taken for another's");
    let twice = CASE.replace("name = \"Benito Muestra, MD\"", "name = \"Dr. Marta Prueba\"");
    let (case, check) = held(&twice, &own, None);
    assert_eq!(attach(&case, Some(&check)), Attach::OwnLetter, "the case names one doctor twice");
}

#[test]
fn a_letter_signed_by_another_than_the_case_names_is_given_under_no_wrong_name() {
    let (case, check) = held(CASE, &letter("Alamo University Hospital", YES, "/s/ Karla Ejemplo, MD"), None);
    assert_eq!((codes(&check), attach(&case, Some(&check))), (vec!["another_writer"], Attach::AnotherWriter));
    assert!(check.findings[0].message.contains("Karla Ejemplo, MD"), "{:?}", check.findings);
    let unnamed = CASE.replace("physician = { name = \"Benito Muestra, MD\" }\n", "");
    let (_, check) = held(&unnamed, &letter("Alamo University Hospital", YES, "/s/ Karla Ejemplo, MD"), None);
    assert!(stopped_by(&check).is_none(), "nobody is named, so nobody is another: {:?}", check.findings);
}

#[test]
fn a_letter_of_the_plan_or_a_bill_is_never_the_opinion() {
    let denial = "Model Assurance\nNovember 2, 2026\nOtto Muster\n\nDear Mr. Muster:\n\nWe have reviewed the request for lumbar fusion. It is not medically necessary. You may appeal within 180 days.\n\n/s/ R. Hall, MD, Medical Director";
    let bill = "ALAMO PHYSICIANS\nSTATEMENT\nPatient: Otto Muster   Account 44\nProvider: Benito Muestra, MD\nOffice consultation ... $640.00\nYou owe: $640.00";
    for (text, kind) in [(denial, "denial_letter"), (bill, "bill")] {
        let (case, check) = held(CASE, text, Some(kind));
        assert_eq!(attach(&case, Some(&check)), Attach::NotAnOpinion, "{kind}: {:?}", check.findings);
        assert_eq!(check.outcome, "unclear", "{kind}");
    }
}

#[test]
fn another_persons_letter_stays_out_whatever_was_chosen() {
    let other = letter("Alamo University Hospital", YES, "/s/ Benito Muestra, MD")
        .replace("Otto Muster, DOB 03/04/1970", "Odette Mustermann, DOB 09/14/1951")
        .replace("Mr. Muster ", "Mrs. Mustermann ");
    let (case, check) = held(CASE, &other, None);
    assert_eq!(attach(&case, Some(&check)), Attach::AnotherPatient, "{:?}", check.findings);
    let born = letter("Alamo University Hospital", YES, "/s/ Benito Muestra, MD").replace("03/04/1970", "11/30/1949");
    let (case, check) = held(CASE, &born, None);
    assert_eq!(attach(&case, Some(&check)), Attach::AnotherPatient, "{:?}", check.findings);
}

#[test]
fn the_days_of_the_letter_are_held_against_the_visit() {
    let old = letter("Alamo University Hospital", YES, "/s/ Benito Muestra, MD")
        .replace("November 20, 2026", "March 3, 2021")
        .replace("November 18, 2026", "March 1, 2021")
        .replace("June 4, 2026", "February 4, 2021");
    let (mut case, check) = held(CASE, &old, None);
    assert_eq!(codes(&check), ["older_than_visit"]);
    assert_eq!(attach(&case, Some(&check)), Attach::Yes, "the person chose it");
    case.choices.attach_opinion = None;
    assert_ne!(attach(&case, Some(&check)), Attach::Yes, "it does not go in by itself");
    let other_day =
        letter("Alamo University Hospital", YES, "/s/ Benito Muestra, MD").replace("November 18", "November 17");
    assert_eq!(codes(&held(CASE, &other_day, None).1), ["visit_day_differs"]);
}

#[test]
fn how_the_writer_saw_the_patient_is_held_against_the_case() {
    let said = |how: &str| {
        let body = YES.replace("I examined Mr. Muster in person on November 18, 2026 and read", how);
        codes(&held(CASE, &letter("Alamo University Hospital", &body, "/s/ Benito Muestra, MD"), None).1)
            .into_iter()
            .map(str::to_string)
            .collect::<Vec<_>>()
    };
    assert!(said("I examined Mr. Muster in person on November 18, 2026 and read").is_empty());
    for other in [
        "I did not examine Mr. Muster; this is an opinion from records only. I read",
        "I examined Mr. Muster by video on November 18, 2026 and read",
    ] {
        assert_eq!(said(other), ["visit_kind_differs"], "{other}");
    }
    assert!(said("I examined Mr. Muster on November 18, 2026 and read").is_empty(), "a letter may not say how");
}

#[test]
fn a_letter_in_spanish_is_known_and_said_to_need_a_translation() {
    let text = letter(
        "Hospital Alamo",
        "Examiné al señor Muster en persona el 18 de noviembre de 2026 y leí la resonancia del 4 de junio de 2026. Tiene un deslizamiento en L5-S1. Estoy de acuerdo en que la fusión lumbar es médicamente necesaria.",
        "Firmado: Benito Muestra, MD",
    );
    let text = text
        .replace("November 20, 2026", "20 de noviembre de 2026")
        .replace("To Whom It May Concern", "A quien corresponda");
    let (_, check) = held(CASE, &text, None);
    assert!(codes(&check).contains(&"in_spanish"), "{:?}", check.findings);
    assert!(!codes(&check).contains(&"older_than_visit"), "a Spanish date is read: {:?}", check.findings);
}

#[test]
fn nobody_is_asked_for_a_signature_that_a_text_cannot_show() {
    let asked = |signature: &str| {
        let (_, check) = held(CASE, &letter("EXAMPLE CLINIC", YES, signature), None);
        let element = check.elements.iter().find(|e| e.element == "signature_and_date").unwrap();
        (element.state.clone(), element.ask.is_some())
    };
    assert_eq!(
        asked("Benito Muestra, MD"),
        ("partial".to_string(), false),
        "a name at the end may be signed on the paper"
    );
    assert_eq!(asked("/s/ Benito Muestra, MD"), ("present".to_string(), false));
    assert_eq!(asked("Benito Muestra, MD\nDictated but not read, not signed"), ("partial".to_string(), true));
}

/// A letter that says of a criterion of the plan that it is not met, and why it should not decide, has not met it.
#[test]
fn a_criterion_that_the_letter_denies_is_not_met() {
    let listed = CASE.replace(
        "reason = \"not_medically_necessary\"\n",
        "reason = \"not_medically_necessary\"\npolicy = \"Policy SP-9\"\ncriteria = [\"all of the following: 1. Slip of 3 mm or more; 2. Six months of supervised physical therapy\"]\n",
    );
    assert_ne!(listed, CASE);
    let state = |told: &str| {
        let body = format!("{YES} The slip is 6 mm. {told}");
        let (_, check) = held(&listed, &letter("Alamo University Hospital", &body, "/s/ Benito Muestra, MD"), None);
        check.elements.into_iter().find(|e| e.element == "criteria_met").unwrap().state
    };
    let met = "Policy SP-9: slip of 3 mm or more: 6 mm. Six months of supervised physical therapy: yes, from January to August 2026.";
    assert_eq!(state(met), "present");
    for not in [
        "Policy SP-9: slip of 3 mm or more: 6 mm. Six months of supervised physical therapy: six weeks.",
        "Policy SP-9: slip of 3 mm or more: 6 mm. Six months of supervised physical therapy: not completed, and I ask you to waive it.",
    ] {
        assert_eq!(state(not), "missing", "{not}");
    }
}
