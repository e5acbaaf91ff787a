//! `corroborate due`: what is due in the person's cases. For scripts: exit 3 when something is due within the days asked.

use std::process::ExitCode;

use calendar::Date;
use serde::Serialize;

use crate::args::Args;
use crate::failure::Failure;
use crate::screen::{self, CARE, QUIET, STOP};
use crate::{store, world};

/// A case with its next date.
#[derive(Serialize)]
struct Due {
    case: String,
    name: Option<String>,
    right: String,
    title: String,
    file_by: Date,
    due: Date,
    days_left: i32,
}

pub(crate) fn run(args: &Args, days: i32) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let today = world::today(args.today);
    let journal = store::open(None)?;
    let fail = |e: journal::Error| store::failure("case store", &e);
    let (rows, _) = journal.cases(journal::Wanted { limit: usize::MAX >> 1, ..Default::default() }).map_err(fail)?;
    let mut all = Vec::new();
    for row in rows {
        let case = journal.case(&row.id).map_err(fail)?.state.case;
        // Computed anew: the stored date may come from an older knowledge base or an earlier day.
        let entitlements = rights::entitlements(&case, &kb, today);
        let Some(next) = course::next_date(&case, &entitlements, &kb)? else { continue };
        if next.days_left <= days {
            all.push(Due {
                case: row.id,
                name: row.name,
                right: next.right,
                title: next.title,
                file_by: next.file_by,
                due: next.due,
                days_left: next.days_left,
            });
        }
    }
    all.sort_by_key(|d| d.file_by);
    if args.json {
        screen::json(&all)?;
    } else if all.is_empty() {
        say!("Nothing is due within {days} days.");
    } else {
        show(&all);
    }
    Ok(if all.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn show(all: &[Due]) {
    for due in all {
        let style = if due.days_left < 0 { STOP } else { CARE };
        let when = match due.days_left {
            n if n < 0 => format!("{} days ago", -n),
            0 => "today".into(),
            1 => "tomorrow".into(),
            n => format!("in {n} days"),
        };
        say!("  {style}{} ({when}){style:#}  {}", screen::day(due.file_by), due.title);
        say!("    {QUIET}{} · {}{QUIET:#}", due.case, screen::tame(due.name.as_deref().unwrap_or("no name yet"), 60));
    }
}
