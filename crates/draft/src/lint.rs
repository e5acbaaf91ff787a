//! Reads a finished letter the way a careful colleague would before it goes out.

use std::sync::LazyLock;

use facts::Finding;
use serde::Deserialize;

use crate::document::*;
use crate::words::{Once, short};
use crate::{DraftError, Inputs, attach, exhibits, readability, words};

/// `templates/lint.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    grade_person: f64,
    grade_professional: f64,
    first_page_words: usize,
    first_page_for: Vec<String>,
    certified: Vec<String>,
    minor_below: i64,
    #[serde(rename = "tone")]
    tones: Vec<Tone>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tone {
    kind: String,
    phrases: Vec<String>,
}

static LIMITS: Once<Limits> = Once::new("lint.toml");

/// Reads the table of limits, or says what is wrong with it.
pub(crate) fn table() -> Result<(), DraftError> {
    LIMITS.get().map(|_| ())
}

/// The limits. Whoever asks has read the table before (`draft`, [`lint`]).
fn limits() -> &'static Limits {
    static NONE: LazyLock<Limits> = LazyLock::new(Limits::default);
    LIMITS.get().unwrap_or(&NONE)
}

/// A letter in the name of a child must be signed by whoever speaks for the child.
pub(crate) fn signed_by_a_child(inputs: &Inputs) -> Option<Finding> {
    let patient = &inputs.case.patient;
    let spoken_for = patient.role.as_deref().is_some_and(|r| r != "patient") && patient.representative.is_some();
    let age = calendar::years_between(patient.date_of_birth?, inputs.today)?;
    let text = "The patient is a minor. Enter who writes for the patient, a parent or guardian: the letter is then in that \
                person's name.";
    (age < limits().minor_below && !spoken_for)
        .then(|| Finding::new("minor_signs", text).about("patient.representative"))
}

/// What is wrong or weak in a document. An empty list means that it can go out.
///
/// Codes: `unfilled_field`, `reason_not_answered`, `exhibit_not_cited`, `exhibit_absent`, `claim_without_source`,
/// `certification_not_checked`, `threat`, `sarcasm`, `accusation`, `reading_level`, `first_page_late`,
/// `withheld_opinion_mentioned`, `template_broken`.
pub fn lint(document: &Document, inputs: &Inputs) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Err(broken) = words::tables_read() {
        return vec![Finding::new("template_broken", broken.to_string())];
    }
    unfilled(document, &mut findings);
    if matches!(document.id.as_str(), "appeal_letter" | "external_review_request" | "supplement") {
        reasons_answered(document, inputs, &mut findings);
    }
    exhibits_cited(document, inputs, &mut findings);
    sources(document, &mut findings);
    certification(document, inputs, &mut findings);
    withheld_opinion(document, inputs, &mut findings);
    tone(document, &mut findings);
    reading_level(document, &mut findings);
    first_page(document, &mut findings);
    findings
}

fn unfilled(document: &Document, findings: &mut Vec<Finding>) {
    for path in &document.missing {
        let text = format!("A blank is left in the document: `{path}` is not in the case.");
        findings.push(Finding::new("unfilled_field", text).about(path.clone()));
    }
    if !document.missing.is_empty() {
        return;
    }
    for sentence in document.sentences().into_iter().filter(|s| has_blank(&s.text)) {
        let text = format!("A blank is left in this sentence: {}", short(&sentence.text));
        findings.push(Finding::new("unfilled_field", text));
    }
}

/// Whether a text has an unfilled `[blank]` or a line of underscores. Somebody's quoted words may have brackets.
fn has_blank(text: &str) -> bool {
    let outside: String = text
        .split('“')
        .enumerate()
        .map(|(i, part)| if i == 0 { part } else { part.split_once('”').map_or("", |(_, after)| after) })
        .collect();
    let bracket = outside.split('[').skip(1).any(|rest| {
        rest.split(']').next().is_some_and(|inner| !inner.is_empty() && inner.len() < 60 && rest.contains(']'))
    });
    bracket || outside.contains("____")
}

/// Each of the plan's reasons is quoted or named, and followed by an answer before the next heading.
fn reasons_answered(document: &Document, inputs: &Inputs, findings: &mut Vec<Finding>) {
    let text = cite::fold(&all_text(document));
    for denial in &inputs.case.denials {
        let reason = denial.reason.as_deref().unwrap_or("other");
        let quoted = denial.quote.as_deref().map(|q| cite::find_quote(&text, q.trim_matches(['"', '“', '”'])));
        let clinical = crate::argument::plan_of(reason).is_some_and(|p| p.clinical);
        let answered = section_of(document, denial.quote.as_deref(), clinical).is_some_and(|n| n > 0);
        match quoted {
            Some(true) if answered => {}
            Some(true) => findings.push(
                Finding::new(
                    "reason_not_answered",
                    "This reason of the plan is quoted but nothing in its section answers it with a source.",
                )
                .about(reason),
            ),
            Some(false) => findings.push(
                Finding::new("reason_not_answered", "This reason of the plan is neither quoted nor answered.")
                    .about(reason),
            ),
            None => {}
        }
    }
}

/// How many blocks that answer follow the quoted reason before the next heading: for a clinical reason only blocks with
/// a source count, for the others a request to the plan is an answer.
fn section_of(document: &Document, quote: Option<&str>, clinical: bool) -> Option<usize> {
    let quote = quote?;
    let at = document.blocks.iter().position(|b| matches!(b, Block::Quote { sentence, .. } if cite::find_quote(&sentence.text, quote.trim_matches(['"', '“', '”']))))?;
    let after = document.blocks.iter().skip(at + 1).take_while(|b| !matches!(b, Block::Heading { .. }));
    Some(
        after
            .filter(|b| {
                !clinical || b.sentences().iter().any(|s| !s.sources.is_empty()) || matches!(b, Block::Table { .. })
            })
            .count(),
    )
}

/// Every enclosed exhibit is cited at least once, and every cited one is in the packet.
fn exhibits_cited(document: &Document, inputs: &Inputs, findings: &mut Vec<Finding>) {
    let Ok(plan) = exhibits(inputs.case, inputs.check, &document.language) else { return };
    let cited = document.cited_exhibits();
    for enclosure in document.enclosures.iter().filter(|e| !cited.contains(&e.label)) {
        let text = format!(
            "Exhibit {} ({}) is enclosed and the letter never points to it: say what it shows, or leave it out.",
            enclosure.label, enclosure.title
        );
        findings.push(Finding::new("exhibit_not_cited", text).about(enclosure.label.clone()));
    }
    for label in cited.iter().filter(|l| !plan.exhibits.iter().any(|e| e.label == **l)) {
        let text = format!("The letter points to Exhibit {label}, which is not in the packet.");
        findings.push(Finding::new("exhibit_absent", text).about(label.clone()));
    }
}

fn sources(document: &Document, findings: &mut Vec<Finding>) {
    for sentence in document.sentences() {
        if matches!(sentence.claim, Claim::Legal | Claim::Medical) && sentence.sources.is_empty() {
            let text = format!("This statement rests on nothing yet: {}", short(&sentence.text));
            findings.push(Finding::new("claim_without_source", text));
        }
    }
}

/// "Board-certified" only for a physician whose certification somebody looked up. Quoted words are the physician's own.
fn certification(document: &Document, inputs: &Inputs, findings: &mut Vec<Finding>) {
    let checked = |p: Option<&facts::Physician>| {
        p.and_then(|p| p.certification_checked_at.as_deref()).is_some_and(|c| !c.trim().is_empty())
    };
    let second = checked(opinion::second_physician(inputs.case).as_ref());
    let treating = checked(inputs.case.treating_physician.as_ref());
    for block in document.blocks.iter().filter(|b| !matches!(b, Block::Quote { .. })) {
        for sentence in block.sentences() {
            let folded = cite::fold(&outside_quotes(&sentence.text));
            let says = limits().certified.iter().any(|p| folded.contains(p.as_str()));
            let about = physician_of(&folded, inputs);
            let ok = match about {
                Some(Who::Second) => second,
                Some(Who::Treating) => treating,
                None => second || treating,
            };
            if says && !ok {
                let text =
                    format!("Nobody has recorded where this certification was checked: {}", short(&sentence.text));
                findings.push(Finding::new("certification_not_checked", text));
            }
        }
    }
}

enum Who {
    Second,
    Treating,
}

fn physician_of(folded: &str, inputs: &Inputs) -> Option<Who> {
    let names = |p: Option<&facts::Physician>| {
        p.and_then(|p| p.name.as_deref()).map(cite::fold).is_some_and(|n| !n.is_empty() && folded.contains(&n))
    };
    if names(inputs.case.second_opinion.as_ref().and_then(|o| o.physician.as_ref())) {
        return Some(Who::Second);
    }
    names(inputs.case.treating_physician.as_ref()).then_some(Who::Treating)
}

/// A letter to the plan says nothing of an opinion that is held back.
fn withheld_opinion(document: &Document, inputs: &Inputs, findings: &mut Vec<Finding>) {
    let held_back = !matches!(attach(inputs.case, inputs.check), crate::Attach::Yes | crate::Attach::NoLetter);
    let second = inputs.case.second_opinion.as_ref().and_then(|o| o.physician.as_ref()).and_then(|p| p.name.as_deref());
    let outward = !matches!(document.to.name.as_str(), n if second.is_some_and(|s| n.contains(s)));
    if let (true, true, Some(name)) = (held_back, outward, second)
        && document.reader == Reader::Professional
        && cite::find_quote(&all_text(document), name)
        && document.id != "thank_you"
    {
        let text = format!("The opinion letter is held back, and this document names {name}.");
        findings.push(Finding::new("withheld_opinion_mentioned", text));
    }
}

/// Threats, sarcasm and accusations in our own words; the quoted words of others are left alone.
fn tone(document: &Document, findings: &mut Vec<Finding>) {
    for sentence in document.sentences() {
        let folded = format!(" {} ", cite::fold(&outside_quotes(&sentence.text)));
        for tone in &limits().tones {
            if let Some(phrase) = tone.phrases.iter().find(|p| folded.contains(p.as_str())) {
                let text = format!(
                    "“{}” works against the letter; say what happened and what you ask for: {}",
                    phrase.trim(),
                    short(&sentence.text)
                );
                findings.push(Finding::new(tone.kind.clone(), text));
            }
        }
    }
}

fn reading_level(document: &Document, findings: &mut Vec<Finding>) {
    if document.language != "en" {
        return;
    }
    let own: Vec<String> = document.sentences().iter().map(|s| full_stop(&outside_quotes(&s.text))).collect();
    let limit = match document.reader {
        Reader::Person => limits().grade_person,
        Reader::Professional => limits().grade_professional,
    };
    if let Some(grade) = readability::grade(&own.join(" ")).filter(|g| *g > limit) {
        let text = format!(
            "This reads at grade {grade:.0}; for its reader grade {limit:.0} is the limit. Shorter sentences help."
        );
        findings.push(Finding::new("reading_level", text));
    }
}

/// The first page must carry the case: what is asked, and the first source, within its first words.
fn first_page(document: &Document, findings: &mut Vec<Finding>) {
    let limits = limits();
    if !limits.first_page_for.contains(&document.id) {
        return;
    }
    let mut count = 0;
    for sentence in document.sentences() {
        if !sentence.sources.is_empty() && count <= limits.first_page_words {
            return;
        }
        count += sentence.text.split_whitespace().count();
    }
    findings.push(Finding::new(
        "first_page_late",
        "The first page names nothing that supports the request. Bring the strongest point forward.",
    ));
}

fn all_text(document: &Document) -> String {
    let mut text: Vec<&str> = document.sentences().into_iter().map(|s| s.text.as_str()).collect();
    text.extend(document.enclosures.iter().map(|e| e.title.as_str()));
    text.extend(document.cc.iter().map(String::as_str));
    text.join("\n")
}

/// A text without what stands in quotation marks.
fn outside_quotes(text: &str) -> String {
    let mut out = String::new();
    let mut depth = 0usize;
    for c in text.chars() {
        match c {
            '“' => depth += 1,
            '”' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

fn full_stop(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', ':']) { text.into() } else { format!("{text}.") }
}
