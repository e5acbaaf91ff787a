//! To whom a letter goes, with the rules as the knowledge base has them. All cases are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use common::{drafted, kb};
use facts::Outcome;

/// The letter for a case, under the rules of the repository, on 2026-11-20.
fn letter(case: &str) -> Outcome<draft::Document> {
    drafted(case, "appeal_letter", jiff::civil::date(2026, 11, 20))
}

/// The addressee, one line each.
fn envelope(letter: &Outcome<draft::Document>) -> Vec<String> {
    let to = &letter.value.to;
    std::iter::once(to.name.clone()).chain(to.lines.iter().cloned()).collect()
}

fn told(letter: &Outcome<draft::Document>) -> Option<&str> {
    letter.findings.iter().find(|f| f.code == "address_not_known").map(|f| f.message.as_str())
}

const PLAN: &str = r#"
[patient]
name = "Test Person"
state = "NV"
[coverage]
kind = "erisa_self_funded"
issuer = "Example Mutual Health"
"#;

const DENIED: &str = r#"
[claim]
kind = "pre_service"
service = "Test service"
[[denial]]
reason = "not_medically_necessary"
[[event]]
kind = "notice_received"
date = 2026-11-02
"#;

#[test]
fn the_plans_address_stands_under_the_plans_name_line_by_line() {
    let department = "Appeals and Grievances";
    let plan = "Example Mutual Health";
    for (address, wanted) in [
        (r"P.O. Box 100\nDallas, TX 75200", vec![plan, department, "P.O. Box 100", "Dallas, TX 75200"]),
        (
            r"Example Mutual Health\nc/o Appeals Unit\nP.O. Box 100\nDallas, TX 75200",
            vec![plan, "c/o Appeals Unit", "P.O. Box 100", "Dallas, TX 75200"],
        ),
        (
            r"Suite 5 (rear); East Wing\nDallas, TX 75200",
            vec![plan, department, "Suite 5 (rear); East Wing", "Dallas, TX 75200"],
        ),
    ] {
        for more in ["", "appeal_fax = \"555-0100\"\nappeal_portal = \"example.org/appeals\"\n"] {
            let letter = letter(&format!("{PLAN}appeal_address = \"{address}\"\n{more}{DENIED}"));
            assert_eq!(envelope(&letter), wanted);
            assert_eq!(told(&letter), None);
        }
    }
}

#[test]
fn nothing_stands_twice_in_an_address_and_the_zip_stands_with_its_city() {
    let cases = [
        (
            r"Example Mutual Health, Appeals and Grievances\nP.O. Box 100\nDallas, TX\n75200-1234",
            ["Appeals and Grievances", "P.O. Box 100", "Dallas, TX 75200-1234"],
        ),
        (
            r"Example Mutual Health,, Appeals Unit\nP.O. Box 100\nDallas, TX\n75200",
            ["Appeals Unit", "P.O. Box 100", "Dallas, TX 75200"],
        ),
        (
            // Out of running text, where lines end anywhere.
            r"Example Mutual\nHealth, Appeals Unit, P.O. Box 100, Dallas, TX 75200",
            ["Appeals Unit", "P.O. Box 100, Dallas, TX 75200", ""],
        ),
        (
            r"Example Mutual Health, Grievance Panel, P.O. Box 100,\nDallas, TX 75200",
            ["Grievance Panel", "P.O. Box 100, Dallas, TX 75200", ""],
        ),
        (
            r"Example Mutual Healthcare Appeals Center\nP.O. Box 100\nDallas, TX 75200",
            ["Example Mutual Healthcare Appeals Center", "P.O. Box 100", "Dallas, TX 75200"],
        ),
    ];
    for (address, lines) in cases {
        let letter = letter(&format!("{PLAN}appeal_address = \"{address}\"\n{DENIED}"));
        let lines = lines.into_iter().filter(|l| !l.is_empty());
        let wanted: Vec<&str> = std::iter::once("Example Mutual Health").chain(lines).collect();
        assert_eq!(envelope(&letter), wanted);
    }
}

#[test]
fn a_request_to_somebody_else_never_takes_the_address_of_the_plans_appeals_desk() {
    let cases = [
        ("erisa_insured", "CA", "final_notice_received", "Office for External Review"),
        ("erisa_insured", "MN", "final_notice_received", "Office for External Review"),
        ("erisa_insured", "MT", "final_notice_received", "Example Mutual Health"),
        ("erisa_insured", "NJ", "final_notice_received", "MAXIMUS"),
        ("erisa_insured", "DC", "final_notice_received", "Department of Insurance, Securities and Banking"),
        ("medicaid_managed_care", "NV", "final_notice_received", "State Hearing Office"),
    ];
    for (kind, state, event, name) in cases {
        let coverage = PLAN.replace("erisa_self_funded", kind).replace("NV", state);
        let decided = DENIED.replace("notice_received", event);
        let desk = "appeal_address = \"P.O. Box 1\\nReno, NV 89500\"\nappeal_fax = \"555-0100\"\n";
        let letter = letter(&format!("{coverage}{desk}[choices]\n{decided}"));
        assert_eq!(letter.value.to.name, name, "{kind} {state}: {:?}", letter.value.to);
        assert!(!envelope(&letter).iter().any(|l| l.contains("Box 1") || l.contains("Reno")), "{:?}", letter.value.to);
        assert_eq!(letter.value.delivery, Vec::<String>::new(), "the fax is the plan's too");
        assert!(told(&letter).is_some_and(|t| t.contains("goes to")), "{kind} {state}: {:?}", letter.findings);
    }
}

/// A final letter that names the desk for external reviews is where the plan takes them.
#[test]
fn the_desk_for_external_reviews_takes_the_request_that_goes_to_the_plan() {
    let coverage = PLAN.replace("erisa_self_funded", "erisa_insured").replace("NV", "MT");
    let decided = DENIED.replace("notice_received", "final_notice_received");
    let desk = "appeal_address = \"External Review Unit\\nP.O. Box 1\\nHelena, MT 59600\"\n";
    let letter = letter(&format!("{coverage}{desk}[choices]\n{decided}"));
    assert_eq!(envelope(&letter), ["Example Mutual Health", "External Review Unit", "P.O. Box 1", "Helena, MT 59600"]);
}

#[test]
fn an_office_that_the_rules_name_is_the_addressee_with_its_street() {
    let decided = DENIED.replace("notice_received", "final_notice_received");
    let letter = letter(&format!("{}{decided}", PLAN.replace("erisa_self_funded", "fehb")));
    let wanted =
        ["U.S. Office of Personnel Management", "Healthcare and Insurance", "1900 E Street NW", "Washington, DC 20415"];
    assert_eq!(envelope(&letter), wanted);
    assert_eq!(told(&letter), None);
}

#[test]
fn a_described_way_is_no_line_of_an_envelope() {
    for (kind, name) in [("tricare", "Example Mutual Health"), ("medicare_original", "Medicare")] {
        let issuer = if kind == "tricare" { "issuer = \"Example Mutual Health\"" } else { "" };
        let coverage = PLAN.replace("erisa_self_funded", kind).replace("issuer = \"Example Mutual Health\"", issuer);
        let letter = letter(&format!("{coverage}{DENIED}"));
        assert_eq!(envelope(&letter), [name, "Appeals"], "{kind}");
        assert!(told(&letter).is_some_and(|t| t.contains("contractor")), "{kind}: {:?}", letter.findings);
    }
}

#[test]
fn the_fast_appeal_of_care_that_ends_goes_to_the_reviewers_and_not_to_the_plan() {
    let coverage = PLAN.replace("erisa_self_funded", "medicare_advantage");
    let ends = DENIED.replace("notice_received", "notice_of_noncoverage_received").replace("pre_service", "concurrent");
    let desk = "appeal_address = \"P.O. Box 1\\nReno, NV 89500\"\n";
    let facts = facts::Case::parse(&format!("{coverage}{desk}{ends}")).unwrap();
    let all = rights::entitlements(&facts, kb(), jiff::civil::date(2026, 11, 2));
    for right in all.rights.iter().filter(|r| r.gives == "fast_appeal.file") {
        assert!(!right.send_to.as_deref().unwrap_or_default().contains("Box 1"), "{right:?}");
        assert_eq!(right.send_to_from, Some(rights::SendToFrom::Office));
    }
}

#[test]
fn what_only_the_plan_can_answer_goes_to_the_plan_at_every_stage() {
    let desk = "appeal_address = \"P.O. Box 1\\nReno, NV 89500\"\nappeal_fax = \"555-0100\"\n";
    let decided = DENIED.replace("notice_received", "final_notice_received");
    for (kind, state) in
        [("erisa_self_funded", "NV"), ("fehb", "NV"), ("erisa_insured", "NJ"), ("medicaid_managed_care", "NV")]
    {
        let coverage = PLAN.replace("erisa_self_funded", kind).replace("NV", state);
        for name in ["claim_file_request", "reviewer_identity_request", "gap_exception"] {
            let letter = drafted(&format!("{coverage}{desk}{decided}"), name, jiff::civil::date(2026, 11, 20));
            let wanted = ["Example Mutual Health", "Appeals and Grievances", "P.O. Box 1", "Reno, NV 89500"];
            assert_eq!(envelope(&letter), wanted, "{kind} {name}");
            assert!(letter.value.delivery.iter().any(|d| d.contains("555-0100")), "{kind} {name}");
            assert_eq!(told(&letter), None, "{kind} {name}");
        }
        let nowhere = drafted(&format!("{coverage}{decided}"), "claim_file_request", jiff::civil::date(2026, 11, 20));
        assert!(told(&nowhere).is_some_and(|t| t.contains("denial letter")), "{kind}: {:?}", nowhere.findings);
    }
}
