//! The papers of a case: what was given, what was read from each, beside the words it was read from.

use extract::ExtractError;
use facts::{Document, Finding, Page, Reading};
use journal::{Loaded, Paper, Revision};
use maud::{Markup, html};

use super::said;
use crate::http::{Call, Problem, Reply};
use crate::jobs::Stage;
use crate::layout::{self, Section};
use crate::words::Words;
use crate::{dates, engine, reading as reader, settle};

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
    "authorization_form",
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
    listed(call, None)
}

fn listed(call: &Call, wrong: Option<&str>) -> Result<Reply, Problem> {
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
            (super::cases::drop_zone("paper", w.t("papers.add"), w.t("papers.hint"), true, wrong))
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
    if let Some(wrong) = super::cases::unusable(call, &papers) {
        return listed(call, Some(wrong));
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
    page(call, None)
}

/// The same, with what does not fit in the form.
pub(crate) fn page(call: &Call, wrong: Option<&said::Wrong>) -> Result<Reply, Problem> {
    let (loaded, _) = find(call)?;
    reader::start(call, &loaded)?;
    let (loaded, paper) = find(call)?;
    let w = call.words();
    let Some(document) = reader::document(call, &loaded.id, &paper.sha256)? else {
        return Ok(waiting(call, &loaded, &paper));
    };
    let from_plan = reader::fills(paper.kind.as_deref());
    let reading = if from_plan { reader::of(call, &loaded.id, &paper, &document)? } else { Reading::default() };
    let body = html! {
        h1 { (if from_plan { w.t("reading.title") } else { paper.name.as_str() }) }
        (super::join::what_became(call, &paper))
        @if from_plan { p.lead { (w.t("reading.text")) } }
        (super::join::proposals(call, &loaded)?)
        (layout::findings_in_english(call, &loaded, &noticed(&document, &reading)))
        div.reading {
            (sheets(call, &loaded, &paper, &document, &reading))
            div { @if from_plan { (said::fields(call, &loaded, &paper, &reading, wrong)?) } (manage(call, &loaded, &paper)) }
        }
    };
    let title = match wrong {
        Some(_) => format!("{} {}", w.t("questions.wrong"), paper.name),
        None => paper.name.clone(),
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Papers, &title, &body)))
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
                            div.drawn {
                            img src=(format!("/case/{}/paper/{}/page/{number}", loaded.id, paper.sha256)) loading=(if index == 0 { "eager" } else { "lazy" })
                                width=(size.0.round()) height=(size.1.round()) alt=(w.f("reading.page_alt", &[("n", &number.to_string()), ("name", &paper.name)]));
                            (overlay(page, size, &marks))
                            }
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

/// A fact's name: of the whole path where the words have it, else of its last part (`claim.service`: "service").
pub(crate) fn fact_name(w: &Words, path: &str) -> String {
    let whole = w.get("fact", &path.replace('.', "_")).map(str::to_string);
    whole.unwrap_or_else(|| w.of("fact", path.rsplit('.').next().unwrap_or(path)))
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
            said::change_reason(call, &paper, act)?;
            Ok(Reply::See(format!("{here}#reasons")))
        }
        _ => said::confirm(call, &paper),
    }
}

pub(crate) fn replace(loaded: &mut Loaded, paper: Paper) {
    if let Some(place) = loaded.state.papers.iter_mut().find(|p| p.sha256 == paper.sha256) {
        *place = paper;
    }
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
