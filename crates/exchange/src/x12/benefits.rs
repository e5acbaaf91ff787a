//! 271: what the coverage says it pays for. Service types 20 and 21 are second and third surgical opinions.

use facts::Finding;

use super::{Line, Walk};
use crate::sheet::iso_day;

pub(super) const LOOKED_FOR: [&str; 5] = ["notice.dated", "plan.issuer", "plan.name", "member.id", "patient.name"];

pub(super) fn read(walk: &mut Walk<'_>, lines: &[Line<'_>], kind: &str) {
    let dependent = lines.iter().any(|l| l.id() == "NM1" && l.element(1) == "03");
    for line in lines {
        match line.id() {
            "BHT" if kind == "271" => walk.sheet.field("notice.dated", iso_day(line.element(4)), line.at(4)),
            "NM1" => {
                walk.name(line);
                if line.element(1) == "IL" && !dependent {
                    walk.patient_is_member(line);
                }
            }
            "DMG" => walk.birth(line, lines),
            "REF" if line.element(1) == "6P" => walk.sheet.verbatim_field("plan.group_number", line.at(2)),
            "EB" => benefit(walk, line),
            "AAA" => {
                let message = format!(
                    "The plan's system did not answer the question (code {}). Ask again or call the plan.",
                    line.element(3)
                );
                walk.sheet.finding(Finding::new("request_rejected", message).about(line.element(3)));
            }
            _ => {}
        }
    }
}

fn benefit(walk: &mut Walk<'_>, line: &Line<'_>) {
    walk.sheet.verbatim_field("plan.name", line.at(5).filter(|p| p.quote().chars().any(char::is_alphabetic)));
    let separators = [walk.repetition, '^'];
    let types: Vec<String> = line.element(3).split(separators).map(str::to_owned).collect();
    for code in types {
        let Some(known) = walk.codes.service_type(&code).filter(|k| k.second_opinion).cloned() else { continue };
        let status = walk.codes.benefit_state(line.element(1)).map_or("is described", |s| s.says.as_str());
        let network = match line.element(12) {
            "Y" => ", in the network",
            "N" => ", outside the network",
            _ => "",
        };
        let authorization = if line.element(11) == "Y" { " An authorization is needed first." } else { "" };
        let message =
            format!("The plan's answer says the benefit for {} {status}{network}.{authorization}", known.says);
        walk.sheet.finding(Finding::new("second_opinion_benefit_stated", message).about(line.segment.text.clone()));
    }
}
