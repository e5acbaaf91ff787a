//! Letters that ask somebody for something: to whom, by when, and what they may not say. All cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code, missing_docs)] // tests fail by panicking
#![allow(clippy::disallowed_methods)]

mod common;

use common::{drafted, drafted_in, kb, text};
use draft::Block;

const CASE: &str = r#"
[patient]
name = "Otto Muster"
date_of_birth = 1970-03-04
state = "TX"
[coverage]
kind = "erisa_self_funded"
issuer = "Model Assurance"
member_id = "M 1"
appeal_address = "Model Assurance\nAppeals Department\nP.O. Box 1\nWaco, TX 76701"
appeal_fax = "254-555-0199"
[claim]
kind = "pre_service"
number = "C 1"
service = "Whole exome sequencing, trio"
diagnosis = "Global developmental delay"
facility = "Model Hospital"
[[event]]
kind = "notice_dated"
date = 2026-11-02
[[event]]
kind = "notice_received"
date = 2026-11-06
[[denial]]
reason = "not_medically_necessary"
quote = "It is not medically necessary."
criteria = ["Delay in two areas", "No cause found by a panel"]
[treating_physician]
name = "Marta Prueba, MD"
specialty = "Pediatrics"
practice = "Prueba Pediatrics"
address = "12 Example Plaza\nLubbock, TX 79410"
[second_opinion]
state = "seen"
seen = "in_person"
seen_on = 2026-11-18
physician = { name = "Benito Muestra, MD", specialty = "Clinical Genetics", institution = "Alamo University" }
"#;

fn day() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 25)
}

fn words(case: &str, name: &str) -> String {
    text(&drafted(case, name, day()).value).replace('\u{a0}', " ")
}

#[test]
fn records_are_asked_of_whoever_has_them_with_an_address() {
    let to = |case: &str| {
        let letter = drafted(case, "records_request", day()).value;
        (letter.to.name, letter.to.lines.join(" / "))
    };
    let (name, lines) = to(CASE);
    assert_eq!(name, "Prueba Pediatrics", "nothing was done at the hospital yet");
    assert!(lines.contains("12 Example Plaza"), "{lines}");
    let done = CASE.replace("facility = ", "date_of_service = 2026-10-01\nfacility = ");
    assert_eq!(to(&done).0, "Model Hospital");
    assert!(words(CASE, "records_request").contains("gives you 30 days"), "{}", words(CASE, "records_request"));
    let signs = drafted(CASE, "records_request", day()).value.blocks.iter().any(|b| matches!(b, Block::Fill { .. }));
    assert!(!signs, "a letter is signed in one place");
}

#[test]
fn who_asks_for_a_childs_records_says_so_and_encloses_nothing_that_is_not_there() {
    let child = CASE.replace("[coverage]", "role = \"parent\"\nrepresentative = \"Ida Muster\"\n[coverage]");
    let said = words(&child, "records_request");
    assert!(said.contains("I am the parent of Otto Muster") && !said.contains("enclosed"), "{said}");
    let other = CASE.replace("[coverage]", "role = \"representative\"\nrepresentative = \"Ida Muster\"\n[coverage]");
    let drafted = drafted(&other, "records_request", day());
    assert!(drafted.findings.iter().any(|f| f.code == "proof_not_enclosed"), "{:?}", drafted.findings);
}

#[test]
fn a_parent_whose_name_is_missing_is_asked_for_that_name() {
    let child = CASE.replace("[coverage]", "role = \"parent\"\n[coverage]");
    let missing = drafted(&child, "records_request", day()).value.missing;
    assert_eq!(missing, ["patient.representative"]);
}

#[test]
fn a_question_of_coverage_does_not_go_to_the_appeals_desk() {
    let drafted = drafted(CASE, "second_opinion_coverage_request", day());
    let letter = &drafted.value;
    let head = format!("{:?} {:?} {:?}", letter.to, letter.delivery, letter.salutation);
    assert!(
        !head.contains("Appeals Department") && !head.contains("254-555") && !head.contains("Appeals Reviewer"),
        "{head}"
    );
    let said = text(letter);
    assert!(said.contains("It is not an appeal") && !said.contains("I would like to see"), "the visit is over: {said}");
}

#[test]
fn an_external_review_before_the_plans_decision_warns_and_claims_no_last_day() {
    let early = drafted(CASE, "external_review_request", day());
    assert!(early.findings.iter().any(|f| f.code == "external_early"), "{:?}", early.findings);
    assert!(!text(&early.value).contains("the time to file ends"), "{}", text(&early.value));
    let after = CASE.replace("kind = \"notice_", "kind = \"final_notice_");
    let drafted = drafted(&after, "external_review_request", day());
    assert!(!drafted.findings.iter().any(|f| f.code == "external_early"), "{:?}", drafted.findings);
}

#[test]
fn the_question_is_put_once_and_the_form_answers_it_and_every_paper_names_the_same_day() {
    let papers = ["second_opinion_request", "second_opinion_brief"].map(|name| words(CASE, name));
    for said in &papers {
        assert!(said.contains("by December 2, 2026"), "a week for the letter, long before the last day: {said}");
        assert!(!said.contains("criteria below"), "{said}");
    }
    let question = |said: &String| said.lines().find(|l| l.ends_with('?')).map(str::to_string).unwrap_or_default();
    let form = words(CASE, "opinion_template");
    assert_eq!(question(&papers[1]), question(&form));
    assert!(question(&form).contains("whole exome sequencing"), "{}", question(&form));
    assert!(
        !papers[0].contains('?'),
        "who is only asked whether there is time is not asked the question: {}",
        papers[0]
    );
}

#[test]
fn the_form_has_boxes_for_the_answer_and_lines_for_each_reason_and_criterion() {
    let form = drafted(CASE, "opinion_template", day()).value;
    assert_eq!(
        form.blocks.iter().filter(|b| matches!(b, Block::Tick { .. })).count(),
        7,
        "four answers, three of the office"
    );
    let labels: Vec<String> = form
        .blocks
        .iter()
        .filter_map(|b| if let Block::Fill { label, .. } = b { Some(label.clone()) } else { None })
        .collect();
    for wanted in ["“It is not medically necessary.”", "Delay in two areas", "No cause found by a panel"] {
        assert!(labels.iter().any(|l| l == wanted), "{wanted}: {labels:?}");
    }
    assert!(form.about.iter().any(|a| a.value == "Benito Muestra, MD"), "{:?}", form.about);
    // What a letterhead or a dictation has is not asked for line by line.
    let lines: usize =
        form.blocks.iter().map(|b| if let Block::Fill { lines, .. } = b { usize::from(*lines) } else { 0 }).sum();
    assert!(lines <= 24, "{lines} lines to write");
}

#[test]
fn the_question_is_the_same_in_spanish_and_leaves_both_answers_open() {
    let es = kb().speaking("es").unwrap();
    for kb in [kb(), &es] {
        let case = facts::Case::parse(CASE).unwrap();
        let entitlements = rights::entitlements(&case, kb, day());
        let inputs = draft::Inputs {
            case: &case,
            entitlements: &entitlements,
            plan: None,
            check: None,
            criteria: &[],
            supports: None,
            kb,
            today: day(),
            language: "es",
            stage: None,
        };
        let said = text(&draft::draft("second_opinion_brief", &inputs).unwrap().value);
        assert!(said.contains("¿Es «whole exome sequencing, trio» médicamente necesario"), "{said}");
        assert!(said.contains("Si no, ¿qué recomienda usted?") && !said.contains("según los criterios"), "{said}");
    }
}

#[test]
fn where_the_letter_is_here_the_brief_says_so_and_asks_for_nothing() {
    let here = CASE.replace("state = \"seen\"", "state = \"received\"");
    let said = words(&here, "second_opinion_brief");
    assert!(
        said.contains("Your letter is here") && !said.contains("agreeing") && !said.contains("Please send"),
        "{said}"
    );
    assert!(words(CASE, "second_opinion_brief").contains("Please send a signed letter by December 2, 2026"));
}

#[test]
fn nobody_is_thanked_for_a_visit_that_the_case_does_not_have() {
    let request = |case: &str| words(case, "second_opinion_request");
    let unseen: String = CASE.lines().filter(|l| !l.starts_with("seen")).map(|l| format!("{l}\n")).collect();
    assert!(!request(&unseen).contains("Thank you for seeing"), "{}", request(&unseen));
    let visited = unseen.replace("state = \"seen\"", "state = \"seen\"\nseen_on = \"2026-11-20\"");
    assert!(request(&visited).contains("Thank you for seeing"), "{}", request(&visited));
}

#[test]
fn a_sentence_of_the_plan_that_stands_for_several_reasons_is_quoted_once_to_the_physician() {
    let twice = format!(
        "{}\n[[denial]]\nreason = \"conservative_treatment_first\"\nquote = \"It is not medically necessary.\"\n",
        CASE.trim_end()
    );
    for paper in ["second_opinion_brief", "opinion_template"] {
        let drafted = drafted(&twice, paper, day()).value;
        let labels = drafted
            .blocks
            .iter()
            .filter_map(|b| if let Block::Fill { label, .. } = b { Some(label.as_str()) } else { None });
        let said: String = labels.chain([text(&drafted).as_str()]).collect();
        assert_eq!(said.matches("It is not medically necessary.").count(), 1, "{paper}: {said}");
    }
}

#[test]
fn a_reviewer_of_a_generalists_field_is_not_asked_for() {
    let said = words(CASE, "appeal_letter");
    assert!(!said.contains("Pediatrics") && !said.contains("same specialty as"), "{said}");
    let said = words(&CASE.replace("\"Pediatrics\"", "\"Clinical Genetics\""), "appeal_letter");
    assert!(said.contains("in the field of medicine at issue, here clinical genetics, who"), "{said}");
}

#[test]
fn one_sentence_of_the_plan_for_several_reasons_is_quoted_and_answered_once() {
    let twice = |reason: &str, quote: &str| {
        let more = format!("[[denial]]\nreason = \"{reason}\"\nquote = \"{quote}\"\n");
        let letter = drafted(&format!("{}\n{more}", CASE.trim_end()), "appeal_letter", day()).value;
        let headings: Vec<String> = letter
            .blocks
            .iter()
            .filter_map(|b| if let Block::Heading { level: 2, text } = b { Some(text.clone()) } else { None })
            .collect();
        (headings, text(&letter))
    };
    let (headings, said) = twice("information_missing", "It is not medically necessary.");
    assert_eq!(headings, ["Not medically necessary; information missing"]);
    assert_eq!(said.matches("“It is not medically necessary.”").count(), 1, "{said}");
    assert!(said.contains("name each paper that it still needs"), "the answer to the second limb stands there: {said}");
    assert!(!said.contains("be looked at again"), "it is answered: {said}");
    let (headings, said) = twice("conservative_treatment_first", "It is not medically necessary.");
    assert_eq!(headings.len(), 1);
    assert_eq!(said.matches("be looked at again").count(), 1, "{said}");
    let (headings, _) = twice("conservative_treatment_first", "Other treatment must come first.");
    assert_eq!(headings.len(), 2, "two sentences are two reasons: {headings:?}");
    // A reason that the plan does not use in its sentence is not named for it.
    let (headings, _) = twice("experimental_investigational", "It is not medically necessary.");
    assert_eq!(headings, ["Not medically necessary"]);
}

#[test]
fn thanks_go_for_what_there_was() {
    assert!(words(CASE, "thank_you").contains("at the visit") && !words(CASE, "thank_you").contains("opinion."));
    let asked = CASE.replace("state = \"seen\"", "state = \"asked\"");
    assert!(!words(&asked, "thank_you").contains("honest opinion"), "{}", words(&asked, "thank_you"));
}

#[test]
fn a_missing_second_opinion_before_the_service_claims_no_ground_that_needs_one_after_it() {
    let case = CASE.replace("reason = \"not_medically_necessary\"", "reason = \"second_opinion_missing\"");
    let open = drafted(&case, "sso_plan", day()).value;
    assert!(!open.blocks.iter().any(|b| matches!(b, Block::Tick { .. })), "no boxes of what is over: {open:?}");
    let said = text(&open);
    assert!(said.contains("I am getting a second opinion now") && said.contains("keep the request open"), "{said}");
    let done = case.replace("kind = \"pre_service\"", "kind = \"post_service\"\ndate_of_service = 2026-10-01");
    let sent = drafted(&done, "sso_plan", day());
    assert!(sent.value.blocks.iter().any(|b| matches!(b, Block::Tick { .. })));
    assert!(sent.findings.iter().any(|f| f.code == "ground_open"), "no ground is ticked: {:?}", sent.findings);
}

#[test]
fn where_there_is_nothing_to_say_yet_it_is_said_once() {
    let two = format!("{CASE}\n[[denial]]\nreason = \"level_of_care\"\nquote = \"A lower level is enough.\"\n");
    let said = words(&two, "appeal_letter");
    assert_eq!(said.matches("A second medical opinion is being obtained").count(), 1, "{said}");
    assert_eq!(said.matches("I ask that this reason be looked at again").count(), 1, "{said}");
}

#[test]
fn a_caller_is_not_told_to_say_that_it_is_urgent() {
    let said = |case: &str| words(case, "phone_script");
    assert!(!said(CASE).contains("urgent") && !said(CASE).contains("serious harm"), "{}", said(CASE));
    assert!(
        said(&CASE.replace("\"pre_service\"", "\"urgent\"")).contains("I believe that waiting could do serious harm.")
    );
}

#[test]
fn the_phone_script_is_for_the_call_that_comes_next() {
    let said = |case: &str| words(case, "phone_script");
    let plain = said(CASE);
    assert!(plain.contains("What is the last day for my appeal?"), "{plain}");
    let ends = CASE.replace("erisa_self_funded", "medicare_advantage").replace("\"pre_service\"", "\"concurrent\"")
        + "[[event]]\nkind = \"services_end\"\ndate = 2026-11-29\n";
    let qio = said(&ends);
    assert!(qio.contains("I ask for a fast appeal of this notice") && qio.contains("November 29, 2026"), "{qio}");
    assert!(
        qio.contains("not to the plan") && !qio.contains("deductible") && !qio.contains("last day for my appeal"),
        "{qio}"
    );
    let drug = CASE
        .replace("erisa_self_funded", "medicare_part_d")
        .replace("not_medically_necessary", "step_therapy")
        .replace("kind = \"pre_service\"", "kind = \"pre_service\"\nitem = \"drug\"");
    let exception = said(&drug);
    assert!(exception.contains("I ask for an exception for this drug"), "{exception}");
    assert!(!exception.contains("deductible"), "{exception}");
    let urgent = said(&CASE.replace("\"pre_service\"", "\"urgent\""));
    assert!(urgent.contains("I ask for an expedited, that is a fast, appeal."), "{urgent}");
}

#[test]
fn a_complaint_goes_to_the_office_that_watches_over_this_plan() {
    let to = |coverage: &str, state: &str| {
        let case = CASE.replace("erisa_self_funded", coverage).replace("\"TX\"", &format!("\"{state}\""));
        let made = drafted(&case, "regulator_complaint", day());
        let empty = made.findings.iter().any(|f| f.code == "nothing_overdue");
        assert!(empty, "no duty was missed, and the person is told");
        made.value.to.name
    };
    assert_eq!(to("fehb", "LA"), "U.S. Office of Personnel Management");
    assert_eq!(to("medicare_advantage", "FL"), "Centers for Medicare & Medicaid Services");
    assert_eq!(to("erisa_insured", "OH"), "Ohio Department of Insurance");
    assert!(to("erisa_self_funded", "OH").contains("Department of Labor"));
}

#[test]
fn a_spanish_sentence_holds_an_english_name_as_the_plans_words_and_needs_no_gender() {
    let said = text(&drafted_in(CASE, "records_request", day(), "es").value);
    assert!(said.contains("sobre el servicio “whole exome sequencing, trio”"), "{said}");
    let file = text(&drafted_in(CASE, "claim_file_request", day(), "es").value);
    assert!(file.contains("acerca del servicio “whole exome"), "{file}");
    let spanish = CASE.replace("Whole exome sequencing, trio", "Reemplazo total de rodilla");
    let said = text(&drafted_in(&spanish, "records_request", day(), "es").value);
    assert!(said.contains("sobre reemplazo total de rodilla"), "{said}");
    let brief = drafted_in(CASE, "second_opinion_brief", day(), "es").value;
    assert_eq!(brief.salutation.as_deref(), Some("A la atención de Benito Muestra:"));
    assert!(text(&brief).contains("a más tardar el") && !text(&brief).contains("antes del"), "{}", text(&brief));
    assert!(
        !text(&brief).lines().any(|l| l.ends_with('?') && !l.contains('¿')),
        "the question is Spanish: {}",
        text(&brief)
    );
}

#[test]
fn of_an_urgent_case_the_physician_is_told_no_day_weeks_away() {
    let unseen = CASE.replace("state = \"seen\"\nseen = \"in_person\"\nseen_on = 2026-11-18", "state = \"wanted\"");
    let by = "must be filed by";
    assert!(words(&unseen, "second_opinion_brief").contains(by));
    let urgent = unseen.replace("[claim]\n", "[claim]\nurgent = true\n");
    let said = words(&urgent, "second_opinion_brief");
    assert!(said.contains("Please send a signed letter as soon as you can") && !said.contains(by), "{said}");
    for paper in [
        "referral_letter",
        "second_opinion_request",
        "second_opinion_coverage_request",
        "network_clinician_request",
        "medical_necessity_outline",
        "records_request",
        "claim_file_request",
        "gap_exception",
        "opinion_template",
    ] {
        let drafted = drafted_in(&urgent, paper, day(), "en").value;
        let heading = drafted.about.iter().any(|line| line.label == "URGENT");
        let said = text(&drafted);
        assert!(heading && !said.contains(by) && !said.contains("30 days"), "{paper}: {said}");
        let calm = drafted_in(&unseen, paper, day(), "en").value;
        assert!(!calm.about.iter().any(|line| line.label == "URGENT"), "{paper}");
    }
}

#[test]
fn who_gives_the_care_outside_is_not_guessed_where_the_plan_points_to_its_network() {
    let unnamed = CASE.replace("facility = \"Model Hospital\"\n", "");
    let points = unnamed.replace("\"not_medically_necessary\"", "\"network_provider_available\"");
    let named = "would be given by Marta Prueba, MD";
    assert!(!words(&points, "gap_exception").contains(named));
    let outside = unnamed.replace("\"not_medically_necessary\"", "\"out_of_network\"");
    let away = outside.replace("service = \"", "service = \"Transfer to a center for ");
    assert_ne!(away, outside, "the case has a service");
    assert!(!words(&away, "gap_exception").contains(named));
}

/// Of Medicaid the price is set by law: nothing is asked about it.
#[test]
fn where_the_law_sets_no_price_for_a_second_opinion_it_is_claimed_and_not_asked() {
    let asked = words(CASE, "second_opinion_coverage_request");
    assert!(asked.contains("What will it cost"), "{asked}");
    let medicaid = CASE.replace("\"erisa_self_funded\"", "\"medicaid_managed_care\"");
    let said = words(&medicaid, "second_opinion_coverage_request");
    assert!(!said.contains("What will it cost") && said.contains("at no cost to the enrollee"), "{said}");
    assert!(said.contains("42 CFR 438.206(b)(3)"), "{said}");
}

/// A practice that was asked and does not give the care is not the one outside the network that will.
#[test]
fn a_doctor_who_was_asked_in_vain_is_not_named_as_the_one_who_gives_the_care() {
    let outside = CASE
        .replace("facility = \"Model Hospital\"\n", "")
        .replace("\"not_medically_necessary\"", "\"out_of_network\"");
    let named = "would be given by Marta Prueba, MD";
    assert!(words(&outside, "gap_exception").contains(named));
    let log = "[[contact]]\nwho = \"Prueba Pediatrics, front desk\"\nwhen = 2026-11-19\nanswer = \"we do not do this\"\nin_network = true\n";
    let asked = words(&(outside + log), "gap_exception");
    assert!(!asked.contains(named), "{asked}");
}
