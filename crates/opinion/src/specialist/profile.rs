//! (diagnosis, service, codes) → which physician fits: board, subspecialty, kind of center, and why.
//!
//! The map is data: `kb/opinions/specialists/*.toml` by body system onto the names in `kb/opinions/specialties.toml`.
//! Narrower than the dispute, never wider. It says who fits, not who is good.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use facts::Case;
use kb::{Kb, KbError, Sentences};
use serde::{Deserialize, Serialize};

use super::evidence::{Evidence, Rival};
use crate::dates::years;
use crate::words::{Folded, five_digits, icd};

/// Which physician fits the case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Profile {
    /// The groups of conditions and services that fit, best first, with what they were recognized by.
    pub groups: Vec<GroupMatch>,
    /// The fields that fit, best first.
    pub specialties: Vec<Wanted>,
    /// What within the field: the condition or technique to be at home in.
    pub focus: Vec<String>,
    /// Kinds of center that fit.
    pub centers: Vec<Center>,
    /// Whether the condition is complex or rare enough that a specialist's view weighs more.
    pub complex: bool,
    /// Clinical areas, for the list of records.
    pub areas: Vec<String>,
    /// Where the map comes from.
    pub sources: Vec<String>,
    /// Fields that would fit were the patient of another age. A doctor of such a field is in the field all the same.
    #[serde(skip)]
    other_age: Vec<Wanted>,
    /// Whether the patient is a child.
    #[serde(skip)]
    pub(crate) child: bool,
    /// Only a catch-all group fits (a scan, a hospital stay): good enough to start from, not to call a doctor's field wrong.
    #[serde(default)]
    pub rough: bool,
}

/// A group that fits the case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupMatch {
    /// Id in the data.
    pub id: String,
    /// Its name in plain words.
    pub name: String,
    /// Its clinical area.
    #[serde(default)]
    pub area: String,
    /// What in the case it was recognized by.
    pub matched_by: Vec<String>,
}

/// A field of medicine that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The field, as ABMS names it.
    pub specialty: String,
    /// The subspecialty, where one fits better.
    pub subspecialty: Option<String>,
    /// The board that certifies it.
    pub certifying_board: Option<String>,
    /// The group it is wanted for.
    #[serde(rename = "for")]
    pub wanted_for: String,
}

/// A kind of center.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Center {
    /// Word of the data, e.g. `nci_designated`.
    pub kind: String,
    /// In plain words.
    pub says: String,
}

impl Profile {
    /// Whether a specialty lies within the fields that fit.
    pub(crate) fn accepts(&self, known: &Known) -> bool {
        self.specialties.iter().chain(&self.other_age).any(|w| {
            w.specialty == known.specialty
                && match (&w.subspecialty, &known.sub) {
                    (Some(wanted), Some(sub)) => wanted == sub || !known.wide_board,
                    (None, None) => true,
                    (None, Some(_)) | (Some(_), None) => !known.wide_board,
                }
        })
    }

    /// Whether a field is wanted only for patients of another age.
    pub(crate) fn is_of_other_age(&self, known: &Known) -> bool {
        !self.fits_exactly(known)
            && self.other_age.iter().any(|w| w.specialty == known.specialty && w.subspecialty == known.sub)
    }

    /// Whether the subspecialty wanted is exactly the one known (or none is wanted).
    pub(crate) fn fits_exactly(&self, known: &Known) -> bool {
        self.specialties.iter().any(|w| w.specialty == known.specialty && w.subspecialty == known.sub)
    }
}

/// A specialty recognized in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) specialty: String,
    pub(crate) sub: Option<String>,
    /// The board is wide (Internal Medicine), so that only the subspecialty says something.
    pub(crate) wide_board: bool,
    /// Wide board and no subspecialty.
    pub(crate) broad: bool,
}

impl Known {
    /// The field as a person is told it, in the language of the knowledge base.
    pub(crate) fn name(&self, kb: &kb::Kb) -> String {
        let key = match &self.sub {
            Some(sub) => format!("{} > {sub}", self.specialty),
            None => self.specialty.clone(),
        };
        match kb.told(&key) {
            said if said == key => self.sub.clone().unwrap_or_else(|| self.specialty.clone()),
            said => said.to_owned(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecialtyFile {
    #[allow(dead_code)]
    source: String,
    #[allow(dead_code)]
    dated: String,
    specialty: Vec<Specialty>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Specialty {
    name: String,
    board: String,
    words: Vec<String>,
    #[serde(default)]
    subs: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    broad: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    source: String,
    area: String,
    group: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) id: String,
    name: String,
    /// Clinical area, where it is not the file's.
    area: Option<String>,
    #[serde(default)]
    pub(super) icd: Vec<String>,
    #[serde(default)]
    pub(super) words: Vec<String>,
    #[serde(default)]
    pub(super) codes: Vec<String>,
    who: Vec<String>,
    focus: String,
    centers: Vec<String>,
    #[serde(default)]
    complex: bool,
    #[serde(default)]
    pub(super) fallback: bool,
    /// The service itself (a technique, a level of care) is in dispute, so it stands before the disease.
    #[serde(default)]
    pub(super) leads: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CenterFile {
    pub(crate) dated: String,
    pub(crate) source: String,
    pub(crate) kinds: BTreeMap<String, String>,
    pub(crate) nci: Vec<NamedCenter>,
}

/// A center by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedCenter {
    /// Its name.
    pub name: String,
    /// Two letters.
    pub state: String,
}

/// The specialties, groups and centers of the knowledge base.
#[derive(Debug)]
pub(crate) struct Directory {
    specialties: Vec<Specialty>,
    groups: Vec<GroupFile>,
    pub(crate) centers: CenterFile,
    ages: Ages,
    sentences: Sentences,
}

/// `opinions/ages.toml`: fields and centers that are for children, or for grown people.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ages {
    /// In years: from this age on a patient goes to doctors of grown people.
    grown_from: i16,
    /// In years: below this age the fields of `child` take the place of those of grown people.
    child_below: i16,
    /// A field of grown people, and those that see children in its place (none: it sees no children).
    child: BTreeMap<String, Vec<String>>,
    /// Words in the name of a field for children.
    child_fields: Vec<String>,
    /// Words in the name of a field for grown people.
    grown_fields: Vec<String>,
    /// Kinds of center for children.
    child_centers: Vec<String>,
}

impl Ages {
    /// The patient's age on the last day that the case names; unknown without a day of birth.
    fn age(case: &Case) -> Option<i16> {
        let born = case.patient.date_of_birth?;
        let events = case.events.iter().map(|e| e.date.date());
        let last = events.chain(case.claim.date_of_service).max()?;
        Some(years(born, last))
    }

    /// The fields of a child: those of grown people give way to those that see children. A narrow field without a twin
    /// (epilepsy) stays, after the child's field of the same board. Second, the fields that gave way.
    fn of_child(&self, who: &[String]) -> (Vec<String>, Vec<String>) {
        let (mut own, mut gone) = (Vec::new(), Vec::new());
        for field in who {
            let board = field.split_once(" > ").map(|(board, _)| board);
            let (twins, stays) = match (self.child.get(field), board.and_then(|board| self.child.get(board))) {
                (Some(twins), _) => (twins.as_slice(), false),
                (None, Some(twins)) => (twins.as_slice(), true),
                (None, None) => ([].as_slice(), true),
            };
            twins.iter().for_each(|twin| push_new(&mut own, twin));
            push_new(if stays { &mut own } else { &mut gone }, field);
        }
        (own, gone)
    }

    /// Whether a field, by its name, is for people of this age, or for all.
    fn fits(&self, field: &str, grown: bool) -> bool {
        let of_the_other_age = if grown { &self.child_fields } else { &self.grown_fields };
        !of_the_other_age.iter().any(|word| field.contains(word.as_str()))
    }

    /// Leaves out the fields of the other age, as long as one of the patient's own stays.
    fn keep(&self, profile: &mut Profile, grown: bool) {
        let name = |w: &Wanted| format!("{} {}", w.specialty, w.subspecialty.as_deref().unwrap_or_default());
        let child = |w: &Wanted| !self.fits(&name(w), true);
        let of_age = |w: &Wanted| self.fits(&name(w), grown);
        if profile.specialties.iter().any(|w| if grown { !child(w) } else { child(w) }) {
            let all = std::mem::take(&mut profile.specialties);
            let (own, other): (Vec<Wanted>, Vec<Wanted>) = all.into_iter().partition(of_age);
            profile.specialties = own;
            profile.other_age.extend(other);
        }
        if grown && profile.centers.iter().any(|c| !self.child_centers.contains(&c.kind)) {
            profile.centers.retain(|c| !self.child_centers.contains(&c.kind));
        }
    }
}

struct Hit<'a> {
    file: &'a GroupFile,
    group: &'a Group,
    score: usize,
    /// Recognized by the service, not only by the disease.
    of_service: bool,
    /// Recognized by the service and standing first: a technique, a level of care, an operation or a test. A drug is given
    /// for many diseases, so there the disease decides.
    leads: Option<Lead>,
    /// Recognized by the number of the procedure alone.
    code_only: bool,
    by: Vec<String>,
}

/// Why a group stands first, the stronger last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lead {
    /// The operation or test in dispute is its own.
    Procedure,
    /// The data say so.
    Stated,
}

/// The directories read last (those of two languages), each with the version and language of its knowledge base: the
/// map is large and is asked several times a walk.
static READ_LAST: Mutex<Vec<(String, Arc<Directory>)>> = Mutex::new(Vec::new());

impl Directory {
    /// The directory of a knowledge base; read again only when the knowledge base is another one.
    pub(crate) fn load(kb: &Kb) -> Result<Arc<Self>, KbError> {
        let version = format!("{} {}", kb.version(), kb.language());
        if let Ok(last) = READ_LAST.lock()
            && let Some((_, directory)) = last.iter().find(|(of, _)| *of == version)
        {
            return Ok(Arc::clone(directory));
        }
        let directory = Arc::new(Directory::read(kb)?);
        if let Ok(mut last) = READ_LAST.lock() {
            last.truncate(1);
            last.insert(0, (version, Arc::clone(&directory)));
        }
        Ok(directory)
    }

    fn read(kb: &Kb) -> Result<Self, KbError> {
        Ok(Directory {
            specialties: kb.table::<SpecialtyFile>("opinions/specialties.toml")?.specialty,
            groups: kb.tables::<GroupFile>("opinions/specialists")?.into_iter().map(|(_, f)| f).collect(),
            centers: kb.table("opinions/centers.toml")?,
            ages: kb.table("opinions/ages.toml")?,
            sentences: kb.index().sentences().clone(),
        })
    }

    /// The specialties named in a text, longest words first, each word counted once.
    pub(crate) fn recognize(&self, text: &Folded) -> Vec<Known> {
        let mut words: Vec<(&str, &Specialty, Option<&str>)> = Vec::new();
        for s in &self.specialties {
            words.extend(
                s.subs.iter().flat_map(|(sub, ws)| ws.iter().map(move |w| (w.as_str(), s, Some(sub.as_str())))),
            );
            words.extend(s.words.iter().map(|w| (w.as_str(), s, None)));
        }
        words.sort_by_key(|(w, _, sub)| (std::cmp::Reverse(w.len()), sub.is_none()));
        let mut taken: Vec<(usize, usize)> = Vec::new();
        let mut out: Vec<Known> = Vec::new();
        for (word, specialty, sub) in words {
            for span in text.spans(word) {
                if taken.iter().any(|t| span.0 < t.1 && t.0 < span.1) {
                    continue;
                }
                taken.push(span);
                let known = Known {
                    specialty: specialty.name.clone(),
                    sub: sub.map(str::to_owned),
                    wide_board: specialty.broad,
                    broad: specialty.broad && sub.is_none(),
                };
                if !out.contains(&known) {
                    out.push(known);
                }
            }
        }
        out
    }

    /// The profile of a case.
    pub(crate) fn profile(&self, case: &Case) -> Profile {
        let mut hits = self.hits(case);
        if hits.iter().any(|h| !h.group.fallback) {
            hits.retain(|h| !h.group.fallback);
        }
        hits.sort_by(|a, b| (b.leads, b.score).cmp(&(a.leads, a.score)).then_with(|| a.group.id.cmp(&b.group.id)));
        // One number may be of several fields (an embolization, for a tumor or for fibroids): where a word or the diagnosis
        // says which, the others are not meant.
        if hits.iter().any(|h| h.leads == Some(Lead::Procedure) && !h.code_only) {
            hits.retain(|h| !h.code_only);
        }
        let best = hits.iter().map(|h| h.score).max().unwrap_or(0);
        // A group recognized by far less than the best one is about something mentioned in passing.
        hits.retain(|h| h.leads.is_some() || h.score * 2 >= best);
        // Beside the field of the service in dispute, one disease: the service decides what the dispute is about.
        let service_first = hits.first().is_some_and(|h| h.leads.is_some());
        if service_first {
            let mut diseases = 0;
            hits.retain(|h| {
                diseases += usize::from(!h.of_service);
                h.of_service || diseases < 2
            });
        }
        hits.truncate(3);
        let mut profile = Profile {
            complex: hits.first().is_some_and(|h| h.group.complex),
            rough: hits.iter().all(|h| h.group.fallback),
            ..Profile::default()
        };
        let age = Ages::age(case);
        let grown = age.map(|age| age >= self.ages.grown_from);
        profile.child = age.is_some_and(|age| age < self.ages.child_below);
        for hit in hits {
            let fields = if service_first && !hit.of_service { 1 } else { usize::MAX };
            self.add(&mut profile, hit, fields, grown);
        }
        if profile.child
            && let Some(kind) = self.ages.child_centers.first().filter(|_| !profile.centers.is_empty())
        {
            let others = std::mem::take(&mut profile.centers).into_iter().filter(|c| &c.kind != kind);
            profile.centers = std::iter::once(self.center(kind)).chain(others).collect();
        }
        if let Some(grown) = grown {
            self.ages.keep(&mut profile, grown);
        }
        profile
    }

    /// Puts fields first that the plan's own words ask for.
    pub(crate) fn put_first(&self, profile: &mut Profile, fields: &[Known]) {
        for field in fields.iter().rev() {
            let wanted_for = profile.groups.first().map(|g| g.name.clone()).unwrap_or_default();
            profile.specialties.retain(|w| w.specialty != field.specialty || w.subspecialty != field.sub);
            let known = self.specialties.iter().find(|s| s.name == field.specialty);
            let wanted = Wanted {
                specialty: field.specialty.clone(),
                subspecialty: field.sub.clone(),
                certifying_board: known.map(|s| s.board.clone()),
                wanted_for,
            };
            profile.specialties.insert(0, wanted);
        }
    }

    /// Adds the first `fields` fields of a group, those for the patient's age first where it is known.
    fn add(&self, profile: &mut Profile, hit: Hit<'_>, fields: usize, grown: Option<bool>) {
        let (all, gone) =
            if profile.child { self.ages.of_child(&hit.group.who) } else { (hit.group.who.clone(), Vec::new()) };
        let (own, other): (Vec<&String>, Vec<&String>) =
            all.iter().partition(|who| grown.is_none_or(|grown| self.ages.fits(who, grown)));
        for who in own.into_iter().chain(other).take(fields) {
            let wanted = self.wanted(who, hit.group);
            let same = |w: &Wanted| w.specialty == wanted.specialty && w.subspecialty == wanted.subspecialty;
            if !profile.specialties.iter().any(same) {
                profile.specialties.push(wanted);
            }
        }
        profile.other_age.extend(gone.iter().map(|who| self.wanted(who, hit.group)));
        for kind in &hit.group.centers {
            if !profile.centers.iter().any(|c| &c.kind == kind) {
                profile.centers.push(self.center(kind));
            }
        }
        push_new(&mut profile.focus, &hit.group.focus);
        let area = hit.group.area.as_ref().unwrap_or(&hit.file.area);
        push_new(&mut profile.areas, area);
        push_new(&mut profile.sources, &hit.file.source);
        profile.groups.push(GroupMatch {
            id: hit.group.id.clone(),
            name: hit.group.name.clone(),
            area: area.clone(),
            matched_by: hit.by,
        });
    }

    fn wanted(&self, who: &str, group: &Group) -> Wanted {
        let (specialty, sub) = who.split_once(" > ").map_or((who, None), |(s, sub)| (s, Some(sub)));
        let known = self.specialties.iter().find(|s| s.name == specialty);
        Wanted {
            specialty: specialty.into(),
            subspecialty: sub.map(str::to_owned),
            certifying_board: known.map(|s| s.board.clone()),
            wanted_for: group.name.clone(),
        }
    }

    fn center(&self, kind: &str) -> Center {
        let says = self.centers.kinds.get(kind).cloned().unwrap_or_else(|| kind.replace('_', " "));
        Center { kind: kind.into(), says }
    }

    fn hits(&self, case: &Case) -> Vec<Hit<'_>> {
        let service = Folded::new(case.claim.service.as_deref().unwrap_or_default());
        let diagnosis = Folded::new(case.claim.diagnosis.as_deref().unwrap_or_default());
        let icds: Vec<(String, &String)> = case.claim.diagnosis_codes.iter().map(|c| (icd(c), c)).collect();
        let codes: Vec<(String, &String)> = case.claim.codes.iter().map(|c| (procedure(c), c)).collect();
        let drug = is_drug(case);
        let all = self.groups.iter().flat_map(|f| f.group.iter().map(move |g| (f, g)));
        let mut found: Vec<_> = all
            .map(|(file, group)| (file, group, Evidence::of(group, &service, &diagnosis, &icds, &codes)))
            .filter(|(_, _, evidence)| evidence.any())
            .collect();
        let rivals: Vec<Rival> = found.iter().map(|(_, group, evidence)| Rival::of(group, evidence)).collect();
        for (_, group, evidence) in &mut found {
            evidence.give_way(group, &rivals, drug);
        }
        found
            .into_iter()
            .filter_map(|(file, group, evidence)| {
                let (score, of_service, by) = evidence.score(&self.sentences)?;
                Some(Hit {
                    file,
                    group,
                    score,
                    of_service,
                    code_only: score == CODE_ALONE,
                    leads: match () {
                        () if group.leads && of_service => Some(Lead::Stated),
                        () => {
                            (!drug && evidence.code.is_some() && of_procedure(group, case)).then_some(Lead::Procedure)
                        }
                    },
                    by,
                })
            })
            .collect()
    }
}

/// Whether the group is of the operation or test in dispute: a CPT number (five digits) of the case lies in its ranges. A word
/// of the service is not enough: it may name the disease ("… for prostate cancer").
fn of_procedure(group: &Group, case: &Case) -> bool {
    let numbers = case.claim.codes.iter().map(|c| procedure(c)).filter(|c| five_digits(c).is_some());
    numbers.into_iter().any(|c| group.codes.iter().any(|r| within(&c, r)))
}

/// Whether a drug is in dispute: the case says so, or a code is of those that name drugs (HCPCS J and Q, NDC).
fn is_drug(case: &Case) -> bool {
    let named = case.claim.item.as_deref().is_some_and(|i| i.contains("drug"));
    named || case.claim.codes.iter().any(|c| c.contains("NDC") || procedure(c).starts_with(['J', 'Q']))
}

/// What the number of a procedure weighs where neither a word nor a diagnosis fits beside it.
pub(super) const CODE_ALONE: usize = 55;

fn push_new(list: &mut Vec<String>, item: &str) {
    if !list.iter().any(|i| i == item) {
        list.push(item.to_owned());
    }
}

/// `CPT 27447-RT` gives `27447`, `HCPCS J0585` gives `J0585`.
fn procedure(code: &str) -> String {
    let upper = code.to_uppercase();
    let word = upper.split([' ', ':']).rfind(|w| !w.is_empty()).unwrap_or_default();
    word.split('-').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect()
}

pub(super) fn within(code: &str, range: &str) -> bool {
    let (a, b) = range.split_once('-').unwrap_or((range, range));
    code.len() == a.len() && (a..=b).contains(&code)
}
