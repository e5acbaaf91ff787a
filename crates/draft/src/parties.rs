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
                let second = opinion::second_physician(self.view.case);
                self.doctor(second.as_ref(), "second")
            }
            "plan" if self.is_plan_elsewhere() => self.plan_itself(),
            "services" => self.member_services(),
            "plan" | "reviewer" => self.decider(),
            "provider" | "billing" => self.provider(role),
            "regulator" => self.regulator(),
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

    /// Who decides. The address of the plan's letter is that of its own appeals desk, and of nobody else: a letter to
    /// another office has the lines that the rules give for it, or no street and a finding.
    fn decider(&mut self) -> Party {
        let right = self.view.right();
        let office = right.map(|r| r.office.clone()).unwrap_or_default();
        if let Some((name, rest)) = office.split_first() {
            if !office.iter().any(|line| line.contains(|c: char| c.is_ascii_digit())) {
                if let Some(printed) = self.printed_outside(Some(name)) {
                    return printed;
                }
                self.address_not_known(false);
            }
            // An agency or a hearing office has the lines it wants; a reviewer's office sorts its mail by what it is.
            let sorted = !matches!(self.view.stage.decider.as_str(), "agency" | "hearing");
            let mut lines = if sorted { self.department(&office) } else { Vec::new() };
            lines.extend(rest.iter().cloned());
            return Party { name: name.clone(), lines: under(name, lines) };
        }
        let own = self.at_own_desk();
        if let Some(printed) = self.printed_outside(None).filter(|_| !own) {
            return printed;
        }
        let given = self.view.case.coverage.appeal_address.clone();
        let given = given.filter(|address| own || self.is_desk_of_this_step(address));
        let given = given.filter(|address| !self.is_another_office(address));
        let street = given.map(|a| self.address_lines(&a)).unwrap_or_default();
        let faxed = own && self.view.case.coverage.appeal_fax.is_some();
        if street.is_empty() && !faxed {
            self.address_not_known(own);
        }
        let name = self.decider_name(own);
        let mut lines = self.department(&street);
        lines.extend(street);
        Party { lines: under(&name, lines), name }
    }

    /// Where the plan's own paper says that the review outside it is asked for, when that is the step of the letter. `office`: who the
    /// rules say takes it; else the first line of the address names it, unless that is a desk of the plan.
    fn printed_outside(&mut self, office: Option<&str>) -> Option<Party> {
        if self.view.stage.gives != "external_review.file" {
            return None;
        }
        let address = self.view.case.coverage.external_address.clone()?;
        let mut lines: Vec<String> = self.address_lines(&address).iter().flat_map(|l| before_the_street(l)).collect();
        let marks = self.marks("address.departments");
        let is_desk = |line: &str| marks.iter().any(|mark| cite::fold(line).starts_with(mark.as_str()));
        let names_itself = lines.first().is_some_and(|l| !l.contains(|c: char| c.is_ascii_digit()) && !is_desk(l));
        let name = match office {
            _ if names_itself => lines.remove(0),
            Some(office) => office.to_string(),
            None => self.decider_name(false),
        };
        let text = self.text("finding.address_printed");
        self.findings.push(Finding::new("address_printed", text).about("coverage.external_address"));
        let mut all = if names_itself { Vec::new() } else { self.department(&lines) };
        all.extend(lines);
        Some(Party { lines: under(&name, all), name })
    }

    /// Whether the address of the plan's letter names the desk that takes this very step ("External Review Unit") where the
    /// rule sends it to the plan: the desk of the plan's own appeals is another.
    fn is_desk_of_this_step(&self, address: &str) -> bool {
        let by_plan = self.view.right().and_then(|r| r.send_to_from) == Some(rights::SendToFrom::Plan);
        let desk = self.view.words.get(&format!("department.{}", self.view.stage.decider));
        by_plan && desk.is_some_and(|d| address.to_lowercase().contains(&d.to_lowercase()))
    }

    /// Whether an address is that of an office of its own that the rules name (an independent review entity): a letter may print
    /// it beside its own, and nothing meant for the plan goes there.
    fn is_another_office(&self, address: &str) -> bool {
        let address = address.to_lowercase();
        let names = self.view.inputs.entitlements.rights.iter().filter_map(|r| r.office.first());
        names.into_iter().any(|name| address.contains(&name.to_lowercase()))
    }

    /// Whether another office than the plan decides now, so that what only the plan can answer (its file, its reviewer's
    /// name, a doctor in its network) must not go where the appeal goes.
    fn is_plan_elsewhere(&self) -> bool {
        !self.at_own_desk() && self.view.value("plan_or_issuer").is_some()
    }

    /// The plan at the address of its denial letter, whoever decides at this stage.
    fn plan_itself(&mut self) -> Party {
        let name = self.view.value("plan_or_issuer").unwrap_or_default();
        let street = self.view.case.coverage.appeal_address.clone().filter(|address| !self.is_another_office(address));
        let street = street.map(|a| self.address_lines(&a)).unwrap_or_default();
        if street.is_empty() && self.view.case.coverage.appeal_fax.is_none() {
            let text = self.text("finding.address_not_known");
            self.findings.push(Finding::new("address_not_known", text).about("coverage.appeal_address"));
        }
        let named = street.iter().any(|l| self.names_a_department(l));
        let mut lines = if named { Vec::new() } else { vec![self.text("department.plan")] };
        lines.extend(street);
        Party { lines: under(&name, lines), name }
    }

    /// The plan's desk for members, which answers questions of coverage: what goes to its appeals desk may be booked as the
    /// appeal. The denial letter's street without the lines that name that desk.
    fn member_services(&mut self) -> Party {
        let name = self.view.value("plan_or_issuer").unwrap_or_else(|| {
            self.note_missing("issuer");
            self.blank("issuer")
        });
        let text = self.text("finding.address_of_services");
        self.findings.push(Finding::new("address_not_known", text).about("coverage.appeal_address"));
        Party { name, lines: vec![self.text("department.services")] }
    }

    /// Whether the letter goes to the desk that the denial letter names: the plan's own, or whoever takes the first
    /// appeal where the plan does not (a Medicare contractor, a State's hearing office).
    fn at_own_desk(&self) -> bool {
        match self.view.right() {
            Some(right) if right.office.is_empty() => right.level <= 1,
            Some(_) => false,
            None => self.view.stage.decider == "plan",
        }
    }

    /// Whether a letter to this role may go by the fax of the plan's desk.
    pub(crate) fn takes_plan_fax(&self, to: &str) -> bool {
        matches!(to, "plan" | "reviewer") && self.at_own_desk() || to == "plan" && self.is_plan_elsewhere()
    }

    /// The addressee where no rule names an office: the plan where it decides or takes the request, else the office by
    /// what it is.
    fn decider_name(&mut self, own: bool) -> String {
        let from = self.view.right().and_then(|r| r.send_to_from);
        let decider = self.view.stage.decider.as_str();
        let taken_by_plan = decider == "plan" || own || from == Some(rights::SendToFrom::Plan);
        let issuer = matches!(decider, "plan" | "iro" | "contractor") && taken_by_plan;
        let key = format!("decider_name.{}", self.view.stage.slug());
        if let Some(office) = self.view.words.get(&key).filter(|_| !issuer) {
            return office.to_string();
        }
        self.view.value("plan_or_issuer").unwrap_or_else(|| {
            self.note_missing("issuer");
            self.blank("issuer")
        })
    }

    /// The line that names the department, unless the address does so itself.
    fn department(&mut self, street: &[String]) -> Vec<String> {
        if street.iter().any(|l| self.names_a_department(l)) {
            return Vec::new();
        }
        vec![self.text(&format!("department.{}", self.view.stage.decider))]
    }

    fn address_not_known(&mut self, own: bool) {
        let way = self.view.right().and_then(|r| r.send_to.clone());
        let way = way.map(|s| s.trim_end_matches('.').to_string());
        let key = match (&way, own) {
            (None, _) => "finding.address_not_known",
            (Some(_), true) => "finding.address_of_letter",
            (Some(_), false) => "finding.address_of_office",
        };
        let text = self.text_with(key, &[("way", way.as_deref().unwrap_or_default())]);
        let rule = self.view.right().map(|r| r.id.clone()).filter(|_| !own);
        let about = rule.unwrap_or_else(|| "coverage.appeal_address".into());
        self.findings.push(Finding::new("address_not_known", text).about(about));
    }

    /// An address as an envelope shows it, without the plan's name, which stands above it. A letter's lines are kept; an address
    /// typed in one line, or taken out of running text (where lines end anywhere), is broken before the words with which a new
    /// line begins (`address.breaks`).
    fn address_lines(&self, address: &str) -> Vec<String> {
        let marks = self.marks("address.breaks");
        let runs = |line: &str| marks.iter().any(|mark| line.find(&format!(" {mark}")).is_some_and(|at| at > 0));
        let mut text = address.to_string();
        if text.lines().count() == 1 || text.lines().any(runs) {
            text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            text = self.without_the_plan(&text).to_string();
            for mark in &marks {
                text = text.replace(&format!(" {mark}"), &format!("\n{mark}"));
            }
        }
        let mut lines: Vec<String> = Vec::new();
        for line in text.lines() {
            let parts: Vec<&str> = line.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
            let line = parts.join(", ").trim_end_matches(';').to_string();
            match lines.last_mut() {
                // City, State and ZIP are one line of an envelope, wherever the letter broke them.
                Some(above) if is_zip(&line) => *above = format!("{above} {line}"),
                _ => lines.push(line),
            }
        }
        lines
    }

    /// A text in one line without the plan's name at its beginning, where more follows.
    fn without_the_plan<'t>(&self, text: &'t str) -> &'t str {
        let plan = &self.view.case.coverage;
        let names = [&plan.issuer, &plan.plan_name].into_iter().flatten();
        let rest = |name: &String| {
            let (start, rest) = text.split_at_checked(name.trim().len())?;
            let ends = rest.starts_with([',', ';', ' ']) && start.eq_ignore_ascii_case(name.trim());
            ends.then(|| rest.trim_start_matches([',', ';', ' ']))
        };
        names.filter(|name| !name.trim().is_empty()).find_map(rest).unwrap_or(text)
    }

    /// Whether a line of an address already says which department opens the letter (`address.departments`).
    fn names_a_department(&self, line: &str) -> bool {
        let line = cite::fold(line);
        self.marks("address.departments").iter().any(|mark| line.contains(mark.as_str()))
    }

    fn marks(&self, key: &str) -> Vec<String> {
        self.view.say(key).split('|').filter(|m| !m.is_empty()).map(str::to_string).collect()
    }

    /// Who has the records, or sent the bill: the facility once the care was given there, else the treating practice, with its
    /// address.
    fn provider(&mut self, role: &str) -> Party {
        let given =
            role == "billing" || self.view.case.claim.date_of_service.is_some_and(|d| d <= self.view.inputs.today);
        let facility = self.view.value("facility").filter(|_| given);
        if let Some(name) = facility {
            return Party { name, lines: tidy(vec![self.text(&format!("department.{role}"))]) };
        }
        let doctor = self.view.case.treating_physician.as_ref();
        let practice = doctor.and_then(|d| d.practice.clone().or_else(|| d.institution.clone()));
        let name = practice.or_else(|| self.view.value("treating_full")).or_else(|| self.view.value("facility"));
        let name = name.unwrap_or_else(|| {
            self.note_missing("facility");
            self.blank("facility")
        });
        let mut lines = vec![self.text(&format!("department.{role}"))];
        lines.extend(doctor.and_then(|d| d.address.as_deref()).into_iter().flat_map(|a| a.lines().map(str::to_string)));
        lines.extend(doctor.and_then(|d| d.phone.clone()));
        Party { lines: under(&name, lines), name }
    }

    /// The office that watches over the plan: the State's insurance department where it does and the State is known, else the
    /// office that the program names. The rules give no street for any of them, so the person is told where to look.
    fn regulator(&mut self) -> Party {
        let kb = self.view.inputs.kb;
        let coverage = self.view.coverage();
        let case = self.view.case;
        let state = case.coverage.situs_state.as_deref().or(case.patient.state.as_deref());
        let by_state = state.filter(|_| crate::offers::is_watched_by_the_state(coverage));
        let known = by_state.and_then(|s| kb.state(s)).and_then(Result::ok);
        let hmo = case.coverage.network_type.as_deref() == Some("hmo");
        let of_state =
            |s: &'_ kb::StateFile| s.hmo_regulator.clone().filter(|_| hmo).unwrap_or_else(|| s.regulator.clone());
        let department = known.and_then(|s| s.state.as_ref()).map(of_state);
        let program = kb.index().program(coverage);
        let (name, phone, url) = match (department, program) {
            (Some(r), _) => {
                let url = r.complaint_url.clone().or_else(|| r.url.clone());
                (Some(r.name.clone()), r.consumer_line.clone().or_else(|| r.phone.clone()), url)
            }
            (None, Some(p)) => (p.enforcer.clone(), p.phone.clone(), p.url.clone()),
            (None, None) => (None, None, None),
        };
        let Some(name) = name else { return Party { name: self.text("party.regulator"), lines: Vec::new() } };
        // What stands in brackets explains the name.
        let name = name.split(" (").next().unwrap_or(&name).to_string();
        let places: Vec<String> = [phone, url].into_iter().flatten().collect();
        let key = if places.is_empty() { "finding.regulator_no_place" } else { "finding.regulator_place" };
        let text = self.text_with(key, &[("office", &name), ("place", &places.join("; "))]);
        self.findings.push(Finding::new("address_not_known", text).about("coverage.kind"));
        Party { name, lines: vec![self.text("department.regulator")] }
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
            None if to == "plan" && self.is_plan_elsewhere() => self.text("dear.elsewhere"),
            None if matches!(to, "plan" | "reviewer") => self.text(&format!("dear.{}", self.view.stage.decider)),
            None if self.view.words.get(&format!("dear.{to}")).is_some() => self.text(&format!("dear.{to}")),
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

/// The lines under a name: of a line that says the name again, only what it adds; none that the name says itself.
fn under(name: &str, lines: Vec<String>) -> Vec<String> {
    let own = cite::fold(name);
    let rest = |line: String| match line.get(..name.len()) {
        Some(start) if start.eq_ignore_ascii_case(name) => {
            let more = line.get(name.len()..).unwrap_or_default();
            // "Example Health" does not begin "Example Healthcare Center".
            let ends = !more.starts_with(char::is_alphanumeric);
            if ends { more.trim_start_matches([',', ';', ' ', '-', '–', '—']).to_string() } else { line }
        }
        _ => line,
    };
    let lines = tidy(lines.into_iter().map(rest).collect());
    lines
        .into_iter()
        .filter(|line| !own.ends_with(&format!(" {}", cite::fold(line))) && cite::fold(line) != own)
        .collect()
}

/// A line of an address, parted before the number of its street: `MAXIMUS Federal Services, 3750 Monroe Avenue, Suite 705`.
fn before_the_street(line: &str) -> Vec<String> {
    let is_street = |at: usize| line.get(at + 2..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let starts_with_name = line.starts_with(|c: char| c.is_alphabetic());
    let at = line.match_indices(", ").map(|(at, _)| at).find(|at| starts_with_name && is_street(*at));
    match at {
        Some(at) => [line.get(..at), line.get(at + 2..)].into_iter().flatten().map(str::to_string).collect(),
        None => vec![line.to_string()],
    }
}

/// Whether a line is a ZIP code alone: `33601`, `33601-4166`.
fn is_zip(line: &str) -> bool {
    let (zip, more) = line.split_once('-').unwrap_or((line, "0000"));
    let digits = |part: &str, count: usize| part.len() == count && part.chars().all(|c| c.is_ascii_digit());
    digits(zip, 5) && digits(more, 4)
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
