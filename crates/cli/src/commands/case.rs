//! `corroborate case …`: making, checking and exporting case files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use facts::{Case, Finding};

use crate::args::{Args, CaseCommand};
use crate::commands::{read, serve};
use crate::dropped::{self, Dropped};
use crate::failure::Failure;
use crate::screen::{self, GOOD};
use crate::{files, noticed, papers, walk, world};

/// A case file as it was understood, and what was noticed about its words, numbers, days and files.
#[derive(serde::Serialize)]
struct Checked {
    #[serde(flatten)]
    case: Case,
    findings: Vec<Finding>,
}

impl Checked {
    fn new(case: &Case, findings: Vec<Finding>) -> Checked {
        Checked { case: Case { format: Some(facts::CASE_FORMAT.into()), ..case.clone() }, findings }
    }
}

pub(crate) fn run(args: &Args, what: &CaseCommand) -> Result<ExitCode, Failure> {
    match what {
        CaseCommand::New { files, output } => new(args, files, output),
        CaseCommand::Add { case, files } => add(args, case, files),
        CaseCommand::Check { case: path } => {
            let case = files::case(path)?;
            let kb = world::knowledge_base(args.kb.as_deref())?;
            let mut findings = noticed::of_case(&case, &kb, world::today(args.today))?;
            let gone = noticed::missing_files(&case, files::folder_of(path));
            let whole = gone.is_empty();
            findings.extend(gone);
            if args.json {
                screen::json(&Checked::new(&case, findings))?;
            } else {
                let but = if whole { "" } else { " Files that it names are not there: see below." };
                say!("{GOOD}This case file can be used.{GOOD:#}{but}");
                read::show_findings(&findings);
            }
            Ok(ExitCode::SUCCESS)
        }
        CaseCommand::Export { case, output, data } => export(args, case, output.as_deref(), data.as_deref()),
    }
}

/// Reads the papers and writes down what they say as a case; a person checks it before anything rests on it.
fn new(args: &Args, paths: &[PathBuf], output: &Path) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let dropped = opened(args, paths, &kb);
    if dropped.papers.is_empty() {
        return Err(Failure::input(
            output.display().to_string(),
            "none of the papers could be read, so no case was made",
        ));
    }
    let code = code_of(&dropped);
    let (papers, mut findings) = (dropped.papers.clone(), dropped.findings.clone());
    noticed::add(&mut findings, noticed::unread(&dropped.failures));
    let mut case = dropped.into_case(&kb, files::folder_of(output))?;
    take_kind(&mut case, &papers, &kb)?;
    files::not_over(output, paths.iter().cloned())?;
    files::write_keeping(output, as_toml(&case)?.as_bytes())?;
    if args.json {
        screen::json(&Checked::new(&case, findings))?;
    } else {
        read::show(&papers::reading(&papers, &kb));
        told(&case, &findings, output);
        say!("Please check it against the letter, above all the dates and numbers.");
        offer(&case, &papers, &kb)?;
    }
    Ok(code)
}

/// Puts in the kind of coverage that the plan's letters state plainly, whatever kind it is, with its sentence and not confirmed:
/// one standard for all kinds. Where the letters leave several open, none is taken.
fn take_kind(case: &mut Case, papers: &[papers::Paper], kb: &kb::Kb) -> Result<(), Failure> {
    if case.coverage.kind.is_some() {
        return Ok(());
    }
    let mut kinds = heard(case, papers, kb)?;
    kinds.retain(|h| h.fact == "coverage.kind");
    let [one] = kinds.as_slice() else { return Ok(()) };
    case.coverage.kind = Some(one.value.clone());
    case.origin.extend(one.quotes.first().map(|q| facts::Origin {
        fact: "coverage.kind".into(),
        kind: facts::OriginKind::Derived,
        quote: Some(q.quote.clone()),
        file: Some(q.file.clone()),
        page: Some(q.page),
        span: Some(q.span),
        certainty: None,
        confirmed: false,
    }));
    Ok(())
}

/// Answers that the plan's letters give and that only the person can say yes to: shown with their sentences, not put in.
fn offer(case: &Case, papers: &[papers::Paper], kb: &kb::Kb) -> Result<(), Failure> {
    let mut heard = heard(case, papers, kb)?;
    heard.retain(|h| !(h.fact == "coverage.kind" && case.coverage.kind.is_some()));
    if heard.is_empty() {
        return Ok(());
    }
    screen::heading("Also read, and not put in: add it to the case if it is right");
    for one in heard {
        say!("  {} = {}", one.fact, one.value);
        for q in one.quotes {
            screen::wrapped("    ", &format!("“{}” {}, p. {}", screen::tame(&q.quote, 400), q.file, q.page));
        }
    }
    Ok(())
}

/// What the plan's letters say of facts that the case does not hold.
fn heard(case: &Case, papers: &[papers::Paper], kb: &kb::Kb) -> Result<Vec<course::Heard>, Failure> {
    let of_plan = |p: &&papers::Paper| {
        matches!(notice::kind_of(&p.document, kb).as_deref(), Some("denial_letter" | "eob")) || p.reading.is_some()
    };
    let speaking: Vec<course::CasePaper> = papers
        .iter()
        .filter(of_plan)
        .map(|p| course::CasePaper {
            file: p.document.name.clone(),
            kind: Some("denial_letter".into()),
            document: p.document.clone(),
            reading: Some(p.reading.clone().unwrap_or_default()),
        })
        .collect();
    let mut heard = course::heard(case, &speaking, kb)?;
    // A branch of a question is no value of the case, and what is known is not offered.
    heard.retain(|h| h.node.is_none() && !case.origin.iter().any(|o| o.fact == h.fact));
    Ok(heard)
}

/// Puts more papers, a policy, studies or lists of references into a case file.
fn add(args: &Args, path: &Path, paths: &[PathBuf]) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let mut case = files::case(path)?;
    let dropped = opened(args, paths, &kb);
    let (code, mut findings) = (code_of(&dropped), dropped.findings.clone());
    noticed::add(&mut findings, noticed::unread(&dropped.failures));
    dropped.add_to(&mut case, &kb, files::folder_of(path))?;
    write(&case, path)?;
    if args.json {
        screen::json(&Checked::new(&case, findings))?;
    } else {
        told(&case, &findings, path);
    }
    Ok(code)
}

/// The files that were dropped; what cannot be read is reported at once.
fn opened(args: &Args, paths: &[PathBuf], kb: &kb::Kb) -> Dropped {
    let dropped = dropped::open(paths, args, kb);
    for failure in &dropped.failures {
        failure.report();
    }
    dropped
}

fn code_of(dropped: &Dropped) -> ExitCode {
    dropped.failures.first().map_or(ExitCode::SUCCESS, Failure::code)
}

/// What the case now holds.
fn told(case: &Case, findings: &[facts::Finding], path: &Path) {
    read::show_findings(findings);
    let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    say!(
        "\n{GOOD}wrote {}{GOOD:#}: {}, {}.",
        path.display(),
        count(case.records.len(), "paper", "papers"),
        count(case.references.len(), "reference", "references"),
    );
}

/// Writes a case as TOML.
pub(crate) fn write(case: &Case, output: &Path) -> Result<(), Failure> {
    files::write(output, as_toml(case)?.as_bytes())
}

/// A case as TOML.
pub(crate) fn as_toml(case: &Case) -> Result<String, Failure> {
    case.to_toml().map_err(|e| Failure::ours(format!("the case could not be written as TOML: {e}")))
}

fn export(args: &Args, case: &str, output: Option<&Path>, data: Option<&Path>) -> Result<ExitCode, Failure> {
    let path = Path::new(case);
    let stored = !path.exists();
    let case = if stored { serve::stored_case(case, data)? } else { files::case(path)? };
    if let Some(output) = output {
        if !stored {
            // Onto the case file itself it may go: what stood there is kept beside it.
            let papers = walk::papers_on_disk(&case, path).into_iter().filter(|p| p != path);
            files::not_over(output, papers)?;
        }
        files::write_keeping(output, as_toml(&case)?.as_bytes())?;
        note!("wrote {}", output.display());
    }
    if args.json {
        screen::json(&Case { format: Some(facts::CASE_FORMAT.into()), ..case })?;
    } else if output.is_none() {
        show!("{}", as_toml(&case)?);
    }
    Ok(ExitCode::SUCCESS)
}
