use serde::{Deserialize, Serialize};

use crate::{Document, Finding, TextFrom};

/// What was read from one or more papers (`corroborate read`). A value without a quote does not exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Reading {
    /// The papers, in the order in which they were given.
    pub documents: Vec<DocumentSummary>,
    /// Values, each with the words it came from. A name may occur more than once.
    pub fields: Vec<Field>,
    /// The plan's stated reasons.
    pub reasons: Vec<StatedReason>,
    /// Days on which care that goes on is stopped or cut, each under the case's event for it (`event.effective_date`,
    /// `event.services_end`): what keeps care going is counted from them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Field>,
    /// The plan's own terms of appeal, each under the fact of the case that it fills: how many levels there are
    /// (`coverage.internal_levels`), how many days a person has for the second and by how many the plan answers each. And of
    /// care that is cut, how much was given and how much is left (`claim.care_before`, `claim.care_after`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Field>,
    /// Names of the fields that were looked for and not found.
    pub not_found: Vec<String>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

impl Reading {
    /// The first value of a field.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Field> {
        self.fields.iter().filter(move |f| f.name == name)
    }
}

/// A paper in a [`Reading`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentSummary {
    /// The file's name.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many pages it has.
    pub pages: usize,
    /// How its text was got.
    pub text_from: TextFrom,
    /// What kind of paper it is: a word of `kb/vocabulary.toml` (`denial_letter`, `eob`, `opinion_letter` …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

impl From<&Document> for DocumentSummary {
    fn from(d: &Document) -> Self {
        DocumentSummary {
            name: d.name.clone(),
            sha256: d.sha256.clone(),
            pages: d.pages.len(),
            text_from: d.text_from,
            kind: None,
        }
    }
}

/// A value read from a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// A field name of the machine contract, e.g. `notice.dated`.
    pub name: String,
    /// The value: dates as ISO 8601, amounts in dollars with two digits, the rest as written with white space tidied.
    pub value: String,
    /// The words it came from: the page's text at `span`, byte for byte.
    pub quote: String,
    /// Index into [`Reading::documents`].
    pub document: usize,
    /// The page, counted from 1.
    pub page: usize,
    /// Byte range in the extracted text of that page.
    pub span: (usize, usize),
    /// How the value follows from the quote.
    pub certainty: Certainty,
}

/// How a value follows from its quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// The value is the quote.
    Verbatim,
    /// The value is the quote in another spelling (a date as ISO 8601, white space tidied).
    Normalized,
    /// The value follows from what the quote says (the kind of a notice).
    Inferred,
}

/// A reason the plan gives, with the sentence that gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedReason {
    /// A word of the closed list in `kb/vocabulary.toml`.
    pub reason: String,
    /// The words that state it: the page's text at `span`, byte for byte.
    pub quote: String,
    /// Index into [`Reading::documents`].
    pub document: usize,
    /// The page, counted from 1.
    pub page: usize,
    /// Byte range in the extracted text of that page.
    pub span: (usize, usize),
}
