//! Papers that are no usable letter: another patient, a bill, two letters, an empty scan, a language we cannot read.

use facts::{Document, Finding};

use super::letter::Letter;
use super::text::{Unit, fold};
use crate::Check;

/// What was noticed, and whether the letter can be used at all.
pub(super) struct Noticed {
    pub(super) findings: Vec<Finding>,
    /// When true, nothing is concluded from the paper.
    pub(super) unusable: bool,
}

/// Looks for signs that the paper is not a letter about this patient and this service.
pub(super) fn look(l: &Letter, document: &Document) -> Noticed {
    let mut out = Noticed { findings: Vec::new(), unusable: false };
    let mut note = |key: &str| {
        out.findings.push(Finding::new(key, l.say(&format!("finding_{key}"))).about(document.name.clone()));
        out.unusable |= STOPS.contains(&key);
    };
    if l.empty {
        note("empty_scan");
        return out;
    }
    if l.units.iter().map(|u| l.rules.all("finding.bill", &u.plain).len()).sum::<usize>() >= 2 {
        note("bill_not_letter");
        return out;
    }
    if l.stance.outcome == "unclear" && l.units.iter().take(HEAD).any(|u| l.rules.is("finding.visit_summary", &u.plain))
    {
        note("visit_summary");
        return out;
    }
    if !readable(l) {
        note("language_not_supported");
        return out;
    }
    if other_name(l, document) {
        note("another_patient");
    } else if other_birth(l, document) {
        note("another_birth_date");
    }
    if two_letters(l) {
        note("two_letters");
    }
    // "Home nursing, 16 hours" is the private duty nursing of sixteen hours that was asked for, though no word of its name stands there.
    let named = |u: &super::text::Unit| {
        super::outcome::mentions(&u.text) || l.subject.request_words(&u.plain).len() >= SAME_REQUEST
    };
    if l.subject.known() && !l.units.iter().any(named) {
        note("service_not_named");
    } else if other_code(l) {
        note("another_service_code");
    }
    if l.units.iter().any(|u| u.placeholder) {
        note("unfilled_blanks");
    }
    out
}

/// So many words and numbers of the request in one sentence name it.
const SAME_REQUEST: usize = 3;
/// What a paper is stands within so many sentences of its top.
const HEAD: usize = 6;
/// A note of fewer words says too little of its language.
const FEW_WORDS: usize = 15;
/// In a note of fewer words this many common English words are enough: "Dear Colleague, I endorse adalimumab."
const SHORT_NOTE: usize = 60;
const SOME_WORDS: usize = 2;

/// What makes a paper no letter to conclude from.
const STOPS: [&str; 11] = [
    RULES_UNUSABLE,
    "empty_scan",
    "language_not_supported",
    "bill_not_letter",
    "visit_summary",
    "another_patient",
    "another_birth_date",
    "two_letters",
    // Found when the paper is held against the case (`crate::held_against`).
    "not_an_opinion",
    "own_letter",
    "another_writer",
];

/// The one stop that is a fault of the rules and none of the paper.
pub const RULES_UNUSABLE: &str = "check_rules_unusable";

/// The finding for which nothing was concluded from a paper, when there is one.
pub fn stopped_by(check: &Check) -> Option<&Finding> {
    check.findings.iter().find(|f| STOPS.contains(&f.code.as_str()))
}

/// Whether enough of the words are common English or Spanish ones.
fn readable(l: &Letter) -> bool {
    let words: usize = l.units.iter().map(|u| u.plain.split(' ').count()).sum();
    let count = |rule: &str| -> usize { l.units.iter().map(|u| l.rules.all(rule, &u.plain).len()).sum() };
    let english = count("finding.language_en");
    let common = english.max(count("finding.language_es"));
    words < FEW_WORDS || common * 16 > words || words < SHORT_NOTE && english >= SOME_WORDS
}

fn other_name(l: &Letter, document: &Document) -> bool {
    if l.subject.patient_name.is_none() || l.units.iter().any(|u| l.subject.names_patient(&u.plain)) {
        return false;
    }
    document.pages.iter().any(|p| l.rules.is("raw.patient_line", &p.text))
        || l.units.iter().any(|u| l.rules.is("people.titled_other", &u.raw))
}

fn other_birth(l: &Letter, document: &Document) -> bool {
    let Some(born) = l.case.patient.date_of_birth else { return false };
    let dates: Vec<(i64, i64, i64)> = document
        .pages
        .iter()
        .flat_map(|p| {
            l.rules.all("raw.birth", &p.text).into_iter().filter_map(|(s, e)| p.text.get(s..e)).filter_map(parse_date)
        })
        .collect();
    let mine = (i64::from(born.year()), i64::from(born.month()), i64::from(born.day()));
    let same = |d: &(i64, i64, i64)| {
        d.0 == mine.0 && (d.1, d.2) == (mine.1, mine.2) || d.0 == mine.0 && (d.2, d.1) == (mine.1, mine.2)
    };
    !dates.is_empty() && !dates.iter().any(same)
}

/// The date in "DOB 03/11/1957" or "born April 18, 2021", as year, month, day.
pub(super) fn parse_date(text: &str) -> Option<(i64, i64, i64)> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    const MESES: [&str; 12] = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];
    let plain = fold(text);
    let numbers: Vec<i64> =
        plain.split(|c: char| !c.is_ascii_digit()).filter(|w| !w.is_empty()).filter_map(|w| w.parse().ok()).collect();
    let month = plain
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|w| w.len() >= 3)
        .find_map(|w| [MONTHS, MESES].iter().find_map(|names| names.iter().position(|m| w.starts_with(m))));
    let century = |y: i64| if y < 100 { if y > 30 { 1900 + y } else { 2000 + y } } else { y };
    match (month, numbers.as_slice()) {
        (Some(m), [d, y]) => Some((century(*y), m as i64 + 1, *d)),
        (None, [a, b, c]) if *a > 31 => Some((*a, *b, *c)),
        (None, [a, b, c]) => Some((century(*c), *a, *b)),
        _ => None,
    }
}

fn two_letters(l: &Letter) -> bool {
    let short = |u: &&Unit| u.plain.split(' ').count() <= 12;
    let closes = |u: &&Unit| l.rules.is("zone.closing", &u.plain);
    let greets = |u: &&Unit| l.rules.is("zone.salutation", &u.plain) && !l.rules.is("zone.name_only", &u.plain);
    let closings = l.units.iter().filter(short).filter(closes).count();
    closings >= 2 && l.units.iter().filter(short).filter(greets).count() >= 2
}

/// A procedure code in the reference block, and none of the case's.
fn other_code(l: &Letter) -> bool {
    let codes: Vec<&str> = l
        .units
        .iter()
        .flat_map(|u| l.rules.all("code.labelled", &u.plain).into_iter().filter_map(|(s, e)| u.plain.get(s..e)))
        .filter_map(|m| m.split(|c: char| !c.is_ascii_alphanumeric()).rfind(|w| w.len() == 5))
        .collect();
    !codes.is_empty() && !l.subject.codes.is_empty() && !codes.iter().any(|c| l.subject.codes.iter().any(|k| k == c))
}
