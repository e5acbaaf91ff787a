//! A reading as the first draft of a case file: every value with the words it came from, none confirmed yet.

use facts::{Case, Denial, Event, Field, Origin, OriginKind, Physician, Reading, Record, When};
use jiff::civil::Date;

use crate::data::Reader;

impl Reader {
    /// The facts of a reading as a case. Origins are `quoted` (or `derived` where a fact follows from two values), and
    /// nothing is marked as confirmed: that is for the person.
    ///
    /// Of several papers the plan's notices come first, whatever the order of the files: a bill or a physician's note fills only
    /// what no notice says.
    pub fn to_case(&self, reading: &Reading) -> Case {
        let reading = &notices_first(reading);
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
        let issuer = self.case.coverage.issuer.clone().unwrap_or_default();
        let lines = |f: &Field| {
            let written = in_one_line(&f.quote, &issuer);
            let lines = written.lines().map(|l| crate::text::tidy(l).trim_end_matches(',').to_owned());
            let mut lines: Vec<String> = lines.filter(|l| !l.is_empty()).collect();
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
        } else if is_final(self.reading) && self.reading.get("external_review.offered").is_some() {
            self.case.coverage.external_address = self.lines("coverage.external_address", "appeal.address");
            self.case.coverage.external_fax = self.text("coverage.external_fax", "appeal.fax");
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
            if term.name == "coverage.external_address" {
                if self.case.coverage.external_address.is_none() {
                    self.case.coverage.external_address = Some(term.value.clone());
                    self.note(&term.name, term, OriginKind::Quoted);
                }
                continue;
            }
            if term.name == "claim.approved_course_ends" {
                if self.case.claim.approved_course_ends.is_none() {
                    self.case.claim.approved_course_ends = day(&term.value);
                    self.note(&term.name, term, OriginKind::Quoted);
                }
                continue;
            }
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
        // the day on which care is cut is no day of care
        let changes = |f: &Field| self.reading.days.iter().any(|d| d.value == f.value && d.document == f.document);
        if !self.reading.get("service.date").is_some_and(changes) {
            self.case.claim.date_of_service =
                self.take("claim.date_of_service", "service.date").and_then(|f| day(&f.value));
        }
        if let Some((field, cents, kind)) = self.amount() {
            self.note("claim.amount_cents", field, kind);
            self.case.claim.amount_cents = Some(cents);
        }
        // The same code on a notice and on a bill is one.
        for code in self.reading.all("service.code") {
            let written = with_system(&code.value);
            if !self.case.claim.codes.contains(&written) {
                self.note(&format!("claim.codes.{}", self.case.claim.codes.len()), code, OriginKind::Quoted);
                self.case.claim.codes.push(written);
            }
        }
        for code in self.reading.all("diagnosis.code") {
            if !self.case.claim.diagnosis_codes.contains(&code.value) {
                let fact = format!("claim.diagnosis_codes.{}", self.case.claim.diagnosis_codes.len());
                self.note(&fact, code, OriginKind::Quoted);
                self.case.claim.diagnosis_codes.push(code.value.clone());
            }
        }
        self.claim_kind();
        if let Some(name) = self.text("treating_physician.name", "provider.treating") {
            self.case.treating_physician = Some(Physician { name: Some(untitled(&name)), ..Physician::default() });
        }
    }

    /// What is in dispute: of several amounts of one paper the total, where one of them is the sum of the others; of the lines of
    /// one claim without a total their sum.
    fn amount(&self) -> Option<(&'r Field, i64, OriginKind)> {
        let name = if self.reading.get("amount.denied").is_some() { "amount.denied" } else { "amount.billed" };
        let first = self.reading.get(name)?;
        let own = |name: &'static str| self.reading.all(name).filter(|f| f.document == first.document);
        let all: Vec<(&Field, i64)> =
            own(name).filter_map(|f| Some((f, crate::crosscheck::cents(&f.value)?))).collect();
        let sum: i64 = all.iter().map(|(_, c)| c).sum();
        let total = all.iter().copied().filter(|_| all.len() > 2).find(|(_, c)| sum - c == *c);
        let account = self.reading.documents.get(first.document).is_some_and(|d| is_one_of(d, &["eob"]));
        let lines = account && all.len() > 1 && own("claim.number").count() == 1;
        match (total, all.first().copied()) {
            (Some((field, cents)), _) => Some((field, cents, OriginKind::Quoted)),
            (None, Some((field, _))) if lines => Some((field, sum, OriginKind::Derived)),
            (None, first) => first.map(|(field, cents)| (field, cents, OriginKind::Quoted)),
        }
    }

    /// Before or after the service: a cut in care that runs is concurrent, then what the notice says of the request, then the
    /// two dates.
    fn claim_kind(&mut self) {
        let notice = self.reading.get("notice.dated").and_then(|f| day(&f.value));
        let service = self.reading.get("service.date");
        let ends = self.reading.get("notice.kind").filter(|k| k.value == "reduction_or_termination");
        // What the notice says of the request itself outranks two dates.
        let said = self.reading.terms.iter().find(|t| t.name == "claim.kind");
        if let (None, Some(said)) = (ends, said) {
            self.note("claim.kind", said, OriginKind::Derived);
            self.case.claim.kind = Some(said.value.clone());
            return;
        }
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

    /// The days of the plan's notices. A provider's bill or a physician's letter is no notice and dates none; an approval does only
    /// where no paper refuses. Of several notices of one stage the earliest counts: no day given by it is too late by another.
    fn notice_date(&mut self) {
        let dated = |kinds: &[&str]| -> Vec<(&'r Field, Date, String)> {
            let all = self.reading.all("notice.dated");
            // an electronic answer, which has no kind, is a plan's
            let of_kind = |d: &facts::DocumentSummary| d.kind.is_none() || is_one_of(d, kinds);
            let of = all.filter(|f| self.reading.documents.get(f.document).is_none_or(of_kind));
            of.filter_map(|f| Some((f, day(&f.value)?, kind_of_notice(self.reading, f.document)))).collect()
        };
        let mut notices = dated(&["denial_letter", "eob"]);
        if notices.is_empty() {
            notices = dated(&["approval", "request_for_information", "other"]);
        }
        // what a reviewer outside decided is no notice of the plan, where the plan's own is there
        if notices.iter().any(|(_, _, kind)| kind != "external_decision") {
            notices.retain(|(_, _, kind)| kind != "external_decision");
        }
        for (event, last) in [("notice_dated", false), ("final_notice_dated", true)] {
            let stage = notices.iter().filter(|(_, _, kind)| (kind == "final_internal_denial") == last);
            let Some((field, date, _)) = stage.min_by_key(|(_, date, _)| *date).cloned() else { continue };
            self.note(&format!("event.{}.date", self.case.events.len()), field, OriginKind::Quoted);
            let date = When::Day(date);
            self.case.events.push(Event { kind: event.into(), date, evidence: Some(true), note: None });
        }
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
        for field in self.reading.all("notice.dated") {
            if let Some(record) = self.case.records.get_mut(field.document).filter(|r| r.dated.is_none()) {
                record.dated = day(&field.value);
            }
        }
    }
}

/// The reading with the values of the plan's notices first: what it decided last before what it decided first, then what grants
/// or asks, then the papers of others. Within a paper the order stays.
fn notices_first(reading: &Reading) -> Reading {
    let standing = |f: &Field| {
        let Some(document) = reading.documents.get(f.document) else { return 4 };
        let decides = document.kind.is_none() || is_one_of(document, &["denial_letter", "eob"]);
        match kind_of_notice(reading, f.document).as_str() {
            "external_decision" if decides => 0,
            "final_internal_denial" if decides => 1,
            _ if decides => 2,
            _ if is_one_of(document, &["approval", "request_for_information"]) => 3,
            _ => 4,
        }
    };
    let mut ordered = reading.clone();
    ordered.fields.sort_by_key(standing);
    ordered
}

fn is_one_of(document: &facts::DocumentSummary, kinds: &[&str]) -> bool {
    document.kind.as_deref().is_some_and(|k| kinds.contains(&k))
}

/// What kind of notice one of the papers is; empty where it is none.
fn kind_of_notice(reading: &Reading, document: usize) -> String {
    let kind = reading.all("notice.kind").find(|k| k.document == document);
    kind.map(|k| k.value.clone()).unwrap_or_default()
}

/// An address as it stands, but the name of the plan at its head, which a line's end may break, in one line: "Sierra Vista\nHealth
/// Plan, Appeals".
fn in_one_line(quote: &str, issuer: &str) -> String {
    let mut letters = issuer.chars().filter(|c| !c.is_whitespace()).peekable();
    let mut out = String::new();
    for (at, c) in quote.char_indices() {
        match letters.peek() {
            None => {
                out.push_str(quote.get(at..).unwrap_or_default());
                return out;
            }
            Some(_) if c.is_whitespace() => out.push(' '),
            Some(letter) if letter.to_lowercase().eq(c.to_lowercase()) => {
                letters.next();
                out.push(c);
            }
            Some(_) => return quote.to_owned(),
        }
    }
    quote.to_owned()
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
