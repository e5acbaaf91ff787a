//! The small world in which typst works: our layouts, one data file, a few fonts, and a day. Nothing else exists.

use std::sync::OnceLock;

use typst::diag::{FileError, FileResult, Severity};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;

use crate::Error;

/// Families we typeset with. Libertinus Serif carries the text; the other only lends single characters it lacks.
const FAMILIES: [&str; 2] = ["Libertinus Serif", "DejaVu Sans Mono"];

/// A compilation: which layout, which data, which day.
pub(crate) struct Desk {
    main: FileId,
    data: Bytes,
    today: jiff::civil::Date,
}

struct Shelf {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    sources: Vec<(FileId, Source)>,
    data: FileId,
}

/// What never changes between two letters. The ids are given out once per process (typst has 16 bits for them).
fn shelf() -> &'static Shelf {
    static SHELF: OnceLock<Shelf> = OnceLock::new();
    SHELF.get_or_init(|| {
        let fonts: Vec<Font> = typst_assets::fonts().filter_map(wanted_font).collect();
        let sources = LAYOUTS.iter().filter_map(|path| {
            let text = draft::template(path)?;
            let id = file_id(&format!("/{path}"))?;
            Some((id, Source::new(id, text.to_string())))
        });
        Shelf {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            sources: sources.collect(),
            data: file_id("/data.json").unwrap_or_else(root_id),
            fonts,
        }
    })
}

const LAYOUTS: [&str; 7] = [
    "letter/layout.typ",
    "letter/main.typ",
    "packet/main.typ",
    "packet/letters.typ",
    "text/main.typ",
    "fax/main.typ",
    "common/style.typ",
];

fn root_id() -> FileId {
    FileId::new(RootedPath::new(VirtualRoot::Project, root_path()))
}

fn root_path() -> VirtualPath {
    VirtualPath::new("/").unwrap_or_else(|_| unreachable!("the root is a valid path"))
}

fn file_id(path: &str) -> Option<FileId> {
    Some(FileId::new(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?)))
}

/// Keeps the fonts of our families.
fn wanted_font(data: &'static [u8]) -> Option<Font> {
    let font = Font::new(Bytes::new(data), 0)?;
    FAMILIES.contains(&font.info().family.as_str()).then_some(font)
}

/// Whether one of our fonts has the character.
pub(crate) fn has_glyph(c: char) -> bool {
    shelf().fonts.iter().any(|f| f.info().coverage.contains(c as u32))
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &shelf().library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &shelf().book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let found = shelf().sources.iter().find(|(known, _)| *known == id);
        found.map(|(_, source)| source.clone()).ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == shelf().data { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        shelf().fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        let day = self.today;
        Datetime::from_ymd(i32::from(day.year()), u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?)
    }
}

/// Typesets data with a layout.
///
/// # Errors
/// An [`Error`] with typst's own words: our layouts must print any data, so this is our fault.
pub(crate) fn typeset(
    layout: &str,
    data: &impl serde::Serialize,
    today: jiff::civil::Date,
) -> Result<PagedDocument, Error> {
    let main = file_id(&format!("/{layout}")).ok_or_else(|| Error::ours(format!("no layout `{layout}`")))?;
    let json = serde_json::to_vec(data).map_err(|e| Error::ours(e.to_string()))?;
    let desk = Desk { main, data: Bytes::new(json), today };
    let result = typst::compile::<PagedDocument>(&desk);
    result.output.map_err(|errors| {
        let text: Vec<String> = errors
            .iter()
            .filter(|e| e.severity == Severity::Error)
            .map(|e| format!("{} {:?}", e.message, e.hints))
            .collect();
        Error::ours(format!("layout {layout}: {}", text.join("; ")))
    })
}

/// Lets go of what typst remembers beyond the last few letters. Without it a batch of letters grows without end.
pub(crate) fn tidy_memory() {
    typst::comemo::evict(5);
}

/// Lets go of all that typst remembers. A packet's sheets are set once and not again, and with hundreds of them what is
/// remembered weighs more than the packet.
pub(crate) fn forget() {
    typst::comemo::evict(0);
}
