//! Which moves apply, and their order.

use calendar::Date;
use facts::{Case, Finding};
use opinion::{Check, RULES_UNUSABLE, stopped_by};
use rights::{Entitlements, Refusal, Right, Why};

use crate::words::Words;
use crate::{Course, Move, NextDate, State};

/// The same choice as the schedule of the opinion makes, so that the two never differ.
pub(crate) fn next_filing<'a>(case: &Case, entitlements: &'a Entitlements) -> Option<&'a Right> {
    dated_filing(case, entitlements).map(|(right, _)| right)
}

/// The next filing with the day we advise for this person.
fn dated_filing<'a>(case: &Case, entitlements: &'a Entitlements) -> Option<(&'a Right, Date)> {
    let chosen = opinion::filing_date(case, entitlements)?;
    let right = entitlements.rights.iter().find(|r| r.id == chosen.right)?;
    let today = entitlements.today;
    // Care that stops before the day we would advise is saved only by a step that is taken now, at the fast pace where there is one.
    // Where a step of its own keeps the care going, that one presses, and the appeal has its own day.
    let kept = |r: &Right| r.gives.starts_with("benefits.continue") || r.gives == "fast_appeal.file";
    let open = |r: &Right| !r.done && r.due.is_none_or(|d| d >= today);
    let kept = entitlements.rights.iter().any(|r| r.actor == "claimant" && kept(r) && open(r));
    if !kept && care_ends(case, today).is_some_and(|ends| ends < chosen.by && !is_answered_by(right, today, ends)) {
        let open = |r: &&Right| r.actor == "claimant" && r.gives == right.gives && !r.done && r.waits.is_none();
        let fast = entitlements.rights.iter().filter(open).find(|r| r.pace == "expedited");
        return Some((fast.unwrap_or(right), today));
    }
    Some((right, chosen.by))
}

/// Whether the answer to a step that is taken today comes by some day at its own pace: care that goes on for so long is not lost by it.
fn is_answered_by(right: &Right, today: Date, day: Date) -> bool {
    let days = right.decision_due.as_ref().and_then(|d| d.period.split_whitespace().next()?.parse::<u32>().ok());
    let answered = days.and_then(|n| {
        let period = format!("{n} days").parse().ok()?;
        calendar::add(today, period, calendar::MissingDay::LastOfMonth, &calendar::Holidays::none()).ok()
    });
    answered.is_some_and(|answered| answered <= day)
}

/// The day on which care that is running is to stop, when it is still to come.
pub fn care_ends(case: &Case, today: Date) -> Option<Date> {
    if case.claim.kind.as_deref() != Some("concurrent") {
        return None;
    }
    let stops = |kind: &str| matches!(kind, "effective_date" | "services_end" | "discharge");
    let events = case.events.iter().filter(|e| stops(&e.kind)).map(|e| e.date.date());
    events.chain(case.claim.approved_course_ends).filter(|day| *day >= today).min()
}

/// The step to take now where no step has a day: the first one of the person's own that is open and for which no law sets a
/// last day. None where a fact is missing first.
pub fn next_undated(entitlements: &Entitlements) -> Option<&Right> {
    let known = |r: &Right| entitlements.refusals.iter().all(|f| f.id.as_deref() != Some(r.id.as_str()));
    let open = |r: &&Right| {
        let own = r.actor == "claimant" && r.gives.ends_with(".file");
        let first = r.level == 1 && known(r);
        // Its clock runs, and only its length or its start is not known.
        let runs = r.counted_from.is_some() || r.still_open;
        let undated = r.due.or(r.file_by).is_none();
        own && undated && !r.done && r.waits.is_none() && (first || runs || r.opened_by_silence)
    };
    entitlements.rights.iter().find(open)
}

/// The refusal of the first appeal, where the law gives this kind of coverage no step at all: only its own contract does.
pub fn only_by_contract(entitlements: &Entitlements) -> Option<&Refusal> {
    let step = |r: &Right| r.actor == "claimant" && r.gives.ends_with(".file");
    if entitlements.rights.iter().any(step) {
        return None;
    }
    entitlements.refusals.iter().find(|r| r.why == Why::NoRight && r.right == "internal_appeal.file")
}

/// The level to which the plan must send the case by itself, once its own answer is on file: nobody files it, and evidence goes
/// there now. None where the person must ask for it.
pub fn forwarded(entitlements: &Entitlements) -> Option<&Right> {
    let rights = &entitlements.rights;
    let next = |r: &&Right| r.actor != "claimant" && r.gives.ends_with(".decide") && r.level > 1 && !r.done;
    let answered = |r: &Right| {
        let decided = |o: &Right| o.actor != "claimant" && o.gives == r.gives && o.level + 1 == r.level && o.done;
        let step = r.gives.replace(".decide", ".file");
        let asked = |o: &Right| o.actor == "claimant" && o.gives == step && o.level + 1 == r.level && o.done;
        rights.iter().any(decided) && rights.iter().any(asked)
    };
    let own = |r: &Right| {
        let step = r.gives.replace(".decide", ".file");
        let open =
            |o: &Right| o.actor == "claimant" && o.gives == step && o.level == r.level && o.counted_from.is_some();
        rights.iter().any(open)
    };
    rights.iter().filter(next).find(|r| answered(r) && !own(r))
}

/// The hearing that a person must ask for, where the plan sends on by itself only what belongs to Medicare (42 CFR 422.634(b)): of a
/// plan that gives both programs' care, nobody but the notice says which one it is.
pub fn either_forwarded_or_heard(entitlements: &Entitlements) -> Option<&Right> {
    forwarded(entitlements)?;
    entitlements.rights.iter().find(|r| r.actor == "claimant" && r.gives == "fair_hearing.file" && !r.done)
}

/// What is looked up beside the state of a case.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    /// The plan says that papers did not come, or do not show something.
    pub(crate) lacks_records: bool,
    /// The day by which a physician may be asked for a corrected letter, the filing left aside.
    pub(crate) correction_by: Option<Date>,
}

pub(crate) fn course(state: State<'_>, words: &Words, known: Known) -> Course {
    let mut list = List { words, moves: Vec::new(), findings: Vec::new() };
    let filing_day = dated_filing(state.case, state.entitlements);
    let next = filing_day.map(|(right, _)| right);
    let today = state.entitlements.today;
    for (right, id) in pressing(state.entitlements, words).filter(|(r, _)| next.is_none_or(|n| n.id != r.id)) {
        list.add(id, &[("title", &right.title)], right.advised(today), Some(right));
    }
    if let Some(late) = state.entitlements.late_answer().filter(|r| r.pace != "expedited" || asked_fast(state.case)) {
        list.add("late_answer", &[("title", &late.title)], Some(today), Some(late));
    }
    corrected_claim(&mut list, state, today);
    let hurry = urgent(&mut list, state, today);
    exception(&mut list, state);
    represented(&mut list, state, next);
    let told = |kind: &str| state.case.events.iter().any(|e| e.kind == kind);
    let receipt_told = told("notice_received") || told("final_notice_received");
    if let Some(right) = next.filter(|r| !receipt_told && r.counted_from.as_ref().is_some_and(|c| c.presumed)) {
        list.add("confirm_receipt", &[], None, Some(right));
    }
    if known.lacks_records {
        records(&mut list, state, next);
    }
    claim_file(&mut list, state.entitlements);
    // Where waiting would harm, nothing that is missing from a letter holds the filing back.
    if hurry {
        filing(&mut list, state, filing_day, today);
    }
    opinion(&mut list, state);
    // In the same time as the letter to that physician says; where the fast pace is asked for no day is soon enough.
    let advised = filing_day.map(|(_, by)| by);
    let wanted_by = known.correction_by.filter(|_| !hurry).map(|day| advised.map_or(day, |by| by.min(day)));
    letter(&mut list, state, wanted_by);
    if !hurry {
        filing(&mut list, state, filing_day, today);
    }
    Course {
        today,
        next_date: next_date(state.case, state.entitlements, words),
        moves: list.moves,
        findings: list.findings,
    }
}

struct List<'a> {
    words: &'a Words,
    moves: Vec<Move>,
    findings: Vec<Finding>,
}

impl List<'_> {
    fn add(&mut self, id: &str, fill: &[(&str, &str)], by: Option<Date>, right: Option<&Right>) {
        let Some(text) = self.words.get(id) else {
            let says =
                format!("kb/course/moves.toml has no words for the step `{id}`: the list of steps is not complete.");
            self.findings.push(Finding::new("move_without_words", says).about(id));
            return;
        };
        let filled = |text: &str| {
            fill.iter().fold(text.to_string(), |t, (name, value)| t.replace(&format!("{{{name}}}"), value))
        };
        self.moves.push(Move {
            id: id.into(),
            what: filled(&text.what),
            why: filled(&text.why),
            defeated_by: filled(&text.defeated_by),
            by,
            right: right.map(|r| r.id.clone()),
            authorities: right.map_or_else(Vec::new, |r| r.authorities.clone()),
        });
    }
}

/// Whether the fast pace was asked for: as the person said when the step went out, else as the case is marked.
fn asked_fast(case: &Case) -> bool {
    case.choices.expedite.unwrap_or(case.claim.is_urgent())
}

/// Who signs for the patient shows that they may, before anything goes out in that name.
fn represented(list: &mut List<'_>, state: State<'_>, next: Option<&Right>) {
    let case = state.case;
    let there =
        case.records.iter().any(|r| r.kind.as_deref() == Some("authorization_form") && r.include != Some(false));
    let to_send = next.is_some() || forwarded(state.entitlements).is_some();
    if to_send && !there && case.patient.role.as_deref() == Some("representative") {
        list.add(list.words.represented(case.coverage.kind.as_deref()), &[], None, None);
    }
}

/// Papers that the plan says it did not see are the first answer to it, before a second doctor: while nothing has been filed.
fn records(list: &mut List<'_>, state: State<'_>, next: Option<&Right>) {
    let first = next.is_some_and(|r| r.level <= 1) && !opinion_is_in(state) && concluded(state).is_none();
    if first {
        list.add("complete_record", &[], None, None);
    }
}

/// Adds the fast step where waiting would harm; says whether it would.
fn urgent(list: &mut List<'_>, state: State<'_>, today: Date) -> bool {
    let urgent = state.case.wants_fast();
    let fast = || state.entitlements.rights.iter().filter(|r| r.actor == "claimant" && r.pace == "expedited");
    let open = |r: &&Right| !r.done && r.waits.is_none();
    let right = fast().find(open);
    if urgent {
        let spare = fast().find(|r| !r.done && r.waits.as_ref().is_some_and(|w| w.only_if_missed));
        match (right, spare) {
            // The better way is open: the plan's own is told as what it is.
            (None, Some(spare)) => {
                let better = spare.waits.as_ref().map_or("", |w| w.title.as_str());
                list.add("ask_fast_if_missed", &[("better", better)], None, Some(spare));
            }
            // It was asked for already.
            (None, None) if fast().any(|r| r.done) => {}
            _ => list.add("ask_fast", &[], Some(today), right),
        }
    } else if care_ends_first(state) {
        list.add("care_ends", &[], Some(today), right);
    }
    urgent
}

/// The exception for a drug, where the reason is one that an exception answers and the coverage has one.
fn exception(list: &mut List<'_>, state: State<'_>) {
    let words = list.words;
    let reasons = state.case.denials.iter().filter_map(|d| d.reason.as_deref());
    let right = state.entitlements.rights.iter().find(|r| r.gives == "exception_request.decide");
    if let Some(right) = right.filter(|_| reasons.into_iter().any(|r| words.excepted(r)))
        && !filed(state)
    {
        list.add("ask_exception", &[], None, Some(right));
    }
}

/// The corrected claim, where every reason is one that it mends and nothing is on file yet.
fn corrected_claim(list: &mut List<'_>, state: State<'_>, today: Date) {
    if list.words.mended_by_correction(state.case) && !filed(state) {
        list.add("corrected_claim", &[], Some(today), None);
    }
}

/// The last step of the person's own is on file and no answer has come.
fn filed(state: State<'_>) -> bool {
    next_filing(state.case, state.entitlements).is_none() && answer_due(state.case, state.entitlements).is_some()
}

/// What another has to decide now that a step of the person's own is on file.
///
/// One paper may ask for both paces at once, and then both answers are owed: told is the one at the pace that was asked for.
pub(crate) fn answer_due<'a>(case: &Case, entitlements: &'a Entitlements) -> Option<&'a Right> {
    let asked_pace = if asked_fast(case) { "expedited" } else { "standard" };
    let own = entitlements.rights.iter().filter(|r| r.actor == "claimant" && r.done);
    let asked = own.filter_map(|r| r.gives.strip_suffix(".file")).map(|start| format!("{start}.decide"));
    let asked: Vec<String> = asked.collect();
    let pending = |r: &&Right| r.actor != "claimant" && !r.done && r.due.is_some() && asked.contains(&r.gives);
    entitlements.rights.iter().filter(pending).min_by_key(|r| (std::cmp::Reverse(r.level), r.pace != asked_pace))
}

/// Running care is to stop before a second opinion can be there, and no step of its own (which is pressing) is made for that.
fn care_ends_first(state: State<'_>) -> bool {
    let first = state.plan.schedule.as_ref();
    let first = first.is_some_and(|s| s.care_ends.is_some() && s.verdict.as_deref() == Some("expedite"));
    first && !state.entitlements.rights.iter().any(|r| r.gives == "fast_appeal.file" && !r.done && r.due.is_some())
}

fn claim_file(list: &mut List<'_>, entitlements: &Entitlements) {
    let item = entitlements.entitled_to.iter().find(|e| e.id.contains("claim_file"));
    if let Some(item) = item {
        list.add("ask_claim_file", &[], None, None);
        if let Some(last) = list.moves.last_mut() {
            last.authorities = item.authorities.clone();
        }
    }
}

/// The check, unless nothing was concluded from the paper.
fn concluded(state: State<'_>) -> Option<&Check> {
    state.check.filter(|c| stopped_by(c).is_none())
}

fn opinion(list: &mut List<'_>, state: State<'_>) {
    let stop = state.check.and_then(stopped_by);
    // Rules that cannot be used say nothing of the paper: neither that it is wrong nor that an opinion is missing.
    if stop.is_some_and(|f| f.code == RULES_UNUSABLE) {
        return;
    }
    if let Some(finding) = stop {
        list.add("opinion_wrong_paper", &[("why", &finding.message)], None, None);
    }
    if concluded(state).is_some() || opinion_is_in(state) {
        return;
    }
    match state.plan.value.as_deref().unwrap_or("") {
        "required" => list.add("get_required_opinion", &[], ready(state), None),
        "strong" | "useful" => {
            let best = state
                .plan
                .because
                .iter()
                .find(|b| Some(&b.value) == state.plan.value.as_ref())
                .or(state.plan.because.first());
            list.add("get_opinion", &[("why", best.map_or("", |b| b.says.as_str()))], ready(state), None);
        }
        _ => state.plan.better_first_moves.iter().for_each(|m| list.add("better_first", &[("move", m)], None, None)),
    }
}

fn opinion_is_in(state: State<'_>) -> bool {
    state.case.second_opinion.as_ref().and_then(|o| o.state.as_deref()) == Some("received")
}

fn ready(state: State<'_>) -> Option<Date> {
    state.plan.schedule.as_ref().map(|s| s.opinion_ready)
}

fn letter(list: &mut List<'_>, state: State<'_>, wanted_by: Option<Date>) {
    let Some(check) = concluded(state) else { return };
    // Words that are missing from a letter matter where a letter can help, and while nothing has been sent.
    let helps = !state.plan.hardly_helps();
    if !helps {
        state.plan.better_first_moves.iter().for_each(|m| list.add("better_first", &[("move", m)], None, None));
    }
    match check.outcome.as_str() {
        "confirms" if !helps || filed(state) => {}
        "confirms" => {
            let gaps =
                check.elements.iter().filter(|e| matches!(e.state.as_str(), "missing" | "partial") && e.ask.is_some());
            // As in the letter to that physician: what keeps it from going out is asked for; the rest would make it stronger.
            let (needed, helpful): (Vec<_>, Vec<_>) = gaps.partition(|e| opinion::decides(&e.element, &e.state));
            let (id, gaps) = if needed.is_empty() { ("please_add_more", helpful) } else { ("please_add", needed) };
            let names: Vec<String> = gaps.iter().map(|e| list.words.element(&e.element)).collect();
            if !names.is_empty() {
                list.add(id, &[("gaps", &names.join(", "))], wanted_by, None);
            }
        }
        "confirms_with_changes" => list.add("opinion_changes", &[], None, None),
        "needs_workup" => list.add("opinion_workup", &[], None, None),
        "conservative_first" => list.add("opinion_conservative", &[], None, None),
        "against" => {
            list.add("opinion_against", &[], None, None);
            if helps && !filed(state) {
                state.plan.better_first_moves.iter().for_each(|m| list.add("better_first", &[("move", m)], None, None));
            }
        }
        _ => list.add("opinion_unclear", &[], None, None),
    }
}

fn filing(list: &mut List<'_>, state: State<'_>, next: Option<(&Right, Date)>, today: Date) {
    let Some((right, by)) = next else {
        if let Some(right) = undated(state.entitlements) {
            list.add("file_undated", &[("title", &right.title)], None, Some(right));
        } else if let Some(answer) = answer_due(state.case, state.entitlements) {
            if !state.entitlements.is_overdue(answer) {
                list.add("watch_decision", &[], answer.due, None);
            }
        } else if let Some(level) = forwarded(state.entitlements) {
            list.add("forwarded", &[("who", list.words.actor(&level.actor))], None, Some(level));
        }
        if only_by_contract(state.entitlements).is_some() {
            list.add("no_right", &[], Some(today), None);
        }
        return;
    };
    if right.due.is_some_and(|due| due < today) {
        if let Some(other) = next_undated(state.entitlements).filter(|r| r.still_open) {
            list.add("file_undated", &[("title", &other.title)], Some(today), Some(other));
            return;
        }
        let unknown = list.words.get("late_unknown").map(|t| t.what.clone()).unwrap_or_default();
        list.add("late", &[("late", right.late.as_deref().unwrap_or(&unknown))], Some(today), Some(right));
        return;
    }
    let late_opinion =
        state.plan.schedule.as_ref().is_some_and(|s| s.verdict.as_deref() == Some("file_now_supplement_later"));
    if late_opinion && concluded(state).is_none() {
        list.add("protective_appeal", &[], Some(by), Some(right));
    }
    let move_id = if right.short_of().is_some() { "file_together" } else { "file" };
    // The fast step was told already, with how it is asked for: once is enough.
    if !list.moves.iter().any(|m| m.id == "ask_fast" && m.right.as_deref() == Some(right.id.as_str())) {
        list.add(move_id, &[("title", &right.title)], Some(by), Some(right));
    }
    list.add("watch_decision", &[], right.decision_due.as_ref().and_then(|d| d.date), None);
}

/// An open step of the person's own whose clock runs and whose length stands in the plan's papers.
fn undated(entitlements: &Entitlements) -> Option<&Right> {
    entitlements.rights.iter().find(|r| {
        let own = r.actor == "claimant" && r.gives.ends_with(".file");
        own && !r.done && r.waits.is_none() && r.counted_from.is_some() && r.due.or(r.file_by).is_none()
    })
}

/// Open steps of the claimant that cannot wait for the appeal, soonest first, each with the move that tells it.
fn pressing<'a>(entitlements: &'a Entitlements, words: &'a Words) -> impl Iterator<Item = (&'a Right, &'a str)> {
    let today = entitlements.today;
    let running = |r: &Right| r.actor == "claimant" && r.due.is_some_and(|due| due >= today);
    let early = |r: &Right| {
        let before = words.not_before(&r.gives);
        before.is_some_and(|gives| entitlements.rights.iter().any(|other| other.gives == gives && running(other)))
    };
    let mut all: Vec<_> = entitlements.rights.iter().filter(|r| running(r) && !r.done && !early(r)).collect();
    all.sort_by_key(|r| r.due);
    all.into_iter().filter_map(|r| Some((r, words.pressing(r)?)))
}

/// The next filing or the first pressing step, whichever is sooner.
pub(crate) fn next_date(case: &Case, entitlements: &Entitlements, words: &Words) -> Option<NextDate> {
    let today = entitlements.today;
    let dated = dated_filing(case, entitlements);
    let filing = dated.map(|(right, _)| right);
    let press = pressing(entitlements, words).map(|(right, _)| right).next();
    let sooner = press.filter(|p| filing.is_none_or(|f| f.due.is_none_or(|due| due < today) || p.due < f.due));
    let right = sooner.or(filing)?;
    let over = |r: &Right| r.due.is_some_and(|due| due < today);
    // Nothing is late while another law may still take it: that step has no day yet, and is the next one.
    if over(right) && next_undated(entitlements).is_some_and(|r| r.still_open && r.gives == right.gives) {
        return None;
    }
    let own = dated.filter(|(filing, _)| filing.id == right.id).map(|(_, by)| by);
    let file_by = own.or_else(|| right.advised(today))?;
    Some(NextDate {
        clock: right.clock.clone(),
        by_phone: right.filed_when.as_deref() == Some("oral_ok"),
        right: right.id.clone(),
        title: right.title.clone(),
        gives: right.gives.clone(),
        file_by,
        // Where no last day is known, the safe one is the day to keep.
        due: right.due.unwrap_or(file_by),
        last_known: right.due.is_some(),
        days_left: today.until(file_by).ok()?.get_days(),
        presumed: right.counted_from.as_ref().is_some_and(|c| c.presumed),
    })
}
