//! Which sentences of the papers a letter quotes for a reason: on papers written for the purpose (all invented).
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use common::{kb, paper, supports};
use course::{Speaker, Supports, walk};
use facts::Document;

/// What is quoted first for a reason from a speaker.
fn first<'s>(supports: &'s Supports, reason: &str, from: Speaker) -> Option<(&'s str, &'s str)> {
    let found = supports.answers.iter().find(|s| s.reason == reason && s.from == from);
    found.map(|s| (s.file.as_str(), s.quote.as_str()))
}

const SPINE: &str = r#"
[patient]
name = "Greta Muster"
[coverage]
kind = "medicare_advantage"
[claim]
kind = "pre_service"
service = "lumbar spinal fusion"
diagnosis = "spondylolisthesis"
[treating_physician]
name = "Leo Vorlage, MD"
[[denial]]
reason = "diagnosis_not_established"
quote = "Instability has not been shown."
"#;

#[test]
fn a_diagnosis_is_answered_by_the_treating_letter_and_by_the_record_that_names_it() {
    let letter = "Model Spine Clinic\nLeo Vorlage, MD, neurosurgery\n\nNovember 17, 2026\n\nMs. Muster's spine is unstable: 6 mm of movement at L4-L5 on films of\nSeptember 30, 2026. I request a lumbar spinal fusion.\n\nLeo Vorlage, MD\n";
    let films = "Flexion and extension films\n\nPatient: Greta Muster\n\nFindings: At L4-L5 the upper vertebra moves 6 mm.\n\nImpression: Spondylolisthesis with 6 mm of movement at L4-L5.\n";
    let papers = [paper("treating.txt", "treating_letter", letter), paper("films.txt", "imaging", films)];
    let found = supports(SPINE, &papers);
    let treating = "Ms. Muster's spine is unstable: 6 mm of movement at L4-L5 on films of September 30, 2026.";
    assert_eq!(first(&found, "diagnosis_not_established", Speaker::Treating), Some(("treating.txt", treating)));
    let record = "Impression: Spondylolisthesis with 6 mm of movement at L4-L5.";
    assert_eq!(first(&found, "diagnosis_not_established", Speaker::Record), Some(("films.txt", record)));
}

#[test]
fn a_record_that_denies_the_diagnosis_is_not_quoted() {
    let films = "Flexion and extension films\n\nPatient: Greta Muster\n\nImpression: No spondylolisthesis.\n";
    let found = supports(SPINE, &[paper("films.txt", "imaging", films)]);
    assert_eq!(found.answers, []);
}

#[test]
fn a_drug_that_was_tried_is_shown_by_the_record_of_it() {
    let notes = "Model Dermatology\n\nPatient: June Muster\n\nMay 1, 2025. Plaque psoriasis over 14 percent of the body. Methotrexate 15 mg a week begun.\n\nAugust 15, 2025. Liver values three times normal. Methotrexate stopped on medical advice.\nIt must not be given again.\n";
    let case = r#"
[patient]
name = "June Muster"
[claim]
service = "apremilast"
[[denial]]
reason = "step_therapy"
quote = "The plan requires a trial of methotrexate before this drug is covered."
[[treatment]]
what = "Methotrexate"
result = "liver values three times normal"
stopped_because = "stopped on medical advice"
source = "notes.txt"
page = 1
"#;
    let found = supports(case, &[paper("notes.txt", "office_note", notes)]);
    let quote = "Methotrexate stopped on medical advice.";
    assert_eq!(first(&found, "step_therapy", Speaker::Record), Some(("notes.txt", quote)));
}

#[test]
fn an_emergency_answers_a_missing_second_opinion() {
    let record = "Emergency admission record\n\nPatient: Carl Muster\n\nEmergency laminectomy at 2:10 in the morning of September 14, 2026. A delay for a second opinion would\nhave risked permanent paralysis and loss of bladder control.\n";
    let case = "[patient]\nname = \"Carl Muster\"\n[[denial]]\nreason = \"second_opinion_missing\"\nquote = \"Second surgical opinion not obtained.\"\n";
    let found = supports(case, &[paper("er.txt", "hospital_record", record)]);
    let quote = "A delay for a second opinion would have risked permanent paralysis and loss of bladder control.";
    assert_eq!(first(&found, "second_opinion_missing", Speaker::Record), Some(("er.txt", quote)));
}

const STROKE: &str = r#"
[patient]
name = "Peter Vorlage"
[claim]
kind = "urgent"
urgent = true
service = "acute inpatient rehabilitation"
[treating_physician]
name = "Ivo Probe, MD"
[[denial]]
reason = "level_of_care"
quote = "The member's needs can be met at a skilled nursing facility."
"#;

#[test]
fn the_word_of_the_treating_physician_that_waiting_is_dangerous_is_found_and_its_denial_is_not() {
    let letter = |says: &str| {
        let text = format!(
            "Sample General Hospital\n\nNovember 24, 2026\n\nMr. Vorlage had a stroke. {says} I ask for acute inpatient rehabilitation.\n\nIvo Probe, MD\n"
        );
        supports(STROKE, &[paper("treating.txt", "treating_letter", &text)]).urgency.map(|u| u.quote)
    };
    let said = "Waiting for the standard pace could seriously harm his ability to regain full function.";
    assert_eq!(letter(said).as_deref(), Some(said));
    // In the rule's own words, whatever is said to bring it about.
    let outright =
        "Ending his stay on Monday could seriously jeopardize his health and his ability to regain maximum function.";
    assert_eq!(letter(outright).as_deref(), Some(outright));
    for denial in [
        "Going home does not jeopardize his health.",
        "A delay would not harm his health.",
        "The risk of a short delay to his health is low.",
        "He is waiting for a bed.",
    ] {
        assert_eq!(letter(denial), None, "{denial}");
    }
}

#[test]
fn a_sentence_that_could_be_held_against_the_person_is_not_quoted() {
    let letter = "Model Clinic\n\nNovember 2, 2026\n\nMs. Ejemplo declined physical therapy. She completed six weeks of a home program without relief. I recommend total knee replacement.\n\nMarta Prueba, MD\n";
    let case = r#"
[patient]
name = "Ana Ejemplo"
[claim]
service = "total knee replacement"
[[denial]]
reason = "conservative_treatment_first"
quote = "Physical therapy has not been documented."
"#;
    let found = supports(case, &[paper("letter.txt", "treating_letter", letter)]);
    assert!(found.answers.iter().all(|s| !s.quote.contains("declined")), "{:?}", found.answers);
}

#[test]
fn a_quote_that_leans_on_the_sentence_before_takes_it_along() {
    let quotes = course::Quotes::load(kb()).unwrap();
    let page = "Model Clinic\n\nThe plan says that therapy was not documented. Both are shown:\n24 visits brought no relief.\n\nThis is certain beyond doubt to me.\n\nIs it needed? It is needed for this very knee.\n";
    let whole = |quote: &str| quotes.whole(quote, page);
    let both = "The plan says that therapy was not documented. Both are shown: 24 visits brought no relief.";
    assert_eq!(whole("Both are shown: 24 visits brought no relief.").as_deref(), Some(both));
    // Nothing stands before it in its paragraph; what stands before is a question.
    assert_eq!(whole("This is certain beyond doubt to me."), None);
    assert_eq!(whole("It is needed for this very knee."), None);
    // It stands alone, though it begins with the same word.
    assert!(quotes.stands_alone("It is my opinion that the knee must be replaced."));
    assert!(!quotes.stands_alone("Ambos datos constan en el expediente del paciente."));
    assert!(!quotes.stands_alone("Is the replacement of the knee needed now?"));
}

#[test]
fn an_abbreviation_does_not_end_the_sentence_that_is_taken_along() {
    let quotes = course::Quotes::load(kb()).unwrap();
    let page = "I agree with Dr. Prueba on the films. They show bone on bone contact.";
    let whole = "I agree with Dr. Prueba on the films. They show bone on bone contact.";
    assert_eq!(quotes.whole("They show bone on bone contact.", page).as_deref(), Some(whole));
}

#[test]
fn a_treating_letter_is_no_second_opinion() {
    let letter = "Model Clinic\n\nNovember 2, 2026\n\nMs. Ejemplo needs total knee replacement because the joint space is gone. I recommend total knee replacement.\n\nMarta Prueba, MD\n";
    let case = "[patient]\nname = \"Ana Ejemplo\"\n[claim]\nservice = \"total knee replacement\"\n[[denial]]\nreason = \"second_opinion_missing\"\nquote = \"Second opinion not obtained.\"\n";
    assert_eq!(supports(case, &[paper("letter.txt", "treating_letter", letter)]).answers, []);
}

#[test]
fn a_sentence_that_points_back_takes_along_what_it_points_to() {
    let quotes = course::Quotes::load(kb()).unwrap();
    let page = "The ODI score is 52 of 100.\nShe walks with a cane. Twelve weeks of therapy are recorded with the functional score above.\nPain is felt above the knee.";
    let pointing = "Twelve weeks of therapy are recorded with the functional score above.";
    assert_eq!(quotes.pointed_to(pointing, page).as_deref(), Some("The ODI score is 52 of 100."));
    assert_eq!(quotes.pointed_to("Pain is felt above the knee.", page), None);
    assert_eq!(quotes.pointed_to(pointing, pointing), None);
}

const HELD: &str = r#"
[patient]
name = "Greta Muster"
[coverage]
issuer = "Model Assurance"
[claim]
kind = "pre_service"
service = "lumbar spinal fusion"
[[denial]]
reason = "conservative_treatment_first"
quote = "The file does not show therapy."
criteria = ["At least 6 weeks of physical therapy"]
[second_opinion]
state = "received"
letter = "opinion.txt"
physician = { name = "Benito Muestra, MD" }
[choices]
attach_opinion = true
"#;

const OPINION: &str = "Alamo University Hospital\nNovember 20, 2026\nRe: Greta Muster\n\nTo Whom It May Concern:\n\nI was asked whether lumbar spinal fusion is medically necessary for Ms. Muster. My answer is yes.\n\nShe completed 12 weeks of physical therapy in 2026 without relief.\n\nSincerely,\n/s/ Benito Muestra, MD\n";

#[test]
fn an_opinion_that_stays_out_shows_no_criterion_and_is_quoted_for_nothing() {
    let made = |choice: &str, text: &str| {
        let case = common::case(&HELD.replace("attach_opinion = true", choice));
        let paper = paper("opinion.txt", "opinion_letter", text);
        walk(&case, &[paper], kb(), "2026-11-25".parse().unwrap(), "en").unwrap()
    };
    let shown = |w: &course::Walk| {
        let leaves = w.criteria.iter().flat_map(|c| &c.leaves);
        leaves.filter(|l| l.source.as_deref() == Some("opinion.txt")).count()
    };
    let sent = made("attach_opinion = true", OPINION);
    assert_eq!(shown(&sent), 1, "{:?}", sent.criteria);
    for held in [
        made("attach_opinion = false", OPINION),
        made(
            "attach_opinion = true",
            &OPINION.replace("Greta Muster", "Gerda Musterfrau").replace("Ms. Muster.", "Ms. Musterfrau."),
        ),
    ] {
        assert_eq!(shown(&held), 0, "{:?}", held.criteria);
        assert!(held.supports.answers.iter().all(|s| s.file != "opinion.txt"), "{:?}", held.supports);
    }
}

#[test]
fn a_list_of_what_was_read_documents_no_criterion() {
    let read = "I read the MRI report of June 4, 2026 and the notes of 12 weeks of physical therapy of 2026.";
    let text = OPINION.replace("She completed 12 weeks of physical therapy in 2026 without relief.", read);
    let case = common::case(HELD);
    let walk = walk(&case, &[paper("opinion.txt", "opinion_letter", &text)], kb(), "2026-11-25".parse().unwrap(), "en");
    let walk = walk.unwrap();
    let listed = walk.check.iter().flat_map(|c| &c.elements).find(|e| e.element == "records_reviewed").unwrap();
    assert!(listed.quote.is_some(), "the check sees the list");
    let leaves: Vec<_> = walk.criteria.iter().flat_map(|c| &c.leaves).collect();
    assert!(leaves.iter().all(|l| l.quote.is_none()), "{leaves:?}");
}

#[test]
fn a_bare_answer_takes_its_question_along_and_a_question_alone_is_no_answer() {
    let case = common::case(HELD);
    let walk =
        walk(&case, &[paper("opinion.txt", "opinion_letter", OPINION)], kb(), "2026-11-25".parse().unwrap(), "en");
    let walk = walk.unwrap();
    let check = walk.check.unwrap();
    let answer = check.elements.iter().find(|e| e.element == "question_and_answer").unwrap();
    assert_eq!(
        answer.quote.as_deref(),
        Some("I was asked whether lumbar spinal fusion is medically necessary for Ms. Muster. My answer is yes.")
    );
    let only_asked = "I was asked whether lumbar spinal fusion is medically necessary for Ms. Muster.";
    assert!(walk.supports.answers.iter().all(|s| s.quote != only_asked), "{:?}", walk.supports.answers);
}

const NURSING: &str = r#"
[patient]
name = "Greta Muster"
[coverage]
kind = "medicare_advantage"
[claim]
kind = "concurrent"
service = "skilled nursing care"
[treating_physician]
name = "Leo Vorlage, MD"
[[denial]]
reason = "custodial"
quote = "The patient no longer needs daily skilled care."
"#;
const REPORT: &str = "Model Therapy Center\nTherapy progress report\n\nPatient: Greta Muster\n\nPhysical therapy five days a week, walking with a walker and moderate assist.\nShe likes music. Assessment: she continues to need daily skilled nursing.\n\nPaula Muestra, MS, CCC-SLP\n";

#[test]
fn a_report_kept_as_the_treating_letter_speaks_for_nobody_who_does_not_sign_it() {
    let found = supports(NURSING, &[paper("report.txt", "treating_letter", REPORT)]);
    assert_eq!(found.unsigned, ["report.txt"]);
    assert_eq!(first(&found, "custodial", Speaker::Treating), None);
    let signed = REPORT.replace("Paula Muestra, MS, CCC-SLP", "Leo Vorlage, MD");
    assert_eq!(supports(NURSING, &[paper("report.txt", "treating_letter", &signed)]).unsigned, Vec::<String>::new());
}

#[test]
fn without_a_physicians_letter_the_records_speak_to_the_plans_words() {
    let said = |found: &Supports| -> Vec<String> {
        found.answers.iter().filter(|s| s.from == Speaker::Record).map(|s| s.quote.clone()).collect()
    };
    let found = said(&supports(NURSING, &[paper("report.txt", "therapy_note", REPORT)]));
    assert!(found.iter().any(|q| q.contains("continues to need daily skilled nursing")), "{found:?}");
    assert!(found.iter().any(|q| q.contains("moderate assist")), "{found:?}");
    assert!(!found.iter().any(|q| q.contains("music")), "{found:?}");
    // The same where nobody read the plan's reason.
    let unread = NURSING.split("[[denial]]").next().unwrap();
    let found = said(&supports(unread, &[paper("report.txt", "therapy_note", REPORT)]));
    assert!(found.iter().any(|q| q.contains("continues to need daily skilled nursing")), "{found:?}");
}

#[test]
fn the_denial_letters_own_sentences_on_what_is_missing_and_on_who_decided_are_found() {
    let denial = "Model Plan\n\nDear Ms. Muster:\n\nInstability has not been shown. The records submitted do not document movement on films.\nThis decision was made by Ada Probe, MD, board certified in Family Medicine.\n\nYou may appeal within 180 days if your records are not shown to us.\n";
    let found = supports(SPINE, &[paper("denial.txt", "denial_letter", denial)]);
    let says: Vec<&str> = found.plan_says.iter().map(|s| s.quote.as_str()).collect();
    assert_eq!(says, ["The records submitted do not document movement on films."]);
    let who = found.plan_reviewer.map(|s| s.quote);
    assert_eq!(who.as_deref(), Some("This decision was made by Ada Probe, MD, board certified in Family Medicine."));
    let labelled = [
        (
            "Instability has not been shown (Policy NEU-12). Reviewer: Ada Probe, MD, Dermatology.\n",
            "Reviewer: Ada Probe, MD, Dermatology.",
        ),
        (
            "Clinical reviewer: Ada Probe, PharmD, Model Plan    Case: 4471\nInstability has not been shown.\n",
            "Clinical reviewer: Ada Probe, PharmD, Model Plan",
        ),
    ];
    for (page, says) in labelled {
        let denial = format!("Model Plan\n\nDear Ms. Muster:\n\n{page}");
        let who = supports(SPINE, &[paper("denial.txt", "denial_letter", &denial)]).plan_reviewer.map(|s| s.quote);
        assert_eq!(who.as_deref(), Some(says));
    }
    let offered = "Model Plan\n\nInstability has not been shown.\nYour doctor may speak with the reviewer: call Model Plan, Peer Desk, 800-555-0100.\n";
    assert!(supports(SPINE, &[paper("denial.txt", "denial_letter", offered)]).plan_reviewer.is_none());
}

#[test]
fn a_definition_of_lettered_parts_is_answered_part_by_part() {
    let denial = "Model Plan\n\nThe drug is experimental.\n\nYour contract says: \"Experimental means a drug that (a) is not approved by the U.S. Food and Drug Administration; or (b) is in a phase I trial.\"\n";
    let case = r#"
[patient]
name = "Greta Muster"
[claim]
service = "modelimab"
[[denial]]
reason = "experimental_investigational"
quote = "The drug is experimental."
"#;
    let found = supports(case, &[paper("denial.txt", "denial_letter", denial)]).definition;
    let parts: Vec<(char, &str)> = found.iter().map(|p| (p.mark, p.plan.as_str())).collect();
    let first = "(a) is not approved by the U.S. Food and Drug Administration";
    assert_eq!(parts, [('a', first), ('b', "(b) is in a phase I trial")]);
    assert!(found.iter().all(|p| p.answer.is_none()), "no opinion, no answer: {found:?}");
}

/// A writer's numbers, the plan's own words and bare support answer no reason; what meets the plan's point does.
#[test]
fn what_only_retells_or_praises_answers_no_reason() {
    let case = r#"
[patient]
name = "Ana Ejemplo"
[claim]
service = "flap reconstruction"
[treating_physician]
name = "Marta Prueba, MD"
[[denial]]
reason = "not_medically_necessary"
quote = "An implant is a less costly alternative to flap reconstruction."
"#;
    let letter = "Model Clinic\n\nNovember 2, 2026\n\nI recommend flap reconstruction. I perform about 120 flap reconstructions a year. \
                  You write that \"an implant is a less costly alternative to flap reconstruction.\" The implant failed in 2025 and the field is radiated, so \
                  flap reconstruction is medically necessary.\n\nMarta Prueba, MD\n";
    let found = supports(case, &[paper("letter.txt", "treating_letter", letter)]);
    let quotes: Vec<&str> = found.answers.iter().map(|s| s.quote.as_str()).collect();
    assert!(quotes.iter().any(|q| q.contains("failed in 2025")), "{quotes:?}");
    assert!(!quotes.iter().any(|q| q.contains("120 flap") || q.contains("You write")), "{quotes:?}");
}

/// Sentences of the treating physician that meet the plan's own words are found, whatever else they tell.
#[test]
fn the_treating_physicians_sentence_on_the_plans_point_is_found() {
    let case = r#"
[patient]
name = "Ana Ejemplo"
[claim]
service = "personal care"
[treating_physician]
name = "Marta Prueba, MD"
[[denial]]
reason = "not_medically_necessary"
quote = "Informal supports are able to help with evening meals and bathing."
"#;
    let said = "Her daughter works from 2 p.m. to 11 p.m. and cannot help with evening meals or bathing.";
    let letter = format!(
        "Model Clinic\n\nNovember 2, 2026\n\nI support personal care for Ms. Ejemplo: it is medically necessary. {said}\n\nMarta Prueba, MD\n"
    );
    let found = supports(case, &[paper("letter.txt", "treating_letter", &letter)]);
    assert!(found.answers.iter().any(|s| s.quote == said), "{:?}", found.answers);
}

/// The ground of a physician's no stands before it as often as after; thanks and ties are no part of it, and a low figure is no warning.
#[test]
fn the_reason_for_a_no_is_told_with_its_ground_and_without_courtesies() {
    let facts = r#"
[patient]
name = "Ana Ejemplo"
[claim]
service = "tezepelumab"
[[denial]]
reason = "not_medically_necessary"
"#;
    let letter = "Model Clinic\n\nNovember 2, 2026\n\nI saw Ms. Ejemplo on October 20, 2026. Her predicted risk of 1.3 percent is low. As long as she takes her \
                  inhaler every third day nobody can know what it does. I do not support tezepelumab at this time. Nothing to disclose; I do not speak for \
                  any maker.\n\nMarta Prueba, MD\n";
    let document = Document::from_text("opinion.txt", letter);
    let case = common::case(facts);
    let check = opinion::check(&case, &document, common::kb());
    let told = course::adverse(&check, &document, common::kb()).unwrap();
    let told = told.unwrap_or_else(|| panic!("{}: no answer against the care", check.outcome));
    let reason = told.reason.map(|r| r.quote).unwrap_or_default();
    assert!(reason.contains("every third day") && reason.contains("I do not support"), "{reason}");
    assert!(!reason.contains("disclose"), "{reason}");
    assert!(told.warnings.is_empty(), "{:?}", told.warnings);
    let grave = letter
        .replace("Her predicted risk of 1.3 percent is low.", "Her predicted risk of a fatal stroke is 30 percent.");
    let document = Document::from_text("opinion.txt", grave);
    let check = opinion::check(&case, &document, common::kb());
    let told = course::adverse(&check, &document, common::kb()).unwrap().unwrap();
    assert!(told.warnings.iter().any(|w| w.quote.contains("fatal stroke")), "{:?}", told.warnings);
}

const OFFERED: &str = r#"
[patient]
name = "Ruth Vorlage"
[claim]
kind = "urgent"
urgent = true
service = "cochlear implant, right ear"
[treating_physician]
name = "Ivo Probe, MD"
[second_opinion]
state = "received"
letter = "opinion.txt"
physician = { name = "Ingrid Muster, MD" }
[choices]
attach_opinion = true
[[denial]]
reason = "not_medically_necessary"
quote = "The score of 52 percent in the best aided condition is above the plan's limit of 40 percent."
[[denial]]
reason = "benefit_exclusion"
quote = "Off-label use is new. It is not covered."
"#;

fn offered(told: &str) -> Supports {
    let text = format!(
        "Model University Hospital\nIngrid Muster, MD\n\nNovember 20, 2026\n\nRe: Ruth Vorlage\n\nTo the Medical Director:\n\nI was asked whether a cochlear implant in the right ear is medically necessary for Ms. Vorlage. Yes. I agree with the request as made, and the implant is medically necessary.\n\nI am certified by the American Board of Otolaryngology. I have no tie to Dr. Probe.\n\nI examined her on November 16, 2026 and read the audiogram of October 12, 2026. She has severe hearing loss in both ears.\n\n{told}\n\nSigned: Ingrid Muster, MD, November 20, 2026\n"
    );
    supports(OFFERED, &[paper("opinion.txt", "opinion_letter", &text)])
}

#[test]
fn what_the_letter_answers_to_the_plans_words_stands_first_and_the_plans_words_never() {
    let answer = "Medicare's determination sets the limit at 60 percent, and a plan may not be stricter.";
    let found = offered(&format!(
        "Your letter says that a score of \"52 percent in the best aided condition is above the plan's limit of 40 percent.\" {answer} She meets it at 52 percent.\n\nThe plan says \"Off-label use is new. It is not covered.\" The law of the State requires coverage (Minn. Stat. 62A.043) of this very use."
    ));
    let of = |reason: &str| -> Vec<&str> {
        let second = found.answers.iter().filter(|s| s.reason == reason && s.from == Speaker::Second);
        second.map(|s| s.quote.as_str()).collect()
    };
    assert_eq!(of("not_medically_necessary").first().copied(), Some(answer), "{:?}", found.answers);
    let law = "The law of the State requires coverage (Minn. Stat. 62A.043) of this very use.";
    assert_eq!(of("benefit_exclusion").first().copied(), Some(law), "{:?}", found.answers);
}

#[test]
fn a_death_that_is_near_is_a_physicians_word_that_waiting_is_dangerous() {
    let urgency = |says: &str| offered(says).urgency.map(|u| u.quote);
    for said in [
        "She will probably die within weeks if she is not treated.",
        "Without treatment within about 48 to 72 hours the risk of losing both ears is above 80 percent.",
    ] {
        assert_eq!(urgency(said).as_deref(), Some(said));
    }
    for not in ["It is unlikely that she will die within weeks.", "Her mother died within days of a stroke."] {
        assert_eq!(urgency(not), None, "{not}");
    }
}
