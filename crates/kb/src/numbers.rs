//! Numbers in a fragment of law, written as digits or as English words ("four months", "one hundred eighty (180) days").

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const ORDINALS: [(&str, u32); 8] = [
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("tenth", 10),
    ("single", 1),
];
/// Words by which English says "one" of a unit without naming the number.
const ONE: [&str; 8] = ["a", "next", "following", "day", "after", "before", "each", "annual"];

/// Spanish number words from 0; letters for people come in both languages.
const SPANISH: [&str; 21] = [
    "cero",
    "un",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciseis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
];

/// The number one lower-case word stands for, English or Spanish: `fourteen`, `twenty-two`, `doce`. "A" and "an" stand for none.
///
/// ```
/// assert_eq!(kb::number_word("forty-five"), Some(45));
/// assert_eq!(kb::number_word("doce"), Some(12));
/// assert_eq!(kb::number_word("knee"), None);
/// ```
pub fn number_word(word: &str) -> Option<u32> {
    let place = |list: &[&str]| list.iter().position(|w| *w == word).map(|i| i as u32);
    if let Some(n) = place(&ONES).or_else(|| place(&SPANISH)) {
        return Some(n);
    }
    let (ten, rest) =
        TENS.iter().enumerate().skip(2).find_map(|(i, w)| word.strip_prefix(w).map(|r| (i as u32 * 10, r)))?;
    match rest.trim_start_matches('-') {
        "" => Some(ten),
        one => ONES.iter().position(|w| *w == one).filter(|i| (1..10).contains(i)).map(|i| ten + i as u32),
    }
}

/// All numbers that the text names.
pub(crate) fn numbers_in(text: &str) -> Vec<u32> {
    let text = text.to_lowercase().replace(',', "");
    let mut found = Vec::new();
    let mut spoken: Option<u32> = None;
    for token in text.split(|c: char| !c.is_alphanumeric()) {
        if token.is_empty() || token == "and" {
            continue;
        }
        let digits: String = token.chars().take_while(char::is_ascii_digit).collect();
        if let Ok(n) = digits.parse() {
            found.extend(spoken.take());
            found.push(n);
            continue;
        }
        if let Some(n) = ONES.iter().position(|w| *w == token) {
            let n = n as u32;
            // "forty five" is one number, "four five" would be two.
            match spoken {
                Some(s) if s % 10 == 0 && s % 100 != 10 && n < 10 => spoken = Some(s + n),
                Some(s) if s % 100 == 0 => spoken = Some(s + n),
                other => {
                    found.extend(other);
                    spoken = Some(n);
                }
            }
        } else if let Some(n) = TENS.iter().position(|w| !w.is_empty() && *w == token) {
            let n = n as u32 * 10;
            match spoken {
                Some(s) if s >= 100 && s % 100 == 0 => spoken = Some(s + n),
                other => {
                    found.extend(other);
                    spoken = Some(n);
                }
            }
        } else if token == "hundred" {
            spoken = Some(spoken.unwrap_or(1) * 100);
        } else {
            found.extend(spoken.take());
            if let Some((_, n)) = ORDINALS.iter().find(|(w, _)| *w == token) {
                found.push(*n);
            }
            if ONE.contains(&token) {
                found.push(1);
            }
        }
    }
    found.extend(spoken);
    found
}

#[cfg(test)]
mod tests {
    use super::numbers_in;

    #[test]
    fn digits_and_words_are_read() {
        for (text, n) in [
            ("within four months after the date", 4),
            ("one hundred eighty (180) days", 180),
            ("at least 180 days following receipt", 180),
            ("within forty-five days", 45),
            ("a 90-day period", 90),
            ("one hundred and twenty calendar days", 120),
            ("noon of the calendar day following", 1),
            ("the third year after", 3),
            ("ten business days", 10),
            ("1,960 dollars", 1960),
        ] {
            assert!(numbers_in(text).contains(&n), "{text}: {:?}", numbers_in(text));
        }
    }

    #[test]
    fn other_numbers_are_not_invented() {
        assert!(!numbers_in("within forty-five days").contains(&40));
        assert!(!numbers_in("one hundred eighty days").contains(&100));
        assert!(!numbers_in("within four months").contains(&5));
    }
}
