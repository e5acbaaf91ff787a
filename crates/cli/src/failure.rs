//! What went wrong, in one line that names the thing and one that says what to do.

use std::fmt;
use std::process::ExitCode;

/// Why a command could not answer.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The file, option or id it is about.
    pub about: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The input could not be used: exit 2.
    Input,
    /// Our fault: exit 1.
    Ours,
}

impl Failure {
    /// The input could not be used.
    pub(crate) fn input(about: impl Into<String>, message: impl Into<String>) -> Self {
        Failure { about: Some(about.into()), message: message.into(), hint: None, kind: Kind::Input }
    }

    /// Our fault.
    pub(crate) fn ours(message: impl Into<String>) -> Self {
        Failure {
            about: None,
            message: message.into(),
            hint: Some("this is a fault of the program, not yours; nothing was changed".into()),
            kind: Kind::Ours,
        }
    }

    /// The same failure with advice.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Prints to standard error and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        note!("{self}");
        self.code()
    }

    /// The failure as the one JSON document of a command that could not answer.
    pub(crate) fn json(&self) -> String {
        serde_json::json!({ "error": { "about": self.about, "message": self.message, "hint": self.hint } }).to_string()
    }

    /// The exit code of the machine contract.
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(if self.kind == Kind::Input { 2 } else { 1 })
    }
}

/// The built-in knowledge base cannot be used: our fault.
impl From<kb::KbError> for Failure {
    fn from(error: kb::KbError) -> Self {
        Failure::ours(format!("the knowledge base cannot be used: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("corroborate: ")?;
        if let Some(about) = self.about.as_ref().filter(|a| !self.message.starts_with(a.as_str())) {
            write!(f, "{about}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  {hint}")?;
        }
        Ok(())
    }
}
