//! `corroborate` and `corroborate serve`: the person's own cases in the browser, on this computer only.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use facts::Case;

use crate::args::Args;
use crate::failure::Failure;
use crate::screen::{HEADING, QUIET};
use crate::{store, world};

pub(crate) fn run(args: &Args, port: u16, no_browser: bool, data: Option<&Path>) -> Result<ExitCode, Failure> {
    let kb = Arc::new(world::knowledge_base(args.kb.as_deref())?);
    let journal = store::open(data)?;
    let fixed = args.today;
    let config = web::Config {
        port,
        journal,
        kb,
        today: Box::new(move || world::today(fixed)),
        now: Box::new(jiff::Timestamp::now),
        worker: std::env::current_exe().ok(),
        key_file: store::key_file(&store::folder(data)?),
    };
    let ready = |address: &str| {
        say!("{HEADING}Your cases are open at{HEADING:#} {address}");
        say!("{QUIET}Only this computer can reach them. Press Ctrl-C to stop.{QUIET:#}");
        if !no_browser {
            open_browser(address);
        }
    };
    web::serve(config, ready).map_err(|e| Failure::input("the app", e.to_string()))?;
    Ok(ExitCode::SUCCESS)
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
