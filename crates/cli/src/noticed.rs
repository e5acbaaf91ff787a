//! What was noticed about a case and its files, for every command's document: the same codes everywhere.

use std::path::Path;

use calendar::Date;
use facts::{Case, Finding};
use kb::Kb;
use rights::Entitlements;
use serde::Serialize;
use serde_json::Value;

use crate::failure::Failure;
use crate::walk::Loaded;

/// Findings of a list that another list does not hold yet: nothing is told twice.
pub(crate) fn add(all: &mut Vec<Finding>, more: impl IntoIterator<Item = Finding>) {
    for finding in more {
        let same = |f: &Finding| {
            let alike = f.about == finding.about && f.code == finding.code;
            alike && (f.about.is_some() || f.message == finding.message)
        };
        if !all.iter().any(same) {
            all.push(finding);
        }
    }
}

/// Whether a finding says that something in the case file is wrong and was not used: no command stays silent about it.
pub(crate) fn is_of_input(finding: &Finding) -> bool {
    const CODES: [&str; 7] = [
        "impossible_value",
        "event_in_future",
        "event_given_twice",
        "received_before_dated",
        "events_out_of_order",
        "npi_check_digit",
        "file_not_read",
    ];
    CODES.contains(&finding.code.as_str()) || finding.code.starts_with("unknown_")
}

/// What the rights and the second opinion notice about the words, numbers and days of a case: what is not known or cannot be is
/// not used, and a person should hear that before it is missed.
pub(crate) fn of_case(case: &Case, kb: &Kb, today: Date) -> Result<Vec<Finding>, Failure> {
    let entitlements = rights::entitlements(case, kb, today);
    let plan = opinion::need(case, kb, today, Some(&entitlements), &[])?;
    let mut all = entitlements.findings;
    add(&mut all, plan.findings.into_iter().filter(|f| f.code.starts_with("unknown_")));
    add(&mut all, wrong_npis(case));
    Ok(all)
}

/// The same with the papers that the case names and that could not be read.
pub(crate) fn of_loaded(loaded: &Loaded, entitlements: &Entitlements) -> Vec<Finding> {
    let mut all = entitlements.findings.clone();
    add(&mut all, wrong_npis(&loaded.case));
    add(
        &mut all,
        loaded.unread.iter().map(|(file, why)| Finding::new("file_not_read", why.clone()).about(file.clone())),
    );
    all
}

/// Provider numbers in which a digit must be wrong.
fn wrong_npis(case: &Case) -> Vec<Finding> {
    let second = case.second_opinion.as_ref().and_then(|o| o.physician.as_ref());
    let doctors =
        [("treating_physician.npi", case.treating_physician.as_ref()), ("second_opinion.physician.npi", second)];
    let given = doctors.into_iter().filter_map(|(path, doctor)| Some((path, doctor?.npi.as_deref()?)));
    given
        .filter(|(_, npi)| opinion::npi(npi) != opinion::NpiCheck::Fits)
        .map(|(path, npi)| {
            let message = format!("The provider number (NPI) {npi} cannot be right: it needs ten digits, and the last must fit the others. Ask for it again.");
            Finding::new("npi_check_digit", message).about(path)
        })
        .collect()
}

/// Files that a case names and that are not in its folder.
pub(crate) fn missing_files(case: &Case, folder: &Path) -> Vec<Finding> {
    let named = crate::walk::named(case).into_iter().map(|(file, _)| file);
    let gone = named.filter(|file| !folder.join(file).is_file());
    gone.map(|file| {
        let message = "There is no such file in the folder of the case, so it will be missing from the packet. Correct its name in the case file, or put it there.";
        Finding::new("file_missing", message).about(file)
    })
    .collect()
}

/// Files that could not be read, each with the reason.
pub(crate) fn unread(failures: &[Failure]) -> Vec<Finding> {
    let told =
        |f: &Failure| Finding::new("file_not_read", f.message.clone()).about(f.about.clone().unwrap_or_default());
    failures.iter().map(told).collect()
}

/// A document for programs with `findings`: its own first, then those that it does not hold.
///
/// # Errors
/// Our fault, when the value is no document.
pub(crate) fn beside<T: Serialize>(value: &T, more: &[Finding]) -> Result<Value, Failure> {
    let ours = |e: serde_json::Error| Failure::ours(e.to_string());
    let mut document = serde_json::to_value(value).map_err(ours)?;
    if let Some(map) = document.as_object_mut() {
        let own = map.remove("findings").unwrap_or_else(|| Value::Array(Vec::new()));
        let mut all: Vec<Finding> = serde_json::from_value(own).map_err(ours)?;
        add(&mut all, more.iter().cloned());
        map.insert("findings".into(), serde_json::to_value(&all).map_err(ours)?);
    }
    Ok(document)
}
