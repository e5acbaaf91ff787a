//! The field of medicine that gives the care in dispute, and whether somebody named in a text is of it.

use facts::Case;
use kb::{Kb, KbError};

use super::profile::Directory;
use crate::words::Folded;

/// The field of medicine that gives the care in dispute, by its name in the knowledge base's language: the subspecialty where one fits better.
/// None where the map knows no group for the case or only a catch-all, or where the field sees patients of every kind.
///
/// # Errors
/// A [`KbError`] when a data file is absent or damaged.
pub fn field_of_care(case: &Case, kb: &Kb) -> Result<Option<String>, KbError> {
    let directory = Directory::load(kb)?;
    let profile = directory.profile(case);
    let Some(first) = profile.specialties.first().filter(|_| !profile.rough) else { return Ok(None) };
    let whole = match &first.subspecialty {
        Some(sub) => format!("{} > {sub}", first.specialty),
        None => first.specialty.clone(),
    };
    let name = match kb.told(&whole) {
        said if said != whole => said.to_owned(),
        _ => first.subspecialty.clone().unwrap_or_else(|| first.specialty.clone()),
    };
    let broad = directory.recognize(&Folded::new(&first.specialty)).iter().all(|k| k.broad);
    Ok((first.subspecialty.is_some() || !broad).then_some(name))
}

/// Whether the fields of medicine that a text names ("board certified in Family Medicine") hold one that gives the care in dispute.
/// None where the text names no field, or where the map knows no group for the case or only a catch-all.
///
/// # Errors
/// A [`KbError`] when a data file is absent or damaged.
pub fn names_the_field(case: &Case, kb: &Kb, text: &str) -> Result<Option<bool>, KbError> {
    let directory = Directory::load(kb)?;
    let profile = directory.profile(case);
    let named = directory.recognize(&Folded::new(text));
    let known = !profile.rough && !profile.specialties.is_empty();
    Ok((known && !named.is_empty()).then(|| named.iter().any(|k| profile.accepts(k))))
}
