//! What a letter says of the lower level of care that a plan offers instead. Where a stay or a program is asked for, to find the step
//! down wrong is to support what was asked for ("a step-down on Monday would be a mistake"), and to find the patient ready for it
//! is to find the refusal right. The grammar of [`super::reading`] hears the judgement and cannot know of which of the two.

use super::events::{Event, Events, Pole};
use super::rules::Rules;
use super::subject::{Kind, Subject};
use super::text::Unit;

/// Weight of a statement without the service's name.
const SAID: u8 = 3;

/// What a sentence's own words say of the lower level, as a stance on what was asked for, where the service is a level of care.
pub(super) fn stance(unit: &Unit, subject: &Subject, rules: &Rules) -> Option<Pole> {
    let text = unit.own_text.as_str();
    if subject.kind != Kind::Level || text.is_empty() || unit.plain.ends_with('?') {
        return None;
    }
    // "She needs three more weeks, during which she can go home on Sundays": the yes of the sentence itself stands.
    let ready = || rules.is("lower.ready", text) && !rules.is("doubt.own_yes", text);
    match () {
        () if rules.is("lower.refused", text) => Some(Pole::For),
        () if ready() => Some(Pole::Against),
        () => None,
    }
}

/// Turns the poles of unit `i`, where its own words judge the lower level.
pub(super) fn turn(i: usize, unit: &Unit, events: &mut Events, subject: &Subject, rules: &Rules) {
    let Some(pole) = stance(unit, subject, rules) else { return };
    let turned = if pole == Pole::For { [Pole::Against, Pole::NotYet] } else { [Pole::For, Pole::WeaklyFor] };
    turned.into_iter().for_each(|p| events.remove(i, p));
    if !events.has(i, pole) {
        events.add(Event { unit: i, pole, weight: SAID });
    }
}
