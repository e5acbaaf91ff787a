//! Which records the second physician needs, which are there, and how to ask for the rest.

use std::collections::BTreeMap;

use calendar::Date;
use cite::Authority;
use facts::Case;
use kb::{Kb, KbError, Sentences};
use serde::{Deserialize, Serialize};

use crate::dates::years;
use crate::need::is_after_denial;
use crate::situation::Situation;
use crate::specialist::{GroupMatch, Profile};
use crate::words::Folded;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    authority: Authority,
    /// In years: who is younger is a child.
    child_below: i16,
    how: BTreeMap<String, String>,
    record: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// `all`, denial reasons, clinical areas, groups of conditions and services.
    #[serde(rename = "for")]
    wanted_for: Vec<String>,
    /// Reasons, areas and groups for which it is not wanted after all.
    #[serde(default)]
    not_for: Vec<String>,
    title: String,
    why: String,
    from: String,
    find: Vec<String>,
    /// Words of the paper's title by which it is another record after all: a therapist's notes are kept like a doctor's.
    #[serde(default)]
    unless: Vec<String>,
    /// How it is had, where that is not as from the others who hold records.
    had: Option<String>,
    /// Coverages that have no such paper.
    #[serde(default)]
    never: Vec<String>,
    /// Wanted only when this holds.
    only: Option<Only>,
}

/// When a record is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Only {
    /// The plan has said no.
    AfterDenial,
    /// The care was given, so that a bill was answered.
    AfterCare,
    /// An operation that was done.
    AfterOperation,
    /// The patient is a child, or the day of birth is not known.
    Child,
}

impl Entry {
    /// Whether the record is one for the case: for everybody, for a reason of the denial, or for one of the groups by which the
    /// field was recognized. A record of a whole area is left out for the groups of it that do not need it.
    fn fits(&self, reasons: &[&str], profile: &Profile) -> bool {
        let listed = |list: &[String], word: &str| list.iter().any(|w| w == word);
        let named = |list: &[String], g: &GroupMatch| listed(list, &g.id) || listed(list, &g.area);
        if reasons.iter().any(|r| listed(&self.not_for, r)) {
            return false;
        }
        // What the dispute itself does not need, no disease beside it brings back: eggs frozen before chemotherapy need no summary of it.
        if profile.groups.first().is_some_and(|g| listed(&self.not_for, &g.id)) {
            return false;
        }
        let of_groups = profile.groups.iter().any(|g| named(&self.wanted_for, g) && !named(&self.not_for, g));
        let of_reasons = reasons.iter().any(|r| listed(&self.wanted_for, r));
        let taken_out = profile.groups.iter().any(|g| named(&self.not_for, g));
        of_groups || (of_reasons || listed(&self.wanted_for, "all")) && !taken_out
    }
}

/// A record the second physician needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordWanted {
    /// What it is.
    pub title: String,
    /// Why it is needed.
    pub why: String,
    /// Who holds it: `treating_doctor`, `hospital`, `imaging`, `pathology`, `pharmacy`, `therapist`, `lab`, `plan` or `you`.
    pub from: String,
    /// Whether the case holds a paper that looks like it.
    pub have: bool,
    /// Those papers: title or file name.
    pub papers: Vec<String>,
    /// How to ask for it, when it is missing.
    pub how_to_get: Option<String>,
}

/// The records for this case, and the law under which a person may ask for them.
pub(crate) fn records(
    case: &Case,
    kb: &Kb,
    situation: &Situation,
    limit_days: u32,
    today: Date,
) -> Result<(Vec<RecordWanted>, Authority), KbError> {
    let table: Table = kb.table("opinions/records/records.toml")?;
    let denied = is_after_denial(case);
    let reasons: Vec<&str> = case.denials.iter().filter_map(|d| d.reason.as_deref()).collect();
    let grown = case.patient.date_of_birth.is_some_and(|born| years(born, today) >= table.child_below);
    let wanted = |entry: &&Entry| {
        let now = match entry.only {
            None => true,
            Some(Only::AfterDenial) => denied,
            Some(Only::AfterCare) => situation.done != Some(false),
            Some(Only::AfterOperation) => situation.surgery && situation.done == Some(true),
            Some(Only::Child) => !grown,
        };
        let exists = !case.coverage.kind.as_ref().is_some_and(|k| entry.never.contains(k));
        now && exists && entry.fits(&reasons, &situation.profile)
    };
    let mut out: Vec<RecordWanted> = Vec::new();
    for entry in table.record.iter().filter(wanted) {
        let papers = papers(case, entry, kb.index().sentences());
        let how = table
            .how
            .get(entry.had.as_ref().unwrap_or(&entry.from))
            .map(|h| h.replace("{limit}", &limit_days.to_string()));
        if !out.iter().any(|r| r.title == entry.title) {
            out.push(RecordWanted {
                title: entry.title.clone(),
                why: entry.why.clone(),
                from: entry.from.clone(),
                have: !papers.is_empty(),
                how_to_get: how.filter(|_| papers.is_empty()),
                papers,
            });
        }
    }
    Ok((out, table.authority))
}

/// The papers of the case that look like the record, by kind, title, file name and date.
fn papers(case: &Case, entry: &Entry, sentences: &Sentences) -> Vec<String> {
    let mut out = Vec::new();
    for record in &case.records {
        let parts = [&record.kind, &record.title, &record.file].into_iter().flatten();
        let spaced: Vec<String> = parts.map(|p| p.replace(['_', '-', '.'], " ")).collect();
        let text = Folded::of(spaced.iter().map(String::as_str));
        let words: Vec<String> = entry.find.iter().map(|w| w.replace(['_', '-'], " ")).collect();
        let title = Folded::new(&record.title.as_deref().unwrap_or_default().replace(['_', '-', '.'], " "));
        let other = entry.unless.iter().any(|w| title.has(w));
        if !other && words.iter().any(|w| text.has(w) || text.has(&format!("{w}s"))) {
            let name = record.title.clone().or_else(|| record.file.clone()).or_else(|| record.kind.clone());
            let dated = record.dated.map(|d| format!(" ({})", sentences.plain(d))).unwrap_or_default();
            out.extend(name.map(|n| n + &dated));
        }
    }
    for file in &case.claim.documents {
        let text = Folded::new(&file.replace(['_', '-', '.'], " "));
        if entry.find.iter().any(|w| text.has(w)) && !out.iter().any(|o: &String| o.starts_with(file)) {
            out.push(file.clone());
        }
    }
    if entry.from == "you" && entry.find.iter().any(|w| w == "search log") && !case.contacts.is_empty() {
        out.push(sentences.say("calls", &[("n", &case.contacts.len().to_string())]));
    }
    out
}
