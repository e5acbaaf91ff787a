//! What a file of programs says in words for people, read as the sentences of a letter are.

use facts::{Certainty, Document, Field, Reading, StatedReason};
use kb::Kb;

use crate::data::{Cue, Reader, Section};
use crate::view::View;

/// Adds to an electronic answer's reading what its words state: the reasons, and that a second opinion is required. `said`
/// are places in `document`: a page, counted from 1, and a byte range of its text. What codes have stated already is not
/// stated again, and an approval gives no reasons. Adds nothing when the phrase data cannot be used ([`crate::read`] says
/// so).
pub fn hear(reading: &mut Reading, document: &Document, said: &[(usize, (usize, usize))], kb: &Kb) {
    let Ok(reader) = crate::reader(kb) else { return };
    let refused = reading.get("notice.kind").is_none_or(|kind| kind.value != "approval");
    for (page, span) in said.iter().filter(|_| refused) {
        let text = document.pages.get(page.wrapping_sub(1)).and_then(|p| p.text.get(span.0..span.1)).unwrap_or("");
        reader.hear_one(reading, text, *page, span.0);
    }
    let found: Vec<String> = reading.fields.iter().map(|f| f.name.clone()).collect();
    reading.not_found.retain(|name| !found.contains(name));
}

impl Reader {
    /// One stretch of words, `start` bytes into its page.
    fn hear_one(&self, reading: &mut Reading, text: &str, page: usize, start: usize) {
        /// Longer words than these are no note.
        const LONGEST: usize = 4_000;
        if text.is_empty() || text.len() > LONGEST {
            return;
        }
        let view = View::new(self, text, 1, Section::Body);
        let whole = (start, start + text.len());
        for reason in self.stated(&self.said_reasons(&view), 0, &[text]) {
            if !reading.reasons.iter().any(|r| r.reason == reason.reason) {
                reading.reasons.push(StatedReason { quote: text.to_owned(), page, span: whole, ..reason });
            }
        }
        let asked = !view.cue(Cue::SecondOpinionRequired).is_empty() && view.cue(Cue::Negation).is_empty();
        let name = "second_opinion.required_stated";
        if asked && reading.get(name).is_none() {
            reading.fields.push(Field {
                name: name.into(),
                value: "true".into(),
                quote: text.to_owned(),
                document: 0,
                page,
                span: whole,
                certainty: Certainty::Inferred,
            });
        }
    }
}
