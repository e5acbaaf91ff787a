//! `corroborate evidence …`: the plan's criteria against the records, and references.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use evidence::{CriteriaReport, LeafState};
use facts::Finding;

use crate::args::{Args, Evidence};
use crate::commands::read::show_findings;
use crate::failure::Failure;
use crate::screen::{self, CARE, GOOD, QUIET, STOP};
use crate::{dropped, files, noticed, papers, walk, world};

pub(crate) fn run(args: &Args, what: &Evidence) -> Result<ExitCode, Failure> {
    match what {
        Evidence::Criteria { case, policy } => {
            let mut loaded = walk::load(case, args)?;
            if let Some(path) = policy {
                let found = papers::open(path, args, &loaded.kb)?;
                let file = path.display().to_string();
                let kind = Some("clinical_policy".to_string());
                loaded.papers.retain(|p| p.kind != kind);
                loaded.papers.extend(found.into_iter().map(|p| course::CasePaper {
                    file: file.clone(),
                    kind: kind.clone(),
                    document: p.document,
                    reading: None,
                }));
            }
            let report = loaded.walk("en")?.criteria.ok_or_else(|| {
                Failure::input(case.display().to_string(), "this case has no criteria")
                    .hint("give the plan's policy with --policy FILE, or write the criteria under [[denial]]")
            })?;
            if args.json {
                screen::json(&report)?;
            } else {
                show(&report);
            }
            Ok(ExitCode::SUCCESS)
        }
        Evidence::Treatments { case } => treatments(args, case),
        Evidence::Authority(what) => super::authority::run(args, what),
        Evidence::Lookup(what) => super::lookup::run(args, what),
        Evidence::References { files } => references(args, files),
        Evidence::Decisions(what) => super::decisions::run(args, what),
    }
}

/// Proposals for the treatment history from the records and letters of a case. The plan's papers tell what it demands, not what
/// was tried.
fn treatments(args: &Args, case: &Path) -> Result<ExitCode, Failure> {
    #[derive(serde::Serialize)]
    struct Proposed {
        treatment: Vec<facts::Treatment>,
    }
    let loaded = walk::load(case, args)?;
    let told = |p: &&course::CasePaper| course::speaks_of_the_patient(p.kind.as_deref());
    let papers: Vec<evidence::Paper> = loaded
        .papers
        .iter()
        .filter(told)
        .map(|p| evidence::Paper { name: p.file.clone(), exhibit: None, document: p.document.clone() })
        .collect();
    let proposed = Proposed { treatment: evidence::tried::named(&papers, &loaded.case, &loaded.kb)? };
    if args.json {
        screen::json(&proposed.treatment)?;
    } else if proposed.treatment.is_empty() {
        say!(
            "We could not read any treatment with its dates that the case does not list already. Your papers may still tell one: \
             look for what was tried, from when to when and why it stopped, and put it into the case file."
        );
    } else {
        screen::heading("Treatments that your papers tell of. Put what is right into the case file");
        let text = toml::to_string(&proposed).map_err(|e| Failure::input(case.display().to_string(), e.to_string()))?;
        say!("{}", text.trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the criteria and what the papers say about each.
pub(crate) fn show(report: &CriteriaReport) {
    screen::heading("The plan's criteria, one by one");
    let mut above: &[String] = &[];
    for leaf in &report.leaves {
        // The header of a list once, before its items.
        if leaf.under != above {
            let known = leaf.under.iter().zip(above).take_while(|(a, b)| a == b).count();
            for header in &leaf.under[known..] {
                screen::wrapped("                  ", &screen::tame(header, 200));
            }
            above = &leaf.under;
        }
        let (style, word) = match leaf.state {
            _ if leaf.spared => (QUIET, "not needed"),
            LeafState::Documented => (GOOD, "documented"),
            LeafState::Contradicted => (STOP, "contradicted"),
            LeafState::NotDocumented => (CARE, "not documented"),
        };
        let inside = if leaf.under.is_empty() { "" } else { "· " };
        say!("  {style}{word:<15}{style:#} {inside}{}", screen::tame(&leaf.criterion, 200));
        if leaf.spared {
            say!("                  {QUIET}Enough others of this list are documented.{QUIET:#}");
            continue;
        }
        if let (Some(quote), Some(source)) = (&leaf.quote, &leaf.source) {
            screen::wrapped("                  ", &format!("“{}”", screen::tame(quote, 300)));
            say!("                  {QUIET}{source}, p. {}{QUIET:#}", leaf.page.unwrap_or(1));
            if let Some(also) = &leaf.also {
                screen::wrapped("                  ", &format!("“{}”", screen::tame(&also.quote, 300)));
                say!("                  {QUIET}{source}, p. {}{QUIET:#}", also.page);
            }
        }
        if let Some(ask) = &leaf.ask {
            screen::wrapped("                  ", &screen::tame(ask, 400));
        }
    }
    show_findings(&report.findings);
}

#[derive(serde::Serialize)]
struct Shelf {
    references: Vec<facts::Reference>,
    /// Each work once, checked and typeset.
    works: Vec<evidence::shelf::Work>,
    findings: Vec<Finding>,
}

/// The shelf of lists, studies and case files together.
fn references(args: &Args, paths: &[PathBuf]) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let (cases, lists): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.iter().cloned().partition(|p| p.extension().is_some_and(|e| e == "toml" || e == "json"));
    let mut dropped = dropped::open(&lists, args, &kb);
    let mut failures = std::mem::take(&mut dropped.failures);
    let mut findings = std::mem::take(&mut dropped.findings);
    let mut all = facts::Case::default();
    for path in cases {
        match files::case(&path) {
            Ok(case) => all.references.extend(case.references),
            Err(failure) => failures.push(failure),
        }
    }
    dropped.add_to(&mut all, &kb, Path::new("."))?;
    failures.extend(all.records.iter().filter_map(|r| r.file.as_deref()).map(no_work));
    for failure in &failures {
        failure.report();
    }
    noticed::add(&mut findings, noticed::unread(&failures));
    let today = world::today(args.today);
    let shelved = evidence::shelf::shelve(&all.references, today, evidence::shelf::Style::Ama, &kb)?;
    findings.extend(shelved.findings);
    let shelf = Shelf { references: all.references, works: shelved.works, findings };
    if args.json {
        screen::json(&shelf)?;
    } else {
        if shelf.works.is_empty() && failures.is_empty() {
            say!(
                "There is no reference in it yet. Put a list (NBIB, RIS, …) or a study into the case with `corroborate case add CASE FILE`."
            );
        }
        show_works(&shelf.works);
        let told = |f: &Finding| f.code != "file_not_read"; // on standard error, with its advice
        show_findings(&shelf.findings.iter().filter(|f| told(f)).cloned().collect::<Vec<_>>());
    }
    Ok(failures.first().map_or(ExitCode::SUCCESS, Failure::code))
}

fn no_work(file: &str) -> Failure {
    Failure::input(file, "this is no list of references and no published study we can recognize")
        .hint("export the references as NBIB or RIS, or put the file into a case with `corroborate case add`")
}

/// Prints the works with their numbers; those that stay out of letters are marked.
pub(crate) fn show_works(works: &[evidence::shelf::Work]) {
    for work in works {
        let mark = if work.usable { String::new() } else { format!(" {STOP}stays out of letters{STOP:#}") };
        screen::wrapped("  ", &format!("{}. {}{mark}", work.number, screen::tame(&work.citation, 600)));
    }
}
