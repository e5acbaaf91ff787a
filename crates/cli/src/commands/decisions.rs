//! `corroborate evidence decisions`: counts of decided reviews with what they mean, and decisions like this one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use evidence::decisions::{self, Count, Decision, Found, Index, Ruling};
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

pub(crate) fn run(args: &Args, case: &Path, import: &[PathBuf], search: Option<&str>) -> Result<ExitCode, Failure> {
    let loaded = walk::load(case, args)?;
    let broken = |e: kb::KbError| Failure::ours(format!("the knowledge base cannot be used: {e}"));
    let before = decisions::for_case(&loaded.case, &loaded.kb).map_err(broken)?;
    let mut answer = Answer {
        counts: before.counts,
        imported: 0,
        overturned: Vec::new(),
        upheld: Vec::new(),
        findings: before.findings,
    };
    let mut all: Vec<Decision> = Vec::new();
    for path in import {
        let found = decisions::import(&path.display().to_string(), &files::read(path)?, &loaded.kb).map_err(broken)?;
        all.extend(found.decisions);
        answer.findings.extend(found.findings);
    }
    answer.imported = all.len();
    if search.is_some() && all.is_empty() {
        return Err(Failure::input("--search", "there are no decisions to search")
            .hint("give a file of decided reviews with --import FILE, e.g. California's from data.chhs.ca.gov"));
    }
    let claim = &loaded.case.claim;
    let own = [&claim.service, &claim.diagnosis].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let words = search.map_or(own, str::to_string);
    if !all.is_empty() && !words.trim().is_empty() {
        let engine = |e: decisions::SearchError| Failure::ours(e.to_string());
        let index = Index::in_memory(&all).map_err(engine)?;
        answer.overturned = index.search(&words, Some(Ruling::Overturned), None, SHOWN).map_err(engine)?;
        answer.upheld = index.search(&words, Some(Ruling::Upheld), None, SHOWN).map_err(engine)?;
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
