use calendar::Date;
use cite::Authority;
use facts::Finding;
use serde::{Deserialize, Serialize};

/// What a person is entitled to under their coverage, computed for one case on one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entitlements {
    /// The coverage as the case gives it.
    pub coverage: Option<String>,
    /// Version and hash of the knowledge base.
    pub kb: String,
    /// The day for which this was computed.
    pub today: Date,
    /// Rights and duties with their dates, in the order of the ladder.
    pub rights: Vec<Right>,
    /// What can be asked for, free of charge unless the title says otherwise.
    pub entitled_to: Vec<Entitled>,
    /// Questions without a lawful answer, and the fact that would settle each.
    pub refusals: Vec<Refusal>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

impl Entitlements {
    /// Nothing yet, for a day.
    pub fn empty(today: Date) -> Self {
        Entitlements {
            coverage: None,
            kb: String::new(),
            today,
            rights: Vec::new(),
            entitled_to: Vec::new(),
            refusals: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Whether what another owes is overdue: its last day is over, nothing is on file, and it was asked for.
    pub fn is_overdue(&self, right: &Right) -> bool {
        let of = |f: &Finding| f.code == "answer_overdue" && f.about.as_deref() == Some(right.id.as_str());
        right.actor != "claimant" && self.findings.iter().any(of)
    }

    /// The answer to a step of the person's own that was due and has not come: that of the highest level, the earliest of these.
    pub fn late_answer(&self) -> Option<&Right> {
        let asked = |r: &&Right| {
            let step = r.gives.strip_suffix(".decide").map(|stem| format!("{stem}.file")).unwrap_or_default();
            let own = |o: &Right| o.actor == "claimant" && o.done && o.gives == step && o.level == r.level;
            self.rights.iter().any(own)
        };
        let late = self.rights.iter().filter(|r| self.is_overdue(r)).filter(asked);
        late.max_by_key(|r| (r.level, std::cmp::Reverse(r.due)))
    }

    /// The first decision that was due and has not come: nothing was denied yet, and nobody answers.
    pub fn late_claim(&self) -> Option<&Right> {
        let claim = |r: &&Right| r.gives == "initial_claim.decide" && self.is_overdue(r);
        self.rights.iter().filter(claim).min_by_key(|r| r.due)
    }

    /// What a late answer gives by another law, in words.
    pub fn given_by_lateness(&self, late: &Right) -> impl Iterator<Item = &Entitled> {
        self.entitled_to.iter().filter(|e| e.if_late.as_deref() == Some(late.gives.as_str()))
    }
}

/// The event that the rights add on the day on which an answer was due that did not come (`kb/vocabulary.toml`).
pub(crate) const OVERDUE: &str = "answer_overdue";

/// A right of the person or a duty of another actor, with its date where the date can be known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Right {
    /// Id of the rule, e.g. `us.erisa.internal_appeal`.
    pub id: String,
    /// What it gives: a word of the closed list, e.g. `internal_appeal.file`.
    pub gives: String,
    /// Rung of the ladder, counted from 1; 0 for the initial claim.
    pub level: u8,
    /// A short title in plain words.
    pub title: String,
    /// Who acts: `claimant`, `plan`, `iro`, `state`, `court`, …
    pub actor: String,
    /// `standard` or `expedited`.
    pub pace: String,
    /// The last lawful day.
    pub due: Option<Date>,
    /// The day we advise.
    pub file_by: Option<Date>,
    /// The last lawful moment, for limits counted in hours (RFC 3339 with offset).
    pub due_at: Option<String>,
    /// The clock time on the last day, as `12:00`, where the rule ends before the day does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// How long the person has and from what, in words, where the length is known: said before the day is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// A step that comes before this one, or that is better while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waits>,
    /// The event that starts the clock.
    pub counted_from: Option<CountedFrom>,
    /// How the date was computed, one sentence per step.
    pub derivation: Vec<String>,
    /// When it counts as filed: `received`, `postmarked`, `plan_procedure` or `oral_ok`.
    pub filed_when: Option<String>,
    /// When the other side must answer.
    pub decision_due: Option<DecisionDue>,
    /// Where to send it, when the rule or the letter says.
    pub send_to: Option<String>,
    /// Who stands behind `send_to`; none where it only describes the way ("The office named in the denial letter").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_to_from: Option<SendToFrom>,
    /// For [`SendToFrom::Office`]: the lines of the envelope, the office's name first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub office: Vec<String>,
    /// Amounts in controversy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<Threshold>,
    /// What else a person should know, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Whether the case shows that this step has been taken already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
    /// Whether it is done only because something else settled it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
    /// Whether the step is open only because an answer did not come.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opened_by_silence: bool,
    /// Whether it takes the step although its day by another rule, which the same paper starts, has passed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub still_open: bool,
    /// Whether the day is counted from an earlier event only because the step before was not taken: nothing is over on that day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stands_in: bool,
    /// What the rule says of a request that comes after the last day; none where no rule is known that takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<String>,
    /// For a duty of another: what follows when it is missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_missed: Option<String>,
    /// The one note that changes what a person does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mind: Option<String>,
    /// The law.
    pub authorities: Vec<Authority>,
}

impl Right {
    /// Whether the step is open, with a day, only because an answer did not come.
    pub fn is_opened_by_silence(&self) -> bool {
        self.counted_from.as_ref().is_some_and(|c| c.event == OVERDUE)
    }

    /// The last day of a step that waits for another one, where it does not wait for the other's answer.
    pub fn outside_limit(&self) -> Option<Date> {
        let waits = self.waits.as_ref().is_some_and(|w| !w.only_if_missed);
        self.due.filter(|_| waits && !self.done && !self.stands_in)
    }

    /// The amount that must be in dispute, in cents, where the case does not reach it in any year in which the step can be taken.
    pub fn short_of(&self) -> Option<i64> {
        let none = self.thresholds.iter().all(|t| t.meets == Some(false));
        self.thresholds.first().filter(|_| none).map(|t| t.cents)
    }

    /// The day we advise as it stands on `today`: once that day is over and the last lawful day is not, or is not known, it is
    /// today.
    pub fn advised(&self, today: Date) -> Option<Date> {
        let by = self.file_by.or(self.due)?;
        let still_open = self.due.is_none_or(|due| due >= today);
        Some(if by < today && still_open { today } else { by })
    }
}

/// The length of a period and what it runs from, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// `60 days`.
    pub period: String,
    /// `the day you received the decision on your appeal`.
    pub from: String,
}

/// Why a step is not the next one although its day may be known. The orders come from `kb/vocabulary.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    /// Id of the step that comes first.
    #[serde(rename = "for")]
    pub step: String,
    /// Its title.
    pub title: String,
    /// `true`: this step is only for those who missed the other one; `false`: it follows the other's answer.
    pub only_if_missed: bool,
}

/// Where the words of [`Right::send_to`] come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendToFrom {
    /// The address, fax or portal of the denial letter, which is the plan's own.
    Letter,
    /// An office that the rule names.
    Office,
    /// The rule: it goes to the plan or insurer, wherever its letter says.
    Plan,
}

/// The event from which a period runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedFrom {
    /// Kind of the event, e.g. `notice_received`.
    pub event: String,
    /// Its day.
    pub date: Date,
    /// Whether the day is presumed (by a mail rule or as the safe choice) rather than known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub presumed: bool,
}

/// When the other side must decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionDue {
    /// What starts that clock, e.g. `filing`.
    pub after: String,
    /// The period in words, e.g. `30 days`, `72 hours`.
    pub period: String,
    /// The day, when the start is known.
    pub date: Option<Date>,
}

/// An amount that must be in dispute for a level to be open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    /// The level, e.g. `hearing`.
    #[serde(rename = "for")]
    pub level: String,
    /// The amount in cents.
    pub cents: i64,
    /// The calendar year of filing for which it holds.
    pub year: i16,
    /// Whether this case meets it; unknown when the amount is unknown.
    pub meets: Option<bool>,
}

/// Something the person can ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entitled {
    /// Id of the rule.
    pub id: String,
    /// What it gives: a word of the closed list, e.g. `claim_file.provide`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub gives: String,
    /// In plain words, e.g. `claim file, free of charge`.
    pub title: String,
    /// The duty whose late answer gives it, a word of the closed list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_late: Option<String>,
    /// What else a person should know, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The law.
    pub authorities: Vec<Authority>,
}

/// A question that has no lawful answer here, and what would settle it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// The kind of right asked about: a word of the closed list, e.g. `external_review.file`.
    pub right: String,
    /// Id of the rule, when one rule is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Why there is no answer.
    pub why: Why,
    /// The facts that would settle it, as paths of the case file (`coverage.grandfathered`, `event.notice_received`).
    pub needs: Vec<String>,
    /// For the person: what is missing, or what does not exist, and what to do.
    pub message: String,
    /// The law, where a law says that there is no right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorities: Vec<Authority>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// No version of the rule is in force for the case's date.
    NotInForce,
    /// A fact is missing.
    FactMissing,
    /// The knowledge base does not know this yet.
    NotCoveredByKb,
    /// There is no such right.
    NoRight,
}
