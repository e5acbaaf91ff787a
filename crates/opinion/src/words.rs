//! Finding words of the data in a person's text, the way a reader would: case, line breaks and quotes do not matter,
//! whole words do. A `*` at the end of a word matches any ending.

use cite::fold;

/// A text folded once, to be asked many times.
#[derive(Debug, Clone, Default)]
pub(crate) struct Folded(String);

impl Folded {
    pub(crate) fn new(text: &str) -> Self {
        Folded(fold(text))
    }

    /// All the given parts as one text.
    pub(crate) fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        Folded::new(&parts.into_iter().collect::<Vec<_>>().join(" . "))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the text holds the word or phrase.
    pub(crate) fn has(&self, phrase: &str) -> bool {
        holds(&self.0, phrase)
    }

    /// Where the phrase stands as whole words; a `*` takes the rest of the word in.
    pub(crate) fn spans(&self, phrase: &str) -> Vec<(usize, usize)> {
        spans(&self.0, phrase)
    }

    /// The first of the phrases that the text holds.
    pub(crate) fn first<'p>(&self, phrases: &'p [String]) -> Option<&'p str> {
        phrases.iter().map(String::as_str).find(|p| self.has(p))
    }

    /// Whether the text holds one of the phrases.
    pub(crate) fn any(&self, phrases: &[String]) -> bool {
        self.first(phrases).is_some()
    }
}

/// A heading such as `Spinal fusion` as it stands inside a sentence: `spinal fusion`. Abbreviations, drug names written
/// with inner capitals and the names of `keep` (`Crohn's disease`) stay as they are.
pub(crate) fn inside(text: &str, keep: &[String]) -> String {
    let text = text.trim();
    let word = text.split([' ', ',', '(', '/']).next().unwrap_or_default();
    let mut letters = word.chars();
    let Some(first) = letters.next().filter(|c| c.is_uppercase()) else { return text.to_owned() };
    let plain =
        letters.clone().next().is_some_and(char::is_lowercase) && letters.clone().all(|c| c.is_lowercase() || c == '-');
    let folded = word.to_lowercase();
    if !plain || keep.iter().any(|k| folded.starts_with(k.as_str())) {
        return text.to_owned();
    }
    first.to_lowercase().chain(text.chars().skip(1)).collect()
}

/// `text` with `value` where `{name}` stands. A value with an apposition of its own (`whole exome sequencing, trio`) gets the
/// closing comma that a running sentence needs: "is whole exome sequencing, trio, accepted".
pub(crate) fn set_in(text: &str, name: &str, value: &str) -> String {
    let place = format!("{{{name}}}");
    let mut out = String::with_capacity(text.len() + value.len());
    let mut parts = text.split(place.as_str()).peekable();
    while let Some(part) = parts.next() {
        out.push_str(part);
        let Some(after) = parts.peek() else { break };
        out.push_str(value);
        let runs_on = after.strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_alphabetic));
        if runs_on && has_apposition(value) {
            out.push(',');
        }
    }
    out
}

/// Whether a comma stands in the value outside brackets, as between words and not within a number.
fn has_apposition(value: &str) -> bool {
    let mut depth = 0_i32;
    value.char_indices().any(|(i, c)| {
        depth += i32::from(matches!(c, '(' | '[')) - i32::from(matches!(c, ')' | ']'));
        depth == 0 && c == ',' && value.get(i + 1..).is_some_and(|rest| rest.starts_with(' '))
    })
}

/// Whether folded `text` holds `phrase` as whole words.
fn holds(text: &str, phrase: &str) -> bool {
    next_span(text, &phrase.trim().to_lowercase(), 0).is_some()
}

fn spans(text: &str, phrase: &str) -> Vec<(usize, usize)> {
    let phrase = phrase.trim().to_lowercase();
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(span) = next_span(text, &phrase, from) {
        from = span.1.max(from + 1);
        out.push(span);
    }
    out
}

/// The first place at or after `from`. A star in the middle of a phrase ends the word there (`orthop* sports`).
fn next_span(text: &str, phrase: &str, mut from: usize) -> Option<(usize, usize)> {
    let (open_start, phrase) = phrase.strip_prefix('*').map_or((false, phrase), |p| (true, p));
    let (head, tail) = phrase.split_once('*').map_or((phrase, None), |(h, t)| (h, Some(t)));
    if head.is_empty() {
        return None;
    }
    loop {
        let start = from + text.get(from..)?.find(head)?;
        let end = start + head.len();
        let before = text.get(..start).and_then(|t| t.chars().next_back());
        let rest = text.get(end..).unwrap_or_default();
        let word = |c: char| c.is_alphanumeric();
        let starts = open_start || !before.is_some_and(word);
        let close = match tail {
            None if !rest.starts_with(word) => Some(end),
            None => None,
            Some(tail) => {
                let word_end = end + rest.find(|c| !word(c)).unwrap_or(rest.len());
                let after = text.get(word_end..).unwrap_or_default();
                match (tail.is_empty(), after.strip_prefix(tail)) {
                    (true, _) => Some(word_end),
                    (false, Some(after)) if !after.starts_with(word) => Some(word_end + tail.len()),
                    _ => None,
                }
            }
        };
        match close {
            Some(close) if starts => return Some((start, close)),
            _ => from = start + head.chars().next().map_or(1, char::len_utf8),
        }
    }
}

/// The five-digit numbers in a code as a person or a letter writes it: `CPT 27447-RT` gives 27447.
pub(crate) fn five_digits(code: &str) -> Option<u32> {
    let mut run = String::new();
    for c in code.chars().chain(std::iter::once(' ')) {
        if c.is_ascii_digit() {
            run.push(c);
        } else {
            if run.len() == 5 {
                return run.parse().ok();
            }
            run.clear();
        }
    }
    None
}

/// An ICD-10-CM code without its point and any label: `ICD-10 M17.11` gives `M1711`.
pub(crate) fn icd(code: &str) -> String {
    let upper = code.to_uppercase();
    let last = upper.split([' ', ':']).rfind(|w| !w.is_empty()).unwrap_or_default();
    last.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Dollars and cents as a person reads them: 28300 is `$283`, 30640 is `$306.40`.
pub(crate) fn dollars(cents: i64) -> String {
    let (sign, cents) = if cents < 0 { ("-", cents.unsigned_abs()) } else { ("", cents.unsigned_abs()) };
    let whole = (cents / 100).to_string();
    let mut grouped = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(c);
    }
    match cents % 100 {
        0 => format!("{sign}${grouped}"),
        rest => format!("{sign}${grouped}.{rest:02}"),
    }
}

/// A percentage without a needless `.0`.
pub(crate) fn percent(p: f64) -> String {
    if p.fract() == 0.0 { format!("{p:.0}%") } else { format!("{p}%") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_and_a_star_opens_an_end() {
        let text = Folded::new("Total knee\nARTHROPLASTY, right; the implant’s wear");
        assert!(text.has("knee arthroplasty"));
        assert!(text.has("*plasty"));
        assert!(text.has("arthro*"));
        assert!(text.has("arthro*, right"), "a star in the middle ends one word");
        assert!(!text.has("plasty"));
        assert!(!text.has("arthro"));
    }

    #[test]
    fn a_heading_loses_its_capital_inside_a_sentence_and_a_name_does_not() {
        let keep = ["crohn".to_string()];
        let table = [
            ("Spinal fusion, L4-L5", "spinal fusion, L4-L5"),
            ("Crohn's disease", "Crohn's disease"),
            ("MRI of the knee", "MRI of the knee"),
            ("IVIG", "IVIG"),
            ("CAR-T therapy", "CAR-T therapy"),
            ("Post-operative care", "post-operative care"),
            ("X-ray of the hip", "X-ray of the hip"),
            ("T cell therapy", "T cell therapy"),
            ("Élan", "élan"),
            ("", ""),
        ];
        for (heading, inside_it) in table {
            assert_eq!(inside(heading, &keep), inside_it);
        }
    }

    #[test]
    fn a_value_with_an_apposition_is_closed_where_the_sentence_runs_on() {
        let table = [
            ("Is {x} accepted?", "exome, trio", "Is exome, trio, accepted?"),
            ("Is {x} accepted?", "exome", "Is exome accepted?"),
            ("Is {x} accepted?", "a scan (head, neck)", "Is a scan (head, neck) accepted?"),
            ("Is {x} accepted?", "1,000 mg of it", "Is 1,000 mg of it accepted?"),
            ("About {x}. On {x}, too: {x}?", "exome, trio", "About exome, trio. On exome, trio, too: exome, trio?"),
            ("{x} [code]", "exome, trio", "exome, trio [code]"),
            ("{y}", "exome, trio", "{y}"),
        ];
        for (text, value, said) in table {
            assert_eq!(set_in(text, "x", value), said);
        }
    }

    #[test]
    fn codes_are_read_with_or_without_labels() {
        assert_eq!(five_digits("CPT 27447-RT"), Some(27447));
        assert_eq!(five_digits("J1234"), None);
        assert_eq!(icd("ICD-10 m17.11"), "M1711");
    }

    #[test]
    fn money_is_written_as_people_read_it() {
        assert_eq!(dollars(28300), "$283");
        assert_eq!(dollars(12_345_605), "$123,456.05");
    }
}
