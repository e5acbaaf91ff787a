//! What takes a yes back, or makes it something else: a condition in a clause, a view given up, somebody else's advice, a wish
//! that the request be refused. The cues of [`super::reading`] hear that something is favoured; these rules
//! (`kb/opinions/check/doubts.toml`) hear what stands beside it. A doubt may cost a yes and never makes one.

use super::events::{Event, Events, Pole};
use super::outcome::mentions;
use super::rules::Rules;
use super::subject::Subject;
use super::text::Unit;

/// Weight of a statement in the first person that names the service.
const STATED: u8 = 4;
/// Weight of a statement without the service's name.
const SAID: u8 = 3;
/// A sentence that takes back a view in so few words refers to the one before it.
const NEAR: usize = 1;

/// Mends the poles of unit `i` of `units` by the doubts in its own words; whether there was one. `told`: whether the view of
/// another that was told just before favours the service.
pub(super) fn mend(
    i: usize,
    units: &[Unit],
    events: &mut Events,
    told: Option<bool>,
    subject: &Subject,
    rules: &Rules,
) -> bool {
    let Some(unit) = units.get(i) else { return false };
    let text = unit.own_text.as_str();
    if text.is_empty() || unit.plain.ends_with('?') {
        return false;
    }
    let yes = |events: &Events, unit: usize| events.has(unit, Pole::For) || events.has(unit, Pole::WeaklyFor);
    let drop_yes = |events: &mut Events, unit: usize| {
        events.remove(unit, Pole::For);
        events.remove(unit, Pole::WeaklyFor);
    };
    let before = i.saturating_sub(NEAR)..=i;
    let about_it = mentions(text) || rules.is("doubt.request", text);
    let mut doubted = false;
    if yes(events, i)
        && (rules.is("doubt.told", text) && !rules.is("doubt.own_yes", text) || rules.is("doubt.former", text))
    {
        drop_yes(events, i);
        doubted = true;
    }
    if rules.is("doubt.refused", text) {
        // "I advised him not to drive" refuses nothing; "I would ask that the stimulator be dropped", after a yes, a part
        let part = before.clone().any(|u| yes(events, u));
        let found = if about_it { Some((Pole::Against, STATED)) } else { part.then_some((Pole::Change, SAID)) };
        if let Some((pole, weight)) = found {
            if about_it {
                drop_yes(events, i);
            }
            events.add(Event { unit: i, pole, weight });
            doubted = true;
        }
    }
    let taken_back = rules.is("doubt.withdrawn", text);
    if taken_back || rules.is("doubt.not_here", text) {
        let spoken = before.clone().any(|u| yes(events, u));
        // "I agree with the operation, and this cannot wait": a yes of the sentence itself is not taken back by its end
        let stands = !taken_back && yes(events, i) && rules.is("doubt.own_yes", text);
        if !stands {
            before.for_each(|u| drop_yes(events, u));
            if taken_back {
                (0..i).for_each(|u| drop_yes(events, u));
            }
            // "Dr. Kidd would operate. I see it differently.": no to what another favours
            let weight = if told == Some(true) { STATED } else { SAID };
            if spoken || taken_back || told == Some(true) {
                events.add(Event { unit: i, pole: Pole::Against, weight });
            }
            doubted = true;
        }
    }
    if yes(events, i) && rules.is("doubt.condition", text) {
        let weight = events.of(i).iter().filter(|e| e.pole == Pole::For).map(|e| e.weight).max().unwrap_or(1);
        drop_yes(events, i);
        events.add(Event { unit: i, pole: Pole::IfFor, weight });
        // what it waits for
        let awaited = [("doubt.milder", Pole::Milder), ("doubt.test", Pole::TestHint)];
        if let Some((_, pole)) = awaited.into_iter().find(|(rule, _)| rules.is(rule, text)) {
            events.add(Event { unit: i, pole, weight: SAID });
        }
        doubted = true;
    }
    // "I support the fusion at L4-L5", where L5-S1 is asked for
    if yes(events, i) && subject.names_another_place(&unit.plain) {
        events.add(Event { unit: i, pole: Pole::Change, weight: STATED });
        doubted = true;
    }
    // "I recommend it for slips with instability. He has no instability."
    let general = i.checked_sub(1).filter(|b| {
        let before = units.get(*b).map_or("", |u| u.own_text.as_str());
        yes(events, *b) && rules.is("doubt.general", before)
    });
    if let Some(before) = general.filter(|_| rules.is("doubt.lacks", text)) {
        drop_yes(events, before);
        events.add(Event { unit: i, pole: Pole::Against, weight: SAID });
        doubted = true;
    }
    // "The law gives her a reconstruction, and I do not dispute it. But she smokes again."
    let turned = units.get(i + 1).is_some_and(|next| {
        // A turn against the plan takes nothing back.
        rules.is("voice.turn", &next.text) && !next.text.contains("PLAN") && !rules.is("denial.mentioned", &next.text)
    });
    if turned && yes(events, i) && rules.is("doubt.conceded", text) && !rules.is("doubt.own_yes", text) {
        drop_yes(events, i);
        doubted = true;
    }
    if rules.is("doubt.changed", text) && (yes(events, i) || i.checked_sub(1).is_some_and(|u| yes(events, u))) {
        events.add(Event { unit: i, pole: Pole::Change, weight: SAID });
        doubted = true;
    }
    doubted
}
