//! Is the second opinion letter good enough, and what did it say? (`corroborate opinion check`)
//!
//! ```text
//! pages ──text──▶ units ──zones──▶ parts of the letter ──subject──▶ tagged words ──outcome──▶ the writer's position
//!       ──elements, criteria, reasons, hazards, findings──▶ Check
//! ```
//! The type to know is [`Checker`]: it reads the rules of `kb/opinions/check/` once and then checks any number of letters.
//! What each state means is written down in `docs/opinions.md`; the words by which it is seen, and what they weigh, are data.
//! Every state rests on a sentence that is quoted; no weight is shown, and where a yes is not clear the answer is `unclear`.

mod amounts;
mod criteria;
mod cues;
mod decide;
mod doubts;
mod elements;
mod elements_clinical;
mod events;
mod findings;
mod forms;
mod hazards;
mod hearing;
mod judge;
mod letter;
mod lower_level;
mod marks;
mod origin;
mod outcome;
mod pattern;
mod reading;
mod reasons;
mod risks;
mod rules;
mod sieve;
mod signs;
mod subject;
mod syntax;
mod tells;
mod text;
mod verdict;
mod voice;
mod weigh;
mod zones;

#[cfg(test)]
mod tests;

pub use findings::{RULES_UNUSABLE, stopped_by};
pub use hearing::{ATTACH, HEARING, LABELS, Sentences, ending, endings, sizes};
pub use judge::{ELEMENT_STATES, FEW, OUTCOME, REASON, REASON_STATES};
pub(crate) use origin::Origin;
pub use risks::RISKS;
pub use tells::SIGNS;
pub use verdict::decides;
pub use weigh::{OUTCOMES, SPOKEN};

use std::sync::{Arc, Mutex, OnceLock};

use facts::{Case, Document};
use kb::{Kb, KbError};

use crate::{Check, ElementState, Hazard, ReasonAnswered};
use elements::{Found, State};
use letter::Letter;
use rules::Rules;

/// The elements in letter order: the contract's closed list.
pub const ELEMENTS: [&str; 19] = [
    "examiner_identity",
    "credentials",
    "independence",
    "basis_of_opinion",
    "records_reviewed",
    "diagnosis",
    "question_and_answer",
    "treatment_concurrence",
    "alternatives_and_history",
    "denial_reason_rebutted",
    "criteria_met",
    "plan_definition_met",
    "standard_of_care",
    "literature",
    "regulatory_status",
    "harm_of_delay",
    "reviewer_qualification",
    "peer_to_peer_offer",
    "signature_and_date",
];

/// Checks letters against cases with the rules of one knowledge base.
pub struct Checker {
    rules: Rules,
    kb: Kb,
}

impl Checker {
    /// Reads the rules.
    ///
    /// # Errors
    /// A [`KbError`] naming the file and rule that could not be used.
    pub fn new(kb: &Kb) -> Result<Checker, KbError> {
        Ok(Checker { rules: Rules::load(kb)?, kb: kb.clone() })
    }

    /// Checks one letter. Takes the case as known and the letter's pages of text; gives states with verbatim quotes.
    pub fn check(&self, case: &Case, document: &Document) -> Check {
        self.check_in(case, document, &self.kb)
    }

    /// The same, with what is ours to say in the language of `kb`.
    pub fn check_in(&self, case: &Case, document: &Document, kb: &Kb) -> Check {
        let check = self.concluded(case, document, kb);
        // A rule that turned out to be of no use may have left out what makes a yes doubtful.
        self.rules.fault().map_or(check, |fault| verdict::without_rules(case, fault))
    }

    fn concluded(&self, case: &Case, document: &Document, kb: &Kb) -> Check {
        let mut l = Letter::read(case, document, &self.rules);
        l.kb = Some(kb);
        let noticed = findings::look(&l, document);
        if noticed.unusable {
            return verdict::unusable(&l, noticed.findings);
        }
        let signature = elements::signature_and_date(&l);
        let by_rules = answered(&l, signature);
        let mut found = found(&l, &by_rules, signature);
        let judge = self.rules.judge.as_ref();
        let judged = |(reason, answer, unit): (String, reasons::Answer, Option<usize>)| {
            let (answer, unit) = judge.map_or((answer, unit), |j| j.reason(&l, &reason, (answer, unit)));
            (reason, answer, unit)
        };
        let answers: Answers = by_rules.into_iter().map(judged).collect();
        if let Some(judge) = &self.rules.judge {
            for (found, element) in found.iter_mut().zip(ELEMENTS) {
                *found = judge.element(&l, element, *found);
                if element == "denial_reason_rebutted" {
                    *found = reasons::in_keeping(*found, &answers);
                }
            }
        }
        let quote = |i: usize| l.units.get(i).map(|u| u.raw.clone());
        let page = |i: usize| l.units.get(i).map(|u| u.page + 1);
        let hazards: Vec<Hazard> = hazards::find(&l)
            .into_iter()
            .map(|(kind, i)| Hazard {
                hazard: kind.into(),
                quote: quote(i).unwrap_or_default(),
                page: page(i).unwrap_or(1),
            })
            .collect();
        let names = verdict::Names::of(&l);
        let elements: Vec<ElementState> = ELEMENTS
            .iter()
            .zip(found)
            .map(|(e, (state, unit))| ElementState {
                element: (*e).into(),
                state: state.word().into(),
                quote: unit.map(|i| l.below_heading(i)).and_then(quote),
                page: unit.map(|i| l.below_heading(i)).and_then(page),
                ask: verdict::ask(&l, &names, e, state),
            })
            .collect();
        let reasons_answered = answers
            .iter()
            .map(|(r, a, i)| ReasonAnswered {
                reason: r.clone(),
                state: a.word().into(),
                quote: i.and_then(quote),
                page: i.and_then(page),
            })
            .collect();
        let attach = verdict::attach(&l, &elements, &answers, &hazards);
        Check {
            outcome: l.stance.outcome.into(),
            outcome_quote: l.stance.unit.and_then(quote),
            outcome_page: l.stance.unit.and_then(page),
            next: verdict::next(&l, attach, &elements, !hazards.is_empty()),
            elements,
            reasons_answered,
            hazards,
            attach: attach.into(),
            findings: noticed.findings,
        }
    }
}

type Answers = Vec<(String, reasons::Answer, Option<usize>)>;

/// How far each reason of the denial is answered.
fn answered(l: &Letter, signature: Found) -> Answers {
    let one = |r: String| {
        let (answer, unit) = reasons::answer(l, &r, signature.0 == State::Present);
        (r, answer, unit)
    };
    l.reasons().into_iter().map(one).collect()
}

/// The elements as the rules and the clear sentences have them, in the order of [`ELEMENTS`].
fn found(l: &Letter, answers: &Answers, signature: Found) -> [Found; 19] {
    [
        elements::examiner_identity(l),
        elements::credentials(l),
        elements::independence(l),
        elements::basis_of_opinion(l),
        elements_clinical::records_reviewed(l),
        elements_clinical::diagnosis(l),
        elements_clinical::question_and_answer(l),
        elements_clinical::treatment_concurrence(l),
        elements_clinical::alternatives_and_history(l),
        reasons::denial_reason_rebutted(l, answers),
        criteria::criteria_met(l),
        criteria::plan_definition_met(l),
        elements_clinical::standard_of_care(l),
        elements_clinical::literature(l),
        elements_clinical::regulatory_status(l),
        elements_clinical::harm_of_delay(l),
        elements::reviewer_qualification(l),
        elements::peer_to_peer_offer(l),
        signature,
    ]
}

impl Checker {
    /// What of a letter is weighed for its outcome and its elements: questions with their features, for `cargo xtask learn judge`.
    pub fn evidence(&self, case: &Case, document: &Document) -> Vec<(String, Vec<(String, f32)>)> {
        let l = Letter::read(case, document, &self.rules);
        let signature = elements::signature_and_date(&l);
        let answers = answered(&l, signature);
        let named: Vec<(&str, Found)> = ELEMENTS.into_iter().zip(found(&l, &answers, signature)).collect();
        judge::of_letter(&l, &named, &answers)
    }

    /// The sentences of the letter's body as they stand, each with what of it is weighed for `kb/opinions/weights.toml`, for
    /// `cargo xtask learn opinions`.
    pub fn spoken(&self, case: &Case, document: &Document) -> Vec<(String, Vec<(String, f32)>)> {
        self.each_sentence(case, document, weigh::features)
    }

    /// What of a text of few sentences is weighed there.
    pub fn spoken_together(&self, case: &Case, document: &Document) -> Vec<(String, f32)> {
        let l = Letter::read(case, document, &self.rules);
        let body: Vec<usize> = l.body().collect();
        let each: Vec<_> = (0..body.len()).map(|at| weigh::features(&l.units, &body, at)).collect();
        weigh::together(&l.units, &body, &each)
    }

    /// The sentences of the letter's body as they stand, each with what of it is weighed for `kb/opinions/tells.toml`
    /// (`cargo xtask learn tells`).
    pub fn sentences(&self, case: &Case, document: &Document) -> Vec<(String, Vec<(String, f32)>)> {
        self.each_sentence(case, document, tells::features)
    }

    fn each_sentence(
        &self,
        case: &Case,
        document: &Document,
        features: fn(&[text::Unit], &[usize], usize) -> Vec<String>,
    ) -> Vec<(String, Vec<(String, f32)>)> {
        let l = Letter::read(case, document, &self.rules);
        let body: Vec<usize> = l.body().collect();
        let weighed = |at: usize| {
            let names = features(&l.units, &body, at);
            signs::scaled(&names).into_iter().map(|(n, v)| (n.to_string(), v)).collect()
        };
        let raw = |i: &usize| l.units.get(*i).map(|u| u.raw.clone());
        body.iter().enumerate().filter_map(|(at, i)| Some((raw(i)?, weighed(at)))).collect()
    }

    /// The sentences of the letter's body as they stand, and all of them as a network sees them, for `cargo xtask learn hearing`.
    pub fn hearing(&self, case: &Case, document: &Document) -> (Vec<String>, Sentences) {
        let l = Letter::read(case, document, &self.rules);
        let body = hearing::body(&l.units);
        let raw = body.iter().filter_map(|i| l.units.get(*i).map(|u| u.raw.clone())).collect();
        (raw, hearing::sentences(&l.units, &body, &l.stance.events, case, &l.subject, &self.rules))
    }

    /// The sentences of the letter's body as they stand, each with people, plan and service tagged, for `cargo xtask learn judge`.
    pub fn tagged(&self, case: &Case, document: &Document) -> Vec<(String, String)> {
        let l = Letter::read(case, document, &self.rules);
        l.body().filter_map(|i| l.units.get(i).map(|u| (u.raw.clone(), u.text.clone()))).collect()
    }

    /// The sentences of the letter's body as they stand, each with what of it is weighed for `kb/opinions/risks.toml`
    /// (`cargo xtask learn risks`).
    pub fn risky(&self, case: &Case, document: &Document) -> Vec<(String, Vec<(String, f32)>)> {
        let l = Letter::read(case, document, &self.rules);
        let reader = risks::Reader::new(&l);
        let weighed = |i: usize| {
            let names = reader.features(i);
            signs::scaled(&names).into_iter().map(|(n, v)| (n.to_string(), v)).collect()
        };
        l.body().filter_map(|i| Some((l.units.get(i)?.raw.clone(), weighed(i)))).collect()
    }

    /// How a letter was read, sentence by sentence: tagged words, cues, poles, and what its words weigh for each outcome.
    /// For people who write rules.
    pub fn explain(&self, case: &Case, document: &Document) -> Vec<String> {
        let l = Letter::read(case, document, &self.rules);
        let mut out = vec![format!("outcome: {}", l.stance.outcome)];
        let weights = self.rules.weights.as_ref();
        let weighed = weights.map_or(Vec::new(), |w| w.explain(&l.units));
        for (i, u) in l.units.iter().enumerate().filter(|(_, u)| u.zone == text::Zone::Body) {
            let poles: Vec<String> =
                l.stance.events.of(i).iter().map(|e| format!("{:?}{}", e.pole, e.weight)).collect();
            out.push(format!("[{}] {}", u.section, u.text));
            out.extend(u.own.iter().map(|c| format!("    {}", reading::explain(c, &self.rules))));
            out.push(format!("    => {}", poles.join(" ")));
            out.extend(weighed.iter().filter(|w| w.0 == i).map(|w| format!("    ~ {}", w.1)));
        }
        out
    }
}

/// Checks one letter; the rules of a knowledge base are read once and kept.
///
/// When the rules of the knowledge base cannot be used (a folder laid over it is damaged), nothing is concluded: the
/// outcome is `unclear`, and the finding `check_rules_unusable` names the file. A pattern that cannot be read is found whatever
/// the letter says; one that cannot be made into a regular expression, with the first letter that needs it.
pub fn check(case: &Case, letter: &Document, kb: &Kb) -> Check {
    // What our own form prints is no word of the physician.
    let letter = crate::own_form::answers(letter, case, kb);
    match kept(kb) {
        Ok(checker) => checker.check_in(case, &letter, kb),
        Err(e) => verdict::without_rules(case, &e),
    }
}

/// Reads the rules of a knowledge base, so that [`check`] finds them ready: for a second thread, while the letter itself is
/// still being read. What is wrong with them is said by [`check`].
pub fn prepare(kb: &Kb) {
    let _ = kept(kb);
}

/// Where a paper comes from; nothing where the rules cannot be used (the check has said so).
pub(crate) fn origin(case: &Case, document: &Document, kb: &Kb) -> Origin {
    kept(kb).map(|c| origin::read(case, document, &c.rules)).unwrap_or_default()
}

/// The full dates in words as they stand.
pub(crate) fn days_in(text: &str, kb: &Kb) -> Vec<calendar::Date> {
    kept(kb).map(|c| origin::days_in(text, &c.rules)).unwrap_or_default()
}

/// A sentence of the rules for the person, in the language of `kb`.
pub(crate) fn say(key: &str, kb: &Kb) -> String {
    kept(kb).map(|c| kb.told(&c.rules.say(key)).to_string()).unwrap_or_default()
}

/// The answer for a paper that is not the second physician's letter.
pub(crate) fn nothing_concluded(case: &Case, kb: &Kb, found: facts::Finding) -> Check {
    verdict::not_the_letter(case, say("next_unusable", kb), found)
}

/// Folded words, without accents.
pub(crate) fn folded(text: &str) -> String {
    text::fold(text)
}

/// The checker of a knowledge base, read at its first use.
fn kept(kb: &Kb) -> Result<Arc<Checker>, KbError> {
    static KEPT: OnceLock<Mutex<Option<(String, Arc<Checker>)>>> = OnceLock::new();
    let version = kb.version();
    let mut kept = KEPT.get_or_init(|| Mutex::new(None)).lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((v, checker)) = kept.as_ref().filter(|(v, _)| *v == version) {
        let _ = v;
        return Ok(Arc::clone(checker));
    }
    let fresh = Arc::new(Checker::new(kb)?);
    *kept = Some((version, Arc::clone(&fresh)));
    Ok(fresh)
}
