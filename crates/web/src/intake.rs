//! What was read from papers → facts of the case, each with its quote, none of them confirmed yet.

use facts::{Case, Certainty, Denial, Field, Origin, OriginKind, Reading};

use crate::facts_at::{get, set};

/// Which fact of the case a field of a reading fills.
const FACTS: &[(&str, &str)] = &[
    ("notice.dated", "event.notice_dated"),
    ("plan.issuer", "coverage.issuer"),
    ("plan.name", "coverage.plan_name"),
    ("plan.group_number", "coverage.group_number"),
    ("plan.kind_stated", "coverage.kind"),
    ("member.id", "coverage.member_id"),
    ("patient.name", "patient.name"),
    ("member.name", "patient.name"),
    ("patient.date_of_birth", "patient.date_of_birth"),
    ("claim.number", "claim.number"),
    ("reference.number", "claim.reference_number"),
    ("service.description", "claim.service"),
    ("service.date", "claim.date_of_service"),
    ("diagnosis.description", "claim.diagnosis"),
    ("provider.treating", "treating_physician.name"),
    ("provider.facility", "claim.facility"),
    ("appeal.address", "coverage.appeal_address"),
    ("appeal.fax", "coverage.appeal_fax"),
    ("appeal.phone", "coverage.appeal_phone"),
    ("appeal.portal", "coverage.appeal_portal"),
];

/// The case with everything the reading adds. What the person said or confirmed stays as it is.
pub fn fill(case: &Case, reading: &Reading) -> Case {
    let mut case = case.clone();
    for field in &reading.fields {
        match field.name.as_str() {
            "service.code" => add_code(&mut case, reading, field, |c| &mut c.claim.codes, "claim.codes"),
            "diagnosis.code" => {
                add_code(&mut case, reading, field, |c| &mut c.claim.diagnosis_codes, "claim.diagnosis_codes");
            }
            "amount.denied" => fill_one(&mut case, reading, field, "claim.amount_cents", &cents(&field.value)),
            name => {
                if let Some((_, path)) = FACTS.iter().find(|(n, _)| *n == name) {
                    fill_one(&mut case, reading, field, path, &field.value);
                }
            }
        }
    }
    add_reasons(&mut case, reading);
    case
}

/// The path of the fact a field fills, for the page that shows both.
pub(crate) fn fact_of(field: &str) -> Option<&'static str> {
    match field {
        "service.code" => Some("claim.codes"),
        "diagnosis.code" => Some("claim.diagnosis_codes"),
        "amount.denied" => Some("claim.amount_cents"),
        name => FACTS.iter().find(|(n, _)| *n == name).map(|(_, path)| *path),
    }
}

fn fill_one(case: &mut Case, reading: &Reading, field: &Field, path: &str, value: &str) {
    if get(case, path).is_some() || case.origin.iter().any(|o| o.fact == path) {
        return;
    }
    if let Some(filled) = set(case, path, value) {
        *case = filled;
        case.origin.push(origin(reading, field, path));
    }
}

fn origin(reading: &Reading, field: &Field, path: &str) -> Origin {
    Origin {
        fact: path.into(),
        kind: OriginKind::Quoted,
        quote: Some(field.quote.clone()),
        file: reading.documents.get(field.document).map(|d| d.name.clone()),
        page: Some(field.page),
        span: Some(field.span),
        certainty: Some(field.certainty),
        confirmed: false,
    }
}

fn add_code(case: &mut Case, reading: &Reading, field: &Field, list: fn(&mut Case) -> &mut Vec<String>, path: &str) {
    if list(case).contains(&field.value) {
        return;
    }
    list(case).push(field.value.clone());
    if !case.origin.iter().any(|o| o.fact == path) {
        case.origin.push(origin(reading, field, path));
    }
}

/// One denial per stated reason; the first one carries the criteria and the provision the letter names.
fn add_reasons(case: &mut Case, reading: &Reading) {
    for stated in &reading.reasons {
        if case.denials.iter().any(|d| d.reason.as_deref() == Some(&stated.reason)) {
            continue;
        }
        let at = case.denials.len();
        case.denials.push(Denial {
            reason: Some(stated.reason.clone()),
            quote: Some(stated.quote.clone()),
            ..Denial::default()
        });
        case.origin.push(Origin {
            fact: format!("denial.{at}.reason"),
            kind: OriginKind::Quoted,
            quote: Some(stated.quote.clone()),
            file: reading.documents.get(stated.document).map(|d| d.name.clone()),
            page: Some(stated.page),
            span: Some(stated.span),
            certainty: Some(Certainty::Inferred),
            confirmed: false,
        });
    }
    let Some(first) = case.denials.first_mut() else { return };
    if first.policy.is_none() {
        first.policy = reading.get("criteria.cited").map(|f| f.value.clone());
    }
    if first.provision.is_none() {
        first.provision = reading.get("plan.provision_cited").map(|f| f.value.clone());
    }
    for field in reading.all("criteria.quoted") {
        if !first.criteria.contains(&field.value) {
            first.criteria.push(field.value.clone());
        }
    }
    for field in reading.all("denial.code") {
        if !first.codes.contains(&field.value) {
            first.codes.push(field.value.clone());
        }
    }
}

/// `1,284.50` in cents; nothing readable gives an empty text, which fits no amount.
fn cents(dollars: &str) -> String {
    let clean: String = dollars.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let (whole, rest) = clean.split_once('.').unwrap_or((&clean, "0"));
    let rest = format!("{rest:0<2}");
    match (whole.parse::<i64>(), rest.get(..2).and_then(|r| r.parse::<i64>().ok())) {
        (Ok(whole), Some(rest)) => whole.checked_mul(100).and_then(|w| w.checked_add(rest)).unwrap_or(0).to_string(),
        _ => "-".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::{DocumentSummary, StatedReason, TextFrom};

    fn field(name: &str, value: &str) -> Field {
        Field {
            name: name.into(),
            value: value.into(),
            quote: value.into(),
            document: 0,
            page: 1,
            span: (0, value.len()),
            certainty: Certainty::Verbatim,
        }
    }

    fn reading(fields: Vec<Field>) -> Reading {
        let document = DocumentSummary {
            name: "letter.pdf".into(),
            sha256: String::new(),
            pages: 1,
            text_from: TextFrom::Plain,
            kind: None,
        };
        let reasons = vec![StatedReason {
            reason: "not_medically_necessary".into(),
            quote: "not medically necessary".into(),
            document: 0,
            page: 1,
            span: (0, 5),
        }];
        Reading { documents: vec![document], fields, reasons, ..Reading::default() }
    }

    #[test]
    fn what_was_read_fills_the_case_with_its_quotes() {
        let read = reading(vec![
            field("notice.dated", "2026-10-15"),
            field("claim.number", "AB-1"),
            field("amount.denied", "1,284.50"),
            field("service.code", "CPT 27447"),
            field("criteria.cited", "Policy 12"),
        ]);
        let case = fill(&Case::default(), &read);
        assert_eq!(get(&case, "event.notice_dated").as_deref(), Some("2026-10-15"));
        assert_eq!(case.claim.amount_cents, Some(128_450));
        assert_eq!(case.claim.codes, ["CPT 27447"]);
        assert_eq!(case.denials[0].policy.as_deref(), Some("Policy 12"));
        let origin = case.origin.iter().find(|o| o.fact == "claim.number").unwrap();
        assert_eq!((origin.kind, origin.confirmed), (OriginKind::Quoted, false));
        assert_eq!(origin.file.as_deref(), Some("letter.pdf"));
    }

    #[test]
    fn what_the_person_said_is_not_overwritten_and_a_second_reading_adds_nothing() {
        let mut case = Case::default();
        case.claim.number = Some("mine".into());
        let read = reading(vec![field("claim.number", "AB-1"), field("service.code", "CPT 27447")]);
        let once = fill(&case, &read);
        assert_eq!(once.claim.number.as_deref(), Some("mine"));
        assert_eq!(fill(&once, &read), once);
    }

    #[test]
    fn amounts_become_cents() {
        for (text, expected) in [("200", "20000"), ("1,284.5", "128450"), ("0.99", "99"), ("none", "-"), ("", "-")] {
            assert_eq!(cents(text), expected, "{text}");
        }
    }
}
