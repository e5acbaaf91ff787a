//! `corroborate draft CASE DOCUMENT`: one letter or form, as PDF, DOCX or text.

use std::path::Path;
use std::process::ExitCode;

use crate::args::{Args, Language};
use crate::commands::read::show_findings;
use crate::commands::{edited, packet};
use crate::failure::Failure;
use crate::screen::{self, GOOD};
use crate::{files, noticed, walk};

pub(crate) struct Request<'a> {
    pub document: &'a str,
    pub output: Option<&'a Path>,
    pub lint: bool,
    /// None: English for offices, the person's own language for what is for the person alone.
    pub language: Option<Language>,
    pub with_blanks: bool,
    pub edited: Option<&'a Path>,
    pub keep: bool,
}

pub(crate) fn run(args: &Args, case: &Path, request: &Request<'_>) -> Result<ExitCode, Failure> {
    if request.document == "list" {
        return list(args, case);
    }
    let loaded = walk::load(case, args)?;
    if let Some(output) = request.output {
        files::not_over(output, walk::papers_on_disk(&loaded.case, case))?;
    }
    let language = language(request, &loaded.case);
    let walk = loaded.walk(language)?;
    let rows = draft::criteria_rows(walk.criteria.as_ref());
    let kb = loaded.kb.speaking(language)?;
    let inputs = draft::Inputs { kb: &kb, ..packet::inputs(&loaded, &walk, &rows, language) };
    let drafted = draft::draft(request.document, &inputs).map_err(unknown)?;
    let document = drafted.value;
    if let Some(copy) = request.edited {
        return edited::run(args, case, &loaded, &inputs, &document, copy, request.keep);
    }
    if request.lint {
        let findings = draft::lint(&document, &inputs);
        return report(args, &findings);
    }
    let blocked = !document.missing.is_empty() && !request.with_blanks;
    if let (Some(output), false) = (request.output, blocked) {
        files::write_keeping(output, &rendered(output, &document, request.with_blanks)?)?;
        note!("wrote {}", output.display());
    }
    if args.json {
        let mut all = drafted.findings.clone();
        noticed::add(&mut all, noticed::of_loaded(&loaded, &walk.entitlements));
        screen::json(&noticed::beside(&document, &all)?)?;
    } else if request.output.is_none() {
        say!("{}", ::packet::plain_text(&document, None).trim_end());
    }
    // Also where the letter goes to a file: what is noticed of it is for whoever sends it.
    tell(&drafted.findings);
    tell(&noticed::of_loaded(&loaded, &walk.entitlements).into_iter().filter(noticed::is_of_input).collect::<Vec<_>>());
    if !document.missing.is_empty() && request.output.is_none() {
        note!(
            "This document still lacks: {}. The blanks are shown in [brackets].",
            screen::missing(&document.missing, &loaded.kb)
        );
    }
    if blocked && request.output.is_some() {
        return Err(Failure::input(
            request.document,
            format!("this document still lacks: {}", screen::missing(&document.missing, &loaded.kb)),
        )
        .hint("add them to the case, or use --with-blanks for a draft with blanks shown"));
    }
    Ok(ExitCode::SUCCESS)
}

/// What was noticed about a draft goes to standard error, so that it never stands in a letter that is saved from the
/// screen.
pub(super) fn tell(findings: &[facts::Finding]) {
    for finding in findings {
        let about = finding.about.as_deref().map_or(String::new(), |a| format!("{a}: "));
        note!("{about}{}", screen::tame(&finding.message, 500));
    }
}

/// The language asked for; else the person's own for what the person reads, English for the rest.
fn language(request: &Request<'_>, case: &facts::Case) -> &'static str {
    let for_the_person = draft::KINDS.iter().any(|k| k.id == request.document && k.to == "you");
    let spoken = case.patient.language.as_deref();
    match request.language {
        Some(Language::Es) => "es",
        Some(Language::En) => "en",
        None if for_the_person && spoken == Some("es") => "es",
        None => "en",
    }
}

fn unknown(error: draft::DraftError) -> Failure {
    let text = error.to_string();
    let (message, hint) =
        text.split_once("\n  hint: ").unwrap_or((&text, "`corroborate draft CASE list` names them all"));
    Failure::input("draft", message).hint(hint)
}

fn rendered(output: &Path, document: &draft::Document, with_blanks: bool) -> Result<Vec<u8>, Failure> {
    let ours = |e: ::packet::Error| Failure::ours(e.to_string());
    match output.extension().and_then(|e| e.to_str()) {
        Some("pdf") => ::packet::letter_pdf(document, with_blanks && !document.missing.is_empty()).map_err(ours),
        Some("docx") => ::packet::docx(document).map_err(ours),
        Some("txt") => Ok(::packet::plain_text(document, None).into_bytes()),
        Some("json") => serde_json::to_vec_pretty(document).map_err(|e| Failure::ours(e.to_string())),
        _ => Err(Failure::input(output.display().to_string(), "this ending is not known")
            .hint("use .pdf, .docx, .txt or .json")),
    }
}

fn report(args: &Args, findings: &[facts::Finding]) -> Result<ExitCode, Failure> {
    if args.json {
        screen::json(&findings)?;
    } else if findings.is_empty() {
        say!("{GOOD}No faults found.{GOOD:#}");
    } else {
        show_findings(findings);
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(serde::Serialize)]
struct Listed {
    document: &'static str,
    what: &'static str,
    to: &'static str,
    /// Whether a fact of the case calls for it.
    offered: bool,
}

/// All documents: those that the case calls for, then the others, which can be made too.
fn list(args: &Args, case: &Path) -> Result<ExitCode, Failure> {
    let offered = offered(args, case)?;
    let listed = |k: &draft::Kind| Listed { document: k.id, what: k.what, to: k.to, offered: offered.contains(&k.id) };
    let all: Vec<Listed> = draft::KINDS.iter().map(listed).collect();
    if args.json {
        screen::json(&all)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (called_for, others): (Vec<&Listed>, Vec<&Listed>) = all.iter().partition(|one| one.offered);
    for (heading, part) in [("What your case calls for", called_for), ("Other letters", others)] {
        if part.is_empty() {
            continue;
        }
        screen::heading(heading);
        for one in part {
            let to = if one.to == "you" { "for you".to_string() } else { format!("to the {}", one.to) };
            say!("  {:<31} {} ({to})", one.document, one.what);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn offered(args: &Args, case: &Path) -> Result<Vec<&'static str>, Failure> {
    let loaded = walk::load(case, args)?;
    let walk = loaded.walk("en")?;
    let rows = draft::criteria_rows(walk.criteria.as_ref());
    draft::offered(&packet::inputs(&loaded, &walk, &rows, "en")).map_err(unknown)
}
