//! Days and amounts as a letter prints them.

use calendar::Date;

use crate::words::Words;

/// `November 25, 2026` or `25 de noviembre de 2026`; the months and the pattern are words (`month.11`, `date`).
pub(crate) fn long(day: Date, words: &Words) -> String {
    let month = words.get(&format!("month.{}", day.month())).unwrap_or_default();
    match words.get("date") {
        Some(pattern) if !month.is_empty() => pattern
            .replace("{month}", month)
            .replace("{day}", &day.day().to_string())
            .replace("{year}", &day.year().to_string()),
        _ => day.to_string(),
    }
}

/// An ISO day as a document in a language prints it; anything else stays as it is.
///
/// # Example
/// ```
/// assert_eq!(draft::long_date("2026-11-25", "en"), "November 25, 2026");
/// assert_eq!(draft::long_date("last fall", "en"), "last fall");
/// ```
pub fn long_date(day: &str, language: &str) -> String {
    let words = Words::of("common", language);
    day.parse().map_or_else(|_| day.to_string(), |d| long(d, &words))
}

/// A text with its ISO days as a document in a language prints them.
pub(crate) fn in_words(text: &str, language: &str) -> String {
    let said = |word: &str| {
        let bare = word.trim_end_matches([',', ';', '.', ')', ':']);
        bare.parse::<Date>().map_or_else(|_| word.to_string(), |_| word.replacen(bare, &long_date(bare, language), 1))
    };
    text.split(' ').map(said).collect::<Vec<_>>().join(" ")
}

/// `$1,234.50` from cents.
pub(crate) fn dollars(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let whole = (cents.unsigned_abs() / 100).to_string();
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}${grouped}.{:02}", cents.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_a_text_are_said_in_words_and_nothing_else_changes() {
        let text = "24 visits, from 2026-02-03 to 2026-07-30; pain  unchanged (2026).";
        assert_eq!(in_words(text, "en"), "24 visits, from February 3, 2026 to July 30, 2026; pain  unchanged (2026).");
    }

    #[test]
    fn amounts_are_grouped_by_thousands() {
        let cases = [(0, "$0.00"), (99_999, "$999.99"), (100_000, "$1,000.00"), (-123_456_789, "-$1,234,567.89")];
        for (cents, text) in cases {
            assert_eq!(dollars(cents), text);
        }
        assert_eq!(dollars(i64::MIN).chars().next(), Some('-'));
    }
}
