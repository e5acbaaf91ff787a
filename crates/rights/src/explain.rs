//! "Why this date?": one right as a page of plain text that a paralegal could sign.

use std::fmt::Write;

use calendar::Date;

use crate::{Entitlements, Refusal, Right, Why};

/// The page for a right (by the id of its rule, or by a word such as `external_review.file`), with every right and
/// refusal that bears the name. `None` when nothing does; [`ids`] lists what can be asked.
pub fn explain(all: &Entitlements, id: &str) -> Option<String> {
    let mut out = String::new();
    for right in all.rights.iter().filter(|r| r.id == id || r.gives == id) {
        page(&mut out, right);
    }
    for refusal in all.refusals.iter().filter(|r| r.id.as_deref() == Some(id) || r.right == id) {
        refused(&mut out, refusal);
    }
    for entitled in all.entitled_to.iter().filter(|e| e.id == id) {
        let _ = writeln!(out, "{}\n", entitled.title);
        for note in &entitled.notes {
            let _ = writeln!(out, "  {note}");
        }
        law(&mut out, &entitled.authorities);
    }
    (!out.is_empty()).then_some(out)
}

/// The ids that [`explain`] knows for this answer.
pub fn ids(all: &Entitlements) -> Vec<&str> {
    let mut out: Vec<&str> = all.rights.iter().map(|r| r.id.as_str()).collect();
    out.extend(all.refusals.iter().filter_map(|r| r.id.as_deref()));
    out.extend(all.entitled_to.iter().map(|e| e.id.as_str()));
    out.dedup();
    out
}

fn page(out: &mut String, right: &Right) {
    let _ = writeln!(out, "{}\n  {} ({})", right.title, right.id, right.pace);
    match (right.due, &right.due_at) {
        (Some(due), Some(at)) => _ = writeln!(out, "  Last moment: {at} ({})", long(due)),
        (Some(due), None) => _ = writeln!(out, "  Last lawful day: {}", long(due)),
        (None, _) => _ = writeln!(out, "  Last lawful day: not known"),
    }
    if let Some(day) = right.file_by.filter(|d| Some(*d) != right.due) {
        let _ = writeln!(out, "  The day we advise: {}", long(day));
    }
    let _ = writeln!(out, "\n  How the day was found");
    for (n, step) in right.derivation.iter().enumerate() {
        let _ = writeln!(out, "  {}. {step}", n + 1);
    }
    if let Some(when) = &right.filed_when {
        let _ = writeln!(out, "\n  When it counts: {}", filed(when));
    }
    if let Some(to) = &right.send_to {
        let _ = writeln!(out, "  Where to: {to}");
    }
    if let Some(decision) = &right.decision_due {
        let by = decision.date.map_or(String::new(), |d| format!(", by {}", long(d)));
        let _ = writeln!(out, "  Answer: within {} after {}{by}", decision.period, decision.after);
    }
    for threshold in &right.thresholds {
        let meets = match threshold.meets {
            Some(true) => ": met",
            Some(false) => ": not met",
            None => ": the amount in dispute is not known",
        };
        let _ = writeln!(
            out,
            "  Amount that must be in dispute ({}): ${}.{:02}{meets}",
            threshold.year,
            threshold.cents / 100,
            threshold.cents % 100
        );
    }
    if !right.notes.is_empty() {
        let _ = writeln!(out, "\n  Good to know");
        for note in &right.notes {
            let _ = writeln!(out, "  - {note}");
        }
    }
    law(out, &right.authorities);
}

fn refused(out: &mut String, refusal: &Refusal) {
    let why = match refusal.why {
        Why::NotInForce => "No rule in force",
        Why::FactMissing => "A fact is missing",
        Why::NotCoveredByKb => "Not in our data",
        Why::NoRight => "There is no such right",
    };
    let _ = writeln!(out, "{why}: {}\n  {}", refusal.right, refusal.message);
    if !refusal.needs.is_empty() {
        let _ = writeln!(out, "  Missing: {}", refusal.needs.join(", "));
    }
    law(out, &refusal.authorities);
}

fn law(out: &mut String, authorities: &[cite::Authority]) {
    if authorities.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n  Law");
    for a in authorities {
        let checked = a.verified_on.as_ref().map_or(String::new(), |d| format!(", compared on {d}"));
        let how = match a.confidence {
            Some(cite::Confidence::OfficialText) => " (official text",
            Some(cite::Confidence::OfficialCopy) => " (dated copy of the official text",
            Some(cite::Confidence::Secondary) => " (from a source that quotes it",
            Some(cite::Confidence::Unverified) => " (not yet confirmed",
            None => " (",
        };
        let url = a.url.as_ref().map_or(String::new(), |u| format!(" {u}"));
        let _ = writeln!(out, "  - {}{how}{checked}){url}", a.cite);
    }
    out.push('\n');
}

fn filed(word: &str) -> &str {
    match word {
        "received" => "on the day they receive it",
        "postmarked" => "the postmark counts",
        "plan_procedure" => "when you follow the plan's filing procedure",
        "oral_ok" => "you may ask by telephone or in writing",
        other => other,
    }
}

/// `Friday, October 30, 2026`.
fn long(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = usize::try_from(date.month() - 1).ok().and_then(|m| MONTHS.get(m)).unwrap_or(&"");
    let weekday = format!("{:?}", date.weekday());
    format!("{weekday}, {month} {}, {}", date.day(), date.year())
}
