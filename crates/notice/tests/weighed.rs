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

#[test]
fn weights_that_do_not_fit_are_refused_by_name() {
    for file in ["notice/gap_weights.toml", "notice/span_weights.toml", "notice/aside_weights.toml"] {
        let text = source().get(file).map(|f| f.text.replace("bias = ", "bias_of = ")).unwrap_or_default();
        let kb = kb::Kb::load(source().overlaid(kb::Source::new([(file.to_owned(), text)])))
            .expect("the data can be loaded");
        let error = notice::Reader::new(&kb).err().unwrap_or_else(|| panic!("{file} is taken without its bias"));
        assert_eq!(error.file, file);
    }
}
