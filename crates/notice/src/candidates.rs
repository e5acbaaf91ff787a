//! Everything on a page that has the form of a value (a number, a name, a telephone number, a day, a sum), with what stands
//! around it. [`crate::gaps`] weighs these for the fields that no rule found.

use std::collections::BTreeMap;

use crate::data::{Reader, holds};
use crate::found::Found;
use crate::phrase::fold_word;
use crate::values::Span;
use crate::view::View;

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Of a member, a claim, a request: `LMC 440 182 093`.
    Number,
    /// Of a person: two words or more.
    Name,
    /// A telephone number.
    Phone,
    /// A day or a range of days.
    Date,
}

/// A place on a page that could be a field's value.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The form of its value.
    pub form: Form,
    /// Counted from 1.
    pub page: usize,
    /// Where it stands on the page as it is read.
    pub span: Span,
    /// As the field would hold it; days in ISO 8601, sums as numbers.
    pub value: String,
    /// A name with its title and its credentials, where it has any.
    pub titled: Option<(Span, String)>,
    /// What stands around it, and what it looks like.
    pub features: BTreeMap<String, f32>,
    /// Fields whose value it is, or is part of, by the rules.
    pub(crate) taken: Vec<(&'static str, bool)>,
}

/// How many pages of a paper are searched, and how many candidates of a form are looked at on each: letters have less.
const PAGES: usize = 6;
const MOST: usize = 400;
/// The most words of a name, and the most parts of a number.
const NAME_WORDS: usize = 5;
const NUMBER_PARTS: usize = 5;
/// How many words and marks before a candidate, and after it, count.
const BEFORE: usize = 8;
const AFTER: usize = 6;
/// A cell of more bytes is a sentence and no label.
const LABEL: usize = 40;

/// A word or a mark of the page, with where it begins.
pub(crate) struct Mark {
    pub(crate) at: usize,
    pub(crate) text: String,
}

impl Reader {
    /// The candidates of some forms on the pages of a paper. `found`: what the rules read.
    pub(crate) fn candidates(&self, views: &[View], found: &[Found], forms: &[Form]) -> Vec<Candidate> {
        let mut out = Vec::new();
        for view in views.iter().take(PAGES) {
            let marks = marks(view);
            let greeted = greeted(view);
            for form in forms {
                let mut places = self.places_of(view, *form);
                places.truncate(MOST);
                for (span, value) in places {
                    let titled = (*form == Form::Name).then(|| self.with_title(view, span)).flatten();
                    let mut candidate = Candidate {
                        form: *form,
                        page: view.number,
                        span,
                        value,
                        titled,
                        features: BTreeMap::new(),
                        taken: Vec::new(),
                    };
                    around(view, &marks, &mut candidate);
                    looks(view, &greeted, &mut candidate);
                    candidate.taken = taken(&candidate, found);
                    out.push(candidate);
                }
            }
        }
        out
    }

    /// Where values of a form stand on a page.
    fn places_of(&self, view: &View, form: Form) -> Vec<(Span, String)> {
        match form {
            Form::Date => view.dates.iter().map(|d| (d.span, d.iso())).collect(),
            Form::Phone => view.phones.iter().map(|s| (*s, crate::text::tidy(view.page.slice(s.0, s.1)))).collect(),
            Form::Number => runs(view, is_part_of_number)
                .into_iter()
                .flat_map(|run| within(&run, 1, NUMBER_PARTS))
                .filter(|s| is_number(view, *s))
                .map(|s| (s, view.page.slice(s.0, s.1).to_owned()))
                .collect(),
            Form::Name => runs(view, |word| self.is_part_of_name(word))
                .into_iter()
                .flat_map(|run| within(&run, 2, NAME_WORDS))
                .filter(|s| {
                    let words = view.page.slice(s.0, s.1);
                    let last = words.rsplit(' ').next().unwrap_or("");
                    [words, last].iter().all(|w| w.starts_with(char::is_uppercase))
                })
                .map(|s| (s, view.page.slice(s.0, s.1).to_owned()))
                .collect(),
        }
    }

    fn is_part_of_name(&self, word: &str) -> bool {
        let norm = fold_word(word.trim_end_matches('.'));
        let letters = word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.'));
        let dotted = word.trim_end_matches('.').contains('.');
        letters
            && !dotted
            && (word.starts_with(char::is_uppercase) && !holds(&self.words.not_names, &norm)
                || holds(&self.words.particles, &norm))
    }

    /// The name with the title before it and the credentials after it.
    fn with_title(&self, view: &View, span: Span) -> Option<(Span, String)> {
        let at = view.page.token_at(span.0);
        let title = at.checked_sub(1).filter(|i| {
            view.page.tokens.get(*i).is_some_and(|t| t.capital && holds(&self.words.titles, &t.norm))
                && view.page.gap_after(*i).trim_matches(['.', ' ']).is_empty()
        });
        let person = self.person_at(view, title.unwrap_or(at), view.page.tokens.len())?;
        let covers = person.span.0 <= span.0 && span.1 <= person.span.1 && person.is_titled();
        covers.then(|| (person.span, crate::text::tidy(view.page.slice(person.span.0, person.span.1))))
    }
}

/// The words and marks of a page in order.
pub(crate) fn marks(view: &View) -> Vec<Mark> {
    let mut out = Vec::new();
    let mut from = 0;
    for token in &view.page.tokens {
        let gap = view.page.slice(from, token.start);
        for (i, c) in gap.char_indices().filter(|(_, c)| matches!(c, ':' | '#' | '(' | ')' | '$' | '|' | '.' | ',')) {
            out.push(Mark { at: from + i, text: c.to_string() });
        }
        out.push(Mark { at: token.start, text: token.norm.clone() });
        from = token.end;
    }
    out
}

/// The words of the line that greets somebody.
fn greeted(view: &View) -> Vec<String> {
    let Some((_, to)) = view.greeting() else { return Vec::new() };
    let Some(last) = to.checked_sub(1).and_then(|i| view.page.tokens.get(i)) else { return Vec::new() };
    let line = view.page.tokens.iter().skip(to).take_while(|t| t.line == last.line).take(NAME_WORDS);
    line.map(|t| t.norm.clone()).collect()
}

/// Runs of words in one cell that satisfy a condition, one blank between; a comma or another mark ends a run.
fn runs(view: &View, part: impl Fn(&str) -> bool) -> Vec<Vec<Span>> {
    let mut out: Vec<Vec<Span>> = Vec::new();
    for cell in view.page.lines.iter().flat_map(|l| &l.cells) {
        let mut run: Vec<Span> = Vec::new();
        let mut at = cell.start;
        for piece in view.page.slice(cell.start, cell.end).split(' ') {
            let start = at + (piece.len() - piece.trim_start_matches(['(', '"', '“', '#', '[', '\'']).len());
            let word = piece.trim_matches(['(', ')', '"', '“', '”', '#', '[', ']', ',', ';', ':', '|', '\'', '!', '?']);
            let ends = piece.ends_with([',', ';', ':', ')', '"', '”', ']', '?', '!']);
            let opens = start > at;
            let dot = word.ends_with('.') && word.chars().count() > 2;
            let bare = if dot { word.trim_end_matches('.') } else { word };
            if opens || !part(bare) || bare.is_empty() {
                out.extend((!run.is_empty()).then(|| std::mem::take(&mut run)));
            }
            if part(bare) && !bare.is_empty() {
                run.push((start, start + bare.len()));
                if ends || dot {
                    out.push(std::mem::take(&mut run));
                }
            }
            at += piece.len() + 1;
        }
        out.extend((!run.is_empty()).then_some(run));
    }
    out
}

/// All stretches of a run of so many words.
fn within(run: &[Span], least: usize, most: usize) -> Vec<Span> {
    let mut out = Vec::new();
    for (i, first) in run.iter().enumerate() {
        let ends = run.iter().skip(i).take(most).skip(least - 1);
        out.extend(ends.map(|last| (first.0, last.1)));
    }
    out
}

fn is_part_of_number(word: &str) -> bool {
    let sound = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '-' | '/' | '.');
    word.chars().all(sound) && word.starts_with(|c: char| c.is_ascii_alphanumeric()) && word.len() <= 24
}

/// Whether it has digits enough, and is no day, sum or telephone number.
fn is_number(view: &View, span: Span) -> bool {
    let text = view.page.slice(span.0, span.1);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let meets = |s: &Span| s.0 < span.1 && span.0 < s.1;
    let other = view.phones.iter().any(meets)
        || view.dates.iter().any(|d| meets(&d.span))
        || view.money.iter().any(|(s, _)| meets(s));
    digits >= 3 && text.len() >= 4 && !other
}

/// Counts a feature; of one that stands twice the larger value stays.
pub(crate) fn raise(features: &mut BTreeMap<String, f32>, name: String, value: f32) {
    let old = features.entry(name).or_insert(value);
    *old = old.max(value);
}

/// How much less each word counts than the one that is nearer.
pub(crate) const FARTHER: f32 = 0.35;

/// What stands before a place: `l:` so many words and marks, the nearest counting most, `l0:` to `l2:` the last three by place, `p:` the
/// last two and three together. Gives them back, the nearest first.
pub(crate) fn before<'m>(
    marks: &'m [Mark],
    start: usize,
    most: usize,
    features: &mut BTreeMap<String, f32>,
) -> Vec<&'m str> {
    let here = marks.partition_point(|m| m.at < start);
    let words: Vec<&str> = marks.get(..here).unwrap_or(&[]).iter().rev().take(most).map(|m| m.text.as_str()).collect();
    let mut far = 1.0_f32;
    for (i, word) in words.iter().enumerate() {
        raise(features, format!("l:{word}"), 1.0 / far);
        far += FARTHER;
        if i < 3 {
            raise(features, format!("l{i}:{word}"), 1.0);
        }
    }
    if let [a, b, ..] = words.as_slice() {
        raise(features, format!("p:{b} {a}"), 1.0);
    }
    if let [a, b, c, ..] = words.as_slice() {
        raise(features, format!("p:{c} {b} {a}"), 1.0);
    }
    words
}

/// What stands before and after, in the same line and above.
fn around(view: &View, marks: &[Mark], c: &mut Candidate) {
    let (start, end) = c.span;
    before(marks, start, BEFORE, &mut c.features);
    let mut add = |name: String, value: f32| raise(&mut c.features, name, value);
    let next = marks.partition_point(|m| m.at < end);
    for (i, mark) in marks.iter().skip(next).take(AFTER).enumerate() {
        add(format!("r:{}", mark.text), 1.0);
        if i < 3 {
            add(format!("r{i}:{}", mark.text), 1.0);
        }
    }
    let own = own_cell(view, start).map_or_else(Vec::new, |(_, cell)| norms(view, cell.start, start));
    for word in own.iter().rev().take(5) {
        add(format!("c:{word}"), 1.0);
    }
    let (beside, above, edges) = beside_and_above(view, c.span);
    beside.iter().for_each(|word| add(format!("b:{word}"), 1.0));
    above.iter().for_each(|word| add(format!("u:{word}"), 1.0));
    edges.iter().filter(|e| **e != "cell ends").for_each(|e| add(format!("s:{e}"), 1.0));
}

/// The cell of a place, and its number on its line.
fn own_cell<'v>(view: &'v View, start: usize) -> Option<(usize, &'v crate::text::Cell)> {
    let line = view.page.lines.get(view.page.line_at(start))?;
    line.cells.iter().enumerate().find(|(_, cell)| cell.start <= start && start < cell.end)
}

/// The words of the label beside a place, those of the label above it, and whether it begins or ends its line or cell.
pub(crate) fn beside_and_above<'v>(view: &'v View, span: Span) -> (Vec<&'v str>, Vec<&'v str>, Vec<&'static str>) {
    let (start, end) = span;
    let number = view.page.line_at(start);
    let (Some(line), Some((place, cell))) = (view.page.lines.get(number), own_cell(view, start)) else {
        return (Vec::new(), Vec::new(), Vec::new());
    };
    let own = norms(view, cell.start, start);
    let left = place.checked_sub(1).and_then(|i| line.cells.get(i));
    let mut beside = match left {
        Some(left) if own.is_empty() => norms(view, left.start, left.end),
        _ if view.page.slice(cell.start, start).trim_end().ends_with([':', '.', '|']) => own,
        _ => Vec::new(),
    };
    beside.drain(..beside.len().saturating_sub(5));
    let mut edges = Vec::new();
    if cell.start == start {
        edges.push(if place == 0 { "line" } else { "cell" });
    }
    if cell.end == end {
        edges.push("cell ends");
    }
    let column = cell.left + view.page.slice(cell.start, start).chars().count();
    let width = view.page.slice(start, end).chars().count();
    let above = (1..=2).filter_map(|n| view.page.lines.get(number.checked_sub(n)?)).find(|l| !l.cells.is_empty());
    let above = above.and_then(|l| l.cells.iter().find(|a| a.left <= column + width && column <= a.right));
    let above = above.filter(|a| a.end - a.start < LABEL);
    let above = above.map_or_else(Vec::new, |a| norms(view, a.start, a.end).into_iter().take(6).collect());
    (beside, above, edges)
}

/// The folded words of a stretch of the page.
fn norms<'v>(view: &'v View, from: usize, to: usize) -> Vec<&'v str> {
    let (a, b) = (view.page.token_at(from), view.page.token_at(to));
    view.page.tokens.get(a..b).unwrap_or(&[]).iter().map(|t| t.norm.as_str()).collect()
}

/// What it looks like and where on the page it stands.
#[allow(clippy::cast_precision_loss)] // short lengths
fn looks(view: &View, greeted: &[String], c: &mut Candidate) {
    let text = view.page.slice(c.span.0, c.span.1);
    let words: Vec<String> = text.split_whitespace().map(|w| fold_word(w.trim_end_matches('.'))).collect();
    let mut shape = String::new();
    for mark in text.chars().map(|ch| match ch {
        ch if ch.is_uppercase() => 'A',
        ch if ch.is_alphabetic() => 'a',
        ch if ch.is_ascii_digit() => '9',
        other => other,
    }) {
        if !shape.ends_with(mark) && shape.len() < 14 {
            shape.push(mark);
        }
    }
    let mut add = |name: String, value: f32| {
        c.features.insert(name, value);
    };
    add(format!("f:{shape}"), 1.0);
    add("f:length".into(), text.len().min(30) as f32 / 30.0);
    add(format!("f:words {}", words.len().min(6)), 1.0);
    if c.form == Form::Name {
        words.iter().for_each(|w| add(format!("w:{w}"), 1.0));
        if text.chars().all(|ch| !ch.is_lowercase()) {
            add("f:capitals".into(), 1.0);
        }
        if words.last().is_some_and(|last| greeted.contains(last)) {
            add("f:greeted".into(), 1.0);
        }
    }
    if matches!(c.form, Form::Name | Form::Number)
        && view.page.slice(c.span.1, c.span.1 + 2).chars().nth(1).is_some_and(|ch| {
            view.page.slice(c.span.1, c.span.1 + 1) == " " && (ch.is_uppercase() || ch.is_ascii_digit())
        })
    {
        add("f:goes on".into(), 1.0);
    }
    let place = c.span.0 * 6 / view.page.text.len().max(1);
    add(format!("s:sixth {place}"), 1.0);
    if view.number > 1 {
        add("s:later page".into(), 1.0);
    }
    if view.number == 1 && view.page.line_at(c.span.0) < 6 {
        add("s:top".into(), 1.0);
    }
}

/// The fields whose value this is by the rules, wholly or in part.
fn taken(c: &Candidate, found: &[Found]) -> Vec<(&'static str, bool)> {
    let fold = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let own = fold(&c.value);
    let of = |f: &Found| {
        let same = fold(&f.value) == own;
        let part = f.page == c.page && f.span.0 < c.span.1 && c.span.0 < f.span.1;
        (same || part).then_some((f.field, same))
    };
    let mut out: Vec<(&'static str, bool)> = found.iter().filter_map(of).collect();
    out.sort_unstable();
    out.dedup();
    out
}
