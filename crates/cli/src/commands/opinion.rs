//! `corroborate opinion …`: the second opinion, from whether to get one to what its letter says.

use std::path::Path;
use std::process::ExitCode;

use opinion::{Because, Check, OpinionPlan};

use crate::args::{Args, Opinion};
use crate::commands::read::show_findings;
use crate::failure::Failure;
use crate::screen::{self, CARE, GOOD, HEADING, QUIET, STOP};
use crate::walk::{self, Loaded};
use crate::{papers, world};

pub(crate) fn run(args: &Args, what: &Opinion) -> Result<ExitCode, Failure> {
    match what {
        Opinion::Need { case } => {
            let plan = walk::load(case, args)?.walk("en")?.plan;
            answer(args, &plan, show_plan)
        }
        Opinion::Coverage { case } => {
            answer(args, &walk::load(case, args)?.walk("en")?.plan.coverage, |c| show_page(&opinion::coverage_page(c)))
        }
        Opinion::Required { case } => {
            answer(args, &walk::load(case, args)?.walk("en")?.plan.required, |r| show_page(&opinion::required_page(r)))
        }
        Opinion::Schedule { case } => {
            let loaded = walk::load(case, args)?;
            let entitlements = rights::entitlements(&loaded.case, &loaded.kb, loaded.today);
            let filing = opinion::filing_date(&loaded.case, &entitlements);
            let (by, right) = (filing.as_ref().map(|f| f.by), filing.as_ref().map(|f| f.right.as_str()));
            let schedule = opinion::schedule(&loaded.case, &loaded.kb, loaded.today, by, right)?;
            answer(args, &schedule, |s| show_page(&opinion::schedule_page(s, loaded.kb.index().sentences())))
        }
        Opinion::Specialist { case } => {
            let loaded = walk::load(case, args)?;
            let entitlements = rights::entitlements(&loaded.case, &loaded.kb, loaded.today);
            let report = opinion::specialist(&loaded.case, &loaded.kb, Some(&entitlements))?;
            answer(args, &report, |s| show_page(&opinion::specialist_page(s)))
        }
        Opinion::Brief { case } => {
            let loaded = walk::load(case, args)?;
            answer(args, &brief(&loaded)?, |b| show_page(&opinion::brief_page(b)))
        }
        Opinion::Compare { case } => {
            let loaded = walk::load(case, args)?;
            answer(args, &compare(&loaded)?, |c| show_page(&opinion::compare_page(c)))
        }
        Opinion::Check { case, letter } => check(args, case, letter),
    }
}

fn answer<T: serde::Serialize>(args: &Args, value: &T, show: impl Fn(&T)) -> Result<ExitCode, Failure> {
    if args.json {
        screen::json(value)?;
    } else {
        show(value);
    }
    Ok(ExitCode::SUCCESS)
}

fn check(args: &Args, case: &Path, letter: &Path) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let case = crate::files::case(case)?;
    // The rules are read while the worker reads the letter.
    let papers = std::thread::scope(|scope| {
        scope.spawn(|| opinion::prepare(&kb));
        papers::open(letter, args, &kb)
    })?;
    let paper =
        papers.first().ok_or_else(|| Failure::input(letter.display().to_string(), "no text was found in this file"))?;
    // Both read the letter and neither needs the other.
    let (check, kind) = std::thread::scope(|scope| {
        let kind = scope.spawn(|| kind_of(paper, &kb));
        let check = opinion::check(&case, &paper.document, &kb);
        (check, kind.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let check = opinion::held_against(check, &case, &paper.document, kind.as_deref(), &kb);
    let names = element_names(&kb)?;
    answer(args, &check, |c| show_check(c, &names))
}

/// The plain names of what an opinion letter must address.
pub(crate) fn element_names(kb: &kb::Kb) -> Result<course::ElementNames, Failure> {
    Ok(course::ElementNames::load(kb, "en")?)
}

/// What kind of paper it is by its own words: the no of a plan's letter would be read as the physician's.
fn kind_of(paper: &papers::Paper, kb: &kb::Kb) -> Option<String> {
    match &paper.reading {
        Some(reading) => reading.documents.first().and_then(|d| d.kind.clone()),
        None => notice::kind_of(&paper.document, kb),
    }
}

fn brief(loaded: &Loaded) -> Result<opinion::Brief, Failure> {
    let entitlements = rights::entitlements(&loaded.case, &loaded.kb, loaded.today);
    let plan_documents: Vec<_> = loaded
        .papers
        .iter()
        .filter(|p| p.kind.as_deref() == Some("plan_document"))
        .map(|p| p.document.clone())
        .collect();
    Ok(opinion::brief(&loaded.case, &loaded.kb, loaded.today, Some(&entitlements), &plan_documents)?)
}

fn compare(loaded: &Loaded) -> Result<opinion::Comparison, Failure> {
    let paper = course::opinion_paper(&loaded.case, &loaded.papers);
    let letter = paper.map(|p| &p.document);
    let check = paper.map(|p| {
        let kind = p.reading.as_ref().and_then(|r| r.documents.first()).and_then(|d| d.kind.as_deref());
        let check = opinion::check(&loaded.case, &p.document, &loaded.kb);
        opinion::held_against(check, &loaded.case, &p.document, kind, &loaded.kb)
    });
    let of = |kind: &str| loaded.papers.iter().find(|p| p.kind.as_deref() == Some(kind));
    let treating = of("treating_letter").map(|p| &p.document);
    let denial = of("denial_letter").and_then(|p| p.reading.as_ref());
    Ok(opinion::compare(&loaded.case, &loaded.kb, treating, letter, check.as_ref(), denial)?)
}

/// Prints a page of plain text line by line, nothing in it able to reach the terminal as a command.
fn show_page(page: &str) {
    for line in page.lines() {
        let indent = line.len() - line.trim_start().len();
        say!("{}{}", &line[..indent], screen::tame(line, 4000));
    }
}

/// Why an opinion helps or not: reasons with the same answer together, each answer with what it rests on.
fn show_why(because: &[Because]) {
    let mut told: Vec<&str> = Vec::new();
    for one in because {
        if told.contains(&one.says.as_str()) {
            continue;
        }
        told.push(&one.says);
        let same = because.iter().filter(|b| b.says == one.says);
        let reasons: Vec<String> = same.map(|b| b.reason.replace('_', " ")).collect();
        screen::wrapped("  ", &format!("{}: {}", reasons.join(", "), one.says));
        screen::sources("  ", &one.authorities);
    }
}

/// Prints whether a second opinion helps, costs and is needed.
pub(crate) fn show_plan(plan: &OpinionPlan) {
    screen::heading("Would a second opinion help?");
    let value = match plan.value.as_deref() {
        Some("required") => "The plan asks for one.",
        Some("strong") => "Yes, very much.",
        Some("useful") => "Yes, it can help.",
        Some("weak") => "Only a little. Something else works better.",
        Some("none") => "No. Something else is needed.",
        _ => "We cannot say yet.",
    };
    say!("  {HEADING}{value}{HEADING:#}");
    show_why(&plan.because);
    if !plan.better_first_moves.is_empty() {
        say!("  First:");
    }
    for better in &plan.better_first_moves {
        screen::wrapped("  · ", better);
    }
    screen::heading("Does the plan require one?");
    screen::wrapped("  ", &plan.required.says);
    if let Some(consequence) = &plan.required.consequence {
        screen::wrapped("  ", consequence);
    }
    screen::heading("Does the plan pay for it?");
    screen::wrapped("  ", &plan.coverage.says);
    if let Some(notes) = &plan.coverage.cost.notes {
        screen::wrapped("  ", notes);
    }
    screen::sources("  ", &plan.coverage.authorities);
    if let Some(schedule) = &plan.schedule {
        screen::heading("Will it be in time?");
        screen::wrapped("  ", &schedule.says);
        if !schedule.here {
            screen::wrapped("  ", &format!("The letter can be expected by {}.", screen::day(schedule.opinion_ready)));
        }
    }
    show_findings(&plan.findings);
}

/// Prints what a letter says and lacks.
pub(crate) fn show_check(check: &Check, names: &course::ElementNames) {
    screen::heading("What the opinion letter says");
    show_findings(&check.findings);
    if opinion::stopped_by(check).is_some() {
        say!("  {QUIET}Nothing was concluded from this paper.{QUIET:#}");
        return;
    }
    let style = match check.outcome.as_str() {
        "confirms" => GOOD,
        "against" | "conservative_first" => STOP,
        _ => CARE,
    };
    let outcome = match check.outcome.as_str() {
        "confirms" => "It supports the treatment as it was asked for.",
        "confirms_with_changes" => "It supports the treatment in another form than was asked for.",
        "needs_workup" => "It gives no yes yet: tests or another doctor's view come first.",
        "conservative_first" => "It wants another treatment tried first.",
        "against" => "It does not support the treatment.",
        _ => "We cannot tell what it says. Ask the doctor for a plain answer.",
    };
    say!("  {style}{outcome}{style:#}");
    if let Some(quote) = &check.outcome_quote {
        screen::wrapped("  ", &format!("“{}”", screen::tame(quote, 400)));
    }
    for reason in &check.reasons_answered {
        say!("  {} is {}", reason.reason.replace('_', " "), reason.state);
    }
    screen::heading("What a reviewer looks for in it");
    for element in check.elements.iter().filter(|e| e.state != "not_applicable") {
        let style = match element.state.as_str() {
            "present" => GOOD,
            "partial" => CARE,
            _ => STOP,
        };
        say!("  {style}{:<8}{style:#} {}", element.state, names.get(&element.element));
        if let Some(ask) = &element.ask {
            screen::wrapped("           ask: ", ask);
        }
    }
    for hazard in &check.hazards {
        say!("  {STOP}{}{STOP:#} {QUIET}p. {}{QUIET:#}", hazard.hazard.replace('_', " "), hazard.page);
        screen::wrapped("    ", &format!("“{}”", screen::tame(&hazard.quote, 400)));
    }
    let attach = match check.attach.as_str() {
        "recommended" => "Yes.",
        "after_changes" => "After the doctor has added what is missing.",
        "do_not_attach" => "No.",
        _ => "That is yours to decide.",
    };
    say!("\n  Attach it? {attach}");
    for next in &check.next {
        screen::wrapped("  · ", next);
    }
}
