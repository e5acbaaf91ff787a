//! The plan's stated reasons. A phrase counts in a sentence that speaks of this decision: not in the rights, not under
//! "if", not taken back ("this is not a decision about medical necessity"), not reported speech ("your doctor says").

use facts::StatedReason;

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
    /// Counts only where no other reason is stated.
    pub(crate) fallback: bool,
}

impl Reader {
    /// Reasons stated in the sentences of a page.
    pub(crate) fn said_reasons(&self, view: &View) -> Vec<ReasonFound> {
        let places = self.label_places(view);
        let mut sure: Vec<(usize, usize)> = Vec::new(); // reason, sentence
        let mut fallback: Vec<(usize, usize)> = Vec::new();
        for (meaning, (from, to)) in &view.hits {
            let Meaning::Reason(reason, weight) = meaning else { continue };
            let Some(sentence) = view.page.tokens.get(*from).map(|t| t.sentence) else { continue };
            if self.in_a_row(view, &places, (*from, *to)) || self.names_an_office(view, sentence) {
                continue;
            }
            let beside = *weight == Weight::BesideDecision;
            if self.speaks_of_decision(view, *from, *to, beside) && !self.taken_back_by(view, *reason, sentence) {
                let list = if *weight == Weight::Fallback { &mut fallback } else { &mut sure };
                list.push((*reason, sentence));
            }
        }
        for list in [&mut sure, &mut fallback] {
            list.sort_by_key(|(reason, sentence)| (*sentence, *reason));
            list.dedup();
            self.drop_weaker(list);
        }
        let found = |(reason, s): &(usize, usize), fallback| ReasonFound {
            reason: *reason,
            page: view.number,
            span: view.page.sentence_span(*s),
            fallback,
        };
        let sure = sure.iter().map(|r| found(r, false));
        sure.chain(fallback.iter().map(|r| found(r, true))).collect()
    }

    fn speaks_of_decision(&self, view: &View, from: usize, to: usize, beside: bool) -> bool {
        let sentence = view.page.sentence_of(from);
        let decided = view.cue_in(Cue::Decision, sentence).is_some();
        let section = view.section(from);
        if section == Section::Help || (section == Section::Rights && !decided) {
            return false;
        }
        let conditional = view.cue(Cue::Conditional).iter().any(|c| c.0 >= sentence.0 && c.1 <= sentence.1 && c.0 < to);
        let negated = view.cue_in(Cue::Negation, sentence).is_some();
        let reported = view.cue(Cue::Reported).iter().any(|c| c.0 >= sentence.0 && c.1 <= from);
        if conditional || negated || reported {
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

    /// Whether one of the two sentences before says what was decided.
    fn follows_decision(&self, view: &View, start: usize) -> bool {
        let mut at = start;
        for _ in 0..3 {
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

    /// Of two reasons from one sentence the more telling one stays, where the data says which.
    fn drop_weaker(&self, found: &mut Vec<(usize, usize)>) {
        let all = found.clone();
        found.retain(|(reason, sentence)| {
            let name = self.reasons.get(*reason).map_or("", |r| r.reason.as_str());
            !all.iter().any(|(other, s)| {
                s == sentence && self.reasons.get(*other).is_some_and(|o| o.over.iter().any(|weaker| weaker == name))
            })
        });
    }

    /// What the policy demands of everybody ("at least 6 weeks of physical therapy") is no statement about this request:
    /// inside the quoted criteria a phrase counts only where nothing else is stated.
    pub(crate) fn demands_are_no_reasons(&self, reasons: &mut [ReasonFound], fields: &[Found]) {
        let criteria = || fields.iter().filter(|f| f.field == "criteria.quoted");
        for reason in reasons {
            let span = reason.span;
            reason.fallback |= criteria().any(|c| c.page == reason.page && span.0 >= c.span.0 && span.1 <= c.span.1);
        }
    }

    /// Reasons that the adjustment and remark codes state.
    pub(crate) fn coded_reasons(&self, codes: &[Found]) -> Vec<ReasonFound> {
        let mut out = Vec::new();
        for code in codes.iter().filter(|f| f.field == "denial.code") {
            let bare = code.value.split_once('-').map_or(code.value.as_str(), |(_, c)| c);
            for (i, reason) in self.reasons.iter().enumerate() {
                if reason.codes.iter().any(|c| c == bare) {
                    out.push(ReasonFound { reason: i, page: code.page, span: code.span, fallback: false });
                }
            }
        }
        out
    }

    /// The reasons of a document as the contract gives them: each once, with the first words that state it.
    pub(crate) fn stated(&self, found: &[ReasonFound], document: usize, texts: &[&str]) -> Vec<StatedReason> {
        let mut out: Vec<StatedReason> = Vec::new();
        let known = found.iter().any(|f| !f.fallback);
        for f in found.iter().filter(|f| !(known && f.fallback)) {
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
