//! The examples that stand beside the phrase data: `kb/notice/reasons.examples.toml`.
#![allow(clippy::disallowed_methods, missing_docs)]

use std::path::Path;

use facts::Document;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    example: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    says: String,
    reasons: Vec<String>,
}

fn knowledge() -> kb::Kb {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb/notice");
    let files = std::fs::read_dir(folder).expect("kb/notice is in the repository").flatten().map(|f| {
        (format!("notice/{}", f.file_name().to_string_lossy()), std::fs::read_to_string(f.path()).expect("a text file"))
    });
    kb::Kb::load(kb::Source::new(files)).expect("the data can be loaded")
}

#[test]
fn each_sentence_states_its_reasons_and_no_others() {
    let kb = knowledge();
    let file: File = kb.table("notice/reasons.examples.toml").expect("the examples can be read");
    let mut wrong = Vec::new();
    for example in &file.example {
        let text = format!("Example Health Plan\n\nWe have reviewed the request. It is denied. {}", example.says);
        let reading = notice::read(&[Document::from_text("letter", text)], &kb);
        let mut read: Vec<&str> = reading.reasons.iter().map(|r| r.reason.as_str()).collect();
        let mut expected: Vec<&str> = example.reasons.iter().map(String::as_str).collect();
        read.sort_unstable();
        expected.sort_unstable();
        if read != expected {
            wrong.push(format!(
                "{}\n    expected {expected:?}, read {read:?} ({:?})",
                example.says, reading.documents[0].kind
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} sentences:\n{}", wrong.len(), file.example.len(), wrong.join("\n"));
}
