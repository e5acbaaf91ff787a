//! Labelled rows: `Member ID: W123`, two columns of them, a label above its value, labels without a colon.

use crate::data::{Label, Meaning, Reader, ValueType, holds};
use crate::found::{Found, LABELLED, PLACED, SAID, WEAKLY_LABELLED, trim};
use crate::names;
use crate::text::Cell;
use crate::values::Span;
use crate::view::View;

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
        if self.is_credential_after_name(view, from) {
            return None; // "Yolanda Fitzgerald, PT, DPT"
        }
        if first.line != last.line {
            return self.wrapped_place(view, label, from, to).filter(|_| !weak);
        }
        if continues_a_sentence(view, from) && !self.takes_bare(label) {
            return None; // "that you or your\nprescriber requested: Nurtec 75 mg"
        }
        let line = page.lines.get(first.line)?;
        let lead = page.slice(line.start, first.start);
        let cell = line.cells.iter().find(|c| c.start <= first.start && first.start < c.end)?;
        let in_cell = page.slice(cell.start, first.start);
        let leads = !in_cell.chars().any(char::is_alphanumeric) || self.leads_up(in_cell);
        let bounded = leads || lead.trim_end().ends_with([':', ';', ',', '|', '/', '(', '.']);
        let (end, colon) = self.after_label(page.slice(last.end, line.end), last.end);
        if self.labels.get(label).is_some_and(|l| l.opens) && !(leads && colon) {
            return None;
        }
        let hash = page.slice(last.end, end).contains('#');
        let stopped = page.slice(last.end, cell.end).trim() == "." && !self.takes_bare(label); // the end of a sentence
        let fills_cell = leads && !stopped && page.slice(end, cell.end).trim().is_empty();
        let valued = leads && self.value_follows(view, label, end);
        let within = !page.slice(end, cell.end).trim().is_empty();
        if within && weak && !leads && !colon && !hash_follows(page.slice(last.end, end)) && self.takes_bare(label) {
            // "Power wheelchair, group 2 (K0823)": a short word within a value is no label of so short a number
            id(view, (end, cell.end)).filter(|s| s.0 <= end + 4 && has_digits(view, *s, 4))?;
        }
        if !(colon
            || fills_cell
            || valued
            || (bounded && (!weak || hash || self.takes_bare(label)))
            || self.takes_bare(label))
        {
            return None;
        }
        Some(Place { label, line: first.line, start: first.start, end, colon, hash, leads, bounded })
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
            let number = || id(view, region).is_some_and(|s| s.0 <= place.end + 2 && has_digits(view, s, 4));
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
            let unsure = label.weak && label.kind == ValueType::Date;
            let mut found = self.row(view, label, *place, next.copied(), places);
            if found.is_empty() && place.colon {
                let others = self.other_meanings(view, place).filter_map(|l| self.labels.get(l));
                let tried = others.map(|l| self.row(view, l, *place, next.copied(), places));
                found = tried.into_iter().find(|f| !f.is_empty()).unwrap_or_default();
            }
            let found = found.into_iter();
            out.extend(found.map(|f| Found { rank: if unsure { f.rank.max(WEAKLY_LABELLED) } else { f.rank }, ..f }));
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
            if label.weak && label.kind == ValueType::Id && !place.colon && !has_digits(view, (beside.start, end), 4) {
                let policy = label.field == "member.id" && self.is_product(view, (beside.start, end));
                return if policy { self.named_policy(view, (beside.start, end)) } else { Vec::new() };
            }
            return self.parse(view, label, self.with_continuation(view, label, place, (beside.start, end), places));
        }
        if beside.is_some() && !place.colon && !self.heads_a_pair(view, place, places) {
            return Vec::new(); // a row of a table's heads: `tables` reads it
        }
        self.below(view, label, place, places)
    }

    /// Without a colon the value must have the form of its type and follow at once.
    fn follows_bare(&self, view: &View, label: &Label, place: Place, here: Span) -> bool {
        match label.kind {
            ValueType::Id if place.leads && label.field == "plan.group_number" => {
                !self.parse(view, label, here).is_empty()
            }
            ValueType::Id => {
                let found = self.parse(view, label, here);
                let long =
                    |f: &Found| f.value.bytes().filter(u8::is_ascii_digit).count() >= if label.weak { 4 } else { 2 };
                found.first().is_some_and(|f| f.span.0 <= here.0 + 4 && long(f))
            }
            ValueType::Date => (place.leads || place.bounded) && view.dates_in((here.0, here.0 + 3)).next().is_some(),
            ValueType::Amount => place.leads && view.money_in((here.0, here.0 + 4)).next().is_some(),
            ValueType::Name | ValueType::Provider => place.leads && !label.weak,
            ValueType::Organisation if label.field == "plan.name" => place.leads && self.is_product(view, here),
            _ => false,
        }
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
        self.parse(view, label, (cell.start, cell.end))
    }

    /// Two labels side by side and two values in the line below: a form in two columns, each label above its value.
    fn heads_a_pair(&self, view: &View, place: Place, places: &[Place]) -> bool {
        let (Some(head), Some(below)) = (view.page.lines.get(place.line), view.page.lines.get(place.line + 1)) else {
            return false;
        };
        let ([a, b], [x, y]) = (head.cells.as_slice(), below.cells.as_slice()) else { return false };
        let aligned = x.left.abs_diff(a.left) <= 2 && y.left.abs_diff(b.left) <= 2;
        let is_label = |cell: &Cell| places.iter().any(|p| p.start == cell.start && p.end >= cell.end);
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

    /// Reads a region by the label's type.
    pub(crate) fn parse(&self, view: &View, label: &Label, region: Span) -> Vec<Found> {
        let Some(field) = crate::field_name(&label.field) else { return Vec::new() };
        match label.kind {
            ValueType::Date => self.parse_dates(view, field, region),
            ValueType::Amount => view
                .money_in((region.0, region.1.min(region.0 + 30)))
                .next()
                .map(|(span, value)| Found::normalized(view, field, value.clone(), *span, LABELLED))
                .into_iter()
                .collect(),
            ValueType::Id => {
                let span = id(view, region)
                    .or_else(|| self.group_id(view, field, region))
                    .filter(|s| !is_toll_free(view, *s) && !is_idaho(view, *s))
                    .filter(|s| !(label.weak && view.phones.iter().any(|p| p.0 <= s.0 && s.1 <= p.1)));
                match span.filter(|s| !label.weak || s.1 - s.0 >= 4) {
                    Some(s) => {
                        let mut found: Vec<Found> = Found::words(view, field, s, LABELLED).into_iter().collect();
                        found.extend(self.more_ids(view, field, s, region));
                        found
                    }
                    None if field == "member.id" && label.weak => self.named_policy(view, region),
                    None => Vec::new(),
                }
            }
            ValueType::Name => {
                // "To: Ana Ruiz, MD, Lakeside Clinic": written to who gives the care
                if label.opens && self.person(view, region).is_some_and(|p| p.credential) {
                    return self.parse_provider(view, region);
                }
                let mut person = self.parse_person(view, field, region);
                let number = person.first().and_then(|p| self.number_after_name(view, p, region));
                person.extend(number);
                let small = view.page.slice(region.0, region.1).trim_start().starts_with(char::is_lowercase);
                // "For: physical therapy at …", "For: Excision by laparoscope, 58662"
                let coded = !self.scan.procedures(view.page.slice(region.0, region.1)).is_empty();
                if label.opens && (small || coded) && person.is_empty() {
                    self.parse_service(view, region, LABELLED)
                } else {
                    person
                }
            }
            ValueType::Provider if label.opens => {
                // "CC: Gideon Marlowe, MD (Rivermouth Breast Center)": who gets a copy, where no row says who gives the care
                let titled = self.person(view, region).is_some_and(|p| p.is_titled());
                let found = if titled { self.parse_provider(view, region) } else { Vec::new() };
                found.into_iter().map(|f| Found { rank: WEAKLY_LABELLED, ..f }).collect()
            }
            ValueType::Provider => self.parse_provider(view, region),
            ValueType::Criteria => {
                plain(view, field, before_clause(view, region)).into_iter().filter(|f| !is_sentence(&f.value)).collect()
            }
            ValueType::Text => plain(view, field, region),
            ValueType::Organisation if field == "plan.issuer" && self.names_a_product(view, region) => {
                let words = view.page.slice(region.0, region.1);
                let end = words.find([',', ';', '(']).unwrap_or(words.len());
                Found::words(view, "plan.name", (region.0, region.0 + end), LABELLED).into_iter().collect()
            }
            ValueType::Organisation => names::organisation(view, region)
                .map(|s| self.without_note(view, before_person(self, view, s)))
                .map(|s| if field == "provider.facility" { self.without_city(view, s) } else { s })
                .filter(|s| !view.page.slice(s.0, s.1).starts_with(char::is_lowercase))
                .filter(|s| {
                    field != "provider.facility" || !view.page.slice(s.0, s.1).starts_with(|c: char| c.is_ascii_digit())
                })
                .and_then(|s| Found::words(view, field, s, LABELLED))
                .into_iter()
                .collect(),
            ValueType::Service => self.parse_service(view, region, LABELLED),
            ValueType::Diagnosis => self.parse_diagnosis(view, region, LABELLED),
            ValueType::Code => self.codes_in(view, region, LABELLED),
            ValueType::DiagnosisCode => self.diagnosis_codes_in(view, region, LABELLED),
            ValueType::DenialCode => self.denial_codes_in(view, region),
            ValueType::Phone | ValueType::Fax | ValueType::Boundary => Vec::new(),
            ValueType::Specialty => self.specialty_in(view, region, LABELLED).into_iter().collect(),
        }
    }

    /// "Policy: Juniper Silver 70": the product's name where a number could stand.
    fn named_policy(&self, view: &View, region: Span) -> Vec<Found> {
        let whole = trim(view.page.text, region);
        let words = view.page.slice(whole.0, whole.1).split(' ').filter(|w| !w.is_empty());
        let capital = |w: &str| w.starts_with(char::is_uppercase) || w.bytes().all(|b| b.is_ascii_digit());
        let named = (2..=6).contains(&words.clone().count()) && words.clone().all(capital);
        let tokens = view.page.tokens.get(view.page.token_at(whole.0)..view.page.token_at(whole.1)).unwrap_or(&[]);
        let product = tokens.iter().any(|t| t.has_digit || holds(&self.words.organisation, &t.norm));
        let plain = (product || self.is_product(view, whole))
            && !view.page.slice(whole.0, whole.1).contains(['.', ',', ':', '#']);
        let name = Found::words(view, "plan.name", whole, LABELLED).filter(|_| named && plain);
        name.into_iter().collect()
    }

    fn parse_dates(&self, view: &View, field: &'static str, region: Span) -> Vec<Found> {
        let several = field == "service.date";
        let limit = if several { region.1 } else { region.1.min(region.0 + 24) };
        let dates = view.dates_in((region.0, limit));
        let found = dates.map(|d| {
            let value = if several { d.iso() } else { d.first.to_string() };
            Found::normalized(view, field, value, d.span, LABELLED)
        });
        found.take(if several { 4 } else { 1 }).collect()
    }

    fn parse_person(&self, view: &View, field: &'static str, region: Span) -> Vec<Found> {
        let place = until_mark(view, region);
        if self.is_place(view, place) {
            let facility = Found::words(view, "provider.facility", place, PLACED);
            return facility.into_iter().collect();
        }
        let span = match self.person(view, region) {
            Some(person) => person.span,
            None => match self.bare_name(view, region) {
                Some(span) => span,
                None => return Vec::new(),
            },
        };
        Found::words(view, field, span, LABELLED).into_iter().collect()
    }

    /// A group is often named before its number ("Port of Calder, 7120"), or has letters alone ("LUMENCO").
    fn group_id(&self, view: &View, field: &str, region: Span) -> Option<Span> {
        if field != "plan.group_number" {
            return None;
        }
        let last = view.page.slice(region.0, region.1).rfind(['·', ',', '#', '(', '–', '|']);
        let after = last.and_then(|i| {
            id(view, (region.0 + i + view.page.slice(region.0 + i, region.1).chars().next()?.len_utf8(), region.1))
        });
        let whole = trim(view.page.text, region);
        let word = view.page.slice(whole.0, whole.1);
        let letters = word.len() >= 3 && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'-');
        let tail = word.rsplit(' ').next().unwrap_or("");
        let number = tail.len() >= 3 && tail.len() < word.len() && tail.bytes().any(|b| b.is_ascii_digit());
        let tail = number.then(|| id(view, (whole.1 - tail.len(), whole.1))).flatten();
        after.or(tail).or(letters.then_some(whole))
    }

    /// A value that is nothing but two to four capitalised words, not all of them words of forms.
    fn bare_name(&self, view: &View, region: Span) -> Option<Span> {
        let span = trim(view.page.text, region);
        let tokens = view.page.tokens.get(view.page.token_at(span.0)..view.page.token_at(span.1))?;
        let name = (2..=4).contains(&tokens.len())
            && tokens.iter().all(|t| t.capital && !t.has_digit)
            && tokens.iter().any(|t| !holds(&self.words.not_names, &t.norm))
            && view
                .page
                .slice(span.0, span.1)
                .chars()
                .all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '\''));
        name.then_some(span)
    }

    /// Who gives or asks for care, and where: "Dr. Ana Ruiz, Lakeside Clinic", "Lakeside Clinic; Ana Ruiz, MD".
    fn parse_provider(&self, view: &View, region: Span) -> Vec<Found> {
        let mut out: Vec<Found> = Vec::new();
        let mut add = |field: &'static str, span: Span| {
            if !out.iter().any(|f| f.field == field) {
                out.extend(Found::words(view, field, span, LABELLED));
            }
        };
        let first =
            self.person(view, region).filter(|p| p.is_titled() || !self.is_place(view, until_mark(view, region)));
        let noted = |p: &crate::names::Person| {
            let rest = (p.span.0, region.1);
            !p.is_titled() && self.without_note(view, rest).1 == p.span.1 && self.without_note(view, rest) != rest
        };
        let first = first.filter(|p| !noted(p)); // "Imágenes del Valle (in network)"
        let first = first.filter(|p| !self.is_company(view, p)); // "Monadnock Orthopaedics, PA"

        let rest = match first {
            Some(person) => {
                add("provider.treating", person.span);
                (person.span.1, region.1)
            }
            None => {
                let whole =
                    names::organisation(view, region).map(|s| self.without_note(view, before_person(self, view, s)));
                let named = whole.filter(|s| {
                    let words = view.page.slice(s.0, s.1);
                    let mut folded = words.split_whitespace().map(crate::phrase::fold_word);
                    words.starts_with(char::is_uppercase)
                        && !folded.any(|w| w == "not" || holds(&self.words.plan_voice, &w))
                });
                named.into_iter().for_each(|s| add("provider.facility", s));
                (named.map_or(region.0, |s| s.1), region.1)
            }
        };
        let range = (view.page.token_at(rest.0), view.page.token_at(rest.1));
        self.titled_people(view, range).first().into_iter().for_each(|p| add("provider.treating", p.span));
        parts(view, rest).find(|s| self.is_place(view, *s)).into_iter().for_each(|s| add("provider.facility", s));
        out
    }

    /// A place of care whose form of company reads like a credential: "PA", "PC".
    fn is_company(&self, view: &View, p: &crate::names::Person) -> bool {
        let Some((name, tail)) = view.page.slice(p.span.0, p.span.1).split_once(", ") else { return false };
        let form = holds(&self.words.company_forms, &crate::phrase::fold_word(tail.trim_end_matches('.')));
        form && !p.title && self.is_place(view, (p.span.0, p.span.0 + name.len()))
    }

    /// "Health plan: Upper Lakes Blue PPO": a product by its kind of network.
    fn names_a_product(&self, view: &View, region: Span) -> bool {
        let words = view.page.slice(region.0, region.1);
        let end = words.find([',', ';']).unwrap_or(words.len());
        self.is_product(view, (region.0, region.0 + end))
    }

    /// "Lakeside Clinic, Salem": a place of care without the town, or the address, that follows it.
    fn without_city(&self, view: &View, span: Span) -> Span {
        let words = view.page.slice(span.0, span.1);
        let first = words.find(", ").filter(|i| {
            let rest = words.get(i + 2..).unwrap_or("");
            let next = crate::phrase::fold_word(rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or(""));
            let named = rest.split_whitespace().any(|w| self.words.is_place(&crate::phrase::fold_word(w)));
            !holds(&self.words.company_forms, &next) && !holds(&self.words.credentials, &next) && !named
        });
        match first {
            Some(i) if self.is_place(view, (span.0, span.0 + i)) => (span.0, span.0 + i),
            _ => span,
        }
    }

    /// Whether a stretch of text is the name of a place of care.
    pub(crate) fn is_place(&self, view: &View, span: Span) -> bool {
        let words = view.page.slice(span.0, span.1);
        let folded = words.split_whitespace().map(|w| crate::phrase::fold_word(w.trim_matches([',', '.', '(', ')'])));
        let capital = words.split_whitespace().filter(|w| w.len() > 3).all(|w| !w.starts_with(char::is_lowercase));
        let mut folded = folded.enumerate();
        let named = words.contains(" & ")
            || folded.any(|(i, w)| self.words.is_place(&w) && (i > 0 || holds(&self.words.place_nouns, &w)));
        capital && words.trim_start().starts_with(char::is_uppercase) && named
    }
}

fn hash_follows(text: &str) -> bool {
    text.contains('#')
}

/// Whether a small word begins its line and the sentence of the line before goes on with it.
pub(crate) fn continues_a_sentence(view: &View, at: usize) -> bool {
    let (Some(before), Some(t)) = (at.checked_sub(1).and_then(|i| view.page.tokens.get(i)), view.page.tokens.get(at))
    else {
        return false;
    };
    let leads = matches!(
        before.norm.as_str(),
        "or" | "your" | "the" | "and" | "of" | "a" | "by" | "our" | "o" | "su" | "ia" | "ei"
    );
    let near = before.line + 1 == t.line && view.page.gap_after(at - 1).trim().is_empty();
    leads && !t.capital && before.sentence == t.sentence && near
}

/// The region up to the first mark that parts a person from a place.
fn until_mark(view: &View, region: Span) -> Span {
    let words = view.page.slice(region.0, region.1);
    (region.0, region.0 + words.find([',', ';', '(']).unwrap_or(words.len()))
}

/// An organisation's name up to "; …", to " for Dr. …" and to a person after a comma or a dash ("Wren Hollow Physical Therapy –
/// S. Abernathy, PT"); never to nothing.
fn before_person(reader: &Reader, view: &View, span: Span) -> Span {
    let words = view.page.slice(span.0, span.1);
    let end = [";", " for Dr", " para el Dr", " para la Dra"].iter().filter_map(|m| words.find(m)).min();
    let end = span.0 + end.unwrap_or(words.len());
    let range = (view.page.token_at(span.0), view.page.token_at(end));
    let mut people = reader.titled_people(view, range).into_iter().map(|p| p.span.0);
    let person = people.find(|at| {
        let before = view.page.slice(span.0, *at).trim_end();
        before.len() >= 4 && before.ends_with([',', '–', '—', '-', '/', '('])
    });
    trim(view.page.text, (span.0, person.unwrap_or(end).min(end)))
}

/// A name up to a clause that says what it says: "Guideline BH-31, which states: …".
fn before_clause(view: &View, region: Span) -> Span {
    let words = view.page.slice(region.0, region.1);
    let marks = [", which ", " which ", ", that ", ", says", ", states", ", requires", ": ", " que exige", ", que "];
    let end = marks.iter().filter_map(|m| words.find(m).filter(|i| *i > 3)).min();
    (region.0, region.0 + end.unwrap_or(words.len()))
}

/// Whether a value is a sentence and no name: eight words or more, most of them small.
fn is_sentence(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    let small = words.iter().filter(|w| w.starts_with(char::is_lowercase)).count();
    words.len() >= 8 && small * 3 > words.len() * 2
}

/// What stands between the marks `,` `;` `(` `)` `/` and the long dashes of a region.
fn parts<'v>(view: &'v View, region: Span) -> impl Iterator<Item = Span> + 'v {
    let mut at = region.0;
    view.page.slice(region.0, region.1).split_inclusive([',', ';', '(', ')', '/', '–', '—']).map(move |part| {
        let bare = part.trim_end_matches([',', ';', '(', ')', '/', '–', '—']);
        let span = (at, at + bare.len());
        at += part.len();
        trim(view.page.text, span)
    })
}

/// A toll-free number is no identifier.
fn is_toll_free(view: &View, span: Span) -> bool {
    let written = view.page.slice(span.0, span.1);
    let code = written.strip_prefix("1-").unwrap_or(written).get(..4);
    let free = code.is_some_and(|c| ["800-", "833-", "844-", "855-", "866-", "877-", "888-"].contains(&c));
    free && view.phones.iter().any(|p| p.0 <= span.0 && span.1 <= p.1)
}

/// "Boise, ID 83701": a ZIP code after the letters of a State that are also a label.
fn is_idaho(view: &View, span: Span) -> bool {
    let lead = view.page.slice(0, span.0).trim_end();
    let zip = view.page.slice(span.0, span.1).get(..5).is_some_and(|w| w.bytes().all(|b| b.is_ascii_digit()));
    zip && lead
        .strip_suffix(['D', 'd'])
        .and_then(|l| l.strip_suffix(['I', 'l', '1', '|'])) // as text recognition may leave it
        .is_some_and(|l| l.ends_with(", ") && l.trim_end_matches(", ").ends_with(char::is_alphabetic))
}

fn has_digits(view: &View, span: Span, least: usize) -> bool {
    view.page.slice(span.0, span.1).bytes().filter(u8::is_ascii_digit).count() >= least
}

fn plain(view: &View, field: &'static str, region: Span) -> Vec<Found> {
    let span = trim(view.page.text, region);
    let words = view.page.slice(span.0, span.1);
    let span = (span.0, span.0 + words.trim_end_matches('.').len());
    let none = matches!(words.to_lowercase().as_str(), "n/a" | "na" | "none" | "ninguno");
    if none { Vec::new() } else { Found::words(view, field, span, LABELLED).into_iter().collect() }
}

/// An identifier at the beginning of a region: the first group with a digit, and the groups that belong to it.
pub(crate) fn id(view: &View, region: Span) -> Option<Span> {
    let text = view.page.slice(region.0, region.1);
    let skipped = text.len()
        - text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '#' | '.' | '=' | '(')).len();
    let start = region.0 + skipped;
    let body = text.get(skipped..)?;
    let mut end: Option<usize> = None;
    let mut digits = false;
    let mut at = 0;
    for (n, group) in body.split(' ').enumerate() {
        let bare = group.trim_end_matches([',', ';', '.', ')', ':', '?']);
        let has_digit = bare.bytes().any(|b| b.is_ascii_digit());
        let form = !bare.is_empty()
            && bare.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '*' | '.' | '_'));
        let shout = !bare.chars().any(char::is_lowercase) || has_digit && bare.len() > 4;
        let prefix = n == 0 && !has_digit && bare.len() <= 5 && shout;
        let last = at + group.len() == body.len() || body.get(at + group.len()..).is_some_and(|t| t.starts_with("  "));
        if digits && last && bare.len() == 1 && bare.bytes().all(|b| b.is_ascii_uppercase()) {
            end = Some(start + at + 1); // "948 22 0175 Q"
            break;
        }
        let is_date = bare.matches('/').count() == 2;
        if !form || is_date && digits || !(has_digit && (n == 0 || shout) || prefix) || bare.len() > 40 || n > 4 {
            break;
        }
        digits |= has_digit;
        if digits {
            end = Some(start + at + bare.len());
        }
        if bare.len() < group.len() {
            break;
        }
        at += group.len() + 1;
    }
    end.filter(|e| *e > start).map(|e| (start, e))
}
