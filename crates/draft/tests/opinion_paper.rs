//! What no letter says of a paper that is not the second physician's, of an opinion that stays out, and of one that is against
//! the care. All cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code, missing_docs)] // tests fail by panicking
#![allow(clippy::disallowed_methods)]

mod common;

use draft::{CriteriaRow, CriterionState, Document, Inputs, draft, exhibits};
use facts::{Case, Finding, Outcome};
use opinion::{Check, ElementState};

const ADVERSE: &str = "In your place I would leave the knee alone.";

fn check(outcome: &str, codes: &[&str]) -> Check {
    let element = |element: &str, state: &str, quote: Option<&str>, ask: Option<&str>| ElementState {
        element: element.into(),
        state: state.into(),
        quote: quote.map(Into::into),
        page: quote.map(|_| 1),
        ask: ask.map(Into::into),
    };
    Check {
        outcome: outcome.into(),
        outcome_quote: Some(ADVERSE.into()),
        outcome_page: Some(1),
        elements: vec![
            element("diagnosis", "present", Some("She has mild wear of the joint."), None),
            element("peer_to_peer_offer", "missing", None, Some("Please offer to speak with the plan.")),
        ],
        reasons_answered: vec![],
        hazards: vec![],
        attach: "do_not_attach".into(),
        next: vec![],
        findings: codes.iter().map(|c| Finding::new(*c, format!("noticed: {c}"))).collect(),
    }
}

fn made(
    name: &str,
    check: &Check,
    criteria: &[CriteriaRow],
    change: &dyn Fn(&mut Case),
) -> Result<Outcome<Document>, draft::DraftError> {
    let mut case = Case::parse(include_str!("cases/knee.toml")).unwrap_or_else(|e| panic!("{e}"));
    case.choices.attach_opinion = Some(true);
    change(&mut case);
    let today = jiff::civil::date(2026, 11, 25);
    let entitlements = rights::entitlements(&case, common::kb(), today);
    let inputs = Inputs {
        case: &case,
        entitlements: &entitlements,
        plan: None,
        check: Some(check),
        criteria,
        supports: None,
        kb: common::kb(),
        today,
        language: "en",
        stage: None,
    };
    draft(name, &inputs)
}

#[test]
fn a_paper_that_is_not_the_second_physicians_is_in_no_packet_and_in_no_letter_though_the_person_chose_it() {
    for code in
        ["another_patient", "another_birth_date", "bill_not_letter", "not_an_opinion", "own_letter", "another_writer"]
    {
        let check = check("confirms", &[code]);
        let drafted = made("appeal_letter", &check, &[], &|_| {}).unwrap();
        let all = serde_json::to_string(&drafted.value).unwrap();
        assert!(
            !all.contains("Muestra, MD")
                && !all.contains("Dr. Muestra")
                && !all.contains("econd opinion")
                && !all.contains(ADVERSE),
            "{code}: {all}"
        );
        let codes: Vec<&str> = drafted.findings.iter().map(|f| f.code.as_str()).collect();
        assert!(codes.contains(&"opinion_never_attached") && codes.contains(&code), "{code}: {codes:?}");
        let mut case = Case::parse(include_str!("cases/knee.toml")).unwrap();
        case.choices.attach_opinion = Some(true);
        let plan = exhibits(&case, Some(&check), "en").unwrap();
        assert!(!plan.exhibits.iter().any(|e| e.source == "opinion.pdf"), "{code}");
        let held = plan.withheld.iter().find(|w| w.source == "opinion.pdf").unwrap();
        assert!(held.against_choice, "the person asked for it and must be told: {held:?}");
    }
}

#[test]
fn the_plans_own_letter_given_as_the_opinion_too_goes_in_as_what_it_is() {
    let mut case = Case::parse(include_str!("cases/knee.toml")).unwrap();
    case.second_opinion.as_mut().unwrap().letter = Some("denial.pdf".into());
    case.records.retain(|r| r.kind.as_deref() != Some("opinion_letter"));
    let plan = exhibits(&case, Some(&check("unclear", &["not_an_opinion"])), "en").unwrap();
    let denial = plan.exhibits.iter().find(|e| e.source == "denial.pdf").unwrap_or_else(|| panic!("{plan:?}"));
    assert!(denial.kind == "denial_letter" && !denial.title.contains("econd opinion"), "{denial:?}");
}

#[test]
fn an_opinion_that_stays_out_shows_no_criterion() {
    let row = |criterion: &str, file: &str, quote: &str| CriteriaRow {
        criterion: criterion.into(),
        state: CriterionState::Met,
        exhibit: Some(file.into()),
        page: Some(1),
        quote: Some(quote.into()),
        also: None,
    };
    let rows = [
        row("Joint damage on a weight-bearing X-ray", "xray.pdf", "The joint space is gone."),
        row("Pain for at least six months", "opinion.pdf", "Her pain began in 2024."),
    ];
    let drafted =
        made("appeal_letter", &check("needs_workup", &[]), &rows, &|case| case.choices.attach_opinion = Some(false));
    let letter = common::text(&drafted.unwrap().value);
    assert!(letter.contains("The joint space is gone."), "{letter}");
    assert!(
        !letter.contains("Her pain began in 2024.") && !letter.contains("Pain for at least six months"),
        "{letter}"
    );
}

#[test]
fn an_opinion_against_the_care_that_the_person_sends_is_not_leaned_on_and_the_person_is_warned() {
    for outcome in ["against", "conservative_first", "needs_workup"] {
        let drafted = made("appeal_letter", &check(outcome, &[]), &[], &|_| {}).unwrap();
        let letter = common::text(&drafted.value);
        assert!(!letter.contains("second evaluation") && !letter.contains("mild wear"), "{outcome}: {letter}");
        assert!(letter.contains("Second opinion of"), "it is named among the papers: {letter}");
        let codes: Vec<&str> = drafted.findings.iter().map(|f| f.code.as_str()).collect();
        assert!(codes.contains(&"opinion_adverse"), "{outcome}: {codes:?}");
    }
}

#[test]
fn a_physician_who_gave_no_yes_is_not_asked_for_more() {
    for outcome in ["against", "conservative_first", "needs_workup"] {
        let refused = made("please_add", &check(outcome, &[]), &[], &|_| {});
        let Err(draft::DraftError::NotForThisCase { why, instead }) = refused else { panic!("{outcome}: {refused:?}") };
        assert!(!why.is_empty() && !instead.is_empty());
    }
    assert!(made("please_add", &check("confirms", &[]), &[], &|_| {}).is_ok());
    assert!(made("please_add", &check("unclear", &[]), &[], &|_| {}).is_ok(), "an unclear one is asked to answer");
    let mut whole = check("confirms", &[]);
    whole.elements.retain(|e| e.state == "present");
    let refused = made("please_add", &whole, &[], &|_| {});
    assert!(matches!(refused, Err(draft::DraftError::NotForThisCase { .. })), "nothing is missing: {refused:?}");
}

#[test]
fn no_letter_puts_a_view_into_the_physicians_mouth_and_the_person_sees_the_sentence_first() {
    let mut yes = check("confirms", &[]);
    yes.attach = "recommended".into();
    yes.outcome_quote = Some("Yes, the replacement of the right knee is needed.".into());
    for name in ["appeal_letter", "peer_to_peer_brief", "supplement"] {
        let drafted = made(name, &yes, &[], &|_| {}).unwrap();
        let text = common::text(&drafted.value);
        for claim in ["finds it necessary", "and supports this care", "Two physicians", "explains why this care"] {
            assert!(!text.contains(claim), "{name}: {text}");
        }
        assert!(text.contains("Yes, the replacement of the right knee is needed."), "{name}: {text}");
        if name == "appeal_letter" {
            let shown = drafted.findings.iter().find(|f| f.code == "opinion_sentence").unwrap();
            assert!(shown.message.contains("Yes, the replacement of the right knee is needed."), "{shown:?}");
        }
    }
}

#[test]
fn a_visit_that_the_letter_gives_otherwise_is_not_asserted() {
    let day = |code: &str| {
        let mut yes = check("confirms", &[code]);
        yes.outcome_quote = Some("Yes, the replacement of the right knee is needed.".into());
        common::text(&made("appeal_letter", &yes, &[], &|_| {}).unwrap().value)
    };
    assert!(day("none").contains("saw me in person on"));
    assert!(day("visit_day_differs").contains("saw me in person and writes:"), "{}", day("visit_day_differs"));
    assert!(!day("older_than_visit").contains("saw me"), "{}", day("older_than_visit"));
}

#[test]
fn a_letter_to_the_physician_asks_in_sentences_and_first_for_the_answer_that_is_wanted() {
    let text = |outcome: &str, change: &dyn Fn(&mut Case)| {
        common::text(&made("please_add", &check(outcome, &[]), &[], change).unwrap().value)
    };
    // Nothing is missing: what helps is asked in a sentence, no label of ours is listed, and nothing says the opposite.
    let whole = text("confirms", &|_| {});
    assert!(whole.contains("Please offer to speak with the plan."), "{whole}");
    for not in ["set it aside", "set a letter aside", "A call with the plan's medical director"] {
        assert!(!whole.contains(not), "{not}: {whole}");
    }
    let unclear = text("unclear", &|_| {});
    let (answer, helps) = (unclear.find("One thing is wanted above all"), unclear.find("Please offer to speak"));
    assert!(answer.is_some() && answer < helps, "{unclear}");
    let changed = text("confirms_with_changes", &|_| {});
    assert!(changed.contains("what exactly is to be requested now"), "{changed}");
    let urgent = text("confirms", &|case| case.claim.urgent = Some(true));
    assert!(urgent.contains("please send it today") && !urgent.contains("would help most by"), "{urgent}");
}
