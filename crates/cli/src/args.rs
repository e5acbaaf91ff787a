//! The words of the command line.

use std::path::PathBuf;

use calendar::Date;
use clap::{Parser, Subcommand, ValueEnum};

/// From a denial letter and a second medical opinion to an appeal that is complete and on time.
///
/// Without a command, your browser opens on your own cases. Everything stays on this computer.
#[derive(Debug, Parser)]
#[command(name = "corroborate", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// Take this day as today (YYYY-MM-DD)
    #[arg(long, global = true, value_name = "DATE", value_parser = day)]
    pub today: Option<Date>,
    /// Stay off the network: so it is in every command unless `evidence lookup --network` allows it for one run
    #[arg(long, global = true)]
    pub offline: bool,
    /// Lay this folder over the built-in knowledge base
    #[arg(long, global = true, value_name = "DIR")]
    pub kb: Option<PathBuf>,
    /// Password of an encrypted PDF
    #[arg(long, global = true, value_name = "PASSWORD")]
    pub password: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read a denial letter, an EOB or an electronic answer of the plan
    Read {
        /// PDF, photo, DOCX, HTML, text, FHIR JSON or X12
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Also give the text of each page, to which the spans point
        #[arg(long)]
        text: bool,
    },
    /// Join the photos or scans of one letter, in the order given, into one PDF
    Join {
        /// JPEG, PNG, HEIC, WebP, TIFF or PDF: page 1 first
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Where to write the PDF
        #[arg(short, long, value_name = "FILE", default_value = "letter.pdf")]
        output: PathBuf,
    },
    /// Your rights and dates, each with its law
    Rights {
        /// The case file
        case: PathBuf,
        /// Explain one right, step by step
        #[arg(long, value_name = "ID")]
        explain: Option<String>,
        /// Write the dates as a calendar file
        #[arg(long, value_name = "FILE")]
        calendar: Option<PathBuf>,
    },
    /// The second opinion: whether, who, what to ask, what it says
    Opinion {
        #[command(subcommand)]
        what: Opinion,
        /// Language of the answer [default: your own; English for the page that the doctor reads]
        #[arg(long, value_enum, global = true)]
        language: Option<Language>,
    },
    /// The plan's criteria, references, and what reviewers decided before
    #[command(subcommand)]
    Evidence(Evidence),
    /// Write a letter or form
    Draft {
        /// The case file
        case: PathBuf,
        /// Which document (`corroborate draft CASE list` names them)
        document: String,
        /// Where to write it; the ending chooses PDF, DOCX, text or JSON
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Look for faults instead of writing
        #[arg(long)]
        lint: bool,
        /// Language of the document [default: English; your own for what only you read]
        #[arg(long, value_enum)]
        language: Option<Language>,
        /// Write it although something is missing: marked DRAFT, blanks shown
        #[arg(long)]
        with_blanks: bool,
        /// Show what you changed in a copy of the letter (a DOCX that `-o` wrote), and check it
        #[arg(long, value_name = "FILE", conflicts_with_all = ["output", "lint"])]
        edited: Option<PathBuf>,
        /// Keep what `--edited` shows in the case file: every new draft and the packet then have your words
        #[arg(long, requires = "edited")]
        keep: bool,
    },
    /// Assemble the appeal packet
    Packet {
        /// The case file
        case: PathBuf,
        /// Where to write the PDF
        #[arg(short, long, value_name = "FILE", default_value = "packet.pdf")]
        output: PathBuf,
        /// Accept that this file is left out (its name as in the manifest); may be repeated
        #[arg(long, value_name = "NAME")]
        allow_missing: Vec<String>,
        /// Build it although facts are missing: marked DRAFT, blanks shown
        #[arg(long)]
        with_blanks: bool,
        /// Also write fax parts of at most so many pages
        #[arg(long, value_name = "PAGES")]
        fax_pages: Option<usize>,
        /// Also write fax parts of at most so many megabytes
        #[arg(long, value_name = "MB", value_parser = megabytes)]
        fax_megabytes: Option<f64>,
        /// Keep a portal's size limit: large pictures get fewer dots, never under 150 per inch. What still does not fit is
        /// also written in parts
        #[arg(long, value_name = "MB", value_parser = megabytes)]
        portal_megabytes: Option<f64>,
        /// Also write one ZIP of everything
        #[arg(long, value_name = "FILE")]
        zip: Option<PathBuf>,
    },
    /// Case files
    #[command(subcommand)]
    Case(CaseCommand),
    /// The knowledge base
    #[command(subcommand)]
    Kb(KbCommand),
    /// What opens your cases: a key file or a passphrase
    #[command(subcommand)]
    Key(KeyCommand),
    /// What is due in your cases (exit 3 when something is due within the days asked)
    Due {
        /// Look so many days ahead
        #[arg(long, default_value_t = 14)]
        days: i32,
    },
    /// The whole walk on invented papers that ship with the program
    Demo {
        /// Folder to write to
        #[arg(short, long, value_name = "DIR", default_value = "demo")]
        output: PathBuf,
    },
    /// Open your cases in the browser (what happens without a command)
    Serve {
        /// Port on 127.0.0.1; 0 takes a free one
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Do not open the browser
        #[arg(long)]
        no_browser: bool,
        /// Folder of the encrypted case file
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Opinion {
    /// Would one help, is it covered or required, will it be in time?
    Need { case: PathBuf },
    /// Does the plan cover it, and what would it cost?
    Coverage { case: PathBuf },
    /// Does the plan require one?
    Required { case: PathBuf },
    /// Which kind of physician, and how the candidates compare
    Specialist { case: PathBuf },
    /// What to send and ask
    Brief { case: PathBuf },
    /// What the opinion letter says and lacks
    Check {
        case: PathBuf,
        /// The opinion letter
        letter: PathBuf,
    },
    /// Both physicians and the plan's reviewer side by side
    Compare { case: PathBuf },
    /// Will it arrive in time?
    Schedule { case: PathBuf },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Evidence {
    /// The plan's criteria, one by one, against the records
    Criteria {
        case: PathBuf,
        /// The policy, when the case names none
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
    },
    /// What was tried before, as the case's papers tell it: proposals for [[treatment]], each with its quote, for you to check
    Treatments { case: PathBuf },
    /// The reference shelf: lists (NBIB, RIS, Medline, BibTeX, EndNote), studies as PDF, or a case file's own references
    References {
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Put a Medicare coverage document or an FDA approval into a case, by its number: NCD 220.6.17, L35094, PMA P130016
    Authority(crate::commands::authority::Authority),
    /// Look published work up at PubMed and Crossref: shows what would be sent, and sends it only with --network
    Lookup(crate::commands::lookup::Lookup),
    /// What independent reviewers decided before: counts, never a person's chance
    Decisions(crate::commands::decisions::Decisions),
}

#[derive(Debug, Subcommand)]
pub(crate) enum CaseCommand {
    /// Make a case file from letters and other papers
    New {
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Where to write the case file
        #[arg(short, long, value_name = "FILE", default_value = "case.toml")]
        output: PathBuf,
    },
    /// Put more papers, a policy, studies or lists of references (NBIB, RIS, …) into a case file
    Add {
        /// The case file
        case: PathBuf,
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Write a case of your case store, or a case file, in the contract's shape
    Export {
        /// A case file or the id of a stored case
        case: String,
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Folder of the encrypted case file
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Check that a case file can be used
    Check { case: PathBuf },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Say whether a key file or a passphrase opens your cases
    Show {
        /// Folder of the encrypted case file
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Lock your cases with a new passphrase, asked for here (or in CORROBORATE_NEW_PASSPHRASE)
    Passphrase {
        /// Folder of the encrypted case file
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Lock your cases with a key file instead of the passphrase
    File {
        /// Folder of the encrypted case file
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KbCommand {
    /// Check every rule file
    Check {
        /// A folder instead of the built-in knowledge base
        folder: Option<PathBuf>,
    },
    /// Show one rule with its law and examples
    Show { id: String },
    /// What is covered, verified when, and what is missing
    Cover,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    En,
    Es,
}

/// A size above zero.
fn megabytes(text: &str) -> Result<f64, String> {
    let size = text.parse::<f64>().ok().filter(|n| n.is_finite() && *n > 0.0);
    size.ok_or_else(|| format!("`{text}` is not a size; write a number above zero, like 4.5"))
}

/// A day that exists.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("`{text}` is not a day; write one that exists as 2026-10-30"))
}
