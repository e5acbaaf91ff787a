//! The case as the rules ask about it: events by number, facts by key, and what was odd about them.

use calendar::Date;
use facts::{Case, Finding, When};
use kb::{EventId, FactKey, Index, Value, nearest};

/// An event of the case.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) when: When,
    pub(crate) evidence: bool,
}

/// A fact of the case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fact<'a> {
    Unknown,
    Word(&'a str),
    Number(i64),
    Truth(bool),
    Reasons,
    Diagnoses,
}

/// Whether the expedited pace is open to the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fast {
    /// It applies, or may apply because the kind of claim is unknown.
    Yes,
    /// It would, if a physician called the claim urgent.
    IfUrgent,
    /// Somebody said that the claim is not urgent.
    No,
    /// Never for this kind of claim.
    Never,
}

/// A case, indexed.
#[derive(Clone)]
pub(crate) struct View<'a> {
    pub(crate) case: &'a Case,
    pub(crate) index: &'a Index,
    pub(crate) today: Date,
    pub(crate) state: Option<&'a str>,
    pub(crate) fast: Fast,
    kind: Fact<'a>,
    item: Fact<'a>,
    setting: Fact<'a>,
    events: Vec<(EventId, Known)>,
    contradictory: Vec<(EventId, EventId)>,
    /// Events of the case that must be past and are given with a day after today: nothing is counted from them.
    not_yet: Vec<EventId>,
    /// Answers that were due and had not come, which open another step.
    pub(crate) late: Vec<Late>,
    /// The one of them that opens the step at hand.
    pub(crate) opened: Option<Late>,
}

/// An answer that was due and had not come, in so far as that opens another step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Late {
    /// What it opens: words of the rights.
    pub(crate) opens: Vec<String>,
    /// The day on which it was due.
    pub(crate) day: Date,
    /// Title of the duty, and what follows in law, in words.
    pub(crate) title: String,
    pub(crate) follows: String,
}

impl<'a> View<'a> {
    /// Indexes the events; what is odd about them is told in `findings`.
    pub(crate) fn new(case: &'a Case, index: &'a Index, today: Date, findings: &mut Vec<Finding>) -> Self {
        let claim = &case.claim;
        let mut view = View {
            case,
            index,
            today,
            state: None,
            fast: Fast::Yes,
            kind: listed(index, FactKey::ClaimKind, &claim.kind),
            item: listed(index, FactKey::ClaimItem, &claim.item),
            setting: listed(index, FactKey::Setting, &claim.setting),
            events: Vec::new(),
            contradictory: Vec::new(),
            not_yet: Vec::new(),
            late: Vec::new(),
            opened: None,
        };
        view.fast = view.pace();
        view.events.reserve(case.events.len());
        for event in &case.events {
            view.add(event, findings);
        }
        view.add_facts();
        view.check_order(findings);
        view
    }

    /// Events whose day stands in a fact of the case (the day of the care).
    fn add_facts(&mut self) {
        for (id, fact) in self.index.from_facts() {
            let day = match fact {
                FactKey::DateOfService => self.case.claim.date_of_service,
                FactKey::ApprovedCourseEnds => self.case.claim.approved_course_ends,
                _ => None,
            };
            if let Some(day) = day
                && self.event(*id).is_none()
            {
                self.events.push((*id, Known { when: When::Day(day), evidence: false }));
            }
        }
    }

    /// Makes answers known that were due and had not come: the earliest is an event of the case.
    pub(crate) fn add_late(&mut self, late: Vec<Late>) {
        if let (Some(id), Some(day)) = (self.index.overdue(), late.iter().map(|l| l.day).min())
            && self.event(id).is_none()
        {
            self.events.push((id, Known { when: When::Day(day), evidence: false }));
        }
        self.late = late;
    }

    /// The same case as one step sees it that a late answer opens. None where none does.
    pub(crate) fn opened_for(&self, gives: &str) -> Option<View<'a>> {
        let late = self.late.iter().filter(|l| l.opens.iter().any(|o| o == gives)).min_by_key(|l| l.day)?;
        Some(View { opened: Some(late.clone()), ..self.clone() })
    }

    fn add(&mut self, event: &facts::Event, findings: &mut Vec<Finding>) {
        let say = self.index.sentences();
        let about = || format!("event.{}", event.kind);
        let Some(id) = self.index.event(&event.kind) else {
            let hint = hint(self.index, self.index.vocabulary().event.nearest(&event.kind));
            let message = say.say("unknown_event", &[("word", &event.kind), ("hint", &hint)]);
            findings.push(Finding::new("unknown_event", message).about(about()));
            return;
        };
        let known = Known { when: event.date, evidence: event.evidence == Some(true) };
        let planned = self.index.event_words(id).is_some_and(|w| w.planned);
        if known.when.date() > self.today && !planned {
            let (name, day) = (label(self.index, id), say.short(known.when.date()));
            let message = say.say("event_in_future", &[("event", name), ("day", &day)]);
            findings.push(Finding::new("event_in_future", message).about(about()));
            self.not_yet.push(id);
            return;
        }
        match self.events.iter_mut().find(|(e, _)| *e == id) {
            None => self.events.push((id, known)),
            Some((_, first)) => {
                if first.when != known.when {
                    let (name, day) = (label(self.index, id), when(self.index, first.when));
                    let other = when(self.index, known.when);
                    let message = say.say("event_given_twice", &[("event", name), ("day", &day), ("other", &other)]);
                    findings.push(Finding::new("event_given_twice", message).about(about()));
                }
                if known.when.date() < first.when.date() {
                    *first = known;
                }
            }
        }
    }

    fn check_order(&mut self, findings: &mut Vec<Finding>) {
        let mut found = Vec::new();
        for (id, known) in &self.events {
            for before in self.index.sent(*id).iter().chain(self.index.not_before(*id)) {
                if let Some(other) = self.event(*before)
                    && known.when.date() < other.when.date()
                {
                    found.push((*id, *before, known.when.date(), other.when.date()));
                }
            }
        }
        for (later, earlier, a, b) in found {
            let receipt = self.index.sent(later).contains(&earlier);
            let code = if receipt { "received_before_dated" } else { "events_out_of_order" };
            let say = self.index.sentences();
            let (name, day, earlier_day) = (label(self.index, later), say.short(a), say.short(b));
            let other = label(self.index, earlier);
            let message =
                say.say("out_of_order", &[("event", name), ("day", &day), ("other", other), ("earlier", &earlier_day)]);
            findings.push(Finding::new(code, message).about(format!("event.{}", self.index.event_name(later))));
            self.contradictory.push((later, earlier));
        }
    }

    /// The event, when it is in the case.
    pub(crate) fn event(&self, id: EventId) -> Option<Known> {
        self.events.iter().find(|(e, _)| *e == id).map(|(_, k)| *k)
    }

    /// Whether any of the events is in the case.
    pub(crate) fn any(&self, ids: &[EventId]) -> bool {
        ids.iter().any(|id| self.events.iter().any(|(e, _)| e == id))
    }

    /// Whether an event that shows it is in the case.
    pub(crate) fn shown(&self, by: &[kb::ShownBy]) -> bool {
        by.iter().any(|s| self.event(s.event).is_some() && (s.only_with.is_empty() || self.any(&s.only_with)))
    }

    /// The other event whose date contradicts this one's.
    pub(crate) fn contradicts(&self, id: EventId) -> Option<EventId> {
        self.contradictory.iter().find(|(a, _)| *a == id).map(|(_, b)| *b)
    }

    /// The event, or the sending of its paper, where the case gives it with a day after today although it must be past: a year
    /// that is mistyped would move every date with it.
    pub(crate) fn not_yet(&self, id: EventId) -> Option<EventId> {
        let sent = self.index.sent(id);
        self.not_yet.iter().copied().find(|e| *e == id || sent.contains(e))
    }

    /// A fact of the case.
    pub(crate) fn fact(&self, key: FactKey) -> Fact<'a> {
        let (coverage, claim) = (&self.case.coverage, &self.case.claim);
        match key {
            FactKey::InternalLevels => self.number(key, coverage.internal_levels.map(i64::from)),
            FactKey::Grandfathered => truth(self.grandfathered()),
            FactKey::ExternalProcess => word(&coverage.external_process),
            FactKey::SitusState => word(&coverage.situs_state),
            FactKey::NetworkType => word(&coverage.network_type),
            FactKey::PlanYearStart => truth(coverage.plan_year_start.map(|_| true)),
            FactKey::SecondAppealWindowDays => self.number(key, coverage.second_appeal_window_days.map(i64::from)),
            FactKey::CourtWindowDays => self.number(key, coverage.court_window_days.map(i64::from)),
            FactKey::AppealDecisionDays => self.number(key, coverage.appeal_decision_days.map(i64::from)),
            FactKey::SecondAppealDecisionDays => self.number(key, coverage.second_appeal_decision_days.map(i64::from)),
            FactKey::FairHearingWindowDays => self.number(key, coverage.fair_hearing_window_days.map(i64::from)),
            FactKey::ReferralRequired => truth(coverage.referral_required),
            FactKey::PatientState => self.state_of_patient(),
            FactKey::PatientRole => word(&self.case.patient.role),
            FactKey::DateOfBirth => number(self.age()),
            FactKey::DiagnosisCodes if claim.diagnosis_codes.is_empty() => Fact::Unknown,
            FactKey::DiagnosisCodes => Fact::Diagnoses,
            FactKey::ClaimKind => self.kind,
            FactKey::ClaimItem => self.item,
            FactKey::ClaimUrgent => truth(self.urgent()),
            FactKey::PriorAuthorization => truth(claim.prior_authorization.as_deref().map(says_yes)),
            FactKey::Setting => self.setting,
            FactKey::AmountCents => self.number(key, claim.amount_cents),
            FactKey::ApprovedCourseEnds => truth(claim.approved_course_ends.map(|_| true)),
            FactKey::DateOfService => truth(claim.date_of_service.map(|_| true)),
            FactKey::DenialReason if self.reasons().next().is_some() => Fact::Reasons,
            FactKey::DenialReason => Fact::Unknown,
            FactKey::Rescission => truth(Some(is_rescission(self.case, self.index))),
            FactKey::Expedite => truth(self.case.choices.expedite),
            FactKey::CoverageKind => word(&coverage.kind),
            FactKey::Event(id) => Fact::Word(if self.event(id).is_some() { "known" } else { "unknown" }),
        }
    }

    /// A number of the case, unless it is not possible.
    fn number(&self, key: FactKey, value: Option<i64>) -> Fact<'a> {
        let path = key.path().unwrap_or_default();
        #[allow(clippy::cast_precision_loss)] // amounts of money are far below 2^52 cents
        number(value.filter(|n| self.index.vocabulary().fits(path, *n as f64)))
    }

    /// The reasons of the denials that are words of the closed list.
    fn reasons(&self) -> impl Iterator<Item = &'a str> {
        let listed = self.index.values_of(FactKey::DenialReason);
        let known = move |word: &&str| listed.is_empty() || listed.iter().any(|l| l == word);
        self.case.denials.iter().filter_map(|d| d.reason.as_deref()).filter(known)
    }

    /// The patient's age in whole years: on the day of the care when it is known, else today.
    fn age(&self) -> Option<i64> {
        let born = self.case.patient.date_of_birth?;
        let day = self.case.claim.date_of_service.unwrap_or(self.today);
        calendar::years_between(born, day)
    }

    fn state_of_patient(&self) -> Fact<'a> {
        match self.case.patient.state.as_deref() {
            Some(code) if self.index.is_state(code) => Fact::Word(code),
            _ => Fact::Unknown,
        }
    }

    /// Whether the expedited pace is open to this claim.
    fn pace(&self) -> Fast {
        let words = &self.index.vocabulary().pace.expedited;
        let kind = if let Fact::Word(w) = self.kind { Some(w) } else { None };
        if kind.is_some_and(|k| words.never_for.iter().any(|w| w == k)) {
            return Fast::Never;
        }
        let urgent = self.urgent();
        if urgent == Some(true) || self.case.choices.expedite == Some(true) {
            return Fast::Yes;
        }
        match urgent {
            Some(_) => Fast::No,
            None if kind.is_none_or(|k| words.claim_kinds.iter().any(|w| w == k)) => Fast::Yes,
            None => Fast::IfUrgent,
        }
    }

    /// Whether the fast pace applies for a reason that the case names: not only because the kind of claim is unknown.
    pub(crate) fn fast_is_known(&self) -> bool {
        let named = self.urgent() == Some(true) || self.case.choices.expedite == Some(true);
        named || (self.fast == Fast::Yes && self.kind != Fact::Unknown)
    }

    /// Whether the plan is grandfathered: said, or part of the kind of coverage.
    fn grandfathered(&self) -> Option<bool> {
        let kind = self.case.coverage.kind.as_deref().unwrap_or_default();
        self.case.coverage.grandfathered.or(kind.starts_with("grandfathered_").then_some(true))
    }

    /// Whether the claim is urgent, as far as is known.
    pub(crate) fn urgent(&self) -> Option<bool> {
        self.case.claim.urgent.or((self.case.claim.kind.as_deref() == Some("urgent")).then_some(true))
    }

    /// Whether a value is the fact's.
    pub(crate) fn is(&self, fact: Fact<'_>, value: &Value) -> bool {
        match (fact, value) {
            (Fact::Word(a), Value::Word(b)) => a == b,
            (Fact::Number(a), Value::Number(b)) => a == *b,
            (Fact::Truth(a), Value::Truth(b)) => a == *b,
            (Fact::Reasons, Value::Word(b)) => {
                self.case.denials.iter().any(|d| d.reason.as_deref() == Some(b.as_str()))
            }
            _ => false,
        }
    }

    /// Whether every value of the fact is one of these.
    pub(crate) fn is_only(&self, fact: Fact<'_>, values: &[Value]) -> bool {
        let listed = |reason: &str| values.iter().any(|v| matches!(v, Value::Word(w) if w == reason));
        match fact {
            Fact::Reasons => self.reasons().all(listed),
            _ => values.iter().any(|v| self.is(fact, v)),
        }
    }

    /// Whether a code of the fact begins with one of these.
    pub(crate) fn any_begins(&self, fact: Fact<'_>, starts: &[String]) -> bool {
        let begins = |code: &str| starts.iter().any(|s| code.get(..s.len()).is_some_and(|c| c.eq_ignore_ascii_case(s)));
        fact == Fact::Diagnoses && self.case.claim.diagnosis_codes.iter().any(|text| codes(text).any(begins))
    }
}

/// Whether the coverage itself was cancelled back in time (a rescission). The list of reasons has no such word: it is known by the
/// words of the plan's sentence, or of what is in dispute, beside a reason of who is covered (`kb/vocabulary.toml`).
pub fn is_rescission(case: &Case, index: &Index) -> bool {
    let path = FactKey::Rescission.path().unwrap_or_default();
    let Some(words) = index.vocabulary().fact.get(path) else { return false };
    let mut reasons = case.denials.iter().filter_map(|d| d.reason.as_deref()).peekable();
    let fits = reasons.peek().is_none() || reasons.any(|r| words.told_with.iter().any(|w| w == r));
    let texts = case.denials.iter().filter_map(|d| d.quote.as_deref()).chain(case.claim.service.as_deref());
    let mut texts = texts.map(cite::fold);
    fits && texts.any(|text| words.told_by.iter().any(|w| text.contains(&cite::fold(w))))
}

/// The codes in what a person or a letter wrote: `ICD-10: f33.2 (depression)` holds one. A text without anything of the
/// form of a diagnosis code is taken as it stands.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    let formed = |word: &&str| {
        let mut chars = word.chars();
        chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next().is_some_and(|c| c.is_ascii_digit())
    };
    let words = || text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.').filter(formed);
    let whole = words().next().is_none().then(|| text.trim());
    words().chain(whole)
}

/// Reports words that are in none of the closed lists, with the nearest known one.
pub(crate) fn check_words(case: &Case, index: &Index, findings: &mut Vec<Finding>) {
    check_listed(case, index, findings);
    let (coverage, claim) = (&case.coverage, &case.claim);
    for (key, value) in [
        (FactKey::ClaimKind, &claim.kind),
        (FactKey::ClaimItem, &claim.item),
        (FactKey::Setting, &claim.setting),
        (FactKey::NetworkType, &coverage.network_type),
        (FactKey::ExternalProcess, &coverage.external_process),
    ] {
        let Some(value) = value else { continue };
        let values = index.values_of(key);
        if values.is_empty() || values.contains(value) {
            continue;
        }
        let path = key.path().unwrap_or_default();
        let hint = hint(index, nearest(value, values.iter().map(String::as_str)));
        let fill = [("word", value.as_str()), ("path", path), ("hint", &hint), ("known", &values.join(", "))];
        let message = index.sentences().say("unknown_word", &fill);
        findings.push(Finding::new("unknown_word", message).about(path));
    }
    let reasons = case.denials.iter().enumerate().filter_map(|(n, d)| Some((n, d.reason.as_deref()?)));
    let values = index.values_of(FactKey::DenialReason);
    for (n, reason) in reasons.filter(|(_, r)| !values.is_empty() && !values.iter().any(|v| v == r)) {
        let path = format!("denial.{n}.reason");
        let hint = hint(index, nearest(reason, values.iter().map(String::as_str)));
        let fill = [("word", reason), ("path", &path), ("hint", &hint), ("known", &values.join(", "))];
        findings.push(Finding::new("unknown_reason", index.sentences().say("unknown_word", &fill)).about(path));
    }
    for (path, code) in [("patient.state", &case.patient.state), ("coverage.situs_state", &coverage.situs_state)] {
        if let Some(code) = code
            && !index.is_state(code)
        {
            let hint = nearest(code, index.state_codes());
            let hint =
                if index.is_state(&code.to_uppercase()) { Some(code.to_uppercase()) } else { hint.map(String::from) };
            let hint = self::hint(index, hint.as_deref());
            let message = index.sentences().say("unknown_state", &[("word", code), ("hint", &hint)]);
            findings.push(Finding::new("unknown_state", message).about(path));
        }
    }
}

/// Reports numbers and days that cannot be.
pub(crate) fn check_possible(case: &Case, index: &Index, today: Date, findings: &mut Vec<Finding>) {
    let (coverage, say) = (&case.coverage, index.sentences());
    #[allow(clippy::cast_precision_loss)] // amounts of money are far below 2^52 cents
    let cents = |amount: Option<i64>| amount.map(|n| n as f64);
    let years = |doctor: Option<&facts::Physician>| doctor.and_then(|d| d.years_treating);
    let second = case.second_opinion.as_ref().and_then(|o| o.physician.as_ref());
    let numbers = [
        ("coverage.internal_levels", coverage.internal_levels.map(f64::from)),
        ("coverage.second_appeal_window_days", coverage.second_appeal_window_days.map(f64::from)),
        ("coverage.court_window_days", coverage.court_window_days.map(f64::from)),
        ("coverage.appeal_decision_days", coverage.appeal_decision_days.map(f64::from)),
        ("coverage.second_appeal_decision_days", coverage.second_appeal_decision_days.map(f64::from)),
        ("coverage.fair_hearing_window_days", coverage.fair_hearing_window_days.map(f64::from)),
        ("coverage.deductible_cents", cents(coverage.deductible_cents)),
        ("coverage.deductible_met_cents", cents(coverage.deductible_met_cents)),
        ("coverage.copay_specialist_cents", cents(coverage.copay_specialist_cents)),
        ("coverage.coinsurance_percent", coverage.coinsurance_percent),
        ("claim.amount_cents", cents(case.claim.amount_cents)),
        ("treating_physician.years_treating", years(case.treating_physician.as_ref())),
        ("second_opinion.physician.years_treating", years(second)),
    ];
    for (path, number) in numbers {
        let (Some(number), Some(possible)) = (number, index.vocabulary().possible.get(path)) else { continue };
        if index.vocabulary().fits(path, number) {
            continue;
        }
        let (given, least) = (number.to_string(), possible.min.to_string());
        let most = possible.max.map(|max| max.to_string()).unwrap_or_default();
        let law = possible.cite.as_ref().map_or(String::new(), |cite| format!(" ({cite})"));
        let key = if possible.max.is_some() { "impossible_between" } else { "impossible_below" };
        let fill = [("path", path), ("given", &given), ("least", &least), ("most", &most), ("law", &law)];
        findings.push(Finding::new("impossible_value", say.say(key, &fill)).about(path));
    }
    if let Some(born) = case.patient.date_of_birth.filter(|born| *born > today) {
        let message = say.say("born_in_future", &[("day", &say.short(born))]);
        findings.push(Finding::new("impossible_value", message).about("patient.date_of_birth"));
    }
    let far = |start: &Date| calendar::years_between(today, *start).is_some_and(|years| years >= 1);
    if let Some(start) = coverage.plan_year_start.filter(far) {
        let message = say.say("plan_year_in_future", &[("day", &say.short(start))]);
        findings.push(Finding::new("impossible_value", message).about("coverage.plan_year_start"));
    }
}

/// Reports words of the case file that no condition asks about and that are in none of their lists.
fn check_listed(case: &Case, index: &Index, findings: &mut Vec<Finding>) {
    let second = case.second_opinion.as_ref();
    let places = [
        ("patient.role", case.patient.role.as_deref()),
        ("patient.language", case.patient.language.as_deref()),
        ("second_opinion.state", second.and_then(|o| o.state.as_deref())),
        ("second_opinion.seen", second.and_then(|o| o.seen.as_deref())),
        ("second_opinion.outcome", second.and_then(|o| o.outcome.as_deref())),
    ];
    let named = places.into_iter().map(|(path, word)| (path, path.to_string(), word));
    let kinds = case.records.iter().enumerate();
    let kinds = kinds.map(|(n, r)| ("record.kind", format!("record.{n}.kind"), r.kind.as_deref()));
    for (list, path, word) in named.chain(kinds) {
        let (Some(word), Some(listed)) = (word, index.vocabulary().word.get(list)) else { continue };
        let known = || listed.values.iter().map(String::as_str);
        if known().any(|v| v == word) {
            continue;
        }
        let near = match listed.also.get(&word.to_lowercase()) {
            Some(meant) => Some(meant.as_str()),
            None if listed.open => kb::slip_of(word, known()),
            None => nearest(word, known()),
        };
        if listed.open && near.is_none() {
            continue;
        }
        let fill =
            [("word", word), ("path", &path), ("hint", &hint(index, near)), ("known", &listed.values.join(", "))];
        findings.push(Finding::new("unknown_word", index.sentences().say("unknown_word", &fill)).about(&path));
    }
}

/// A word of a closed list; another word counts as unknown (and is reported once, by [`check_words`]).
fn listed<'a>(index: &Index, key: FactKey, value: &'a Option<String>) -> Fact<'a> {
    let Some(value) = value.as_deref() else { return Fact::Unknown };
    let values = index.values_of(key);
    if values.is_empty() || values.iter().any(|v| v == value) { Fact::Word(value) } else { Fact::Unknown }
}

fn word(value: &Option<String>) -> Fact<'_> {
    value.as_deref().map_or(Fact::Unknown, Fact::Word)
}

fn number<'a>(value: Option<i64>) -> Fact<'a> {
    value.map_or(Fact::Unknown, Fact::Number)
}

fn truth<'a>(value: Option<bool>) -> Fact<'a> {
    value.map_or(Fact::Unknown, Fact::Truth)
}

fn says_yes(text: &str) -> bool {
    !matches!(text.trim().to_lowercase().as_str(), "false" | "no" | "none" | "not required" | "")
}

/// "Did you mean …", when a known word is near.
pub(crate) fn hint(index: &Index, nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |word| index.sentences().say("did_you_mean", &[("word", word)]))
}

fn when(index: &Index, when: When) -> String {
    match when {
        When::Day(day) => index.sentences().short(day),
        moment => moment.to_string(),
    }
}

pub(crate) fn label(index: &Index, id: EventId) -> &str {
    index.event_words(id).map_or("", |w| &w.label)
}
