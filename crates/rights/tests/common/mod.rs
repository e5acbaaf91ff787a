//! The repository's own knowledge base, read once per test program.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, dead_code, unreachable_pub, clippy::panic)]

use std::path::Path;
use std::sync::OnceLock;

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
