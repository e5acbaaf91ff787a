//! A reading as the first draft of a case file.

use facts::{Case, Reading};

/// The facts of a reading as a case.
pub fn to_case(reading: &Reading) -> Case {
    let _ = reading;
    Case::default()
}
