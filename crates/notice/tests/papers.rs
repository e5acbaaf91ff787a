//! What letters and other papers say of themselves and of the plan's terms: levels of appeal, amounts of a cut, headings, photos of
//! one letter. All people and plans are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use common::knowledge;
use facts::{Document, Reading};

fn read(text: &str) -> Reading {
    notice::read(&[Document::from_text("letter.txt", text)], knowledge())
}

#[test]
fn levels_of_appeal_and_their_times_are_read_with_the_words_that_say_them() {
    let terms = |rights: &str| -> Vec<(String, String)> {
        let text = format!(
            "Keystone Example Administrators\nNovember 9, 2026\nDear Mr. Example:\nWe denied your request for lumbar fusion. \
             It is not medically necessary.\n\nYour appeal rights\n{rights}"
        );
        let reading = read(&text);
        for term in &reading.terms {
            assert_eq!(text.get(term.span.0..term.span.1), Some(term.quote.as_str()), "{rights}");
        }
        reading.terms.into_iter().map(|f| (f.name.replace("coverage.", ""), f.value)).collect()
    };
    let of = |all: &[(&str, &str)]| all.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect::<Vec<_>>();
    let both = terms(
        "You may appeal in writing within 180 days after you receive this notice. If we uphold the denial, you may request a \
         second-level appeal within 60 days after you receive our first-level decision. We will decide each level within 15 \
         days of receiving your appeal. If waiting is dangerous, we will decide an expedited appeal within 72 hours.",
    );
    let all = [
        ("internal_levels", "2"),
        ("second_appeal_window_days", "60"),
        ("appeal_decision_days", "15"),
        ("second_appeal_decision_days", "15"),
    ];
    assert_eq!(both, of(&all));
    let apart = terms(
        "This plan has two levels of appeal. You have 180 days to file the first appeal; we answer within 20 calendar days. You \
         have 90 days from that answer to ask for a second appeal, which we will decide within 30 days. We will acknowledge \
         your appeal within 5 days.",
    );
    assert_eq!(apart[..2], of(&[("internal_levels", "2"), ("second_appeal_window_days", "90")]));
    let spanish = terms(
        "Usted puede apelar dentro de 180 días. El plan tiene dos niveles de apelación. Puede pedir una segunda apelación \
         dentro de 60 días después de recibir nuestra decisión. Decidiremos cada nivel dentro de 15 días.",
    );
    assert_eq!(spanish, of(&all));
    let one =
        terms("Our Plan gives one level of appeal. You have 180 days. We will decide your appeal within 30 days.");
    assert_eq!(one, of(&[("internal_levels", "1"), ("appeal_decision_days", "30")]));
    let none = terms(
        "There is no second level of appeal. After our decision you may ask for external review within 4 months.",
    );
    assert_eq!(none, of(&[("internal_levels", "1")]));
    let court = terms(
        "You may appeal within 180 days. You may bring a civil action under section 502(a) of ERISA. The Plan requires that any \
         action be filed within 120 days after the date of this final decision.",
    );
    assert_eq!(court, of(&[("court_window_days", "120")]));
    // A level that need not be used, the times of two kinds of care, an outside reviewer's, and what is only a lengthening.
    let nothing = [
        "You may appeal within 180 days. You may then ask for a voluntary second-level appeal within 60 days.",
        "We will decide within 30 days for a pre-service appeal and 60 days for a post-service appeal.",
        "You may ask for external review within 4 months; the independent review organization will decide within 45 days.",
        "You may appeal within 180 days. We may extend our decision by 14 days.",
        "You may appeal within 60 days. If we uphold it, the Independent Review Entity does the second level of appeal within \
         30 days.",
    ];
    for text in nothing {
        assert_eq!(terms(text), of(&[]), "{text}");
    }
}

#[test]
fn terms_of_appeal_stand_in_the_case_with_their_quotes_and_unconfirmed() {
    let text = "Keystone Example Administrators\nNovember 9, 2026\nDear Mr. Example:\nWe denied your request for lumbar fusion. \
        It is not medically necessary.\n\nYour appeal rights\nYou may appeal within 180 days. If we uphold the denial, you may \
        request a second-level appeal within 60 days. We will decide each level within 15 days of receiving your appeal.";
    let case = notice::to_case(&read(text), knowledge());
    let coverage = &case.coverage;
    assert_eq!((coverage.internal_levels, coverage.second_appeal_window_days), (Some(2), Some(60)));
    assert_eq!((coverage.appeal_decision_days, coverage.second_appeal_decision_days), (Some(15), Some(15)));
    let origin = case.origin.iter().find(|o| o.fact == "coverage.second_appeal_window_days").unwrap();
    assert_eq!((origin.quote.as_deref(), origin.confirmed), (Some("60 days"), false));
}

/// A note that is headed as one and says nothing in the first person gives no opinion, whoever reads like a physician in it; a
/// letter with the same heading words in its text, or one that speaks for its writer, does.
#[test]
fn a_note_that_is_headed_as_one_is_a_record_and_no_opinion() {
    let kind = |text: &str| read(text).documents[0].kind.clone().unwrap_or_default();
    let therapy = "Palm Example Skilled Nursing and Rehabilitation\nTherapy progress report (PT and OT)\nPatient: Dana Example DOB 07/02/1944\n\
        Date: November 24, 2026\n\nAdmitted November 3, 2026 after left hip fracture and surgical fixation.\n\nPhysical therapy, 5 days a \
        week: transfers moderate assist. Surgical wound has serous drainage; nurse assesses and dresses it daily.\n\nAssessment: making \
        measurable gains; continues to need daily skilled therapy and daily skilled nursing. Not safe to go home.\n\n\
        Luis Ferrer, PT, DPT; Hannah Grove, OTR/L\nAttending: Samuel Whitfield, MD";
    let visit = "Birch Example Internal Medicine\nOffice visit\nPatient: Dana Example DOB 01/19/1953\nDate: November 2, 2026\n\nRA, on \
        methotrexate 20 mg weekly since April 6, 2026. Morning stiffness 90 minutes, 9 tender and 7 swollen joints. Plan: start the new \
        drug daily.\n\nThomas Birch, MD (Internal Medicine)";
    let summary = "Perry Example Physical Therapy\nDischarge summary\nPatient: Dana Example DOB 03/14/1968\nDate of report: May 28, 2026\n\n\
        Attended 30 visits of supervised physical therapy. No lasting relief. Discharged: plateau, referred back to the surgeon.\n\
        Kelly Marsh, PT, DPT";
    for text in [therapy, visit, summary] {
        assert_eq!(kind(text), "medical_record", "{text}");
    }
    let opinion = "Lansing Example Rheumatology\nConsultation, second opinion\nNovember 20, 2026\n\nI am Patricia Example, MD, board-certified in \
        rheumatology. I examined Mrs. Example in person at her request and reviewed the progress notes and the office visit of November 2. \
        I have no connection with Dr. Birch. In my opinion the drug is medically necessary now.\n\nPatricia Example, MD";
    assert_eq!(kind(opinion), "opinion_letter");
}

#[test]
fn a_paper_is_called_by_its_own_heading_its_sender_and_its_day() {
    let of = |text: &str| {
        let head = notice::heading(&Document::from_text("paper.txt", text), knowledge());
        (head.title().unwrap_or_default(), head.dated.map(|d| d.to_string()).unwrap_or_default())
    };
    let is = |title: &str, day: &str| (title.to_string(), day.to_string());
    assert_eq!(
        of(
            "Perry Physical Therapy\nDischarge summary\nPatient: Dana Example DOB 03/14/1968\nReferring: Ann Example, MD\nDate of report: May 28, 2026\n\n30 visits from February 2, 2026."
        ),
        is("Discharge summary, Perry Physical Therapy", "2026-05-28")
    );
    assert_eq!(
        of(
            "Mono Pathology Associates\nSURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, DANA DOB 06/30/1979\nCollected: July 9, 2026 Reported: July 14, 2026\n\nDIAGNOSIS: Adenocarcinoma."
        ),
        is("Surgical pathology report, Mono Pathology Associates", "2026-07-14")
    );
    assert_eq!(
        of(
            "Bay Imaging\nPatient: EXAMPLE, DANA DOB 03/14/1968\nExam: Lumbar spine radiographs, flexion and extension\nDate of exam: September 15, 2026\n\nFINDINGS: Grade I."
        ),
        is("Lumbar spine radiographs, flexion and extension, Bay Imaging", "2026-09-15")
    );
    assert_eq!(
        of(
            "Lafayette Sleep Center\nPolysomnography report\nPatient: Dana Example\nDate of study: April 21, 2026\n\nAHI 62."
        ),
        is("Polysomnography report, Lafayette Sleep Center", "2026-04-21")
    );
    // The day of a letter stands alone; a paper that does not say what it is has no title.
    assert_eq!(
        of(
            "Great Lakes Spine\n2200 Shore Drive\n\nNovember 19, 2026\n\nTo whom it may concern\n\nI examined her on November 17, 2026."
        ),
        is("", "2026-11-19")
    );
    assert_eq!(of(""), is("", ""));
}

#[test]
fn the_date_of_birth_dates_no_paper() {
    let day = |text: &str| notice::heading(&Document::from_text("paper.txt", text), knowledge()).dated;
    let is = |day: &str| Some(day.parse().expect("a date"));
    // In columns, the heading with the paper's own day above.
    let columns = "Short North Physical Therapy\nDischarge summary, September 11, 2026\n\nPatient:         Ada Quill             Date of birth:      03/22/1971\nDiagnosis: low back pain\n\n24 visits from June 15, 2026 to September 11, 2026.";
    assert_eq!(day(columns), is("2026-09-11"));
    let visit = "Riverside Clinic\nOffice note\nPatient: Ada Quill      Date of birth:      03/22/1971\nVisit: October 2, 2026\nNext visit: December 1, 2026\n\nBack pain.";
    assert_eq!(day(visit), is("2026-10-02"));
    // "Birth date" ends with a label for the paper's day; and what stands below its label is no day that stands alone.
    for label in [
        "Birth date: 03/22/1971",
        "Fecha de nacimiento:    03/22/1971",
        "Date of birth\n03/22/1971",
        "DOB:     03/22/1971",
    ] {
        assert_eq!(
            day(&format!("Riverside Clinic\nOffice note\nPatient: Ada Quill\n{label}\n\nBack pain.")),
            None,
            "{label}"
        );
    }
    // The day of another thing in a column is not the paper's either.
    assert_eq!(
        day("Riverside Clinic\nOffice note\nPatient: Ada Quill     Date of injury:      06/02/2026\n\nBack pain."),
        None
    );
}

#[test]
fn a_record_is_never_dated_with_the_day_on_which_the_patient_was_born() {
    let text = "Riverside Clinic\nOffice note\nAda Quill\n03/22/1971\n\nBack pain.";
    let dated = |born: Option<&str>| {
        let mut record = facts::Record { kind: Some("office_note".into()), ..Default::default() };
        let born = born.map(|b| b.parse().expect("a date"));
        notice::describe(&mut record, &Document::from_text("note.txt", text), born, knowledge());
        record.dated.map(|d| d.to_string())
    };
    assert_eq!(dated(Some("1971-03-22")), None);
    assert_eq!(dated(None).as_deref(), Some("1971-03-22"), "without the case's date of birth nothing tells it apart");
}

#[test]
fn what_a_physicians_letter_denies_or_calls_a_policy_is_neither_diagnosis_nor_member_number() {
    let letter = |says: &str| {
        let text = format!(
            "Lansing Example Rheumatology\nNovember 20, 2026\n\nRe: Dana Example\n\nI am Patricia Example, MD. I examined Mrs. Example in person and \
             reviewed the notes. {says} In my opinion the care is medically necessary.\n\nPatricia Example, MD"
        );
        read(&text)
    };
    let denied = letter(
        "I would use another drug first; she has no heart failure or demyelinating disease that would prevent this.",
    );
    assert_eq!(denied.get("diagnosis.description").map(|f| f.value.as_str()), None);
    let has = letter("The drug is for her heart failure.");
    assert_eq!(has.get("diagnosis.description").map(|f| f.value.as_str()), Some("heart failure"));
    let policy = letter("Policy RX-88 names three kinds of cancer only; it does not reflect the approval.");
    assert_eq!(policy.get("member.id").map(|f| f.value.as_str()), None);
    let number = letter("Policy number: ABH-5520931.");
    assert_eq!(number.get("member.id").map(|f| f.value.as_str()), Some("ABH-5520931"));
}

#[test]
fn both_amounts_of_a_cut_are_read_in_the_notices_words() {
    let amounts = |says: &str| -> Vec<(String, String)> {
        let text = format!(
            "Lone Example Community Plan\nNovember 23, 2026\nDear Ms. Example:\nNotice of reduction of services\n{says} It is not medically \
             necessary. You may appeal within 60 days of this notice."
        );
        read(&text).terms.into_iter().filter(|f| f.name.starts_with("claim.")).map(|f| (f.name, f.value)).collect()
    };
    let is = |before: &str, after: &str| {
        vec![("claim.care_before".to_string(), before.to_string()), ("claim.care_after".to_string(), after.to_string())]
    };
    assert_eq!(
        amounts(
            "We will reduce speech therapy from two visits a week to one visit every two weeks from December 7, 2026."
        ),
        is("two visits a week", "one visit every two weeks")
    );
    assert_eq!(
        amounts(
            "Vamos a reducir las visitas de terapia del habla de 2 visitas por semana a 1\nvisita cada dos semanas. El cambio entra en vigor el 7 de diciembre de 2026."
        ),
        is("2 visitas por semana", "1 visita cada dos semanas")
    );
    assert_eq!(
        amounts("Beginning December 1, 2026 we will reduce your private duty nursing hours from 112 to 70 a week."),
        is("112", "70 a week")
    );
    for other in [
        "We will reduce your hours from December 7 to January 4.",
        "We will reduce payment from $120.00 to $80.00.",
        "We will end this care on December 7, 2026.",
    ] {
        assert_eq!(amounts(other), Vec::<(String, String)>::new(), "{other}");
    }
    let case = notice::to_case(
        &read(
            "Lone Example Community Plan\nNovember 23, 2026\nDear Ms. Example:\nNotice of reduction of services\nWe will reduce speech therapy from two visits a week to one visit a month. It is not medically necessary.",
        ),
        knowledge(),
    );
    assert_eq!(
        (case.claim.care_before.as_deref(), case.claim.care_after.as_deref()),
        (Some("two visits a week"), Some("one visit a month"))
    );
}

#[test]
fn a_right_needs_its_own_words() {
    let offers = |says: &str| {
        let text = format!(
            "Sunrise Example Health\nNovember 25, 2026\nDear Ms. Example:\nWe denied your request for skilled nursing. It is not medically \
             necessary.\nYour right to appeal\nYou may appeal within 60 days. {says}"
        );
        read(&text).get("claim_file.offered").is_some()
    };
    assert!(!offers("The reviewer will also look at your medical records and/or other relevant information."));
    assert!(!offers("Our medical director reviewed your records."));
    assert!(offers("You may look at your records and get copies, free of charge."));
    assert!(offers("The reviewer will look at your medical records. You can ask for a copy of your file at no cost."));
}

/// Photos given together are proposed as one paper, in the order of their pages; other papers and other letters are not.
#[test]
fn photos_that_look_like_pages_of_one_letter_are_proposed_as_one() {
    let photo = |name: &str, text: &str| {
        let mut document = Document::from_text(name, text);
        document.text_from = facts::TextFrom::Ocr;
        document
    };
    let counted = [
        photo("b.jpg", "You may appeal.\nPage 2 of 2"),
        photo("x.jpg", "Página 1 de 3"),
        photo("a.jpg", "We denied it.\nPage 1 of 2"),
    ];
    assert_eq!(notice::pages_of_one(&counted, knowledge()), [[2, 0]]);
    let named = [
        photo("notice-photo-1.jpg", "Notice"),
        photo("notice-photo-2.jpg", "Your rights"),
        photo("notice-photo-4.jpg", "Another"),
        Document::from_text("notice-photo-3.pdf", "A letter as a file"),
    ];
    assert_eq!(notice::pages_of_one(&named, knowledge()), [[0, 1]]);
    let apart = [photo("notice.jpg", "Notice"), photo("card.jpg", "Card")];
    assert_eq!(notice::pages_of_one(&apart, knowledge()), Vec::<Vec<usize>>::new());
    let reading = notice::read(&named[..2], knowledge());
    assert!(reading.findings.iter().any(|f| f.code == "pages_of_one_paper"), "{:?}", reading.findings);
    assert_eq!(reading.documents.len(), 2, "nothing is joined by itself");
}
