//! What a value can never be: slips of the reading that show in the value itself (`kb/notice/implausible.toml`).

use kb::{Kb, KbError};
use regex::{RegexSet, RegexSetBuilder};
use serde::Deserialize;

use crate::found::Found;
use crate::reading::field_name;

/// Where the patterns stand in the knowledge base.
const FILE: &str = "notice/implausible.toml";

/// The file as written. `never` and `fine` are its own examples, which run as tests.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    field: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    patterns: Vec<String>,
    never: Vec<String>,
    fine: Vec<String>,
}

/// Patterns per field, ready for use.
#[derive(Debug)]
pub(crate) struct Implausible {
    fields: Vec<(&'static str, RegexSet)>,
}

impl Implausible {
    /// Reads the patterns.
    pub(crate) fn new(kb: &Kb) -> Result<Implausible, KbError> {
        let wrong = |message: String| KbError { file: FILE.into(), place: None, message, hint: None };
        let one = |e: Entry| {
            let field = field_name(&e.name).ok_or_else(|| wrong(format!("no such field: {}", e.name)))?;
            let set = RegexSetBuilder::new(&e.patterns)
                .case_insensitive(true)
                .build()
                .map_err(|fault| wrong(format!("{}: {fault}", e.name)))?;
            // An entry whose own examples fail would drop values of real letters without a word.
            if let Some(v) = e.never.iter().find(|v| !set.is_match(v)) {
                return Err(wrong(format!("{}: {v:?} is not refused", e.name)));
            }
            if let Some(v) = e.fine.iter().find(|v| set.is_match(v)) {
                return Err(wrong(format!("{}: {v:?} is refused", e.name)));
            }
            Ok((field, set))
        };
        let file: File = kb.table(FILE)?;
        Ok(Implausible { fields: file.field.into_iter().map(one).collect::<Result<_, _>>()? })
    }

    /// Whether a value can be what its field says.
    pub(crate) fn allows(&self, found: &Found) -> bool {
        !self.fields.iter().any(|(field, set)| *field == found.field && set.is_match(&found.value))
    }
}
