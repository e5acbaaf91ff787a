//! Whose words: the clauses of a sentence that give the writer's own view.

use super::cues::words;
use super::rules::Rules;
use super::text::{Unit, clauses};

/// Fills in whose words the units are, and their cues. The units must be tagged.
pub(super) fn hear(units: &mut [Unit], rules: &Rules) {
    for unit in units {
        let parts = own_parts(unit, rules);
        unit.own_text = joined(&parts);
        unit.own = parts.into_iter().map(|(_, c)| c).collect();
        unit.cues = rules.cues.items(&words(&unit.text)).iter().map(|i| i.cue).collect();
    }
}

/// Clauses as one text; a "; " stands where another's words were left out.
fn joined(parts: &[(usize, String)]) -> String {
    let mut out = String::new();
    let mut last = None;
    for (n, c) in parts {
        match last {
            None => {}
            Some(l) if l + 1 < *n => out.push_str("; "),
            Some(_) if c.starts_with([',', ';', ':', '.', ')', '-']) => {}
            Some(_) => out.push(' '),
        }
        out.push_str(c);
        last = Some(*n);
    }
    out
}

/// The clauses of a unit that give the writer's own view, each with its number.
fn own_parts(unit: &Unit, rules: &Rules) -> Vec<(usize, String)> {
    let mut third = false;
    let mut out = Vec::new();
    let text = without_asides(&unit.text, rules);
    for (n, c) in clauses(&text, rules).into_iter().enumerate() {
        let bare = c.trim_start_matches([',', ';', ':', '.', ')', '-', ' ']);
        if rules.is("voice.third", bare) {
            third = !own_opinion(bare, rules);
        } else if third {
            third = !(own_opinion(bare, rules) || rules.is("voice.turn", bare));
        }
        if !third {
            out.push((n, c.to_string()));
        }
    }
    out
}

/// "I would, however, wait" → "I would wait".
fn without_asides(text: &str, rules: &Rules) -> String {
    let mut out = text.to_string();
    for (s, e) in rules.all("text.aside", text).into_iter().rev() {
        let from = text.get(s..e).and_then(|m| m.find(',')).map_or(s, |c| s + c);
        out.replace_range(from..e, " ");
    }
    out
}

fn own_opinion(clause: &str, rules: &Rules) -> bool {
    rules.is("voice.own", clause) && !rules.is("voice.heard", clause)
}
