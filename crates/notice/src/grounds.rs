//! How far the quote of a reason goes: from the sentence that states it to the end of the plan's own grounds.
//!
//! "The service is not medically necessary." names a reason and gives none of its grounds; who answers it must see what the plan
//! found or did not find. So a short statement takes in the sentences of its paragraph that follow it, or those before it where
//! none follows. Quotes stay one stretch of the page and begin and end with whole sentences.

use facts::StatedReason;

use crate::data::{Cue, Reader, Section};
use crate::values::Span;
use crate::view::View;

/// The most words of a statement that gives no ground of its own.
const BARE: usize = 16;
/// The most sentences of grounds, and the most bytes with them.
const MOST: usize = 5;
const LONGEST: usize = 900;

impl Reader {
    /// Widens the quotes of a paper's reasons to the plan's grounds; the spans are those of the views.
    pub(crate) fn with_grounds(&self, reasons: &mut [StatedReason], views: &[View]) {
        let stated: Vec<(usize, Span)> = reasons.iter().map(|r| (r.page, r.span)).collect();
        for reason in reasons {
            let Some(view) = views.iter().find(|v| v.number == reason.page) else { continue };
            let others: Vec<Span> =
                stated.iter().filter(|(p, s)| *p == reason.page && *s != reason.span).map(|(_, s)| *s).collect();
            let span = self.to_the_grounds(view, reason.span, &others);
            let quote = view.page.slice(span.0, span.1);
            if !quote.trim().is_empty() {
                (reason.span, reason.quote) = (span, quote.to_owned());
            }
        }
    }

    fn to_the_grounds(&self, view: &View, span: Span, others: &[Span]) -> Span {
        let sentence = |at: usize| view.page.tokens.get(view.page.token_at(at)).map(|t| t.sentence);
        let Some(first) = sentence(span.0) else { return span };
        let last = view.page.token_at(span.1).checked_sub(1).and_then(|i| view.page.tokens.get(i));
        let mut end = last.map_or(first, |t| t.sentence);
        let count = view.page.tokens.last().map_or(0, |t| t.sentence + 1);
        let whole = |a: usize, b: usize| (view.page.sentence_span(a).0, view.page.sentence_span(b).1);
        let mut out = span;
        // "3) Dr." was cut at the title
        while end + 1 < count && ends_in_a_title(view.page.slice(out.0, out.1)) {
            end += 1;
            out.1 = whole(end, end).1;
        }
        if self.is_bare(view.page.slice(out.0, out.1)) {
            let free = |s: usize| {
                let here = whole(s, s);
                !others.iter().any(|o| o.0 < here.1 && here.0 < o.1)
            };
            let joined = |a: usize, b: usize| !view.page.slice(whole(a, a).1, whole(b, b).0).contains("\n\n");
            let short = |a: usize, b: usize| whole(a, b).1 - whole(a, b).0 <= LONGEST;
            let after = (end + 1..count.min(end + 1 + MOST))
                .take_while(|s| joined(s - 1, *s) && free(*s) && short(first, *s) && self.tells_a_ground(view, *s));
            if let Some(last) = after.last() {
                out.1 = whole(last, last).1;
                // a heading says less than the sentence under it
                if !view.page.slice(out.0, whole(end, end).1).contains(char::is_lowercase) {
                    out.0 = whole(end + 1, end + 1).0;
                    out.0 += greeting(view.page.slice(out.0, out.1));
                }
            } else {
                let before = (first.saturating_sub(MOST)..first).rev().take_while(|s| {
                    joined(*s, s + 1)
                        && free(*s)
                        && short(*s, end)
                        && self.tells_a_ground(view, *s)
                        && !self.only_decides(view, *s)
                });
                out.0 = before.last().map_or(out.0, |s| whole(s, s).0);
            }
        }
        (out.0 + list_mark(view.page.slice(out.0, out.1)), out.1)
    }

    /// Whether a statement is short and says no "because".
    fn is_bare(&self, quote: &str) -> bool {
        let words: Vec<String> = quote.split_whitespace().map(crate::phrase::fold_word).collect();
        let explained = |w: &String| crate::data::holds(&self.words.because, w);
        // "Not medically necessary: six weeks of therapy were not documented"; a label of a word or two explains nothing
        let colon = quote.split_once(": ").is_some_and(|(lead, _)| lead.split_whitespace().count() > 2);
        words.len() <= BARE && !words.iter().any(explained) && !colon
    }

    /// "On December 1 the plan will reduce your care.": what was decided, and no word of why.
    fn only_decides(&self, view: &View, sentence: usize) -> bool {
        let range = view.page.sentence_tokens(sentence);
        let decides =
            [Cue::Decision, Cue::DecidedHere, Cue::Reduction].iter().any(|c| view.cue_in(*c, range).is_some());
        let words = view.page.tokens.get(range.0..range.1).unwrap_or(&[]);
        decides && !words.iter().any(|t| crate::data::holds(&self.words.because, &t.norm))
    }

    /// Whether a sentence can be one of the plan's grounds: part of what it tells of this case, not of rights, of who decided or
    /// of what to do.
    fn tells_a_ground(&self, view: &View, sentence: usize) -> bool {
        /// The words within which a condition opens its sentence.
        const OPENS: usize = 3;
        let range = view.page.sentence_tokens(sentence);
        let span = view.page.sentence_span(sentence);
        let words = view.page.slice(span.0, span.1);
        let kept =
            [Cue::Appeal, Cue::ReviewerCue, Cue::ExternalOffer, Cue::ExpeditedOffer, Cue::ClaimFileOffer, Cue::Closing];
        let aside = kept.iter().any(|c| view.cue_in(*c, range).is_some());
        let opens = view.cue_between(Cue::Conditional, range.0, range.0 + OPENS).any(|h| h.1 <= range.1);
        let line = view.page.tokens.get(range.0).and_then(|t| view.page.lines.get(t.line));
        let row = line.is_none_or(|l| l.cells.len() > 1);
        let small = words.split_whitespace().filter(|w| w.starts_with(char::is_lowercase)).count();
        range.1 - range.0 >= 4
            && small >= 2
            && !matches!(view.section(range.0), Section::Rights | Section::Help)
            && !(aside || opens || row || words.ends_with('?'))
    }
}

/// Bytes of a list's mark at the head of a quote, "(1) " or "e) ": no part of the sentence.
fn list_mark(quote: &str) -> usize {
    let body = quote.strip_prefix('(').unwrap_or(quote);
    let Some((mark, rest)) = body.split_once(')') else { return 0 };
    let short = (1..=2).contains(&mark.len()) && mark.bytes().all(|b| b.is_ascii_alphanumeric());
    let next = rest.trim_start();
    if short && next.len() < rest.len() && !next.is_empty() { quote.len() - next.len() } else { 0 }
}

/// Bytes of "Dear Ms. Ruiz: " at the head of a sentence that goes on behind it.
fn greeting(words: &str) -> usize {
    /// The most bytes of one.
    const LONG: usize = 60;
    let greets = ["Dear ", "Estimad"].iter().any(|g| words.starts_with(g));
    let colon = words.find(": ").filter(|at| greets && *at < LONG);
    colon.map_or(0, |at| at + 2)
}

fn ends_in_a_title(quote: &str) -> bool {
    let last = quote.rsplit([' ', '\n', '(']).next().unwrap_or_default();
    matches!(last, "Dr." | "Dra." | "Mr." | "Mrs." | "Ms." | "Sr." | "Sra.")
}
