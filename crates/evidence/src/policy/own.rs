//! What a policy says of itself (number, dates, version, age of its references), and whether it is the one that counts.

use calendar::Date;
use facts::{Case, Document, Finding};
use serde::{Deserialize, Serialize};

use super::Policy;
use crate::dates;
use crate::text::{places, tokens};
use crate::words::PolicyWords;

/// What a policy says of itself. A value that is not in the text is `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Own {
    /// Its number, as written.
    pub number: Option<String>,
    /// Its title: the first line that is no label, head or number.
    pub title: Option<String>,
    /// The day from which it is in force.
    pub effective: Option<Date>,
    /// The day of its last review or revision.
    pub reviewed: Option<Date>,
    /// The day on which it is to be reviewed next.
    pub next_review: Option<Date>,
    /// Its version, as written.
    pub version: Option<String>,
    /// The year of its newest reference.
    pub newest_reference: Option<i32>,
    /// How many references it lists.
    pub references: usize,
    /// The first thousand words of its title and body, folded: to see which service it is about.
    #[serde(skip)]
    pub(crate) about: Vec<String>,
}

/// Reads what a policy says of itself from its first page and its references.
pub(super) fn read(document: &Document, words: &PolicyWords) -> Own {
    let first = document.pages.first().map_or("", |p| p.text.as_str());
    let w = &words.policy.own;
    let all = document.pages.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join("\n");
    let years = reference_years(&all, words);
    let date = |labels: &[String]| {
        labelled(first, labels).and_then(|v| dates::find(&v, &words.quantities.time).first().map(|d| d.date))
    };
    let reviewed = date(&w.reviewed);
    Own {
        number: labelled(first, &w.number).and_then(|v| code(&v)).map(|c| c.to_uppercase()),
        title: title(first, words),
        effective: date(&w.effective),
        reviewed,
        next_review: date(&w.next_review),
        version: labelled(first, &w.version).and_then(|v| code(&v)),
        newest_reference: years.iter().copied().max(),
        references: years.len(),
        about: tokens(&words.unify(&all.chars().take(6000).collect::<String>()), words)
            .into_iter()
            .map(|t| t.word)
            .collect(),
    }
}

/// What follows one of the labels, up to the next gap of three spaces or the line's end; the earliest label counts, and of
/// two at one place the longest.
fn labelled(text: &str, labels: &[String]) -> Option<String> {
    for line in text.lines() {
        let folded = line.to_lowercase();
        let mut found: Vec<(usize, usize)> = places(&folded, labels);
        found.sort_by_key(|(a, b)| (*a, std::cmp::Reverse(*b)));
        for (start, end) in found {
            let next = folded[..start].trim_end().ends_with("next") || folded[..start].trim_end().ends_with("próxima");
            let rest = folded[end..].trim_start();
            let rest = rest.strip_prefix([':', '.', '#']).or_else(|| first_word_has_a_digit(rest).then_some(rest));
            if let Some(value) = rest.map(str::trim_start).filter(|v| !v.is_empty() && !next) {
                return Some(value.split("   ").next().unwrap_or(value).to_string());
            }
        }
    }
    None
}

/// "Clinical Policy SUR-118": the value may follow its label without a colon.
fn first_word_has_a_digit(rest: &str) -> bool {
    rest.split_whitespace().next().is_some_and(|w| w.contains(|c: char| c.is_ascii_digit()))
}

/// The first word with a digit in it.
fn code(value: &str) -> Option<String> {
    value
        .split_whitespace()
        .take(3)
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()))
        .find(|w| w.chars().any(|c| c.is_ascii_digit()))
        .map(str::to_string)
}

fn title(first: &str, words: &PolicyWords) -> Option<String> {
    let w = &words.policy.own;
    let labels: Vec<String> = [&w.number, &w.effective, &w.reviewed].into_iter().flatten().cloned().collect();
    let line = first.lines().map(str::trim).find(|l| {
        let folded = l.to_lowercase();
        let named = places(&folded, &labels).is_empty() && !l.chars().any(|c| c.is_ascii_digit());
        let count = l.split_whitespace().count();
        named && (1..=12).contains(&count) && l.len() > 4 && !l.ends_with(['.', ':'])
    })?;
    Some(line.to_string())
}

/// The years of the references, one per numbered or plain entry under such a heading.
fn reference_years(text: &str, words: &PolicyWords) -> Vec<i32> {
    let heading = |l: &str| {
        let plain = l.trim().trim_end_matches(':').to_lowercase();
        words.policy.own.references.contains(&plain)
    };
    let lines = text.lines().skip_while(|l| !heading(l)).skip(1);
    lines
        .filter_map(|line| {
            let years = line.split(|c: char| !c.is_ascii_digit()).filter(|w| w.len() == 4);
            years.filter_map(|w| w.parse::<i32>().ok()).rfind(|y| (1950..2100).contains(y))
        })
        .collect()
}

/// What is to be said of a policy beside a case: is it the one the denial names, in force on the day, about the service,
/// and how old are it and its references?
pub(crate) fn findings(policy: &Policy, case: &Case, today: Option<Date>, words: &PolicyWords) -> Vec<Finding> {
    let mut found = Vec::new();
    let own = &policy.own;
    let cited = case.denials.iter().find_map(|d| d.policy.clone());
    if let (Some(cited), Some(number)) = (&cited, &own.number)
        && cited.chars().any(|c| c.is_ascii_digit())
        && !letters(cited).contains(&letters(number))
    {
        let text =
            format!("The denial names “{cited}”, but this policy is number {number}. Ask the plan which one it used.");
        found.push(Finding::new("policy_not_the_one_cited", text));
    }
    version(own, case, today, &mut found);
    age(own, today, words, &mut found);
    service(own, case, words, &mut found);
    found.extend(super::cited::findings(policy, case, words));
    found
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The day of the decision: the denial's date as far as the case knows it.
fn decided(case: &Case) -> Option<Date> {
    ["notice_dated", "decision_dated", "final_notice_dated", "notice_sent", "notice_mailed", "notice_received"]
        .iter()
        .find_map(|kind| case.events.iter().find(|e| e.kind == *kind).map(|e| e.date.date()))
}

fn version(own: &Own, case: &Case, today: Option<Date>, found: &mut Vec<Finding>) {
    let day = decided(case).or(today);
    if let (Some(effective), Some(day)) = (own.effective, day)
        && effective > day
    {
        let text = format!(
            "This policy takes effect on {effective}, after the decision of {day}. Ask the plan for the version in force on that day."
        );
        found.push(Finding::new("policy_not_in_force", text));
    }
    if let (Some(next), Some(day)) = (own.next_review, day)
        && next < day
    {
        let text = format!(
            "This policy was due for review on {next}, before the decision. A newer version may be in force: ask the plan for it."
        );
        found.push(Finding::new("policy_may_be_replaced", text));
    }
    quoted_version(own, case, found);
    if own.effective.is_none() && own.reviewed.is_none() && own.number.is_some() {
        found.push(Finding::new(
            "policy_date_not_found",
            "We found no date in this policy. Ask the plan which version was in force on the day of the decision.",
        ));
    }
}

/// A year or date the denial puts beside the policy's name that is not the policy's own.
fn quoted_version(own: &Own, case: &Case, found: &mut Vec<Finding>) {
    let mine: Vec<i16> = [own.effective, own.reviewed].into_iter().flatten().map(Date::year).collect();
    for cited in case.denials.iter().filter_map(|d| d.policy.as_deref()) {
        let year = cited
            .split(|c: char| !c.is_ascii_digit())
            .filter(|w| w.len() == 4)
            .filter_map(|w| w.parse::<i16>().ok())
            .find(|y| (2000..2100).contains(y));
        if let Some(year) = year.filter(|y| !mine.is_empty() && !mine.contains(y)) {
            let text = format!(
                "The denial names a version of {year}, but this policy gives {}. Ask the plan for the version it used.",
                mine[0]
            );
            found.push(Finding::new("policy_other_version", text));
            // One policy is often named beside each of several reasons: it is said once.
            return;
        }
    }
}

fn age(own: &Own, today: Option<Date>, words: &PolicyWords, found: &mut Vec<Finding>) {
    let Some(today) = today else { return };
    let year = i32::from(today.year());
    let w = &words.policy.own;
    if let Some(newest) = own.newest_reference.filter(|n| year - n > w.old_references_years) {
        let text = format!(
            "The newest of the policy's {} references is from {newest}, {} years ago. Newer studies or guidelines may not have been weighed.",
            own.references,
            year - newest
        );
        found.push(Finding::new("policy_references_old", text));
    }
    let last = own.reviewed.or(own.effective).filter(|d| year - i32::from(d.year()) > w.old_review_years);
    if let Some(last) = last {
        let text = format!(
            "The policy was last reviewed or put in force on {last}. Ask the plan whether a newer version exists."
        );
        found.push(Finding::new("policy_review_old", text));
    }
}

/// A policy that shares no term with the service, its codes or the diagnosis is likely about something else.
fn service(own: &Own, case: &Case, words: &PolicyWords, found: &mut Vec<Finding>) {
    let Some(service) = case.claim.service.as_deref().filter(|s| !s.trim().is_empty()) else { return };
    let told = [Some(service), case.claim.diagnosis.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let wanted: Vec<String> = tokens(&words.unify(&told), words)
        .into_iter()
        .filter(|t| !words.is_idle(&t.raw) && t.raw.chars().any(char::is_alphabetic) && t.raw.chars().count() > 2)
        .map(|t| t.word)
        .collect();
    let codes: Vec<String> =
        case.claim.codes.iter().flat_map(|c| c.split_whitespace()).map(str::to_lowercase).collect();
    let coded = codes.iter().any(|c| c.chars().any(|d| d.is_ascii_digit()) && own.about.contains(c));
    if !wanted.is_empty() && !own.about.is_empty() && !coded && !wanted.iter().any(|t| own.about.contains(t)) {
        let text = format!(
            "This policy does not speak of “{service}”. It may be a policy for another service: check with the plan."
        );
        found.push(Finding::new("policy_for_another_service", text));
    }
}
