//! The repository's own knowledge base, read once per test program.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, dead_code, unreachable_pub, clippy::panic)]

use std::path::Path;
use std::sync::OnceLock;

use serde::Deserialize;

pub fn source() -> kb::Source {
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
    let mut files = Vec::new();
    walk(&root, &root, &mut files);
    kb::Source::new(files)
}

pub fn kb() -> &'static kb::Kb {
    static KB: OnceLock<kb::Kb> = OnceLock::new();
    KB.get_or_init(|| kb::Kb::load(source()).unwrap_or_else(|e| panic!("{e}")))
}

pub fn case(text: &str) -> facts::Case {
    facts::Case::parse(text).unwrap_or_else(|e| panic!("{e}"))
}

pub fn date(text: &str) -> calendar::Date {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    pub name: String,
    pub law: String,
    today: Option<toml::value::Datetime>,
    given: toml::Table,
    pub expect: Vec<String>,
}

impl Written {
    /// The day on which it is asked.
    pub fn today(&self) -> calendar::Date {
        date(&self.today.map_or("2026-11-23".to_string(), |d| d.to_string()))
    }

    /// The case file that `given` describes.
    pub fn case(&self) -> facts::Case {
        case_of(&self.given)
    }
}

/// All written cases of `tests/rights/`, each with its file.
pub fn written() -> Vec<(String, Written)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/rights");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let mut all = Vec::new();
    for path in files.iter().filter(|p| p.extension().is_some_and(|e| e == "toml")) {
        let text = std::fs::read_to_string(path).unwrap();
        let file: File = toml::from_str(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        let name = path.file_name().unwrap().to_string_lossy().to_string();
        all.extend(file.case.into_iter().map(|c| (name.clone(), c)));
    }
    all
}

fn case_of(given: &toml::Table) -> facts::Case {
    let mut root = toml::Table::new();
    let mut events = Vec::new();
    let proved: Vec<&str> =
        given.get("evidence").and_then(|v| v.as_array()).into_iter().flatten().filter_map(|v| v.as_str()).collect();
    for (key, value) in given {
        let path = match key.as_str() {
            "evidence" => continue,
            "reasons" => {
                let denial = |r: &toml::Value| toml::Table::from_iter([("reason".to_string(), r.clone())]).into();
                let all: Vec<toml::Value> = value.as_array().into_iter().flatten().map(denial).collect();
                root.insert("denial".into(), all.into());
                continue;
            }
            "coverage" => "coverage.kind",
            "process" => "coverage.external_process",
            "levels" => "coverage.internal_levels",
            "kind" => "claim.kind",
            "item" => "claim.item",
            "state" => "patient.state",
            path if path.contains('.') => path,
            event => {
                let mut entry = toml::Table::new();
                entry.insert("kind".into(), event.into());
                entry.insert("date".into(), value.clone());
                entry.insert("evidence".into(), proved.contains(&event).into());
                events.push(toml::Value::Table(entry));
                continue;
            }
        };
        let (table, name) = path.split_once('.').unwrap();
        let table = root.entry(table).or_insert_with(|| toml::Table::new().into());
        table.as_table_mut().unwrap().insert(name.into(), value.clone());
    }
    root.insert("event".into(), events.into());
    case(&toml::to_string(&root).unwrap())
}
