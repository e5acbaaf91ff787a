//! `cargo xtask learn judge`: counts the weights of `kb/opinions/judge.toml`, which decide on a whole letter.
//!
//! Each letter of [`super::folds::FOLDS`] is read by words and sentences that were counted without its set, so that what they are
//! worth on letters of strangers is what is learned. First the outcome, then the elements, which hang on the outcome as judged.
//! For each fold it is also counted without that fold's letters, so that [`super::folds`] can measure the whole.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use facts::{Case, Document};
use opinion::{Checker, ELEMENT_STATES, FEW, OUTCOME, OUTCOMES, REASON, REASON_STATES};

use super::fit::Fit;
use super::folds::{self, FOLDS, kept};
use super::grafts::{self, Graft, Source};
use super::labels;
use super::work::{each, fingerprint, places, write};
use super::{by_name, chosen, found};
use crate::eval_opinions::page::{self, Labelled};
use crate::eval_opinions::score;

/// Where the weights stand in a knowledge base.
pub(super) const FILE: &str = "opinions/judge.toml";

const FIT: Fit = Fit { cost: 0.3, rounds: 200 };

/// What is chosen and not counted.
const CHOSEN: [&str; 7] = ["yes", "no", "missing", "least", "anchor", "unanchored_yes", "unanchored_no"];

const HEAD: &str = "\
# What a whole second-opinion letter shows for its outcome, for ten of its elements and for each reason. Made by `cargo xtask learn judge` from
# labelled letters in tests/opinions/ (all invented; none of the sets kept apart for measuring) that were read by words and
# sentences counted without their sets: do not edit by hand. `letters`: how many. One line per feature, named in
# crates/opinion/src/check/judge.rs; a tab; hundredths for each class in order.
# `yes`: the share that a yes needs; `no`: the share of a no and a not yet together beside which nothing is a yes; `missing`: the
# share from which an element is missing; `least`: of fewer sentences only the outcome is judged, by the weights counted
# from short conclusions. `anchor`: what one sentence must have (its share as an answer times its share for a yes) for the letter to say its yes
# anywhere, where the rules hear none said; `unanchored_yes`, `unanchored_no`: `yes` and `no` where no sentence has it and only the tone of
# the letter speaks. These seven are chosen, not counted: the last three on letters left out in turn (`learn folds`).
# Shares are never shown: they are no chances.
";

/// A letter of a fold with its labels.
pub(super) struct Letter {
    pub(super) fold: usize,
    pub(super) set: &'static str,
    pub(super) page: Labelled,
    pub(super) case: Case,
}

/// What was weighed for a question in a letter, and what is true.
struct Row {
    fold: usize,
    features: Vec<(String, f32)>,
    class: usize,
}

/// Counts the weights for the project's knowledge base.
pub(super) fn run(root: &Path) -> Result<(), String> {
    let all = counted(root)?;
    write(&root.join("kb").join(FILE), &all)
}

/// Counts the weights for every fold, writes them, and gives those of all letters.
pub(super) fn counted(root: &Path) -> Result<String, String> {
    let letters = letters(root)?;
    // What an earlier program wrote may be of no use to this one.
    for fold in FOLDS {
        let old = kept(root, fold).join(FILE);
        if old.exists() {
            std::fs::remove_file(&old).map_err(|e| format!("{}: {e}", old.display()))?;
        }
    }
    let outcome = |l: &Letter| OUTCOMES.iter().position(|o| *o == l.page.outcome);
    let mut rows = rows(root, &letters, OUTCOME, outcome)?;
    rows.extend(of_grafts(root, &letters)?);
    let mut questions = vec![(OUTCOME.to_string(), rows), (FEW.to_string(), of_few(root)?)];
    // The elements hang on the outcome as it is judged.
    write_all(root, &letters, &questions)?;
    let mut names: Vec<&String> = letters.iter().flat_map(|l| l.page.elements.keys()).collect();
    names.sort();
    names.dedup();
    let evidence = evidence(root, &letters)?;
    for name in names {
        let state = |l: &Letter| ELEMENT_STATES.iter().position(|s| l.page.elements.get(name).is_some_and(|e| e == s));
        let rows = of(&letters, &evidence, name, state);
        if !rows.is_empty() {
            questions.push((name.clone(), rows));
        }
    }
    questions.push((REASON.to_string(), of_reasons(&letters, &evidence)));
    write_all(root, &letters, &questions)
}

/// What is weighed for the outcome of every letter with another's answer put in.
fn of_grafts(root: &Path, letters: &[Letter]) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for (checker, grafts) in grafted(root, letters)? {
        let weighed = each(grafts.len(), |i| {
            let g = &grafts[i];
            let evidence = checker.evidence(&g.case, &g.letter).into_iter().find(|q| q.0 == OUTCOME);
            let class = OUTCOMES.iter().position(|o| *o == g.outcome);
            Some(Row { fold: g.fold, features: evidence?.1, class: class? })
        });
        rows.extend(weighed.into_iter().flatten());
    }
    Ok(rows)
}

/// The grafts of each fold, with what reads them by weights that never saw their letters.
pub(super) fn grafted(root: &Path, letters: &[Letter]) -> Result<Vec<(Checker, Vec<Graft>)>, String> {
    let mut labels: HashMap<(String, String), labels::Labelled> = HashMap::new();
    for (set, of_set) in labels::read(&root.join("tests/opinions/sentences"))? {
        labels.extend(of_set.into_iter().map(|l| ((set.clone(), l.name.clone()), l)));
    }
    let one = |(fold, sets): (usize, &&[&str])| {
        let checker = folds::checker_without(root, sets)?;
        let of_fold = letters.iter().filter(|l| l.fold == fold);
        let source = |l: &&'_ Letter| labels.get(&(l.set.to_owned(), l.page.name.clone()));
        let sources: Vec<Source> = of_fold
            .filter_map(|l| {
                let labels = source(&l)?;
                let (case, letter, outcome) = (&l.case, l.page.letter.as_str(), l.page.outcome.as_str());
                Some(Source { fold, case, letter, outcome, labels })
            })
            .collect();
        let grafts = grafts::of_fold(&sources, &checker);
        Ok((checker, grafts))
    };
    FOLDS.iter().enumerate().map(one).collect()
}

/// How the grafts are read by weights that never saw their letters: outcomes as labelled, and plain yeses among those that are none.
pub(super) fn read_grafts(root: &Path) -> Result<(score::Share, usize), String> {
    let (mut right, mut yeses) = (score::Share::default(), 0);
    for (checker, grafts) in grafted(root, &letters(root)?)? {
        let read = each(grafts.len(), |i| checker.check(&grafts[i].case, &grafts[i].letter).outcome);
        for (graft, outcome) in grafts.iter().zip(read) {
            right.note(graft.outcome == outcome);
            yeses += usize::from(outcome == "confirms" && graft.outcome != "confirms");
        }
    }
    Ok((right, yeses))
}

/// What is weighed for the outcome of every short conclusion of the folds.
fn of_few(root: &Path) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for (fold, sets) in FOLDS.iter().enumerate() {
        let checker = folds::checker_without(root, sets)?;
        for c in folds::conclusions_of(root, sets)? {
            let (case, letter) = c.as_letter()?;
            let class =
                OUTCOMES.iter().position(|o| *o == c.outcome).ok_or(format!("no such outcome: {}", c.outcome))?;
            let evidence = checker.evidence(&case, &letter).into_iter().find(|q| q.0 == OUTCOME);
            rows.extend(evidence.map(|(_, features)| Row { fold, features, class }));
        }
    }
    Ok(rows)
}

/// What is weighed for every reason of every letter.
fn of_reasons(letters: &[Letter], evidence: &[Evidence]) -> Vec<Row> {
    let row = |l: &Letter, (question, features): &(String, Vec<(String, f32)>)| {
        let state = l.page.reasons.get(question.strip_prefix(REASON)?.strip_prefix(' ')?)?;
        let class = REASON_STATES.iter().position(|s| s == state)?;
        Some(Row { fold: l.fold, features: features.clone(), class })
    };
    letters.iter().zip(evidence).flat_map(|(l, e)| e.iter().filter_map(move |q| row(l, q))).collect()
}

/// Writes the weights of each fold, counted without its letters; gives those counted from all.
fn write_all(root: &Path, letters: &[Letter], questions: &[(String, Vec<Row>)]) -> Result<String, String> {
    for (i, fold) in FOLDS.iter().enumerate() {
        let text = written(root, letters, questions, Some(i))?;
        write(&kept(root, fold).join(FILE), &text)?;
    }
    written(root, letters, questions, None)
}

fn written(
    root: &Path,
    letters: &[Letter],
    questions: &[(String, Vec<Row>)],
    without: Option<usize>,
) -> Result<String, String> {
    let count = letters.iter().filter(|l| Some(l.fold) != without).count();
    let mut out = format!(
        "{HEAD}letters = {count}\nfingerprint = {:?}\n{}",
        print_of(letters),
        chosen(&root.join("kb").join(FILE), &CHOSEN)?
    );
    let tables = each(questions.len(), |i| {
        let (name, rows) = &questions[i];
        let rows: Vec<&Row> = rows.iter().filter(|r| Some(r.fold) != without).collect();
        match name.as_str() {
            OUTCOME | FEW => table::<6>(name, &OUTCOMES, &rows),
            REASON => table::<3>(name, &REASON_STATES, &rows),
            _ => table::<3>(name, &ELEMENT_STATES, &rows),
        }
    });
    out.extend(tables);
    Ok(out)
}

fn table<const K: usize>(name: &str, classes: &[&str; K], rows: &[&Row]) -> String {
    let names = places(rows.iter().map(|r| r.features.as_slice()));
    let at = by_name(&names);
    let samples: Vec<_> = rows.iter().map(|r| (found(&at, &r.features), r.class)).collect();
    let weights = FIT.one_of::<K>(&samples, names.len());
    let list = |l: Vec<String>| l.join(", ");
    let bias = weights[names.len() * K..].iter().map(|b| format!("{b:.3}")).collect();
    let mut out = format!(
        "\n[[question]]\nname = {name:?}\nclasses = [{}]\nbias = [{}]\nweights = '''\n",
        list(classes.iter().map(|c| format!("{c:?}")).collect()),
        list(bias)
    );
    for (i, feature) in names.iter().enumerate() {
        let line: Vec<String> =
            weights[i * K..(i + 1) * K].iter().map(|w| ((w * 100.0).round() as i32).to_string()).collect();
        let _ = writeln!(out, "{feature}\t{}", line.join(" "));
    }
    out.push_str("'''\n");
    out
}

pub(super) fn letters(root: &Path) -> Result<Vec<Letter>, String> {
    let mut out = Vec::new();
    for (fold, sets) in FOLDS.iter().enumerate() {
        for set in *sets {
            for page in page::read_folder(&root.join("tests/opinions").join(set))? {
                let case = Case::parse(&page.case).map_err(|e| format!("{}: {e}", page.name))?;
                out.push(Letter { fold, set, page, case });
            }
        }
    }
    Ok(out)
}

type Evidence = Vec<(String, Vec<(String, f32)>)>;

/// What is weighed in each letter, read by weights that never saw its set.
fn evidence(root: &Path, letters: &[Letter]) -> Result<Vec<Evidence>, String> {
    let checkers = FOLDS.iter().map(|f| folds::checker_without(root, f)).collect::<Result<Vec<_>, _>>()?;
    Ok(each(letters.len(), |i| {
        let l = &letters[i];
        checkers[l.fold].evidence(&l.case, &Document::from_text(&l.page.name, l.page.letter.as_str()))
    }))
}

fn rows(
    root: &Path,
    letters: &[Letter],
    question: &str,
    class: impl Fn(&Letter) -> Option<usize>,
) -> Result<Vec<Row>, String> {
    Ok(of(letters, &evidence(root, letters)?, question, class))
}

fn of(letters: &[Letter], evidence: &[Evidence], question: &str, class: impl Fn(&Letter) -> Option<usize>) -> Vec<Row> {
    let row = |(l, e): (&Letter, &Evidence)| {
        let features = e.iter().find(|q| q.0 == question)?.1.clone();
        Some(Row { fold: l.fold, features, class: class(l)? })
    };
    letters.iter().zip(evidence).filter_map(row).collect()
}

/// By which the letters and their labels can be known again.
pub(super) fn print_of(letters: &[Letter]) -> String {
    fingerprint(letters.iter().flat_map(|l| {
        let states = l.page.elements.iter().chain(&l.page.reasons).flat_map(|(e, s)| [e.as_str(), s.as_str()]);
        [l.page.case.as_str(), l.page.letter.as_str(), l.page.outcome.as_str()].into_iter().chain(states)
    }))
}

#[cfg(test)]
mod tests {
    use super::super::work;

    /// Letters or their labels were changed since the weights were counted: `cargo xtask learn judge` counts them again.
    #[test]
    fn what_letters_show_was_counted_from_the_letters_that_are_there() {
        let root = crate::root();
        let letters = super::letters(&root).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(work::kept(&root.join("kb").join(super::FILE)), Some(super::print_of(&letters)));
    }
}
