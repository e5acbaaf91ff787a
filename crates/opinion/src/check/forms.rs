//! Forms with boxes: what belongs to an empty box is not said.
//!
//! A box stands before its choice ("[x] yes [ ] no") or behind it ("yes [ ] no [x]"): a unit that only ends with one has them
//! behind. Where a unit begins and ends with a box nobody can tell, and nothing is read from it.

use super::rules::Rules;
use super::text::Unit;

/// Takes the choices of empty boxes out of the units; a unit whose boxes are all empty, or of which nobody can tell which
/// choice a box belongs to, is a blank.
pub(super) fn leave_unticked_out(units: &mut [Unit], rules: &Rules) {
    let mut from = 0;
    while let Some(first) = units.get(from) {
        let (page, block) = (first.page, first.block);
        let to = from + units.iter().skip(from).take_while(|u| (u.page, u.block) == (page, block)).count();
        if let Some(block) = units.get_mut(from..to) {
            boxes_behind_full_stops(block);
        }
        from = to;
    }
    for u in units.iter_mut() {
        let raw = as_signs(&u.raw);
        if !has_box(&u.plain) {
            continue;
        }
        match (u.plain.contains(TICKED), said(&u.plain)) {
            // "It is necessary: no": the words before it say the contrary of what was ticked.
            (true, Some(said)) if refused(&said, rules) => u.placeholder = true,
            (true, Some(said)) => {
                u.plain = said;
                let kept = self::said(&raw).unwrap_or_default();
                u.placeholder = rules.placeholder(&kept.replace("[X]", "").replace(TICKED, ""));
            }
            _ => u.placeholder = true,
        }
        u.text.clone_from(&u.plain);
    }
}

/// Whether the only choice left of a question is a bare no.
fn refused(said: &str, rules: &Rules) -> bool {
    let choice = said.rsplit_once(':').map(|(_, choice)| choice.replace(TICKED, " "));
    choice.is_some_and(|c| c.split_whitespace().count() == 1 && rules.is("answer.no", c.trim()))
}

const TICKED: &str = "[x]";
const EMPTY: [&str; 2] = ["[ ]", "[]"];

fn has_box(text: &str) -> bool {
    text.contains(TICKED) || EMPTY.iter().any(|b| text.contains(b))
}

/// The length of the box a text begins with, and whether it is empty.
fn box_at(text: &str) -> Option<(usize, bool)> {
    let ticked = text.get(..TICKED.len()).is_some_and(|b| b.eq_ignore_ascii_case(TICKED));
    let empty = EMPTY.iter().find(|b| text.starts_with(**b)).map(|b| (b.len(), true));
    if ticked { Some((TICKED.len(), false)) } else { empty }
}

/// The text with drawn boxes as signs.
fn as_signs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match super::text::box_sign(c) {
            Some(sign) => out.push_str(sign),
            None => out.push(c),
        }
    }
    out
}

/// "I support it. [ ] I do not support it. [x]" is cut behind its full stops, so that each box begins the next unit: where the
/// last unit of a block is a bare box, each goes back to the unit before it.
fn boxes_behind_full_stops(block: &mut [Unit]) {
    let bare = |u: &Unit| box_at(u.plain.trim()).is_some_and(|(n, _)| n == u.plain.trim().len());
    if block.len() < 2 || !block.last().is_some_and(bare) || block.first().is_some_and(|u| box_at(&u.plain).is_some()) {
        return;
    }
    for i in 1..block.len() {
        let Some((length, _)) = block.get(i).and_then(|u| box_at(&u.plain)) else { continue };
        let Some(u) = block.get_mut(i) else { continue };
        let (its_box, rest) = u.plain.split_at(length);
        let (its_box, rest) = (its_box.to_string(), rest.trim_start().to_string());
        u.plain = rest;
        u.placeholder = u.plain.is_empty();
        u.text.clone_from(&u.plain);
        if let Some(before) = block.get_mut(i - 1) {
            before.plain = format!("{} {its_box}", before.plain);
        }
    }
}

/// The text without each empty box and its choice; none where nobody can tell which choice a box belongs to.
fn said(text: &str) -> Option<String> {
    // Pieces: the words before the first box, then each box with the words behind it.
    let mut boxes: Vec<(&str, bool, &str)> = Vec::new();
    let mut lead = text;
    let mut rest = text;
    let mut at = 0;
    while let Some(found) = rest.get(at..).and_then(|r| r.find('[')) {
        let start = at + found;
        let Some((length, empty)) = rest.get(start..).and_then(box_at) else {
            at = start + 1;
            continue;
        };
        let before = rest.get(..start).unwrap_or_default();
        match boxes.last_mut() {
            Some(last) => last.2 = before,
            None => lead = before,
        }
        boxes.push((rest.get(start..start + length).unwrap_or_default(), empty, ""));
        rest = rest.get(start + length..).unwrap_or_default();
        at = 0;
    }
    let Some(last) = boxes.last_mut() else { return Some(text.trim().to_string()) };
    last.2 = rest;
    let wordless = |s: &str| !s.chars().any(char::is_alphanumeric);
    let ends = wordless(rest);
    match (wordless(lead), ends) {
        (true, true) => None,
        (false, true) => Some(said_behind(lead, &boxes)),
        _ => Some(said_before(lead, &boxes)),
    }
}

/// Boxes before their choices. Behind the last choice, a sign ends it: "[x] yes [ ] no, but only after the test".
fn said_before(lead: &str, boxes: &[(&str, bool, &str)]) -> String {
    let mut out = lead.to_string();
    for (i, (sign, empty, words)) in boxes.iter().enumerate() {
        if !empty {
            out.push_str(sign);
            out.push_str(words);
        } else if i + 1 == boxes.len() {
            out = out.trim_end().to_string();
            let more = words.find([',', ';', '.']).and_then(|at| words.get(at..));
            out.push_str(more.filter(|m| m.chars().any(char::is_alphanumeric)).unwrap_or_default());
        }
    }
    out.trim().to_string()
}

/// Boxes behind their choices; what stands before a colon is the question.
fn said_behind(lead: &str, boxes: &[(&str, bool, &str)]) -> String {
    let question = lead.find(':').map_or(0, |at| at + 1);
    let (mut out, mut choice) = match lead.split_at_checked(question) {
        Some((question, choice)) => (question.to_string(), choice),
        None => (String::new(), lead),
    };
    for (sign, empty, words) in boxes {
        if !empty {
            out.push_str(choice);
            out.push_str(sign);
        }
        choice = words;
    }
    out.trim().to_string()
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn the_choice_of_an_empty_box_is_not_said() {
        for (whole, kept) in [
            ("mode: [ ] in person [x] video [ ] chart only", Some("mode: [x] video")),
            ("[x] yes [ ] no", Some("[x] yes")),
            ("none", Some("none")),
            ("[ ] agree", Some("")),
            ("a [ ", Some("a [")),
            ("it is necessary: yes [ ] no [x]", Some("it is necessary: no [x]")),
            ("supported [ ] not supported [x]", Some("not supported [x]")),
            (
                "[x] necessary [ ] not necessary, but only after the test",
                Some("[x] necessary, but only after the test"),
            ),
            ("[x] yes [ ]", None),
        ] {
            assert_eq!(said(whole).as_deref(), kept, "{whole}");
        }
    }
}
