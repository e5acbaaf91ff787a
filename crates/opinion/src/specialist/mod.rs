//! Who should give the opinion: the profile of the right physician, candidates compared in the open, and the log of
//! the search. It names no physician of its own.

mod npi;
mod profile;

pub use npi::*;
pub use profile::{Center, GroupMatch, NamedCenter, Profile, Wanted};
pub(crate) use profile::{Directory, Known};
