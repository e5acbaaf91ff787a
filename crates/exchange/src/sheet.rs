//! The readable text of an exchanged file, and the reading that points into it.

use facts::{Certainty, Document, DocumentSummary, Field, Finding, Page, Reading, StatedReason, TextFrom};
use sha2::{Digest, Sha256};

/// A page of the readable text holds about this many lines.
const LINES: usize = 60;
/// The most values of one name that are kept: a year of claims is more than a person can look through.
const MOST_OF_ONE: usize = 2_000;

/// Where something stands in the readable text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    page: usize,
    span: (usize, usize),
    quote: String,
}

impl Place {
    pub(crate) fn quote(&self) -> &str {
        &self.quote
    }

    /// The page, counted from 1.
    pub(crate) fn page(&self) -> usize {
        self.page
    }

    /// Where words stand in this place, the first time.
    pub(crate) fn of_words(&self, words: &str) -> Option<Place> {
        let start = self.quote.find(words)?;
        self.part(start, start + words.len())
    }

    /// A part of this place.
    pub(crate) fn part(&self, start: usize, end: usize) -> Option<Place> {
        let quote = self.quote.get(start..end).filter(|q| !q.is_empty())?;
        Some(Place { page: self.page, span: (self.span.0 + start, self.span.0 + end), quote: quote.to_owned() })
    }
}

/// Text and reading under way.
#[derive(Debug)]
pub(crate) struct Sheet {
    pages: Vec<String>,
    lines: usize,
    reading: Reading,
    said: Vec<Said>,
}

/// A page, counted from 1, and a byte range of its text.
pub(crate) type Said = (usize, (usize, usize));

impl Sheet {
    pub(crate) fn new() -> Self {
        Sheet { pages: vec![String::new()], lines: 0, reading: Reading::default(), said: Vec::new() }
    }

    /// Starts a part; a full page is turned first.
    pub(crate) fn section(&mut self, title: &str) {
        if self.lines > LINES * 3 / 4 {
            self.turn();
        }
        let blank = self.lines > 0;
        if let Some(page) = self.pages.last_mut() {
            if blank {
                page.push('\n');
            }
            page.push_str(&tidy(title));
            page.push('\n');
        }
        self.lines += 2;
    }

    fn turn(&mut self) {
        self.pages.push(String::new());
        self.lines = 0;
    }

    /// Writes `label: value` and says where the value stands; nothing for an empty value.
    pub(crate) fn line(&mut self, label: &str, value: &str) -> Option<Place> {
        self.write(&format!("{label}: "), value)
    }

    /// Writes a line that is the value.
    pub(crate) fn verbatim(&mut self, value: &str) -> Option<Place> {
        self.write("", value)
    }

    fn write(&mut self, label: &str, value: &str) -> Option<Place> {
        let value = tidy(value);
        if value.is_empty() {
            return None;
        }
        if self.lines >= LINES * 2 {
            self.turn();
        }
        let number = self.pages.len();
        let page = self.pages.last_mut()?;
        page.push_str(label);
        let start = page.len();
        page.push_str(&value);
        let span = (start, page.len());
        page.push('\n');
        self.lines += 1;
        Some(Place { page: number, span, quote: value })
    }

    /// A field whose value is the quote.
    pub(crate) fn verbatim_field(&mut self, name: &str, place: Option<Place>) {
        if let Some(place) = place {
            let value = place.quote.clone();
            self.push(name, value, place, Certainty::Verbatim);
        }
    }

    /// A field whose value is the quote in another spelling; nothing when the spelling is unknown.
    pub(crate) fn field(&mut self, name: &str, value: Option<String>, place: Option<Place>) {
        if let (Some(value), Some(place)) = (value, place) {
            let certainty = if value == place.quote { Certainty::Verbatim } else { Certainty::Normalized };
            self.push(name, value, place, certainty);
        }
    }

    /// A field that follows from what the quote says.
    pub(crate) fn inferred(&mut self, name: &str, value: &str, place: Option<Place>) {
        if let Some(place) = place {
            self.push(name, value.to_owned(), place, Certainty::Inferred);
        }
    }

    fn push(&mut self, name: &str, value: String, place: Place, certainty: Certainty) {
        let same = |f: &&Field| f.name == name;
        let known = self.reading.fields.iter().rev().take(MOST_OF_ONE).filter(same).any(|f| f.value == value);
        // Amounts repeat by right; anything else said twice is one fact.
        if value.is_empty() || (known && !name.starts_with("amount.")) || self.reading.fields.len() >= 50_000 {
            return;
        }
        let Place { page, span, quote } = place;
        self.reading.fields.push(Field { name: name.to_owned(), value, quote, document: 0, page, span, certainty });
    }

    pub(crate) fn reason(&mut self, reason: &str, place: Option<Place>) {
        let Some(Place { page, span, quote }) = place else { return };
        let known = self.reading.reasons.iter().any(|r| r.reason == reason && r.quote == quote);
        if !known && self.reading.reasons.len() < MOST_OF_ONE {
            self.reading.reasons.push(StatedReason { reason: reason.to_owned(), quote, document: 0, page, span });
        }
    }

    /// Words of the sender for people to read, in which it may say why.
    pub(crate) fn said(&mut self, place: Option<Place>) {
        let Some(Place { page, span, .. }) = place else { return };
        if self.said.len() < MOST_OF_ONE {
            self.said.push((page, span));
        }
    }

    /// What was said, for whoever reads sentences.
    pub(crate) fn take_said(&mut self) -> Vec<Said> {
        std::mem::take(&mut self.said)
    }

    pub(crate) fn finding(&mut self, finding: Finding) {
        if !self.reading.findings.contains(&finding) && self.reading.findings.len() < 200 {
            self.reading.findings.push(finding);
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.reading.get(name).is_some()
    }

    /// The finished document and reading. `looked_for` are the fields this kind of file can hold.
    pub(crate) fn finish(
        mut self,
        name: &str,
        bytes: &[u8],
        from: TextFrom,
        looked_for: &[&str],
    ) -> (Document, Reading) {
        let not_found = looked_for.iter().filter(|f| self.reading.get(f).is_none());
        self.reading.not_found = not_found.map(|f| (*f).to_owned()).collect();
        let sha256 = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned();
        let pages = self.pages.into_iter().map(Page::from_text).collect();
        let document = Document { name, sha256, text_from: from, pages, findings: Vec::new() };
        self.reading.documents = vec![DocumentSummary::from(&document)];
        (document, self.reading)
    }
}

/// One line without control characters.
fn tidy(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.trim().to_owned()
}

/// The day of `2026-10-15`, `2026-10-15T08:00:00Z` or `20261015`, as ISO 8601.
pub(crate) fn iso_day(text: &str) -> Option<String> {
    let text = text.trim();
    let day = text.get(..10).filter(|d| d.contains('-')).map(str::to_owned).or_else(|| {
        let digits = text.get(..8).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
        Some(format!("{}-{}-{}", digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?))
    })?;
    day.parse::<jiff::civil::Date>().ok().map(|d| d.to_string())
}

/// An amount in dollars with two digits. Negative amounts and amounts that are no numbers have none.
pub(crate) fn dollars(text: &str) -> Option<String> {
    let text = text.trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && part.is_empty() || !digits(whole) || !digits(part) || whole.len() > 12 {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let cents = format!("{part}00");
    Some(format!("{whole}.{}", cents.get(..2)?))
}

/// An ICD-10 code with its dot: `M1711` is `M17.11`.
pub(crate) fn icd10(code: &str) -> String {
    let plain = code.is_ascii() && code.len() > 3 && !code.contains('.');
    let shape = code.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
        && code.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    match (plain && shape, code.get(..3), code.get(3..)) {
        (true, Some(head), Some(tail)) => format!("{head}.{tail}"),
        _ => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_amounts_and_codes_have_one_spelling() {
        assert_eq!(iso_day("2019-09-09T08:59:58-04:00").as_deref(), Some("2019-09-09"));
        assert_eq!(iso_day("20240725").as_deref(), Some("2024-07-25"));
        assert_eq!(iso_day("20240231"), None);
        assert_eq!(iso_day("2024"), None);
        assert_eq!(dollars("1000").as_deref(), Some("1000.00"));
        assert_eq!(dollars(".5").as_deref(), Some("0.50"));
        assert_eq!(dollars("541.005").as_deref(), Some("541.00"));
        assert_eq!(dollars("-9.00"), None);
        assert_eq!(icd10("M1711"), "M17.11");
        assert_eq!(icd10("M17.11"), "M17.11");
        assert_eq!(icd10("I10"), "I10");
    }

    #[test]
    fn quotes_are_where_they_say() {
        let mut sheet = Sheet::new();
        sheet.section("Claim");
        let place = sheet.line("disposition", "Denied: señal\nnext");
        let part = place.as_ref().and_then(|p| p.part(0, 6));
        sheet.verbatim_field("a", place);
        sheet.verbatim_field("b", part);
        let (document, reading) = sheet.finish("x", b"", TextFrom::Fhir, &["c"]);
        for field in &reading.fields {
            assert_eq!(document.pages[field.page - 1].text.get(field.span.0..field.span.1), Some(field.quote.as_str()));
        }
        assert_eq!(reading.fields[0].quote, "Denied: señal next");
        assert_eq!(reading.fields[1].quote, "Denied");
        assert_eq!(reading.not_found, ["c"]);
    }
}
