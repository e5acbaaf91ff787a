//! What only the physician can give, by the kind of care, and what the office adds (`kb/opinions/questions/page.toml`).

use std::collections::BTreeMap;

use facts::Case;
use kb::Kb;
use serde::{Deserialize, Serialize};

use crate::words::Folded;

/// A point of the brief that only the physician can give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// The elements of a letter that it stands for, words of the closed list.
    pub elements: Vec<String>,
    /// What is asked, in the words of the kind of care.
    pub says: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageFile {
    kind: Vec<Kind>,
    point: Vec<PointText>,
    office: Vec<PointText>,
}

/// How a kind of care is told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    kind: String,
    #[serde(default)]
    items: Vec<String>,
    #[serde(default)]
    settings: Vec<String>,
    #[serde(default)]
    reasons: Vec<String>,
    /// Only for operations (`true`), or only where none is in dispute (`false`).
    surgery: Option<bool>,
    #[serde(default)]
    words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PointText {
    elements: Vec<String>,
    says: String,
    /// The same when the care was already given.
    after: Option<String>,
    #[serde(default)]
    by_kind: BTreeMap<String, String>,
    #[serde(default)]
    after_by_kind: BTreeMap<String, String>,
}

impl PointText {
    fn of(&self, kind: &str, given: bool) -> &str {
        let after = self.after_by_kind.get(kind).or(self.after.as_ref()).filter(|_| given);
        after.or(self.by_kind.get(kind)).unwrap_or(&self.says)
    }
}

impl PageFile {
    /// The kind of care: the first of the data that fits, else an operation, else `other`.
    pub(super) fn kind(&self, case: &Case, surgery: bool) -> String {
        let service = Folded::of([case.claim.service.as_deref().unwrap_or_default()]);
        let is = |list: &[String], word: &Option<String>| word.as_ref().is_some_and(|w| list.contains(w));
        let named = |kind: &Kind| {
            is(&kind.items, &case.claim.item)
                || is(&kind.settings, &case.claim.setting)
                || case.denials.iter().any(|d| is(&kind.reasons, &d.reason))
                || service.any(&kind.words)
        };
        let fits = |kind: &&Kind| kind.surgery.is_none_or(|only| only == surgery) && named(kind);
        let told = self.kind.iter().find(fits).map(|kind| kind.kind.as_str());
        told.unwrap_or(if surgery { "operation" } else { "other" }).to_owned()
    }

    /// The points of which some element is asked for, each with those elements; `given` when the care lies behind the patient.
    pub(super) fn points(&self, kind: &str, given: bool, asked: impl Fn(&str) -> bool) -> Vec<Point> {
        let point = |text: &PointText| {
            let elements: Vec<String> = text.elements.iter().filter(|e| asked(e)).cloned().collect();
            let says = text.of(kind, given).to_owned();
            (!elements.is_empty()).then_some(Point { elements, says })
        };
        self.point.iter().filter_map(point).collect()
    }

    /// What the office adds of what is asked for.
    pub(super) fn office(&self, asked: impl Fn(&str) -> bool) -> Vec<&str> {
        let wanted = |text: &&PointText| text.elements.iter().any(|e| asked(e));
        self.office.iter().filter(wanted).map(|text| text.says.as_str()).collect()
    }
}

/// Every text of a point, in English and Spanish: what the form in place of a letter prints.
pub(crate) fn texts(kb: &Kb) -> Vec<String> {
    let spoken = ["en", "es"].into_iter().filter_map(|language| kb.speaking(language).ok());
    let pages = spoken.filter_map(|kb| kb.table::<PageFile>("opinions/questions/page.toml").ok());
    let of = |p: PointText| {
        let kinds = p.by_kind.into_values().chain(p.after_by_kind.into_values());
        kinds.chain([p.says]).chain(p.after).collect::<Vec<_>>()
    };
    pages.flat_map(|page| page.point).flat_map(of).collect()
}
