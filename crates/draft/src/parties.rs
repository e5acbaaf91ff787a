//! Who writes, who reads, how a letter opens and closes.

use crate::build::Builder;
use crate::document::{Closing, Party};
use facts::Physician;

impl Builder<'_> {
    /// Sender or addressee by role.
    pub(crate) fn party(&mut self, role: &str) -> Party {
        match role {
            "sender" => self.sender(),
            "treating" => self.doctor(self.view.case.treating_physician.as_ref(), "treating"),
            "second" => {
                let second = self.view.case.second_opinion.as_ref().and_then(|o| o.physician.as_ref());
                self.doctor(second, "second")
            }
            "plan" | "reviewer" => self.plan(),
            "provider" | "billing" => self.provider(role),
            other => Party { name: self.text(&format!("party.{other}")), lines: Vec::new() },
        }
    }

    fn sender(&mut self) -> Party {
        let patient = &self.view.case.patient;
        let name = self.view.value("sender");
        let mut lines: Vec<String> = Vec::new();
        lines.extend(patient.address.iter().flat_map(|a| a.lines().map(str::to_string)));
        lines.extend(patient.phone.clone());
        lines.extend(patient.email.clone());
        let name = name.unwrap_or_else(|| {
            self.note_missing("sender");
            self.blank("sender")
        });
        Party { name, lines: tidy(lines) }
    }

    fn doctor(&mut self, doctor: Option<&Physician>, value: &str) -> Party {
        let name = self.view.value(&format!("{value}_full")).unwrap_or_else(|| {
            self.note_missing(value);
            self.blank(value)
        });
        let Some(doctor) = doctor else { return Party { name, lines: Vec::new() } };
        let mut lines = Vec::new();
        lines.extend(doctor.subspecialty.clone().or_else(|| doctor.specialty.clone()));
        lines.extend(doctor.practice.clone());
        lines.extend(doctor.institution.clone());
        lines.extend(doctor.address.iter().flat_map(|a| a.lines().map(str::to_string)));
        lines.extend(doctor.phone.clone());
        Party { name, lines: tidy(lines) }
    }

    fn plan(&mut self) -> Party {
        let decider = self.view.stage.decider.clone();
        let coverage = &self.view.case.coverage;
        let to_issuer = matches!(decider.as_str(), "plan" | "iro" | "contractor");
        let name = self.view.value("plan_or_issuer").filter(|_| to_issuer);
        let send_to = self.view.right().and_then(|r| r.send_to.clone());
        let address = coverage.appeal_address.clone().filter(|_| to_issuer);
        let mut lines = vec![self.text(&format!("department.{decider}"))];
        let place = address.or(send_to).unwrap_or_default();
        let place: Vec<String> = place.lines().filter_map(|l| without_name(l, name.as_deref())).collect();
        // An address that names its own department needs none of ours.
        if place.first().is_some_and(|l| names_a_department(l)) && name.is_some() {
            lines.clear();
        }
        lines.extend(place);
        let office = self.view.words.get(&format!("decider_name.{}", self.view.stage.slug())).map(str::to_string);
        let name = name.unwrap_or_else(|| {
            if !to_issuer {
                return office.unwrap_or_else(|| lines.remove(0));
            }
            self.note_missing("issuer");
            self.blank("issuer")
        });
        Party { name, lines: tidy(lines) }
    }

    fn provider(&mut self, role: &str) -> Party {
        let place = self.view.value("facility").or_else(|| self.view.value("treating_place"));
        let name = place.or_else(|| self.view.value("treating")).unwrap_or_else(|| {
            self.note_missing("facility");
            self.blank("facility")
        });
        Party { name, lines: tidy(vec![self.text(&format!("department.{role}"))]) }
    }

    /// A blank to fill in, named in the document's language.
    pub(crate) fn blank(&self, value: &str) -> String {
        format!("[{}]", self.view.words.get(&format!("blank.{value}")).unwrap_or(value))
    }

    /// `Dear Appeals Reviewer:` or `Dear Dr. Reyes:`
    pub(crate) fn salutation(&mut self, to: &str) -> String {
        let doctor = match to {
            "treating" => self.view.value("treating"),
            "second" => self.view.value("second"),
            _ => None,
        };
        match doctor {
            Some(name) => self.text_with("dear.name", &[("name", &name)]),
            None if matches!(to, "plan" | "reviewer") => self.text(&format!("dear.{}", self.view.stage.decider)),
            None => self.text("dear.anyone"),
        }
    }

    /// The end of a letter, signed by its writer.
    pub(crate) fn closing(&mut self, from: &str) -> Closing {
        let party = self.party(from);
        let mut lines = Vec::new();
        if from == "sender" && self.view.holds("by_other") {
            lines.extend(self.view.words.get("signed_for").map(str::to_string).map(|_| self.text("signed_for")));
        }
        Closing { phrase: self.text("closing"), name: party.name, lines }
    }
}

/// A line of an address without the addressee's name, which stands above it already. None when nothing else is in it.
fn without_name(line: &str, name: Option<&str>) -> Option<String> {
    let line = line.trim().trim_end_matches(',');
    let rest = match name.filter(|n| !n.is_empty()).and_then(|n| line.get(..n.len()).zip(Some(n))) {
        Some((start, name)) if start.eq_ignore_ascii_case(name) => line.get(name.len()..).unwrap_or_default(),
        _ => return Some(line.to_string()),
    };
    // "Example Health Plan of Texas" is another name than "Example Health".
    let parted = rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != ' ');
    let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    match (parted, rest.is_empty()) {
        (true, true) => None,
        (true, false) => Some(rest.to_string()),
        (false, _) => Some(line.to_string()),
    }
}

/// Whether the first line of an address is a department rather than a street or a box: those have numbers.
fn names_a_department(line: &str) -> bool {
    !line.is_empty() && !line.chars().any(|c| c.is_ascii_digit())
}

fn tidy(lines: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in lines {
        let line = line.trim().to_string();
        if !line.is_empty() && !out.contains(&line) {
            out.push(line);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addressee_is_not_named_twice() {
        let table = [
            ("Example Mutual Health,", None),
            ("EXAMPLE MUTUAL HEALTH", None),
            ("Example Mutual Health - Appeals Unit", Some("Appeals Unit")),
            ("Example Mutual Healthcare of Texas", Some("Example Mutual Healthcare of Texas")),
            ("Example Mutual Health of Texas", Some("Example Mutual Health of Texas")),
            ("P.O. Box 100", Some("P.O. Box 100")),
        ];
        for (line, expected) in table {
            assert_eq!(without_name(line, Some("Example Mutual Health")).as_deref(), expected, "{line}");
        }
        assert_eq!(without_name("Appeals Unit", None).as_deref(), Some("Appeals Unit"));
    }

    #[test]
    fn a_department_has_no_number() {
        assert!(names_a_department("Appeals Unit"));
        assert!(!names_a_department("P.O. Box 100") && !names_a_department("1 Main Street") && !names_a_department(""));
    }
}
