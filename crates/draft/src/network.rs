//! Care that the network of a plan should give: the log of who was asked, and whom the plan names for it.

use std::collections::BTreeSet;

use facts::{Case, Contact};

use crate::Inputs;
use crate::build::Builder;
use crate::document::*;
use crate::parts;

/// Whether the only review outside the plan that this case has is a State's: the scope of the federal one is then not its law.
pub(crate) fn is_only_of_the_state(inputs: &Inputs) -> bool {
    let rights = inputs.entitlements.rights.iter();
    let mut reviews = rights.filter(|r| r.actor == "claimant" && r.gives == "external_review.file").peekable();
    reviews.peek().is_some() && reviews.all(|r| r.id.starts_with("us-"))
}

/// The sentences with which the plan gives a reason, or all of them, folded.
fn quotes<'a>(case: &'a Case, reason: Option<&'a str>) -> impl Iterator<Item = String> + 'a {
    let of = move |d: &&facts::Denial| reason.is_none_or(|r| d.reason.as_deref() == Some(r));
    case.denials.iter().filter(of).filter_map(|d| d.quote.as_deref()).map(cite::fold)
}

/// The lines of the log about somebody whom the plan names in its letter: by the name with which the line begins. One short word is
/// no name.
pub(crate) fn asked_of_those_named<'a>(case: &'a Case, reason: Option<&'a str>) -> impl Iterator<Item = &'a Contact> {
    let quotes: Vec<String> = quotes(case, reason).collect();
    let named = move |c: &&Contact| {
        let who = c.who.as_deref().and_then(|w| w.split(',').next()).map(cite::fold).unwrap_or_default();
        let who = who.trim();
        let surname = who.split(' ').next_back().map(|name| format!("dr. {name}")).unwrap_or_default();
        who.contains(' ') && quotes.iter().any(|quote| quote.contains(who) || quote.contains(&surname))
    };
    let told = |c: &&Contact| c.answer.as_deref().is_some_and(|a| !a.trim().is_empty());
    case.contacts.iter().filter(told).filter(named)
}

/// What those answered whom the plan names: the answer to a plan that points to them. Whether there was any.
pub(crate) fn those_named(b: &mut Builder, reason: &str, out: &mut Vec<Block>) -> bool {
    let asked: Vec<Contact> = asked_of_those_named(b.view.case, Some(reason)).cloned().collect();
    told(b, asked, out)
}

/// The same, whatever the reason for which the plan names them.
pub(crate) fn named_in_log(b: &mut Builder, out: &mut Vec<Block>) {
    let asked: Vec<Contact> = asked_of_those_named(b.view.case, None).cloned().collect();
    told(b, asked, out);
}

fn told(b: &mut Builder, asked: Vec<Contact>, out: &mut Vec<Block>) -> bool {
    let source: Vec<Source> = b.exhibit_of_kind("search_log").into_iter().collect();
    let mut sentences = Vec::new();
    for contact in asked {
        let answer = contact.answer.as_deref().unwrap_or_default().trim();
        let answer = answer.trim_end_matches(['.', ' ']);
        let who = contact.who.as_deref().unwrap_or_default().trim();
        let text = match contact.when.map(|w| b.view.day(w.date())) {
            Some(day) => b.text_with("search.named", &[("who", who), ("date", &day), ("answer", answer)]),
            None => b.text_with("search.named_undated", &[("who", who), ("answer", answer)]),
        };
        sentences.push(Sentence::claim(Claim::Fact, text, source.clone()));
    }
    let any = !sentences.is_empty();
    parts::paragraph(out, sentences);
    any
}

/// Whom the plan names for this reason, and what they answered. Where it names nobody, the plan itself is asked to, as long as it
/// is the plan that reads the letter.
pub(crate) fn named(b: &mut Builder, reason: &str, out: &mut Vec<Block>) {
    if those_named(b, reason, out) || !b.view.holds("own_review") {
        return;
    }
    let marks = b.view.say("search.names_somebody").to_string();
    let names = |quote: &String| marks.split('|').any(|mark| !mark.is_empty() && quote.contains(mark));
    let points = reason == "network_provider_available" || !b.view.holds("search_log");
    if points && !quotes(b.view.case, Some(reason)).any(|quote| names(&quote)) {
        let key = if reason == "network_provider_available" { "search.ask_name" } else { "search.ask_name_any" };
        let sentence = parts::plain(b, key);
        parts::paragraph(out, vec![sentence]);
    }
}

/// The log of who was asked, as a table.
pub(crate) fn search_log(b: &mut Builder, out: &mut Vec<Block>) {
    let contacts = b.view.case.contacts.clone();
    if contacts.is_empty() {
        return;
    }
    let heads = [("search.head_when", 3), ("search.head_who", 5), ("search.head_how", 2), ("search.head_answer", 7)];
    let columns = heads.iter().map(|(key, width)| Column { head: b.text(key), width: *width }).collect();
    let mut rows = Vec::new();
    for c in &contacts {
        let mut answer = c.answer.clone().unwrap_or_default();
        for (value, key) in [
            (c.wait_days.map(|d| d.to_string()), "search.wait"),
            (c.distance_miles.map(|d| d.to_string()), "search.miles"),
        ] {
            // What the answer says itself is not said again.
            let forms = b.view.say(&format!("{key}_said")).to_string();
            let said = |v: &String| forms.split('|').any(|form| says_figure(&answer, &form.replace("{number}", v)));
            if let Some(value) = value.filter(|v| !said(v)) {
                let text = b.text_with(key, &[("number", &value)]);
                answer = if answer.is_empty() { text } else { format!("{answer}; {text}") };
            }
        }
        let how = c.how.as_deref().map(|h| b.view.words.get(&format!("how.{h}")).unwrap_or(h).to_string());
        let when = c.when.map(|w| b.view.day(w.date())).unwrap_or_default();
        let cells = [when, c.who.clone().unwrap_or_default(), how.unwrap_or_default(), answer];
        rows.push(cells.into_iter().map(|t| vec![Sentence::claim(Claim::Fact, t, vec![])]).collect());
    }
    out.push(Block::Table { caption: b.text("search.caption"), columns, rows });
}

/// Whether a text says a figure with its unit, as a number of its own: `170 days` does not say `70 days`.
fn says_figure(text: &str, figure: &str) -> bool {
    let text = text.to_lowercase();
    let alone = |at: usize| !text[..at].ends_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    text.match_indices(figure).any(|(at, _)| alone(at))
}

/// How many were asked, with the log as exhibit.
pub(crate) fn search_log_summary(b: &mut Builder, out: &mut Vec<Block>) {
    let contacts = &b.view.case.contacts;
    if contacts.is_empty() {
        return;
    }
    // An office that was called twice is one office.
    let named: BTreeSet<String> = contacts.iter().filter_map(|c| c.who.as_deref()).map(cite::fold).collect();
    let text = match named.len() {
        0 | 1 => b.text("search.summary_one"),
        count => b.text_with("search.summary", &[("count", &count.to_string())]),
    };
    let source = b.exhibit_of_kind("search_log").into_iter().collect();
    parts::paragraph(out, vec![Sentence::claim(Claim::Fact, text, source)]);
}
