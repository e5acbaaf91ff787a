//! What the answers rest on: the knowledge base, its age and its gaps.

use std::collections::BTreeMap;

use maud::html;

use crate::http::{Call, Problem, Reply};
use crate::layout;
use crate::questions::STATES;

/// About the data.
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let w = call.words();
    let (release, hash) = call.app.kb_version.split_once('+').unwrap_or((&call.app.kb_version, ""));
    let kb = call.spoken();
    // A folder of rules by the name of its program or State.
    let named = |folder: &str| {
        let program =
            kb.index().programs().iter().find(|(path, _)| path.rsplit_once('/').is_some_and(|(f, _)| f == folder));
        let state = || {
            let code = folder.strip_prefix("us-")?.to_uppercase();
            STATES.iter().find(|(c, _)| *c == code).map(|(_, name)| (*name).to_string())
        };
        program.map(|(_, p)| p.title.clone()).or_else(state).unwrap_or_else(|| folder.replace(['/', '_'], " "))
    };
    let mut programs: BTreeMap<String, usize> = BTreeMap::new();
    let (mut unverified, mut rules) = (0usize, 0usize);
    let rule_files = call.app.kb.source().below("").filter(|f| f.text.contains("corroborate-rule/1"));
    for file in rule_files.filter(|f| !f.path.ends_with(".examples.toml")) {
        if let Some((folder, _)) = file.path.rsplit_once('/') {
            *programs.entry(named(folder)).or_default() += 1;
            rules += 1;
            unverified += usize::from(file.text.contains("\"unverified\""));
        }
    }
    let body = html! {
        h1 { (w.t("about.title")) }
        p.lead { (w.t("about.text")) }
        dl.facts {
            dt { (w.t("about.release")) } dd { (release) }
            dt { (w.t("about.rules")) } dd { (rules) }
            dt { (w.t("about.unverified")) } dd { (unverified) }
        }
        details { summary { (w.t("about.hash")) } p { small { (hash) } } }
        h2 { (w.t("about.programs")) }
        p { (w.t("about.programs_text")) }
        div.scroll tabindex="0" role="region" aria-label=(w.t("about.programs")) {
            table {
                thead { tr { th scope="col" { (w.t("about.program")) } th scope="col" { (w.t("about.rules")) } } }
                tbody { @for (folder, count) in &programs { tr { th scope="row" { (folder) } td { (count) } } } }
            }
        }
        h2 { (w.t("about.limits_title")) }
        ul { @for key in ["about.limit_1", "about.limit_2", "about.limit_3"] { li { (w.t(key)) } } }
    };
    Ok(Reply::Page(layout::page(call, w.t("about.title"), &body)))
}
