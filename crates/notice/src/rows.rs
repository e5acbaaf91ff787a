//! What a labelled row holds beside the value its label names: the days and the place after a service, the name of a
//! diagnosis after its code, a note in brackets after a name, two things that share a row.

use crate::data::{Reader, holds};
use crate::found::{Found, LABELLED, trim};
use crate::phrase::fold_word;
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
        let days = view.dates_in(rest).filter(|d| d.last.is_some() || opened(d.span.0));
        let mut out: Vec<Found> =
            days.take(1).map(|d| Found::normalized(view, "service.date", d.iso(), d.span, rank)).collect();
        let (from, to) = (view.page.token_at(rest.0), view.page.token_at(rest.1));
        out.extend((from..to).find_map(|i| {
            tokens.get(i).filter(|t| t.norm == "at" || t.norm == "en")?;
            self.place_at(view, i + 1, rank)
        }));
        out
    }

    /// "I35.0, aortic valve stenosis" in a cell of its own or after a label's colon: what the code means, whatever the
    /// label says.
    pub(crate) fn coded_diagnoses(&self, view: &View) -> Option<Found> {
        let text = view.page.text;
        self.scan.icds(text).into_iter().find_map(|code| {
            let written = text.get(code.0..code.1)?;
            let cell = view.page.lines.get(view.page.line_at(code.0))?.cells.iter().find(|c| c.start <= code.0 && code.1 <= c.end)?;
            let lead = view.page.slice(cell.start, code.0).trim_end();
            let begins = lead.is_empty() || lead.ends_with(':');
            let rest = view.page.slice(code.1, cell.end);
            let words = rest.trim_start_matches([' ', ',', '–', '—', '-', ':', '=']);
            let end = words.find([';', '(', '/']).unwrap_or(words.len());
            let start = cell.end - words.len();
            let name = words.get(..end)?.trim_end();
            let letters = name.chars().filter(|c| c.is_alphabetic()).count();
            let parted = rest.len() > words.len() && letters >= 5 && name.len() <= 80;
            (written.len() >= 5 && written.contains('.') && begins && parted && !name.contains(". "))
                .then(|| Found::words(view, "diagnosis.description", (start, start + name.len()), LABELLED + 2))?
        })
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
        let hash = rest.find('#').filter(|i| rest.get(..*i).is_some_and(|t| t.trim_matches([',', '(', ' ']).is_empty()))?;
        let number = crate::labels::id(view, (name.span.1 + hash + 1, region.1))?;
        let whole = number.1 - number.0 >= 4;
        (name.field == "member.name" && whole).then(|| Found::words(view, "member.id", number, LABELLED + 1))?
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
