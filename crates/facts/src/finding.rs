use serde::{Deserialize, Serialize};

/// Something noticed on the way. It travels beside a result and stops nothing.
///
/// `code` is stable and made of lower-case words with underscores; `message` is a sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// A stable name for programs, e.g. `received_before_dated`.
    pub code: String,
    /// One or two plain sentences: what was noticed and what to do.
    pub message: String,
    /// The file or fact it is about, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

impl Finding {
    /// A finding with a stable code and a sentence for a person.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Finding { code: code.into(), message: message.into(), about: None }
    }

    /// The same finding, naming the file or fact it is about.
    #[must_use]
    pub fn about(mut self, what: impl Into<String>) -> Self {
        self.about = Some(what.into());
        self
    }
}

/// A result together with everything that was noticed while it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome<T> {
    /// The result.
    pub value: T,
    /// What was noticed, in the order in which it was noticed.
    pub findings: Vec<Finding>,
}
