//! The second opinion: need · cover · requirement · specialist · brief · check · compare · outcome · schedule.
//!
//! ```text
//! Case + kb + today ──[need]──▶ OpinionPlan   (does one help? when? required? covered? in time?)
//!                   ──[specialist]──▶ who     ──[brief]──▶ what to ask and send
//! the letter        ──[check]──▶ Check        ──[compare]──▶ both opinions and the reviewer side by side
//! ```
//! The words, rules and figures are data in `kb/opinions/`; the types are the machine contract's sections 3 and 4. The
//! type to know is [`OpinionPlan`]. Nothing here reads a clock or a file: `today` and documents are arguments. Nothing
//! promises a result, and nobody is called board-certified whose certification was not looked up.

mod attach;
mod authorities;
mod brief;
mod check;
mod clauses;
mod compare;
mod coverage;
mod dates;
mod independent;
mod names;
mod need;
mod outcome;
mod own_form;
mod page;
mod paper;
mod records;
mod report;
mod required;
mod schedule;
mod situation;
mod specialist;
mod words;

pub use attach::{Attach, attach, is_harmful};
pub use brief::*;
pub use check::{
    ATTACH, Checker, ELEMENT_STATES, ELEMENTS, FEW, HEARING, LABELS, OUTCOME, OUTCOMES, REASON, REASON_STATES, RISKS,
    RULES_UNUSABLE, SIGNS, SPOKEN, Sentences, check, decides, ending, endings, prepare, sizes, stopped_by,
};
pub use clauses::*;
pub use compare::{Comparison, ComparisonRow, Quoted, Said, compare};
pub use coverage::coverage;
pub use names::Names;
pub use need::{need, need_with_readings};
pub use outcome::{OutcomeCourse, course_for};
pub use page::*;
pub use paper::{held_against, is_same_name, is_signed_by, kind_in_case, second_physician};
pub use records::RecordWanted;
pub use report::*;
pub use required::required;
pub use schedule::{FilingDate, correction_by, filing_date, records_limit, schedule};
pub use situation::lacks_records;
pub use specialist::*;
