//! The facts of the records that bear on a reason of the plan, and the papers that the plan says it did not get.
//!
//! A reviewer reads the letter and not the papers behind it: what was tried, measured, supervised or lost must stand in it, word for
//! word. Which words tell of such a fact, and which facts bear on which reason, is data (`kb/course/quotes.toml`).

use crate::quotes::{Quotes, tidy};
use crate::supports::{NamedPaper, PlanSays, Sources, Speaker, Support, is_record, page_of, words_of_the_plan};
use crate::walk::speaks_of_the_patient;

/// The sentences of the records that tell most of the facts which bear on a reason, in the order of the papers.
pub(crate) fn facts(reason: &str, known: &[String], sources: &Sources<'_>, quotes: &Quotes) -> Vec<Support> {
    // Line ends make no other sentence of one.
    let known: Vec<String> = known.iter().map(|quote| tidy(quote)).collect();
    let mut found: Vec<(usize, Support)> = Vec::new();
    for paper in sources.papers.iter().filter(|p| is_record(p, sources.case, quotes)) {
        for (at, page) in paper.document.pages.iter().enumerate() {
            for sentence in quotes.sentences(&page.text) {
                let told = quotes.facts_told(reason, &sentence);
                if told == 0 || !sentence.ends_with('.') || quotes.restates(&sentence) {
                    continue;
                }
                // What a sentence takes along must not speak against the person either.
                let bears = |w: &String| quotes.answers(w) && quotes.facts_told(reason, w) > 0;
                let fits = |w: &String| bears(w) && !quotes.is_only_a_diagnosis(reason, w);
                let whole = quotes.whole(&sentence, page_of(&paper.document, at + 1)).filter(fits);
                let Some(quote) = whole.filter(|w| !known.contains(&tidy(w))) else { continue };
                let (reason, file) = (reason.to_string(), paper.file.clone());
                let support = Support { reason, from: Speaker::Record, file, page: at + 1, quote, strong: true };
                // A sentence that takes the one before it along has said that one too.
                let folded = cite::fold(&support.quote);
                found.retain(|(_, s)| s.file != support.file || !folded.starts_with(&cite::fold(&s.quote)));
                found.push((told, support));
            }
        }
    }
    let mut best: Vec<usize> = (0..found.len()).collect();
    best.sort_by_key(|at| std::cmp::Reverse(found.get(*at).map_or(0, |f| f.0)));
    best.truncate(quotes.most_facts());
    best.sort_unstable();
    best.into_iter().filter_map(|at| found.get(at).map(|f| f.1.clone())).collect()
}

/// The reason that papers are missing.
const MISSING: &str = "information_missing";

/// The papers of the case whose title stands in the plan's words on what is missing, with what they say of themselves.
pub(crate) fn named_papers(sources: &Sources<'_>, quotes: &Quotes, says: &[PlanSays]) -> Vec<NamedPaper> {
    let plan = cite::fold(&words_of_the_plan(MISSING, sources.case, says));
    let issuer = sources.case.coverage.issuer.as_deref().unwrap_or_default();
    let mut out = Vec::new();
    for paper in sources.papers.iter().filter(|p| speaks_of_the_patient(p.kind.as_deref())) {
        let own = sources.case.records.iter().find(|r| r.file.as_deref() == Some(paper.file.as_str()));
        let title = own.and_then(|r| r.title.as_deref()).map(cite::fold).unwrap_or_default();
        // The name of a paper is what stands before who made it; one word ("Letter") names no paper.
        let name = title.split([',', ':', '(']).next().unwrap_or_default().trim().trim_end_matches('s');
        if name.split_whitespace().count() < 2 || !plan.contains(name) {
            continue;
        }
        let pages = || paper.document.pages.iter().enumerate();
        let signed = pages().find_map(|(at, p)| Some((quotes.signed_line(&p.text)?, at + 1)));
        let sent = pages().find_map(|(at, p)| Some((quotes.was_sent(issuer, &p.text)?, at + 1)));
        let says = signed.into_iter().chain(sent).collect();
        out.push(NamedPaper { reason: MISSING.into(), file: paper.file.clone(), says });
    }
    out
}
