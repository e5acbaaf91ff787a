//! When each step of the opinion can be expected, and on what that rests: a date that somebody gave, or a guess, which
//! is always called one.

use calendar::Date;
use facts::Case;
use kb::{Kb, KbError, Sentences};

use super::Lead;
use crate::dates::later;
use crate::situation::done;
use crate::specialist::first_opening;

/// What the day of the visit or of the letter rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Basis {
    /// The letter is here, or its day was promised: nothing is guessed.
    Known,
    /// The visit took place or is booked; only the writing is guessed.
    Booked,
    /// The first opening of a doctor that the person entered.
    Candidate,
    /// The first opening that an office named on the phone.
    Log,
    /// Nothing is known; nobody was asked yet.
    Guess,
    /// A doctor was asked; no day is known.
    Asked,
}

/// When each step of the opinion can be expected.
pub(super) struct Steps {
    pub(super) choose: Option<Date>,
    pub(super) visit: Option<Date>,
    /// Whether records are still to be asked for.
    pub(super) records: bool,
    pub(super) ready: Date,
    /// The letter's day if the records take as long as the law allows.
    pub(super) latest: Date,
    basis: Basis,
    /// The care was given: the records tell it, and no visit has to be booked unless one is.
    pub(super) given: bool,
    /// Waiting is dangerous, and no day is known: an opinion by video or from records within days.
    pub(super) fast: bool,
}

impl Steps {
    /// The letter is here.
    pub(super) fn here(&self) -> bool {
        self.basis == Basis::Known && self.visit.is_none()
    }

    /// The person's own dates win over the estimates; a day in the past is taken as done.
    pub(super) fn of(case: &Case, kb: &Kb, today: Date, lead: &Lead) -> Result<Self, KbError> {
        let opinion = case.second_opinion.as_ref();
        let state = opinion.and_then(|o| o.state.as_deref()).unwrap_or("none");
        let settled = |visit: Option<Date>, ready: Date, basis: Basis| {
            Ok(Steps { choose: None, visit, records: false, ready, latest: ready, basis, given: false, fast: false })
        };
        if state == "received"
            || (state != "planned" && state != "asked" && opinion.is_some_and(|o| o.letter.is_some()))
        {
            return settled(None, today, Basis::Known);
        }
        let promised = opinion.and_then(|o| o.letter_expected_on);
        let seen = opinion.and_then(|o| o.seen_on).filter(|d| *d <= today);
        if state == "seen" || seen.is_some() {
            let seen = seen.unwrap_or(today);
            let estimate = later(seen, lead.writing);
            let estimate = if estimate < today { later(today, lead.writing) } else { estimate };
            let basis = if promised.is_some() { Basis::Known } else { Basis::Booked };
            return settled(Some(seen), promised.unwrap_or(estimate).max(today), basis);
        }
        let booked = opinion.and_then(|o| o.appointment_on.or(o.seen_on)).filter(|d| *d >= today);
        let entered = case.candidates.iter().filter_map(|c| c.earliest_appointment).filter(|d| *d >= today).min();
        let told = first_opening(case, kb)?.filter(|d| *d >= today);
        let open = state == "none" || state == "planned";
        let choose = open.then(|| later(today, lead.find)).filter(|_| booked.is_none());
        let (visit, basis) = match (booked, entered, told) {
            (Some(day), ..) => (day, Basis::Booked),
            (None, Some(day), told) if told.is_none_or(|t| day <= t) => (day, Basis::Candidate),
            (None, _, Some(day)) => (day, Basis::Log),
            (None, ..) => {
                let basis = if open { Basis::Guess } else { Basis::Asked };
                (later(choose.unwrap_or(today), lead.appointment), basis)
            }
        };
        // No visit weeks off where waiting is dangerous: what is known to be later than that is left to the person, and not planned with.
        let soon = later(today, lead.fast_visit);
        if case.wants_fast() && booked.is_none() && promised.is_none() && visit > soon {
            let ready = later(soon, lead.fast_writing);
            let visit = Some(soon);
            return Ok(Steps {
                choose: None,
                visit,
                records: true,
                ready,
                latest: ready,
                basis,
                given: false,
                fast: true,
            });
        }
        let given = booked.is_none() && done(case, today) == Some(true);
        let written = |records: u32| later(visit.max(later(today, records)), lead.writing);
        let ready = promised.unwrap_or_else(|| written(lead.records)).max(today);
        let latest = promised.unwrap_or_else(|| written(lead.records_limit)).max(ready);
        let basis = if promised.is_some() { Basis::Known } else { basis };
        Ok(Steps {
            choose: choose.filter(|d| *d <= visit),
            visit: Some(visit),
            records: true,
            ready,
            latest,
            basis,
            given,
            fast: false,
        })
    }

    /// What the estimate takes for granted, in a sentence; nothing where nothing is guessed.
    pub(super) fn assumes(&self, lead: &Lead, sentences: &Sentences) -> Option<String> {
        if self.fast {
            let days = [lead.fast_visit, lead.fast_writing].map(|n| n.to_string());
            return Some(kb::filled(&lead.says.assumes.fast, &[("visit", &days[0]), ("writing", &days[1])]));
        }
        let text = match self.basis {
            Basis::Known => return None,
            Basis::Booked => &lead.says.assumes.booked,
            Basis::Candidate => &lead.says.assumes.candidate,
            Basis::Log => &lead.says.assumes.log,
            Basis::Guess if self.given => &lead.says.assumes.guess_records,
            Basis::Guess => &lead.says.assumes.guess,
            Basis::Asked => &lead.says.assumes.asked,
        };
        let visit = self.visit.map(|d| sentences.plain(d)).unwrap_or_default();
        let days = [lead.find, lead.appointment, lead.writing].map(|n| n.to_string());
        let fill = [("find", &days[0]), ("appointment", &days[1]), ("writing", &days[2]), ("visit", &visit)];
        Some(kb::filled(text, &fill.map(|(name, value)| (name, value.as_str()))))
    }
}
