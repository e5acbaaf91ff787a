//! `cargo xtask learn opinions`: counts the weights of `kb/opinions/weights.toml`, the outcome that a sentence speaks for.
//!
//! A sentence that gives the writer's position speaks for the outcome of its letter; so, less surely, does one that shows it only
//! indirectly, one that could be quoted against the service in a letter that is no plain yes, and one that argues for the service
//! in a letter that is. All others speak for nothing. A short conclusion is one sample, whatever its sentences. In a letter whose
//! outcome is a change or a condition, one sentence often says yes and another takes it back: so the weights are counted twice,
//! and the second time a sentence that by weights without its own writers speaks clearly for another outcome counts for that.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use opinion::{Checker, OUTCOMES, SPOKEN};

use super::fit::{Fit, Found, share};
use super::folds::FOLDS;
use super::labels::{self, Labelled};
use super::work::{each, places, write};
use super::{Asked, Text, by_name, chosen, found, labelled, lines, print_of_texts};

const FIT: Fit = Fit { cost: 5.0, rounds: 60 };
/// Features whose largest weight is below this many hundredths are left out.
const SMALLEST: i32 = 12;
/// The last of [`SPOKEN`].
const NOTHING: usize = SPOKEN.len() - 1;

/// What is chosen and not counted.
const CHOSEN: [&str; 3] = ["rules", "yes", "yes_against_rules"];

const HEAD: &str = "\
# Which outcome a sentence of a second-opinion letter speaks for, by its words. Made by `cargo xtask learn opinions` from the
# labelled letters in tests/opinions/ (all invented; the sets kept apart for measuring are not among them): do not edit by hand.
# `texts`: how many. One line per feature: `w:` one or two words, `t:` three, `c:` five letters of a word, `d:` three or four,
# `g:` how it stands to what was asked for, `q:` the writer's own cues in order, `a:`, `b:`, `f:` cues of the sentence, of the one before and of the one after, `s:` the
# section and place; a tab; hundredths for each outcome in order, and for none.
# `rules`: what the outcome that the rules read adds to its own sum in a text of few sentences. `yes`: the share that a yes needs
# there, and the share it needs when the rules read a no or a not yet. These three are chosen, not counted, and stay when the
# rest is counted anew. Shares are never shown: they are no chances.
";

/// How much a sentence that shows the position only indirectly counts beside one that states it.
const LEANS: f64 = 0.7;
/// One that could be quoted against the service, in a letter that is no plain yes.
const ADVERSE: f64 = 0.6;
/// One that argues for the service, in a letter that is.
const ARGUES: f64 = 0.3;
/// What argues for the service.
const FOR: [&str; 4] = ["rebuts", "harm", "standard", "meets"];
/// How many times as clearly as for its own outcome a sentence must speak for another one to count for that.
const CLEARER: f64 = 1.5;
/// The share at which it then speaks for that outcome; below, for nothing.
const CLEAR: f64 = 0.3;

/// What is weighed of a text, sentence by sentence; one of a text without labelled sentences.
struct Counted {
    set: String,
    outcome: usize,
    rows: Vec<Row>,
}

struct Row {
    features: Vec<(String, f32)>,
    class: usize,
    counts: f64,
}

/// Counts the weights and writes them.
pub(super) fn run(root: &Path, checker: &Checker, asked: &Asked) -> Result<(), String> {
    let texts = labelled(root, &asked.without)?;
    let mut counted = counted(root, checker, &texts)?;
    let names: Vec<String> = places(counted.iter().flat_map(|t| &t.rows).map(|r| r.features.as_slice()))
        .into_iter()
        .map(str::to_string)
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let at = by_name(&names);
    let samples: Vec<Vec<Found>> =
        counted.iter().map(|t| t.rows.iter().map(|r| found(&at, &r.features)).collect()).collect();
    println!(
        "{} texts, {} sentences, {} features",
        texts.len(),
        samples.iter().map(Vec::len).sum::<usize>(),
        names.len()
    );
    second_look(&mut counted, &samples, names.len());
    let all: Vec<usize> = (0..counted.len()).collect();
    let columns = weights(&counted, &samples, &all, names.len());
    let bias: Vec<String> = columns.iter().filter_map(|c| c.last()).map(|b| format!("{b:.3}")).collect();
    let outcomes: Vec<String> = SPOKEN.iter().map(|o| format!("{o:?}")).collect();
    let file = asked.kb.join("opinions/weights.toml");
    let mut out = String::from(HEAD);
    let _ = write!(
        out,
        "texts = {}\nfingerprint = {:?}\noutcomes = [{}]\nbias = [{}]\n{}weights = '''\n",
        texts.len(),
        print_of_texts(&texts),
        outcomes.join(", "),
        bias.join(", "),
        chosen(&file, &CHOSEN)?
    );
    lines(&names, |i| columns.iter().map(|c| c[i]).collect(), SMALLEST, &mut out);
    write(&file, &out)
}

/// What is weighed of every text: of a letter whose sentences are labelled each of them, of a short conclusion all together.
fn counted(root: &Path, checker: &Checker, texts: &[Text]) -> Result<Vec<Counted>, String> {
    let mut labels: HashMap<(String, String), Labelled> = HashMap::new();
    for (set, letters) in labels::read(&root.join("tests/opinions/sentences"))? {
        labels.extend(letters.into_iter().map(|l| ((set.clone(), l.name.clone()), l)));
    }
    let one = |i: usize| {
        let t = &texts[i];
        let outcome = OUTCOMES.iter().position(|o| *o == t.outcome).ok_or(format!("no such outcome: {}", t.outcome))?;
        let rows = match labels.get(&(t.set.clone(), t.name.clone())) {
            Some(known) => {
                let row = |(raw, features): (String, Vec<(String, f32)>)| {
                    let (class, counts) = speaks(known.sentences.get(&raw).map_or(&[][..], Vec::as_slice), outcome);
                    Row { features, class, counts }
                };
                checker.spoken(&t.case, &t.letter).into_iter().map(row).collect()
            }
            // A letter without labels says nothing of its sentences.
            None if !t.name.is_empty() => Vec::new(),
            None => vec![Row { features: checker.spoken_together(&t.case, &t.letter), class: outcome, counts: 1.0 }],
        };
        Ok(Counted { set: t.set.clone(), outcome, rows })
    };
    each(texts.len(), one).into_iter().collect()
}

/// What a sentence with these labels speaks for in a letter of this outcome, and how much it counts.
fn speaks(labels: &[String], outcome: usize) -> (usize, f64) {
    let has = |label: &str| labels.iter().any(|l| l == label);
    let confirms = OUTCOMES.get(outcome) == Some(&"confirms");
    match () {
        () if has("answer") => (outcome, 1.0),
        () if has("leans") => (outcome, LEANS),
        () if has("adverse") && !confirms => (outcome, ADVERSE),
        () if confirms && FOR.iter().any(|l| has(l)) => (outcome, ARGUES),
        () => (NOTHING, 1.0),
    }
}

/// Lets a sentence that speaks clearly for another outcome than its letter's count for that one, but for the one that speaks most for
/// the letter's own. Each letter is read by weights without the sets of its fold.
fn second_look(counted: &mut [Counted], samples: &[Vec<Found>], features: usize) {
    for fold in FOLDS {
        let (apart, rest): (Vec<usize>, Vec<usize>) =
            (0..counted.len()).partition(|i| fold.contains(&counted[*i].set.as_str()));
        let apart: Vec<usize> = apart.into_iter().filter(|i| counted[*i].rows.len() > 1).collect();
        if apart.is_empty() {
            continue;
        }
        let columns = weights(counted, samples, &rest, features);
        for i in apart {
            let outcome = counted[i].outcome;
            let shares: Vec<Vec<f64>> = samples[i].iter().map(|f| shares(&columns, f)).collect();
            let own = |r: &usize| shares[*r][outcome];
            let speaking: Vec<usize> =
                (0..counted[i].rows.len()).filter(|r| counted[i].rows[*r].class == outcome).collect();
            let Some(most) = speaking.iter().copied().max_by(|a, b| own(a).total_cmp(&own(b))) else { continue };
            for r in speaking.into_iter().filter(|r| *r != most) {
                let others = shares[r].iter().copied().enumerate().take(NOTHING);
                let (best, share) = others.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((outcome, 0.0));
                if best != outcome && share > CLEARER * own(&r) {
                    counted[i].rows[r].class = if share > CLEAR { best } else { NOTHING };
                }
            }
        }
    }
}

/// One column of weights for each of [`SPOKEN`], counted from some of the texts.
fn weights(counted: &[Counted], samples: &[Vec<Found>], of: &[usize], features: usize) -> Vec<Vec<f64>> {
    each(SPOKEN.len(), |class| {
        let rows = of.iter().flat_map(|i| samples[*i].iter().zip(&counted[*i].rows));
        let told: Vec<(&Found, bool, f64)> = rows.map(|(f, r)| (f, r.class == class, r.counts)).collect();
        FIT.yes_or_no_weighed(&told, features)
    })
}

fn shares(columns: &[Vec<f64>], found: &Found) -> Vec<f64> {
    let sum = |c: &Vec<f64>| c.last().copied().unwrap_or_default() + found.iter().map(|(i, v)| c[*i] * v).sum::<f64>();
    let mut out: Vec<f64> = columns.iter().map(|c| share(sum(c))).collect();
    let all: f64 = out.iter().sum();
    out.iter_mut().for_each(|o| *o /= all);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_speaks_for_its_letters_outcome_where_it_gives_or_argues_the_position() {
        let of = |labels: &[&str], outcome: &str| {
            let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
            let at = OUTCOMES.iter().position(|o| *o == outcome).unwrap_or_default();
            let (class, counts) = speaks(&labels, at);
            (SPOKEN[class], counts)
        };
        assert_eq!(of(&["answer", "adverse"], "against"), ("against", 1.0));
        assert_eq!(of(&["adverse"], "needs_workup"), ("needs_workup", ADVERSE));
        // What could be quoted against a plain yes is no part of the yes.
        assert_eq!(of(&["adverse"], "confirms"), ("nothing", 1.0));
        assert_eq!(of(&["rebuts"], "confirms"), ("confirms", ARGUES));
        assert_eq!(of(&["rebuts"], "against"), ("nothing", 1.0));
        assert_eq!(of(&[], "confirms"), ("nothing", 1.0));
    }
}
