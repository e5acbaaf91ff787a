//! Whether a full stop ends a sentence, as far as citations and brackets tell: "(Minn. Stat. 62A.043) requires" has two that do
//! not. Abbreviations of the language are the splitters' own matter.

/// How collections of law are abbreviated before a number or another word of their name.
const LAW: [&str; 26] = [
    "stat",
    "stats",
    "c.r.s",
    "r.s",
    "r.s.a",
    "u.s.c",
    "c.f.r",
    "c.m.r",
    "n.j.a.c",
    "n.y.c.r.r",
    "ins",
    "rev",
    "ann",
    "admin",
    "comp",
    "gen",
    "saf",
    "welf",
    "inst",
    "bus",
    "prof",
    "pub",
    "fed",
    "reg",
    "regs",
    "sec",
];
/// Words that go on with such a name without a stop of their own.
const GOES_ON: [&str; 7] = ["code", "codes", "law", "laws", "section", "chapter", "title"];
/// A bracket is looked for so many bytes before and after a stop: one that was never closed holds no letter together.
const BRACKET: usize = 240;

/// Whether the full stop at a byte ends nothing: a bracket is open around it, or it stands inside the citation of a law.
///
/// # Example
/// ```
/// let text = "Minnesota law (Minn. Stat. 62A.043) requires it. She has Stage 3.";
/// let stops: Vec<usize> = text.match_indices(". ").map(|(at, _)| at).filter(|at| !cite::stop_inside(text, *at)).collect();
/// assert_eq!(stops, [47]);
/// ```
pub fn stop_inside(text: &str, at: usize) -> bool {
    in_bracket(text, at) || stop_in_citation(text, at)
}

/// Whether the full stop at a byte stands inside the citation of a law.
pub fn stop_in_citation(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let word = before.rsplit(|c: char| c.is_whitespace() || "([\"“".contains(c)).next().unwrap_or_default();
    let rest = text.get(at + 1..).unwrap_or_default().trim_start();
    let next: &str = rest.split(char::is_whitespace).next().unwrap_or_default();
    let (bare, own_stop) = next.strip_suffix('.').map_or((next, false), |bare| (bare, true));
    let is = |list: &[&str], w: &str| list.iter().any(|l| l.eq_ignore_ascii_case(w));
    // "Minn. Stat. 62A": what comes is the abbreviation.
    let law_follows = own_stop && is(&LAW, bare) && bare.starts_with(char::is_uppercase);
    let numbered = rest.starts_with(|c: char| c.is_ascii_digit() || c == '§');
    let goes_on = is(&GOES_ON, bare.trim_end_matches([',', ';', ')']));
    law_follows && word.starts_with(char::is_uppercase) || is(&LAW, word) && (numbered || goes_on || next == "&")
}

fn in_bracket(text: &str, at: usize) -> bool {
    let near = |c: &str| c.contains("\n\n");
    let from = (at.saturating_sub(BRACKET)..=at).find(|i| text.is_char_boundary(*i)).unwrap_or(at);
    let to = (at..=(at + BRACKET).min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(at);
    let unmatched = |signs: &mut dyn Iterator<Item = (usize, char)>, opens: char, closes: char| {
        let mut depth = 0_usize;
        for (i, c) in signs {
            if c == closes {
                depth += 1;
            } else if c == opens {
                if depth == 0 {
                    return Some(i);
                }
                depth -= 1;
            }
        }
        None
    };
    let (before, after) = (text.get(from..at).unwrap_or_default(), text.get(at..to).unwrap_or_default());
    let open = unmatched(&mut before.char_indices().rev(), '(', ')').map(|i| from + i);
    let close = unmatched(&mut after.char_indices(), ')', '(').map(|i| at + i);
    matches!((open, close), (Some(a), Some(b)) if !text.get(a..b).is_some_and(near))
}

#[cfg(test)]
mod tests {
    use super::stop_inside;

    fn pieces(text: &str) -> Vec<&str> {
        let mut out = Vec::new();
        let mut from = 0;
        for (at, _) in text.match_indices('.') {
            let ends = text.get(at + 1..).is_some_and(|r| r.is_empty() || r.starts_with(' '));
            if ends && !stop_inside(text, at) {
                out.extend(text.get(from..=at).map(str::trim));
                from = at + 1;
            }
        }
        out
    }

    #[test]
    fn a_stop_in_a_bracket_or_a_citation_ends_no_sentence() {
        let whole = [
            "Minnesota law (Minn. Stat. 62A.043) requires coverage.",
            "C.R.S. 10-16-104(23) requires coverage.",
            "Under Cal. Ins. Code 10123.68 the plan answers in time.",
            "It was stopped (no effect. Rash on day 3) in May.",
        ];
        for text in whole {
            assert_eq!(pieces(text), [text]);
        }
        assert_eq!(
            pieces("I rest on Tex. Ins. Code § 1. She is well."),
            ["I rest on Tex. Ins. Code § 1.", "She is well."]
        );
    }

    #[test]
    fn other_stops_end_sentences() {
        assert_eq!(
            pieces("This is workers' comp. She fell. (He did not.)").len(),
            2,
            "a bracket of its own closes itself"
        );
        assert_eq!(pieces("1) She fell (left). 2) She rose.").len(), 2);
        assert_eq!(pieces("She fell (left. She rose.").len(), 2, "a bracket that is never closed holds nothing");
    }
}
