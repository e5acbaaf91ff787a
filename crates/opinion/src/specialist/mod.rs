//! Who should give the opinion: the profile of the right physician, candidates compared in the open, and the log of
//! the search. It names no physician of its own.

mod evidence;
mod field;
mod import;
mod log;
mod npi;
mod profile;
mod score;

pub(crate) use log::first_opening;

pub use field::{field_of_care, names_the_field};
pub use import::candidates_from_csv;
pub use log::*;
pub use npi::*;
pub use profile::{Center, GroupMatch, NamedCenter, Profile, Wanted};
pub(crate) use profile::{Directory, Known};
pub use score::{Criterion, ScoredCandidate};

use calendar::Date;
use cite::Authority;
use facts::{Case, Finding};
use kb::{Kb, KbError};
use rights::Entitlements;
use serde::{Deserialize, Serialize};

use crate::need::worth;
use crate::schedule::Lead;
use crate::words::Folded;

/// `corroborate opinion specialist`: who fits, and how the doctors found compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpecialistReport {
    /// The profile in one sentence.
    pub says: String,
    /// Which physician fits.
    #[serde(flatten)]
    pub profile: Profile,
    /// Cancer centers by name in the person's State, from a dated list, when the profile wants one.
    pub nci_centers: Vec<NamedCenter>,
    /// Where to look for names.
    pub look_in: Vec<String>,
    /// What to ask every office.
    pub questions: Vec<String>,
    /// What to ask to be sure that the doctor is independent.
    pub independence_questions: Vec<String>,
    /// How the doctors are ordered, in one sentence.
    pub order: String,
    /// The doctors entered, best first, every point with its reason.
    pub candidates: Vec<ScoredCandidate>,
    /// State forms that only some doctors may sign.
    pub state_forms: Vec<StateForm>,
    /// The log of the search, as an exhibit.
    pub search_log: SearchLog,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// A form of a State that not every physician may sign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateForm {
    /// Its name.
    pub title: String,
    /// Who may sign, and what to ask.
    pub says: String,
    /// Where the rule stands.
    pub authorities: Vec<Authority>,
}

/// Who fits the case, and how the doctors entered compare.
///
/// `entitlements` gives the filing day for "can see you before the deadline".
///
/// # Errors
/// A [`KbError`] when a data file is absent or damaged.
pub fn specialist(case: &Case, kb: &Kb, entitlements: Option<&Entitlements>) -> Result<SpecialistReport, KbError> {
    let directory = Directory::load(kb)?;
    let scoring: score::Scoring = kb.table("opinions/scoring.toml")?;
    let lead: Lead = kb.table("opinions/schedule.toml")?;
    let mut profile = directory.profile(case);
    let mut findings = Vec::new();
    // Whom the plan's own words ask for goes before whom the disease would.
    let exam = crate::required::exam_wanted(case, kb, &directory)?;
    if let Some(exam) = &exam {
        directory.put_first(&mut profile, &exam.missing);
    }
    let ground = score::Ground {
        case,
        scoring: &scoring,
        directory: &directory,
        profile: &profile,
        file_by: entitlements.and_then(|e| crate::filing_date(case, e)).map(|f| f.by),
        writing_days: lead.writing,
        sentences: kb.index().sentences(),
    };
    let candidates = score::score(&ground);
    if candidates.is_empty() {
        findings.push(Finding::new("no_candidates", scoring.says.candidates_none.clone()).about("candidate"));
    }
    if profile.groups.is_empty() {
        findings.push(Finding::new("field_unknown", scoring.says.unknown.clone()).about("claim.diagnosis_codes"));
    }
    let nci_centers = nci(case, &directory, &profile, &scoring, &mut findings);
    let sentences = kb.index().sentences();
    let mut says = says(&profile, &scoring, kb);
    // Whom to see is no advice where seeing anybody does not help.
    // (The day only tells whether the care was given, which makes no opinion helpful or useless.)
    if let Some(instead) = worth(case, kb, entitlements.map_or(Date::MIN, |e| e.today))?.no_help(sentences) {
        says = kb::filled(&scoring.says.no_help, &[("instead", &instead.paragraph()), ("fits", &says)]);
    }
    if let Some(exam) = &exam {
        let key = if exam.here { "plan_asks_here" } else { "plan_asks" };
        says = format!("{} {says}", sentences.say(key, &[("quote", &exam.quote)]));
    }
    let unnamed = sentences.say("my_doctor", &[]);
    let treating = case.treating_physician.as_ref().and_then(|t| t.name.as_deref()).unwrap_or(&unnamed);
    Ok(SpecialistReport {
        says,
        nci_centers,
        look_in: scoring.look_in.clone(),
        questions: scoring.criterion.iter().map(|c| c.ask.clone()).collect(),
        independence_questions: scoring
            .independence_questions
            .questions
            .iter()
            .map(|q| q.replace("{treating}", treating))
            .collect(),
        order: scoring.says.order.clone(),
        candidates,
        state_forms: state_forms(case, &scoring),
        search_log: search_log(case, kb)?,
        profile,
        findings,
    })
}

/// A field of medicine by the name of its board, for a text that says it in another language or in other words; none where no
/// field is recognized.
pub fn field_in_english(field: &str, kb: &Kb) -> Option<String> {
    let known = Directory::load(kb).ok()?.recognize(&Folded::new(field));
    let named = known.iter().find(|k| k.sub.is_some()).or_else(|| known.iter().find(|k| !k.broad)).or(known.first())?;
    Some(named.sub.clone().unwrap_or_else(|| named.specialty.clone()))
}

fn says(profile: &Profile, scoring: &score::Scoring, kb: &Kb) -> String {
    let Some(first) = profile.specialties.first() else { return scoring.says.unknown.clone() };
    let (field, who) = match &first.subspecialty {
        Some(sub) => (format!("{sub} ({})", first.specialty), format!("{} > {sub}", first.specialty)),
        None => (first.specialty.clone(), first.specialty.clone()),
    };
    // Directories and plans list a field by its English name, so that stays beside what it is called in another language.
    let field = match kb.told(&who) {
        said if said == who => field,
        said => format!("{said} ({})", who.split(" > ").collect::<Vec<_>>().join(", ")),
    };
    kb::filled(&scoring.says.fits, &[("specialty", &field), ("focus", &profile.focus.join("; "))])
}

fn nci(
    case: &Case,
    directory: &Directory,
    profile: &Profile,
    scoring: &score::Scoring,
    findings: &mut Vec<Finding>,
) -> Vec<NamedCenter> {
    if !profile.centers.iter().any(|c| c.kind == "nci_designated") {
        return Vec::new();
    }
    let Some(state) = case.patient.state.as_deref().map(str::to_uppercase) else { return Vec::new() };
    let found: Vec<NamedCenter> = directory.centers.nci.iter().filter(|c| c.state == state).cloned().collect();
    let text = if found.is_empty() { &scoring.says.nci_none } else { &scoring.says.nci_dated };
    let message = text.replace("{dated}", &directory.centers.dated).replace("{state}", &state);
    findings.push(Finding::new("centers_dated", message).about(directory.centers.source.clone()));
    found
}

fn state_forms(case: &Case, scoring: &score::Scoring) -> Vec<StateForm> {
    let kind = case.coverage.kind.as_deref().unwrap_or_default();
    let states = [&case.coverage.situs_state, &case.patient.state];
    let in_state = |s: &str| states.iter().any(|x| x.as_deref().is_some_and(|x| x.eq_ignore_ascii_case(s)));
    let denied_as = |rs: &[String]| case.denials.iter().filter_map(|d| d.reason.as_ref()).any(|r| rs.contains(r));
    scoring
        .state_form
        .iter()
        .filter(|f| in_state(&f.state) && f.coverage.iter().any(|k| k == kind) && denied_as(&f.reasons))
        .map(|f| StateForm {
            title: f.title.clone(),
            says: f.says.clone(),
            authorities: vec![Authority { confidence: Some(f.confidence), ..Authority::new(&f.cite) }],
        })
        .collect()
}
