//! `cargo xtask learn tells|opinions|reasons|list`: counts weights from labelled letters (`reasons` is [`crate::learn_reasons`]).
//!
//! - `tells`: `kb/opinions/tells.toml`, what a sentence tells, from the sentences labelled in `tests/opinions/sentences/`
//!   (`--without SET,SET` leaves sets out and `--kb FOLDER` writes into a copy of `kb/`, to measure on what was left out);
//! - `opinions`: `kb/opinions/weights.toml`, the outcome a sentence speaks for ([`spoken`]), from all sets of [`eval_opinions::SETS`] but those kept
//!   apart for measuring;
//! - `risks`: `kb/opinions/risks.toml`, which sentences could harm ([`risks`]);
//! - `judge`: `kb/opinions/judge.toml`, what a whole letter shows ([`judge`]);
//! - `folds` measures on sets left out in turn ([`folds`]);
//! - `list SET` prints the sentences of a set's letters, for those who label them.
//!
//! Logistic regression with a penalty on large weights ([`fit`]): the same letters give the same files. First `tells`, then
//! `opinions`, then `folds again` and `judge`; again whenever rules, cues or letters change. The features come from [`opinion::Checker`].

pub(crate) mod fit;
mod folds;
mod grafts;
mod hearing;
mod judge;
mod labels;
pub(crate) mod named;
mod risks;
mod spoken;
pub(crate) mod told;
pub(crate) mod work;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use facts::{Case, Document};
use opinion::{Checker, SIGNS};

use crate::eval_opinions::{self, page};
use fit::{Fit, Found, share};
use labels::Labelled;
use work::{each, fingerprint, places, write};

/// The fit of what a sentence tells.
const TELLS: Fit = Fit { cost: 5.0, rounds: 60 };
/// Features whose largest weight is below this many hundredths are left out.
const SMALLEST_TELLS: i32 = 20;

/// How often a sentence that is heard to tell something must tell it.
const OFTEN_ENOUGH: f64 = 0.6;

/// What stands above the weights of what a sentence tells.
const HEAD_TELLS: &str = "\
# What words of a sentence of a second-opinion letter weigh for what it tells. Made by `cargo xtask learn tells` from the
# sentences labelled in tests/opinions/sentences/ (all invented): do not edit by hand. `letters`, `sentences`: how many.
# One line per feature: `w:` words, `c:` letters of a word, `g:` how it stands to what was asked for, `q:` the writer's own cues in order, `a:`, `b:`, `f:` cues of the
# sentence, of the one before and of the one after, `s:` the section and place; a tab; hundredths for each sign in order.
# `heard_at`: the share from which a sign is heard, the one that was right most often on sets left out when it was counted.
# Shares are never shown: they are no chances.
";

/// What the command line asks for.
struct Asked {
    without: Vec<String>,
    kb: PathBuf,
    /// Whether `heard_at` stays as it is: to find it each sign is counted once more for every set.
    keep_heard: bool,
}

pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    match words {
        ["reasons", rest @ ..] => return crate::learn_reasons::run(rest),
        ["kinds", rest @ ..] => return crate::learn_kinds::run(rest),
        ["decisions", rest @ ..] => return crate::learn_decisions::run(rest),
        ["spans", rest @ ..] => return crate::learn_spans::run(rest),
        ["asides", rest @ ..] => return crate::learn_asides::run(rest),
        ["tellings", rest @ ..] => return crate::learn_tellings::run(rest),
        ["scoring", rest @ ..] => return crate::learn_scoring::run(rest),
        ["gaps", rest @ ..] => return crate::learn_gaps::run(rest),
        ["folds", rest @ ..] => return folds::run(rest),
        _ => {}
    }
    let root = crate::root();
    if let ["hearing", rest @ ..] = words {
        return hearing::run(&root, rest);
    }
    if words == ["judge"] {
        folds::count_what_is_not_there(&root)?;
        return judge::run(&root);
    }
    let after = |flag: &str| words.iter().position(|w| *w == flag).and_then(|i| words.get(i + 1)).copied();
    let asked = Asked {
        without: after("--without").map(|s| s.split(',').map(str::to_string).collect()).unwrap_or_default(),
        kb: after("--kb").map_or(root.join("kb"), PathBuf::from),
        keep_heard: false,
    };
    let kb = eval_opinions::load(&asked.kb)?;
    let checker = Checker::new(&kb).map_err(|e| e.to_string())?;
    match words.first() {
        Some(&"tells") => tells(&root, &checker, &asked),
        Some(&"risks") => risks::run(&root, &checker, &asked),
        Some(&"opinions") => spoken::run(&root, &checker, &asked),
        Some(&"list") => list(&root, &checker, words.get(1).ok_or("learn list SET")?),
        _ => Err(
            "usage: cargo xtask learn tells|opinions|risks|judge|hearing [folds|whole] [--without SET,SET] [--kb FOLDER] | folds [again] [-v] | reasons [--check] | kinds [--check] | list SET"
                .into(),
        ),
    }
}

/// Prints the sentences of a set's letters for those who label them, each letter with what they must know of its case.
fn list(root: &Path, checker: &Checker, set: &str) -> Result<(), String> {
    for page in page::read_folder(&root.join("tests/opinions").join(set))? {
        let case = Case::parse(&page.case).map_err(|e| format!("{}: {e}", page.name))?;
        let known = |v: &Option<String>| v.clone().unwrap_or_else(|| "-".to_string());
        println!("\n== {}", page.name);
        println!("   service: {} | diagnosis: {}", known(&case.claim.service), known(&case.claim.diagnosis));
        for denial in &case.denials {
            println!("   denial: {} | {}", known(&denial.reason), known(&denial.quote));
        }
        let treating = case.treating_physician.as_ref().and_then(|p| p.name.clone());
        println!("   treating: {} | issuer: {}", known(&treating), known(&case.coverage.issuer));
        let letter = Document::from_text(&page.name, page.letter.as_str());
        for (i, (raw, _)) in checker.sentences(&case, &letter).into_iter().enumerate() {
            println!("{} {raw}", i + 1);
        }
    }
    Ok(())
}

fn found(at: &HashMap<&str, usize>, features: &[(String, f32)]) -> Found {
    features.iter().filter_map(|(n, v)| Some((*at.get(n.as_str())?, f64::from(*v)))).collect()
}

fn by_name<'a>(names: &[&'a str]) -> HashMap<&'a str, usize> {
    names.iter().enumerate().map(|(i, n)| (*n, i)).collect()
}

/// Counts what a sentence tells.
fn tells(root: &Path, checker: &Checker, asked: &Asked) -> Result<(), String> {
    let letters = labelled_sentences(root, checker, &asked.without)?;
    let all: Vec<&Sentence> = letters.iter().flat_map(|l| &l.sentences).collect();
    let names = places(all.iter().map(|s| s.features.as_slice()));
    let at = by_name(&names);
    let samples: Vec<Found> = all.iter().map(|s| found(&at, &s.features)).collect();
    println!("{} sentences of {} letters, {} features", all.len(), letters.len(), names.len());
    let file = asked.kb.join("opinions/tells.toml");
    let heard = if asked.keep_heard { Some(heard_at(&file)?) } else { None };
    let counted = each(SIGNS.len(), |k| {
        let told: Vec<(&Found, bool)> = samples.iter().zip(&all).map(|(f, s)| (f, s.tells(k))).collect();
        let weights = TELLS.yes_or_no(&told, names.len());
        if let Some(threshold) = heard.as_ref().and_then(|h| h.get(k)) {
            return (weights, *threshold);
        }
        let (threshold, right) = best_threshold(&left_out(&letters, k));
        println!(
            "{:12} {:4} sentences, F1 on sets left out {right:.3} from {threshold}",
            SIGNS[k],
            told.iter().filter(|t| t.1).count()
        );
        (weights, threshold)
    });
    let (columns, heard_at): (Vec<Vec<f64>>, Vec<f64>) = counted.into_iter().unzip();
    let list = |numbers: Vec<f64>| numbers.iter().map(|b| format!("{b:.3}")).collect::<Vec<_>>().join(", ");
    let signs: Vec<String> = SIGNS.iter().map(|o| format!("{o:?}")).collect();
    let bias = columns.iter().filter_map(|c| c.last().copied()).collect();
    let mut out = format!(
        "{HEAD_TELLS}letters = {}\nsentences = {}\nfingerprint = {:?}\nsigns = [{}]\nbias = [{}]\nheard_at = [{}]\nweights = '''\n",
        letters.len(),
        all.len(),
        print_of(&labels::read(&root.join("tests/opinions/sentences"))?),
        signs.join(", "),
        list(bias),
        list(heard_at)
    );
    lines(&names, |i| columns.iter().map(|c| c[i]).collect(), SMALLEST_TELLS, &mut out);
    write(&file, &out)
}

/// The shares from which signs are heard, as a file of weights has them.
fn heard_at(file: &Path) -> Result<Vec<f64>, String> {
    #[derive(serde::Deserialize)]
    struct Kept {
        heard_at: Vec<f64>,
    }
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    toml::from_str::<Kept>(&text).map(|k| k.heard_at).map_err(|e| format!("{}: {e}", file.display()))
}

/// How far each sentence tells a sign by weights counted without the sets of its fold, with the truth.
fn left_out(letters: &[LabelledLetter], sign: usize) -> Vec<(f64, bool)> {
    let mut out = Vec::new();
    for fold in folds::FOLDS {
        let (apart, rest): (Vec<&LabelledLetter>, Vec<&LabelledLetter>) =
            letters.iter().partition(|l| fold.contains(&l.set.as_str()));
        for (shares, letter) in without(&rest, &apart, sign).iter().zip(apart) {
            out.extend(shares.iter().map(|s| f64::from(*s)).zip(letter.sentences.iter().map(|s| s.tells(sign))));
        }
    }
    out
}

/// How far the sentences of `apart` tell a sign by weights counted from `rest`.
fn without(rest: &[&LabelledLetter], apart: &[&LabelledLetter], sign: usize) -> Vec<Vec<f32>> {
    let sentences = || rest.iter().flat_map(|l| &l.sentences);
    let names = places(sentences().map(|s| s.features.as_slice()));
    let at = by_name(&names);
    let samples: Vec<Found> = sentences().map(|s| found(&at, &s.features)).collect();
    let told: Vec<(&Found, bool)> = samples.iter().zip(sentences()).map(|(f, s)| (f, s.tells(sign))).collect();
    let weights = TELLS.yes_or_no(&told, names.len());
    let bias = weights.last().copied().unwrap_or_default();
    let sum = |f: &Found| bias + f.iter().map(|(i, v)| weights[*i] * v).sum::<f64>();
    let shares = |l: &&LabelledLetter| -> Vec<f32> {
        l.sentences.iter().map(|s| share(sum(&found(&at, &s.features))) as f32).collect()
    };
    apart.iter().map(shares).collect()
}

/// The share from which "heard" is said, in steps of a twentieth: of those from which it is right [`OFTEN_ENOUGH`], the one
/// with the best F1; where none is, the one that is right most often.
fn best_threshold(apart: &[(f64, bool)]) -> (f64, f64) {
    let measure = |t: f64| {
        let count = |f: &dyn Fn(&(f64, bool)) -> bool| apart.iter().filter(|s| f(s)).count() as f64;
        let (right, wrong) = (count(&|s| s.0 >= t && s.1), count(&|s| s.0 >= t && !s.1));
        let f1 = 2.0 * right / (2.0 * right + wrong + count(&|s| s.0 < t && s.1)).max(1.0);
        (t, f1, right / (right + wrong).max(1.0))
    };
    let all: Vec<(f64, f64, f64)> = (2..=14).map(|n| measure(f64::from(n) / 20.0)).collect();
    let often: Vec<_> = all.iter().filter(|m| m.2 >= OFTEN_ENOUGH).collect();
    let best = often.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
    let best = best.or(all.iter().max_by(|a, b| a.2.total_cmp(&b.2)));
    best.map_or((0.5, 0.0), |m| (m.0, m.1))
}

/// A sentence with what of it is weighed and what it tells.
struct Sentence {
    features: Vec<(String, f32)>,
    labels: Vec<String>,
}

impl Sentence {
    fn tells(&self, sign: usize) -> bool {
        SIGNS.get(sign).is_some_and(|s| self.labels.iter().any(|l| l == s))
    }
}

struct LabelledLetter {
    set: String,
    sentences: Vec<Sentence>,
}

/// The letters whose sentences are labelled.
fn labelled_sentences(root: &Path, checker: &Checker, without: &[String]) -> Result<Vec<LabelledLetter>, String> {
    let base = root.join("tests/opinions");
    let mut out = Vec::new();
    for (set, letters) in labels::read(&base.join("sentences"))? {
        if without.contains(&set) {
            continue;
        }
        let pages = page::read_folder(&base.join(&set))?;
        for Labelled { name, sentences } in letters {
            let page = pages.iter().find(|p| p.name == name).ok_or(format!("sentences/{set}.txt: no letter {name}"))?;
            let case = Case::parse(&page.case).map_err(|e| format!("{name}: {e}"))?;
            let found = checker.sentences(&case, &Document::from_text(&page.name, page.letter.as_str()));
            // A sentence is cut otherwise than when it was labelled: its labels would be lost silently.
            if let Some(lost) = sentences.keys().find(|s| !found.iter().any(|(raw, _)| raw == *s)) {
                return Err(format!("sentences/{set}.txt, {name}: this sentence is not in the letter: {lost}"));
            }
            let told = found
                .into_iter()
                .map(|(raw, features)| Sentence { features, labels: sentences.get(&raw).cloned().unwrap_or_default() })
                .collect();
            out.push(LabelledLetter { set: set.clone(), sentences: told });
        }
    }
    Ok(out)
}

/// What a person chose in a file of weights, line by line as it stands: it is no matter of counting.
fn chosen(file: &Path, keys: &[&str]) -> Result<String, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    keys.iter()
        .map(|key| {
            let line = text.lines().find(|l| l.strip_prefix(key).is_some_and(|rest| rest.starts_with(" = ")));
            line.map(|l| format!("{l}\n")).ok_or_else(|| format!("{}: `{key}` is missing", file.display()))
        })
        .collect()
}

/// By which the labelled sentences can be known again.
fn print_of(sets: &[(String, Vec<Labelled>)]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for letter in sets.iter().flat_map(|s| &s.1) {
        lines.push(letter.name.clone());
        let mut of: Vec<String> = letter.sentences.iter().map(|(s, l)| format!("{} | {s}", l.join(" "))).collect();
        of.sort();
        lines.extend(of);
    }
    fingerprint(lines.iter().map(String::as_str))
}

/// By which the labelled texts can be known again.
fn print_of_texts(texts: &[Text]) -> String {
    fingerprint(texts.iter().flat_map(|t| {
        let pages = t.letter.pages.iter().map(|p| p.text.as_str());
        pages.chain([t.case.claim.service.as_deref().unwrap_or_default(), t.outcome.as_str()])
    }))
}

/// A text with its outcome.
struct Text {
    set: String,
    name: String,
    case: Case,
    letter: Document,
    outcome: String,
}

/// Every labelled text that is learned from: short conclusions and letters.
fn labelled(root: &Path, without: &[String]) -> Result<Vec<Text>, String> {
    let base = root.join("tests/opinions");
    let learned = eval_opinions::SETS.iter().filter(|s| !s.1 && !without.iter().any(|w| w == s.0));
    let mut out = Vec::new();
    for (set, folder) in std::iter::once(("", base.clone())).chain(learned.map(|s| (s.0, base.join(s.0)))) {
        for file in eval_opinions::conclusion_files(&folder) {
            let text = std::fs::read_to_string(&file).map_err(|e| e.to_string())?;
            let list: page::Conclusions = toml::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
            for c in list.conclusion {
                let (case, letter) = c.as_letter()?;
                out.push(Text { set: set.into(), name: String::new(), case, letter, outcome: c.outcome });
            }
        }
        // The folder of the sets has pages of its own (README.md), which are no letters.
        for l in if set.is_empty() { Vec::new() } else { page::read_folder(&folder)? } {
            let case = Case::parse(&l.case).map_err(|e| format!("{}: {e}", l.name))?;
            let letter = Document::from_text(&l.name, l.letter.as_str());
            out.push(Text { set: set.into(), name: l.name, case, letter, outcome: l.outcome });
        }
    }
    Ok(out)
}

/// One line per feature: its name, a tab, whole hundredths; features that hardly weigh are left out.
fn lines(names: &[&str], weights: impl Fn(usize) -> Vec<f64>, smallest: i32, out: &mut String) {
    for (i, name) in names.iter().enumerate() {
        let line: Vec<i32> = weights(i).iter().map(|w| (w * 100.0).round() as i32).collect();
        if line.iter().any(|w| w.abs() >= smallest) {
            let line: Vec<String> = line.iter().map(ToString::to_string).collect();
            let _ = writeln!(out, "{name}\t{}", line.join(" "));
        }
    }
    out.push_str("'''\n");
}

#[cfg(test)]
mod tests {
    use super::work::kept;

    /// Letters or their labels were changed since the weights were counted: `cargo xtask learn opinions` counts them again.
    #[test]
    fn the_weights_were_counted_from_the_letters_that_are_there() {
        let root = crate::root();
        let texts = super::labelled(&root, &[]).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(kept(&root.join("kb/opinions/weights.toml")), Some(super::print_of_texts(&texts)));
    }

    /// The same for what sentences tell: `cargo xtask learn tells`.
    #[test]
    fn what_sentences_tell_was_counted_from_the_letters_that_are_labelled() {
        let root = crate::root();
        let sets = super::labels::read(&root.join("tests/opinions/sentences")).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(kept(&root.join("kb/opinions/tells.toml")), Some(super::print_of(&sets)));
    }
}
