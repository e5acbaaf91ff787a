//! The second opinion: need · cover · requirement · specialist · brief · check · compare · outcome · schedule.
//!
//! The words, rules and figures are data in `kb/opinions/`; the types are the machine contract's sections 3 and 4.

mod report;

pub use report::*;
