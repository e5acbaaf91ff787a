//! What a letter may and may not say, by what the case knows. All cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

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
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../kb/evidence/shelf.toml");
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{e}"));
    let kb =
        kb::Kb::load(kb::Source::new([("evidence/shelf.toml".to_string(), text)])).unwrap_or_else(|e| panic!("{e}"));
    World { case, entitlements: Entitlements::empty(today()), kb }
}

impl World {
    fn outcome(&self, name: &str, language: &str) -> facts::Outcome<draft::Document> {
        let inputs = Inputs {
            case: &self.case,
            entitlements: &self.entitlements,
            plan: None,
            check: None,
            criteria: &[],
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
        counted_from: None,
        derivation: vec![],
        filed_when: None,
        decision_due: None,
        send_to: None,
        thresholds: vec![],
        notes: vec![],
        done: false,
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
    assert!(es.contains("Su revisor puede comunicarse con Dr. Prueba al 555-0177."), "{es}");
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
    world.entitlements.rights.push(right("claim_file.provide", None, &["29 USC 1132(c)(1)"]));
    for (kind, cited) in [("erisa_self_funded", "29\u{a0}CFR\u{a0}2560.503-1(h)(2)(iii)"), ("tricare", "1132(c)(1)")] {
        world.case.coverage.kind = Some(kind.into());
        let letter = world.text("appeal_letter", "en");
        let line = letter.lines().find(|l| l.contains("complete claim file")).unwrap_or_else(|| panic!("{letter}"));
        assert!(line.contains(cited), "{kind}: {line}");
        assert_eq!(line.contains("1132"), kind == "tricare", "{line}");
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
