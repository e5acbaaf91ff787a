//! Real exhibits, among them damaged and odd ones, each placed alone in a packet by the finished program.
//!
//! What is measured are the files that poppler opens: the share that is placed with all pages and its text, whether
//! `qpdf --check` is content with the result, and every file that is not placed, with the reason the manifest gives.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::bench::program;
use crate::bench_packet::CASE;

/// A file counts as placed with its text when at least this share of its words is on the placed pages.
const TEXT_KEPT: f64 = 0.98;
/// No exhibit may keep a person waiting longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// What became of one file.
struct Row {
    name: String,
    /// Pages and words as poppler sees them; none when it cannot open the file.
    source: Option<(usize, String)>,
    /// Whether poppler reads the file's text without naming an error: what it complains about is lost for it too.
    sound: bool,
    outcome: Outcome,
    seconds: f64,
}

enum Outcome {
    Placed { pages: usize, kept: f64, clean: bool, source_clean: bool, notes: Vec<String> },
    LeftOut(String),
    Failed(String),
}

/// Measures every file of `../shared/data/pdf`, or the files and folders named.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let program = program()?;
    let mut files = Vec::new();
    if words.is_empty() {
        let Some(folder) = data() else {
            println!("skipped: no shared data");
            return Ok(());
        };
        all_pdfs(&folder, &mut files);
    }
    words.iter().for_each(|w| all_pdfs(Path::new(w), &mut files));
    files.sort();
    let rows = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let row = one(&program, file);
            rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(row);
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
    let mut rows = rows.into_inner().unwrap_or_default();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    report(&rows);
    Ok(())
}

fn data() -> Option<PathBuf> {
    let named = std::env::var_os("CORROBORATE_DATA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| crate::root().join("../shared/data")).join("pdf");
    folder.is_dir().then_some(folder)
}

fn all_pdfs(path: &Path, out: &mut Vec<PathBuf>) {
    if path.is_dir() {
        std::fs::read_dir(path).into_iter().flatten().flatten().for_each(|entry| all_pdfs(&entry.path(), out));
    } else if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf")) {
        out.push(path.to_path_buf());
    }
}

fn one(program: &Path, file: &Path) -> Row {
    let name = file.components().rev().take(2).map(|c| c.as_os_str().to_string_lossy().into_owned());
    let name: Vec<String> = name.collect::<Vec<_>>().into_iter().rev().collect();
    let source = pages_of(file).zip(text_of(file, None));
    let sound = source.is_some() && reads_without_error(file);
    let start = Instant::now();
    let outcome = place(program, file, source.as_ref().map_or("", |(_, text)| text)).unwrap_or_else(Outcome::Failed);
    Row { name: name.join("/"), source, sound, outcome, seconds: start.elapsed().as_secs_f64() }
}

fn place(program: &Path, file: &Path, text: &str) -> Result<Outcome, String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let case = format!("{CASE}[[record]]\nfile = \"exhibit.pdf\"\ntitle = \"Record\"\nkind = \"office_note\"\n");
    std::fs::write(folder.path().join("case.toml"), case).map_err(|e| e.to_string())?;
    std::fs::copy(file, folder.path().join("exhibit.pdf")).map_err(|e| e.to_string())?;
    let out = folder.path().join("packet.pdf");
    let mut command = Command::new(program);
    command.arg("packet").arg(folder.path().join("case.toml")).arg("-o").arg(&out);
    command.args(["--today", "2026-11-25", "--json"]);
    let output = patiently(&mut command)?;
    let manifest: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("no manifest ({}): {}", output.status, String::from_utf8_lossy(&output.stderr)))?;
    if let Some(why) = manifest["left_out"][0]["why"].as_str() {
        return Ok(Outcome::LeftOut(why.to_string()));
    }
    if manifest["contents_verified"] != true {
        return Err(format!("not verified: {}", manifest["findings"]));
    }
    let placed = &manifest["exhibits"][0];
    let number = |key: &str| placed[key].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let range = (number("first_page") + 1, number("last_page"));
    let notes = manifest["findings"].as_array().into_iter().flatten().filter_map(|f| f["code"].as_str());
    Ok(Outcome::Placed {
        pages: number("pages_in_source"),
        kept: kept(text, &text_of(&out, Some(range)).unwrap_or_default()),
        clean: is_clean(&out),
        source_clean: is_clean(file),
        notes: notes.map(str::to_string).collect(),
    })
}

/// Runs a program and takes what it prints; ends it when it takes too long, as one of the yardsticks does on a broken file.
fn patiently(command: &mut Command) -> Result<Output, String> {
    let printed = tempfile::tempfile().map_err(|e| e.to_string())?;
    let complained = tempfile::tempfile().map_err(|e| e.to_string())?;
    let share = |file: &std::fs::File| file.try_clone().map_err(|e| e.to_string());
    command.stdin(Stdio::null()).stdout(share(&printed)?).stderr(share(&complained)?);
    let mut child = command.spawn().map_err(|e| format!("{command:?}: {e}"))?;
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            break status;
        }
        if start.elapsed() > PATIENCE {
            let _ = child.kill().and_then(|()| child.wait());
            return Err(format!("took longer than {} s", PATIENCE.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(3));
    };
    Ok(Output { status, stdout: all_of(printed)?, stderr: all_of(complained)? })
}

fn all_of(mut file: std::fs::File) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut out)).map_err(|e| e.to_string())?;
    Ok(out)
}

fn pages_of(file: &Path) -> Option<usize> {
    let output = patiently(Command::new("pdfinfo").arg(file)).ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().find_map(|l| l.strip_prefix("Pages:")).and_then(|n| n.trim().parse().ok())
}

fn text_of(file: &Path, range: Option<(usize, usize)>) -> Option<String> {
    let mut command = Command::new("pdftotext");
    command.args(["-q", "-raw"]);
    if let Some((first, last)) = range {
        command.args(["-f", &first.to_string(), "-l", &last.to_string()]);
    }
    let output = patiently(command.arg(file).arg("-")).ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn reads_without_error(file: &Path) -> bool {
    let output = patiently(Command::new("pdftotext").arg(file).arg("-"));
    output.is_ok_and(|o| o.status.success() && !String::from_utf8_lossy(&o.stderr).contains("Error"))
}

fn is_clean(file: &Path) -> bool {
    let output = patiently(Command::new("qpdf").arg("--check").arg(file));
    output.is_ok_and(|o| o.status.success() && !String::from_utf8_lossy(&o.stderr).contains("WARNING"))
}

/// The share of the source's words that stand on the placed pages.
fn kept(source: &str, placed: &str) -> f64 {
    let count = |text: &str| {
        let mut out: BTreeMap<String, usize> = BTreeMap::new();
        text.split_whitespace().for_each(|w| *out.entry(w.to_string()).or_insert(0) += 1);
        out
    };
    let (source, placed) = (count(source), count(placed));
    let all: usize = source.values().sum();
    let there: usize = source.iter().map(|(w, n)| (*n).min(placed.get(w).copied().unwrap_or(0))).sum();
    if all == 0 { 1.0 } else { there as f64 / all as f64 }
}

fn report(rows: &[Row]) {
    let openable: Vec<&Row> = rows.iter().filter(|r| r.source.is_some()).collect();
    let whole = openable.iter().filter(|r| is_whole(r)).count();
    println!("{} files, {} of them open with poppler", rows.len(), openable.len());
    let share = |whole: usize, of: usize| 100.0 * whole as f64 / of.max(1) as f64;
    println!(
        "placed with all pages and at least {:.0} % of their words: {whole} ({:.1} %)",
        100.0 * TEXT_KEPT,
        share(whole, openable.len())
    );
    let sound: Vec<&&Row> = openable.iter().filter(|r| r.sound).collect();
    let whole = sound.iter().filter(|r| is_whole(r)).count();
    println!(
        "of the {} that poppler reads without an error: {whole} ({:.1} %)",
        sound.len(),
        share(whole, sound.len())
    );
    let placed = |r: &&&Row| matches!(r.outcome, Outcome::Placed { .. });
    println!("placed at all: {}", rows.iter().collect::<Vec<_>>().iter().filter(placed).count());
    list("failed", rows.iter(), |r| match &r.outcome {
        Outcome::Failed(why) => Some(why.clone()),
        _ => None,
    });
    list("left out, though poppler opens them", openable.iter().copied(), |r| match &r.outcome {
        Outcome::LeftOut(why) => Some(format!("{why}{}", if r.sound { "" } else { " (poppler names an error too)" })),
        _ => None,
    });
    list("pages or words lost", openable.iter().copied(), lost);
    list("not clean under qpdf --check", rows.iter(), |r| match &r.outcome {
        Outcome::Placed { clean: false, source_clean, .. } => {
            Some(if *source_clean { "though the source is" } else { "nor is the source" }.to_string())
        }
        _ => None,
    });
    list("placed by a second way", rows.iter(), |r| match &r.outcome {
        Outcome::Placed { notes, .. } if notes.iter().any(|n| n == "mended" || n == "placed_as_pictures") => {
            Some(notes.join(", "))
        }
        _ => None,
    });
    list("slower than 5 s", rows.iter(), |r| (r.seconds > 5.0).then(|| format!("{:.1} s", r.seconds)));
    left_out_without_poppler(rows);
}

fn is_whole(row: &Row) -> bool {
    matches!((&row.outcome, &row.source), (Outcome::Placed { pages, kept, .. }, Some((theirs, _))) if pages >= theirs && *kept >= TEXT_KEPT)
}

fn lost(row: &Row) -> Option<String> {
    match (&row.outcome, &row.source) {
        (Outcome::Placed { pages, kept, .. }, Some((theirs, _))) if !is_whole(row) => {
            let error = if row.sound { "" } else { " (poppler names an error too)" };
            Some(format!("{pages} of {theirs} pages, {:.1} % of the words{error}", 100.0 * kept))
        }
        _ => None,
    }
}

fn list<'a>(title: &str, rows: impl Iterator<Item = &'a Row>, what: impl Fn(&Row) -> Option<String>) {
    let found: Vec<(String, String)> = rows.filter_map(|r| what(r).map(|w| (r.name.clone(), w))).collect();
    println!("\n{title}: {}", found.len());
    found.iter().for_each(|(name, what)| println!("  {name}: {what}"));
}

/// Files that poppler cannot open either, by reason.
fn left_out_without_poppler(rows: &[Row]) {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.source.is_none()) {
        if let Outcome::LeftOut(why) = &row.outcome {
            *reasons.entry(why.as_str()).or_insert(0) += 1;
        }
    }
    println!("\nleft out, and poppler does not open them either: {}", reasons.values().sum::<usize>());
    reasons.iter().for_each(|(why, count)| println!("  {count} × {why}"));
}

#[cfg(test)]
mod tests {
    use super::kept;

    #[test]
    fn words_count_as_often_as_they_stand() {
        assert_eq!(kept("pain pain knee", "knee pain X-0001"), 2.0 / 3.0);
        assert_eq!(kept("", "X-0001"), 1.0);
        assert_eq!(kept("pain", ""), 0.0);
    }
}
