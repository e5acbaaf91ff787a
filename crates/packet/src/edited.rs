//! A copy of a letter that a person changed in a word processor, taken back.

use std::path::Path;

use draft::{Document, edits};
use facts::{Edit, Outcome};

use crate::{Error, docx};

/// What a person changed in the DOCX of a document: the edits to keep in the case, and what could not be taken.
///
/// `edited` are the bytes of the copy given back. `worker` is the program that reads it in a process apart (see
/// [`extract::worker`]); without one it is read here. To keep the words, merge the edits into the case
/// ([`draft::edits::merge`]): every later draft and the packet have them, and [`draft::lint()`] reads the new text.
///
/// # Errors
/// An [`Error`] with a hint when the copy is no DOCX or cannot be read.
pub fn changes_in(document: &Document, edited: &[u8], worker: Option<&Path>) -> Result<Outcome<Vec<Edit>>, Error> {
    if !edited.starts_with(b"PK") {
        let hint = "save the letter as DOCX, change it in a word processor, and give that file";
        return Err(Error::input("only an edited DOCX can be taken back", hint));
    }
    let before = lines(&docx(document)?, None)?;
    let after = lines(edited, worker)?;
    Ok(edits::changes(document, &before, &after))
}

/// The lines of a DOCX, one paragraph each. Both copies come through the same reader.
fn lines(bytes: &[u8], worker: Option<&Path>) -> Result<Vec<String>, Error> {
    let (name, options) = ("letter.docx", extract::Options::default());
    let read = match worker {
        Some(exe) => extract::worker::run(exe, name, bytes, &options, extract::worker::Limits::default()),
        None => extract::extract(name, bytes, &options).map(|one| vec![one]),
    };
    let read = read.map_err(|e| Error::input(e.message, "open it in the word processor and save it again as DOCX"))?;
    let lines = read.iter().flat_map(|d| &d.pages).flat_map(|p| p.text.lines());
    Ok(lines.map(str::to_string).filter(|l| !l.trim().is_empty()).collect())
}
