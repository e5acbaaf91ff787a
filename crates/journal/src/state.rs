use calendar::Date;
use facts::Case;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything known about one dispute: the fold of its events.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The person's own name for the case; without one the service's name is shown.
    pub title: Option<String>,
    /// The case file of the machine contract.
    pub case: Case,
    /// The files the person gave, in the order in which they gave them.
    pub papers: Vec<Paper>,
    /// Calls, letters sent and received, decisions, notes.
    pub log: Vec<Entry>,
    /// What the person has settled and need not be asked again, by id.
    pub done: Vec<String>,
    /// Whether the person has put the case aside.
    pub closed: bool,
}

impl State {
    /// What the case is called: its title, else the service, else nothing yet.
    pub fn name(&self) -> Option<&str> {
        [self.title.as_deref(), self.case.claim.service.as_deref()]
            .into_iter()
            .flatten()
            .map(str::trim)
            .find(|t| !t.is_empty())
    }

    /// The paper with this hash.
    pub fn paper(&self, sha256: &str) -> Option<&Paper> {
        self.papers.iter().find(|p| p.sha256 == sha256)
    }
}

/// A file the person gave; its bytes are in the journal under `sha256`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// Its name, without a folder.
    pub name: String,
    /// How many bytes.
    pub size: u64,
    /// When it was given.
    pub added: Timestamp,
    /// What it is: `denial_letter`, `opinion_letter`, `plan_document`, `office_note` … as for `facts::Record::kind`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether the person has looked at what was read from it.
    #[serde(default)]
    pub confirmed: bool,
}

/// A line of the log: something that was said, sent or received.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Entry {
    /// Stable within the case.
    pub id: String,
    /// `call`, `sent`, `received`, `decision` or `note`.
    pub kind: String,
    /// The day.
    pub on: Option<Date>,
    /// With whom.
    pub who: Option<String>,
    /// `phone`, `mail`, `certified_mail`, `fax`, `portal`, `email`, `in_person`.
    pub how: Option<String>,
    /// What was said or what it was.
    pub text: Option<String>,
    /// Call reference, tracking number, fax confirmation.
    pub reference: Option<String>,
    /// For something sent: which document.
    pub document: Option<String>,
    /// For a decision: `overturned`, `partly` or `upheld`.
    pub result: Option<String>,
}
