//! How long reading takes: a letter of two pages cold and warm, a record of 300 pages, a scanned page; beside `pdftotext`.
//!
//! Every run is the release program as a person starts it, its worker process included. "Warm" is what each further file of
//! one run takes: 21 files less one, divided by 20. The record and the scan are made here from invented text.

use std::path::Path;
use std::process::Command;

use crate::bench::{Run, head, line, median, program, run};

/// Pages of the long record.
const PAGES: usize = 300;
/// Files of the warm run after the first.
const MORE: u32 = 20;

/// Runs the measurement and prints its table.
pub(crate) fn read() -> Result<(), String> {
    let program = program()?;
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let letter = crate::root().join("tests/walks/demo/denial.pdf");
    let record = folder.path().join("record.pdf");
    let scan = folder.path().join("page.png");
    let write = |path: &Path, bytes: Vec<u8>| std::fs::write(path, bytes).map_err(|e| e.to_string());
    write(&record, crate::paper::printed(&(1..=PAGES).map(page).collect::<Vec<_>>()))?;
    let picture = crate::paper::printed(&[page(1)]);
    write(&scan, extract::render::page_png(&picture, 1, 300.0, &extract::Options::default()).map_err(|e| e.message)?)?;

    let time =
        |files: &[&Path], times| median(times, || run(Command::new(&program).args(["read", "--json"]).args(files)));
    head();
    let cold = time(&[&letter], 9)?;
    line("letter of 2 pages, cold process", cold, "≤ 80 ms", &yardstick(&letter));
    let many = time(&vec![letter.as_path(); MORE as usize + 1], 5)?;
    let warm = Run { wall: many.wall.saturating_sub(cold.wall) / MORE, peak_mb: many.peak_mb };
    line("letter of 2 pages, each further file", warm, "≤ 30 ms", "-");
    line("record of 300 pages", time(&[&record], 5)?, "≤ 1500 ms", &yardstick(&record));
    line("scanned page (300 dpi), text recognition", time(&[&scan], 3)?, "≤ 3000 ms", "-");
    Ok(())
}

fn yardstick(file: &Path) -> String {
    let run = median(5, || run(Command::new("pdftotext").arg("-layout").arg(file).arg("-")));
    run.map_or("pdftotext is absent".into(), |r| format!("pdftotext -layout: {:.0} ms", r.wall.as_secs_f64() * 1000.0))
}

/// A page of an invented record: a head, short notes, a table.
fn page(number: usize) -> String {
    let note =
        "Patient seen for follow up of right knee pain. Walks with a limp, flexion 105 degrees, no effusion today.";
    let row = format!(
        "{:02}/{:02}/2026     97110     Exercise, 15 minutes     $120.00     $64.00",
        number % 12 + 1,
        number % 28 + 1
    );
    let mut lines = vec![
        format!("Example Clinic          Progress note {number}          Page {number} of {PAGES}"),
        String::new(),
    ];
    lines.extend((0..20).map(|_| note.to_owned()));
    lines.push(String::new());
    lines.extend((0..20).map(|_| row.clone()));
    lines.join("\n")
}
