//! `corroborate evidence lookup`: published work at PubMed and Crossref, only with the person's permission for this run.
//!
//! Without `--network` nothing is sent: the exact requests are shown. Answers that were kept with `--answers` are used first.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use evidence::lookup::{self, Asks, Notice, Request, Services, Wanted};
use facts::{Case, Finding, Reference};

use crate::args::Args;
use crate::commands::evidence::show_works;
use crate::commands::read::show_findings;
use crate::failure::Failure;
use crate::network::{Answer, Network};
use crate::screen::{self, CARE, GOOD};
use crate::{commands, dropped, files, world};

/// What to look up and how.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Lookup {
    /// A PubMed number; may be repeated
    #[arg(long, value_name = "NUMBER")]
    pub pmid: Vec<String>,
    /// A DOI; may be repeated
    #[arg(long, value_name = "DOI")]
    pub doi: Vec<String>,
    /// Words to search PubMed for: a treatment and a disease, never a name
    #[arg(long, value_name = "WORDS")]
    pub search: Option<String>,
    /// Check every reference of this case file, above all whether it was retracted
    #[arg(long, value_name = "FILE")]
    pub case: Option<PathBuf>,
    /// Write what was found into the case file
    #[arg(long, requires = "case")]
    pub write: bool,
    /// Allow the network for this run; the requests are shown first
    #[arg(long, conflicts_with = "offline")]
    pub network: bool,
    /// Folder where answers are kept and taken from
    #[arg(long, value_name = "DIR")]
    pub answers: Option<PathBuf>,
}

#[derive(Default, serde::Serialize)]
struct Found {
    /// Every request, in order, as it was or would be sent.
    requests: Vec<Request>,
    /// How many of them were answered.
    answered: usize,
    references: Vec<Reference>,
    works: Vec<evidence::shelf::Work>,
    findings: Vec<Finding>,
    #[serde(skip)]
    failures: Vec<Failure>,
}

pub(crate) fn run(args: &Args, what: &Lookup) -> Result<ExitCode, Failure> {
    let kb = world::knowledge_base(args.kb.as_deref())?;
    let services = Services::load(&kb)?;
    let mut case = what.case.as_deref().map(files::case).transpose()?;
    let plan = services.plan(&wanted(what, case.as_ref())?);
    if plan.requests.is_empty() && plan.findings.is_empty() {
        return Err(Failure::input("lookup", "there is nothing to look up")
            .hint("name a --pmid, a --doi, words to --search for, or a --case with references"));
    }
    if !args.json {
        announce(&plan.requests, what.network);
    }
    let today = world::today(args.today);
    let network = Network { allowed: what.network, answers: what.answers.as_deref(), services: &services, today };
    let mut found = Found { findings: plan.findings, ..Found::default() };
    let mut open: Vec<Request> = plan.requests.into_iter().rev().collect();
    while let Some(request) = open.pop() {
        open.extend(found.take(&request, network.ask(&request), &services));
        found.requests.push(request);
    }
    let shelf = evidence::shelf::shelve(&found.references, today, evidence::shelf::Style::Ama, &kb)?;
    found.works = shelf.works;
    found.findings.extend(shelf.findings);
    if let (Some(case), Some(path), true) = (case.as_mut(), what.case.as_deref(), what.write) {
        write(case, path, &found)?;
    }
    tell(args, &found, what.network)
}

/// What is asked for, with the numbers of the case's own references. Words that name the patient are refused.
fn wanted(what: &Lookup, case: Option<&Case>) -> Result<Wanted, Failure> {
    let mut wanted = Wanted { pmids: what.pmid.clone(), dois: what.doi.clone(), words: what.search.clone() };
    let Some(case) = case else { return Ok(wanted) };
    let words = what.search.as_deref().unwrap_or_default().to_lowercase();
    let private = [&case.patient.name, &case.coverage.member_id, &case.claim.number];
    let parts = private.into_iter().flatten().flat_map(|p| p.split_whitespace()).filter(|p| p.chars().count() > 2);
    if let Some(part) = parts.map(str::to_lowercase).find(|p| words.split_whitespace().any(|w| w == p)) {
        return Err(Failure::input("--search", format!("“{part}” belongs to the patient and is not sent"))
            .hint("search for the treatment and the disease"));
    }
    wanted.pmids.extend(case.references.iter().filter_map(|r| r.pmid.clone()));
    wanted.dois.extend(case.references.iter().filter_map(|r| r.doi.clone()));
    Ok(wanted)
}

/// Shows every request before anything is sent.
fn announce(requests: &[Request], allowed: bool) {
    let head = if allowed { "These requests are sent, and nothing else" } else { "These requests would be sent" };
    screen::heading(head);
    for request in requests {
        say!("  {}: {}", request.service, screen::tame(&request.url, 400));
    }
    if requests.iter().any(|r| matches!(r.asks, Asks::PubmedSearch(_))) {
        screen::wrapped("  ", "For the works a search finds, one more request with their PubMed numbers follows.");
    }
}

impl Found {
    /// Takes an answer in; a search leads to one more request.
    fn take(&mut self, request: &Request, answer: Answer, services: &Services) -> Option<Request> {
        let body = match answer {
            Answer::Body(body) => body,
            Answer::NotFound => {
                self.not_found(request);
                return None;
            }
            Answer::Failed(why) => {
                self.failures.push(
                    Failure::input(&request.service, why)
                        .hint("what was asked for stays as it is in your case; try again later"),
                );
                return None;
            }
            Answer::NotAsked => return None,
        };
        self.answered += 1;
        match self.read(request, &body, services) {
            Ok(next) => next,
            Err(why) => {
                self.failures.push(Failure::input(&request.service, why));
                None
            }
        }
    }

    fn read(&mut self, request: &Request, body: &[u8], services: &Services) -> Result<Option<Request>, String> {
        match &request.asks {
            Asks::PubmedSearch(words) => {
                let pmids = lookup::found_pmids(body).map_err(|e| e.to_string())?;
                if pmids.is_empty() {
                    let text = "PubMed knows no work for these words. Try fewer or other words.";
                    self.findings.push(Finding::new("search_found_nothing", text).about(words.clone()));
                    return Ok(None);
                }
                return Ok(Some(services.pubmed_works(pmids)));
            }
            Asks::PubmedWorks(pmids) => self.pubmed(pmids, body),
            Asks::CrossrefWork(doi) => {
                let (work, notices) = services.crossref_work(body).map_err(|e| e.to_string())?;
                self.add(Reference { doi: Some(doi.clone()), ..work });
                self.notices(doi, &notices);
            }
            Asks::CrossrefNotices(doi) => {
                let notices = services.crossref_notices(body, doi).map_err(|e| e.to_string())?;
                self.notices(doi, &notices);
            }
        }
        Ok(None)
    }

    fn pubmed(&mut self, pmids: &[String], body: &[u8]) {
        let (works, findings) = dropped::references("PubMed", body).unwrap_or_default();
        // That a work is retracted is said once, by the shelf.
        self.findings.extend(findings.into_iter().filter(|f| f.code != "reference_retracted"));
        for pmid in pmids {
            if !works.iter().any(|w| w.pmid.as_deref() == Some(pmid)) {
                let text = format!("PubMed has no publication with the number {pmid}. Check the digits.");
                self.findings.push(Finding::new("pmid_not_found", text).about(pmid.clone()));
            }
        }
        for work in works {
            let retracted = work.retracted.as_ref().map(|_| "pubmed".to_string());
            self.add(Reference { source: Some("pubmed".into()), retracted, ..work });
        }
    }

    fn not_found(&mut self, request: &Request) {
        if let Asks::CrossrefWork(doi) = &request.asks {
            let text = format!(
                "Crossref does not know the DOI {doi}. Check it against the paper; a DOI of another registry is not found here."
            );
            self.findings.push(Finding::new("doi_not_found", text).about(doi.clone()));
        }
    }

    /// A work that two services know stands once; the first answer wins.
    fn add(&mut self, work: Reference) {
        let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        let lower = |d: &Option<String>| d.as_deref().and_then(evidence::shelf::doi);
        let known =
            self.references.iter_mut().find(|r| same(&r.pmid, &work.pmid) || same(&lower(&r.doi), &lower(&work.doi)));
        match known {
            Some(known) => known.retracted = known.retracted.take().or(work.retracted),
            None => self.references.push(work),
        }
    }

    fn notices(&mut self, doi: &str, notices: &[Notice]) {
        let is = |r: &Reference| r.doi.as_deref().and_then(evidence::shelf::doi).as_deref() == Some(doi);
        if notices.iter().any(|n| n.withdraws) {
            match self.references.iter_mut().find(|r| is(r)) {
                Some(known) => known.retracted = Some("crossref".into()),
                None => self.references.push(Reference {
                    doi: Some(doi.into()),
                    source: Some("crossref".into()),
                    retracted: Some("crossref".into()),
                    ..Reference::default()
                }),
            }
        }
        for warning in notices.iter().filter(|n| !n.withdraws) {
            let notice = warning.doi.as_deref().unwrap_or("no number given");
            let text = format!(
                "The journal warns of this work ({}, {notice}). Read the notice before you use it.",
                warning.kind.replace(['_', '-'], " ")
            );
            let finding = Finding::new("reference_warned_of", text).about(doi.to_string());
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
    }
}

/// Puts what was found into the case: known references are marked and completed, new ones added.
fn write(case: &mut Case, path: &Path, found: &Found) -> Result<(), Failure> {
    for work in &found.references {
        evidence::shelf::learn(&mut case.references, work);
    }
    commands::case::write(case, path)
}

fn tell(args: &Args, found: &Found, allowed: bool) -> Result<ExitCode, Failure> {
    if args.json {
        screen::json(found)?;
    } else {
        if found.answered == 0 && !allowed {
            say!("\n{CARE}Nothing was sent.{CARE:#} To allow these requests for one run, add {GOOD}--network{GOOD:#}.");
        }
        if !found.works.is_empty() {
            screen::heading("What was found");
            show_works(&found.works);
        }
        show_findings(&found.findings);
    }
    for failure in &found.failures {
        failure.report();
    }
    Ok(found.failures.first().map_or(ExitCode::SUCCESS, Failure::code))
}
