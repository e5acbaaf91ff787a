//! Typed documents and a person's papers → the packet: letter, contents, criteria map, exhibits, stamps, manifest.
//!
//! ```text
//! draft::Document ──typst──▶ letter, contents, cover sheets ─┐
//! each paper's bytes ──[exhibit]──▶ pages as they are ────────┴─lopdf──▶ one PDF ──read back──▶ manifest
//! ```
//! The one function to know is [`build`], the one type [`Packet`]. Everything enters layouts as data, never as markup.
//! A paper that cannot be placed is named with its reason; nothing is dropped in silence. The same input gives the same
//! bytes.
//!
//! This crate reads no file and no clock: papers are bytes handed in.

mod annotations;
mod archival;
mod assemble;
mod bundle;
mod catalog;
mod codes;
mod docx;
mod edited;
mod error;
mod exhibit;
mod fields;
mod helvetica;
mod ics;
mod import;
mod join;
mod jpeg_bare;
mod letter;
mod lettering;
mod links;
mod manifest;
mod parts;
mod picture;
mod pictures;
mod placements;
mod plain;
mod printable;
mod reread;
mod seal;
mod shrink;
mod stamp;
mod structure;
mod tiff;
mod verify;
mod witness;
mod world;
mod write;

pub use assemble::{Packet, PacketInput, build, build_watched};
pub use bundle::zip;
pub use docx::docx;
pub use edited::changes_in;
pub use error::Error;
pub use exhibit::{Content, ExhibitInput, Later};
pub use ics::{Event, calendar, ics, ics_with};
pub use join::{Joined, MOST_JOINED, NotJoined, Sheet, join};
pub use letter::letter_pdf;
pub use manifest::{Archival, LeftOut, Manifest, NotArchival, Placement, Recompressed, WrittenPart};
pub use parts::{FaxLimit, Part, fax_parts};
pub use plain::{PlainText, plain_text, plain_text_within};
pub use seal::is_as_written;
pub use shrink::{FLOOR, Quality, within};
pub use verify::link_targets;
