use calendar::Date;
use cite::Authority;
use facts::Finding;
use serde::{Deserialize, Serialize};

/// `corroborate opinion need`: does a second opinion help, when, is it covered, is it required, will it be in time?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpinionPlan {
    /// `before_treatment`, `after_denial` or `before_surgery_required`.
    pub timing: String,
    /// `required`, `strong`, `useful`, `weak` or `none`: the strongest over the reasons. Unknown (null) when the case gives
    /// neither a reason nor a service; then a finding names what is missing.
    pub value: Option<String>,
    /// One entry per denial reason.
    pub because: Vec<Because>,
    /// What would work instead, or first, when the value is weak or none.
    pub better_first_moves: Vec<String>,
    /// Whether the plan requires one.
    pub required: Requirement,
    /// Whether the plan covers one.
    pub coverage: OpinionCoverage,
    /// Whether it would arrive in time; its verdict is unknown when no filing date can be computed. Absent when an
    /// opinion would not help at all.
    pub schedule: Option<Schedule>,
    /// What was noticed.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

impl OpinionPlan {
    /// Whether a physician's letter will hardly change the answer: of no reason it does much.
    pub fn hardly_helps(&self) -> bool {
        matches!(self.value.as_deref(), Some("weak" | "none"))
    }
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
    /// What the opinion must do to answer this reason, one clause each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opinion_must: Vec<String>,
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
    /// Who is asked to pay, by the group code of code 61; that the paper does not say it, where a denial for this reason shows none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed: Option<String>,
    /// Grounds on which it may be excused: `emergency`, `obtained`, `not_in_plan`, `not_told`.
    pub exceptions: Vec<String>,
    /// The same grounds as arguments: what to say, what proves it, which letter carries it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<Argument>,
    /// Whether a criterion or a sentence of the decision itself asks for a second physician's own exam, and nothing else says that one
    /// is required.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_criterion: bool,
    /// For the person: what the traces say together, in one or two sentences.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub says: String,
    /// The law or the code list it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorities: Vec<Authority>,
}

/// A ground on which a skipped second opinion may be excused, or a way to make it good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Argument {
    /// `emergency`, `obtained`, `not_in_plan`, `not_told` or `retrospective`.
    pub id: String,
    /// A short title.
    pub title: String,
    /// What to say.
    pub says: String,
    /// What proves it.
    pub prove_with: Vec<String>,
    /// Whether the case shows it: true, false, or unknown.
    pub fits: Option<bool>,
    /// The document that carries it.
    pub letter: String,
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
    /// Year of the source, for a procedure list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<String>,
}

/// Whether and how the plan covers a second opinion.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct OpinionCoverage {
    /// `yes`, `conditional`, `not_stated` or `no`.
    pub covered: String,
    /// Why, in plain words.
    #[serde(default)]
    pub says: String,
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
    /// The employer's second-opinion service, where there may be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employer_benefit: Option<String>,
    /// The State whose law was looked at, two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// No opinion would help against the reasons of the case: what to do instead is the first of the notes.
    #[serde(default)]
    pub no_help: bool,
    /// What else to know, one sentence each, among them what is not yet confirmed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The plan's own words on second opinions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan_quotes: Vec<PlanQuote>,
    /// What it rests on.
    pub authorities: Vec<Authority>,
    /// What to ask the plan on the phone.
    pub ask_the_plan: Vec<String>,
    /// The same in Spanish.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ask_the_plan_es: Vec<String>,
}

/// Words of a plan document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanQuote {
    /// Kind of the clause, e.g. `second_opinion`.
    pub kind: String,
    /// The words.
    pub quote: String,
    /// The document's file name.
    pub document: String,
    /// The page, counted from 1.
    pub page: usize,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worked: Option<WorkedCost>,
}

/// An example of the cost for a visit of a round price; no price of anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkedCost {
    /// The price assumed.
    pub visit_cents: i64,
    /// How the amount comes about.
    pub steps: Vec<String>,
    /// The person's part.
    pub you_pay_cents: i64,
    /// The same in a sentence.
    pub says: String,
}

/// Whether the opinion would arrive before the filing date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// The day on which the letter can be expected.
    pub opinion_ready: Date,
    /// The letter is here already.
    #[serde(default)]
    pub here: bool,
    /// The day we advise to file, from the rights.
    pub file_by: Option<Date>,
    /// The day on which care that is running is to stop, when it is still to come: the appeal has to be in before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care_ends: Option<Date>,
    /// No opinion would help against the reasons of this case; the moves are what helps instead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_help: bool,
    /// `in_time`, `tight`, `file_now_supplement_later` or `expedite`; unknown (null) without a filing day.
    pub verdict: Option<String>,
    /// Why, and what the estimate takes for granted.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub says: String,
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
    /// Its page, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome_page: Option<usize>,
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
