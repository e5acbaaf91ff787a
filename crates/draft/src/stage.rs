//! Which step of the dispute a letter is for.

use serde::Deserialize;

use crate::words::Once;
use crate::{DraftError, Inputs, going_on};

/// A step, as `templates/stages.toml` describes it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stage {
    /// The word of the contract's `gives` list, e.g. `internal_appeal.file`.
    pub(crate) gives: String,
    /// Kinds of coverage that have the step.
    #[serde(default)]
    coverage: Vec<String>,
    /// Events after which the step is over.
    #[serde(default)]
    over_after: Vec<String>,
    /// Who decides: `plan`, `iro`, `agency`, `contractor`, `qio`, `hearing`.
    pub(crate) decider: String,
    /// A level to which the case goes by itself once the plan has decided: nobody files it, and a letter goes there as evidence.
    #[serde(default)]
    forwarded: bool,
    /// The form on which the step must be made; a letter does not take its place.
    #[serde(default)]
    pub(crate) form: Option<String>,
    /// Kinds of coverage in which those who decided first decide again; `*` for all.
    #[serde(default)]
    own_review: Vec<String>,
    /// Rights that keep care going while the step is decided, by what they give, best first: they are asked for with it.
    #[serde(default)]
    continues: Vec<String>,
    /// Rules under which whoever decides takes a late request too, and needs no excuse for it.
    #[serde(default)]
    takes_late: Vec<String>,
    /// Kinds of coverage in which no law gives the step and the contract may: the letter rests on the contract.
    #[serde(default)]
    by_contract: Vec<String>,
}

impl Stage {
    /// The step's name in keys of words, e.g. `internal_appeal_file`.
    pub(crate) fn slug(&self) -> String {
        self.gives.replace('.', "_")
    }

    /// Whether the case goes to this level by itself.
    pub(crate) fn is_forwarded(&self) -> bool {
        self.forwarded
    }

    /// Whether a right that gives this is asked for together with the step.
    pub(crate) fn continues(&self, gives: &str) -> bool {
        self.continues.iter().any(|c| c == gives)
    }

    /// What rights that are asked for together with the step give, best first.
    pub(crate) fn all_continues(&self) -> impl Iterator<Item = &str> {
        self.continues.iter().map(String::as_str)
    }

    /// Whether a request under this rule is taken though its time is over.
    pub(crate) fn takes_late(&self, rule: &str) -> bool {
        self.takes_late.iter().any(|r| r == rule)
    }

    /// Whether the step rests on the contract under this kind of coverage.
    pub(crate) fn is_by_contract(&self, coverage: &str) -> bool {
        self.by_contract.iter().any(|c| c == coverage)
    }

    /// Whether those who decided first decide again under this kind of coverage.
    pub(crate) fn is_own_review(&self, coverage: &str) -> bool {
        self.own_review.iter().any(|c| c == "*" || c == coverage)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Events that answer the step that was filed last, whichever it is.
    decisions: Vec<String>,
    stage: Vec<Stage>,
}

static FILE: Once<File> = Once::new("stages.toml");

/// Reads the table of steps, or says what is wrong with it.
pub(crate) fn table() -> Result<(), DraftError> {
    FILE.get().map(|_| ())
}

/// All steps. `draft` has read the table before (`table`).
fn all() -> &'static [Stage] {
    FILE.get().map_or(&[], |f| &f.stage)
}

/// Whether a step is behind the person: taken and decided, as the rights count it. One of two steps of the same kind that is
/// done leaves the other open (a second reconsideration), though the answer to the first is there.
fn is_taken(inputs: &Inputs, right: &rights::Right, over: bool) -> bool {
    if right.done {
        return over || is_decided(inputs);
    }
    let twin = |r: &rights::Right| r.actor == "claimant" && r.gives == right.gives && r.done;
    over && !inputs.entitlements.rights.iter().any(twin)
}

/// Whether the step that a letter would take is on file and waits for its answer.
pub(crate) fn is_on_file(inputs: &Inputs, stage: &Stage) -> bool {
    let mut own =
        inputs.entitlements.rights.iter().filter(|r| r.actor == "claimant" && r.gives == stage.gives).peekable();
    own.peek().is_some() && own.all(|r| r.done) && !is_decided(inputs)
}

/// The step that was taken last, by the rights: what a letter about an appeal that is filed already (its completion, its
/// withdrawal) is about, wherever the next step would go.
pub(crate) fn taken_last(inputs: &Inputs) -> Option<&'static Stage> {
    let own = inputs.entitlements.rights.iter().filter(|r| r.actor == "claimant" && r.done);
    let steps = own.filter_map(|r| Some((r.level, all().iter().find(|s| s.gives == r.gives)?)));
    steps.max_by_key(|(level, _)| *level).map(|(_, stage)| stage)
}

/// Whether something that was filed waits for its answer, here or at the level to which the plan sent it by itself.
pub(crate) fn is_pending(inputs: &Inputs) -> bool {
    let is_over = |s: &Stage| inputs.case.events.iter().any(|e| s.over_after.contains(&e.kind));
    let filed = |e: &facts::Event| e.kind.ends_with("_filed") || e.kind == "appeal_received";
    let waits = match taken_last(inputs) {
        Some(step) => !is_over(step),
        None => inputs.case.events.iter().any(filed),
    };
    waits && !is_decided(inputs) || forwarded(inputs).is_some()
}

/// The level to which the plan sends the case by itself, once the plan's own answer is on file.
fn forwarded(inputs: &Inputs) -> Option<Stage> {
    let kind = inputs.case.coverage.kind.as_deref().unwrap_or_default();
    let rights = &inputs.entitlements.rights;
    let there = |s: &&Stage| {
        let next = rights.iter().find(|r| r.gives == s.gives && r.actor != "claimant" && r.level > 1 && !r.done);
        let below = |level: u8| rights.iter().any(|r| r.actor == "claimant" && r.done && r.level < level);
        next.is_some_and(|r| below(r.level))
    };
    let mine = all().iter().filter(|s| s.forwarded && s.coverage.iter().any(|c| c == kind));
    mine.filter(|_| is_decided(inputs)).find(there).cloned()
}

/// Whether what was filed last has been answered: a decision of the day on which it was filed, or a later one.
fn is_decided(inputs: &Inputs) -> bool {
    let latest =
        |is: &dyn Fn(&str) -> bool| inputs.case.events.iter().filter(|e| is(&e.kind)).map(|e| e.date.date()).max();
    let decisions = FILE.get().map_or(&[][..], |f| &f.decisions);
    let decided = latest(&|kind| decisions.iter().any(|d| d == kind));
    decided.is_some_and(|day| latest(&|kind| kind.ends_with("_filed")).is_none_or(|filed| filed <= day))
}

/// The step asked for; else the claimant's first open step of the entitlements, or the one beside it on the same rung
/// whose last day comes first; else the first step of the coverage that is not over; else an internal appeal.
pub(crate) fn stage(inputs: &Inputs) -> Stage {
    let stages = all();
    let find = |gives: &str| stages.iter().find(|s| s.gives == gives).cloned();
    if let Some(wanted) = inputs.stage {
        return find(wanted).unwrap_or(Stage { gives: wanted.into(), decider: "plan".into(), ..Stage::default() });
    }
    let over = |s: &Stage| inputs.case.events.iter().any(|e| s.over_after.contains(&e.kind));
    let claimant = inputs.entitlements.rights.iter().filter(|r| r.actor == "claimant");
    let open = |r: &rights::Right| find(&r.gives).filter(|s| !is_taken(inputs, r, over(s)));
    let steps: Vec<(&rights::Right, Stage)> = claimant.filter_map(|r| Some((r, open(r)?))).collect();
    // What an answer that did not come has opened is the next step, and not the one that is on file.
    if let Some((_, stage)) = steps.iter().find(|(r, _)| !r.done && r.is_opened_by_silence()) {
        return stage.clone();
    }
    if let Some(stage) = forwarded(inputs) {
        return stage;
    }
    if let Some((first, stage)) = steps.first() {
        // On one rung, a step whose last day is still to come goes before one without a day: the fast appeal that is
        // due tomorrow before the reconsideration whose clock has not started. A higher rung waits, however early its
        // last day (a State counts its external review from the first notice too). The first of equals stays first.
        let beside = || steps.iter().filter(|(r, _)| r.level == first.level).map(|(r, s)| (*r, s));
        let dated = beside().filter_map(|(r, s)| Some((r.due.filter(|d| *d >= inputs.today)?, s)));
        let dated = dated.min_by_key(|(due, _)| *due).map(|(_, s)| s);
        let beside: Vec<_> = beside().collect();
        let chosen = dated.or_else(|| going_on::taken_late(inputs, &beside)).unwrap_or(stage);
        return going_on::carrier(inputs, chosen, &beside).unwrap_or(chosen).clone();
    }
    let kind = inputs.case.coverage.kind.as_deref().unwrap_or_default();
    let of_coverage = stages.iter().filter(|s| s.coverage.iter().any(|c| c == kind));
    let first = of_coverage.clone().find(|s| !over(s)).or_else(|| of_coverage.clone().next_back());
    first.or(stages.first()).cloned().unwrap_or_default()
}
