//! `corroborate`: from a denial letter and a second medical opinion to an appeal that is complete and on time.
//!
//! This crate only wires: it holds the clock, the file system, the terminal and the ports. What anything means is
//! decided in the crates below it. Start with [`commands`]; one file there is one command.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros)]

mod args;
mod commands;
mod dropped;
mod failure;
mod files;
mod network;
mod papers;
mod screen;
mod store;
mod walk;
mod world;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|a| a == "__worker") {
        extract::worker::serve_child();
    }
    let args = args::Args::parse();
    match commands::run(&args) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
