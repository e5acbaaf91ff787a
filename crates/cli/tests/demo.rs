//! What the demonstration says of its papers, word by word. Everything in it is invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

use std::process::Command;

use serde_json::Value;

fn demo() -> (tempfile::TempDir, Value) {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_corroborate");
    let output = Command::new(program).current_dir(folder.path()).args(["demo", "--json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let value = serde_json::from_slice(&output.stdout).unwrap();
    (folder, value)
}

/// The words quoted for a reason are put before the reviewer as the plan's own: its ground, not its criteria.
#[test]
fn the_demo_quotes_each_reason_from_the_sentence_that_gives_it() {
    let (folder, value) = demo();
    let told: Vec<(String, String)> = value["reading"]["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            let words: Vec<&str> = r["quote"].as_str().unwrap().split_whitespace().collect();
            (r["reason"].as_str().unwrap().to_owned(), words.join(" "))
        })
        .collect();
    let wanted = [
        ("not_medically_necessary", "because the service is not medically necessary under the terms of the Plan"),
        ("conservative_treatment_first", "do not show a complete trial of conservative treatment"),
    ];
    assert_eq!(told.len(), wanted.len(), "{told:?}");
    for (reason, words) in wanted {
        let quote = told.iter().find(|(r, _)| r == reason).map(|(_, q)| q.as_str()).unwrap_or_default();
        assert!(quote.contains(words), "{reason} is quoted as “{quote}”");
        assert!(!quote.contains("all of the following"), "{reason} is quoted from the criteria: “{quote}”");
    }
    let letter = std::fs::read_to_string(folder.path().join("demo/case.toml")).unwrap();
    for (_, quote) in &told {
        let folded = letter.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(folded.contains(quote), "the case file lacks “{quote}”");
    }
}
