//! `corroborate packet CASE`: letter, contents, criteria and exhibits in one PDF, with a manifest.

use std::path::Path;
use std::process::ExitCode;

use course::Walk;
use draft::Inputs;
use packet::{Content, ExhibitInput, Later, Manifest, PacketInput};
use rights::Entitlements;

use crate::args::Args;
use crate::commands::read::show_findings;
use crate::failure::Failure;
use crate::screen::{self, CARE, GOOD, QUIET, STOP};
use crate::walk::{self, Loaded};
use crate::{files, noticed};

pub(crate) struct Request<'a> {
    pub output: &'a Path,
    pub allow_missing: &'a [String],
    pub fax_pages: Option<usize>,
    pub fax_megabytes: Option<f64>,
    pub portal_megabytes: Option<f64>,
    pub zip: Option<&'a Path>,
    pub with_blanks: bool,
}

/// What a packet comes to: the PDF, its letter in Word's format, its manifest.
pub(crate) struct Made {
    pub pdf: Vec<u8>,
    pub docx: Vec<u8>,
    pub letter: draft::Document,
    pub manifest: Manifest,
    /// What was noticed about the letter.
    pub noticed: Vec<facts::Finding>,
}

impl Made {
    /// The same packet, at most so many bytes large as far as its pictures allow.
    fn within(self, most: usize) -> Result<Made, Failure> {
        let packet = packet::Packet { pdf: self.pdf, manifest: self.manifest };
        let smaller = packet::within(packet, most).map_err(|e| Failure::ours(e.to_string()))?;
        Ok(Made { pdf: smaller.pdf, manifest: smaller.manifest, ..self })
    }
}

fn bytes(megabytes: f64) -> usize {
    (megabytes * 1_048_576.0) as usize
}

pub(crate) fn run(args: &Args, case: &Path, request: &Request<'_>) -> Result<ExitCode, Failure> {
    let loaded = walk::load_for_packet(case, args)?;
    for output in [Some(request.output), request.zip].into_iter().flatten() {
        files::not_over(output, walk::papers_on_disk(&loaded.case, case))?;
    }
    let walk = loaded.walk("en")?;
    let mut made = make(&loaded, &walk, args, request.with_blanks)?;
    if let Some(most) = request.portal_megabytes {
        made = made.within(bytes(most))?;
    }
    let missing: Vec<packet::LeftOut> = made
        .manifest
        .left_out
        .iter()
        .filter(|l| !l.by_choice && !request.allow_missing.contains(&l.source) && !allowed_by_case(&loaded, &l.source))
        .cloned()
        .collect();
    let complete = missing.is_empty();
    if !made.pdf.is_empty() {
        made.manifest.pdf = request.output.display().to_string();
        files::write_keeping(request.output, &made.pdf)?;
        also(&loaded, &walk, &mut made, request)?;
    } else if request.output.exists() {
        note!("{} is from before; nothing was written now", request.output.display());
    }
    let of_case = noticed::of_loaded(&loaded, &walk.entitlements);
    if args.json {
        // Not in the manifest of the ZIP, which goes to others: what is noticed here is for whoever sends it.
        let mut all = made.noticed.clone();
        noticed::add(&mut all, held_back(&made.manifest));
        noticed::add(&mut all, of_case.iter().cloned());
        screen::json(&noticed::beside(&made.manifest, &all)?)?;
    } else {
        show(&made.manifest);
    }
    super::draft::tell(&made.noticed);
    super::draft::tell(&of_case.into_iter().filter(noticed::is_of_input).collect::<Vec<_>>());
    for left in missing {
        Failure::input(&left.source, format!("this paper is not in the packet: {}", left.why))
            .hint("mend it, or accept it with --allow-missing NAME")
            .report();
    }
    for name in request.allow_missing.iter().filter(|n| !made.manifest.left_out.iter().any(|l| l.source == **n)) {
        note!("--allow-missing {name}: nothing of that name was left out");
    }
    let blocked = screen::missing(&made.manifest.blocked_by, &loaded.kb);
    if request.with_blanks && !blocked.is_empty() {
        note!("DRAFT: the letter still lacks: {blocked}. The blanks are shown.");
    } else if !blocked.is_empty() {
        let failure = Failure::input(case.display().to_string(), format!("the letter still lacks: {blocked}"));
        failure.hint("add them to the case, or use --with-blanks for a draft with blanks shown").report();
        return Ok(ExitCode::from(2));
    }
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Papers that a safe rule keeps out: nobody chose that, so a program hears it among what was noticed.
fn held_back(manifest: &Manifest) -> Vec<facts::Finding> {
    let by_rule = |l: &&packet::LeftOut| l.reason.as_deref().is_some_and(|r| r != "person_decided");
    let told = |l: &packet::LeftOut| facts::Finding::new("held_back", l.why.clone()).about(l.source.clone());
    manifest.left_out.iter().filter(by_rule).map(told).collect()
}

fn allowed_by_case(loaded: &Loaded, source: &str) -> bool {
    loaded.case.choices.allow_missing.iter().flatten().any(|a| a == source)
}

/// Drafts the letter and builds the packet.
pub(crate) fn make(loaded: &Loaded, walk: &Walk, args: &Args, with_blanks: bool) -> Result<Made, Failure> {
    let rows = draft::criteria_rows(walk.criteria.as_ref());
    let inputs = inputs(loaded, walk, &rows, "en");
    let drafted = draft::draft("appeal_letter", &inputs).map_err(|e| Failure::ours(e.to_string()))?;
    let (letter, noticed) = (drafted.value, drafted.findings);
    let plan = draft::exhibits(&loaded.case, walk.check.as_ref(), "en").map_err(|e| Failure::ours(e.to_string()))?;
    let fetch: Vec<_> = plan.exhibits.iter().map(|exhibit| fetcher(loaded, exhibit)).collect();
    let log = draft::draft("search_log", &inputs).ok().map(|o| o.value);
    let exhibits: Vec<ExhibitInput<'_>> = plan
        .exhibits
        .iter()
        .zip(&fetch)
        .map(|(exhibit, fetch)| ExhibitInput {
            exhibit: exhibit.clone(),
            content: match (&exhibit.made, &log) {
                (Some(_), Some(log)) => Content::Made(log),
                (Some(_), None) => Content::Missing("the search log is empty".into()),
                (None, _) => Content::Later(Later(fetch)),
            },
            password: args.password.clone(),
        })
        .collect();
    let prefix = loaded.case.claim.reference_number.as_deref().or(loaded.case.claim.number.as_deref()).unwrap_or("");
    let worker = std::env::current_exe().ok();
    let input = PacketInput {
        letter: &letter,
        exhibits: &exhibits,
        withheld: &plan.withheld,
        criteria: &rows,
        stamp_prefix: prefix,
        draft: with_blanks,
        worker: worker.as_deref(),
    };
    let built = packet::build(&input).map_err(|e| Failure::ours(e.to_string()))?;
    let docx = packet::docx(&letter).map_err(|e| Failure::ours(e.to_string()))?;
    Ok(Made { pdf: built.pdf, docx, letter, manifest: built.manifest, noticed })
}

/// What every document may draw on.
pub(crate) fn inputs<'a>(
    loaded: &'a Loaded,
    walk: &'a Walk,
    rows: &'a [draft::CriteriaRow],
    language: &'a str,
) -> Inputs<'a> {
    Inputs {
        case: &loaded.case,
        entitlements: &walk.entitlements,
        plan: Some(&walk.plan),
        check: walk.check.as_ref(),
        criteria: rows,
        supports: Some(&walk.supports),
        kb: &loaded.kb,
        today: loaded.today,
        language,
        stage: None,
    }
}

/// Reads an exhibit's file when it is needed.
fn fetcher<'a>(loaded: &'a Loaded, exhibit: &'a draft::Exhibit) -> impl Fn() -> Result<Vec<u8>, String> + Sync + 'a {
    move || match exhibit.source.as_str() {
        "" => Err("the file was not found".into()),
        source => files::read(&loaded.folder.join(source)).map_err(|failure| failure.message),
    }
}

/// The dates as a calendar file.
pub(crate) fn calendar(loaded: &Loaded, entitlements: &Entitlements) -> String {
    let name = loaded.case.claim.service.as_deref().unwrap_or("");
    packet::ics(entitlements, name, "")
}

/// Parts and the ZIP, when asked for.
fn also(loaded: &Loaded, walk: &Walk, made: &mut Made, request: &Request<'_>) -> Result<(), Failure> {
    let mut parts: Vec<(packet::WrittenPart, Vec<u8>)> = Vec::new();
    if request.fax_pages.is_some() || request.fax_megabytes.is_some() {
        let limit = packet::FaxLimit { pages: request.fax_pages, bytes: request.fax_megabytes.map(bytes) };
        parts.extend(in_parts(made, &limit, request.output, "fax")?);
    }
    if let Some(most) = request.portal_megabytes.map(bytes).filter(|most| made.pdf.len() > *most) {
        let limit = packet::FaxLimit { pages: None, bytes: Some(most) };
        parts.extend(in_parts(made, &limit, request.output, "part")?);
    }
    made.manifest.parts = parts.iter().map(|(told, _)| told.clone()).collect();
    if let Some(zip) = request.zip {
        // In the ZIP the files have names of their own.
        let mut listed = made.manifest.clone();
        listed.pdf = "packet.pdf".into();
        let stem = format!("{}.", request.output.with_extension("").display());
        listed.parts.iter_mut().for_each(|p| p.file = p.file.trim_start_matches(&stem).to_string());
        let manifest = serde_json::to_vec_pretty(&listed).map_err(|e| Failure::ours(e.to_string()))?;
        let mut all = vec![
            ("packet.pdf".to_string(), made.pdf.clone()),
            ("appeal.docx".to_string(), made.docx.clone()),
            ("deadlines.ics".to_string(), calendar(loaded, &walk.entitlements).into_bytes()),
            ("manifest.json".to_string(), manifest),
        ];
        all.extend(listed.parts.iter().map(|p| p.file.clone()).zip(parts.into_iter().map(|(_, pdf)| pdf)));
        files::write_keeping(zip, &packet::zip(&all).map_err(|e| Failure::ours(e.to_string()))?)?;
        made.manifest.zip = Some(zip.display().to_string());
        note!("wrote {}", zip.display());
    }
    Ok(())
}

/// Writes the packet in parts beside it; gives what the manifest says of each, and its bytes.
fn in_parts(
    made: &Made,
    limit: &packet::FaxLimit,
    output: &Path,
    kind: &str,
) -> Result<Vec<(packet::WrittenPart, Vec<u8>)>, Failure> {
    let parts = packet::fax_parts(&made.pdf, limit, &made.letter).map_err(|e| {
        let option = match (limit.pages, kind) {
            (_, "part") => "--portal-megabytes",
            (Some(_), _) => "--fax-pages",
            (None, _) => "--fax-megabytes",
        };
        let failure = if e.ours { Failure::ours(e.message) } else { Failure::input(option, e.message) };
        match e.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })?;
    let mut out = Vec::new();
    for part in parts {
        let name = format!("{}.{kind}-{}-of-{}.pdf", output.with_extension("").display(), part.number, part.of);
        files::write_keeping(Path::new(&name), &part.pdf)?;
        note!("wrote {name}");
        let told = packet::WrittenPart {
            file: name,
            sha256: part.sha256,
            number: part.number,
            of: part.of,
            first_page: part.first_page,
            last_page: part.last_page,
        };
        out.push((told, part.pdf));
    }
    Ok(out)
}

/// Prints a manifest for a person.
pub(crate) fn show(manifest: &Manifest) {
    screen::heading(&format!("The packet ({} pages)", manifest.pages));
    for exhibit in &manifest.exhibits {
        say!(
            "  Exhibit {:<3} {:<60} {QUIET}pages {} to {}{QUIET:#}",
            exhibit.label,
            screen::tame(&exhibit.title, 60),
            exhibit.first_page,
            exhibit.last_page
        );
    }
    for left in &manifest.left_out {
        let style = if left.by_choice { CARE } else { STOP };
        screen::wrapped(
            "  ",
            &format!("{style}not in the packet:{style:#} {}: {}", screen::tame(&left.source, 80), left.why),
        );
    }
    if manifest.contents_verified {
        say!("  {GOOD}The page numbers of the contents were read back and are right.{GOOD:#}");
    }
    show_findings(&manifest.findings);
}
