//! Files nobody meant to be read: any bytes, and good files with something broken. Nothing may panic, hang or lie about
//! where its words are. PDFs go through the worker, as they do in the program; what is ours alone is read here.
//!
//! `CORROBORATE_FUZZ_SECONDS=600 cargo test -p extract --test hostile` goes on for ten minutes a test.
#![allow(clippy::panic, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests read sample files and the clock")]

mod common;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::{Dice, docx, fuzz_seconds, lines, mutate, pdf, pdf_with, zip};
use extract::worker::{self, Limits};
use extract::{Options, extract, extract_all, sniff};
use facts::Document;
use proptest::prelude::*;

fn options() -> Options {
    Options { ocr: false, max_unpacked: 8 << 20, ..Options::default() }
}

/// Each word is where it says, in order, without white space.
fn honest(document: &Document) -> bool {
    document.pages.iter().all(|page| {
        let mut last = 0;
        page.words.iter().all(|word| {
            let in_order = word.span.0 >= last && word.span.1 > word.span.0;
            last = word.span.1;
            in_order && page.text.get(word.span.0..word.span.1).is_some_and(|t| !t.contains(char::is_whitespace))
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_an_answer(start in 0usize..12, bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let starts: [&[u8]; 12] = [b"", b"{\\rtf1 ", b"<html>", b"\xFF\xFE", b"PK\x03\x04word/document", b"II*\0", b"\x89PNG\r\n\x1a\n",
            b"\xFF\xD8\xFF", b"From: a\nTo: b\nMIME-Version: 1\n\n", b"RIFF....WEBP", b"GIF89a", b"MM\0*"];
        let bytes = [starts[start], &bytes].concat();
        if sniff(&bytes) != extract::Kind::Pdf && sniff(&bytes) != extract::Kind::Heic
            && let Ok(documents) = extract_all("file", &bytes, &options()) {
                prop_assert!(documents.iter().all(honest));
            }
    }

    #[test]
    fn every_letter_of_a_page_is_kept_and_words_are_where_they_say(
        cells in proptest::collection::btree_map((0u16..40, 0u16..4), "[A-Za-z0-9$.,:]{1,9}( [A-Za-z0-9]{1,7}){0,2}", 1..40)
    ) {
        let page: Vec<(f32, f32, f32, &str)> = cells
            .iter()
            .map(|((row, column), text)| (40.0 + 135.0 * f32::from(*column), 760.0 - 17.0 * f32::from(*row), 8.0, text.as_str()))
            .collect();
        let document = extract("page.pdf", &pdf(&[&lines(&page)]), &options()).unwrap();
        prop_assert!(honest(&document));
        let sorted = |text: String| { let mut l: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect(); l.sort_unstable(); l };
        prop_assert_eq!(sorted(document.text()), sorted(cells.values().cloned().collect()));
        let words: usize = document.pages[0].words.len();
        prop_assert_eq!(words, document.pages[0].text.split_whitespace().count());
    }
}

#[test]
fn broken_files_of_our_own_formats_are_an_answer() {
    let body = "<w:p><w:r><w:t>Notice</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let mail = b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>hi\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=x\r\n\r\nhello\r\n--b--\r\n";
    let files: Vec<Vec<u8>> = vec![
        docx(body),
        zip(&[("word/document.xml", b"<w:document><w:body><w:p><w:r><w:t>x"), ("word/header1.xml", b"<w:p>")]),
        b"{\\rtf1\\ansi{\\fonttbl{\\f0 A;}} Se\\'f1ora \\u209? \\trowd a\\cell b\\cell\\row\\par{\\*\\x y}}".to_vec(),
        b"<html><head><meta charset=utf-8></head><body><p>a<table><tr><td>b</td></tr></table><ul><li>c</ul></body></html>".to_vec(),
        mail.to_vec(),
        "Señora Núñez\r\npage\x0cnext".as_bytes().to_vec(),
    ];
    let (mut dice, started) = (Dice(0x5eed), Instant::now());
    let mut rounds = 0u64;
    while started.elapsed() < Duration::from_secs(fuzz_seconds()) {
        let bytes = mutate(&files[dice.roll(files.len())], &mut dice);
        if !matches!(sniff(&bytes), extract::Kind::Pdf | extract::Kind::Heic)
            && let Ok(documents) = extract_all("file", &bytes, &options())
        {
            assert!(documents.iter().all(honest), "{bytes:?}");
        }
        rounds += 1;
    }
    println!("{rounds} broken files");
}

fn samples() -> Vec<PathBuf> {
    let named = std::env::var_os("CORROBORATE_DATA").map(PathBuf::from);
    let root = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let (mut found, mut open) = (Vec::new(), vec![root.join("pdf")]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                open.push(entry.path());
            } else if entry.metadata().is_ok_and(|m| m.len() < 300_000) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    if found.is_empty() {
        println!("skipped: no shared data; only our own files are broken");
    }
    found
}

#[test]
fn broken_pdfs_and_pictures_are_an_answer() {
    let mut exe = std::env::current_exe().unwrap();
    exe.pop();
    exe.pop();
    let exe = exe.join("examples/worker");
    if !exe.exists() {
        println!("skipped: the example `worker` is not built");
        return;
    }
    let page = lines(&[(72.0, 700.0, 11.0, "Notice of denial"), (72.0, 680.0, 11.0, "Claim 55-1029")]);
    let widget = "<< /Type /Annot /Subtype /Widget /FT /Tx /V (x) /Rect [130 696 300 712] >>";
    let mut files = vec![pdf(&[&page, &page]), pdf_with(&[&page], "/Annots [20 0 R]", &[widget])];
    let samples = samples();
    let (mut dice, started) = (Dice(0xfeed), Instant::now());
    let (mut rounds, mut ended) = (0u64, 0u64);
    let limits = Limits { memory_mb: 1_024, seconds: 10, cpu_seconds: 20 };
    while started.elapsed() < Duration::from_secs(fuzz_seconds()) {
        if !samples.is_empty() && dice.roll(4) > 0 {
            files.truncate(2);
            files.push(std::fs::read(&samples[dice.roll(samples.len())]).unwrap());
        }
        let bytes = mutate(&files[dice.roll(files.len())], &mut dice);
        match worker::run(&exe, "file", &bytes, &options(), limits) {
            Ok(documents) => assert!(documents.iter().all(honest)),
            Err(error) if error.code == "unreadable" => {
                ended += 1;
                if let Some(folder) = std::env::var_os("CORROBORATE_FUZZ_KEEP") {
                    let _ = std::fs::write(Path::new(&folder).join(format!("{rounds}.bin")), &bytes);
                }
            }
            Err(_) => {}
        }
        rounds += 1;
    }
    println!("{rounds} broken files, {ended} of them ended the child");
}
