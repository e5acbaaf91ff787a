use calendar::Date;
use cite::Authority;
use facts::Finding;
use serde::{Deserialize, Serialize};

/// `corroborate opinion need`: does a second opinion help, when, is it covered, is it required, will it be in time?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpinionPlan {
    /// `before_treatment`, `after_denial` or `before_surgery_required`.
    pub timing: String,
    /// `required`, `strong`, `useful`, `weak` or `none`.
    pub value: String,
    /// One entry per denial reason.
    pub because: Vec<Because>,
    /// What would work instead, or first, when the value is weak or none.
    pub better_first_moves: Vec<String>,
    /// Whether the plan requires one.
    pub required: Requirement,
    /// Whether the plan covers one.
    pub coverage: OpinionCoverage,
    /// Whether it would arrive in time; absent when no filing date can be computed.
    pub schedule: Option<Schedule>,
    /// What was noticed.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// Why an opinion does or does not help against one reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Because {
    /// The denial reason.
    pub reason: String,
    /// Id of the rule.
    pub rule: String,
    /// The value against this reason.
    pub value: String,
    /// The explanation for the person.
    pub says: String,
    /// What it rests on.
    pub authorities: Vec<Authority>,
}

/// Whether the plan requires a second opinion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Requirement {
    /// `required`, `may_be_required`, `not_required` or `unknown`.
    pub state: String,
    /// What says so, strongest first.
    pub evidence: Vec<RequirementEvidence>,
    /// Whether one was obtained.
    pub obtained: Option<bool>,
    /// What happens without one.
    pub consequence: Option<String>,
    /// Grounds on which it may be excused.
    pub exceptions: Vec<String>,
}

/// A trace of a requirement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequirementEvidence {
    /// `plan_text`, `carc_61`, `hcr04`, `pas_flag`, `notice` or `procedure_list`.
    pub kind: String,
    /// The words or the code.
    pub quote: String,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The page, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<usize>,
}

/// Whether and how the plan covers a second opinion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpinionCoverage {
    /// `yes`, `conditional`, `not_stated` or `no`.
    pub covered: String,
    /// What it costs, as far as known.
    pub cost: Cost,
    /// `required`, `not_required` or `unknown`.
    pub referral: String,
    /// The rule about network physicians, in words.
    pub network: Option<String>,
    /// What happens outside the network, in words.
    pub out_of_network: Option<String>,
    /// A third opinion, where there is a rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub third_opinion: Option<String>,
    /// What it rests on.
    pub authorities: Vec<Authority>,
    /// What to ask the plan on the phone.
    pub ask_the_plan: Vec<String>,
}

/// The cost of the visit in the terms of the plan.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Cost {
    pub deductible_cents: Option<i64>,
    pub deductible_left_cents: Option<i64>,
    pub coinsurance_percent: Option<f64>,
    pub copay_cents: Option<i64>,
    pub notes: Option<String>,
}

/// Whether the opinion would arrive before the filing date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// The day on which the letter can be expected.
    pub opinion_ready: Date,
    /// The day we advise to file, from the rights.
    pub file_by: Option<Date>,
    /// `in_time`, `tight`, `file_now_supplement_later` or `expedite`.
    pub verdict: String,
    /// What to do, in order.
    pub moves: Vec<ScheduleMove>,
}

/// A step of the schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScheduleMove {
    /// What to do.
    pub what: String,
    /// By when.
    pub by: Option<Date>,
    /// Id of the right the date comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<String>,
}

/// `corroborate opinion check`: what the letter says and lacks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// `confirms`, `confirms_with_changes`, `needs_workup`, `conservative_first`, `against` or `unclear`.
    pub outcome: String,
    /// The sentence it rests on.
    pub outcome_quote: Option<String>,
    /// All elements, in letter order.
    pub elements: Vec<ElementState>,
    /// One entry per denial reason of the case.
    pub reasons_answered: Vec<ReasonAnswered>,
    /// Sentences that could harm.
    pub hazards: Vec<Hazard>,
    /// `recommended`, `after_changes`, `do_not_attach` or `person_decides`.
    pub attach: String,
    /// What to do next, in order.
    pub next: Vec<String>,
    /// What was noticed (another patient's name, another service, a bill instead of a letter …).
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// State of one element of the letter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ElementState {
    /// The element, a word of the closed list.
    pub element: String,
    /// `present`, `partial`, `missing` or `not_applicable`.
    pub state: String,
    /// The sentence that best carries it.
    pub quote: Option<String>,
    /// Its page, counted from 1.
    pub page: Option<usize>,
    /// The sentence to request, when it is partial or missing.
    pub ask: Option<String>,
}

/// Whether the letter answers one denial reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReasonAnswered {
    /// The denial reason.
    pub reason: String,
    /// `answered`, `touched` or `unanswered`.
    pub state: String,
    /// The sentence that answers it.
    pub quote: Option<String>,
    /// Its page, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<usize>,
}

/// A sentence that could be used against the person, or that weakens the letter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hazard {
    /// `guarantee`, `adverse_statement`, `beyond_specialty`, `fact_not_in_record` or `reviewer_attack`.
    pub hazard: String,
    /// The sentence.
    pub quote: String,
    /// Its page, counted from 1.
    pub page: usize,
}
