//! Where the data lie, the language, a backup, and erasing everything.

use journal::{Key, SHORTEST_PASSPHRASE};
use maud::{Markup, html};

use crate::http::{Call, Problem, Reply};
use crate::layout;
use crate::routes;
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
        dl.facts { dt { (w.t("settings.file")) } dd { (call.app.place.display().to_string()) } }
        (lock(call))
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
    // Only to a page of ours; one that only takes forms has none to show.
    let ours = |path: &&str| path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '?', '#']);
    let back = call.field("back").filter(ours).filter(|path| routes::shows(path));
    Ok(Reply::See(back.unwrap_or("/settings").into()))
}

/// How the cases are locked, and the change to the other way.
fn lock(call: &Call) -> Markup {
    let w = call.words();
    let key = call.app.key_file();
    let kept = journal::kept_key_files(&call.app.place);
    let done = call.asked("changed").and_then(|how| match how {
        "1" => Some("settings.phrase_changed"),
        "passphrase" => Some("settings.to_phrase_done"),
        "key" => Some("settings.to_key_done"),
        _ => None,
    });
    html! {
        h2 #lock { (w.t("settings.lock_title")) }
        @if let Some(done) = done { div.note.calm role="status" { p { strong { (w.t(done)) } } } }
        @if let Some(key) = &key {
            p { (w.t("settings.lock_key")) }
            dl.facts { dt { (w.t("settings.key")) } dd { (key.display().to_string()) } }
            p { (w.t("settings.key_text")) }
        } @else {
            p { (w.t("settings.lock_phrase")) }
        }
        @if !kept.is_empty() {
            dl.facts { dt { (w.t("settings.kept")) } dd { @for file in &kept { div { (file.display().to_string()) } } } }
            p { (w.t("settings.kept_text")) }
        }
        @if key.is_some() { (to_passphrase(call)) } @else { (passphrase_form(call)) (to_key(call)) }
    }
}

/// A field for words that are not shown.
fn secret_field(call: &Call, name: &str, key: &str, hint: Option<&str>, kind: &str) -> Markup {
    let hint_id = format!("{name}-hint");
    html! {
        div.field {
            label for=(name) { (call.words().t(key)) }
            @if let Some(hint) = hint { span.hint id=(hint_id) { (hint) } }
            input type="password" id=(name) name=(name) required maxlength="500" autocomplete=(kind) aria-describedby=[hint.map(|_| hint_id.as_str())];
        }
    }
}

/// The two fields of a new passphrase.
fn new_fields(call: &Call) -> Markup {
    let hint = call.words().f("settings.phrase_hint", &[("n", &SHORTEST_PASSPHRASE.to_string())]);
    html! {
        (secret_field(call, "new", "settings.phrase_new", Some(&hint), "new-password"))
        (secret_field(call, "again", "settings.phrase_again", None, "new-password"))
    }
}

fn passphrase_form(call: &Call) -> Markup {
    let w = call.words();
    html! {
        h3 #passphrase { (w.t("settings.phrase_title")) }
        p { (w.t("settings.phrase_text")) }
        form method="post" action="/settings/passphrase" {
            (layout::tokens(call, None))
            (secret_field(call, "old", "settings.phrase_old", None, "current-password"))
            (new_fields(call))
            div.buttons { button.quiet { (w.t("settings.phrase_go")) } }
        }
    }
}

fn to_passphrase(call: &Call) -> Markup {
    let w = call.words();
    html! {
        h3 { (w.t("settings.to_phrase_title")) }
        p { (w.t("settings.to_phrase_text")) }
        form method="post" action="/settings/passphrase" {
            (layout::tokens(call, None))
            (new_fields(call))
            div.buttons { button.quiet { (w.t("settings.to_phrase_go")) } }
        }
    }
}

fn to_key(call: &Call) -> Markup {
    let w = call.words();
    html! {
        h3 { (w.t("settings.to_key_title")) }
        p { (w.t("settings.to_key_text")) }
        form method="post" action="/settings/key" {
            (layout::tokens(call, None))
            (secret_field(call, "now", "settings.phrase_old", None, "current-password"))
            div.buttons { button.quiet { (w.t("settings.to_key_go")) } }
        }
    }
}

/// Locks the cases with a new passphrase: instead of the one before, or instead of the key file.
pub(crate) fn passphrase(call: &Call) -> Result<Reply, Problem> {
    let given = |name: &str| call.secret(name).ok_or(Problem::Bad("problem.form"));
    let (new, again) = (given("new")?, given("again")?);
    if new != again {
        return Err(Problem::Bad("settings.phrase_differs"));
    }
    if new.chars().count() < SHORTEST_PASSPHRASE {
        return Err(Problem::Bad("settings.phrase_short"));
    }
    if call.app.key_file().is_some() {
        let today = call.app.today();
        let moved = call.journal(|j| j.lock_with_passphrase(new, today));
        // Whether or not the key file could be moved: what opens the cases now is what counts.
        if call.journal(|j| j.opens_with(&Key::passphrase(new)))? {
            call.app.locked_with(None);
        }
        moved?;
        return Ok(Reply::See("/settings?changed=passphrase#lock".into()));
    }
    let old = given("old")?;
    if !call.journal(|j| j.opens_with(&Key::passphrase(old)))? {
        return Err(Problem::Bad("settings.phrase_wrong"));
    }
    call.journal(|j| j.rekey(&Key::passphrase(new)))?;
    Ok(Reply::See("/settings?changed=1#lock".into()))
}

/// Locks the cases with a new key file instead of the passphrase.
pub(crate) fn key(call: &Call) -> Result<Reply, Problem> {
    let old = call.secret("now").ok_or(Problem::Bad("problem.form"))?;
    if call.app.key_file().is_some() {
        return Err(Problem::NotFound);
    }
    if !call.journal(|j| j.opens_with(&Key::passphrase(old)))? {
        return Err(Problem::Bad("settings.phrase_wrong"));
    }
    let today = call.app.today();
    let file = call.journal(|j| j.lock_with_key_file(today))?;
    call.app.locked_with(Some(file));
    Ok(Reply::See("/settings?changed=key#lock".into()))
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
    for key in call.app.key_file().into_iter().chain(journal::kept_key_files(&call.app.place)) {
        std::fs::remove_file(key).map_err(|_| Problem::Bad("problem.disk"))?;
    }
    call.app.stop.notify_one();
    let w = call.words();
    let body = html! { h1 { (w.t("settings.erased_title")) } p.lead { (w.t("settings.erased_text")) } };
    Ok(Reply::Page(layout::page(call, w.t("settings.erased_title"), &body)))
}
