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
                    assert!(line.contains("147.136(d)(3)(i)"), "{line}");
                }
            }
        }
        let appeal = letter(kind, "notice_received", "appeal_letter", "en");
        assert!(appeal.contains("2560.503-1(m)(1)"), "{appeal}");
    }
}
