//! The day on which care that goes on is stopped or cut: what keeps it going is counted from it.

use crate::data::{Cue, Reader};
use crate::found::{Found, SAID};

use crate::values::DateFound;
use crate::view::{Range, View};

/// The most words between what names the day and the day.
const NEAR: usize = 2;

impl Reader {
    /// The first such day of a plan's notice, under the case's events for it: where care ends, both for the end and for the
    /// change.
    pub(crate) fn change_days(&self, views: &[View]) -> Vec<Found> {
        for view in views {
            for date in &view.dates {
                if let Some(ends) = self.names_a_change(view, date) {
                    let day = |event| Found::normalized(view, event, date.first.to_string(), date.span, SAID);
                    let end = ends.then(|| day("event.services_end"));
                    return std::iter::once(day("event.effective_date")).chain(end).collect();
                }
            }
        }
        Vec::new()
    }

    /// Whether a date is said to be the day of a change of care, and whether the care then ends.
    fn names_a_change(&self, view: &View, date: &DateFound) -> Option<bool> {
        let at = view.page.token_at(date.span.0);
        let sentence = view.page.sentence_of(at);
        let within = |cue: Cue| view.cue_in(cue, sentence).is_some();
        // A day to answer or appeal by, and what would be, are no such days.
        if date.last.is_some()
            || [Cue::Conditional, Cue::Deadline, Cue::Appeal, Cue::OtherClock, Cue::NoticeDate].into_iter().any(within)
        {
            return None;
        }
        let (ends, cut) = (within(Cue::CareEnds), within(Cue::CareCut));
        let led = |h: &Range| h.1 <= at && h.1 + NEAR >= at && h.0 >= sentence.0;
        let named = view.cue(Cue::DayOfChange).iter().any(led);
        (named && (ends || cut)).then_some(ends)
    }
}
