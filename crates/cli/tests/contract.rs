//! What the machine contract promises of every command: one document, nothing overwritten, nothing kept from a program.
#![allow(unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn corroborate(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_corroborate"))
        .args(["--today", "2026-11-28"])
        .args(words)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn json(folder: &Path, words: &[&str]) -> Value {
    let output = corroborate(folder, words);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{words:?}: not one JSON document: {e}\n{text}"))
}

/// The demonstration, with another text of its case where `change` makes one.
fn demo(change: impl Fn(String) -> String) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    assert!(corroborate(folder.path(), &["demo"]).status.success());
    let case = folder.path().join("demo");
    let text = std::fs::read_to_string(case.join("case.toml")).unwrap();
    std::fs::write(case.join("case.toml"), change(text)).unwrap();
    (folder, case)
}

fn codes(document: &Value) -> Vec<&str> {
    document["findings"]
        .as_array()
        .unwrap_or_else(|| panic!("no findings"))
        .iter()
        .filter_map(|f| f["code"].as_str())
        .collect()
}

#[test]
fn the_demonstration_dates_no_record_with_the_date_of_birth() {
    let (_folder, case) = demo(|t| t);
    let case: Value = json(&case, &["case", "check", "case.toml", "--json"]);
    let days: Vec<&str> = case["record"].as_array().unwrap().iter().filter_map(|r| r["dated"].as_str()).collect();
    assert_eq!(days, ["2026-10-15", "2026-10-29", "2026-09-18", "2026-09-11"]);
}

#[test]
fn no_command_writes_over_a_paper_of_the_case() {
    let (_folder, case) = demo(|t| t);
    let before = std::fs::read(case.join("denial.pdf")).unwrap();
    for words in
        [&["rights", "case.toml", "--calendar", "denial.pdf"][..], &["case", "export", "case.toml", "-o", "denial.pdf"]]
    {
        let output = corroborate(&case, words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("one of the papers of the case"), "{words:?}");
    }
    assert_eq!(std::fs::read(case.join("denial.pdf")).unwrap(), before);
}

#[test]
fn what_a_person_changed_is_kept_and_what_the_program_wrote_is_written_anew() {
    let (_folder, case) = demo(|t| t);
    let draft = |words: &[&str]| {
        assert!(corroborate(&case, &[&["draft", "case.toml", "appeal_letter", "-o"], words].concat()).status.success())
    };
    let kept = |name: &str| case.join(name).exists();
    // Untouched files of ours give way.
    for (out, language) in [("appeal.docx", "en"), ("appeal.docx", "es"), ("letter.pdf", "en"), ("letter.pdf", "es")] {
        draft(&[out, "--language", language]);
    }
    assert!(!kept("appeal.before-1.docx") && !kept("letter.before-1.pdf"));
    // The person's own words do not.
    let mut edited = zip::ZipArchive::new(std::fs::File::open(case.join("appeal.docx")).unwrap()).unwrap();
    let mut writer = zip::ZipWriter::new(std::fs::File::create(case.join("by_hand.docx")).unwrap());
    for at in 0..edited.len() {
        let mut entry = edited.by_index(at).unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
        writer.start_file(entry.name().unwrap(), zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, text.replace("Northfield", "EDITED BY HAND").as_bytes()).unwrap();
    }
    writer.finish().unwrap();
    std::fs::rename(case.join("by_hand.docx"), case.join("appeal.docx")).unwrap();
    std::fs::write(case.join("notes.txt"), "mine").unwrap();
    std::fs::write(case.join("mine.pdf"), "%PDF-1.4 mine").unwrap();
    std::fs::write(case.join("mine.zip"), "PK mine").unwrap();
    draft(&["appeal.docx"]);
    draft(&["notes.txt"]);
    assert!(corroborate(&case, &["packet", "case.toml", "-o", "mine.pdf", "--zip", "mine.zip"]).status.success());
    for name in ["appeal.before-1.docx", "notes.before-1.txt", "mine.before-1.pdf", "mine.before-1.zip"] {
        assert!(kept(name), "{name}");
    }
    assert!(
        corroborate(&case, &["packet", "case.toml", "-o", "mine.pdf", "--zip", "mine.zip", "--with-blanks"])
            .status
            .success()
    );
    assert!(!kept("mine.before-2.pdf"));
}

#[test]
fn what_is_wrong_in_the_case_is_in_every_document_and_not_computed_with() {
    let (_folder, case) = demo(|t| {
        t.replace("coinsurance_percent = 20.0", "coinsurance_percent = 250.0").replace("2026-10-19", "2027-10-19")
    });
    for words in [
        &["rights", "case.toml", "--json"][..],
        &["case", "check", "case.toml", "--json"],
        &["opinion", "need", "case.toml", "--json"],
        &["opinion", "coverage", "case.toml", "--json"],
        &["opinion", "required", "case.toml", "--json"],
        &["opinion", "schedule", "case.toml", "--json"],
        &["opinion", "compare", "case.toml", "--json"],
        &["opinion", "check", "case.toml", "opinion.pdf", "--json"],
        &["draft", "case.toml", "appeal_letter", "--json"],
        &["packet", "case.toml", "--json"],
    ] {
        let document = json(&case, words);
        for code in ["impossible_value", "event_in_future"] {
            assert!(codes(&document).contains(&code), "{words:?}: {:?}", codes(&document));
        }
    }
    let cost = &json(&case, &["opinion", "coverage", "case.toml", "--json"])["cost"];
    assert_eq!((&cost["coinsurance_percent"], &cost["worked"]), (&Value::Null, &Value::Null));
    let output = corroborate(&case, &["opinion", "schedule", "case.toml"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("after today"), "a person hears it too");
}

#[test]
fn words_outside_the_closed_lists_are_named_with_the_nearest() {
    let wrong = |from: &str, to: &str| {
        let (_folder, case) = demo(|t| t.replacen(from, to, 1));
        let document = json(&case, &["case", "check", "case.toml", "--json"]);
        let found = document["findings"].as_array().unwrap().iter();
        let words = ["unknown_word", "impossible_value", "npi_check_digit"];
        let told: Vec<String> = found
            .filter(|f| words.contains(&f["code"].as_str().unwrap()))
            .map(|f| f["message"].as_str().unwrap().into())
            .collect();
        told.join("\n")
    };
    for (from, to, meant) in [
        ("role = \"patient\"", "role = \"spouse\"", "representative"),
        ("language = \"en\"", "language = \"spanish\"", "`es`"),
        ("state = \"received\"", "state = \"recieved\"", "received"),
        ("seen = \"in_person\"", "seen = \"in person\"", "in_person"),
        ("kind = \"office_note\"", "kind = \"offic_note\"", "office_note"),
        ("plan_year_start = \"2026-01-01\"", "plan_year_start = \"2062-01-01\"", "plan year"),
        ("practice = \"Okafor Spine and Joint\"", "years_treating = -3.0", "years_treating"),
        ("practice = \"Okafor Spine and Joint\"", "npi = \"1234567890\"", "1234567890"),
    ] {
        assert!(wrong(from, to).contains(meant), "{to}: {}", wrong(from, to));
    }
    assert_eq!(wrong("kind = \"office_note\"", "kind = \"therapy_note\""), "", "a kind of one's own may stand");
}

#[test]
fn a_case_file_names_only_papers_that_are_there() {
    let (_folder, case) = demo(|t| t.replacen("file = \"therapy.pdf\"", "file = \"gone.pdf\"", 1));
    let document = json(&case, &["case", "check", "case.toml", "--json"]);
    let gone = document["findings"].as_array().unwrap().iter().find(|f| f["code"] == "file_missing").unwrap();
    assert_eq!(gone["about"], "gone.pdf");
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"d\xff\xe9.pdf");
        std::fs::copy(case.join("denial.pdf"), case.join(name)).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_corroborate"))
            .args(["case", "new", "-o", "n.toml"])
            .arg(name)
            .current_dir(&case)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("plain name") && !case.join("n.toml").exists());
    }
}

#[test]
fn one_document_comes_out_and_says_why_a_command_ends_with_two() {
    let (_folder, case) = demo(|t| t);
    let exported = json(&case, &["case", "export", "case.toml", "-o", "ex.toml", "--json"]);
    assert_eq!(exported["format"], "corroborate-case/1");
    std::fs::write(case.join("empty.pdf"), "").unwrap();
    for words in [
        &["case", "new", "denial.pdf", "empty.pdf", "-o", "new.toml", "--json"][..],
        &["case", "add", "ex.toml", "empty.pdf", "--json"],
        &["evidence", "references", "empty.pdf", "--json"],
    ] {
        assert_eq!(corroborate(&case, words).status.code(), Some(2));
        assert!(codes(&json(&case, words)).contains(&"file_not_read"), "{words:?}");
    }
    // What a command printed of a case is a case file again.
    let printed = corroborate(&case, &["case", "check", "case.toml", "--json"]).stdout;
    std::fs::write(case.join("printed.json"), printed).unwrap();
    assert!(corroborate(&case, &["case", "check", "printed.json"]).status.success());
}

#[test]
fn the_manifest_says_what_was_written_and_null_where_nothing_was() {
    let (_folder, case) = demo(|t| t);
    let made = json(&case, &["packet", "case.toml", "-o", "p.pdf", "--fax-pages", "10", "--zip", "p.zip", "--json"]);
    let parts = made["parts"].as_array().unwrap();
    let mut next = 1;
    for part in parts {
        assert_eq!(part["first_page"], next);
        next = part["last_page"].as_u64().unwrap() + 1;
        assert!(case.join(part["file"].as_str().unwrap()).exists() && part["sha256"].as_str().unwrap().len() == 64);
    }
    assert_eq!(Value::from(next - 1), made["pages"], "nothing lost, nothing twice");
    assert_eq!(made["zip"], "p.zip");
    for code in ["opinion_sentence", "criteria_gap"] {
        assert!(codes(&made).contains(&code), "what a person is told of the letter: {:?}", codes(&made));
    }
    let text = std::fs::read_to_string(case.join("case.toml")).unwrap();
    std::fs::write(case.join("case.toml"), text.replacen("name = \"Marisol Vega\"\n", "", 1)).unwrap();
    let blocked = json(&case, &["packet", "case.toml", "-o", "p.pdf", "--json"]);
    assert_eq!([&blocked["pdf"], &blocked["sha256"], &blocked["pages"]], [&Value::Null; 3]);
    let low = json(&case, &["packet", "case.toml", "-o", "p.pdf", "--with-blanks", "--fax-pages", "1", "--json"]);
    assert_eq!(low["error"]["about"], "--fax-pages");
    assert!(low["error"]["hint"].as_str().unwrap().contains('2'));
}

#[test]
fn the_programs_own_form_is_an_opinion_once_it_is_filled_in_and_its_print_is_no_evidence() {
    let (_folder, case) = demo(|t| t);
    for language in ["en", "es"] {
        assert!(
            corroborate(
                &case,
                &["draft", "case.toml", "opinion_template", "-o", "form.txt", "--language", language, "--with-blanks"]
            )
            .status
            .success()
        );
        let blank = json(&case, &["opinion", "check", "case.toml", "form.txt", "--json"]);
        let present: Vec<&Value> = blank["elements"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|e| e["state"] == "present")
            .map(|e| &e["element"])
            .collect();
        assert!(present.is_empty(), "{language}: {present:?}");
        let printed = std::fs::read_to_string(case.join("form.txt")).unwrap();
        let filled = printed.replacen("[ ]", "[x]", 1).replacen(
            "______________________________",
            "Seen in person on October 27, 2026: 6 mm of movement at L4-L5.",
            1,
        );
        std::fs::write(case.join("filled.txt"), filled).unwrap();
        let new = json(&case, &["case", "new", "denial.pdf", "filled.txt", "-o", "new.toml", "--json"]);
        assert_eq!(new["record"][1]["kind"], "opinion_letter", "{language}");
        assert_eq!(new["denial"].as_array().unwrap().len(), 2, "the plan's words on the form are no second denial");
        let check = json(&case, &["opinion", "check", "case.toml", "filled.txt", "--json"]);
        assert!(!codes(&check).contains(&"not_an_opinion"), "{language}: {:?}", codes(&check));
        let new = json(&case, &["case", "new", "denial.pdf", "form.txt", "-o", "new.toml", "--json"]);
        assert_eq!(new["second_opinion"], Value::Null, "a blank form is no letter that came");
    }
}

#[test]
fn what_no_physician_wrote_is_no_opinion_and_no_approval() {
    let (_folder, case) = demo(|t| t);
    let kind = |text: &str| {
        std::fs::write(case.join("paper.txt"), text).unwrap();
        let new = json(&case, &["case", "new", "denial.pdf", "paper.txt", "-o", "new.toml", "--json"]);
        assert_eq!(new["second_opinion"], Value::Null, "{text}");
        new["record"][1]["kind"].as_str().unwrap_or_default().to_string()
    };
    let aunt = "Hi Ada,\nI think you should have the operation. My sister had the same one and I agree with your doctor.\nLove, Aunt Joan\n";
    assert_eq!(
        kind(
            "This page tests a color space.\n\nThis image is in the first color space,\nIt should appear red and darker than the one on the right\n"
        ),
        "other"
    );
    assert_ne!(
        kind(
            "Consent for surgery\nI, Ada Quill, agree to have a lumbar fusion. [x] Yes [ ] No\nSigned: Ada Quill  10/02/2026\n"
        ),
        "approval"
    );
    assert_eq!(kind(aunt), "other");
    std::fs::write(case.join("paper.txt"), aunt).unwrap();
    let check = json(&case, &["opinion", "check", "case.toml", "paper.txt", "--json"]);
    assert!(codes(&check).contains(&"not_an_opinion"));
    assert_eq!((&check["outcome"], &check["attach"]), (&Value::from("unclear"), &Value::from("do_not_attach")));
}

#[test]
fn a_command_line_that_is_wrong_says_in_its_document_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let error = |words: &[&str]| json(folder.path(), words)["error"]["message"].as_str().unwrap().to_string();
    assert!(error(&["rights", "--json"]).contains("<CASE>"));
    assert!(error(&["opinion", "--language", "fr", "need", "c.toml", "--json"]).contains("en, es"));
    assert!(error(&["packet", "c.toml", "--fax-megabytes", "nan", "--json"]).contains("above zero"));
    std::fs::write(folder.path().join("wide.toml"), b"\xff\xfe[\0p\0").unwrap();
    assert!(
        json(folder.path(), &["rights", "wide.toml", "--json"])["error"]["hint"].as_str().unwrap().contains("UTF-8")
    );
}
