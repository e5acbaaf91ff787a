//! What follows from the check: attach or not, what to ask the physician, what to do next.

use facts::{Case, Finding};
use kb::KbError;

use super::ELEMENTS;
use super::elements::{State, same_practice};
use super::findings::RULES_UNUSABLE;
use super::letter::Letter;
use super::reasons::Answer;
use crate::words::set_in;
use crate::{Check, ElementState, Hazard, ReasonAnswered};

/// The answer for a paper from which nothing can be concluded.
pub(super) fn unusable(l: &Letter, findings: Vec<Finding>) -> Check {
    let mut next = vec![l.say("next_unusable")];
    next.extend(findings.iter().map(|f| f.message.clone()));
    nothing(l.reasons(), next, findings)
}

/// The answer for a paper that is another one than the second physician's letter.
pub(super) fn not_the_letter(case: &Case, next: String, found: Finding) -> Check {
    let mut reasons: Vec<String> = Vec::new();
    for reason in case.denials.iter().filter_map(|d| d.reason.clone()) {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    nothing(reasons, vec![next, found.message.clone()], vec![found])
}

/// The answer when the rules themselves cannot be used.
pub(super) fn without_rules(case: &Case, error: &KbError) -> Check {
    let reasons = case.denials.iter().filter_map(|d| d.reason.clone()).collect();
    nothing(reasons, Vec::new(), vec![Finding::new(RULES_UNUSABLE, error.to_string())])
}

fn nothing(reasons: Vec<String>, next: Vec<String>, findings: Vec<Finding>) -> Check {
    let empty =
        |e: &&str| ElementState { element: (*e).into(), state: "missing".into(), quote: None, page: None, ask: None };
    let unanswered = |reason| ReasonAnswered { reason, state: "unanswered".into(), quote: None, page: None };
    Check {
        outcome: "unclear".into(),
        outcome_quote: None,
        outcome_page: None,
        elements: ELEMENTS.iter().map(empty).collect(),
        reasons_answered: reasons.into_iter().map(unanswered).collect(),
        hazards: Vec::new(),
        attach: "do_not_attach".into(),
        next,
        findings,
    }
}

/// Elements that must be whole before a letter is attached without changes, and those of which a part is enough.
const WHOLE: [&str; 4] = ["examiner_identity", "basis_of_opinion", "treatment_concurrence", "signature_and_date"];
const IN_PART: [&str; 4] = ["credentials", "independence", "diagnosis", "criteria_met"];

/// Whether an element in this state keeps a letter from going out as it is (opinion-annotation.md section 5). The others
/// would make it stronger.
pub fn decides(element: &str, state: &str) -> bool {
    let whole = WHOLE.contains(&element) && state != "present";
    whole || IN_PART.contains(&element) && state == "missing"
}

/// Whether to attach the letter (opinion-annotation.md section 5).
pub(super) fn attach(
    l: &Letter,
    elements: &[ElementState],
    answers: &[(String, Answer, Option<usize>)],
    hazards: &[Hazard],
) -> &'static str {
    match l.stance.outcome {
        // An unclear letter may hide a no: it stays out until the physician has answered.
        "against" | "conservative_first" | "needs_workup" | "unclear" => return "do_not_attach",
        "confirms_with_changes" => return "person_decides",
        _ => {}
    }
    if same_practice(l) {
        return "person_decides";
    }
    let state = |e: &str| elements.iter().find(|x| x.element == e).map_or("missing", |x| x.state.as_str());
    let lacking = ELEMENTS.iter().any(|e| decides(e, state(e)));
    let unanswered = answers.iter().any(|a| a.1 != Answer::Answered);
    if lacking || unanswered || !hazards.is_empty() { "after_changes" } else { "recommended" }
}

/// What the case calls the service, the treating physician and the insurer, as they stand inside a request.
pub(super) struct Names {
    service: String,
    doctor: String,
    insurer: String,
}

impl Names {
    pub(super) fn of(l: &Letter) -> Self {
        let unnamed = |key: &str| l.kb.map(|kb| kb.index().sentences().say(key, &[])).unwrap_or_default();
        let named = |stated: Option<&str>, key: &str| stated.map_or_else(|| unnamed(key), str::to_owned);
        let service = l.kb.and_then(|kb| crate::Names::load(kb).ok()).and_then(|names| names.service_of(l.case));
        Names {
            service: service.unwrap_or_else(|| named(l.case.claim.service.as_deref(), "letter_service")),
            doctor: named(l.case.treating_physician.as_ref().and_then(|t| t.name.as_deref()), "letter_doctor"),
            insurer: named(l.case.coverage.issuer.as_deref(), "letter_insurer"),
        }
    }

    fn fill(&self, text: &str) -> String {
        let text = kb::filled(text, &[("treating", &self.doctor), ("insurer", &self.insurer)]);
        set_in(&text, "service", &self.service)
    }
}

/// The sentence to request for an element that is not complete.
pub(super) fn ask(l: &Letter, names: &Names, element: &str, state: State) -> Option<String> {
    if !matches!(state, State::Missing | State::Partial) {
        return None;
    }
    if element == "signature_and_date" && super::elements::is_signature_unseen(l) {
        return None;
    }
    let reasons = l.reasons();
    let asks = l.rules.asks.iter().filter(|a| a.element == element);
    let best =
        asks.max_by_key(|a| if a.reason.is_empty() { 0 } else { i32::from(reasons.contains(&a.reason)) * 2 - 1 })?;
    let text = if state == State::Missing || best.partial.is_empty() { &best.missing } else { &best.partial };
    Some(names.fill(&l.told(text)))
}

/// The next moves, in order.
pub(super) fn next(l: &Letter, attach: &str, elements: &[ElementState], hazards: bool) -> Vec<String> {
    // A plain yes is no move; what to do with it follows.
    let told = (l.stance.outcome != "confirms").then(|| l.say(&format!("next_{}", l.stance.outcome)));
    let mut out: Vec<String> = told.into_iter().collect();
    let gaps = elements.iter().any(|e| e.ask.is_some());
    match attach {
        "recommended" => out.push(l.say("next_attach")),
        "after_changes" if !gaps && !hazards && super::elements::is_signature_unseen(l) => {
            out.push(l.say("next_signature"));
            out.push(l.say("next_attach"));
        }
        "after_changes" if gaps || l.stance.outcome == "confirms" => out.push(l.say("next_ask_additions")),
        "person_decides" if l.stance.outcome == "confirms" => out.push(l.say("next_same_practice")),
        _ => {}
    }
    if matches!(l.stance.outcome, "needs_workup" | "conservative_first" | "against" | "unclear") {
        out.push(l.say("next_deadline"));
    }
    let harm = elements.iter().any(|e| e.element == "harm_of_delay" && e.state == "present");
    let to_come = matches!(l.case.claim.kind.as_deref(), Some("pre_service" | "concurrent"));
    if l.stance.favourable() && harm && to_come && !l.case.wants_fast() {
        out.push(l.say("next_fast"));
    }
    out
}
