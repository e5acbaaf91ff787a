//! The log of the search for a doctor → the content of an exhibit on what the network can and cannot do.

use std::collections::BTreeMap;

use calendar::Date;
use facts::{Case, Contact, Finding};
use kb::{Kb, KbError, Sentences};
use serde::{Deserialize, Serialize};

use crate::dates::later;
use crate::names::Names;
use crate::words::{Folded, set_in};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    title: String,
    intro: String,
    intro_one: String,
    none: String,
    ask_plan: String,
    columns: Columns,
    summary: BTreeMap<String, String>,
    limits: Limits,
    answers: BTreeMap<String, Vec<String>>,
    gaps: Gaps,
    waits: Waits,
}

/// How a wait is told in the words of an office.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Waits {
    /// An answer with one of these speaks of an appointment.
    words: Vec<String>,
    /// Days in a unit of time.
    units: BTreeMap<String, u32>,
}

impl Waits {
    /// Days until the first opening: the longest time that an answer about an appointment names.
    fn days(&self, answer: &str) -> Option<u32> {
        let folded = cite::fold(answer);
        if !Folded::new(answer).any(&self.words) {
            return None;
        }
        let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        let number = |word: &str| word.parse().ok().or_else(|| kb::number_word(word));
        let told = words.windows(2).filter_map(|pair| number(pair[0])?.checked_mul(*self.units.get(pair[1])?));
        told.max()
    }
}

/// The first opening that an office named, from the days entered or the words of its answer.
///
/// # Errors
/// A [`KbError`] when the data file is absent or damaged.
pub(crate) fn first_opening(case: &Case, kb: &Kb) -> Result<Option<Date>, KbError> {
    let table: Table = kb.table("opinions/scripts/search_log.toml")?;
    let opening = |c: &Contact| Some(later(c.when?.date(), wait(c, &table)?));
    Ok(case.contacts.iter().filter_map(opening).min())
}

fn wait(contact: &Contact, table: &Table) -> Option<u32> {
    contact.wait_days.or_else(|| table.waits.days(contact.answer.as_deref()?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    names: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    long_wait_days: u32,
    far_miles: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gaps {
    when: String,
    who: String,
    answer: String,
    says: String,
}

/// The exhibit: a title, a sentence, a table, what it adds up to, and what to ask the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchLog {
    /// Title of the exhibit.
    pub title: String,
    /// One or two sentences before the table.
    pub intro: String,
    /// Headings of the table.
    pub columns: Vec<String>,
    /// The calls, by day.
    pub rows: Vec<SearchRow>,
    /// What the calls add up to, counts only.
    pub summary: Vec<String>,
    /// The sentence that asks the plan to name a doctor.
    pub ask_plan: String,
    /// Lines that lack something.
    pub findings: Vec<Finding>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchRow {
    /// The day in words; empty when it is not written down.
    pub day: String,
    /// The office or doctor.
    pub who: String,
    /// How.
    pub how: String,
    /// Whether in the network, as the person wrote it.
    pub in_network: Option<bool>,
    /// The answer, in the person's words.
    pub answer: String,
    /// How the answer was read: words of the data, e.g. `not_accepting`.
    pub read_as: Vec<String>,
    /// Days until the first opening.
    pub wait_days: Option<u32>,
    /// Miles.
    pub distance_miles: Option<f64>,
}

/// The exhibit for a case's search log.
///
/// # Errors
/// A [`KbError`] when the data file is absent or damaged.
pub fn search_log(case: &Case, kb: &Kb) -> Result<SearchLog, KbError> {
    let table: Table = kb.table("opinions/scripts/search_log.toml")?;
    let sentences = kb.index().sentences();
    let unnamed = sentences.say("my_treatment", &[]);
    let service = Names::load(kb)?.service_of(case).unwrap_or(unnamed);
    let mut contacts: Vec<(usize, &Contact)> = case.contacts.iter().enumerate().collect();
    contacts.sort_by_key(|(i, c)| (c.when.map(|w| w.date()), *i));
    let rows: Vec<SearchRow> = contacts.iter().map(|(_, c)| row(c, &table, sentences)).collect();
    let days: Vec<_> = contacts.iter().filter_map(|(_, c)| c.when.map(|w| w.date())).collect();
    let (first, last) = (days.first().map(|d| sentences.plain(*d)), days.last().map(|d| sentences.plain(*d)));
    let intro = match (rows.len(), first, last) {
        (0, ..) => table.none.clone(),
        (1, Some(first), _) => table.intro_one.replace("{first}", &first),
        (n, Some(first), Some(last)) => {
            table.intro.replace("{first}", &first).replace("{last}", &last).replace("{count}", &n.to_string())
        }
        _ => table.none.clone(),
    };
    Ok(SearchLog {
        title: set_in(&table.title, "service", &service),
        intro: set_in(&intro, "service", &service),
        columns: table.columns.names.clone(),
        summary: summary(&rows, &table),
        ask_plan: table.ask_plan.clone(),
        findings: case.contacts.iter().enumerate().flat_map(|(i, c)| gaps(i + 1, c, &table.gaps)).collect(),
        rows,
    })
}

fn row(contact: &Contact, table: &Table, sentences: &Sentences) -> SearchRow {
    let answer = contact.answer.clone().unwrap_or_default();
    let folded = Folded::new(&answer);
    SearchRow {
        day: contact.when.map(|w| sentences.plain(w.date())).unwrap_or_default(),
        who: contact.who.clone().unwrap_or_default(),
        how: contact.how.clone().unwrap_or_default(),
        in_network: contact.in_network,
        read_as: table.answers.iter().filter(|(_, words)| folded.any(words)).map(|(k, _)| k.clone()).collect(),
        answer,
        wait_days: wait(contact, table),
        distance_miles: contact.distance_miles,
    }
}

fn summary(rows: &[SearchRow], table: &Table) -> Vec<String> {
    let mut out = Vec::new();
    let mut say = |key: &str, n: usize, fill: &[(&str, String)]| {
        if let (Some(text), true) = (table.summary.get(key), n > 0) {
            let text = text.replace("{n}", &n.to_string());
            out.push(fill.iter().fold(text, |t, (k, v)| t.replace(k, v)));
        }
    };
    let count = |key: &str| rows.iter().filter(|r| r.read_as.iter().any(|k| k == key)).count();
    for key in ["not_accepting", "no_expertise", "no_answer", "not_in_network"] {
        say(key, count(key), &[]);
    }
    let waits: Vec<u32> =
        rows.iter().filter_map(|r| r.wait_days).filter(|d| *d > table.limits.long_wait_days).collect();
    let longest = waits.iter().max().copied().unwrap_or(0);
    let fill = [("{days}", table.limits.long_wait_days.to_string()), ("{longest}", longest.to_string())];
    say("long_wait", waits.len(), &fill);
    let far = rows.iter().filter(|r| r.distance_miles.is_some_and(|d| d > table.limits.far_miles)).count();
    say("far", far, &[("{miles}", format!("{:.0}", table.limits.far_miles))]);
    // "Not accepting new patients" also holds "accepting new patients": the refusal wins.
    let open = rows.iter().filter(|r| r.read_as.iter().any(|k| k == "can_see") && r.read_as.len() == 1).count();
    say("can_see", open, &[]);
    out
}

fn gaps(line: usize, contact: &Contact, words: &Gaps) -> Vec<Finding> {
    let lacks = [
        (contact.when.is_none(), &words.when),
        (contact.who.is_none(), &words.who),
        (contact.answer.is_none() && contact.wait_days.is_none(), &words.answer),
    ];
    let says = |what: &str| words.says.replace("{line}", &line.to_string()).replace("{what}", what);
    lacks
        .iter()
        .filter(|(lacking, _)| *lacking)
        .map(|(_, what)| Finding::new("search_log_gap", says(what)).about(format!("contact.{}", line - 1)))
        .collect()
}
