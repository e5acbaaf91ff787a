//! What a letter may and may not say, by what the case knows. All cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use cite::Authority;
use draft::{Inputs, draft};
use facts::{Case, Event, When};
use rights::{Entitlements, Right};

fn today() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 25)
}

fn knee() -> Case {
    Case::parse(include_str!("cases/knee.toml")).unwrap_or_else(|e| panic!("{e}"))
}

/// The knee case without papers, opinion, references and treatments.
fn bare() -> Case {
    let mut case = knee();
    case.treatments.clear();
    case.references.clear();
    case.records.clear();
    case.claim.documents.clear();
    case.second_opinion = None;
    case
}

struct World {
    case: Case,
    entitlements: Entitlements,
    kb: kb::Kb,
}

fn world(case: Case) -> World {
    World { entitlements: common::only_entitled(&case, today()), case, kb: common::kb().clone() }
}

impl World {
    fn outcome(&self, name: &str, language: &str) -> facts::Outcome<draft::Document> {
        let inputs = Inputs {
            case: &self.case,
            entitlements: &self.entitlements,
            plan: None,
            check: None,
            criteria: &[],
            supports: None,
            kb: &self.kb,
            today: today(),
            language,
            stage: None,
        };
        draft(name, &inputs).unwrap_or_else(|e| panic!("{e}"))
    }

    fn draft(&self, name: &str, language: &str) -> draft::Document {
        self.outcome(name, language).value
    }

    fn text(&self, name: &str, language: &str) -> String {
        text(&self.draft(name, language))
    }
}

fn text(document: &draft::Document) -> String {
    document.sentences().iter().map(|s| s.printed(&document.labels)).collect::<Vec<_>>().join("\n")
}

fn event(kind: &str, day: jiff::civil::Date) -> Event {
    Event { kind: kind.into(), date: When::Day(day), evidence: None, note: None }
}

/// A right of the claimant with its law.
fn right(gives: &str, due: Option<jiff::civil::Date>, cites: &[&str]) -> Right {
    Right {
        id: format!("us.test.{gives}"),
        gives: gives.into(),
        level: 1,
        title: gives.into(),
        actor: "claimant".into(),
        pace: "standard".into(),
        due,
        file_by: due,
        due_at: None,
        clock: None,
        window: None,
        waits: None,
        counted_from: None,
        derivation: vec![],
        filed_when: None,
        decision_due: None,
        send_to: None,
        send_to_from: None,
        office: vec![],
        thresholds: vec![],
        notes: vec![],
        done: false,
        settled: false,
        opened_by_silence: false,
        still_open: false,
        stands_in: false,
        late: None,
        if_missed: None,
        mind: None,
        authorities: cites.iter().map(|c| Authority::new(c.to_string())).collect(),
    }
}

#[test]
fn a_phone_number_is_offered_and_no_readiness_is_made_up() {
    let mut case = knee();
    if let Some(doctor) = case.treating_physician.as_mut() {
        doctor.phone = Some("555-0177".into());
    }
    let world = world(case);
    let (en, es) = (world.text("appeal_letter", "en"), world.text("appeal_letter", "es"));
    assert!(en.contains("Your reviewer can reach Dr. Prueba at 555-0177."), "{en}");
    assert!(es.contains("Su revisor puede comunicarse con Marta Prueba al 555-0177."), "{es}");
    assert!(!en.contains("ready to"), "{en}");
}

#[test]
fn a_decision_is_named_by_its_day_else_by_its_receipt_else_without_a_day() {
    let received = event("notice_received", jiff::civil::date(2026, 11, 24));
    let dated = event("notice_dated", jiff::civil::date(2026, 11, 20));
    let table = [
        (vec![dated, received.clone()], "Health of November 20, 2026 not to"),
        (vec![received], "Health that I received on November 24, 2026 not to"),
        (vec![], "Health not to"),
    ];
    for (events, wanted) in table {
        let mut case = knee();
        case.events = events;
        let world = world(case);
        for name in ["appeal_letter", "protective_appeal"] {
            let letter = world.draft(name, "en");
            assert!(text(&letter).contains(wanted), "{wanted}: {}", text(&letter));
            assert_eq!(letter.missing, Vec::<String>::new(), "{name}: {wanted}");
        }
    }
}

#[test]
fn missing_information_is_called_enclosed_only_when_papers_are() {
    for (mut case, enclosed) in [(knee(), true), (bare(), false)] {
        case.denials.truncate(1);
        case.denials.iter_mut().for_each(|d| d.reason = Some("information_missing".into()));
        let world = world(case);
        for (language, word, asked) in [("en", "enclosed with", "still needs"), ("es", "Se adjuntan", "aún necesita")]
        {
            let letter = world.text("appeal_letter", language);
            assert_eq!((letter.contains(word), letter.contains(asked)), (enclosed, !enclosed), "{letter}");
        }
    }
}

#[test]
fn a_search_is_pointed_to_only_when_there_was_one() {
    for reason in ["out_of_network", "network_provider_available"] {
        let mut case = bare();
        case.contacts.clear();
        case.denials.truncate(1);
        case.denials.iter_mut().for_each(|d| d.reason = Some(reason.into()));
        let letter = world(case).text("appeal_letter", "en");
        assert!(!letter.contains("search follows") && letter.contains("name"), "{letter}");
    }
}

#[test]
fn the_claim_file_is_asked_for_under_the_rule_that_gives_it() {
    let mut world = world(knee());
    // Plan documents (29 USC 1132(c)(1)) are owed under the same word and are not the claim file.
    for (kind, cited) in [("erisa_self_funded", Some("29\u{a0}CFR\u{a0}2560.503-1(h)(2)(iii)")), ("tricare", None)] {
        world.case.coverage.kind = Some(kind.into());
        world.entitlements = common::only_entitled(&world.case, today());
        world.entitlements.rights.push(right("claim_file.provide", None, &["29 USC 1132(c)(1)"]));
        let letter = world.text("appeal_letter", "en");
        let line = letter.lines().find(|l| l.contains("complete claim file"));
        assert_eq!(line.is_some(), cited.is_some(), "{kind}: {letter}");
        assert!(line.is_none_or(|l| l.contains(cited.unwrap_or_default())), "{kind}: {line:?}");
        assert!(!letter.contains("1132"), "{kind}: {letter}");
    }
}

#[test]
fn a_missing_second_opinion_is_answered_only_where_the_plan_said_so() {
    let table = [
        (Some("second_opinion_missing"), None, true),
        (Some("other"), Some("CO-61"), true),
        (Some("other"), Some("PR61"), true),
        (Some("other"), Some("61"), true),
        (Some("level_of_care"), None, false),
        (Some("other"), Some("CO-161"), false),
        (Some("other"), Some("N61"), false),
    ];
    for (reason, code, meant) in table {
        let mut case = bare();
        // The grounds are about a service that was given; before it the letter asks to wait for the opinion.
        case.claim.kind = Some("post_service".into());
        case.denials.truncate(1);
        for denial in &mut case.denials {
            denial.reason = reason.map(str::to_string);
            denial.codes = code.map(str::to_string).into_iter().collect();
        }
        let outcome = world(case).outcome("sso_plan", "en");
        let letter = text(&outcome.value);
        let ticks = outcome.value.blocks.iter().filter(|b| matches!(b, draft::Block::Tick { .. })).count();
        assert_eq!(letter.contains("refused or reduced"), meant, "{reason:?} {code:?}: {letter}");
        assert_eq!(ticks > 0, meant, "{reason:?} {code:?}");
        let found = outcome.findings.iter().any(|f| f.code == "document_not_for_this_case");
        assert_eq!(found, !meant, "{reason:?} {code:?}");
    }
}

#[test]
fn the_four_grounds_against_a_missing_second_opinion_can_each_be_ticked() {
    let mut case = bare();
    case.claim.kind = Some("post_service".into());
    case.denials.truncate(1);
    case.denials.iter_mut().for_each(|d| d.reason = Some("second_opinion_missing".into()));
    let letter = world(case).draft("sso_plan", "en");
    let ticks: Vec<(bool, String)> = letter
        .blocks
        .iter()
        .filter_map(|b| match b {
            draft::Block::Tick { ticked, sentences } => {
                Some((*ticked, sentences.iter().map(|s| s.text.clone()).collect()))
            }
            _ => None,
        })
        .collect();
    for ground in ["emergency", "I obtained a second opinion", "did not require", "after the service"] {
        let tick = ticks.iter().find(|(_, text)| text.contains(ground));
        assert_eq!(tick.map(|(ticked, _)| *ticked), Some(false), "{ground}: {ticks:?}");
    }
}

#[test]
fn original_medicare_is_spoken_of_as_medicare_and_needs_no_issuer() {
    let mut case = bare();
    case.coverage = facts::Coverage {
        kind: Some("medicare_original".into()),
        member_id: Some("1EG4-TE5-MK73".into()),
        ..facts::Coverage::default()
    };
    let reasons: Vec<Option<String>> =
        ["not_medically_necessary", "benefit_limit_reached", "information_missing", "coding_or_billing", "other"]
            .map(|r| Some(r.to_string()))
            .into();
    case.denials = reasons
        .into_iter()
        .map(|reason| facts::Denial { reason, quote: Some("It was not covered.".into()), ..facts::Denial::default() })
        .collect();
    let world = world(case);
    for (language, word, never) in [("en", "Medicare contractor", "plan"), ("es", "contratista de Medicare", "plan")] {
        let letter = world.draft("appeal_letter", language);
        let headings: Vec<String> = letter
            .blocks
            .iter()
            .filter_map(|b| match b {
                draft::Block::Heading { text, .. } => Some(text.clone()),
                _ => None,
            })
            .collect();
        let all = format!("{}\n{}", headings.join("\n"), text(&letter));
        assert_eq!(letter.missing, Vec::<String>::new());
        assert!(all.contains(word), "{all}");
        let words: Vec<&str> = all.split(|c: char| !c.is_alphabetic()).collect();
        assert!(!words.contains(&never), "{all}");
        assert_eq!(letter.to.name, "Medicare");
    }
}

#[test]
fn the_step_whose_last_day_comes_first_is_taken() {
    let day = |d| Some(jiff::civil::date(2026, 11, d));
    let (slow, fast) = ("Request for reconsideration", "Request for a fast appeal");
    let table = [(None, day(26), fast), (day(28), day(26), fast), (day(26), day(28), slow), (None, day(24), slow)];
    for (slow_due, fast_due, title) in table {
        let mut case = bare();
        case.coverage.kind = Some("medicare_advantage".into());
        case.events = vec![event("notice_of_noncoverage_received", today())];
        let mut world = world(case);
        world.entitlements.rights =
            vec![right("reconsideration.file", slow_due, &[]), right("fast_appeal.file", fast_due, &[])];
        let letter = world.draft("appeal_letter", "en");
        assert_eq!(letter.title, title, "{slow_due:?} {fast_due:?}");
        if title == fast {
            assert!(letter.to.name.contains("Quality Improvement"), "{:?}", letter.to);
            assert!(text(&letter).contains("that I received on November 25, 2026 to end"), "{}", text(&letter));
        }
    }
}

#[test]
fn a_citation_is_printed_once_in_a_sentence_and_once_for_two_that_share_it() {
    let mut case = bare();
    case.coverage.kind = Some("fehb".into());
    let mut world = world(case);
    let due = Some(jiff::civil::date(2027, 1, 10));
    let twice = [("5 CFR 890.105(b)(1)", Some("a")), ("5 CFR 890.105(b)(1)", None)];
    let mut appeal = right("carrier_reconsideration.file", due, &[]);
    appeal.authorities =
        twice.iter().map(|(c, url)| Authority { url: url.map(str::to_string), ..Authority::new(*c) }).collect();
    world.entitlements.rights = vec![appeal];
    let letter = world.text("appeal_letter", "en");
    let line = letter.lines().find(|l| l.contains("within the time")).unwrap_or_else(|| panic!("{letter}"));
    assert_eq!(line.matches("890.105(b)(1)").count(), 1, "{line}");

    let law = |text: &str, cite: &str| {
        draft::Sentence::claim(draft::Claim::Legal, text, vec![draft::Source::Authority(Authority::new(cite))])
    };
    let first = law("One rule holds.", "5 CFR 1");
    assert!(first.printed(&draft::Labels::default()).contains("CFR"));
    let shared = draft::Sentence { cited_after: true, ..first };
    assert_eq!(shared.printed(&draft::Labels::default()), "One rule holds.");
}

#[test]
fn an_answer_that_names_the_wait_is_not_followed_by_it_again() {
    for (answer, shown) in
        [("first opening in 70 days", 1), ("a 70-day wait", 0), ("full until spring", 1), ("call extension 70", 1)]
    {
        let mut case = bare();
        case.contacts = vec![facts::Contact {
            who: Some("City Ortho".into()),
            answer: Some(answer.into()),
            wait_days: Some(70),
            ..facts::Contact::default()
        }];
        let letter = world(case).text("gap_exception", "en");
        assert_eq!(letter.matches("70 days").count(), shown, "{answer}: {letter}");
    }
}

#[test]
fn a_referral_without_papers_does_not_speak_of_papers() {
    for (case, sent) in [(knee(), true), (bare(), false)] {
        let letter = world(case).text("referral_letter", "en");
        assert_eq!(letter.contains("These records are sent"), sent, "{letter}");
        assert!(!letter.contains("No records are listed"), "{letter}");
    }
}

#[test]
fn a_figure_inside_a_larger_one_does_not_count_as_said() {
    let mut case = bare();
    case.contacts = vec![facts::Contact {
        answer: Some("170 days for a new patient".into()),
        wait_days: Some(70),
        distance_miles: Some(12.5),
        ..facts::Contact::default()
    }];
    let letter = world(case).text("gap_exception", "en");
    assert!(letter.contains("first appointment in 70 days") && letter.contains("12.5 miles away"), "{letter}");
}

#[test]
fn the_search_is_called_a_search_and_no_result_is_made_up() {
    let mut case = bare();
    case.denials.truncate(1);
    case.denials.iter_mut().for_each(|d| d.reason = Some("network_provider_available".into()));
    case.contacts = vec![facts::Contact { answer: Some("yes, next week".into()), ..facts::Contact::default() }];
    let letter = world(case).text("appeal_letter", "en");
    assert!(letter.contains("log of the search") && !letter.contains("No clinician"), "{letter}");
}

/// What the opinion plan would ask on the phone.
fn asking(lines: &[&str]) -> opinion::OpinionPlan {
    opinion::OpinionPlan {
        timing: "after_denial".into(),
        value: None,
        because: vec![],
        better_first_moves: vec![],
        required: opinion::Requirement {
            owed: None,
            state: "unknown".into(),
            evidence: vec![],
            obtained: None,
            consequence: None,
            exceptions: vec![],
            arguments: vec![],
            says: String::new(),
            authorities: vec![],
            by_criterion: false,
        },
        coverage: opinion::OpinionCoverage {
            ask_the_plan: lines.iter().map(|l| (*l).to_string()).collect(),
            ..opinion::OpinionCoverage::default()
        },
        schedule: None,
        findings: vec![],
    }
}

#[test]
fn the_caller_says_a_name_once_and_says_for_whom_the_call_is() {
    let plan = asking(&["Hello, my name is Ana Ejemplo. Please tell me the rules.", "Is a second opinion covered?"]);
    for (role, wanted) in
        [("patient", "My name is Ana Ejemplo. I call"), ("parent", "Eva Ejemplo, and I call for Ana Ejemplo")]
    {
        let mut case = bare();
        case.patient.role = Some(role.into());
        case.patient.representative = Some("Eva Ejemplo".into());
        let world = world(case);
        let inputs = Inputs {
            case: &world.case,
            entitlements: &world.entitlements,
            plan: Some(&plan),
            check: None,
            criteria: &[],
            supports: None,
            kb: &world.kb,
            today: today(),
            language: "en",
            stage: None,
        };
        let script = text(&draft("phone_script", &inputs).unwrap_or_else(|e| panic!("{e}")).value);
        assert_eq!(script.to_lowercase().matches("my name is").count(), 1, "{script}");
        assert!(script.contains(wanted) && script.contains("Is a second opinion covered?"), "{script}");
    }
}

#[test]
fn a_spanish_request_to_complete_the_letter_asks_in_spanish() {
    let state = |element: &str, state: &str, quote: Option<&str>| opinion::ElementState {
        element: element.into(),
        state: state.into(),
        quote: quote.map(str::to_string),
        page: None,
        ask: Some("Please write this in English.".into()),
    };
    let check = opinion::Check {
        outcome: "confirms".into(),
        outcome_quote: None,
        outcome_page: None,
        elements: vec![state("credentials", "missing", None), state("basis_of_opinion", "partial", Some("Pronto."))],
        reasons_answered: vec![],
        hazards: vec![],
        attach: "after_changes".into(),
        next: vec![],
        findings: vec![],
    };
    let world = world(knee());
    for (language, asked) in [("en", 2), ("es", 0)] {
        let inputs = Inputs {
            case: &world.case,
            entitlements: &world.entitlements,
            plan: None,
            check: Some(&check),
            criteria: &[],
            supports: None,
            kb: &world.kb,
            today: today(),
            language,
            stage: None,
        };
        let letter = text(&draft("please_add", &inputs).unwrap_or_else(|e| panic!("{e}")).value);
        assert_eq!(letter.matches("in English").count(), asked, "{letter}");
        assert_eq!(letter.contains("Su especialidad, su certificación"), language == "es", "{letter}");
    }
}

#[test]
fn a_higher_rung_waits_however_early_its_last_day() {
    let mut world = world(bare());
    let external = right("external_review.file", Some(jiff::civil::date(2026, 12, 1)), &[]);
    world.entitlements.rights =
        vec![right("internal_appeal.file", Some(jiff::civil::date(2027, 5, 5)), &[]), Right { level: 2, ..external }];
    assert_eq!(world.draft("appeal_letter", "en").title, "Internal appeal");
}

#[test]
fn no_letter_points_to_an_address_that_is_not_in_its_head() {
    let case = |patient: &str| Case::parse(&format!("{patient}\n[coverage]\nkind = \"erisa_insured\"\n")).unwrap();
    let bare = case("[patient]\nname = \"Ana Ejemplo\"");
    let full = case("[patient]\nname = \"Ana Ejemplo\"\naddress = \"1 Sample Street\"");
    let says = |case: &Case| world(case.clone()).text("appeal_letter", "en").contains("You can reach me");
    assert!(!says(&bare) && says(&full));
}

#[test]
fn records_that_nothing_points_to_are_enclosed_and_not_said_to_answer() {
    let mut case = bare();
    case.denials.truncate(1);
    case.denials.iter_mut().for_each(|d| d.reason = Some("experimental_investigational".into()));
    case.denials.push(facts::Denial { reason: Some("level_of_care".into()), ..facts::Denial::default() });
    case.records = vec![facts::Record {
        file: Some("thumb.pdf".into()),
        kind: Some("imaging".into()),
        title: Some("X-ray of the left thumb".into()),
        ..facts::Record::default()
    }];
    let world = world(case);
    for (language, enclosed, answers) in [
        ("en", "medical records are enclosed", "answers this reason"),
        ("es", "Se adjuntan los registros", "responde también"),
    ] {
        let letter = world.draft("appeal_letter", language);
        let of_records: Vec<_> = letter.sentences().into_iter().filter(|s| s.text.contains(enclosed)).collect();
        assert_eq!(of_records.len(), 2, "one for each reason");
        assert!(of_records.iter().all(|s| s.claim == draft::Claim::Fact && s.sources.len() == 1));
        assert!(!text(&letter).contains(answers), "an enclosed paper is no evidence yet: {}", text(&letter));
    }
}

#[test]
fn the_day_we_advise_is_today_once_it_is_over_and_the_last_day_is_not() {
    let day = |d| Some(jiff::civil::date(2026, 11, d));
    let mut world = world(bare());
    let late = Right { file_by: day(24), ..right("internal_appeal.file", day(27), &["29 CFR 2560.503-1(h)(3)(i)"]) };
    world.entitlements.rights = vec![late];
    for name in ["records_request", "claim_file_request"] {
        let document = world.text(name, "en");
        assert!(!document.contains("November 24") && document.contains("by November 25, 2026"), "{name}: {document}");
    }
}

#[test]
fn a_letter_of_the_patient_speaks_of_the_patient_as_me() {
    let mut case = knee();
    case.choices.attach_opinion = Some(true);
    let own = world(case.clone());
    assert!(own.text("appeal_letter", "en").contains("Dr. Muestra saw me in person on"));
    assert!(own.text("appeal_letter", "es").contains("Benito Muestra me vio en persona el"));
    case.patient.role = Some("representative".into());
    case.patient.representative = Some("Olga Ejemplo".into());
    let other = world(case);
    assert!(other.text("appeal_letter", "en").contains("Dr. Muestra saw Ana Ejemplo in person on"));
    assert!(other.text("appeal_letter", "es").contains("Benito Muestra vio al paciente en persona el"));
}

#[test]
fn the_days_of_a_timely_appeal_are_named_where_receipt_is_known() {
    let (received, last) = (jiff::civil::date(2026, 11, 4), jiff::civil::date(2027, 5, 3));
    let mut case = knee();
    case.events = vec![event("notice_received", received)];
    let mut known = world(case);
    let mut own = right("internal_appeal.file", Some(last), &["29 CFR 2560.503-1(h)(3)(i)"]);
    own.counted_from = Some(rights::CountedFrom { event: "notice_received".into(), date: received, presumed: false });
    known.entitlements.rights = vec![own.clone()];
    let text = known.text("appeal_letter", "en");
    assert!(
        text.contains("I received the decision on November 4, 2026; the time to file ends on May 3, 2027"),
        "{text}"
    );
    // A presumed day of receipt is not told as a fact.
    own.counted_from = Some(rights::CountedFrom { event: "notice_received".into(), date: received, presumed: true });
    known.entitlements.rights = vec![own];
    let text = known.text("appeal_letter", "en");
    assert!(text.contains("This appeal is filed within the time allowed") && !text.contains("ends on"), "{text}");
}

#[test]
fn a_notice_without_a_claim_number_does_not_hold_the_letter_back_where_the_member_number_is_known() {
    let mut case = knee();
    case.claim.number = None;
    let known = case.coverage.member_id.take();
    let outcome = world(case.clone()).outcome("appeal_letter", "en");
    assert!(outcome.value.missing.contains(&"claim.number".to_string()), "{:?}", outcome.value.missing);
    case.coverage.member_id = known;
    let outcome = world(case.clone()).outcome("appeal_letter", "en");
    assert!(!outcome.value.missing.contains(&"claim.number".to_string()), "{:?}", outcome.value.missing);
    assert!(outcome.findings.iter().any(|f| f.code == "number_not_known"), "{:?}", outcome.findings);
    case.coverage.member_id = None;
    let outcome = world(case).outcome("appeal_letter", "en");
    assert!(outcome.value.missing.contains(&"claim.number".to_string()), "{:?}", outcome.value.missing);
}

#[test]
fn what_the_papers_do_not_show_is_told_to_the_person_and_not_to_the_plan() {
    let world = world(knee());
    let row = |criterion: &str, state, quote: Option<&str>| draft::CriteriaRow {
        criterion: criterion.into(),
        state,
        exhibit: quote.map(|_| "xray.pdf".into()),
        page: quote.map(|_| 1),
        quote: quote.map(str::to_string),
        also: None,
    };
    let rows = [
        row("Joint damage on X-ray", draft::CriterionState::Met, Some("Bone on bone contact.")),
        row("A stable weight for a year", draft::CriterionState::NotDocumented, None),
    ];
    for (name, told_to_plan) in [("appeal_letter", false), ("peer_to_peer_brief", true)] {
        let inputs = Inputs {
            case: &world.case,
            entitlements: &world.entitlements,
            plan: None,
            check: None,
            criteria: &rows,
            supports: None,
            kb: &world.kb,
            today: today(),
            language: "en",
            stage: None,
        };
        let outcome = draft(name, &inputs).unwrap_or_else(|e| panic!("{e}"));
        let text = text(&outcome.value);
        assert!(text.contains("Bone on bone contact."), "{text}");
        assert_eq!(text.contains("A stable weight for a year"), told_to_plan, "{text}");
        assert_eq!(outcome.findings.iter().any(|f| f.code == "criteria_gap"), !told_to_plan);
    }
}
