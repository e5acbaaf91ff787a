use facts::{Finding, Treatment};
use jiff::civil::Date;

/// What was tried and found, with dates: a table the person corrects.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// Medicines, procedures and therapies.
    pub treatments: Vec<Treatment>,
    /// Diagnoses and complaints.
    pub problems: Vec<Entry>,
    /// Laboratory, imaging and measurements.
    pub results: Vec<Entry>,
    /// Visits and stays.
    pub encounters: Vec<Entry>,
    /// What was noticed: entries that could not be used, dates that end before they begin.
    pub findings: Vec<Finding>,
}

impl History {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.treatments.is_empty() && self.problems.is_empty() && self.results.is_empty() && self.encounters.is_empty()
    }
}

/// A problem, a result or an encounter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// Its name.
    pub what: String,
    /// Its code with the system where that is known, e.g. `M17.11`.
    pub code: Option<String>,
    /// When it began or took place.
    pub from: Option<Date>,
    /// When it ended.
    pub to: Option<Date>,
    /// A result's value with its unit, an encounter's place.
    pub value: Option<String>,
    /// `active`, `resolved`, `final` …, as the file says.
    pub status: Option<String>,
    /// The line of the readable text it came from.
    pub quote: String,
    /// That line's page, counted from 1.
    pub page: usize,
}
