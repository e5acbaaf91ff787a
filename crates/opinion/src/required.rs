//! Is a second opinion required before surgery? Traces, strongest first: the plan's own text, CARC 61 with its group
//! code, X12 278 HCR04, the FHIR prior-authorization flag, the plan's notice. A list of procedures only ever says
//! "may be required: check". When it was skipped, the arguments and the letter that carries each.

use std::collections::BTreeMap;

use calendar::Date;
use cite::{Authority, Confidence};
use facts::{Case, Document, Reading, TextFrom};
use kb::{Kb, KbError};
use serde::Deserialize;

use crate::clauses::{PlanPaper, clauses, plan_papers};
use crate::independent::{Independent, IndependentRules, independent};
use crate::situation::Situation;
use crate::specialist::Directory;
use crate::words::{Folded, five_digits};
use crate::{Argument, Requirement, RequirementEvidence};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    carc: String,
    carc_group: BTreeMap<String, String>,
    hcr04: YesNo,
    consequence: Consequence,
    says: Says,
    argument: Vec<ArgumentText>,
    program: Vec<Program>,
    code_authority: Authority,
    independent: IndependentRules,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct YesNo {
    yes: Vec<String>,
    no: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Consequence {
    plan_text: String,
    before: String,
    /// Where a list of operations is all there is.
    may_be: String,
    notice: String,
    independent: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Says {
    required: String,
    satisfied: String,
    not_required: String,
    may_be: String,
    unknown: String,
    conflict: String,
    independent: String,
    independent_missing: String,
    independent_here: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArgumentText {
    id: String,
    title: String,
    says: String,
    prove_with: Vec<String>,
    letter: String,
    /// Of use only once the care was given.
    #[serde(default)]
    after_care: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    #[allow(dead_code)]
    id: String,
    states: Vec<String>,
    coverage: Vec<String>,
    surgery: bool,
    state: String,
    /// What the rule means, for the person.
    says: String,
    quote: String,
    source: String,
    year: String,
    consequence: String,
    cite: String,
    confidence: Confidence,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Procedures {
    coverage_without: Vec<String>,
    source: BTreeMap<String, Source>,
    procedure: Vec<Procedure>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    title: String,
    year: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Procedure {
    #[allow(dead_code)]
    id: String,
    name: String,
    words: Vec<String>,
    codes: Vec<String>,
    sources: Vec<String>,
}

/// A trace with what it says: that one is required, or that none is.
struct Trace {
    says_required: bool,
    consequence: Option<String>,
    evidence: RequirementEvidence,
}

/// Whether a second opinion is required, with every trace found, and what to do when it was skipped.
///
/// `readings` are what was read from letters, explanations of benefits, X12 and FHIR files of this case.
///
/// # Errors
/// A [`KbError`] when a data file is absent or damaged.
pub fn required(
    case: &Case,
    kb: &Kb,
    today: Date,
    plan_documents: &[Document],
    readings: &[Reading],
) -> Result<Requirement, KbError> {
    required_in(case, kb, &Situation::read(case, kb, today)?, &plan_papers(plan_documents, kb)?, readings)
}

/// As [`required`], for a situation and plan papers that were read already.
pub(crate) fn required_in(
    case: &Case,
    kb: &Kb,
    situation: &Situation,
    papers: &[PlanPaper],
    readings: &[Reading],
) -> Result<Requirement, KbError> {
    let rules: Rules = kb.table("opinions/required/rules.toml")?;
    let mut traces = plan_traces(papers, &rules);
    traces.extend(cited_provisions(case, kb, &rules)?);
    traces.extend(code_traces(case, readings, &rules));
    traces.extend(flag_traces(readings, &rules));
    traces.extend(written_flags(case, &rules));
    traces.extend(notice_traces(case, readings, &rules));
    // A reason that a person entered without the letter's words counts, and shows no quote: none was given.
    let entered = case.denials.iter().any(|d| d.reason.as_deref() == Some("second_opinion_missing"));
    let yes = entered || traces.iter().any(|t| t.says_required);
    let no = traces.iter().any(|t| !t.says_required);
    // A rule of the plan about second opinions says more than one criterion of this decision.
    let exam = independent(case, &*Directory::load(kb)?, &rules.independent).filter(|_| !yes);
    if let Some(exam) = exam {
        return Ok(of_criterion(&exam, case, &rules, situation, kb));
    }
    let mut out = Requirement {
        state: if yes {
            "required"
        } else if no {
            "not_required"
        } else {
            "unknown"
        }
        .into(),
        obtained: obtained(case),
        consequence: None,
        owed: None,
        evidence: Vec::new(),
        exceptions: Vec::new(),
        arguments: Vec::new(),
        says: match (yes, no) {
            (true, true) => rules.says.conflict.clone(),
            (true, false) => rules.says.required.clone(),
            (false, true) => rules.says.not_required.clone(),
            (false, false) => rules.says.unknown.clone(),
        },
        authorities: Vec::new(),
        by_criterion: false,
    };
    if traces.iter().any(|t| t.evidence.kind == "carc_61") {
        out.authorities.push(rules.code_authority.clone());
    }
    let mut consequences: Vec<String> = Vec::new();
    let by_code = traces.iter().find(|t| t.evidence.kind == "carc_61").and_then(|t| t.consequence.clone());
    out.owed = by_code.or_else(|| rules.carc_group.get("unknown").filter(|_| entered).cloned());
    for trace in traces {
        if let Some(c) = trace.consequence.filter(|c| trace.says_required && !consequences.contains(c)) {
            consequences.push(c);
        }
        out.evidence.push(trace.evidence);
    }
    if entered && !consequences.contains(&rules.consequence.notice) {
        consequences.push(rules.consequence.notice.clone());
    }
    if yes {
        if situation.done != Some(true) {
            consequences.push(rules.consequence.before.clone());
        }
        out.consequence = (!consequences.is_empty()).then(|| consequences.join(" "));
        if out.obtained == Some(true) && !no {
            out.says.clone_from(&rules.says.satisfied);
        }
    } else if !no {
        weaker(case, kb, &rules, situation, &mut out)?;
    }
    if out.state == "required" {
        out.arguments = arguments(&rules, situation, &out);
    }
    if matches!(out.state.as_str(), "required" | "may_be_required") {
        out.exceptions = rules.argument.iter().map(|a| a.id.clone()).filter(|id| id != "retrospective").collect();
    }
    Ok(out)
}

/// A second physician's own exam that the plan's words ask for, by the rules of the knowledge base.
///
/// # Errors
/// A [`KbError`] when a data file is absent or damaged.
pub(crate) fn exam_wanted(case: &Case, kb: &Kb, directory: &Directory) -> Result<Option<Independent>, KbError> {
    let rules: Rules = kb.table("opinions/required/rules.toml")?;
    Ok(independent(case, directory, &rules.independent))
}

/// What the plan's own criterion asks for, with the field that is missing.
fn of_criterion(exam: &Independent, case: &Case, rules: &Rules, situation: &Situation, kb: &Kb) -> Requirement {
    let letter = case.records.iter().find(|r| r.kind.as_deref() == Some("denial_letter")).and_then(|r| r.file.clone());
    let mut out = Requirement {
        state: "required".into(),
        obtained: if exam.here { Some(true) } else { obtained(case).filter(|had| !had) },
        consequence: Some(rules.consequence.independent.clone()),
        owed: None,
        evidence: vec![evidence("plan_text", &exam.quote, letter, None)],
        exceptions: vec!["obtained".into()],
        arguments: Vec::new(),
        says: rules.says.independent.clone(),
        authorities: Vec::new(),
        by_criterion: true,
    };
    let fields: Vec<String> = exam.missing.iter().map(|f| f.name(kb)).collect();
    let more = match (exam.here, fields.is_empty()) {
        (true, _) => Some(rules.says.independent_here.clone()),
        (false, false) => Some(kb::filled(&rules.says.independent_missing, &[("fields", &fields.join("; "))])),
        (false, true) => None,
    };
    out.says = std::iter::once(out.says).chain(more).collect::<Vec<_>>().join(" ");
    out.arguments = arguments(rules, situation, &out).into_iter().filter(|a| a.id == "obtained").collect();
    out
}

fn evidence(kind: &str, quote: &str, source: Option<String>, page: Option<usize>) -> RequirementEvidence {
    RequirementEvidence { kind: kind.into(), quote: quote.into(), source, page, year: None }
}

fn plan_traces(papers: &[PlanPaper], rules: &Rules) -> Vec<Trace> {
    let mut out = Vec::new();
    for paper in papers {
        for clause in &paper.clauses {
            let Some(requires) = clause.requires else { continue };
            out.push(Trace {
                says_required: requires,
                consequence: Some(rules.consequence.plan_text.clone()),
                evidence: evidence("plan_text", &clause.quote, Some(paper.name.clone()), Some(clause.page)),
            });
        }
    }
    // Two clauses of one plan may differ (voluntary in general, required for some operations): the requirement decides.
    if out.iter().any(|t| t.says_required) {
        out.retain(|t| t.says_required);
    }
    out.truncate(3);
    out
}

/// The plan's own words as the denial cites them, where they require a second opinion.
fn cited_provisions(case: &Case, kb: &Kb, rules: &Rules) -> Result<Vec<Trace>, KbError> {
    let mut out = Vec::new();
    for (i, denial) in case.denials.iter().enumerate() {
        let Some(provision) = denial.provision.as_deref().filter(|p| Folded::new(p).has("opinion*")) else { continue };
        let found = clauses(&Document::from_text("provision", provision), kb)?;
        if found.iter().any(|c| c.requires == Some(true)) {
            out.push(Trace {
                says_required: true,
                consequence: Some(rules.consequence.plan_text.clone()),
                evidence: evidence(
                    "plan_text",
                    provision,
                    Some(kb.index().sentences().say("cited_provision", &[("n", &(i + 1).to_string())])),
                    None,
                ),
            });
        }
    }
    Ok(out)
}

/// A flag that a person or an office wrote down among the codes: `HCR04=Y`.
fn written_flags(case: &Case, rules: &Rules) -> Vec<Trace> {
    let mut out = Vec::new();
    for code in case.denials.iter().flat_map(|d| &d.codes).chain(&case.claim.codes) {
        let Some(rest) = code.trim().to_lowercase().strip_prefix("hcr04").map(str::to_owned) else { continue };
        let value = rest.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        let says = if rules.hcr04.yes.contains(&value) {
            true
        } else if rules.hcr04.no.contains(&value) {
            false
        } else {
            continue;
        };
        out.push(Trace { says_required: says, consequence: None, evidence: evidence("hcr04", code, None, None) });
    }
    out
}

/// The group code of a code that is CARC 61, `unknown` when none is written; nothing for any other code.
fn carc_61<'a>(code: &str, rules: &'a Rules) -> Option<&'a str> {
    let words: Vec<String> = code
        .to_uppercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .flat_map(split_group)
        .collect();
    let at = words.iter().position(|w| w == &rules.carc)?;
    // Any other word than the group and a label makes it another code (`CPT 61`, `REV 61`).
    let others = words.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, w)| w.as_str());
    let mut group = rules.carc_group.get("unknown")?;
    for word in others {
        match rules.carc_group.get(word) {
            Some(text) => group = text,
            None if matches!(word, "CARC" | "CODE" | "REASON" | "ADJUSTMENT" | "CLAIM" | "GROUP") => {}
            None => return None,
        }
    }
    Some(group)
}

/// `CO61` as `CO` and `61`.
fn split_group(word: &str) -> Vec<String> {
    let letters = word.chars().take_while(char::is_ascii_alphabetic).count();
    match word.split_at_checked(letters) {
        Some((a, b)) if !a.is_empty() && !b.is_empty() => vec![a.into(), b.into()],
        _ => vec![word.into()],
    }
}

fn code_traces(case: &Case, readings: &[Reading], rules: &Rules) -> Vec<Trace> {
    let mut out: Vec<Trace> = Vec::new();
    let mut add = |code: &str, source: Option<String>, page: Option<usize>| {
        let Some(group) = carc_61(code, rules) else { return };
        if !out.iter().any(|t| t.evidence.quote == code) {
            out.push(Trace {
                says_required: true,
                consequence: Some(group.to_owned()),
                evidence: evidence("carc_61", code, source, page),
            });
        }
    };
    for reading in readings {
        for field in reading.all("denial.code").chain(reading.all("second_opinion.required_stated")) {
            add(&field.value, reading.documents.get(field.document).map(|d| d.name.clone()), Some(field.page));
        }
    }
    // Among the codes of the claim a bare "61" may be anything; there the group has to be written.
    let with_group = case.claim.codes.iter().filter(|c| c.chars().any(char::is_alphabetic));
    for code in case.denials.iter().flat_map(|d| &d.codes).chain(with_group) {
        add(code, None, None);
    }
    out
}

fn flag_traces(readings: &[Reading], rules: &Rules) -> Vec<Trace> {
    let mut out = Vec::new();
    for reading in readings {
        for field in reading.all("second_opinion.flag") {
            let value = field.value.trim().to_lowercase();
            let says = if rules.hcr04.yes.contains(&value) || value.ends_with("=y") {
                true
            } else if rules.hcr04.no.contains(&value) || value.ends_with("=n") {
                false
            } else {
                continue;
            };
            let document = reading.documents.get(field.document);
            let x12 = document.is_some_and(|d| d.text_from == TextFrom::X12) || value.contains("hcr04");
            out.push(Trace {
                says_required: says,
                consequence: None,
                evidence: evidence(
                    if x12 { "hcr04" } else { "pas_flag" },
                    &field.quote,
                    document.map(|d| d.name.clone()),
                    Some(field.page),
                ),
            });
        }
    }
    out.sort_by_key(|t| t.evidence.kind != "hcr04");
    out
}

fn notice_traces(case: &Case, readings: &[Reading], rules: &Rules) -> Vec<Trace> {
    let mut out: Vec<Trace> = Vec::new();
    let mut add = |quote: &str, source: Option<String>, page: Option<usize>| {
        if !out.iter().any(|t| t.evidence.quote == quote) {
            out.push(Trace {
                says_required: true,
                consequence: Some(rules.consequence.notice.clone()),
                evidence: evidence("notice", quote, source, page),
            });
        }
    };
    for reading in readings {
        let name = |i: usize| reading.documents.get(i).map(|d| d.name.clone());
        // A remittance states it by the code; that trace is counted as the code.
        for field in reading.all("second_opinion.required_stated").filter(|f| carc_61(&f.value, rules).is_none()) {
            add(&field.quote, name(field.document), Some(field.page));
        }
        for reason in reading.reasons.iter().filter(|r| r.reason == "second_opinion_missing") {
            add(&reason.quote, name(reason.document), Some(reason.page));
        }
    }
    for denial in case.denials.iter().filter(|d| d.reason.as_deref() == Some("second_opinion_missing")) {
        if let Some(quote) = denial.quote.as_deref() {
            add(quote, None, None);
        }
    }
    out
}

/// Without a trace: a program's rule, or the list of procedures, which only ever says "may be".
fn weaker(case: &Case, kb: &Kb, rules: &Rules, situation: &Situation, out: &mut Requirement) -> Result<(), KbError> {
    let kind = case.coverage.kind.as_deref().unwrap_or_default();
    let state = case.patient.state.as_deref().unwrap_or_default().to_uppercase();
    let fits = |p: &&Program| {
        p.coverage.iter().any(|c| c == kind)
            && (p.states.is_empty() || p.states.contains(&state))
            && (!p.surgery || situation.surgery)
    };
    if let Some(program) = rules.program.iter().find(fits) {
        out.state.clone_from(&program.state);
        out.says.clone_from(&program.says);
        out.consequence = (!program.consequence.is_empty()).then(|| program.consequence.clone());
        let mut trace = evidence(
            if program.state == "not_required" { "plan_text" } else { "procedure_list" },
            &program.quote,
            Some(program.source.clone()),
            None,
        );
        trace.year = Some(program.year.clone());
        out.evidence.push(trace);
        let mut authority = Authority::new(&program.cite);
        authority.confidence = Some(program.confidence);
        out.authorities.push(authority);
        return Ok(());
    }
    let list: Procedures = kb.table("opinions/required/procedures.toml")?;
    if list.coverage_without.iter().any(|c| c == kind) {
        return Ok(());
    }
    let service = Folded::new(case.claim.service.as_deref().unwrap_or_default());
    let numbers: Vec<u32> = case.claim.codes.iter().filter_map(|c| five_digits(c)).collect();
    for procedure in list.procedure.iter().filter(|p| named(p, &service, &numbers)) {
        for source in procedure.sources.iter().filter_map(|s| list.source.get(s)) {
            let mut trace = evidence("procedure_list", &procedure.name, Some(source.title.clone()), None);
            trace.year = Some(source.year.clone());
            out.evidence.push(trace);
        }
    }
    if !out.evidence.is_empty() {
        out.state = "may_be_required".into();
        out.says.clone_from(&rules.says.may_be);
        out.consequence = Some(rules.consequence.may_be.clone()).filter(|_| situation.done != Some(true));
    }
    Ok(())
}

fn named(procedure: &Procedure, service: &Folded, numbers: &[u32]) -> bool {
    let coded = |range: &String| {
        let (a, b) = range.split_once('-').unwrap_or((range, range));
        match (a.parse::<u32>(), b.parse::<u32>()) {
            (Ok(a), Ok(b)) => numbers.iter().any(|n| (a..=b).contains(n)),
            _ => false,
        }
    };
    service.any(&procedure.words) || procedure.codes.iter().any(coded)
}

fn obtained(case: &Case) -> Option<bool> {
    let opinion = case.second_opinion.as_ref()?;
    match opinion.state.as_deref() {
        Some("received" | "seen") => Some(true),
        Some("none" | "planned" | "asked") => Some(false),
        _ => opinion.letter.as_ref().map(|_| true),
    }
}

fn arguments(rules: &Rules, situation: &Situation, found: &Requirement) -> Vec<Argument> {
    let plan_says = found.evidence.iter().any(|e| e.kind == "plan_text");
    let told = found.evidence.iter().any(|e| e.kind == "hcr04" || e.kind == "pas_flag");
    rules
        .argument
        .iter()
        .filter(|a| !a.after_care || situation.done != Some(false))
        .map(|a| Argument {
            id: a.id.clone(),
            title: a.title.clone(),
            says: a.says.clone(),
            prove_with: a.prove_with.clone(),
            fits: match a.id.as_str() {
                "emergency" => situation.emergency.then_some(true),
                "obtained" => found.obtained,
                "not_in_plan" => plan_says.then_some(false),
                "not_told" => told.then_some(false),
                _ => None,
            },
            letter: a.letter.clone(),
        })
        .collect()
}
