//! The code lists of `kb/codes`, ready for look-up.

use std::collections::HashMap;

use kb::Kb;
use serde::Deserialize;

use crate::Error;

/// What a code says.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Code {
    code: String,
    /// Our own wording.
    #[serde(default)]
    pub(crate) says: String,
    /// A denial reason of the closed list.
    #[serde(default)]
    pub(crate) reason: Option<String>,
    /// The code refuses something, rather than stating a price or the member's share.
    #[serde(default)]
    pub(crate) refuses: bool,
    /// A kind of notice.
    #[serde(default)]
    pub(crate) kind: Option<String>,
    /// The plan has not decided yet.
    #[serde(default)]
    pub(crate) pending: bool,
    /// Something other than a reason, e.g. `appeal_offered`.
    #[serde(default)]
    pub(crate) tells: Option<String>,
    /// `yes`, `no` or `unclear`.
    #[serde(default)]
    pub(crate) member_owes: Option<String>,
    /// A service type of a second or third surgical opinion.
    #[serde(default)]
    pub(crate) second_opinion: bool,
}

/// Words of a disposition text and what they mean.
#[derive(Debug, Clone, Deserialize)]
struct Disposition {
    words: Vec<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    pending: bool,
}

#[derive(Debug, Deserialize)]
struct Table {
    #[serde(default)]
    code: Vec<Code>,
    #[serde(default)]
    disposition: Vec<Disposition>,
}

/// All lists.
#[derive(Debug)]
pub(crate) struct Codes {
    adjustments: HashMap<String, Code>,
    remarks: HashMap<String, Code>,
    groups: HashMap<String, Code>,
    actions: HashMap<String, Code>,
    service_types: HashMap<String, Code>,
    line_indicators: HashMap<String, Code>,
    benefit_states: HashMap<String, Code>,
    dispositions: Vec<Disposition>,
}

impl Codes {
    pub(crate) fn load(kb: &Kb) -> Result<Self, Error> {
        let table = |path: &str| kb.table::<Table>(path);
        let list = |table: Table| table.code.into_iter().map(|c| (c.code.clone(), c)).collect();
        let actions = table("codes/review_actions.toml")?;
        Ok(Codes {
            dispositions: actions.disposition.clone(),
            actions: list(actions),
            adjustments: list(table("codes/adjustment_reasons.toml")?),
            remarks: list(table("codes/remarks.toml")?),
            groups: list(table("codes/groups.toml")?),
            service_types: list(table("codes/service_types.toml")?),
            benefit_states: list(table("codes/benefit_states.toml")?),
            line_indicators: list(table("codes/medicare_line_indicators.toml")?),
        })
    }

    pub(crate) fn adjustment(&self, code: &str) -> Option<&Code> {
        self.adjustments.get(code)
    }

    pub(crate) fn remark(&self, code: &str) -> Option<&Code> {
        self.remarks.get(code)
    }

    pub(crate) fn group(&self, code: &str) -> Option<&Code> {
        self.groups.get(code)
    }

    pub(crate) fn action(&self, code: &str) -> Option<&Code> {
        self.actions.get(code)
    }

    pub(crate) fn service_type(&self, code: &str) -> Option<&Code> {
        self.service_types.get(code)
    }

    pub(crate) fn benefit_state(&self, code: &str) -> Option<&Code> {
        self.benefit_states.get(code)
    }

    pub(crate) fn line_indicator(&self, code: &str) -> Option<&Code> {
        self.line_indicators.get(code)
    }

    /// The kind of notice a disposition text makes, and whether it is still open. The first list that has a word in the
    /// text decides, so refusals come before approvals in the data.
    pub(crate) fn disposition(&self, text: &str) -> Option<(Option<&str>, bool)> {
        let text = text.to_lowercase();
        self.dispositions
            .iter()
            .find(|d| d.words.iter().any(|w| has_word(&text, w)))
            .map(|d| (d.kind.as_deref(), d.pending))
    }
}

/// The words stand in the text with no letter on either side.
fn has_word(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + words.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}
