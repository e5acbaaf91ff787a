//! `cargo xtask eval opinions [-v] [--as pdf|docx|scan|photo] [--keep FOLDER] [NAME…]`: how well the check of opinion letters reads our labelled letters.
//!
//! The folders of `tests/opinions/` are measured apart (see README.md there). Of those kept apart, `heldout`,
//! `everyday2` and `weekly2` to `weekly7`, `weekly10` to `weekly12`, only totals are ever printed: nobody who writes rules may see which of their letters is read wrongly, or how.
//! With `--as` each letter is printed on paper first and read back from that; its figures stand beside those of the text.
//! `--keep` keeps what was read (as long as `extract` does not change), to measure changed rules on the same scans.
//! `--kb FOLDER` measures another knowledge base than the project's (weights counted without some sets).

pub(crate) mod score;

use std::path::{Path, PathBuf};
use std::time::Instant;

use facts::{Case, Document};

use crate::paper::{self, Paper};
use page::Labelled;
use score::{Details, Score, share};

#[path = "../../tests/opinions/page.rs"]
pub(crate) mod page;

/// The sets, in the order in which they came; `true` for those kept apart, which nobody opens and nothing is learned from.
pub(crate) const SETS: [(&str, bool); 87] = [
    ("weekly14", true),
    ("granges", false),
    ("mills", false),
    ("stables", false),
    ("cabins", false),
    ("barns", false),
    ("weekly13", true),
    ("cloisters", false),
    ("attics", false),
    ("halls", false),
    ("foyers", false),
    ("decks", false),
    ("dens", false),
    ("turrets", false),
    ("gables", false),
    ("belvederes", false),
    ("gazebos", false),
    ("lodges", false),
    ("open", false),
    ("adversarial", false),
    ("voices", false),
    ("blind", false),
    ("voices2", false),
    ("voices3", false),
    ("heldout", true),
    ("fresh", false),  // opened after three measurements
    ("unseen", false), // opened after its first measurement
    ("everyday", false),
    ("everyday2", true),
    ("paragraphs", false),
    ("paragraphs2", false),
    ("paragraphs3", false),
    ("paragraphs4", false),
    ("paragraphs5", false),
    ("weekly", false),
    ("weekly2", true),
    ("weekly3", true),
    ("weekly4", true),
    ("consults", false),
    ("notes", false),
    ("memos", false),
    ("reports", false),
    ("replies", false),
    ("visits", false),
    ("referees", false),
    ("clinicians", false),
    ("advices", false),
    ("wards", false),
    ("infusions", false),
    ("scalpels", false),
    ("weekly5", true),
    ("weekly6", true),
    ("weekly7", true),
    ("weekly10", true),
    ("weekly11", true),
    ("weekly12", true),
    ("rounds", false),
    ("panels", false),
    ("corridors", false),
    ("seconds", false),
    ("theatres", false),
    ("offices", false),
    ("chairs", false),
    ("counters", false),
    ("suites", false),
    ("lobbies", false),
    ("annexes", false),
    ("desks", false),
    ("stations", false),
    ("benches", false),
    ("galleries", false),
    ("rotundas", false),
    ("cupolas", false),
    ("pavilions", false),
    ("arcades", false),
    ("terraces", false),
    ("retorts", false),
    ("ripostes", false),
    ("porches", false),
    ("lofts", false),
    ("verandas", false),
    ("parlours", false),
    ("studios", false),
    ("arbors", false),
    ("salons", false),
    ("alcoves", false),
    ("porticos", false),
];

/// What the command line asks for.
struct Wanted<'a> {
    verbose: bool,
    /// Another knowledge base than the project's (weights counted without some sets).
    kb: Option<&'a str>,
    paper: Option<Paper>,
    keep: Option<&'a Path>,
    /// A folder of labelled letters beside the sets, read alone.
    folder: Option<&'a Path>,
    /// Beginnings of names of letters or sets; all when empty.
    names: Vec<&'a str>,
}

impl<'a> Wanted<'a> {
    fn parse(words: &[&'a str]) -> Result<Self, String> {
        let mut out = Wanted { verbose: false, kb: None, paper: None, keep: None, folder: None, names: Vec::new() };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "-v" => out.verbose = true,
                "--kb" => out.kb = Some(words.next().ok_or("--kb: a folder")?),
                "--as" => out.paper = Some(Paper::named(words.next().ok_or("--as: pdf, docx, scan or photo")?)?),
                "--keep" => out.keep = Some(Path::new(*words.next().ok_or("--keep: a folder")?)),
                "--folder" => out.folder = Some(Path::new(*words.next().ok_or("--folder: a folder")?)),
                name => out.names.push(name),
            }
        }
        Ok(out)
    }

    fn wants(&self, set: &str, letter: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|n| set == *n || letter.starts_with(n))
    }

    fn details(&self, kept_apart: bool) -> Details {
        match (kept_apart, self.verbose) {
            (true, _) => Details::Totals,
            (false, false) => Details::Tables,
            (false, true) => Details::Mistakes,
        }
    }
}

/// Runs the measurement.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let wanted = Wanted::parse(words)?;
    let root = crate::root();
    let kb = load(&wanted.kb.map_or(root.join("kb"), PathBuf::from))?;
    let begun = Instant::now();
    let checker = opinion::Checker::new(&kb).map_err(|e| e.to_string())?;
    println!("rules ready in {:.0} ms", begun.elapsed().as_secs_f64() * 1000.0);
    if let Some(folder) = wanted.folder {
        let name = folder.file_name().map_or(String::new(), |n| n.to_string_lossy().into_owned());
        return letters(&name, folder, &checker, &wanted, false);
    }
    let opinions = root.join("tests/opinions");
    if wanted.paper.is_none() {
        short_conclusions("conclusions", &opinions, &checker, &wanted, false)?;
    }
    for (set, kept_apart) in SETS {
        let folder = opinions.join(set);
        if !folder.exists() {
            continue;
        }
        if wanted.paper.is_none() {
            short_conclusions(set, &folder, &checker, &wanted, kept_apart)?;
        }
        letters(set, &folder, &checker, &wanted, kept_apart)?;
    }
    Ok(())
}

/// Measures the letters of one folder.
fn letters(set: &str, folder: &Path, checker: &opinion::Checker, wanted: &Wanted, apart: bool) -> Result<(), String> {
    let mut pages: Vec<Labelled> = page::read_folder(folder)?;
    pages.retain(|p| wanted.wants(set, &p.name));
    if pages.is_empty() {
        return Ok(());
    }
    let details = wanted.details(apart);
    let (mut score, mut on_paper) = (Score::default(), Score::default());
    let mut spent = 0.0;
    for p in &pages {
        let case = Case::parse(&p.case).map_err(|e| format!("{}: {e}", p.name))?;
        let mut letter = Document::from_text(p.name.clone(), p.letter.clone());
        if let Some(paper) = wanted.paper {
            // The text beside it, without its mistakes: those are told without `--as`.
            score.add(p, &checker.check(&case, &letter), Details::Totals);
            letter = paper::kept(&letter, paper, wanted.keep)?;
        }
        checker.check(&case, &letter);
        let begun = Instant::now();
        let check = checker.check(&case, &letter);
        spent += begun.elapsed().as_secs_f64();
        let here = if wanted.paper.is_some() { &mut on_paper } else { &mut score };
        here.add(p, &check, details);
        if details == Details::Mistakes && check.outcome != p.outcome {
            checker.explain(&case, &letter).iter().for_each(|line| println!("      {line}"));
        }
    }
    println!("\n== {set}: {} letters, {:.1} ms each ==", pages.len(), spent * 1000.0 / pages.len() as f64);
    match wanted.paper {
        Some(paper) => {
            println!("as text   {}", score.line());
            println!("{:<9} {}", format!("{paper:?}").to_lowercase(), on_paper.line());
        }
        None => score.print(details),
    }
    Ok(())
}

/// Files `conclusions*.toml` of a folder.
pub(crate) fn conclusion_files(folder: &Path) -> Vec<PathBuf> {
    let named = |p: &PathBuf| {
        let name = p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with("conclusions") && name.ends_with(".toml")
    };
    let mut out: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).filter(named).collect();
    out.sort();
    out
}

/// Short conclusions: outcome accuracy and dangerous errors.
fn short_conclusions(
    set: &str,
    folder: &Path,
    checker: &opinion::Checker,
    wanted: &Wanted,
    apart: bool,
) -> Result<(), String> {
    if !wanted.wants(set, "conclusions") {
        return Ok(());
    }
    let (mut right, mut dangerous, mut all) = (0, 0, 0);
    for file in conclusion_files(folder) {
        let text = std::fs::read_to_string(&file).map_err(|e| e.to_string())?;
        let list: page::Conclusions = toml::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
        for c in &list.conclusion {
            let (case, letter) = c.as_letter()?;
            let check = checker.check(&case, &letter);
            let danger = score::dangerous(&c.outcome, None, &check);
            all += 1;
            right += usize::from(check.outcome == c.outcome);
            dangerous += usize::from(danger);
            if wanted.details(apart) == Details::Mistakes && check.outcome != c.outcome {
                let on = check.outcome_quote.as_deref().unwrap_or("-");
                let mark = if danger { "DANGEROUS " } else { "" };
                println!("{mark}{} read as {}: [{}] {} ON: {on}", c.outcome, check.outcome, c.service, c.says);
                checker.explain(&case, &letter).iter().for_each(|line| println!("      {line}"));
            }
        }
    }
    if all > 0 {
        println!("\n== {set}: short conclusions: outcome {}, dangerous {dangerous} ==", share(right, all));
    }
    Ok(())
}

/// The knowledge base of a folder.
pub(crate) fn load(folder: &Path) -> Result<kb::Kb, String> {
    load_over(folder, None)
}

/// The knowledge base of a folder, with the files of another one in place of its own.
pub(crate) fn load_over(folder: &Path, over: Option<&Path>) -> Result<kb::Kb, String> {
    fn walk(dir: &Path, base: &Path, out: &mut Vec<(String, String)>) -> std::io::Result<()> {
        for entry in std::fs::read_dir(dir)?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, base, out)?;
            } else if let (Ok(text), Ok(rel)) = (std::fs::read_to_string(&path), path.strip_prefix(base)) {
                out.push((rel.to_string_lossy().replace('\\', "/"), text));
            }
        }
        Ok(())
    }
    let mut files = Vec::new();
    walk(folder, folder, &mut files).map_err(|e| e.to_string())?;
    if let Some(over) = over {
        let mut own = Vec::new();
        walk(over, over, &mut own).map_err(|e| e.to_string())?;
        files.retain(|(name, _)| !own.iter().any(|(n, _)| n == name));
        files.append(&mut own);
    }
    kb::Kb::load(kb::Source::new(files)).map_err(|e| e.to_string())
}
