//! 835: what was paid, what was not, and the codes that say why.

use facts::Finding;

use super::{Line, Walk};
use crate::sheet::{dollars, iso_day};

pub(super) const LOOKED_FOR: [&str; 12] = [
    "notice.dated",
    "notice.kind",
    "plan.issuer",
    "member.id",
    "patient.name",
    "claim.number",
    "service.code",
    "service.date",
    "amount.billed",
    "amount.denied",
    "provider.treating",
    "denial.code",
];

pub(super) fn read(walk: &mut Walk<'_>, lines: &[Line<'_>]) {
    for line in lines {
        match line.id() {
            "ST" => walk.sheet.inferred("notice.kind", "eob", line.at(1)),
            "BPR" if !lines.iter().any(|l| l.id() == "DTM" && l.element(1) == "405") => {
                walk.sheet.field("notice.dated", iso_day(line.element(16)), line.at(16));
            }
            "DTM" => date(walk, line),
            "N1" if line.element(1) == "PR" => walk.sheet.verbatim_field("plan.issuer", line.at(2)),
            "N1" if line.element(1) == "PE" => walk.sheet.verbatim_field("provider.facility", line.at(2)),
            "CLP" => claim(walk, line),
            "NM1" => walk.name(line),
            "SVC" => service(walk, line),
            "CAS" => adjustments(walk, line),
            "LQ" if line.element(1) == "HE" => remark(walk, line, 2),
            "MIA" => [5, 20, 21, 22, 23].into_iter().for_each(|n| remark(walk, line, n)),
            "MOA" => (3..=7).for_each(|n| remark(walk, line, n)),
            _ => {}
        }
    }
}

fn date(walk: &mut Walk<'_>, line: &Line<'_>) {
    let name = match line.element(1) {
        "405" => "notice.dated",
        "232" | "472" | "150" => "service.date",
        _ => return,
    };
    walk.sheet.field(name, iso_day(line.element(2)), line.at(2));
}

/// `CLP`: the plan's claim number, the provider's number, the amount billed.
fn claim(walk: &mut Walk<'_>, line: &Line<'_>) {
    walk.sheet.verbatim_field("claim.number", line.at(7));
    walk.sheet.verbatim_field("reference.number", line.at(1));
    walk.sheet.field("amount.billed", dollars(line.element(3)), line.at(3));
    match line.element(2) {
        "4" => {
            let message = format!("Claim {} was refused as a whole.", line.element(7));
            walk.sheet.finding(Finding::new("claim_refused", message).about(line.element(7)));
        }
        "22" => {
            let message = format!("Claim {} takes back an earlier payment.", line.element(7));
            walk.sheet.finding(Finding::new("payment_taken_back", message).about(line.element(7)));
        }
        _ => {}
    }
}

/// `SVC`: a procedure code within a composite such as `HC:99213:25`.
fn service(walk: &mut Walk<'_>, line: &Line<'_>) {
    // Some senders do not keep to the separator their header names.
    let separator = [walk.component, ':', '>', '*'].into_iter().find(|s| line.element(1).contains(*s));
    match separator {
        Some(separator) => walk.sheet.verbatim_field("service.code", line.part(1, 1, separator)),
        None if matches!(line.element(1), "HC" | "NU" | "N4") => {}
        None => walk.sheet.verbatim_field("service.code", line.at(1)),
    }
    if line.element(4).len() == 4 {
        walk.sheet.verbatim_field("service.code", line.at(4));
    }
}

/// `CAS`: a group and up to six times a reason, an amount and a quantity.
fn adjustments(walk: &mut Walk<'_>, line: &Line<'_>) {
    let group = line.element(1).to_owned();
    let mut number = 2;
    while number < line.segment.len() && number <= 17 {
        let code = line.element(number).to_owned();
        let amount = number + 1;
        adjustment(walk, line, &group, &code, number, amount);
        number += 3;
    }
}

fn adjustment(walk: &mut Walk<'_>, line: &Line<'_>, group: &str, code: &str, at: usize, amount: usize) {
    if code.is_empty() {
        return;
    }
    let known = walk.codes.adjustment(code);
    let refuses = known.is_none_or(|k| k.refuses);
    let place = if at == 2 { line.span_of(1, 2) } else { line.at(at) };
    if !refuses {
        return;
    }
    walk.sheet.field("denial.code", Some(format!("{group}-{code}")), place.clone());
    walk.sheet.field("amount.denied", dollars(line.element(amount)).filter(|a| a != "0.00"), line.at(amount));
    match known {
        Some(known) => {
            let reason = known.reason.clone();
            if let Some(reason) = reason {
                walk.sheet.reason(&reason, place.clone());
            }
            who_owes(walk, group, code, line.element(amount));
        }
        None => {
            let message = format!("The adjustment code {group}-{code} is not in our list. Ask the plan what it means.");
            walk.sheet.finding(Finding::new("code_unknown", message).about(code));
        }
    }
    if code == "61" {
        // That the code says so is in `denial.code`; here it is stated or it is not.
        walk.sheet.inferred("second_opinion.required_stated", "true", place);
    }
}

/// Who is left with a refused amount: with group CO the provider may not bill the member.
fn who_owes(walk: &mut Walk<'_>, group: &str, code: &str, amount: &str) {
    let Some(meaning) = walk.codes.group(group) else { return };
    let (name, owes) = (meaning.says.clone(), meaning.member_owes.clone());
    let code_name = match owes.as_deref() {
        Some("yes") => "member_owes",
        Some("no") => "member_does_not_owe",
        _ => return,
    };
    let message = format!("{group}-{code} ({amount}): {name}.");
    walk.sheet.finding(Finding::new(code_name, message).about(format!("{group}-{code}")));
}

/// A remark code: a reason, or word about an appeal.
fn remark(walk: &mut Walk<'_>, line: &Line<'_>, number: usize) {
    let code = line.element(number).to_owned();
    if code.is_empty() {
        return;
    }
    let Some(known) = walk.codes.remark(&code) else { return };
    let (reason, tells, says) = (known.reason.clone(), known.tells.clone(), known.says.clone());
    if let Some(reason) = reason {
        walk.sheet.verbatim_field("denial.code", line.at(number));
        walk.sheet.reason(&reason, line.at(number));
    }
    if let Some(tells) = tells {
        walk.sheet.finding(Finding::new(tells, format!("Remark {code}: {says}.")).about(code));
    }
}
