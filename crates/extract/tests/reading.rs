//! What must be read from files, and what must be said about those that cannot be. All files are made here.
#![allow(clippy::panic, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::unwrap_used)]

mod common;

use common::{docx, lines, pdf, pdf_with, zip};
use extract::{Options, extract};
use facts::{Document, TextFrom};

fn text(bytes: &[u8]) -> String {
    extract("file", bytes, &Options::default()).unwrap().text()
}

fn code(bytes: &[u8]) -> String {
    extract("file", bytes, &Options::default()).unwrap_err().code
}

/// The words of every page are where they say they are, in order.
fn assert_spans(document: &Document) {
    for page in &document.pages {
        let mut last = 0;
        for word in &page.words {
            assert!(word.span.0 >= last && word.span.1 > word.span.0, "{word:?} in order");
            let text = page.text.get(word.span.0..word.span.1).expect("on letter boundaries");
            assert!(!text.contains(char::is_whitespace), "{text:?} is one word");
            last = word.span.1;
        }
        let from_words: usize = page.words.iter().map(|w| w.span.1 - w.span.0).sum();
        let letters = page.text.split_whitespace().map(str::len).sum::<usize>();
        assert_eq!(from_words, letters, "every letter belongs to a word");
    }
}

#[test]
fn a_letter_has_lines_and_paragraphs() {
    let page = lines(&[
        (72.0, 700.0, 11.0, "Dear Ms. Example:"),
        (72.0, 674.0, 11.0, "We cannot approve the request for"),
        (72.0, 660.0, 11.0, "an MRI of the knee (CPT 73721)."),
        (72.0, 634.0, 11.0, "Sincerely,"),
    ]);
    let document = extract("a/letter.pdf", &pdf(&[&page]), &Options::default()).unwrap();
    assert_eq!(document.name, "letter.pdf");
    assert_eq!(document.text_from, TextFrom::PdfText);
    assert_eq!(document.sha256.len(), 64);
    assert_eq!(
        document.pages[0].text,
        "Dear Ms. Example:\n\nWe cannot approve the request for\nan MRI of the knee (CPT 73721).\n\nSincerely,"
    );
    assert_spans(&document);
    let dear = document.pages[0].words[0].bounds;
    assert!((71.0..73.0).contains(&dear.0) && (80.0..95.0).contains(&dear.1), "{dear:?}");
    assert!(dear.2 > dear.0 + 20.0 && dear.3 > dear.1 + 8.0, "{dear:?}");
}

#[test]
fn columns_of_prose_are_read_one_after_the_other_and_tables_row_by_row() {
    let left = [
        "The plan reviewed the records that your",
        "doctor sent us and compared them with",
        "the policy for this kind of surgery and",
        "found that the policy was not met yet.",
    ];
    let right = [
        "You may ask for a review by a doctor who",
        "was not part of the first decision and",
        "who works in the same field of medicine",
        "as the doctor who asked for the service.",
    ];
    let mut page = Vec::new();
    for (i, (l, r)) in left.iter().zip(right).enumerate() {
        let y = 700.0 - 14.0 * i as f32;
        page.push((72.0, y, 10.0, *l));
        page.push((330.0, y, 10.0, r));
    }
    let read = text(&pdf(&[&lines(&page)]));
    let at = |words: &str| read.find(words).unwrap();
    assert!(at("not met yet") < at("You may ask"), "{read}");

    let rows = [
        ("Office visit", "99213", "$250.00"),
        ("MRI knee", "73721", "$1,900.00"),
        ("X-ray", "73560", "$80.00"),
        ("Brace", "L1832", "$610.00"),
        ("Total", "", "$2,840.00"),
    ];
    let mut page = Vec::new();
    for (i, (what, code, amount)) in rows.iter().enumerate() {
        let y = 700.0 - 14.0 * i as f32;
        page.extend([(72.0, y, 10.0, *what), (250.0, y, 10.0, *code), (400.0, y, 10.0, *amount)]);
    }
    let read = text(&pdf(&[&lines(&page)]));
    let lines: Vec<&str> = read.lines().collect();
    let cells =
        |line: &str| line.split("   ").map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(cells(lines[1]), ["MRI knee", "73721", "$1,900.00"], "{read}");
    assert_eq!(cells(lines[4]), ["Total", "$2,840.00"], "{read}");
    let amounts: Vec<usize> = lines.iter().map(|l| l.find('$').unwrap()).collect();
    assert!(amounts.iter().all(|a| *a == amounts[0]), "amounts stand under one another: {read}");
}

#[test]
fn broken_words_are_joined_and_compounds_keep_their_hyphen() {
    let page = lines(&[
        (72.0, 700.0, 11.0, "The service is not medi-"),
        (72.0, 686.0, 11.0, "cally necessary under a long-"),
        (72.0, 672.0, 11.0, "term care policy. The long-term rule applies."),
    ]);
    let document = extract("letter.pdf", &pdf(&[&page]), &Options::default()).unwrap();
    assert_eq!(
        document.pages[0].text,
        "The service is not medically\nnecessary under a long-term\ncare policy. The long-term rule applies."
    );
    assert_spans(&document);
}

#[test]
fn a_rotated_page_and_a_ligature_are_read_as_they_are_seen() {
    // The page is turned by 90 degrees and its text drawn so that it stands upright afterwards.
    let turned = "BT /F1 11 Tf 0 1 -1 0 100 72 Tm (Notice of denial) Tj ET";
    let document = extract("turned.pdf", &pdf_with(&[turned], "/Rotate 90", &[]), &Options::default()).unwrap();
    assert_eq!(document.pages[0].text, "Notice of denial");
    assert_eq!(document.pages[0].size, Some((792.0, 612.0)));
    let word = document.pages[0].words[0].bounds;
    assert!((71.0..73.0).contains(&word.0) && word.1 > 85.0 && word.3 < 110.0, "{word:?}");
    let spaced = "BT /F1 11 Tf 72 700 Td 2 Tc (DENIAL NOTICE) Tj ET";
    assert_eq!(text(&pdf(&[spaced])), "DENIAL NOTICE");
}

#[test]
fn bold_by_overprinting_is_read_once() {
    let twice = lines(&[
        (72.0, 700.0, 11.0, "Claim 12345"),
        (72.3, 700.0, 11.0, "Claim 12345"),
        (72.0, 680.0, 11.0, "all 11 bills"),
    ]);
    assert_eq!(text(&pdf(&[&twice])), "Claim 12345\nall 11 bills");
}

#[test]
fn values_of_form_fields_are_part_of_the_page() {
    let page = lines(&[(72.0, 700.0, 11.0, "Member:"), (72.0, 680.0, 11.0, "Expedited review")]);
    let name = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (m) /V (Ana \\(A.\\) Example) /Rect [130 696 300 712] >>";
    let on = "<< /Type /Annot /Subtype /Widget /FT /Btn /T (e) /AS /Yes /Rect [54 678 66 690] >>";
    let bytes = pdf_with(&[&page], "/Annots [20 0 R 21 0 R]", &[name, on]);
    let document = extract("form.pdf", &bytes, &Options::default()).unwrap();
    let read = &document.pages[0].text;
    assert!(read.contains("Member:") && read.contains("Ana (A.) Example"), "{read}");
    assert!(read.contains("[x] Expedited review"), "{read}");
    assert_spans(&document);
}

#[test]
fn files_that_cannot_be_read_say_so() {
    assert_eq!(code(b""), "empty_file");
    assert_eq!(code(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old word"), "not_supported");
    assert_eq!(code(b"%PDF-1.7 and nothing else"), "damaged");
    assert_eq!(code(b"\x00\x01\x02\x03\xFE\x07\x08\x0b\x1f\x1e"), "not_supported");
    let options = Options { max_bytes: 10, ..Options::default() };
    assert_eq!(extract("big.txt", b"more than ten bytes", &options).unwrap_err().code, "too_large");
    let doc = extract("letter.doc", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", &Options::default()).unwrap_err();
    assert!(doc.message.contains("letter.doc") && doc.message.contains(".docx"), "{}", doc.message);
}

#[test]
fn a_cut_off_pdf_is_damaged_unless_all_its_pages_are_there() {
    let pages: Vec<String> =
        (0..3).map(|i| lines(&[(72.0, 700.0, 11.0, ["Page one", "Page two", "Page three"][i])])).collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let whole = pdf(&pages);
    let second = whole.windows(8).position(|w| w == b"Page two").unwrap();
    let cut = &whole[..second - 20];
    assert_eq!(code(cut), "damaged");
    let options = Options { accept_damaged: true, ..Options::default() };
    let document = extract("cut.pdf", cut, &options).unwrap();
    assert!(document.text().contains("Page one"), "{}", document.text());
    assert_eq!(document.findings[0].code, "damaged");
    let table = whole.windows(4).position(|w| w == b"xref").unwrap();
    assert!(text(&whole[..table]).contains("Page three"), "only the table at the end is missing");
}

#[test]
fn too_many_pages_are_named() {
    let pages = vec!["BT /F1 11 Tf 72 700 Td (x) Tj ET"; 30];
    let options = Options { max_pages: 20, ..Options::default() };
    let error = extract("long.pdf", &pdf(&pages), &options).unwrap_err();
    assert_eq!(error.code, "too_large");
    assert!(error.message.contains("30 pages"), "{}", error.message);
}

#[test]
fn a_docx_gives_paragraphs_tables_boxes_and_no_deleted_text() {
    let body = "<w:p><w:r><w:t>Notice &amp; decision</w:t></w:r></w:p>\
        <w:p><w:r><w:t xml:space=\"preserve\">We </w:t></w:r><w:del><w:r><w:delText>approve</w:delText></w:r></w:del>\
        <w:ins><w:r><w:t>deny</w:t></w:r></w:ins><w:r><w:t xml:space=\"preserve\"> the&#x20;request.</w:t></w:r></w:p>\
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Code</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>73721</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
        <w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>\
        <w:p><w:r><w:br w:type=\"page\"/></w:r><w:r><w:t>Second page</w:t></w:r></w:p>";
    let document = extract("letter.docx", &docx(body), &Options::default()).unwrap();
    assert_eq!(document.text_from, TextFrom::Docx);
    assert_eq!(document.pages.len(), 2);
    assert_eq!(document.pages[0].text, "Notice & decision\nWe deny the request.\nCode   73721\n\nIn a box");
    assert_eq!(document.pages[1].text, "Second page");
}

#[test]
fn headers_stand_first_and_footnotes_last() {
    let part = |text: &str| format!("<w:x xmlns:w=\"u\"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:x>");
    let files = [
        ("word/document.xml", part("Body")),
        ("word/header1.xml", part("Plan name")),
        ("word/footnotes.xml", part("See page 9")),
        ("word/footer1.xml", part("Page")),
    ];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(n, t)| (*n, t.as_bytes())).collect();
    assert_eq!(text(&zip(&files)), "Plan name\n\nBody\n\nSee page 9\n\nPage");
}

#[test]
fn bombs_do_not_unfold() {
    let zeros = vec![b' '; 8 << 20];
    let bomb = zip(&[("word/document.xml", &zeros)]);
    assert!(bomb.len() < 100_000);
    let options = Options { max_unpacked: 1 << 20, ..Options::default() };
    assert_eq!(extract("bomb.docx", &bomb, &options).unwrap_err().code, "too_large");
    let entities = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>\
        <w:document xmlns:w=\"u\"><w:body><w:p><w:r><w:t>before &b; after</w:t></w:r></w:p></w:body></w:document>";
    assert_eq!(text(&zip(&[("word/document.xml", entities.as_bytes())])), "before  after");
    let deep = "<w:tc>".repeat(100_000);
    let _ = extract("deep.docx", &docx(&deep), &Options::default());
}
