//! What the visit costs the person: figures they entered, or the yearly figures of Medicare Part B, with a worked
//! example. A figure that is not known is absent, and the notes say so.

use calendar::Date;
use facts::Case;
use kb::{Kb, KbError, Sentences};
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
    let sentences = kb.index().sentences();
    let only = |sentence: &str| Cost { notes: Some(sentences.say(sentence, &[])), ..Cost::default() };
    Ok(match cover.cost_rule.as_str() {
        "free" => Cost {
            deductible_cents: Some(0),
            deductible_left_cents: Some(0),
            coinsurance_percent: Some(0.0),
            copay_cents: Some(0),
            ..only("cost_free")
        },
        "medicare_part_b" => medicare(case, today, &part_b, kb),
        "none" => only("cost_none"),
        "chip" => only("cost_chip"),
        "medicaid" => only("cost_medicaid"),
        "va" => only("cost_va"),
        _ => plan_terms(case, &part_b, kb),
    })
}

fn left(deductible: Option<i64>, met: Option<i64>) -> Option<i64> {
    Some(deductible?.saturating_sub(met?).max(0))
}

/// The plan's terms as the case gives them. A figure that cannot be is not known, and nothing is computed with it.
struct Terms {
    deductible: Option<i64>,
    met: Option<i64>,
    copay: Option<i64>,
    share: Option<f64>,
}

impl Terms {
    fn of(case: &Case, kb: &Kb) -> Terms {
        let (c, words) = (&case.coverage, kb.index().vocabulary());
        #[allow(clippy::cast_precision_loss)] // amounts of money are far below 2^52 cents
        let cents = |path: &str, n: Option<i64>| n.filter(|n| words.fits(path, *n as f64));
        Terms {
            deductible: cents("coverage.deductible_cents", c.deductible_cents),
            met: cents("coverage.deductible_met_cents", c.deductible_met_cents),
            copay: cents("coverage.copay_specialist_cents", c.copay_specialist_cents),
            share: c.coinsurance_percent.filter(|n| words.fits("coverage.coinsurance_percent", *n)),
        }
    }
}

fn medicare(case: &Case, today: Date, part_b: &PartB, kb: &Kb) -> Cost {
    let (terms, sentences) = (Terms::of(case, kb), kb.index().sentences());
    let visit = case.second_opinion.as_ref().and_then(|o| o.seen_on.or(o.appointment_on)).unwrap_or(today);
    let year = part_b.year.iter().find(|y| y.year == visit.year());
    let deductible = year.map(|y| y.deductible_cents).or(terms.deductible);
    let share = percent(part_b.coinsurance_percent);
    let notes = match year {
        Some(y) => {
            let (year, first) = (y.year.to_string(), dollars(y.deductible_cents));
            let fill = [("year", year.as_str()), ("deductible", &first), ("share", &share), ("law", &y.cite)];
            sentences.say("cost_part_b", &fill)
        }
        None => sentences.say("cost_part_b_unknown", &[("year", &visit.year().to_string()), ("share", &share)]),
    };
    let mut cost = Cost {
        deductible_cents: deductible,
        deductible_left_cents: left(deductible, terms.met),
        coinsurance_percent: Some(part_b.coinsurance_percent),
        copay_cents: None,
        notes: Some(notes),
        worked: None,
    };
    cost.worked = shared(&cost, part_b.example_visit_cents, sentences);
    cost
}

fn plan_terms(case: &Case, part_b: &PartB, kb: &Kb) -> Cost {
    let (c, terms, sentences) = (&case.coverage, Terms::of(case, kb), kb.index().sentences());
    let mut cost = Cost {
        deductible_cents: terms.deductible,
        deductible_left_cents: left(terms.deductible, terms.met),
        coinsurance_percent: terms.share,
        copay_cents: terms.copay,
        notes: None,
        worked: None,
    };
    cost.notes = Some(plan_notes(&cost, c.network_type.as_deref(), sentences));
    let deductible_first = c.network_type.as_deref() == Some("hdhp");
    cost.worked = worked(&cost, deductible_first, part_b.example_visit_cents, sentences);
    cost
}

/// Says what the entered figures mean, and names the ones that are missing.
fn plan_notes(cost: &Cost, network: Option<&str>, sentences: &Sentences) -> String {
    let share = match (cost.copay_cents, cost.coinsurance_percent) {
        (Some(copay), _) => {
            let met = cost.deductible_left_cents == Some(0) || network == Some("hdhp");
            let sentence = if met { "cost_copay_known" } else { "cost_copay" };
            sentences.say(sentence, &[("copay", &dollars(copay))])
        }
        (None, Some(share)) => sentences.say("cost_share", &[("share", &percent(share))]),
        (None, None) => sentences.say("cost_share_unknown", &[]),
    };
    let deductible = match (cost.deductible_cents, cost.deductible_left_cents) {
        (Some(_), Some(0)) => sentences.say("cost_deductible_met", &[]),
        (Some(all), Some(left)) => {
            sentences.say("cost_deductible_left", &[("left", &dollars(left)), ("deductible", &dollars(all))])
        }
        (Some(all), None) => sentences.say("cost_deductible", &[("deductible", &dollars(all))]),
        (None, _) => sentences.say("cost_deductible_unknown", &[]),
    };
    let mut says = vec![share, deductible];
    if network == Some("hdhp") {
        says.push(sentences.say("cost_high_deductible", &[]));
    }
    says.join(" ")
}

/// A worked example for a visit of a round price, when the figures allow one.
fn worked(cost: &Cost, deductible_first: bool, visit_cents: i64, sentences: &Sentences) -> Option<WorkedCost> {
    match cost.copay_cents {
        Some(copay) => copaid(cost, copay, deductible_first, visit_cents, sentences),
        None => shared(cost, visit_cents, sentences),
    }
}

/// With a copay: where some of the deductible is or may be left, whether it comes first decides, so both are told.
fn copaid(
    cost: &Cost,
    copay: i64,
    deductible_first: bool,
    visit_cents: i64,
    sentences: &Sentences,
) -> Option<WorkedCost> {
    let only = copay.min(visit_cents);
    let left = cost.deductible_left_cents.or(cost.deductible_cents);
    let mut steps = vec![sentences.say("cost_step_copay", &[("amount", &dollars(only))])];
    let (visit, copay_says) = (dollars(visit_cents), dollars(only));
    let (pays, says) = match left {
        Some(0) => (only, sentences.say("cost_example", &[("visit", &visit), ("pays", &copay_says)])),
        // A figure that hangs on an amount nobody entered would be a guess.
        None if deductible_first => return None,
        None => (only, sentences.say("cost_example_copay", &[("visit", &visit), ("pays", &copay_says)])),
        Some(left) => {
            let first = left.min(visit_cents);
            let all = first.saturating_add(copay.min(visit_cents.saturating_sub(first)));
            let step = sentences.say("cost_step_deductible", &[("amount", &dollars(first))]);
            if deductible_first {
                steps.insert(0, step);
                steps.truncate(if first < visit_cents { 2 } else { 1 });
                (all, sentences.say("cost_example", &[("visit", &visit), ("pays", &dollars(all))]))
            } else {
                let fill = [("visit", visit.as_str()), ("pays", &copay_says), ("all", &dollars(all))];
                (only, sentences.say("cost_example_either", &fill))
            }
        }
    };
    Some(WorkedCost { visit_cents, steps, you_pay_cents: pays, says })
}

/// With a share of the price, after the deductible. Cents are rounded half up.
fn shared(cost: &Cost, visit_cents: i64, sentences: &Sentences) -> Option<WorkedCost> {
    let left = cost.deductible_left_cents.or(cost.deductible_cents)?;
    let share = cost.coinsurance_percent?;
    let first = left.min(visit_cents);
    let rest = visit_cents.saturating_sub(first);
    #[allow(clippy::cast_possible_truncation, reason = "a share of at most a few thousand dollars, in cents")]
    let part = ((rest as f64) * share / 100.0 + 0.5).floor() as i64;
    let mut steps = vec![sentences.say("cost_step_deductible", &[("amount", &dollars(first))])];
    if rest > 0 {
        let fill = [("share", percent(share)), ("rest", dollars(rest)), ("amount", dollars(part))];
        steps.push(sentences.say("cost_step_share", &fill.each_ref().map(|(name, value)| (*name, value.as_str()))));
    }
    let pays = first.saturating_add(part);
    let sentence = if cost.deductible_left_cents.is_none() { "cost_example_assumed" } else { "cost_example" };
    Some(WorkedCost {
        visit_cents,
        steps,
        you_pay_cents: pays,
        says: sentences.say(sentence, &[("visit", &dollars(visit_cents)), ("pays", &dollars(pays))]),
    })
}
