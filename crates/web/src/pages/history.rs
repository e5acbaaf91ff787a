//! Everything that was changed, with undo; the case's name; taking it along or erasing it.

use maud::html;

use crate::dates;
use crate::http::{Call, Problem, Reply};
use crate::layout::{self, Section};

/// The changes, newest first.
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let w = call.words();
    let (changes, undo, redo) = call.journal(|j| j.history(&loaded.id))?;
    let at = |end: &str| format!("/case/{}/{end}", loaded.id);
    let body = html! {
        h1 { (Section::History.name(w)) }
        p.lead { (w.t("history.text")) }
        (layout::form(call, &loaded, &at("history"), &html! {
            div.buttons {
                @if undo { button name="act" value="undo" { (w.t("history.undo")) } }
                @if redo { button.quiet name="act" value="redo" { (w.t("history.redo")) } }
            }
        }))
        ol.list reversed {
            @for change in changes.iter().rev().take(200) {
                li.row {
                    span.grow {
                        @if change.stands { (described(call, change)) } @else { s { (described(call, change)) } " " span.soft { (w.t("history.undone")) } }
                    }
                    span.soft.small { (dates::moment(change.at, call.lang)) }
                }
            }
        }
        h2 { (w.t("history.name_title")) }
        (layout::form(call, &loaded, &at("name"), &html! {
            (layout::text("title", w.t("history.name"), None, loaded.state.title.as_deref().unwrap_or_default()))
            label.choice { input type="checkbox" name="closed" value="1" checked[loaded.state.closed]; span { (w.t("history.closed")) } }
            div.buttons { button.quiet { (w.t("act.save")) } }
        }))
        h2 { (w.t("history.export_title")) }
        p { (w.t("history.export_text")) }
        p { a.button.quiet href=(at("export")) { (w.t("history.export")) } }
        h2 { (w.t("history.erase_title")) }
        p { (w.t("history.erase_text")) }
        (layout::form(call, &loaded, &at("erase"), &html! {
            label.choice { input type="checkbox" name="sure" value="1" required; span { (w.t("history.erase_sure")) } }
            div.buttons { button.danger { (w.t("history.erase")) } }
        }))
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::History, Section::History.name(w), &body)))
}

fn described(call: &Call, change: &journal::Change) -> String {
    let w = call.words();
    if change.what.is_empty() {
        return w.of("change", &change.kind);
    }
    match w.get("change", &change.what.replace('.', "_")) {
        Some(text) if change.papers.is_empty() => text.to_string(),
        Some(text) => format!("{text}: {}", change.papers.join(", ")),
        None => w.f("history.answered", &[("what", &super::papers::fact_name(w, &change.what))]),
    }
}

/// Undo or redo.
pub(crate) fn step(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case_to_change()?;
    let now = call.app.now();
    let redo = call.field("act") == Some("redo");
    call.journal(|j| {
        if redo { j.redo(&loaded.id, loaded.revision, now) } else { j.undo(&loaded.id, loaded.revision, now) }
    })?;
    Ok(Reply::See(format!("/case/{}/history", loaded.id)))
}

/// The person's own name for the case, and whether it is put aside.
pub(crate) fn rename(call: &Call) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    loaded.state.title = call.field("title").map(str::to_string);
    loaded.state.closed = call.field("closed").is_some();
    call.keep(&loaded, "case.name")?;
    Ok(Reply::See(format!("/case/{}/history", loaded.id)))
}

/// The case as a ZIP of open formats.
pub(crate) fn export(call: &Call) -> Result<Reply, Problem> {
    let id = call.part(1).to_string();
    let bytes = call.journal(|j| j.export(&id))?;
    Ok(Reply::Download { name: format!("corroborate-{id}.zip"), media: "application/zip", bytes })
}

/// Erases the case for good.
pub(crate) fn erase(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case_to_change()?;
    if call.field("sure").is_none() {
        return Err(Problem::Bad("history.erase_not_sure"));
    }
    call.app.jobs.stop(&loaded.id);
    call.journal(|j| j.erase(&loaded.id))?;
    Ok(Reply::See("/".into()))
}
