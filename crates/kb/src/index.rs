//! Rules made ready for quick answers: words resolved to small numbers, rules sorted by coverage, States on demand.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use calendar::{Holidays, MissingDay, Move, Zone};

use crate::fact_key::{FACTS, FactKey};
use crate::files::{
    Amounts, CalendarFile, NoticeFile, Parallel, ParallelFile, Program, StateFile, Vocabulary, ZonesFile, nearest,
};
use crate::rule::{
    Choice, Clock, Condition, Direction, FactPeriod, IfUnknown, LongCondition, Rule, RuleKind, Shown, Span, TimeOfDay,
    Value, Version,
};
use crate::sentences::Sentences;
use crate::source::{File, Source};
use crate::table::{self, KbError};

/// Where the sentences stand that the program puts together.
const SENTENCES: [&str; 2] = ["sentences.toml", "opinions/sentences.toml"];

/// An event of the vocabulary, by its place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(pub u16);

/// A condition ready to test.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Test {
    pub fact: FactKey,
    pub is: Vec<Value>,
    pub not: Vec<Value>,
    pub only: Vec<Value>,
    pub not_only: Vec<Value>,
    pub below: Option<i64>,
    pub begins: Vec<String>,
    pub unless: Option<FactKey>,
    pub if_unknown: IfUnknown,
}

/// A start ready to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct StartAt {
    pub event: EventId,
    pub unless: Vec<EventId>,
    pub only_with: Vec<EventId>,
    pub note: Option<String>,
}

/// An event that shows that a step was taken; `only_with`: where one of these is known too.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ShownBy {
    pub event: EventId,
    pub only_with: Vec<EventId>,
}

/// A clock ready to run.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Timer {
    pub starts: Vec<StartAt>,
    pub span: Option<Span>,
    pub fact: Option<FactKey>,
    pub before: bool,
    pub at: Option<TimeOfDay>,
    pub to_end_of_year: bool,
    pub presumed: Option<u32>,
    pub missing_day: MissingDay,
    pub roll: Option<(Move, usize)>,
    pub calendar: usize,
    pub label: Option<String>,
}

/// A choice ready to test.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct TimerChoice {
    pub when: Vec<Test>,
    pub outer_bound: bool,
    pub note: Option<String>,
    pub timer: Timer,
}

/// What picks the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// The event that starts the version's clock.
    Start,
    /// The day for which the answer is given.
    Today,
    /// The beginning of the plan year.
    PlanYearStart,
    /// The day of the care.
    DateOfService,
    /// An event.
    Event(EventId),
}

/// A version ready to run; the parsed one is beside it.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct ReadyVersion {
    pub selectors: Vec<Selector>,
    pub timer: Timer,
    pub limits: Vec<Timer>,
    pub choices: Vec<TimerChoice>,
    pub promised: Option<Timer>,
    pub extensions: Vec<(EventId, Vec<Test>)>,
    pub tolling: Vec<(Vec<EventId>, Vec<EventId>, Vec<Test>)>,
    pub threshold: Option<(usize, EventId)>,
    pub authorities: Vec<cite::Authority>,
}

/// A rule ready to run; the parsed one is inside.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Ready {
    pub id: String,
    pub path: String,
    pub rule: Rule,
    pub rank: u16,
    pub when: Vec<Test>,
    pub versions: Vec<ReadyVersion>,
    pub filed: Vec<EventId>,
    pub done: Vec<ShownBy>,
    /// Events that settle it in another lawful way, on or after the day from which its clock runs.
    pub settled: Vec<EventId>,
    /// Events any one of which shows that it was asked for.
    pub asked: Vec<EventId>,
    pub only_sometimes: bool,
    /// For `X.file`: the index, within the coverage's list, is found by this `X.decide`.
    pub decided_by: Option<String>,
}

/// A holiday calendar ready to ask.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct ReadyCalendar {
    pub file: String,
    pub name: String,
    pub holidays: Holidays,
}

/// The rules and words of a knowledge base, ready to answer from.
#[derive(Debug, Default)]
pub struct Index {
    vocabulary: Vocabulary,
    sentences: Sentences,
    sent: Vec<Vec<EventId>>,
    not_before: Vec<Vec<EventId>>,
    from_facts: Vec<(EventId, FactKey)>,
    overdue: Option<EventId>,
    safe_from: Vec<EventId>,
    values: Vec<(FactKey, Vec<String>)>,
    program_of: Vec<Option<usize>>,
    events: BTreeMap<String, EventId>,
    calendars: Vec<ReadyCalendar>,
    zones: BTreeMap<String, (String, Option<Zone>)>,
    zones_several: Vec<String>,
    amounts: Vec<(String, Amounts)>,
    programs: Vec<(String, Program)>,
    notices: Vec<(String, NoticeFile)>,
    parallels: Vec<Parallel>,
    rules: Vec<Ready>,
    by_coverage: Vec<Vec<usize>>,
    states: BTreeMap<String, OnceLock<Result<StateIndex, KbError>>>,
}

/// What a State's folder holds.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct StateIndex {
    pub state: Option<StateFile>,
    pub rules: Vec<Ready>,
    pub by_coverage: Vec<Vec<usize>>,
}

impl Index {
    /// Reads all federal rules; a State's folder is read when it is first asked for.
    pub(crate) fn build(source: &Source) -> Result<Index, KbError> {
        let mut index = Index::default();
        for file in SENTENCES.iter().filter_map(|path| source.get(path)) {
            index.sentences.join(table::parse(file)?);
        }
        let Some(file) = source.get("vocabulary.toml") else { return Ok(index) };
        index.vocabulary = table::parse(file)?;
        index.resolve_events(file)?;
        for file in source.below("calendars") {
            index.add_calendar(file)?;
        }
        for file in source.below("us") {
            index.add_file(file)?;
        }
        let programs = &index.programs;
        let of = |c: &str| programs.iter().position(|(_, p)| p.coverage.iter().any(|x| x == c));
        index.program_of = index.vocabulary.coverages.names().map(of).collect();
        let mut rules = index.all_ready(&source.below("us").filter(|f| is_rule(f)).collect::<Vec<_>>())?;
        sort(&mut rules);
        index.by_coverage = index.group(&rules);
        index.rules = rules;
        for file in source.below("") {
            if let Some(code) = state_of(&file.path) {
                index.states.entry(code).or_default();
            }
        }
        Ok(index)
    }

    fn resolve_events(&mut self, file: &File) -> Result<(), KbError> {
        for (n, name) in self.vocabulary.event.names().enumerate() {
            let id = u16::try_from(n).map_err(|_| KbError::at(file, name, "too many events", None))?;
            self.events.insert(name.to_string(), EventId(id));
        }
        let resolve = |names: &Vec<String>| names.iter().map(|n| self.event_in(file, n)).collect::<Result<Vec<_>, _>>();
        let words = &self.vocabulary.event.0;
        let sent = words.iter().map(|(_, w)| resolve(&w.sent)).collect::<Result<_, _>>()?;
        let not_before = words.iter().map(|(_, w)| resolve(&w.not_before)).collect::<Result<_, _>>()?;
        let own = words.iter().position(|(_, w)| w.overdue);
        let safe_from = own.and_then(|n| words.get(n)).map_or(Ok(Vec::new()), |(_, w)| resolve(&w.safe_from))?;
        let overdue = own.and_then(|n| u16::try_from(n).ok()).map(EventId);
        for (_, gives) in &self.vocabulary.gives.0 {
            resolve(&gives.filed)?;
            resolve(&gives.done)?;
            resolve(&gives.settled)?;
            resolve(&gives.asked)?;
        }
        let mut from_facts = Vec::new();
        for (name, words) in words {
            let Some(path) = &words.fact else { continue };
            let fact =
                FactKey::at(path).ok_or_else(|| KbError::at(file, path, "no fact of a case has this path", None))?;
            from_facts.push((self.event_in(file, name)?, fact));
        }
        self.values = FACTS
            .iter()
            .filter_map(|(path, key)| self.vocabulary.fact.get(path).map(|w| (*key, w.values.clone())))
            .collect();
        (self.overdue, self.safe_from) = (overdue, safe_from);
        (self.sent, self.not_before, self.from_facts) = (sent, not_before, from_facts);
        Ok(())
    }

    fn add_calendar(&mut self, file: &File) -> Result<(), KbError> {
        match format_of(&file.text) {
            Some("corroborate-calendar/1") => {
                let calendar: CalendarFile = table::parse(file)?;
                if let Some(fault) = calendar.holidays.iter().find_map(|h| h.fault()) {
                    return Err(KbError::at(file, "[[holiday]]", &fault, None));
                }
                let name = file.path.trim_start_matches("calendars/").trim_end_matches(".toml").to_string();
                let holidays = Holidays::new(calendar.holidays);
                self.calendars.push(ReadyCalendar { file: name, name: calendar.name, holidays });
            }
            Some("corroborate-zones/1") => {
                let zones: ZonesFile = table::parse(file)?;
                self.zones_several = zones.several;
                for (state, name) in zones.zone.0 {
                    let Some(zone) = Zone::named(&name) else {
                        return Err(KbError::at(file, &name, &format!("`{name}` is no time zone"), None));
                    };
                    self.zones.insert(state, (name, Some(zone)));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn add_file(&mut self, file: &File) -> Result<(), KbError> {
        match format_of(&file.text) {
            Some("corroborate-amounts/1") => self.amounts.push((file.path.clone(), table::parse(file)?)),
            Some("corroborate-program/1") => {
                let program: Program = table::parse(file)?;
                self.check_coverages(file, &program.coverage)?;
                let elsewhere: Vec<String> = program.sends.iter().map(|s| s.to.clone()).collect();
                self.check_coverages(file, &elsewhere)?;
                self.programs.push((file.path.clone(), program));
            }
            Some("corroborate-notice/1") => {
                let notice: NoticeFile = table::parse(file)?;
                self.check_coverages(file, &notice.covers.coverage)?;
                for item in &notice.must {
                    self.tests(file, &item.when)?;
                }
                self.notices.push((file.path.clone(), notice));
            }
            Some("corroborate-parallel/1") => {
                let file_of: ParallelFile = table::parse(file)?;
                for text in &file_of.parallel {
                    self.check_coverages(file, &text.coverage)?;
                }
                self.parallels.extend(file_of.parallel);
            }
            _ => {}
        }
        Ok(())
    }

    fn check_coverages(&self, file: &File, words: &[String]) -> Result<(), KbError> {
        for word in words {
            if self.vocabulary.coverages.get(word).is_none() {
                return Err(unknown(file, "coverage", word, self.vocabulary.coverages.names()));
            }
        }
        Ok(())
    }

    /// The rules of many files, in their order. Two threads make them: they are most of what every start has to read.
    fn all_ready(&self, files: &[&File]) -> Result<Vec<Ready>, KbError> {
        let made = |files: &[&File]| files.iter().map(|f| self.ready(f)).collect::<Result<Vec<_>, _>>();
        let (first, second) = files.split_at(files.len() / 2);
        let (first, second) = std::thread::scope(|scope| {
            let second = scope.spawn(|| made(second));
            (made(first), second.join())
        });
        let mut rules = first?;
        rules.extend(second.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        Ok(rules)
    }

    /// Reads one rule file and resolves its words.
    pub(crate) fn ready(&self, file: &File) -> Result<Ready, KbError> {
        let rule: Rule = table::parse(file)?;
        if rule.format != crate::rule::RULE_FORMAT {
            let hint = format!("this program reads `{}`", crate::rule::RULE_FORMAT);
            return Err(KbError::at(file, &rule.format, "another format", Some(hint)));
        }
        let words = &self.vocabulary;
        let Some(rank) = words.gives.position(&rule.gives) else {
            return Err(unknown(file, "right", &rule.gives, words.gives.names()));
        };
        if words.actors.get(&rule.actor).is_none() {
            return Err(unknown(file, "actor", &rule.actor, words.actors.names()));
        }
        self.check_coverages(file, &rule.covers.coverage)?;
        if rule.kind == RuleKind::NoRight && rule.message.is_none() {
            return Err(KbError::at(file, "kind", "`no_right` needs `message`: what a person is told", None));
        }
        let when = self.tests(file, &rule.when)?;
        let versions =
            rule.versions.iter().map(|v| self.ready_version(file, &rule, v)).collect::<Result<Vec<_>, _>>()?;
        if versions.is_empty() {
            return Err(KbError::at(file, "title", "a rule needs at least one [[version]]", None));
        }
        let gives = words.gives.get(&rule.gives).cloned().unwrap_or_default();
        let ids = |names: &[String]| names.iter().map(|n| self.event_in(file, n)).collect::<Result<Vec<_>, _>>();
        let filed = ids(rule.filed.as_ref().unwrap_or(&gives.filed))?;
        let plain = |event: &EventId| ShownBy { event: *event, only_with: Vec::new() };
        let shown = |shown: &Shown| match shown {
            Shown::By(name) => Ok(ShownBy { event: self.event_in(file, name)?, only_with: Vec::new() }),
            Shown::Beside(long) => {
                Ok(ShownBy { event: self.event_in(file, &long.event)?, only_with: ids(&long.only_with)? })
            }
        };
        let later: Vec<ShownBy> = match &rule.done {
            Some(own) => own.iter().map(shown).collect::<Result<_, KbError>>()?,
            None => ids(&gives.done)?.iter().map(plain).collect(),
        };
        let done = filed.iter().map(plain).chain(later).collect();
        let settled = ids(rule.settled.as_ref().unwrap_or(&gives.settled))?;
        let asked = ids(&gives.asked)?;
        let decided_by = rule.gives.strip_suffix(".file").map(|stem| format!("{stem}.decide"));
        let id = id_of(&file.path);
        Ok(Ready {
            id,
            path: file.path.clone(),
            rank: rank as u16,
            when,
            versions,
            filed,
            done,
            settled,
            asked,
            only_sometimes: gives.only_sometimes,
            decided_by,
            rule,
        })
    }

    fn ready_version(&self, file: &File, rule: &Rule, version: &Version) -> Result<ReadyVersion, KbError> {
        let base = version.clock();
        if let Some(word) = &version.filed_when
            && self.vocabulary.filed_when.get(word).is_none()
        {
            return Err(unknown(file, "filing rule", word, self.vocabulary.filed_when.names()));
        }
        for word in &version.opens {
            if self.vocabulary.gives.position(word).is_none() {
                return Err(unknown(file, "right", word, self.vocabulary.gives.names()));
            }
        }
        let selectors = version.selected_by.iter().map(|s| self.selector(file, s)).collect::<Result<Vec<_>, _>>()?;
        let limits = version
            .limits
            .iter()
            .map(|l| self.timer(file, base.clone().overlaid(l.clock()), l.label.clone()))
            .collect::<Result<Vec<_>, _>>()?;
        if !limits.is_empty() && version.combine.is_none() {
            return Err(KbError::at(file, "[[version.limit]]", "several limits need `combine`", None));
        }
        let choice = |c: &Choice| {
            Ok(TimerChoice {
                when: self.tests(file, &c.when)?,
                outer_bound: c.outer_bound,
                note: c.note.clone(),
                timer: self.timer(file, base.clone().overlaid(c.clock()), None)?,
            })
        };
        let choices = version.choices.iter().map(choice).collect::<Result<Vec<_>, KbError>>()?;
        let extensions = version
            .extensions
            .iter()
            .map(|e| Ok((self.event_in(file, &e.event)?, self.tests(file, &e.when)?)))
            .collect::<Result<Vec<_>, KbError>>()?;
        let tolling = version
            .tolling
            .iter()
            .map(|t| {
                let events = |names: &[String]| names.iter().map(|n| self.event_in(file, n)).collect::<Result<_, _>>();
                Ok((events(&t.from)?, events(&t.until)?, self.tests(file, &t.when)?))
            })
            .collect::<Result<Vec<_>, KbError>>()?;
        let threshold = match &version.threshold {
            None => None,
            Some(t) => {
                let Some(at) = self.amounts.iter().position(|(path, _)| *path == t.table) else {
                    return Err(unknown(file, "amounts file", &t.table, self.amounts.iter().map(|(p, _)| p.as_str())));
                };
                Some((at, self.event_in(file, &t.filed)?))
            }
        };
        let promise = |f: &FactPeriod| {
            let own = Clock { period: Some(Span::FromFact(f.clone())), ..base.clone() };
            self.timer(file, own, None)
        };
        let promised = version.promised.as_ref().map(promise).transpose()?;
        let timer = self.timer(file, base, None)?;
        let clockless = timer.span.is_none() && limits.is_empty() && choices.is_empty();
        if rule.kind == RuleKind::Right && clockless {
            return Err(KbError::at(file, "[[version]]", "a right needs a `period`, limits or choices", None));
        }
        let authorities = version
            .authorities
            .iter()
            // What only proves what a missed limit opens is no law of the limit itself.
            .filter(|a| a.proves.iter().any(|p| p != "opens") || a.proves.is_empty())
            .map(|a| cite::Authority {
                cite: a.cite.clone(),
                url: a.url.clone(),
                verified_on: Some(a.verified_on.unwrap_or(version.verified_on).to_string()),
                confidence: Some(a.confidence.unwrap_or(version.confidence)),
            })
            .collect();
        Ok(ReadyVersion { selectors, timer, limits, choices, promised, extensions, tolling, threshold, authorities })
    }

    fn selector(&self, file: &File, word: &str) -> Result<Selector, KbError> {
        Ok(match word {
            "start" => Selector::Start,
            "today" => Selector::Today,
            "plan_year_start" => Selector::PlanYearStart,
            "date_of_service" => Selector::DateOfService,
            event => Selector::Event(self.event_in(file, event)?),
        })
    }

    fn timer(&self, file: &File, clock: Clock, label: Option<String>) -> Result<Timer, KbError> {
        let starts = clock
            .starts
            .iter()
            .map(|s| {
                Ok(StartAt {
                    event: self.event_in(file, &s.event)?,
                    unless: s.unless.iter().map(|e| self.event_in(file, e)).collect::<Result<_, KbError>>()?,
                    only_with: s.only_with.iter().map(|e| self.event_in(file, e)).collect::<Result<_, KbError>>()?,
                    note: s.note.clone(),
                })
            })
            .collect::<Result<Vec<_>, KbError>>()?;
        let months = matches!(&clock.period, Some(Span::Counted(p)) if p.unit.is_months());
        if months && clock.missing_day.is_none() && !clock.to_end_of_year {
            let hint =
                "write what happens when the month has no such day: `first_of_next_month`, `last_of_month` or `refuse`";
            return Err(KbError::at(
                file,
                "period",
                "a period in months or years needs `missing_day`",
                Some(hint.into()),
            ));
        }
        let fact = match &clock.period {
            Some(Span::FromFact(f)) => Some(FactKey::at(&f.fact).ok_or_else(|| unknown_fact(file, &f.fact))?),
            _ => None,
        };
        if let Some(Span::FromFact(f)) = &clock.period
            && format!("1 {}", f.unit).parse::<calendar::Period>().is_err()
        {
            return Err(KbError::at(file, &f.unit, &format!("`{}` is not a unit of time", f.unit), None));
        }
        let roll = match &clock.roll_over {
            None => None,
            Some(r) => Some((r.direction, self.calendar(file, &r.calendar)?)),
        };
        let business = matches!(&clock.period, Some(Span::Counted(p)) if p.unit.is_business_days());
        let calendar = match &clock.calendar {
            Some(name) => self.calendar(file, name)?,
            None if business => self.calendar(file, "us_federal")?,
            None => self.calendars.iter().position(|c| c.file == "us_federal").unwrap_or(0),
        };
        Ok(Timer {
            starts,
            fact,
            before: clock.direction == Some(Direction::Before),
            at: clock.at,
            to_end_of_year: clock.to_end_of_year,
            presumed: clock.presumed_receipt_days,
            missing_day: clock.missing_day.unwrap_or(MissingDay::LastOfMonth),
            roll,
            calendar,
            label,
            span: clock.period,
        })
    }

    fn calendar(&self, file: &File, name: &str) -> Result<usize, KbError> {
        let names = self.calendars.iter().map(|c| c.file.as_str());
        self.calendars.iter().position(|c| c.file == name).ok_or_else(|| unknown(file, "calendar", name, names))
    }

    pub(crate) fn tests(
        &self,
        file: &File,
        when: &std::collections::BTreeMap<String, Condition>,
    ) -> Result<Vec<Test>, KbError> {
        when.iter().map(|(path, condition)| self.test(file, path, condition)).collect()
    }

    /// Conditions made ready to test.
    ///
    /// # Errors
    /// The first word that is in none of the lists.
    pub fn tests_of(&self, when: &std::collections::BTreeMap<String, Condition>) -> Result<Vec<Test>, KbError> {
        if when.is_empty() {
            return Ok(Vec::new());
        }
        self.tests(&File::new("", ""), when)
    }

    fn test(&self, file: &File, path: &str, condition: &Condition) -> Result<Test, KbError> {
        let fact = match path.strip_prefix("event.") {
            Some(event) => FactKey::Event(self.event_in(file, event)?),
            None => FactKey::at(path).ok_or_else(|| unknown_fact(file, path))?,
        };
        let long = match condition {
            Condition::Is(v) => LongCondition { is: vec![v.clone()], ..LongCondition::default() },
            Condition::OneOf(all) => LongCondition { is: all.clone(), ..LongCondition::default() },
            Condition::Long(l) => l.clone(),
        };
        let LongCondition { is, not, only, not_only, below, begins, unless, if_unknown } = long;
        let unless = unless.map(|path| FactKey::at(&path).ok_or_else(|| unknown_fact(file, &path))).transpose()?;
        if let Some(words) = self.vocabulary.fact.get(path).filter(|w| !w.values.is_empty()) {
            for value in is.iter().chain(&not).chain(&only).chain(&not_only) {
                let text = match value {
                    Value::Word(w) => w.clone(),
                    Value::Truth(b) => b.to_string(),
                    Value::Number(n) => n.to_string(),
                };
                if !words.values.contains(&text) {
                    return Err(unknown(
                        file,
                        &format!("value of {path}"),
                        &text,
                        words.values.iter().map(String::as_str),
                    ));
                }
            }
        }
        Ok(Test { fact, is, not, only, not_only, below, begins, unless, if_unknown })
    }

    fn event_in(&self, file: &File, name: &str) -> Result<EventId, KbError> {
        self.events.get(name).copied().ok_or_else(|| unknown(file, "event", name, self.vocabulary.event.names()))
    }

    fn group(&self, rules: &[Ready]) -> Vec<Vec<usize>> {
        self.vocabulary
            .coverages
            .names()
            .map(|c| (0..rules.len()).filter(|i| rules[*i].rule.covers.coverage.iter().any(|x| x == c)).collect())
            .collect()
    }

    /// The sentences in which rights are explained.
    pub fn sentences(&self) -> &Sentences {
        &self.sentences
    }

    /// The words.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The event of a name.
    pub fn event(&self, name: &str) -> Option<EventId> {
        self.events.get(name).copied()
    }

    /// The name of an event.
    pub fn event_name(&self, id: EventId) -> &str {
        self.vocabulary.event.0.get(usize::from(id.0)).map_or("", |(n, _)| n)
    }

    /// The words of an event.
    pub fn event_words(&self, id: EventId) -> Option<&crate::files::EventWords> {
        self.vocabulary.event.0.get(usize::from(id.0)).map(|(_, w)| w)
    }

    /// How many events there are.
    pub fn event_count(&self) -> usize {
        self.vocabulary.event.0.len()
    }

    /// Events whose day may stand in a fact of the case instead.
    pub fn from_facts(&self) -> &[(EventId, FactKey)] {
        &self.from_facts
    }

    /// The event that the program adds itself when an answer that opens another step was due and had not come.
    pub fn overdue(&self) -> Option<EventId> {
        self.overdue
    }

    /// From which events the time that such a day starts is counted too, to advise the earlier day.
    pub fn safe_from(&self) -> &[EventId] {
        &self.safe_from
    }

    /// The events that show when the paper of a receipt event was sent, best first.
    pub fn sent(&self, id: EventId) -> &[EventId] {
        self.sent.get(usize::from(id.0)).map_or(&[], Vec::as_slice)
    }

    /// The events that must have happened by then.
    pub fn not_before(&self, id: EventId) -> &[EventId] {
        self.not_before.get(usize::from(id.0)).map_or(&[], Vec::as_slice)
    }

    /// The federal holidays.
    pub fn federal_calendar(&self) -> Option<&ReadyCalendar> {
        self.calendars.iter().find(|c| c.file == "us_federal")
    }

    /// A calendar.
    pub fn calendar_at(&self, at: usize) -> Option<&ReadyCalendar> {
        self.calendars.get(at)
    }

    /// The clock of a State, and whether the State lies in several zones.
    pub fn zone(&self, state: &str) -> Option<(&Zone, bool)> {
        let zone = self.zones.get(state)?.1.as_ref()?;
        Some((zone, self.zones_several.iter().any(|s| s == state)))
    }

    /// Whether the code names a State, D.C. or a territory.
    pub fn is_state(&self, code: &str) -> bool {
        self.zones.contains_key(code)
    }

    /// The codes of the States, D.C. and territories.
    pub fn state_codes(&self) -> impl Iterator<Item = &str> {
        self.zones.keys().map(String::as_str)
    }

    /// A table of amounts.
    pub fn amounts(&self, at: usize) -> Option<&Amounts> {
        self.amounts.get(at).map(|(_, a)| a)
    }

    /// The programs with their paths.
    pub fn programs(&self) -> &[(String, Program)] {
        &self.programs
    }

    /// The program of a coverage.
    pub fn program(&self, coverage: &str) -> Option<&Program> {
        self.programs.iter().map(|(_, p)| p).find(|p| p.coverage.iter().any(|c| c == coverage))
    }

    /// The program of a coverage, by the coverage's place in the vocabulary.
    pub fn program_at(&self, coverage: usize) -> Option<&Program> {
        let at = (*self.program_of.get(coverage)?)?;
        self.programs.get(at).map(|(_, p)| p)
    }

    /// The closed list of values of a fact; empty when there is none.
    pub fn values_of(&self, fact: FactKey) -> &[String] {
        self.values.iter().find(|(k, _)| *k == fact).map_or(&[], |(_, v)| v)
    }

    /// An authority as it binds plans of a coverage: the same paragraph in their own Department's text, where our rules cite
    /// another Department's text of the same words (`us/parallel.toml`).
    pub fn own_text(&self, coverage: &str, authority: &cite::Authority) -> cite::Authority {
        let own = self.parallels.iter().filter(|p| p.coverage.iter().any(|c| c == coverage));
        own.filter_map(|p| p.own_text(authority)).next().unwrap_or_else(|| authority.clone())
    }

    /// The notice files with their paths.
    pub fn notices(&self) -> &[(String, NoticeFile)] {
        &self.notices
    }

    /// The federal rules, sorted as they are listed.
    pub fn rules(&self) -> &[Ready] {
        &self.rules
    }

    /// The places of the federal rules of a coverage, by the coverage's place in the vocabulary.
    pub fn of_coverage(&self, coverage: usize) -> &[usize] {
        self.by_coverage.get(coverage).map_or(&[], Vec::as_slice)
    }

    /// What the State's folder holds, when there is one.
    ///
    /// # Errors
    /// The first thing in the folder that could not be understood.
    pub fn state(&self, source: &Source, code: &str) -> Option<Result<&StateIndex, KbError>> {
        let slot = self.states.get(code)?;
        Some(slot.get_or_init(|| self.read_state(source, code)).as_ref().map_err(Clone::clone))
    }

    /// The codes of the States that have a folder.
    pub fn states_with_folder(&self) -> impl Iterator<Item = &str> {
        self.states.keys().map(String::as_str)
    }

    fn read_state(&self, source: &Source, code: &str) -> Result<StateIndex, KbError> {
        let folder = format!("us-{}", code.to_lowercase());
        let mut state = None;
        let mut rules = Vec::new();
        for file in source.below(&folder) {
            match format_of(&file.text) {
                Some("corroborate-state/1") => state = Some(table::parse::<StateFile>(file)?),
                Some(crate::rule::RULE_FORMAT) => rules.push(self.ready(file)?),
                _ => {}
            }
        }
        sort(&mut rules);
        let by_coverage = self.group(&rules);
        Ok(StateIndex { state, rules, by_coverage })
    }
}

fn sort(rules: &mut [Ready]) {
    rules.sort_by(|a, b| (a.rule.level, a.rank, a.rule.pace, &a.id).cmp(&(b.rule.level, b.rank, b.rule.pace, &b.id)));
}

fn unknown<'a>(file: &File, what: &str, word: &str, known: impl Iterator<Item = &'a str>) -> KbError {
    let hint = nearest(word, known).map(|n| format!("did you mean `{n}`? The words are in vocabulary.toml"));
    KbError::at(file, word, &format!("unknown {what} `{word}`"), hint)
}

fn unknown_fact(file: &File, path: &str) -> KbError {
    unknown(file, "fact", path, FACTS.iter().map(|(p, _)| *p))
}

/// The `format` a file declares.
pub(crate) fn format_of(text: &str) -> Option<&str> {
    let line = text.lines().find(|l| l.starts_with("format"))?;
    line.split('"').nth(1)
}

/// Whether the file is a rule file (and not its examples).
pub(crate) fn is_rule(file: &File) -> bool {
    file.path.ends_with(".toml")
        && !file.path.ends_with(".examples.toml")
        && format_of(&file.text) == Some(crate::rule::RULE_FORMAT)
}

/// `us/aca/x.toml` → `us.aca.x`.
pub(crate) fn id_of(path: &str) -> String {
    path.trim_end_matches(".toml").replace('/', ".")
}

/// `us-ca/…` → `CA`.
pub(crate) fn state_of(path: &str) -> Option<String> {
    let (folder, _) = path.split_once('/')?;
    folder.strip_prefix("us-").map(str::to_uppercase)
}
