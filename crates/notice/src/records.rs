//! Which kind of medical record a paper is, by words that such records carry (`kb/notice/papers.toml`).

use facts::Document;
use kb::Kb;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Papers {
    #[allow(dead_code)] // read by the knowledge base's own tools
    format: String,
    /// How many different phrases a paper must hold before we name it.
    enough: usize,
    paper: Vec<Words>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    kind: String,
    /// One of these is enough.
    #[serde(default)]
    sure: Vec<String>,
    any: Vec<String>,
}

/// Only the beginning is looked at: a long record quotes papers of every kind.
const LOOKED_AT: usize = 6_000;
/// Where the title of a paper stands.
const HEAD: usize = 700;

/// Which kind of medical record a paper is (`imaging`, `lab_result`, `office_note`, …): the one with the most of its words,
/// or nothing when none has enough of them or two have equally many.
pub fn record_kind(document: &Document, kb: &Kb) -> Option<String> {
    let papers: Papers = kb.table("notice/papers.toml").ok()?;
    let start = |most: usize| folded(&document.text().chars().take(most).collect::<String>());
    let (head, text) = (start(HEAD), start(LOOKED_AT));
    let score = |w: &Words| {
        let sure = if w.sure.iter().any(|p| head.contains(&folded(p))) { papers.enough } else { 0 };
        sure + w.any.iter().filter(|p| text.contains(&folded(p))).count()
    };
    let mut scores: Vec<(usize, &str)> = papers.paper.iter().map(|w| (score(w), w.kind.as_str())).collect();
    scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    match scores.as_slice() {
        [(best, kind), (second, _), ..] if *best >= papers.enough && best > second => Some((*kind).into()),
        _ => None,
    }
}

/// Lower case, one blank between words and around the whole, so that a phrase matches whole words only.
fn folded(text: &str) -> String {
    let clean: String =
        text.chars().map(|c| if c.is_alphanumeric() { c.to_lowercase().next().unwrap_or(c) } else { ' ' }).collect();
    format!(" {} ", clean.split_whitespace().collect::<Vec<_>>().join(" "))
}
