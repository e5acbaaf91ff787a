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
fn a_step_outside_the_plan_has_no_day_in_the_terminal_while_the_plan_has_not_answered() {
    let (folder, _) = demo();
    let shown = |events: &str| {
        let case = std::fs::read_to_string(folder.path().join("demo/case.toml")).unwrap() + events;
        std::fs::write(folder.path().join("case.toml"), case).unwrap();
        let output = corroborate(folder.path(), &["rights", "case.toml", "--today", "2026-12-01"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let at = text.find("  Ask for a federal external review").unwrap_or_else(|| panic!("{text}"));
        text[at..].lines().skip(1).take(1).collect::<String>()
    };
    assert_eq!(shown("").trim(), "opens after the answer to: Appeal to the plan");
    let decided = "\n[[event]]\nkind = \"final_notice_received\"\ndate = 2026-11-20\n";
    assert!(shown(decided).contains("2027"), "{}", shown(decided));
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

/// What only the person reads is in the person's language; what the doctor reads is in English unless asked.
#[test]
fn the_answers_on_a_second_opinion_speak_the_persons_language() {
    let folder = tempfile::tempdir().unwrap();
    let case = "format = \"corroborate-case/1\"\n[patient]\nname = \"Ana Muestra\"\nstate = \"TX\"\nlanguage = \"es\"\n\
        [coverage]\nkind = \"erisa_self_funded\"\n[claim]\nkind = \"pre_service\"\nservice = \"hip replacement\"\n\
        [[denial]]\nreason = \"not_medically_necessary\"\nquote = \"Not needed.\"\n";
    std::fs::write(folder.path().join("case.toml"), case).unwrap();
    let screen = |words: &[&str]| {
        let output = corroborate(folder.path(), &[&["opinion"], words, &["--today", "2026-11-02"]].concat());
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    for (what, spanish, english) in [
        ("need", "¿Ayudaría una segunda opinión?", "Would a second opinion help?"),
        ("coverage", "¿La paga el plan?", "Does the plan pay for it?"),
        ("required", "¿El plan exige una?", "Does the plan require one?"),
        ("specialist", "¿Quién debe darla?", "Who should give it?"),
        ("compare", "Lado a lado", "Side by side"),
        ("schedule", "¿Llegará a tiempo?", "Will it be in time?"),
    ] {
        let own = screen(&[what, "case.toml"]);
        assert!(own.contains(spanish) && !own.contains(english), "{what}: {own}");
        let asked = screen(&[what, "case.toml", "--language", "en"]);
        assert!(asked.contains(english) && !asked.contains(spanish), "{what}: {asked}");
    }
    assert!(screen(&["brief", "case.toml"]).contains("Request for a second opinion"), "the doctor reads it");
    assert!(screen(&["brief", "case.toml", "--language", "es"]).contains("LA PREGUNTA"));
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

/// `corroborate due` on a store of its own, with a passphrase or none.
fn due(home: &Path, passphrase: Option<&str>) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corroborate"));
    command.args(["due", "--json"]).env("CORROBORATE_HOME", home).env_remove("CORROBORATE_PASSPHRASE");
    if let Some(words) = passphrase {
        command.env("CORROBORATE_PASSPHRASE", words);
    }
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_wrong_passphrase_opens_nothing_says_so_and_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(due(home.path(), Some("seven quiet herons")).0, Some(0));
    let before = std::fs::read(home.path().join("cases.db")).unwrap();
    let (code, said) = due(home.path(), Some("seven quiet heron"));
    assert_eq!(code, Some(2));
    assert!(said.contains("does not open your cases") && said.contains("hint"), "{said}");
    // Without the passphrase no key file is made up that could not open them either.
    let (code, said) = due(home.path(), None);
    assert_eq!(code, Some(2));
    assert!(said.contains("CORROBORATE_PASSPHRASE"), "{said}");
    assert!(!home.path().join("key").exists());
    assert_eq!(std::fs::read(home.path().join("cases.db")).unwrap(), before);
    assert_eq!(due(home.path(), Some("seven quiet herons")).0, Some(0));
}

/// `corroborate key … --json` on a store of its own, with words in the environment.
fn key(home: &Path, what: &str, environment: &[(&str, &str)]) -> (Option<i32>, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corroborate"));
    command.args(["key", what, "--json", "--today", "2026-11-26"]).env("CORROBORATE_HOME", home);
    command
        .env_remove("CORROBORATE_PASSPHRASE")
        .env_remove("CORROBORATE_NEW_PASSPHRASE")
        .envs(environment.iter().copied());
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    let told = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"));
    (output.status.code(), told)
}

#[test]
fn cases_are_locked_with_a_passphrase_instead_of_the_key_file_and_back() {
    let home = tempfile::tempdir().unwrap();
    let (words, new) = ("seven quiet herons", "CORROBORATE_NEW_PASSPHRASE");
    let (old, file) = ("CORROBORATE_PASSPHRASE", home.path().join("key"));
    assert_eq!(key(home.path(), "show", &[]).1["locked_with"], "key_file");
    // Nothing is changed without words, or by words that are too few.
    for environment in [&[][..], &[(new, "short")]] {
        let (code, told) = key(home.path(), "passphrase", environment);
        assert!(code == Some(2) && told["error"]["message"].is_string() && file.exists(), "{told}");
    }
    let (code, told) = key(home.path(), "passphrase", &[(new, words)]);
    assert_eq!(
        (code, &told["locked_with"], told["kept"].as_array().unwrap().len()),
        (Some(0), &"passphrase".into(), 1)
    );
    assert!(!file.exists() && told["kept"][0].as_str().unwrap().ends_with("key-until-2026-11-26"), "{told}");
    assert_eq!(due(home.path(), Some(words)).0, Some(0));
    assert_eq!(due(home.path(), None).0, Some(2), "nobody is there to type it");

    let (code, told) = key(home.path(), "file", &[(old, words)]);
    assert!(code == Some(0) && told["locked_with"] == "key_file" && file.exists(), "{told}");
    assert_eq!(due(home.path(), None).0, Some(0));
    // A passphrase that is still set in the environment locks nobody out.
    assert_eq!(due(home.path(), Some(words)).0, Some(0));
    assert_eq!(key(home.path(), "show", &[(old, words)]).1["locked_with"], "key_file");
}

#[test]
fn a_change_of_the_lock_that_was_cut_short_locks_nobody_out() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(due(home.path(), Some("seven quiet herons")).0, Some(0));
    // A key file that opens nothing, as a power cut leaves it before the cases are under it.
    journal::Key::from_file(&home.path().join("key")).unwrap();
    assert_eq!(due(home.path(), Some("seven quiet herons")).0, Some(0));
    let (code, said) = due(home.path(), None);
    assert!(code == Some(2) && said.contains("does not open your cases"), "{said}");
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

#[test]
fn a_refused_command_still_prints_one_json_document() {
    let folder = tempfile::tempdir().unwrap();
    for words in [
        &["rights", "nowhere.toml", "--json"][..],
        &["rights", "nowhere.toml", "--json", "--today", "2026-02-30"],
        &["packet", "nowhere.toml", "--json"],
        &["no-such-command", "--json"],
    ] {
        let value = json(folder.path(), words);
        assert!(value["error"]["message"].as_str().is_some_and(|m| !m.is_empty()), "{words:?}: {value}");
        assert_eq!(corroborate(folder.path(), words).status.code(), Some(2), "{words:?}");
    }
}

#[test]
fn papers_stand_in_the_order_given_and_every_span_can_be_checked() {
    let folder = tempfile::tempdir().unwrap();
    let letter = "Example Plan\nOctober 15, 2026\nMember ID: ZZ12345678\nWe denied the request because it is not medically necessary.\n";
    let eob = r#"{"resourceType":"ExplanationOfBenefit","id":"x","status":"active","created":"2026-10-15",
        "identifier":[{"value":"CLM-1"}],"outcome":"complete"}"#;
    std::fs::write(folder.path().join("eob.json"), eob).unwrap();
    std::fs::write(folder.path().join("letter.txt"), letter).unwrap();
    let value = json(folder.path(), &["read", "eob.json", "letter.txt", "--text", "--json"]);
    let names: Vec<&Value> = value["documents"].as_array().unwrap().iter().map(|d| &d["name"]).collect();
    assert_eq!(names, ["eob.json", "letter.txt"]);
    let fields = value["fields"].as_array().unwrap();
    assert!(fields.iter().any(|f| f["name"] == "member.id" && f["document"] == 1), "{fields:?}");
    for field in fields {
        let page = field["page"].as_u64().unwrap() as usize - 1;
        let text = value["documents"][field["document"].as_u64().unwrap() as usize]["text"][page].as_str().unwrap();
        let span: Vec<usize> = field["span"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
        assert_eq!(text.get(span[0]..span[1]), field["quote"].as_str(), "{field}");
    }
}

#[cfg(unix)]
#[test]
fn a_device_or_a_link_is_written_into_and_never_replaced() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("case.toml"), "[patient]\nname = \"Invented Person\"\n").unwrap();
    let (link, target) = (folder.path().join("link.toml"), folder.path().join("target.toml"));
    std::fs::write(&target, "").unwrap();
    symlink(&target, &link).unwrap();
    let output = corroborate(folder.path(), &["case", "export", "case.toml", "-o", "link.toml"]);
    assert!(output.status.success());
    assert!(link.symlink_metadata().unwrap().file_type().is_symlink());
    assert!(std::fs::read_to_string(&target).unwrap().contains("Invented Person"));
    let null = symlink("/dev/full", folder.path().join("full.toml"));
    null.unwrap();
    let output = corroborate(folder.path(), &["case", "export", "case.toml", "-o", "full.toml"]);
    assert_eq!(output.status.code(), Some(2), "a full disk is told");
    assert!(folder.path().join("full.toml").symlink_metadata().unwrap().file_type().is_symlink());
}

#[cfg(unix)]
#[test]
fn a_reader_who_goes_away_and_a_full_disk_are_no_panic() {
    use std::process::Stdio;
    let (folder, _) = demo();
    for words in [&["draft", "demo/case.toml", "appeal_letter"][..], &["case", "export", "demo/case.toml"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_corroborate"));
        child.args(words).current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_corroborate"));
        let output = child.args(words).current_dir(folder.path()).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_draft_with_blanks_is_a_success_and_without_them_a_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let case = "[patient]\nname = \"Invented Person\"\n[coverage]\nkind = \"erisa_self_funded\"\nissuer = \"Example Plan\"\n[[denial]]\nreason = \"not_medically_necessary\"\n";
    std::fs::write(folder.path().join("case.toml"), case).unwrap();
    let packet = |words: &[&str]| {
        let words: Vec<&str> =
            ["packet", "case.toml", "--json", "--today", "2026-11-25"].iter().chain(words).copied().collect();
        let output = corroborate(folder.path(), &words);
        let manifest: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(!manifest["blocked_by"].as_array().unwrap().is_empty());
        output.status.code()
    };
    assert_eq!(packet(&[]), Some(2));
    assert!(!folder.path().join("packet.pdf").exists(), "nothing is written that lacks a fact");
    assert_eq!(packet(&["--with-blanks"]), Some(0));
    assert!(folder.path().join("packet.pdf").exists());
}

#[test]
fn a_letter_of_the_plan_given_as_the_opinion_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let case = "[claim]\nservice = \"knee replacement\"\n[[denial]]\nreason = \"not_medically_necessary\"\n";
    let letter = "Example Health Plan\nOctober 15, 2026\nMember ID: ZZ12345678\nDear Member:\nWe have denied your request for knee replacement because it is not medically necessary. You may appeal within 180 days of receiving this notice.\n";
    let eob = r#"{"resourceType":"ExplanationOfBenefit","id":"x","status":"active","created":"2026-10-15",
        "patient":{"display":"Other Person"},"outcome":"complete","insurance":[{"focal":true,"coverage":{"identifier":{"value":"QQ98765432"}}}]}"#;
    for (name, text) in [("case.toml", case), ("letter.txt", letter), ("eob.json", eob)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let check = json(folder.path(), &["opinion", "check", "case.toml", "letter.txt", "--json"]);
    assert!(check["findings"].to_string().contains("not_an_opinion"), "{}", check["findings"]);
}

#[test]
fn every_reason_to_stop_at_a_paper_is_shown_and_nothing_is_concluded() {
    let folder = tempfile::tempdir().unwrap();
    let case = "[patient]\nname = \"Anna Pike\"\ndate_of_birth = 1961-04-02\n[claim]\nservice = \"knee replacement\"\n\
                [[denial]]\nreason = \"not_medically_necessary\"\n";
    let letter = "RE: Anna Pike, DOB 07/19/1980\n\nDear Dr. Lund,\n\nI recommend knee replacement.\n\nSincerely,\nA. Writer, MD\n\n\
                  Dear Ms. Pike,\n\nI would not operate on the knee.\n\nSincerely,\nB. Other, MD\n";
    std::fs::write(folder.path().join("case.toml"), case).unwrap();
    std::fs::write(folder.path().join("letter.txt"), letter).unwrap();
    let check = json(folder.path(), &["opinion", "check", "case.toml", "letter.txt", "--json"]);
    let findings = check["findings"].as_array().unwrap();
    let codes: Vec<&str> = findings.iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert!(["another_birth_date", "two_letters"].iter().all(|c| codes.contains(c)), "{codes:?}");
    let shown = corroborate(folder.path(), &["opinion", "check", "case.toml", "letter.txt"]);
    // The screen breaks lines: words are compared without white space.
    let tight = |text: &str| text.split_whitespace().collect::<String>();
    let screen = tight(&String::from_utf8_lossy(&shown.stdout));
    for finding in findings {
        assert!(screen.contains(&tight(finding["message"].as_str().unwrap())), "{finding} is not on: {screen}");
    }
    assert!(
        screen.contains(&tight("Nothing was concluded from this paper.")) && !screen.contains("Attachit?"),
        "{screen}"
    );
}

#[test]
fn a_damaged_list_of_moves_is_an_error_and_no_page_without_the_next_date() {
    let folder = tempfile::tempdir().unwrap();
    let moves =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb/course/moves.toml")).unwrap();
    std::fs::create_dir_all(folder.path().join("kb/course")).unwrap();
    std::fs::write(folder.path().join("kb/course/moves.toml"), moves.replacen("= \"keep_care\"", "= \"keep_car\"", 1))
        .unwrap();
    std::fs::write(folder.path().join("case.toml"), "[coverage]\nkind = \"erisa_self_funded\"\n").unwrap();
    let output = corroborate(folder.path(), &["rights", "case.toml", "--kb", "kb"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("keep_car"), "{said}");
}

fn evidence_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence").join(name)
}

/// A demo case into which a policy, a list of references and a study were dropped.
fn with_dropped() -> (tempfile::TempDir, PathBuf) {
    let (folder, _) = demo();
    let case = folder.path().join("demo");
    for name in ["policy.txt", "refs.nbib", "study.txt"] {
        std::fs::copy(evidence_file(name), case.join(name)).unwrap();
    }
    let added = json(&case, &["case", "add", "case.toml", "policy.txt", "refs.nbib", "study.txt", "--json"]);
    assert_eq!(added["reference"].as_array().unwrap().len(), 3, "{added}");
    (folder, case)
}

#[test]
fn a_policy_and_a_list_of_references_that_are_dropped_are_both_used() {
    let (_folder, case) = with_dropped();
    let criteria = json(&case, &["evidence", "criteria", "case.toml", "--json"]);
    assert_eq!(criteria["policy"]["own"]["number"], "SUR-118");
    let leaves = criteria["leaves"].as_array().unwrap();
    assert_eq!(leaves.len(), 4);
    let shown = leaves.iter().find(|l| l["criterion"].as_str().unwrap().contains("Oswestry")).unwrap();
    assert_eq!((shown["state"].as_str(), shown["source"].as_str()), (Some("documented"), Some("opinion.pdf")));
    let output = corroborate(&case, &["draft", "case.toml", "appeal_letter"]);
    let letter = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(letter.contains("Guideline for the treatment of invented lumbar instability"), "{letter}");
    assert!(letter.contains("Outcomes of lumbar fusion in adults with an unstable slip"), "{letter}");
    let cited = letter.split("Please look at this").next().unwrap_or_default();
    assert!(!cited.contains("A withdrawn study"), "a retracted study reached the letter: {letter}");
    assert!(letter.contains("Functional impairment shown by an Oswestry score"), "{letter}");
}

#[test]
fn nothing_is_sent_without_permission_and_the_requests_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let asked = ["evidence", "lookup", "--search", "invented fusion", "--doi", "10.5555/inv.7"];
    let output = corroborate(folder.path(), &asked);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("Nothing was sent"), "{text}");
    assert!(
        text.contains("esearch.fcgi?db=pubmed") && text.contains("api.crossref.org/works/10.5555%2Finv.7"),
        "{text}"
    );
    let value = json(folder.path(), &[&asked[..], &["--json"]].concat());
    assert_eq!((value["answered"].as_u64(), value["requests"].as_array().unwrap().len()), (Some(0), 3));
    let output = corroborate(folder.path(), &[&asked[..], &["--network", "--offline"]].concat());
    assert_eq!(output.status.code(), Some(2), "both at once cannot be meant");
}

#[test]
fn kept_answers_are_read_without_a_network() {
    let folder = tempfile::tempdir().unwrap();
    let answers = evidence_file("answers").display().to_string();
    let mut words = vec!["evidence", "lookup", "--answers", &answers, "--json", "--search", "invented fusion"];
    words.extend(["--doi", "10.5555/inv.7", "--doi", "10.5555/INV.404", "--doi", "nonsense"]);
    let value = json(folder.path(), &words);
    let codes: Vec<&str> = value["findings"].as_array().unwrap().iter().filter_map(|f| f["code"].as_str()).collect();
    assert!(codes.contains(&"doi_not_found") && codes.contains(&"doi_malformed"), "{codes:?}");
    let usable = |title: &str| {
        let works = value["works"].as_array().unwrap();
        let work = works.iter().find(|w| w["citation"].as_str().unwrap().contains(title)).unwrap();
        work["usable"].as_bool().unwrap()
    };
    assert!(usable("Fusion in invented adults"));
    assert!(!usable("A withdrawn study of invented fusion"), "PubMed says that it was retracted");
    assert!(!usable("A study that its journal withdrew"), "Crossref holds a notice of retraction");
}

#[test]
fn a_case_learns_of_a_retraction_and_the_patients_name_is_never_searched_for() {
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("case.toml");
    let text = "[patient]\nname = \"Marisol Vega\"\n[[reference]]\ntitle = \"A study that its journal withdrew\"\ndoi = \"10.5555/inv.7\"\nsource = \"person\"\n";
    std::fs::write(&case, text).unwrap();
    let answers = evidence_file("answers").display().to_string();
    json(folder.path(), &["evidence", "lookup", "--case", "case.toml", "--write", "--answers", &answers, "--json"]);
    let checked = json(folder.path(), &["case", "check", "case.toml", "--json"]);
    assert_eq!(checked["reference"][0]["retracted"], "crossref", "{checked}");
    let output = corroborate(folder.path(), &["evidence", "lookup", "--case", "case.toml", "--search", "fusion vega"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("belongs to the patient"));
}

#[test]
fn an_approval_named_by_its_number_stands_in_the_case() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("case.toml"), "[claim]\nservice = \"A device\"\n").unwrap();
    let mut words = vec!["evidence", "authority", "case.toml", "PMA P130016", "--dated", "2014-03-20", "--quote"];
    words.extend(["approved for adults", "--json"]);
    let shelf = json(folder.path(), &words);
    assert_eq!(shelf["works"][0]["usable"], true);
    let case = json(folder.path(), &["case", "check", "case.toml", "--json"]);
    let reference = &case["reference"][0];
    assert_eq!((reference["number"].as_str(), reference["kind"].as_str()), (Some("PMA P130016"), Some("approval")));
    let output = corroborate(folder.path(), &["evidence", "authority", "case.toml", "something"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn nothing_a_person_had_is_written_over() {
    let (folder, _) = demo();
    let case = folder.path().join("demo");
    let before = std::fs::read(case.join("opinion.pdf")).unwrap();
    for words in [
        &["packet", "case.toml", "-o", "opinion.pdf"][..],
        &["packet", "case.toml", "-o", "p.pdf", "--zip", "case.toml"],
        &["draft", "case.toml", "appeal_letter", "-o", "denial.pdf"],
        &["rights", "case.toml", "--calendar", "case.toml"],
    ] {
        let output = corroborate(&case, words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("one of the papers"), "{words:?}");
    }
    assert_eq!(std::fs::read(case.join("opinion.pdf")).unwrap(), before);
    // A case file that a person worked on is kept beside the new one.
    std::fs::write(case.join("case.toml"), "[patient]\nname = \"Edited By Hand\"\n").unwrap();
    assert!(corroborate(&case, &["case", "new", "denial.pdf"]).status.success());
    assert!(std::fs::read_to_string(case.join("case.before-1.toml")).unwrap().contains("Edited By Hand"));
    assert!(std::fs::read_to_string(case.join("case.toml")).unwrap().contains("denial.pdf"));
}

/// The answer of `rights` in words to a case written for the purpose.
fn rights_of(case: &str, today: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("case.toml"), format!("format = \"corroborate-case/1\"\n{case}")).unwrap();
    let output = corroborate(folder.path(), &["rights", "case.toml", "--today", today]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What is said right under the title.
fn under<'a>(told: &'a str, title: &str) -> &'a str {
    told.lines().skip_while(|l| l.trim() != title).nth(1).unwrap_or_else(|| panic!("no {title} in\n{told}"))
}

const FILED: &str = "[coverage]\nkind = \"erisa_self_funded\"\n[claim]\nkind = \"pre_service\"\n\
    [[event]]\nkind = \"notice_received\"\ndate = 2026-01-10\nevidence = true\n\
    [[event]]\nkind = \"appeal_filed\"\ndate = 2026-03-10\n";

#[test]
fn what_is_done_or_overdue_is_not_shown_as_lost() {
    for today in ["2026-03-12", "2026-11-26"] {
        let told = rights_of(FILED, today);
        assert_eq!(under(&told, "Appeal to the plan").trim(), "done, as the case shows", "{told}");
    }
    let told = rights_of(FILED, "2026-11-26");
    let answer = under(&told, "Decision on the appeal");
    assert!(answer.ends_with(": it is overdue") && answer.contains("was due by April 9, 2026"), "{told}");
    // A last day that nobody used is over.
    let (unfiled, _) = FILED.split_at(FILED.rfind("[[event]]").unwrap());
    assert!(under(&rights_of(unfiled, "2026-11-26"), "Appeal to the plan").ends_with(": it is over"));
}

#[test]
fn law_that_is_not_confirmed_is_marked_among_the_rights_too() {
    let ohio = "[patient]\nstate = \"OH\"\n[coverage]\nkind = \"individual_market\"\n";
    let told = rights_of(ohio, "2026-11-26");
    assert!(told.contains("(not yet confirmed)"), "{told}");
}

#[test]
fn a_new_case_names_each_paper_once_from_its_folder_with_its_day() {
    let (papers, cases) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let letter = "Example Mutual Health\nOctober 15, 2026\nMember ID: EM-1\nDear Ana Ejemplo:\nWe denied your request for a lumbar MRI. It is not medically necessary.\n\
        You may appeal within 180 days of the day you receive this letter.\n";
    let note = "OFFICE NOTE\nPatient: Ana Ejemplo\nDate of visit: 09/14/2026\nHistory of present illness: back pain for six months.\nAssessment and plan: lumbar MRI.\n";
    for (name, text) in [("letter.txt", letter), ("note.txt", note)] {
        std::fs::write(papers.path().join(name), text).unwrap();
    }
    let path = |name: &str| papers.path().join(name).display().to_string();
    let case = cases.path().join("case.toml").display().to_string();
    let words = ["case", "new", &path("letter.txt"), &path("note.txt"), "-o", &case, "--json"];
    let made = json(cases.path(), &words);
    let records = made["record"].as_array().unwrap();
    let files: Vec<&str> = records.iter().filter_map(|r| r["file"].as_str()).collect();
    assert_eq!(files, [path("letter.txt"), path("note.txt")], "{made}");
    let days: Vec<&str> = records.iter().filter_map(|r| r["dated"].as_str()).collect();
    assert_eq!(days, ["2026-10-15", "2026-09-14"], "{made}");
}

#[test]
fn what_was_read_is_told_in_words_and_no_address_twice() {
    let folder = tempfile::tempdir().unwrap();
    let letter = "Example Mutual Health\nOctober 15, 2026\nMember ID: EM-1\nDear Ana Ejemplo:\nWe denied your request for a lumbar MRI. It is not medically necessary.\n\
        You may appeal within 180 days of the day you receive this letter. Send your appeal to:\nMember Appeals Department\nP.O. Box 44188\nColumbus, OH 43218\n\
        You may ask for an external review by an independent review organization.\n";
    std::fs::write(folder.path().join("letter.txt"), letter).unwrap();
    let output = corroborate(folder.path(), &["read", "letter.txt"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for name in ["external_review.offered", "appeal.address", "notice.dated", "plan.name", "not_medically"] {
        assert!(!text.contains(name), "the program's own name {name}: {text}");
    }
    assert_eq!(text.matches("P.O. Box 44188").count(), 1, "{text}");
    assert!(text.contains("Where to mail an appeal") && text.contains("Not medically necessary"), "{text}");
}
