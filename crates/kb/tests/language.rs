//! Every text for people has words in every language of the knowledge base, folder by folder, and no words are left over.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic)] // tests read files and fail by panicking

use std::collections::BTreeMap;
use std::path::Path;

use kb::{Kb, Source, Untold};

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
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb");
    let mut files = Vec::new();
    walk(&root, &root, &mut files);
    files
}

fn kb() -> Kb {
    Kb::load(Source::new(files())).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn every_text_for_people_has_spanish_words() {
    let untold = kb().untold("es").unwrap();
    let mut folders: BTreeMap<&str, Vec<&Untold>> = BTreeMap::new();
    for text in untold.iter().filter(|u| !u.unused) {
        folders.entry(text.file.rsplit_once('/').map_or("", |(folder, _)| folder)).or_default().push(text);
    }
    let said = |texts: &[&Untold]| -> String {
        texts.iter().map(|t| format!("  kb/{}:{}: {}\n", t.file, t.line, t.text)).collect()
    };
    let all: String = folders.iter().map(|(folder, texts)| format!("kb/{folder}\n{}", said(texts))).collect();
    assert!(all.is_empty(), "texts without Spanish words (add them to kb/es/):\n{all}");
}

#[test]
fn no_words_are_kept_for_a_text_that_is_gone() {
    let untold = kb().untold("es").unwrap();
    let unused: String = untold.iter().filter(|u| u.unused).map(|u| format!("  kb/{}: {}\n", u.file, u.text)).collect();
    assert!(unused.is_empty(), "words that no text asks for:\n{unused}");
}

/// A figure, a name in braces or a citation that one language has and the other has not is a mistake in one of them.
#[test]
fn both_languages_have_the_same_figures_and_the_same_blanks() {
    let mut wrong = String::new();
    for (path, text) in files().iter().filter(|(path, _)| path.starts_with("es/")) {
        let file: toml::Value = toml::from_str(text).unwrap();
        for (english, spanish) in file.get("say").and_then(|s| s.as_table()).unwrap() {
            let spanish = spanish.as_str().unwrap();
            // A day in short form is written as figures in English and in words in Spanish.
            if blanks(english) != blanks(spanish) && english != "{iso}" {
                wrong += &format!("kb/{path}: blanks differ: {english} = {spanish}\n");
            }
            let lacking: Vec<String> = figures(english).into_iter().filter(|n| !figures(spanish).contains(n)).collect();
            if !lacking.is_empty() {
                wrong += &format!("kb/{path}: {} not in the Spanish: {english} = {spanish}\n", lacking.join(", "));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn blanks(text: &str) -> Vec<String> {
    let mut all: Vec<String> =
        text.split('{').skip(1).filter_map(|t| t.split_once('}')).map(|(name, _)| name.to_lowercase()).collect();
    all.sort();
    all.dedup();
    all
}

fn figures(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).map(String::from).collect()
}

#[test]
fn the_same_rules_answer_in_both_languages() {
    let english = kb();
    let spanish = english.speaking("es").unwrap();
    assert_eq!((spanish.language(), spanish.version()), ("es", english.version()));
    assert_eq!(spanish.index().rules().len(), english.index().rules().len());
    for (es, en) in spanish.index().rules().iter().zip(english.index().rules()) {
        assert_eq!((&es.id, &es.when, es.versions.len()), (&en.id, &en.when, en.versions.len()));
        for (told, version) in es.versions.iter().zip(&en.versions) {
            assert_eq!(told.timer.span, version.timer.span, "{}", en.id);
            assert_eq!(told.authorities, version.authorities, "{}", en.id);
        }
    }
    assert_eq!(english.speaking("en").unwrap().language(), "en");
    assert_eq!(english.speaking("fr").unwrap().language(), "en", "a language we do not have is English");
}
