//! FHIR R4 JSON → readable text, reading and history. A resource that is not known is named, not dropped in silence.

mod claims;
mod clinical;
mod people;
mod view;

use std::collections::BTreeMap;

use facts::{Finding, TextFrom};
use kb::Kb;
use serde_json::Value;

use crate::codes::Codes;
use crate::sheet::Sheet;
use crate::{Error, History, Record};
use view::View;

/// What a FHIR file can hold, for [`facts::Reading::not_found`].
const LOOKED_FOR: [&str; 16] = [
    "notice.dated",
    "notice.kind",
    "plan.issuer",
    "member.id",
    "patient.name",
    "patient.date_of_birth",
    "claim.number",
    "reference.number",
    "service.code",
    "service.date",
    "diagnosis.code",
    "amount.billed",
    "amount.denied",
    "provider.treating",
    "denial.code",
    "second_opinion.flag",
];
/// The most resources of a bundle that are read.
const MOST_RESOURCES: usize = 20_000;

/// Reads a resource or a bundle.
pub(crate) fn read(name: &str, bytes: &[u8], kb: &Kb) -> Result<Record, Error> {
    let root = parse(name, bytes)?;
    let resources = resources(&root);
    if resources.is_empty() {
        let message = format!(
            "{name} is JSON, but not a health record in the FHIR format. Download it again from the plan's site."
        );
        return Err(Error::new("not_supported", message));
    }
    let codes = Codes::load(kb)?;
    let view = View::new(&root, &resources);
    let mut sheet = Sheet::new();
    let mut history = History::default();
    // Whom and what it is about comes first, then what was decided, then the record.
    for resource in &resources {
        people::read(&mut sheet, &view, resource);
        // A sender may put the patient and the coverage inside the claim instead of beside it.
        view::list(&resource["contained"]).iter().for_each(|inner| people::read(&mut sheet, &view, inner));
    }
    for resource in &resources {
        claims::read(&mut sheet, &view, &codes, resource);
    }
    for resource in &resources {
        clinical::read(&mut sheet, &view, &mut history, resource);
    }
    note_version(&mut sheet, &root, &resources);
    note_others(&mut sheet, &resources);
    let claims = resources.iter().any(|r| claims::is_claim(r));
    let looked_for: &[&str] = if claims { &LOOKED_FOR } else { &[] };
    let said = sheet.take_said();
    let (document, reading) = sheet.finish(name, bytes, TextFrom::Fhir, looked_for);
    Ok(Record { document, reading, history, said })
}

fn parse(name: &str, bytes: &[u8]) -> Result<Value, Error> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|e| {
        let message = format!("{name} is not whole JSON: {e}. It may have been cut off; download it again.");
        Error::new("damaged", message)
    })
}

/// The resources of a bundle (bundles within it included), or the one resource.
fn resources(root: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        if found.len() >= MOST_RESOURCES {
            break;
        }
        match value {
            // A list of resources stands for a bundle (bulk exports, some portals).
            Value::Array(all) => open.extend(all.iter().rev()),
            Value::Object(_)
                if value["resourceType"] == "Bundle"
                    || (value["resourceType"].is_null() && value["entry"].is_array()) =>
            {
                let entries = value["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
                open.extend(entries.iter().rev().map(|e| &e["resource"]));
            }
            Value::Object(_) if value["resourceType"].is_string() => found.push(value),
            // Test files leave the type out; what the fields say is enough.
            Value::Object(_) if value["outcome"].is_string() || value["disposition"].is_string() => found.push(value),
            _ => {}
        }
    }
    found
}

/// The resource's type; where it is missing, a claim's answer is known by its outcome.
fn kind(resource: &Value) -> &str {
    resource["resourceType"].as_str().unwrap_or("ClaimResponse")
}

/// Files of another version of the standard are read as far as they agree, and said to be so.
fn note_version(sheet: &mut Sheet, root: &Value, resources: &[&Value]) {
    let stated = root["fhirVersion"].as_str().or_else(|| root["meta"]["fhirVersion"].as_str());
    let older = resources.iter().any(|r| {
        kind(r) == "ExplanationOfBenefit"
            && r["use"].is_null()
            && (r["item"][0]["service"].is_object() || r["totalCost"].is_object())
            || kind(r) == "MedicationOrder"
    });
    let newer = resources.iter().any(|r| kind(r) == "ClaimResponse" && r["decision"].is_object());
    let message = match stated {
        Some(version) if !version.starts_with("4.") => {
            format!("This file says it is FHIR {version}; version 4 is what is read here. Check each value.")
        }
        _ if older => "This file is of an older FHIR version than 4. Check each value.".to_owned(),
        _ if newer => "This file is of a newer FHIR version than 4. Check each value.".to_owned(),
        _ => return,
    };
    sheet.finding(Finding::new("fhir_version", message));
}

fn note_others(sheet: &mut Sheet, resources: &[&Value]) {
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for resource in resources {
        let kind = kind(resource);
        if !(claims::is_claim(resource) || people::KINDS.contains(&kind) || clinical::KINDS.contains(&kind)) {
            *others.entry(kind).or_default() += 1;
        }
    }
    for (kind, count) in others.into_iter().take(20) {
        let message = format!("{count} part(s) of the kind {kind} hold nothing that is used here.");
        sheet.finding(Finding::new("resource_not_used", message).about(kind));
    }
}

/// A file carried inside a FHIR file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its title, or a name made from its place.
    pub name: String,
    /// Its media type as stated.
    pub content_type: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The files that `DocumentReference`, `Communication`, `DiagnosticReport` and `Binary` resources carry inside them.
///
/// # Errors
/// An [`Error`] for bytes that are not JSON.
pub fn attachments(name: &str, bytes: &[u8]) -> Result<Vec<Attachment>, Error> {
    let root = parse(name, bytes)?;
    let mut found = Vec::new();
    for resource in resources(&root) {
        view::each(resource, &mut |value| {
            let data = value["data"].as_str().filter(|_| value["contentType"].is_string() && found.len() < 200);
            if let Some(bytes) = data.and_then(base64) {
                let number = found.len() + 1;
                let title =
                    value["title"].as_str().map_or_else(|| format!("{} {number}", kind(resource)), str::to_owned);
                let content_type = value["contentType"].as_str().map(str::to_owned);
                found.push(Attachment { name: title, content_type, bytes });
            }
        });
    }
    Ok(found)
}

/// Base64 with or without padding and line breaks; `None` for other letters.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0u8);
    for byte in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_is_read() {
        assert_eq!(super::base64("SGVsbG8=").as_deref(), Some(b"Hello".as_slice()));
        assert_eq!(super::base64("SGVs\nbG8").as_deref(), Some(b"Hello".as_slice()));
        assert_eq!(super::base64("SGV*"), None);
    }
}
