//! Patients, members, plans and physicians.

use serde_json::Value;

use super::kind;
use super::view::{View, has_code, human_name, list, says, text};
use crate::sheet::{Place, Sheet, iso_day};

pub(super) const KINDS: [&str; 6] =
    ["Patient", "Coverage", "Organization", "Practitioner", "PractitionerRole", "RelatedPerson"];

pub(super) fn read(sheet: &mut Sheet, view: &View<'_>, resource: &Value) {
    match kind(resource) {
        "Patient" => patient(sheet, resource),
        "Coverage" => coverage(sheet, view, resource, view.is_used(resource)),
        _ => {}
    }
}

fn patient(sheet: &mut Sheet, patient: &Value) {
    sheet.section("Patient");
    let name = human_name(&patient["name"]).unwrap_or_default();
    let place = sheet.line("Patient.name", &name);
    sheet.verbatim_field("patient.name", place);
    let born = text(&patient["birthDate"]).unwrap_or_default();
    let place = sheet.line("Patient.birthDate", &born);
    sheet.field("patient.date_of_birth", iso_day(&born), place);
    for identifier in list(&patient["identifier"]) {
        let value = text(&identifier["value"]).unwrap_or_default();
        let kind = says(&identifier["type"]).or_else(|| text(&identifier["system"])).unwrap_or_default();
        let place = sheet.line(&format!("Patient.identifier ({kind})"), &value);
        let system = identifier["system"].as_str().unwrap_or_default().to_ascii_lowercase();
        let member = ["MB", "MC", "um"].iter().any(|c| has_code(&identifier["type"], c))
            || ["member", "/min", "us-mbi", "us-medicare", "subscriber"].iter().any(|s| system.contains(s));
        if member {
            sheet.verbatim_field("member.id", place.and_then(|p| without_system(p, &system)));
        }
    }
}

/// The number alone, where a sender wrote its system in front of it once more (`https://plan.example/member#W1`).
fn without_system(place: Place, system: &str) -> Option<Place> {
    let whole = place.quote();
    let doubled = !system.is_empty() && whole.get(..system.len()).is_some_and(|s| s.eq_ignore_ascii_case(system));
    if !doubled {
        return Some(place);
    }
    let rest = whole.get(system.len()..).unwrap_or_default();
    let number = rest.trim_start_matches(['#', '/', '|']);
    place.part(whole.len() - number.len(), whole.len())
}

/// A coverage's lines. Its plan and numbers are facts only when it is the one that is used: a file may hold old ones too.
fn coverage(sheet: &mut Sheet, view: &View<'_>, coverage: &Value, used: bool) {
    let fact = |sheet: &mut Sheet, name: &str, place: Option<Place>| sheet.verbatim_field(name, place.filter(|_| used));
    sheet.section("Coverage");
    let issuer = list(&coverage["payor"]).iter().find_map(|p| view.name_of(p));
    let place = sheet.line("Coverage.payor", &issuer.unwrap_or_default());
    fact(sheet, "plan.issuer", place);
    let place = sheet.line("Coverage.type", &says(&coverage["type"]).unwrap_or_default());
    fact(sheet, "plan.kind_stated", place);
    sheet.line("Coverage.status", &text(&coverage["status"]).unwrap_or_default());
    for key in ["subscriberId", "policyHolderId"] {
        let place = sheet.line(&format!("Coverage.{key}"), &text(&coverage[key]).unwrap_or_default());
        fact(sheet, "member.id", place);
    }
    for identifier in list(&coverage["identifier"]) {
        let place = sheet.line("Coverage.identifier", &text(&identifier["value"]).unwrap_or_default());
        if has_code(&identifier["type"], "MB") {
            fact(sheet, "member.id", place);
        }
    }
    for class in list(&coverage["class"]) {
        let code = super::view::codings(&class["type"]).first().and_then(|c| text(&c["code"])).unwrap_or_default();
        let value = sheet.line(&format!("Coverage.class ({code})"), &text(&class["value"]).unwrap_or_default());
        let name = sheet.line(&format!("Coverage.class name ({code})"), &text(&class["name"]).unwrap_or_default());
        match code.as_str() {
            "group" => fact(sheet, "plan.group_number", value),
            "plan" => fact(sheet, "plan.name", name.or(value)),
            _ => {}
        }
    }
    period(sheet, "Coverage.period", &coverage["period"]);
}

/// Writes a period's start and end.
pub(super) fn period(sheet: &mut Sheet, label: &str, period: &Value) {
    sheet.line(&format!("{label}.start"), &text(&period["start"]).unwrap_or_default());
    sheet.line(&format!("{label}.end"), &text(&period["end"]).unwrap_or_default());
}
