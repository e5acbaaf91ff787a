//! Photos of one letter walked through without a network: put in order, joined, read as one, taken apart. All invented.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use facts::Case;

use crate::facts_at::get;
use crate::http::{Problem, Upload};
use crate::jobs::Stage;
use crate::testing::Site;
use crate::words::Lang;

const PAGES: [&[&str]; 2] = [
    &[
        "Example Mutual Health Plan",
        "October 15, 2026",
        "Patient: Ana Ejemplo",
        "Member ID: EM-204417",
        "Notice of adverse benefit determination",
        "We are unable to approve your request for a lumbar MRI.",
        "Our reasons are given on the next page.",
        "Page 1 of 2",
    ],
    &[
        "The lumbar MRI is not medically necessary.",
        "You have the right to appeal within 180 days",
        "of receiving this letter.",
        "Page 2 of 2",
    ],
];

/// A photo of a page: a picture of a PDF with its lines.
fn photo(lines: &[&str]) -> Vec<u8> {
    let text: String = lines.iter().map(|l| format!("({l}) Tj 0 -30 Td ")).collect();
    let content = format!("BT /F 16 Tf 72 700 Td {text} ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_string(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 612 792] >>".into(),
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>".into(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".into(),
    ];
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (i, body) in objects.iter().enumerate() {
        places.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n{body}\nendobj\n", i + 1).into_bytes());
    }
    let xref = pdf.len();
    pdf.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).into_bytes());
    places.iter().for_each(|p| pdf.extend(format!("{p:010} 00000 n \n").into_bytes()));
    let size = places.len() + 1;
    pdf.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n").into_bytes());
    extract::render::page_png(&pdf, 1, 200.0, &extract::Options::default()).unwrap()
}

fn upload(field: &str, name: &str, bytes: &[u8]) -> Upload {
    Upload { field: field.into(), name: name.into(), bytes: bytes.to_vec() }
}

fn has_engine() -> bool {
    let there = extract::ocr_available(&extract::Options::default()).is_ok();
    if !there {
        eprintln!("skipped: no OCR engine");
    }
    there
}

/// Waits until nothing of a case is being read.
fn settle(site: &Site, id: &str) {
    for _ in 0..600 {
        let papers = site.loaded(id).state.papers;
        if !papers.iter().any(|p| matches!(site.stage(id, &p.sha256), Some(Stage::Running { .. }))) {
            return;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    panic!("the reading does not end");
}

fn names(site: &Site, id: &str) -> Vec<String> {
    site.loaded(id).state.papers.iter().map(|p| p.name.clone()).collect()
}

/// The names of files that an address of the page names, as a form sends them.
fn named(address: &str) -> Vec<(&str, &str)> {
    let (_, query) = address.split_once('?').unwrap();
    query.split('&').filter_map(|pair| pair.split_once('=')).collect()
}

fn post(site: &Site, path: &str, id: &str, fields: &[(&str, &str)]) -> Result<String, Problem> {
    let seen = site.loaded(id).revision.to_string();
    let mut form = vec![("_seen", seen.as_str())];
    form.extend(fields);
    site.post(path, &form, Vec::new())
}

/// Two photos chosen for a new case, given in the wrong order.
fn begun(site: &Site) -> (String, String) {
    let files =
        vec![upload("letter", "photo-2.png", &photo(PAGES[1])), upload("letter", "photo-1.png", &photo(PAGES[0]))];
    let to = site.post("/new", &[("one_letter", "1")], files).unwrap();
    let id = to.split('/').nth(2).unwrap().to_string();
    (id, to)
}

#[test]
fn photos_chosen_as_one_letter_are_ordered_joined_read_as_one_and_taken_apart_again() {
    let site = Site::new();
    let (id, order) = begun(&site);
    assert!(order.contains("/join?p="), "{order}");
    let page = site.page(Lang::En, &order);
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not there: {page}"));
    assert!(place("Page 1") < place("photo-1.png") && place("photo-1.png") < place("Page 2"), "in the camera's order");
    assert!(place("Page 2") < page.rfind("photo-2.png").unwrap());
    assert!(site.page(Lang::Es, &order).contains("Unirlas en una sola carta"));
    // The link of the second page moves it up.
    let up = page.split("href=\"").find(|l| l.contains("↑")).and_then(|l| l.split('"').next()).unwrap();
    let up = up.replace("&amp;", "&");
    let turned = site.page(Lang::En, up.split('#').next().unwrap());
    assert!(turned.find("photo-2.png").unwrap() < turned.find("photo-1.png").unwrap(), "{turned}");

    let mut form = named(&order);
    form.push(("act", "join"));
    let to = post(&site, &format!("/case/{id}/join"), &id, &form).unwrap();
    settle(&site, &id);
    assert_eq!(names(&site, &id), ["letter of 2 pages.pdf"]);
    let state = site.loaded(&id).state;
    let paper = state.papers[0].clone();
    let parts: Vec<(&str, usize)> = paper.joined_from.iter().map(|p| (p.paper.name.as_str(), p.pages)).collect();
    assert_eq!(parts, [("photo-1.png", 1), ("photo-2.png", 1)]);
    let records: Vec<_> = state.case.records.iter().filter_map(|r| r.file.as_deref()).collect();
    assert_eq!(records, ["letter of 2 pages.pdf"], "one exhibit");
    let told = site.page(Lang::En, &to);
    assert!(told.contains("Your 2 files are one letter now.") && told.contains("value=\"apart\""), "{told}");
    assert!(site.page(Lang::En, &format!("/case/{id}/papers")).contains("Joined from: photo-1.png, photo-2.png"));
    let part = &paper.joined_from[0].paper.sha256;
    assert_eq!(site.download(&format!("/case/{id}/paper/{part}/file")), photo(PAGES[0]), "the photo is kept");
    if has_engine() {
        assert_eq!(get(&state.case, "event.notice_dated").as_deref(), Some("2026-10-15"), "from the first photo");
        let reasons: Vec<_> = state.case.denials.iter().filter_map(|d| d.reason.as_deref()).collect();
        assert_eq!(reasons, ["not_medically_necessary"], "from the second photo");
        let origin = state.case.origin.iter().find(|o| o.fact == "denial.0.reason").unwrap();
        assert_eq!((origin.file.as_deref(), origin.page), (Some("letter of 2 pages.pdf"), Some(2)));
    }

    let before = site.loaded(&id).revision;
    post(&site, &format!("/case/{id}/paper/{}", paper.sha256), &id, &[("act", "apart")]).unwrap();
    settle(&site, &id);
    assert_eq!(names(&site, &id), ["photo-1.png", "photo-2.png"]);
    let case = site.loaded(&id).state.case;
    assert!(!case.origin.iter().any(|o| o.file.as_deref() == Some("letter of 2 pages.pdf")), "{:?}", case.origin);
    assert!(site.loaded(&id).revision > before);
    // Joined once more: nothing is recognized again, and it says the same.
    let to = post(&site, &format!("/case/{id}/join"), &id, &form).unwrap();
    assert!(to.contains(&paper.sha256), "the same photos in the same order are the same file");
    settle(&site, &id);
    let again = site.loaded(&id).state;
    assert_eq!(get(&again.case, "event.notice_dated"), get(&state.case, "event.notice_dated"));
    assert_eq!(again.case.denials, state.case.denials);
    assert_eq!(again.papers[0].kind, state.papers[0].kind);
}

#[test]
fn photos_that_look_like_one_letter_are_proposed_until_the_person_says_no() {
    if !has_engine() {
        return;
    }
    let site = Site::new();
    let id = site.case(&Case::default());
    let seen = site.loaded(&id).revision.to_string();
    let files = vec![upload("paper", "a.png", &photo(PAGES[1])), upload("paper", "b.png", &photo(PAGES[0]))];
    site.post(&format!("/case/{id}/papers"), &[("_seen", &seen)], files).unwrap();
    settle(&site, &id);
    for path in [format!("/case/{id}/papers"), format!("/case/{id}")] {
        let page = site.page(Lang::En, &path);
        let group = page.split("Are these pages of one letter?").nth(1).unwrap_or_else(|| panic!("{path}: {page}"));
        assert!(group.find("b.png").unwrap() < group.find("a.png").unwrap(), "page 1 of 2 goes first");
    }
    let papers = site.loaded(&id).state.papers;
    let group = [("p", &papers[1].sha256[..16]), ("p", &papers[0].sha256[..16])];
    post(&site, &format!("/case/{id}/join"), &id, &[&group[..], &[("act", "no")]].concat()).unwrap();
    assert_eq!(names(&site, &id), ["a.png", "b.png"]);
    assert!(!site.page(Lang::En, &format!("/case/{id}/papers")).contains("Are these pages of one letter?"));
    assert!(site.page(Lang::En, &format!("/case/{id}/history")).contains("Said that papers are different"));
}

#[test]
fn what_cannot_be_a_page_is_named_and_nothing_is_lost() {
    let site = Site::new();
    let cut = b"\xff\xd8\xff\xe0 cut off".to_vec();
    let files = vec![
        upload("letter", "one.png", &photo(PAGES[0])),
        upload("letter", "cut.jpg", &cut),
        upload("letter", "opinion.docx", b"PK\x03\x04 no picture"),
    ];
    let order = site.post("/new", &[("one_letter", "1")], files).unwrap();
    let id = order.split('/').nth(2).unwrap().to_string();
    let page = site.page(Lang::En, &order);
    assert!(page.contains("“opinion.docx” is not a photo or a PDF"), "{page}");
    assert_eq!(names(&site, &id), ["one.png", "cut.jpg", "opinion.docx"], "every file is kept");
    let before = site.loaded(&id);
    let seen = before.revision.to_string();
    let mut form = vec![("_seen", seen.as_str()), ("act", "join")];
    form.extend(named(&order).into_iter().take(2));
    let page = site.post_for_page(&format!("/case/{id}/join"), &form, Vec::new());
    assert!(page.contains("“cut.jpg” is damaged or cut off.") && page.contains("Nothing was changed."), "{page}");
    let after = site.loaded(&id);
    assert_eq!((after.revision, after.state), (before.revision, before.state));
    // The Word file alone with a photo: there is nothing to join.
    let pages = named(&order);
    let page = site.page(Lang::En, &format!("/case/{id}/join?p={}&p={}", pages[0].1, pages[2].1));
    assert!(page.contains("It takes two files or more.") && !page.contains("value=\"join\""), "{page}");
}

#[test]
fn a_page_that_was_forgotten_joins_the_others_and_one_too_many_comes_back() {
    let site = Site::new();
    let id = site.case(&Case::default());
    let seen = site.loaded(&id).revision.to_string();
    let files = ["x.png", "y.png", "z.png"];
    let files = files.iter().map(|n| upload("paper", n, &photo(&[*n, "a page of an invented letter"]))).collect();
    site.post(&format!("/case/{id}/papers"), &[("_seen", &seen), ("one_letter", "1"), ("kind", "bill")], files)
        .unwrap();
    let hash = |n: usize| site.loaded(&id).state.papers[n].sha256[..16].to_string();
    let (x, y, z) = (hash(0), hash(1), hash(2));
    let join = |pages: &[&str]| {
        let mut form: Vec<(&str, &str)> = pages.iter().map(|p| ("p", *p)).collect();
        form.push(("act", "join"));
        post(&site, &format!("/case/{id}/join"), &id, &form).unwrap()
    };
    join(&[&x, &y]);
    assert_eq!(names(&site, &id), ["letter of 2 pages.pdf", "z.png"]);
    let whole = hash(0);
    join(&[&whole, &z]);
    assert_eq!(names(&site, &id), ["letter of 3 pages.pdf"], "the joined letter stands for its pages");
    assert_eq!(site.loaded(&id).state.papers[0].kind.as_deref(), Some("bill"), "what the person said they are");
    join(&[&z, &x]);
    assert_eq!(names(&site, &id), ["letter of 2 pages.pdf", "y.png"], "what is not meant any more is a paper again");
    site.app().jobs.stop(&id);
}

#[test]
fn a_letter_that_was_taken_out_and_is_given_again_is_understood_again() {
    let site = Site::new();
    let letter =
        b"Example Health Plan\nNovember 2, 2026\nNotice of adverse benefit determination\nClaim number: AB-1\n\
        We are unable to approve your request for knee replacement because it is not medically necessary.\n";
    let id = site.case(&Case::default());
    let give = || {
        let seen = site.loaded(&id).revision.to_string();
        let files = vec![upload("paper", "letter.txt", letter)];
        site.post(&format!("/case/{id}/papers"), &[("_seen", &seen)], files).unwrap();
        settle(&site, &id);
        get(&site.loaded(&id).state.case, "claim.number")
    };
    assert_eq!(give().as_deref(), Some("AB-1"));
    let sha256 = site.loaded(&id).state.papers[0].sha256.clone();
    post(&site, &format!("/case/{id}/paper/{sha256}"), &id, &[("act", "remove")]).unwrap();
    assert_eq!(get(&site.loaded(&id).state.case, "claim.number"), None);
    assert_eq!(give().as_deref(), Some("AB-1"));
}
