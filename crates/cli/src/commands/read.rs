//! `corroborate read FILE…`: what the papers say, each value with its words.

use std::path::PathBuf;
use std::process::ExitCode;

use facts::{Field, Finding, Reading};

use crate::args::Args;
use crate::failure::Failure;
use crate::screen::{self, CARE};
use crate::{papers, world};

pub(crate) fn run(args: &Args, paths: &[PathBuf], text: bool) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let (papers, mut failures) = papers::open_all(paths, args, &kb);
    let mut reading = papers::reading(&papers, &kb);
    failures.extend(papers.iter().filter_map(|p| nothing_left(p, &reading)));
    for failure in &failures {
        failure.report();
        let about = failure.about.clone().unwrap_or_default();
        reading.findings.push(Finding::new("file_not_read", failure.message.clone()).about(about));
    }
    if args.json && text {
        screen::json(&with_text(&reading, &papers)?)?;
    } else if args.json {
        screen::json(&reading)?;
    } else if !papers.is_empty() {
        show(&reading);
        show_joins(&papers, &kb);
        papers.iter().filter(|_| text).for_each(show_text);
    }
    Ok(failures.first().map_or(ExitCode::SUCCESS, Failure::code))
}

/// The reading with the text of each page under `documents[].text`, so that another program can check every span.
fn with_text(reading: &Reading, papers: &[papers::Paper]) -> Result<serde_json::Value, Failure> {
    let mut value = serde_json::to_value(reading).map_err(|e| Failure::ours(e.to_string()))?;
    let documents = value.get_mut("documents").and_then(serde_json::Value::as_array_mut);
    for (document, paper) in documents.into_iter().flatten().zip(papers) {
        let pages: Vec<&str> = paper.document.pages.iter().map(|p| p.text.as_str()).collect();
        if let Some(document) = document.as_object_mut() {
            document.insert("text".into(), pages.into());
        }
    }
    Ok(value)
}

/// How photos that look like pages of one letter are joined, ready to be copied.
fn show_joins(papers: &[papers::Paper], kb: &kb::Kb) {
    let documents: Vec<facts::Document> = papers.iter().map(|p| p.document.clone()).collect();
    for group in notice::pages_of_one(&documents, kb) {
        let names: Vec<String> = group.iter().filter_map(|n| papers.get(*n)).map(|p| in_a_shell(&p.path)).collect();
        say!("    corroborate join {} -o letter.pdf", names.join(" "));
    }
}

/// A file's name as one word of a command.
fn in_a_shell(path: &std::path::Path) -> String {
    let name = screen::tame(&path.display().to_string(), 400);
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '\\' | ':'));
    match () {
        () if plain && !name.starts_with('-') => name,
        () if plain => format!("./{name}"),
        () if cfg!(windows) => format!("\"{name}\""),
        () => format!("'{}'", name.replace('\'', "'\\''")),
    }
}

/// Prints the text of a paper, page by page.
fn show_text(paper: &papers::Paper) {
    for (index, page) in paper.document.pages.iter().enumerate() {
        screen::heading(&format!("{}, page {}", screen::tame(&paper.document.name, 80), index + 1));
        page.text.lines().for_each(|line| say!("{}", screen::tame(line, 4000)));
    }
}

/// A damaged file of which no value is left was not read, whatever letters were found in it.
fn nothing_left(paper: &papers::Paper, reading: &Reading) -> Option<Failure> {
    let damaged = paper.document.findings.iter().find(|f| f.code == "damaged")?;
    let index = reading.documents.iter().position(|d| d.sha256 == paper.document.sha256)?;
    let empty =
        !reading.fields.iter().any(|f| f.document == index) && !reading.reasons.iter().any(|r| r.document == index);
    empty.then(|| {
        Failure::input(paper.path.display().to_string(), damaged.message.clone())
            .hint("ask for a fresh copy, or scan the paper")
    })
}

/// Prints a reading for a person.
pub(crate) fn show(reading: &Reading) {
    for (index, document) in reading.documents.iter().enumerate() {
        let kind = document.kind.as_deref().map_or(String::new(), |k| format!(", {}", k.replace('_', " ")));
        screen::heading(&format!(
            "{} ({} page{}{kind})",
            screen::tame(&document.name, 80),
            document.pages,
            if document.pages == 1 { "" } else { "s" }
        ));
        for field in reading.fields.iter().filter(|f| f.document == index) {
            let value = shown(field);
            screen::labelled(label(&field.name), &screen::tame(&value, 200));
            // The words are shown where they say more than the value, not where only their lines are broken elsewhere.
            if !same_words(&field.quote, &field.value) {
                let quote = format!("{} (page {})", quoted(&field.quote, 200), field.page);
                screen::labelled_aside(&quote);
            }
        }
        let reasons: Vec<_> = reading.reasons.iter().filter(|r| r.document == index).collect();
        if !reasons.is_empty() {
            say!("\n  Reasons the plan gives");
        }
        for reason in reasons {
            let name =
                web::name_of_reason(&reason.reason).map_or_else(|| reason.reason.replace('_', " "), str::to_owned);
            say!("  {CARE}{name}{CARE:#}");
            screen::wrapped("    ", &format!("{} (page {})", quoted(&reason.quote, 400), reason.page));
        }
    }
    if !reading.not_found.is_empty() {
        screen::heading("Looked for and not found");
        let names: Vec<String> = reading.not_found.iter().map(|name| label(name).to_lowercase()).collect();
        screen::wrapped("  ", &names.join(" · "));
    }
    show_findings(&reading.findings);
}

/// What a person calls a value; the contract's name for one that has no name of its own.
fn label(name: &str) -> &str {
    web::name_of_field(name).unwrap_or(name)
}

/// A value as a person reads it: words of our lists with spaces, "yes" for what is offered or required.
fn shown(field: &Field) -> String {
    match field.value.as_str() {
        "true" => "yes".into(),
        value if field.name == "notice.kind" => value.replace('_', " "),
        value => value.to_owned(),
    }
}

/// Words of a paper in quotation marks, which a paper's own do not double.
fn quoted(words: &str, most: usize) -> String {
    format!("“{}”", screen::tame(words, most).trim_matches(['"', '“', '”']))
}

fn same_words(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

/// Prints findings, if there are any.
pub(crate) fn show_findings(findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    screen::heading("Please look at this");
    for finding in findings {
        let about = finding.about.as_deref().map_or(String::new(), |a| format!("{a}: "));
        screen::wrapped("  ", &format!("{about}{}", screen::tame(&finding.message, 500)));
    }
}
