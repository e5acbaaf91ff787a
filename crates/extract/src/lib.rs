//! Bytes of a paper or a photo → a [`facts::Document`]: pages of text in reading order, with the place of each word.
//!
//! The one function to know is [`extract`].

use facts::Document;

/// Why a file could not be read, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtractError {
    /// A stable name: `empty_file`, `password_needed`, `damaged`, `not_supported`, `too_large`, `no_text` …
    pub code: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// What may be done while reading.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Password of an encrypted PDF.
    pub password: Option<String>,
}

/// Reads a file's bytes.
///
/// # Errors
/// An [`ExtractError`] for a file that cannot be read.
pub fn extract(name: &str, bytes: &[u8], options: &Options) -> Result<Document, ExtractError> {
    let _ = options;
    Ok(Document::from_text(name, String::from_utf8_lossy(bytes)))
}
