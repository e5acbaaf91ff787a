//! Photos and scans made into one paper.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use common::{pdftotext, qpdf_check};
use image::ImageFormat;
use lopdf::{Document, Object};
use packet::{Joined, MOST_JOINED, NotJoined, Sheet, join};

/// A picture of this width, so that a page can be told by the picture on it.
fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let dots = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([(x % 250) as u8, (y % 250) as u8, 90]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::ImageRgb8(dots).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn joined(files: &[(&str, Vec<u8>)]) -> Result<Joined, NotJoined> {
    let sheets: Vec<Sheet<'_>> = files.iter().map(|(name, bytes)| Sheet { name, bytes }).collect();
    join(&sheets, None)
}

/// The width in dots of the picture on each page; none where no picture lies.
fn widths(pdf: &[u8]) -> Vec<Option<i64>> {
    let doc = Document::load_mem(pdf).unwrap();
    let inner = |dict: &lopdf::Dictionary, name: &[u8]| {
        let resources = dict.get_deref(b"Resources", &doc).and_then(Object::as_dict).ok()?;
        let forms = resources.get_deref(b"XObject", &doc).and_then(Object::as_dict).ok()?;
        forms.get_deref(name, &doc).and_then(Object::as_stream).ok().map(|s| s.dict.clone())
    };
    let one = |id: lopdf::ObjectId| {
        let picture = inner(&inner(doc.get_dictionary(id).ok()?, b"Page")?, b"Picture")?;
        picture.get(b"Width").and_then(Object::as_i64).ok()
    };
    doc.get_pages().into_values().map(one).collect()
}

fn four() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("b.jpg", picture(201, 300, ImageFormat::Jpeg)),
        ("a.png", picture(102, 140, ImageFormat::Png)),
        ("c.pdf", common::pdf_of_pages(&["third of them", "fourth of them"])),
        ("d.webp", picture(403, 300, ImageFormat::WebP)),
    ]
}

#[test]
fn every_file_gives_its_pages_in_the_order_given_and_the_same_files_the_same_bytes() {
    let files = four();
    let made = joined(&files).unwrap();
    common::look("joined", &made.pdf);
    assert_eq!(made.pages, [1, 1, 2, 1]);
    assert_eq!(widths(&made.pdf), [Some(201), Some(102), None, None, Some(403)]);
    assert_eq!(joined(&files).unwrap(), made, "same input, other bytes");
    qpdf_check(&made.pdf);
    if let Some(text) = pdftotext(&made.pdf) {
        let pages: Vec<&str> = text.split('\u{c}').map(str::trim).collect();
        assert_eq!(pages[2..4], ["third of them", "fourth of them"], "{text}");
    }
    let mut turned = files.clone();
    turned.swap(0, 1);
    assert_eq!(widths(&joined(&turned).unwrap().pdf)[..2], [Some(102), Some(201)]);
}

#[test]
fn a_jpeg_keeps_its_own_bytes_and_a_lying_picture_a_lying_page() {
    let (tall, wide) = (picture(90, 160, ImageFormat::Jpeg), picture(160, 90, ImageFormat::Jpeg));
    let made = joined(&[("tall.jpg", tall.clone()), ("wide.jpg", wide.clone())]).unwrap();
    for jpeg in [tall, wide] {
        assert!(made.pdf.windows(jpeg.len()).any(|w| w == jpeg), "the photo was changed");
    }
    let doc = Document::load_mem(&made.pdf).unwrap();
    let lying = doc.get_pages().into_values().map(|id| {
        let page = doc.get_dictionary(id).unwrap();
        let sides = page.get(b"MediaBox").and_then(Object::as_array).unwrap();
        sides[2].as_float().unwrap() > sides[3].as_float().unwrap()
    });
    assert_eq!(lying.collect::<Vec<_>>(), [false, true]);
}

/// A packet goes to the plan: it does not say where the photo was taken.
#[test]
fn where_a_photo_was_taken_stays_at_home() {
    let plain = picture(90, 160, ImageFormat::Jpeg);
    let place = b"Exif\0\0MM\0* 40.7128 N 74.0060 W";
    let length = u16::try_from(place.len() + 2).unwrap().to_be_bytes();
    let taken = [&plain[..2], &[0xff, 0xe1], &length, place, &plain[2..]].concat();
    let made = joined(&[("one.jpg", taken), ("two.jpg", picture(160, 90, ImageFormat::Jpeg))]).unwrap();
    assert!(!made.pdf.windows(8).any(|w| w == b"40.7128 "), "the place is in the file");
    assert!(made.pdf.windows(plain.len()).any(|w| w == plain), "the photo was changed");
}

#[test]
fn every_page_of_a_tiff_is_a_page() {
    let tiff = picture(50, 60, ImageFormat::Tiff);
    let made = joined(&[("scan.tif", tiff), ("last.png", picture(70, 80, ImageFormat::Png))]).unwrap();
    assert_eq!(widths(&made.pdf), [Some(50), Some(70)]);
}

#[test]
fn what_cannot_be_a_page_is_named_with_the_remedy() {
    let good = || ("good.png", picture(20, 30, ImageFormat::Png));
    let cut = picture(20, 30, ImageFormat::Png)[..60].to_vec();
    let docx = b"PK\x03\x04 and so on".to_vec();
    let jpeg = picture(300, 300, ImageFormat::Jpeg);
    let half = jpeg[..jpeg.len() / 2].to_vec();
    let head = jpeg[..30].to_vec();
    let table: [(&str, Vec<u8>, &str); 8] = [
        ("letter.docx", docx, "leave it out"),
        ("note.txt", b"Dear plan,".to_vec(), "leave it out"),
        ("cut.png", cut, "JPEG or PNG"),
        ("head.jpg", head, "take it again"),
        ("half.jpg", half, "take it again"),
        ("nothing.jpg", Vec::new(), "empty"),
        ("broken.pdf", b"%PDF-1.4 nothing".to_vec(), "fresh copy"),
        ("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), "JPEG"),
    ];
    for (name, bytes, remedy) in table {
        let why = joined(&[good(), (name, bytes)]).unwrap_err();
        assert_eq!(why.name(), Some(name));
        assert!(why.to_string().contains(remedy), "{name}: {why}");
    }
    assert_eq!(joined(&[good()]), Err(NotJoined::TooFew));
    assert_eq!(joined(&[good(), ("again.png", good().1)]), Err(NotJoined::Twice { name: "again.png".into() }));
}

/// What is drawn of a form is carried over; a note that would print blank would be gone for good in the joined file.
#[test]
fn a_filled_form_keeps_what_was_filled_in_and_a_note_without_a_picture_is_named() {
    let photo = || ("photo.png", picture(20, 30, ImageFormat::Png));
    let made = joined(&[photo(), ("form.pdf", common::filled_form())]).unwrap();
    if let Some(text) = pdftotext(&made.pdf) {
        assert!(text.contains("Ana Ejemplo") && text.contains("Austin"), "{text}");
    }
    let stream = |content: &str| format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len());
    let noted = common::pdf_of_objects(&[
        "<< /Type /Catalog /Pages 2 0 R >>".into(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 612 792] >>".into(),
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Annots [5 0 R] >>".into(),
        stream("0 0 m 9 9 l S"),
        "<< /Type /Annot /Subtype /FreeText /Contents (a note) /Rect [120 600 320 622] /F 4 >>".into(),
    ]);
    let why = joined(&[photo(), ("noted.pdf", noted)]).unwrap_err();
    assert!(why.name() == Some("noted.pdf") && why.to_string().contains("print it to a new PDF"), "{why}");
}

#[test]
fn more_pages_than_a_letter_has_are_refused_with_their_number() {
    let text: Vec<&str> = vec!["one of many"; MOST_JOINED];
    let files = [("photo.png", picture(20, 30, ImageFormat::Png)), ("many.pdf", common::pdf_of_pages(&text))];
    let why = joined(&files).unwrap_err();
    assert_eq!(why, NotJoined::TooMany { pages: MOST_JOINED + 1 });
    assert!(why.to_string().contains(&MOST_JOINED.to_string()), "{why}");
    assert!(joined(&[files[0].clone(), ("fewer.pdf", common::pdf_of_pages(&text[1..]))]).is_ok());
}

/// In the packet the joined photos are one exhibit with all their pages, as fit for an archive as each photo alone.
#[test]
fn joined_photos_are_one_exhibit_with_all_their_pages() {
    let world = common::knee_world();
    let made = joined(&[("1.jpg", picture(90, 160, ImageFormat::Jpeg)), ("2.png", picture(80, 120, ImageFormat::Png))]);
    let made = made.unwrap().pdf;
    let letter = world.draft("appeal_letter");
    let plan = draft::exhibits(&world.case, world.check.as_ref(), "en").unwrap();
    let first = plan.exhibits.iter().find(|e| e.made.is_none()).unwrap();
    let exhibits =
        [packet::ExhibitInput { exhibit: first.clone(), content: packet::Content::Bytes(&made), password: None }];
    let input = packet::PacketInput {
        letter: &letter,
        exhibits: &exhibits,
        withheld: &[],
        criteria: &world.criteria,
        stamp_prefix: "EX-1",
        draft: false,
        worker: None,
    };
    let packet = packet::build(&input).unwrap();
    let manifest = packet.manifest;
    assert_eq!((manifest.left_out.len(), manifest.exhibits[0].pages_in_source), (0, 2));
    assert!(manifest.contents_verified && manifest.archival.ready, "{:?}", manifest.archival);
    qpdf_check(&packet.pdf);
}
