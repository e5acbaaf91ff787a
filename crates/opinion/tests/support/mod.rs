//! Builds a knowledge base from the repository's `kb/` folder, and cases from short TOML.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, dead_code, unreachable_pub)]

use std::path::Path;

use calendar::Date;
use facts::Case;
use kb::{Kb, Source};

pub fn kb() -> Kb {
    static KB: std::sync::OnceLock<Kb> = std::sync::OnceLock::new();
    KB.get_or_init(load).clone()
}

fn load() -> Kb {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb");
    let mut files = Vec::new();
    read(&root, &root, &mut files);
    Kb::load(Source::new(files)).unwrap_or_else(|e| panic!("{e}"))
}

fn read(root: &Path, folder: &Path, out: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            read(root, &path, out);
        } else if path.extension().is_some_and(|e| e == "toml") || path.file_name().is_some_and(|n| n == "VERSION") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            out.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

pub fn case(text: &str) -> Case {
    Case::parse(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn today() -> Date {
    day("2026-11-25")
}

/// A right with its filing day, as the rights room would give it.
pub fn right(id: &str, gives: &str, actor: &str, level: u8, by: &str) -> rights::Right {
    serde_json::from_value(serde_json::json!({
        "id": id, "gives": gives, "level": level, "title": "", "actor": actor, "pace": "standard", "due": by, "file_by": by,
        "derivation": [], "authorities": []
    }))
    .unwrap()
}

/// Entitlements with one filing day.
pub fn file_by(by: &str) -> rights::Entitlements {
    let mut e = rights::Entitlements::empty(today());
    e.rights = vec![right("us.erisa.internal_appeal", "internal_appeal.file", "claimant", 1, by)];
    e
}
