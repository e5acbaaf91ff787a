//! A paper's bytes → pages that can be placed, by what the bytes are and not by what the name says.

use draft::Document;
use facts::Finding;
use image::ImageFormat;
use serde_json::{Value, json};

use crate::import::{self, Opened, Why};
use crate::{letter, picture, printable, rescue, world};

/// A paper for the packet, with its content.
#[derive(Debug, Clone)]
pub struct ExhibitInput<'a> {
    /// Label, title and source, as [`draft::exhibits`] lists them.
    pub exhibit: draft::Exhibit,
    /// What is in it.
    pub content: Content<'a>,
    /// Password of an encrypted file.
    pub password: Option<String>,
}

/// What a paper is made of.
#[derive(Debug, Clone)]
pub enum Content<'a> {
    /// The file's bytes: PDF, JPEG, PNG, TIFF, WebP, BMP, GIF; DOCX, HTML, e-mail and text as their text.
    Bytes(&'a [u8]),
    /// A document of our own (the search log).
    Made(&'a Document),
    /// The file could not be read; the reason is for a person.
    Missing(String),
}

/// What a file is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Pdf,
    Picture(ImageFormat),
    Heic,
    Text,
}

fn sort(bytes: &[u8]) -> Sort {
    let head = bytes.get(..1024.min(bytes.len())).unwrap_or_default();
    if head.windows(5).any(|w| w == b"%PDF-") {
        return Sort::Pdf;
    }
    let brand = bytes.get(4..12).unwrap_or_default();
    if brand.starts_with(b"ftyp")
        && [&b"heic"[..], b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"avif"]
            .contains(&brand.get(4..).unwrap_or_default())
    {
        return Sort::Heic;
    }
    match image::guess_format(bytes) {
        Ok(
            format @ (ImageFormat::Jpeg
            | ImageFormat::Png
            | ImageFormat::Tiff
            | ImageFormat::WebP
            | ImageFormat::Bmp
            | ImageFormat::Gif),
        ) => Sort::Picture(format),
        _ => Sort::Text,
    }
}

/// Opens a paper. The error says why it cannot be placed, in words for a person.
pub(crate) fn open(input: &ExhibitInput, letter: &Document, findings: &mut Vec<Finding>) -> Result<Opened, Why> {
    let bytes = match &input.content {
        Content::Missing(why) => return Err(why.clone()),
        Content::Made(document) => return made(document),
        Content::Bytes([]) => return Err("the file is empty".into()),
        Content::Bytes(bytes) => bytes,
    };
    match sort(bytes) {
        Sort::Pdf => import::open(bytes, input.password.as_deref()).or_else(|why| {
            rescue::open(bytes, input.password.as_deref(), why, &input.exhibit.source, letter.date, findings)
        }),
        // Placing the first page alone would lose the others without a word.
        Sort::Picture(ImageFormat::Tiff) if tiff_pages(bytes) > 1 => Err(format!(
            "this picture file has {} pages and only one could be placed; save it as PDF and add that",
            tiff_pages(bytes)
        )),
        Sort::Picture(format) => picture::open(bytes, format),
        Sort::Heic => {
            Err("this is a HEIC or AVIF photo, which cannot be placed here; save it as JPEG and add that".into())
        }
        Sort::Text => text(input, bytes, letter, findings),
    }
}

/// How many pages a TIFF names (its chain of directories; TIFF 6.0, section 2). A chain that runs in a ring ends at 10 000.
fn tiff_pages(bytes: &[u8]) -> usize {
    let big = bytes.starts_with(b"MM");
    let number = |at: usize, width: usize| -> Option<usize> {
        let part = bytes.get(at..at.checked_add(width)?)?;
        let join = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        Some(if big { part.iter().fold(0, join) } else { part.iter().rev().fold(0, join) })
    };
    let mut pages = 0;
    let mut at = number(4, 4).unwrap_or(0);
    while at != 0 && pages < 10_000 {
        let Some(entries) = number(at, 2) else { break };
        pages += 1;
        at = number(at + 2 + 12 * entries, 4).unwrap_or(0);
    }
    pages
}

fn made(document: &Document) -> Result<Opened, Why> {
    let pages =
        world::typeset("letter/main.typ", &letter::data(document, false), document.date).map_err(|e| e.to_string())?;
    let pdf = letter::export(&pages, &document.title, &[]).map_err(|e| e.to_string())?;
    import::open(&pdf, None)
}

/// A file without pages of its own: its text, typeset.
fn text(input: &ExhibitInput, bytes: &[u8], letter: &Document, findings: &mut Vec<Finding>) -> Result<Opened, Why> {
    let options = extract::Options { password: input.password.clone(), ..extract::Options::default() };
    let read = extract::extract(&input.exhibit.source, bytes, &options).map_err(|e| e.message)?;
    if read.pages.iter().all(|p| p.text.trim().is_empty()) {
        return Err("no text was found in the file; save it as PDF and add that".into());
    }
    let odd = read
        .pages
        .iter()
        .flat_map(|p| p.text.chars())
        .filter(|c| *c == '\u{fffd}' || (c.is_control() && !c.is_whitespace()))
        .count();
    let all: usize = read.pages.iter().map(|p| p.text.chars().count()).sum();
    if odd * 20 > all {
        return Err("the file is of a kind that cannot be read; save it as PDF and add that".into());
    }
    let lost: String = read.pages.iter().flat_map(|p| printable::without_glyph(&p.text)).take(12).collect();
    if !lost.is_empty() {
        let text = format!(
            "Some characters ({lost}) are in no font here and are printed as their numbers. A PDF of the file keeps them."
        );
        findings.push(Finding::new("characters_not_printable", text).about(input.exhibit.source.clone()));
    }
    let date = letter.date;
    let data = json!({
        "title": printable::line(&input.exhibit.title), "language": letter.language, "note": letter.labels.text_of_file,
        "day": [date.year(), date.month(), date.day()],
        "pages": read.pages.iter().map(|p| paragraphs(&p.text)).collect::<Vec<Value>>(),
    });
    let pages = world::typeset("text/main.typ", &data, date).map_err(|e| e.to_string())?;
    let pdf = letter::export(&pages, &input.exhibit.source, &[]).map_err(|e| e.to_string())?;
    import::open(&pdf, None)
}

/// Runs of lines between empty lines.
fn paragraphs(text: &str) -> Value {
    let mut out: Vec<Vec<String>> = vec![Vec::new()];
    for line in printable::lines(text) {
        match (line.is_empty(), out.last_mut()) {
            (false, Some(last)) => last.push(line),
            (true, Some(last)) if !last.is_empty() => out.push(Vec::new()),
            _ => {}
        }
    }
    out.retain(|p| !p.is_empty());
    json!(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        let table: [(&[u8], Sort); 6] = [
            (b"%PDF-1.7 ...", Sort::Pdf),
            (b"\n\n%PDF-1.4", Sort::Pdf),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Sort::Picture(ImageFormat::Jpeg)),
            (b"\0\0\0\x18ftypheic\0\0", Sort::Heic),
            (b"Dear plan,", Sort::Text),
            (b"", Sort::Text),
        ];
        for (bytes, expected) in table {
            assert_eq!(sort(bytes), expected);
        }
    }

    #[test]
    fn the_pages_of_a_tiff_are_counted() {
        let one = b"II*\0\x08\0\0\0\0\0\0\0\0\0";
        let two = b"II*\0\x08\0\0\0\0\0\x0e\0\0\0\0\0\0\0\0\0";
        let ring = b"MM\0*\0\0\0\x08\0\0\0\0\0\x08";
        assert_eq!((tiff_pages(one), tiff_pages(two), tiff_pages(b"II")), (1, 2, 0));
        assert_eq!(tiff_pages(ring), 10_000);
    }

    #[test]
    fn text_keeps_its_paragraphs() {
        assert_eq!(paragraphs("a\nb\n\n\n c \n"), json!([["a", "b"], [" c"]]));
    }
}
