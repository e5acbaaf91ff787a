//! What is read by weights where no rule finds it, and what they leave out. All people and plans are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use common::{knowledge, source};
use facts::{Document, Reading};

fn read(text: &str) -> Reading {
    notice::read(&[Document::from_text("letter.txt", text)], knowledge())
}

/// A letter that says no for one reason, with other sentences around it.
fn letter(general: &str) -> String {
    format!(
        "Harrow Valley Health Plan\n\nMay 4, 2026\n\nDear Ms. Ostrander:\n\nWe have reviewed the request for a second lumbar MRI \
         (72148). The request is denied. The first study is four weeks old, your symptoms have not changed since, and a \
         second one is not medically necessary now. {general}\n\nYou may appeal within 180 days after you receive this letter.\n"
    )
}

#[test]
fn what_a_plan_leaves_out_in_general_is_no_reason() {
    let reasons =
        |general: &str| -> Vec<String> { read(&letter(general)).reasons.into_iter().map(|r| r.reason).collect() };
    let general = "Your plan does not cover cosmetic surgery, custodial care or experimental treatment.";
    assert_eq!(reasons(general), ["not_medically_necessary"]);
}

#[test]
fn a_number_in_words_no_rule_knows_is_read_where_it_stands() {
    let text = letter("We keep your papers under membership HVH 220 418 067.");
    let reading = read(&text);
    let number = reading.get("member.id").unwrap_or_else(|| panic!("no member number in {:?}", reading.fields));
    assert_eq!(number.value, "HVH 220 418 067");
    assert_eq!(text.get(number.span.0..number.span.1), Some("HVH 220 418 067"));
}

#[test]
fn every_value_read_by_weights_stands_at_its_place() {
    let text =
        letter("It was asked for by Dr. Ingram Pell on April 28, 2026 at Cold Brook Imaging; our file is 26-0504-QA.");
    for field in read(&text).fields {
        assert_eq!(text.get(field.span.0..field.span.1), Some(field.quote.as_str()), "{}", field.name);
    }
}

/// A contractor's decision on an appeal, in words of its own and without a title.
const OUTSIDE: &str = "TAMARACK REVIEW, a Qualified Independent Contractor for Medicare\n\nJune 9, 2026\nAppellant: Juniper Walsh\n\n\
    You asked us to look again after the redetermination. Our panel, with a physician who is licensed in neurology, read all of the record anew. \
    It does not bear out that the walker was tried before the power chair was ordered. Our decision is unfavorable.\n\n\
    You may ask for a hearing before an Administrative Law Judge at the Office of Medicare Hearings and Appeals within 60 days of the day on \
    which you receive this letter, if at least $200 is in dispute.\n";

#[test]
fn which_decision_it_is_follows_from_the_words_and_is_quoted() {
    let reading = read(OUTSIDE);
    let kind = reading.get("notice.kind").unwrap_or_else(|| panic!("no kind in {:?}", reading.fields));
    assert_eq!(kind.value, "external_decision", "{}", kind.quote);
    assert_eq!(OUTSIDE.get(kind.span.0..kind.span.1), Some(kind.quote.as_str()));
    assert!(!kind.quote.contains("You may ask"), "what may come next is no decision: {}", kind.quote);
}

#[test]
fn without_their_weights_the_rules_say_alone_which_decision_it_is() {
    let files = source();
    let without = files.below("").filter(|f| f.path != "notice/decision_weights.toml").cloned();
    let kb = kb::Kb::load(kb::Source::of(without)).expect("the data can be loaded");
    let reading = notice::read(&[Document::from_text("letter.txt", letter(""))], &kb);
    assert_eq!(reading.get("notice.kind").map(|f| f.value.as_str()), Some("initial_denial"));
    assert_eq!(read(&letter("")).get("notice.kind").map(|f| f.value.as_str()), Some("initial_denial"));
}

#[test]
fn weights_that_do_not_fit_are_refused_by_name() {
    let files = ["gap", "span", "aside", "decision"].map(|name| format!("notice/{name}_weights.toml"));
    for file in files.iter().map(String::as_str) {
        let text = source().get(file).map(|f| f.text.replace("bias = ", "bias_of = ")).unwrap_or_default();
        let kb = kb::Kb::load(source().overlaid(kb::Source::new([(file.to_owned(), text)])))
            .expect("the data can be loaded");
        let error = notice::Reader::new(&kb).err().unwrap_or_else(|| panic!("{file} is taken without its bias"));
        assert_eq!(error.file, file);
    }
}
