use std::path::{Path, PathBuf};

use calendar::Date;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde_json::Value;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

use crate::key::{hex, random};
use crate::{Error, Key, Kind, State, patch, schema};

/// The number of a case's last event. A writer names the one it saw.
pub type Revision = i64;

/// The open case store. One connection; share it behind a mutex.
#[derive(Debug)]
pub struct Journal {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
    pub(crate) salt: [u8; 16],
    pub(crate) key: Zeroizing<[u8; 32]>,
}

/// A case with the revision its state belongs to.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Its id.
    pub id: String,
    /// The fold of its events.
    pub state: State,
    /// The last event's number.
    pub revision: Revision,
    /// When it was begun.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
}

/// A line of the list of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct CaseRow {
    pub id: String,
    pub name: Option<String>,
    pub issuer: Option<String>,
    /// The next date as it was last computed.
    pub next: Option<Date>,
    pub updated: Timestamp,
    pub closed: bool,
}

/// Which cases to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Words the name or the plan contains; empty for all.
    pub search: &'a str,
    /// Those put aside instead of the open ones.
    pub closed: bool,
    /// How many at most.
    pub limit: usize,
    /// How many to skip.
    pub skip: usize,
}

/// An event, for the history page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number.
    pub revision: Revision,
    /// When.
    pub at: Timestamp,
    /// `opened`, `changed`, `undone` or `redone`.
    pub kind: String,
    /// The caller's code for what changed, e.g. `claim.number`.
    pub what: String,
    /// Whether it stands (false for a change that was undone).
    pub stands: bool,
    /// The papers that it gave, took out or changed, by their names.
    pub papers: Vec<String>,
}

/// What was computed from a case with one knowledge base.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Computation {
    pub kb: String,
    pub revision: Revision,
    pub today: Date,
    pub summary: String,
}

impl Journal {
    /// Opens the journal at `path`, making it when it is not there (readable by its owner alone).
    ///
    /// # Errors
    /// [`Kind::WrongKey`], [`Kind::Newer`] (the file stays untouched), [`Kind::Disk`], [`Kind::Busy`].
    pub fn open(path: &Path, key: &Key) -> Result<Journal, Error> {
        let _opening = opening(path)?;
        let salt = salt_of(path)?;
        let key = key.stretch(&salt)?;
        keep_cipher_ready();
        let connection = connect(path, &key, &salt)?;
        Ok(Journal { connection, path: path.to_path_buf(), salt, key })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Begins a case.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(&mut self, at: Timestamp) -> Result<(String, Revision), Error> {
        let id = new_id()?;
        let tx = self.begin()?;
        insert_case(&tx, &id, at)?;
        insert_event(&tx, &id, 1, at, "opened", "", None)?;
        tx.commit()?;
        Ok((id, 1))
    }

    /// The case as it stands.
    ///
    /// # Errors
    /// [`Kind::NotFound`].
    pub fn case(&self, id: &str) -> Result<Loaded, Error> {
        let row = self
            .connection
            .prepare_cached(
                "SELECT c.revision, c.created_at, c.updated_at, s.state FROM cases c JOIN states s ON s.case_id = c.id
                 WHERE c.id = ?1",
            )?
            .query_row([id], |r| {
                Ok((r.get(0)?, r.get::<_, String>(1)?, r.get::<_, String>(2)?, r.get::<_, String>(3)?))
            })
            .optional()?;
        let (revision, created, updated, state) = row.ok_or_else(no_case)?;
        Ok(Loaded {
            id: id.into(),
            state: serde_json::from_str(&state)?,
            revision,
            created: moment(&created),
            updated: moment(&updated),
        })
    }

    /// The open (or closed) cases, the nearest date first, and how many there are in all.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn cases(&self, wanted: Wanted<'_>) -> Result<(Vec<CaseRow>, usize), Error> {
        let like = format!("%{}%", wanted.search.replace(['%', '_', '\\'], " ").trim());
        // Without a search the index alone gives count and order; a condition on the name would read every row.
        let which = match like.as_str() {
            "%%" => "closed = ?1 AND ?2 = '%%'",
            _ => "closed = ?1 AND (name LIKE ?2 OR issuer LIKE ?2)",
        };
        let count: i64 = self
            .connection
            .prepare_cached(&format!("SELECT count(*) FROM cases WHERE {which}"))?
            .query_row(params![wanted.closed, like], |r| r.get(0))?;
        let mut query = self.connection.prepare_cached(&format!(
            "SELECT id, name, issuer, next_date, updated_at, closed FROM cases WHERE {which}
             ORDER BY next_date IS NULL, next_date, updated_at DESC, id LIMIT ?3 OFFSET ?4",
        ))?;
        let limits = (i64::try_from(wanted.limit).unwrap_or(100), i64::try_from(wanted.skip).unwrap_or(0));
        let rows = query
            .query_map(params![wanted.closed, like, limits.0, limits.1], |r| {
                Ok(CaseRow {
                    id: r.get(0)?,
                    name: r.get(1)?,
                    issuer: r.get(2)?,
                    next: r.get::<_, Option<String>>(3)?.and_then(|d| d.parse().ok()),
                    updated: moment(&r.get::<_, String>(4)?),
                    closed: r.get(5)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok((rows, usize::try_from(count).unwrap_or(0)))
    }

    /// Keeps a new state of the case as an event. `what` is a code for the history, never a value. A state that equals
    /// the present one makes no event.
    ///
    /// # Errors
    /// [`Kind::Conflict`] when the case has moved on since `seen`; the case is then unchanged.
    pub fn append(
        &mut self,
        id: &str,
        what: &str,
        state: &State,
        seen: Revision,
        at: Timestamp,
    ) -> Result<Revision, Error> {
        let tx = self.begin()?;
        let revision = append_in(&tx, id, what, state, seen, at)?;
        tx.commit()?;
        Ok(revision)
    }

    /// Takes back the last change that stands; itself an event, so it can be redone.
    ///
    /// # Errors
    /// [`Kind::NothingToUndo`], [`Kind::Conflict`].
    pub fn undo(&mut self, id: &str, seen: Revision, at: Timestamp) -> Result<Revision, Error> {
        self.step(id, seen, at, "undone")
    }

    /// Puts back the last change that was undone.
    ///
    /// # Errors
    /// [`Kind::NothingToUndo`], [`Kind::Conflict`].
    pub fn redo(&mut self, id: &str, seen: Revision, at: Timestamp) -> Result<Revision, Error> {
        self.step(id, seen, at, "redone")
    }

    fn step(&mut self, id: &str, seen: Revision, at: Timestamp, kind: &str) -> Result<Revision, Error> {
        let tx = self.begin()?;
        check_revision(&tx, id, seen)?;
        let folded = fold(&events(&tx, id)?);
        let from = if kind == "undone" { &folded.past } else { &folded.future };
        let Some((_, value)) = from.last() else {
            return Err(Error::new(Kind::NothingToUndo, "there is no change left to take back or to put back"));
        };
        let state: State = serde_json::from_value(value.clone())?;
        insert_event(&tx, id, seen + 1, at, kind, "", None)?;
        keep_state(&tx, id, &state, &value.to_string(), seen + 1, at)?;
        tx.commit()?;
        Ok(seen + 1)
    }

    /// All events of a case, oldest first, and whether there is something to undo and to redo.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn history(&self, id: &str) -> Result<(Vec<Change>, bool, bool), Error> {
        let events = events(&self.connection, id)?;
        let folded = fold(&events);
        let mut papers = folded.papers;
        let undone: Vec<Revision> = folded.future.iter().map(|(r, _)| *r).chain(folded.lost).collect();
        let changes = events
            .into_iter()
            .map(|e| Change {
                stands: !undone.contains(&e.revision),
                papers: papers.remove(&e.revision).unwrap_or_default(),
                revision: e.revision,
                at: moment(&e.at),
                kind: e.kind,
                what: e.what,
            })
            .collect();
        Ok((changes, !folded.past.is_empty(), !folded.future.is_empty()))
    }

    /// Folds the events of a case again and compares with the stored state: the check behind `corroborate case check`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn verify(&self, id: &str) -> Result<bool, Error> {
        let folded = fold(&events(&self.connection, id)?).current;
        let state: State = serde_json::from_value(folded)?;
        Ok(state == self.case(id)?.state)
    }

    /// Keeps what was computed, once per knowledge base, and the case's next date for the list. Writes only when
    /// something is new.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn computed(&mut self, id: &str, c: &Computation, next: Option<Date>) -> Result<(), Error> {
        let next = next.map(|d| d.to_string());
        let known: Option<(String, Option<String>)> = self
            .connection
            .prepare_cached(
                "SELECT k.summary, c.next_date FROM computations k JOIN cases c ON c.id = k.case_id
                 WHERE k.case_id = ?1 AND k.kb = ?2",
            )?
            .query_row(params![id, c.kb], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        if known.is_some_and(|(summary, date)| summary == c.summary && date == next) {
            return Ok(());
        }
        let tx = self.begin()?;
        tx.execute(
            "INSERT INTO computations (case_id, kb, revision, today, summary) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET revision = ?3, today = ?4, summary = ?5",
            params![id, c.kb, c.revision, c.today.to_string(), c.summary],
        )?;
        tx.execute("UPDATE cases SET next_date = ?2 WHERE id = ?1", params![id, next])?;
        tx.commit()?;
        Ok(())
    }

    /// What was computed with each knowledge base so far, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn computations(&self, id: &str) -> Result<Vec<Computation>, Error> {
        let mut query = self.connection.prepare_cached(
            "SELECT kb, revision, today, summary FROM computations WHERE case_id = ?1 ORDER BY revision, today",
        )?;
        let rows = query.query_map([id], |r| {
            let today: String = r.get(2)?;
            Ok((r.get(0)?, r.get(1)?, today, r.get(3)?))
        })?;
        let mut out = Vec::new();
        for row in rows {
            let (kb, revision, today, summary) = row?;
            if let Ok(today) = today.parse() {
                out.push(Computation { kb, revision, today, summary });
            }
        }
        Ok(out)
    }

    /// A setting, e.g. `language`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        let mut query = self.connection.prepare_cached("SELECT value FROM settings WHERE name = ?1")?;
        Ok(query.query_row([name], |r| r.get(0)).optional()?)
    }

    /// Keeps a setting.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.connection.execute(
            "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
            [name, value],
        )?;
        Ok(())
    }

    /// Removes a case for good: its rows are deleted and overwritten, the file is rebuilt without them and the log cut.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Busy`] when another program reads at this moment (then call again).
    pub fn erase(&mut self, id: &str) -> Result<(), Error> {
        let gone = self.connection.execute("DELETE FROM cases WHERE id = ?1", [id])?;
        if gone == 0 {
            return Err(no_case());
        }
        self.connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?;
        Ok(())
    }

    /// Removes every case: closes the journal and deletes its files. A key file is the caller's to delete.
    ///
    /// # Errors
    /// When a file cannot be deleted.
    pub fn erase_everything(self) -> Result<(), Error> {
        let path = self.path.clone();
        self.connection.close().map_err(|(_, e)| Error::from(e))?;
        for end in ["-wal", "-shm", ""] {
            let mut name = path.clone().into_os_string();
            name.push(end);
            match std::fs::remove_file(&name) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e.into()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes a copy of the whole journal, opened by the same key, under a temporary name and then renamed.
    ///
    /// # Errors
    /// [`Kind::BadInput`] when `to` exists; [`Kind::Disk`].
    pub fn backup(&self, to: &Path) -> Result<(), Error> {
        if to.exists() {
            return Err(Error::new(Kind::BadInput, format!("`{}` is already there", to.display()))
                .hint("choose another name for the backup"));
        }
        let part = to.with_extension("part");
        self.copy_to(&part, &self.key, &self.salt)?;
        std::fs::rename(&part, to)?;
        Ok(())
    }

    /// Writes everything into a new file under a key, safely on the disk when this returns.
    pub(crate) fn copy_to(&self, part: &Path, key: &[u8; 32], salt: &[u8; 16]) -> Result<(), Error> {
        let _ = std::fs::remove_file(part);
        private_file(part)?;
        let key = key_text(key, salt);
        self.connection.execute("ATTACH DATABASE ?1 AS copy KEY ?2", params![part.to_string_lossy(), key.as_str()])?;
        let done = self.connection.query_row("SELECT sqlcipher_export('copy')", [], |_| Ok(())).and_then(|()| {
            for name in ["user_version", "application_id"] {
                let value: i64 = self.connection.query_row(&format!("PRAGMA main.{name}"), [], |r| r.get(0))?;
                self.connection.execute_batch(&format!("PRAGMA copy.{name} = {value}"))?;
            }
            Ok(())
        });
        self.connection.execute_batch("DETACH DATABASE copy")?;
        done?;
        std::fs::File::open(part)?.sync_all()?;
        Ok(())
    }

    pub(crate) fn begin(&mut self) -> Result<Transaction<'_>, Error> {
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }
}

/// Opens the file, brings it to today's shape and sets how it is written.
pub(crate) fn connect(path: &Path, key: &[u8; 32], salt: &[u8; 16]) -> Result<Connection, Error> {
    let mut connection = Connection::open(path)?;
    unlock(&connection, key, salt)?;
    schema::migrate(&mut connection)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 5000; PRAGMA mmap_size = 0;",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// One writer at a time while a journal is opened or made, so that two first starts agree on its salt.
pub(crate) fn opening(path: &Path) -> Result<std::fs::File, Error> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty() && !f.exists()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let file =
        std::fs::File::options().write(true).create(true).truncate(false).open(path.with_extension("opening"))?;
    file.lock()?;
    Ok(file)
}

/// The salt stands in the first 16 bytes of the file; a new file gets a fresh one.
fn salt_of(path: &Path) -> Result<[u8; 16], Error> {
    use std::io::Read;
    let mut salt = [0u8; 16];
    match std::fs::File::open(path) {
        Ok(mut file) if file.metadata()?.len() > 0 => {
            file.read_exact(&mut salt)
                .map_err(|_| Error::new(Kind::WrongKey, "this file is not a file of cases of Corroborate"))?;
        }
        Ok(_) => random(&mut salt)?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            private_file(path)?;
            random(&mut salt)?;
        }
        Err(e) => return Err(e.into()),
    }
    Ok(salt)
}

fn private_file(path: &Path) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    Ok(())
}

fn key_text(key: &[u8; 32], salt: &[u8; 16]) -> Zeroizing<String> {
    Zeroizing::new(format!("x'{}{}'", hex(key), hex(salt)))
}

/// Keeps SQLCipher set up for the life of the process. It sets itself up for the first connection and down after the
/// last; a connection opened by one thread while another closes the last one would find no cipher.
fn keep_cipher_ready() {
    static READY: std::sync::OnceLock<Option<std::sync::Mutex<Connection>>> = std::sync::OnceLock::new();
    READY.get_or_init(|| {
        let connection = Connection::open_in_memory().ok()?;
        connection.execute_batch("PRAGMA key = 'ready'").ok()?;
        Some(std::sync::Mutex::new(connection))
    });
}

/// How often a key is given before the failure is believed.
const KEY_TRIES: u32 = 5;

fn unlock(connection: &Connection, key: &[u8; 32], salt: &[u8; 16]) -> Result<(), Error> {
    let pragma =
        Zeroizing::new(format!("PRAGMA cipher_log_level = NONE; PRAGMA key = \"{}\";", key_text(key, salt).as_str()));
    // SQLCipher sets itself up for the first connection of a process and down after the last. When another connection
    // closes in that very moment, giving the key fails although it is right: it is given again.
    let mut tries = 0;
    while let Err(error) = connection.execute_batch(&pragma) {
        tries += 1;
        if tries == KEY_TRIES {
            return Err(error.into());
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get::<_, i64>(0))
        .map(|_| ())
        .map_err(Error::from)
        .map_err(|e| if e.kind() == Kind::WrongKey { wrong_key() } else { e })
}

fn wrong_key() -> Error {
    Error::new(Kind::WrongKey, "this key or passphrase does not open your cases; nothing was changed")
        .hint("check the passphrase (capital letters, keyboard language), or put the right key file back")
}

fn no_case() -> Error {
    Error::new(Kind::NotFound, "there is no such case here")
}

/// Ten characters without look-alikes: short enough to read aloud, 50 bits.
fn new_id() -> Result<String, Error> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let mut bytes = [0u8; 10];
    random(&mut bytes)?;
    Ok(bytes.iter().map(|b| char::from(*LETTERS.get(usize::from(b & 31)).unwrap_or(&b'a'))).collect())
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(crate) fn insert_case(tx: &Transaction<'_>, id: &str, at: Timestamp) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO cases (id, created_at, updated_at, revision) VALUES (?1, ?2, ?2, 1)",
        params![id, at.to_string()],
    )?;
    tx.execute("INSERT INTO states (case_id, state) VALUES (?1, '{}')", [id])?;
    Ok(())
}

pub(crate) fn fresh_id() -> Result<String, Error> {
    new_id()
}

fn check_revision(tx: &Connection, id: &str, seen: Revision) -> Result<(), Error> {
    let now: Option<Revision> =
        tx.prepare_cached("SELECT revision FROM cases WHERE id = ?1")?.query_row([id], |r| r.get(0)).optional()?;
    match now {
        None => Err(no_case()),
        Some(now) if now == seen => Ok(()),
        Some(_) => Err(Error::new(Kind::Conflict, "this case was changed in another window in the meantime")),
    }
}

pub(crate) fn append_in(
    tx: &Transaction<'_>,
    id: &str,
    what: &str,
    state: &State,
    seen: Revision,
    at: Timestamp,
) -> Result<Revision, Error> {
    check_revision(tx, id, seen)?;
    let old: String =
        tx.prepare_cached("SELECT state FROM states WHERE case_id = ?1")?.query_row([id], |r| r.get(0))?;
    let old: Value = serde_json::from_str(&old)?;
    let new = patch::without_nulls(serde_json::to_value(state)?);
    let Some(change) = patch::diff(&old, &new) else { return Ok(seen) };
    insert_event(tx, id, seen + 1, at, "changed", what, Some(&change.to_string()))?;
    keep_state(tx, id, state, &new.to_string(), seen + 1, at)?;
    Ok(seen + 1)
}

pub(crate) fn insert_event(
    tx: &Transaction<'_>,
    id: &str,
    revision: Revision,
    at: Timestamp,
    kind: &str,
    what: &str,
    patch: Option<&str>,
) -> Result<(), Error> {
    tx.prepare_cached("INSERT INTO events (case_id, revision, at, kind, what, patch) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![id, revision, at.to_string(), kind, what, patch])?;
    Ok(())
}

pub(crate) fn keep_state(
    tx: &Transaction<'_>,
    id: &str,
    state: &State,
    json: &str,
    revision: Revision,
    at: Timestamp,
) -> Result<(), Error> {
    tx.prepare_cached("UPDATE states SET state = ?2 WHERE case_id = ?1")?.execute([id, json])?;
    tx.prepare_cached(
        "UPDATE cases SET revision = ?2, updated_at = ?3, name = ?4, issuer = ?5, closed = ?6 WHERE id = ?1",
    )?
    .execute(params![id, revision, at.to_string(), state.name(), state.case.coverage.issuer, state.closed])?;
    Ok(())
}

/// An event as stored.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) revision: Revision,
    pub(crate) at: String,
    pub(crate) kind: String,
    pub(crate) what: String,
    pub(crate) patch: Option<String>,
}

pub(crate) fn events(connection: &Connection, id: &str) -> Result<Vec<Stored>, Error> {
    let mut query = connection
        .prepare_cached("SELECT revision, at, kind, what, patch FROM events WHERE case_id = ?1 ORDER BY revision")?;
    let rows = query.query_map([id], |r| {
        Ok(Stored { revision: r.get(0)?, at: r.get(1)?, kind: r.get(2)?, what: r.get(3)?, patch: r.get(4)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The result of folding: the present state, and the states that undo and redo lead to, each with the change's number.
pub(crate) struct Folded {
    pub(crate) current: Value,
    pub(crate) past: Vec<(Revision, Value)>,
    pub(crate) future: Vec<(Revision, Value)>,
    /// Changes that were undone and then overtaken by another change.
    pub(crate) lost: Vec<Revision>,
    /// The papers that a change touched, by their names.
    pub(crate) papers: BTreeMap<Revision, Vec<String>>,
}

/// The names of the papers that stand in only one of two lists, or differ.
fn touched(before: &Value, after: &Value) -> Vec<String> {
    let list = |state: &Value| state.get("papers").and_then(Value::as_array).cloned().unwrap_or_default();
    let (before, after) = (list(before), list(after));
    let changed = after.iter().filter(|p| !before.contains(p));
    let is = |a: &Value, b: &Value| a.get("sha256") == b.get("sha256");
    let gone = before.iter().filter(|p| !after.iter().any(|a| is(a, p)));
    changed.chain(gone).filter_map(|p| p.get("name")?.as_str().map(String::from)).collect()
}

pub(crate) fn fold(events: &[Stored]) -> Folded {
    let empty = Value::Object(serde_json::Map::new());
    let mut f =
        Folded { current: empty, past: Vec::new(), future: Vec::new(), lost: Vec::new(), papers: BTreeMap::new() };
    for event in events {
        match event.kind.as_str() {
            "changed" => {
                f.past.push((event.revision, f.current.clone()));
                f.lost.extend(f.future.drain(..).map(|(r, _)| r));
                if let Some(patch) = event.patch.as_deref().and_then(|p| serde_json::from_str::<Value>(p).ok()) {
                    if patch.get("papers").is_some() {
                        f.papers.insert(event.revision, touched(&f.current, &patch));
                    }
                    patch::apply(&mut f.current, &patch);
                }
            }
            "undone" => {
                if let Some((revision, before)) = f.past.pop() {
                    f.future.push((revision, std::mem::replace(&mut f.current, before)));
                }
            }
            "redone" => {
                if let Some((revision, after)) = f.future.pop() {
                    f.past.push((revision, std::mem::replace(&mut f.current, after)));
                }
            }
            _ => {}
        }
    }
    f
}
