//! The house rules a machine can look after: who may use whom, sizes, doors with names on them.
#![allow(clippy::disallowed_methods, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rooms from the ground up (ARCHITECTURE.md): a room may use rooms on lower lines only.
const LINES: &[&[&str]] = &[
    &["calendar", "cite", "net"],
    &["kb", "facts"],
    &["extract", "exchange", "notice", "rights"],
    &["evidence", "opinion"],
    &["course"],
    &["draft"],
    &["packet", "journal"],
    &["web"],
    &["cli"],
];

/// Uses on one line that the plan of the house allows: `opinion` holds the plan's criteria against the letter.
const SIDEWAYS: &[(&str, &str)] = &[("opinion", "evidence")];

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for path in entries.filter_map(|e| e.ok().map(|e| e.path())) {
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with("node_modules") {
                found.extend(files(&path, ending));
            }
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn line_of(room: &str) -> Option<usize> {
    LINES.iter().position(|line| line.contains(&room))
}

/// The `[dependencies]` of a crate: names only.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let table: toml::Table = manifest.parse().unwrap_or_else(|e| panic!("{e}"));
    let of = |name: &str| {
        table.get(name).and_then(|d| d.as_table()).map(|t| t.keys().cloned().collect::<Vec<_>>()).unwrap_or_default()
    };
    of("dependencies").into_iter().collect()
}

#[test]
fn a_room_uses_lower_rooms_only() {
    let mut wrong = Vec::new();
    for room in LINES.iter().flat_map(|l| l.iter()) {
        let here = line_of(room);
        for used in dependencies(&read(&root().join("crates").join(room).join("Cargo.toml"))) {
            let there = line_of(&used);
            if there.is_some() && there >= here && !SIDEWAYS.contains(&(room, used.as_str())) {
                wrong.push(format!("{room} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "a room uses a room that is not below it: {wrong:?}");
}

#[test]
fn every_crate_is_in_the_plan() {
    let crates = std::fs::read_dir(root().join("crates")).unwrap_or_else(|e| panic!("{e}"));
    for entry in crates.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(line_of(&name).is_some(), "crates/{name} has no line in tests/tidy.rs and ARCHITECTURE.md");
    }
}

#[test]
fn logic_has_no_clock_and_no_disk() {
    let mut wrong = Vec::new();
    for room in LINES[..6].iter().flat_map(|l| l.iter()) {
        for file in files(&root().join("crates").join(room).join("src"), "rs") {
            let path = file.display().to_string();
            // The worker's parent and child, and the OCR engine's process, are the one door of `extract` to the system.
            if path.ends_with("/tests.rs")
                || path.contains("extract/src/worker")
                || path.contains("extract/src/ocr")
                || path.contains("extract/src/image")
            {
                continue;
            }
            let text = read(&file);
            let text = text.split("#[cfg(test)]").next().unwrap_or("");
            for word in ["Zoned::now", "SystemTime::now", "Instant::now", "std::fs::", "std::net::", "Command::new"] {
                if text.contains(word) {
                    wrong.push(format!("{path}: {word}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "logic reads a clock, a disk or the network: {wrong:#?}");
}

#[test]
fn a_file_is_one_subject() {
    let long: Vec<String> = files(&root().join("crates"), "rs")
        .into_iter()
        .chain(files(&root().join("xtask"), "rs"))
        .map(|f| (read(&f).lines().count(), f))
        .filter(|(lines, _)| *lines > 800)
        .map(|(lines, f)| format!("{} has {lines} lines", f.display()))
        .collect();
    assert!(long.is_empty(), "split these: {long:#?}");
}

#[test]
fn every_module_says_what_it_is() {
    let silent: Vec<String> = files(&root().join("crates"), "rs")
        .into_iter()
        .filter(|f| f.ends_with("src/lib.rs") || f.ends_with("src/main.rs"))
        .filter(|f| !read(f).starts_with("//!"))
        .map(|f| f.display().to_string())
        .collect();
    assert!(silent.is_empty(), "these crates do not open with what they turn into what: {silent:?}");
}

#[test]
fn every_data_file_says_what_it_is() {
    let silent: Vec<String> = files(&root().join("kb"), "toml")
        .into_iter()
        .filter(|f| {
            let text = read(f);
            !(text.starts_with('#') || text.starts_with("format ="))
        })
        .map(|f| f.display().to_string())
        .collect();
    assert!(silent.is_empty(), "these data files begin neither with a comment nor with their format: {silent:#?}");
}

/// A paper of a kind without a row would stand in the packet as "lab result" or "other", in English and in small letters.
#[test]
fn every_kind_of_paper_has_a_title_for_the_packet() {
    let table =
        |path: &str| -> toml::Table { read(&root().join(path)).parse().unwrap_or_else(|e| panic!("{path}: {e}")) };
    let rows = |t: &toml::Table, list: &str, key: &str| -> BTreeSet<String> {
        let rows = t[list].as_array().into_iter().flatten();
        rows.filter_map(|r| r.get(key)?.as_str().map(str::to_string)).collect()
    };
    let titled = rows(&table("templates/exhibits.toml"), "kind", "id");
    let mut known = rows(&table("kb/notice/papers.toml"), "paper", "kind");
    known.extend(rows(&table("kb/notice/kinds.toml"), "document", "kind"));
    let offered = table("crates/web/words.en.toml")["paper"].as_table().cloned().unwrap_or_default();
    known.extend(offered.keys().cloned());
    assert!(known.len() > 12, "{known:?}");
    let bare: Vec<&String> = known.difference(&titled).collect();
    assert!(bare.is_empty(), "no row in templates/exhibits.toml: {bare:?}");
}

#[test]
fn every_dependency_has_a_reason() {
    let manifest: toml::Table = read(&root().join("Cargo.toml")).parse().unwrap_or_else(|e| panic!("{e}"));
    let ours: BTreeSet<&str> = LINES.iter().flat_map(|l| l.iter().copied()).collect();
    let reasons = read(&root().join("docs/dependencies.md"));
    let all = manifest["workspace"]["dependencies"].as_table().cloned().unwrap_or_default();
    let silent: Vec<&String> =
        all.keys().filter(|k| !ours.contains(k.as_str()) && !reasons.contains(&format!("`{k}`"))).collect();
    assert!(silent.is_empty(), "no line in docs/dependencies.md: {silent:?}");
}

#[test]
fn nothing_is_left_half_done() {
    let marks =
        ["FIX".to_string() + "ME", "XX".to_string() + "X:", "for n".to_string() + "ow,", "todo".to_string() + "!("];
    let mut found = BTreeMap::new();
    for file in files(&root().join("crates"), "rs").into_iter().chain(files(&root().join("kb"), "toml")) {
        let text = read(&file);
        for mark in &marks {
            if text.contains(mark.as_str()) {
                found.insert(file.display().to_string(), mark.clone());
            }
        }
    }
    assert!(found.is_empty(), "unfinished: {found:#?}");
}
