//! Reading the papers of a case: text and facts out of each, beside the pages, with progress and a way to stop.

use std::sync::Arc;
use std::time::Duration;

use extract::ExtractError;
use extract::worker::{Kept, Recognized, Watch};
use facts::{Case, Document, Reading, Reference};
use journal::{Loaded, Paper};

use crate::http::{Call, Problem};
use crate::server::App;
use crate::settle::{self, Content};
use crate::{intake, kinds};

/// How long a page waits for a reading before it says that it goes on: most papers are read by then.
const MOMENT: Duration = Duration::from_millis(1500);

/// What the text of a paper is kept under. A new way of reading gets a new number.
fn text_name(paper: &str) -> String {
    format!("text.1.{paper}")
}

/// That a paper is one recognized page, such as a photo: it may be a page of a letter.
fn sheet_name(paper: &str) -> String {
    format!("sheet.1.{paper}")
}

/// The papers of a case that are one recognized page each, with their texts.
pub(crate) fn single_sheets(call: &Call, loaded: &Loaded) -> Result<Vec<(Paper, Document)>, Problem> {
    let known = call.journal(|j| j.remembered(&loaded.id, &sheet_name("")))?;
    let mut all = Vec::new();
    for paper in loaded.state.papers.iter().filter(|p| known.contains(&sheet_name(&p.sha256))) {
        if let Some(document) = document(call, &loaded.id, &paper.sha256)? {
            // The name may be another one by now.
            all.push((paper.clone(), Document { name: paper.name.clone(), ..document }));
        }
    }
    Ok(all)
}

/// The papers of a case that have been read.
pub(crate) fn read_so_far(call: &Call, case: &str) -> Result<Vec<String>, Problem> {
    call.journal(|j| j.remembered(case, &text_name("")))
}

fn reading_name(paper: &str) -> String {
    format!("reading.1.{paper}")
}

/// Pages that were recognized before the whole paper was: `document.page` follows.
fn pages_name(paper: &str) -> String {
    format!("page.1.{paper}.")
}

fn password_name(paper: &str) -> String {
    format!("password.1.{paper}")
}

/// The text of a paper, when it has been read.
pub(crate) fn document(call: &Call, case: &str, paper: &str) -> Result<Option<Document>, Problem> {
    let bytes = call.journal(|j| j.recall(case, &text_name(paper)))?;
    Ok(bytes.and_then(|b| serde_json::from_slice(&b).ok()))
}

/// What a paper says: read by `exchange` from an electronic answer, else by `notice` from its text, with what the person corrected
/// on its page.
pub(crate) fn of(call: &Call, case: &str, paper: &Paper, document: &Document) -> Result<Reading, Problem> {
    let kept = call.journal(|j| j.recall(case, &reading_name(&paper.sha256)))?;
    let mut reading = match kept.and_then(|b| serde_json::from_slice(&b).ok()) {
        Some(reading) => reading,
        None => notice::read(std::slice::from_ref(document), &call.app.kb),
    };
    for (fact, value) in &paper.said {
        intake::correct(&mut reading, fact, value);
    }
    Ok(reading)
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
        // What was taken out and given again has its text still, and is to be understood anew.
        let known = call.journal(|j| j.recall(&loaded.id, &text_name(&paper.sha256)))?.is_some();
        if known && paper.kind.is_some() || call.app.jobs.stage(&loaded.id, &paper.sha256).is_some() {
            continue;
        }
        if let Some(ticket) = call.app.jobs.begin(&loaded.id, &paper.sha256) {
            begun.push((paper.clone(), ticket, password(call, &loaded.id, &paper.sha256)?));
        }
    }
    if begun.is_empty() {
        return Ok(());
    }
    let (app, id) = (Arc::clone(&call.app), loaded.id.clone());
    let (done, wait) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for (paper, ticket, password) in begun {
            let result = match ticket.watch().is_stopped() {
                true => Err(ExtractError::new("stopped", "")),
                false => one(&app, &id, &paper, ticket.watch(), password),
            };
            ticket.end(result);
        }
        let _ = done.send(());
    });
    let _ = wait.recv_timeout(MOMENT);
    Ok(())
}

/// Reads one paper and puts what it says into the case.
fn one(app: &App, id: &str, paper: &Paper, watch: &Watch, password: Option<String>) -> Result<(), ExtractError> {
    let (bytes, case) = match app.journal().as_ref() {
        Some(j) => (j.file(id, &paper.sha256).map_err(stored)?, j.case(id).map_err(stored)?.state.case),
        None => return Ok(()),
    };
    let pages = Pages { app, case: id, paper: &paper.sha256 };
    let text = match recognized_before(app, id, paper, &bytes) {
        Some(document) => Text::plain(document),
        None => text_of(app, &paper.name, &bytes, password, Progress { watch, pages: &pages })?,
    };
    // Understanding takes a while and needs no journal: other pages go on meanwhile.
    let understood = Understood::from(app, paper, &case, text);
    understood.keep(app, id, paper)
}

/// The text of a scan that was recognized before, which takes long: of a paper that was taken out and is back.
fn recognized_before(app: &App, id: &str, paper: &Paper, bytes: &[u8]) -> Option<Document> {
    let kept = app.journal().as_ref().and_then(|j| j.recall(id, &text_name(&paper.sha256)).ok().flatten())?;
    let document: Document = serde_json::from_slice(&kept).ok()?;
    let is_scan = document.text_from == facts::TextFrom::Ocr && is_picture_or_pdf(bytes);
    is_scan.then(|| Document { name: paper.name.clone(), ..document })
}

/// Whether a file can be a page of a letter that was photographed or scanned page by page.
pub(crate) fn is_picture_or_pdf(bytes: &[u8]) -> bool {
    use extract::Kind::{Bmp, Gif, Heic, Jpeg, Pdf, Png, Tiff, Webp};
    matches!(extract::sniff(bytes), Bmp | Gif | Heic | Jpeg | Pdf | Png | Tiff | Webp)
}

fn stored(e: journal::Error) -> ExtractError {
    ExtractError::new("storage", e.message())
}

/// What a file holds.
struct Text {
    document: Document,
    /// Of a file that programs exchange.
    reading: Option<Reading>,
    /// Of a list of publications; it may hold none that can be used.
    works: Option<Vec<Reference>>,
}

/// A paper that was read and understood.
struct Understood {
    text: Text,
    kind: String,
    /// What it says for the plan.
    reading: Option<Reading>,
    check: Option<opinion::Check>,
}

impl Understood {
    /// Its kind is what the person said, else what its words say; a list of publications is one whatever it was given as.
    fn from(app: &App, paper: &Paper, case: &Case, text: Text) -> Understood {
        let told = if text.works.is_some() { Some(settle::LIST.into()) } else { paper.kind.clone() };
        let mut reading = text.reading.clone();
        if reading.is_none() && (told.is_none() || fills(told.as_deref())) {
            reading = Some(notice::read(std::slice::from_ref(&text.document), &app.kb));
        }
        let answers = |r: &Reading| text.reading.is_some() && r.get("notice.kind").is_some();
        let kind = told.unwrap_or_else(|| match &reading {
            Some(reading) if answers(reading) => "electronic_answer".into(),
            Some(reading) => {
                let kind = kinds::of(&text.document, reading, &app.kb);
                opinion::kind_in_case(&kind, case, &text.document, &app.kb)
            }
            None => "other".into(),
        });
        let check = (kind == "opinion_letter").then(|| checked(case, &text.document, &app.kb));
        Understood { text, kind, reading, check }
    }

    fn keep(self, app: &App, id: &str, paper: &Paper) -> Result<(), ExtractError> {
        let json = |e: serde_json::Error| ExtractError::new("our_fault", e.to_string());
        let mut guard = app.journal();
        let Some(journal) = guard.as_mut() else { return Ok(()) };
        // Undone or taken out while it was read: nothing of it comes into the case.
        if journal.case(id).map_err(stored)?.state.paper(&paper.sha256).is_none() {
            return Ok(());
        }
        if let Some(reading) = &self.text.reading {
            let bytes = serde_json::to_vec(reading).map_err(json)?;
            journal.remember(id, &reading_name(&paper.sha256), &bytes).map_err(stored)?;
        }
        let bytes = serde_json::to_vec(&self.text.document).map_err(json)?;
        journal.remember(id, &text_name(&paper.sha256), &bytes).map_err(stored)?;
        journal.forget(id, &pages_name(&paper.sha256)).map_err(stored)?;
        if self.text.document.text_from == facts::TextFrom::Ocr && self.text.document.pages.len() == 1 {
            journal.remember(id, &sheet_name(&paper.sha256), b"1").map_err(stored)?;
        }
        let mut loaded = journal.case(id).map_err(stored)?;
        let now = loaded.state.paper(&paper.sha256).and_then(|p| p.kind.clone());
        let kind = now.filter(|_| self.kind != settle::LIST).unwrap_or(self.kind);
        settle::name_kind(&mut loaded.state, &paper.sha256, &kind);
        let said = Content {
            document: &self.text.document,
            reading: self.reading.as_ref(),
            check: self.check.as_ref(),
            works: self.text.works.as_deref().unwrap_or_default(),
        };
        settle::take_in(&mut loaded.state, &paper.name, &kind, said, &app.kb);
        journal.append(id, "paper.read", &loaded.state, loaded.revision, (app.now)()).map_err(stored)?;
        Ok(())
    }
}

/// Takes back what a paper put into the case and nobody confirmed: the paper turned out to be something else, or was taken
/// out. `paper` is as it was.
pub(crate) fn withdraw(call: &Call, loaded: &mut Loaded, paper: &Paper) -> Result<(), Problem> {
    let id = loaded.id.clone();
    let document = document(call, &id, &paper.sha256)?.filter(|_| fills(paper.kind.as_deref()) && !paper.confirmed);
    if let Some(document) = document {
        let reading = of(call, &id, paper, &document)?;
        intake::withdraw_lists(&mut loaded.state.case, &reading, &call.app.kb);
    }
    intake::withdraw(&mut loaded.state.case, &paper.name);
    let gone = works_of(call, &id, paper)?;
    let mut kept = Vec::new();
    for other in loaded.state.papers.iter().filter(|p| p.sha256 != paper.sha256) {
        kept.extend(works_of(call, &id, other)?);
    }
    settle::unshelve(&mut loaded.state.case, paper, &gone, &kept);
    Ok(())
}

/// The works of a list of publications; none of any other paper.
fn works_of(call: &Call, case: &str, paper: &Paper) -> Result<Vec<Reference>, Problem> {
    if paper.kind.as_deref() != Some(settle::LIST) {
        return Ok(Vec::new());
    }
    let bytes = call.journal(|j| j.file(case, &paper.sha256))?;
    Ok(exchange::read_citations(&paper.name, &bytes).map(|read| read.value).unwrap_or_default())
}

/// Puts what the papers of a case say into it once more, after one of them became something else or was taken out. What is
/// known already stays.
pub(crate) fn settle_again(call: &Call, loaded: &mut Loaded) -> Result<(), Problem> {
    for paper in loaded.state.papers.clone() {
        let Some(kind) = paper.kind.as_deref() else { continue };
        let Some(document) = document(call, &loaded.id, &paper.sha256)? else { continue };
        let reading = match fills(Some(kind)) {
            true => Some(of(call, &loaded.id, &paper, &document)?),
            false => None,
        };
        let check = (kind == "opinion_letter").then(|| checked(&loaded.state.case, &document, &call.app.kb));
        let said = Content { document: &document, reading: reading.as_ref(), check: check.as_ref(), works: &[] };
        settle::take_in(&mut loaded.state, &paper.name, kind, said, &call.app.kb);
    }
    Ok(())
}

/// The text of a file, and what else a file of a known format says.
fn text_of(
    app: &App,
    name: &str,
    bytes: &[u8],
    password: Option<String>,
    progress: Progress<'_>,
) -> Result<Text, ExtractError> {
    let format = match extract::sniff(bytes) {
        extract::Kind::FhirJson => exchange::Format::Fhir,
        extract::Kind::X12 => exchange::Format::X12,
        extract::Kind::Ccda => exchange::Format::Ccda,
        kind => {
            let document = pages_of(app, name, bytes, password, progress)?;
            return if kind == extract::Kind::Citations { listed(document, bytes) } else { Ok(Text::plain(document)) };
        }
    };
    let mut record =
        exchange::read(format, name, bytes, &app.kb).map_err(|e| ExtractError::new("answer", e.to_string()))?;
    notice::hear(&mut record.reading, &record.document, &record.said, &app.kb);
    // A health record is a paper about the patient: its words say the rest.
    let reading = (format != exchange::Format::Ccda).then_some(record.reading);
    Ok(Text { document: record.document, reading, works: None })
}

impl Text {
    fn plain(document: Document) -> Text {
        Text { document, reading: None, works: None }
    }
}

/// A list of publications: its works, with what was noticed in it.
fn listed(mut document: Document, bytes: &[u8]) -> Result<Text, ExtractError> {
    let read = exchange::read_citations(&document.name, bytes).map_err(|e| ExtractError::new("list", e.to_string()))?;
    document.findings.extend(read.findings);
    Ok(Text { document, reading: None, works: Some(read.value) })
}

/// Who watches a reading, and what keeps its pages.
#[derive(Clone, Copy)]
struct Progress<'a> {
    watch: &'a Watch,
    pages: &'a dyn Kept,
}

/// The recognized pages of a paper, kept one by one: after the program ended in the middle, the reading goes on there.
struct Pages<'a> {
    app: &'a App,
    case: &'a str,
    paper: &'a str,
}

impl Kept for Pages<'_> {
    fn known(&self) -> Vec<(usize, usize, Recognized)> {
        let start = pages_name(self.paper);
        let guard = self.app.journal();
        let Some(journal) = guard.as_ref() else { return Vec::new() };
        let one = |name: &String| {
            let (document, page) = name.strip_prefix(&start)?.split_once('.')?;
            let read = journal.recall(self.case, name).ok().flatten()?;
            Some((document.parse().ok()?, page.parse().ok()?, serde_json::from_slice(&read).ok()?))
        };
        journal.remembered(self.case, &start).unwrap_or_default().iter().filter_map(one).collect()
    }

    /// A page that cannot be kept is read again next time.
    fn keep(&self, document: usize, page: usize, read: &Recognized) {
        let name = format!("{}{document}.{page}", pages_name(self.paper));
        if let (Some(journal), Ok(bytes)) = (self.app.journal().as_mut(), serde_json::to_vec(read)) {
            let _ = journal.remember(self.case, &name, &bytes);
        }
    }
}

/// The text of a file that is no paper of the case, one line a line: a letter edited in a word processor.
pub(crate) fn lines_of(app: &App, name: &str, bytes: &[u8]) -> Result<Vec<String>, ExtractError> {
    let document = pages_of(app, name, bytes, None, Progress { watch: &Watch::default(), pages: &() })?;
    let lines = document.pages.iter().flat_map(|p| p.text.lines()).filter(|l| !l.trim().is_empty());
    Ok(lines.map(str::to_string).collect())
}

/// The pages of a paper; those of attached files follow its own.
fn pages_of(
    app: &App,
    name: &str,
    bytes: &[u8],
    password: Option<String>,
    progress: Progress<'_>,
) -> Result<Document, ExtractError> {
    let options = extract::Options { password, ..Default::default() };
    let limits = extract::worker::Limits::default();
    let mut all = match &app.worker {
        Some(exe) => extract::worker::run_watched(exe, name, bytes, &options, limits, progress.watch, progress.pages)?,
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

/// What an opinion letter says, held against the case: whose letter it is, and which physician's.
fn checked(case: &facts::Case, letter: &Document, kb: &kb::Kb) -> opinion::Check {
    let kind = notice::kind_of(letter, kb);
    opinion::held_against(opinion::check(case, letter, kb), case, letter, kind.as_deref(), kb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Site;

    #[test]
    fn recognized_pages_are_kept_one_by_one_until_the_paper_is_read() {
        let site = Site::new();
        let id = site.case(&Case::default());
        let pages = Pages { app: site.app(), case: &id, paper: "abc" };
        let read = |text: &str| Recognized { page: facts::Page::from_text(text), confidence: 90.0 };
        pages.keep(0, 11, &read("twelfth"));
        pages.keep(0, 2, &read("third"));
        Pages { paper: "abcd", ..pages }.keep(0, 0, &read("of another paper"));
        let known = |pages: &Pages| pages.known().into_iter().map(|(d, p, r)| (d, p, r.page.text)).collect::<Vec<_>>();
        let pages = Pages { app: site.app(), case: &id, paper: "abc" };
        assert_eq!(known(&pages), [(0, 11, "twelfth".to_string()), (0, 2, "third".to_string())]);
        let paper = Paper {
            sha256: "abc".into(),
            name: "scan.pdf".into(),
            size: 1,
            added: site.app().now(),
            kind: None,
            confirmed: false,
            joined_from: Vec::new(),
            said: Default::default(),
        };
        site.change(&id, |state| state.papers.push(paper.clone()));
        let text = Text::plain(Document::from_text("scan.pdf", "all of it"));
        Understood::from(site.app(), &paper, &Case::default(), text).keep(site.app(), &id, &paper).unwrap();
        assert_eq!(known(&pages), [], "the whole text takes their place");
    }

    #[test]
    fn what_is_read_after_its_paper_was_undone_stays_out_of_the_case() {
        let site = Site::new();
        let id = site.case(&Case::default());
        let paper = Paper {
            sha256: "abc".into(),
            name: "denial.pdf".into(),
            size: 1,
            added: site.app().now(),
            kind: Some("denial_letter".into()),
            confirmed: false,
            joined_from: Vec::new(),
            said: Default::default(),
        };
        let letter = "Example Health Plan\nNovember 2, 2026\nNotice of adverse benefit determination\n\
            We are unable to approve your request for knee replacement because it is not medically necessary.\n";
        let keep = || {
            let text = Text::plain(Document::from_text("denial.pdf", letter));
            Understood::from(site.app(), &paper, &Case::default(), text).keep(site.app(), &id, &paper).unwrap();
        };
        let before = site.loaded(&id);
        keep();
        let after = site.loaded(&id);
        assert_eq!((after.revision, after.state.case), (before.revision, before.state.case.clone()));
        site.change(&id, |state| state.papers.push(paper.clone()));
        keep();
        assert_ne!(site.loaded(&id).state.case, before.state.case, "the same letter fills a case that has it");
    }
}
