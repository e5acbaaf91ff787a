//! What kind of paper a text is: as `notice` tells papers apart, and a medical record more closely by words that such
//! records carry (`kb/notice/papers.toml`).

use facts::Document;
use kb::Kb;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Papers {
    #[allow(dead_code)] // read by the knowledge base's own tools
    format: String,
    /// How many different phrases a paper must hold before we name it.
    enough: usize,
    paper: Vec<Words>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    kind: String,
    /// One of these is enough.
    #[serde(default)]
    sure: Vec<String>,
    any: Vec<String>,
}

/// Only the beginning is looked at: a long record quotes papers of every kind.
const LOOKED_AT: usize = 6_000;
/// Where the title of a paper stands.
const HEAD: usize = 700;

/// The kind, in the words of the list that a person picks from.
pub(crate) fn guess(document: &Document, kb: &Kb) -> String {
    let reading = notice::read(std::slice::from_ref(document), kb);
    let told = reading.documents.first().and_then(|d| d.kind.clone()).unwrap_or_default();
    match told.as_str() {
        "denial_letter" | "eob" | "opinion_letter" | "treating_letter" | "plan_document" | "clinical_policy"
        | "bill" => told,
        // Also a letter from the plan; what it decides is read from it.
        "approval" | "request_for_information" => "denial_letter".into(),
        "medical_record" => record(document, kb).unwrap_or_else(|| "office_note".into()),
        _ => record(document, kb).unwrap_or_else(|| "other".into()),
    }
}

/// The record with the most of its words, or nothing when none has enough of them or two have equally many.
fn record(document: &Document, kb: &Kb) -> Option<String> {
    let papers: Papers = kb.table("notice/papers.toml").ok()?;
    let start = |most: usize| folded(&document.text().chars().take(most).collect::<String>());
    let (head, text) = (start(HEAD), start(LOOKED_AT));
    let score = |w: &Words| {
        let sure = if w.sure.iter().any(|p| head.contains(&folded(p))) { papers.enough } else { 0 };
        sure + w.any.iter().filter(|p| text.contains(&folded(p))).count()
    };
    let mut scores: Vec<(usize, &str)> = papers.paper.iter().map(|w| (score(w), w.kind.as_str())).collect();
    scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    match scores.as_slice() {
        [(best, kind), (second, _), ..] if *best >= papers.enough && best > second => Some((*kind).into()),
        _ => None,
    }
}

/// Lower case, one blank between words and around the whole, so that a phrase matches whole words only.
fn folded(text: &str) -> String {
    let clean: String =
        text.chars().map(|c| if c.is_alphanumeric() { c.to_lowercase().next().unwrap_or(c) } else { ' ' }).collect();
    format!(" {} ", clean.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::kb;

    fn paper(text: &str) -> Document {
        Document::from_text("a paper", text)
    }

    // Invented papers.
    #[test]
    fn records_are_told_apart_by_their_own_words() {
        for (text, kind) in [
            (
                "MRI LUMBAR SPINE WITHOUT CONTRAST\nTECHNIQUE: sagittal\nFINDINGS: a slip\nIMPRESSION: mild slip.",
                "imaging",
            ),
            ("Physical therapy discharge summary\nAttended 24 visits.\nAssessment: little change.", "office_note"),
            ("Specimen: serum. Collected 01/02/2026. Reference range 3.5-5.0. Result 4.1", "lab_result"),
        ] {
            assert_eq!(record(&paper(text), kb()).as_deref(), Some(kind), "{text}");
        }
        for text in ["", "A shopping list: milk, bread.", "Dear Ana, get well soon."] {
            assert_eq!(guess(&paper(text), kb()), "other", "{text}");
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
            assert_eq!(guess(&paper(text), kb()), kind, "{text}");
        }
    }
}
