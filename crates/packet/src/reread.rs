//! A second way in for PDFs that the first reader refuses or misreads: another reader, which mends broken tables of
//! places, opens the file, and what its pages reach is written down anew as the first reader would have held it.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, MaybeRef, ObjRef, Object as Read, Stream as ReadStream};
use hayro_syntax::page::{Page, Rotation};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::import::{Opened, begins_as_packed, numbers};

/// Nesting beyond this is no page of a person's papers.
const DEEPEST: usize = 200;

/// A file opened with the second reader.
pub(crate) struct Mended {
    pub(crate) opened: Opened,
    /// Whether the file still has a list of its pages. Without one they are placed as they were found.
    pub(crate) has_list: bool,
}

/// Opens a file with the second reader. None when it cannot open it, finds fewer pages than the file lists, or cannot
/// unfold all of their content.
pub(crate) fn open(bytes: &[u8], password: Option<&str>) -> Option<Mended> {
    let mended = guarded(|| {
        let read = Pdf::new_with_password(bytes.to_vec(), password.unwrap_or_default()).ok()?;
        is_complete(&read).then(|| Mended { opened: write_down(&read), has_list: listed(&read).is_some() })
    })?;
    (!mended.opened.pages.is_empty()).then_some(mended)
}

/// Whether the second reader sees all that the file says it has: what it draws may stand for the file.
pub(crate) fn sees_all(bytes: &[u8], password: Option<&str>) -> bool {
    guarded(|| Pdf::new_with_password(bytes.to_vec(), password.unwrap_or_default()).ok().map(|r| is_complete(&r)))
        .unwrap_or(false)
}

fn guarded<T>(work: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok().flatten()
}

fn is_complete(read: &Pdf) -> bool {
    listed(read).is_none_or(|n| n <= read.pages().len()) && read.pages().iter().all(is_whole)
}

/// How many pages the page tree says there are.
fn listed(read: &Pdf) -> Option<usize> {
    let pages = read.xref().get::<Dict<'_>>(read.xref().root_id())?.get::<Dict<'_>>("Pages")?;
    usize::try_from(pages.get::<i32>("Count")?).ok()
}

/// Whether all of a page's content can be unfolded.
fn is_whole(page: &Page<'_>) -> bool {
    match page.raw().get::<Read<'_>>("Contents") {
        None => !page.raw().contains_key("Contents"),
        Some(Read::Null(_)) => true,
        Some(Read::Stream(stream)) => unfolds(&stream),
        Some(Read::Array(parts)) => {
            let named = parts.raw_iter().count();
            let there: Vec<Read<'_>> = parts.iter::<Read<'_>>().collect();
            there.len() == named && there.iter().all(|p| matches!(p, Read::Stream(s) if unfolds(s)))
        }
        Some(_) => false,
    }
}

/// Whether a stream can be unfolded.
fn unfolds(stream: &ReadStream<'_>) -> bool {
    let flate = matches!(stream.dict().get::<Read<'_>>("Filter"), Some(Read::Name(n)) if &n[..] == b"FlateDecode");
    (!flate || begins_as_packed(&stream.raw_data())) && stream.decoded().is_ok()
}

fn write_down(read: &Pdf) -> Opened {
    let mut writer = Writer { doc: Document::with_version("1.7"), known: HashSet::new(), queue: Vec::new() };
    let drafts: Vec<Dictionary> = read.pages().iter().map(|page| writer.page(page)).collect();
    let catalog = writer.catalog(read);
    writer.run(read);
    let mut doc = writer.doc;
    let pages = drafts.into_iter().map(|page| doc.add_object(page)).collect();
    let catalog = doc.add_object(catalog);
    doc.trailer.set("Root", Object::Reference(catalog));
    Opened::new(doc, pages, false)
}

/// Writes down objects; those that are only named so far wait in the queue.
struct Writer {
    doc: Document,
    known: HashSet<ObjectId>,
    queue: Vec<ObjRef>,
}

impl Writer {
    fn run(&mut self, read: &Pdf) {
        while let Some(next) = self.queue.pop() {
            let Some(object) = read.xref().get::<Read<'_>>(next.into()) else { continue };
            // Pages and their tree are written by themselves; a way back to them would bring the whole file along.
            let tree = matches!(&object, Read::Dict(d) if is_of_page_tree(d));
            if let (false, Some(id)) = (tree, id_of(next)) {
                let object = self.object(object, 0);
                self.doc.objects.insert(id, object);
            }
        }
    }

    /// A page with everything that it inherits.
    fn page(&mut self, page: &Page<'_>) -> Dictionary {
        let mut dict = self.dictionary(page.raw(), 0);
        dict.remove(b"Parent");
        let corners = |r: hayro_syntax::object::Rect| [r.x0 as f32, r.y0 as f32, r.x1 as f32, r.y1 as f32];
        let (media, crop) = (corners(page.media_box()), corners(page.crop_box()));
        dict.set("MediaBox", numbers(&media));
        if crop != media {
            dict.set("CropBox", numbers(&crop));
        }
        let turn = match page.rotation() {
            Rotation::None => 0,
            Rotation::Horizontal => 90,
            Rotation::Flipped => 180,
            Rotation::FlippedHorizontal => 270,
        };
        dict.set("Rotate", turn);
        if let Some(resources) = inherited_resources(page) {
            let resources = self.dictionary(&resources, 0);
            dict.set("Resources", resources);
        }
        dict
    }

    /// What is needed of the catalog: layers, and the fonts of form fields.
    fn catalog(&mut self, read: &Pdf) -> Dictionary {
        let mut out = dictionary! { "Type" => "Catalog" };
        let Some(catalog) = read.xref().get::<Dict<'_>>(read.xref().root_id()) else { return out };
        if let Some(layers) = catalog.get::<Dict<'_>>("OCProperties") {
            out.set("OCProperties", self.dictionary(&layers, 0));
        }
        if let Some(fonts) = catalog.get::<Dict<'_>>("AcroForm").and_then(|f| f.get::<Dict<'_>>("DR")) {
            let fonts = self.dictionary(&fonts, 0);
            out.set("AcroForm", dictionary! { "DR" => fonts });
        }
        out
    }

    fn either(&mut self, value: MaybeRef<Read<'_>>, depth: usize) -> Object {
        match value {
            MaybeRef::NotRef(object) => self.object(object, depth + 1),
            MaybeRef::Ref(reference) => {
                let Some(id) = id_of(reference) else { return Object::Null };
                if self.known.insert(id) {
                    self.doc.max_id = self.doc.max_id.max(id.0);
                    self.queue.push(reference);
                }
                Object::Reference(id)
            }
        }
    }

    fn object(&mut self, object: Read<'_>, depth: usize) -> Object {
        match object {
            _ if depth > DEEPEST => Object::Null,
            Read::Null(_) => Object::Null,
            Read::Boolean(value) => Object::Boolean(value),
            Read::Number(number) if number.as_f64().fract() == 0.0 => Object::Integer(number.as_i64()),
            Read::Number(number) => Object::Real(number.as_f32()),
            Read::String(text) => Object::String(text.as_bytes().to_vec(), lopdf::StringFormat::Hexadecimal),
            Read::Name(name) => Object::Name(name.to_vec()),
            Read::Dict(dict) => Object::Dictionary(self.dictionary(&dict, depth)),
            Read::Array(array) => self.array(&array, depth),
            Read::Stream(stream) => Object::Stream(self.stream(&stream, depth)),
        }
    }

    fn array(&mut self, array: &Array<'_>, depth: usize) -> Object {
        Object::Array(array.raw_iter().map(|item| self.either(item, depth)).collect())
    }

    fn dictionary(&mut self, dict: &Dict<'_>, depth: usize) -> Dictionary {
        let mut out = Dictionary::new();
        let mut keys: Vec<Vec<u8>> = dict.keys().map(|k| k.to_vec()).collect();
        keys.sort();
        for key in keys {
            if let Some(value) = dict.get_raw::<Read<'_>>(&key) {
                out.set(key, self.either(value, depth));
            }
        }
        out
    }

    /// A stream with its own packing, or packed anew when it is plain data: the packing itself may be what is broken.
    fn stream(&mut self, stream: &ReadStream<'_>, depth: usize) -> Stream {
        let mut dict = self.dictionary(stream.dict(), depth);
        if holds_a_picture(stream.dict()) {
            return Stream::new(dict, stream.raw_data().into_owned());
        }
        let Ok(plain) = stream.decoded() else { return Stream::new(dict, stream.raw_data().into_owned()) };
        for key in [&b"Filter"[..], b"DecodeParms", b"F", b"DP"] {
            dict.remove(key);
        }
        let mut packed = Stream::new(dict, plain.into_owned());
        // Data that does not get smaller stays as it is.
        let _ = packed.compress();
        packed
    }
}

/// Whether one of the packings is a picture's own.
fn holds_a_picture(dict: &Dict<'_>) -> bool {
    let is_picture = |name: &[u8]| {
        matches!(name, b"DCTDecode" | b"DCT" | b"JPXDecode" | b"JBIG2Decode" | b"CCITTFaxDecode" | b"CCF")
    };
    match dict.get::<Read<'_>>("Filter") {
        Some(Read::Name(name)) => is_picture(&name),
        Some(Read::Array(names)) => names.iter::<Read<'_>>().any(|n| matches!(n, Read::Name(n) if is_picture(&n))),
        _ => false,
    }
}

fn is_of_page_tree(dict: &Dict<'_>) -> bool {
    match dict.get::<Read<'_>>("Type") {
        Some(Read::Name(name)) => matches!(&name[..], b"Page" | b"Pages" | b"Catalog"),
        _ => false,
    }
}

/// The page's own resources, or those of the nearest node above it.
pub(crate) fn inherited_resources<'a>(page: &Page<'a>) -> Option<Dict<'a>> {
    let mut node = page.raw().clone();
    for _ in 0..64 {
        if let Some(found) = node.get::<Dict<'a>>("Resources") {
            return Some(found);
        }
        // Asked of the file, not of the node: a page is not allowed to ask for what it was reached through.
        node = page.xref().get::<Dict<'a>>(node.get_ref("Parent")?.into())?;
    }
    None
}

fn id_of(reference: ObjRef) -> Option<ObjectId> {
    Some((u32::try_from(reference.obj_number).ok()?, u16::try_from(reference.gen_number).ok()?))
}
