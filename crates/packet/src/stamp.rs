//! The number on every page: a prefix and digits, at the lower right as a reader sees the page, in a font that is in the
//! file.

use std::collections::HashMap;
use std::sync::OnceLock;

use lopdf::ObjectId;

use crate::Error;
use crate::import::{Importer, Sheet, number};
use crate::lettering::{self, ADVANCE, Lettering};

/// How pages are numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamps {
    prefix: String,
    digits: usize,
    codes: HashMap<char, u16>,
}

impl Stamps {
    /// Numbers for a packet of `pages` pages. Only letters, digits, spaces and hyphens of the prefix are kept.
    ///
    /// # Errors
    /// An [`Error`] when the page that lends its font cannot be typeset (our fault).
    pub(crate) fn new(prefix: &str, pages: usize) -> Result<Self, Error> {
        let kept: String =
            prefix.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-')).take(16).collect();
        let kept = kept.trim_matches([' ', '-']).to_uppercase();
        let prefix = if kept.is_empty() { kept } else { format!("{kept}-") };
        let codes = letters()?.codes().clone();
        Ok(Stamps { prefix, digits: pages.to_string().len().max(4), codes })
    }

    /// The text for a page counted from 1.
    pub(crate) fn text(&self, page: usize) -> String {
        format!("{}{page:0width$}", self.prefix, width = self.digits)
    }

    /// The command that shows a page's number.
    pub(crate) fn shown(&self, page: usize) -> String {
        lettering::shown(&self.text(page), &self.codes)
    }

    /// The prefix alone, for a reader's page list.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Drawing commands, marked as what is no part of the text. The number has a white edge so that it can be read on dark
    /// ground and hides nothing around it.
    pub(crate) fn draw(&self, page: usize, sheet: Sheet) -> Vec<u8> {
        let text = self.shown(page);
        let [left, bottom, right, top] = sheet.shown;
        let (width, height) =
            if sheet.turn % 180 == 0 { (right - left, top - bottom) } else { (top - bottom, right - left) };
        let size = (width.min(height) / 612.0 * 8.0).clamp(4.0, 300.0);
        let long = ADVANCE * self.text(page).len() as f32 * size;
        let (along, up) = ((width - size * 2.6 - long).max(0.0), size * 2.2);
        let (m, x, y) = match sheet.turn {
            90 => ("0 1 -1 0", right - up, bottom + along),
            180 => ("-1 0 0 -1", right - along, top - up),
            270 => ("0 -1 1 0", left + up, top - along),
            _ => ("1 0 0 1", left + along, bottom + up),
        };
        format!(
            "/Artifact <</Type /Pagination>> BDC\nq BT /Stamp {} Tf {m} {} {} Tm 1 G 1 g {} w 1 j 2 Tr {text} 0 g 0 Tr {m} {} {} Tm {text} ET Q\nEMC\n",
            number(size), number(x), number(y), number(size * 0.3), number(x), number(y),
        )
        .into_bytes()
    }
}

/// Brings the font of the stamps into a file.
///
/// # Errors
/// An [`Error`] when the page that lends it cannot be typeset (our fault).
pub(crate) fn import_font(importer: &mut Importer) -> Result<ObjectId, Error> {
    letters()?.bring(importer)
}

/// The font of the stamps. Its page is the same every time, so it is typeset once.
fn letters() -> Result<Lettering, Error> {
    static PAGE: OnceLock<Result<Vec<u8>, Error>> = OnceLock::new();
    let page = PAGE.get_or_init(|| lettering::page("ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789"));
    Lettering::of(page.as_ref().map_err(Clone::clone)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamps(prefix: &str, pages: usize) -> Stamps {
        Stamps::new(prefix, pages).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn numbers_have_a_prefix_and_enough_digits() {
        assert_eq!(stamps("Ex (1)\\-", 12).text(7), "EX 1-0007");
        assert_eq!(stamps("", 123_456).text(7), "000007");
    }

    #[test]
    fn every_character_of_a_stamp_is_in_its_font() {
        let all = stamps("A", 1).codes;
        assert!(('A'..='Z').chain('0'..='9').chain(['-']).all(|c| all.contains_key(&c)), "{all:?}");
        assert_eq!(stamps("A B", 1).shown(1).matches("> -602 <").count(), 1);
    }

    #[test]
    fn the_stamp_lies_inside_the_page_at_the_readers_lower_right() {
        let stamps = stamps("A", 10);
        for (turn, corner) in [(0, (612.0, 0.0)), (90, (612.0, 792.0)), (180, (0.0, 792.0)), (270, (0.0, 0.0))] {
            let drawn =
                String::from_utf8_lossy(&stamps.draw(3, Sheet { shown: [0.0, 0.0, 612.0, 792.0], turn })).into_owned();
            let words: Vec<&str> = drawn.split_whitespace().collect();
            let tm = words.iter().position(|w| *w == "Tm").unwrap_or(0);
            let at = |i: usize| words.get(tm - i).and_then(|w| w.parse::<f32>().ok()).unwrap_or(f32::MAX);
            let (x, y) = (at(2), at(1));
            assert!((x - corner.0).abs() < 80.0 && (y - corner.1).abs() < 80.0, "{turn}: {x} {y}");
            assert!((0.0..=612.0).contains(&x) && (0.0..=792.0).contains(&y), "{turn}: {x} {y}");
        }
    }
}
