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
    /// [`Kind::Busy`] when another program writes at this moment, [`Kind::Disk`] when there is no room for a second copy;
    /// the old key then still opens the journal.
    pub fn rekey(&mut self, key: &Key) -> Result<(), Error> {
        let _opening = opening(&self.path)?;
        let mut salt = [0u8; 16];
        random(&mut salt)?;
        let key = key.stretch(&salt)?;
        let part = beside(&self.path);
        let before = self.changes_of_others()?;
        self.copy_to(&part, &key, &salt)?;
        if self.changes_of_others()? != before {
            let _ = std::fs::remove_file(&part);
            return Err(Error::new(Kind::Busy, "another program changed your cases at this moment")
                .hint("close it, then change the passphrase again"));
        }
        self.close()?;
        let moved = std::fs::rename(&part, &self.path).and_then(|()| settle(&self.path));
        if moved.is_ok() {
            self.salt = salt;
            self.key = key;
        }
        self.connection = connect(&self.path, &self.key, &self.salt)?;
        moved.map_err(Error::from)
    }

    /// A number that changes when another program writes.
    fn changes_of_others(&self) -> Result<i64, Error> {
        Ok(self.connection.query_row("PRAGMA data_version", [], |r| r.get(0))?)
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
