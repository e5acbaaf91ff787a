//! A packet in parts that a fax line or a portal takes: each with its own cover, nothing lost, nothing twice.

use draft::Document;
use facts::Finding;
use jiff::civil::Date;
use lopdf::{Object, Stream, dictionary};
use serde_json::json;

use crate::import::{self, Importer};
use crate::manifest::hex;
use crate::{Error, letter, printable, world, write};

/// Bytes by which a cover with other numbers may differ (a few more shapes in its font).
const COVER_MAY_GROW: usize = 2048;

/// What one part may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FaxLimit {
    /// Pages of a part, its cover included.
    pub pages: Option<usize>,
    /// Bytes of a part.
    pub bytes: Option<usize>,
}

/// A part of a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which part it is, counted from 1.
    pub number: usize,
    /// How many parts there are.
    pub of: usize,
    /// First and last page of the packet in it.
    pub first_page: usize,
    /// See `first_page`.
    pub last_page: usize,
    /// The file.
    pub pdf: Vec<u8>,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
}

/// Splits a finished packet (any PDF). `letter` gives the names and the language of the covers.
///
/// # Errors
/// An [`Error`] for limits that not even one page can keep, naming the page; or when a layout fails (our fault).
pub fn fax_parts(packet: &[u8], limits: &FaxLimit, letter: &Document) -> Result<Vec<Part>, Error> {
    if packet.is_empty() {
        return Ok(Vec::new());
    }
    let pages = import::open(packet, None).map_err(Error::ours)?.pages.len();
    let most = match limits.pages {
        Some(n) if n < 2 => {
            return Err(Error::input("a part holds its cover and at least one page", "allow 2 pages or more"));
        }
        Some(n) => n - 1,
        None => pages,
    };
    // The number of parts stands on every cover, so the ranges are found first.
    let mut ranges = Vec::new();
    let mut first = 1;
    while first <= pages {
        let mut last = (first + most - 1).min(pages);
        if let Some(bytes) = limits.bytes {
            last = fitting(packet, letter, first, last, bytes)?;
        }
        ranges.push((first, last));
        first = last + 1;
    }
    let of = ranges.len();
    let mut out = Vec::new();
    for (i, (first_page, last_page)) in ranges.into_iter().enumerate() {
        let pdf = part(packet, letter, (i + 1, of), (first_page, last_page))?;
        out.push(Part { number: i + 1, of, first_page, last_page, sha256: hex(&pdf), pdf });
    }
    Ok(out)
}

/// The last page such that the part keeps the byte limit. Halves until it fits.
fn fitting(packet: &[u8], letter: &Document, first: usize, last: usize, bytes: usize) -> Result<usize, Error> {
    let (mut low, mut high) = (first, last);
    // The final cover names other numbers and may be some bytes longer.
    let size = |to: usize| part(packet, letter, (99, 99), (first, to)).map(|p| p.len() + COVER_MAY_GROW);
    if size(high)? <= bytes {
        return Ok(high);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if size(middle)? <= bytes { low = middle + 1 } else { high = middle }
    }
    match low {
        n if n > first => Ok(n - 1),
        n => Err(Error::input(
            format!("page {n} of the packet alone is larger than {bytes} bytes"),
            "allow more bytes, or replace that page by a smaller scan",
        )),
    }
}

/// One part: its cover, then the pages.
fn part(
    packet: &[u8],
    letter: &Document,
    (number, of): (usize, usize),
    (first, last): (usize, usize),
) -> Result<Vec<u8>, Error> {
    let mut opened = import::open(packet, None).map_err(Error::ours)?;
    let cover = cover(letter, (number, of), (first, last), opened.pages.len())?;
    let mut base = lopdf::Document::load_mem(&cover).map_err(|e| Error::ours(e.to_string()))?;
    let mut order: Vec<lopdf::ObjectId> = base.get_pages().into_values().collect();
    opened.pages = opened.pages.get(first - 1..last).map(<[_]>::to_vec).unwrap_or_default();
    let mut importer = Importer::new(&mut base);
    let mut findings: Vec<Finding> = Vec::new();
    for placed in importer.take(opened, "packet", &mut findings) {
        let content = importer.add(Stream::new(dictionary! {}, placed.content));
        let page = importer.base.get_dictionary_mut(placed.id).map_err(|e| Error::ours(e.to_string()))?;
        page.set("Contents", Object::Reference(content));
        order.push(placed.id);
    }
    let kids: Vec<Object> = order.iter().map(|id| Object::Reference(*id)).collect();
    let count = i64::try_from(kids.len()).unwrap_or(0);
    let root = importer.add(dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count });
    for id in &order {
        importer
            .base
            .get_dictionary_mut(*id)
            .map_err(|e| Error::ours(e.to_string()))?
            .set("Parent", Object::Reference(root));
    }
    base.catalog_mut().map_err(|e| Error::ours(e.to_string()))?.set("Pages", Object::Reference(root));
    base.prune_objects();
    write::drain(base)
}

fn cover(
    letter: &Document,
    (number, of): (usize, usize),
    (first, last): (usize, usize),
    all: usize,
) -> Result<Vec<u8>, Error> {
    let labels = &letter.labels;
    let to: Vec<String> =
        std::iter::once(letter.to.name.clone()).chain(letter.to.lines.iter().take(1).cloned()).collect();
    let date: Date = letter.date;
    let mut data = json!({
        "title": labels.fax_cover, "language": letter.language, "day": [date.year(), date.month(), date.day()],
        "part": format!("{} {number} {} {of}: {} {first}–{last}", labels.part, labels.of, labels.pages),
        "rows": [
            [labels.to, to.join(", ")], [labels.from, letter.from.name], [labels.date, letter.date_printed],
            [labels.about, std::iter::once(letter.title.clone()).chain(letter::whose(letter)).collect::<Vec<_>>().join("  ·  ")],
            [labels.pages, format!("{} ({} {all} {})", last - first + 2, labels.of, labels.packet_total)],
            ["", letter.delivery.join("  ·  ")],
        ],
        "note": labels.fax_note,
    });
    printable::value(&mut data);
    let pages = world::typeset("fax/main.typ", &data, date)?;
    let pdf = letter::export(&pages, &labels.fax_cover, &[]);
    world::tidy_memory();
    pdf
}
