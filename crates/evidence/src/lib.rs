//! The plan's own criteria taken apart and held against the record.
//!
//! ```text
//! text of a policy ──[policy::parse]──▶ Policy (a tree of ALL / ANY / at least N OF, each leaf quoted)
//!        records, letters, treatment history ──[criteria]──▶ each leaf documented · contradicted · not documented
//! ```
//! The types to know are [`Policy`] and [`CriteriaReport`]. Words, synonyms and units are data in `kb/evidence/`.
//! "Documented" is said only with a quote; when torn, a leaf is `not_documented` and says what to ask for.

mod answered;
mod asked;
mod asks;
pub mod borne;
mod dates;
pub mod decisions;
mod line;
pub mod lookup;
mod matcher;
pub mod official;
mod person;
pub mod policy;
mod quantity;
mod report;
mod sentences;
pub mod shelf;
mod text;
mod treatments;
pub mod tried;
mod words;

pub use answered::asked_and_answered;
pub use policy::{Criterion, Needs, Own, Policy};
pub use report::{Also, CriteriaReport, LeafReport, LeafState, Paper, criteria, criteria_for_case};
pub use words::PolicyWords;
