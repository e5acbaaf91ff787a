//! (case, rules as data) → does a second opinion help, when, and what would work instead.
//!
//! The rules are `kb/opinions/need.toml`, one per denial reason. The value of the whole is the strongest over the
//! reasons. No sentence promises a result: no study shows that a second opinion raises the chance of winning.

use calendar::Date;
use facts::{Case, Denial, Document, Finding, Reading};
use kb::{Kb, KbError, Sentences};
use rights::Entitlements;
use serde::Deserialize;

use crate::authorities::Authorities;
use crate::clauses::plan_papers;
use crate::coverage::coverage_in;
use crate::required::required_in;
use crate::schedule::schedule_in;
use crate::situation::{Situation, Treating};
use crate::{Because, OpinionPlan, Requirement};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    pub(crate) clinical_reasons: Vec<String>,
    pub(crate) rule: Vec<Rule>,
    before: Vec<Before>,
    before_required: BeforeRequired,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    id: String,
    pub(crate) reason: String,
    value: Value,
    says: String,
    pub(crate) opinion_must: Vec<String>,
    first_moves: Vec<String>,
    /// The same while the care is still to come, where they must differ.
    first_moves_before: Option<Vec<String>>,
    /// What the rule says, and what to do first, when the care was already given, where they must differ.
    says_after: Option<String>,
    first_moves_after: Option<Vec<String>>,
    authorities: Vec<String>,
    /// What helps besides in some coverages.
    #[serde(default)]
    of_coverage: Vec<OfCoverage>,
    #[serde(default)]
    when: Vec<WhenFact>,
}

impl Rule {
    fn says(&self, done: Option<bool>) -> &String {
        self.says_after.as_ref().filter(|_| done == Some(true)).unwrap_or(&self.says)
    }

    fn moves(&self, done: Option<bool>) -> &[String] {
        let timed = match done {
            Some(true) => self.first_moves_after.as_ref(),
            Some(false) => self.first_moves_before.as_ref(),
            None => None,
        };
        timed.unwrap_or(&self.first_moves)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfCoverage {
    coverage: Vec<String>,
    first_moves: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WhenFact {
    fact: Fact,
    value: Value,
    says: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Before {
    id: String,
    fact: Fact,
    value: Value,
    says: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BeforeRequired {
    id: String,
    value: Value,
    says: String,
    /// The same when the care was already given.
    says_after: String,
}

/// The facts a rule may ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fact {
    DocumentsOnly,
    TreatingGeneralist,
    TreatingNotInField,
    ComplexWithGeneralist,
    SurgeryPriorAuth,
    MedicalJudgment,
    Surgery,
    ServiceKnown,
}

/// From weakest to strongest, so that the strongest is the maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Value {
    None,
    Weak,
    Useful,
    Strong,
    Required,
}

impl Value {
    fn word(self) -> &'static str {
        match self {
            Value::None => "none",
            Value::Weak => "weak",
            Value::Useful => "useful",
            Value::Strong => "strong",
            Value::Required => "required",
        }
    }
}

impl Fact {
    fn holds(self, situation: &Situation, denial: &Denial) -> bool {
        match self {
            Fact::DocumentsOnly => situation.documents_only(denial),
            Fact::TreatingGeneralist => situation.treating == Treating::Generalist,
            Fact::TreatingNotInField => situation.treating == Treating::OtherField,
            Fact::ComplexWithGeneralist => situation.complex_with_generalist(),
            Fact::SurgeryPriorAuth => situation.surgery_prior_auth(),
            Fact::MedicalJudgment => situation.medical_judgment(denial),
            Fact::Surgery => situation.surgery,
            Fact::ServiceKnown => situation.service_known,
        }
    }
}

/// Does a second opinion help in this case, when, is one required, is it covered, and will it be in time?
///
/// `plan_documents` are the plan's own papers (certificate, summary plan description); their clauses are quoted with
/// their pages. `entitlements` gives the filing date for the schedule.
///
/// # Errors
/// A [`KbError`] when a data file is absent or damaged.
pub fn need(
    case: &Case,
    kb: &Kb,
    today: Date,
    entitlements: Option<&Entitlements>,
    plan_documents: &[Document],
) -> Result<OpinionPlan, KbError> {
    need_with_readings(case, kb, today, entitlements, plan_documents, &[])
}

/// As [`need`], with what was read from letters, remittances and FHIR or X12 files as further evidence of a requirement.
///
/// # Errors
/// A [`KbError`] when a data file is absent or damaged.
pub fn need_with_readings(
    case: &Case,
    kb: &Kb,
    today: Date,
    entitlements: Option<&Entitlements>,
    plan_documents: &[Document],
    readings: &[Reading],
) -> Result<OpinionPlan, KbError> {
    let situation = Situation::read(case, kb, today)?;
    let rules: Rules = kb.table("opinions/need.toml")?;
    let authorities = Authorities::load(kb)?;
    let papers = plan_papers(plan_documents, kb)?;
    let required = required_in(case, kb, &situation, &papers, readings)?;
    let mut findings = Vec::new();
    let (mut because, mut moves) =
        reasons(case, &rules, &situation, &authorities, kb.index().sentences(), &mut findings);
    let after_denial = is_after_denial(case);
    if because.is_empty() && !after_denial {
        because.extend(before(&rules, &situation));
    }
    if required.state == "required" && !because.iter().any(|b| b.value == "required") {
        let rule = &rules.before_required;
        let says = if situation.done == Some(true) { &rule.says_after } else { &rule.says };
        let says = if required.by_criterion { &required.says } else { says };
        because.insert(0, entry("second_opinion_missing", &rule.id, rule.value, says, Vec::new()));
    }
    if required.obtained == Some(true) && required.state == "required" {
        // "Get one" is no advice for a person who has one.
        let missing = because.iter_mut().filter(|b| b.reason == "second_opinion_missing");
        missing.for_each(|b| b.says.clone_from(&required.says));
    }
    if let Some(owed) = &required.owed
        && situation.done == Some(true)
    {
        moves.insert(0, owed.clone());
    }
    notice_gaps(case, &situation, &rules, &because, after_denial, kb.index().sentences(), &mut findings);
    // No calendar for an opinion that would not help: what helps instead is in the moves.
    let value = because.iter().max_by_key(|b| rank(&b.value)).map(|b| b.value.clone());
    let wanted = value.as_deref() != Some(Value::None.word());
    let schedule = wanted.then(|| schedule_in(case, kb, today, entitlements)).transpose()?;
    Ok(OpinionPlan {
        timing: timing(&required, &situation, after_denial).into(),
        value,
        better_first_moves: moves,
        coverage: coverage_in(case, kb, today, &situation, &papers)?,
        because,
        required,
        schedule,
        findings,
    })
}

/// What the reasons of a case say of an opinion's worth, for the commands that would plan one.
pub(crate) struct Worth {
    because: Vec<Because>,
    moves: Vec<String>,
}

/// What helps where an opinion does not.
pub(crate) struct Instead {
    /// That an opinion does not help, and why.
    pub(crate) says: String,
    /// What helps.
    pub(crate) moves: Vec<String>,
}

/// What the reasons of the case say of an opinion's worth.
pub(crate) fn worth(case: &Case, kb: &Kb, today: Date) -> Result<Worth, KbError> {
    worth_in(case, kb, &Situation::read(case, kb, today)?)
}

/// As [`worth`], for a situation that was read already.
pub(crate) fn worth_in(case: &Case, kb: &Kb, situation: &Situation) -> Result<Worth, KbError> {
    let rules: Rules = kb.table("opinions/need.toml")?;
    let (authorities, sentences) = (Authorities::load(kb)?, kb.index().sentences());
    let (because, moves) = reasons(case, &rules, situation, &authorities, sentences, &mut Vec::new());
    Ok(Worth { because, moves })
}

impl Worth {
    /// What to do instead, when no reason is one that an opinion helps against.
    pub(crate) fn no_help(self, sentences: &Sentences) -> Option<Instead> {
        if self.because.is_empty() || self.because.iter().any(|b| b.value != Value::None.word()) {
            return None;
        }
        let mut why: Vec<&str> = self.because.iter().map(|b| b.says.as_str()).collect();
        why.dedup();
        Some(Instead { says: sentences.say("need_no_help", &[("why", &why.join(" "))]), moves: self.moves })
    }
}

impl Instead {
    /// All of it as one paragraph.
    pub(crate) fn paragraph(&self) -> String {
        [std::slice::from_ref(&self.says), &self.moves].concat().join(" ")
    }
}

fn rank(value: &str) -> usize {
    [Value::None, Value::Weak, Value::Useful, Value::Strong, Value::Required]
        .iter()
        .position(|v| v.word() == value)
        .unwrap_or(0)
}

fn entry(reason: &str, rule: &str, value: Value, says: &str, authorities: Vec<cite::Authority>) -> Because {
    Because {
        reason: reason.into(),
        rule: rule.into(),
        value: value.word().into(),
        says: says.into(),
        authorities,
        opinion_must: Vec::new(),
    }
}

/// One entry per denial reason, and the moves that would work instead or first.
fn reasons(
    case: &Case,
    rules: &Rules,
    situation: &Situation,
    authorities: &Authorities,
    sentences: &Sentences,
    findings: &mut Vec<Finding>,
) -> (Vec<Because>, Vec<String>) {
    let mut out: Vec<Because> = Vec::new();
    let mut moves: Vec<String> = Vec::new();
    for (i, denial) in case.denials.iter().enumerate() {
        let Some(reason) = denial.reason.as_deref() else { continue };
        let Some(rule) = rules.rule.iter().find(|r| r.reason == reason) else {
            let message = sentences.say("need_unknown_reason", &[("reason", reason)]);
            findings.push(Finding::new("unknown_reason", message).about(format!("denial.{i}.reason")));
            continue;
        };
        let fit = rule.when.iter().find(|w| w.fact.holds(situation, denial));
        let (value, says) = fit.map_or((rule.value, rule.says(situation.done)), |w| (w.value, &w.says));
        let mut because =
            entry(reason, &rule.id, value, says, authorities.get(&rule.authorities, case.coverage.kind.as_deref()));
        because.opinion_must.clone_from(&rule.opinion_must);
        if !out.iter().any(|b| b.reason == because.reason && b.value == because.value) {
            out.push(because);
        }
        if value < Value::Strong || value == Value::Required {
            let here = |o: &&OfCoverage| case.coverage.kind.as_ref().is_some_and(|kind| o.coverage.contains(kind));
            let of_coverage = rule.of_coverage.iter().filter(here).flat_map(|o| &o.first_moves);
            for m in rule.moves(situation.done).iter().chain(of_coverage) {
                if !moves.contains(m) {
                    moves.push(m.clone());
                }
            }
        }
    }
    (out, moves)
}

/// Before any denial: the first of the data's situations that fits.
fn before(rules: &Rules, situation: &Situation) -> Option<Because> {
    let nothing = Denial::default();
    let fit = rules.before.iter().find(|b| b.fact.holds(situation, &nothing))?;
    Some(entry("before_treatment", &fit.id, fit.value, &fit.says, Vec::new()))
}

/// Whether the plan has said no: a denial is entered, or a notice has come.
pub(crate) fn is_after_denial(case: &Case) -> bool {
    const NOTICES: [&str; 6] = [
        "notice_dated",
        "notice_received",
        "notice_mailed",
        "final_notice_dated",
        "final_notice_received",
        "decision_received",
    ];
    !case.denials.is_empty() || case.events.iter().any(|e| NOTICES.contains(&e.kind.as_str()))
}

fn timing(required: &Requirement, situation: &Situation, after_denial: bool) -> &'static str {
    if !required.by_criterion && required.state == "required" && situation.done != Some(true) {
        "before_surgery_required"
    } else if after_denial {
        "after_denial"
    } else {
        "before_treatment"
    }
}

/// Names the facts that would settle or sharpen the answer.
fn notice_gaps(
    case: &Case,
    situation: &Situation,
    rules: &Rules,
    because: &[Because],
    after_denial: bool,
    sentences: &Sentences,
    findings: &mut Vec<Finding>,
) {
    let mut add = |code: &str, sentence: &str, about: &str| {
        findings.push(Finding::new(code, sentences.say(sentence, &[])).about(about));
    };
    if because.is_empty() && after_denial {
        add("reason_missing", "need_reason_missing", "denial.0.reason");
    } else if because.is_empty() {
        add("service_missing", "need_service_missing", "claim.service");
    }
    let clinical = because.iter().any(|b| rules.clinical_reasons.contains(&b.reason) || b.reason == "before_treatment");
    if clinical && situation.treating == Treating::Unknown {
        let entered =
            case.treating_physician.as_ref().is_some_and(|t| t.specialty.is_some() || t.subspecialty.is_some());
        let (code, sentence) = match entered {
            true => ("treating_specialty_unknown", "need_specialty_unknown"),
            false => ("treating_specialty_missing", "need_specialty_missing"),
        };
        add(code, sentence, "treating_physician.specialty");
    }
    let field_unknown = situation.profile.groups.is_empty();
    if clinical && field_unknown && (case.claim.service.is_some() || case.claim.diagnosis.is_some()) {
        add("field_unknown", "need_field_unknown", "claim.diagnosis_codes");
    }
}
