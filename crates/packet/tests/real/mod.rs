//! Real PDFs, among them damaged and odd ones, each placed in a packet of its own. Run by hand:
//! `CORROBORATE_DATA=../shared/data cargo test -p packet --test packet real_pdfs -- --ignored --nocapture`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::common;

fn data() -> Option<PathBuf> {
    let from_environment = std::env::var("CORROBORATE_DATA").map(PathBuf::from).ok();
    let folder = from_environment.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    folder.join("pdf").is_dir().then(|| folder.join("pdf"))
}

fn all_pdfs(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            all_pdfs(&path, out);
        } else if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf")) {
            out.push(path);
        }
    }
    out.sort();
}

/// Words of a text, counted.
fn words(text: &str) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for word in text.split_whitespace() {
        *out.entry(word.to_string()).or_insert(0) += 1;
    }
    out
}

/// The share of the source's words that are in the packet.
fn kept(source: &str, packet: &str) -> f64 {
    let (source, packet) = (words(source), words(packet));
    let all: usize = source.values().sum();
    let there: usize = source.iter().map(|(w, n)| (*n).min(packet.get(w).copied().unwrap_or(0))).sum();
    if all == 0 { 1.0 } else { there as f64 / all as f64 }
}

#[test]
#[ignore = "takes minutes; measures on real files"]
fn real_pdfs_are_placed_with_their_text() {
    let Some(folder) = data() else {
        eprintln!("skipped: no shared data");
        return;
    };
    let mut files = Vec::new();
    all_pdfs(&folder, &mut files);
    // Every nth file, so that several runs can share the work: `CORROBORATE_SHARE=0/2` and `1/2`.
    if let Ok(share) = std::env::var("CORROBORATE_SHARE") {
        let mut numbers = share.split('/').filter_map(|n| n.parse::<usize>().ok());
        let (part, of) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(1).max(1));
        files = files.into_iter().enumerate().filter(|(i, _)| i % of == part).map(|(_, f)| f).collect();
    }
    let letter = common::knee_world().draft("withdrawal");
    let (mut placed, mut openable, mut out, mut unclean, mut lost) =
        (0, 0, BTreeMap::<String, usize>::new(), Vec::new(), Vec::new());
    for file in &files {
        let name = file.strip_prefix(&folder).unwrap_or(file).display().to_string();
        let Ok(bytes) = std::fs::read(file) else { continue };
        let source = common::pdf_text(&bytes);
        openable += usize::from(source.is_some());
        let exhibit = draft::Exhibit {
            label: "A".into(),
            title: "Paper".into(),
            source: name.clone(),
            kind: "record".into(),
            dated: None,
            made: None,
        };
        let exhibits = [packet::ExhibitInput { exhibit, content: packet::Content::Bytes(&bytes), password: None }];
        let input = packet::PacketInput {
            letter: &letter,
            exhibits: &exhibits,
            withheld: &[],
            criteria: &[],
            stamp_prefix: "X",
            draft: true,
            worker: None,
        };
        let packet = packet::build(&input).unwrap_or_else(|e| panic!("{name}: {e}"));
        if let Some(left) = packet.manifest.left_out.first() {
            *out.entry(left.why.chars().take(40).collect()).or_insert(0) += 1;
            if source.is_some() {
                println!("left out, though poppler opens it: {name}: {}", left.why);
            }
            continue;
        }
        if !packet.manifest.contents_verified {
            println!("not verified: {name}: {:?}", packet.manifest.findings);
        }
        let clean = common::qpdf_is_clean(&packet.pdf).unwrap_or(true);
        if !clean {
            unclean.push((name.clone(), common::qpdf_is_clean(&bytes).unwrap_or(false)));
        }
        let text = common::pdf_text(&packet.pdf).unwrap_or_default();
        let share = kept(&source.unwrap_or_default(), &text);
        if share < 0.98 {
            lost.push((name.clone(), share));
        } else {
            placed += 1;
        }
    }
    println!("{} files, {openable} open with poppler, {placed} placed with their text", files.len());
    println!("left out: {out:#?}");
    println!("not clean under qpdf (name, source clean): {unclean:#?}");
    println!("text lost: {lost:#?}");
}
