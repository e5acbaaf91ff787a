//! Running text printed in two columns side by side, as a page keeps it whose words were taken line by line: put into the order
//! in which people read it, the left column before the right one. What is read is told in the page's own places.
//!
//! A table, a form of labels and values and a letterhead beside a date are no columns of text: only where sentences run on from
//! line to line on both sides of a gutter that no word crosses is the page taken apart.

use crate::text::{Cell, Line, lines};
use crate::values::Span;

/// The least lines that begin at the right column's edge, and the least lines on the left.
const LINES: usize = 5;
/// The least lines, on each side, that begin in the middle of a sentence, and on both sides together.
const RUNS_ON: (usize, usize) = (2, 5);
/// The least characters before the right column, and the widest indent of its lines.
const LEFT: usize = 18;
const INDENT: usize = 16;
/// The first lines with words are the letterhead and stay as they are.
const HEAD: usize = 3;

/// A page in reading order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reflowed {
    pub(crate) text: String,
    pieces: Vec<Piece>,
}

/// Bytes that stand together in both texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// Where it begins in the new text.
    at: usize,
    /// Where it begins on the page.
    from: usize,
    len: usize,
}

/// A side of a line: nothing, or its bytes and the column of its first character.
type Side = Option<(Span, usize)>;

/// A line cut at the gutter.
#[derive(Debug, Clone, Copy)]
struct Cut {
    line: usize,
    left: Side,
    right: Side,
}

/// The page in reading order, where it has two columns of running text.
pub(crate) fn in_reading_order(text: &str) -> Option<Reflowed> {
    let lines = lines(text);
    let regions = regions(text, &lines);
    if regions.is_empty() {
        return None;
    }
    let mut out = Reflowed { text: String::with_capacity(text.len()), pieces: Vec::new() };
    let mut at = 0;
    for (cuts, gutter) in &regions {
        let (Some(first), Some(last)) = (cuts.first(), cuts.last()) else { continue };
        let begin = lines.get(first.line).map_or(at, |l| l.start);
        out.keep(text, (at, begin));
        for (side, edge) in [(left as fn(&Cut) -> Side, 0), (right, *gutter)] {
            for cut in cuts {
                if let Some((span, column)) = side(cut) {
                    out.text.extend(std::iter::repeat_n(' ', column.saturating_sub(edge)));
                    out.keep(text, span);
                }
                out.text.push('\n');
            }
            out.text.push('\n');
        }
        at = lines.get(last.line + 1).map_or(text.len(), |l| l.start);
    }
    out.keep(text, (at, text.len()));
    Some(out)
}

fn left(cut: &Cut) -> Side {
    cut.left
}

fn right(cut: &Cut) -> Side {
    cut.right
}

impl Reflowed {
    fn keep(&mut self, text: &str, span: Span) {
        let Some(words) = text.get(span.0..span.1).filter(|w| !w.is_empty()) else { return };
        self.pieces.push(Piece { at: self.text.len(), from: span.0, len: words.len() });
        self.text.push_str(words);
    }

    /// The parts of the page that a stretch of the new text is made of.
    fn parts(&self, span: Span) -> impl Iterator<Item = Span> + '_ {
        let first = self.pieces.partition_point(|p| p.at + p.len <= span.0);
        let near = self.pieces.get(first..).unwrap_or_default().iter().take_while(move |p| p.at < span.1);
        near.map(move |p| {
            let (start, end) = (span.0.max(p.at), span.1.min(p.at + p.len));
            (p.from + start - p.at, p.from + end - p.at)
        })
    }

    /// Where on the page a value stands: from its first to its last byte, what the other column has between included; of a
    /// value that goes from the foot of one column to the head of the next, the first part.
    pub(crate) fn on_page(&self, span: Span) -> Span {
        let mut whole: Option<Span> = None;
        for part in self.parts(span) {
            match &mut whole {
                None => whole = Some(part),
                Some(w) if part.0 >= w.1 => w.1 = part.1,
                Some(_) => break,
            }
        }
        whole.unwrap_or((0, 0))
    }

    /// Where on the page words can be quoted: all of them where nothing else stands between, else the longest line of them.
    pub(crate) fn quote_on(&self, page: &str, span: Span) -> Span {
        let whole = self.on_page(span);
        let same = |s: Span| crate::text::tidy(page.get(s.0..s.1).unwrap_or(""));
        if same(whole) == crate::text::tidy(self.text.get(span.0..span.1).unwrap_or("")) {
            return whole;
        }
        self.parts(span).max_by_key(|p| p.1 - p.0).unwrap_or(whole)
    }
}

/// The stretches of lines that are two columns of running text, cut at their gutter: the first of the likely gutters at which
/// there are any.
fn regions(text: &str, lines: &[Line]) -> Vec<(Vec<Cut>, usize)> {
    gutters(lines).into_iter().map(|gutter| regions_at(text, lines, gutter)).find(|r| !r.is_empty()).unwrap_or_default()
}

fn regions_at(text: &str, lines: &[Line], gutter: usize) -> Vec<(Vec<Cut>, usize)> {
    let mut out: Vec<(Vec<Cut>, usize)> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let cuts = run(lines, at, gutter);
        at += cuts.len().max(1);
        let whole = trimmed(text, lines, cuts);
        if is_running(text, &whole) {
            out.push((whole, gutter));
        }
    }
    out
}

/// Columns at which many lines begin a cell that is not their first, the most frequent first.
fn gutters(lines: &[Line]) -> Vec<usize> {
    let mut counts: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    let starts = lines.iter().flat_map(|l| &l.cells).filter(|c| c.left >= LEFT);
    starts.for_each(|c| *counts.entry(c.left).or_default() += 1);
    let mut many: Vec<(usize, usize)> = counts.into_iter().filter(|(_, n)| *n >= LINES).collect();
    many.sort_by_key(|(column, n)| (std::cmp::Reverse(*n), *column));
    many.into_iter().take(3).map(|(column, _)| column).collect()
}

/// The lines from one on that no word at the gutter joins.
fn run(lines: &[Line], from: usize, gutter: usize) -> Vec<Cut> {
    let cut = |(number, line): (usize, &Line)| {
        let clear = line.cells.iter().all(|c| c.right + 2 <= gutter || c.left >= gutter);
        let right = line.cells.iter().find(|c| c.left >= gutter);
        let indented = right.is_none_or(|c| c.left <= gutter + INDENT);
        let side = |cells: Vec<&Cell>| {
            let (first, last) = (cells.first()?, cells.last()?);
            Some(((first.start, last.end), first.left))
        };
        (clear && indented).then(|| Cut {
            line: number,
            left: side(line.cells.iter().filter(|c| c.left < gutter).collect()),
            right: side(line.cells.iter().filter(|c| c.left >= gutter).collect()),
        })
    };
    lines.iter().enumerate().skip(from).map_while(cut).collect()
}

/// Without the letterhead, and without what stands above the first block whose sentences run on.
fn trimmed(text: &str, lines: &[Line], mut cuts: Vec<Cut>) -> Vec<Cut> {
    let blank = |c: &Cut| c.left.is_none() && c.right.is_none();
    while cuts.last().is_some_and(blank) {
        cuts.pop();
    }
    loop {
        let block = cuts.iter().skip_while(|c| blank(c)).take_while(|c| !blank(c)).copied().collect::<Vec<_>>();
        let Some(first) = block.first() else { return cuts };
        let above = lines.iter().take(first.line).filter(|l| !l.cells.is_empty()).count();
        let runs: usize = [left as fn(&Cut) -> Side, right].iter().map(|side| run_ons(text, &block, *side)).sum();
        if runs > usize::from(above < HEAD) {
            return cuts;
        }
        let skip = cuts.iter().take_while(|c| blank(c)).count() + block.len();
        cuts.drain(..skip);
    }
}

/// How many lines of a side begin in the middle of a sentence: with a small letter, or a number before one ("within" and
/// "120 days after"), under a line that does not end one.
fn run_ons(text: &str, cuts: &[Cut], side: fn(&Cut) -> Side) -> usize {
    let words = |cut: &Cut| side(cut).and_then(|(s, _)| text.get(s.0..s.1)).unwrap_or("");
    let pairs = cuts.windows(2).filter(|pair| {
        let [above, below] = pair else { return false };
        let open = words(above).ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | ')' | '-'));
        let counted = words(below).trim_start_matches(|c: char| c.is_ascii_digit());
        let counted = counted.len() < words(below).len() && counted.starts_with(' ');
        let first = if counted { words(below).split_whitespace().nth(1).unwrap_or("") } else { words(below) };
        open && first.starts_with(char::is_lowercase)
    });
    pairs.count()
}

/// Whether sentences run on from line to line on both sides, and the lines are no rows of a table.
fn is_running(text: &str, cuts: &[Cut]) -> bool {
    let (on_left, on_right) = (run_ons(text, cuts, left), run_ons(text, cuts, right));
    let filled = |side: fn(&Cut) -> Side| cuts.iter().filter(|c| side(c).is_some()).count();
    let apart = |s: Side| s.and_then(|(s, _)| text.get(s.0..s.1)).is_some_and(|w| w.contains("   "));
    let rows = cuts.iter().filter(|c| apart(c.left) || apart(c.right)).count();
    on_left >= RUNS_ON.0
        && on_right >= RUNS_ON.0
        && on_left + on_right >= RUNS_ON.1
        && filled(left) >= LINES
        && filled(right) >= LINES
        && rows * 2 <= cuts.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
Fern Hollow Health Plan                        July 1, 2026
Decision on your request

Dear Test Person,

We cannot approve the pump that your           You may appeal within 180 days
doctor asked for, because the notes do         after you get this letter. Write to
not show low blood sugar, or a year            Fern Hollow Appeals, PO Box 9,
of treatment with a pen. Please talk           Salem, OR 97301. You may ask for
with your doctor about it.                     copies of the file.
                                               There is no charge for them.

Sincerely, the medical director of the Fern Hollow Health Plan and its staff
";

    #[test]
    fn the_left_column_comes_before_the_right_one_and_places_are_those_of_the_page() {
        let page = in_reading_order(PAGE).expect("two columns");
        let one = crate::text::tidy(&page.text);
        assert!(
            one.contains("low blood sugar, or a year of treatment with a pen. Please talk with your doctor"),
            "{one}"
        );
        assert!(
            one.contains("Write to Fern Hollow Appeals, PO Box 9, Salem, OR 97301. You may ask for copies"),
            "{one}"
        );
        let start = page.text.find("PO Box 9,").expect("the box");
        let (a, b) = page.on_page((start, start + 9));
        assert_eq!(&PAGE[a..b], "PO Box 9,");
        let sentence = page.text.find("We cannot").expect("the sentence");
        let (a, b) = page.quote_on(PAGE, (sentence, sentence + 60));
        assert_eq!(&PAGE[a..b], "We cannot approve the pump that your");
    }

    #[test]
    fn a_short_column_of_rights_beside_the_letter_is_read_by_itself() {
        let page = "\
Tidewater Health                                   Date: 10/09/2026
PO Box 5, Norfolk, VA 23501                        Member ID: TH4471882

Dear Nora Ellis:                                   YOUR APPEAL RIGHTS
                                                   You may appeal within 180 days of the date
We denied the claim for CT of the chest (71250)    you get this letter. Write to:
because no prior authorization was obtained        Tidewater Appeals
before the test. Your provider is responsible for  PO Box 6
getting it. Amount denied: $812.00.                Norfolk, VA 23501
                                                   You may ask for external review within
                                                   120 days after the final decision.
";
        let read = crate::text::tidy(&in_reading_order(page).expect("two columns").text);
        assert!(read.contains("because no prior authorization was obtained before the test."), "{read}");
        assert!(read.contains("Tidewater Appeals PO Box 6 Norfolk, VA 23501"), "{read}");
    }

    #[test]
    fn forms_tables_and_letterheads_stay_as_they_are() {
        for text in [
            "Member       Ana Ruiz            Date of birth   02/14/1971\nNumber       55-1                Group           7\n\
             Plan         Select PPO          Reference       UM-1\nRequested    I. Bell, DO         Facility        Sawtooth\n\
             Service      PET scan            CPT             78815\n",
            "Service                     Billed     Paid\nbrace, knee                 $10.00     not covered\nbrace, hip                  $12.00     not covered\n\
             brace, wrist                $9.00      not covered\nbrace, foot                 $3.00      not covered\nbrace, arm                  $3.00      not covered\n",
        ] {
            assert_eq!(in_reading_order(text), None, "{text}");
        }
    }
}
