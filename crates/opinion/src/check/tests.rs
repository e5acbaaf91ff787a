//! The rules' own examples, and properties that hold for any letter.
#![allow(clippy::disallowed_methods)]

use std::path::Path;

use facts::{Case, Document};
use kb::{Kb, Source};
use proptest::prelude::*;

use super::rules::Rules;
use super::{Checker, ELEMENTS};

fn folder(dir: &Path, base: &Path, out: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            folder(&path, base, out);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            out.push((path.strip_prefix(base).unwrap().to_string_lossy().into_owned(), text));
        }
    }
}

fn checker() -> &'static Checker {
    static KEPT: std::sync::OnceLock<Checker> = std::sync::OnceLock::new();
    KEPT.get_or_init(|| Checker::new(&kb()).unwrap_or_else(|e| panic!("{e}")))
}

fn kb() -> Kb {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb");
    let mut files = Vec::new();
    folder(&base, &base, &mut files);
    Kb::load(Source::new(files)).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn every_rule_matches_its_own_examples_and_not_its_counter_examples() {
    let rules = Rules::load(&kb()).unwrap_or_else(|e| panic!("{e}"));
    let complaints = rules.complaints();
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// Prints how a labelled letter is cut and read: `SHOW=d04 cargo test -p opinion look_at -- --ignored --nocapture`.
#[test]
#[ignore = "a look for people who write rules"]
fn look_at() {
    let wanted = std::env::var("SHOW").unwrap_or_default();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/opinions");
    let mut files = Vec::new();
    folder(&base, &base, &mut files);
    for (_, text) in files.into_iter().filter(|(p, _)| !wanted.is_empty() && p.contains(&wanted)) {
        let part = |open: &str| text.split_once(open).and_then(|t| t.1.split_once("\n```")).map(|t| t.0.to_string()).unwrap_or_default();
        let case = Case::parse(&part("```toml\n")).unwrap_or_else(|e| panic!("{e}"));
        let rules = Rules::load(&kb()).unwrap_or_else(|e| panic!("{e}"));
        let l = super::letter::Letter::read(&case, &Document::from_text("x", part("```text\n")), &rules);
        for (i, u) in l.units.iter().enumerate() {
            let poles: Vec<_> = l.stance.events.iter().filter(|e| e.unit == i).map(|e| format!("{:?}{}", e.pole, if e.named { "*" } else { "" })).collect();
            println!("{i:>3} {:?} [{}] {}\n      own: {}\n      {}", u.zone, u.section, u.text, if l.own[i] == u.text { "same" } else { &l.own[i] }, poles.join(" "));
        }
        println!("{} on {:?}; {:?}", l.stance.outcome, l.stance.unit, l.subject);
    }
}

/// The same for `conclusions.toml`, those whose words hold `SAYS`.
#[test]
#[ignore = "a look for people who write rules"]
fn look_at_conclusions() {
    let wanted = std::env::var("SAYS").unwrap_or_default();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/opinions/conclusions.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let rules = Rules::load(&kb()).unwrap_or_else(|e| panic!("{e}"));
    for entry in text.split("[[conclusion]]").skip(1) {
        let get = |k: &str| entry.split_once(k).and_then(|t| t.1.split_once('\n')).map(|t| t.0.trim_matches('"').to_string()).unwrap_or_default();
        let says = get("says = ");
        if wanted.is_empty() || !wanted.split('|').any(|w| says.contains(w)) {
            continue;
        }
        let case = Case::parse(&format!("[claim]\nservice = {:?}\n[treating_physician]\nname = \"Dr. Ruth Vance\"", get("service = "))).unwrap_or_else(|e| panic!("{e}"));
        let letter = format!("Dear Colleague,\n\n{says}\n\nSincerely,\n/s/ Robin Writer, MD");
        let l = super::letter::Letter::read(&case, &Document::from_text("x", letter), &rules);
        println!("--- {} read as {}", get("outcome = "), l.stance.outcome);
        for (i, u) in l.units.iter().enumerate().filter(|(_, u)| u.zone == super::text::Zone::Body) {
            let poles: Vec<_> = l.stance.events.iter().filter(|e| e.unit == i).map(|e| format!("{:?}{}", e.pole, if e.named { "*" } else { "" })).collect();
            println!("  {}\n      own: {}   {}", u.text, if l.own[i] == u.text { "same" } else { &l.own[i] }, poles.join(" "));
        }
    }
}
