//! Bytes of an X12 interchange → segments with the place of each element.

use crate::Error;

/// The most segments that are read.
const MOST_SEGMENTS: usize = 200_000;

/// A segment as text, e.g. `CAS*PR*61*500`, with its elements' places in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) text: String,
    elements: Vec<(usize, usize)>,
}

impl Segment {
    /// `CAS`, `HCR` …
    pub(super) fn id(&self) -> &str {
        self.element(0)
    }

    /// An element by its number in the standard (1 is the first after the name); empty when absent.
    pub(super) fn element(&self, number: usize) -> &str {
        self.span(number).and_then(|(s, e)| self.text.get(s..e)).unwrap_or_default()
    }

    /// Where an element stands in [`Segment::text`].
    pub(super) fn span(&self, number: usize) -> Option<(usize, usize)> {
        self.elements.get(number).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.elements.len()
    }
}

/// The interchange: its segments and the inner separators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interchange {
    pub(super) segments: Vec<Segment>,
    /// The last of them has no end mark: it may have been cut within an element.
    pub(super) cut: bool,
    /// Between the parts of one element.
    pub(super) component: char,
    /// Between the repetitions of one element.
    pub(super) repetition: char,
}

/// The fixed length of the header, its end mark not counted.
const HEADER: usize = 105;

/// Splits an interchange. The header names its own separators, so nothing about them is assumed.
pub(super) fn split(name: &str, bytes: &[u8]) -> Result<Interchange, Error> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let header = text.strip_prefix("ISA").ok_or_else(|| headless(name))?;

    let separator = header.chars().next().filter(|c| !c.is_alphanumeric()).ok_or_else(|| no_terminator(name))?;
    // ISA has 16 elements; the last is one character, and the character after it ends the segment.
    let last =
        header.match_indices(separator).nth(15).map(|(at, s)| at + s.len()).ok_or_else(|| no_header(name, text))?;
    let mut tail = header.get(last..).unwrap_or_default().chars();
    let component = tail.next().ok_or_else(|| no_terminator(name))?;
    let terminator =
        tail.next().filter(|c| !c.is_alphanumeric() && *c != separator).ok_or_else(|| no_terminator(name))?;
    let terminator = if terminator == '\r' { '\n' } else { terminator };
    let written = text.trim_end_matches(['\r', '\n', ' ', '\t']);
    let whole = if terminator == '\n' { text.len() > written.len() } else { written.ends_with(terminator) };
    let segments: Vec<Segment> = text
        .split(terminator)
        .map(|s| s.trim_matches(['\r', '\n', ' ', '\t']))
        .filter(|s| !s.is_empty())
        .take(MOST_SEGMENTS)
        .map(|s| segment(s, separator))
        .collect();
    if segments.len() < 2 {
        return Err(no_terminator(name));
    }
    let eleventh = segments.first().map(|s| s.element(11)).unwrap_or_default();
    let repetition = eleventh.chars().next().filter(|c| !c.is_alphanumeric()).unwrap_or('^');
    // The trailer without its mark is whole: nothing follows it, and it gives no value.
    let cut = !whole && segments.last().is_some_and(|s| s.id() != "IEA");
    Ok(Interchange { segments, cut, component, repetition })
}

fn segment(text: &str, separator: char) -> Segment {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut elements = Vec::new();
    let mut start = 0;
    for (at, s) in text.match_indices(separator) {
        elements.push((start, at));
        start = at + s.len();
    }
    elements.push((start, text.len()));
    Segment { text, elements }
}

fn headless(name: &str) -> Error {
    let message = format!(
        "{name} is no whole X12 file: its header (ISA) is missing, and without it nothing in it can be trusted. Ask for the \
         whole file."
    );
    Error::new("not_supported", message)
}

/// Fewer elements than the header has: a short file was cut off in it, a long one lost its marks.
fn no_header(name: &str, text: &str) -> Error {
    if text.len() >= HEADER {
        return no_terminator(name);
    }
    Error::new("damaged", format!("{name} is an X12 file that was cut off within its header. Download it again."))
}

fn no_terminator(name: &str) -> Error {
    let message = format!(
        "{name} looks like X12, but its segments have no end marks, so it cannot be read. Ask the sender for the file again, \
         without conversion."
    );
    Error::new("x12_no_terminator", message)
}
