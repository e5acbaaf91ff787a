//! `corroborate case …`: making, checking and exporting case files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use facts::{Case, Finding, Record, SecondOpinion};

use crate::args::{Args, CaseCommand};
use crate::commands::{read, serve};
use crate::failure::Failure;
use crate::screen::{self, GOOD};
use crate::{files, papers, world};

pub(crate) fn run(args: &Args, what: &CaseCommand) -> Result<ExitCode, Failure> {
    match what {
        CaseCommand::New { files, output } => new(args, files, output),
        CaseCommand::Check { case } => {
            let case = files::case(case)?;
            if args.json {
                screen::json(&case)?;
            } else {
                say!("{GOOD}This case file can be used.{GOOD:#}");
                read::show_findings(&noticed(args, &case)?);
            }
            Ok(ExitCode::SUCCESS)
        }
        CaseCommand::Export { case, output, data } => export(args, case, output.as_deref(), data.as_deref()),
    }
}

/// What the rights and the second opinion notice about the words of a case: a kind of coverage, an event or a reason
/// that is not known here is not used, and a person should hear that before it is missed.
fn noticed(args: &Args, case: &Case) -> Result<Vec<Finding>, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let today = world::today(args.today);
    let entitlements = rights::entitlements(case, &kb, today);
    let plan = opinion::need(case, &kb, today, Some(&entitlements), &[])
        .map_err(|e| Failure::ours(format!("the knowledge base cannot be used: {e}")))?;
    let words = |f: &Finding| f.code.starts_with("unknown_");
    Ok(entitlements.findings.into_iter().chain(plan.findings.into_iter().filter(words)).collect())
}

/// Reads the papers and writes down what they say as a case; a person checks it before anything rests on it.
fn new(args: &Args, paths: &[PathBuf], output: &Path) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let (found, failures) = papers::open_all(paths, args, &kb);
    for failure in &failures {
        failure.report();
    }
    if found.is_empty() {
        return Err(Failure::input(
            output.display().to_string(),
            "none of the papers could be read, so no case was made",
        ));
    }
    let case = from_papers(&found, &kb, output.parent().unwrap_or(Path::new(".")));
    write(&case, output)?;
    if args.json {
        screen::json(&case)?;
    } else {
        read::show(&papers::reading(&found, &kb));
        say!(
            "\n{GOOD}wrote {}{GOOD:#}: please check it against the letter, above all the dates and numbers.",
            output.display()
        );
    }
    Ok(failures.first().map_or(ExitCode::SUCCESS, Failure::code))
}

/// A case from papers: facts of the plan's letters with their quotes, every paper as a record, the opinion letter named.
pub(crate) fn from_papers(found: &[papers::Paper], kb: &kb::Kb, folder: &Path) -> Case {
    let kind_of = |paper: &papers::Paper| match &paper.reading {
        Some(reading) => reading.documents.first().and_then(|d| d.kind.clone()),
        None => notice::read(std::slice::from_ref(&paper.document), kb).documents.first().and_then(|d| d.kind.clone()),
    };
    let kinds: Vec<Option<String>> = found.iter().map(kind_of).collect();
    let from_plan = |kind: &Option<String>| {
        !matches!(
            kind.as_deref(),
            Some("opinion_letter" | "treating_letter" | "medical_record" | "clinical_policy" | "plan_document")
        )
    };
    let letters: Vec<papers::Paper> =
        found.iter().zip(&kinds).filter(|(_, k)| from_plan(k)).map(|(p, _)| p.clone()).collect();
    let mut case = notice::to_case(&papers::reading(&letters, kb), kb);
    for (paper, kind) in found.iter().zip(kinds) {
        let file = name_from(&paper.path, folder);
        if kind.as_deref() == Some("opinion_letter") && case.second_opinion.is_none() {
            case.second_opinion = Some(SecondOpinion {
                state: Some("received".into()),
                letter: Some(file.clone()),
                ..Default::default()
            });
        }
        let title =
            first_line(&paper.document).filter(|_| matches!(kind.as_deref(), None | Some("medical_record" | "other")));
        match case.records.iter_mut().find(|r| r.file.as_deref() == Some(file.as_str())) {
            Some(known) => known.kind = known.kind.take().or(kind),
            None => case.records.push(Record { file: Some(file), title, kind, dated: None, include: None }),
        }
    }
    case
}

/// What a paper calls itself: its first line, when that is short enough to be a title.
fn first_line(document: &facts::Document) -> Option<String> {
    let text = &document.pages.first()?.text;
    let line = text.lines().map(str::trim).find(|l| l.chars().any(char::is_alphabetic))?;
    (line.chars().count() <= 60).then(|| line.to_string())
}

fn name_from(path: &Path, folder: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let base = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    absolute.strip_prefix(&base).map_or_else(|_| absolute.display().to_string(), |p| p.display().to_string())
}

/// Writes a case as TOML.
pub(crate) fn write(case: &Case, output: &Path) -> Result<(), Failure> {
    let text = case.to_toml().map_err(|e| Failure::ours(format!("the case could not be written as TOML: {e}")))?;
    files::write(output, text.as_bytes())
}

fn export(args: &Args, case: &str, output: Option<&Path>, data: Option<&Path>) -> Result<ExitCode, Failure> {
    let path = Path::new(case);
    let case = if path.exists() { files::case(path)? } else { serve::stored_case(case, data)? };
    match output {
        Some(output) => write(&case, output)?,
        None if args.json => screen::json(&case)?,
        None => show!("{}", case.to_toml().map_err(Failure::ours)?),
    }
    Ok(ExitCode::SUCCESS)
}
