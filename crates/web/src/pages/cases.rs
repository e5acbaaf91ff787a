//! The list of cases, and how one begins.

use journal::{CaseRow, Wanted};
use maud::{Markup, html};

use crate::http::{Call, Problem, Reply, Upload, encoded};
use crate::{dates, layout, reading};

const PAGE: usize = 50;
/// From how many days before its date a case is marked.
const SOON: i32 = 14;

/// All cases, the nearest date first.
pub(crate) fn list(call: &Call) -> Result<Reply, Problem> {
    let w = call.words();
    let search = call.asked("q").unwrap_or_default().to_string();
    let closed = call.asked("closed").is_some();
    let page = call.asked("page").and_then(|p| p.parse::<usize>().ok()).unwrap_or(0).min(10_000);
    let wanted = Wanted { search: &search, closed, limit: PAGE, skip: page * PAGE };
    let (rows, count) = call.journal(|j| j.cases(wanted))?;
    if count == 0 && search.is_empty() && !closed {
        return Ok(Reply::Page(layout::page(call, w.t("cases.first_title"), &first(call))));
    }
    let body = html! {
        h1 { (if closed { w.t("cases.closed_title") } else { w.t("cases.title") }) }
        @if count > 5 || !search.is_empty() {
            form method="get" action="/" role="search" {
                (layout::input("search", "q", w.t("cases.search"), None, &search))
            }
        }
        ul.list { @for row in &rows { (row_of(call, row)) } }
        @if rows.is_empty() { p.soft { (w.t("cases.none")) } }
        (pager(call, page, count, &search))
        div.buttons {
            a.button href="/new" { (w.t("cases.new")) }
            @if !closed { a href="/?closed=1" { (w.t("cases.show_closed")) } } @else { a href="/" { (w.t("cases.show_open")) } }
        }
    };
    Ok(Reply::Page(layout::page(call, w.t("cases.title"), &body)))
}

fn row_of(call: &Call, row: &CaseRow) -> Markup {
    let w = call.words();
    html! {
        li.row {
            div.grow {
                a.case href=(format!("/case/{}", row.id)) { (row.name.as_deref().unwrap_or(w.t("case.unnamed"))) }
                @if let Some(issuer) = &row.issuer { div.soft { (issuer) } }
            }
            div {
                @match row.next {
                    Some(next) => {
                        (dates::time(next, call.lang)) " "
                        @let soon = dates::days_between(call.app.today(), next) <= SOON;
                        span class=(if soon { "tag warn" } else { "soft" }) { (dates::away(next, call.app.today(), w)) }
                    },
                    None => span.soft { (w.t("cases.no_date")) },
                }
            }
        }
    }
}

fn pager(call: &Call, page: usize, count: usize, search: &str) -> Markup {
    let w = call.words();
    let at = |p: usize| format!("/?q={}&page={p}", encoded(search));
    html! {
        @if count > PAGE {
            p {
                @if page > 0 { a href=(at(page - 1)) { (w.t("cases.earlier")) } " " }
                (w.f("cases.range", &[
                    ("from", &(page * PAGE + 1).to_string()),
                    ("to", &((page + 1) * PAGE).min(count).to_string()),
                    ("all", &count.to_string()),
                ]))
                @if (page + 1) * PAGE < count { " " a href=(at(page + 1)) { (w.t("cases.later")) } }
            }
        }
    }
}

/// The very first page: what this is, and the way in.
fn first(call: &Call) -> Markup {
    let w = call.words();
    html! {
        h1 { (w.t("cases.first_title")) }
        p.lead { (w.t("cases.first_text")) }
        (begin(call, None))
        h2 { (w.t("cases.how_title")) }
        ol.steps {
            @for (title, text) in [
                ("cases.how_1", "cases.how_1_text"),
                ("cases.how_2", "cases.how_2_text"),
                ("cases.how_3", "cases.how_3_text"),
            ] {
                li { h3 { (w.t(title)) } p { (w.t(text)) } }
            }
        }
        (import_form(call))
    }
}

/// A new case.
pub(crate) fn new(call: &Call) -> Result<Reply, Problem> {
    Ok(start(call, None))
}

fn start(call: &Call, wrong: Option<&str>) -> Reply {
    let w = call.words();
    let body = html! {
        h1 { (w.t("new.title")) }
        p.lead { (w.t("new.text")) }
        (begin(call, wrong))
        (import_form(call))
    };
    Reply::Page(layout::page(call, w.t("new.title"), &body))
}

fn begin(call: &Call, wrong: Option<&str>) -> Markup {
    let w = call.words();
    html! {
        form method="post" action="/new" enctype="multipart/form-data" {
            (layout::tokens(call, None))
            (drop_zone("letter", w.t("new.letter"), w.t("new.letter_hint"), true, wrong))
            (super::join::choice(call))
            div.buttons {
                button { (w.t("new.go")) }
                button.quiet name="without" value="1" { (w.t("new.without")) }
            }
        }
    }
}

/// A place to drop or choose files.
pub(crate) fn drop_zone(name: &str, label: &str, hint: &str, many: bool, wrong: Option<&str>) -> Markup {
    let wrong_id = format!("{name}-wrong");
    html! {
        div.drop {
            label for=(name) { (label) }
            span.hint { (hint) }
            @if let Some(wrong) = wrong { p.wrong id=(wrong_id) role="alert" { (wrong) } }
            input type="file" id=(name) name=(name) multiple[many] aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| wrong_id.as_str())] autofocus[wrong.is_some()]
                accept=".pdf,.png,.jpg,.jpeg,.tif,.tiff,.webp,.bmp,.heic,.docx,.html,.htm,.txt,.rtf,.eml,.json,.xml,.x12,.835,.edi,.nbib,.ris,.bib,.enw";
            ul aria-live="polite" {}
        }
    }
}

fn import_form(call: &Call) -> Markup {
    let w = call.words();
    html! {
        details {
            summary { (w.t("new.import")) }
            form method="post" action="/import" enctype="multipart/form-data" {
                (layout::tokens(call, None))
                div.field {
                    label for="archive" { (w.t("new.archive")) }
                    input type="file" id="archive" name="archive" accept=".zip" required;
                }
                div.buttons { button.quiet { (w.t("new.import_go")) } }
            }
        }
    }
}

/// Why nothing can be made of the files of a form: none was chosen, or one is empty.
pub(crate) fn unusable(call: &Call, files: &[&Upload]) -> Option<&'static str> {
    match files {
        [] => Some(call.words().t("new.no_file")),
        _ => files.iter().any(|f| f.bytes.is_empty()).then(|| call.words().t("problem.empty_file")),
    }
}

/// Makes the case, keeps the letters and begins to read them.
pub(crate) fn create(call: &Call) -> Result<Reply, Problem> {
    let letters: Vec<_> = call.files.iter().filter(|f| f.field == "letter").collect();
    if let Some(wrong) = unusable(call, &letters).filter(|_| call.field("without").is_none()) {
        return Ok(start(call, Some(wrong)));
    }
    let now = call.app.now();
    let (id, mut revision) = call.journal(|j| j.create(now))?;
    // One file is the letter that was asked for; of several, the reading says which is which.
    let kind = (letters.len() == 1).then_some("denial_letter");
    for letter in &letters {
        match super::papers::keep(call, &id, &letter.name, &letter.bytes, kind, revision) {
            Ok(now) => revision = now,
            Err(problem) => {
                // A case without what it was begun for would only be in the way; the reason is what counts here.
                let _ = call.journal(|j| j.erase(&id));
                return Err(problem);
            }
        }
    }
    if super::join::is_wanted(call, &letters) {
        return Ok(Reply::See(super::join::order_page(&id, &letters, true)));
    }
    reading::start(call, &call.journal(|j| j.case(&id))?)?;
    let papers = call.journal(|j| j.case(&id))?.state.papers;
    let from_plan = papers.iter().find(|p| reading::fills(p.kind.as_deref()));
    Ok(Reply::See(match from_plan.or(papers.first()) {
        Some(paper) => format!("/case/{id}/paper/{}", paper.sha256),
        None => format!("/case/{id}/questions"),
    }))
}

/// Takes an exported case back in.
pub(crate) fn import(call: &Call) -> Result<Reply, Problem> {
    let archive = call.files.iter().find(|f| f.field == "archive").ok_or(Problem::Bad("new.no_file"))?;
    let now = call.app.now();
    let id = call.journal(|j| j.import(&archive.bytes, now))?;
    Ok(Reply::See(format!("/case/{id}")))
}
