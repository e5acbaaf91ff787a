//! One logistic regression over features that have names: fitted from samples, asked for its share, written as lines of a table.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::fit::{Fit, Found, share};
use super::work::places;

/// A sample: its features with their values, whether it is one of those looked for, and how much it counts.
pub(crate) type Sample<'s> = (&'s [(String, f32)], bool, f64);

/// What each feature weighs.
pub(crate) struct Named<'s> {
    weights: HashMap<&'s str, f64>,
    /// What stands for no feature.
    none: f64,
}

impl<'s> Named<'s> {
    /// Counts the weights of the features that are no chance.
    pub(crate) fn fitted(fit: Fit, samples: &[Sample<'s>]) -> Self {
        let names = places(samples.iter().map(|s| s.0));
        let at: HashMap<&str, usize> = names.iter().enumerate().map(|(i, n)| (*n, i)).collect();
        let found = |s: &Sample| -> Found {
            s.0.iter().filter_map(|(n, v)| Some((*at.get(n.as_str())?, f64::from(*v)))).collect()
        };
        let found: Vec<Found> = samples.iter().map(found).collect();
        let weighed: Vec<_> = found.iter().zip(samples).map(|(f, s)| (f, s.1, s.2)).collect();
        let mut weights = fit.yes_or_no_weighed(&weighed, names.len());
        let none = weights.pop().unwrap_or_default();
        Named { weights: names.into_iter().zip(weights).collect(), none }
    }

    /// The share for some features.
    pub(crate) fn share(&self, features: &[(String, f32)]) -> f32 {
        let weight = |name: &str| self.weights.get(name).copied().unwrap_or_default();
        share(features.iter().map(|(n, v)| weight(n) * f64::from(*v)).sum::<f64>() + self.none) as f32
    }
}

/// What stands for no feature, for each sum.
pub(crate) fn biases(sums: &[Named]) -> String {
    sums.iter().map(|s| format!("{:.3}", s.none)).collect::<Vec<_>>().join(", ")
}

/// One line per feature, its weights in hundredths as `number` writes them for each sum; those of fewer hundredths than
/// `smallest` are left out.
pub(crate) fn lines(sums: &[Named], smallest: i32, number: impl Fn(usize, i32) -> String) -> String {
    let mut lines: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (i, sum) in sums.iter().enumerate() {
        for (name, weight) in &sum.weights {
            let hundredths = (weight * 100.0).round() as i32;
            if hundredths.abs() >= smallest {
                lines.entry(name).or_default().push(number(i, hundredths));
            }
        }
    }
    let mut out = String::new();
    for (name, numbers) in lines {
        let _ = writeln!(out, "{name}\t{}", numbers.join(" "));
    }
    out
}

/// `3:-40`: the sum's number and its hundredths.
pub(crate) fn of_sum(sum: usize, hundredths: i32) -> String {
    format!("{sum}:{hundredths}")
}

/// Whether `--check` is asked for, which counts nothing.
pub(crate) fn is_check(words: &[&str], what: &str) -> Result<bool, String> {
    match words {
        [] => Ok(false),
        ["--check"] => Ok(true),
        _ => Err(format!("usage: cargo xtask learn {what} [--check]")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_one_side_has_weighs_for_it_and_chance_has_no_line() {
        let of = |names: &[&str]| names.iter().map(|n| ((*n).to_string(), 1.0)).collect::<Vec<_>>();
        let (yes, no, once) = (of(&["a", "both"]), of(&["b", "both"]), of(&["b", "once"]));
        let mut samples: Vec<Sample> =
            (0..4).flat_map(|_| [(yes.as_slice(), true, 1.0), (no.as_slice(), false, 1.0)]).collect();
        samples.push((&once, false, 1.0));
        let named = Named::fitted(Fit { cost: 10.0, rounds: 50 }, &samples);
        assert!(named.share(&yes) > 0.8 && named.share(&no) < 0.2, "{} {}", named.share(&yes), named.share(&no));
        let written = lines(&[named], 4, of_sum);
        assert!(written.starts_with("a\t0:") && written.contains("\nb\t0:-") && !written.contains("once"), "{written}");
    }
}
