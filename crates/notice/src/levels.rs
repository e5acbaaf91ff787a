//! What a letter says of the levels of the plan's own appeal: how many there are, how long a person has for the second, and
//! by when the plan promises to answer at each.

use crate::appeal::Window;
use crate::data::{Cue, Reader};
use crate::found::{Found, SAID};
use crate::view::{Range, View};

const LEVELS: &str = "coverage.internal_levels";
const COURT_WINDOW: &str = "coverage.court_window_days";
const SECOND_WINDOW: &str = "coverage.second_appeal_window_days";
const FIRST_ANSWER: &str = "coverage.appeal_decision_days";
const SECOND_ANSWER: &str = "coverage.second_appeal_decision_days";

/// One level or the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    First,
    Second,
    Each,
}

impl Reader {
    /// The plan's terms of appeal that a notice states, each under the fact of the case that it fills. What the letter says
    /// in two ways that differ is not read; a second level that it calls voluntary is none that has to be used.
    pub(crate) fn levels(&self, views: &[View]) -> Vec<Found> {
        let anywhere = |cue: Cue| views.iter().any(|v| !v.cue(cue).is_empty());
        let mut found = Vec::new();
        // The levels of Medicare, Medicaid and the federal program are set by law, and most of them are not the plan's.
        if !anywhere(Cue::LevelsOfLaw) {
            if !anywhere(Cue::VoluntaryLevel) {
                found.extend(views.iter().filter_map(|v| self.count_of_levels(v)));
                found.extend(views.iter().flat_map(|v| self.second_windows(v)));
            }
            found.extend(views.iter().flat_map(|v| self.answers(v)));
        }
        found.extend(views.iter().flat_map(|v| self.court_windows(v)));
        [LEVELS, SECOND_WINDOW, COURT_WINDOW, FIRST_ANSWER, SECOND_ANSWER]
            .into_iter()
            .filter_map(|fact| agreed(&found, fact))
            .collect()
    }

    /// How many levels a page says there are, with the sentence.
    fn count_of_levels(&self, view: &View) -> Option<Found> {
        let one = view.cue(Cue::OneLevel).first();
        let two = view.cue(Cue::TwoLevels).first().or_else(|| {
            let denied = |h: &&Range| view.cue(Cue::OneLevel).iter().any(|o| o.0 <= h.0 && h.1 <= o.1);
            view.cue(Cue::LaterLevel).iter().find(|h| !denied(h))
        });
        let (hit, levels) = match (one, two) {
            (None, Some(hit)) => (hit, "2"),
            (Some(hit), None) => (hit, "1"),
            _ => return None,
        };
        let sentence = view.page.tokens.get(hit.0)?.sentence;
        Some(Found::inferred(view, LEVELS, levels, view.page.sentence_span(sentence), SAID))
    }

    /// "You may request a second-level appeal within 60 days", "60 days to ask for a second appeal".
    fn second_windows(&self, view: &View) -> Vec<Found> {
        let windows = self.windows(view);
        let is_theirs = |w: &Window| {
            let sentence = view.page.sentence_of(w.tokens.0);
            let led = view.cue(Cue::FileBy).iter().any(|h| h.0 >= sentence.0 && h.1 <= w.tokens.1);
            led && !self.answers_by(view, w) && self.level_at(view, w, &windows) == Some(Level::Second)
        };
        windows.iter().filter(|w| is_theirs(w)).filter_map(|w| in_days(view, SECOND_WINDOW, w)).collect()
    }

    /// "Any legal action must be filed within 180 days after the date of this decision": how long the plan's terms give for a
    /// lawsuit. The time to appeal, or of an outside review, in the same sentence is another.
    fn court_windows(&self, view: &View) -> Vec<Found> {
        let windows = self.windows(view);
        let to_sue = |w: &Window| {
            let before = (view.page.sentence_of(w.tokens.0).0, w.tokens.0);
            let has = |cue: Cue| view.cue_in(cue, before).is_some();
            has(Cue::CourtAction) && !has(Cue::Appeal) && !has(Cue::External)
        };
        let alone = |w: &Window| {
            let sentence = view.page.sentence_of(w.tokens.0);
            windows.iter().filter(|o| view.page.sentence_of(o.tokens.0) == sentence).count() == 1
        };
        let theirs = windows.iter().filter(|w| to_sue(w) && alone(w));
        theirs.filter_map(|w| in_days(view, COURT_WINDOW, w)).collect()
    }

    /// "We will decide each level within 15 days": the plan's own time to answer, not that of the fast track, of an outside
    /// reviewer or of a lengthening. A sentence with two such times tells them apart by what a reading does not hold (care
    /// given or still to come), so neither is read.
    fn answers(&self, view: &View) -> Vec<Found> {
        let windows = self.windows(view);
        let mut found = Vec::new();
        for w in &windows {
            let sentence = view.page.sentence_of(w.tokens.0);
            let has = |cue: Cue| view.cue_in(cue, sentence).is_some();
            let alone = windows.iter().filter(|o| days(o).is_some() && view.page.sentence_of(o.tokens.0) == sentence);
            let alone = alone.filter(|o| self.answers_by(view, o)).count() == 1;
            let other = [Cue::ExpeditedOffer, Cue::External, Cue::NotTheDecision, Cue::Conditional];
            if !alone || !self.answers_by(view, w) || !has(Cue::AppealDecided) || other.into_iter().any(has) {
                continue;
            }
            let level = self.level_at(view, w, &windows);
            let before = sentence.0.checked_sub(1).map(|i| view.page.sentence_of(i));
            let spoken = before.is_some_and(|r| view.cue_in(Cue::Appeal, r).is_some());
            if level.is_none() && !has(Cue::Appeal) && !spoken {
                continue;
            }
            if level != Some(Level::Second) {
                found.extend(in_days(view, FIRST_ANSWER, w));
            }
            if matches!(level, Some(Level::Second | Level::Each)) {
                found.extend(in_days(view, SECOND_ANSWER, w));
            }
        }
        found
    }

    /// Whether the plan answers within a stretch of time: what it does is said last before it. In Spanish and in stiffer
    /// English the same words lead to a time of either side ("dentro de", "no later than"), so the verb decides.
    fn answers_by(&self, view: &View, w: &Window) -> bool {
        let from = view.page.sentence_of(w.tokens.0).0;
        let last = |cue: Cue| view.cue(cue).iter().filter(|h| h.0 >= from && h.1 <= w.tokens.0).map(|h| h.0).max();
        self.plan_decides_by(view, w) || last(Cue::PlanDecides).is_some_and(|at| last(Cue::PersonActs) < Some(at))
    }

    /// Which level a stretch of time is about: the last that its sentence names before it, else the first after it.
    fn level_at(&self, view: &View, w: &Window, windows: &[Window]) -> Option<Level> {
        let sentence = view.page.sentence_of(w.tokens.0);
        let named = |range: Range| {
            let of = |cue: Cue, level: Level| {
                let hits = view.cue(cue).iter().filter(move |h| h.0 >= range.0 && h.1 <= range.1);
                hits.map(move |h| (h.0, level)).collect::<Vec<_>>()
            };
            let mut all = of(Cue::LaterLevel, Level::Second);
            all.extend(of(Cue::FirstLevel, Level::First));
            all.extend(of(Cue::EachLevel, Level::Each));
            all.sort_by_key(|(at, _)| *at);
            all
        };
        if let Some((_, level)) = named((sentence.0, w.tokens.0)).last() {
            return Some(*level);
        }
        let next = windows.iter().map(|o| o.tokens.0).filter(|at| *at >= w.tokens.1).min().unwrap_or(sentence.1);
        // What it is counted from is not what it is for: "within 60 days of our first-level decision".
        let counted = view.cue_between(Cue::CountedFrom, w.tokens.1, sentence.1).next().map(|h| h.0);
        let after = named((w.tokens.1, next.min(sentence.1)));
        after.iter().find(|(at, l)| *l != Level::First || counted.is_none_or(|c| *at < c)).map(|(_, level)| *level)
    }
}

/// The value of a fact when all that was found of it agrees.
fn agreed(found: &[Found], fact: &str) -> Option<Found> {
    let mut of = found.iter().filter(|f| f.field == fact);
    let first = of.next()?;
    of.all(|f| f.value == first.value).then(|| first.clone())
}

/// The number of days of a stretch of time in plain days.
fn days(w: &Window) -> Option<&str> {
    let (count, unit) = w.value.split_once(' ')?;
    matches!(unit, "day" | "days").then_some(count)
}

fn in_days(view: &View, fact: &'static str, w: &Window) -> Option<Found> {
    days(w).map(|n| Found::normalized(view, fact, n.to_owned(), w.span, SAID))
}
