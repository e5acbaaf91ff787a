//! 278: the answer to a request for authorization.

use facts::Finding;

use super::{Line, Walk};
use crate::sheet::{icd10, iso_day};

pub(super) const LOOKED_FOR: [&str; 11] = [
    "notice.dated",
    "notice.kind",
    "plan.issuer",
    "member.id",
    "patient.name",
    "reference.number",
    "service.code",
    "service.date",
    "diagnosis.code",
    "denial.code",
    "second_opinion.flag",
];

pub(super) fn read(walk: &mut Walk<'_>, lines: &[Line<'_>]) {
    let dependent = lines.iter().any(|l| l.id() == "NM1" && matches!(l.element(1), "QC" | "03"));
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        match line.id() {
            "BHT" => walk.sheet.field("notice.dated", iso_day(line.element(4)), line.at(4)),
            "NM1" => {
                walk.name(line);
                if line.element(1) == "IL" && !dependent {
                    walk.patient_is_member(line);
                }
            }
            "DMG" => walk.birth(line, lines),
            "TRN" => walk.sheet.verbatim_field("reference.number", line.at(2)),
            "REF" if line.element(1) == "BB" || line.element(1) == "NT" => {
                walk.sheet.verbatim_field("reference.number", line.at(2))
            }
            "HCR" => action(walk, line).into_iter().for_each(|kind| kinds.push((kind, index))),
            "HI" => diagnoses(walk, line),
            "SV1" | "SV2" | "SV3" => service(walk, line),
            "UM" => service_type(walk, line),
            "DTP" if matches!(line.element(1), "472" | "435" | "AAH") => {
                walk.sheet.field("service.date", iso_day(line.element(3)), line.at(3));
            }
            "MSG" => walk.sheet.said(line.at(1)),
            "AAA" => rejected(walk, line),
            _ => {}
        }
    }
    let has = |kind: &str| kinds.iter().find(|(k, _)| k == kind).map(|(_, i)| *i);
    let settled = match (has("partial_denial"), has("initial_denial"), has("approval")) {
        (Some(i), _, _) | (None, Some(i), Some(_)) => Some(("partial_denial", i)),
        (None, Some(i), None) => Some(("initial_denial", i)),
        (None, None, Some(i)) => Some(("approval", i)),
        (None, None, None) => None,
    };
    if let Some((kind, index)) = settled {
        let place = lines.get(index).and_then(|l| l.at(1));
        walk.sheet.inferred("notice.kind", kind, place);
    }
}

impl Walk<'_> {
    /// With no dependent named, the member is the patient.
    pub(super) fn patient_is_member(&mut self, line: &Line<'_>) {
        let words: Vec<&str> = [4, 5, 3, 7].map(|n| line.element(n)).into_iter().filter(|p| !p.is_empty()).collect();
        let last = [7, 5, 4].into_iter().find(|n| !line.element(*n).is_empty()).unwrap_or(3);
        if !words.is_empty() {
            self.sheet.field("patient.name", Some(words.join(" ")), line.span_of(3, last));
        }
    }
}

/// `HCR`: action, authorization number, reason, and whether a second surgical opinion is asked for. Gives the kind of notice.
fn action(walk: &mut Walk<'_>, line: &Line<'_>) -> Option<String> {
    let code = line.element(1);
    let known = walk.codes.action(code).cloned();
    if let Some(place) = line.at(2).filter(|p| !p.quote().contains(walk.component)) {
        walk.sheet.verbatim_field("reference.number", Some(place));
    }
    for (part, reason) in line.element(3).split(walk.repetition).enumerate() {
        if !reason.is_empty() {
            walk.sheet.verbatim_field("denial.code", line.part(3, part, walk.repetition));
        }
    }
    let flag = match line.element(4) {
        "Y" | "1" => Some("Y"),
        "N" | "0" => Some("N"),
        _ => None,
    };
    walk.sheet.field("second_opinion.flag", flag.map(str::to_owned), line.at(4));
    match &known {
        None => {
            let message = format!(
                "The plan answered with the action code \"{code}\", which is not in the list. Ask the plan what was decided."
            );
            walk.sheet.finding(Finding::new("code_unknown", message).about(code));
        }
        Some(known) if known.pending => {
            let message = "The plan has not decided yet. Nothing was refused in this answer.";
            walk.sheet.finding(Finding::new("not_decided_yet", message));
        }
        Some(_) => {}
    }
    known.and_then(|k| k.kind)
}

/// `HI`: diagnoses such as `ABK:M1711`.
fn diagnoses(walk: &mut Walk<'_>, line: &Line<'_>) {
    for number in 1..line.segment.len() {
        let mut parts = line.element(number).split(walk.component);
        let qualifier = parts.next().unwrap_or_default();
        let code = parts.next().unwrap_or_default();
        if qualifier.starts_with("AB") || qualifier.starts_with("AP") || matches!(qualifier, "BK" | "BF" | "BJ" | "PR")
        {
            let value = if qualifier.starts_with('A') { icd10(code) } else { code.to_owned() };
            walk.sheet.field("diagnosis.code", Some(value), line.part(number, 1, walk.component));
        }
    }
}

/// `SV1`/`SV2`/`SV3`: the service asked for.
fn service(walk: &mut Walk<'_>, line: &Line<'_>) {
    let number = if line.id() == "SV2" { 2 } else { 1 };
    walk.sheet.verbatim_field("service.code", line.part(number, 1, walk.component));
    if line.id() == "SV2" {
        walk.sheet.verbatim_field("service.code", line.at(1));
    }
}

/// `UM03`: a kind of service; 20 and 21 are second and third surgical opinions.
fn service_type(walk: &mut Walk<'_>, line: &Line<'_>) {
    let known = walk.codes.service_type(line.element(3)).filter(|k| k.second_opinion).cloned();
    if let Some(known) = known {
        let message = format!("The request was for {}.", known.says);
        walk.sheet.finding(Finding::new("second_opinion_requested", message));
    }
}

fn rejected(walk: &mut Walk<'_>, line: &Line<'_>) {
    let message =
        format!("The plan's system did not take the request (code {}). Ask the plan what is missing.", line.element(3));
    walk.sheet.finding(Finding::new("request_rejected", message).about(line.element(3)));
}
