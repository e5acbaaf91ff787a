//! What does not fit together: findings, never rejections.

use facts::{Document, Finding, Reading};

/// Checks a reading against itself and against the papers' text. Findings say what was noticed and what to do.
pub fn crosscheck(reading: &Reading, documents: &[Document]) -> Vec<Finding> {
    let _ = (reading, documents);
    Vec::new()
}
