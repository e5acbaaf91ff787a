//! The plan's stated reasons. A phrase counts in a sentence that speaks of this decision: not in the rights, not under
//! "if", not taken back ("this is not a decision about medical necessity"), not reported speech ("your doctor says").

use facts::StatedReason;

use crate::concepts::Stated;
use crate::data::{Cue, Meaning, Reader, Section, Weight, holds};
use crate::found::Found;
use crate::labels::Place;
use crate::values::Span;
use crate::view::{Range, View};

/// A reason on its way into the reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReasonFound {
    /// Index into [`Reader::reasons`].
    pub(crate) reason: usize,
    pub(crate) page: usize,
    pub(crate) span: Span,
    /// Where it counts.
    pub(crate) weight: Weight,
}

impl Reader {
    /// Reasons stated in the sentences of a page.
    pub(crate) fn said_reasons(&self, view: &View) -> Vec<ReasonFound> {
        let mut said = self.by_phrases(view);
        said.extend(self.stated_by_concepts(view));
        let places = self.label_places(view);
        said.retain(|s| {
            !self.in_a_row(view, &places, s.words)
                && !self.names_an_office(view, s.sentence)
                && self.speaks_of_decision(view, s.words, matches!(s.weight, Weight::BesideDecision | Weight::Last))
                && (s.weight == Weight::Plain || !self.taken_back_by(view, s.reason, s.sentence))
        });
        said.sort_by_key(|s| (s.sentence, s.reason, s.weight, s.last));
        let (mut fallback, mut sure): (Vec<_>, Vec<_>) = said.into_iter().partition(|s| s.weight >= Weight::Fallback);
        for list in [&mut sure, &mut fallback] {
            self.drop_weaker(list);
            list.dedup_by_key(|s| (s.sentence, s.reason));
        }
        let found = |s: Stated| ReasonFound {
            reason: s.reason,
            page: view.number,
            span: (view.page.sentence_span(s.sentence).0, view.page.sentence_span(s.last).1),
            weight: s.weight,
        };
        sure.into_iter().chain(fallback).map(found).collect()
    }

    /// Reasons that a phrase of the data states.
    fn by_phrases(&self, view: &View) -> Vec<Stated> {
        let stated = |(meaning, head): &(Meaning, Range)| {
            let Meaning::Reason(reason, weight) = *meaning else { return None };
            let sentence = view.page.tokens.get(head.0)?.sentence;
            Some(Stated { reason, sentence, last: sentence, words: *head, weight })
        };
        view.hits.iter().filter_map(stated).collect()
    }

    fn speaks_of_decision(&self, view: &View, (from, to): Range, beside: bool) -> bool {
        let sentence = view.page.sentence_of(from);
        let decided = view.cue_in(Cue::Decision, sentence).is_some();
        let section = view.section(from);
        if section == Section::Help || (section == Section::Rights && !decided) {
            return false;
        }
        let conditional = view.cue(Cue::Conditional).iter().any(|c| c.0 >= sentence.0 && c.1 <= sentence.1 && c.0 < to);
        let negated = view.cue_in(Cue::Negation, sentence).is_some();
        let reported = view.cue(Cue::Reported).iter().any(|c| c.0 >= sentence.0 && c.1 <= from);
        let general = view.page.tokens.get(from).is_some_and(|t| self.is_general(view, t.sentence));
        if conditional || negated || reported || general {
            return false;
        }
        !beside || decided || section == Section::Reason || self.follows_decision(view, sentence.0)
    }

    /// Labels ("Not covered: $515.00") and table rows state amounts, not reasons.
    fn in_a_row(&self, view: &View, places: &[Place], range: Range) -> bool {
        let (start, end) = view.bytes(range);
        let line = view.page.lines.get(view.page.line_at(start));
        let table = line.is_some_and(|l| l.cells.len() >= 3);
        table || places.iter().filter(|p| p.is_row()).any(|p| start < p.end && p.start < end && !self.asks_why(p))
    }

    /// "Coordination of Benefits Department" and the head of an e-mail state no reason.
    fn names_an_office(&self, view: &View, sentence: usize) -> bool {
        let range = view.page.sentence_tokens(sentence);
        let words = view.page.tokens.get(range.0..range.1).unwrap_or(&[]);
        let span = view.page.sentence_span(sentence);
        view.page.slice(span.0, span.1).contains('@')
            || words.len() <= 6
                && words.iter().all(|t| t.capital || t.norm.len() <= 3)
                && words.iter().any(|t| holds(&self.words.department, &t.norm))
    }

    /// "Reason for denial:" is a label whose row does state the reason.
    fn asks_why(&self, place: &Place) -> bool {
        self.labels.get(place.label).is_some_and(|l| l.field.is_empty())
    }

    /// Whether one of the sentences shortly before says what was decided.
    fn follows_decision(&self, view: &View, start: usize) -> bool {
        let mut at = start;
        for _ in 0..self.concepts.decision_on {
            let Some(before) = at.checked_sub(1) else { return false };
            let range = view.page.sentence_of(before);
            if view.cue_in(Cue::Decision, range).is_some() && view.cue_in(Cue::Conditional, range).is_none() {
                return true;
            }
            at = range.0;
        }
        false
    }

    fn taken_back_by(&self, view: &View, reason: usize, sentence: usize) -> bool {
        let range = view.page.sentence_tokens(sentence);
        view.hits.iter().any(|(m, (from, to))| *m == Meaning::Unless(reason) && *from >= range.0 && *to <= range.1)
    }

    /// Of two reasons from one sentence, or from the same words, the more telling one stays, where the data says which.
    fn drop_weaker(&self, found: &mut Vec<Stated>) {
        let all = found.clone();
        found.retain(|weak| weak.weight == Weight::Plain || !all.iter().any(|s| self.tells_more(s, weak)));
    }

    fn tells_more(&self, strong: &Stated, weak: &Stated) -> bool {
        let (Some(by), Some(name)) = (self.reasons.get(strong.reason), self.reasons.get(weak.reason)) else {
            return false;
        };
        let same_words = strong.words.0 < weak.words.1 && weak.words.0 < strong.words.1;
        (strong.sentence..=strong.last).contains(&weak.sentence)
            && (by.over.contains(&name.reason) || same_words && by.over_same_words.contains(&name.reason))
    }

    /// What the policy demands of everybody ("at least 6 weeks of physical therapy") is no statement about this request:
    /// inside the quoted criteria a phrase counts only where nothing else is stated.
    pub(crate) fn demands_are_no_reasons(&self, reasons: &mut [ReasonFound], fields: &[Found]) {
        let criteria = || fields.iter().filter(|f| f.field == "criteria.quoted");
        for reason in reasons {
            let span = reason.span;
            if criteria().any(|c| c.page == reason.page && span.0 >= c.span.0 && span.1 <= c.span.1) {
                reason.weight = reason.weight.max(Weight::Fallback);
            }
        }
    }

    /// Reasons that the adjustment and remark codes state.
    pub(crate) fn coded_reasons(&self, codes: &[Found]) -> Vec<ReasonFound> {
        let mut out = Vec::new();
        for code in codes.iter().filter(|f| f.field == "denial.code") {
            let bare = code.value.split_once('-').map_or(code.value.as_str(), |(_, c)| c);
            for (i, reason) in self.reasons.iter().enumerate() {
                if reason.codes.iter().any(|c| c == bare) {
                    out.push(ReasonFound { reason: i, page: code.page, span: code.span, weight: Weight::Stated });
                }
            }
        }
        out
    }

    /// The reasons of a document as the contract gives them: each once, with the first words that state it.
    pub(crate) fn stated(&self, found: &[ReasonFound], document: usize, texts: &[&str]) -> Vec<StatedReason> {
        let mut out: Vec<StatedReason> = Vec::new();
        let best = found.iter().map(|f| f.weight).min().unwrap_or(Weight::Stated);
        for f in found.iter().filter(|f| f.weight < Weight::Fallback || f.weight == best) {
            let Some(reason) = self.reasons.get(f.reason) else { continue };
            let text = texts.get(f.page.saturating_sub(1)).copied().unwrap_or("");
            let Some(quote) = text.get(f.span.0..f.span.1).filter(|q| !q.is_empty()) else { continue };
            if !out.iter().any(|r| r.reason == reason.reason) {
                out.push(StatedReason {
                    reason: reason.reason.clone(),
                    quote: quote.into(),
                    document,
                    page: f.page,
                    span: f.span,
                });
            }
        }
        out
    }
}
