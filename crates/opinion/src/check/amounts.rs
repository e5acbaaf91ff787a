//! A yes to another amount than was asked for is no plain yes: "twelve further visits", where 24 are asked for.
//!
//! How words stand to the request's amounts is also weighed ([`super::weigh`]), but a letter that speaks well of the care
//! outweighs one number. An appeal for 24 visits that quotes a letter for twelve contradicts itself.

use super::events::{Events, Pole};
use super::outcome::mentions;
use super::rules::Rules;
use super::subject::{Quantity, Subject, placed};
use super::tells::{Sign, Told};
use super::text::{Unit, Zone};

/// A unit stands among so many words after its number: "24 further outpatient physical therapy visits".
const NEAR_UNIT: usize = 6;
/// Stands before the unit of an interval.
const EVERY: &str = "every ";
/// How many words before a number tell what is done with it.
const LEAD: usize = 3;

/// The sentence of the writer's own that answers for another amount than the one asked for.
pub(super) fn another(units: &[Unit], events: &Events, told: &Told, subject: &Subject, rules: &Rules) -> Option<usize> {
    let asked = amounts(&subject.service_text, rules).into_iter().map(|a| a.quantity);
    let asked: Vec<Quantity> = asked.filter(|q| is_care(q, rules)).collect();
    (0..units.len()).filter(|_| !asked.is_empty()).find(|i| {
        let Some(u) = units.get(*i).filter(|u| u.zone == Zone::Body && !u.placeholder && !u.own.is_empty()) else {
            return false;
        };
        let favors = [Pole::For, Pole::WeaklyFor, Pole::Change].iter().any(|p| events.has(*i, *p));
        let answers = told.hears(*i, Sign::Answer) || favors && mentions(&u.text);
        // "600 mg, as Dr. Vega wrote it" is the same, whatever else is counted; a plain list of figures says nobody's wish
        let own = rules.is("voice.own", &u.text) && !rules.is("as_requested", &u.text);
        answers && own && !u.plain.ends_with('?') && is_another(&u.plain, &asked, rules)
    })
}

/// Whether a sentence has an amount in a unit of the request and nothing of what was asked for, or refuses that beside another.
fn is_another(plain: &str, asked: &[Quantity], rules: &Rules) -> bool {
    let here = amounts(plain, rules);
    let meant = |q: &Amount| q.led == Led::Meant;
    let same = |a: &Quantity, b: &Amount| (a.number - b.quantity.number).abs() < 1e-9;
    let another = |a: &Quantity| here.iter().any(|q| meant(q) && q.quantity.unit == a.unit && !same(a, q));
    let refused = |a: &Quantity| here.iter().any(|q| q.led == Led::Refused && same(a, q));
    let as_asked = || asked.iter().any(|a| here.iter().any(|q| meant(q) && same(a, q)));
    asked.iter().any(|a| another(a) && refused(a)) || asked.iter().any(another) && !as_asked()
}

/// What is done with an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Led {
    Meant,
    /// "not the 24 requested"
    Refused,
    /// "after 12 visits"
    Past,
}

#[derive(Debug, Clone)]
struct Amount {
    quantity: Quantity,
    led: Led,
}

/// The amounts in words; "every 8 weeks" is how often, "for 8 weeks" how long.
fn amounts(plain: &str, rules: &Rules) -> Vec<Amount> {
    let words: Vec<&str> = plain.split(' ').map(|w| w.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let led = |at: usize| {
        let lead = words.get(at.saturating_sub(LEAD)..at).unwrap_or_default();
        let by = |list: &str| lead.iter().any(|w| rules.listed(list, w));
        match () {
            () if by("refused_amount_after") => Led::Refused,
            () if by("past_amount_after") => Led::Past,
            () => Led::Meant,
        }
    };
    let each =
        |at: usize| at.checked_sub(1).and_then(|i| words.get(i)).is_some_and(|w| rules.listed("each_so_many", w));
    let unit = |at: usize, q: Quantity| if each(at) { Quantity { unit: format!("{EVERY}{}", q.unit), ..q } } else { q };
    let placed = placed(plain, rules, NEAR_UNIT).into_iter();
    placed.map(|(at, quantity)| Amount { led: led(at), quantity: unit(at, quantity) }).collect()
}

/// Whether an amount of the request is one of the care itself, not how long something has lasted.
fn is_care(amount: &Quantity, rules: &Rules) -> bool {
    amount.unit.starts_with(EVERY) || rules.listed("counted_care", &amount.unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::tests::kb;

    fn other(asked: &str, sentence: &str) -> bool {
        let rules = Rules::load(&kb()).unwrap_or_else(|e| panic!("{e}"));
        let asked: Vec<Quantity> = amounts(asked, &rules).into_iter().map(|a| a.quantity).collect();
        let asked: Vec<Quantity> = asked.into_iter().filter(|q| is_care(q, &rules)).collect();
        is_another(sentence, &asked, &rules)
    }

    #[test]
    fn another_amount_of_the_same_unit_is_heard_and_the_one_asked_for_is_none() {
        let visits = "24 further outpatient physical therapy visits after stroke";
        for sentence in [
            "in my judgment twelve further visits over six weeks are medically necessary",
            "i support 12 visits rather than the 24 requested",
            "i would limit it to twelve visits",
        ] {
            assert!(other(visits, sentence), "{sentence}");
        }
        for sentence in [
            "i support the 24 visits that were requested",
            "twenty-four visits over twelve weeks are what she needs",
            "after 12 visits she climbs stairs, and i support going on",
            "i examined her for 2 hours",
        ] {
            assert!(!other(visits, sentence), "{sentence}");
        }
    }

    #[test]
    fn how_often_is_another_amount_than_how_long() {
        let drug = "ustekinumab 90 mg every 8 weeks";
        assert!(other(drug, "i recommend 90 mg every 12 weeks, not every 8 weeks as requested"));
        assert!(!other(drug, "i recommend 90 mg every 8 weeks and a look at her in 12 weeks"));
        assert!(!other(drug, "eight weeks of prednisone did not hold her"));
    }
}
