//! The repository's rules are free of lint errors, and each fault a file can have is named at its place.
#![allow(unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use kb::{Kb, Lint, LintLevel, Source};

fn files() -> Vec<(String, String)> {
    fn walk(root: &Path, dir: &Path, out: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, out);
            } else if path.extension().is_some_and(|e| e == "toml") || path.ends_with("VERSION") {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                out.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root =
        std::env::var("CORROBORATE_KB").map_or(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb"), Into::into);
    let mut out = Vec::new();
    walk(&root, &root, &mut out);
    out
}

/// The day of the run: a rule verified today must not look as if it came from the future.
fn today() -> calendar::Date {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let days: calendar::Period = format!("{} days", seconds / 86_400).parse().unwrap();
    calendar::add("1970-01-01".parse().unwrap(), days, calendar::MissingDay::Refuse, &calendar::Holidays::none())
        .unwrap()
}

#[test]
fn the_rules_of_the_repository_have_no_lint_errors() {
    let kb = Kb::load(Source::new(files())).unwrap_or_else(|e| panic!("{e}"));
    let all = kb::lint(&kb, today()).unwrap_or_else(|e| panic!("{e}"));
    let errors: Vec<String> = all.iter().filter(|l| l.level == LintLevel::Error).map(Lint::to_string).collect();
    assert!(errors.is_empty(), "{} lint errors\n{}", errors.len(), errors.join("\n"));
}

#[test]
fn the_coverage_page_counts_every_rule() {
    let kb = Kb::load(Source::new(files())).unwrap_or_else(|e| panic!("{e}"));
    let cover = kb::cover(&kb, today()).unwrap_or_else(|e| panic!("{e}"));
    assert!(cover.coverages.iter().all(|c| !c.rules.is_empty() && c.program.is_some()));
    assert_eq!(cover.states.len(), 56);
    println!("{} rules, {} examples, {} stale", cover.rules, cover.examples, cover.stale);
}
