//! What the pages offer: an answer that was read, a physician who was typed, letters that the case calls for. All invented.
#![allow(clippy::unwrap_used, clippy::panic)]

use facts::{Case, Denial, Event, OriginKind, When};

use crate::facts_at::get;
use crate::http::Upload;
use crate::testing::Site;
use crate::words::Lang;

/// Invented.
const LETTER: &str = "Example Administrators\nClaims administrator for the Invented Workers Health Benefit Plan\n\
    November 2, 2026\nNotice of adverse benefit determination (pre-service)\nMember: Ana Example\n\
    We are unable to approve your request for knee replacement because it is not medically necessary.\n\
    You have the right to appeal within 180 days of receiving this letter. If we uphold the denial, you may request a \
    second-level appeal within 60 days after you receive our decision.\n\
    You may have the right to bring a civil action under section 502(a) of ERISA.\n";

fn upload(field: &str, name: &str, text: &str) -> Vec<Upload> {
    vec![Upload { field: field.into(), name: name.into(), bytes: text.as_bytes().to_vec() }]
}

fn post(site: &Site, id: &str, path: &str, fields: &[(&str, &str)]) -> String {
    let seen = site.loaded(id).revision.to_string();
    let form: Vec<(&str, &str)> = [("_seen", seen.as_str())].into_iter().chain(fields.iter().copied()).collect();
    site.post(&format!("/case/{id}/{path}"), &form, Vec::new()).unwrap()
}

fn with_letter(letter: &str) -> (Site, String) {
    let site = Site::new();
    let to = site.post("/new", &[], upload("letter", "letter.txt", letter)).unwrap();
    let id = to.split('/').nth(2).unwrap().to_string();
    (site, id)
}

fn denied(coverage: &str, reason: &str) -> Case {
    let mut case = Case::default();
    case.coverage.kind = Some(coverage.into());
    case.patient.state = Some("OH".into());
    case.claim.kind = Some("pre_service".into());
    case.claim.service = Some("invented knee operation".into());
    case.denials.push(Denial { reason: Some(reason.into()), ..Denial::default() });
    for kind in ["notice_dated", "notice_received"] {
        let date = When::Day("2026-11-02".parse().unwrap());
        case.events.push(Event { kind: kind.into(), date, evidence: None, note: None });
    }
    case
}

#[test]
fn what_the_letter_says_is_offered_as_the_answer_with_its_quote() {
    let (site, id) = with_letter(LETTER);
    let page = |question: &str| site.page(Lang::En, &format!("/case/{id}/question/{question}"));
    assert_eq!(get(&site.loaded(&id).state.case, "claim.kind"), None, "nothing is taken without a yes");
    let care = page("care");
    assert!(care.contains("We read in your papers") && care.contains("(pre-service)”"), "{care}");
    assert!(care.contains("So the answer would be: Not yet."), "{care}");
    assert!(!page("state").contains("We read in your papers"), "no address of the patient stands in it");
    post(&site, &id, "question/care", &[("read", "pre_service")]);
    let case = site.loaded(&id).state.case;
    assert_eq!(case.claim.kind.as_deref(), Some("pre_service"));
    let origin = case.origin.iter().find(|o| o.fact == "claim.kind").unwrap();
    assert_eq!((origin.kind, origin.confirmed), (OriginKind::Derived, true));
    assert!(origin.quote.as_deref().unwrap().contains("pre-service") && origin.file.is_some());
}

#[test]
fn a_plan_by_its_letter_is_offered_whole_and_another_answer_can_be_given() {
    let (site, id) = with_letter(LETTER);
    let page = site.page(Lang::En, &format!("/case/{id}/question/coverage"));
    assert!(page.contains("502(a) of ERISA") && page.contains("Claims administrator for"), "both sentences: {page}");
    assert!(page.contains("How do you get this health plan?"), "the question stays");
    post(&site, &id, "question/coverage", &[("read", "erisa_self_funded")]);
    assert_eq!(site.loaded(&id).state.case.coverage.kind.as_deref(), Some("erisa_self_funded"));
    let spanish = site.page(Lang::Es, &format!("/case/{id}/question/care"));
    assert!(spanish.contains("Leímos en sus papeles") && spanish.contains("¿Es correcto?"));
}

#[test]
fn a_letter_that_says_two_things_offers_nothing() {
    let two = LETTER.replace("(pre-service)", "(pre-service)\nThis is also a notice of retrospective review.");
    let (site, id) = with_letter(&two);
    let page = site.page(Lang::En, &format!("/case/{id}/question/care"));
    assert!(!page.contains("We read in your papers"), "{page}");
}

#[test]
fn a_value_that_is_not_offered_is_not_taken() {
    let (site, id) = with_letter(LETTER);
    let seen = site.loaded(&id).revision.to_string();
    let form = [("_seen", seen.as_str()), ("read", "post_service")];
    let page = site.post_for_page(&format!("/case/{id}/question/care"), &form, Vec::new());
    assert!(page.contains("Please check"), "{page}");
    assert_eq!(site.loaded(&id).state.case.claim.kind, None);
}

#[test]
fn what_was_typed_of_the_doctor_introduces_her_wherever_she_is_named() {
    let site = Site::new();
    let mut case = denied("erisa_self_funded", "not_medically_necessary");
    case.second_opinion = Some(facts::SecondOpinion {
        state: Some("received".into()),
        physician: Some(facts::Physician { name: Some("Ingrid Muestra, MD, PhD".into()), ..Default::default() }),
        ..Default::default()
    });
    let id = site.case(&case);
    post(
        &site,
        &id,
        "opinion/whom",
        &[
            ("name", "Dr. Ingrid Muestra"),
            ("specialty", "Orthopedic Surgery"),
            ("institution", "Three Example Center"),
            ("certification_checked_at", "certificationmatters.org"),
            ("checked_on", "2026-11-20"),
        ],
    );
    let compare = site.page(Lang::En, &format!("/case/{id}/opinion/compare"));
    assert!(compare.contains("Three Example Center") && compare.contains("Orthopedic Surgery"), "{compare}");
    let mine = site.page(Lang::En, &format!("/case/{id}/opinion"));
    assert!(mine.contains("value=\"Three Example Center\""), "the form shows it");
    let thanks = site.page(Lang::En, &format!("/case/{id}/letter/thank_you"));
    assert!(thanks.contains("Three Example Center"), "{thanks}");
}

#[test]
fn letters_are_offered_when_a_fact_calls_for_them_and_the_rest_is_folded() {
    let site = Site::new();
    let parts = |case: &Case| {
        let id = site.case(case);
        let page = site.page(Lang::En, &format!("/case/{id}/letters"));
        let (offered, others) = page.split_once("Other letters").unwrap();
        let ids = |text: &str| {
            draft::KINDS.iter().map(|k| k.id).filter(|k| text.contains(&format!("/letter/{k}\""))).collect::<Vec<_>>()
        };
        (ids(offered), ids(others))
    };
    let (offered, others) = parts(&denied("medicare_part_d", "step_therapy"));
    assert!(offered.contains(&"appeal_letter") && offered.contains(&"phone_script"));
    for none in
        ["external_review_request", "sso_plan", "sso_billing", "gap_exception", "regulator_complaint", "withdrawal"]
    {
        assert!(!offered.contains(&none) && others.contains(&none), "{none}: {offered:?}");
    }
    assert_eq!(offered.len() + others.len(), draft::KINDS.len(), "every letter stands once");
    let (offered, _) = parts(&denied("erisa_insured", "network_provider_available"));
    assert!(offered.contains(&"gap_exception"), "{offered:?}");
    let mut late = denied("erisa_self_funded", "not_medically_necessary");
    let filed = When::Day("2026-07-01".parse().unwrap());
    for event in &mut late.events {
        event.date = When::Day("2026-06-01".parse().unwrap());
    }
    late.events.push(Event { kind: "appeal_filed".into(), date: filed, evidence: None, note: None });
    late.events.push(Event { kind: "appeal_received".into(), date: filed, evidence: None, note: None });
    let (offered, _) = parts(&late);
    assert!(offered.contains(&"regulator_complaint"), "an answer is overdue: {offered:?}");
    assert!(offered.contains(&"late_answer"), "{offered:?}");
    // No case calls for giving up.
    assert!(!offered.contains(&"withdrawal"), "{offered:?}");
    // What is open now is the step outside: a supplement to the appeal inside would go to the wrong office.
    assert!(!offered.contains(&"supplement"), "{offered:?}");
}

#[test]
fn a_warning_to_the_patient_comes_before_everything_else_of_an_adverse_letter() {
    let site = Site::new();
    let id = site.case(&denied("medicare_part_d", "step_therapy"));
    let letter = "Second Opinion Consultation\nNovember 18, 2026\nI am Ben Invented, MD, a rheumatologist. I examined the \
        patient.\n\nHowever, I do not recommend the invented knee operation now. She had a deep vein thrombosis in 2019. \
        The boxed warning on this drug applies to her. I would use another drug first.\n\nBen Invented, MD\n";
    let seen = site.loaded(&id).revision.to_string();
    let path = format!("/case/{id}/opinion/check");
    site.post(&path, &[("_seen", &seen)], upload("letter", "opinion.txt", letter)).unwrap();
    let page = site.page(Lang::En, &path);
    let place = |what: &str| page.find(what).unwrap_or_else(|| panic!("{what}: {page}"));
    assert!(place("The doctor warns of a danger") < place("The doctor's own reason:"));
    assert!(page.contains("thrombosis in 2019. The boxed warning on this drug applies to her."), "{page}");
    assert!(place("boxed warning") < place("I would use another drug first"), "the reason goes on in its paragraph");
}

#[test]
fn where_a_letter_hardly_helps_that_stands_first_on_the_overview() {
    let site = Site::new();
    let overview = |coverage: &str| {
        let id = site.case(&denied(coverage, "benefit_exclusion"));
        site.page(Lang::En, &format!("/case/{id}"))
    };
    let page = overview("fehb");
    let verdict = page.find("A doctor's view does not change a contract");
    assert!(verdict.unwrap() < page.find("Your next date").unwrap(), "{page}");
    assert!(page.contains("Open Season"));
    assert!(!overview("erisa_self_funded").contains("Open Season"), "only in the federal program");
}

#[test]
fn a_right_shows_who_answers_and_what_comes_after_a_no() {
    let site = Site::new();
    let mut case = denied("medicare_advantage", "custodial");
    case.claim.kind = Some("concurrent".into());
    let date = When::Day("2026-11-29".parse().unwrap());
    case.events.push(Event { kind: "services_end".into(), date, evidence: None, note: None });
    let id = site.case(&case);
    let card = |id: &str| {
        let page = site.page(Lang::En, &format!("/case/{id}/rights"));
        let card = page.split("<section").find(|s| s.contains("id=\"us.bfcc_qio.services_ending_by_form\""));
        card.unwrap().to_string()
    };
    case.coverage.kind = Some("medicare_original".into());
    let original = card(&site.case(&case));
    assert!(original.contains("the quality organization: within 72 hours after that"), "{original}");
    let card = card(&id);
    assert!(card.contains("What happens then") && card.contains("decides soon after it has them"), "{card}");
    assert!(card.contains("If the answer is no") && card.contains("as soon as noon of the next day"), "{card}");
    assert!(card.contains("explain in writing, and in detail"), "{card}");
    let spanish = site.page(Lang::Es, &format!("/case/{id}/rights"));
    assert!(spanish.contains("Si la respuesta es no") && spanish.contains("mediodía del día siguiente"));
}

#[test]
fn a_word_file_in_the_packet_is_said_to_lose_its_form() {
    let site = Site::new();
    let id = site.case(&denied("erisa_self_funded", "not_medically_necessary"));
    let packet = || site.page(Lang::En, &format!("/case/{id}/packet"));
    assert!(!packet().contains("Word file:"));
    let bytes = site.download(&format!("/case/{id}/letter/thank_you/file/docx"));
    let paper = vec![Upload { field: "paper".into(), name: "note.docx".into(), bytes }];
    let seen = site.loaded(&id).revision.to_string();
    site.post(&format!("/case/{id}/papers"), &[("_seen", &seen), ("kind", "office_note")], paper).unwrap();
    for _ in 0..100 {
        if packet().contains("Word file:") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let page = packet();
    assert!(page.contains("This paper is a Word file:") && page.contains("save it as PDF"), "{page}");
}
