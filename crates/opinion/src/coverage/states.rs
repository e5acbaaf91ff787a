//! The law of the State, for insured plans only. A right that was recalled and not seen is shown as "not yet
//! confirmed", never as a fact and never among the authorities.

use cite::{Authority, Confidence};
use facts::Case;
use kb::{Kb, KbError, Sentences};
use serde::Deserialize;

use crate::OpinionCoverage;
use crate::situation::Situation;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFile {
    #[allow(dead_code)]
    insured: Vec<String>,
    group: Vec<String>,
    /// Group plans of which the kind of coverage does not say whether they are insured.
    may_be_self_funded: Vec<String>,
    says: Says,
    state: Vec<State>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Says {
    none_found: String,
    unknown: String,
    not_for_you: String,
    unverified: String,
    situs: String,
    state_missing: String,
    self_funded: String,
    insured_only: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    code: String,
    name: String,
    status: String,
    #[serde(default)]
    right: Vec<Right>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Right {
    cite: String,
    url: Option<String>,
    confidence: Confidence,
    verified_on: Option<String>,
    /// Network types it binds; empty means all. An unknown network type is let through, with the condition said.
    #[serde(default)]
    networks: Vec<String>,
    who: String,
    when: When,
    covered: String,
    grants: String,
    time: Option<String>,
    out_of_network: Option<String>,
    cost: Option<String>,
    third: Option<String>,
    limits: Option<String>,
    referral: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum When {
    Any,
    Surgery,
    SurgeryOrSerious,
    Cancer,
    /// Cancer that was just found. A case seldom says so, and then the right is only perhaps there.
    NewCancer,
    Mental,
    ReferralPlan,
    NotInNetwork,
    Dispute,
    Required,
}

/// Whether a right fits the case: it does, it may (a fact is missing), it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Yes,
    Perhaps,
    No,
}

pub(super) fn may_not_apply(kb: &Kb, out: &mut OpinionCoverage) -> Result<(), KbError> {
    let file: StateFile = kb.table("opinions/coverage/states.toml")?;
    out.notes.push(file.says.self_funded);
    Ok(())
}

pub(super) fn apply(case: &Case, kb: &Kb, situation: &Situation, out: &mut OpinionCoverage) -> Result<(), KbError> {
    let file: StateFile = kb.table("opinions/coverage/states.toml")?;
    let Governs { home, situs, group, code: governs } = Governs::of(case, &file);
    let name = |code: &str| file.state.iter().find(|s| s.code == code).map_or(code.to_owned(), |s| s.name.clone());
    if let (true, Some(s), Some(h)) = (group, &situs, &home)
        && s != h
    {
        out.notes.push(file.says.situs.replace("{situs}", &name(s)).replace("{home}", &name(h)));
    }
    let Some(state) = governs.and_then(|code| file.state.iter().find(|s| s.code == code)) else {
        out.notes.push(file.says.state_missing);
        return Ok(());
    };
    out.state = Some(state.code.clone());
    match state.status.as_str() {
        "none_found" | "permissive" => out.notes.push(file.says.none_found.replace("{state}", &state.name)),
        "unknown" => out.notes.push(file.says.unknown.replace("{state}", &state.name)),
        _ => {}
    }
    // State law reaches insured plans only. Where the kind of coverage does not say, a policy that was issued somewhere does.
    let open = situs.is_none() && case.coverage.kind.as_ref().is_some_and(|k| file.may_be_self_funded.contains(k));
    let fits: Vec<(&Right, Fit)> = state
        .right
        .iter()
        .map(|r| match fit(r, case, situation) {
            Fit::Yes if open => (r, Fit::Perhaps),
            other => (r, other),
        })
        .collect();
    if open && fits.iter().any(|(_, f)| *f != Fit::No) {
        out.notes.push(file.says.insured_only.clone());
    }
    // Where one right fits, those for other plans are only noise.
    let some = fits.iter().any(|(_, f)| *f != Fit::No);
    for (right, fit) in fits.into_iter().filter(|(_, f)| !some || *f != Fit::No) {
        add(right, fit, &file.says, &state.name, kb.index().sentences(), out);
    }
    Ok(())
}

/// The State whose law reaches the plan: for a group that of the policy, else that of the home.
struct Governs {
    home: Option<String>,
    situs: Option<String>,
    group: bool,
    code: Option<String>,
}

impl Governs {
    fn of(case: &Case, file: &StateFile) -> Self {
        let home = case.patient.state.as_deref().map(str::to_uppercase);
        let situs = case.coverage.situs_state.as_deref().map(str::to_uppercase);
        let group = case.coverage.kind.as_ref().is_some_and(|k| file.group.contains(k));
        let code = if group { situs.clone().or_else(|| home.clone()) } else { home.clone().or_else(|| situs.clone()) };
        Governs { home, situs, group, code }
    }
}

/// The time that the law of the State sets for the second opinion itself, with its citation: from a right that was seen and
/// surely fits.
pub(super) fn time(case: &Case, kb: &Kb, situation: &Situation) -> Result<Option<(String, String)>, KbError> {
    let file: StateFile = kb.table("opinions/coverage/states.toml")?;
    let governs = Governs::of(case, &file);
    let open =
        governs.situs.is_none() && case.coverage.kind.as_ref().is_some_and(|k| file.may_be_self_funded.contains(k));
    let state = governs.code.and_then(|code| file.state.into_iter().find(|s| s.code == code)).filter(|_| !open);
    let rights = state.map(|s| s.right).unwrap_or_default();
    let fits = |r: &Right| r.confidence != Confidence::Unverified && fit(r, case, situation) == Fit::Yes;
    let mut rights: Vec<Right> = rights.into_iter().filter(fits).filter(|r| r.time.is_some()).collect();
    // What was read in the law itself before what another source says of it.
    rights.sort_by_key(|r| r.confidence == Confidence::Secondary);
    Ok(rights.into_iter().next().and_then(|r| r.time.map(|time| (time, r.cite))))
}

fn add(right: &Right, fit: Fit, says: &Says, state: &str, sentences: &Sentences, out: &mut OpinionCoverage) {
    if fit == Fit::No {
        out.notes.push(says.not_for_you.replace("{state}", state).replace("{who}", &right.who));
        return;
    }
    if right.confidence == Confidence::Unverified {
        out.notes.push(says.unverified.replace("{grants}", &right.grants).replace("{cite}", &right.cite));
        return;
    }
    let stronger = |a: &str, b: &str| {
        let rank = |c: &str| ["no", "not_stated", "conditional", "yes"].iter().position(|x| *x == c);
        rank(a) > rank(b)
    };
    let covered = if fit == Fit::Perhaps && right.covered == "yes" { "conditional" } else { right.covered.as_str() };
    if stronger(covered, &out.covered) {
        out.covered = covered.into();
        out.says.clone_from(&right.grants);
        if let Some(text) = &right.out_of_network {
            out.out_of_network = Some(text.clone());
        }
        if let Some(referral) = &right.referral {
            out.referral.clone_from(referral);
        }
    } else if out.says != right.grants {
        out.notes.push(right.grants.clone());
    }
    if fit == Fit::Perhaps {
        out.notes.push(sentences.say("cover_for_whom", &[("who", &right.who)]));
    }
    for text in [&right.time, &right.cost, &right.limits].into_iter().flatten() {
        if !out.notes.contains(text) {
            out.notes.push(text.clone());
        }
    }
    if out.third_opinion.is_none() {
        out.third_opinion.clone_from(&right.third);
    }
    out.authorities.insert(
        0,
        Authority {
            cite: right.cite.clone(),
            url: right.url.clone(),
            verified_on: right.verified_on.clone(),
            confidence: Some(right.confidence),
        },
    );
}

fn fit(right: &Right, case: &Case, situation: &Situation) -> Fit {
    let network_type = case.coverage.network_type.as_deref().map(str::to_lowercase);
    let network = match network_type.as_deref() {
        _ if right.networks.is_empty() => Fit::Yes,
        None => Fit::Perhaps,
        Some(n) if right.networks.iter().any(|x| x == n) => Fit::Yes,
        Some("hdhp") => Fit::Perhaps,
        Some(_) => Fit::No,
    };
    let sure = |holds: bool| if holds { Fit::Yes } else { Fit::No };
    // A fact that the case could state and does not is "perhaps", so that nobody loses a right for a blank.
    let seen = |holds: bool| match (holds, situation.service_known) {
        (true, _) => Fit::Yes,
        (false, true) => Fit::No,
        (false, false) => Fit::Perhaps,
    };
    let denied_for =
        |reasons: &[&str]| case.denials.iter().any(|d| d.reason.as_deref().is_some_and(|r| reasons.contains(&r)));
    let moment = match right.when {
        When::Any => Fit::Yes,
        When::Surgery => seen(situation.surgery),
        When::SurgeryOrSerious => seen(situation.surgery || situation.cancer || situation.profile.complex),
        When::Cancer => seen(situation.cancer),
        When::NewCancer => match seen(situation.cancer) {
            Fit::Yes if !situation.newly_found => Fit::Perhaps,
            other => other,
        },
        When::Mental => seen(situation.mental),
        When::ReferralPlan => match (case.coverage.referral_required, network_type.as_deref()) {
            (Some(needed), _) => sure(needed),
            (None, Some("hmo" | "pos")) => Fit::Yes,
            (None, Some("ppo" | "epo" | "indemnity")) => Fit::No,
            (None, _) => Fit::Perhaps,
        },
        When::NotInNetwork => sure(denied_for(&["out_of_network", "network_provider_available"])),
        When::Dispute => {
            sure(denied_for(&["not_medically_necessary", "level_of_care", "conservative_treatment_first"]))
        }
        When::Required => sure(denied_for(&["second_opinion_missing"])),
    };
    match (network, moment) {
        (Fit::No, _) | (_, Fit::No) => Fit::No,
        (Fit::Yes, Fit::Yes) => Fit::Yes,
        _ => Fit::Perhaps,
    }
}
