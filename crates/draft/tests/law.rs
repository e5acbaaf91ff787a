//! Which law a letter names, under the rules as the knowledge base has them. All cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use common::{drafted_in, text};

/// An urgent denial of an adult, under a kind of coverage and with the event that is known.
fn case(kind: &str, event: &str) -> String {
    format!(
        r#"
[patient]
name = "Test Person"
state = "NV"
[coverage]
kind = "{kind}"
issuer = "Example Mutual Health"
[claim]
kind = "pre_service"
urgent = true
service = "Test service"
[choices]
expedite = true
[[denial]]
reason = "not_medically_necessary"
[[event]]
kind = "{event}"
date = 2026-11-02
"#
    )
}

fn letter(kind: &str, event: &str, name: &str, language: &str) -> String {
    text(&drafted_in(&case(kind, event), name, jiff::civil::date(2026, 11, 20), language).value)
}

#[test]
fn an_outside_reviewer_is_not_told_of_rules_that_bind_the_plan() {
    for kind in ["erisa_self_funded", "individual_market", "church_plan_self_funded"] {
        for name in ["appeal_letter", "protective_appeal", "supplement"] {
            for language in ["en", "es"] {
                let letter = letter(kind, "final_notice_received", name, language);
                // The protective appeal asks the plan by name for its file; that is the plan's duty at this stage too.
                let whole = ["2560.503-1(h)", "2560.503-1(m)", "147.136(b)"];
                let review = ["2560.503-1(h)(2)(iv)", "2560.503-1(m)(1)", "147.136(b)(2)(ii)(B)"];
                for of_plan in if name == "protective_appeal" { review } else { whole } {
                    assert!(!letter.contains(of_plan), "{kind} {name} {language}: {of_plan}\n{letter}");
                }
                if name == "appeal_letter" {
                    let fast = if language == "en" { "fast review" } else { "revisión rápida" };
                    let line = letter.lines().find(|l| l.contains(fast)).unwrap_or_else(|| panic!("{letter}"));
                    // An insurer in Nevada answers to the State's review.
                    let law = if kind == "individual_market" { "NRS 695G" } else { "147.136(d)(3)(i)" };
                    assert!(line.contains(law), "{kind}: {line}");
                }
            }
        }
        let appeal = letter(kind, "notice_received", "appeal_letter", "en");
        assert!(appeal.contains("2560.503-1(m)(1)"), "{appeal}");
    }
}

/// The citations of the line of a letter that holds a word.
fn cites<'a>(letter: &'a str, word: &str) -> &'a str {
    let line = letter.lines().find(|l| l.contains(word)).unwrap_or_else(|| panic!("no `{word}` in\n{letter}"));
    line.rsplit_once('(').map_or("", |_| line.split_once(" (").map_or("", |(_, cites)| cites))
}

#[test]
fn each_plan_is_told_of_the_law_that_binds_it_and_of_no_other() {
    let of_all = ["147.136(b)(3)", "147.136(b)(2)(i)", "54.9815-2719(b)(2)(i)", "147.136(b)(2)(ii)"];
    for (kind, own) in [
        ("erisa_self_funded", &["147.136(b)(2)(ii)"][..]),
        ("individual_market", &["147.136(b)(3)"]),
        ("non_federal_governmental_self_funded", &["147.136(b)(2)(i)", "147.136(b)(2)(ii)"]),
        ("church_plan_self_funded", &["54.9815-2719(b)(2)(i)", "147.136(b)(2)(ii)"]),
        ("grandfathered_group", &[]),
    ] {
        for name in [
            "appeal_letter",
            "claim_file_request",
            "protective_appeal",
            "reviewer_identity_request",
            "authorized_representative",
        ] {
            let letter = letter(kind, "notice_received", name, "en").replace('\u{a0}', " ");
            for cite in of_all.iter().filter(|c| !own.iter().any(|o| *c == o)) {
                // `(b)(2)(i)` stands in front of `(b)(2)(ii)` too.
                let named = letter.match_indices(cite).any(|(at, c)| !letter[at + c.len()..].starts_with('i'));
                assert!(!named || cite.ends_with("(ii)") && !letter.contains(cite), "{kind} {name}: {cite}\n{letter}");
            }
            assert!(!letter.contains("147.136(b);") && !letter.contains("147.136(b))"), "{kind} {name}\n{letter}");
        }
        let request = letter(kind, "notice_received", "claim_file_request", "en").replace('\u{a0}', " ");
        assert!(cites(&request, "internal rule").contains("2560.503-1(g)(1)(v)(A)"), "{kind}: {request}");
    }
}

#[test]
fn the_childs_benefit_names_the_law_that_has_the_age() {
    for kind in ["medicaid_managed_care", "medicaid_fee_for_service"] {
        let case = case(kind, "notice_received").replace("state = ", "date_of_birth = 2015-03-01\nstate = ");
        let letter = text(&drafted_in(&case, "appeal_letter", jiff::civil::date(2026, 11, 20), "en").value);
        let letter = letter.replace('\u{a0}', " ");
        assert!(cites(&letter, "under 21").contains("42 USC 1396d(a)(4)(B)"), "{kind}: {letter}");
    }
}

#[derive(serde::Deserialize)]
struct Table {
    law: Vec<Law>,
}

#[derive(serde::Deserialize)]
struct Law {
    id: String,
    #[serde(default)]
    entitled: Vec<String>,
    #[serde(default)]
    gives: Vec<String>,
    #[serde(default)]
    by: Vec<Row>,
}

#[derive(serde::Deserialize)]
struct Row {
    coverage: Vec<String>,
    cite: Vec<String>,
}

/// Whether a rule of the knowledge base binds a kind of coverage and gives what a row says.
fn answers(ready: &kb::Ready, law: &Law, kind: &str) -> bool {
    let named = law.entitled.iter().any(|e| ready.id == *e || ready.id.ends_with(&format!(".{e}")));
    let gives = law.gives.contains(&ready.rule.gives);
    ready.id.starts_with("us.") && (named || gives) && ready.rule.covers.coverage.iter().any(|c| c == kind)
}

#[test]
fn no_row_of_the_table_of_law_differs_from_a_rule_of_the_knowledge_base() {
    let text = include_str!("../../../templates/law.toml");
    let table: Table = toml::from_str(text).unwrap_or_else(|e| panic!("{e}"));
    for law in &table.law {
        for (row, kind) in law.by.iter().flat_map(|row| row.coverage.iter().map(move |c| (row, c))) {
            let rules: Vec<_> = common::kb().index().rules().iter().filter(|r| answers(r, law, kind)).collect();
            let cites: Vec<&str> =
                rules.iter().flat_map(|r| &r.versions).flat_map(|v| &v.authorities).map(|a| a.cite.as_str()).collect();
            for cite in &row.cite {
                let held = cites.is_empty() || cites.iter().any(|c| c.starts_with(cite.as_str()));
                assert!(held, "{} for {kind}: {cite} is not among {cites:?}", law.id);
            }
        }
    }
}

#[test]
fn a_plan_is_told_of_a_duty_to_give_a_second_opinion_only_where_the_rule_gives_one() {
    let asked = |kind: &str, state: &str| {
        let case = case(kind, "notice_received").replace("\"NV\"", &format!("{state:?}"));
        let case = case.replace("[coverage]", &format!("[coverage]\nsitus_state = {state:?}"));
        text(&drafted_in(&case, "second_opinion_coverage_request", jiff::civil::date(2026, 11, 20), "en").value)
    };
    let claim = "provide for a second opinion";
    for (kind, state) in [
        ("individual_market", "NV"),
        ("individual_market", "TX"),
        ("individual_market", "MA"),
        ("individual_market", "RI"),
        // Which of two California statutes binds a plan hangs on its regulator.
        ("individual_market", "CA"),
        ("tricare", "NV"),
    ] {
        let letter = asked(kind, state);
        assert!(!letter.contains(claim), "{kind} {state}: {letter}");
    }
    for (kind, state, law) in
        [("individual_market", "WA", "48.43.515(6)"), ("medicaid_managed_care", "NV", "438.206(b)(3)")]
    {
        let letter = asked(kind, state);
        assert!(letter.contains(claim) && letter.contains(law), "{kind} {state}: {letter}");
    }
}

#[test]
fn a_medicare_advantage_plan_is_asked_for_what_its_rule_says_of_the_reviewer() {
    for (language, asked, more) in
        [("en", "expertise in the field", "took no part"), ("es", "experiencia en el campo", "no haya participado")]
    {
        let ma = letter("medicare_advantage", "notice_received", "appeal_letter", language).replace('\u{a0}', " ");
        let line = ma.lines().find(|l| l.contains(asked)).unwrap_or_else(|| panic!("{ma}"));
        assert!(line.contains("42 CFR 422.590(h)(2)") && !ma.contains(more), "{line}");
        let erisa = letter("erisa_self_funded", "notice_received", "appeal_letter", language);
        assert!(erisa.contains(more) && !erisa.contains("422.590"), "{erisa}");
    }
}
