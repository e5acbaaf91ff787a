//! One case as a ZIP of open formats, out and in.

use std::io::{Cursor, Read, Write};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::key::hex;
use crate::store::{Stored, events, fold, fresh_id, insert_case, insert_event, keep_state};
use crate::{Error, Journal, Kind, State};

/// The most an archive may hold when unpacked; more is taken for a trap.
const MOST_BYTES: u64 = 2 << 30;

#[derive(Serialize, Deserialize)]
struct Line {
    revision: i64,
    at: String,
    kind: String,
    what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    patch: Option<serde_json::Value>,
}

const README: &str = "This is one case from Corroborate, in open formats.\n\n\
    case.toml      the case file: every command of Corroborate reads it\n\
    state.json     the case with its log\n\
    events.jsonl   every change, one a line, oldest first (JSON Merge Patch, RFC 7396)\n\
    files/         the papers, as they were given\n\n\
    It is NOT encrypted. Keep it where only you can read it.\n";

impl Journal {
    /// The case with everything in it as a ZIP.
    ///
    /// # Errors
    /// [`Kind::NotFound`].
    pub fn export(&self, id: &str) -> Result<Vec<u8>, Error> {
        let loaded = self.case(id)?;
        let options = SimpleFileOptions::default();
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let mut put = |name: String, bytes: &[u8]| -> Result<(), Error> {
            zip.start_file(name, options)?;
            zip.write_all(bytes)?;
            Ok(())
        };
        let toml = loaded.state.case.to_toml().map_err(|e| Error::new(Kind::Internal, e))?;
        put("README.txt".into(), README.as_bytes())?;
        put("case.toml".into(), toml.as_bytes())?;
        put("state.json".into(), serde_json::to_string_pretty(&loaded.state)?.as_bytes())?;
        let mut lines = String::new();
        for event in events(&self.connection, id)? {
            lines.push_str(&serde_json::to_string(&line_of(event))?);
            lines.push('\n');
        }
        put("events.jsonl".into(), lines.as_bytes())?;
        for paper in loaded.state.files() {
            put(format!("files/{}", paper.name), &self.file(id, &paper.sha256)?)?;
        }
        Ok(zip.finish()?.into_inner())
    }

    /// Takes a case from a ZIP that [`Journal::export`] wrote, as a new case with its history.
    ///
    /// # Errors
    /// [`Kind::BadInput`] naming what does not fit; nothing is then kept.
    pub fn import(&mut self, archive: &[u8], at: Timestamp) -> Result<String, Error> {
        let mut zip = ZipArchive::new(Cursor::new(archive))?;
        let total: u64 = (0..zip.len()).map(|i| zip.by_index_raw(i).map_or(0, |f| f.size())).sum();
        if total > MOST_BYTES {
            return Err(bad("this archive is too large when unpacked"));
        }
        let lines = String::from_utf8(entry(&mut zip, "events.jsonl")?).map_err(|_| bad("its history is not text"))?;
        let history = lines.lines().map(stored).collect::<Result<Vec<_>, _>>()?;
        let value = fold(&history).current;
        let state: State =
            serde_json::from_value(value.clone()).map_err(|e| bad("its history does not fit").cause(e))?;
        let mut files = Vec::new();
        for paper in state.files() {
            let bytes = entry(&mut zip, &format!("files/{}", paper.name))?;
            if hex(&Sha256::digest(&bytes)) != paper.sha256 {
                return Err(bad("a file in this archive was changed after it was exported"));
            }
            files.push((paper.sha256.clone(), bytes));
        }
        let id = fresh_id()?;
        let tx = self.begin()?;
        insert_case(&tx, &id, at)?;
        for (number, event) in (1i64..).zip(&history) {
            let when = event.at.parse().unwrap_or(at);
            insert_event(&tx, &id, number, when, &event.kind, &event.what, event.patch.as_deref())?;
        }
        for (sha256, bytes) in &files {
            tx.execute(
                "INSERT INTO files (case_id, sha256, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                rusqlite::params![id, sha256, bytes],
            )?;
        }
        let last = i64::try_from(history.len()).unwrap_or(1).max(1);
        keep_state(&tx, &id, &state, &value.to_string(), last, at)?;
        tx.commit()?;
        Ok(id)
    }
}

fn line_of(e: Stored) -> Line {
    let patch = e.patch.as_deref().and_then(|p| serde_json::from_str(p).ok());
    Line { revision: e.revision, at: e.at, kind: e.kind, what: e.what, patch }
}

fn stored(line: &str) -> Result<Stored, Error> {
    let line: Line = serde_json::from_str(line).map_err(|e| bad("its history cannot be read").cause(e))?;
    let patch = line.patch.map(|p| p.to_string());
    Ok(Stored { revision: line.revision, at: line.at, kind: line.kind, what: line.what, patch })
}

fn entry(zip: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Vec<u8>, Error> {
    let file = zip
        .by_name(name)
        .map_err(|_| bad("this archive is not a case of Corroborate, or a file is missing from it"))?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn bad(message: &str) -> Error {
    Error::new(Kind::BadInput, message).hint("choose a ZIP that “Export” of Corroborate wrote; nothing was kept")
}
