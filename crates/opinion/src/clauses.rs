//! A plan document of hundreds of pages → the clauses that matter here, quoted with their page.
//!
//! Second-opinion and second-surgical-opinion clauses, the definitions of medical necessity and of experimental care,
//! and where appeals are described. Definitions rank above mentions; tables of contents and index lines are skipped.
//! What to look for is data: `kb/opinions/clauses.toml`.

use facts::Document;
use kb::{Kb, KbError};
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::words::Folded;

/// A passage of a plan document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// `second_surgical_opinion`, `second_opinion`, `medical_necessity_definition`, `experimental_definition` or `appeals`.
    pub kind: String,
    /// The words: the page's text at `span`, byte for byte.
    pub quote: String,
    /// The page, counted from 1.
    pub page: usize,
    /// Byte range in the extracted text of that page.
    pub span: (usize, usize),
    /// Whether the passage defines the term.
    pub definition: bool,
    /// Whether it requires a second opinion (true), says it is not required (false), or does not say.
    pub requires: Option<bool>,
    /// Whether it covers a second opinion (true), excludes it (false), or does not say.
    pub covers: Option<bool>,
    /// Whether the passage runs on to the next page.
    pub continues: bool,
    /// Order within the kind: higher first. Only for sorting.
    pub rank: i32,
}

/// The clauses of one plan document.
pub(crate) struct PlanPaper {
    pub(crate) name: String,
    pub(crate) clauses: Vec<Clause>,
}

/// The clauses of all plan documents, found once for everything that asks about them.
pub(crate) fn plan_papers(documents: &[Document], kb: &Kb) -> Result<Vec<PlanPaper>, KbError> {
    documents.iter().map(|d| Ok(PlanPaper { name: d.name.clone(), clauses: clauses(d, kb)? })).collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    kind: Vec<Kind>,
    cues: Cues,
    limits: Limits,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    id: String,
    phrases: Vec<String>,
    #[serde(default)]
    definition: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cues {
    definition: Vec<String>,
    requires: Vec<String>,
    voluntary: Vec<String>,
    not_covered: Vec<String>,
    covers: Vec<String>,
    penalty: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    quote_max: usize,
    per_kind: usize,
}

/// Finds the clauses of a document, by kind in the order of the data, best first within a kind.
///
/// # Errors
/// A [`KbError`] when `kb/opinions/clauses.toml` is absent or damaged.
pub fn clauses(document: &Document, kb: &Kb) -> Result<Vec<Clause>, KbError> {
    let table: Table = kb.table("opinions/clauses.toml")?;
    let mut out = Vec::new();
    for kind in &table.kind {
        let Some(phrases) = any_of(&kind.phrases, r"\b", r"\b") else { continue };
        let Some(defined) =
            any_of(&table.cues.definition, "^[\"”’')\\s,]*(?:(?:or|and)\\b[^.;]{0,60}?)?[\"”’')\\s,]*", r"\b")
        else {
            continue;
        };
        let mut found: Vec<Clause> = Vec::new();
        for (number, page) in document.pages.iter().enumerate() {
            let lines = Lines::of(&page.text);
            if lines.is_contents() {
                continue;
            }
            let hits = phrases.find_iter(&page.text);
            found.extend(hits.filter_map(|hit| {
                read(&page.text, number + 1, &lines, (hit.start(), hit.end()), kind, &defined, &table)
            }));
        }
        found.sort_by(|a, b| b.rank.cmp(&a.rank).then_with(|| (a.page, a.span).cmp(&(b.page, b.span))));
        let mut kept: Vec<Clause> = Vec::new();
        for clause in found {
            let overlaps = |k: &Clause| k.page == clause.page && clause.span.0 < k.span.1 && k.span.0 < clause.span.1;
            let said_already = kept.iter().any(|k| overlaps(k) || k.quote == clause.quote);
            if !said_already && kept.len() < table.limits.per_kind {
                kept.push(clause);
            }
        }
        out.extend(kept);
    }
    Ok(out)
}

/// One case-insensitive pattern for all phrases; a space matches any white space.
fn any_of(phrases: &[String], before: &str, after: &str) -> Option<Regex> {
    let mut words: Vec<&String> = phrases.iter().collect();
    words.sort_by_key(|p| std::cmp::Reverse(p.len()));
    let body: Vec<String> = words.iter().map(|p| regex::escape(p).replace(' ', r"\s+")).collect();
    Regex::new(&format!("(?i){before}(?:{}){after}", body.join("|"))).ok()
}

fn read(
    text: &str,
    page: usize,
    lines: &Lines<'_>,
    hit: (usize, usize),
    kind: &Kind,
    defined: &Regex,
    table: &Table,
) -> Option<Clause> {
    let at = lines.at(hit.0);
    if lines.get(at).is_some_and(is_contents_line) {
        return None;
    }
    let heading = lines.get(at).is_some_and(is_heading);
    let after = text.get(hit.1..)?;
    let definition = defined.is_match(after)
        || (kind.definition && heading && lines.defines_below(at))
        || (kind.definition && lines.opens(at, hit.0) && opens_definition(after));
    if kind.definition && !definition {
        return None;
    }
    let span = lines.passage(at, hit.0, table.limits.quote_max);
    let quote = text.get(span.0..span.1)?;
    let folded = Folded::new(&near(text, hit, span, heading));
    let said = |no: &[String], yes: &[String]| match (folded.any(no), folded.any(yes)) {
        (true, _) => Some(false),
        (false, true) => Some(true),
        (false, false) => None,
    };
    let requires = said(&table.cues.voluntary, &table.cues.requires);
    let covers = said(&table.cues.not_covered, &table.cues.covers);
    let about_opinions = kind.id.starts_with("second");
    let mut rank = 0;
    rank += if definition { 6 } else { 0 };
    rank += if heading { 3 } else { 0 };
    rank += if about_opinions && requires == Some(true) { 3 } else { 0 };
    rank += if about_opinions && Folded::new(quote).any(&table.cues.penalty) { 2 } else { 0 };
    rank += if about_opinions && covers.is_some() { 2 } else { 0 };
    rank += if quote.trim_end().ends_with(['.', ';', ':']) { 1 } else { 0 };
    rank -= if quote.len() < 60 { 4 } else { 0 };
    rank -= if quote.trim_start().starts_with(['•', '-', '–', '*', '·']) { 1 } else { 0 };
    Some(Clause {
        kind: kind.id.clone(),
        quote: quote.to_owned(),
        page,
        span,
        definition,
        requires: requires.filter(|_| about_opinions),
        covers: covers.filter(|_| about_opinions),
        continues: span.1 >= text.trim_end().len() && !quote.trim_end().ends_with(['.', '!', '?']),
        rank,
    })
}

/// The sentence that holds the term: only its words say whether the plan covers or requires the thing. Below a heading it
/// is the first two sentences, because the heading's term is not repeated there.
fn near(text: &str, hit: (usize, usize), span: (usize, usize), heading: bool) -> String {
    let (before, after) = (text.get(span.0..hit.0).unwrap_or_default(), text.get(hit.1..span.1).unwrap_or_default());
    let start = before.rfind(". ").or_else(|| before.rfind(".\n")).map_or(0, |i| i + 1);
    let mut ends = after
        .match_indices('.')
        .map(|(i, _)| i + 1)
        .filter(|i| after.get(*i..).is_none_or(|r| r.is_empty() || r.starts_with(char::is_whitespace)));
    let end = if heading { ends.nth(1) } else { ends.next() }.unwrap_or(after.len());
    let term = text.get(hit.0..hit.1).unwrap_or_default();
    format!("{}{term}{}", before.get(start..).unwrap_or_default(), after.get(..end).unwrap_or_default())
}

/// `Medically Necessary: care that …`, `Medically Necessary (Medical Necessity) – care that …`.
fn opens_definition(after: &str) -> bool {
    let rest = after.trim_start_matches(['"', '”', '’', '*', ' ']);
    let rest = match rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
        Some((inside, rest)) if inside.len() <= 60 => rest.trim_start_matches(['"', '”', ' ']),
        _ => rest,
    };
    let body = rest.strip_prefix([':', '–', '—']).or_else(|| rest.strip_prefix("- "));
    body.is_some_and(|b| b.trim_start().starts_with(char::is_alphabetic))
}

/// The lines of a page with their byte ranges.
struct Lines<'a> {
    text: &'a str,
    spans: Vec<(usize, usize)>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let mut spans = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            spans.push((start, start + line.trim_end_matches(['\n', '\r']).len()));
            start += line.len();
        }
        Lines { text, spans }
    }

    fn get(&self, i: usize) -> Option<&'a str> {
        self.spans.get(i).and_then(|(a, b)| self.text.get(*a..*b))
    }

    /// The line that holds a byte.
    fn at(&self, byte: usize) -> usize {
        self.spans.partition_point(|(start, _)| *start <= byte).saturating_sub(1)
    }

    /// Whether nothing but marks stands before the byte on its line.
    fn opens(&self, at: usize, byte: usize) -> bool {
        let start = self.spans.get(at).map_or(0, |s| s.0);
        self.text.get(start..byte).is_some_and(|before| !before.contains(char::is_alphanumeric))
    }

    fn blank(&self, i: usize) -> bool {
        self.get(i).is_none_or(|l| l.trim().is_empty())
    }

    /// A page of contents or of an index: many of its lines end in a page number after dots or a gap.
    fn is_contents(&self) -> bool {
        let filled = (0..self.spans.len()).filter(|i| !self.blank(*i)).count();
        let contents = (0..self.spans.len()).filter(|i| self.get(*i).is_some_and(is_contents_line)).count();
        contents >= 4 && contents * 3 >= filled
    }

    /// Whether a definition reads on below a heading: a sentence that begins with a definition's usual start.
    fn defines_below(&self, at: usize) -> bool {
        let next = (at + 1..self.spans.len()).find(|i| !self.blank(*i)).and_then(|i| self.get(i));
        next.is_some_and(|l| {
            let l = l.trim_start().to_lowercase();
            [
                "means ",
                "a service",
                "services ",
                "health care services",
                "health care",
                "care that",
                "any ",
                "a drug",
                "we consider",
                "a treatment",
                "treatment",
            ]
            .iter()
            .any(|s| l.starts_with(s))
        })
    }

    /// The passage around a line: its heading and paragraph, a list that a colon opens, cut at a sentence when long.
    fn passage(&self, at: usize, hit: usize, max: usize) -> (usize, usize) {
        let mut first = at;
        while first > 0 && at - first < 12 && !self.blank(first - 1) && !self.get(first - 1).is_some_and(ends_paragraph)
        {
            first -= 1;
        }
        let mut last = at;
        let mut list = false;
        while let Some(line) = self.get(last + 1) {
            let here = self.get(last).unwrap_or_default().trim_end();
            list |= here.ends_with(':');
            let opens = here.ends_with(':') || is_heading(here);
            let item = is_item(line.trim_start());
            let next_item = list && self.blank(last + 1) && self.get(last + 2).is_some_and(|l| is_item(l.trim_start()));
            let goes_on = if self.blank(last + 1) {
                opens || next_item
            } else {
                item || !(ends_sentence(here) && is_heading(line))
            };
            if !goes_on || last - at > 40 {
                break;
            }
            last += 1;
        }
        let start = self.spans.get(first).map_or(0, |s| s.0);
        let end = self.spans.get(last).map_or(self.text.len(), |s| s.1);
        self.cut(start, end, hit, max)
    }

    /// Shortens a long passage to whole sentences around the hit; trims white space at both ends.
    fn cut(&self, mut start: usize, mut end: usize, hit: usize, max: usize) -> (usize, usize) {
        let text = self.text;
        let boundary = |i: usize| (0..=i).rev().find(|j| text.is_char_boundary(*j)).unwrap_or(0);
        if end - start > max {
            if hit.saturating_sub(start) > max / 3 {
                let before = text.get(start..hit).unwrap_or_default();
                start += before.rfind(['.', ';']).map_or(0, |i| i + 1);
            }
            if end - start > max {
                let stop = boundary(start + max);
                let within = text.get(start..stop).unwrap_or_default();
                let sentence = within.rfind(['.', ';']).filter(|i| start + i > hit);
                end = sentence.map_or(stop, |i| start + i + 1);
            }
        }
        let body = text.get(start..end).unwrap_or_default();
        let lead = body.len() - body.trim_start().len();
        (start + lead, start + body.trim_end().len().max(lead))
    }
}

fn ends_sentence(line: &str) -> bool {
    line.trim_end().ends_with(['.', '!', '?', ':', ';'])
}

/// A line after which another paragraph begins even without an empty line: a short last line of a sentence.
fn ends_paragraph(line: &str) -> bool {
    let line = line.trim_end();
    line.ends_with(['.', '!', '?']) && line.len() < 60
}

fn is_item(line: &str) -> bool {
    let mut chars = line.chars();
    match chars.next() {
        Some('•' | '-' | '–' | '*' | '·' | '▪' | '○' | '(') => true,
        Some(c) if c.is_ascii_alphanumeric() => {
            let rest: String = chars.take(3).collect();
            rest.starts_with(['.', ')']) || rest.get(1..2).is_some_and(|r| r == "." || r == ")")
        }
        _ => false,
    }
}

/// A short line without a full stop whose words mostly begin with capitals.
fn is_heading(line: &str) -> bool {
    let line = line.trim();
    if line.is_empty() || line.len() > 80 || line.ends_with(['.', ',', ';', ':']) {
        return false;
    }
    let words: Vec<&str> = line.split_whitespace().filter(|w| w.len() > 3).collect();
    let capital =
        words.iter().filter(|w| w.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase)).count();
    !words.is_empty() && capital * 3 >= words.len() * 2
}

/// `Second opinions ........ 47`, or a title, a wide gap and a number.
fn is_contents_line(line: &str) -> bool {
    let line = line.trim_end();
    let body = line.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == ',' || c == ' ');
    if body.len() == line.len() || !line.ends_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let gap = line.get(body.len()..).is_some_and(|t| t.starts_with("   "));
    body.ends_with("..") || body.ends_with(". .") || body.ends_with('…') || body.ends_with('\t') || gap
}
