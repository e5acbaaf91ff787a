//! What the visit costs the person: figures they entered, or the yearly figures of Medicare Part B, with a worked
//! example. A figure that is not known is absent, and the notes say so.

use calendar::Date;
use facts::Case;
use kb::{Kb, KbError};
use serde::Deserialize;

use super::Cover;
use crate::words::{dollars, percent};
use crate::{Cost, WorkedCost};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartB {
    coinsurance_percent: f64,
    #[allow(dead_code)]
    coinsurance_cite: String,
    example_visit_cents: i64,
    year: Vec<PartBYear>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartBYear {
    year: i16,
    deductible_cents: i64,
    cite: String,
    #[allow(dead_code)]
    confidence: cite::Confidence,
    #[allow(dead_code)]
    verified_on: String,
}

pub(super) fn cost(case: &Case, kb: &Kb, today: Date, cover: &Cover) -> Result<Cost, KbError> {
    let part_b: PartB = kb.table("opinions/coverage/part_b.toml")?;
    Ok(match cover.cost_rule.as_str() {
        "free" => Cost {
            deductible_cents: Some(0),
            deductible_left_cents: Some(0),
            coinsurance_percent: Some(0.0),
            copay_cents: Some(0),
            notes: Some("The second opinion costs you nothing.".into()),
            worked: None,
        },
        "medicare_part_b" => medicare(case, today, &part_b),
        "none" => Cost { notes: Some("This plan does not pay for visits, so it sets no cost for one.".into()), ..Cost::default() },
        "chip" => Cost {
            notes: Some("Nothing, if the child is in a CHIP health plan and the plan provides or arranges the opinion. Otherwise ask the State.".into()),
            ..Cost::default()
        },
        "medicaid" => Cost {
            notes: Some("Medicaid visits cost nothing, or a small copay that the State sets. Ask at the number on your card.".into()),
            ..Cost::default()
        },
        "va" => Cost { notes: Some("The usual VA copay for a specialist visit, if you have one.".into()), ..Cost::default() },
        _ => plan_terms(case, &part_b),
    })
}

fn left(deductible: Option<i64>, met: Option<i64>) -> Option<i64> {
    Some(deductible?.saturating_sub(met?).max(0))
}

fn medicare(case: &Case, today: Date, part_b: &PartB) -> Cost {
    let visit = case.second_opinion.as_ref().and_then(|o| o.seen_on.or(o.appointment_on)).unwrap_or(today);
    let year = part_b.year.iter().find(|y| y.year == visit.year());
    let deductible = year.map(|y| y.deductible_cents).or(case.coverage.deductible_cents);
    let share = percent(part_b.coinsurance_percent);
    let notes = match year {
        Some(y) => format!(
            "In {} you pay the first {} of Part B bills of the year, then {share} of the Medicare-approved amount ({}). \
             A Medigap policy or Medicaid may pay your share.",
            y.year,
            dollars(y.deductible_cents),
            y.cite
        ),
        None => format!(
            "We do not know the Part B deductible for {}. After the deductible you pay {share} of the Medicare-approved \
             amount. Look it up on medicare.gov.",
            visit.year()
        ),
    };
    let mut cost = Cost {
        deductible_cents: deductible,
        deductible_left_cents: left(deductible, case.coverage.deductible_met_cents),
        coinsurance_percent: Some(part_b.coinsurance_percent),
        copay_cents: None,
        notes: Some(notes),
        worked: None,
    };
    cost.worked = worked(&cost, part_b.example_visit_cents);
    cost
}

fn plan_terms(case: &Case, part_b: &PartB) -> Cost {
    let c = &case.coverage;
    let mut cost = Cost {
        deductible_cents: c.deductible_cents,
        deductible_left_cents: left(c.deductible_cents, c.deductible_met_cents),
        coinsurance_percent: c.coinsurance_percent,
        copay_cents: c.copay_specialist_cents,
        notes: None,
        worked: None,
    };
    cost.notes = Some(plan_notes(&cost, c.network_type.as_deref()));
    cost.worked = worked(&cost, part_b.example_visit_cents);
    cost
}

/// Says what the entered figures mean, and names the ones that are missing.
fn plan_notes(cost: &Cost, network: Option<&str>) -> String {
    let mut says = Vec::new();
    match (cost.copay_cents, cost.coinsurance_percent) {
        (Some(copay), _) => says.push(format!(
            "In the network you pay the specialist copay of {}. Ask whether the deductible comes first.",
            dollars(copay)
        )),
        (None, Some(share)) => {
            says.push(format!(
                "In the network you pay what is left of the deductible, then {} of the rest.",
                percent(share)
            ));
        }
        (None, None) => {
            says.push("We do not know your copay or coinsurance for a specialist. Enter it, or ask the plan.".into())
        }
    }
    match (cost.deductible_cents, cost.deductible_left_cents) {
        (Some(_), Some(0)) => says.push("Your deductible is met.".into()),
        (Some(d), Some(left)) => says.push(format!("{} of your {} deductible is left.", dollars(left), dollars(d))),
        (Some(d), None) => {
            says.push(format!("Your deductible is {}. We do not know how much of it you have met.", dollars(d)))
        }
        (None, _) => says.push("We do not know your deductible.".into()),
    }
    if network == Some("hdhp") {
        says.push("In a high-deductible plan you usually pay the full price until the deductible is met.".into());
    }
    says.join(" ")
}

/// A worked example for a visit of a round price, when the figures allow one. Cents are rounded half up.
fn worked(cost: &Cost, visit_cents: i64) -> Option<WorkedCost> {
    let mut steps = Vec::new();
    let pays = if let Some(copay) = cost.copay_cents {
        let pays = copay.min(visit_cents);
        steps.push(format!("Specialist copay: {}.", dollars(pays)));
        pays
    } else {
        let left = cost.deductible_left_cents.or(cost.deductible_cents)?;
        let share = cost.coinsurance_percent?;
        let first = left.min(visit_cents);
        let rest = visit_cents.saturating_sub(first);
        #[allow(clippy::cast_possible_truncation, reason = "a share of at most a few thousand dollars, in cents")]
        let part = ((rest as f64) * share / 100.0 + 0.5).floor() as i64;
        steps.push(format!("Deductible left, at most the price: {}.", dollars(first)));
        if rest > 0 {
            steps.push(format!("{} of the other {}: {}.", percent(share), dollars(rest), dollars(part)));
        }
        first.saturating_add(part)
    };
    let assumed = cost.copay_cents.is_none() && cost.deductible_left_cents.is_none();
    Some(WorkedCost {
        visit_cents,
        steps,
        you_pay_cents: pays,
        says: format!(
            "Example, not a price: if the plan allows {} for the visit, you pay {}.{}",
            dollars(visit_cents),
            dollars(pays),
            if assumed { " This takes it that none of the deductible is met yet." } else { "" }
        ),
    })
}
