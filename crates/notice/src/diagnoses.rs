//! Diagnoses: ICD-10-CM codes and the words that say what they mean.

use crate::codes::{description, lead};
use crate::data::{Cue, Reader, Section, holds};
use crate::found::{Found, PLACED, SAID};
use crate::values::Span;
use crate::view::View;

impl Reader {
    /// A labelled diagnosis: its description without codes, and the codes.
    pub(crate) fn parse_diagnosis(&self, view: &View, region: Span, rank: u8) -> Vec<Found> {
        let mut out = self.diagnosis_codes_in(view, region, rank);
        let coded: Vec<Span> = out.iter().map(|f| f.span).collect();
        let span = description(&self.words, view, region, &coded);
        if view.page.slice(span.0, span.1).chars().filter(|c| c.is_alphabetic()).count() >= 4 {
            out.extend(Found::words(view, "diagnosis.description", span, rank));
        }
        out
    }

    /// ICD-10-CM codes in a region that is known to hold a diagnosis.
    pub(crate) fn diagnosis_codes_in(&self, view: &View, region: Span, rank: u8) -> Vec<Found> {
        let spans = self.scan.icds(view.page.slice(region.0, region.1));
        let here = spans.into_iter().map(|s| (region.0 + s.0, region.0 + s.1));
        here.map(|s| coded(view, s, rank)).collect()
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
        known.map(|s| coded(view, s, SAID)).collect()
    }

    /// The diagnosis named right before a bracket with its code, or after words such as "diagnosis of".
    pub(crate) fn said_diagnosis(&self, view: &View) -> Vec<Found> {
        let mut out = Vec::new();
        let mut codes = Vec::new();
        for (_, to) in view.cue(Cue::DiagnosisCue) {
            let Some(span) = self.noun_after(view, *to) else { continue };
            let words = view.page.slice(span.0, span.1);
            if words.len() >= 4 && words.len() <= 80 {
                out.extend(Found::words(view, "diagnosis.description", span, SAID));
            }
        }
        for span in self.scan.icds(view.page.text) {
            // "(E66.9, obesity)": the bracket itself says it
            let bracketed = view.page.slice(0, span.0).ends_with('(');
            let told = self.in_bracket_after_code(view, span).filter(|_| bracketed);
            let told = told.or_else(|| self.in_bracket_before_code(view, span));
            let before = self.before_bracket(view, span);
            // "developmental coordination disorder (F82)": a short code alone in the bracket after a disease
            let alone = view.page.slice(span.0.saturating_sub(1), span.1 + 1)
                == format!("({})", view.page.slice(span.0, span.1));
            let short = span.1 - span.0 == 3 && alone && before.as_ref().is_some_and(|f| self.is_disease(view, f.span));
            codes.extend(short.then(|| coded(view, span, SAID)));
            out.extend(told.or(before));
            out.extend(self.after_code(view, span));
        }
        out.truncate(1);
        out.extend(codes);
        out
    }

    /// "for your type 2 diabetes", "to treat your Crohn's disease": a disease that the care is said to be for, where no code or row
    /// gives it.
    pub(crate) fn diseases(&self, view: &View) -> Option<Found> {
        let named = |name: &str| self.concepts.concept.iter().position(|c| c.name == name);
        let known = [named("condition"), named("ailment")];
        let tokens = &view.page.tokens;
        let count = tokens.last().map_or(0, |t| t.sentence + 1);
        (0..count).find_map(|sentence| {
            let (from, to) = view.page.sentence_tokens(sentence);
            let ours = !matches!(view.section(from), Section::Help | Section::Rights);
            let plain = view.cue_in(Cue::Conditional, (from, to)).is_none()
                && view.cue_in(Cue::NotOurApproval, (from, to)).is_none()
                && !view.is_general(sentence);
            let hits = view.said_in(sentence).iter().filter(|(i, _)| known.contains(&Some(*i)) && ours && plain);
            hits.map(|(_, r)| *r).find_map(|r| self.disease_at(view, from, r))
        })
    }

    /// Whether a known disease ends a stretch of text.
    fn is_disease(&self, view: &View, span: Span) -> bool {
        let named = |name: &str| self.concepts.concept.iter().position(|c| c.name == name);
        let known = [named("condition"), named("ailment")];
        let at = view.page.token_at(span.0);
        let sentence = view.page.tokens.get(at).map_or(0, |t| t.sentence);
        view.said_in(sentence).iter().any(|(i, r)| known.contains(&Some(*i)) && view.bytes(*r).1 == span.1)
    }

    /// The words from the lead ("for", "treat") to the disease, few and with no mark between.
    fn disease_at(&self, view: &View, from: usize, hit: (usize, usize)) -> Option<Found> {
        /// The most words of a disease's name.
        const MOST: usize = 5;
        let tokens = &view.page.tokens;
        let stop = |i: usize| {
            tokens
                .get(i)
                .is_some_and(|t| holds(&self.words.service_stop, &t.norm) || holds(&self.words.service_lead, &t.norm))
        };
        let mut start = hit.0;
        while start > from
            && hit.1 - start < MOST
            && !stop(start - 1)
            && view.page.gap_after(start - 1).trim().is_empty()
        {
            start -= 1;
        }
        let mut lead = start;
        while lead > from
            && tokens
                .get(lead - 1)
                .is_some_and(|t| holds(&self.words.service_lead, &t.norm) && !holds(&self.words.disease_leads, &t.norm))
        {
            lead -= 1;
        }
        let before = lead.checked_sub(1).filter(|i| *i >= from).and_then(|i| tokens.get(i))?;
        let joined = view.page.gap_after(lead - 1).trim().is_empty();
        let name = tokens.get(start..hit.1)?;
        let capital = name.iter().filter(|t| t.capital).count();
        // "for cataract surgery" names what is done; "for your condition" names nothing
        let next = view.page.gap_after(hit.1 - 1) == " " && !stop(hit.1);
        let vague = name.last().is_none_or(|t| holds(&self.words.diagnosis_leads, &t.norm));
        let own = !next && !vague && capital <= 1 && name.iter().all(|t| !holds(&self.words.criteria_core, &t.norm));
        let span = view.bytes((start, hit.1));
        (joined && own && span.1 - span.0 >= 6 && holds(&self.words.disease_leads, &before.norm))
            .then(|| Found::words(view, "diagnosis.description", span, PLACED + 2))?
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

    /// "(E66.9, obesity)", "(F84.0: autistic disorder)": the words after a code, up to the end of its bracket.
    fn in_bracket_after_code(&self, view: &View, code: Span) -> Option<Found> {
        let rest = view.page.slice(code.1, view.page.text.len());
        let inside = rest.get(..rest.find(')')?)?;
        let words = inside.trim_start_matches([',', ':', ';', '-', '–', '—', ' ', '\n']);
        let plain = words.len() <= 80 && words.starts_with(char::is_alphabetic) && !words.contains(['(', '.', ':']);
        let letters = words.chars().filter(|c| c.is_alphabetic()).count();
        let start = code.1 + inside.len() - words.len();
        (plain && letters >= 5 && start > code.1)
            .then(|| Found::words(view, "diagnosis.description", (start, start + words.len()), SAID))?
    }

    /// "(trastorno del espectro autista, F84.0)": the words of a bracket that its code closes.
    fn in_bracket_before_code(&self, view: &View, code: Span) -> Option<Found> {
        /// The most bytes of a bracket.
        const LONGEST: usize = 90;
        let closes = view.page.slice(code.1, code.1 + 1) == ")";
        let lead = view.page.slice(0, code.0);
        let open = lead.rfind('(').filter(|o| code.0 - o <= LONGEST && closes)?;
        let inside = lead.get(open + 1..)?;
        let system = inside.rfind("ICD").map_or(inside, |i| inside.get(..i).unwrap_or(inside));
        let words = system.trim_end().strip_suffix([',', ';', ':', '–', '—', '-'])?;
        let letters = words.chars().filter(|c| c.is_alphabetic()).count();
        let plain = words.starts_with(char::is_alphabetic) && !words.contains([')', ':', ';', '.']);
        let digits = words.bytes().any(|b| b.is_ascii_digit()) && letters < 12;
        (letters >= 5 && plain && !digits)
            .then(|| Found::words(view, "diagnosis.description", (open + 1, open + 1 + words.len()), SAID))?
    }

    /// "for your prostate cancer (ICD-10 C61)": the words between "for" and the bracket.
    fn before_bracket(&self, view: &View, code: Span) -> Option<Found> {
        let lead = view.page.slice(0, code.0);
        // "for postlaminectomy syndrome, ICD-10 M96.1" says it as a bracket does.
        // and ", which your surgeon coded as M43.16"
        let named = |o: &usize| {
            lead.get(o + 1..).is_some_and(|l| {
                let l = l.trim().to_lowercase();
                l.starts_with("icd")
                    || self.words.code_systems.iter().any(|s| s.ends_with(" as") && l.ends_with(s.as_str()))
            })
        };
        let open = lead
            .rfind('(')
            .filter(|o| code.0 - o <= 20 && !lead.get(*o..).is_some_and(|l| l.contains(')')))
            .or_else(|| lead.rfind(',').filter(|o| code.0 - o <= 40).filter(named))?;
        let end = view.page.token_at(open);
        let last = view.page.tokens.get(end.checked_sub(1)?)?;
        let lead = |words: &[&str]| {
            (end.saturating_sub(9)..end).rev().find(|i| {
                view.page
                    .tokens
                    .get(*i)
                    .is_some_and(|t| words.contains(&t.norm.as_str()) && t.sentence == last.sentence)
            })
        };
        // "for a chordoma of the sacrum": not "sacrum"
        let plain = |from: &usize| {
            let words = view.page.tokens.get(from + 1..end).unwrap_or(&[]);
            !words.iter().any(|t| holds(&self.words.service_stop, &t.norm))
                && (from + 1..end).all(|i| i + 1 >= end || view.page.gap_after(i).trim().is_empty())
        };
        let start = lead(&["for", "with", "para", "con", "has", "have", "tiene"]).filter(plain);
        let start = start.or_else(|| lead(&["for", "of", "with", "para", "con", "has", "have", "tiene"]));
        let start = start.or_else(|| {
            let before = self.phrase_start(view, end).filter(|s| end - s <= 6)?.checked_sub(1)?;
            let leads = view.page.tokens.get(before).is_some_and(|t| holds(&self.words.service_stop, &t.norm));
            (leads && view.page.gap_after(before) == " ").then_some(before)
        })?;
        let leads = |norm: &str| holds(&self.words.service_lead, norm) || holds(&self.words.diagnosis_leads, norm);
        let whose = |t: &crate::text::Token| {
            let written = view.page.slice(t.start, t.end);
            t.capital && (written.ends_with("'s") || written.ends_with("’s"))
        };
        let own = |t: &crate::text::Token| !leads(&t.norm) && !whose(t);
        let from = (start + 1..end).find(|i| view.page.tokens.get(*i).is_some_and(own))?;
        let words = view.page.tokens.get(from..end)?;
        if words.iter().any(|t| holds(&self.words.service_stop, &t.norm)) {
            return None;
        }
        let span = (view.page.tokens.get(from)?.start, last.end);
        Found::words(view, "diagnosis.description", span, SAID)
    }
}

/// A code as it is written; text recognition may have left its first letter, an I, as a small l.
fn coded(view: &View, span: Span, rank: u8) -> Found {
    let written = view.page.slice(span.0, span.1);
    let code = written.strip_prefix('l').map_or_else(|| written.to_owned(), |rest| format!("I{rest}"));
    Found::normalized(view, "diagnosis.code", code, span, rank)
}
