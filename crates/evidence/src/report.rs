use facts::{Document, Finding};
use kb::{Kb, KbError};
use serde::{Deserialize, Serialize};

use crate::matcher::{self, Line};
use crate::policy::{Criterion, Needs, Policy};
use crate::words::PolicyWords;

/// A paper in which criteria are looked for.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Its name as the person knows it.
    pub name: String,
    /// Its exhibit letter, once the packet has one.
    pub exhibit: Option<String>,
    /// Its pages.
    pub document: Document,
}

/// The policy's leaves, each with what the papers say about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriteriaReport {
    /// The tree.
    pub policy: Policy,
    /// The leaves in the order of the text.
    pub leaves: Vec<LeafReport>,
    /// Whether the lists as a whole are shown to be met, as far as the papers go.
    pub met: Option<bool>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// One leaf against the papers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeafReport {
    /// The marker as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The policy's words.
    pub criterion: String,
    /// What the papers say.
    pub state: LeafState,
    /// The sentence it rests on.
    pub quote: Option<String>,
    /// The paper the sentence stands in.
    pub source: Option<String>,
    /// Its exhibit letter, once the packet has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exhibit: Option<String>,
    /// The page, counted from 1.
    pub page: Option<usize>,
    /// What to ask for, when it is not documented.
    pub ask: Option<String>,
}

/// What the papers say about a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeafState {
    /// A sentence shows it.
    Documented,
    /// A sentence says otherwise.
    Contradicted,
    /// Nothing was found.
    NotDocumented,
}

/// Holds the leaves of a policy against the papers.
///
/// # Errors
/// A [`KbError`] when the words in `kb/evidence/` cannot be read.
pub fn criteria(policy: Policy, papers: &[Paper], kb: &Kb) -> Result<CriteriaReport, KbError> {
    let words = PolicyWords::load(kb)?;
    let lines = matcher::lines(papers, &words);
    let leaves: Vec<LeafReport> =
        policy.sections.iter().flat_map(Criterion::leaves).map(|leaf| report(leaf, &lines, &words)).collect();
    let mut states = leaves.iter().map(|l| l.state);
    let met = policy.sections.first().and_then(|s| judge(s, &mut states));
    let findings = policy.findings.clone();
    Ok(CriteriaReport { policy, leaves, met, findings })
}

fn report(leaf: &Criterion, lines: &[Line<'_>], words: &PolicyWords) -> LeafReport {
    let found = matcher::find(leaf, lines, words);
    let line = found.line;
    LeafReport {
        label: leaf.label.clone(),
        criterion: leaf.quote.clone(),
        state: found.state,
        quote: line.map(|l| l.quote().to_string()),
        source: line.map(|l| l.paper.name.clone()),
        exhibit: line.and_then(|l| l.paper.exhibit.clone()),
        page: line.map(|l| l.page),
        ask: (found.state == LeafState::NotDocumented)
            .then(|| format!("Ask your doctor for a note or test result that shows: {}", leaf.quote)),
    }
}

/// Whether a node is shown to be met: yes, no, or not known. Leaves are taken from the iterator in order.
fn judge(node: &Criterion, states: &mut impl Iterator<Item = LeafState>) -> Option<bool> {
    if node.needs == Needs::Leaf {
        return match states.next()? {
            LeafState::Documented => Some(true),
            LeafState::Contradicted => Some(false),
            LeafState::NotDocumented => None,
        };
    }
    let answers: Vec<Option<bool>> = node.children.iter().map(|c| judge(c, states)).collect();
    let yes = answers.iter().filter(|a| **a == Some(true)).count();
    let no = answers.iter().filter(|a| **a == Some(false)).count();
    let total = answers.len();
    let wanted = match node.needs {
        Needs::Any => 1,
        Needs::AtLeast => node.count.unwrap_or(1) as usize,
        Needs::None => return if yes > 0 { Some(false) } else { (no == total).then_some(true) },
        _ => total,
    };
    if yes >= wanted {
        Some(true)
    } else if total - no < wanted {
        Some(false)
    } else {
        None
    }
}
