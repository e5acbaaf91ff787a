use std::collections::BTreeMap;

use calendar::Date;
use facts::Case;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything known about one dispute: the fold of its events.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The person's own name for the case; without one the person and the service are shown.
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
    /// What the case is called: its title, else its person and what was denied, else the one of them that is known.
    pub fn name(&self) -> Option<String> {
        let text = |value: &Option<String>| value.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(String::from);
        let (person, service) = (text(&self.case.patient.name), text(&self.case.claim.service));
        let both = || person.clone().zip(service.as_deref()).map(|(p, s)| format!("{p}: {}", short(s)));
        text(&self.title).or_else(both).or(person.clone()).or(service.clone())
    }

    /// The paper with this hash.
    pub fn paper(&self, sha256: &str) -> Option<&Paper> {
        self.papers.iter().find(|p| p.sha256 == sha256)
    }

    /// Every file of the case: its papers, and the files that some of them were made of.
    pub fn files(&self) -> impl Iterator<Item = &Paper> {
        self.papers.iter().flat_map(|p| std::iter::once(p).chain(p.joined_from.iter().map(|part| &part.paper)))
    }

    /// A name for a new paper that no file of the case has: two of one name become `scan.pdf` and `scan (2).pdf`, so that a
    /// case file can tell them apart.
    pub fn unused_name(&self, name: String) -> String {
        let taken = |n: &str| self.files().any(|p| p.name == n);
        if !taken(&name) {
            return name;
        }
        let (stem, end) = match name.rsplit_once('.') {
            Some((stem, end)) => (stem.to_string(), format!(".{end}")),
            None => (name.clone(), String::new()),
        };
        (2..).map(|n| format!("{stem} ({n}){end}")).find(|n| !taken(n)).unwrap_or(name)
    }
}

/// The most letters of a service that stand in a name.
const LONGEST: usize = 48;

/// The first words of a long text.
fn short(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_string();
    }
    let mut out = String::new();
    for word in text.split_whitespace() {
        if out.chars().count() + word.chars().count() + 1 > LONGEST {
            break;
        }
        out.push_str(if out.is_empty() { "" } else { " " });
        out.push_str(word);
    }
    if out.is_empty() {
        out = text.chars().take(LONGEST).collect();
    }
    format!("{}…", out.trim_end_matches([',', ';', ':']))
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
    /// The files whose pages it was made of, in their order: the person said that they are one paper. They are kept beside
    /// it, under names that no other paper has, and come back when it is taken apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined_from: Vec<Part>,
    /// What the person corrected of what this paper says, by the path of the fact. Another paper may say something else.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub said: BTreeMap<String, String>,
}

/// A file that became some pages of a paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The file as it stood among the papers.
    pub paper: Paper,
    /// How many pages it gave.
    pub pages: usize,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_called_by_its_person_and_a_long_service_is_cut_at_a_word() {
        let mut state = State::default();
        assert_eq!(state.name(), None);
        state.case.claim.service =
            Some("lumbar interbody fusion with posterolateral technique and instrumentation".into());
        state.case.patient.name = Some("Ana Example".into());
        let name = state.name().unwrap_or_default();
        assert_eq!(name, "Ana Example: lumbar interbody fusion with posterolateral…");
        state.title = Some("My case".into());
        assert_eq!(state.name().as_deref(), Some("My case"), "the person's own name for it goes first");
    }
}
