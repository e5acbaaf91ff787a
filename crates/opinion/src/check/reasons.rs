//! Whether each denial reason is answered in the patient's favour, and `denial_reason_rebutted`.

use super::elements::{Found, State};
use super::letter::Letter;
use super::subject::content;
use super::tells::Sign;

/// How far one reason is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Answered,
    Touched,
    Unanswered,
}

impl Answer {
    pub(super) fn word(self) -> &'static str {
        match self {
            Answer::Answered => "answered",
            Answer::Touched => "touched",
            Answer::Unanswered => "unanswered",
        }
    }
}

fn reply_rule(reason: &str) -> String {
    match reason {
        "not_medically_necessary"
        | "experimental_investigational"
        | "off_label"
        | "diagnosis_not_established"
        | "level_of_care"
        | "conservative_treatment_first"
        | "step_therapy"
        | "second_opinion_missing"
        | "cosmetic"
        | "custodial" => format!("reply.{reason}"),
        "out_of_network" | "network_provider_available" => "reply.network".into(),
        _ => "reply.general".into(),
    }
}

/// The state of one reason and the sentence that answers it.
pub(super) fn answer(l: &Letter, reason: &str, signed: bool) -> (Answer, Option<usize>) {
    // Any dated, signed letter of another physician on the service is the second opinion the plan missed.
    if reason == "second_opinion_missing" && l.body().any(|i| super::outcome::mentions(&l.units[i].text)) {
        let on = l.body().find(|i| l.is(*i, "reply.second_opinion_missing")).or(l.stance.unit);
        return (if signed { Answer::Answered } else { Answer::Touched }, on);
    }
    let diagnostic = reason == "diagnosis_not_established";
    // Where the position is open or hangs on a test, the insurer's reason may be refuted all the same.
    let open = matches!(l.stance.outcome, "unclear" | "needs_workup");
    let refuted = open && l.body().any(|i| refutes(l, i));
    if !l.stance.favourable() && !refuted && !(diagnostic && l.stance.outcome == "unclear") {
        return (Answer::Unanswered, None);
    }
    let rule = reply_rule(reason);
    let concerned = |i: &usize| l.own_is(*i, &rule) && !l.is(*i, "reply.not_a_reply");
    let near_refusal = |i: usize| (i.saturating_sub(2)..=i + 2).any(|k| refutes(l, k));
    let replies: Vec<usize> = l.body().filter(concerned).filter(|i| !refuted || near_refusal(*i)).collect();
    let Some(best) = best_reply(l, reason, &replies) else { return (Answer::Unanswered, None) };
    let factual = replies.iter().any(|i| l.own_is(*i, "fact.any") || neighbour_fact(l, *i));
    if l.stance.outcome == "confirms_with_changes" && !l.rules.listed("reasons_about_the_kind", reason) {
        return (Answer::Touched, Some(best));
    }
    if factual && !bare(l, &replies) { (Answer::Answered, Some(best)) } else { (Answer::Touched, Some(best)) }
}

/// Whether a sentence tells what the insurer says and the writer contradicts it there or in the two sentences after it.
fn refutes(l: &Letter, i: usize) -> bool {
    let body = l.units.get(i).is_some_and(|u| u.zone == super::text::Zone::Body);
    body && l.is(i, "denial.mentioned")
        && !l.own_is(i, "reply.conceded")
        && (i..=i + 2).any(|k| l.own_marked(k, "reply.counters"))
}

/// The reply that shares most words with the denial's own, facts first.
fn best_reply(l: &Letter, reason: &str, replies: &[usize]) -> Option<usize> {
    let denial = l.case.denials.iter().find(|d| d.reason.as_deref() == Some(reason));
    let words = content(&super::text::fold(denial.and_then(|d| d.quote.as_deref()).unwrap_or_default()), l.rules);
    replies.iter().copied().max_by_key(|i| {
        let here = content(&l.units[*i].plain, l.rules);
        let shared = words.intersection(&here).count();
        // The question that was put is no reply, though it holds the plan's words; it is quoted where nothing else is.
        let replies = !l.is(*i, "question.whether") && !l.units[*i].plain.ends_with('?');
        (replies, usize::from(l.own_is(*i, "fact.any")) + shared, usize::MAX - i)
    })
}

fn neighbour_fact(l: &Letter, i: usize) -> bool {
    let same_block = |k: usize| l.units.get(k).is_some_and(|u| l.units.get(i).is_some_and(|v| u.block == v.block));
    [i.wrapping_sub(1), i + 1].into_iter().any(|k| same_block(k) && l.own_is(k, "fact.any"))
}

/// A letter of bare assertions: no reply holds a number, a finding, a named study or a stated reason.
fn bare(l: &Letter, replies: &[usize]) -> bool {
    !replies.iter().any(|i| [i.wrapping_sub(1), *i, i + 1].into_iter().any(|k| l.own_is(k, "fact.solid")))
}

/// `denial_reason_rebutted`.
pub(super) fn denial_reason_rebutted(l: &Letter, answers: &[(String, Answer, Option<usize>)]) -> Found {
    let mentioned = l.telling(Sign::Denial, |i| l.is(*i, "denial.mentioned"));
    let all = !answers.is_empty() && answers.iter().all(|a| a.1 == Answer::Answered);
    let none = answers.iter().all(|a| a.1 == Answer::Unanswered);
    let sentence = answers.iter().find_map(|a| a.2);
    match (none, all, mentioned) {
        (true, ..) => (State::Missing, None),
        // The answer carries it, not the sentence that only tells what the denial says.
        (false, true, Some(m)) => (State::Present, answers.iter().filter_map(|a| a.2).find(|u| *u >= m).or(Some(m))),
        _ => (State::Partial, sentence.or(mentioned)),
    }
}

/// The element in keeping with how far each reason is answered: where none is answered nothing is rebutted, where all are
/// something is.
pub(super) fn in_keeping(found: Found, answers: &[(String, Answer, Option<usize>)]) -> Found {
    let all = |state: Answer| !answers.is_empty() && answers.iter().all(|a| a.1 == state);
    let on = found.1.or_else(|| answers.iter().find_map(|a| a.2));
    match found.0 {
        State::Present | State::Partial if all(Answer::Unanswered) => (State::Missing, None),
        State::Missing if all(Answer::Answered) && on.is_some() => (State::Partial, on),
        _ => found,
    }
}
