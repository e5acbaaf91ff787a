//! `cargo xtask learn hearing [folds|whole]`: teaches the networks of `kb/opinions/hearing.toml`, which hear a whole opinion letter.
//!
//! They learn from the letters and short conclusions of [`super::folds::FOLDS`], from what their sentences tell
//! (`tests/opinions/sentences/`), and from letters with another's answer put in ([`super::grafts`]). For each fold networks are
//! taught without its letters too (kept in `target/opinion-folds/`; `folds` teaches only those, `whole` none of them), so that the judge and the
//! measurements meet them as strangers.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use facts::{Case, Document};
use ndarray::Array2;
use net::{Counts, Network, Random, Text, Truth};
use opinion::{
    ATTACH, Checker, ELEMENT_STATES, ELEMENTS, HEARING, LABELS, OUTCOMES, REASON_STATES, RISKS, SPOKEN, Sentences,
};

use super::folds::{self, FOLDS, kept};
use super::work::{each, write};
use super::{grafts, judge, labels};
use crate::eval_opinions::{self, page};

/// How wide the networks are, and how many hear together.
const WORD: usize = 64;
const WIDTH: usize = 128;
const TOGETHER: u64 = 2;
/// How often all is gone through.
const ROUNDS: usize = 12;
/// The rate at the height of learning, that of words against it, and the steps before it.
const RATE: f32 = 2e-3;
const RATE_OF_WORDS: f32 = 0.3;
const WARMING: f32 = 200.0;
/// Words that are learned from at once.
const AT_ONCE: usize = 2048;
/// What draws the weights towards nothing at each step.
const DECAY: f32 = 0.02;
/// A word of fewer texts is known by its ending only.
const LEAST: usize = 2;

/// What the parts of what is wrong count.
fn counts() -> Counts {
    Counts { labels: 0.8, silent: 2.0, spoken: 6.0, questions: vec![1.0, 3.0, 0.5, 0.5], smooth: 0.05, dropped: 0.6 }
}

const HEAD: &str = "\
# What small networks hear in a second-opinion letter: what each sentence tells, and what the whole letter answers. Made by `cargo xtask learn
# hearing` from labelled letters in tests/opinions/ (all invented; none of the sets kept apart for measuring): do not edit by hand.
# `letters`: how many. `layers`: of each network the weights of its layers, in thousandths (crates/net). One line per word or group of rare
# words (`~`): the word; a tab; hundredths, those of each network after one another. Shares are never shown: they are no chances.
";

/// A text with what is true of it.
struct Example {
    /// None of a text that is no fold's.
    fold: Option<usize>,
    sentences: Sentences,
    truth: Truth,
}

/// Teaches all networks, or only those of the folds, or only those of the whole.
pub(super) fn run(root: &Path, words: &[&str]) -> Result<(), String> {
    let letters = judge::letters(root)?;
    let examples = examples(root, &letters)?;
    println!("{} texts, {} of them letters", examples.len(), letters.len());
    // Two are taught at a time, each by itself: what comes out hangs on no chance.
    let folds = (0..FOLDS.len()).map(Some);
    let asked: Vec<Option<usize>> = match words {
        ["folds"] => folds.collect(),
        ["whole"] => vec![None],
        [] => std::iter::once(None).chain(folds).collect(),
        _ => return Err("usage: cargo xtask learn hearing [folds|whole]".into()),
    };
    let print = judge::print_of(&letters);
    let tasks: Vec<(Option<usize>, u64)> = asked.iter().flat_map(|f| (1..=TOGETHER).map(|s| (*f, s))).collect();
    let taught = each(tasks.len(), |i| {
        let (without, seed) = tasks[i];
        let of: Vec<&Example> = examples.iter().filter(|e| e.fold.is_none() || e.fold != without).collect();
        taught(&of, seed, &format!("without {without:?}, {seed}"))
    });
    for (task, of_fold) in asked.iter().zip(taught.chunks(TOGETHER as usize)) {
        let count = letters.iter().filter(|l| Some(l.fold) != *task).count();
        let text = written(of_fold, count, &print);
        let base = task.and_then(|f| FOLDS.get(f)).map_or_else(|| root.join("kb"), |fold| kept(root, fold));
        write(&base.join(HEARING), &text)?;
    }
    Ok(())
}

fn examples(root: &Path, letters: &[judge::Letter]) -> Result<Vec<Example>, String> {
    let checker = Checker::new(&eval_opinions::load(&root.join("kb"))?).map_err(|e| e.to_string())?;
    let mut labelled: HashMap<(String, String), labels::Labelled> = HashMap::new();
    for (set, of_set) in labels::read(&root.join("tests/opinions/sentences"))? {
        labelled.extend(of_set.into_iter().map(|l| ((set.clone(), l.name.clone()), l)));
    }
    let mut out = each(letters.len(), |i| {
        let l = &letters[i];
        let letter = Document::from_text(&l.page.name, l.page.letter.as_str());
        let (raw, sentences) = checker.hearing(&l.case, &letter);
        let of = labelled.get(&(l.set.to_owned(), l.page.name.clone()));
        let truth = Truth { sentences: of.map(|of| told(&raw, of, &l.page)), answers: answers(&l.page) };
        Example { fold: Some(l.fold), sentences, truth }
    });
    let mut short: Vec<(Option<usize>, page::Conclusion)> = Vec::new();
    for (fold, sets) in FOLDS.iter().enumerate() {
        short.extend(folds::conclusions_of(root, sets)?.into_iter().map(|c| (Some(fold), c)));
    }
    let text = std::fs::read_to_string(root.join("tests/opinions/conclusions.toml")).map_err(|e| e.to_string())?;
    let open: page::Conclusions = toml::from_str(&text).map_err(|e| format!("conclusions.toml: {e}"))?;
    short.extend(open.conclusion.into_iter().map(|c| (None, c)));
    let of_short = each(short.len(), |i| {
        let (fold, conclusion) = &short[i];
        let (case, letter) = conclusion.as_letter()?;
        Ok(answered(&checker, *fold, &case, &letter, &conclusion.outcome))
    });
    out.extend(of_short.into_iter().collect::<Result<Vec<_>, String>>()?);
    let grafts: Vec<grafts::Graft> = judge::grafted(root, letters)?.into_iter().flat_map(|g| g.1).collect();
    out.extend(each(grafts.len(), |i| {
        let g = &grafts[i];
        answered(&checker, Some(g.fold), &g.case, &g.letter, &g.outcome)
    }));
    out.retain(|e| !e.sentences.words.is_empty());
    Ok(out)
}

/// A text of which only the outcome is known.
fn answered(checker: &Checker, fold: Option<usize>, case: &Case, letter: &Document, outcome: &str) -> Example {
    let answers = vec![vec![OUTCOMES.iter().position(|o| *o == outcome)]];
    Example { fold, sentences: checker.hearing(case, letter).1, truth: Truth { sentences: None, answers } }
}

/// What the sentences tell and speak for.
fn told(raw: &[String], of: &labels::Labelled, page: &page::Labelled) -> (Array2<f32>, Vec<usize>) {
    let mut out = Array2::zeros((raw.len(), LABELS.len() + RISKS.len()));
    let mut speaks = vec![SPOKEN.len() - 1; raw.len()];
    let outcome = OUTCOMES.iter().position(|o| *o == page.outcome).unwrap_or(SPOKEN.len() - 1);
    for (i, sentence) in raw.iter().enumerate() {
        let labels = of.sentences.get(sentence).map_or(&[][..], Vec::as_slice).iter().map(String::as_str);
        let hazards =
            page.hazards.iter().filter(|(_, s)| s == sentence || s.contains(sentence.as_str())).map(|h| h.0.as_str());
        for label in labels.chain(hazards) {
            if let Some(k) = LABELS.iter().chain(&RISKS).position(|t| *t == label) {
                out[(i, k)] = 1.0;
            }
            if matches!(label, "answer" | "leans") {
                speaks[i] = outcome;
            }
        }
    }
    (out, speaks)
}

fn answers(page: &page::Labelled) -> Vec<Vec<Option<usize>>> {
    let place = |list: &[&str], of: &str| list.iter().position(|x| *x == of);
    let elements = ELEMENTS.iter().map(|e| page.elements.get(*e).and_then(|s| place(&ELEMENT_STATES, s)));
    let least = page.reasons.values().filter_map(|s| place(&REASON_STATES, s)).max();
    vec![vec![place(&OUTCOMES, &page.outcome)], elements.collect(), vec![place(&ATTACH, &page.attach)], vec![least]]
}

/// A network that has learned.
struct Taught {
    words: Vec<(String, Vec<f32>)>,
    layers: Vec<f32>,
}

/// Teaches one network. Its chances are those of `seed`.
fn taught(examples: &[&Example], seed: u64, name: &str) -> Taught {
    let started = Instant::now();
    let network = Network::new(opinion::sizes(WORD, WIDTH));
    let names = vocabulary(examples);
    let number: HashMap<&str, usize> = names.iter().enumerate().map(|(i, n)| (n.as_str(), i + 1)).collect();
    let texts: Vec<Text> = examples
        .iter()
        .map(|e| {
            let of = |w: &str| number.get(w).or_else(|| number.get(opinion::ending(w).as_str())).copied();
            e.sentences.numbered(|w| of(w).unwrap_or(net::GAP))
        })
        .collect();
    let mut random = Random::new(seed);
    let mut words = Array2::from_shape_simple_fn((names.len() + 1, WORD), || random.normal() * 0.1);
    words.row_mut(net::GAP).fill(0.0);
    let mut layers = network.fresh(&mut random);
    let (mut of_words, mut of_layers) = (Adam::new(words.len()), Adam::new(layers.len()));
    let all: usize = texts.iter().map(|t| t.words.len()).sum();
    let steps = (ROUNDS * all).div_ceil(AT_ONCE) as f32;
    let counts = counts();
    let mut order: Vec<usize> = (0..texts.len()).collect();
    let mut step = 0.0_f32;
    let mut slope_of_words = vec![0.0; words.len()];
    for round in 0..ROUNDS {
        for i in (1..order.len()).rev() {
            order.swap(i, random.below(i + 1));
        }
        let (mut wrong, mut seen, mut from) = (0.0, 0, 0);
        while from < order.len() {
            let mut to = from;
            let mut size = 0;
            while to < order.len() && (size == 0 || size + texts[order[to]].words.len() <= AT_ONCE) {
                size += texts[order[to]].words.len();
                to += 1;
            }
            let mut slope_of_layers = vec![0.0; layers.len()];
            slope_of_words.fill(0.0);
            let part = 1.0 / (to - from) as f32;
            for i in &order[from..to] {
                let learned =
                    network.learn(&texts[*i], &examples[*i].truth, words.view(), &layers, &counts, &mut random);
                let Some((error, slopes)) = learned else { continue };
                wrong += error;
                seen += 1;
                slope_of_layers.iter_mut().zip(&slopes.layers).for_each(|(s, n)| *s += part * n);
                for (word, slope) in slopes.words.iter().filter(|w| w.0 != net::GAP) {
                    let row = &mut slope_of_words[word * WORD..(word + 1) * WORD];
                    row.iter_mut().zip(slope).for_each(|(s, n)| *s += part * n);
                }
            }
            step += 1.0;
            let rate =
                RATE * if step < WARMING { step / WARMING } else { height((step - WARMING) / (steps - WARMING)) };
            of_layers.step(&mut layers, &slope_of_layers, rate, DECAY);
            of_words.step(words.as_slice_mut().unwrap_or_default(), &slope_of_words, rate * RATE_OF_WORDS, 0.0);
            from = to;
        }
        println!(
            "{name}: round {}, {:.3} wrong, {:.0} s",
            round + 1,
            wrong / seen as f32,
            started.elapsed().as_secs_f32()
        );
    }
    let rows = names.into_iter().enumerate().map(|(i, n)| (n, words.row(i + 1).to_vec())).collect();
    Taught { words: rows, layers }
}

/// From 1 down to a fiftieth, slowly at both ends.
fn height(done: f32) -> f32 {
    0.02 + 0.98 * 0.5 * (1.0 + (std::f32::consts::PI * done.min(1.0)).cos())
}

/// The words of enough texts, and the groups of the others.
fn vocabulary(examples: &[&Example]) -> Vec<String> {
    let mut counted: HashMap<&str, usize> = HashMap::new();
    for (word, _) in examples.iter().flat_map(|e| e.sentences.words.iter().flatten()) {
        *counted.entry(word).or_default() += 1;
    }
    // A word must not end the text it is written in.
    let fits = |w: &str| !w.contains(['\t', '\n', '\'']) || w.chars().any(char::is_alphanumeric);
    let frequent = counted.iter().filter(|(w, n)| **n >= LEAST && fits(w)).map(|(w, _)| (*w).to_owned());
    let mut out: Vec<String> = frequent.chain(opinion::endings()).collect();
    out.sort();
    out
}

/// The middle of the slopes so far and of their squares, by which each weight takes its own step (Adam, with decay apart).
struct Adam {
    mean: Vec<f32>,
    square: Vec<f32>,
    steps: i32,
}

impl Adam {
    fn new(count: usize) -> Adam {
        Adam { mean: vec![0.0; count], square: vec![0.0; count], steps: 0 }
    }

    fn step(&mut self, weights: &mut [f32], slopes: &[f32], rate: f32, decay: f32) {
        self.steps += 1;
        let (a, b) = (1.0 - 0.9_f32.powi(self.steps), 1.0 - 0.999_f32.powi(self.steps));
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for ((w, s), (mean, square)) in weights.iter_mut().zip(slopes).zip(moments) {
            *mean = 0.9 * *mean + 0.1 * s;
            *square = 0.999 * *square + 0.001 * s * s;
            *w -= rate * (*mean / a / ((*square / b).sqrt() + 1e-8) + decay * *w);
        }
    }
}

fn written(networks: &[Taught], letters: usize, print: &str) -> String {
    let mut out =
        format!("{HEAD}letters = {letters}\nfingerprint = {print:?}\nword = {WORD}\nwidth = {WIDTH}\nlayers = [\n");
    for network in networks {
        out.push_str("'''\n");
        for line in network.layers.chunks(64) {
            let numbers: Vec<String> = line.iter().map(|w| ((w * 1000.0).round() as i32).to_string()).collect();
            let _ = writeln!(out, "{}", numbers.join(" "));
        }
        out.push_str("''',\n");
    }
    out.push_str("]\nweights = '''\n");
    // All networks know the same words.
    for (i, (name, _)) in networks.first().map_or(&[][..], |n| n.words.as_slice()).iter().enumerate() {
        let of_all = networks.iter().flat_map(|n| n.words[i].1.iter());
        let numbers: Vec<String> = of_all.map(|w| ((w * 100.0).round() as i32).to_string()).collect();
        let _ = writeln!(out, "{name}\t{}", numbers.join(" "));
    }
    out.push_str("'''\n");
    out
}

/// By which the letters and conclusions can be known again.
#[cfg(test)]
mod tests {
    use super::super::work;

    /// Letters or their labels were changed since the networks learned: `cargo xtask learn hearing` teaches them again.
    #[test]
    fn what_is_heard_was_learned_from_the_letters_that_are_there() {
        let root = crate::root();
        let letters = super::judge::letters(&root).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(work::kept(&root.join("kb").join(opinion::HEARING)), Some(super::judge::print_of(&letters)));
    }
}
