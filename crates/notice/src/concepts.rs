//! Ideas of which statements are made ("lack", "trial", "drug"), each a class of words in `kb/notice/concepts.toml`, and the
//! combinations of them that state a reason: `lack trial drug` is said by "we don't have anything showing that you tried the
//! preferred medicine" and by sentences nobody has listed.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::data::{Reader, Weight};
use crate::phrase::fold_word;
use crate::text::PageText;
use crate::view::{Range, View};

/// A class of words with one idea.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Concept {
    /// The idea's name in combinations.
    pub(crate) name: String,
    /// Words and phrases for it.
    #[serde(default)]
    pub(crate) words: Vec<String>,
    /// Ideas that its words do not speak of: "out of network" says nothing of "network".
    #[serde(default)]
    over: Vec<String>,
    /// Indices of these.
    #[serde(skip)]
    over_ideas: Vec<usize>,
    /// Endings of words for it: "itis" of a disease.
    #[serde(default)]
    endings: Vec<String>,
}

/// `kb/notice/concepts.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Concepts {
    /// The most words between the parts of a combination.
    reach: usize,
    /// Sentences after words of decision in which a reason stands beside them.
    pub(crate) decision_on: usize,
    /// Sentences after the first in which the second half of a combination may stand.
    sentences_on: usize,
    /// What the word "not" of a phrase also stands for: "isn't".
    not: Vec<String>,
    /// The concept whose words make a sentence general, and the one whose words make the sentence before it so too.
    general: String,
    unused: String,
    /// Its index.
    #[serde(skip)]
    general_idea: Option<usize>,
    #[serde(skip)]
    unused_idea: Option<usize>,
    pub(crate) concept: Vec<Concept>,
}

/// Where an idea stands: index of the [`Concept`], and the tokens.
pub(crate) type Said = (usize, Range);

impl Concepts {
    /// Folds the endings, as the words of a page are, and finds the ideas that others name; says which name nobody has.
    pub(crate) fn ready(mut self) -> Result<Self, String> {
        let index = |name: &str| {
            let found = self.concept.iter().position(|c| c.name == name);
            found.ok_or(format!("there is no concept `{name}`"))
        };
        let (general, unused) = (index(&self.general)?, index(&self.unused)?);
        let over = self.concept.iter().map(|c| c.over.iter().map(|n| index(n)).collect());
        let over: Vec<Vec<usize>> = over.collect::<Result<_, _>>()?;
        self.general_idea = Some(general);
        self.unused_idea = Some(unused);
        for (concept, over) in self.concept.iter_mut().zip(over) {
            concept.over_ideas = over;
            concept.endings.iter_mut().for_each(|e| *e = fold_word(e));
        }
        Ok(self)
    }

    /// A phrase that understands contractions: "not covered" is also found as "isn't covered".
    pub(crate) fn with_contractions(&self, phrase: &str) -> String {
        let any = self.not.join("|");
        let word = |w: &str| if w.split('|').any(|a| a == "not") { format!("{w}|{any}") } else { w.to_owned() };
        phrase.split(' ').map(word).collect::<Vec<_>>().join(" ")
    }

    /// The sentences that tell how things are in general (a definition, a rule for everybody), among what is said on a page.
    pub(crate) fn general_sentences(&self, page: &PageText, said: &[Said]) -> HashSet<usize> {
        let general = said.iter().filter(|(i, _)| Some(*i) == self.general_idea);
        let mut out: HashSet<usize> =
            general.filter_map(|(_, range)| page.tokens.get(range.0)).map(|t| t.sentence).collect();
        // "Cosmetic care changes only looks. We did not rely on these words."
        let unused = said.iter().filter(|(i, _)| Some(*i) == self.unused_idea);
        let unused = unused.filter_map(|(_, range)| page.tokens.get(range.0)).map(|t| t.sentence);
        out.extend(unused.flat_map(|s| [Some(s), s.checked_sub(1)]).flatten());
        // "What is step therapy?" states nothing
        let last = page.tokens.last().map_or(0, |t| t.sentence);
        let asks = |s: &usize| {
            let span = page.sentence_span(*s);
            page.slice(span.0, span.1).trim_end_matches(['"', '”', ')']).ends_with('?')
        };
        out.extend((0..=last).filter(asks));
        out
    }

    /// The index of each concept by its name.
    fn names(&self) -> HashMap<&str, usize> {
        self.concept.iter().enumerate().map(|(i, c)| (c.name.as_str(), i)).collect()
    }

    /// Concepts that a word shows by its ending. A word is longer than its ending by three letters at least.
    pub(crate) fn by_ending<'a>(&'a self, norm: &'a str) -> impl Iterator<Item = usize> + 'a {
        let ends = |c: &Concept| c.endings.iter().any(|e| norm.len() >= e.len() + 3 && norm.ends_with(e.as_str()));
        self.concept.iter().enumerate().filter(move |(_, c)| ends(c)).map(|(i, _)| i)
    }

    /// Leaves out ideas within words that do not speak of them, and puts the others in the order of the text.
    pub(crate) fn told_apart(&self, mut said: Vec<Said>) -> Vec<Said> {
        said.sort_by_key(|(i, (from, to))| (*from, std::cmp::Reverse(*to), *i));
        said.dedup();
        let over = |i: usize| self.concept.get(i).map_or(&[][..], |c| c.over_ideas.as_slice());
        let mut covered: HashMap<usize, usize> = HashMap::new(); // up to which token an idea is not spoken of
        let mut out = Vec::new();
        for (i, (from, to)) in said {
            if covered.get(&i).is_some_and(|end| to <= *end) {
                continue;
            }
            for other in over(i) {
                let end = covered.entry(*other).or_default();
                *end = to.max(*end);
            }
            out.push((i, (from, to)));
        }
        out
    }

    /// Reads a combination as it is written in `reasons.toml`; says why not when it cannot be read.
    pub(crate) fn combination(&self, source: &str) -> Result<Combination, String> {
        let names = self.names();
        let half = |text: &str| -> Result<Vec<Term>, String> {
            let terms: Vec<Term> = text.split_whitespace().map(|w| term(w, &names)).collect::<Result<_, _>>()?;
            match terms.first() {
                Some(head) if head.place == Place::Near => Ok(terms),
                _ => Err(format!("`{source}` does not begin with a plain concept")),
            }
        };
        let (here, next) = source.split_once(';').map_or((source, None), |(a, b)| (a, Some(b)));
        Ok(Combination { source: source.to_owned(), here: half(here)?, next: next.map(half).transpose()? })
    }
}

/// Concepts that state something together.
#[derive(Debug, Clone)]
pub(crate) struct Combination {
    /// As it is written in `reasons.toml`.
    pub(crate) source: String,
    here: Vec<Term>,
    /// What one of the sentences that follow must say.
    next: Option<Vec<Term>>,
}

#[derive(Debug, Clone)]
struct Term {
    /// One of these concepts.
    any: Vec<usize>,
    place: Place,
    /// `name:4`: the most words between it and the first one.
    reach: Option<usize>,
}

/// Where a term stands, seen from the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// On either side.
    Near,
    /// `>name`: after it.
    After,
    /// `<name`: before it.
    Before,
    /// `!name`: nowhere in the sentence.
    Nowhere,
}

fn term(word: &str, names: &HashMap<&str, usize>) -> Result<Term, String> {
    let marks = [('>', Place::After), ('<', Place::Before), ('!', Place::Nowhere)];
    let marked = marks.iter().find_map(|(mark, place)| Some((word.strip_prefix(*mark)?, *place)));
    let (rest, place) = marked.unwrap_or((word, Place::Near));
    let (list, reach) = rest.split_once(':').map_or((rest, None), |(list, n)| (list, Some(n)));
    let reach = reach.map(|n| n.parse().map_err(|_| format!("`{n}` is not a number of words"))).transpose()?;
    let known = |name| names.get(name).copied().ok_or(format!("there is no concept `{name}`"));
    Ok(Term { any: list.split('|').map(known).collect::<Result<_, _>>()?, place, reach })
}

impl Term {
    fn is(&self, said: &Said) -> bool {
        self.any.contains(&said.0)
    }

    /// Whether the sentence holds the term, or lacks it where it must be absent: without that nothing else need be looked at.
    fn can_be(&self, said: &[Said]) -> bool {
        said.iter().any(|s| self.is(s)) != (self.place == Place::Nowhere)
    }

    /// Where the term stands as it must, seen from the head: the tokens from one to the other. Only the ideas within reach
    /// are looked at, so that a sentence of any length costs what its words cost. `longest`: the most words of an idea.
    fn joined(&self, head: Range, said: &[Said], reach: usize, longest: usize) -> Option<Range> {
        if self.place == Place::Nowhere {
            return Some(head); // `can_be` has looked at the whole sentence
        }
        let reach = self.reach.unwrap_or(reach);
        let first = said.partition_point(|(_, r)| r.0 + longest + reach < head.0);
        let near = said.get(first..).unwrap_or_default().iter().take_while(|(_, r)| r.0 <= head.1 + reach);
        let after = |r: Range| self.place != Place::Before && r.0 >= head.1 && r.0 - head.1 <= reach;
        let before = |r: Range| self.place != Place::After && r.1 <= head.0 && head.0 - r.1 <= reach;
        let places = near.filter(|s| self.is(s)).map(|(_, range)| *range);
        let nearest = places.filter(|r| after(*r) || before(*r)).min_by_key(|r| r.0.abs_diff(head.0))?;
        Some(hull(head, nearest))
    }
}

fn hull(a: Range, b: Range) -> Range {
    (a.0.min(b.0), a.1.max(b.1))
}

/// The tokens of a sentence's first combination of terms.
fn combined(terms: &[Term], said: &[Said], reach: usize) -> Option<Range> {
    let (head, others) = terms.split_first()?;
    if !terms.iter().all(|t| t.can_be(said)) {
        return None;
    }
    let longest = said.iter().map(|(_, r)| r.1 - r.0).max().unwrap_or(0);
    let mut heads = said.iter().filter(|s| head.is(s)).map(|(_, range)| *range);
    heads.find_map(|head| others.iter().try_fold(head, |all, t| Some(hull(all, t.joined(head, said, reach, longest)?))))
}

/// A reason as it is stated: its sentences, the tokens of the first that state it, and where that counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stated {
    pub(crate) reason: usize,
    pub(crate) sentence: usize,
    pub(crate) last: usize,
    pub(crate) words: Range,
    pub(crate) weight: Weight,
}

impl Reader {
    /// What the combinations of concepts on a page state, before anyone asks who speaks.
    pub(crate) fn stated_by_concepts(&self, view: &View) -> Vec<Stated> {
        let Some(count) = view.page.tokens.last().map(|t| t.sentence + 1) else { return Vec::new() };
        (0..count).flat_map(|sentence| self.stated_in(view, sentence)).collect()
    }

    /// The combinations that a page states, as they are written, each with its reason and its first token.
    pub(crate) fn explained_combinations(&self, view: &View) -> Vec<(usize, String)> {
        let count = view.page.tokens.last().map_or(0, |t| t.sentence + 1);
        let all = self.reasons.iter().flat_map(|r| r.combined.iter().map(move |(c, weight)| (r, c, weight)));
        let all = (0..count).flat_map(|sentence| all.clone().map(move |(r, c, weight)| (sentence, r, c, weight)));
        let found = all.filter_map(|(sentence, r, c, weight)| {
            let (words, _) = self.combined_at(view, c, sentence)?;
            Some((words.0, format!("reason {} ({weight:?}) by `{}`", r.reason, c.source)))
        });
        found.collect()
    }

    /// The reasons that the combinations in a sentence state, before anyone asks who speaks.
    pub(crate) fn reasons_in(&self, view: &View, sentence: usize) -> Vec<usize> {
        self.stated_in(view, sentence).into_iter().map(|s| s.reason).collect()
    }

    fn stated_in(&self, view: &View, sentence: usize) -> Vec<Stated> {
        let here = view.said_in(sentence);
        let mut out = Vec::new();
        for (reason, r) in self.reasons.iter().enumerate().filter(|_| !here.is_empty()) {
            let found = r.combined.iter().filter_map(|(c, w)| Some((self.combined_at(view, c, sentence)?, *w)));
            out.extend(found.map(|((words, last), weight)| Stated { reason, sentence, last, words, weight }));
        }
        out
    }

    /// The tokens of the first half and the last sentence of a combination that begins in a sentence.
    fn combined_at(&self, view: &View, combination: &Combination, sentence: usize) -> Option<(Range, usize)> {
        let reach = self.concepts.reach;
        let words = combined(&combination.here, view.said_in(sentence), reach)?;
        let Some(next) = &combination.next else { return Some((words, sentence)) };
        let mut following = sentence + 1..=sentence + self.concepts.sentences_on;
        following.find(|s| combined(next, view.said_in(*s), reach).is_some()).map(|last| (words, last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unready() -> Concepts {
        let concept = |name: &str| Concept {
            name: name.into(),
            words: Vec::new(),
            over: if name == "lack" { vec!["trial".into()] } else { Vec::new() },
            over_ideas: Vec::new(),
            endings: vec!["itis".into()],
        };
        Concepts {
            reach: 3,
            decision_on: 3,
            sentences_on: 1,
            not: vec!["not".into(), "isnt".into()],
            general: "drug".into(),
            unused: "drug".into(),
            general_idea: None,
            unused_idea: None,
            concept: vec![concept("lack"), concept("trial"), concept("drug")],
        }
    }

    fn concepts() -> Concepts {
        unready().ready().unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn a_name_that_no_concept_has_is_refused() {
        let mut known = unready();
        known.concept[1].over = vec!["drugs".into()];
        assert!(known.ready().is_err_and(|e| e.contains("drugs")));
        let general = Concepts { general: "generally".into(), ..unready() };
        assert!(general.ready().is_err_and(|e| e.contains("generally")));
    }

    #[test]
    fn a_combination_asks_for_nearness_order_and_absence() {
        let terms = |s: &str| concepts().combination(s).unwrap_or_else(|e| panic!("{e}")).here;
        let said: [Said; 2] = [(0, (0, 1)), (1, (3, 4))];
        assert_eq!(combined(&terms("lack trial"), &said, 3), Some((0, 4)));
        assert_eq!(combined(&terms("lack >trial !drug"), &said, 3), Some((0, 4)));
        assert_eq!(combined(&terms("lack <trial"), &said, 3), None);
        assert_eq!(combined(&terms("lack trial|drug"), &said, 1), None, "too far apart");
        assert_eq!(combined(&terms("lack trial:1"), &said, 3), None, "too far apart for this one");
        assert_eq!(combined(&terms("lack !trial"), &said, 3), None);
    }

    #[test]
    fn a_combination_of_unknown_concepts_or_without_a_head_is_refused() {
        assert!(concepts().combination("lack nonsense").is_err());
        assert!(concepts().combination("!lack trial").is_err());
        assert!(concepts().combination("lack ;").is_err());
    }

    #[test]
    fn an_idea_is_not_spoken_of_within_words_that_say_otherwise() {
        let said = concepts().told_apart(vec![(1, (2, 3)), (0, (0, 3)), (2, (0, 2)), (1, (5, 6))]);
        assert_eq!(said, [(0, (0, 3)), (2, (0, 2)), (1, (5, 6))]);
    }

    #[test]
    fn contractions_are_understood() {
        assert_eq!(concepts().with_contractions("is not|never paid"), "is not|never|not|isnt paid");
    }

    #[test]
    fn an_ending_needs_a_word_before_it() {
        assert_eq!(concepts().by_ending("arthritis").count(), 3);
        assert_eq!(concepts().by_ending("itis").count(), 0);
    }
}
