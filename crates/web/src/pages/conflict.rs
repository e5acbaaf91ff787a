use maud::{Markup, html};

use crate::http::Call;
use crate::layout;

/// Another window changed the case after this form was opened. Nothing typed is lost: the same form can be sent again,
/// or the page opened anew.
pub(crate) fn page(call: &Call) -> Markup {
    let w = call.words();
    let here = format!("/{}", call.path.join("/"));
    let back = format!("/case/{}", call.part(1));
    let loaded = call.case().ok();
    let typed = || call.form.iter().filter(|(name, value)| !name.starts_with('_') && !value.trim().is_empty());
    layout::page(
        call,
        w.t("conflict.title"),
        &html! {
            h1 { (w.t("conflict.title")) }
            p.lead { (w.t("conflict.text")) }
            @if typed().next().is_some() {
                h2 { (w.t("conflict.yours")) }
                ul { @for (_, value) in typed() { li { (value) } } }
            }
            div.buttons {
                @if call.files.is_empty() {
                    form method="post" action=(here) {
                        (layout::tokens(call, loaded.as_ref()))
                        @for (name, value) in call.form.iter().filter(|(n, _)| n != "_form" && n != "_seen") {
                            input type="hidden" name=(name) value=(value);
                        }
                        button { (w.t("conflict.save_mine")) }
                    }
                }
                a href=(back) { (w.t("conflict.drop_mine")) }
            }
        },
    )
}
