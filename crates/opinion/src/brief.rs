//! What to ask and send: one page for a busy consultant, with one neutral question, the plan's words, the records, the
//! date, and a template to write in.
//!
//! Neutral on purpose. The question can be answered with no, and the brief says so. The physician is asked for judgment, the
//! office for facts, each once. Words are data (`kb/opinions/questions/`); this module fills in what the case knows and names what
//! is missing.

pub(crate) mod points;

use std::collections::BTreeMap;

use calendar::Date;
use cite::Authority;
use facts::{Case, Document, Finding};
use kb::{Kb, KbError, Sentences};
use rights::Entitlements;
use serde::{Deserialize, Serialize};

use crate::Schedule;
use crate::clauses::clauses;
use crate::dates::earlier;
use crate::names::Names;
use crate::need::{Rules, is_after_denial, worth};
use crate::records::{RecordWanted, records};
use crate::schedule::{Lead, correction_by, schedule_in};
use crate::situation::Situation;
use crate::words::{Folded, icd, set_in};
pub use points::Point;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    base: String,
    /// The same when the care was already given.
    base_after: String,
    /// What is said otherwise in a question where the service names the condition already.
    #[serde(default)]
    named_already: Vec<(String, String)>,
    /// Coverages without a plan document to look into.
    no_plan_document: Vec<String>,
    question: Vec<QuestionText>,
    says: Says,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionText {
    reason: String,
    /// Beginnings of diagnosis codes and words of the service, where the question is for some cases of the reason only.
    #[serde(default)]
    diagnosis: Vec<String>,
    #[serde(default)]
    service: Vec<String>,
    asks: String,
    /// The question when the care was already given, where it must differ.
    asks_after: Option<String>,
    answer_with: Vec<String>,
    /// The same for a kind of care.
    #[serde(default)]
    by_kind: BTreeMap<String, Vec<String>>,
}

impl QuestionText {
    /// Whether the question is one for this case, by its reason and, where it names some, by code and service.
    fn fits(&self, case: &Case, reason: &str) -> bool {
        let coded = |c: &String| self.diagnosis.iter().any(|d| icd(c).starts_with(&icd(d)));
        let service = || Folded::of([case.claim.service.as_deref().unwrap_or_default()]);
        self.reason == reason
            && (self.diagnosis.is_empty() || case.claim.diagnosis_codes.iter().any(coded))
            && (self.service.is_empty() || service().any(&self.service))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Says {
    condition_unknown: String,
    service_unknown: String,
    neutral: String,
    disclosed: String,
    not_disclosed: String,
    unknown_disclosed: String,
    by: String,
    by_passed: String,
    no_date: String,
    send_to: String,
    send_to_at: String,
    /// The letter is here.
    here: String,
    /// The same, for the person.
    here_person: String,
    /// What the office adds.
    office: String,
    /// The plan has not said no, so there is no day to file.
    no_denial: String,
    criteria_missing: String,
    definition_missing: String,
    experimental_missing: String,
    quote_missing: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MustFile {
    element: Vec<ElementText>,
    avoid: Avoid,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Avoid {
    says: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ElementText {
    element: String,
    title: String,
    short: String,
    asks: String,
    template: String,
    not_when: Option<NotWhen>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NotWhen {
    NoCriteria,
    NoDefinition,
    NotExperimental,
    NoClinicalReason,
    NoDenial,
}

/// The brief for the second physician.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Brief {
    /// The patient's name and date of birth, as entered.
    pub patient: Option<String>,
    /// ISO date.
    pub date_of_birth: Option<Date>,
    /// The plan, the member number and the claim number, as entered.
    pub plan: Option<String>,
    /// The member number.
    pub member_id: Option<String>,
    /// The claim or reference number.
    pub claim_number: Option<String>,
    /// What was asked for.
    pub service: Option<String>,
    /// Its codes.
    pub codes: Vec<String>,
    /// The diagnosis.
    pub diagnosis: Option<String>,
    /// Its codes.
    pub diagnosis_codes: Vec<String>,
    /// The physician who recommends the treatment, when he or she may be named.
    pub treating_physician: Option<String>,
    /// The one question.
    pub question: String,
    /// The denial reason that shaped it.
    pub question_from: Option<String>,
    /// That any honest answer is wanted.
    pub neutral: String,
    /// Whether the first opinion was disclosed, and the note about it.
    pub first_opinion_disclosed: Option<bool>,
    /// The note.
    pub first_opinion_note: String,
    /// The plan's reasons, in its own words.
    pub denial: Vec<BriefReason>,
    /// The plan's criteria, one entry each.
    pub criteria: Vec<String>,
    /// The plan's definition of medical necessity.
    pub plan_definition: Option<Quoted>,
    /// The plan's definition of experimental.
    pub experimental_definition: Option<Quoted>,
    /// What was tried before.
    pub history: Vec<String>,
    /// The records, with what is missing and how to ask for it.
    pub records: Vec<RecordWanted>,
    /// The law under which a person may ask for records.
    pub records_authority: Authority,
    /// The day we advise to file, and the right it comes from.
    pub file_by: Option<Date>,
    /// Id of that right.
    pub right: Option<String>,
    /// The day by which the letter is wanted.
    pub letter_by: Option<Date>,
    /// The same as a sentence.
    pub deadline: String,
    /// Where to send it, as a sentence; empty where nobody is named or the letter is here.
    pub send_to: String,
    /// Whether the letter is here, so that the brief asks for nothing more.
    pub here: bool,
    /// The kind of care: `drug`, `device`, `operation`, `stay`, `test` or `other`.
    pub kind: String,
    /// What only the physician can give, in letter order.
    pub points: Vec<Point>,
    /// What the office can add from its letterhead and files, as a sentence.
    pub office: String,
    /// What the letter must address for this denial, in letter order; what does not apply is left out.
    pub must_address: Vec<MustAddress>,
    /// What the physician should keep to.
    pub avoid: Vec<String>,
    /// A writable template: one line per element, blanks in brackets.
    pub template: Vec<TemplateLine>,
    /// What is missing from the case for this brief.
    pub findings: Vec<Finding>,
}

/// A reason of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BriefReason {
    /// The reason.
    pub reason: String,
    /// The plan's words.
    pub quote: Option<String>,
    /// The policy or criteria named.
    pub policy: Option<String>,
    /// The plan provision named.
    pub provision: Option<String>,
    /// What the letter should do about it.
    pub answer_with: Vec<String>,
}

/// Words of the plan and where they stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quoted {
    /// The words.
    pub quote: String,
    /// The file, when they were found in one.
    pub document: Option<String>,
    /// The page, counted from 1.
    pub page: Option<usize>,
}

/// One thing the letter must address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MustAddress {
    /// The element, a word of the closed list.
    pub element: String,
    /// A short title.
    pub title: String,
    /// The same in a few words, for a list in one sentence.
    pub short: String,
    /// What is asked.
    pub asks: String,
}

/// A line of the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateLine {
    /// The element it serves.
    pub element: String,
    /// Its heading.
    pub heading: String,
    /// The words; blanks in brackets.
    pub text: String,
}

/// The brief for the second physician of a case.
///
/// # Errors
/// A [`KbError`] when a data file is absent or damaged.
pub fn brief(
    case: &Case,
    kb: &Kb,
    today: Date,
    entitlements: Option<&Entitlements>,
    plan_documents: &[Document],
) -> Result<Brief, KbError> {
    let sentences = kb.index().sentences();
    let questions: Questions = kb.table("opinions/questions/questions.toml")?;
    let must: MustFile = kb.table("opinions/questions/must_address.toml")?;
    let rules: Rules = kb.table("opinions/need.toml")?;
    let lead: Lead = kb.table("opinions/schedule.toml")?;
    let situation = Situation::read(case, kb, today)?;
    let (records, records_authority) = records(case, kb, &situation, lead.records_limit, today)?;
    let page: points::PageFile = kb.table("opinions/questions/page.toml")?;
    let kind = page.kind(case, situation.surgery);
    let given = situation.done == Some(true);
    let named = Named::of(case, &questions.says, &situation.names);
    let (question, question_from) = question(case, &questions, &named, given);
    let definition = |stated: &Option<String>, kind: &str| definition(stated, kind, plan_documents, kb);
    let plan_definition = definition(&case.coverage.plan_definition, "medical_necessity_definition")?;
    let experimental_definition = definition(&case.coverage.experimental_definition, "experimental_definition")?;
    let criteria = criteria(case, kb)?;
    let applies = |e: &ElementText| match e.not_when {
        None => true,
        Some(NotWhen::NoCriteria) => !criteria.is_empty(),
        Some(NotWhen::NoDefinition) => plan_definition.is_some(),
        Some(NotWhen::NotExperimental) => denied(case, |r| matches!(r, "experimental_investigational" | "off_label")),
        Some(NotWhen::NoDenial) => is_after_denial(case),
        Some(NotWhen::NoClinicalReason) => denied(case, |r| rules.clinical_reasons.iter().any(|c| c == r)),
    };
    let wanted: Vec<&ElementText> = must.element.iter().filter(|e| applies(e)).collect();
    let filing = entitlements.and_then(|e| crate::filing_date(case, e));
    let file_by = filing.as_ref().map(|f| f.by);
    let schedule = schedule_in(case, kb, today, entitlements)?;
    let hurry = schedule.verdict.as_deref() == Some("expedite");
    let letter_by = letter_by(&schedule, case, &lead, kb, today).filter(|_| !hurry);
    let disclosed = case.second_opinion.as_ref().and_then(|o| o.first_opinion_disclosed);
    let covered = case.coverage.kind.as_deref().unwrap_or_default();
    let nowhere = questions.no_plan_document.iter().any(|k| k == covered);
    let here =
        case.second_opinion.as_ref().is_some_and(|o| o.state.as_deref() == Some("received") || o.letter.is_some());
    let mut findings = findings(
        case,
        &questions.says,
        sentences,
        &criteria,
        plan_definition.is_some() || nowhere,
        experimental_definition.is_some() || nowhere,
    );
    if let Some(instead) = worth(case, kb, today)?.no_help(sentences) {
        findings.insert(0, Finding::new("opinion_no_help", instead.paragraph()));
    }
    if here {
        findings
            .insert(0, Finding::new("opinion_here", questions.says.here_person.clone()).about("second_opinion.state"));
    }
    let asked = |element: &str| wanted.iter().any(|e| e.element == element);
    Ok(Brief {
        patient: case.patient.name.clone(),
        date_of_birth: case.patient.date_of_birth,
        plan: case.coverage.plan_name.clone().or_else(|| case.coverage.issuer.clone()),
        member_id: case.coverage.member_id.clone(),
        claim_number: case.claim.number.clone().or_else(|| case.claim.reference_number.clone()),
        service: case.claim.service.clone(),
        codes: case.claim.codes.clone(),
        diagnosis: case.claim.diagnosis.clone(),
        diagnosis_codes: case.claim.diagnosis_codes.clone(),
        treating_physician: case
            .treating_physician
            .as_ref()
            .and_then(|t| t.name.clone())
            .filter(|_| disclosed == Some(true)),
        neutral: questions.says.neutral.clone(),
        first_opinion_disclosed: disclosed,
        first_opinion_note: match disclosed {
            Some(true) => &questions.says.disclosed,
            Some(false) => &questions.says.not_disclosed,
            None => &questions.says.unknown_disclosed,
        }
        .clone(),
        denial: reasons(case, &questions, &kind),
        history: history(case, sentences),
        records,
        records_authority,
        points: page.points(&kind, given, asked),
        office: kb::filled(&questions.says.office, &[("points", &page.office(asked).join("; "))]),
        send_to: if here { String::new() } else { send_to(case, &questions.says, sentences) },
        here,
        kind,
        deadline: match (is_after_denial(case), hurry) {
            _ if here => questions.says.here.clone(),
            (false, _) => questions.says.no_denial.clone(),
            (true, true) => questions.says.by_passed.clone(),
            (true, false) => deadline(&questions.says, sentences, file_by, letter_by),
        },
        file_by,
        right: filing.map(|f| f.right),
        letter_by,
        must_address: wanted.iter().map(|e| must_address(e)).collect(),
        avoid: must.avoid.says.clone(),
        template: wanted.iter().flat_map(|e| template(e, case, &question, &criteria, &named, sentences)).collect(),
        question,
        question_from,
        criteria,
        plan_definition,
        experimental_definition,
        findings,
    })
}

/// The day by which the letter is wanted: when the schedule expects it, so that there is time to ask for what is missing; at
/// the latest shortly before the filing day. None where that is over, or where care stops first.
fn letter_by(schedule: &Schedule, case: &Case, lead: &Lead, kb: &Kb, today: Date) -> Option<Date> {
    // Once the person was seen, only the writing is left: the same day as in the letters to that physician.
    let state = case.second_opinion.as_ref().and_then(|o| o.state.as_deref());
    if matches!(state, Some("seen" | "received")) {
        return correction_by(kb, today, schedule.file_by).filter(|by| *by >= today);
    }
    if schedule.care_ends.is_some() && schedule.verdict.as_deref() == Some("expedite") {
        return None;
    }
    let last = earlier([schedule.file_by, schedule.care_ends].into_iter().flatten().min()?, lead.send_before);
    let expected = Some(schedule.opinion_ready).filter(|_| !schedule.here);
    Some(expected.map_or(last, |ready| ready.min(last))).filter(|by| *by >= today)
}

/// The plan's criteria, each once and one by one: one policy is often written beside each of several reasons, and as one text.
fn criteria(case: &Case, kb: &Kb) -> Result<Vec<String>, KbError> {
    let words = evidence::PolicyWords::load(kb)?;
    let mut out: Vec<String> = Vec::new();
    let same =
        |a: &str, b: &str| cite::fold(a).trim_end_matches(['.', ';']) == cite::fold(b).trim_end_matches(['.', ';']);
    for denial in case.denials.iter().filter(|d| !d.criteria.is_empty()) {
        let policy = evidence::policy::parse_entries(&denial.criteria, &words);
        let apart: Vec<String> =
            policy.sections.iter().flat_map(|s| s.leaves()).map(|leaf| leaf.quote.trim().to_owned()).collect();
        // What cannot be taken apart stands as the plan wrote it.
        let listed = if apart.iter().all(String::is_empty) { denial.criteria.clone() } else { apart };
        for criterion in listed.into_iter().filter(|c| !c.is_empty()) {
            if !out.iter().any(|known| same(known, &criterion)) {
                out.push(criterion);
            }
        }
    }
    Ok(out)
}

/// Where the letter is wanted: with the patient, or with who writes for the patient.
fn send_to(case: &Case, says: &Says, sentences: &Sentences) -> String {
    let patient = &case.patient;
    let by_other = patient.role.as_deref().is_some_and(|r| r != "patient");
    let name = match (&patient.representative, &patient.name) {
        (Some(other), _) if by_other => other.clone(),
        (None, Some(name)) if by_other => sentences.say("writes_for", &[("name", name)]),
        (_, Some(name)) => name.clone(),
        (_, None) => return String::new(),
    };
    let place: Vec<String> = [&patient.address, &patient.phone]
        .into_iter()
        .flatten()
        .map(|p| one_line(p))
        .filter(|p| !p.is_empty())
        .collect();
    match place.is_empty() {
        true => kb::filled(&says.send_to, &[("name", &name)]),
        false => kb::filled(&says.send_to_at, &[("name", &name), ("place", &place.join(", "))]),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn denied(case: &Case, fits: impl Fn(&str) -> bool) -> bool {
    case.denials.iter().filter_map(|d| d.reason.as_deref()).any(fits)
}

/// The question of the first reason in the data's order that the case has, else the general one.
fn question(case: &Case, questions: &Questions, named: &Named, after: bool) -> (String, Option<String>) {
    let found = questions.question.iter().find(|q| denied(case, |r| q.fits(case, r)));
    let text = match (found, after) {
        (Some(q), true) => q.asks_after.as_ref().unwrap_or(&q.asks),
        (Some(q), false) => &q.asks,
        (None, true) => &questions.base_after,
        (None, false) => &questions.base,
    };
    let once = |text: &str| {
        questions.named_already.iter().fold(text.to_string(), |t, part| t.replace(part.0.as_str(), &part.1))
    };
    let text = if named.twice { once(text) } else { text.clone() };
    (named.fill(&text), found.map(|q| q.reason.clone()))
}

/// The service and the condition as they stand inside a sentence.
struct Named {
    service: String,
    condition: String,
    /// Whether the service names the condition already.
    twice: bool,
}

impl Named {
    fn of(case: &Case, says: &Says, names: &Names) -> Self {
        Named {
            service: names.service_of(case).unwrap_or_else(|| says.service_unknown.clone()),
            condition: names.condition_of(case).unwrap_or_else(|| says.condition_unknown.clone()),
            twice: names.names_condition(case),
        }
    }

    fn fill(&self, text: &str) -> String {
        set_in(&set_in(text, "service", &self.service), "condition", &self.condition)
    }
}

/// The plan's reasons, each with what the letter should do about it; what an earlier reason asks for is not asked again.
fn reasons(case: &Case, questions: &Questions, kind: &str) -> Vec<BriefReason> {
    let mut out: Vec<BriefReason> = Vec::new();
    for d in &case.denials {
        let reason = d.reason.clone().unwrap_or_else(|| "other".into());
        let known = questions.question.iter().find(|q| q.fits(case, &reason));
        let known = known.map(|q| q.by_kind.get(kind).unwrap_or(&q.answer_with).as_slice());
        let told = |a: &&String| out.iter().any(|r| r.answer_with.contains(a));
        let answer_with = known.unwrap_or_default().iter().filter(|a| !told(a)).cloned().collect();
        out.push(BriefReason {
            quote: d.quote.clone(),
            policy: d.policy.clone(),
            provision: d.provision.clone(),
            answer_with,
            reason,
        });
    }
    out
}

/// The plan's definition: as entered, else the best passage of the plan documents.
fn definition(stated: &Option<String>, kind: &str, documents: &[Document], kb: &Kb) -> Result<Option<Quoted>, KbError> {
    let mut best: Option<(i32, Quoted)> = None;
    for document in documents {
        for clause in clauses(document, kb)?.into_iter().filter(|c| c.kind == kind) {
            let found = Quoted { quote: clause.quote, document: Some(document.name.clone()), page: Some(clause.page) };
            if let Some(words) = stated
                && cite::find_quote(&found.quote, words)
            {
                return Ok(Some(Quoted { quote: words.clone(), ..found }));
            }
            if best.as_ref().is_none_or(|(rank, _)| clause.rank > *rank) {
                best = Some((clause.rank, found));
            }
        }
    }
    Ok(match stated {
        Some(words) => Some(Quoted { quote: words.clone(), document: None, page: None }),
        None => best.map(|(_, q)| q),
    })
}

fn history(case: &Case, sentences: &Sentences) -> Vec<String> {
    let line = |t: &facts::Treatment| {
        let mut line = t.what.clone()?;
        if let Some(dose) = &t.dose {
            line = format!("{line}, {dose}");
        }
        let day = |date: Option<Date>| date.map(|d| sentences.plain(d)).unwrap_or_default();
        let sentence = match (t.from, t.to) {
            (Some(_), Some(_)) => Some("between"),
            (Some(_), None) => Some("since"),
            (None, Some(_)) => Some("until"),
            (None, None) => None,
        };
        if let Some(sentence) = sentence {
            line = sentences.say(sentence, &[("what", &line), ("from", &day(t.from)), ("to", &day(t.to))]);
        }
        let rest: Vec<&String> = [&t.result, &t.stopped_because].into_iter().flatten().collect();
        Some(rest.iter().fold(line, |l, r| format!("{l}; {r}")))
    };
    case.treatments.iter().filter_map(line).collect()
}

/// What the physician is told of the day by which the appeal is filed.
fn deadline(says: &Says, sentences: &Sentences, file_by: Option<Date>, letter_by: Option<Date>) -> String {
    match (file_by, letter_by) {
        (Some(file), Some(letter)) => {
            kb::filled(&says.by, &[("by", &sentences.plain(letter)), ("file_by", &sentences.plain(file))])
        }
        (Some(_), None) => says.by_passed.clone(),
        (None, _) => says.no_date.clone(),
    }
}

fn must_address(e: &ElementText) -> MustAddress {
    MustAddress { element: e.element.clone(), title: e.title.clone(), short: e.short.clone(), asks: e.asks.clone() }
}

/// The template lines of an element: one per denial reason where the plan's words are quoted, one per criterion.
fn template(
    e: &ElementText,
    case: &Case,
    question: &str,
    criteria: &[String],
    named: &Named,
    sentences: &Sentences,
) -> Vec<TemplateLine> {
    let text = named.fill(&e.template.replace("{question}", question));
    let line = |text: String| TemplateLine { element: e.element.clone(), heading: e.title.clone(), text };
    if text.contains("{denial}") {
        // A sentence that stands for several reasons is answered once.
        let mut quotes: Vec<&String> = Vec::new();
        for quote in case.denials.iter().filter_map(|d| d.quote.as_ref()) {
            if !quotes.iter().any(|known| cite::fold(known) == cite::fold(quote)) {
                quotes.push(quote);
            }
        }
        if quotes.is_empty() {
            let blank = sentences.say("plans_words", &[]);
            return vec![line(text.replace("“{denial}”", &blank).replace("«{denial}»", &blank))];
        }
        return quotes.iter().map(|q| line(text.replace("{denial}", q))).collect();
    }
    if text.contains("{criterion}") {
        return criteria.iter().map(|c| line(text.replace("{criterion}", c))).collect();
    }
    vec![line(text)]
}

fn findings(
    case: &Case,
    says: &Says,
    sentences: &Sentences,
    criteria: &[String],
    definition: bool,
    experimental: bool,
) -> Vec<Finding> {
    let mut out = Vec::new();
    for (i, denial) in case.denials.iter().enumerate().filter(|(_, d)| d.quote.is_none()) {
        let reason = denial.reason.as_deref().unwrap_or("other").replace('_', " ");
        out.push(
            Finding::new("denial_quote_missing", format!("{} ({reason})", says.quote_missing))
                .about(format!("denial.{i}.quote")),
        );
    }
    if !case.denials.is_empty() && criteria.is_empty() {
        out.push(Finding::new("criteria_missing", says.criteria_missing.clone()).about("denial.0.criteria"));
    }
    if !case.denials.is_empty() && !definition {
        out.push(Finding::new("definition_missing", says.definition_missing.clone()).about("coverage.plan_definition"));
    }
    if !experimental && denied(case, |r| r == "experimental_investigational") {
        out.push(
            Finding::new("experimental_missing", says.experimental_missing.clone())
                .about("coverage.experimental_definition"),
        );
    }
    let (service, diagnosis) = (&case.claim.service, &case.claim.diagnosis);
    for (missing, path, says) in [
        (service.is_none(), "claim.service", "brief_no_service"),
        (diagnosis.is_none(), "claim.diagnosis", "brief_no_diagnosis"),
    ] {
        if missing {
            out.push(Finding::new("fact_missing", sentences.say(says, &[])).about(path));
        }
    }
    out
}
