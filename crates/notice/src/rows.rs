//! What a labelled row holds beside the value its label names: the days and the place after a service, the name of a
//! diagnosis after its code, a note in brackets after a name, two things that share a row.

use crate::data::{Reader, holds};
use crate::found::{Found, LABELLED, SAID, trim};
use crate::phrase::fold_word;
use crate::text::Cell;
use crate::values::Span;
use crate::view::View;

/// The most letters of a note in brackets.
const NOTE: usize = 40;

impl Reader {
    /// "Home health aide, S9122, 08/24/2026 to 11/22/2026", "…, CPT 27447, at Alder Creek Hospital on 06/29/2026": the days and
    /// the place in what follows a service's name and code.
    pub(crate) fn after_service(&self, view: &View, rest: Span, rank: u8) -> Vec<Found> {
        let tokens = &view.page.tokens;
        let opened = |at: usize| {
            let before = view.page.token_at(at).checked_sub(1).and_then(|i| tokens.get(i));
            before.is_some_and(|t| t.start >= rest.0 && holds(&self.words.service_stop, &t.norm))
        };
        let same_line = view.page.slice(rest.0, rest.1).find('\n').map_or(rest.1, |i| rest.0 + i);
        let ends = |d: &Span| {
            let lead = view.page.slice(rest.0, d.0).trim_end_matches(' ');
            lead.ends_with(',') && view.page.slice(d.1, same_line).trim_matches(['.', ' ', ')']).is_empty()
        };
        let days = view.dates_in((rest.0, same_line));
        let days = days.filter(|d| d.last.is_some() || opened(d.span.0) || ends(&d.span));
        let mut out: Vec<Found> =
            days.take(1).map(|d| Found::normalized(view, "service.date", d.iso(), d.span, rank)).collect();
        let (from, to) = (view.page.token_at(rest.0), view.page.token_at(rest.1));
        out.extend((from..to).find_map(|i| {
            let bracket = i.checked_sub(1).is_some_and(|b| view.page.gap_after(b) == " (");
            let at = tokens.get(i).is_some_and(|t| t.norm == "at" || t.norm == "en");
            self.place_at(view, if at { i + 1 } else { i }, rank).filter(|_| at || bracket)
        }));
        out
    }

    /// "Admission to a rehabilitation facility (Harrow Valley Hospital)": where the bracket opens, and the place in it.
    pub(crate) fn place_in_bracket(&self, view: &View, span: Span, rank: u8) -> Option<(usize, Found)> {
        let words = view.page.slice(span.0, span.1);
        let open = span.0 + words.find(" (")?;
        let place = self.place_at(view, view.page.token_at(open), rank + 6)?;
        let whole = place.span.0 == open + 2 && view.page.slice(place.span.1, span.1 + 1).starts_with(')');
        whole.then_some((open, place))
    }

    /// "I35.0, aortic valve stenosis" in a cell of its own or after a label's colon: what the code means, whatever the
    /// label says.
    pub(crate) fn coded_diagnoses(&self, view: &View) -> Option<Found> {
        let text = view.page.text;
        self.scan.icds(text).into_iter().find_map(|code| {
            let written = text.get(code.0..code.1)?;
            let cell = view
                .page
                .lines
                .get(view.page.line_at(code.0))?
                .cells
                .iter()
                .find(|c| c.start <= code.0 && code.1 <= c.end)?;
            let lead = view.page.slice(cell.start, code.0).trim_end();
            let begins = lead.is_empty() || lead.ends_with(':');
            if let Some(name) = self.name_in_next_cell(view, code, cell).filter(|_| begins && written.contains('.')) {
                return Some(name);
            }
            let rest = view.page.slice(code.1, cell.end);
            let words = rest.trim_start_matches([' ', ',', '–', '—', '-', ':', '=']);
            let end = words.find([';', '(', '/']).unwrap_or(words.len());
            let start = cell.end - words.len();
            let more = self.goes_on_below(view, code.0, words.get(..end).unwrap_or("")).filter(|_| end == words.len());
            if let Some(stop) = more.filter(|_| begins && written.contains('.') && rest.len() > words.len()) {
                return Found::words(view, "diagnosis.description", (start, stop), LABELLED + 2);
            }
            let name = words.get(..end)?.trim_end();
            let letters = name.chars().filter(|c| c.is_alphabetic()).count();
            let parted = rest.len() > words.len() && letters >= 5 && name.len() <= 80;
            (written.len() >= 5 && written.contains('.') && begins && parted && !name.contains(". "))
                .then(|| Found::words(view, "diagnosis.description", (start, start + name.len()), LABELLED + 2))?
        })
    }

    /// "S83.511D" in a cell of its own and "Sprain of the knee" in the last cell of the line: the code's meaning.
    fn name_in_next_cell(&self, view: &View, code: Span, cell: &Cell) -> Option<Found> {
        let line = view.page.lines.get(view.page.line_at(code.0))?;
        let next =
            line.cells.iter().find(|c| c.start >= cell.end).filter(|c| c.end == line.end && cell.end == code.1)?;
        let words = view.page.slice(next.start, next.end);
        let letters = words.chars().filter(|c| c.is_alphabetic()).count();
        let plain = words.starts_with(char::is_alphabetic) && !words.contains([':', '$']) && words.len() <= 80;
        let labelled = view.labels_in((view.page.token_at(next.start), view.page.token_at(next.end))).next().is_some();
        (plain && letters >= 5 && !labelled)
            .then(|| Found::words(view, "diagnosis.description", (next.start, next.end), LABELLED + 2))?
    }

    /// "pain in" and, in the line below, "right knee": where a name ends that its line leaves open.
    fn goes_on_below(&self, view: &View, at: usize, name: &str) -> Option<usize> {
        let last = fold_word(name.split_whitespace().last()?);
        let open = holds(&self.words.goes_on, &last) || holds(&self.words.at_place, &last);
        let [next] = view.page.lines.get(view.page.line_at(at) + 1)?.cells.as_slice() else { return None };
        let words = view.page.slice(next.start, next.end);
        (open && words.len() <= 40 && !words.contains([':', '.'])).then_some(next.end)
    }

    /// A name without a note such as "(in your network)" or "(Tier 1)" after it.
    pub(crate) fn without_note(&self, view: &View, span: Span) -> Span {
        let words = view.page.slice(span.0, span.1);
        let note = words.rfind(" (").filter(|i| {
            let inside = words.get(i + 2..).unwrap_or("");
            let noted = |w: &str| holds(&self.words.bracket_notes, &fold_word(w));
            inside.len() <= NOTE && inside.split(|c: char| !c.is_alphanumeric()).any(noted)
        });
        note.map_or(span, |i| trim(view.page.text, (span.0, span.0 + i)))
    }

    /// "Percival Nwosu-Eddington, #CRH-1140-55-A": the number of the member whose name a row gives.
    pub(crate) fn number_after_name(&self, view: &View, name: &Found, region: Span) -> Option<Found> {
        let rest = view.page.slice(name.span.1, region.1.max(name.span.1));
        let hash =
            rest.find('#').filter(|i| rest.get(..*i).is_some_and(|t| t.trim_matches([',', '(', ' ']).is_empty()))?;
        let number = crate::row_values::id(view, (name.span.1 + hash + 1, region.1))?;
        let whole = number.1 - number.0 >= 4;
        (name.field == "member.name" && whole).then(|| Found::words(view, "member.id", number, LABELLED + 1))?
    }

    /// "26-00118-41, 26-00120-07", "… and …": further numbers of the same row, of the same length and form.
    pub(crate) fn more_ids(&self, view: &View, field: &'static str, first: Span, region: Span) -> Vec<Found> {
        let form = |w: &str| w.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect::<String>();
        let known = form(view.page.slice(first.0, first.1));
        let mut out = Vec::new();
        let mut at = first.1;
        if !matches!(field, "claim.number" | "reference.number") {
            return out;
        }
        loop {
            let rest = view.page.slice(at, region.1);
            let joint = [", and ", " and ", ", ", "; ", " / ", " y ", " & "].iter().find(|j| rest.starts_with(**j));
            let Some(start) = joint.map(|j| at + j.len()) else { break };
            let written = view.page.slice(start, region.1);
            let word = written.get(..written.find([',', ';', ' ', ')', '\n']).unwrap_or(written.len())).unwrap_or("");
            let end = start + word.trim_end_matches('.').len();
            if form(view.page.slice(start, end)) != known {
                break;
            }
            out.extend(Found::words(view, field, (start, end), LABELLED));
            at = end;
        }
        out
    }

    /// "Whole genome sequencing, CPT 81425" as a line of its own: a service and its code, with no label.
    pub(crate) fn coded_lines(&self, view: &View) -> Vec<Found> {
        let text = view.page.text;
        let mut out = Vec::new();
        for code in self.scan.procedures(text) {
            let Some(line) = view.page.lines.get(view.page.line_at(code.0)) else { continue };
            let [cell] = line.cells.as_slice() else { continue };
            let rest = view.page.slice(code.1, cell.end).trim_start_matches(')');
            let lead = view.page.slice(cell.start, code.0).trim_end_matches([' ', '(', '#']);
            let named = self.words.code_systems.iter().find(|s| lead.to_lowercase().ends_with(s.as_str()));
            let name = lead
                .get(..lead.len() - named.map_or(0, String::len))
                .unwrap_or("")
                .trim_end_matches([' ', ',', '(', '–', '-']);
            let words = name.split_whitespace().count();
            let told = name.split_whitespace().any(|w| holds(&self.words.service_stop, &fold_word(w)));
            let plain = !name.contains([':', '$', '.', '|', '•', '[']) && name.starts_with(char::is_uppercase) && !told;
            let ends = rest.is_empty() || rest.starts_with(',');
            if named.is_some() && plain && ends && (2..=9).contains(&words) && lead.len() > name.len() {
                out.extend(Found::words(view, "service.description", (cell.start, cell.start + name.len()), SAID + 1));
            }
        }
        out
    }

    /// Whether the last word of a stretch shows a product of a plan: "Brightwater Choice POS 1500", "Larkmoor Bronze Saver HSA".
    pub(crate) fn is_product(&self, view: &View, span: Span) -> bool {
        let words = view.page.slice(span.0, span.1);
        let named = words.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
        let folded: Vec<String> = named.filter(|w| !w.bytes().all(|b| b.is_ascii_digit())).map(fold_word).collect();
        let network = folded.iter().skip(1).any(|w| holds(&self.words.network_kinds, w));
        network || folded.len() >= 2 && folded.last().is_some_and(|w| holds(&self.words.product, w))
    }
}
