//! Photos of one letter: proposed, joined, read as one.
#![allow(unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used, missing_docs)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn corroborate(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_corroborate")).args(words).current_dir(folder).output().unwrap()
}

fn json(folder: &Path, words: &[&str]) -> Value {
    let output = corroborate(folder, words);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{words:?}: {e}\n{}", String::from_utf8_lossy(&output.stderr)))
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The pages of a letter, in lines. Invented: no such person or plan exists.
const PAGES: [&[&str]; 2] = [
    &[
        "Example Mutual Health Plan",
        "October 15, 2026",
        "Patient: Ana Ejemplo",
        "Member ID: EM-204417",
        "Notice of adverse benefit determination",
        "We are unable to approve your request for a lumbar MRI.",
        "Our reasons are given on the next page.",
        "Page 1 of 2",
    ],
    &[
        "The lumbar MRI is not medically necessary.",
        "You have the right to appeal within 180 days",
        "of receiving this letter.",
        "Fax your appeal to 555-010-2200.",
        "Page 2 of 2",
    ],
];

/// Photographs each page of the letter: a picture of a PDF with its lines.
fn photograph(folder: &Path) {
    for (number, lines) in PAGES.iter().enumerate() {
        let text: String = lines.iter().map(|l| format!("({l}) Tj 0 -30 Td ")).collect();
        let content = format!("BT /F 16 Tf 72 700 Td {text} ET");
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_string(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 612 792] >>".into(),
            "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>".into(),
            format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".into(),
        ];
        let mut pdf = b"%PDF-1.4\n".to_vec();
        let mut places = Vec::new();
        for (i, body) in objects.iter().enumerate() {
            places.push(pdf.len());
            pdf.extend(format!("{} 0 obj\n{body}\nendobj\n", i + 1).into_bytes());
        }
        let xref = pdf.len();
        pdf.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).into_bytes());
        places.iter().for_each(|p| pdf.extend(format!("{p:010} 00000 n \n").into_bytes()));
        let size = places.len() + 1;
        pdf.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n").into_bytes());
        let png = extract::render::page_png(&pdf, 1, 200.0, &extract::Options::default()).unwrap();
        std::fs::write(folder.join(format!("photo-{}.png", number + 1)), png).unwrap();
    }
}

#[test]
fn photos_of_one_letter_are_joined_and_read_as_one_letter() {
    let folder = tempfile::tempdir().unwrap();
    photograph(folder.path());
    let made = json(folder.path(), &["join", "photo-1.png", "photo-2.png", "-o", "denial.pdf", "--json"]);
    assert_eq!((&made["pages"], &made["files"][1]["first_page"]), (&Value::from(2), &Value::from(2)), "{made}");
    let again = json(folder.path(), &["join", "photo-1.png", "photo-2.png", "--json"]);
    assert_eq!(
        (&again["sha256"], &again["pdf"]),
        (&made["sha256"], &Value::from("letter.pdf")),
        "same files, other bytes"
    );
    if extract::ocr_available(&extract::Options::default()).is_err() {
        eprintln!("skipped: no OCR engine");
        return;
    }
    let apart = corroborate(folder.path(), &["read", "photo-2.png", "photo-1.png"]);
    let told = String::from_utf8_lossy(&apart.stdout).into_owned();
    assert!(told.contains("corroborate join photo-1.png photo-2.png -o letter.pdf"), "{told}");
    let read = json(folder.path(), &["read", "denial.pdf", "--json"]);
    assert_eq!(read["documents"].as_array().map(Vec::len), Some(1), "{read}");
    let page_of = |name: &str| {
        let all = read["fields"].as_array().unwrap();
        all.iter().find(|f| f["name"] == name).map_or(Value::Null, |f| f["page"].clone())
    };
    assert_eq!((page_of("notice.dated"), page_of("appeal.window_stated")), (1.into(), 2.into()), "{read}");
    assert_eq!(read["reasons"][0]["page"], 2, "the reason stands on the second photo: {read}");
}

#[test]
fn what_cannot_be_joined_is_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    photograph(folder.path());
    std::fs::write(folder.path().join("letter.docx"), b"PK\x03\x04 not a picture").unwrap();
    std::fs::write(folder.path().join("cut.jpg"), b"\xff\xd8\xff\xe0 cut off").unwrap();
    let table: [(&[&str], &str); 5] = [
        (&["photo-1.png", "letter.docx"], "letter.docx: this is no picture and no PDF"),
        (&["photo-1.png", "cut.jpg"], "cut.jpg: the end of this picture is missing"),
        (&["photo-1.png", "gone.jpg"], "gone.jpg: there is no such file"),
        (&["photo-1.png"], "two pictures or more"),
        (&["photo-1.png", "photo-2.png", "photo-1.png"], "photo-1.png: this file stands there twice"),
    ];
    for (files, why) in table {
        let output = corroborate(folder.path(), &[&["join"], files].concat());
        assert_eq!(output.status.code(), Some(2), "{files:?}");
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
        assert!(!folder.path().join("letter.pdf").exists(), "{files:?}");
    }
    let photo = std::fs::read(folder.path().join("photo-1.png")).unwrap();
    let over = corroborate(folder.path(), &["join", "photo-1.png", "photo-2.png", "-o", "photo-1.png"]);
    assert_eq!(over.status.code(), Some(2));
    assert!(stderr(&over).contains("one of the files to join"), "{}", stderr(&over));
    assert_eq!(std::fs::read(folder.path().join("photo-1.png")).unwrap(), photo);
}
