//! Which papers go into the packet, in which order, under which label; and which are held back, and why.

use std::collections::BTreeMap;

use facts::{Case, Record};
use opinion::Check;
pub use opinion::{Attach, attach};
use serde::{Deserialize, Serialize};

use crate::words::Once;
use crate::{DraftError, decision, words};

/// A paper that goes into the packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibit {
    /// `A` … `Z`, `AA` …
    pub label: String,
    /// What it is, for the contents.
    pub title: String,
    /// The file as the case names it; empty for a paper that the program makes itself (see `made`).
    pub source: String,
    /// Its kind, a word of `templates/exhibits.toml`.
    pub kind: String,
    /// Its date, when known, as ISO 8601.
    pub dated: Option<String>,
    /// For a paper that the program makes from the case: which one (`search_log`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
}

/// A paper that is not in the packet, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// The file as the case names it.
    pub source: String,
    /// A sentence for the person.
    pub why: String,
    /// The same for programs: `person_decided`, `not_supportive`, `harmful_sentence`, `nothing_concluded`, `not_checked`, `another_patient`,
    /// `not_an_opinion`, `own_letter`, `another_writer`, `retracted` or `kind`.
    #[serde(default)]
    pub reason: String,
    /// The person wanted it in, and it stays out all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub against_choice: bool,
}

/// The exhibits and what was held back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExhibitPlan {
    /// In the order of the packet.
    pub exhibits: Vec<Exhibit>,
    /// Papers left out on purpose.
    pub withheld: Vec<Withheld>,
}

impl ExhibitPlan {
    /// The exhibit made from a file: by its path, else by its name alone when only one exhibit has it.
    pub fn of_source(&self, file: &str) -> Option<&Exhibit> {
        let wanted = base_name(file);
        self.exhibits.iter().find(|e| !e.source.is_empty() && tidy(&e.source) == tidy(file)).or_else(|| {
            let mut named = self.exhibits.iter().filter(|e| !e.source.is_empty() && base_name(&e.source) == wanted);
            named.next().filter(|_| named.next().is_none())
        })
    }

    /// The exhibit with a label, or made from a file of that name.
    pub fn find(&self, label_or_file: &str) -> Option<&Exhibit> {
        let bare = label_or_file.trim();
        let bare = bare.strip_prefix("Exhibit ").or_else(|| bare.strip_prefix("Ex. ")).unwrap_or(bare);
        self.exhibits.iter().find(|e| e.label == bare).or_else(|| self.of_source(label_or_file))
    }

    /// The first exhibit of a kind.
    pub fn of_kind(&self, kind: &str) -> Option<&Exhibit> {
        self.exhibits.iter().find(|e| e.kind == kind)
    }
}

/// A path without a leading `./`, so that two spellings of one file are one exhibit. Folders count: two files of the
/// same name in two folders are two exhibits.
pub(crate) fn tidy(path: &str) -> &str {
    path.trim().trim_start_matches("./")
}

fn base_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_lowercase()
}

/// What `templates/exhibits.toml` says about kinds of papers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KindTable {
    #[serde(rename = "kind")]
    kinds: Vec<KindRow>,
    /// How events of notices begin that are no decision.
    #[serde(default)]
    no_decision: Vec<String>,
}

static TABLE: Once<KindTable> = Once::new("exhibits.toml");

/// The table of papers, or what is wrong with it.
pub(crate) fn table() -> Result<&'static KindTable, DraftError> {
    TABLE.get()
}

/// Whether an event's name begins like that of a notice which decides nothing.
pub(crate) fn is_no_decision(event: &str) -> bool {
    // `exhibits` and `draft` have told of a table that cannot be read.
    let known = table().map_or(&[][..], |t| &t.no_decision);
    known.iter().any(|n| event.starts_with(n.as_str()))
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindRow {
    id: String,
    en: String,
    es: String,
    #[serde(default = "yes")]
    include: bool,
    /// Whether it is a record of the patient's care.
    #[serde(default)]
    clinical: bool,
}

fn yes() -> bool {
    true
}

struct Paper {
    source: String,
    kind: String,
    title: Option<String>,
    dated: Option<String>,
    include: Option<bool>,
}

/// Puts the case's papers in order and labels them.
///
/// Order: by kind as `templates/exhibits.toml` lists the kinds (the decision, the second opinion, the treating
/// physician, records, the plan's own papers, literature, the search log), within a kind as the case lists them.
/// `choices.exhibit_order` goes before that. A file named twice is one exhibit.
///
/// # Errors
/// [`DraftError::Template`] when the table of papers cannot be read: without it nothing would be in its place, and papers
/// that stay out would go in.
pub fn exhibits(case: &Case, check: Option<&Check>, language: &str) -> Result<ExhibitPlan, DraftError> {
    let table = table()?;
    let rank: BTreeMap<&str, usize> = table.kinds.iter().enumerate().map(|(i, k)| (k.id.as_str(), i)).collect();
    let sentences = words::Words::of("common", language);
    let mut plan = ExhibitPlan::default();
    let mut chosen = Vec::new();
    for mut paper in papers(case) {
        let decision = case.claim.documents.iter().any(|d| tidy(d) == tidy(&paper.source));
        if decision && is_opinion(&paper, case) && attach(case, check) == Attach::NotAnOpinion {
            // The plan's own letter, given as the opinion too: it goes in as what it is.
            paper.kind = "denial_letter".into();
            chosen.push(paper);
            continue;
        }
        match held_back(&paper, case, check, table) {
            Some(reason) => {
                let key = format!("withheld.{reason}");
                let why = sentences.get(&key).unwrap_or(&key).to_string();
                let wanted = case.choices.attach_opinion == Some(true) || paper.include == Some(true);
                let against_choice = wanted && attach(case, check).is_never() && is_opinion(&paper, case);
                plan.withheld.push(Withheld { source: paper.source, why, reason: reason.into(), against_choice });
            }
            None => chosen.push(paper),
        }
    }
    let order: Vec<String> = case.choices.exhibit_order.iter().flatten().map(|f| base_name(f)).collect();
    chosen.sort_by_key(|p| {
        let wished = order.iter().position(|f| *f == base_name(&p.source)).unwrap_or(usize::MAX);
        (wished, rank.get(p.kind.as_str()).copied().unwrap_or(rank.len()))
    });
    for paper in chosen {
        let earlier = decision::is_earlier(case, &paper.kind, paper.dated.as_deref());
        let earlier = sentences.get("exhibits.earlier_decision").filter(|_| earlier).map(str::to_string);
        let own = paper.title.clone().or_else(|| opinion_title(&paper, case, language)).or(earlier);
        let title = own.unwrap_or_else(|| kind_title(table, &paper.kind, language));
        plan.exhibits.push(Exhibit {
            label: label(plan.exhibits.len()),
            title,
            source: paper.source,
            kind: paper.kind,
            dated: paper.dated,
            made: None,
        });
    }
    if !case.contacts.is_empty() {
        plan.exhibits.push(Exhibit {
            label: label(plan.exhibits.len()),
            title: kind_title(table, "search_log", language),
            source: String::new(),
            kind: "search_log".into(),
            dated: None,
            made: Some("search_log".into()),
        });
    }
    Ok(plan)
}

/// Every paper the case names, each file once; the entry that says most about a file wins.
fn papers(case: &Case) -> Vec<Paper> {
    let mut papers: Vec<Paper> = Vec::new();
    let mut add = |paper: Paper| {
        if paper.source.trim().is_empty() {
            return;
        }
        match papers.iter_mut().find(|p| tidy(&p.source) == tidy(&paper.source)) {
            Some(known) => {
                if known.kind == "record" {
                    known.kind = paper.kind;
                }
                known.title = known.title.take().or(paper.title);
                known.dated = known.dated.take().or(paper.dated);
                known.include = known.include.or(paper.include);
            }
            None => papers.push(paper),
        }
    };
    for record in &case.records {
        add(paper_of_record(record));
    }
    if let Some(opinion) = &case.second_opinion {
        add(bare(opinion.letter.clone().unwrap_or_default(), "opinion_letter"));
    }
    for (i, file) in case.claim.documents.iter().enumerate() {
        add(bare(file.clone(), if i == 0 { "denial_letter" } else { "claim_paper" }));
    }
    for reference in &case.references {
        let mut paper = bare(reference.file.clone().unwrap_or_default(), "reference");
        paper.title = reference.title.clone();
        add(paper);
    }
    for paper in &mut papers {
        paper.dated = paper.dated.take().or_else(|| decision::carried(case, &paper.source, &paper.kind));
    }
    papers
}

fn bare(source: String, kind: &str) -> Paper {
    Paper { source, kind: kind.into(), title: None, dated: None, include: None }
}

fn paper_of_record(record: &Record) -> Paper {
    Paper {
        source: record.file.clone().unwrap_or_default(),
        kind: record.kind.clone().unwrap_or_else(|| "record".into()),
        title: record.title.clone().filter(|t| !t.trim().is_empty()),
        dated: record.dated.map(|d| d.to_string()),
        include: record.include,
    }
}

/// Whether a paper is the opinion letter, or a copy of it.
fn is_opinion(paper: &Paper, case: &Case) -> bool {
    let letter = case.second_opinion.as_ref().and_then(|o| o.letter.as_deref()).map(base_name);
    paper.kind == "opinion_letter" || letter.as_deref() == Some(base_name(&paper.source).as_str())
}

/// Why a paper stays out, if it does.
fn held_back(paper: &Paper, case: &Case, check: Option<&Check>, table: &KindTable) -> Option<&'static str> {
    if is_opinion(paper, case) {
        return match attach(case, check) {
            Attach::Yes => None,
            Attach::PersonDecidedNot => Some("person_decided"),
            Attach::NotSupportive => Some("not_supportive"),
            Attach::HarmfulSentence => Some("harmful_sentence"),
            Attach::NothingConcluded => Some("nothing_concluded"),
            Attach::NotChecked | Attach::NoLetter => Some("not_checked"),
            Attach::AnotherPatient => Some("another_patient"),
            Attach::NotAnOpinion => Some("not_an_opinion"),
            Attach::OwnLetter => Some("own_letter"),
            Attach::AnotherWriter => Some("another_writer"),
        };
    }
    if paper.include == Some(false) {
        return Some("person_decided");
    }
    if is_retracted(paper, case) {
        return Some("retracted");
    }
    let by_kind = table.kinds.iter().find(|k| k.id == paper.kind).is_none_or(|k| k.include);
    (paper.include.is_none() && !by_kind).then_some("kind")
}

/// Whether a paper is a study that its journal withdrew, and the person does not insist on it.
fn is_retracted(paper: &Paper, case: &Case) -> bool {
    case.references.iter().any(|r| {
        let same = r.file.as_deref().is_some_and(|f| base_name(f) == base_name(&paper.source));
        same && r.retracted.is_some() && r.use_anyway != Some(true)
    })
}

/// Whether papers of a kind are records of the patient's care.
pub(crate) fn is_clinical(kind: &str) -> bool {
    table().is_ok_and(|table| table.kinds.iter().any(|k| k.id == kind && k.clinical))
}

/// Whose opinion it is, when the case names the second physician.
fn opinion_title(paper: &Paper, case: &Case, language: &str) -> Option<String> {
    let name = case.second_opinion.as_ref()?.physician.as_ref()?.name.as_deref()?.trim();
    let words = words::Words::of("common", language);
    let title = words.get("exhibits.opinion_of")?.replace("{name}", name);
    (paper.kind == "opinion_letter" && !name.is_empty()).then_some(title)
}

fn kind_title(table: &KindTable, kind: &str, language: &str) -> String {
    match table.kinds.iter().find(|k| k.id == kind) {
        Some(row) if language == "es" => row.es.clone(),
        Some(row) => row.en.clone(),
        None => kind.replace('_', " "),
    }
}

/// The label of the exhibit at a place counted from 0: `A` … `Z`, `AA`, `AB` …
///
/// # Example
/// ```
/// assert_eq!((draft::label(0), draft::label(25), draft::label(26), draft::label(701), draft::label(702)),
///            ("A".into(), "Z".into(), "AA".into(), "ZZ".into(), "AAA".into()));
/// ```
pub fn label(place: usize) -> String {
    let mut letters = Vec::new();
    let mut n = place + 1;
    while n > 0 {
        letters.push(char::from(b'A' + ((n - 1) % 26) as u8));
        n = (n - 1) / 26;
    }
    letters.iter().rev().collect()
}
