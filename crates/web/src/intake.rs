//! What was read from papers → facts of the case, each with its quote, none of them confirmed yet.

use facts::{Case, Certainty, Denial, Origin, OriginKind, Reading};
use kb::Kb;

use crate::facts_at::{get, set};

/// Which fact of the case a field of a reading fills.
const FACTS: &[(&str, &str)] = &[
    ("notice.dated", "event.notice_dated"),
    ("plan.issuer", "coverage.issuer"),
    ("plan.name", "coverage.plan_name"),
    ("plan.group_number", "coverage.group_number"),
    ("plan.kind_stated", "coverage.kind"),
    ("plan.kind_stated", "coverage.network_type"),
    ("member.id", "coverage.member_id"),
    ("patient.name", "patient.name"),
    ("member.name", "patient.name"),
    ("patient.date_of_birth", "patient.date_of_birth"),
    ("claim.number", "claim.number"),
    ("reference.number", "claim.reference_number"),
    ("service.description", "claim.service"),
    ("service.code", "claim.codes"),
    ("service.date", "claim.date_of_service"),
    ("diagnosis.description", "claim.diagnosis"),
    ("diagnosis.code", "claim.diagnosis_codes"),
    ("amount.denied", "claim.amount_cents"),
    ("amount.billed", "claim.amount_cents"),
    ("provider.treating", "treating_physician.name"),
    ("provider.facility", "claim.facility"),
    ("appeal.address", "coverage.appeal_address"),
    ("appeal.fax", "coverage.appeal_fax"),
    ("appeal.phone", "coverage.appeal_phone"),
    ("appeal.portal", "coverage.appeal_portal"),
    ("event.effective_date", "event.effective_date"),
    ("event.services_end", "event.services_end"),
    ("claim.care_before", "claim.care_before"),
    ("claim.care_after", "claim.care_after"),
    ("claim.approved_course_ends", "claim.approved_course_ends"),
    ("coverage.external_address", "coverage.external_address"),
    ("coverage.external_fax", "coverage.external_fax"),
    ("coverage.internal_levels", "coverage.internal_levels"),
    ("coverage.second_appeal_window_days", "coverage.second_appeal_window_days"),
    ("coverage.court_window_days", "coverage.court_window_days"),
    ("coverage.appeal_decision_days", "coverage.appeal_decision_days"),
    ("coverage.second_appeal_decision_days", "coverage.second_appeal_decision_days"),
];

/// The date of a plan's last decision.
const FINAL_DATE: &str = "event.final_notice_dated";

/// Facts that are lists.
const LISTS: &[&str] = &["claim.codes", "claim.diagnosis_codes"];

/// The case with everything the reading adds. What the person said or confirmed stays as it is.
///
/// What the words mean is for `notice` to say: a letter's "self-funded" is not yet a kind of coverage, and then the
/// question about it stays open.
pub fn fill(case: &Case, reading: &Reading, kb: &Kb) -> Case {
    let read = notice::to_case(reading, kb);
    let mut case = case.clone();
    for path in paths().filter(|p| !LISTS.contains(p)) {
        if get(&case, path).is_some() || case.origin.iter().any(|o| o.fact == path) {
            continue;
        }
        let Some(filled) = get(&read, path).and_then(|value| set(&case, path, &value)) else { continue };
        case = filled;
        if let Some(origin) = origin(&read, reading, path) {
            case.origin.push(origin);
        }
    }
    add_codes(&mut case, &read, reading);
    add_reasons(&mut case, &read);
    case
}

/// The facts that a reading can fill, each once; the date of a final decision is an event of its own.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    let mut seen = Vec::new();
    let all = FACTS.iter().map(|(_, path)| *path).chain([FINAL_DATE]);
    all.filter(move |path| {
        let new = !seen.contains(path);
        seen.push(path);
        new
    })
}

/// Whether a fact is a list, to which each paper adds.
pub(crate) fn is_list(fact: &str) -> bool {
    LISTS.contains(&fact)
}

/// The case with other entries in a list in the place of those that one paper added to it; what other papers added stays.
pub(crate) fn list_with(case: &Case, fact: &str, was: &str, now: &str) -> Option<Case> {
    let entries =
        |text: &str| text.split(',').map(|e| e.trim().to_string()).filter(|e| !e.is_empty()).collect::<Vec<_>>();
    let mut case = case.clone();
    let list = match fact {
        "claim.codes" => &mut case.claim.codes,
        "claim.diagnosis_codes" => &mut case.claim.diagnosis_codes,
        _ => return None,
    };
    let gone = entries(was);
    list.retain(|entry| !gone.contains(entry));
    add_new(list, &entries(now));
    Some(case)
}

/// The path of the fact a field of a reading fills, for the page that shows both. The date of a plan's last decision is an
/// event of its own.
pub(crate) fn fact_of(field: &str, reading: &Reading) -> Option<&'static str> {
    if field == "notice.dated" && notice::is_final(reading) {
        return Some(FINAL_DATE);
    }
    FACTS.iter().find(|(n, _)| *n == field).map(|(_, path)| *path)
}

/// Puts what the person corrected on a paper's page in the place of what was read there. The words it was read from stay.
pub(crate) fn correct(reading: &mut Reading, fact: &str, value: &str) {
    let dollars = |cents: &str| cents.parse().ok().map(|c: i64| format!("{}.{:02}", c / 100, c % 100));
    let value = if fact == "claim.amount_cents" { dollars(value) } else { Some(value.to_string()) };
    let Some(value) = value.filter(|_| !is_list(fact)) else { return };
    let mut names = Vec::new();
    for field in &reading.fields {
        if fact_of(&field.name, reading) == Some(fact) {
            names.push(field.name.clone());
        }
    }
    let place = |f: &facts::Field| names.first().is_some_and(|name| *name == f.name);
    if let Some(field) = reading.fields.iter_mut().find(|f| place(f)) {
        field.value = value;
    }
}

/// Takes back what was read from a paper and not confirmed by anybody: the paper turned out to be something else, or was
/// taken out.
pub(crate) fn withdraw(case: &mut Case, file: &str) {
    let was_read = |o: &Origin| {
        let from_paper = matches!(o.kind, OriginKind::Quoted | OriginKind::Derived);
        from_paper && !o.confirmed && o.file.as_deref() == Some(file)
    };
    let (gone, kept): (Vec<Origin>, Vec<Origin>) = std::mem::take(&mut case.origin).into_iter().partition(was_read);
    case.origin = kept;
    let fallen: Vec<usize> = gone.iter().filter_map(|o| denial_of(&o.fact)).map(|(place, _)| place).collect();
    for origin in gone.iter().filter(|o| denial_of(&o.fact).is_none()) {
        if let Some(without) = set(case, &origin.fact, "") {
            *case = without;
        }
    }
    remove_denials(case, &fallen);
}

/// Takes out of the lists what a paper added to them: its codes, and what it named beside the first reason. What other
/// papers say too comes back when they are settled again; a list that the person wrote stays as it is.
pub(crate) fn withdraw_lists(case: &mut Case, reading: &Reading, kb: &Kb) {
    let read = notice::to_case(reading, kb);
    let written = |path: &str| case.origin.iter().any(|o| o.fact == path && o.kind == OriginKind::Stated);
    let (codes, diagnoses) = (written("claim.codes"), written("claim.diagnosis_codes"));
    if !codes {
        case.claim.codes.retain(|code| !read.claim.codes.contains(code));
    }
    if !diagnoses {
        case.claim.diagnosis_codes.retain(|code| !read.claim.diagnosis_codes.contains(code));
    }
    let (Some(first), Some(stated)) = (case.denials.first_mut(), read.denials.first()) else { return };
    first.codes.retain(|code| !stated.codes.contains(code));
    first.criteria.retain(|criterion| !stated.criteria.contains(criterion));
    for (of_case, of_paper) in [(&mut first.policy, &stated.policy), (&mut first.provision, &stated.provision)] {
        if of_paper.is_some() && of_case == of_paper {
            *of_case = None;
        }
    }
}

/// `denial.2.reason` as the place and the rest.
fn denial_of(fact: &str) -> Option<(usize, &str)> {
    let (place, rest) = fact.strip_prefix("denial.")?.split_once('.')?;
    Some((place.parse().ok()?, rest))
}

/// Takes one reason out, with what was written of where it came from.
pub(crate) fn take_out_denial(case: &mut Case, place: usize) {
    case.origin.retain(|o| denial_of(&o.fact).is_none_or(|(at, _)| at != place));
    remove_denials(case, &[place]);
}

/// Removes denials by their places; the origins of the others follow to their new places.
fn remove_denials(case: &mut Case, fallen: &[usize]) {
    let mut place = 0..;
    case.denials.retain(|_| place.next().is_some_and(|p: usize| !fallen.contains(&p)));
    for origin in &mut case.origin {
        if let Some((at, rest)) = denial_of(&origin.fact) {
            let before = fallen.iter().filter(|f| **f < at).count();
            origin.fact = format!("denial.{}.{rest}", at.saturating_sub(before));
        }
    }
}

/// Where a fact comes from, in the words of the case that `notice` drafted: a list has an origin per entry, an event one
/// by its place.
fn origin(read: &Case, reading: &Reading, path: &str) -> Option<Origin> {
    let place = match path.strip_prefix("event.") {
        Some(kind) => format!("event.{}.date", read.events.iter().position(|e| e.kind == kind)?),
        None => path.to_string(),
    };
    let listed = format!("{place}.0");
    let found = read.origin.iter().find(|o| o.fact == place || o.fact == listed)?.clone();
    let file = found.file.or_else(|| reading.documents.first().map(|d| d.name.clone()));
    Some(Origin { fact: path.into(), file, ..found })
}

/// The most a line with a name and degrees holds; what is longer is a sentence.
const LONGEST_NAME: usize = 60;

/// Who signed the opinion letter, when the case does not say it yet: the line in which the check found the name.
pub(crate) fn signer(case: &mut Case, check: &opinion::Check, file: &str) {
    const FACT: &str = "second_opinion.physician.name";
    if get(case, FACT).is_some() || case.origin.iter().any(|o| o.fact == FACT) {
        return;
    }
    let found = check.elements.iter().find(|e| e.element == "examiner_identity");
    let Some(quote) = found.and_then(|e| e.quote.as_deref()) else { return };
    let name = quote.trim().trim_end_matches(['.', ',']);
    let is_line = name.contains(',') && name.len() <= LONGEST_NAME && !name.contains(['\n', ';', ':']);
    let Some(filled) = is_line.then(|| set(case, FACT, name)).flatten() else { return };
    *case = filled;
    case.origin.push(Origin {
        fact: FACT.into(),
        kind: OriginKind::Quoted,
        quote: Some(quote.into()),
        file: Some(file.into()),
        page: found.and_then(|e| e.page),
        span: None,
        certainty: Some(Certainty::Inferred),
        confirmed: false,
    });
}

/// Lists grow: a second letter may name further codes. The first code says where the list comes from.
fn add_codes(case: &mut Case, read: &Case, reading: &Reading) {
    add_new(&mut case.claim.codes, &read.claim.codes);
    add_new(&mut case.claim.diagnosis_codes, &read.claim.diagnosis_codes);
    for path in LISTS {
        if !case.origin.iter().any(|o| o.fact == *path) {
            case.origin.extend(origin(read, reading, path));
        }
    }
}

fn add_new(to: &mut Vec<String>, from: &[String]) {
    for text in from {
        if !to.contains(text) {
            to.push(text.clone());
        }
    }
}

/// One denial per stated reason; what a letter names beside it (criteria, provision, codes) is added to the first one.
fn add_reasons(case: &mut Case, read: &Case) {
    for (i, stated) in read.denials.iter().enumerate() {
        if case.denials.iter().any(|d| d.reason == stated.reason) {
            continue;
        }
        let fact = format!("denial.{}.reason", case.denials.len());
        case.denials.push(Denial { reason: stated.reason.clone(), quote: stated.quote.clone(), ..Denial::default() });
        let from = read.origin.iter().find(|o| o.fact == format!("denial.{i}.reason"));
        case.origin.extend(from.map(|o| Origin { fact, ..o.clone() }));
    }
    let (Some(first), Some(stated)) = (case.denials.first_mut(), read.denials.first()) else { return };
    first.policy = first.policy.take().or_else(|| stated.policy.clone());
    first.provision = first.provision.take().or_else(|| stated.provision.clone());
    add_new(&mut first.criteria, &stated.criteria);
    add_new(&mut first.codes, &stated.codes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::{DocumentSummary, Field, StatedReason, TextFrom};

    use crate::testing::kb;

    fn field(name: &str, value: &str) -> Field {
        Field {
            name: name.into(),
            value: value.into(),
            quote: value.into(),
            document: 0,
            page: 1,
            span: (0, value.len()),
            certainty: Certainty::Verbatim,
        }
    }

    fn reading(fields: Vec<Field>) -> Reading {
        let document = DocumentSummary {
            name: "letter.pdf".into(),
            sha256: String::new(),
            pages: 1,
            text_from: TextFrom::Plain,
            kind: None,
        };
        let reasons = vec![StatedReason {
            reason: "not_medically_necessary".into(),
            quote: "not medically necessary".into(),
            document: 0,
            page: 1,
            span: (0, 5),
        }];
        Reading { documents: vec![document], fields, reasons, ..Reading::default() }
    }

    #[test]
    fn what_was_read_fills_the_case_with_its_quotes() {
        let read = reading(vec![
            field("notice.dated", "2026-10-15"),
            field("claim.number", "AB-1"),
            field("amount.denied", "1284.50"),
            field("service.code", "27447"),
            field("criteria.cited", "Policy 12"),
        ]);
        let case = fill(&Case::default(), &read, kb());
        assert_eq!(get(&case, "event.notice_dated").as_deref(), Some("2026-10-15"));
        assert_eq!(case.claim.amount_cents, Some(128_450));
        assert_eq!(case.claim.codes, ["CPT 27447"]);
        assert_eq!(case.denials[0].policy.as_deref(), Some("Policy 12"));
        let origin = case.origin.iter().find(|o| o.fact == "claim.number").unwrap();
        assert_eq!((origin.kind, origin.confirmed), (OriginKind::Quoted, false));
        assert_eq!(origin.file.as_deref(), Some("letter.pdf"));
    }

    /// Of care that is cut: until when it was approved stands in the paper, and is the first ground of the appeal.
    #[test]
    fn until_when_care_was_approved_is_taken_from_the_paper() {
        let mut read =
            reading(vec![field("notice.dated", "2026-11-24"), field("notice.kind", "reduction_or_termination")]);
        read.terms.push(field("claim.approved_course_ends", "2026-11-30"));
        let case = fill(&Case::default(), &read, kb());
        assert_eq!(case.claim.approved_course_ends, "2026-11-30".parse().ok());
        let origin = case.origin.iter().find(|o| o.fact == "claim.approved_course_ends").unwrap();
        assert_eq!((origin.file.as_deref(), origin.quote.as_deref()), (Some("letter.pdf"), Some("2026-11-30")));
        let mut back = case;
        withdraw(&mut back, "letter.pdf");
        assert_eq!(back.claim.approved_course_ends, None);
    }

    /// A relabelled paper leaves nothing behind that nobody confirmed, and what stood beside it keeps its place.
    #[test]
    fn what_was_read_from_a_paper_can_be_taken_back() {
        let read = reading(vec![
            field("notice.dated", "2026-10-15"),
            field("claim.number", "AB-1"),
            field("member.id", "M-7"),
            field("service.code", "27447"),
        ]);
        let mut case = Case::default();
        case.denials.push(Denial { reason: Some("not_medically_necessary".into()), ..Denial::default() });
        case.denials.push(Denial { reason: Some("out_of_network".into()), ..Denial::default() });
        case.origin.extend(["denial.0.reason", "denial.1.reason"].map(|fact| Origin {
            fact: fact.into(),
            kind: OriginKind::Quoted,
            quote: None,
            file: Some(if fact.contains('0') { "letter.pdf" } else { "other.pdf" }.into()),
            page: None,
            span: None,
            certainty: None,
            confirmed: false,
        }));
        case = fill(&case, &read, kb());
        case.origin.iter_mut().filter(|o| o.fact == "coverage.member_id").for_each(|o| o.confirmed = true);
        withdraw(&mut case, "letter.pdf");
        assert_eq!(get(&case, "event.notice_dated"), None);
        assert_eq!(case.claim.number, None);
        assert!(case.claim.codes.is_empty());
        assert_eq!(case.coverage.member_id.as_deref(), Some("M-7"), "the person confirmed it");
        let reasons: Vec<_> = case.denials.iter().filter_map(|d| d.reason.as_deref()).collect();
        assert_eq!(reasons, ["out_of_network"]);
        let left: Vec<_> = case.origin.iter().map(|o| o.fact.as_str()).collect();
        assert_eq!(left, ["denial.0.reason", "coverage.member_id"]);
    }

    #[test]
    fn what_the_person_said_is_not_overwritten_and_a_second_reading_adds_nothing() {
        let mut case = Case::default();
        case.claim.number = Some("mine".into());
        let codes = [field("service.code", "27447"), field("service.code", "29881")];
        let read = reading([field("claim.number", "AB-1")].into_iter().chain(codes).collect());
        let once = fill(&case, &read, kb());
        assert_eq!(once.claim.number.as_deref(), Some("mine"));
        assert_eq!(once.claim.codes, ["CPT 27447", "CPT 29881"]);
        assert_eq!(fill(&once, &read, kb()), once);
    }

    /// A letter's own words for a plan do not name the law: the question must stay open, or no date is ever given.
    #[test]
    fn words_that_name_no_kind_of_coverage_leave_the_question_open() {
        for words in ["self-funded", "health plan", "PPO"] {
            let case = fill(&Case::default(), &reading(vec![field("plan.kind_stated", words)]), kb());
            assert_eq!(get(&case, "coverage.kind"), None, "{words}");
            assert!(!case.origin.iter().any(|o| o.fact == "coverage.kind"), "{words}");
        }
        let case = fill(&Case::default(), &reading(vec![field("plan.kind_stated", "PPO")]), kb());
        assert_eq!(case.coverage.network_type.as_deref(), Some("ppo"));
    }
}
