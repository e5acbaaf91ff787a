use std::fmt;

/// Why a file could not be read, in words for a person.
///
/// The codes are stable: `empty_file`, `password_needed`, `wrong_password`, `damaged`, `not_supported`, `too_large`,
/// `no_text`, `ocr_missing`, `unreadable`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ExtractError {
    /// A stable name.
    pub code: String,
    /// What is wrong and what to do, in one line that names the file.
    pub message: String,
}

impl ExtractError {
    /// An error with a stable code and a line for a person.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        ExtractError { code: code.into(), message: message.into() }
    }

    pub(crate) fn empty(name: &str) -> Self {
        Self::new("empty_file", format!("{name} is empty (0 bytes). Save or download it again."))
    }

    pub(crate) fn password(name: &str, given: bool) -> Self {
        if given {
            let message = format!("The password given does not open {name}. Check it and try again with --password.");
            Self::new("wrong_password", message)
        } else {
            Self::new("password_needed", format!("{name} is locked. Give its password with --password."))
        }
    }

    pub(crate) fn damaged(name: &str, what: &str) -> Self {
        let remedy = "Download it again, or print or photograph it and add that.";
        Self::new("damaged", format!("{name} is damaged: {what}. {remedy}"))
    }

    pub(crate) fn too_large(name: &str, what: &str) -> Self {
        Self::new("too_large", format!("{name} is too large: {what}. Split it and add the parts."))
    }

    pub(crate) fn not_supported(name: &str, what: &str) -> Self {
        Self::new("not_supported", format!("{name} {what}"))
    }

    pub(crate) fn unreadable(name: &str, why: &str) -> Self {
        let remedy = "Save it again as a PDF, or add a photo of it.";
        Self::new("unreadable", format!("{name} could not be read: {why}. {remedy}"))
    }
}

impl fmt::Display for ExtractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ExtractError {}
