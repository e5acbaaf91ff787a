//! Where the data lie, the language, a backup, and erasing everything.

use maud::html;

use crate::http::{Call, Problem, Reply};
use crate::layout;
use crate::words::Lang;

/// The settings.
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let w = call.words();
    let languages: Vec<_> = [Lang::En, Lang::Es]
        .iter()
        .map(|l| (l.code().to_string(), l.words().t("frame.own_name").to_string(), None))
        .collect();
    let body = html! {
        h1 { (w.t("frame.settings")) }
        h2 #language { (w.t("settings.language")) }
        form method="post" action="/settings/language" {
            (layout::tokens(call, None))
            (layout::choices("language", &html! { span.off { (w.t("settings.language")) } }, &languages, Some(call.lang.code())))
            div.buttons { button { (w.t("act.save")) } }
        }
        h2 { (w.t("settings.place_title")) }
        p { (w.t("settings.place_text")) }
        dl.facts {
            dt { (w.t("settings.file")) } dd { (call.app.place.display().to_string()) }
            @if let Some(key) = &call.app.key_file { dt { (w.t("settings.key")) } dd { (key.display().to_string()) } }
        }
        @if call.app.key_file.is_some() { p { (w.t("settings.key_text")) } }
        h2 { (w.t("settings.backup_title")) }
        p { (w.t("settings.backup_text")) }
        form method="post" action="/settings/backup" { (layout::tokens(call, None)) button.quiet { (w.t("settings.backup")) } }
        h2 { (w.t("settings.erase_title")) }
        p { (w.t("settings.erase_text")) }
        form method="post" action="/settings/erase" {
            (layout::tokens(call, None))
            label.choice { input type="checkbox" name="sure" value="1" required; span { (w.t("settings.erase_sure")) } }
            div.buttons { button.danger { (w.t("settings.erase")) } }
        }
    };
    Ok(Reply::Page(layout::page(call, w.t("frame.settings"), &body)))
}

/// Keeps the language.
pub(crate) fn language(call: &Call) -> Result<Reply, Problem> {
    let language = call.field("language").filter(|l| matches!(*l, "en" | "es")).ok_or(Problem::Bad("problem.form"))?;
    call.journal(|j| j.set("language", language))?;
    Ok(Reply::See("/settings".into()))
}

/// The whole journal, still encrypted, as one file to keep elsewhere.
pub(crate) fn backup(call: &Call) -> Result<Reply, Problem> {
    let copy = call.app.place.with_extension("copy");
    let _ = std::fs::remove_file(&copy);
    call.journal(|j| j.backup(&copy))?;
    let bytes = std::fs::read(&copy).map_err(|_| Problem::Bad("problem.disk"));
    let _ = std::fs::remove_file(&copy);
    Ok(Reply::Download {
        name: format!("corroborate-{}.backup", call.app.today()),
        media: "application/octet-stream",
        bytes: bytes?,
    })
}

/// Erases every case and ends the program.
pub(crate) fn erase(call: &Call) -> Result<Reply, Problem> {
    if call.field("sure").is_none() {
        return Err(Problem::Bad("history.erase_not_sure"));
    }
    if let Some(journal) = call.app.journal().take() {
        journal.erase_everything()?;
    }
    if let Some(key) = &call.app.key_file {
        std::fs::remove_file(key).map_err(|_| Problem::Bad("problem.disk"))?;
    }
    call.app.stop.notify_one();
    let w = call.words();
    let body = html! { h1 { (w.t("settings.erased_title")) } p.lead { (w.t("settings.erased_text")) } };
    Ok(Reply::Page(layout::page(call, w.t("settings.erased_title"), &body)))
}
