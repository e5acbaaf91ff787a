//! What was tried before, when, and with what result.

use facts::Treatment;
use journal::Loaded;
use maud::{Markup, html};

use crate::dates;
use crate::http::{Call, Problem, Reply};
use crate::layout::{self, Section};
use crate::reading;
use crate::timeline::{self, Bar};

/// The history and the form that adds to it.
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let w = call.words();
    let here = format!("/case/{}/treatments", loaded.id);
    let list = &loaded.state.case.treatments;
    let bars: Vec<Bar> = list
        .iter()
        .filter_map(|t| Some(Bar { from: t.from?, to: t.to, label: t.what.clone().unwrap_or_default() }))
        .collect();
    let proposed = proposed(call, &loaded)?;
    let body = html! {
        h1 { (Section::Treatments.name(w)) }
        p.lead { (w.t("treatments.text")) }
        (timeline::bars(&bars, call.app.today(), call.lang))
        ul.list {
            @for (i, treatment) in list.iter().enumerate() {
                li.row {
                    div.grow { (one(call, treatment)) }
                    (layout::form(call, &loaded, &here, &html! {
                        button.quiet.mini name="remove" value=(i) { (w.t("act.remove")) span.off { ": " (treatment.what.as_deref().unwrap_or_default()) } }
                    }))
                }
            }
        }
        @if list.is_empty() { p.soft { (w.t("treatments.none")) } }
        @if !proposed.is_empty() {
            h2 #proposed { (w.t("treatments.proposed_title")) }
            p.soft { (w.t("treatments.proposed_text")) }
            ul.list {
                @for (i, treatment) in proposed.iter().enumerate() {
                    li.row {
                        div.grow {
                            (one(call, treatment))
                            @if let (Some(quote), Some(source)) = (&treatment.quote, &treatment.source) {
                                p.soft.small { "“" (quote) "” " (source) ", " (w.f("reading.on_page", &[("n", &treatment.page.unwrap_or(1).to_string())])) }
                            }
                        }
                        (layout::form(call, &loaded, &here, &html! {
                            button.mini name="take" value=(i) { (w.t("treatments.take")) span.off { ": " (treatment.what.as_deref().unwrap_or_default()) } }
                        }))
                    }
                }
            }
        }
        h2 { (w.t("treatments.add_title")) }
        (layout::form(call, &loaded, &here, &html! {
            (layout::text("what", w.t("treatments.what"), Some(w.t("treatments.what_hint")), ""))
            (layout::text("dose", w.t("treatments.dose"), None, ""))
            (layout::input("date", "from", w.t("treatments.from"), None, ""))
            (layout::input("date", "to", w.t("treatments.to"), Some(w.t("treatments.to_hint")), ""))
            (layout::text("result", w.t("treatments.result"), Some(w.t("treatments.result_hint")), ""))
            (layout::text("stopped_because", w.t("treatments.stopped"), None, ""))
            div.buttons { button { (w.t("act.add")) } }
        }))
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Treatments, Section::Treatments.name(w), &body)))
}

/// What the papers tell of and the case does not list: offered, never put in by itself.
fn proposed(call: &Call, loaded: &Loaded) -> Result<Vec<Treatment>, Problem> {
    let mut papers = Vec::new();
    for paper in loaded.state.papers.iter().filter(|p| course::speaks_of_the_patient(p.kind.as_deref())) {
        if let Some(document) = reading::document(call, &loaded.id, &paper.sha256)? {
            papers.push(evidence::Paper { name: paper.name.clone(), exhibit: None, document });
        }
    }
    evidence::tried::named(&papers, &loaded.state.case, &call.app.kb).map_err(|e| Problem::Unusable(e.to_string()))
}

fn one(call: &Call, t: &Treatment) -> Markup {
    let w = call.words();
    html! {
        strong { (t.what.as_deref().unwrap_or_default()) } @if let Some(dose) = &t.dose { ", " (dose) }
        div.soft {
            @match (t.from, t.to) {
                (Some(from), Some(to)) => { (dates::time(from, call.lang)) " – " (dates::time(to, call.lang)) },
                (Some(from), None) => (w.f("treatments.since", &[("date", &dates::short(from, call.lang))])),
                (None, Some(to)) => (w.f("treatments.until", &[("date", &dates::short(to, call.lang))])),
                (None, None) => (w.t("treatments.no_dates")),
            }
        }
        @if let Some(result) = &t.result { div { (result) } }
        @if let Some(why) = &t.stopped_because { div { (w.t("treatments.stopped")) ": " (why) } }
    }
}

/// Adds or removes one.
pub(crate) fn change(call: &Call) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    if let Some(place) = call.field("take").and_then(|i| i.parse::<usize>().ok()) {
        let taken = proposed(call, &loaded)?.into_iter().nth(place).ok_or(Problem::Bad("problem.form"))?;
        loaded.state.case.treatments.push(taken);
        loaded.state.case.treatments.sort_by_key(|t| t.from);
        call.keep(&loaded, "treatment.added")?;
        return Ok(Reply::See(format!("/case/{}/treatments", loaded.id)));
    }
    let list = &mut loaded.state.case.treatments;
    let what = match call.field("remove").and_then(|i| i.parse::<usize>().ok()) {
        Some(i) if i < list.len() => {
            list.remove(i);
            "treatment.removed"
        }
        _ => {
            list.push(added(call)?);
            list.sort_by_key(|t| t.from);
            "treatment.added"
        }
    };
    call.keep(&loaded, what)?;
    Ok(Reply::See(format!("/case/{}/treatments", loaded.id)))
}

fn added(call: &Call) -> Result<Treatment, Problem> {
    let text = |name: &str| call.field(name).map(str::to_string);
    let treatment = Treatment {
        what: Some(text("what").ok_or(Problem::Bad("treatments.what_missing"))?),
        dose: text("dose"),
        from: day(call, "from")?,
        to: day(call, "to")?,
        result: text("result"),
        stopped_because: text("stopped_because"),
        ..Treatment::default()
    };
    match (treatment.from, treatment.to) {
        (Some(from), Some(to)) if to < from => Err(Problem::Bad("treatments.backwards")),
        _ => Ok(treatment),
    }
}

/// A day of a form; empty is no day.
pub(crate) fn day(call: &Call, name: &str) -> Result<Option<calendar::Date>, Problem> {
    let parsed = |d: &str| d.parse::<calendar::Date>().ok().filter(|d| (1900..=2199).contains(&d.year()));
    call.field(name).map(|d| parsed(d).ok_or(Problem::Bad("problem.date"))).transpose()
}
