//! `cargo xtask learn reasons`: counts the weights of `kb/notice/reason_weights.toml` from labelled letters and passages.
//!
//! One logistic regression for each reason, and one for "no reason is given", each with a penalty on large weights, fitted by
//! L-BFGS from zero: the same texts give the same file. Learned from are the open sets of `tests/letters/`, the examples
//! beside the rules and the plans' words in the cases of opinion letters ([`eval_letters::learned_from`]). `--check` measures what weights do on passages that they were not
//! counted from.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::eval_letters::{self, Labelled};
use crate::learn::fit::{Fit, Found};
use crate::learn::work::{each, fingerprint, places};

/// Where the weights stand.
pub(crate) const FILE: &str = "notice/reason_weights.toml";
/// The fit of a sum.
const FIT: Fit = Fit { cost: 40.0, rounds: 80 };
/// Weights below this many hundredths are left out.
const SMALLEST: i32 = 10;
/// Parts into which the passages are cut for `--check`: each in turn is read with weights counted without it.
const PARTS: usize = 5;
/// Sets of papers that `--check` reads with weights counted without them.
const PAPERS: [&str; 2] = ["voices", "blind"];

/// What stands beside the weights.
const HEAD: &str = "\
# What the words of a plan's paper weigh for its reasons. Made by `cargo xtask learn reasons` from the labelled papers and passages
# of the open sets in tests/letters/, reasons.examples.toml, and what plans say in the cases of tests/opinions/ (all invented; the
# sets kept apart for measuring are not among them): do not edit by hand. `texts`: how many. `most_words`: the most words of a paper that are weighed. In a paper
# of more sentences than `short` a quote of the rules is weighed once more with `around` sentences on either side, so that the
# rest does not drown it.
# `sums`: the reasons, and `none`, that no reason is given. One line per feature: `w:` words, `c:` letters of a word, `q:` ideas of
# concepts.toml in order, `o:` two ideas in this order; a tab; `sum:hundredths` for each sum (counted from 0) that it counts for.
# `scoring`: a reason's score is `start` + `words` × its sum + `others` × the best sum of another reason (`others_least` or more)
# + `none` × the sum for none (within ±`none_within`) + `rules` where the rules read it, `fallback` where only as a fallback,
# `beside` for each other reason that they read (up to two) where they do not. One that the rules state needs `stated_stays`, one
# that they read as a fallback `stays`, another one `added`. Scores are never shown: they are no chances.
";
/// How sums and rules are put together: chosen by cross-validation on passages that the rules had not been written from.
const SCORING: &str = "\
[scoring]
words = 1.0
others = -0.4
others_least = -4.0
none = -1.1
none_within = 3.0
rules = 1.25
fallback = 0.0
beside = -1.15
start = -2.0
stated_stays = -2.5
stays = -1.0
added = -1.0
";
/// The most words of a paper that are weighed: a long letter's first pages.
const MOST_WORDS: usize = 4000;
/// A paper of more sentences is long.
const SHORT: usize = 10;
/// Sentences on either side of a quote that are weighed with it: chosen on the papers of two sets kept out.
const AROUND: usize = 1;

pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    match words {
        [] => write(),
        ["--check"] => check(),
        _ => Err("usage: cargo xtask learn reasons [--check]".into()),
    }
}

fn write() -> Result<(), String> {
    let root = crate::root();
    let texts = eval_letters::learned_from(&root)?;
    let counted = counted(&reader(None)?, &texts.iter().collect::<Vec<_>>())?;
    println!("{} texts", texts.len());
    crate::learn::work::write(&root.join("kb").join(FILE), &counted)
}

/// The reader with other weights than those of the knowledge base, or with none.
fn reader(weights: Option<String>) -> Result<notice::Reader, String> {
    eval_letters::reader_with(FILE, weights)
}

/// The file's text, counted from some texts.
pub(crate) fn counted(reader: &notice::Reader, texts: &[&Labelled]) -> Result<String, String> {
    let vocabulary: std::collections::BTreeSet<&str> =
        texts.iter().flat_map(|t| t.reasons.iter().map(String::as_str)).collect();
    let mut sums: Vec<&str> = vocabulary.into_iter().collect();
    sums.push(notice::NO_REASON);
    let found: Vec<Vec<(String, f32)>> = each(texts.len(), |i| reader.reason_features(&texts[i].document));
    let names = places(found.iter().map(Vec::as_slice));
    let at: HashMap<&str, usize> = names.iter().enumerate().map(|(i, n)| (*n, i)).collect();
    let sample = |f: &Vec<(String, f32)>| -> Found {
        f.iter().filter_map(|(n, v)| Some((*at.get(n.as_str())?, f64::from(*v)))).collect()
    };
    let samples: Vec<Found> = found.iter().map(sample).collect();
    let weights = each(sums.len(), |k| {
        let told = samples.iter().zip(texts).filter_map(|(f, text)| Some((f, states(text, sums[k])?)));
        FIT.yes_or_no(&told.collect::<Vec<_>>(), names.len())
    });
    Ok(written(texts, &sums, &names, &weights))
}

/// By which the texts and their labels can be known again.
pub(crate) fn print_of(texts: &[&Labelled]) -> String {
    fingerprint(texts.iter().flat_map(|t| {
        let pages = t.document.pages.iter().map(|p| p.text.as_str());
        pages.chain(t.reasons.iter().map(String::as_str)).chain(["|"]).chain(t.either.iter().map(String::as_str))
    }))
}

/// Whether a text states a reason, or gives none; nothing where either is right.
fn states(text: &Labelled, sum: &str) -> Option<bool> {
    if sum == notice::NO_REASON {
        return if text.reasons.is_empty() && !text.either.is_empty() { None } else { Some(text.reasons.is_empty()) };
    }
    let stated = text.reasons.iter().any(|r| r == sum);
    if !stated && text.either.iter().any(|r| r == sum) { None } else { Some(stated) }
}

/// The file's text.
fn written(texts: &[&Labelled], sums: &[&str], names: &[&str], weights: &[Vec<f64>]) -> String {
    let quoted: Vec<String> = sums.iter().map(|s| format!("{s:?}")).collect();
    let bias: Vec<String> = weights.iter().map(|w| format!("{:.3}", w[names.len()])).collect();
    let mut out = format!(
        "{HEAD}texts = {}\nfingerprint = {:?}\nmost_words = {MOST_WORDS}\nshort = {SHORT}\naround = {AROUND}\nsums = [{}]\nbias = [{}]\nweights = '''\n",
        texts.len(),
        print_of(texts),
        quoted.join(", "),
        bias.join(", ")
    );
    for (i, name) in names.iter().enumerate() {
        let hundredths = weights.iter().map(|w| (w[i] * 100.0).round() as i32).enumerate();
        let line: Vec<String> =
            hundredths.filter(|(_, w)| w.abs() >= SMALLEST).map(|(k, w)| format!("{k}:{w}")).collect();
        if !line.is_empty() {
            let _ = writeln!(out, "{name}\t{}", line.join(" "));
        }
    }
    out.push_str("'''\n\n");
    out.push_str(SCORING);
    out
}

/// Right, extra and missed reasons.
#[derive(Default, Clone, Copy)]
pub(crate) struct Tally {
    right: usize,
    extra: usize,
    missed: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, reader: &notice::Reader, text: &Labelled) {
        let reading = reader.read(std::slice::from_ref(&text.document));
        let read: Vec<&String> = reading.reasons.iter().map(|r| &r.reason).collect();
        self.right += read.iter().filter(|r| text.reasons.contains(r)).count();
        self.extra += read.iter().filter(|r| !text.reasons.contains(r) && !text.either.contains(r)).count();
        self.missed += text.reasons.iter().filter(|r| !read.contains(r)).count();
    }

    pub(crate) fn row(self, name: &str) {
        let ratio = |a: usize, b: usize| a as f64 / b.max(1) as f64;
        let (p, r) = (ratio(self.right, self.right + self.extra), ratio(self.right, self.right + self.missed));
        let f1 = 2.0 * p * r / (p + r).max(f64::MIN_POSITIVE);
        println!("| {name} | {} | {} | {} | {p:.3} | {r:.3} | {f1:.3} |", self.right, self.extra, self.missed);
    }
}

/// Measures on the passages of `tests/letters/passages/`, from which no rule was written: with the rules alone, with weights
/// counted from everything but the part that is read, and with weights counted from other writers alone. Then on the papers of
/// two sets, which the rules know, with weights that do not: what is wrong there the weights did.
fn check() -> Result<(), String> {
    let texts = eval_letters::learned_from(&crate::root())?;
    let (passages, others): (Vec<&Labelled>, Vec<&Labelled>) = texts.iter().partition(|t| t.set == "passages");
    let rules = reader(None)?;
    let (mut alone, mut parts, mut apart) = (Tally::default(), Tally::default(), Tally::default());
    passages.iter().for_each(|t| alone.add(&rules, t));
    let with = reader(Some(counted(&rules, &others)?))?;
    passages.iter().for_each(|t| apart.add(&with, t));
    for part in 0..PARTS {
        let is_in = |i: usize| i * PARTS / passages.len().max(1) == part;
        let rest = passages.iter().enumerate().filter(|(i, _)| !is_in(*i)).map(|(_, t)| *t);
        let with = reader(Some(counted(&rules, &others.iter().copied().chain(rest).collect::<Vec<_>>())?))?;
        passages.iter().enumerate().filter(|(i, _)| is_in(*i)).for_each(|(_, t)| parts.add(&with, t));
    }
    println!(
        "| {} passages | right | extra | missed | precision | recall | F1 |\n|---|---|---|---|---|---|---|",
        passages.len()
    );
    let mut papers = Tally::default();
    let is_paper = |t: &&Labelled| PAPERS.contains(&t.set.as_str());
    let with = reader(Some(counted(&rules, &texts.iter().filter(|t| !is_paper(t)).collect::<Vec<_>>())?))?;
    for text in texts.iter().filter(is_paper) {
        let before = papers;
        papers.add(&with, text);
        if (papers.extra, papers.missed) != (before.extra, before.missed) {
            println!("{}", text.document.name);
        }
    }
    alone.row("rules alone");
    apart.row("weights of other writers");
    parts.row("weights of all but a fifth");
    papers.row(&format!("papers of {}, weights of all others", PAPERS.join(" and ")));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::learn::work::kept;

    /// Texts or their labels were changed since the weights were counted: `cargo xtask learn reasons` counts them again.
    #[test]
    fn the_weights_were_counted_from_the_texts_that_are_there() {
        let root = crate::root();
        let texts = crate::eval_letters::learned_from(&root).unwrap_or_else(|e| panic!("{e}"));
        let now = super::print_of(&texts.iter().collect::<Vec<_>>());
        assert_eq!(kept(&root.join("kb").join(super::FILE)), Some(now));
    }
}
