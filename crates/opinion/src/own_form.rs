//! Our own form in place of a letter, filled in: what is printed on it is ours and the plan's, and no word of the physician.
//!
//! (paper, case, knowledge base) → the same paper with the print blanked out, or as it is where it is no such form. Blanked, not taken
//! out: every place on the page stays.

use std::borrow::Cow;
use std::ops::Range;

use facts::{Case, Document};
use kb::Kb;
use serde::Deserialize;

use crate::brief::points;

/// Print that the brief's points do not hold, in both languages (`kb/opinions/own_form.toml`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Print {
    titles: Vec<String>,
    prompts: Vec<String>,
}

/// Words of the plan shorter than this are not told apart from a physician's.
const LEAST: usize = 20;

/// The paper without the print of our form.
pub(crate) fn answers<'d>(letter: &'d Document, case: &Case, kb: &Kb) -> Cow<'d, Document> {
    let Ok(print) = kb.table::<Print>("opinions/own_form.toml") else { return Cow::Borrowed(letter) };
    let Some(first) = letter.pages.first().map(|p| Folded::new(&p.text)) else { return Cow::Borrowed(letter) };
    if !print.titles.iter().any(|t| first.lines_of(t).next().is_some()) {
        return Cow::Borrowed(letter);
    }
    let mut prompts = print.prompts;
    prompts.extend(points::texts(kb));
    let plans: Vec<String> = of_the_plan(case).map(folded).collect();
    let mut letter = letter.clone();
    for (at, page) in letter.pages.iter_mut().enumerate() {
        let text = Folded::new(&page.text);
        let mut ours: Vec<Range<usize>> = prompts.iter().flat_map(|p| text.lines_of(p)).collect();
        // Above the first prompt stand the patient's data and the question.
        let head = ours.iter().map(|r| r.start).min().filter(|_| at == 0);
        ours.extend(head.map(|end| 0..end));
        ours.extend(lines(&page.text).filter(|r| is_print(page.text.get(r.clone()).unwrap_or_default(), &plans)));
        page.text = blanked(&page.text, &ours);
    }
    Cow::Owned(letter)
}

/// What the case holds of the plan's words, which the form prints above the place for an answer.
fn of_the_plan(case: &Case) -> impl Iterator<Item = &str> {
    case.denials.iter().flat_map(|d| d.quote.iter().chain(&d.criteria)).map(String::as_str)
}

/// A line to write on, or a line of the plan's words.
fn is_print(line: &str, plans: &[String]) -> bool {
    let line = line.trim();
    let ruled = !line.is_empty() && line.chars().all(|c| matches!(c, '_' | '.' | ' ' | '…'));
    let words = folded(line.trim_matches(['“', '”', '"', ' ']));
    ruled || words.len() >= LEAST && plans.iter().any(|p| p.contains(&words))
}

fn lines(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        start..at
    })
}

/// The text with blanks for some stretches; the ends of lines stay.
fn blanked(text: &str, ranges: &[Range<usize>]) -> String {
    let blank = |at: usize| ranges.iter().any(|r| r.contains(&at));
    let sign = |(at, c): (usize, char)| if blank(at) && c != '\n' { " ".repeat(c.len_utf8()) } else { c.to_string() };
    text.char_indices().map(sign).collect()
}

/// Small letters, and any white space as one blank.
fn folded(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// A text folded, with the place of each byte in the text itself.
struct Folded {
    text: String,
    places: Vec<usize>,
    /// Where lines of the text end.
    ends: Vec<usize>,
}

impl Folded {
    fn new(text: &str) -> Folded {
        let mut out = Folded { text: String::new(), places: Vec::new(), ends: lines(text).map(|r| r.end).collect() };
        let mut space = false;
        for (at, c) in text.char_indices() {
            if c.is_whitespace() {
                space = !out.text.is_empty();
                continue;
            }
            if std::mem::take(&mut space) {
                out.push(' ', at);
            }
            c.to_lowercase().for_each(|c| out.push(c, at));
        }
        out
    }

    fn push(&mut self, c: char, at: usize) {
        self.text.push(c);
        self.places.resize(self.text.len(), at);
    }

    /// Where the words stand as lines of their own, broken or not.
    fn lines_of<'s>(&'s self, words: &str) -> impl Iterator<Item = Range<usize>> + 's {
        let words = folded(words);
        let found: Vec<usize> =
            if words.is_empty() { Vec::new() } else { self.text.match_indices(&words).map(|(at, _)| at).collect() };
        found.into_iter().filter_map(move |at| {
            let start = *self.places.get(at)?;
            let last = *self.places.get(at + words.len() - 1)?;
            let line = |place: usize| self.ends.partition_point(|end| *end <= place);
            let begins = at == 0 || self.places.get(at - 1).is_some_and(|p| line(*p) < line(start)) || {
                // The blank before it is counted at its own first letter.
                at.checked_sub(2).and_then(|b| self.places.get(b)).is_none_or(|p| line(*p) < line(start))
            };
            let ends =
                self.places.get(at + words.len()..).and_then(|rest| rest.first()).is_none_or(|p| line(*p) > line(last));
            let end = self.ends.get(line(last)).copied().unwrap_or(last + 1);
            (begins && ends).then_some(start..end)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_as_lines_of_their_own_broken_or_not() {
        let text =
            Folded::new("Title\nWhat you found,\n on which day.\nI found it. Signature and date\nSignature and date");
        assert!(text.lines_of("What you found, on which day.").eq(std::iter::once(6..37)));
        assert_eq!(text.lines_of("Signature and date").count(), 1, "not within a sentence of the physician");
        assert_eq!(blanked("ab\ncé", std::slice::from_ref(&(0..6))), "  \n   ");
    }
}
