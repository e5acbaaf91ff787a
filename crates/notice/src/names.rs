//! Names of people and of organisations.

use crate::data::{Reader, holds};
use crate::found::trim;
use crate::phrase::fold_word;
use crate::text::Token;
use crate::values::Span;
use crate::view::View;

/// A person's name in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Person {
    /// With title and credentials as written.
    pub(crate) span: Span,
    /// Begins with "Dr." or the like.
    pub(crate) title: bool,
    /// Ends with "MD" or the like.
    pub(crate) credential: bool,
    /// Words of the name itself.
    pub(crate) words: usize,
    /// The token after the name.
    pub(crate) next: usize,
}

impl Person {
    pub(crate) fn is_titled(&self) -> bool {
        self.title || self.credential
    }
}

impl Reader {
    /// A person's name that begins within a byte range (at its first word), with title and credentials.
    pub(crate) fn person(&self, view: &View, region: Span) -> Option<Person> {
        let start = view.page.token_at(region.0);
        let mut end = view.page.token_at(region.1);
        let open = view.page.slice(region.0, region.1).find(['(', ';']).map(|i| region.0 + i);
        if let Some(open) = open {
            end = end.min(view.page.token_at(open));
        }
        let person = self.person_at(view, start, end)?;
        (person.words >= 2 || person.is_titled()).then_some(person)
    }

    /// A name that begins at a token and ends before another.
    pub(crate) fn person_at(&self, view: &View, start: usize, end: usize) -> Option<Person> {
        let page = &view.page;
        let mut at = start;
        let mut title = false;
        let titled = |t: &Token| {
            // "LLC" folds to the same as the title "Lic."
            let spoken = matches!(t.norm.as_str(), "doctor" | "doctora") && self.follows_article(view, t);
            (t.capital || spoken) && holds(&self.words.titles, &t.norm) && page.slice(t.start, t.end) != "LLC"
        };
        while page.tokens.get(at).is_some_and(|t| at < end && titled(t))
            && (at == start || !page.gap_after(at - 1).contains(','))
        {
            title = true;
            at += 1;
        }
        let first = at;
        let mut words = 0;
        let mut last = None;
        let mut credential = false;
        while at < end {
            let Some(t) = page.tokens.get(at) else { break };
            let gap = if at > start { page.gap_after(at - 1) } else { "" };
            let wrapped = gap.contains('\n') && !self.runs_on(view, at, at == first && title);
            if at > start && (wrapped || gap.len() > 3 && !gap.contains('\n')) {
                break;
            }
            let comma = gap.contains(',');
            if let Some(after) = self.credential_at(view, at, end)
                && words > 0
            {
                credential = true;
                last = Some(after - 1);
                at = after;
                continue;
            }
            let name = self.is_name_word(view, at);
            let inverted = comma && words == 1 && name && !title;
            if credential || (comma && !inverted) || !name || gap.contains(['(', ';', ':', '/']) || words >= 6 {
                break;
            }
            if gap.contains('.') && words > 0 && !self.may_be_dotted(view, at - 1) {
                break;
            }
            let hyphened = words > 0 && gap == "-";
            words += usize::from(!hyphened && !holds(&self.words.particles, &t.norm));
            last = Some(at);
            at += 1;
        }
        let last = last?;
        let (from, to) = (page.tokens.get(if title { start } else { first })?.start, page.tokens.get(last)?.end);
        let closes =
            credential && page.slice(to, to + 1) == "." && page.slice(to.saturating_sub(2), to).starts_with('.');
        let possessive = ["'s", "’s"].iter().find(|s| page.slice(from, to).ends_with(**s)).map_or(0, |s| s.len());
        let span = (from, to + usize::from(closes) - possessive);
        (words > 0).then_some(Person { span, title, credential, words, next: last + 1 })
    }

    /// "la doctora Ximena Aldape": a title in small letters after a Spanish article.
    fn follows_article(&self, view: &View, title: &Token) -> bool {
        let before = view.page.token_at(title.start).checked_sub(1).and_then(|i| view.page.tokens.get(i));
        before.is_some_and(|t| matches!(t.norm.as_str(), "ia" | "ei" | "dei" | "ai"))
    }

    /// Whether a name goes on from one line to the next: after a title, or within a sentence of running text.
    fn runs_on(&self, view: &View, at: usize, after_title: bool) -> bool {
        let tokens = &view.page.tokens;
        let (Some(a), Some(b)) = (at.checked_sub(1).and_then(|i| tokens.get(i)), tokens.get(at)) else { return false };
        let one_cell = view.page.lines.get(b.line).is_some_and(|l| l.cells.len() == 1);
        !view.page.gap_after(at - 1).contains("\n\n") && (after_title || a.sentence == b.sentence && one_cell)
    }

    /// A credential such as `MD` or `M.D.` at a token: the token after it.
    fn credential_at(&self, view: &View, at: usize, end: usize) -> Option<usize> {
        let page = &view.page;
        let mut joined = String::new();
        for n in 0..3 {
            let t = page.tokens.get(at + n).filter(|_| at + n < end)?;
            // "Eleanor M. Pruitt": an initial folds to the same as "RN"; "Washington, DC 20415" is a place
            let initial = n == 0 && t.end - t.start == 1 && page.gap_after(at).starts_with(". ");
            if initial || self.is_state_of_zip(view, at + n) {
                return None;
            }
            if n > 0 && !matches!(page.gap_after(at + n - 1), "." | "-") {
                return None;
            }
            if !t.capital {
                return None;
            }
            joined.push_str(&t.norm);
            let dotted_on = matches!(page.gap_after(at + n), "." | "-")
                && page.tokens.get(at + n + 1).is_some_and(|t| at + n + 1 < end && t.capital && t.end - t.start <= 2);
            if holds(&self.words.credentials, &joined) && !(dotted_on && n == 0) {
                return Some(at + n + 1);
            }
        }
        None
    }

    /// Whether a State stands here, right before its ZIP code.
    fn is_state_of_zip(&self, view: &View, at: usize) -> bool {
        let page = &view.page;
        let (Some(t), Some(next)) = (page.tokens.get(at), page.tokens.get(at + 1)) else { return false };
        let five = page.slice(next.start, next.end);
        let zip = five.len() == 5 && five.bytes().all(|b| b.is_ascii_digit());
        zip && page.gap_after(at).trim().is_empty() && self.words.states.iter().any(|s| s == page.slice(t.start, t.end))
    }

    /// Initials, titles and particles carry a full stop within a name.
    fn may_be_dotted(&self, view: &View, at: usize) -> bool {
        let words = &self.words;
        view.page
            .tokens
            .get(at)
            .is_some_and(|t| t.end - t.start <= 2 || holds(&words.titles, &t.norm) || holds(&words.particles, &t.norm))
    }

    fn is_name_word(&self, view: &View, at: usize) -> bool {
        let Some(t) = view.page.tokens.get(at) else { return false };
        let letter = t.capital && t.end - t.start == 1;
        let capital =
            |i: usize| view.page.tokens.get(i).is_some_and(|t| t.capital && t.end - t.start > 1 && !t.has_digit);
        let between = at > 0 && capital(at - 1) && capital(at + 1); // "JOSEPHINE A TRAVERS"
        let joined = between && view.page.gap_after(at - 1) == " " && view.page.gap_after(at) == " ";
        let initial = letter && (joined || view.page.gap_after(at).starts_with(". "));
        if initial || holds(&self.words.particles, &t.norm) {
            return true;
        }
        t.capital && !t.has_digit && !holds(&self.words.not_names, &t.norm)
    }
}

/// An organisation's name in a region: up to a bracket with a code, a telephone number or the region's end.
pub(crate) fn organisation(view: &View, region: Span) -> Option<Span> {
    let text = view.page.slice(region.0, region.1);
    let mut end = text.len();
    for (i, c) in text.char_indices() {
        let rest = text.get(i..).unwrap_or("");
        let number = c.is_ascii_digit() && rest.bytes().take(10).filter(u8::is_ascii_digit).count() >= 7;
        if matches!(c, ';' | '<')
            || number
            || rest.starts_with(" NPI")
            || rest.starts_with(", NPI")
            || rest.starts_with("(NPI")
        {
            end = i;
            break;
        }
    }
    let span = trim(view.page.text, (region.0, region.0 + end));
    let words = view.page.slice(span.0, span.1);
    let words = words.trim_end_matches(['(', ' ']);
    let number = words.starts_with(|c: char| c.is_ascii_digit()) && !words.contains(' '); // "1-888-HMO-9050"
    let none = number
        || words.is_empty()
        || words.contains('@')
        || words.len() > 90
        || matches!(fold_word(words).as_str(), "na" | "none" | "n/a");
    (!none).then_some((span.0, span.0 + words.len()))
}
