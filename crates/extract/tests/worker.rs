//! Reading in a child process: the same answers, and an answer for everything that goes wrong. The child is the example
//! program `worker`, which `cargo test` builds.
#![allow(clippy::panic, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::unwrap_used)]

mod common;

use std::path::PathBuf;
use std::process::Command;

use common::{lines, pdf, zip};
use extract::worker::{self, Limits};
use extract::{Options, extract_all, render};

fn exe() -> Option<PathBuf> {
    let mut path = std::env::current_exe().ok()?;
    path.pop();
    path.pop();
    let path = path.join("examples/worker");
    if !path.exists() {
        eprintln!("skipped: the example `worker` is not built");
    }
    path.exists().then_some(path)
}

/// A page of text as a picture, made by our own renderer.
fn picture(text: &[(f32, f32, f32, &str)], dpi: f32) -> Vec<u8> {
    render::page_png(&pdf(&[&lines(text)]), 1, dpi, &Options::default()).unwrap()
}

const LETTER: [(f32, f32, f32, &str); 4] = [
    (72.0, 700.0, 12.0, "Notice of denial dated October 15, 2026"),
    (72.0, 670.0, 12.0, "Member: Ana Example   Claim number 55-1029"),
    (72.0, 654.0, 12.0, "We cannot approve the request for knee surgery."),
    (72.0, 638.0, 12.0, "You have 180 days to ask for an appeal."),
];

fn has_engine() -> bool {
    let there = extract::ocr_available(&Options::default()).is_ok();
    if !there {
        eprintln!("skipped: no OCR engine");
    }
    there
}

#[test]
fn the_child_reads_as_the_program_itself_does() {
    let Some(exe) = exe() else { return };
    let bytes = pdf(&[&lines(&LETTER), &lines(&LETTER[..2])]);
    let there = worker::run(&exe, "a/letter.pdf", &bytes, &Options::default(), Limits::default()).unwrap();
    assert_eq!(there, extract_all("a/letter.pdf", &bytes, &Options::default()).unwrap());
    assert!(!there[0].pages[0].words.is_empty());
    let error = worker::run(&exe, "x.pdf", b"%PDF-1.7", &Options::default(), Limits::default()).unwrap_err();
    assert_eq!(error.code, "damaged");
    let error = worker::run(&exe, "x.pdf", b"", &Options::default(), Limits::default()).unwrap_err();
    assert_eq!(error.code, "empty_file");
}

#[test]
fn a_child_that_fails_is_an_answer() {
    let Some(exe) = exe() else { return };
    let bytes = pdf(&[&lines(&LETTER)]);
    let hungry = Limits { memory_mb: 24, ..Limits::default() };
    assert_eq!(worker::run(&exe, "l.pdf", &bytes, &Options::default(), hungry).unwrap_err().code, "unreadable");
    let hasty = Limits { seconds: 0, ..Limits::default() };
    let error = worker::run(&exe, "l.pdf", &bytes, &Options::default(), hasty).unwrap_err();
    assert!(error.code == "unreadable" && error.message.contains("0 seconds"), "{}", error.message);
    let nobody = PathBuf::from("/nonexistent/program");
    assert_eq!(
        worker::run(&nobody, "l.pdf", &bytes, &Options::default(), Limits::default()).unwrap_err().code,
        "unreadable"
    );
    let stranger = PathBuf::from("/bin/true");
    assert_eq!(
        worker::run(&stranger, "l.pdf", &bytes, &Options::default(), Limits::default()).unwrap_err().code,
        "unreadable"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn the_child_has_no_files_no_network_and_no_programs() {
    let Some(exe) = exe() else { return };
    let output = Command::new(exe).args(["__worker", "probe"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "probed\n");
}

#[test]
fn a_photo_is_read_with_places_and_confidence() {
    let (Some(exe), true) = (exe(), has_engine()) else { return };
    let png = picture(&LETTER, 200.0);
    // Its ending says PDF; its bytes say otherwise.
    let documents = worker::run(&exe, "photo.pdf", &png, &Options::default(), Limits::default()).unwrap();
    let page = &documents[0].pages[0];
    assert_eq!(documents[0].text_from, facts::TextFrom::Ocr);
    assert!(page.text.contains("October 15, 2026") && page.text.contains("180 days"), "{}", page.text);
    let word = page.words.iter().find(|w| &page.text[w.span.0..w.span.1] == "Notice").unwrap();
    assert!(word.confidence.unwrap() > 60);
    let (l, t, r, b) = word.bounds;
    assert!((l - 72.0).abs() < 4.0 && (t - 83.0).abs() < 6.0 && r > l + 25.0 && b > t + 5.0, "{:?}", word.bounds);
}

#[test]
fn a_page_upside_down_and_a_page_on_its_side_are_read() {
    let (Some(exe), true) = (exe(), has_engine()) else { return };
    let image = image::load_from_memory(&picture(&LETTER, 150.0)).unwrap();
    for turned in [image.rotate180(), image.rotate90(), image.rotate270()] {
        let mut png = std::io::Cursor::new(Vec::new());
        turned.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let documents = worker::run(&exe, "photo.png", png.get_ref(), &Options::default(), Limits::default()).unwrap();
        assert!(documents[0].pages[0].text.contains("approve the request"), "{}", documents[0].pages[0].text);
    }
}

#[test]
fn a_missing_engine_is_named_with_its_remedy_and_text_is_still_read() {
    let Some(exe) = exe() else { return };
    let options = Options { tesseract: "no-such-program-here".into(), ..Options::default() };
    let error = worker::run(&exe, "photo.png", &picture(&LETTER, 72.0), &options, Limits::default()).unwrap_err();
    assert_eq!(error.code, "ocr_missing");
    assert!(error.message.contains("apt-get install tesseract-ocr tesseract-ocr-spa"), "{}", error.message);
    let letter = pdf(&[&lines(&LETTER)]);
    assert!(worker::run(&exe, "letter.pdf", &letter, &options, Limits::default()).is_ok());
}

#[test]
fn a_preview_is_drawn_at_the_size_asked_for() {
    let Some(exe) = exe() else { return };
    let letter = pdf(&[&lines(&LETTER)]);
    let png = worker::page_png(&exe, &letter, 1, 72.0, &Options::default(), Limits::default()).unwrap();
    let image = image::load_from_memory(&png).unwrap();
    assert_eq!((image.width(), image.height()), (612, 792));
    assert!(image.to_luma8().pixels().any(|p| p.0[0] < 100), "there is ink on it");
    let error = worker::page_png(&exe, &letter, 2, 72.0, &Options::default(), Limits::default()).unwrap_err();
    assert_eq!(error.code, "no_such_page");
}

#[test]
fn a_word_document_around_a_scan_is_read_as_the_scan() {
    let (Some(exe), true) = (exe(), has_engine()) else { return };
    let empty = b"<w:document xmlns:w=\"u\"><w:body><w:p/></w:body></w:document>";
    let docx = zip(&[("word/document.xml", empty.as_slice()), ("word/media/image1.png", &picture(&LETTER, 150.0))]);
    let documents = worker::run(&exe, "scan.docx", &docx, &Options::default(), Limits::default()).unwrap();
    assert!(documents[0].text().contains("October 15, 2026"), "{}", documents[0].text());
}

/// Remembers pages, as a program does that may be ended in the middle.
#[derive(Default)]
struct Memory(std::sync::Mutex<Vec<(usize, usize, worker::Recognized)>>);

impl worker::Kept for Memory {
    fn known(&self) -> Vec<(usize, usize, worker::Recognized)> {
        self.0.lock().unwrap().clone()
    }

    fn keep(&self, document: usize, page: usize, read: &worker::Recognized) {
        self.0.lock().unwrap().push((document, page, read.clone()));
    }
}

#[test]
fn pages_that_were_read_before_are_not_read_again() {
    let Some(exe) = exe().filter(|_| has_engine()) else { return };
    let png = picture(&LETTER, 150.0);
    let (memory, watch) = (Memory::default(), worker::Watch::default());
    let read =
        |options: &Options| worker::run_watched(&exe, "photo.png", &png, options, Limits::default(), &watch, &memory);
    let first = read(&Options::default()).unwrap();
    assert_eq!(memory.0.lock().unwrap().len(), 1);
    // Without an engine nothing can be read: what comes now was kept.
    let without = Options { tesseract: "no-such-engine".into(), ..Options::default() };
    assert_eq!(read(&without).unwrap(), first);
    assert_eq!(watch.progress(), (1, 1));
    memory.0.lock().unwrap().clear();
    assert_eq!(read(&without).unwrap_err().code, "ocr_missing");
}
