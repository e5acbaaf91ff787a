//! `cargo xtask learn decisions`: counts the weights of `kb/notice/decision_weights.toml` from the labelled letters of the open sets: which
//! decision a plan's notice tells.
//!
//! One logistic regression over all decisions, with a penalty on large weights, fitted by L-BFGS from zero: the same letters give the
//! same file. How words and rules are put together is fitted on the letters of [`STRANGE`] alone, which no rule was written from, each read
//! by weights that were counted without its set: on letters that they know the rules are nearly always right. What is printed is
//! measured in the same way.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::Path;

use facts::Document;
use notice::{DECISIONS, MOST_WORDS, TOP_LINES};

use crate::eval_letters;
use crate::learn::fit::{Fit, Found, lowest};
use crate::learn::work::{each, fingerprint, places, write};

/// Where the weights stand.
const FILE: &str = "notice/decision_weights.toml";
const FIT: Fit = Fit { cost: 100.0, rounds: 150 };
/// How far the decisions count alike, however many letters there are of each.
const EVENLY: f64 = 0.3;
/// The penalty on large numbers where words and rules are put together.
const LIGHTLY: f64 = 0.2;
/// By how much a yes must be likelier than every no where the rules read a no, and the other way: chosen on letters left out.
const TURNED: f64 = 1.5;
/// Weights below this many hundredths are left out.
const SMALLEST: i32 = 8;
/// So many times the letters are read by weights that were counted without their sets.
const PARTS: usize = 6;
/// Sets whose letters no rule of kinds was written from.
const STRANGE: [&str; 16] = [
    "tins", "casks", "urns", "crocks", "flasks", "jugs", "mugs", "bowls", "pails", "kegs", "tubs", "vats", "churns",
    "trays", "drums", "flagons",
];

/// What stands above the weights.
const HEAD: &str = "\
# What the words of a plan's letter weigh for which decision it tells. Made by `cargo xtask learn decisions` from the labelled letters of
# the open sets in tests/letters/ (all invented; the sets kept apart for measuring are not among them): do not edit by hand. `letters`: how many.
# `most_words`: the most words of a letter that are weighed; `top_lines`: how many lines are its top. `trust`: what the
# logarithm of the words' share counts; `rules`: what it counts for each decision that the rules read it; `turned`: by how
# much a yes must be higher than every no where the rules read a no, and the other way. One line per feature: `w:` one or two
# words of the letter, `t:` of its top, `b:` those that begin its lines; a tab; `decision:hundredths` for each (counted from 0) that it
# counts for. Sums are never shown: they are no chances.
";

/// A letter, its decision, and others that a careful reader could take it for.
struct Letter {
    set: String,
    document: Document,
    decision: usize,
    either: Vec<usize>,
}

pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    if !words.is_empty() {
        return Err("usage: cargo xtask learn decisions".into());
    }
    let root = crate::root();
    let letters = letters(&root)?;
    let reader = eval_letters::reader_with(FILE, None)?;
    let found = each(letters.len(), |i| reader.decision_features(&letters[i].document));
    let by_rules = each(letters.len(), |i| reader.decision(&letters[i].document));
    let sets: Vec<&str> = letters.iter().map(|l| l.set.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    let part = |l: &Letter| sets.iter().position(|s| *s == l.set).unwrap_or_default() % PARTS;
    let mut shares = vec![[0.0; DECISIONS.len()]; letters.len()];
    for one in 0..PARTS {
        let weights = Counted::from(&letters, &found, &|l| part(l) != one);
        for (i, share) in shares.iter_mut().enumerate().filter(|(i, _)| part(&letters[*i]) == one) {
            *share = weights.shares(&found[i]);
        }
    }
    let strange: Vec<usize> = (0..letters.len()).filter(|i| STRANGE.contains(&letters[*i].set.as_str())).collect();
    let together = |of: &dyn Fn(usize) -> bool| {
        let chosen: Vec<usize> = strange.iter().copied().filter(|i| of(*i)).collect();
        put_together(&chosen, &letters, &shares, &by_rules)
    };
    let mut read = vec![[None; 3]; letters.len()];
    for one in 0..PARTS {
        let numbers = together(&|i| part(&letters[i]) != one);
        for i in strange.iter().copied().filter(|i| part(&letters[*i]) == one) {
            let both = sums(&numbers, &shares[i], by_rules[i]);
            read[i] = [by_rules[i], best(&shares[i], None, 0.0), best(&both, by_rules[i], TURNED)];
        }
    }
    print(&strange, &letters, &read);
    let all = Counted::from(&letters, &found, &|_| true);
    write(&root.join("kb").join(FILE), &file(&letters, &all, &together(&|_| true)))
}

/// The letters of the open sets that tell a decision.
fn letters(root: &Path) -> Result<Vec<Letter>, String> {
    let mut out = Vec::new();
    for letter in eval_letters::valued(root)? {
        let asked = |field: &str| letter.asked.iter().find(|(f, _)| f == field).map(|(_, v)| v.as_str());
        let document = asked("document").unwrap_or_default();
        let place = |kind: &str| {
            let name = match (kind, document) {
                ("external_decision", "approval") => "external_overturned",
                ("external_decision", _) => "external_upheld",
                (kind, _) => kind,
            };
            DECISIONS.iter().position(|d| *d == name)
        };
        let either =
            letter.allowed.iter().filter(|(f, _)| f == "notice.kind").filter_map(|(_, v)| place(v.as_deref()?));
        let either = either.collect();
        let decides = matches!(document, "denial_letter" | "approval");
        if let Some(decision) = asked("notice.kind").and_then(place).filter(|_| decides) {
            out.push(Letter { set: letter.set, document: letter.document, decision, either });
        }
    }
    Ok(out)
}

/// Weights by the names of their features, and those that stand for none.
struct Counted {
    weights: BTreeMap<String, [f64; DECISIONS.len()]>,
    bias: [f64; DECISIONS.len()],
}

impl Counted {
    fn from(letters: &[Letter], found: &[Vec<(String, f32)>], of: &dyn Fn(&Letter) -> bool) -> Counted {
        let let_in: Vec<usize> = (0..letters.len()).filter(|i| of(&letters[*i])).collect();
        let names = places(let_in.iter().map(|i| found[*i].as_slice()));
        let at: HashMap<&str, usize> = names.iter().enumerate().map(|(i, n)| (*n, i)).collect();
        let sample = |i: &usize| -> (Found, usize) {
            let f = found[*i].iter().filter_map(|(n, v)| Some((*at.get(n.as_str())?, f64::from(*v)))).collect();
            (f, letters[*i].decision)
        };
        let samples: Vec<_> = let_in.iter().map(sample).collect();
        let fitted = FIT.one_of_evenly::<{ DECISIONS.len() }>(&samples, names.len(), EVENLY);
        let mut rows = fitted.chunks(DECISIONS.len()).map(|row| std::array::from_fn(|k| row[k]));
        let weights = names.iter().map(|n| n.to_string()).zip(rows.by_ref()).collect();
        Counted { weights, bias: rows.next().unwrap_or_default() }
    }

    /// The logarithm of each decision's share.
    fn shares(&self, found: &[(String, f32)]) -> [f64; DECISIONS.len()] {
        let mut sums = self.bias;
        for (weights, value) in found.iter().filter_map(|(n, v)| Some((self.weights.get(n)?, f64::from(*v)))) {
            sums.iter_mut().zip(weights).for_each(|(s, w)| *s += w * value);
        }
        let top = sums.iter().copied().fold(f64::MIN, f64::max);
        let all = sums.iter().map(|s| (s - top).exp()).sum::<f64>().ln() + top;
        sums.map(|s| s - all)
    }
}

/// What the words count and what the rules count for each decision ([`sums`]), fitted on letters that neither had seen.
fn put_together(
    of: &[usize],
    letters: &[Letter],
    shares: &[[f64; DECISIONS.len()]],
    by_rules: &[Option<usize>],
) -> Vec<f64> {
    let loss = |numbers: &[f64]| {
        let mut value = numbers.iter().map(|n| n * n).sum::<f64>() * LIGHTLY / 2.0;
        let mut slope: Vec<f64> = numbers.iter().map(|n| n * LIGHTLY).collect();
        for i in of {
            let mut sums = sums(numbers, &shares[*i], by_rules[*i]);
            if let Some(rules) = by_rules[*i] {
                let shut = |d: usize| d != letters[*i].decision && !notice::may_be(d, rules);
                (0..sums.len()).filter(|d| shut(*d)).for_each(|d| sums[d] = f64::NEG_INFINITY);
            }
            let top = sums.iter().copied().fold(f64::MIN, f64::max);
            let all: f64 = sums.iter().map(|s| (s - top).exp()).sum();
            value -= sums[letters[*i].decision] - top - all.ln();
            for (d, sum) in sums.iter().enumerate() {
                let off = if *sum == f64::NEG_INFINITY { 0.0 } else { (sum - top).exp() / all }
                    - f64::from(u8::from(letters[*i].decision == d));
                slope[0] += off * shares[*i][d];
                slope[1 + d] += if by_rules[*i] == Some(d) { off } else { 0.0 };
            }
        }
        (value, slope)
    };
    lowest(1 + DECISIONS.len(), 100, loss)
}

fn sums(numbers: &[f64], shares: &[f64; DECISIONS.len()], by_rules: Option<usize>) -> [f64; DECISIONS.len()] {
    std::array::from_fn(|d| numbers[0] * shares[d] + if by_rules == Some(d) { numbers[1 + d] } else { 0.0 })
}

/// The likeliest of the decisions that may be read beside the rules'; a yes for a no, or the other way, only where it is likelier by `turned`.
fn best(sums: &[f64; DECISIONS.len()], by_rules: Option<usize>, turned: f64) -> Option<usize> {
    let open = (0..DECISIONS.len()).filter(|d| by_rules.is_none_or(|r| notice::may_be(*d, r)));
    let less = |d: usize| if by_rules.is_some_and(|r| notice::grants(d) != notice::grants(r)) { turned } else { 0.0 };
    open.max_by(|a, b| (sums[*a] - less(*a)).total_cmp(&(sums[*b] - less(*b))))
}

/// How many are read rightly by the rules, by the words, and by both.
fn print(of: &[usize], letters: &[Letter], read: &[[Option<usize>; 3]]) {
    println!("| decision | letters | rules | words | both |\n|---|---|---|---|---|");
    let row = |name: &str, chosen: &[usize]| {
        let right = |how: usize| {
            let is = |i: &&usize| {
                read[**i][how].is_some_and(|d| d == letters[**i].decision || letters[**i].either.contains(&d))
            };
            chosen.iter().filter(is).count()
        };
        println!("| {name} | {} | {} | {} | {} |", chosen.len(), right(0), right(1), right(2));
    };
    for (decision, name) in DECISIONS.iter().enumerate() {
        row(name, &of.iter().copied().filter(|i| letters[*i].decision == decision).collect::<Vec<_>>());
    }
    row("all", of);
}

fn file(letters: &[Letter], counted: &Counted, numbers: &[f64]) -> String {
    let list = |of: &mut dyn Iterator<Item = &f64>| of.map(|w| format!("{w:.3}")).collect::<Vec<_>>().join(", ");
    let mut out = format!(
        "{HEAD}letters = {}\nfingerprint = {:?}\nmost_words = {MOST_WORDS}\ntop_lines = {TOP_LINES}\ntrust = {:.3}\nrules = [{}]\nturned = {TURNED:?}\ndecisions = [{}]\nbias = [{}]\nweights = '''\n",
        letters.len(),
        print_of(letters),
        numbers[0],
        list(&mut numbers[1..=DECISIONS.len()].iter()),
        DECISIONS.map(|d| format!("{d:?}")).join(", "),
        list(&mut counted.bias.iter()),
    );
    for (name, weights) in &counted.weights {
        let hundredths = weights.iter().map(|w| (w * 100.0).round() as i32).enumerate();
        let line: Vec<String> =
            hundredths.filter(|(_, w)| w.abs() >= SMALLEST).map(|(k, w)| format!("{k}:{w}")).collect();
        if !line.is_empty() {
            let _ = writeln!(out, "{name}\t{}", line.join(" "));
        }
    }
    out.push_str("'''\n");
    out
}

/// By which the letters and their decisions can be known again.
fn print_of(letters: &[Letter]) -> String {
    let texts = |l: &'_ Letter| l.document.pages.iter().map(|p| p.text.clone()).collect::<Vec<_>>();
    let parts: Vec<String> =
        letters.iter().flat_map(|l| texts(l).into_iter().chain([DECISIONS[l.decision].to_string()])).collect();
    fingerprint(parts.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use crate::learn::work::kept;

    /// Letters or their decisions were changed since the weights were counted: `cargo xtask learn decisions` counts them again.
    #[test]
    fn the_weights_were_counted_from_the_letters_that_are_there() {
        let root = crate::root();
        let letters = super::letters(&root).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(kept(&root.join("kb").join(super::FILE)), Some(super::print_of(&letters)));
    }
}
