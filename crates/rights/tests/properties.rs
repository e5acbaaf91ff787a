//! What must hold for every case, however odd: properties over thousands of invented cases.
#![allow(clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::panic)]

mod common;

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use common::{date, kb};
use facts::{Case, Event, When};
use jiff::civil::Date;
use proptest::prelude::*;
use rights::{Why, assess, entitlements};

fn coverages() -> Vec<String> {
    kb().index().vocabulary().coverages.names().map(String::from).collect()
}

fn event_names() -> Vec<String> {
    kb().index().vocabulary().event.names().map(String::from).collect()
}

fn any_day() -> impl Strategy<Value = Date> {
    (2018i16..2029, 1i8..=12, 1i8..=31).prop_filter_map("no such day", |(y, m, d)| Date::new(y, m, d).ok())
}

fn any_when() -> impl Strategy<Value = When> {
    (any_day(), 0i8..24, proptest::bool::ANY).prop_map(|(day, hour, timed)| {
        if timed {
            When::parse(&format!("{day}T{hour:02}:30:00-05:00")).unwrap_or(When::Day(day))
        } else {
            When::Day(day)
        }
    })
}

fn maybe<T: Clone + std::fmt::Debug + 'static>(values: Vec<T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(proptest::sample::select(values))
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|w| w.to_string()).collect()
}

prop_compose! {
    fn any_case()(
        kind in proptest::sample::select(coverages()),
        events in proptest::collection::vec((proptest::sample::select(event_names()), any_when(), maybe(vec![true, false])), 0..6),
        claim_kind in maybe(words(&["pre_service", "post_service", "urgent", "concurrent"])),
        item in maybe(words(&["service", "part_b_drug", "drug", "equipment"])),
        levels in maybe(vec![1u8, 2]),
        state in maybe(words(&["CA", "NY", "TX", "MO", "FL", "PR", "GU"])),
        process in maybe(words(&["state", "federal"])),
        plan_year in proptest::option::of(any_day()),
        grandfathered in maybe(vec![true, false]),
        window in maybe(vec![90u32, 120]),
        amount in maybe(vec![0i64, 19_999, 20_000, 5_000_000]),
    ) -> Case {
        let mut case = Case::default();
        case.coverage.kind = Some(kind);
        case.coverage.internal_levels = levels;
        case.coverage.external_process = process;
        case.coverage.plan_year_start = plan_year;
        case.coverage.grandfathered = grandfathered;
        case.coverage.fair_hearing_window_days = window;
        case.claim.kind = claim_kind;
        case.claim.item = item;
        case.claim.amount_cents = amount;
        case.patient.state = state;
        case.events = events
            .into_iter()
            .map(|(kind, date, evidence)| Event { kind, date, evidence, note: None })
            .collect();
        case
    }
}

/// All rules by id, with their text.
fn rules() -> &'static HashMap<String, (kb::Rule, String)> {
    static RULES: OnceLock<HashMap<String, (kb::Rule, String)>> = OnceLock::new();
    RULES.get_or_init(|| {
        let files = kb().source().below("").filter(|f| f.text.contains(kb::RULE_FORMAT) && f.path.starts_with("us"));
        let entry = |f: &kb::File| {
            let rule = kb().table(&f.path).unwrap_or_else(|e| panic!("{e}"));
            (f.path.trim_end_matches(".toml").replace('/', "."), (rule, f.text.to_string()))
        };
        files.map(entry).collect()
    })
}

/// Rules that count back from an event, or from several: their last day may lie before an event they name.
fn counts_back(id: &str) -> bool {
    rules().get(id).is_some_and(|(_, text)| text.contains("direction") || text.contains("law_and_form"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_last_day_is_never_before_its_start_and_the_advised_day_never_after_it(case in any_case()) {
        let today = today_of(&case);
        for days in assess(&case, kb(), today).days() {
            if let (Some(from), Some(due)) = (days.counted_from, days.due) {
                prop_assert!(due >= from || counts_back(days.id), "{days:?}");
            }
            if let (Some(file_by), Some(due)) = (days.file_by, days.due) {
                prop_assert!(file_by <= due, "{days:?}");
            }
        }
    }

    #[test]
    fn adding_a_day_to_every_event_never_makes_a_day_earlier(case in any_case()) {
        let today = today_of(&case);
        let mut later = case.clone();
        for event in &mut later.events {
            event.date = When::Day(calendar::next_day(event.date.date()));
        }
        let mut plain = case.clone();
        for event in &mut plain.events {
            event.date = When::Day(event.date.date());
        }
        let (one, two) = (assess(&plain, kb(), today), assess(&later, kb(), today));
        for a in one.days() {
            let Some(b) = two.days().find(|b| b.id == a.id && b.version == a.version) else { continue };
            if let (Some(x), Some(y)) = (a.due, b.due) {
                prop_assert!(y >= x, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn a_version_never_applies_outside_its_time(case in any_case()) {
        for days in assess(&case, kb(), today_of(&case)).days() {
            let (Some(on), Ok(shown)) = (days.selected_on, rules().get(days.id).ok_or(())) else { continue };
            let version = &shown.0.versions[days.version];
            prop_assert!(version.effective_from <= on, "{days:?}");
            prop_assert!(version.effective_to.is_none_or(|to| on <= to), "{days:?}");
        }
    }

    #[test]
    fn the_answer_is_the_same_twice_and_in_any_order_of_events(case in any_case()) {
        let today = today_of(&case);
        let one = entitlements(&case, kb(), today);
        prop_assert_eq!(&one, &entitlements(&case, kb(), today));
        let kinds: BTreeSet<&str> = case.events.iter().map(|e| e.kind.as_str()).collect();
        if kinds.len() == case.events.len() {
            let mut turned = case.clone();
            turned.events.reverse();
            let two = entitlements(&turned, kb(), today);
            prop_assert_eq!(one.rights, two.rights);
            prop_assert_eq!(one.refusals.len(), two.refusals.len());
        }
    }

    #[test]
    fn every_word_is_of_the_closed_lists_and_nothing_is_without_law(case in any_case()) {
        let all = entitlements(&case, kb(), today_of(&case));
        let words = kb().index().vocabulary();
        for right in &all.rights {
            prop_assert!(words.gives.get(&right.gives).is_some(), "{}", right.gives);
            prop_assert!(words.actors.get(&right.actor).is_some(), "{}", right.actor);
            prop_assert!(!right.authorities.is_empty() && !right.derivation.is_empty(), "{}", right.id);
            prop_assert!(right.derivation.iter().all(|s| s.ends_with(['.', ':', '?'])), "{:?}", right.derivation);
            if let Some(counted) = &right.counted_from {
                prop_assert!(words.event.get(&counted.event).is_some());
            }
        }
        for refusal in &all.refusals {
            prop_assert!(words.gives.get(&refusal.right).is_some(), "{}", refusal.right);
            prop_assert!(!refusal.message.is_empty());
            prop_assert_eq!(refusal.why == Why::FactMissing, !refusal.needs.is_empty(), "{:?}", refusal);
            if refusal.why == Why::NoRight {
                prop_assert!(!refusal.authorities.is_empty(), "{:?}", refusal.id);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn giving_the_facts_a_refusal_names_removes_it(case in any_case()) {
        let today = today_of(&case);
        let all = entitlements(&case, kb(), today);
        for refusal in all.refusals.iter().filter(|r| r.why == Why::FactMissing) {
            let mut answered = case.clone();
            for need in &refusal.needs {
                give(&mut answered, need);
            }
            let after = entitlements(&answered, kb(), today);
            let same = after.refusals.iter().find(|r| r.id == refusal.id && r.right == refusal.right && r.needs == refusal.needs);
            prop_assert!(same.is_none(), "still refused: {refusal:?}\nafter {:?}", answered);
        }
    }

    #[test]
    fn no_text_makes_it_panic(words in proptest::collection::vec(".{0,40}", 8), day in any_day()) {
        let mut case = Case::default();
        case.coverage.kind = Some(words[0].clone());
        case.coverage.situs_state = Some(words[1].clone());
        case.patient.state = Some(words[2].clone());
        case.claim.kind = Some(words[3].clone());
        case.claim.item = Some(words[4].clone());
        case.coverage.external_process = Some(words[5].clone());
        case.claim.prior_authorization = Some(words[6].clone());
        case.events = vec![Event { kind: words[7].clone(), date: When::Day(day), evidence: None, note: None }];
        let all = entitlements(&case, kb(), day);
        prop_assert!(all.rights.is_empty());
        prop_assert!(all.findings.iter().any(|f| f.code == "unknown_coverage"));
        prop_assert!(all.findings.iter().any(|f| f.code == "unknown_event"));
    }
}

/// A day on which all that is told has happened: from what lies ahead nothing is counted.
fn today_of(case: &Case) -> calendar::Date {
    let last = case.events.iter().map(|e| calendar::next_day(e.date.date())).max();
    last.unwrap_or(date("2026-11-23")).max(date("2026-11-23"))
}

/// Gives a fact a value it may have.
fn give(case: &mut Case, path: &str) {
    if let Some(kind) = path.strip_prefix("event.") {
        case.events.retain(|e| e.kind != kind);
        let last =
            case.events.iter().map(|e| e.date.date()).max().unwrap_or(date("2026-10-01")).max(date("2026-10-01"));
        let when = When::parse(&format!("{last}T10:00:00-05:00")).unwrap_or(When::Day(last));
        case.events.push(Event { kind: kind.into(), date: when, evidence: None, note: None });
        return;
    }
    match path {
        "coverage.kind" => case.coverage.kind = Some("erisa_self_funded".into()),
        "coverage.internal_levels" => case.coverage.internal_levels = Some(1),
        "coverage.grandfathered" => case.coverage.grandfathered = Some(false),
        "coverage.external_process" => case.coverage.external_process = Some("federal".into()),
        "coverage.situs_state" => case.coverage.situs_state = Some("TX".into()),
        "coverage.fair_hearing_window_days" => case.coverage.fair_hearing_window_days = Some(90),
        "coverage.court_window_days" => case.coverage.court_window_days = Some(180),
        "coverage.second_appeal_window_days" => case.coverage.second_appeal_window_days = Some(60),
        "coverage.network_type" => case.coverage.network_type = Some("hmo".into()),
        "patient.state" => case.patient.state = Some("TX".into()),
        "claim.kind" => case.claim.kind = Some("pre_service".into()),
        "claim.item" => case.claim.item = Some("service".into()),
        "claim.urgent" => case.claim.urgent = Some(false),
        "claim.setting" => case.claim.setting = Some("outpatient".into()),
        "claim.prior_authorization" => case.claim.prior_authorization = Some("yes".into()),
        "claim.amount_cents" => case.claim.amount_cents = Some(100_000),
        "claim.date_of_service" => case.claim.date_of_service = Some(date("2026-06-01")),
        "denial.reason" => {
            case.denials.push(facts::Denial { reason: Some("not_medically_necessary".into()), ..Default::default() })
        }
        other => panic!("the test cannot give {other}; add it"),
    }
}
