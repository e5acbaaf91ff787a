//! The whole packet: typeset pages and exhibits in order, links, bookmarks, stamps, one reproducible file.

use std::path::Path;
use std::sync::Arc;

use draft::{CriteriaRow, Document, ExhibitPlan, Withheld};
use extract::worker::Watch;
use facts::Finding;
use lopdf::{Dictionary, Object, ObjectId, Stream, dictionary};
use serde_json::{Value, json};

use crate::exhibit::{self, Content, ExhibitInput, Way};
use crate::import::{Importer, Opened, Placed, Sheet};
use crate::manifest::{LeftOut, Manifest, Placement, hex};
use crate::stamp::Stamps;
use crate::witness::Mark;
use crate::{Error, letter, printable, verify, world};

/// What a packet is made of.
#[derive(Debug, Clone, Copy)]
pub struct PacketInput<'a> {
    /// The cover letter. Its exhibit references become links.
    pub letter: &'a Document,
    /// The exhibits in order, labels as the letter cites them.
    pub exhibits: &'a [ExhibitInput<'a>],
    /// Papers held back on purpose, for the manifest.
    pub withheld: &'a [Withheld],
    /// The criteria map; empty for none.
    pub criteria: &'a [CriteriaRow],
    /// Prefix of the page stamps, e.g. the claim number.
    pub stamp_prefix: &'a str,
    /// Typeset even with blanks, DRAFT across the pages in front.
    pub draft: bool,
    /// The program that serves as worker (see [`extract::worker`]): it draws pages and converts phone photos in a process
    /// apart. Without one, papers that need it are left out by name.
    pub worker: Option<&'a Path>,
}

/// A finished packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// The file. Empty when facts are missing and no draft was asked for.
    pub pdf: Vec<u8>,
    /// What is in it.
    pub manifest: Manifest,
}

/// Builds the packet.
///
/// A paper that cannot be placed keeps its cover sheet ("to follow"), so that no label moves, and is named in
/// [`Manifest::left_out`]. With missing facts and no `draft`, nothing is typeset and [`Manifest::blocked_by`] names them.
/// When the finished file is read back and a paper has lost content, it is placed another way and the file made again.
///
/// # Errors
/// An [`Error`] when a layout or the assembly fails (our fault).
pub fn build(input: &PacketInput) -> Result<Packet, Error> {
    build_watched(input, &Watch::default())
}

/// As [`build`], with somebody watching how far it is: a step for each paper and some for the whole.
///
/// # Errors
/// As [`build`].
pub fn build_watched(input: &PacketInput, watch: &Watch) -> Result<Packet, Error> {
    // Papers may be nested so deeply that reading them needs more room than a thread usually has.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || build_here(input, watch));
        let thread = thread.map_err(|e| Error::ours(format!("no thread could be started: {e}")))?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Setting our own pages, putting all of them in order, reading the finished file back.
const STEPS_OF_THE_WHOLE: usize = 3;

/// Room for nesting, in bytes. It is only reserved, and used as far as it is needed.
const STACK: usize = 256 << 20;

fn build_here(input: &PacketInput, watch: &Watch) -> Result<Packet, Error> {
    let blocked_by = input.letter.missing.clone();
    if !blocked_by.is_empty() && !input.draft {
        let left_out = withheld(input);
        return Ok(Packet { pdf: Vec::new(), manifest: Manifest { blocked_by, left_out, ..Manifest::default() } });
    }
    let mut ways = vec![Way::Direct; input.exhibits.len()];
    loop {
        watch.expect(input.exhibits.len() + STEPS_OF_THE_WHOLE);
        let manifest = Manifest { blocked_by: blocked_by.clone(), left_out: withheld(input), ..Manifest::default() };
        let (packet, lost) = attempt(input, &mut ways, manifest, watch)?;
        world::tidy_memory();
        if lost.is_empty() {
            return Ok(packet);
        }
        for at in lost {
            if let Some(way) = ways.get_mut(at) {
                *way = way.next();
            }
        }
    }
}

fn withheld(input: &PacketInput) -> Vec<LeftOut> {
    let held = |w: &Withheld| LeftOut { source: w.source.clone(), why: w.why.clone(), by_choice: true, label: None };
    input.withheld.iter().map(held).collect()
}

/// One packet, each paper placed in its way, and which papers have lost content on it.
fn attempt(
    input: &PacketInput,
    ways: &mut [Way],
    mut manifest: Manifest,
    watch: &Watch,
) -> Result<(Packet, Vec<usize>), Error> {
    let opened = open_all(input, ways, &mut manifest, watch);
    let marks: Vec<Option<Vec<Mark>>> = opened.iter().map(|o| o.as_ref().and_then(|o| o.marks.clone())).collect();
    let front = typeset(input, &opened)?;
    watch.step();
    let pdf = Arc::new(assemble(input, front, opened, &mut manifest)?);
    watch.step();
    manifest.sha256 = hex(&pdf);
    let stamps = Stamps::new(input.stamp_prefix, manifest.pages);
    let (wrong, lost) = verify::verify(&pdf, &manifest, &stamps, &input.letter.labels.exhibit, |label| {
        let at = input.exhibits.iter().position(|e| e.exhibit.label == label)?;
        Some((at, *ways.get(at)?, marks.get(at)?.as_deref()?))
    });
    watch.step();
    manifest.contents_verified = wrong.is_empty();
    manifest.findings.extend(wrong);
    Ok((Packet { pdf: Arc::unwrap_or_clone(pdf), manifest }, lost))
}

/// Opens every paper. Those that cannot be placed are named.
fn open_all(input: &PacketInput, ways: &mut [Way], manifest: &mut Manifest, watch: &Watch) -> Vec<Option<Opened>> {
    let odd: String = letter::unprintable(input.letter).into_iter().take(12).collect();
    if !odd.is_empty() {
        let text =
            format!("Some characters of the letter ({odd}) are in no font here and are printed as their numbers.");
        manifest.findings.push(Finding::new("characters_not_printable", text));
    }
    let mut all = Vec::new();
    for (paper, way) in input.exhibits.iter().zip(ways) {
        match exhibit::open(paper, way, input, &mut manifest.findings) {
            Ok(opened) => all.push(Some(opened)),
            Err(why) => {
                manifest.left_out.push(LeftOut {
                    source: paper.exhibit.source.clone(),
                    why,
                    by_choice: false,
                    label: Some(paper.exhibit.label.clone()),
                });
                all.push(None);
            }
        }
        watch.step();
    }
    all
}

/// The typeset pages as one tagged PDF: everything in front, then one cover sheet per exhibit.
fn typeset(input: &PacketInput, opened: &[Option<Opened>]) -> Result<Vec<u8>, Error> {
    let letter = input.letter;
    let mut before = 0;
    let mut exhibits = Vec::new();
    for (place, (paper, opened)) in input.exhibits.iter().zip(opened).enumerate() {
        let pages = opened.as_ref().map_or(0, |o| o.pages.len());
        exhibits.push(exhibit_data(paper, letter, place, before, pages));
        before += pages;
    }
    let mut data = json!({
        "title": format!("{}: {}", letter.title, letter.from.name),
        "letter": letter::data(letter, input.draft && !letter.missing.is_empty()),
        "subtitle": letter::whose(letter).into_iter().collect::<Vec<_>>().join("  ·  "),
        "front": front_rows(input),
        "exhibits": exhibits,
        "criteria": criteria(input),
    });
    for key in ["title", "subtitle", "front", "exhibits"] {
        if let Some(value) = data.get_mut(key) {
            printable::value(value);
        }
    }
    let pages = world::typeset("packet/main.typ", &data, letter.date)?;
    letter::export(&pages, &letter.title, &[])
}

fn exhibit_data(paper: &ExhibitInput, letter: &Document, place: usize, before: usize, pages: usize) -> Value {
    let labels = &letter.labels;
    let exhibit = &paper.exhibit;
    let dated = exhibit.dated.as_ref().map(|d| format!("{} {}", labels.dated, draft::long_date(d, &letter.language)));
    let count = match pages {
        0 => labels.to_follow.clone(),
        1 => format!("1 {}", labels.page_long),
        n => format!("{n} {}", labels.pages),
    };
    let name = exhibit.source.rsplit(['/', '\\']).next().unwrap_or_default();
    let file = (!name.is_empty()).then(|| format!("{} {name}", labels.from_file));
    let note: Vec<String> = [dated.clone(), Some(count.clone())].into_iter().flatten().collect();
    let notes: Vec<String> = [dated, file, Some(count)].into_iter().flatten().collect();
    json!({ "label": exhibit.label, "title": exhibit.title, "place": place, "before": before, "pages": pages,
            "note": note.join("  ·  "), "notes": notes })
}

fn front_rows(input: &PacketInput) -> Value {
    let labels = &input.letter.labels;
    let mut rows = vec![json!({ "title": input.letter.title, "label": "letter-start" })];
    if !input.criteria.is_empty() {
        rows.push(json!({ "title": labels.criteria_map, "label": "criteria" }));
    }
    Value::Array(rows)
}

/// The criteria map, with links to the pages.
fn criteria(input: &PacketInput) -> Value {
    if input.criteria.is_empty() {
        return Value::Null;
    }
    let plan = ExhibitPlan { exhibits: input.exhibits.iter().map(|e| e.exhibit.clone()).collect(), withheld: vec![] };
    let labels = &input.letter.labels;
    let block = draft::criteria_block(input.criteria, &plan, &input.letter.language);
    let one = Document { blocks: vec![block], ..input.letter.clone() };
    let data = letter::data(&one, false);
    json!({ "title": labels.criteria_map, "table": data["blocks"][0] })
}

/// Puts all pages in order and writes the file.
fn assemble(
    input: &PacketInput,
    front: Vec<u8>,
    opened: Vec<Option<Opened>>,
    manifest: &mut Manifest,
) -> Result<Vec<u8>, Error> {
    let mut base = lopdf::Document::load_mem(&front).map_err(|e| Error::ours(format!("our own pages: {e}")))?;
    let ours: Vec<ObjectId> = base.get_pages().into_values().collect();
    let in_front =
        ours.len().checked_sub(input.exhibits.len()).ok_or_else(|| Error::ours("a cover sheet is missing"))?;
    let (front_pages, covers) = ours.split_at(in_front);

    let mut importer = Importer::new(&mut base);
    let mut order: Vec<Page> = front_pages.iter().map(|id| Page::ours(*id)).collect();
    for ((paper, opened), cover) in input.exhibits.iter().zip(opened).zip(covers) {
        let first_page = order.len() + 1;
        order.push(Page::ours(*cover));
        let placed =
            opened.map(|o| importer.take(o, &paper.exhibit.source, &mut manifest.findings)).unwrap_or_default();
        let pages_in_source = placed.len();
        order.extend(placed.into_iter().map(Page::theirs));
        if pages_in_source > 0 {
            let bytes = match &paper.content {
                Content::Bytes(bytes) => hex(bytes),
                _ => String::new(),
            };
            manifest.exhibits.push(Placement {
                label: paper.exhibit.label.clone(),
                title: paper.exhibit.title.clone(),
                source: paper.exhibit.source.clone(),
                sha256: bytes,
                first_page,
                last_page: order.len(),
                pages_in_source,
            });
        }
    }
    let layers = importer.layers();
    manifest.pages = order.len();
    let stamps = Stamps::new(input.stamp_prefix, order.len());
    manifest.stamps = Some((stamps.text(1), stamps.text(order.len())));
    stamp_all(&mut importer, &order, &stamps)?;
    let covers = cover_pages(input, in_front, &order);
    link_references(importer.base, &order, &covers, &mut manifest.findings);
    let outline = outline(&mut importer, input, &order, &covers);
    let catalog = catalog(&mut importer, &order, &stamps, outline, layers)?;
    finish(importer.base, input, catalog, manifest)
}

/// A page of the packet in its order.
enum Page {
    Ours(ObjectId),
    Theirs(Placed),
}

impl Page {
    fn ours(id: ObjectId) -> Self {
        Page::Ours(id)
    }

    fn theirs(placed: Placed) -> Self {
        Page::Theirs(placed)
    }

    fn id(&self) -> ObjectId {
        match self {
            Page::Ours(id) => *id,
            Page::Theirs(placed) => placed.id,
        }
    }
}

/// Index of each exhibit's cover sheet among all pages, by label.
fn cover_pages(input: &PacketInput, in_front: usize, order: &[Page]) -> Vec<(String, usize)> {
    let covers = order.iter().enumerate().skip(in_front).filter(|(_, p)| matches!(p, Page::Ours(_))).map(|(i, _)| i);
    input.exhibits.iter().map(|e| e.exhibit.label.clone()).zip(covers).collect()
}

fn stamp_all(importer: &mut Importer, order: &[Page], stamps: &Stamps) -> Result<(), Error> {
    let font = importer.add(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding" });
    let open = importer.add(Stream::new(dictionary! {}, b"q\n".to_vec()));
    for (i, page) in order.iter().enumerate() {
        match page {
            Page::Ours(id) => stamp_ours(importer, *id, font, open, stamps, i + 1)?,
            Page::Theirs(placed) => {
                let mut content = placed.content.clone();
                content.extend(stamps.draw(i + 1, placed.sheet, false));
                let stream = importer.add(Stream::new(dictionary! {}, content));
                let dict = importer.base.get_dictionary_mut(placed.id).map_err(|e| Error::ours(e.to_string()))?;
                dict.set("Contents", Object::Reference(stream));
                if let Ok(resources) = dict.get_mut(b"Resources").and_then(Object::as_dict_mut) {
                    resources.set("Font", dictionary! { "Stamp" => Object::Reference(font) });
                }
            }
        }
    }
    Ok(())
}

/// Our own page: its content between `q` and `Q`, then the stamp as an artifact.
fn stamp_ours(
    importer: &mut Importer,
    id: ObjectId,
    font: ObjectId,
    open: ObjectId,
    stamps: &Stamps,
    number: usize,
) -> Result<(), Error> {
    let fail = |e: lopdf::Error| Error::ours(e.to_string());
    let sheet = Sheet { shown: [0.0, 0.0, 612.0, 792.0], turn: 0 };
    let mut content = b"\nQ\n".to_vec();
    content.extend(stamps.draw(number, sheet, true));
    let stamp = importer.add(Stream::new(dictionary! {}, content));
    let page = importer.base.get_dictionary(id).map_err(fail)?.clone();
    let mut contents = vec![Object::Reference(open)];
    match page.get(b"Contents") {
        Ok(Object::Array(items)) => contents.extend(items.iter().cloned()),
        Ok(one) => contents.push(one.clone()),
        Err(_) => {}
    }
    contents.push(Object::Reference(stamp));
    let base = &*importer.base;
    let mut resources = page.get_deref(b"Resources", base).and_then(Object::as_dict).cloned().unwrap_or_default();
    let mut fonts = resources.get_deref(b"Font", base).and_then(Object::as_dict).cloned().unwrap_or_default();
    fonts.set("Stamp", Object::Reference(font));
    resources.set("Font", fonts);
    let dict = importer.base.get_dictionary_mut(id).map_err(fail)?;
    dict.set("Contents", contents);
    dict.set("Resources", resources);
    Ok(())
}

/// Turns the references of our pages ("Exhibit C, p. 4") into links to the page.
fn link_references(
    base: &mut lopdf::Document,
    order: &[Page],
    covers: &[(String, usize)],
    findings: &mut Vec<Finding>,
) {
    let ours: Vec<ObjectId> = order.iter().filter(|p| matches!(p, Page::Ours(_))).map(Page::id).collect();
    for page in ours {
        let Ok(list) = base.get_dictionary(page).and_then(|d| d.get_deref(b"Annots", base)).and_then(Object::as_array)
        else {
            continue;
        };
        let mut list = list.clone();
        for item in &mut list {
            match item {
                Object::Reference(id) => {
                    if let Ok(dict) = base.get_dictionary(*id).cloned() {
                        let changed = link(base, dict, order, covers, findings);
                        base.objects.insert(*id, Object::Dictionary(changed));
                    }
                }
                Object::Dictionary(dict) => *dict = link(base, dict.clone(), order, covers, findings),
                _ => {}
            }
        }
        if let Ok(dict) = base.get_dictionary_mut(page) {
            dict.set("Annots", list);
        }
    }
}

const PLACEHOLDER: &str = "https://exhibit.invalid/";

fn link(
    base: &lopdf::Document,
    mut dict: Dictionary,
    order: &[Page],
    covers: &[(String, usize)],
    findings: &mut Vec<Finding>,
) -> Dictionary {
    let uri = dict
        .get_deref(b"A", base)
        .and_then(Object::as_dict)
        .and_then(|a| a.get_deref(b"URI", base))
        .and_then(Object::as_str);
    let Some(target) = uri
        .ok()
        .and_then(|u| std::str::from_utf8(u).ok())
        .and_then(|u| u.strip_prefix(PLACEHOLDER))
        .map(str::to_string)
    else {
        return dict;
    };
    let (label, page) = target.split_once('/').unwrap_or((&target, "0"));
    let page: usize = page.parse().unwrap_or(0);
    dict.remove(b"A");
    let Some((at, cover)) = covers.iter().enumerate().find(|(_, (l, _))| l == label).map(|(i, (_, c))| (i, *c)) else {
        return dict;
    };
    let end = covers.get(at + 1).map_or(order.len(), |(_, next)| *next);
    let index = cover + page;
    if index >= end && end > cover + 1 {
        let text = format!(
            "The text points to page {page} of Exhibit {label}, which has {} pages; the link leads to its cover sheet.",
            end - cover - 1
        );
        let finding = Finding::new("page_out_of_range", text).about(label);
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    let index = if index < end { index } else { cover };
    if let Some(page) = order.get(index) {
        dict.set("Dest", vec![Object::Reference(page.id()), "Fit".into()]);
    }
    dict
}

/// Bookmarks: the letter, the contents, each exhibit.
fn outline(
    importer: &mut Importer,
    input: &PacketInput,
    order: &[Page],
    covers: &[(String, usize)],
) -> Option<ObjectId> {
    let mut entries: Vec<(String, ObjectId)> = Vec::new();
    entries.push((input.letter.title.clone(), order.first()?.id()));
    let labels = &input.letter.labels;
    for ((label, at), paper) in covers.iter().zip(input.exhibits) {
        entries.push((format!("{} {label}  {}", labels.exhibit, paper.exhibit.title), order.get(*at)?.id()));
    }
    let ids: Vec<ObjectId> = entries.iter().map(|_| importer.add(Dictionary::new())).collect();
    let (first, last) = (*ids.first()?, *ids.last()?);
    let count = i64::try_from(ids.len()).unwrap_or(0);
    let root = importer.add(dictionary! { "Type" => "Outlines", "First" => Object::Reference(first), "Last" => Object::Reference(last), "Count" => count });
    for (i, (title, page)) in entries.into_iter().enumerate() {
        let mut dict = dictionary! {
            "Title" => text_string(&printable::line(&title).replace('\u{200b}', "")), "Parent" => Object::Reference(root),
            "Dest" => vec![Object::Reference(page), "Fit".into()],
        };
        if let Some(id) = i.checked_sub(1).and_then(|i| ids.get(i)) {
            dict.set("Prev", Object::Reference(*id));
        }
        if let Some(id) = ids.get(i + 1) {
            dict.set("Next", Object::Reference(*id));
        }
        if let Some(id) = ids.get(i) {
            importer.base.objects.insert(*id, Object::Dictionary(dict));
        }
    }
    Some(root)
}

/// A text as PDF writes it: ASCII as it is, anything else as UTF-16.
pub(crate) fn text_string(text: &str) -> Object {
    if text.is_ascii() {
        return Object::string_literal(text);
    }
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes, lopdf::StringFormat::Hexadecimal)
}

/// Page tree, page labels, bookmarks, layers.
fn catalog(
    importer: &mut Importer,
    order: &[Page],
    stamps: &Stamps,
    outline: Option<ObjectId>,
    layers: Option<Dictionary>,
) -> Result<ObjectId, Error> {
    let fail = |e: lopdf::Error| Error::ours(e.to_string());
    let kids: Vec<Object> = order.iter().map(|p| Object::Reference(p.id())).collect();
    let count = i64::try_from(kids.len()).unwrap_or(0);
    let root = importer.add(dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count });
    for page in order {
        importer.base.get_dictionary_mut(page.id()).map_err(fail)?.set("Parent", Object::Reference(root));
    }
    let id = importer.base.trailer.get(b"Root").and_then(Object::as_reference).map_err(fail)?;
    let catalog = importer.base.get_dictionary_mut(id).map_err(fail)?;
    for key in [&b"Metadata"[..], b"Outlines", b"PageLabels", b"OpenAction", b"AA", b"OutputIntents"] {
        catalog.remove(key);
    }
    catalog.set("Pages", Object::Reference(root));
    let label = dictionary! { "S" => "D", "P" => text_string(stamps.prefix()) };
    catalog.set("PageLabels", dictionary! { "Nums" => vec![Object::Integer(0), Object::Dictionary(label)] });
    if let Some(outline) = outline {
        catalog.set("Outlines", Object::Reference(outline));
    }
    if let Some(layers) = layers {
        catalog.set("OCProperties", layers);
    }
    Ok(id)
}

/// Title, date and identity, the same for the same input; then the bytes.
fn finish(
    base: &mut lopdf::Document,
    input: &PacketInput,
    catalog: ObjectId,
    manifest: &Manifest,
) -> Result<Vec<u8>, Error> {
    let letter = input.letter;
    let title = format!("{}: {}", letter.title, letter.from.name);
    let date = letter.date;
    let (y, m, d) = (date.year(), date.month(), date.day());
    let info = dictionary! {
        "Title" => text_string(&title), "Producer" => Object::string_literal("Corroborate"),
        "Creator" => Object::string_literal("Corroborate"), "CreationDate" => Object::string_literal(format!("D:{y:04}{m:02}{d:02}000000Z")),
    };
    let info = base.add_object(info);
    let metadata = Stream::new(
        dictionary! { "Type" => "Metadata", "Subtype" => "XML" },
        xmp(&title, &format!("{y:04}-{m:02}-{d:02}T00:00:00Z")).into_bytes(),
    );
    let metadata = base.add_object(metadata);
    base.get_dictionary_mut(catalog)
        .map_err(|e| Error::ours(e.to_string()))?
        .set("Metadata", Object::Reference(metadata));
    base.trailer.set("Info", Object::Reference(info));
    let identity = hex(serde_json::to_string(&(letter, &manifest.exhibits)).unwrap_or_default().as_bytes());
    let identity: Vec<u8> = identity.bytes().take(16).collect();
    let part = Object::String(identity, lopdf::StringFormat::Hexadecimal);
    base.trailer.set("ID", vec![part.clone(), part]);
    base.version = "1.7".into();
    base.prune_objects();
    let mut pdf = Vec::new();
    base.save_to(&mut pdf).map_err(|e| Error::ours(e.to_string()))?;
    Ok(pdf)
}

fn xmp(title: &str, date: &str) -> String {
    let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let title: String = title.chars().filter(|c| !c.is_control() && *c != '\u{fffe}' && *c != '\u{ffff}').collect();
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\"><dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title><xmp:CreateDate>{date}</xmp:CreateDate><xmp:CreatorTool>Corroborate</xmp:CreatorTool><pdf:Producer>Corroborate</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>"
    )
}
