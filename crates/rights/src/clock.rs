//! One clock on one case: which event starts it, which day or moment it ends, and every step on the way.

use calendar::{Date, Holidays, MissingDay, Moment, Move, Period, Unit, Zone};
use facts::When;
use kb::{EventId, FactKey, Index, Span, SpanWord, StartAt, TimeOfDay, Timer};

use crate::view::{Fact, View};

/// A step of a computation, for the derivation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step<'k> {
    /// The clock starts with an event whose day is known.
    Start { event: EventId, date: When, proved: bool },
    /// The law presumes receipt so many days after sending.
    Presumed { event: EventId, sent: EventId, sent_on: Date, days: u32, receipt: Date, stated: Option<Date> },
    /// The person can prove another day of receipt than the presumed one.
    Rebutted { event: EventId, sent: EventId, presumed: Date, receipt: Date },
    /// The day of receipt is unknown: counted from the day of sending.
    Safe { event: EventId, sent: EventId, sent_on: Date },
    /// An answer was due on a day and had not come, and the law then opens this step.
    LateAnswer { day: Date, title: String, follows: String },
    /// The event that starts the clock is not known.
    NotStarted { starts: &'k [StartAt] },
    /// A note of the start that was used.
    Note(&'k str),
    /// A period was counted to a last day (before anything moves it).
    Counted { period: Period, from: Date, to: Date, before: bool },
    /// The month has no such day.
    MissingDay { period: Period, from: Date, to: Date, policy: MissingDay },
    /// On to the end of the year.
    EndOfYear { to: Date },
    /// The last day is the day of the event.
    SameDay { date: Date },
    /// A number of hours from a moment.
    Hours { period: Period, to: Moment },
    /// A number of hours, but the hour of the event is unknown.
    HourUnknown { period: Period, to: Date },
    /// It ends at a time of day.
    At { time: TimeOfDay },
    /// The last day moved off a weekend or holiday.
    Rolled { from: Date, to: Date, holiday: Option<&'k str> },
    /// The rule rolls, but the last day is a business day.
    StaysPut { date: Date },
    /// The day is one on which a holiday is observed, which this rule may or may not treat as a holiday.
    Observed { date: Date, holiday: &'k str },
    /// The rule does not roll; the business day before is the safe one.
    Advised { due: Date, file_by: Date, holiday: Option<&'k str> },
    /// The amount is enough for a filing up to this day, the last of its year, and not for a later one.
    YearTurn { last: Date },
    /// A lawful lengthening was taken.
    Extended { by: Period, event: EventId, to: Date },
    /// A lengthening came after the limit had passed, so it does not count.
    ExtensionLate { event: EventId },
    /// Days did not count.
    Tolled { from: Date, until: Date, days: i64, to: Date },
    /// The clock stands still.
    Stopped { from: Date, until: EventId },
    /// There is no limit.
    NoLimit,
    /// The law leaves the limit to something else.
    SetElsewhere { starts: &'k [StartAt] },
    /// At once.
    Immediately,
    /// The count is a fact of the case that is unknown.
    LeastAllowed { fact: FactKey, period: Option<Period>, safe: Option<Date> },
    /// One of several limits begins.
    Limit { label: Option<&'k str> },
    /// Several limits were put together.
    Combined { rule: kb::Combine, to: Option<Date>, open: bool },
    /// A choice by facts of the case was made.
    Chosen { note: Option<&'k str> },
    /// A fact of the choices is unknown: the outer bound is shown.
    OuterBound,
    /// The number that the case gives is outside what the law allows, so its bound is used.
    OutsideTheLaw { given: i64, used: Period },
    /// The plan's own letter or booklet gives less time than the law: that of the letter counts.
    Promised { period: Period, to: Option<Date>, law: Option<Date> },
    /// Nobody has asked for it yet, so nothing is owed.
    NotAsked,
    /// The law's own day is over, and a limit that another lawful paper prints is still open.
    LaterStillOpen { over: Date, open: Date, floor: bool },
    /// Only an earlier day of "the later of" is known, and it is over: the last day is unknown.
    LaterUnknown { over: Date },
    /// Who runs the review is unknown: the least that any process must give is shown as safe.
    LeastOfAny { safe: Date },
}

/// The steps of a computation, or none where nobody will read them (a bulk run).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Steps<'k> {
    /// Whether steps are kept.
    kept: bool,
    /// The steps so far.
    pub(crate) list: Vec<Step<'k>>,
}

impl<'k> Steps<'k> {
    /// A list that is kept, or one that forgets.
    pub(crate) fn new(kept: bool) -> Self {
        Steps { kept, list: Vec::new() }
    }

    /// A list that forgets.
    pub(crate) fn aside() -> Self {
        Steps::new(false)
    }

    /// Adds a step.
    pub(crate) fn push(&mut self, step: Step<'k>) {
        if self.kept {
            self.list.push(step);
        }
    }

    /// Adds the steps of another list.
    pub(crate) fn append(&mut self, other: &mut Steps<'k>) {
        self.list.append(&mut other.list);
    }

    /// A list of the same sort.
    pub(crate) fn like(&self) -> Self {
        Steps::new(self.kept)
    }
}

/// A fact that would settle an open question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Need {
    Event(EventId),
    Fact(FactKey),
}

/// The event from which a clock runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Counted {
    pub(crate) event: EventId,
    pub(crate) date: Date,
    pub(crate) presumed: bool,
    /// It stands in for a later event: once the step before is taken, this event starts nothing.
    pub(crate) stands_in: bool,
}

/// What a clock gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Ran {
    pub(crate) due: Option<Date>,
    pub(crate) due_at: Option<Moment>,
    /// A day that is safe although the last lawful day may be later or is unknown.
    pub(crate) safe: Option<Date>,
    pub(crate) counted: Option<Counted>,
    pub(crate) needs: Vec<Need>,
    /// Two events whose dates contradict each other, or one that contradicts today.
    pub(crate) contradiction: bool,
    /// The clock stands still.
    pub(crate) stopped: bool,
    pub(crate) period: Option<Period>,
    /// The number of the case that is outside the law: the fact, the number, and the bound that is used instead.
    pub(crate) outside: Option<(FactKey, i64, u32)>,
    /// Whether the last day may be moved back to a business day when we advise.
    pub(crate) advise_earlier: bool,
}

/// Where a clock starts.
pub(crate) struct Begun<'k> {
    pub(crate) at: &'k StartAt,
    pub(crate) when: When,
    pub(crate) counted: Counted,
    /// An earlier day on which the paper may really have been received.
    pub(crate) earlier: Option<Date>,
    /// Started by an answer that did not come.
    pub(crate) late: bool,
}

pub(crate) enum Beginning<'k> {
    At(Begun<'k>),
    Unknown,
    Contradiction(EventId, EventId),
}

/// The first start of a clock that is known, told in `steps`.
pub(crate) fn begin<'k>(timer: &'k Timer, view: &View<'_>, steps: &mut Steps<'k>) -> Beginning<'k> {
    for at in &timer.starts {
        if view.any(&at.unless) || !(at.only_with.is_empty() || view.any(&at.only_with)) {
            continue;
        }
        match resolve(at, timer.presumed, view, steps) {
            Beginning::Unknown => {}
            found => return found,
        }
    }
    match (&view.opened, view.index.overdue(), timer.starts.first()) {
        (Some(late), Some(event), Some(at)) => {
            let (day, title, follows) = (late.day, late.title.clone(), late.follows.clone());
            steps.push(Step::LateAnswer { day, title, follows });
            // No paper starts this time. Whoever counts from the first decision is right too: that day is safe.
            let first = view.index.safe_from().iter().filter_map(|e| view.event(*e)).map(|k| k.when.date()).min();
            let counted = Counted { event, date: day, presumed: true, stands_in: false };
            let earlier = first.filter(|d| *d < day);
            Beginning::At(Begun { at, when: When::Day(day), counted, earlier, late: true })
        }
        _ => Beginning::Unknown,
    }
}

fn resolve<'k>(at: &'k StartAt, presumed: Option<u32>, view: &View<'_>, steps: &mut Steps<'k>) -> Beginning<'k> {
    let event = at.event;
    if let Some(other) = view.contradicts(event) {
        return Beginning::Contradiction(event, other);
    }
    if let Some(mistyped) = view.not_yet(event) {
        return Beginning::Contradiction(mistyped, mistyped); // its day and today
    }
    let direct = view.event(event);
    let sent = view
        .index
        .sent(event)
        .iter()
        .filter_map(|e| view.event(*e).map(|k| (*e, k.when)))
        .min_by_key(|(_, when)| when.date());
    let presumption = sent.zip(presumed).and_then(|((e, when), days)| {
        let on = when.date();
        let receipt = calendar::add(on, days_of(days), MissingDay::Refuse, &Holidays::none()).ok()?;
        Some((e, on, days, receipt))
    });
    let begun = |event, when: When, presumed, earlier| {
        let stands_in = !at.unless.is_empty();
        let counted = Counted { event, date: when.date(), presumed, stands_in };
        Beginning::At(Begun { at, when, counted, earlier, late: false })
    };
    match (direct, presumption, sent) {
        (Some(d), Some((sent, _, _, receipt)), _) if d.evidence && d.when.date() != receipt => {
            steps.push(Step::Rebutted { event, sent, presumed: receipt, receipt: d.when.date() });
            begun(event, d.when, false, None)
        }
        (Some(d), None, _) => {
            steps.push(Step::Start { event, date: d.when, proved: d.evidence });
            begun(event, d.when, false, None)
        }
        (direct, Some((sent, sent_on, days, receipt)), _) => {
            let stated = direct.map(|d| d.when.date()).filter(|d| *d != receipt);
            steps.push(Step::Presumed { event, sent, sent_on, days, receipt, stated });
            begun(
                event,
                When::Day(receipt),
                direct.is_none_or(|d| d.when.date() != receipt),
                stated.filter(|d| *d < receipt),
            )
        }
        (None, None, Some((sent, when))) => {
            steps.push(Step::Safe { event, sent, sent_on: when.date() });
            begun(sent, when, true, None)
        }
        (None, None, None) => Beginning::Unknown,
    }
}

/// So many plain days.
pub(crate) fn days_of(count: u32) -> Period {
    Period { count, unit: Unit::Days }
}

/// Runs a clock on a case.
pub(crate) fn run<'k>(timer: &'k Timer, view: &View<'_>, index: &'k Index, steps: &mut Steps<'k>) -> Ran {
    match &timer.span {
        Some(Span::Word(SpanWord::NoLimit)) => {
            steps.push(Step::NoLimit);
            return Ran::default();
        }
        Some(Span::Word(SpanWord::SetElsewhere)) => {
            steps.push(Step::SetElsewhere { starts: &timer.starts });
            return Ran::default();
        }
        None => return Ran::default(),
        _ => {}
    }
    let begun = match begin(timer, view, steps) {
        Beginning::At(begun) => begun,
        Beginning::Unknown => {
            steps.push(Step::NotStarted { starts: &timer.starts });
            let needs = needs_of(timer, view, index);
            return Ran { needs, period: period_of(timer, view), ..Ran::default() };
        }
        Beginning::Contradiction(a, b) => {
            let mut needs = vec![Need::Event(a), Need::Event(b)];
            needs.dedup();
            return Ran { needs, contradiction: true, period: period_of(timer, view), ..Ran::default() };
        }
    };
    if let Some(note) = begun.at.note.as_ref().filter(|_| !begun.late) {
        steps.push(Step::Note(note));
    }
    let mut ran = Ran { counted: Some(begun.counted), period: period_of(timer, view), ..Ran::default() };
    ran.outside = outside(timer, view);
    if let (Some((_, given, _)), Some(used)) = (ran.outside, ran.period) {
        steps.push(Step::OutsideTheLaw { given, used });
    }
    count(timer, view, index, &begun, &mut ran, steps);
    if let Some((_, given, bound)) = ran.outside
        && let Ok(fewer) = u32::try_from(given)
        && fewer < bound
    {
        // A paper that gives less than the law is wrong; the day that it gives is safe all the same.
        ran.safe = calendar::add(begun.when.date(), days_of(fewer), MissingDay::Refuse, &Holidays::none()).ok();
    }
    if let (Some(earlier), Some(_)) = (begun.earlier, ran.due) {
        // The stated day of receipt is earlier than the presumed one: safe is what that day would give.
        let mut aside = Steps::aside();
        let counted = Counted { date: earlier, ..begun.counted };
        let alternative = Begun { at: begun.at, when: When::Day(earlier), counted, earlier: None, late: begun.late };
        let mut other = Ran::default();
        count(timer, view, index, &alternative, &mut other, &mut aside);
        ran.safe = other.due;
    }
    ran
}

/// The events any one of which would start the clock. Where the law presumes receipt, the day of sending is enough.
fn needs_of(timer: &Timer, view: &View<'_>, index: &Index) -> Vec<Need> {
    let mut needs = Vec::new();
    for start in timer.starts.iter().filter(|s| !view.any(&s.unless)) {
        let missing = start.only_with.first().filter(|_| !view.any(&start.only_with));
        needs.extend(missing.map(|e| Need::Event(*e)));
        if missing.is_some() && view.event(start.event).is_some() {
            continue;
        }
        needs.push(Need::Event(start.event));
        let dated = index.sent(start.event).last().filter(|_| timer.presumed.is_some());
        needs.extend(dated.map(|e| Need::Event(*e)));
    }
    needs.dedup();
    needs
}

fn period_of(timer: &Timer, view: &View<'_>) -> Option<Period> {
    match &timer.span {
        Some(Span::Counted(p)) => Some(*p),
        Some(Span::FromFact(f)) => match view.fact(timer.fact?) {
            Fact::Number(n) => {
                let n = outside(timer, view).map_or(n, |(_, _, bound)| i64::from(bound));
                format!("{n} {}", f.unit).parse().ok()
            }
            _ => None,
        },
        _ => None,
    }
}

/// A number of the case that is outside the bounds of the law: the fact, the number, and the bound nearest to it.
fn outside(timer: &Timer, view: &View<'_>) -> Option<(FactKey, i64, u32)> {
    let (Some(Span::FromFact(f)), Some(fact)) = (&timer.span, timer.fact) else { return None };
    let Fact::Number(n) = view.fact(fact) else { return None };
    let bound = match (f.min, f.max) {
        (Some(min), _) if n < i64::from(min) => min,
        (_, Some(max)) if n > i64::from(max) => max,
        _ => return None,
    };
    Some((fact, n, bound))
}

fn count<'k>(
    timer: &'k Timer,
    view: &View<'_>,
    index: &'k Index,
    begun: &Begun<'k>,
    ran: &mut Ran,
    steps: &mut Steps<'k>,
) {
    let from = begun.when.date();
    match &timer.span {
        Some(Span::Word(SpanWord::SameDay)) => {
            steps.push(Step::SameDay { date: from });
            ran.due = Some(from);
            end_at(timer, view, begun, from, ran, steps);
        }
        Some(Span::Word(SpanWord::Immediately)) => steps.push(Step::Immediately),
        Some(Span::FromFact(f)) if ran.period.is_none() => least_allowed(timer, f, from, ran, steps),
        Some(Span::Counted(_) | Span::FromFact(_)) => match ran.period.or(period_of(timer, view)) {
            Some(p) if p.unit == Unit::Hours => count_hours(view, begun, p, ran, steps),
            Some(p) => count_days(timer, view, index, begun, p, ran, steps),
            None => {}
        },
        _ => {}
    }
}

/// The count is unknown: the least the law allows is safe.
fn least_allowed<'k>(timer: &'k Timer, f: &kb::FactPeriod, from: Date, ran: &mut Ran, steps: &mut Steps<'k>) {
    let period = f.min.and_then(|n| format!("{n} {}", f.unit).parse::<Period>().ok());
    let safe = period.and_then(|p| calendar::add(from, p, timer.missing_day, &Holidays::none()).ok());
    ran.safe = safe;
    ran.advise_earlier = true;
    if let Some(fact) = timer.fact {
        ran.needs.push(Need::Fact(fact));
        steps.push(Step::LeastAllowed { fact, period, safe });
    }
}

fn count_days<'k>(
    timer: &'k Timer,
    view: &View<'_>,
    index: &'k Index,
    begun: &Begun<'k>,
    period: Period,
    ran: &mut Ran,
    steps: &mut Steps<'k>,
) {
    let from = begun.when.date();
    let none = Holidays::none();
    let holidays = index.calendar_at(timer.calendar).map_or(&none, |c| &c.holidays);
    let counted = if timer.before {
        calendar::before(from, period, holidays)
    } else {
        calendar::add(from, period, timer.missing_day, holidays)
    };
    let Ok(mut due) = counted else { return };
    if period.unit.is_months() && due.day() != from.day() && !timer.before {
        steps.push(Step::MissingDay { period, from, to: due, policy: timer.missing_day });
    } else {
        steps.push(Step::Counted { period, from, to: due, before: timer.before });
    }
    if timer.to_end_of_year {
        due = calendar::end_of_year(due);
        steps.push(Step::EndOfYear { to: due });
    }
    if let Some((direction, at)) = timer.roll {
        due = roll(due, direction, at, index, steps);
    }
    ran.due = Some(due);
    ran.advise_earlier = timer.roll.is_none() && timer.at.is_none();
    end_at(timer, view, begun, due, ran, steps);
}

/// Moves a last day off a weekend or holiday, as the rule says.
fn roll<'k>(due: Date, direction: Move, calendar: usize, index: &'k Index, steps: &mut Steps<'k>) -> Date {
    let Some(calendar) = index.calendar_at(calendar) else { return due };
    let moved = direction.apply(due, &calendar.holidays);
    if moved != due {
        let holiday = calendar.holidays.name(due);
        steps.push(Step::Rolled { from: due, to: moved, holiday });
    } else if let Some(holiday) = calendar.holidays.is_observed(due) {
        steps.push(Step::Observed { date: due, holiday });
    } else {
        steps.push(Step::StaysPut { date: due });
    }
    moved
}

fn end_at<'k>(timer: &'k Timer, view: &View<'_>, begun: &Begun<'k>, due: Date, ran: &mut Ran, steps: &mut Steps<'k>) {
    let Some(time) = timer.at else { return };
    steps.push(Step::At { time });
    if time == TimeOfDay::Noon {
        ran.due_at = zone(view, &begun.when).and_then(|z| calendar::noon(due, &z));
    }
}

fn count_hours<'k>(view: &View<'_>, begun: &Begun<'k>, period: Period, ran: &mut Ran, steps: &mut Steps<'k>) {
    if let (When::Moment(time, offset), Some(zone)) = (begun.when, zone(view, &begun.when)) {
        let start = match offset {
            Some(offset) => Moment::with_offset(time, offset, &zone),
            None => Moment::new(time, &zone),
        };
        if let Some(end) = start.and_then(|s| calendar::add_hours(&s, period.count).ok()) {
            ran.due = Some(end.date());
            steps.push(Step::Hours { period, to: end.clone() });
            ran.due_at = Some(end);
            return;
        }
    }
    // Only the day is known. Whatever the hour was, the limit ends on or before this day; the hour is asked for.
    let days = days_of(period.count.div_ceil(24));
    if let Ok(to) = calendar::add(begun.when.date(), days, MissingDay::Refuse, &Holidays::none()) {
        ran.due = Some(to);
        ran.safe = Some(calendar::previous_day(to));
        steps.push(Step::HourUnknown { period, to });
    }
    match begun.when {
        When::Day(_) => ran.needs.push(Need::Event(begun.counted.event)),
        When::Moment(..) => ran.needs.push(Need::Fact(FactKey::PatientState)),
    }
}

/// The clock of the State, else the offset written with the event.
fn zone(view: &View<'_>, when: &When) -> Option<Zone> {
    if let Some((zone, several)) = view.state.and_then(|s| view.index.zone(s)) {
        // In a State with several zones, an offset written with the time tells which clock it was; the State's main
        // zone would show the same instant on another clock.
        match when {
            When::Moment(time, Some(offset)) if several && !agrees(*time, *offset, zone) => {}
            _ => return Some(zone.clone()),
        }
    }
    match when {
        When::Moment(_, Some(offset)) => Some(Zone::fixed(*offset)),
        _ => None,
    }
}

fn agrees(time: jiff::civil::DateTime, offset: jiff::tz::Offset, zone: &Zone) -> bool {
    Moment::with_offset(time, offset, zone).zip(Moment::new(time, zone)).is_some_and(|(a, b)| a == b)
}
