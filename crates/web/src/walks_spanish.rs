//! The demonstration walked through in Spanish: no sentence of ours on any page is in English, except where the page says so.
#![allow(clippy::unwrap_used, clippy::panic)]

use facts::{Candidate, Case, Contact, Denial, Event, When};

use crate::http::Upload;
use crate::testing::{Site, kb};
use crate::words::Lang;

/// Words that stand in almost every English sentence and in no Spanish one.
const ENGLISH: &[&str] = &[
    "the", "is", "are", "was", "were", "you", "your", "not", "when", "which", "must", "with", "from", "that", "they",
    "we", "have", "has", "will", "should", "this", "their", "what", "ask", "been", "does",
];

/// Elements whose text is somebody else's words: quotes, the text of a paper, a value the person typed.
const QUOTED: &[&str] = &["blockquote", "mark", "textarea", "pre", "style", "script", "option"];

/// Sentences of a page that are in English and not marked as English or as a quote. What the case itself says (the
/// service, a criterion) is in the language of its papers.
fn english_but(page: &str, case: &Case) -> Vec<String> {
    let mut facts = Vec::new();
    strings(&toml::Value::try_from(case).unwrap(), &mut facts);
    // The longest first, so that a part of a fact does not hide the rest of it.
    facts.sort_by_key(|f| std::cmp::Reverse(f.len()));
    let mut page = page.to_string();
    for fact in facts.iter().filter(|f| f.contains(' ')) {
        let small: String = fact.chars().take(1).flat_map(char::to_lowercase).chain(fact.chars().skip(1)).collect();
        page = page.replace(&escaped(fact), "…").replace(&escaped(&small), "…");
    }
    // A list of criteria is shown line by line.
    let line = |text: &str| text.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').to_string();
    english(&page).into_iter().filter(|text| !facts.iter().any(|f| escaped(f).contains(&line(text)))).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn strings(value: &toml::Value, out: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => out.extend(text.lines().map(|l| l.trim().to_string())),
        toml::Value::Array(all) => all.iter().for_each(|v| strings(v, out)),
        toml::Value::Table(all) => all.values().for_each(|v| strings(v, out)),
        _ => {}
    }
}

/// Sentences of a page that are in English and not marked as English or as a quote.
fn english(page: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut open: Vec<(String, bool)> = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        if !open.iter().any(|(_, aside)| *aside) && speaks_english(text) {
            out.push(text.trim().to_string());
        }
        let end = tag.find('>').map_or(tag.len(), |e| e + 1);
        let (tag, after) = tag.split_at(end);
        step(tag, &mut open);
        rest = after;
    }
    out
}

/// Follows a tag: what is inside of one that is quoted or in English counts as aside.
fn step(tag: &str, open: &mut Vec<(String, bool)>) {
    const EMPTY: &[&str] = &["br", "img", "input", "meta", "link", "hr", "rect", "line", "circle", "path", "polyline"];
    let inside = tag.trim_start_matches('<').trim_end_matches('>');
    let name = inside.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap_or_default().to_string();
    if inside.starts_with('/') {
        if let Some(at) = open.iter().rposition(|(n, _)| *n == name) {
            open.truncate(at);
        }
    } else if !inside.starts_with('!') && !EMPTY.contains(&name.as_str()) {
        let aside =
            QUOTED.contains(&name.as_str()) || inside.contains("lang=\"en\"") || inside.contains("class=\"sheet\"");
        open.push((name, aside));
    }
}

/// Whether a text has an English word outside quotation marks.
fn speaks_english(text: &str) -> bool {
    let mut bare = String::new();
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '“' | '«' => depth += 1,
            '”' | '»' => depth -= 1,
            _ if depth <= 0 => bare.extend(c.to_lowercase()),
            _ => {}
        }
    }
    let words: Vec<&str> = bare.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).collect();
    // "Office of the Commissioner" is a name.
    let name = |at: usize| words.get(at.wrapping_sub(1)).is_some_and(|w| matches!(*w, "of" | "by"));
    words.iter().enumerate().any(|(at, w)| ENGLISH.contains(w) && !(*w == "the" && name(at)))
}

/// The demonstration: its papers dropped in, its answers given.
fn demo(site: &Site) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/walks/demo");
    let paper = |name: &str, field: &str| Upload {
        field: field.into(),
        name: name.into(),
        bytes: std::fs::read(folder.join(name)).unwrap(),
    };
    let to = site.post("/new", &[], vec![paper("denial.pdf", "letter")]).unwrap();
    let id = to.split('/').nth(2).unwrap().to_string();
    for (name, kind) in [("opinion.pdf", "opinion_letter"), ("imaging.pdf", "imaging"), ("therapy.pdf", "office_note")]
    {
        let seen = site.loaded(&id).revision.to_string();
        let at = format!("/case/{id}/papers");
        site.post(&at, &[("_seen", &seen), ("kind", kind)], vec![paper(name, "paper")]).unwrap();
    }
    let answers: toml::Value = toml::from_str(&std::fs::read_to_string(folder.join("answers.toml")).unwrap()).unwrap();
    let mut case = toml::Value::try_from(site.loaded(&id).state.case).unwrap();
    lay_over(&mut case, answers);
    site.change(&id, |state| state.case = Case::parse(&toml::to_string(&case).unwrap()).unwrap());
    id
}

fn lay_over(case: &mut toml::Value, answers: toml::Value) {
    match (case, answers) {
        (toml::Value::Table(case), toml::Value::Table(answers)) => {
            for (key, value) in answers {
                match case.get_mut(&key) {
                    Some(known) => lay_over(known, value),
                    None => {
                        case.insert(key, value);
                    }
                }
            }
        }
        (toml::Value::Array(case), toml::Value::Array(answers)) => case.extend(answers),
        (case, answer) => *case = answer,
    }
}

fn pages(site: &Site, id: &str) -> Vec<String> {
    let mut all: Vec<String> = ["/", "/new", "/settings", "/about"].map(String::from).to_vec();
    let of = [
        "",
        "/rights",
        "/opinion",
        "/opinion/whom",
        "/opinion/check",
        "/opinion/compare",
        "/treatments",
        "/papers",
        "/evidence",
        "/letters",
        "/packet",
        "/log",
        "/history",
        "/letter/please_add",
        "/letter/second_opinion_brief",
        "/letter/appeal_letter?language=es",
        "/letter/please_add?language=es",
        "/letter/second_opinion_brief?language=es",
        "/letter/claim_file_request?language=es",
    ];
    all.extend(of.map(|part| format!("/case/{id}{part}")));
    all.extend(site.loaded(id).state.papers.iter().map(|p| format!("/case/{id}/paper/{}", p.sha256)));
    all
}

#[test]
fn the_whole_demonstration_is_in_spanish() {
    let site = Site::new();
    let id = demo(&site);
    let case = site.loaded(&id).state.case;
    let mut wrong = Vec::new();
    for path in pages(&site, &id) {
        let page = site.page(Lang::Es, &path);
        wrong.extend(english_but(&page, &case).into_iter().map(|text| format!("{path}: {text}")));
    }
    assert!(wrong.is_empty(), "English on Spanish pages:\n{}", wrong.join("\n"));
}

/// Every coverage, with a denial of every reason in turn, before and after it: the words of every rule come up.
#[test]
fn rights_and_second_opinion_are_in_spanish_for_every_coverage() {
    let site = Site::new();
    let mut wrong = std::collections::BTreeSet::new();
    for (n, coverage) in kb().index().vocabulary().coverages.names().enumerate() {
        let id = site.case(&case_of(coverage, n));
        for part in ["rights", "opinion", "opinion/whom", "opinion/compare", "evidence", ""] {
            let page = site.page(Lang::Es, &format!("/case/{id}/{part}"));
            wrong.extend(english(&page).into_iter().map(|text| format!("{part}: {text}")));
        }
    }
    let list: Vec<&str> = wrong.iter().map(String::as_str).collect();
    assert!(list.is_empty(), "English on Spanish pages:\n{}", list.join("\n"));
}

fn case_of(coverage: &str, n: usize) -> Case {
    const REASONS: [&str; 8] = [
        "not_medically_necessary",
        "experimental_investigational",
        "out_of_network",
        "second_opinion_missing",
        "step_therapy",
        "benefit_exclusion",
        "coding_or_billing",
        "other",
    ];
    const STATES: [&str; 6] = ["CA", "NY", "NJ", "TX", "OH", "IN"];
    let mut case = Case::default();
    case.coverage.kind = Some(coverage.into());
    case.coverage.network_type = [Some("hmo"), Some("ppo"), Some("hdhp"), None][n % 4].map(String::from);
    case.coverage.deductible_cents = [None, Some(150_000)][n % 2];
    case.patient.state = Some(STATES[n % STATES.len()].into());
    case.claim.kind = [None, Some("pre_service"), Some("post_service")][n % 3].map(String::from);
    case.claim.service = Some("artroplastia de rodilla (knee replacement)".into());
    for reason in [REASONS[n % 8], REASONS[(n + 3) % 8]] {
        case.denials.push(Denial { reason: Some(reason.into()), ..Denial::default() });
    }
    for (kind, day) in [("notice_dated", "2026-11-02"), ("notice_received", "2026-11-05")].iter().take(1 + n % 2) {
        let date = When::Day(day.parse().unwrap());
        case.events.push(Event { kind: (*kind).into(), date, evidence: None, note: None });
    }
    case.candidates.push(Candidate {
        name: Some("Rosa Ejemplo, MD".into()),
        npi: Some("1234567890".into()),
        certified_by: Some("ABOS".into()),
        operating_surgeon: Some(true),
        years_experience: Some(12.0),
        ..Candidate::default()
    });
    case.contacts.push(Contact::default());
    case
}

#[test]
fn an_english_sentence_on_a_page_would_be_seen() {
    let page =
        |inside: &str| format!("<!DOCTYPE html><html lang=\"es\"><body><p>Sus derechos</p>{inside}</body></html>");
    assert_eq!(english(&page("<p>The clock starts today.</p>")), ["The clock starts today."]);
    assert!(english(&page("<ol><li>El plazo corre.<br>Ask the plan.</li></ol>")).len() == 1);
    for aside in [
        "<p lang=\"en\">The clock <b>starts</b> today.</p>",
        "<blockquote>“You have the right to appeal.”</blockquote>",
        "<p>Busque «the appeal» en la carta.</p>",
        "<p>Office of the Commissioner, Department of Insurance</p>",
    ] {
        assert_eq!(english(&page(aside)), Vec::<String>::new(), "{aside}");
    }
}
