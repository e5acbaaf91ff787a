//! How long the check of an opinion letter takes: cold as a person starts it, and warm as the app goes on.
//!
//! The letter is the longest of `tests/opinions/voices/` (about three pages, all nineteen elements), once as a text file and
//! once printed as a PDF. Cold is the release program, its worker process included, beside its bare start and beside the
//! same program reading the letter without checking it. Warm is the check alone, in this process: run it with
//! `cargo run --release -p xtask` for figures that mean something.

use std::process::Command;
use std::time::{Duration, Instant};

use facts::{Case, Document};

use crate::bench::{program, run};
use crate::eval_opinions::{load, page};

/// The letter that is checked.
const LETTER: &str = "w2_17_proton_long_all_nineteen";
const COLD: usize = 40;
const WARM: usize = 200;
/// What is wanted, in milliseconds.
const COLD_GOAL: f64 = 60.0;
const WARM_GOAL: f64 = 20.0;

/// Runs the measurement and prints its table. `warm` leaves the program out.
pub(crate) fn opinion(words: &[&str]) -> Result<(), String> {
    let root = crate::root();
    let all = page::read_folder(&root.join("tests/opinions/voices"))?;
    let letter = all.iter().find(|p| p.name == LETTER).ok_or(format!("{LETTER} is gone"))?;
    println!("| what | p50 | p99 | goal (p50) |\n|---|---|---|---|");
    if !words.contains(&"warm") {
        cold(letter)?;
    }
    let kb = load(&root.join("kb"))?;
    let begun = Instant::now();
    let checker = opinion::Checker::new(&kb).map_err(|e| e.to_string())?;
    let ready = begun.elapsed();
    let case = Case::parse(&letter.case).map_err(|e| e.to_string())?;
    let document = Document::from_text("letter.txt", letter.letter.clone());
    let check = || {
        let begun = Instant::now();
        std::hint::black_box(checker.check(&case, &document));
        begun.elapsed()
    };
    let first = check();
    // The expressions that run faster are made when a pattern has been used often.
    for _ in 0..WARM / 4 {
        check();
    }
    line("check alone, warm", (0..WARM).map(|_| check()).collect(), Some(WARM_GOAL));
    let ms = |d: Duration| d.as_secs_f64() * 1000.0;
    let build = if cfg!(debug_assertions) { "development" } else { "release" };
    println!("\nIn this process ({build} build): rules read in {:.1} ms, first check {:.1} ms.", ms(ready), ms(first));
    Ok(())
}

fn cold(letter: &page::Labelled) -> Result<(), String> {
    let program = program()?;
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).map(|()| path).map_err(|e| e.to_string())
    };
    let case = write("case.toml", letter.case.as_bytes())?;
    let text = write("letter.txt", letter.letter.as_bytes())?;
    let pdf = write("letter.pdf", &crate::paper::print(&letter.letter))?;
    let times = |words: &[&std::ffi::OsStr]| -> Result<Vec<Duration>, String> {
        run(Command::new(&program).args(words))?;
        (0..COLD).map(|_| run(Command::new(&program).args(words)).map(|r| r.wall)).collect()
    };
    line("start of the program (`--version`)", times(&["--version".as_ref()])?, None);
    line("read the letter (PDF), not checked", times(&["read".as_ref(), "--json".as_ref(), pdf.as_ref()])?, None);
    for (what, file) in [("letter of 3 pages as text, cold process", &text), ("the same as PDF, cold process", &pdf)] {
        let words = ["opinion".as_ref(), "check".as_ref(), case.as_ref(), file.as_ref(), "--json".as_ref()];
        line(what, times(&words)?, Some(COLD_GOAL));
    }
    Ok(())
}

fn line(what: &str, mut times: Vec<Duration>, goal: Option<f64>) {
    times.sort();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    let ms = |d: Option<&Duration>| d.map_or(0.0, |d| d.as_secs_f64() * 1000.0);
    let (p50, p99) = (ms(at(50)), ms(at(99)));
    let goal = goal.map_or("-".into(), |g| format!("≤ {g:.0} ms: {}", if p50 <= g { "met" } else { "**not met**" }));
    println!("| {what} | {p50:.1} ms | {p99:.1} ms | {goal} |");
}
