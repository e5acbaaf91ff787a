//! The journal as its users see it: what is kept is kept, what is erased is gone, nobody else can read it.
#![allow(unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use journal::{Computation, Journal, Key, Kind, Occupied, Paper, Part, State, Wanted};
use proptest::prelude::*;

fn at() -> Timestamp {
    "2026-11-25T18:00:00Z".parse().unwrap()
}

fn all() -> Wanted<'static> {
    Wanted { limit: 100, ..Wanted::default() }
}

fn fresh() -> (tempfile::TempDir, Key, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::random().unwrap();
    let journal = Journal::open(&folder.path().join("cases.db"), &key).unwrap();
    (folder, key, journal)
}

fn sha256_of(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn named(service: &str) -> State {
    let mut state = State::default();
    state.case.claim.service = Some(service.into());
    state
}

#[test]
fn what_was_kept_is_there_after_reopening() {
    let (folder, key, mut journal) = fresh();
    let (id, revision) = journal.create(at()).unwrap();
    let revision = journal.append(&id, "claim.service", &named("knee replacement"), revision, at()).unwrap();
    let (sha, revision) = journal.attach(&id, "letter.pdf", b"%PDF-1.7 invented", revision, at()).unwrap();
    drop(journal);
    let journal = Journal::open(&folder.path().join("cases.db"), &key).unwrap();
    let loaded = journal.case(&id).unwrap();
    assert_eq!(loaded.revision, revision);
    assert_eq!(loaded.state.name().as_deref(), Some("knee replacement"));
    assert_eq!(loaded.state.papers[0].name, "letter.pdf");
    assert_eq!(journal.file(&id, &sha).unwrap(), b"%PDF-1.7 invented");
    assert!(journal.verify(&id).unwrap());
}

#[test]
fn a_wrong_key_opens_nothing_and_changes_nothing() {
    let (folder, key, journal) = fresh();
    drop(journal);
    let path = folder.path().join("cases.db");
    let before = std::fs::read(&path).unwrap();
    let error = Journal::open(&path, &Key::random().unwrap()).unwrap_err();
    assert_eq!(error.kind(), Kind::WrongKey);
    let error = Journal::open(&path, &Key::passphrase("guess")).unwrap_err();
    assert_eq!(error.kind(), Kind::WrongKey);
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert!(Journal::open(&path, &key).is_ok());
}

#[test]
fn a_passphrase_opens_what_it_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.db");
    let (id, _) = Journal::open(&path, &Key::passphrase("four quiet words here")).unwrap().create(at()).unwrap();
    let journal = Journal::open(&path, &Key::passphrase("four quiet words here")).unwrap();
    assert!(journal.case(&id).is_ok());
    assert_eq!(Journal::open(&path, &Key::passphrase("Four quiet words here")).unwrap_err().kind(), Kind::WrongKey);
}

#[test]
fn something_else_under_that_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("short", &b"abc"[..]), ("text", &[b'x'; 5000][..])] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(Journal::open(&path, &Key::random().unwrap()).unwrap_err().kind(), Kind::WrongKey, "{name}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
}

#[cfg(unix)]
#[test]
fn the_key_file_is_made_for_its_owner_alone_and_refused_when_others_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("corroborate.key");
    Key::from_file(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(Key::from_file(&path).is_ok());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(Key::from_file(&path).unwrap_err().kind(), Kind::BadInput);
}

#[test]
fn two_writers_who_saw_the_same_revision_do_not_overwrite_each_other() {
    let (folder, key, mut one) = fresh();
    let mut two = Journal::open(&folder.path().join("cases.db"), &key).unwrap();
    let (id, seen) = one.create(at()).unwrap();
    one.append(&id, "a", &named("first"), seen, at()).unwrap();
    let error = two.append(&id, "b", &named("second"), seen, at()).unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert_eq!(two.case(&id).unwrap().state.name().as_deref(), Some("first"));
}

#[test]
fn the_second_server_hears_where_the_first_one_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.db");
    let first = Occupied::take(&path, "at http://127.0.0.1:4711/").unwrap();
    let error = Occupied::take(&path, "elsewhere").unwrap_err();
    assert_eq!(error.kind(), Kind::Busy);
    assert!(error.to_string().contains("http://127.0.0.1:4711/"), "{error}");
    drop(first);
    assert!(Occupied::take(&path, "now free").is_ok());
}

#[test]
fn undo_and_redo_are_events_and_a_new_change_ends_the_redo() {
    let (_folder, _, mut journal) = fresh();
    let (id, r) = journal.create(at()).unwrap();
    assert_eq!(journal.undo(&id, r, at()).unwrap_err().kind(), Kind::NothingToUndo);
    let r = journal.append(&id, "a", &named("one"), r, at()).unwrap();
    let r = journal.append(&id, "b", &named("two"), r, at()).unwrap();
    let r = journal.undo(&id, r, at()).unwrap();
    assert_eq!(journal.case(&id).unwrap().state.name().as_deref(), Some("one"));
    let r = journal.redo(&id, r, at()).unwrap();
    assert_eq!(journal.case(&id).unwrap().state.name().as_deref(), Some("two"));
    let r = journal.undo(&id, r, at()).unwrap();
    let r = journal.append(&id, "c", &named("three"), r, at()).unwrap();
    assert_eq!(journal.redo(&id, r, at()).unwrap_err().kind(), Kind::NothingToUndo);
    let (history, undo, redo) = journal.history(&id).unwrap();
    let stands: Vec<_> = history.iter().filter(|c| c.kind == "changed").map(|c| (c.what.as_str(), c.stands)).collect();
    assert_eq!(stands, [("a", true), ("b", false), ("c", true)]);
    assert!(undo && !redo);
    assert!(journal.verify(&id).unwrap());
}

#[test]
fn a_removed_paper_comes_back_with_undo() {
    let (_folder, _, mut journal) = fresh();
    let (id, r) = journal.create(at()).unwrap();
    let (sha, r) = journal.attach(&id, "scan.pdf", b"one", r, at()).unwrap();
    let (_, r) = journal.attach(&id, "scan.pdf", b"two", r, at()).unwrap();
    let (_, r) = journal.attach(&id, "again.pdf", b"two", r, at()).unwrap();
    let mut state = journal.case(&id).unwrap().state;
    assert_eq!(state.papers.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["scan.pdf", "scan (2).pdf"]);
    state.papers.clear();
    let r = journal.append(&id, "paper.removed", &state, r, at()).unwrap();
    journal.undo(&id, r, at()).unwrap();
    assert_eq!(journal.case(&id).unwrap().state.papers.len(), 2);
    assert_eq!(journal.file(&id, &sha).unwrap(), b"one");
}

fn bytes_of_the_folder(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        all.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    all
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|w| w == words.as_bytes())
}

#[test]
fn no_name_or_diagnosis_stands_readable_in_any_file() {
    let (folder, _, mut journal) = fresh();
    let (id, r) = journal.create(at()).unwrap();
    let mut state = named("Brustentfernung");
    state.case.patient.name = Some("Xanthippe Invented".into());
    let r = journal.append(&id, "patient.name", &state, r, at()).unwrap();
    journal.attach(&id, "Xanthippe.txt", b"Diagnosis: Morbus Invented", r, at()).unwrap();
    journal.remember(&id, "text", b"Morbus Invented").unwrap();
    let bytes = bytes_of_the_folder(folder.path());
    assert!(bytes.len() > 4096, "the files hold something");
    for words in ["Xanthippe", "Morbus", "Brustentfernung", "SQLite format 3", "CREATE TABLE"] {
        assert!(!holds(&bytes, words), "{words}");
    }
}

#[test]
fn an_erased_case_leaves_no_row_file_or_page() {
    let (folder, key, mut journal) = fresh();
    let (keep, _) = journal.create(at()).unwrap();
    let (id, r) = journal.create(at()).unwrap();
    let r = journal.append(&id, "a", &named("erased"), r, at()).unwrap();
    let (sha, _) = journal.attach(&id, "big.bin", &vec![7u8; 3 << 20], r, at()).unwrap();
    journal.remember(&id, "text", &vec![7u8; 1 << 20]).unwrap();
    journal.erase(&id).unwrap();
    assert_eq!(journal.case(&id).unwrap_err().kind(), Kind::NotFound);
    assert_eq!(journal.file(&id, &sha).unwrap_err().kind(), Kind::NotFound);
    assert_eq!(journal.recall(&id, "text").unwrap(), None);
    assert!(journal.history(&id).unwrap().0.is_empty());
    assert!(journal.case(&keep).is_ok());
    assert!(bytes_of_the_folder(folder.path()).len() < 1 << 20, "the file was rebuilt without it");
    journal.erase_everything().unwrap();
    assert!(!folder.path().join("cases.db").exists());
    let again = Journal::open(&folder.path().join("cases.db"), &key).unwrap();
    assert_eq!(again.cases(all()).unwrap().1, 0);
}

#[test]
fn an_exported_case_comes_back_whole_and_a_changed_archive_is_refused() {
    let (_folder, _, mut journal) = fresh();
    let (id, r) = journal.create(at()).unwrap();
    let r = journal.append(&id, "a", &named("one"), r, at()).unwrap();
    let (sha, r) = journal.attach(&id, "letter.txt", b"invented letter", r, at()).unwrap();
    journal.undo(&id, r, at()).and_then(|r| journal.redo(&id, r, at())).unwrap();
    let zip = journal.export(&id).unwrap();
    let copy = journal.import(&zip, at()).unwrap();
    assert_ne!(copy, id);
    assert_eq!(journal.case(&copy).unwrap().state, journal.case(&id).unwrap().state);
    assert_eq!(journal.file(&copy, &sha).unwrap(), b"invented letter");
    assert_eq!(journal.history(&copy).unwrap(), journal.history(&id).unwrap());
    assert!(journal.verify(&copy).unwrap());
    for damaged in [&zip[..zip.len() / 2], b"not a zip"] {
        assert_eq!(journal.import(damaged, at()).unwrap_err().kind(), Kind::BadInput);
    }
    assert_eq!(journal.cases(all()).unwrap().1, 2);
}

/// A paper that was joined from others takes them along: out, in again, and apart.
#[test]
fn the_files_that_a_paper_was_made_of_are_kept_and_exported_with_it() {
    let (_folder, _, mut journal) = fresh();
    let (id, r) = journal.create(at()).unwrap();
    let (one, r) = journal.attach(&id, "photo-1.jpg", b"first photo", r, at()).unwrap();
    let (two, r) = journal.attach(&id, "photo-2.jpg", b"second photo", r, at()).unwrap();
    let before = journal.case(&id).unwrap().state;
    let mut state = before.clone();
    let parts = state.papers.drain(..).map(|paper| Part { paper, pages: 1 }).collect();
    let sha256 = "6ef8a1dd2c2cbb8ed33ea3b0d1a5a3f8b0a7bd4a0e4d6e2d3d1b8e0cbb6e7a11".to_string();
    let joined = Paper { sha256, name: "letter.pdf".into(), joined_from: parts, ..before.papers[0].clone() };
    state.papers.push(joined);
    let refused = journal.append_with_file(&id, "paper.joined", &state, b"both photos", r, at());
    assert_eq!(refused.unwrap_err().kind(), Kind::BadInput, "the state names another file");
    assert_eq!(journal.case(&id).unwrap().state, before);
    state.papers[0].sha256 = sha256_of(b"both photos");
    let r = journal.append_with_file(&id, "paper.joined", &state, b"both photos", r, at()).unwrap();
    assert_eq!(state.unused_name("photo-2.jpg".into()), "photo-2 (2).jpg", "the name is still its own");
    let copy = journal.import(&journal.export(&id).unwrap(), at()).unwrap();
    assert_eq!(journal.case(&copy).unwrap().state, state);
    for (sha256, bytes) in
        [(&one, &b"first photo"[..]), (&two, b"second photo"), (&state.papers[0].sha256, b"both photos")]
    {
        assert_eq!(journal.file(&copy, sha256).unwrap(), bytes);
    }
    journal.undo(&id, r, at()).unwrap();
    assert_eq!(journal.case(&id).unwrap().state, before, "one step back");
}

#[test]
fn a_backup_opens_with_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    for key in [Key::random().unwrap(), Key::passphrase("words to remember")] {
        let path = folder.path().join(format!("{:?}.db", matches!(key, Key::Bytes(_))));
        let mut journal = Journal::open(&path, &key).unwrap();
        let (id, r) = journal.create(at()).unwrap();
        journal.append(&id, "a", &named("kept"), r, at()).unwrap();
        let copy = path.with_extension("backup");
        journal.backup(&copy).unwrap();
        assert_eq!(journal.backup(&copy).unwrap_err().kind(), Kind::BadInput);
        let copy = Journal::open(&copy, &key).unwrap();
        assert_eq!(copy.case(&id).unwrap().state.name().as_deref(), Some("kept"));
        assert!(copy.verify(&id).unwrap());
    }
}

#[test]
fn a_file_of_a_newer_version_is_left_as_it_is() {
    let (folder, key, journal) = fresh();
    let path = folder.path().join("cases.db");
    drop(journal);
    raise_version(&path, &key);
    let before = std::fs::read(&path).unwrap();
    let error = Journal::open(&path, &key).unwrap_err();
    assert_eq!(error.kind(), Kind::Newer);
    assert!(error.to_string().contains("newer version"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

/// Writes a schema version from the future with a connection of the test's own.
fn raise_version(path: &Path, key: &Key) {
    let Key::Bytes(bytes) = key else { panic!("a key of bytes") };
    let hex = |b: &[u8]| b.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let salt = hex(&std::fs::read(path).unwrap()[..16]);
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch(&format!("PRAGMA key = \"x'{}{salt}'\"", hex(bytes.as_ref()))).unwrap();
    connection.pragma_update(None, "user_version", 1000).unwrap();
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    connection.close().unwrap();
}

#[test]
fn the_nearest_date_comes_first_and_a_computation_is_kept_once_per_knowledge_base() {
    let (_folder, _, mut journal) = fresh();
    let mut ids = Vec::new();
    for (name, date) in [("late", Some("2027-05-01")), ("none", None), ("soon", Some("2026-12-01"))] {
        let (id, r) = journal.create(at()).unwrap();
        let revision = journal.append(&id, "a", &named(name), r, at()).unwrap();
        let today = "2026-11-25".parse().unwrap();
        let c = Computation { kb: "kb1".into(), revision, today, summary: name.into() };
        journal.computed(&id, &c, date.map(|d| d.parse().unwrap())).unwrap();
        journal.computed(&id, &Computation { summary: "again".into(), ..c }, date.map(|d| d.parse().unwrap())).unwrap();
        ids.push(id);
    }
    let (rows, count) = journal.cases(all()).unwrap();
    assert_eq!(rows.iter().filter_map(|r| r.name.as_deref()).collect::<Vec<_>>(), ["soon", "late", "none"]);
    assert_eq!(count, 3);
    assert_eq!(journal.cases(Wanted { search: "oo", ..all() }).unwrap().0.len(), 1);
    let kept = journal.computations(&ids[0]).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].summary, "again");
}

const CHILD: &str = "CORROBORATE_JOURNAL_CHILD";

/// Not a test of its own: the process that is killed below.
#[test]
fn child_that_writes_until_it_is_killed() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let folder = Path::new(&folder);
    let key = Key::from_file(&folder.join("key")).unwrap();
    let mut journal = Journal::open(&folder.join("cases.db"), &key).unwrap();
    let (id, mut revision) = journal.create(at()).unwrap();
    println!("case {id}");
    for n in 0..100_000 {
        revision = journal.append(&id, "n", &named(&format!("write {n}")), revision, at()).unwrap();
        println!("kept {revision}");
    }
}

#[test]
fn nothing_that_was_kept_is_lost_when_the_program_is_killed() {
    for round in 0u64..5 {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child_that_writes_until_it_is_killed", "--exact", "--nocapture"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut id = String::new();
        let mut last = 0i64;
        while last < 40 + 7 * i64::try_from(round).unwrap() {
            let line = lines.next().unwrap().unwrap();
            if let Some(case) = line.split("case ").nth(1) {
                id = case.trim().to_string();
            } else if let Some(n) = line.strip_prefix("kept ") {
                last = n.parse().unwrap();
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        for line in lines.map_while(Result::ok) {
            last = line.strip_prefix("kept ").and_then(|n| n.parse().ok()).unwrap_or(last);
        }
        let key = Key::from_file(&folder.path().join("key")).unwrap();
        let journal = Journal::open(&folder.path().join("cases.db"), &key).unwrap();
        assert!(journal.case(&id).unwrap().revision >= last, "an acknowledged write is gone");
        assert!(journal.verify(&id).unwrap());
    }
}

#[test]
fn after_a_change_of_passphrase_the_new_one_opens_everything_and_the_old_one_nothing() {
    let (folder, old, mut journal) = fresh();
    let path = folder.path().join("cases.db");
    let (id, revision) = journal.create(at()).unwrap();
    let revision = journal.append(&id, "claim.service", &named("before"), revision, at()).unwrap();
    let new = Key::random().unwrap();
    assert!(journal.opens_with(&old).unwrap() && !journal.opens_with(&new).unwrap());
    journal.rekey(&new).unwrap();
    assert!(journal.opens_with(&new).unwrap() && !journal.opens_with(&old).unwrap());
    journal.append(&id, "claim.service", &named("after"), revision, at()).unwrap();
    drop(journal);
    assert_eq!(Journal::open(&path, &old).unwrap_err().kind(), Kind::WrongKey);
    let journal = Journal::open(&path, &new).unwrap();
    assert_eq!(journal.case(&id).unwrap().state.name().as_deref(), Some("after"));
    assert!(journal.verify(&id).unwrap());
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with("rekey")), "{left:?}");
}

#[test]
fn while_another_program_has_the_cases_open_the_key_stays_and_nothing_it_writes_is_lost() {
    let (folder, old, mut journal) = fresh();
    let path = folder.path().join("cases.db");
    let (id, revision) = journal.create(at()).unwrap();
    let mut other = Journal::open(&path, &old).unwrap();
    let new = Key::random().unwrap();
    assert_eq!(journal.rekey(&new).unwrap_err().kind(), Kind::Busy);
    assert!(journal.opens_with(&old).unwrap());
    other.append(&id, "claim.service", &named("by the other"), revision, at()).unwrap();
    drop(other);
    journal.rekey(&new).unwrap();
    assert_eq!(journal.case(&id).unwrap().state.name().as_deref(), Some("by the other"));
    drop(journal);
    assert_eq!(Journal::open(&path, &new).unwrap().case(&id).unwrap().state.name().as_deref(), Some("by the other"));
}

const CHANGER: &str = "CORROBORATE_JOURNAL_CHANGER";

/// Not a test of its own: the process that is killed below.
#[test]
fn child_that_changes_its_key_until_it_is_killed() {
    let Ok(folder) = std::env::var(CHANGER) else { return };
    let folder = Path::new(&folder);
    let keys = ["key", "other"].map(|name| Key::from_file(&folder.join(name)).unwrap());
    let mut journal = Journal::open(&folder.join("cases.db"), &keys[0]).unwrap();
    let (id, mut revision) = journal.create(at()).unwrap();
    println!("case {id}");
    for n in 0..10_000 {
        revision = journal.append(&id, "n", &named(&format!("write {n}")), revision, at()).unwrap();
        println!("kept {revision}");
        journal.rekey(&keys[(n + 1) % 2]).unwrap();
    }
}

#[test]
fn killed_in_the_middle_of_a_change_of_passphrase_one_of_the_two_opens_everything() {
    for round in 0u64..6 {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child_that_changes_its_key_until_it_is_killed", "--exact", "--nocapture"])
            .env(CHANGER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let id = loop {
            let line = lines.next().unwrap().unwrap();
            if let Some(case) = line.split("case ").nth(1) {
                break case.trim().to_string();
            }
        };
        std::thread::sleep(std::time::Duration::from_millis(60 + 37 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let kept = lines.map_while(Result::ok).filter_map(|l| l.strip_prefix("kept ")?.parse().ok()).max().unwrap_or(1);
        let opened = ["key", "other"].iter().find_map(|name| {
            Journal::open(&folder.path().join("cases.db"), &Key::from_file(&folder.path().join(name)).unwrap()).ok()
        });
        let journal = opened.unwrap_or_else(|| panic!("round {round}: neither key opens the journal"));
        assert!(journal.case(&id).unwrap().revision >= kept, "an acknowledged write is gone");
        assert!(journal.verify(&id).unwrap());
    }
}

#[derive(Debug, Clone)]
enum Step {
    Change(u8),
    Undo,
    Redo,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn the_state_is_the_fold_of_the_events(
        steps in prop::collection::vec(
            prop_oneof![3 => (0u8..5).prop_map(Step::Change), 2 => Just(Step::Undo), 1 => Just(Step::Redo)], 1..25)
    ) {
        let (_folder, _, mut journal) = fresh();
        let (id, mut r) = journal.create(at()).unwrap();
        let (mut past, mut now, mut future) = (Vec::new(), State::default(), Vec::new());
        for step in steps {
            match step {
                Step::Change(n) => {
                    let new = named(&n.to_string());
                    r = journal.append(&id, "n", &new, r, at()).unwrap();
                    if new != now {
                        past.push(std::mem::replace(&mut now, new));
                        future.clear();
                    }
                }
                Step::Undo => if let Some(before) = past.pop() {
                    r = journal.undo(&id, r, at()).unwrap();
                    future.push(std::mem::replace(&mut now, before));
                },
                Step::Redo => if let Some(after) = future.pop() {
                    r = journal.redo(&id, r, at()).unwrap();
                    past.push(std::mem::replace(&mut now, after));
                },
            }
            prop_assert_eq!(&journal.case(&id).unwrap().state, &now);
        }
        prop_assert!(journal.verify(&id).unwrap());
    }
}
