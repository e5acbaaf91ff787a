//! The packet: which papers go in, in which order; the finished file.

use journal::Loaded;
use maud::{Markup, html};

use crate::engine;
use crate::http::{Call, Problem, Reply};
use crate::layout::{self, Section};
use crate::unopened;

/// The exhibits in their order, with buttons that move them (keyboard and pointer alike).
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let w = call.words();
    let wanted = call.asked("preview").or(call.asked("wait"));
    let made = match wanted {
        // The page that waits comes back by itself: it must not begin again what was stopped.
        Some(_) if call.asked("wait").is_some() && engine::packet_stopped(call, &loaded.id) => None,
        Some(_) => match engine::packet_soon(call, &loaded)? {
            Some((manifest, _)) => Some(manifest),
            None => return Ok(building(call, &loaded)),
        },
        None => None,
    };
    let preview = made.as_ref().filter(|_| call.asked("preview").is_some()).map(|m| preview(call, &loaded, m));
    let plan = engine::exhibits(call, &loaded)?;
    let study = engine::study(call, &loaded)?;
    let here = format!("/case/{}/packet", loaded.id);
    let count = plan.exhibits.len();
    let moved = call.asked("moved");
    let letter = engine::packet_letter(call, &loaded)?;
    let blanks = !letter.missing.is_empty();
    // That the form is wanting stands in a note of its own.
    let mut noted = engine::letter(call, &loaded, engine::PACKET_LETTER)?.findings;
    noted.retain(|f| f.code != "authorization_not_enclosed");
    let body = html! {
        h1 { (Section::Packet.name(w)) }
        @if let Some(file) = call.asked("wait").filter(|_| made.is_some()) { (ready(call, &here, file)) }
        @if wanted.is_some() && made.is_none() { div.note.calm role="status" { p { strong { (w.t("packet.stopped")) } " " (w.t("packet.stopped_text")) } } }
        p.lead { (w.t("packet.text")) }
        @if let Some(label) = moved { p.off role="status" { (w.f(if call.asked("put").is_some() { "packet.was_put_in" } else { "packet.moved" }, &[("label", label)])) } }
        ol.list data-order=(here) aria-label=(w.t("packet.exhibits")) {
            @for (i, exhibit) in plan.exhibits.iter().enumerate() {
                li.row id=(format!("exhibit-{}", exhibit.label)) data-file=[(!exhibit.source.is_empty()).then_some(&exhibit.source)] {
                    span.tag { (exhibit.label) }
                    span.grow { span { (exhibit.title) } @if exhibit.source != exhibit.title { div.soft.small { (exhibit.source) } } }
                    @if !exhibit.source.is_empty() {
                        (layout::form(call, &loaded, &here, &html! {
                            input type="hidden" name="file" value=(exhibit.source);
                            (button("up", "packet.up", "↑", &exhibit.title, i == 0, call)) " "
                            (button("down", "packet.down", "↓", &exhibit.title, i + 1 == count, call)) " "
                            (button("out", "packet.out", "×", &exhibit.title, false, call))
                        }))
                    }
                }
            }
        }
        @if count == 0 { p.soft { (w.t("packet.none")) " " a href=(format!("/case/{}/papers", loaded.id)) { (w.t("papers.add_title")) } } }
        @for (file, kind) in engine::printed_as_text(call, &loaded, &plan)? {
            div.note { p { strong { (w.t(if kind == "opinion_letter" { "packet.as_text_opinion" } else { "packet.as_text" })) } " " (file) ". " (w.t("packet.as_text_how")) } }
        }
        (left_out(call, &loaded, &plan, study.check.as_ref(), &here))
        h2 { (w.t("packet.make_title")) }
        p { (w.t("packet.make_text")) }
        (before_sending(call, &loaded, &plan, &study))
        (super::letters::notes(call, &loaded, engine::PACKET_LETTER, &noted)?)
        @if blanks { div.note { p { strong { (w.t("letters.missing_title")) } " " (w.t("packet.draft_text")) } } (super::letters::missing(call, &loaded, &letter)) }
        div.buttons {
            a.button href=(format!("{here}/file")) { (w.t(if blanks { "packet.make_draft" } else { "packet.make" })) }
            a href=(format!("{here}?preview=1#preview")) { (w.t("packet.preview")) }
            a href=(format!("/case/{}/letter/appeal_letter", loaded.id)) { (w.t("packet.letter")) }
        }
        @if let Some(preview) = preview { (preview) }
        details {
            summary { (w.t("packet.other_ways")) }
            p { (w.t("packet.zip_text")) }
            form method="get" action=(format!("{here}/zip")) {
                (layout::input("number", "fax", w.t("packet.fax"), Some(w.t("packet.fax_hint")), ""))
                div.buttons { button.quiet { (w.t("packet.zip")) } }
            }
        }
        h2 { (w.t("packet.after_title")) }
        p { (w.t("packet.after_text")) " " a href=(format!("/case/{}/log", loaded.id)) { (w.t("packet.after_go")) } }
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Packet, Section::Packet.name(w), &body)))
}

fn button(act: &str, key: &str, sign: &str, title: &str, off: bool, call: &Call) -> Markup {
    let w = call.words();
    html! { button.quiet.mini name="act" value=(act) disabled[off] { span aria-hidden="true" { (sign) } span.off { (w.of("packet", key.trim_start_matches("packet."))) ": " (title) } } }
}

/// Whether a paper is an opinion that speaks against the person: it goes in only when they say so twice.
fn harmful(loaded: &Loaded, check: Option<&opinion::Check>, file: &str) -> bool {
    let kind = |p: &journal::Paper| p.name == file && p.kind.as_deref() == Some("opinion_letter");
    let named = loaded.state.case.second_opinion.as_ref().and_then(|o| o.letter.as_deref()) == Some(file);
    let adverse = check.is_some_and(|c| c.attach == "do_not_attach" || opinion::is_harmful(c));
    adverse && (named || loaded.state.papers.iter().any(kind))
}

/// What a person must know before the file is made: papers that could not be opened, and a form that is wanting.
fn before_sending(call: &Call, loaded: &Loaded, plan: &draft::ExhibitPlan, study: &engine::Study) -> Markup {
    let w = call.words();
    let lost: Vec<&str> =
        plan.withheld.iter().filter(|p| p.reason == unopened::REASON).map(|p| p.source.as_str()).collect();
    let form = study.steps.iter().find(|s| s.id.starts_with("sign_form"));
    html! {
        @if !lost.is_empty() {
            div.note {
                p { strong { (w.t("packet.unopened")) } " " (lost.join(", ")) ". " (w.t("packet.unopened_text")) }
                p { a href=(format!("/case/{}/papers", loaded.id)) { (w.t("menu.papers")) } }
            }
        }
        @if let Some(form) = form {
            div.note {
                p { strong { (form.what) } " " (form.why) }
                p { (w.t("packet.form_after")) }
                div.buttons {
                    a.button.quiet href=(format!("/case/{}/letter/authorized_representative", loaded.id)) { (w.t("overview.sign_form")) }
                    a href=(format!("/case/{}/papers", loaded.id)) { (w.t("packet.form_add")) }
                    a href=(format!("/case/{}/question/writer", loaded.id)) { (w.t("packet.form_self")) }
                }
            }
        }
    }
}

fn left_out(
    call: &Call,
    loaded: &Loaded,
    plan: &draft::ExhibitPlan,
    check: Option<&opinion::Check>,
    here: &str,
) -> Markup {
    let w = call.words();
    html! {
        @if !plan.withheld.is_empty() {
            h2 { (w.t("packet.out_title")) }
            p { (w.t("packet.out_text")) }
            ul.list {
                @for paper in &plan.withheld {
                    li.row {
                        div.grow { (paper.source) div.soft.small { (w.of("withheld", &paper.reason)) } }
                        @if paper.reason != unopened::REASON { (layout::form(call, loaded, here, &html! {
                            input type="hidden" name="file" value=(paper.source);
                            @if harmful(loaded, check, &paper.source) {
                                label.choice { input type="checkbox" name="sure" value="1" required; span { (w.t("packet.sure")) } }
                            }
                            button.quiet.mini name="act" value="in" { (w.t("packet.in")) span.off { ": " (paper.source) } }
                        })) }
                    }
                }
            }
        }
    }
}

/// The pages that a person wants to see before sending: the letter and what follows it.
const PREVIEWED: usize = 24;

fn preview(call: &Call, loaded: &Loaded, manifest: &packet::Manifest) -> Markup {
    let w = call.words();
    html! {
        section #preview aria-labelledby="preview-title" {
            h2 #preview-title { (w.t("packet.preview")) }
            p { (w.f("packet.pages", &[("n", &manifest.pages.to_string())])) @if manifest.contents_verified { " " (w.t("packet.verified")) } }
            @let lost: Vec<_> = manifest.left_out.iter().filter(|l| !l.by_choice).collect();
            @if !lost.is_empty() { div.note { p { strong { (w.t("packet.lost")) } } ul { @for l in lost { li { (l.source) ": " span lang=[engine::foreign(call.lang)] { (l.why) } } } } } }
            div.pages {
                @for page in 1..=manifest.pages.min(PREVIEWED) {
                    @let picture = format!("/case/{}/packet/page/{page}?of={}", loaded.id, loaded.revision);
                    a href=(picture) { img src=(picture) alt=(w.f("packet.pages_alt", &[("n", &page.to_string())])) loading="lazy" width="306" height="396"; }
                }
            }
        }
    }
}

/// Moves an exhibit, takes it out or puts it in; or stops the building of the packet.
pub(crate) fn change(call: &Call) -> Result<Reply, Problem> {
    if call.field("act") == Some("stop") {
        let loaded = call.case()?;
        engine::stop_packet(call, &loaded.id);
        return Ok(Reply::See(format!("/case/{}/packet?wait=stopped", loaded.id)));
    }
    let mut loaded = call.case_to_change()?;
    let file = call.field("file").ok_or(Problem::Bad("problem.form"))?.to_string();
    let mut order: Vec<String> =
        engine::exhibits(call, &loaded)?.exhibits.into_iter().map(|e| e.source).filter(|s| !s.is_empty()).collect();
    let at = order.iter().position(|f| *f == file);
    if call.field("act") == Some("in") && call.field("sure").is_none() {
        let study = engine::study(call, &loaded)?;
        if harmful(&loaded, study.check.as_ref(), &file) {
            return Err(Problem::Bad("packet.not_sure"));
        }
    }
    let case = &mut loaded.state.case;
    match (call.field("act"), at) {
        (Some("up"), Some(i)) if i > 0 => order.swap(i, i - 1),
        (Some("down"), Some(i)) if i + 1 < order.len() => order.swap(i, i + 1),
        (Some("out"), _) => set_included(case, &file, false),
        (Some("in"), _) => set_included(case, &file, true),
        _ => {}
    }
    // A paper that was dragged is put before another one, or at the end.
    let before = call.field("before");
    let is_known = before.is_none_or(|b| b != file && order.iter().any(|f| f == b));
    if call.field("act") == Some("move") && at.is_some() && is_known {
        order.retain(|f| *f != file);
        let place = before.and_then(|b| order.iter().position(|f| f == b)).unwrap_or(order.len());
        order.insert(place, file.clone());
    }
    if matches!(call.field("act"), Some("up" | "down" | "move")) {
        case.choices.exhibit_order = Some(order);
    }
    call.keep(&loaded, "packet.order")?;
    // Back to the row that was moved, so that the keyboard goes on from there and a screen reader hears where it is.
    let moved = engine::exhibits(call, &loaded)?.exhibits.into_iter().find(|e| e.source == file).map(|e| e.label);
    Ok(Reply::See(match moved {
        Some(label) => {
            let put = if call.field("act") == Some("in") { "&put=1" } else { "" };
            format!("/case/{}/packet?moved={label}{put}#exhibit-{label}", loaded.id)
        }
        None => format!("/case/{}/packet", loaded.id),
    }))
}

/// Includes or leaves out a paper. For the opinion letter that is a decision of its own.
fn set_included(case: &mut facts::Case, file: &str, include: bool) {
    if let Some(record) = case.records.iter_mut().find(|r| r.file.as_deref() == Some(file)) {
        record.include = Some(include);
    }
    if case.second_opinion.as_ref().and_then(|o| o.letter.as_deref()) == Some(file) {
        case.choices.attach_opinion = Some(include);
    }
}

/// The finished packet; a large one is waited for.
pub(crate) fn download(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    Ok(match engine::packet_soon(call, &loaded)? {
        Some((_, bytes)) => Reply::Download { name: "packet.pdf".into(), media: "application/pdf", bytes },
        None => Reply::See(format!("/case/{}/packet?wait=file", loaded.id)),
    })
}

/// A large packet was waited for: the file that was wanted, as a button. A page that turned into a download by itself would
/// still say that it waits.
fn ready(call: &Call, here: &str, file: &str) -> Markup {
    let w = call.words();
    let (at, key) = match file.strip_prefix("zip") {
        Some("") => (format!("{here}/zip"), "packet.zip"),
        Some(pages) => (format!("{here}/zip?fax={}", pages.trim_start_matches('.')), "packet.zip"),
        None => (format!("{here}/file"), "packet.make"),
    };
    html! {
        div.note.calm role="status" {
            p { strong { (w.t("packet.ready")) } }
            p { a.button href=(at) { (w.t(key)) } }
        }
    }
}

/// While a large packet is being built: the page comes back by itself.
fn building(call: &Call, loaded: &Loaded) -> Reply {
    let w = call.words();
    let percent = engine::packet_percent(call, &loaded.id);
    let here = format!("/case/{}/packet", loaded.id);
    let body = html! {
        h1 { (w.t("packet.building_title")) }
        p.lead { (w.t("packet.building_text")) }
        @if let Some(percent) = percent { p role="status" { (w.f("packet.percent", &[("n", &percent.to_string())])) } }
        progress.progress value=[percent] max="100" aria-label=(w.t("packet.building_title")) {}
        div.buttons {
            (layout::form(call, loaded, &here, &html! { button.quiet name="act" value="stop" { (w.t("packet.stop")) } }))
            a href=(here) { (w.t("packet.building_back")) }
        }
    };
    Reply::Wait(layout::case_page(call, loaded, Section::Packet, w.t("packet.building_title"), &body), 2)
}

/// The packet with its letter, its dates and, when asked for, its fax parts, as one ZIP.
pub(crate) fn zip(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let pages = match call.asked("fax") {
        Some(text) => Some(text.trim().parse::<usize>().map_err(|_| Problem::Bad("packet.fax_wrong"))?),
        None => None,
    };
    if pages.is_some_and(|n| !(2..=1_000).contains(&n)) {
        return Err(Problem::Bad("packet.fax_wrong"));
    }
    if engine::packet_soon(call, &loaded)?.is_none() {
        let wanted = pages.map_or("zip".into(), |n| format!("zip.{n}"));
        return Ok(Reply::See(format!("/case/{}/packet?wait={wanted}", loaded.id)));
    }
    let bytes = engine::packet_zip(call, &loaded, pages)?;
    Ok(Reply::Download { name: "packet.zip".into(), media: "application/zip", bytes })
}

/// A page of the finished packet as a picture.
pub(crate) fn picture(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let page: usize = call.part(4).parse().map_err(|_| Problem::NotFound)?;
    let bytes = engine::packet_page(call, &loaded, page)?.ok_or(Problem::NotFound)?;
    Ok(Reply::Show { media: "image/png", bytes })
}
