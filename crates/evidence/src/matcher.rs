//! One leaf against the sentences of the papers.
//!
//! A sentence documents a leaf when it says the same of the patient, now, with the same polarity, enough of the leaf's
//! terms, and every number within its bound. It contradicts it when it says the opposite or a number outside. When
//! torn, neither.

use calendar::Date;

use crate::dates;
use crate::line::{Line, Said, Term};
use crate::quantity::{Bound, Quantity};
use crate::report::LeafState;
use crate::words::PolicyWords;

/// A term of a leaf; alternatives ("A or B") share a group.
#[derive(Clone)]
struct Concept {
    word: String,
    negated: bool,
    weight: f64,
    strict: bool,
    group: usize,
}

/// A number of a leaf and the term it belongs to.
#[derive(Clone)]
struct Wanted {
    quantity: Quantity,
    /// The measure before it or the thing counted after it.
    tie: Option<String>,
    counts: bool,
}

/// A leaf taken apart.
#[derive(Clone)]
pub(crate) struct Leaf {
    said: Said,
    concepts: Vec<Concept>,
    groups: usize,
    wanted: Vec<Wanted>,
    /// The width in days of "within the last …".
    window: Option<f64>,
    /// A bound on the person's age, in days.
    age: Option<Quantity>,
    /// Whether it holds a number that we cannot read: then nothing documents it.
    unread: bool,
}

/// What the papers say about a leaf.
pub(crate) struct Match<'l, 'p> {
    pub(crate) state: LeafState,
    pub(crate) line: Option<&'l Line<'p>>,
    /// A sentence that says otherwise, where another documents it.
    pub(crate) against: Option<&'l Line<'p>>,
}

/// What is known apart from the papers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Now<'a> {
    pub(crate) today: Option<Date>,
    pub(crate) born: Option<Date>,
    /// The patient's name.
    pub(crate) patient: Option<&'a str>,
}

impl Leaf {
    /// Takes a leaf apart.
    pub(crate) fn of(text: &str, words: &PolicyWords) -> Leaf {
        let said = Said::of(text, None, words);
        let (window, windows) = window(&said, words);
        let mut bounds: Vec<Quantity> =
            said.quantities.iter().filter(|q| !windows.contains(&q.span)).cloned().collect();
        let age = age(&said, &mut bounds, words);
        let concepts = concepts(&said, &bounds, &windows, age.is_some(), words);
        let groups = concepts.iter().map(|c| c.group + 1).max().unwrap_or(0);
        let wanted = bounds.into_iter().map(|q| wanted(q, &said, &concepts, words)).collect();
        let unread = unread(&said);
        Leaf { said, concepts, groups, wanted, window, age, unread }
    }

    /// The same leaf asking for one of what it counts.
    fn without_counts(&self) -> Leaf {
        let wanted = self.wanted.iter().filter(|w| !w.counts).cloned().collect();
        Leaf { wanted, ..self.clone() }
    }

    /// Whether nothing but an age is asked.
    fn only_age(&self) -> bool {
        self.age.is_some() && self.concepts.is_empty() && self.wanted.is_empty()
    }
}

/// The window of a leaf and the byte ranges of the quantities that are windows.
fn window(said: &Said, words: &PolicyWords) -> (Option<f64>, Vec<(usize, usize)>) {
    let time = &words.quantities.time;
    let mut width = None;
    let mut spans = Vec::new();
    for q in said.quantities.iter().filter(|q| q.unit == "days") {
        let before = said.unified[..q.span.0].trim_end();
        if q.bound == Bound::Exactly && time.window.iter().any(|w| ends_with_word(before, w)) {
            width = Some(q.high);
            spans.push(q.span);
        }
    }
    let lone = time.lone_window.iter().find(|(w, _)| said.unified.contains(w.as_str())).map(|(_, d)| *d);
    (width.or(lone), spans)
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|t| !t.ends_with(char::is_alphanumeric))
}

/// Takes a bound in years that speaks of the person's age out of the bounds.
fn age(said: &Said, bounds: &mut Vec<Quantity>, words: &PolicyWords) -> Option<Quantity> {
    let speaks = !crate::text::places(&said.unified, &words.quantities.age_words).is_empty();
    if !speaks {
        return None;
    }
    if let Some(at) = bounds.iter().position(|q| q.unit == "days" || q.unit.is_empty()) {
        let mut q = bounds.remove(at);
        if q.unit.is_empty() {
            (q.low, q.high) = (q.low * 365.25, q.high * 365.25);
            q.unit = "days".into();
        }
        if q.bound == Bound::Exactly {
            q.bound = Bound::AtLeast;
        }
        return Some(q);
    }
    // "age 18 or older" is blanked as a stated age: read the bound from the words after it.
    let stated = said.age?;
    let after = |w: &str| said.unified.contains(w);
    let bound = if after("younger") || after("menor") || after("under") || after("less") {
        Bound::AtMost
    } else {
        Bound::AtLeast
    };
    let days = stated * 365.25;
    Some(Quantity { bound, low: days, high: days, unit: "days".into(), span: (0, 0), at: 0 })
}

fn concepts(
    said: &Said,
    bounds: &[Quantity],
    windows: &[(usize, usize)],
    age: bool,
    words: &PolicyWords,
) -> Vec<Concept> {
    let side = [&words.compare.left, &words.compare.right, &words.compare.both];
    let within =
        |at: usize| bounds.iter().map(|q| q.span).chain(windows.iter().copied()).any(|(a, b)| at >= a && at < b);
    let mut all: Vec<Concept> = Vec::new();
    let mut last_end: Option<usize> = None;
    for term in &said.terms {
        let raw = term.token.raw.as_str();
        let skip = words.is_idle(raw)
            || words.quantities.is_unit(raw)
            || words.quantities.number(raw).is_some()
            || raw.chars().all(|c| c.is_ascii_digit())
            || side.iter().any(|s| s.iter().any(|w| w == raw))
            || (age && words.quantities.age_words.iter().any(|w| w == raw))
            || words.compare.negations.iter().any(|w| w == raw)
            || within(term.token.span.0) && !words.is_known(raw);
        if skip {
            continue;
        }
        let joined = last_end.and_then(|e| said.unified.get(e..term.token.span.0)).map(str::trim);
        let alternative = matches!(joined, Some("or" | "o" | "and/or" | "y/o"));
        last_end = Some(term.token.span.1);
        if all.iter().any(|c| c.word == term.token.word) {
            continue;
        }
        let group = match all.last() {
            Some(last) if alternative => last.group,
            Some(last) => last.group + 1,
            None => 0,
        };
        let known = words.is_known(&term.token.word);
        all.push(Concept {
            strict: words.compare.strict.contains(&term.token.word),
            word: term.token.word.clone(),
            negated: term.negated,
            weight: if known { 2.0 } else { 1.0 },
            group,
        });
    }
    all
}

fn wanted(mut quantity: Quantity, said: &Said, concepts: &[Concept], words: &PolicyWords) -> Wanted {
    let is_concept = |t: &&Term| concepts.iter().any(|c| c.word == t.token.word);
    let between = |a: usize, b: usize| said.unified.get(a..b).unwrap_or("");
    let after = said
        .terms
        .iter()
        .filter(|t| t.token.span.0 >= quantity.span.1)
        .take(4)
        .find(is_concept)
        .filter(|t| {
            between(quantity.span.1, t.token.span.0)
                .split_whitespace()
                .all(|w| w == "of" || w == "de" || w.chars().all(|c| c.is_ascii_digit()))
        })
        .map(|t| t.token.word.clone());
    let before = said
        .terms
        .iter()
        .rfind(|t| t.token.span.1 <= quantity.span.0.max(1) && is_concept(t))
        .map(|t| t.token.word.clone());
    let counts = quantity.unit.is_empty() && after.is_some();
    let grows = words.quantities.grows(&quantity.unit) || quantity.unit == "per_month" || counts;
    if quantity.bound == Bound::Exactly && grows {
        quantity.bound = Bound::AtLeast;
    }
    let tie = if counts || !quantity.unit.is_empty() { after.or(before) } else { before.or(after) };
    Wanted { quantity, tie, counts }
}

/// Digits of a leaf that belong to no quantity and no name: a fraction, a ratio.
fn unread(said: &Said) -> bool {
    said.folded.split_whitespace().any(|w| {
        let w = w.trim_matches(|c: char| !c.is_alphanumeric());
        w.contains('/') && w.split('/').all(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_digit()))
    }) && said.quantities.is_empty()
}

/// Finds the sentence that documents a leaf, else one that contradicts it, else none.
pub(crate) fn find<'l, 'p>(leaf: &Leaf, lines: &'l [Line<'p>], now: Now<'_>, words: &PolicyWords) -> Match<'l, 'p> {
    let mut documents: Option<(f64, &Line<'_>)> = None;
    let mut against: Option<(f64, &Line<'_>)> = None;
    let mut contrary: Vec<&Line<'_>> = Vec::new();
    for line in lines {
        let Some((closeness, yes)) = judge(leaf, line, now, words) else { continue };
        if !yes {
            contrary.push(line);
        }
        let best = if yes { &mut documents } else { &mut against };
        if best.is_none_or(|(c, _)| closeness > c) {
            *best = Some((closeness, line));
        }
    }
    let grows = leaf.wanted.iter().any(|w| w.counts || words.quantities.grows(&w.quantity.unit));
    if documents.is_none()
        && let Some(line) = counted_over(leaf, lines, now, words)
    {
        documents = Some((1.0, line));
    }
    match (documents, against) {
        (Some((d, line)), Some((a, other))) if d >= a || grows => {
            Match { state: LeafState::Documented, line: Some(line), against: (!grows).then_some(other) }
        }
        (Some((_, line)), None) => Match { state: LeafState::Documented, line: Some(line), against: None },
        (Some(_), Some((_, other))) => Match { state: LeafState::NotDocumented, line: None, against: Some(other) },
        (None, Some((_, line))) => {
            let state = added_up(leaf, &contrary, words).unwrap_or(LeafState::Contradicted);
            Match { state, line: (state != LeafState::NotDocumented).then_some(line), against: None }
        }
        (None, None) => Match { state: LeafState::NotDocumented, line: None, against: None },
    }
}

/// "At least two drugs": one may stand in each of several sentences, and each must meet the rest of the leaf by itself.
fn counted_over<'l, 'p>(leaf: &Leaf, lines: &'l [Line<'p>], now: Now<'_>, words: &PolicyWords) -> Option<&'l Line<'p>> {
    let wanted = leaf.wanted.iter().find(|w| w.counts && w.quantity.bound == Bound::AtLeast)?;
    let tie = wanted.tie.as_ref()?;
    let rest = leaf.without_counts();
    let mut members: Vec<&str> = Vec::new();
    let mut first = None;
    for line in lines.iter().filter(|l| judge(&rest, l, now, words).is_some_and(|(_, yes)| yes)) {
        let named = line.said.terms.iter().filter(|t| !t.negated && words.kinds_of(&t.token.word).contains(tie));
        members.extend(named.map(|t| t.token.word.as_str()));
        first = first.or(Some(line));
    }
    members.sort_unstable();
    members.dedup();
    first.filter(|_| members.len() as f64 >= wanted.quantity.low)
}

/// Several courses that are each too short: together they may be long enough. Stretches that follow upon each other count as
/// one; others leave it open.
fn added_up(leaf: &Leaf, short: &[&Line<'_>], words: &PolicyWords) -> Option<LeafState> {
    let lasts = |w: &&Wanted| w.quantity.unit == "days" && matches!(w.quantity.bound, Bound::AtLeast | Bound::MoreThan);
    let bound = &leaf.wanted.iter().find(lasts)?.quantity;
    if short.len() < 2 || leaf.concepts.iter().any(|c| c.negated) {
        return None;
    }
    let run = dates::longest_run(short.iter().flat_map(|l| l.said.ranges.clone()).collect(), &words.quantities.time);
    if bound.met_by(&exactly(run, "days")) == Some(true) {
        return Some(LeafState::Documented);
    }
    let longest = |l: &&Line<'_>| {
        let told = l.said.quantities.iter().filter(|q| q.unit == "days").map(|q| q.high);
        told.chain(l.said.lasted.iter().copied()).fold(0.0, f64::max)
    };
    let sum: f64 = short.iter().map(longest).sum();
    (bound.met_by(&exactly(sum, "days")) != Some(false)).then_some(LeafState::NotDocumented)
}

/// Whether the person's date of birth alone answers a leaf that asks nothing but an age.
pub(crate) fn by_birth(leaf: &Leaf, now: Now<'_>) -> Option<bool> {
    let bound = leaf.age.as_ref().filter(|_| leaf.only_age())?;
    let days = calendar::days_between(now.born?, now.today?) as f64;
    bound.met_by(&exactly(days, "days"))
}

fn exactly(value: f64, unit: &str) -> Quantity {
    Quantity { bound: Bound::Exactly, low: value, high: value, unit: unit.into(), span: (0, 0), at: 0 }
}

/// How the terms of a leaf fare in a sentence.
#[derive(Default)]
struct Share {
    share: f64,
    /// The same without the strict terms that are not there.
    rest: f64,
    /// The same without the answer a test is to have ("positive").
    tested: f64,
    opposite: bool,
    strict_missing: bool,
    hedged: bool,
}

/// What a sentence says about a leaf: how close it is and whether it is for it (true) or against it.
fn judge(leaf: &Leaf, line: &Line<'_>, now: Now<'_>, words: &PolicyWords) -> Option<(f64, bool)> {
    let said = &line.said;
    if leaf.concepts.is_empty() && leaf.age.is_none()
        || said.of_another != leaf.said.of_another
        || !same_side(leaf, said)
    {
        return None;
    }
    let share = share(leaf, said, words);
    if share.hedged || general(leaf, said, words) || yet_to_come(said, now) {
        return None;
    }
    if let Some(bound) = &leaf.age {
        let met = bound.met_by(&exactly(said.age? * 365.25, "days"));
        if leaf.concepts.is_empty() && leaf.wanted.is_empty() {
            return met.map(|m| (1.0, m));
        }
        if met != Some(true) {
            return None;
        }
    }
    if share.opposite {
        return opposed(leaf, line, &share, words);
    }
    let answers: Vec<Option<bool>> = leaf.wanted.iter().map(|w| measured(w, leaf, said, words)).collect();
    if answers.contains(&Some(false)) {
        return (share.share >= 0.6 || share.rest >= 0.75).then_some((share.share, false));
    }
    let enough = if answers.is_empty() { share.share >= 0.7 } else { share.share >= 0.5 };
    let all = answers.iter().all(|a| *a == Some(true));
    let timely = leaf.window.is_none_or(|w| in_window(w, leaf, line, now, words));
    (all && enough && timely && !share.strict_missing && !leaf.unread).then_some((share.share, true))
}

/// A sentence that says the opposite of a leaf's terms.
fn opposed(leaf: &Leaf, line: &Line<'_>, share: &Share, words: &PolicyWords) -> Option<(f64, bool)> {
    let denies = leaf.concepts.iter().any(|c| c.negated);
    let measure = leaf.wanted.iter().any(|w| !w.counts && !words.quantities.grows(&w.quantity.unit));
    let speaks = if denies { line.asserts } else { !measure };
    (share.share.max(share.tested) >= 0.7 && speaks).then_some((share.share, false))
}

fn same_side(leaf: &Leaf, said: &Said) -> bool {
    if leaf.said.both && (said.left || said.right) && !said.both {
        return false;
    }
    let (l, r) = (leaf.said.left && !leaf.said.right, leaf.said.right && !leaf.said.left);
    !(l && !(said.left || said.both) || r && !(said.right || said.both))
}

fn is_a(term: &Term, concept: &Concept, words: &PolicyWords) -> bool {
    term.token.word == concept.word || words.kinds_of(&term.token.word).contains(&concept.word)
}

fn share(leaf: &Leaf, said: &Said, words: &PolicyWords) -> Share {
    let mut out = Share::default();
    let (mut got, mut total, mut strict, mut answer) = (0.0, 0.0, 0.0, 0.0);
    for group in 0..leaf.groups {
        let of_group: Vec<&Concept> = leaf.concepts.iter().filter(|c| c.group == group).collect();
        total += of_group.iter().map(|c| c.weight).fold(0.0, f64::max);
        let hits: Vec<(&&Concept, &Term)> = of_group
            .iter()
            .flat_map(|c| said.terms.iter().filter(|t| is_a(t, c, words)).map(move |t| (c, t)))
            .collect();
        let agreeing = hits.iter().find(|(c, t)| c.negated == t.negated && !t.hedged);
        match agreeing.or_else(|| hits.iter().find(|(_, t)| !t.hedged)).or(hits.first()) {
            Some((concept, term)) => {
                got += concept.weight;
                out.opposite |= concept.negated != term.negated;
                out.hedged |= term.hedged;
            }
            None if of_group.iter().any(|c| c.strict) => {
                let weight = of_group.iter().map(|c| c.weight).fold(0.0, f64::max);
                out.strict_missing = true;
                strict += weight;
                if of_group.iter().any(|c| words.compare.answered.contains(&c.word)) {
                    answer += weight;
                }
            }
            None => {}
        }
    }
    out.share = if total > 0.0 { got / total } else { 1.0 };
    out.tested = if total > answer { got / (total - answer) } else { 0.0 };
    out.rest = if total > strict { got / (total - strict) } else { 0.0 };
    out
}

/// A sentence all of whose dates lie after today tells what is to come.
fn yet_to_come(said: &Said, now: Now<'_>) -> bool {
    now.today.is_some_and(|today| !said.dates.is_empty() && said.dates.iter().all(|d| d.date > today))
}

/// A bounded number after "when" is a rule ("halved when CrCl is below 50"), not a finding.
fn is_rule(q: &Quantity, said: &Said, words: &PolicyWords) -> bool {
    let before = &said.unified[..q.span.0];
    q.bound != Bound::Exactly && !crate::text::places(before, &words.compare.conditions).is_empty()
}

/// "A meniscus is a …" says nothing about the patient.
fn general(leaf: &Leaf, said: &Said, words: &PolicyWords) -> bool {
    said.terms.iter().take(6).filter(|t| leaf.concepts.iter().any(|c| c.word == t.token.word)).any(|t| {
        let rest = said.unified[t.token.span.1..].trim_start();
        words.compare.general.iter().any(|g| rest.strip_prefix(g.as_str()).is_some_and(|r| r.starts_with(' ')))
    })
}

/// Whether the sentence's numbers meet a leaf's number: yes, no, or nothing to tell.
fn measured(wanted: &Wanted, leaf: &Leaf, said: &Said, words: &PolicyWords) -> Option<bool> {
    let bound = &wanted.quantity;
    if bound.unit == "days" {
        return lasted(bound, leaf, said, words);
    }
    let answers: Vec<bool> = said
        .quantities
        .iter()
        .filter(|q| wanted.tie.as_deref().is_none_or(|tie| near(tie, q, wanted, said, words)))
        .filter(|q| !is_rule(q, said, words))
        .filter_map(|q| bound.met_by(&if wanted.counts { q.clone() } else { words.quantities.alike(bound, q) }))
        .collect();
    if answers.contains(&true) {
        return Some(true);
    }
    if wanted.counts && bound.bound == Bound::AtLeast && counted(wanted, said, words) >= bound.low {
        return Some(true);
    }
    (!answers.is_empty()).then_some(false)
}

/// How many different members of the kind are named; a thing named without a number is one.
fn counted(wanted: &Wanted, said: &Said, words: &PolicyWords) -> f64 {
    let Some(tie) = &wanted.tie else { return 0.0 };
    let mut members: Vec<&str> = said
        .terms
        .iter()
        .filter(|t| !t.negated && (words.kinds_of(&t.token.word).contains(tie) || t.token.word == *tie))
        .map(|t| t.token.word.as_str())
        .collect();
    members.sort_unstable();
    members.dedup();
    let kinds = members.iter().filter(|m| **m != tie.as_str()).count();
    kinds.max(members.len().min(1)) as f64
}

/// Whether a number stands by the term it should belong to, with no other number between.
fn near(tie: &str, q: &Quantity, wanted: &Wanted, said: &Said, words: &PolicyWords) -> bool {
    let place = said.terms.iter().position(|t| t.token.span.0 >= q.at).unwrap_or(said.terms.len());
    said.terms.iter().enumerate().any(|(i, t)| {
        if t.token.word != tie && !words.kinds_of(&t.token.word).iter().any(|k| k == tie) {
            return false;
        }
        let (from, to) = (t.token.span.1.min(q.span.1), t.token.span.0.max(q.span.0));
        let crossed = said.quantities.iter().any(|o| o.at != q.at && o.at >= from && o.at < to);
        let reach = if i < place { place - i <= 9 && !wanted.counts || place - i <= 3 } else { i - place <= 5 };
        let comma = i > place && said.unified.get(q.span.1..t.token.span.0).is_some_and(|b| b.contains(','));
        reach && !crossed && !comma
    })
}

/// How long something lasted against a bound in days.
fn lasted(bound: &Quantity, leaf: &Leaf, said: &Said, words: &PolicyWords) -> Option<bool> {
    let time = &words.quantities.time;
    let onset = !crate::text::places(&said.folded, &time.onset).is_empty();
    let negative = leaf.concepts.iter().any(|c| c.negated);
    let spans = said.quantities.iter().filter(|q| q.unit == "days").filter(|q| {
        let before = said.unified[..q.span.0].trim_end();
        let ago = time.ago.iter().any(|a| said.unified[q.span.1..].trim_start().starts_with(a.as_str()));
        let ended = time.ended.iter().any(|w| ends_with_word(before, w));
        let lasting = ended || !time.not_lasting.iter().any(|w| ends_with_word(before, w));
        lasting && (!ago || onset || negative)
    });
    let mut answers: Vec<Option<bool>> = spans.map(|q| bound.met_by(q)).collect();
    answers.extend(said.lasted.iter().map(|d| bound.met_by(&exactly(*d, "days"))));
    if answers.contains(&Some(true)) {
        return Some(true);
    }
    (!answers.is_empty() && answers.iter().all(|a| *a == Some(false))).then_some(false)
}

/// Whether a sentence speaks of something within the last so many days.
fn in_window(width: f64, leaf: &Leaf, line: &Line<'_>, now: Now<'_>, words: &PolicyWords) -> bool {
    let said = &line.said;
    let time = &words.quantities.time;
    let recent =
        |date: Date| now.today.is_some_and(|t| date <= t && (calendar::days_between(date, t) as f64) <= width + 0.5);
    if said.dates.iter().any(|d| recent(d.date)) {
        return true;
    }
    let same_words = time.lone_window.iter().any(|(w, days)| *days <= width + 1.0 && said.unified.contains(w.as_str()));
    let spanned = said.quantities.iter().any(|q| {
        let before = said.unified[..q.span.0].trim_end();
        let ago = time.ago.iter().any(|a| said.unified[q.span.1..].trim_start().starts_with(a.as_str()));
        q.unit == "days" && q.high <= width + 1.0 && (ago || time.window.iter().any(|w| ends_with_word(before, w)))
    });
    let of_paper = said.dates.is_empty()
        && line.head.date.is_some_and(recent)
        && leaf.concepts.iter().any(|c| c.weight > 1.0 && line.head.words.contains(&c.word));
    same_words || spanned || of_paper
}
