//! How well `evidence` takes policies apart and holds criteria against records (`tests/policies/`, half kept apart).
//!
//! A tree counts as exact when its lists, their rules and its leaves are those of the label; leaf F1 compares the leaves
//! alone, case, white space and punctuation folded. A false "documented" is a pair labelled otherwise that was called so.

use std::path::{Path, PathBuf};

use calendar::Date;
use evidence::{Criterion, LeafState, Needs, Paper, PolicyWords, policy};
use facts::{Case, Document, Page};

/// The sets of labelled texts and where they lie below `tests/policies` and `tests/policies/pairs`.
const SETS: [(&str, &str); 6] = [
    ("tuning", ""),
    ("kept apart", "heldout"),
    ("other hands, tuning", "other_hands"),
    ("other hands, looked at late", "other_hands/heldout"),
    ("everyday, tuning", "everyday"),
    ("last, kept apart", "last/heldout"),
];

/// Runs the measurement. `--mistakes` lists what went wrong in the half used for tuning, `--heldout-mistakes` in the other.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let root = crate::root();
    let kb = kb::Kb::load(source(&root.join("kb"))?).map_err(|e| e.to_string())?;
    let lists = PolicyWords::load(&kb).map_err(|e| e.to_string())?;
    let folder = root.join("tests/policies");
    println!(
        "| policies | texts | trees exact | leaves right | extra | missed | leaf F1 |\n|---|---|---|---|---|---|---|"
    );
    for (name, path) in SETS {
        policies(name, &folder.join(path), shown(words, path), &lists)?;
    }
    println!(
        "\n| pairs | n | right | accuracy | false documented | of not documented | false contradicted | missed documented |\n|---|---|---|---|---|---|---|---|"
    );
    for (name, path) in SETS {
        pairs(name, &folder.join("pairs").join(path), shown(words, path), &kb)?;
    }
    Ok(())
}

/// Whether the mistakes of a set are to be listed.
fn shown(words: &[&str], path: &str) -> bool {
    let apart = path.starts_with("last") || path == "heldout";
    words.contains(&if apart { "--heldout-mistakes" } else { "--mistakes" })
}

/// The files of a folder and below it, as the knowledge base takes them.
pub(crate) fn source(root: &Path) -> Result<kb::Source, String> {
    let mut files = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(dir) = open.pop() {
        for path in entries(&dir)? {
            if path.is_dir() {
                open.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                let name = path.strip_prefix(root).map_err(|e| e.to_string())?.to_string_lossy().replace('\\', "/");
                files.push((name, text));
            }
        }
    }
    Ok(kb::Source::new(files))
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let found = std::fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let mut paths: Vec<PathBuf> = found.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

fn pages(dir: &Path) -> Result<Vec<(String, String)>, String> {
    let mut all = Vec::new();
    for path in entries(dir)? {
        let stem = path.file_stem().map_or(String::new(), |s| s.to_string_lossy().into_owned());
        if path.extension().is_some_and(|e| e == "md") && stem != "README" {
            all.push((stem, std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?));
        }
    }
    Ok(all)
}

/// The outline of a tree: a line per node, two spaces per level.
fn outline(node: &Criterion, depth: usize, into: &mut Vec<String>) {
    let pad = "  ".repeat(depth);
    let rule = match node.needs {
        Needs::Leaf => {
            into.push(format!("{pad}- {}", fold(&node.quote)));
            return;
        }
        Needs::All => "ALL".into(),
        Needs::Any => "ANY".into(),
        Needs::AtLeast => format!("{} OF", node.count.unwrap_or(0)),
        Needs::None => "NONE".into(),
    };
    into.push(format!("{pad}{rule}"));
    node.children.iter().for_each(|c| outline(c, depth + 1, into));
}

fn fold(text: &str) -> String {
    let keep = |c: char| if c.is_alphanumeric() || "≥≤<>=%".contains(c) { c } else { ' ' };
    text.to_lowercase().chars().map(keep).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn policies(set: &str, dir: &Path, show: bool, words: &PolicyWords) -> Result<(), String> {
    let (mut texts, mut exact, mut right, mut extra, mut missed) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    for (name, page) in pages(dir)? {
        let (body, tree) = page.split_once("\n## Tree\n").ok_or(format!("{name}: no section `Tree`"))?;
        let blocks =
            body.split("````text\n").skip(1).filter_map(|p| p.split_once("\n````")).map(|(p, _)| Page::from_text(p));
        let document = Document { pages: blocks.collect(), ..Document::from_text(name.clone(), "") };
        let (tree, count) =
            tree.trim().trim_start_matches("```\n").split_once("\n```").ok_or(format!("{name}: no tree"))?;
        let wanted: Vec<String> = tree
            .lines()
            .filter(|l| l.trim() != "(no list)")
            .map(|l| {
                let pad = &l[..l.len() - l.trim_start().len()];
                l.trim_start().strip_prefix("- ").map_or_else(|| l.to_string(), |t| format!("{pad}- {}", fold(t)))
            })
            .collect();
        let leaves = |lines: &[String]| -> Vec<String> {
            lines.iter().filter_map(|l| l.trim_start().strip_prefix("- ").map(str::to_string)).collect()
        };
        let asked = leaves(&wanted);
        if count.trim().strip_prefix("Leaves: ").and_then(|n| n.parse().ok()) != Some(asked.len()) {
            return Err(format!("{name}: the label says another number of leaves than its tree has"));
        }
        let mut got = Vec::new();
        policy::parse(&document, words).sections.iter().for_each(|s| outline(s, 0, &mut got));
        let mut open = asked.clone();
        for leaf in leaves(&got) {
            match open.iter().position(|l| *l == leaf) {
                Some(i) => {
                    open.remove(i);
                    right += 1;
                }
                None => extra += 1,
            }
        }
        missed += u32::try_from(open.len()).unwrap_or(0);
        texts += 1;
        exact += u32::from(got == wanted);
        if show && got != wanted {
            println!("\n{name}: wanted\n{}\n  got\n{}", wanted.join("\n"), got.join("\n"));
        }
    }
    let f1 = f64::from(2 * right) / f64::from((2 * right + extra + missed).max(1));
    println!("| {set} | {texts} | {exact} | {right} | {extra} | {missed} | {f1:.3} |");
    Ok(())
}

fn pairs(set: &str, dir: &Path, show: bool, kb: &kb::Kb) -> Result<(), String> {
    let (mut n, mut right, mut false_yes, mut not_yes, mut false_no, mut missed) =
        (0_u32, 0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    for (name, page) in pages(dir)? {
        let mut case = Case::default();
        let mut today = None;
        let mut criterion = String::new();
        for line in page.lines() {
            if let Some(text) = line.strip_prefix("## ") {
                criterion = text.to_string();
            } else if let Some(day) = line.strip_prefix("today: ") {
                today = day.parse().ok();
            } else if let Some(day) = line.strip_prefix("born: ") {
                case.patient.date_of_birth = day.parse().ok();
            }
            let Some((label, record)) = line.strip_prefix("- ").and_then(|l| l.split_once(": ")) else { continue };
            let today = today.ok_or(format!("{name}: no day"))?;
            let state = state(&criterion, record, &case, today, kb)?;
            let word = match state {
                LeafState::Documented => "documented",
                LeafState::Contradicted => "contradicted",
                LeafState::NotDocumented => "not_documented",
            };
            n += 1;
            right += u32::from(word == label);
            not_yes += u32::from(label != "documented");
            false_yes += u32::from(word == "documented" && label != word);
            false_no += u32::from(word == "contradicted" && label != word);
            missed += u32::from(label == "documented" && label != word);
            if show && word != label {
                println!("  {word} for {label}: {criterion} / {record}");
            }
        }
    }
    let accuracy = f64::from(right) / f64::from(n.max(1));
    println!("| {set} | {n} | {right} | {accuracy:.3} | {false_yes} | {not_yes} | {false_no} | {missed} |");
    Ok(())
}

fn state(criterion: &str, record: &str, case: &Case, today: Date, kb: &kb::Kb) -> Result<LeafState, String> {
    let words = PolicyWords::load(kb).map_err(|e| e.to_string())?;
    let policy = policy::parse_entries(&[criterion.to_string()], &words);
    // Papers of one record are set apart by two bars.
    let papers: Vec<Paper> = record
        .split(" || ")
        .map(|text| Paper { name: "record".into(), exhibit: None, document: Document::from_text("record", text) })
        .collect();
    let report = evidence::criteria_for_case(policy, &papers, case, today, "en", kb).map_err(|e| e.to_string())?;
    report.leaves.first().map(|l| l.state).ok_or(format!("{criterion}: no leaf"))
}
