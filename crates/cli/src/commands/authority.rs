//! `corroborate evidence authority CASE NUMBER`: a coverage document or an approval as an authority of a case.

use std::path::PathBuf;
use std::process::ExitCode;

use calendar::Date;
use evidence::official::Offices;
use evidence::shelf::{self, Style};
use facts::Reference;

use crate::args::Args;
use crate::commands::case;
use crate::commands::evidence::show_works;
use crate::commands::read::show_findings;
use crate::failure::Failure;
use crate::screen::{self, GOOD};
use crate::{files, world};

/// What is known of the document.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Authority {
    /// The case file
    case: PathBuf,
    /// The number: NCD 220.6.17, LCD L35094, Article A57778, PMA P130016, 510(k) K123456, DEN180001, NDA 021234, BLA 125514
    number: String,
    /// Its title
    #[arg(long)]
    title: Option<String>,
    /// Its version or revision
    #[arg(long)]
    version: Option<String>,
    /// The day from which it is in force, or of the approval (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", value_parser = crate::args::day)]
    dated: Option<Date>,
    /// The words of it that matter here
    #[arg(long)]
    quote: Option<String>,
    /// Where it can be read
    #[arg(long)]
    url: Option<String>,
    /// The sentence of yours that it supports
    #[arg(long)]
    supports: Option<String>,
}

pub(crate) fn run(args: &Args, what: &Authority) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let mut case = files::case(&what.case)?;
    let named = Offices::load(&kb)?.named(&what.number).ok_or_else(|| {
        Failure::input(&what.number, "no office we know numbers its documents so")
            .hint("write it with its kind before it, like “NCD 220.6.17” or “PMA P130016”")
    })?;
    let reference = Reference {
        title: what.title.clone().or(named.title.clone()),
        version: what.version.clone(),
        dated: what.dated,
        quote: what.quote.clone(),
        url: what.url.clone().or(named.url.clone()),
        supports: what.supports.clone(),
        source: Some("person".into()),
        ..named
    };
    let shelf = shelf::shelve(std::slice::from_ref(&reference), world::today(args.today), Style::Ama, &kb)?;
    shelf::learn(&mut case.references, &reference);
    case::write(&case, &what.case)?;
    if args.json {
        screen::json(&shelf)?;
    } else {
        show_works(&shelf.works);
        show_findings(&shelf.findings);
        say!("\n{GOOD}wrote {}{GOOD:#}", what.case.display());
    }
    Ok(ExitCode::SUCCESS)
}
