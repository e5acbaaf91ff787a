use calendar::Date;
use facts::{Case, Document, Finding};
use kb::{Kb, KbError};
use serde::{Deserialize, Serialize};

use crate::asks::Asks;
use crate::line::{self, Line};
use crate::matcher::{self, Leaf, Now};
use crate::person;
use crate::policy::{self, Criterion, Needs, Policy};
use crate::treatments;
use crate::words::PolicyWords;

/// A paper in which criteria are looked for.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Its name as the person knows it.
    pub name: String,
    /// Its exhibit letter, once the packet has one.
    pub exhibit: Option<String>,
    /// Its pages.
    pub document: Document,
}

/// The policy's leaves, each with what the papers say about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriteriaReport {
    /// The tree.
    pub policy: Policy,
    /// The leaves in the order of the text.
    pub leaves: Vec<LeafReport>,
    /// Whether the lists as a whole are shown to be met, as far as the papers go.
    pub met: Option<bool>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// One leaf against the papers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeafReport {
    /// The marker as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The policy's words.
    pub criterion: String,
    /// The headers of the lists it stands in, from the outside in, without the header of the whole: what they ask for belongs
    /// to the criterion ("Spondylolisthesis, with one of:").
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub under: Vec<String>,
    /// Whether it need not be shown: the papers show enough others of its list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spared: bool,
    /// What the papers say.
    pub state: LeafState,
    /// The sentence it rests on.
    pub quote: Option<String>,
    /// The paper the sentence stands in.
    pub source: Option<String>,
    /// Its exhibit letter, once the packet has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exhibit: Option<String>,
    /// The page, counted from 1.
    pub page: Option<usize>,
    /// A second sentence of the same paper that it rests on: the result of the treatment, the condition beside a measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<Also>,
    /// What to ask for and from whom, when it is not documented.
    pub ask: Option<String>,
    /// The kind of proof it needs: `imaging`, `laboratory`, `therapy_notes`, `medication_history`, `functional_score`,
    /// `specialist_note`, `psychological_evaluation`, `photos`, `measurement` or `note`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
}

impl LeafReport {
    /// The policy's words with those of its headers; `…` where other items stand between.
    pub fn whole(&self) -> String {
        let mut parts: Vec<&str> = self.under.iter().map(|h| h.trim_end()).collect();
        parts.push(&self.criterion);
        parts.join(" … ")
    }
}

/// A second sentence that shows a criterion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Also {
    /// The sentence.
    pub quote: String,
    /// Its page, counted from 1.
    pub page: usize,
}

/// What the papers say about a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeafState {
    /// A sentence shows it.
    Documented,
    /// A sentence says otherwise.
    Contradicted,
    /// Nothing was found.
    NotDocumented,
}

/// Holds the leaves of a policy against the papers, without a day and without a case: time windows and ages from a date of
/// birth stay open.
///
/// # Errors
/// A [`KbError`] when the words in `kb/evidence/` cannot be read.
pub fn criteria(policy: Policy, papers: &[Paper], kb: &Kb) -> Result<CriteriaReport, KbError> {
    Ok(hold(policy, papers, Now::default(), "en", (&PolicyWords::load(kb)?, &Asks::load(kb)?)))
}

/// Holds the leaves of a policy against the papers of a case and its treatment history on a day, and says what is to be
/// said of the policy itself. `language` (`en`, `es`) is that of the sentences that ask for proof.
///
/// # Errors
/// A [`KbError`] when the words in `kb/evidence/` cannot be read.
pub fn criteria_for_case(
    policy: Policy,
    papers: &[Paper],
    case: &Case,
    today: Date,
    language: &str,
    kb: &Kb,
) -> Result<CriteriaReport, KbError> {
    let words = PolicyWords::load(kb)?;
    let mut policy = policy;
    if case.claim.kind.as_deref() != Some("concurrent") {
        policy::for_first_request(&mut policy);
    }
    let about = policy::own_findings(&policy, case, Some(today), &words);
    let now = Now { today: Some(today), born: case.patient.date_of_birth, patient: case.patient.name.as_deref() };
    let mut all = papers.to_vec();
    all.extend(treatments::paper(case, language));
    let mut report = hold(policy, &all, now, language, (&words, &Asks::load(kb)?));
    report.findings.extend(about);
    Ok(report)
}

fn hold(
    policy: Policy,
    papers: &[Paper],
    now: Now<'_>,
    language: &str,
    (words, asks): (&PolicyWords, &Asks),
) -> CriteriaReport {
    let mut findings = policy.findings.clone();
    let papers: Vec<Paper> = papers.iter().filter(|p| is_patients(p, &now, words, &mut findings)).cloned().collect();
    let heads = line::heads(&papers, words);
    let lines = line::lines(&papers, &heads, now.today, words);
    let mut placed = Vec::new();
    policy.sections.iter().for_each(|s| below(s, None, &mut placed));
    let mut leaves: Vec<LeafReport> = placed
        .iter()
        .map(|(leaf, under)| report(leaf, under, &lines, now, language, (words, asks), &mut findings))
        .collect();
    let states: Vec<LeafState> = leaves.iter().map(|l| l.state).collect();
    let met = policy.sections.first().and_then(|s| judge(s, &mut states.iter().copied()));
    let mut at = 0;
    policy.sections.iter().for_each(|s| spare(s, &states, &mut at, &mut leaves));
    CriteriaReport { policy, leaves, met, findings }
}

/// The leaves of a node with the headers above each, without that of the whole section.
fn below<'a>(node: &'a Criterion, under: Option<&[String]>, into: &mut Vec<(&'a Criterion, Vec<String>)>) {
    if node.needs == Needs::Leaf {
        into.push((node, under.unwrap_or_default().to_vec()));
        return;
    }
    let mut headers = under.unwrap_or_default().to_vec();
    if under.is_some() && !node.quote.is_empty() {
        headers.push(node.quote.clone());
    }
    node.children.iter().for_each(|c| below(c, Some(&headers), into));
}

/// Marks what need not be shown, because its list is met without it.
fn spare(node: &Criterion, states: &[LeafState], at: &mut usize, leaves: &mut [LeafReport]) {
    let from = *at;
    if node.needs == Needs::Leaf {
        *at += 1;
        return;
    }
    node.children.iter().for_each(|c| spare(c, states, at, leaves));
    let own = states.get(from..*at).unwrap_or_default();
    if matches!(node.needs, Needs::Any | Needs::AtLeast) && judge(node, &mut own.iter().copied()) == Some(true) {
        for leaf in
            leaves.get_mut(from..*at).unwrap_or_default().iter_mut().filter(|l| l.state != LeafState::Documented)
        {
            leaf.spared = true;
            leaf.ask = None;
        }
    }
}

/// Whether a paper may be the patient's; one that names another patient shows nothing and is named.
fn is_patients(paper: &Paper, now: &Now<'_>, words: &PolicyWords, findings: &mut Vec<Finding>) -> bool {
    let Some(patient) = now.patient else { return true };
    let first = paper.document.pages.first().map_or("", |p| p.text.as_str());
    let lines = first.lines().filter(|l| !l.trim().is_empty()).take(12);
    let Some(named) = lines.filter_map(|l| person::labelled(l, words)).find(|n| !person::may_be_one(n, patient)) else {
        return true;
    };
    let text = format!("This paper names another patient ({named}), so nothing in it was counted. Check whose it is.");
    findings.push(Finding::new("paper_of_another_person", text).about(paper.name.clone()));
    false
}

/// A treatment and its result told in two sentences of one paper: "24 visits over 12 weeks. … No lasting relief." Both must
/// be documented; the match is the treatment's sentence, beside it stands the other one.
fn in_two_sentences<'l, 'p>(
    quote: &str,
    lines: &'l [Line<'p>],
    now: Now<'_>,
    words: &PolicyWords,
) -> Option<(matcher::Match<'l, 'p>, Option<Also>)> {
    let tails = words.compare.result_tails.iter();
    let (treatment, result) = match tails.filter_map(|t| quote.split_once(t.as_str())).next() {
        Some((treatment, result)) => (Leaf::of(treatment, words), Leaf::of(&format!("No {result}"), words)),
        None => measure_and_condition(quote, words)?,
    };
    // The lines of a paper stand together.
    let mut papers = lines.chunk_by(|a, b| std::ptr::eq(a.paper, b.paper));
    papers.find_map(|paper| {
        let documents = |leaf: &Leaf| {
            let found = matcher::find(leaf, paper, now, words);
            (found.state == LeafState::Documented).then_some(found)
        };
        let (beside, found) = (documents(&result)?, documents(&treatment)?);
        let other = beside.line.filter(|b| found.line.is_none_or(|f| f.quote() != b.quote()));
        Some((found, other.map(|l| Also { quote: l.quote().to_string(), page: l.page })))
    })
}

/// "BMI of 35 or greater with type 2 diabetes": a measured amount, and what is to be there beside it.
fn measure_and_condition(quote: &str, words: &PolicyWords) -> Option<(Leaf, Leaf)> {
    if Leaf::of(quote, words).has_circumstances() {
        return None; // the amount and how it was measured belong into one sentence
    }
    let (measure, condition) = words.compare.besides.iter().find_map(|w| quote.split_once(w.as_str()))?;
    let (measure, condition) = (Leaf::of(measure, words), Leaf::of(condition, words));
    (measure.is_measure(words) && condition.is_plain()).then_some((measure, condition))
}

fn report(
    criterion: &Criterion,
    under: &[String],
    lines: &[Line<'_>],
    now: Now<'_>,
    language: &str,
    (words, asks): (&PolicyWords, &Asks),
    findings: &mut Vec<Finding>,
) -> LeafReport {
    let leaf = Leaf::of(&criterion.quote, words);
    let (mut found, missing) = one_of_several(&criterion.quote, under, lines, now, words);
    let mut also = None;
    if let Some((_, condition)) = measure_and_condition(&criterion.quote, words)
        && let Some(line) = found.line.filter(|_| found.state == LeafState::Documented)
        && matcher::find(&condition, std::slice::from_ref(line), now, words).state != LeafState::Documented
    {
        // The amount alone; what must be there beside it may stand in another sentence.
        found = matcher::Match { state: LeafState::NotDocumented, line: None, against: None };
    }
    if found.line.is_none()
        && found.against.is_none()
        && under.iter().all(|h| policy::quantifier::without_rule(h, words).is_empty())
        && let Some((first, second)) = in_two_sentences(&criterion.quote, lines, now, words)
    {
        (found, also) = (first, second);
    }
    if found.state == LeafState::NotDocumented
        && found.against.is_none()
        && let Some((measure, _)) = measure_and_condition(&criterion.quote, words)
    {
        // Both are asked for, so an amount outside speaks against the whole.
        let amount = matcher::find(&measure, lines, now, words);
        found = if amount.state == LeafState::Contradicted { amount } else { found };
    }
    let aged = if found.state == LeafState::NotDocumented && found.against.is_none() {
        age_and_condition(&criterion.quote, lines, now, words)
    } else {
        None
    };
    if let Some(line) = aged.filter(|a| a.0).and_then(|a| a.1) {
        found = matcher::Match { state: LeafState::Documented, line: Some(line), against: None };
    }
    if let Some(against) = found.against {
        let message = format!(
            "The papers do not agree on this criterion: {}, page {}, says “{}”. Ask the doctor to say which holds now.",
            against.paper.name,
            against.page,
            against.quote()
        );
        findings.push(Finding::new("papers_disagree", message).about(criterion.quote.clone()));
    }
    let (proof, _) = asks.of(&criterion.quote, language, words);
    let mut out = LeafReport {
        label: criterion.label.clone(),
        criterion: criterion.quote.clone(),
        under: under.to_vec(),
        spared: false,
        state: found.state,
        quote: found.line.map(|l| l.quote().to_string()),
        source: found.line.map(|l| l.paper.name.clone()),
        exhibit: found.line.and_then(|l| l.paper.exhibit.clone()),
        page: found.line.map(|l| l.page),
        also,
        ask: None,
        proof,
    };
    if found.state == LeafState::NotDocumented
        && let Some(met) = matcher::by_birth(&leaf, now).or(aged.filter(|a| !a.0).map(|a| a.0))
    {
        out.state = if met { LeafState::Documented } else { LeafState::Contradicted };
        out.quote = now.born.map(|d| d.to_string());
        out.source = Some(treatments::birth(language).into());
    }
    // Where the item itself is shown, what its header asks for is what is missing.
    let wanting = missing.and_then(|at| under.get(at)).map_or_else(|| asked_for(&out, words), |h| tidy_header(h));
    out.ask =
        (out.state == LeafState::NotDocumented).then(|| asks.of_kind(&criterion.quote, &wanting, language, words));
    out
}

/// "age 12 or older with severe asthma": whether the date of birth meets the age, and the sentence that shows the rest. A patient
/// of another age never meets the whole; one of that age does where the rest is shown.
fn age_and_condition<'l, 'p>(
    quote: &str,
    lines: &'l [Line<'p>],
    now: Now<'_>,
    words: &PolicyWords,
) -> Option<(bool, Option<&'l Line<'p>>)> {
    let (age, condition) = words.compare.besides.iter().find_map(|w| quote.split_once(w.as_str()))?;
    let met = matcher::by_birth(&Leaf::of(age, words), now)?;
    let shown = matcher::find(&Leaf::of(condition, words), lines, now, words);
    Some((met, shown.line.filter(|_| shown.state == LeafState::Documented)))
}

/// The criterion with those of its headers that ask for something themselves.
fn asked_for(leaf: &LeafReport, words: &PolicyWords) -> String {
    let own = leaf.under.iter().filter(|h| !policy::quantifier::without_rule(h, words).is_empty());
    LeafReport { under: own.cloned().collect(), ..leaf.clone() }.whole()
}

/// A header as a thing to ask for.
fn tidy_header(header: &str) -> String {
    header.trim_end().trim_end_matches(':').to_string()
}

/// A leaf, or one of its alternatives: "physical therapy or a home exercise program".
fn one_of_several<'l, 'p>(
    quote: &str,
    under: &[String],
    lines: &'l [Line<'p>],
    now: Now<'_>,
    words: &PolicyWords,
) -> (matcher::Match<'l, 'p>, Option<usize>) {
    let whole = matcher::find_below(quote, under, lines, now, words);
    if whole.0.state == LeafState::Documented || whole.0.against.is_some() {
        return whole;
    }
    let parts = matcher::alternatives(quote, words);
    let mut answers: Vec<_> = parts.iter().map(|p| matcher::find_below(p, under, lines, now, words)).collect();
    if let Some(at) = answers.iter().position(|a| a.0.state == LeafState::Documented) {
        return answers.swap_remove(at);
    }
    // One alternative that is spoken against leaves the others open.
    let all = answers.iter().all(|a| a.0.state == LeafState::Contradicted);
    let open = whole.0.state == LeafState::Contradicted && !answers.is_empty() && !all;
    if open {
        let nothing = matcher::Match { state: LeafState::NotDocumented, line: None, against: None };
        return (nothing, None);
    }
    whole
}

/// Whether a node is shown to be met: yes, no, or not known. Leaves are taken from the iterator in order.
fn judge(node: &Criterion, states: &mut impl Iterator<Item = LeafState>) -> Option<bool> {
    if node.needs == Needs::Leaf {
        return match states.next()? {
            LeafState::Documented => Some(true),
            LeafState::Contradicted => Some(false),
            LeafState::NotDocumented => None,
        };
    }
    let answers: Vec<Option<bool>> = node.children.iter().map(|c| judge(c, states)).collect();
    let yes = answers.iter().filter(|a| **a == Some(true)).count();
    let no = answers.iter().filter(|a| **a == Some(false)).count();
    let total = answers.len();
    let wanted = match node.needs {
        Needs::Any => 1,
        Needs::AtLeast => node.count.unwrap_or(1) as usize,
        Needs::None => return if yes > 0 { Some(false) } else { (no == total).then_some(true) },
        _ => total,
    };
    if yes >= wanted {
        Some(true)
    } else if total - no < wanted {
        Some(false)
    } else {
        None
    }
}
