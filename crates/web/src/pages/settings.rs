//! Where the data lie, the language, a backup, and erasing everything.

use journal::Key;
use maud::{Markup, html};

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
        @if call.app.key_file.is_none() { (passphrase_form(call)) }
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

/// The fewest characters of a passphrase. Length is what makes one hard to guess (NIST SP 800-63B, 5.1.1.2, asks for 8 as
/// the least; whoever has the file may guess without end, so here it is more).
const SHORTEST: usize = 12;

fn passphrase_form(call: &Call) -> Markup {
    let w = call.words();
    let field = |name: &str, key: &str, hint: Option<&str>, kind: &str| {
        let hint_id = format!("{name}-hint");
        html! {
            div.field {
                label for=(name) { (w.t(key)) }
                @if let Some(hint) = hint { span.hint id=(hint_id) { (hint) } }
                input type="password" id=(name) name=(name) required maxlength="500" autocomplete=(kind) aria-describedby=[hint.map(|_| hint_id.as_str())];
            }
        }
    };
    let hint = w.f("settings.phrase_hint", &[("n", &SHORTEST.to_string())]);
    html! {
        h2 #passphrase { (w.t("settings.phrase_title")) }
        @if call.asked("changed").is_some() { div.note.calm role="status" { p { strong { (w.t("settings.phrase_changed")) } } } }
        p { (w.t("settings.phrase_text")) }
        form method="post" action="/settings/passphrase" {
            (layout::tokens(call, None))
            (field("old", "settings.phrase_old", None, "current-password"))
            (field("new", "settings.phrase_new", Some(&hint), "new-password"))
            (field("again", "settings.phrase_again", None, "new-password"))
            div.buttons { button.quiet { (w.t("settings.phrase_go")) } }
        }
    }
}

/// Locks the cases with another passphrase.
pub(crate) fn passphrase(call: &Call) -> Result<Reply, Problem> {
    let given = |name: &str| call.secret(name).ok_or(Problem::Bad("problem.form"));
    let (old, new, again) = (given("old")?, given("new")?, given("again")?);
    if call.app.key_file.is_some() {
        return Err(Problem::NotFound);
    }
    if new != again {
        return Err(Problem::Bad("settings.phrase_differs"));
    }
    if new.chars().count() < SHORTEST {
        return Err(Problem::Bad("settings.phrase_short"));
    }
    if !call.journal(|j| j.opens_with(&Key::passphrase(old)))? {
        return Err(Problem::Bad("settings.phrase_wrong"));
    }
    call.journal(|j| j.rekey(&Key::passphrase(new)))?;
    Ok(Reply::See("/settings?changed=1#passphrase".into()))
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
