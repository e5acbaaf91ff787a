//! Reads a page of `tests/opinions/`: the case, the letter, and what must be read from it (see README.md there).
//! Shared by the measurement (`cargo xtask eval opinions`) and the tests of crate `opinion`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A labelled letter.
#[derive(Debug, Clone, Default)]
pub struct Labelled {
    /// File name without folder.
    pub name: String,
    /// The case file's text, TOML.
    pub case: String,
    /// The letter's text.
    pub letter: String,
    /// The outcome.
    pub outcome: String,
    /// Element → state.
    pub elements: BTreeMap<String, String>,
    /// Reason → state.
    pub reasons: BTreeMap<String, String>,
    /// Kind and sentence.
    pub hazards: Vec<(String, String)>,
    /// The attach decision.
    pub attach: String,
}

/// `conclusions.toml`.
#[derive(Debug, serde::Deserialize)]
pub struct Conclusions {
    /// The entries.
    pub conclusion: Vec<Conclusion>,
}

/// A short conclusion with the outcome it stands for.
#[derive(Debug, serde::Deserialize)]
pub struct Conclusion {
    /// The service that was denied.
    pub service: String,
    /// The physician's words.
    pub says: String,
    /// The outcome.
    pub outcome: String,
}

impl Conclusion {
    /// The conclusion as a minimal letter with its case.
    pub fn as_letter(&self) -> Result<(facts::Case, facts::Document), String> {
        let case = format!(
            "[patient]\nname = \"Alex Jones\"\n[coverage]\nissuer = \"Plainview Health\"\n[claim]\nservice = {:?}\n[[denial]]\nreason = \"not_medically_necessary\"\n[treating_physician]\nname = \"Dr. Ruth Vance\"\npractice = \"Vance Medical\"",
            self.service
        );
        let letter = format!(
            "November 2, 2026\n\nRe: Alex Jones\n\nDear Colleague,\n\n{}\n\nSincerely,\n/s/ Robin Writer, MD",
            self.says
        );
        Ok((facts::Case::parse(&case).map_err(|e| e.to_string())?, facts::Document::from_text("conclusion", letter)))
    }
}

/// All pages of a folder, by name.
pub fn read_folder(folder: &Path) -> Result<Vec<Labelled>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|x| x == "md")).collect();
    files.sort();
    files.iter().map(|f| read(f)).collect()
}

fn read(file: &Path) -> Result<Labelled, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let name = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    parse(&name, &text).ok_or_else(|| format!("{}: needs a case, a letter and an annotation", file.display()))
}

fn parse(name: &str, text: &str) -> Option<Labelled> {
    let (_, rest) = text.split_once("```toml\n")?;
    let (case, rest) = rest.split_once("\n```")?;
    let (_, rest) = rest.split_once("```text\n")?;
    let (letter, rest) = rest.split_once("\n```")?;
    let mut out = Labelled { name: name.into(), case: case.into(), letter: letter.into(), ..Labelled::default() };
    for line in rest.lines().filter_map(|l| l.strip_prefix("- ")) {
        let (key, value) = line.split_once(':')?;
        let value = value.trim();
        match key.split_once(' ') {
            Some(("reason", reason)) => drop(out.reasons.insert(reason.into(), value.into())),
            Some(("hazard", kind)) => out.hazards.push((kind.into(), value.into())),
            Some(("not", "applicable")) => note(&mut out, value, "not_applicable"),
            _ => match key {
                "outcome" => out.outcome = value.into(),
                "attach" => out.attach = value.into(),
                "present" | "partial" | "missing" => note(&mut out, value, key),
                _ => return None,
            },
        }
    }
    (out.elements.len() == 19).then_some(out)
}

fn note(out: &mut Labelled, names: &str, state: &str) {
    for n in names.split(',').map(str::trim).filter(|n| !n.is_empty() && *n != "none") {
        out.elements.insert(n.into(), state.into());
    }
}
