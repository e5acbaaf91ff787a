//! The app: one calm place from letter to decision, in the browser, on one's own computer.
//!
//! ```text
//! request ──guard (host, session, origin, form token)──▶ [http::Call] ──routes──▶ a page function ──▶ HTML
//!                                                                        │  journal: the case and its papers
//!                                                                        └─ engine: read · rights · opinion · letters
//! ```
//! The one function to know is [`serve`]; what it needs is in [`Config`]. Every page is made on the server and works
//! without scripts; the one small script only spares clicks. Page functions hold no law and no figures: what they show
//! comes from the logic crates, and every sentence of their own stands in `words.en.toml` and `words.es.toml`.
//!
//! What is deliberately absent: requests to any other machine, accounts, inline scripts and styles, and a listening
//! address other than 127.0.0.1.
#![allow(clippy::disallowed_methods)] // this crate is one of the three that may touch the disk

mod dates;
mod disputes;
mod engine;
mod facts_at;
mod guard;
mod http;
pub mod intake;
mod jobs;
mod kinds;
mod layout;
mod pages;
mod questions;
mod reading;
mod routes;
mod server;
mod settle;
#[cfg(test)]
mod testing;
mod timeline;
mod unopened;
#[cfg(test)]
mod walks;
#[cfg(test)]
mod walks_join;
#[cfg(test)]
mod walks_offers;
#[cfg(test)]
mod walks_papers;
#[cfg(test)]
mod walks_spanish;
#[cfg(test)]
mod walks_truth;
mod words;

/// The word of a closed list (`reason`, …) as the pages say it, in a language (`es`; anything else is English): one source
/// for the pages and the command line.
pub fn word_of(language: &str, list: &str, word: &str) -> String {
    words::Lang::of(language).words().of(list, word)
}

/// What a person calls a value of a paper (`member.id`: "The member number"), in English; nothing for a name that is not in
/// the contract's list.
pub fn name_of_field(field: &str) -> Option<&'static str> {
    words::Lang::En.words().get("field", &field.replace('.', "_"))
}

/// What a person calls a denial reason of the closed list, in English.
pub fn name_of_reason(reason: &str) -> Option<&'static str> {
    words::Lang::En.words().get("reason", reason)
}

pub use server::{Config, ServeError, serve};
