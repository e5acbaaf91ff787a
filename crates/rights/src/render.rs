//! Sentences: an assessment becomes the machine contract's [`Entitlements`], each date with its derivation.

use calendar::{Date, MissingDay};
use cite::{Authority, Confidence};
use facts::Finding;
use kb::{Combine, EventId, FactKey, RuleKind, Selector, SpanWord, TimeOfDay, Version};

use crate::assess::{Assessment, Line, Open, OpenKind, Passed};
use crate::clock::{Need, Step};
use crate::view::{capital, label};
use crate::{CountedFrom, DecisionDue, Entitled, Entitlements, Refusal, Right, SendToFrom, Why};

/// Where a step is sent.
#[derive(Default)]
struct SendTo {
    text: Option<String>,
    from: Option<SendToFrom>,
    office: Vec<String>,
}

impl Assessment<'_> {
    /// The same with every word: titles, derivations, notes, refusals.
    pub(crate) fn render(&self) -> Entitlements {
        let mut out = Entitlements {
            coverage: self.coverage.clone(),
            kb: self.version.clone(),
            today: self.today,
            rights: Vec::with_capacity(self.lines.len()),
            entitled_to: Vec::new(),
            refusals: self.open.iter().map(|o| self.refusal(o)).collect(),
            findings: self.findings.clone(),
        };
        if self.fast_possible {
            out.findings.push(Finding::new("fast_pace_possible", FAST).about("claim.urgent"));
        }
        out.findings.extend(self.passed.iter().filter_map(|(n, p)| Some(passed(self.lines.get(*n)?, *p))));
        for line in &self.lines {
            match line.ready.rule.kind {
                RuleKind::Entitled => out.entitled_to.push(self.entitled(line)),
                _ => out.rights.push(self.right(line)),
            }
        }
        out
    }

    fn entitled(&self, line: &Line<'_>) -> Entitled {
        Entitled {
            id: line.ready.id.clone(),
            gives: line.ready.rule.gives.clone(),
            title: line.ready.rule.title.clone(),
            authorities: self.authorities(line.ready, line.version),
            notes: line.ready.rule.versions.get(line.version).map(notes).unwrap_or_default(),
        }
    }

    fn authorities(&self, ready: &kb::Ready, version: usize) -> Vec<Authority> {
        ready.versions.get(version).map(|v| v.authorities.clone()).unwrap_or_default()
    }

    fn right(&self, line: &Line<'_>) -> Right {
        let rule = &line.ready.rule;
        let version = rule.versions.get(line.version);
        let address = version.map(|v| self.address(line, v)).unwrap_or_default();
        Right {
            id: line.ready.id.clone(),
            gives: rule.gives.clone(),
            level: rule.level,
            title: rule.title.clone(),
            actor: rule.actor.clone(),
            pace: if rule.pace == kb::Pace::Standard { "standard" } else { "expedited" }.into(),
            due: line.ran.due,
            file_by: line.file_by,
            due_at: line.ran.due_at.as_ref().map(|m| m.rfc3339()),
            counted_from: line.ran.counted.map(|c| CountedFrom {
                event: self.index.event_name(c.event).to_string(),
                date: c.date,
                presumed: c.presumed,
            }),
            derivation: self.derivation(line, version),
            filed_when: version.and_then(|v| v.filed_when.clone()),
            decision_due: self.decision(line),
            send_to: address.text,
            send_to_from: address.from,
            office: address.office,
            thresholds: line.thresholds.clone(),
            notes: version.map(|v| self.notes(line, v)).unwrap_or_default(),
            done: line.done,
            authorities: self.authorities(line.ready, line.version),
        }
    }

    fn notes(&self, line: &Line<'_>, version: &Version) -> Vec<String> {
        let mut all = notes(version);
        if let Some(year) = line.no_amount_for {
            all.push(format!("The amount in controversy for requests filed in {year} is not in our data. Ask the office that takes the request."));
        }
        if line.done {
            all.push("This step has been taken already, as the case shows.".into());
        }
        all
    }

    /// Where to send it. The first appeal goes where the letter says, unless the rule names an office of its own: what
    /// a Quality Improvement Organization decides never goes to the appeals desk of the plan's letter.
    fn address(&self, line: &Line<'_>, version: &Version) -> SendTo {
        let rule = &line.ready.rule;
        let on = |a: &&kb::Address| a.from.is_none_or(|d| d <= self.today) && a.to.is_none_or(|d| self.today <= d);
        let own = version.send_to.iter().find(on);
        let office = own.map(|a| a.office.clone()).unwrap_or_default();
        let from = match own {
            Some(_) if !office.is_empty() => Some(SendToFrom::Office),
            Some(a) if a.plan => Some(SendToFrom::Plan),
            _ => None,
        };
        match &self.from_letter {
            Some(letter)
                if office.is_empty() && rule.level == 1 && line.is_claimant() && rule.gives.ends_with(".file") =>
            {
                let text = Some(format!("{letter} (from the letter)"));
                SendTo { text, from: Some(SendToFrom::Letter), office }
            }
            _ => SendTo { text: own.map(|a| a.text.clone()), from, office },
        }
    }

    fn decision(&self, line: &Line<'_>) -> Option<DecisionDue> {
        let wanted = line.ready.decided_by.as_deref()?;
        let rule = &line.ready.rule;
        let same = |l: &&Line<'_>| l.ready.rule.gives == wanted && l.ready.rule.level == rule.level;
        let decide = self
            .lines
            .iter()
            .filter(same)
            .find(|l| l.ready.rule.pace == rule.pace)
            .or_else(|| self.lines.iter().find(same))?;
        let period = decide.ran.period.map(in_days).or_else(|| possible_periods(decide))?;
        Some(DecisionDue { after: "filing".into(), period, date: decide.ran.due })
    }

    fn refusal(&self, open: &Open<'_>) -> Refusal {
        let authorities = open.ready.map(|(r, v)| self.authorities(r, v)).unwrap_or_default();
        Refusal {
            right: open.right.to_string(),
            id: open.ready.map(|(r, _)| r.id.clone()),
            why: open.why,
            needs: open.needs.iter().map(|n| self.path(*n)).collect(),
            message: self.message(open),
            authorities: if open.why == Why::NoRight { authorities } else { Vec::new() },
        }
    }

    /// The path of a fact in the case file.
    pub(crate) fn path(&self, need: Need) -> String {
        match need {
            Need::Event(id) | Need::Fact(FactKey::Event(id)) => {
                // The day of some events stands in a fact of the case (the day of the care): that is what to enter.
                let fact = self.index.from_facts().iter().find(|(e, _)| *e == id).and_then(|(_, f)| f.path());
                fact.map_or_else(|| format!("event.{}", self.index.event_name(id)), String::from)
            }
            Need::Fact(fact) => fact.path().unwrap_or_default().to_string(),
        }
    }

    /// The question that settles a fact.
    fn ask(&self, need: Need) -> String {
        match need {
            Need::Event(id) | Need::Fact(FactKey::Event(id)) => {
                let label = label(self.index, id);
                let sent = self.index.sent(id).first().map(|s| label_of(self, *s));
                match sent {
                    Some(_) => format!(
                        "Enter {label}, or choose \"I don't know\" and give the letter's date: we then count from a date that is safe."
                    ),
                    None => format!("Enter {label}."),
                }
            }
            Need::Fact(fact) => {
                let words = fact.path().and_then(|p| self.index.vocabulary().fact.get(p));
                words.map_or(String::new(), |w| w.ask.clone())
            }
        }
    }

    fn message(&self, open: &Open<'_>) -> String {
        let title = open.ready.map_or("", |(r, _)| r.rule.title.as_str());
        let asks = || open.needs.iter().map(|n| self.ask(*n)).collect::<Vec<_>>().join(" ");
        match &open.kind {
            OpenKind::NoRight => open.ready.and_then(|(r, _)| r.rule.message.clone()).unwrap_or_default(),
            OpenKind::Start => {
                let labels: Vec<&str> = open
                    .needs
                    .iter()
                    .filter_map(|n| if let Need::Event(id) = n { Some(*id) } else { None })
                    .filter(|id| {
                        !open.needs.iter().any(|n| matches!(n, Need::Event(r) if self.index.sent(*r).contains(id)))
                    })
                    .map(|id| label(self.index, id))
                    .collect();
                let first = open.needs.first().map(|n| self.ask(*n)).unwrap_or_default();
                format!("{title}: we cannot give this date yet. It runs from {}. {first}", labels.join(" or "))
            }
            OpenKind::Contradiction => format!(
                "{title}: we cannot give this date, because two dates contradict each other. Correct {}.",
                open.needs.iter().map(|n| label_of_need(self, *n)).collect::<Vec<_>>().join(" or ")
            ),
            OpenKind::Condition => format!("{title}: whether this applies depends on one more fact. {}", asks()),
            OpenKind::Choice => format!("{title}: the exact time depends on one more fact. {}", asks()),
            OpenKind::Count => format!("{title}: the number of days is set elsewhere. {}", asks()),
            OpenKind::Hour => {
                format!("{title}: this limit runs in hours. Add the time of day (and the State) to see the exact hour.")
            }
            OpenKind::Stopped => format!("{title}: the clock stands still. {}", asks()),
            OpenKind::Combined => format!("{title}: one more date is needed for the exact day. {}", asks()),
            OpenKind::NotInForce(date) => {
                format!("{title}: no version of this rule that we hold was in force on {}.", long(*date))
            }
            OpenKind::Process { state: Some(state) } => format!(
                "External review: our data does not yet say who runs it in {state}. {} Until then treat the letter's own date as the last day.",
                asks()
            ),
            OpenKind::Process { state: None } => {
                format!("External review: which process applies depends on one more fact. {}", asks())
            }
            OpenKind::Coverage { .. } => {
                format!("Every right depends on the kind of coverage, and we never guess it. {}", asks())
            }
            OpenKind::State { code, message } => format!("The rules of {code} could not be read: {message}"),
        }
    }

    fn derivation(&self, line: &Line<'_>, version: Option<&Version>) -> Vec<String> {
        let cites = |field: &str| {
            let found = version?.authorities.iter().find(|a| a.proves.iter().any(|p| p == field))?;
            Some(format!(" ({})", found.cite))
        };
        let mut out: Vec<String> =
            line.steps.list.iter().filter_map(|s| self.sentence(s, &|f| cites(f).unwrap_or_default())).collect();
        if line.ran.contradiction {
            out.push("Two dates of the case contradict each other, so no date is given.".into());
        }
        if let Some(version) = version {
            out.push(self.source(line, version));
            for (field, reading) in &version.reading {
                if matters(field, &line.steps.list) {
                    out.push(format!("Where the text is silent: {reading}"));
                }
            }
        }
        out
    }

    fn source(&self, line: &Line<'_>, version: &Version) -> String {
        let mut cites: Vec<&str> = version.authorities.iter().map(|a| a.cite.as_str()).collect();
        cites.dedup();
        let by = match line.selected {
            Some((Selector::PlanYearStart, d)) => format!(", because the plan year began on {}", long(d)),
            Some((Selector::DateOfService, d)) => format!(", because the care was given on {}", long(d)),
            Some((Selector::Event(id), d)) => format!(", because {} is {}", label(self.index, id), long(d)),
            _ => String::new(),
        };
        let until = version.effective_to.map_or(String::new(), |d| format!(" until {}", long(d)));
        let span = format!("in force from {}{until}", long(version.effective_from));
        format!("Law: {}. We used the version {span}{by}.", cites.join("; "))
    }

    fn sentence(&self, step: &Step<'_>, cite: &dyn Fn(&str) -> String) -> Option<String> {
        let name = |id: EventId| label(self.index, id);
        Some(match step {
            Step::Start { event, date, proved } => {
                let how = if *proved { ", which you can prove" } else { "" };
                let time = if let facts::When::Moment(..) = date { format!(" ({date})") } else { String::new() };
                format!("The clock starts on {}: {}{time}{how}{}.", name(*event), long(date.date()), cite("starts"))
            }
            Step::Presumed { event, sent, sent_on, days, receipt, stated } => {
                let law = cite("presumed_receipt_days");
                let mut text = format!(
                    "{} is {}. The law presumes receipt {} later, on {}, unless there is evidence of another day{law}.",
                    capital(name(*sent)),
                    long(*sent_on),
                    plural(*days, "day"),
                    long(*receipt)
                );
                if let Some(stated) = stated {
                    let safe = if stated < receipt { " To be safe we advise as if that day counted." } else { " If you can show that, mark it as proved: the time then runs from that day." };
                    text = format!("{text} You gave {} as {}.{safe}", long(*stated), name(*event));
                }
                text
            }
            Step::Rebutted { event, sent, presumed, receipt } => format!(
                "The clock starts on {}: {}. You can prove it, so the presumed day ({}, counted from {}) does not apply{}.",
                name(*event),
                long(*receipt),
                long(*presumed),
                name(*sent),
                cite("presumed_receipt_days")
            ),
            Step::Safe { event, sent, sent_on } => format!(
                "{} is not known, and this rule has no presumption. We count from {}, {}: that is earlier, and so safe{}.",
                capital(name(*event)),
                name(*sent),
                long(*sent_on),
                cite("starts")
            ),
            Step::NotStarted { starts } => {
                let names: Vec<&str> = starts.iter().map(|s| name(s.event)).collect();
                format!("The clock starts on {}{}. That is not known yet.", names.join(" or "), cite("starts"))
            }
            Step::Note(text) => (*text).to_string(),
            Step::Counted { period, from, to, before } => {
                let (way, rule) = match (*before, period.unit.is_business_days(), period.unit.is_months()) {
                    (true, ..) => ("before", "The day of the event is not counted"),
                    (false, true, _) => ("after", "Only weekdays that are not federal holidays count, and the first day is not counted"),
                    (false, _, true) => ("after", "The last day has the same day number"),
                    _ => ("after", "The day of the event is not counted; the last day is"),
                };
                format!("{period} {way} {}{}: {}. {rule}.", long(*from), cite_any(cite), long(*to))
            }
            Step::MissingDay { period, from, to, policy } => {
                let rule = match policy {
                    MissingDay::FirstOfNextMonth => "takes the first day of the month after",
                    _ => "is read as the last day of that month, the earlier and so the safe reading",
                };
                format!("{period} after {}{} would fall on a day that does not exist; the rule {rule}{}: {}.", long(*from), cite_any(cite), cite("missing_day"), long(*to))
            }
            Step::EndOfYear { to } => format!("The limit is the end of that year: {}.", long(*to)),
            Step::SameDay { date } => format!("The last day is that same day, {}{}.", long(*date), cite_any(cite)),
            Step::Hours { period, to } => format!(
                "{period} by the clock, through nights, weekends and any change of daylight-saving time{}: {}.",
                cite_any(cite),
                to.rfc3339()
            ),
            Step::HourUnknown { period, to } => format!(
                "{period} by the clock{}. The time of day is not known; the limit ends at some time on or before {}.",
                cite_any(cite),
                long(*to)
            ),
            Step::At { time: TimeOfDay::Noon } => format!("It ends at noon{}.", cite("at")),
            Step::At { time: TimeOfDay::CloseOfBusiness } => format!("It ends when the office closes{}.", cite("at")),
            Step::Rolled { from, to, holiday } => {
                let why = holiday.map_or_else(|| "falls on a weekend".to_string(), |h| format!("is a federal holiday ({h})"));
                format!("{} {why}, so the rule moves it to {}, the next day that is no Saturday, Sunday or federal holiday{}.", long(*from), long(*to), cite("roll_over"))
            }
            Step::StaysPut { date } => format!("{} is no weekend day and no federal holiday, so it stays{}.", long(*date), cite("roll_over")),
            Step::Observed { date, holiday } => format!("{} is the day on which {holiday} is observed at work. Whether the rule treats it as a holiday is not settled, so we keep this day, which is the earlier one.", long(*date)),
            Step::Advised { due, file_by, holiday } => {
                let why = holiday.map_or_else(|| "falls on a weekend".to_string(), |h| format!("is kept as {h}"));
                format!("{} {why}, and this rule does not move the last day. Be safe: have it there by {}.", long(*due), long(*file_by))
            }
            Step::Extended { by, event, to } => format!("{} is in the case: the limit is lengthened by {by}{}, to {}.", capital(name(*event)), cite("extension"), long(*to)),
            Step::ExtensionLate { event } => format!("{} came after the limit had passed, so it does not lengthen it.", capital(name(*event))),
            Step::Tolled { from, until, days, to } => format!("The clock stood still from {} until {}, {}{}. The last day is now {}.", long(*from), long(*until), plural(u32::try_from(*days).unwrap_or(0), "day"), cite("tolling"), long(*to)),
            Step::Stopped { from, until } => format!("The clock has stood still since {}{} until {}.", long(*from), cite("tolling"), name(*until)),
            Step::NoLimit => format!("The law sets no time limit{}. Sooner is better.", cite("period")),
            Step::SetElsewhere { starts } => {
                let names: Vec<&str> = starts.iter().map(|s| name(s.event)).collect();
                let from = if names.is_empty() { String::new() } else { format!(" It usually runs from {}.", names.join(" or ")) };
                format!("There is a limit, but the law leaves it to the plan's terms, a contract or State law{}.{from}", cite("period"))
            }
            Step::Immediately => format!("It must be done at once{}; the law names no number of days.", cite("period")),
            Step::LeastAllowed { safe, period, .. } => match (period, safe) {
                (Some(period), Some(safe)) => format!("The number of days is set elsewhere and not known yet. The law allows no less than {period}, which gives {}: treat that as the last day until you know.", long(*safe)),
                _ => "The number of days is set elsewhere and not known yet.".to_string(),
            },
            Step::Limit { label } => format!("{}:", (*label)?),
            Step::Combined { rule, to, open } => combined(*rule, *to, *open, &cite("limit"))?,
            Step::Chosen { note } => (*note)?.to_string(),
            Step::LeastOfAny { safe } => format!("Who runs the review is not known yet. This is the least time that any process must give: treat {} as the last day until you know.", long(*safe)),
            Step::OuterBound => {
                "Not all facts are known, so the longest time the law can give is shown. Before that day nobody can be called late.".to_string()
            }
        })
    }
}

/// Whether how we read a silent text had a part in this date.
fn matters(field: &str, steps: &[Step<'_>]) -> bool {
    match field {
        "missing_day" => steps.iter().any(|s| matches!(s, Step::MissingDay { .. })),
        "roll_over" => steps.iter().any(|s| matches!(s, Step::Advised { .. } | Step::Rolled { .. })),
        "filed_when" => false,
        _ => true,
    }
}

const FAST: &str = "You can ask for the fast pace if waiting could seriously harm life, health or the ability to recover. A doctor who knows the patient can say so.";

/// What there is to say about a day that has passed.
fn passed(line: &Line<'_>, passed: Passed) -> Finding {
    let due = line.ran.due.map(|d| d.to_string()).unwrap_or_default();
    let (code, message) = match passed {
        Passed::FiledLate(filed) => (
            "filed_late",
            format!("It was done on {filed}, after the last day, {due}. Say why; many rules accept good cause."),
        ),
        Passed::Over => ("deadline_passed", over(line, &due)),
        Passed::Overdue => ("answer_overdue", format!("The answer was due by {due} and none is on file.")),
    };
    Finding::new(code, format!("{}: {message}", line.ready.rule.title)).about(line.ready.id.clone())
}

/// A day that was counted from an earlier event because the later one is still to come is not lost: what the rule says
/// about that stands in the place of "act now".
fn over(line: &Line<'_>, due: &str) -> String {
    let start = line.steps.list.iter().find_map(|s| match s {
        Step::Note(note) => Some(*note),
        _ => None,
    });
    match start {
        Some(note) => format!(
            "The last day was {due}. {note} If that does not fit, act now and give your reason for being late; many \
             rules accept good cause."
        ),
        None => format!(
            "The last day was {due}. Act now and give your reason for being late; many rules accept good cause."
        ),
    }
}

fn cite_any(cite: &dyn Fn(&str) -> String) -> String {
    ["period", "choice", "limit"].iter().map(|f| cite(f)).find(|c| !c.is_empty()).unwrap_or_default()
}

fn combined(rule: Combine, to: Option<Date>, open: bool, cite: &str) -> Option<String> {
    let day = to.map(long);
    Some(match (rule, day, open) {
        (Combine::LaterOf, Some(day), false) => format!("The later of these counts{cite}: {day}."),
        (Combine::LaterOf, Some(day), true) => {
            format!("The later of these counts{cite}. Not all are known; {day} is safe.")
        }
        (Combine::EarlierOf, Some(day), false) => format!("The earlier of these counts{cite}: {day}."),
        (Combine::EarlierOf, Some(day), true) => {
            format!("It must be done by {day} at the latest{cite}; another event may bring it forward.")
        }
        (Combine::LawAndForm, Some(day), _) => {
            format!(
                "The law's own day is {day}{cite}. The printed form may count otherwise: act by the earlier of the two."
            )
        }
        (Combine::FirstKnown, Some(day), _) => format!("This is the limit that applies here{cite}: {day}."),
        (_, None, _) => return None,
    })
}

fn label_of<'a>(a: &'a Assessment<'_>, id: EventId) -> &'a str {
    label(a.index, id)
}

fn label_of_need(a: &Assessment<'_>, need: Need) -> String {
    match need {
        Need::Event(id) => label(a.index, id).to_string(),
        Need::Fact(_) => a.path(need),
    }
}

/// The notes of a version, with what its confidence makes necessary to say.
fn notes(version: &Version) -> Vec<String> {
    let mut all = version.notes.clone();
    if let Some(missed) = &version.if_missed {
        all.push(missed.clone());
    }
    let whom = version.check_with.as_deref();
    match (version.confidence, whom) {
        (Confidence::Unverified, whom) => {
            all.push(format!("Not yet confirmed: check with {}.", whom.unwrap_or("the office named in your letter")));
        }
        (Confidence::Secondary, Some(whom)) => {
            all.push(format!(
                "We know this from a source that quotes the law, not from the law itself. Check with {whom}."
            ));
        }
        _ => {}
    }
    all
}

/// A period in words for programs and people: "calendar days" and "days" are the same count, so both are "days".
fn in_days(period: calendar::Period) -> String {
    let unit = if period.unit == calendar::Unit::CalendarDays { calendar::Unit::Days } else { period.unit };
    calendar::Period { unit, ..period }.to_string()
}

/// The periods a rule may give, while the fact that picks one is unknown: "15 days or 30 days".
fn possible_periods(line: &Line<'_>) -> Option<String> {
    let version = line.ready.rule.versions.get(line.version)?;
    let spans = version.choices.iter().map(|c| &c.period).chain(version.limits.iter().map(|l| &l.period));
    let mut periods: Vec<String> = Vec::new();
    for span in spans.chain([&version.period]).flatten() {
        let text = match span {
            kb::Span::Counted(p) => in_days(*p),
            kb::Span::Word(SpanWord::Immediately) => "at once".into(),
            kb::Span::Word(SpanWord::SameDay) => "the same day".into(),
            _ => continue,
        };
        if !periods.contains(&text) {
            periods.push(text);
        }
    }
    (!periods.is_empty()).then(|| periods.join(" or "))
}

/// `Friday, October 30, 2026`.
pub(crate) fn long(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = usize::try_from(date.month() - 1).ok().and_then(|m| MONTHS.get(m)).unwrap_or(&"");
    let weekday = format!("{:?}", date.weekday());
    format!("{weekday}, {month} {}, {}", date.day(), date.year())
}

fn plural(count: u32, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
