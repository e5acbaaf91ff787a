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

/// A page looks other than before when more than this share of its ink has moved or changed (mean difference of gray, of 1).
const CHANGED: f64 = 0.002;
/// How fine pages are compared: layout shows, the drawing of single letters does not.
const COMPARE_DPI: &str = "24";

/// Makes all samples, or those whose number is given. `check` makes them elsewhere and says what differs from those kept.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    run_with(&program()?, words)
}

/// The same with a program that is built already.
pub(crate) fn run_with(program: &Path, words: &[&str]) -> Result<(), String> {
    let folder = crate::root().join("docs/samples");
    let check = words.first() == Some(&"check");
    if check && !poppler() {
        println!("skipped: pdftotext and pdftoppm are not here, the samples were not compared");
        return Ok(());
    }
    let mut different = Vec::new();
    for (case, name) in cases(&folder, words.strip_prefix(&["check"]).unwrap_or(words))? {
        let work = tempfile::tempdir().map_err(|e| e.to_string())?;
        let made = make(program, &folder, &case, &name, work.path())?;
        if check {
            different.extend(compare(&made, &folder.join(format!("{name}.pdf")), work.path(), &name)?);
        } else {
            keep(&made, &folder, &name, work.path())?;
        }
    }
    for line in &different {
        println!("{line}");
    }
    match different.len() {
        0 => Ok(()),
        n => Err(format!(
            "{n} differences from docs/samples; look at them, then `cargo xtask samples` keeps the new ones"
        )),
    }
}

/// Whether the programs that read and draw a PDF are here. Asked once: after that, what they cannot read is a difference.
fn poppler() -> bool {
    ["pdftotext", "pdftoppm"].iter().all(|program| Command::new(program).arg("-v").output().is_ok())
}

/// The cases of the samples, with their names; all, or those whose number is given. None is an error: nothing would be checked.
fn cases(folder: &Path, numbers: &[&str]) -> Result<Vec<(PathBuf, String)>, String> {
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder.join("cases"))
        .map_err(|e| e.to_string())?
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    cases.sort();
    let named = cases.into_iter().map(|case| {
        let name = case.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        (case, name)
    });
    let asked = named.filter(|(_, name)| numbers.is_empty() || numbers.iter().any(|n| name.starts_with(n)));
    let asked: Vec<_> = asked.collect();
    if asked.is_empty() {
        return Err(format!("no case in {} begins with {}", folder.join("cases").display(), numbers.join(" or ")));
    }
    Ok(asked)
}

/// One packet, made as a person would make it.
fn make(program: &Path, folder: &Path, case: &Path, name: &str, work: &Path) -> Result<PathBuf, String> {
    let papers = folder.join("papers").join(name.get(..2).unwrap_or_default());
    for entry in std::fs::read_dir(&papers).map_err(|e| format!("{}: {e}", papers.display()))?.flatten() {
        let text = std::fs::read_to_string(entry.path()).map_err(|e| e.to_string())?;
        let stem = entry.path().file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        std::fs::write(work.join(format!("{stem}.pdf")), paper::print(&text)).map_err(|e| e.to_string())?;
    }
    let copy = work.join("case.toml");
    std::fs::copy(case, &copy).map_err(|e| e.to_string())?;
    let made = work.join("packet.pdf");
    let mut command = Command::new(program);
    command.arg("packet").arg(&copy).arg("-o").arg(&made).args(["--today", TODAY, "--json"]);
    let output = command.output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(made)
}

fn keep(made: &Path, folder: &Path, name: &str, work: &Path) -> Result<(), String> {
    let pdf = folder.join(format!("{name}.pdf"));
    std::fs::copy(made, &pdf).map_err(|e| e.to_string())?;
    picture(&pdf, work, &folder.join(format!("{name}.png")))?;
    println!("{name}: {} bytes", std::fs::metadata(&pdf).map_or(0, |m| m.len()));
    Ok(())
}

/// What is other in a packet than in the one kept: its words, page by page, and its looks. A packet that cannot be read, or one
/// of which none was kept, is other too.
fn compare(made: &Path, kept: &Path, work: &Path, name: &str) -> Result<Vec<String>, String> {
    if !kept.is_file() {
        return Ok(vec![format!("{name}: no packet is kept as {}", kept.display())]);
    }
    let (now, then) = match (words_of(made), words_of(kept)) {
        (Ok(now), Ok(then)) => (now, then),
        (now, then) => {
            return Ok([now.err(), then.err()].into_iter().flatten().map(|e| format!("{name}: {e}")).collect());
        }
    };
    let mut out = Vec::new();
    let changed = now.lines().zip(then.lines()).find(|(a, b)| a != b);
    if let Some((a, b)) = changed {
        out.push(format!("{name}: words: “{}” was “{}”", a.trim(), b.trim()));
    } else if now != then {
        out.push(format!("{name}: words: {} lines, were {}", now.lines().count(), then.lines().count()));
    }
    let (now, then) = (looks(made, &work.join("now"))?, looks(kept, &work.join("then"))?);
    if now.len() != then.len() {
        out.push(format!("{name}: {} pages, were {}", now.len(), then.len()));
    }
    for (page, (a, b)) in now.iter().zip(&then).enumerate() {
        let share = difference(a, b);
        if share > CHANGED {
            out.push(format!("{name}: page {} looks other than before ({:.1} % of its gray)", page + 1, share * 100.0));
        }
    }
    Ok(out)
}

/// The words of a PDF; why not when it cannot be read.
fn words_of(pdf: &Path) -> Result<String, String> {
    let output = Command::new("pdftotext").args(["-layout"]).arg(pdf).arg("-").output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(format!(
            "pdftotext cannot read {}: {}",
            pdf.display(),
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// All pages, small and gray.
fn looks(pdf: &Path, folder: &Path) -> Result<Vec<GrayImage>, String> {
    std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    let drawn =
        Command::new("pdftoppm").args(["-gray", "-r", COMPARE_DPI, "-png"]).arg(pdf).arg(folder.join("page")).status();
    if !drawn.is_ok_and(|s| s.success()) {
        return Err(format!("pdftoppm could not draw {}", pdf.display()));
    }
    pages_in(folder)
}

/// The mean difference of gray of two pages, of 1; pages of different size differ wholly.
fn difference(a: &GrayImage, b: &GrayImage) -> f64 {
    if a.dimensions() != b.dimensions() {
        return 1.0;
    }
    let sum: f64 = a.pixels().zip(b.pixels()).map(|(x, y)| f64::from(x.0[0].abs_diff(y.0[0]))).sum();
    sum / 255.0 / f64::from(a.width() * a.height()).max(1.0)
}

/// The pictures in a folder, in the order of their names.
fn pages_in(folder: &Path) -> Result<Vec<GrayImage>, String> {
    let mut pages: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(|e| e.to_string())?
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "png"))
        .collect();
    pages.sort();
    pages.iter().map(|p| image::open(p).map(|i| i.to_luma8()).map_err(|e| e.to_string())).collect()
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
    let pages = pages_in(work)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_compared_is_a_difference_and_no_case_an_error() {
        let work = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
        let file = |name: &str, bytes: &[u8]| {
            let path = work.path().join(name);
            std::fs::write(&path, bytes).unwrap_or_else(|e| panic!("{e}"));
            path
        };
        let good = file("good.pdf", &paper::print("A letter."));
        let missing = work.path().join("missing.pdf");
        let different = compare(&good, &missing, work.path(), "01").unwrap_or_else(|e| panic!("{e}"));
        assert!(different.iter().any(|d| d.contains("no packet is kept")), "{different:?}");
        let broken = file("broken.pdf", b"%PDF-1.7 and nothing else");
        if poppler() {
            let different = compare(&broken, &good, work.path(), "01").unwrap_or_else(|e| panic!("{e}"));
            assert!(different.iter().any(|d| d.contains("cannot read")), "{different:?}");
        } else {
            println!("skipped: no pdftotext");
        }
        std::fs::create_dir_all(work.path().join("cases")).unwrap_or_else(|e| panic!("{e}"));
        file("cases/01_a.toml", b"");
        assert!(cases(work.path(), &["01"]).is_ok());
        assert!(cases(work.path(), &["99"]).is_err(), "a case that is not there is not checked in silence");
    }
}
