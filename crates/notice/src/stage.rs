//! Whether the care a notice is about was given, goes on or was only asked for, and which dates are no days of care.

use crate::data::{Cue, Reader, Section};
use crate::found::{Found, SAID};
use crate::kinds::Kinds;
use crate::view::View;

impl Reader {
    /// What a refusal says of the request, under the case's fact for it: that the care was asked for and not given yet
    /// (`pre_service`), or that it goes on (`concurrent`). Nothing where it accounts for a claim or names a day of care.
    pub(crate) fn stage_of_care(&self, views: &[View], kinds: &Kinds, found: &[Found]) -> Option<Found> {
        if kinds.document != "denial_letter" {
            return None;
        }
        let claimed = found.iter().any(|f| matches!(f.field, "claim.number" | "amount.billed" | "service.date"));
        let said = |cue: Cue| {
            views.iter().find_map(|v| {
                let plain = |h: &&(usize, usize)| {
                    !matches!(v.section(h.0), Section::Rights | Section::Help)
                        && !v.sentence_has(h.0, Cue::Conditional)
                        && !v.sentence_has(h.0, Cue::Appeal)
                };
                v.cue(cue).iter().find(plain).map(|h| (v, *h))
            })
        };
        let stage = said(Cue::CareThatRuns).filter(|_| !claimed).map(|h| ("concurrent", h));
        let stage = stage.or_else(|| said(Cue::NeverGiven).map(|h| ("pre_service", h)));
        let stage = stage.or_else(|| said(Cue::BeforeCare).filter(|_| !claimed).map(|h| ("pre_service", h)));
        let (kind, (view, hit)) = stage?;
        let sentence = view.page.tokens.get(hit.0)?.sentence;
        Some(Found::inferred(view, "claim.kind", kind, view.page.sentence_span(sentence), SAID))
    }

    /// "Approved: November 3 through November 30": the last day that the plan had approved, under the case's fact for it.
    pub(crate) fn approved_until(&self, views: &[View]) -> Option<Found> {
        views.iter().find_map(|view| {
            view.dates.iter().find_map(|date| {
                let at = view.page.token_at(date.span.0);
                let sentence = view.page.sentence_of(at);
                let not =
                    |i: usize| view.page.tokens.get(i).is_some_and(|t| crate::data::holds(&self.words.nots, &t.norm));
                let yes = view
                    .cue_between(Cue::Approved, sentence.0, at)
                    .any(|h| h.1 <= at && !h.0.checked_sub(1).is_some_and(not) && !h.0.checked_sub(2).is_some_and(not));
                let open = view.cue_in(Cue::Conditional, sentence).is_some()
                    || matches!(view.section(at), Section::Rights | Section::Help);
                let word = at.checked_sub(1).and_then(|i| view.page.tokens.get(i)).map_or("", |t| t.norm.as_str());
                let until = matches!(word, "through" | "untii" | "hasta")
                    || matches!(word, "ei") && {
                        let before = at.checked_sub(2).and_then(|i| view.page.tokens.get(i));
                        before.is_some_and(|t| t.norm == "hasta")
                    };
                let last = date.last.or_else(|| until.then_some(date.first)).filter(|_| yes && !open)?;
                let value = last.to_string();
                Some(Found::normalized(view, "claim.approved_course_ends", value, date.span, SAID))
            })
        })
    }

    /// "requested August 3", "approved through November 30", "our October 2 denial", "On December 1 the plan will reduce": dates
    /// that the words beside them make something else than a day of care.
    pub(crate) fn is_no_day_of_care(&self, views: &[View], found: &Found) -> bool {
        let view = views.iter().find(|v| v.number == found.page).filter(|_| found.field == "service.date");
        let Some(view) = view else { return false };
        if view.dates_in(found.span).next().is_none_or(|d| d.last.is_some()) {
            return false;
        }
        let (at, next) = (view.page.token_at(found.span.0), view.page.token_at(found.span.1));
        let sentence = view.page.sentence_of(at);
        let before = view.cue_between(Cue::NoDayBefore, sentence.0, at).any(|h| h.1 == at);
        let joined = view.page.slice(found.span.1, found.span.1 + 2).trim_start_matches(',').starts_with(' ');
        let after = joined && view.cue_between(Cue::NoDayAfter, next, next).any(|h| h.1 <= sentence.1);
        before || after
    }
}
