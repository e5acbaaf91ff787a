//! The shape of a rule file, `corroborate-rule/1`: one right, duty or written "there is no such right" per file.
//! `kb/README.md` explains every field to a person who adds law.

use std::collections::BTreeMap;

use calendar::{Date, MissingDay, Move, Period};
use cite::Confidence;
use serde::{Deserialize, Serialize};

use crate::read;

/// The name every rule file carries in `format`.
pub const RULE_FORMAT: &str = "corroborate-rule/1";

/// A right of the person, a duty of another actor, or a written statement that there is no such right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Always [`RULE_FORMAT`].
    pub format: String,
    /// Short title in plain words.
    pub title: String,
    /// What kind of statement this is.
    #[serde(default)]
    pub kind: RuleKind,
    /// A word of the closed list of rights in `vocabulary.toml`.
    pub gives: String,
    /// Who acts: a word of the closed list of actors.
    pub actor: String,
    /// Rung of the ladder; 0 is the initial claim.
    #[serde(default)]
    pub level: u8,
    /// At which pace.
    #[serde(default)]
    pub pace: Pace,
    /// Whom it covers.
    pub covers: Covers,
    /// Further conditions on facts of the case, by the path of the fact.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, Condition>,
    /// A rule that applies only where no rule of the State's own folder gives the same right at the same pace.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fallback: bool,
    /// For something to ask for: the duty (a word of the rights) whose late answer gives it. It is told with the late answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_late: Option<String>,
    /// For an expedited rule that a kind of service opens, not urgency: it applies to every claim that may be fast at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub always: bool,
    /// The rule is left out until the event that starts its clock is in the case (an answer to a letter that may never
    /// come, for instance).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_if_started: bool,
    /// Events that are the step itself, where they differ from those of the word in `vocabulary.toml` (the first of two
    /// levels with one word, for example).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed: Option<Vec<String>>,
    /// Later events that show that the step was taken, where they differ from the vocabulary's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Vec<Shown>>,
    /// Events that settle the step in another lawful way once its clock runs, where they differ from the vocabulary's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Vec<String>>,
    /// For `no_right`: what a person is told instead, including what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The rule through time.
    #[serde(rename = "version")]
    pub versions: Vec<Version>,
}

/// An event that shows that a step was taken: a word of the events, or one that shows it only beside others (a final
/// decision is that of the second level once a first one is known).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Shown {
    /// The event by itself.
    By(String),
    /// The event where one of others is known too.
    Beside(ShownBeside),
}

/// The long form of [`Shown`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShownBeside {
    /// A word of the events in `vocabulary.toml`.
    pub event: String,
    /// Only if one of these events is known.
    pub only_with: Vec<String>,
}

/// What kind of statement a rule file makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleKind {
    /// A right or duty with (usually) a clock.
    #[default]
    Right,
    /// There is no such right, and a law or the absence of one says so.
    NoRight,
    /// Something the person can ask for, without a clock that matters.
    Entitled,
}

/// Standard or expedited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// The ordinary pace.
    #[default]
    Standard,
    /// The urgent pace. Such a rule applies when the claim is urgent or concurrent, when the person chose it, or when
    /// urgency is unknown.
    Expedited,
}

/// Whom a rule covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Covers {
    /// Words of the closed list of coverages.
    pub coverage: Vec<String>,
    /// Who runs external review: only plans under this process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<Process>,
    /// Two-letter code: only where this State's law governs (rules in `kb/us-xx/`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// Who runs external review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Process {
    /// The State.
    State,
    /// The federal process (independent review organizations engaged by the plan, or the HHS-administered one).
    Federal,
}

/// A condition on one fact. `"claim.kind" = "urgent"`, `["a", "b"]`, `true`, `2`, or a table.
///
/// For `event.X` the values are `"known"` and `"unknown"`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Condition {
    /// The fact is this value.
    Is(Value),
    /// The fact is one of these values.
    OneOf(Vec<Value>),
    /// The long form.
    Long(LongCondition),
}

/// The long form of a [`Condition`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongCondition {
    /// The fact is one of these values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<Value>,
    /// The fact is none of these values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<Value>,
    /// Every value of the fact is one of these (a denial may give several reasons).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<Value>,
    /// Some value of the fact is none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_only: Vec<Value>,
    /// The fact is a number below this one (of a day of birth: the age in whole years).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<i64>,
    /// A code of the fact begins with one of these (`F` of ICD-10-CM: mental and substance use disorders).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub begins: Vec<String>,
    /// A fact, by its path, that lifts the condition where it is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<String>,
    /// What follows when the fact is unknown.
    #[serde(default)]
    pub if_unknown: IfUnknown,
}

/// A value of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// `true` or `false`.
    Truth(bool),
    /// A whole number.
    Number(i64),
    /// A word.
    Word(String),
}

/// What follows when a fact of a condition is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfUnknown {
    /// The rule is listed without a date, and a refusal names the fact. The default.
    #[default]
    Refuse,
    /// The condition counts as met.
    Apply,
    /// The rule does not apply.
    Skip,
}

/// Declares a struct that has the fields of one clock beside its own, so that a rule file can write them without another
/// level of headings, unknown keys are still refused, and errors still carry their place.
macro_rules! with_clock {
    ($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($body)*
            /// The event that starts the clock; with several, the first known one.
            #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "read::starts")]
            pub starts: Vec<Start>,
            /// How long.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub period: Option<Span>,
            /// Whether the period runs back from the event ("at least 2 days before") or forward.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub direction: Option<Direction>,
            /// The last moment of the last day, when it is not midnight.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub at: Option<TimeOfDay>,
            /// The period runs on to 31 December of the year in which it ends.
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            pub to_end_of_year: bool,
            /// Days after sending on which the law presumes receipt; absent: there is no presumption.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub presumed_receipt_days: Option<u32>,
            /// What to do when the month has no such day. Needed for months and years.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub missing_day: Option<MissingDay>,
            /// Whether a last day on a weekend or holiday moves. Absent: it does not.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub roll_over: Option<RollOver>,
            /// Calendar for business days (`calendars/<name>.toml`). Default `us_federal`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub calendar: Option<String>,
        }

        impl $name {
            /// The fields of the clock alone.
            pub fn clock(&self) -> Clock {
                Clock {
                    starts: self.starts.clone(),
                    period: self.period.clone(),
                    direction: self.direction,
                    at: self.at,
                    to_end_of_year: self.to_end_of_year,
                    presumed_receipt_days: self.presumed_receipt_days,
                    missing_day: self.missing_day,
                    roll_over: self.roll_over.clone(),
                    calendar: self.calendar.clone(),
                }
            }
        }
    };
}

/// One clock: from which event, how long, and by which policies it is counted. The fields are those written directly in
/// a version, a `[[version.limit]]` or a `[[version.choice]]`.
#[derive(Debug, Clone, PartialEq, Default)]
#[allow(missing_docs)]
pub struct Clock {
    pub starts: Vec<Start>,
    pub period: Option<Span>,
    pub direction: Option<Direction>,
    pub at: Option<TimeOfDay>,
    pub to_end_of_year: bool,
    pub presumed_receipt_days: Option<u32>,
    pub missing_day: Option<MissingDay>,
    pub roll_over: Option<RollOver>,
    pub calendar: Option<String>,
}

impl Clock {
    /// This clock, with what `over` gives laid on top.
    #[must_use]
    pub fn overlaid(self, over: Clock) -> Clock {
        Clock {
            starts: if over.starts.is_empty() { self.starts } else { over.starts },
            period: over.period.or(self.period),
            direction: over.direction.or(self.direction),
            at: over.at.or(self.at),
            to_end_of_year: over.to_end_of_year || self.to_end_of_year,
            presumed_receipt_days: over.presumed_receipt_days.or(self.presumed_receipt_days),
            missing_day: over.missing_day.or(self.missing_day),
            roll_over: over.roll_over.or(self.roll_over),
            calendar: over.calendar.or(self.calendar),
        }
    }
}

with_clock! {
/// A rule as it reads from one day to another. The fields of its clock are those of [`Clock`].
pub struct Version {
    /// First day on which it is the law (compared with the date named by `selected_by`).
    #[serde(with = "read::day")]
    pub effective_from: Date,
    /// Last day, when it ended.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "read::maybe_day")]
    pub effective_to: Option<Date>,
    /// Why nothing is in force between `effective_to` and the next version, when that is deliberate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<String>,
    /// Which dates of the case pick the version: the first known one. Event kinds, `plan_year_start`,
    /// `date_of_service`, `today`, or `start` (the event that starts the clock). Default: `start`.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "read::one_or_many")]
    pub selected_by: Vec<String>,
    /// When somebody last compared it with the text.
    #[serde(with = "read::day")]
    pub verified_on: Date,
    /// How well it is known; an authority may carry its own.
    pub confidence: Confidence,
    /// For a secondary or unverified figure: whom a person should check with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_with: Option<String>,
    /// How several `limits` work together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub combine: Option<Combine>,
    /// Several clocks, with `combine`.
    #[serde(default, rename = "limit", skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limit>,
    /// Other clocks under conditions, the first that fits wins; fields left out are taken from the version.
    #[serde(default, rename = "choice", skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// A lawful lengthening.
    #[serde(default, rename = "extension", skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// Days that do not count.
    #[serde(default, rename = "tolling", skip_serializing_if = "Vec::is_empty")]
    pub tolling: Vec<Tolling>,
    /// A shorter time that the plan's own letter or booklet promises, as a fact of the case: it counts where it is fewer
    /// than what the law gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<FactPeriod>,
    /// When it counts as filed: `received`, `postmarked`, `plan_procedure`, `oral_ok`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed_when: Option<String>,
    /// Where to send it, when the rule itself says.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "read::address")]
    pub send_to: Vec<Address>,
    /// An amount in controversy that must be met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<ThresholdRef>,
    /// What else a person should know, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What follows when the other side misses the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_missed: Option<String>,
    /// For a step of the person's own: what its rule says of a request that comes after the last day, and what helps then.
    /// Absent: no rule is known that takes it later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<String>,
    /// The one note that changes what a person does: told with the step when it is the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mind: Option<String>,
    /// For a duty of another: what its missed limit opens for the person (words of the rights in `vocabulary.toml`). A
    /// right that no other event starts is then counted from the day on which the answer was due.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opens: Vec<String>,
    /// Where the text is silent or unclear: field → how we read it and why (the safer reading).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reading: BTreeMap<String, String>,
    /// The law. Inside the version, so that it cannot fall behind.
    #[serde(rename = "authority", default)]
    pub authorities: Vec<RuleAuthority>,
}
}

with_clock! {
/// One of several clocks; see [`Combine`].
pub struct Limit {
    /// Words for the derivation and for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}
}

/// An event that may start a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// A word of the events in `vocabulary.toml`.
    pub event: String,
    /// Not if any of these events is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<String>,
    /// Only if one of these events is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_with: Vec<String>,
    /// What to tell the person when this start is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How long: a period, a period that a fact of the case gives, or none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Span {
    /// `"180 days"`.
    Counted(Period),
    /// `{ fact = "coverage.fair_hearing_window_days", unit = "calendar days", min = 90, max = 120 }`.
    FromFact(FactPeriod),
    /// `"same_day"`, `"immediately"`, `"no_limit"` or `"set_elsewhere"`.
    Word(SpanWord),
}

/// A period without a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanWord {
    /// The last day is the day of the event.
    SameDay,
    /// At once, without delay; no day can be computed.
    Immediately,
    /// There is no time limit.
    NoLimit,
    /// There is a limit, but this law leaves it to the plan's terms, a contract or State law.
    SetElsewhere,
}

/// A period whose count is a fact of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactPeriod {
    /// Path of the fact.
    pub fact: String,
    /// Unit, e.g. `calendar days`.
    pub unit: String,
    /// The least the law allows; used as the safe date while the fact is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// The most the law allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
}

/// Direction of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// After the event.
    #[default]
    After,
    /// Before the event.
    Before,
}

/// A time of day at which a limit ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeOfDay {
    /// 12:00.
    Noon,
    /// When the office closes; the hour is not fixed.
    CloseOfBusiness,
}

/// What happens to a last day that is a weekend day or a holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollOver {
    /// Direction.
    #[serde(rename = "move")]
    pub direction: Move,
    /// Calendar, `calendars/<name>.toml`.
    pub calendar: String,
}

/// How several limits work together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// The later of them. While only some can be computed, the latest of those is the safe date, and the rest is asked.
    LaterOf,
    /// The earlier of them. While only some can be computed: for a right of the person nothing is said; for a duty of
    /// another, the known one is the most that the law can allow.
    EarlierOf,
    /// The first one whose starting event is known (written in the order of preference).
    FirstKnown,
    /// The first is the law and gives the last day; the others are what a printed form says, or a safe day where the law
    /// has `no_limit`. The earliest of all is advised.
    LawAndForm,
    /// The first is the rule's own, the second a longer one that a higher law asks for: the first is advised, and once it is
    /// over the second is still open.
    OwnAndFloor,
}

with_clock! {
/// A clock under conditions.
pub struct Choice {
    /// Conditions, all of which must hold.
    pub when: BTreeMap<String, Condition>,
    /// Used while a fact of the choices is unknown: the outer bound, said as such, beside a refusal naming the fact.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outer_bound: bool,
    /// Words for the derivation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
}

/// A lawful lengthening of a limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// By how much.
    pub by: Period,
    /// The event that shows that it was taken, e.g. `extension_notice_received`.
    pub event: String,
    /// On what conditions, in words.
    pub note: String,
    /// Conditions on facts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, Condition>,
}

/// Days between two events that do not count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tolling {
    /// The clock stops with this event; with several, the first known one.
    #[serde(deserialize_with = "read::one_or_many")]
    pub from: Vec<String>,
    /// It runs again with this one; with several, the first known one.
    #[serde(deserialize_with = "read::one_or_many")]
    pub until: Vec<String>,
    /// In words.
    pub note: String,
    /// Conditions on facts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, Condition>,
}

/// An address that holds for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// The address, or where to find it, for the person.
    pub text: String,
    /// The lines of the envelope, where the rule names an office: its name first. Every line stands in `text`. Empty
    /// where the rule only describes the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub office: Vec<String>,
    /// The plan or insurer itself takes it (and passes it on where the law says so).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub plan: bool,
    /// First day.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "read::maybe_day")]
    pub from: Option<Date>,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "read::maybe_day")]
    pub to: Option<Date>,
}

/// Which amount in controversy a right needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdRef {
    /// Path of a `corroborate-amounts/1` file, e.g. `us/medicare/amounts.toml`.
    pub table: String,
    /// The level in that file, e.g. `hearing`.
    #[serde(rename = "for")]
    pub level: String,
    /// The event whose date is the filing date; before it, today counts.
    pub filed: String,
}

/// A passage of law and which fields of the version it proves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleAuthority {
    /// Citation.
    pub cite: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Fields of the version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proves: Vec<String>,
    /// A short fragment of the text that carries the figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phrase: Option<String>,
    /// When somebody last compared, if other than the version's day.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "read::maybe_day")]
    pub verified_on: Option<Date>,
    /// How well it is known, if other than the version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
}
