//! Boxes of a form: what stands beside an empty one is not said.

use crate::values::Span;

/// Marks of an empty box, and of one that is checked. The marks of forms, no words.
const EMPTY: [&str; 9] = ["[ ]", "[]", "[_]", "[  ]", "☐", "□", "▢", "❏", "( )"];
const CHECKED: [&str; 12] = ["[x]", "[X]", "(x)", "(X)", "☒", "☑", "■", "✓", "✔", "✗", "[✓]", "[✔]"];

/// The most lines over which the words beside a box go on.
const MOST_LINES: usize = 4;

/// Where a box stands, and whether it is empty.
fn boxes(line: &str) -> Vec<(Span, bool)> {
    let mut out: Vec<(Span, bool)> = Vec::new();
    for (marks, empty) in [(EMPTY.as_slice(), true), (CHECKED.as_slice(), false)] {
        for mark in marks {
            out.extend(line.match_indices(mark).map(|(i, m)| ((i, i + m.len()), empty)));
        }
    }
    out.sort_unstable();
    out.dedup_by(|b, a| b.0.0 < a.0.1);
    out
}

/// The words beside the boxes of a page.
#[derive(Debug, Default)]
pub(crate) struct Boxes {
    /// Beside empty ones: not said.
    pub(crate) empty: Vec<Span>,
    /// Beside checked ones: what the form says.
    pub(crate) checked: Vec<Span>,
}

/// The words beside the boxes of a page: from a box to the next one, to a wide gap or the line's end, and the lines under
/// it that are indented further than the box. Where no box of the page is checked, the boxes say nothing.
pub(crate) fn beside(text: &str) -> Boxes {
    let mut out = Boxes::default();
    if !CHECKED.iter().any(|mark| text.contains(mark)) {
        return out; // boxes as the marks of a list, or a form to be filled in
    }
    let mut hanging: Option<(usize, usize)> = None; // the indent of the last empty box of a line, and lines that may follow
    let mut start = 0;
    for raw in text.split_inclusive('\n') {
        let line = raw.trim_end();
        let indent = line.len() - line.trim_start().len();
        let found = boxes(line);
        if found.is_empty() {
            let goes_on = hanging.filter(|(at, left)| !line.trim().is_empty() && indent > *at && *left > 0);
            if goes_on.is_some() {
                out.empty.push((start + indent, start + line.len()));
            }
            hanging = goes_on.map(|(at, left)| (at, left - 1));
        } else {
            for (n, ((_, end), empty)) in found.iter().enumerate() {
                let next = found.get(n + 1).map_or(line.len(), |(s, _)| s.0);
                let words = line.get(*end..next).unwrap_or("");
                let lead = words.len() - words.trim_start().len();
                let stop = words.get(lead..).and_then(|w| w.find("   ")).map_or(words.len(), |i| lead + i);
                let words = (start + end, start + end + stop);
                if *empty { out.empty.push(words) } else { out.checked.push(words) }
            }
            let last = found.last().filter(|(_, empty)| *empty && found.len() == 1);
            hanging = last.map(|((at, _), _)| (*at, MOST_LINES));
        }
        start += raw.len();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn words_beside_empty_boxes_end_at_the_next_box_a_gap_or_the_line() {
        let text = "Answer: [ ] Approved   [X] Denied    Fax 1\n ☐ Plan exclusion, as the\n   booklet says\n ☒ Step therapy\nNotes: [ ] see back     more";
        let boxes = beside(text);
        let words =
            |spans: Vec<(usize, usize)>| spans.into_iter().map(|(a, b)| text[a..b].trim()).collect::<Vec<&str>>();
        assert_eq!(words(boxes.empty), ["Approved", "Plan exclusion, as the", "booklet says", "see back"]);
        assert_eq!(words(boxes.checked), ["Denied", "Step therapy"]);
    }

    #[test]
    fn a_paper_without_boxes_or_without_a_checked_one_has_none() {
        for text in ["Please send:\n[ ] chart notes\n[ ] X-rays", "(a) first\n[1] second\nYes ___ No ___"] {
            let boxes = beside(text);
            assert!(boxes.empty.is_empty() && boxes.checked.is_empty(), "{text}");
        }
    }
}
