//! The step of the appeal that the opinion has to be in time for, and why there is none.

use calendar::Date;
use facts::Case;
use rights::{Entitlements, Right, Why};

/// A filing day and the right it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilingDate {
    /// The day we advise: today, once that day is over and the last lawful day is not, and for whom waiting would harm.
    pub by: Date,
    /// Id of the right.
    pub right: String,
}

/// The next day by which the person should file: of the claimant's own rights that are still open, the lowest rung, at
/// the fast pace where the case asks for it and at the standard one where it does not; when all are past, the last one. A
/// step that waits for another one is never it, also while the other's own day is not known.
pub fn filing_date(case: &Case, entitlements: &Entitlements) -> Option<FilingDate> {
    let fast = case.wants_fast() || fast_ends_first(case, entitlements);
    let wanted = if fast { "expedited" } else { "standard" };
    let own = own_steps(entitlements).filter(|r| !r.done && r.waits.is_none() && r.file_by.or(r.due).is_some());
    // A day that only stands in for one that has not begun to run is over for nobody.
    let own: Vec<_> = own.filter(|r| !(r.stands_in && r.due < Some(entitlements.today))).collect();
    let open = own.iter().filter(|r| r.due.is_none_or(|d| d >= entitlements.today));
    let chosen = open
        .min_by_key(|r| (r.pace != wanted, r.level, r.file_by.or(r.due)))
        .or_else(|| own.iter().max_by_key(|r| r.file_by.or(r.due)))?;
    let advised = chosen.advised(entitlements.today)?;
    let by = if case.wants_fast() { advised.min(entitlements.today) } else { advised };
    // A day that is over stays what it is: it is said to be late.
    let by = if advised < entitlements.today { advised } else { by };
    Some(FilingDate { by, right: chosen.id.clone() })
}

/// Of care that is going on: whether the fast step has a last day of its own before that of its ordinary twin. Then it is the
/// next one; who lets it pass still has the other.
fn fast_ends_first(case: &Case, entitlements: &Entitlements) -> bool {
    if case.claim.kind.as_deref() != Some("concurrent") {
        return false;
    }
    let today = entitlements.today;
    let open = |r: &&Right| !r.done && r.waits.is_none() && r.due.is_some_and(|d| d >= today);
    let twin = |f: &Right| {
        let same = |r: &Right| r.pace != f.pace && r.gives == f.gives && r.level == f.level && r.due > f.due;
        own_steps(entitlements).filter(open).any(same)
    };
    own_steps(entitlements).filter(open).filter(|r| r.pace == "expedited").any(twin)
}

fn own_steps(entitlements: &Entitlements) -> impl Iterator<Item = &Right> {
    entitlements.rights.iter().filter(|r| r.actor == "claimant" && r.gives.ends_with(".file"))
}

/// The day on which care that is running is to stop, when it is still to come and the plan has said so.
pub(super) fn care_ends(case: &Case, today: Date) -> Option<Date> {
    let running = case.claim.kind.as_deref() == Some("concurrent");
    let course = case.claim.approved_course_ends.filter(|_| running);
    let stops = |kind: &str| kind == "services_end" || (running && matches!(kind, "effective_date" | "discharge"));
    let events = case.events.iter().filter(|e| stops(&e.kind)).map(|e| e.date.date());
    course.into_iter().chain(events).filter(|d| *d >= today).min()
}

/// The fastest step that is open: the one made for care that ends, else a fast appeal.
pub(super) fn fast(entitlements: &Entitlements) -> Option<&Right> {
    let open =
        |r: &&Right| !r.done && r.waits.is_none() && r.due.or(r.file_by).is_some_and(|d| d >= entitlements.today);
    let for_ending = |r: &Right| r.gives == "fast_appeal.file";
    own_steps(entitlements)
        .filter(open)
        .filter(|r| for_ending(r) || r.pace == "expedited")
        .min_by_key(|r| (r.level, !for_ending(r), r.due))
}

/// What keeps the care going while the appeal runs, where the law has it.
pub(super) fn continues(entitlements: &Entitlements) -> Option<&Right> {
    let open = |r: &&Right| !r.done && r.due.is_none_or(|d| d >= entitlements.today);
    entitlements.rights.iter().filter(open).find(|r| r.gives.starts_with("benefits.continue"))
}

/// Why no step of the appeal has a day.
pub(super) enum NoDay<'a> {
    /// The plan has not said no.
    NoDenial,
    /// An appeal is on file.
    Pending(&'a Right),
    /// What is missing, or what does not exist here, in the words of the rights.
    Refused(&'a str),
    /// The rights do not say.
    Unknown,
}

/// Why no step of the appeal has a day: the first of the ladder that is on file, waits for a fact, or does not exist.
pub(super) fn no_day(entitlements: Option<&Entitlements>, after_denial: bool) -> NoDay<'_> {
    if !after_denial {
        return NoDay::NoDenial;
    }
    let Some(entitlements) = entitlements else { return NoDay::Unknown };
    if let Some(right) = own_steps(entitlements).filter(|r| r.done).max_by_key(|r| r.level) {
        return NoDay::Pending(right);
    }
    let refused = |why: &dyn Fn(&Why) -> bool| {
        let steps = entitlements.refusals.iter().filter(|r| r.right.ends_with(".file") || r.right == "coverage.kind");
        steps.filter(|r| why(&r.why)).map(|r| r.message.as_str()).next()
    };
    let found = refused(&|w| *w == Why::FactMissing).or_else(|| refused(&|_| true));
    found.or_else(|| entitlements.refusals.first().map(|r| r.message.as_str())).map_or(NoDay::Unknown, NoDay::Refused)
}
