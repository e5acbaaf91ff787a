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

mod error;
mod letter;
mod printable;
mod world;

pub use error::Error;
pub use letter::letter_pdf;
