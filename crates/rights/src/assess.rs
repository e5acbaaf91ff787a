//! From a case to lines: which rules apply, in which version, and what each gives. No sentences are built here.

use calendar::Date;
use facts::{Case, Finding};
use kb::{
    EventId, FactKey, IfUnknown, Index, Kb, Pace, Process, ProcessChoice, Ready, ReadyVersion, Selector, StateIndex,
    Test,
};

use crate::clock::{self, Beginning, Need, Ran, Step, Steps};
use crate::compute::apply;
use crate::view::{Fact, Fast, Late, View, check_possible, check_words};
use crate::{Threshold, Why};

/// What the rules say about a case, without sentences: cheap to make in bulk. [`Assessment::render`] gives the words.
pub struct Assessment<'k> {
    pub(crate) index: &'k Index,
    pub(crate) version: String,
    pub(crate) today: Date,
    pub(crate) coverage: Option<String>,
    pub(crate) state: Option<&'k StateIndex>,
    pub(crate) lines: Vec<Line<'k>>,
    pub(crate) open: Vec<Open<'k>>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) from_letter: Option<String>,
    pub(crate) fast_possible: bool,
    /// Lines whose day has passed.
    pub(crate) passed: Vec<(usize, Passed)>,
    /// Ids of the rules that still take a step whose day by another rule has passed.
    pub(crate) still_open: Vec<&'k str>,
    /// Whether the steps are kept for telling.
    pub(crate) told: bool,
}

impl Assessment<'_> {
    /// How many rights and duties apply, how many of them have a day, and how many questions are open.
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.lines.len(), self.lines.iter().filter(|l| l.ran.due.is_some()).count(), self.open.len())
    }

    /// Each right and duty that applies, in the order of the ladder, with its days.
    pub fn days(&self) -> impl Iterator<Item = Days<'_>> {
        self.lines.iter().map(|l| Days {
            id: &l.ready.id,
            version: l.version,
            selected_on: l.selected.map(|(_, d)| d),
            counted_from: l.ran.counted.map(|c| c.date),
            due: l.ran.due,
            file_by: l.file_by,
        })
    }
}

/// The days of one right or duty, without words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days<'a> {
    /// Id of the rule.
    pub id: &'a str,
    /// Which of its versions was used, counted from 0.
    pub version: usize,
    /// The date that picked the version, when one is known.
    pub selected_on: Option<Date>,
    /// The day of the event that starts the clock.
    pub counted_from: Option<Date>,
    /// The last lawful day.
    pub due: Option<Date>,
    /// The day we advise.
    pub file_by: Option<Date>,
}

/// A rule that applies.
pub(crate) struct Line<'k> {
    pub(crate) ready: &'k Ready,
    pub(crate) version: usize,
    pub(crate) ran: Ran,
    pub(crate) file_by: Option<Date>,
    pub(crate) steps: Steps<'k>,
    pub(crate) thresholds: Vec<Threshold>,
    /// Years of filing whose minimum nobody has published, or that are not in our data.
    pub(crate) no_amount_for: Vec<i16>,
    /// The amount reaches the minimum of this year, and not that of the next one, in which the last day falls.
    pub(crate) year_turn: Option<i16>,
    /// What the plan's own letter promises, where it is less than the law gives: how long, its last day, and the law's.
    pub(crate) promise: Option<(calendar::Period, Option<Date>, Option<Date>)>,
    pub(crate) selected: Option<(Selector, Date)>,
    pub(crate) done: bool,
    /// It is done because something else settled it.
    pub(crate) settled: bool,
    /// It is open because an answer did not come, and no other event starts its clock.
    pub(crate) opened: bool,
}

impl<'k> Line<'k> {
    /// Turns the last day into a safe one.
    fn only_safe(&mut self) {
        self.ran.due_at = None;
        if let (Some(due), Some(safe)) = (self.ran.due.take(), self.file_by) {
            self.steps.push(Step::LeastOfAny { safe: safe.min(due) });
        }
    }

    pub(crate) fn is_claimant(&self) -> bool {
        self.ready.rule.actor == "claimant"
    }

    /// A step that an answer opened by not coming: no rule names its last day. The day that was counted is advised, or today once it
    /// is over.
    pub(crate) fn without_last_day(&mut self, today: Date) {
        (self.ran.due, self.ran.due_at) = (None, None);
        self.file_by = self.file_by.map(|day| day.max(today));
    }
}

/// A question without a lawful answer.
pub(crate) struct Open<'k> {
    pub(crate) ready: Option<(&'k Ready, usize)>,
    pub(crate) right: &'k str,
    pub(crate) why: Why,
    pub(crate) needs: Vec<Need>,
    pub(crate) kind: OpenKind,
}

/// What is open.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum OpenKind {
    NoRight,
    Start,
    Contradiction,
    Condition,
    Choice,
    Count,
    Hour,
    Stopped,
    Combined,
    NotInForce(Date),
    Process { state: Option<String> },
    Coverage { word: Option<String> },
    State { code: String, message: String },
}

/// Reads the rules on a case: which apply and every day, without sentences. See [`crate::entitlements`] for the same
/// with sentences.
pub fn assess<'k>(case: &Case, kb: &'k Kb, today: Date) -> Assessment<'k> {
    read(case, kb, today, false)
}

/// The same; `told` keeps the steps so that [`Assessment::render`] can tell them.
pub(crate) fn read<'k>(case: &Case, kb: &'k Kb, today: Date, told: bool) -> Assessment<'k> {
    let first = pass(case, kb, today, told, Vec::new());
    let late = late_answers(&first);
    if late.is_empty() { first } else { pass(case, kb, today, told, late) }
}

/// The answers that were due and had not come, in so far as the law then opens another step.
fn late_answers(out: &Assessment<'_>) -> Vec<Late> {
    let overdue = out.passed.iter().filter(|(_, p)| *p == Passed::Overdue).filter_map(|(n, _)| out.lines.get(*n));
    let late = overdue.filter_map(|line| {
        let version = line.ready.rule.versions.get(line.version)?;
        let day = line.ran.due.filter(|_| !version.opens.is_empty())?;
        let follows = version.if_missed.clone().unwrap_or_default();
        Some(Late { opens: version.opens.clone(), day, title: line.ready.rule.title.clone(), follows })
    });
    late.collect()
}

/// One reading of the rules; `late` is what an earlier reading found overdue.
fn pass<'k>(case: &Case, kb: &'k Kb, today: Date, told: bool, late: Vec<Late>) -> Assessment<'k> {
    let index = kb.index();
    let mut out = Assessment {
        index,
        version: String::new(),
        today,
        coverage: case.coverage.kind.clone().filter(|word| index.vocabulary().coverages.position(word).is_some()),
        state: None,
        lines: Vec::new(),
        open: Vec::new(),
        findings: Vec::new(),
        from_letter: None,
        fast_possible: false,
        passed: Vec::new(),
        still_open: Vec::new(),
        told,
    };
    let mut view = View::new(case, index, today, &mut out.findings);
    view.add_late(late);
    check_words(case, index, &mut out.findings);
    check_possible(case, index, today, &mut out.findings);
    let Some(coverage) = coverage_of(case, index, &mut out) else {
        universal(&view, &mut out);
        finish(&view, &mut out);
        return out;
    };
    let coverage = sent_elsewhere(case, index, coverage, &mut out.findings);
    let program = index.program_at(coverage);
    let choice = program.map_or(ProcessChoice::None, |p| p.external_process);
    let state = governing_state(case, index, choice, &mut out.findings);
    view.state = state.or(case.patient.state.as_deref().filter(|s| index.is_state(s)));
    match state.and_then(|code| kb.state(code).map(|r| (code, r))) {
        Some((_, Ok(folder))) => out.state = Some(folder),
        Some((code, Err(e))) => out.open.push(Open {
            ready: None,
            right: "external_review.file",
            why: Why::NotCoveredByKb,
            needs: Vec::new(),
            kind: OpenKind::State { code: code.to_string(), message: e.to_string() },
        }),
        None => {}
    }
    let process = process_of(&view, choice, out.state);
    walk(&view, coverage, state, process, &mut out);
    finish(&view, &mut out);
    out
}

/// The place of the coverage in the vocabulary, or a refusal.
fn coverage_of(case: &Case, index: &Index, out: &mut Assessment<'_>) -> Option<usize> {
    let word = case.coverage.kind.as_deref();
    let found = word.and_then(|w| index.vocabulary().coverages.position(w));
    if found.is_none() {
        if let Some(word) = word {
            let hint = crate::view::hint(index, index.vocabulary().coverages.nearest(word));
            let message = index.sentences().say("unknown_coverage", &[("word", word), ("hint", &hint)]);
            out.findings.push(Finding::new("unknown_coverage", message).about("coverage.kind"));
        }
        out.open.push(Open {
            ready: None,
            right: "internal_appeal.file",
            why: Why::FactMissing,
            needs: vec![Need::Fact(FactKey::CoverageKind)],
            kind: OpenKind::Coverage { word: word.map(String::from) },
        });
    }
    found
}

/// The coverage whose rules the claim follows: the program may send some items to another one, and says so.
fn sent_elsewhere(case: &Case, index: &Index, coverage: usize, findings: &mut Vec<Finding>) -> usize {
    let Some(item) = case.claim.item.as_deref() else { return coverage };
    let sends = index.program_at(coverage).map_or(&[][..], |p| &p.sends);
    let Some(sent) = sends.iter().find(|s| s.item.iter().any(|i| i == item)) else { return coverage };
    let Some(to) = index.vocabulary().coverages.position(&sent.to) else { return coverage };
    let message = format!("{} ({})", sent.message, sent.authority.cite);
    findings.push(Finding::new("other_program", message).about("claim.item"));
    to
}

/// The State whose law governs the coverage.
fn governing_state<'a>(
    case: &'a Case,
    index: &Index,
    choice: ProcessChoice,
    findings: &mut Vec<Finding>,
) -> Option<&'a str> {
    let known = |code: &'a Option<String>| code.as_deref().filter(|c| index.is_state(c));
    let (situs, home) = (known(&case.coverage.situs_state), known(&case.patient.state));
    if choice != ProcessChoice::SitusState {
        return home.or(situs);
    }
    if situs.is_none()
        && let Some(home) = home
    {
        let message = index.sentences().say("state_assumed", &[("state", home)]);
        findings.push(Finding::new("state_assumed", message).about("coverage.situs_state"));
    }
    situs.or(home)
}

/// Who runs external review.
#[derive(Debug, Clone, PartialEq)]
enum WhoRuns {
    Known(Process),
    /// The fact that would settle it.
    Open(FactKey),
    /// The question does not arise.
    Nobody,
}

fn process_of(view: &View<'_>, choice: ProcessChoice, state: Option<&StateIndex>) -> WhoRuns {
    match view.case.coverage.external_process.as_deref() {
        Some("federal") => return WhoRuns::Known(Process::Federal),
        Some("state") => return WhoRuns::Known(Process::State),
        _ => {}
    }
    match choice {
        ProcessChoice::None => WhoRuns::Nobody,
        ProcessChoice::Federal => WhoRuns::Known(Process::Federal),
        ProcessChoice::SitusState | ProcessChoice::PatientState => match state.and_then(|s| s.state.as_ref()) {
            Some(state) => WhoRuns::Known(state.external_review),
            None if view.state.is_some() => WhoRuns::Open(FactKey::ExternalProcess),
            None if choice == ProcessChoice::SitusState => WhoRuns::Open(FactKey::SitusState),
            None => WhoRuns::Open(FactKey::PatientState),
        },
    }
}

fn walk<'k>(view: &View<'_>, coverage: usize, state: Option<&str>, process: WhoRuns, out: &mut Assessment<'k>) {
    let index = out.index;
    let federal = index.of_coverage(coverage).iter().filter_map(|i| index.rules().get(*i));
    let of_state: &'k [usize] = out.state.and_then(|s| s.by_coverage.get(coverage)).map_or(&[], Vec::as_slice);
    let state_rules: &'k [Ready] = out.state.map_or(&[], |s| &s.rules);
    let mut asked_process = false;
    for at in of_state {
        if let Some(ready) = state_rules.get(*at)
            && ready.rule.covers.state.as_deref().is_none_or(|code| Some(code) == state)
        {
            consider(view, ready, &process, &mut asked_process, out);
        }
    }
    let from_state = out.lines.len();
    // Where the State's own law says that there is no such right, the floor for States gives none either.
    let none: Vec<&str> = out.open.iter().filter(|o| o.kind == OpenKind::NoRight).map(|o| o.right).collect();
    for ready in federal {
        let of_state = |l: &Line<'_>| l.ready.rule.gives == ready.rule.gives && l.ready.rule.pace == ready.rule.pace;
        let replaced = ready.rule.fallback
            && (out.lines[..from_state].iter().any(of_state) || none.contains(&ready.rule.gives.as_str()));
        if !replaced {
            consider(view, ready, &process, &mut asked_process, out);
        }
    }
    drop_follow_ups(out);
    if from_state > 0 {
        out.lines.sort_by_key(|l| (l.ready.rule.level, l.ready.rank, l.ready.rule.pace));
    }
}

/// Takes out the steps that only follow a request for which there is no right (what to send to a reviewer, when that one
/// decides), unless the case shows that they are under way.
fn drop_follow_ups(out: &mut Assessment<'_>) {
    let stem = |gives: &str| gives.strip_suffix(".file").map(|stem| format!("{stem}."));
    let refused = out.open.iter().filter(|o| o.kind == OpenKind::NoRight).filter_map(|o| stem(o.right));
    let given: Vec<&str> = out.lines.iter().map(|l| l.ready.rule.gives.as_str()).collect();
    let gone: Vec<String> = refused.filter(|stem| !given.contains(&format!("{stem}file").as_str())).collect();
    if gone.is_empty() {
        return;
    }
    let follows = |gives: &str| gone.iter().any(|stem| gives.starts_with(stem.as_str()) && !gives.ends_with(".file"));
    out.lines.retain(|l| l.done || l.ran.counted.is_some() || !follows(&l.ready.rule.gives));
    let kept: Vec<&str> = out.lines.iter().map(|l| l.ready.id.as_str()).collect();
    out.open.retain(|o| !follows(o.right) || o.ready.is_some_and(|(ready, _)| kept.contains(&ready.id.as_str())));
}

/// Rights that everybody has whatever the coverage, once the event that starts their clock is in the case.
fn universal<'k>(view: &View<'_>, out: &mut Assessment<'k>) {
    let index = out.index;
    let everything = index.vocabulary().coverages.0.len();
    for ready in index.rules().iter().filter(|r| r.rule.covers.coverage.len() == everything) {
        let (lines, open) = (out.lines.len(), out.open.len());
        consider(view, ready, &WhoRuns::Nobody, &mut true, out);
        let started = out.lines.get(lines).is_some_and(|l| l.ran.counted.is_some());
        if !started {
            out.lines.truncate(lines);
            out.open.truncate(open);
        }
    }
}

fn consider<'k>(
    view: &View<'_>,
    ready: &'k Ready,
    process: &WhoRuns,
    asked_process: &mut bool,
    out: &mut Assessment<'k>,
) {
    if let Some(wanted) = ready.rule.covers.process {
        match process {
            WhoRuns::Known(p) if *p == wanted => {}
            WhoRuns::Open(fact) => {
                // Whoever runs it, the floor for State processes is the least a person has: a safe day, not the last one.
                if wanted == Process::State && ready.rule.fallback && ready.rule.gives == "external_review.file" {
                    floor(view, ready, out);
                }
                if !std::mem::replace(asked_process, true) {
                    out.open.push(Open {
                        ready: None,
                        right: "external_review.file",
                        why: Why::FactMissing,
                        needs: vec![Need::Fact(*fact)],
                        kind: OpenKind::Process { state: view.state.map(String::from) },
                    });
                }
                return;
            }
            _ => return,
        }
    }
    let own = view.opened_for(&ready.rule.gives).filter(|_| ready.rule.actor == "claimant");
    let view = own.as_ref().unwrap_or(view);
    if !pace_applies(view, &ready.rule) {
        out.fast_possible |= could_be_fast(view, ready);
        return;
    }
    let mut needs = Vec::new();
    match all(view, &ready.when, &mut needs) {
        Tri::No => return,
        Tri::Unknown => {
            let version = version_today(ready, out.today).unwrap_or(0);
            return out.open.push(open(ready, version, Why::FactMissing, needs, OpenKind::Condition));
        }
        Tri::Yes => {}
    }
    match pick(view, ready) {
        Picked::Version(version, selected) => apply(view, ready, version, selected, out),
        Picked::NotInForce(date) => {
            out.open.push(open(ready, 0, Why::NotInForce, Vec::new(), OpenKind::NotInForce(date)));
        }
    }
}

/// Lists the least that any process must give, as a safe day without a last one.
fn floor<'k>(view: &View<'_>, ready: &'k Ready, out: &mut Assessment<'k>) {
    if !pace_applies(view, &ready.rule) || all(view, &ready.when, &mut Vec::new()) != Tri::Yes {
        return;
    }
    if let Picked::Version(version, selected) = pick(view, ready) {
        let (lines, open) = (out.lines.len(), out.open.len());
        apply(view, ready, version, selected, out);
        // Who runs it is asked once; without a start there is nothing to show.
        out.open.truncate(open);
        out.lines.truncate(lines + 1);
        if let Some(line) = out.lines.get_mut(lines) {
            line.only_safe();
        }
    }
}

/// A question about one rule.
pub(crate) fn open<'k>(ready: &'k Ready, version: usize, why: Why, needs: Vec<Need>, kind: OpenKind) -> Open<'k> {
    Open { ready: Some((ready, version)), right: &ready.rule.gives, why, needs, kind }
}

/// Whether the pace of a rule is that of the claim.
fn pace_applies(view: &View<'_>, rule: &kb::Rule) -> bool {
    match (rule.pace, view.fast) {
        (Pace::Standard, _) | (Pace::Expedited, Fast::Yes) => true,
        (Pace::Expedited, Fast::Never) => false,
        (Pace::Expedited, _) => rule.always,
    }
}

/// Whether the person could ask for this fast pace if a physician called the claim urgent.
fn could_be_fast(view: &View<'_>, ready: &Ready) -> bool {
    view.fast == Fast::IfUrgent && ready.rule.actor == "claimant"
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tri {
    Yes,
    No,
    Unknown,
}

/// Whether all tests hold; the unknown facts are added to `needs`.
pub(crate) fn all(view: &View<'_>, tests: &[Test], needs: &mut Vec<Need>) -> Tri {
    let mut result = Tri::Yes;
    let before = needs.len();
    for test in tests {
        let fact = view.fact(test.fact);
        if test.unless.is_some_and(|lifts| view.fact(lifts) == Fact::Truth(true)) {
            continue;
        }
        let holds = match (fact, test.if_unknown) {
            (Fact::Unknown, IfUnknown::Apply) => true,
            (Fact::Unknown, IfUnknown::Skip) => false,
            (Fact::Unknown, IfUnknown::Refuse) => {
                needs.push(Need::Fact(test.fact));
                result = Tri::Unknown;
                continue;
            }
            _ => {
                (test.is.is_empty() || test.is.iter().any(|v| view.is(fact, v)))
                    && !test.not.iter().any(|v| view.is(fact, v))
                    && (test.only.is_empty() || view.is_only(fact, &test.only))
                    && (test.not_only.is_empty() || !view.is_only(fact, &test.not_only))
                    && (test.begins.is_empty() || view.any_begins(fact, &test.begins))
                    && test.below.is_none_or(|limit| matches!(fact, Fact::Number(n) if n < limit))
            }
        };
        if !holds {
            needs.truncate(before);
            return Tri::No;
        }
    }
    result
}

enum Picked {
    Version(usize, Option<(Selector, Date)>),
    NotInForce(Date),
}

/// The version in force on the date that the rule names. Nothing falls back: a date outside all versions is said.
fn pick(view: &View<'_>, ready: &Ready) -> Picked {
    let mut outside = None;
    for (n, version) in ready.versions.iter().enumerate() {
        let Some((selector, date)) = selecting_date(view, version) else { continue };
        if in_force(ready, n, date) {
            return Picked::Version(n, Some((selector, date)));
        }
        outside = Some(date);
    }
    match (outside, version_today(ready, view.today)) {
        (Some(date), _) => Picked::NotInForce(date),
        (None, Some(n)) => Picked::Version(n, None),
        (None, None) => Picked::NotInForce(view.today),
    }
}

fn in_force(ready: &Ready, n: usize, date: Date) -> bool {
    ready.rule.versions.get(n).is_some_and(|v| v.effective_from <= date && v.effective_to.is_none_or(|to| date <= to))
}

fn version_today(ready: &Ready, today: Date) -> Option<usize> {
    (0..ready.versions.len()).find(|n| in_force(ready, *n, today))
}

fn selecting_date(view: &View<'_>, version: &ReadyVersion) -> Option<(Selector, Date)> {
    let default = [Selector::Start];
    let selectors = if version.selectors.is_empty() { &default[..] } else { &version.selectors };
    selectors.iter().find_map(|s| {
        let date = match s {
            Selector::Today => Some(view.today),
            Selector::PlanYearStart => view.case.coverage.plan_year_start,
            Selector::DateOfService => view.case.claim.date_of_service,
            Selector::Event(id) => view.event(*id).map(|k| k.when.date()),
            Selector::Start => start_date(view, version),
        };
        date.map(|d| (*s, d))
    })
}

fn start_date(view: &View<'_>, version: &ReadyVersion) -> Option<Date> {
    let timers = std::iter::once(&version.timer).chain(&version.limits).chain(version.choices.iter().map(|c| &c.timer));
    for timer in timers {
        if let Beginning::At(begun) = clock::begin(timer, view, &mut Steps::aside()) {
            return Some(begun.when.date());
        }
    }
    None
}

/// Findings about days that have passed.
fn finish<'k>(view: &View<'_>, out: &mut Assessment<'k>) {
    let coverage = &view.case.coverage;
    let parts = [
        coverage.appeal_address.as_deref(),
        coverage.appeal_fax.as_deref().map(|_| "fax"),
        coverage.appeal_portal.as_deref(),
    ];
    if parts.iter().any(Option::is_some) {
        let address = coverage.appeal_address.as_deref().unwrap_or_default();
        let mut text = address.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(", ");
        for (name, value) in [("fax", &coverage.appeal_fax), ("online", &coverage.appeal_portal)] {
            if let Some(value) = value {
                let comma = if text.is_empty() { "" } else { "; " };
                text = format!("{text}{comma}{name} {value}");
            }
        }
        out.from_letter = Some(text);
    }
    for line in &out.lines {
        let Some((fact, given, used)) = line.ran.outside else { continue };
        let path = fact.path().unwrap_or_default();
        if !out.findings.iter().any(|f| f.code == "outside_the_law" && f.about.as_deref() == Some(path)) {
            let cites = line.ready.versions.get(line.version).and_then(|v| v.authorities.first());
            let law = cites.map(|a| out.index.own_text(out.coverage.as_deref().unwrap_or_default(), a).cite);
            let fill = [
                ("given", given.to_string()),
                ("used", used.to_string()),
                ("title", line.ready.rule.title.clone()),
                ("law", law.unwrap_or_default()),
            ];
            let fill: Vec<(&str, &str)> = fill.iter().map(|(k, v)| (*k, v.as_str())).collect();
            let message = out.index.sentences().say("outside_the_law", &fill);
            out.findings.push(Finding::new("outside_the_law", message).about(path));
        }
    }
    for (n, line) in out.lines.iter().enumerate() {
        let Some(due) = line.ran.due.filter(|_| !stands_in(line, &out.lines, out.index)) else { continue };
        let filed = line.ready.filed.iter().filter_map(|e| view.event(*e)).map(|k| k.when.date()).min();
        let passed = match (line.is_claimant(), filed) {
            (true, Some(filed)) if filed > due => Passed::FiledLate(filed),
            (true, None) if due < view.today && !line.done && other_way(line, &out.lines, view).is_none() => {
                Passed::Over
            }
            (false, None) if due < view.today && !line.done && owed(view, line) => Passed::Overdue,
            _ => continue,
        };
        out.passed.push((n, passed));
    }
    let over = |l: &&Line<'_>| l.is_claimant() && !l.done && l.ran.due.is_some_and(|due| due < view.today);
    let ways = out.lines.iter().filter(over).filter_map(|line| other_way(line, &out.lines, view));
    out.still_open = ways.map(|other| other.ready.id.as_str()).collect();
}

/// Whether the day of a step is counted from an earlier event only because the step before it was not taken: that day ends nothing,
/// the time runs from the answer to the other.
pub(crate) fn stands_in(line: &Line<'_>, lines: &[Line<'_>], index: &Index) -> bool {
    let order = index.vocabulary().gives.get(&line.ready.rule.gives);
    let before = |other: &Line<'_>| {
        let named = order.is_some_and(|o| o.after.contains(&other.ready.rule.gives));
        named && other.is_claimant() && !other.done
    };
    line.is_claimant() && line.ran.counted.is_some_and(|c| c.stands_in) && lines.iter().any(before)
}

/// Another law's way to the same step that the same paper starts and that is not known to be over: while it is open, nothing is lost.
pub(crate) fn other_way<'a, 'k>(line: &Line<'k>, lines: &'a [Line<'k>], view: &View<'_>) -> Option<&'a Line<'k>> {
    let counted = line.ran.counted?.event;
    let (index, rule) = (view.index, &line.ready.rule);
    let same_paper = |event: EventId| {
        event == counted || index.sent(counted).contains(&event) || index.sent(event).contains(&counted)
    };
    let starts = |other: &Line<'_>| match other.ran.counted {
        Some(from) => same_paper(from.event),
        None => other.ran.needs.iter().any(|need| matches!(need, Need::Event(event) if same_paper(*event))),
    };
    lines.iter().find(|other| {
        let step = other.is_claimant() && other.ready.id != line.ready.id && other.ready.rule.gives == rule.gives;
        let twin = step && other.ready.rule.level == rule.level && other.ready.rule.pace == rule.pace;
        twin && !other.done && other.ran.due.is_none_or(|due| due >= view.today) && starts(other)
    })
}

/// Whether another's silence may be called late: not where the answer is owed only in some cases, and not at the fast
/// pace while it is open only because the kind of claim is unknown.
fn owed(view: &View<'_>, line: &Line<'_>) -> bool {
    let rule = &line.ready.rule;
    let fast = rule.pace == Pace::Standard || rule.always || view.fast_is_known();
    fast && !line.ready.only_sometimes
}

/// In which way a day has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passed {
    /// The person acted, but late.
    FiledLate(Date),
    /// The person's last day is over.
    Over,
    /// Another's answer is overdue.
    Overdue,
}
