//! Which paper a decision of the plan stands in, so that no other one is enclosed under its date.
//!
//! A day that was read from a paper names that paper (its origin). A case written by hand has no origins: then the first
//! of the claim's papers is the decision, as long as the case knows of one decision only.

use facts::{Case, Event};

use crate::exhibits::{Exhibit, ExhibitPlan, is_no_decision, tidy};

/// The decision that an event is about: `final_notice_` of `final_notice_dated`. None for other events.
fn decision(kind: &str) -> Option<&str> {
    let stem = ["dated", "received", "mailed", "sent"].iter().find_map(|end| kind.strip_suffix(end))?;
    let named = stem.ends_with("notice_") || stem.ends_with("decision_");
    (named && !is_no_decision(stem)).then_some(stem)
}

/// The file that an event's day was read from.
fn file_of<'a>(case: &'a Case, place: usize, event: &Event) -> Option<&'a str> {
    let (by_kind, by_place) = (format!("event.{}", event.kind), format!("event.{place}.date"));
    case.origin.iter().filter(|o| o.fact == by_kind || o.fact == by_place).find_map(|o| o.file.as_deref())
}

/// The one decision of the plan among the papers that bears the day of an event, in a case whose days were entered by hand.
fn dated_so<'a>(case: &'a Case, event: &Event) -> Option<&'a str> {
    let of_day = |r: &&facts::Record| r.kind.as_deref() == Some("denial_letter") && r.dated == Some(event.date.date());
    let mut papers = case.records.iter().filter(|_| event.kind.ends_with("dated")).filter(of_day);
    let paper = papers.next().filter(|_| papers.next().is_none())?;
    paper.file.as_deref()
}

/// The day of the latest decision, and whether the case knows of an earlier one too.
fn latest(case: &Case) -> Option<(calendar::Date, bool)> {
    let days = case.events.iter().filter(|e| e.kind.ends_with("dated") && decision(&e.kind).is_some());
    Some((days.map(|e| e.date.date()).max()?, !is_only_one(case)))
}

/// Whether a paper of the plan is a decision before the one that a letter is about.
pub(crate) fn is_earlier(case: &Case, kind: &str, dated: Option<&str>) -> bool {
    let day: Option<calendar::Date> = dated.and_then(|d| d.parse().ok());
    kind == "denial_letter" && day.zip(latest(case)).is_some_and(|(day, (last, more))| more && day < last)
}

/// Whether the decision that a letter is about is none of the papers, though the case knows of more than one.
pub(crate) fn is_not_enclosed(case: &Case, plan: &ExhibitPlan) -> bool {
    latest(case).is_some_and(|(_, more)| more) && exhibit(case, plan).is_none()
}

/// Whether the case knows of one decision only.
fn is_only_one(case: &Case) -> bool {
    let mut all = case.events.iter().filter_map(|e| decision(&e.kind));
    let first = all.next();
    all.all(|other| Some(other) == first)
}

/// The day that a paper carries as a decision of the plan, as ISO 8601.
pub(crate) fn carried(case: &Case, source: &str, kind: &str) -> Option<String> {
    let dated =
        || case.events.iter().enumerate().filter(|(_, e)| e.kind.ends_with("dated") && decision(&e.kind).is_some());
    let own = dated().filter(|(i, e)| file_of(case, *i, e).is_some_and(|f| tidy(f) == tidy(source)));
    if let Some(day) = own.map(|(_, e)| e.date.date()).max() {
        return Some(day.to_string());
    }
    let first = kind == "denial_letter" && case.claim.documents.first().is_some_and(|d| tidy(d) == tidy(source));
    let loose = dated().filter(|(i, e)| file_of(case, *i, e).is_none()).map(|(_, e)| e.date.date()).max();
    loose.filter(|_| first && is_only_one(case)).map(|day| day.to_string())
}

/// The event that names the latest decision, with its place: its own day, else the day of receipt.
fn last_event(case: &Case) -> Option<(usize, &Event)> {
    let about = |end: &str| {
        let events =
            case.events.iter().enumerate().filter(|(_, e)| e.kind.ends_with(end) && decision(&e.kind).is_some());
        events.max_by_key(|(_, e)| e.date.date())
    };
    about("dated").or_else(|| about("received"))
}

/// The exhibit in which the latest decision stands: the paper its day was read from or that bears this day, else the plan's decision
/// where there is only one. None where that is not known: a wrong paper is worse than none.
pub(crate) fn exhibit<'a>(case: &Case, plan: &'a ExhibitPlan) -> Option<&'a Exhibit> {
    let dated = || last_event(case).and_then(|(_, e)| dated_so(case, e)).and_then(|file| plan.of_source(file));
    read_exhibit(case, plan).or_else(dated)
}

/// The same, where the paper was read or is the only one.
fn read_exhibit<'a>(case: &Case, plan: &'a ExhibitPlan) -> Option<&'a Exhibit> {
    match last_event(case).and_then(|(i, e)| file_of(case, i, e)) {
        Some(file) => plan.of_source(file),
        None if is_only_one(case) => plan.of_kind("denial_letter"),
        None => None,
    }
}

/// The exhibit in which the plan gives a reason: the paper it was read from, else that of the decision. Of two decisions entered by
/// hand nobody knows which one gives it.
pub(crate) fn exhibit_of_reason<'a>(case: &Case, plan: &'a ExhibitPlan, reason: usize) -> Option<&'a Exhibit> {
    let facts = ["reason", "quote"].map(|field| format!("denial.{reason}.{field}"));
    let file = case.origin.iter().filter(|o| facts.contains(&o.fact)).find_map(|o| o.file.as_deref());
    file.and_then(|f| plan.of_source(f)).or_else(|| read_exhibit(case, plan))
}

/// The page on which the plan gives a reason, where it was read from a paper.
pub(crate) fn page_of_reason(case: &Case, reason: usize) -> Option<usize> {
    let facts = ["reason", "quote"].map(|field| format!("denial.{reason}.{field}"));
    case.origin.iter().filter(|o| facts.contains(&o.fact) && o.file.is_some()).find_map(|o| o.page)
}
