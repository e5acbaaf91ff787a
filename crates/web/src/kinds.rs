//! What kind of paper a text is, in the words of the list that a person picks from.

use facts::{Document, Reading};
use kb::Kb;

/// The kind as `notice` told it in its reading, a medical record more closely; a published study by its own signs.
pub(crate) fn of(document: &Document, reading: &Reading, kb: &Kb) -> String {
    let told = reading.documents.first().and_then(|d| d.kind.clone()).unwrap_or_default();
    let record = || notice::record_kind(document, kb);
    match told.as_str() {
        "denial_letter" | "eob" | "opinion_letter" | "treating_letter" | "plan_document" | "clinical_policy"
        | "bill" => told,
        // Also a letter from the plan; what it decides is read from it.
        "approval" | "request_for_information" => "denial_letter".into(),
        _ if matches!(evidence::shelf::published(document, kb), Ok(Some(_))) => "literature".into(),
        "medical_record" => record().unwrap_or_else(|| "office_note".into()),
        _ => record().unwrap_or_else(|| "other".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::kb;

    fn guess(text: &str) -> String {
        let document = Document::from_text("a paper", text);
        of(&document, &notice::read(std::slice::from_ref(&document), kb()), kb())
    }

    #[test]
    fn a_paper_that_is_nothing_known_is_other() {
        for text in ["", "A shopping list: milk, bread.", "Dear Ana, get well soon."] {
            assert_eq!(guess(text), "other", "{text}");
        }
    }

    /// The four papers of the demonstration, given at once, sort themselves.
    #[test]
    fn letters_are_told_apart_as_notice_tells_them() {
        for (text, kind) in [
            (
                "Example Health Plan\nNotice of adverse benefit determination\nWe are unable to approve your request. The service is not medically necessary. You have the right to appeal within 180 days.",
                "denial_letter",
            ),
            (
                "Explanation of Benefits\nThis is not a bill.\nAmount billed $100.00\nAmount you may owe $20.00\nClaim number 7",
                "eob",
            ),
            (
                "Second opinion on knee replacement\nI am an orthopedic surgeon. I examined the patient in person and reviewed her records. In my opinion it is medically necessary. I have no relationship with the treating physician.",
                "opinion_letter",
            ),
        ] {
            assert_eq!(guess(text), kind, "{text}");
        }
    }
}
