//! The case as a document sees it: values by name for the words' `{blanks}`, and yes/no facts for their conditions.

use std::collections::{BTreeMap, BTreeSet};

use calendar::Date;
use facts::{Case, Physician};

use crate::codes::{is_adjustment_reason, is_owed_by_provider};
use crate::exhibits::{self, Attach, ExhibitPlan};
use crate::going_on::{self, GoingOn};
use crate::names::{full_name, name_alone, short_name};
use crate::stage::{self, Stage};
use crate::words::Words;
use crate::{CriteriaRow, DraftError, Inputs, dates, references};

/// Values and facts, computed once per document.
pub(crate) struct View<'a> {
    pub(crate) inputs: &'a Inputs<'a>,
    pub(crate) case: &'a Case,
    pub(crate) language: &'a str,
    pub(crate) words: Words,
    /// How names stand inside a sentence.
    names: opinion::Names,
    pub(crate) plan: ExhibitPlan,
    pub(crate) attached: bool,
    /// The plan's criteria against the papers that go out.
    pub(crate) criteria: Vec<CriteriaRow>,
    pub(crate) stage: Stage,
    /// Whether the letter asks for the fast pace: somebody called the case urgent, or the care stops before the ordinary answer.
    pub(crate) fast: bool,
    /// The folder of templates that the document is made from.
    pub(crate) folder: String,
    /// The published work of the case, each once and checked.
    pub(crate) shelf: evidence::shelf::Shelf,
    values: BTreeMap<&'static str, String>,
    facts: BTreeSet<String>,
}

impl<'a> View<'a> {
    /// # Errors
    /// A table of templates that cannot be read.
    pub(crate) fn new(inputs: &'a Inputs<'a>, document: &str) -> Result<View<'a>, DraftError> {
        let language = if inputs.language == "es" { "es" } else { "en" };
        let case = inputs.case;
        let stage = stage::stage(inputs);
        let mut view = View {
            inputs,
            case,
            language,
            words: Words::of(document, language),
            names: opinion::Names::load(inputs.kb)
                .map_err(|e| DraftError::Template(e.to_string()))?
                .in_english(language == "en"),
            plan: exhibits::exhibits(case, inputs.check, language)?,
            // What the person encloses although nothing could be concluded from it is not said to support anything.
            attached: exhibits::attach(case, inputs.check) == Attach::Yes
                && inputs.check.and_then(opinion::stopped_by).is_none(),
            criteria: Vec::new(),
            folder: document.to_string(),
            fast: case.wants_fast() || going_on::next_is_fast(inputs, &stage),
            stage,
            shelf: references::shelf(inputs),
            values: BTreeMap::new(),
            facts: BTreeSet::new(),
        };
        // What a paper shows that stays out is not shown: the plan may ask for every page a letter rests on.
        let held = |row: &&CriteriaRow| {
            let names =
                |source: &str| row.exhibit.as_deref().is_some_and(|e| exhibits::tidy(e) == exhibits::tidy(source));
            !view.plan.withheld.iter().any(|w| names(&w.source))
        };
        view.criteria = inputs.criteria.iter().filter(held).cloned().collect();
        view.values = view.gather_values();
        view.facts = view.gather_facts();
        Ok(view)
    }

    /// The value for a blank.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.values.get(name).cloned()
    }

    /// The value for a row of the reference block: names as the case has them, capitals and all.
    pub(crate) fn about_value(&self, name: &str) -> Option<String> {
        let claim = &self.case.claim;
        match name {
            "service" => claim.service.clone().filter(|s| !s.trim().is_empty()),
            "diagnosis" => claim.diagnosis.clone().filter(|d| !d.trim().is_empty()),
            // A day that is months off says that there is time.
            "file_by" => self.value(name).filter(|_| !self.is_pressing()),
            _ => self.value(name),
        }
    }

    /// Whether a condition holds: a fact's name, `has.<value>`, `reason:<word>`, `coverage:<prefix>`,
    /// `stage:<prefix>`, `diagnosis:<beginning of a code>`, `procedure:<beginning of a code>`, `entitled:<part of an id>`, `code:<number>` (an adjustment reason code of a denial, whatever its group); `!` in front turns it round; words with a space between must all hold, with ` | ` one of them.
    pub(crate) fn holds(&self, condition: &str) -> bool {
        condition.split(" | ").any(|all| all.split_whitespace().all(|one| self.holds_one(one)))
    }

    fn holds_one(&self, one: &str) -> bool {
        if let Some(other) = one.strip_prefix('!') {
            return !self.holds_one(other);
        }
        if let Some(name) = one.strip_prefix("has.") {
            return self.values.contains_key(name);
        }
        if let Some(id) = one.strip_prefix("no_law_") {
            return crate::law::authorities(self, id).is_empty();
        }
        if let Some(prefix) = one.strip_prefix("coverage:") {
            return self.coverage().starts_with(prefix);
        }
        if let Some(prefix) = one.strip_prefix("stage:") {
            return self.stage.gives.starts_with(prefix);
        }
        if let Some(beginning) = one.strip_prefix("diagnosis:") {
            return self.case.claim.diagnosis_codes.iter().any(|code| code.trim().starts_with(beginning));
        }
        if let Some(part) = one.strip_prefix("entitled:") {
            return self.inputs.entitlements.entitled_to.iter().any(|e| e.id.contains(part));
        }
        if let Some(reason) = one.strip_prefix("reason:") {
            return self.case.denials.iter().any(|d| d.reason.as_deref() == Some(reason));
        }
        if let Some(beginning) = one.strip_prefix("procedure:") {
            let code = |text: &str| text.split_whitespace().next_back().is_some_and(|c| c.starts_with(beginning));
            return self.case.claim.codes.iter().any(|text| code(text));
        }
        if let Some(number) = one.strip_prefix("code:") {
            return self.case.denials.iter().flat_map(|d| &d.codes).any(|code| is_adjustment_reason(code, number));
        }
        self.facts.contains(one)
    }

    /// Of a copy in the person's own language: that the letter itself is in another, so that what it asks for about language stands
    /// in the copy too.
    pub(crate) fn is_copy_of_another_language(&mut self) {
        let own = self.case.patient.language.as_deref().unwrap_or_default();
        if let Some(name) = self.words.get(&format!("language_name.{own}")).map(str::to_string) {
            self.values.insert("own_language", name);
        }
    }

    /// Makes a fact known that only the document's own shape decides.
    pub(crate) fn set_fact(&mut self, name: &str, holds: bool) {
        if holds {
            self.facts.insert(name.to_string());
        } else {
            self.facts.remove(name);
        }
    }

    /// The kind of coverage, empty when it is unknown.
    pub(crate) fn coverage(&self) -> &str {
        self.case.coverage.kind.as_deref().unwrap_or_default()
    }

    /// Words for a key, or the key itself (a test makes sure that this does not happen).
    pub(crate) fn say(&self, key: &str) -> &str {
        self.words.get(key).unwrap_or_default()
    }

    /// A day as the document's language prints it.
    pub(crate) fn day(&self, day: Date) -> String {
        dates::long(day, &self.words)
    }

    /// The latest day of an event of one of these kinds.
    pub(crate) fn event(&self, kinds: &[&str]) -> Option<Date> {
        self.case.events.iter().filter(|e| kinds.contains(&e.kind.as_str())).map(|e| e.date.date()).max()
    }

    /// The right this document acts on, when the entitlements know it.
    pub(crate) fn right(&self) -> Option<&'a rights::Right> {
        let pace = if self.fast { "expedited" } else { "standard" };
        let rights = &self.inputs.entitlements.rights;
        // A level to which the case goes by itself is nobody's to file: the duty of who decides there stands for it.
        let own = |r: &rights::Right| match self.stage.is_forwarded() {
            true => r.actor != "claimant" && r.level > 1,
            false => r.actor == "claimant",
        };
        let fits = |r: &&rights::Right| r.gives == self.stage.gives && own(r);
        // Of two steps of one kind the letter takes the one that is still to be taken.
        let mut at_pace: Vec<&rights::Right> = rights.iter().filter(fits).collect();
        at_pace.sort_by_key(|r| (r.done, r.pace != pace));
        at_pace.first().copied()
    }

    fn gather_facts(&self) -> BTreeSet<String> {
        let case = self.case;
        let role = case.patient.role.as_deref().unwrap_or("patient");
        let opinion_state = case.second_opinion.as_ref().and_then(|o| o.state.as_deref()).unwrap_or("none");
        let filed = ["appeal_filed", "appeal_received"];
        let going_on = self.going_on();
        let pairs = [
            ("reasons", !case.denials.is_empty()),
            ("exclusion_named", self.exclusion_named()),
            (
                "letter_by_is_last",
                self.values.contains_key("letter_by") && self.values.get("letter_by") == self.values.get("file_by"),
            ),
            ("attached", self.attached),
            (
                "opinion_after",
                case.second_opinion
                    .as_ref()
                    .and_then(|o| o.seen_on)
                    .zip(case.claim.date_of_service)
                    .is_some_and(|(seen, care)| seen > care),
            ),
            ("agrees", self.opinion_agrees()),
            ("held_back", !matches!(exhibits::attach(case, self.inputs.check), Attach::Yes | Attach::NoLetter)),
            ("has_criteria", case.denials.iter().any(|d| !d.criteria.is_empty()) || !self.criteria.is_empty()),
            ("expedited", self.fast),
            ("called_urgent", case.wants_fast()),
            ("pressing", self.is_pressing()),
            ("by_other", role != "patient"),
            ("by_parent", role == "parent"),
            ("by_representative", !matches!(role, "patient" | "parent")),
            ("authorization", self.plan.of_kind("authorization_form").is_some()),
            ("external_first", self.is_external_first()),
            ("external_too", self.external_too().is_some()),
            ("external_by_plan", self.external_too().is_some_and(|r| r.send_to_from == Some(rights::SendToFrom::Plan))),
            ("opinion_coming", matches!(opinion_state, "planned" | "asked" | "seen")),
            ("opinion_received", opinion_state == "received" || self.attached),
            ("visited", self.is_visited()),
            ("opinion_seen", matches!(opinion_state, "seen" | "received") || self.attached),
            ("external_early", self.is_external_first() && !case.wants_fast() && !self.opened_by_silence()),
            ("answer_late", self.inputs.entitlements.late_answer().is_some()),
            ("opened_by_silence", self.opened_by_silence()),
            ("on_file", stage::is_on_file(self.inputs, &self.stage)),
            ("forwarded", self.stage.is_forwarded()),
            (
                "keeps_care",
                case.claim.kind.as_deref() == Some("concurrent")
                    || self.continuation().is_some_and(|r| r.due.is_some() && !r.done && r.actor == "claimant"),
            ),
            ("care_in_time", going_on == GoingOn::InTime),
            ("care_kept", matches!(going_on, GoingOn::InTime | GoingOn::Kept)),
            ("care_over", going_on == GoingOn::Over),
            ("care_refused", going_on == GoingOn::Refused),
            ("rescission", rights::is_rescission(case, self.inputs.kb.index())),
            ("upheld", self.takes_effect().is_some_and(|(_, earlier)| earlier)),
            ("run_out", self.course().is_some_and(|(ends, stops)| stops.is_some_and(|day| day >= ends))),
            ("cut_short", self.course().is_some_and(|(ends, stops)| stops.is_some_and(|day| day < ends))),
            // Of a step that a missed answer opened no rule names a last day.
            (
                "past_due",
                !self.opened_by_silence()
                    && self.right().and_then(|r| r.due).is_some_and(|due| due < self.inputs.today),
            ),
            (
                "service_open",
                case.claim.kind.as_deref() == Some("pre_service")
                    && !self.holds("code:61")
                    && case.claim.date_of_service.is_none_or(|d| d > self.inputs.today),
            ),
            ("emergency", case.claim.setting.as_deref() == Some("emergency")),
            ("service_given", case.claim.date_of_service.is_some_and(|d| d <= self.inputs.today)),
            ("treatments", !case.treatments.is_empty()),
            ("papers", self.plan.exhibits.iter().any(|e| e.kind != "denial_letter" && e.made.is_none())),
            ("records", crate::parts::has_records(&self.plan)),
            (
                "named_paper",
                self.inputs
                    .supports
                    .is_some_and(|s| s.named_papers.iter().any(|n| self.plan.of_source(&n.file).is_some())),
            ),
            ("references", self.shelf.works.iter().any(|w| w.usable)),
            ("search_log", !case.contacts.is_empty()),
            ("criteria", !self.criteria.is_empty()),
            ("all_criteria_shown", self.all_criteria_shown()),
            ("medical", self.medical_judgment()),
            ("treating_letter", self.plan.of_kind("treating_letter").is_some()),
            ("asks_exception", self.asks_exception()),
            (
                "prescriber_letter",
                ["letter_of_medical_necessity", "treating_letter"].iter().any(|k| self.plan.of_kind(k).is_some()),
            ),
            ("own_review", self.stage.is_own_review(self.coverage())),
            ("state_review", crate::network::is_only_of_the_state(self.inputs)),
            ("plan_names_asked", crate::network::asked_of_those_named(case, None).next().is_some()),
            ("network_unknown", case.coverage.network_type.as_deref().unwrap_or_default().is_empty()),
            ("drug", case.claim.item.as_deref().is_some_and(|item| item.ends_with("drug"))),
            ("hmo", case.coverage.network_type.as_deref() == Some("hmo")),
            ("appeal_filed", self.event(&filed).is_some()),
            ("pre_service", case.claim.kind.as_deref() == Some("pre_service")),
            ("post_service", case.claim.kind.as_deref() == Some("post_service")),
            ("concurrent", case.claim.kind.as_deref() == Some("concurrent")),
            ("mended_by_correction", course::mended_by_correction(case, self.inputs.kb).unwrap_or_default()),
            ("owed_by_provider", case.denials.iter().flat_map(|d| &d.codes).any(|code| is_owed_by_provider(code))),
            ("by_contract", self.stage.is_by_contract(self.coverage())),
            ("external_refused", self.is_refused("external_review.file")),
            ("amount_met", self.minimum().is_some_and(|t| t.meets == Some(true))),
            ("amount_short", self.minimum().is_some_and(|t| t.meets == Some(false))),
            ("step_open", self.step_open()),
            ("external_open", self.external_open()),
            ("opinion_helps", self.opinion_helps()),
            (
                "opinion_incomplete",
                self.inputs.concluded().is_some() && crate::ask::nothing_to_ask_for(self.inputs).is_none(),
            ),
            ("opinion_unclear", crate::ask::is_unclear(self.inputs)),
            ("in_haste", case.claim.is_urgent() || self.in_haste()),
            ("duty_missed", crate::ask::is_duty_missed(self.inputs)),
            ("complaint_grounded", crate::ask::is_duty_missed(self.inputs) || self.network_fails()),
            ("network_fails", self.network_fails()),
            ("call_fast_appeal", self.calls_for("fast_appeal.file", None)),
            ("call_keep_care", self.calls_for("benefits.continue", None) || self.is_kept_by_duty()),
            ("call_keep_hearing", self.calls_for("benefits.continue_hearing", None)),
            ("call_expedited", self.calls_to_hurry()),
            ("call_exception", self.calls_for_an_exception()),
        ];
        pairs.iter().filter(|(_, holds)| *holds).map(|(name, _)| (*name).to_string()).collect()
    }

    /// Whether the second physician saw the patient, by what the case says: records may be read without a visit.
    fn is_visited(&self) -> bool {
        let opinion = self.case.second_opinion.as_ref();
        opinion.is_some_and(|o| o.seen_on.is_some() || matches!(o.seen.as_deref(), Some("in_person" | "video")))
    }

    /// Whether the step of the letter is open because an answer did not come.
    fn opened_by_silence(&self) -> bool {
        self.right().is_some_and(rights::Right::is_opened_by_silence)
    }

    /// Of running care: the day up to which it was approved, and the day on which it stops by the decision, where that is known.
    fn course(&self) -> Option<(Date, Option<Date>)> {
        let claim = &self.case.claim;
        let ends = claim.approved_course_ends.filter(|_| claim.kind.as_deref() == Some("concurrent"))?;
        Some((ends, self.event(&["effective_date", "services_end", "discharge"])))
    }

    /// The fast external review that may be asked for at the same time as the fast appeal this letter makes: the person's own
    /// right to it, still open, where the rules let both run together.
    pub(crate) fn external_too(&self) -> Option<&'a rights::Right> {
        let fast = self.right().is_some_and(|r| r.pace == "expedited" && r.gives == "internal_appeal.file");
        if !fast || !self.case.wants_fast() || crate::law::authorities(self, "both_at_once").is_empty() {
            return None;
        }
        let open = |r: &&rights::Right| !r.done && r.due.is_none_or(|due| due >= self.inputs.today);
        let rights = self.inputs.entitlements.rights.iter().filter(|r| r.actor == "claimant" && r.pace == "expedited");
        rights.filter(|r| r.gives == "external_review.file").find(open)
    }

    /// Whether the enclosed opinion is a full yes to the request: only of such a one is it said that it supports the care. What
    /// the check concluded counts; where none was made, what the person entered.
    pub(crate) fn opinion_agrees(&self) -> bool {
        let entered = self.case.second_opinion.as_ref().and_then(|o| o.outcome.as_deref());
        let outcome = self.inputs.check.map(|c| c.outcome.as_str()).or(entered);
        self.attached && outcome == Some("confirms")
    }

    /// Whether a letter may quote the enclosed opinion and speak of it: one that is against the care, or wants something else
    /// first, goes in as a paper, where the person chose so, and no letter leans on it.
    pub(crate) fn opinion_speaks(&self) -> bool {
        let entered = self.case.second_opinion.as_ref().and_then(|o| o.outcome.as_deref());
        let outcome = self.inputs.check.map(|c| c.outcome.as_str()).or(entered);
        self.attached && !matches!(outcome, Some("against" | "conservative_first" | "needs_workup"))
    }

    /// Whether the check noticed something of the opinion's paper.
    pub(crate) fn noticed_of_opinion(&self, code: &str) -> bool {
        self.inputs.check.is_some_and(|c| c.findings.iter().any(|f| f.code == code))
    }

    /// Whether the letter asks for the fast pace of the step it takes. An appeal of services that end has no other pace.
    pub(crate) fn asks_fast(&self) -> bool {
        self.fast && !self.stage.gives.starts_with("fast_appeal")
    }

    /// The name of the step for the reference block: urgency stands in the first line that a mailroom reads.
    fn expedited_name(&self, name: &str, period: Option<&String>) -> String {
        if !self.asks_fast() {
            return name.to_string();
        }
        let known = |blank: &str| match blank {
            "stage" => Some(name.to_string()),
            "fast_period" => period.cloned(),
            _ => None,
        };
        crate::words::fill(self.say("expedited.stage"), &known, &mut |_| String::new())
    }

    /// The one day by which the physician's letter is wanted, in every paper to that physician: a corrected letter in the time
    /// that one takes, a first one when the schedule expects it; never after the day on which we advise to file.
    fn letter_by(&self, file_by: Option<Date>) -> Option<Date> {
        let (kb, today) = (self.inputs.kb, self.inputs.today);
        let state = self.case.second_opinion.as_ref().and_then(|o| o.state.as_deref());
        // Where care stops first or a fast answer is asked for, no day is soon enough: as in the brief for the person.
        if self.is_pressing() {
            return None;
        }
        if matches!(state, Some("seen" | "received")) {
            return opinion::correction_by(kb, today, file_by).or(file_by);
        }
        let schedule = self.inputs.plan.and_then(|p| p.schedule.as_ref());
        let ready = schedule.map(|s| s.opinion_ready);
        ready.filter(|day| *day > today && file_by.is_none_or(|by| *day <= by)).or(file_by)
    }

    /// The field in which a reviewer should practice: that of the enclosed opinion's writer, else the treating physician's
    /// unless that one is a generalist, else the one that gives this care by the map of specialists, where the condition is known: care
    /// of one kind is given in several fields (nursing at home, a drug for the skin and the lungs). None where none is known.
    fn review_field(&self) -> Option<String> {
        let field = |p: &Physician| p.specialty.clone().filter(|s| !s.trim().is_empty());
        let second = opinion::second_physician(self.case);
        let own = second.as_ref().filter(|_| self.attached).and_then(field);
        let generalist = |s: &String| {
            let folded = cite::fold(s);
            self.words.get("generalists").unwrap_or_default().split('|').any(|g| folded == g)
        };
        let treating = || self.case.treating_physician.as_ref().and_then(field);
        let of_care =
            || opinion::field_of_care(self.case, self.inputs.kb).ok().flatten().filter(|_| self.condition_known());
        own.or_else(|| treating().filter(|s| !generalist(s))).or_else(of_care)
    }

    /// Whether the case says what the patient has.
    pub(crate) fn condition_known(&self) -> bool {
        let claim = &self.case.claim;
        claim.diagnosis.as_deref().is_some_and(|d| !d.trim().is_empty()) || !claim.diagnosis_codes.is_empty()
    }

    /// Whether an external review is asked for before the plan has decided an appeal.
    fn is_external_first(&self) -> bool {
        let decided =
            ["final_notice_dated", "final_notice_received", "decision_dated", "decision_received", "appeal_decided"];
        self.stage.gives == "external_review.file" && self.event(&decided).is_none()
    }

    /// Whether the exclusion that the plan relies on is known: by its provision, or by what its letter quotes beside the reason.
    fn exclusion_named(&self) -> bool {
        let of = |d: &facts::Denial| d.reason.as_deref() == Some("benefit_exclusion");
        let says = |at: usize| self.inputs.supports.is_some_and(|s| s.plan_says.iter().any(|p| p.denial == at));
        self.case.denials.iter().enumerate().any(|(at, d)| of(d) && (d.provision.is_some() || says(at)))
    }

    /// Whether every criterion we know is shown by a paper.
    fn all_criteria_shown(&self) -> bool {
        let rows = &self.criteria;
        !rows.is_empty() && rows.iter().all(|r| r.state == crate::CriterionState::Met)
    }

    /// Whether a reason is a clinical judgment (a word of `templates/appeal_letter/argument.toml`).
    fn medical_judgment(&self) -> bool {
        self.case
            .denials
            .iter()
            .any(|d| d.reason.as_deref().is_some_and(|r| crate::argument::plan_of(r).is_some_and(|p| p.clinical)))
    }

    fn gather_values(&self) -> BTreeMap<&'static str, String> {
        let mut values = Values::default();
        self.patient_values(&mut values);
        self.plan_values(&mut values);
        self.claim_values(&mut values);
        if let Some(doctor) = &self.case.treating_physician {
            self.physician_values(&mut values, doctor, &TREATING);
        }
        if let Some(doctor) = opinion::second_physician(self.case) {
            self.physician_values(&mut values, &doctor, &SECOND);
        }
        self.opinion_values(&mut values);
        values.set("check", self.inputs.concluded().map(|c| c.outcome.clone()));
        self.date_values(&mut values);
        values.0
    }

    fn patient_values(&self, values: &mut Values) {
        let patient = &self.case.patient;
        let role = patient.role.as_deref().unwrap_or("patient");
        values.put("patient", &patient.name);
        values.set("birth_date", patient.date_of_birth.map(|d| self.day(d)));
        values.put("state", &patient.state);
        values.put("patient_phone", &patient.phone);
        values.put("patient_address", &patient.address);
        let place = [&patient.address, &patient.phone].into_iter().flatten();
        let place: Vec<String> = place.map(|p| p.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        values.set("sender_place", (!place.is_empty()).then(|| place.join(", ")));
        let sender = if role == "patient" { &patient.name } else { &patient.representative };
        values.put("sender", sender);
        values.set("representative", patient.representative.clone().filter(|_| role != "patient"));
        // A letter that is written in another language than the person's says so where an interpreter is owed.
        let own = patient.language.as_deref().filter(|l| *l != self.language);
        values.set("own_language", own.and_then(|l| self.words.get(&format!("language_name.{l}"))).map(str::to_string));
        let relation = patient.relation.as_deref().filter(|_| role == "representative");
        let word = |r: &str| self.words.get(&format!("relation.{r}")).unwrap_or(r).to_string();
        values.set("relation", relation.map(word));
        let form = self.words.get(&format!("representative_form.{}", self.coverage()));
        values.set("representative_form", form.map(str::to_string));
        let name = patient.name.clone().unwrap_or_default();
        let filled = |key: &str| {
            let key = format!("person.{role}.{key}");
            let text = self.words.get(&key).or_else(|| self.words.get(&key.replace(role, "representative")));
            text.map(|t| t.replace("{patient}", &name))
        };
        for (value, key) in [
            ("me", "me"),
            ("me_bare", "me_bare"),
            ("my", "my"),
            ("i_need", "i_need"),
            ("i_have", "i_have"),
            ("my_care", "my_care"),
        ] {
            values.set(value, filled(key));
        }
    }

    fn plan_values(&self, values: &mut Values) {
        let plan = &self.case.coverage;
        values.put("issuer", &plan.issuer);
        let of_coverage = |table: &str| self.words.get(&format!("{table}.{}", self.coverage())).map(str::to_string);
        let word = of_coverage("plan_word").or_else(|| self.words.get("plan_word.default").map(str::to_string));
        values.set("plan_word", word);
        let by_kind = |table: &str| {
            of_coverage(table).or_else(|| self.words.get(&format!("{table}.default")).map(str::to_string))
        };
        values.set("contract", by_kind("contract"));
        values.set("to_pay", by_kind("to_pay"));
        let named = plan.issuer.clone().or_else(|| plan.plan_name.clone());
        values.set("plan_or_issuer", named.or_else(|| of_coverage("payer")));
        values.put("plan_name", &plan.plan_name);
        values.put("member_id", &plan.member_id);
        values.put("group_number", &plan.group_number);
        values.put("appeal_phone", &plan.appeal_phone);
        values.put("appeal_fax", &plan.appeal_fax);
        values.put("plan_definition", &plan.plan_definition);
        values.put("experimental_definition", &plan.experimental_definition);
        values.set("coverage_name", self.words.get(&format!("coverage.{}", self.coverage())).map(str::to_string));
    }

    fn claim_values(&self, values: &mut Values) {
        let claim = &self.case.claim;
        values.put("claim_number", &claim.number);
        values.put("reference_number", &claim.reference_number);
        values.set("any_number", claim.number.clone().or_else(|| claim.reference_number.clone()));
        values.set("service", self.named("service"));
        let diagnosis = self.named("diagnosis");
        // One name for several codes is one of several diagnoses: a list stays a list.
        let names = claim.diagnosis.as_deref().map_or(0, |d| d.split([';', ',']).count());
        let all = joined(&claim.diagnosis_codes).filter(|_| claim.diagnosis_codes.len() > names);
        let listed = |d: &String| match &all {
            Some(codes) => self.say("diagnoses").replace("{name}", d).replace("{codes}", codes),
            None => d.clone(),
        };
        // Beside a service that names the disease it is not said again.
        let beside = diagnosis.as_ref().filter(|_| !self.names.names_condition(self.case));
        values.set("diagnosis_beside", beside.map(listed));
        values.set("diagnosis", diagnosis.as_ref().map(listed));
        let to_cover =
            if claim.kind.as_deref() == Some("concurrent") { "to_cover.concurrent" } else { "to_cover.default" };
        let own = self.words.get(&format!("to_cover.{}", self.coverage()));
        values.set("to_cover", own.or_else(|| self.words.get(to_cover)).map(str::to_string));
        let exclusion = self.case.denials.iter().filter(|d| d.reason.as_deref() == Some("benefit_exclusion"));
        values.set("exclusion", exclusion.filter_map(|d| d.provision.clone()).next());
        values.set("effective_on", self.takes_effect().map(|(d, _)| self.day(d)));
        values.put("care_before", &claim.care_before);
        values.put("care_after", &claim.care_after);
        values.put("facility", &claim.facility);
        values.put("setting", &claim.setting);
        // words that are quoted stay as their paper has them
        let inline = |f: String| {
            let field = self.field(&f);
            if field.contains('“') { field } else { self.names.field_of_medicine(&field) }
        };
        values.set("review_field", self.review_field().map(inline));
        values.set("codes", joined(&claim.codes));
        values.set("diagnosis_codes", joined(&claim.diagnosis_codes));
        values.set("date_of_service", claim.date_of_service.map(|d| self.day(d)));
        values.set("amount", claim.amount_cents.map(dates::dollars));
        values.set(
            "provider",
            claim.facility.clone().or_else(|| self.treating_full().filter(|_| self.treating_gives_it())),
        );
        values.set("contacts", (!self.case.contacts.is_empty()).then(|| self.case.contacts.len().to_string()));
        values.set("step_form", self.step_form());
        values.set("policy", self.case.denials.iter().find_map(|d| d.policy.clone()));
    }

    /// The service or the diagnosis inside a sentence. In a Spanish one, a name that the case has in English stands as what it is:
    /// the plan's words.
    fn named(&self, what: &str) -> Option<String> {
        let (case, names) = (self.case, &self.names);
        if self.language == "en" {
            return if what == "service" { names.service_of(case) } else { names.condition_of(case) };
        }
        let stated = if what == "service" { &case.claim.service } else { &case.claim.diagnosis };
        let name = stated.as_deref().filter(|name| !name.trim().is_empty())?;
        let inside = names.inline(name);
        let plain = name.split_whitespace().count() < 2 || names.is_spanish(name);
        Some(if plain { inside } else { self.say(&format!("in_english.{what}")).replace("{name}", &inside) })
    }

    /// A field of medicine in the document's language, where it has a word for it. A Spanish one in an English letter stands as the
    /// words of the papers.
    fn field(&self, field: &str) -> String {
        match self.language {
            "es" => self.inputs.kb.told(field).to_string(),
            _ if self.case.patient.language.as_deref() == Some("es") && self.names.is_spanish(field) => {
                let quoted = format!("“{}”", field.trim());
                match opinion::field_in_english(field, self.inputs.kb) {
                    Some(english) => format!("{english} ({quoted})"),
                    None => quoted,
                }
            }
            _ => field.to_string(),
        }
    }

    /// Whether it shows that the treating doctor would give the care outside the network: the plan refused that this doctor is outside
    /// it. Where the plan points to the network, or the service is to be given elsewhere, the doctor may be the one who sends the
    /// patient on, and an exception in that name would be worth nothing.
    fn treating_gives_it(&self) -> bool {
        let folded = cite::fold(self.case.claim.service.as_deref().unwrap_or_default());
        let elsewhere = self.say("given_elsewhere").split('|').any(|w| !w.is_empty() && folded.contains(w));
        self.holds("reason:out_of_network") && !elsewhere && !self.asked_treating()
    }

    /// Whether the treating doctor or the practice stands in the log of those asked for the care: then it is given by somebody else.
    fn asked_treating(&self) -> bool {
        let Some(doctor) = self.case.treating_physician.as_ref() else { return false };
        let names = [doctor.name.as_deref(), doctor.practice.as_deref()];
        let names: Vec<String> = names.into_iter().flatten().map(|n| n.trim().to_lowercase()).collect();
        let asked = self.case.contacts.iter().filter_map(|c| c.who.as_deref()).map(str::to_lowercase);
        asked.into_iter().any(|who| names.iter().any(|n| !n.is_empty() && who.contains(n.as_str())))
    }

    fn treating_full(&self) -> Option<String> {
        self.case.treating_physician.as_ref().and_then(|p| p.name.as_deref()).map(full_name)
    }

    fn physician_values(&self, values: &mut Values, doctor: &Physician, names: &[&'static str; 9]) {
        let field = doctor.subspecialty.clone().or_else(|| doctor.specialty.clone()).map(|f| self.field(&f));
        // A Spanish sentence would need an article and a gender that the case does not know: the name alone is right.
        let in_sentence = |name| if self.language == "es" { name_alone(name) } else { short_name(name, &self.names) };
        values.set(names[0], doctor.name.as_deref().map(in_sentence));
        values.set(names[8], doctor.name.as_deref().map(full_name));
        values.set(names[1], field.clone());
        values.set(names[2], doctor.institution.clone().or_else(|| doctor.practice.clone()));
        values.put(names[3], &doctor.phone);
        let words = self.inputs.kb.index().vocabulary();
        let years = doctor.years_treating.filter(|y| words.fits("treating_physician.years_treating", *y));
        values.set(names[4], years.map(|y| format!("{y}")));
        values.put(names[5], &doctor.npi);
        let checked = doctor.certification_checked_at.as_deref().is_some_and(|c| !c.trim().is_empty());
        // A board certifies a specialty: of a narrower field it says nothing, and of none it is not said.
        let wider = doctor.specialty.clone().filter(|_| checked).map(|f| self.field(&f));
        let key = match &wider {
            Some(specialty) if field.as_ref() == Some(specialty) => "physician.certified",
            Some(_) => "physician.certified_wider",
            None => "physician.plain",
        };
        let say =
            |w: &str, f: &str| w.replace("{field}", f).replace("{specialty}", wider.as_deref().unwrap_or_default());
        let text = field.and_then(|f| self.words.get(key).map(|w| say(w, &f)));
        values.set(names[6], text);
        values.set(names[7], doctor.certified_by.clone().filter(|_| checked));
    }

    fn opinion_values(&self, values: &mut Values) {
        let Some(opinion) = &self.case.second_opinion else { return };
        // A day that the letter itself gives otherwise, or a visit that it is too old for, is not asserted.
        let older = self.noticed_of_opinion("older_than_visit");
        let seen_on = opinion.seen_on.filter(|_| !older && !self.noticed_of_opinion("visit_day_differs"));
        values.set("seen_on", seen_on.map(|d| self.day(d)));
        values.set("appointment_on", opinion.appointment_on.map(|d| self.day(d)));
        values.set("opinion_expected", opinion.letter_expected_on.or(opinion.appointment_on).map(|d| self.day(d)));
        let own = self.case.patient.role.as_deref().is_none_or(|role| role == "patient");
        let of_writer = |s: &str| self.words.get(&format!("seen_me.{s}")).filter(|_| own);
        let seen = opinion
            .seen
            .as_deref()
            .filter(|_| !older && !self.noticed_of_opinion("visit_kind_differs"))
            .and_then(|s| of_writer(s).or_else(|| self.words.get(&format!("seen.{s}"))));
        let me = values.0.get("me_bare").cloned().unwrap_or_default();
        values
            .set("seen", seen.filter(|text| !(text.contains("{me}") && me.is_empty())).map(|t| t.replace("{me}", &me)));
    }

    fn date_values(&self, values: &mut Values) {
        values.set("today", Some(self.day(self.inputs.today)));
        let notice = self.event(&[
            "final_notice_dated",
            "notice_dated",
            "decision_dated",
            "resolution_notice_dated",
            "notice_mailed",
            "notice_sent",
            "reconsideration_notice_dated",
            "redetermination_notice_dated",
            "hearing_notice_dated",
        ]);
        values.set("notice_date", notice.map(|d| self.day(d)));
        // When it was sent is the person's own act; when it came in is another day, known to the other side.
        let filed = self.event(&["appeal_filed"]);
        values.set("appeal_filed_on", filed.map(|d| self.day(d)));
        let got = self.event(&["appeal_received"]).filter(|_| filed.is_none());
        values.set("appeal_got_on", got.map(|d| self.day(d)));
        let late = self.inputs.entitlements.late_answer();
        values.set("answer_due", late.and_then(|r| r.due).map(|d| self.day(d)));
        let state = self.case.patient.state.as_deref().unwrap_or_default();
        values.set("keep_name", self.words.get(&format!("keep_name.{state}")).map(str::to_string));
        let stops = course::care_ends(self.case, self.inputs.today).map(|d| self.day(d));
        let why = match &stops {
            Some(day) => self.say("urgency_ends").replace("{care_stops}", day),
            None => self.say("urgency_called").to_string(),
        };
        values.set("urgency", self.is_pressing().then_some(why));
        values.set("care_stops", stops);
        values.set("course_ends", self.course().map(|(ends, _)| self.day(ends)));
        let past = self.right().and_then(|r| r.due).filter(|d| *d < self.inputs.today);
        values.set("ended_on", past.map(|d| self.day(d)));
        values.put("late_because", &self.case.claim.late_because);
        values.put("other_claims", &self.case.claim.other_claims);
        values.set("minimum", self.minimum().map(|t| dates::dollars(t.cents)));
        let received = self.event(&[
            "final_notice_received",
            "notice_received",
            "decision_received",
            "resolution_notice_received",
            "notice_of_noncoverage_received",
            "reconsideration_notice_received",
            "redetermination_notice_received",
        ]);
        values.set("received_on", received.map(|d| self.day(d)));
        let known = notice.map(|d| ("decision_when.dated", d)).or(received.map(|d| ("decision_when.received", d)));
        let when = known.and_then(|(key, d)| self.words.get(key).map(|w| w.replace("{date}", &self.day(d))));
        values.set("decision_when", when);
        let right = self.right();
        values.set("due", right.and_then(|r| r.due).map(|d| self.day(d)));
        let file_by = right.and_then(|r| r.advised(self.inputs.today));
        values.set("file_by", file_by.map(|d| self.day(d)));
        let letter_by = self.letter_by(file_by);
        values.set("letter_by", letter_by.map(|d| self.day(d)));
        values.set("records_days", opinion::records_limit(self.inputs.kb).map(|days| days.to_string()));
        let period = right.and_then(|r| r.decision_due.as_ref()).map(|d| d.period.clone());
        let period = period.filter(|p| !p.trim().is_empty());
        values.set("fast_period", period.clone().filter(|_| right.is_some_and(|r| self.is_decided_fast(r))));
        values.set("decision_period", period);
        let office = self.external_too().map(|r| r.office.first().map_or(self.say("external_office"), String::as_str));
        values.set("external_office", office.map(str::to_string));
        let name = self.words.get(&format!("stage_name.{}", self.stage.slug())).map(str::to_string);
        values.set("stage_name", name.map(|name| self.expedited_name(&name, values.0.get("fast_period"))));
    }
}

const TREATING: [&str; 9] = [
    "treating",
    "treating_specialty",
    "treating_place",
    "treating_phone",
    "treating_years",
    "treating_npi",
    "treating_as",
    "treating_board",
    "treating_full",
];
const SECOND: [&str; 9] = [
    "second",
    "second_specialty",
    "second_place",
    "second_phone",
    "second_years",
    "second_npi",
    "second_as",
    "second_board",
    "second_full",
];

#[derive(Default)]
struct Values(BTreeMap<&'static str, String>);

impl Values {
    fn put(&mut self, name: &'static str, value: &Option<String>) {
        self.set(name, value.clone());
    }

    fn set(&mut self, name: &'static str, value: Option<String>) {
        if let Some(value) = value.filter(|v| !v.trim().is_empty()) {
            self.0.insert(name, value.trim().to_string());
        }
    }
}

fn joined(parts: &[String]) -> Option<String> {
    (!parts.is_empty()).then(|| parts.join(", "))
}
