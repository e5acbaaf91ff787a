//! Public files of decided reviews → [`Decision`]s. Damaged rows are mended where only one reading fits, else named.

use std::collections::BTreeSet;

use facts::Finding;
use kb::{Kb, KbError};
use serde::{Deserialize, Serialize};

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
struct Columns {
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
struct Layout {
    width: usize,
    columns: [Option<usize>; 11],
}

/// Reads a file: CSV with commas, semicolons or tabs, or a spreadsheet (XLSX).
///
/// # Errors
/// A [`KbError`] when the names of columns cannot be read from `kb/`. A file that is no table gives no decisions and a
/// finding that says so.
pub fn import(name: &str, bytes: &[u8], kb: &Kb) -> Result<Imported, KbError> {
    let columns: Columns = kb.table("decisions/columns.toml")?;
    let rows = if bytes.starts_with(b"PK\x03\x04") { spreadsheet(bytes) } else { Ok(separated(bytes)) };
    let rows = match rows {
        Ok(rows) => rows,
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
    Ok(collect(name, &rows[head_at + 1..], &layout, &columns))
}

fn nothing(name: &str, why: &str) -> Imported {
    Imported {
        decisions: Vec::new(),
        mended: 0,
        lost: Vec::new(),
        findings: vec![Finding::new("no_decisions", why).about(name)],
    }
}

type Row = (usize, Vec<String>);

fn separated(bytes: &[u8]) -> Vec<Row> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = bytes.split(|b| *b == b'\n').next().unwrap_or(bytes);
    let count = |c: u8| head.iter().filter(|b| **b == c).count();
    let delimiter = [b';', b'\t', b','].into_iter().max_by_key(|c| count(*c)).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
    let mut rows = Vec::new();
    let mut record = csv::ByteRecord::new();
    while let Ok(true) = reader.read_byte_record(&mut record) {
        let line = record.position().map_or(0, |p| p.line() as usize);
        rows.push((line, record.iter().map(|f| String::from_utf8_lossy(f).into_owned()).collect()));
    }
    rows
}

fn spreadsheet(bytes: &[u8]) -> Result<Vec<Row>, String> {
    use calamine::Reader as _;
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(bytes))
        .map_err(|e| format!("this spreadsheet cannot be opened: {e}"))?;
    let range = book
        .worksheet_range_at(0)
        .ok_or("this spreadsheet has no sheet")?
        .map_err(|e| format!("the first sheet cannot be read: {e}"))?;
    Ok(range.rows().enumerate().map(|(i, r)| (i + 1, r.iter().map(ToString::to_string).collect())).collect())
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
        place(&columns.text),
    ];
    Some(Layout { width: header.len(), columns: all })
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

/// Values of a column with few different ones, by which a broken row can be put together again.
struct Known {
    values: Vec<BTreeSet<String>>,
}

impl Known {
    /// From whole rows; and, for values that always hold a comma and so never come in a whole row, from the pairs of
    /// neighbouring pieces that occur most often in broken ones.
    fn of(whole: &[&Row], rows: &[Row], layout: &Layout) -> Known {
        let mut values = vec![BTreeSet::new(); layout.width];
        for (_, row) in whole {
            for (set, field) in values.iter_mut().zip(row) {
                if set.len() <= 600 {
                    set.insert(field.trim().to_string());
                }
            }
        }
        let mut pairs: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
        for (_, row) in rows.iter().filter(|(_, r)| r.len() > layout.width) {
            for two in row.windows(2).filter(|w| w[1].starts_with(' ')) {
                *pairs.entry(format!("{},{}", two[0], two[1])).or_default() += 1;
            }
        }
        let often = pairs.into_iter().filter(|(_, n)| *n >= 20).map(|(p, _)| p.trim().to_string());
        for pair in often {
            for column in [layout.columns[2], layout.columns[4]].into_iter().flatten() {
                values[column].insert(pair.clone());
            }
        }
        Known { values }
    }

    fn fits(&self, column: usize, value: &str) -> bool {
        let set = &self.values[column];
        set.len() > 600 || set.contains(value.trim())
    }
}

/// Joins neighbouring pieces of a row that is too long until it has the right width and every column knows its value.
/// Pieces after a break begin with a space, as in running text; only such pieces are joined.
fn mend(row: &[String], layout: &Layout, known: &Known, columns: &Columns) -> Option<Vec<String>> {
    let extra = row.len().checked_sub(layout.width)?;
    if extra == 0 || extra > 4 {
        return None;
    }
    let joints: Vec<usize> = (1..row.len()).filter(|i| row[*i].starts_with(' ')).collect();
    if joints.len() < extra {
        return None;
    }
    let mut found: Option<Vec<String>> = None;
    for chosen in choose(&joints, extra) {
        let candidate = joined(row, &chosen);
        let good = ruling(&candidate, layout, columns) != Ruling::Unknown
            && [layout.columns[2], layout.columns[4], layout.columns[7]]
                .into_iter()
                .flatten()
                .all(|c| known.fits(c, &candidate[c]));
        if good {
            if found.is_some() {
                return None;
            }
            found = Some(candidate);
        }
    }
    found
}

fn choose(joints: &[usize], count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (i, first) in joints.iter().enumerate() {
        for mut rest in choose(&joints[i + 1..], count - 1) {
            rest.insert(0, *first);
            all.push(rest);
        }
    }
    all
}

fn joined(row: &[String], joints: &[usize]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (i, piece) in row.iter().enumerate() {
        match out.last_mut() {
            Some(last) if joints.contains(&i) => {
                last.push(',');
                last.push_str(piece);
            }
            _ => out.push(piece.clone()),
        }
    }
    out
}

fn ruling(row: &[String], layout: &Layout, columns: &Columns) -> Ruling {
    let words = layout.columns[6].and_then(|c| row.get(c)).map(|s| s.to_lowercase()).unwrap_or_default();
    columns.outcomes.iter().find(|o| words.contains(&o.word)).map_or(Ruling::Unknown, |o| o.is)
}

fn decision(row: &[String], layout: &Layout, columns: &Columns) -> Decision {
    let at = |i: usize| layout.columns[i].and_then(|c| row.get(c)).map(|s| s.trim().to_string()).unwrap_or_default();
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
        text: at(10),
    }
}
