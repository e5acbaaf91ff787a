//! Readings of several papers as one.

use std::collections::BTreeSet;

use facts::Reading;

/// Puts a reading behind another: its papers follow, and its values point at them. What either found is not missing.
///
/// What the papers say differently is for [`crate::disputes`] to tell, once all of them are here.
pub fn join(all: &mut Reading, mut one: Reading) {
    let shift = all.documents.len();
    one.fields.iter_mut().for_each(|f| f.document += shift);
    one.reasons.iter_mut().for_each(|r| r.document += shift);
    one.days.iter_mut().chain(&mut one.terms).for_each(|d| d.document += shift);
    all.documents.append(&mut one.documents);
    all.fields.append(&mut one.fields);
    all.reasons.append(&mut one.reasons);
    all.days.append(&mut one.days);
    all.terms.append(&mut one.terms);
    all.not_found.append(&mut one.not_found);
    all.findings.append(&mut one.findings);
    let found: BTreeSet<&str> = all.fields.iter().map(|f| f.name.as_str()).collect();
    all.not_found.retain(|name| !found.contains(name.as_str()));
    all.not_found.sort();
    all.not_found.dedup();
}
