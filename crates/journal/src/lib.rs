//! The case store: everything a person gave and decided, in one encrypted file on their own computer.
//!
//! ```text
//! (state, what changed) ──[Journal::append]──▶ event (a patch) ──fold──▶ State ──▶ page, letter, export
//! ```
//! The one type to know is [`Journal`]. It keeps append-only **events** per case: an event is the difference between two
//! states, so nothing is overwritten, undo is itself an event, and the state of a case is the fold of its events. Every
//! writer says which [`Revision`] it saw; when somebody else wrote in between, it gets [`Kind::Conflict`] and nothing is
//! lost.
//!
//! The whole file (rows, attached papers, write-ahead log) is encrypted with SQLCipher. The key comes from a key file
//! that only its owner can read, or from a passphrase through Argon2id ([`Key`]). A commit is on the disk when
//! [`Journal::append`] returns (write-ahead log, `synchronous = FULL`).
//!
//! What it does not do: it reads no clock (the moment is an argument), knows no law, and sends nothing anywhere.
//!
//! # Example
//! ```
//! # let folder = tempfile::tempdir()?;
//! let now: jiff::Timestamp = "2026-11-25T18:00:00Z".parse()?;
//! let mut journal = journal::Journal::open(&folder.path().join("cases.db"), &journal::Key::random()?)?;
//! let (id, mut revision) = journal.create(now)?;
//! let mut state = journal.case(&id)?.state;
//! state.case.claim.service = Some("knee replacement".into());
//! revision = journal.append(&id, "claim.service", &state, revision, now)?;
//! revision = journal.undo(&id, revision, now)?;
//! assert_eq!(journal.case(&id)?.state.case.claim.service, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![allow(clippy::disallowed_methods)] // this crate is one of the three that may touch the disk

mod archive;
mod error;
mod files;
mod key;
mod lock;
mod patch;
mod rekey;
mod relock;
mod schema;
mod state;
mod store;
#[cfg(test)]
mod trouble;

pub use error::{Error, Kind};
pub use key::Key;
pub use lock::Occupied;
pub use relock::{SHORTEST_PASSPHRASE, kept_key_files, key_file_of};
pub use state::{Entry, Paper, Part, State};
pub use store::{CaseRow, Change, Computation, Journal, Loaded, Revision, Wanted};
