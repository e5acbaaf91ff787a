use std::fmt;

/// Why a file could not be read, in words for a person.
///
/// Codes: `damaged`, `not_supported`, `x12_no_terminator`, `too_large`, `knowledge_base`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// A stable name.
    pub code: String,
    /// What is wrong and what to do, in one line that names the file.
    pub message: String,
}

impl Error {
    /// An error with a stable code and a line for a person.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Error { code: code.into(), message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<kb::KbError> for Error {
    fn from(e: kb::KbError) -> Self {
        Error::new("knowledge_base", e.to_string())
    }
}
