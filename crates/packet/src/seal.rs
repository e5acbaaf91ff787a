//! A mark by which a file is known again as ours and untouched: whoever writes over it knows whether somebody's work is in it.
//!
//! In a PDF it is the changing half of the file identifier, made of the bytes of the file; in a ZIP or DOCX a digest of what is in
//! it. Any change breaks it. It holds nothing about the case.

use std::io::{Cursor, Read};
use std::ops::Range;

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::manifest::hex;

/// What a digest of ours is called in a DOCX and in a ZIP.
const NAME: &str = "corroborate:";
/// The part of a DOCX that holds its digest.
const HOLDER: &str = "docProps/core.xml";
/// More than this is in no file of ours: such an archive is somebody else's.
const MOST: u64 = 1 << 30;

/// Whether a file is one that this program wrote and nobody changed since.
pub fn is_as_written(file: &[u8]) -> bool {
    if file.starts_with(b"%PDF") { pdf_is(file) } else { file.starts_with(b"PK") && archive_is(file) }
}

/// Marks a PDF. One without an identifier stays as it is.
pub(crate) fn pdf(file: &mut [u8]) {
    if let Some(at) = identifier(file)
        && let Some(mark) = mark(file, &at)
        && let Some(place) = file.get_mut(at)
    {
        place.copy_from_slice(&mark);
    }
}

fn pdf_is(file: &[u8]) -> bool {
    identifier(file).is_some_and(|at| mark(file, &at).as_deref() == file.get(at))
}

/// The digest of the file without its mark, as long as the mark.
fn mark(file: &[u8], at: &Range<usize>) -> Option<Vec<u8>> {
    let mut digest = Sha256::new();
    digest.update(file.get(..at.start)?);
    digest.update(file.get(at.end..)?);
    let digits: String = digest.finalize().iter().map(|b| format!("{b:02X}")).collect();
    digits.as_bytes().get(..at.len()).map(<[u8]>::to_vec)
}

/// Where the second string of the last identifier stands, without its brackets.
fn identifier(file: &[u8]) -> Option<Range<usize>> {
    let word = b"/ID[";
    let mut at = file.windows(word.len()).rposition(|w| w == word)? + word.len();
    let mut string = || -> Option<Range<usize>> {
        at += file.get(at..)?.iter().position(|b| !b.is_ascii_whitespace())?;
        let close = match file.get(at)? {
            b'<' => b'>',
            b'(' => b')',
            _ => return None,
        };
        let start = at + 1;
        let end = start + file.get(start..)?.iter().position(|b| *b == close)?;
        at = end + 1;
        Some(start..end)
    };
    string()?;
    let second = string()?;
    // Only what can be written over without changing its length: no escapes.
    let plain = file.get(second.clone())?.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'=' | b'+' | b'/'));
    (plain && second.len() >= 16).then_some(second)
}

/// The mark of an archive's content.
pub(crate) fn of_entries<'a>(entries: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut all = Vec::new();
    for (name, bytes) in entries.filter(|(name, _)| *name != HOLDER) {
        all.extend_from_slice(format!("{name} {}\n", hex(bytes)).as_bytes());
    }
    format!("{NAME}{}", hex(&all))
}

fn archive_is(file: &[u8]) -> bool {
    read_archive(file).is_some_and(|(entries, told)| {
        let mark = of_entries(entries.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
        told.contains(&mark)
    })
}

type Entries = Vec<(String, Vec<u8>)>;

/// The entries of an archive, and the text in which its mark would stand.
fn read_archive(file: &[u8]) -> Option<(Entries, String)> {
    let mut archive = ZipArchive::new(Cursor::new(file)).ok()?;
    let mut told = String::from_utf8_lossy(archive.comment()).into_owned();
    let mut entries = Vec::new();
    let mut left = MOST;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).ok()?;
        let name = entry.name().ok()?.into_owned();
        let mut bytes = Vec::new();
        entry.take(left).read_to_end(&mut bytes).ok()?;
        left = left.checked_sub(bytes.len() as u64).filter(|left| *left > 0)?;
        if name == HOLDER {
            told.push_str(&String::from_utf8_lossy(&bytes));
        }
        entries.push((name, bytes));
    }
    Some((entries, told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdf_is_known_again_until_a_byte_of_it_changes() {
        for ids in [
            "[<00112233445566778899AABBCCDDEEFF><00112233445566778899AABBCCDDEEFF>]",
            "[(o2zJqSJo5I7PyYbiGRGonQ==)(brmwlp2B3VBMRljIaSuYSA==)]",
        ] {
            let mut file = format!("%PDF-1.7\ntext\ntrailer\n<</Size 3/ID{ids}>>\nstartxref\n9\n%%EOF").into_bytes();
            assert!(!is_as_written(&file));
            pdf(&mut file);
            assert!(is_as_written(&file));
            let mut noted = file.clone();
            noted[10] = b'T';
            assert!(!is_as_written(&noted));
            file.extend_from_slice(b"\n9 0 obj (a note) endobj");
            assert!(!is_as_written(&file));
        }
        assert!(!is_as_written(b"%PDF-1.4 no identifier"));
    }

    #[test]
    fn an_archive_is_known_again_until_an_entry_of_it_changes() {
        let entry = |text: &str| vec![("a.txt".to_string(), text.as_bytes().to_vec())];
        let ours = crate::zip(&entry("as we wrote it")).unwrap_or_default();
        assert!(is_as_written(&ours));
        let other = String::from_utf8_lossy(&ours).replace("as we wrote it", "as I wrote it!");
        assert!(!is_as_written(other.as_bytes()));
        assert!(!is_as_written(b"PK no archive"));
        assert!(!is_as_written(b"a text"));
    }
}
