//! Files that programs exchange → what a paper says: a readable [`facts::Document`] and a [`facts::Reading`] into it.
//!
//! ```text
//! FHIR R4 JSON · X12 835/278/271 ──▶ (Document, Reading)      values with the words they came from
//! FHIR R4 JSON · C-CDA           ──▶ History                  treatments, problems, results, encounters
//! NBIB · RIS · EndNote · BibTeX  ──▶ Vec<facts::Reference>
//! ```
//! The one type to know is [`Record`]. A reading's quotes point into the document made here: for FHIR one `path: value`
//! line per fact, for X12 one segment per line, so that a person can be shown where a value stands.
//!
//! ```
//! let kb = kb::Kb::load(kb::Source::default()).unwrap();
//! let error = exchange::read_fhir("x.json", b"{}", &kb).unwrap_err();
//! assert_eq!(error.code, "not_supported");
//! ```
//!
//! This crate decides nothing: which code stands for which denial reason is data in `kb/codes`. It opens no files, and it
//! does not read letters (`notice`).

mod codes;
mod error;
mod fhir;
mod history;
mod sheet;
mod x12;

pub use error::Error;
pub use fhir::{Attachment, attachments};
pub use history::{Entry, History};

use facts::{Document, Reading};
use kb::Kb;

/// Everything a file of programs says.
#[derive(Debug, Clone)]
pub struct Record {
    /// The file as readable text.
    pub document: Document,
    /// Its values, each with its place in [`Record::document`].
    pub reading: Reading,
    /// Treatments, problems, results and encounters, if it holds any.
    pub history: History,
}

/// Reads FHIR R4 JSON: `ExplanationOfBenefit`, `ClaimResponse`, `Coverage`, `Patient` and others, alone or in a bundle.
///
/// # Errors
/// An [`Error`] for bytes that are not JSON or not FHIR, or a knowledge base without `codes/`.
pub fn read_fhir(name: &str, bytes: &[u8], kb: &Kb) -> Result<(Document, Reading), Error> {
    fhir_record(name, bytes, kb).map(|r| (r.document, r.reading))
}

/// The same with the treatment history.
///
/// # Errors
/// As [`read_fhir`].
pub fn fhir_record(name: &str, bytes: &[u8], kb: &Kb) -> Result<Record, Error> {
    fhir::read(name, bytes, kb)
}

/// Reads an X12 interchange: 835 (remittance), 278 (answer to a request for authorization), 271 (benefits).
///
/// # Errors
/// An [`Error`] for a file without segment terminators or without an interchange header, or a knowledge base without
/// `codes/`.
pub fn read_x12(name: &str, bytes: &[u8], kb: &Kb) -> Result<(Document, Reading), Error> {
    x12::read(name, bytes, kb).map(|r| (r.document, r.reading))
}
