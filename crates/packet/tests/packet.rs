//! Letters and packets from invented cases; the packets are checked with qpdf and pdftotext where they are installed.
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use common::{look, pdftotext, qpdf_check};

#[test]
fn a_letter_is_a_clean_pdf_with_its_words_and_reproducible() {
    let world = common::knee_world();
    let letter = world.draft("appeal_letter");
    let pdf = packet::letter_pdf(&letter, false).unwrap_or_else(|e| panic!("{e}"));
    look("letter", &pdf);
    assert_eq!(pdf, packet::letter_pdf(&letter, false).unwrap_or_else(|e| panic!("{e}")), "same input, other bytes");
    qpdf_check(&pdf);
    if let Some(text) = pdftotext(&pdf) {
        assert!(text.contains("Dear Appeals Reviewer"), "{text}");
        assert!(text.contains("12 Sample Street"), "{text}");
    }
}
