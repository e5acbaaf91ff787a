//! The one place where the pages meet the logic crates.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use calendar::Date;
use cite::Authority;
use course::{CasePaper, NextDate};
use draft::{CriteriaRow, ExhibitPlan, Inputs};
use extract::ExtractError;
use extract::worker::Watch;
use facts::{Document, Finding, Reading};
use journal::{Computation, Loaded, Paper};
use kb::Kb;
use opinion::{Check, OpinionPlan};
use opinion::{Comparison, SpecialistReport};
use packet::{Content, ExhibitInput, Manifest, PacketInput};
use rights::{Entitlements, NoticeAudit, Right};
use sha2::{Digest, Sha256};

use crate::disputes::{self, Dispute};
use crate::http::{Call, Problem};
use crate::jobs::Stage;
use crate::pages;
use crate::reading::{self, document, fills};
use crate::server::App;
use crate::unopened;
use crate::words::Lang;

/// Everything computed from a case for one day.
pub(crate) struct Study {
    pub(crate) entitlements: Entitlements,
    pub(crate) plan: Option<OpinionPlan>,
    pub(crate) check: Option<Check>,
    pub(crate) criteria: Option<evidence::CriteriaReport>,
    pub(crate) supports: course::Supports,
    /// What the plan's first letter had to say, and what was found in it.
    pub(crate) audit: Option<NoticeAudit>,
    pub(crate) steps: Vec<Step>,
    pub(crate) next: Option<NextDate>,
    /// The last day by the plan's own letter, for as long as the law gives none.
    pub(crate) letters_day: Option<course::LettersDay>,
    pub(crate) findings: Vec<Finding>,
    /// What the plan's papers say differently, not settled yet.
    pub(crate) disputes: Vec<Dispute>,
    /// What the plan's papers say that answers a question.
    pub(crate) heard: Vec<course::Heard>,
    /// What is told first of an opinion letter that does not support the care.
    pub(crate) adverse: Option<course::Adverse>,
    papers: Vec<CasePaper>,
}

/// One thing to do.
pub(crate) struct Step {
    pub(crate) id: String,
    pub(crate) what: String,
    pub(crate) why: String,
    pub(crate) by: Option<Date>,
    pub(crate) authorities: Vec<Authority>,
    /// The title of the right behind it.
    pub(crate) right: Option<String>,
    /// The clock time by which it must be done on its day, where the rule names one.
    pub(crate) clock: Option<String>,
    /// A call is enough for it.
    pub(crate) by_phone: bool,
    /// What else the law says of the step, told where a person has to ask for it in so many words.
    pub(crate) notes: Vec<String>,
    /// What the log calls this step, where a person asks for something and then only tells that they did (that the care go
    /// on): the step has a button for it.
    pub(crate) asked_as: Option<&'static str>,
}

/// Computes everything for a case, or takes it from the last request, and keeps with the case which knowledge base
/// that was done with.
pub(crate) fn study(call: &Call, loaded: &Loaded) -> Result<Arc<Study>, Problem> {
    study_in(call, loaded, call.lang)
}

/// The same in a language: a letter to the plan is in English, whatever the page around it is in.
fn study_in(call: &Call, loaded: &Loaded, lang: Lang) -> Result<Arc<Study>, Problem> {
    let today = call.app.today();
    let of = Of { id: loaded.id.clone(), facts: fingerprint(call, loaded)?, today, lang };
    if let Some(known) = call.app.studies.get(&of) {
        return Ok(known);
    }
    let study = Arc::new(compute(call, loaded, today, lang)?);
    let computation = Computation {
        kb: call.app.kb_version.clone(),
        revision: loaded.revision,
        today,
        summary: summary(&study.entitlements),
    };
    let own = study.letters_day.as_ref().map(|l| l.file_by);
    let date = study.next.as_ref().map(|n| n.file_by).or(own);
    call.journal(|j| j.computed(&loaded.id, &computation, date))?;
    call.app.studies.keep(of, &study);
    Ok(study)
}

fn compute(call: &Call, loaded: &Loaded, today: Date, lang: Lang) -> Result<Study, Problem> {
    let case = &loaded.state.case;
    let kb = call.app.kb_in(lang)?;
    let mut papers = Vec::new();
    for paper in &loaded.state.papers {
        let Some(document) = document(call, &loaded.id, &paper.sha256)? else { continue };
        let reading = match fills(paper.kind.as_deref()) {
            true => Some(reading::of(call, &loaded.id, paper, &document)?),
            false => None,
        };
        papers.push(CasePaper { file: paper.name.clone(), kind: paper.kind.clone(), document, reading });
    }
    let walk = course::walk(case, &papers, &kb, today, lang.code()).map_err(|e| Problem::Unusable(e.to_string()))?;
    let notice = papers.iter().find_map(|p| p.reading.as_ref());
    let audit = notice.and_then(|reading| rights::audit(case, &kb, Some(reading), today));
    let mut findings = walk.entitlements.findings.clone();
    findings.extend(walk.course.findings);
    findings.extend(walk.findings);
    let letter = course::opinion_letter(case, &papers);
    let adverse = match (&walk.check, letter) {
        (Some(check), Some(letter)) => {
            course::adverse(check, letter, &kb).map_err(|e| Problem::Unusable(e.to_string()))?
        }
        _ => None,
    };
    let letters_day = course::letters_day(&papers, &kb, today);
    // The letter's time is for the first step: once that is on file it says nothing of the next.
    let letters_day = letters_day.filter(|_| walk.course.next_date.is_none() && !has_filed(&walk.entitlements));
    let mut steps: Vec<Step> = walk.course.moves.into_iter().map(|m| step(m, &walk.entitlements.rights, &kb)).collect();
    steps.extend(
        letters_day
            .as_ref()
            .filter(|_| !steps.iter().any(|s| s.id.starts_with("file")))
            .map(|own| by_the_letter(own, lang)),
    );
    let mut heard = course::heard(case, &papers, &kb).map_err(|e| Problem::Unusable(e.to_string()))?;
    heard.extend(care_by_its_code(case));
    heard.extend(urgent_by_a_doctor(case, &papers, walk.check.as_ref(), &walk.supports));
    Ok(Study {
        adverse,
        letters_day,
        next: walk.course.next_date,
        plan: Some(walk.plan),
        check: walk.check,
        criteria: walk.criteria,
        supports: walk.supports,
        audit,
        steps,
        findings,
        disputes: disputes::open(&said_by_plan(&papers), &loaded.state.done),
        heard,
        entitlements: walk.entitlements,
        papers,
    })
}

/// That a thing is care or a procedure, by its code: those of five digits name what a clinician does.
fn care_by_its_code(case: &facts::Case) -> Option<course::Heard> {
    let is_care = |code: &String| {
        code.strip_prefix("CPT ").is_some_and(|n| n.len() == 5 && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let all = !case.claim.codes.is_empty() && case.claim.codes.iter().all(is_care);
    let from = case.origin.iter().find(|o| all && o.fact == "claim.codes")?;
    let (quote, file) = (from.quote.clone()?, from.file.clone()?);
    let quotes =
        vec![course::HeardQuote { quote, file, page: from.page.unwrap_or(1), span: from.span.unwrap_or_default() }];
    Some(course::Heard { fact: "claim.item".into(), node: None, value: "service".into(), quotes })
}

/// A doctor's words on what waiting does, as the answer they give to the question whether it is dangerous.
fn urgent_by_a_doctor(
    case: &facts::Case,
    papers: &[CasePaper],
    check: Option<&Check>,
    supports: &course::Supports,
) -> Option<course::Heard> {
    let certified = supports.urgency.as_ref().map(|u| (u.quote.clone(), u.file.clone(), u.page));
    let harm = || {
        let found = check?.elements.iter().find(|e| e.element == HARM && e.state == "present")?;
        let paper = course::opinion_paper(case, papers)?;
        Some((found.quote.clone()?, paper.file.clone(), found.page.unwrap_or(1)))
    };
    let (quote, file, page) = certified.or_else(harm)?;
    let quotes = vec![course::HeardQuote { quote, file, page, span: (0, 0) }];
    Some(course::Heard { fact: "claim.urgent".into(), node: None, value: "true".into(), quotes })
}

/// What an opinion letter says of waiting.
const HARM: &str = "harm_of_delay";

/// Whether a step of the person's own is on file.
pub(crate) fn has_filed(all: &Entitlements) -> bool {
    all.rights.iter().any(|r| r.actor == "claimant" && r.done)
}

/// One reading of everything the plan sent.
fn said_by_plan(papers: &[CasePaper]) -> Reading {
    let mut all = Reading::default();
    for reading in papers.iter().filter_map(|p| p.reading.clone()) {
        notice::join(&mut all, reading);
    }
    all
}

/// The filing, where only the plan's own letter gives a day for it.
fn by_the_letter(own: &course::LettersDay, lang: Lang) -> Step {
    let w = lang.words();
    Step {
        id: "file".into(),
        what: w.t("overview.letters_step").into(),
        why: w.t("overview.letters_why").into(),
        by: Some(own.file_by),
        authorities: Vec::new(),
        right: None,
        clock: None,
        by_phone: false,
        notes: Vec::new(),
        asked_as: None,
    }
}

fn step(m: course::Move, rights: &[Right], kb: &Kb) -> Step {
    let right = m.right.as_deref().and_then(|id| rights.iter().find(|r| r.id == id));
    let filed = right.and_then(|r| kb.index().vocabulary().gives.get(&r.gives)).and_then(|g| g.filed.first());
    let asked_as = filed.and_then(|event| pages::log::asked_as(event));
    let clock = right.filter(|r| m.by.is_some() && m.by == r.due).and_then(|r| r.clock.clone());
    let called = matches!(m.id.as_str(), "file" | "ask_fast" | "care_ends") || m.id.starts_with("fast_appeal");
    let by_phone = called && right.is_some_and(|r| r.filed_when.as_deref() == Some("oral_ok"));
    let notes = right.filter(|_| m.id == "ask_fast").map_or_else(Vec::new, |r| r.notes.clone());
    let right = right.map(|r| r.title.clone());
    Step {
        id: m.id,
        what: m.what,
        why: m.why,
        by: m.by,
        authorities: m.authorities,
        right,
        clock,
        by_phone,
        notes,
        asked_as,
    }
}

/// What is advised of an opinion letter. Where waiting would harm, it goes out now and what is missing follows.
pub(crate) fn attach_word(call: &Call, case: &facts::Case, check: &Check) -> String {
    let now = check.attach == "after_changes" && case.wants_fast();
    call.words().of("attach", if now { "now" } else { &check.attach })
}

/// Whether a step is taken by asking (care that goes on or is given back meanwhile), not by filing a paper.
pub(crate) fn is_asked(gives: &str) -> bool {
    gives.starts_with("benefits.")
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
    let password = reading::password(call, case, &paper.sha256)?;
    let Some(drawn) = draw(&call.app, &bytes, page, PICTURE_DPI, password) else { return Ok(None) };
    call.journal(|j| j.remember(case, &name, &drawn))?;
    Ok(Some(drawn))
}

fn draw(app: &App, bytes: &[u8], page: usize, dpi: f32, password: Option<String>) -> Option<Vec<u8>> {
    let options = extract::Options { password, ..Default::default() };
    match &app.worker {
        Some(exe) => {
            extract::worker::page_png(exe, bytes, page, dpi, &options, extract::worker::Limits::default()).ok()
        }
        None => extract::render::page_png(bytes, page, dpi, &options).ok(),
    }
}

/// The language of what stands in English on every page (what was noticed in a paper, the titles of the packet), for a
/// page in another one.
pub(crate) fn foreign(lang: Lang) -> Option<&'static str> {
    (lang != Lang::En).then_some("en")
}

pub(crate) fn value_word(plan: &OpinionPlan) -> Option<&str> {
    plan.value.as_deref()
}

/// A word of a closed list of the second opinion (`value`, `covered`, `verdict` …) in the words of the knowledge base,
/// which the command line says too.
pub(crate) fn opinion_word(kb: &kb::Kb, list: &str, word: &str) -> String {
    kb.index().sentences().say(&format!("{list}_{word}"), &[])
}

pub(crate) fn verdict_word(schedule: &opinion::Schedule) -> Option<&str> {
    schedule.verdict.as_deref()
}

/// What follows from a right of the person.
pub(crate) fn follows<'a>(call: &Call, right: &Right, all: &'a Entitlements) -> Result<course::Follows<'a>, Problem> {
    course::follows(right, all, &call.kb()?, call.lang.code()).map_err(|e| Problem::Unusable(e.to_string()))
}

/// The profile of the right physician, and how those the person entered compare.
pub(crate) fn specialist(call: &Call, loaded: &Loaded) -> Result<SpecialistReport, Problem> {
    let study = study(call, loaded)?;
    opinion::specialist(&loaded.state.case, &call.kb()?, Some(&study.entitlements))
        .map_err(|e| Problem::Unusable(e.to_string()))
}

/// Both physicians and the reviewer side by side.
pub(crate) fn compare(call: &Call, loaded: &Loaded) -> Result<Comparison, Problem> {
    let study = study(call, loaded)?;
    let of_kind = |kind: &str| study.papers.iter().find(|p| p.kind.as_deref() == Some(kind)).map(|p| &p.document);
    let denial = study.papers.iter().find_map(|p| p.reading.as_ref());
    let letter = course::opinion_letter(&loaded.state.case, &study.papers);
    opinion::compare(&loaded.state.case, &call.kb()?, of_kind("treating_letter"), letter, study.check.as_ref(), denial)
        .map_err(|e| Problem::Unusable(e.to_string()))
}

fn inputs<'a>(
    call: &'a Call,
    kb: &'a Kb,
    loaded: &'a Loaded,
    study: &'a Study,
    rows: &'a [CriteriaRow],
    language: &'a str,
) -> Inputs<'a> {
    Inputs {
        case: &loaded.state.case,
        entitlements: &study.entitlements,
        plan: study.plan.as_ref(),
        check: study.check.as_ref(),
        criteria: rows,
        supports: Some(&study.supports),
        kb,
        today: call.app.today(),
        language,
        stage: None,
    }
}

/// A document with the person's own wording, and what a careful colleague would say about it.
pub(crate) fn letter(call: &Call, loaded: &Loaded, id: &str) -> Result<facts::Outcome<draft::Document>, Problem> {
    let spoken = loaded.state.case.patient.language.as_deref() == Some("es");
    // What only the person reads is in the person's language, else in that of the page, whatever the letter is in.
    let own = draft::kind(id).is_ok_and(|k| k.to == "you") && call.asked("language").is_none();
    let spanish = call.asked("language") == Some("es") || own && (spoken || call.lang == Lang::Es);
    let mut made = letter_in(call, loaded, id, if spanish { "es" } else { "en" })?;
    if call.lang == Lang::Es && !spanish {
        told_in_spanish(&mut made.findings, &letter_in(call, loaded, id, "es")?.findings);
    }
    // Nothing that is missing from a letter holds an urgent appeal back.
    let hurry = loaded.state.case.wants_fast();
    for finding in made.findings.iter_mut().filter(|f| hurry && f.code == "opinion_after_changes") {
        finding.message = call.words().t("letters.opinion_later").into();
    }
    for finding in &mut made.findings {
        if let Some(told) = call.words().get("note", &finding.code) {
            finding.message = told.into();
        }
    }
    // The same sentence may be said of two places: a person reads it once.
    let mut said: Vec<String> = Vec::new();
    made.findings.retain(|f| {
        let new = !said.contains(&f.message);
        said.push(f.message.clone());
        new
    });
    let study = study(call, loaded)?;
    let said = study.heard.iter().any(|h| h.fact == "claim.urgent");
    for finding in made.findings.iter_mut().filter(|f| said && f.code == "urgency_not_certified") {
        finding.message = call.words().t("letters.urgency_quoted").into();
    }
    Ok(made)
}

/// What was noticed of an English letter, as the same letter in Spanish tells it: the person reads that. A finding that has no
/// twin there stays as it is.
fn told_in_spanish(findings: &mut [Finding], spanish: &[Finding]) {
    let mut taken = vec![false; spanish.len()];
    for finding in findings {
        let twin = |(i, s): &(usize, &Finding)| !taken[*i] && s.code == finding.code && s.about == finding.about;
        if let Some((i, s)) = spanish.iter().enumerate().find(twin) {
            finding.message.clone_from(&s.message);
            taken[i] = true;
        }
    }
}

/// The notes of a letter that nothing tells in the language of the page: they stand in English.
pub(crate) fn only_in_english(
    call: &Call,
    loaded: &Loaded,
    id: &str,
    notes: &[Finding],
) -> Result<Vec<String>, Problem> {
    if call.lang == Lang::En {
        return Ok(Vec::new());
    }
    let english = letter_in(call, loaded, id, "en")?.findings;
    let same = |note: &&Finding| english.iter().any(|e| e.message == note.message);
    Ok(notes.iter().filter(same).map(|n| n.message.clone()).collect())
}

/// The documents that a fact of the case calls for.
pub(crate) fn offered(call: &Call, loaded: &Loaded) -> Result<Vec<&'static str>, Problem> {
    let study = study_in(call, loaded, Lang::En)?;
    let kb = call.app.kb_in(Lang::En)?;
    let rows = draft::criteria_rows(study.criteria.as_ref());
    let inputs = inputs(call, &kb, loaded, &study, &rows, "en");
    let mut all = draft::offered(&inputs).map_err(|e| Problem::Unusable(e.to_string()))?;
    // Whoever reads these pages in Spanish may want to read the appeal so.
    if call.lang == Lang::Es && all.contains(&PACKET_LETTER) && !all.contains(&"reading_copy") {
        all.push("reading_copy");
    }
    Ok(all)
}

/// The same in a language.
pub(crate) fn letter_in(
    call: &Call,
    loaded: &Loaded,
    id: &str,
    language: &str,
) -> Result<facts::Outcome<draft::Document>, Problem> {
    let study = study_in(call, loaded, Lang::of(language))?;
    let kb = call.app.kb_in(Lang::of(language))?;
    let rows = draft::criteria_rows(study.criteria.as_ref());
    let sent = unopened::left_at_home(call, loaded)?;
    let inputs = inputs(call, &kb, &sent, &study, &rows, language);
    let mut made = draft::draft(id, &inputs).map_err(|e| Problem::Unusable(e.to_string()))?;
    made.findings.extend(draft::lint(&made.value, &inputs));
    Ok(made)
}

/// The letter of the packet: the appeal, in the language of those who decide, whatever the page is shown in.
pub(crate) fn packet_letter(call: &Call, loaded: &Loaded) -> Result<draft::Document, Problem> {
    Ok(letter_in(call, loaded, PACKET_LETTER, PACKET_LANGUAGE)?.value)
}

/// Which letter the packet holds.
pub(crate) const PACKET_LETTER: &str = "appeal_letter";
const PACKET_LANGUAGE: &str = "en";

/// Whether a letter is the one that the packet holds.
pub(crate) fn is_in_packet(document: &draft::Document) -> bool {
    document.id == PACKET_LETTER && document.language == PACKET_LANGUAGE
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

/// The packet is in English; the page that orders it names the papers in its own language. A file that nothing can open is no
/// exhibit, and is named as left out.
fn exhibits_of(call: &Call, loaded: &Loaded, study: &Study, lang: Lang) -> Result<ExhibitPlan, Problem> {
    let sent = unopened::left_at_home(call, loaded)?;
    let plan = draft::exhibits(&sent.state.case, study.check.as_ref(), lang.code());
    let mut plan = plan.map_err(|e| Problem::Unusable(e.to_string()))?;
    let lost = unopened::papers(call, loaded)?;
    let why = lang.words().of("withheld", unopened::REASON);
    plan.withheld.extend(lost.into_iter().map(|paper| draft::Withheld {
        source: paper.name.clone(),
        why: why.clone(),
        reason: unopened::REASON.into(),
        against_choice: true,
    }));
    Ok(plan)
}

/// The exhibits in their order, and what stays out.
pub(crate) fn exhibits(call: &Call, loaded: &Loaded) -> Result<ExhibitPlan, Problem> {
    let study = study(call, loaded)?;
    exhibits_of(call, loaded, &study, call.lang)
}

/// Whether a paper is a file of a word processor, which the packet can only print as its text.
pub(crate) fn is_word_file(call: &Call, loaded: &Loaded, paper: Option<&Paper>) -> Result<bool, Problem> {
    let Some(paper) = paper else { return Ok(false) };
    let document = document(call, &loaded.id, &paper.sha256)?;
    Ok(document.is_some_and(|d| matches!(d.text_from, facts::TextFrom::Docx | facts::TextFrom::Rtf)))
}

/// The papers of the packet that go in as the text of their file, not as they look (a Word letter, a page of the web), each
/// with its kind: letterhead and form are gone there, and the person can save them as PDF first.
pub(crate) fn printed_as_text(
    call: &Call,
    loaded: &Loaded,
    plan: &ExhibitPlan,
) -> Result<Vec<(String, String)>, Problem> {
    let mut all = Vec::new();
    for exhibit in plan.exhibits.iter().filter(|e| e.made.is_none()) {
        let Some(paper) = loaded.state.papers.iter().find(|p| p.name == exhibit.source) else { continue };
        if is_word_file(call, loaded, Some(paper))? {
            all.push((paper.name.clone(), exhibit.kind.clone()));
        }
    }
    Ok(all)
}

/// What the packet of this state, day and knowledge base is kept under.
fn packet_stamp(call: &Call, loaded: &Loaded) -> String {
    format!("{} {} {}", loaded.revision, call.app.today(), call.app.kb_version)
}

/// The finished packet, when it was made for this very state before.
fn kept_packet(call: &Call, loaded: &Loaded) -> Result<Option<(Manifest, Vec<u8>)>, Problem> {
    let kept = call.journal(|j| j.recall(&loaded.id, "packet.manifest"))?;
    let kept = kept.and_then(|b| serde_json::from_slice::<(String, Manifest)>(&b).ok());
    let stamp = packet_stamp(call, loaded);
    let Some((_, manifest)) = kept.filter(|(of, _)| *of == stamp) else { return Ok(None) };
    Ok(call.journal(|j| j.recall(&loaded.id, "packet.pdf"))?.map(|pdf| (manifest, pdf)))
}

/// The finished packet with its manifest, made once per state of the case and day.
pub(crate) fn packet(call: &Call, loaded: &Loaded, watch: &Watch) -> Result<(Manifest, Vec<u8>), Problem> {
    let _one_at_a_time = call.app.packing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(kept) = kept_packet(call, loaded)? {
        return Ok(kept);
    }
    let (manifest, pdf) = build_packet(call, loaded, watch)?;
    let json = serde_json::to_vec(&(packet_stamp(call, loaded), &manifest));
    let json = json.map_err(|e| Problem::Unusable(e.to_string()))?;
    call.journal(|j| {
        j.remember(&loaded.id, "packet.pdf", &pdf)?;
        j.remember(&loaded.id, "packet.manifest", &json)
    })?;
    Ok((manifest, pdf))
}

/// What the work on a packet is called among the jobs of a case.
const PACKET: &str = "packet";
/// How far the packet of a case is, in percent, while it is being built.
pub(crate) fn packet_percent(call: &Call, case: &str) -> Option<usize> {
    match call.app.jobs.stage(case, PACKET)? {
        Stage::Running { done, of } => (100 * done.min(of)).checked_div(of),
        _ => None,
    }
}

/// Ends the building of a case's packet.
pub(crate) fn stop_packet(call: &Call, case: &str) {
    call.app.jobs.stop_one(case, PACKET);
}

/// Whether the packet of a case was stopped and not begun again.
pub(crate) fn packet_stopped(call: &Call, case: &str) -> bool {
    call.app.jobs.stage(case, PACKET) == Some(Stage::Stopped)
}

/// How long a page waits for a packet before it says that it is being built.
const PACKET_MOMENT: Duration = Duration::from_secs(5);

/// The packet, or nothing while a large one is still being built beside the pages.
pub(crate) fn packet_soon(call: &Call, loaded: &Loaded) -> Result<Option<(Manifest, Vec<u8>)>, Problem> {
    if let Some(kept) = kept_packet(call, loaded)? {
        return Ok(Some(kept));
    }
    let jobs = &call.app.jobs;
    if let Some(Stage::Failed(why)) = jobs.stage(&loaded.id, PACKET) {
        jobs.forget(&loaded.id, PACKET);
        return Err(Problem::Unusable(why.message));
    }
    if let Some(ticket) = jobs.begin(&loaded.id, PACKET) {
        let (beside, loaded) = (call.beside(), loaded.clone());
        let (done, wait) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let result = packet(&beside, &loaded, ticket.watch()).map(|_| ()).map_err(|problem| match problem {
                Problem::Unusable(why) => ExtractError::new("packet", why),
                _ => ExtractError::new("packet", beside.words().t("problem.our_fault")),
            });
            ticket.end(result);
            let _ = done.send(());
        });
        let _ = wait.recv_timeout(PACKET_MOMENT);
    }
    kept_packet(call, loaded)
}

fn build_packet(call: &Call, loaded: &Loaded, watch: &Watch) -> Result<(Manifest, Vec<u8>), Problem> {
    let study = study_in(call, loaded, Lang::En)?;
    let rows = draft::criteria_rows(study.criteria.as_ref());
    let inputs = inputs(call, &call.app.kb, loaded, &study, &rows, "en");
    let letter = packet_letter(call, loaded)?;
    let plan = exhibits_of(call, loaded, &study, Lang::En)?;
    let log = draft::draft("search_log", &inputs).ok().map(|o| o.value);
    let mut files = Vec::new();
    for exhibit in &plan.exhibits {
        let paper = loaded.state.papers.iter().find(|p| p.name == exhibit.source);
        files.push(match paper {
            Some(paper) => (
                call.journal(|j| j.file(&loaded.id, &paper.sha256)).ok(),
                reading::password(call, &loaded.id, &paper.sha256)?,
            ),
            None => (None, None),
        });
    }
    let exhibits: Vec<ExhibitInput<'_>> = plan
        .exhibits
        .iter()
        .zip(&files)
        .map(|(e, (bytes, password))| ExhibitInput {
            exhibit: e.clone(),
            content: content(e, bytes.as_deref(), log.as_ref()),
            password: password.clone(),
        })
        .collect();
    let claim = &loaded.state.case.claim;
    let made_of = PacketInput {
        letter: &letter,
        exhibits: &exhibits,
        withheld: &plan.withheld,
        criteria: &rows,
        stamp_prefix: claim.reference_number.as_deref().or(claim.number.as_deref()).unwrap_or(""),
        draft: !letter.missing.is_empty(),
        worker: call.app.worker.as_deref(),
    };
    let built = packet::build_watched(&made_of, watch).map_err(|e| Problem::Unusable(e.to_string()))?;
    Ok((built.manifest, built.pdf))
}

/// The packet in parts that a fax line takes, and everything else a person may want with it, as one ZIP.
pub(crate) fn packet_zip(call: &Call, loaded: &Loaded, fax_pages: Option<usize>) -> Result<Vec<u8>, Problem> {
    let fault = |e: packet::Error| Problem::Unusable(e.to_string());
    let (manifest, pdf) = packet(call, loaded, &Watch::default())?;
    let letter = packet_letter(call, loaded)?;
    let limit = packet::FaxLimit { pages: fax_pages, bytes: None };
    let parts = match fax_pages {
        Some(_) => packet::fax_parts(&pdf, &limit, &letter).map_err(fault)?,
        None => Vec::new(),
    };
    let study = study(call, loaded)?;
    let service = loaded.state.case.claim.service.as_deref().unwrap_or_default();
    let listed = serde_json::to_vec_pretty(&manifest).map_err(|e| Problem::Unusable(e.to_string()))?;
    let mut files = vec![
        ("packet.pdf".to_string(), pdf),
        ("appeal.docx".to_string(), packet::docx(&letter).map_err(fault)?),
        ("deadlines.ics".to_string(), packet::ics(&study.entitlements, service, &loaded.id).into_bytes()),
        ("manifest.json".to_string(), listed),
    ];
    files.extend(parts.into_iter().map(|p| (format!("fax-{}-of-{}.pdf", p.number, p.of), p.pdf)));
    packet::zip(&files).map_err(fault)
}

/// What an exhibit is made of.
fn content<'a>(exhibit: &draft::Exhibit, bytes: Option<&'a [u8]>, log: Option<&'a draft::Document>) -> Content<'a> {
    match (&exhibit.made, bytes, log) {
        (Some(_), _, Some(log)) => Content::Made(log),
        (None, Some(bytes), _) => Content::Bytes(bytes),
        _ => Content::Missing("This paper is not in the case.".into()),
    }
}

/// A page of the preview: readable when opened alone, still light.
const PREVIEW_DPI: f32 = 80.0;

/// A page of the packet as a PNG.
pub(crate) fn packet_page(call: &Call, loaded: &Loaded, page: usize) -> Result<Option<Vec<u8>>, Problem> {
    let (_, pdf) = packet(call, loaded, &Watch::default())?;
    Ok(draw(&call.app, &pdf, page, PREVIEW_DPI, None))
}

/// What a study is of: the facts, the papers and which of them have been read. Not the revision: new words in a letter or a
/// line in the log change nothing that is computed, and saving while somebody types must be quick.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Of {
    id: String,
    facts: [u8; 32],
    today: Date,
    lang: Lang,
}

fn fingerprint(call: &Call, loaded: &Loaded) -> Result<[u8; 32], Problem> {
    let read = reading::read_so_far(call, &loaded.id)?;
    let case = facts::Case { edits: Vec::new(), ..loaded.state.case.clone() };
    let facts = serde_json::to_vec(&(case, &loaded.state.papers, &loaded.state.done, read));
    Ok(Sha256::digest(facts.map_err(|e| Problem::Unusable(e.to_string()))?).into())
}

/// The last few studies, so that a page after a page does not compute the same again.
#[derive(Default)]
pub(crate) struct Studies {
    kept: Mutex<Vec<(Of, Arc<Study>)>>,
}

impl Studies {
    const MOST: usize = 8;

    fn all(&self) -> MutexGuard<'_, Vec<(Of, Arc<Study>)>> {
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn get(&self, of: &Of) -> Option<Arc<Study>> {
        self.all().iter().find(|(known, _)| known == of).map(|(_, study)| Arc::clone(study))
    }

    fn keep(&self, of: Of, study: &Arc<Study>) {
        let mut kept = self.all();
        kept.retain(|(known, _)| known.id != of.id || known.lang != of.lang);
        kept.push((of, Arc::clone(study)));
        if kept.len() > Self::MOST {
            kept.remove(0);
        }
    }
}
