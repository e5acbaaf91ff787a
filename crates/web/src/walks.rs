//! The app walked through without a network: what a page must show or must not show for a case.
#![allow(clippy::unwrap_used, clippy::panic)]

use facts::{Case, Denial, Event, When};

use crate::http::{Problem, Upload};
use crate::jobs::Stage;
use crate::testing::{Site, kb};
use crate::words::Lang;

fn denied(coverage: &str) -> Case {
    let mut case = Case::default();
    case.coverage.kind = Some(coverage.into());
    case.patient.state = Some("CA".into());
    case.claim.kind = Some("pre_service".into());
    case.claim.service = Some("invented knee operation".into());
    case.denials.push(Denial { reason: Some("not_medically_necessary".into()), ..Denial::default() });
    for kind in ["notice_dated", "notice_received"] {
        let date = When::Day("2026-11-02".parse().unwrap());
        case.events.push(Event { kind: kind.into(), date, evidence: None, note: None });
    }
    case
}

fn file(name: &str, bytes: &[u8]) -> Vec<Upload> {
    vec![Upload { field: "letter".into(), name: name.into(), bytes: bytes.to_vec() }]
}

/// Invented.
const LETTER: &str = "Example Health Plan\nNovember 2, 2026\nNotice of adverse benefit determination\n\
    Member: Ana Example\nPlan: Example Tools Employee Plan (self-funded)\n\
    We are unable to approve your request for knee replacement because it is not medically necessary.\n\
    You have the right to appeal within 180 days of receiving this letter.\n";

/// Styles and script are counted with every page: 60 000 bytes is the promise.
const MOST: usize = 60_000;

#[test]
fn the_page_of_rights_stays_light_for_every_coverage() {
    let site = Site::new();
    let assets = include_str!("../assets/style.css").len() + include_str!("../assets/app.js").len();
    for coverage in kb().index().vocabulary().coverages.names() {
        let id = site.case(&denied(coverage));
        for lang in [Lang::En, Lang::Es] {
            let weight = site.page(lang, &format!("/case/{id}/rights")).len() + assets;
            assert!(weight <= MOST, "{coverage}: {weight} bytes");
        }
    }
}

#[test]
fn commercial_counts_are_never_shown_to_a_member_of_medicare_or_medicaid() {
    let site = Site::new();
    let shown = |coverage: &str| {
        let id = site.case(&denied(coverage));
        site.page(Lang::En, &format!("/case/{id}/evidence"))
    };
    assert!(shown("erisa_insured").contains("California, 2001"));
    for coverage in ["medicare_original", "medicare_advantage", "medicare_part_d", "medicaid_managed_care", "chip"] {
        let page = shown(coverage);
        assert!(!page.contains("California, 2001") && !page.contains("Marketplace"), "{coverage}");
    }
}

#[test]
fn a_letter_that_says_self_funded_still_asks_what_plan_it_is() {
    let site = Site::new();
    let to = site.post("/new", &[], file("letter.txt", LETTER.as_bytes())).unwrap();
    let id = to.split('/').nth(2).unwrap().to_string();
    assert_eq!(site.loaded(&id).state.case.coverage.kind, None);
    assert!(site.page(Lang::En, &to).contains("Is this what your letter says?"));
    let seen = site.loaded(&id).revision.to_string();
    let next = site.post(&to, &[("_seen", &seen), ("act", "confirm")], Vec::new()).unwrap();
    assert!(next.contains("/questions"), "{next}");
    assert!(site.page(Lang::En, &format!("/case/{id}/question/coverage")).contains("How do you get this health plan?"));
}

#[test]
fn a_form_that_is_sent_again_is_kept_once() {
    let site = Site::new();
    let id = site.case(&denied("erisa_insured"));
    let seen = site.loaded(&id).revision.to_string();
    let form = [("_seen", seen.as_str()), ("what", "Physical therapy")];
    let path = format!("/case/{id}/treatments");
    assert!(site.post(&path, &form, Vec::new()).is_ok());
    assert!(matches!(site.post(&path, &form, Vec::new()), Err(Problem::Conflict)));
    assert_eq!(site.loaded(&id).state.case.treatments.len(), 1);
}

#[test]
fn what_was_dragged_stands_before_the_paper_it_was_dropped_on() {
    let site = Site::new();
    let id = site.case(&denied("erisa_insured"));
    for name in ["one.txt", "two.txt", "three.txt"] {
        let seen = site.loaded(&id).revision.to_string();
        let paper = vec![Upload { field: "paper".into(), name: name.into(), bytes: name.as_bytes().to_vec() }];
        site.post(&format!("/case/{id}/papers"), &[("_seen", &seen), ("kind", "office_note")], paper).unwrap();
    }
    let order = |site: &Site| site.loaded(&id).state.case.choices.exhibit_order.unwrap_or_default();
    let drop = |what: &str, before: &str| {
        let seen = site.loaded(&id).revision.to_string();
        let form = [("_seen", seen.as_str()), ("act", "move"), ("file", what), ("before", before)];
        site.post(&format!("/case/{id}/packet"), &form, Vec::new()).unwrap();
    };
    drop("three.txt", "one.txt");
    assert_eq!(order(&site), ["three.txt", "one.txt", "two.txt"]);
    drop("three.txt", "");
    assert_eq!(order(&site), ["one.txt", "two.txt", "three.txt"]);
    drop("one.txt", "gone.txt");
    drop("one.txt", "one.txt");
    assert_eq!(order(&site), ["one.txt", "two.txt", "three.txt"], "an unknown place moves nothing");
    drop("nothing.txt", "one.txt");
    assert_eq!(order(&site), ["one.txt", "two.txt", "three.txt"], "an unknown paper moves nothing");
}

#[test]
fn english_sentences_in_a_spanish_page_are_marked_and_said_to_be_english() {
    let site = Site::new();
    let id = site.case(&denied("erisa_insured"));
    for part in ["rights", "opinion"] {
        let spanish = site.page(Lang::Es, &format!("/case/{id}/{part}"));
        assert!(spanish.contains("lang=\"en\""), "{part}");
        assert!(spanish.contains(Lang::Es.words().t("frame.in_english")), "{part}");
        let english = site.page(Lang::En, &format!("/case/{id}/{part}"));
        assert!(!english.contains(Lang::En.words().t("frame.in_english")), "{part}");
    }
}

#[test]
fn a_decision_in_the_log_opens_the_next_step() {
    let site = Site::new();
    let id = site.case(&denied("erisa_self_funded"));
    let log = |happened: &str, on: &str| {
        let seen = site.loaded(&id).revision.to_string();
        let form = [
            ("_seen", seen.as_str()),
            ("happened", happened),
            ("on", on),
            ("reference", "9400 1000"),
            ("result", "upheld"),
        ];
        site.post(&format!("/case/{id}/log"), &form, Vec::new()).unwrap()
    };
    let before = site.page(Lang::En, &format!("/case/{id}"));
    assert_eq!(log("sent_appeal", "2026-11-10"), format!("/case/{id}"));
    log("received_final", "2026-11-20");
    let after = site.page(Lang::En, &format!("/case/{id}"));
    let next =
        |page: &str| page.split("class=\"big\"").nth(1).and_then(|p| p.split("</p>").next()).unwrap().to_string();
    assert_ne!(next(&before), next(&after), "the next date is that of the next level");
    assert!(after.contains("external review"), "{}", next(&after));
}

#[test]
fn a_file_that_cannot_be_read_stays_in_the_case_and_says_why() {
    let site = Site::new();
    let to = site.post("/new", &[], file("scan.pdf", b"%PDF-1.4 broken")).unwrap();
    let id = to.split('/').nth(2).unwrap().to_string();
    let page = site.page(Lang::En, &to);
    assert!(page.contains("We could not read this file"), "{page}");
    assert!(!page.contains("--password"), "nobody in a browser has options to type");
    let paper = site.loaded(&id).state.papers[0].sha256.clone();
    assert!(matches!(site.stage(&id, &paper), Some(Stage::Failed(_))));
    assert!(site.page(Lang::Es, &to).contains(Lang::Es.words().t("reading.failed_title")));
}

#[test]
fn a_locked_letter_asks_for_its_password_and_is_read_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let locked = folder.path().join("locked.pdf");
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/walks/demo/denial.pdf");
    let made = std::process::Command::new("qpdf")
        .args(["--encrypt", "open sesame", "owner", "256", "--"])
        .args([&source, &locked])
        .status();
    if made.is_err() {
        eprintln!("skipped: qpdf is not installed");
        return;
    }
    let site = Site::new();
    let to = site.post("/new", &[], file("locked.pdf", &std::fs::read(&locked).unwrap())).unwrap();
    let id = to.split('/').nth(2).unwrap().to_string();
    assert!(site.page(Lang::En, &to).contains("This file is locked"));
    let try_with = |password: &str| {
        let seen = site.loaded(&id).revision.to_string();
        let form = [("_seen", seen.as_str()), ("act", "password"), ("password", password)];
        site.post(&to, &form, Vec::new()).unwrap();
        site.page(Lang::En, &to)
    };
    assert!(try_with("guess").contains("That password does not open it"));
    assert!(try_with("open sesame").contains("Is this what your letter says?"));
    assert!(site.loaded(&id).state.case.coverage.member_id.is_some());
    let packet = site.page(Lang::En, &format!("/case/{id}/packet?preview=1"));
    assert!(!packet.contains("These could not be put in"), "the locked letter is in the packet");
}
