//! Sentences that name a reason without giving it: what the plan covers in general, what it leaves out, how its network works,
//! what was looked at and found fine.
//!
//! The rules of [`crate::reasons`] know many of their marks. Beside them each sentence in which a reason is named is weighed: its
//! words, how many reasons it names, what else of this case it speaks of, what stands around it. One that weighs as an aside
//! states no reason, unless no other sentence does.
//!
//! Nothing is hidden: every weight stands in `kb/notice/aside_weights.toml`, made by `cargo xtask learn asides` from the labelled
//! letters of the open sets and from what plans say in the cases of opinion letters. No weight is ever shown as a chance.

use std::collections::{BTreeMap, BTreeSet};

use facts::{Document, TextFrom};
use kb::{Kb, KbError};
use serde::Deserialize;

use crate::data::{Cue, Meaning, Reader, Section, Weight};
use crate::found::Found;
use crate::reasons::ReasonFound;
use crate::values::Span;
use crate::view::View;

/// Where the weights stand in the knowledge base.
const FILE: &str = "notice/aside_weights.toml";

/// A sentence of a page that names reasons: which page, which sentence, which reasons.
struct Named {
    view: usize,
    sentence: usize,
    reasons: BTreeSet<usize>,
}

/// A sentence in which a reason is named.
#[derive(Debug, Clone, PartialEq)]
pub struct Naming {
    /// Counted from 1.
    pub page: usize,
    /// Where it stands on the page as it is read.
    pub span: Span,
    /// The reasons that its words name.
    pub reasons: Vec<String>,
    /// What it says and what stands around it.
    pub features: BTreeMap<String, f32>,
}

/// The file as written, but for its lines. One line per feature: the feature, a tab, then hundredths.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AsidesFile {
    /// From how many labelled texts they were counted, and by which these can be known again.
    texts: usize,
    #[serde(rename = "fingerprint")]
    _fingerprint: String,
    /// Below this share of saying a reason a sentence is an aside.
    said_at: f32,
    bias: f32,
}

/// The weights, ready for use.
#[derive(Debug)]
pub(crate) struct Asides {
    said_at: f32,
    bias: f32,
    features: kb::weights::Table,
}

impl Asides {
    /// Reads the weights; none in a knowledge base without them (then no sentence is weighed).
    pub(crate) fn load(kb: &Kb) -> Result<Option<Asides>, KbError> {
        if kb.source().get(FILE).is_none() {
            return Ok(None);
        }
        let (file, lines): (AsidesFile, _) = kb.weighed(FILE)?;
        if file.texts == 0 {
            let message = "the weights were counted from no text".into();
            return Err(KbError { file: FILE.into(), place: None, message, hint: None });
        }
        let features = kb::weights::Table::new(FILE, lines, 1, true)?;
        Ok(Some(Asides { said_at: file.said_at, bias: file.bias, features }))
    }

    /// The share of saying a reason.
    fn share(&self, features: &BTreeMap<String, f32>) -> f32 {
        let weight = |name: &str| self.features.get(name).and_then(|n| kb::weights::each(n).next()).unwrap_or_default();
        let sum: f32 = features.iter().map(|(name, value)| weight(name) * value).sum();
        1.0 / (1.0 + (-(self.bias + sum)).exp())
    }
}

impl Reader {
    /// The sentences of a paper in which reasons are named, whether or not they give them: for those who count weights.
    pub fn namings(&self, document: &Document) -> Vec<Naming> {
        let pages = self.in_reading_order(document);
        let views = self.views(&pages, document.text_from == TextFrom::Ocr);
        let kinds = self.kinds(&views);
        let found = self.best(self.collect(&views, &kinds), &kinds);
        let named = self.named_on(&views);
        let naming = |(i, one): (usize, &Named)| {
            let view = views.get(one.view)?;
            let names = one.reasons.iter().filter_map(|r| Some(self.reasons.get(*r)?.reason.clone())).collect();
            Some(Naming {
                page: view.number,
                span: view.page.sentence_span(one.sentence),
                reasons: names,
                features: self.aside_features(view, &named, i, &found),
            })
        };
        named.iter().enumerate().filter_map(naming).collect()
    }

    /// The sentences that weigh as asides, page by page, among those that name a reason, with their share of saying it.
    pub(crate) fn asides(&self, views: &[View], found: &[Found]) -> Vec<BTreeMap<usize, f32>> {
        let mut out = vec![BTreeMap::new(); views.len()];
        let Some(asides) = &self.asides else { return out };
        let named = self.named_on(views);
        for (i, one) in named.iter().enumerate() {
            let (Some(view), Some(of)) = (views.get(one.view), out.get_mut(one.view)) else { continue };
            let (from, to) = view.page.sentence_tokens(one.sentence);
            // "We cannot approve this because …": the decision and its one reason stand together
            let decides = one.reasons.len() == 1 && view.cue_in(Cue::Decision, (from, to)).is_some();
            let checked = view.page.tokens.get(from).is_some_and(|t| view.is_checked(t.start));
            if checked || decides && !view.is_general(one.sentence) {
                continue;
            }
            let share = asides.share(&self.aside_features(view, &named, i, found));
            if share < asides.said_at {
                of.insert(one.sentence, share);
            }
        }
        out
    }

    /// The sentences of a paper that name reasons.
    fn named_on(&self, views: &[View]) -> Vec<Named> {
        let mut out = Vec::new();
        for (at, view) in views.iter().enumerate() {
            let count = view.page.tokens.last().map_or(0, |t| t.sentence + 1);
            let named = (0..count).map(|sentence| Named { view: at, sentence, reasons: self.named_in(view, sentence) });
            out.extend(named.filter(|n| !n.reasons.is_empty()));
        }
        out
    }

    /// The reasons that the words of a sentence name, before anyone asks who speaks of what.
    fn named_in(&self, view: &View, sentence: usize) -> BTreeSet<usize> {
        let (from, to) = view.page.sentence_tokens(sentence);
        let by_phrase = view.hits.iter().filter_map(|(meaning, range)| match meaning {
            Meaning::Reason(reason, _) if range.0 >= from && range.0 < to => Some(*reason),
            _ => None,
        });
        by_phrase.chain(self.reasons_in(view, sentence)).collect()
    }

    /// What counts of a sentence: `w:` its words, one and two together; `b:` its first two; `q:` its ideas; `c:` its cues, and
    /// `a:`, `z:` those of the sentence before and after; `n:` how many reasons it names, and which two together; `r:` which; `l:` how it
    /// stands among the sentences of the letter that name reasons; `o:` what of this case it speaks of; `s:` its section and place.
    #[allow(clippy::cast_precision_loss)] // a sentence's words
    fn aside_features(&self, view: &View, all: &[Named], at: usize, found: &[Found]) -> BTreeMap<String, f32> {
        /// The cues that count.
        const CUES: [(Cue, &str); 12] = [
            (Cue::Decision, "decision"),
            (Cue::DecidedHere, "decided here"),
            (Cue::Conditional, "conditional"),
            (Cue::Negation, "negation"),
            (Cue::Reported, "reported"),
            (Cue::Approved, "approved"),
            (Cue::Appeal, "appeal"),
            (Cue::CriteriaName, "criteria"),
            (Cue::ProvisionCue, "provision"),
            (Cue::YourDoctor, "doctor"),
            (Cue::Past, "past"),
            (Cue::ReviewerCue, "reviewer"),
        ];
        /// Sentences before in which a decision counts.
        const BEFORE: usize = 8;
        let mut out: BTreeMap<String, f32> = BTreeMap::new();
        let Some(Named { sentence, reasons, .. }) = all.get(at) else { return out };
        let sentence = *sentence;
        let (from, to) = view.page.sentence_tokens(sentence);
        let tokens = view.page.tokens.get(from..to).unwrap_or_default();
        let words: Vec<&str> = tokens.iter().map(|t| if t.has_digit { "#" } else { t.norm.as_str() }).collect();
        let long = (words.len().max(1) as f32).sqrt();
        for word in &words {
            out.insert(format!("w:{word}"), 2.0 / long);
        }
        for pair in words.windows(2) {
            out.insert(format!("w:{}", pair.join(" ")), 2.0 / long);
        }
        if let [a, b, ..] = words.as_slice() {
            out.insert(format!("b:{a}"), 1.0);
            out.insert(format!("b:{a} {b}"), 1.0);
        }
        for (i, _) in view.said_in(sentence) {
            let name = self.concepts.concept.get(*i).map_or("", |c| c.name.as_str());
            out.insert(format!("q:{name}"), 0.7);
        }
        let around = [(Some(sentence), "c"), (sentence.checked_sub(1), "a"), (Some(sentence + 1), "z")];
        for (at, mark) in around {
            let Some(range) = at.map(|s| view.page.sentence_tokens(s)).filter(|r| r.1 > r.0) else { continue };
            for (cue, name) in CUES {
                if view.cue_in(cue, range).is_some() {
                    out.insert(format!("{mark}:{name}"), 1.0);
                }
            }
        }
        if view.is_general(sentence) {
            out.insert("c:general".into(), 1.0);
        }
        let decided = (1..=BEFORE).find(|n| {
            let at = sentence.checked_sub(*n).map(|s| view.page.sentence_tokens(s));
            at.is_some_and(|r| view.cue_in(Cue::Decision, r).is_some())
        });
        out.insert(format!("a:decided {}", decided.map_or(9, |n| if n < 3 { n } else { 5 })), 1.0);
        // "… For these reasons we cannot approve it": the decision may follow
        let decides = (1..=BEFORE).find(|n| {
            let range = view.page.sentence_tokens(sentence + n);
            range.1 > range.0 && view.cue_in(Cue::Decision, range).is_some()
        });
        out.insert(format!("z:decides {}", decides.map_or(9, |n| if n < 3 { n } else { 5 })), 1.0);
        out.insert(format!("n:{}", reasons.len().min(4)), 1.0);
        for reason in reasons {
            out.insert(format!("r:{}", self.reasons.get(*reason).map_or("", |r| r.reason.as_str())), 1.0);
        }
        for (i, a) in reasons.iter().enumerate() {
            for b in reasons.iter().skip(i + 1) {
                let name = |r: &usize| self.reasons.get(*r).map_or("", |r| r.reason.as_str());
                out.insert(format!("n:{} {}", name(a), name(b)), 1.0);
            }
        }
        out.insert(format!("n:words {}", words.len().min(40) / 8), 1.0);
        for name in self.of_this_case(view, (from, to), found) {
            out.insert(format!("o:{name}"), 1.0);
        }
        if self.of_this_case(view, (from, to), found).is_empty() {
            out.insert("o:nothing".into(), 1.0);
        }
        self.among_all(view, all, at, &mut out);
        let section = match view.section(from) {
            Section::Body => "body",
            Section::Reason => "reason",
            Section::Rights => "rights",
            Section::Help => "help",
        };
        out.insert(format!("s:{section}"), 1.0);
        let start = tokens.first().map_or(0, |t| t.start);
        out.insert(format!("s:sixth {}", start * 6 / view.page.text.len().max(1)), 0.5);
        let cells = tokens.first().and_then(|t| view.page.lines.get(t.line)).map_or(0, |l| l.cells.len());
        out.insert(format!("s:cells {}", cells.min(3)), 1.0);
        out
    }

    /// How a sentence stands among all that name reasons: alone, the first, the last, beside others like it on either side, and
    /// whether its reason is named again.
    fn among_all(&self, view: &View, all: &[Named], at: usize, out: &mut BTreeMap<String, f32>) {
        let Some(one) = all.get(at) else { return };
        let mut add = |name: String| out.insert(format!("l:{name}"), 1.0);
        add(format!("of {}", all.len().min(6)));
        if at == 0 {
            add("first".into());
        }
        if at + 1 == all.len() {
            add("last".into());
        }
        let again = all.iter().enumerate().filter(|(i, o)| *i != at && !o.reasons.is_disjoint(&one.reasons)).count();
        add(format!("again {}", again.min(3)));
        let near = |o: &&Named| o.view == one.view && o.sentence.abs_diff(one.sentence) == 1;
        add(format!("beside {}", all.iter().filter(near).count()));
        // A decision in the sentence, in another one that names a reason, or in none of them.
        let decides = |o: &Named| {
            o.view == one.view && view.cue_in(Cue::Decision, view.page.sentence_tokens(o.sentence)).is_some()
        };
        if !decides(one) && all.iter().any(decides) {
            add("another decides".into());
        }
    }

    /// What of this case a sentence speaks of: the fields whose value, or a telling word of it, stands in it.
    fn of_this_case(&self, view: &View, (from, to): (usize, usize), found: &[Found]) -> BTreeSet<&'static str> {
        /// A shorter word tells little.
        const TELLING: usize = 5;
        const FIELDS: [&str; 8] = [
            "service.description",
            "service.code",
            "service.date",
            "diagnosis.description",
            "provider.treating",
            "provider.facility",
            "member.name",
            "patient.name",
        ];
        let tokens = view.page.tokens.get(from..to).unwrap_or_default();
        let telling = |f: &&Found| {
            f.value
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| w.len() >= TELLING)
                .map(crate::phrase::fold_word)
                .any(|w| tokens.iter().any(|t| t.norm == w))
        };
        let fields = FIELDS.iter().copied();
        fields.filter(|name| found.iter().filter(|f| f.field == *name).any(|f| telling(&f))).collect()
    }
}

/// Takes the reasons out that asides name. Where nothing else is stated, the one that is likeliest said stays.
pub(crate) fn leave_out(reasons: &mut Vec<ReasonFound>, views: &[View], asides: &[BTreeMap<usize, f32>]) {
    let share = |r: &ReasonFound| {
        let at = views.iter().position(|v| v.number == r.page)?;
        let view = views.get(at)?;
        let token = view.page.tokens.get(view.page.token_at(r.span.0))?;
        asides.get(at)?.get(&token.sentence).copied()
    };
    let said: Vec<ReasonFound> = reasons.iter().filter(|r| r.coded || share(r).is_none()).cloned().collect();
    if said.iter().all(|r| r.weight >= Weight::Fallback) {
        let best = reasons.iter().filter_map(|r| Some((share(r)?, r.page, r.span))).max_by(|a, b| a.0.total_cmp(&b.0));
        let stays = |r: &ReasonFound| best.is_some_and(|(_, page, span)| (r.page, r.span.0) == (page, span.0));
        reasons.retain(|r| said.contains(r) || stays(r));
    } else {
        *reasons = said;
    }
}
