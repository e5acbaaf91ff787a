//! `corroborate evidence decisions`: counts of decided reviews with what they mean, and decisions like this one.

use std::path::PathBuf;
use std::process::ExitCode;

use evidence::decisions::{self, Count, Decision, Found, Index, Narrow, Ruling};
use facts::Finding;

use crate::args::Args;
use crate::commands::read::show_findings;
use crate::failure::Failure;
use crate::screen::{self, QUIET};
use crate::{files, walk};

/// How many decisions of each ruling are shown.
const SHOWN: usize = 5;
/// Width of a bar in characters.
const BAR: usize = 40;

#[derive(serde::Serialize)]
struct Answer {
    counts: Vec<Count>,
    /// How many decisions were imported.
    imported: usize,
    overturned: Vec<Found>,
    upheld: Vec<Found>,
    findings: Vec<Finding>,
}

/// What is asked of the decisions.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Decisions {
    /// The case file
    case: PathBuf,
    /// A file of decided reviews (CSV or XLSX) to search; may be repeated
    #[arg(long, value_name = "FILE")]
    import: Vec<PathBuf>,
    /// Words to look for in the imported decisions; without them the service and diagnosis of the case
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,
    /// Only decisions of this year or later
    #[arg(long, value_name = "YEAR")]
    from_year: Option<i32>,
    /// Only this diagnosis category, as the file writes it
    #[arg(long, value_name = "CATEGORY")]
    diagnosis: Option<String>,
    /// Only this treatment category, as the file writes it
    #[arg(long, value_name = "CATEGORY")]
    treatment: Option<String>,
    /// Only this type of dispute, as the file writes it
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
}

pub(crate) fn run(args: &Args, what: &Decisions) -> Result<ExitCode, Failure> {
    let Decisions { case, import, search, .. } = what;
    let narrow = Narrow {
        ruling: None,
        from_year: what.from_year,
        diagnosis: what.diagnosis.clone(),
        treatment: what.treatment.clone(),
        kind: what.kind.clone(),
    };
    let loaded = walk::load(case, args)?;
    let entitlements = rights::entitlements(&loaded.case, &loaded.kb, loaded.today);
    let step = course::step_at_hand(&loaded.case, &entitlements, &loaded.kb)?;
    let before = decisions::for_case(&loaded.case, step.as_deref(), &loaded.kb)?;
    let mut answer = Answer {
        counts: before.counts,
        imported: 0,
        overturned: Vec::new(),
        upheld: Vec::new(),
        findings: before.findings,
    };
    let mut imported = Vec::new();
    for path in import {
        imported.push(decisions::import(&path.display().to_string(), &files::read(path)?, &loaded.kb)?);
    }
    let joined = decisions::join(imported);
    answer.findings.extend(joined.findings);
    let all: Vec<Decision> = joined.decisions;
    answer.imported = all.len();
    if search.is_some() && all.is_empty() {
        return Err(Failure::input("--search", "there are no decisions to search")
            .hint("give a file of decided reviews with --import FILE, e.g. California's from data.chhs.ca.gov"));
    }
    let claim = &loaded.case.claim;
    let own = [&claim.service, &claim.diagnosis].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let words = search.clone().unwrap_or(own);
    if !all.is_empty() && !words.trim().is_empty() {
        let engine = |e: decisions::SearchError| Failure::ours(e.to_string());
        let index = Index::in_memory(&all).map_err(engine)?;
        let narrowed = |ruling| Narrow { ruling: Some(ruling), ..narrow.clone() };
        answer.overturned = index.search(&words, &narrowed(Ruling::Overturned), SHOWN).map_err(engine)?;
        answer.upheld = index.search(&words, &narrowed(Ruling::Upheld), SHOWN).map_err(engine)?;
    }
    if args.json {
        screen::json(&answer)?;
    } else {
        show(&answer, &words);
    }
    Ok(ExitCode::SUCCESS)
}

fn show(answer: &Answer, words: &str) {
    if !answer.counts.is_empty() {
        screen::heading("What independent reviewers decided before");
        screen::wrapped("  ", "These are counts of other people's disputes. They do not tell how yours will end.");
    }
    for count in &answer.counts {
        show_count(count);
    }
    if answer.imported > 0 {
        screen::heading(&format!("Decisions most like “{}”, of {} imported", screen::tame(words, 60), answer.imported));
        // Side by side and with the same number of lines: neither ruling is put first by its weight.
        show_found("Plan's decision overturned", &answer.overturned);
        show_found("Plan's decision upheld", &answer.upheld);
    }
    show_findings(&answer.findings);
}

fn show_count(c: &Count) {
    let years = if c.years.0 == c.years.1 { c.years.0.to_string() } else { format!("{} to {}", c.years.0, c.years.1) };
    say!("\n  {}", screen::tame(&c.what, 90));
    let share = 100.0 * c.overturned as f64 / (c.decided.max(1)) as f64;
    say!("  {}  {share:.0} in 100 overturned", bar(share, c.interval_percent));
    let (low, high) = c.interval_percent;
    let line = format!(
        "{} of {} overturned, {}, {years}; 95% interval {low} to {high} in 100. {} Source: {}.",
        c.overturned, c.decided, c.place, c.caveat, c.source
    );
    screen::wrapped("  ", &line);
}

/// A bar for a share in percent with its interval: `█` up to the lower end, `▒` within the interval, `·` beyond.
pub(crate) fn bar(share: f64, (low, high): (f64, f64)) -> String {
    let cells = |percent: f64| (percent.clamp(0.0, 100.0) / 100.0 * BAR as f64).round() as usize;
    let (low, share, high) = (cells(low), cells(share), cells(high));
    (0..BAR)
        .map(|i| match i {
            i if i + 1 == share => '┃',
            i if i < low => '█',
            i if i < high => '▒',
            _ => '·',
        })
        .collect()
}

fn show_found(title: &str, found: &[Found]) {
    say!("\n  {title}");
    if found.is_empty() {
        say!("    {QUIET}none like it was found{QUIET:#}");
    }
    for f in found {
        let d = &f.decision;
        let year = d.year.map_or("year not given".to_string(), |y| y.to_string());
        let parts = [&d.diagnosis, &d.diagnosis_detail, &d.treatment, &d.treatment_detail, &d.kind];
        let what = parts.into_iter().filter(|p| !p.is_empty()).cloned().collect::<Vec<_>>().join(", ");
        screen::wrapped("    ", &format!("{} ({year}): {}", screen::tame(&d.id, 24), screen::tame(&what, 200)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_shows_share_and_interval_in_its_width() {
        let text = bar(50.0, (40.0, 60.0));
        assert_eq!(text.chars().count(), BAR);
        assert_eq!((text.matches('█').count(), text.matches('┃').count()), (16, 1));
        assert_eq!(text.matches('·').count(), 16);
        assert_eq!(bar(0.0, (0.0, 100.0)).matches('·').count(), 0);
    }
}
