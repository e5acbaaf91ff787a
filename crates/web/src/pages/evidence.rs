//! The plan's criteria against the papers, and the published work the person or a physician gave.

use facts::Reference;
use maud::{Markup, html};

use crate::engine;
use crate::http::{Call, Problem, Reply};
use crate::layout::{self, Section};

/// Criteria and references.
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let study = engine::study(call, &loaded)?;
    let w = call.words();
    let here = format!("/case/{}/evidence", loaded.id);
    let body = html! {
        h1 { (Section::Evidence.name(w)) }
        p.lead { (w.t("evidence.text")) }
        h2 { (w.t("evidence.criteria")) }
        @match &study.criteria {
            Some(report) => { (criteria(call, report)) },
            None => p { (w.t("evidence.no_criteria")) " " a href=(format!("/case/{}/letter/claim_file_request", loaded.id)) { (w.t("evidence.ask_criteria")) } },
        }
        h2 { (w.t("evidence.references")) }
        ul.list {
            @for (i, reference) in loaded.state.case.references.iter().enumerate() {
                li.row {
                    div.grow { (one(reference)) }
                    (layout::form(call, &loaded, &here, &html! {
                        button.quiet.mini name="remove" value=(i) { (w.t("act.remove")) span.off { ": " (reference.title.as_deref().unwrap_or_default()) } }
                    }))
                }
            }
        }
        @if loaded.state.case.references.is_empty() { p.soft { (w.t("evidence.none")) } }
        details {
            summary { (w.t("evidence.add_title")) }
            (layout::form(call, &loaded, &here, &html! {
                (layout::text("title", w.t("evidence.title"), None, ""))
                (layout::text("authors", w.t("evidence.authors"), None, ""))
                (layout::text("journal", w.t("evidence.journal"), None, ""))
                (layout::input("number", "year", w.t("evidence.year"), None, ""))
                (layout::text("pmid", w.t("evidence.pmid"), Some(w.t("evidence.pmid_hint")), ""))
                (layout::area("supports", w.t("evidence.supports"), None, ""))
                div.buttons { button { (w.t("act.add")) } }
            }))
        }
    };
    Ok(Reply::Page(layout::case_page(call, &loaded, Section::Evidence, Section::Evidence.name(w), &body)))
}

fn criteria(call: &Call, report: &evidence::CriteriaReport) -> Markup {
    let w = call.words();
    html! {
        @if let Some(met) = report.met { p { (w.t(if met { "evidence.all_met" } else { "evidence.not_all_met" })) } }
        (layout::findings(w, call.lang, &report.findings))
        ul.list {
            @for leaf in &report.leaves {
                li {
                    div.row {
                        span.grow { @if let Some(label) = &leaf.label { (label) " " } (leaf.criterion) }
                        @match leaf.state {
                            evidence::LeafState::Documented => span.tag { (w.t("state.documented")) },
                            evidence::LeafState::Contradicted => span.tag.warn { (w.t("state.contradicted")) },
                            evidence::LeafState::NotDocumented => span.tag.warn { (w.t("state.not_documented")) },
                        }
                    }
                    @if let Some(quote) = &leaf.quote {
                        blockquote { "“" (quote) "”" div.quote-from { (leaf.source.as_deref().unwrap_or_default()) @if let Some(n) = leaf.page { ", " (w.f("reading.on_page", &[("n", &n.to_string())])) } } }
                    }
                    @if let Some(ask) = &leaf.ask { p.soft lang=[engine::foreign(call.lang)] { (ask) } }
                }
            }
        }
    }
}

fn one(r: &Reference) -> Markup {
    html! {
        strong { (r.title.as_deref().unwrap_or_default()) }
        div.soft {
            (r.authors.join(", ")) @if let Some(journal) = &r.journal { " · " (journal) } @if let Some(year) = r.year { " · " (year) } @if let Some(pmid) = &r.pmid { " · PMID " (pmid) }
        }
        @if let Some(supports) = &r.supports { div { (supports) } }
    }
}

/// Adds or removes a reference.
pub(crate) fn change(call: &Call) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    let list = &mut loaded.state.case.references;
    let what = match call.field("remove").and_then(|i| i.parse::<usize>().ok()) {
        Some(i) if i < list.len() => {
            list.remove(i);
            "reference.removed"
        }
        _ => {
            let text = |name: &str| call.field(name).map(str::to_string);
            list.push(Reference {
                title: Some(text("title").ok_or(Problem::Bad("evidence.title_missing"))?),
                authors: text("authors")
                    .map(|a| a.split(';').map(|n| n.trim().to_string()).collect())
                    .unwrap_or_default(),
                journal: text("journal"),
                year: call.field("year").and_then(|y| y.parse().ok()),
                pmid: text("pmid"),
                supports: text("supports"),
                source: Some("person".into()),
                ..Reference::default()
            });
            "reference.added"
        }
    };
    call.keep(&loaded, what)?;
    Ok(Reply::See(format!("/case/{}/evidence", loaded.id)))
}
