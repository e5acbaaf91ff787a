//! What kind of case this is: surgery or not, cancer or not, done already or not, who asked for it. Every word list is
//! data (`kb/opinions/words.toml`). Where the case does not say, the answer is "unknown", never a guess.

use calendar::Date;
use facts::{Case, Denial};
use kb::{Kb, KbError};
use serde::Deserialize;

use crate::names::Names;
use crate::specialist::{Directory, Profile};
use crate::words::{Folded, five_digits, icd};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) generalists: Vec<String>,
    pub(crate) surgery: Vec<String>,
    pub(crate) not_surgery: Vec<String>,
    pub(crate) surgery_cpt: Vec<(u32, u32)>,
    pub(crate) not_surgery_cpt: Vec<(u32, u32)>,
    pub(crate) major_procedure: Vec<String>,
    pub(crate) major_procedure_cpt: Vec<(u32, u32)>,
    pub(crate) cancer_icd: Vec<String>,
    pub(crate) cancer: Vec<String>,
    pub(crate) newly_found: Vec<String>,
    pub(crate) mental_icd: Vec<String>,
    pub(crate) mental: Vec<String>,
    pub(crate) documents_lacking: Vec<String>,
    /// Beside these: that the records which came are silent on something.
    pub(crate) records_silent: Vec<String>,
    pub(crate) clinical_finding: Vec<String>,
    pub(crate) medical_judgment: Vec<String>,
    pub(crate) no_medical_judgment: Vec<String>,
    pub(crate) emergency: Vec<String>,
    pub(crate) cosmetic: Vec<String>,
    pub(crate) tricare_prime: Vec<String>,
    pub(crate) tricare_select: Vec<String>,
    pub(crate) keep_capital: Vec<String>,
}

/// How the doctor who asked for the treatment relates to its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Treating {
    /// The case names no specialty.
    Unknown,
    /// General care: family medicine, internal medicine without a subspecialty, and the like.
    Generalist,
    /// A specialist of the field.
    InField,
    /// A specialist of another field.
    OtherField,
    /// A specialist, but we could not tell the field of the dispute.
    FieldUnknown,
}

/// What is known about the kind of case.
#[derive(Debug)]
pub(crate) struct Situation {
    pub(crate) words: Words,
    pub(crate) names: Names,
    pub(crate) profile: Profile,
    pub(crate) treating: Treating,
    pub(crate) surgery: bool,
    pub(crate) major_procedure: bool,
    pub(crate) cancer: bool,
    /// The diagnosis says that it is a new one.
    pub(crate) newly_found: bool,
    pub(crate) mental: bool,
    pub(crate) emergency: bool,
    pub(crate) cosmetic: bool,
    pub(crate) service_known: bool,
    /// Whether the service took place; unknown when neither the kind of claim nor a date says.
    pub(crate) done: Option<bool>,
}

impl Situation {
    pub(crate) fn read(case: &Case, kb: &Kb, today: Date) -> Result<Self, KbError> {
        let words: Words = kb.table("opinions/words.toml")?;
        let directory = Directory::load(kb)?;
        let profile = directory.profile(case);
        let claim = &case.claim;
        let service = Folded::of([claim.service.as_deref().unwrap_or_default()]);
        let diagnosis = Folded::of([claim.diagnosis.as_deref().unwrap_or_default()]);
        let all = Folded::of([
            claim.service.as_deref().unwrap_or_default(),
            claim.diagnosis.as_deref().unwrap_or_default(),
            claim.setting.as_deref().unwrap_or_default(),
        ]);
        let numbers: Vec<u32> = claim.codes.iter().filter_map(|c| five_digits(c)).collect();
        let inside = |n: u32, ranges: &[(u32, u32)]| ranges.iter().any(|(a, b)| (*a..=*b).contains(&n));
        let within = |ranges: &[(u32, u32)]| numbers.iter().any(|n| inside(*n, ranges));
        let operation = numbers.iter().any(|n| inside(*n, &words.surgery_cpt) && !inside(*n, &words.not_surgery_cpt));
        let codes: Vec<String> = claim.diagnosis_codes.iter().map(|c| icd(c)).collect();
        let coded = |prefixes: &[String]| codes.iter().any(|c| prefixes.iter().any(|p| c.starts_with(p.as_str())));
        let a_thing = claim.item.as_deref().is_some_and(|i| i.contains("drug") || i == "equipment");
        let surgery = !a_thing && (operation || (service.any(&words.surgery) && !service.any(&words.not_surgery)));
        let treating = treating(case, &directory, &profile, &words);
        let denied_as = |r: &str| case.denials.iter().any(|d| d.reason.as_deref() == Some(r));
        Ok(Situation {
            surgery,
            major_procedure: within(&words.major_procedure_cpt) || service.any(&words.major_procedure),
            cancer: coded(&words.cancer_icd) || diagnosis.any(&words.cancer),
            newly_found: diagnosis.any(&words.newly_found),
            mental: coded(&words.mental_icd) || all.any(&words.mental),
            emergency: all.any(&words.emergency),
            cosmetic: denied_as("cosmetic") || service.any(&words.cosmetic),
            service_known: !service.is_empty() || !numbers.is_empty() || !diagnosis.is_empty() || !codes.is_empty(),
            done: done(case, today),
            treating,
            profile,
            words,
            names: Names::load(kb)?,
        })
    }

    /// A complex or rare condition whose treating physician is not a specialist in it.
    pub(crate) fn complex_with_generalist(&self) -> bool {
        self.profile.complex && matches!(self.treating, Treating::Generalist | Treating::OtherField)
    }

    /// A denial before an operation.
    pub(crate) fn surgery_prior_auth(&self) -> bool {
        self.surgery && self.done == Some(false)
    }

    /// A letter that only lacks papers: it says so, and states no finding about the medicine.
    pub(crate) fn documents_only(&self, denial: &Denial) -> bool {
        let quote = Folded::of([denial.quote.as_deref().unwrap_or_default()]);
        quote.any(&self.words.documents_lacking) && !quote.any(&self.words.clinical_finding)
    }

    /// An exclusion or a limit whose words put a medical question.
    pub(crate) fn medical_judgment(&self, denial: &Denial) -> bool {
        let words = [&denial.quote, &denial.provision].into_iter().flatten().map(String::as_str);
        let text = Folded::of(words.chain(denial.criteria.iter().map(String::as_str)));
        text.any(&self.words.medical_judgment) && !text.any(&self.words.no_medical_judgment)
    }
}

/// Whether the plan says, in the words of its denial, that papers did not come or that those which came do not show something.
///
/// # Errors
/// A [`KbError`] when `kb/opinions/words.toml` is absent or damaged.
pub fn lacks_records(case: &Case, kb: &Kb) -> Result<bool, KbError> {
    let words: Words = kb.table("opinions/words.toml")?;
    let said = |denial: &Denial| {
        let quote = Folded::of([denial.quote.as_deref().unwrap_or_default()]);
        quote.any(&words.documents_lacking) || quote.any(&words.records_silent)
    };
    Ok(case.denials.iter().any(|d| d.reason.as_deref() == Some("information_missing") || said(d)))
}

/// Whether the care was already given.
pub(crate) fn done(case: &Case, today: Date) -> Option<bool> {
    match case.claim.kind.as_deref() {
        Some("post_service") => return Some(true),
        Some("pre_service" | "urgent" | "concurrent") => return Some(false),
        _ => {}
    }
    case.claim.date_of_service.map(|d| d <= today)
}

fn treating(case: &Case, directory: &Directory, profile: &Profile, words: &Words) -> Treating {
    let Some(physician) = &case.treating_physician else { return Treating::Unknown };
    let stated: Vec<&str> = [&physician.specialty, &physician.subspecialty, &physician.certified_by]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let text = Folded::of(stated.iter().copied());
    if text.is_empty() {
        return Treating::Unknown;
    }
    let known = directory.recognize(&text);
    if known.iter().any(|s| profile.accepts(s)) {
        return Treating::InField;
    }
    if known.iter().all(|s| s.broad) && (text.any(&words.generalists) || !known.is_empty()) {
        return Treating::Generalist;
    }
    if known.is_empty() {
        return Treating::Unknown;
    }
    if profile.rough { Treating::FieldUnknown } else { Treating::OtherField }
}
