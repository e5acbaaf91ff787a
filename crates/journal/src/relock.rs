//! From a key file to a passphrase, and back.
//!
//! The key file lies beside the cases under the name `key`. At every moment of a change one of the two opens the cases: the
//! file that is not needed any more is moved aside only after the cases are under the new key, and a new key file is written
//! before they are. It is moved aside and not deleted, because backups made before still need it.

use std::path::{Path, PathBuf};

use calendar::Date;

use crate::{Error, Journal, Key};

/// The fewest characters of a passphrase. Length is what makes one hard to guess (NIST SP 800-63B, 5.1.1.2, asks for 8 as
/// the least; whoever has the file may guess without end, so here it is more).
pub const SHORTEST_PASSPHRASE: usize = 12;

/// The key file of cases: `key` beside them, whether it is there or not.
pub fn key_file_of(cases: &Path) -> PathBuf {
    cases.with_file_name("key")
}

/// How the name of a key file begins that only earlier backups need.
const KEPT: &str = "key-until-";

/// The key files beside the cases that only earlier backups need, in the order of their names.
pub fn kept_key_files(cases: &Path) -> Vec<PathBuf> {
    let entries = cases.parent().and_then(|folder| std::fs::read_dir(folder).ok());
    let named = |e: &std::fs::DirEntry| e.file_name().to_str().is_some_and(|n| n.starts_with(KEPT));
    let mut found: Vec<PathBuf> = entries.into_iter().flatten().flatten().filter(named).map(|e| e.path()).collect();
    found.sort();
    found
}

impl Journal {
    /// Locks the cases with a passphrase and puts the key file aside, if there is one; gives where it now is.
    ///
    /// # Errors
    /// As [`Journal::rekey`]; the cases are then under the old key and nothing was moved. [`Kind::Disk`](crate::Kind) when
    /// the key file could not be moved: the passphrase opens the cases all the same.
    pub fn lock_with_passphrase(&mut self, words: &str, today: Date) -> Result<Option<PathBuf>, Error> {
        self.rekey(&Key::passphrase(words))?;
        put_aside(&key_file_of(self.path()), today)
    }

    /// Makes a new key file, locks the cases with it and gives where it is.
    ///
    /// # Errors
    /// As [`Journal::rekey`], or when the file cannot be written; the cases are then under the old key.
    pub fn lock_with_key_file(&mut self, today: Date) -> Result<PathBuf, Error> {
        let file = key_file_of(self.path());
        put_aside(&file, today)?;
        let key = Key::from_file(&file)?;
        if let Err(e) = self.rekey(&key) {
            // A key that opens nothing would only be in the way.
            let _ = std::fs::remove_file(&file);
            return Err(e);
        }
        Ok(file)
    }
}

/// Gives a key file a name that says until when it was the key.
fn put_aside(file: &Path, today: Date) -> Result<Option<PathBuf>, Error> {
    if !file.exists() {
        return Ok(None);
    }
    let name = |n: u32| if n == 1 { format!("{KEPT}{today}") } else { format!("{KEPT}{today}-{n}") };
    let free = (1u32..).map(|n| file.with_file_name(name(n))).find(|f| !f.exists());
    let Some(kept) = free else { return Ok(None) };
    std::fs::rename(file, &kept)?;
    Ok(Some(kept))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test fails by panicking

    use super::*;
    use crate::Kind;

    const WORDS: &str = "four quiet words here";

    fn today() -> Date {
        "2026-11-26".parse().unwrap()
    }

    #[test]
    fn cases_go_from_a_key_file_to_a_passphrase_and_back_and_each_key_opens_what_it_locked() {
        let folder = tempfile::tempdir().unwrap();
        let cases = folder.path().join("cases.db");
        let file = key_file_of(&cases);
        let mut journal = Journal::open(&cases, &Key::from_file(&file).unwrap()).unwrap();
        let (id, _) = journal.create("2026-11-25T18:00:00Z".parse().unwrap()).unwrap();
        let backup = folder.path().join("copy");
        journal.backup(&backup).unwrap();

        let kept = journal.lock_with_passphrase(WORDS, today()).unwrap().unwrap();
        assert!(!file.exists() && kept.exists());
        assert_eq!(kept_key_files(&cases), std::slice::from_ref(&kept));
        drop(journal);
        assert_eq!(Journal::open(&cases, &Key::from_file(&kept).unwrap()).unwrap_err().kind(), Kind::WrongKey);
        // The backup made before is opened by the key that was put aside.
        assert!(Journal::open(&backup, &Key::from_file(&kept).unwrap()).unwrap().verify(&id).unwrap());

        let mut journal = Journal::open(&cases, &Key::passphrase(WORDS)).unwrap();
        assert_eq!(journal.lock_with_key_file(today()).unwrap(), file);
        drop(journal);
        assert_eq!(Journal::open(&cases, &Key::passphrase(WORDS)).unwrap_err().kind(), Kind::WrongKey);
        let mut journal = Journal::open(&cases, &Key::from_file(&file).unwrap()).unwrap();
        assert!(journal.verify(&id).unwrap());
        // A second change on the same day keeps both.
        journal.lock_with_passphrase(WORDS, today()).unwrap();
        assert_eq!(kept_key_files(&cases).len(), 2);
    }

    #[test]
    fn a_change_that_cannot_be_made_leaves_the_key_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let cases = folder.path().join("cases.db");
        let mut journal = Journal::open(&cases, &Key::passphrase(WORDS)).unwrap();
        let other = Journal::open(&cases, &Key::passphrase(WORDS)).unwrap();
        let _: Vec<_> = other.cases(crate::Wanted { limit: 1, ..Default::default() }).unwrap().0;
        let refused = journal.lock_with_key_file(today()).unwrap_err();
        assert_eq!(refused.kind(), Kind::Busy, "another program has the cases open");
        assert!(!key_file_of(&cases).exists(), "no key that opens nothing");
        assert!(journal.opens_with(&Key::passphrase(WORDS)).unwrap());
    }
}
