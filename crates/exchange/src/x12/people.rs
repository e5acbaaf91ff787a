//! Names and numbers of people and organizations (N1, NM1, DMG, DTP, REF).

use super::{Line, Walk};
use crate::sheet::iso_day;

impl Walk<'_> {
    /// `NM1`: whose name it is follows from its first element.
    pub(super) fn name(&mut self, line: &Line<'_>) {
        let person = line.element(2) == "1";
        let whole = whole_name(line, person);
        let place = if person { line.span_of(3, last_name_element(line)) } else { line.at(3) };
        match line.element(1) {
            // 03 is a dependent, QC the patient, IL the member.
            "QC" | "03" => self.sheet.field("patient.name", whole, place),
            "IL" => {
                self.sheet.field("member.name", whole, place);
            }
            "PR" | "X3" => self.sheet.verbatim_field("plan.issuer", line.at(3)),
            "82" | "1P" | "SJ" | "72" | "P3" | "DN" => self.sheet.field("provider.treating", whole, place),
            "FA" | "77" => self.sheet.field("provider.facility", whole, place),
            _ => {}
        }
        if matches!(line.element(1), "IL" | "QC") && !line.element(9).is_empty() {
            self.sheet.verbatim_field("member.id", line.at(9));
        }
    }

    /// `DMG`: the date of birth of the patient, not of a member whose dependent the patient is.
    pub(super) fn birth(&mut self, line: &Line<'_>, lines: &[Line<'_>]) {
        let dependent = lines.iter().any(|l| l.id() == "NM1" && matches!(l.element(1), "03" | "QC"));
        let last = lines.iter().take_while(|l| l.place != line.place).filter(|l| l.id() == "NM1").last();
        if dependent && last.is_some_and(|l| l.element(1) == "IL") {
            return;
        }
        self.sheet.field("patient.date_of_birth", iso_day(line.element(2)), line.at(2));
    }
}

/// Given name, middle, family name, suffix, in that order; an organization's name as it stands.
fn whole_name(line: &Line<'_>, person: bool) -> Option<String> {
    let parts: Vec<&str> = if person { [4, 5, 3, 7].map(|n| line.element(n)).to_vec() } else { vec![line.element(3)] };
    let words: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn last_name_element(line: &Line<'_>) -> usize {
    [7, 5, 4].into_iter().find(|n| !line.element(*n).is_empty()).unwrap_or(3)
}
