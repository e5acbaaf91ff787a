//! A font with just the letters asked for, embedded, for what is written onto pages outside of the typesetting: page stamps
//! and the values of form fields.

use std::collections::HashMap;

use lopdf::{Document, ObjectId};
use serde_json::json;

use crate::import::Importer;
use crate::{Error, codes, letter, world};

/// How wide each character is, at size 1.
pub(crate) const ADVANCE: f32 = 0.602;

/// The font and the code of each of its characters.
pub(crate) struct Lettering {
    source: Document,
    font: ObjectId,
    codes: HashMap<char, u16>,
}

/// A page that is set in the letters asked for; its font holds these and no others.
///
/// # Errors
/// An [`Error`] when the page cannot be typeset (our fault).
pub(crate) fn page(letters: &str) -> Result<Vec<u8>, Error> {
    let pages = world::typeset("packet/letters.typ", &json!({ "letters": letters }), jiff::civil::date(2000, 1, 1))?;
    letter::export(&pages, "letters", &[])
}

impl Lettering {
    /// Takes the font out of a page that [`page`] made.
    ///
    /// # Errors
    /// An [`Error`] when the page has no font (our fault).
    pub(crate) fn of(page: &[u8]) -> Result<Self, Error> {
        let source = Document::load_mem(page).map_err(|e| Error::ours(e.to_string()))?;
        let (table, font) = font(&source).ok_or_else(|| Error::ours("a page of letters has no font"))?;
        Ok(Lettering { codes: codes::of_characters(&table), font, source })
    }

    pub(crate) fn codes(&self) -> &HashMap<char, u16> {
        &self.codes
    }

    /// Brings the font into a file.
    pub(crate) fn bring(self, importer: &mut Importer) -> Result<ObjectId, Error> {
        importer.bring(self.source, self.font).ok_or_else(|| Error::ours("a font of letters"))
    }
}

/// The command that shows a text. A character that the font does not have is a gap.
pub(crate) fn shown(text: &str, codes: &HashMap<char, u16>) -> String {
    let one = |c: char| codes.get(&c).map_or(format!("> {} <", -1000.0 * ADVANCE), |code| format!("{code:04X}"));
    format!("[<{}>] TJ", text.chars().map(one).collect::<String>())
}

/// The table that says what each code of the page's font means, and the font.
fn font(source: &Document) -> Option<(String, ObjectId)> {
    let page = source.get_pages().into_values().next()?;
    let resources = source.get_dictionary(page).ok()?.get_deref(b"Resources", source).ok()?.as_dict().ok()?;
    let fonts = resources.get_deref(b"Font", source).ok()?.as_dict().ok()?;
    let id = fonts.iter().next()?.1.as_reference().ok()?;
    let table = source.get_dictionary(id).ok()?.get_deref(b"ToUnicode", source).ok()?.as_stream().ok()?;
    let table = table.decompressed_content().unwrap_or_else(|_| table.content.clone());
    Some((String::from_utf8_lossy(&table).into_owned(), id))
}
