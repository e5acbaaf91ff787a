//! Which reasons the words of the paper lean to, weighed word by word, beside the reasons that the rules read.
//!
//! The rules of [`crate::reasons`] know sentences that somebody thought of, and take a condition, an aside or a definition for a
//! reason now and then. On passages by a writer who had seen no rule they alone reached an F1 of 0.84; with the words weighed
//! 0.91. So both are heard: what the rules read counts much, a reason that the words speak clearly against is not counted (a
//! finding says so with its words, and the last one that the rules state always stays), and one that the words speak clearly
//! for is added with the sentence that carries most of it.
//!
//! Nothing is hidden: every weight stands in `kb/notice/reason_weights.toml`, made by `cargo xtask learn reasons` from the
//! labelled letters and passages in `tests/letters/`, the examples beside the rules and the plans' words in the cases of
//! `tests/opinions/`, and from nothing else. No weight is ever shown as a chance.

use std::collections::{BTreeMap, HashMap, HashSet};

use facts::{Document, StatedReason, TextFrom};
use kb::{Kb, KbError};
use serde::Deserialize;

use crate::data::{Cue, Reader, Section, Weight};
use crate::found::Found;
use crate::reasons::{ReasonFound, is_demand, touches_demand};
use crate::tellings::{ReasonInputs, Told};
use crate::values::Span;
use crate::view::View;

/// Where the weights stand in the knowledge base.
const FILE: &str = "notice/reason_weights.toml";
/// The last sum of the file: that no reason is given at all.
pub const NO_REASON: &str = "none";

/// What a reason's score is made of, and what it needs.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scoring {
    /// What one unit of the words' own sum counts.
    words: f32,
    /// What the best sum of another reason counts, and the least that it is taken for.
    others: f32,
    others_least: f32,
    /// What the sum for no reason at all counts, and between which bounds.
    none: f32,
    none_within: f32,
    /// What it counts that the rules read the reason, surely or as a fallback, or that they read others (each, up to two).
    rules: f32,
    fallback: f32,
    beside: f32,
    start: f32,
    /// What a reason of the rules needs to stay where they state it, and where they read it as a fallback; and what one of
    /// the words alone needs to be added.
    stated_stays: f32,
    stays: f32,
    added: f32,
}

/// The file as written, but for its lines. One line per feature: the feature, a tab, then `sum:hundredths` for each sum it counts for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightsFile {
    /// From how many labelled texts they were counted.
    texts: usize,
    /// By which these can be known again: whoever changes one must count anew.
    #[serde(rename = "fingerprint")]
    _fingerprint: String,
    /// The most words of a paper that are weighed.
    most_words: usize,
    /// A paper of more sentences than `short` is long: there a quote is weighed once more, with so many sentences on either side.
    short: usize,
    around: usize,
    scoring: Scoring,
    /// The names of the sums: reasons, and [`NO_REASON`].
    sums: Vec<String>,
    bias: Vec<f32>,
}

/// The weights, ready for use.
#[derive(Debug)]
pub(crate) struct Weights {
    most_words: usize,
    short: usize,
    around: usize,
    scoring: Scoring,
    sums: Vec<String>,
    bias: Vec<f32>,
    features: kb::weights::Table,
}

/// The reasons of a paper after everything was weighed.
#[derive(Debug, Default)]
pub(crate) struct Weighed {
    pub(crate) kept: Vec<StatedReason>,
    /// Those that the rules surely state and all else speaks against.
    pub(crate) doubted: Vec<StatedReason>,
    /// What was weighed of each reason: for those who count weights.
    pub(crate) inputs: Vec<(String, ReasonInputs)>,
}

/// A reason that a paper may give.
struct Considered<'w> {
    name: &'w str,
    /// Its place among the sums of the paper's words, and among the reader's reasons.
    at: usize,
    reason: usize,
    /// How the rules read it.
    how: Option<Weight>,
    /// What the whole paper scores.
    score: f32,
    /// Nothing in a knowledge base that weighs no sentences.
    inputs: Option<ReasonInputs>,
    /// Page and place of the best sentence, and of the best one that speaks for no other reason more.
    free: Option<(usize, Span)>,
    own: Option<(usize, Span)>,
    /// A sentence that tells it much more clearly than those in which the rules read it.
    clearer: Option<(usize, Span)>,
}

/// A sentence that is weighed, with the names of its features.
struct Heard {
    page: usize,
    sentence: usize,
    span: Span,
    /// It says something of this case: a sentence, no aside, no head of a table, no amount.
    states: bool,
    names: Vec<String>,
}

impl Weights {
    /// Reads the weights; none in a knowledge base without them (then the rules decide alone).
    pub(crate) fn load(kb: &Kb) -> Result<Option<Weights>, KbError> {
        if kb.source().get(FILE).is_none() {
            return Ok(None);
        }
        let (file, lines): (WeightsFile, _) = kb.weighed(FILE)?;
        let wrong = |message: String| KbError { file: FILE.into(), place: None, message, hint: None };
        if file.texts == 0 {
            return Err(wrong("the weights were counted from no text".into()));
        }
        if file.sums.len() != file.bias.len() || file.sums.last().is_none_or(|s| s != NO_REASON) {
            return Err(wrong(format!("each sum needs its bias, and the last sum is `{NO_REASON}`")));
        }
        let WeightsFile { most_words, short, around, scoring, sums, bias, .. } = file;
        let features = kb::weights::Table::new(FILE, lines, sums.len(), false)?;
        Ok(Some(Weights { most_words, short, around, scoring, sums, bias, features }))
    }

    /// The sums of some features.
    fn sums(&self, features: &BTreeMap<&str, f32>) -> Vec<f32> {
        self.features.sums(&self.bias, features.iter().map(|(n, v)| (*n, *v)))
    }

    /// What a reason scores. `read`: how the rules read it; `others`: how many other reasons they read.
    fn score(&self, at: usize, sums: &[f32], read: Option<Weight>, others: usize) -> f32 {
        let s = &self.scoring;
        let (none, reasons) = sums.split_last().map_or((0.0, sums), |(n, r)| (*n, r));
        let best = reasons.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, v)| *v).fold(s.others_least, f32::max);
        let rules = match read {
            Some(weight) if weight < Weight::Fallback => s.rules,
            Some(_) => s.fallback,
            None => s.beside * if others > 1 { 2.0 } else { f32::from(u8::from(others == 1)) },
        };
        s.start
            + s.words * sums.get(at).copied().unwrap_or(s.others_least)
            + s.others * best
            + s.none * none.clamp(-s.none_within, s.none_within)
            + rules
    }

    /// What a reason that the rules read needs to stay.
    fn needed(&self, read: Option<Weight>) -> f32 {
        if read.is_some_and(|w| w < Weight::Fallback) { self.scoring.stated_stays } else { self.scoring.stays }
    }

    /// The sentence that adds most to a sum, of those that speak for no other reason more.
    fn carrier<'h>(&self, heard: &'h [Heard], at: usize) -> Option<&'h Heard> {
        let adds = |h: &Heard| {
            let sums = self.sums(&features(std::slice::from_ref(h)));
            let all = sums.iter().sum::<f32>() / f32::from(u16::try_from(sums.len()).unwrap_or(u16::MAX).max(1));
            sums.get(at).copied().unwrap_or(0.0) - all
        };
        let its_own = |h: &&Heard| {
            let sums = self.sums(&features(std::slice::from_ref(h)));
            let reasons = sums.split_last().map_or(&[][..], |s| s.1);
            reasons.iter().all(|s| reasons.get(at).is_some_and(|own| own >= s))
        };
        heard
            .iter()
            .filter(|h| h.states)
            .filter(its_own)
            .map(|h| (adds(h), h))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|m| m.1)
    }
}

impl Reader {
    /// The reasons of a paper after its words were weighed, and those that the rules state and the words speak against. `found`: every place where the rules read one; `fields`: what else
    /// was read; `stated`: the reasons that the rules give. A reason that a code states, or words beyond those that are weighed, stays whatever the words say; and none is
    /// added whose sentence the rules know and set aside: they take negations and conditions apart, which words alone cannot.
    pub(crate) fn weighed(
        &self,
        views: &[View],
        found: &[ReasonFound],
        fields: &[Found],
        asides: &[BTreeMap<usize, f32>],
        mut stated: Vec<StatedReason>,
        document: usize,
    ) -> Weighed {
        let mut out = Weighed::default();
        let mut doubted: Vec<(f32, bool, StatedReason)> = Vec::new();
        let Some(weights) = &self.reason_weights else { return Weighed { kept: stated, ..out } };
        let heard = self.heard(views, asides, weights.most_words);
        let sums = weights.sums(&features(&heard));
        let read: Vec<String> = stated.iter().map(|s| s.reason.clone()).collect();
        let told = self.told(views);
        let candidates = self.considered(weights, &sums, &told, &read, found, (views, fields, asides));
        out.inputs = candidates.iter().filter_map(|c| Some((c.name.to_owned(), c.inputs?))).collect();
        for Considered { name, at, reason, how, score, inputs, free, own, clearer } in candidates {
            let places = || found.iter().filter(|f| f.reason == reason);
            let place = stated.iter().position(|s| s.reason == *name);
            let total = inputs.and_then(|i| Some(self.tellings.as_ref()?.total(&i)));
            if let Some(place) = place {
                let here = stated.get(place).map(|s| (s.page, s.span.0));
                let at_quote = heard.iter().position(|h| here == Some((h.page, h.span.0)));
                let stays = |sums: &[f32]| weights.score(at, sums, how, read.len()) > weights.needed(how);
                let near = |i: usize| stays(&weights.sums(&features(around(&heard, i, weights.around))));
                let long = heard.len() > weights.short;
                let by_words = || stays(&sums) || at_quote.is_some_and(|i| long && near(i));
                let firm = how.is_some_and(|w| w < Weight::Fallback);
                let least = self.tellings.as_ref().filter(|_| firm && read.len() == 1).map_or(0.0, |t| t.least_alone());
                let coded = places().any(|f| f.coded);
                let kept = coded || total.map_or_else(|| at_quote.is_none() || by_words(), |t| t > least);
                if !kept {
                    doubted.push((score, firm, stated.remove(place)));
                } else if let (false, Some(s), Some((page, span))) = (coded, stated.get_mut(place), clearer) {
                    let view = views.iter().find(|v| v.number == page);
                    if let Some(quote) = view.map(|v| v.page.slice(span.0, span.1)).filter(|q| !q.is_empty()) {
                        (s.page, s.span, s.quote) = (page, span, quote.to_owned());
                    }
                }
            } else if total.map_or(score > weights.scoring.added, |t| t > 0.0) {
                let carried = weights.carrier(&heard, at).filter(|h| {
                    !places().any(|f| (f.page, f.span.0) == (h.page, h.span.0))
                        && !is_demand(fields, h.page, (h.span.0, h.span.0))
                        && views
                            .iter()
                            .find(|v| v.number == h.page)
                            .is_some_and(|v| !self.sets_aside(v, h.sentence, reason))
                });
                let place = own.or(free).or(carried.map(|h| (h.page, h.span)));
                let Some((page, span)) = place else { continue };
                let Some(view) = views.iter().find(|v| v.number == page) else { continue };
                let quote = view.page.slice(span.0, span.1).to_owned();
                if !quote.is_empty() {
                    stated.push(StatedReason { reason: name.to_owned(), quote, document, page, span });
                }
            }
        }
        // A denial in which the rules find a reason stated is never left without one, nor is one that they half hear and the
        // words do not speak clearly against.
        if stated.is_empty() {
            let stays = |d: &(f32, bool, StatedReason)| d.1 || d.0 > weights.scoring.stated_stays;
            let last = (0..doubted.len()).filter(|i| stays(&doubted[*i]));
            let best = last.max_by(|a, b| doubted[*a].0.total_cmp(&doubted[*b].0));
            stated.extend(best.map(|i| doubted.remove(i).2));
        }
        out.kept = stated;
        out.doubted = doubted.into_iter().filter(|d| d.1).map(|d| d.2).collect();
        out
    }

    /// Every reason with what speaks for it and against it. `read`: the reasons that the rules state.
    fn considered<'w>(
        &self,
        weights: &'w Weights,
        sums: &[f32],
        told: &[Told],
        read: &[String],
        found: &[ReasonFound],
        around: (&[View], &[Found], &[BTreeMap<usize, f32>]),
    ) -> Vec<Considered<'w>> {
        let mut out: Vec<Considered> = Vec::new();
        for (at, name) in weights.sums.iter().enumerate() {
            let Some(reason) = self.reasons.iter().position(|r| r.reason == *name) else { continue };
            let places = || found.iter().filter(|f| f.reason == reason);
            let how = places().map(|f| f.weight).min();
            let stated = read.contains(name);
            let score = weights.score(at, sums, how.filter(|_| stated), read.len());
            let mut candidate =
                Considered { name, at, reason, how, score, inputs: None, free: None, own: None, clearer: None };
            if let Some((tellings, sum)) = self.tellings.as_ref().and_then(|t| Some((t, t.place(name)?))) {
                let (free, own) = self.best_told(told, (sum, reason, stated), found, around, tellings);
                let of = |told: Option<&Told>| told.map_or(f32::MIN, |t| t.sum(sum));
                let read_here =
                    |t: &&Told| places().any(|f| f.page == t.page && t.span.0 <= f.span.0 && f.span.0 < t.span.1);
                candidate.inputs = Some(ReasonInputs {
                    score,
                    paper: sums.get(at).copied().unwrap_or(f32::MIN),
                    sentence: of(free),
                    own: of(own),
                    quoted: told.iter().filter(read_here).map(|t| t.sum(sum)).fold(f32::MIN, f32::max),
                    stated,
                    surely: how.is_some_and(|w| w < Weight::Fallback),
                    coded: places().any(|f| f.coded),
                    others: read.len(),
                });
                // what is only a reason where nothing else is stated is not quoted in place of what states one
                let stated_here = |t: &&Told| {
                    places().any(|f| {
                        Some(f.weight) == how && f.page == t.page && t.span.0 <= f.span.0 && f.span.0 < t.span.1
                    })
                };
                // "We are unable to approve this because it is not medically necessary" says it all
                let outright = places().find(|f| Some(f.weight) == how).is_some_and(|f| {
                    let view = around.0.iter().find(|v| v.number == f.page);
                    let decides = view.is_some_and(|v| v.sentence_has(v.page.token_at(f.span.0), Cue::Decision));
                    f.weight < Weight::Fallback && decides
                });
                let clearer = tellings.clearer(told, sum, stated_here, own).filter(|_| !outright);
                let demands = |t: &&Told| touches_demand(around.1, t.page, t.span);
                candidate.clearer = clearer.filter(|t| !demands(t)).map(|t| (t.page, t.span));
                candidate.free = free.map(|t| (t.page, t.span));
                candidate.own = own.map(|t| (t.page, t.span));
            }
            out.push(candidate);
        }
        out
    }

    /// The features of a paper and their values, for those who count weights.
    pub fn reason_features(&self, document: &Document) -> Vec<(String, f32)> {
        let pages = self.in_reading_order(document);
        let views = self.views(&pages, document.text_from == TextFrom::Ocr);
        let most = self.reason_weights.as_ref().map_or(usize::MAX, |w| w.most_words);
        features(&self.heard(&views, &[], most)).into_iter().map(|(n, v)| (n.to_owned(), v)).collect()
    }

    /// What the words of a paper sum up to for each reason, in words, for people who look into a reading.
    pub(crate) fn explained_sums(&self, views: &[View]) -> Vec<String> {
        let Some(weights) = &self.reason_weights else { return Vec::new() };
        let sums = weights.sums(&features(&self.heard(views, &[], weights.most_words)));
        weights.sums.iter().zip(sums).map(|(name, sum)| format!("words for {name}: {sum:+.2}")).collect()
    }

    /// The sentences that are weighed for reasons: not those of the rights and of help, unless they speak of a decision.
    fn heard(&self, views: &[View], asides: &[BTreeMap<usize, f32>], most_words: usize) -> Vec<Heard> {
        let mut left = most_words;
        let mut out = Vec::new();
        for (at, view) in views.iter().enumerate() {
            let count = view.page.tokens.last().map_or(0, |t| t.sentence + 1);
            for sentence in 0..count {
                let (from, to) = view.page.sentence_tokens(sentence);
                let asked = match view.section(from) {
                    Section::Help => false,
                    Section::Rights => view.cue_in(Cue::Decision, (from, to)).is_some(),
                    _ => true,
                };
                let beside_empty_box = view.page.tokens.get(from).is_some_and(|t| view.is_unchecked(t.start));
                if !asked || beside_empty_box {
                    continue;
                }
                let weighed = (to - from).min(left);
                left -= weighed;
                let names = self.names(view, sentence, (from, from + weighed));
                let aside = asides.get(at).is_some_and(|a| a.contains_key(&sentence));
                let states = !aside && states(view, (from, to));
                out.push(Heard { page: view.number, sentence, span: view.page.sentence_span(sentence), states, names });
                if left == 0 {
                    return out;
                }
            }
        }
        out
    }

    /// The features of a sentence: `w:` one to three words, `c:` three to five letters of a word, `q:` one to three ideas
    /// that follow each other, `o:` two ideas in this order.
    fn names(&self, view: &View, sentence: usize, (from, to): (usize, usize)) -> Vec<String> {
        /// Further ideas that an idea is paired with.
        const NEAR: usize = 12;
        let tokens = view.page.tokens.get(from..to).unwrap_or_default();
        let words: Vec<&str> = tokens.iter().map(|t| if t.has_digit { "#" } else { t.norm.as_str() }).collect();
        let mut out = Vec::with_capacity(words.len() * 16);
        kb::weights::runs("w:", &words, &mut out);
        for word in &words {
            let letters: Vec<char> = format!(" {word} ").chars().collect();
            for n in 3..=5 {
                out.extend(letters.windows(n).map(|l| format!("c:{}", l.iter().collect::<String>())));
            }
        }
        let idea = |i: usize| self.concepts.concept.get(i).map_or("", |c| c.name.as_str());
        let said = view.said_in(sentence).iter().take_while(|(_, range)| range.1 <= to);
        let ideas: Vec<&str> = said.map(|(i, _)| idea(*i)).collect();
        kb::weights::runs("q:", &ideas, &mut out);
        for (i, first) in ideas.iter().enumerate() {
            out.extend(ideas.iter().skip(i + 1).take(NEAR).map(|second| format!("o:{first} {second}")));
        }
        out
    }
}

/// Whether a sentence has the words of a statement, and is no row of a table: the head of a column, a sum or a code is no reason.
pub(crate) fn states(view: &View, (from, to): (usize, usize)) -> bool {
    /// The least words of a statement, numbers apart, and the most cells of its line.
    const WORDS: usize = 4;
    const CELLS: usize = 2;
    /// The lines of a letterhead: what stands there is said of nobody's care.
    const HEAD: usize = 4;
    let tokens = view.page.tokens.get(from..to).unwrap_or_default();
    if view.number == 1 && view.greeting().is_some() && tokens.first().is_some_and(|t| t.line < HEAD) {
        return false;
    }
    let words = tokens.iter().filter(|t| !t.has_digit && t.end - t.start > 1).count();
    let small = tokens.iter().any(|t| !t.capital && !t.has_digit)
        || tokens.iter().all(|t| !view.page.slice(t.start, t.end).contains(char::is_lowercase));
    let line = tokens.first().and_then(|t| view.page.lines.get(t.line)).map_or(0, |l| l.cells.len());
    words >= WORDS && small && line <= CELLS
}

/// The sentences around one of them: in a long paper few sentences tell the reason.
fn around(heard: &[Heard], at: usize, reach: usize) -> &[Heard] {
    let end = at.saturating_add(reach).saturating_add(1).min(heard.len());
    heard.get(at.saturating_sub(reach)..end).unwrap_or(heard)
}

/// The features of the sentences together, each kind scaled to length one.
fn features(heard: &[Heard]) -> BTreeMap<&str, f32> {
    let names: HashSet<&str> = heard.iter().flat_map(|h| h.names.iter().map(String::as_str)).collect();
    let mut counts: HashMap<u8, f32> = HashMap::new();
    let kind = |name: &str| name.as_bytes().first().copied().unwrap_or_default();
    for name in &names {
        *counts.entry(kind(name)).or_default() += 1.0;
    }
    names.into_iter().map(|n| (n, counts.get(&kind(n)).map_or(0.0, |c| c.sqrt().recip()))).collect()
}
