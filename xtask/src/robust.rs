//! `cargo xtask robust [FOLDER…]`: every shared sample file through the worker (PDF, C-CDA, citations) or the readers of
//! exchanged files, and PDFs side by side with `pdftotext -layout`. Prints the tables that docs/measurements.md shows.
//!
//! Each file is read by a process of its own, so that its memory can be measured and nothing it does can end the run.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde::{Deserialize, Serialize};

/// What became of one file.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    /// `read`, or the error's code.
    outcome: String,
    findings: Vec<String>,
    milliseconds: f64,
    /// Peak memory of the worker.
    megabytes: f64,
    words: usize,
    text: String,
}

/// Reads one file and prints its row as JSON (the inner process).
pub(crate) fn one(path: &str) -> Result<(), String> {
    let bytes = std::fs::read(path).map_err(|e| format!("{path}: {e}"))?;
    let exe = std::env::current_exe().map_err(|e| e.to_string())?;
    let started = Instant::now();
    let result = read(&exe, path, &bytes);
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    let (outcome, findings, text) = match result {
        Ok((text, findings)) => ("read".to_owned(), findings, text),
        Err(code) => (code, Vec::new(), String::new()),
    };
    let words = text.split_whitespace().count();
    let row = Row { outcome, findings, milliseconds, megabytes: children_megabytes(), words, text };
    println!("{}", serde_json::to_string(&row).map_err(|e| e.to_string())?);
    Ok(())
}

fn read(exe: &Path, path: &str, bytes: &[u8]) -> Result<(String, Vec<String>), String> {
    let kind = extract::sniff(bytes);
    let kb = || knowledge().map_err(|e| format!("knowledge base: {e}"));
    match kind {
        extract::Kind::FhirJson | extract::Kind::Json => {
            let record = exchange::fhir_record(path, bytes, &kb()?).map_err(|e| e.code)?;
            Ok((record.document.text(), record.reading.findings.into_iter().map(|f| f.code).collect()))
        }
        extract::Kind::X12 => {
            let (document, reading) = exchange::read_x12(path, bytes, &kb()?).map_err(|e| e.code)?;
            Ok((document.text(), reading.findings.into_iter().map(|f| f.code).collect()))
        }
        extract::Kind::Ccda => {
            let record = exchange::read_ccda(path, bytes).map_err(|e| e.code)?;
            Ok((record.document.text(), record.reading.findings.into_iter().map(|f| f.code).collect()))
        }
        extract::Kind::Citations => {
            let list = exchange::read_citations(path, bytes).map_err(|e| e.code)?;
            let titles: Vec<String> = list.value.into_iter().filter_map(|r| r.title).collect();
            Ok((titles.join("\n"), list.findings.into_iter().map(|f| f.code).collect()))
        }
        _ => {
            let limits = extract::worker::Limits::default();
            let documents =
                extract::worker::run(exe, path, bytes, &extract::Options::default(), limits).map_err(|e| e.code)?;
            let findings = documents.iter().flat_map(|d| &d.findings).map(|f| f.code.clone()).collect();
            Ok((documents.iter().map(facts::Document::text).collect::<Vec<_>>().join("\n"), findings))
        }
    }
}

fn knowledge() -> Result<kb::Kb, String> {
    let folder = crate::root().join("kb/codes");
    let files = std::fs::read_dir(folder).map_err(|e| e.to_string())?.flatten().filter_map(|f| {
        let name = f.file_name().to_string_lossy().into_owned();
        name.ends_with(".toml")
            .then(|| (format!("codes/{name}"), std::fs::read_to_string(f.path()).unwrap_or_default()))
    });
    kb::Kb::load(kb::Source::new(files)).map_err(|e| e.to_string())
}

/// The largest child so far, in megabytes, as the kernel counts it.
#[cfg(unix)]
fn children_megabytes() -> f64 {
    // SAFETY: `getrusage` fills the structure it is given; all zeros is a valid one.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage);
        usage
    };
    usage.ru_maxrss as f64 / 1024.0
}

#[cfg(not(unix))]
fn children_megabytes() -> f64 {
    0.0
}

/// Runs all.
pub(crate) fn run(folders: &[&str]) -> Result<(), String> {
    let data = shared().ok_or("skipped: no shared data (../shared/data or $CORROBORATE_DATA)")?;
    let folders =
        if folders.is_empty() { &["pdf", "fhir", "x12", "ccda", "citations", "wa_oic_letters"] } else { folders };
    let exe = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut compared = Vec::new();
    println!("| folder | files | read | refused, by code | slowest | most memory |\n|---|---|---|---|---|---|");
    for folder in folders {
        let mut rows: Vec<(PathBuf, Row)> = Vec::new();
        for path in files(&data.join(folder)) {
            let row = row(&exe, &path);
            if *folder == "pdf" && row.outcome == "read" {
                compared.extend(compare(&path, &row));
            }
            rows.push((path, row));
        }
        summary(folder, &rows);
    }
    if !compared.is_empty() {
        report(&compared);
    }
    Ok(())
}

fn row(exe: &Path, path: &Path) -> Row {
    let output = Command::new(exe).arg("robust-one").arg(path).output();
    let parsed = output.ok().and_then(|o| serde_json::from_slice(&o.stdout).ok());
    parsed.unwrap_or(Row {
        outcome: "PARENT CRASHED".into(),
        findings: Vec::new(),
        milliseconds: 0.0,
        megabytes: 0.0,
        words: 0,
        text: String::new(),
    })
}

fn summary(folder: &str, rows: &[(PathBuf, Row)]) {
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, row) in rows.iter().filter(|(_, r)| r.outcome != "read") {
        *codes.entry(&row.outcome).or_default() += 1;
        if matches!(row.outcome.as_str(), "unreadable" | "PARENT CRASHED") || std::env::var_os("VERBOSE").is_some() {
            eprintln!("{}: {} after {:.0} ms", path.display(), row.outcome, row.milliseconds);
        }
    }
    let read = rows.iter().filter(|(_, r)| r.outcome == "read").count();
    let codes: Vec<String> = codes.iter().map(|(c, n)| format!("{c} {n}")).collect();
    let slowest = rows.iter().max_by(|a, b| a.1.milliseconds.total_cmp(&b.1.milliseconds));
    let largest = rows.iter().map(|(_, r)| r.megabytes).fold(0.0, f64::max);
    let slowest = slowest.map_or_else(String::new, |(p, r)| {
        format!("{:.1} s ({})", r.milliseconds / 1000.0, p.file_name().unwrap_or_default().to_string_lossy())
    });
    println!("| {folder} | {} | {read} | {} | {slowest} | {largest:.0} MB |", rows.len(), codes.join(", "));
}

/// One PDF beside the yardstick.
struct Compared {
    path: PathBuf,
    recall: f64,
    precision: f64,
    ours: f64,
    theirs: f64,
}

fn compare(path: &Path, row: &Row) -> Option<Compared> {
    let started = Instant::now();
    let output = Command::new("pdftotext").args(["-layout", "-q"]).arg(path).arg("-").output().ok()?;
    let theirs = started.elapsed().as_secs_f64() * 1000.0;
    let yardstick = words(&String::from_utf8_lossy(&output.stdout));
    // Scans hold no words for the yardstick; a handful of words says little.
    if yardstick.values().sum::<usize>() < 5 || row.findings.iter().any(|f| f == "ocr_missing") {
        return None;
    }
    let ours = words(&row.text);
    let common: usize = yardstick.iter().map(|(w, n)| ours.get(w).copied().unwrap_or(0).min(*n)).sum();
    let share = |all: &HashMap<String, usize>| common as f64 / all.values().sum::<usize>().max(1) as f64;
    Some(Compared {
        path: path.into(),
        recall: share(&yardstick),
        precision: share(&ours),
        ours: row.milliseconds,
        theirs,
    })
}

/// Words of letters and digits in lower case; a word broken at a line's end is joined on both sides.
fn words(text: &str) -> HashMap<String, usize> {
    let text = text.replace("-\n", "").replace('\u{ad}', "");
    let mut counts = HashMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        *counts.entry(word.to_lowercase()).or_insert(0) += 1;
    }
    counts
}

fn report(all: &[Compared]) {
    let n = all.len() as f64;
    let mean = |f: &dyn Fn(&Compared) -> f64| all.iter().map(f).sum::<f64>() / n;
    let f1 = |c: &Compared| {
        if c.recall + c.precision > 0.0 { 2.0 * c.recall * c.precision / (c.recall + c.precision) } else { 0.0 }
    };
    let (ours, theirs): (f64, f64) = (all.iter().map(|c| c.ours).sum(), all.iter().map(|c| c.theirs).sum());
    let mut ratios: Vec<f64> = all.iter().map(|c| c.ours / c.theirs.max(0.1)).collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "\nText of {} PDFs beside `pdftotext -layout` (words of the yardstick found; words that are the yardstick's):",
        all.len()
    );
    println!(
        "| mean recall | mean precision | mean F1 | files with recall below 0.9 | time, sum | time, median ratio |\n|---|---|---|---|---|---|"
    );
    println!(
        "| {:.3} | {:.3} | {:.3} | {} | {:.1} s : {:.1} s | {:.2} |",
        mean(&|c| c.recall),
        mean(&|c| c.precision),
        mean(&f1),
        all.iter().filter(|c| c.recall < 0.9).count(),
        ours / 1000.0,
        theirs / 1000.0,
        ratios.get(ratios.len() / 2).copied().unwrap_or(0.0)
    );
    if std::env::var_os("VERBOSE").is_some() {
        for c in all.iter().filter(|c| c.recall < 0.97 || c.precision < 0.9) {
            eprintln!("{:.2} {:.2} {:.0} ms {}", c.recall, c.precision, c.ours, c.path.display());
        }
    }
}

/// The shared sample files, wherever they are.
pub(crate) fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("CORROBORATE_DATA").map(PathBuf::from);
    [named, Some(crate::root().join("../shared/data")), Some(crate::root().join("../../shared/data"))]
        .into_iter()
        .flatten()
        .find(|p| p.is_dir())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
