//! `corroborate kb …`: the law as data, checked, shown, and what it covers.

use std::path::Path;
use std::process::ExitCode;

use kb::{Cover, LintLevel as Level, Source};

use crate::args::{Args, KbCommand};
use crate::failure::Failure;
use crate::screen::{self, CARE, GOOD, HEADING, QUIET, STOP};
use crate::world;

pub(crate) fn run(args: &Args, what: &KbCommand) -> Result<ExitCode, Failure> {
    match what {
        KbCommand::Check { folder } => check(args, folder.as_deref()),
        KbCommand::Show { id } => show(args, id),
        KbCommand::Cover => cover(args),
    }
}

fn failure(e: &kb::KbError) -> Failure {
    let text = e.to_string();
    match text.split_once("\n  hint: ") {
        Some((message, hint)) => Failure::input("knowledge base", message).hint(hint),
        None => Failure::input("knowledge base", text),
    }
}

#[derive(serde::Serialize)]
struct Checked {
    kb: String,
    lints: Vec<kb::Lint>,
    examples: usize,
    failed: Vec<String>,
}

/// Lints every file and runs every worked example.
fn check(args: &Args, folder: Option<&Path>) -> Result<ExitCode, Failure> {
    let kb = match folder {
        Some(folder) => kb::Kb::load(whole(folder)?).map_err(|e| failure(&e))?,
        None => world::knowledge_base(args.kb.as_deref())?,
    };
    let lints = kb::lint(&kb, world::today(args.today)).map_err(|e| failure(&e))?;
    let report = rights::examples::run(&kb).map_err(|e| failure(&e))?;
    let failed: Vec<String> =
        report.failures.iter().map(|f| format!("kb/{}: example “{}”: {}", f.file, f.example, f.message)).collect();
    let errors = lints.iter().filter(|l| l.level == Level::Error).count() + failed.len();
    let checked = Checked { kb: kb.version().to_string(), lints, examples: report.run, failed };
    if args.json {
        screen::json(&checked)?;
    } else {
        tell(&checked, errors);
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// A folder that is a whole knowledge base.
fn whole(folder: &Path) -> Result<Source, Failure> {
    let source = world::folder_source(folder)?;
    if source.get("vocabulary.toml").is_none() {
        return Err(Failure::input(
            folder.display().to_string(),
            "this folder is not a knowledge base: it has no vocabulary.toml",
        )
        .hint("to lay a folder of your own over the built-in one, use --kb DIR with `kb check`"));
    }
    Ok(source)
}

fn tell(checked: &Checked, errors: usize) {
    for lint in &checked.lints {
        let style = if lint.level == Level::Error { STOP } else { CARE };
        say!("{style}{lint}{style:#}");
    }
    for failed in &checked.failed {
        say!("{STOP}{failed}{STOP:#}");
    }
    let warnings = checked.lints.len() + checked.failed.len() - errors;
    let style = if errors == 0 { GOOD } else { STOP };
    say!(
        "{style}{errors} errors, {warnings} warnings, {} worked examples{style:#} {QUIET}{}{QUIET:#}",
        checked.examples,
        checked.kb
    );
}

fn show(args: &Args, id: &str) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let shown = kb::show(&kb, id).map_err(|e| failure(&e))?;
    if args.json {
        screen::json(&shown)?;
    } else {
        say!("{QUIET}kb/{}{QUIET:#}\n{}", shown.path, shown.text.trim_end());
        screen::heading("Worked examples");
        shown.examples.iter().for_each(|e| screen::wrapped("  · ", e));
    }
    Ok(ExitCode::SUCCESS)
}

fn cover(args: &Args) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let cover = kb::cover(&kb, world::today(args.today)).map_err(|e| failure(&e))?;
    if args.json {
        screen::json(&cover)?;
    } else {
        tell_cover(&cover);
    }
    Ok(ExitCode::SUCCESS)
}

fn tell_cover(cover: &Cover) {
    say!("{HEADING}{} rules, {} worked examples{HEADING:#} {QUIET}{}{QUIET:#}", cover.rules, cover.examples, cover.kb);
    screen::heading("Kinds of coverage: how well the rules are known");
    for row in &cover.coverages {
        let marks: Vec<String> =
            row.confidence.iter().map(|(mark, n)| format!("{n} {}", mark.replace('_', " "))).collect();
        say!("  {:<44} {}", row.label, marks.join(", "));
    }
    screen::heading("States, D.C. and territories");
    for row in &cover.states {
        let review = row.external_review.as_ref().map_or("not known".to_string(), |p| format!("{p:?}").to_lowercase());
        say!(
            "  {} {:<28} external review: {review:<10} {} rules",
            row.code,
            row.name.as_deref().unwrap_or(""),
            row.rules.len()
        );
    }
    screen::heading(&format!("Not yet confirmed ({})", cover.unverified.len()));
    for debt in &cover.unverified {
        screen::wrapped("  · ", &debt.what);
    }
    screen::heading(&format!("Not covered ({})", cover.uncovered.len()));
    for debt in &cover.uncovered {
        screen::wrapped("  · ", &debt.what);
    }
}
