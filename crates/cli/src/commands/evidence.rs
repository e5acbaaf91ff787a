//! `corroborate evidence …`: the plan's criteria against the records, and references.

use std::path::PathBuf;
use std::process::ExitCode;

use evidence::{CriteriaReport, LeafState};
use facts::Finding;

use crate::args::{Args, Evidence};
use crate::commands::read::show_findings;
use crate::failure::Failure;
use crate::screen::{self, CARE, GOOD, QUIET, STOP};
use crate::{files, papers, walk, world};

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
        Evidence::References { files } => references(args, files),
        Evidence::Decisions { case, import, search } => super::decisions::run(args, case, import, search.as_deref()),
    }
}

/// Prints the criteria and what the papers say about each.
pub(crate) fn show(report: &CriteriaReport) {
    screen::heading("The plan's criteria, one by one");
    for leaf in &report.leaves {
        let (style, word) = match leaf.state {
            LeafState::Documented => (GOOD, "documented"),
            LeafState::Contradicted => (STOP, "contradicted"),
            LeafState::NotDocumented => (CARE, "not documented"),
        };
        say!("  {style}{word:<15}{style:#} {}", screen::tame(&leaf.criterion, 200));
        if let (Some(quote), Some(source)) = (&leaf.quote, &leaf.source) {
            screen::wrapped("                  ", &format!("“{}”", screen::tame(quote, 300)));
            say!("                  {QUIET}{source}, p. {}{QUIET:#}", leaf.page.unwrap_or(1));
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

fn references(args: &Args, paths: &[PathBuf]) -> Result<ExitCode, Failure> {
    let mut shelf = Shelf { references: Vec::new(), works: Vec::new(), findings: Vec::new() };
    let mut failures = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let read = files::read(path).and_then(|bytes| {
            exchange::read_citations(&name, &bytes).map_err(|e| Failure::input(&name, e.to_string()))
        });
        match read {
            Ok(mut found) => {
                shelf.references.append(&mut found.value);
                shelf.findings.extend(found.findings.into_iter().map(|f| f.about(name.clone())));
            }
            Err(failure) => failures.push(failure),
        }
    }
    for failure in &failures {
        failure.report();
    }
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let today = world::today(args.today);
    let shelved = evidence::shelf::shelve(&shelf.references, today, evidence::shelf::Style::Ama, &kb)
        .map_err(|e| Failure::ours(format!("the knowledge base cannot be used: {e}")))?;
    shelf.works = shelved.works;
    shelf.findings.extend(shelved.findings);
    if args.json {
        screen::json(&shelf)?;
    } else {
        for work in &shelf.works {
            screen::wrapped("  ", &format!("{}. {}", work.number, screen::tame(&work.citation, 600)));
        }
        show_findings(&shelf.findings);
    }
    Ok(failures.first().map_or(ExitCode::SUCCESS, Failure::code))
}
