//! Which outcome each sentence of the letter speaks for, weighed word by word.
//!
//! The rules of [`super::decide`] know the ways of saying yes, no and not yet that somebody thought of. Physicians have more.
//! So each sentence is weighed too: words, parts of words and the order of cues, each with a weight for each outcome and for
//! saying nothing of it, counted from the sentences of labelled letters. What the sentences say together is judged with what
//! the rules read ([`super::judge`]); a text of few sentences is weighed as if it were one. A yes is only said where it is
//! clear, clearer still where the rules read a no, and never on a sentence that finds the refusal right ("when torn, `unclear`").
//!
//! Nothing is hidden: every weight stands in `kb/opinions/weights.toml`, made by `cargo xtask learn opinions` from the letters
//! in `tests/opinions/` and from nothing else; [`super::Checker::explain`] shows what each sentence speaks for. No weight is ever
//! shown as a chance, and the answer is always a quoted sentence.

use std::collections::{BTreeMap, HashMap};

use kb::{Kb, KbError};
use serde::Deserialize;

use super::cues::words;
use super::events::{Event, Events, Pole};
use super::hearing::Heard;
use super::judge::{self, Evidence};
use super::lower_level;
use super::outcome::{mentions, other_amount};
use super::rules::Rules;
use super::signs;
use super::subject::{Subject, quantities};
use super::tells::{self, Sign, Told};
use super::text::{Unit, Zone};

/// Where the weights stand in the knowledge base.
const FILE: &str = "opinions/weights.toml";
/// The outcomes, in the order of the weights of a line.
pub const OUTCOMES: [&str; 6] =
    ["against", "confirms", "confirms_with_changes", "conservative_first", "needs_workup", "unclear"];
/// What a sentence can speak for: an outcome, or, last, none.
pub const SPOKEN: [&str; 7] =
    ["against", "confirms", "confirms_with_changes", "conservative_first", "needs_workup", "unclear", "nothing"];
/// Outcomes beside which a yes of the weights must be very clear.
const NO_YES: [&str; 3] = ["against", "conservative_first", "needs_workup"];
/// Weight of an agreement with the insurer beside which nothing is a plain yes but a weightier one.
const FIRM: u8 = 2;
/// A letter of which no sentence speaks for any outcome at this share is silent.
const SPEAKS: f32 = 0.3;
/// The weight of a yes of the rules that is said.
const SAID: u8 = 3;
/// Below this share a letter is not surely without a position.
const CERTAIN: f32 = 0.7;
/// The weight of a yes that needs no other.
const PLAIN: u8 = 4;
/// The same in a text of few sentences.
const PLAIN_OF_FEW: u8 = 3;
/// Beside which no yes is a plain one.
const SPOILS: [Pole; 9] = [
    Pole::Against,
    Pole::InsurerRight,
    Pole::Tests,
    Pole::NotYet,
    Pole::Declined,
    Pole::BothWays,
    Pole::Change,
    Pole::IfFor,
    Pole::Lacking,
];
/// A text of no more sentences says hardly more than its answer.
const SHORT: usize = 10;

type Sums = [f32; SPOKEN.len()];
type Shares = [f32; OUTCOMES.len()];

/// The file as written, but for its lines. One line per feature: the feature, a tab, seven whole hundredths.
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
    /// What the outcome of the rules adds to its own sum in a text of few sentences.
    rules: f32,
    /// The share of the sums a yes needs there.
    yes: f32,
    /// The share it needs when the rules read a no or a not yet, or that no answer is given.
    yes_against_rules: f32,
}

/// The weights, ready for use.
#[derive(Debug)]
pub(super) struct Weights {
    bias: Sums,
    rules: f32,
    yes: f32,
    yes_against_rules: f32,
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

/// What a sentence of the body speaks for: the shares of [`SPOKEN`].
pub(super) struct Spoken {
    pub(super) unit: usize,
    pub(super) shares: Sums,
}

impl Spoken {
    /// How far it speaks for any outcome.
    pub(super) fn answers(&self) -> f32 {
        1.0 - self.shares.last().copied().unwrap_or(1.0)
    }
}

impl Weights {
    /// Reads the weights; none in a knowledge base without them (then the rules decide alone).
    pub(super) fn load(kb: &Kb) -> Result<Option<Weights>, KbError> {
        if kb.source().get(FILE).is_none() {
            return Ok(None);
        }
        let (file, lines): (WeightsFile, _) = kb.weighed(FILE)?;
        let wrong = |message: String| KbError { file: FILE.into(), place: None, message, hint: None };
        if file.texts == 0 {
            return Err(wrong("the weights were counted from no text".into()));
        }
        if file.outcomes != SPOKEN {
            return Err(wrong(format!("outcomes must be {}", SPOKEN.join(", "))));
        }
        let features = kb::weights::Table::new(FILE, lines, SPOKEN.len(), true)?;
        let WeightsFile { bias, rules, yes, yes_against_rules, .. } = file;
        Ok(Some(Weights { bias, rules, yes, yes_against_rules, features }))
    }

    /// Weighs the letter. Takes what the rules read.
    #[allow(clippy::too_many_arguments)] // each is another part of what was read
    pub(super) fn weigh(
        &self,
        units: &[Unit],
        events: &Events,
        told: &Told,
        heard: &Heard,
        said: &'static str,
        subject: &Subject,
        rules: &Rules,
    ) -> Weighed {
        let body = body(units);
        let each: Vec<Vec<String>> = (0..body.len()).map(|at| features(units, &body, at)).collect();
        let mut spoken = self.spoken(&body, &each);
        // Words weigh alike whether the lower level is judged or the one asked for: which of the two is for the rules to say.
        for one in &mut spoken {
            let stance = units.get(one.unit).and_then(|u| lower_level::stance(u, subject, rules));
            let [against, confirms, ..] = &mut one.shares;
            if stance == Some(Pole::For) && against > confirms || stance == Some(Pole::Against) && confirms > against {
                std::mem::swap(against, confirms);
            }
        }
        let together = self.of_all(units, &body, &each, "unclear");
        let evidence = judge::of_outcome(units, events, told, heard, &spoken, &together, said, subject, rules);
        let judge = rules.judge.as_ref();
        let found = judge.and_then(|j| Some((j, j.outcomes(&evidence, body.len())?)));
        let all = found.map_or_else(|| self.of_all(units, &body, &each, said), |f| f.1.0);
        // Few sentences are weighed by what was counted from such, and doubted as what no judge has seen whole.
        let judged = found.filter(|f| f.1.1).map(|f| f.0);
        let (best, share) =
            OUTCOMES.into_iter().zip(all).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or(("unclear", 0.0));
        let against = NO_YES.contains(&said);
        let open = said == "unclear" && events.iter().any(|e| matches!(e.pole, Pole::Declined | Pole::BothWays));
        let noes = OUTCOMES.iter().zip(all).filter(|(o, _)| NO_YES.contains(o)).map(|(_, s)| s).sum::<f32>();
        // The rules take negations apart ("I do not disagree with the insurer"), which single words cannot. Where they heard a
        // no and no yes at all, or the words have no clear yes, their no stands; where both are fairly clear, nobody can tell.
        let yes = |e: &Event| matches!(e.pole, Pole::For | Pole::WeaklyFor | Pole::InsurerWrong);
        let some_yes = events.iter().any(yes);
        let needed = match judged {
            // Beside some share of a no nothing is a yes.
            Some(j) => {
                if noes > j.no {
                    1.0
                } else {
                    j.yes
                }
            }
            None if against || open || !some_yes => self.yes_against_rules,
            None => self.yes,
        };
        let carrier = carrier(&spoken, units, best);
        // "I agree with the denial of …": a sentence on the refusal is a yes only where the rules hear one in it.
        let refuses = |i: usize| {
            let unit = units.get(i).map_or("", |u| u.text.as_str());
            !events.of(i).iter().any(yes) && rules.is("denial.mentioned", unit)
        };
        let names = |i: usize| units.get(i).is_some_and(|u| mentions(&u.text));
        let short = body.len() <= SHORT;
        let own: Vec<usize> =
            body.iter().copied().filter(|i| units.get(*i).is_some_and(|u| !u.own.is_empty())).collect();
        let may_answer = |i: usize| !refuses(i) && (told.hears(i, Sign::Answer) || short && names(i));
        let on_refusal = carrier.is_some_and(refuses);
        let insurer_right = events.iter().any(|e| e.pole == Pole::InsurerRight && e.weight >= FIRM)
            && !events.iter().any(|e| e.pole == Pole::For && e.weight > FIRM);
        let assents = || own.iter().any(|i| units.get(*i).is_some_and(|u| rules.is("refusal.assent", &u.own_text)));
        // "My answer is yes: I agree": the firmest yes of the rules, and nothing else heard anywhere.
        let surely = |e: &Event| told.share(e.unit, Sign::Answer) >= CERTAIN;
        let plainly = |e: &Event| {
            let of_few = judged.is_none() && e.weight >= PLAIN_OF_FEW && surely(e);
            e.pole == Pole::For && (e.weight >= PLAIN || of_few)
        };
        // what was granted before ("surgeons may differ. That said, …") is settled by the firm yes after it
        let firm = events.iter().filter(|e| plainly(e)).map(|e| e.unit).max();
        let granted = |e: &Event| e.pole == Pole::BothWays || e.pole == Pole::Against && e.weight < FIRM;
        // so is another treatment that was weighed and found worse
        let weighed = |e: &Event| e.pole == Pole::Against && told.hears(e.unit, Sign::Alternative) && !names(e.unit);
        let settled = |e: &Event| (granted(e) || weighed(e)) && firm.is_some_and(|yes| e.unit < yes);
        let spoils = |e: &Event| SPOILS.contains(&e.pole) && !settled(e);
        // beside it the rules may not know which of the two counts; the words do
        let heard_both = said == "unclear" && events.iter().any(|e| weighed(e) && settled(e));
        let unspoiled = (said == "confirms" || heard_both) && !events.iter().any(spoils);
        let plain_yes = unspoiled && events.iter().any(plainly) && !insurer_right && !assents();
        // "The treatment [is / is not] necessary": an answer that nobody filled in, and no word of the rules beside it, is none.
        let unfilled = units.iter().any(|u| u.zone == Zone::Body && u.placeholder);
        let wordless = events.iter().all(|e| e.pole == Pole::Fact);
        let outcome = match best {
            _ if unfilled && wordless => "unclear",
            "unclear" | "confirms" | "confirms_with_changes" if plain_yes => "confirms",
            // Of few sentences the rules' no stands where the words have no other answer.
            "unclear" if judged.is_none() && found.is_some() && against && !open => said,
            // A change that no rule hears, in few sentences, is no more than a guess.
            "confirms_with_changes"
                if judged.is_none()
                    && found.is_some()
                    && said != best
                    && !events.iter().any(|e| e.pole == Pole::Change) =>
            {
                if against {
                    said
                } else {
                    "unclear"
                }
            }
            // A no of few sentences that none of them speaks for, where the rules hear a yes and no no, is a guess too.
            "against"
                if judged.is_none()
                    && said == "confirms"
                    && !events.iter().any(|e| e.pole == Pole::Against)
                    && !spoken.iter().any(|s| s.shares.first().is_some_and(|against| *against > SPEAKS)) =>
            {
                "unclear"
            }
            // Who declines to answer, in the ears of the rules, is against nothing unless the words are sure of it.
            "against" if judged.is_some() && open && share < CERTAIN => "unclear",
            // A firm no of the rules in a sentence that answers is louder than all that argues for the care around it.
            "confirms" if judged.is_some() && refused(units, &body, events, told, rules) => match against {
                true => said,
                false => "unclear",
            },
            // The whole letter was weighed, with what the rules read among it; what finds the refusal right is no yes all the same.
            "confirms" if judged.is_some() => {
                let torn = |j: &judge::Judge| on_refusal && noes > j.no / 2.0;
                let plain = events.iter().any(|e| e.pole == Pole::For && e.weight >= FIRM);
                let speaks = |s: &Spoken| s.answers() > SPEAKS;
                let mute = !plain && told.clearest(Sign::Answer).is_none() && !spoken.iter().any(speaks);
                let unanswered = body.len() <= SHORT && !some_yes && !own.iter().any(|i| may_answer(*i));
                let torn = judged.is_some_and(torn);
                // A kind letter on a grave illness sounds like a yes: where no sentence says it, more is needed.
                let said = events.iter().any(|e| e.pole == Pole::For && e.weight >= SAID);
                let tone = !said && judged.is_some_and(|j| j.is_tone_only(&spoken, told, share, noes));
                let doubtful = share < needed || insurer_right || mute || torn || unanswered || assents() || tone;
                if doubtful { "unclear" } else { best }
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
            // Where nothing is clear to the words, a no or a not yet of the rules stands: it errs on the safe side.
            "unclear" if judged.is_some() && against && !open && share < CERTAIN => said,
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
            "confirms" if !some_yes && !own.iter().any(|i| may_answer(*i)) => "unclear",
            _ => best,
        };
        // "It is accepted care. For him I would do an open resection": a choice of something else after every firm yes leaves none.
        let after = firm.unwrap_or_default();
        let elsewhere =
            || own.iter().any(|i| *i >= after && units.get(*i).is_some_and(|u| chooses_another(u, subject, rules)));
        let outcome = if outcome == "confirms" && elsewhere() { "unclear" } else { outcome };
        // Who says outright that the refusal is right, and says no yes and withholds no answer, is against the service.
        let right = |u: &Unit| u.zone == Zone::Body && rules.is("refusal.right", &u.own_text);
        if outcome == "unclear"
            && !some_yes
            && !open
            && let Some(unit) = units.iter().position(right)
        {
            return Weighed { outcome: "against", unit: Some(unit), evidence, judged: judged.is_some() };
        }
        // "I do not foresee that you will ever need the operation", the firmest no of the rules and no yes anywhere.
        let firm = events.iter().filter(|e| e.pole == Pole::Against && e.weight >= PLAIN).map(|e| e.unit).max();
        if let Some(unit) = firm.filter(|_| outcome == "unclear" && said == "against" && !some_yes && !open) {
            return Weighed { outcome: "against", unit: Some(unit), evidence, judged: judged.is_some() };
        }
        let unit =
            if outcome == best || outcome == "unclear" { carrier } else { self::carrier(&spoken, units, outcome) };
        Weighed { outcome, unit, evidence, judged: judged.is_some() }
    }

    /// What each sentence of the body speaks for, in words, for people who look into a reading.
    pub(super) fn explain(&self, units: &[Unit]) -> Vec<(usize, String)> {
        let said = |s: Spoken| {
            let each = SPOKEN.iter().zip(s.shares).filter(|e| e.1 >= 0.05).map(|(o, v)| format!("{o} {v:.2}"));
            (s.unit, each.collect::<Vec<_>>().join(", "))
        };
        let body = body(units);
        let each: Vec<Vec<String>> = (0..body.len()).map(|at| features(units, &body, at)).collect();
        self.spoken(&body, &each).into_iter().map(said).collect()
    }

    /// The shares of each sentence of the body; takes what is weighed of each.
    fn spoken(&self, body: &[usize], each: &[Vec<String>]) -> Vec<Spoken> {
        let one = |(unit, names): (&usize, &Vec<String>)| Spoken {
            unit: *unit,
            shares: as_shares(self.sums(&signs::scaled(names))),
        };
        body.iter().zip(each).map(one).collect()
    }

    /// The shares of the outcomes in a text weighed as one, with what the rules read.
    fn of_all(&self, units: &[Unit], body: &[usize], each: &[Vec<String>], said: &str) -> Shares {
        let all = together(units, body, each);
        let mut sums = self.sums(&all.iter().map(|(n, v)| (n.as_str(), *v)).collect::<Vec<_>>());
        for (sum, outcome) in sums.iter_mut().zip(SPOKEN) {
            if outcome == said && said != "unclear" {
                *sum += self.rules;
            }
        }
        let mut out = Shares::default();
        out.iter_mut().zip(sums).for_each(|(o, s)| *o = share(s));
        let whole: f32 = out.iter().sum();
        out.iter_mut().for_each(|o| *o /= whole);
        out
    }

    fn sums(&self, features: &[(&str, f32)]) -> Sums {
        let mut sums = self.bias;
        for (name, value) in features {
            if let Some(weights) = self.features.get(name) {
                sums.iter_mut().zip(kb::weights::each(weights)).for_each(|(s, w)| *s += w * value);
            }
        }
        sums
    }
}

/// Whether a sentence that answers is a firm no, a not yet or a test first in the ears of the rules, or
/// a bare "they were not" after the question, and no other one is as firm a yes.
fn refused(units: &[Unit], body: &[usize], events: &Events, told: &Told, rules: &Rules) -> bool {
    let firm =
        |e: &Event, poles: &[Pole]| e.weight >= PLAIN && poles.contains(&e.pole) && told.hears(e.unit, Sign::Answer);
    let bare = body.windows(2).filter_map(|w| {
        let [before, here] = w else { return None };
        let asked = units.get(*before).is_some_and(|u| u.plain.ends_with('?')) || told.hears(*before, Sign::Question);
        let no = units.get(*here).is_some_and(|u| rules.is("refusal.bare", &u.own_text));
        (asked && no).then_some(*here)
    });
    // Of the choices of a form the one that says no is ticked, or a labelled line says it.
    let ticked = body.iter().copied().filter(|i| units.get(*i).is_some_and(|u| rules.is("refusal.ticked", &u.plain)));
    let noes: Vec<usize> = events
        .iter()
        .filter(|e| firm(e, &[Pole::Against, Pole::NotYet, Pole::Tests]))
        .map(|e| e.unit)
        .chain(bare)
        .chain(ticked)
        .collect();
    !noes.is_empty() && !events.iter().any(|e| firm(e, &[Pole::For]) && !noes.contains(&e.unit))
}

/// Whether the writer names something of their own choice ("I would do an open resection", "I would implant the left ear") that
/// is not the service, or is it at another place.
fn chooses_another(unit: &Unit, subject: &Subject, rules: &Rules) -> bool {
    let choices = rules.all("choice.own", &unit.own_text);
    choices.into_iter().filter_map(|(start, end)| unit.own_text.get(start..end)).any(|choice| {
        let another = !mentions(choice) && !rules.is("as_requested", choice);
        another || subject.names_another_place(choice) || rules.is("choice.operation", choice)
    })
}

/// The filled-in sentences of the body.
fn body(units: &[Unit]) -> Vec<usize> {
    let filled = |u: &Unit| u.zone == Zone::Body && !u.placeholder;
    units.iter().enumerate().filter(|(_, u)| filled(u)).map(|(i, _)| i).collect()
}

/// The sentence that speaks most for an outcome; the writer's own before another's.
fn carrier(spoken: &[Spoken], units: &[Unit], outcome: &str) -> Option<usize> {
    let at = OUTCOMES.iter().position(|o| *o == outcome)?;
    let own = |s: &&Spoken| units.get(s.unit).is_some_and(|u| !u.own.is_empty());
    let share = |s: &Spoken| s.shares.get(at).copied().unwrap_or(0.0);
    let most = |a: &&Spoken, b: &&Spoken| share(a).total_cmp(&share(b));
    spoken.iter().filter(own).max_by(most).or_else(|| spoken.iter().max_by(most)).map(|s| s.unit)
}

fn share(sum: f32) -> f32 {
    1.0 / (1.0 + (-sum).exp())
}

/// Sums, each of its own class against all others, as shares of one.
fn as_shares(sums: Sums) -> Sums {
    let mut out = sums.map(share);
    let all: f32 = out.iter().sum();
    out.iter_mut().for_each(|o| *o /= all);
    out
}

/// What of a sentence is weighed: what is weighed for what it tells ([`tells::features`]), and the longer runs of words and
/// shorter ones of letters that are left out there.
pub(super) fn features(units: &[Unit], body: &[usize], at: usize) -> Vec<String> {
    let mut out = tells::features(units, body, at);
    let names = body.get(at).and_then(|i| units.get(*i)).map_or(&[][..], |u| u.names.as_slice());
    for name in names {
        match name.split_at_checked(2) {
            Some(("w:", words)) if words.matches(' ').count() == 2 => out.push(format!("t:{words}")),
            Some(("c:", letters)) if letters.chars().count() < 5 => out.push(format!("d:{letters}")),
            _ => {}
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// What of a text weighed as one counts: of each feature the greatest value, each kind scaled to length one; neither the
/// place of a sentence nor its neighbors count there, nor the sentences that only tell another's view.
pub(super) fn together(units: &[Unit], body: &[usize], each: &[Vec<String>]) -> Vec<(String, f32)> {
    let own = |at: &usize| body.get(*at).and_then(|i| units.get(*i)).is_some_and(|u| !u.own.is_empty());
    let some_own = (0..body.len()).any(|at| own(&at));
    let mut most: BTreeMap<&str, f32> = BTreeMap::new();
    for names in each.iter().enumerate().filter(|(at, _)| !some_own || own(at)).map(|(_, names)| names) {
        for (name, value) in signs::scaled(names) {
            if name.starts_with(['w', 't', 'c', 'd', 'q', 'a', 'g']) {
                let of = most.entry(name).or_default();
                *of = of.max(value);
            }
        }
    }
    let mut squares: HashMap<Option<u8>, f32> = HashMap::new();
    for (name, v) in &most {
        *squares.entry(name.bytes().next()).or_default() += v * v;
    }
    let scaled = |(name, v): (&str, f32)| {
        let all = squares.get(&name.bytes().next()).copied().unwrap_or(1.0).sqrt();
        (name.to_string(), v / all)
    };
    most.into_iter().map(scaled).collect()
}

/// The names of what is weighed in a sentence: `w:` one to three words, `c:` three to five letters of a word, `q:` one to three
/// cues of the writer's own clauses, `g:` how it stands to what was asked for.
pub(super) fn names(unit: &Unit, subject: &Subject, rules: &Rules) -> Vec<String> {
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
    out.extend(as_asked(unit, subject, rules).into_iter().map(|sign| format!("g:{sign}")));
    out
}

/// How a sentence stands to what was asked for: its amounts, side, level, code and words, or other ones. Single words cannot tell:
/// "twelve visits" is a yes where twelve are asked for, and a change where it is thirty.
fn as_asked(unit: &Unit, subject: &Subject, rules: &Rules) -> Vec<String> {
    /// More shared words than this say no more.
    const MANY: usize = 4;
    let here = quantities(&unit.plain, rules);
    let same = subject.quantities.iter().any(|asked| here.contains(asked));
    let signs = [
        ("same amount", same),
        ("other amount", other_amount(unit, subject, rules)),
        ("amount", !here.is_empty()),
        ("no amount asked", !here.is_empty() && subject.quantities.is_empty()),
        ("another place", subject.names_another_place(&unit.plain)),
        ("one of two", subject.names_one_of_two(&unit.plain)),
        ("code", subject.codes.iter().any(|c| unit.plain.contains(c.as_str()))),
        ("requested", rules.is("as_requested", &unit.text)),
    ];
    let shown = signs.into_iter().filter(|s| s.1).map(|s| s.0.to_owned());
    let words = subject.request_words(&unit.plain).len().min(MANY);
    shown.chain([format!("words {words}")]).collect()
}

/// Words, and the signs that part sentences.
fn tokens(text: &str) -> Vec<&str> {
    let word = |c: char| c.is_ascii_alphabetic() || c == '\'';
    let mut out = Vec::new();
    let mut start = None;
    let mut after_digit = false;
    for (i, c) in text.char_indices() {
        // A number counts once, whatever it is.
        if c.is_ascii_digit() && start.is_none() && !after_digit {
            out.push("#");
        }
        after_digit = c.is_ascii_digit() || after_digit && matches!(c, '.' | ',');
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
