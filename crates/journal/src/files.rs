//! Files of a case, and what can be computed from them again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

use crate::key::hex;
use crate::store::append_in;
use crate::{Error, Journal, Kind, Paper, Revision, State};

impl Journal {
    /// Keeps a file and names it in the case's papers, in one transaction. The same bytes twice are one paper.
    ///
    /// # Errors
    /// [`Kind::BadInput`] for an empty file, [`Kind::Conflict`], [`Kind::Disk`].
    pub fn attach(
        &mut self,
        id: &str,
        name: &str,
        bytes: &[u8],
        seen: Revision,
        at: Timestamp,
    ) -> Result<(String, Revision), Error> {
        if bytes.is_empty() {
            return Err(Error::new(Kind::BadInput, "this file is empty"));
        }
        let sha256 = hex(&Sha256::digest(bytes));
        let mut state = self.case(id)?.state;
        let tx = self.begin()?;
        tx.execute(
            "INSERT INTO files (case_id, sha256, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![id, sha256, bytes],
        )?;
        if state.paper(&sha256).is_none() {
            let name = state.unused_name(tidy(name));
            let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let joined_from = Vec::new();
            let sha256 = sha256.clone();
            state.papers.push(Paper {
                sha256,
                name,
                size,
                added: at,
                kind: None,
                confirmed: false,
                joined_from,
                said: BTreeMap::new(),
            });
        }
        let revision = append_in(&tx, id, "paper.added", &state, seen, at)?;
        tx.commit()?;
        Ok((sha256, revision))
    }

    /// The other open cases that hold the same bytes: id and name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn cases_with(&self, sha256: &str, but: &str) -> Result<Vec<(String, Option<String>)>, Error> {
        let mut query = self.connection.prepare_cached(
            "SELECT c.id, c.name FROM files f JOIN cases c ON c.id = f.case_id
             WHERE f.sha256 = ?1 AND c.id != ?2 AND c.closed = 0 ORDER BY c.updated_at DESC",
        )?;
        let rows = query.query_map(params![sha256, but], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps a new state together with a file that it names, in one event: both are there, or neither.
    ///
    /// # Errors
    /// [`Kind::BadInput`] for an empty file or one that the state does not name, [`Kind::Conflict`], [`Kind::Disk`].
    pub fn append_with_file(
        &mut self,
        id: &str,
        what: &str,
        state: &State,
        bytes: &[u8],
        seen: Revision,
        at: Timestamp,
    ) -> Result<Revision, Error> {
        let sha256 = hex(&Sha256::digest(bytes));
        if bytes.is_empty() || state.paper(&sha256).is_none() {
            return Err(Error::new(Kind::BadInput, "this file is empty, or no paper of the case"));
        }
        let tx = self.begin()?;
        tx.execute(
            "INSERT INTO files (case_id, sha256, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![id, sha256, bytes],
        )?;
        let revision = append_in(&tx, id, what, state, seen, at)?;
        tx.commit()?;
        Ok(revision)
    }

    /// The bytes of a file of a case.
    ///
    /// # Errors
    /// [`Kind::NotFound`].
    pub fn file(&self, id: &str, sha256: &str) -> Result<Vec<u8>, Error> {
        self.connection
            .prepare_cached("SELECT bytes FROM files WHERE case_id = ?1 AND sha256 = ?2")?
            .query_row([id, sha256], |r| r.get(0))
            .optional()?
            .ok_or_else(|| Error::new(Kind::NotFound, "there is no such file in this case"))
    }

    /// Keeps something that can be computed again (the text of a paper, a page's picture), inside the encrypted file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn remember(&mut self, id: &str, name: &str, bytes: &[u8]) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO cache (case_id, name, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET bytes = ?3",
            )?
            .execute(params![id, name, bytes])?;
        Ok(())
    }

    /// The names under which something is remembered that begin with `start`, in their order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn remembered(&self, id: &str, start: &str) -> Result<Vec<String>, Error> {
        let mut query = self.connection.prepare_cached(
            "SELECT name FROM cache WHERE case_id = ?1 AND substr(name, 1, length(?2)) = ?2 ORDER BY name",
        )?;
        let names = query.query_map([id, start], |r| r.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// Forgets what is remembered under names that begin with `start`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn forget(&mut self, id: &str, start: &str) -> Result<(), Error> {
        let what = "DELETE FROM cache WHERE case_id = ?1 AND substr(name, 1, length(?2)) = ?2";
        self.connection.prepare_cached(what)?.execute([id, start])?;
        Ok(())
    }

    /// What was remembered under a name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn recall(&self, id: &str, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let mut query = self.connection.prepare_cached("SELECT bytes FROM cache WHERE case_id = ?1 AND name = ?2")?;
        Ok(query.query_row([id, name], |r| r.get(0)).optional()?)
    }
}

/// A file name without folders, control characters or direction marks, at most 120 characters.
fn tidy(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let clean: String = last
        .chars()
        .filter(|c| {
            !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .take(120)
        .collect();
    let clean = clean.trim_matches(['.', ' ']).to_string();
    if clean.is_empty() { "paper".into() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_folders_and_tricks() {
        assert_eq!(tidy("../../etc/passwd"), "passwd");
        assert_eq!(tidy("C:\\scans\\letter.pdf"), "letter.pdf");
        assert_eq!(tidy("invoice\u{202e}fdp.exe"), "invoicefdp.exe");
        assert_eq!(tidy("..\n"), "paper");
    }
}
