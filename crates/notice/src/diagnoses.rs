//! Diagnoses: ICD-10-CM codes and the words that say what they mean.

use crate::codes::{description, lead};
use crate::data::{Cue, Reader, holds};
use crate::found::{Found, SAID};
use crate::values::Span;
use crate::view::View;

impl Reader {
    /// A labelled diagnosis: its description without codes, and the codes.
    pub(crate) fn parse_diagnosis(&self, view: &View, region: Span, rank: u8) -> Vec<Found> {
        let mut out = self.diagnosis_codes_in(view, region, rank);
        let coded: Vec<Span> = out.iter().map(|f| f.span).collect();
        let span = description(view, region, &coded);
        if view.page.slice(span.0, span.1).chars().filter(|c| c.is_alphabetic()).count() >= 4 {
            out.extend(Found::words(view, "diagnosis.description", span, rank));
        }
        out
    }

    /// ICD-10-CM codes in a region that is known to hold a diagnosis.
    pub(crate) fn diagnosis_codes_in(&self, view: &View, region: Span, rank: u8) -> Vec<Found> {
        let spans = self.scan.icds(view.page.slice(region.0, region.1));
        let here = spans.into_iter().map(|s| (region.0 + s.0, region.0 + s.1));
        here.filter_map(|s| Found::words(view, "diagnosis.code", s, rank)).collect()
    }

    pub(crate) fn stated_diagnoses(&self, view: &View) -> Vec<Found> {
        let text = view.page.text;
        let spans = self.scan.icds(text).into_iter();
        let known = spans.filter(|s| {
            let written = text.get(s.0..s.1).unwrap_or("");
            let lead = lead(text, s.0);
            let named = lead.contains("icd") || lead.contains("diagnos") || lead.contains("dx");
            named || (written.contains('.') && !lead.ends_with("version ") && written.len() >= 5)
        });
        known.filter_map(|s| Found::words(view, "diagnosis.code", s, SAID)).collect()
    }

    /// The diagnosis named right before a bracket with its code, or after words such as "diagnosis of".
    pub(crate) fn said_diagnosis(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        for (_, to) in view.cue(Cue::DiagnosisCue) {
            let Some(span) = self.noun_after(view, *to) else { continue };
            let words = view.page.slice(span.0, span.1);
            if words.len() >= 4 && words.len() <= 80 {
                out.extend(Found::words(view, "diagnosis.description", span, SAID));
            }
        }
        for span in self.scan.icds(view.page.text) {
            out.extend(self.before_bracket(view, span));
            out.extend(self.after_code(view, span));
        }
        out.truncate(1);
        out
    }

    /// "G89.29, other chronic pain." and "H52.13 (myopia, bilateral)": the words that say what the code means.
    fn after_code(&self, view: &View, code: Span) -> Option<Found> {
        /// The most words that a code's meaning has where nothing closes it but the sentence.
        const WORDS: usize = 8;
        let written = view.page.slice(code.0, code.1);
        let rest = view.page.slice(code.1, view.page.text.len());
        if written.len() < 5 || !written.contains('.') {
            return None;
        }
        if let Some(inside) = rest.strip_prefix(" (") {
            let words = inside.get(..inside.find([')', '(', ';'])?)?;
            let plain = words.len() <= 80 && words.starts_with(char::is_alphabetic) && !words.contains(['.', ':']);
            let letters = words.chars().filter(|c| c.is_alphabetic()).count();
            let begins = code.1 + 2;
            return (plain && letters >= 5)
                .then(|| Found::words(view, "diagnosis.description", (begins, begins + words.len()), SAID))?;
        }
        let after = rest.strip_prefix(", ").or_else(|| rest.strip_prefix(",\n"))?;
        if !after.starts_with(char::is_lowercase) {
            return None;
        }
        let from = view.page.token_at(code.1 + 2);
        let sentence = view.page.tokens.get(from)?.sentence;
        let all = view.page.tokens.get(from..)?.iter().take_while(|t| t.sentence == sentence).count();
        let stops = |n: usize| {
            let t = view.page.tokens.get(from + n);
            t.is_none_or(|t| n >= all || holds(&self.words.service_stop, &t.norm))
        };
        let closes = |n: usize| n + 1 >= all || view.page.gap_after(from + n).starts_with([';', ')', '(', ':']);
        let end = (0..WORDS).find(|n| stops(*n) || closes(*n))?;
        let last = if stops(end) { end.checked_sub(1)? } else { end };
        // Where a word opens something else, only what a comma closes before it belongs to the code.
        let last = if stops(end) { (0..=last).find(|n| view.page.gap_after(from + n).starts_with(','))? } else { last };
        let span = (view.page.tokens.get(from)?.start, view.page.tokens.get(from + last)?.end);
        let letters = view.page.slice(span.0, span.1).chars().filter(|c| c.is_alphabetic()).count();
        (letters >= 5).then(|| Found::words(view, "diagnosis.description", span, SAID))?
    }

    /// "for your prostate cancer (ICD-10 C61)": the words between "for" and the bracket.
    fn before_bracket(&self, view: &View, code: Span) -> Option<Found> {
        let lead = view.page.slice(0, code.0);
        // "for postlaminectomy syndrome, ICD-10 M96.1" says it as a bracket does.
        let named = |o: &usize| lead.get(o + 1..).is_some_and(|l| l.trim_start().to_lowercase().starts_with("icd"));
        let open = lead
            .rfind('(')
            .filter(|o| code.0 - o <= 20)
            .or_else(|| lead.rfind(',').filter(|o| code.0 - o <= 20).filter(named))?;
        let end = view.page.token_at(open);
        let last = view.page.tokens.get(end.checked_sub(1)?)?;
        let start = (end.saturating_sub(9)..end).rev().find(|i| {
            view.page.tokens.get(*i).is_some_and(|t| {
                matches!(t.norm.as_str(), "for" | "of" | "with" | "para" | "con" | "has" | "have" | "tiene")
                    && t.sentence == last.sentence
            })
        });
        let start = start.or_else(|| {
            let before = self.phrase_start(view, end).filter(|s| end - s <= 6)?.checked_sub(1)?;
            let leads = view.page.tokens.get(before).is_some_and(|t| holds(&self.words.service_stop, &t.norm));
            (leads && view.page.gap_after(before) == " ").then_some(before)
        })?;
        let leads = |norm: &str| holds(&self.words.service_lead, norm) || holds(&self.words.diagnosis_leads, norm);
        let from = (start + 1..end).find(|i| view.page.tokens.get(*i).is_some_and(|t| !leads(&t.norm)))?;
        let words = view.page.tokens.get(from..end)?;
        if words.iter().any(|t| holds(&self.words.service_stop, &t.norm)) {
            return None;
        }
        let span = (view.page.tokens.get(from)?.start, last.end);
        Found::words(view, "diagnosis.description", span, SAID)
    }
}
