//! What the decision rests on: criteria sets and policies by name, their words, and the plan's own provisions.

use crate::data::{Cue, Reader, Section, holds};
use crate::found::{Found, SAID, trim};
use crate::values::Span;
use crate::view::{Range, View};

impl Reader {
    /// Clinical criteria named anywhere but in the rights: the name, widened to its title and number.
    pub(crate) fn criteria(&self, view: &View) -> Vec<Found> {
        let mut out: Vec<Found> = Vec::new();
        let mut reach = 0;
        for (from, to) in view.cue(Cue::CriteriaName) {
            let row = view.page.gap_after(*from).contains(':'); // "Policy: SA-77" is the person's own
            let next = view.page.tokens.get(from + 1);
            let own = view.page.tokens.get(*from).is_some_and(|t| t.norm == "poiicy")
                && next.is_some_and(|t| holds(&self.words.provision_locator, &t.norm)); // "your Policy, page 20"
            if row || own || *from < reach || view.section(*from) == Section::Help || self.is_offer(view, *from) {
                continue;
            }
            let range = self.widen(view, (*from, *to), &self.words.criteria_glue);
            reach = range.1;
            let span = trim(view.page.text, close_bracket(view, view.bytes(range)));
            let span = drop_tail(view, span);
            if view.page.slice(span.0, span.1).split_whitespace().count() >= 1 {
                out.extend(Found::words(view, "criteria.cited", span, SAID));
            }
        }
        out.extend(self.used_criteria(view));
        out.extend(self.titled_criteria(view));
        let whole = |f: Found| {
            let span = crate::criteria_names::whole(view.page.text, f.span, &self.words)?;
            Found::words(view, f.field, span, f.rank)
        };
        let mut out: Vec<Found> = out.into_iter().filter_map(whole).collect();
        let mut seen: Vec<String> = Vec::new();
        out.retain(|f| {
            let folded = f.value.to_lowercase();
            let new = !seen.iter().any(|s| s.contains(&folded));
            seen.push(folded);
            new
        });
        out
    }

    /// `does not meet the Alderpoint criteria "Rituximab products v.7"`: a title in quotation marks right after the word, with a
    /// number in it where the word alone could be the plan's own document.
    fn titled_criteria(&self, view: &View) -> Vec<Found> {
        let tokens = &view.page.tokens;
        let mut out = Vec::new();
        for (at, token) in tokens.iter().enumerate().filter(|(_, t)| holds(&self.words.criteria_core, &t.norm)) {
            if matches!(view.section(at), Section::Help | Section::Rights) {
                continue;
            }
            let gap = view.page.gap_after(at);
            out.extend(self.bracketed_criteria(view, at));
            let opens = matches!(gap.trim(), "\"" | "“");
            let Some(end) = quoted_title(view, at + 1, token.sentence).filter(|_| opens) else { continue };
            let title = tokens.get(at + 1..end).unwrap_or(&[]);
            let numbered = title.iter().any(|t| t.has_digit);
            let capital = title.first().is_some_and(|t| t.capital);
            if capital && numbered && title.len() >= 2 {
                out.extend(Found::words(view, "criteria.cited", view.bytes((at + 1, end)), SAID + 1));
            }
        }
        out
    }

    /// "Our guideline (Cedar Bluff Spine Surgery SS-04, revised 1/2026)": the name in the bracket, up to its number.
    fn bracketed_criteria(&self, view: &View, at: usize) -> Option<Found> {
        /// The most words of such a name.
        const MOST: usize = 9;
        let tokens = &view.page.tokens;
        let opens = matches!(view.page.gap_after(at), " (" | "\n(");
        let own = tokens.get(at).is_some_and(|t| !t.capital && !t.norm.starts_with("poiic")); // a policy may be the plan's own
        let number = (at + 1..at + 1 + MOST).take_while(|i| {
            *i == at + 1 || view.page.gap_after(*i - 1).chars().all(|c| c == ' ' || c == '-' || c == '\n')
        });
        let named = |i: &usize| tokens.get(*i).is_some_and(|t| t.capital || t.has_digit);
        let last = number.take_while(named).filter(|i| tokens.get(*i).is_some_and(|t| t.has_digit)).last()?;
        let closes = matches!(view.page.gap_after(last).chars().next(), Some(',' | ')' | ';'));
        (opens && own && closes && last >= at + 3)
            .then(|| Found::words(view, "criteria.cited", view.bytes((at + 1, last + 1)), SAID + 1))?
    }

    /// "The rule we followed is 12 VAC 30-50-130 and our Time Tool, version 4": names after words that say what was used.
    fn used_criteria(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for (_, to) in view.cue(Cue::CriteriaUsed) {
            let begins = view.page.sentence_of(to.saturating_sub(1)).0;
            let conditional = view.cue_between(Cue::Conditional, begins, *to).next().is_some();
            if matches!(view.section(*to), Section::Help | Section::Rights) || conditional {
                continue;
            }
            let mut at = Some(*to);
            while let Some((found, next)) = at.and_then(|at| self.criteria_at(view, at)) {
                out.extend(found);
                at = view.page.tokens.get(next).filter(|t| matches!(t.norm.as_str(), "and" | "y")).map(|_| next + 1);
            }
        }
        out
    }

    /// A name of criteria that begins at a token (after "the", "our"), and the token after it.
    fn criteria_at(&self, view: &View, at: usize) -> Option<(Option<Found>, usize)> {
        let tokens = &view.page.tokens;
        let sentence = tokens.get(at.checked_sub(1)?)?.sentence;
        let skipped = (at..at + 3).find(|i| {
            tokens.get(*i).is_some_and(|t| !matches!(t.norm.as_str(), "the" | "our" | "ia" | "ei" | "nuestra"))
        })?;
        let first = tokens.get(skipped).filter(|t| t.sentence == sentence && (t.capital || t.has_digit))?;
        let mut range = self.widen(view, (skipped, skipped + 1), &self.words.criteria_glue);
        range.0 = skipped;
        let named = tokens.get(skipped..range.1)?.iter().any(|t| holds(&self.words.criteria_core, &t.norm));
        let span = quote_marks(view, drop_tail(view, trim(view.page.text, close_bracket(view, view.bytes(range)))));
        let long = range.1 - range.0 >= 2 && first.end < span.1;
        let found = (named && long).then(|| Found::words(view, "criteria.cited", span, SAID)).flatten();
        Some((found, range.1))
    }

    /// A sentence that only offers a copy of criteria, or says what may be asked for, names none.
    fn is_offer(&self, view: &View, at: usize) -> bool {
        let begins = view.page.sentence_of(at).0;
        let before = |cue: Cue| view.cue_between(cue, begins, at).next().is_some();
        view.sentence_has(at, Cue::ClaimFileOffer) && before(Cue::Conditional)
    }

    /// Widens a name to the capitalised words and numbers around it.
    fn widen(&self, view: &View, core: Range, glue: &[String]) -> Range {
        let page = &view.page;
        let sentence = page.tokens.get(core.0).map_or(0, |t| t.sentence);
        let mut from = core.0;
        while let Some(t) = from.checked_sub(1).and_then(|i| page.tokens.get(i)) {
            let gap = page.gap_after(from - 1);
            let small = matches!(t.norm.as_str(), "of" | "and" | "for" | "on");
            let goes_on =
                small && from >= 2 && page.tokens.get(from - 2).is_some_and(|p| p.capital && p.sentence == sentence);
            let opens = !t.capital && !t.has_digit && !goes_on;
            let first = from >= 1 && holds(&self.words.sentence_openers, &t.norm);
            if t.sentence != sentence
                || gap.trim() != "" && gap.trim() != "-" && gap.trim() != "'"
                || opens
                || first
                || t.norm == "the"
            {
                break;
            }
            from -= 1;
        }
        let mut to = core.1;
        let mut last = core.1;
        while let Some(t) = page.tokens.get(to).filter(|t| t.sentence == sentence) {
            let gap = page.gap_after(to.saturating_sub(1));
            let glued = holds(glue, &t.norm);
            let clause = gap.contains(',') && glued && !t.capital;
            let named = t.capital || t.has_digit || glued;
            let another =
                matches!(t.norm.as_str(), "and" | "y") && view.cue(Cue::CriteriaName).iter().any(|h| h.0 == to + 1);
            let introduces = another || gap.contains(':') && !t.has_digit;
            if !is_soft(gap) || clause || introduces || to - core.0 > 24 {
                break;
            }
            if let Some(next) = quoted_title(view, to, sentence) {
                (to, last) = (next, next);
                continue;
            }
            if let Some(next) = number_follows(view, to, sentence) {
                (to, last) = (next, next);
                continue;
            }
            if !named {
                break;
            }
            to += 1;
            if t.has_digit || t.capital || holds(&self.words.editions, &t.norm) {
                last = to;
            }
        }
        (from, last)
    }

    /// The words of the criteria: lists of what must be met, and what stands after words like "the criteria require". Where both
    /// find the same, the list says where it ends, and it begins where no more than a verb stands before it.
    pub(crate) fn criteria_with_lists(&self, view: &View) -> Vec<Found> {
        /// The most words before a list that only lead on to it ("are needed:").
        const LEADING: usize = 3;
        let mut lists = self.listed_criteria(view);
        let mut out = Vec::new();
        for said in self.quoted_criteria(view) {
            let over = |l: &Found| l.span.0 < said.span.1 && said.span.0 < l.span.1;
            let Some(at) = lists.iter().position(over) else {
                out.push(said);
                continue;
            };
            let list = lists.swap_remove(at);
            let before = view.page.slice(said.span.0, list.span.0);
            let own = said.span.0 < list.span.0 && before.split_whitespace().count() > LEADING;
            let start = if own { said.span.0 } else { list.span.0 };
            out.extend(Found::words(view, "criteria.quoted", (start, list.span.1), SAID));
        }
        out.extend(lists);
        out
    }

    /// The words of the criteria: the list or sentence after "the criteria require".
    pub(crate) fn quoted_criteria(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        let mut reach = 0;
        for (from, to) in view.cue(Cue::CriteriaQuote) {
            if view.section(*from) == Section::Rights
                || view.section(*from) == Section::Help
                || *from < reach
                || !(self.names_criteria(view, *from) || self.says_when_necessary(view, (*from, *to)))
                || view.sentence_has(*from, Cue::Conditional) && view.sentence_has(*from, Cue::Appeal)
            {
                continue;
            }
            let quoted = view.page.gap_after(to.saturating_sub(1)).contains(['"', '“']);
            if view.page.gap_after(to.saturating_sub(1)).starts_with(',') {
                continue; // "the time that the guideline calls for, …" tells nothing of its words
            }
            if to - from == 1 && !quoted {
                continue; // "says" alone only leads to words in quotation marks
            }
            let sentence = view.page.sentence_of(*from);
            let last = to.saturating_sub(1);
            let lead = view.page.slice(
                view.page.tokens.get(last).map_or(0, |t| t.end),
                view.page.tokens.get(last).map_or(0, |t| t.end + 3),
            );
            let mut end = sentence.1;
            let list = sentence.1 <= to + 1
                || lead.trim_start().starts_with(':')
                || view.page.gap_after(sentence.1.saturating_sub(1)).trim_start().starts_with(':');
            if list {
                end = self.list_end(view, end);
            }
            if end <= *to {
                continue;
            }
            reach = end;
            let (start, stop) = (view.bytes((*to, end)).0, view.bytes((*to, end)).1);
            let span = trim(view.page.text, (start, stop));
            let span = opened(view, inner_quote(view, span));
            if view.page.slice(span.0, span.1).split_whitespace().count() >= 5 {
                out.extend(Found::words(view, "criteria.quoted", span, SAID));
            }
        }
        out
    }

    /// Whether the sentence, or the one before it, names criteria; requirements of the plan itself are no criteria.
    fn names_criteria(&self, view: &View, at: usize) -> bool {
        let sentence = view.page.sentence_of(at);
        let before = sentence.0.checked_sub(1).map_or(sentence, |i| view.page.sentence_of(i));
        [sentence, before].iter().any(|range| {
            let words = view.page.tokens.get(range.0..range.1).unwrap_or(&[]);
            view.cue_in(Cue::CriteriaName, *range).is_some()
                || words.iter().any(|t| holds(&self.words.criteria_core, &t.norm))
        })
    }

    /// "Capsule endoscopy is medically necessary when:": words that themselves say that criteria follow.
    fn says_when_necessary(&self, view: &View, (from, to): Range) -> bool {
        let words = view.page.tokens.get(from..to).unwrap_or(&[]);
        let colon = view.page.gap_after(to.saturating_sub(1)).trim_start().starts_with(':');
        colon && words.iter().any(|t| t.norm.starts_with("medicaiiy") || t.norm.starts_with("foiiowing"))
    }

    /// The end of the list items that follow a sentence.
    fn list_end(&self, view: &View, mut end: usize) -> usize {
        for _ in 0..12 {
            let Some(t) = view.page.tokens.get(end) else { break };
            let line = view.page.lines.get(t.line);
            let lead = line.map_or("", |l| view.page.slice(l.start, t.start));
            let after = view.page.slice(t.end, t.end + 1);
            let numbered = t.end - t.start <= 2 && matches!(after, "." | ")") && (t.has_digit || t.end - t.start == 1);
            let bullet = lead.contains(['-', '•', '*', '·', '▪', '●', '–', '(']);
            if !(numbered || bullet) {
                break;
            }
            let mut next = view.page.sentence_of(end).1;
            if next == end + 1 {
                next = view.page.sentence_of(next).1;
            }
            end = next.max(end + 1);
        }
        end
    }

    /// Provisions of the plan and of law that the decision is said to rest on.
    pub(crate) fn provisions(&self, view: &View) -> Vec<Found> {
        let mut out: Vec<Found> = Vec::new();
        let words = &self.words;
        let tokens = &view.page.tokens;
        let mut at = 0;
        while let Some(t) = tokens.get(at) {
            let core = holds(&words.provision_core, &t.norm);
            let locator = holds(&words.provision_locator, &t.norm);
            if !(core || locator) || view.section(at) == Section::Help {
                at += 1;
                continue;
            }
            let range = self.before_criteria(view, at, self.provision_range(view, at));
            at = range.1.max(at + 1);
            if self.is_provision(view, range) {
                let span = trim(view.page.text, close_bracket(view, view.bytes(range)));
                let span = without_torn_word(view, span);
                out.extend(Found::words(view, "plan.provision_cited", quote_marks(view, span), SAID));
            }
        }
        out
    }

    /// A run of provision words, numbers, quoted titles and capitalised words around a token.
    fn provision_range(&self, view: &View, at: usize) -> Range {
        let page = &view.page;
        let words = &self.words;
        let Some(sentence) = page.tokens.get(at).map(|t| t.sentence) else { return (at, at + 1) };
        let shouted = page
            .tokens
            .get(at)
            .and_then(|t| page.lines.get(t.line))
            .is_some_and(|l| !page.slice(l.start, l.end).contains(char::is_lowercase));
        let belongs = |i: usize| {
            page.tokens.get(i).is_some_and(|t| {
                t.sentence == sentence
                    && (holds(&words.provision_core, &t.norm)
                        || holds(&words.provision_locator, &t.norm)
                        || holds(&words.provision_glue, &t.norm)
                        || t.has_digit
                        || t.capital && !shouted
                        || in_quotes(view, i)
                        || (t.end - t.start == 1 && page.gap_after(i).starts_with(')')))
            })
        };
        let numbered = |i: usize| {
            let short = page.tokens.get(i).is_some_and(|t| holds(&words.abbreviated_places, &t.norm));
            short && page.tokens.get(i + 1).is_some_and(|t| t.has_digit) && matches!(page.gap_after(i), ". " | ".\n")
        };
        let plain =
            |gap: &str| !gap.contains("\n\n") && !gap.contains(';') && !gap.contains(". ") && !gap.contains("   ");
        let soft = |i: usize| plain(page.gap_after(i)) || numbered(i);
        let mut from = at;
        while from > 0 && belongs(from - 1) && soft(from - 1) && at - from < 24 {
            from -= 1;
        }
        let mut to = at + 1;
        while belongs(to) && soft(to - 1) && to - at < 30 {
            to += 1;
        }
        let edge = |i: usize| {
            page.tokens.get(i).is_some_and(|t| {
                holds(&words.provision_glue, &t.norm)
                    && !t.has_digit
                    && !t.capital
                    && !holds(&words.provision_core, &t.norm)
            })
        };
        while from < at
            && (edge(from) || page.tokens.get(from).is_some_and(|t| holds(&self.words.sentence_openers, &t.norm)))
        {
            from += 1;
        }
        while to > at + 1 && edge(to - 1) {
            to -= 1;
        }
        (from, to)
    }

    /// "Article VII, paragraph 7.14, and in MCG guideline A-0243": what comes before the name of criteria.
    fn before_criteria(&self, view: &View, at: usize, range: Range) -> Range {
        let mut first = view.cue(Cue::CriteriaName).iter().map(|h| h.0).filter(|h| *h > at + 1 && *h < range.1);
        let Some(mut end) = first.next() else { return range };
        let loose = |i: usize| {
            view.page
                .tokens
                .get(i)
                .is_some_and(|t| holds(&self.words.provision_glue, &t.norm) && !t.has_digit && !t.capital)
        };
        while end > at + 1 && loose(end - 1) {
            end -= 1;
        }
        let tokens = view.page.tokens.get(at..end).unwrap_or(&[]);
        if tokens.iter().any(|t| t.has_digit) { (range.0, end) } else { range }
    }

    /// A provision needs a document or law and a place in it, or a cue right before it.
    fn is_provision(&self, view: &View, range: Range) -> bool {
        let tokens = view.page.tokens.get(range.0..range.1).unwrap_or(&[]);
        let core = tokens.iter().any(|t| holds(&self.words.provision_core, &t.norm));
        let locator = tokens.windows(2).any(|w| matches!(w, [a, b] if holds(&self.words.provision_locator, &a.norm) && (b.has_digit || b.capital && b.end - b.start <= 4)));
        let quoted = (range.0..range.1).any(|i| in_quotes(view, i));
        let start = range.0.saturating_sub(7).max(view.page.sentence_of(range.0).0);
        let cue = view.cue_in(Cue::ProvisionCue, (start, range.1)).is_some();
        let sentence = view.page.sentence_of(range.0);
        let noise = view.cue_in(Cue::ProvisionNoise, sentence).is_some() || view.section(range.0) == Section::Rights;
        let criteria = view.cue(Cue::CriteriaName).iter().any(|h| h.0 < range.1 && range.0 < h.1);
        let title = tokens.len() >= 3;
        let places = tokens.iter().filter(|t| holds(&self.words.provision_locator, &t.norm)).count();
        let medicare = tokens.windows(2).any(|w| matches!(w, [a, b] if a.norm == "medicare" && b.norm == "part"))
            || matches!(tokens, [a, b] if a.norm == "part" && matches!(b.norm.as_str(), "a" | "b" | "c" | "d"));
        // "The Plan (Article 8.3(k)) does not pay"
        let first = tokens.first().map_or(0, |t| t.start);
        let bracketed = view.page.slice(first.saturating_sub(1), first) == "(" && tokens.iter().any(|t| t.has_digit);
        !noise
            && !criteria
            && !medicare
            && (locator && (quoted || places >= 2)
                || (core && (locator || quoted || (cue && title)))
                || (locator && (cue || bracketed)))
    }
}

/// Marks that may stand within a name: not the end of a sentence or paragraph.
fn is_soft(gap: &str) -> bool {
    let marks = ",:-().#\"“”’'/&–®™";
    let inside = gap.chars().all(|c| c.is_whitespace() || marks.contains(c));
    inside && !gap.contains(". ") && !gap.contains(".\n") && !gap.contains("\n\n")
}

/// A title in quotation marks that begins at a token: the token after it.
fn quoted_title(view: &View, at: usize, sentence: usize) -> Option<usize> {
    let opens = view.page.gap_after(at.checked_sub(1)?).ends_with(['"', '“']);
    let mut ends = (at..at + 12).filter(|i| view.page.tokens.get(*i).is_some_and(|t| t.sentence == sentence));
    ends.find(|i| opens && view.page.gap_after(*i).contains(['"', '”'])).map(|i| i + 1)
}

/// "MCG de cirugía de columna S-810": small words that begin with "of" or "for" and lead on to a number with a letter,
/// with no mark between. The token after the number.
fn number_follows(view: &View, at: usize, sentence: usize) -> Option<usize> {
    let tokens = &view.page.tokens;
    tokens.get(at).filter(|t| matches!(t.norm.as_str(), "de" | "dei" | "para" | "for" | "of" | "sobre"))?;
    for i in at + 1..at + 7 {
        let t = tokens.get(i).filter(|t| t.sentence == sentence)?;
        if t.has_digit {
            let lettered = tokens.get(i - 1).is_some_and(|p| p.capital) || t.norm.contains(char::is_alphabetic);
            return lettered.then_some(i + 1);
        }
        let gap = view.page.gap_after(i);
        if !gap.chars().all(|c| c == ' ' || c == '-') || t.capital && t.end - t.start > 3 {
            return None;
        }
    }
    None
}

/// Whether a token stands within quotation marks on its page (an odd number of them before it in its paragraph).
fn in_quotes(view: &View, at: usize) -> bool {
    let Some(t) = view.page.tokens.get(at) else { return false };
    let start = view.page.sentence_span(t.sentence).0;
    let before = view.page.slice(start, t.start);
    let straight = before.matches('"').count() % 2 == 1;
    let lead = view.page.slice(start.saturating_sub(1), start) == "\"";
    let curly = before.matches('“').count() > before.matches('”').count();
    straight != lead || curly
}

fn close_bracket(view: &View, span: Span) -> Span {
    let words = view.page.slice(span.0, span.1);
    let open = words.matches('(').count() > words.matches(')').count();
    let tail = view.page.slice(span.1, (span.1 + 2).min(view.page.text.len()));
    if open && let Some(i) = tail.find(')') { (span.0, span.1 + i + 1) } else { span }
}

/// Opening or closing quotation marks right at the ends belong to the span.
fn quote_marks(view: &View, span: Span) -> Span {
    let before = view.page.slice(0, span.0);
    let mark = before.chars().next_back().filter(|c| matches!(c, '"' | '“'));
    let start = span.0 - mark.map_or(0, char::len_utf8);
    let after = view.page.slice(span.1, view.page.text.len()).chars().next().filter(|c| matches!(c, '"' | '”'));
    let inside = view.page.slice(start, span.1);
    let odd = inside.matches('"').count() % 2 == 1 || inside.contains('“') && !inside.contains('”');
    (start, span.1 + after.filter(|_| odd).map_or(0, char::len_utf8))
}

/// What stands in quotation marks, where a stretch of text begins with one.
fn inner_quote(view: &View, span: Span) -> Span {
    let before = view.page.slice(0, span.0).ends_with(['"', '“']);
    let words = view.page.slice(span.0, span.1);
    let inner = words.trim_start_matches(['"', '“']);
    let start = span.1 - inner.len();
    match inner.find(['"', '”']).filter(|_| before || start > span.0) {
        Some(end) => (start, start + inner.get(..end).unwrap_or("").trim_end_matches(['.', ',']).len()),
        None => span,
    }
}

/// "(a) the ulcer …" begins with its bracket.
fn opened(view: &View, span: Span) -> Span {
    let marked = view.page.slice(span.0, span.1).split_once(')').is_some_and(|(mark, _)| mark.len() <= 3);
    let open = view.page.slice(0, span.0).ends_with('(');
    if marked && open { (span.0 - 1, span.1) } else { span }
}

/// "page 66: We" and "page 47: 'Not": the first word of what the provision says is no part of where it stands.
fn without_torn_word(view: &View, span: Span) -> Span {
    let words = view.page.slice(span.0, span.1);
    let Some((place, tail)) = words.rsplit_once(": ") else { return span };
    let torn = tail.split_whitespace().count() == 1 && !tail.contains(|c: char| c.is_ascii_digit());
    let goes_on = view.page.slice(span.1, view.page.text.len()).trim_start().starts_with(char::is_lowercase)
        || tail.starts_with(['\'', '‘', '"', '“']);
    let numbered = place.ends_with(|c: char| c.is_ascii_digit());
    if torn && goes_on && numbered { (span.0, span.0 + place.len()) } else { span }
}

/// A name does not end in a word that only leads on.
fn drop_tail(view: &View, span: Span) -> Span {
    let words = view.page.slice(span.0, span.1);
    let words = words.trim_end_matches(['"', '”', '.', ',', ' ']);
    (span.0, span.0 + words.len())
}
