//! The record: what was tried, found and seen, with dates.

use facts::{Finding, Treatment};
use jiff::civil::Date;
use serde_json::Value;

use super::kind;
use super::view::{View, codings, human_name, list, plain, says, text};
use crate::sheet::{Place, Sheet, iso_day};
use crate::{Entry, History};

pub(super) const KINDS: [&str; 14] = [
    "MedicationRequest",
    "MedicationStatement",
    "MedicationAdministration",
    "MedicationDispense",
    "Procedure",
    "Immunization",
    "CarePlan",
    "Condition",
    "Observation",
    "DiagnosticReport",
    "Encounter",
    "DocumentReference",
    "ServiceRequest",
    "DeviceRequest",
];

pub(super) fn read(sheet: &mut Sheet, view: &View<'_>, history: &mut History, resource: &Value) {
    match kind(resource) {
        "MedicationRequest" | "MedicationStatement" | "MedicationAdministration" | "MedicationDispense" => {
            medicine(sheet, view, history, resource);
        }
        "Procedure" => procedure(sheet, history, resource),
        "CarePlan" => care_plan(sheet, history, resource),
        "Condition" => problem(sheet, history, resource),
        "Observation" | "DiagnosticReport" => result(sheet, history, resource),
        "Encounter" => encounter(sheet, view, history, resource),
        "DocumentReference" => document(sheet, resource),
        _ => {}
    }
}

fn day(value: &Value) -> Option<Date> {
    iso_day(value.as_str()?)?.parse().ok()
}

/// The first of several places in which FHIR puts a date.
fn first_day(resource: &Value, keys: &[&str]) -> Option<Date> {
    keys.iter().find_map(|key| day(&resource[*key]).or_else(|| day(&resource[*key]["start"])))
}

/// One line that says it all, so that the table can show where an entry came from.
fn line(sheet: &mut Sheet, label: &str, parts: &[Option<String>]) -> Option<Place> {
    let text: Vec<String> = parts.iter().flatten().cloned().collect();
    sheet.line(label, &text.join("; "))
}

fn dates(from: Option<Date>, to: Option<Date>) -> Option<String> {
    match (from, to) {
        (Some(from), Some(to)) if from != to => Some(format!("{from} to {to}")),
        (Some(from), _) => Some(from.to_string()),
        (None, Some(to)) => Some(format!("until {to}")),
        (None, None) => None,
    }
}

/// A period that ends before it begins is named; the start is kept.
fn ordered(history: &mut History, what: &str, from: Option<Date>, to: Option<Date>) -> Option<Date> {
    if let (Some(f), Some(t)) = (from, to)
        && t < f
    {
        let message = format!("\"{what}\" ends ({t}) before it begins ({f}). Check the dates.");
        history.findings.push(Finding::new("dates_out_of_order", message));
        return None;
    }
    to
}

fn medicine(sheet: &mut Sheet, view: &View<'_>, history: &mut History, resource: &Value) {
    let named = says(&resource["medicationCodeableConcept"]).or_else(|| {
        view.resolve(&resource["medicationReference"])
            .and_then(|m| says(&m["code"]))
            .or_else(|| text(&resource["medicationReference"]["display"]))
    });
    let Some(what) = named else { return };
    let entered_in_error = resource["status"] == "entered-in-error";
    let from =
        first_day(resource, &["effectivePeriod", "effectiveDateTime", "authoredOn", "whenHandedOver", "dateWritten"]);
    let to =
        day(&resource["effectivePeriod"]["end"]).or_else(|| day(&resource["dispenseRequest"]["validityPeriod"]["end"]));
    let to = ordered(history, &what, from, to);
    let dosage = list(&resource["dosageInstruction"]).iter().chain(list(&resource["dosage"])).find_map(|d| {
        text(&d["text"]).or_else(|| {
            let dose = &d["doseAndRate"][0]["doseQuantity"];
            plain(&dose["value"]).map(|v| format!("{v} {}", text(&dose["unit"]).unwrap_or_default()).trim().to_owned())
        })
    });
    let status = text(&resource["status"]);
    let stopped = says(&resource["statusReason"]).or_else(|| list(&resource["statusReason"]).iter().find_map(says));
    let place = line(
        sheet,
        kind(resource),
        &[Some(what.clone()), dosage.clone(), dates(from, to), status.clone(), stopped.clone()],
    );
    if entered_in_error {
        return;
    }
    let stopped = stopped.filter(|_| matches!(status.as_deref(), Some("stopped" | "cancelled" | "on-hold")));
    push_treatment(
        history,
        Treatment { what: Some(what), from, to, dose: dosage, stopped_because: stopped, ..Treatment::default() },
        place,
    );
}

fn push_treatment(history: &mut History, mut treatment: Treatment, place: Option<Place>) {
    if let Some(place) = place {
        treatment.page = Some(place.page());
        treatment.quote = Some(place.quote().to_owned());
        history.treatments.push(treatment);
    }
}

fn procedure(sheet: &mut Sheet, history: &mut History, resource: &Value) {
    let Some(what) = says(&resource["code"]) else { return };
    let from = first_day(resource, &["performedPeriod", "performedDateTime"]);
    let to = ordered(history, &what, from, day(&resource["performedPeriod"]["end"]));
    let outcome = says(&resource["outcome"]);
    let place =
        line(sheet, "Procedure", &[Some(what.clone()), dates(from, to), text(&resource["status"]), outcome.clone()]);
    let done = !matches!(resource["status"].as_str(), Some("not-done" | "entered-in-error" | "preparation"));
    if done {
        push_treatment(
            history,
            Treatment { what: Some(what), from, to, result: outcome, ..Treatment::default() },
            place,
        );
    }
}

/// The activities of a plan of care (physical therapy, diet) are treatments too.
fn care_plan(sheet: &mut Sheet, history: &mut History, resource: &Value) {
    let from = day(&resource["period"]["start"]);
    let to = day(&resource["period"]["end"]);
    for activity in list(&resource["activity"]) {
        let Some(what) = says(&activity["detail"]["code"]) else { continue };
        let to = ordered(history, &what, from, to);
        let status = text(&activity["detail"]["status"]);
        let place = line(sheet, "CarePlan.activity", &[Some(what.clone()), dates(from, to), status.clone()]);
        if !matches!(status.as_deref(), Some("not-started" | "cancelled" | "entered-in-error")) {
            push_treatment(history, Treatment { what: Some(what), from, to, ..Treatment::default() }, place);
        }
    }
}

fn coded(resource: &Value) -> Option<String> {
    codings(&resource["code"]).iter().find_map(|c| text(&c["code"]))
}

fn problem(sheet: &mut Sheet, history: &mut History, resource: &Value) {
    let Some(what) = says(&resource["code"]) else { return };
    let from = first_day(resource, &["onsetDateTime", "onsetPeriod", "recordedDate", "assertedDate"]);
    let to = ordered(history, &what, from, day(&resource["abatementDateTime"]));
    let status = says(&resource["clinicalStatus"]).or_else(|| text(&resource["clinicalStatus"]));
    let place = line(sheet, "Condition", &[Some(what.clone()), coded(resource), dates(from, to), status.clone()]);
    push_entry(
        &mut history.problems,
        Entry { what, code: coded(resource), from, to, status, ..Entry::default() },
        place,
    );
}

fn push_entry(entries: &mut Vec<Entry>, mut entry: Entry, place: Option<Place>) {
    if let Some(place) = place {
        entry.page = place.page();
        entry.quote = place.quote().to_owned();
        entries.push(entry);
    }
}

fn result(sheet: &mut Sheet, history: &mut History, resource: &Value) {
    let Some(what) = says(&resource["code"]) else { return };
    let from = first_day(resource, &["effectiveDateTime", "effectivePeriod", "issued"]);
    let quantity = &resource["valueQuantity"];
    let value = plain(&quantity["value"])
        .map(|v| format!("{v} {}", text(&quantity["unit"]).unwrap_or_default()).trim().to_owned())
        .or_else(|| says(&resource["valueCodeableConcept"]))
        .or_else(|| text(&resource["valueString"]))
        .or_else(|| text(&resource["conclusion"]));
    let place = line(sheet, kind(resource), &[Some(what.clone()), value.clone(), dates(from, None)]);
    let status = text(&resource["status"]);
    push_entry(
        &mut history.results,
        Entry { what, code: coded(resource), from, value, status, ..Entry::default() },
        place,
    );
}

fn encounter(sheet: &mut Sheet, view: &View<'_>, history: &mut History, resource: &Value) {
    let what = list(&resource["type"])
        .iter()
        .find_map(says)
        .or_else(|| text(&resource["class"]["display"]))
        .or_else(|| text(&resource["class"]["code"]));
    let Some(what) = what else { return };
    let from = day(&resource["period"]["start"]);
    let to = ordered(history, &what, from, day(&resource["period"]["end"]));
    let who = list(&resource["participant"]).iter().find_map(|p| view.name_of(&p["individual"]));
    let value = who.or_else(|| view.name_of(&resource["serviceProvider"])).or_else(|| human_name(&resource["name"]));
    let place = line(sheet, "Encounter", &[Some(what.clone()), value.clone(), dates(from, to)]);
    let status = text(&resource["status"]);
    push_entry(&mut history.encounters, Entry { what, from, to, value, status, ..Entry::default() }, place);
}

fn document(sheet: &mut Sheet, resource: &Value) {
    let what = says(&resource["type"]).or_else(|| text(&resource["description"]));
    let title = list(&resource["content"]).iter().find_map(|c| text(&c["attachment"]["title"]));
    let date = day(&resource["date"]).map(|d| d.to_string());
    line(sheet, "DocumentReference", &[what, title, date]);
}
