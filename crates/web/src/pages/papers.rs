//! The papers of a case: what was given, what was read from each, beside the words it was read from.

use extract::ExtractError;
use facts::{Certainty, Document, Field, Finding, OriginKind, Page, Reading};
use journal::{Loaded, Paper, Revision};
use maud::{Markup, html};

use crate::http::{Call, Problem, Reply};
use crate::jobs::Stage;
use crate::layout::{self, Section};
use crate::words::Words;
use crate::{dates, engine, facts_at, intake, reading as reader, settle};

/// What a paper can be, in the order of the list a person picks from.
const KINDS: &[&str] = &[
    "denial_letter",
    "eob",
    "opinion_letter",
    "plan_document",
    "clinical_policy",
    "office_note",
    "imaging",
    "lab_result",
    "treating_letter",
    "literature",
    "call_log",
    "bill",
    "electronic_answer",
    settle::LIST,
    "other",
];

/// Keeps a file, says what it is and lists it among the records, so that it reaches the packet.
pub(crate) fn keep(
    call: &Call,
    id: &str,
    name: &str,
    bytes: &[u8],
    kind: Option<&str>,
    seen: Revision,
) -> Result<Revision, Problem> {
    let now = call.app.now();
    let (sha256, revision) = call.journal(|j| j.attach(id, name, bytes, seen, now))?;
    let mut loaded = call.journal(|j| j.case(id))?;
    if let Some(paper) = loaded.state.papers.iter_mut().find(|p| p.sha256 == sha256) {
        if let Some(kind) = kind {
            paper.kind = Some(kind.into());
        }
        let paper = paper.clone();
        settle::list(&mut loaded.state, &paper);
    }
    loaded.revision = revision;
    call.keep(&loaded, "paper.kind")
}

/// All papers, and the place to add more.
pub(crate) fn list(call: &Call) -> Result<Reply, Problem> {
    let w = call.words();
    let loaded = call.case()?;
    reader::start(call, &loaded)?;
    let here = format!("/case/{}/papers", loaded.id);
    let body = html! {
        h1 { (Section::Papers.name(w)) }
        p { (w.t("papers.text")) }
        (super::join::proposals(call, &loaded)?)
        ul.list {
            @for paper in &loaded.state.papers {
                li.row {
                    div.grow {
                        a href=(format!("/case/{}/paper/{}", loaded.id, paper.sha256)) { (paper.name) }
                        div.soft.small { (w.of("paper", paper.kind.as_deref().unwrap_or("other"))) " · " (size(paper.size)) }
                        (super::join::made_of_line(call, paper))
                    }
                    div { (state(call, &loaded, paper)) }
                }
            }
        }
        @if loaded.state.papers.is_empty() { p.soft { (w.t("papers.none")) } }
        @if super::join::can_pick(&loaded) { p { a href=(format!("/case/{}/join", loaded.id)) { (w.t("join.pick")) } } }
        h2 { (w.t("papers.add_title")) }
        form method="post" action=(here) enctype="multipart/form-data" {
            (layout::tokens(call, Some(&loaded)))
            (super::cases::drop_zone("paper", w.t("papers.add"), w.t("papers.hint"), true))
            (super::join::choice(call))
            (kind_select(call, None))
            div.buttons { button { (w.t("papers.add_go")) } }
        }
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Papers, Section::Papers.name(w), &body)))
}

/// What a paper is; nothing chosen means that the reading says it.
fn kind_select(call: &Call, chosen: Option<&str>) -> Markup {
    let w = call.words();
    let find_out = chosen.is_none().then(|| (String::new(), w.t("papers.kind_auto").to_string()));
    let kinds = KINDS.iter().map(|k| ((*k).to_string(), w.of("paper", k)));
    layout::select("kind", w.t("papers.kind"), &find_out.into_iter().chain(kinds).collect::<Vec<_>>(), chosen)
}

fn state(call: &Call, loaded: &Loaded, paper: &Paper) -> Markup {
    let w = call.words();
    html! {
        @match call.app.jobs.stage(&loaded.id, &paper.sha256) {
            Some(Stage::Running { .. }) => span.tag { (w.t("papers.being_read")) },
            Some(Stage::Failed(e)) if is_locked(&e) => span.tag.warn { (w.t("papers.locked")) },
            Some(Stage::Failed(_)) => span.tag.warn { (w.t("papers.failed")) },
            Some(Stage::Stopped) => span.tag.plain { (w.t("papers.stopped")) },
            None if paper.confirmed => span.tag { (w.t("papers.checked")) },
            None => span.tag.plain { (w.t("papers.read")) },
        }
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} kB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MB", bytes >> 20, ((bytes & 0xf_ffff) * 10) >> 20),
    }
}

/// Keeps further papers.
pub(crate) fn add(call: &Call) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    let papers: Vec<_> = call.files.iter().filter(|f| f.field == "paper").collect();
    if papers.is_empty() {
        return Err(Problem::Bad("new.no_file"));
    }
    if papers.iter().any(|f| f.bytes.is_empty()) {
        return Err(Problem::Bad("problem.empty_file"));
    }
    // Without a kind the reading says what it is.
    let kind = call.field("kind").filter(|k| KINDS.contains(k));
    let id = loaded.id.clone();
    for paper in &papers {
        loaded.revision = keep(call, &id, &paper.name, &paper.bytes, kind, loaded.revision)?;
    }
    if super::join::is_wanted(call, &papers) {
        return Ok(Reply::See(super::join::order_page(&id, &papers, false)));
    }
    let loaded = call.case()?;
    reader::start(call, &loaded)?;
    Ok(Reply::See(format!("/case/{}/papers", loaded.id)))
}

fn find(call: &Call) -> Result<(Loaded, Paper), Problem> {
    let loaded = call.case()?;
    let paper = loaded.state.paper(call.part(3)).cloned().ok_or(Problem::NotFound)?;
    Ok((loaded, paper))
}

/// One paper: what was read from it, beside the page.
pub(crate) fn reading(call: &Call) -> Result<Reply, Problem> {
    let (loaded, _) = find(call)?;
    reader::start(call, &loaded)?;
    let (loaded, paper) = find(call)?;
    let w = call.words();
    let Some(document) = reader::document(call, &loaded.id, &paper.sha256)? else {
        return Ok(waiting(call, &loaded, &paper));
    };
    let from_plan = reader::fills(paper.kind.as_deref());
    let reading = if from_plan { reader::of(call, &loaded.id, &paper.sha256, &document)? } else { Reading::default() };
    let body = html! {
        h1 { (if from_plan { w.t("reading.title") } else { paper.name.as_str() }) }
        (super::join::what_became(call, &paper))
        @if from_plan { p.lead { (w.t("reading.text")) } }
        (super::join::proposals(call, &loaded)?)
        (layout::findings_in_english(call, &loaded, &noticed(&document, &reading)))
        div.reading {
            (sheets(call, &loaded, &paper, &document, &reading))
            div { (fields(call, &loaded, &paper, &reading, from_plan)?) (manage(call, &loaded, &paper)) }
        }
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Papers, &paper.name, &body)))
}

/// What was noticed in the file and in what it says.
fn noticed(document: &Document, reading: &Reading) -> Vec<Finding> {
    document.findings.iter().chain(&reading.findings).cloned().collect()
}

fn is_locked(e: &ExtractError) -> bool {
    matches!(e.code.as_str(), "password_needed" | "wrong_password")
}

/// The page of a paper that has no text (yet): how far the reading is, or why there is none.
fn waiting(call: &Call, loaded: &Loaded, paper: &Paper) -> Reply {
    let w = call.words();
    let stage = call.app.jobs.stage(&loaded.id, &paper.sha256);
    let go_on = html! { a href=(format!("/case/{}/questions", loaded.id)) { (w.t("reading.go_on")) } };
    let body = match &stage {
        Some(Stage::Failed(e)) if is_locked(e) => locked(call, loaded, paper, e),
        Some(Stage::Failed(e)) => html! {
            h1 { (w.t("reading.failed_title")) }
            p.lead {
                @match w.get("read_error", &e.code) { Some(why) => (why), None => span lang=[engine::foreign(call.lang)] { (e.message) } }
            }
            p { (w.t("reading.failed_text")) }
            div.buttons { (act(call, loaded, paper, "again", "reading.again")) (go_on) }
        },
        Some(Stage::Stopped) => html! {
            h1 { (w.t("papers.stopped")) }
            p.lead { (w.t("reading.stopped_text")) }
            div.buttons { (act(call, loaded, paper, "again", "reading.again")) (go_on) }
        },
        Some(Stage::Running { .. }) | None => html! {
            h1 { (w.t("reading.busy_title")) }
            (super::join::what_became(call, paper))
            p.lead { (w.f("reading.busy_text", &[("name", &paper.name)])) }
            @if let Some(Stage::Running { done, of }) = &stage && *of > 0 {
                p role="status" { (w.f("reading.progress", &[("n", &done.to_string()), ("all", &of.to_string())])) }
                progress.progress value=(done) max=(of) aria-label=(w.t("reading.busy_title")) {}
            }
            div.buttons { (act(call, loaded, paper, "stop", "reading.stop")) (go_on) }
        },
    };
    let rests = matches!(stage, Some(Stage::Failed(_) | Stage::Stopped));
    // Whoever cannot have it read can still say what it is, or take it out. While it is read, the page comes anew.
    let body = html! { (body) @if rests { (manage(call, loaded, paper)) } };
    let page = layout::case_page(call, loaded, Section::Papers, &paper.name, &body);
    if rests { Reply::Page(page) } else { Reply::Wait(page, 2) }
}

/// One button of a paper.
fn act(call: &Call, loaded: &Loaded, paper: &Paper, name: &str, key: &str) -> Markup {
    let here = format!("/case/{}/paper/{}", loaded.id, paper.sha256);
    layout::form(call, loaded, &here, &html! { button.quiet name="act" value=(name) { (call.words().t(key)) } })
}

/// A locked file asks for its password.
fn locked(call: &Call, loaded: &Loaded, paper: &Paper, e: &ExtractError) -> Markup {
    let w = call.words();
    let here = format!("/case/{}/paper/{}", loaded.id, paper.sha256);
    html! {
        h1 { (w.t("reading.locked_title")) }
        p.lead { (w.f("reading.locked_text", &[("name", &paper.name)])) }
        @if e.code == "wrong_password" { div.note role="alert" { p { strong { (w.t("reading.wrong_password")) } } } }
        (layout::form(call, loaded, &here, &html! {
            div.field {
                label for="password" { (w.t("reading.password")) }
                span.hint #password-hint { (w.t("reading.password_hint")) }
                input type="password" id="password" name="password" required maxlength="200" autocomplete="off" aria-describedby="password-hint";
            }
            div.buttons {
                button name="act" value="password" { (w.t("reading.unlock")) }
                a href=(format!("/case/{}/questions", loaded.id)) { (w.t("reading.go_on")) }
            }
        }))
    }
}

/// The pages with the read words marked: as pictures where they can be drawn, else as text.
fn sheets(call: &Call, loaded: &Loaded, paper: &Paper, document: &Document, reading: &Reading) -> Markup {
    let w = call.words();
    let drawn = engine::can_draw(&paper.name, document);
    html! {
        div.sheets role="region" aria-label=(w.t("reading.paper")) tabindex="0" {
            @for (index, page) in document.pages.iter().enumerate().take(200) {
                @let number = index + 1;
                @let marks = marks(reading, number);
                figure.sheet id=(format!("page-{number}")) {
                    @match page.size.filter(|_| drawn) {
                        Some(size) => {
                            img src=(format!("/case/{}/paper/{}/page/{number}", loaded.id, paper.sha256)) loading=(if index == 0 { "eager" } else { "lazy" })
                                width=(size.0.round()) height=(size.1.round()) alt=(w.f("reading.page_alt", &[("n", &number.to_string()), ("name", &paper.name)]));
                            (overlay(page, size, &marks))
                            a.larger href=(format!("/case/{}/paper/{}/page/{number}", loaded.id, paper.sha256)) { (w.f("reading.larger", &[("n", &number.to_string())])) }
                        },
                        None => pre { (marked_text(&page.text, &marks)) },
                    }
                }
            }
        }
    }
}

/// A stretch of a page that something was read from.
struct Mark {
    id: String,
    span: (usize, usize),
}

fn marks(reading: &Reading, page: usize) -> Vec<Mark> {
    let fields = reading.fields.iter().enumerate().filter(|(_, f)| f.page == page);
    let reasons = reading.reasons.iter().enumerate().filter(|(_, r)| r.page == page);
    let mut all: Vec<Mark> = fields
        .map(|(i, f)| Mark { id: format!("f{i}"), span: f.span })
        .chain(reasons.map(|(i, r)| Mark { id: format!("r{i}"), span: r.span }))
        .collect();
    all.sort_by_key(|m| m.span);
    all
}

fn overlay(page: &Page, size: (f32, f32), marks: &[Mark]) -> Markup {
    html! {
        svg viewBox=(format!("0 0 {} {}", size.0, size.1)) preserveAspectRatio="none" aria-hidden="true" {
            @for mark in marks {
                g id=(mark.id) {
                    @for word in page.words.iter().filter(|w| w.span.0 < mark.span.1 && w.span.1 > mark.span.0) {
                        @let (l, t, r, b) = word.bounds;
                        rect x=(l - 1.5) y=(t - 1.0) width=((r - l + 3.0).max(0.0)) height=((b - t + 2.0).max(0.0)) rx="2" {}
                    }
                }
            }
        }
    }
}

/// The page's text with the marked stretches as `<mark>`; overlapping stretches are marked once.
fn marked_text(text: &str, marks: &[Mark]) -> Markup {
    let mut pieces: Vec<(Option<&str>, &str)> = Vec::new();
    let mut at = 0;
    for mark in marks {
        let (from, to) = (mark.span.0.max(at), mark.span.1);
        let (Some(before), Some(words)) = (text.get(at..from), text.get(from..to)) else { continue };
        pieces.push((None, before));
        pieces.push((Some(&mark.id), words));
        at = to;
    }
    pieces.push((None, text.get(at..).unwrap_or_default()));
    html! {
        @for (id, words) in pieces {
            @match id { Some(id) => mark id=(id) { (words) }, None => (words) }
        }
    }
}

fn fields(call: &Call, loaded: &Loaded, paper: &Paper, reading: &Reading, from_plan: bool) -> Result<Markup, Problem> {
    let w = call.words();
    let here = format!("/case/{}/paper/{}", loaded.id, paper.sha256);
    let shown: Vec<(usize, &Field, &str)> = shown(loaded, reading);
    Ok(html! {
        @if from_plan {
            @if shown.is_empty() && reading.reasons.is_empty() { div.note.calm { p { (w.t("reading.nothing")) } } }
            (reasons(call, loaded, &here, reading))
            (layout::form(call, loaded, &here, &html! {
                @if !shown.is_empty() {
                    h2 { (w.t("reading.values")) }
                    @for (i, field, path) in &shown { (one_field(call, loaded, *i, field, path)) }
                }
                div.buttons { button name="act" value="confirm" { (w.t("reading.confirm")) } }
            }))
            (add_a_fact(call, loaded, paper, &shown))
            (had_to_say(call, loaded, reading)?)
        }
    })
}

/// Why the plan said no, as the case has it: each reason can be changed or taken out, and another one added.
fn reasons(call: &Call, loaded: &Loaded, here: &str, reading: &Reading) -> Markup {
    let w = call.words();
    let all: Vec<_> = w.section("reason").into_iter().map(|(id, name)| (id.to_string(), name.to_string())).collect();
    let denials = &loaded.state.case.denials;
    let mark = |quote: &str| reading.reasons.iter().position(|r| r.quote == quote);
    html! {
        h2 #reasons { (w.t("reading.reasons")) }
        @if denials.is_empty() { p.soft { (w.t("reading.no_reason")) } }
        @for (n, denial) in denials.iter().enumerate() {
            @let reason = denial.reason.as_deref().unwrap_or("other");
            p { strong { (w.of("reason", reason)) } }
            // The same sentence may give two reasons; it is shown once, below the last of them.
            @if let Some(quote) = denial.quote.as_deref().filter(|q| denials.get(n + 1).is_none_or(|d| d.quote.as_deref() != Some(*q))) {
                blockquote { @match mark(quote) { Some(i) => a href=(format!("#r{i}")) { "“" (quote) "”" }, None => { "“" (quote) "”" } } }
            }
            details {
                summary { (w.t("reading.reason_change")) span.off { ": " (w.of("reason", reason)) } }
                (layout::form(call, loaded, here, &html! {
                    input type="hidden" name="at" value=(n);
                    (reason_fields(call, &format!("-{n}"), &all, reason, denial.quote.as_deref().unwrap_or_default()))
                    div.buttons {
                        button.quiet name="act" value="reason_set" { (w.t("act.save")) }
                        button.danger.mini name="act" value="reason_remove" { (w.t("reading.reason_remove")) }
                    }
                }))
            }
        }
        details open[denials.is_empty()] {
            summary { (w.t("reading.reason_add")) }
            (layout::form(call, loaded, here, &html! {
                (reason_fields(call, "-new", &all, "other", ""))
                div.buttons { button.quiet name="act" value="reason_add" { (w.t("act.add")) } }
            }))
        }
    }
}

fn reason_fields(call: &Call, end: &str, all: &[(String, String)], reason: &str, quote: &str) -> Markup {
    let w = call.words();
    let (select, words) = (format!("reason{end}"), format!("words{end}"));
    html! {
        div.field {
            label for=(select) { (w.t("reading.reason")) }
            select id=(select) name="reason" { @for (id, name) in all { option value=(id) selected[id == reason] { (name) } } }
        }
        div.field {
            label for=(words) { (w.t("reading.reason_words")) }
            textarea id=(words) name="words" rows="3" autocomplete="off" { "\n" (quote) }
        }
    }
}

/// Adds a reason, changes one or takes one out. The person's own entry stays when papers are read again.
fn change_reason(call: &Call, act: &str) -> Result<(), Problem> {
    let mut loaded = call.case_to_change()?;
    let known = |r: &&str| call.app.kb.index().values_of(kb::FactKey::DenialReason).iter().any(|v| v == r);
    let at = call.field("at").and_then(|n| n.parse::<usize>().ok());
    let case = &mut loaded.state.case;
    if act == "reason_remove" {
        let at = at.filter(|n| *n < case.denials.len()).ok_or(Problem::Bad("problem.form"))?;
        intake::take_out_denial(case, at);
        call.keep(&loaded, "denial.removed")?;
        return Ok(());
    }
    let reason = call.field("reason").filter(known).ok_or(Problem::Bad("problem.form"))?.to_string();
    let quote = call.field("words").map(str::trim).filter(|q| !q.is_empty()).map(String::from);
    let place = match (act, at) {
        ("reason_set", Some(n)) if n < case.denials.len() => n,
        ("reason_set", _) => return Err(Problem::Bad("problem.form")),
        _ => {
            case.denials.push(facts::Denial::default());
            case.denials.len() - 1
        }
    };
    if let Some(denial) = case.denials.get_mut(place) {
        (denial.reason, denial.quote) = (Some(reason), quote);
    }
    facts_at::set_origin(case, &format!("denial.{place}.reason"), OriginKind::Stated);
    call.keep(&loaded, if act == "reason_set" { "denial.changed" } else { "denial.added" })?;
    Ok(())
}

/// What the letter may say and nothing was read for: each with the question that takes it.
fn add_a_fact(call: &Call, loaded: &Loaded, paper: &Paper, shown: &[(usize, &Field, &str)]) -> Markup {
    let w = call.words();
    let kb = call.spoken();
    let open = |path: &&str| {
        let kind = matches!(*path, "coverage.kind" | "coverage.network_type");
        let other = path.starts_with("event.") && facts_at::get(&loaded.state.case, path).is_none();
        let dated = other && matches!(*path, "event.effective_date" | "event.services_end" | "event.notice_dated");
        !kind && !shown.iter().any(|(.., p)| p == path) && (dated || !path.starts_with("event."))
    };
    let questions = crate::questions::Questions::get();
    let all: Vec<_> = intake::paths().filter(open).filter_map(|p| Some((p, questions.for_need(p, &kb)?))).collect();
    html! {
        @if !all.is_empty() {
            details #add {
                summary { (w.t("reading.add_fact")) }
                p.soft { (w.t("reading.add_fact_text")) }
                ul { @for (path, question) in &all {
                    li {
                        a href=(format!("/case/{}/question/{}?back={}", loaded.id, question.id, paper.sha256)) { (fact_name(w, path)) }
                        @if let Some(value) = facts_at::get(&loaded.state.case, path) { ": " (value) }
                    }
                } }
            }
        }
    }
}

/// The fields whose fact the case keeps, one per fact.
fn shown<'r>(loaded: &Loaded, reading: &'r Reading) -> Vec<(usize, &'r Field, &'static str)> {
    let mut seen = Vec::new();
    let mut all = Vec::new();
    for (i, field) in reading.fields.iter().enumerate() {
        // "Self-funded" is a word of the letter, not a kind of coverage: the question about that stays open.
        // What the person answered does not come from those words either.
        let read = |p: &str| loaded.state.case.origin.iter().any(|o| o.fact == p && o.kind != OriginKind::Stated);
        let known = |p: &&str| *p != "coverage.kind" || read(p);
        if field.name == "amount.billed" && reading.get("amount.denied").is_some() {
            continue;
        }
        if let Some(path) = intake::fact_of(&field.name, reading).filter(|p| !seen.contains(p)).filter(known) {
            seen.push(path);
            all.push((i, field, path));
        }
    }
    all
}

fn one_field(call: &Call, loaded: &Loaded, index: usize, field: &Field, path: &str) -> Markup {
    let w = call.words();
    let value = facts_at::get(&loaded.state.case, path).unwrap_or_default();
    let value_as_read = value.clone();
    let (kind, value) = match path {
        "claim.amount_cents" => {
            ("text", value.parse().map_or(String::new(), |c: i64| format!("{}.{:02}", c / 100, c % 100)))
        }
        "event.notice_dated" | "event.final_notice_dated" | "claim.date_of_service" | "patient.date_of_birth" => {
            ("date", value)
        }
        _ => ("text", value),
    };
    let hint_id = format!("{path}-hint");
    html! {
        div.field {
            label for=(path) { (fact_name(w, path)) }
            span.hint id=(hint_id) {
                // The words are repeated only where the value is not simply those words.
                @if field.quote == value_as_read { a href=(format!("#f{index}")) { (w.f("reading.on_page", &[("n", &field.page.to_string())])) } }
                @else { a href=(format!("#f{index}")) { "“" (field.quote) "”" } ", " (w.f("reading.on_page", &[("n", &field.page.to_string())])) }
                @if field.certainty == Certainty::Inferred { ". " (w.t("reading.inferred")) }
            }
            @if path == "coverage.kind" {
                p { (w.of("coverage", &value)) }
            } @else if kind == "text" && (path == "coverage.appeal_address" || value.chars().count() > ONE_LINE) {
                textarea id=(path) name=(path) rows=(value.lines().count().max(2)) autocomplete="off" aria-describedby=(hint_id) { "\n" (value) }
            } @else {
                input type=(kind) id=(path) name=(path) value=(value) autocomplete="off" aria-describedby=(hint_id);
            }
        }
    }
}

/// Letters that fit a field beside the page's picture; a longer value gets room to be read whole.
const ONE_LINE: usize = 34;

/// A fact's name: of the whole path where the words have it, else of its last part (`claim.service`: "service").
pub(crate) fn fact_name(w: &Words, path: &str) -> String {
    let whole = w.get("fact", &path.replace('.', "_")).map(str::to_string);
    whole.unwrap_or_else(|| w.of("fact", path.rsplit('.').next().unwrap_or(path)))
}

/// What the law asks of such a letter, and what was found; without a known coverage, what was not found at all.
fn had_to_say(call: &Call, loaded: &Loaded, reading: &Reading) -> Result<Markup, Problem> {
    let w = call.words();
    Ok(match rights::audit(&loaded.state.case, &call.kb()?, Some(reading), call.app.today()) {
        Some(audit) => audited(call, loaded, &audit),
        None => html! {
            @if !reading.not_found.is_empty() {
                details {
                    summary { (w.t("reading.not_found")) }
                    p.soft { (w.t("reading.not_found_text")) }
                    ul { @for name in &reading.not_found { li { (w.of("field", &name.replace('.', "_"))) } } }
                }
            }
        },
    })
}

fn audited(call: &Call, loaded: &Loaded, audit: &rights::NoticeAudit) -> Markup {
    let w = call.words();
    let absent = audit.items.iter().any(|i| i.state == "not_found");
    html! {
        details #must open[call.asked("must").is_some()] {
            summary { (w.t("reading.must_title")) }
            p.soft { (w.t("reading.must_text")) }
            ul.list {
                @for item in &audit.items {
                    li {
                        div.row {
                            span.grow { (item.title) }
                            @match item.state.as_str() {
                                "found" => span.tag { (w.t("audit.found")) },
                                "not_found" => span.tag.warn { (w.t("audit.not_found")) },
                                _ => span.tag.plain { (w.t("audit.look")) },
                            }
                        }
                        div.soft.small { (item.authority.cite) }
                    }
                }
            }
            @if absent { p { a href=(format!("/case/{}/letter/claim_file_request", loaded.id)) { (w.t("reading.must_ask")) } } }
        }
    }
}

fn manage(call: &Call, loaded: &Loaded, paper: &Paper) -> Markup {
    let w = call.words();
    let here = format!("/case/{}/paper/{}", loaded.id, paper.sha256);
    html! {
        details {
            summary { (w.t("papers.manage")) }
            p.soft.small { (paper.name) " · " (size(paper.size)) " · " (w.f("papers.added", &[("when", &dates::moment(paper.added, call.lang))])) }
            (layout::form(call, loaded, &here, &html! {
                (kind_select(call, Some(paper.kind.as_deref().unwrap_or("other"))))
                div.buttons { button.quiet name="act" value="kind" { (w.t("papers.kind_go")) } }
            }))
            div.buttons {
                a href=(format!("{here}/file")) { (w.t("papers.download")) }
                (layout::form(call, loaded, &here, &html! { button.danger.mini name="act" value="remove" { (w.t("papers.remove")) } }))
            }
            p.soft.small { (w.t("papers.remove_text")) }
        }
        (super::join::made_of(call, loaded, paper))
    }
}

/// What a person does with a paper: agree, say what it is, remove it, read it again.
pub(crate) fn change(call: &Call) -> Result<Reply, Problem> {
    let (_, paper) = find(call)?;
    let (id, sha256) = (call.part(1), paper.sha256.as_str());
    let here = format!("/case/{id}/paper/{sha256}");
    match call.field("act") {
        Some("again") => {
            call.app.jobs.forget(id, sha256);
            reader::start(call, &call.case()?)?;
            Ok(Reply::See(here))
        }
        Some("password") => {
            reader::keep_password(call, id, sha256, call.secret("password").ok_or(Problem::Bad("problem.form"))?)?;
            call.app.jobs.forget(id, sha256);
            reader::start(call, &call.case()?)?;
            Ok(Reply::See(here))
        }
        Some("stop") => {
            call.app.jobs.stop(id);
            Ok(Reply::See(here))
        }
        Some("kind") => {
            let mut loaded = call.case_to_change()?;
            let kind = call.field("kind").filter(|k| KINDS.contains(k)).ok_or(Problem::Bad("problem.form"))?;
            if paper.kind.as_deref() != Some(kind) {
                reader::withdraw(call, &mut loaded, &paper)?;
                let mut paper = paper.clone();
                paper.confirmed = false;
                replace(&mut loaded, paper);
                settle::name_kind(&mut loaded.state, sha256, kind);
                reader::settle_again(call, &mut loaded)?;
            }
            call.keep(&loaded, "paper.kind")?;
            Ok(Reply::See(here))
        }
        Some("remove") => {
            let mut loaded = call.case_to_change()?;
            reader::withdraw(call, &mut loaded, &paper)?;
            settle::unlist(&mut loaded.state, &paper);
            reader::settle_again(call, &mut loaded)?;
            call.keep(&loaded, "paper.removed")?;
            Ok(Reply::See(format!("/case/{id}/papers")))
        }
        Some("apart") => super::join::take_apart(call, &paper),
        Some(act) if act.starts_with("reason_") => {
            change_reason(call, act)?;
            Ok(Reply::See(format!("{here}#reasons")))
        }
        _ => confirm(call, &paper),
    }
}

fn replace(loaded: &mut Loaded, paper: Paper) {
    if let Some(place) = loaded.state.papers.iter_mut().find(|p| p.sha256 == paper.sha256) {
        *place = paper;
    }
}

/// The person has looked: their corrections are kept, the rest counts as confirmed.
fn confirm(call: &Call, paper: &Paper) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    for (path, value) in call.form.iter().filter(|(n, _)| n.contains('.')) {
        let value = if path == "claim.amount_cents" { as_cents(value)? } else { value.trim().to_string() };
        if facts_at::get(&loaded.state.case, path).unwrap_or_default() != value {
            loaded.state.case = facts_at::set(&loaded.state.case, path, &value).ok_or(Problem::Bad("problem.value"))?;
            facts_at::set_origin(&mut loaded.state.case, path, OriginKind::Stated);
        }
    }
    for origin in loaded.state.case.origin.iter_mut().filter(|o| o.file.as_deref() == Some(&paper.name)) {
        origin.confirmed = true;
    }
    let mut paper = paper.clone();
    paper.confirmed = true;
    replace(&mut loaded, paper);
    call.keep(&loaded, "paper.confirmed")?;
    let next = loaded.state.papers.iter().find(|p| !p.confirmed && reader::fills(p.kind.as_deref()));
    Ok(Reply::See(match next {
        Some(next) => format!("/case/{}/paper/{}", loaded.id, next.sha256),
        None => format!("/case/{}/questions?next=1", loaded.id),
    }))
}

/// `1,284.50` or `$1284.5` in cents.
pub(crate) fn as_cents(text: &str) -> Result<String, Problem> {
    let clean: String = text.chars().filter(|c| !matches!(c, '$' | ',' | ' ')).collect();
    if clean.is_empty() {
        return Ok(String::new());
    }
    let (whole, rest) = clean.split_once('.').unwrap_or((&clean, "00"));
    let rest = format!("{rest:0<2}");
    let number = |t: &str| t.parse::<i64>().ok().filter(|n| (0..=100_000_000_000).contains(n));
    match (number(whole), number(&rest)) {
        (Some(whole), Some(cents)) if rest.len() == 2 => Ok((whole * 100 + cents).to_string()),
        _ => Err(Problem::Bad("problem.amount")),
    }
}

/// A paper, or a file that one was made of.
fn find_file(call: &Call) -> Result<(Loaded, Paper), Problem> {
    let loaded = call.case()?;
    let file = loaded.state.files().find(|p| p.sha256 == call.part(3)).cloned().ok_or(Problem::NotFound)?;
    Ok((loaded, file))
}

/// The file itself.
pub(crate) fn file(call: &Call) -> Result<Reply, Problem> {
    let (loaded, paper) = find_file(call)?;
    let bytes = call.journal(|j| j.file(&loaded.id, &paper.sha256))?;
    Ok(Reply::Download { name: paper.name, media: "application/octet-stream", bytes })
}

/// A page of the file as a picture.
pub(crate) fn picture(call: &Call) -> Result<Reply, Problem> {
    let (loaded, paper) = find_file(call)?;
    let page: usize = call.part(5).parse().map_err(|_| Problem::NotFound)?;
    engine::picture(call, &loaded.id, &paper, page)?
        .map(|bytes| Reply::Show { media: "image/png", bytes })
        .ok_or(Problem::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_text_keeps_every_character() {
        let text = "Denied on é October 15, 2026 by Plan";
        let marks = [("a", (0, 6)), ("b", (3, 9)), ("c", (10, 12)), ("d", (13, 99)), ("e", (14, 30))]
            .map(|(id, span)| Mark { id: id.into(), span });
        let html = marked_text(text, &marks).into_string();
        let mut plain = String::new();
        let mut inside = false;
        for c in html.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => plain.push(c),
                _ => {}
            }
        }
        assert_eq!(plain, text);
        assert!(html.contains("<mark id=\"a\">Denied</mark>"), "{html}");
    }

    #[test]
    fn amounts_are_read_and_nonsense_is_refused() {
        for (text, cents) in [("$1,284.50", "128450"), ("200", "20000"), ("0.5", "50"), ("", "")] {
            assert_eq!(as_cents(text).ok().as_deref(), Some(cents), "{text}");
        }
        for text in ["much", "1.234", "-5", "1e9", "99999999999999999999"] {
            assert!(as_cents(text).is_err(), "{text}");
        }
    }
}
