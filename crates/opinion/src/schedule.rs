//! Will the opinion arrive in time? Planning estimates (`kb/opinions/schedule.toml`) and the person's own dates against
//! the day we advise to file. Every filing date names the right it comes from; this module counts no legal period.

use calendar::{Date, days_between};
use facts::Case;
use kb::{Kb, KbError};
use rights::Entitlements;
use serde::Deserialize;

use crate::dates::{earlier, later};
use crate::{Schedule, ScheduleMove};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lead {
    find: u32,
    appointment: u32,
    records: u32,
    pub(crate) records_limit: u32,
    #[allow(dead_code)]
    records_limit_cite: String,
    pub(crate) writing: u32,
    tight_margin: i64,
    pub(crate) send_before: u32,
    says: Says,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Says {
    choose: String,
    records: String,
    visit: String,
    letter: String,
    check: String,
    file: String,
    file_now: String,
    supplement: String,
    expedite_ask: String,
    expedite_letter: String,
    past: String,
    no_date: String,
    none_open: String,
    have: String,
    verdict: Verdicts,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdicts {
    in_time: String,
    tight: String,
    file_now_supplement_later: String,
    expedite: String,
}

/// A filing day and the right it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilingDate {
    /// The day we advise: today, once that day is over and the last lawful day is not.
    pub by: Date,
    /// Id of the right.
    pub right: String,
}

/// Whether the case asks for the fast pace: somebody says that waiting would harm, or wants it.
fn is_urgent(case: &Case) -> bool {
    case.claim.urgent == Some(true)
        || case.choices.expedite == Some(true)
        || case.claim.kind.as_deref() == Some("urgent")
}

/// The next day by which the person should file: of the claimant's own rights that are still open, the lowest rung, at
/// the fast pace where the case asks for it and at the standard one where it does not; when all are past, the last one.
pub fn filing_date(case: &Case, entitlements: &Entitlements) -> Option<FilingDate> {
    let wanted = if is_urgent(case) { "expedited" } else { "standard" };
    let own: Vec<_> = entitlements
        .rights
        .iter()
        .filter(|r| r.actor == "claimant" && !r.done && r.gives.ends_with(".file") && r.file_by.or(r.due).is_some())
        .collect();
    let open = own.iter().filter(|r| r.due.or(r.file_by).is_some_and(|d| d >= entitlements.today));
    let chosen = open
        .min_by_key(|r| (r.pace != wanted, r.level, r.file_by.or(r.due)))
        .or_else(|| own.iter().max_by_key(|r| r.file_by.or(r.due)))?;
    Some(FilingDate { by: chosen.advised(entitlements.today)?, right: chosen.id.clone() })
}

/// The day by which a physician may be asked for a corrected letter: the time that a letter takes to write, and never later
/// than the day we advise to file. None where the knowledge base has no plan of days.
pub fn correction_by(kb: &Kb, today: Date, file_by: Option<Date>) -> Option<Date> {
    let lead: Lead = kb.table("opinions/schedule.toml").ok()?;
    let day = crate::dates::later(today, lead.writing);
    Some(file_by.map_or(day, |by| by.min(day)))
}

/// So many days a provider has to send a person's own records. None where the knowledge base does not say.
pub fn records_limit(kb: &Kb) -> Option<u32> {
    let lead: Lead = kb.table("opinions/schedule.toml").ok()?;
    Some(lead.records_limit)
}

/// When each step of the opinion can be expected.
struct Steps {
    choose: Option<Date>,
    visit: Option<Date>,
    records: Option<Date>,
    ready: Date,
}

/// The schedule of the opinion against `file_by`. `right_id` is the right the date comes from.
///
/// # Errors
/// A [`KbError`] when `kb/opinions/schedule.toml` is absent or damaged.
pub fn schedule(
    case: &Case,
    kb: &Kb,
    today: Date,
    file_by: Option<Date>,
    right_id: Option<&str>,
) -> Result<Schedule, KbError> {
    let lead: Lead = kb.table("opinions/schedule.toml")?;
    let steps = steps(case, today, &lead);
    let received = steps.visit.is_none() && steps.ready == today;
    let urgent = is_urgent(case);
    let verdict = match file_by {
        _ if urgent && !received => Some("expedite"),
        None => None,
        Some(by) if days_between(today, by) < 0 || steps.ready > by => Some("file_now_supplement_later"),
        Some(by) if received || days_between(steps.ready, by) >= lead.tight_margin => Some("in_time"),
        Some(_) => Some("tight"),
    };
    let late = file_by.is_some_and(|by| days_between(today, by) < 0);
    let says: &str = match verdict {
        _ if late => &lead.says.past,
        _ if received => &lead.says.have,
        Some("expedite") => &lead.says.verdict.expedite,
        Some("in_time") => &lead.says.verdict.in_time,
        Some("tight") => &lead.says.verdict.tight,
        Some(_) => &lead.says.verdict.file_now_supplement_later,
        None => no_date(case, &lead),
    };
    Ok(Schedule {
        opinion_ready: steps.ready,
        here: received,
        file_by,
        verdict: verdict.map(str::to_owned),
        says: says.to_owned(),
        moves: moves(&lead, no_date(case, &lead), &steps, today, file_by, right_id, verdict, received),
    })
}

/// The person's own dates win over the estimates; a day in the past is taken as done.
fn steps(case: &Case, today: Date, lead: &Lead) -> Steps {
    let opinion = case.second_opinion.as_ref();
    let state = opinion.and_then(|o| o.state.as_deref()).unwrap_or("none");
    if state == "received" || (state != "planned" && state != "asked" && opinion.is_some_and(|o| o.letter.is_some())) {
        return Steps { choose: None, visit: None, records: None, ready: today };
    }
    let promised = opinion.and_then(|o| o.letter_expected_on);
    let seen = opinion.and_then(|o| o.seen_on).filter(|d| *d <= today);
    if state == "seen" || seen.is_some() {
        let estimate = later(seen.unwrap_or(today), lead.writing);
        let ready = promised.unwrap_or(if estimate < today { later(today, lead.writing) } else { estimate });
        return Steps { choose: None, visit: Some(seen.unwrap_or(today)), records: None, ready: ready.max(today) };
    }
    let booked = opinion.and_then(|o| o.appointment_on.or(o.seen_on)).filter(|d| *d >= today);
    let choose = (state == "none" || state == "planned").then(|| later(today, lead.find)).filter(|_| booked.is_none());
    let first_opening = case.candidates.iter().filter_map(|c| c.earliest_appointment).filter(|d| *d >= today).min();
    let visit = booked.or(first_opening).unwrap_or_else(|| later(choose.unwrap_or(today), lead.appointment));
    let records = later(today, lead.records);
    let ready = promised.unwrap_or_else(|| later(visit.max(records), lead.writing)).max(today);
    Steps { choose, visit: Some(visit), records: Some(records), ready }
}

/// Why there is no filing day: no paper is dated yet, or papers are and none of them opens a step today.
fn no_date<'a>(case: &Case, lead: &'a Lead) -> &'a str {
    if case.events.is_empty() { &lead.says.no_date } else { &lead.says.none_open }
}

#[allow(clippy::too_many_arguments)]
fn moves(
    lead: &Lead,
    no_date: &str,
    steps: &Steps,
    today: Date,
    file_by: Option<Date>,
    right: Option<&str>,
    verdict: Option<&str>,
    received: bool,
) -> Vec<ScheduleMove> {
    let step = |what: &str, by: Option<Date>| ScheduleMove { what: what.into(), by, right: None };
    let filing = |what: &str, by: Option<Date>| ScheduleMove { what: what.into(), by, right: right.map(str::to_owned) };
    let mut out = Vec::new();
    if file_by.is_some_and(|by| by < today) {
        out.push(filing(&lead.says.past, Some(today)));
    }
    match verdict {
        Some("expedite") => {
            out.push(filing(&lead.says.expedite_ask, Some(today)));
            out.push(step(&lead.says.expedite_letter, None));
        }
        Some("file_now_supplement_later") => {
            let by = file_by.map(|by| earlier(by, lead.send_before).max(today));
            out.push(filing(&lead.says.file_now, by));
        }
        None => out.push(step(no_date, None)),
        Some(_) => {}
    }
    if received {
        out.push(filing(&lead.says.have, file_by));
        return out;
    }
    if let Some(day) = steps.records {
        out.push(step(
            &lead.says.records.replace("{limit}", &lead.records_limit.to_string()),
            Some(today).filter(|_| day >= today),
        ));
    }
    if let Some(day) = steps.choose {
        out.push(step(&lead.says.choose, Some(day)));
    }
    if let Some(day) = steps.visit.filter(|d| *d >= today) {
        out.push(step(&lead.says.visit, Some(day)));
    }
    out.push(step(&lead.says.letter, Some(steps.ready)));
    out.push(step(&lead.says.check, Some(steps.ready)));
    match verdict {
        Some("file_now_supplement_later" | "expedite") => out.push(step(&lead.says.supplement, Some(steps.ready))),
        Some(_) => out.push(filing(&lead.says.file, file_by)),
        None => {}
    }
    // In the order of the calendar; what has no day of its own stands with what is to be done today.
    out.sort_by_key(|m| m.by.unwrap_or(today));
    out
}
