//! Which paper is enclosed as the plan's decision, and under which date. All cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use common::{drafted, text};
use facts::Case;

const OCTOBER: &str = "2026-10-15";
const NOVEMBER: &str = "2026-11-15";

/// A case with two letters of the plan, the events given, and where their days were read.
fn case(documents: &str, events: &[(&str, &str)], read_from: &[(&str, &str)]) -> String {
    let events: String =
        events.iter().map(|(kind, day)| format!("[[event]]\nkind = \"{kind}\"\ndate = {day}\n")).collect();
    let origins: String = read_from
        .iter()
        .map(|(fact, file)| format!("[[origin]]\nfact = \"{fact}\"\nkind = \"quoted\"\nfile = \"{file}\"\n"))
        .collect();
    format!(
        r#"
[patient]
name = "Test Person"
[coverage]
kind = "erisa_self_funded"
issuer = "Example Mutual Health"
[claim]
kind = "pre_service"
service = "Test service"
documents = [{documents}]
[[denial]]
reason = "not_medically_necessary"
quote = "It is not needed."
{events}{origins}"#
    )
}

/// File and date of each exhibit.
fn exhibits(case: &str) -> Vec<(String, Option<String>)> {
    let case = Case::parse(case).unwrap_or_else(|e| panic!("{e}"));
    draft::exhibits(&case, None, "en").unwrap().exhibits.into_iter().map(|e| (e.source, e.dated)).collect()
}

/// The exhibit in the first sentence of the appeal.
fn opening(case: &str) -> Option<String> {
    let letter = text(&drafted(case, "appeal_letter", jiff::civil::date(2026, 11, 20)).value);
    let first = letter.lines().next().unwrap_or_default().replace('\u{a0}', " ");
    first.split_once("(Exhibit ").and_then(|(_, rest)| rest.chars().next()).map(String::from)
}

#[test]
fn a_decision_is_enclosed_under_its_own_date_and_cited_as_itself() {
    let both = [("notice_dated", OCTOBER), ("final_notice_dated", NOVEMBER)];
    let papers = "\"denial.pdf\", \"final.pdf\"";
    let dated = |first: Option<&str>, second: Option<&str>| {
        vec![("denial.pdf".to_string(), first.map(String::from)), ("final.pdf".to_string(), second.map(String::from))]
    };
    let unknown = case(papers, &both, &[]);
    assert_eq!(exhibits(&unknown), dated(None, None), "two decisions, and nothing says which paper is which");
    assert_eq!(opening(&unknown), None);

    for facts in [["event.notice_dated", "event.final_notice_dated"], ["event.0.date", "event.1.date"]] {
        let read = case(papers, &both, &[(facts[0], "denial.pdf"), (facts[1], "final.pdf")]);
        assert_eq!(exhibits(&read), dated(Some(OCTOBER), Some(NOVEMBER)), "{facts:?}");
        assert_eq!(opening(&read).as_deref(), Some("B"), "{facts:?}");
    }
}

#[test]
fn the_first_paper_is_the_decision_only_where_there_is_one_decision() {
    let one = [("notice_dated", OCTOBER), ("notice_received", "2026-10-19")];
    let by_hand = case("\"denial.pdf\", \"eob.pdf\"", &one, &[]);
    assert_eq!(exhibits(&by_hand)[0], ("denial.pdf".into(), Some(OCTOBER.into())));
    assert_eq!(opening(&by_hand).as_deref(), Some("A"));

    let read = case("\"eob.pdf\", \"denial.pdf\"", &one, &[("event.notice_dated", "denial.pdf")]);
    assert_eq!(exhibits(&read), [("eob.pdf".into(), None), ("denial.pdf".into(), Some(OCTOBER.into()))]);
    assert_eq!(opening(&read).as_deref(), Some("B"));
}

#[test]
fn a_reason_is_quoted_from_the_paper_it_was_read_in() {
    let both = [("notice_dated", OCTOBER), ("final_notice_dated", NOVEMBER)];
    let from = [("event.final_notice_dated", "final.pdf"), ("denial.0.reason", "denial.pdf")];
    let case = case("\"denial.pdf\", \"final.pdf\"", &both, &from);
    let letter = text(&drafted(&case, "appeal_letter", jiff::civil::date(2026, 11, 20)).value).replace('\u{a0}', " ");
    assert!(letter.contains("“It is not needed.” (Exhibit A)"), "{letter}");
}

#[test]
fn a_notice_that_decides_nothing_is_no_second_decision() {
    for notice in ["extension_notice_received", "incomplete_notice_received", "iro_notice_received"] {
        let events = [("notice_dated", OCTOBER), (notice, NOVEMBER)];
        let by_hand = case("\"denial.pdf\"", &events, &[]);
        assert_eq!(exhibits(&by_hand)[0], ("denial.pdf".into(), Some(OCTOBER.into())), "{notice}");
        assert_eq!(opening(&by_hand).as_deref(), Some("A"), "{notice}");
    }
}
