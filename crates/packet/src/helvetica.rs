//! Widths of Helvetica, one of the fonts every PDF reader has, in thousandths of the font size.

/// Widths of the characters from space to tilde, as the standard font's metrics give them.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

/// Width of a text at size 1. Letters with accents count as wide ones.
pub(crate) fn width(text: &str) -> f32 {
    let one = |c: char| {
        let at = (c as usize).checked_sub(32);
        u32::from(at.and_then(|at| WIDTHS.get(at)).copied().unwrap_or(611))
    };
    text.chars().map(one).sum::<u32>() as f32 / 1000.0
}

/// A character's code in the encoding of Western European text (WinAnsi), if it has one.
pub(crate) fn code(c: char) -> Option<u8> {
    Some(match c {
        '\u{20ac}' => 0x80,
        '\u{2026}' => 0x85,
        '\u{2018}' => 0x91,
        '\u{2019}' => 0x92,
        '\u{201c}' => 0x93,
        '\u{201d}' => 0x94,
        '\u{2022}' => 0x95,
        '\u{2013}' => 0x96,
        '\u{2014}' => 0x97,
        ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(c)).ok()?,
        _ => return None,
    })
}

/// A text as a hexadecimal string of PDF; characters without a code become question marks.
pub(crate) fn hex_string(text: &str) -> String {
    let codes: String = text.chars().map(|c| format!("{:02X}", code(c).unwrap_or(b'?'))).collect();
    format!("<{codes}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_equally_wide_and_a_text_is_the_sum_of_its_letters() {
        assert!(('0'..='9').all(|c| width(&c.to_string()) == 0.556));
        assert_eq!((width("W"), width("~"), width("Wi")), (0.944, 0.584, 0.944 + 0.222));
    }

    #[test]
    fn a_character_without_a_code_is_never_dropped() {
        assert_eq!(hex_string("é)李"), "<E9293F>");
    }
}
