//! Values in words of their own (what was asked for, who the plan is, where the care was given) that no rule found: each word of
//! the page is weighed for whether such a value begins or ends there, and the stretch whose ends weigh most is read when it
//! weighs enough. As in [`crate::gaps`], what the rules read stays as it is, and every weight stands in the knowledge base:
//! `kb/notice/span_weights.toml`, made by `cargo xtask learn spans`.

use std::collections::BTreeMap;

use facts::{Certainty, Document, TextFrom};
use kb::{Kb, KbError};
use serde::Deserialize;

use crate::candidates::{FARTHER, Mark, before, beside_and_above, marks, raise};
use crate::data::Reader;
use crate::found::{Found, PLACED};
use crate::kinds::Kinds;
use crate::values::Span;
use crate::view::View;

/// Where the weights stand in the knowledge base.
const FILE: &str = "notice/span_weights.toml";
/// After everything that a rule reads on the page.
const WEIGHED: u8 = PLACED + 4;
/// How many pages are searched, and how many words of each.
const PAGES: usize = 4;
const WORDS: usize = 1200;
/// In a shorter text too little stands around a value to take it for wrong.
const TELLING: usize = 60;
/// The most words of a value.
const LONGEST: usize = 20;
/// How many words and marks before a word, and after it, count.
const BEFORE: usize = 7;
const AFTER: usize = 6;

/// The fields that are filled so.
pub const WORDED: [&str; 9] = [
    "service.description",
    "diagnosis.description",
    "plan.issuer",
    "plan.name",
    "provider.facility",
    "criteria.cited",
    "plan.provision_cited",
    "reviewer.specialty",
    "appeal.address",
];

/// A word of a page with what stands around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// Counted from 1.
    pub page: usize,
    /// Where it stands on the page as it is read.
    pub span: Span,
    /// How it is compared.
    pub norm: String,
    /// What stands around it, and what it looks like.
    pub features: BTreeMap<String, f32>,
    /// A value may run from the word before to this one.
    pub joined: bool,
    /// The fields of which it is part by the rules, each with where that value begins.
    pub(crate) values: Vec<(&'static str, usize)>,
}

/// The file as written, but for its lines. One line per feature: the feature, a tab, then `sum:hundredths` for each sum it counts for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpansFile {
    /// From how many labelled letters they were counted, and by which these can be known again.
    letters: usize,
    #[serde(rename = "fingerprint")]
    _fingerprint: String,
    fields: Vec<String>,
    /// The share from which a value is read, for each field.
    read_at: Vec<f32>,
    /// The share below which a value of the rules is dropped, and below which it is replaced by one of a share of `replaced_by`.
    dropped_below: Vec<f32>,
    replaced_below: Vec<f32>,
    replaced_by: f32,
    /// For each field, that a value begins, and that it ends.
    bias: Vec<f32>,
}

/// The weights, ready for use.
#[derive(Debug)]
pub(crate) struct Spans {
    fields: Vec<&'static str>,
    read_at: Vec<f32>,
    dropped_below: Vec<f32>,
    replaced_below: Vec<f32>,
    replaced_by: f32,
    bias: Vec<f32>,
    features: kb::weights::Table,
}

impl Spans {
    /// Reads the weights; none in a knowledge base without them (then gaps stay open).
    pub(crate) fn load(kb: &Kb) -> Result<Option<Spans>, KbError> {
        if kb.source().get(FILE).is_none() {
            return Ok(None);
        }
        let (file, lines): (SpansFile, _) = kb.weighed(FILE)?;
        let wrong = |message: String| KbError { file: FILE.into(), place: None, message, hint: None };
        let known = |name: &String| {
            let field = WORDED.iter().copied().find(|f| f == name);
            field.ok_or_else(|| wrong(format!("no field is filled by the name `{name}`")))
        };
        let fields = file.fields.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        let shares = [&file.read_at, &file.dropped_below, &file.replaced_below];
        if file.letters == 0 || file.bias.len() != 2 * fields.len() || shares.iter().any(|s| s.len() != fields.len()) {
            return Err(wrong("each field needs its shares and two biases, counted from some letters".into()));
        }
        let features = kb::weights::Table::new(FILE, lines, file.bias.len(), false)?;
        let SpansFile { read_at, dropped_below, replaced_below, replaced_by, bias, .. } = file;
        Ok(Some(Spans { fields, read_at, dropped_below, replaced_below, replaced_by, bias, features }))
    }

    /// For each field the share that a value begins at a word, and that it ends there.
    fn shares(&self, word: &Word) -> Vec<f32> {
        let sums = self.features.sums(&self.bias, word.features.iter().map(|(n, v)| (n.as_str(), *v)));
        sums.into_iter().map(|s| 1.0 / (1.0 + (-s).exp())).collect()
    }
}

/// The stretch of words whose ends are likeliest: its share, its first and its last word. `ends` gives the share that a value
/// begins at a word, and that it ends there.
pub fn likeliest(words: &[Word], field: &str, ends: impl Fn(usize) -> (f32, f32)) -> Option<(f32, usize, usize)> {
    let shares: Vec<(f32, f32)> = (0..words.len()).map(ends).collect();
    let free = |i: usize| words.get(i).is_some_and(|w| w.values.iter().all(|(f, _)| *f == field));
    let mut best: Option<(f32, usize, usize)> = None;
    for (first, (begins, _)) in shares.iter().enumerate() {
        for (last, (_, ends)) in shares.iter().enumerate().skip(first).take(LONGEST) {
            if !free(last) || last > first && words.get(last).is_none_or(|w| !w.joined) {
                break;
            }
            let share = (begins * ends).sqrt();
            if best.is_none_or(|(most, _, _)| share > most) {
                best = Some((share, first, last));
            }
        }
    }
    best
}

/// The stretches of words that the rules read as values of a field: their first and last words.
pub fn stretches(words: &[Word], field: &str) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (at, word) in words.iter().enumerate().filter(|(_, w)| w.values.iter().any(|(f, _)| *f == field)) {
        let value = word.values.iter().find(|(f, _)| *f == field);
        let same = |last: &usize| {
            *last + 1 == at && words.get(*last).is_some_and(|w| w.values.iter().find(|(f, _)| *f == field) == value)
        };
        match out.last_mut().filter(|(_, last)| same(last)) {
            Some((_, last)) => *last = at,
            None => out.push((at, at)),
        }
    }
    out
}

impl Reader {
    /// What the rules leave open in a paper, and its words with what stands around them: for those who count weights.
    pub fn gap_words(&self, document: &Document) -> (Vec<&'static str>, Vec<Word>) {
        let pages = self.in_reading_order(document);
        let views = self.views(&pages, document.text_from == TextFrom::Ocr);
        let kinds = self.kinds(&views);
        if !kinds.is_notice() {
            return (Vec::new(), Vec::new());
        }
        let found = self.best(self.collect(&views, &kinds), &kinds);
        let open = WORDED.iter().copied().filter(|field| is_open(field, &kinds, &found)).collect();
        (open, self.words_around(&views, &found))
    }

    /// A text's words as they are compared.
    pub fn folded_words(&self, text: &str) -> Vec<String> {
        let page = crate::text::PageText::new(text, &self.words.abbreviations);
        page.tokens.into_iter().map(|t| t.norm).collect()
    }

    /// What the rules read, without the values in words that nothing around them bears out, and with those that they left
    /// open or should have read instead.
    pub(crate) fn weigh_words(&self, views: &[View], kinds: &Kinds, mut found: Vec<Found>) -> Vec<Found> {
        let Some(spans) = self.spans.as_ref().filter(|_| kinds.is_notice()) else { return found };
        let words = self.words_around(views, &found);
        let shares: Vec<Vec<f32>> = words.iter().map(|w| spans.shares(w)).collect();
        for (i, field) in spans.fields.iter().copied().enumerate() {
            let of = |list: &[f32]| list.get(i).copied().unwrap_or_default();
            let ends = |at: usize| {
                let of = |n: usize| shares.get(at).and_then(|s| s.get(n)).copied().unwrap_or_default();
                (of(2 * i), of(2 * i + 1))
            };
            let likeliest = likeliest(&words, field, ends).and_then(|(share, first, last)| {
                let (a, b) = (words.get(first)?, words.get(last)?);
                Some((share, a.page, (a.span.0, b.span.1)))
            });
            let read: Vec<(f32, usize, Span)> = stretches(&words, field)
                .into_iter()
                .filter_map(|(first, last)| {
                    let (a, b) = (words.get(first)?, words.get(last)?);
                    Some(((ends(first).0 * ends(last).1).sqrt(), a.page, (a.span.0, b.span.1)))
                })
                .collect();
            let best = read.iter().map(|(share, ..)| *share).fold(0.0, f32::max);
            let apart = |(_, page, span): &(f32, usize, Span)| {
                !read.iter().any(|(_, p, s)| p == page && s.0 < span.1 && span.0 < s.1)
            };
            let better = likeliest.filter(|l| l.0 >= spans.replaced_by && apart(l));
            let telling = words.len() >= TELLING;
            let replaced = telling && !read.is_empty() && best < of(&spans.replaced_below) && better.is_some();
            let dropped = |f: &Found| {
                let at = read.iter().find(|(_, page, span)| *page == f.page && f.span.0 < span.1 && span.0 < f.span.1);
                telling
                    && f.field == field
                    && (replaced || at.is_some_and(|(share, ..)| *share < of(&spans.dropped_below)))
            };
            found.retain(|f| !dropped(f));
            let open = is_open(field, kinds, &found);
            let filled = likeliest.filter(|(share, page, span)| {
                let meets = |f: &Found| f.page == *page && f.span.0 < span.1 && span.0 < f.span.1;
                open && *share >= of(&spans.read_at) && of(&spans.read_at) < 1.0 && !found.iter().any(meets)
            });
            if let Some((_, page, span)) = filled
                && let Some(view) = views.iter().find(|v| v.number == page)
            {
                let value = crate::text::tidy(view.page.slice(span.0, span.1));
                let value = Found { field, value, page, span, certainty: Certainty::Normalized, rank: WEIGHED };
                found.extend(Some(value).filter(|f| self.implausible.allows(f)));
            }
        }
        found
    }

    /// The words of a paper with what stands around them.
    fn words_around(&self, views: &[View], found: &[Found]) -> Vec<Word> {
        let mut out = Vec::new();
        for view in views.iter().take(PAGES) {
            let marks = marks(view);
            for at in 0..view.page.tokens.len().min(WORDS) {
                out.extend(word(view, &marks, at, found));
            }
        }
        out
    }
}

/// A word with what stands around it.
fn word(view: &View, marks: &[Mark], at: usize, found: &[Found]) -> Option<Word> {
    let token = view.page.tokens.get(at)?;
    let span = (token.start, token.end);
    let mut features: BTreeMap<String, f32> = BTreeMap::new();
    let last = before(marks, token.start, BEFORE, &mut features);
    let mut add = |name: String, value: f32| raise(&mut features, name, value);
    let here = marks.partition_point(|m| m.at < token.start);
    let after: Vec<&str> = marks.iter().skip(here + 1).take(AFTER).map(|m| m.text.as_str()).collect();
    add(format!("w:{}", token.norm), 1.0);
    if let [a, _, ..] = last.as_slice() {
        add(format!("q:{a} {}", token.norm), 1.0);
    }
    let mut far = 1.0_f32;
    for (i, word) in after.iter().enumerate() {
        add(format!("r:{word}"), 1.0 / far);
        far += FARTHER;
        if i < 3 {
            add(format!("r{i}:{word}"), 1.0);
        }
    }
    if let [a, b, ..] = after.as_slice() {
        add(format!("n:{a} {b}"), 1.0);
        add(format!("o:{} {a}", token.norm), 1.0);
    }
    let kind = |i: Option<usize>| match i.and_then(|i| view.page.tokens.get(i)) {
        Some(t) if t.has_digit => '9',
        Some(t) if t.capital => 'A',
        Some(_) => 'a',
        None => '-',
    };
    let shape: String = [at.checked_sub(1), Some(at), Some(at + 1)].into_iter().map(kind).collect();
    add(format!("f:{shape}"), 1.0);
    let (beside, above, edges) = beside_and_above(view, span);
    beside.iter().for_each(|w| add(format!("b:{w}"), 1.0));
    above.iter().for_each(|w| add(format!("u:{w}"), 1.0));
    edges.iter().for_each(|e| add(format!("s:{e}"), 1.0));
    let place = token.start * 6 / view.page.text.len().max(1);
    add(format!("s:sixth {place}"), 1.0);
    if view.number == 1 && token.line < 5 {
        add("s:top".into(), 1.0);
    }
    let gap = at.checked_sub(1).map_or("", |i| view.page.gap_after(i));
    let same = at.checked_sub(1).and_then(|i| view.page.tokens.get(i)).is_some_and(|t| t.sentence == token.sentence);
    let apart = gap.contains("  ") && !gap.contains('\n') || gap.contains("\n\n") || gap.contains(['|', ';', '\t']);
    let joined = same && !apart && !gap.contains(". ") && !gap.contains(": ");
    let meets = |f: &&Found| f.page == view.number && f.span.0 < span.1 && span.0 < f.span.1;
    let values = found.iter().filter(meets).map(|f| (f.field, f.span.0)).collect();
    Some(Word { page: view.number, span, norm: token.norm.clone(), features, joined, values })
}

/// Whether no rule read a value of a field that a paper of this kind may hold.
fn is_open(field: &str, kinds: &Kinds, found: &[Found]) -> bool {
    !(matches!(field, "criteria.cited" | "plan.provision_cited" | "appeal.address") && !kinds.denies())
        && !found.iter().any(|f| f.field == field)
}
