//! Whether a placed page still holds what its source holds: the second reader looks at both and compares their drawing
//! instructions byte by byte and everything these can reach (fonts, pictures, forms) by shape and size.
//!
//! Two pages that agree here draw the same, so no word has to be read to know that none is lost.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, MaybeRef, ObjRef, Object, Stream};
use hayro_syntax::page::Page;

use crate::import::LEFT_BEHIND;
use crate::reread::inherited_resources;

/// What a page draws, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    instructions: u64,
    reach: u64,
}

/// The marks of a source's pages. None when the second reader cannot open it.
pub(crate) fn of_source(bytes: &[u8], password: Option<&str>) -> Option<Vec<Mark>> {
    guarded(|| {
        let read = Pdf::new_with_password(bytes.to_vec(), password.unwrap_or_default()).ok()?;
        let mut reach = Reach::new(&read);
        let mut marks = Vec::new();
        for page in read.pages().iter() {
            let resources = inherited_resources(page);
            marks.push(Mark::new(page.page_stream().unwrap_or_default(), resources, &mut reach));
        }
        Some(marks)
    })
}

impl Mark {
    fn new<'a>(stream: &[u8], resources: Option<Dict<'a>>, reach: &mut Reach<'a>) -> Self {
        let instructions = instructions(stream);
        // A page that draws nothing needs nothing.
        let blank = instructions == self::instructions(&[]);
        let resources = if blank { Dict::empty() } else { resources.unwrap_or_else(Dict::empty) };
        Mark { instructions, reach: reach.dictionary(&resources, 0) }
    }

    /// Whether both draw the same words and lines, whatever these reach.
    pub(crate) fn draws_as(&self, other: &Mark) -> bool {
        self.instructions == other.instructions
    }
}

/// The marks of the pages between a cover sheet (its number from 1) and the last page of an exhibit in a finished
/// packet, where a source's page stands as the form named `Page`.
pub(crate) fn of_placed(packet: &Pdf, cover: usize, last: usize) -> Option<Vec<Mark>> {
    guarded(|| {
        let mut reach = Reach::new(packet);
        let pages = packet.pages().get(cover..last)?;
        Some(pages.iter().map(|page| placed(page, &mut reach)).collect())
    })
}

/// The drawing commands of all pages of a packet, in short: those of our pages and those of the placed ones.
pub(crate) fn of_all(packet: &Pdf) -> Option<Vec<(u64, u64)>> {
    guarded(|| {
        let inner = |page: &Page<'_>| {
            page.resources().x_objects.get::<Stream<'_>>("Page").map(|f| instructions(&f.decoded().unwrap_or_default()))
        };
        Some(
            packet
                .pages()
                .iter()
                .map(|page| (instructions(page.page_stream().unwrap_or_default()), inner(page).unwrap_or(0)))
                .collect(),
        )
    })
}

fn placed<'a>(page: &Page<'a>, reach: &mut Reach<'a>) -> Mark {
    match page.resources().x_objects.get::<Stream<'a>>("Page") {
        Some(form) => Mark::new(&form.decoded().unwrap_or_default(), form.dict().get::<Dict<'a>>("Resources"), reach),
        None => Mark::new(&[], None, reach),
    }
}

fn guarded<T>(work: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok().flatten()
}

/// Several streams may have been joined with other white space between them.
fn instructions(stream: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    stream.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).for_each(|word| word.hash(&mut hasher));
    hasher.finish()
}

/// Walks what a dictionary reaches. Both files are walked in the same order, so a ring ends at the same place in both.
struct Reach<'a> {
    read: &'a Pdf,
    known: HashMap<ObjRef, u64>,
}

const DEEPEST: usize = 100;
/// Of a stream's bytes so many at either end are looked at, beside their number.
const LOOKED_AT: usize = 64;

impl<'a> Reach<'a> {
    fn new(read: &'a Pdf) -> Self {
        Reach { read, known: HashMap::new() }
    }

    fn either(&mut self, value: MaybeRef<Object<'a>>, depth: usize) -> u64 {
        match value {
            MaybeRef::NotRef(object) => self.object(&object, depth + 1),
            MaybeRef::Ref(reference) => {
                if let Some(known) = self.known.get(&reference) {
                    return *known;
                }
                self.known.insert(reference, 1);
                let object = self.read.xref().get::<Object<'a>>(reference.into());
                let mark = object.map_or(0, |o| self.object(&o, depth + 1));
                self.known.insert(reference, mark);
                mark
            }
        }
    }

    /// Null, and what leads to a page, is 0: that stays behind.
    fn object(&mut self, object: &Object<'a>, depth: usize) -> u64 {
        let mut hasher = DefaultHasher::new();
        match object {
            _ if depth > DEEPEST => {}
            Object::Null(_) => return 0,
            Object::Boolean(value) => value.hash(&mut hasher),
            Object::Number(number) => number.as_f32().to_bits().hash(&mut hasher),
            Object::String(text) => text.as_bytes().hash(&mut hasher),
            Object::Name(name) => name.as_ref().hash(&mut hasher),
            Object::Dict(dict) => return self.dictionary(dict, depth),
            Object::Array(array) => array.raw_iter().for_each(|item| self.either(item, depth).hash(&mut hasher)),
            Object::Stream(stream) => {
                self.dictionary(stream.dict(), depth).hash(&mut hasher);
                let data = stream.raw_data();
                data.len().hash(&mut hasher);
                data.get(..LOOKED_AT.min(data.len())).hash(&mut hasher);
                data.get(data.len().saturating_sub(LOOKED_AT)..).hash(&mut hasher);
            }
        }
        hasher.finish()
    }

    fn dictionary(&mut self, dict: &Dict<'a>, depth: usize) -> u64 {
        let kind = dict.get::<Object<'a>>("Type");
        if matches!(&kind, Some(Object::Name(n)) if matches!(n.as_ref(), b"Page" | b"Pages" | b"Catalog")) {
            return 0;
        }
        let mut hasher = DefaultHasher::new();
        let mut keys: Vec<Vec<u8>> = dict.keys().map(|k| k.to_vec()).collect();
        keys.sort();
        for key in keys {
            if key == b"Length" || LEFT_BEHIND.contains(&key.as_slice()) {
                continue;
            }
            let mark = dict.get_raw::<Object<'a>>(&key).map_or(0, |value| self.either(value, depth));
            if mark != 0 {
                (key, mark).hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}
