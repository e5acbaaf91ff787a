//! Bytes of a paper or a photo → a [`facts::Document`]: pages of text in reading order, with the place of each word.
//!
//! ```text
//! bytes ──[sniff]──▶ Kind ──parse──▶ Draft (text, and pictures of pages that hold none) ──OCR──▶ Document
//! ```
//! The one function to know is [`extract`]. What a file is follows from its bytes, never from its ending. Files from
//! elsewhere are best read through [`worker::run`], which parses them in a child process without network, files or
//! time to spare; the child of the same program calls [`worker::serve_child`].
//!
//! ```
//! let page = b"Dear Ms. Example,\nwe have denied your claim.";
//! let document = extract::extract("letter.txt", page, &extract::Options::default()).unwrap();
//! assert_eq!(document.pages[0].text, "Dear Ms. Example,\nwe have denied your claim.");
//! ```
//!
//! This crate does not say what a paper means (`notice`, `exchange`), and it reads no network. It is the one crate below
//! the command line that may start a process: the OCR engine and the converter for HEIC photos.

mod compound;
mod docx;
mod draft;
mod email;
mod error;
mod finish;
mod grid;
mod hidden;
mod html;
mod layout;
mod ocr;
mod pdf;
mod picture;
mod plain;
pub mod render;
mod rtf;
mod sniff;
mod table;
mod words;
pub mod worker;

pub use error::ExtractError;
pub use ocr::available as ocr_available;
pub use picture::{tiff_directories, tiff_starting_at};
pub use sniff::{Kind, sniff};

use draft::Draft;
use facts::Document;
use serde::{Deserialize, Serialize};
use worker::Launcher;

/// What may be done while reading, and how much of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// Password of an encrypted PDF.
    pub password: Option<String>,
    /// Read what can be read of a damaged file; the rest becomes a finding. Otherwise a damaged file is an error.
    pub accept_damaged: bool,
    /// The most bytes a file may have.
    pub max_bytes: usize,
    /// The most pages a document may have.
    pub max_pages: usize,
    /// The most bytes of text a document may have, all pages together.
    pub max_text: usize,
    /// The most bytes an archive (DOCX) may unfold to, all parts together.
    pub max_unpacked: usize,
    /// The most pixels a page image may have; larger ones are made smaller before they are read.
    pub max_pixels: usize,
    /// Whether pages that are pictures are read by the OCR engine.
    pub ocr: bool,
    /// The OCR engine's program, a name on the search path or a path.
    pub tesseract: String,
    /// Languages of the OCR engine, as it names them.
    pub languages: String,
    /// The converter for HEIC photos, a name on the search path or a path.
    pub heif_convert: String,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            password: None,
            accept_damaged: false,
            max_bytes: 256 << 20,
            max_pages: 5_000,
            max_text: 24 << 20,
            max_unpacked: 128 << 20,
            max_pixels: 12_000_000,
            ocr: true,
            tesseract: "tesseract".into(),
            languages: "eng+spa".into(),
            heif_convert: "heif-convert".into(),
        }
    }
}

/// Reads a file's bytes: the paper itself, without what is attached to it (see [`extract_all`]).
///
/// # Errors
/// An [`ExtractError`] for a file that cannot be read.
pub fn extract(name: &str, bytes: &[u8], options: &Options) -> Result<Document, ExtractError> {
    let mut all = extract_all(name, bytes, options)?;
    if all.is_empty() {
        return Err(ExtractError::unreadable(name, "nothing was found in it"));
    }
    Ok(all.swap_remove(0))
}

/// Reads a file's bytes: the paper first, then the files attached to it (an e-mail's attachments).
///
/// # Errors
/// An [`ExtractError`] for a file that cannot be read. An attachment that cannot be read is a finding of the first
/// document.
pub fn extract_all(name: &str, bytes: &[u8], options: &Options) -> Result<Vec<Document>, ExtractError> {
    let converted = converted(name, bytes, options, &Launcher::default())?;
    let mut documents = finish::here(parse(name, converted.as_deref().unwrap_or(bytes), options)?, options)?;
    if converted.is_some()
        && let Some(first) = documents.first_mut()
    {
        first.sha256 = draft::sha256(bytes);
    }
    Ok(documents)
}

/// A HEIC photo as PNG; `None` for files that need no converting.
fn converted(
    name: &str,
    bytes: &[u8],
    options: &Options,
    launcher: &Launcher,
) -> Result<Option<Vec<u8>>, ExtractError> {
    if bytes.len() > options.max_bytes || sniff(bytes) != Kind::Heic {
        return Ok(None);
    }
    worker::to_png(name, bytes, options, launcher).map(Some)
}

/// The part that handles untrusted bytes and starts no process.
pub(crate) fn parse(name: &str, bytes: &[u8], options: &Options) -> Result<Vec<Draft>, ExtractError> {
    parse_at(name, bytes, options, 0)
}

/// The same for a file that lies inside `depth` e-mails.
fn parse_at(name: &str, bytes: &[u8], options: &Options, depth: usize) -> Result<Vec<Draft>, ExtractError> {
    if bytes.is_empty() {
        return Err(ExtractError::empty(name));
    }
    if bytes.len() > options.max_bytes {
        let what = format!("{} MB, and at most {} MB are read", bytes.len() >> 20, options.max_bytes >> 20);
        return Err(ExtractError::too_large(name, &what));
    }
    let kind = sniff(bytes);
    let draft = match kind {
        Kind::Pdf => pdf::read(name, bytes, options)?,
        Kind::Docx => docx::read(name, bytes, options)?,
        Kind::Rtf => rtf::read(bytes),
        Kind::Html => html::read(bytes),
        Kind::Email => {
            let mut all = email::read(name, bytes, options, depth)?;
            if let Some(first) = all.first_mut() {
                *first = first.clone().named(name, kind, bytes);
            }
            return Ok(all);
        }
        Kind::Jpeg | Kind::Png | Kind::Tiff | Kind::Webp | Kind::Gif | Kind::Bmp => Draft::of_pictures(kind, bytes),
        Kind::Text | Kind::FhirJson | Kind::X12 | Kind::Ccda | Kind::Xml | Kind::Citations => plain::read(bytes),
        kind => return Err(sniff::refusal(name, kind, bytes)),
    };
    within_bounds(name, &draft.document, options)?;
    Ok(vec![draft.named(name, kind, bytes)])
}

/// Whatever a file is, what it unfolds to must be a paper that somebody could read.
fn within_bounds(name: &str, document: &Document, options: &Options) -> Result<(), ExtractError> {
    let (pages, text) = (document.pages.len(), document.pages.iter().map(|p| p.text.len()).sum::<usize>());
    if pages > options.max_pages {
        let what = format!("{pages} pages, and at most {} are read", options.max_pages);
        return Err(ExtractError::too_large(name, &what));
    }
    if text > options.max_text {
        let what = format!("{} MB of text, and at most {} MB are read", text >> 20, options.max_text >> 20);
        return Err(ExtractError::too_large(name, &what));
    }
    Ok(())
}
