//! What independent reviewers decided before: counts that ship, files a person imports, search in them.
//!
//! Counts come with their number, years, place and caveat, and with an interval; they are never a person's own chance.
//! Commercial figures are never given to a member of Medicare or Medicaid ([`for_case`]).

mod counts;
mod import;
mod mend;
mod search;
mod table;

pub use counts::{Count, DecidedBefore, for_case, wilson};
pub use import::{Decision, Imported, Ruling, import, join};
pub use search::{Found, Index, Narrow, SearchError};
