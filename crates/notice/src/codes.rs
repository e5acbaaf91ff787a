//! Services: their codes (CPT, HCPCS, revenue, NDC) and the words they stand beside.

use crate::data::{Cue, Meaning, Reader, holds};
use crate::found::{Found, SAID, trim};
use crate::text::{Token, tidy};
use crate::values::Span;
use crate::view::View;
use crate::words::Words;

/// How far before a code, in bytes, the word that names its system may stand.
const REACH: usize = 34;

impl Reader {
    /// A labelled service: its description without codes, and the codes.
    pub(crate) fn parse_service(&self, view: &View, region: Span, rank: u8) -> Vec<Found> {
        let mut out = self.codes_in(view, region, rank);
        let coded: Vec<Span> = out.iter().map(|f| f.span).collect();
        let mut span = description(&self.words, view, region, &coded);
        let (end, more) = self.place_and_day(view, span, rank);
        span.1 = end;
        out.extend(more);
        out.extend(self.after_service(view, (span.1, region.1), rank + 6));
        let words = tidy(view.page.slice(span.0, span.1));
        // "…, transfemoral approach,\n  CPT 33361, inpatient": a setting alone is no service; the name stands above the code
        let whole = Found::words(view, "service.description", span, rank);
        if !coded.is_empty() && whole.is_none_or(|f| !self.implausible.allows(&f)) {
            out.extend(
                self.service_above(view, &coded).and_then(|s| Found::words(view, "service.description", s, rank)),
            );
            return out;
        }
        let letters = words.chars().filter(|c| c.is_alphabetic()).count();
        if letters >= 3 && !self.is_generic_service(view, span) {
            out.extend(Found::words(view, "service.description", span, rank));
        }
        out
    }

    /// The line of the same column right above a code, or above the label that stands between, where it ends in a comma: the
    /// service that goes on with the code.
    fn service_above(&self, view: &View, codes: &[Span]) -> Option<Span> {
        let code = codes.first()?;
        let number = view.page.line_at(code.0);
        let own = view.page.lines.get(number)?.cells.iter().find(|c| c.start <= code.0 && code.0 < c.end)?;
        (1..=2).find_map(|up| {
            let line = view.page.lines.get(number.checked_sub(up)?)?;
            let cell = line.cells.last().filter(|c| c.left.abs_diff(own.left) <= 2)?;
            let span = trim(view.page.text, (cell.start, cell.end));
            let words = view.page.slice(cell.start, cell.end).trim_end();
            let named = words.split_whitespace().count() >= 2 && !words.contains(':');
            (named && words.ends_with(',')).then_some(span)
        })
    }

    /// "Skilled nursing facility stay at Briar Glen Care Center from March 5, 2026": where the service's own name ends, and
    /// the place and the days that follow it.
    fn place_and_day(&self, view: &View, span: Span, rank: u8) -> (usize, Vec<Found>) {
        let tokens = &view.page.tokens;
        let (from, to) = (view.page.token_at(span.0), view.page.token_at(span.1));
        let at = (from + 1..to).find_map(|i| {
            tokens.get(i).filter(|t| holds(&self.words.at_place, &t.norm) && t.norm != "of" && t.norm != "de")?;
            self.place_at(view, i + 1, rank + 6).filter(|p| p.span.0 < span.1).map(|p| (i, p))
        });
        let bracket = self.place_in_bracket(view, span, rank);
        let day = view.dates_in((span.0 + 4, span.1)).next();
        let stop = |i: &usize| tokens.get(*i).is_some_and(|t| holds(&self.words.service_stop, &t.norm));
        let opened = day.and_then(|d| view.page.token_at(d.span.0).checked_sub(1)).filter(|i| *i > from && stop(i));
        let mut out = Vec::new();
        let mut end = span.1;
        if let (Some(d), Some(i)) = (day, opened) {
            end = tokens.get(i).map_or(end, |t| t.start);
            out.push(Found::normalized(view, "service.date", d.iso(), d.span, rank + 6));
        }
        if let Some((i, place)) = at {
            end = end.min(tokens.get(i).map_or(end, |t| t.start));
            out.push(place);
        }
        if let Some((open, place)) = bracket {
            end = end.min(open);
            out.push(place);
        }
        (trim(view.page.text, (span.0, end)).1, out)
    }

    /// Codes in a region that is known to hold codes.
    pub(crate) fn codes_in(&self, view: &View, region: Span, rank: u8) -> Vec<Found> {
        if let Some(i) = slash_between_codes(view.page.slice(region.0, region.1)) {
            let mut out = self.codes_in(view, (region.0, region.0 + i), rank);
            out.extend(self.codes_in(view, (region.0 + i + 1, region.1), rank));
            return out;
        }
        let text = view.page.slice(region.0, region.1);
        let drugs = if is_drug_region(view, region) { self.scan.ndcs(text) } else { Vec::new() };
        let mut spans = self.scan.procedures(text);
        spans.retain(|s| !drugs.iter().any(|n| s.0 >= n.0 && s.1 <= n.1));
        spans.extend(drugs);
        spans.sort_unstable();
        let here = spans.into_iter().map(|s| (region.0 + s.0, region.0 + s.1));
        let here = here.filter(|s| !is_zip(view, *s));
        let mut out: Vec<Found> = here.filter_map(|s| Found::words(view, "service.code", s, rank)).collect();
        out.extend(self.revenue_codes(view, region, rank));
        let alone = trim(view.page.text, region);
        if out.is_empty() && is_revenue_code(view.page.slice(alone.0, alone.1)) {
            out.extend(Found::words(view, "service.code", alone, rank));
        }
        out
    }

    /// Codes anywhere on the page whose words around them name the system.
    pub(crate) fn stated_codes(&self, view: &View) -> Vec<Found> {
        let text = view.page.text;
        let mut out = Vec::new();
        let mut last: Option<Span> = None;
        for span in self.scan.procedures(text) {
            let lead = lead(text, span.0);
            let named = &self.words.code_systems;
            let chained = last.is_some_and(|l| is_list_gap(text.get(l.1..span.0).unwrap_or("x")));
            let system =
                named.iter().any(|n| lead.contains(n)) && !lead.contains("revenue") && gap_is_short(&lead, named);
            let loose = &self.words.loose_code_systems;
            let loosely = loose.iter().any(|n| lead.ends_with(n.as_str()))
                && !self.words.no_service_codes.iter().any(|n| lead.contains(n.as_str()));
            let system = system || loosely;
            let closes = named_letter(text, span) && ends_bracket(view, span);
            if system || chained || closes || in_brackets(text, span) || is_bracket_under_words(view, span) {
                last = Some(span);
                out.extend(Found::words(view, "service.code", span, SAID));
            }
        }
        for span in self.scan.ndcs(text).into_iter().filter(|s| lead(text, s.0).contains("ndc")) {
            out.extend(Found::words(view, "service.code", span, SAID));
        }
        out.extend(self.revenue_codes(view, (0, text.len()), SAID));
        out.extend(self.stated_diagnoses(view));
        out.extend(self.stated_adjustments(view));
        out
    }

    fn revenue_codes(&self, view: &View, region: Span, rank: u8) -> Vec<Found> {
        let from = view.page.token_at(region.0);
        let to = view.page.token_at(region.1);
        let tokens = view.page.tokens.get(from..to).unwrap_or(&[]);
        let mut out = Vec::new();
        for pair in tokens.windows(2) {
            let [a, b] = pair else { continue };
            let written = view.page.slice(b.start, b.end);
            let code = written.len() == 4 && written.bytes().all(|x| x.is_ascii_digit());
            let near = matches!(view.page.slice(a.end, b.start), " " | ". " | "");
            if a.norm == "rev" && code && near {
                out.extend(Found::words(view, "service.code", (b.start, b.end), rank)); // "rev 1001"
            }
        }
        for window in tokens.windows(3) {
            let [a, b, c] = window else { continue };
            let written = view.page.slice(c.start, c.end);
            let number = (3..=4).contains(&written.len()) && written.bytes().all(|x| x.is_ascii_digit());
            if matches!(a.norm.as_str(), "revenue" | "rev") && b.norm.starts_with("code") && number {
                out.extend(Found::words(view, "service.code", (c.start, c.end), rank));
            }
        }
        out
    }

    /// Whether a description says nothing but "the service", "your request".
    pub(crate) fn is_generic_service(&self, view: &View, span: Span) -> bool {
        let from = view.page.token_at(span.0);
        let to = view.page.token_at(span.1);
        let tokens = view.page.tokens.get(from..to).unwrap_or(&[]);
        if self.words.general_services.contains(&tidy(view.page.slice(span.0, span.1)).to_lowercase()) {
            return false;
        }
        let counted = |t: &Token| t.has_digit && view.page.slice(t.start, t.end).bytes().all(|b| b.is_ascii_digit());
        tokens.iter().all(|t| {
            counted(t) || holds(&self.words.service_generic, &t.norm) || holds(&self.words.service_lead, &t.norm)
        })
    }

    /// The service named in the sentence that says what was asked for, in the lines under it, or right before its code.
    pub(crate) fn asked_service(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for (_, to) in view.cue(Cue::ServiceAsked) {
            if view.sentence_has(to.saturating_sub(1), Cue::Conditional) {
                continue;
            }
            out.extend(self.service_under(view, *to));
            let Some(span) = self.noun_after(view, *to) else { continue };
            let joined = view.page.gap_after(to.saturating_sub(1)).chars().all(char::is_whitespace);
            let words = view.page.slice(span.0, span.1);
            let span = (
                span.0,
                span.0
                    + self.words.by_doctor.iter().filter_map(|m| words.find(m.as_str())).min().unwrap_or(words.len()),
            );
            let span = without_quantity(view, span);
            let worded = view.page.slice(span.0, span.1).starts_with(char::is_alphabetic);
            if joined && worded && !self.is_generic_service(view, span) {
                out.extend(Found::words(view, "service.description", span, SAID + 1));
            }
        }
        out.extend(self.service_before_code(view));
        out.sort_by_key(|f: &Found| (f.rank, f.span.0));
        let first = out.iter().position(|f| f.field == "service.description");
        let kept = first.map(|i| out.swap_remove(i));
        out.retain(|f| f.field != "service.description");
        out.extend(kept);
        out
    }

    /// "You asked us to cover:" and the service on the line below.
    fn service_under(&self, view: &View, to: usize) -> Vec<Found> {
        let ends = view.page.sentence_of(to.saturating_sub(1)).1.saturating_sub(1);
        let last = if view.page.gap_after(to.saturating_sub(1)).starts_with(':') { to.saturating_sub(1) } else { ends };
        let gap = view.page.gap_after(last).trim_start_matches([']', ')', '"', '”']);
        if !(gap.starts_with(':') && (gap.contains('\n') || last < ends || last + 1 == to)) {
            return Vec::new();
        }
        let Some(first) = view.page.tokens.get(last + 1) else { return Vec::new() };
        let Some(line) = view.page.lines.get(first.line) else { return Vec::new() };
        let heading = view.hits.iter().any(|(m, r)| matches!(m, Meaning::Section(_)) && r.0 == last + 1);
        let labelled = heading || view.page.slice(line.start, line.end).contains(':');
        let item = view.page.slice(line.start, first.start).contains(['[', '-', '*', '•']);
        if labelled || item || line.cells.len() > 2 || line.end - line.start > 120 {
            return Vec::new();
        }
        let open = view.page.slice(line.start, line.end).trim_end().ends_with(',');
        let next = view.page.lines.get(first.line + 1).filter(|n| {
            let words = view.page.slice(n.start, n.end).trim_start();
            n.cells.len() == 1 && (open || words.starts_with(char::is_lowercase))
        });
        let end = next.map_or(line.end, |n| n.end);
        let mut out = self.parse_service(view, (first.start, end), SAID);
        let dates = view.dates_in((first.start, end));
        out.extend(dates.map(|d| Found::normalized(view, "service.date", d.iso(), d.span, SAID)));
        out
    }

    /// "for a laryngeal nerve repair (CPT 31591)": the words that lead up to a bracket with a code.
    fn service_before_code(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        let text = view.page.text;
        for code in self.scan.procedures(text).into_iter().chain(self.scan.ndcs(text)) {
            let Some(open) = view.page.slice(0, code.0).rfind('(').filter(|o| code.0 - o <= 24) else { continue };
            let lead = view.page.slice(open + 1, code.0).to_lowercase();
            let named = self.words.code_systems.iter().any(|n| lead.contains(n.as_str())) || lead.contains("ndc");
            if lead.contains(char::is_alphabetic) && !named && self.scan.procedures(&lead.to_uppercase()).is_empty() {
                continue; // "(SC lic. 22817)"
            }
            let end = view.page.token_at(open);
            let Some(from) = self.asked_start(view, end).or_else(|| self.phrase_start(view, end)) else { continue };
            let (from, stop) = match self.before_quantity(view, from, end) {
                Some(begin) => (begin, view.page.tokens.get(from - 1).map_or(open, |t| t.end)),
                None => (from, open),
            };
            let span = trim(view.page.text, (view.page.tokens.get(from).map_or(open, |t| t.start), stop));
            let span = without_quantity(view, (after_date(view, span), span.1));
            let dated = view.dates.iter().any(|d| d.span.0 <= span.0 && span.1 <= d.span.1);
            if span.1 > span.0 + 3 && !dated && !self.is_generic_service(view, span) {
                out.extend(Found::words(view, "service.description", span, SAID));
            }
        }
        out
    }

    /// "personal care aide services, 20 hours per week (T1019)": where the name begins before what is nothing but an amount of it.
    fn before_quantity(&self, view: &View, from: usize, end: usize) -> Option<usize> {
        let words = view.page.tokens.get(from..end)?;
        let unit = |t: &Token| {
            self.words.units.contains_key(t.norm.as_str())
                || holds(&self.words.service_generic, &t.norm)
                || holds(&self.words.quantity_words, &t.norm)
        };
        let amount = words.first().is_some_and(|t| t.has_digit) && words.iter().skip(1).all(unit) && words.len() >= 2;
        let comma = from.checked_sub(1).is_some_and(|i| view.page.gap_after(i) == ", ");
        (amount && comma).then(|| self.phrase_start(view, from))?
    }

    /// After the words that ask for it, where they stand shortly before and no mark between.
    fn asked_start(&self, view: &View, end: usize) -> Option<usize> {
        let sentence = view.page.sentence_of(end.checked_sub(1)?);
        let hits = view.cue(Cue::ServiceAsked).iter().filter(|h| h.0 >= sentence.0 && h.1 < end && end - h.1 <= 14);
        let mut from = hits.map(|h| h.1).max()?;
        let marked = view.page.between(from, end).contains([',', ':', ';', '(']);
        // "the bill from Lakeside Clinic for the liquid diet (S9449)"
        let word = |i: usize, list: &[&str]| view.page.tokens.get(i).is_some_and(|t| list.contains(&t.norm.as_str()));
        let sender = (from..end).find(|i| word(*i, &["from", "by", "de"]));
        // and "our review of four claims for physical therapy (97110)"
        let claims = |i: &usize| view.page.tokens.get(*i).is_some_and(|t| holds(&self.words.claim_words, &t.norm));
        let sender = sender.or_else(|| (from..end).find(claims));
        if let Some(last) = sender.and_then(|s| (s + 1..end).rev().find(|i| word(*i, &["for", "por", "para"]))) {
            from = last + 1;
        }
        while from < end && view.page.tokens.get(from).is_some_and(|t| holds(&self.words.service_lead, &t.norm)) {
            from += 1;
        }
        let stop = |i: usize| {
            view.page.tokens.get(i).is_some_and(|t| holds(&self.words.service_stop, &t.norm) && t.norm != "on")
        };
        (from < end && !marked && !stop(from)).then_some(from)
    }

    /// Where the noun phrase that ends before a token begins: after a mark or a word that opens something else.
    pub(crate) fn phrase_start(&self, view: &View, end: usize) -> Option<usize> {
        let tokens = &view.page.tokens;
        let sentence = tokens.get(end.checked_sub(1)?)?.sentence;
        let mut from = end;
        while let Some(t) = from.checked_sub(1).and_then(|i| tokens.get(i)).filter(|t| t.sentence == sentence) {
            let gap = if from < end { view.page.gap_after(from - 1) } else { "" };
            let qualifier = gap.contains(',') && end - from <= 2; // "cardiac rehabilitation, phase III"
            let marked = gap.contains([':', ';', '(', ')', '"', '“']) || gap.contains(',') && !qualifier;
            // "the crown on tooth 19", "surgery on both eyes"
            let on_body = t.norm == "on" && tokens.get(from).is_some_and(|n| holds(&self.words.on_body, &n.norm));
            if marked || holds(&self.words.service_stop, &t.norm) && !on_body || end - from > 12 {
                break;
            }
            from -= 1;
        }
        while tokens.get(from).is_some_and(|t| from < end && holds(&self.words.service_lead, &t.norm)) {
            from += 1;
        }
        (from < end).then_some(from)
    }

    /// The noun phrase that begins at a token: up to a bracket, a comma or a word that opens something else.
    pub(crate) fn noun_after(&self, view: &View, at: usize) -> Option<Span> {
        let page = &view.page;
        let sentence = page.tokens.get(at.checked_sub(1)?)?.sentence;
        let mut from = at;
        while page.tokens.get(from).is_some_and(|t| holds(&self.words.service_lead, &t.norm) && t.sentence == sentence)
        {
            let gap = page.gap_after(from);
            let announces = gap.starts_with(':') && page.tokens.get(from + 1).is_some_and(|t| t.sentence == sentence);
            if gap.contains([',', ':', '.', ';']) && !announces {
                return None;
            }
            from += 1;
        }
        let mut to = from;
        while let Some(t) = page.tokens.get(to) {
            let gap = if to > at { page.gap_after(to - 1) } else { "" };
            let opened = gap.contains(['(', ';', ':', '"', '“', '—', '$']) && !opens_generic_name(view, to)
                || (gap.contains(',') && !bracket_follows(view, to, sentence));
            if t.sentence != sentence
                || (opened && to > from)
                || holds(&self.words.service_stop, &t.norm)
                || to - from > 14
            {
                break;
            }
            to += 1;
        }
        (to > from).then(|| view.bytes((from, to)))
    }
}

/// Where a slash parts two codes that share a cell: "0450/99284".
fn slash_between_codes(text: &str) -> Option<usize> {
    let (left, right) = text.split_once('/')?;
    let code = |w: &str| (4..=5).contains(&w.trim().len()) && w.trim().bytes().all(|b| b.is_ascii_alphanumeric());
    (code(left) && code(right)).then_some(left.len())
}

/// A revenue code as it stands alone in a column of codes: four digits that begin with a zero.
fn is_revenue_code(word: &str) -> bool {
    word.len() == 4 && word.starts_with('0') && word.bytes().all(|b| b.is_ascii_digit())
}

/// "40 hours per week of nursing" → "nursing": an amount of something is not its name. "12 sessions of rehab" loses its number too.
fn without_quantity(view: &View, span: Span) -> Span {
    let words = view.page.slice(span.0, span.1);
    let counted = words.starts_with(|c: char| c.is_ascii_digit());
    let of = words.find(" of ").or_else(|| words.find(" de ")).filter(|_| counted);
    (span.0 + of.map_or(0, |i| i + 4), span.1)
}

/// Where a stretch goes on after a date that it begins with, or within which it begins.
pub(crate) fn after_date(view: &View, span: Span) -> usize {
    let date = view.dates.iter().find(|d| d.span.0 <= span.0 && span.0 < d.span.1 && d.span.1 < span.1);
    trim(view.page.text, (date.map_or(span.0, |d| d.span.1), span.1)).0
}

/// A National Drug Code needs its name beside it, or the region for itself.
fn is_drug_region(view: &View, region: Span) -> bool {
    let text = view.page.slice(region.0, region.1);
    text.to_ascii_lowercase().contains("ndc")
        || lead(view.page.text, region.0).contains("ndc")
        || !text.trim().contains(' ')
}

/// Whether a bracket with a code comes within a few words: "cardiac rehabilitation, phase III (S9472)".
fn bracket_follows(view: &View, at: usize, sentence: usize) -> bool {
    (at..at + 5).take_while(|i| view.page.tokens.get(*i).is_some_and(|t| t.sentence == sentence)).any(|i| {
        view.page.gap_after(i).contains('(')
            && view
                .page
                .tokens
                .get(i + 1)
                .is_some_and(|t| t.has_digit || matches!(t.norm.as_str(), "cpt" | "hcpcs" | "code"))
    })
}

/// The text before a place on the same line and one line up, lower case.
pub(crate) fn lead(text: &str, at: usize) -> String {
    let mut from = at.saturating_sub(REACH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..at).unwrap_or("").to_lowercase()
}

/// Whether only a few letters stand between the name of the system and the code.
fn gap_is_short(lead: &str, names: &[String]) -> bool {
    let after = names.iter().filter_map(|n| lead.rfind(n.as_str()).map(|i| i + n.len())).max();
    after
        .and_then(|a| lead.get(a..))
        .is_some_and(|g| g.chars().filter(|c| c.is_alphabetic()).count() <= 6 && !g.contains("  \n"))
}

fn is_list_gap(gap: &str) -> bool {
    matches!(gap.trim(), "," | "and" | "&" | "/" | "or" | ", and" | "y" | "-" | "through")
}

/// A code alone in brackets, right after words: `MRI lumbar spine (72148)`.
fn in_brackets(text: &str, span: Span) -> bool {
    let before = text.get(..span.0).unwrap_or("");
    let after = text.get(span.1..).unwrap_or("");
    let words_before =
        before.strip_suffix('(').is_some_and(|b| b.trim_end().ends_with(|c: char| c.is_alphanumeric() || c == ')'));
    words_before && after.starts_with([')', ',', ';'])
}

/// "Rybelsus (semaglutide) 14 mg tablets": a bracket with one small word after which a strength goes on.
fn opens_generic_name(view: &View, at: usize) -> bool {
    let small = view.page.tokens.get(at).is_some_and(|t| !t.capital && !t.has_digit);
    let before = at.checked_sub(1).map_or("", |i| view.page.gap_after(i));
    let closes = matches!(view.page.gap_after(at), ") " | ")\n");
    small && before == " (" && closes && view.page.tokens.get(at + 1).is_some_and(|t| t.has_digit)
}

/// A code that begins with a letter, as those of supplies and services do: no number looks like one.
fn named_letter(text: &str, span: Span) -> bool {
    text.get(span.0..span.1).is_some_and(|w| w.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// "(56 days, H2036)": the last thing in a bracket, after a comma.
fn ends_bracket(view: &View, span: Span) -> bool {
    let sentence = view.page.sentence_span(view.page.tokens.get(view.page.token_at(span.0)).map_or(0, |t| t.sentence));
    let before = view.page.slice(sentence.0, span.0);
    let open = before.rfind('(').is_some_and(|i| !before.get(i..).unwrap_or("").contains(')'));
    open && before.trim_end().ends_with(',') && view.page.slice(span.1, view.page.text.len()).starts_with(')')
}

/// "(81432)" as all of a cell, under a line with words.
fn is_bracket_under_words(view: &View, span: Span) -> bool {
    let number = view.page.line_at(span.0);
    let cell = view.page.lines.get(number).and_then(|l| l.cells.iter().find(|c| c.start <= span.0 && span.1 <= c.end));
    let alone = cell.is_some_and(|c| {
        view.page.slice(c.start, span.0) == "(" && view.page.slice(span.1, c.end).trim_end_matches(['.', ',']) == ")"
    });
    let above = number.checked_sub(1).and_then(|i| view.page.lines.get(i));
    alone && above.is_some_and(|l| view.page.slice(l.start, l.end).contains(char::is_alphabetic))
}

/// Five digits after a word of two capitals: a ZIP code after its State.
pub(crate) fn is_zip(view: &View, span: Span) -> bool {
    let before = view.page.slice(0, span.0);
    let word = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let state = word.len() == 2 && word.bytes().all(|b| b.is_ascii_uppercase());
    state && view.page.slice(span.0, span.1).bytes().all(|b| b.is_ascii_digit())
}

/// The words of a region without the codes in or around them.
pub(crate) fn description(words: &Words, view: &View, region: Span, codes: &[Span]) -> Span {
    let text = view.page.slice(region.0, region.1);
    let lower = text.to_ascii_lowercase();
    let mut cuts: Vec<usize> = codes.iter().map(|c| c.0.saturating_sub(region.0)).collect();
    for word in &words.code_names {
        cuts.extend(
            lower
                .match_indices(word.as_str())
                .map(|(i, _)| i)
                .filter(|i| *i == 0 || !lower.as_bytes().get(i - 1).is_some_and(u8::is_ascii_alphanumeric)),
        );
    }
    let cut = cuts.iter().copied().min().unwrap_or(text.len());
    let head = trim(view.page.text, (region.0, region.0 + cut.min(text.len())));
    let head = trim(
        view.page.text,
        (head.0, head.0 + view.page.slice(head.0, head.1).trim_end_matches(['(', ' ', ',', '-']).len()),
    );
    if head.1 > head.0 + 2 {
        return stop_at_sentence(words, view, head);
    }
    let after = codes.iter().map(|c| c.1).max().unwrap_or(region.0);
    let rest = view.page.slice(after, region.1);
    let skip = rest.len() - rest.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
    stop_at_sentence(words, view, trim(view.page.text, (after + skip, region.1)))
}

fn stop_at_sentence(list: &Words, view: &View, span: Span) -> Span {
    let words = view.page.slice(span.0, span.1);
    let end = list.service_ends.iter().filter_map(|s| words.find(s.as_str())).min().unwrap_or(words.len());
    let words = words.get(..end).unwrap_or(words).trim_end_matches('.');
    (span.0, span.0 + words.len())
}
