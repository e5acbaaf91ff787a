//! Who reviewed: names with specialty and licence, in sentences and under a signature.

use crate::data::{Cue, Meaning, Reader, Section, holds};
use crate::found::{Found, SAID, trim};
use crate::names::Person;
use crate::text::Token;
use crate::values::Span;
use crate::view::{Range, View};

impl Reader {
    /// Who signs as the reviewer: a name with a title, and within the lines under it words such as "clinical peer reviewer".
    pub(crate) fn signing_reviewer(&self, view: &View) -> Vec<Found> {
        /// The most lines under the name.
        const UNDER: usize = 3;
        let lines = &view.page.lines;
        for (number, line) in lines.iter().enumerate().rev().take(24) {
            let range = (view.page.token_at(line.start), view.page.token_at(line.end));
            let Some(p) = self.titled_people(view, range).into_iter().next().filter(|p| p.words >= 2) else { continue };
            let lead = view.page.slice(line.start, p.span.0);
            if lead.contains(':')
                || lead.split_whitespace().count() > 1
                || view.page.slice(p.span.1, line.end).len() > 30
            {
                continue;
            }
            let under = lines.iter().skip(number + 1).take(UNDER).take_while(|l| !l.cells.is_empty());
            let Some(end) = under.last().map(|l| view.page.token_at(l.end)) else { continue };
            let below = (p.next, end);
            let licensed = view.cue_in(Cue::ReviewerLicense, below).is_some()
                && self.known_specialty(view, view.bytes(below)).is_some();
            if view.cue_in(Cue::SigningReviewer, below).is_some() || licensed {
                let mut out: Vec<Found> = Found::words(view, "reviewer.name", p.span, SAID + 2).into_iter().collect();
                out.extend(self.qualifications(view, (p.next, end), None));
                out.extend(self.license_of_state(view, &p, end));
                return out;
            }
        }
        Vec::new()
    }

    /// "Prescriber: Colin Abernathy, MD, family medicine": the field of who asked for the care, in the row that names them, says
    /// nothing of who reviewed.
    pub(crate) fn reviewers_field(&self, views: &[View], found: &mut Vec<Found>) {
        found.retain(|f| {
            let view = views.iter().find(|v| v.number == f.page).filter(|_| f.field == "reviewer.specialty");
            let Some(view) = view else { return true };
            let at = view.page.token_at(f.span.0);
            let line = view.page.line_at(f.span.0);
            let places = self.label_places(view);
            let row = places.iter().rfind(|p| p.line == line && p.is_row() && p.end <= f.span.0);
            let asks = row.is_some_and(|p| {
                let words = view.page.slice(p.start, p.end).to_lowercase();
                // "Clinician" may be either
                self.labels.get(p.label).is_some_and(|l| l.field == "provider.treating") && !words.contains("clinician")
            });
            !asks
                || [Cue::ReviewerCue, Cue::SigningReviewer].iter().any(|c| {
                    let range = view.page.sentence_of(at);
                    view.cue_in(*c, (range.0.max(at.saturating_sub(12)), range.1)).is_some()
                })
        });
    }

    /// Who reviewed: names near "reviewed by", "medical director", with specialty and licence from the same sentence.
    pub(crate) fn reviewers(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        let mut done: Option<usize> = None;
        for (from, to) in view.cue(Cue::ReviewerCue) {
            let Some(t) = view.page.tokens.get(*from) else { continue };
            let second = view.sentence_has(*from, Cue::SecondOpinionRequired);
            if done == Some(t.sentence) || second || view.section(*from) == Section::Help {
                continue;
            }
            let range = view.page.sentence_of(*from);
            let mut range = (range.0, range.1);
            if range.1 - *to <= 1 {
                range.1 = view.page.sentence_of(range.1).1;
            }
            let mut people = self.reviewing_people(view, range);
            if people.is_empty() && view.cue_in(Cue::Panel, range).is_some() {
                people = self.reviewing_people(view, view.page.sentence_of(range.1));
            }
            let conditional = view.cue_in(Cue::Conditional, range).is_some();
            if people.is_empty() && view.cue_in(Cue::ReviewerSpecialty, range).is_none() || conditional {
                continue;
            }
            done = Some(t.sentence);
            for p in &people {
                out.extend(Found::words(view, "reviewer.name", p.span, SAID));
            }
            let wide = self.qualifications(view, range, people.last());
            out.extend(wide);
        }
        out
    }

    fn reviewing_people(&self, view: &View, range: Range) -> Vec<Person> {
        let mut people = self.titled_people(view, range);
        people.retain(|p| !self.is_own_doctor(view, p) && !self.is_source(view, p));
        people
    }

    /// "Dr. Ruby Tanaka, your primary care doctor": not who reviewed.
    fn is_own_doctor(&self, view: &View, p: &Person) -> bool {
        let first = view.page.token_at(p.span.0);
        view.cue(Cue::YourDoctor).iter().any(|h| h.1 == first || h.0 == p.next)
    }

    /// Specialty and licence within a stretch of tokens, and in a bracket or line right after a name.
    fn qualifications(&self, view: &View, range: Range, person: Option<&Person>) -> Vec<Found> {
        let mut out = Vec::new();
        let end = person.map_or(range.1, |p| range.1.max((p.next + 12).min(view.page.tokens.len())));
        let range = (range.0, end);
        for (_, to) in view.cue(Cue::ReviewerSpecialty).iter().filter(|h| h.0 >= range.0 && h.1 <= range.1) {
            let Some(t) = to.checked_sub(1).and_then(|i| view.page.tokens.get(i)) else { continue };
            out.extend(self.specialty_in(view, (t.end, (t.end + 80).min(view.page.text.len())), SAID));
            if !out.is_empty() {
                break;
            }
        }
        if out.is_empty()
            && let Some(p) = person
        {
            let tail = view.page.slice(p.span.1, view.page.text.len().min(p.span.1 + 60));
            let tail = tail.split('\n').next().unwrap_or("");
            let after = (p.span.1, p.span.1 + tail.len());
            out.extend(self.known_specialty(view, after));
        }
        if out.is_empty() {
            out.extend(self.known_specialty(view, view.bytes(range)));
        }
        for (_, to) in view.cue(Cue::ReviewerLicense).iter().filter(|h| h.0 >= range.0 && h.1 <= range.1) {
            let Some(t) = to.checked_sub(1).and_then(|i| view.page.tokens.get(i)) else { continue };
            let sentence = view.page.sentence_span(t.sentence).1;
            let line = view.page.lines.get(view.page.line_at(t.end)).map_or(t.end, |l| l.end);
            let end = line.max(sentence.min(t.end + 40)).max(t.end);
            out.extend(self.license_in(view, (t.end, end)));
        }
        if !out.iter().any(|f| f.field == "reviewer.license")
            && let Some(p) = person
        {
            out.extend(self.license_of_state(view, p, view.page.sentence_of(p.next.saturating_sub(1)).1));
        }
        out
    }

    /// "Ana Ruiz, MD, Nevada PY0714", "…, TX # M4471": a number after a State, shortly after the reviewer's name.
    fn license_of_state(&self, view: &View, p: &Person, end: usize) -> Option<Found> {
        /// The most words between the name and the State.
        const NEAR: usize = 10;
        let tokens = &view.page.tokens;
        let own = |i: usize| tokens.get(i).filter(|_| i < end);
        let state = |t: &Token| {
            let written = view.page.slice(t.start, t.end);
            self.words.states.iter().any(|s| s == written) || t.capital && holds(&self.words.state_names, &t.norm)
        };
        (p.next..p.next + NEAR).filter(|i| own(*i).is_some_and(state)).find_map(|i| {
            let number = (i + 1..i + 5).find(|n| own(*n).is_some_and(|t| t.has_digit))?;
            let t = own(number)?;
            let digits = view.page.slice(t.start, t.end).bytes().filter(u8::is_ascii_digit).count();
            let zip = digits == 5 && t.end - t.start == 5;
            let region = (t.start, (t.start + 24).min(view.page.text.len()));
            (digits >= 3 && !zip).then(|| self.license_in(view, region))?
        })
    }

    fn license_in(&self, view: &View, region: Span) -> Option<Found> {
        let text = view.page.slice(region.0, region.1);
        let first = text.find(|c: char| c.is_ascii_digit())?;
        if first > 30 {
            return None;
        }
        let start = text.get(..first)?.rfind([' ', '\n', ':', '#', '(']).map_or(0, |i| i + 1);
        // "license AZ 60418": one or two capitals right before the number belong to it
        let lead = text.get(..start)?.trim_end();
        let letters = lead.rsplit([' ', '\n', ':', '#', '(']).next().unwrap_or("");
        let series = (1..=2).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_uppercase());
        let own = series && lead.len() <= 8 && start == lead.len() + 1 && letters != "NO";
        let begin = if own { lead.len() - letters.len() } else { start };
        let number = text.get(start..)?;
        let ends = number.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ')')).unwrap_or(number.len());
        let (body, end, start) = (text.get(begin..)?, ends + start - begin, begin);
        let span =
            trim(view.page.text, (region.0 + start, region.0 + start + body.get(..end)?.trim_end_matches('.').len()));
        (span.1 - span.0 >= 3).then(|| Found::words(view, "reviewer.license", span, SAID))?
    }

    /// A specialty: the known name where one stands, else the capitalised words.
    pub(crate) fn specialty_in(&self, view: &View, region: Span, rank: u8) -> Option<Found> {
        if let Some(mut known) = self.known_specialty(view, region) {
            known.rank = rank;
            return Some(known);
        }
        let span = self.proper_name(view, view.page.token_at(region.0))?;
        (span.1 <= region.1.max(span.0 + 3) && span.1 - span.0 >= 6)
            .then(|| Found::words(view, "reviewer.specialty", span, rank))?
    }

    /// The first specialty of a region, with others joined to it: "physical medicine and rehabilitation".
    fn known_specialty(&self, view: &View, region: Span) -> Option<Found> {
        let hits = view.hits.iter().filter(|(m, _)| *m == Meaning::Specialty).map(|(_, r)| view.bytes(*r));
        let mut found: Vec<Span> = hits.filter(|s| s.0 >= region.0 && s.1 <= region.1).collect();
        found.sort_by_key(|s| (s.0, std::cmp::Reverse(s.1)));
        let boards = |s: &Span| view.page.slice(0, s.0).trim_end().ends_with("Board of");
        let after_in = |s: &Span| view.page.slice(region.0, s.0).ends_with(" in ");
        let named = found.first().is_some_and(boards).then(|| found.iter().position(after_in)).flatten();
        found.drain(..named.unwrap_or(0));
        let (start, mut end) = *found.first()?;
        for next in found.iter().skip(1) {
            let gap = view.page.slice(end, next.0.max(end));
            if next.1 > end
                && (next.0 <= end || matches!(gap, "/" | " and " | " & " | "-" | " " | " and in " | " y " | " e "))
            {
                end = next.1;
            }
        }
        Found::words(view, "reviewer.specialty", (start, end), SAID)
    }
}
