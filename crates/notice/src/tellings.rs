//! Which sentence of a paper tells which reason, weighed sentence by sentence.
//!
//! The rules of [`crate::reasons`] know sentences that somebody thought of, and [`crate::weigh`] weighs all the words of a paper
//! together: in a long letter one sentence that tells a reason in words of its own is drowned by forty others. So each sentence is weighed by
//! itself too, with what stands around it, and the best one of the paper speaks for each reason.
//!
//! Nothing is hidden: every weight stands in `kb/notice/telling_weights.toml`, made by `cargo xtask learn tellings` from the labelled
//! letters and passages of the open sets and from what plans say in the cases of opinion letters. No weight is ever shown as a chance.

use std::collections::BTreeMap;

use facts::{Document, TextFrom};
use kb::{Kb, KbError};
use serde::Deserialize;

use crate::data::{Cue, Reader, Section, Weight};
use crate::found::Found;
use crate::reasons::{ReasonFound, is_demand};
use crate::values::Span;
use crate::view::View;

/// Where the weights stand in the knowledge base.
const FILE: &str = "notice/telling_weights.toml";

/// A sentence of a paper that may tell a reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Telling {
    /// Counted from 1.
    pub page: usize,
    /// Where it stands on the page as it is read.
    pub span: Span,
    /// Its words as they stand there.
    pub text: String,
    /// The reasons that the rules read in it.
    pub said: Vec<String>,
    /// What it says and what stands around it.
    pub features: BTreeMap<String, f32>,
}

/// The file as written, but for its lines. One line per feature: the feature, a tab, then `sum:hundredths` for each sum it counts for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TellingsFile {
    /// From how many labelled texts they were counted, and by which these can be known again.
    texts: usize,
    #[serde(rename = "fingerprint")]
    _fingerprint: String,
    scoring: Scoring,
    /// The names of the sums: reasons.
    sums: Vec<String>,
    bias: Vec<f32>,
}

/// How what the rules read, the words of the whole paper and its best sentence are put together.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scoring {
    /// The least that the words of the whole paper and a sentence are taken for.
    paper_least: f32,
    sentence_least: f32,
    /// What is enough for a reason that the rules surely state, and no other one.
    alone: f32,
    /// By how much another sentence must tell a reason more clearly to be quoted for it.
    clearer: f32,
    /// For a reason that the rules state, and for another one.
    stated: Numbers,
    unstated: Numbers,
}

/// What each thing counts: a reason is given where all of it sums up to more than nothing.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    start: f32,
    /// The score of the whole paper ([`crate::weigh`]), and the sum of its words alone.
    score: f32,
    paper: f32,
    /// The best sentence, the best of those that speak for no other reason more, and the best of those in which the rules read the reason.
    sentence: f32,
    own: f32,
    quoted: f32,
    /// That the rules read it surely, that a code states it, and each other reason that they state (up to three).
    surely: f32,
    coded: f32,
    others: f32,
}

/// What speaks for a reason and against it: the numbers that `scoring` puts together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReasonInputs {
    /// The score of the whole paper, and the sum of its words alone.
    pub score: f32,
    /// See `score`.
    pub paper: f32,
    /// What the best sentence sums up to, and the best of those that speak for no other reason more.
    pub sentence: f32,
    /// See `sentence`.
    pub own: f32,
    /// The best sum of the sentences in which the rules read the reason, surely or by half.
    pub quoted: f32,
    /// Whether the rules state the reason, whether surely, and whether a code does.
    pub stated: bool,
    /// See `stated`.
    pub surely: bool,
    /// See `stated`.
    pub coded: bool,
    /// How many reasons the rules state.
    pub others: usize,
}

/// The weights, ready for use.
#[derive(Debug)]
pub(crate) struct Tellings {
    scoring: Scoring,
    sums: Vec<String>,
    bias: Vec<f32>,
    features: kb::weights::Table,
}

/// What a sentence weighs for each reason.
pub(crate) struct Told {
    pub(crate) page: usize,
    pub(crate) sentence: usize,
    pub(crate) span: Span,
    sums: Vec<f32>,
}

impl Told {
    /// What it weighs for the reason at a place among the sums.
    pub(crate) fn sum(&self, at: usize) -> f32 {
        self.sums.get(at).copied().unwrap_or(f32::MIN)
    }
}

impl Tellings {
    /// Reads the weights; none in a knowledge base without them (then no sentence is weighed).
    pub(crate) fn load(kb: &Kb) -> Result<Option<Tellings>, KbError> {
        if kb.source().get(FILE).is_none() {
            return Ok(None);
        }
        let (file, lines): (TellingsFile, _) = kb.weighed(FILE)?;
        let wrong = |message: String| KbError { file: FILE.into(), place: None, message, hint: None };
        if file.texts == 0 {
            return Err(wrong("the weights were counted from no text".into()));
        }
        if file.sums.len() != file.bias.len() {
            return Err(wrong("each sum needs its bias".into()));
        }
        let features = kb::weights::Table::new(FILE, lines, file.sums.len(), false)?;
        let TellingsFile { scoring, sums, bias, .. } = file;
        Ok(Some(Tellings { scoring, sums, bias, features }))
    }

    /// The place of a reason among the sums.
    pub(crate) fn place(&self, reason: &str) -> Option<usize> {
        self.sums.iter().position(|s| s == reason)
    }

    /// What is enough for a reason that the rules surely state, and no other one: less than nothing.
    pub(crate) fn least_alone(&self) -> f32 {
        self.scoring.alone
    }

    /// All that speaks for a reason together.
    pub(crate) fn total(&self, inputs: &ReasonInputs) -> f32 {
        let s = &self.scoring;
        let n = if inputs.stated { &s.stated } else { &s.unstated };
        let when = |is: bool, counts: f32| if is { counts } else { 0.0 };
        let others = f32::from(u8::try_from(inputs.others.min(3)).unwrap_or(3));
        n.start
            + n.score * inputs.score
            + n.paper * inputs.paper.max(s.paper_least)
            + n.sentence * inputs.sentence.max(s.sentence_least)
            + n.own * inputs.own.max(s.sentence_least)
            + n.quoted * inputs.quoted.max(s.sentence_least)
            + when(inputs.surely, n.surely)
            + when(inputs.coded, n.coded)
            + n.others * others
    }

    /// The sentence to quote for a reason instead of the one in which the rules read it first: another one of these, or its `own` best one,
    /// that tells it much more clearly.
    pub(crate) fn clearer<'t>(
        &self,
        told: &'t [Told],
        sum: usize,
        read_here: impl Fn(&&Told) -> bool,
        own: Option<&'t Told>,
    ) -> Option<&'t Told> {
        let first = told.iter().find(&read_here)?;
        let best = told.iter().filter(&read_here).chain(own).max_by(|a, b| a.sum(sum).total_cmp(&b.sum(sum)))?;
        (best.sum(sum) > first.sum(sum) + self.scoring.clearer).then_some(best)
    }

    fn sums(&self, features: &BTreeMap<String, f32>) -> Vec<f32> {
        self.features.sums(&self.bias, features.iter().map(|(n, v)| (n.as_str(), *v)))
    }
}

impl Reader {
    /// The sentences of a paper that may tell a reason: for those who count weights.
    pub fn tellings(&self, document: &Document) -> Vec<Telling> {
        let pages = self.in_reading_order(document);
        let views = self.views(&pages, document.text_from == TextFrom::Ocr);
        let mut out = Vec::new();
        for view in &views {
            let said = self.said_reasons(view);
            for sentence in sentences(view) {
                let span = view.page.sentence_span(sentence);
                let here = said.iter().filter(|s| s.span.0 <= span.0 && span.1 <= s.span.1);
                let names = here.filter_map(|s| Some(self.reasons.get(s.reason)?.reason.clone())).collect();
                let features = self.telling_features(view, sentence);
                let text = view.page.slice(span.0, span.1).to_owned();
                out.push(Telling { page: view.number, span, text, said: names, features });
            }
        }
        out
    }

    /// What each sentence of a paper weighs; nothing in a knowledge base without weights.
    pub(crate) fn told(&self, views: &[View]) -> Vec<Told> {
        /// Sentences that are weighed at most: a letter has fewer, and a booklet that is taken for one must not take minutes.
        const MOST: usize = 400;
        let Some(weights) = &self.tellings else { return Vec::new() };
        let mut out = Vec::new();
        for view in views {
            for sentence in sentences(view) {
                if out.len() == MOST {
                    return out;
                }
                let sums = weights.sums(&self.telling_features(view, sentence));
                out.push(Told { page: view.number, sentence, span: view.page.sentence_span(sentence), sums });
            }
        }
        out
    }

    /// The sentence that weighs most for a reason, and the one of those that weigh for no other reason more; no aside, no demand of the
    /// criteria, none that the rules know and set aside. Of a reason that the rules do not state, no sentence in which they read it half or
    /// another one surely. `sum`: the reason's place among the sums; `reason`: among the reader's reasons.
    pub(crate) fn best_told<'t>(
        &self,
        told: &'t [Told],
        (sum, reason, stated): (usize, usize, bool),
        found: &[ReasonFound],
        (views, fields, asides): (&[View], &[Found], &[BTreeMap<usize, f32>]),
        weights: &Tellings,
    ) -> (Option<&'t Told>, Option<&'t Told>) {
        let speaks = |t: &&Told| {
            let Some(at) = views.iter().position(|v| v.number == t.page) else { return false };
            let here = |f: &ReasonFound| f.page == t.page && f.span.0 <= t.span.0 && t.span.1 <= f.span.1;
            let known = |f: &ReasonFound| !f.coded && (f.reason == reason || f.weight < Weight::Fallback);
            (stated || !found.iter().any(|f| here(f) && known(f)))
                && !asides.get(at).is_some_and(|a| a.contains_key(&t.sentence))
                && !is_demand(fields, t.page, (t.span.0, t.span.0))
                && !views.get(at).is_some_and(|v| self.sets_aside(v, t.sentence, reason))
        };
        let mut best: Vec<&Told> = told.iter().filter(|t| t.sum(sum) > weights.scoring.sentence_least).collect();
        best.sort_by(|a, b| b.sum(sum).total_cmp(&a.sum(sum)));
        let free = best.iter().find(|t| speaks(t)).copied();
        let is_own = |t: &&&Told| t.sums.iter().all(|s| *s <= t.sum(sum));
        (free, best.iter().filter(is_own).find(|t| speaks(t)).copied())
    }

    /// What counts of a sentence: `w:` its words, one to three together; `t:` how its words begin, one and two together; `q:` its ideas, one to
    /// three in order; `p:` and `n:` how the words of the sentence before and after begin; `c:` its cues, `a:`, `z:` those of the sentence before and
    /// after; `d:` how far a decision is; `s:` its section, place and length.
    #[allow(clippy::cast_precision_loss)] // a sentence's words
    fn telling_features(&self, view: &View, sentence: usize) -> BTreeMap<String, f32> {
        /// The cues that count.
        const CUES: [(Cue, &str); 14] = [
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
            (Cue::ExternalOffer, "external"),
            (Cue::ClaimFileOffer, "file"),
        ];
        /// How many letters a word begins with.
        const BEGIN: usize = 6;
        /// Sentences on either side in which a decision counts.
        const NEAR: usize = 8;
        let mut out: BTreeMap<String, f32> = BTreeMap::new();
        let words_of = |at: usize| -> Vec<String> {
            let (from, to) = view.page.sentence_tokens(at);
            let tokens = view.page.tokens.get(from..to).unwrap_or_default();
            tokens.iter().map(|t| if t.has_digit { "#".into() } else { t.norm.clone() }).collect()
        };
        let begins =
            |words: &[String]| -> Vec<String> { words.iter().map(|w| w.chars().take(BEGIN).collect()).collect() };
        let mut runs = |mark: &str, words: &[String], most: usize, times: f32| {
            let mut names = Vec::new();
            for n in 1..=most {
                names.extend(words.windows(n).map(|w| format!("{mark}:{}", w.join(" "))));
            }
            names.sort_unstable();
            names.dedup();
            let each = times / (names.len().max(1) as f32).sqrt();
            out.extend(names.into_iter().map(|n| (n, each)));
        };
        let words = words_of(sentence);
        runs("w", &words, 3, 1.0);
        runs("t", &begins(&words), 2, 1.0);
        let idea = |i: usize| self.concepts.concept.get(i).map_or("", |c| c.name.as_str());
        let ideas: Vec<String> = view.said_in(sentence).iter().map(|(i, _)| idea(*i).to_owned()).collect();
        runs("q", &ideas, 3, 1.0);
        let before = sentence.checked_sub(1);
        runs("p", &before.map(|s| begins(&words_of(s))).unwrap_or_default(), 1, 0.5);
        runs("n", &begins(&words_of(sentence + 1)), 1, 0.5);
        let mut flag = |name: String| out.insert(name, 0.3);
        for (at, mark) in [(Some(sentence), "c"), (before, "a"), (Some(sentence + 1), "z")] {
            let Some(range) = at.map(|s| view.page.sentence_tokens(s)).filter(|r| r.1 > r.0) else { continue };
            for (cue, name) in CUES {
                if view.cue_in(cue, range).is_some() {
                    flag(format!("{mark}:{name}"));
                }
            }
        }
        if view.is_general(sentence) {
            flag("c:general".into());
        }
        let decides = |at: usize| {
            let range = view.page.sentence_tokens(at);
            range.1 > range.0 && view.cue_in(Cue::Decision, range).is_some()
        };
        let far = |n: Option<usize>| n.map_or(9, |n| if n < 3 { n } else { 5 });
        flag(format!("d:after {}", far((1..=NEAR).find(|n| sentence.checked_sub(*n).is_some_and(decides)))));
        flag(format!("d:before {}", far((1..=NEAR).find(|n| decides(sentence + n)))));
        let (from, to) = view.page.sentence_tokens(sentence);
        let section = match view.section(from) {
            Section::Body => "body",
            Section::Reason => "reason",
            Section::Rights => "rights",
            Section::Help => "help",
        };
        flag(format!("s:{section}"));
        let first = view.page.tokens.get(from);
        let start = first.map_or(0, |t| t.start);
        flag(format!("s:sixth {}", start * 6 / view.page.text.len().max(1)));
        let cells = first.and_then(|t| view.page.lines.get(t.line)).map_or(0, |l| l.cells.len());
        flag(format!("s:cells {}", cells.min(3)));
        flag(format!("s:words {}", (to - from).min(40) / 8));
        out
    }
}

/// The sentences of a page that may tell a reason: not those of the help, nor what stands beside an empty box.
fn sentences<'v>(view: &'v View<'_>) -> impl Iterator<Item = usize> + 'v {
    let count = view.page.tokens.last().map_or(0, |t| t.sentence + 1);
    (0..count).filter(move |sentence| {
        let (from, to) = view.page.sentence_tokens(*sentence);
        let asked = match view.section(from) {
            Section::Help => false,
            Section::Rights => view.cue_in(Cue::Decision, (from, to)).is_some(),
            _ => true,
        };
        let beside_empty_box = view.page.tokens.get(from).is_some_and(|t| view.is_unchecked(t.start));
        asked && !beside_empty_box && crate::weigh::states(view, (from, to))
    })
}
