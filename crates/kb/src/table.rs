use std::fmt;
use std::ops::Range;

use serde::de::DeserializeOwned;

use crate::File;

/// Why a file of the knowledge base could not be used, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KbError {
    /// Path below `kb/`.
    pub file: String,
    /// Line and column, counted from 1, when known.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl KbError {
    pub(crate) fn absent(path: &str) -> Self {
        KbError {
            file: path.into(),
            place: None,
            message: "the knowledge base has no such file".into(),
            hint: Some("an older or partial copy of kb/ may be in use".into()),
        }
    }

    /// An error at the first place where `word` stands in the file, in quotes if it does so.
    pub(crate) fn at(file: &File, word: &str, message: &str, hint: Option<String>) -> Self {
        let quoted = format!("\"{word}\"");
        let at = file.text.find(&quoted).or_else(|| file.text.find(word));
        KbError {
            file: file.path.clone(),
            place: at.map(|at| place(&file.text, at)),
            message: message.to_string(),
            hint,
        }
    }
}

impl fmt::Display for KbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "kb/{}:", self.file)?;
        if let Some((line, column)) = self.place {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}", self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for KbError {}

/// Reads a file as TOML of the caller's type.
pub(crate) fn parse<T: DeserializeOwned>(file: &File) -> Result<T, KbError> {
    toml::from_str(&file.text).map_err(|e| not_read(file, &e, |at| at))
}

/// Reads a file as TOML of the caller's type, but for one part of its text, which is left out.
pub(crate) fn parse_without<T: DeserializeOwned>(file: &File, without: &Range<usize>) -> Result<T, KbError> {
    let part = |range: Range<usize>| file.text.get(range).unwrap_or_default();
    let rest = [part(0..without.start), part(without.end..file.text.len())].concat();
    let whole = |at: usize| if at < without.start { at } else { at + without.len() };
    toml::from_str(&rest).map_err(|e| not_read(file, &e, whole))
}

/// The error of a file that is not of its shape; `at` finds in the file what was found in the text that was read.
fn not_read(file: &File, error: &toml::de::Error, at: impl Fn(usize) -> usize) -> KbError {
    KbError {
        file: file.path.clone(),
        place: error.span().map(|s| place(&file.text, at(s.start))),
        message: error.message().trim().replace('\n', " "),
        hint: hint(error.message()),
    }
}

/// The nearest known key, for serde's "unknown field `a`, expected one of `b`, `c`".
fn hint(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    let unknown = rest.split('`').next()?;
    crate::files::nearest(unknown, rest.split('`').skip(2).step_by(2)).map(|k| format!("did you mean `{k}`?"))
}

pub(crate) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    (line, at.min(text.len()) - start + 1)
}
