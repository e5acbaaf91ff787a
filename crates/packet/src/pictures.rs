//! The last way of placing a PDF: a picture of each page as the renderer draws it, with its words invisibly behind, so
//! that they can still be searched and selected.

use std::path::Path;

use extract::worker::Limits;
use image::ImageFormat;
use lopdf::{Document, Object, ObjectId, Stream, dictionary};

use crate::helvetica;
use crate::import::{Opened, number, numbers};
use crate::picture;

/// Fine enough for small print on a fax.
const DPI: f32 = 200.0;
/// More pages than this are not drawn.
const MOST_PAGES: usize = 500;

/// Pictures of all pages; none when one cannot be drawn.
pub(crate) fn open(bytes: &[u8], password: Option<&str>, worker: &Path) -> Option<Opened> {
    let options = extract::Options {
        password: password.map(str::to_string),
        accept_damaged: true,
        max_pages: MOST_PAGES,
        ..extract::Options::default()
    };
    let limits = Limits::default();
    let read = extract::worker::run(worker, "exhibit", bytes, &options, limits).ok()?;
    let read = read.first().filter(|r| r.findings.iter().all(|f| f.code != "damaged" && f.code != "page_lost"))?;
    let mut doc = Document::with_version("1.7");
    let font = doc.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding"
    });
    let mut pages = Vec::new();
    for (i, page) in read.pages.iter().enumerate() {
        let png = extract::worker::page_png(worker, bytes, i + 1, DPI, &options, limits).ok()?;
        pages.push(draw(&mut doc, font, page, &png)?);
    }
    Some(Opened::new(doc, pages, false))
}

fn draw(doc: &mut Document, font: ObjectId, page: &facts::Page, png: &[u8]) -> Option<ObjectId> {
    let (width, height) = page.size?;
    let image = picture::image(png, ImageFormat::Png).ok()?;
    let image = doc.add_object(image);
    let mut content =
        format!("q {} 0 0 {} 0 0 cm /Picture Do Q\nBT 3 Tr\n", number(width), number(height)).into_bytes();
    for word in &page.words {
        content.extend(hidden(page.text.get(word.span.0..word.span.1)?, word.bounds, height));
    }
    content.extend_from_slice(b"ET\n");
    let mut content = Stream::new(dictionary! {}, content);
    let _ = content.compress();
    let content = doc.add_object(content);
    Some(doc.add_object(dictionary! {
        "Type" => "Page", "MediaBox" => numbers(&[0.0, 0.0, width, height]), "Contents" => Object::Reference(content),
        "Resources" => dictionary! {
            "XObject" => dictionary! { "Picture" => Object::Reference(image) },
            "Font" => dictionary! { "Words" => Object::Reference(font) },
        },
    }))
}

/// A word in its place, as commands that paint nothing. Characters that the font cannot name become question marks.
fn hidden(word: &str, (left, top, _, bottom): (f32, f32, f32, f32), height: f32) -> Vec<u8> {
    let text = helvetica::hex_string(&format!("{word} "));
    let size = (bottom - top).clamp(1.0, 200.0);
    format!("/Words {} Tf 1 0 0 1 {} {} Tm {text} Tj\n", number(size), number(left), number(height - bottom))
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_word_stands_on_its_own_line_and_cannot_end_its_text() {
        let drawn = String::from_utf8_lossy(&hidden("a)é李", (10.0, 20.0, 40.0, 32.0), 100.0)).into_owned();
        assert_eq!(drawn, "/Words 12 Tf 1 0 0 1 10 68 Tm <6129E93F20> Tj\n");
    }
}
