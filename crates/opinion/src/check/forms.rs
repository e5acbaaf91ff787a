//! Forms with boxes: what stands behind an empty box is not said.

use super::rules::Rules;
use super::text::Unit;

/// Takes the choices behind empty boxes out of units in which another box is ticked; such a unit has no blank left.
pub(super) fn leave_unticked_out(units: &mut [Unit], rules: &Rules) {
    for u in units.iter_mut().filter(|u| ticked(&u.plain)) {
        u.plain = without_unticked(&u.plain);
        u.text.clone_from(&u.plain);
        let raw = without_unticked(&u.raw);
        u.placeholder = rules.placeholder(&raw.replace("[X]", "").replace("[x]", ""));
    }
}

fn ticked(plain: &str) -> bool {
    plain.contains("[x]")
}

/// The text without each empty box and the words after it, up to the next box.
fn without_unticked(text: &str) -> String {
    let mut out = String::new();
    let mut empty = false;
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let (before, tail) = rest.split_at(at);
        if !empty {
            out.push_str(before);
        }
        empty = tail.starts_with("[ ]") || tail.starts_with("[]");
        let after = tail.find(']').map_or(tail.len(), |e| e + 1);
        if !empty {
            out.push_str(tail.get(..after).unwrap_or_default());
        }
        rest = tail.get(after..).unwrap_or_default();
    }
    if !empty {
        out.push_str(rest);
    }
    out.trim().to_string()
}

#[cfg(test)]
mod tests {
    use super::without_unticked;

    #[test]
    fn what_stands_behind_an_empty_box_is_not_said() {
        for (whole, said) in [
            ("mode: [ ] in person [x] video [ ] chart only", "mode: [x] video"),
            ("[x] yes [ ] no", "[x] yes"),
            ("none", "none"),
            ("[ ] agree", ""),
            ("a [ ", "a [ "),
        ] {
            assert_eq!(without_unticked(whole), said.trim(), "{whole}");
        }
    }
}
