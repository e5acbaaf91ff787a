//! `corroborate key`: what opens the person's cases, and the change from a key file to a passphrase and back.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use crate::args::{Args, KeyCommand};
use crate::failure::Failure;
use crate::screen::{self, CARE, HEADING, QUIET};
use crate::{store, world};

/// Where a new passphrase comes from when nobody sits at a terminal.
const NEW: &str = "CORROBORATE_NEW_PASSPHRASE";

pub(crate) fn run(args: &Args, what: &KeyCommand) -> Result<ExitCode, Failure> {
    let data = match what {
        KeyCommand::Show { data } | KeyCommand::Passphrase { data } | KeyCommand::File { data } => data.as_deref(),
    };
    let opened = store::open_by(data)?;
    let (mut journal, file) = (opened.journal, opened.key_file);
    let fail = |e: journal::Error| store::failure("case store", &e);
    let today = world::today(args.today);
    let file = match what {
        KeyCommand::Show { .. } => file,
        KeyCommand::Passphrase { .. } => {
            let words = new_passphrase()?;
            journal.lock_with_passphrase(&words, today).map_err(fail)?;
            None
        }
        KeyCommand::File { .. } => Some(match file {
            Some(file) => file,
            None => journal.lock_with_key_file(today).map_err(fail)?,
        }),
    };
    told(args, journal.path(), file.as_deref())
}

/// What opens the cases now, and which keys only earlier backups need.
fn told(args: &Args, cases: &Path, file: Option<&Path>) -> Result<ExitCode, Failure> {
    let kept = journal::kept_key_files(cases);
    if args.json {
        let kind = if file.is_some() { "key_file" } else { "passphrase" };
        screen::json(&serde_json::json!({ "cases": cases, "locked_with": kind, "key_file": file, "kept": kept }))?;
        return Ok(ExitCode::SUCCESS);
    }
    match file {
        Some(file) => say!("{HEADING}Your cases are locked with the key in{HEADING:#} {}", file.display()),
        None => say!(
            "{HEADING}Your cases are locked with your passphrase.{HEADING:#} {CARE}If it is lost, nobody can open them.{CARE:#}"
        ),
    }
    for key in kept {
        say!("{QUIET}Backups made before need {}: delete it when you need them no more.{QUIET:#}", key.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The new passphrase, typed twice; from the environment where there is no terminal.
fn new_passphrase() -> Result<String, Failure> {
    let about = "the new passphrase";
    let words = match std::env::var(NEW) {
        Ok(words) => words,
        Err(_) if std::io::stdin().is_terminal() => {
            let words = store::typed(about, "New passphrase: ")?;
            if store::typed(about, "The same again: ")? != words {
                return Err(Failure::input(about, "the two are not the same; nothing was changed"));
            }
            words
        }
        Err(_) => {
            let hint = format!("set {NEW}, or run this in a terminal");
            return Err(Failure::input(about, "nobody is here to type it").hint(hint));
        }
    };
    if words.chars().count() < journal::SHORTEST_PASSPHRASE {
        let text = format!("it needs at least {} characters; nothing was changed", journal::SHORTEST_PASSPHRASE);
        return Err(Failure::input(about, text).hint("a few words you can remember are best"));
    }
    Ok(words)
}
