//! `corroborate demo`: the whole walk on invented papers that ship with the program.
//!
//! Read this file to see the pipeline: papers → reading → case → rights, opinion, criteria, moves → packet.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use calendar::Date;
use course::Walk;
use facts::{Case, Reading};
use serde::Serialize;

use crate::args::Args;
use crate::commands::{case, evidence, opinion, packet, read, rights};
use crate::failure::Failure;
use crate::screen::{self, CARE, GOOD, HEADING, QUIET};
use crate::walk::{self, Loaded};
use crate::{dropped, files, papers, world};

/// The papers, in the order in which a person would have got them.
const PAPERS: &[(&str, &[u8])] = &[
    ("denial.pdf", include_bytes!("../../../../tests/walks/demo/denial.pdf")),
    ("opinion.pdf", include_bytes!("../../../../tests/walks/demo/opinion.pdf")),
    ("imaging.pdf", include_bytes!("../../../../tests/walks/demo/imaging.pdf")),
    ("therapy.pdf", include_bytes!("../../../../tests/walks/demo/therapy.pdf")),
];
/// What the person answered when asked.
const ANSWERS: &str = include_str!("../../../../tests/walks/demo/answers.toml");
/// The day on which the demonstration plays, unless `--today` says otherwise.
const DAY: Date = Date::constant(2026, 11, 2);

/// The one JSON document of `demo --json`.
#[derive(Serialize)]
struct Demo<'a> {
    reading: &'a Reading,
    case: &'a Case,
    walk: &'a Walk,
    packet: serde_json::Value,
    files: Vec<String>,
    milliseconds: u128,
}

pub(crate) fn run(args: &Args, folder: &Path) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    let show = !args.json;
    let step = |what: &str| {
        if show {
            note!("{QUIET}{:>5} ms{QUIET:#}  {what}", start.elapsed().as_millis());
        }
    };
    let kb = world::knowledge_base(args.kb.as_deref())?;
    for (name, bytes) in PAPERS {
        files::write_keeping(&folder.join(name), bytes)?;
    }
    let paths: Vec<_> = PAPERS.iter().map(|(name, _)| folder.join(name)).collect();
    let mut dropped = dropped::open(&paths, args, &kb);
    if let Some(failure) = dropped.failures.pop() {
        return Err(failure);
    }
    let reading = papers::reading(dropped.papers.get(..1).unwrap_or_default(), &kb);
    step("read the letters and records");
    let case = with_answers(&dropped.into_case(&kb, folder)?)?;
    files::write_keeping(&folder.join("case.toml"), case::as_toml(&case)?.as_bytes())?;
    let today = args.today.unwrap_or(DAY);
    let loaded = walk::with_papers(kb, today, case, folder.to_path_buf(), args);
    let walk = loaded.walk("en")?;
    step("worked out the rights, the second opinion and the criteria");
    let made = packet::make(&loaded, &walk, args, false)?;
    write_all(folder, &loaded, &walk, &made)?;
    step("wrote the packet");
    let files: Vec<String> = ["case.toml", "packet.pdf", "appeal.docx", "deadlines.ics"]
        .iter()
        .map(|f| folder.join(f).display().to_string())
        .collect();
    if args.json {
        let packet = serde_json::to_value(&made.manifest).map_err(|e| Failure::ours(e.to_string()))?;
        screen::json(&Demo {
            reading: &reading,
            case: &loaded.case,
            walk: &walk,
            packet,
            files,
            milliseconds: start.elapsed().as_millis(),
        })?;
    } else {
        tell(&loaded.case, &reading, &walk, &made, &files, &loaded.kb)?;
        say!(
            "\n{QUIET}{} ms in all. Everything here is invented. This is not legal or medical advice.{QUIET:#}",
            start.elapsed().as_millis()
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Lays the person's answers over what was read: an answer wins over a reading, lists are joined.
fn with_answers(read: &Case) -> Result<Case, Failure> {
    let ours = |e: String| Failure::ours(format!("the demonstration's answers do not fit: {e}"));
    let mut value: toml::Value = toml::from_str(&read.to_toml().map_err(ours)?).map_err(|e| ours(e.to_string()))?;
    let answers: toml::Value = toml::from_str(ANSWERS).map_err(|e| ours(e.to_string()))?;
    lay_over(&mut value, answers);
    Case::parse(&toml::to_string(&value).map_err(|e| ours(e.to_string()))?).map_err(|e| ours(e.to_string()))
}

fn lay_over(under: &mut toml::Value, over: toml::Value) {
    match (under, over) {
        (toml::Value::Table(under), toml::Value::Table(over)) => {
            for (key, value) in over {
                match under.get_mut(&key) {
                    Some(known) => lay_over(known, value),
                    None => drop(under.insert(key, value)),
                }
            }
        }
        (toml::Value::Array(under), toml::Value::Array(over)) => under.extend(over),
        (under, over) => *under = over,
    }
}

fn write_all(folder: &Path, loaded: &Loaded, walk: &Walk, made: &packet::Made) -> Result<(), Failure> {
    files::write_keeping(&folder.join("packet.pdf"), &made.pdf)?;
    files::write_keeping(&folder.join("appeal.docx"), &made.docx)?;
    files::write_keeping(&folder.join("deadlines.ics"), packet::calendar(loaded, &walk.entitlements).as_bytes())
}

fn tell(
    case: &facts::Case,
    reading: &Reading,
    walk: &Walk,
    made: &packet::Made,
    files: &[String],
    kb: &kb::Kb,
) -> Result<(), Failure> {
    read::show(reading);
    rights::show(case, &walk.entitlements, kb, None)?;
    opinion::show_plan(&walk.plan, kb);
    if let Some(check) = &walk.check {
        opinion::show_check(check, &opinion::element_names(kb)?, kb);
    }
    if let Some(criteria) = &walk.criteria {
        evidence::show(criteria);
    }
    read::show_findings(&walk.course.findings);
    screen::heading("What to do, in order");
    for (index, step) in walk.course.moves.iter().enumerate() {
        let by = step.by.map_or(String::new(), |d| format!(" {CARE}by {}{CARE:#}", screen::day(d)));
        say!("  {HEADING}{}.{HEADING:#} {}{by}", index + 1, step.what);
        screen::wrapped("     ", &step.why);
        screen::sources("     ", &step.authorities);
    }
    packet::show(&made.manifest);
    screen::heading("Written");
    for file in files {
        say!("  {GOOD}{file}{GOOD:#}");
    }
    Ok(())
}
