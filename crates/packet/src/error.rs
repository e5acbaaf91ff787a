use std::fmt;

/// Why a packet or a letter could not be made, with what to do where a person can do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether it is our fault rather than the input's.
    pub ours: bool,
    /// Whether somebody stopped the work.
    pub stopped: bool,
}

impl Error {
    pub(crate) fn ours(message: impl Into<String>) -> Self {
        Error { message: message.into(), hint: None, ours: true, stopped: false }
    }

    pub(crate) fn stopped() -> Self {
        Error { message: "the packet was stopped before it was done".into(), hint: None, ours: false, stopped: true }
    }

    pub(crate) fn input(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Error { message: message.into(), hint: Some(hint.into()), ours: false, stopped: false }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
