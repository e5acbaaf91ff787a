//! What a file is, from its bytes.

use crate::ExtractError;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A PDF, possibly after a few stray bytes.
    Pdf,
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A TIFF picture, possibly of many pages (a fax).
    Tiff,
    /// A WebP picture.
    Webp,
    /// A GIF picture.
    Gif,
    /// A BMP picture.
    Bmp,
    /// A HEIC or AVIF picture (phones).
    Heic,
    /// A Word document since 2007.
    Docx,
    /// A Word document before 2007, or another file of that container.
    OldOffice,
    /// Another zip archive: a spreadsheet, an OpenDocument text, a folder.
    Zip,
    /// Rich text.
    Rtf,
    /// A web page.
    Html,
    /// An e-mail with its headers.
    Email,
    /// A FHIR resource or bundle as JSON: for `exchange`.
    FhirJson,
    /// Data that is no FHIR: not read.
    Json,
    /// An X12 interchange (835, 278, 271 …): for `exchange`.
    X12,
    /// A C-CDA document: for `exchange`.
    Ccda,
    /// Other XML.
    Xml,
    /// A list of publications (NBIB, RIS, EndNote, BibTeX): for `exchange`.
    Citations,
    /// Text without a known structure.
    Text,
    /// A compressed file (gzip, xz, 7z, rar).
    Archive,
    /// Bytes that are no text and no known format.
    Binary,
}

/// Says what a file is, by its bytes alone: endings are often wrong.
///
/// # Example
/// ```
/// assert_eq!(extract::sniff(b"%PDF-1.7 ..."), extract::Kind::Pdf);
/// assert_eq!(extract::sniff(b"Dear member,"), extract::Kind::Text);
/// ```
pub fn sniff(bytes: &[u8]) -> Kind {
    by_magic(bytes).unwrap_or_else(|| by_text(bytes))
}

fn by_magic(bytes: &[u8]) -> Option<Kind> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let at = |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|b| b.starts_with(magic));
    let kind = if starts(b"%PDF-") {
        Kind::Pdf
    } else if starts(b"\xFF\xD8\xFF") {
        Kind::Jpeg
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Kind::Png
    } else if starts(b"II*\0") || starts(b"MM\0*") || starts(b"II+\0") || starts(b"MM\0+") {
        Kind::Tiff
    } else if starts(b"RIFF") && at(8, b"WEBP") {
        Kind::Webp
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Kind::Gif
    } else if starts(b"BM") && at(6, b"\0\0\0\0") {
        Kind::Bmp
    } else if at(4, b"ftyp") && heif_brand(bytes) {
        Kind::Heic
    } else if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        zip_kind(bytes)
    } else if starts(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        Kind::OldOffice
    } else if starts(b"{\\rtf") {
        Kind::Rtf
    } else if starts(b"\x1f\x8b") || starts(b"\xFD7zXZ") || starts(b"7z\xBC\xAF") || starts(b"Rar!") {
        Kind::Archive
    } else if bytes.get(..bytes.len().min(1024)).is_some_and(|head| contains(head, b"%PDF-")) {
        // PDF readers accept bytes before the header; so do we.
        Kind::Pdf
    } else {
        return None;
    };
    Some(kind)
}

/// A Word document by its parts. One that was cut off before them is still known by the list of contents that Office puts
/// first, unless another part tells that it is a spreadsheet, a presentation, a drawing or a page description (XPS).
fn zip_kind(bytes: &[u8]) -> Kind {
    let names = entries(bytes);
    let holds = |start: &str| names.iter().any(|n| n.starts_with(start.as_bytes()));
    let other = OTHER_OFFICE.iter().any(|(start, _)| holds(start));
    if holds("word/") || holds("[Content_Types].xml") && !other { Kind::Docx } else { Kind::Zip }
}

/// Parts that are in no Word document, with what holds them.
const OTHER_OFFICE: [(&str, &str); 7] = [
    ("xl/", "is a spreadsheet. Save it as PDF and add that file."),
    ("ppt/", "is a presentation. Save it as PDF and add that file."),
    ("visio/", "is a drawing (Visio). Save it as PDF and add that file."),
    ("FixedDoc", XPS),
    ("FixedDocumentSequence", XPS),
    ("Documents/", XPS),
    ("_rels/FixedDoc", XPS),
];
const XPS: &str = "is an XPS file. Open it and print it to PDF, then add that file.";

/// The names of an archive's entries: those of its table of contents, or of what is left where it was cut off. Bytes that
/// only look like a name (within a compressed entry) do not count.
fn entries(bytes: &[u8]) -> Vec<&[u8]> {
    let number =
        |at: usize| bytes.get(at..at + 2).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes).map(usize::from);
    let named = |at: usize, length: usize, name: usize| bytes.get(at + name..at + name + number(at + length)?);
    let contents: Vec<&[u8]> = marks(bytes, b"PK\x01\x02").filter_map(|at| named(at, 28, 46)).collect();
    if contents.is_empty() {
        marks(bytes, b"PK\x03\x04").filter_map(|at| named(at, 26, 30)).collect()
    } else {
        contents
    }
}

/// Where a mark of four bytes stands.
fn marks<'b>(bytes: &'b [u8], mark: &'b [u8; 4]) -> impl Iterator<Item = usize> + 'b {
    bytes.windows(4).enumerate().filter(move |(_, w)| w == mark).map(|(at, _)| at)
}

fn heif_brand(bytes: &[u8]) -> bool {
    let brands: [&[u8]; 8] = [b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"];
    bytes.get(8..12).is_some_and(|b| brands.contains(&b))
}

fn by_text(bytes: &[u8]) -> Kind {
    let head = bytes.get(..bytes.len().min(64 << 10)).unwrap_or_default();
    if looks_binary(head) {
        return Kind::Binary;
    }
    let text = crate::plain::decode(head);
    let start = text.trim_start_matches(['\u{feff}', '\0', ' ', '\t', '\r', '\n']);
    if is_isa(start) || is_segments(start) {
        Kind::X12
    } else if is_json(start, bytes) {
        if contains(bytes, b"\"resourceType\"") { Kind::FhirJson } else { Kind::Json }
    } else if let Some(kind) = markup_kind(start) {
        kind
    } else if is_citations(start) {
        Kind::Citations
    } else if is_email(start) {
        Kind::Email
    } else {
        Kind::Text
    }
}

/// `ISA`, a delimiter and its first element, two digits; a file without segment terminators
/// or cut off within its head still counts, so that `exchange` can say what is wrong with it.
fn is_isa(start: &str) -> bool {
    let Some(rest) = start.strip_prefix("ISA") else { return false };
    let Some(separator) = rest.chars().next().filter(|c| c.is_ascii_punctuation()) else { return false };
    rest.split(separator).nth(1).is_some_and(|e| e.len() == 2 && e.bytes().all(|b| b.is_ascii_digit()))
}

/// A piece from the middle of an interchange: segments one after the other, each a short name and elements.
fn is_segments(start: &str) -> bool {
    let id = |s: &str| {
        let name = s.split('*').next().unwrap_or_default();
        (2..=3).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    // The first may be half a segment.
    let segments: Vec<&str> = start.split('~').map(str::trim).skip(1).take(6).collect();
    segments.len() == 6 && segments.iter().all(|s| s.contains('*') && id(s))
}

/// Whether it begins as JSON does; `[` begins many a letter ("[Letterhead]"), so a list must go on as one.
fn is_json(start: &str, bytes: &[u8]) -> bool {
    let next = |open: char| start.strip_prefix(open).map(|rest| rest.trim_start().chars().next());
    match (next('{'), next('[')) {
        (Some(first), _) => matches!(first, None | Some('"' | '}')),
        (_, Some(first)) => {
            matches!(first, Some('{' | '[' | '"')) || serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
        }
        _ => false,
    }
}

fn markup_kind(start: &str) -> Option<Kind> {
    if !start.starts_with('<') {
        return None;
    }
    let head: String = start.chars().take(4096).collect::<String>().to_ascii_lowercase();
    // The last is the root of the identifiers of C-CDA templates: fragments carry it too.
    let clinical = ["<clinicaldocument", "urn:hl7-org:v3", "root=\"2.16.840.1.113883."];
    if clinical.iter().any(|mark| head.contains(mark)) {
        return Some(Kind::Ccda);
    }
    if head.contains("<pubmedarticle") || head.contains("<pubmedbook") || head.contains("<medlinecitation") {
        return Some(Kind::Citations);
    }
    if head.contains("<html") || head.contains("<!doctype html") || head.contains("<body") || head.contains("<table") {
        return Some(Kind::Html);
    }
    if head.starts_with("<?xml") || head.contains("xmlns") {
        return Some(Kind::Xml);
    }
    let html = ["<p", "<div", "<span", "<head", "<meta", "<h1", "<br", "<ul"].iter().any(|t| head.contains(t));
    html.then_some(Kind::Html)
}

/// Two lines in a row that look like `PMID- 123`, `TY  - JOUR` or `%T Title`, or the head of an entry within the first
/// lines (a list may begin with remarks).
fn is_citations(start: &str) -> bool {
    let mut lines = start.lines().map(str::trim_end).filter(|l| !l.is_empty());
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let nbib = |l: &str| l.get(4..6).is_some_and(|d| d == "- ") && l.get(..2).is_some_and(is_tag);
    let ris = |l: &str| l.get(2..5).is_some_and(|d| d == "  -") && l.get(..2).is_some_and(is_tag);
    let endnote = |l: &str| l.starts_with('%') && l.get(2..3) == Some(" ");
    nbib(first) && (nbib(second) || second.starts_with("      "))
        || ris(first)
        || endnote(first) && endnote(second)
        || start.lines().take(FIRST_LINES).any(is_head_of_entry)
}

/// How many lines are looked at for the head of an entry.
const FIRST_LINES: usize = 30;

fn is_head_of_entry(line: &str) -> bool {
    let bibtex = line.strip_prefix('@').and_then(|l| l.split_once('{'));
    line.starts_with("PMID- ")
        || line.starts_with("TY  - ")
        || line.starts_with("%0 ")
        || bibtex.is_some_and(|(kind, _)| !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn is_tag(tag: &str) -> bool {
    tag.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Header lines from the first line on, among them a sender and a subject, date or MIME version.
fn is_email(start: &str) -> bool {
    let headers: Vec<&str> = start.lines().take_while(|l| !l.trim().is_empty()).take(200).collect();
    let named = |name: &str| headers.iter().any(|l| l.get(..name.len()).is_some_and(|h| h.eq_ignore_ascii_case(name)));
    let shaped = headers.iter().all(|l| {
        l.starts_with([' ', '\t'])
            || l.starts_with("From ")
            || l.split_once(':').is_some_and(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_graphic()))
    });
    let mail = named("mime-version:") || named("message-id:") || named("received:") || named("content-type:");
    shaped && mail && (named("from:") || named("to:") || named("subject:") || named("date:"))
}

/// Text holds almost no control characters; UTF-16 (with zeros in every other byte) is text too. Zeros between words or as
/// padding at the end come from old programs and disks; with many of them it is no text.
fn looks_binary(head: &[u8]) -> bool {
    if encoding_rs::Encoding::for_bom(head).is_some() {
        return false;
    }
    let text = crate::plain::decode(head);
    let text = text.trim_end_matches('\0');
    let all = text.chars().count();
    let zeros = text.chars().filter(|c| *c == '\0').count();
    let controls = text.chars().filter(|c| c.is_control() && !c.is_whitespace() && !matches!(c, '\0' | '\u{1a}'));
    controls.count() * 50 > all - zeros || zeros * 10 > all
}

pub(crate) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

/// The line for a person about a file that is not read here.
pub(crate) fn refusal(name: &str, kind: Kind, bytes: &[u8]) -> ExtractError {
    let what = match kind {
        Kind::OldOffice => {
            "is an old Office file (.doc, .xls). Open it and save it as .docx or PDF, then add that file."
        }
        Kind::Zip if !contains(bytes, b"PK\x05\x06") => {
            return ExtractError::damaged(name, "it is an archive (zip) that was cut off");
        }
        Kind::Zip => archive(bytes),
        Kind::Archive => "is a compressed file. Unpack it and add the files inside it.",
        Kind::Json => {
            "holds data (JSON), but not a health record in the FHIR format. Download the record again, or save the page as PDF."
        }
        Kind::Binary => "is not a document or a picture that can be read here. Save it as PDF, or add a photo of it.",
        _ => "is of a kind that cannot be read here. Save it as PDF, or add a photo of it.",
    };
    ExtractError::not_supported(name, what)
}

/// What a zip archive is by the parts in it.
fn archive(bytes: &[u8]) -> &'static str {
    let names = entries(bytes);
    let holds = |start: &str| names.iter().any(|n| n.starts_with(start.as_bytes()));
    if let Some((_, what)) =
        OTHER_OFFICE.iter().find(|(start, _)| holds(start)).filter(|_| holds("[Content_Types].xml"))
    {
        what
    } else if contains(bytes, b"vnd.oasis.opendocument") {
        "is an OpenDocument file. Save it as .docx or PDF and add that file."
    } else {
        "is an archive (zip). Unpack it and add the files inside it."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of entries, each a name and its bytes as they are; whole, or without its table of contents.
    fn archive_of(entries: &[(&str, &[u8])], whole: bool) -> Vec<u8> {
        let (mut out, mut contents) = (Vec::new(), Vec::new());
        for (name, data) in entries {
            let length = (name.len() as u16).to_le_bytes();
            out.extend([b"PK\x03\x04".as_slice(), &[0; 22], &length, &[0, 0], name.as_bytes(), data].concat());
            contents.extend([b"PK\x01\x02".as_slice(), &[0; 24], &length, &[0; 16], name.as_bytes()].concat());
        }
        if whole {
            out.extend(contents);
            out.extend(b"PK\x05\x06");
        }
        out
    }

    #[test]
    fn an_archive_is_what_its_entries_are() {
        let types = ("[Content_Types].xml", &b"<Types/>"[..]);
        for whole in [true, false] {
            let kind = |entries: &[(&str, &[u8])]| sniff(&archive_of(entries, whole));
            assert_eq!(kind(&[types, ("word/document.xml", b"")]), Kind::Docx);
            assert_eq!(kind(&[types]), Kind::Docx, "cut off, or with parts of other names");
            for other in [
                "xl/workbook.xml",
                "ppt/presentation.xml",
                "visio/document.xml",
                "FixedDocSeq.fdseq",
                "Documents/1/FixedDoc.fdoc",
            ] {
                assert_eq!(kind(&[types, (other, b"")]), Kind::Zip, "{other}");
            }
            // Compressed bytes hold every short word sooner or later.
            assert_eq!(kind(&[types, ("word/document.xml", b"\x9cxl/\x03ppt/\x01")]), Kind::Docx);
            assert_eq!(kind(&[("letters/a.pdf", b"\x9cxl/\x03ppt/\x01word/\x02[Content_Types].xml")]), Kind::Zip);
        }
    }

    #[test]
    fn a_refusal_says_what_the_archive_is() {
        let says = |entries: &[(&str, &[u8])]| refusal("a.zip", Kind::Zip, &archive_of(entries, true)).to_string();
        let types = ("[Content_Types].xml", &b""[..]);
        assert!(says(&[types, ("xl/workbook.xml", b"")]).contains("spreadsheet"));
        assert!(says(&[types, ("FixedDocSeq.fdseq", b"")]).contains("XPS"));
        assert!(says(&[("scans/page.jpg", b"\x9cxl/\x03")]).contains("Unpack it"), "random bytes are no spreadsheet");
    }

    #[test]
    fn kinds_follow_from_the_bytes() {
        let cases: &[(&[u8], Kind)] = &[
            (b"%PDF-1.4\n", Kind::Pdf),
            (b"stray bytes\n%PDF-1.4\n", Kind::Pdf),
            (b"\xFF\xD8\xFF\xE0 photo renamed .pdf", Kind::Jpeg),
            (b"\0\0\0\x18ftypheic\0\0\0\0", Kind::Heic),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Kind::OldOffice),
            (b"{\\rtf1\\ansi", Kind::Rtf),
            (b"<!DOCTYPE html><html>", Kind::Html),
            (b"{\"resourceType\": \"Bundle\"}", Kind::FhirJson),
            (b"{\"a\": 1}", Kind::Json),
            (b"[1, 2, 3]", Kind::Json),
            (b"[{\"a\": 1}, {\"a\"", Kind::Json),
            (b"[Letterhead]\nDear \"member\" [sic]", Kind::Text),
            (b"{see page 2} \"denied\" }", Kind::Text),
            (b"ISA*00*          *00*   ", Kind::X12),
            (b"ISA appeals unit* call us", Kind::Text),
            (b"9*500~CLP*1*4*500*0~CAS*CO*50*500~NM1*QC*1*A~SVC*HC:1*5*0~DTM*472*20260101~CAS*CO*50*5~", Kind::X12),
            (b"Dear member,\0\0\nwe have denied your claim.\0\0\0\0\0\0\0\0\0\0\0\0\0\0", Kind::Text),
            (
                b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *200101*1253*^*00501*1*0*P*:~",
                Kind::X12,
            ),
            (b"<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\">", Kind::Ccda),
            (b"<?xml version=\"1.0\"?><other/>", Kind::Xml),
            (b"PMID- 123\nTI  - A title", Kind::Citations),
            (b"TY  - JOUR\nTI  - A title", Kind::Citations),
            (b"My studies\n\n@article{one, title = {A title}}", Kind::Citations),
            (b"%0 Journal Article\n%T A title", Kind::Citations),
            (b"Dear member,\n\nwrite to appeals@example.org {or call}.", Kind::Text),
            (b"From: a@example.org\nSubject: hello\nMIME-Version: 1.0\n\nbody", Kind::Email),
            (b"From: the appeals unit\nTo: Ms. Example\n\nDear Ms. Example", Kind::Text),
            (b"\x00\x01\x02\x03\xFE\x07\x08\x0b\x1f\x1e", Kind::Binary),
            (b"\xFF\xFEd\0e\0a\0r\0", Kind::Text),
        ];
        for (bytes, kind) in cases {
            assert_eq!(sniff(bytes), *kind, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
