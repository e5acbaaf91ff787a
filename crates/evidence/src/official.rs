//! Coverage documents of Medicare and approvals of the FDA as authorities: from the number a person types, or from the
//! document itself, to a [`Reference`] with number, version, day and quote.
//!
//! How each office writes its numbers is data in `kb/evidence/official.toml`. A number alone never proves that the document
//! says anything: without a source the shelf keeps it out of letters.

use facts::{Document, Reference};
use kb::{Kb, KbError};
use regex::Regex;
use serde::Deserialize;

use crate::policy::Own;

const FILE: &str = "evidence/official.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[allow(dead_code)]
    format: String,
    office: Vec<Office>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Office {
    /// `coverage_document` or `approval`.
    kind: String,
    /// How the office itself calls such a document: `NCD`, `PMA`.
    short: String,
    title: String,
    publisher: String,
    /// Words of which one must stand before the number, unless the number alone is telling.
    words: Vec<String>,
    number: String,
    telling: bool,
    #[serde(default)]
    url: Option<String>,
}

/// The ways offices write their numbers, ready for use.
#[derive(Debug)]
pub struct Offices(Vec<(Office, Regex)>);

impl Offices {
    /// Reads `kb/evidence/official.toml`.
    ///
    /// # Errors
    /// A [`KbError`] when it cannot be read or a pattern is none.
    pub fn load(kb: &Kb) -> Result<Offices, KbError> {
        let table: Table = kb.table(FILE)?;
        let compiled = table.office.into_iter().map(|office| {
            let words = office.words.iter().map(|w| regex::escape(w)).collect::<Vec<_>>().join("|");
            let lead = if office.telling { "?" } else { "" };
            let pattern = format!(r"(?i)^(?:(?:{words})[\s:#-]*){lead}(?P<number>{})$", office.number);
            match Regex::new(&pattern) {
                Ok(regex) => Ok((office, regex)),
                Err(e) => Err(KbError { file: FILE.into(), place: None, message: e.to_string(), hint: None }),
            }
        });
        Ok(Offices(compiled.collect::<Result<_, _>>()?))
    }

    /// The document a number names: `NCD 220.6.17`, `L35094`, `PMA P130016/S012`. `None` when no office writes so.
    pub fn named(&self, typed: &str) -> Option<Reference> {
        let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        let (office, number) = self.0.iter().find_map(|(office, pattern)| {
            let number = pattern.captures(typed.trim_end_matches(['.', ',']))?.name("number")?;
            Some((office, number.as_str().to_uppercase()))
        })?;
        Some(Reference {
            title: Some(office.title.clone()),
            kind: Some(office.kind.clone()),
            publisher: Some(office.publisher.clone()),
            url: office.url.as_deref().map(|u| u.replace("{number}", &number)),
            number: Some(format!("{} {number}", office.short)),
            ..Reference::default()
        })
    }

    /// The coverage document a paper is, by the number it gives itself. Its title, version and day are the paper's own.
    pub fn of_document(&self, document: &Document, own: &Own) -> Option<Reference> {
        let named = self.named(own.number.as_deref()?)?;
        let coverage = named.kind.as_deref() == Some("coverage_document");
        coverage.then(|| Reference {
            title: own.title.clone().or(named.title.clone()),
            version: own.version.clone(),
            dated: own.effective.or(own.reviewed),
            file: Some(document.name.clone()),
            source: Some(document.name.clone()),
            ..named
        })
    }
}
