//! What an appeal quotes of the enclosed papers, and who says that waiting is dangerous. All cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use common::{kb, text};
use course::{DefinitionPart, PlanSays, Speaker, Support, Supports, Urgent};
use draft::{CriteriaRow, CriterionState, Document, Inputs, draft};
use facts::{Case, Outcome};

const CASE: &str = r#"
[patient]
name = "Peter Vorlage"
state = "PA"
role = "representative"
representative = "Maria Vorlage"
relation = "wife"
[coverage]
kind = "erisa_insured"
issuer = "Model Assurance"
[claim]
kind = "urgent"
urgent = true
service = "acute inpatient rehabilitation"
[choices]
expedite = true
[[event]]
kind = "notice_received"
date = 2026-11-20
[[denial]]
reason = "not_medically_necessary"
quote = "The records do not show the need."
[[denial]]
reason = "level_of_care"
quote = "The needs can be met at a skilled nursing facility."
[[record]]
file = "therapy.pdf"
kind = "therapy_note"
title = "Therapy evaluation"
[[record]]
file = "treating.pdf"
kind = "treating_letter"
[treating_physician]
name = "Ivo Probe, MD"
"#;

fn said(reason: &str, from: Speaker, quote: &str) -> Support {
    let file = if from == Speaker::Treating { "treating.pdf" } else { "therapy.pdf" };
    Support { reason: reason.into(), from, file: file.into(), page: 2, quote: quote.into(), strong: false }
}

fn urgent(file: &str, quote: &str, from: Speaker) -> Urgent {
    Urgent { file: file.into(), page: 1, quote: quote.into(), from }
}

fn letter(case: &str, name: &str, supports: &Supports, criteria: &[CriteriaRow]) -> Outcome<Document> {
    letter_with(case, name, supports, criteria, None)
}

fn letter_with(
    case: &str,
    name: &str,
    supports: &Supports,
    criteria: &[CriteriaRow],
    check: Option<&opinion::Check>,
) -> Outcome<Document> {
    let case = Case::parse(case).unwrap();
    let today = jiff::civil::date(2026, 11, 25);
    let entitlements = rights::entitlements(&case, kb(), today);
    let supports = Some(supports);
    let inputs = Inputs {
        case: &case,
        entitlements: &entitlements,
        plan: None,
        check,
        criteria,
        supports,
        kb: kb(),
        today,
        language: "en",
        stage: None,
    };
    draft(name, &inputs).unwrap()
}

fn lines(document: &Document) -> Vec<String> {
    text(document).replace('\u{a0}', " ").lines().map(str::to_string).collect()
}

const NEED: &str = "He needs a physician's visit at least three times a week.";
const HOURS: &str = "He completed three hours of therapy on each of three days.";

#[test]
fn each_reason_is_answered_in_the_physicians_and_the_records_own_words_with_exhibit_and_page() {
    let answers = vec![
        said("not_medically_necessary", Speaker::Treating, NEED),
        said("not_medically_necessary", Speaker::Record, HOURS),
        said("level_of_care", Speaker::Treating, NEED),
        said("level_of_care", Speaker::Treating, "A lower level of care cannot give this."),
    ];
    let drafted = letter(CASE, "appeal_letter", &Supports { answers, ..Supports::default() }, &[]);
    let lines = lines(&drafted.value);
    let at =
        |wanted: &str| lines.iter().position(|l| l == wanted).unwrap_or_else(|| panic!("no `{wanted}` in\n{lines:#?}"));
    let second = at(
        "The facts that call for this level of care, and not a lower one, are set out in this letter with the page for each.",
    );
    assert_eq!(lines[at(&format!("“{NEED}” (Exhibit A, p. 2)")) - 1], "Dr. Probe, who treats Peter Vorlage, writes:");
    assert_eq!(lines[at(&format!("“{HOURS}” (Exhibit B, p. 2)")) - 1], "From the medical record:");
    // What stands in the letter already is not said again where there is another sentence.
    let other = at("“A lower level of care cannot give this.” (Exhibit A, p. 2)");
    assert!(other > second);
    assert_eq!(lines[other - 1], "Dr. Probe writes:");
    assert_eq!(lines.iter().filter(|l| l.contains(NEED)).count(), 1);
    assert!(!lines.iter().any(|l| l.contains("is enclosed (Exhibit A)")), "{lines:#?}");
}

#[test]
fn a_paper_that_stays_out_of_the_packet_is_not_quoted() {
    let held = CASE.replace("kind = \"treating_letter\"", "kind = \"treating_letter\"\ninclude = false");
    let answers = vec![said("level_of_care", Speaker::Treating, NEED)];
    let urgency = Some(urgent("treating.pdf", "Waiting could harm his health.", Speaker::Treating));
    let drafted = letter(&held, "appeal_letter", &Supports { answers, urgency, ..Supports::default() }, &[]);
    let letter = text(&drafted.value);
    assert!(!letter.contains(NEED) && !letter.contains("Waiting could harm his health."), "{letter}");
    assert!(drafted.findings.iter().any(|f| f.code == "urgency_not_certified"), "{:?}", drafted.findings);
}

#[test]
fn a_table_of_criteria_that_quotes_the_letter_answers_by_itself() {
    let row = CriteriaRow {
        criterion: "Needs a physician's visit three times a week".into(),
        state: CriterionState::Met,
        exhibit: Some("treating.pdf".into()),
        page: Some(2),
        quote: Some(NEED.into()),
        also: None,
    };
    let answers = vec![said("not_medically_necessary", Speaker::Treating, "He is weak.")];
    let drafted = letter(CASE, "appeal_letter", &Supports { answers, ..Supports::default() }, &[row]);
    let letter = text(&drafted.value);
    assert!(letter.contains(NEED) && !letter.contains("He is weak."), "{letter}");
}

#[test]
fn a_fast_appeal_names_the_physician_who_says_that_waiting_is_dangerous() {
    let words = "Waiting for the standard pace could seriously harm his ability to regain full function.";
    let urgency = Some(urgent("treating.pdf", words, Speaker::Treating));
    let drafted = letter(CASE, "appeal_letter", &Supports { urgency, ..Supports::default() }, &[]);
    let lines = lines(&drafted.value);
    let at =
        lines.iter().position(|l| *l == format!("“{words}” (Exhibit A, p. 1)")).unwrap_or_else(|| panic!("{lines:#?}"));
    assert_eq!(lines[at - 1], "Dr. Probe, who treats Peter Vorlage, says so:");
    let without = letter(CASE, "appeal_letter", &Supports::default(), &[]);
    assert!(!text(&without.value).contains("says so"));
    assert!(without.findings.iter().any(|f| f.code == "urgency_not_certified"), "{:?}", without.findings);
}

#[test]
fn who_writes_for_another_says_what_they_are_to_the_patient_and_where_the_authorization_is() {
    let head = |case: &str| {
        let drafted = letter(case, "appeal_letter", &Supports::default(), &[]);
        let told = drafted.findings.iter().any(|f| f.code == "authorization_not_enclosed");
        (lines(&drafted.value)[..2].to_vec(), told)
    };
    let (said, told) = head(CASE);
    assert_eq!(said[0], "I write on behalf of Peter Vorlage, as the patient's wife.");
    assert_eq!(
        (said[1].as_str(), told),
        ("The signed authorization goes with this letter or follows it without delay.", true)
    );
    let form = "[[record]]\nfile = \"form.pdf\"\nkind = \"authorization_form\"\n";
    let (said, told) = head(&format!("{CASE}{form}").replace("relation = \"wife\"\n", ""));
    assert_eq!(said[0], "I write on behalf of Peter Vorlage.");
    assert_eq!((said[1].as_str(), told), ("The signed authorization is enclosed (Exhibit C).", false));
    let (said, told) = head(&CASE.replace("erisa_insured", "medicare_advantage"));
    assert!(said[1].contains("(form CMS-1696)") && told, "{said:?}");
    let (said, told) = head(&CASE.replace("role = \"representative\"", "role = \"parent\""));
    assert!(
        said[0] == "I write for my child, Peter Vorlage." && !said[1].contains("authorization") && !told,
        "{said:?}"
    );
}

#[test]
fn the_request_for_external_review_beside_the_appeal_speaks_of_no_final_decision() {
    let drafted = letter(CASE, "external_review_request", &Supports::default(), &[]);
    let letter = text(&drafted.value);
    assert!(letter.contains("independent external review of the decision of Model Assurance"), "{letter}");
    assert!(letter.contains("An expedited appeal is made to Model Assurance at the same time."), "{letter}");
    assert_eq!(drafted.value.salutation.as_deref(), Some("Dear Reviewer:"));
    let after = CASE.replace("kind = \"notice_received\"", "kind = \"final_notice_received\"");
    let letter = text(&self::letter(&after, "external_review_request", &Supports::default(), &[]).value);
    assert!(
        letter.contains("of the final decision of Model Assurance") && !letter.contains("at the same time"),
        "{letter}"
    );
}

#[test]
fn what_the_writer_is_to_the_patient_stands_in_the_language_of_the_letter() {
    let spanish = CASE.replace("role = \"representative\"", "language = \"es\"\nrole = \"representative\"");
    let copy = letter(&spanish, "reading_copy", &Supports::default(), &[]).value;
    assert!(text(&copy).contains("como su esposa"), "{}", text(&copy));
    let cousin = letter(&CASE.replace("\"wife\"", "\"cousin\""), "appeal_letter", &Supports::default(), &[]).value;
    assert!(text(&cousin).contains("as the patient's cousin."), "a word that no list has stays");
}

#[test]
fn a_copy_to_read_is_in_the_persons_language_and_cannot_be_taken_for_the_letter() {
    let spanish = CASE.replace("role = \"representative\"", "language = \"es\"\nrole = \"patient\"");
    let copy = letter(&spanish, "reading_copy", &Supports::default(), &[]).value;
    assert_eq!((copy.language.as_str(), copy.mark.as_deref(), &copy.closing), ("es", Some("NO ENVIAR"), &None));
    assert!(text(&copy).starts_with("Esta copia es para que usted la lea. No la envíe"), "{}", text(&copy));
    let sent = letter(&spanish, "appeal_letter", &Supports::default(), &[]);
    assert_eq!((sent.value.language.as_str(), &sent.value.mark), ("en", &None));
    assert!(sent.findings.iter().any(|f| f.code == "reading_copy" && f.message.contains("en español")));
}

#[test]
fn an_author_who_may_be_a_physician_of_the_case_is_told_to_the_person_and_not_to_the_plan() {
    let work = "[[reference]]\ntitle = \"An invented trial\"\nauthors = [\"Probe I\", \"Inventada K\"]\njournal = \"Journal of Examples\"\nyear = 2023\nkind = \"article\"\nsource = \"person\"\n";
    let found = |case: &str| {
        let drafted = letter(case, "appeal_letter", &Supports::default(), &[]);
        assert!(!text(&drafted.value).contains("same person"));
        drafted.findings.iter().any(|f| f.code == "author_is_a_physician_of_the_case")
    };
    assert!(found(&format!("{CASE}{work}")));
    assert!(!found(&format!("{CASE}{}", work.replace("Probe I", "Probe K"))));
}

#[test]
fn what_could_be_used_against_the_person_or_leans_on_another_sentence_is_not_quoted_from_the_opinion() {
    let element = |element: &str, quote: &str| opinion::ElementState {
        element: element.into(),
        state: "present".into(),
        quote: Some(quote.into()),
        page: Some(1),
        ask: None,
    };
    let (promise, leaning, plain) = (
        "He will walk without any help in a month.",
        "Both are shown in the record of the hospital.",
        "Such rehabilitation in the first weeks is the standard of care after a stroke.",
    );
    let check = opinion::Check {
        outcome: "confirms".into(),
        outcome_quote: Some(promise.into()),
        outcome_page: Some(1),
        elements: vec![
            element("question_and_answer", promise),
            element("harm_of_delay", leaning),
            element("standard_of_care", plain),
        ],
        reasons_answered: vec![],
        hazards: vec![opinion::Hazard { hazard: "guarantee".into(), quote: promise.into(), page: 1 }],
        attach: "after_changes".into(),
        next: vec![],
        findings: vec![],
    };
    let opinion = "[second_opinion]\nstate = \"received\"\nseen = \"in_person\"\nletter = \"opinion.pdf\"\n[second_opinion.physician]\nname = \"Benito Muestra, MD\"\n";
    let supports = Supports { leaning: vec![leaning.into()], ..Supports::default() };
    let chosen = CASE.replace("expedite = true", "expedite = true\nattach_opinion = true");
    let letter = text(&letter_with(&format!("{chosen}{opinion}"), "appeal_letter", &supports, &[], Some(&check)).value);
    assert!(letter.contains(plain), "{letter}");
    assert!(!letter.contains(promise) && !letter.contains(leaning), "{letter}");
    assert!(
        letter.contains("Dr. Muestra saw Peter Vorlage in person.") && !letter.contains("in person and writes"),
        "{letter}"
    );
}

#[test]
fn a_letter_that_the_treating_physician_does_not_sign_is_quoted_as_a_paper_and_under_nobodys_name() {
    let from_paper = Support { file: "treating.pdf".into(), ..said("level_of_care", Speaker::Record, NEED) };
    let unsigned = vec!["treating.pdf".to_string()];
    let drafted =
        letter(CASE, "appeal_letter", &Supports { answers: vec![from_paper], unsigned, ..Supports::default() }, &[]);
    let lines = lines(&drafted.value);
    let at = lines.iter().position(|l| l.contains(NEED)).unwrap_or_else(|| panic!("{lines:#?}"));
    assert_eq!(lines[at - 1], "From the medical record:");
    assert!(
        !lines.iter().any(|l| l.contains("Probe") && (l.contains("writes") || l.contains("letter of"))),
        "{lines:#?}"
    );
}

#[test]
fn sentences_of_records_stand_together_under_one_lead_where_they_speak_to_the_plans_words() {
    let strong = |quote: &str| Support { strong: true, ..said("level_of_care", Speaker::Record, quote) };
    let answers = vec![
        strong(HOURS),
        strong("He needs two people to stand."),
        said("level_of_care", Speaker::Record, "He is 70."),
    ];
    let drafted = letter(CASE, "appeal_letter", &Supports { answers, ..Supports::default() }, &[]);
    let said = text(&drafted.value);
    assert!(
        said.contains(HOURS) && said.contains("He needs two people to stand.") && !said.contains("He is 70."),
        "{said}"
    );
    assert_eq!(said.matches("From the medical record:").count(), 1, "{said}");
}

#[test]
fn what_the_plan_says_beside_its_reason_is_quoted_with_its_page() {
    let why = "The records do not document three hours of therapy a day.";
    let plan = format!("{CASE}[[record]]\nfile = \"denial.pdf\"\nkind = \"denial_letter\"\n");
    let says = PlanSays { denial: 0, file: "denial.pdf".into(), page: 1, quote: why.into() };
    let drafted = letter(&plan, "appeal_letter", &Supports { plan_says: vec![says], ..Supports::default() }, &[]);
    let lines = lines(&drafted.value);
    let at = lines.iter().position(|l| *l == format!("“{why}” (Exhibit A, p. 1)"));
    let at = at.unwrap_or_else(|| panic!("{lines:#?}"));
    assert!(lines[at - 1].starts_with("“The records do not show the need.”"), "{lines:#?}");
}

#[test]
fn who_decided_first_is_said_where_that_field_is_not_the_one_at_issue() {
    let plan =
        format!("{CASE}specialty = \"neurology\"\n[[record]]\nfile = \"denial.pdf\"\nkind = \"denial_letter\"\n");
    let of = |quote: &str| {
        let who = PlanSays { denial: 0, file: "denial.pdf".into(), page: 1, quote: quote.into() };
        let supports = Supports { plan_reviewer: Some(who), ..Supports::default() };
        text(&letter(&plan, "appeal_letter", &supports, &[]).value).contains(quote)
    };
    assert!(of("The reviewer was Ada Probe, MD, Family Medicine."));
    assert!(!of("The reviewer was Ada Probe, MD, Neurology."));
    // Where nobody says in which field the physician works, the care and the condition say in which one a reviewer should.
    let plan =
        plan.replace("specialty = \"neurology\"\n", "").replace("[claim]\n", "[claim]\ndiagnosis = \"Stroke\"\n");
    let of = |quote: &str| {
        let who = PlanSays { denial: 0, file: "denial.pdf".into(), page: 1, quote: quote.into() };
        let supports = Supports { plan_reviewer: Some(who), ..Supports::default() };
        text(&letter(&plan, "appeal_letter", &supports, &[]).value)
    };
    let other = of("Reviewer: Lana Probe, MD, Pediatrics.");
    assert!(
        other.contains("Reviewer: Lana Probe, MD, Pediatrics.")
            && other.contains("here physical medicine and rehabilitation"),
        "{other}"
    );
    assert!(!of("Reviewer: Lana Probe, MD, Physical Medicine and Rehabilitation.").contains("Lana Probe"));
}

#[test]
fn urgency_stands_in_the_title_and_in_the_first_row_and_any_physician_may_certify_it() {
    let urgency = Some(urgent("therapy.pdf", "Waiting could seriously harm his health.", Speaker::Record));
    let drafted = letter(CASE, "appeal_letter", &Supports { urgency, ..Supports::default() }, &[]);
    assert!(drafted.value.title.starts_with("EXPEDITED: "), "{}", drafted.value.title);
    let row = drafted.value.about.iter().find(|a| a.name == "stage_name").unwrap();
    assert!(row.value.starts_with("EXPEDITED: Internal appeal"), "{}", row.value);
    let said = text(&drafted.value);
    assert!(said.contains("The medical record says so:"), "{said}");
    assert!(!drafted.findings.iter().any(|f| f.code == "urgency_not_certified"));
}

#[test]
fn the_plans_definition_is_the_outline_of_the_answer_and_a_part_without_one_is_for_the_person() {
    let answer = "(a) The drug was approved on April 5, 2024.";
    let part = |mark: char, plan: &str, answer: Option<&str>| DefinitionPart {
        mark,
        plan: plan.into(),
        file: "denial.pdf".into(),
        page: 1,
        answer: answer.map(|a| (a.to_string(), 2)),
    };
    let definition = vec![part('a', "(a) is not approved", Some(answer)), part('b', "(b) is in a trial", None)];
    let case = CASE.replace("reason = \"level_of_care\"", "reason = \"experimental_investigational\"");
    let opinion = "[second_opinion]\nstate = \"received\"\nletter = \"opinion.pdf\"\n[second_opinion.physician]\nname = \"Benito Muestra, MD\"\n";
    let denial = "[[record]]\nfile = \"denial.pdf\"\nkind = \"denial_letter\"\n";
    let check = opinion::Check {
        outcome: "confirms".into(),
        outcome_quote: None,
        outcome_page: None,
        elements: vec![],
        reasons_answered: vec![],
        hazards: vec![],
        attach: "recommended".into(),
        next: vec![],
        findings: vec![],
    };
    let supports = Supports { definition, ..Supports::default() };
    let drafted = letter_with(&format!("{case}{denial}{opinion}"), "appeal_letter", &supports, &[], Some(&check));
    let said = text(&drafted.value);
    assert!(said.contains("(a) is not approved") && said.contains(answer), "{said}");
    assert!(!said.contains("(b) is in a trial"), "{said}");
    assert!(drafted.findings.iter().any(|f| f.code == "definition_gap" && f.message.contains("(b) is in a trial")));
}

#[test]
fn one_quotation_stands_once_and_a_later_answer_points_to_it() {
    let sentence = "He tolerates three hours of therapy a day.";
    let both = ["not_medically_necessary", "level_of_care"].map(|reason| said(reason, Speaker::Treating, sentence));
    let supports = Supports { answers: both.to_vec(), ..Supports::default() };
    let letter = text(&letter(CASE, "appeal_letter", &supports, &[]).value);
    assert_eq!(letter.matches(sentence).count(), 1, "{letter}");
    assert!(letter.contains("What Dr. Probe writes, quoted above, answers this reason as well"), "{letter}");
    assert!(!letter.contains("be looked at again") && !letter.contains("are set out in this letter"), "{letter}");
}

#[test]
fn a_reason_without_an_answer_of_its_own_points_to_the_evidence_for_the_next() {
    let supports = Supports {
        answers: vec![said("level_of_care", Speaker::Treating, "He tolerates three hours of therapy a day.")],
        ..Supports::default()
    };
    let letter = text(&letter(CASE, "appeal_letter", &supports, &[]).value);
    assert!(letter.contains("set out below answers this reason as well"), "{letter}");
    assert!(!letter.contains("be looked at again"), "{letter}");
}

#[test]
fn a_page_for_a_call_and_a_request_for_care_outside_the_network_hold_the_facts_that_are_at_hand() {
    let fact = "He tolerates three hours of therapy a day.";
    let offices = "Each of the four surgeons on the list does implants only.";
    let supports = Supports {
        answers: vec![said("level_of_care", Speaker::Record, fact), said("out_of_network", Speaker::Treating, offices)],
        ..Supports::default()
    };
    let page = |name: &str, case: &str| text(&letter(case, name, &supports, &[]).value);
    assert!(page("peer_to_peer_brief", CASE).contains(fact), "{}", page("peer_to_peer_brief", CASE));
    let outside = CASE.replace("\"not_medically_necessary\"", "\"out_of_network\"");
    let request = page("gap_exception", &outside);
    assert!(request.contains(offices) && !request.contains(fact), "only what speaks to the network: {request}");
    assert!(!page("gap_exception", CASE).contains(offices), "the plan has not named the network");
}

/// The plan says that a paper is missing which lies in the packet: that it is enclosed is the answer, with what it says of itself.
#[test]
fn a_paper_that_the_plan_misses_is_named_with_its_exhibit_and_page() {
    let case = CASE.replace("reason = \"not_medically_necessary\"", "reason = \"information_missing\"");
    let says = vec![("Sent by fax to Model Assurance on October 7, 2026.".to_string(), 1)];
    let named = course::NamedPaper { reason: "information_missing".into(), file: "therapy.pdf".into(), says };
    let supports = Supports { named_papers: vec![named], ..Supports::default() };
    let drafted = letter(&case, "appeal_letter", &supports, &[]);
    let letter = text(&drafted.value).replace('\u{a0}', " ");
    for wanted in [
        "What the plan asks for is enclosed. I ask the plan to decide on it.",
        "This paper is enclosed: Therapy evaluation",
        "“Sent by fax to Model Assurance on October 7, 2026.” (Exhibit B, p. 1)",
    ] {
        assert!(letter.contains(wanted), "{wanted}\n{letter}");
    }
    assert!(!letter.contains("please name it"), "{letter}");
}

/// The facts of a record stand beside the table of criteria too, where no criterion asks for them.
#[test]
fn the_records_facts_stand_beside_a_table_that_quotes_the_same_record() {
    let row = CriteriaRow {
        criterion: "Three hours of therapy".into(),
        state: CriterionState::Met,
        exhibit: Some("therapy.pdf".into()),
        page: Some(2),
        quote: Some(HOURS.into()),
        also: None,
    };
    let answers = vec![
        Support { strong: true, ..said("level_of_care", Speaker::Record, NEED) },
        Support { strong: true, ..said("level_of_care", Speaker::Record, HOURS) },
    ];
    let drafted = letter(CASE, "appeal_letter", &Supports { answers, ..Supports::default() }, &[row]);
    let letter = text(&drafted.value).replace('\u{a0}', " ");
    assert!(letter.contains(&format!("“{NEED}” (Exhibit B, p. 2)")), "{letter}");
    assert_eq!(letter.matches(HOURS).count(), 1, "{letter}");
    // Which sentences of the records were chosen is told, so that the person can take one out.
    let told = drafted.findings.iter().find(|f| f.code == "record_sentences").map(|f| f.message.as_str());
    assert!(told.is_some_and(|m| m.contains(NEED) && m.contains("take it out")), "{:?}", drafted.findings);
}
