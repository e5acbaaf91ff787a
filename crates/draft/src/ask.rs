//! Parts that ask somebody for something: the physician for sentences, the plan for answers.

use opinion::ElementState;

use crate::argument::{self, quoted};
use crate::build::Builder;
use crate::consult;
use crate::document::*;
use crate::parts;

fn lead(b: &mut Builder, key: &str, out: &mut Vec<Block>) {
    let sentence = Sentence::plain(b.text(key));
    out.push(Block::Paragraph { sentences: vec![sentence] });
}

/// Why nothing is asked of the second physician in this case: the key of the sentence that says so. A physician who gave no
/// yes is not asked for more to be held against the person, nor to speak with the plan.
pub(crate) fn nothing_to_ask_for(inputs: &crate::Inputs) -> Option<&'static str> {
    let check = inputs.concluded()?;
    match check.outcome.as_str() {
        "against" => return Some("please_add_against"),
        "conservative_first" => return Some("please_add_conservative"),
        "needs_workup" => return Some("please_add_workup"),
        _ => {}
    }
    // The plan's reasons are asked for one by one: without one that is open that element asks for nothing.
    let lacks = check.elements.iter().any(|e| e.element != "denial_reason_rebutted" && wanted(e));
    let told = |reason: &str| inputs.case.denials.iter().any(|d| d.reason.as_deref() == Some(reason));
    let open = check.reasons_answered.iter().any(|r| r.state != "answered" && told(&r.reason));
    let hazards = check.hazards.iter().any(|h| h.hazard != "adverse_statement");
    (!lacks && !open && !hazards).then_some("please_add_complete")
}

fn wanted(element: &ElementState) -> bool {
    let asked = element.ask.as_deref().is_some_and(|a| !a.trim().is_empty());
    asked && matches!(element.state.as_str(), "missing" | "partial")
}

/// What keeps the opinion letter from going out as it is, as the check words it, in letter order; what would only make it
/// stronger is named in one sentence. Nothing of the letter is quoted back: the writer knows it, and a point is often missing
/// just because no sentence speaks to it.
pub(crate) fn please_add(b: &mut Builder, out: &mut Vec<Block>) {
    let Some(check) = b.view.inputs.concluded() else {
        b.note_missing("check");
        return;
    };
    // An answer that nobody can name is the one thing wanted: it comes first, with the question. Of a yes in another form the plan has
    // to be told what to approve.
    let unclear = is_unclear(b.view.inputs);
    if unclear {
        lead(b, "please.answer", out);
        consult::question(b, out);
    }
    if check.outcome == "confirms_with_changes" {
        lead(b, "please.changes", out);
    }
    let asked = |e: &&ElementState| wanted(e) && !(unclear && e.element == "question_and_answer");
    let all = check.elements.iter().filter(asked).cloned();
    let (needed, helpful): (Vec<_>, Vec<_>) = all.partition(|e| opinion::decides(&e.element, &e.state));
    let criteria = needed.iter().chain(&helpful).any(|e| e.element == "criteria_met");
    if !needed.is_empty() {
        lead(b, "please.lead", out);
        let items = needed.iter().map(|e| vec![Sentence::plain(ask_in_words(b, e))]).collect();
        out.push(Block::List { ordered: true, items });
    }
    // The plan's reasons have a list of their own.
    let helpful: Vec<&ElementState> = helpful.iter().filter(|e| e.element != "denial_reason_rebutted").collect();
    if !helpful.is_empty() && needed.is_empty() {
        // Nothing else is asked for: then each is asked in a sentence, and not named by a word of ours.
        lead(b, if unclear { "please.optional_beside" } else { "please.optional_only" }, out);
        let items = helpful.iter().map(|e| vec![Sentence::plain(ask_in_words(b, e))]).collect();
        out.push(Block::List { ordered: true, items });
    } else if !helpful.is_empty() {
        let points: Vec<String> = helpful.iter().map(|e| b.text(&format!("element_title.{}", e.element))).collect();
        let text = b.text_with("please.optional", &[("points", &points.join("; "))]);
        out.push(Block::Paragraph { sentences: vec![Sentence::plain(text)] });
    }
    if criteria {
        parts::plan_criteria(b, out);
    }
}

/// Whether nobody can tell from the opinion letter what its answer is.
pub(crate) fn is_unclear(inputs: &crate::Inputs) -> bool {
    inputs.concluded().is_some_and(|c| c.outcome == "unclear")
}

/// What to ask for, as the check words it; where it was worked out in another language than the document's, the
/// element's own words. The service stands in it as a sentence has it.
fn ask_in_words(b: &mut Builder, element: &ElementState) -> String {
    let own = format!("element.{}", element.element);
    if b.view.language != b.view.inputs.kb.language() && b.view.words.get(&own).is_some() {
        return b.text(&own);
    }
    let ask = element.ask.clone().unwrap_or_default();
    match (&b.view.case.claim.service, b.view.value("service")) {
        (Some(service), Some(inline)) => ask.replace(&format!(" {}", service.trim()), &format!(" {inline}")),
        _ => ask,
    }
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

/// Questions for the plan on the phone about a second opinion, from the opinion plan: while one is still wanted, and no other
/// call comes first.
pub(crate) fn ask_the_plan(b: &mut Builder, out: &mut Vec<Block>) {
    if CALLS.iter().any(|call| b.view.holds(call)) || !b.view.holds("opinion_helps !opinion_received") {
        return;
    }
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

/// The calls that a case may call for next, each a fact of the view and a table of words of the phone script.
const CALLS: [&str; 5] =
    ["call_fast_appeal", "call_keep_care", "call_keep_hearing", "call_expedited", "call_exception"];

/// What to say in the next call, each line with room for the answer: the words of each call that the case calls for, under its
/// heading. Where it calls for none, the general questions (`ask.*`, `ask_urgent.*` in an urgent case), and on a second opinion (`ask_opinion.*`) where one
/// is wanted and the plan of the opinion has no questions of its own.
pub(crate) fn phone_questions(b: &mut Builder, out: &mut Vec<Block>) {
    let calls: Vec<&str> = CALLS.into_iter().filter(|call| b.view.holds(call)).collect();
    for call in &calls {
        let text = b.text(&format!("{call}_heading"));
        out.push(Block::Heading { level: 1, text });
        // Whom it goes to, where that is not the plan.
        let who = format!("{call}_who");
        if b.view.words.get(&who).is_some() {
            lead(b, &who, out);
        }
        lines_of(b, &format!("{call}."), out);
    }
    if !calls.is_empty() {
        return;
    }
    let asked = b.view.inputs.plan.is_some_and(|p| p.coverage.ask_the_plan.iter().any(|q| q.contains('?')));
    lines_of(b, "ask.", out);
    if b.view.holds("called_urgent") {
        lines_of(b, "ask_urgent.", out);
    }
    if !asked && b.view.holds("opinion_helps !opinion_received") {
        lines_of(b, "ask_opinion.", out);
    }
}

/// The lines of a table of the words, to be ticked, each with a line for the answer.
fn lines_of(b: &mut Builder, table: &str, out: &mut Vec<Block>) {
    let keys: Vec<String> =
        b.view.words.iter().filter(|(k, _)| k.starts_with(table)).map(|(k, _)| k.to_string()).collect();
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

/// Duties of others whose day has passed and that the law gives, as the rights call them overdue: what nobody asked for, or what
/// is owed only in some cases, is not among them.
fn overdue_duties<'a>(inputs: &crate::Inputs<'a>) -> impl Iterator<Item = &'a rights::Right> {
    let all = inputs.entitlements;
    let late = move |r: &&rights::Right| !r.authorities.is_empty() && all.is_overdue(r);
    all.rights.iter().filter(late)
}

/// Answers that came, but after their last day: each duty with the date on the answer.
fn late_decisions<'a>(inputs: &crate::Inputs<'a>) -> impl Iterator<Item = (&'a rights::Right, calendar::Date)> {
    let dated = |kinds: &[&str]| {
        inputs.case.events.iter().filter(|e| kinds.contains(&e.kind.as_str())).map(|e| e.date.date()).min()
    };
    // The first decision answers the request; the first one after the appeal answers that.
    // With two levels a final decision may answer the second appeal.
    let two = inputs.case.coverage.internal_levels == Some(2)
        || dated(&["second_appeal_filed", "second_appeal_received"]).is_some();
    let answers = FIRST_ANSWERS.iter().filter(|kind| !(two && kind.starts_with("final_notice")));
    let (first, appeal) = (dated(&["notice_dated"]), dated(&answers.copied().collect::<Vec<_>>()));
    let late = move |r: &'a rights::Right| {
        let answers = r.actor != "claimant" && r.gives.ends_with(".decide") && r.level <= 1 && r.pace == "standard";
        let on = if r.level == 0 { first } else { appeal };
        let due = r.due.filter(|_| answers && r.done && !r.authorities.is_empty())?;
        on.filter(|day| *day > due).map(|day| (r, day))
    };
    inputs.entitlements.rights.iter().filter_map(late)
}

/// Events that date the answer to a first appeal.
const FIRST_ANSWERS: [&str; 10] = [
    "decision_dated",
    "decision_received",
    "resolution_notice_dated",
    "resolution_notice_received",
    "plan_reconsideration_notice_dated",
    "plan_reconsideration_notice_received",
    "redetermination_notice_dated",
    "redetermination_notice_received",
    "final_notice_dated",
    "final_notice_received",
];

/// Whether a duty was missed: an answer that did not come, or one that came late.
pub(crate) fn is_duty_missed(inputs: &crate::Inputs) -> bool {
    overdue_duties(inputs).next().is_some() || late_decisions(inputs).next().is_some()
}

/// What happened, in the order in which it did: decisions, their receipt, the person's own steps.
pub(crate) fn events_in_order(b: &mut Builder, out: &mut Vec<Block>) {
    let mut all: Vec<(calendar::Date, &str)> = Vec::new();
    for (kinds, key) in EVENTS_TOLD {
        let of = |e: &&facts::Event| kinds.contains(&e.kind.as_str());
        // One thing is told once, by the first of its names that is known.
        let first = kinds.iter().find_map(|k| b.view.case.events.iter().filter(of).find(|e| e.kind == *k));
        if let Some(event) = first {
            // What came in is not what was sent.
            let key = if event.kind == "appeal_received" { "fact.appeal_got" } else { key };
            all.push((event.date.date(), key));
        }
    }
    all.sort_by_key(|(day, _)| *day);
    let mut items = Vec::new();
    for (day, key) in all {
        let day = b.view.day(day);
        items.push(vec![Sentence::plain(b.text_with(key, &[("date", &day)]))]);
    }
    if !items.is_empty() {
        out.push(Block::List { ordered: false, items });
    }
}

/// What a complaint tells of the case, each with the events that may name its day, best first.
const EVENTS_TOLD: [(&[&str], &str); 5] = [
    (&["notice_dated", "notice_mailed", "notice_sent"], "fact.notice"),
    (&["notice_received"], "fact.received"),
    (&["appeal_filed", "appeal_received"], "fact.appeal"),
    (&FIRST_ANSWERS, "fact.answer"),
    (&["final_notice_received", "decision_received", "resolution_notice_received"], "fact.answer_received"),
];

/// Duties of the plan whose day has passed, as the entitlements have them: facts, no accusation.
pub(crate) fn overdue(b: &mut Builder, out: &mut Vec<Block>) {
    let late: Vec<rights::Right> = overdue_duties(b.view.inputs).cloned().collect();
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
    let came: Vec<(rights::Right, calendar::Date)> =
        late_decisions(b.view.inputs).map(|(r, day)| (r.clone(), day)).collect();
    let mut items = Vec::new();
    for (right, on) in came {
        let (day, on) = (right.due.map(|d| b.view.day(d)).unwrap_or_default(), b.view.day(on));
        let text = b.text_with("overdue.came", &[("what", &right.title), ("day", &day), ("on", &on)]);
        let sources = right.authorities.into_iter().map(Source::Authority).collect();
        items.push(vec![Sentence::claim(Claim::Legal, text, sources)]);
    }
    if !items.is_empty() {
        lead(b, "overdue.late_lead", out);
        out.push(Block::List { ordered: false, items });
    }
}

/// The answer that was due and has not come, with the law that sets its day.
pub(crate) fn missing_answer(b: &mut Builder, out: &mut Vec<Block>) {
    let Some(right) = b.view.inputs.entitlements.late_answer().cloned() else {
        b.note_missing("answer_due");
        return;
    };
    let text = b.text("late_answer");
    let sources = right.authorities.into_iter().map(Source::Authority).collect();
    out.push(Block::Paragraph { sentences: vec![Sentence::claim(Claim::Legal, text, sources)] });
}
