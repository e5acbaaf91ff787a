//! Sentences that an insurer could use, or that weaken the letter.

use std::collections::HashSet;

use super::elements::field_units;
use super::events::Pole;
use super::letter::Letter;
use super::risks::{self, RISKS, Reader};
use super::subject::{content, labelled, quantities};
use super::tells::Sign;
use super::text::fold;

/// The weight from which a yes is firm.
const FIRM_YES: u8 = 3;
/// What a sentence may say beside a yes that could be quoted against the person.
const ADVERSE_POLES: [Pole; 11] = [
    Pole::Against,
    Pole::InsurerRight,
    Pole::Tests,
    Pole::NotYet,
    Pole::Declined,
    Pole::BothWays,
    Pole::Milder,
    Pole::Later,
    Pole::Lacking,
    Pole::Change,
    Pole::Other,
];

/// Kinds with the unit each stands in, in the order of the letter.
pub(super) fn find(l: &Letter) -> Vec<(&'static str, usize)> {
    let mut out = Vec::new();
    let reader = Reader::new(l);
    for i in l.body() {
        if l.own_words(i).is_none() {
            continue;
        }
        let kinds = risks::heard(&reader, i).unwrap_or_else(|| by_rules(l, i, &reader));
        if adverse(l, i) {
            out.push(("adverse_statement", i));
        }
        out.extend(RISKS.iter().zip(kinds).filter(|(_, is)| *is).map(|(kind, _)| (*kind, i)));
    }
    out
}

/// The kinds of [`RISKS`] that the rules alone hear, for a knowledge base without weights.
fn by_rules(l: &Letter, i: usize, reader: &Reader) -> [bool; RISKS.len()] {
    [
        l.own_is(i, "hazard.guarantee"),
        beyond(l, i, reader.fields()),
        l.own_is(i, "hazard.assumes") || contradicts(l, i),
        l.is(i, "hazard.attack"),
    ]
}

/// An own sentence that could be quoted to uphold the denial, by the outcome of the whole.
fn adverse(l: &Letter, i: usize) -> bool {
    let has = |p: Pole| l.stance.has(i, p);
    let plain = |ps: &[Pole]| ps.iter().any(|p| l.stance.weighs(i, *p, 2));
    let named = super::outcome::mentions(&l.units[i].text);
    let heading = l.units[i].plain.split(' ').count() < 3;
    let chosen = l.stance.unit == Some(i);
    match l.stance.outcome {
        _ if heading => false,
        // What is conceded in so many words is one, whatever the words around it weigh.
        _ if concedes(l, i) => true,
        // A firm yes with nothing against it is none, whatever else the letter would change.
        _ if l.stance.weighs(i, Pole::For, FIRM_YES)
            && !ADVERSE_POLES.iter().any(|p| has(*p))
            && !l.own_is(i, "hazard.change_reason") =>
        {
            false
        }
        // The words take back only what the rules hear loosely, never a stated no or an agreement with the insurer.
        _ if l.told.denies(i, Sign::Adverse)
            && !chosen
            && !plain(&[Pole::InsurerRight, Pole::Against, Pole::NotYet]) =>
        {
            false
        }
        "against" | "conservative_first" | "needs_workup" | "confirms_with_changes" | "unclear"
            if l.tells(i, Sign::Adverse) =>
        {
            true
        }
        "against" | "conservative_first" | "needs_workup" => {
            chosen
                || plain(&[Pole::Against, Pole::InsurerRight, Pole::Tests, Pole::NotYet, Pole::Declined])
                || plain(&[Pole::Milder]) && !l.own_is(i, "conservative.past")
                || l.stance.weighs(i, Pole::Later, 3) && named
                || has(Pole::Lacking) && !l.own_is(i, "conservative.past")
                || l.stance.weighs(i, Pole::TestHint, 3) && l.stance.outcome == "needs_workup"
                || has(Pole::Fact) && named && !l.own_is(i, "basis.contact") && !l.own_is(i, "hazard.history")
                || l.stance.weighs(i, Pole::Other, 3)
        }
        "confirms_with_changes" => {
            chosen
                || plain(&[Pole::InsurerRight, Pole::NotYet, Pole::Against])
                || has(Pole::Change) && (l.is(i, "change.about") || named) && !l.own_is(i, "hazard.history")
                || l.own_is(i, "hazard.change_reason")
        }
        "unclear" => {
            plain(&[Pole::Declined, Pole::Against, Pole::InsurerRight, Pole::Tests, Pole::NotYet])
                || has(Pole::BothWays)
                || has(Pole::Fact) && named
        }
        _ => plain(&[Pole::InsurerRight]) && !l.is(i, "hazard.conceded_then_answered"),
    }
}

/// A concession that could be quoted whatever the letter's answer; thin evidence is one only where it is the service's.
fn concedes(l: &Letter, i: usize) -> bool {
    l.own_is(i, "hazard.concedes") || l.own_is(i, "hazard.concedes_about") && l.own_is(i, "hazard.about_service")
}

/// An expert conclusion outside the writer's own field.
pub(super) fn beyond(l: &Letter, i: usize, fields: &HashSet<&str>) -> bool {
    let Some(own) = l.own_words(i) else { return false };
    if !l.rules.is("hazard.conclusion", own) || l.is(i, "denial.mentioned_only") {
        return false;
    }
    if l.rules.is("hazard.law", own) {
        return true;
    }
    if fields.is_empty() || l.rules.is("hazard.deferring", own) {
        return false;
    }
    let words = content(own, l.rules);
    if l.subject.diagnosis.iter().any(|d| words.contains(d)) {
        return false;
    }
    l.rules.fields.iter().any(|f| {
        !fields.contains(f.field.name.as_str())
            && !f.field.shared_with.iter().any(|s| fields.contains(s.as_str()))
            && l.rules.concludes(f, own)
    })
}

/// The names of the fields the writer claims.
pub(super) fn writer_fields<'a>(l: &'a Letter) -> HashSet<&'a str> {
    let units = field_units(l);
    l.rules
        .fields
        .iter()
        .filter(|f| units.iter().any(|i| l.rules.names_field(f, &l.units[*i].plain)))
        .map(|f| f.field.name.as_str())
        .collect()
}

/// A clinical fact that contradicts the records: another side, another number for the same thing.
pub(super) fn contradicts(l: &Letter, i: usize) -> bool {
    let u = &l.units[i];
    if l.is(i, "hazard.own_finding") || l.stance.has(i, Pole::Change) {
        return false;
    }
    let facts = l.case.record_facts.iter().chain(&l.case.records_sent);
    facts.map(|f| fold(f)).any(|f| other_side(l, &f, &u.plain) || other_number(l, &f, &u.plain))
}

fn sides(plain: &str) -> (bool, bool) {
    let has = |w: &[&str]| plain.split(|c: char| !c.is_ascii_alphanumeric()).any(|x| w.contains(&x));
    (has(&["left", "izquierda", "izquierdo"]), has(&["right", "derecha", "derecho"]))
}

fn other_side(l: &Letter, fact: &str, plain: &str) -> bool {
    let ((fl, fr), (sl, sr)) = (sides(fact), sides(plain));
    let opposite = fl && !fr && sr && !sl || fr && !fl && sl && !sr;
    if !opposite || l.rules.is("hazard.side_word_other", plain) {
        return false;
    }
    let (a, b) = (content(fact, l.rules), content(plain, l.rules));
    let body = a.intersection(&b).filter(|w| !l.rules.listed("units", w) && *w != "left" && *w != "right").count();
    body >= 1
}

fn other_number(l: &Letter, fact: &str, plain: &str) -> bool {
    let (a, b) = (content(fact, l.rules), content(plain, l.rules));
    let shared = a.intersection(&b).filter(|w| !l.rules.listed("units", w)).count();
    labelled(fact).iter().any(|(label, n)| {
        let here = labelled(plain);
        let same: Vec<f64> = here.iter().filter(|(k, _)| k == label).map(|(_, v)| *v).collect();
        !same.is_empty() && !same.iter().any(|v| (v - n).abs() < 1e-9)
    }) || shared >= 2 && {
        let (asked, here) = (quantities(fact, l.rules), quantities(plain, l.rules));
        asked.iter().filter(|q| l.rules.listed("record_units", &q.unit)).any(|q| {
            let days = |u: &str, n: f64| match u {
                "week" => n * 7.0,
                "month" => n * 30.4,
                "year" => n * 365.0,
                _ => n,
            };
            let duration = matches!(q.unit.as_str(), "day" | "week" | "month" | "year");
            let same: Vec<f64> = here
                .iter()
                .filter(|h| {
                    h.unit == q.unit || duration && matches!(h.unit.as_str(), "day" | "week" | "month" | "year")
                })
                .map(|h| days(&h.unit, h.number))
                .collect();
            let want = days(&q.unit, q.number);
            !same.is_empty() && !same.iter().any(|v| (v - want).abs() <= want * 0.16)
        })
    }
}
