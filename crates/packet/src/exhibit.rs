//! A paper's bytes → pages that can be placed, by what the bytes are and not by what the name says.

use std::path::Path;

use draft::Document;
use facts::Finding;
use image::ImageFormat;
use serde_json::{Value, json};
use typst_pdf::PdfStandard;

use crate::assemble::PacketInput;
use crate::import::{self, Opened, Why};
use crate::manifest::hex;
use crate::reread::Mended;
use crate::{letter, picture, pictures, printable, reread, witness, world};

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
    /// The file's bytes are fetched when they are needed and let go when the paper's pages are taken, so that a large case
    /// need not be in memory twice.
    Later(Later<'a>),
    /// The file's bytes: PDF, JPEG, PNG, TIFF, WebP, BMP, GIF; DOCX, HTML, e-mail and text as their text.
    Bytes(&'a [u8]),
    /// A document of our own (the search log).
    Made(&'a Document),
    /// The file could not be read; the reason is for a person.
    Missing(String),
}

/// How to get a file's bytes, or the reason for a person why they cannot be had.
#[derive(Clone, Copy)]
pub struct Later<'a>(pub &'a (dyn Fn() -> Result<Vec<u8>, String> + Sync));

impl std::fmt::Debug for Later<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Later")
    }
}

/// What a file is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Pdf,
    Picture(ImageFormat),
    Heic,
    Text,
}

pub(crate) fn sort(bytes: &[u8]) -> Sort {
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

/// The ways of placing a PDF. Each is tried when the one before it cannot open the file, or lost content of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Its pages as they are.
    Direct,
    /// Its pages as another reader, which mends broken files, sees them.
    Reread,
    /// Pictures of its pages, with their words behind.
    Pictures,
    /// Its pages as they are, with a note in the place of those that cannot be read.
    Partly,
    /// Not at all.
    LeftOut,
}

impl Way {
    pub(crate) fn next(self) -> Self {
        match self {
            Way::Direct => Way::Reread,
            Way::Reread => Way::Pictures,
            Way::Pictures => Way::Partly,
            Way::Partly | Way::LeftOut => Way::LeftOut,
        }
    }
}

/// Opens a paper, a PDF in the way given or the first after it that works. The error says why it cannot be placed, in words
/// for a person.
pub(crate) fn open(
    paper: &ExhibitInput,
    way: &mut Way,
    packet: &PacketInput,
    findings: &mut Vec<Finding>,
) -> Result<Opened, Why> {
    match &paper.content {
        Content::Missing(why) => Err(why.clone()),
        Content::Made(document) => made(document),
        Content::Bytes(bytes) => file(paper, bytes, way, packet, findings),
        Content::Later(fetch) => file(paper, &fetch.0()?, way, packet, findings),
    }
}

fn file(
    paper: &ExhibitInput,
    bytes: &[u8],
    way: &mut Way,
    packet: &PacketInput,
    findings: &mut Vec<Finding>,
) -> Result<Opened, Why> {
    let asked = *way;
    let opened = match sort(bytes) {
        _ if bytes.is_empty() => Err("the file is empty".into()),
        Sort::Pdf => pdf(paper, bytes, way, packet, findings).or_else(|why| {
            let plain = import::with_plain_pages(bytes).ok_or(why)?;
            *way = asked;
            pdf(paper, &plain, way, packet, findings)
        }),
        Sort::Picture(format) => picture::open(bytes, format),
        Sort::Heic => picture::open(&heic_as_png(bytes, packet.worker)?, ImageFormat::Png),
        Sort::Text => text(paper, bytes, packet.letter, findings).or_else(|why| {
            // A PDF without its first line is still one.
            *way = Way::Reread;
            pdf(paper, bytes, way, packet, findings).map_err(|_| why)
        }),
    }?;
    Ok(Opened { sha256: hex(bytes), ..opened })
}

fn pdf(
    paper: &ExhibitInput,
    bytes: &[u8],
    way: &mut Way,
    packet: &PacketInput,
    findings: &mut Vec<Finding>,
) -> Result<Opened, Why> {
    let password = paper.password.as_deref();
    let about = &paper.exhibit.source;
    let marked = |opened: Opened| Opened { marks: witness::of_source(bytes, password), ..opened };
    let mut why = "its pages cannot be carried over whole; print the file to a new PDF and use that".to_string();
    if *way == Way::Direct {
        match import::open(bytes, password) {
            Ok(opened) => return Ok(marked(opened)),
            Err(reason) => (why, *way) = (reason, Way::Reread),
        }
    }
    if *way == Way::Reread {
        if let Some(mended) = reread::open(bytes, password) {
            findings.push(mended_file(&mended).about(about.clone()));
            return Ok(marked(mended.opened));
        }
        *way = Way::Pictures;
    }
    if *way == Way::Pictures {
        if let Some(opened) =
            packet.worker.filter(|_| reread::sees_all(bytes, password)).and_then(|w| pictures::open(bytes, password, w))
        {
            let text = "The pages of this file could not be carried over as they are. Pictures of them stand in the packet, with their words behind. Look at them; a fresh copy of the file is better.";
            findings.push(Finding::new("placed_as_pictures", text).about(about.clone()));
            return Ok(opened);
        }
        *way = Way::Partly;
    }
    if *way == Way::Partly {
        if let Some(opened) = import::open_partly(bytes, password, &packet.letter.labels.page_unreadable) {
            return Ok(opened);
        }
        *way = Way::LeftOut;
    }
    Err(why)
}

fn mended_file(mended: &Mended) -> Finding {
    if mended.has_list {
        let text = "This file is damaged in its table of places and was mended. Look at its pages; ask for a fresh copy if something is missing.";
        return Finding::new("mended", text);
    }
    let text = format!(
        "This file is damaged and its list of pages is lost. The {} pages that were found stand in the packet, in the order in which they were found. Hold them against the original; pages may be missing.",
        mended.opened.pages.len()
    );
    Finding::new("pages_may_be_missing", text)
}

/// A phone's photo, converted by a program of the system.
pub(crate) fn heic_as_png(bytes: &[u8], worker: Option<&Path>) -> Result<Vec<u8>, Why> {
    let remedy = "this is a HEIC or AVIF photo, which cannot be placed here; save it as JPEG and add that";
    let worker = worker.ok_or(remedy)?;
    extract::worker::photo_png(worker, bytes, &extract::Options::default())
        .map_err(|e| format!("{remedy} ({})", e.message))
}

fn made(document: &Document) -> Result<Opened, Why> {
    let pages =
        world::typeset("letter/main.typ", &letter::data(document, false), document.date).map_err(|e| e.to_string())?;
    let pdf = letter::export(&pages, &document.title, &[PdfStandard::A_2a]).map_err(|e| e.to_string())?;
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
    let pdf = letter::export(&pages, &input.exhibit.source, &[PdfStandard::A_2a]).map_err(|e| e.to_string())?;
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
    fn text_keeps_its_paragraphs() {
        assert_eq!(paragraphs("a\nb\n\n\n c \n"), json!([["a", "b"], [" c"]]));
    }
}
