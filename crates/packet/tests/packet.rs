//! Letters and packets from invented cases; the packets are checked with qpdf and pdftotext where they are installed.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;
mod real;
mod samples;

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
    let plan = draft::exhibits(&world.case, world.check.as_ref(), "en").unwrap();
    let exhibits = inputs(&plan, files);
    let input = packet::PacketInput {
        letter: &letter,
        exhibits: &exhibits,
        withheld: &plan.withheld,
        criteria: &world.criteria,
        stamp_prefix: "EX-118822",
        draft: false,
        worker: None,
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
        assert!(page.contains(&format!("EX-118822-{:04}", i + 1)), "stamp of page {}", i + 1);
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
    world.case.coverage.member_id = None;
    let packet = build(&world, &five_files());
    assert!(packet.pdf.is_empty());
    assert!(packet.manifest.blocked_by.contains(&"claim.number".to_string()), "{:?}", packet.manifest.blocked_by);
}

#[test]
fn fax_parts_lose_no_page_and_send_none_twice() {
    let world = common::knee_world();
    let files = five_files();
    let packet = build(&world, &files);
    let letter = world.draft("appeal_letter");
    let limits = packet::FaxLimit { pages: Some(7), bytes: None };
    let parts = packet::fax_parts(&packet.pdf, &limits, &letter).unwrap_or_else(|e| panic!("{e}"));
    look("part", &parts[1].pdf);
    assert!(parts.len() > 1);
    let mut next = 1;
    for part in &parts {
        assert_eq!((part.of, part.first_page), (parts.len(), next));
        next = part.last_page + 1;
        qpdf_check(&part.pdf);
        let Some(text) = pdftotext(&part.pdf) else { continue };
        let pages: Vec<&str> = text.split('\u{c}').filter(|p| !p.trim().is_empty()).collect();
        assert!(pages.len() <= 7);
        assert!(
            pages[0].contains(&format!(
                "Part {} of {}: pages {}–{}",
                part.number, part.of, part.first_page, part.last_page
            )),
            "{}",
            pages[0]
        );
        let stamps: Vec<bool> = (part.first_page..=part.last_page)
            .zip(&pages[1..])
            .map(|(n, p)| p.contains(&format!("EX-118822-{n:04}")))
            .collect();
        assert_eq!(stamps, vec![true; part.last_page - part.first_page + 1]);
    }
    assert_eq!(next, packet.manifest.pages + 1);
}

#[test]
fn parts_keep_a_byte_limit_or_name_the_page_that_cannot() {
    let world = common::knee_world();
    let files = five_files();
    let packet = build(&world, &files);
    let letter = world.draft("appeal_letter");
    let one = packet::fax_parts(&packet.pdf, &packet::FaxLimit::default(), &letter).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(one.len(), 1);
    // The least that can hold is what the largest page takes with a cover of its own; what is asked lies half-way from there
    // to the whole, so that more than one part is needed and each part is possible.
    let single = packet::FaxLimit { pages: Some(2), bytes: None };
    let single = packet::fax_parts(&packet.pdf, &single, &letter).unwrap_or_else(|e| panic!("{e}"));
    let largest = single.iter().map(|p| p.pdf.len()).max().unwrap_or_default();
    assert!(largest < one[0].pdf.len(), "{largest} of {}", one[0].pdf.len());
    let bytes = largest.midpoint(one[0].pdf.len());
    let parts = packet::fax_parts(&packet.pdf, &packet::FaxLimit { pages: None, bytes: Some(bytes) }, &letter)
        .unwrap_or_else(|e| panic!("{e}"));
    assert!(parts.len() > 1 && parts.iter().all(|p| p.pdf.len() <= bytes));
    assert_eq!(parts.iter().map(|p| p.last_page - p.first_page + 1).sum::<usize>(), packet.manifest.pages);
    let error = packet::fax_parts(&packet.pdf, &packet::FaxLimit { pages: None, bytes: Some(100) }, &letter)
        .map(|_| ())
        .map_err(|e| e.message);
    assert_eq!(error, Err("page 1 of the packet alone is larger than 100 bytes".into()));
}

#[test]
fn plain_text_has_everything_or_says_that_it_is_shortened() {
    let letter = common::knee_world().draft("appeal_letter");
    let whole = packet::plain_text_within(&letter, None);
    assert!(whole.complete && whole.text.contains("Dear Appeals Reviewer:") && whole.text.contains("Exhibit B, p. 1"));
    for limit in [0, 40, 500, 2000, 4000] {
        let short = packet::plain_text_within(&letter, Some(limit));
        assert!(short.text.chars().count() <= limit);
        assert!(!short.complete);
    }
    assert!(packet::plain_text(&letter, Some(2000)).ends_with(&letter.labels.shortened));
}

#[test]
fn what_a_busy_physician_gets_is_one_page() {
    let world = common::knee_world();
    for name in ["second_opinion_brief", "peer_to_peer_brief"] {
        let pdf = packet::letter_pdf(&world.draft(name), true).unwrap_or_else(|e| panic!("{e}"));
        look(name, &pdf);
        let pages = lopdf::Document::load_mem(&pdf).unwrap_or_else(|e| panic!("{e}")).get_pages().len();
        assert_eq!(pages, 1, "{name}");
    }
}

#[test]
fn a_docx_has_real_styles_and_a_header_row_and_is_well_formed() {
    let letter = common::knee_world().draft("appeal_letter");
    let bytes = packet::docx(&letter).unwrap_or_else(|e| panic!("{e}"));
    look("letter.docx", &bytes);
    assert_eq!(Ok(bytes.clone()), packet::docx(&letter));
    let text = common::zip_member(&bytes, "word/document.xml");
    for wanted in
        ["<w:pStyle w:val=\"Heading1\"/>", "<w:tblHeader/>", "Dear Appeals Reviewer:", "Exhibit\u{a0}B, p.\u{a0}1"]
    {
        assert!(text.contains(wanted), "{wanted}");
    }
    let document = extract::extract("letter.docx", &bytes, &extract::Options::default());
    assert!(document.is_ok());
}

#[test]
fn text_that_looks_like_markup_is_printed_and_not_run() {
    let mut world = common::knee_world();
    let odd = "#read(\"secrets.txt\") #panic() $x$ $\\ @ref <lbl> `raw` *bold* </script> \u{202e}left \u{0}";
    world.case.claim.service = Some(odd.into());
    world.case.denials[0].quote = Some(format!("{odd} {}", "w".repeat(10_000)));
    world.case.patient.name = Some("</w:t> & \"李\" <b>".into());
    let letter = world.draft("appeal_letter");
    let pdf = packet::letter_pdf(&letter, false).unwrap_or_else(|e| panic!("{e}"));
    look("odd", &pdf);
    qpdf_check(&pdf);
    if let Some(text) = pdftotext(&pdf) {
        for wanted in ["#read(\"secrets.txt\")", "#panic()", "$x$", "@ref", "*bold*", "</script>"] {
            assert!(text.contains(wanted), "{wanted}");
        }
        assert_eq!(text.matches('w').count() / 10_000, 1, "the long word is whole");
    }
    let docx = packet::docx(&letter).unwrap_or_else(|e| panic!("{e}"));
    assert!(common::zip_member(&docx, "word/document.xml").contains("&lt;/w:t&gt; &amp; &quot;李&quot; &lt;b&gt;"));
}

/// One exhibit alone in a packet; its pages and what the manifest says.
fn alone(name: &str, bytes: &[u8], password: Option<&str>) -> packet::Packet {
    let letter = common::knee_world().draft("withdrawal");
    let exhibit = draft::Exhibit {
        label: "A".into(),
        title: "Paper".into(),
        source: name.into(),
        kind: "record".into(),
        dated: None,
        made: None,
    };
    let exhibits =
        [packet::ExhibitInput { exhibit, content: packet::Content::Bytes(bytes), password: password.map(Into::into) }];
    let input = packet::PacketInput {
        letter: &letter,
        exhibits: &exhibits,
        withheld: &[],
        criteria: &[],
        stamp_prefix: "X",
        draft: true,
        worker: None,
    };
    let packet = packet::build(&input).unwrap_or_else(|e| panic!("{e}"));
    if !packet.pdf.is_empty() {
        qpdf_check(&packet.pdf);
    }
    packet
}

fn text_of_first_page(packet: &packet::Packet) -> Option<String> {
    let first = packet.manifest.exhibits.first()?.first_page;
    pdftotext(&packet.pdf)?.split('\u{c}').nth(first).map(str::to_string)
}

#[test]
fn a_filled_form_is_printed_as_it_is_seen_and_its_scripts_and_attachments_stay_behind() {
    let packet = alone("form.pdf", &common::filled_form(), None);
    assert_eq!(packet.manifest.left_out, vec![]);
    if let Some(text) = text_of_first_page(&packet) {
        assert!(text.contains("Ana Ejemplo") && text.contains("Name:"), "{text}");
        assert!(text.contains("Austin"), "the second field has a value and no look of its own: {text}");
        assert!(!text.contains("hidden note"), "{text}");
    }
    for gone in ["/JavaScript", "app.alert", "/EmbeddedFile", "secret attachment", "/AcroForm", "/Widget"] {
        assert!(!String::from_utf8_lossy(&packet.pdf).contains(gone), "{gone}");
    }
    assert_eq!(packet.manifest.findings, vec![]);
}

#[test]
fn a_locked_file_needs_its_password_and_then_shows_its_text() {
    let Some(locked) = common::locked(&common::pdf_of_pages(&["Locked first line"]), "open sesame") else { return };
    assert!(alone("locked.pdf", &locked, None).manifest.left_out[0].why.contains("password"));
    assert!(alone("locked.pdf", &locked, Some("wrong")).manifest.left_out[0].why.contains("password"));
    let packet = alone("locked.pdf", &locked, Some("open sesame"));
    assert_eq!(packet.manifest.left_out, vec![]);
    if let Some(text) = text_of_first_page(&packet) {
        assert!(text.contains("Locked first line"), "{text}");
    }
}

#[test]
fn odd_sizes_and_turned_pages_keep_their_size() {
    let wide = common::pdf_of_pages(&["Wide first line"]);
    let wide =
        String::from_utf8_lossy(&wide).replace("/MediaBox [0 0 612 792]", "/MediaBox [0 0 992 792]").into_bytes();
    let packet = alone("wide.pdf", &wide, None);
    look("wide", &packet.pdf);
    let text = String::from_utf8_lossy(&packet.pdf).into_owned();
    assert!(
        text.contains("/MediaBox[0.0 0.0 992.0 792.0]") || text.contains("/MediaBox[0 0 992 792]"),
        "the width is kept"
    );
}

#[test]
fn photos_in_each_format_become_a_page_and_text_files_their_text() {
    for format in [
        image::ImageFormat::Png,
        image::ImageFormat::Jpeg,
        image::ImageFormat::Tiff,
        image::ImageFormat::WebP,
        image::ImageFormat::Bmp,
    ] {
        let picture = image::DynamicImage::ImageRgb8(image::RgbImage::from_fn(60, 40, |x, y| {
            image::Rgb([x as u8 * 4, y as u8 * 6, 90])
        }));
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap_or_else(|e| panic!("{format:?}: {e}"));
        let packet = alone("photo", bytes.get_ref(), None);
        assert_eq!(packet.manifest.left_out, vec![], "{format:?}");
        assert_eq!(packet.manifest.exhibits[0].pages_in_source, 1);
    }
    let packet = alone("note.txt", "First line of a note.\n\nA second paragraph, José.".as_bytes(), None);
    if let Some(text) = text_of_first_page(&packet) {
        assert!(text.contains("First line of a note.") && text.contains("José"), "{text}");
    }
}

#[test]
fn unusable_papers_are_named_with_the_remedy() {
    let table: [(&[u8], &str); 4] = [
        (b"", "empty"),
        (b"\xff\xd8\xff\xe0 not a picture", "JPEG or PNG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "JPEG"),
        (b"%PDF-1.4 nothing", "fresh copy"),
    ];
    for (bytes, remedy) in table {
        let packet = alone("x", bytes, None);
        assert!(packet.manifest.left_out[0].why.contains(remedy), "{}", packet.manifest.left_out[0].why);
        assert!(!packet.manifest.left_out[0].by_choice);
    }
}

/// A PDF whose table of places sends its content stream somewhere else: the words are there, a careless reader loses them.
#[test]
fn a_file_with_a_broken_table_is_mended_and_keeps_its_words() {
    let good = common::pdf_of_pages(&["Words that must not be lost"]);
    let text = String::from_utf8_lossy(&good).into_owned();
    let place = |n: usize| text.find(&format!("{n} 0 obj")).map(|at| format!("{at:010} 00000 n")).unwrap_or_default();
    // Objects 4 and 5 are the page and its content; the font's place stands for the content's.
    for (wrong, right) in [(place(3), place(5)), ("0000000007 00000 n".into(), place(5)), (place(5), place(3))] {
        let broken = text.replace(&right, &wrong).into_bytes();
        let packet = alone("broken.pdf", &broken, None);
        match packet.manifest.left_out.first() {
            Some(left) => panic!("{wrong}: {}", left.why),
            None => {
                if let Some(text) = text_of_first_page(&packet) {
                    assert!(text.contains("Words that must not be lost"), "{wrong}: {text}");
                }
                let codes: Vec<&str> = packet.manifest.findings.iter().map(|f| f.code.as_str()).collect();
                assert_eq!(codes, ["mended"], "{wrong}");
            }
        }
    }
}

#[test]
fn a_tiff_of_several_pages_becomes_as_many_pages() {
    let pages: Vec<Vec<u8>> = (0..3).map(|i| vec![i * 60; 40 * 30]).collect();
    let packet = alone("fax.tif", &common::tiff(40, 30, (204, 98), &pages), None);
    assert_eq!(packet.manifest.left_out, vec![]);
    assert_eq!(packet.manifest.exhibits[0].pages_in_source, 3);
}

#[test]
fn an_enormous_page_an_enormous_picture_and_a_damaged_paper_leave_the_rest_whole() {
    let world = common::knee_world();
    let mut files = five_files();
    // A page of 5 m by 5 m.
    let wide = String::from_utf8_lossy(&files[1].1).replace("[0 0 612 792]", "[0 0 14173 14173]").into_bytes();
    files[1].1 = wide;
    files[2].1 = common::png_head(20_000, 10_000);
    files[3].1 = b"%PDF-1.7\nnothing".to_vec();
    let packet = build(&world, &files);
    let out: Vec<(&str, bool)> =
        packet.manifest.left_out.iter().map(|l| (l.source.as_str(), l.by_choice)).filter(|(_, c)| !c).collect();
    assert_eq!(out, [("letter-treating.pdf", false), ("xray.pdf", false)]);
    assert!(packet.manifest.left_out.iter().any(|l| l.why.contains("20000 × 10000")), "{:?}", packet.manifest.left_out);
    assert!(packet.manifest.contents_verified, "{:?}", packet.manifest.findings);
    qpdf_check(&packet.pdf);
}

#[test]
fn five_thousand_pages_are_placed_and_counted() {
    let texts: Vec<String> = (0..5_000).map(|i| format!("Page {i}")).collect();
    let bytes = common::pdf_of_pages(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let packet = alone("long.pdf", &bytes, None);
    assert_eq!(packet.manifest.left_out, vec![]);
    assert_eq!(packet.manifest.exhibits[0].pages_in_source, 5_000);
    assert!(packet.manifest.contents_verified, "{:?}", packet.manifest.findings);
}

/// Content that no reader here can unfold is never replaced by an empty page.
#[test]
fn a_page_whose_content_is_lost_is_named() {
    let good = String::from_utf8_lossy(&common::pdf_of_pages(&["Words that must not be lost"])).into_owned();
    let packed = good.replace("<< /Length ", "<< /Filter /FlateDecode /Length ");
    for broken in [good.replace("endstream", "enxstream"), packed] {
        let packet = alone("broken.pdf", broken.as_bytes(), None);
        let named = packet.manifest.left_out.first().is_some_and(|l| l.why.contains("fresh copy"));
        let kept = text_of_first_page(&packet).is_some_and(|t| t.contains("Words that must not be lost"));
        assert!(named || kept, "{:?} {:?}", packet.manifest.left_out, packet.manifest.findings);
    }
}

#[test]
fn one_page_that_cannot_be_read_does_not_keep_the_others_out_and_is_named() {
    let page = |content: usize| format!("<< /Type /Page /Parent 2 0 R /Contents {content} 0 R >>");
    let stream = |dict: &str, words: &str| {
        let content = format!("BT /F 14 Tf 72 700 Td ({words}) Tj ET");
        format!("<< {dict} /Length {} >>\nstream\n{content}\nendstream", content.len())
    };
    let broken = common::pdf_of_objects(&[
        "<< /Type /Catalog /Pages 2 0 R >>".into(),
        "<< /Type /Pages /Kids [4 0 R 5 0 R 6 0 R] /Count 3 /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >> >>".into(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".into(),
        page(7),
        page(8),
        page(9),
        stream("", "First page"),
        // It says that it is packed, and is not.
        stream("/Filter /FlateDecode", "Second page"),
        stream("", "Third page"),
    ]);
    let packet = alone("broken.pdf", &broken, None);
    assert_eq!(packet.manifest.exhibits.iter().map(|e| e.pages_in_source).collect::<Vec<_>>(), [3]);
    let why: Vec<&str> = packet.manifest.left_out.iter().map(|l| l.why.as_str()).collect();
    assert!(why.len() == 1 && why.iter().all(|w| w.starts_with("page 2 of it cannot be read")), "{why:?}");
    let Some(text) = common::pdf_text(&packet.pdf) else { return };
    for words in ["First page", "This page of the original file cannot be read", "Third page"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    common::qpdf_check(&packet.pdf);
}

#[test]
fn deep_nesting_is_placed_or_named_and_never_ends_the_program() {
    let deep = format!("<< /Deep {}{} ", "[".repeat(5_000), "]".repeat(5_000));
    let text = String::from_utf8_lossy(&common::pdf_of_pages(&["Words of a deep file"])).into_owned();
    let bytes = text.replace("<< /Type /Page /Parent", &format!("{deep} /Type /Page /Parent")).into_bytes();
    let packet = alone("deep.pdf", &bytes, None);
    assert_eq!(packet.manifest.exhibits.len() + packet.manifest.left_out.len(), 1);
}

/// A packet with a text record and a scan of noise, which no packing makes smaller.
fn with_a_heavy_scan() -> packet::Packet {
    let mut state = 7u32;
    let mut dot = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let scan = image::GrayImage::from_fn(2400, 3000, |_, _| image::Luma([dot()]));
    let mut png = std::io::Cursor::new(Vec::new());
    scan.write_to(&mut png, image::ImageFormat::Png).unwrap_or_else(|e| panic!("{e}"));
    let mut files = five_files();
    files.iter_mut().filter(|(name, _)| *name == "xray.pdf").for_each(|(_, bytes)| *bytes = png.get_ref().clone());
    build(&common::knee_world(), &files)
}

#[test]
fn a_packet_keeps_a_portals_limit_by_its_pictures_alone() {
    let whole = with_a_heavy_scan();
    let (before, pages, text) = (whole.pdf.len(), whole.manifest.pages, common::pdf_text(&whole.pdf));
    let label = whole.manifest.exhibits.iter().find(|e| e.source == "xray.pdf").map(|e| e.label.clone());
    let most = before / 2;
    let smaller = packet::within(whole, most).unwrap_or_else(|e| panic!("{e}"));
    assert!(smaller.pdf.len() <= most, "{} of {most}", smaller.pdf.len());
    assert_eq!((smaller.manifest.pages, common::pdf_text(&smaller.pdf)), (pages, text));
    let told = &smaller.manifest.recompressed;
    assert_eq!(told.iter().map(|r| Some(r.label.clone())).collect::<Vec<_>>(), [label]);
    assert!(told.iter().all(|r| r.dots_before == (2400, 3000) && r.bytes_after < r.bytes_before));
    common::qpdf_check(&smaller.pdf);
}

#[test]
fn no_picture_is_made_worse_than_the_floor_and_what_stays_too_large_is_said() {
    let whole = with_a_heavy_scan();
    let smaller = packet::within(whole, 10_000).unwrap_or_else(|e| panic!("{e}"));
    // The scan lies 7.5 inches wide on its page.
    let least = (7.5 * f32::from(packet::FLOOR.dots_per_inch)) as u32;
    assert!(
        smaller.manifest.recompressed.iter().all(|r| r.dots_after.0 >= least),
        "{:?}",
        smaller.manifest.recompressed
    );
    assert!(smaller.manifest.findings.iter().any(|f| f.code == "larger_than_limit"));
    assert!(smaller.pdf.len() > 10_000);
}

#[test]
fn a_packet_that_is_small_enough_stays_as_it_is() {
    let whole = build(&common::knee_world(), &five_files());
    let same = packet::within(whole.clone(), whole.pdf.len()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(same, whole);
}

#[test]
fn every_page_of_a_packet_has_a_place_in_its_tree_of_tags() {
    let packet = with_a_heavy_scan();
    let doc = lopdf::Document::load_mem(&packet.pdf).unwrap_or_else(|e| panic!("{e}"));
    let tagged: std::collections::BTreeSet<lopdf::ObjectId> = doc
        .objects
        .values()
        .filter_map(|o| o.as_dict().ok())
        .filter(|d| d.has_type(b"StructElem"))
        .filter_map(|d| d.get(b"Pg").and_then(lopdf::Object::as_reference).ok())
        .collect();
    let pages: std::collections::BTreeSet<lopdf::ObjectId> = doc.get_pages().into_values().collect();
    assert_eq!(pages.difference(&tagged).count(), 0);
    let parents = pages.iter().filter_map(|p| doc.get_dictionary(*p).ok()?.get(b"StructParents").ok()?.as_i64().ok());
    assert_eq!(parents.collect::<std::collections::BTreeSet<_>>().len(), pages.len());
    // The scan has no text: it is a figure that says what it is.
    let figure = doc.objects.values().filter_map(|o| o.as_dict().ok()).find(|d| d.has(b"Alt"));
    let alt = figure.and_then(|d| d.get(b"Alt").and_then(lopdf::Object::as_str).ok()).unwrap_or_default();
    assert!(String::from_utf8_lossy(alt).starts_with("Exhibit "), "{alt:?}");
}

#[test]
fn a_packet_says_that_it_is_for_the_archive_only_when_every_exhibit_is() {
    let claims = |packet: &packet::Packet| packet.pdf.windows(19).any(|w| w == b"<pdfaid:part>2</pdf");
    let typed = common::knee_world();
    let texts: Vec<(&str, Vec<u8>)> =
        five_files().into_iter().map(|(name, _)| (name, b"Seen today.".to_vec())).collect();
    let ready = build(&typed, &texts);
    assert!(ready.manifest.archival.ready && claims(&ready), "{:?}", ready.manifest.archival);
    let mixed = build(&typed, &five_files());
    assert!(!mixed.manifest.archival.ready && !claims(&mixed));
    assert!(mixed.manifest.archival.not_ready.iter().any(|n| n.why.contains("font")), "{:?}", mixed.manifest.archival);
}

/// A form of one text field and one list, whose looks must be drawn by who opens it.
fn form_with(value: &str, options: &str) -> Vec<u8> {
    let hex = |text: &str| format!("<FEFF{}>", text.encode_utf16().map(|u| format!("{u:04X}")).collect::<String>());
    let options: Vec<String> = options.split(' ').map(hex).collect();
    common::pdf_of_objects(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 5 0 R] /NeedAppearances true >> >>".into(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 612 792] >>".into(),
        "<< /Type /Page /Parent 2 0 R /Annots [4 0 R 5 0 R] >>".into(),
        format!("<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V {} /Rect [100 700 400 720] /F 4 >>", hex(value)),
        format!(
            "<< /Type /Annot /Subtype /Widget /FT /Ch /T (list) /V {} /Opt [{}] /Rect [100 600 200 650] /F 4 >>",
            options.last().cloned().unwrap_or_default(),
            options.join(" ")
        ),
    ])
}

#[test]
fn a_field_keeps_letters_of_other_alphabets_and_a_list_shows_what_was_chosen() {
    let packet =
        alone("form.pdf", &form_with("Łukasz Žižek Ωmega 李", "one two three four five six seven eight"), None);
    let Some(text) = text_of_first_page(&packet) else { return };
    for word in ["Łukasz", "Žižek", "Ωmega", "[U+674E]", "one", "eight"] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn an_appearance_without_fonts_borrows_those_of_its_page() {
    let stream = |dict: &str, text: &str| format!("<< {dict} /Length {} >>\nstream\n{text}\nendstream", text.len());
    let pdf = common::pdf_of_objects(&[
        "<< /Type /Catalog /Pages 2 0 R >>".into(),
        "<< /Type /Pages /Kids [4 0 R] /Count 1 /MediaBox [0 0 612 792] >>".into(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".into(),
        "<< /Type /Page /Parent 2 0 R /Resources << /Font << /F 3 0 R >> >> /Annots [5 0 R] >>".into(),
        "<< /Type /Annot /Subtype /FreeText /Rect [72 600 272 622] /F 4 /AP << /N 6 0 R >> >>".into(),
        stream(
            "/Type /XObject /Subtype /Form /BBox [0 0 200 22] /Resources << /ProcSet [/PDF] >>",
            "BT /F 12 Tf 2 6 Td (Seen by the nurse) Tj ET",
        ),
    ]);
    let Some(text) = text_of_first_page(&alone("note.pdf", &pdf, None)) else { return };
    assert!(text.contains("Seen by the nurse"), "{text}");
}

#[test]
fn a_file_with_only_its_attachments_locked_is_placed_without_a_password() {
    let pdf = common::pdf_of_pages(&["Walking is limited"]);
    let lock = b"/Encrypt << /Filter /Standard /V 4 /R 4 /Length 128 /P -4 /O (00000000000000000000000000000000) /U (00000000000000000000000000000000) /CF << /StdCF << /CFM /AESV2 /AuthEvent /EFOpen /Length 16 >> >> /StmF /Identity /StrF /Identity /EFF /StdCF >> /ID [(0123456789abcdef) (0123456789abcdef)] ";
    let at = pdf.windows(8).rposition(|w| w == b"trailer\n").map_or(0, |at| at + 11);
    let locked: Vec<u8> = pdf[..at].iter().chain(lock).chain(&pdf[at..]).copied().collect();
    let packet = alone("locked.pdf", &locked, None);
    assert!(packet.manifest.left_out.is_empty(), "{:?}", packet.manifest.left_out);
    let Some(text) = text_of_first_page(&packet) else { return };
    assert!(text.contains("Walking is limited"), "{text}");
}

/// A DOCX with other words in its text, as a word processor would save it.
fn rewritten(docx: &[u8], was: &str, now: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(docx)).unwrap_or_else(|e| panic!("{e}"));
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let mut bytes = Vec::new();
        let mut member = archive.by_index(index).unwrap_or_else(|e| panic!("{e}"));
        let name = member.name().map(|n| n.to_string()).unwrap_or_default();
        std::io::Read::read_to_end(&mut member, &mut bytes).unwrap_or_else(|e| panic!("{e}"));
        if name == "word/document.xml" {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(text.contains(was), "{text}");
            bytes = text.replace(was, now).into_bytes();
        }
        members.push((name, bytes));
    }
    packet::zip(&members).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn an_edited_docx_gives_back_its_words_and_anything_else_is_refused_with_the_remedy() {
    let letter = common::knee_world().draft("appeal_letter");
    let docx = packet::docx(&letter).unwrap_or_else(|e| panic!("{e}"));
    let changes = |bytes: &[u8]| packet::changes_in(&letter, bytes, None);
    assert_eq!(changes(&docx).map(|found| found.value), Ok(vec![]));
    let edited = rewritten(&docx, "Thank you for looking at this again.", "Thank you for your time.");
    let found = changes(&edited).unwrap_or_else(|e| panic!("{e}"));
    let now: Vec<&str> = found.value.iter().map(|e| e.now.as_str()).collect();
    assert!(now.len() == 1 && now.iter().all(|n| n.contains("Thank you for your time.")), "{:?}", found.value);
    for other in [&b"%PDF-1.7"[..], b"PK\x03\x04 broken", b""] {
        assert!(changes(other).is_err_and(|e| !e.ours && e.hint.is_some()), "{other:?}");
    }
}

/// veraPDF cannot be had on every machine; these are the marks of PDF/UA-1 and PDF/A-2 that can be checked without it.
#[test]
fn what_we_typeset_has_the_marks_of_an_accessible_file_for_the_archive() {
    let world = common::knee_world();
    let texts: Vec<(&str, Vec<u8>)> =
        five_files().into_iter().map(|(name, _)| (name, b"Seen today.".to_vec())).collect();
    let letter = packet::letter_pdf(&world.draft("appeal_letter"), false).unwrap_or_else(|e| panic!("{e}"));
    for (name, pdf) in [("letter", letter), ("packet", build(&world, &texts).pdf)] {
        let doc = lopdf::Document::load_mem(&pdf).unwrap_or_else(|e| panic!("{e}"));
        let catalog = doc.catalog().unwrap_or_else(|e| panic!("{e}"));
        for key in [&b"Lang"[..], b"MarkInfo", b"StructTreeRoot", b"OutputIntents", b"Metadata", b"ViewerPreferences"] {
            assert!(catalog.has(key), "{name}: {}", String::from_utf8_lossy(key));
        }
        let dictionaries = doc.objects.values().filter_map(|o| o.as_dict().ok());
        let fonts = dictionaries.filter(|d| d.has_type(b"Font") && !d.has(b"DescendantFonts"));
        let lacking = fonts.filter(|font| {
            let descriptor = font.get_deref(b"FontDescriptor", &doc).and_then(lopdf::Object::as_dict);
            !descriptor.is_ok_and(|d| [&b"FontFile"[..], b"FontFile2", b"FontFile3"].iter().any(|key| d.has(key)))
        });
        assert_eq!(lacking.count(), 0, "{name}: a font is not in the file");
    }
}
