//! A CSV list of doctors (typed by a person, from a plan's directory, from the public NPI file) → candidates.

use std::collections::BTreeMap;

use facts::{Candidate, Finding};
use kb::{Kb, KbError};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Columns {
    truth: Truth,
    #[serde(flatten)]
    names: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Truth {
    yes: Vec<String>,
    no: Vec<String>,
}

/// Reads candidates from CSV with a header line. Columns are recognized by name (`kb/opinions/candidates_csv.toml`);
/// a column that is not known, a row that cannot be read and a value that is not understood are findings, never lost
/// silently.
///
/// # Errors
/// A [`KbError`] when the table of column names is absent or damaged.
pub fn candidates_from_csv(text: &str, kb: &Kb) -> Result<(Vec<Candidate>, Vec<Finding>), KbError> {
    let columns: Columns = kb.table("opinions/candidates_csv.toml")?;
    let mut findings = Vec::new();
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let fields: Vec<Option<&str>> = header.iter().map(|h| field(&columns, h)).collect();
    for (name, _) in header.iter().zip(&fields).filter(|(n, f)| f.is_none() && !n.is_empty()) {
        findings.push(Finding::new(
            "column_not_known",
            format!("The column “{name}” was not read: its name is not known."),
        ));
    }
    let mut out = Vec::new();
    for (i, row) in reader.records().enumerate() {
        let line = i + 2;
        let Ok(row) = row else {
            findings.push(Finding::new("row_not_read", format!("Line {line} could not be read.")));
            continue;
        };
        let mut parts = Parts::default();
        for (value, field) in row.iter().zip(&fields) {
            if let (Some(field), false) = (field, value.is_empty()) {
                parts.set(field, value, &columns.truth, line, &mut findings);
            }
        }
        match parts.finish() {
            Some(candidate) => out.push(candidate),
            None => findings.push(Finding::new("row_without_name", format!("Line {line} names no doctor."))),
        }
    }
    Ok((out, findings))
}

fn field<'a>(columns: &'a Columns, header: &str) -> Option<&'a str> {
    let plain = header.trim().to_lowercase().replace('_', " ");
    columns.names.iter().find(|(_, names)| names.contains(&plain)).map(|(field, _)| field.as_str())
}

#[derive(Default)]
struct Parts {
    candidate: Candidate,
    first: Option<String>,
    last: Option<String>,
}

impl Parts {
    fn set(&mut self, field: &str, value: &str, truth: &Truth, line: usize, findings: &mut Vec<Finding>) {
        let text = || Some(value.to_owned());
        let lower = value.to_lowercase();
        let yes_no = if truth.yes.contains(&lower) {
            Some(true)
        } else if truth.no.contains(&lower) {
            Some(false)
        } else {
            None
        };
        let number = value.replace(',', "").parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
        let day = value.parse::<calendar::Date>().ok();
        let c = &mut self.candidate;
        let understood = match field {
            "name" => set(&mut c.name, text()),
            "first_name" => set(&mut self.first, text()),
            "last_name" => set(&mut self.last, text()),
            "specialty" => set(&mut c.specialty, text()),
            "subspecialty" => set(&mut c.subspecialty, text()),
            "certified_by" => set(&mut c.certified_by, text()),
            "certification_checked_at" => set(&mut c.certification_checked_at, text()),
            "practice" => set(&mut c.practice, text()),
            "institution" => set(&mut c.institution, text()),
            "setting" => set(&mut c.setting, text()),
            "npi" => set(&mut c.npi, text()),
            "phone" => set(&mut c.phone, text()),
            "address" => set(&mut c.address, text()),
            "state" => set(&mut c.state, text()),
            "note" => set(&mut c.note, text()),
            "checked_on" => set(&mut c.checked_on, day),
            "earliest_appointment" => set(&mut c.earliest_appointment, day),
            "in_network" => set(&mut c.in_network, yes_no),
            "writes_letters" => set(&mut c.writes_letters, yes_no),
            "peer_to_peer" => set(&mut c.peer_to_peer, yes_no),
            "examines" => set(&mut c.examines, yes_no),
            "same_practice_as_treating" => set(&mut c.same_practice_as_treating, yes_no),
            "operating_surgeon" => set(&mut c.operating_surgeon, yes_no),
            "financial_tie" => set(&mut c.financial_tie, yes_no),
            "years_experience" => set(&mut c.years_experience, number),
            "cases_per_year" => set(&mut c.cases_per_year, number),
            "publications" => set(&mut c.publications, value.parse::<u32>().ok()),
            _ => false,
        };
        if !understood {
            let message = format!("Line {line}: “{value}” was not understood as {}.", field.replace('_', " "));
            findings.push(Finding::new("value_not_understood", message));
        }
    }

    fn finish(mut self) -> Option<Candidate> {
        if self.candidate.name.is_none() {
            let parts: Vec<String> = [self.first, self.last].into_iter().flatten().collect();
            self.candidate.name = (!parts.is_empty()).then(|| parts.join(" "));
        }
        self.candidate.name.is_some().then_some(self.candidate)
    }
}

fn set<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    let understood = value.is_some();
    if understood {
        *place = value;
    }
    understood
}
