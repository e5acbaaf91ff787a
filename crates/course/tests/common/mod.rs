//! What the tests of this crate share: the knowledge base as it lies in `kb/`.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, dead_code, unreachable_pub)]

use std::path::Path;
use std::sync::OnceLock;

use course::{CasePaper, Supports, walk};
use facts::{Case, Document};
use kb::Kb;

/// The files of the knowledge base, by their names.
pub fn files() -> Vec<(String, String)> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../kb"));
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "toml") {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files
}

/// The knowledge base, read once.
pub fn kb() -> &'static Kb {
    static KB: OnceLock<Kb> = OnceLock::new();
    KB.get_or_init(|| Kb::load(kb::Source::new(files())).unwrap())
}

/// A case of these facts.
pub fn case(facts: &str) -> Case {
    Case::parse(&format!("format = \"corroborate-case/1\"\n{facts}")).unwrap()
}

/// A paper of the case, not read beyond its text.
pub fn paper(file: &str, kind: &str, text: &str) -> CasePaper {
    CasePaper { file: file.into(), kind: Some(kind.into()), document: Document::from_text(file, text), reading: None }
}

/// What the papers hold for a letter to quote, on a day in November 2026.
pub fn supports(facts: &str, papers: &[CasePaper]) -> Supports {
    walk(&case(facts), papers, kb(), "2026-11-25".parse().unwrap(), "en").unwrap().supports
}
