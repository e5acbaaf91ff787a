//! A PDF → pages of text in reading order, with the place of each word.
//!
//! The drawing instructions are run on a device that only notes glyphs ([`glyphs`]); those become words and rows
//! ([`crate::words`]), and rows become text ([`crate::layout`]). JavaScript, links and attachments are never looked at.

mod forms;
mod glyphs;

use facts::{Finding, Page, TextFrom};
use hayro::vello_cpu::kurbo::Affine;
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page};
use hayro_syntax::object::Dict;
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use crate::draft::Draft;
use crate::layout;
use crate::words::{self, Direction, Row};
use crate::{ExtractError, Options};
use glyphs::Collector;
pub(crate) use glyphs::{Glyph, Glyphs};

/// The most glyphs kept from one page.
const MOST_GLYPHS: usize = 200_000;
/// The most glyphs kept from one file.
const MOST_GLYPHS_OF_ALL: usize = 8_000_000;

/// Reads a PDF.
pub(crate) fn read(name: &str, bytes: &[u8], options: &Options) -> Result<Draft, ExtractError> {
    let pdf = open(name, bytes, options)?;
    let count = pdf.pages().len();
    if count > options.max_pages {
        return Err(ExtractError::too_large(
            name,
            &format!("{count} pages, and at most {} are read", options.max_pages),
        ));
    }
    let read = read_pages(&pdf);
    let promised = promised_pages(&pdf);
    let damage = damage(bytes, &read, promised);
    let pages = lay_out(&read);
    let mut draft = Draft::new(TextFrom::PdfText, pages);
    if let Some(what) = damage {
        if !options.accept_damaged || read.iter().all(Sheet::is_blank) {
            return Err(ExtractError::damaged(name, &what));
        }
        let message = format!("This file is damaged: {what}. What could be read is here; some of it may be missing.");
        draft.document.findings.push(Finding::new("damaged", message));
    } else if !ends_properly(bytes) {
        let message = "This file was cut off. What could be read is here; words may be missing. Ask for a fresh copy.";
        draft.document.findings.push(Finding::new("damaged", message));
    }
    note_pictures(&read, &mut draft);
    Ok(draft)
}

/// Opens a PDF, with the password if one is needed.
pub(crate) fn open(name: &str, bytes: &[u8], options: &Options) -> Result<Pdf, ExtractError> {
    let bytes = from_header(bytes);
    let password = options.password.as_deref().unwrap_or("");
    let locked = |e| {
        use DecryptionError::{PasswordProtected, UnsupportedAlgorithm};
        matches!(e, LoadPdfError::Decryption(PasswordProtected | UnsupportedAlgorithm))
    };
    Pdf::new_with_password(bytes.to_vec(), password).or_else(|e| unlocked(bytes, password).filter(|_| locked(e)).ok_or(e)).map_err(
        |e| match e {
            LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
                ExtractError::password(name, options.password.is_some())
            }
            LoadPdfError::Decryption(DecryptionError::UnsupportedAlgorithm) => {
                let what = "is locked in a way that cannot be opened here. Open it and print it to a new PDF, then add that file.";
                ExtractError::not_supported(name, what)
            }
            LoadPdfError::Decryption(_) => ExtractError::damaged(name, "its lock is broken"),
            LoadPdfError::Invalid => ExtractError::damaged(name, "no pages could be found in it"),
        },
    )
}

/// Opens the locks that `hayro` does not: those of the owner's password. The file is unlocked and read again.
fn unlocked(bytes: &[u8], password: &str) -> Option<Pdf> {
    if password.is_empty() {
        return None;
    }
    let mut document = lopdf::Document::load_mem_with_options(
        bytes,
        lopdf::LoadOptions { password: Some(password.into()), ..Default::default() },
    )
    .ok()?;
    if document.is_encrypted() {
        document.decrypt(password).ok()?;
    }
    let mut open = Vec::new();
    document.save_to(&mut open).ok()?;
    Pdf::new(open).ok()
}

/// Stray bytes before the header shift every place the file's own table names.
fn from_header(bytes: &[u8]) -> &[u8] {
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    let start = head.windows(5).position(|w| w == b"%PDF-").unwrap_or(0);
    bytes.get(start..).unwrap_or(bytes)
}

/// A page as it was collected.
struct Sheet {
    size: (f32, f32),
    glyphs: Glyphs,
    directions: Vec<Direction>,
    /// The page holds drawing instructions.
    has_content: bool,
    /// The page names drawing instructions, but they could not be unfolded.
    lost: bool,
}

impl Sheet {
    fn letters(&self) -> usize {
        self.glyphs.text.chars().filter(|c| !c.is_whitespace()).count()
    }

    /// No letter of the page is known.
    fn illegible(&self) -> bool {
        self.letters().saturating_sub(self.glyphs.unknown) == 0
    }

    fn is_blank(&self) -> bool {
        self.letters() == 0 && self.directions.is_empty() && self.glyphs.image_cover < 0.01 && self.glyphs.shapes < 3
    }

    /// The page is a picture of text: a scan (a fax machine's line at its top is not its text), text as outlines, or a font
    /// without letters.
    fn needs_ocr(&self) -> bool {
        let letters = self.letters();
        let known = letters.saturating_sub(self.glyphs.unknown);
        let garbled = self.glyphs.unknown > 20 && self.glyphs.unknown * 4 > letters;
        let scan = self.glyphs.image_cover > 0.3 && known < 12 || self.glyphs.image_cover > 0.7 && known < 200;
        let outlines = known == 0 && self.glyphs.shapes > 150;
        garbled || scan || outlines
    }
}

fn read_pages(pdf: &Pdf) -> Vec<Sheet> {
    let cache = InterpreterCache::new();
    let mut left = MOST_GLYPHS_OF_ALL;
    pdf.pages()
        .iter()
        .map(|page| {
            let (width, height) = page.render_dimensions();
            let to_page = page.initial_transform(true).to_kurbo();
            let mut collector = Collector::new(width, height, MOST_GLYPHS.min(left));
            let has_content = page.page_stream().is_some_and(|s| !s.trim_ascii().is_empty());
            run(page, &cache, to_page, (width, height), &mut collector);
            let glyphs = collector.finish();
            left = left.saturating_sub(glyphs.items.len());
            let directions = words::directions(&glyphs, forms::values(page, to_page, &glyphs.items));
            let lost = page.page_stream().is_none() && page.raw().contains_key("Contents");
            Sheet { size: (width, height), glyphs, directions, has_content, lost }
        })
        .collect()
}

fn run<'a>(
    page: &'a hayro_syntax::page::Page<'a>,
    cache: &InterpreterCache<'a>,
    to_page: Affine,
    (width, height): (f32, f32),
    collector: &mut Collector,
) {
    let frame = hayro::vello_cpu::kurbo::Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let mut context = Context::new(to_page, frame, cache, page.xref(), InterpreterSettings::default());
    interpret_page(page, &mut context, collector);
}

fn lay_out(sheets: &[Sheet]) -> Vec<Page> {
    let rows = sheets.iter().flat_map(|s| &s.directions).flat_map(|d| &d.rows);
    let vocabulary = words::vocabulary(rows.collect::<Vec<&Row>>().into_iter());
    sheets.iter().map(|s| layout::page(&s.directions, s.size, &vocabulary)).collect()
}

/// How many pages the file says it has.
fn promised_pages(pdf: &Pdf) -> Option<usize> {
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
    let count = catalog.get::<Dict<'_>>("Pages")?.get::<i32>("Count")?;
    usize::try_from(count).ok()
}

/// What is missing from a damaged file, in words, or `None` when all is there.
fn damage(bytes: &[u8], sheets: &[Sheet], promised: Option<usize>) -> Option<String> {
    let cut_off = !ends_properly(bytes);
    let lost = sheets.iter().filter(|s| s.lost).count();
    // In a file that was cut off, letters whose font is gone are not to be had back, not even from a picture of the page.
    let blank = sheets.iter().filter(|s| s.is_blank() || (s.illegible() && s.glyphs.image_cover < 0.5)).count();
    let all = promised.unwrap_or(sheets.len()).max(sheets.len());
    let missing = all - sheets.len();
    if sheets.is_empty() {
        return Some("no pages could be found in it".into());
    }
    let unread = missing + if cut_off { blank } else { lost };
    (unread > 0 && (cut_off || lost > 0 || missing > 0)).then(|| {
        let cause = if cut_off { "it was cut off, and " } else { "" };
        format!("{cause}{unread} of its {all} pages cannot be read")
    })
}

/// A whole PDF ends with its end mark, give or take what mail programs append.
fn ends_properly(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(2048)..).unwrap_or_default();
    crate::sniff::contains(tail, b"%%EOF") || crate::sniff::contains(tail, b"startxref")
}

/// Pages that are pictures are named, so that nobody takes them for empty ones.
fn note_pictures(sheets: &[Sheet], draft: &mut Draft) {
    for (index, sheet) in sheets.iter().enumerate() {
        if sheet.needs_ocr() {
            draft.pictures.push(index);
        } else if sheet.is_blank() && sheet.has_content && sheet.lost {
            let message = format!("Page {} could not be read.", index + 1);
            draft.document.findings.push(Finding::new("page_lost", message));
        }
    }
}
