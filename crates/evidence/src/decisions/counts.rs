//! The shipped counts, chosen for a case.

use facts::{Case, Finding};
use kb::{Kb, KbError};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Place {
    format: String,
    place: String,
    body: String,
    source: String,
    computed_on: toml_date::Day,
    years: (i32, i32),
    last_year_is_partial: bool,
    total: (u64, u64),
    coverage: Vec<String>,
    steps: Vec<String>,
    states: Vec<String>,
    caveat: String,
    by_year_and_type: Vec<(i32, String, u64, u64)>,
    by_diagnosis: Vec<(String, u64, u64)>,
    by_treatment: Vec<(String, u64, u64)>,
    by_type_diagnosis_treatment: Vec<(String, String, String, u64, u64)>,
    by_year_type_diagnosis_treatment: Vec<(i32, String, String, String, u64, u64)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Elsewhere {
    format: String,
    count: Vec<OneCount>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OneCount {
    place: String,
    body: String,
    years: (i32, i32),
    decided: u64,
    overturned: u64,
    coverage: Vec<String>,
    steps: Vec<String>,
    #[serde(default)]
    not_in: Vec<String>,
    source: String,
    caveat: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Categories {
    format: String,
    diagnosis: Vec<Category>,
    treatment: Vec<Category>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Category {
    category: String,
    #[serde(default)]
    codes: Vec<String>,
    words: Vec<String>,
}

/// A count of decided reviews. Not a chance: what was counted is said with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// What was counted, in words, e.g. `Orthopedic/Musculoskeletal, Medical Necessity`.
    pub what: String,
    /// Where.
    pub place: String,
    /// Who decided.
    pub body: String,
    /// First and last year.
    pub years: (i32, i32),
    /// How many were decided.
    pub decided: u64,
    /// In how many the plan's decision was overturned.
    pub overturned: u64,
    /// 95% interval of the share overturned, in percent (Wilson).
    pub interval_percent: (f64, f64),
    /// Whose figures these are.
    pub source: String,
    /// What was left out and what must not be concluded.
    pub caveat: String,
}

/// The counts that may be shown for a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecidedBefore {
    /// From the nearest to the widest.
    pub counts: Vec<Count>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// The counts that may be shown for a case, the nearest first: of the same program, the same step and, where they are told
/// apart, the same kind of dispute and the same State. `step` is the step at hand, a word of the rights
/// (`external_review.file`); where it is not known, or no count is of it, there is none.
///
/// A member of Medicare sees Medicare figures only; a member of Medicaid sees none, because none are held.
///
/// # Errors
/// A [`KbError`] when a file in `kb/decisions/` cannot be read.
pub fn for_case(case: &Case, step: Option<&str>, kb: &Kb) -> Result<DecidedBefore, KbError> {
    let coverage = case.coverage.kind.as_deref().unwrap_or("");
    let elsewhere: Elsewhere = kb.table("decisions/national.toml")?;
    let mut before = DecidedBefore { counts: Vec::new(), findings: Vec::new() };
    if let Some(why) = none_held(coverage) {
        before.findings.push(Finding::new("no_counts_for_coverage", why));
    }
    let Some(step) = step else { return Ok(before) };
    let state = case.coverage.situs_state.as_deref().or(case.patient.state.as_deref()).unwrap_or("");
    let has = |list: &[String], word: &str| list.iter().any(|w| w == word);
    let place: Place = kb.table("decisions/california_dmhc.toml")?;
    if has(&place.coverage, coverage) && has(&place.steps, step) && has(&place.states, state) {
        california(case, &place, &kb.table("decisions/categories.toml")?, &mut before);
    }
    // Where the State decides whether a count is of this dispute, it must be known.
    let there = |c: &OneCount| c.not_in.is_empty() || !state.is_empty() && !has(&c.not_in, state);
    let fits = |c: &OneCount| has(&c.coverage, coverage) && has(&c.steps, step) && there(c);
    before.counts.extend(elsewhere.count.into_iter().filter(fits).map(|c| Count {
        what: c.body.clone(),
        place: c.place,
        body: c.body,
        years: c.years,
        decided: c.decided,
        overturned: c.overturned,
        interval_percent: wilson(c.overturned, c.decided),
        source: c.source,
        caveat: c.caveat,
    }));
    Ok(before)
}

/// Why no counts can be held for a kind of coverage; none where some may be.
fn none_held(coverage: &str) -> Option<&'static str> {
    match coverage {
        "" => Some("We show counts once we know the kind of coverage: the figures differ widely between kinds."),
        c if c.starts_with("medicaid") || c == "chip" => {
            Some("No counts are held for Medicaid and CHIP, and figures of other coverage would mislead.")
        }
        "va" | "tricare" => Some("No counts are held for this coverage, and figures of other coverage would mislead."),
        _ => None,
    }
}

fn california(case: &Case, place: &Place, categories: &Categories, into: &mut DecidedBefore) {
    let diagnosis = category(&categories.diagnosis, &case.claim.diagnosis_codes, &text(&case.claim.diagnosis));
    let treatment = category(&categories.treatment, &[], &text(&case.claim.service));
    let kind = kind(case);
    let mut offer = |what: String, decided: u64, overturned: u64, years: (i32, i32)| {
        into.counts.push(Count {
            what,
            place: place.place.clone(),
            body: place.body.clone(),
            years,
            decided,
            overturned,
            interval_percent: wilson(overturned, decided),
            source: place.source.clone(),
            caveat: place.caveat.clone(),
        });
    };
    if let (Some(d), Some(t), Some(k)) = (&diagnosis, &treatment, kind)
        && let Some(row) = place.by_type_diagnosis_treatment.iter().find(|r| r.0 == k && r.1 == *d && r.2 == *t)
    {
        offer(format!("{d}, {t}, {k}"), row.3, row.4, place.years);
    }
    if let Some(k) = kind {
        let rows = place.by_year_and_type.iter().filter(|r| r.1 == k);
        let (decided, overturned) = rows.fold((0, 0), |sum, r| (sum.0 + r.2, sum.1 + r.3));
        offer(format!("all diagnoses, {k}"), decided, overturned, place.years);
    }
}

fn text(value: &Option<String>) -> String {
    value.as_deref().unwrap_or("").to_lowercase()
}

/// The file's word for the kind of dispute.
fn kind(case: &Case) -> Option<&'static str> {
    let reasons: Vec<&str> = case.denials.iter().filter_map(|d| d.reason.as_deref()).collect();
    if reasons.iter().any(|r| matches!(*r, "experimental_investigational" | "off_label")) {
        return Some("Experimental/Investigational");
    }
    let judgement = [
        "not_medically_necessary",
        "level_of_care",
        "conservative_treatment_first",
        "step_therapy",
        "diagnosis_not_established",
    ];
    reasons.iter().any(|r| judgement.contains(r)).then_some("Medical Necessity")
}

fn category(all: &[Category], codes: &[String], text: &str) -> Option<String> {
    let code = |c: &Category| {
        codes.iter().any(|code| {
            c.codes.iter().any(|p| code.to_uppercase().trim_start_matches("ICD-10 ").starts_with(p.as_str()))
        })
    };
    let word = |c: &Category| c.words.iter().any(|w| has_word(text, w));
    // A longer prefix is nearer: F84 before F.
    let longest = |c: &Category| c.codes.iter().map(String::len).max().unwrap_or(0);
    all.iter()
        .filter(|c| code(c))
        .max_by_key(|c| longest(c))
        .or_else(|| all.iter().find(|c| word(c)))
        .map(|c| c.category.clone())
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric))
}

/// The 95% Wilson score interval of a share, in percent with one digit. (0, 100) for no cases.
///
/// # Example
/// ```
/// assert_eq!(evidence::decisions::wilson(8, 10), (49.0, 94.3));
/// ```
pub fn wilson(hits: u64, of: u64) -> (f64, f64) {
    if of == 0 {
        return (0.0, 100.0);
    }
    let (n, p, z) = (of as f64, hits as f64 / of as f64, 1.959_963_984_540_054);
    let middle = p + z * z / (2.0 * n);
    let reach = z * ((p * (1.0 - p) + z * z / (4.0 * n)) / n).sqrt();
    let scale = 1.0 + z * z / n;
    let percent = |share: f64| (share * 1000.0).round() / 10.0;
    (percent(((middle - reach) / scale).max(0.0)), percent(((middle + reach) / scale).min(1.0)))
}

/// A TOML date, kept only because every field of a data file must be known.
mod toml_date {
    /// Any TOML date.
    #[derive(Debug, serde::Deserialize)]
    #[serde(transparent)]
    pub(super) struct Day(#[allow(dead_code)] facts::When);
}
