//! One leaf against the sentences of the papers.
//!
//! A sentence documents a leaf when it says the same of the patient, now, with the same polarity, enough of the leaf's
//! terms, and every number within its bound. It contradicts it when it says the opposite or a number outside. When
//! torn, neither.

use calendar::Date;

use crate::asked::{Joint, asked, joint};
use crate::dates;
use crate::line::{Line, Said, Term};
use crate::policy;
use crate::quantity::{Bound, Quantity};
use crate::report::LeafState;
use crate::words::PolicyWords;

mod reply;

use reply::{Reply, repeats, replied};

/// A term of a leaf; alternatives ("A or B") share a group.
#[derive(Clone)]
struct Concept {
    word: String,
    negated: bool,
    weight: f64,
    strict: bool,
    group: usize,
}

/// How or when an amount must be measured ("on CPAP", "on duplex ultrasound"): one of the terms must stand beside it.
#[derive(Clone)]
struct Circumstance {
    any: Vec<String>,
    /// Whether a word like "on" must stand before it.
    led: bool,
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
    /// How or when an amount must be measured.
    under: Vec<Circumstance>,
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
        let said = Said::of(&asked(text, words), None, words);
        let (window, windows) = window(&said, words);
        let mut bounds: Vec<Quantity> =
            said.quantities.iter().filter(|q| !windows.contains(&q.span)).cloned().collect();
        let age = age(&said, &mut bounds, words);
        let concepts = concepts(&said, &bounds, &windows, age.is_some(), words);
        let groups = concepts.iter().map(|c| c.group + 1).max().unwrap_or(0);
        let mut wanted: Vec<Wanted> = bounds.into_iter().map(|q| wanted(q, &said, &concepts, words)).collect();
        if wanted.len() > 1 {
            // "4 hours a night on 5 nights a week": the second only says over which nights the first is counted.
            wanted.retain(|w| w.quantity.unit != "nights_per_week");
        }
        let unread = unread(&said);
        let under = if wanted.iter().any(|w| is_measure(w, words)) { circumstances(&said, words) } else { Vec::new() };
        Leaf { said, concepts, groups, wanted, window, age, unread, under }
    }

    /// The same leaf with the signs that the header above it asks of each item: "Failure of …, including: physical therapy".
    fn with_strict(&self, parent: &Leaf) -> Leaf {
        let mut leaf = self.clone();
        let group = leaf.groups;
        let new = parent.concepts.iter().filter(|c| c.strict && !leaf.concepts.iter().any(|o| o.word == c.word));
        let new: Vec<Concept> = new.map(|c| Concept { group: group + c.group, ..c.clone() }).collect();
        leaf.groups += parent.groups;
        leaf.concepts.extend(new);
        leaf
    }

    /// The same leaf without the terms that `drop` names.
    fn without(&self, drop: impl Fn(&Concept) -> bool) -> Leaf {
        let concepts = self.concepts.iter().filter(|c| !drop(c)).cloned().collect();
        Leaf { concepts, ..self.clone() }
    }

    /// Whether it asks for nothing.
    fn is_empty(&self) -> bool {
        self.concepts.is_empty() && self.wanted.is_empty() && self.window.is_none() && self.age.is_none()
    }

    /// Whether it says itself of what it speaks: more than a sign such as "could not be tolerated".
    fn names_something(&self) -> bool {
        self.concepts.iter().any(|c| !c.strict) || self.age.is_some()
    }

    /// Whether it must be measured under circumstances ("on CPAP").
    pub(crate) fn has_circumstances(&self) -> bool {
        !self.under.is_empty()
    }

    /// Whether it is nothing but names: no amount, time, sign or denial.
    fn only_names(&self) -> bool {
        self.wanted.is_empty()
            && self.window.is_none()
            && self.age.is_none()
            && self.concepts.iter().all(|c| !c.negated && !c.strict)
    }

    /// The same leaf asking for one of what it counts.
    fn without_counts(&self) -> Leaf {
        let wanted = self.wanted.iter().filter(|w| !w.counts).cloned().collect();
        Leaf { wanted, ..self.clone() }
    }

    /// Whether it asks for a measured amount and nothing that adds up in time.
    pub(crate) fn is_measure(&self, words: &PolicyWords) -> bool {
        !self.wanted.is_empty() && self.wanted.iter().all(|w| is_measure(w, words)) && !self.concepts.is_empty()
    }

    /// Whether it asks for known terms only, without numbers, denials or strict signs.
    pub(crate) fn is_plain(&self) -> bool {
        let known = |c: &Concept| c.weight > 1.0;
        self.wanted.is_empty()
            && self.age.is_none()
            && self.window.is_none()
            && self.concepts.iter().any(known)
            && self.concepts.iter().all(|c| !c.negated && !c.strict)
    }

    /// Whether nothing but an age is asked.
    fn only_age(&self) -> bool {
        self.age.is_some() && self.concepts.is_empty() && self.wanted.is_empty()
    }
}

/// Whether a number is measured, not counted and not added up in time.
fn is_measure(wanted: &Wanted, words: &PolicyWords) -> bool {
    !wanted.counts && !words.quantities.grows(&wanted.quantity.unit)
}

/// The circumstances that a text names: terms after "on", "during", and known circumstances wherever they stand.
fn circumstances(said: &Said, words: &PolicyWords) -> Vec<Circumstance> {
    let c = &words.compare;
    let mut found: Vec<Circumstance> = Vec::new();
    let mut loose = None;
    for (at, term) in said.terms.iter().enumerate() {
        let raw = &term.token.raw;
        let is = |list: &[String]| list.iter().any(|w| w == raw || *w == term.token.word);
        let led = led_by(said, at, &c.circumstances, 2);
        let given = is(&c.measured_on);
        let number = |t: &Term| words.quantities.number(&t.token.raw).is_some();
        // "on two occasions" counts; it is no circumstance.
        let counted = at.checked_sub(1).and_then(|b| said.terms.get(b)).is_some_and(number);
        let plain = words.is_idle(raw)
            || words.quantities.is_unit(raw)
            || number(term)
            || counted
            || said.quantities.iter().any(|q| (q.span.0..q.span.1).contains(&term.token.span.0));
        if given || is(&c.measured_under) {
            let led = given && (led || led_by(said, at, &c.circumstances_with, 2));
            found.push(Circumstance { any: vec![term.token.word.clone()], led });
        } else if led && !plain {
            // "on duplex ultrasound": a record may name it with one of the two words.
            let beside = loose.filter(|(last, _)| last + 1 == at).map(|(_, place)| place);
            let place = beside.unwrap_or_else(|| {
                found.push(Circumstance { any: Vec::new(), led: false });
                found.len() - 1
            });
            found[place].any.push(term.token.word.clone());
            loose = Some((at, place));
        }
    }
    found
}

/// Whether one of the words stands among the few before a term, in its clause.
fn led_by(said: &Said, at: usize, leaders: &[String], reach: usize) -> bool {
    let Some(term) = said.terms.get(at) else { return false };
    let from = said.terms.get(at.saturating_sub(reach)).map_or(0, |t| t.token.span.0);
    let between = said.unified.get(from..term.token.span.0).unwrap_or("");
    let clause = between.rsplit([',', ';', '.', ':']).next().unwrap_or("");
    !crate::text::places(clause, leaders).is_empty()
}

/// Whether the word right after a term is one of these: "atorvastatin prescribed".
fn followed_by(said: &Said, at: usize, words: &[String]) -> bool {
    said.terms.get(at + 1).is_some_and(|next| words.contains(&next.token.raw))
}

/// Whether a sentence tells its amounts under the circumstances that a leaf asks for.
fn as_asked(leaf: &Leaf, said: &Said, words: &PolicyWords) -> bool {
    let c = &words.compare;
    leaf.under.iter().all(|wanted| {
        said.terms.iter().enumerate().any(|(at, t)| {
            let same = |w: &String| t.token.word == *w || words.kinds_of(&t.token.word).contains(w);
            let leads = || led_by(said, at, &c.circumstances, 3) || led_by(said, at, &c.circumstances_with, 3);
            wanted.any.iter().any(same)
                && !t.negated
                && !t.hedged
                && (!wanted.led || leads())
                && !led_by(said, at, &c.not_under, 3)
                && !followed_by(said, at, &c.not_under)
        })
    })
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
        if q.bound == Bound::Exactly && q.low == q.high {
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
    let mut list_from: Option<usize> = None;
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
        let joined = last_end
            .and_then(|e| said.unified.get(e..term.token.span.0))
            .map_or(Joint::Other, |b| joint(b, &said.unified[term.token.span.0..]));
        last_end = Some(term.token.span.1);
        let last = all.last().map(|c| c.group);
        let next = all.iter().map(|c| c.group + 1).max().unwrap_or(0);
        // "intolerance, failure or contraindication": what commas join is one list of alternatives once an "or" ends it.
        match (joined, last) {
            (Joint::Comma, Some(last)) => list_from = list_from.or(Some(last)),
            (Joint::Or, Some(last)) => {
                let first = list_from.take().unwrap_or(last);
                let members: Vec<&Concept> = all.iter().filter(|c| c.group >= first).collect();
                // "disorder, single or recurrent" is no list of three; known terms, or three before the "or", are one.
                let alike = members.iter().all(|c| c.weight > 1.0) && words.is_known(&term.token.word);
                if alike || members.len() >= 3 {
                    all.iter_mut().filter(|c| c.group > first).for_each(|c| c.group = first);
                }
            }
            _ => list_from = None,
        }
        if all.iter().any(|c| c.word == term.token.word) {
            continue;
        }
        let group = match (joined, all.last()) {
            (Joint::Or, Some(last)) => last.group,
            _ => next,
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
    let earlier = |t: &&Term| t.token.span.1 <= quantity.span.0.max(1) && is_concept(t);
    let strict = |t: &&Term| words.compare.strict.contains(&t.token.word);
    // Of a thing and a sign ("CPAP intolerance (less than 4 hours)") the number is the thing's.
    let before = said
        .terms
        .iter()
        .rfind(|t| earlier(t) && !strict(t))
        .or_else(|| said.terms.iter().rfind(earlier))
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

/// What the papers say about a leaf below headers that ask for something themselves ("Failure of 12 weeks of care, including:"):
/// the item must be shown with the signs of its headers, and each header too. Otherwise it comes back which header is not.
pub(crate) fn find_below<'l, 'p>(
    text: &str,
    headers: &[String],
    lines: &'l [Line<'p>],
    now: Now<'_>,
    words: &PolicyWords,
) -> (Match<'l, 'p>, Option<usize>) {
    let mut leaf = Leaf::of(text, words);
    let mut open: Vec<(usize, Leaf, Leaf)> = Vec::new();
    for (at, header) in headers.iter().enumerate() {
        let own = policy::quantifier::without_rule(header, words);
        if own.is_empty() {
            continue;
        }
        let parent = Leaf::of(&own, words);
        let defines = !crate::text::places(&cite::fold(header), &words.policy.defining).is_empty();
        if !leaf.names_something() {
            // "could not be tolerated" alone says nothing: of what, the header says.
            leaf = Leaf::of(&format!("{own} {text}"), words);
            continue;
        }
        let shares = parent.concepts.iter().any(|c| !c.strict && leaf.concepts.iter().any(|o| o.word == c.word));
        if defines && shares {
            continue;
        }
        if !defines {
            leaf = leaf.with_strict(&parent);
        }
        let rest = parent.without(|c| c.strict || words.policy.bare_heads.contains(&c.word));
        open.push((at, parent, rest));
    }
    let found = find(&leaf, lines, now, words);
    let Some(line) = found.line.filter(|_| found.state == LeafState::Documented) else { return (found, None) };
    let missing = open.iter().find(|(_, parent, rest)| {
        let here = rest.is_empty() || holds(rest, line, now, words);
        !here && find(parent, lines, now, words).state != LeafState::Documented
    });
    match missing {
        None => (found, None),
        Some((at, ..)) => (Match { state: LeafState::NotDocumented, line: None, against: None }, Some(*at)),
    }
}

/// Whether one sentence meets what is left of a header.
fn holds(rest: &Leaf, line: &Line<'_>, now: Now<'_>, words: &PolicyWords) -> bool {
    if !rest.concepts.is_empty() {
        return judge(rest, line, now, words).is_some_and(|(_, yes)| yes);
    }
    let amounts = rest.wanted.iter().all(|w| measured(w, rest, &line.said, words) == Some(true));
    amounts && rest.window.is_none_or(|w| in_window(w, rest, line, now, words))
}

/// A criterion of alternatives in one sentence, each by itself: "physical therapy or a home exercise program", "ferritin below
/// 30, or saturation below 20%". Empty where it is no such sentence.
pub(crate) fn alternatives(text: &str, words: &PolicyWords) -> Vec<String> {
    let text = asked(text, words);
    let (head, body) = text.split_once(": ").filter(|(h, _)| !h.contains(" or ")).unwrap_or(("", text.as_str()));
    let body = body.trim_end_matches('.');
    // "at least one of: …" is a rule and asks for nothing itself.
    let one_of = policy::quantifier::quantifier(&format!("{head}:"), words) == Some((policy::Needs::Any, None));
    let head = if one_of && policy::quantifier::without_rule(head, words).is_empty() { "" } else { head };
    let whole = Leaf::of(body, words);
    let Some((first, second)) = body.split_once(" or ").filter(|(_, s)| !s.contains(" or ")) else { return Vec::new() };
    let with_head =
        |part: &str| if head.is_empty() { part.trim().to_string() } else { format!("{head}: {}", part.trim()) };
    let first = first.trim_end().trim_end_matches(',');
    if whole.only_names() && head.is_empty() {
        let parts: Vec<&str> = first.split(", ").chain([second]).map(|p| p.trim_end_matches(',')).collect();
        let simple = |p: &&str| {
            let linked = p.split_whitespace().any(|w| words.compare.links.iter().any(|l| l == w));
            !linked && p.split_whitespace().count() <= ALTERNATIVE_WORDS && Leaf::of(p, words).is_plain()
        };
        return if parts.iter().all(simple) { parts.into_iter().map(with_head).collect() } else { Vec::new() };
    }
    let parts = [first, second];
    let own = |p: &&str| {
        let leaf = Leaf::of(p, words);
        let before = |w: &Wanted| {
            leaf.said.terms.iter().any(|t| Some(&t.token.word) == w.tie.as_ref() && t.token.span.1 <= w.quantity.at)
        };
        leaf.wanted.len() == 1 && leaf.is_measure(words) && leaf.wanted.iter().all(before) && leaf.window.is_none()
    };
    if parts.iter().all(own) { parts.into_iter().map(with_head).collect() } else { Vec::new() }
}

/// The most words of an alternative that is a mere name.
const ALTERNATIVE_WORDS: usize = 5;

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
    if let Some((asked, reply)) = line.told.iter().find(|(asked, _)| repeats(leaf, asked, words)) {
        match replied(leaf, asked, reply, words) {
            Reply::Decides(yes) => return Some((1.0, yes)),
            Reply::Open => return None,
            Reply::Tells => {}
        }
    }
    if leaf.concepts.is_empty() && leaf.age.is_none()
        || said.of_another != leaf.said.of_another
        || !same_side(leaf, said)
    {
        return None;
    }
    if !as_asked(leaf, said, words) {
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
        // An older value speaks neither for nor against what must be recent.
        let old = !said.dates.is_empty() && leaf.window.is_some_and(|w| !in_window(w, leaf, line, now, words));
        return (!old && (share.share >= 0.6 || share.rest >= 0.75)).then_some((share.share, false));
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
/// So is "15 or higher" or "at least 15": a record tells what was measured.
fn is_rule(q: &Quantity, said: &Said, words: &PolicyWords) -> bool {
    let before = &said.unified[..q.span.0];
    let limit = matches!(q.bound, Bound::AtLeast | Bound::AtMost) && !words.quantities.grows(&q.unit);
    limit || q.bound != Bound::Exactly && !crate::text::places(before, &words.compare.conditions).is_empty()
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
        .filter(|q| wanted.counts || !is_rule(q, said, words))
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
        let ended = time.after.iter().any(|w| ends_with_word(before, w))
            && !crate::text::places(before, &time.ended).is_empty();
        let lasting = ended || !time.not_lasting.iter().any(|w| ends_with_word(before, w));
        lasting && (!ago || onset || negative)
    });
    if negative && !crate::text::places(&said.folded, &time.lifelong).is_empty() {
        return Some(true);
    }
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
