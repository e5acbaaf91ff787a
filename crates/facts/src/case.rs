use serde::{Deserialize, Deserializer, Serialize};

use crate::{Certainty, When};
use jiff::civil::Date;

/// The name every case file carries in `format`.
pub const CASE_FORMAT: &str = "corroborate-case/1";

/// One dispute: a person, a plan that said no (or may), and what is known about it.
///
/// Everything is optional. Where a value came from is in [`Case::origin`]; a value without an entry there was stated by
/// the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Case {
    /// Always [`CASE_FORMAT`] when given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The person who needs the care.
    pub patient: Patient,
    /// The plan and its terms.
    pub coverage: Coverage,
    /// What was asked for.
    pub claim: Claim,
    /// Dated happenings, in any order.
    #[serde(rename = "event", alias = "events", skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// The plan's reasons, one entry each.
    #[serde(rename = "denial", alias = "denials", skip_serializing_if = "Vec::is_empty")]
    pub denials: Vec<Denial>,
    /// Papers the person holds.
    #[serde(rename = "record", alias = "records", skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Record>,
    /// The physician who recommends the care.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub treating_physician: Option<Physician>,
    /// The second opinion, planned or received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_opinion: Option<SecondOpinion>,
    /// Possible second physicians.
    #[serde(rename = "candidate", alias = "candidates", skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
    /// The search log: who was asked for an appointment or an answer, and what they said.
    #[serde(rename = "contact", alias = "contacts", skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
    /// What was tried before, when, and with what result.
    #[serde(rename = "treatment", alias = "treatments", skip_serializing_if = "Vec::is_empty")]
    pub treatments: Vec<Treatment>,
    /// Published work the person or a physician gave.
    #[serde(rename = "reference", alias = "references", skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// What the person decided.
    pub choices: Choices,
    /// Words the person changed in documents, oldest first.
    #[serde(rename = "edit", alias = "edits", skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
    /// Records sent to the second physician, named (used to check the opinion letter).
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub records_sent: Vec<String>,
    /// Facts the records show (used to check the opinion letter), one sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub record_facts: Vec<String>,
    /// Where values came from, by the path of the fact (`claim.number`, `denial.0.reason`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origin: Vec<Origin>,
}

/// Where a fact came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Path of the fact in the case file, e.g. `claim.number`.
    pub fact: String,
    /// How we know it.
    pub kind: OriginKind,
    /// The words it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// The file it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The page of that file, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<usize>,
    /// Byte range on that page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<(usize, usize)>,
    /// How the value follows from the quote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
    /// Whether the person has looked at it and agreed.
    #[serde(default)]
    pub confirmed: bool,
}

/// How a fact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OriginKind {
    /// Read from a paper; the quote is there.
    Quoted,
    /// Said by the person.
    Stated,
    /// Computed from other facts.
    Derived,
    /// Taken as true because it is the safe choice, and said so.
    Assumed,
    /// Asked, and the person does not know.
    Unknown,
}

/// The person who needs the care.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Patient {
    pub name: Option<String>,
    #[serde(deserialize_with = "day")]
    pub date_of_birth: Option<Date>,
    /// Two-letter code of the State of residence.
    pub state: Option<String>,
    pub county: Option<String>,
    /// Language for what the person reads, e.g. `en`, `es`.
    pub language: Option<String>,
    /// Who fills this in: `patient`, `parent` or `representative`.
    pub role: Option<String>,
    /// Name of the parent or representative, when the role says so.
    pub representative: Option<String>,
    /// What the representative is to the patient, in a word that stands after "the patient's": `wife`, `son`, `attorney`.
    pub relation: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// The plan and its terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Coverage {
    /// A word of the closed list, e.g. `erisa_self_funded`.
    pub kind: Option<String>,
    pub issuer: Option<String>,
    pub plan_name: Option<String>,
    pub member_id: Option<String>,
    pub group_number: Option<String>,
    /// State whose law governs an insured group policy (where it was issued), two letters.
    pub situs_state: Option<String>,
    /// `hmo`, `ppo`, `epo`, `pos`, `hdhp` or `indemnity`.
    pub network_type: Option<String>,
    #[serde(deserialize_with = "day")]
    pub plan_year_start: Option<Date>,
    /// How many internal appeal levels the plan has (1 or 2).
    pub internal_levels: Option<u8>,
    /// Days the plan gives for the second appeal, as its letter or booklet says.
    pub second_appeal_window_days: Option<u32>,
    /// Days that the plan's terms give for a lawsuit after its final decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub court_window_days: Option<u32>,
    /// Days in which the plan says it decides the first appeal, and the second. A rule uses them where they are fewer than
    /// the law's.
    pub appeal_decision_days: Option<u32>,
    pub second_appeal_decision_days: Option<u32>,
    /// `state` or `federal`: who runs external review for this plan.
    pub external_process: Option<String>,
    pub deductible_cents: Option<i64>,
    pub deductible_met_cents: Option<i64>,
    pub coinsurance_percent: Option<f64>,
    pub copay_specialist_cents: Option<i64>,
    pub referral_required: Option<bool>,
    /// Days the State gives to ask for a Medicaid fair hearing, as the notice says.
    pub fair_hearing_window_days: Option<u32>,
    /// Whether the plan existed on 2010-03-23 and kept its status.
    pub grandfathered: Option<bool>,
    /// The plan's own definition of medical necessity, word for word.
    #[serde(alias = "medical_necessity_definition")]
    pub plan_definition: Option<String>,
    /// The plan's own definition of experimental or investigational, word for word.
    pub experimental_definition: Option<String>,
    /// Where appeals go, as the notice says.
    pub appeal_address: Option<String>,
    /// Where the review outside the plan is asked for, as the plan's paper says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_fax: Option<String>,
    pub appeal_fax: Option<String>,
    pub appeal_phone: Option<String>,
    pub appeal_portal: Option<String>,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Claim {
    /// `pre_service`, `post_service`, `urgent` or `concurrent`.
    pub kind: Option<String>,
    pub number: Option<String>,
    pub reference_number: Option<String>,
    pub service: Option<String>,
    #[serde(deserialize_with = "one_or_many")]
    pub codes: Vec<String>,
    pub diagnosis: Option<String>,
    #[serde(deserialize_with = "one_or_many")]
    pub diagnosis_codes: Vec<String>,
    #[serde(deserialize_with = "day")]
    pub date_of_service: Option<Date>,
    pub amount_cents: Option<i64>,
    /// Whether prior authorization was asked for or given; a number or a word as the paper says.
    #[serde(deserialize_with = "text_of_anything")]
    pub prior_authorization: Option<String>,
    pub setting: Option<String>,
    /// `service`, `part_b_drug`, `drug` or `equipment`.
    pub item: Option<String>,
    #[serde(deserialize_with = "day")]
    pub approved_course_ends: Option<Date>,
    /// Of care that is cut: how much was given, and how much the plan would give, in the notice's words ("2 visits a week").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub care_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub care_after: Option<String>,
    /// The denial letter and other papers about this claim: file names.
    #[serde(deserialize_with = "one_or_many")]
    pub documents: Vec<String>,
    pub facility: Option<String>,
    /// Whether the physician says the standard pace would endanger life, health or function.
    pub urgent: Option<bool>,
    /// Why a step is taken after its last day, in the person's own words: a part of a sentence ("I was in the hospital until …").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_because: Option<String>,
    /// Other claims to be decided together with this one, so that the amount in dispute reaches a minimum: number, date and amount of each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_claims: Option<String>,
}

impl Case {
    /// Whether the fast pace is wanted: the claim is called urgent, or the person chose to ask for it.
    pub fn wants_fast(&self) -> bool {
        self.claim.is_urgent() || self.choices.expedite == Some(true)
    }
}

impl Claim {
    /// Whether it is called urgent: by the answer to that question, or by the kind of claim.
    pub fn is_urgent(&self) -> bool {
        self.urgent == Some(true) || self.kind.as_deref() == Some("urgent")
    }
}

/// A dated happening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// A word of the vocabulary, e.g. `notice_received`.
    pub kind: String,
    /// The day or the moment.
    #[serde(alias = "time", alias = "at")]
    pub date: When,
    /// Whether the person can prove the date (postmark, portal record, signature).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<bool>,
    /// A note of the person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A reason the plan gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Denial {
    /// A word of the closed list of reasons.
    pub reason: Option<String>,
    /// The plan's words.
    pub quote: Option<String>,
    /// The plan's criteria, one entry each, or one text that lists them.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<String>,
    /// The policy or criteria set by name.
    pub policy: Option<String>,
    /// The plan provision cited.
    pub provision: Option<String>,
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
}

/// A paper the person holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Record {
    /// File name, relative to the case file's folder.
    pub file: Option<String>,
    pub title: Option<String>,
    /// What it is: `denial_letter`, `opinion_letter`, `plan_document`, `clinical_policy`, `imaging`, `office_note`, …
    pub kind: Option<String>,
    #[serde(deserialize_with = "day")]
    pub dated: Option<Date>,
    /// Whether it goes into the packet; absent means yes unless the kind says otherwise.
    pub include: Option<bool>,
}

/// A physician.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Physician {
    pub name: Option<String>,
    pub specialty: Option<String>,
    pub subspecialty: Option<String>,
    /// The certifying board as the person was told, e.g. `American Board of Orthopaedic Surgery`.
    pub certified_by: Option<String>,
    pub practice: Option<String>,
    pub institution: Option<String>,
    pub npi: Option<String>,
    pub phone: Option<String>,
    pub fax: Option<String>,
    pub email: Option<String>,
    pub address: Option<String>,
    pub years_treating: Option<f64>,
    /// Where certification was looked up (`certificationmatters.org`); without it nobody is called board-certified.
    pub certification_checked_at: Option<String>,
    /// When it was looked up.
    #[serde(deserialize_with = "day")]
    pub checked_on: Option<Date>,
}

/// The second opinion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct SecondOpinion {
    /// `none`, `planned`, `asked`, `seen` or `received`.
    pub state: Option<String>,
    pub physician: Option<Physician>,
    /// `in_person`, `video` or `records_only`.
    pub seen: Option<String>,
    #[serde(deserialize_with = "day")]
    pub seen_on: Option<Date>,
    /// The letter's file name.
    pub letter: Option<String>,
    pub first_opinion_disclosed: Option<bool>,
    /// When the visit is booked for.
    #[serde(deserialize_with = "day")]
    pub appointment_on: Option<Date>,
    /// When the letter is promised for.
    #[serde(deserialize_with = "day")]
    pub letter_expected_on: Option<Date>,
    /// What the physician said, as a person entered it: one of the outcomes.
    pub outcome: Option<String>,
}

/// A possible second physician, with what is known about fit and independence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Candidate {
    pub name: Option<String>,
    pub specialty: Option<String>,
    pub subspecialty: Option<String>,
    pub certified_by: Option<String>,
    pub certification_checked_at: Option<String>,
    #[serde(deserialize_with = "day")]
    pub checked_on: Option<Date>,
    pub practice: Option<String>,
    pub institution: Option<String>,
    /// `academic`, `nci_designated`, `specialty_centre`, `community`.
    pub setting: Option<String>,
    pub npi: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
    pub state: Option<String>,
    pub in_network: Option<bool>,
    #[serde(deserialize_with = "day")]
    pub earliest_appointment: Option<Date>,
    pub writes_letters: Option<bool>,
    pub peer_to_peer: Option<bool>,
    pub examines: Option<bool>,
    pub same_practice_as_treating: Option<bool>,
    pub operating_surgeon: Option<bool>,
    pub financial_tie: Option<bool>,
    pub years_experience: Option<f64>,
    pub cases_per_year: Option<f64>,
    pub publications: Option<u32>,
    pub note: Option<String>,
}

/// A line of the search log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Contact {
    pub who: Option<String>,
    pub when: Option<When>,
    /// `phone`, `portal`, `letter`, `e-mail`, `in_person`.
    pub how: Option<String>,
    pub answer: Option<String>,
    /// Days until the first appointment they offered.
    pub wait_days: Option<u32>,
    pub distance_miles: Option<f64>,
    pub in_network: Option<bool>,
}

/// A treatment that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Treatment {
    pub what: Option<String>,
    #[serde(deserialize_with = "day")]
    pub from: Option<Date>,
    #[serde(deserialize_with = "day")]
    pub to: Option<Date>,
    pub dose: Option<String>,
    pub result: Option<String>,
    pub stopped_because: Option<String>,
    /// Exhibit or file and page that shows it.
    pub source: Option<String>,
    pub quote: Option<String>,
    pub page: Option<usize>,
}

/// A published work. Never made up: each came from the person, a physician or a look-up the person allowed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Reference {
    pub title: Option<String>,
    pub authors: Vec<String>,
    pub journal: Option<String>,
    pub year: Option<i32>,
    pub volume: Option<String>,
    pub issue: Option<String>,
    pub pages: Option<String>,
    pub doi: Option<String>,
    pub pmid: Option<String>,
    /// `article`, `guideline`, `coverage_document`, `approval`, `book`.
    pub kind: Option<String>,
    pub publisher: Option<String>,
    pub url: Option<String>,
    /// Where we have it from: `person`, `nbib`, `ris`, `opinion_letter`, `pubmed`, …
    pub source: Option<String>,
    /// The sentence of ours that it supports.
    pub supports: Option<String>,
    /// The words the person or physician chose from it.
    pub quote: Option<String>,
    pub file: Option<String>,
    /// Number of a coverage document or approval, as its office writes it: `220.6.17`, `L35094`, `P130016`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The day from which a coverage document is in force, or of an approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dated: Option<Date>,
    /// Who says that the work was withdrawn by its journal: `nbib`, `pubmed`, `crossref`. Such a work stays out of letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retracted: Option<String>,
    /// The person insists on a work that was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_anyway: Option<bool>,
}

/// What the person decided. Absent means: not asked yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Choices {
    pub attach_opinion: Option<bool>,
    pub expedite: Option<bool>,
    pub allow_missing: Option<Vec<String>>,
    pub appeal: Option<bool>,
    /// `letter` order of exhibits by file name, when the person arranged them.
    pub exhibit_order: Option<Vec<String>>,
}

/// One passage of a document in the person's own words: a paragraph, an entry of a list or a heading.
///
/// With `was` it takes the place of a passage that the program wrote; without, it is added after the passage `after`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Edit {
    /// The document, e.g. `appeal_letter`.
    pub document: String,
    /// Its language, `en` or `es`; English when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The passage as the program wrote it when the person changed it. Absent for an added passage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// The person's words. Empty: the passage is taken out.
    pub now: String,
    /// For an added passage, the text after which it stands. Absent: at the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The day of the change.
    #[serde(deserialize_with = "day", skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
}

/// A day written as a TOML date or as a string.
fn day<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Date>, D::Error> {
    Ok(Option::<When>::deserialize(d)?.map(|w| w.date()))
}

fn one_or_many<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Option::<OneOrMany>::deserialize(d)? {
        None => Vec::new(),
        Some(OneOrMany::One(s)) => vec![s],
        Some(OneOrMany::Many(v)) => v,
    })
}

fn text_of_anything<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Anything {
        Text(String),
        Truth(bool),
        Number(i64),
    }
    Ok(Option::<Anything>::deserialize(d)?.map(|a| match a {
        Anything::Text(s) => s,
        Anything::Truth(b) => b.to_string(),
        Anything::Number(n) => n.to_string(),
    }))
}
