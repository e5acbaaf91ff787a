//! Candidates compared in the open: each criterion with its points and the reason, nothing hidden.
//!
//! Weights and sentences are data (`kb/opinions/scoring.toml`). What is not known gives no points and becomes a
//! question to ask. Nobody is called board-certified: a certificate is only "recorded as checked at … on …".

use std::collections::BTreeMap;

use calendar::Date;
use facts::{Candidate, Case};
use kb::Sentences;
use serde::{Deserialize, Serialize};

use super::profile::{Directory, Profile};
use super::{NpiCheck, npi};
use crate::dates::later;
use crate::paper::is_same_name;
use crate::words::Folded;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scoring {
    pub(super) look_in: Vec<String>,
    pub(super) says: Says,
    pub(super) criterion: Vec<CriterionText>,
    ties: BTreeMap<String, String>,
    experience: Experience,
    pub(super) independence_questions: Questions,
    pub(super) state_form: Vec<StateFormText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Says {
    pub(super) fits: String,
    pub(super) unknown: String,
    pub(super) no_help: String,
    npi_wrong: String,
    npi_short: String,
    tie: String,
    own_doctor: String,
    other_field: String,
    other_age: String,
    not_verified: String,
    pub(super) nci_dated: String,
    pub(super) nci_none: String,
    pub(super) candidates_none: String,
    pub(super) order: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CriterionText {
    id: String,
    title: String,
    points: i32,
    part_points: i32,
    full: String,
    part: String,
    none: String,
    unknown: String,
    pub(super) ask: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Experience {
    cases_per_year_full: f64,
    years_full: f64,
    publications_full: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Questions {
    pub(super) questions: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StateFormText {
    pub(super) state: String,
    pub(super) title: String,
    pub(super) coverage: Vec<String>,
    pub(super) reasons: Vec<String>,
    pub(super) says: String,
    pub(super) cite: String,
    pub(super) confidence: cite::Confidence,
}

/// A candidate with every point and its reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoredCandidate {
    /// Place in the ranking, counted from 1.
    pub rank: usize,
    /// The name as entered.
    pub name: String,
    /// Points given.
    pub points: i32,
    /// Points that could be given.
    pub of: i32,
    /// Every criterion.
    pub criteria: Vec<Criterion>,
    /// "Recorded as checked at … on …", when somebody looked the certificate up.
    pub certification: Option<String>,
    /// Whether the NPI can be right, when one is entered.
    pub npi: Option<NpiCheck>,
    /// Ties entered or seen.
    pub ties: Vec<String>,
    /// Whether there is time before the filing day; unknown without an opening or a filing day.
    pub in_time: Option<bool>,
    /// What to look out for.
    pub warnings: Vec<String>,
    /// What to ask this office, for the criteria that are not known.
    pub to_ask: Vec<String>,
}

/// One criterion for one candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// Id in the data.
    pub id: String,
    /// Its title.
    pub title: String,
    /// `full`, `part`, `none` or `unknown`.
    pub state: String,
    /// Points given.
    pub points: i32,
    /// Points that could be given.
    pub of: i32,
    /// Why.
    pub says: String,
}

/// How far a criterion is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Met {
    Full,
    Part,
    None,
    Unknown,
}

impl Met {
    fn yes_no(answer: Option<bool>) -> Met {
        match answer {
            Some(true) => Met::Full,
            Some(false) => Met::None,
            None => Met::Unknown,
        }
    }
}

/// What the scoring needs to know beside the candidate.
pub(super) struct Ground<'a> {
    pub(super) case: &'a Case,
    pub(super) scoring: &'a Scoring,
    pub(super) directory: &'a Directory,
    pub(super) profile: &'a Profile,
    pub(super) file_by: Option<Date>,
    pub(super) writing_days: u32,
    pub(super) sentences: &'a Sentences,
}

/// Scores all candidates of the case, best first; equal points keep the person's own order. A doctor with a tie, of another
/// field, or who writes no letter comes after the others: points for the rest do not make up for any of it.
pub(super) fn score(ground: &Ground<'_>) -> Vec<ScoredCandidate> {
    let mut out: Vec<ScoredCandidate> = ground.case.candidates.iter().map(|c| one(ground, c)).collect();
    let fails = |c: &ScoredCandidate, id: &str| c.criteria.iter().any(|x| x.id == id && x.state == "none");
    let behind = |c: &ScoredCandidate| !c.ties.is_empty() || fails(c, "writes") || fails(c, "specialty");
    out.sort_by_key(|c| (behind(c), std::cmp::Reverse(c.points)));
    for (i, c) in out.iter_mut().enumerate() {
        c.rank = i + 1;
    }
    out
}

fn one(ground: &Ground<'_>, c: &Candidate) -> ScoredCandidate {
    let ties = ties(ground, c);
    let name = c.name.clone().unwrap_or_else(|| ground.sentences.say("no_name", &[]));
    let in_time = in_time(ground, c);
    let mut criteria = Vec::new();
    let mut to_ask = Vec::new();
    for text in &ground.scoring.criterion {
        let (met, fill) = met(ground, c, &text.id, &ties, in_time);
        let (state, points, says) = match met {
            Met::Full => ("full", text.points, &text.full),
            Met::Part => ("part", text.part_points, &text.part),
            Met::None => ("none", 0, &text.none),
            Met::Unknown => ("unknown", 0, &text.unknown),
        };
        if met == Met::Unknown || (met == Met::Part && text.id == "independence") {
            to_ask.push(text.ask.clone());
        }
        criteria.push(Criterion {
            id: text.id.clone(),
            title: text.title.clone(),
            state: state.into(),
            points,
            of: text.points,
            says: fill.iter().fold(says.clone(), |s, (k, v)| s.replace(k, v)),
        });
    }
    let checked = c.certification_checked_at.as_ref().zip(c.checked_on);
    let check = c.npi.as_deref().map(npi);
    ScoredCandidate {
        rank: 0,
        points: criteria.iter().map(|c| c.points).sum(),
        of: criteria.iter().map(|c| c.of).sum(),
        certification: checked
            .map(|(at, on)| ground.sentences.say("checked_at", &[("where", at), ("day", &ground.sentences.plain(on))])),
        warnings: warnings(
            ground,
            &name,
            check,
            &Doubts {
                own: own_doctor(ground, c),
                tied: !ties.is_empty(),
                other_field: specialty(ground, c) == Met::None,
                other_age: other_age(ground, c),
                unverified: c.certified_by.is_some() && checked.is_none(),
            },
        ),
        npi: check,
        criteria,
        ties,
        in_time,
        to_ask,
        name,
    }
}

/// What a reviewer could hold against a candidate.
struct Doubts {
    own: bool,
    tied: bool,
    other_field: bool,
    other_age: bool,
    unverified: bool,
}

/// Whether the candidate is the physician whose advice is to be looked at.
fn own_doctor(ground: &Ground<'_>, c: &Candidate) -> bool {
    let treating = ground.case.treating_physician.as_ref().and_then(|t| t.name.as_deref());
    c.name.as_deref().zip(treating).is_some_and(|(a, b)| is_same_name(a, b))
}

fn warnings(ground: &Ground<'_>, name: &str, check: Option<NpiCheck>, doubts: &Doubts) -> Vec<String> {
    let says = &ground.scoring.says;
    let told = |text: &String| text.replace("{name}", name);
    let npi = match check {
        Some(NpiCheck::DoesNotFit) => Some(&says.npi_wrong),
        Some(NpiCheck::NotTenDigits) => Some(&says.npi_short),
        _ => None,
    };
    let tie = if doubts.own { Some(&says.own_doctor) } else { doubts.tied.then_some(&says.tie) };
    let field = doubts.other_field.then_some(&says.other_field);
    let age = doubts.other_age.then_some(&says.other_age);
    let unverified = doubts.unverified.then_some(&says.not_verified);
    [npi, tie, field, age, unverified].into_iter().flatten().map(told).collect()
}

type Fill = Vec<(&'static str, String)>;

fn met(ground: &Ground<'_>, c: &Candidate, id: &str, ties: &[String], in_time: Option<bool>) -> (Met, Fill) {
    match id {
        "specialty" => (specialty(ground, c), Vec::new()),
        "certification" => certification(c, ground.sentences),
        "independence" => (independence(c, ties), vec![("{tie}", ties.join(", "))]),
        "setting" => setting(ground, c),
        "experience" => experience(&ground.scoring.experience, c, ground.sentences),
        "in_time" => {
            let when = c.earliest_appointment.map(|d| ground.sentences.plain(d)).unwrap_or_default();
            let by = ground.file_by.map(|d| ground.sentences.plain(d)).unwrap_or_default();
            let met = match in_time {
                Some(true) => Met::Full,
                Some(false) => Met::Part,
                None => Met::Unknown,
            };
            (met, vec![("{when}", when), ("{by}", by)])
        }
        "network" => (Met::yes_no(c.in_network), Vec::new()),
        "writes" => (Met::yes_no(c.writes_letters), Vec::new()),
        "speaks" => (Met::yes_no(c.peer_to_peer), Vec::new()),
        "examines" => (Met::yes_no(c.examines), Vec::new()),
        _ => (Met::Unknown, Vec::new()),
    }
}

fn specialty(ground: &Ground<'_>, c: &Candidate) -> Met {
    let stated = [&c.specialty, &c.subspecialty].into_iter().flatten().map(String::as_str);
    let text = Folded::of(stated);
    if text.is_empty() || ground.profile.groups.is_empty() {
        return Met::Unknown;
    }
    let known = ground.directory.recognize(&text);
    if known.is_empty() {
        return Met::Unknown;
    }
    if known.iter().any(|k| ground.profile.fits_exactly(k)) {
        Met::Full
    } else if known.iter().any(|k| ground.profile.accepts(k)) {
        Met::Part
    } else if ground.profile.rough {
        // Only a catch-all group fits the case: not enough to call a field wrong.
        Met::Unknown
    } else {
        Met::None
    }
}

/// Whether the patient is a child and all fields entered are those of grown people.
fn other_age(ground: &Ground<'_>, c: &Candidate) -> bool {
    let known = ground
        .directory
        .recognize(&Folded::of([&c.specialty, &c.subspecialty].into_iter().flatten().map(String::as_str)));
    ground.profile.child && !known.is_empty() && known.iter().all(|k| ground.profile.is_of_other_age(k))
}

fn certification(c: &Candidate, sentences: &Sentences) -> (Met, Fill) {
    match (&c.certification_checked_at, c.checked_on, &c.certified_by) {
        (Some(at), Some(on), _) => (Met::Full, vec![("{where}", at.clone()), ("{when}", sentences.plain(on))]),
        (_, _, Some(_)) => (Met::Part, Vec::new()),
        _ => (Met::Unknown, Vec::new()),
    }
}

fn ties(ground: &Ground<'_>, c: &Candidate) -> Vec<String> {
    let word = |key: &str| ground.scoring.ties.get(key).cloned().unwrap_or_else(|| key.replace('_', " "));
    let treating = ground.case.treating_physician.as_ref();
    let same = |a: &Option<String>, b: Option<&String>| match (a, b) {
        (Some(a), Some(b)) => !a.trim().is_empty() && cite::fold(a).trim() == cite::fold(b).trim(),
        _ => false,
    };
    let mut out = Vec::new();
    if own_doctor(ground, c) {
        return vec![word("treating")];
    }
    let practice = same(&c.practice, treating.and_then(|t| t.practice.as_ref()));
    if c.same_practice_as_treating == Some(true) || practice {
        out.push(word("same_practice_as_treating"));
    }
    if same(&c.institution, treating.and_then(|t| t.institution.as_ref())) {
        out.push(word("same_institution"));
    }
    if c.operating_surgeon == Some(true) {
        out.push(word("operating_surgeon"));
    }
    if c.financial_tie == Some(true) {
        out.push(word("financial_tie"));
    }
    out
}

fn independence(c: &Candidate, ties: &[String]) -> Met {
    let answers = [c.same_practice_as_treating, c.operating_surgeon, c.financial_tie];
    if !ties.is_empty() {
        Met::None
    } else if answers.iter().all(|a| *a == Some(false)) {
        Met::Full
    } else if answers.iter().any(Option::is_some) {
        Met::Part
    } else {
        Met::Unknown
    }
}

fn setting(ground: &Ground<'_>, c: &Candidate) -> (Met, Fill) {
    let Some(setting) = c.setting.as_deref().map(str::trim).filter(|s| !s.is_empty()) else {
        return (Met::Unknown, Vec::new());
    };
    let key = setting.to_lowercase().replace([' ', '-'], "_").replace("center", "centre");
    let says = ground.directory.centers.kinds.get(&key).cloned().unwrap_or_else(|| setting.to_owned());
    let fill = vec![("{setting}", capital(&says))];
    if key == "community" {
        (Met::None, fill)
    } else if ground.profile.centers.iter().any(|w| w.kind == key) {
        (Met::Full, fill)
    } else {
        (Met::Part, fill)
    }
}

fn experience(full: &Experience, c: &Candidate, sentences: &Sentences) -> (Met, Fill) {
    let mut parts = Vec::new();
    let mut best = Met::None;
    let mut add = |says: String, enough: bool| {
        parts.push(says);
        best = if enough || best == Met::Full { Met::Full } else { Met::Part };
    };
    if let Some(n) = c.cases_per_year {
        add(sentences.say("patients_a_year", &[("n", &format!("{n:.0}"))]), n >= full.cases_per_year_full);
    }
    if let Some(n) = c.years_experience {
        add(sentences.say("years", &[("n", &format!("{n:.0}"))]), n >= full.years_full);
    }
    if let Some(n) = c.publications {
        add(sentences.say("publications", &[("n", &n.to_string())]), n >= full.publications_full);
    }
    if parts.is_empty() {
        return (Met::Unknown, Vec::new());
    }
    (best, vec![("{experience}", capital(&parts.join(", ")))])
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn in_time(ground: &Ground<'_>, c: &Candidate) -> Option<bool> {
    Some(later(c.earliest_appointment?, ground.writing_days) <= ground.file_by?)
}
