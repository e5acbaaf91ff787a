//! Which documents a case calls for: (case, what was computed) → their names. The rest can be made too; nobody needs them now.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::view::View;
use crate::words::Once;
use crate::{DraftError, Inputs, KINDS};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    offer: BTreeMap<String, String>,
    regulator: Regulator,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Regulator {
    by_state: Vec<String>,
}

static FILE: Once<File> = Once::new("offers.toml");

/// Reads the table of offers, or says what is wrong with it.
pub(crate) fn table() -> Result<(), DraftError> {
    FILE.get().map(|_| ())
}

/// The documents that a fact of the case calls for, in the order of [`KINDS`] (conditions in `templates/offers.toml`). A kind
/// that is not among them can be drafted all the same.
///
/// # Errors
/// [`DraftError::Template`] when a table of the templates cannot be read.
pub fn offered(inputs: &Inputs) -> Result<Vec<&'static str>, DraftError> {
    crate::words::tables_read()?;
    let file = FILE.get()?;
    let view = View::new(inputs, "common")?;
    let met = |when: &String| when == "always" || when != "never" && view.holds(when);
    let holds = |id: &str| file.offer.get(id).is_some_and(met);
    Ok(KINDS.iter().map(|k| k.id).filter(|id| holds(id)).collect())
}

/// Whether the insurance department of a State watches over a coverage.
pub(crate) fn is_watched_by_the_state(coverage: &str) -> bool {
    FILE.get().is_ok_and(|f| f.regulator.by_state.iter().any(|c| c == coverage))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_condition_and_no_condition_is_of_another() {
        let file = FILE.get().unwrap_or_else(|e| panic!("{e}"));
        let mut named: Vec<&str> = file.offer.keys().map(String::as_str).collect();
        let mut kinds: Vec<&str> = KINDS.iter().map(|k| k.id).collect();
        named.sort_unstable();
        kinds.sort_unstable();
        assert_eq!(named, kinds);
    }
}
