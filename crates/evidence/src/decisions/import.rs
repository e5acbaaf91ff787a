//! Public files of decided reviews → [`Decision`]s. Damaged rows are mended where only one reading fits, else named.

use facts::Finding;
use kb::{Kb, KbError};
use serde::{Deserialize, Serialize};

use super::mend::{Known, mend};
use super::table::{self, Row, Table};

/// A decided review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[allow(missing_docs)]
pub struct Decision {
    pub id: String,
    pub year: Option<i32>,
    pub diagnosis: String,
    pub diagnosis_detail: String,
    pub treatment: String,
    pub treatment_detail: String,
    pub ruling: Ruling,
    pub kind: String,
    pub age: String,
    pub sex: String,
    /// The reviewers' published reasoning, where the file has it.
    pub text: String,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// The plan's decision was overturned.
    Overturned,
    /// Overturned in part.
    Partly,
    /// The plan's decision was upheld.
    Upheld,
    /// The file's words are not known.
    #[default]
    Unknown,
}

/// What came out of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    /// The decisions.
    pub decisions: Vec<Decision>,
    /// How many rows were mended.
    pub mended: usize,
    /// Line numbers of rows that could not be understood.
    pub lost: Vec<usize>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Columns {
    #[allow(dead_code)]
    format: String,
    id: Vec<String>,
    year: Vec<String>,
    diagnosis: Vec<String>,
    diagnosis_detail: Vec<String>,
    treatment: Vec<String>,
    treatment_detail: Vec<String>,
    outcome: Vec<String>,
    #[serde(rename = "type")]
    kind: Vec<String>,
    age: Vec<String>,
    sex: Vec<String>,
    text: Vec<String>,
    outcomes: Vec<OutcomeWord>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeWord {
    word: String,
    is: Ruling,
}

/// Where each field stands in a row.
pub(super) struct Layout {
    pub(super) width: usize,
    pub(super) columns: [Option<usize>; 10],
    /// Columns with the reviewers' reasoning; New York's export has several.
    texts: Vec<usize>,
}

/// Reads a file: CSV with commas, semicolons or tabs, or a spreadsheet (XLSX).
///
/// # Errors
/// A [`KbError`] when the names of columns cannot be read from `kb/`. A file that is no table gives no decisions and a
/// finding that says so.
pub fn import(name: &str, bytes: &[u8], kb: &Kb) -> Result<Imported, KbError> {
    let columns: Columns = kb.table("decisions/columns.toml")?;
    let Table { rows, unclosed } = match table::read(bytes) {
        Ok(table) => table,
        Err(why) => return Ok(nothing(name, &why)),
    };
    let Some((head_at, layout)) =
        rows.iter().take(20).enumerate().find_map(|(i, (_, r))| Some((i, layout(r, &columns)?)))
    else {
        return Ok(nothing(
            name,
            "no row names a column for the decision; a header row such as “Determination” or “Appeal Decision” is needed",
        ));
    };
    let mut imported = collect(name, &rows[head_at + 1..], &layout, &columns);
    if let Some(line) = unclosed.first() {
        let message =
            format!("A quotation mark at line {line} is never closed; the lines after it were read one by one.");
        imported.findings.push(Finding::new("quote_not_closed", message).about(name));
    }
    Ok(imported)
}

/// Decisions of several files together, each case number once (an older and a newer export overlap).
pub fn join(all: Vec<Imported>) -> Imported {
    let mut seen = std::collections::HashSet::new();
    let mut out = Imported { decisions: Vec::new(), mended: 0, lost: Vec::new(), findings: Vec::new() };
    let mut twice = 0;
    for imported in all {
        out.mended += imported.mended;
        out.lost.extend(imported.lost);
        out.findings.extend(imported.findings);
        for decision in imported.decisions {
            if decision.id.is_empty() || seen.insert(decision.id.clone()) {
                out.decisions.push(decision);
            } else {
                twice += 1;
            }
        }
    }
    if twice > 0 {
        let message = format!("{twice} decisions were in the files more than once; each counts once.");
        out.findings.push(Finding::new("decisions_twice", message));
    }
    out
}

fn nothing(name: &str, why: &str) -> Imported {
    Imported {
        decisions: Vec::new(),
        mended: 0,
        lost: Vec::new(),
        findings: vec![Finding::new("no_decisions", why).about(name)],
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn layout(header: &[String], columns: &Columns) -> Option<Layout> {
    let names: Vec<String> = header.iter().map(|h| plain(h)).collect();
    let place = |wanted: &[String]| wanted.iter().find_map(|w| names.iter().position(|n| n == w));
    let outcome = place(&columns.outcome)?;
    let all = [
        place(&columns.id),
        place(&columns.year),
        place(&columns.diagnosis),
        place(&columns.diagnosis_detail),
        place(&columns.treatment),
        place(&columns.treatment_detail),
        Some(outcome),
        place(&columns.kind),
        place(&columns.age),
        place(&columns.sex),
    ];
    let texts = (0..names.len()).filter(|i| columns.text.iter().any(|w| is_numbered(&names[*i], w))).collect();
    Some(Layout { width: header.len(), columns: all, texts })
}

/// Whether a column's name is a word, or that word with a number: `summary`, `summary2`.
fn is_numbered(name: &str, word: &str) -> bool {
    name.strip_prefix(word).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()))
}

fn collect(name: &str, rows: &[Row], layout: &Layout, columns: &Columns) -> Imported {
    let whole: Vec<&Row> = rows.iter().filter(|(_, r)| r.len() == layout.width).collect();
    let known = Known::of(&whole, rows, layout);
    let mut imported =
        Imported { decisions: Vec::with_capacity(rows.len()), mended: 0, lost: Vec::new(), findings: Vec::new() };
    for (line, row) in rows {
        if row.iter().all(|f| f.trim().is_empty()) {
            continue;
        }
        if row.len() == layout.width {
            imported.decisions.push(decision(row, layout, columns));
        } else if let Some(mended) = mend(row, layout, &known, columns) {
            imported.decisions.push(decision(&mended, layout, columns));
            imported.mended += 1;
        } else {
            imported.lost.push(*line);
        }
    }
    if imported.mended > 0 {
        let message = format!(
            "{} rows had commas that were not in quotes; they were put right where only one reading fits.",
            imported.mended
        );
        imported.findings.push(Finding::new("rows_mended", message).about(name));
    }
    let unknown = imported.decisions.iter().filter(|d| d.ruling == Ruling::Unknown).count();
    if unknown > 0 {
        let message =
            format!("{unknown} rows do not say in words we know what was decided; they count for neither side.");
        imported.findings.push(Finding::new("rows_without_ruling", message).about(name));
    }
    if !imported.lost.is_empty() {
        let lines: Vec<String> = imported.lost.iter().take(20).map(ToString::to_string).collect();
        let more = if imported.lost.len() > 20 { " …" } else { "" };
        let message = format!(
            "{} rows could not be understood and were left out: lines {}{more}.",
            imported.lost.len(),
            lines.join(", ")
        );
        imported.findings.push(Finding::new("rows_lost", message).about(name));
    }
    imported
}

pub(super) fn ruling(row: &[String], layout: &Layout, columns: &Columns) -> Ruling {
    let words = layout.columns[6].and_then(|c| row.get(c)).map(|s| s.to_lowercase()).unwrap_or_default();
    columns.outcomes.iter().find(|o| words.contains(&o.word)).map_or(Ruling::Unknown, |o| o.is)
}

fn decision(row: &[String], layout: &Layout, columns: &Columns) -> Decision {
    let at = |i: usize| layout.columns[i].and_then(|c| row.get(c)).map(|s| tidy(s)).unwrap_or_default();
    let texts = layout.texts.iter().filter_map(|c| row.get(*c)).map(|t| t.trim()).filter(|t| !t.is_empty());
    Decision {
        id: at(0),
        year: at(1).get(..4).and_then(|y| y.parse().ok()),
        diagnosis: at(2),
        diagnosis_detail: at(3),
        treatment: at(4),
        treatment_detail: at(5),
        ruling: ruling(row, layout, columns),
        kind: at(7),
        age: at(8),
        sex: at(9),
        text: texts.collect::<Vec<_>>().join("\n"),
    }
}

/// A value without the brackets in which New York's export puts its lists: `[Skin Disorders]`.
fn tidy(value: &str) -> String {
    value.trim().trim_start_matches('[').trim_end_matches(']').trim().to_string()
}
