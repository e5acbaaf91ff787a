//! `corroborate join FILE…`: the photos or scans of one letter as one PDF, in the order given.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use packet::{NotJoined, Sheet};
use sha2::{Digest, Sha256};

use crate::args::Args;
use crate::failure::Failure;
use crate::files;
use crate::screen::{self, GOOD};

/// What was made, for other programs.
#[derive(serde::Serialize)]
struct Made {
    pdf: String,
    sha256: String,
    pages: usize,
    files: Vec<Given>,
}

/// Where the pages of a file stand.
#[derive(serde::Serialize)]
struct Given {
    file: String,
    first_page: usize,
    last_page: usize,
}

pub(crate) fn run(args: &Args, paths: &[PathBuf], output: &Path) -> Result<ExitCode, Failure> {
    let mut sheets = Vec::new();
    for path in paths {
        sheets.push((path.display().to_string(), files::read(path)?));
    }
    let given: Vec<Sheet<'_>> = sheets.iter().map(|(name, bytes)| Sheet { name, bytes }).collect();
    let worker = std::env::current_exe().ok();
    let made = packet::join(&given, worker.as_deref()).map_err(failure)?;
    files::not_over(output, paths.iter().cloned()).map_err(|_| {
        Failure::input(output.display().to_string(), "this is one of the files to join")
            .hint("nothing was written; choose another name with -o")
    })?;
    files::write_keeping(output, &made.pdf)?;
    let mut first_page = 1;
    let mut told = Vec::new();
    for ((file, _), count) in sheets.iter().zip(&made.pages) {
        told.push(Given { file: file.clone(), first_page, last_page: first_page + count - 1 });
        first_page += count;
    }
    let sha256 = Sha256::digest(&made.pdf).iter().map(|b| format!("{b:02x}")).collect();
    let all = Made { pdf: output.display().to_string(), sha256, pages: first_page - 1, files: told };
    if args.json {
        screen::json(&all)?;
    } else {
        show(&all);
    }
    Ok(ExitCode::SUCCESS)
}

fn show(made: &Made) {
    for one in &made.files {
        let pages = match one.last_page - one.first_page {
            0 => format!("Page {}", one.first_page),
            _ => format!("Pages {} to {}", one.first_page, one.last_page),
        };
        screen::labelled(&pages, &screen::tame(&one.file, 200));
    }
    say!("\n{GOOD}wrote {}{GOOD:#}: {} pages.", made.pdf, made.pages);
    say!(
        "Your files are as they were. Give this one in their place, so that its pages are read and sent as one letter."
    );
}

fn failure(why: NotJoined) -> Failure {
    let message = why.to_string();
    match (&why, why.name()) {
        (NotJoined::Ours(e), _) => Failure::ours(e.to_string()),
        (_, Some(name)) => Failure::input(name, message).hint("nothing was written"),
        (_, None) => Failure::input("join", message).hint("nothing was written"),
    }
}
