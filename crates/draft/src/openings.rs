//! What is open to the person now, for the conditions of documents: steps, an opinion that can help, the call that comes next.

use crate::view::View;

impl<'a> View<'a> {
    /// The rights of the person's own that can be used now: not used yet, not over, and not only for those who missed another.
    fn open(&self) -> impl Iterator<Item = &'a rights::Right> {
        let today = self.inputs.today;
        let rights = self.inputs.entitlements.rights.iter();
        rights
            .filter(move |r| r.actor == "claimant" && !r.done && r.waits.is_none() && r.due.is_none_or(|d| d >= today))
    }

    /// The form that an office has for the step, as a note of its rule names it (`form_note`).
    pub(crate) fn step_form(&self) -> Option<String> {
        let mark = self.say("form_note");
        let named = |note: &String| note.strip_prefix(mark).map(|form| form.trim().trim_end_matches('.').to_string());
        self.right().filter(|_| !mark.is_empty()).and_then(|r| r.notes.iter().find_map(named))
    }

    /// Whether the step that a letter takes is there for this case, by law or by the contract; what is not known yet is not ruled out.
    pub(crate) fn step_open(&self) -> bool {
        self.stage.is_by_contract(self.coverage()) || !self.is_refused(&self.stage.gives)
    }

    /// Whether the rules say that there is no such step here.
    pub(crate) fn is_refused(&self, gives: &str) -> bool {
        let all = self.inputs.entitlements;
        let given = all.rights.iter().any(|r| r.gives == gives && r.actor == "claimant");
        !given && all.refusals.iter().any(|r| r.right == gives && r.why == rights::Why::NoRight)
    }

    /// The amount that must be in dispute for the step of the letter, where it is sent this year.
    pub(crate) fn minimum(&self) -> Option<&'a rights::Threshold> {
        let year = self.inputs.today.year();
        self.right().and_then(|r| r.thresholds.iter().find(|t| t.year == year))
    }

    pub(crate) fn external_open(&self) -> bool {
        self.open().any(|r| r.gives == "external_review.file")
    }

    /// Whether a physician's letter can change the answer, as the plan of the opinion has it.
    pub(crate) fn opinion_helps(&self) -> bool {
        !self.inputs.plan.is_some_and(opinion::OpinionPlan::hardly_helps)
    }

    /// Whether the letter of the physician may come too late for the step that is open.
    pub(crate) fn in_haste(&self) -> bool {
        let schedule = self.inputs.plan.and_then(|p| p.schedule.as_ref());
        schedule.is_some_and(|s| matches!(s.verdict.as_deref(), Some("file_now_supplement_later" | "expedite")))
    }

    /// Whether no day is soon enough: the case is called urgent, or care that is running stops before an answer at the ordinary pace.
    pub(crate) fn is_pressing(&self) -> bool {
        let schedule = self.inputs.plan.and_then(|p| p.schedule.as_ref());
        let stops = schedule.is_some_and(|s| s.care_ends.is_some() && s.verdict.as_deref() == Some("expedite"));
        stops || self.fast
    }

    /// Whether the next call asks for this step, which a call is enough for where `filed_when` says so.
    pub(crate) fn calls_for(&self, gives: &str, filed_when: Option<&str>) -> bool {
        let by_phone = |r: &rights::Right| filed_when.is_none() || r.filed_when.as_deref() == filed_when;
        // Only a running clock makes it the next call.
        self.open().any(|r| r.gives == gives && r.due.is_some() && by_phone(r))
    }

    /// Whether the plan must keep an approved course going while a fast appeal runs, though no step of its own asks for it.
    pub(crate) fn is_kept_by_duty(&self) -> bool {
        let stops = course::care_ends(self.case, self.inputs.today).is_some();
        self.fast && stops && self.inputs.entitlements.entitled_to.iter().any(|e| e.id.contains("continued_coverage"))
    }

    /// Whether the next call asks the plan for the fast pace; where services end, the fast appeal is that already.
    pub(crate) fn calls_to_hurry(&self) -> bool {
        let fast = |r: &rights::Right| r.pace == "expedited" && r.filed_when.as_deref() == Some("oral_ok");
        self.fast && !self.calls_for("fast_appeal.file", None) && self.open().any(fast)
    }

    /// Whether the next call asks for an exception for a drug.
    pub(crate) fn calls_for_an_exception(&self) -> bool {
        let asked = self.event(&["exception_requested", "exception_request_received"]).is_some();
        let given = self.inputs.entitlements.rights.iter().any(|r| r.gives == "exception_request.decide");
        self.is_by_list() && given && !asked
    }

    /// Whether a drug was refused by the plan's list of drugs or its order of steps.
    fn is_by_list(&self) -> bool {
        self.holds("reason:step_therapy") || self.holds("reason:non_formulary")
    }

    /// Whether the plan points to somebody in its network who does not give the care, where a law has it look outside then.
    pub(crate) fn network_fails(&self) -> bool {
        let asked = crate::network::asked_of_those_named(self.case, None).next().is_some();
        asked && !crate::law::authorities(self, "network_gap").is_empty()
    }

    /// Whether a letter asks for an exception to these by law.
    pub(crate) fn asks_exception(&self) -> bool {
        self.is_by_list() && !crate::law::authorities(self, "drug_exception").is_empty()
    }
}
