//! `cargo xtask learn opinions`: counts the weights of `kb/opinions/weights.toml` from labelled letters (`learn reasons` is
//! [`crate::learn_reasons`]).
//!
//! Multinomial logistic regression with a penalty on large weights, fitted by L-BFGS from zero: the same letters give the
//! same file. Learned from are all sets of [`eval_opinions::SETS`]
//! but those kept apart for measuring. Run it again
//! whenever rules, cues or the letters change; the features come from [`opinion::Checker::features`].

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;

use facts::{Case, Document};
use opinion::OUTCOMES;

use crate::eval_opinions::{self, page};

/// A feature of fewer letters is chance.
const LEAST: usize = 3;
/// How much a misread letter costs against large weights.
const COST: f64 = 10.0;
/// Rounds of the fit.
const ROUNDS: usize = 80;
/// Features whose largest weight is below this many hundredths are left out.
const SMALLEST: i32 = 8;

/// What stands beside the weights: measured on letters that are not learned from (see docs/measurements.md).
const HEAD: &str = "\
# What words of a second-opinion letter weigh for its outcome. Made by `cargo xtask learn opinions` from the labelled letters
# in tests/opinions/ (all invented; the sets kept apart for measuring are not among them): do not edit by hand.
# `texts`: how many. One line per feature: `w:` words, `c:` letters of a word, `q:` cues in order; a tab; hundredths for each outcome in order.
# `rules`: what the outcome that the rules read adds to its own sum. `yes`: the share that a yes needs, and the share it needs
# when the rules read a no or a not yet. Below both a no of the rules stands; else the answer is `unclear`.
# Shares are never shown: they are no chances.
";

type Sample = (Vec<(usize, f64)>, usize);

pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    match words {
        ["opinions"] => opinions(),
        ["reasons", rest @ ..] => crate::learn_reasons::run(rest),
        _ => Err("usage: cargo xtask learn opinions | reasons [--check]".into()),
    }
}

fn opinions() -> Result<(), String> {
    let root = crate::root();
    let kb = eval_opinions::load(&root.join("kb"))?;
    let checker = opinion::Checker::new(&kb).map_err(|e| e.to_string())?;
    let class =
        |outcome: &str| OUTCOMES.iter().position(|o| *o == outcome).ok_or(format!("no such outcome: {outcome}"));
    let texts = labelled(&root)?
        .iter()
        .map(|(case, letter, outcome)| Ok((checker.features(case, letter), class(outcome)?)))
        .collect::<Result<Vec<_>, String>>()?;
    let mut letters: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in texts.iter().flat_map(|t| &t.0) {
        *letters.entry(name).or_default() += 1;
    }
    let names: Vec<&str> = letters.iter().filter(|(n, c)| **c >= LEAST && !n.contains("''")).map(|(n, _)| *n).collect();
    let at: HashMap<&str, usize> = names.iter().enumerate().map(|(i, n)| (*n, i)).collect();
    let samples: Vec<Sample> = texts
        .iter()
        .map(|(f, y)| (f.iter().filter_map(|(n, v)| Some((*at.get(n.as_str())?, f64::from(*v)))).collect(), *y))
        .collect();
    println!("{} texts, {} features", samples.len(), names.len());
    let weights = fit(&samples, names.len());
    let file = root.join("kb/opinions/weights.toml");
    std::fs::write(&file, written(samples.len(), &names, &weights)).map_err(|e| format!("{}: {e}", file.display()))?;
    println!("{} written", file.display());
    Ok(())
}

/// Every labelled text that is learned from: short conclusions and letters, with the outcome.
fn labelled(root: &Path) -> Result<Vec<(Case, Document, String)>, String> {
    let base = root.join("tests/opinions");
    let learned = eval_opinions::SETS.iter().filter(|s| !s.1).map(|s| base.join(s.0));
    let mut out = Vec::new();
    for folder in std::iter::once(base.clone()).chain(learned) {
        for file in eval_opinions::conclusion_files(&folder) {
            let text = std::fs::read_to_string(&file).map_err(|e| e.to_string())?;
            let list: page::Conclusions = toml::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
            for c in list.conclusion {
                let (case, letter) = c.as_letter()?;
                out.push((case, letter, c.outcome));
            }
        }
        // The folder of the sets has pages of its own (README.md), which are no letters.
        for l in if folder == base { Vec::new() } else { page::read_folder(&folder)? } {
            let case = Case::parse(&l.case).map_err(|e| format!("{}: {e}", l.name))?;
            out.push((case, Document::from_text(&l.name, l.letter.as_str()), l.outcome));
        }
    }
    Ok(out)
}

/// Fits the weights: six per feature, and six at the end that stand for none.
fn fit(samples: &[Sample], features: usize) -> Vec<f64> {
    descend((features + 1) * 6, |x| loss(samples, x, features))
}

/// Where a function is least, walking down from zero by L-BFGS. `loss` gives its value and slope.
pub(crate) fn descend(size: usize, loss: impl Fn(&[f64]) -> (f64, Vec<f64>)) -> Vec<f64> {
    let mut x = vec![0.0; size];
    let (mut value, mut slope) = loss(&x);
    let mut memory: Vec<(Vec<f64>, Vec<f64>)> = Vec::new();
    for _ in 0..ROUNDS {
        let way = direction(&slope, &memory);
        let fall: f64 = dot(&way, &slope);
        let mut step = if memory.is_empty() { 1.0 / dot(&slope, &slope).sqrt() } else { 1.0 };
        let (next, next_value, next_slope) = loop {
            let next: Vec<f64> = x.iter().zip(&way).map(|(a, d)| a + step * d).collect();
            let (v, s) = loss(&next);
            if v <= value + 1e-4 * step * fall || step < 1e-9 {
                break (next, v, s);
            }
            step /= 2.0;
        };
        let moved: Vec<f64> = next.iter().zip(&x).map(|(a, b)| a - b).collect();
        let turned: Vec<f64> = next_slope.iter().zip(&slope).map(|(a, b)| a - b).collect();
        if dot(&moved, &turned) > 1e-12 {
            memory.push((moved, turned));
            if memory.len() > 8 {
                memory.remove(0);
            }
        }
        let gained = value - next_value;
        (x, value, slope) = (next, next_value, next_slope);
        if gained < 1e-5 * value {
            break;
        }
    }
    x
}

/// Where to go down, from the last steps (Nocedal's two loops).
fn direction(slope: &[f64], memory: &[(Vec<f64>, Vec<f64>)]) -> Vec<f64> {
    let mut q: Vec<f64> = slope.to_vec();
    let mut alphas = Vec::new();
    for (s, y) in memory.iter().rev() {
        let alpha = dot(s, &q) / dot(y, s);
        q.iter_mut().zip(y).for_each(|(a, b)| *a -= alpha * b);
        alphas.push(alpha);
    }
    if let Some((s, y)) = memory.last() {
        let scale = dot(s, y) / dot(y, y);
        q.iter_mut().for_each(|a| *a *= scale);
    }
    for ((s, y), alpha) in memory.iter().zip(alphas.into_iter().rev()) {
        let beta = dot(y, &q) / dot(y, s);
        q.iter_mut().zip(s).for_each(|(a, b)| *a += (alpha - beta) * b);
    }
    q.iter_mut().for_each(|a| *a = -*a);
    q
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// What the weights cost on the letters, and its slope; the bias is not penalized.
fn loss(samples: &[Sample], x: &[f64], features: usize) -> (f64, Vec<f64>) {
    let plain = features * 6;
    let mut value = x[..plain].iter().map(|w| w * w).sum::<f64>() / 2.0;
    let mut slope: Vec<f64> = x.to_vec();
    slope[plain..].fill(0.0);
    for (found, truth) in samples {
        let mut sums = [0.0; 6];
        sums.copy_from_slice(&x[plain..]);
        for (i, v) in found {
            for (k, s) in sums.iter_mut().enumerate() {
                *s += x[i * 6 + k] * v;
            }
        }
        let top = sums.iter().copied().fold(f64::MIN, f64::max);
        let all: f64 = sums.iter().map(|s| (s - top).exp()).sum();
        value -= COST * (sums[*truth] - top - all.ln());
        let off: Vec<f64> = sums
            .iter()
            .enumerate()
            .map(|(k, s)| COST * ((s - top).exp() / all - f64::from(u8::from(k == *truth))))
            .collect();
        for (i, v) in found {
            for (k, o) in off.iter().enumerate() {
                slope[i * 6 + k] += o * v;
            }
        }
        for (k, o) in off.iter().enumerate() {
            slope[plain + k] += o;
        }
    }
    (value, slope)
}

/// The file's text.
fn written(texts: usize, names: &[&str], weights: &[f64]) -> String {
    let outcomes: Vec<String> = OUTCOMES.iter().map(|o| format!("{o:?}")).collect();
    let bias: Vec<String> = weights[names.len() * 6..].iter().map(|b| format!("{b:.3}")).collect();
    let mut out = format!(
        "{HEAD}texts = {texts}\noutcomes = [{}]\nbias = [{}]\nrules = 1.0\nyes = 0.5\nyes_against_rules = 0.7\nweights = '''\n",
        outcomes.join(", "),
        bias.join(", ")
    );
    for (i, name) in names.iter().enumerate() {
        let line: Vec<i32> = weights[i * 6..i * 6 + 6].iter().map(|w| (w * 100.0).round() as i32).collect();
        if line.iter().any(|w| w.abs() >= SMALLEST) {
            let line: Vec<String> = line.iter().map(ToString::to_string).collect();
            let _ = writeln!(out, "{name}\t{}", line.join(" "));
        }
    }
    out.push_str("'''\n");
    out
}

#[cfg(test)]
mod tests {
    use super::labelled;

    /// Letters were added or taken out since the weights were counted: `cargo xtask learn opinions` counts them again.
    #[test]
    fn the_weights_were_counted_from_the_letters_that_are_there() {
        let root = crate::root();
        let file = std::fs::read_to_string(root.join("kb/opinions/weights.toml")).unwrap_or_default();
        let kept = file.lines().find_map(|l| l.strip_prefix("texts = ")).and_then(|n| n.parse().ok());
        assert_eq!(kept, labelled(&root).map(|l| l.len()).ok());
    }
}
