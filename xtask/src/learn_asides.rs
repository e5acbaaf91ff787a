//! `cargo xtask learn asides`: counts the weights of `kb/notice/aside_weights.toml`, by which a sentence that names a reason is
//! told apart from one that gives it.
//!
//! One logistic regression over the sentences that name reasons, with a penalty on large weights, fitted by L-BFGS from zero:
//! the same texts give the same file. A sentence gives a reason when the letter's labels have one that it names. Learned from is
//! what [`crate::learn_reasons`] learns from, which is to be counted after it. `--check` prints what sets left out show.

use std::collections::BTreeSet;

use crate::eval_letters::{self, Labelled};
use crate::learn::fit::Fit;
use crate::learn::named::{Named, biases, is_check, lines};
use crate::learn::work::{each, write};
use crate::learn_reasons::print_of;

/// Where the weights stand.
const FILE: &str = "notice/aside_weights.toml";
const FIT: Fit = Fit { cost: 2.0, rounds: 100 };
/// Weights below this many hundredths are left out.
const SMALLEST: i32 = 4;
/// What a lost reason counts beside one too many.
const LOST: i64 = 3;
/// The shares that are tried.
const SHARES: [f32; 11] = [0.55, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05];
/// What a sentence of a passage that was cut out of a letter counts beside one of a letter.
const OF_PASSAGE: f64 = 0.3;

/// What stands above the weights.
const HEAD: &str = "\
# What a sentence that names a reason weighs for giving it. Made by `cargo xtask learn asides` from the labelled papers and passages of
# the open sets in tests/letters/, reasons.examples.toml and what plans say in the cases of tests/opinions/ (all invented; the sets kept
# apart for measuring are not among them): do not edit by hand. Below the share `said_at`, found on sets left out, a sentence is an
# aside. One line per feature: `w:` one or two words, `b:` the first ones, `q:` ideas of concepts.toml, `c:` cues of the sentence, `a:`
# and `z:` of the one before and after, `n:` how many reasons it names, which two, and how long it is, `r:` which, `l:` how it stands among the sentences that name
# reasons, `o:` what of this case it speaks of, `s:` its
# section and place; a tab; hundredths. Shares are never shown: they are no chances.
";

/// A sentence that names reasons.
struct Sample {
    text: usize,
    gives: bool,
    features: Vec<(String, f32)>,
    quote: String,
}

pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let check = is_check(words, "asides")?;
    let root = crate::root();
    let texts = eval_letters::learned_from(&root)?;
    let reader = eval_letters::reader_with(FILE, None)?;
    let named = each(texts.len(), |i| reader.namings(&texts[i].document));
    let mut samples = Vec::new();
    for (i, (text, named)) in texts.iter().zip(named).enumerate() {
        for naming in named {
            let is = |list: &[String]| naming.reasons.iter().any(|r| list.contains(r));
            if is(&text.reasons) || !is(&text.either) {
                let page = text.document.pages.get(naming.page - 1).map_or("", |p| p.text.as_str());
                let quote = page
                    .get(naming.span.0..naming.span.1)
                    .unwrap_or("")
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ");
                let features = naming.features.into_iter().collect();
                samples.push(Sample { text: i, gives: is(&text.reasons), features, quote });
            }
        }
    }
    let gives = samples.iter().filter(|s| s.gives).count();
    println!("{} texts, {} sentences that name a reason, {gives} that give one", texts.len(), samples.len());
    let shares = left_out(&texts, &samples);
    let said_at = chosen(&texts, &samples, &shares, check);
    if check {
        return Ok(());
    }
    write(&root.join("kb").join(FILE), &counted(&texts, &samples, said_at))
}

/// Whether a text is a passage and no letter.
fn is_passage(text: &Labelled) -> bool {
    text.document.name == "passage"
}

fn fitted<'s>(texts: &[Labelled], samples: impl Iterator<Item = &'s Sample>) -> Named<'s> {
    let counts = |s: &Sample| if is_passage(&texts[s.text]) { OF_PASSAGE } else { 1.0 };
    Named::fitted(FIT, &samples.map(|s| (s.features.as_slice(), s.gives, counts(s))).collect::<Vec<_>>())
}

/// Each sentence's share with weights that were counted without its set.
fn left_out(texts: &[Labelled], samples: &[Sample]) -> Vec<f32> {
    let sets: Vec<&str> = texts.iter().map(|t| t.set.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    let parts = each(sets.len(), |i| {
        let of_set = |s: &&Sample| texts[s.text].set == sets[i];
        let named = fitted(texts, samples.iter().filter(|s| !of_set(s)));
        let of = samples.iter().enumerate().filter(|(_, s)| of_set(s));
        of.map(|(at, s)| (at, named.share(&s.features))).collect::<Vec<_>>()
    });
    let mut out = vec![1.0; samples.len()];
    parts.into_iter().flatten().for_each(|(at, share)| out[at] = share);
    out
}

/// The share below which most sentences of letters fall that give no reason, those that give one counted [`LOST`] times against them.
fn chosen(texts: &[Labelled], samples: &[Sample], shares: &[f32], all: bool) -> f32 {
    let letters: Vec<(&Sample, f32)> =
        samples.iter().zip(shares).filter(|(s, _)| !is_passage(&texts[s.text])).map(|(s, v)| (s, *v)).collect();
    let below = |gives: bool, least: f32| letters.iter().filter(|(s, v)| s.gives == gives && *v < least).count();
    let count = |gives: bool| letters.iter().filter(|(s, _)| s.gives == gives).count();
    println!("| below | of {} that give a reason | of {} that do not |\n|---|---|---|", count(true), count(false));
    for least in SHARES {
        println!("| {least} | {} | {} |", below(true, least), below(false, least));
    }
    // A reason that is lost is missed by everybody; one too many is seen and struck out.
    let gained = |least: &f32| below(false, *least) as i64 - LOST * below(true, *least) as i64;
    let found = SHARES.into_iter().max_by_key(gained).unwrap_or_default();
    for (s, v) in letters.iter().filter(|(s, v)| all && s.gives && *v < found.max(0.3)) {
        println!("- gives {v:.2} {}/{}: {}", texts[s.text].set, texts[s.text].document.name, s.quote);
    }
    for (s, v) in letters.iter().filter(|(s, v)| all && !s.gives && *v >= 0.6) {
        println!("- does not {v:.2} {}/{}: {}", texts[s.text].set, texts[s.text].document.name, s.quote);
    }
    found
}

fn counted(texts: &[Labelled], samples: &[Sample], said_at: f32) -> String {
    let fit = [fitted(texts, samples.iter())];
    format!(
        "{HEAD}texts = {}\nfingerprint = {:?}\nsaid_at = {said_at:.2}\nbias = {}\nweights = '''\n{}'''\n",
        texts.len(),
        print_of(&texts.iter().collect::<Vec<_>>()),
        biases(&fit),
        lines(&fit, SMALLEST, |_, hundredths| hundredths.to_string()),
    )
}

#[cfg(test)]
mod tests {
    use crate::learn::work::kept;

    /// Texts or their labels were changed since the weights were counted: `cargo xtask learn asides` counts them again.
    #[test]
    fn the_weights_were_counted_from_the_texts_that_are_there() {
        let root = crate::root();
        let texts = crate::eval_letters::learned_from(&root).unwrap_or_else(|e| panic!("{e}"));
        let print = super::print_of(&texts.iter().collect::<Vec<_>>());
        assert_eq!(kept(&root.join("kb").join(super::FILE)), Some(print));
    }
}
