//! The whole packet: typeset pages and exhibits in order, links, bookmarks, stamps, one reproducible file.

use std::path::Path;
use std::sync::Arc;

use draft::{CriteriaRow, Document, ExhibitPlan, Withheld};
use extract::worker::Watch;
use facts::Finding;
use lopdf::{Object, ObjectId, Stream, dictionary};
use serde_json::{Value, json};
use typst_pdf::PdfStandard;

use crate::catalog::{catalog, finish, outline};
use crate::exhibit::{self, ExhibitInput, Way};
use crate::import::{Importer, Opened, Placed, Sheet};
use crate::links::link_references;
use crate::manifest::{LeftOut, Manifest, NotArchival, Placement, hex};
use crate::stamp::{self, Stamps};
use crate::witness::Mark;
use crate::{Error, archival, letter, printable, structure, verify, world};

/// What a packet is made of.
#[derive(Debug, Clone, Copy)]
pub struct PacketInput<'a> {
    /// The cover letter. Its exhibit references become links.
    pub letter: &'a Document,
    /// The exhibits in order, labels as the letter cites them.
    pub exhibits: &'a [ExhibitInput<'a>],
    /// Papers held back on purpose, for the manifest.
    pub withheld: &'a [Withheld],
    /// The criteria map; none when no row shows anything.
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

/// As [`build`], with somebody watching how far it is (a step for each paper and some for the whole) who may stop it.
///
/// # Errors
/// As [`build`]; `stopped` when the watch was stopped: at the latest when the paper being opened is done.
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
pub(crate) const STACK: usize = 256 << 20;

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
    let held = |w: &Withheld| LeftOut {
        source: w.source.clone(),
        why: w.why.clone(),
        by_choice: !w.against_choice,
        reason: (!w.reason.is_empty()).then(|| w.reason.clone()),
        label: None,
    };
    input.withheld.iter().map(held).collect()
}

/// From so many cover sheets on, what typst remembers of them is let go at once.
const MANY_SHEETS: usize = 40;

/// One packet, each paper placed in its way, and which papers have lost content on it.
fn attempt(
    input: &PacketInput,
    ways: &mut [Way],
    mut manifest: Manifest,
    watch: &Watch,
) -> Result<(Packet, Vec<usize>), Error> {
    let opened = open_all(input, ways, &mut manifest, watch);
    go_on(watch)?;
    let marks: Vec<Option<Vec<Mark>>> = opened.iter().map(|o| o.as_ref().and_then(|o| o.marks.clone())).collect();
    let front = typeset(input, &opened, &mut manifest)?;
    watch.step();
    go_on(watch)?;
    let pdf = Arc::new(assemble(input, front, opened, &mut manifest)?);
    watch.step();
    go_on(watch)?;
    manifest.sha256 = hex(&pdf);
    let stamps = Stamps::new(input.stamp_prefix, manifest.pages)?;
    let (wrong, lost) = verify::verify(&pdf, &manifest, &stamps, &input.letter.labels.exhibit, |label| {
        let at = input.exhibits.iter().position(|e| e.exhibit.label == label)?;
        Some((at, *ways.get(at)?, marks.get(at)?.as_deref()?))
    });
    watch.step();
    manifest.contents_verified = wrong.is_empty();
    manifest.findings.extend(wrong);
    Ok((Packet { pdf: Arc::unwrap_or_clone(pdf), manifest }, lost))
}

/// Not once somebody stopped it.
fn go_on(watch: &Watch) -> Result<(), Error> {
    if watch.is_stopped() { Err(Error::stopped()) } else { Ok(()) }
}

/// Opens every paper, until it is stopped. Those that cannot be placed are named.
fn open_all(input: &PacketInput, ways: &mut [Way], manifest: &mut Manifest, watch: &Watch) -> Vec<Option<Opened>> {
    let odd: String = letter::unprintable(input.letter).into_iter().take(12).collect();
    if !odd.is_empty() {
        let text =
            format!("Some characters of the letter ({odd}) are in no font here and are printed as their numbers.");
        manifest.findings.push(Finding::new("characters_not_printable", text));
    }
    let mut all = Vec::new();
    for (paper, way) in input.exhibits.iter().zip(ways) {
        if watch.is_stopped() {
            break;
        }
        match exhibit::open(paper, way, input, &mut manifest.findings) {
            Ok(opened) => {
                let lost: Vec<String> = opened.unreadable.iter().map(usize::to_string).collect();
                if !lost.is_empty() {
                    let why = format!(
                        "page {} of it cannot be read, and a note stands in the place; the other pages are in the packet. Ask for a fresh copy",
                        lost.join(", ")
                    );
                    manifest.left_out.push(left_out(paper, why));
                }
                all.push(Some(opened));
            }
            Err(why) => {
                manifest.left_out.push(left_out(paper, why));
                all.push(None);
            }
        }
        watch.step();
    }
    all
}

fn left_out(paper: &ExhibitInput, why: String) -> LeftOut {
    let (source, label) = (paper.exhibit.source.clone(), Some(paper.exhibit.label.clone()));
    LeftOut { source, why, by_choice: false, reason: None, label }
}

/// The typeset pages as one tagged PDF: everything in front, then one cover sheet per exhibit.
fn typeset(input: &PacketInput, opened: &[Option<Opened>], manifest: &mut Manifest) -> Result<Vec<u8>, Error> {
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
    if input.exhibits.len() > MANY_SHEETS {
        world::forget();
    }
    letter::export(&pages, &letter.title, &[PdfStandard::Ua_1, PdfStandard::A_2a]).or_else(|why| {
        let why = format!("the pages in front could not be made so ({why})");
        manifest.archival.not_ready.push(NotArchival { label: String::new(), why });
        letter::export(&pages, &letter.title, &[])
    })
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
    // The name of the file says nothing to a reviewer; the manifest has it for the person.
    let notes: Vec<String> = [dated, Some(count)].into_iter().flatten().collect();
    json!({ "label": exhibit.label, "title": exhibit.title, "place": place, "before": before, "pages": pages,
            "note": notes.join("  ·  "), "notes": notes })
}

fn front_rows(input: &PacketInput) -> Value {
    let labels = &input.letter.labels;
    let mut rows = vec![json!({ "title": input.letter.title, "label": "letter-start" })];
    if has_map(input) {
        rows.push(json!({ "title": labels.criteria_map, "label": "criteria" }));
    }
    Value::Array(rows)
}

/// Whether the packet has a map of the criteria: some are shown, and the letter does not hold the same table itself.
fn has_map(input: &PacketInput) -> bool {
    let plan = ExhibitPlan::default();
    let map = draft::criteria_block(input.criteria, &plan, &input.letter.language);
    let draft::Block::Table { caption: own, .. } = &map else { return false };
    let same = |block: &draft::Block| matches!(block, draft::Block::Table { caption, .. } if caption == own);
    draft::criteria_are_shown(input.criteria) && !input.letter.blocks.iter().any(same)
}

/// The criteria map, with links to the pages.
fn criteria(input: &PacketInput) -> Value {
    if !has_map(input) {
        return Value::Null;
    }
    let plan = ExhibitPlan { exhibits: input.exhibits.iter().map(|e| e.exhibit.clone()).collect(), withheld: vec![] };
    let labels = &input.letter.labels;
    // What the papers do not show yet is for the person to know (the letter's findings say it), not for the plan's reader.
    let shown: Vec<draft::CriteriaRow> =
        input.criteria.iter().filter(|r| r.state == draft::CriterionState::Met).cloned().collect();
    let block = draft::criteria_block(&shown, &plan, &input.letter.language);
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
    let mut order: Vec<Page> = front_pages.iter().map(|id| Page::Ours(*id)).collect();
    for ((paper, opened), cover) in input.exhibits.iter().zip(opened).zip(covers) {
        let first_page = order.len() + 1;
        order.push(Page::Ours(*cover));
        let Some(opened) = opened else { continue };
        let sha256 = opened.sha256.clone();
        let placed = take(&mut importer, paper, opened, manifest);
        let pages_in_source = placed.len();
        order.extend(placed.into_iter().map(Page::Theirs));
        manifest.exhibits.push(Placement {
            label: paper.exhibit.label.clone(),
            title: paper.exhibit.title.clone(),
            source: paper.exhibit.source.clone(),
            sha256,
            made_here: paper.exhibit.made.is_some(),
            first_page,
            last_page: order.len(),
            pages_in_source,
        });
    }
    manifest.archival.ready = manifest.archival.not_ready.is_empty();
    let layers = importer.layers();
    manifest.pages = order.len();
    let stamps = Stamps::new(input.stamp_prefix, order.len())?;
    manifest.stamps = Some((stamps.text(1), stamps.text(order.len())));
    stamp_all(&mut importer, &order, &stamps)?;
    let covers = cover_pages(input, in_front, &order);
    structure::tag(&mut importer, &order, &covers, input);
    link_references(importer.base, &order, &covers, &mut manifest.findings);
    let outline = outline(&mut importer, input, &order, &covers);
    let catalog = catalog(&mut importer, &order, &stamps, outline, layers)?;
    finish(base, input, catalog, manifest)
}

/// Takes a paper's pages, and notes what keeps it out of an archive.
fn take(importer: &mut Importer, paper: &ExhibitInput, opened: Opened, manifest: &mut Manifest) -> Vec<Placed> {
    let (from, archival) = (importer.next(), opened.archival);
    let placed = importer.take(opened, &paper.exhibit.source, &mut manifest.findings);
    let obstacle = archival::obstacle(importer.base, from..importer.next());
    if let Some(why) = obstacle.or((!archival).then_some("the file does not say that it is PDF/A")) {
        manifest.archival.not_ready.push(NotArchival { label: paper.exhibit.label.clone(), why: why.into() });
    }
    placed
}

/// A page of the packet in its order.
pub(crate) enum Page {
    Ours(ObjectId),
    Theirs(Placed),
}

impl Page {
    pub(crate) fn id(&self) -> ObjectId {
        match self {
            Page::Ours(id) => *id,
            Page::Theirs(placed) => placed.id,
        }
    }

    /// The page of an exhibit.
    pub(crate) fn placed(&self) -> Option<&Placed> {
        match self {
            Page::Ours(_) => None,
            Page::Theirs(placed) => Some(placed),
        }
    }
}

/// Index of each exhibit's cover sheet among all pages, by label.
fn cover_pages(input: &PacketInput, in_front: usize, order: &[Page]) -> Vec<(String, usize)> {
    let covers = order.iter().enumerate().skip(in_front).filter(|(_, p)| matches!(p, Page::Ours(_))).map(|(i, _)| i);
    input.exhibits.iter().map(|e| e.exhibit.label.clone()).zip(covers).collect()
}

fn stamp_all(importer: &mut Importer, order: &[Page], stamps: &Stamps) -> Result<(), Error> {
    let font = stamp::import_font(importer)?;
    let open = importer.add(Stream::new(dictionary! {}, b"q\n".to_vec()));
    for (i, page) in order.iter().enumerate() {
        match page {
            Page::Ours(id) => stamp_ours(importer, *id, font, open, stamps, i + 1)?,
            Page::Theirs(placed) => {
                let kind = structure::kind(importer.base, placed);
                let mut content = format!("/{kind} <</MCID 0>> BDC\n").into_bytes();
                content.extend_from_slice(&placed.content);
                content.extend_from_slice(b"EMC\n");
                content.extend(stamps.draw(i + 1, placed.sheet));
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
    content.extend(stamps.draw(number, sheet));
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
