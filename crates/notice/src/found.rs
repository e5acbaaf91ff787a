//! Values on their way into the reading.

use facts::Certainty;

use crate::text::tidy;
use crate::values::Span;
use crate::view::View;

/// A value read from a page. Lower `rank` is better; of a field that has one value only the best stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) field: &'static str,
    pub(crate) value: String,
    pub(crate) page: usize,
    pub(crate) span: Span,
    pub(crate) certainty: Certainty,
    pub(crate) rank: u8,
}

/// Ranks: a labelled row, a sentence that says it, a place on the page that suggests it.
pub(crate) const LABELLED: u8 = 0;
/// A row whose label is short and could name another date.
pub(crate) const WEAKLY_LABELLED: u8 = 4;
pub(crate) const SAID: u8 = 10;
pub(crate) const PLACED: u8 = 20;

/// From this rank on: about a body outside the plan, which counts only where the plan itself is done.
pub(crate) const OUTSIDE: u8 = 25;

impl Found {
    /// The words of the span are the value, white space tidied. Nothing when they are empty.
    pub(crate) fn words(view: &View, field: &'static str, span: Span, rank: u8) -> Option<Found> {
        let span = trim(view.page.text, span);
        let quote = view.page.slice(span.0, span.1);
        let value = tidy(quote);
        if value.is_empty() {
            return None;
        }
        let certainty = if value == quote { Certainty::Verbatim } else { Certainty::Normalized };
        Some(Found { field, value, page: view.number, span, certainty, rank })
    }

    /// A value in another spelling than its quote.
    pub(crate) fn normalized(view: &View, field: &'static str, value: String, span: Span, rank: u8) -> Found {
        let quote = view.page.slice(span.0, span.1);
        let certainty = if value == quote { Certainty::Verbatim } else { Certainty::Normalized };
        Found { field, value, page: view.number, span, certainty, rank }
    }

    /// A value that follows from what the quote says.
    pub(crate) fn inferred(view: &View, field: &'static str, value: &str, span: Span, rank: u8) -> Found {
        Found { field, value: value.into(), page: view.number, span, certainty: Certainty::Inferred, rank }
    }
}

/// The span without white space and dangling punctuation at its ends.
pub(crate) fn trim(text: &str, span: Span) -> Span {
    let Some(words) = text.get(span.0..span.1) else { return (span.0, span.0) };
    let left =
        words.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | ';' | '|' | '=' | '–' | '—'));
    let left = left.strip_prefix("- ").unwrap_or(left);
    let start = span.1 - left.len();
    let right =
        left.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | ';' | '|' | '-' | '–' | '—'));
    let opens = right.matches('(').count();
    let closes = right.matches(')').count();
    let right = if closes > opens { right.strip_suffix(')').unwrap_or(right) } else { right };
    let right = if opens > closes { right.rsplit_once('(').map_or(right, |(head, _)| head.trim_end()) } else { right };
    (start, start + right.len())
}
