//! The examples that stand beside the phrase data: `kb/notice/reasons.examples.toml` and `fields.examples.toml`.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use facts::Document;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    example: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    says: String,
    reasons: Vec<String>,
}

#[test]
fn each_sentence_states_its_reasons_and_no_others() {
    let kb = common::knowledge();
    let file: File = kb.table("notice/reasons.examples.toml").expect("the examples can be read");
    let mut wrong = Vec::new();
    assert!(!file.example.is_empty());
    for example in &file.example {
        let text = format!("Example Health Plan\n\nWe have reviewed the request. It is denied. {}", example.says);
        let reading = notice::read(&[Document::from_text("letter", text)], kb);
        let mut read: Vec<&str> = reading.reasons.iter().map(|r| r.reason.as_str()).collect();
        let mut expected: Vec<&str> = example.reasons.iter().map(String::as_str).collect();
        read.sort_unstable();
        expected.sort_unstable();
        if read != expected {
            wrong.push(format!(
                "{}\n    expected {expected:?}, read {read:?} ({:?})",
                example.says, reading.documents[0].kind
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} sentences:\n{}", wrong.len(), file.example.len(), wrong.join("\n"));
}

#[derive(Deserialize)]
struct Fields {
    example: Vec<std::collections::BTreeMap<String, toml::Value>>,
}

#[test]
fn each_sentence_yields_its_values_and_no_others() {
    let kb = common::knowledge();
    let file: Fields = kb.table("notice/fields.examples.toml").expect("the examples can be read");
    let mut wrong = Vec::new();
    for example in &file.example {
        let says = example.get("says").and_then(toml::Value::as_str).expect("every example says something");
        let text = format!("Example Health Plan\n\nYour request is denied.\n\n{says}");
        let reading = notice::read(&[Document::from_text("letter", text)], kb);
        let asked: Vec<_> = example.iter().filter(|(f, _)| *f != "says").collect();
        assert!(!asked.is_empty(), "the example asks for no field: {says}");
        for (field, values) in asked {
            assert!(notice::FIELDS.contains(&field.as_str()), "`{field}` is no field of the contract: {says}");
            let expected: Vec<&str> =
                values.as_array().expect("a list").iter().map(|v| v.as_str().expect("words")).collect();
            let read: Vec<&str> = reading.all(field).map(|f| f.value.as_str()).collect();
            if read != expected {
                wrong.push(format!("{says}\n    {field}: expected {expected:?}, read {read:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The words weigh a reason's sentence down here and there; a denial is never left without the reason that it states, and what
/// is not counted is said with its words.
#[test]
fn a_reason_stated_plainly_is_read_or_named_whatever_its_words_weigh() {
    let kb = common::knowledge();
    for (reason, says) in [
        ("prior_authorization_missing", "We did not receive prior approval for it."),
        (
            "experimental_investigational",
            "The implant has not been shown to be safe and effective in well designed trials.",
        ),
        ("eligibility", "You were no longer a member on the day of the visit."),
        ("benefit_limit_reached", "You have used all 30 visits that the plan allows this year."),
        ("referral_missing", "No referral from your primary care physician was on file."),
        ("timely_filing", "The claim was received after the filing limit of 90 days."),
    ] {
        let read = |more: &str| {
            let text = format!(
                "Example Health Plan\n\nNotice of denial\n\nDear Test Person,\n\nWe denied the request. {says}{more}\n\nYou may appeal within 180 days."
            );
            notice::read(&[Document::from_text("letter", text)], kb)
        };
        let alone = read("");
        assert!(alone.reasons.iter().any(|r| r.reason == reason), "{says}: {:?}", alone.reasons);
        let beside = read(" It is also not a covered benefit.");
        let named = beside.findings.iter().any(|f| f.code == "reason_doubted" && f.message.contains(says));
        assert!(named || beside.reasons.iter().any(|r| r.reason == reason), "{says}: {:?}", beside.reasons);
    }
}
