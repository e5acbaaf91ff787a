//! A packet of many exhibits against qpdf's mere concatenation of the same files, in the same run.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench::{median, program, run};

/// (exhibits, pages in all) of each row.
const SIZES: [(usize, usize); 3] = [(1, 10), (30, 300), (200, 2000)];

/// What peers do, with reportlab and pypdf. `CORROBORATE_PYTHON` names an interpreter that has both.
const PYTHON_PIPELINE: &str = include_str!("python_packet.py");

/// Prints the table. The files are made here, of invented text.
pub(crate) fn packet() -> Result<(), String> {
    let program = program()?;
    println!(
        "| exhibits | pages | corroborate packet | qpdf --pages | ratio | reportlab + pypdf | peak memory | input | output |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (exhibits, pages) in SIZES {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let files = make(folder.path(), exhibits, pages / exhibits)?;
        let input: u64 = files.iter().filter_map(|f| std::fs::metadata(f).ok()).map(|m| m.len()).sum();
        let out = folder.path().join("packet.pdf");
        let ours = median(5, || {
            let mut command = Command::new(&program);
            command.args(["packet"]).arg(folder.path().join("case.toml")).arg("-o").arg(&out);
            command.args(["--today", "2026-11-25", "--json"]);
            run(&mut command)
        })?;
        let merged = folder.path().join("merged.pdf");
        let theirs = median(5, || {
            let mut command = Command::new("qpdf");
            command.arg("--empty").arg("--pages").args(&files).arg("--").arg(&merged);
            run(&mut command)
        })?;
        let size = std::fs::metadata(&out).map(|m| m.len()).unwrap_or(0);
        let (a, b) = (ours.wall.as_secs_f64() * 1e3, theirs.wall.as_secs_f64() * 1e3);
        println!(
            "| {exhibits} | {pages} | {a:.0} ms | {b:.0} ms | {:.2} | {} | {:.0} MB | {:.1} MB | {:.1} MB |",
            a / b,
            python(folder.path(), &files),
            ours.peak_mb,
            input as f64 / 1e6,
            size as f64 / 1e6
        );
    }
    Ok(())
}

/// The time of the Python pipeline, or that it cannot be had here.
fn python(folder: &Path, files: &[PathBuf]) -> String {
    let interpreter = std::env::var_os("CORROBORATE_PYTHON").unwrap_or_else(|| "python3".into());
    let script = folder.join("pipeline.py");
    if std::fs::write(&script, PYTHON_PIPELINE).is_err() {
        return "–".into();
    }
    let one = || run(Command::new(&interpreter).arg(&script).arg(folder.join("python.pdf")).args(files));
    median(3, one).map_or("not installed".into(), |r| format!("{:.0} ms", r.wall.as_secs_f64() * 1e3))
}

/// Writes the exhibits and a case that names them; gives the exhibits' paths.
fn make(folder: &Path, exhibits: usize, pages: usize) -> Result<Vec<PathBuf>, String> {
    let mut case = String::from(CASE);
    let mut files = Vec::new();
    for i in 0..exhibits {
        let name = format!("record-{i:03}.pdf");
        let path = folder.join(&name);
        std::fs::write(&path, pdf(i, pages)).map_err(|e| e.to_string())?;
        case.push_str(&format!("[[record]]\nfile = \"{name}\"\ntitle = \"Record {i}\"\nkind = \"office_note\"\n"));
        files.push(path);
    }
    std::fs::write(folder.join("case.toml"), case).map_err(|e| e.to_string())?;
    Ok(files)
}

pub(crate) const CASE: &str = r#"format = "corroborate-case/1"
[patient]
name = "Ana Ejemplo"
[coverage]
kind = "erisa_self_funded"
issuer = "Example Mutual Health"
member_id = "EM-1"
[claim]
number = "EX-1"
service = "total knee replacement"
[[event]]
kind = "notice_dated"
date = 2026-10-15
[[event]]
kind = "notice_received"
date = 2026-10-19
[[denial]]
reason = "not_medically_necessary"
quote = "The service is not medically necessary."
"#;

/// Pages of forty lines, each file with a font of its own name and a picture of noise as a scan would have.
fn pdf(seed: usize, pages: usize) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let mut object = |out: &mut Vec<u8>, body: &[u8]| {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", places.len()).into_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    };
    let kids: Vec<String> = (0..pages).map(|i| format!("{} 0 R", 5 + 2 * i)).collect();
    object(&mut out, b"<< /Type /Catalog /Pages 2 0 R >>");
    object(&mut out, format!("<< /Type /Pages /Kids [{}] /Count {pages} /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> /XObject << /I 4 0 R >> >> >>", kids.join(" ")).as_bytes());
    object(&mut out, b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>");
    let mut state = seed as u32 + 1;
    let noise: Vec<u8> = (0..256 * 256)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    let mut image = format!("<< /Type /XObject /Subtype /Image /Width 256 /Height 256 /BitsPerComponent 8 /ColorSpace /DeviceGray /Length {} >>\nstream\n", noise.len()).into_bytes();
    image.extend_from_slice(&noise);
    image.extend_from_slice(b"\nendstream");
    object(&mut out, &image);
    for page in 0..pages {
        object(&mut out, format!("<< /Type /Page /Parent 2 0 R /Contents {} 0 R >>", 6 + 2 * page).as_bytes());
        let lines: String = (0..40).map(|l| format!("BT /F 11 Tf 72 {} Td (File {seed} page {page} line {l}: pain on walking, range of motion reduced, swelling noted at the knee.) Tj ET\n", 720 - 16 * l)).collect();
        let content = format!("q 64 0 0 64 500 700 cm /I Do Q\n{lines}");
        object(&mut out, format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()).as_bytes());
    }
    let xref = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).into_bytes());
    places.iter().for_each(|p| out.extend(format!("{p:010} 00000 n \n").into_bytes()));
    out.extend(
        format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n", places.len() + 1).into_bytes(),
    );
    out
}
