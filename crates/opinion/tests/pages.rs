//! Whole pages for a few invented people, as a nurse would read them; and no input of any kind makes the room fall over.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods)]

mod support;

use facts::Document;
use support::{case, file_by, kb, today};

const EXPERIMENTAL: &str = r#"
[patient]
name = "Ana Example"
state = "OH"
[coverage]
kind = "erisa_self_funded"
network_type = "ppo"
plan_name = "Example Works Health Plan"
deductible_cents = 150000
deductible_met_cents = 140000
coinsurance_percent = 30
[claim]
kind = "pre_service"
service = "HIPEC with cytoreductive surgery"
diagnosis = "appendiceal cancer with peritoneal spread"
diagnosis_codes = ["C18.1", "C78.6"]
[treating_physician]
name = "A. Example, MD"
specialty = "General Surgery"
[[denial]]
reason = "experimental_investigational"
quote = "HIPEC is considered investigational for this condition."
"#;

const CARC_61: &str = r#"
[patient]
state = "NJ"
[coverage]
kind = "medicare_original"
deductible_met_cents = 28300
[claim]
kind = "post_service"
service = "bunionectomy"
codes = ["28296"]
[[denial]]
reason = "second_opinion_missing"
codes = ["CO-61"]
quote = "No second surgical opinion on file."
"#;

const BILLING: &str = "[coverage]\nkind = \"medicaid_managed_care\"\n[claim]\nservice = \"MRI of the knee\"\n[[denial]]\nreason = \"coding_or_billing\"";

fn page(text: &str) -> String {
    let plan =
        opinion::need(&case(text), &kb(), today(), Some(&file_by("2027-03-01")), &[]).unwrap_or_else(|e| panic!("{e}"));
    opinion::plan_page(&plan, &kb())
}

#[test]
fn pages_of_three_people() {
    insta::assert_snapshot!("experimental_self_funded", page(EXPERIMENTAL));
    insta::assert_snapshot!("carc_61_medicare", page(CARC_61));
    insta::assert_snapshot!("billing_medicaid", page(BILLING));
}

#[test]
fn the_brief_and_the_specialist_of_one_person() {
    let c = case(EXPERIMENTAL);
    let e = file_by("2027-03-01");
    let brief = opinion::brief(&c, &kb(), today(), Some(&e), &[]).unwrap_or_else(|e| panic!("{e}"));
    insta::assert_snapshot!("brief_experimental", opinion::brief_page(&brief, &kb()));
    let who = opinion::specialist(&c, &kb(), Some(&e)).unwrap_or_else(|e| panic!("{e}"));
    insta::assert_snapshot!("specialist_experimental", opinion::specialist_page(&who, &kb()));
}

/// In Spanish every label and sentence is Spanish: no line of the English pages is left, but for names, quotes and citations.
#[test]
fn the_pages_speak_spanish() {
    let spanish = kb().speaking("es").unwrap_or_else(|e| panic!("{e}"));
    for text in [EXPERIMENTAL, CARC_61, BILLING] {
        let c = case(text);
        let pages = |kb: &kb::Kb| {
            let e = file_by("2027-03-01");
            let plan = opinion::need(&c, kb, today(), Some(&e), &[]).unwrap_or_else(|e| panic!("{e}"));
            let who = opinion::specialist(&c, kb, Some(&e)).unwrap_or_else(|e| panic!("{e}"));
            let compared = opinion::compare(&c, kb, None, None, None, None).unwrap_or_else(|e| panic!("{e}"));
            let schedule = opinion::schedule(&c, kb, today(), Some(&e)).unwrap_or_else(|e| panic!("{e}"));
            [
                opinion::plan_page(&plan, kb),
                opinion::specialist_page(&who, kb),
                opinion::compare_page(&compared, kb),
                opinion::schedule_page(&schedule, kb),
            ]
            .concat()
        };
        let (english, said) = (pages(&kb()), pages(&spanish));
        // Quotes, citations and the names of centers stay as they are written.
        let kept = |l: &str| l.contains('“') || l.contains(" (OH)") || l.starts_with("- Sí") || l.trim().is_empty();
        let english: Vec<&str> = english.lines().filter(|l| !kept(l)).collect();
        let left: Vec<&str> = said.lines().filter(|l| english.contains(l)).collect();
        assert!(left.is_empty(), "{left:#?}");
        for word in [" the ", " your ", " you ", "Does ", "Rests on", "Covered"] {
            let line = said.lines().find(|l| l.contains(word) && !l.contains('“') && !l.contains("MRI of the"));
            assert_eq!(line, None, "{word}");
        }
    }
}

/// How long the walk takes with a plan document of 400 pages; run with `--ignored --nocapture` in a release build.
#[test]
#[ignore = "a measurement"]
fn measure() {
    let kb = kb();
    let c = case(EXPERIMENTAL);
    let filler = "This page describes other benefits in general words, as plan documents do. ".repeat(40);
    let mut pages = vec![filler.clone(); 400];
    pages[200] = format!("{filler}\n\nSecond Opinion\nThe plan covers a second opinion.\n");
    let plan = [Document::from_text("spd.pdf", pages.join("\u{c}"))];
    let time = |name: &str, run: &mut dyn FnMut()| {
        run();
        let start = std::time::Instant::now();
        (0..20).for_each(|_| run());
        println!("{name}: {:.2} ms", start.elapsed().as_secs_f64() * 50.0);
    };
    time("need", &mut || drop(opinion::need(&c, &kb, today(), None, &[])));
    time("need with 400 pages", &mut || drop(opinion::need(&c, &kb, today(), None, &plan)));
    time("specialist", &mut || drop(opinion::specialist(&c, &kb, None)));
    time("brief", &mut || drop(opinion::brief(&c, &kb, today(), None, &[])));
    time("compare", &mut || drop(opinion::compare(&c, &kb, None, None, None, None)));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]
    #[test]
    fn no_case_makes_it_panic(
        service in "\\PC{0,40}", diagnosis in "\\PC{0,40}", code in "\\PC{0,12}", specialty in "\\PC{0,30}", quote in "\\PC{0,80}",
        reason in "[a-z_]{0,20}", kind in "(medicare_original|erisa_insured|tricare|[a-z_]{0,12})", met in proptest::num::i64::ANY,
    ) {
        let mut c = case("");
        c.claim.service = Some(service);
        c.claim.diagnosis = Some(diagnosis);
        c.claim.codes = vec![code.clone()];
        c.claim.diagnosis_codes = vec![code.clone()];
        c.coverage.kind = Some(kind);
        c.coverage.deductible_cents = Some(met / 4);
        c.coverage.deductible_met_cents = Some(met / 4 + 1);
        c.coverage.coinsurance_percent = Some(20.0);
        c.denials = vec![facts::Denial { reason: Some(reason), quote: Some(quote.clone()), codes: vec![code], ..Default::default() }];
        c.treating_physician = Some(facts::Physician { specialty: Some(specialty.clone()), ..Default::default() });
        c.candidates = vec![facts::Candidate { specialty: Some(specialty), npi: Some(quote.clone()), ..Default::default() }];
        let letter = Document::from_text("l", quote);
        let plan = opinion::need(&c, &kb(), today(), None, std::slice::from_ref(&letter));
        proptest::prop_assert!(plan.is_ok());
        let _ = opinion::plan_page(&plan.unwrap_or_else(|e| panic!("{e}")), &kb());
        let _ = opinion::specialist(&c, &kb(), None).map(|r| opinion::specialist_page(&r, &kb()));
        let _ = opinion::brief(&c, &kb(), today(), None, &[]).map(|b| opinion::brief_page(&b, &kb()));
        let _ = opinion::compare(&c, &kb(), Some(&letter), Some(&letter), None, None).map(|c| opinion::compare_page(&c, &kb()));
    }
}
