//! Claims, their answers and explanations of benefits.

use facts::Finding;
use serde_json::Value;

use super::kind;
use super::view::{View, codings, each, extensions, has_code, list, plain, says, text, value_of};
use crate::codes::Codes;
use crate::sheet::{Place, Sheet, dollars, icd10, iso_day};

/// Whether a resource is a claim, its answer, or an explanation of benefits.
pub(super) fn is_claim(resource: &Value) -> bool {
    matches!(kind(resource), "ExplanationOfBenefit" | "ClaimResponse" | "Claim" | "OperationOutcome")
}

pub(super) fn read(sheet: &mut Sheet, view: &View<'_>, codes: &Codes, resource: &Value) {
    match kind(resource) {
        "ExplanationOfBenefit" | "ClaimResponse" => answer(sheet, view, codes, resource),
        "Claim" => request(sheet, view, resource),
        "OperationOutcome" => outcome(sheet, resource),
        _ => {}
    }
}

/// Writes one resource: its label and where its lines go.
struct Part<'s> {
    sheet: &'s mut Sheet,
    label: &'s str,
}

impl Part<'_> {
    fn line(&mut self, path: &str, value: Option<String>) -> Option<Place> {
        self.sheet.line(&format!("{}.{path}", self.label), &value.unwrap_or_default())
    }

    /// A line in the sender's own words, which may say why.
    fn said(&mut self, path: &str, value: Option<String>) {
        let place = self.line(path, value);
        self.sheet.said(place);
    }
}

fn answer(sheet: &mut Sheet, view: &View<'_>, codes: &Codes, resource: &Value) {
    let label = kind(resource);
    sheet.section(&format!("{label} {}", text(&resource["id"]).unwrap_or_default()));
    let mut part = Part { sheet, label };
    head(&mut part, view, resource);
    let decision = decision(&mut part, codes, resource);
    about(&mut part, view, resource);
    for item in items(resource) {
        item_lines(&mut part, codes, item);
    }
    adjudications(&mut part, codes, "adjudication", &resource["adjudication"]);
    totals(&mut part, resource);
    notes(&mut part, resource);
    settle(sheet, resource, decision);
}

/// Numbers, dates and the plan.
fn head(part: &mut Part<'_>, view: &View<'_>, resource: &Value) {
    let authorization = resource["use"] == "preauthorization" || kind(resource) == "ClaimResponse";
    for identifier in list(&resource["identifier"]) {
        let place = part.line("identifier", text(&identifier["value"]));
        let name = if authorization { "reference.number" } else { "claim.number" };
        // Blue Button numbers the group of claims beside the claim; no plan asks for that number.
        if !identifier["system"].as_str().is_some_and(|s| s.ends_with("claim-group")) {
            part.sheet.verbatim_field(name, place);
        }
    }
    match &resource["preAuthRef"] {
        Value::Array(all) => all.iter().for_each(|v| reference_number(part, v)),
        other => reference_number(part, other),
    }
    let created = text(&resource["created"]);
    let place = part.line("created", created.clone());
    part.sheet.field("notice.dated", created.as_deref().and_then(iso_day), place);
    let insurer = view.name_of(&resource["insurer"]);
    let place = part.line("insurer", insurer.filter(|i| i != "Unknown"));
    part.sheet.verbatim_field("plan.issuer", place);
    part.line("use", text(&resource["use"]));
    part.line("type", says(&resource["type"]));
}

fn reference_number(part: &mut Part<'_>, value: &Value) {
    let place = part.line("preAuthRef", text(value));
    part.sheet.verbatim_field("reference.number", place);
}

/// What was decided, from actions first, then from the disposition.
#[derive(Debug, Default)]
struct Decision {
    kinds: Vec<String>,
    place: Option<Place>,
    pending: bool,
}

impl Decision {
    fn add(&mut self, kind: Option<&str>, pending: bool, place: Option<Place>) {
        self.pending |= pending;
        let Some(kind) = kind else { return };
        self.kinds.push(kind.to_owned());
        // A refusal is the line to show; an approval only when nothing was refused.
        if self.place.is_none() || kind != "approval" {
            self.place = place.or(self.place.take());
        }
    }

    fn kind(&self) -> Option<&str> {
        let has = |kind: &str| self.kinds.iter().any(|k| k == kind);
        if has("partial_denial") || has("initial_denial") && has("approval") {
            Some("partial_denial")
        } else if has("initial_denial") {
            Some("initial_denial")
        } else if has("approval") && !self.pending {
            Some("approval")
        } else {
            None
        }
    }
}

fn decision(part: &mut Part<'_>, codes: &Codes, resource: &Value) -> Decision {
    let mut decision = Decision::default();
    let mut actions = Vec::new();
    each(resource, &mut |value| {
        if value["url"].as_str().is_some_and(|u| u.ends_with("reviewAction")) {
            actions.push(value);
        }
    });
    for action in actions {
        review_action(part, codes, action, &mut decision);
    }
    each(resource, &mut |value| {
        if value["url"].as_str().is_some_and(|u| u.ends_with("reviewActionReason")) {
            let reason = value_of(value).and_then(|v| plain(v).or_else(|| says(v)));
            part.said("reviewActionReason", reason);
        }
    });
    let place = part.line("disposition", text(&resource["disposition"]));
    part.sheet.said(place.clone());
    let outcome = part.line("outcome", text(&resource["outcome"]));
    let said = place.as_ref().and_then(|p| codes.disposition(p.quote()));
    let nothing_yet = decision.kinds.is_empty() && !decision.pending;
    if let (Some((kind, pending)), true) = (said, nothing_yet) {
        decision.add(kind, pending, place);
    } else if nothing_yet && outcome.as_ref().is_some_and(|o| o.quote() == "queued") {
        decision.pending = true;
    }
    decision
}

/// One answer to a request: its number, its action, its reason, and whether a second opinion is asked for.
fn review_action(part: &mut Part<'_>, codes: &Codes, action: &Value, decision: &mut Decision) {
    let mut act = |part: &mut Part<'_>, code: Option<String>| {
        let known = code.as_deref().and_then(|c| codes.action(c));
        let place = part.line("reviewAction", code.clone());
        if let Some(known) = known {
            part.line("reviewAction means", Some(known.says.clone()));
        }
        decision.add(known.and_then(|k| k.kind.as_deref()), known.is_some_and(|k| k.pending), place);
    };
    if let Some(value) = value_of(action) {
        act(part, plain(value).or_else(|| codings(value).first().and_then(|c| text(&c["code"]))));
    }
    for inner in extensions(action, "reviewActionCode") {
        let value = value_of(inner);
        act(part, value.and_then(|v| plain(v).or_else(|| codings(v).first().and_then(|c| text(&c["code"])))));
        part.line("reviewAction display", value.and_then(says));
    }
    for inner in extensions(action, "number") {
        let place = part.line("reviewAction.number", value_of(inner).and_then(plain));
        part.sheet.verbatim_field("reference.number", place);
    }
    for inner in extensions(action, "reasonCode") {
        let value = value_of(inner);
        for coding in value.map(codings).unwrap_or_default() {
            let code = text(&coding["code"]);
            let place = part.line("reviewAction.reasonCode", code.clone());
            if let Some(known) = code
                .as_deref()
                .and_then(|c| codes.remark(c).or_else(|| codes.adjustment(c)).filter(|_| is_adjustment_system(coding)))
            {
                part.sheet.reason(known.reason.as_deref().unwrap_or("other"), place.clone());
            }
            part.sheet.verbatim_field("denial.code", place);
            part.said("reviewAction.reason", text(&coding["display"]));
        }
        part.said("reviewAction.reason", value.and_then(|v| text(&v["text"])));
    }
    for inner in list(&action["extension"]) {
        if inner["url"].as_str().is_some_and(|u| u.to_ascii_lowercase().contains("secondsurgicalopinion")) {
            second_opinion(part, value_of(inner).and_then(plain));
        }
    }
}

fn second_opinion(part: &mut Part<'_>, flag: Option<String>) {
    let said = flag.as_deref().map(|f| matches!(f, "true" | "Y" | "y" | "1"));
    let place = part.line("secondSurgicalOpinionFlag", flag);
    let value = said.map(|yes| if yes { "Y" } else { "N" }.to_owned());
    part.sheet.field("second_opinion.flag", value, place);
}

/// Whom, by whom, when and for what.
fn about(part: &mut Part<'_>, view: &View<'_>, resource: &Value) {
    let place = part.line("patient", view.name_of(&resource["patient"]));
    part.sheet.verbatim_field("patient.name", place);
    for key in ["provider", "requestor"] {
        let place = part.line(key, view.name_of(&resource[key]));
        part.sheet.verbatim_field("provider.treating", place);
    }
    let place = part.line("facility", view.name_of(&resource["facility"]));
    part.sheet.verbatim_field("provider.facility", place);
    for member in list(&resource["careTeam"]) {
        let role = says(&member["role"]).unwrap_or_default();
        let place = part.line(&format!("careTeam ({role})"), view.name_of(&member["provider"]));
        part.sheet.verbatim_field("provider.treating", place);
    }
    let start = text(&resource["billablePeriod"]["start"]);
    let place = part.line("billablePeriod.start", start.clone());
    part.sheet.field("service.date", start.as_deref().and_then(iso_day), place);
    part.line("billablePeriod.end", text(&resource["billablePeriod"]["end"]));
    for diagnosis in list(&resource["diagnosis"]) {
        let coded = &diagnosis["diagnosisCodeableConcept"];
        let resolved = view.resolve(&diagnosis["diagnosisReference"]).map(|c| &c["code"]);
        diagnosis_lines(part, if coded.is_object() { coded } else { resolved.unwrap_or(coded) });
    }
    for insurance in list(&resource["insurance"]) {
        part.line("insurance", view.name_of(&insurance["coverage"]));
        for number in list_of_text(&insurance["preAuthRef"]) {
            let place = part.line("insurance.preAuthRef", Some(number));
            part.sheet.verbatim_field("reference.number", place);
        }
    }
}

fn list_of_text(value: &Value) -> Vec<String> {
    match value {
        Value::Array(all) => all.iter().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    }
}

fn diagnosis_lines(part: &mut Part<'_>, coded: &Value) {
    for coding in codings(coded) {
        let code = text(&coding["code"]);
        let system = coding["system"].as_str().unwrap_or_default();
        let icd = system.contains("icd-10");
        let place = part.line("diagnosis.code", code.clone());
        // A chapter of ICD-10 begins with a letter; `9999999` and the like stand for "none".
        let none = code.as_deref().is_some_and(|c| c.len() > 5 && c.bytes().all(|b| b == b'9' || b == b'0'));
        let value = code.map(|c| if icd { icd10(&c) } else { c });
        if system.contains("icd") && !none {
            part.sheet.field("diagnosis.code", value, place);
        }
    }
    let description = text(&coded["text"]).or_else(|| codings(coded).iter().find_map(|c| text(&c["display"])));
    let place = part.line("diagnosis.description", description);
    part.sheet.verbatim_field("diagnosis.description", place);
}

/// The lines of a claim, those the plan added included and those the sender took back left out.
fn items(resource: &Value) -> impl Iterator<Item = &Value> {
    list(&resource["item"]).iter().chain(list(&resource["addItem"])).filter(|item| !is_taken_back(item))
}

/// Whether the sender cancelled a line of a request (Da Vinci PAS, `itemCancelled`).
fn is_taken_back(item: &Value) -> bool {
    list(&item["modifierExtension"])
        .iter()
        .any(|e| e["url"].as_str().is_some_and(|u| u.ends_with("itemCancelled")) && e["valueBoolean"] == true)
}

fn item_lines(part: &mut Part<'_>, codes: &Codes, item: &Value) {
    let service = if item["productOrService"].is_object() { &item["productOrService"] } else { &item["service"] };
    service_lines(part, service);
    for authorized in extensions(item, "itemAuthorizedDetail") {
        for inner in extensions(authorized, "productOrServiceCode") {
            if let Some(value) = value_of(inner) {
                service_lines(part, value);
            }
        }
    }
    for modifier in list(&item["modifier"]) {
        part.line("item.modifier", codings(modifier).first().and_then(|c| text(&c["code"])));
    }
    let revenue = codings(&item["revenue"]).first().and_then(|c| text(&c["code"]));
    let place = part.line("item.revenue", revenue);
    part.sheet.verbatim_field("service.code", place);
    let requested = extensions(item, "itemRequestedServiceDate").find_map(value_of);
    let date = text(&item["servicedDate"])
        .or_else(|| text(&item["servicedPeriod"]["start"]))
        .or_else(|| requested.and_then(|v| text(v).or_else(|| text(&v["start"]))));
    let place = part.line("item.serviced", date.clone());
    part.sheet.field("service.date", date.as_deref().and_then(iso_day), place);
    amount(part, "item.net", "amount.billed", &item["net"]);
    adjudications(part, codes, "item.adjudication", &item["adjudication"]);
    for detail in list(&item["detail"]) {
        adjudications(part, codes, "item.detail.adjudication", &detail["adjudication"]);
    }
}

fn service_lines(part: &mut Part<'_>, service: &Value) {
    for coding in codings(service) {
        let system = coding["system"].as_str().unwrap_or_default();
        let place = part.line("item.service", text(&coding["code"]));
        // Placeholders that only say "not a claim line" are no service.
        let placeholder = system.contains("data-absent-reason") || coding["code"] == "not-applicable";
        // Service types of X12 are kinds of service, not procedure codes.
        if !placeholder && !system.contains("x12.org") {
            part.sheet.verbatim_field("service.code", place);
        }
    }
    let description = text(&service["text"]).or_else(|| codings(service).iter().find_map(|c| text(&c["display"])));
    let place = part.line("item.description", description);
    part.sheet.verbatim_field("service.description", place);
}

/// Amounts and reasons of a decision.
fn adjudications(part: &mut Part<'_>, codes: &Codes, label: &str, all: &Value) {
    for adjudication in list(all) {
        let category = codings(&adjudication["category"]).last().and_then(|c| text(&c["code"])).unwrap_or_default();
        let short = category.rsplit('/').next().unwrap_or_default().to_owned();
        let label = format!("{label} {short}");
        let name = amount_name(&short);
        amount(part, &label, name, &adjudication["amount"]);
        let group = group_of(codes, adjudication);
        for coding in codings(&adjudication["reason"]) {
            let code = text(&coding["code"]);
            let place = part.line(&format!("{label} reason"), code.clone());
            if let Some(code) = code {
                denial_code(part, codes, coding, &code, group.as_deref(), place);
            }
            part.said(&format!("{label} says"), text(&coding["display"]));
        }
        part.said(&format!("{label} says"), text(&adjudication["reason"]["text"]));
    }
}

/// Which amounts of a claim are facts of the contract; the rest are lines only.
fn amount_name(category: &str) -> &'static str {
    match category {
        "submitted" | "line_sbmtd_chrg_amt" | "rev_cntr_tot_chrg_amt" | "nch_carr_clm_sbmtd_chrg_amt" => {
            "amount.billed"
        }
        "noncovered" | "denied" | "rev_cntr_ncvrd_chrg_amt" => "amount.denied",
        _ => "",
    }
}

fn amount(part: &mut Part<'_>, label: &str, name: &str, money: &Value) {
    let value = plain(&money["value"]);
    let place = part.line(label, value.clone());
    let value = value.as_deref().and_then(dollars).filter(|v| name != "amount.denied" || v != "0.00");
    if !name.is_empty() {
        part.sheet.field(name, value, place);
    }
}

/// The adjustment group (CO, PR …) of an adjudication, wherever the sender put it.
fn group_of(codes: &Codes, adjudication: &Value) -> Option<String> {
    let mut found = None;
    each(adjudication, &mut |value| {
        let code = value["code"].as_str().filter(|c| codes.group(c).is_some());
        let system = value["system"].as_str().unwrap_or_default();
        if found.is_none() && (system.contains("group") || system.contains("x12")) {
            found = code.map(str::to_owned);
        }
    });
    found
}

fn is_adjustment_system(coding: &Value) -> bool {
    let system = coding["system"].as_str().unwrap_or_default().to_ascii_lowercase();
    ["adjustment-reason", "remittance-advice", "remark-code", "x12.org/codes", "/carc", "/rarc"]
        .iter()
        .any(|s| system.contains(s))
}

/// A code that says why: with its group where there is one, and as a reason where the knowledge base knows it.
fn denial_code(
    part: &mut Part<'_>,
    codes: &Codes,
    coding: &Value,
    code: &str,
    group: Option<&str>,
    place: Option<Place>,
) {
    let system = coding["system"].as_str().unwrap_or_default();
    if system.ends_with("line_prcsg_ind_cd") {
        let known = codes.line_indicator(code).filter(|k| k.refuses);
        if let Some(known) = known {
            part.sheet.verbatim_field("denial.code", place.clone());
            part.sheet.reason(known.reason.as_deref().unwrap_or("other"), place);
        }
        return;
    }
    if !is_adjustment_system(coding) || codes.group(code).is_some() {
        return;
    }
    let remark = codes.remark(code);
    let known = remark.or_else(|| codes.adjustment(code));
    let refuses = remark.is_some() || known.is_none_or(|k| k.refuses);
    if refuses {
        let value = match group.filter(|_| remark.is_none()) {
            Some(group) => format!("{group}-{code}"),
            None => code.to_owned(),
        };
        part.sheet.field("denial.code", Some(value), place.clone());
    }
    if let Some(reason) = known.and_then(|k| k.reason.as_deref()) {
        part.sheet.reason(reason, place);
    }
}

fn totals(part: &mut Part<'_>, resource: &Value) {
    for total in list(&resource["total"]) {
        let category = codings(&total["category"]).last().and_then(|c| text(&c["code"])).unwrap_or_default();
        let short = category.rsplit('/').next().unwrap_or_default().to_owned();
        amount(part, &format!("total {short}"), amount_name(&short), &total["amount"]);
    }
    amount(part, "payment.amount", "", &resource["payment"]["amount"]);
    amount(part, "totalCost", "amount.billed", &resource["totalCost"]);
}

fn notes(part: &mut Part<'_>, resource: &Value) {
    for note in list(&resource["processNote"]) {
        part.said("processNote", text(&note["text"]));
    }
    for error in list(&resource["error"]) {
        let said = says(&error["code"]).unwrap_or_default();
        part.line("error", Some(said.clone()));
        let message = format!("The plan's system answered with an error: {said}. Ask the plan what is missing.");
        part.sheet.finding(Finding::new("answer_is_an_error", message));
    }
    for request in list(&resource["communicationRequest"]) {
        part.line("communicationRequest", text(&request["reference"]));
    }
}

/// Puts the kind of notice.
fn settle(sheet: &mut Sheet, resource: &Value, decision: Decision) {
    let claim = kind(resource) == "ExplanationOfBenefit" && resource["use"] != "preauthorization";
    if claim {
        let place = sheet.line("This is", "ExplanationOfBenefit");
        sheet.inferred("notice.kind", "eob", place);
        return;
    }
    match decision.kind() {
        Some(kind) => {
            let kind = kind.to_owned();
            sheet.inferred("notice.kind", &kind, decision.place);
        }
        None if decision.pending && !sheet.has("notice.kind") => {
            let message = "The plan has not decided yet. Nothing was refused in this answer.";
            sheet.finding(Finding::new("not_decided_yet", message));
        }
        None => {}
    }
}

/// What was asked for.
fn request(sheet: &mut Sheet, view: &View<'_>, resource: &Value) {
    sheet.section(&format!("Claim {}", text(&resource["id"]).unwrap_or_default()));
    let mut part = Part { sheet, label: "Claim" };
    part.line("use", text(&resource["use"]));
    part.line("created", text(&resource["created"]));
    about(&mut part, view, resource);
    for item in items(resource) {
        let service = if item["productOrService"].is_object() { &item["productOrService"] } else { &item["service"] };
        service_lines(&mut part, service);
    }
    amount(&mut part, "total", "amount.billed", &resource["total"]);
    if has_code(&resource["priority"], "stat") {
        part.line("priority", Some("stat".into()));
    }
}

fn outcome(sheet: &mut Sheet, resource: &Value) {
    sheet.section("OperationOutcome");
    for issue in list(&resource["issue"]) {
        let said = text(&issue["diagnostics"])
            .or_else(|| says(&issue["details"]))
            .or_else(|| text(&issue["code"]))
            .unwrap_or_default();
        sheet.line("OperationOutcome.issue", &said);
        let message = "This file is an error message of the plan's system, not a record. Download the record again.";
        sheet.finding(Finding::new("answer_is_an_error", message));
    }
}
