//! Lists of publications (NBIB and Medline, RIS, EndNote, BibTeX, PubMed XML) → references.
//!
//! Nothing is added or completed: a field that is not in the file stays empty. Entries that cannot be used and entries
//! that come twice are named.

mod bibtex;
mod pubmed;
mod tagged;

use std::collections::HashMap;

use facts::{Finding, Outcome, Reference};

use crate::{Error, xml};

/// The most entries of a list that are read.
const MOST_ENTRIES: usize = 20_000;

/// An entry as it was read, and what it is called when it must be named.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    reference: Reference,
    /// Line or number of the entry.
    place: String,
    retracted: bool,
    /// Parts that were there but could not be understood.
    odd: Vec<String>,
}

/// Reads a list in whichever of the formats it is.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Outcome<Vec<Reference>>, Error> {
    let text = xml::decode(bytes);
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let drafts = if start.starts_with('<') {
        pubmed::read(start)
    } else if start.starts_with('@') || start.contains("\n@") && !start.contains("TY  - ") && !start.contains("PMID- ")
    {
        bibtex::read(start)
    } else {
        tagged::read(start)
    };
    if drafts.is_empty() {
        let message = format!("{name} holds no publications that can be read. Export them again as NBIB or RIS.");
        return Err(Error::new("not_supported", message));
    }
    Ok(settle(drafts))
}

fn settle(drafts: Vec<Draft>) -> Outcome<Vec<Reference>> {
    let mut findings = Vec::new();
    let mut seen: HashMap<String, String> = HashMap::new();
    let mut value = Vec::new();
    for draft in drafts.into_iter().take(MOST_ENTRIES) {
        let Draft { mut reference, place, retracted, odd } = draft;
        for what in odd {
            let message = format!("{place}: {what} could not be understood and was left out.");
            findings.push(Finding::new("reference_part_odd", message).about(place.clone()));
        }
        let Some(title) = reference.title.clone() else {
            let message = format!("{place} has no title and was left out.");
            findings.push(Finding::new("reference_without_title", message).about(place));
            continue;
        };
        if retracted {
            reference.retracted.clone_from(&reference.source);
            let message = format!("\"{title}\" has been retracted. Do not rely on it.");
            findings.push(Finding::new("reference_retracted", message).about(title.clone()));
        }
        if let Some(first) = keys(&reference).iter().find_map(|k| seen.get(k)) {
            let message = format!("\"{title}\" ({place}) is in the list twice (first: {first}); it was kept once.");
            findings.push(Finding::new("reference_twice", message).about(title));
            continue;
        }
        for key in keys(&reference) {
            seen.insert(key, place.clone());
        }
        value.push(reference);
    }
    Outcome { value, findings }
}

/// What makes two entries the same work: one number in common, or the same title in the same year.
fn keys(reference: &Reference) -> Vec<String> {
    let letters = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let doi = reference.doi.as_ref().map(|d| format!("doi {}", d.to_lowercase()));
    let pmid = reference.pmid.as_ref().map(|p| format!("pmid {p}"));
    let title = reference.title.as_ref().map(|t| format!("title {} {:?}", letters(t), reference.year));
    [doi, pmid, title].into_iter().flatten().collect()
}

/// White space tidied; `None` for nothing.
pub(crate) fn tidy(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

/// The four digits of a year within a date text.
pub(crate) fn year(text: &str) -> Option<i32> {
    let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|d| d.len() == 4).collect();
    digits.into_iter().filter_map(|d| d.parse().ok()).find(|y| (1500..=2200).contains(y))
}

/// A DOI without what people put around it.
pub(crate) fn doi(text: &str) -> Option<String> {
    let start = text.find("10.")?;
    let doi = text.get(start..)?.split_whitespace().next()?.trim_end_matches(['.', ',', ';', ')', ']', '}', '>']);
    (doi.contains('/') && doi.len() > 7).then(|| doi.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_and_dois_are_found_in_what_people_write() {
        assert_eq!(year("2002 Sep"), Some(2002));
        assert_eq!(year("2001/09/01/"), Some(2001));
        assert_eq!(year("Sept. 21"), None);
        assert_eq!(doi("https://doi.org/10.1016/j.x.2015.11.017."), Some("10.1016/j.x.2015.11.017".into()));
        assert_eq!(doi("10.4103/2277-9175.180636 [doi]"), Some("10.4103/2277-9175.180636".into()));
        assert_eq!(doi("10.5"), None);
    }
}
