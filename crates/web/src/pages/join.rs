//! Photos of one letter: put in order by the person, joined into one paper, and taken apart again.
//!
//! Which files, and in which order, stands in the address (`?p=…&p=…`): moving a page up or down is a link. Nothing changes
//! in the case before the person says "join". The files a paper was made of stay with it ([`journal::Part`]).

use facts::{Case, OriginKind};
use journal::{Loaded, Paper, Part};
use maud::{Markup, html};
use packet::{NotJoined, Sheet};
use sha2::{Digest, Sha256};

use crate::http::{Call, Problem, Reply, Upload};
use crate::jobs::Stage;
use crate::layout::{self, Section};
use crate::reading::{self as reader, is_picture_or_pdf};
use crate::{engine, settle};

/// So many signs of a hash name a file in an address; no two files of a case share them.
const SIGNS: usize = 16;

fn short(sha256: &str) -> &str {
    sha256.get(..SIGNS).unwrap_or(sha256)
}

/// The choice below a place for files: they are the pages of one letter. With the script it is shown when there are several.
pub(crate) fn choice(call: &Call) -> Markup {
    let w = call.words();
    html! {
        label.choice data-several="" {
            input type="checkbox" name="one_letter" value="1";
            span { (w.t("join.choice")) small { (w.t("join.choice_hint")) } }
        }
    }
}

/// Whether the person said that the files just given are the pages of one letter.
pub(crate) fn is_wanted(call: &Call, files: &[&Upload]) -> bool {
    call.field("one_letter").is_some() && files.len() > 1
}

/// The address of the page on which the files just given are put in order. `new`: the case begins with them.
pub(crate) fn order_page(case: &str, files: &[&Upload], new: bool) -> String {
    let hash = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect::<String>();
    let mut given: Vec<(&str, String)> = files.iter().map(|f| (f.name.as_str(), hash(&f.bytes))).collect();
    as_counted(&mut given);
    let hashes: Vec<String> = given.into_iter().map(|(_, sha256)| sha256).collect();
    address(case, &hashes, new, "")
}

/// A browser gives files in an order of its own. Names that differ in their numbers alone (`IMG_9.jpg`, `IMG_10.jpg`) are put
/// in the order of these; any others stay as they came.
fn as_counted<T>(files: &mut [(&str, T)]) {
    let is_digit = |c: char| c.is_ascii_digit();
    let words = |name: &str| name.split(is_digit).filter(|w| !w.is_empty()).collect::<Vec<_>>().join("#");
    let numbers = |name: &str| -> Vec<u128> {
        name.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect()
    };
    let Some(first) = files.first().map(|(name, _)| words(name)) else { return };
    if files.iter().all(|(name, _)| words(name) == first) {
        files.sort_by_key(|(name, _)| numbers(name));
    }
}

fn address(case: &str, hashes: &[String], new: bool, end: &str) -> String {
    let pages: Vec<String> = hashes.iter().map(|h| format!("p={}", short(h))).collect();
    format!("/case/{case}/join?{}{}{end}", pages.join("&"), if new { "&new=1" } else { "" })
}

/// A file in its place: whether it is a paper of its own now, or a part of one that was joined before.
struct Chosen {
    part: Part,
    /// The paper it stands in.
    within: Paper,
}

/// The files that the request names, in its order. A paper that was joined before stands there as what it was made of.
fn chosen(pairs: &[(String, String)], loaded: &Loaded) -> Vec<Chosen> {
    let mut all: Vec<Chosen> = Vec::new();
    for (_, wanted) in pairs.iter().filter(|(name, value)| name == "p" && value.len() >= SIGNS) {
        let is = |p: &Paper| short(&p.sha256) == short(wanted);
        for paper in &loaded.state.papers {
            let whole = is(paper);
            let own = Part { paper: paper.clone(), pages: 1 };
            let parts = if paper.joined_from.is_empty() { vec![own] } else { paper.joined_from.clone() };
            for part in parts.into_iter().filter(|part| whole || is(&part.paper)) {
                if !all.iter().any(|c| c.part.paper.sha256 == part.paper.sha256) {
                    all.push(Chosen { part, within: paper.clone() });
                }
            }
        }
    }
    all
}

/// Whether the case has papers that could be pages of one letter, by their names.
pub(crate) fn can_pick(loaded: &Loaded) -> bool {
    loaded.state.papers.iter().filter(|p| looks_joinable(p)).count() > 1
}

fn looks_joinable(paper: &Paper) -> bool {
    let ending = paper.name.rsplit('.').next().unwrap_or_default().to_lowercase();
    let all = ["jpg", "jpeg", "png", "heic", "heif", "webp", "tif", "tiff", "bmp", "gif", "pdf"];
    all.contains(&ending.as_str())
}

/// The pages in their order, or the papers to choose from.
pub(crate) fn show(call: &Call) -> Result<Reply, Problem> {
    let loaded = call.case()?;
    let pages = chosen(&call.query, &loaded);
    if pages.is_empty() {
        return Ok(page(call, &loaded, &pick(call, &loaded)));
    }
    ordered(call, &loaded, pages, call.asked("new").is_some(), None)
}

fn page(call: &Call, loaded: &Loaded, body: &Markup) -> Reply {
    Reply::Page(layout::case_page(call, loaded, Section::Papers, call.words().t("join.title"), body))
}

fn pick(call: &Call, loaded: &Loaded) -> Markup {
    let w = call.words();
    html! {
        h1 { (w.t("join.title")) }
        p.lead { (w.t("join.pick_text")) }
        form method="get" action=(format!("/case/{}/join", loaded.id)) {
            fieldset {
                legend.off { (w.t("join.pick_text")) }
                @for paper in loaded.state.papers.iter().filter(|p| looks_joinable(p)) {
                    label.choice { input type="checkbox" name="p" value=(short(&paper.sha256)); span { (paper.name) } }
                }
            }
            div.buttons {
                button { (w.t("join.pick_go")) }
                a href=(format!("/case/{}/papers", loaded.id)) { (w.t("join.back")) }
            }
        }
    }
}

/// The page that shows which file is page 1, 2, …; with why they could not be joined, when somebody tried.
fn ordered(
    call: &Call,
    loaded: &Loaded,
    pages: Vec<Chosen>,
    new: bool,
    why: Option<&NotJoined>,
) -> Result<Reply, Problem> {
    let w = call.words();
    let mut sheets = Vec::new();
    let mut others = Vec::new();
    for one in pages {
        let bytes = call.journal(|j| j.file(&loaded.id, &one.part.paper.sha256))?;
        if is_picture_or_pdf(&bytes) { sheets.push(one) } else { others.push(one) }
    }
    let hashes: Vec<String> = sheets.iter().map(|c| c.part.paper.sha256.clone()).collect();
    let at = |order: Vec<String>, place: usize| address(&loaded.id, &order, new, &format!("#page-{}", place + 1));
    let swapped = |i: usize, j: usize| {
        let mut order = hashes.clone();
        order.swap(i, j);
        at(order, j)
    };
    let picture = |one: &Chosen| format!("/case/{}/paper/{}/page/1", loaded.id, one.part.paper.sha256);
    let without =
        |i: usize| at(hashes.iter().enumerate().filter(|(n, _)| *n != i).map(|(_, h)| h.clone()).collect(), 0);
    let body = html! {
        h1 { (w.t("join.title")) }
        @if let Some(why) = why { (not_joined(call, why)) }
        p.lead { (w.t("join.text")) }
        @for other in &others { div.note { p { (w.f("join.other", &[("name", &other.part.paper.name)])) } } }
        ol.list.sheets-in-order {
            @for (i, one) in sheets.iter().enumerate() {
                @let number = w.f("join.page", &[("n", &(i + 1).to_string())]);
                @let name = one.part.paper.name.as_str();
                li.row id=(format!("page-{}", i + 1)) {
                    a href=(picture(one)) aria-label=(w.f("reading.larger", &[("n", &(i + 1).to_string())])) {
                        img.thumb src=(picture(one)) alt="" width="136" height="136";
                    }
                    div.grow { strong.tag { (number) } div { (name) } }
                    div.moves {
                        @if i > 0 { a.button.quiet.mini href=(swapped(i, i - 1)) { "↑ " (w.t("join.up")) span.off { ": " (name) } } " " }
                        @if i + 1 < sheets.len() { a.button.quiet.mini href=(swapped(i, i + 1)) { "↓ " (w.t("join.down")) span.off { ": " (name) } } " " }
                        @if sheets.len() > 2 { a.button.quiet.mini href=(without(i)) { "× " (w.t("join.out")) span.off { ": " (name) } } }
                    }
                }
            }
        }
        @if sheets.len() > 1 {
            (layout::form(call, loaded, &format!("/case/{}/join", loaded.id), &html! {
                @for hash in &hashes { input type="hidden" name="p" value=(short(hash)); }
                @if new { input type="hidden" name="new" value="1"; }
                div.buttons {
                    button name="act" value="join" { (w.t("join.go")) }
                    a href=(format!("/case/{}/papers", loaded.id)) { (w.t("join.keep_apart")) }
                }
            }))
            p.soft.small { (w.t("join.go_text")) }
        } @else {
            p { (w.t("join.too_few")) }
            p { a href=(format!("/case/{}/papers", loaded.id)) { (w.t("join.back")) } }
        }
    };
    Ok(page(call, loaded, &body))
}

/// Why the files were not joined, with the file's name and what to do.
fn not_joined(call: &Call, why: &NotJoined) -> Markup {
    let w = call.words();
    let name = why.name().unwrap_or_default();
    html! {
        div.note role="alert" {
            p { strong { (w.t("join.failed")) } }
            p {
                @match why {
                    NotJoined::TooFew => (w.t("join.too_few")),
                    NotJoined::TooMany { pages } => (w.f("join.too_many", &[("n", &pages.to_string()), ("most", &packet::MOST_JOINED.to_string())])),
                    NotJoined::Twice { .. } => (w.f("join.twice", &[("name", name)])),
                    NotJoined::NoPicture { .. } => (w.f("join.other", &[("name", name)])),
                    NotJoined::Broken { .. } => (w.f("join.broken", &[("name", name)])),
                    NotJoined::Unopened { why, .. } => { (w.f("join.unopened", &[("name", name)])) " " span.soft lang=[engine::foreign(call.lang)] { "(" (why) ")" } },
                    NotJoined::Ours(_) => (w.t("problem.our_fault")),
                }
            }
            p { (w.t("join.nothing_changed")) }
        }
    }
}

/// Joins the files that the form names, or keeps in mind that they are different papers.
pub(crate) fn change(call: &Call) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    let pages = chosen(&call.form, &loaded);
    if call.field("act") == Some("no") {
        loaded.state.done.push(settled(pages.iter().map(|c| &c.part.paper)));
        call.keep(&loaded, "paper.kept_apart")?;
        return Ok(Reply::See(format!("/case/{}/papers", loaded.id)));
    }
    let mut bytes = Vec::new();
    for one in &pages {
        bytes.push(call.journal(|j| j.file(&loaded.id, &one.part.paper.sha256))?);
    }
    let sheets: Vec<Sheet<'_>> =
        pages.iter().zip(&bytes).map(|(one, bytes)| Sheet { name: &one.part.paper.name, bytes }).collect();
    let new = call.field("new").is_some();
    match packet::join(&sheets, call.app.worker.as_deref()) {
        Ok(made) => {
            drop(sheets);
            let sha256 = keep(call, &mut loaded, pages, &made, new)?;
            Ok(Reply::See(format!("/case/{}/paper/{sha256}?joined=1", loaded.id)))
        }
        Err(why) => ordered(call, &loaded, pages, new, Some(&why)),
    }
}

/// Puts the joined file in the place of those it was made of, and has it read. Gives its hash.
fn keep(
    call: &Call,
    loaded: &mut Loaded,
    pages: Vec<Chosen>,
    made: &packet::Joined,
    new: bool,
) -> Result<String, Problem> {
    let id = loaded.id.clone();
    let mut papers: Vec<Paper> = Vec::new();
    for one in &pages {
        if !papers.iter().any(|p| p.sha256 == one.within.sha256) {
            papers.push(one.within.clone());
        }
    }
    // Of a paper that was joined before, the pages that are not meant now come back as papers of their own.
    let is_meant = |p: &Paper| pages.iter().any(|c| c.part.paper.sha256 == p.sha256);
    let left: Vec<Paper> =
        papers.iter().flat_map(|p| &p.joined_from).map(|part| part.paper.clone()).filter(|p| !is_meant(p)).collect();
    let parts: Vec<Part> = pages
        .iter()
        .zip(&made.pages)
        .map(|(one, count)| Part { paper: one.part.paper.clone(), pages: *count })
        .collect();
    let sha256: String = Sha256::digest(&made.pdf).iter().map(|b| format!("{b:02x}")).collect();
    let count = made.pages.iter().sum::<usize>().to_string();
    let name = loaded.state.unused_name(call.words().f("join.file_name", &[("n", &count)]));
    let kind =
        common_kind(&parts).or((new && papers.len() == loaded.state.papers.len()).then(|| "denial_letter".into()));
    let joined = Paper {
        sha256: sha256.clone(),
        name,
        size: u64::try_from(made.pdf.len()).unwrap_or(u64::MAX),
        added: call.app.now(),
        kind,
        confirmed: false,
        joined_from: parts,
        said: Default::default(),
    };
    let joined_names: Vec<(String, String, usize)> = moves(&joined);
    put_in_place(call, loaded, &papers, std::iter::once(joined.clone()).chain(left).collect())?;
    joined_names.iter().for_each(|(from, to, before)| tell_of(&mut loaded.state.case, from, to, Shift::Up(*before)));
    let now = call.app.now();
    call.journal(|j| j.append_with_file(&id, "paper.joined", &loaded.state, &made.pdf, loaded.revision, now))?;
    papers.iter().for_each(|p| call.app.jobs.stop_one(&id, &p.sha256));
    call.app.jobs.forget(&id, &sha256);
    reader::start(call, &call.case()?)?;
    Ok(sha256)
}

/// What all files are said to be, when they are said to be the same. A page alone is often called "something else"; together
/// the pages say more.
fn common_kind(parts: &[Part]) -> Option<String> {
    let first = parts.first()?.paper.kind.clone().filter(|k| k != "other")?;
    parts.iter().all(|p| p.paper.kind.as_ref() == Some(&first)).then_some(first)
}

/// Takes papers out of the case and puts others in the place of the first of them: in its list of papers and of records.
fn put_in_place(call: &Call, loaded: &mut Loaded, out: &[Paper], into: Vec<Paper>) -> Result<(), Problem> {
    let place = out.iter().filter_map(|o| loaded.state.papers.iter().position(|p| p.sha256 == o.sha256)).min();
    let record = |case: &Case, name: &str| case.records.iter().position(|r| r.file.as_deref() == Some(name));
    let listed = out.iter().filter_map(|o| record(&loaded.state.case, &o.name)).min();
    let included: Vec<Option<bool>> = out
        .iter()
        .filter_map(|o| loaded.state.case.records.iter().find(|r| r.file.as_deref() == Some(&o.name)))
        .map(|r| r.include)
        .collect();
    let include = included.first().copied().flatten().filter(|_| included.iter().all(|i| *i == included[0]));
    for paper in out {
        reader::withdraw(call, loaded, paper)?;
        settle::unlist(&mut loaded.state, paper);
    }
    for (n, paper) in into.into_iter().enumerate() {
        let at = (place.unwrap_or(usize::MAX).saturating_add(n)).min(loaded.state.papers.len());
        loaded.state.papers.insert(at, paper.clone());
        settle::list(&mut loaded.state, &paper);
        let records = &mut loaded.state.case.records;
        if let Some(mut own) = records.pop_if(|r| r.file.as_deref() == Some(&paper.name)) {
            own.include = include;
            let at = (listed.unwrap_or(usize::MAX).saturating_add(n)).min(records.len());
            records.insert(at, own);
        }
    }
    reader::settle_again(call, loaded)
}

/// For each file of a joined paper: its name, the paper's, and how many pages stand before its own.
fn moves(joined: &Paper) -> Vec<(String, String, usize)> {
    let mut before = 0;
    let mut all = Vec::new();
    for part in &joined.joined_from {
        all.push((part.paper.name.clone(), joined.name.clone(), before));
        before += part.pages;
    }
    all
}

/// How the pages of a file are counted after the change.
#[derive(Clone, Copy)]
enum Shift {
    /// So many stand before them.
    Up(usize),
    /// So many stood before them, and so many are theirs.
    Down(usize, usize),
}

/// What a person confirmed or added of a page goes along with the page: it names its new file and number. Where in the
/// text the words stand is not known any more.
fn tell_of(case: &mut Case, from: &str, to: &str, shift: Shift) {
    let moved = |page: usize| match shift {
        Shift::Up(before) => Some(page + before),
        Shift::Down(before, own) => page.checked_sub(before).filter(|p| (1..=own).contains(p)),
    };
    for origin in case.origin.iter_mut().filter(|o| o.file.as_deref() == Some(from)) {
        if origin.kind == OriginKind::Stated {
            continue;
        }
        if let Some(page) = moved(origin.page.unwrap_or(1)) {
            (origin.file, origin.page, origin.span) = (Some(to.into()), Some(page), None);
        }
    }
    for treatment in case.treatments.iter_mut().filter(|t| t.source.as_deref() == Some(from)) {
        if let Some(page) = moved(treatment.page.unwrap_or(1)) {
            (treatment.source, treatment.page) = (Some(to.into()), Some(page));
        }
    }
    if let Some(order) = &mut case.choices.exhibit_order
        && let Some(place) = order.iter().position(|f| f == from)
    {
        if order.iter().any(|f| f == to) {
            order.remove(place);
        } else if let Some(entry) = order.get_mut(place) {
            *entry = to.into();
        }
    }
}

/// Takes a joined paper apart: the files it was made of come back, and what they say with them.
pub(crate) fn take_apart(call: &Call, paper: &Paper) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    if paper.joined_from.is_empty() {
        return Err(Problem::Bad("problem.form"));
    }
    let back: Vec<Paper> = paper.joined_from.iter().map(|part| part.paper.clone()).collect();
    let back: Vec<Paper> = back.into_iter().filter(|p| loaded.state.paper(&p.sha256).is_none()).collect();
    put_in_place(call, &mut loaded, std::slice::from_ref(paper), back.clone())?;
    for (part, (file, whole, before)) in paper.joined_from.iter().zip(moves(paper)) {
        tell_of(&mut loaded.state.case, &whole, &file, Shift::Down(before, part.pages));
    }
    call.keep(&loaded, "paper.apart")?;
    call.app.jobs.stop_one(&loaded.id, &paper.sha256);
    back.iter().for_each(|p| call.app.jobs.forget(&loaded.id, &p.sha256));
    reader::start(call, &call.case()?)?;
    Ok(Reply::See(format!("/case/{}/papers", loaded.id)))
}

/// What became of the photos, right after they were joined.
pub(crate) fn what_became(call: &Call, paper: &Paper) -> Markup {
    let w = call.words();
    html! {
        @if call.asked("joined").is_some() && !paper.joined_from.is_empty() {
            div.note.calm role="status" {
                p { strong { (w.f("join.done", &[("n", &paper.joined_from.len().to_string())])) } " " (w.t("join.done_text")) }
            }
        }
    }
}

/// In the list of papers: what a joined paper was made of.
pub(crate) fn made_of_line(call: &Call, paper: &Paper) -> Markup {
    let names: Vec<&str> = paper.joined_from.iter().map(|part| part.paper.name.as_str()).collect();
    html! { @if !names.is_empty() { div.soft.small { (call.words().t("join.made_of")) " " (names.join(", ")) } } }
}

/// On the page of a joined paper: what it was made of, and the way back.
pub(crate) fn made_of(call: &Call, loaded: &Loaded, paper: &Paper) -> Markup {
    let w = call.words();
    let mut first = 1;
    let mut rows = Vec::new();
    for part in &paper.joined_from {
        rows.push((first, &part.paper));
        first += part.pages;
    }
    html! {
        @if !rows.is_empty() {
            details #parts open[call.asked("joined").is_some()] {
                summary { (w.t("join.parts")) }
                ul {
                    @for (number, file) in rows {
                        li { (w.f("join.page", &[("n", &number.to_string())])) ": " a href=(format!("/case/{}/paper/{}/file", loaded.id, file.sha256)) { (file.name) } }
                    }
                }
                (layout::form(call, loaded, &format!("/case/{}/paper/{}", loaded.id, paper.sha256), &html! {
                    div.buttons { button.quiet.mini name="act" value="apart" { (w.t("join.apart")) } }
                }))
                p.soft.small { (w.t("join.apart_text")) }
            }
        }
    }
}

/// What the person's answer about a group is kept under.
fn settled<'p>(papers: impl Iterator<Item = &'p Paper>) -> String {
    let mut names: Vec<&str> = papers.map(|p| short(&p.sha256)).collect();
    names.sort_unstable();
    let hash: String = Sha256::digest(names.join(" ")).iter().take(8).map(|b| format!("{b:02x}")).collect();
    format!("apart.{hash}")
}

/// Photos that look like pages of one letter, each group with its order and a way to say yes or no.
pub(crate) fn proposals(call: &Call, loaded: &Loaded) -> Result<Markup, Problem> {
    let w = call.words();
    // While one is being read, the group may still grow.
    let is_read = |p: &Paper| matches!(call.app.jobs.stage(&loaded.id, &p.sha256), Some(Stage::Running { .. }));
    if loaded.state.papers.iter().any(is_read) {
        return Ok(html! {});
    }
    let sheets = reader::single_sheets(call, loaded)?;
    let (papers, documents): (Vec<Paper>, Vec<facts::Document>) = sheets.into_iter().unzip();
    let groups = if papers.len() > 1 { notice::pages_of_one(&documents, &call.app.kb) } else { Vec::new() };
    let groups: Vec<Vec<&Paper>> =
        groups.iter().map(|group| group.iter().filter_map(|place| papers.get(*place)).collect()).collect();
    let is_open = |group: &&Vec<&Paper>| !loaded.state.done.contains(&settled(group.iter().copied()));
    let hashes = |group: &[&Paper]| group.iter().map(|p| p.sha256.clone()).collect::<Vec<_>>();
    Ok(html! {
        @for group in groups.iter().filter(is_open) {
            section.note {
                p { strong { (w.t("join.proposal")) } " " (w.t("join.proposal_text")) }
                ol.photos { @for paper in group { li { (paper.name) } } }
                (layout::form(call, loaded, &format!("/case/{}/join", loaded.id), &html! {
                    @for paper in group { input type="hidden" name="p" value=(short(&paper.sha256)); }
                    div.buttons {
                        button name="act" value="join" { (w.t("join.go")) }
                        a href=(address(&loaded.id, &hashes(group), false, "")) { (w.t("join.look")) }
                        button.quiet.mini name="act" value="no" { (w.t("join.no")) }
                    }
                }))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn photos_that_a_camera_counted_stand_in_its_order_and_others_as_they_came() {
        let sorted = |names: &[&'static str]| {
            let mut files: Vec<(&str, ())> = names.iter().map(|n| (*n, ())).collect();
            as_counted(&mut files);
            files.into_iter().map(|(n, ())| n).collect::<Vec<_>>()
        };
        assert_eq!(sorted(&["IMG_10.jpg", "IMG_9.jpg"]), ["IMG_9.jpg", "IMG_10.jpg"]);
        assert_eq!(sorted(&["2026-11-02 at 9.05.png", "2026-11-02 at 9.01.png"])[0], "2026-11-02 at 9.01.png");
        assert_eq!(sorted(&["front.jpg", "back.jpg"]), ["front.jpg", "back.jpg"]);
    }

    #[test]
    fn what_was_confirmed_of_a_page_goes_with_it_and_comes_back() {
        let origin = |fact: &str, kind: OriginKind| facts::Origin {
            fact: fact.into(),
            kind,
            quote: Some("words".into()),
            file: Some("two.jpg".into()),
            page: Some(1),
            span: Some((3, 8)),
            certainty: None,
            confirmed: true,
        };
        let mut case = Case { origin: vec![origin("member.id", OriginKind::Quoted)], ..Case::default() };
        case.treatments = vec![facts::Treatment { source: Some("two.jpg".into()), ..Default::default() }];
        case.choices.exhibit_order = Some(["one.jpg", "two.jpg", "other.pdf"].map(String::from).to_vec());
        let before = case.clone();
        let order = |case: &Case| case.choices.exhibit_order.clone().unwrap_or_default().join(" ");
        tell_of(&mut case, "one.jpg", "letter.pdf", Shift::Up(0));
        tell_of(&mut case, "two.jpg", "letter.pdf", Shift::Up(1));
        let place = |case: &Case| (case.origin[0].file.clone(), case.origin[0].page, case.origin[0].span);
        assert_eq!(place(&case), (Some("letter.pdf".into()), Some(2), None));
        assert_eq!((case.treatments[0].source.as_deref(), case.treatments[0].page), (Some("letter.pdf"), Some(2)));
        assert_eq!(order(&case), "letter.pdf other.pdf");
        tell_of(&mut case, "letter.pdf", "one.jpg", Shift::Down(0, 1));
        tell_of(&mut case, "letter.pdf", "two.jpg", Shift::Down(1, 1));
        assert_eq!(place(&case), (Some("two.jpg".into()), Some(1), None));
        assert_eq!(case.treatments[0].source, before.treatments[0].source);
    }
}
