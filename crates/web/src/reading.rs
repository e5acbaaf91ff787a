//! Reading the papers of a case: text and facts out of each, beside the pages, with progress and a way to stop.

use std::sync::Arc;
use std::time::Duration;

use extract::ExtractError;
use extract::worker::Watch;
use facts::{Document, Reading};
use journal::{Loaded, Paper};

use crate::http::{Call, Problem};
use crate::pages::papers;
use crate::server::App;
use crate::{intake, kinds};

/// How long a page waits for a reading before it says that it goes on: most papers are read by then.
const MOMENT: Duration = Duration::from_millis(1500);

/// What the text of a paper is kept under. A new way of reading gets a new number.
fn text_name(paper: &str) -> String {
    format!("text.1.{paper}")
}

fn reading_name(paper: &str) -> String {
    format!("reading.1.{paper}")
}

fn password_name(paper: &str) -> String {
    format!("password.1.{paper}")
}

/// The text of a paper, when it has been read.
pub(crate) fn document(call: &Call, case: &str, paper: &str) -> Result<Option<Document>, Problem> {
    let bytes = call.journal(|j| j.recall(case, &text_name(paper)))?;
    Ok(bytes.and_then(|b| serde_json::from_slice(&b).ok()))
}

/// What was read from a paper: by `exchange` for an electronic answer, else by `notice` from its text.
pub(crate) fn of(call: &Call, case: &str, paper: &str, document: &Document) -> Result<Reading, Problem> {
    let kept = call.journal(|j| j.recall(case, &reading_name(paper)))?;
    match kept.and_then(|b| serde_json::from_slice(&b).ok()) {
        Some(reading) => Ok(reading),
        None => Ok(notice::read(std::slice::from_ref(document), &call.app.kb)),
    }
}

/// The password of a locked paper, when the person gave it. It stands in the encrypted file, never in an export.
pub(crate) fn password(call: &Call, case: &str, paper: &str) -> Result<Option<String>, Problem> {
    let bytes = call.journal(|j| j.recall(case, &password_name(paper)))?;
    Ok(bytes.and_then(|b| String::from_utf8(b).ok()))
}

/// Keeps the password of a locked paper.
pub(crate) fn keep_password(call: &Call, case: &str, paper: &str, password: &str) -> Result<(), Problem> {
    call.journal(|j| j.remember(case, &password_name(paper), password.as_bytes()))
}

/// Whether a paper speaks for the plan, so that what it says belongs into the case.
pub(crate) fn fills(kind: Option<&str>) -> bool {
    matches!(kind, Some("denial_letter" | "eob" | "electronic_answer"))
}

/// Starts reading every paper that has not been read, and waits a moment: most are done before the page is.
pub(crate) fn start(call: &Call, loaded: &Loaded) -> Result<(), Problem> {
    let mut begun = Vec::new();
    for paper in &loaded.state.papers {
        let known = call.journal(|j| j.recall(&loaded.id, &text_name(&paper.sha256)))?.is_some();
        if known || call.app.jobs.stage(&loaded.id, &paper.sha256).is_some() {
            continue;
        }
        if let Some(watch) = call.app.jobs.begin(&loaded.id, &paper.sha256) {
            begun.push((paper.clone(), watch, password(call, &loaded.id, &paper.sha256)?));
        }
    }
    if begun.is_empty() {
        return Ok(());
    }
    let (app, id) = (Arc::clone(&call.app), loaded.id.clone());
    let (done, wait) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for (paper, watch, password) in begun {
            let failure = match watch.is_stopped() {
                true => Some(ExtractError::new("stopped", "")),
                false => one(&app, &id, &paper, &watch, password).err(),
            };
            app.studies.forget(&id);
            app.jobs.end(&id, &paper.sha256, failure);
        }
        let _ = done.send(());
    });
    let _ = wait.recv_timeout(MOMENT);
    Ok(())
}

/// Reads one paper and puts what it says into the case.
fn one(app: &App, id: &str, paper: &Paper, watch: &Watch, password: Option<String>) -> Result<(), ExtractError> {
    let fault = |why: String| ExtractError::new("unreadable", why);
    let stored = |e: journal::Error| fault(e.message().to_string());
    let bytes = match app.journal().as_ref() {
        Some(j) => j.file(id, &paper.sha256).map_err(stored)?,
        None => return Ok(()),
    };
    let (document, electronic) = text_of(app, &paper.name, &bytes, watch, password)?;
    let kind = kind_of(app, paper, &document, electronic.is_some());
    let reading = match &electronic {
        Some(reading) => reading.clone(),
        None if fills(Some(&kind)) => notice::read(std::slice::from_ref(&document), &app.kb),
        None => Reading::default(),
    };
    let mut guard = app.journal();
    let Some(journal) = guard.as_mut() else { return Ok(()) };
    if let Some(reading) = &electronic {
        let json = serde_json::to_vec(reading).map_err(|e| fault(e.to_string()))?;
        journal.remember(id, &reading_name(&paper.sha256), &json).map_err(stored)?;
    }
    let json = serde_json::to_vec(&document).map_err(|e| fault(e.to_string()))?;
    journal.remember(id, &text_name(&paper.sha256), &json).map_err(stored)?;
    let mut loaded = journal.case(id).map_err(stored)?;
    papers::settle_kind(&mut loaded, &paper.sha256, &kind);
    if fills(Some(&kind)) {
        loaded.state.case = intake::fill(&loaded.state.case, &reading, &app.kb);
    }
    if kind == "opinion_letter" {
        let check = opinion::check(&loaded.state.case, &document, &app.kb);
        intake::signer(&mut loaded.state.case, &check, &paper.name);
    }
    let now = (app.now)();
    journal.append(id, "paper.read", &loaded.state, loaded.revision, now).map_err(stored)?;
    Ok(())
}

/// What the person said it is; else what its words say; else `other`.
fn kind_of(app: &App, paper: &Paper, document: &Document, electronic: bool) -> String {
    match &paper.kind {
        Some(kind) => kind.clone(),
        None if electronic => "electronic_answer".into(),
        None => kinds::guess(document, &app.kb),
    }
}

/// The text of a file, and its reading when it is an electronic answer.
fn text_of(
    app: &App,
    name: &str,
    bytes: &[u8],
    watch: &Watch,
    password: Option<String>,
) -> Result<(Document, Option<Reading>), ExtractError> {
    let answer = |e: String| ExtractError::new("not_supported", e);
    match extract::sniff(bytes) {
        extract::Kind::FhirJson => {
            exchange::read_fhir(name, bytes, &app.kb).map(|(d, r)| (d, Some(r))).map_err(|e| answer(e.to_string()))
        }
        extract::Kind::X12 => {
            exchange::read_x12(name, bytes, &app.kb).map(|(d, r)| (d, Some(r))).map_err(|e| answer(e.to_string()))
        }
        _ => Ok((pages_of(app, name, bytes, watch, password)?, None)),
    }
}

/// The pages of a paper; those of attached files follow its own.
fn pages_of(
    app: &App,
    name: &str,
    bytes: &[u8],
    watch: &Watch,
    password: Option<String>,
) -> Result<Document, ExtractError> {
    let options = extract::Options { password, ..Default::default() };
    let limits = extract::worker::Limits::default();
    let mut all = match &app.worker {
        Some(exe) => extract::worker::run_watched(exe, name, bytes, &options, limits, watch)?,
        None => extract::extract_all(name, bytes, &options)?,
    }
    .into_iter();
    let mut first = all.next().ok_or_else(|| ExtractError::new("empty_file", name))?;
    for attached in all {
        first.pages.extend(attached.pages);
        first.findings.extend(attached.findings);
    }
    Ok(first)
}
