//! The sample packets of `docs/samples/`: ten invented cases with their papers, each made by the finished program as a
//! person would make it, with a picture of its first pages beside it.

use std::path::{Path, PathBuf};
use std::process::Command;

use image::{DynamicImage, GenericImage, GrayImage, Luma};

use crate::bench::program;
use crate::paper;

/// The day on which all samples are made.
const TODAY: &str = "2026-11-25";
/// Pages on a picture, and how fine they are drawn.
const SHOWN: usize = 5;
const DPI: &str = "58";
const GAP: u32 = 10;

/// Makes all samples, or those whose number is given.
pub(crate) fn run(numbers: &[&str]) -> Result<(), String> {
    let program = program()?;
    let folder = crate::root().join("docs/samples");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder.join("cases"))
        .map_err(|e| e.to_string())?
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    cases.sort();
    for case in cases {
        let name = case.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        if numbers.is_empty() || numbers.iter().any(|n| name.starts_with(n)) {
            sample(&program, &folder, &case, &name)?;
        }
    }
    Ok(())
}

fn sample(program: &Path, folder: &Path, case: &Path, name: &str) -> Result<(), String> {
    let work = tempfile::tempdir().map_err(|e| e.to_string())?;
    let papers = folder.join("papers").join(name.get(..2).unwrap_or_default());
    for entry in std::fs::read_dir(&papers).map_err(|e| format!("{}: {e}", papers.display()))?.flatten() {
        let text = std::fs::read_to_string(entry.path()).map_err(|e| e.to_string())?;
        let stem = entry.path().file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        std::fs::write(work.path().join(format!("{stem}.pdf")), paper::print(&text)).map_err(|e| e.to_string())?;
    }
    let copy = work.path().join("case.toml");
    std::fs::copy(case, &copy).map_err(|e| e.to_string())?;
    let made = work.path().join("packet.pdf");
    let mut command = Command::new(program);
    command.arg("packet").arg(&copy).arg("-o").arg(&made).args(["--today", TODAY, "--json"]);
    let output = command.output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let pdf = folder.join(format!("{name}.pdf"));
    std::fs::copy(&made, &pdf).map_err(|e| e.to_string())?;
    picture(&pdf, work.path(), &folder.join(format!("{name}.png")))?;
    println!("{name}: {} bytes", std::fs::metadata(&pdf).map_or(0, |m| m.len()));
    Ok(())
}

/// The first pages side by side. Without poppler there is no picture.
fn picture(pdf: &Path, work: &Path, out: &Path) -> Result<(), String> {
    let drawn = Command::new("pdftoppm")
        .args(["-gray", "-r", DPI, "-l", &SHOWN.to_string(), "-png"])
        .arg(pdf)
        .arg(work.join("page"))
        .status();
    if !drawn.is_ok_and(|s| s.success()) {
        println!("pdftoppm is not here: no picture of {}", pdf.display());
        return Ok(());
    }
    let mut pages: Vec<PathBuf> = std::fs::read_dir(work)
        .map_err(|e| e.to_string())?
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "png"))
        .collect();
    pages.sort();
    let pages: Vec<GrayImage> = pages
        .iter()
        .map(|p| image::open(p).map(|i| i.to_luma8()))
        .collect::<Result<_, _>>()
        .map_err(|e| e.to_string())?;
    let width = pages.iter().map(|p| p.width() + GAP).sum::<u32>() + GAP;
    let height = pages.iter().map(GrayImage::height).max().unwrap_or(0) + 2 * GAP;
    let mut row = GrayImage::from_pixel(width, height, Luma([200]));
    let mut x = GAP;
    for page in &pages {
        row.copy_from(page, x, GAP).map_err(|e| e.to_string())?;
        x += page.width() + GAP;
    }
    DynamicImage::ImageLuma8(row).save(out).map_err(|e| e.to_string())
}
