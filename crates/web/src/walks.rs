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
        let mut case = denied(coverage);
        // The plan has said no for the last time: the outside review is the step at hand.
        for kind in ["final_notice_dated", "final_notice_received"] {
            let date = When::Day("2026-11-20".parse().unwrap());
            case.events.push(Event { kind: kind.into(), date, evidence: None, note: None });
        }
        case.coverage.external_process = Some("state".into());
        let id = site.case(&case);
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
fn a_file_that_cannot_be_read_can_be_named_and_taken_out() {
    let site = Site::new();
    let to = site.post("/new", &[], file("scan.pdf", b"%PDF-1.4 broken")).unwrap();
    let id = to.split('/').nth(2).unwrap().to_string();
    let page = site.page(Lang::En, &to);
    assert!(page.contains("value=\"kind\"") && page.contains("value=\"remove\""), "{page}");
    let seen = site.loaded(&id).revision.to_string();
    site.post(&to, &[("_seen", &seen), ("act", "kind"), ("kind", "office_note")], Vec::new()).unwrap();
    assert_eq!(site.loaded(&id).state.papers[0].kind.as_deref(), Some("office_note"));
    let seen = site.loaded(&id).revision.to_string();
    site.post(&to, &[("_seen", &seen), ("act", "remove")], Vec::new()).unwrap();
    assert!(site.loaded(&id).state.papers.is_empty() && site.loaded(&id).state.case.claim.documents.is_empty());
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

#[test]
fn a_passphrase_is_changed_only_by_who_knows_it() {
    let site = Site::locked_with(&journal::Key::passphrase("four quiet words here"));
    let id = site.case(&denied("erisa_insured"));
    assert!(site.page(Lang::Es, "/settings").contains(Lang::Es.words().t("settings.phrase_title")));
    let change = |old: &str, new: &str, again: &str| {
        site.post("/settings/passphrase", &[("old", old), ("new", new), ("again", again)], Vec::new())
    };
    let new = " five even quieter words here ";
    for (old, new, again, key) in [
        ("four quiet words", new, new, "settings.phrase_wrong"),
        ("four quiet words here", new, "something else", "settings.phrase_differs"),
        ("four quiet words here", "short", "short", "settings.phrase_short"),
    ] {
        assert!(matches!(change(old, new, again), Err(Problem::Bad(k)) if k == key), "{key}");
    }
    assert!(change("four quiet words here", new, new).is_ok());
    let opens = |words: &str| {
        let journal = site.app().journal();
        journal.as_ref().unwrap().opens_with(&journal::Key::passphrase(words)).unwrap()
    };
    assert!(opens(new) && !opens(new.trim()) && !opens("four quiet words here"));
    assert!(site.page(Lang::En, &format!("/case/{id}")).contains("invented knee operation"));
}

#[test]
fn cases_go_from_their_key_file_to_a_passphrase_and_back() {
    let site = Site::with_key_file();
    let id = site.case(&denied("erisa_insured"));
    let (key, words) = (site.app().key_file().unwrap(), "five even quieter words");
    let page = site.page(Lang::En, "/settings");
    assert!(page.contains(&key.display().to_string()) && !page.contains("name=\"old\""), "{page}");
    let lock =
        |new: &str, again: &str| site.post("/settings/passphrase", &[("new", new), ("again", again)], Vec::new());
    assert!(matches!(lock(words, "other words than these"), Err(Problem::Bad("settings.phrase_differs"))));
    assert!(matches!(lock("short", "short"), Err(Problem::Bad("settings.phrase_short"))));
    assert!(key.exists() && site.app().key_file().is_some(), "nothing was changed");
    assert_eq!(lock(words, words).unwrap(), "/settings?changed=passphrase#lock");
    assert!(!key.exists() && site.app().key_file().is_none());
    let kept = journal::kept_key_files(&site.app().place);
    let page = site.page(Lang::Es, "/settings?changed=passphrase");
    let says = Lang::Es.words();
    assert!(page.contains(says.t("settings.to_phrase_done")) && page.contains(says.t("settings.kept_text")), "{page}");
    assert!(page.contains(&kept[0].display().to_string()) && page.contains("name=\"old\""), "{page}");

    let back = |now: &str| site.post("/settings/key", &[("now", now)], Vec::new());
    assert!(matches!(back("not these words"), Err(Problem::Bad("settings.phrase_wrong"))));
    assert!(!key.exists());
    assert_eq!(back(words).unwrap(), "/settings?changed=key#lock");
    assert!(key.exists() && site.app().key_file() == Some(key.clone()));
    assert!(matches!(back(words), Err(Problem::NotFound)), "they have a key file already");
    assert!(site.page(Lang::En, &format!("/case/{id}")).contains("invented knee operation"));
    // Erasing everything leaves no key behind, not even one of earlier backups.
    site.post_for_page("/settings/erase", &[("sure", "1")], Vec::new());
    assert!(!key.exists() && journal::kept_key_files(&site.app().place).is_empty());
}

#[test]
fn the_address_for_the_appeal_is_asked_and_stands_on_the_letter() {
    let site = Site::new();
    let id = site.case(&denied("erisa_insured"));
    let question = format!("/case/{id}/question/appeal_address");
    let letter = format!("/case/{id}/letter/appeal_letter");
    let before = site.page(Lang::En, &letter);
    assert!(before.contains("/question/appeal_address"), "what the letter lacks leads to its question: {before}");
    for lang in [Lang::En, Lang::Es] {
        let page = site.page(lang, &question);
        assert!(page.contains("<textarea") && page.contains(lang.words().t("hint.appeal_address")), "{page}");
    }
    let seen = site.loaded(&id).revision.to_string();
    let lines = "Example Plan Appeals\r\nP.O. Box 200\r\nSpringfield, IL 62701";
    site.post(&question, &[("_seen", &seen), ("value", lines)], Vec::new()).unwrap();
    let address = site.loaded(&id).state.case.coverage.appeal_address.unwrap();
    assert_eq!(address.lines().collect::<Vec<_>>(), ["Example Plan Appeals", "P.O. Box 200", "Springfield, IL 62701"]);
    let page = site.page(Lang::En, &letter);
    assert!(page.contains("P.O. Box 200") && !page.contains("/question/appeal_address"), "{page}");
    let answers = site.page(Lang::En, &format!("/case/{id}/questions?list=1"));
    assert!(answers.contains("P.O. Box 200<br>Springfield"), "{answers}");
}

#[test]
fn asking_that_care_go_on_is_told_by_a_button_and_then_presses_no_more() {
    let site = Site::new();
    let case = "[patient]\nstate = \"CA\"\n[coverage]\nkind = \"medicaid_managed_care\"\n[claim]\nkind = \"concurrent\"\n\
                service = \"home health visits\"\n[[denial]]\nreason = \"custodial\"\n\
                [[event]]\nkind = \"notice_dated\"\ndate = 2026-11-20\n[[event]]\nkind = \"notice_sent\"\ndate = 2026-11-20\n\
                [[event]]\nkind = \"effective_date\"\ndate = 2026-12-05\n";
    let id = site.case(&Case::parse(case).unwrap());
    let at = format!("/case/{id}");
    let says = |lang: Lang| lang.words().of("happened", "asked_continuation");
    for lang in [Lang::En, Lang::Es] {
        let page = site.page(lang, &at);
        assert!(page.contains("value=\"asked_continuation\"") && page.contains(&says(lang)), "{page}");
        assert!(page.contains(lang.words().t("event.effective_date")), "{page}");
        // One asks that care go on, for which a call is enough; what one files is the appeal.
        let [ask, call, file] = ["overview.ask_by", "overview.call_by", "overview.file_by"].map(|w| lang.words().t(w));
        assert!(page.contains(&format!("class=\"big\">{call} <time")), "{page}");
        let rights = site.page(lang, &format!("{at}/rights"));
        let has = |word: &str| rights.contains(&format!("{word} <strong"));
        assert!((has(ask) || has(call)) && has(file), "{rights}");
    }
    // The appeal is a step of its own, under its own name; a section of law is named once.
    let page = site.page(Lang::En, &at);
    assert!(page.contains("<h3>Appeal to the plan</h3>"), "{page}");
    assert_eq!(page.matches(">42 CFR 438.420(a)</span>").count(), 1, "{page}");
    let seen = site.loaded(&id).revision.to_string();
    let told =
        [("_seen", seen.as_str()), ("happened", "asked_continuation"), ("on", "2026-11-25"), ("who", "Ms. Invented")];
    assert_eq!(site.post(&format!("{at}/log"), &told, Vec::new()).unwrap(), at, "the person sees what comes next");
    let event = site.loaded(&id).state.case.events.iter().find(|e| e.kind == "continuation_asked").cloned();
    assert_eq!(event.map(|e| e.date.to_string()).as_deref(), Some("2026-11-25"));
    let page = site.page(Lang::En, &at);
    assert!(!page.contains("value=\"asked_continuation\""), "it presses no more: {page}");
    let log = site.page(Lang::En, &format!("{at}/log"));
    assert!(log.contains(&says(Lang::En)) && log.contains("Ms. Invented"), "{log}");
    // An appeal needs no such button.
    let other = site.case(&denied("erisa_insured"));
    let page = site.page(Lang::En, &format!("/case/{other}"));
    assert!(!page.contains("asked_continuation") && page.contains("File by") && !page.contains("Ask by"), "{page}");
}

#[test]
fn a_letter_that_was_changed_in_word_is_taken_back() {
    let site = Site::new();
    let id = site.case(&denied("erisa_insured"));
    let letter = draft_of(&site, &id);
    let line = letter
        .lines()
        .skip_while(|l| !l.ends_with([':', ',']))
        .find(|l| l.len() > 60 && l.ends_with('.'))
        .unwrap()
        .to_string();
    let edited = packet_docx(&site, &id, &line, "I have lived with this pain for two years.");
    let seen = site.loaded(&id).revision.to_string();
    let upload =
        |name: &str, bytes: &[u8]| vec![Upload { field: "edited".into(), name: name.into(), bytes: bytes.to_vec() }];
    let at = format!("/case/{id}/letters");
    let page = site.post_for_page(&at, &[("_seen", &seen)], upload("appeal.docx", &edited));
    assert!(page.contains("We took one change from your file"), "{page}");
    assert!(page.contains("I have lived with this pain for two years."));
    assert!(page.contains("and in the packet."), "{page}");
    let edits = site.loaded(&id).state.case.edits;
    assert_eq!((edits.len(), edits[0].document.as_str()), (1, "appeal_letter"));
    let seen = site.loaded(&id).revision.to_string();
    let other = site.post(&at, &[("_seen", &seen)], upload("notes.docx", b"no Word file"));
    assert!(matches!(other, Err(Problem::Bad("taken_back.not_word"))));
}

#[test]
fn the_packet_holds_the_english_appeal_and_a_change_elsewhere_is_not_said_to_be_in_it() {
    let site = Site::new();
    let id = site.case(&denied("erisa_insured"));
    let was = "decida esta apelación|vuelva a mirar|Gracias por";
    let spanish = format!("/case/{id}/letter/appeal_letter/file/txt?language=es");
    let letter = String::from_utf8(site.download(&spanish)).unwrap();
    let line = letter.lines().find(|l| was.split('|').any(|w| l.contains(w))).unwrap_or_else(|| panic!("{letter}"));
    let docx = format!("/case/{id}/letter/appeal_letter/file/docx?language=es");
    let edited = changed_docx(&site.download(&docx), line, "Vivo con este dolor desde hace dos años.");
    let seen = site.loaded(&id).revision.to_string();
    let file = vec![Upload { field: "edited".into(), name: "carta.docx".into(), bytes: edited }];
    let page = site.post_for_page(&format!("/case/{id}/letters"), &[("_seen", &seen)], file);
    assert!(page.contains("not in the packet"), "{page}");

    let packet = site.download(&format!("/case/{id}/packet/zip?language=es"));
    let mut all = zip::ZipArchive::new(std::io::Cursor::new(packet)).unwrap();
    let mut appeal = Vec::new();
    std::io::Read::read_to_end(&mut all.by_name("appeal.docx").unwrap(), &mut appeal).unwrap();
    let mut appeal = zip::ZipArchive::new(std::io::Cursor::new(appeal)).unwrap();
    let text = std::io::read_to_string(appeal.by_name("word/document.xml").unwrap()).unwrap();
    assert!(text.contains("Thank you for looking") && !text.contains("Gracias"), "{text}");
}

fn draft_of(site: &Site, id: &str) -> String {
    String::from_utf8(site.download(&format!("/case/{id}/letter/appeal_letter/file/txt"))).unwrap()
}

/// The Word file of the appeal with one text in place of another, as a word processor would write it.
fn packet_docx(site: &Site, id: &str, was: &str, now: &str) -> Vec<u8> {
    let bytes = site.download(&format!("/case/{id}/letter/appeal_letter/file/docx"));
    changed_docx(&bytes, was, now)
}

fn changed_docx(bytes: &[u8], was: &str, now: &str) -> Vec<u8> {
    use std::io::{Cursor, Read, Write};
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut replaced = false;
    for i in 0..from.len() {
        let mut file = from.by_index(i).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        let name = file.name().unwrap().into_owned();
        if name == "word/document.xml" {
            let text = String::from_utf8(content).unwrap();
            let escaped = was.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            replaced = text.contains(&escaped);
            content = text.replace(&escaped, now).into_bytes();
        }
        to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(&content).unwrap();
    }
    assert!(replaced, "the line stands in the Word file: {was}");
    to.finish().unwrap().into_inner()
}

#[test]
fn in_spanish_a_right_says_in_spanish_what_it_is_and_how_its_date_was_counted() {
    let site = Site::new();
    let id = site.case(&denied("erisa_insured"));
    let page = site.page(Lang::Es, &format!("/case/{id}/rights"));
    for words in
        ["El plazo corre desde el día en que usted recibió la carta", "El día del suceso no cuenta; el último día sí."]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("within 30 days") && !page.contains("within 60 days"), "periods are told in Spanish");
}

#[test]
fn a_packet_that_was_waited_for_is_offered_and_not_pushed() {
    let site = Site::new();
    let id = site.case(&denied("erisa_insured"));
    for (wait, at) in [("file", "/packet/file\""), ("zip", "/packet/zip\""), ("zip.40", "/packet/zip?fax=40\"")] {
        let page = site.page(Lang::En, &format!("/case/{id}/packet?wait={wait}"));
        assert!(page.contains("Your packet is ready.") && page.contains(at), "{wait}: {page}");
    }
}

#[test]
fn a_packet_that_is_being_built_can_be_stopped_and_made_again() {
    let site = Site::new();
    let id = site.case(&denied("erisa_insured"));
    let at = format!("/case/{id}/packet");
    let work = site.app().jobs.begin(&id, "packet").unwrap();
    assert!(site.page(Lang::En, &format!("{at}?wait=file")).contains("value=\"stop\""));
    let to = site.post(&at, &[("act", "stop")], Vec::new()).unwrap();
    assert!(work.watch().is_stopped());
    for waiting in [to, format!("{at}?wait=file")] {
        let page = site.page(Lang::Es, &waiting);
        assert!(page.contains(Lang::Es.words().t("packet.stopped")), "{waiting}");
    }
    work.end(Err(extract::ExtractError::new("packet", "stopped")));
    assert!(site.download(&format!("{at}/file")).starts_with(b"%PDF"), "made again when it is asked for");
}

#[test]
fn a_reason_can_be_added_changed_and_removed_beside_the_letter() {
    let site = Site::new();
    let to = site.post("/new", &[], file("letter.txt", LETTER.as_bytes())).unwrap();
    let id = to.split('/').nth(2).unwrap().to_string();
    let reasons =
        |site: &Site| site.loaded(&id).state.case.denials.iter().filter_map(|d| d.reason.clone()).collect::<Vec<_>>();
    let send = |act: &str, at: &str, reason: &str, words: &str| {
        let seen = site.loaded(&id).revision.to_string();
        let form = [("_seen", seen.as_str()), ("act", act), ("at", at), ("reason", reason), ("words", words)];
        site.post(&to, &form, Vec::new())
    };
    assert_eq!(reasons(&site), ["not_medically_necessary"]);
    send("reason_add", "", "custodial", "The remaining needs are custodial.").unwrap();
    assert_eq!(reasons(&site), ["not_medically_necessary", "custodial"]);
    let page = site.page(Lang::En, &to);
    assert!(page.contains("The remaining needs are custodial."), "{page}");
    send("reason_set", "1", "level_of_care", "The remaining needs are custodial.").unwrap();
    send("reason_remove", "0", "other", "").unwrap();
    assert_eq!(reasons(&site), ["level_of_care"]);
    let origins = site.loaded(&id).state.case.origin;
    let of_reason: Vec<_> =
        origins.iter().filter(|o| o.fact.starts_with("denial.")).map(|o| (o.fact.as_str(), o.kind)).collect();
    assert_eq!(of_reason, [("denial.0.reason", facts::OriginKind::Stated)], "its origin moves with it");
    assert!(send("reason_add", "", "because", "x").is_err() && send("reason_remove", "7", "other", "").is_err());
}

#[test]
fn every_fact_that_a_packet_waits_for_can_be_entered_from_its_page() {
    let site = Site::new();
    let id = site.case(&denied("erisa_self_funded"));
    let page = site.page(Lang::En, &format!("/case/{id}/packet"));
    let path = format!("/case/{id}/question/fact:claim.number");
    assert!(page.contains(&path), "the blank has its link: {page}");
    assert!(site.page(Lang::En, &path).contains("Claim number"));
    assert!(site.page(Lang::Es, &path).contains("Escríbalo como está en su carta o tarjeta"));
    let seen = site.loaded(&id).revision.to_string();
    site.post(&path, &[("_seen", &seen), ("value", "UM-26-118834")], Vec::new()).unwrap();
    assert_eq!(site.loaded(&id).state.case.claim.number.as_deref(), Some("UM-26-118834"));
    // A member's number does as well: care still to come has no claim.
    let mut other = denied("erisa_self_funded");
    other.coverage.member_id = Some("HX-123456".into());
    let id = site.case(&other);
    let page = site.page(Lang::En, &format!("/case/{id}/packet"));
    let (asked, notes) = page.split_once("class=\"notes\"").unwrap();
    assert!(!asked.contains("fact:claim.number"), "no blank waits for it: {asked}");
    assert!(notes.contains("fact:claim.number"), "it is only noted: {notes}");
}

#[test]
fn an_answer_left_open_stays_a_task_where_a_right_hangs_on_it() {
    let site = Site::new();
    let mut case = denied("erisa_self_funded");
    case.coverage.kind = None;
    crate::facts_at::set_origin(&mut case, "coverage.kind", facts::OriginKind::Unknown);
    let id = site.case(&case);
    for path in ["", "/questions?list=1"] {
        let page = site.page(Lang::En, &format!("/case/{id}{path}"));
        assert!(page.contains(&format!("/case/{id}/question/coverage")), "{page}");
    }
    let list = site.page(Lang::En, &format!("/case/{id}/questions?list=1"));
    assert!(!list.contains(Lang::En.words().t("questions.done_title")), "{list}");
}

#[test]
fn the_letters_own_window_is_a_date_while_the_law_gives_none() {
    let site = Site::new();
    let to = site.post("/new", &[], file("letter.txt", LETTER.as_bytes())).unwrap();
    let id = to.split('/').nth(2).unwrap().to_string();
    let page = site.page(Lang::En, &format!("/case/{id}"));
    assert!(page.contains("Friday, April 30, 2027") && page.contains("180 days"), "{page}");
}

#[test]
fn a_step_that_waits_has_no_day_and_a_done_step_says_so() {
    let site = Site::new();
    let id = site.case(&denied("erisa_self_funded"));
    let page = site.page(Lang::En, &format!("/case/{id}/rights"));
    assert!(page.contains("This opens after the answer to: Appeal to the plan"), "{page}");
    let calendar = String::from_utf8(site.download(&format!("/case/{id}/rights/dates.ics"))).unwrap();
    assert!(calendar.contains("us.erisa.internal_appeal") && !calendar.contains("external_review"), "{calendar}");
    site.change(&id, |state| {
        let date = When::Day("2026-11-20".parse().unwrap());
        state.case.events.push(Event { kind: "appeal_filed".into(), date, evidence: None, note: None });
    });
    let page = site.page(Lang::En, &format!("/case/{id}"));
    assert!(page.contains("They must answer by") && !page.contains(Lang::En.words().t("overview.no_date")), "{page}");
    let card = site.page(Lang::En, &format!("/case/{id}/rights"));
    let card =
        card.split("us.erisa.internal_appeal-title").nth(2).unwrap().split("</section>").next().unwrap().to_string();
    assert!(card.contains(">Done<") && !card.contains("File by"), "{card}");
}

#[test]
fn what_only_the_person_reads_opens_in_the_language_of_the_page() {
    let site = Site::new();
    let id = site.case(&denied("erisa_self_funded"));
    assert!(site.page(Lang::Es, &format!("/case/{id}/letter/phone_script")).contains("lang=\"es\""));
    let article = |id: &str| {
        let page = site.page(Lang::Es, &format!("/case/{id}/letter/appeal_letter"));
        page.split("<article").nth(1).unwrap().split('>').next().unwrap().to_string()
    };
    assert!(article(&id).contains("lang=\"en\""), "a letter to the plan stays in English");
}

#[test]
fn a_harmful_opinion_goes_in_only_when_it_is_said_twice() {
    let site = Site::new();
    let mut case = denied("erisa_self_funded");
    case.second_opinion = Some(facts::SecondOpinion { letter: Some("opinion.txt".into()), ..Default::default() });
    let id = site.case(&case);
    let letter = "Second Opinion Consultation\nNovember 18, 2026\nI am Ben Invented, MD, an orthopedic surgeon. I examined the \
        patient.\nI do not recommend the invented knee operation. It is not medically necessary now.\nBen Invented, MD\n";
    site.post(
        &format!("/case/{id}/opinion/check"),
        &[("_seen", &site.loaded(&id).revision.to_string())],
        file("opinion.txt", letter.as_bytes()),
    )
    .unwrap();
    let page = site.page(Lang::En, &format!("/case/{id}/packet"));
    assert!(page.contains("name=\"sure\""), "{page}");
    let put = |sure: &[(&str, &str)]| {
        let seen = site.loaded(&id).revision.to_string();
        let form: Vec<_> = [("_seen", seen.as_str()), ("act", "in"), ("file", "opinion.txt")]
            .into_iter()
            .chain(sure.iter().copied())
            .collect();
        site.post(&format!("/case/{id}/packet"), &form, Vec::new())
    };
    assert!(put(&[]).is_err());
    assert_eq!(site.loaded(&id).state.case.choices.attach_opinion, None);
    assert!(put(&[("sure", "1")]).unwrap().contains("put=1"));
    assert_eq!(site.loaded(&id).state.case.choices.attach_opinion, Some(true));
    let check = site.page(Lang::En, &format!("/case/{id}/opinion/check"));
    assert!(!check.contains("/letter/please_add") && check.contains("/letter/thank_you"), "{check}");
}
