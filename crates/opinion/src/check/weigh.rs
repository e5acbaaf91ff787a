//! Which outcome the words of the whole letter lean to, weighed word by word.
//!
//! The rules of [`super::decide`] know the ways of saying yes, no and not yet that somebody thought of. Physicians have more.
//! On letters by writers who had seen no rule the rules alone found the outcome of about half; words, parts of words and the
//! order of cues, each with a weight counted from labelled letters, find four of five. So both are heard: the weights
//! propose, what the rules read counts as one more word, and a yes is only said where it is clear, clearer still where the
//! rules read a no, and never on a sentence that finds the refusal right ("when torn, `unclear`").
//!
//! Nothing is hidden: every weight stands in `kb/opinions/weights.toml`, made by `cargo xtask learn opinions` from the letters
//! in `tests/opinions/` and from nothing else; [`super::Checker::explain`] shows what each sentence adds. No weight is ever
//! shown as a chance, and the answer is always a quoted sentence.

use std::collections::{BTreeMap, HashMap};

use kb::{Kb, KbError};
use serde::Deserialize;

use super::cues::words;
use super::outcome::{Event, Pole, mentions};
use super::rules::Rules;
use super::tells::{Sign, Told};
use super::text::{Unit, Zone};
use super::voice::own_clauses;

/// Where the weights stand in the knowledge base.
const FILE: &str = "opinions/weights.toml";
/// The outcomes, in the order of the weights of a line.
pub const OUTCOMES: [&str; 6] =
    ["against", "confirms", "confirms_with_changes", "conservative_first", "needs_workup", "unclear"];
/// Outcomes beside which a yes of the weights must be very clear.
const NO_YES: [&str; 3] = ["against", "conservative_first", "needs_workup"];
/// A letter of no more sentences than this is heard whole; of a longer one only what states a position.
const SHORT: usize = 10;

/// How much louder than its root a sentence's share of an answer is heard.
const ANSWERS: f32 = 1.2;
/// How much a sentence is heard that states a position by the rules and does not seem to answer.
const STATED: f32 = 0.4;
/// How much of its answer a sentence is heard with in which the rules find no position.
const UNSTATED: f32 = 0.5;
/// Weight of an agreement with the insurer beside which nothing is a plain yes but a weightier one.
const FIRM: u8 = 2;
/// Below this a sentence is not heard.
const FAINT: f32 = 0.05;
/// Above this a sentence seems to be the answer.
const ANSWERING: f32 = 0.1;

type Sums = [f32; 6];

/// The file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightsFile {
    /// From how many labelled texts they were counted.
    texts: usize,
    outcomes: Vec<String>,
    bias: Sums,
    /// What the outcome of the rules adds to its own sum.
    rules: f32,
    /// The share of the sums a yes needs.
    yes: f32,
    /// The share it needs when the rules read a no or a not yet, or that no answer is given.
    yes_against_rules: f32,
    /// One line per feature: the feature, a tab, six whole hundredths.
    weights: String,
}

/// The weights, ready for use.
#[derive(Debug)]
pub(super) struct Weights {
    bias: Sums,
    rules: f32,
    yes: f32,
    yes_against_rules: f32,
    features: HashMap<String, Sums>,
}

/// What was weighed.
pub(super) struct Weighed {
    pub(super) outcome: &'static str,
    /// The sentence that carries most of it.
    pub(super) unit: Option<usize>,
}

impl Weights {
    /// Reads the weights; none in a knowledge base without them (then the rules decide alone).
    pub(super) fn load(kb: &Kb) -> Result<Option<Weights>, KbError> {
        if kb.source().get(FILE).is_none() {
            return Ok(None);
        }
        let file: WeightsFile = kb.table(FILE)?;
        let wrong = |message: String| KbError { file: FILE.into(), place: None, message, hint: None };
        if file.texts == 0 {
            return Err(wrong("the weights were counted from no text".into()));
        }
        if file.outcomes != OUTCOMES {
            return Err(wrong(format!("outcomes must be {}", OUTCOMES.join(", "))));
        }
        let features = kb::weights::features(FILE, &file.weights, kb::weights::each)?;
        Ok(Some(Weights {
            bias: file.bias,
            rules: file.rules,
            yes: file.yes,
            yes_against_rules: file.yes_against_rules,
            features,
        }))
    }

    /// Weighs the letter. Takes what the rules read.
    pub(super) fn weigh(
        &self,
        units: &[Unit],
        events: &[Event],
        told: &Told,
        said: &'static str,
        rules: &Rules,
    ) -> Weighed {
        let heard = heard(units, events, &|i| told.share(i, Sign::Answer), rules);
        let sums = self.sums(&features(&heard));
        let mut with_rules = sums;
        for (s, o) in with_rules.iter_mut().zip(OUTCOMES) {
            if o == said && said != "unclear" {
                *s += self.rules;
            }
        }
        let (best, share) = OUTCOMES
            .into_iter()
            .zip(shares(&with_rules))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap_or(("unclear", 0.0));
        let against = NO_YES.contains(&said);
        let open = said == "unclear" && events.iter().any(|e| matches!(e.pole, Pole::Declined | Pole::BothWays));
        let needed = if against || open { self.yes_against_rules } else { self.yes };
        // The rules take negations apart ("I do not disagree with the insurer"), which single words cannot. Where they heard a
        // no and no yes at all, or the words have no clear yes, their no stands; where both are fairly clear, nobody can tell.
        let yes = |e: &&Event| matches!(e.pole, Pole::For | Pole::WeaklyFor | Pole::InsurerWrong);
        let some_yes = events.iter().any(|e| yes(&e));
        let carrier = self.carrier(&heard, best);
        // "I agree with the denial of …": a sentence on the refusal is a yes only where the rules hear one in it.
        let refuses = |i: usize| {
            let unit = units.get(i).map_or("", |u| u.text.as_str());
            rules.is("denial.mentioned", unit) && !events.iter().any(|e| e.unit == i && yes(&e))
        };
        let names = |i: usize| units.get(i).is_some_and(|u| mentions(&u.text));
        let may_answer = |i: usize| !refuses(i) && (told.hears(i, Sign::Answer) || heard.len() <= SHORT && names(i));
        let on_refusal = carrier.is_some_and(refuses);
        let insurer_right = events.iter().any(|e| e.pole == Pole::InsurerRight && e.weight >= FIRM)
            && !events.iter().any(|e| e.pole == Pole::For && e.weight > FIRM);
        let own_text = |h: &Heard| units.get(h.unit).map_or(String::new(), |u| own_clauses(u, rules).join(" "));
        let assents = best == "confirms" && heard.iter().any(|h| rules.is("refusal.assent", &own_text(h)));
        let outcome = match best {
            "confirms" | "confirms_with_changes" if against && share < needed && (share < self.yes || !some_yes) => {
                said
            }
            "confirms" if share < needed || on_refusal || insurer_right || assents => match against && !some_yes {
                true => said,
                false => "unclear",
            },
            // Where the rules hear no yes, some sentence must answer, or in a short letter name the service at least, and not
            // speak of the refusal alone.
            "confirms" if !some_yes && !heard.iter().any(|h| may_answer(h.unit)) => "unclear",
            _ => best,
        };
        let unit = if outcome == best || outcome == "unclear" { carrier } else { self.carrier(&heard, outcome) };
        Weighed { outcome, unit }
    }

    /// What each sentence that is weighed adds to each outcome, in words, for people who look into a reading.
    pub(super) fn explain(&self, units: &[Unit], events: &[Event], told: &Told, rules: &Rules) -> Vec<(usize, String)> {
        let said = |h: Heard| {
            let sums = self.sums(&features(std::slice::from_ref(&h)));
            let each =
                OUTCOMES.iter().zip(sums).zip(self.bias).map(|((o, s), b)| format!("{o} {:+.2}", h.weight * (s - b)));
            (h.unit, each.collect::<Vec<_>>().join(", "))
        };
        heard(units, events, &|i| told.share(i, Sign::Answer), rules).into_iter().map(said).collect()
    }

    /// The sums of a letter's features.
    fn sums(&self, features: &BTreeMap<String, f32>) -> Sums {
        let mut sums = self.bias;
        for (name, value) in features {
            if let Some(w) = self.features.get(name) {
                sums.iter_mut().zip(w).for_each(|(s, w)| *s += w * value);
            }
        }
        sums
    }

    /// The sentence that adds most to an outcome, less what it adds to the others.
    fn carrier(&self, heard: &[Heard], outcome: &str) -> Option<usize> {
        let at = OUTCOMES.iter().position(|o| *o == outcome)?;
        let adds = |h: &Heard| {
            let sums = self.sums(&features(std::slice::from_ref(h)));
            let others = sums.iter().sum::<f32>() - sums.get(at).copied().unwrap_or(0.0);
            h.weight * (sums.get(at).copied().unwrap_or(0.0) - others / 5.0)
        };
        heard.iter().map(|h| (adds(h), h.unit)).max_by(|a, b| a.0.total_cmp(&b.0)).map(|m| m.1)
    }
}

/// Sums as shares of one.
fn shares(sums: &Sums) -> Sums {
    let top = sums.iter().copied().fold(f32::MIN, f32::max);
    let mut out = sums.map(|s| (s - top).exp());
    let all: f32 = out.iter().sum();
    out.iter_mut().for_each(|o| *o /= all);
    out
}

/// A sentence that is weighed, with what it is worth.
struct Heard {
    unit: usize,
    weight: f32,
    /// How far it tells the answer.
    answers: f32,
    names: Vec<String>,
}

/// The sentences that are weighed: those in the writer's own voice, of a long letter those that state a position or stand
/// where positions are stated; and each as far as it tells the answer.
fn heard(units: &[Unit], events: &[Event], answers: &dyn Fn(usize) -> f32, rules: &Rules) -> Vec<Heard> {
    let body: Vec<(usize, &Unit, Vec<String>)> = units
        .iter()
        .enumerate()
        .filter(|(_, u)| u.zone == Zone::Body && !u.placeholder && !rules.is("zone.closing", &u.plain))
        .map(|(i, u)| (i, u, own_clauses(u, rules)))
        .collect();
    let short = body.iter().filter(|b| !b.2.is_empty()).count() <= SHORT;
    let stated = |i: usize, u: &Unit| {
        let said = events.iter().filter(|e| e.unit == i && e.pole != Pole::Fact).map(|e| u32::from(e.weight)).sum();
        match said {
            _ if short || rules.is("section.considered", &u.section) => 1.0,
            0_u32 => 0.0,
            1 | 2 => 0.5,
            _ => 1.0,
        }
    };
    body.into_iter()
        .map(|(i, u, own)| {
            let stated = if own.is_empty() { 0.0 } else { stated(i, u) };
            // Another's view is no answer of the writer's, whatever its words.
            let answers = if own.is_empty() { 0.0 } else { (answers(i).max(0.0).sqrt() * ANSWERS).min(1.0) };
            let weight = if stated > 0.0 { answers.max(stated * STATED) } else { answers * UNSTATED };
            Heard { unit: i, weight, answers, names: names(u, &own, rules) }
        })
        .filter(|h| h.weight > FAINT)
        .collect()
}

/// The features of a sentence: `w:` one to three words, `c:` three to five letters of a word, `q:` one to three cues.
pub(super) fn names(unit: &Unit, own: &[String], rules: &Rules) -> Vec<String> {
    let mut out = Vec::new();
    let tokens = tokens(&unit.text);
    kb::weights::runs("w:", &tokens, &mut out);
    for word in unit.text.split_whitespace() {
        let letters: Vec<char> = format!(" {word} ").chars().collect();
        for n in 3..=5 {
            out.extend(letters.windows(n).map(|w| format!("c:{}", w.iter().collect::<String>())));
        }
    }
    let mut cues = Vec::new();
    for clause in own {
        cues.extend(rules.cues.items(&words(clause)).iter().map(|i| format!("{:?}", i.cue)));
        cues.push("|".to_string());
    }
    kb::weights::runs("q:", &cues, &mut out);
    out
}

/// Words, and the signs that part sentences.
fn tokens(text: &str) -> Vec<&str> {
    let word = |c: char| c.is_ascii_alphabetic() || c == '\'';
    let mut out = Vec::new();
    let mut start = None;
    for (i, c) in text.char_indices() {
        match (word(c), start) {
            (true, None) => start = Some(i),
            (false, Some(s)) => out.extend(text.get(s..i)),
            _ => {}
        }
        if !word(c) {
            start = None;
            out.extend(text.get(i..i + c.len_utf8()).filter(|_| matches!(c, ';' | ':' | '?')));
        }
    }
    out.extend(start.and_then(|s| text.get(s..)));
    out
}

/// The features of the sentences together: the weight of the weightiest that has it, each kind scaled to length one. The
/// words and cues of what seems to be the answer count once more (`W:`, `Q:`).
fn features(heard: &[Heard]) -> BTreeMap<String, f32> {
    let mut out: BTreeMap<String, f32> = BTreeMap::new();
    let mut add = |name: String, weight: f32| {
        let value = out.entry(name).or_default();
        *value = value.max(weight);
    };
    for h in heard {
        for name in &h.names {
            add(name.clone(), h.weight);
            if let Some(rest) = name.strip_prefix("w:").filter(|_| h.answers > ANSWERING) {
                add(format!("W:{rest}"), h.answers);
            }
            if let Some(rest) = name.strip_prefix("q:").filter(|_| h.answers > ANSWERING) {
                add(format!("Q:{rest}"), h.answers);
            }
        }
    }
    let mut squares: BTreeMap<Option<char>, f32> = BTreeMap::new();
    for (name, v) in &out {
        *squares.entry(name.chars().next()).or_default() += v * v;
    }
    for (name, v) in &mut out {
        *v /= squares.get(&name.chars().next()).copied().unwrap_or(1.0).sqrt();
    }
    out
}

/// The features of a letter, for those who count weights. Takes how far each unit tells the answer.
pub(super) fn of_letter(
    units: &[Unit],
    events: &[Event],
    answers: &dyn Fn(usize) -> f32,
    rules: &Rules,
) -> Vec<(String, f32)> {
    features(&heard(units, events, answers, rules)).into_iter().collect()
}
