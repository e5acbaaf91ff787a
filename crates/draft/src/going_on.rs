//! Care that runs and is cut: whether a rule keeps it going while the step of a letter is decided, whether there is time to
//! ask for that, and which notice the day of the cut belongs to. What no rule gives is never claimed.

use calendar::Date;
use rights::{Right, Why};

use crate::Inputs;
use crate::stage::Stage;
use crate::view::View;

/// Whether a right keeps care going during a step of the dispute. Care with a provider who left the network (level 0) is another
/// right of the same word.
fn keeps_care(right: &Right) -> bool {
    right.level >= 1 && right.gives.starts_with("benefits.continue")
}

/// Of two steps on one rung, the one that carries the request for care to go on, where that request can still be made and
/// the step chosen does not carry it: the other would lose the care.
pub(crate) fn carrier<'s>(inputs: &Inputs, chosen: &Stage, beside: &[(&Right, &'s Stage)]) -> Option<&'s Stage> {
    // An appeal to the organization that watches over discharges keeps the care going by itself.
    if chosen.gives.starts_with("fast_appeal") {
        return None;
    }
    let can_ask =
        |r: &&Right| keeps_care(r) && r.actor == "claimant" && !r.done && r.due.is_some_and(|due| due >= inputs.today);
    let asked: Vec<&Right> = inputs.entitlements.rights.iter().filter(can_ask).collect();
    let carries = |stage: &Stage| asked.iter().any(|r| stage.continues(&r.gives));
    if carries(chosen) {
        return None;
    }
    beside.iter().map(|(_, stage)| *stage).find(|stage| carries(stage))
}

/// The step of a right that is taken late too, where the case's next step is that one though its time is over: another office
/// would not decide it.
pub(crate) fn taken_late<'s>(inputs: &Inputs, beside: &[(&Right, &'s Stage)]) -> Option<&'s Stage> {
    let next = course::next_filing(inputs.case, inputs.entitlements)?;
    let here = beside.iter().find(|(r, stage)| r.id == next.id && stage.takes_late(&next.id));
    here.map(|(_, stage)| *stage)
}

/// Whether the next step of the case is the fast one of this very kind, though nobody called the case urgent: the care stops
/// before the ordinary answer. The person may have chosen against it.
pub(crate) fn next_is_fast(inputs: &Inputs, stage: &Stage) -> bool {
    let next = || course::next_filing(inputs.case, inputs.entitlements);
    inputs.case.choices.expedite != Some(false)
        && next().is_some_and(|r| r.pace == "expedited" && r.gives == stage.gives)
}

/// What the rules say about care going on while the step of a letter is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GoingOn {
    /// A rule keeps it going, and its last day is known and still to come.
    InTime,
    /// A rule keeps it going; the last day to ask is not known, or nobody need ask.
    Kept,
    /// The last day to ask is over.
    Over,
    /// The rules say that there is no such right.
    Refused,
    /// The rules we know say nothing for this step.
    Unruled,
}

impl<'a> View<'a> {
    /// The right that keeps the care going while the step of the letter is decided (`continues` of `templates/stages.toml`).
    pub(crate) fn continuation(&self) -> Option<&'a Right> {
        let rights = &self.inputs.entitlements.rights;
        self.stage.all_continues().find_map(|gives| rights.iter().find(|r| keeps_care(r) && r.gives == gives))
    }

    /// What the rules say about the care going on meanwhile.
    pub(crate) fn going_on(&self) -> GoingOn {
        let refused = |gives: &str| {
            let all = &self.inputs.entitlements.refusals;
            all.iter().any(|r| r.right == gives && r.why == Why::NoRight)
        };
        match self.continuation().map(|r| (r.actor == "claimant", r.due)) {
            Some((_, Some(due))) if due >= self.inputs.today => GoingOn::InTime,
            // What another owes is owed though its day is over.
            Some((true, Some(_))) => GoingOn::Over,
            Some(_) => GoingOn::Kept,
            None if self.stage.all_continues().any(refused) => GoingOn::Refused,
            None => GoingOn::Unruled,
        }
    }

    /// Whether a rule sets a time of its own for the fast decision of a step: the ordinary time is never told as the fast one.
    pub(crate) fn is_decided_fast(&self, right: &Right) -> bool {
        let decides = right.gives.replace(".file", ".decide");
        let own = |r: &&Right| r.gives == decides && r.level == right.level && r.pace == right.pace;
        right.pace == "expedited" && self.inputs.entitlements.rights.iter().any(|r| own(&r))
    }

    /// The day on which a change takes effect, and whether it is that of an earlier notice: a decision that upholds a cut comes after
    /// the day on which the first notice made it.
    pub(crate) fn takes_effect(&self) -> Option<(Date, bool)> {
        let effective = self.event(&["effective_date", "services_end"])?;
        let answer = |e: &&facts::Event| e.kind.ends_with("_dated") && !FIRST_NOTICES.contains(&e.kind.as_str());
        let upheld = self.case.events.iter().filter(answer).map(|e| e.date.date()).max();
        Some((effective, upheld.is_some_and(|day| effective < day)))
    }
}

/// Events that date the first decision; every other dated paper answers something.
const FIRST_NOTICES: [&str; 1] = ["notice_dated"];
