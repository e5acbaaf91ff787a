//! Reads `tests/opinions/sentences/*.txt`: which sentences of a letter tell what (see README.md there).

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use opinion::LABELS;

/// A letter with its labelled sentences; those without a label are not written down.
pub(super) struct Labelled {
    pub(super) name: String,
    pub(super) sentences: HashMap<String, Vec<String>>,
}

/// Every set with its letters.
pub(super) fn read(folder: &Path) -> Result<Vec<(String, Vec<Labelled>)>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|x| x == "txt")).collect();
    files.sort();
    files
        .iter()
        .map(|f| {
            let text = std::fs::read_to_string(f).map_err(|e| format!("{}: {e}", f.display()))?;
            let set = f.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            Ok((set, parse(&text).map_err(|line| format!("{}: not `label label | sentence`: {line}", f.display()))?))
        })
        .collect()
}

fn parse(text: &str) -> Result<Vec<Labelled>, String> {
    let mut out: Vec<Labelled> = Vec::new();
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        if let Some(name) = line.strip_prefix("== ") {
            out.push(Labelled { name: name.trim().to_string(), sentences: HashMap::new() });
            continue;
        }
        let (labels, sentence) = line.split_once(" | ").ok_or_else(|| line.to_string())?;
        let labels: Vec<String> = labels.split(' ').map(str::to_string).collect();
        // A misspelled label, or a sentence written twice, would teach the wrong thing without a word.
        if labels.iter().any(|l| !LABELS.contains(&l.as_str())) {
            return Err(line.to_string());
        }
        let letter = out.last_mut().ok_or_else(|| line.to_string())?;
        let known = letter.sentences.entry(sentence.to_string()).or_insert_with(|| labels.clone());
        if *known != labels {
            return Err(format!("labelled twice, and otherwise: {line}"));
        }
    }
    Ok(out)
}
