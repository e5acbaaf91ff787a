//! The plan's criteria against the papers, and the published work the person or a physician gave.

use evidence::decisions::Count;
use facts::Reference;
use journal::Loaded;
use maud::{Markup, html};

use crate::http::{Call, Problem, Reply};
use crate::layout::{self, Section};
use crate::words::Words;
use crate::{dates, engine};

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
            Some(report) => { (criteria(call, &loaded, report)) },
            None => p { (w.t("evidence.no_criteria")) " " a href=(format!("/case/{}/letter/claim_file_request", loaded.id)) { (w.t("evidence.ask_criteria")) } },
        }
        (decided(call, &loaded)?)
        h2 { (w.t("evidence.references")) }
        ul.list {
            @for (i, reference) in loaded.state.case.references.iter().enumerate() {
                li.row {
                    div.grow { (one(w, reference)) }
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

fn criteria(call: &Call, loaded: &Loaded, report: &evidence::CriteriaReport) -> Markup {
    let w = call.words();
    html! {
        @if let Some(met) = report.met { p { (w.t(if met { "evidence.all_met" } else { "evidence.not_all_met" })) } }
        (layout::findings_in_english(call, loaded, &report.findings))
        ul.list {
            @for leaf in &report.leaves {
                li {
                    div.row {
                        span.grow { @for header in &leaf.under { span.soft { (header) } " " } @if let Some(label) = &leaf.label { (label) " " } (leaf.criterion) }
                        @match leaf.state {
                            _ if leaf.spared => span.tag { (w.t("state.not_needed")) },
                            evidence::LeafState::Documented => span.tag { (w.t("state.documented")) },
                            evidence::LeafState::Contradicted => span.tag.warn { (w.t("state.contradicted")) },
                            evidence::LeafState::NotDocumented => span.tag.warn { (w.t("state.not_documented")) },
                        }
                    }
                    @let also = leaf.also.as_ref().map(|a| (&a.quote, Some(a.page)));
                    @for (quote, page) in leaf.quote.as_ref().map(|q| (q, leaf.page)).into_iter().chain(also) {
                        blockquote { "“" (quote) "”" div.quote-from { (leaf.source.as_deref().unwrap_or_default()) @if let Some(n) = page { ", " (w.f("reading.on_page", &[("n", &n.to_string())])) } } }
                    }
                    @if let Some(ask) = &leaf.ask { p.soft { (ask) } }
                }
            }
        }
    }
}

/// What independent reviewers decided before: counts with their intervals, never a chance of this person.
fn decided(call: &Call, loaded: &Loaded) -> Result<Markup, Problem> {
    let w = call.words();
    let study = engine::study(call, loaded)?;
    let kb = call.kb()?;
    let unusable = |e: kb::KbError| Problem::Unusable(e.to_string());
    let step = course::step_at_hand(&loaded.state.case, &study.entitlements, &kb).map_err(unusable)?;
    let before = evidence::decisions::for_case(&loaded.state.case, step.as_deref(), &kb).map_err(unusable)?;
    let mut sources: Vec<(&str, &str)> = before.counts.iter().map(|c| (c.source.as_str(), c.caveat.as_str())).collect();
    sources.dedup();
    Ok(html! {
        @if !(before.counts.is_empty() && before.findings.is_empty()) {
            h2 { (w.t("decided.title")) }
            @if !before.counts.is_empty() { p { (w.t("decided.text")) } }
            @for finding in &before.findings {
                @match (finding.code == "no_counts_for_coverage", loaded.state.case.coverage.kind.is_some()) {
                    (true, true) => p.soft { (w.t("decided.none")) },
                    (true, false) => p.soft { (w.t("decided.unknown")) },
                    (false, _) => p.soft lang=[engine::foreign(call.lang)] { (finding.message) },
                }
            }
            @for count in &before.counts { (bar(call, count)) }
            @for (source, caveat) in sources {
                p.soft.small lang=[engine::foreign(call.lang)] { (source) ". " (caveat) }
            }
        }
    })
}

/// A count as a bar: the share, and in lighter colour where the interval ends. The same figures stand below it in words.
fn bar(call: &Call, c: &Count) -> Markup {
    let w = call.words();
    let share = 100.0 * c.overturned as f64 / c.decided.max(1) as f64;
    let (low, high) = c.interval_percent;
    let years = if c.years.0 == c.years.1 { c.years.0.to_string() } else { format!("{}–{}", c.years.0, c.years.1) };
    let said = w.f(
        "decided.count",
        &[
            ("n", &dates::grouped(c.overturned)),
            ("all", &dates::grouped(c.decided)),
            ("share", &format!("{share:.0}")),
            ("low", &format!("{low:.0}")),
            ("high", &format!("{high:.0}")),
        ],
    );
    html! {
        figure.count {
            figcaption { strong lang=[engine::foreign(call.lang)] { (c.what) } span.soft { " · " (c.place) ", " (years) } }
            svg viewBox="0 0 1000 22" preserveAspectRatio="none" aria-hidden="true" {
                rect.c-all x="0" y="6" width="1000" height="10" rx="5" {}
                rect.c-share x="0" y="6" width=(format!("{:.0}", share * 10.0)) height="10" rx="5" {}
                rect.c-range x=(format!("{:.0}", low * 10.0)) y="1" width=(format!("{:.0}", ((high - low) * 10.0).max(2.0))) height="20" {}
            }
            p.small { (said) }
        }
    }
}

fn one(w: &Words, r: &Reference) -> Markup {
    html! {
        strong { (r.title.as_deref().unwrap_or_default()) }
        div.soft {
            (r.authors.join(", ")) @if let Some(journal) = &r.journal { " · " (journal) } @if let Some(year) = r.year { " · " (year) } @if let Some(pmid) = &r.pmid { " · PMID " (pmid) }
        }
        @if let Some(supports) = &r.supports { div { (supports) } }
        @if r.retracted.is_some() { div { span.tag.warn { (w.t("evidence.retracted")) } " " (w.t("evidence.retracted_text")) } }
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
