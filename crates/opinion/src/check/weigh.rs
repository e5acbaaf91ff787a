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

use std::collections::BTreeMap;

use kb::{Kb, KbError};
use serde::Deserialize;

use super::cues::words;
use super::events::{Event, Events, Pole};
use super::judge::{self, Evidence};
use super::outcome::mentions;
use super::rules::Rules;
use super::subject::Subject;
use super::tells::{Sign, Told};
use super::text::{Unit, Zone};

/// Where the weights stand in the knowledge base.
const FILE: &str = "opinions/weights.toml";
/// The outcomes, in the order of the weights of a line.
pub const OUTCOMES: [&str; 6] =
    ["against", "confirms", "confirms_with_changes", "conservative_first", "needs_workup", "unclear"];
/// Outcomes beside which a yes of the weights must be very clear.
const NO_YES: [&str; 3] = ["against", "conservative_first", "needs_workup"];
/// Weight of an agreement with the insurer beside which nothing is a plain yes but a weightier one.
const FIRM: u8 = 2;

/// How far a sentence is heard.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hearing {
    /// A letter of no more sentences than this is heard whole; of a longer one only what states a position.
    short: usize,
    /// How much louder than its root a sentence's share of an answer is heard.
    answers: f32,
    /// How much a sentence is heard that states a position by the rules and does not seem to answer.
    stated: f32,
    /// How much of its answer a sentence is heard with in which the rules find no position.
    unstated: f32,
    /// Below this a sentence is not heard.
    faint: f32,
    /// Above this a sentence seems to be the answer.
    answering: f32,
}

type Sums = [f32; 6];

/// The file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightsFile {
    /// From how many labelled texts they were counted.
    texts: usize,
    /// By which these can be known again: whoever changes one must count anew.
    #[serde(rename = "fingerprint")]
    _fingerprint: String,
    outcomes: Vec<String>,
    bias: Sums,
    /// What the outcome of the rules adds to its own sum.
    rules: f32,
    /// The share of the sums a yes needs.
    yes: f32,
    /// The share it needs when the rules read a no or a not yet, or that no answer is given.
    yes_against_rules: f32,
    hearing: Hearing,
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
    hearing: Hearing,
    features: kb::weights::Table,
}

/// What was weighed.
pub(super) struct Weighed {
    pub(super) outcome: &'static str,
    /// The sentence that carries most of it.
    pub(super) unit: Option<usize>,
    /// What of the whole letter was weighed ([`judge`]).
    pub(super) evidence: Evidence,
    /// Whether it decided.
    pub(super) judged: bool,
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
        let features = kb::weights::Table::new(FILE, file.weights, OUTCOMES.len(), true)?;
        Ok(Some(Weights {
            bias: file.bias,
            rules: file.rules,
            yes: file.yes,
            yes_against_rules: file.yes_against_rules,
            hearing: file.hearing,
            features,
        }))
    }

    /// Weighs the letter. Takes what the rules read.
    pub(super) fn weigh(
        &self,
        units: &[Unit],
        events: &Events,
        told: &Told,
        said: &'static str,
        subject: &Subject,
        rules: &Rules,
    ) -> Weighed {
        let heard = self.heard(units, events, &|i| told.share(i, Sign::Answer), rules);
        let sums = self.sums(&features(&heard, self.hearing));
        let mut with_rules = sums;
        for (s, o) in with_rules.iter_mut().zip(OUTCOMES) {
            if o == said && said != "unclear" {
                *s += self.rules;
            }
        }
        let evidence = judge::of_outcome(units, events, told, &sums, said, subject, rules);
        let sentences = units.iter().filter(|u| u.zone == Zone::Body && !u.placeholder).count();
        let judge = rules.judge.as_ref();
        let judged = judge.and_then(|j| Some((j, j.outcomes(&evidence, sentences)?)));
        let all = judged.map_or_else(|| shares(&with_rules), |j| j.1);
        let (best, share) =
            OUTCOMES.into_iter().zip(all).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or(("unclear", 0.0));
        let against = NO_YES.contains(&said);
        let open = said == "unclear" && events.iter().any(|e| matches!(e.pole, Pole::Declined | Pole::BothWays));
        let noes = OUTCOMES.iter().zip(all).filter(|(o, _)| NO_YES.contains(o)).map(|(_, s)| s).sum::<f32>();
        let needed = match judged {
            // Beside some share of a no nothing is a yes.
            Some((j, _)) => {
                if noes > j.no {
                    1.0
                } else {
                    j.yes
                }
            }
            None if against || open => self.yes_against_rules,
            None => self.yes,
        };
        // The rules take negations apart ("I do not disagree with the insurer"), which single words cannot. Where they heard a
        // no and no yes at all, or the words have no clear yes, their no stands; where both are fairly clear, nobody can tell.
        let yes = |e: &Event| matches!(e.pole, Pole::For | Pole::WeaklyFor | Pole::InsurerWrong);
        let some_yes = events.iter().any(yes);
        let carrier = self.carrier(&heard, best);
        // "I agree with the denial of …": a sentence on the refusal is a yes only where the rules hear one in it.
        let refuses = |i: usize| {
            let unit = units.get(i).map_or("", |u| u.text.as_str());
            !events.of(i).iter().any(yes) && rules.is("denial.mentioned", unit)
        };
        let names = |i: usize| units.get(i).is_some_and(|u| mentions(&u.text));
        let short = heard.len() <= self.hearing.short;
        let may_answer = |i: usize| !refuses(i) && (told.hears(i, Sign::Answer) || short && names(i));
        let on_refusal = carrier.is_some_and(refuses);
        let insurer_right = events.iter().any(|e| e.pole == Pole::InsurerRight && e.weight >= FIRM)
            && !events.iter().any(|e| e.pole == Pole::For && e.weight > FIRM);
        let own = |h: &Heard| units.get(h.unit).map_or("", |u| u.own_text.as_str());
        let assents = || heard.iter().any(|h| rules.is("refusal.assent", own(h)));
        let outcome = match best {
            // The whole letter was weighed, with what the rules read among it; what finds the refusal right is no yes all the same.
            "confirms" if judged.is_some() => {
                let torn = |j: &judge::Judge| on_refusal && noes > j.no / 2.0;
                let plain = events.iter().any(|e| e.pole == Pole::For && e.weight >= FIRM);
                let mute = !plain && told.clearest(Sign::Answer).is_none();
                let open = share < needed || insurer_right || mute || judged.is_some_and(|j| torn(j.0)) || assents();
                if open { "unclear" } else { best }
            }
            "confirms" | "confirms_with_changes"
                if judged.is_none() && against && share < needed && (share < self.yes || !some_yes) =>
            {
                said
            }
            "confirms" if share < needed || on_refusal || insurer_right || assents() => match against && !some_yes {
                true => said,
                false => "unclear",
            },
            // Who finds the refusal right and says no yes anywhere asks for no change of it either.
            "confirms_with_changes" if !some_yes && assents() => {
                if against {
                    said
                } else {
                    "unclear"
                }
            }
            // Where the rules hear no yes, some sentence must answer, or in a short letter name the service at least, and not
            // speak of the refusal alone.
            "confirms" if !some_yes && !heard.iter().any(|h| may_answer(h.unit)) => "unclear",
            _ => best,
        };
        // Who says outright that the refusal is right, and says no yes and withholds no answer, is against the service.
        let right = |u: &Unit| u.zone == Zone::Body && rules.is("refusal.right", &u.own_text);
        if outcome == "unclear"
            && !some_yes
            && !open
            && let Some(unit) = units.iter().position(right)
        {
            return Weighed { outcome: "against", unit: Some(unit), evidence, judged: judged.is_some() };
        }
        let unit = if outcome == best || outcome == "unclear" { carrier } else { self.carrier(&heard, outcome) };
        Weighed { outcome, unit, evidence, judged: judged.is_some() }
    }

    /// What each sentence that is weighed adds to each outcome, in words, for people who look into a reading.
    pub(super) fn explain(&self, units: &[Unit], events: &Events, told: &Told, rules: &Rules) -> Vec<(usize, String)> {
        let said = |h: Heard| {
            let sums = self.sums(&features(std::slice::from_ref(&h), self.hearing));
            let each =
                OUTCOMES.iter().zip(sums).zip(self.bias).map(|((o, s), b)| format!("{o} {:+.2}", h.weight * (s - b)));
            (h.unit, each.collect::<Vec<_>>().join(", "))
        };
        self.heard(units, events, &|i| told.share(i, Sign::Answer), rules).into_iter().map(said).collect()
    }

    /// The features of a letter, for those who count weights. Takes how far each unit tells the answer.
    pub(super) fn of_letter(
        &self,
        units: &[Unit],
        events: &Events,
        answers: &dyn Fn(usize) -> f32,
        rules: &Rules,
    ) -> Vec<(String, f32)> {
        let heard = self.heard(units, events, answers, rules);
        features(&heard, self.hearing).into_iter().map(|(n, v)| (n.written(), v)).collect()
    }

    /// The sums of a letter's features.
    fn sums(&self, features: &[(Name, f32)]) -> Sums {
        let mut sums = self.bias;
        for (name, value) in features {
            let weights = if name.answers { self.features.get(&name.written()) } else { self.features.get(name.plain) };
            if let Some(weights) = weights {
                sums.iter_mut().zip(kb::weights::each(weights)).for_each(|(s, w)| *s += w * value);
            }
        }
        sums
    }

    /// The sentence that adds most to an outcome, less what it adds to the others.
    fn carrier(&self, heard: &[Heard], outcome: &str) -> Option<usize> {
        let at = OUTCOMES.iter().position(|o| *o == outcome)?;
        let adds = |h: &Heard| {
            let sums = self.sums(&features(std::slice::from_ref(h), self.hearing));
            let others = sums.iter().sum::<f32>() - sums.get(at).copied().unwrap_or(0.0);
            h.weight * (sums.get(at).copied().unwrap_or(0.0) - others / 5.0)
        };
        heard.iter().map(|h| (adds(h), h.unit)).max_by(|a, b| a.0.total_cmp(&b.0)).map(|m| m.1)
    }

    /// The sentences that are weighed: those in the writer's own voice, of a long letter those that state a position or stand
    /// where positions are stated; and each as far as it tells the answer.
    fn heard<'u>(
        &self,
        units: &'u [Unit],
        events: &Events,
        answers: &dyn Fn(usize) -> f32,
        rules: &Rules,
    ) -> Vec<Heard<'u>> {
        let hearing = self.hearing;
        let filled = |u: &Unit| u.zone == Zone::Body && !u.placeholder && !rules.is("zone.closing", &u.plain);
        let body: Vec<(usize, &Unit)> = units.iter().enumerate().filter(|(_, u)| filled(u)).collect();
        let short = body.iter().filter(|b| !b.1.own.is_empty()).count() <= hearing.short;
        let stated = |i: usize, u: &Unit| {
            let said = events.of(i).iter().filter(|e| e.pole != Pole::Fact).map(|e| u32::from(e.weight)).sum();
            match said {
                _ if short || rules.is("section.considered", &u.section) => 1.0,
                0_u32 => 0.0,
                1 | 2 => 0.5,
                _ => 1.0,
            }
        };
        body.into_iter()
            .map(|(i, u)| {
                let stated = if u.own.is_empty() { 0.0 } else { stated(i, u) };
                // Another's view is no answer of the writer's, whatever its words.
                let answers =
                    if u.own.is_empty() { 0.0 } else { (answers(i).max(0.0).sqrt() * hearing.answers).min(1.0) };
                let weight =
                    if stated > 0.0 { answers.max(stated * hearing.stated) } else { answers * hearing.unstated };
                Heard { unit: i, weight, answers, names: &u.names }
            })
            .filter(|h| h.weight > hearing.faint)
            .collect()
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
struct Heard<'u> {
    unit: usize,
    weight: f32,
    /// How far it tells the answer.
    answers: f32,
    names: &'u [String],
}

/// The names of what is weighed in a sentence: `w:` one to three words, `c:` three to five letters of a word, `q:` one to three
/// cues of the writer's own clauses.
pub(super) fn names(unit: &Unit, rules: &Rules) -> Vec<String> {
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
    for clause in &unit.own {
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

/// A feature of a letter: what is weighed in a sentence, or the same in what seems to be the answer, which is another feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'u> {
    answers: bool,
    plain: &'u str,
}

impl Name<'_> {
    /// As the table of weights has it: words and cues of the answer are `W:` and `Q:`.
    fn written(self) -> String {
        match self.plain.split_at_checked(1) {
            Some((kind, rest)) if self.answers => format!("{}{rest}", kind.to_ascii_uppercase()),
            _ => self.plain.to_string(),
        }
    }
}

/// The features of the sentences together: the weight of the weightiest that has it, each kind scaled to length one. The
/// words and cues of what seems to be the answer count once more.
fn features<'u>(heard: &[Heard<'u>], hearing: Hearing) -> Vec<(Name<'u>, f32)> {
    let mut found: Vec<(Name, f32)> = Vec::new();
    for h in heard {
        for plain in h.names {
            found.push((Name { answers: false, plain }, h.weight));
            if h.answers > hearing.answering && plain.starts_with(['w', 'q']) {
                found.push((Name { answers: true, plain }, h.answers));
            }
        }
    }
    // The weightiest of each comes first and stays.
    found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    found.dedup_by_key(|f| f.0);
    let kind = |n: &Name| (n.answers, n.plain.bytes().next());
    let mut squares: BTreeMap<_, f32> = BTreeMap::new();
    for (name, v) in &found {
        *squares.entry(kind(name)).or_default() += v * v;
    }
    for (name, v) in &mut found {
        *v /= squares.get(&kind(name)).copied().unwrap_or(1.0).sqrt();
    }
    found
}
