//! Letters and packets from invented cases; the packets are checked with qpdf and pdftotext where they are installed.
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use common::{look, pdftotext, qpdf_check};

#[test]
fn a_letter_is_a_clean_pdf_with_its_words_and_reproducible() {
    let world = common::knee_world();
    let letter = world.draft("appeal_letter");
    let pdf = packet::letter_pdf(&letter, false).unwrap_or_else(|e| panic!("{e}"));
    look("letter", &pdf);
    assert_eq!(pdf, packet::letter_pdf(&letter, false).unwrap_or_else(|e| panic!("{e}")), "same input, other bytes");
    qpdf_check(&pdf);
    if let Some(text) = pdftotext(&pdf) {
        assert!(text.contains("Dear Appeals Reviewer"), "{text}");
        assert!(text.contains("12 Sample Street"), "{text}");
    }
}

/// A PDF made by our own typesetter, with `lines` one per page.
fn paper(lines: &[&str]) -> Vec<u8> {
    let text = lines.join("\u{c}");
    common::pdf_of_pages(&text.split('\u{c}').collect::<Vec<_>>())
}

fn inputs<'a>(plan: &draft::ExhibitPlan, files: &'a [(&str, Vec<u8>)]) -> Vec<packet::ExhibitInput<'a>> {
    plan.exhibits
        .iter()
        .map(|e| packet::ExhibitInput {
            exhibit: e.clone(),
            content: match files.iter().find(|(name, _)| *name == e.source) {
                Some((_, bytes)) => packet::Content::Bytes(bytes),
                None => packet::Content::Missing("the file is not there".into()),
            },
            password: None,
        })
        .collect()
}

fn build(world: &common::World, files: &[(&str, Vec<u8>)]) -> packet::Packet {
    let letter = world.draft("appeal_letter");
    let plan = draft::exhibits(&world.case, world.check.as_ref(), "en");
    let exhibits = inputs(&plan, files);
    let input = packet::PacketInput {
        letter: &letter,
        exhibits: &exhibits,
        withheld: &plan.withheld,
        criteria: &world.criteria,
        stamp_prefix: "EX 118822-",
        draft: false,
    };
    packet::build(&input).unwrap_or_else(|e| panic!("{e}"))
}

fn five_files() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("denial.pdf", paper(&["Denial first line", "Denial second page"])),
        ("opinion.pdf", paper(&["Opinion first line", "Opinion second page", "Opinion third page"])),
        ("letter-treating.pdf", paper(&["Treating first line"])),
        ("xray.pdf", paper(&["Xray first line"])),
        ("therapy.pdf", paper(&["Therapy first line", "Therapy second page"])),
    ]
}

#[test]
fn a_packet_has_every_page_in_order_and_its_contents_are_read_back() {
    let world = common::knee_world();
    let files = five_files();
    let packet = build(&world, &files);
    look("packet", &packet.pdf);
    let manifest = &packet.manifest;
    assert_eq!(manifest.findings, vec![]);
    assert!(manifest.contents_verified);
    assert_eq!(
        manifest.left_out.iter().map(|l| (l.source.as_str(), l.by_choice)).collect::<Vec<_>>(),
        [("diary.txt", true)]
    );
    let pages: Vec<(&str, usize)> = manifest.exhibits.iter().map(|e| (e.label.as_str(), e.pages_in_source)).collect();
    assert_eq!(pages, [("A", 2), ("B", 3), ("C", 1), ("D", 1), ("E", 2)]);
    for pair in manifest.exhibits.windows(2) {
        assert_eq!(pair[0].last_page + 1, pair[1].first_page);
    }
    assert_eq!(manifest.exhibits.last().map(|e| e.last_page), Some(manifest.pages));
    qpdf_check(&packet.pdf);
    let Some(text) = pdftotext(&packet.pdf) else { return };
    let pages: Vec<&str> = text.split('\u{c}').collect();
    for (exhibit, first) in manifest.exhibits.iter().zip(["Denial", "Opinion", "Treating", "Xray", "Therapy"]) {
        assert!(
            pages[exhibit.first_page - 1].contains(&format!("Exhibit {}", exhibit.label)),
            "cover of {}",
            exhibit.label
        );
        assert!(pages[exhibit.first_page].contains(&format!("{first} first line")), "first page of {}", exhibit.label);
    }
    for (i, page) in pages.iter().take(manifest.pages).enumerate() {
        assert!(page.contains(&format!("EX 118822-{:04}", i + 1)), "stamp of page {}", i + 1);
    }
}

#[test]
fn references_in_the_letter_lead_to_the_page_they_name() {
    let world = common::knee_world();
    let files = five_files();
    let packet = build(&world, &files);
    let page = |label: &str, page: usize| {
        packet.manifest.exhibits.iter().find(|e| e.label == label).map(|e| e.first_page + page)
    };
    let first = packet::link_targets(&packet.pdf, 1);
    assert!(first.contains(&page("A", 0).unwrap_or(0)), "{first:?}");
    assert!(first.contains(&page("B", 1).unwrap_or(0)), "{first:?}");
    let second = packet::link_targets(&packet.pdf, 2);
    assert!(second.contains(&page("E", 2).unwrap_or(0)), "{second:?}");
}

#[test]
fn the_same_input_gives_the_same_packet() {
    let world = common::knee_world();
    let files = five_files();
    assert_eq!(build(&world, &files).manifest.sha256, build(&world, &files).manifest.sha256);
}

#[test]
fn a_paper_that_cannot_be_placed_is_named_and_moves_no_label() {
    let world = common::knee_world();
    let mut files = five_files();
    files[1].1 = b"%PDF-1.7\nthis is not a PDF".to_vec();
    let truncated = files[4].1.len() / 2;
    files[4].1.truncate(truncated);
    files[3].1 = Vec::new();
    files.remove(2);
    let packet = build(&world, &files);
    let out: Vec<(&str, Option<&str>)> = packet
        .manifest
        .left_out
        .iter()
        .filter(|l| !l.by_choice)
        .map(|l| (l.source.as_str(), l.label.as_deref()))
        .collect();
    assert_eq!(
        out,
        [
            ("opinion.pdf", Some("B")),
            ("letter-treating.pdf", Some("C")),
            ("xray.pdf", Some("D")),
            ("therapy.pdf", Some("E"))
        ]
    );
    assert!(packet.manifest.contents_verified, "{:?}", packet.manifest.findings);
    assert_eq!(packet.manifest.exhibits.len(), 1);
    qpdf_check(&packet.pdf);
    if let Some(text) = pdftotext(&packet.pdf) {
        assert!(text.contains("to follow") && text.contains("Exhibit E"));
    }
}

#[test]
fn missing_facts_block_the_packet_unless_a_draft_is_asked_for() {
    let mut world = common::knee_world();
    world.case.claim.number = None;
    let packet = build(&world, &five_files());
    assert!(packet.pdf.is_empty());
    assert_eq!(packet.manifest.blocked_by, ["claim.number"]);
}
