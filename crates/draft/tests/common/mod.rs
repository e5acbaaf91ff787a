//! The repository's own knowledge base, read once per test program, and letters drafted under it.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, dead_code, unreachable_pub, clippy::panic)]

use std::path::Path;
use std::sync::OnceLock;

use calendar::Date;
use draft::{Document, Inputs, draft};
use facts::{Case, Outcome};

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

pub fn kb() -> &'static kb::Kb {
    static KB: OnceLock<kb::Kb> = OnceLock::new();
    KB.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb");
        let mut files = Vec::new();
        walk(&root, &root, &mut files);
        kb::Kb::load(kb::Source::new(files)).unwrap_or_else(|e| panic!("{e}"))
    })
}

/// What the rules say the person of a case may ask for, without any right that has a date.
pub fn only_entitled(case: &Case, today: Date) -> rights::Entitlements {
    let all = rights::entitlements(case, kb(), today);
    rights::Entitlements { entitled_to: all.entitled_to, ..rights::Entitlements::empty(today) }
}

/// A document for a case, under the rules as they are, on a day.
pub fn drafted(case: &str, name: &str, today: Date) -> Outcome<Document> {
    drafted_in(case, name, today, "en")
}

/// The same in a language.
pub fn drafted_in(case: &str, name: &str, today: Date, language: &str) -> Outcome<Document> {
    with_inputs(case, today, language, |inputs| draft(name, inputs).unwrap_or_else(|e| panic!("{e}")))
}

/// What is made of a case, under the rules as they are, on a day.
pub fn with_inputs<T>(case: &str, today: Date, language: &str, made: impl FnOnce(&Inputs) -> T) -> T {
    let case = Case::parse(case).unwrap_or_else(|e| panic!("{e}"));
    let entitlements = rights::entitlements(&case, kb(), today);
    let inputs = Inputs {
        case: &case,
        entitlements: &entitlements,
        plan: None,
        check: None,
        criteria: &[],
        supports: None,
        kb: kb(),
        today,
        language,
        stage: None,
    };
    made(&inputs)
}

/// The sentences of a document, each with all the law behind it: also with what a letter does not print, because nobody has
/// read the passage itself.
pub fn behind(document: &Document) -> String {
    let shown = |s: &&draft::Sentence| {
        let mut s = (*s).clone();
        for source in &mut s.sources {
            if let draft::Source::Authority(a) = source {
                a.confidence = Some(cite::Confidence::OfficialCopy);
            }
        }
        s.printed(&document.labels)
    };
    document.sentences().iter().map(shown).collect::<Vec<_>>().join("\n")
}

pub fn text(document: &Document) -> String {
    document.sentences().iter().map(|s| s.printed(&document.labels)).collect::<Vec<_>>().join("\n")
}

/// The whole document as somebody reads it: the addressee, every sentence and the law behind each.
pub fn whole(document: &Document) -> String {
    let to: Vec<String> = std::iter::once(&document.to.name).chain(&document.to.lines).cloned().collect();
    let law = document.sentences().into_iter().flat_map(|s| &s.sources).filter_map(|source| match source {
        draft::Source::Authority(a) => Some(a.cite.clone()),
        _ => None,
    });
    let law: Vec<String> = law.collect();
    format!("{}\n{}\n{}", to.join("\n"), text(document), law.join("\n"))
}
