//! Another passphrase: a new file under the new key takes the place of the old one in a single step.
//!
//! Whatever happens before that step, the old file with the old key stands untouched; after it, the new one does. There is
//! no moment at which neither opens.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::key::random;
use crate::store::{connect, opening};
use crate::{Error, Journal, Key, Kind};

impl Journal {
    /// Whether a key is the one that opens this journal.
    ///
    /// # Errors
    /// When a passphrase cannot be stretched.
    pub fn opens_with(&self, key: &Key) -> Result<bool, Error> {
        Ok(*key.stretch(&self.salt)? == *self.key)
    }

    /// Locks the journal with another key. Backups made before keep the key they were made with.
    ///
    /// # Errors
    /// [`Kind::Busy`] when another program has the cases open, [`Kind::Disk`] when there is no room for a second copy;
    /// the old key then still opens the journal.
    pub fn rekey(&mut self, key: &Key) -> Result<(), Error> {
        self.change(key, settle)
    }

    fn change(&mut self, key: &Key, settle: fn(&Path) -> std::io::Result<()>) -> Result<(), Error> {
        let _opening = opening(&self.path)?;
        let mut salt = [0u8; 16];
        random(&mut salt)?;
        let key = key.stretch(&salt)?;
        let part = beside(&self.path);
        self.alone()?;
        if let Err(e) = self.copy_to(&part, &key, &salt) {
            let _ = std::fs::remove_file(&part);
            return Err(e);
        }
        self.close()?;
        let moved = std::fs::rename(&part, &self.path);
        if moved.is_ok() {
            self.salt = salt;
            self.key = key;
            // The new file stands. A folder that cannot be settled (some network folders) is no reason to say that the
            // change failed: at worst a power cut in this moment brings back the old file, which holds the same cases.
            let _ = settle(&self.path);
        } else {
            let _ = std::fs::remove_file(&part);
        }
        self.connection = connect(&self.path, &self.key, &self.salt)?;
        moved.map_err(Error::from)
    }

    /// Makes sure that nobody else has the file open: it can leave its write-ahead log only then. Nobody can open it
    /// afterwards either, because whoever opens it waits for `opening`. So no write is lost between the copy and the
    /// renaming, and no log under the old key is left beside the new file.
    fn alone(&mut self) -> Result<(), Error> {
        // A look at the file first, so that the step below starts from what it holds now.
        let _: i64 = self.connection.query_row("SELECT count(*) FROM sqlite_master", [], |r| r.get(0))?;
        let mode = self.connection.query_row("PRAGMA journal_mode = DELETE", [], |r| r.get::<_, String>(0));
        match mode.map_err(Error::from) {
            Ok(mode) if mode == "delete" => {
                // Opened anew: what this connection remembers of a page may be older than what another has written since.
                self.connection = connect(&self.path, &self.key, &self.salt)?;
                Ok(())
            }
            Err(e) if e.kind() != Kind::Busy => Err(e),
            _ => Err(Error::new(Kind::Busy, "another program has your cases open at this moment")
                .hint("close it, then change the passphrase again")),
        }
    }

    /// Closes the file, so that its log is written into it and gone.
    fn close(&mut self) -> Result<(), Error> {
        self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
        let open = std::mem::replace(&mut self.connection, Connection::open_in_memory()?);
        open.close().map_err(|(open, e)| {
            self.connection = open;
            Error::from(e)
        })
    }
}

fn beside(path: &Path) -> PathBuf {
    path.with_extension("rekey")
}

/// Makes a renaming last through a power cut.
fn settle(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => std::fs::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test fails by panicking

    use super::*;

    #[test]
    fn a_folder_that_cannot_be_settled_does_not_undo_the_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cases.db");
        let (old, new) = (Key::random().unwrap(), Key::random().unwrap());
        let mut journal = Journal::open(&path, &old).unwrap();
        let (id, revision) = journal.create("2026-11-25T18:00:00Z".parse().unwrap()).unwrap();
        journal.change(&new, |_| Err(std::io::ErrorKind::InvalidInput.into())).unwrap();
        assert_eq!(journal.case(&id).unwrap().revision, revision, "the open journal goes on with its cases");
        drop(journal);
        assert_eq!(Journal::open(&path, &old).unwrap_err().kind(), Kind::WrongKey);
        assert!(Journal::open(&path, &new).unwrap().verify(&id).unwrap());
    }
}
