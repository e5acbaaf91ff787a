//! `corroborate draft CASE DOCUMENT --edited FILE`: what a person changed in a copy of a letter, and keeping it.

use std::path::Path;
use std::process::ExitCode;

use draft::edits;
use facts::{Case, Edit, Finding};

use crate::args::Args;
use crate::commands::read::show_findings;
use crate::failure::Failure;
use crate::files;
use crate::screen::{self, GOOD, QUIET};
use crate::walk::Loaded;

/// The most characters of a passage that the terminal shows.
const MOST: usize = 600;

/// The answer for programs.
#[derive(serde::Serialize)]
struct Answer {
    edits: Vec<Edit>,
    kept: bool,
    findings: Vec<Finding>,
}

/// Compares an edited copy with the document as it is drafted now, shows what differs and what the linter thinks of it,
/// and with `keep` writes the changes into the case file.
pub(crate) fn run(
    args: &Args,
    case_file: &Path,
    loaded: &Loaded,
    inputs: &draft::Inputs<'_>,
    document: &draft::Document,
    edited: &Path,
    keep: bool,
) -> Result<ExitCode, Failure> {
    let worker = std::env::current_exe().ok();
    let found = ::packet::changes_in(document, &files::read(edited)?, worker.as_deref()).map_err(|e| {
        let failure =
            if e.ours { Failure::ours(e.message) } else { Failure::input(edited.display().to_string(), e.message) };
        match e.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })?;
    let new: Vec<Edit> = found.value.into_iter().map(|e| Edit { on: Some(loaded.today), ..e }).collect();
    let mut case = loaded.case.clone();
    edits::merge(&mut case.edits, new.clone());

    let with_words = draft::Inputs { case: &case, ..*inputs };
    let next = draft::draft(&document.id, &with_words).map_err(|e| Failure::ours(e.to_string()))?;
    let mut findings = found.findings;
    findings.extend(draft::lint(&next.value, &with_words));
    let kept = keep && !new.is_empty();
    if kept {
        files::write(case_file, rewritten(case_file, &case)?.as_bytes())?;
    }
    if args.json {
        screen::json(&Answer { edits: new, kept, findings })?;
    } else {
        show(&new, case_file, kept);
        show_findings(&findings);
    }
    Ok(ExitCode::SUCCESS)
}

fn show(edits: &[Edit], case_file: &Path, kept: bool) {
    if edits.is_empty() {
        return say!("{GOOD}The text is the same as the letter drafted from the case.{GOOD:#}");
    }
    for edit in edits {
        let tame = |text: &str| screen::tame(text, MOST);
        let (was, now) = (edit.was.as_deref().map(tame), tame(edit.now.trim()));
        match (was, now.as_str()) {
            (Some(was), "") => say!("  taken out  {was}"),
            (Some(was), now) => say!("  was        {QUIET}{was}{QUIET:#}\n  now        {now}"),
            (None, now) => say!("  added      {now}"),
        }
        say!();
    }
    if kept {
        note!("kept in {}: every new draft and the packet have your words", case_file.display());
    } else {
        note!("nothing is kept yet; run again with --keep to keep these words in {}", case_file.display());
    }
}

/// The case file's text with the edits of the case. Everything else in a TOML file stays as it was written, comments
/// too; a JSON file is written anew.
fn rewritten(path: &Path, case: &Case) -> Result<String, Failure> {
    let bytes = files::read(path)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if text.trim_start().starts_with('{') {
        return serde_json::to_string_pretty(case).map_err(|e| Failure::ours(e.to_string()));
    }
    #[derive(serde::Serialize)]
    struct Tail<'a> {
        edit: &'a [Edit],
    }
    let tail = toml::to_string(&Tail { edit: &case.edits }).map_err(|e| Failure::ours(e.to_string()))?;
    let whole = format!("{}\n\n{tail}", without_edits(&text).trim_end());
    match Case::parse(&whole) {
        Ok(read) if read == *case => Ok(whole),
        _ => case.to_toml().map_err(Failure::ours),
    }
}

/// A TOML text without its `[[edit]]` tables.
fn without_edits(text: &str) -> String {
    let mut inside = false;
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            inside = matches!(line.trim(), "[[edit]]" | "[[edits]]");
        }
        if !inside {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_edit_tables_go() {
        let text = "# mine\n[patient]\nname = \"A\"\n\n[[edit]]\nwas = \"x\"\nnow = \"y\"\n\n[claim]\nnumber = \"1\"\n";
        assert_eq!(without_edits(text), "# mine\n[patient]\nname = \"A\"\n\n[claim]\nnumber = \"1\"\n");
    }
}
