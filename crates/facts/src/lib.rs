//! The vocabulary as types: what a case is, what was read from a paper, and where each fact came from.
//!
//! ```text
//! case.toml / case.json ──[Case::parse]──▶ Case          (what the person says, with origins)
//! bytes ──extract──▶ [Document] ──notice / exchange──▶ [Reading]   (what a paper says, each value with its quote)
//! ```
//! A [`Case`] is one dispute, and everything in it is optional: what is missing becomes a refusal or a question, never a
//! guess. The shape is the machine contract's; other programs write such files.
//!
//! This crate computes nothing about law and does no input or output.

mod case;
mod document;
mod finding;
mod parse;
mod reading;
mod when;

pub use case::*;
pub use document::*;
pub use finding::*;
pub use parse::{Format, ParseError};
pub use reading::*;
pub use when::When;
