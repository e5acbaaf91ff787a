//! The facts of a case that rules may ask about, and their paths in the case file.

use crate::index::EventId;

/// A fact of the case that conditions may ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum FactKey {
    InternalLevels,
    Grandfathered,
    ExternalProcess,
    SitusState,
    NetworkType,
    PlanYearStart,
    FairHearingWindowDays,
    SecondAppealWindowDays,
    CourtWindowDays,
    AppealDecisionDays,
    SecondAppealDecisionDays,
    ReferralRequired,
    PatientState,
    PatientRole,
    /// The day of birth, asked for as the age in whole years.
    DateOfBirth,
    DiagnosisCodes,
    ClaimKind,
    ClaimItem,
    ClaimUrgent,
    PriorAuthorization,
    Setting,
    AmountCents,
    ApprovedCourseEnds,
    DateOfService,
    DenialReason,
    /// Whether the coverage itself was cancelled back in time: told by words, never entered.
    Rescission,
    Expedite,
    CoverageKind,
    /// Whether an event is known.
    Event(EventId),
}

/// Each fact and its path.
pub(crate) const FACTS: [(&str, FactKey); 28] = [
    ("coverage.internal_levels", FactKey::InternalLevels),
    ("coverage.grandfathered", FactKey::Grandfathered),
    ("coverage.external_process", FactKey::ExternalProcess),
    ("coverage.situs_state", FactKey::SitusState),
    ("coverage.network_type", FactKey::NetworkType),
    ("coverage.plan_year_start", FactKey::PlanYearStart),
    ("coverage.fair_hearing_window_days", FactKey::FairHearingWindowDays),
    ("coverage.second_appeal_window_days", FactKey::SecondAppealWindowDays),
    ("coverage.court_window_days", FactKey::CourtWindowDays),
    ("coverage.appeal_decision_days", FactKey::AppealDecisionDays),
    ("coverage.second_appeal_decision_days", FactKey::SecondAppealDecisionDays),
    ("coverage.referral_required", FactKey::ReferralRequired),
    ("patient.state", FactKey::PatientState),
    ("patient.role", FactKey::PatientRole),
    ("patient.date_of_birth", FactKey::DateOfBirth),
    ("claim.kind", FactKey::ClaimKind),
    ("claim.diagnosis_codes", FactKey::DiagnosisCodes),
    ("claim.item", FactKey::ClaimItem),
    ("claim.urgent", FactKey::ClaimUrgent),
    ("claim.prior_authorization", FactKey::PriorAuthorization),
    ("claim.setting", FactKey::Setting),
    ("claim.amount_cents", FactKey::AmountCents),
    ("claim.approved_course_ends", FactKey::ApprovedCourseEnds),
    ("claim.date_of_service", FactKey::DateOfService),
    ("denial.reason", FactKey::DenialReason),
    ("claim.rescission", FactKey::Rescission),
    ("choices.expedite", FactKey::Expedite),
    ("coverage.kind", FactKey::CoverageKind),
];

impl FactKey {
    /// The fact at a path of the case file, other than an event.
    pub fn at(path: &str) -> Option<FactKey> {
        FACTS.iter().find(|(p, _)| *p == path).map(|(_, k)| *k)
    }

    /// The path of the fact, other than an event.
    pub fn path(self) -> Option<&'static str> {
        FACTS.iter().find(|(_, k)| *k == self).map(|(p, _)| *p)
    }
}
