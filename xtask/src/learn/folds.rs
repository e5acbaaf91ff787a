//! `cargo xtask learn folds [again] [-v]`: how well letters of strangers are read, by weights that never saw their sets.
//!
//! Of each fold of [`FOLDS`] the weights are counted without its sets (once; they are kept in `target/opinion-folds/`, and
//! `again` counts them anew; `quick` leaves the judges of the folds as they are) and its letters are read with them. The figures over all folds are what a change of rules, weights
//! or thresholds is judged by: some three hundred letters by twelve hands, none of them from the sets kept apart.
//! The rules themselves were written with some of these letters open, so the figures flatter the rules, not the weights.

use std::path::{Path, PathBuf};

use facts::{Case, Document};
use opinion::Checker;

use super::{Asked, judge, risks, spoken, tells, work};
use crate::eval_opinions::score::{Details, Score};
use crate::eval_opinions::{self, conclusion_files, page, score};

/// The sets that are left out together. One writer's sets stand in one fold.
pub(super) const FOLDS: [&[&str]; 5] = [
    &[
        "consults",
        "memos",
        "visits",
        "rounds",
        "offices",
        "suites",
        "desks",
        "galleries",
        "porches",
        "parlours",
        "retorts",
        "lodges",
        "dens",
        "paragraphs",
        "barns",
    ],
    &[
        "notes",
        "reports",
        "referees",
        "panels",
        "chairs",
        "stations",
        "rotundas",
        "lofts",
        "studios",
        "gazebos",
        "decks",
        "paragraphs2",
        "cabins",
    ],
    &[
        "replies",
        "everyday",
        "unseen",
        "clinicians",
        "corridors",
        "counters",
        "lobbies",
        "cupolas",
        "cloisters",
        "arbors",
        "ripostes",
        "belvederes",
        "foyers",
        "paragraphs3",
        "stables",
    ],
    &[
        "weekly",
        "fresh",
        "advices",
        "wards",
        "seconds",
        "annexes",
        "pavilions",
        "arcades",
        "gables",
        "halls",
        "paragraphs4",
        "granges",
    ],
    &[
        "voices",
        "blind",
        "infusions",
        "scalpels",
        "theatres",
        "benches",
        "terraces",
        "verandas",
        "salons",
        "alcoves",
        "porticos",
        "turrets",
        "attics",
        "paragraphs5",
        "mills",
    ],
];

/// The tables of weights that are counted anew.
const TABLES: [&str; 2] = ["tells.toml", "weights.toml"];

/// Counts what is not there, reads every fold, and prints the figures over all of them.
pub(super) fn run(words: &[&str]) -> Result<(), String> {
    let root = crate::root();
    count(&root, words.contains(&"again"))?;
    if !words.contains(&"quick") {
        judge::counted(&root)?;
    }
    let details = if words.contains(&"-v") { Details::Mistakes } else { Details::Tables };
    let (mut letters, mut short, mut dangerous) = (Score::default(), score::Share::default(), 0);
    for fold in FOLDS {
        let checker = checker_without(&root, fold)?;
        for set in fold {
            let folder = root.join("tests/opinions").join(set);
            read(&folder, &checker, &mut letters, details)?;
        }
        read_short(&conclusions_of(&root, fold)?, &checker, &mut short, &mut dangerous)?;
    }
    println!("\n== letters read by weights that never saw their sets ({}) ==", FOLDS.concat().join(", "));
    letters.print(details);
    println!("short conclusions  {short}, dangerous {dangerous}");
    let (right, yeses) = judge::read_grafts(&root)?;
    println!("plain yeses with another's answer put in  {right}, read as a plain yes that is none {yeses}");
    Ok(())
}

/// Counts the weights of the folds that have none.
pub(super) fn count_what_is_not_there(root: &Path) -> Result<(), String> {
    count(root, false)
}

fn count(root: &Path, again: bool) -> Result<(), String> {
    FOLDS.iter().try_for_each(|fold| counted(root, fold, again))
}

/// A checker whose weights were counted without some sets.
pub(super) fn checker_without(root: &Path, fold: &[&str]) -> Result<Checker, String> {
    let kb = eval_opinions::load_over(&root.join("kb"), Some(&kept(root, fold)))?;
    Checker::new(&kb).map_err(|e| e.to_string())
}

/// Where the weights counted without some sets are kept.
pub(super) fn kept(root: &Path, fold: &[&str]) -> PathBuf {
    root.join("target/opinion-folds").join(fold.join("+"))
}

fn counted(root: &Path, fold: &[&str], again: bool) -> Result<(), String> {
    let folder = kept(root, fold);
    let tables = folder.join("opinions");
    let asked = |kb| Asked { without: fold.iter().map(ToString::to_string).collect(), kb, keep_heard: true };
    if again || !folder.join(risks::FILE).exists() {
        std::fs::create_dir_all(&tables).map_err(|e| e.to_string())?;
        risks::run(
            root,
            &Checker::new(&eval_opinions::load(&root.join("kb"))?).map_err(|e| e.to_string())?,
            &asked(folder.clone()),
        )?;
    }
    if !again && TABLES.iter().all(|t| tables.join(t).exists()) {
        return Ok(());
    }
    println!("counting without {}", fold.join(", "));
    std::fs::create_dir_all(&tables).map_err(|e| e.to_string())?;
    for table in TABLES {
        std::fs::copy(root.join("kb/opinions").join(table), tables.join(table)).map_err(|e| e.to_string())?;
    }
    let asked = asked(folder);
    tells(root, &checker_without(root, fold)?, &asked)?;
    spoken::run(root, &checker_without(root, fold)?, &asked)
}

/// Reads the letters of a folder on every core.
fn read(folder: &Path, checker: &Checker, score: &mut Score, details: Details) -> Result<(), String> {
    let pages = page::read_folder(folder)?;
    let checks = work::each(pages.len(), |i| {
        let case = Case::parse(&pages[i].case).map_err(|e| format!("{}: {e}", pages[i].name))?;
        Ok(checker.check(&case, &Document::from_text(&pages[i].name, pages[i].letter.as_str())))
    });
    for (page, check) in pages.iter().zip(checks.into_iter().collect::<Result<Vec<_>, String>>()?) {
        score.add(page, &check, details);
    }
    Ok(())
}

/// The short conclusions of some sets.
pub(super) fn conclusions_of(root: &Path, sets: &[&str]) -> Result<Vec<page::Conclusion>, String> {
    let mut out = Vec::new();
    for file in sets.iter().flat_map(|set| conclusion_files(&root.join("tests/opinions").join(set))) {
        let text = std::fs::read_to_string(&file).map_err(|e| e.to_string())?;
        let list: page::Conclusions = toml::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
        out.extend(list.conclusion);
    }
    Ok(out)
}

/// Reads short conclusions; gives how many were read as labelled, and notes the dangerous ones.
fn read_short(
    all: &[page::Conclusion],
    checker: &Checker,
    short: &mut score::Share,
    dangerous: &mut usize,
) -> Result<(), String> {
    let read = work::each(all.len(), |i| {
        let (case, letter) = all[i].as_letter()?;
        Ok(checker.check(&case, &letter).outcome)
    });
    for (c, outcome) in all.iter().zip(read.into_iter().collect::<Result<Vec<_>, String>>()?) {
        short.note(outcome == c.outcome);
        let no = matches!(c.outcome.as_str(), "against" | "conservative_first" | "needs_workup");
        *dangerous += usize::from(no && outcome == "confirms");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A set kept apart must never be opened by the folds, and a set that is named twice would be read with its own weights.
    #[test]
    fn the_folds_hold_open_sets_once() {
        let mut all = FOLDS.concat();
        assert!(all.iter().all(|s| eval_opinions::SETS.contains(&(s, false))), "{all:?}");
        let named = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), named);
    }
}
