//! Labelled rows: `Member ID: W123`, two columns of them, a label above its value, labels without a colon.

use crate::data::{Label, Meaning, Reader, ValueType, holds};
use crate::found::{Found, LABELLED, SAID, WEAKLY_LABELLED};
use crate::grids::{label_start, stands_under};
use crate::row_values::{has_digits, id};
use crate::text::Cell;
use crate::values::Span;
use crate::view::View;

/// Words before a label that show that it stands in the middle of a sentence.
const MID_SENTENCE: usize = 6;

/// The longest line of a narrow page, in bytes.
const NARROW: usize = 48;

/// A label where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) label: usize,
    pub(crate) line: usize,
    pub(crate) start: usize,
    /// After the colon, or after the last word where there is none.
    pub(crate) end: usize,
    colon: bool,
    /// A number sign follows the words.
    hash: bool,
    /// Begins its cell.
    leads: bool,
    /// Stands after a mark that may end a value.
    bounded: bool,
}

impl Place {
    /// A label of [`crate::bags`]: begins its cell.
    pub(crate) fn of_bag(label: usize, line: usize, start: usize, end: usize, colon: bool) -> Place {
        Place { label, line, start, end, colon, hash: false, leads: true, bounded: true }
    }

    /// Whether a colon follows it.
    pub(crate) fn is_colon(&self) -> bool {
        self.colon
    }

    /// Whether it is a label to the eye: it begins a cell, or a colon follows.
    pub(crate) fn is_row(&self) -> bool {
        self.colon || self.leads
    }
}

impl Reader {
    /// All labels of a page, longest first where two overlap.
    pub(crate) fn label_places(&self, view: &View) -> Vec<Place> {
        view.places.get_or_init(|| self.find_label_places(view)).clone()
    }

    fn find_label_places(&self, view: &View) -> Vec<Place> {
        let mut places: Vec<(Place, usize)> = Vec::new();
        for (meaning, (from, to)) in &view.hits {
            let Meaning::Label(label) = meaning else { continue };
            if let Some(place) = self.place(view, *label, *from, *to) {
                places.push((place, *to));
            }
        }
        places.sort_by_key(|(p, to)| (p.start, std::cmp::Reverse(*to)));
        let mut out: Vec<Place> = Vec::new();
        let mut reach = 0;
        for (place, _) in places {
            if place.start >= reach {
                reach = place.end;
                out.push(place);
            }
        }
        out.extend(self.bag_places(view, &out));
        out.sort_by_key(|p| p.start);
        out
    }

    fn place(&self, view: &View, label: usize, from: usize, to: usize) -> Option<Place> {
        let page = &view.page;
        let (first, last) = (page.tokens.get(from)?, page.tokens.get(to.checked_sub(1)?)?);
        let weak = self.labels.get(label).filter(|l| !l.head)?.weak;
        if page.slice(first.start, last.end).eq_ignore_ascii_case("mm") {
            return None; // folds to the same as "MRN"
        }
        if page.slice(first.start, last.end).contains([',', ';']) {
            return None; // "Reconsideration decision, ID G8800": two things
        }
        if self.is_credential_after_name(view, from) {
            return None; // "Yolanda Fitzgerald, PT, DPT"
        }
        if first.line != last.line {
            return self.wrapped_place(view, label, from, to).filter(|_| !weak);
        }
        if self.continues_a_sentence(view, from) && !self.takes_bare(label) {
            return None; // "that you or your\nprescriber requested: Nurtec 75 mg"
        }
        let line = page.lines.get(first.line)?;
        let lead = page.slice(line.start, first.start);
        let cell = line.cells.iter().find(|c| c.start <= first.start && first.start < c.end)?;
        let in_cell = page.slice(cell.start, first.start);
        let boxed =
            is_box_number(in_cell) && page.slice(last.end, cell.end).trim_matches([' ', '.', ':', '#']).is_empty();
        let leads = !in_cell.chars().any(char::is_alphanumeric) || boxed || self.leads_up(in_cell);
        let bounded = leads || lead.trim_end().ends_with([':', ';', ',', '|', '/', '(', '.']);
        let (end, colon) = self.after_label(page.slice(last.end, line.end), last.end);
        if self.labels.get(label).is_some_and(|l| l.opens) && !(leads && colon) {
            return None;
        }
        let hash = page.slice(last.end, end).contains('#');
        let numbered = bounded
            && self.labels.get(label).is_some_and(|l| !l.hash.is_empty())
            && id(view, (end, cell.end)).is_some_and(|s| s.0 <= end + 2 && has_digits(view, s, 4));
        let goes_on = weak && leads && !colon && !numbered && self.goes_on_a_name(view, from);
        if goes_on && !page.slice(end, cell.end).trim().is_empty() {
            return None; // "Farmington Allergy\nGroup for skin testing"
        }
        let stopped = page.slice(last.end, cell.end).trim() == "." && !self.takes_bare(label); // the end of a sentence
        let fills_cell = leads && !stopped && page.slice(end, cell.end).trim().is_empty();
        let valued = leads && self.value_follows(view, label, end);
        let within = !page.slice(end, cell.end).trim().is_empty();
        if within && weak && !leads && !colon && !hash_follows(page.slice(last.end, end)) && self.takes_bare(label) {
            // "Power wheelchair, group 2 (K0823)": a short word within a value is no label of so short a number
            id(view, (end, cell.end)).filter(|s| s.0 <= end + 4 && is_number_like(view, *s))?;
        }
        let worded = self.labels.get(label).is_some_and(|l| l.kind == ValueType::Diagnosis);
        if colon && worded && !leads && !bounded && in_cell.split_whitespace().count() >= MID_SENTENCE {
            return None; // "used for a condition that is no accepted indication: the use is not approved"
        }
        if !(colon
            || numbered
            || fills_cell
            || valued
            || (bounded && (!weak || hash || self.takes_bare(label)))
            || self.takes_bare(label)
            || leads && within && self.is_line_of_rows(view, first.line))
        {
            return None;
        }
        Some(Place { label, line: first.line, start: first.start, end, colon, hash, leads, bounded })
    }

    /// "Issue Date 11/02/2026   Subscriber DALE HOBBS   ID# 55   Group 4471B": at least so many cells of a line that each begin with
    /// a label and go on.
    fn is_line_of_rows(&self, view: &View, line: usize) -> bool {
        const LEAST: usize = 3;
        let Some(cells) = view.page.lines.get(line).map(|l| l.cells.as_slice()).filter(|c| c.len() >= LEAST) else {
            return false;
        };
        let row = |c: &&Cell| {
            let at = view.page.token_at(c.start);
            let end = view.page.token_at(c.end);
            view.labels_in((at, end)).any(|(r, _)| r.0 == at && r.1 < end)
        };
        cells.iter().filter(row).count() >= LEAST
    }

    /// "Your member number\nis 8827-114": a label that runs over a line end within a sentence.
    fn wrapped_place(&self, view: &View, label: usize, from: usize, to: usize) -> Option<Place> {
        let page = &view.page;
        let (first, last) = (page.tokens.get(from)?, page.tokens.get(to.checked_sub(1)?)?);
        let together = first.sentence == last.sentence && first.line + 1 == last.line;
        let line = page.lines.get(last.line).filter(|_| together)?;
        let (end, colon) = self.after_label(page.slice(last.end, line.end), last.end);
        let valued = line.cells.len() == 2 && colon && line.cells.first().is_some_and(|c| c.end <= end);
        if line.cells.len() != 1 && !valued {
            return None;
        }
        Some(Place { label, line: last.line, start: line.start, end, colon, hash: false, leads: false, bounded: true })
    }

    /// Whether a small word begins its line and the sentence of the line before goes on with it: "your\ndoctor requested".
    pub(crate) fn continues_a_sentence(&self, view: &View, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|i| view.page.tokens.get(i));
        let (Some(before), Some(t)) = (before, view.page.tokens.get(at)) else { return false };
        let near = before.line + 1 == t.line && view.page.gap_after(at - 1).trim().is_empty();
        holds(&self.words.goes_on, &before.norm) && !t.capital && before.sentence == t.sentence && near
    }

    /// Whether a capitalised word begins its line and the line before ends with one, in the same sentence.
    fn goes_on_a_name(&self, view: &View, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|i| view.page.tokens.get(i));
        let (Some(before), Some(t)) = (before, view.page.tokens.get(at)) else { return false };
        let near = before.line + 1 == t.line && view.page.gap_after(at - 1).trim().is_empty();
        near && before.capital && t.capital && before.sentence == t.sentence
    }

    /// Whether a word is a credential after a name and a comma, with no colon: not the label it also could be ("PT").
    fn is_credential_after_name(&self, view: &View, at: usize) -> bool {
        let Some(t) = view.page.tokens.get(at) else { return false };
        let before = at.checked_sub(1).map_or("", |i| view.page.gap_after(i));
        let shouted = !view.page.slice(t.start, t.end).contains(char::is_lowercase);
        let colon = view.page.gap_after(at).trim_start().starts_with(':');
        before == ", " && shouted && !colon && holds(&self.words.credentials, &t.norm)
    }

    /// "Re: Member:", "Your claim number": words that lead up to a label at the beginning of a cell.
    fn leads_up(&self, lead: &str) -> bool {
        // a long lead is no label's, and not worth folding for every label of a long line
        lead.len() <= NARROW
            && holds(&self.words.label_leads, &crate::phrase::fold_word(lead.trim().trim_end_matches([':', '.'])))
    }

    /// Ids and dates may follow their label without a colon, even in the middle of a sentence.
    fn takes_bare(&self, label: usize) -> bool {
        self.labels.get(label).is_some_and(|l| matches!(l.kind, ValueType::Id))
    }

    /// "Charge $1,944.00", "Processed 07/08/26": a cell that is a label and its value.
    fn value_follows(&self, view: &View, label: usize, end: usize) -> bool {
        match self.labels.get(label).map(|l| l.kind) {
            Some(ValueType::Amount) => view.money_in((end, end + 3)).next().is_some(),
            Some(ValueType::Date) => view.dates_in((end, end + 3)).next().is_some(),
            Some(ValueType::Organisation) if self.labels.get(label).is_some_and(|l| l.field == "plan.name") => {
                let line = view.page.lines.get(view.page.line_at(end));
                let cell = line.and_then(|l| l.cells.iter().find(|c| c.start < end && end < c.end));
                cell.is_some_and(|c| self.is_product(view, (end, c.end))) // "Plan Bergamot Choice PPO"
            }
            _ => false,
        }
    }

    /// Steps over `(short note)`, `#`, `No.` and the colon.
    fn after_label(&self, rest: &str, offset: usize) -> (usize, bool) {
        let mut at = 0;
        loop {
            let here = rest.get(at..).unwrap_or("");
            let blank = here.len() - here.trim_start().len();
            let next = here.trim_start();
            if blank > 3 && !next.starts_with(':') {
                return (offset + at, false);
            }
            let leader = next.len() - next.trim_start_matches(['.', '…', '_', ' ']).len();
            let dots = next.get(..leader).map_or(0, |l| l.bytes().filter(|b| *b != b' ').count());
            if dots >= 4 {
                return (offset + rest.len() - next.len() + leader, true);
            }
            if let Some(after) = next.strip_prefix(':').or_else(|| next.strip_prefix('=')) {
                return (offset + rest.len() - after.len(), true);
            }
            if next.starts_with('(')
                && let Some(close) = next.find(')').filter(|c| *c <= 24)
                && !next.get(..close).is_some_and(|t| t.bytes().any(|b| b.is_ascii_digit()))
                && next.get(close + 1..).is_some_and(|t| t.trim_start().starts_with(':'))
            {
                at += blank + close + 1;
            } else if next.starts_with(['#', '.']) {
                at += blank + 1;
            } else {
                return (offset + at, false);
            }
        }
    }

    /// Every value of every labelled row of the page.
    pub(crate) fn labelled(&self, view: &View, places: &[Place]) -> Vec<Found> {
        let mut out = Vec::new();
        let mut heads = self.head_lines(view);
        heads.extend(view.grids.iter().map(|g| g.labels));
        out.extend(self.in_grids(view, places));
        out.extend(self.in_stacks(view, places, &mut heads));
        for (i, place) in places.iter().enumerate() {
            let Some(label) = self.labels.get(place.label).filter(|_| !heads.contains(&place.line)) else { continue };
            let region = (place.end, view.page.lines.get(place.line).map_or(place.end, |l| l.end));
            // "Member 55-1077" and, in a row of two cells, "Member    VLH 1190 4472"
            let near = |s: Span| {
                s.0 <= place.end + 2
                    || place.leads && view.page.slice(place.end, s.0).trim_matches([' ', ':']).is_empty()
            };
            let number = || id(view, region).is_some_and(|s| near(s) && has_digits(view, s, 4));
            let numbered = ((place.hash || number()) && !label.hash.is_empty()).then(|| Label {
                kind: ValueType::Id,
                field: label.hash.clone(),
                ..label.clone()
            });
            let label = numbered.as_ref().unwrap_or(label);
            let opening = || self.other_meanings(view, place).filter_map(|l| self.labels.get(l)).find(|l| l.opens);
            let label = match label.kind {
                ValueType::Boundary if place.colon && place.leads => opening(),
                ValueType::Boundary => None,
                _ => Some(label),
            };
            let Some(label) = label else { continue };
            let next = places.get(i + 1).filter(|n| n.line == place.line && (n.colon || n.leads || n.bounded));
            // "Date: 08/27/2026" at the head of a line is the paper's own before "Process date:"
            let weak = label.weak && label.kind == ValueType::Date;
            let least = if !weak {
                0
            } else if place.colon && place.leads {
                LABELLED + 1
            } else {
                WEAKLY_LABELLED
            };
            let mut found = self.row(view, label, *place, next.copied(), places);
            if found.is_empty() && place.colon {
                let others = self.other_meanings(view, place).filter_map(|l| self.labels.get(l));
                let tried = others.map(|l| self.row(view, l, *place, next.copied(), places));
                found = tried.into_iter().find(|f| !f.is_empty()).unwrap_or_default();
            }
            let below = self.place_below(view, label, &found, places);
            let found = found.into_iter().chain(below);
            let rank = |f: &Found| f.rank.max(least) + label.behind;
            out.extend(found.map(|f| Found { rank: rank(&f), ..f }));
        }
        out
    }

    /// The other fields that the same words can name: "Request: knee brace" is a service where it is no number.
    fn other_meanings(&self, view: &View, place: &Place) -> impl Iterator<Item = usize> {
        let from = view.page.token_at(place.start);
        let to = view.page.token_at(place.end);
        let same: Vec<(usize, usize)> =
            view.labels_in((from, to)).filter(|(r, _)| r.0 == from).map(|(r, label)| (r.1, label)).collect();
        let longest = same.iter().map(|(end, _)| *end).max();
        let other = |l: usize| self.labels.get(l).is_some_and(|l| !l.head && l.kind != ValueType::Boundary);
        let label = place.label;
        let found: Vec<usize> =
            same.iter().filter(|(end, l)| Some(*end) == longest && *l != label && other(*l)).map(|(_, l)| *l).collect();
        found.into_iter()
    }

    fn row(&self, view: &View, label: &Label, place: Place, next: Option<Place>, places: &[Place]) -> Vec<Found> {
        let Some(line) = view.page.lines.get(place.line) else { return Vec::new() };
        let cell = line.cells.iter().find(|c| c.start <= place.start && place.start < c.end);
        let cell_end = cell.map_or(line.end, |c| c.end);
        let nested = next.is_some_and(|n| {
            let at_once = n.start < cell_end && view.page.slice(place.end, n.start).trim().is_empty();
            at_once && (n.colon || !place.colon || label.kind != ValueType::Id) // "No.: SVC 88 20417" is a number
        });
        let next = next
            .map(|n| n.start)
            .filter(|n| nested || label.kind != ValueType::Id || !view.page.slice(place.end, *n).trim().is_empty());
        let prose = matches!(label.kind, ValueType::Service | ValueType::Diagnosis | ValueType::Text);
        if nested && !prose {
            return Vec::new();
        }
        let next = next.filter(|_| !nested);
        let here = (place.end, next.map_or(cell_end, |n| n.min(cell_end)));
        if !view.page.slice(here.0, here.1).trim().is_empty() {
            let bare = !place.colon;
            if bare && !place.leads && label.weak && self.within_criteria(view, place) {
                return Vec::new(); // "The carrier's criteria, Policy DME-09, agree"
            }
            if bare && !self.follows_bare(view, label, place, here) {
                return Vec::new();
            }
            let found = self.parse(view, label, self.with_continuation(view, label, place, here, places));
            let in_prose = bare && !place.leads && !place.bounded;
            return found.into_iter().map(|f| Found { rank: if in_prose { SAID } else { f.rank }, ..f }).collect();
        }
        let beside = line.cells.iter().find(|c| c.start >= cell_end);
        if let Some(beside) = beside
            && !places.iter().any(|p| p.start == beside.start)
            && next.is_none_or(|n| n > beside.start)
        {
            let end = next.map_or(beside.end, |n| n.min(beside.end));
            if label.weak && label.kind == ValueType::Id && !place.colon && !is_number_like(view, (beside.start, end)) {
                let policy = label.field == "member.id" && self.is_product(view, (beside.start, end));
                return if policy { self.named_policy(view, (beside.start, end)) } else { Vec::new() };
            }
            let found =
                self.parse(view, label, self.with_continuation(view, label, place, (beside.start, end), places));
            if found.is_empty() && label.field == "plan.group_number" {
                // "City of Larkmere · 005518": the name of the group, then its number
                let rest = (beside.start, next.unwrap_or(line.end));
                return self.parse(view, label, rest);
            }
            return found;
        }
        let prose = line.cells.len() == 1 && !place.leads && label.kind != ValueType::Id; // "…, Aseguradora" at the end of a line of running text
        if (label.weak && !place.bounded || prose) && !place.leads && !place.colon {
            return Vec::new(); // "Lumen Benefits Group" and, below, "Hello Ana (ID 7)"
        }
        if beside.is_some() && !place.colon && !self.heads_a_pair(view, place, places) {
            return Vec::new(); // a row of a table's heads: `tables` reads it
        }
        self.below(view, label, place, places)
    }

    /// Whether a word for criteria stands before a label in its sentence.
    fn within_criteria(&self, view: &View, place: Place) -> bool {
        let at = view.page.token_at(place.start);
        let words = view.page.tokens.get(view.page.sentence_of(at).0..at).unwrap_or(&[]);
        words.iter().any(|t| holds(&self.words.criteria_core, &t.norm))
    }

    /// Without a colon the value must have the form of its type and follow at once.
    fn follows_bare(&self, view: &View, label: &Label, place: Place, here: Span) -> bool {
        match label.kind {
            ValueType::Id if place.leads && label.field == "plan.group_number" => {
                !self.parse(view, label, here).is_empty()
            }
            ValueType::Id => {
                let found = self.parse(view, label, here);
                let long = |f: &Found| {
                    let least = if label.weak { 4 } else { 2 };
                    f.value.bytes().filter(u8::is_ascii_digit).count() >= least
                        || place.bounded && is_number_like(view, f.span)
                };
                found.first().is_some_and(|f| f.span.0 <= here.0 + 4 && long(f))
            }
            ValueType::Date => (place.leads || place.bounded) && view.dates_in((here.0, here.0 + 3)).next().is_some(),
            ValueType::Amount => place.leads && view.money_in((here.0, here.0 + 4)).next().is_some(),
            ValueType::Name | ValueType::Provider => place.leads && !label.weak,
            ValueType::Organisation if label.field == "plan.name" => place.leads && self.is_product(view, here),
            _ => false,
        }
    }

    /// The place of care in the cell under a physician's name: "Treating provider: Dr. Ana Ruiz" and, below, "Lakeside Clinic".
    fn place_below(&self, view: &View, label: &Label, found: &[Found], places: &[Place]) -> Option<Found> {
        let person = found.iter().find(|f| f.field == "provider.treating" && label.kind == ValueType::Provider)?;
        if label.opens || found.iter().any(|f| f.field == "provider.facility") {
            return None;
        }
        let number = view.page.line_at(person.span.0);
        let cell =
            view.page.lines.get(number)?.cells.iter().find(|c| c.start <= person.span.0 && person.span.0 < c.end)?;
        let below = view.page.lines.get(number + 1)?.cells.iter().find(|c| {
            let under = view.page.slice(cell.start, person.span.0).chars().count() + cell.left;
            c.left.abs_diff(cell.left) <= 1 || c.left.abs_diff(under) <= 1
        })?;
        let labelled = places.iter().any(|p| p.start >= below.start && p.start < below.end && p.is_row());
        let place = !labelled && self.is_place(view, (below.start, below.end));
        place.then(|| Found::words(view, "provider.facility", (below.start, below.end), WEAKLY_LABELLED))?
    }

    /// The value under the label: the cell of the next line that is not empty and stands below it.
    fn below(&self, view: &View, label: &Label, place: Place, places: &[Place]) -> Vec<Found> {
        let Some(head) = view.page.lines.get(place.line) else { return Vec::new() };
        let Some(top) = head.cells.iter().find(|c| c.start <= place.start && place.start < c.end) else {
            return Vec::new();
        };
        let below = view.page.lines.iter().skip(place.line + 1).take(2).find(|l| !l.cells.is_empty());
        let Some(cell) = below.and_then(|l| l.cells.iter().find(|c| c.left < top.right && top.left < c.right)) else {
            return Vec::new();
        };
        if places.iter().any(|p| p.start >= cell.start && p.start < cell.end && p.leads) {
            return Vec::new();
        }
        // "Hampton Sleep &" and, below, "Lung Center"; "Tidewater Ship Repair" and, below, "No. 1809-B"
        let next = view.page.lines.get(view.page.line_at(cell.start) + 1).map(|l| l.cells.as_slice());
        let next = match next {
            Some([n])
                if n.left.abs_diff(cell.left) <= 1 && !places.iter().any(|p| p.start == n.start && p.is_colon()) =>
            {
                Some(*n)
            }
            _ => None,
        };
        let open = view.page.slice(cell.start, cell.end).ends_with(['&', '-']);
        let found = self.parse(view, label, (cell.start, next.filter(|_| open).map_or(cell.end, |n| n.end)));
        match next.filter(|_| found.is_empty() && label.kind == ValueType::Id) {
            Some(n) if self.begins_with_number(view, n) => self.parse(view, label, (n.start, n.end)),
            _ => found,
        }
    }

    /// "No. 1809-B", "# 7".
    fn begins_with_number(&self, view: &View, cell: Cell) -> bool {
        let word = view
            .page
            .tokens
            .get(view.page.token_at(cell.start))
            .is_some_and(|t| holds(&self.words.number_words, &t.norm));
        word || view.page.slice(cell.start, cell.end).starts_with('#')
    }

    /// Two labels side by side and two values in the line below: a form in two columns, each label above its value.
    fn heads_a_pair(&self, view: &View, place: Place, places: &[Place]) -> bool {
        let (Some(head), Some(below)) = (view.page.lines.get(place.line), view.page.lines.get(place.line + 1)) else {
            return false;
        };
        let ([a, b], [x, y]) = (head.cells.as_slice(), below.cells.as_slice()) else { return false };
        let aligned = stands_under(view, a, x) && stands_under(view, b, y);
        let is_label = |cell: &Cell| {
            let start = label_start(view, cell);
            places.iter().any(|p| p.start == start && p.end >= cell.end)
        };
        aligned && is_label(a) && is_label(b) && !is_label(x) && !is_label(y)
    }

    /// Text that runs on in the next line, indented to the value or beginning with a small letter.
    fn with_continuation(&self, view: &View, label: &Label, place: Place, here: Span, places: &[Place]) -> Span {
        let runs_on = !matches!(
            label.kind,
            ValueType::Id | ValueType::Date | ValueType::Amount | ValueType::Phone | ValueType::Fax
        );
        let Some(line) = view.page.lines.get(place.line) else { return here };
        if !runs_on || here.1 < line.end.min(here.1 + 1) && here.1 != line.end {
            return here;
        }
        let Some(next) = view.page.lines.get(place.line + 1) else { return here };
        let [cell] = next.cells.as_slice() else { return here };
        if matches!(label.kind, ValueType::Name | ValueType::Provider | ValueType::Organisation) {
            let value_column = line.cells.iter().find(|c| c.start >= place.end).map(|c| c.left);
            let hangs = value_column.is_some_and(|c| c > 0 && cell.left.abs_diff(c) <= 1);
            // "Plan   Penobscot Paper Mills" and, under it, "Employee Benefit Plan"
            let free =
                !places.iter().any(|p| p.start >= cell.start && p.start < cell.end && (p.colon || p.end >= cell.end));
            let name = view.page.slice(cell.start, cell.end);
            let named = name.len() <= 40
                && name.split_whitespace().filter(|w| w.len() > 3).all(|w| w.starts_with(char::is_uppercase));
            let second = label.kind == ValueType::Organisation
                && line.cells.len() == 2
                && hangs
                && free
                && named
                && !name.contains([':', ',', '$'])
                && !name.contains(|c: char| c.is_ascii_digit());
            if second {
                return (here.0, next.end);
            }
            let open = label.opens && hangs && view.page.slice(here.0, here.1).trim_end().ends_with(',');
            let goes_on = open || self.name_runs_on(view, here, *cell, places);
            return if goes_on { (here.0, next.end) } else { here };
        }
        let small = view.page.slice(cell.start, cell.end).chars().next().is_some_and(char::is_lowercase);
        let value_column = line.cells.iter().find(|c| c.start >= place.end).map(|c| c.left);
        let hangs = value_column.is_some_and(|c| c > 0 && cell.left.abs_diff(c) <= 1);
        let labelled = places.iter().any(|p| p.line == place.line + 1);
        if (small || hangs) && !labelled && !view.page.slice(here.0, here.1).trim_end().ends_with('.') {
            (here.0, next.end)
        } else {
            here
        }
    }

    /// On a narrow page a name of one word goes on in the next line, when that is nothing but capitalised words.
    fn name_runs_on(&self, view: &View, here: Span, cell: Cell, places: &[Place]) -> bool {
        let narrow = view.page.lines.iter().all(|l| l.end - l.start <= NARROW);
        let range = (view.page.token_at(cell.start), view.page.token_at(cell.end));
        let words = view.page.tokens.get(range.0..range.1).unwrap_or(&[]);
        let name = (1..=3).contains(&words.len()) && words.iter().all(|t| t.capital && !t.has_digit);
        let labelled = places.iter().any(|p| p.start >= cell.start && p.start < cell.end);
        let begun = view.page.token_at(here.1) - view.page.token_at(here.0) <= 3;
        narrow && name && !labelled && begun
    }
}

/// "9 ", "(9) ", "9. ", "c. " or "F1 " before "DENTIST": the number of a form's box.
pub(crate) fn is_box_number(lead: &str) -> bool {
    let number = lead.trim_end_matches(' ');
    if number.len() == lead.len() {
        return false; // something of the word itself
    }
    let bare = number.strip_prefix('(').and_then(|n| n.strip_suffix(')')).unwrap_or(number);
    let bare = bare.strip_suffix('.').unwrap_or(bare);
    let digits = (1..=2).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_digit());
    let letter = bare.len() == 1 && bare.bytes().all(|b| b.is_ascii_alphabetic()) && bare.len() < number.len();
    let both = bare.len() == 2
        && bare.starts_with(|c: char| c.is_ascii_uppercase())
        && bare.ends_with(|c: char| c.is_ascii_digit());
    digits || letter || both
}

fn hash_follows(text: &str) -> bool {
    text.contains('#')
}

/// Whether a stretch reads as a number: four digits, or letters, two digits and a hyphen ("KM-77").
fn is_number_like(view: &View, span: Span) -> bool {
    let words = view.page.slice(span.0, span.1).trim();
    let one = !words.contains(' ') && words.contains('-') && words.contains(|c: char| c.is_ascii_uppercase());
    has_digits(view, span, 4) || one && has_digits(view, span, 2)
}
