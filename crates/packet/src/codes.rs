//! What the codes of a font mean: the table that a font with two-byte codes carries for those who copy its text.

use std::collections::HashMap;

/// Code → text.
pub(crate) fn table(text: &str) -> HashMap<u16, String> {
    let mut map = HashMap::new();
    for section in text.split("beginbfchar").skip(1) {
        let words = hex_words(section.split("endbfchar").next().unwrap_or_default());
        for pair in words.chunks(2) {
            if let [code, value] = pair {
                map.insert(number(code), utf16(value));
            }
        }
    }
    for section in text.split("beginbfrange").skip(1) {
        let words = hex_words(section.split("endbfrange").next().unwrap_or_default());
        for triple in words.chunks(3) {
            if let [from, to, value] = triple {
                for (i, code) in (number(from)..=number(to)).enumerate() {
                    let mut value = value.clone();
                    if let Some(last) = value.last_mut() {
                        *last = last.saturating_add(u16::try_from(i).unwrap_or(0));
                    }
                    map.insert(code, utf16(&value));
                }
            }
        }
    }
    map
}

/// Character → code, for those codes that mean one character.
pub(crate) fn of_characters(text: &str) -> HashMap<char, u16> {
    let single = |(code, text): (u16, String)| {
        let mut characters = text.chars();
        characters.next().filter(|_| characters.next().is_none()).map(|c| (c, code))
    };
    table(text).into_iter().filter_map(single).collect()
}

/// `<0041><00660069>` → lists of 16-bit units.
fn hex_words(text: &str) -> Vec<Vec<u16>> {
    text.split('<')
        .skip(1)
        .filter_map(|w| w.split('>').next())
        .map(|w| {
            let digits: Vec<char> = w.chars().filter(char::is_ascii_hexdigit).collect();
            digits.chunks(4).filter_map(|c| u16::from_str_radix(&c.iter().collect::<String>(), 16).ok()).collect()
        })
        .collect()
}

fn number(units: &[u16]) -> u16 {
    units.first().copied().unwrap_or(0)
}

fn utf16(units: &[u16]) -> String {
    String::from_utf16_lossy(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_codes_is_read() {
        assert_eq!(hex_words("<0041> <00660069>\n"), vec![vec![0x41], vec![0x66, 0x69]]);
        assert_eq!(utf16(&[0x66, 0x69]), "fi");
        let text = "2 beginbfchar\n<0001> <0041>\n<0002> <00660069>\nendbfchar\n1 beginbfrange\n<0010> <0012> <0030>\nendbfrange";
        assert_eq!(table(text).get(&0x11).map(String::as_str), Some("1"));
        assert_eq!(of_characters(text), HashMap::from([('A', 1), ('0', 0x10), ('1', 0x11), ('2', 0x12)]));
    }
}
