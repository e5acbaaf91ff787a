use rusqlite::Connection;

use crate::{Error, Kind};

/// The steps from an empty file to today's shape. Only ever append to this list; never edit a step.
const STEPS: &[&str] = &[
    // 1: cases, their events and files
    "CREATE TABLE cases (
        id TEXT PRIMARY KEY, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, revision INTEGER NOT NULL,
        name TEXT, issuer TEXT, closed INTEGER NOT NULL DEFAULT 0) STRICT;
     CREATE TABLE states (case_id TEXT PRIMARY KEY REFERENCES cases(id) ON DELETE CASCADE, state TEXT NOT NULL) STRICT;
     CREATE TABLE events (
        case_id TEXT NOT NULL REFERENCES cases(id) ON DELETE CASCADE, revision INTEGER NOT NULL, at TEXT NOT NULL,
        kind TEXT NOT NULL, what TEXT NOT NULL, patch TEXT, PRIMARY KEY (case_id, revision)) STRICT, WITHOUT ROWID;
     CREATE TABLE files (
        case_id TEXT NOT NULL REFERENCES cases(id) ON DELETE CASCADE, sha256 TEXT NOT NULL, bytes BLOB NOT NULL,
        PRIMARY KEY (case_id, sha256)) STRICT;
     CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
     CREATE INDEX cases_by_update ON cases (closed, updated_at DESC);",
    // 2: what was computed from a case, with the knowledge base it was computed with; what can be computed again
    "CREATE TABLE computations (
        case_id TEXT NOT NULL REFERENCES cases(id) ON DELETE CASCADE, kb TEXT NOT NULL, revision INTEGER NOT NULL,
        today TEXT NOT NULL, summary TEXT NOT NULL, PRIMARY KEY (case_id, kb)) STRICT, WITHOUT ROWID;
     CREATE TABLE cache (
        case_id TEXT NOT NULL REFERENCES cases(id) ON DELETE CASCADE, name TEXT NOT NULL, bytes BLOB NOT NULL,
        PRIMARY KEY (case_id, name)) STRICT;
     ALTER TABLE cases ADD COLUMN next_date TEXT;
     CREATE INDEX cases_by_date ON cases (closed, next_date);",
    // 3: the list of cases in its order, so that a far page of many thousands need not be sorted first
    "DROP INDEX cases_by_date; DROP INDEX cases_by_update;
     CREATE INDEX cases_in_order ON cases (closed, next_date IS NULL, next_date, updated_at DESC, id);",
];

/// Marks our files among SQLite's (`PRAGMA application_id`): "Corb".
const APPLICATION: i64 = 0x436f_7262;

/// Brings a database to today's shape, each step in a transaction of its own.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let found: i64 = connection.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    if found > known {
        return Err(Error::new(
            Kind::Newer,
            format!(
                "your cases were written by a newer version of Corroborate (format {found}; this one knows {known})"
            ),
        )
        .hint("start the newer version; this one has changed nothing"));
    }
    if found == known {
        return Ok(());
    }
    // The write lock first, then the version again: another program may be migrating at this moment.
    let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: i64 = tx.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION)?;
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_version(version: usize) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        for step in &STEPS[..version] {
            connection.execute_batch(step).unwrap();
        }
        connection.pragma_update(None, "user_version", i64::try_from(version).unwrap()).unwrap();
        connection
    }

    fn shape(connection: &Connection) -> Vec<String> {
        let mut query =
            connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
        query.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn every_earlier_version_ends_in_todays_shape_with_its_rows() {
        let today = shape(&at_version(STEPS.len()));
        for version in 0..STEPS.len() {
            let mut connection = at_version(version);
            if version > 0 {
                let row = "INSERT INTO cases (id, created_at, updated_at, revision) VALUES ('a','t','t',1)";
                connection.execute(row, []).unwrap();
            }
            migrate(&mut connection).unwrap();
            assert_eq!(shape(&connection), today, "from version {version}");
            let rows: i64 = connection.query_row("SELECT count(*) FROM cases", [], |r| r.get(0)).unwrap();
            assert_eq!(rows, i64::from(version > 0));
        }
    }

    #[test]
    fn a_newer_file_is_left_alone() {
        let mut connection = at_version(STEPS.len());
        connection.pragma_update(None, "user_version", 99).unwrap();
        let before = shape(&connection);
        assert_eq!(migrate(&mut connection).unwrap_err().kind(), Kind::Newer);
        assert_eq!(shape(&connection), before);
    }
}
