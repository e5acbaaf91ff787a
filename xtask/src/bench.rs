//! Speed and memory of the release program, as a table with a yardstick from the same run. No test is timed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What one run of a program took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) wall: Duration,
    /// Largest resident memory of the process itself, in megabytes (0 where the system does not say).
    pub(crate) peak_mb: f64,
}

/// Runs a program to its end. Memory is read from `/proc` while it runs.
pub(crate) fn run(command: &mut Command) -> Result<Run, String> {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("{command:?}: {e}"))?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak_mb: f64 = 0.0;
    loop {
        if let Some(code) = child.try_wait().map_err(|e| e.to_string())? {
            let wall = start.elapsed();
            return if code.success() {
                Ok(Run { wall, peak_mb })
            } else {
                Err(format!("{command:?} ended with {code}"))
            };
        }
        if let Ok(text) = std::fs::read_to_string(&status) {
            let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
            let kb: f64 = line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0.0);
            peak_mb = peak_mb.max(kb / 1024.0);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The median of several runs after one that warms the disk.
pub(crate) fn median(times: usize, mut one: impl FnMut() -> Result<Run, String>) -> Result<Run, String> {
    one()?;
    let mut runs = (0..times).map(|_| one()).collect::<Result<Vec<_>, _>>()?;
    runs.sort_by_key(|r| r.wall);
    let peak_mb = runs.iter().map(|r| r.peak_mb).fold(0.0, f64::max);
    Ok(Run { wall: runs[runs.len() / 2].wall, peak_mb })
}

/// Builds the release program and gives its path; `CORROBORATE_BIN` names one that is built already.
pub(crate) fn program() -> Result<PathBuf, String> {
    if let Some(built) = std::env::var_os("CORROBORATE_BIN") {
        return Ok(built.into());
    }
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--quiet", "--package", "cli"])
        .current_dir(crate::root())
        .status()
        .map_err(|e| e.to_string())?;
    if !status.success() {
        return Err("the release build failed".into());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), PathBuf::from);
    Ok(target.join("release/corroborate"))
}

/// A line of the table.
pub(crate) fn line(what: &str, run: Run, goal: &str, yardstick: &str) {
    println!("| {what} | {:.0} ms | {:.0} MB | {goal} | {yardstick} |", run.wall.as_secs_f64() * 1000.0, run.peak_mb);
}

/// Head of the table.
pub(crate) fn head() {
    println!("| what | wall (median) | peak memory | goal | yardstick in the same run |\n|---|---|---|---|---|");
}

/// The walk and reading, as cold processes.
pub(crate) fn walk() -> Result<(), String> {
    let program = program()?;
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let letter = crate::root().join("tests/walks/demo/denial.pdf");
    head();
    let version = median(9, || run(Command::new(&program).arg("--version")))?;
    line("start of the program (`--version`)", version, "-", "-");
    let demo = median(7, || run(Command::new(&program).args(["demo", "--json", "-o"]).arg(folder.path())))?;
    line("whole demo, cold process", demo, "≤ 1000 ms, ≤ 250 MB", "-");
    let read = median(9, || run(Command::new(&program).args(["read", "--json"]).arg(&letter)))?;
    line("read a 2-page text PDF, cold process", read, "≤ 80 ms", &pdftotext(&letter));
    let rights =
        median(9, || run(Command::new(&program).args(["rights", "--json"]).arg(folder.path().join("case.toml"))))?;
    line("rights of one case, cold process (knowledge base loaded)", rights, "-", "-");
    Ok(())
}

fn pdftotext(letter: &Path) -> String {
    let run = median(9, || run(Command::new("pdftotext").arg("-layout").arg(letter).arg("-")));
    run.map_or("pdftotext is absent".into(), |r| format!("pdftotext -layout: {:.0} ms", r.wall.as_secs_f64() * 1000.0))
}
