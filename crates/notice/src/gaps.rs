//! Values that no rule found, weighed by the words around them.
//!
//! The rules know labels and sentences that somebody thought of. Where they leave a field open, everything on the page that
//! has the form of its value is weighed by what stands before, after, beside and above it; the one that weighs most is read
//! when it weighs enough. What the rules read always stays as it is.
//!
//! Nothing is hidden: every weight stands in `kb/notice/gap_weights.toml`, made by `cargo xtask learn gaps` from the labelled
//! letters of the open sets in `tests/letters/`. No weight is ever shown as a chance.

use std::collections::BTreeMap;

use facts::{Certainty, Document, TextFrom};
use kb::{Kb, KbError};
use serde::Deserialize;

use crate::candidates::{Candidate, Form};
use crate::data::Reader;
use crate::found::{Found, PLACED};
use crate::kinds::Kinds;
use crate::view::View;

/// Where the weights stand in the knowledge base.
const FILE: &str = "notice/gap_weights.toml";
/// After everything that a rule reads on the page.
const WEIGHED: u8 = PLACED + 4;

/// The fields that are filled so, and the form of their values.
pub const GAPS: [(&str, Form); 12] = [
    ("member.name", Form::Name),
    ("patient.name", Form::Name),
    ("provider.treating", Form::Name),
    ("member.id", Form::Number),
    ("plan.group_number", Form::Number),
    ("claim.number", Form::Number),
    ("reference.number", Form::Number),
    ("notice.dated", Form::Date),
    ("service.date", Form::Date),
    ("patient.date_of_birth", Form::Date),
    ("appeal.fax", Form::Phone),
    ("appeal.phone", Form::Phone),
];

/// The file as written, but for its lines. One line per feature: the feature, a tab, then `field:hundredths` for each field it counts for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GapsFile {
    /// From how many labelled letters they were counted, and by which these can be known again.
    letters: usize,
    #[serde(rename = "fingerprint")]
    _fingerprint: String,
    fields: Vec<String>,
    /// The share from which a value is read, for each field.
    read_at: Vec<f32>,
    bias: Vec<f32>,
}

/// The weights, ready for use.
#[derive(Debug)]
pub(crate) struct Gaps {
    fields: Vec<(&'static str, Form)>,
    read_at: Vec<f32>,
    bias: Vec<f32>,
    features: kb::weights::Table,
}

impl Gaps {
    /// Reads the weights; none in a knowledge base without them (then gaps stay open).
    pub(crate) fn load(kb: &Kb) -> Result<Option<Gaps>, KbError> {
        if kb.source().get(FILE).is_none() {
            return Ok(None);
        }
        let (file, lines): (GapsFile, _) = kb.weighed(FILE)?;
        let wrong = |message: String| KbError { file: FILE.into(), place: None, message, hint: None };
        let known = |name: &String| {
            GAPS.iter()
                .copied()
                .find(|(f, _)| f == name)
                .ok_or_else(|| wrong(format!("no field is filled by the name `{name}`")))
        };
        let fields = file.fields.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        if file.letters == 0 || file.bias.len() != fields.len() || file.read_at.len() != fields.len() {
            return Err(wrong("each field needs its bias and its share, counted from some letters".into()));
        }
        let features = kb::weights::Table::new(FILE, lines, fields.len(), false)?;
        Ok(Some(Gaps { fields, read_at: file.read_at, bias: file.bias, features }))
    }

    /// The share of each field, for a candidate.
    fn shares(&self, candidate: &Candidate) -> Vec<f32> {
        let mut sums = self.bias.clone();
        let mut add = |name: &str, value: f32, but: Option<&str>| {
            for (i, weight) in self.features.some(name) {
                let own = self.fields.get(i).is_some_and(|(f, _)| Some(*f) == but);
                if let Some(sum) = sums.get_mut(i).filter(|_| !own) {
                    *sum += weight * value;
                }
            }
        };
        candidate.features.iter().for_each(|(name, value)| add(name, *value, None));
        candidate.taken.iter().for_each(|(field, whole)| add(&taken(field, *whole), 1.0, Some(field)));
        sums.into_iter().map(|s| 1.0 / (1.0 + (-s).exp())).collect()
    }
}

/// The feature of a value that another field has.
fn taken(field: &str, whole: bool) -> String {
    format!("{}:{field}", if whole { "taken" } else { "part" })
}

impl Candidate {
    /// Whether it may fill a field: no other has this place or this value by the rules.
    pub fn is_free(&self, field: &str) -> bool {
        self.taken.iter().all(|(other, _)| *other == field)
    }

    /// What counts for a field: what stands around it and what it looks like, and the other fields that have this value.
    pub fn for_field(&self, field: &str) -> BTreeMap<String, f32> {
        let others = self.taken.iter().filter(|(f, _)| *f != field);
        self.features.clone().into_iter().chain(others.map(|(f, whole)| (taken(f, *whole), 1.0))).collect()
    }
}

impl Reader {
    /// What the rules leave open in a paper, and everything in it that has the form of a value: for those who count weights.
    pub fn gap_candidates(&self, document: &Document) -> (Vec<&'static str>, Vec<Candidate>) {
        let pages = self.in_reading_order(document);
        let views = self.views(&pages, document.text_from == TextFrom::Ocr);
        let kinds = self.kinds(&views);
        let found = self.best(self.collect(&views, &kinds), &kinds);
        if !kinds.is_notice() {
            return (Vec::new(), Vec::new());
        }
        let open = GAPS.iter().map(|(field, _)| *field).filter(|field| is_open(field, &kinds, &found)).collect();
        let forms = [Form::Number, Form::Name, Form::Phone, Form::Date];
        (open, self.candidates(&views, &found, &forms))
    }

    /// The values of fields that the rules left open. `found`: what they read.
    pub(crate) fn fill_gaps(&self, views: &[View], kinds: &Kinds, found: &[Found]) -> Vec<Found> {
        let Some(gaps) = self.gaps.as_ref().filter(|_| kinds.is_notice()) else { return Vec::new() };
        let open = |i: &usize| {
            gaps.fields.get(*i).is_some_and(|(field, _)| is_open(field, kinds, found))
                && gaps.read_at.get(*i).is_some_and(|least| *least < 1.0)
        };
        let open: Vec<usize> = (0..gaps.fields.len()).filter(open).collect();
        let mut forms: Vec<Form> = open.iter().filter_map(|i| Some(gaps.fields.get(*i)?.1)).collect();
        forms.sort_unstable();
        forms.dedup();
        let mut candidates = self.candidates(views, found, &forms);
        if !kinds.is_last_of_plan() {
            let elsewhere = |c: &Candidate| {
                let view = views.iter().find(|v| v.number == c.page);
                view.is_some_and(|v| self.is_of_another_office(v, v.page.token_at(c.span.0)))
            };
            candidates.retain(|c| c.form != Form::Phone || !elsewhere(c));
        }
        let mut best: BTreeMap<usize, (f32, &Candidate)> = BTreeMap::new();
        for candidate in &candidates {
            let shares = gaps.shares(candidate);
            let fits = |i: &&usize| {
                gaps.fields.get(**i).is_some_and(|(field, form)| *form == candidate.form && candidate.is_free(field))
            };
            for i in open.iter().filter(fits) {
                let share = shares.get(*i).copied().unwrap_or_default();
                let enough = gaps.read_at.get(*i).is_some_and(|least| share >= *least);
                if enough && best.get(i).is_none_or(|(other, _)| share > *other) {
                    best.insert(*i, (share, candidate));
                }
            }
        }
        // One value stands for one field: of two that claim a place, the one it weighs more for.
        let mut chosen: Vec<(usize, f32, &Candidate)> = best.into_iter().map(|(i, (share, c))| (i, share, c)).collect();
        chosen.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut out: Vec<Found> = Vec::new();
        for (i, _, candidate) in chosen {
            let meets =
                |f: &Found| f.page == candidate.page && f.span.0 < candidate.span.1 && candidate.span.0 < f.span.1;
            if let Some((field, _)) = gaps.fields.get(i)
                && !out.iter().any(meets)
            {
                out.push(as_found(field, candidate));
            }
        }
        out.retain(|f| self.implausible.allows(f));
        out
    }
}

/// The candidate as a field's value: a physician's name with title and credentials, another's without.
fn as_found(field: &'static str, candidate: &Candidate) -> Found {
    let professional = field == "provider.treating";
    let (span, value) = match &candidate.titled {
        Some((span, value)) if professional => (*span, value.clone()),
        _ => (candidate.span, candidate.value.clone()),
    };
    Found { field, value, page: candidate.page, span, certainty: Certainty::Normalized, rank: WEIGHED }
}

/// Whether no rule read a value of a field that a paper of this kind may hold.
fn is_open(field: &str, kinds: &Kinds, found: &[Found]) -> bool {
    let denied_only = matches!(field, "appeal.fax" | "appeal.phone");
    !(denied_only && !kinds.denies()) && !found.iter().any(|f| f.field == field)
}
