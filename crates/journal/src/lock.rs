use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::{Error, Kind};

/// Held by the one program that serves the pages; dropped when it ends, however it ends (the operating system lets go).
#[derive(Debug)]
pub struct Occupied {
    _file: File,
}

impl Occupied {
    /// Takes the place beside a journal, leaving a note (an address without its token) for whoever comes second.
    ///
    /// Reading and writing by other programs stays possible: they are kept apart by revisions. Only *serving* is for one.
    ///
    /// # Errors
    /// [`Kind::Busy`] with the other program's note when the place is taken.
    pub fn take(journal: &Path, note: &str) -> Result<Occupied, Error> {
        let path = journal.with_extension("lock");
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(&path)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.seek(SeekFrom::Start(0))?;
                file.write_all(note.as_bytes())?;
                Ok(Occupied { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let mut other = String::new();
                let _ = (&mut file).take(200).read_to_string(&mut other);
                Err(Error::new(Kind::Busy, format!("Corroborate is already open {other}").trim_end().to_string())
                    .hint("use that window, or close it first"))
            }
            Err(TryLockError::Error(e)) => Err(e.into()),
        }
    }
}
