//! What a whole letter shows for its outcome, for its elements and for the reasons of the denial, once each of its sentences was heard.
//!
//! A rule or a clear sentence speaks for itself and knows nothing of the rest of the letter. Here all that was found is
//! weighed together, by few and plain numbers: what the rules say, how clearly the clearest sentences tell each thing of
//! [`super::tells`], what the words of the letter weigh for each outcome ([`super::weigh`]), how long it is. The weights
//! (`kb/opinions/judge.toml`, `cargo xtask learn judge`) were counted from letters that were read by words and sentences counted
//! without their sets, so they know how far each of these can be trusted on letters of strangers. What is quoted is still the
//! sentence of the rules or the one that tells the thing most clearly; without one the state of the rules stands.

use std::collections::HashSet;

use kb::{Kb, KbError};
use serde::Deserialize;

use super::elements::{Found, State};
use super::events::Events;
use super::hearing::Heard;
use super::letter::Letter;
use super::outcome::other_amount;
use super::reasons::Answer;
use super::rules::Rules;
use super::subject::{Subject, content, quantities};
use super::tells::{SIGNS, Sign, Told};
use super::text::{Unit, Zone, fold};
use super::weigh::{OUTCOMES, Spoken};

/// Where the weights stand in the knowledge base.
const FILE: &str = "opinions/judge.toml";
/// The question whose classes are the outcomes.
pub const OUTCOME: &str = "outcome";
/// The same of a text of fewer sentences than a letter is judged from.
pub const FEW: &str = "outcome of few";
/// The states of an element that is judged.
pub const ELEMENT_STATES: [&str; 3] = ["present", "partial", "missing"];

/// The elements that are judged, each with what its sentences tell. Judged are those for which it was better on letters left
/// out than the rules alone; the others rest on the letter's form, which the rules know.
const JUDGED: [(&str, &[Sign]); 10] = [
    ("records_reviewed", &[Sign::Record]),
    ("denial_reason_rebutted", &[Sign::Rebuts, Sign::Denial, Sign::Meets, Sign::Answer]),
    ("peer_to_peer_offer", &[Sign::Offer]),
    ("basis_of_opinion", &[Sign::Contact]),
    ("diagnosis", &[Sign::Diagnosis, Sign::Objective]),
    ("question_and_answer", &[Sign::Question, Sign::Answer]),
    ("treatment_concurrence", &[Sign::Answer, Sign::Adverse]),
    ("alternatives_and_history", &[Sign::Alternative, Sign::History]),
    ("criteria_met", &[Sign::Meets, Sign::Policy]),
    ("harm_of_delay", &[Sign::Harm, Sign::Answer, Sign::Adverse]),
];

/// The question whose classes are how far a reason of the denial is answered.
pub const REASON: &str = "reason";
/// How far a reason is answered, the most first.
pub const REASON_STATES: [&str; 3] = ["answered", "touched", "unanswered"];
/// What a sentence tells that may answer a reason.
const ANSWERING: [Sign; 8] = [
    Sign::Rebuts,
    Sign::Meets,
    Sign::Policy,
    Sign::Harm,
    Sign::History,
    Sign::Alternative,
    Sign::Standard,
    Sign::Objective,
];
/// What else of a letter shows how far a reason is answered.
const BESIDE: [Sign; 3] = [Sign::Denial, Sign::Answer, Sign::Adverse];
/// What answers reasons of a kind beside an outright reply: the list of reasons in `kb/opinions/check/` with its signs.
const ANSWERED_BY: [(&str, [Sign; 2]); 3] = [
    ("answered_by_history", [Sign::History, Sign::Alternative]),
    ("answered_by_standard", [Sign::Standard, Sign::Guideline]),
    ("answered_by_findings", [Sign::Objective, Sign::Diagnosis]),
];
/// The kinds of reasons whose answers differ: a list of reasons in `kb/opinions/check/` each. Of the plan's terms, a letter that
/// argues the need of the care answers nothing.
const KINDS: [&str; 4] = ["answered_by_history", "answered_by_standard", "answered_by_findings", "answered_by_terms"];
/// What such a sentence counts beside an outright reply.
const FITTING: f32 = 0.8;
/// The least of both that a quoted sentence must have.
const QUOTED_FROM: f32 = 0.2;

/// What is weighed: features by name, with their values.
pub(super) type Evidence = Vec<(String, f32)>;

/// The file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JudgeFile {
    /// From how many letters the weights were counted.
    letters: usize,
    /// By which these and their labels can be known again.
    #[serde(rename = "fingerprint")]
    _fingerprint: String,
    /// The share that a yes needs.
    yes: f32,
    /// The share of a no and a not yet together beside which nothing is a yes.
    no: f32,
    /// The share from which an element is missing whatever else it may be: when torn, the lower state.
    missing: f32,
    /// Of letters of fewer sentences only the outcome is judged, as [`FEW`].
    least: usize,
    /// What one sentence must have for the letter to say its yes anywhere ([`anchor`]); `yes` and `no` where none has it.
    anchor: f32,
    unanchored_yes: f32,
    unanchored_no: f32,
    question: Vec<QuestionData>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionData {
    /// `outcome`, or an element.
    name: String,
    /// What it can be, in the order of a line's weights.
    classes: Vec<String>,
    bias: Vec<f32>,
    /// One line per feature: the feature, a tab, a whole hundredth per class.
    weights: String,
}

/// The weights, ready for use.
#[derive(Debug)]
pub(super) struct Judge {
    pub(super) yes: f32,
    pub(super) no: f32,
    missing: f32,
    least: usize,
    anchor: f32,
    unanchored_yes: f32,
    unanchored_no: f32,
    questions: Vec<Question>,
}

#[derive(Debug)]
struct Question {
    name: String,
    bias: Vec<f32>,
    features: kb::weights::Table,
}

impl Judge {
    /// Reads the weights; none in a knowledge base without them.
    pub(super) fn load(kb: &Kb) -> Result<Option<Judge>, KbError> {
        if kb.source().get(FILE).is_none() {
            return Ok(None);
        }
        let mut file: JudgeFile = kb.table(FILE)?;
        let wrong = |message: String| KbError { file: FILE.into(), place: None, message, hint: None };
        if file.letters == 0 {
            return Err(wrong("the weights were counted from no letter".into()));
        }
        let mut questions = Vec::new();
        for q in std::mem::take(&mut file.question) {
            let classes: &[&str] = match q.name.as_str() {
                OUTCOME | FEW => &OUTCOMES,
                REASON => &REASON_STATES,
                _ => &ELEMENT_STATES,
            };
            if q.classes != classes || q.bias.len() != classes.len() {
                return Err(wrong(format!("`{}` must have the classes {}", q.name, classes.join(", "))));
            }
            let features = kb::weights::Table::new(FILE, q.weights, classes.len(), true)?;
            questions.push(Question { name: q.name, bias: q.bias, features });
        }
        let JudgeFile { yes, no, missing, least, anchor, unanchored_yes, unanchored_no, .. } = file;
        Ok(Some(Judge { yes, no, missing, least, anchor, unanchored_yes, unanchored_no, questions }))
    }

    /// How far each outcome is what the letter shows, and whether as a whole letter: not where it has few sentences.
    pub(super) fn outcomes(&self, evidence: &Evidence, sentences: usize) -> Option<([f32; OUTCOMES.len()], bool)> {
        let whole = sentences >= self.least;
        let shares = self.shares(if whole { OUTCOME } else { FEW }, evidence)?;
        Some((shares.try_into().ok()?, whole))
    }

    /// Whether only the tone of a letter speaks for a yes (no sentence says it), and not clearly enough.
    pub(super) fn is_tone_only(&self, spoken: &[Spoken], told: &Told, share: f32, noes: f32) -> bool {
        anchor(spoken, told, "confirms") < self.anchor && (noes > self.unanchored_no || share < self.unanchored_yes)
    }

    /// The share of each class of a question.
    fn shares(&self, question: &str, evidence: &Evidence) -> Option<Vec<f32>> {
        let q = self.questions.iter().find(|q| q.name == question)?;
        let mut sums = q.bias.clone();
        for (name, value) in evidence {
            if let Some(weights) = q.features.get(name) {
                sums.iter_mut().zip(kb::weights::each(weights)).for_each(|(s, w)| *s += w * value);
            }
        }
        let top = sums.iter().copied().fold(f32::MIN, f32::max);
        sums.iter_mut().for_each(|s| *s = (*s - top).exp());
        let all: f32 = sums.iter().sum();
        Some(sums.into_iter().map(|s| s / all).collect())
    }

    /// The state of an element: as judged, where a sentence can be quoted for it; else as the rules have it.
    pub(super) fn element(&self, l: &Letter, element: &str, found: Found) -> Found {
        let Some((_, signs)) = JUDGED.iter().find(|j| j.0 == element) else { return found };
        if found.0 == State::NotApplicable || l.sentences() < self.least {
            return found;
        }
        let shares = self.shares(element, &of_element(l, element, found.0)).unwrap_or_default();
        let [present, partial, missing] = shares.as_slice() else { return found };
        if *missing >= self.missing || missing >= partial && missing >= present {
            return (State::Missing, None);
        }
        // Who takes no position that a careful reader could name agrees to nothing.
        let unanswered = element == "treatment_concurrence" && l.stance.outcome == "unclear";
        let state = if present > partial && !unanswered { State::Present } else { State::Partial };
        let quote = found.1.or_else(|| signs.iter().find_map(|s| l.told.likeliest(*s)));
        quote.map_or(found, |unit| (state, Some(unit)))
    }
}

impl Judge {
    /// How far a reason of the denial is answered: as judged, where a sentence can be quoted for it; else as the rules have it.
    pub(super) fn reason(
        &self,
        l: &Letter,
        reason: &str,
        by_rules: (Answer, Option<usize>),
    ) -> (Answer, Option<usize>) {
        // Whether a second opinion was obtained is a matter of the letter's form.
        if l.sentences() < self.least || reason == "second_opinion_missing" {
            return by_rules;
        }
        let shares = self.shares(REASON, &of_reason(l, reason, by_rules.0)).unwrap_or_default();
        let [answered, touched, unanswered] = shares.as_slice() else { return by_rules };
        if unanswered >= answered && unanswered >= touched {
            return (Answer::Unanswered, None);
        }
        let state = if answered > touched { Answer::Answered } else { Answer::Touched };
        by_rules.1.or_else(|| replying(l, reason)).map_or(by_rules, |unit| (state, Some(unit)))
    }
}

/// The sentence to quote for a reason: the clearest reply, or what answers reasons of its kind, that shares most with the
/// denial's own words; none that could be held against the person.
fn replying(l: &Letter, reason: &str) -> Option<usize> {
    let words = said_of(l, reason);
    let fits = ANSWERED_BY.iter().find(|(list, _)| l.rules.listed(list, reason)).map_or(&[][..], |(_, signs)| signs);
    let weight = |i: usize| {
        let fitting = fits.iter().map(|s| l.told.share(i, *s)).fold(0.0, f32::max);
        let told = l.told.share(i, Sign::Rebuts).max(FITTING * fitting);
        (told >= QUOTED_FROM && !l.told.hears(i, Sign::Adverse)).then(|| told * (1.0 + shared(l, &words, i)))
    };
    let weighed = bodies(&l.units).into_iter().filter_map(|i| Some((i, weight(i)?)));
    weighed.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(i, _)| i)
}

/// The content words of a denial: its own sentence and the criteria it names.
fn said_of(l: &Letter, reason: &str) -> HashSet<String> {
    let denial = l.case.denials.iter().find(|d| d.reason.as_deref() == Some(reason));
    let said = denial.map_or_else(String::new, |d| {
        let criteria = d.criteria.iter().map(String::as_str);
        d.quote.as_deref().into_iter().chain(criteria).collect::<Vec<_>>().join(" ")
    });
    told_words(&fold(&said), l.rules)
}

/// Content words, and numbers that say how much: "30 visits" is a reason by its number.
fn told_words(plain: &str, rules: &Rules) -> HashSet<String> {
    let numbers = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| (2..=3).contains(&w.len()));
    let numbers = numbers.filter(|w| w.bytes().all(|b| b.is_ascii_digit())).map(str::to_string);
    content(plain, rules).into_iter().chain(numbers).collect()
}

/// The part of a denial's words that a sentence holds.
fn shared(l: &Letter, words: &HashSet<String>, i: usize) -> f32 {
    let held = l.units.get(i).map_or(0, |u| words.intersection(&told_words(&u.plain, l.rules)).count());
    held as f32 / words.len().clamp(1, 8) as f32
}

/// What is weighed for a reason: its state by the rules, the outcome, the reason itself, how clearly the sentences tell what may
/// answer one, and how many of the denial's own words the sentences hold.
pub(super) fn of_reason(l: &Letter, reason: &str, by_rules: Answer) -> Evidence {
    let state = by_rules.word();
    let mut out: Evidence = vec![
        (format!("rules {state}"), 1.0),
        (format!("outcome {}", l.stance.outcome), 1.0),
        (format!("rules {state}, outcome {}", l.stance.outcome), 1.0),
        (format!("is {reason}"), 1.0),
        ("direct".into(), f32::from(u8::from(l.stance.direct))),
    ];
    let body = bodies(&l.units);
    out.push(("long".into(), long(body.len())));
    for name in ANSWERING.iter().chain(&BESIDE).filter_map(|s| SIGNS.get(*s as usize)) {
        let [first, second, all] = tops(&body, &l.told, name);
        out.push((format!("first {name}"), first));
        out.push((format!("second {name}"), second));
        out.push((format!("all {name}"), all));
    }
    for (state, share) in REASON_STATES.iter().zip(l.stance.heard.reason) {
        out.push((format!("heard {state}"), share));
        out.push((format!("heard clear {state}"), log(share) / 3.0));
    }
    let words = said_of(l, reason);
    let others: Vec<_> = l.case.denials.iter().filter_map(|d| d.reason.as_deref()).filter(|r| *r != reason).collect();
    let others: Vec<HashSet<String>> = others.iter().map(|other| said_of(l, other)).collect();
    let (mut most, mut argued, mut rebutted, mut apart) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
    for i in &body {
        let shares = shared(l, &words, *i);
        let argues = ANSWERING.iter().map(|s| l.told.share(*i, *s)).fold(0.0, f32::max);
        most = most.max(shares);
        argued = argued.max(shares * argues);
        rebutted = rebutted.max(shares * l.told.share(*i, Sign::Rebuts));
        let of_another = others.iter().map(|other| shared(l, other, *i)).fold(0.0, f32::max);
        apart = apart.max((shares - of_another) * argues);
    }
    let by_words = [("words rebutted", rebutted.min(1.0)), ("words", most.min(1.0)), ("words argued", argued.min(1.0))];
    let kind = KINDS.iter().find(|list| l.rules.listed(list, reason)).copied().unwrap_or("answered_by_need");
    let by_kind = by_words.iter().map(|(name, value)| (format!("{kind}, {name}"), *value)).chain([
        (format!("{kind}, outcome {}", l.stance.outcome), 1.0),
        (format!("{kind}, first rebuts"), tops(&body, &l.told, "rebuts").first().copied().unwrap_or_default()),
    ]);
    out.extend(by_kind);
    out.extend(by_words.map(|(name, value)| (name.to_string(), value)));
    if !others.is_empty() {
        out.push(("one of several".into(), 1.0));
        out.push(("one of several, words apart".into(), apart.min(1.0)));
    }
    out
}

/// What is weighed for the outcome: what the sentences speak for by [`super::weigh`], one by one and `together`, what the rules
/// read, how clearly each thing is told, the poles of the rules with the share to which they answer, and the length.
#[allow(clippy::too_many_arguments)] // each is another part of what was read
pub(super) fn of_outcome(
    units: &[Unit],
    events: &Events,
    told: &Told,
    heard: &Heard,
    spoken: &[Spoken],
    together: &[f32; OUTCOMES.len()],
    said: &str,
    subject: &Subject,
    rules: &Rules,
) -> Evidence {
    let mut out = of_spoken(spoken);
    for (outcome, share) in OUTCOMES.iter().zip(heard.outcomes.into_iter().flatten()) {
        out.push((format!("heard {outcome}"), share));
        out.push((format!("heard clear {outcome}"), log(share) / 3.0));
    }
    for (outcome, share) in OUTCOMES.iter().zip(together) {
        out.push((format!("together {outcome}"), *share));
        out.push((format!("together clear {outcome}"), log(*share) / 3.0));
    }
    for outcome in OUTCOMES {
        let anchor = anchor(spoken, told, outcome);
        out.push((format!("anchor {outcome}"), anchor));
        out.push((format!("anchor clear {outcome}"), log(anchor) / 3.0));
    }
    out.push((format!("rules {said}"), 1.0));
    let body = bodies(units);
    out.push(("long".into(), long(body.len())));
    for sign in SIGNS {
        let [first, _, all] = tops(&body, told, sign);
        out.push((format!("first {sign}"), first));
        out.push((format!("all {sign}"), all));
    }
    let mut poles: std::collections::BTreeMap<String, (f32, f32)> = std::collections::BTreeMap::new();
    for e in events.iter().filter(|e| body.contains(&e.unit)) {
        let of = poles.entry(format!("{:?}", e.pole)).or_default();
        of.0 = of.0.max(f32::from(e.weight) / 4.0);
        of.1 = of.1.max(f32::from(e.weight) / 2.0 * told.share(e.unit, Sign::Answer));
    }
    for (pole, (weight, answers)) in poles {
        out.push((format!("pole {pole}"), weight));
        out.push((format!("answers {pole}"), answers));
    }
    for (name, holds) in AS_ASKED {
        let answering = body.iter().filter_map(|i| Some((told.share(*i, Sign::Answer), units.get(*i)?)));
        let most = answering.filter(|a| a.0 > FAINT).map(|(a, u)| a * holds(u, subject, rules)).fold(0.0, f32::max);
        out.push((format!("answers {name}"), most));
    }
    out
}

/// How far some one sentence both answers and speaks for an outcome: the highest product of its two shares.
pub(super) fn anchor(spoken: &[Spoken], told: &Told, outcome: &str) -> f32 {
    let Some(k) = OUTCOMES.iter().position(|o| *o == outcome) else { return 0.0 };
    let both = |s: &Spoken| s.shares.get(k).copied().unwrap_or(0.0) * told.share(s.unit, Sign::Answer);
    spoken.iter().map(both).fold(0.0, f32::max)
}

/// From this share a sentence speaks for some outcome.
const SPEAKS: f32 = 0.4;
/// What is added to a share so that none has no logarithm.
const LEAST: f32 = 0.001;

fn log(share: f32) -> f32 {
    (share + LEAST).ln()
}

/// What the sentences speak for together: for each outcome its two highest shares and all of them, the same of the sentence that
/// answers most clearly and of the first and last that answer, and the mean of the sentences as far as they answer.
fn of_spoken(spoken: &[Spoken]) -> Evidence {
    let mut out = Evidence::new();
    let answering: Vec<&Spoken> = spoken.iter().filter(|s| s.answers() > SPEAKS).collect();
    let clearest = spoken.iter().max_by(|a, b| a.answers().total_cmp(&b.answers()));
    let of = |s: Option<&Spoken>, k: usize| s.and_then(|s| s.shares.get(k)).copied().unwrap_or(0.0);
    let whole = |s: Option<&Spoken>, k: usize| s.map_or(0.0, |s| of(Some(s), k) / s.answers());
    let mean_of =
        |s: &Spoken| s.shares.iter().take(OUTCOMES.len()).map(|v| log(*v)).sum::<f32>() / OUTCOMES.len() as f32;
    let answers: f32 = spoken.iter().map(Spoken::answers).sum();
    for (k, outcome) in OUTCOMES.iter().enumerate() {
        let (mut top, mut second, mut all) = (0.0_f32, 0.0_f32, 0.0_f32);
        for share in spoken.iter().map(|s| of(Some(s), k)) {
            all += share;
            if share > top {
                (top, second) = (share, top);
            } else {
                second = second.max(share);
            }
        }
        let leaning: f32 = spoken.iter().map(|s| (log(of(Some(s), k)) - mean_of(s)) * s.answers()).sum();
        let mut push = |what: &str, value: f32| out.push((format!("{what} {outcome}"), value));
        push("top", top);
        push("second", second);
        push("sum", all.min(MANY) / 2.0);
        push("clear", log(top) / 3.0);
        push("clearest", of(clearest, k));
        push("earliest", whole(answering.first().copied(), k));
        push("latest", whole(answering.last().copied(), k));
        push("leaning", leaning / 3.0 / (1.0 + answers * 0.3));
    }
    out.push(("clearest answer".into(), clearest.map_or(0.0, Spoken::answers)));
    out.push(("answers".into(), answers.min(MANY) / 3.0));
    out
}

/// Below this share a sentence is no answer.
const FAINT: f32 = 0.05;

/// How far a sentence holds something of the request.
type Holds = fn(&Unit, &Subject, &Rules) -> f32;

/// Whether what is answered is what was asked for: its amounts, other ones, its code, its words, or "as requested".
const AS_ASKED: [(&str, Holds); 5] = [
    ("same amount", |u, subject, rules| {
        let here = quantities(&u.plain, rules);
        f32::from(u8::from(subject.quantities.iter().any(|asked| here.contains(asked))))
    }),
    ("other amount", |u, subject, rules| f32::from(u8::from(other_amount(u, subject, rules)))),
    ("code", |u, subject, _| f32::from(u8::from(subject.codes.iter().any(|c| u.plain.contains(c.as_str()))))),
    ("words", |u, subject, _| subject.request_words(&u.plain).len().min(5) as f32 / 5.0),
    ("requested", |u, _, rules| f32::from(u8::from(rules.is("as_requested", &u.text)))),
];

/// What is weighed for an element: the state by the rules, the outcome, whether it is said in direct words, the length, and how
/// clearly the element's sentences tell it.
pub(super) fn of_element(l: &Letter, element: &str, by_rules: State) -> Evidence {
    let mut out: Evidence =
        vec![(format!("rules {}", by_rules.word()), 1.0), (format!("outcome {}", l.stance.outcome), 1.0)];
    let body = bodies(&l.units);
    out.push(("long".into(), long(body.len())));
    out.push(("direct".into(), f32::from(u8::from(l.stance.direct))));
    for (state, share) in ELEMENT_STATES.iter().zip(l.stance.heard.element(element).into_iter().flatten()) {
        out.push((format!("heard {state}"), share));
        out.push((format!("heard clear {state}"), log(share) / 3.0));
    }
    let signs = JUDGED.iter().find(|j| j.0 == element).map_or(&[][..], |j| j.1);
    for name in signs.iter().filter_map(|s| SIGNS.get(*s as usize)) {
        let [first, second, all] = tops(&body, &l.told, name);
        out.push((format!("first {name}"), first));
        out.push((format!("second {name}"), second));
        out.push((format!("all {name}"), all));
    }
    out
}

/// Every question with what is weighed for it in a letter, for those who count the weights.
pub(super) fn of_letter(
    l: &Letter,
    found: &[(&str, Found)],
    answers: &[(String, Answer, Option<usize>)],
) -> Vec<(String, Evidence)> {
    let judged = found.iter().filter(|(e, f)| f.0 != State::NotApplicable && JUDGED.iter().any(|j| j.0 == *e));
    let elements = judged.map(|(e, f)| ((*e).to_string(), of_element(l, e, f.0)));
    let reasons = answers.iter().map(|(r, a, _)| (format!("{REASON} {r}"), of_reason(l, r, *a)));
    std::iter::once((OUTCOME.to_string(), l.stance.evidence.clone())).chain(elements).chain(reasons).collect()
}

/// The filled-in sentences of the body.
fn bodies(units: &[Unit]) -> Vec<usize> {
    units.iter().enumerate().filter(|(_, u)| u.zone == Zone::Body && !u.placeholder).map(|(i, _)| i).collect()
}

fn long(sentences: usize) -> f32 {
    (sentences as f32 + 1.0).ln() / 3.0
}

/// Sentences that tell a thing surely; more say no more.
const MANY: f32 = 5.0;

/// The two highest shares of a sign, and all of them together.
fn tops(body: &[usize], told: &Told, sign: &str) -> [f32; 3] {
    let Some(sign) = SIGNS.iter().position(|s| *s == sign) else { return [0.0; 3] };
    let (mut first, mut second, mut all) = (0.0_f32, 0.0_f32, 0.0_f32);
    for share in body.iter().map(|i| told.share_at(*i, sign)) {
        all += share;
        if share > first {
            (first, second) = (share, first);
        } else {
            second = second.max(share);
        }
    }
    [first, second, all.min(MANY) / MANY]
}
