//! The plan's stated reasons. A phrase counts in a sentence that speaks of this decision: not in the rights, not under
//! "if", not taken back ("this is not a decision about medical necessity"), not reported speech ("your doctor says").

use std::collections::{HashMap, HashSet};

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
    /// Whether a code states it, not words.
    pub(crate) coded: bool,
}

impl Reader {
    /// Reasons stated in the sentences of a page.
    pub(crate) fn said_reasons(&self, view: &View) -> Vec<ReasonFound> {
        let mut said = self.by_phrases(view);
        said.extend(self.stated_by_concepts(view));
        let places = self.label_places(view);
        let taken_back = taken_back(view);
        let mut offices: HashMap<usize, bool> = HashMap::new(); // asked once of each sentence
        said.retain(|s| {
            (s.weight == Weight::Plain || !taken_back.contains(&(s.reason, s.sentence)))
                && !self.in_a_row(view, &places, s.words)
                && !*offices.entry(s.sentence).or_insert_with(|| self.names_an_office(view, s.sentence))
                && self.speaks_of_decision(view, s.words, matches!(s.weight, Weight::BesideDecision | Weight::Last))
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
            coded: false,
        };
        sure.into_iter().chain(fallback).map(found).collect()
    }

    /// Whether the rules know words of a sentence as a reason and set them aside: taken back, under "if", said of others,
    /// told in general.
    pub(crate) fn sets_aside(&self, view: &View, sentence: usize, reason: usize) -> bool {
        let mut said = self.by_phrases(view);
        said.extend(self.stated_by_concepts(view));
        said.retain(|s| s.reason == reason && s.sentence <= sentence && sentence <= s.last);
        let counts = |s: &Stated| self.speaks_of_decision(view, s.words, false);
        let back = taken_back(view).contains(&(reason, sentence));
        !said.is_empty() && (back || !said.iter().any(counts))
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
        if view.is_checked(view.bytes((from, to)).0) {
            return true; // "[X] Not medically necessary"
        }
        let conditional =
            view.cue_between(Cue::Conditional, sentence.0, to.saturating_sub(1)).any(|c| c.1 <= sentence.1);
        let negated = view.cue_in(Cue::Negation, sentence).is_some();
        let reported = view.cue_between(Cue::Reported, sentence.0, from).any(|c| c.1 <= from);
        let general = view.page.tokens.get(from).is_some_and(|t| view.is_general(t.sentence));
        if conditional || negated || reported || general {
            return false;
        }
        !beside || decided || section == Section::Reason || self.follows_decision(view, sentence.0)
    }

    /// Labels ("Not covered: $515.00") and table rows state amounts, not reasons.
    fn in_a_row(&self, view: &View, places: &[Place], range: Range) -> bool {
        let (start, end) = view.bytes(range);
        if view.is_checked(start) {
            return false; // "[ ] not covered   [X] cosmetic"
        }
        let line = view.page.lines.get(view.page.line_at(start));
        let table = line.is_some_and(|l| l.cells.len() >= 3);
        let before = places.get(..places.partition_point(|p| p.start < end)).unwrap_or_default();
        let over = before.iter().rev().take_while(|p| start < p.end); // places do not overlap
        table || over.into_iter().any(|p| p.is_row() && !self.asks_why(p))
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

    /// Of two reasons from one sentence, or from the same words, the more telling one stays, where the data says which.
    fn drop_weaker(&self, found: &mut Vec<Stated>) {
        let mut by_sentence: HashSet<(usize, usize)> = HashSet::new(); // what is said in a sentence beside what tells more
        let mut by_words: HashMap<usize, Vec<Range>> = HashMap::new(); // where what tells more than a reason stands
        let index = |names: &[String]| {
            let found = names.iter().filter_map(|n| self.reasons.iter().position(|r| r.reason == *n));
            found.collect::<Vec<usize>>()
        };
        for strong in found.iter() {
            let Some(by) = self.reasons.get(strong.reason) else { continue };
            let told = index(&by.over);
            by_sentence.extend((strong.sentence..=strong.last).flat_map(|s| told.iter().map(move |weak| (*weak, s))));
            for weak in index(&by.over_same_words) {
                by_words.entry(weak).or_default().push(strong.words);
            }
        }
        by_words.values_mut().for_each(|v| v.sort_unstable());
        found.retain(|weak| {
            let covered = || by_words.get(&weak.reason).is_some_and(|places| overlaps(places, weak.words));
            weak.weight == Weight::Plain || !(by_sentence.contains(&(weak.reason, weak.sentence)) || covered())
        });
    }

    /// What the policy demands of everybody ("at least 6 weeks of physical therapy") is no statement about this request:
    /// inside the quoted criteria a phrase counts only where nothing else is stated.
    pub(crate) fn demands_are_no_reasons(&self, reasons: &mut [ReasonFound], fields: &[Found]) {
        for reason in reasons {
            if is_demand(fields, reason.page, reason.span) {
                reason.weight = reason.weight.max(Weight::Fallback);
            }
        }
    }

    /// Reasons that the adjustment and remark codes state.
    pub(crate) fn coded_reasons(&self, codes: &[Found]) -> Vec<ReasonFound> {
        let mut out = Vec::new();
        for code in codes.iter().filter(|f| f.field == "denial.code") {
            let (group, bare) = code.value.split_once('-').map_or((None, code.value.as_str()), |(g, c)| (Some(g), c));
            // a number without its group may be a plan's own: there only the usual ones are believed
            let is_standard = group.is_some() || bare.starts_with(|c: char| c.is_ascii_uppercase());
            let standard = self.standard_codes.get(bare).copied().filter(|_| is_standard);
            let usual = self.reasons.iter().enumerate().filter(|(_, r)| r.codes.iter().any(|c| c == bare));
            for reason in usual.map(|(i, _)| i).chain(standard) {
                let (page, span) = (code.page, code.span);
                out.push(ReasonFound { reason, page, span, weight: Weight::Stated, coded: true });
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

/// The reasons that words take back, with the sentence in which they do.
fn taken_back(view: &View) -> HashSet<(usize, usize)> {
    let unless = |(meaning, range): &(Meaning, Range)| {
        let Meaning::Unless(reason) = *meaning else { return None };
        Some((reason, view.page.tokens.get(range.0)?.sentence))
    };
    view.hits.iter().filter_map(unless).collect()
}

/// Whether words stand inside the criteria that the paper quotes.
pub(crate) fn is_demand(fields: &[Found], page: usize, span: Span) -> bool {
    let mut criteria = fields.iter().filter(|f| f.field == "criteria.quoted" && f.page == page);
    criteria.any(|c| span.0 >= c.span.0 && span.1 <= c.span.1)
}

/// Whether words hold a part of these criteria, such as their first words ("The policy requires all of the following").
pub(crate) fn touches_demand(fields: &[Found], page: usize, span: Span) -> bool {
    let mut criteria = fields.iter().filter(|f| f.field == "criteria.quoted" && f.page == page);
    criteria.any(|c| c.span.0 < span.1 && span.0 < c.span.1)
}

/// Whether one of several stretches, in the order of their beginnings, shares a token with another.
fn overlaps(places: &[Range], words: Range) -> bool {
    let longest = places.iter().map(|r| r.1 - r.0).max().unwrap_or(0);
    let first = places.partition_point(|r| r.0 + longest <= words.0);
    let near = places.get(first..).unwrap_or_default().iter().take_while(|r| r.0 < words.1);
    near.into_iter().any(|r| words.0 < r.1)
}
