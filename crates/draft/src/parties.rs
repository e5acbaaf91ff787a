//! Who writes, who reads, how a letter opens and closes.

use crate::build::Builder;
use crate::document::{Closing, Party};
use facts::{Finding, Physician};

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
        let send_to = self.view.right().and_then(|r| r.send_to.clone());
        // Where the case gives an address the rules send the letter there: that is the plan and no office of its own.
        let given = |s: &&str| coverage.appeal_address.as_deref().is_none_or(|a| cite::fold(a) != cite::fold(s));
        let office = send_to.as_deref().filter(given).and_then(|s| self.office(s));
        if let (true, Some(office)) = (to_issuer, &office) {
            let department = self.text(&format!("department.{decider}"));
            let lines = std::iter::once(department).chain(office.iter().skip(1).cloned()).collect();
            return Party { name: office.first().cloned().unwrap_or_default(), lines: tidy(lines) };
        }
        let name = self.view.value("plan_or_issuer").filter(|_| to_issuer);
        let address = coverage.appeal_address.clone().filter(|_| to_issuer);
        let street = address.map(|a| self.address_lines(&a)).or(office).unwrap_or_default();
        if street.is_empty() {
            self.address_not_known(send_to);
        }
        let mut lines = Vec::new();
        if !street.iter().any(|l| self.names_a_department(l)) || !to_issuer {
            lines.push(self.text(&format!("department.{decider}")));
        }
        lines.extend(street);
        let office = self.view.words.get(&format!("decider_name.{}", self.view.stage.slug())).map(str::to_string);
        let name = name.unwrap_or_else(|| {
            if !to_issuer {
                return office.unwrap_or_else(|| lines.remove(0));
            }
            self.note_missing("issuer");
            self.blank("issuer")
        });
        let lines = tidy(lines).into_iter().filter(|l| !l.eq_ignore_ascii_case(&name)).collect();
        Party { name, lines }
    }

    /// The office to which the rules send a letter, as the lines of an envelope. None where they only describe the way
    /// ("The plan, at the address in the notice"): that is for the person and no line of a letter (`address.descriptions`).
    fn office(&self, send_to: &str) -> Option<Vec<String>> {
        if self.marks("address.descriptions").iter().any(|mark| send_to.starts_with(mark.as_str())) {
            return None;
        }
        let first = send_to.split([';', '(']).next().unwrap_or(send_to);
        // What goes on in small letters ("as the decision says") is a description again.
        let mut lines: Vec<String> = Vec::new();
        for piece in first.split(", ").map(|l| l.trim().trim_end_matches('.')) {
            match lines.last_mut() {
                Some(city) if is_state_and_zip(piece) => city.push_str(&format!(", {piece}")),
                _ if piece.starts_with(char::is_lowercase) => {}
                _ => lines.push(piece.to_string()),
            }
        }
        (!lines.is_empty()).then_some(lines)
    }

    fn address_not_known(&mut self, send_to: Option<String>) {
        let way = send_to.map(|s| format!(" It goes to: {}.", s.trim_end_matches('.'))).unwrap_or_default();
        let text = format!(
            "The letter has no address yet.{way} Enter the address of the notice in `coverage.appeal_address`."
        );
        self.findings.push(Finding::new("address_not_known", text).about("coverage.appeal_address"));
    }

    /// An address as an envelope shows it. A letter's lines are kept; an address typed in one line is broken before the
    /// words with which a new line begins (`address.breaks`).
    fn address_lines(&self, address: &str) -> Vec<String> {
        let mut text = address.to_string();
        if text.lines().count() == 1 {
            for mark in self.marks("address.breaks") {
                text = text.replace(&format!(" {mark}"), &format!("\n{mark}"));
            }
        }
        text.lines().map(|l| l.trim().trim_end_matches([',', ';']).to_string()).collect()
    }

    /// Whether a line of an address already says which department opens the letter (`address.departments`).
    fn names_a_department(&self, line: &str) -> bool {
        let line = cite::fold(line);
        self.marks("address.departments").iter().any(|mark| line.contains(mark.as_str()))
    }

    fn marks(&self, key: &str) -> Vec<String> {
        self.view.say(key).split('|').filter(|m| !m.is_empty()).map(str::to_string).collect()
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

/// `DC 20415`, `FL 32231-4166`: what stands on one line with its city.
fn is_state_and_zip(text: &str) -> bool {
    let mut words = text.split(' ');
    let state = words.next().is_some_and(|w| w.len() == 2 && w.chars().all(|c| c.is_ascii_uppercase()));
    state && words.next().is_some_and(|w| w.starts_with(|c: char| c.is_ascii_digit())) && words.next().is_none()
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
