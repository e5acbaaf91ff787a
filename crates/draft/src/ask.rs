//! Parts that ask somebody for something: the physician for sentences, the plan for answers.

use opinion::{ELEMENTS, ElementState};

use crate::argument::{self, quoted};
use crate::build::Builder;
use crate::document::*;

fn lead(b: &mut Builder, key: &str, out: &mut Vec<Block>) {
    let sentence = Sentence::plain(b.text(key));
    out.push(Block::Paragraph { sentences: vec![sentence] });
}

/// The sentences missing from the opinion letter, in letter order, as the check worded them.
pub(crate) fn please_add(b: &mut Builder, out: &mut Vec<Block>) {
    let Some(check) = b.view.inputs.concluded() else {
        b.note_missing("check");
        return;
    };
    let wanted: Vec<ElementState> = check
        .elements
        .iter()
        .filter(|e| matches!(e.state.as_str(), "missing" | "partial"))
        .filter(|e| e.ask.as_deref().is_some_and(|a| !a.trim().is_empty()))
        .cloned()
        .collect();
    if wanted.is_empty() {
        return lead(b, "please.nothing_missing", out);
    }
    lead(b, "please.lead", out);
    let items = wanted.iter().map(|e| vec![asked(b, e)]).collect();
    out.push(Block::List { ordered: true, items });
}

fn asked(b: &mut Builder, element: &ElementState) -> Sentence {
    let (ask, sentence) = ask_in_words(b, element);
    let ask = ask.as_str();
    let key = if sentence { "please.partial_ask" } else { "please.partial" };
    let text = match (element.state.as_str(), element.quote.as_deref()) {
        ("partial", Some(quote)) => b.text_with(key, &[("quote", &quoted(quote)), ("ask", ask)]),
        _ => ask.to_string(),
    };
    Sentence::plain(text)
}

/// What to ask for, as the check words it; where it was worked out in another language than the document's, the
/// element's own words. And whether it is a sentence that asks (the check's), or only names what is wanted.
fn ask_in_words(b: &mut Builder, element: &ElementState) -> (String, bool) {
    let own = format!("element.{}", element.element);
    if b.view.language != b.view.inputs.kb.language() && b.view.words.get(&own).is_some() {
        return (b.text(&own), false);
    }
    (element.ask.clone().unwrap_or_default(), true)
}

/// The plan's reasons that the letter does not answer yet, quoted from the denial.
pub(crate) fn reasons_to_answer(b: &mut Builder, out: &mut Vec<Block>) {
    let Some(check) = b.view.inputs.concluded() else { return };
    let open: Vec<String> =
        check.reasons_answered.iter().filter(|r| r.state != "answered").map(|r| r.reason.clone()).collect();
    let case = b.view.case;
    let mut items = Vec::new();
    for denial in case.denials.iter().filter(|d| d.reason.as_ref().is_some_and(|r| open.contains(r))) {
        let reason = denial.reason.as_deref().unwrap_or("other");
        let title = b.text(&format!("reason.{}.title", argument::plan_of(reason).map_or("other", |p| &p.reason)));
        let text = match denial.quote.as_deref() {
            Some(quote) => format!("{title}: {}", quoted(quote)),
            None => format!("{title}."),
        };
        items.push(vec![Sentence::plain(text)]);
    }
    if !items.is_empty() {
        lead(b, "please.reasons", out);
        out.push(Block::List { ordered: false, items });
    }
}

/// Sentences the physician may want to look at again. Their meaning is the physician's alone.
pub(crate) fn hazards(b: &mut Builder, out: &mut Vec<Block>) {
    let Some(check) = b.view.inputs.concluded() else { return };
    let mut items = Vec::new();
    for hazard in check.hazards.iter().filter(|h| h.hazard != "adverse_statement") {
        let why = b.text(&format!("hazard.{}", hazard.hazard));
        let page = hazard.page.to_string();
        let text = b.text_with("please.hazard", &[("quote", &quoted(&hazard.quote)), ("page", &page), ("why", &why)]);
        items.push(vec![Sentence::plain(text)]);
    }
    if !items.is_empty() {
        lead(b, "please.hazards", out);
        out.push(Block::List { ordered: false, items });
    }
}

/// What the physician's letter should cover: every element that applies to these reasons, by its words.
pub(crate) fn elements(b: &mut Builder, out: &mut Vec<Block>) {
    let keys: Vec<String> = ELEMENTS.iter().filter(|e| applies(b, e)).map(|e| format!("element.{e}")).collect();
    let items = keys.iter().map(|key| vec![Sentence::plain(b.text(key))]).collect();
    out.push(Block::List { ordered: true, items });
}

/// The same points as a form: each with lines to write on.
pub(crate) fn fill_elements(b: &mut Builder, out: &mut Vec<Block>) {
    let keys: Vec<String> = ELEMENTS
        .iter()
        .filter(|e| **e != "signature_and_date" && applies(b, e))
        .map(|e| format!("element.{e}"))
        .collect();
    for key in keys {
        out.push(Block::Fill { label: b.text(&key), lines: 2 });
    }
}

/// Whether an element applies, by the case alone (the same rule by which a letter is checked).
fn applies(b: &Builder, element: &str) -> bool {
    match element {
        "criteria_met" => b.view.case.denials.iter().any(|d| !d.criteria.is_empty()) || b.view.holds("criteria"),
        "plan_definition_met" => b.view.holds("has.plan_definition | has.experimental_definition"),
        "regulatory_status" => b.view.holds("reason:experimental_investigational | reason:off_label"),
        "reviewer_qualification" => b.view.holds("medical"),
        _ => true,
    }
}

/// The one neutral question, sharpened by the first clinical reason.
pub(crate) fn question(b: &mut Builder, out: &mut Vec<Block>) {
    let reasons: Vec<String> = b.view.case.denials.iter().filter_map(|d| d.reason.clone()).collect();
    let keys = reasons.iter().map(|r| format!("question.{r}"));
    let key = keys.into_iter().find(|k| b.view.words.get(k).is_some()).unwrap_or_else(|| "question.default".into());
    let sentence = Sentence::plain(b.text(&key));
    out.push(Block::Quote { sentence, by: None });
}

/// Questions for the plan on the phone, from the opinion plan.
pub(crate) fn ask_the_plan(b: &mut Builder, out: &mut Vec<Block>) {
    let questions = b
        .view
        .inputs
        .plan
        .map(|p| match b.view.inputs.language {
            "es" => p.coverage.ask_the_plan_es.clone(),
            _ => p.coverage.ask_the_plan.clone(),
        })
        .unwrap_or_default();
    // A line that asks nothing is the caller's greeting, and the page has its own: nobody says a name twice.
    for question in questions.into_iter().filter(|q| q.contains('?')) {
        out.push(Block::Tick { ticked: false, sentences: vec![Sentence::plain(question)] });
        out.push(Block::Fill { label: b.text("phone.answer"), lines: 1 });
    }
}

/// The questions of the phone script's own words (`ask.*`), each with a line for the answer.
pub(crate) fn phone_questions(b: &mut Builder, out: &mut Vec<Block>) {
    let keys: Vec<String> =
        b.view.words.iter().filter(|(k, _)| k.starts_with("ask.")).map(|(k, _)| k.to_string()).collect();
    for key in keys {
        let sentence = Sentence::plain(b.text(&key));
        out.push(Block::Tick { ticked: false, sentences: vec![sentence] });
        out.push(Block::Fill { label: b.text("phone.answer"), lines: 1 });
    }
}

/// What says that the plan requires a second opinion, quoted.
pub(crate) fn requirement(b: &mut Builder, out: &mut Vec<Block>) {
    let evidence = b.view.inputs.plan.map(|p| p.required.evidence.clone()).unwrap_or_default();
    let mut items = Vec::new();
    for e in evidence.iter().filter(|e| e.kind != "procedure_list") {
        let source = e.source.as_deref().and_then(|s| b.view.plan.find(s));
        let source = source.map(|x| Source::Exhibit { label: x.label.clone(), page: e.page });
        // A code of the remittance is no sentence of the plan.
        let is_code = !e.quote.trim().contains(char::is_whitespace);
        let text =
            if is_code { b.text_with("requirement.code", &[("code", e.quote.trim())]) } else { quoted(&e.quote) };
        items.push(vec![Sentence::claim(Claim::Fact, text, source.into_iter().collect())]);
    }
    if !items.is_empty() {
        lead(b, "requirement.lead", out);
        out.push(Block::List { ordered: false, items });
    }
}

/// Duties of the plan whose day has passed, as the entitlements have them: facts, no accusation.
pub(crate) fn overdue(b: &mut Builder, out: &mut Vec<Block>) {
    let today = b.view.inputs.today;
    let late: Vec<rights::Right> = b
        .view
        .inputs
        .entitlements
        .rights
        .iter()
        .filter(|r| r.actor != "claimant" && !r.done && r.due.is_some_and(|d| d < today) && !r.authorities.is_empty())
        .cloned()
        .collect();
    let mut items = Vec::new();
    for right in late {
        let day = right.due.map(|d| b.view.day(d)).unwrap_or_default();
        let text = b.text_with("overdue.item", &[("what", &right.title), ("day", &day)]);
        items.push(vec![Sentence::claim(
            Claim::Legal,
            text,
            right.authorities.into_iter().map(Source::Authority).collect(),
        )]);
    }
    if !items.is_empty() {
        lead(b, "overdue.lead", out);
        out.push(Block::List { ordered: false, items });
    }
}
