//! The heart of an appeal: each reason of the plan, quoted, and answered in the order in which reviewers weigh things.
//!
//! Order (`templates/appeal_letter/argument.toml`): standard of care → guideline → criteria → history of failed
//! treatment → records → treating physician → second opinion → harm of delay → literature → rights. A step without
//! material in the case is left out; nothing is made up to fill it.

use std::collections::BTreeSet;

use course::{Speaker, Support};
use facts::{Denial, Finding};
use serde::Deserialize;

use crate::DraftError;
use crate::build::{Builder, FullLine};
use crate::document::*;
use crate::exhibits;
use crate::network;
use crate::parts;
use crate::references;
use crate::words::Once;

/// How one reason is answered.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReasonPlan {
    /// The reason, a word of the closed list.
    pub(crate) reason: String,
    /// Whether it is a clinical judgment.
    #[serde(default)]
    pub(crate) clinical: bool,
    /// What must hold for the answer that points to papers or facts (`answer`); else `answer_bare` is said.
    #[serde(default)]
    answer_when: Option<String>,
    /// What the person is told where no step had anything to show: words of `finding`.
    #[serde(default)]
    unanswered: Option<String>,
    /// The steps of the answer, in order.
    pub(crate) steps: Vec<String>,
    /// What is said and shown instead, where the law takes the reason away.
    #[serde(default)]
    instead: Option<Instead>,
}

/// Another answer to a reason, for cases in which the reason does not count by law (the network of an emergency).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Instead {
    /// What must hold.
    when: String,
    /// The words of `reason.<reason>` with which the answer opens.
    answer: String,
    steps: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    reason: Vec<ReasonPlan>,
}

static FILE: Once<File> = Once::new("appeal_letter/argument.toml");

/// Reads the table of reasons, or says what is wrong with it.
pub(crate) fn table() -> Result<(), DraftError> {
    FILE.get().map(|_| ())
}

/// All plans, in the order of the closed list. `draft` has read the table before (`table`).
pub(crate) fn plans() -> &'static [ReasonPlan] {
    FILE.get().map_or(&[], |f| &f.reason)
}

/// The plan for a reason; `other` for one the table does not know.
pub(crate) fn plan_of(reason: &str) -> Option<&'static ReasonPlan> {
    plans().iter().find(|p| p.reason == reason).or_else(|| plans().iter().find(|p| p.reason == "other"))
}

/// The answers to all reasons, one section each. What one section has shown, a later one refers to.
pub(crate) fn arguments(b: &mut Builder, out: &mut Vec<Block>) {
    let case = b.view.case;
    let mut shown = BTreeSet::new();
    let groups = by_sentence(&case.denials);
    let start = out.len();
    if case.denials.is_empty() {
        // No reason was read: the papers speak for the need.
        for from in ["record", "treating", "second_opinion"] {
            step(b, from, ("other", start), &mut shown, out);
        }
        if out.len() == start {
            instead_of_evidence(b, Vec::new(), false, out);
        }
        return;
    }
    for (at, group) in groups.iter().enumerate() {
        let title = title_of(b, group);
        let heading = if groups.len() > 1 {
            b.text_with("argument.heading_numbered", &[("number", &(at + 1).to_string()), ("title", &title)])
        } else {
            b.text_with("argument.heading", &[("title", &title)])
        };
        // What stands before the first reason (the few lines of the first page) is no answer.
        let earlier = evidence_above(out.get(start..).unwrap_or_default());
        out.push(Block::Heading { level: 2, text: heading });
        // Before the quotation: what follows it answers.
        parts::rests_on(b, group, out);
        quote_the_reasons(b, group, out);
        answer(b, group, earlier, &mut shown, out);
    }
    look_below(b, start, out);
}

/// What the papers say to the plan's reasons, without the reasons: the sentences that the appeal would quote, each once. `only`: to
/// these reasons alone; `speakers`: of these alone, `record` or `treating`.
pub(crate) fn facts(b: &mut Builder, only: Option<&[&str]>, speakers: &[&str], out: &mut Vec<Block>) {
    let mut reasons: Vec<&str> = Vec::new();
    for reason in b.view.case.denials.iter().filter_map(|d| d.reason.as_deref()) {
        if only.is_none_or(|only| only.contains(&reason)) && !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let (start, mut shown) = (out.len(), BTreeSet::new());
    for reason in reasons {
        let begins = out.len();
        if only.is_some() {
            network::those_named(b, reason, out);
        }
        for from in speakers {
            step(b, from, (reason, begins), &mut shown, out);
        }
        // Who agrees in general is told elsewhere on the page; what that physician says to this reason stands with it.
        if speakers.contains(&"treating") {
            second_opinion(b, reason, "opinion.writes", out);
        }
    }
    // A sentence that only points up to a quotation is for a letter that goes through the reasons.
    let points =
        |block: &Block| matches!(block, Block::Paragraph { .. }) && points_to_evidence(std::slice::from_ref(block));
    let said: Vec<Block> = out.drain(start..).filter(|block| !points(block)).collect();
    out.extend(said);
}

/// The plan's reasons by the sentence that it gives for them, as places among the denials: one sentence for several reasons is quoted
/// and answered once.
fn by_sentence(denials: &[Denial]) -> Vec<Vec<usize>> {
    let said = |d: &Denial| d.quote.as_deref().map(cite::fold).filter(|q| !q.trim().is_empty());
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (place, denial) in denials.iter().enumerate() {
        let same = |group: &&mut Vec<usize>| {
            let first = group.first().and_then(|at| denials.get(*at)).and_then(said);
            first.is_some() && first == said(denial)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(place),
            None => groups.push(vec![place]),
        }
    }
    groups
}

/// The names of the reasons for which one sentence stands. Beside another, a reason that the plan does not use is not named for it
/// (`reason.<reason>.named` has the words by which it would be).
fn title_of(b: &mut Builder, group: &[usize]) -> String {
    let mut titles: Vec<String> = Vec::new();
    for denial in group.iter().filter_map(|at| b.view.case.denials.get(*at)) {
        let Some(plan) = plan_of(denial.reason.as_deref().unwrap_or("other")) else { continue };
        let quote = cite::fold(denial.quote.as_deref().unwrap_or_default());
        let named = b.view.words.get(&format!("reason.{}.named", plan.reason));
        let named = named.is_none_or(|words| words.split('|').any(|word| quote.contains(word)));
        if group.len() > 1 && !named {
            continue;
        }
        let title = b.text(&format!("reason.{}.title", plan.reason));
        let title = if titles.is_empty() { title } else { parts::lower_first(&title) };
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    titles.join("; ")
}

/// The answer to the reasons of one sentence of the plan, a limb for each.
fn answer(b: &mut Builder, group: &[usize], earlier: Vec<Source>, shown: &mut BTreeSet<String>, out: &mut Vec<Block>) {
    let begins = out.len();
    let (mut answered, mut open) = (false, false);
    let mut silent: Vec<(&ReasonPlan, usize)> = Vec::new();
    for &place in group {
        let reason = b.view.case.denials.get(place).and_then(|d| d.reason.as_deref()).unwrap_or("other");
        let Some(plan) = plan_of(reason) else { continue };
        let before = out.len();
        let instead = plan.instead.as_ref().filter(|i| b.view.holds(&i.when));
        for step in instead.map_or(&plan.steps, |i| &i.steps) {
            self::step(b, step, (reason, before), shown, out);
        }
        if let Some(instead) = instead {
            let key = b.of_forum(format!("reason.{}.{}", plan.reason, instead.answer));
            let text = b.text(&key);
            out.insert(before, Block::Paragraph { sentences: vec![Sentence::plain(text)] });
            answered = true;
            continue;
        }
        // Under one heading nothing points up: what answers one limb stands there for the other.
        if is_evidence(out.get(begins..before).unwrap_or_default()) {
            let points = |block: &Block| {
                matches!(block, Block::Paragraph { .. }) && points_to_evidence(std::slice::from_ref(block))
            };
            let limb: Vec<Block> = out.drain(before..).collect();
            answered |= limb.iter().any(points);
            out.extend(limb.into_iter().filter(|block| !points(block)));
        }
        let own = out.get(before..).unwrap_or_default();
        // The opening promises evidence, so it is said only when evidence follows; what points up needs none.
        let (given, points_up) = (is_evidence(own), points_to_evidence(own));
        if plan.clinical && treating_source(b).is_none_or(|s| !is_shown(own, &s)) {
            treating_letter(b, shown, out);
        }
        if plan.clinical && !given {
            answered |= points_up;
            open |= !points_up;
            if out.len() == before {
                silent.push((plan, place));
            }
            continue;
        }
        if !given && plan.unanswered.is_some() {
            silent.push((plan, place));
        }
        let key = match plan.answer_when.as_deref() {
            Some(when) if !b.view.holds(when) => format!("reason.{}.answer_bare", plan.reason),
            _ => format!("reason.{}.answer", plan.reason),
        };
        let key = b.of_forum(key);
        let text = b.text(&key);
        out.insert(before, Block::Paragraph { sentences: vec![Sentence::plain(text)] });
        answered = true;
    }
    for (plan, place) in silent {
        if earlier.is_empty() || !plan.clinical {
            unanswered(b, plan, place);
        }
    }
    if !open || is_evidence(out.get(begins..).unwrap_or_default()) {
        return;
    }
    let only_above = !earlier.is_empty();
    let coming = shown.contains(COMING);
    let before = out.len();
    instead_of_evidence(b, earlier, before > begins || coming, out);
    let says = b.text("argument.evidence_to_follow");
    if out.get(before..).unwrap_or_default().iter().flat_map(Block::sentences).any(|s| s.text == says) {
        shown.insert(COMING.into());
    }
    if !answered && !only_above {
        // Nothing to say yet is said once.
        let key = if shown.insert(LOOK_AGAIN.into()) { "argument.look_again" } else { "argument.look_again_too" };
        let text = b.text(key);
        out.insert(begins, Block::Paragraph { sentences: vec![Sentence::plain(text)] });
    }
}

/// A reason that could only be asked to be looked at again is answered by the evidence given for a later one, where there is some.
fn look_below(b: &mut Builder, start: usize, out: &mut [Block]) {
    let asks = ["argument.look_again", "argument.look_again_too"].map(|key| b.text(key));
    let below = b.text("argument.see_below");
    for at in start..out.len() {
        let sources = evidence_above(out.get(at..).unwrap_or_default());
        if let Some(Block::Paragraph { sentences }) = out.get_mut(at)
            && let [sentence] = sentences.as_mut_slice()
            && asks.contains(&sentence.text)
            && !sources.is_empty()
        {
            *sentence = Sentence::claim(Claim::Plain, below.clone(), sources);
        }
    }
}

/// Whether blocks point to evidence that stands above.
fn points_to_evidence(blocks: &[Block]) -> bool {
    blocks.iter().flat_map(Block::sentences).any(|s| s.claim == Claim::Medical && !s.sources.is_empty())
}

/// Tells the person that nothing in the case speaks to a reason.
fn unanswered(b: &mut Builder, plan: &ReasonPlan, place: usize) {
    let key = plan.unanswered.as_deref().unwrap_or("reason_unanswered");
    let title = b.text(&format!("reason.{}.title", plan.reason));
    let text = b.text_with(&format!("finding.{key}"), &[("title", &title)]);
    b.findings.push(Finding::new("reason_unanswered", text).about(format!("denial.{place}")));
}

/// Marks among what was shown: that an opinion is being obtained, and that a reason be looked at again.
const COMING: &str = "an opinion will follow";
const LOOK_AGAIN: &str = "look again";

/// What is said where no step had anything to show: the evidence given under an earlier reason, else that records are
/// enclosed, else that an opinion will follow where one is being obtained. Nothing is promised that the case does not have.
fn instead_of_evidence(b: &mut Builder, above: Vec<Source>, answered: bool, out: &mut Vec<Block>) {
    let sentence = if above.is_empty() {
        let records = records(b);
        match (records.is_empty(), answered) {
            // Nobody has read them for this reason: that they are here is all that can be said.
            (false, _) => Sentence::claim(Claim::Fact, b.text("argument.records"), records),
            (true, false) if b.view.holds("opinion_coming") => Sentence::plain(b.text("argument.evidence_to_follow")),
            (true, _) => return,
        }
    } else {
        Sentence::claim(Claim::Plain, b.text("argument.see_above"), above)
    };
    out.push(Block::Paragraph { sentences: vec![sentence] });
}

/// The records among the exhibits, which the letter may point to as a whole; five at most.
fn records(b: &Builder) -> Vec<Source> {
    let records = b.view.plan.exhibits.iter().filter(|e| exhibits::is_clinical(&e.kind));
    records.take(5).map(|e| Source::Exhibit { label: e.label.clone(), page: None }).collect()
}

/// Kinds of papers in which the treating physician speaks to the plan.
const TREATING_LETTERS: [&str; 2] = ["treating_letter", "letter_of_medical_necessity"];

/// The treating physician's letter: only one that this physician signs.
fn treating_source(b: &Builder) -> Option<Source> {
    let signed = |e: &&exhibits::Exhibit| b.view.inputs.supports.is_none_or(|s| s.is_signed(&e.source));
    let of_kind = |k: &str| b.view.plan.exhibits.iter().filter(|e| e.kind == k).find(signed);
    let letter = TREATING_LETTERS.iter().find_map(|k| of_kind(k))?;
    Some(Source::Exhibit { label: letter.label.clone(), page: None })
}

/// Whether blocks point to a paper, whatever its page.
fn is_shown(blocks: &[Block], paper: &Source) -> bool {
    blocks.iter().flat_map(Block::sentences).flat_map(|s| &s.sources).any(|s| s.is_paper_of(paper))
}

/// The treating physician's own letter, pointed to once: where no sentence of it is quoted, that it is here is all that is
/// said.
fn treating_letter(b: &mut Builder, shown: &mut BTreeSet<String>, out: &mut Vec<Block>) {
    let Some(source) = treating_source(b) else { return };
    if b.view.holds("has.treating") && shown.insert("treating_letter".into()) {
        let text = b.text("argument.treating_letter");
        out.push(Block::Paragraph { sentences: vec![Sentence::claim(Claim::Medical, text, vec![source])] });
    }
}

/// Whether blocks show something: a quotation, a table, a list. A paragraph only points to it.
fn is_evidence(blocks: &[Block]) -> bool {
    blocks.iter().any(|b| matches!(b, Block::Quote { .. } | Block::Table { .. } | Block::List { .. }))
}

/// The exhibits with which an earlier reason was answered, the decision itself left aside; three at most.
fn evidence_above(out: &[Block]) -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    let shown = out.iter().filter(|block| is_evidence(std::slice::from_ref(*block)));
    for source in shown.flat_map(Block::sentences).filter(|s| s.claim == Claim::Medical).flat_map(|s| &s.sources) {
        if let Source::Exhibit { label, .. } = source {
            let whole = Source::Exhibit { label: label.clone(), page: None };
            if !sources.contains(&whole) {
                sources.push(whole);
            }
        }
    }
    sources.truncate(3);
    sources
}

/// The plan's sentence, and what the plan says beside it, each once.
fn quote_the_reasons(b: &mut Builder, group: &[usize], out: &mut Vec<Block>) {
    let Some(&place) = group.first() else { return };
    let quote = b.view.case.denials.get(place).and_then(|d| d.quote.as_deref());
    let Some(quote) = quote.filter(|q| !q.trim().is_empty()) else {
        let text = b.text("argument.reason_not_quoted");
        return out.push(Block::Paragraph { sentences: vec![Sentence::plain(text)] });
    };
    let source = b.exhibit_of_reason(place);
    let lead = b.text("argument.the_plan_says");
    out.push(Block::Paragraph { sentences: vec![Sentence::plain(lead)] });
    let sentence = Sentence::claim(Claim::Fact, quoted(quote), source.into_iter().collect());
    out.push(Block::Quote { sentence, by: None });
    // What the plan says beside it (what is missing, what is excluded) is quoted too: only what is quoted is answered.
    let said = b.view.inputs.supports.into_iter().flat_map(|s| &s.plan_says).filter(|s| group.contains(&s.denial));
    let mut told = vec![cite::fold(quote)];
    for says in said {
        let folded = cite::fold(&says.quote);
        if told.iter().any(|known| known.contains(&folded)) {
            continue;
        }
        told.push(folded);
        let Some(source) = b.view.plan.of_source(&says.file).map(|e| e.label.clone()) else { continue };
        let source = Source::Exhibit { label: source, page: Some(says.page) };
        let sentence = Sentence::claim(Claim::Fact, quoted(&says.quote), vec![source]);
        out.push(Block::Quote { sentence, by: None });
    }
}

/// Words in quotation marks, white space tidied.
pub(crate) fn quoted(text: &str) -> String {
    let tidy: Vec<&str> = text.split_whitespace().collect();
    let tidy = tidy.join(" ");
    let bare = tidy.trim_matches(['"', '“', '”', '„']).replace('"', "'");
    // A quotation that begins inside a sentence says so.
    let inside = if bare.starts_with(char::is_lowercase) { "… " } else { "" };
    format!("“{inside}{bare}”")
}

/// One step of the answer. A step that was shown under an earlier reason is only referred to.
/// `reason` is the plan's reason with the place in `out` at which its answer begins.
fn step(b: &mut Builder, step: &str, reason: (&str, usize), shown: &mut BTreeSet<String>, out: &mut Vec<Block>) {
    let (reason, begins) = reason;
    let shared = !matches!(step, "second_opinion" | "treating" | "record" | "named");
    if shared && shown.contains(step) {
        return;
    }
    let before = out.len();
    match step {
        "standard_of_care" => element(b, "standard_of_care", "argument.standard_of_care", out),
        "guideline" => references::guidelines(b, out),
        "criteria" => parts::criteria_table(b, out),
        "plan_definition" => {
            if !parts::definition_table(b, out) {
                element(b, "plan_definition_met", "argument.plan_definition", out);
            }
        }
        "history" => parts::history(b, out),
        "named_paper" => named_paper(b, reason, out),
        "record" => support(b, (reason, begins), (Speaker::Record, false), out),
        "treating" => support(b, (reason, begins), (Speaker::Treating, shown.contains(step)), out),
        "second_opinion" => second_opinion(b, reason, "argument.second_opinion", out),
        "regulatory_status" => element(b, "regulatory_status", "argument.regulatory_status", out),
        "diagnosis" => element(b, "diagnosis", "argument.diagnosis", out),
        "harm_of_delay" => {
            element(b, "harm_of_delay", "argument.harm_of_delay", out);
            if out.len() > before {
                harm_at_the_standard_pace(b);
            }
        }
        "literature" => {
            references::literature(b, out);
            if names_a_work(b) {
                element(b, "literature", "argument.literature", out);
            }
        }
        "network" => network::search_log_summary(b, out),
        "named" => network::named(b, reason, out),
        _ => rights(b, step, out),
    }
    if out.len() > before {
        shown.insert(step.to_string());
    }
}

/// A letter that quotes the harm of waiting and asks for the ordinary pace invites the question why: the person is told before it goes.
fn harm_at_the_standard_pace(b: &mut Builder) {
    let to_come = matches!(b.view.case.claim.kind.as_deref(), Some("pre_service" | "concurrent"));
    if to_come && !b.view.holds("pressing") && !b.view.holds("expedited") {
        let text = b.text("finding.harm_at_the_standard_pace");
        b.findings.push(Finding::new("harm_at_the_standard_pace", text).about("claim.urgent"));
    }
}

/// A sentence of the second opinion on one point, quoted with its page. Only when the opinion is attached.
fn element(b: &mut Builder, element: &str, lead: &str, out: &mut Vec<Block>) {
    if !b.view.opinion_speaks() {
        return;
    }
    let Some(check) = b.view.inputs.concluded() else { return };
    let state =
        check.elements.iter().find(|e| e.element == element && matches!(e.state.as_str(), "present" | "partial"));
    let Some((quote, page)) = state.and_then(|e| Some((e.quote.clone()?, e.page))) else { return };
    quote_from_opinion(b, lead, &quote, page, out);
}

/// Whether the opinion's sentence on published work gives enough to find one: a number of a data base, or a year with its
/// volume ("2000;25").
fn names_a_work(b: &Builder) -> bool {
    let check = b.view.inputs.concluded();
    let said =
        check.and_then(|c| c.elements.iter().find(|e| e.element == "literature")).and_then(|e| e.quote.as_deref());
    said.is_some_and(|quote| {
        let folded = cite::fold(quote);
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let volume = folded.match_indices(';').any(|(at, _)| {
            let before = folded.get(..at).unwrap_or_default();
            digit(before.chars().next_back())
                && digit(folded.get(at + 1..).and_then(|rest| rest.trim_start().chars().next()))
        });
        volume || folded.contains("pmid") || folded.contains("doi")
    })
}

/// A quotation of the opinion letter under its lead. Words that the document has quoted already are not said twice.
fn quote_from_opinion(b: &mut Builder, lead: &str, quote: &str, page: Option<usize>, out: &mut Vec<Block>) {
    let Some(source) = opinion_source(b, page) else { return };
    // A question that the letter repeats is no statement of the physician, and what leans on another sentence says nothing.
    let asks = quote.trim_end_matches(['"', '”', ' ']).ends_with('?');
    let leans = b.view.inputs.supports.is_some_and(|s| !s.stands_alone(quote));
    // What stands in the plan's table of criteria, or within a longer quotation, is not said again.
    let said = cite::fold(quote);
    let shown = out.iter().flat_map(Block::sentences).any(|s| cite::fold(&s.text).contains(&said));
    if asks || leans || shown || is_hazard(b, quote) || !b.quoted.insert(said) {
        return;
    }
    let lead = b.text(lead);
    out.push(Block::Paragraph { sentences: vec![Sentence::plain(lead)] });
    out.push(Block::Quote { sentence: Sentence::claim(Claim::Medical, quoted(quote), vec![source]), by: None });
}

/// Whether a sentence of the opinion letter is one that the plan could use against the person: no letter quotes it.
pub(crate) fn is_hazard(b: &Builder, quote: &str) -> bool {
    let said = cite::fold(quote);
    let hazards = b.view.inputs.concluded().into_iter().flat_map(|c| &c.hazards);
    hazards.map(|h| cite::fold(&h.quote)).any(|h| !h.is_empty() && said.contains(&h))
}

/// The exhibit and page of the opinion letter.
pub(crate) fn opinion_source(b: &Builder, page: Option<usize>) -> Option<Source> {
    let letter = b.view.case.second_opinion.as_ref()?.letter.as_deref()?;
    let exhibit = b.view.plan.of_source(letter)?;
    Some(Source::Exhibit { label: exhibit.label.clone(), page })
}

/// Sentences of the treating physician's letter, or of records, that answer this very reason: the best one that the
/// document has not quoted yet; beside it those that speak to the plan's very words. Where all of them stand in the document
/// already, the answer points to them. `again`: the speaker was quoted before.
fn support(b: &mut Builder, reason: (&str, usize), from: (Speaker, bool), out: &mut Vec<Block>) {
    let ((reason, begins), (from, again)) = (reason, from);
    let said = b.view.inputs.supports.into_iter().flat_map(|s| &s.answers);
    let known: Vec<(&Support, Source)> = said
        .filter(|s| s.reason == reason && s.from == from)
        .filter_map(|s| {
            let exhibit = b.view.plan.of_source(&s.file)?;
            let letter = TREATING_LETTERS.contains(&exhibit.kind.as_str());
            let fits = match from {
                Speaker::Treating => letter && b.view.holds("has.treating"),
                // A letter of the treating side that this physician does not sign is a paper like the others.
                Speaker::Record => letter || exhibits::is_clinical(&exhibit.kind),
                Speaker::Second => false,
            };
            fits.then(|| (s, Source::Exhibit { label: exhibit.label.clone(), page: Some(s.page) }))
        })
        .collect();
    // An answer that quotes the speaker already (the plan's criteria, each with its sentence) needs no more of the same.
    let of_speaker = |o: &Source| known.iter().any(|(_, source)| o.is_paper_of(source));
    let speaks = |s: &&Sentence| s.text.contains('“') && s.sources.iter().any(of_speaker);
    let speaks_already = out.get(begins..).unwrap_or_default().iter().flat_map(Block::sentences).any(|s| speaks(&s));
    if speaks_already && from != Speaker::Record {
        return;
    }
    let all = out.iter().flat_map(Block::sentences);
    let in_document: Vec<String> = all.map(|s| cite::fold(&s.text)).collect();
    let is_new = |quote: &str| !in_document.iter().any(|p| p.contains(&cite::fold(quote)));
    let mut fresh: Vec<&(&Support, Source)> = known.iter().filter(|(s, _)| is_new(&s.quote)).collect();
    if speaks_already {
        // Beside the criteria stand the facts that no criterion asks for.
        fresh.retain(|(s, _)| s.strong);
        if fresh.is_empty() {
            return;
        }
    }
    let Some(first) = fresh.first().copied() else {
        // One quotation stands once: an answer that has nothing else points to it.
        if let Some((_, source)) = known.first() {
            let key = if from == Speaker::Treating { "argument.treating_above" } else { "argument.record_above" };
            let sentence = Sentence::claim(Claim::Medical, b.text(key), vec![source.clone()]);
            out.push(Block::Paragraph { sentences: vec![sentence] });
        }
        return;
    };
    let most = if from == Speaker::Record { MOST_OF_RECORDS } else { MOST_OF_A_LETTER };
    let beside = fresh.into_iter().filter(|(s, _)| s.strong && s.quote != first.0.quote).take(most - 1);
    let mut quotes: Vec<(String, Source)> = vec![(first.0.quote.clone(), first.1.clone())];
    quotes.extend(beside.map(|(s, source)| (s.quote.clone(), source.clone())));
    let lead = b.text(match from {
        Speaker::Treating if again => "argument.treating_says_again",
        Speaker::Treating => "argument.treating_says",
        Speaker::Record | Speaker::Second => "argument.record_says",
    });
    out.push(Block::Paragraph { sentences: vec![Sentence::plain(lead)] });
    for (quote, source) in quotes {
        let text = quoted(&quote);
        if from == Speaker::Record {
            b.of_records.push(text.clone());
        }
        out.push(Block::Quote { sentence: Sentence::claim(Claim::Medical, text, vec![source]), by: None });
    }
}

/// So many sentences at most are quoted under one reason: of a physician's letter, and of records where they carry the letter.
const MOST_OF_A_LETTER: usize = 3;
/// The second physician's answer to the plan's words, sentence by sentence.
const MOST_OF_AN_ANSWER: usize = 4;
const MOST_OF_RECORDS: usize = 5;

/// What the second physician says to this very reason, in that physician's words, or nothing: the best sentence that the
/// document has not quoted yet.
fn second_opinion(b: &mut Builder, reason: &str, lead: &str, out: &mut Vec<Block>) {
    if !b.view.opinion_speaks() {
        return;
    }
    let said: Vec<(String, Option<usize>, bool)> = match b.view.inputs.supports {
        Some(supports) => {
            let of_reason = supports.answers.iter().filter(|s| s.reason == reason && s.from == Speaker::Second);
            of_reason.map(|s| (s.quote.clone(), Some(s.page), s.strong)).collect()
        }
        None => {
            let answered = b.view.inputs.concluded().into_iter().flat_map(|c| &c.reasons_answered);
            let of_reason = answered.filter(|a| a.reason == reason && a.state == "answered");
            of_reason.filter_map(|a| Some((a.quote.clone()?, a.page, false))).collect()
        }
    };
    let mut quoted_already = 0;
    for (quote, page, strong) in said {
        if quoted_already == 0 || strong && quoted_already < MOST_OF_AN_ANSWER {
            let before = out.len();
            quote_from_opinion(b, lead, &quote, page, out);
            if out.len() > before {
                // The lead stands once over all the sentences.
                if quoted_already > 0 {
                    out.remove(before);
                }
                quoted_already += 1;
            }
        }
    }
}

/// The papers that the plan says it did not get, each with what it says of itself: that it is enclosed is the answer.
fn named_paper(b: &mut Builder, reason: &str, out: &mut Vec<Block>) {
    let named = b.view.inputs.supports.into_iter().flat_map(|s| &s.named_papers).filter(|n| n.reason == reason);
    for paper in named {
        let Some(exhibit) = b.view.plan.of_source(&paper.file) else { continue };
        let (label, title) = (exhibit.label.clone(), exhibit.title.clone());
        let source = Source::Exhibit { label: label.clone(), page: None };
        let text = b.text_with("argument.named_paper", &[("title", &title)]);
        out.push(Block::Paragraph { sentences: vec![Sentence::claim(Claim::Fact, text, vec![source])] });
        for (quote, page) in &paper.says {
            b.quoted.insert(cite::fold(quote));
            let source = Source::Exhibit { label: label.clone(), page: Some(*page) };
            let sentence = Sentence::claim(Claim::Fact, quoted(quote), vec![source]);
            out.push(Block::Quote { sentence, by: None });
        }
    }
}

/// A step that is a sentence of law: `law:<id>` uses the words `law.<id>`.
fn rights(b: &mut Builder, step: &str, out: &mut Vec<Block>) {
    let Some(id) = step.strip_prefix("law:") else { return };
    let line =
        FullLine { words: format!("law.{id}"), law: Some(id.to_string()), cited_only: true, ..FullLine::default() };
    if let Some(sentence) = b.full(&line) {
        out.push(Block::Paragraph { sentences: vec![sentence] });
    }
}
