//! A page seen by the reader: its text cut up, and everything that was found on it in one pass.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use crate::concepts::Said;
use crate::data::{Cue, Meaning, Reader, Section};
use crate::labels::Place;
use crate::text::PageText;
use crate::values::{DateFound, Span};

/// A stretch of tokens, end excluded.
pub(crate) type Range = (usize, usize);

/// A page with what was found on it.
#[derive(Debug)]
pub(crate) struct View<'a> {
    /// Counted from 1.
    pub(crate) number: usize,
    pub(crate) page: PageText<'a>,
    pub(crate) dates: Vec<DateFound>,
    pub(crate) money: Vec<(Span, String)>,
    pub(crate) phones: Vec<Span>,
    pub(crate) hits: Vec<(Meaning, Range)>,
    /// Ideas of which reasons are made, in the order of the text.
    said: Vec<Said>,
    /// Which of them stand in each sentence; asked for again and again.
    said_by_sentence: Vec<Range>,
    /// Sentences that tell how things are in general.
    general: HashSet<usize>,
    cues: HashMap<Cue, Vec<Range>>,
    /// Where the labels stand, in order of their first token.
    labels: Vec<(Range, usize)>,
    sections: Vec<(usize, Section)>,
    /// Labels above their values, side by side.
    pub(crate) grids: Vec<crate::grids::Grid>,
    /// Lines of two labels and two values.
    pub(crate) paired: HashSet<usize>,
    /// Accounts whose services are columns: their lines.
    pub(crate) transposed: Vec<Vec<usize>>,
    /// Words beside boxes.
    boxes: crate::boxes::Boxes,
    /// What is asked for more than once of a page: the places of its labels, and the lines that heads of tables take.
    pub(crate) places: OnceCell<Vec<Place>>,
    pub(crate) head_lines: OnceCell<Vec<usize>>,
}

/// Which of the ideas, in the order of the text, begin in each sentence.
fn by_sentence(page: &PageText, said: &[Said]) -> Vec<Range> {
    let sentences = page.tokens.last().map_or(0, |t| t.sentence + 1);
    let mut next = 0;
    let within = |sentence: usize| {
        let end = page.sentence_tokens(sentence).1;
        let first = next;
        next += said.get(first..).unwrap_or_default().iter().take_while(|(_, range)| range.0 < end).count();
        (first, next)
    };
    (0..sentences).map(within).collect()
}

/// How many lines with words at the top of a paper are its letterhead.
const LETTERHEAD: usize = 4;

impl<'a> View<'a> {
    pub(crate) fn new(reader: &Reader, text: &'a str, number: usize, before: Section) -> Self {
        Self::of_page(reader, PageText::new(text, &reader.words.abbreviations), number, before)
    }

    /// A page from text recognition: words that a phrase knows but for one letter count as that word.
    pub(crate) fn misread(reader: &Reader, text: &'a str, number: usize, before: Section) -> Self {
        let mut page = PageText::new(text, &reader.words.abbreviations);
        for token in &mut page.tokens {
            let place = crate::data::holds(&reader.words.state_names, &token.norm); // "Nevada" is not "negada"
            if let Some(word) = reader.phrases.respelled(&token.norm).filter(|_| !place) {
                token.norm = word.to_owned();
            }
        }
        Self::of_page(reader, page, number, before)
    }

    fn of_page(reader: &Reader, page: PageText<'a>, number: usize, before: Section) -> Self {
        let text = page.text;
        let mut cues: HashMap<Cue, Vec<Range>> = HashMap::new();
        let mut hits = Vec::new();
        let mut said = Vec::new();
        let mut boxes = if page.lines.len() < 2 { crate::boxes::Boxes::default() } else { crate::boxes::beside(text) };
        // "[ ] I want a fast appeal": the person's own choice, which the form offers
        boxes.empty.retain(|span| {
            let first = page.tokens.get(page.token_at(span.0));
            !first.is_some_and(|t| crate::data::holds(&reader.words.first_person, &t.norm))
        });
        let empty = |at: usize| page.tokens.get(at).is_some_and(|t| is_within(&boxes.empty, t.start));
        for hit in reader.phrases.find(&page.tokens) {
            let Some(meaning) = usize::try_from(hit.tag).ok().and_then(|t| reader.meanings.get(t)) else { continue };
            if !boxes.empty.is_empty() && !matches!(meaning, Meaning::Label(_)) && empty(hit.from) {
                continue;
            }
            match meaning {
                Meaning::Cue(cue) => cues.entry(*cue).or_default().push((hit.from, hit.to)),
                Meaning::Concept(i) => said.push((*i, (hit.from, hit.to))),
                other => hits.push((*other, (hit.from, hit.to))),
            }
        }
        for (at, token) in page.tokens.iter().enumerate() {
            said.extend(reader.concepts.by_ending(&token.norm).map(|i| (i, (at, at + 1))));
        }
        let said = reader.concepts.told_apart(said);
        let general = reader.concepts.general_sentences(&page, &said);
        let said_by_sentence = by_sentence(&page, &said);
        cues.values_mut().for_each(|places| places.sort_by_key(|p| p.0));
        if let Some(conditions) = cues.get_mut(&Cue::Conditional) {
            // "not covered, even if a doctor orders it" holds without condition
            let even = |at: usize| {
                at.checked_sub(1)
                    .and_then(|i| page.tokens.get(i))
                    .is_some_and(|t| crate::data::holds(&reader.words.even, &t.norm))
            };
            conditions.retain(|(from, _)| !even(*from));
        }
        let mut labels: Vec<(Range, usize)> =
            hits.iter().filter_map(|(m, r)| if let Meaning::Label(i) = m { Some((*r, *i)) } else { None }).collect();
        labels.sort_by_key(|(r, _)| r.0);
        let mut dates = reader.dates(&page);
        dates.sort_by_key(|d| d.span.0);
        let (mut money, phones) = (reader.scan.money(text), reader.scan.phones(text));
        money.sort_by_key(|(span, _)| span.0);
        let mut view = View {
            number,
            page,
            dates,
            money,
            phones,
            hits,
            said,
            said_by_sentence,
            general,
            cues,
            labels,
            sections: Vec::new(),
            grids: Vec::new(),
            paired: HashSet::new(),
            transposed: Vec::new(),
            boxes,
            places: OnceCell::new(),
            head_lines: OnceCell::new(),
        };
        view.sections = view.find_sections(before, &reader.words.verdict);
        if view.page.lines.len() < 2 {
            return view; // the head of a column: no form, no table
        }
        let places = reader.label_places(&view);
        view.paired = reader.paired_rows(&view, &places);
        view.grids = reader.grids(&view, &places);
        view.transposed = reader.transposed_blocks(&view);
        view
    }

    /// Whether a place on the page stands beside an empty box of a form.
    pub(crate) fn is_unchecked(&self, at: usize) -> bool {
        is_within(&self.boxes.empty, at)
    }

    /// Whether a place on the page stands beside a checked box of a form.
    pub(crate) fn is_checked(&self, at: usize) -> bool {
        is_within(&self.boxes.checked, at)
    }

    /// The words beside the checked boxes of the page.
    pub(crate) fn checked(&self) -> &[Span] {
        &self.boxes.checked
    }

    /// Whether a line belongs to an account whose services are columns.
    pub(crate) fn is_transposed(&self, line: usize) -> bool {
        self.transposed.iter().any(|b| b.first().is_some_and(|f| *f <= line) && b.last().is_some_and(|l| line <= *l))
    }

    /// The ideas within a sentence.
    pub(crate) fn said_in(&self, sentence: usize) -> &[Said] {
        let (first, last) = self.said_by_sentence.get(sentence).copied().unwrap_or_default();
        self.said.get(first..last).unwrap_or_default()
    }

    /// Whether a sentence tells how things are in general: a definition, a rule for everybody.
    pub(crate) fn is_general(&self, sentence: usize) -> bool {
        self.general.contains(&sentence)
    }

    /// Where a cue stands.
    pub(crate) fn cue(&self, cue: Cue) -> &[Range] {
        self.cues.get(&cue).map_or(&[], Vec::as_slice)
    }

    /// The first place of a cue wholly within a stretch of tokens.
    pub(crate) fn cue_in(&self, cue: Cue, range: Range) -> Option<Range> {
        self.cue_between(cue, range.0, range.1).find(|(_, to)| *to <= range.1)
    }

    /// The places of a cue that begin between two tokens, both counted. Found without looking at the others: a page may
    /// hold a cue thousands of times.
    pub(crate) fn cue_between(&self, cue: Cue, first: usize, last: usize) -> impl Iterator<Item = Range> + '_ {
        let places = self.cue(cue);
        let start = places.partition_point(|(from, _)| *from < first);
        places.get(start..).unwrap_or_default().iter().copied().take_while(move |(from, _)| *from <= last)
    }

    /// The labels wholly within a stretch of tokens.
    pub(crate) fn labels_in(&self, range: Range) -> impl Iterator<Item = (Range, usize)> + '_ {
        let start = self.labels.partition_point(|(place, _)| place.0 < range.0);
        let near = self.labels.get(start..).unwrap_or_default().iter().copied();
        near.take_while(move |(place, _)| place.0 <= range.1).filter(move |(place, _)| place.1 <= range.1)
    }

    /// Whether the sentence of a token holds a cue.
    pub(crate) fn sentence_has(&self, token: usize, cue: Cue) -> bool {
        self.cue_in(cue, self.page.sentence_of(token)).is_some()
    }

    /// The section a token stands in.
    pub(crate) fn section(&self, token: usize) -> Section {
        let i = self.sections.partition_point(|(at, _)| *at <= token);
        i.checked_sub(1).and_then(|i| self.sections.get(i)).map_or(Section::Body, |(_, s)| *s)
    }

    /// The section the page ends in.
    pub(crate) fn last_section(&self) -> Section {
        self.sections.last().map_or(Section::Body, |(_, s)| *s)
    }

    /// Sections by their headings. "Appeal decision" is no heading of rights, and a greeting begins the body of a letter.
    fn find_sections(&self, before: Section, verdict: &[String]) -> Vec<(usize, Section)> {
        let mut found = vec![(0, 0, before)];
        for (meaning, (from, to)) in &self.hits {
            if let Meaning::Section(section) = meaning
                && self.is_heading(*from, *to)
                && !(*section == Section::Rights && self.is_senders_name(*from, *to))
            {
                let decides = *section == Section::Rights && self.heading_holds(*from, verdict);
                found.push((*from, *to, if decides { Section::Reason } else { *section }));
            }
        }
        found.extend(self.greeting().map(|(from, to)| (from, to, Section::Body)));
        found.sort_by_key(|(from, to, _)| (*from, *to)); // of two that begin together the longer counts
        found.into_iter().map(|(from, _, section)| (from, section)).collect()
    }

    /// "Independent Review Organization" in the first lines: who writes, not what stands below.
    fn is_senders_name(&self, from: usize, to: usize) -> bool {
        let line = self.page.tokens.get(from).map_or(0, |t| t.line);
        let above = self.page.lines.get(..line).unwrap_or_default().iter().filter(|l| !l.cells.is_empty()).count();
        self.number == 1 && above < LETTERHEAD && self.cue_between(Cue::External, from, to + 1).next().is_some()
    }

    /// Whether the line of a heading, up to a colon or full stop, holds one of some words.
    fn heading_holds(&self, from: usize, words: &[String]) -> bool {
        let Some(line) = self.page.tokens.get(from).map(|t| t.line) else { return false };
        let heading = self.page.tokens.iter().enumerate().skip(from).take_while(|(_, t)| t.line == line);
        let mut ended = false;
        heading.take(8).any(|(i, t)| {
            let holds = !ended && crate::data::holds(words, &t.norm);
            ended |= self.page.gap_after(i).contains([':', '.', '?']);
            holds
        })
    }

    /// A heading begins its line and either is the line or is followed by a colon, full stop or dash.
    fn is_heading(&self, from: usize, to: usize) -> bool {
        let Some(first) = self.page.tokens.get(from) else { return false };
        let Some(line) = self.page.lines.get(first.line) else { return false };
        let lead = self.page.slice(line.start, first.start);
        if lead.chars().any(char::is_alphabetic) {
            return false;
        }
        let last = self.page.token_at(line.end);
        let written = self.page.slice(line.start, line.end).trim_end();
        let alone = last.saturating_sub(from) <= 12 && !written.ends_with(['.', ',', ';']);
        let after = self.page.gap_after(to.saturating_sub(1));
        let ends = after.contains('\n') || to >= self.page.tokens.len();
        if to - from == 1 && !ends && !after.trim_start().starts_with([':', '?', '.', '—', '-']) {
            return false; // "Appeal decision" is no heading "Appeal"
        }
        let capitals = !self.page.between(from, to).chars().any(char::is_lowercase);
        alone
            || after.trim_start().starts_with(':')
            || after.starts_with('?')
            || (capitals && after.starts_with(['.', ' ']))
            || (after.starts_with('.') && first.capital && to - from <= 5)
    }

    /// The dates that begin within a byte range.
    pub(crate) fn dates_in(&self, span: Span) -> impl Iterator<Item = &DateFound> {
        let start = self.dates.partition_point(|d| d.span.0 < span.0);
        self.dates.get(start..).unwrap_or_default().iter().take_while(move |d| d.span.0 < span.1)
    }

    /// The amounts that begin within a byte range.
    pub(crate) fn money_in(&self, span: Span) -> impl Iterator<Item = &(Span, String)> {
        let start = self.money.partition_point(|(s, _)| s.0 < span.0);
        self.money.get(start..).unwrap_or_default().iter().take_while(move |(s, _)| s.0 < span.1)
    }

    /// The first greeting that opens a line. "To the parent of …" heads an address where another greeting follows.
    pub(crate) fn greeting(&self) -> Option<Range> {
        let mut lines = self.cue(Cue::Greeting).iter().copied().filter(|h| self.starts_line(h.0));
        let first = lines.next()?;
        let addressed = self.cue_between(Cue::PatientCue, first.0, first.1).next().is_some();
        Some(lines.next().filter(|_| addressed).unwrap_or(first))
    }

    /// Whether a token is the first of its line.
    pub(crate) fn starts_line(&self, token: usize) -> bool {
        let Some(t) = self.page.tokens.get(token) else { return false };
        self.page.lines.get(t.line).is_some_and(|l| self.page.slice(l.start, t.start).trim().is_empty())
    }

    /// Byte range of a sentence of tokens `range`.
    pub(crate) fn bytes(&self, range: Range) -> Span {
        let (Some(a), Some(b)) =
            (self.page.tokens.get(range.0), range.1.checked_sub(1).and_then(|i| self.page.tokens.get(i)))
        else {
            return (0, 0);
        };
        (a.start, b.end)
    }
}

/// Whether a place lies within one of several stretches, in the order of the text.
fn is_within(spans: &[Span], at: usize) -> bool {
    spans.get(spans.partition_point(|s| s.1 <= at)).is_some_and(|s| s.0 <= at)
}

impl Reader {
    /// For people who edit `kb/notice/`: every phrase of the data that stands in a text, with what it means, and what
    /// the kinds of paper score.
    pub fn explain(&self, text: &str) -> Vec<String> {
        let view = View::new(self, text, 1, Section::Body);
        let words = |r: &Range| crate::text::tidy(view.page.between(r.0, r.1));
        let mut out: Vec<(usize, String)> = Vec::new();
        for (cue, ranges) in &view.cues {
            out.extend(ranges.iter().map(|r| (r.0, format!("cue {cue:?}: {}", words(r)))));
        }
        out.extend(
            view.said.iter().map(|(i, r)| (r.0, format!("{}: {}", self.name_of(Meaning::Concept(*i)), words(r)))),
        );
        out.extend(view.hits.iter().map(|(meaning, r)| (r.0, format!("{}: {}", self.name_of(*meaning), words(r)))));
        out.extend(self.explained_combinations(&view));
        out.sort();
        let mut lines: Vec<String> =
            out.into_iter().map(|(at, line)| format!("{:?} {line}", view.section(at))).collect();
        let scores = self.kind_scores(&self.seen(std::slice::from_ref(&view)));
        lines.extend(self.explained_sums(std::slice::from_ref(&view)));
        lines.extend(scores.into_iter().map(|(kind, score)| format!("score of {kind}: {score}")));
        lines
    }

    fn name_of(&self, meaning: Meaning) -> String {
        let reason = |i: usize| self.reasons.get(i).map_or("", |r| r.reason.as_str());
        match meaning {
            Meaning::Label(i) => format!("label {}", self.labels.get(i).map_or("", |l| l.field.as_str())),
            Meaning::Reason(i, weight) => format!("reason {} ({weight:?})", reason(i)),
            Meaning::Concept(i) => format!("concept {}", self.concepts.concept.get(i).map_or("", |c| c.name.as_str())),
            Meaning::Unless(i) => format!("takes back {}", reason(i)),
            Meaning::Document(i, weight) => {
                format!("kind {} ({weight})", self.documents.get(i).map_or("", |d| d.kind.as_str()))
            }
            Meaning::Title(i) => format!("title of {}", self.documents.get(i).map_or("", |d| d.kind.as_str())),
            Meaning::PlanKind(_) => "kind of plan".into(),
            Meaning::Specialty => "specialty".into(),
            Meaning::Section(section) => format!("heading {section:?}"),
            Meaning::Cue(cue) => format!("cue {cue:?}"),
        }
    }
}
