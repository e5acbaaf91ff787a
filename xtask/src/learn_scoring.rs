//! `cargo xtask learn scoring SET…`: how the rules, the words of a whole paper and its best sentences are put together for a reason: the
//! numbers of `scoring` in `kb/notice/telling_weights.toml`.
//!
//! Only letters from which neither rules nor weights were made show what each of them is worth with a stranger's letter: on letters that
//! they know the rules are always right. So name new sets, before anything else is made from them. The weights are counted without the sets, one
//! logistic regression is fitted over all reasons of all their letters, and each set is measured with numbers fitted on the others.

use crate::eval_letters::{self, Labelled};
use crate::learn::fit::{Fit, Found};
use crate::learn::told::Told;
use crate::learn::work::each;
use crate::{learn_reasons, learn_tellings};

const FIT: Fit = Fit { cost: 2.0, rounds: 200 };
/// The least that a whole paper's words and a sentence are taken for.
const PAPER_LEAST: f32 = -6.0;
const SENTENCE_LEAST: f32 = -8.0;
/// The names of the numbers in the order of [`numbers`].
const NAMES: [&str; 8] = ["score", "paper", "sentence", "own", "quoted", "surely", "coded", "others"];

/// By how much `start` is moved to look for the most reasons read rightly.
const STEPS: [f64; 5] = [-0.3, 0.0, 0.3, 0.6, 1.0];

/// A reason of a letter: the letter's place, what speaks for it, whether the letter gives it.
struct Row {
    text: usize,
    numbers: Found,
    stated: bool,
    given: bool,
}

pub(crate) fn run(sets: &[&str]) -> Result<(), String> {
    if sets.is_empty() {
        return Err("usage: cargo xtask learn scoring SET…".into());
    }
    let root = crate::root();
    let texts = eval_letters::learned_from(&root)?;
    let apart = |t: &Labelled| sets.contains(&t.set.as_str());
    let told = Told::read(&root)?;
    let samples = learn_tellings::sentences(&texts, &told)?;
    let others: Vec<&Labelled> = texts.iter().filter(|t| !apart(t)).collect();
    let plain = eval_letters::reader_with(learn_reasons::FILE, None)?;
    let reasons = learn_reasons::counted(&plain, &others)?;
    let tellings = learn_tellings::counted(&texts, &told, &samples, &|t| !apart(t));
    let reader = eval_letters::reader_with_all(vec![
        (learn_reasons::FILE, Some(reasons)),
        (learn_tellings::FILE, Some(tellings)),
    ])?;
    let letters: Vec<&Labelled> = texts.iter().filter(|t| apart(t)).collect();
    let inputs = each(letters.len(), |i| reader.reason_inputs(&letters[i].document));
    let mut rows = Vec::new();
    for (text, inputs) in inputs.into_iter().enumerate() {
        for (reason, i) in inputs {
            let given = letters[text].reasons.contains(&reason);
            if given || !letters[text].either.contains(&reason) {
                rows.push(Row { text, numbers: numbers(&i), stated: i.stated, given });
            }
        }
    }
    println!(
        "{} letters, {} reasons of which {} are given",
        letters.len(),
        rows.len(),
        rows.iter().filter(|r| r.given).count()
    );
    let mut sums = vec![0.0; rows.len()];
    for stated in [true, false] {
        for set in sets {
            let is_in = |r: &Row| letters[r.text].set == *set;
            let weights = fitted(&rows, &|r| r.stated == stated && (!is_in(r) || sets.len() == 1));
            for (sum, row) in sums.iter_mut().zip(&rows).filter(|(_, r)| r.stated == stated && is_in(r)) {
                *sum = total(&weights, &row.numbers);
            }
        }
    }
    println!("| start moved, stated | unstated | right | extra | missed | F1 |\n|---|---|---|---|---|---|");
    let all = letters.iter().map(|l| l.reasons.len()).sum::<usize>();
    for stated in STEPS {
        for unstated in STEPS {
            let counts = |(sum, row): &(&f64, &Row)| **sum + if row.stated { stated } else { unstated } > 0.0;
            let read: Vec<&Row> = sums.iter().zip(&rows).filter(counts).map(|(_, r)| r).collect();
            let right = read.iter().filter(|r| r.given).count();
            let f1 = 2.0 * right as f64 / (read.len() + all).max(1) as f64;
            println!(
                "| {stated:+.1} | {unstated:+.1} | {right} | {} | {} | {f1:.3} |",
                read.len() - right,
                all - right
            );
        }
    }
    for (name, stated) in [("stated", true), ("unstated", false)] {
        let weights = fitted(&rows, &|r| r.stated == stated);
        println!("\n[scoring.{name}]\nstart = {:.2}", weights[NAMES.len()]);
        NAMES.iter().zip(&weights).for_each(|(name, w)| println!("{name} = {w:.2}"));
    }
    Ok(())
}

fn numbers(i: &notice::ReasonInputs) -> Found {
    let when = |is: bool| f64::from(u8::from(is));
    let others = i.others.min(3) as f64;
    let all = [
        f64::from(i.score),
        f64::from(i.paper.max(PAPER_LEAST)),
        f64::from(i.sentence.max(SENTENCE_LEAST)),
        f64::from(i.own.max(SENTENCE_LEAST)),
        f64::from(i.quoted.max(SENTENCE_LEAST)),
        when(i.surely),
        when(i.coded),
        others,
    ];
    all.into_iter().enumerate().collect()
}

fn fitted(rows: &[Row], of: &dyn Fn(&Row) -> bool) -> Vec<f64> {
    let samples: Vec<(&Found, bool)> = rows.iter().filter(|r| of(r)).map(|r| (&r.numbers, r.given)).collect();
    FIT.yes_or_no(&samples, NAMES.len())
}

fn total(weights: &[f64], numbers: &Found) -> f64 {
    weights[NAMES.len()] + numbers.iter().map(|(at, v)| weights[*at] * v).sum::<f64>()
}
