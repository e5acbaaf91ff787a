//! `corroborate`: from a denial letter and a second medical opinion to an appeal that is complete and on time.
//!
//! This crate only wires: it holds the clock, the file system, the terminal and the ports. What anything means is
//! decided in the crates below it. Start with [`commands`]; one file there is one command.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros)]

mod args;
#[macro_use]
mod screen;
mod commands;
mod dropped;
mod failure;
mod files;
mod network;
mod noticed;
mod papers;
mod store;
mod walk;
mod world;

use std::process::ExitCode;

use clap::Parser;

use failure::Failure;

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|a| a == "__worker") {
        extract::worker::serve_child();
    }
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return misspelled(&error),
    };
    let code = commands::run(&args).unwrap_or_else(|failure| refused(&failure, args.json));
    match screen::finish() {
        Ok(()) => code,
        Err(failure) => failure.report(),
    }
}

/// A command that could not answer: told on standard error, and with `--json` also as the one document of the answer.
fn refused(failure: &Failure, json: bool) -> ExitCode {
    if json && !screen::spoken() {
        say!("{}", failure.json());
    }
    failure.report()
}

/// A command line that is not one of ours; help and version come this way too.
fn misspelled(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args_os().any(|a| a == "--json") {
        // What is missing, and which values there are, stands on the lines below the first; then the usage.
        let text = error.to_string();
        let (what, usage) = text.split_once("\n\nUsage:").unwrap_or((&text, ""));
        let lines: Vec<&str> = what.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        let message = lines.join(" ");
        let usage = usage.lines().next().unwrap_or_default().trim();
        let failure = Failure::input("command line", message.strip_prefix("error: ").unwrap_or(&message));
        let hint =
            if usage.is_empty() { "see `corroborate --help`".to_string() } else { format!("write it so: {usage}") };
        say!("{}", failure.hint(hint).json());
    }
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}
