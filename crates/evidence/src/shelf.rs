//! The reference shelf: what the person or a physician gave, each entry once, checked, typeset, and tied to the sentence it
//! supports.
//!
//! ```text
//! Vec<facts::Reference> (case file, NBIB, RIS, BibTeX, a PDF's first page) ──[shelve]──▶ Shelf { works, findings }
//! ```
//! Nothing is looked up and nothing is made up here: a work without a source never becomes fit for a letter. Network
//! look-ups (PubMed, Crossref, retraction notices) are not part of this release.

use std::collections::HashMap;

use calendar::Date;
use facts::{Document, Finding, Reference};
use kb::{Kb, KbError};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    #[allow(dead_code)]
    format: String,
    title_words: usize,
    first_year: i32,
    paper: PaperRules,
    style: Vec<StyleRules>,
}

/// How a published study is told from other papers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PaperRules {
    signs: Vec<String>,
    least_signs: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StyleRules {
    name: String,
    authors_all_up_to: usize,
    authors_else: usize,
    et_al: String,
}

/// How references are typeset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// AMA Manual of Style.
    Ama,
    /// Vancouver, as in Citing Medicine.
    Vancouver,
}

/// A work on the shelf.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// Its number in the list, from 1.
    pub number: usize,
    /// What is known of it.
    pub reference: Reference,
    /// The typeset reference.
    pub citation: String,
    /// Whether it may stand in a letter: it has a source and enough to be found by.
    pub usable: bool,
}

/// The shelf.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shelf {
    /// The works, each once, in the order given.
    pub works: Vec<Work>,
    /// Duplicates, malformed entries and what is missing.
    pub findings: Vec<Finding>,
}

/// Puts references on the shelf.
///
/// # Errors
/// A [`KbError`] when `kb/evidence/shelf.toml` cannot be read.
pub fn shelve(references: &[Reference], today: Date, style: Style, kb: &Kb) -> Result<Shelf, KbError> {
    let rules: Rules = kb.table("evidence/shelf.toml")?;
    let mut shelf = Shelf { works: Vec::new(), findings: Vec::new() };
    let mut seen: HashMap<String, usize> = HashMap::new();
    for reference in references {
        let keys = keys(reference, rules.title_words);
        if let Some(at) = keys.iter().find_map(|k| seen.get(k)).copied() {
            let paper_of_it = shelf.works[at].reference.file.is_none() != reference.file.is_none();
            if !paper_of_it {
                let text = format!("This work is given twice; it stands once in the list, as number {}.", at + 1);
                shelf.findings.push(Finding::new("reference_duplicate", text).about(name(reference)));
            }
            merge(&mut shelf.works[at].reference, reference);
            for key in keys {
                seen.entry(key).or_insert(at);
            }
            continue;
        }
        seen.extend(keys.into_iter().map(|k| (k, shelf.works.len())));
        let number = shelf.works.len() + 1;
        shelf.works.push(Work { number, reference: reference.clone(), citation: String::new(), usable: false });
    }
    for work in &mut shelf.works {
        let faults = faults(&work.reference, today, &rules);
        work.usable = !faults.iter().any(|f| KEPT_OUT.contains(&f.code.as_str()));
        work.citation = typeset(&work.reference, style, &rules);
        shelf.findings.extend(faults);
    }
    Ok(shelf)
}

/// Faults with which a work stays out of every letter.
const KEPT_OUT: [&str; 3] = ["reference_without_source", "reference_cannot_be_found", "reference_retracted"];

/// A reference as people know it: its title, else its identifier.
fn name(r: &Reference) -> String {
    r.title
        .clone()
        .or_else(|| r.doi.clone())
        .or_else(|| r.pmid.clone())
        .unwrap_or_else(|| "a reference without a title".into())
}

/// The numbers by which a work is known: DOI, PMID, the number its office gave it.
fn numbers(r: &Reference) -> Vec<String> {
    let doi = r.doi.as_deref().and_then(doi).map(|d| format!("doi {d}"));
    let pmid = r.pmid.as_deref().and_then(pmid).map(|p| format!("pmid {p}"));
    let official = r.number.as_deref().map(|n| format!("number {}", n.to_lowercase()));
    [doi, pmid, official].into_iter().flatten().collect()
}

/// What the same work shares: its numbers, title (without its sub-title) and year.
fn keys(r: &Reference, title_words: usize) -> Vec<String> {
    let mut keys = numbers(r);
    if let Some(title) = r.title.as_ref().filter(|_| r.number.is_none()) {
        let plain = |t: &str| {
            let letters: String = t.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
            letters.split_whitespace().map(str::to_string).collect::<Vec<_>>()
        };
        let main = plain(title.split(':').next().unwrap_or(title));
        let words = if main.len() >= title_words { main } else { plain(title) };
        if words.len() >= title_words {
            keys.push(format!("title {} {}", words.join(" "), r.year.map_or(String::new(), |y| y.to_string())));
        }
    }
    keys
}

/// Fills what the first entry lacks from the second.
fn merge(into: &mut Reference, from: &Reference) {
    let fill = |a: &mut Option<String>, b: &Option<String>| {
        if a.is_none() {
            a.clone_from(b);
        }
    };
    for (a, b) in [
        (&mut into.title, &from.title),
        (&mut into.journal, &from.journal),
        (&mut into.volume, &from.volume),
        (&mut into.issue, &from.issue),
        (&mut into.pages, &from.pages),
        (&mut into.doi, &from.doi),
        (&mut into.pmid, &from.pmid),
        (&mut into.kind, &from.kind),
        (&mut into.publisher, &from.publisher),
        (&mut into.url, &from.url),
        (&mut into.source, &from.source),
        (&mut into.supports, &from.supports),
        (&mut into.quote, &from.quote),
        (&mut into.file, &from.file),
        (&mut into.number, &from.number),
        (&mut into.version, &from.version),
        (&mut into.retracted, &from.retracted),
    ] {
        fill(a, b);
    }
    into.year = into.year.or(from.year);
    into.dated = into.dated.or(from.dated);
    into.use_anyway = into.use_anyway.or(from.use_anyway);
    if into.authors.is_empty() {
        into.authors.clone_from(&from.authors);
    }
}

/// Puts what a service says about a work into a list: a known work is completed and marked as retracted, a new one added.
pub fn learn(list: &mut Vec<Reference>, work: &Reference) {
    let wanted = numbers(work);
    match list.iter_mut().find(|known| numbers(known).iter().any(|n| wanted.contains(n))) {
        Some(known) => merge(known, work),
        None => list.push(work.clone()),
    }
}

/// A DOI in its bare, lower-case form; `None` when it is none: a DOI begins with `10.`, four to nine digits and a slash
/// (DOI Handbook, 2.2).
///
/// # Example
/// ```
/// assert_eq!(evidence::shelf::doi("https://doi.org/10.1000/ABC.1").as_deref(), Some("10.1000/abc.1"));
/// assert_eq!(evidence::shelf::doi("10.1"), None);
/// ```
pub fn doi(written: &str) -> Option<String> {
    let lower = written.trim().to_lowercase();
    let bare = lower.find("10.").map(|at| &lower[at..])?;
    let (prefix, suffix) = bare.split_once('/')?;
    let registrant = prefix.strip_prefix("10.")?;
    let digits = registrant.split('.').next().unwrap_or("");
    let good = (4..=9).contains(&digits.len())
        && registrant.chars().all(|c| c.is_ascii_digit() || c == '.')
        && !suffix.is_empty()
        && !suffix.contains(char::is_whitespace);
    good.then(|| without_what_follows(bare).to_string())
}

/// A DOI as it stood in a sentence, without the punctuation after it; a bracket that it opened itself stays.
fn without_what_follows(mut doi: &str) -> &str {
    loop {
        let rest = match doi.chars().next_back() {
            Some('.' | ',' | ';') => doi.trim_end_matches(['.', ',', ';']),
            Some(')') if doi.matches('(').count() < doi.matches(')').count() => &doi[..doi.len() - 1],
            Some(']') if doi.matches('[').count() < doi.matches(']').count() => &doi[..doi.len() - 1],
            _ => return doi,
        };
        doi = rest;
    }
}

/// A PMID: one to eight digits, not zero.
pub fn pmid(written: &str) -> Option<String> {
    let trimmed = written.trim();
    let digits = trimmed.to_lowercase().trim_start_matches("pmid").trim_start_matches([':', ' ']).to_string();
    (!digits.is_empty()
        && digits.len() <= 8
        && digits.chars().all(|c| c.is_ascii_digit())
        && !digits.trim_start_matches('0').is_empty())
    .then_some(digits)
}

fn faults(r: &Reference, today: Date, rules: &Rules) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut say = |code: &str, text: String| found.push(Finding::new(code, text).about(name(r)));
    if r.source.as_deref().is_none_or(|s| s.trim().is_empty()) && r.file.is_none() {
        say("reference_without_source", "Nobody is named as the source of this reference, so it stays out of the letter. Say who gave it, or add the file.".into());
    }
    if let Some(by) = &r.retracted {
        if r.use_anyway == Some(true) {
            say(
                "reference_retracted_used",
                format!(
                    "This work was retracted ({by}). It stands in the letter because you chose so; the plan will find out."
                ),
            );
        } else {
            say(
                "reference_retracted",
                format!(
                    "This work was retracted ({by}), so it stays out of the letter. Leave it out, or look for a newer one."
                ),
            );
        }
    }
    if let Some(bad) = r.doi.as_deref().filter(|d| doi(d).is_none()) {
        say("reference_doi_malformed", format!("“{bad}” is not a DOI: one looks like 10.1000/182."));
    }
    if let Some(bad) = r.pmid.as_deref().filter(|p| pmid(p).is_none()) {
        say("reference_pmid_malformed", format!("“{bad}” is not a PMID: one has up to eight digits."));
    }
    if let Some(year) = r.year.filter(|y| *y < rules.first_year || *y > i32::from(today.year()) + 1) {
        say("reference_year_unlikely", format!("The year {year} cannot be right."));
    }
    if r.title.as_deref().is_none_or(|t| t.trim().is_empty()) {
        say("reference_without_title", "This reference has no title. Copy it from the paper's first page.".into());
    }
    let identified = r.doi.as_deref().and_then(doi).is_some()
        || r.pmid.as_deref().and_then(pmid).is_some()
        || r.url.is_some()
        || r.file.is_some()
        || r.number.is_some() && r.publisher.is_some();
    let described = r.title.is_some() && r.year.is_some() && (r.journal.is_some() || r.publisher.is_some());
    if !identified && !described {
        say("reference_cannot_be_found", "There is not enough here for a reader to find this work: give its DOI or PMID, or title, journal and year.".into());
    }
    if r.supports.is_some() && r.quote.is_none() {
        say(
            "reference_without_quote",
            "Choose the words of this work that support your sentence, so that the reader can check them.".into(),
        );
    }
    if r.authors.is_empty() && r.publisher.is_none() {
        say("reference_without_author", "No author or publisher is named.".into());
    }
    found
}

/// A reference as the style writes it: what is known, in the usual order.
fn typeset(r: &Reference, style: Style, rules: &Rules) -> String {
    if r.number.is_some() {
        return official(r);
    }
    let wanted = if style == Style::Ama { "ama" } else { "vancouver" };
    let mut parts: Vec<String> = Vec::new();
    parts.extend(rules.style.iter().find(|s| s.name == wanted).and_then(|s| authors(&r.authors, s)));
    if r.authors.is_empty() && r.journal.is_none() {
        parts.extend(r.publisher.clone());
    }
    parts.extend(r.title.as_deref().map(|t| t.trim().trim_end_matches('.').to_string()).filter(|t| !t.is_empty()));
    parts.extend(place(r, style));
    parts.extend(r.publisher.clone().filter(|_| r.journal.is_none() && !r.authors.is_empty()));
    let year_alone = r.journal.is_none() && r.volume.is_none();
    parts.extend(r.year.filter(|_| year_alone).map(|y| y.to_string()));
    parts.extend(r.doi.as_deref().and_then(doi).map(|d| format!("doi:{d}")));
    parts.extend(r.pmid.as_deref().and_then(pmid).map(|p| format!("PMID: {p}")));
    let url = r.url.clone().filter(|_| r.doi.is_none() && r.pmid.is_none());
    parts.extend(url);
    let text = parts.join(". ");
    if text.is_empty() { text } else { format!("{text}.").replace("?.", "?").replace("..", ".") }
}

/// A coverage document or approval: office, title, number, version, date, address.
fn official(r: &Reference) -> String {
    let mut parts: Vec<String> = r.publisher.iter().cloned().collect();
    parts.extend(r.title.as_deref().map(|t| t.trim().trim_end_matches('.').to_string()).filter(|t| !t.is_empty()));
    parts.extend(r.number.clone());
    parts.extend(r.version.as_deref().map(|v| format!("Version {v}")));
    parts.extend(r.dated.map(|d| d.to_string()).or_else(|| r.year.map(|y| y.to_string())));
    parts.extend(r.url.clone());
    format!("{}.", parts.join(". ")).replace("..", ".")
}

/// Journal, year, volume, issue and pages.
fn place(r: &Reference, style: Style) -> Option<String> {
    let journal = r.journal.as_deref()?.trim().trim_end_matches('.');
    let volume = match (&r.volume, &r.issue) {
        (Some(v), Some(i)) => format!("{v}({i})"),
        (Some(v), None) => v.clone(),
        (None, Some(i)) => format!("({i})"),
        (None, None) => String::new(),
    };
    let year = r.year.map_or(String::new(), |y| y.to_string());
    let mut text = [year, volume].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(";");
    if let Some(pages) = &r.pages {
        let pages = if style == Style::Vancouver { short_range(pages) } else { pages.clone() };
        text.push_str(&format!("{}{pages}", if text.is_empty() { "" } else { ":" }));
    }
    Some(if text.is_empty() { journal.to_string() } else { format!("{journal}. {text}") })
}

/// `1123-1131` becomes `1123-31` (Citing Medicine, chapter 1).
fn short_range(pages: &str) -> String {
    let plain = pages.replace('–', "-");
    let Some((from, to)) = plain.split_once('-') else { return plain };
    let digits = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_digit());
    if from.len() != to.len() || !digits(from) || !digits(to) {
        return plain;
    }
    let shared = from.bytes().zip(to.bytes()).take_while(|(a, b)| a == b).count().min(to.len().saturating_sub(1));
    format!("{from}-{}", &to[shared..])
}

/// The authors as "Family AB", as many as the style lists.
fn authors(all: &[String], style: &StyleRules) -> Option<String> {
    let names: Vec<String> = all.iter().map(|a| author(a)).filter(|a| !a.is_empty()).collect();
    if names.is_empty() {
        return None;
    }
    if names.len() <= style.authors_all_up_to {
        return Some(names.join(", "));
    }
    Some(format!("{}, {}", names.iter().take(style.authors_else).cloned().collect::<Vec<_>>().join(", "), style.et_al))
}

/// "Okafor, Ada M." becomes "Okafor AM"; a name without a comma is a group or is already in this form.
fn author(written: &str) -> String {
    let Some((family, given)) = written.split_once(',') else {
        return written.trim().trim_end_matches('.').to_string();
    };
    let initials: String = given
        .split(|c: char| c.is_whitespace() || c == '-' || c == '.')
        .filter_map(|w| w.chars().next())
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_uppercase)
        .collect();
    let already = given.trim().chars().all(char::is_uppercase) && !given.trim().is_empty();
    let initials = if already { given.trim().to_string() } else { initials };
    format!("{} {initials}", family.trim()).trim_end().to_string()
}

/// The published study a paper is, by what its pages say: a DOI or PMID on the first page and enough of the headings that
/// studies have. `None` for any other paper.
///
/// # Errors
/// A [`KbError`] when `kb/evidence/shelf.toml` cannot be read.
pub fn published(document: &Document, kb: &Kb) -> Result<Option<Reference>, KbError> {
    let rules: Rules = kb.table("evidence/shelf.toml")?;
    let Some(work) = from_document(document).filter(|w| w.doi.is_some() || w.pmid.is_some()) else { return Ok(None) };
    let lines: Vec<String> = document.pages.iter().flat_map(|p| p.text.lines()).map(cite::fold).collect();
    let heads = |sign: &String| {
        lines.iter().any(|l| {
            let rest = l.trim_start_matches(|c: char| !c.is_alphabetic());
            rest.strip_prefix(sign.as_str()).is_some_and(|r| !r.starts_with(char::is_alphabetic))
        })
    };
    let signs = rules.paper.signs.iter().filter(|s| heads(s)).count();
    Ok((signs >= rules.paper.least_signs).then(|| Reference { kind: Some("article".into()), ..work }))
}

/// What the first page of a paper says of itself: its DOI and its title (the first long line that is no head). The source
/// is the file. Empty when neither is there.
pub fn from_document(document: &Document) -> Option<Reference> {
    let first = document.pages.first()?.text.as_str();
    let found = first.split_whitespace().find_map(|w| {
        let w = w.trim_start_matches(['(', '[', '<']).trim_end_matches(['>', ']', ')']);
        w.to_lowercase().contains("10.").then(|| doi(w)).flatten()
    });
    let labelled = first.to_lowercase();
    let number = labelled.find("pmid").map(|at| {
        labelled[at + 4..].trim_start_matches([':', ' ']).chars().take_while(char::is_ascii_digit).collect::<String>()
    });
    let title = title(first);
    if found.is_none() && title.is_none() {
        return None;
    }
    Some(Reference {
        title,
        doi: found,
        pmid: number.filter(|n| !n.is_empty()),
        file: Some(document.name.clone()),
        source: Some(document.name.clone()),
        ..Reference::default()
    })
}

/// The first run of lines that reads like a title: at least four words, more letters than digits, no address, no full stop
/// in it. A title that runs over two lines is joined.
fn title(first: &str) -> Option<String> {
    let lines: Vec<&str> = first.lines().map(str::trim).take(30).collect();
    let like = |l: &str| {
        let letters = l.chars().filter(|c| c.is_alphabetic()).count();
        let rest = l.chars().filter(|c| c.is_ascii_digit() || "@;|©".contains(*c)).count();
        l.split_whitespace().count() >= 4
            && letters > rest * 8
            && !l.contains("http")
            && !l.contains("doi")
            && !l.contains('@')
    };
    let at = lines.iter().position(|l| like(l))?;
    let mut text = lines[at].to_string();
    let goes_on = |l: &&str| !l.is_empty() && (l.starts_with(char::is_lowercase) || text.ends_with([':', '-', ',']));
    if let Some(next) = lines.get(at + 1).filter(|l| goes_on(l)) {
        text = format!("{text} {next}");
    }
    (text.len() <= 300).then(|| text.trim_end_matches('.').to_string())
}
