//! The app on its own, for working on it: `cargo run -p web --example serve -- FOLDER [PORT] [DAY]`.
//!
//! Reads the knowledge base from the repository's `kb/` folder and keeps its journal in FOLDER.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use journal::{Journal, Key};

fn files(root: &Path, folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(root, &path, into);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            into.push((path.strip_prefix(root).unwrap().to_string_lossy().into_owned(), text));
        }
    }
}

/// With `SEED=10000`, that many invented cases: for measuring.
fn seeded(mut journal: Journal) -> Journal {
    let wanted = std::env::var("SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let at = jiff::Timestamp::UNIX_EPOCH;
    for n in 0..wanted {
        let (id, seen) = journal.create(at).unwrap_or_else(|e| panic!("{e}"));
        let mut state = journal::State::default();
        state.case.claim.service = Some(format!("invented service {n}"));
        state.case.coverage.issuer = Some(format!("Example Plan {}", n % 17));
        journal.append(&id, "seed", &state, seen, at).unwrap_or_else(|e| panic!("{e}"));
    }
    journal
}

fn main() {
    // The program that reads papers in a process of its own is this one, started again.
    if std::env::args().nth(1).as_deref() == Some("__worker") {
        extract::worker::serve_child();
    }
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "target/web-example".into()));
    let port = arguments.next().and_then(|p| p.parse().ok()).unwrap_or(0);
    let day: Option<calendar::Date> = arguments.next().and_then(|d| d.parse().ok());
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../kb"));
    let mut all = Vec::new();
    files(root, root, &mut all);
    let kb = kb::Kb::load(kb::Source::new(all)).unwrap_or_else(|e| panic!("{e}"));
    let key_file = folder.join("key");
    let key = Key::from_file(&key_file).unwrap_or_else(|e| panic!("{e}"));
    let journal = Journal::open(&folder.join("cases.db"), &key).unwrap_or_else(|e| panic!("{e}"));
    let journal = seeded(journal);
    let config = web::Config {
        port,
        journal,
        kb: Arc::new(kb),
        today: Box::new(move || day.unwrap_or_else(|| jiff::Zoned::now().date())),
        now: Box::new(jiff::Timestamp::now),
        worker: std::env::current_exe().ok(),
        key_file: Some(key_file),
    };
    if let Err(e) = web::serve(config, |address| println!("{address}")) {
        eprintln!("{e}");
        std::process::exit(1);
    }
}
