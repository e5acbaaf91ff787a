//! A C-CDA document (a portal's "health summary") → readable text and the treatment history. Fragments are read too.

use std::collections::HashMap;

use facts::{Finding, TextFrom, Treatment};
use jiff::civil::Date;

use crate::sheet::{Place, Sheet, icd10, iso_day};
use crate::xml::{self, Child, Element};
use crate::{Entry, Error, History, Record};

/// Templates that say what an entry is (C-CDA 2.1).
const MEDICATION: &str = "2.16.840.1.113883.10.20.22.4.16";
const IMMUNIZATION: &str = "2.16.840.1.113883.10.20.22.4.52";
const PROCEDURES: [&str; 3] =
    ["2.16.840.1.113883.10.20.22.4.12", "2.16.840.1.113883.10.20.22.4.13", "2.16.840.1.113883.10.20.22.4.14"];
const PROBLEM: &str = "2.16.840.1.113883.10.20.22.4.4";
const RESULTS: [&str; 2] = ["2.16.840.1.113883.10.20.22.4.2", "2.16.840.1.113883.10.20.22.4.27"];
const ENCOUNTER: &str = "2.16.840.1.113883.10.20.22.4.49";

/// National Provider Identifier and ICD-10-CM, as HL7 registers them.
const NPI: &str = "2.16.840.1.113883.4.6";
const ICD_10: &str = "2.16.840.1.113883.6.90";
/// What a health summary can hold, for [`facts::Reading::not_found`].
const LOOKED_FOR: [&str; 5] =
    ["notice.dated", "patient.name", "patient.date_of_birth", "provider.treating", "diagnosis.code"];

/// Reads a document.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Record, Error> {
    let text = xml::decode(bytes);
    let (root, whole) = xml::read(&text)
        .ok_or_else(|| Error::new("damaged", format!("{name} is no whole XML file. Download it again.")))?;
    let known = [
        "ClinicalDocument",
        "section",
        "component",
        "entry",
        "entryRelationship",
        "organizer",
        "observation",
        "act",
        "procedure",
        "substanceAdministration",
        "encounter",
        "recordTarget",
        "documentationOf",
        "participant",
        "structuredBody",
    ];
    if !known.contains(&root.name.as_str()) && !text.contains("urn:hl7-org:v3") {
        let message = format!("{name} is XML, but not a health summary (C-CDA). Download it again from the portal.");
        return Err(Error::new("not_supported", message));
    }
    let mut sheet = Sheet::new();
    let mut history = History::default();
    header(&mut sheet, &root);
    let named = narrative_by_id(&root);
    sections(&mut sheet, &root);
    let mut walk = Walk { sheet: &mut sheet, history: &mut history, named: &named };
    walk.sheet.section("Entries");
    entries(&mut walk, &root);
    if !whole {
        sheet.finding(Finding::new("damaged", "The file ends early or is broken: parts of the record may be missing."));
    }
    if root.walk().iter().any(|e| e.name == "nonXMLBody" || e.attribute("representation") == Some("B64")) {
        sheet.finding(Finding::new(
            "file_inside",
            "Another file is packed inside this one. Save it from the portal and add it by itself.",
        ));
    }
    let (document, mut reading) = sheet.finish(name, bytes, TextFrom::Ccda, &LOOKED_FOR);
    reading.documents.iter_mut().for_each(|d| d.kind = Some("medical_record".into()));
    Ok(Record { document, reading, history, said: Vec::new() })
}

fn header(sheet: &mut Sheet, root: &Element) {
    let title = root.at(&["title"]).map(Element::text).unwrap_or_default();
    sheet.section(if title.is_empty() { "Health summary" } else { &title });
    let written = root.at(&["effectiveTime"]).and_then(|t| t.attribute("value")).and_then(iso_day);
    let place = sheet.line("Written", written.as_deref().unwrap_or_default());
    sheet.field("notice.dated", written, place);
    authors(sheet, root);
    visit(sheet, root);
    let all = root.walk();
    let Some(patient) = all.iter().find(|e| e.name == "patientRole") else { return };
    if let Some(person) = patient.at(&["patient"]) {
        let place = sheet.line("Patient", &person.at(&["name"]).map(name).unwrap_or_default());
        sheet.verbatim_field("patient.name", place);
        let born = person.at(&["birthTime"]).and_then(|t| t.attribute("value")).unwrap_or_default().to_owned();
        let place = sheet.line("Born", &born);
        sheet.field("patient.date_of_birth", iso_day(&born), place);
    }
}

/// Who wrote the document: people, not the programs that put it together.
fn authors(sheet: &mut Sheet, root: &Element) {
    for author in root.all("author").filter_map(|a| a.at(&["assignedAuthor"])) {
        let Some(who) = author.at(&["assignedPerson", "name"]).map(name) else { continue };
        let npi =
            author.all("id").filter(|id| id.attribute("root") == Some(NPI)).find_map(|id| id.attribute("extension"));
        let line = npi.map_or_else(|| who.clone(), |npi| format!("{who}; NPI {npi}"));
        let place = sheet.line("Author", &line);
        sheet.verbatim_field("provider.treating", place.and_then(|p| p.of_words(&who)));
    }
}

/// The visit or stay that the document is about.
fn visit(sheet: &mut Sheet, root: &Element) {
    let Some(visit) = root.at(&["componentOf", "encompassingEncounter"]) else { return };
    let day = visit.at(&["effectiveTime"]).and_then(|t| {
        let low = t.at(&["low"]).and_then(|low| low.attribute("value"));
        t.attribute("value").or(low).and_then(iso_day)
    });
    let place = sheet.line("Visit", day.as_deref().unwrap_or_default());
    sheet.field("service.date", day, place);
    let at = ["location", "healthCareFacility", "location", "name"];
    let place = sheet.line("Visit at", &visit.at(&at).map(Element::text).unwrap_or_default());
    sheet.verbatim_field("provider.facility", place);
}

/// Given names, then the family name.
fn name(element: &Element) -> String {
    let part = |key: &str| element.all(key).map(Element::text).collect::<Vec<_>>();
    let words = [part("prefix"), part("given"), part("family"), part("suffix")].concat();
    if words.is_empty() { element.text() } else { words.join(" ") }
}

/// Titles and narratives, as a reader of the document sees them.
fn sections(sheet: &mut Sheet, root: &Element) {
    for section in root.walk().into_iter().filter(|e| e.name == "section") {
        let title = section.at(&["title"]).map(Element::text).unwrap_or_default();
        sheet.section(if title.is_empty() { "Section" } else { &title });
        if let Some(text) = section.at(&["text"]) {
            for line in narrative(text) {
                sheet.verbatim(&line);
            }
        }
    }
}

/// A narrative as lines: rows of tables with three spaces between cells, items and paragraphs on lines of their own.
fn narrative(text: &Element) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut open: Vec<(&Child, bool)> = text.children.iter().rev().map(|c| (c, false)).collect();
    while let Some((child, leaving)) = open.pop() {
        match child {
            Child::Text(text) => {
                let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if let Some(line) = lines.last_mut().filter(|_| !words.is_empty()) {
                    if !line.is_empty() && !line.ends_with(' ') && text.starts_with(char::is_whitespace) {
                        line.push(' ');
                    }
                    line.push_str(&words);
                    line.push_str(if text.ends_with(char::is_whitespace) { " " } else { "" });
                }
            }
            Child::Element(element) => match element.name.as_str() {
                "td" | "th" if leaving => {
                    if let Some(line) = lines.last_mut() {
                        let end = line.trim_end().len();
                        line.truncate(end);
                        line.push_str("   ");
                    }
                }
                "tr" | "item" | "paragraph" | "br" | "list" | "table" | "caption"
                    if lines.last().is_some_and(|l| !l.trim().is_empty()) =>
                {
                    lines.push(String::new());
                    enter(&mut open, child, element, leaving);
                }
                _ => enter(&mut open, child, element, leaving),
            },
        }
    }
    lines.into_iter().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect()
}

fn enter<'a>(open: &mut Vec<(&'a Child, bool)>, child: &'a Child, element: &'a Element, leaving: bool) {
    if !leaving {
        open.push((child, true));
        open.extend(element.children.iter().rev().map(|c| (c, false)));
    }
}

/// Parts of the narrative by the names that entries use for them.
fn narrative_by_id(root: &Element) -> HashMap<String, String> {
    let mut named = HashMap::new();
    for element in root.walk() {
        let mut next_text = None;
        for child in element.children.iter().rev() {
            match child {
                Child::Text(text) => {
                    next_text = Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
                        .filter(|t| !t.is_empty())
                        .or(next_text)
                }
                Child::Element(inner) => {
                    if let Some(id) = inner.attribute("ID") {
                        // Some makers put an empty mark before the words instead of around them.
                        let text = Some(inner.text()).filter(|t| !t.is_empty()).or_else(|| next_text.clone());
                        if let Some(text) = text {
                            named.entry(id.to_owned()).or_insert(text);
                        }
                    }
                    next_text = None;
                }
            }
        }
    }
    named
}

struct Walk<'a> {
    sheet: &'a mut Sheet,
    history: &'a mut History,
    named: &'a HashMap<String, String>,
}

/// Finds entries wherever they stand.
fn entries(walk: &mut Walk<'_>, root: &Element) {
    for element in root.walk() {
        let is = |template: &str| element.all("templateId").any(|t| t.attribute("root") == Some(template));
        let refused = element.attribute("negationInd") == Some("true");
        match element.name.as_str() {
            "substanceAdministration" => {
                let planned = element.attribute("moodCode").is_some_and(|m| m != "EVN" && m != "INT");
                walk.medicine(element, is(IMMUNIZATION), refused || planned || !(is(MEDICATION) || is(IMMUNIZATION)));
            }
            "procedure" | "act" | "observation" if PROCEDURES.iter().any(|t| is(t)) => {
                let planned = element.attribute("moodCode").is_some_and(|m| m != "EVN");
                walk.procedure(element, refused || planned);
            }
            "observation" if (is(PROBLEM) || names_a_problem(element)) && !refused => walk.problem(element),
            "observation" if RESULTS.iter().any(|t| is(t)) && !refused => walk.result(element),
            "encounter" if is(ENCOUNTER) => walk.encounter(element),
            _ => {}
        }
    }
}

/// Some makers leave the template out: an observation of a problem, diagnosis, finding, complaint or condition (HL7's value
/// set of problem types, in SNOMED CT and LOINC) whose value is a code.
fn names_a_problem(element: &Element) -> bool {
    const TYPES: [&str; 9] =
        ["55607006", "282291009", "404684003", "409586006", "64572001", "75326-9", "29308-4", "75322-8", "75323-6"];
    let kind = element.at(&["code"]).and_then(|c| c.attribute("code"));
    let coded = element.at(&["value"]).is_some_and(|v| v.attribute("code").is_some());
    coded && kind.is_some_and(|k| TYPES.contains(&k))
}

/// A point in time, or the start and end of a span.
fn span(element: &Element) -> (Option<Date>, Option<Date>) {
    let day = |e: Option<&Element>| e.and_then(|e| e.attribute("value")).and_then(iso_day).and_then(|d| d.parse().ok());
    let Some(time) = element
        .all("effectiveTime")
        .find(|t| t.attribute("type").is_none_or(|t| !t.starts_with("PIVL") && !t.starts_with("EIVL")))
    else {
        return (None, None);
    };
    let point: Option<Date> = day(Some(time));
    (point.or_else(|| day(time.at(&["low"]))), day(time.at(&["high"])))
}

fn dates(from: Option<Date>, to: Option<Date>) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from != to => format!("{from} to {to}"),
        (Some(day), _) | (None, Some(day)) => day.to_string(),
        (None, None) => String::new(),
    }
}

impl Walk<'_> {
    /// What a code says: its own name, its original text, or the words of the narrative it points to.
    fn says(&self, coded: Option<&Element>) -> Option<String> {
        let coded = coded?;
        let original = coded.at(&["originalText"]);
        let pointed = original
            .and_then(|o| o.at(&["reference"]))
            .and_then(|r| r.attribute("value"))
            .and_then(|id| self.named.get(id.trim_start_matches('#')).cloned());
        let translated = coded.all("translation").find_map(|t| t.attribute("displayName").map(str::to_owned));
        coded
            .attribute("displayName")
            .map(str::to_owned)
            .or_else(|| original.map(Element::text).filter(|t| !t.is_empty()))
            .or(pointed)
            .or(translated)
            .map(|t| t.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|t| !t.is_empty())
    }

    fn line(&mut self, label: &str, parts: &[&str]) -> Option<Place> {
        let parts: Vec<&str> = parts.iter().copied().filter(|p| !p.is_empty()).collect();
        self.sheet.line(label, &parts.join("; "))
    }

    /// The end of a span; one before the start is named and left out.
    fn end(&mut self, what: &str, from: Option<Date>, to: Option<Date>) -> Option<Date> {
        if let (Some(f), Some(t)) = (from, to)
            && t < f
        {
            let message = format!("\"{what}\" ends ({t}) before it begins ({f}). Check the dates.");
            self.history.findings.push(Finding::new("dates_out_of_order", message));
            return None;
        }
        to
    }

    fn medicine(&mut self, element: &Element, immunization: bool, leave_out: bool) {
        let material = element.at(&["consumable", "manufacturedProduct", "manufacturedMaterial"]);
        let named = self
            .says(material.and_then(|m| m.at(&["code"])))
            .or_else(|| material.and_then(|m| m.at(&["name"])).map(Element::text));
        let Some(what) = named.filter(|w| !w.is_empty()) else { return };
        let (from, to) = span(element);
        let to = self.end(&what, from, to);
        let dose = element.at(&["doseQuantity"]).and_then(|d| {
            let unit = d.attribute("unit").filter(|u| *u != "1").unwrap_or_default();
            d.attribute("value").map(|v| format!("{v} {unit}").trim().to_owned())
        });
        let status = element.at(&["statusCode"]).and_then(|s| s.attribute("code")).unwrap_or_default();
        let label = if immunization { "Immunization" } else { "Medication" };
        let place = self.line(label, &[&what, dose.as_deref().unwrap_or_default(), &dates(from, to), status]);
        if !leave_out && !immunization {
            self.treatment(Treatment { what: Some(what), from, to, dose, ..Treatment::default() }, place);
        }
    }

    fn treatment(&mut self, mut treatment: Treatment, place: Option<Place>) {
        let Some(place) = place else { return };
        treatment.page = Some(place.page());
        treatment.quote = Some(place.quote().to_owned());
        self.history.treatments.push(treatment);
    }

    fn procedure(&mut self, element: &Element, leave_out: bool) {
        let Some(what) = self.says(element.at(&["code"])) else { return };
        let (from, to) = span(element);
        let to = self.end(&what, from, to);
        let status = element.at(&["statusCode"]).and_then(|s| s.attribute("code")).unwrap_or_default();
        let place = self.line("Procedure", &[&what, &dates(from, to), status]);
        if !leave_out && !matches!(status, "cancelled" | "aborted" | "held") {
            self.treatment(Treatment { what: Some(what), from, to, ..Treatment::default() }, place);
        }
    }

    fn entry(place: Option<Place>, mut entry: Entry) -> Option<Entry> {
        let place = place?;
        entry.page = place.page();
        entry.quote = place.quote().to_owned();
        Some(entry)
    }

    fn problem(&mut self, element: &Element) {
        let value = element.at(&["value"]);
        let Some(what) = self.says(value) else { return };
        let icd = value.into_iter().flat_map(|v| v.all("translation").chain([v])).find(|c| {
            c.attribute("codeSystem").is_some_and(|s| s == "2.16.840.1.113883.6.90" || s == "2.16.840.1.113883.6.3")
        });
        let code = icd.or(value).and_then(|c| c.attribute("code")).map(str::to_owned);
        let (from, to) = span(element);
        let to = self.end(&what, from, to);
        let status = element.at(&["statusCode"]).and_then(|s| s.attribute("code")).map(str::to_owned);
        let named = icd.and_then(|c| c.attribute("displayName")).filter(|n| *n != what).unwrap_or_default().to_owned();
        let icd = icd.filter(|c| c.attribute("codeSystem") == Some(ICD_10)).and_then(|c| c.attribute("code"));
        let place = self.line("Problem", &[&what, code.as_deref().unwrap_or_default(), &named, &dates(from, to)]);
        // What is over is history; what goes on is the diagnosis.
        if let (Some(icd), None, Some(place)) = (icd, to, &place) {
            self.sheet.field("diagnosis.code", Some(icd10(icd)), place.of_words(icd));
            let words = if named.is_empty() { &what } else { &named };
            self.sheet.verbatim_field("diagnosis.description", place.of_words(words));
        }
        self.history.problems.extend(Self::entry(place, Entry { what, code, from, to, status, ..Entry::default() }));
    }

    fn result(&mut self, element: &Element) {
        let Some(what) = self.says(element.at(&["code"])) else { return };
        let value = element.at(&["value"]).and_then(|v| {
            let quantity = v
                .attribute("value")
                .map(|n| format!("{n} {}", v.attribute("unit").unwrap_or_default()).trim().to_owned());
            quantity
                .or_else(|| v.attribute("displayName").map(str::to_owned))
                .or_else(|| Some(v.text()).filter(|t| !t.is_empty()))
        });
        let (from, _) = span(element);
        let code = element.at(&["code"]).and_then(|c| c.attribute("code")).map(str::to_owned);
        let status = element.at(&["interpretationCode"]).and_then(|c| c.attribute("code")).map(str::to_owned);
        let place = self.line("Result", &[&what, value.as_deref().unwrap_or_default(), &dates(from, None)]);
        self.history.results.extend(Self::entry(place, Entry { what, code, from, value, status, ..Entry::default() }));
    }

    fn encounter(&mut self, element: &Element) {
        let Some(what) = self.says(element.at(&["code"])) else { return };
        let (from, to) = span(element);
        let to = self.end(&what, from, to);
        let who = element.at(&["performer", "assignedEntity", "assignedPerson", "name"]).map(name);
        let wher = element.at(&["participant", "participantRole", "playingEntity", "name"]).map(Element::text);
        let value = [who, wher].into_iter().flatten().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ");
        let place = self.line("Encounter", &[&what, &value, &dates(from, to)]);
        let value = Some(value).filter(|v| !v.is_empty());
        self.history.encounters.extend(Self::entry(place, Entry { what, from, to, value, ..Entry::default() }));
    }
}
