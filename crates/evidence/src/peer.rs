//! One page for the treating physician's call with the plan's reviewer: everything at a glance. Data only; `draft` typesets
//! it.

use calendar::Date;
use facts::Case;
use serde::{Deserialize, Serialize};

use crate::report::{CriteriaReport, LeafReport, LeafState};
use crate::shelf::Shelf;

/// The page for a peer-to-peer call. A value that is not known is `None`; the page then leaves a blank to fill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeerToPeer {
    /// The person, as the plan knows them.
    pub patient: Option<String>,
    /// Their date of birth.
    pub date_of_birth: Option<Date>,
    /// Member, claim and reference numbers, each with what it is.
    pub numbers: Vec<(String, String)>,
    /// What is asked for, with its codes.
    pub service: Option<String>,
    /// Codes of the service.
    pub codes: Vec<String>,
    /// The diagnosis with its codes.
    pub diagnosis: Option<String>,
    /// The plan's reasons, in its words where we have them.
    pub reasons: Vec<String>,
    /// The policy it rests on.
    pub policy: Option<String>,
    /// Each criterion with its page.
    pub criteria: Vec<CriterionLine>,
    /// What was tried: what, dates, result.
    pub treatments: Vec<String>,
    /// Who agrees: the second physician, where there is an opinion that the person wants used.
    pub second_opinion: Option<String>,
    /// Guidelines and studies, typeset; only those fit for a letter.
    pub references: Vec<String>,
    /// What to ask the reviewer for, in order.
    pub ask: Vec<Ask>,
}

/// A criterion on the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriterionLine {
    /// The plan's words.
    pub criterion: String,
    /// What the papers say.
    pub state: LeafState,
    /// The sentence.
    pub quote: Option<String>,
    /// Exhibit or paper, and page.
    pub place: Option<String>,
}

/// What to ask the reviewer. The words are the document's own (`draft`, in the language of the page).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Approve the service now: every criterion is shown.
    Approve,
    /// Say which criterion is thought not to be met, and where the policy says so.
    NameTheCriterion,
    /// Review the pages that show what the denial says is missing.
    LookAgain,
    /// Say the reviewer's name, specialty and licence.
    NameAndSpecialty,
    /// Have a reviewer of the same specialty decide.
    SameSpecialty,
    /// Say how the decision will be confirmed, and when.
    ConfirmInWriting,
}

/// The page for a case. An opinion is named only when the person has not said that it stays out.
pub fn peer_to_peer(case: &Case, report: Option<&CriteriaReport>, shelf: Option<&Shelf>) -> PeerToPeer {
    let leaves = report.map_or(&[][..], |r| r.leaves.as_slice());
    let number = |what: &str, value: &Option<String>| value.clone().map(|v| (what.to_string(), v));
    PeerToPeer {
        patient: case.patient.name.clone(),
        date_of_birth: case.patient.date_of_birth,
        numbers: [
            number("member_id", &case.coverage.member_id),
            number("claim_number", &case.claim.number),
            number("reference_number", &case.claim.reference_number),
        ]
        .into_iter()
        .flatten()
        .collect(),
        service: case.claim.service.clone(),
        codes: case.claim.codes.clone(),
        diagnosis: diagnosis(case),
        reasons: case.denials.iter().filter_map(|d| d.quote.clone().or_else(|| d.reason.clone())).collect(),
        policy: case
            .denials
            .iter()
            .find_map(|d| d.policy.clone())
            .or_else(|| report.and_then(|r| r.policy.own.number.clone())),
        criteria: leaves.iter().map(criterion).collect(),
        treatments: treatments(case),
        second_opinion: opinion(case),
        references: shelf
            .map_or(Vec::new(), |s| s.works.iter().filter(|w| w.usable).map(|w| w.citation.clone()).collect()),
        ask: asks(leaves, report.and_then(|r| r.met)),
    }
}

fn diagnosis(case: &Case) -> Option<String> {
    let codes = case.claim.diagnosis_codes.join(", ");
    match (&case.claim.diagnosis, codes.is_empty()) {
        (Some(d), false) => Some(format!("{d} ({codes})")),
        (Some(d), true) => Some(d.clone()),
        (None, false) => Some(codes),
        (None, true) => None,
    }
}

fn criterion(leaf: &LeafReport) -> CriterionLine {
    let paper = leaf.exhibit.as_ref().map(|e| format!("Exhibit {e}")).or_else(|| leaf.source.clone());
    CriterionLine {
        criterion: leaf.criterion.clone(),
        state: leaf.state,
        quote: leaf.quote.clone(),
        place: paper.map(|p| leaf.page.map_or(p.clone(), |n| format!("{p}, p. {n}"))),
    }
}

fn treatments(case: &Case) -> Vec<String> {
    crate::treatments::paper(case, "en")
        .map_or(Vec::new(), |p| p.document.text().split("\n\n").map(str::to_string).collect())
}

fn opinion(case: &Case) -> Option<String> {
    let opinion = case.second_opinion.as_ref().filter(|o| o.state.as_deref() == Some("received"))?;
    let kept_out = case.choices.attach_opinion == Some(false) || opinion.outcome.as_deref() == Some("against");
    let who = opinion.physician.as_ref().filter(|_| !kept_out)?;
    let parts = [&who.name, &who.specialty, &who.institution];
    let text = parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    (!text.is_empty()).then_some(text)
}

fn asks(leaves: &[LeafReport], met: Option<bool>) -> Vec<Ask> {
    let mut asks = vec![Ask::NameAndSpecialty];
    if met == Some(true) {
        asks.push(Ask::Approve);
    } else {
        asks.push(Ask::NameTheCriterion);
    }
    if leaves.iter().any(|l| l.state == LeafState::Documented) {
        asks.push(Ask::LookAgain);
    }
    asks.extend([Ask::SameSpecialty, Ask::ConfirmInWriting]);
    asks
}
