//! From a case to lines: which rules apply, in which version, and what each gives. No sentences are built here.

use calendar::{Date, Holidays, MissingDay, Unit};
use facts::{Case, Finding};
use kb::{Combine, FactKey, IfUnknown, Index, Kb, Pace, Process, ProcessChoice, Ready, ReadyVersion, RuleKind};
use kb::{Selector, StateIndex, Test, TimerChoice};

use crate::clock::{self, Beginning, Need, Ran, Step};
use crate::view::{Fact, View, check_words};
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
    pub(crate) steps: Vec<Step<'k>>,
    pub(crate) thresholds: Vec<Threshold>,
    pub(crate) no_amount_for: Option<i16>,
    pub(crate) selected: Option<(Selector, Date)>,
    pub(crate) done: bool,
}

impl<'k> Line<'k> {
    pub(crate) fn is_claimant(&self) -> bool {
        self.ready.rule.actor == "claimant"
    }
}

/// A question without a lawful answer.
pub(crate) struct Open<'k> {
    pub(crate) ready: Option<(&'k Ready, usize)>,
    pub(crate) right: String,
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

/// Reads the rules on a case. See [`crate::entitlements`] for the same with sentences.
pub fn assess<'k>(case: &Case, kb: &'k Kb, today: Date) -> Assessment<'k> {
    let index = kb.index();
    let mut out = Assessment {
        index,
        version: String::new(),
        today,
        coverage: case.coverage.kind.clone(),
        state: None,
        lines: Vec::new(),
        open: Vec::new(),
        findings: Vec::new(),
        from_letter: None,
        fast_possible: false,
    };
    let mut view = View::new(case, index, today, &mut out.findings);
    check_words(case, index, &mut out.findings);
    let Some(coverage) = coverage_of(case, index, &mut out) else { return out };
    let word = case.coverage.kind.as_deref().unwrap_or_default();
    let program = index.program(word);
    let choice = program.map_or(ProcessChoice::None, |p| p.external_process);
    let state = governing_state(case, index, choice, &mut out.findings);
    view.state = state.or(case.patient.state.as_deref().filter(|s| index.is_state(s)));
    match state.and_then(|code| kb.state(code).map(|r| (code, r))) {
        Some((_, Ok(folder))) => out.state = Some(folder),
        Some((code, Err(e))) => out.open.push(Open {
            ready: None,
            right: "external_review.file".into(),
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
            let hint = index.vocabulary().coverages.nearest(word);
            let hint = hint.map_or(String::new(), |n| format!(" Did you mean `{n}`?"));
            let message = format!("`{word}` is not a kind of coverage we know.{hint}");
            out.findings.push(Finding::new("unknown_coverage", message).about("coverage.kind"));
        }
        out.open.push(Open {
            ready: None,
            right: "internal_appeal.file".into(),
            why: Why::FactMissing,
            needs: vec![Need::Fact(FactKey::CoverageKind)],
            kind: OpenKind::Coverage { word: word.map(String::from) },
        });
    }
    found
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
        let message = format!(
            "The State in which the employer's policy was issued is not known. We used {home}, where the patient lives. If the policy was issued elsewhere, that State's rules apply."
        );
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
    for ready in federal {
        let replaced = ready.rule.fallback
            && out.lines[..from_state]
                .iter()
                .any(|l| l.ready.rule.gives == ready.rule.gives && l.ready.rule.pace == ready.rule.pace);
        if !replaced {
            consider(view, ready, &process, &mut asked_process, out);
        }
    }
    if from_state > 0 {
        out.lines.sort_by_key(|l| (l.ready.rule.level, l.ready.rank, l.ready.rule.pace));
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
                if !std::mem::replace(asked_process, true) {
                    out.open.push(Open {
                        ready: None,
                        right: "external_review.file".into(),
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

fn open<'k>(ready: &'k Ready, version: usize, why: Why, needs: Vec<Need>, kind: OpenKind) -> Open<'k> {
    Open { ready: Some((ready, version)), right: ready.rule.gives.clone(), why, needs, kind }
}

/// Whether the pace of a rule is that of the claim.
fn pace_applies(view: &View<'_>, rule: &kb::Rule) -> bool {
    if rule.pace == Pace::Standard {
        return true;
    }
    let kind = kind_of_claim(view);
    if never_fast(view, kind) {
        return false;
    }
    if rule.always || view.urgent() == Some(true) || view.case.choices.expedite == Some(true) {
        return true;
    }
    let words = &view.index.vocabulary().pace.expedited;
    view.urgent() != Some(false) && kind.is_none_or(|k| words.claim_kinds.iter().any(|w| w == k))
}

fn kind_of_claim<'a>(view: &View<'a>) -> Option<&'a str> {
    match view.fact(FactKey::ClaimKind) {
        Fact::Word(w) => Some(w),
        _ => None,
    }
}

fn never_fast(view: &View<'_>, kind: Option<&str>) -> bool {
    kind.is_some_and(|k| view.index.vocabulary().pace.expedited.never_for.iter().any(|w| w == k))
}

/// Whether the person could ask for this fast pace if a physician called the claim urgent.
fn could_be_fast(view: &View<'_>, ready: &Ready) -> bool {
    ready.rule.actor == "claimant" && view.urgent().is_none() && !never_fast(view, kind_of_claim(view))
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
        if let Beginning::At(begun) = clock::begin(timer, view, &mut Vec::new()) {
            return Some(begun.when.date());
        }
    }
    None
}

fn apply<'k>(
    view: &View<'_>,
    ready: &'k Ready,
    n: usize,
    selected: Option<(Selector, Date)>,
    out: &mut Assessment<'k>,
) {
    let Some(version) = ready.versions.get(n) else { return };
    if ready.rule.kind == RuleKind::NoRight {
        return out.open.push(open(ready, n, Why::NoRight, Vec::new(), OpenKind::NoRight));
    }
    let mut line = Line {
        ready,
        version: n,
        ran: Ran::default(),
        file_by: None,
        steps: Vec::with_capacity(6),
        thresholds: Vec::new(),
        no_amount_for: None,
        selected,
        done: view.any(&ready.done),
    };
    if ready.rule.kind == RuleKind::Right {
        let Some(kind) = compute(view, out.index, version, &mut line) else { return };
        if ready.rule.only_if_started && line.ran.counted.is_none() {
            return;
        }
        lengthen(view, version, ready, &mut line);
        thresholds(view, out.index, version, ready, &mut line);
        advise(out.index, &mut line);
        let settled = line.ran.needs.is_empty() || line.done;
        // What others must do is asked about only once the event that starts their clock has happened.
        let waits = !line.is_claimant() && line.ran.counted.is_none();
        if !settled && !waits {
            let kind = match (line.ran.contradiction, line.ran.stopped) {
                (true, _) => OpenKind::Contradiction,
                (_, true) => OpenKind::Stopped,
                _ => kind,
            };
            out.open.push(open(ready, n, Why::FactMissing, line.ran.needs.clone(), kind));
        }
    }
    out.lines.push(line);
}

/// Runs the version's clock, choice or limits. `None`: no choice fits, so the rule does not apply.
fn compute<'k>(view: &View<'_>, index: &'k Index, version: &'k ReadyVersion, line: &mut Line<'k>) -> Option<OpenKind> {
    if !version.choices.is_empty() {
        return choose(view, index, version, line);
    }
    if !version.limits.is_empty() {
        combine(view, index, version, line);
        return Some(if line.ran.due.is_none() && line.ran.counted.is_none() {
            OpenKind::Start
        } else {
            OpenKind::Combined
        });
    }
    line.ran = clock::run(&version.timer, view, index, &mut line.steps);
    Some(kind_of(&line.ran))
}

fn kind_of(ran: &Ran) -> OpenKind {
    if ran.counted.is_none() {
        OpenKind::Start
    } else if ran.due.is_some() {
        OpenKind::Hour
    } else {
        OpenKind::Count
    }
}

fn choose<'k>(view: &View<'_>, index: &'k Index, version: &'k ReadyVersion, line: &mut Line<'k>) -> Option<OpenKind> {
    let mut needs = Vec::new();
    let mut candidates: Vec<&'k TimerChoice> = Vec::new();
    for choice in &version.choices {
        match all(view, &choice.when, &mut needs) {
            Tri::No => continue,
            Tri::Yes if candidates.is_empty() => {
                line.steps.push(Step::Chosen { note: choice.note.as_deref() });
                line.ran = clock::run(&choice.timer, view, index, &mut line.steps);
                return Some(kind_of(&line.ran));
            }
            Tri::Yes => {
                candidates.push(choice);
                break;
            }
            Tri::Unknown => candidates.push(choice),
        }
    }
    let first = candidates.first()?;
    needs.sort();
    needs.dedup();
    match candidates.iter().find(|c| c.outer_bound) {
        Some(bound) => {
            line.steps.push(Step::OuterBound);
            line.ran = clock::run(&bound.timer, view, index, &mut line.steps);
        }
        None => {
            // Without the fact no day can be given; the start is shown all the same.
            line.ran = clock::run(&first.timer, view, index, &mut Vec::new());
            let counted = line.ran.counted;
            line.ran = Ran { counted, ..Ran::default() };
        }
    }
    line.ran.needs.extend(needs);
    Some(OpenKind::Choice)
}

fn combine<'k>(view: &View<'_>, index: &'k Index, version: &'k ReadyVersion, line: &mut Line<'k>) {
    let Some(rule) = line.ready.rule.versions.get(line.version).and_then(|v| v.combine) else { return };
    let mut all: Vec<Ran> = Vec::with_capacity(version.limits.len());
    for timer in &version.limits {
        let mut steps = vec![Step::Limit { label: timer.label.as_deref() }];
        let ran = clock::run(timer, view, index, &mut steps);
        let known = ran.due.is_some();
        line.steps.append(&mut steps);
        if known && rule == Combine::FirstKnown {
            line.ran = ran;
            line.steps.push(Step::Combined { rule, to: line.ran.due, open: false });
            return;
        }
        all.push(ran);
    }
    let mut needs: Vec<Need> = all.iter().flat_map(|r| r.needs.iter().copied()).collect();
    needs.sort();
    needs.dedup();
    let open = all.iter().any(|r| r.due.is_none());
    let contradiction = all.iter().any(|r| r.contradiction);
    let earliest = all.iter().filter_map(|r| r.due).min();
    let law_known = all.first().is_some_and(|r| r.due.is_some());
    // The first limit asks for no event and names no day: the law sets none.
    let law_sets_none = all.first().is_some_and(|r| r.due.is_none() && r.needs.is_empty() && !r.contradiction);
    let settled = match rule {
        // What a form prints is never needed once the law's own day is known, or the law sets none.
        Combine::LawAndForm => law_known || law_sets_none,
        // A later event can only bring another's duty forward.
        Combine::EarlierOf => earliest.is_some() && !line.is_claimant(),
        Combine::LaterOf | Combine::FirstKnown => false,
    };
    if settled {
        needs.clear();
    }
    let known = all.into_iter().filter(|r| r.due.is_some());
    let best = match rule {
        Combine::LaterOf => known.max_by_key(|r| (r.due, r.due_at.is_none())),
        Combine::EarlierOf if open && line.is_claimant() => None,
        Combine::EarlierOf => known.min_by_key(|r| (r.due, r.due_at.is_none())),
        Combine::FirstKnown => None,
        Combine::LawAndForm => {
            let mut known = known;
            known.next().map(|first| {
                let due = first.due.filter(|_| !law_sets_none);
                let due_at = first.due_at.clone().filter(|_| !law_sets_none);
                Ran { due, due_at, safe: first.safe.into_iter().chain(earliest).min(), ..first }
            })
        }
    };
    let may_be_later = open && rule == Combine::LaterOf;
    line.ran = Ran { needs, contradiction, may_be_later, ..best.unwrap_or_default() };
    line.steps.push(Step::Combined { rule, to: line.ran.due, open });
}

/// Stopped clocks, then lawful lengthenings.
fn lengthen<'k>(view: &View<'_>, version: &'k ReadyVersion, ready: &'k Ready, line: &mut Line<'k>) {
    let Some(words) = ready.rule.versions.get(line.version) else { return };
    for (from, until, when) in &version.tolling {
        let (Some(start), Some(due)) = (view.event(*from), line.ran.due) else { continue };
        let start = start.when.date();
        if start > due || all(view, when, &mut Vec::new()) != Tri::Yes {
            continue;
        }
        let Some(end) = view.event(*until).map(|k| k.when.date()) else {
            line.steps.push(Step::Stopped { from: start, until: *until });
            line.ran.due = None;
            line.ran.due_at = None;
            line.ran.needs.push(Need::Event(*until));
            line.ran.stopped = true;
            continue;
        };
        let days = calendar::days_between(start, end).max(0);
        shift(line, u32::try_from(days).unwrap_or(0));
        if let Some(to) = line.ran.due {
            line.steps.push(Step::Tolled { from: start, until: end, days, to });
        }
    }
    for ((event, when), extension) in version.extensions.iter().zip(&words.extensions) {
        let (Some(taken), Some(due)) = (view.event(*event), line.ran.due) else { continue };
        if all(view, when, &mut Vec::new()) != Tri::Yes {
            continue;
        }
        if taken.when.date() > due {
            line.steps.push(Step::ExtensionLate { event: *event });
            continue;
        }
        if extension.by.unit == Unit::Hours {
            continue;
        }
        if extension.by.unit.is_days() {
            shift(line, extension.by.count);
        } else if let Ok(to) = calendar::add(due, extension.by, MissingDay::LastOfMonth, &Holidays::none()) {
            line.ran.due = Some(to);
        }
        if let Some(to) = line.ran.due {
            line.steps.push(Step::Extended { by: extension.by, event: *event, to });
        }
    }
}

fn shift(line: &mut Line<'_>, days: u32) {
    let moved = |d: Date| calendar::add(d, clock::days_of(days), MissingDay::Refuse, &Holidays::none()).ok();
    line.ran.due = line.ran.due.and_then(moved);
    line.ran.due_at = line.ran.due_at.take().and_then(|m| calendar::add_hours(&m, days * 24).ok());
}

fn thresholds<'k>(view: &View<'_>, index: &Index, version: &ReadyVersion, ready: &Ready, line: &mut Line<'k>) {
    let (Some((table, filed)), Some(words)) = (version.threshold, ready.rule.versions.get(line.version)) else {
        return;
    };
    let (Some(table), Some(wanted)) = (index.amounts(table), &words.threshold) else { return };
    // The year of filing counts: that of the filing, else this year, and the year of the last day when it is a later one.
    let filed = view.event(filed).map(|k| k.when.date().year());
    let year = filed.unwrap_or(view.today.year());
    let later = line.ran.due.map(|d| d.year()).filter(|y| filed.is_none() && *y > year);
    let amount = view.case.claim.amount_cents;
    let of_level = || table.amounts.iter().filter(|a| a.level == wanted.level);
    let in_year = |y: i16| {
        of_level().find(|a| a.year.is_none_or(|of| of == y)).map(|a| Threshold {
            level: a.level.clone(),
            cents: a.cents,
            year: y,
            meets: amount.map(|c| c >= a.cents),
        })
    };
    line.thresholds = in_year(year).into_iter().chain(later.and_then(in_year)).collect();
    if line.thresholds.is_empty() {
        line.no_amount_for = Some(year);
    }
}

/// The day we advise: earlier where the rule does not roll, or where the start is only assumed.
fn advise<'k>(index: &'k Index, line: &mut Line<'k>) {
    if !line.is_claimant() {
        line.file_by = None;
        return;
    }
    let Some(mut day) = line.ran.safe.into_iter().chain(line.ran.due).min() else { return };
    if line.ran.advise_earlier
        && let Some(calendar) = index.federal_calendar()
    {
        let closed = |d: Date| !calendar.holidays.is_business_day(d) || calendar.holidays.is_observed(d).is_some();
        let from = day;
        for _ in 0..10 {
            if !closed(day) {
                break;
            }
            day = calendar::previous_day(day);
        }
        let start = line.ran.counted.map(|c| c.date);
        if day != from && start.is_none_or(|s| day > s) {
            let holiday = calendar.holidays.name(from).or(calendar.holidays.is_observed(from)).map(String::from);
            line.steps.push(Step::Advised { due: from, file_by: day, holiday });
        } else {
            day = from;
        }
    }
    line.file_by = Some(day);
}

const FAST: &str = "You can ask for the fast pace if waiting could seriously harm life, health or the ability to recover. A doctor who knows the patient can say so; write that in the case as `claim.urgent`.";

/// Findings about days that have passed.
fn finish(view: &View<'_>, out: &mut Assessment<'_>) {
    let coverage = &view.case.coverage;
    let parts = [
        coverage.appeal_address.as_deref(),
        coverage.appeal_fax.as_deref().map(|_| "fax"),
        coverage.appeal_portal.as_deref(),
    ];
    if parts.iter().any(Option::is_some) {
        let mut text = coverage.appeal_address.clone().unwrap_or_default();
        for (name, value) in [("fax", &coverage.appeal_fax), ("online", &coverage.appeal_portal)] {
            if let Some(value) = value {
                let comma = if text.is_empty() { "" } else { "; " };
                text = format!("{text}{comma}{name} {value}");
            }
        }
        out.from_letter = Some(text);
    }
    if out.fast_possible {
        out.findings.push(Finding::new("fast_pace_possible", FAST).about("claim.urgent"));
    }
    let mut passed = Vec::new();
    for line in &out.lines {
        let Some(due) = line.ran.due else { continue };
        let filed = line.ready.filed.iter().filter_map(|e| view.event(*e)).map(|k| k.when.date()).min();
        let finding = match (line.is_claimant(), filed) {
            (true, Some(filed)) if filed > due => Some((
                "filed_late",
                format!("It was done on {filed}, after the last day, {due}. Say why; many rules accept good cause."),
            )),
            (true, None) if due < view.today && !line.done && !line.ran.may_be_later => Some((
                "deadline_passed",
                format!(
                    "The last day was {due}. Act now and give your reason for being late; many rules accept good cause."
                ),
            )),
            (false, None) if due < view.today && !line.done => {
                Some(("answer_overdue", format!("The answer was due by {due} and none is on file.")))
            }
            _ => None,
        };
        if let Some((code, message)) = finding {
            let message = format!("{}: {message}", line.ready.rule.title);
            passed.push(Finding::new(code, message).about(line.ready.id.clone()));
        }
    }
    out.findings.extend(passed);
}
