//! The number on every page: a prefix and digits, at the lower right as a reader sees the page.

use crate::helvetica;
use crate::import::{Sheet, number};

/// How pages are numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamps {
    prefix: String,
    digits: usize,
}

impl Stamps {
    /// Numbers for a packet of `pages` pages. Only letters, digits, spaces and hyphens of the prefix are kept.
    pub(crate) fn new(prefix: &str, pages: usize) -> Self {
        let kept: String =
            prefix.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-')).take(16).collect();
        let kept = kept.trim_matches([' ', '-']).to_uppercase();
        let prefix = if kept.is_empty() { kept } else { format!("{kept}-") };
        Stamps { prefix, digits: pages.to_string().len().max(4) }
    }

    /// The text for a page counted from 1.
    pub(crate) fn text(&self, page: usize) -> String {
        format!("{}{page:0width$}", self.prefix, width = self.digits)
    }

    /// The prefix alone, for a reader's page list.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Drawing commands. The text has a white edge so that it can be read on dark ground and hides nothing around it.
    pub(crate) fn draw(&self, page: usize, sheet: Sheet, tagged: bool) -> Vec<u8> {
        let text = self.text(page);
        let [left, bottom, right, top] = sheet.shown;
        let (width, height) =
            if sheet.turn % 180 == 0 { (right - left, top - bottom) } else { (top - bottom, right - left) };
        let size = (width.min(height) / 612.0 * 8.5).clamp(4.0, 300.0);
        let (along, up) = ((width - size * 2.6 - helvetica::width(&text) * size).max(0.0), size * 2.2);
        let (m, x, y) = match sheet.turn {
            90 => ("0 1 -1 0", right - up, bottom + along),
            180 => ("-1 0 0 -1", right - along, top - up),
            270 => ("0 -1 1 0", left + up, top - along),
            _ => ("1 0 0 1", left + along, bottom + up),
        };
        let (open, close) = if tagged { ("/Artifact <</Type /Pagination>> BDC\n", "EMC\n") } else { ("", "") };
        format!(
            "{open}q BT /Stamp {} Tf {m} {} {} Tm 1 G 1 g {} w 1 j 2 Tr ({text}) Tj 0 g 0 Tr {m} {} {} Tm ({text}) Tj ET Q\n{close}",
            number(size), number(x), number(y), number(size * 0.3), number(x), number(y),
        )
        .into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_prefix_and_enough_digits() {
        assert_eq!(Stamps::new("Ex (1)\\-", 12).text(7), "EX 1-0007");
        assert_eq!(Stamps::new("", 123_456).text(7), "000007");
    }

    #[test]
    fn the_stamp_lies_inside_the_page_at_the_readers_lower_right() {
        let stamps = Stamps::new("A", 10);
        for (turn, corner) in [(0, (612.0, 0.0)), (90, (612.0, 792.0)), (180, (0.0, 792.0)), (270, (0.0, 0.0))] {
            let drawn =
                String::from_utf8_lossy(&stamps.draw(3, Sheet { shown: [0.0, 0.0, 612.0, 792.0], turn }, false))
                    .into_owned();
            let words: Vec<&str> = drawn.split_whitespace().collect();
            let tm = words.iter().position(|w| *w == "Tm").unwrap_or(0);
            let at = |i: usize| words.get(tm - i).and_then(|w| w.parse::<f32>().ok()).unwrap_or(f32::MAX);
            let (x, y) = (at(2), at(1));
            assert!((x - corner.0).abs() < 80.0 && (y - corner.1).abs() < 80.0, "{turn}: {x} {y}");
            assert!((0.0..=612.0).contains(&x) && (0.0..=792.0).contains(&y), "{turn}: {x} {y}");
        }
    }
}
