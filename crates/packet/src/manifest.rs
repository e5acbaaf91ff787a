use facts::Finding;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What is in a packet (section 5 of the machine contract).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// The file's name, set by whoever writes it. Empty, and `null` for programs, when nothing was written.
    #[serde(with = "known")]
    pub pdf: String,
    /// SHA-256 of the packet, lower-case hex; likewise.
    #[serde(with = "known")]
    pub sha256: String,
    /// How many pages it has; likewise.
    #[serde(with = "known")]
    pub pages: usize,
    /// The exhibits, in order.
    pub exhibits: Vec<Placement>,
    /// Whether the contents' page numbers were read back from the finished file and found right.
    pub contents_verified: bool,
    /// The same pages in parts, as written beside it for a fax line or a portal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<WrittenPart>,
    /// The ZIP with all of it, when one was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zip: Option<String>,
    /// Papers that are not in the packet, each with its reason.
    pub left_out: Vec<LeftOut>,
    /// Facts that are missing: with any, the packet is a draft.
    pub blocked_by: Vec<String>,
    /// The first and the last page stamp.
    pub stamps: Option<(String, String)>,
    /// Pictures that were given fewer dots so that the file keeps a size limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recompressed: Vec<Recompressed>,
    /// Whether the packet may say that it is PDF/A, and which exhibits stand against it.
    #[serde(default)]
    pub archival: Archival,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// Whether a packet is a file for the archive. The letter alone always is (PDF/A-2a and PDF/UA-1).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Archival {
    /// Whether the packet says that it is PDF/A-2b.
    pub ready: bool,
    /// What stands against it.
    pub not_ready: Vec<NotArchival>,
}

/// Why an exhibit is not fit for PDF/A.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotArchival {
    /// The exhibit; empty for the pages in front.
    pub label: String,
    /// Why, for a person.
    pub why: String,
}

/// A picture that was given fewer dots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recompressed {
    /// The exhibit it belongs to.
    pub label: String,
    /// The page of the packet it is first seen on, counted from 1.
    pub page: usize,
    /// Dots across and down, as it was.
    pub dots_before: (u32, u32),
    /// Dots across and down, as it is now.
    pub dots_after: (u32, u32),
    /// Its weight as it was.
    pub bytes_before: usize,
    /// Its weight now.
    pub bytes_after: usize,
}

/// Where an exhibit stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Its label.
    pub label: String,
    /// Its title.
    pub title: String,
    /// The file it came from; empty, and `null` for programs, for one that was made here.
    #[serde(with = "known")]
    pub source: String,
    /// SHA-256 of that file; likewise.
    #[serde(with = "known")]
    pub sha256: String,
    /// Whether the program made it from the case (the list of calls): then it came from no file.
    #[serde(default)]
    pub made_here: bool,
    /// Page of its cover sheet, counted from 1.
    pub first_page: usize,
    /// Its last page.
    pub last_page: usize,
    /// How many pages the paper itself has.
    pub pages_in_source: usize,
}

/// A paper that is not in the packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The file.
    pub source: String,
    /// Why, for a person.
    pub why: String,
    /// Whether the person decided so (or the safe rule for opinions); anything else makes the command fail.
    #[serde(default)]
    pub by_choice: bool,
    /// The reason as a word, for a paper held back on purpose: `person_decided` is the person's own, the others are safe rules
    /// (see `draft::Withheld`).
    #[serde(default)]
    pub reason: Option<String>,
    /// The label under which the letter cites it, when it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A part of the packet in a file of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenPart {
    /// The file.
    pub file: String,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
    /// Which part it is, counted from 1, and of how many.
    pub number: usize,
    /// See `number`.
    pub of: usize,
    /// First and last page of the packet in it; its cover comes before them.
    pub first_page: usize,
    /// See `first_page`.
    pub last_page: usize,
}

/// A value that is empty when it is not known: `null` for programs.
mod known {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T, S>(value: &T, out: S) -> Result<S::Ok, S::Error>
    where
        T: Default + PartialEq + Serialize,
        S: Serializer,
    {
        Some(value).filter(|v| **v != T::default()).serialize(out)
    }

    pub(super) fn deserialize<'de, T, D>(from: D) -> Result<T, D::Error>
    where
        T: Default + Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Option::deserialize(from)?.unwrap_or_default())
    }
}

/// SHA-256 as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
