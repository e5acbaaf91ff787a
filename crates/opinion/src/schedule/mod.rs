//! Will the opinion arrive in time? Planning estimates (`kb/opinions/schedule.toml`) and the person's own dates against
//! the day we advise to file, and against the day on which running care is to stop. Every filing date names the right it
//! comes from; this module counts no legal period. What is guessed is called a guess, and said.

mod filing;
mod steps;

use calendar::{Date, days_between};
use facts::Case;
use kb::{Kb, KbError, Sentences};
use rights::{Entitlements, Right};
use serde::Deserialize;

use crate::dates::{earlier, later};
use crate::need::{is_after_denial, worth};
use crate::{Schedule, ScheduleMove};
pub use filing::{FilingDate, filing_date};
use filing::{NoDay, care_ends, continues, fast, no_day};
use steps::Steps;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lead {
    find: u32,
    appointment: u32,
    records: u32,
    pub(crate) records_limit: u32,
    records_limit_cite: String,
    pub(crate) writing: u32,
    tight_margin: i64,
    /// The same when waiting is dangerous, from today.
    fast_visit: u32,
    fast_writing: u32,
    pub(crate) send_before: u32,
    says: Says,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Says {
    fast_choose: String,
    fast_records: String,
    fast_visit: String,
    fast_letter: String,
    fast_state: String,
    choose: String,
    records: String,
    records_late: String,
    visit: String,
    choose_records: String,
    visit_records: String,
    letter: String,
    check: String,
    file: String,
    file_now: String,
    supplement: String,
    supplement_fast: String,
    expedite_ask: String,
    expedite_letter: String,
    ends_appeal: String,
    ends_limit: String,
    ends_phone: String,
    ends_continue: String,
    ends_note: String,
    ends_file: String,
    past: String,
    past_file: String,
    no_date: String,
    no_denial: String,
    pending: String,
    none_open: String,
    have: String,
    have_file: String,
    have_ends: String,
    assumes: Assumes,
    verdict: Verdicts,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Assumes {
    fast: String,
    guess: String,
    guess_records: String,
    asked: String,
    booked: String,
    candidate: String,
    log: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdicts {
    in_time: String,
    tight: String,
    file_now_supplement_later: String,
    expedite: String,
    expedite_ends: String,
}

/// The day by which a physician may be asked for a corrected letter: the time that a letter takes to write, and never later
/// than the day we advise to file. None where the knowledge base has no plan of days.
pub fn correction_by(kb: &Kb, today: Date, file_by: Option<Date>) -> Option<Date> {
    let lead: Lead = kb.table("opinions/schedule.toml").ok()?;
    let day = later(today, lead.writing);
    Some(file_by.map_or(day, |by| by.min(day)))
}

/// So many days a provider has to send a person's own records. None where the knowledge base does not say.
pub fn records_limit(kb: &Kb) -> Option<u32> {
    let lead: Lead = kb.table("opinions/schedule.toml").ok()?;
    Some(lead.records_limit)
}

/// The schedule of the opinion against the day we advise to file, which comes from `entitlements`.
///
/// Where the case's reasons are such that no opinion would help, there is no calendar: the moves are what helps instead.
///
/// # Errors
/// A [`KbError`] when a file of `kb/opinions/` is absent or damaged.
pub fn schedule(case: &Case, kb: &Kb, today: Date, entitlements: Option<&Entitlements>) -> Result<Schedule, KbError> {
    let planned = schedule_in(case, kb, today, entitlements)?;
    let Some(instead) = worth(case, kb, today)?.no_help(kb.index().sentences()) else { return Ok(planned) };
    let moves = instead.moves.into_iter().map(|what| ScheduleMove { what, by: None, right: None }).collect();
    Ok(Schedule { verdict: None, says: instead.says, moves, no_help: true, care_ends: None, ..planned })
}

/// As [`schedule`], whether an opinion helps or not.
pub(crate) fn schedule_in(
    case: &Case,
    kb: &Kb,
    today: Date,
    entitlements: Option<&Entitlements>,
) -> Result<Schedule, KbError> {
    let lead: Lead = kb.table("opinions/schedule.toml")?;
    let steps = Steps::of(case, kb, today, &lead)?;
    let filing = entitlements.and_then(|e| filing_date(case, e));
    let plan = Planner {
        lead: &lead,
        sentences: kb.index().sentences(),
        case,
        today,
        entitlements,
        ends: care_ends(case, today).filter(|_| is_after_denial(case)),
        by: filing.as_ref().map(|f| f.by),
        right: filing.as_ref().and_then(|f| entitlements?.rights.iter().find(|r| r.id == f.right)),
        steps,
        state_time: if case.wants_fast() || care_ends(case, today).is_some() {
            crate::coverage::second_opinion_time(case, kb, today)?
        } else {
            None
        },
    };
    let verdict = plan.verdict();
    Ok(Schedule {
        opinion_ready: plan.steps.ready,
        here: plan.steps.here(),
        no_help: false,
        care_ends: plan.ends,
        file_by: plan.by,
        verdict: verdict.map(str::to_owned),
        says: plan.says(verdict),
        moves: plan.moves(verdict),
    })
}

/// A case with its steps and the days they have to keep.
struct Planner<'a> {
    lead: &'a Lead,
    sentences: &'a Sentences,
    case: &'a Case,
    today: Date,
    entitlements: Option<&'a Entitlements>,
    /// The day on which running care is to stop.
    ends: Option<Date>,
    /// The day we advise to file.
    by: Option<Date>,
    /// The right it comes from.
    right: Option<&'a Right>,
    steps: Steps,
    /// Until when the law of the State lets a plan take with the second opinion itself, where waiting is dangerous: the words and the citation.
    state_time: Option<(String, String)>,
}

impl Planner<'_> {
    fn late(&self) -> bool {
        self.by.is_some_and(|by| by < self.today)
    }

    /// Care stops before a letter can be there.
    fn ends_first(&self) -> bool {
        !self.steps.here() && self.ends.is_some_and(|end| self.steps.ready >= end)
    }

    fn verdict(&self) -> Option<&'static str> {
        let here = self.steps.here();
        if !here && (self.case.wants_fast() || self.ends_first()) {
            return Some("expedite");
        }
        // The appeal has to be in before running care stops, whatever day the law allows.
        let by = [self.by, self.ends].into_iter().flatten().min().filter(|_| self.by.is_some())?;
        let ready = self.steps.ready;
        let spare = days_between(ready, by) >= self.lead.tight_margin && self.steps.latest <= by;
        Some(match () {
            () if self.late() || ready > by => "file_now_supplement_later",
            () if here || spare => "in_time",
            () => "tight",
        })
    }

    fn day(&self, date: Date) -> String {
        self.sentences.plain(date)
    }

    /// That the last day to file is over, and which day it was.
    fn past(&self) -> String {
        let last = self.right.and_then(|r| r.due).or(self.by);
        kb::filled(&self.lead.says.past, &[("due", &last.map(|d| self.day(d)).unwrap_or_default())])
    }

    fn end(&self) -> String {
        self.ends.map(|d| self.day(d)).unwrap_or_default()
    }

    fn says(&self, verdict: Option<&str>) -> String {
        let says = &self.lead.says;
        if self.late() {
            return self.past();
        }
        if self.steps.here() {
            return says.have.clone();
        }
        let text = match verdict {
            Some("expedite") if self.ends_first() => {
                return kb::filled(&says.verdict.expedite_ends, &[("end", &self.end())]);
            }
            Some("expedite") => return says.verdict.expedite.clone(),
            Some("in_time") => says.verdict.in_time.clone(),
            Some("tight") => says.verdict.tight.clone(),
            Some(_) => says.verdict.file_now_supplement_later.clone(),
            None => self.no_date(),
        };
        [Some(text), self.steps.assumes(self.lead, self.sentences)].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// Why there is no filing day, naming the step or the fact.
    fn no_date(&self) -> String {
        let says = &self.lead.says;
        match no_day(self.entitlements, is_after_denial(self.case)) {
            NoDay::NoDenial => says.no_denial.clone(),
            NoDay::Pending(right) => kb::filled(&says.pending, &[("title", &right.title)]),
            NoDay::Refused(message) => message.to_owned(),
            NoDay::Unknown if self.case.events.is_empty() => says.no_date.clone(),
            NoDay::Unknown => says.none_open.clone(),
        }
    }

    fn moves(&self, verdict: Option<&str>) -> Vec<ScheduleMove> {
        let says = &self.lead.says;
        let mut out = Vec::new();
        if self.late() {
            out.push(filing(&says.past_file, Some(self.today), self.right));
        }
        if self.steps.here() {
            let text = kb::filled(
                if self.ends.is_some() { &says.have_ends } else { &says.have_file },
                &[("end", &self.end())],
            );
            if !self.late() {
                // A line is dated by its own deed: where the care stops first, that is the day before.
                let before_end = self.ends.map(|end| earlier(end, 1).max(self.today));
                let by = self.by.into_iter().chain(before_end).min();
                out.push(filing(&text, by, self.right));
            }
            return out;
        }
        match verdict {
            Some("expedite") if self.ends_first() => out.extend(self.care_ends_first()),
            Some("expedite") => {
                out.push(filing(&says.expedite_ask, Some(self.today), self.right));
                out.push(step(&says.expedite_letter, None));
            }
            Some("file_now_supplement_later") if !self.late() => {
                let by = self.by.map(|by| earlier(by, self.lead.send_before).max(self.today));
                out.push(filing(&says.file_now, by, self.right));
            }
            _ => {}
        }
        self.opinion(&mut out);
        match verdict {
            Some("expedite") => {
                let period = self.fast().and_then(|r| r.decision_due.as_ref()).map(|d| d.period.as_str());
                let text = match period {
                    Some(period) => kb::filled(&says.supplement_fast, &[("period", period)]),
                    None => says.supplement.clone(),
                };
                out.push(step(&text, Some(self.steps.ready)));
            }
            Some("file_now_supplement_later") => out.push(step(&says.supplement, Some(self.steps.ready))),
            Some(_) => match self.ends.filter(|end| self.by.is_some_and(|by| *end < by)) {
                Some(end) => {
                    out.push(filing(&kb::filled(&says.ends_file, &[("end", &self.end())]), Some(end), self.right))
                }
                None => out.push(filing(&says.file, self.by, self.right)),
            },
            None => {}
        }
        // In the order of the calendar; what has no day of its own stands with what is to be done today.
        out.sort_by_key(|m| m.by.unwrap_or(self.today));
        out
    }

    /// The fast step, where one is open; else the next one.
    fn fast(&self) -> Option<&Right> {
        self.entitlements.and_then(fast).or(self.right)
    }

    /// What to do when care stops before a letter can be there.
    fn care_ends_first(&self) -> Vec<ScheduleMove> {
        let says = &self.lead.says;
        let end = self.end();
        let right = self.fast();
        let mut appeal = vec![kb::filled(&says.ends_appeal, &[("end", &end)])];
        if let Some(moment) =
            right.filter(|r| r.due == Some(self.today)).and_then(|r| r.due_at.as_deref()).and_then(clock)
        {
            appeal.push(kb::filled(&says.ends_limit, &[("time", moment)]));
        }
        if right.is_some_and(|r| r.filed_when.as_deref() == Some("oral_ok")) {
            appeal.push(says.ends_phone.clone());
        }
        let mut out = vec![filing(&appeal.join(" "), Some(self.today), right)];
        if let Some(keep) = self.entitlements.and_then(continues) {
            let by = keep.advised(self.today).filter(|_| keep.actor == "claimant");
            out.push(filing(&kb::filled(&says.ends_continue, &[("title", &keep.title)]), by, Some(keep)));
        }
        out.push(step(&kb::filled(&says.ends_note, &[("end", &end)]), Some(self.today)));
        out
    }

    /// The steps of the opinion itself.
    fn opinion(&self, out: &mut Vec<ScheduleMove>) {
        let (lead, says, today) = (self.lead, &self.lead.says, self.today);
        if let Some((time, cite)) = &self.state_time {
            out.push(step(&kb::filled(&says.fast_state, &[("time", time), ("cite", cite)]), Some(today)));
        }
        if self.steps.fast {
            out.push(step(&says.fast_choose, Some(today)));
            out.push(step(&says.fast_records, Some(today)));
            out.extend(self.steps.visit.map(|day| step(&says.fast_visit, Some(day))));
            out.push(step(&says.fast_letter, Some(self.steps.ready)));
            out.push(step(&says.check, Some(self.steps.ready)));
            return;
        }
        if self.steps.records {
            let limit_day = later(today, lead.records_limit);
            let late = self.steps.visit.is_some_and(|visit| limit_day > visit) && self.steps.latest > self.steps.ready;
            let text = if late { &says.records_late } else { &says.records };
            let days = [limit_day, self.steps.latest].map(|d| self.day(d));
            let fill = [
                ("limit", lead.records_limit.to_string()),
                ("law", lead.records_limit_cite.clone()),
                ("limit_day", days[0].clone()),
                ("latest", days[1].clone()),
            ];
            out.push(step(
                &kb::filled(text, &fill.each_ref().map(|(name, value)| (*name, value.as_str()))),
                Some(today),
            ));
        }
        if let Some(day) = self.steps.choose {
            out.push(step(if self.steps.given { &says.choose_records } else { &says.choose }, Some(day)));
        }
        if let Some(day) = self.steps.visit.filter(|d| *d >= today) {
            out.push(step(if self.steps.given { &says.visit_records } else { &says.visit }, Some(day)));
        }
        out.push(step(&says.letter, Some(self.steps.ready)));
        out.push(step(&says.check, Some(self.steps.ready)));
    }
}

fn step(what: &str, by: Option<Date>) -> ScheduleMove {
    ScheduleMove { what: what.into(), by, right: None }
}

fn filing(what: &str, by: Option<Date>, right: Option<&Right>) -> ScheduleMove {
    ScheduleMove { what: what.into(), by, right: right.map(|r| r.id.clone()) }
}

/// Hours and minutes of an RFC 3339 moment.
fn clock(moment: &str) -> Option<&str> {
    moment.split_once('T').and_then(|(_, time)| time.get(..5))
}
