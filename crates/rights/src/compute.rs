//! One rule on one case: its clock, its choice of clocks or its several limits; what lengthens it; the amount it needs; and
//! the day we advise.

use calendar::{Date, Holidays, MissingDay, Unit};
use kb::{Combine, EventId, FactKey, Index, Ready, ReadyVersion, RuleKind, Selector, TimerChoice};

use crate::assess::{Assessment, Line, OpenKind, Tri, all, open};
use crate::clock::{self, Need, Ran, Step, Steps};
use crate::view::{Fact, View};
use crate::{Threshold, Why};

/// Runs one rule on the case: a line, a refusal, or neither.
pub(crate) fn apply<'k>(
    view: &View<'_>,
    ready: &'k Ready,
    n: usize,
    selected: Option<(Selector, Date)>,
    out: &mut Assessment<'k>,
) {
    let Some(version) = ready.versions.get(n) else { return };
    if ready.rule.kind == RuleKind::NoRight {
        return out.open.push(open(ready, n, Why::NoRight, Vec::new(), OpenKind::NoRight));
    }
    let mut line = Line {
        ready,
        version: n,
        ran: Ran::default(),
        file_by: None,
        steps: Steps::new(out.told),
        thresholds: Vec::new(),
        no_amount_for: Vec::new(),
        year_turn: None,
        promise: None,
        selected,
        done: view.shown(&ready.done),
        settled: false,
        opened: false,
    };
    if ready.rule.kind == RuleKind::Right {
        let Some(kind) = compute(view, out.index, version, &mut line) else { return };
        if ready.rule.only_if_started && line.ran.counted.is_none() {
            return;
        }
        promised(view, out.index, version, &mut line);
        line.settled = !line.done && settled(view, ready, &line);
        line.done |= line.settled;
        if !line.is_claimant() && !ready.asked.is_empty() && !line.done && !view.any(&ready.asked) {
            // What nobody has asked for is not owed yet, and nothing is asked about it.
            line.steps.push(Step::NotAsked);
            line.ran = Ran { counted: line.ran.counted, period: line.ran.period, ..Ran::default() };
            out.lines.push(line);
            return;
        }
        lengthen(view, version, ready, &mut line);
        thresholds(view, out.index, version, ready, &mut line);
        advise(out.index, &mut line);
        let late = line.ran.counted.is_some_and(|c| Some(c.event) == out.index.overdue());
        if late && line.is_claimant() {
            line.without_last_day(view.today);
        }
        line.opened = view.opened.is_some() && (late || line.ran.counted.is_none());
        let settled = line.ran.needs.is_empty() || line.done;
        // What others must do is asked about only once the event that starts their clock has happened.
        let waits = !line.is_claimant() && line.ran.counted.is_none();
        if !settled && !waits {
            let kind = match (line.ran.contradiction, line.ran.stopped) {
                (true, _) => OpenKind::Contradiction,
                (_, true) => OpenKind::Stopped,
                _ => kind,
            };
            out.open.push(open(ready, n, Why::FactMissing, line.ran.needs.clone(), kind));
        }
    }
    out.lines.push(line);
}

/// Whether an event settled the step in another lawful way once its clock ran (a dismissal, a lawful question). An earlier
/// one was about another step.
fn settled(view: &View<'_>, ready: &Ready, line: &Line<'_>) -> bool {
    let Some(since) = line.ran.counted.map(|c| c.date) else { return false };
    ready.settled.iter().any(|e| view.event(*e).is_some_and(|known| known.when.date() >= since))
}

/// Runs the version's clock, choice or limits. `None`: no choice fits, so the rule does not apply.
fn compute<'k>(view: &View<'_>, index: &'k Index, version: &'k ReadyVersion, line: &mut Line<'k>) -> Option<OpenKind> {
    if !version.choices.is_empty() {
        return choose(view, index, version, line);
    }
    if !version.limits.is_empty() {
        combine(view, index, version, line);
        return Some(if line.ran.due.is_none() && line.ran.counted.is_none() {
            OpenKind::Start
        } else {
            OpenKind::Combined
        });
    }
    line.ran = clock::run(&version.timer, view, index, &mut line.steps);
    Some(kind_of(&line.ran))
}

fn kind_of(ran: &Ran) -> OpenKind {
    if ran.counted.is_none() {
        OpenKind::Start
    } else if ran.due.is_some() {
        OpenKind::Hour
    } else {
        OpenKind::Count
    }
}

fn choose<'k>(view: &View<'_>, index: &'k Index, version: &'k ReadyVersion, line: &mut Line<'k>) -> Option<OpenKind> {
    let mut needs = Vec::new();
    let mut candidates: Vec<&'k TimerChoice> = Vec::new();
    for choice in &version.choices {
        match all(view, &choice.when, &mut needs) {
            Tri::No => continue,
            Tri::Yes if candidates.is_empty() => {
                line.steps.push(Step::Chosen { note: choice.note.as_deref() });
                line.ran = clock::run(&choice.timer, view, index, &mut line.steps);
                return Some(kind_of(&line.ran));
            }
            Tri::Yes => {
                candidates.push(choice);
                break;
            }
            Tri::Unknown => candidates.push(choice),
        }
    }
    let first = candidates.first()?;
    needs.sort();
    needs.dedup();
    // What another owes is owed at the latest when the longest of the times that may apply is over.
    let mut longest: Option<(Ran, Steps<'k>)> = None;
    if !line.is_claimant() && candidates.iter().any(|c| c.outer_bound) {
        for choice in &candidates {
            let mut steps = line.steps.like();
            let ran = clock::run(&choice.timer, view, index, &mut steps);
            if longest.as_ref().is_none_or(|(best, _)| ran.due > best.due) {
                longest = Some((ran, steps));
            }
        }
    }
    match longest {
        Some((ran, mut steps)) => {
            line.steps.push(Step::OuterBound);
            line.steps.append(&mut steps);
            line.ran = ran;
        }
        None => {
            // Without the fact no day can be given; the start is shown all the same.
            line.ran = clock::run(&first.timer, view, index, &mut Steps::aside());
            let counted = line.ran.counted;
            line.ran = Ran { counted, ..Ran::default() };
        }
    }
    line.ran.needs.extend(needs);
    Some(OpenKind::Choice)
}

fn combine<'k>(view: &View<'_>, index: &'k Index, version: &'k ReadyVersion, line: &mut Line<'k>) {
    let Some(rule) = line.ready.rule.versions.get(line.version).and_then(|v| v.combine) else { return };
    let mut all: Vec<Ran> = Vec::with_capacity(version.limits.len());
    for timer in &version.limits {
        let mut steps = line.steps.like();
        steps.push(Step::Limit { label: timer.label.as_deref() });
        let mut ran = clock::run(timer, view, index, &mut steps);
        // "By the day it takes effect" is a last day like any other: the office that takes the request may be closed.
        ran.advise_earlier |= rule == Combine::LaterOf && same_day(timer);
        let known = ran.due.is_some();
        line.steps.append(&mut steps);
        if known && rule == Combine::FirstKnown {
            line.ran = ran;
            line.steps.push(Step::Combined { rule, to: line.ran.due, open: false });
            return;
        }
        all.push(ran);
    }
    let mut needs: Vec<Need> = all.iter().flat_map(|r| r.needs.iter().copied()).collect();
    needs.sort();
    needs.dedup();
    let open = all.iter().any(|r| r.due.is_none());
    let contradiction = all.iter().any(|r| r.contradiction);
    let earliest = all.iter().filter_map(|r| r.due).min();
    let law_known = all.first().is_some_and(|r| r.due.is_some());
    // The first limit asks for no event and names no day: the law sets none.
    let law_sets_none = all.first().is_some_and(|r| r.due.is_none() && r.needs.is_empty() && !r.contradiction);
    let settled = match rule {
        // What a form prints is never needed once the law's own day is known, or the law sets none.
        Combine::LawAndForm | Combine::OwnAndFloor => law_known || law_sets_none,
        // A later event can only bring another's duty forward.
        Combine::EarlierOf => earliest.is_some() && !line.is_claimant(),
        Combine::LaterOf | Combine::FirstKnown => false,
    };
    if settled {
        needs.clear();
    }
    // The person acts by the earliest of these; once that is over, by what is still open.
    let still_open = all.iter().filter(|r| r.due.is_some_and(|d| d >= view.today)).min_by_key(|r| r.due).cloned();
    let known = all.into_iter().filter(|r| r.due.is_some());
    let best = match rule {
        Combine::LaterOf => known.max_by_key(|r| (r.due, r.due_at.is_none())),
        Combine::EarlierOf if open && line.is_claimant() => None,
        Combine::EarlierOf => known.min_by_key(|r| (r.due, r.due_at.is_none())),
        Combine::FirstKnown => None,
        Combine::LawAndForm | Combine::OwnAndFloor => {
            let mut known = known;
            if let (true, Some(over), Some(ran)) = (law_known, earliest.filter(|d| *d < view.today), still_open) {
                let floor = rule == Combine::OwnAndFloor;
                if let Some(open) = ran.due {
                    line.steps.push(Step::LaterStillOpen { over, open, floor });
                }
                // Whoever the rule's own text counts as late does not wait for the day of the other.
                let safe = if floor { Some(view.today) } else { ran.safe };
                let advise_earlier = ran.advise_earlier && !floor;
                line.ran = Ran { needs, contradiction, safe, advise_earlier, ..ran };
                return;
            }
            known.next().map(|first| {
                let due = first.due.filter(|_| !law_sets_none);
                let due_at = first.due_at.clone().filter(|_| !law_sets_none);
                Ran { due, due_at, safe: first.safe.into_iter().chain(earliest).min(), ..first }
            })
        }
    };
    line.ran = Ran { needs, contradiction, ..best.unwrap_or_default() };
    if let Some(over) = line.ran.due.filter(|d| open && rule == Combine::LaterOf && *d < view.today) {
        // The other day may be later than today: whether anything is lost is unknown.
        (line.ran.due, line.ran.due_at, line.ran.safe) = (None, None, None);
        line.steps.push(Step::LaterUnknown { over });
        return;
    }
    line.steps.push(Step::Combined { rule, to: line.ran.due, open });
}

/// The time that the plan's own letter or booklet promises, where it is shorter than what the law gives. It is told beside the
/// law's day and does not replace it: what is late, and what follows from it, is for the law to say.
fn promised<'k>(view: &View<'_>, index: &'k Index, version: &'k ReadyVersion, line: &mut Line<'k>) {
    let Some(timer) = &version.promised else { return };
    let own = clock::run(timer, view, index, &mut Steps::aside());
    let Some(period) = own.period else { return };
    let shorter = match (own.due, line.ran.due) {
        (Some(own), Some(law)) => own < law,
        (None, None) => {
            let law = line.ran.period.filter(|p| p.unit.is_days());
            law.is_some_and(|law| period.count < law.count)
        }
        _ => false,
    };
    if !shorter {
        return;
    }
    let law = line.ran.due;
    line.steps.push(Step::Promised { period, to: own.due, law });
    line.promise = Some((period, own.due, law));
}

/// Whether a limit is simply the day of its event, which nothing moves.
fn same_day(timer: &kb::Timer) -> bool {
    timer.span == Some(kb::Span::Word(kb::SpanWord::SameDay)) && timer.roll.is_none() && timer.at.is_none()
}

/// Stopped clocks, then lawful lengthenings.
fn lengthen<'k>(view: &View<'_>, version: &'k ReadyVersion, ready: &'k Ready, line: &mut Line<'k>) {
    let Some(words) = ready.rule.versions.get(line.version) else { return };
    for (from, until, when) in &version.tolling {
        let first = |events: &[EventId]| events.iter().find_map(|e| view.event(*e)).map(|k| k.when.date());
        let (Some(start), Some(due)) = (first(from), line.ran.due) else { continue };
        if start > due || all(view, when, &mut Vec::new()) != Tri::Yes {
            continue;
        }
        let Some(end) = first(until) else {
            let Some(until) = until.first() else { continue };
            line.steps.push(Step::Stopped { from: start, until: *until });
            line.ran.due = None;
            line.ran.due_at = None;
            line.ran.needs.push(Need::Event(*until));
            line.ran.stopped = true;
            continue;
        };
        let days = calendar::days_between(start, end).max(0);
        shift(line, u32::try_from(days).unwrap_or(0));
        if let Some(to) = line.ran.due {
            line.steps.push(Step::Tolled { from: start, until: end, days, to });
        }
    }
    for ((event, when), extension) in version.extensions.iter().zip(&words.extensions) {
        let (Some(taken), Some(due)) = (view.event(*event), line.ran.due) else { continue };
        if all(view, when, &mut Vec::new()) != Tri::Yes {
            continue;
        }
        if taken.when.date() > due {
            line.steps.push(Step::ExtensionLate { event: *event });
            continue;
        }
        if extension.by.unit == Unit::Hours {
            continue;
        }
        if extension.by.unit.is_days() {
            shift(line, extension.by.count);
        } else if let Ok(to) = calendar::add(due, extension.by, MissingDay::LastOfMonth, &Holidays::none()) {
            line.ran.due = Some(to);
        }
        if let Some(to) = line.ran.due {
            line.steps.push(Step::Extended { by: extension.by, event: *event, to });
        }
    }
}

fn shift(line: &mut Line<'_>, days: u32) {
    let moved = |d: Date| calendar::add(d, clock::days_of(days), MissingDay::Refuse, &Holidays::none()).ok();
    line.ran.due = line.ran.due.and_then(moved);
    line.ran.due_at = line.ran.due_at.take().and_then(|m| calendar::add_hours(&m, days * 24).ok());
}

fn thresholds<'k>(view: &View<'_>, index: &Index, version: &ReadyVersion, ready: &Ready, line: &mut Line<'k>) {
    let (Some((table, filed)), Some(words)) = (version.threshold, ready.rule.versions.get(line.version)) else {
        return;
    };
    let (Some(table), Some(wanted)) = (index.amounts(table), &words.threshold) else { return };
    // The year of filing counts: that of the filing, else this year, and the year of the last day when it is a later one.
    let filed = view.event(filed).map(|k| k.when.date().year());
    let year = filed.unwrap_or(view.today.year());
    let later = line.ran.due.map(|d| d.year()).filter(|y| filed.is_none() && *y > year);
    let amount = match view.fact(FactKey::AmountCents) {
        Fact::Number(cents) => Some(cents),
        _ => None,
    };
    let of_level = || table.amounts.iter().filter(|a| a.level == wanted.level);
    let in_year = |y: i16| {
        of_level().find(|a| a.year.is_none_or(|of| of == y)).map(|a| Threshold {
            level: a.level.clone(),
            cents: a.cents,
            year: y,
            meets: amount.map(|c| c >= a.cents),
        })
    };
    for y in [Some(year), later].into_iter().flatten() {
        match in_year(y) {
            Some(threshold) => line.thresholds.push(threshold),
            // Never the figure of another year in its place.
            None => line.no_amount_for.push(y),
        }
    }
    let meets = |y| line.thresholds.iter().find(|t| t.year == y).and_then(|t| t.meets);
    if meets(year) == Some(true) && later.is_some_and(|y| meets(y) == Some(false)) {
        line.year_turn = Some(year);
    }
}

/// The day we advise: earlier where the rule does not roll, or where the start is only assumed.
fn advise<'k>(index: &'k Index, line: &mut Line<'k>) {
    if !line.is_claimant() {
        line.file_by = None;
        return;
    }
    let Some(mut day) = line.ran.safe.into_iter().chain(line.ran.due).min() else { return };
    if let Some(last) = line.year_turn.and_then(|y| Date::new(y, 12, 31).ok())
        && last < day
    {
        day = last;
        line.steps.push(Step::YearTurn { last });
    }
    if line.ran.advise_earlier
        && let Some(calendar) = index.federal_calendar()
    {
        let closed = |d: Date| !calendar.holidays.is_business_day(d) || calendar.holidays.is_observed(d).is_some();
        let from = day;
        for _ in 0..10 {
            if !closed(day) {
                break;
            }
            day = calendar::previous_day(day);
        }
        // A limit that is the day of a planned event may be met before that day.
        let start = line.ran.counted.map(|c| c.date).filter(|s| *s != from);
        if day != from && start.is_none_or(|s| day > s) {
            let holiday = calendar.holidays.name(from).or(calendar.holidays.is_observed(from));
            line.steps.push(Step::Advised { due: from, file_by: day, holiday });
        } else {
            day = from;
        }
    }
    line.file_by = Some(day);
}
