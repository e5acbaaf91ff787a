//! The facts of the records that a letter must tell for a reason, and what the second physician says to which: all papers invented.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use common::{paper, supports};
use course::{Speaker, Supports};

fn quotes(found: &Supports, reason: &str, from: Speaker) -> Vec<String> {
    found.answers.iter().filter(|s| s.reason == reason && s.from == from).map(|s| s.quote.clone()).collect()
}

fn denied(reason: &str, plan: &str) -> String {
    format!(
        "[patient]\nname = \"Greta Muster\"\n[coverage]\nissuer = \"Model Assurance\"\n[claim]\nservice = \"the care\"\n[[denial]]\nreason = \"{reason}\"\nquote = \"{plan}\"\n"
    )
}

/// What was supervised, tolerated and lost is told, in whole sentences of the paper without its letterhead.
#[test]
fn the_records_facts_for_a_level_of_care_are_told() {
    let note = "Model Hospital\nRehabilitation consultation, November 24, 2026\nPatient: Greta Muster\nStroke November 17, 2026. Left arm 2/5, left leg 3/5. Needs physical and\nspeech therapy. She tolerates three hours of therapy a day, and took part\nfully on November 22, 23 and 24. She requires a rehabilitation physician at least\nthree times a week because of labile blood pressure. She likes music.\n";
    let case = denied("level_of_care", "Your needs can be met in a skilled nursing facility.");
    let said = quotes(&supports(&case, &[paper("note.txt", "office_note", note)]), "level_of_care", Speaker::Record);
    for wanted in [
        "She tolerates three hours of therapy a day, and took part fully on November 22, 23 and 24.",
        "She requires a rehabilitation physician at least three times a week because of labile blood pressure.",
        "Needs physical and speech therapy.",
    ] {
        assert!(said.iter().any(|q| q == wanted), "{wanted}: {said:?}");
    }
    assert!(!said.iter().any(|q| q.contains("music") || q.contains("Model Hospital")), "{said:?}");
}

/// The loss of function and what was tried answer "cosmetic"; a sentence too short to stand alone takes the one before it along.
#[test]
fn function_and_what_was_tried_answer_cosmetic() {
    let note = "Model Therapy\nAugust 20, 2026. Greta Muster\n12 visits from May 26 to August 18, 2026 for neck and shoulder pain. No lasting relief.\nDeep shoulder grooves; intertrigo treated twice.\nHer mother has shoulder pain, too.\n";
    let found = supports(&denied("cosmetic", "The procedure is cosmetic."), &[paper("pt.txt", "office_note", note)]);
    let said = quotes(&found, "cosmetic", Speaker::Record);
    let visits = "12 visits from May 26 to August 18, 2026 for neck and shoulder pain. No lasting relief.";
    assert_eq!(said, [visits, "Deep shoulder grooves; intertrigo treated twice."]);
}

/// A letter never argues against the person: what a record says of strength, of care that was not taken, or of somebody else is not
/// chosen, for no reason of the plan.
#[test]
fn what_would_speak_against_the_person_is_not_told() {
    let adverse = [
        "She walks two miles a day without pain.",
        "Pain improved by 80 percent after six weeks of therapy.",
        "The right knee has full range of motion and strength is 5 of 5.",
        "She attended only 2 of 12 visits of therapy and stopped because of other plans.",
        "She declined an injection.",
        "Pain is 2 of 10 at its maximum.",
        "Weight 82 kg, BMI 29.",
        "She does not need help with bathing or dressing.",
        "She has no numbness, no weakness and no falls.",
        "After breakfast she takes her vitamins.",
        "She works as a nurse and exercises three times a week.",
        "Surgery is not needed at this time.",
        "There is no risk of collapse.",
        "Her husband had a stroke and lost his speech, and he cannot walk.",
        "She needs to lose weight before surgery.",
        "She failed to attend physical therapy.",
        "He is independent with transfers and requires no assistance of any kind.",
        "She wants a smaller size for her appearance and requires new clothes.",
        "She smokes despite advice.",
        "Goals met, and no longer needs help with stairs.",
        "Duerme bien y camina sin dolor.",
        "Ya no necesita ayuda para bañarse.",
    ];
    let note =
        format!("Model Clinic\nOffice note, September 3, 2026\nPatient: Greta Muster\n\n{}\n", adverse.join("\n\n"));
    for reason in [
        "not_medically_necessary",
        "conservative_treatment_first",
        "level_of_care",
        "cosmetic",
        "custodial",
        "step_therapy",
        "information_missing",
        "experimental_investigational",
    ] {
        let found = supports(&denied(reason, "We deny it."), &[paper("note.txt", "office_note", &note)]);
        assert_eq!(quotes(&found, reason, Speaker::Record), [""; 0], "{reason}");
    }
}

/// The same kinds of sentences, told of a need, a loss or a failure, are chosen.
#[test]
fn needs_losses_and_failures_are_told() {
    for (reason, said) in [
        ("not_medically_necessary", "She cannot walk more than one block."),
        ("not_medically_necessary", "Impression: Advanced osteoarthritis of the right knee, grade 4."),
        ("not_medically_necessary", "Therapy brought no lasting relief, and the weakness of the leg is worse."),
        ("conservative_treatment_first", "She attended 24 visits of physical therapy over 25 weeks."),
        ("step_therapy", "Sumatriptan taken in 2021 caused chest pain and was stopped."),
        ("level_of_care", "Transfers need the help of one person."),
        ("level_of_care", "Discharged as not improved; step up to 24-hour care advised."),
        ("cosmetic", "Deep shoulder grooves; intertrigo treated twice."),
        ("custodial", "The wound requires dressing changes by a nurse."),
        ("not_medically_necessary", "No puede caminar más de una cuadra."),
    ] {
        let note = format!("Model Clinic\nOffice note, September 3, 2026\nPatient: Greta Muster\n\n{said}\n");
        let found = supports(&denied(reason, "We deny it."), &[paper("note.txt", "office_note", &note)]);
        assert_eq!(quotes(&found, reason, Speaker::Record), [said], "{reason}");
    }
}

/// A sentence that documents a criterion is not told again as a fact, wherever the paper breaks its lines.
#[test]
fn a_sentence_that_documents_a_criterion_is_told_once() {
    let note = "Model Program\n\nAdmission weight 44.0 kg, discharge weight 40.0 kg, 78\npercent of expected body weight. Discharged as not improved.\n";
    let plan = denied("level_of_care", "Your child does not need 24-hour care.");
    let case = format!("{plan}criteria = [\"Weight below 85 percent of expected body weight\"]\n");
    let said = quotes(&supports(&case, &[paper("note.txt", "office_note", note)]), "level_of_care", Speaker::Record);
    let weights = said.iter().filter(|q| q.contains("Admission weight")).count();
    assert_eq!(weights, 1, "{said:?}");
}

const TWO: &str = r#"
[patient]
name = "Greta Muster"
[coverage]
issuer = "Model Assurance"
[claim]
kind = "pre_service"
service = "proton beam radiation therapy"
diagnosis = "squamous cell carcinoma"
[[denial]]
reason = "experimental_investigational"
quote = "Proton beam therapy is experimental because its effectiveness has not been established in the literature."
[[denial]]
reason = "not_medically_necessary"
quote = "Intensity modulated radiation therapy is an equally effective, less costly alternative."
[second_opinion]
state = "received"
letter = "opinion.txt"
physician = { name = "Benito Muestra, MD" }
[choices]
attach_opinion = true
"#;

/// "For this patient it is not" is read with what it denies, and under the reason that this names; a bare diagnosis answers neither.
#[test]
fn an_answer_that_turns_on_the_sentence_before_goes_with_it_under_its_reason() {
    let letter = "Alamo University Hospital\nNovember 20, 2026\nRe: Greta Muster\n\nDiagnosis: squamous cell carcinoma of the base of tongue in an irradiated field.\n\nI was asked whether proton beam radiation therapy is medically necessary for Ms. Muster. Yes. I recommend proton beam radiation therapy.\n\nThe plan calls the treatment experimental. It is not. Prueba and colleagues (Model Journal 2016) reported acceptable toxicity with proton therapy.\n\nThe plan says that intensity modulated radiation therapy is equally effective. For this patient it is not: the plan of October 28 shows 22 Gy against 3 Gy.\n\nSincerely,\n/s/ Benito Muestra, MD\n";
    let found = supports(TWO, &[paper("opinion.txt", "opinion_letter", letter)]);
    let first = quotes(&found, "experimental_investigational", Speaker::Second);
    let second = quotes(&found, "not_medically_necessary", Speaker::Second);
    assert!(first.iter().any(|q| q == "The plan calls the treatment experimental. It is not."), "{first:?}");
    assert!(first.iter().any(|q| q.contains("Model Journal 2016")), "{first:?}");
    assert!(!first.iter().any(|q| q.contains("22 Gy")), "{first:?}");
    let whole = "The plan says that intensity modulated radiation therapy is equally effective. For this patient it is not: the plan of October 28 shows 22 Gy against 3 Gy.";
    assert_eq!(second.first().map(String::as_str), Some(whole), "{second:?}");
    assert!(!second.iter().any(|q| q.starts_with("Diagnosis")), "{second:?}");
}

/// The paper that the plan says it did not get lies in the packet, says who signed it and that it was sent.
#[test]
fn a_paper_that_the_plan_misses_and_that_is_here_is_found() {
    let note = "Model Therapy\nSeating evaluation, October 5, 2026. Patient: Greta Muster\nShe cannot propel a manual chair.\nSent by fax to Model Assurance on October 7, 2026.\nSigned: Joan Ejemplo, OTR/L\n";
    let plan = "We did not receive a seating evaluation by a therapist.";
    let record =
        "[[record]]\nfile = \"seating.txt\"\nkind = \"office_note\"\ntitle = \"Seating evaluation, Model Therapy\"\n";
    let case = format!("{}{record}", denied("information_missing", plan));
    let found = supports(&case, &[paper("seating.txt", "office_note", note)]).named_papers;
    let says: Vec<&str> = found.iter().flat_map(|n| &n.says).map(|(quote, _)| quote.as_str()).collect();
    assert_eq!(says, ["Signed: Joan Ejemplo, OTR/L", "Sent by fax to Model Assurance on October 7, 2026."]);
    let other = case.replace("Seating evaluation,", "Office note,");
    assert_eq!(supports(&other, &[paper("seating.txt", "office_note", note)]).named_papers, []);
}

/// A stay in the hospital within days is a harm that waiting does.
#[test]
fn a_hospital_admission_within_days_is_a_harm_of_waiting() {
    let letter = "Alamo University Hospital\nNovember 20, 2026\nRe: Greta Muster\n\nI was asked whether proton beam radiation therapy is medically necessary for Ms. Muster. Yes. I recommend proton beam radiation therapy. Without it I expect bleeding to worsen within days and hospital admission to follow.\n\nSincerely,\n/s/ Benito Muestra, MD\n";
    let found = supports(TWO, &[paper("opinion.txt", "opinion_letter", letter)]);
    let said = "Without it I expect bleeding to worsen within days and hospital admission to follow.";
    assert_eq!(found.urgency.map(|u| u.quote).as_deref(), Some(said));
}
