//! `cargo xtask learn gaps`: counts the weights of `kb/notice/gap_weights.toml`, by which values are read that no rule found.
//!
//! One logistic regression for each field over everything on the page that has the form of its value, with a penalty on large
//! weights, fitted by L-BFGS from zero: the same letters give the same file. Learned from are the open sets of
//! `tests/letters/`. From which share a value is read is found on sets left out in turn, among the letters in which the rules
//! leave the field open: `--check` prints what it rests on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use notice::{Candidate, GAPS};

use crate::eval_letters::{self, Valued, agrees, fold};
use crate::learn::fit::Fit;
use crate::learn::named::{Named, biases, is_check, lines, of_sum};
use crate::learn::work::{each, fingerprint, write};

/// Where the weights stand.
const FILE: &str = "notice/gap_weights.toml";
const FIT: Fit = Fit { cost: 1.0, rounds: 100 };
/// Weights below this many hundredths are left out.
const SMALLEST: i32 = 4;
/// How many of the values read in gaps must be right, on sets left out: over all fields, and of one field where it shows enough.
const RIGHT: f64 = 0.75;
const RIGHT_OF_FIELD: f64 = 0.6;
/// So many gaps filled show enough.
const ENOUGH: usize = 3;
/// The shares that are tried.
const SHARES: [f32; 16] = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9];
/// A field is not read.
const NEVER: f32 = 1.0;

/// What stands above the weights.
const HEAD: &str = "\
# What stands around a value, weighed for the fields that no rule found. Made by `cargo xtask learn gaps` from the labelled letters of
# the open sets in tests/letters/ (all invented; the sets kept apart for measuring are not among them): do not edit by hand.
# `read_at`: the share from which a field's best candidate is read (1.0: never), found on sets left out.
# One line per feature: `l:` words and marks before (the nearest count most), `l0:` to `l2:` the last three by place, `p:` the last two
# or three together, `r:` words after, `c:` words before in its cell, `b:` its label beside, `u:` its label above, `f:` its form, `s:` its
# place, `w:` words of a name, `taken:` another field that has it as its value, `part:` in part; a tab; `field:hundredths` for each
# field (counted from 0) that it counts for. Shares are never shown: they are no chances.
";

/// A letter with what of it may be a value.
struct Letter {
    labels: Valued,
    open: Vec<&'static str>,
    candidates: Vec<Candidate>,
}

/// A candidate of a field: its letter, whether it is the value, its features.
struct Sample {
    letter: usize,
    right: bool,
    /// No other field has it.
    free: bool,
    features: Vec<(String, f32)>,
}

pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let check = is_check(words, "gaps")?;
    let root = crate::root();
    let letters = letters(&root)?;
    println!("{} letters", letters.len());
    let fields: Vec<Vec<Sample>> = each(GAPS.len(), |i| samples(&letters, i));
    let left_out: Vec<Vec<Top>> = each(GAPS.len(), |i| tops(&letters, &fields[i], GAPS[i].0));
    let least = pooled(&left_out);
    let read_at: Vec<f32> = left_out.iter().map(|tops| of_field(tops, least)).collect();
    print(GAPS.iter().map(|(f, _)| *f), &left_out, &read_at);
    if check {
        return Ok(());
    }
    write(&root.join("kb").join(FILE), &counted(&letters, &fields, &read_at))
}

fn letters(root: &Path) -> Result<Vec<Letter>, String> {
    let reader = eval_letters::reader_with(FILE, None)?;
    let labelled = eval_letters::valued(root)?;
    let read = each(labelled.len(), |i| reader.gap_candidates(&labelled[i].document));
    let letter = |(labels, (open, candidates))| Letter { labels, open, candidates };
    Ok(labelled.into_iter().zip(read).map(letter).collect())
}

/// Whether a candidate is a field's value; nothing where careful readers could differ.
fn is_value(letter: &Valued, field: &str, candidate: &Candidate) -> Option<bool> {
    let titled = candidate.titled.as_ref().map(|(_, value)| value.as_str());
    let is = |label: &str| {
        let same = |value: &str| {
            fold(value) == fold(label) || candidate.form != notice::Form::Name && agrees(field, label, value)
        };
        same(&candidate.value) || titled.is_some_and(same)
    };
    if letter.asked.iter().any(|(f, v)| f == field && is(v)) {
        return Some(true);
    }
    let either = letter.allowed.iter().any(|(f, v)| f == field && v.as_ref().is_none_or(|v| is(v)));
    (!either).then_some(false)
}

fn samples(letters: &[Letter], field: usize) -> Vec<Sample> {
    let (name, form) = GAPS[field];
    let mut out = Vec::new();
    for (i, letter) in letters.iter().enumerate() {
        for candidate in letter.candidates.iter().filter(|c| c.form == form) {
            if let Some(right) = is_value(&letter.labels, name, candidate) {
                let features = candidate.for_field(name).into_iter().collect();
                out.push(Sample { letter: i, right, free: candidate.is_free(name), features });
            }
        }
    }
    out
}

fn fitted<'s>(samples: impl Iterator<Item = &'s Sample>) -> Named<'s> {
    Named::fitted(FIT, &samples.map(|s| (s.features.as_slice(), s.right, 1.0)).collect::<Vec<_>>())
}

/// A field's best candidate in a letter of a set that the weights were counted without.
pub(crate) struct Top {
    pub(crate) share: f32,
    pub(crate) right: bool,
    /// The rules leave the field open.
    pub(crate) gap: bool,
    /// The letter states the field.
    pub(crate) stated: bool,
    pub(crate) what: String,
    /// What the rules read of the field: its share, and whether it is right.
    pub(crate) read_by_rules: Vec<(f32, bool)>,
}

fn tops(letters: &[Letter], samples: &[Sample], field: &str) -> Vec<Top> {
    let sets: BTreeSet<&str> = letters.iter().map(|l| l.labels.set.as_str()).collect();
    let mut best: BTreeMap<usize, (f32, bool)> = BTreeMap::new();
    for set in sets {
        let of_set = |s: &&Sample| letters[s.letter].labels.set == set;
        let named = fitted(samples.iter().filter(|s| !of_set(s)));
        for sample in samples.iter().filter(of_set).filter(|s| s.free) {
            let share = named.share(&sample.features);
            let top = best.entry(sample.letter).or_insert((share, sample.right));
            if share > top.0 {
                *top = (share, sample.right);
            }
        }
    }
    let top = |(i, (share, right)): (usize, (f32, bool))| {
        let letter = &letters[i];
        Top {
            share,
            right,
            gap: letter.open.contains(&field),
            stated: letter.labels.asked.iter().any(|(f, _)| f == field),
            what: format!("{}/{}", letter.labels.set, letter.labels.document.name),
            read_by_rules: Vec::new(),
        }
    };
    best.into_iter().map(top).collect()
}

/// Filled and right in gaps from a share on.
fn filled<'t>(tops: impl Iterator<Item = &'t Top>, least: f32) -> (usize, usize) {
    let read: Vec<&Top> = tops.filter(|t| t.gap && t.share >= least).collect();
    (read.len(), read.iter().filter(|t| t.right).count())
}

/// The least share from which enough gaps are filled rightly, over all fields.
pub(crate) fn pooled(fields: &[Vec<Top>]) -> f32 {
    let enough = |least: &f32| {
        let (all, right) = filled(fields.iter().flatten(), *least);
        right as f64 >= RIGHT * all as f64
    };
    SHARES.iter().copied().find(enough).unwrap_or(NEVER)
}

/// The same for a field, where it shows enough.
pub(crate) fn of_field(tops: &[Top], least: f32) -> f32 {
    let sound = |share: &f32| {
        let (all, right) = filled(tops.iter(), *share);
        all < ENOUGH || right as f64 >= RIGHT_OF_FIELD * all as f64
    };
    SHARES.iter().copied().filter(|s| *s >= least).find(sound).unwrap_or(NEVER)
}

pub(crate) fn print<'n>(names: impl Iterator<Item = &'n str> + Clone, fields: &[Vec<Top>], read_at: &[f32]) {
    println!("| field | read at | right of all | gaps that state it | filled | right |\n|---|---|---|---|---|---|");
    for ((name, tops), least) in names.clone().zip(fields).zip(read_at) {
        let (all, right) = filled(tops.iter(), *least);
        let read: Vec<&Top> = tops.iter().filter(|t| t.share >= *least).collect();
        let stated = tops.iter().filter(|t| t.gap && t.stated).count();
        let sound = read.iter().filter(|t| t.right).count();
        println!("| {name} | {least} | {sound} of {} | {stated} | {all} | {right} |", read.len());
    }
    for (name, tops) in names.zip(fields) {
        for top in tops.iter().filter(|t| t.gap && t.share >= SHARES[0]) {
            println!("- {name} {:.2} {}{}", top.share, if top.right { "" } else { "WRONG " }, top.what);
        }
    }
}

fn counted(letters: &[Letter], fields: &[Vec<Sample>], read_at: &[f32]) -> String {
    let fits = each(fields.len(), |i| fitted(fields[i].iter()));
    let names: Vec<String> = GAPS.iter().map(|(f, _)| format!("{f:?}")).collect();
    let shares: Vec<String> = read_at.iter().map(|s| format!("{s:.2}")).collect();
    format!(
        "{HEAD}letters = {}\nfingerprint = {:?}\nfields = [{}]\nread_at = [{}]\nbias = [{}]\nweights = '''\n{}'''\n",
        letters.len(),
        print_of(letters.iter().map(|l| &l.labels)),
        names.join(", "),
        shares.join(", "),
        biases(&fits),
        lines(&fits, SMALLEST, of_sum),
    )
}

/// By which the letters and their labels can be known again.
pub(crate) fn print_of<'l>(letters: impl Iterator<Item = &'l Valued>) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for letter in letters {
        parts.extend(letter.document.pages.iter().map(|p| p.text.as_str()));
        parts.extend(letter.asked.iter().flat_map(|(f, v)| [f.as_str(), v.as_str()]));
        parts.extend(letter.allowed.iter().flat_map(|(f, v)| [f.as_str(), v.as_deref().unwrap_or("")]));
    }
    fingerprint(parts.into_iter())
}

#[cfg(test)]
mod tests {
    use crate::learn::work::kept;

    /// Letters or their labels were changed since the weights were counted: `cargo xtask learn gaps` counts them again.
    #[test]
    fn the_weights_were_counted_from_the_letters_that_are_there() {
        let root = crate::root();
        let letters = crate::eval_letters::valued(&root).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(kept(&root.join("kb").join(super::FILE)), Some(super::print_of(letters.iter())));
    }
}
