//! The last day by the plan's own letter, for as long as the law gives none: better than no date, and said to be the letter's.

use calendar::{Date, Holidays, MissingDay};
use facts::Reading;

use crate::CasePaper;

/// A last day that the plan's letter gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LettersDay {
    /// The day.
    pub day: Date,
    /// `180 days`, where it was counted from the letter's date; none where the letter prints the day itself.
    pub window: Option<String>,
}

/// The earliest last day that the plan's letters give. A window is counted from the letter's date, which is safe whenever the
/// letter arrived. None when all are over, or no letter gives one.
pub fn letters_day(papers: &[CasePaper], today: Date) -> Option<LettersDay> {
    papers.iter().filter_map(|p| p.reading.as_ref()).filter_map(|r| of(r, today)).min_by_key(|l| l.day)
}

fn of(reading: &Reading, today: Date) -> Option<LettersDay> {
    let text = |name: &str| reading.get(name).map(|f| f.value.clone());
    let printed = text("appeal.deadline_stated").and_then(|d| d.parse::<Date>().ok());
    let window = text("appeal.window_stated").filter(|_| printed.is_none());
    let counted = window.as_deref().and_then(|w| {
        let dated: Date = text("notice.dated")?.parse().ok()?;
        calendar::add(dated, w.parse().ok()?, MissingDay::LastOfMonth, &Holidays::none()).ok()
    });
    let day = printed.or(counted).filter(|d| *d >= today)?;
    Some(LettersDay { day, window })
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::Document;

    /// A denial letter of invented fields.
    fn letter(fields: &[(&str, &str)]) -> CasePaper {
        let field = |(name, value): &(&str, &str)| facts::Field {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
            quote: (*value).to_owned(),
            document: 0,
            page: 1,
            span: (0, value.len()),
            certainty: facts::Certainty::Normalized,
        };
        CasePaper {
            file: "letter.txt".into(),
            kind: Some("denial_letter".into()),
            document: Document::from_text("letter.txt", ""),
            reading: Some(Reading { fields: fields.iter().map(field).collect(), ..Reading::default() }),
        }
    }

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn a_window_is_counted_from_the_letters_date() {
        let papers = [letter(&[("notice.dated", "2026-11-02"), ("appeal.window_stated", "60 days")])];
        let found = letters_day(&papers, day("2026-11-27"));
        assert_eq!(found, Some(LettersDay { day: day("2027-01-01"), window: Some("60 days".into()) }));
        assert_eq!(letters_day(&papers, day("2027-01-02")), None, "over the day after");
    }

    #[test]
    fn a_printed_day_is_taken_as_it_stands_and_the_earliest_of_two_letters_counts() {
        let printed = letter(&[
            ("notice.dated", "2026-11-02"),
            ("appeal.window_stated", "180 days"),
            ("appeal.deadline_stated", "2026-12-31"),
        ]);
        let other = letter(&[("notice.dated", "2026-11-20"), ("appeal.window_stated", "180 days")]);
        let found = letters_day(&[other, printed], day("2026-11-27"));
        assert_eq!(found, Some(LettersDay { day: day("2026-12-31"), window: None }));
    }

    #[test]
    fn without_the_letters_date_its_window_gives_no_day() {
        assert_eq!(letters_day(&[letter(&[("appeal.window_stated", "60 days")])], day("2026-11-27")), None);
    }
}
