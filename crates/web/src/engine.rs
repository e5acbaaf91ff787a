//! The one place where the pages meet the logic crates.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use calendar::Date;
use cite::Authority;
use course::CasePaper;
use draft::{Block, CriteriaRow, CriterionState, ExhibitPlan, Inputs, Sentence};
use facts::{Document, Finding, Reading};
use journal::{Computation, Loaded, Paper};
use opinion::{Check, OpinionPlan};
use opinion::{Comparison, SpecialistReport};
use packet::{Content, ExhibitInput, Manifest, PacketInput};
use rights::{Entitlements, Right};
use sha2::{Digest, Sha256};

use crate::http::{Call, Problem};
use crate::intake;
use crate::server::App;
use crate::words::Lang;

/// Everything computed from a case for one day.
pub(crate) struct Study {
    pub(crate) entitlements: Entitlements,
    pub(crate) plan: Option<OpinionPlan>,
    pub(crate) check: Option<Check>,
    pub(crate) criteria: Option<evidence::CriteriaReport>,
    pub(crate) steps: Vec<Step>,
    pub(crate) next: Option<Next>,
    pub(crate) findings: Vec<Finding>,
    papers: Vec<CasePaper>,
}

/// One thing to do.
pub(crate) struct Step {
    pub(crate) id: String,
    pub(crate) what: String,
    pub(crate) why: String,
    pub(crate) by: Option<Date>,
    pub(crate) authorities: Vec<Authority>,
}

/// The next date that matters.
pub(crate) struct Next {
    pub(crate) right: String,
    pub(crate) title: String,
    /// What it gives, a word of the contract's list.
    pub(crate) gives: String,
    pub(crate) file_by: Date,
    pub(crate) due: Date,
    pub(crate) presumed: bool,
}

/// Computes everything for a case, or takes it from the last request, and keeps with the case which knowledge base
/// that was done with.
pub(crate) fn study(call: &Call, loaded: &Loaded) -> Result<Arc<Study>, Problem> {
    let today = call.app.today();
    if let Some(known) = call.app.studies.get(&loaded.id, loaded.revision, today, call.lang) {
        return Ok(known);
    }
    let study = Arc::new(compute(call, loaded, today)?);
    let computation = Computation {
        kb: call.app.kb_version.clone(),
        revision: loaded.revision,
        today,
        summary: summary(&study.entitlements),
    };
    let date = study.next.as_ref().map(|n| n.file_by);
    call.journal(|j| j.computed(&loaded.id, &computation, date))?;
    call.app.studies.keep(&loaded.id, loaded.revision, today, call.lang, &study);
    Ok(study)
}

fn compute(call: &Call, loaded: &Loaded, today: Date) -> Result<Study, Problem> {
    let case = &loaded.state.case;
    let mut papers = Vec::new();
    for paper in &loaded.state.papers {
        let Some(document) = document(call, &loaded.id, &paper.sha256)? else { continue };
        let reading = match fills(paper.kind.as_deref()) {
            true => Some(reading(call, &loaded.id, &paper.sha256, &document)?),
            false => None,
        };
        papers.push(CasePaper { file: paper.name.clone(), kind: paper.kind.clone(), document, reading });
    }
    let walk = course::walk(case, &papers, &call.app.kb, today, call.lang.code())
        .map_err(|e| Problem::Unusable(e.to_string()))?;
    let mut findings = walk.entitlements.findings.clone();
    findings.extend(walk.course.findings);
    findings.extend(walk.findings);
    Ok(Study {
        next: next_of(&walk.entitlements),
        plan: Some(walk.plan),
        check: walk.check,
        criteria: walk.criteria,
        steps: walk.course.moves.into_iter().map(step).collect(),
        findings,
        entitlements: walk.entitlements,
        papers,
    })
}

fn step(m: course::Move) -> Step {
    Step { id: m.id, what: m.what, why: m.why, by: m.by, authorities: m.authorities }
}

fn next_of(entitlements: &Entitlements) -> Option<Next> {
    let right = course::next_filing(entitlements)?;
    let due = right.due?;
    Some(Next {
        right: right.id.clone(),
        title: right.title.clone(),
        gives: right.gives.clone(),
        file_by: right.file_by.unwrap_or(due),
        due,
        presumed: right.counted_from.as_ref().is_some_and(|c| c.presumed),
    })
}

/// The dates of all rights, one a line: what "what changed since" compares.
fn summary(entitlements: &Entitlements) -> String {
    let line = |r: &Right| format!("{} {}", r.id, r.file_by.or(r.due).map_or("-".into(), |d| d.to_string()));
    entitlements.rights.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Rights whose date differs from what an earlier knowledge base gave: id, then, now.
pub(crate) fn changed_since(
    call: &Call,
    loaded: &Loaded,
    now: &Entitlements,
) -> Result<Vec<(String, String, String)>, Problem> {
    let kept = call.journal(|j| j.computations(&loaded.id))?;
    let Some(before) = kept.iter().rev().find(|c| c.kb != call.app.kb_version) else { return Ok(Vec::new()) };
    let old: std::collections::BTreeMap<&str, &str> =
        before.summary.lines().filter_map(|l| l.split_once(' ')).collect();
    let new = summary(now);
    Ok(new
        .lines()
        .filter_map(|l| l.split_once(' '))
        .filter_map(|(id, date)| {
            let was = old.get(id)?;
            (*was != date).then(|| (id.to_string(), (*was).to_string(), date.to_string()))
        })
        .collect())
}

/// What the text of a paper is kept under. A new way of reading gets a new number.
fn text_name(paper: &str) -> String {
    format!("text.1.{paper}")
}

fn reading_name(paper: &str) -> String {
    format!("reading.1.{paper}")
}

/// The text of a paper, when it has been read.
pub(crate) fn document(call: &Call, case: &str, paper: &str) -> Result<Option<Document>, Problem> {
    let bytes = call.journal(|j| j.recall(case, &text_name(paper)))?;
    Ok(bytes.and_then(|b| serde_json::from_slice(&b).ok()))
}

/// What was read from a paper: by `exchange` for an electronic answer, else by `notice` from its text.
pub(crate) fn reading(call: &Call, case: &str, paper: &str, document: &Document) -> Result<Reading, Problem> {
    let kept = call.journal(|j| j.recall(case, &reading_name(paper)))?;
    match kept.and_then(|b| serde_json::from_slice(&b).ok()) {
        Some(reading) => Ok(reading),
        None => Ok(notice::read(std::slice::from_ref(document), &call.app.kb)),
    }
}

/// Whether a paper speaks for the plan, so that what it says belongs into the case.
fn fills(kind: Option<&str>) -> bool {
    kind.is_none_or(|k| matches!(k, "denial_letter" | "eob" | "electronic_answer"))
}

/// Starts reading every paper that has not been read, and waits a moment: most are done before the page is.
pub(crate) fn start_reading(call: &Call, loaded: &Loaded) -> Result<(), Problem> {
    let mut begun = Vec::new();
    for paper in &loaded.state.papers {
        let known = call.journal(|j| j.recall(&loaded.id, &text_name(&paper.sha256)))?.is_some();
        if !known
            && call.app.jobs.stage(&loaded.id, &paper.sha256).is_none()
            && call.app.jobs.begin(&loaded.id, &paper.sha256)
        {
            begun.push(paper.clone());
        }
    }
    if begun.is_empty() {
        return Ok(());
    }
    let (app, id) = (Arc::clone(&call.app), loaded.id.clone());
    let (done, wait) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for paper in begun {
            let failure = read_one(&app, &id, &paper).err();
            app.studies.forget(&id);
            app.jobs.end(&id, &paper.sha256, failure);
        }
        let _ = done.send(());
    });
    let _ = wait.recv_timeout(Duration::from_millis(1500));
    Ok(())
}

/// Reads one paper and puts what it says into the case. The error is a sentence for a person.
fn read_one(app: &App, id: &str, paper: &Paper) -> Result<(), String> {
    let with_journal = |e: journal::Error| e.message().to_string();
    let bytes = match app.journal().as_ref() {
        Some(j) => j.file(id, &paper.sha256).map_err(with_journal)?,
        None => return Ok(()),
    };
    let (document, electronic) = text_of(app, &paper.name, &bytes)?;
    let reading = match &electronic {
        Some(reading) => reading.clone(),
        None if fills(paper.kind.as_deref()) => notice::read(std::slice::from_ref(&document), &app.kb),
        None => Reading::default(),
    };
    let mut guard = app.journal();
    let Some(journal) = guard.as_mut() else { return Ok(()) };
    if let Some(reading) = &electronic {
        let json = serde_json::to_vec(reading).map_err(|e| e.to_string())?;
        journal.remember(id, &reading_name(&paper.sha256), &json).map_err(with_journal)?;
    }
    let json = serde_json::to_vec(&document).map_err(|e| e.to_string())?;
    journal.remember(id, &text_name(&paper.sha256), &json).map_err(with_journal)?;
    let mut loaded = journal.case(id).map_err(with_journal)?;
    if fills(paper.kind.as_deref()) {
        loaded.state.case = intake::fill(&loaded.state.case, &reading);
    }
    let now = (app.now)();
    journal.append(id, "paper.read", &loaded.state, loaded.revision, now).map_err(with_journal)?;
    Ok(())
}

/// The text of a file, and its reading when it is an electronic answer.
fn text_of(app: &App, name: &str, bytes: &[u8]) -> Result<(Document, Option<Reading>), String> {
    match extract::sniff(bytes) {
        extract::Kind::FhirJson => {
            exchange::read_fhir(name, bytes, &app.kb).map(|(d, r)| (d, Some(r))).map_err(|e| e.to_string())
        }
        extract::Kind::X12 => {
            exchange::read_x12(name, bytes, &app.kb).map(|(d, r)| (d, Some(r))).map_err(|e| e.to_string())
        }
        _ => Ok((pages_of(app, name, bytes)?, None)),
    }
}

/// The pages of a paper; those of attached files follow its own.
fn pages_of(app: &App, name: &str, bytes: &[u8]) -> Result<Document, String> {
    let options = extract::Options::default();
    let read = match &app.worker {
        Some(exe) => extract::worker::run(exe, name, bytes, &options, extract::worker::Limits::default()),
        None => extract::extract_all(name, bytes, &options),
    };
    let mut all = read.map_err(|e| e.message)?.into_iter();
    let mut first = all.next().ok_or("There is nothing in this file.")?;
    for attached in all {
        first.pages.extend(attached.pages);
        first.findings.extend(attached.findings);
    }
    Ok(first)
}

/// Whether the pages of a paper can be drawn.
pub(crate) fn can_draw(_name: &str, document: &Document) -> bool {
    matches!(document.text_from, facts::TextFrom::PdfText | facts::TextFrom::Ocr)
}

/// Dots per inch of page pictures: sharp on a phone, light enough for a page.
const PICTURE_DPI: f32 = 110.0;

/// A page of a paper as a PNG, drawn once and then kept beside the case.
pub(crate) fn picture(call: &Call, case: &str, paper: &Paper, page: usize) -> Result<Option<Vec<u8>>, Problem> {
    let name = format!("picture.1.{}.{page}", paper.sha256);
    if let Some(kept) = call.journal(|j| j.recall(case, &name))? {
        return Ok(Some(kept));
    }
    let bytes = call.journal(|j| j.file(case, &paper.sha256))?;
    let Some(drawn) = draw(&call.app, &bytes, page, PICTURE_DPI) else { return Ok(None) };
    call.journal(|j| j.remember(case, &name, &drawn))?;
    Ok(Some(drawn))
}

fn draw(app: &App, bytes: &[u8], page: usize, dpi: f32) -> Option<Vec<u8>> {
    let options = extract::Options::default();
    match &app.worker {
        Some(exe) => {
            extract::worker::page_png(exe, bytes, page, dpi, &options, extract::worker::Limits::default()).ok()
        }
        None => extract::render::page_png(bytes, page, dpi, &options).ok(),
    }
}

/// The language of what the logic crates say, for a page in another one.
pub(crate) fn foreign(lang: Lang) -> Option<&'static str> {
    (lang != Lang::En).then_some("en")
}

/// The same for the moves, whose words exist in every language of ours.
pub(crate) fn step_language(_lang: Lang) -> Option<&'static str> {
    None
}

pub(crate) fn value_word(plan: &OpinionPlan) -> Option<&str> {
    plan.value.as_deref()
}

pub(crate) fn verdict_word(schedule: &opinion::Schedule) -> Option<&str> {
    schedule.verdict.as_deref()
}

/// The profile of the right physician, and how those the person entered compare.
pub(crate) fn specialist(call: &Call, loaded: &Loaded) -> Result<SpecialistReport, Problem> {
    let study = study(call, loaded)?;
    opinion::specialist(&loaded.state.case, &call.app.kb, Some(&study.entitlements))
        .map_err(|e| Problem::Unusable(e.to_string()))
}

/// Both physicians and the reviewer side by side.
pub(crate) fn compare(call: &Call, loaded: &Loaded) -> Result<Comparison, Problem> {
    let study = study(call, loaded)?;
    let of_kind = |kind: &str| study.papers.iter().find(|p| p.kind.as_deref() == Some(kind)).map(|p| &p.document);
    let denial = study.papers.iter().find_map(|p| p.reading.as_ref());
    let letter = course::opinion_letter(&loaded.state.case, &study.papers);
    opinion::compare(&loaded.state.case, &call.app.kb, of_kind("treating_letter"), letter, study.check.as_ref(), denial)
        .map_err(|e| Problem::Unusable(e.to_string()))
}

/// The criteria against the papers, as the documents print them.
fn rows(study: &Study) -> Vec<CriteriaRow> {
    let leaves = study.criteria.iter().flat_map(|c| &c.leaves);
    leaves
        .map(|l| CriteriaRow {
            criterion: l.criterion.clone(),
            state: match l.state {
                evidence::LeafState::Documented => CriterionState::Met,
                evidence::LeafState::Contradicted => CriterionState::NotMet,
                evidence::LeafState::NotDocumented => CriterionState::NotDocumented,
            },
            exhibit: l.source.clone(),
            page: l.page,
            quote: l.quote.clone(),
        })
        .collect()
}

fn inputs<'a>(call: &'a Call, loaded: &'a Loaded, study: &'a Study, rows: &'a [CriteriaRow]) -> Inputs<'a> {
    Inputs {
        case: &loaded.state.case,
        entitlements: &study.entitlements,
        plan: study.plan.as_ref(),
        check: study.check.as_ref(),
        criteria: rows,
        kb: &call.app.kb,
        today: call.app.today(),
        language: if call.asked("language") == Some("es") { "es" } else { "en" },
        stage: None,
    }
}

/// A document as the program writes it.
pub(crate) fn original_letter(call: &Call, loaded: &Loaded, id: &str) -> Result<draft::Document, Problem> {
    let study = study(call, loaded)?;
    let rows = rows(&study);
    draft::draft(id, &inputs(call, loaded, &study, &rows))
        .map(|o| o.value)
        .map_err(|e| Problem::Unusable(e.to_string()))
}

/// A document with the person's own wording, and what a careful colleague would say about it.
pub(crate) fn letter(call: &Call, loaded: &Loaded, id: &str) -> Result<facts::Outcome<draft::Document>, Problem> {
    let study = study(call, loaded)?;
    let rows = rows(&study);
    let inputs = inputs(call, loaded, &study, &rows);
    let mut made = draft::draft(id, &inputs).map_err(|e| Problem::Unusable(e.to_string()))?;
    if let Some(wording) = loaded.state.wording.get(id) {
        for block in &mut made.value.blocks {
            if let Block::Paragraph { sentences } = block
                && let Some(own) = wording.get(&part_id(&paragraph_text(sentences)))
            {
                reword(sentences, own);
            }
        }
    }
    made.findings.extend(draft::lint(&made.value, &inputs));
    Ok(made)
}

/// The person's words in place of ours. Sentences that stand unchanged keep what they rest on.
fn reword(sentences: &mut Vec<Sentence>, own: &str) {
    let ours = std::mem::take(sentences);
    let mut rest = own;
    for sentence in ours {
        if let Some(at) = rest.find(&sentence.text) {
            let before = rest.get(..at).unwrap_or_default().trim();
            if !before.is_empty() {
                sentences.push(Sentence::plain(before));
            }
            rest = rest.get(at + sentence.text.len()..).unwrap_or_default();
            sentences.push(sentence);
        }
    }
    if !rest.trim().is_empty() {
        sentences.push(Sentence::plain(rest.trim()));
    }
}

/// A paragraph's words without the references that printing adds.
pub(crate) fn paragraph_text(sentences: &[Sentence]) -> String {
    sentences.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// What a paragraph's own wording is kept under: its original words. When those change, the wording no longer applies,
/// and a changed date or name is never hidden behind an old text.
pub(crate) fn part_id(original: &str) -> String {
    Sha256::digest(original.trim()).iter().take(12).map(|b| format!("{b:02x}")).collect()
}

/// A document as a file in a format. With blanks left, the PDF says DRAFT on every page.
pub(crate) fn letter_file(document: &draft::Document, format: &str) -> Result<(&'static str, Vec<u8>), Problem> {
    let fault = |e: packet::Error| Problem::Unusable(e.to_string());
    match format {
        "pdf" => Ok(("application/pdf", packet::letter_pdf(document, !document.missing.is_empty()).map_err(fault)?)),
        "docx" => Ok((
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            packet::docx(document).map_err(fault)?,
        )),
        "txt" => Ok(("text/plain; charset=utf-8", packet::plain_text(document, None).into_bytes())),
        _ => Err(Problem::NotFound),
    }
}

/// The exhibits in their order, and what stays out.
pub(crate) fn exhibits(call: &Call, loaded: &Loaded) -> Result<ExhibitPlan, Problem> {
    let study = study(call, loaded)?;
    Ok(draft::exhibits(&loaded.state.case, study.check.as_ref(), "en"))
}

/// The finished packet with its manifest, made once per state of the case and day.
pub(crate) fn packet(call: &Call, loaded: &Loaded) -> Result<(Manifest, Vec<u8>), Problem> {
    let _one_at_a_time = call.app.packing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let stamp = format!("{} {} {}", loaded.revision, call.app.today(), call.app.kb_version);
    let kept = call.journal(|j| j.recall(&loaded.id, "packet.manifest"))?;
    let kept = kept.and_then(|b| serde_json::from_slice::<(String, Manifest)>(&b).ok());
    if let Some((_, manifest)) = kept.filter(|(of, _)| *of == stamp)
        && let Some(pdf) = call.journal(|j| j.recall(&loaded.id, "packet.pdf"))?
    {
        return Ok((manifest, pdf));
    }
    let (manifest, pdf) = build_packet(call, loaded)?;
    let json = serde_json::to_vec(&(&stamp, &manifest)).map_err(|e| Problem::Unusable(e.to_string()))?;
    call.journal(|j| {
        j.remember(&loaded.id, "packet.pdf", &pdf)?;
        j.remember(&loaded.id, "packet.manifest", &json)
    })?;
    Ok((manifest, pdf))
}

fn build_packet(call: &Call, loaded: &Loaded) -> Result<(Manifest, Vec<u8>), Problem> {
    let study = study(call, loaded)?;
    let rows = rows(&study);
    let inputs = inputs(call, loaded, &study, &rows);
    let letter = letter(call, loaded, "appeal_letter")?.value;
    let plan = draft::exhibits(&loaded.state.case, study.check.as_ref(), "en");
    let log = draft::draft("search_log", &inputs).ok().map(|o| o.value);
    let mut files = Vec::new();
    for exhibit in &plan.exhibits {
        let paper = loaded.state.papers.iter().find(|p| p.name == exhibit.source);
        files.push(match paper {
            Some(paper) => call.journal(|j| j.file(&loaded.id, &paper.sha256)).ok(),
            None => None,
        });
    }
    let exhibits: Vec<ExhibitInput<'_>> = plan
        .exhibits
        .iter()
        .zip(&files)
        .map(|(e, bytes)| ExhibitInput {
            exhibit: e.clone(),
            content: content(e, bytes.as_deref(), log.as_ref()),
            password: None,
        })
        .collect();
    let claim = &loaded.state.case.claim;
    let built = packet::build(&PacketInput {
        letter: &letter,
        exhibits: &exhibits,
        withheld: &plan.withheld,
        criteria: &rows,
        stamp_prefix: claim.reference_number.as_deref().or(claim.number.as_deref()).unwrap_or(""),
        draft: !letter.missing.is_empty(),
        worker: call.app.worker.as_deref(),
    })
    .map_err(|e| Problem::Unusable(e.to_string()))?;
    Ok((built.manifest, built.pdf))
}

/// What an exhibit is made of.
fn content<'a>(exhibit: &draft::Exhibit, bytes: Option<&'a [u8]>, log: Option<&'a draft::Document>) -> Content<'a> {
    match (&exhibit.made, bytes, log) {
        (Some(_), _, Some(log)) => Content::Made(log),
        (None, Some(bytes), _) => Content::Bytes(bytes),
        _ => Content::Missing("This paper is not in the case.".into()),
    }
}

/// A page of the packet as a PNG.
pub(crate) fn packet_page(call: &Call, loaded: &Loaded, page: usize) -> Result<Option<Vec<u8>>, Problem> {
    let (_, pdf) = packet(call, loaded)?;
    Ok(draw(&call.app, &pdf, page, 60.0))
}

/// A case's last study.
type Kept = (String, i64, Date, Lang, Arc<Study>);

/// The last few studies, so that a page after a page does not compute the same again.
#[derive(Default)]
pub(crate) struct Studies {
    kept: Mutex<Vec<Kept>>,
}

impl Studies {
    const MOST: usize = 8;

    fn get(&self, id: &str, revision: i64, today: Date, lang: Lang) -> Option<Arc<Study>> {
        let kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.iter()
            .find(|(i, r, d, l, _)| i == id && *r == revision && *d == today && *l == lang)
            .map(|k| Arc::clone(&k.4))
    }

    fn keep(&self, id: &str, revision: i64, today: Date, lang: Lang, study: &Arc<Study>) {
        let mut kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.retain(|(i, _, _, l, _)| i != id || *l != lang);
        kept.push((id.to_string(), revision, today, lang, Arc::clone(study)));
        if kept.len() > Self::MOST {
            kept.remove(0);
        }
    }

    /// After a paper was read: what was computed without it no longer holds.
    pub(crate) fn forget(&self, id: &str) {
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner).retain(|(i, ..)| i != id);
    }
}
