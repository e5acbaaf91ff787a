//! What happens when the disk is full, the clock is wrong, or there are very many cases.
#![allow(clippy::unwrap_used)]

use jiff::Timestamp;

use crate::{Journal, Key, Kind, State};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn titled(title: &str) -> State {
    State { title: Some(title.into()), ..State::default() }
}

/// A full disk, as SQLite meets it: no page more may be written.
#[test]
fn a_full_disk_is_said_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::random().unwrap();
    let mut journal = Journal::open(&folder.path().join("cases.db"), &key).unwrap();
    let now = at("2026-11-25T12:00:00Z");
    let (id, seen) = journal.create(now).unwrap();
    let seen = journal.append(&id, "title", &titled("before"), seen, now).unwrap();
    let pages: i64 = journal.connection.query_row("PRAGMA page_count", [], |r| r.get(0)).unwrap();
    journal.connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
    let long = titled(&"too long for the pages there are ".repeat(20_000));
    let error = journal.append(&id, "title", &long, seen, now).unwrap_err();
    assert_eq!(error.kind(), Kind::Disk);
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert!(error.to_string().contains("hint:"), "{error}");
    let attached = journal.attach(&id, "scan.pdf", &vec![7; 1 << 20], seen, now).unwrap_err();
    assert_eq!(attached.kind(), Kind::Disk);
    let kept = journal.case(&id).unwrap();
    assert_eq!((kept.revision, kept.state.title.as_deref()), (seen, Some("before")));
    assert!(kept.state.papers.is_empty());
    assert!(journal.verify(&id).unwrap());
    // With room again the same change goes through.
    journal.connection.query_row("PRAGMA max_page_count = 100000", [], |_| Ok(())).unwrap();
    assert_eq!(journal.append(&id, "title", &titled("after"), seen, now).unwrap(), seen + 1);
}

/// The order of what happened is the order of the events, whatever the clock says.
#[test]
fn a_clock_that_was_moved_back_loses_and_reorders_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(&folder.path().join("cases.db"), &Key::random().unwrap()).unwrap();
    let (id, mut seen) = journal.create(at("2026-11-25T12:00:00Z")).unwrap();
    for (title, moment) in
        [("one", "2026-11-25T12:01:00Z"), ("two", "2019-01-01T00:00:00Z"), ("three", "2026-11-25T12:02:00Z")]
    {
        seen = journal.append(&id, "title", &titled(title), seen, at(moment)).unwrap();
    }
    assert_eq!(journal.case(&id).unwrap().state.title.as_deref(), Some("three"));
    let seen = journal.undo(&id, seen, at("2001-01-01T00:00:00Z")).unwrap();
    assert_eq!(journal.case(&id).unwrap().state.title.as_deref(), Some("two"));
    let (changes, ..) = journal.history(&id).unwrap();
    assert_eq!(changes.iter().map(|c| c.revision).collect::<Vec<_>>(), (1..=seen).collect::<Vec<_>>());
    assert!(journal.verify(&id).unwrap());
}

/// Thousands of cases are listed by walking an index, not by sorting them for every page.
#[test]
fn the_list_of_cases_is_read_in_order_and_not_sorted() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(&folder.path().join("cases.db"), &Key::random().unwrap()).unwrap();
    let plan: Vec<String> = journal
        .connection
        .prepare(
            "EXPLAIN QUERY PLAN SELECT id, name FROM cases WHERE closed = 0
             ORDER BY next_date IS NULL, next_date, updated_at DESC, id LIMIT 50 OFFSET 7500",
        )
        .unwrap()
        .query_map([], |r| r.get(3))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(plan.iter().all(|step| !step.contains("TEMP B-TREE")), "{plan:?}");
    assert!(plan.iter().any(|step| step.contains("cases_in_order")), "{plan:?}");
}
