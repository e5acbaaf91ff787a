//! (case, knowledge base, today) → what the person is entitled to, and by when, each with its law.
//!
//! ```text
//! Case ──view──▶ facts by key, events by number
//!      ──assess──▶ which rules apply, in which version, and their clocks (no sentences; cheap in bulk)
//!      ──render──▶ [`Entitlements`]: titles, dates, derivations, refusals, findings
//! ```
//! The one function to know is [`entitlements`]; the one type is [`Entitlements`], whose JSON is section 2 of the
//! machine contract. A right that does not exist is a [`Refusal`] with [`Why::NoRight`], never a silent omission. This
//! crate knows how days are counted; how many there are is in `kb/`.

mod assess;
mod audit;
mod clock;
mod compute;
mod entitlements;
pub mod examples;
mod questions;
mod render;
mod view;

pub use assess::{Assessment, Days, assess};
pub use audit::{AuditItem, NoticeAudit, audit};
pub use entitlements::*;
pub use questions::{Question, questions};
pub use view::is_rescission;

use calendar::Date;
use facts::Case;
use kb::Kb;

/// Everything the knowledge base says about this case on this day.
pub fn entitlements(case: &Case, kb: &Kb, today: Date) -> Entitlements {
    let mut assessment = assess::read(case, kb, today, true);
    assessment.version = kb.version();
    assessment.render()
}
