//! How much care a plan takes away: what was given, and what it would give from now on, in the notice's own words.

use crate::data::{Cue, Reader, holds};
use crate::found::{Found, SAID};
use crate::view::{Range, View};

/// The most words of one amount.
const MOST: usize = 8;

impl Reader {
    /// "from 2 visits a week to 1 visit every two weeks": the first sentence of a notice that says a cut with both amounts, each
    /// under the fact of the case that it fills.
    pub(crate) fn reductions(&self, views: &[View]) -> Vec<Found> {
        let both = |view: &View| {
            let sentences = view.page.tokens.last().map_or(0, |t| t.sentence + 1);
            (0..sentences).find_map(|sentence| {
                let range = view.page.sentence_tokens(sentence);
                let cut = view.cue_in(Cue::CareCut, range).is_some();
                let open = view.cue_in(Cue::Conditional, range).is_some();
                let (before, after) = self.amounts_in(view, range).filter(|_| cut && !open)?;
                let value = |fact, range| Found::words(view, fact, view.bytes(range), SAID);
                Some([value("claim.care_before", before)?, value("claim.care_after", after)?])
            })
        };
        views.iter().find_map(both).into_iter().flatten().collect()
    }

    /// The two amounts of a sentence, the earlier first: a number behind "from" and one behind the "to" that follows.
    fn amounts_in(&self, view: &View, (from, to): Range) -> Option<(Range, Range)> {
        (from..to).find_map(|at| {
            let word = view.page.tokens.get(at)?.norm.as_str();
            let until = match word {
                "from" => "to",
                "de" => "a",
                _ => return None,
            };
            let start = at + 1;
            let is_to =
                |i: &usize| view.page.tokens.get(*i).is_some_and(|t| t.norm == until) && self.is_number(view, i + 1);
            let middle = (start + 1..to.min(start + MOST + 1)).find(is_to).filter(|_| self.is_number(view, start))?;
            let end = (middle + 1..to.min(middle + 1 + MOST)).take_while(|i| self.is_of_amount(view, *i)).last()? + 1;
            let dated = |r: Range| {
                let span = view.bytes(r);
                let within = view.bytes((from, to));
                let days = view.dates_in(within).map(|d| d.span).chain(view.money_in(within).map(|m| m.0));
                days.into_iter().any(|other| other.0 < span.1 && span.0 < other.1)
            };
            let (before, after) = ((start, middle), (middle + 1, end));
            let plain = (start..middle).all(|i| self.is_of_amount(view, i));
            (plain && !dated(before) && !dated(after)).then_some((before, after))
        })
    }

    fn is_number(&self, view: &View, at: usize) -> bool {
        let token = view.page.tokens.get(at);
        token.is_some_and(|t| {
            t.norm.bytes().all(|b| b.is_ascii_digit()) || self.words.numbers.contains_key(t.norm.as_str())
        })
    }

    /// Whether a word belongs to an amount of care: a number, what is counted, and for how long.
    fn is_of_amount(&self, view: &View, at: usize) -> bool {
        self.is_number(view, at)
            || view.page.tokens.get(at).is_some_and(|t| {
                holds(&self.words.quantity_words, &t.norm) || self.words.units.contains_key(t.norm.as_str())
            })
    }
}
