//! A reading as the first draft of a case file: every value with the words it came from, none confirmed yet.

use facts::{Case, Denial, Event, Field, Origin, OriginKind, Physician, Reading, Record, When};
use jiff::civil::Date;

use crate::data::Reader;

impl Reader {
    /// The facts of a reading as a case. Origins are `quoted` (or `derived` where a fact follows from two values), and
    /// nothing is marked as confirmed: that is for the person.
    pub fn to_case(&self, reading: &Reading) -> Case {
        let mut draft = Draft { case: Case::default(), reading };
        draft.patient();
        draft.coverage(self);
        draft.claim();
        draft.events();
        draft.denials();
        draft.papers();
        draft.case
    }
}

struct Draft<'r> {
    case: Case,
    reading: &'r Reading,
}

impl<'r> Draft<'r> {
    /// The value of a field, its origin noted under the path of the fact.
    fn take(&mut self, fact: &str, name: &str) -> Option<&'r Field> {
        let field = self.reading.get(name)?;
        self.note(fact, field, OriginKind::Quoted);
        Some(field)
    }

    fn text(&mut self, fact: &str, name: &str) -> Option<String> {
        self.take(fact, name).map(|f| f.value.clone())
    }

    /// The value with the lines of the letter, for an address: as an envelope shows it.
    fn lines(&mut self, fact: &str, name: &str) -> Option<String> {
        let lines = |f: &Field| {
            let mut lines: Vec<String> = f.quote.lines().map(crate::text::tidy).filter(|l| !l.is_empty()).collect();
            // What a page break cut off stands in the value only.
            let quote = crate::text::tidy(&f.quote);
            let (before, after) = f.value.split_once(quote.as_str()).unwrap_or_default();
            lines.insert(0, before.trim().to_owned());
            lines.push(after.trim().to_owned());
            lines.retain(|l| !l.is_empty());
            lines.join("\n")
        };
        self.take(fact, name).map(lines)
    }

    fn note(&mut self, fact: &str, field: &Field, kind: OriginKind) {
        self.case.origin.push(Origin {
            fact: fact.into(),
            kind,
            quote: Some(field.quote.clone()),
            file: self.reading.documents.get(field.document).map(|d| d.name.clone()),
            page: Some(field.page),
            span: Some(field.span),
            certainty: Some(field.certainty),
            confirmed: false,
        });
    }

    fn patient(&mut self) {
        let name = if self.reading.get("patient.name").is_some() { "patient.name" } else { "member.name" };
        self.case.patient.name = self.text("patient.name", name);
        self.case.patient.date_of_birth =
            self.take("patient.date_of_birth", "patient.date_of_birth").and_then(|f| day(&f.value));
    }

    fn coverage(&mut self, reader: &Reader) {
        self.case.coverage.issuer = self.text("coverage.issuer", "plan.issuer");
        self.case.coverage.plan_name = self.text("coverage.plan_name", "plan.name");
        self.case.coverage.member_id = self.text("coverage.member_id", "member.id");
        self.case.coverage.group_number = self.text("coverage.group_number", "plan.group_number");
        // The last letter of a plan, and a decision from outside it, name the desk of the next body, which is not the plan's.
        let of_next = |k: &str| matches!(k, "final_internal_denial" | "external_decision");
        if !self.reading.get("notice.kind").is_some_and(|k| of_next(&k.value)) {
            self.case.coverage.appeal_address = self.lines("coverage.appeal_address", "appeal.address");
            self.case.coverage.appeal_fax = self.text("coverage.appeal_fax", "appeal.fax");
            self.case.coverage.appeal_phone = self.text("coverage.appeal_phone", "appeal.phone");
            self.case.coverage.appeal_portal = self.text("coverage.appeal_portal", "appeal.portal");
        }
        self.terms();
        let stated = self.reading.get("plan.kind_stated");
        if let Some((f, kind)) = stated.and_then(|f| Some((f, reader.plan_kind_meaning(&f.value).0?))) {
            self.note("coverage.kind", f, OriginKind::Derived);
            self.case.coverage.kind = Some(kind);
        }
        // The plan's own name says which network it is, where the letter does not: "Select PPO".
        let named = ["plan.name", "plan.issuer"].into_iter().filter_map(|name| self.reading.get(name));
        let mut networks =
            stated.into_iter().chain(named).filter_map(|f| Some((f, reader.plan_kind_meaning(&f.value).1?)));
        if let Some((f, network)) = networks.next() {
            self.note("coverage.network_type", f, OriginKind::Derived);
            self.case.coverage.network_type = Some(network);
        }
    }

    /// The plan's own terms of appeal, and how much care it cuts.
    fn terms(&mut self) {
        for term in &self.reading.terms {
            let claim = &mut self.case.claim;
            let words = match term.name.as_str() {
                "claim.care_before" => Some(&mut claim.care_before),
                "claim.care_after" => Some(&mut claim.care_after),
                _ => None,
            };
            if let Some(place) = words {
                if place.is_none() {
                    *place = Some(term.value.clone());
                    self.note(&term.name, term, OriginKind::Quoted);
                }
                continue;
            }
            let Ok(number) = term.value.parse::<u32>() else { continue };
            let coverage = &mut self.case.coverage;
            let place = match term.name.as_str() {
                "coverage.internal_levels" if coverage.internal_levels.is_none() => {
                    coverage.internal_levels = u8::try_from(number).ok();
                    self.note(&term.name, term, OriginKind::Derived);
                    continue;
                }
                "coverage.second_appeal_window_days" => &mut coverage.second_appeal_window_days,
                "coverage.court_window_days" => &mut coverage.court_window_days,
                "coverage.appeal_decision_days" => &mut coverage.appeal_decision_days,
                "coverage.second_appeal_decision_days" => &mut coverage.second_appeal_decision_days,
                _ => continue,
            };
            if place.is_none() {
                *place = Some(number);
                self.note(&term.name, term, OriginKind::Quoted);
            }
        }
    }

    fn claim(&mut self) {
        self.case.claim.number = self.text("claim.number", "claim.number");
        self.case.claim.reference_number = self.text("claim.reference_number", "reference.number");
        self.case.claim.service = self.text("claim.service", "service.description");
        self.case.claim.diagnosis = self.text("claim.diagnosis", "diagnosis.description");
        self.case.claim.facility = self.text("claim.facility", "provider.facility");
        self.case.claim.date_of_service =
            self.take("claim.date_of_service", "service.date").and_then(|f| day(&f.value));
        let amount = if self.reading.get("amount.denied").is_some() { "amount.denied" } else { "amount.billed" };
        self.case.claim.amount_cents =
            self.take("claim.amount_cents", amount).and_then(|f| crate::crosscheck::cents(&f.value));
        for (i, code) in self.reading.all("service.code").enumerate() {
            self.note(&format!("claim.codes.{i}"), code, OriginKind::Quoted);
            self.case.claim.codes.push(with_system(&code.value));
        }
        for (i, code) in self.reading.all("diagnosis.code").enumerate() {
            self.note(&format!("claim.diagnosis_codes.{i}"), code, OriginKind::Quoted);
            self.case.claim.diagnosis_codes.push(code.value.clone());
        }
        self.claim_kind();
        if let Some(name) = self.text("treating_physician.name", "provider.treating") {
            self.case.treating_physician = Some(Physician { name: Some(untitled(&name)), ..Physician::default() });
        }
    }

    /// Before or after the service, from the two dates; a cut in care that runs is concurrent.
    fn claim_kind(&mut self) {
        let notice = self.reading.get("notice.dated").and_then(|f| day(&f.value));
        let service = self.reading.get("service.date");
        let ends = self.reading.get("notice.kind").filter(|k| k.value == "reduction_or_termination");
        let (kind, field) = match (ends, notice, service, service.and_then(|f| day(&f.value))) {
            (Some(k), ..) => ("concurrent", k),
            (None, Some(n), Some(f), Some(s)) if s < n => ("post_service", f),
            (None, Some(_), Some(f), Some(_)) => ("pre_service", f),
            _ => return,
        };
        self.note("claim.kind", field, OriginKind::Derived);
        self.case.claim.kind = Some(kind.into());
    }

    fn events(&mut self) {
        self.notice_date();
        let care_goes_on = self.case.claim.kind.as_deref() == Some("concurrent");
        for field in self.reading.days.iter().filter(|_| care_goes_on) {
            let (Some(kind), Some(date)) = (field.name.strip_prefix("event."), day(&field.value)) else { continue };
            if self.case.events.iter().any(|e| e.kind == kind) {
                continue;
            }
            self.note(&format!("event.{}.date", self.case.events.len()), field, OriginKind::Quoted);
            self.case.events.push(Event { kind: kind.into(), date: When::Day(date), evidence: None, note: None });
        }
    }

    fn notice_date(&mut self) {
        let kind = if is_final(self.reading) { "final_notice_dated" } else { "notice_dated" };
        let Some(field) = self.reading.get("notice.dated") else { return };
        let Some(date) = day(&field.value) else { return };
        self.note("event.0.date", field, OriginKind::Quoted);
        self.case.events.push(Event { kind: kind.into(), date: When::Day(date), evidence: Some(true), note: None });
    }

    fn denials(&mut self) {
        let all = |name: &str| self.reading.all(name).map(|f| f.value.clone()).collect::<Vec<_>>();
        let (criteria, codes) = (all("criteria.quoted"), all("denial.code"));
        let value = |name: &str| self.reading.get(name).map(|f| f.value.clone());
        let (policy, provision) = (value("criteria.cited"), value("plan.provision_cited"));
        for (i, reason) in self.reading.reasons.iter().enumerate() {
            self.case.denials.push(Denial {
                reason: Some(reason.reason.clone()),
                quote: Some(reason.quote.clone()),
                criteria: criteria.clone(),
                policy: policy.clone(),
                provision: provision.clone(),
                codes: codes.clone(),
            });
            self.case.origin.push(Origin {
                fact: format!("denial.{i}.reason"),
                kind: OriginKind::Quoted,
                quote: Some(reason.quote.clone()),
                file: self.reading.documents.get(reason.document).map(|d| d.name.clone()),
                page: Some(reason.page),
                span: Some(reason.span),
                certainty: None,
                confirmed: false,
            });
        }
    }

    fn papers(&mut self) {
        for paper in &self.reading.documents {
            self.case.records.push(Record {
                file: Some(paper.name.clone()),
                kind: paper.kind.clone(),
                ..Record::default()
            });
        }
        if let Some(notice) = self.reading.get("notice.dated") {
            let dated = day(&notice.value);
            if let Some(record) = self.case.records.get_mut(notice.document) {
                record.dated = dated;
            }
        }
    }
}

/// Whether a reading is of a plan's last decision: its date starts the clock of the outside review, not that of an appeal.
pub fn is_final(reading: &Reading) -> bool {
    reading.get("notice.kind").is_some_and(|k| k.value == "final_internal_denial")
}

fn day(value: &str) -> Option<Date> {
    value.split('/').next()?.parse().ok()
}

/// `27447` → `CPT 27447`, `J1569` → `HCPCS J1569`, `0120` → `REV 0120`: the system follows from the form.
fn with_system(code: &str) -> String {
    let letter = code.starts_with(|c: char| c.is_ascii_uppercase());
    let system = match (code.matches('-').count(), code.len(), letter) {
        (2, ..) => "NDC",
        (_, 3 | 4, _) => "REV",
        (_, _, true) if code.starts_with('D') => "CDT",
        (_, _, true) => "HCPCS",
        _ => "CPT",
    };
    format!("{system} {code}")
}

/// A physician's name without "Dr.".
fn untitled(name: &str) -> String {
    let rest = ["Dr. ", "Dra. ", "Dr ", "Dra ", "Doctor "].iter().find_map(|t| name.strip_prefix(t));
    rest.unwrap_or(name).to_owned()
}
