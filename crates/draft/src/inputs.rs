use calendar::Date;
use course::Supports;
use evidence::{CriteriaReport, LeafReport, LeafState};
use facts::Case;
use opinion::{Check, OpinionPlan};
use rights::Entitlements;
use serde::{Deserialize, Serialize};

/// Everything a document may draw on. Only the case and the day are needed; the rest makes it better.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The dispute.
    pub case: &'a Case,
    /// Rights and dates, computed for the same case and day.
    pub entitlements: &'a Entitlements,
    /// Whether a second opinion helps and is covered.
    pub plan: Option<&'a OpinionPlan>,
    /// What the opinion letter says and lacks.
    pub check: Option<&'a Check>,
    /// The plan's criteria against the record, one row each.
    pub criteria: &'a [CriteriaRow],
    /// The sentences of the papers that answer the plan's reasons.
    pub supports: Option<&'a Supports>,
    /// The knowledge base (whose addresses and names a document may print), in the language in which rights, plan and
    /// check were worked out with it: the document's own, or else the document uses words of its templates.
    pub kb: &'a kb::Kb,
    /// The day of the document.
    pub today: Date,
    /// `en` or `es`; another language is written in English, and said so.
    pub language: &'a str,
    /// The step the document is for, as a word of the contract's `gives` list, e.g. `external_review.file`. Absent:
    /// the first step that is still open.
    pub stage: Option<&'a str>,
}

impl<'a> Inputs<'a> {
    /// The check of the opinion letter, unless nothing was concluded from the paper: then no sentence may rest on it.
    pub(crate) fn concluded(&self) -> Option<&'a Check> {
        self.check.filter(|c| opinion::stopped_by(c).is_none())
    }
}

/// One criterion of the plan's policy, and where the record shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriteriaRow {
    /// The plan's words.
    pub criterion: String,
    /// Whether the record shows it.
    pub state: CriterionState,
    /// The paper that shows it: a file name of the case, or an exhibit's label.
    #[serde(default)]
    pub exhibit: Option<String>,
    /// The page of that paper, counted from 1.
    #[serde(default)]
    pub page: Option<usize>,
    /// The words that show it.
    #[serde(default)]
    pub quote: Option<String>,
    /// A second sentence of the same paper, with its page.
    #[serde(default)]
    pub also: Option<(String, usize)>,
}

/// The rows of a report on the plan's criteria; none without one. What need not be shown, because others of its list are, has
/// no row.
pub fn criteria_rows(report: Option<&CriteriaReport>) -> Vec<CriteriaRow> {
    let row = |l: &LeafReport| CriteriaRow {
        criterion: l.whole(),
        state: match l.state {
            LeafState::Documented => CriterionState::Met,
            LeafState::Contradicted => CriterionState::NotMet,
            LeafState::NotDocumented => CriterionState::NotDocumented,
        },
        exhibit: l.source.clone(),
        page: l.page,
        quote: l.quote.clone(),
        also: l.also.as_ref().map(|a| (a.quote.clone(), a.page)),
    };
    report.iter().flat_map(|r| &r.leaves).filter(|l| !l.spared).map(row).collect()
}

/// Whether a criterion is met, as far as the record shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CriterionState {
    /// The record shows that it is met.
    Met,
    /// The record shows that it is not met.
    NotMet,
    /// The record does not say.
    NotDocumented,
}
