//! Pages of any PDF, taken into our file as they are: text, fonts and pictures stay; scripts, attachments, forms and
//! everything else that is not seen stays behind.
//!
//! Each page's content becomes one form of the new page, so that whatever state it leaves behind (an unbalanced `q`, a
//! color, a clip) ends with it and our stamp is drawn on clean ground.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use facts::Finding;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, Stream, dictionary};

use crate::witness::Mark;
use crate::{annotations, archival, helvetica};

/// A PDF that could be opened, with its pages in order.
pub(crate) struct Opened {
    pub(crate) doc: Document,
    pub(crate) pages: Vec<ObjectId>,
    /// What its pages draw as another reader sees the source; none for pages that are made here.
    pub(crate) marks: Option<Vec<Mark>>,
    /// Whether it was made here or says of itself that it is PDF/A.
    pub(crate) archival: bool,
    /// SHA-256 of the file it came from; empty for what is made here.
    pub(crate) sha256: String,
    /// Pages, counted from 1, in whose place a note stands because they cannot be read.
    pub(crate) unreadable: Vec<usize>,
}

impl Opened {
    pub(crate) fn new(doc: Document, pages: Vec<ObjectId>, archival: bool) -> Self {
        Opened { doc, pages, marks: None, archival, sha256: String::new(), unreadable: Vec::new() }
    }
}

/// Why a PDF cannot be placed, in words for a person.
pub(crate) type Why = String;

/// Opens a PDF and makes sure that every page it lists can be read.
pub(crate) fn open(bytes: &[u8], password: Option<&str>) -> Result<Opened, Why> {
    let (doc, pages) = load(bytes, password)?;
    let lost: Vec<String> = unreadable(&doc, &pages).iter().map(usize::to_string).collect();
    match lost.is_empty() {
        true => {
            let archival = archival::is_claimed(&doc);
            Ok(Opened::new(doc, pages, archival))
        }
        false => Err(format!("the content of page {} cannot be read; ask for a fresh copy", lost.join(", "))),
    }
}

/// Opens a PDF of which some pages cannot be read; a note stands in their place. None when there is no such page, or no
/// other.
pub(crate) fn open_partly(bytes: &[u8], password: Option<&str>, note: &str) -> Option<Opened> {
    let (mut doc, pages) = load(bytes, password).ok()?;
    let lost = unreadable(&doc, &pages);
    if lost.is_empty() || lost.len() == pages.len() {
        return None;
    }
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding" };
    let content = format!("BT /Note 12 Tf 72 720 Td {} Tj ET", helvetica::hex_string(note));
    let content = doc.add_object(Stream::new(dictionary! {}, content.into_bytes()));
    for number in &lost {
        let page = doc.get_dictionary_mut(*pages.get(number - 1)?).ok()?;
        page.set("Contents", Object::Reference(content));
        page.set("Resources", dictionary! { "Font" => dictionary! { "Note" => font.clone() } });
        page.remove(b"Annots");
    }
    Some(Opened { unreadable: lost, ..Opened::new(doc, pages, false) })
}

fn load(bytes: &[u8], password: Option<&str>) -> Result<(Document, Vec<ObjectId>), Why> {
    let load = |password: Option<&str>| {
        let options = LoadOptions { password: password.map(str::to_string), ..LoadOptions::default() };
        catch_unwind(AssertUnwindSafe(|| Document::load_mem_with_options(bytes, options)))
    };
    let damaged = || "the file is damaged and cannot be opened; ask for a fresh copy".to_string();
    let doc = match load(None) {
        Ok(Ok(doc)) if !doc.is_encrypted() => doc,
        Ok(Ok(_)) | Ok(Err(lopdf::Error::Decryption(_) | lopdf::Error::InvalidPassword)) => {
            let Some(password) = password else {
                return Err("the file is locked with a password; give the password, or save a copy without one".into());
            };
            match load(Some(password)) {
                Ok(Ok(doc)) if !doc.is_encrypted() => doc,
                _ => return Err("the password given does not open the file".into()),
            }
        }
        Ok(Err(_)) | Err(_) => return Err(damaged()),
    };
    let pages: Vec<ObjectId> = doc.get_pages().into_values().collect();
    if pages.is_empty() {
        return Err(damaged());
    }
    match listed_pages(&doc).filter(|n| *n > pages.len()) {
        Some(listed) => {
            Err(format!("the file lists {listed} pages and only {} can be read; ask for a fresh copy", pages.len()))
        }
        None => Ok((doc, pages)),
    }
}

/// The pages whose content cannot be read, counted from 1.
fn unreadable(doc: &Document, pages: &[ObjectId]) -> Vec<usize> {
    pages.iter().enumerate().filter(|(_, id)| !content_is_there(doc, **id)).map(|(i, _)| i + 1).collect()
}

/// A file that says it is encrypted although only its attachments are: the same file without that word. None for any
/// other.
pub(crate) fn with_plain_pages(bytes: &[u8]) -> Option<Vec<u8>> {
    const WORD: &[u8] = b"/Encrypt";
    let mut open = bytes.to_vec();
    let places: Vec<usize> =
        bytes.windows(WORD.len()).enumerate().filter(|(_, w)| *w == WORD).map(|(i, _)| i).collect();
    for place in places {
        let end = place + WORD.len();
        if !open.get(end).is_some_and(u8::is_ascii_alphabetic) {
            *open.get_mut(end - 1)? = b'd';
        }
    }
    let doc = catch_unwind(AssertUnwindSafe(|| Document::load_mem(&open))).ok()?.ok()?;
    let how = doc.trailer.get_deref(b"Encrypd", &doc).ok()?.as_dict().ok()?;
    let plain = |key: &[u8]| how.get_deref(key, &doc).and_then(Object::as_name).is_ok_and(|name| name == b"Identity");
    let has_filters = how.get_deref(b"V", &doc).and_then(Object::as_i64).is_ok_and(|v| v >= 4);
    (has_filters && plain(b"StmF") && plain(b"StrF")).then_some(open)
}

/// How many pages the page tree says there are.
fn listed_pages(doc: &Document) -> Option<usize> {
    let pages = doc.catalog().ok()?.get_deref(b"Pages", doc).ok()?.as_dict().ok()?;
    usize::try_from(pages.get_deref(b"Count", doc).ok()?.as_i64().ok()?).ok().filter(|n| *n < 1_000_000)
}

fn content_is_there(doc: &Document, page: ObjectId) -> bool {
    let Ok(dict) = doc.get_dictionary(page) else { return false };
    match dict.get(b"Contents") {
        Err(_) | Ok(Object::Null) => true,
        Ok(contents) => stream_ids(doc, contents, 0)
            .is_some_and(|ids| ids.iter().all(|id| matches!(doc.get_object(*id), Ok(Object::Stream(s)) if unfolds(s)))),
    }
}

/// Whether a stream that says it is packed looks so.
fn unfolds(stream: &Stream) -> bool {
    let filter = stream.dict.get(b"Filter").and_then(Object::as_name);
    filter.ok() != Some(b"FlateDecode") || begins_as_packed(&stream.content)
}

/// Whether data begin as packed data must (RFC 1950, section 2.2). Readers forgive the rest of it, and would take anything
/// for drawing instructions.
pub(crate) fn begins_as_packed(data: &[u8]) -> bool {
    match data {
        [first, second, ..] => first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0,
        _ => data.is_empty(),
    }
}

/// The streams of a page's content; none when something other than streams stands there.
fn stream_ids(doc: &Document, contents: &Object, depth: usize) -> Option<Vec<ObjectId>> {
    match contents {
        _ if depth > 4 => None,
        Object::Null => Some(Vec::new()),
        Object::Reference(id) => match doc.get_object(*id) {
            Ok(Object::Stream(_)) => Some(vec![*id]),
            Ok(other) => stream_ids(doc, other, depth + 1),
            Err(_) => None,
        },
        Object::Array(items) => {
            let mut ids = Vec::new();
            for item in items {
                ids.extend(stream_ids(doc, item, depth + 1)?);
            }
            Some(ids)
        }
        _ => None,
    }
}

/// A page as a reader sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sheet {
    /// Left, bottom, right, top of what is shown, in the page's own space.
    pub(crate) shown: [f32; 4],
    /// Clockwise turn in degrees: 0, 90, 180 or 270.
    pub(crate) turn: i64,
}

/// A page that stands in our file.
pub(crate) struct Placed {
    pub(crate) id: ObjectId,
    pub(crate) sheet: Sheet,
    /// Drawing commands so far; the stamp comes after.
    pub(crate) content: Vec<u8>,
}

/// Takes the pages of other files into `base`.
pub(crate) struct Importer<'a> {
    pub(crate) base: &'a mut Document,
    next: u32,
    layers: Vec<ObjectId>,
    layers_off: Vec<ObjectId>,
}

impl<'a> Importer<'a> {
    pub(crate) fn new(base: &'a mut Document) -> Self {
        let next = base.max_id + 1;
        Importer { base, next, layers: Vec::new(), layers_off: Vec::new() }
    }

    /// Adds an object of our own.
    pub(crate) fn add(&mut self, object: impl Into<Object>) -> ObjectId {
        let id = (self.next, 0);
        self.next += 1;
        self.base.max_id = id.0;
        self.base.objects.insert(id, object.into());
        id
    }

    /// The number that the next object gets.
    pub(crate) fn next(&self) -> u32 {
        self.next
    }

    /// Brings one object of another file, with everything it needs.
    pub(crate) fn bring(&mut self, source: Document, id: ObjectId) -> Option<ObjectId> {
        let mut mover = Mover { source, map: HashMap::new(), queue: Vec::new(), next: self.next };
        let new = mover.moved(id).as_reference().ok()?;
        mover.run(self.base);
        self.next = mover.next;
        self.base.max_id = self.next - 1;
        Some(new)
    }

    /// Takes all pages of an opened file. What was noticed (fields that show nothing) is added to `findings`.
    pub(crate) fn take(&mut self, opened: Opened, about: &str, findings: &mut Vec<Finding>) -> Vec<Placed> {
        let Opened { mut doc, pages, .. } = opened;
        let shared = shared_contents(&doc, &pages);
        let mut unseen = 0;
        let sheets: Vec<Draft> = pages.iter().map(|page| draft(&mut doc, *page, &shared, &mut unseen)).collect();
        if unseen > 0 {
            let text = format!(
                "{unseen} filled field(s) or note(s) carry no picture of themselves and may print blank. Open the file, print it to a new PDF, and use that."
            );
            findings.push(Finding::new("field_not_shown", text).about(about));
        }
        let hidden = hidden_layers(&doc);
        let mut mover = Mover { source: doc, map: HashMap::new(), queue: Vec::new(), next: self.next };
        let mut placed = Vec::new();
        for Draft { mut dict, sheet, content } in sheets {
            mover.rewrite_dictionary(&mut dict, 0);
            let id = (mover.next, 0);
            mover.next += 1;
            self.base.objects.insert(id, Object::Dictionary(dict));
            placed.push(Placed { id, sheet, content });
        }
        mover.run(self.base);
        for (id, off) in hidden {
            if let Some(new) = mover.map.get(&id) {
                self.layers.push(*new);
                if off {
                    self.layers_off.push(*new);
                }
            }
        }
        self.next = mover.next;
        self.base.max_id = self.next - 1;
        placed
    }

    /// The layers of all files, with those that their files hide; none when no file has layers.
    pub(crate) fn layers(&self) -> Option<Dictionary> {
        let list = |ids: &[ObjectId]| Object::Array(ids.iter().map(|id| Object::Reference(*id)).collect());
        (!self.layers.is_empty())
            .then(|| dictionary! { "OCGs" => list(&self.layers), "D" => dictionary! { "OFF" => list(&self.layers_off), "Order" => Object::Array(vec![]) } })
    }
}

/// The layers of a file, and whether each is hidden when the file is opened.
fn hidden_layers(doc: &Document) -> Vec<(ObjectId, bool)> {
    let refs = |o: Option<&Object>| -> Vec<ObjectId> {
        o.and_then(|o| o.as_array().ok())
            .map(|a| a.iter().filter_map(|i| i.as_reference().ok()).collect())
            .unwrap_or_default()
    };
    let Some(properties) =
        doc.catalog().ok().and_then(|c| c.get_deref(b"OCProperties", doc).ok()).and_then(|o| o.as_dict().ok())
    else {
        return Vec::new();
    };
    let all = refs(properties.get_deref(b"OCGs", doc).ok());
    let config = properties.get_deref(b"D", doc).ok().and_then(|d| d.as_dict().ok());
    let list = |key: &[u8]| refs(config.and_then(|d| d.get_deref(key, doc).ok()));
    let base_off = config.and_then(|d| d.get(b"BaseState").ok()).and_then(|o| o.as_name().ok()) == Some(b"OFF");
    let (on, off) = (list(b"ON"), list(b"OFF"));
    all.into_iter().map(|id| (id, off.contains(&id) || (base_off && !on.contains(&id)))).collect()
}

struct Draft {
    dict: Dictionary,
    sheet: Sheet,
    content: Vec<u8>,
}

/// Builds the new page: its size and turn, its content as a form, its visible annotations as forms on top.
fn draft(doc: &mut Document, page: ObjectId, shared: &HashSet<ObjectId>, unseen: &mut usize) -> Draft {
    let inherited = |key: &[u8]| inherited(doc, page, key);
    let media = inherited(b"MediaBox").and_then(|o| rectangle(doc, &o)).unwrap_or([0.0, 0.0, 612.0, 792.0]);
    let crop = inherited(b"CropBox").and_then(|o| rectangle(doc, &o));
    let turn = inherited(b"Rotate").and_then(|o| o.as_i64().ok()).unwrap_or(0).rem_euclid(360) / 90 * 90;
    let resources = inherited(b"Resources").unwrap_or_else(|| Object::Dictionary(Dictionary::new()));
    let shown = crop.map_or(media, |c| intersection(media, c));
    let old = doc.get_dictionary(page).cloned().unwrap_or_default();

    let mut forms = Dictionary::new();
    let mut content = Vec::new();
    if let Some(form) = content_form(doc, &old, media, resources, shared) {
        forms.set("Page", Object::Reference(form));
        content.extend_from_slice(b"q /Page Do Q\n");
    }
    let painted = annotations::paint(doc, &old, unseen);
    for (i, (form, matrix)) in painted.into_iter().enumerate() {
        let name = format!("Note{i}");
        let m: Vec<String> = matrix.iter().map(|v| number(*v)).collect();
        content.extend_from_slice(format!("q {} cm /{name} Do Q\n", m.join(" ")).as_bytes());
        forms.set(name, Object::Reference(form));
    }
    let mut dict = dictionary! { "Type" => "Page", "MediaBox" => numbers(&media), "Resources" => dictionary! { "XObject" => forms } };
    if crop.is_some() {
        dict.set("CropBox", numbers(&shown));
    }
    if turn != 0 {
        dict.set("Rotate", turn);
    }
    for key in ["Group", "UserUnit"] {
        if let Ok(value) = old.get(key.as_bytes()) {
            dict.set(key, value.clone());
        }
    }
    Draft { dict, sheet: Sheet { shown, turn }, content }
}

/// Turns a page's content into a form. One stream is used as it is; several are joined.
fn content_form(
    doc: &mut Document,
    page: &Dictionary,
    bounds: [f32; 4],
    resources: Object,
    shared: &HashSet<ObjectId>,
) -> Option<ObjectId> {
    let ids = stream_ids(doc, page.get(b"Contents").ok()?, 0)?;
    let mut dict =
        dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => numbers(&bounds), "Resources" => resources };
    let stream = match ids.as_slice() {
        [] => return None,
        [one] => {
            let stream = doc.get_object(*one).ok()?.as_stream().ok()?;
            for key in [&b"Filter"[..], b"DecodeParms"] {
                if let Ok(value) = stream.dict.get(key) {
                    dict.set(key, value.clone());
                }
            }
            // A stream that no other page uses is moved rather than copied.
            let content = if shared.contains(one) { stream.content.clone() } else { take_content(doc, *one)? };
            Stream::new(dict, content)
        }
        several => {
            let mut joined = Vec::new();
            for id in several {
                let stream = doc.get_object(*id).ok()?.as_stream().ok()?;
                let plain = if stream.is_compressed() {
                    stream.decompressed_content().unwrap_or_default()
                } else {
                    stream.content.clone()
                };
                joined.extend_from_slice(&plain);
                joined.push(b'\n');
            }
            let mut stream = Stream::new(dict, joined);
            let _ = stream.compress();
            stream
        }
    };
    Some(doc.add_object(stream))
}

/// Content streams that more than one page uses.
fn shared_contents(doc: &Document, pages: &[ObjectId]) -> HashSet<ObjectId> {
    let mut once = HashSet::new();
    let mut shared = HashSet::new();
    for page in pages {
        let contents = doc.get_dictionary(*page).ok().and_then(|d| d.get(b"Contents").ok());
        for id in contents.and_then(|c| stream_ids(doc, c, 0)).unwrap_or_default() {
            if !once.insert(id) {
                shared.insert(id);
            }
        }
    }
    shared
}

fn take_content(doc: &mut Document, id: ObjectId) -> Option<Vec<u8>> {
    Some(std::mem::take(&mut doc.get_object_mut(id).ok()?.as_stream_mut().ok()?.content))
}

/// A page's own value, or that of the nearest node above it.
fn inherited(doc: &Document, page: ObjectId, key: &[u8]) -> Option<Object> {
    let mut id = page;
    for _ in 0..64 {
        let dict = doc.get_dictionary(id).ok()?;
        if let Ok(value) = dict.get(key) {
            let resolved = doc.dereference(value).ok().map(|(_, o)| o);
            // Resources may stay a reference: many pages share them.
            let keep = matches!(value, Object::Reference(_)) && matches!(resolved, Some(Object::Dictionary(_)));
            match resolved {
                Some(Object::Null) | None => {}
                Some(_) if keep => return Some(value.clone()),
                Some(object) => return Some(object.clone()),
            }
        }
        id = dict.get(b"Parent").ok()?.as_reference().ok()?;
    }
    None
}

/// A rectangle with its corners in order, if it is one of some size.
pub(crate) fn rectangle(doc: &Document, object: &Object) -> Option<[f32; 4]> {
    let (_, object) = doc.dereference(object).ok()?;
    let items = object.as_array().ok()?;
    let mut values = [0.0f32; 4];
    for (value, item) in values.iter_mut().zip(items) {
        *value = doc.dereference(item).ok()?.1.as_float().ok().filter(|v| v.is_finite())?;
    }
    let [a, b, c, d] = values;
    let ordered = [a.min(c), b.min(d), a.max(c), b.max(d)];
    (items.len() >= 4 && ordered[2] - ordered[0] > 0.01 && ordered[3] - ordered[1] > 0.01).then_some(ordered)
}

fn intersection(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
    let both = [a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])];
    if both[2] - both[0] > 0.01 && both[3] - both[1] > 0.01 { both } else { a }
}

pub(crate) fn numbers(values: &[f32]) -> Object {
    Object::Array(values.iter().map(|v| Object::Real(*v)).collect())
}

/// A number as PDF content writes it: no exponent, no trailing zeros.
pub(crate) fn number(value: f32) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() || text == "-0" { "0".into() } else { text.into() }
}

/// Moves everything the new pages reach from the source into the base, under new numbers.
struct Mover {
    source: Document,
    map: HashMap<ObjectId, ObjectId>,
    queue: Vec<(ObjectId, ObjectId)>,
    next: u32,
}

/// Entries that hold what is not seen, or lead back into the page tree.
pub(crate) const LEFT_BEHIND: [&[u8]; 9] =
    [b"PieceInfo", b"AA", b"JS", b"StructParent", b"StructParents", b"Metadata", b"AF", b"OPI", b"Ref"];

impl Mover {
    fn run(&mut self, base: &mut Document) {
        while let Some((old, new)) = self.queue.pop() {
            let Some(mut object) = self.source.objects.remove(&old) else { continue };
            self.rewrite(&mut object, 0);
            base.objects.insert(new, object);
        }
    }

    fn rewrite(&mut self, object: &mut Object, depth: usize) {
        match object {
            Object::Reference(id) => *object = self.moved(*id),
            Object::Array(items) if depth < 256 => items.iter_mut().for_each(|i| self.rewrite(i, depth + 1)),
            Object::Dictionary(dict) if depth < 256 => self.rewrite_dictionary(dict, depth + 1),
            Object::Stream(stream) => {
                self.rewrite_dictionary(&mut stream.dict, depth + 1);
                let length = stream.content.len();
                stream.dict.set("Length", i64::try_from(length).unwrap_or(i64::MAX));
            }
            _ => {}
        }
    }

    fn rewrite_dictionary(&mut self, dict: &mut Dictionary, depth: usize) {
        for key in LEFT_BEHIND {
            dict.remove(key);
        }
        dict.iter_mut().for_each(|(_, value)| self.rewrite(value, depth));
    }

    /// The new reference of an object, which is then moved; null for one that is absent, or a page or page tree node.
    fn moved(&mut self, id: ObjectId) -> Object {
        if let Some(new) = self.map.get(&id) {
            return Object::Reference(*new);
        }
        let Some(object) = self.source.objects.get(&id) else { return Object::Null };
        let page =
            object.as_dict().is_ok_and(|d| d.has_type(b"Page") || d.has_type(b"Pages") || d.has_type(b"Catalog"));
        if page {
            return Object::Null;
        }
        let new = (self.next, 0);
        self.next += 1;
        self.map.insert(id, new);
        self.queue.push((id, new));
        Object::Reference(new)
    }
}
