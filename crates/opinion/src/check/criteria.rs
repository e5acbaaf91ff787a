//! The insurer's criteria and the plan's definition, limb by limb, against the letter's sentences.

use std::collections::HashSet;

use super::elements::{Found, State};
use super::letter::Letter;
use super::subject::{Quantity, content, labelled, quantities};
use super::tells::Sign;
use super::text::{Zone, fold};

/// A list of criteria: all of them, or any one of them.
struct Node {
    any: bool,
    leaves: Vec<Leaf>,
}

/// One criterion: its words and its numbers.
struct Leaf {
    words: HashSet<String>,
    numbers: Vec<Quantity>,
    measures: Vec<(String, f64)>,
    at_most: bool,
}

/// How a leaf fares in the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Met(usize),
    NotMet,
    /// The letter says itself that it is not met.
    Denied,
    Silent,
}

/// `criteria_met`.
pub(super) fn criteria_met(l: &Letter) -> Found {
    let nodes: Vec<Node> = l.case.denials.iter().filter_map(|d| parse(&d.criteria, l)).collect();
    if nodes.is_empty() {
        return (State::NotApplicable, None);
    }
    let favourable = l.stance.favourable() || matches!(l.stance.outcome, "needs_workup" | "unclear");
    if !favourable {
        return (State::Missing, None);
    }
    let refers = |i: &usize| l.is(*i, "criteria.referred") || l.marked(*i, "criteria.named");
    let referred = l.telling(Sign::Policy, refers);
    let blanket = l.body().find(|i| l.own_is(*i, "criteria.blanket") && refers(i));
    let mut required = 0;
    let mut met = 0;
    let mut best = None;
    let (mut failed, mut denied) = (false, false);
    for node in &nodes {
        let fits: Vec<Fit> = node.leaves.iter().map(|leaf| fit(l, leaf)).collect();
        let hits = fits.iter().filter(|f| matches!(f, Fit::Met(_))).count();
        best = best.or(fits.iter().find_map(|f| if let Fit::Met(i) = f { Some(*i) } else { None }));
        let decides = !node.any || hits == 0;
        failed |= fits.contains(&Fit::NotMet) && decides;
        denied |= fits.contains(&Fit::Denied) && decides;
        required += if node.any { 1 } else { node.leaves.len() };
        met += if node.any { hits.min(1) } else { hits };
    }
    if denied && l.stance.outcome != "needs_workup" {
        return (State::Missing, None);
    }
    if failed && l.stance.outcome != "needs_workup" && l.body().any(|i| l.own_is(i, "criteria.not_met")) {
        return (State::Missing, None);
    }
    // "Each requirement is met", with a fact for nearly all of them, is an answer to each.
    let all_said =
        l.body().any(|i| l.own_is(i, "criteria.all_met") || l.own_marked(i, "criteria.all")) && met * 3 >= required * 2;
    let meets = l.told.clearest(Sign::Meets);
    if referred.is_some() && (met == required || all_said) && required > 0 && l.stance.favourable() {
        return (State::Present, best.or(referred));
    }
    if blanket.is_some() || meets.is_some() || referred.is_some() && met > 0 || required > 0 && met * 2 >= required {
        return (State::Partial, best.or(meets).or(blanket).or(referred));
    }
    (State::Missing, None)
}

/// A denial's criteria as one list. A single text is cut at semicolons, numbers, bullets and lines.
fn parse(criteria: &[String], l: &Letter) -> Option<Node> {
    let mut any = false;
    let mut leaves = Vec::new();
    for text in criteria {
        let plain = fold(&text.replace(['\n', '•', '*'], " ; "));
        let (head, body) = match plain.split_once(": ") {
            Some((h, b)) if l.rules.is("criteria.list_head", h) => (h.to_string(), b.to_string()),
            _ => (String::new(), plain.clone()),
        };
        any |= l.rules.is("criteria.any_of", &head)
            || l.rules.is("criteria.any_of", first(&plain))
            || plain.starts_with("or ");
        for part in pieces(&body, l) {
            let leaf = leaf(&part, l);
            if !leaf.words.is_empty() || !leaf.numbers.is_empty() {
                leaves.push(leaf);
            }
        }
    }
    (!leaves.is_empty()).then_some(Node { any, leaves })
}

fn first(plain: &str) -> &str {
    super::outcome::first_words(plain, 8)
}

fn pieces(body: &str, l: &Letter) -> Vec<String> {
    let mut cuts: Vec<usize> = l.rules.all("criteria.cut", body).into_iter().map(|c| c.0).collect();
    cuts.push(body.len());
    let mut out = Vec::new();
    let mut from = 0;
    for c in cuts {
        if let Some(p) = body.get(from..c) {
            let p = p.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            if p.len() > 3 {
                out.push(p.to_string());
            }
        }
        from = c;
    }
    out
}

fn leaf(part: &str, l: &Letter) -> Leaf {
    let mut words = content(part, l.rules);
    words.retain(|w| !l.rules.listed("units", w) && !l.rules.listed("criterion_filler", w));
    Leaf {
        words,
        numbers: quantities(part, l.rules),
        measures: labelled(part),
        at_most: l.rules.is("criteria.at_most", part),
    }
}

/// Whether a sentence stands with the writer's words on the criteria, where each one is gone through in turn.
fn near_referral(l: &Letter, i: usize) -> bool {
    (i.saturating_sub(7)..=i).any(|k| {
        l.units.get(k).is_some_and(|u| u.zone == Zone::Body)
            && (l.is(k, "criteria.referred") || l.marked(k, "criteria.named"))
    })
}

fn fit(l: &Letter, leaf: &Leaf) -> Fit {
    let mut best: Option<(usize, f64)> = None;
    let mut failed = false;
    // What a letter says of the criterion in its words decides, whatever else bears on it.
    let mut denied = false;
    // A measure that is given and lies outside is not made good by words.
    let (mut outside, mut in_words) = (false, true);
    for i in l.body().filter(|i| l.own_words(*i).is_some()) {
        let plain = &l.units[i].plain;
        let mut here = content(plain, l.rules);
        if let Some(before) = i.checked_sub(1).and_then(|k| l.units.get(k)).filter(|b| b.block == l.units[i].block) {
            here.extend(content(&before.plain, l.rules));
        }
        let here = widened(&here, l);
        let wanted = leaf.words.len().clamp(1, 4) as f64;
        let shared = leaf.words.iter().filter(|w| here.contains(*w)).count() as f64;
        let share = shared / wanted;
        let told = told(l, leaf, plain);
        let number = match told {
            Some(reply) => numbers_fit(&leaf.numbers, &quantities(reply, l.rules), leaf.at_most),
            None => measures_fit(leaf, &labelled(plain))
                .or_else(|| numbers_fit(&leaf.numbers, &nearest(l, leaf, plain), leaf.at_most)),
        };
        let not_met = l.own_is(i, "criteria.not_met") || !plain.contains('"') && l.rules.is("criteria.not_met", plain);
        let negative = l.own_is(i, "conservative.lacking") || not_met;
        let said_not = |reply: &str| number == Some(false) || l.rules.is("criteria.not_met", reply);
        denied |= told.is_some_and(said_not) || not_met && share >= 0.75;
        let hit = match number {
            Some(true) => share >= 0.25,
            Some(false) => false,
            None if shared >= 1.0 && near_referral(l, i) && l.own_is(i, "fact.any") => true,
            None if leaf.numbers.is_empty() => share >= 0.5,
            None => share >= 0.75 && l.own_is(i, "criteria.word_fit"),
        };
        outside |= number == Some(false) && share >= 0.5;
        in_words &= !(hit && number.is_some());
        if negative && share >= 0.4 || number == Some(false) && share >= 0.5 && !plain.contains('?') {
            failed = true;
        } else if hit && best.is_none_or(|b| share > b.1) {
            best = Some((i, share));
        }
    }
    match best {
        _ if denied => Fit::Denied,
        Some(_) if outside && in_words => Fit::NotMet,
        Some((i, _)) => Fit::Met(i),
        None if failed => Fit::NotMet,
        _ => Fit::Silent,
    }
}

/// The answer behind a colon where a sentence repeats the criterion before it ("Six months of abstinence: 29 days"): the amount that
/// is repeated is the plan's.
fn told<'t>(l: &Letter, leaf: &Leaf, plain: &'t str) -> Option<&'t str> {
    let repeats = |(asked, _): &(&str, &str)| shared(l, leaf, asked) >= 0.5;
    evidence::asked_and_answered(plain).into_iter().find(repeats).map(|(_, reply)| reply)
}

/// How much of a criterion's words a text has.
fn shared(l: &Letter, leaf: &Leaf, text: &str) -> f64 {
    let here = widened(&content(text, l.rules), l);
    leaf.words.iter().filter(|w| here.contains(*w)).count() as f64 / leaf.words.len().clamp(1, 4) as f64
}

/// The quantities of a sentence that a criterion is about: of several clauses with one of its kind, those that share most of its
/// words ("52 percent best aided, 31 percent in the right ear alone").
fn nearest(l: &Letter, leaf: &Leaf, plain: &str) -> Vec<Quantity> {
    let kin = |q: &Quantity| leaf.numbers.iter().any(|a| comparable(a, q).is_some());
    let of_clause = |clause: &str| (shared(l, leaf, clause), quantities(clause, l.rules));
    let clauses: Vec<(f64, Vec<Quantity>)> =
        plain.split(", ").map(of_clause).filter(|(_, found)| found.iter().any(kin)).collect();
    let most = clauses.iter().map(|c| c.0).fold(0.0, f64::max);
    if clauses.len() < 2 || most == 0.0 {
        return quantities(plain, l.rules);
    }
    clauses.into_iter().filter(|c| c.0 >= most).flat_map(|c| c.1).collect()
}

/// Adds the words that mean the same, from the groups of `criteria_words`.
fn widened(words: &HashSet<String>, l: &Letter) -> HashSet<String> {
    let mut out = words.clone();
    for group in &l.rules.alike {
        if group.iter().any(|g| words.contains(super::subject::stem(g))) {
            out.extend(group.iter().map(|g| super::subject::stem(g).to_string()));
        }
    }
    out
}

/// Whether the letter's numbers reach the criterion's; `None` when no number of the same kind is there.
fn numbers_fit(asked: &[Quantity], here: &[Quantity], at_most: bool) -> Option<bool> {
    let mut seen = None;
    for a in asked {
        for h in here {
            let (Some(x), Some(y)) = (comparable(a, h), comparable(h, a)) else { continue };
            let reached = if at_most { y <= x } else { y >= x };
            if reached {
                return Some(true);
            }
            seen = Some(false);
        }
    }
    seen
}

/// The same for a named measure: "BMI of 48.4" against "BMI 35 or more". The first number after the name is the bound.
fn measures_fit(leaf: &Leaf, here: &[(String, f64)]) -> Option<bool> {
    let fits = leaf.measures.iter().filter(|(label, _)| leaf.words.contains(label)).filter_map(|(label, bound)| {
        let found = here.iter().find(|(k, _)| k == label)?.1;
        Some(if leaf.at_most { found <= *bound } else { found >= *bound })
    });
    fits.reduce(|a, b| a || b)
}

/// A quantity in days when both are durations, as it is when the units are the same.
fn comparable(q: &Quantity, other: &Quantity) -> Option<f64> {
    let days = |u: &str| match u {
        "day" | "dia" => Some(1.0),
        "week" | "semana" => Some(7.0),
        "month" | "mes" => Some(30.0),
        "year" | "ano" => Some(365.0),
        _ => None,
    };
    match (days(&q.unit), days(&other.unit)) {
        (Some(d), Some(_)) => Some(q.number * d),
        (None, None) if q.unit == other.unit => Some(q.number),
        _ => None,
    }
}

/// `plan_definition_met`.
pub(super) fn plan_definition_met(l: &Letter) -> Found {
    let Some(definition) = l.case.coverage.plan_definition.as_deref().filter(|d| !d.trim().is_empty()) else {
        return (State::NotApplicable, None);
    };
    if !l.stance.favourable() {
        return (State::Missing, None);
    }
    let referred = l.body().find(|i| l.is(*i, "plan_definition.referred"));
    let blanket = l.body().find(|i| l.own_is(*i, "plan_definition.blanket"));
    let limbs = limbs(definition, l);
    let answered: Vec<Option<usize>> = limbs.iter().map(|limb| limb_sentence(l, limb, referred)).collect();
    let hits = answered.iter().flatten().count();
    let first = answered.iter().flatten().next().copied();
    if referred.is_some() && hits == limbs.len() && !limbs.is_empty() {
        return (State::Present, first.or(referred));
    }
    if blanket.is_some() || hits >= 2 && referred.is_some() {
        return (State::Partial, blanket.or(first));
    }
    (State::Missing, None)
}

fn limbs(definition: &str, l: &Letter) -> Vec<HashSet<String>> {
    let plain = fold(definition);
    let plain = plain.replace(" and not ", ", not ");
    let mut parts: Vec<String> = Vec::new();
    for piece in plain.split([',', ';', ':']) {
        match parts.last_mut() {
            Some(last) if !l.rules.is("definition.limb_start", piece) => {
                last.push(' ');
                last.push_str(piece);
            }
            _ => parts.push(piece.to_string()),
        }
    }
    parts.iter().map(|p| content(p, l.rules)).filter(|w| !w.is_empty()).collect()
}

fn limb_sentence(l: &Letter, limb: &HashSet<String>, referred: Option<usize>) -> Option<usize> {
    l.body().find(|i| {
        let near = referred.is_some_and(|r| r.abs_diff(*i) <= 4);
        let here = content(&l.units[*i].plain, l.rules);
        let shared = limb.iter().filter(|w| here.contains(*w)).count();
        let enough = if near { limb.len().min(4).div_ceil(3) } else { limb.len().min(4).div_ceil(2) + 1 };
        shared >= enough.max(1)
    })
}
