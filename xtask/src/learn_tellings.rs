//! `cargo xtask learn tellings`: counts the weights of `kb/notice/telling_weights.toml`, by which each sentence of a paper is weighed
//! for each reason.
//!
//! One logistic regression for each reason over the sentences of the texts that [`crate::learn_reasons`] learns from, with a penalty on
//! large weights, fitted by L-BFGS from zero: the same texts give the same file. Where `tests/letters/sentences/` says which sentences tell
//! a reason, these count for it and all others of their letter against it. Of other texts the labels say which reasons they give, not where: there the
//! first count takes the sentences in which the rules read the reason (of a passage, every sentence of it); each further count takes the
//! sentence that weighs most for a reason of its letter, and leaves the letter's other sentences out. Of a letter without the reason every
//! sentence counts against it. `--check SET…` reads sets with weights that were counted without them.

use std::collections::{BTreeSet, HashMap};

use crate::eval_letters::{self, Labelled};
use crate::learn::fit::{Fit, Found};
use crate::learn::told::{Told, same_place, words};
use crate::learn::work::{each, fingerprint, places, write};
use crate::learn_reasons::Tally;

/// Where the weights stand.
pub(crate) const FILE: &str = "notice/telling_weights.toml";
const FIT: Fit = Fit { cost: 20.0, rounds: 60 };
/// Weights below this many hundredths are left out.
const SMALLEST: i32 = 8;
/// How often the sentences are chosen anew.
const ROUNDS: usize = 3;
/// What a sentence that tells the reason counts beside one that does not: there are few of them.
const TELLS: f64 = 4.0;
/// What a sentence of a labelled letter that gives the reason elsewhere counts against it.
const BESIDE: f64 = 1.0;
/// How rules, the whole paper and the best sentences are put together: fitted by `cargo xtask learn scoring` on sets from which neither rules
/// nor weights had been made.
const SCORING: &str = "\
[scoring]
paper_least = -6.0
sentence_least = -8.0
alone = -1.5
clearer = 3.0

[scoring.stated]
start = 1.18
score = 0.15
paper = 0.14
sentence = 0.22
own = 0.01
quoted = 0.07
surely = 1.18
coded = 1.5
others = -0.59

[scoring.unstated]
start = 0.39
score = 0.61
paper = -0.05
sentence = 0.24
own = 0.21
quoted = -0.1
surely = 0.0
coded = 0.0
others = 0.56
";

/// What stands above the weights.
const HEAD: &str = "\
# What a sentence of a plan's paper weighs for each reason. Made by `cargo xtask learn tellings` from the labelled papers and passages of
# the open sets in tests/letters/, reasons.examples.toml and what plans say in the cases of tests/opinions/ (all invented; the sets kept
# apart for measuring are not among them): do not edit by hand. `scoring`: a reason is given where `start` + `score` × the whole
# paper's score (reason_weights.toml) + `paper` × the sum of all its words + `sentence` × the sum of its best sentence + `own` × that of the
# best one of those that speak for no other reason more + `quoted` × that of the best one in which the rules read it (`paper_least` and
# `sentence_least` or more) + `surely` where the rules read it surely, `coded` where a code states it + `others` for each other reason of the
# rules (up to three) is more than nothing (`alone` for one that the rules surely state, and no other; a sentence that tells a reason by `clearer` more is quoted instead of the rules' own); `stated` for those that the rules state,
# `unstated` for the rest. `sums`: the reasons. One line per feature: `w:` one to three words, `t:` how words
# begin, `q:` ideas of concepts.toml, `p:` and `n:` how the words of the sentence before and after begin, `c:` cues of the sentence, `a:`
# and `z:` of the one before and after, `d:` how far a decision is, `s:` its section, place and length; a tab; `sum:hundredths` for each sum (counted
# from 0) that it counts for. Sums are never shown: they are no chances.
";

/// A sentence: of which text, the reasons that the rules read in it, those that it tells by its labels (where its text has some), its features.
pub(crate) struct Sample {
    text: usize,
    said: Vec<String>,
    tells: Option<Vec<String>>,
    features: Vec<(String, f32)>,
}

pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let root = crate::root();
    let texts = eval_letters::learned_from(&root)?;
    let told = Told::read(&root)?;
    let samples = sentences(&texts, &told)?;
    println!("{} texts, {} sentences", texts.len(), samples.len());
    lost(&texts, &told, &samples);
    match words {
        [] => write(&root.join("kb").join(FILE), &counted(&texts, &told, &samples, &|_| true)),
        ["--check", sets @ ..] if !sets.is_empty() => check(&texts, &told, &samples, sets),
        _ => Err("usage: cargo xtask learn tellings [--check SET…]".into()),
    }
}

pub(crate) fn sentences(texts: &[Labelled], told: &Told) -> Result<Vec<Sample>, String> {
    let reader = eval_letters::reader_with(FILE, None)?;
    let tellings = each(texts.len(), |i| reader.tellings(&texts[i].document));
    let mut out = Vec::new();
    for (text, tellings) in tellings.into_iter().enumerate() {
        let places = told.of(&texts[text].set, &texts[text].name);
        let places: Option<Vec<(&String, Vec<String>)>> =
            places.map(|p| p.iter().map(|(reason, quoted)| (reason, words(quoted))).collect());
        for t in tellings {
            let own = words(&t.text);
            let here = |p: &Vec<(&String, Vec<String>)>| {
                p.iter().filter(|(_, quoted)| same_place(&own, quoted)).map(|(r, _)| (*r).clone()).collect()
            };
            let tells = places.as_ref().map(here);
            out.push(Sample { text, said: t.said, tells, features: t.features.into_iter().collect() });
        }
    }
    Ok(out)
}

/// Says how many labelled places are among no sentence that is weighed: these the words can never tell.
fn lost(texts: &[Labelled], told: &Told, samples: &[Sample]) {
    let (mut all, mut lost) = (0, Vec::new());
    for (i, text) in texts.iter().enumerate() {
        let given: BTreeSet<&String> = told.of(&text.set, &text.name).into_iter().flatten().map(|(r, _)| r).collect();
        for reason in given.into_iter().filter(|r| text.reasons.contains(r)) {
            let is_there = |s: &Sample| s.text == i && s.tells.as_ref().is_some_and(|t| t.contains(reason));
            all += 1;
            if !samples.iter().any(is_there) {
                lost.push(format!("{}/{} {reason}", text.set, text.name));
            }
        }
    }
    println!("{all} reasons with a labelled place, {} of them in no sentence that is weighed", lost.len());
    lost.iter().for_each(|l| println!("  {l}"));
}

/// By which texts, their labels and the labelled places can be known again.
fn print_of(texts: &[Labelled], told: &Told) -> String {
    let all = crate::learn_reasons::print_of(&texts.iter().collect::<Vec<_>>());
    let places = texts.iter().filter_map(|t| told.of(&t.set, &t.name)).flatten();
    let places: Vec<&str> = places.flat_map(|(reason, words)| [reason.as_str(), words.as_str()]).collect();
    fingerprint(std::iter::once(all.as_str()).chain(places))
}

/// What the sentences weigh for a reason, counted in rounds.
pub(crate) fn counted(
    texts: &[Labelled],
    told: &Told,
    samples: &[Sample],
    of: &(dyn Fn(&Labelled) -> bool + Sync),
) -> String {
    let used: Vec<&Sample> = samples.iter().filter(|s| of(&texts[s.text])).collect();
    let names = places(used.iter().map(|s| s.features.as_slice()));
    let at: HashMap<&str, usize> = names.iter().enumerate().map(|(i, n)| (*n, i)).collect();
    let found: Vec<Found> = used
        .iter()
        .map(|s| s.features.iter().filter_map(|(n, v)| Some((*at.get(n.as_str())?, f64::from(*v)))).collect())
        .collect();
    let sums: Vec<&str> =
        texts.iter().flat_map(|t| t.reasons.iter().map(String::as_str)).collect::<BTreeSet<_>>().into_iter().collect();
    let weights = each(sums.len(), |k| one(texts, &used, &found, names.len(), sums[k]));
    written(texts, told, &sums, &names, &weights)
}

/// The weights for one reason.
fn one(texts: &[Labelled], used: &[&Sample], found: &[Found], features: usize, reason: &str) -> Vec<f64> {
    let has = |list: &[String]| list.iter().any(|r| r == reason);
    // For each text that gives the reason its sentences.
    let mut bags: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut against: Vec<(usize, f64)> = Vec::new();
    let mut labelled: Vec<usize> = Vec::new();
    for (i, s) in used.iter().enumerate() {
        let text = &texts[s.text];
        if let Some(told) = &s.tells {
            let gives = has(&text.reasons);
            match has(told) {
                true if gives => labelled.push(i),
                true => {}
                false => against.push((i, if gives { BESIDE } else { 1.0 })),
            }
        } else if has(&text.reasons) {
            bags.entry(s.text).or_default().push(i);
        } else if !has(&text.either) {
            against.push((i, 1.0));
        }
    }
    let mut order: Vec<usize> = bags.keys().copied().collect();
    order.sort_unstable();
    let mut tells: Vec<usize> = Vec::new();
    for text in &order {
        let bag = &bags[text];
        let said: Vec<usize> = bag.iter().copied().filter(|i| has(&used[*i].said)).collect();
        let passage = texts[*text].document.name == "passage";
        tells.extend(match () {
            () if !said.is_empty() => said,
            // The last sentences of a passage are its own; before them stand those that every passage begins with.
            () if passage => bag.iter().copied().skip(2.min(bag.len().saturating_sub(1))).collect(),
            () => Vec::new(),
        });
    }
    let mut weights = Vec::new();
    for round in 0..ROUNDS {
        let samples: Vec<(&Found, bool, f64)> = tells
            .iter()
            .chain(&labelled)
            .map(|i| (&found[*i], true, TELLS))
            .chain(against.iter().map(|(i, counts)| (&found[*i], false, *counts)))
            .collect();
        weights = FIT.yes_or_no_weighed(&samples, features);
        if round + 1 == ROUNDS {
            break;
        }
        let sum = |i: usize| found[i].iter().map(|(at, v)| weights[*at] * v).sum::<f64>();
        tells = order
            .iter()
            .flat_map(|text| {
                let bag = &bags[text];
                let best = bag.iter().copied().max_by(|a, b| sum(*a).total_cmp(&sum(*b)));
                // Of several that tell it the rules' own stay.
                let others = bag
                    .iter()
                    .copied()
                    .filter(|i| Some(*i) != best && has(&used[*i].said) && sum(*i) + weights[features] > 0.0);
                best.into_iter().chain(others).collect::<Vec<_>>()
            })
            .collect();
    }
    weights
}

fn written(texts: &[Labelled], told: &Told, sums: &[&str], names: &[&str], weights: &[Vec<f64>]) -> String {
    let quoted: Vec<String> = sums.iter().map(|s| format!("{s:?}")).collect();
    let bias: Vec<String> = weights.iter().map(|w| format!("{:.3}", w[names.len()])).collect();
    let mut lines = String::new();
    for (i, name) in names.iter().enumerate() {
        let hundredths = weights.iter().map(|w| (w[i] * 100.0).round() as i32).enumerate();
        let line: Vec<String> =
            hundredths.filter(|(_, w)| w.abs() >= SMALLEST).map(|(k, w)| format!("{k}:{w}")).collect();
        if !line.is_empty() {
            lines.push_str(&format!("{name}\t{}\n", line.join(" ")));
        }
    }
    format!(
        "{HEAD}texts = {}\nfingerprint = {:?}\nsums = [{}]\nbias = [{}]\nweights = '''\n{lines}'''\n\n{SCORING}",
        texts.len(),
        print_of(texts, told),
        quoted.join(", "),
        bias.join(", ")
    )
}

/// Reads sets with weights that were counted without them, with several sums from which a reason is added or doubted.
fn check(texts: &[Labelled], told: &Told, samples: &[Sample], sets: &[&str]) -> Result<(), String> {
    let apart = |t: &Labelled| sets.contains(&t.set.as_str());
    let letters: Vec<&Labelled> = texts.iter().filter(|t| apart(t)).collect();
    let mut tally = Tally::default();
    let without = eval_letters::reader_with(FILE, None)?;
    letters.iter().for_each(|t| tally.add(&without, t));
    println!(
        "| {} texts | right | extra | missed | precision | recall | F1 |\n|---|---|---|---|---|---|---|",
        letters.len()
    );
    tally.row("without");
    let file = counted(texts, told, samples, &|t| !apart(t));
    let reader = eval_letters::reader_with(FILE, Some(file))?;
    let mut tally = Tally::default();
    letters.iter().for_each(|t| tally.add(&reader, t));
    tally.row("with");
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::learn::work::kept;

    /// Texts or their labels were changed since the weights were counted: `cargo xtask learn tellings` counts them again.
    #[test]
    fn the_weights_were_counted_from_the_texts_that_are_there() {
        let root = crate::root();
        let texts = crate::eval_letters::learned_from(&root).unwrap_or_else(|e| panic!("{e}"));
        let told = super::Told::read(&root).unwrap_or_else(|e| panic!("{e}"));
        let print = super::print_of(&texts, &told);
        assert_eq!(kept(&root.join("kb").join(super::FILE)), Some(print));
    }
}
