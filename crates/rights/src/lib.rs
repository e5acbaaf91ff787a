//! (case, knowledge base, today) → what the person is entitled to, and by when, each with its law.
//!
//! The one function to know is [`entitlements`]; the one type is [`Entitlements`], whose JSON is section 2 of the
//! machine contract. A right that does not exist is a [`Refusal`] with [`Why::NoRight`], never a silent omission.

mod entitlements;

pub use entitlements::*;

use calendar::Date;
use facts::Case;
use kb::Kb;

/// Everything the knowledge base says about this case on this day.
pub fn entitlements(case: &Case, kb: &Kb, today: Date) -> Entitlements {
    Entitlements { coverage: case.coverage.kind.clone(), kb: kb.version(), today, ..Entitlements::empty(today) }
}
