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

mod ccda;
mod citations;
mod codes;
mod error;
mod fhir;
mod history;
mod sheet;
mod x12;
mod xml;

pub use error::Error;
pub use fhir::{Attachment, attachments};
pub use history::{Entry, History};

use facts::{Document, Outcome, Reading, Reference};
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
    /// Where the sender says something in words for people (what a reason code displays, a note, a message): page, counted
    /// from 1, and byte range of its text. What such words state is for `notice` to tell, as with a letter's.
    pub said: Vec<(usize, (usize, usize))>,
}

/// What a file of programs is written in. Telling formats apart by their bytes is for `extract`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// FHIR R4 as JSON.
    Fhir,
    /// An X12 interchange.
    X12,
    /// A C-CDA document.
    Ccda,
}

/// Reads a file in its format: the one door for programs that open files of any kind.
///
/// # Errors
/// As [`fhir_record`], [`read_x12`] and [`read_ccda`].
pub fn read(format: Format, name: &str, bytes: &[u8], kb: &Kb) -> Result<Record, Error> {
    match format {
        Format::Fhir => fhir::read(name, bytes, kb),
        Format::X12 => x12::read(name, bytes, kb),
        Format::Ccda => ccda::read(name, bytes),
    }
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

/// Reads a C-CDA document, or a fragment of one: text, the patient, and the treatment history.
///
/// # Errors
/// An [`Error`] for bytes that are not XML or not C-CDA. A broken file is read as far as it goes and a finding says so.
pub fn read_ccda(name: &str, bytes: &[u8]) -> Result<Record, Error> {
    ccda::read(name, bytes)
}

/// Reads a list of publications: NBIB, Medline, RIS, EndNote, BibTeX or PubMed XML. Entries without a title, entries that
/// come twice and retracted works are findings.
///
/// # Errors
/// An [`Error`] for a file that holds no publications.
///
/// # Example
/// ```
/// let list = b"TY  - JOUR\nTI  - A study\nPY  - 2020\nER  - \n";
/// let read = exchange::read_citations("list.ris", list).unwrap();
/// assert_eq!(read.value[0].title.as_deref(), Some("A study"));
/// ```
pub fn read_citations(name: &str, bytes: &[u8]) -> Result<Outcome<Vec<Reference>>, Error> {
    citations::read(name, bytes)
}
