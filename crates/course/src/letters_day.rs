//! The last day by the plan's own letter, for as long as the law gives none: better than no date, and said to be the letter's.

use calendar::{Date, Holidays, MissingDay};
use facts::Reading;

use crate::CasePaper;

/// A last day that the plan's letter gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LettersDay {
    /// The day.
    pub day: Date,
    /// The day we advise: the last one on or before it on which the office that takes the paper is open.
    pub file_by: Date,
    /// `180 days`, where it was counted from the letter's date; none where the letter prints the day itself.
    pub window: Option<String>,
}

/// The earliest last day that the plan's letters give. A window is counted from the letter's date, which is safe whenever the
/// letter arrived. None when all are over, or no letter gives one.
pub fn letters_day(papers: &[CasePaper], kb: &kb::Kb, today: Date) -> Option<LettersDay> {
    papers.iter().filter_map(|p| p.reading.as_ref()).filter_map(|r| of(r, kb, today)).min_by_key(|l| l.day)
}

fn of(reading: &Reading, kb: &kb::Kb, today: Date) -> Option<LettersDay> {
    let text = |name: &str| reading.get(name).map(|f| f.value.clone());
    let printed = text("appeal.deadline_stated").and_then(|d| d.parse::<Date>().ok());
    let window = text("appeal.window_stated").filter(|_| printed.is_none());
    let counted = window.as_deref().and_then(|w| {
        let dated: Date = text("notice.dated")?.parse().ok()?;
        calendar::add(dated, w.parse().ok()?, MissingDay::LastOfMonth, &Holidays::none()).ok()
    });
    let day = printed.or(counted).filter(|d| *d >= today)?;
    let closed = |d: Date| {
        kb.index()
            .federal_calendar()
            .is_some_and(|c| !c.holidays.is_business_day(d) || c.holidays.is_observed(d).is_some())
    };
    let mut file_by = day;
    while closed(file_by) && file_by > today {
        file_by = calendar::previous_day(file_by);
    }
    Some(LettersDay { day, file_by, window })
}
