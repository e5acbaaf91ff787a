//! What a letter says by who reads it: an appeal that is over, an office that is not the plan, a clinician whom the plan names. All
//! cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code, missing_docs)] // tests fail by panicking

mod common;

use common::{drafted, drafted_in, whole};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 28);

/// A refusal of surgery outside the network: the plan points to somebody who does not do it.
fn case(coverage: &str, reason: &str, quote: &str, more: &str) -> String {
    format!(
        "format = \"corroborate-case/1\"\n[patient]\nname = \"Ana Muster\"\nstate = \"NY\"\nlanguage = \"es\"\n[coverage]\n{coverage}\n\
        issuer = \"Model Plan\"\nmember_id = \"M 1\"\nappeal_address = \"P.O. Box 1\\nAlbany, NY 12201\"\n[claim]\nkind = \"pre_service\"\n\
        service = \"Bowel resection\"\n[[denial]]\nreason = \"{reason}\"\nquote = \"{quote}\"\n{more}"
    )
}

fn events(events: &[&str]) -> String {
    let events = events.iter().filter_map(|e| e.split_once(' '));
    events.map(|(kind, day)| format!("[[event]]\nkind = \"{kind}\"\ndate = {day}\n")).collect()
}

const ERISA: &str = "kind = \"erisa_insured\"\nsitus_state = \"NY\"\nexternal_process = \"state\"\ninternal_levels = 1";
const FINAL: [&str; 5] = [
    "notice_dated 2026-08-03",
    "notice_received 2026-08-06",
    "appeal_filed 2026-09-01",
    "final_notice_dated 2026-10-05",
    "final_notice_received 2026-10-09",
];
const NAMED: &str = "Dr. Paul Simmons, Model Clinic, is able to perform this surgery.";
const LOG: &str = "[[contact]]\nwho = \"Dr. Paul Simmons, Model Clinic\"\nwhen = 2026-10-14\nhow = \"phone\"\nanswer = \"He does not do it.\"\n";

#[test]
fn an_appeal_that_is_over_is_neither_completed_nor_ended_at_another_office() {
    let over = case(ERISA, "network_provider_available", NAMED, &events(&FINAL));
    let open = case(ERISA, "network_provider_available", NAMED, &events(&FINAL[..3]).replace("09-01", "11-10"));
    for name in ["supplement", "withdrawal"] {
        let letter = drafted(&over, name, TODAY);
        assert_eq!(letter.value.to.name, "Model Plan", "{name}: where the appeal lay");
        assert!(letter.findings.iter().any(|f| f.code == "nothing_pending"), "{name}: {:?}", letter.findings);
        // The person reads Spanish.
        assert!(letter.value.missing.iter().any(|m| m.contains("sin respuesta")), "{:?}", letter.value.missing);
        let letter = drafted(&open, name, TODAY);
        assert!(!letter.findings.iter().any(|f| f.code == "nothing_pending"), "{name}: {:?}", letter.findings);
    }
    let offered = |case: &str| common::with_inputs(case, TODAY, "en", |inputs| draft::offered(inputs).unwrap());
    assert!(!offered(&over).contains(&"supplement") && offered(&open).contains(&"supplement"));
    assert!(!offered(&over).contains(&"withdrawal") && !offered(&open).contains(&"withdrawal"));
}

#[test]
fn whoever_decides_outside_is_not_asked_to_do_the_plans_work() {
    let plan_only = ["I ask the plan to", "please name it", "complete claim file"];
    for (coverage, reason, step) in [
        ("kind = \"medicaid_managed_care\"", "prior_authorization_missing", "State fair hearing"),
        ("kind = \"medicaid_managed_care\"", "information_missing", "State fair hearing"),
        (ERISA, "network_provider_available", "external review"),
        (ERISA, "out_of_network", "external review"),
        ("kind = \"fehb\"", "benefit_limit_reached", "Office of Personnel Management"),
    ] {
        for language in ["en", "es"] {
            let case = case(coverage, reason, "Refused.", &events(&FINAL));
            let text = whole(&drafted_in(&case, "appeal_letter", TODAY, language).value);
            assert!(language == "es" || text.contains(step), "{coverage}: {text}");
            for not in plan_only {
                assert!(!text.contains(not), "{coverage} {reason}: {not}: {text}");
            }
            assert!(!text.contains("Pido al plan"), "{coverage} {reason}: {text}");
        }
        let first = case(coverage, reason, "Refused.", &events(&FINAL[..2]));
        let text = whole(&drafted(&first, "appeal_letter", TODAY).value);
        assert!(plan_only.iter().any(|asks| text.contains(asks)), "{coverage} {reason}: {text}");
    }
    let hearing = case("kind = \"medicaid_managed_care\"", "prior_authorization_missing", "No.", &events(&FINAL));
    let text = whole(&drafted(&hearing, "appeal_letter", TODAY).value);
    assert!(
        text.contains("a Spanish interpreter at the hearing") && text.contains("by phone, by video or in person"),
        "{text}"
    );
    let opm =
        whole(&drafted(&case("kind = \"fehb\"", "cosmetic", "No.", &events(&FINAL)), "appeal_letter", TODAY).value);
    assert!(opm.contains("Direct the carrier to approve") && !opm.contains("Reverse the decision"), "{opm}");
}

#[test]
fn a_plan_that_names_a_clinician_is_answered_on_that_name() {
    for events in [events(&FINAL), events(&FINAL[..2])] {
        let case = case(ERISA, "network_provider_available", NAMED, &format!("{events}{LOG}"));
        for name in ["appeal_letter", "gap_exception", "network_clinician_request"] {
            let text = whole(&drafted(&case, name, TODAY).value);
            let line = "Dr. Paul Simmons, Model Clinic, whom the plan names, was asked on October 14, 2026";
            assert!(text.contains(line) && text.contains("He does not do it"), "{name}: {text}");
            assert!(!text.contains("to name the network clinician on whom it relies"), "{name}: {text}");
        }
    }
    // It names nobody: then it is asked to, while it is the plan that reads.
    let case =
        case(ERISA, "network_provider_available", "A provider is available.", &format!("{}{LOG}", events(&FINAL[..2])));
    let text = whole(&drafted(&case, "appeal_letter", TODAY).value);
    assert!(
        text.contains("name the network clinician on whom it relies") && !text.contains("whom the plan names"),
        "{text}"
    );
}

#[test]
fn the_law_of_a_states_own_review_is_that_states() {
    let case = case(ERISA, "out_of_network", "Out of network.", &format!("{}{LOG}", events(&FINAL)));
    let text = whole(&drafted(&case, "appeal_letter", TODAY).value);
    assert!(text.contains("N.Y. Ins. Law 4804(a)") && text.contains("N.Y. Ins. Law 4910(b)(4)"), "{text}");
    assert!(!text.contains("2719(d)(1)(ii)"), "{text}");
    let federal = case.replace("erisa_insured", "erisa_self_funded").replace("external_process = \"state\"\n", "");
    let text = whole(&drafted(&federal, "appeal_letter", TODAY).value);
    assert!(text.contains("2719(d)(1)(ii)"), "{text}");
}

#[test]
fn the_decision_under_appeal_is_among_the_papers_or_the_person_is_told() {
    let papers = |file: &str| format!("[[record]]\nfile = \"{file}\"\nkind = \"denial_letter\"\ndated = ");
    let first = format!("{}2026-08-03\n", papers("a.pdf"));
    let both = format!("{first}{}2026-10-05\n", papers("b.pdf"));
    let letter = |papers: &str| {
        let case = case("kind = \"fehb\"", "cosmetic", "No.", &format!("{papers}{}", events(&FINAL)));
        drafted(&case, "appeal_letter", TODAY)
    };
    let lacking = letter(&first);
    let told = lacking.findings.iter().find(|f| f.code == "decision_not_enclosed").unwrap();
    assert!(told.message.contains("October 5, 2026"), "{told:?}");
    assert_eq!(lacking.value.enclosures.first().unwrap().title, "The plan's earlier decision");
    let whole_packet = letter(&both);
    assert!(!whole_packet.findings.iter().any(|f| f.code == "decision_not_enclosed"), "{:?}", whole_packet.findings);
    let opening = whole(&whole_packet.value);
    // The opening points to it; which of the two gives the reason nobody knows.
    assert!(opening.contains("of October 5, 2026 to uphold") && opening.contains("(Exhibit\u{a0}B)"), "{opening}");
    assert!(opening.lines().any(|line| line == "“No.”"), "{opening}");
}

#[test]
fn the_policy_and_the_page_on_which_the_plan_rests_are_named() {
    let basis = "policy = \"SUR-118 (January 1, 2026)\"\nprovision = \"2026 brochure, Section 5(b), page 62\"\n";
    for coverage in [ERISA, "kind = \"fehb\""] {
        let case = case(coverage, "cosmetic", "No.", &format!("{basis}{}", events(&FINAL[..2])));
        for name in ["appeal_letter", "protective_appeal", "medical_necessity_outline", "peer_to_peer_brief"] {
            let letter = drafted(&case, name, TODAY);
            let text = whole(&letter.value);
            assert!(text.contains("SUR-118 (January 1, 2026); 2026 brochure, Section 5(b), page 62"), "{name}: {text}");
        }
        let letter = drafted(&case, "appeal_letter", TODAY);
        let fehb = coverage.contains("fehb");
        assert_eq!(letter.findings.iter().any(|f| f.code == "brochure_terms"), fehb, "{:?}", letter.findings);
    }
}

#[test]
fn what_the_brochure_gives_is_not_begged_for() {
    let case = case("kind = \"fehb\"", "not_medically_necessary", "No.", &events(&FINAL[..2]));
    let text = whole(&drafted(&case, "appeal_letter", TODAY).value);
    assert!(
        text.contains("Decide the appeal afresh") && text.contains("trained and experienced in the field"),
        "{text}"
    );
    assert!(text.contains("section 8 of the plan's brochure provides for these"), "{text}");
    assert!(!text.contains("If you can") && !text.contains("Please have the appeal decided"), "{text}");
}

#[test]
fn a_drug_plan_is_asked_for_an_exception_and_never_for_a_visit() {
    let part_d =
        case("kind = \"medicare_part_d\"", "step_therapy", "Try two triptans.", &events(&["notice_dated 2026-11-03"]));
    let letter = drafted(&part_d, "appeal_letter", TODAY);
    let text = whole(&letter.value);
    assert!(text.contains("I ask for an exception") && text.lines().any(|l| l == "42 CFR 423.578"), "{text}");
    assert!(letter.findings.iter().any(|f| f.code == "prescriber_statement"), "{:?}", letter.findings);
    let outline = whole(&drafted(&part_d, "medical_necessity_outline", TODAY).value);
    assert!(outline.contains("Of each drug that should come first"), "{outline}");
    let visit = drafted(&part_d, "second_opinion_coverage_request", TODAY);
    assert!(visit.findings.iter().any(|f| f.code == "document_not_for_this_case"), "{:?}", visit.findings);
    assert!(visit.value.missing.iter().any(|m| m.contains("visits to a doctor")), "{:?}", visit.value.missing);
    // At the independent entity a physician with expertise is still the person's right.
    let more =
        events(&["notice_dated 2026-10-01", "appeal_filed 2026-10-10", "redetermination_notice_dated 2026-11-20"]);
    let second = case("kind = \"medicare_part_d\"", "step_therapy", "Try two triptans.", &more);
    let text = whole(&drafted(&second, "appeal_letter", TODAY).value);
    assert!(text.contains("42 CFR 423.600(e)"), "{text}");
}

const HMO: &str = "[patient]\nname = \"Maya Muster\"\ndate_of_birth = 2011-07-19\nstate = \"CA\"\n[coverage]\nkind = \"individual_market\"\n\
    issuer = \"Model Plan\"\nmember_id = \"M 1\"\nnetwork_type = \"hmo\"\nsitus_state = \"CA\"\nappeal_phone = \"1-800-555-0110\"\n\
    appeal_address = \"Model Plan\\nGrievances\\nP.O. Box 220\\nSacramento, CA 95812\"\n[claim]\nkind = \"urgent\"\nnumber = \"C 1\"\n\
    service = \"Residential treatment\"\ndiagnosis = \"Anorexia nervosa\"\ndiagnosis_codes = [\"F50.01\"]\n[[event]]\n\
    kind = \"notice_received\"\ndate = 2026-11-24\n[[denial]]\nreason = \"level_of_care\"\nquote = \"No need of 24-hour care.\"\n";

#[test]
fn an_hmo_in_california_is_under_its_own_department_in_every_paper() {
    let dmhc = "California Department of Managed Health Care";
    let review = drafted(HMO, "external_review_request", TODAY);
    let to = &review.value.to;
    assert_eq!(to.name, dmhc);
    assert!(to.lines.iter().any(|l| l == "980 9th Street, Suite 500"), "{to:?}");
    let text = whole(&review.value);
    assert!(text.contains("1374.3") && !text.contains("10169"), "{text}");
    assert!(text.contains("The form for this request (IMR Application/Complaint Form)"), "{text}");
    let told = |letter: &facts::Outcome<draft::Document>, code: &str| {
        letter.findings.iter().find(|f| f.code == code).map(|f| f.message.clone())
    };
    assert!(told(&review, "step_form").is_some() && told(&review, "step_note").is_some(), "{:?}", review.findings);
    let complaint = drafted(HMO, "regulator_complaint", TODAY);
    assert_eq!(complaint.value.to.name, dmhc);
    assert!(complaint.findings.iter().any(|f| f.message.contains("1-888-466-2219")), "{:?}", complaint.findings);
    let appeal = drafted(HMO, "appeal_letter", TODAY);
    let text = whole(&appeal.value);
    assert!(text.contains("generally accepted standards of that care") && text.contains("1374.721(a)-(c)"), "{text}");
    assert!(text.contains(&format!("an expedited external review ({dmhc})")), "{text}");
    let insurer = drafted(&HMO.replace("\"hmo\"", "\"ppo\""), "regulator_complaint", TODAY);
    assert_eq!(insurer.value.to.name, "California Department of Insurance");
}

#[test]
fn an_urgent_letter_to_a_box_says_by_phone_and_the_person_is_told() {
    let letter = drafted(HMO, "appeal_letter", TODAY);
    assert_eq!(letter.value.delivery, ["By phone to 1-800-555-0110, the same day"]);
    let told = letter.findings.iter().find(|f| f.code == "only_a_box").unwrap();
    assert!(told.message.contains("Call 1-800-555-0110 today"), "{told:?}");
    let faxed = HMO.replace("appeal_phone", "appeal_fax = \"555-0100\"\nappeal_phone");
    let letter = drafted(&faxed, "appeal_letter", TODAY);
    assert_eq!(letter.value.delivery.len(), 2, "{:?}", letter.value.delivery);
    assert!(!letter.findings.iter().any(|f| f.code == "only_a_box"), "{:?}", letter.findings);
    let slow = drafted(&HMO.replace("\"urgent\"", "\"pre_service\""), "appeal_letter", TODAY);
    assert!(slow.value.delivery.is_empty() && !slow.findings.iter().any(|f| f.code == "only_a_box"));
}

#[test]
fn new_york_is_written_to_at_its_address_with_its_form_and_the_doctors_page() {
    let case = case(ERISA, "out_of_network", "Out of network.", &events(&FINAL));
    let letter = drafted(&case, "appeal_letter", TODAY);
    assert!(letter.value.to.lines.iter().any(|l| l == "99 Washington Avenue, Box 177"), "{:?}", letter.value.to);
    let text = whole(&letter.value);
    assert!(text.contains("(New York State External Appeal Application)"), "{text}");
    let told: Vec<&str> =
        letter.findings.iter().filter(|f| f.code == "step_note").map(|f| f.message.as_str()).collect();
    let says = |word: &str| told.iter().any(|note| note.contains(word));
    assert!(says("attestation") && says("$25"), "{told:?}");
    let spanish = whole(&drafted_in(&case, "appeal_letter", TODAY, "es").value);
    assert!(spanish.contains("New York State Department of Financial Services"), "{spanish}");
}

#[test]
fn a_complaint_has_a_fact_and_a_rule_or_stays_a_draft() {
    let bare = case(ERISA, "not_medically_necessary", "No.", &events(&FINAL[..2]));
    let letter = drafted(&bare, "regulator_complaint", TODAY);
    assert!(letter.value.missing.iter().any(|m| m.contains("had to do and did not")), "{:?}", letter.value.missing);
    let network = case(ERISA, "network_provider_available", NAMED, &format!("{}{LOG}", events(&FINAL[..2])));
    let letter = drafted(&network, "regulator_complaint", TODAY);
    let text = whole(&letter.value);
    assert!(text.contains("He does not do it") && text.contains("N.Y. Ins. Law 4804(a)"), "{text}");
    assert!(!letter.value.missing.iter().any(|m| m.contains("had to do")), "{:?}", letter.value.missing);
}

#[test]
fn the_copy_to_read_has_every_ask_of_the_letter_and_each_coverage_asks_for_the_language() {
    for coverage in [ERISA, "kind = \"medicare_part_d\"", "kind = \"medicaid_managed_care\""] {
        let case = case(coverage, "not_medically_necessary", "No.", &events(&FINAL[..2]));
        let asks = |name: &str| {
            let letter = drafted(&case, name, TODAY).value;
            let lists = letter.blocks.iter().filter_map(|b| match b {
                draft::Block::List { ordered: true, items } => Some(items.len()),
                _ => None,
            });
            (lists.collect::<Vec<_>>(), whole(&letter))
        };
        let (sent, letter) = asks("appeal_letter");
        let (copy, read) = asks("reading_copy");
        assert_eq!(sent, copy, "{coverage}: {letter}\n{read}");
        assert!(letter.contains("to me in Spanish") && read.contains("español"), "{coverage}: {letter}\n{read}");
    }
}
