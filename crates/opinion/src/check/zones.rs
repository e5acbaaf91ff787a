//! The parts of the letter: letterhead, reference block, salutation, body with sections, signature, enclosures.

use super::rules::Rules;
use super::text::{Unit, Zone};

/// Marks the zone and the section of every unit.
pub(super) fn mark(units: &mut [Unit], rules: &Rules) {
    let limit = first_sentence(units, rules) + 2;
    let greets =
        |u: &Unit| short(u, 14) && rules.is("zone.salutation", &u.plain) && !rules.is("zone.closing", &u.plain);
    let salutation = units.iter().take(limit.min(40)).position(greets);
    let body = salutation.map_or_else(|| first_sentence(units, rules), |s| s + 1);
    let closing =
        units.iter().skip(body).rposition(|u| short(u, 8) && rules.is("zone.closing", &u.plain)).map(|c| c + body);
    let tail = closing.unwrap_or_else(|| after_last_sentence(units, body, rules));
    let mut enclosures = false;
    for (i, u) in units.iter_mut().enumerate() {
        if i >= body && rules.is("zone.enclosure", &u.plain) && i + 12 >= tail {
            enclosures = true;
        }
        u.zone = if salutation == Some(i) {
            Zone::Salutation
        } else if rules.is("zone.reference", &u.plain) && (i < body + 4) {
            Zone::Reference
        } else if i < body {
            Zone::Letterhead
        } else if enclosures {
            Zone::Enclosure
        } else if i >= tail {
            if closing.is_some_and(|c| i > c + 6) && sentence(u, rules) && !short(u, 12) {
                Zone::Body
            } else {
                Zone::Signature
            }
        } else {
            Zone::Body
        };
    }
    continue_reference(units);
    sections(units, rules);
}

fn short(u: &Unit, words: usize) -> bool {
    u.plain.split(' ').count() <= words
}

fn sentence(u: &Unit, rules: &Rules) -> bool {
    let words = u.plain.split(' ').count();
    words >= 4 && rules.is("zone.sentence", &u.plain)
        || words >= 8 && u.plain.ends_with('.') && !rules.is("identity.practice_line", &u.plain)
}

fn first_sentence(units: &[Unit], rules: &Rules) -> usize {
    units
        .iter()
        .position(|u| {
            (sentence(u, rules) && !short(u, 5))
                || rules.is("section.key", &u.plain) && !rules.is("zone.reference", &u.plain)
        })
        .unwrap_or(units.len())
}

/// Without a closing formula, the signature begins after the last unit that reads as a sentence.
fn after_last_sentence(units: &[Unit], body: usize, rules: &Rules) -> usize {
    units
        .iter()
        .rposition(|u| sentence(u, rules) && !rules.is("signature.mark", &u.plain) || u.bullet)
        .map_or(units.len(), |i| i + 1)
        .max(body)
}

/// The lines below "RE:" in the same paragraph belong to it.
fn continue_reference(units: &mut [Unit]) {
    for i in 1..units.len() {
        let (before, after) = units.split_at_mut(i);
        if let (Some(prev), Some(this)) = (before.last(), after.first_mut()) {
            let near = this.block == prev.block;
            if this.zone == Zone::Letterhead && prev.zone == Zone::Reference && near {
                this.zone = Zone::Reference;
            }
        }
    }
}

/// Carries a heading's key over the paragraphs below it.
fn sections(units: &mut [Unit], rules: &Rules) {
    let mut current = String::new();
    let mut inline: Option<usize> = None;
    for u in units {
        if u.zone != Zone::Body && u.zone != Zone::Letterhead {
            continue;
        }
        if inline.is_some_and(|b| b != u.block) && !u.bullet {
            inline = None;
        }
        if let Some((s, e)) = rules.find("section.key", &u.plain) {
            let key = u
                .plain
                .get(s..e)
                .unwrap_or_default()
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ' ');
            current = key.trim_end_matches([':', '.', ',']).to_string();
            inline = (e < u.plain.len()).then_some(u.block);
        } else if inline.is_none() && is_new_topic(&current, u) {
            current.clear();
        }
        u.section.clone_from(&current);
    }
}

/// A section that was announced inside a paragraph ends with it.
fn is_new_topic(current: &str, u: &Unit) -> bool {
    !current.is_empty() && u.section.is_empty() && u.bullet && current == "signature"
}
