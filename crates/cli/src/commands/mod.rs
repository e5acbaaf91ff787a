//! One file, one command.

pub(crate) mod authority;
mod case;
pub(crate) mod decisions;
mod demo;
mod draft;
mod due;
mod edited;
mod evidence;
mod join;
mod kb;
mod key;
pub(crate) mod lookup;
mod next;
mod opinion;
mod packet;
mod read;
mod rights;
mod serve;

use std::process::ExitCode;

use crate::args::{Args, Command};
use crate::failure::Failure;

/// Runs what was asked.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.command {
        Some(Command::Read { files, text }) => read::run(args, files, *text),
        Some(Command::Join { files, output }) => join::run(args, files, output),
        Some(Command::Rights { case, explain, calendar }) => {
            rights::run(args, case, explain.as_deref(), calendar.as_deref())
        }
        Some(Command::Opinion { what, language }) => opinion::run(args, what, *language),
        Some(Command::Evidence(what)) => evidence::run(args, what),
        Some(Command::Draft { case, document, output, lint, language, with_blanks, edited, keep }) => {
            let request = draft::Request {
                document,
                output: output.as_deref(),
                lint: *lint,
                language: *language,
                with_blanks: *with_blanks,
                edited: edited.as_deref(),
                keep: *keep,
            };
            draft::run(args, case, &request)
        }
        Some(Command::Packet {
            case,
            output,
            allow_missing,
            with_blanks,
            fax_pages,
            fax_megabytes,
            portal_megabytes,
            zip,
        }) => {
            let request = packet::Request {
                output,
                allow_missing,
                fax_pages: *fax_pages,
                fax_megabytes: *fax_megabytes,
                portal_megabytes: *portal_megabytes,
                zip: zip.as_deref(),
                with_blanks: *with_blanks,
            };
            packet::run(args, case, &request)
        }
        Some(Command::Case(what)) => case::run(args, what),
        Some(Command::Kb(what)) => kb::run(args, what),
        Some(Command::Key(what)) => key::run(args, what),
        Some(Command::Due { days }) => due::run(args, *days),
        Some(Command::Demo { output }) => demo::run(args, output),
        Some(Command::Serve { port, no_browser, data }) => serve::run(args, *port, *no_browser, data.as_deref()),
        None => serve::run(args, 0, false, None),
    }
}
