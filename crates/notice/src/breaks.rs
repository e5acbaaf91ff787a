//! What stands over a page break: the end of one page and the beginning of the next read as one. "Send your appeal to: Member
//! Appeals Department" ends a page, and the post-office box stands on the next.
//!
//! A value has its place on one page: of an address that a break cuts the longer part is the quote, and the value is the whole.

use facts::Certainty;

use crate::data::{Reader, Section};
use crate::found::{Found, OUTSIDE, trim};
use crate::phrase::fold_word;
use crate::view::View;

/// The most breaks of a paper that are looked at: letters are short.
const BREAKS: usize = 12;
/// So many lines with words of the second page are read with the first.
const LINES: usize = 14;
/// Running heads and feet stand in so many lines with words at the edges of a page.
const EDGE: usize = 4;

/// Two pages as one text.
struct Seam {
    text: String,
    /// Where the second page begins in it.
    cut: usize,
    /// How much of the second page was left out before: its running head.
    head: usize,
}

impl Reader {
    /// Where to send the appeal and by when, where a page break parts the words. `outside`: the plan itself is done.
    pub(crate) fn over_breaks(&self, views: &[View], outside: bool) -> Vec<Found> {
        let mut out = Vec::new();
        for (number, pair) in views.windows(2).enumerate().take(BREAKS) {
            let [first, second] = pair else { continue };
            let Some(seam) = self.seam(first.page.text, second.page.text) else { continue };
            let before = number.checked_sub(1).and_then(|i| views.get(i)).map_or(Section::Body, View::last_section);
            let view = View::new(self, &seam.text, first.number, before);
            let kept = |f: &Found| outside || f.rank < OUTSIDE;
            let mut addresses: Vec<Found> = self.addresses(&view).into_iter().filter(kept).collect();
            addresses.sort_by_key(|a| (a.rank, a.span));
            let address = addresses.first().map(|a| a.span);
            let said = self.appeal_windows(&view).into_iter().filter(kept).chain(self.deadlines(&view));
            let all = addresses.into_iter().chain(self.contacts(&view, address, outside)).chain(said);
            out.extend(all.filter_map(|f| placed(f, &seam, first, second)));
        }
        out
    }

    /// The two pages without the foot of the first and the head of the second.
    fn seam(&self, first: &str, second: &str) -> Option<Seam> {
        let end = self.running_foot(first, second);
        let head = self.running_head(first, second);
        let mut left = LINES;
        let rest = second.get(head..)?.split_inclusive('\n').take_while(|line| {
            let more = left > 0;
            left -= usize::from(more && !line.trim().is_empty());
            more
        });
        let rest: String = rest.collect();
        let mut text = first.get(..end)?.trim_end().to_owned();
        if text.is_empty() || rest.trim().is_empty() {
            return None;
        }
        text.push('\n');
        let blank = rest.len() - rest.trim_start_matches('\n').len();
        let cut = text.len();
        text.push_str(rest.get(blank..)?);
        Some(Seam { text, cut, head: head + blank })
    }

    /// Where the running foot of a page begins: a page's number, and lines that end the next page too.
    fn running_foot(&self, page: &str, next: &str) -> usize {
        let others: Vec<String> = edge(next.lines().rev()).map(bare).collect();
        let mut end = page.len();
        for line in edge(page.lines().rev()) {
            if self.counts_pages(line) || others.contains(&bare(line)) {
                end = offset(page, line);
            }
        }
        end
    }

    /// Where the running head of a page ends: with the page's number, or with lines that begin the page before too.
    fn running_head(&self, before: &str, page: &str) -> usize {
        let others: Vec<String> = edge(before.lines()).map(bare).collect();
        let of_head = |line: &&str| self.counts_pages(line) || others.contains(&bare(line));
        edge(page.lines()).filter(of_head).map(|line| offset(page, line) + line.len()).max().unwrap_or(0)
    }

    /// "Page 2 of 3", "- 2 -": a line that counts the pages.
    fn counts_pages(&self, line: &str) -> bool {
        let digits = line.chars().any(|c| c.is_ascii_digit());
        let words: Vec<&str> = line.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).collect();
        let page = words.iter().any(|w| crate::data::holds(&self.words.page_words, &fold_word(w)));
        digits && (words.is_empty() && line.trim().len() <= 12 || page && words.len() <= 4)
    }
}

/// The lines with words at an edge of a page.
fn edge<'t>(lines: impl Iterator<Item = &'t str>) -> impl Iterator<Item = &'t str> {
    lines.filter(|l| !l.trim().is_empty()).take(EDGE)
}

/// A line without its numbers and blanks.
fn bare(line: &str) -> String {
    line.chars().filter(|c| !c.is_ascii_digit() && !c.is_whitespace()).collect()
}

/// Where a line, which is a part of a text, begins in it.
fn offset(text: &str, line: &str) -> usize {
    (line.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len())
}

/// A value with its place on one of the pages; nothing for one that the first page gives by itself.
fn placed(found: Found, seam: &Seam, first: &View, second: &View) -> Option<Found> {
    let (start, end) = found.span;
    let cut_off = start < seam.cut;
    if end <= seam.cut || cut_off && found.field != "appeal.address" {
        return None;
    }
    let before = trim(&seam.text, (start.min(seam.cut), seam.cut));
    let after = trim(&seam.text, (start.max(seam.cut), end));
    let on_first = before.1 - before.0 > after.1 - after.0;
    let on_second = (after.0 - seam.cut + seam.head, after.1 - seam.cut + seam.head);
    let (view, span) = if on_first { (first, before) } else { (second, on_second) };
    let certainty = if cut_off { Certainty::Normalized } else { found.certainty };
    view.page.text.get(span.0..span.1).filter(|quote| !quote.is_empty())?;
    Some(Found { page: view.number, span, certainty, ..found })
}
