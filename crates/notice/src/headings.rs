//! What a paper calls itself, who it is from and its day, as it says at its top: for the list of exhibits, and to tell a
//! record of care from a letter that gives an opinion.

use facts::{Document, Record};
use jiff::civil::Date;
use kb::Kb;

use crate::data::{Reader, holds};
use crate::found::trim;
use crate::phrase::Phrases;
use crate::plan::under_a_label;
use crate::text::{Cell, PageText, Token, tidy};
use crate::values::{DateFound, Span};
use crate::view::View;

/// In so many lines of the first page a heading stands.
const TOP_LINES: usize = 10;
/// The most letters of a heading or of a sender.
const LONGEST: usize = 70;

/// The head of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heading {
    /// What it calls itself: `Discharge summary`.
    pub name: Option<String>,
    /// Whose paper it is, as its first line says: `Perrysburg Physical Therapy`.
    pub from: Option<String>,
    /// The day it gives itself.
    pub dated: Option<Date>,
}

impl Heading {
    /// The title of the paper in its own words: `Discharge summary, Perrysburg Physical Therapy`. Nothing for a paper that
    /// does not say what it is.
    pub fn title(&self) -> Option<String> {
        let name = self.name.as_deref()?;
        Some(match self.from.as_deref() {
            Some(from) => format!("{name}, {from}"),
            None => name.to_owned(),
        })
    }
}

/// How phrases of `kb/notice/papers.toml` count for a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// It heads a record of care, which gives no opinion.
    Record,
    /// It heads a paper of another sort.
    Other,
}

/// The phrases of headings, ready to be found.
#[derive(Debug, Default)]
pub(crate) struct Headings {
    phrases: Phrases,
    sorts: Vec<Sort>,
}

impl Headings {
    /// Phrases that head records, and those that head other papers.
    ///
    /// # Errors
    /// What is wrong with a phrase.
    pub(crate) fn new(records: &[String], others: &[String]) -> Result<Headings, String> {
        let mut out = Headings::default();
        let all = records.iter().map(|p| (p, Sort::Record)).chain(others.iter().map(|p| (p, Sort::Other)));
        for (phrase, sort) in all {
            out.phrases.add(u32::try_from(out.sorts.len()).unwrap_or(u32::MAX), phrase)?;
            out.sorts.push(sort);
        }
        Ok(out)
    }

    /// The first heading of a page: its cell, and what it heads.
    fn first<'p>(&self, page: &'p PageText) -> Option<(&'p Cell, Sort)> {
        let hits = self.phrases.find(&page.tokens);
        let mut best: Option<(&Cell, Sort)> = None;
        for hit in hits {
            let (Some(first), Some(sort)) = (page.tokens.get(hit.from), self.sort(hit.tag)) else { continue };
            let last = hit.to.checked_sub(1).and_then(|i| page.tokens.get(i));
            let whole = first.line < TOP_LINES && last.is_some_and(|t| t.line == first.line);
            let line = page.lines.get(first.line).filter(|_| whole);
            let cell = line.and_then(|l| l.cells.iter().find(|c| c.start <= first.start && first.start < c.end));
            let Some(cell) = cell.filter(|c| is_heading(page, c)) else { continue };
            let earlier = best
                .is_none_or(|(known, of)| cell.start < known.start || (known.start == cell.start && of == Sort::Other));
            if earlier {
                best = Some((cell, sort));
            }
        }
        best
    }

    fn sort(&self, tag: u32) -> Option<Sort> {
        self.sorts.get(usize::try_from(tag).ok()?).copied()
    }
}

/// Whether a cell can be a heading: short, no label with its value, no sentence.
fn is_heading(page: &PageText, cell: &Cell) -> bool {
    let words = page.slice(cell.start, cell.end).trim();
    words.chars().count() <= LONGEST
        && !words.contains(':')
        && !words.ends_with(['.', ',', ';'])
        && words.starts_with(|c: char| !c.is_lowercase())
}

/// `SURGICAL PATHOLOGY REPORT` as `Surgical pathology report`; what is written in small letters too stays as it is.
fn in_small(words: &str) -> String {
    if words.chars().any(char::is_lowercase) {
        return words.to_owned();
    }
    capitalized(&words.to_lowercase())
}

/// Its first letter as a capital.
fn capitalized(small: &str) -> String {
    let mut letters = small.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl Reader {
    /// The head of a paper. See [`heading`].
    pub fn heading(&self, document: &Document) -> Heading {
        let pages = self.in_reading_order(document);
        let views = self.views(pages.get(..1).unwrap_or_default(), document.text_from == facts::TextFrom::Ocr);
        let Some(view) = views.first() else { return Heading::default() };
        let head = self.papers.headings.first(&view.page);
        let name = head.map(|(cell, _)| in_small(&tidy(view.page.slice(cell.start, cell.end))));
        let from = self.sender_line(view, head.map(|(cell, _)| cell.start));
        let dated = self.own_day(view, head.map(|(cell, _)| (cell.start, cell.end)));
        Heading { name: name.or_else(|| self.subject_of_exam(view)), from, dated }
    }

    /// "Exam: Lumbar spine radiographs": what a report without a heading is about.
    fn subject_of_exam(&self, view: &View) -> Option<String> {
        view.page.lines.iter().take(TOP_LINES + 4).flat_map(|l| &l.cells).find_map(|cell| {
            let (label, value) = view.page.slice(cell.start, cell.end).split_once(':')?;
            let value = tidy(value);
            let named = holds(&self.papers.exam_labels, &label.trim().to_lowercase());
            (named
                && !value.is_empty()
                && value.chars().count() <= LONGEST
                && view.dates_in((cell.start, cell.end)).next().is_none())
            .then_some(value)
        })
    }

    /// The first line of the page, where it can be a sender's name: short, no number in it, no label, not the heading itself.
    fn sender_line(&self, view: &View, heading: Option<usize>) -> Option<String> {
        let line = view.page.lines.iter().find(|l| !view.page.slice(l.start, l.end).trim().is_empty())?;
        let cell = line.cells.first()?;
        let words = tidy(view.page.slice(cell.start, cell.end));
        let plain = !words.contains(':') && !words.chars().any(|c| c.is_ascii_digit()) && !words.ends_with(['.', ',']);
        let several = words.split_whitespace().count() >= 2;
        (heading != Some(cell.start) && plain && several && words.chars().count() <= LONGEST)
            .then(|| in_small_name(&words))
    }

    /// The day that a paper gives itself: one behind a label for it, the best label first; else the one in its heading; else a day
    /// that stands alone. The patient's date of birth is none of these, wherever it stands.
    fn own_day(&self, view: &View, heading: Option<Span>) -> Option<Date> {
        let births = self.births(view);
        let free = |date: &&DateFound| date.last.is_none() && !births.contains(&date.first);
        view.dates
            .iter()
            .filter(free)
            .filter_map(|date| Some((self.day_rank(view, heading, date)?, date)))
            .min_by_key(|(rank, date)| (*rank, date.span.0))
            .map(|(_, date)| date.first)
    }

    /// How well a date says that it is the paper's own: the place of its label among the labels for it, then the heading, then a
    /// cell of its own that no other label is for.
    fn day_rank(&self, view: &View, heading: Option<Span>, date: &DateFound) -> Option<usize> {
        let at = view.page.line_at(date.span.0);
        let line = view.page.lines.get(at)?;
        let cell = line.cells.iter().find(|c| c.start <= date.span.0 && date.span.0 < c.end)?;
        let before = view.page.slice(line.start, date.span.0);
        // The label is what stands behind the last value of the line: "Collected: July 9, 2026 Reported:". One with its colon
        // ("visit:") opens its cell, or says another day: "Next visit:".
        let label = before.trim_end().trim_end_matches([':', '.']).to_lowercase();
        let opens = view.page.slice(cell.start, date.span.0).trim().to_lowercase();
        let named = |l: &String| if l.ends_with(':') { opens == *l } else { ends_with_word(&label, l) };
        let labels = &self.papers.day_labels;
        if let Some(rank) = labels.iter().position(named) {
            return Some(rank);
        }
        if heading.is_some_and(|(start, end)| start <= date.span.0 && date.span.0 < end) {
            return Some(labels.len());
        }
        // "Date of injury:" in the cell before, or in the line above, is another day's label.
        let of_another = before.trim_end().ends_with(':') || under_a_label(view, at);
        (trim(view.page.text, (cell.start, cell.end)) == date.span && !of_another).then_some(labels.len() + 1)
    }

    /// The days that the page gives as the date of birth, in rows, in columns or under their label.
    fn births(&self, view: &View) -> Vec<Date> {
        let found = self.labelled(view, &self.label_places(view));
        let births = found.iter().filter(|f| f.field == "patient.date_of_birth");
        births.filter_map(|f| f.value.parse().ok()).collect()
    }

    /// Whether a paper is headed as a record of care and says nothing in the first person: then it gives no opinion, whatever
    /// else of its words one uses.
    pub(crate) fn is_headed_as_record(&self, views: &[View]) -> bool {
        // Slips of text recognition are folded away, so the L of "OTR/L" reads like an I: the page itself says which it is.
        let letter = |v: &View, t: &Token| t.end - t.start > 1 || v.page.slice(t.start, t.end) == "I";
        let own = |v: &View| v.page.tokens.iter().any(|t| holds(&self.words.first_person, &t.norm) && letter(v, t));
        let head = views.first().and_then(|v| self.papers.headings.first(&v.page));
        head.is_some_and(|(_, sort)| sort == Sort::Record) && !views.iter().any(own)
    }
}

/// A name in capitals as names are written: `MAUMEE BAY IMAGING` as `Maumee Bay Imaging`.
fn in_small_name(words: &str) -> String {
    if words.chars().any(char::is_lowercase) {
        return words.to_owned();
    }
    words.split(' ').map(|w| capitalized(&w.to_lowercase())).collect::<Vec<_>>().join(" ")
}

fn ends_with_word(text: &str, label: &str) -> bool {
    text.strip_suffix(label).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
}

/// The head of a paper: what it calls itself, whose it is, its day. What it does not say is absent. Empty when the phrase
/// data cannot be used ([`crate::read`] says so).
pub fn heading(document: &Document, kb: &Kb) -> Heading {
    crate::reader(kb).map(|reader| reader.heading(document)).unwrap_or_default()
}

/// Kinds of papers that an exhibit is called by, whatever stands at their top: the plan's and the second physician's.
const CALLED_BY_KIND: [&str; 10] = [
    "denial_letter",
    "eob",
    "approval",
    "request_for_information",
    "electronic_answer",
    "opinion_letter",
    "plan_document",
    "clinical_policy",
    "bill",
    "insurance_card",
];

/// Gives a record of the case the title and the day that its paper gives itself, where the case has none: in the paper's own
/// words, for the list of exhibits. A letter of the plan keeps the day that was read as its date. The day on which the patient was
/// `born` dates no paper: a form that holds it without a label we know would else pass for decades old.
pub fn describe(record: &mut Record, document: &Document, born: Option<Date>, kb: &Kb) {
    let kind = record.kind.as_deref().unwrap_or_default();
    let called_by_kind = CALLED_BY_KIND.contains(&kind);
    if called_by_kind && kind != "opinion_letter" || record.title.is_some() && record.dated.is_some() {
        return;
    }
    let heading = heading(document, kb);
    record.dated = record.dated.or(heading.dated.filter(|day| Some(*day) != born));
    record.title = record.title.take().or_else(|| heading.title().filter(|_| !called_by_kind));
}
