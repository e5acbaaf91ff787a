//! Which law a sentence rests on, for this coverage.

use cite::{Authority, Confidence};
use kb::{Kb, KbError};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct File {
    authority: Vec<Keyed>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keyed {
    key: String,
    /// Coverages it binds; empty means all.
    coverage: Vec<String>,
    cite: String,
    url: Option<String>,
    confidence: Confidence,
    verified_on: Option<String>,
}

/// The authorities of `kb/opinions/authorities.toml`.
#[derive(Debug)]
pub(crate) struct Authorities(Vec<Keyed>);

impl Authorities {
    pub(crate) fn load(kb: &Kb) -> Result<Self, KbError> {
        Ok(Authorities(kb.table::<File>("opinions/authorities.toml")?.authority))
    }

    /// What stands under the keys for a coverage. An unknown coverage gets only what binds everybody.
    pub(crate) fn get(&self, keys: &[String], coverage: Option<&str>) -> Vec<Authority> {
        keys.iter()
            .flat_map(|key| self.0.iter().filter(move |a| &a.key == key))
            .filter(|a| a.coverage.is_empty() || coverage.is_some_and(|c| a.coverage.iter().any(|k| k == c)))
            .map(|a| Authority {
                cite: a.cite.clone(),
                url: a.url.clone(),
                verified_on: a.verified_on.clone(),
                confidence: Some(a.confidence),
            })
            .collect()
    }
}
