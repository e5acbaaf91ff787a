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
