//! Every document as a PDF, to be looked at.

use crate::common;

/// Every document of one case as a PDF, to be looked at: `CORROBORATE_LOOK=folder`.
#[test]
fn every_document_can_be_typeset_in_both_languages() {
    let world = common::knee_world();
    for kind in draft::KINDS {
        for language in ["en", "es"] {
            let inputs = draft::Inputs { language, ..world.inputs() };
            let document = draft::draft(kind.id, &inputs).unwrap_or_else(|e| panic!("{e}")).value;
            let pdf = packet::letter_pdf(&document, false).unwrap_or_else(|e| panic!("{} {language}: {e}", kind.id));
            common::look(&format!("{}-{language}", kind.id), &pdf);
            assert!(packet::docx(&document).is_ok());
        }
    }
}
