//! `corroborate` and `corroborate serve`: the person's own cases in the browser, on this computer only.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use facts::Case;

use crate::args::Args;
use crate::failure::Failure;
use crate::screen::{CARE, HEADING, QUIET};
use crate::{store, world};

pub(crate) fn run(args: &Args, port: u16, no_browser: bool, data: Option<&Path>) -> Result<ExitCode, Failure> {
    let kb = Arc::new(world::knowledge_base(args.kb.as_deref())?);
    let store::Opened { journal, key_file } = store::open_by(data)?;
    let fixed = args.today;
    let config = web::Config {
        port,
        journal,
        kb,
        today: Box::new(move || world::today(fixed)),
        now: Box::new(jiff::Timestamp::now),
        worker: std::env::current_exe().ok(),
        key_file,
    };
    let soon = due_soon(&config.journal, world::today(fixed));
    let ready = |address: &str| {
        say!("{HEADING}Your cases are open at{HEADING:#} {address}");
        if soon > 0 {
            let cases = if soon == 1 { "1 case has a date".into() } else { format!("{soon} cases have a date") };
            say!("{CARE}{cases} within {SOON} days or gone by.{CARE:#} {QUIET}`corroborate due` lists them.{QUIET:#}");
        }
        say!("{QUIET}Only this computer can reach them. Press Ctrl-C to stop.{QUIET:#}");
        if !no_browser {
            open_browser(address);
        }
    };
    web::serve(config, ready).map_err(|e| Failure::input("the app", e.to_string()))?;
    Ok(ExitCode::SUCCESS)
}

/// How many days ahead the start looks for dates.
const SOON: i32 = 14;

/// How many open cases have their date within [`SOON`] days, as last computed. A number only: a terminal may be seen.
fn due_soon(journal: &journal::Journal, today: calendar::Date) -> usize {
    let wanted = journal::Wanted { limit: 1_000, ..Default::default() };
    let near = |next: calendar::Date| today.until(next).is_ok_and(|s| s.get_days() <= SOON);
    journal.cases(wanted).map_or(0, |(rows, _)| rows.iter().filter(|r| r.next.is_some_and(near)).count())
}

/// Opens the person's browser; where that does not work, the printed address does.
fn open_browser(address: &str) {
    let (program, words): (&str, Vec<&str>) = if cfg!(target_os = "macos") {
        ("open", vec![address])
    } else if cfg!(windows) {
        ("explorer", vec![address])
    } else {
        ("xdg-open", vec![address])
    };
    let _ = Command::new(program).args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}

/// A case of the store by its id.
pub(crate) fn stored_case(id: &str, data: Option<&Path>) -> Result<Case, Failure> {
    let journal = store::open(data)?;
    Ok(journal.case(id).map_err(|e| store::failure(id, &e))?.state.case)
}
