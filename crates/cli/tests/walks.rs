//! End to end: the program as a person or another program calls it.
#![allow(unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn corroborate(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_corroborate")).args(words).current_dir(folder).output().unwrap()
}

fn json(folder: &Path, words: &[&str]) -> Value {
    let output = corroborate(folder, words);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(&text).unwrap_or_else(|e| {
        panic!("{words:?}: not one JSON document: {e}\n{text}\n{}", String::from_utf8_lossy(&output.stderr))
    })
}

fn demo() -> (tempfile::TempDir, Value) {
    let folder = tempfile::tempdir().unwrap();
    let value = json(folder.path(), &["demo", "--json"]);
    (folder, value)
}

/// The program's output when the tool is there; otherwise says that the check was skipped.
fn tool(name: &str, words: &[&str]) -> Option<Output> {
    match Command::new(name).args(words).output() {
        Ok(output) => Some(output),
        Err(_) => {
            eprintln!("skipped: {name} is not installed");
            None
        }
    }
}

fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("CORROBORATE_DATA").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let found = named.or(Some(beside)).filter(|p| p.is_dir());
    if found.is_none() {
        eprintln!("skipped: no shared data");
    }
    found
}

#[test]
fn the_demo_goes_from_letters_to_a_packet() {
    let (folder, value) = demo();
    let field = |name: &str| {
        value["reading"]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["name"] == name)
            .unwrap_or_else(|| panic!("{name} was not read"))["value"]
            .clone()
    };
    assert_eq!(field("notice.dated"), "2026-10-15");
    assert_eq!(field("member.id"), "NBX 4471 90213");
    assert_eq!(field("appeal.window_stated"), "180 days");
    let appeal = value["walk"]["entitlements"]["rights"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["gives"] == "internal_appeal.file")
        .unwrap();
    // 180 days after receipt on October 19, 2026, the day of receipt not counted.
    assert_eq!(appeal["due"], "2027-04-17");
    assert_eq!(value["walk"]["check"]["outcome"], "confirms");
    let states: Vec<&Value> =
        value["walk"]["criteria"]["leaves"].as_array().unwrap().iter().map(|l| &l["state"]).collect();
    assert_eq!(states, ["documented", "documented", "documented", "not_documented"]);
    for file in ["case.toml", "packet.pdf", "appeal.docx", "deadlines.ics"] {
        assert!(folder.path().join("demo").join(file).metadata().unwrap().len() > 0, "{file} is empty");
    }
}

#[test]
fn the_packet_is_sound_and_holds_every_exhibit() {
    let (folder, value) = demo();
    let pdf = folder.path().join("demo/packet.pdf");
    assert_eq!(value["packet"]["contents_verified"], true);
    assert_eq!(value["packet"]["left_out"], Value::Array(Vec::new()));
    if let Some(output) = tool("qpdf", &["--check", &pdf.display().to_string()]) {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    if let Some(output) = tool("pdftotext", &["-layout", &pdf.display().to_string(), "-"]) {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        for line in [
            "Northfield Benefit Administrators",
            "Lakeshore University Spine Center",
            "Riverbend Imaging",
            "Short North Physical Therapy",
        ] {
            assert!(text.contains(line), "the packet lacks the exhibit that begins “{line}”");
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (one, _) = demo();
    let (two, _) = demo();
    for file in ["packet.pdf", "appeal.docx", "deadlines.ics"] {
        let read = |folder: &tempfile::TempDir| std::fs::read(folder.path().join("demo").join(file)).unwrap();
        assert!(read(&one) == read(&two), "{file} differs between two runs");
    }
}

#[test]
fn the_written_case_can_be_used_by_every_command() {
    let (folder, _) = demo();
    let case = folder.path().join("demo/case.toml").display().to_string();
    let letter = folder.path().join("demo/opinion.pdf").display().to_string();
    let commands: &[&[&str]] = &[
        &["rights", &case],
        &["opinion", "need", &case],
        &["opinion", "coverage", &case],
        &["opinion", "required", &case],
        &["opinion", "specialist", &case],
        &["opinion", "brief", &case],
        &["opinion", "check", &case, &letter],
        &["opinion", "compare", &case],
        &["opinion", "schedule", &case],
        &["evidence", "criteria", &case],
        &["case", "check", &case],
    ];
    for words in commands {
        let mut words = words.to_vec();
        words.extend(["--json", "--today", "2026-11-02"]);
        json(folder.path(), &words);
    }
}

/// A file that is wrong in one way, the words of the command, and what the one line must name.
struct Wrong {
    name: &'static str,
    bytes: Vec<u8>,
    says: &'static str,
}

#[test]
fn bad_input_is_named_and_loses_nothing() {
    let pdf = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/walks/demo/denial.pdf")).unwrap();
    let wrongs = [
        Wrong { name: "empty.pdf", bytes: Vec::new(), says: "empty" },
        Wrong { name: "cut.pdf", bytes: pdf[..pdf.len() / 3].to_vec(), says: "cut.pdf" },
        Wrong {
            name: "noise.bin",
            bytes: (0..4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect(),
            says: "noise.bin",
        },
    ];
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("good.pdf"), &pdf).unwrap();
    for wrong in wrongs {
        std::fs::write(folder.path().join(wrong.name), &wrong.bytes).unwrap();
        let output = corroborate(folder.path(), &["read", "--json", wrong.name, "good.pdf"]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{}: {error}", wrong.name);
        assert!(error.contains(wrong.name) && error.contains(wrong.says), "{}: {error}", wrong.name);
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(
            value["fields"]
                .as_array()
                .unwrap()
                .iter()
                .any(|f| f["name"] == "claim.number" || f["name"] == "reference.number"),
            "the good file was lost beside {}",
            wrong.name
        );
    }
    let output = corroborate(folder.path(), &["read", "absent.pdf"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("absent.pdf"));
}

#[test]
fn an_encrypted_file_asks_for_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/walks/demo/denial.pdf").display().to_string();
    let locked = folder.path().join("locked.pdf").display().to_string();
    if tool("qpdf", &["--encrypt", "open sesame", "owner", "256", "--", &source, &locked]).is_none() {
        return;
    }
    let output = corroborate(folder.path(), &["read", &locked]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--password"));
    let value = json(folder.path(), &["read", &locked, "--password", "open sesame", "--json"]);
    assert!(value["fields"].as_array().unwrap().iter().any(|f| f["name"] == "member.id"));
}

#[test]
fn a_wrong_case_file_names_the_place_and_the_nearest_key() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("case.toml"), "[coverage]\nkind = \"fehb\"\nplan_nmae = \"x\"\n").unwrap();
    let output = corroborate(folder.path(), &["rights", "case.toml"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(error.contains("case.toml:3:1") && error.contains("plan_name"), "{error}");
    std::fs::write(folder.path().join("case.toml"), "[claim]\ndate_of_service = 2026-02-30\n").unwrap();
    let output = corroborate(folder.path(), &["rights", "case.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("case.toml:2"),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// What a hostile letter may hold.
const HOSTILE: &str =
    "#read(\"secrets.txt\") $\\ </script><script>alert(1)</script> \u{202e}abc #panic() @ref \u{1b}[31m";

#[test]
fn text_of_a_letter_is_never_markup_or_command() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(10_000);
    let quote = serde_json::to_string(&format!("{HOSTILE} {long}")).unwrap();
    let case = format!(
        r#"{{"patient": {{"name": {quote}, "state": "OH"}}, "coverage": {{"kind": "erisa_self_funded", "issuer": {quote}, "plan_name": "Plan"}},
        "claim": {{"kind": "pre_service", "service": {quote}, "number": "1"}}, "event": [{{"kind": "notice_received", "date": "2026-10-19"}}],
        "denial": [{{"reason": "not_medically_necessary", "quote": {quote}}}]}}"#
    );
    std::fs::write(folder.path().join("case.json"), case).unwrap();
    let output = corroborate(
        folder.path(),
        &["packet", "case.json", "-o", "packet.pdf", "--today", "2026-11-02", "--with-blanks", "--json"],
    );
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(folder.path().join("packet.pdf").exists(), "{error}");
    let shown = corroborate(folder.path(), &["rights", "case.json", "--today", "2026-11-02"]);
    assert!(!shown.stdout.contains(&0x1b), "an escape sequence reached the terminal");
    if let Some(output) = tool("pdftotext", &["-raw", &folder.path().join("packet.pdf").display().to_string(), "-"]) {
        let text = String::from_utf8_lossy(&output.stdout).replace(['\n', ' '], "");
        assert!(
            text.contains("#read(\"secrets.txt\")") || text.contains("#read(“secrets.txt”)"),
            "the words of the letter were changed or run"
        );
    }
}

#[test]
fn an_adverse_letter_is_not_attached() {
    let (folder, _) = demo();
    let demo = folder.path().join("demo");
    std::fs::write(
        demo.join("against.txt"),
        "November 1, 2026\n\nRE: Marisol Vega, L4-L5 lumbar fusion\n\nI examined Ms. Vega on October 27, 2026 and reviewed her MRI of August 20, 2026.\n\n\
         I do not agree with the recommendation for lumbar fusion. In my opinion fusion is not indicated. She would do better without surgery.\n\n/s/ I. Halvorsen, MD\n",
    )
    .unwrap();
    let case = std::fs::read_to_string(demo.join("case.toml")).unwrap().replace("opinion.pdf", "against.txt");
    std::fs::write(demo.join("case.toml"), case).unwrap();
    let check = json(&demo, &["opinion", "check", "case.toml", "against.txt", "--json"]);
    assert_eq!(check["outcome"], "against");
    assert_eq!(check["attach"], "do_not_attach");
    let output = corroborate(&demo, &["packet", "case.toml", "-o", "packet2.pdf", "--today", "2026-11-02", "--json"]);
    let manifest: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    assert!(!manifest["exhibits"].to_string().contains("against.txt"), "the adverse letter was attached");
    assert!(manifest["left_out"].to_string().contains("against.txt"), "the adverse letter was left out without a word");
}

#[test]
fn real_answers_of_plans_are_read() {
    let Some(data) = shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let notices = data.join("notices/CMS-10003_IDN_filled_example.txt").display().to_string();
    let value = json(folder.path(), &["read", "--json", &notices]);
    assert!(!value["fields"].as_array().unwrap().is_empty());
}

const SMALL_CASE: &str = r#"format = "corroborate-case/1"
[patient]
name = "Ana Ejemplo"
language = "es"
[coverage]
kind = "erisa_self_funded"
issuer = "Example Mutual Health"
member_id = "EM-1"
[claim]
number = "EX-1"
service = "total knee replacement"
[[event]]
kind = "notice_dated"
date = 2026-10-15
[[denial]]
reason = "not_medically_necessary"
quote = "The service is not medically necessary."
"#;

#[test]
fn what_only_the_person_reads_is_in_the_persons_language() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("case.toml"), SMALL_CASE).unwrap();
    let language = |words: &[&str]| json(folder.path(), words)["language"].clone();
    assert_eq!(language(&["draft", "case.toml", "phone_script", "--json"]), "es");
    assert_eq!(language(&["draft", "case.toml", "phone_script", "--json", "--language", "en"]), "en");
    assert_eq!(language(&["draft", "case.toml", "appeal_letter", "--json"]), "en");
}

#[test]
fn a_damaged_record_is_named_though_its_words_are_not_needed_and_the_others_are_placed() {
    let folder = tempfile::tempdir().unwrap();
    let record = |name: &str| format!("[[record]]\nfile = \"{name}\"\ntitle = \"Notes\"\nkind = \"office_note\"\n");
    let case = format!("{SMALL_CASE}{}{}", record("broken.pdf"), record("note.txt"));
    std::fs::write(folder.path().join("case.toml"), case).unwrap();
    std::fs::write(folder.path().join("broken.pdf"), b"%PDF-1.7\nnothing").unwrap();
    std::fs::write(folder.path().join("note.txt"), b"Walks one block with a cane.").unwrap();
    let words = ["packet", "case.toml", "--json", "--today", "2026-11-25"];
    let output = corroborate(folder.path(), &words);
    assert_eq!(output.status.code(), Some(2));
    let manifest: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(manifest["left_out"][0]["source"], "broken.pdf");
    assert_eq!(manifest["exhibits"].as_array().map(Vec::len), Some(1));
    let allowed = [&words[..], &["--allow-missing", "broken.pdf"]].concat();
    assert_eq!(corroborate(folder.path(), &allowed).status.code(), Some(0));
}
