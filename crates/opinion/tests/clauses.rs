//! Finding clauses in plan documents: definitions over mentions, no tables of contents, the right page, exact spans.
//! The plan texts are invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking

mod support;

use facts::Document;
use support::kb;

const CONTENTS: &str = "Table of Contents\n\nEligibility ........................ 3\nSecond surgical opinion ............ 41\n\
    Medical necessity .................. 52\nExperimental services .............. 53\nAppeals ............................ 60\nGlossary ........................... 71";

fn found(text: &str) -> Vec<opinion::Clause> {
    let document = Document::from_text("plan.pdf", text);
    let clauses = opinion::clauses(&document, &kb()).unwrap_or_else(|e| panic!("{e}"));
    for c in &clauses {
        assert_eq!(&document.pages[c.page - 1].text[c.span.0..c.span.1], c.quote, "the span is the quote");
    }
    clauses
}

fn first(text: &str, kind: &str) -> opinion::Clause {
    found(text).into_iter().find(|c| c.kind == kind).unwrap_or_else(|| panic!("no {kind}"))
}

#[test]
fn a_definition_ranks_above_mentions_and_contents_are_skipped() {
    let text = format!(
        "{CONTENTS}\u{c}We pay only for services that are medically necessary. See the glossary.\u{c}Glossary\n\n\
         “Medically Necessary” means health care services that a physician, exercising prudent clinical judgment,\n\
         would provide to a patient, and that are:\n(a) in accordance with accepted standards of medical practice;\n\
         (b) clinically appropriate; and\n(c) not primarily for convenience.\n\nNetwork\nThe doctors under contract."
    );
    let clause = first(&text, "medical_necessity_definition");
    assert_eq!(clause.page, 3);
    assert!(
        clause.quote.starts_with("“Medically Necessary” means") || clause.quote.starts_with("Glossary"),
        "{}",
        clause.quote
    );
    assert!(clause.quote.ends_with("not primarily for convenience."), "{}", clause.quote);
    assert!(!clause.quote.contains("The doctors under contract"));
}

#[test]
fn experimental_services_under_a_heading() {
    let text = "Exclusions\n\nExperimental or Investigational Services\nAny drug or procedure that has not been approved by the FDA for the \
        use proposed, or is not shown by reliable evidence to be safe and effective.\n\nOther text about nothing.";
    let clause = first(text, "experimental_definition");
    assert!(clause.quote.contains("reliable evidence"));
    assert!(!clause.quote.contains("Other text"));
}

#[test]
fn a_mandatory_second_surgical_opinion_with_its_penalty() {
    let text = "Surgery benefits\n\nSecond Surgical Opinion\nYou must obtain a second surgical opinion before these operations: hysterectomy, \
        bunionectomy. If you do not, benefits will be reduced by 50%.\n";
    let clause = first(text, "second_surgical_opinion");
    assert_eq!(clause.requires, Some(true));
    assert!(clause.quote.contains("50%"));
}

#[test]
fn a_voluntary_second_opinion_is_not_a_requirement() {
    let text = "Second opinions are voluntary and are covered at 100% after the copay. A second opinion will not affect your benefits.";
    let clause = first(text, "second_opinion");
    assert_eq!(clause.requires, Some(false));
    assert_eq!(clause.covers, Some(true));
}

#[test]
fn only_the_sentence_about_the_term_says_what_is_covered() {
    let text = "We do not cover travel. Second opinions are covered like any specialist visit. Massage is not covered.";
    assert_eq!(first(text, "second_opinion").covers, Some(true));
}

#[test]
fn glossaries_with_a_colon_or_a_dash_are_definitions() {
    for text in [
        "Glossary\n\nMedically Necessary: Services that a prudent physician would give.\n\nNetwork: Doctors under contract.",
        "Medically Necessary (Medical Necessity) – care that is needed.\n\nNetwork – doctors under contract.",
    ] {
        let clause = first(text, "medical_necessity_definition");
        assert!(clause.definition && !clause.quote.contains("under contract"), "{}", clause.quote);
    }
}

#[test]
fn an_excluded_second_opinion_is_said_to_be_excluded() {
    let clause = first("The following are not covered: second opinions; travel; telephone calls.", "second_opinion");
    assert_eq!(clause.covers, Some(false));
}

#[test]
fn hundreds_of_pages_are_read_and_the_page_is_right() {
    let filler = "This page describes other benefits in general words. ".repeat(60);
    let mut pages = vec![filler.clone(); 400];
    pages[316] = format!(
        "{filler}\n\nSecond Medical Opinion\n\nThe plan covers a second opinion by a specialist you choose. A $40 copay applies.\n\n{filler}"
    );
    let text = pages.join("\u{c}");
    let clause = first(&text, "second_opinion");
    assert_eq!(clause.page, 317);
    assert_eq!(clause.covers, Some(true));
    assert!(clause.quote.len() < 400, "the neighbors stay out: {}", clause.quote);
}

#[test]
fn no_text_makes_it_panic() {
    for text in [
        "",
        "\n\n\n",
        "second opinion",
        "é\u{ad}second\nopinion means …",
        "second opinion 1\n…………… 2",
        "(",
        "experimental: ",
        "“Experimental”",
    ] {
        let _ = found(text);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(60))]
    #[test]
    fn spans_hold_for_any_text(parts in proptest::collection::vec("(second opinion|medically necessary means|experimental|is required|appeals|[a-zé .:\n\u{c}]{0,12})", 0..40)) {
        let _ = found(&parts.join(" "));
    }
}
