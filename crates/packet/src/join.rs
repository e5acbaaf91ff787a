//! Photos and scans that were given one by one → one paper: a PDF of all their pages, in the order given.
//!
//! The function to know is [`join`]. A picture lies on its page upright and with its own dots, as it would as an exhibit
//! ([`picture`]); a scan in PDF keeps its pages as they are. Nothing of a file that can be seen is left behind: what cannot
//! be carried over whole is named and nothing is made. It decides nothing about which files belong together.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use hayro_syntax::Pdf;
use image::ImageFormat;
use lopdf::{Document, Object, ObjectId, Stream, dictionary};

use crate::assemble::STACK;
use crate::catalog::text_string;
use crate::exhibit::{self, Sort, sort};
use crate::import::{self, Importer, Opened, Why};
use crate::manifest::hex;
use crate::{Error, archival, picture, reread, witness, write};

/// More pages than this are not made into one paper: no letter has so many, and somebody picked the wrong files.
pub const MOST_JOINED: usize = 100;

/// A file whose pages become pages of the paper.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// Its name, for what is said about it.
    pub name: &'a str,
    /// Its bytes: JPEG, PNG, HEIC, WebP, TIFF, BMP, GIF or PDF.
    pub bytes: &'a [u8],
}

/// The paper that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The file.
    pub pdf: Vec<u8>,
    /// How many pages each file gave, in the order given.
    pub pages: Vec<usize>,
}

/// Why the files were not made into one paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotJoined {
    /// It takes two files.
    TooFew,
    /// More pages than [`MOST_JOINED`].
    TooMany {
        /// How many there are.
        pages: usize,
    },
    /// The same file stands there twice.
    Twice {
        /// Its name.
        name: String,
    },
    /// One of the files is no picture and no PDF.
    NoPicture {
        /// Its name.
        name: String,
    },
    /// One of the pictures is damaged or cut off.
    Broken {
        /// Its name.
        name: String,
        /// What is wrong and what to do, in words for a person.
        why: String,
    },
    /// One of the files cannot be opened, or not all of it can be carried over.
    Unopened {
        /// Its name.
        name: String,
        /// Why, and what to do, in words for a person.
        why: String,
    },
    /// Our fault.
    Ours(Error),
}

impl NotJoined {
    /// The file it is about.
    pub fn name(&self) -> Option<&str> {
        match self {
            NotJoined::Twice { name }
            | NotJoined::NoPicture { name }
            | NotJoined::Broken { name, .. }
            | NotJoined::Unopened { name, .. } => Some(name),
            NotJoined::TooFew | NotJoined::TooMany { .. } | NotJoined::Ours(_) => None,
        }
    }
}

/// What is wrong and what to do, without the file's name.
impl fmt::Display for NotJoined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotJoined::TooFew => f.write_str("it takes two pictures or more to join them; name all pages of the letter"),
            NotJoined::TooMany { pages } => write!(
                f,
                "these files have {pages} pages together, and at most {MOST_JOINED} can be joined; leave out those that are no pages of this letter"
            ),
            NotJoined::Twice { .. } => f.write_str("this file stands there twice; name each page once"),
            NotJoined::NoPicture { .. } => {
                f.write_str("this is no picture and no PDF, so it cannot be a page of the letter; leave it out, or save it as PDF first")
            }
            NotJoined::Broken { why, .. } | NotJoined::Unopened { why, .. } => f.write_str(why),
            NotJoined::Ours(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for NotJoined {}

/// Makes one PDF of all pages of the files, in the order given. The same files in the same order give the same bytes.
///
/// `worker` is the program that serves as worker (see [`extract::worker`]): it converts phone photos (HEIC) in a process
/// apart. They become JPEG; the dots of every JPEG stay byte by byte what they were.
///
/// # Errors
/// [`NotJoined`], naming the file where one is to blame. Then nothing is made.
pub fn join(sheets: &[Sheet<'_>], worker: Option<&Path>) -> Result<Joined, NotJoined> {
    if sheets.len() < 2 {
        return Err(NotJoined::TooFew);
    }
    // Papers may be nested so deeply that reading them needs more room than a thread usually has.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || join_here(sheets, worker));
        let thread = thread.map_err(|e| NotJoined::Ours(Error::ours(format!("no thread could be started: {e}"))))?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn join_here(sheets: &[Sheet<'_>], worker: Option<&Path>) -> Result<Joined, NotJoined> {
    let mut known = BTreeSet::new();
    for sheet in sheets {
        if !known.insert(hex(sheet.bytes)) {
            return Err(NotJoined::Twice { name: sheet.name.into() });
        }
        if sort(sheet.bytes) == Sort::Text && !sheet.bytes.is_empty() {
            return Err(NotJoined::NoPicture { name: sheet.name.into() });
        }
    }
    let mut opened = Vec::new();
    let mut count = 0;
    for sheet in sheets {
        let one = open(sheet, worker)?;
        count += one.pages.len();
        opened.push(one);
    }
    if count > MOST_JOINED {
        return Err(NotJoined::TooMany { pages: count });
    }
    let pages: Vec<usize> = opened.iter().map(|o| o.pages.len()).collect();
    let pdf = put_together(sheets, opened)?;
    nothing_is_lost(sheets, &pages, &pdf)?;
    Ok(Joined { pdf, pages })
}

/// The pages of one file.
fn open(sheet: &Sheet<'_>, worker: Option<&Path>) -> Result<Opened, NotJoined> {
    let bytes = sheet.bytes;
    let unopened = |why: Why| NotJoined::Unopened { name: sheet.name.into(), why };
    match sort(bytes) {
        _ if bytes.is_empty() => Err(unopened("the file is empty; save or download it again".into())),
        Sort::Pdf => match import::open(bytes, None) {
            Ok(opened) => Ok(opened),
            Err(why) => reread::open(bytes, None).map(|mended| mended.opened).ok_or_else(|| unopened(why)),
        },
        Sort::Heic => {
            let jpeg = exhibit::heic_as_png(bytes, worker).and_then(|png| picture::as_jpeg(&png));
            jpeg.and_then(|jpeg| picture::open(&jpeg, ImageFormat::Jpeg)).map_err(unopened)
        }
        Sort::Picture(format) => {
            // A JPEG goes in unread; that all of it is there is looked at here, while the person can still do something.
            let whole = picture::is_whole(bytes, format).and_then(|()| picture::open(bytes, format));
            whole.map_err(|why| NotJoined::Broken { name: sheet.name.into(), why })
        }
        Sort::Text => Err(NotJoined::NoPicture { name: sheet.name.into() }),
    }
}

/// One file of all pages.
fn put_together(sheets: &[Sheet<'_>], opened: Vec<Opened>) -> Result<Vec<u8>, NotJoined> {
    let ours = |e: lopdf::Error| NotJoined::Ours(Error::ours(e.to_string()));
    let mut base = Document::with_version("1.7");
    let mut importer = Importer::new(&mut base);
    let pictures_only = opened.iter().all(|o| o.archival);
    let mut kids: Vec<ObjectId> = Vec::new();
    for (sheet, one) in sheets.iter().zip(opened) {
        let mut findings = Vec::new();
        for placed in importer.take(one, sheet.name, &mut findings) {
            let content = importer.add(Stream::new(dictionary! {}, placed.content));
            let page = importer.base.get_dictionary_mut(placed.id).map_err(ours)?;
            page.set("Contents", Object::Reference(content));
            kids.push(placed.id);
        }
        // What would print blank here would be gone for good in the joined file.
        if let Some(finding) = findings.into_iter().next() {
            return Err(NotJoined::Unopened { name: sheet.name.into(), why: finding.message });
        }
    }
    let count = i64::try_from(kids.len()).unwrap_or(0);
    let list: Vec<Object> = kids.iter().map(|id| Object::Reference(*id)).collect();
    let tree = importer.add(dictionary! { "Type" => "Pages", "Kids" => list, "Count" => count });
    for id in &kids {
        importer.base.get_dictionary_mut(*id).map_err(ours)?.set("Parent", Object::Reference(tree));
    }
    let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => Object::Reference(tree) };
    if let Some(layers) = importer.layers() {
        catalog.set("OCProperties", layers);
    }
    let catalog = importer.add(catalog);
    let mut about = dictionary! { "Producer" => text_string("Corroborate") };
    if pictures_only {
        about.set(archival::OF_PICTURES, true);
    }
    let about = importer.add(about);
    base.trailer.set("Root", Object::Reference(catalog));
    base.trailer.set("Info", Object::Reference(about));
    let hashes: String = sheets.iter().map(|s| hex(s.bytes)).collect();
    let identity: Vec<u8> = hex(hashes.as_bytes()).bytes().take(16).collect();
    let part = Object::String(identity, lopdf::StringFormat::Hexadecimal);
    base.trailer.set("ID", vec![part.clone(), part]);
    write::drain(base).map_err(NotJoined::Ours)
}

/// Reads the file back with another reader: it has every page, and the pages that came as PDF draw what their source draws.
fn nothing_is_lost(sheets: &[Sheet<'_>], pages: &[usize], pdf: &[u8]) -> Result<(), NotJoined> {
    let unread = || NotJoined::Ours(Error::ours("the joined file cannot be read back"));
    let read = Pdf::new(pdf.to_vec()).map_err(|_| unread())?;
    if read.pages().len() != pages.iter().sum::<usize>() {
        return Err(unread());
    }
    let mut first = 0;
    for (sheet, count) in sheets.iter().zip(pages) {
        let last = first + count;
        let source = if sort(sheet.bytes) == Sort::Pdf { witness::of_source(sheet.bytes, None) } else { None };
        if source.is_some_and(|marks| witness::of_placed(&read, first, last).as_ref() != Some(&marks)) {
            let why = "its pages cannot be carried over whole; print the file to a new PDF and use that".into();
            return Err(NotJoined::Unopened { name: sheet.name.into(), why });
        }
        first = last;
    }
    Ok(())
}
