//! The papers of a case → the sentences that answer the plan's reasons, verbatim, each with its paper and page.
//!
//! The type to know is [`Supports`]. A sentence of the treating physician's letter is one that the check of letters
//! (`opinion::check`) found to answer the reason, or that carries a point which answers it, or that documents a criterion
//! of the plan (`evidence`), as a sentence of a record does. A sentence that could be held against the person is never one.
//! Which of them a document prints, and whether the paper is enclosed at all, is the document's matter.

use evidence::{CriteriaReport, LeafReport, LeafState, policy};
use facts::{Case, Document, Treatment};
use kb::{Kb, KbError};
use opinion::Check;
use serde::{Deserialize, Serialize};

use crate::bearing;
use crate::quotes::Quotes;
use crate::walk::{CasePaper, speaks_of_the_patient};

/// Whose words a sentence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The treating physician, in a letter to the plan.
    Treating,
    /// A record of the care.
    Record,
    /// The second physician, in a letter that goes out.
    Second,
}

/// A sentence that answers a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// The reason, a word of the closed list.
    pub reason: String,
    /// Whose words they are.
    pub from: Speaker,
    /// The paper, by the name the case knows it by.
    pub file: String,
    /// Its page, counted from 1.
    pub page: usize,
    /// The words.
    pub quote: String,
    /// Whether it speaks to the plan's very words, so that it is worth printing beside another one.
    #[serde(default)]
    pub strong: bool,
}

/// A physician's words that waiting is dangerous.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urgent {
    /// The paper, by the name the case knows it by.
    pub file: String,
    /// Its page, counted from 1.
    pub page: usize,
    /// The words.
    pub quote: String,
    /// Whose words they are.
    #[serde(default = "treating_speaks")]
    pub from: Speaker,
}

fn treating_speaks() -> Speaker {
    Speaker::Treating
}

/// A sentence of the denial letter that says why, beside the one the case has as the reason's quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSays {
    /// The denial's place in the case, counted from 0.
    pub denial: usize,
    /// The paper, by the name the case knows it by.
    pub file: String,
    /// Its page, counted from 1.
    pub page: usize,
    /// The words.
    pub quote: String,
}

/// A lettered part of the plan's definition as its letter quotes it, and the second physician's sentence of the same letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionPart {
    /// The letter, `a` for `(a)`.
    pub mark: char,
    /// The plan's words for it.
    pub plan: String,
    /// The paper of the plan, by the name the case knows it by.
    pub file: String,
    /// Its page, counted from 1.
    pub page: usize,
    /// The physician's words and their page.
    pub answer: Option<(String, usize)>,
}

/// A sentence of a record that shows a finding the second physician relies on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BorneOut {
    /// The record, by the name the case knows it by.
    pub file: String,
    /// Its page, counted from 1.
    pub page: usize,
    /// Its words.
    pub quote: String,
}

/// A paper that the plan says it did not get, and that is among the papers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedPaper {
    /// The reason, a word of the closed list.
    pub reason: String,
    /// The paper, by the name the case knows it by.
    pub file: String,
    /// What it says of itself, each with its page: who signed it, that it was sent to the plan.
    pub says: Vec<(String, usize)>,
}

/// What the papers hold for a letter to quote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supports {
    /// By reason and speaker, best first.
    pub answers: Vec<Support>,
    /// Quotes of the second opinion's check that lean on a sentence before them which could not be taken along: no letter
    /// quotes them.
    #[serde(default)]
    pub leaning: Vec<String>,
    /// Where a physician says that the standard pace is dangerous: the treating one, the second one in a letter that goes out,
    /// else a record.
    #[serde(default)]
    pub urgency: Option<Urgent>,
    /// Papers kept as the treating physician's letter that this physician does not sign: no words of them are given as theirs.
    #[serde(default)]
    pub unsigned: Vec<String>,
    /// What else the denial letter says of its reasons, in its order.
    #[serde(default)]
    pub plan_says: Vec<PlanSays>,
    /// The plan's definition, part by part, where its letter quotes one of lettered parts.
    #[serde(default)]
    pub definition: Vec<DefinitionPart>,
    /// Findings that the second physician relies on in a letter that goes out, with the record that shows each.
    #[serde(default)]
    pub borne_out: Vec<BorneOut>,
    /// Enclosed papers that the plan says it did not get.
    #[serde(default)]
    pub named_papers: Vec<NamedPaper>,
    /// Where the denial letter says who decided, with that person's field.
    #[serde(default)]
    pub plan_reviewer: Option<PlanSays>,
}

impl Supports {
    /// Whether a quote of the second opinion's check is understood by a reader who has not read the sentence before it.
    pub fn stands_alone(&self, quote: &str) -> bool {
        !self.leaning.iter().any(|l| l == quote)
    }

    /// Whether a paper kept as the treating physician's letter is signed by that physician.
    pub fn is_signed(&self, file: &str) -> bool {
        !self.unsigned.iter().any(|f| f == file)
    }
}

/// Everything the sentences are chosen from.
pub(crate) struct Sources<'a> {
    pub(crate) case: &'a Case,
    pub(crate) papers: &'a [CasePaper],
    pub(crate) criteria: Option<&'a CriteriaReport>,
    /// The check of the second opinion's letter.
    pub(crate) check: Option<&'a Check>,
    pub(crate) kb: &'a Kb,
}

/// Gathers them.
///
/// # Errors
/// A [`KbError`] when the words in `kb/evidence/` cannot be read.
pub(crate) fn supports(sources: &Sources<'_>, quotes: &Quotes) -> Result<Supports, KbError> {
    let mut out = Supports { leaning: leaning(sources.check, quotes), ..Supports::default() };
    let letters = sources.papers.iter().filter(|p| quotes.is_treating(p.kind.as_deref()));
    let letters: Vec<(&CasePaper, Check)> =
        letters.map(|p| (p, opinion::check(sources.case, &p.document, sources.kb))).collect();
    let treating_name = sources.case.treating_physician.as_ref().and_then(|p| p.name.as_deref());
    let signs =
        |p: &CasePaper| treating_name.is_some_and(|n| opinion::is_signed_by(sources.case, &p.document, n, sources.kb));
    out.unsigned = letters.iter().filter(|(p, _)| !signs(p)).map(|(p, _)| p.file.clone()).collect();
    out.plan_says = plan_says(sources, quotes);
    out.plan_reviewer = plan_reviewer(sources, quotes);
    out.definition = definition(sources, quotes);
    let all: Vec<(String, String)> = reasons(sources.case)
        .into_iter()
        .map(|r| (r.clone(), words_of_the_plan(&r, sources.case, &out.plan_says)))
        .collect();
    for (reason, plan) in all.clone() {
        let first = out.answers.len();
        for (paper, check) in &letters {
            let from = if out.is_signed(&paper.file) { Speaker::Treating } else { Speaker::Record };
            let said = treating((&reason, &plan), paper, check, sources, quotes);
            out.answers.extend(said.into_iter().map(|(quote, page)| Support {
                reason: reason.clone(),
                from,
                file: paper.file.clone(),
                page,
                strong: quotes.is_strong(quotes.weight(&reason, &plan, &quote)),
                quote,
            }));
        }
        let seconds = second((&reason, &plan), &all, sources, quotes);
        let spoken = out.answers.get(first..).unwrap_or_default().iter().any(|s| s.from == Speaker::Treating);
        out.answers.extend(records(&reason, sources, quotes)?);
        // Where no physician speaks to the reason, the records carry the letter.
        if !spoken && seconds.is_empty() {
            let carried = carrying((&reason, &plan), sources, quotes);
            let known: Vec<String> =
                out.answers.get(first..).unwrap_or_default().iter().map(|s| s.quote.clone()).collect();
            out.answers.extend(carried.into_iter().filter(|s| !known.contains(&s.quote)));
        }
        let known: Vec<String> = out.answers.get(first..).unwrap_or_default().iter().map(|s| s.quote.clone()).collect();
        out.answers.extend(bearing::facts(&reason, &known, sources, quotes));
        out.answers.extend(seconds);
    }
    out.named_papers = bearing::named_papers(sources, quotes, &out.plan_says);
    out.urgency = urgency_said(&letters, &out, sources, quotes);
    out.borne_out = borne_out(sources, quotes)?;
    Ok(out)
}

/// What the records show of the findings in the second physician's letter, when that letter goes out.
fn borne_out(sources: &Sources<'_>, quotes: &Quotes) -> Result<Vec<BorneOut>, KbError> {
    let goes_out = opinion::attach(sources.case, sources.check) == opinion::Attach::Yes;
    let letter = crate::walk::opinion_letter(sources.case, sources.papers).filter(|_| goes_out);
    let Some(letter) = letter else { return Ok(Vec::new()) };
    let of_care = sources.papers.iter().filter(|p| is_record(p, sources.case, quotes));
    let records: Vec<evidence::Paper> = of_care
        .map(|p| evidence::Paper { name: p.file.clone(), exhibit: None, document: p.document.clone() })
        .collect();
    let found = evidence::borne::borne_out(letter, &records, sources.kb)?;
    let shown = found.into_iter().map(|b| BorneOut { file: b.record, page: b.shown.1, quote: b.shown.0 });
    Ok(shown.filter(|b| quotes.stands_alone(&b.quote)).collect())
}

/// Who says that waiting is dangerous: the treating physician first, then the second one where the letter goes out, then a record.
fn urgency_said(
    letters: &[(&CasePaper, Check)],
    out: &Supports,
    sources: &Sources<'_>,
    quotes: &Quotes,
) -> Option<Urgent> {
    let own = letters.iter().filter(|(p, _)| out.is_signed(&p.file));
    let own = own.filter(|(_, check)| usable(check)).find_map(|(p, _)| urgency(p, Speaker::Treating, quotes));
    let second = || {
        let goes_out = opinion::attach(sources.case, sources.check) == opinion::Attach::Yes;
        let check = sources.check.filter(|c| goes_out && usable(c))?;
        let paper = crate::walk::opinion_paper(sources.case, sources.papers)?;
        urgency(paper, Speaker::Second, quotes).filter(|u| !adverse(check, &u.quote))
    };
    let record = || {
        let of_care = sources.papers.iter().filter(|p| is_record(p, sources.case, quotes));
        of_care.into_iter().find_map(|p| urgency(p, Speaker::Record, quotes))
    };
    own.or_else(second).or_else(record)
}

/// All the plan says of a reason: its quote, and the sentences beside it.
pub(crate) fn words_of_the_plan(reason: &str, case: &Case, says: &[PlanSays]) -> String {
    let own = case.denials.iter().enumerate().filter(|(_, d)| d.reason.as_deref() == Some(reason));
    let mut words = Vec::new();
    for (at, denial) in own {
        words.extend(denial.quote.clone());
        words.extend(says.iter().filter(|s| s.denial == at).map(|s| s.quote.clone()));
    }
    words.join(" ")
}

/// The papers in which the plan decides, by their kind or because a reason was read from them.
pub(crate) fn decisions<'a>(sources: &'a Sources<'_>) -> impl Iterator<Item = &'a CasePaper> + 'a {
    let case = sources.case;
    let read = |p: &CasePaper| {
        case.origin.iter().any(|o| o.fact.starts_with("denial.") && o.file.as_deref() == Some(p.file.as_str()))
    };
    sources.papers.iter().filter(move |p| {
        p.kind.as_deref() == Some("denial_letter") || case.claim.documents.contains(&p.file) || read(p)
    })
}

/// What a page that holds a denial's quote says of the reason beside it. Each sentence is given to the denial whose quote stands
/// last before it on the page, else to the first after it.
fn plan_says(sources: &Sources<'_>, quotes: &Quotes) -> Vec<PlanSays> {
    let denials = &sources.case.denials;
    let mut known: Vec<String> = denials.iter().filter_map(|d| d.quote.as_deref()).map(cite::fold).collect();
    known.extend(denials.iter().flat_map(|d| &d.criteria).map(|c| cite::fold(c)));
    let mut out: Vec<PlanSays> = Vec::new();
    for paper in decisions(sources) {
        for (at, page) in paper.document.pages.iter().enumerate() {
            let text = cite::fold(&page.text);
            let place = |words: &str| text.find(&cite::fold(words)).filter(|_| !words.trim().is_empty());
            let quoted = |(i, d): (usize, &facts::Denial)| Some((place(d.quote.as_deref()?)?, i));
            let mut of_page: Vec<(usize, usize)> = denials.iter().enumerate().filter_map(quoted).collect();
            of_page.sort_unstable();
            let Some(first) = of_page.first() else { continue };
            for quote in quotes.said_why(&known, &page.text) {
                let stands = place(&quote).unwrap_or_default();
                let (_, denial) = *of_page.iter().rfind(|(at, _)| *at <= stands).unwrap_or(first);
                known.push(cite::fold(&quote));
                out.push(PlanSays { denial, file: paper.file.clone(), page: at + 1, quote });
            }
        }
    }
    out
}

/// The definition that the plan quotes, part by part, beside the sentences of the second opinion that bear the same letters.
fn definition(sources: &Sources<'_>, quotes: &Quotes) -> Vec<DefinitionPart> {
    let found = decisions(sources).find_map(|paper| {
        let pages = paper.document.pages.iter().enumerate();
        let mut of = pages.flat_map(|(at, p)| quotes.sentences(&p.text).into_iter().map(move |s| (s, at + 1)));
        let (sentence, page) = of.find(|(s, _)| quotes.defines(s) && lettered(s).len() > 1)?;
        Some((lettered(&sentence), paper.file.clone(), page))
    });
    let Some((parts, file, page)) = found else { return Vec::new() };
    let goes_out = opinion::attach(sources.case, sources.check) == opinion::Attach::Yes;
    let check = sources.check.filter(|c| goes_out && usable(c));
    let letter = crate::walk::opinion_paper(sources.case, sources.papers);
    let answer = |mark: char| {
        let (check, letter) = (check?, letter?);
        let pages = letter.document.pages.iter().enumerate();
        let mut own = pages.flat_map(|(at, p)| quotes.sentences(&p.text).into_iter().map(move |s| (s, at + 1)));
        own.find(|(s, _)| s.starts_with(&format!("({mark}) ")) && s.ends_with('.') && !adverse(check, s))
    };
    let part =
        |(mark, plan): (char, String)| DefinitionPart { mark, plan, file: file.clone(), page, answer: answer(mark) };
    parts.into_iter().map(part).collect()
}

/// The parts of a sentence that are lettered in order: `(a) … (b) …`.
fn lettered(sentence: &str) -> Vec<(char, String)> {
    let mut starts: Vec<(usize, char)> = Vec::new();
    for mark in 'a'..='z' {
        let from = starts.last().map_or(0, |(at, _)| *at);
        let Some(at) = sentence.get(from..).and_then(|rest| rest.find(&format!("({mark}) "))) else { break };
        starts.push((from + at, mark));
    }
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([sentence.len()]).collect::<Vec<_>>();
    let cut = |((at, mark), end): (&(usize, char), usize)| {
        let words = sentence.get(*at..end).unwrap_or_default().trim();
        let words = words.strip_suffix(" or").or_else(|| words.strip_suffix(" and")).unwrap_or(words);
        (*mark, words.trim_end_matches(|c: char| c.is_whitespace() || "\"”;,.".contains(c)).to_string())
    };
    starts.iter().zip(ends).map(cut).collect()
}

/// The sentence in which the plan names who decided, with a degree or a field.
fn plan_reviewer(sources: &Sources<'_>, quotes: &Quotes) -> Option<PlanSays> {
    decisions(sources).find_map(|paper| {
        let pages = paper.document.pages.iter().enumerate();
        let mut said = pages.filter_map(|(at, page)| Some((quotes.names_reviewer(&page.text)?, at + 1)));
        let (quote, page) = said.next()?;
        Some(PlanSays { denial: 0, file: paper.file.clone(), page, quote })
    })
}

fn leaning(check: Option<&Check>, quotes: &Quotes) -> Vec<String> {
    let of_elements = check.into_iter().flat_map(|c| &c.elements).filter_map(|e| e.quote.clone());
    let of_reasons = check.into_iter().flat_map(|c| &c.reasons_answered).filter_map(|r| r.quote.clone());
    let outcome = check.and_then(|c| c.outcome_quote.clone());
    let leaning = of_elements.chain(of_reasons).filter(|quote| quotes.says_nothing_alone(quote));
    // The question of a letter and what it asks of the plan are no answer of its writer.
    let answers = ["question_and_answer", "treatment_concurrence", "standard_of_care"];
    let answers = check.into_iter().flat_map(|c| &c.elements).filter(|e| answers.contains(&e.element.as_str()));
    let answers = answers.filter_map(|e| e.quote.clone()).chain(outcome);
    leaning.chain(answers.filter(|quote| quotes.says_nothing_alone(quote) || quotes.only_asks(quote))).collect()
}

/// The reasons of the plan, each once.
fn reasons(case: &Case) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for reason in case.denials.iter().filter_map(|d| d.reason.clone()) {
        if !out.contains(&reason) {
            out.push(reason);
        }
    }
    if out.is_empty() {
        // The plan's reason is not known: what the papers say of the need is looked for all the same.
        out.push("other".into());
    }
    out
}

/// Whether a paper is a letter of this case from which something can be taken at all.
fn usable(check: &Check) -> bool {
    opinion::stopped_by(check).is_none()
}

/// Whether a quote holds a sentence that could be held against the person.
fn adverse(check: &Check, quote: &str) -> bool {
    let folded = cite::fold(quote);
    let hazard = |h: &opinion::Hazard| {
        let words = cite::fold(&h.quote);
        !words.is_empty() && (folded.contains(&words) || words.contains(&folded))
    };
    check.hazards.iter().any(hazard)
}

/// The sentences of the treating physician's letter that answer a reason, best first, with their pages.
fn treating(
    (reason, plan): (&str, &str),
    paper: &CasePaper,
    check: &Check,
    sources: &Sources<'_>,
    quotes: &Quotes,
) -> Vec<(String, usize)> {
    if !usable(check) {
        return Vec::new();
    }
    let mut found: Vec<(Option<String>, Option<usize>)> = Vec::new();
    // What documents a criterion of the plan says most.
    let rows = leaves(reason, sources, quotes).filter(|l| l.source.as_deref() == Some(paper.file.as_str()));
    let rows = rows.filter(|l| l.quote.as_deref().is_some_and(|q| quotes.bears_on(reason, q)));
    found.extend(rows.map(|l| (l.quote.clone(), l.page)));
    // That a second opinion is missing is answered by a second physician's letter, never by the treating physician's.
    if matches!(check.outcome.as_str(), "confirms" | "unclear") && reason != "second_opinion_missing" {
        let of_reason = check.reasons_answered.iter().filter(|r| r.reason == reason && r.state == "answered");
        found.extend(of_reason.map(|r| (r.quote.clone(), r.page)));
        for element in quotes.elements(reason) {
            let shown =
                |e: &&opinion::ElementState| e.element == *element && matches!(e.state.as_str(), "present" | "partial");
            let bears = |q: &Option<String>| q.as_deref().is_some_and(|q| quotes.bears_on(reason, q));
            let points = check.elements.iter().filter(shown).map(|e| (e.quote.clone(), e.page));
            found.extend(points.filter(|(quote, _)| bears(quote)));
        }
        // Sentences of the writer's own that meet the plan's words, whatever the check heard in them.
        for (at, page) in paper.document.pages.iter().enumerate() {
            let own = quotes.sentences(&page.text).into_iter().filter(|s| !quotes.may_be_anothers(s));
            let own = own.filter(|s| s.ends_with('.') && quotes.stands_alone(s) && quotes.bears_on(reason, s));
            let strong = own.filter(|s| quotes.is_strong(quotes.weight(reason, plan, s)));
            found.extend(strong.map(|s| (Some(s), Some(at + 1))));
        }
    }
    let mut out: Vec<(String, usize)> = Vec::new();
    for (quote, page) in found {
        let (Some(quote), Some(page)) = (quote, page) else { continue };
        let text = page_of(&paper.document, page);
        let fits = |w: &String| quotes.answers(w) && !adverse(check, w) && !quotes.is_only_a_diagnosis(reason, w);
        if let Some(whole) = quotes.whole(&quote, text).filter(fits)
            && !out.iter().any(|(q, _)| *q == whole)
        {
            out.push((whole, page));
        }
    }
    out.sort_by_key(|(quote, _)| std::cmp::Reverse(quotes.weight(reason, plan, quote)));
    out
}

/// The reason that the plan lacks papers.
const MISSING: &str = "information_missing";

/// The sentences of the second physician's letter that answer a reason, best first: the one found to answer it, then those
/// that carry a point which does. None of a letter that stays out or gives no yes.
fn second(
    (reason, plan): (&str, &str),
    all: &[(String, String)],
    sources: &Sources<'_>,
    quotes: &Quotes,
) -> Vec<Support> {
    let yes = |c: &&Check| usable(c) && matches!(c.outcome.as_str(), "confirms" | "confirms_with_changes");
    let goes_out = opinion::attach(sources.case, sources.check) == opinion::Attach::Yes;
    let Some(check) = sources.check.filter(yes).filter(|_| goes_out) else { return Vec::new() };
    let Some(paper) = crate::walk::opinion_paper(sources.case, sources.papers) else { return Vec::new() };
    let of_reason = check.reasons_answered.iter().filter(|r| r.reason == reason && r.state == "answered");
    let mut found: Vec<(Option<String>, Option<usize>)> = of_reason.map(|r| (r.quote.clone(), r.page)).collect();
    let answered = !found.is_empty();
    for element in quotes.elements(reason) {
        let shown =
            |e: &&opinion::ElementState| e.element == *element && matches!(e.state.as_str(), "present" | "partial");
        found.extend(check.elements.iter().filter(shown).map(|e| (e.quote.clone(), e.page)));
    }
    // What stands right behind the plan's words in the letter is its answer to them, and goes first.
    let mut rebuts: Vec<String> = Vec::new();
    let mut elsewhere: Vec<String> = Vec::new();
    for (at, page) in paper.document.pages.iter().enumerate() {
        for (other, words) in all.iter().filter(|(r, _)| r != reason) {
            let said = quotes.after_the_plans_words((other, words), all, &page.text);
            elsewhere.extend(said.iter().map(|s| cite::fold(s)));
        }
        for said in quotes.after_the_plans_words((reason, plan), all, &page.text) {
            found.push((Some(said.clone()), Some(at + 1)));
            rebuts.push(cite::fold(&said));
        }
    }
    let of_plan = cite::fold(plan);
    let place = |quote: &str| {
        let folded = cite::fold(quote);
        rebuts.iter().position(|r| folded.ends_with(r.as_str()))
    };
    // Where the letter answers the reason at all, a sentence that meets the plan's own words may say more than the one found.
    if answered {
        for (at, page) in paper.document.pages.iter().enumerate() {
            let own = quotes.sentences(&page.text).into_iter().filter(|s| !quotes.may_be_anothers(s));
            let own = own.filter(|s| s.ends_with('.') && quotes.stands_alone(s) && quotes.bears_on(reason, s));
            found.extend(
                own.filter(|s| quotes.is_strong(quotes.weight(reason, plan, s))).map(|s| (Some(s), Some(at + 1))),
            );
        }
    }
    let mut out: Vec<Support> = Vec::new();
    for (quote, page) in found {
        let (Some(quote), Some(page)) = (quote, page) else { continue };
        let whole = quotes.whole(&quote, page_of(&paper.document, page));
        let fits = |w: &String| quotes.answers(w) && !adverse(check, w) && !quotes.is_only_a_diagnosis(reason, w);
        let Some(quote) = whole.filter(fits) else { continue };
        // A sentence that stands behind another reason's words answers that one.
        if place(&quote).is_none() && elsewhere.iter().any(|e| cite::fold(&quote).ends_with(e.as_str())) {
            continue;
        }
        // The plan's own words are no answer to them.
        let bare = cite::fold(&quote);
        if of_plan.contains(bare.trim_matches(['"', '.', ' '])) {
            continue;
        }
        // That papers are missing is answered by what speaks of those papers, not by any word of support.
        if reason == MISSING && quotes.weight(reason, plan, &quote) == 0 {
            continue;
        }
        if !out.iter().any(|s| cite::fold(&s.quote).contains(&cite::fold(&quote))) {
            let strong = place(&quote).is_some() || quotes.is_strong(quotes.weight(reason, plan, &quote));
            let (reason, file) = (reason.to_string(), paper.file.clone());
            out.push(Support { reason, from: Speaker::Second, file, page, quote, strong });
        }
    }
    // The answer in the order of the letter, then the rest by how much it says.
    let rest = |s: &Support| std::cmp::Reverse(quotes.weight(reason, plan, &s.quote));
    out.sort_by_key(|s| (place(&s.quote).is_none(), place(&s.quote), rest(s)));
    out
}

/// So many sentences of records at most carry a letter.
const CARRYING: usize = 5;

/// The sentences of the records that speak most to the plan's words, in the order of the papers.
fn carrying((reason, plan): (&str, &str), sources: &Sources<'_>, quotes: &Quotes) -> Vec<Support> {
    let mut found: Vec<(usize, Support)> = Vec::new();
    for paper in sources.papers.iter().filter(|p| is_record(p, sources.case, quotes)) {
        for (at, page) in paper.document.pages.iter().enumerate() {
            for quote in quotes.sentences(&page.text) {
                let fits = quote.ends_with('.') && quotes.stands_alone(&quote) && quotes.answers(&quote);
                let weight = quotes.weight(reason, plan, &quote);
                if fits && quotes.bears_on(reason, &quote) && quotes.is_strong(weight) {
                    let (reason, file) = (reason.to_string(), paper.file.clone());
                    let said = Support { reason, from: Speaker::Record, file, page: at + 1, quote, strong: true };
                    found.push((weight, said));
                }
            }
        }
    }
    let mut best: Vec<usize> = (0..found.len()).collect();
    best.sort_by_key(|at| std::cmp::Reverse(found.get(*at).map_or(0, |f| f.0)));
    best.truncate(CARRYING);
    best.sort_unstable();
    best.into_iter().filter_map(|at| found.get(at).map(|f| f.1.clone())).collect()
}

/// The documented criteria that are about a reason: those that the plan lists under it first.
fn leaves<'a>(
    reason: &'a str,
    sources: &'a Sources<'_>,
    quotes: &'a Quotes,
) -> impl Iterator<Item = &'a LeafReport> + 'a {
    let documented = move |l: &&LeafReport| l.state == LeafState::Documented;
    let about =
        move |l: &&LeafReport| is_listed(sources.case, reason, &l.criterion) || quotes.is_about(reason, &l.criterion);
    sources.criteria.into_iter().flat_map(|r| &r.leaves).filter(documented).filter(about)
}

/// Whether the plan lists a criterion under a reason.
fn is_listed(case: &Case, reason: &str, criterion: &str) -> bool {
    let own = case.denials.iter().filter(|d| d.reason.as_deref() == Some(reason));
    own.flat_map(|d| &d.criteria).any(|c| cite::find_quote(c, criterion))
}

/// The sentences of records that answer a reason: what documents its criteria, and what shows the treatments that were
/// tried where the reason is about such.
fn records(reason: &str, sources: &Sources<'_>, quotes: &Quotes) -> Result<Vec<Support>, KbError> {
    let mut found: Vec<(String, String, usize)> = Vec::new();
    for leaf in leaves(reason, sources, quotes) {
        if let (Some(quote), Some(file), Some(page)) = (&leaf.quote, &leaf.source, leaf.page)
            && quotes.bears_on(reason, quote)
        {
            found.push((quote.clone(), file.clone(), page));
        }
    }
    let of_care: Vec<&CasePaper> = sources.papers.iter().filter(|p| is_record(p, sources.case, quotes)).collect();
    if let Some(fact) = quotes.looked_for(reason, sources.case) {
        found.extend(documented(&[fact], &of_care, sources.kb)?);
    }
    for paper in &of_care {
        let pages = paper.document.pages.iter().enumerate();
        let told = pages.flat_map(|(at, page)| quotes.told(reason, &page.text).into_iter().map(move |s| (s, at + 1)));
        found.extend(told.map(|(quote, page)| (quote, paper.file.clone(), page)));
    }
    if quotes.is_about_history(reason) {
        for treatment in &sources.case.treatments {
            found.extend(tried(treatment, sources)?);
        }
    }
    let mut out: Vec<Support> = Vec::new();
    for (quote, file, page) in found {
        let Some(paper) = of_care.iter().find(|p| p.file == file) else { continue };
        let whole = quotes.whole(&quote, page_of(&paper.document, page)).filter(|w| quotes.answers(w));
        let Some(quote) = whole else { continue };
        if !out.iter().any(|s| s.quote == quote) {
            let (reason, from) = (reason.to_string(), Speaker::Record);
            out.push(Support { reason, from, file, page, quote, strong: false });
        }
    }
    Ok(out)
}

/// Whether a paper is one in which the patient is written about, and not one of the letters for this appeal.
pub(crate) fn is_record(paper: &CasePaper, case: &Case, quotes: &Quotes) -> bool {
    let kind = paper.kind.as_deref();
    let opinion = case.second_opinion.as_ref().and_then(|o| o.letter.as_deref());
    speaks_of_the_patient(kind)
        && !quotes.is_treating(kind)
        && kind != Some("opinion_letter")
        && opinion != Some(paper.file.as_str())
}

/// The sentence of a treatment's own paper that shows that it was tried and what came of it.
fn tried(treatment: &Treatment, sources: &Sources<'_>) -> Result<Option<(String, String, usize)>, KbError> {
    let Some(paper) = treatment.source.as_ref().and_then(|s| sources.papers.iter().find(|p| p.file == *s)) else {
        return Ok(None);
    };
    if let (Some(quote), Some(page)) = (&treatment.quote, treatment.page) {
        let stands = cite::find_quote(page_of(&paper.document, page), quote);
        return Ok(stands.then(|| (quote.clone(), paper.file.clone(), page)));
    }
    // A treatment is a criterion of its own: what documents it says that it was tried, with the result.
    let what = treatment.what.as_deref().unwrap_or_default();
    let outcome = [&treatment.stopped_because, &treatment.result].into_iter().flatten();
    let entries: Vec<String> = outcome.map(|came| format!("{what} {came}")).collect();
    if entries.is_empty() || what.trim().is_empty() {
        return Ok(None);
    }
    Ok(documented(&entries, &[paper], sources.kb)?.into_iter().next())
}

/// The sentences of papers that document what is said, in the order of what is said: words, paper and page.
fn documented(said: &[String], papers: &[&CasePaper], kb: &Kb) -> Result<Vec<(String, String, usize)>, KbError> {
    let policy = policy::parse_entries(said, &evidence::PolicyWords::load(kb)?);
    let paper = |p: &&CasePaper| evidence::Paper { name: p.file.clone(), exhibit: None, document: p.document.clone() };
    let papers: Vec<evidence::Paper> = papers.iter().map(paper).collect();
    let report = evidence::criteria(policy, &papers, kb)?;
    let shown = report.leaves.into_iter().filter(|l| l.state == LeafState::Documented);
    Ok(shown.filter_map(|l| Some((l.quote?, l.source?, l.page?))).collect())
}

/// The physician's own words, taken at the sentence.
fn urgency(paper: &CasePaper, from: Speaker, quotes: &Quotes) -> Option<Urgent> {
    let pages = paper.document.pages.iter().enumerate();
    let says = |s: &String| quotes.is_urgent(s) || from != Speaker::Record && quotes.is_grave(s);
    let mut said = pages.flat_map(|(at, page)| {
        let own = quotes.sentences(&page.text).into_iter().filter(|s| says(s) && quotes.stands_alone(s));
        own.map(move |quote| (quote, at + 1)).collect::<Vec<_>>()
    });
    let (quote, page) = said.next()?;
    Some(Urgent { file: paper.file.clone(), page, quote, from })
}

pub(crate) fn page_of(document: &Document, page: usize) -> &str {
    page.checked_sub(1).and_then(|at| document.pages.get(at)).map_or("", |p| p.text.as_str())
}
