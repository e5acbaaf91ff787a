//! Sentences: an assessment becomes the machine contract's [`Entitlements`], each date with its derivation.

use calendar::{Date, MissingDay, Period, Unit};
use cite::{Authority, Confidence};
use facts::Finding;
use kb::{Combine, EventId, FactKey, RuleKind, Selector, SpanWord, TimeOfDay, Version};

use crate::assess::{Assessment, Line, Open, OpenKind, Passed, stands_in};
use crate::clock::{Need, Step};
use crate::view::label;
use crate::{CountedFrom, DecisionDue, Entitled, Entitlements, Refusal, Right, SendToFrom, Waits, Why, Window};

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
            out.findings.push(Finding::new("fast_pace_possible", self.say("fast_possible", &[])).about("claim.urgent"));
        }
        out.findings.extend(self.passed.iter().filter_map(|(n, p)| Some(self.passed(self.lines.get(*n)?, *p))));
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
            if_late: line.ready.rule.if_late.clone(),
            authorities: self.authorities(line.ready, line.version),
            notes: line.ready.rule.versions.get(line.version).map(|v| self.told(v)).unwrap_or_default(),
        }
    }

    fn authorities(&self, ready: &kb::Ready, version: usize) -> Vec<Authority> {
        let of_version = ready.versions.get(version).map_or(&[][..], |v| &v.authorities);
        of_version.iter().map(|a| self.own_text(a)).collect()
    }

    /// The authority in the text that binds the plan of this case.
    fn own_text(&self, authority: &Authority) -> Authority {
        self.index.own_text(self.coverage.as_deref().unwrap_or_default(), authority)
    }

    /// A citation in the text that binds the plan of this case.
    fn own_cite(&self, cite: &str) -> String {
        self.own_text(&Authority::new(cite)).cite
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
            clock: clock(line),
            window: self.window(line),
            waits: self.waits(line),
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
            settled: line.settled,
            opened_by_silence: line.opened,
            still_open: self.still_open.contains(&line.ready.id.as_str()),
            stands_in: stands_in(line, &self.lines, self.index),
            late: version.and_then(|v| v.late.clone()).filter(|_| line.is_claimant()),
            if_missed: version.and_then(|v| v.if_missed.clone()).filter(|_| !line.is_claimant()),
            mind: self.mind(line, version),
            authorities: self.authorities(line.ready, line.version),
        }
    }

    /// How long the person has and from what, for a step of theirs whose length the rule or the case tells.
    fn window(&self, line: &Line<'_>) -> Option<Window> {
        if !line.is_claimant() {
            return None;
        }
        let version = line.ready.versions.get(line.version)?;
        let period = line.ran.period.map(|p| self.in_days(p)).or_else(|| self.possible_periods(line))?;
        let timers = std::iter::once(&version.timer)
            .chain(&version.limits)
            .chain(version.choices.iter().map(|choice| &choice.timer))
            .filter(|t| !t.before);
        let mut starts = timers.flat_map(|t| &t.starts).map(|s| s.event);
        let from = line.ran.counted.map(|c| c.event).or_else(|| starts.next())?;
        Some(Window { period, from: label(self.index, from).to_string() })
    }

    /// The person's own step that comes before this one and is still open, by the orders of the vocabulary.
    fn waits(&self, line: &Line<'_>) -> Option<Waits> {
        if !line.is_claimant() || line.done {
            return None;
        }
        let order = self.index.vocabulary().gives.get(&line.ready.rule.gives)?;
        let fast = line.ready.rule.pace == kb::Pace::Expedited;
        let open = |other: &&Line<'_>| {
            let last = other.ran.due.or(other.file_by);
            other.is_claimant() && !other.done && last.is_none_or(|day| day >= self.today)
        };
        let named = |gives: &[String], same_rung: bool| {
            let of = |other: &&Line<'_>| gives.contains(&other.ready.rule.gives);
            let rung = |other: &&Line<'_>| !same_rung || line.ready.rule.level <= other.ready.rule.level;
            let begun = |other: &&Line<'_>| !same_rung || other.ran.counted.is_some();
            let mut found: Vec<&Line<'_>> =
                self.lines.iter().filter(open).filter(of).filter(rung).filter(begun).collect();
            // The steps inside the plan are taken in their order: this one opens after the last of them.
            found.sort_by_key(|l| std::cmp::Reverse((l.ready.rule.level, l.ready.rank)));
            found.first().copied()
        };
        let waits = |other: &Line<'_>, only_if_missed| Waits {
            step: other.ready.id.clone(),
            title: other.ready.rule.title.clone(),
            only_if_missed,
        };
        if let Some(better) = named(&order.only_if_missed, true) {
            return Some(waits(better, true));
        }
        // At the fast pace both may run at once.
        named(&order.after, false).filter(|_| !fast && !line.opened).map(|earlier| waits(earlier, false))
    }

    /// The one note that changes what a person does: why a day that seems over is not, else what the rule's file marks so.
    fn mind(&self, line: &Line<'_>, version: Option<&Version>) -> Option<String> {
        let cites = |field: &str| self.cite_of(version, field).unwrap_or_default();
        let open = line.steps.list.iter().find(|s| matches!(s, Step::LaterStillOpen { .. }));
        open.and_then(|step| self.sentence(step, &cites)).or_else(|| version.and_then(|v| v.mind.clone()))
    }

    fn notes(&self, line: &Line<'_>, version: &Version) -> Vec<String> {
        let mut all = self.told(version);
        all.extend(line.promise.map(|(period, to, law)| self.promised(period, to, law)));
        all.extend(line.no_amount_for.iter().map(|year| self.say("no_amount", &[("year", &year.to_string())])));
        if line.done {
            all.push(self.say(if line.settled { "settled_already" } else { "taken_already" }, &[]));
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
                let text = Some(self.say("from_letter", &[("address", letter)]));
                SendTo { text, from: Some(SendToFrom::Letter), office }
            }
            _ => SendTo { text: own.map(|a| a.text.clone()), from, office },
        }
    }

    fn decision(&self, line: &Line<'_>) -> Option<DecisionDue> {
        let wanted = line.ready.decided_by.as_deref()?;
        let rule = &line.ready.rule;
        let same = |l: &&Line<'_>| l.ready.rule.gives == wanted && l.ready.rule.level == rule.level;
        let mut same = self.lines.iter().filter(same);
        let own = same.clone().find(|l| l.ready.rule.pace == rule.pace);
        // What is asked for at the fast pace has its own time or none that we know: the ordinary one would send it to the
        // ordinary pile.
        let decide = own.or_else(|| same.next().filter(|_| rule.pace == kb::Pace::Standard))?;
        let period = decide.ran.period.map(|p| self.in_days(p)).or_else(|| self.possible_periods(decide))?;
        Some(DecisionDue { after: self.answered_after(line, decide), period, date: decide.ran.due })
    }

    /// What the clock of an answer runs from: the filing, or the event that starts it where that is none of the filing's own.
    fn answered_after(&self, line: &Line<'_>, decide: &Line<'_>) -> String {
        let starts = decide.ready.versions.get(decide.version).map_or(&[][..], |v| &v.timer.starts);
        let filing = |event: &EventId| line.ready.filed.contains(event);
        let first = starts.first().map(|s| s.event).filter(|_| !starts.iter().any(|s| filing(&s.event)));
        first.map_or_else(|| "filing".into(), |event| self.index.event_name(event).to_string())
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
                let key = if self.index.sent(id).is_empty() { "ask_event" } else { "ask_receipt" };
                self.say(key, &[("event", label(self.index, id))])
            }
            Need::Fact(fact) => {
                let words = fact.path().and_then(|p| self.index.vocabulary().fact.get(p));
                words.map_or(String::new(), |w| w.ask.clone())
            }
        }
    }

    fn message(&self, open: &Open<'_>) -> String {
        let title = open.ready.map_or("", |(r, _)| r.rule.title.as_str());
        let ask = || open.needs.iter().map(|n| self.ask(*n)).collect::<Vec<_>>().join(" ");
        let about = |key: &str| self.say(key, &[("title", title), ("ask", &ask())]);
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
                // One thing has many names in the papers; the person is told the one that is asked for.
                let events = labels.first().copied().unwrap_or_default();
                self.say("open_start", &[("title", title), ("events", events), ("ask", &first)])
            }
            OpenKind::Contradiction => {
                let key = if open.needs.len() == 1 { "open_in_future" } else { "open_contradiction" };
                let labels: Vec<String> = open.needs.iter().map(|n| label_of_need(self, *n)).collect();
                let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
                self.say(key, &[("title", title), ("events", &self.either(&labels))])
            }
            OpenKind::Condition => about("open_condition"),
            OpenKind::Choice => about("open_choice"),
            OpenKind::Count => about("open_count"),
            OpenKind::Hour => about("open_hour"),
            OpenKind::Stopped => about("open_stopped"),
            OpenKind::Combined => about("open_combined"),
            OpenKind::NotInForce(date) => {
                self.say("open_not_in_force", &[("title", title), ("day", &self.long(*date))])
            }
            OpenKind::Process { state: Some(state) } => {
                self.say("open_process_state", &[("state", state), ("ask", &ask())])
            }
            OpenKind::Process { state: None } => about("open_process"),
            OpenKind::Coverage { .. } => about("open_coverage"),
            OpenKind::State { code, message } => self.say("open_state", &[("state", code), ("problem", message)]),
        }
    }

    /// A sentence of the knowledge base, filled in.
    fn say(&self, key: &str, fill: &[(&str, &str)]) -> String {
        self.index.sentences().say(key, fill)
    }

    /// `Friday, October 30, 2026`.
    fn long(&self, date: Date) -> String {
        self.index.sentences().long(date)
    }

    fn period(&self, period: Period) -> String {
        self.index.sentences().period(period)
    }

    fn number_of_days(&self, count: u32) -> String {
        self.period(Period { count, unit: Unit::Days })
    }

    fn either(&self, names: &[&str]) -> String {
        names.join(&self.say("or", &[]))
    }

    fn derivation(&self, line: &Line<'_>, version: Option<&Version>) -> Vec<String> {
        let mut limit = 0;
        let mut out: Vec<String> = Vec::new();
        for step in &line.steps.list {
            match step {
                Step::Limit { .. } => limit += 1,
                // What is said of all of them together.
                Step::Combined { .. } | Step::LaterStillOpen { .. } | Step::LaterUnknown { .. } => limit = 0,
                _ => {}
            }
            let cites = |field: &str| self.cite_in(version, field, limit).unwrap_or_default();
            out.extend(self.sentence(step, &cites));
        }
        if line.ran.contradiction {
            let with_today = line.ran.needs.len() == 1;
            out.push(self.say(if with_today { "in_future" } else { "contradiction" }, &[]));
        }
        if let Some(version) = version {
            out.push(self.source(line, version));
            for (field, reading) in &version.reading {
                if matters(field, &line.steps.list) {
                    out.push(self.say("reading", &[("reading", reading)]));
                }
            }
        }
        out
    }

    /// The law that proves a field, in parentheses.
    fn cite_of(&self, version: Option<&Version>, field: &str) -> Option<String> {
        let found = version?.authorities.iter().find(|a| a.proves.iter().any(|p| p == field))?;
        Some(format!(" ({})", self.own_cite(&found.cite)))
    }

    /// The same within one of several limits, counted from 1: where each limit has a law of its own, that one.
    fn cite_in(&self, version: Option<&Version>, field: &str, limit: usize) -> Option<String> {
        let version = version?;
        let proving: Vec<_> = version.authorities.iter().filter(|a| a.proves.iter().any(|p| p == field)).collect();
        if field != "limit" || limit == 0 || proving.len() != version.limits.len() {
            return self.cite_of(Some(version), field);
        }
        let found = proving.get(limit - 1)?;
        Some(format!(" ({})", self.own_cite(&found.cite)))
    }

    fn source(&self, line: &Line<'_>, version: &Version) -> String {
        let mut cites: Vec<String> = version.authorities.iter().map(|a| self.own_cite(&a.cite)).collect();
        cites.dedup();
        let because = match line.selected {
            Some((Selector::PlanYearStart, d)) => self.say("because_plan_year", &[("day", &self.long(d))]),
            Some((Selector::DateOfService, d)) => self.say("because_service", &[("day", &self.long(d))]),
            Some((Selector::Event(id), d)) => {
                self.say("because_event", &[("event", label(self.index, id)), ("day", &self.long(d))])
            }
            _ => String::new(),
        };
        let from = self.long(version.effective_from);
        let span = match version.effective_to {
            Some(until) => self.say("span_until", &[("from", &from), ("until", &self.long(until))]),
            None => self.say("span", &[("from", &from)]),
        };
        self.say("source", &[("laws", &cites.join("; ")), ("span", &span), ("because", &because)])
    }

    fn sentence(&self, step: &Step<'_>, cite: &dyn Fn(&str) -> String) -> Option<String> {
        let name = |id: EventId| label(self.index, id);
        let day = |date: Date| self.long(date);
        Some(match step {
            Step::Start { event, date, proved } => {
                let time = if let facts::When::Moment(..) = date { format!(" ({date})") } else { String::new() };
                let day = format!("{}{time}", day(date.date()));
                let key = if *proved { "start_proved" } else { "start" };
                self.say(key, &[("event", name(*event)), ("day", &day), ("law", &cite("starts"))])
            }
            Step::Presumed { .. } => self.presumed(step, &cite("presumed_receipt_days"))?,
            Step::Rebutted { event, sent, presumed, receipt } => self.say(
                "rebutted",
                &[
                    ("event", name(*event)),
                    ("day", &day(*receipt)),
                    ("presumed", &day(*presumed)),
                    ("sent", name(*sent)),
                    ("law", &cite("presumed_receipt_days")),
                ],
            ),
            Step::Safe { event, sent, sent_on } => self.say(
                "safe",
                &[("event", name(*event)), ("sent", name(*sent)), ("day", &day(*sent_on)), ("law", &cite("starts"))],
            ),
            Step::NotStarted { starts } => {
                let names: Vec<&str> = starts.iter().map(|s| name(s.event)).collect();
                self.say("not_started", &[("events", &self.either(&names)), ("law", &cite("starts"))])
            }
            Step::LateAnswer { day: due, title, follows } => {
                let fill = [("day", day(*due)), ("title", title.clone()), ("follows", follows.clone())];
                let fill: Vec<(&str, &str)> = fill.iter().map(|(k, v)| (*k, v.as_str())).collect();
                self.say("late_answer", &fill)
            }
            Step::Note(text) => (*text).to_string(),
            Step::Counted { period, from, to, before } => {
                let key = match (*before, period.unit.is_business_days(), period.unit.is_months()) {
                    (true, ..) => "counted_before",
                    (false, true, _) => "counted_business",
                    (false, _, true) => "counted_months",
                    _ => "counted",
                };
                self.counted(key, *period, (*from, *to), &cite_any(cite), "")
            }
            Step::MissingDay { period, from, to, policy } => {
                let key = match policy {
                    MissingDay::FirstOfNextMonth => "missing_day_first",
                    _ => "missing_day_last",
                };
                self.counted(key, *period, (*from, *to), &cite_any(cite), &cite("missing_day"))
            }
            Step::EndOfYear { to } => self.say("end_of_year", &[("to", &day(*to))]),
            Step::SameDay { date } => self.say("the_same_day", &[("day", &day(*date)), ("law", &cite_any(cite))]),
            Step::Hours { period, to } => self.say(
                "hours",
                &[("period", &self.period(*period)), ("law", &cite_any(cite)), ("moment", &to.rfc3339())],
            ),
            Step::HourUnknown { period, to } => self.say(
                "hour_unknown",
                &[("period", &self.period(*period)), ("law", &cite_any(cite)), ("day", &day(*to))],
            ),
            Step::At { time: TimeOfDay::Noon } => self.say("noon", &[("law", &cite("at"))]),
            Step::At { time: TimeOfDay::CloseOfBusiness } => self.say("close_of_business", &[("law", &cite("at"))]),
            Step::NoLimit => self.say("no_limit", &[("law", &cite("period"))]),
            Step::SetElsewhere { starts } => {
                let names: Vec<&str> = starts.iter().map(|s| name(s.event)).collect();
                let mut text = self.say("set_elsewhere", &[("law", &cite("period"))]);
                if !names.is_empty() {
                    text.push_str(&self.say("set_elsewhere_from", &[("events", &self.either(&names))]));
                }
                text
            }
            Step::Immediately => self.say("at_once", &[("law", &cite("period"))]),
            Step::LeastAllowed { safe, period, .. } => match (period, safe) {
                (Some(period), Some(safe)) => {
                    self.say("least_allowed", &[("period", &self.period(*period)), ("day", &day(*safe))])
                }
                _ => self.say("count_unknown", &[]),
            },
            Step::Limit { label } => format!("{}:", (*label)?),
            Step::Combined { rule, to, open } => self.combined(*rule, *to, *open, &cite("limit"))?,
            Step::Chosen { note } => (*note)?.to_string(),
            Step::OutsideTheLaw { given, used } => self.say(
                "outside_bound",
                &[("given", &given.to_string()), ("period", &self.period(*used)), ("law", &cite("period"))],
            ),
            Step::Promised { period, to, law } => self.promised(*period, *to, *law),
            Step::NotAsked => self.say("not_asked", &[]),
            Step::LaterStillOpen { over, open, floor } => {
                let (key, law) = if *floor { ("floor_still_open", "floor") } else { ("later_still_open", "limit") };
                self.say(key, &[("over", &day(*over)), ("day", &day(*open)), ("law", &cite(law))])
            }
            Step::LaterUnknown { over } => self.say("later_unknown", &[("over", &day(*over)), ("law", &cite("limit"))]),
            Step::LeastOfAny { safe } => self.say("least_of_any", &[("day", &day(*safe))]),
            Step::OuterBound => self.say("outer_bound", &[]),
            _ => self.moved(step, cite)?,
        })
    }

    /// What the plan's own letter promises, beside what the law gives.
    pub(crate) fn promised(&self, period: Period, to: Option<Date>, law: Option<Date>) -> String {
        let period = self.period(period);
        match (to, law) {
            (Some(to), Some(law)) => {
                let (to, law) = (self.long(to), self.long(law));
                self.say("promised", &[("period", &period), ("to", &to), ("law_day", &law)])
            }
            _ => self.say("promised_length", &[("period", &period)]),
        }
    }

    /// A counted period: its words, from when to when.
    fn counted(&self, key: &str, period: Period, (from, to): (Date, Date), law: &str, policy: &str) -> String {
        let (period, from, to) = (self.period(period), self.long(from), self.long(to));
        self.say(key, &[("period", &period), ("from", &from), ("to", &to), ("law", law), ("policy", policy)])
    }

    fn presumed(&self, step: &Step<'_>, law: &str) -> Option<String> {
        let Step::Presumed { event, sent, sent_on, days, receipt, stated } = step else { return None };
        let mut text = self.say(
            "presumed",
            &[
                ("event", label(self.index, *sent)),
                ("sent", &self.long(*sent_on)),
                ("period", &self.number_of_days(*days)),
                ("day", &self.long(*receipt)),
                ("law", law),
            ],
        );
        if let Some(stated) = stated {
            let key = if stated < receipt { "presumed_safe" } else { "presumed_prove" };
            text += &self.say(key, &[("stated", &self.long(*stated)), ("event", label(self.index, *event))]);
        }
        Some(text)
    }

    /// A step that moves a day that was counted, or says why it stays.
    fn moved(&self, step: &Step<'_>, cite: &dyn Fn(&str) -> String) -> Option<String> {
        let name = |id: EventId| label(self.index, id);
        let day = |date: Date| self.long(date);
        Some(match step {
            Step::Rolled { from, to, holiday } => {
                let (key, holiday) = holiday.map_or(("rolled_weekend", ""), |h| ("rolled_holiday", h));
                let (from, to) = (day(*from), day(*to));
                self.say(key, &[("from", &from), ("to", &to), ("holiday", holiday), ("law", &cite("roll_over"))])
            }
            Step::StaysPut { date } => self.say("stays_put", &[("day", &day(*date)), ("law", &cite("roll_over"))]),
            Step::Observed { date, holiday } => self.say("observed", &[("day", &day(*date)), ("holiday", holiday)]),
            Step::Advised { due, file_by, holiday } => {
                let (key, holiday) = holiday.map_or(("advised_weekend", ""), |h| ("advised_holiday", h));
                self.say(key, &[("day", &day(*due)), ("holiday", holiday), ("by", &day(*file_by))])
            }
            Step::YearTurn { last } => self.say("year_turn", &[("day", &day(*last))]),
            Step::Extended { by, event, to } => self.say(
                "extended",
                &[
                    ("event", name(*event)),
                    ("period", &self.period(*by)),
                    ("law", &cite("extension")),
                    ("to", &day(*to)),
                ],
            ),
            Step::ExtensionLate { event } => self.say("extension_late", &[("event", name(*event))]),
            Step::Tolled { from, until, days, to } => self.say(
                "tolled",
                &[
                    ("from", &day(*from)),
                    ("until", &day(*until)),
                    ("period", &self.number_of_days(u32::try_from(*days).unwrap_or(0))),
                    ("law", &cite("tolling")),
                    ("to", &day(*to)),
                ],
            ),
            Step::Stopped { from, until } => {
                self.say("stopped", &[("from", &day(*from)), ("law", &cite("tolling")), ("event", name(*until))])
            }
            _ => return None,
        })
    }

    fn combined(&self, rule: Combine, to: Option<Date>, open: bool, law: &str) -> Option<String> {
        let day = self.long(to?);
        let key = match (rule, open) {
            (Combine::LaterOf, false) => "later_of",
            (Combine::LaterOf, true) => "later_of_open",
            (Combine::EarlierOf, false) => "earlier_of",
            (Combine::EarlierOf, true) => "earlier_of_open",
            (Combine::LawAndForm, _) => "law_and_form",
            (Combine::OwnAndFloor, _) => "own_and_floor",
            (Combine::FirstKnown, _) => "first_known",
        };
        Some(self.say(key, &[("day", &day), ("law", law)]))
    }

    /// What there is to say about a day that has passed. A day that was counted from an earlier event because the later
    /// one is still to come is not lost: what the rule says about that stands in the place of "act now".
    fn passed(&self, line: &Line<'_>, passed: Passed) -> Finding {
        let sentences = self.index.sentences();
        let due = line.ran.due.map(|d| sentences.short(d)).unwrap_or_default();
        let title = line.ready.rule.title.as_str();
        let version = line.ready.rule.versions.get(line.version);
        let late = version.and_then(|v| v.late.clone()).unwrap_or_else(|| self.say("late_unknown", &[]));
        let note = line.steps.list.iter().find_map(|s| if let Step::Note(note) = s { Some(*note) } else { None });
        let (code, message) = match (passed, note) {
            (Passed::FiledLate(filed), _) => {
                let fill = [("title", title), ("filed", &sentences.short(filed)), ("due", &due), ("late", &late)];
                ("filed_late", self.say("filed_late", &fill))
            }
            (Passed::Over, Some(note)) => {
                let fill = [("title", title), ("due", &due), ("note", note), ("late", &late)];
                ("deadline_passed", self.say("passed_note", &fill))
            }
            (Passed::Over, None) => {
                ("deadline_passed", self.say("passed", &[("title", title), ("due", &due), ("late", &late)]))
            }
            (Passed::Overdue, _) => ("answer_overdue", self.say("overdue", &[("title", title), ("due", &due)])),
        };
        Finding::new(code, message).about(line.ready.id.clone())
    }

    /// The notes of a version, with what its confidence makes necessary to say.
    fn told(&self, version: &Version) -> Vec<String> {
        let mut all: Vec<String> = version.mind.iter().chain(&version.late).cloned().collect();
        all.extend(version.notes.iter().cloned());
        if let Some(missed) = &version.if_missed {
            all.push(missed.clone());
        }
        let whom = version.check_with.as_deref();
        match (version.confidence, whom) {
            (Confidence::Unverified, whom) => {
                let office = whom.map_or_else(|| self.say("the_office", &[]), String::from);
                all.push(self.say("unverified", &[("office", &office)]));
            }
            (Confidence::Secondary, Some(whom)) => all.push(self.say("secondary", &[("office", whom)])),
            _ => {}
        }
        all
    }

    /// A period in words for programs and people: "calendar days" and "days" are the same count, so both are "days".
    fn in_days(&self, period: Period) -> String {
        let unit = if period.unit == Unit::CalendarDays { Unit::Days } else { period.unit };
        self.period(Period { unit, ..period })
    }

    /// The periods a rule may give, while the fact that picks one is unknown: "15 days or 30 days".
    fn possible_periods(&self, line: &Line<'_>) -> Option<String> {
        let version = line.ready.rule.versions.get(line.version)?;
        let spans = version.choices.iter().map(|c| &c.period).chain(version.limits.iter().map(|l| &l.period));
        let mut periods: Vec<String> = Vec::new();
        for span in spans.chain([&version.period]).flatten() {
            let text = match span {
                kb::Span::Counted(p) => self.in_days(*p),
                kb::Span::Word(SpanWord::Immediately) => self.index.sentences().period_word("immediately"),
                kb::Span::Word(SpanWord::SameDay) => self.index.sentences().period_word("same_day"),
                _ => continue,
            };
            if !periods.contains(&text) {
                periods.push(text);
            }
        }
        let periods: Vec<&str> = periods.iter().map(String::as_str).collect();
        (!periods.is_empty()).then(|| self.either(&periods))
    }
}

/// The clock time of the last day, where the rule names one.
fn clock(line: &Line<'_>) -> Option<String> {
    let noon = |s: &Step<'_>| matches!(s, Step::At { time: TimeOfDay::Noon });
    line.ran.due?;
    if line.steps.list.iter().any(noon) {
        return Some("12:00".into());
    }
    let moment = line.ran.due_at.as_ref()?.rfc3339();
    moment.get(11..16).map(String::from)
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

fn cite_any(cite: &dyn Fn(&str) -> String) -> String {
    ["period", "choice", "limit"].iter().map(|f| cite(f)).find(|c| !c.is_empty()).unwrap_or_default()
}

fn label_of_need(a: &Assessment<'_>, need: Need) -> String {
    match need {
        Need::Event(id) => label(a.index, id).to_string(),
        Need::Fact(_) => a.path(need),
    }
}
