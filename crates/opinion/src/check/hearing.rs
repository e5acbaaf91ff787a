//! What a small network ([`net`]) hears in the letter: what the whole letter answers.
//!
//! Words weighed one by one ([`super::weigh`], [`super::tells`]) do not know in which order they stand nor what the rest of the letter
//! says: "it is, once the addiction team has seen him" has the words of a yes. The network reads the tagged words among their
//! neighbors and the sentences among theirs, with what the rules heard in each. It has learned from the labelled letters in
//! `tests/opinions/` and from nothing else (`cargo xtask learn hearing`); its weights stand in `kb/opinions/hearing.toml`. What
//! it hears is weighed with all else by [`super::judge`]; no share is ever shown, and what is quoted is still a sentence.

use std::collections::HashMap;

use facts::Case;
use kb::{Kb, KbError};
use ndarray::{Array1, Array2};
use net::{GAP, Network, Sizes, Text};
use serde::Deserialize;

use super::ELEMENTS;
use super::events::{Events, Pole};
use super::outcome::other_amount;
use super::risks::RISKS;
use super::rules::Rules;
use super::subject::{Subject, content, quantities};
use super::text::{Unit, Zone, fold};
use super::weigh::{OUTCOMES, SPOKEN};

/// Where the weights stand in the knowledge base.
pub const HEARING: &str = "opinions/hearing.toml";
/// What people label a sentence with (`tests/opinions/sentences/README.md`).
pub const LABELS: [&str; 22] = [
    "history",
    "alternative",
    "question",
    "answer",
    "leans",
    "harm",
    "urgent",
    "safe",
    "denial",
    "rebuts",
    "policy",
    "meets",
    "standard",
    "guideline",
    "diagnosis",
    "doubt",
    "objective",
    "record",
    "contact",
    "adverse",
    "assumes",
    "offer",
];
/// What can be done with a letter.
pub const ATTACH: [&str; 4] = ["recommended", "after_changes", "person_decides", "do_not_attach"];
/// How far the reason that is answered least is answered.
const REASON: usize = 3;
/// Signs beside a word.
const SIGNS: usize = 8;
/// All poles of the rules.
const POLES: [Pole; 17] = [
    Pole::For,
    Pole::WeaklyFor,
    Pole::InsurerWrong,
    Pole::Against,
    Pole::InsurerRight,
    Pole::Tests,
    Pole::TestHint,
    Pole::Milder,
    Pole::NotYet,
    Pole::Lacking,
    Pole::Later,
    Pole::Change,
    Pole::Declined,
    Pole::BothWays,
    Pole::IfFor,
    Pole::Fact,
    Pole::Other,
];
/// Signs beside a sentence: its place and form, how it stands to the request, the poles.
const FEATURES: usize = 18 + POLES.len();
/// Words of a sentence beyond which no more are heard.
const LONGEST: usize = 70;
/// Rare words stand together by their endings, in so many groups.
const ENDINGS: u32 = 256;

/// How large the network is whose words and middle are so wide.
pub fn sizes(word: usize, width: usize) -> Sizes {
    let questions = vec![(1, OUTCOMES.len()), (ELEMENTS.len(), 3), (1, ATTACH.len()), (1, REASON)];
    // The labels, and the hazards that are no adverse statement.
    let labels = LABELS.len() + RISKS.len();
    Sizes { word, signs: SIGNS, features: FEATURES, width, labels, speaks: SPOKEN.len(), questions }
}

/// A letter as the network sees it, before its words have numbers.
#[derive(Debug, Clone, Default)]
pub struct Sentences {
    /// The words of each sentence, each with its signs.
    pub words: Vec<Vec<(String, [f32; SIGNS])>>,
    /// The signs beside each sentence.
    pub features: Vec<[f32; FEATURES]>,
}

impl Sentences {
    /// Gives every word its number.
    pub fn numbered(&self, mut number: impl FnMut(&str) -> usize) -> Text {
        let rows: usize = self.words.iter().map(|w| w.len() + 1).sum();
        let mut words = Vec::with_capacity(rows);
        let mut signs = Array2::zeros((rows, SIGNS));
        let mut sentences = Vec::new();
        for sentence in &self.words {
            let start = words.len();
            for (word, of) in sentence {
                signs.row_mut(words.len()).assign(&ndarray::aview1(of));
                words.push(number(word));
            }
            sentences.push(start..words.len());
            words.push(GAP);
        }
        let mut features = Array2::zeros((self.features.len(), FEATURES));
        for (mut row, of) in features.outer_iter_mut().zip(&self.features) {
            row.assign(&ndarray::aview1(of));
        }
        Text { words, signs, sentences, features }
    }
}

/// The group of a word that is not known.
pub fn ending(word: &str) -> String {
    let tail = word.chars().rev().take(3).collect::<Vec<_>>().into_iter().rev();
    let hash = tail.fold(0_u32, |h, c| h.wrapping_mul(131).wrapping_add(c as u32));
    format!("~{}", hash % ENDINGS)
}

/// The names of all groups of words that are not known.
pub fn endings() -> impl Iterator<Item = String> {
    (0..ENDINGS).map(|n| format!("~{n}"))
}

/// The file as written, but for its lines. One line per word: the word, a tab, a whole hundredth for each of its numbers in each network.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HearingFile {
    /// From how many letters it has learned.
    letters: usize,
    /// By which these and their labels can be known again.
    #[serde(rename = "fingerprint")]
    _fingerprint: String,
    /// How many numbers stand for a word.
    word: usize,
    width: usize,
    /// Of each network the weights of its layers, in whole thousandths.
    layers: Vec<String>,
}

/// The networks, ready for use; what they hear is the mean of all.
#[derive(Debug)]
pub(super) struct Hearing {
    network: Network,
    layers: Vec<Vec<f32>>,
    words: kb::weights::Table,
}

/// What was heard. No share is a chance to be shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
    /// Of each outcome; none of a letter without sentences, or where no network is there.
    pub(super) outcomes: Option<[f32; OUTCOMES.len()]>,
    /// Of each element how far it is present, partial, missing.
    elements: Vec<[f32; 3]>,
    /// Of the reason that is answered least: answered, touched, unanswered.
    pub(super) reason: [f32; REASON],
}

impl Heard {
    /// The shares of an element's states.
    pub(super) fn element(&self, element: &str) -> Option<[f32; 3]> {
        self.elements.get(ELEMENTS.iter().position(|e| *e == element)?).copied()
    }
}

impl Hearing {
    /// Reads the weights; none in a knowledge base without them.
    pub(super) fn load(kb: &Kb) -> Result<Option<Hearing>, KbError> {
        if kb.source().get(HEARING).is_none() {
            return Ok(None);
        }
        let (file, lines): (HearingFile, _) = kb.weighed(HEARING)?;
        let wrong = |message: String| KbError { file: HEARING.into(), place: None, message, hint: None };
        if file.letters == 0 || file.layers.is_empty() {
            return Err(wrong("no network has learned from any letter".into()));
        }
        let network = Network::new(sizes(file.word, file.width));
        let mut layers = Vec::new();
        for text in &file.layers {
            let numbers: Vec<f32> = kb::weights::thousandths(text)
                .ok_or_else(|| wrong("the weights of a layer must be whole thousandths".into()))?;
            if numbers.len() != network.weights() {
                return Err(wrong(format!("a network has {} weights, not {}", numbers.len(), network.weights())));
            }
            layers.push(numbers);
        }
        let words = kb::weights::Table::new(HEARING, lines, file.word * layers.len(), true)?;
        Ok(Some(Hearing { network, layers, words }))
    }

    /// Hears a letter.
    pub(super) fn hear(&self, sentences: &Sentences) -> Heard {
        let width = self.network.sizes().word;
        let all = width * self.layers.len();
        let mut rows: Vec<f32> = vec![0.0; all];
        let mut known: HashMap<String, usize> = HashMap::new();
        let text = sentences.numbered(|word| {
            if let Some(row) = known.get(word) {
                return *row;
            }
            let numbers = self.words.get(word).or_else(|| self.words.get(&ending(word)));
            let row = rows.len() / all;
            rows.extend(numbers.into_iter().flat_map(kb::weights::each).chain(std::iter::repeat(0.0)).take(all));
            known.insert(word.to_owned(), row);
            row
        });
        let rows = Array2::from_shape_vec((rows.len() / all, all), rows).unwrap_or_default();
        let of = |(k, layers): (usize, &Vec<f32>)| {
            let words = rows.slice(ndarray::s![.., k * width..(k + 1) * width]);
            self.network.read(&text, words, layers)
        };
        let read: Option<Vec<net::Read>> = self.layers.iter().enumerate().map(of).collect();
        let Some(read) = read.filter(|r| !r.is_empty()) else { return Heard::default() };
        let mean = |of: &dyn Fn(&net::Read) -> Option<Array1<f32>>| {
            let sums = read.iter().filter_map(of).reduce(|a, b| a + b)?;
            Some(sums / read.len() as f32)
        };
        let question = |k: usize, row: usize| mean(&|r: &net::Read| r.answers.get(k).map(|a| a.row(row).to_owned()));
        let mut out = Heard { outcomes: question(0, 0).and_then(array), ..Heard::default() };
        out.elements = (0..ELEMENTS.len()).filter_map(|k| array(question(1, k)?)).collect();
        out.reason = question(3, 0).and_then(array).unwrap_or_default();
        out
    }
}

fn array<const N: usize>(of: Array1<f32>) -> Option<[f32; N]> {
    of.to_vec().try_into().ok()
}

/// The sentences of the body as the network sees them. Takes what the rules heard in them.
pub(super) fn sentences(
    units: &[Unit],
    body: &[usize],
    events: &Events,
    case: &Case,
    subject: &Subject,
    rules: &Rules,
) -> Sentences {
    let known = Known::new(case, subject, rules);
    let mut out = Sentences::default();
    for (at, i) in body.iter().enumerate() {
        let Some(unit) = units.get(*i) else { continue };
        let mut words: Vec<(String, [f32; SIGNS])> = Vec::new();
        for word in tokens(&unit.text).take(LONGEST) {
            let signs = known.signs(word, words.is_empty());
            let is_number = word.starts_with(|c: char| c.is_ascii_digit());
            words.push((if is_number { "#".to_owned() } else { word.to_owned() }, signs));
        }
        if words.is_empty() {
            words.push((".".to_owned(), [0.0; SIGNS]));
        }
        out.features.push(features(unit, (at, body.len()), words.len(), events.of(*i), subject, rules));
        out.words.push(words);
    }
    out
}

/// The filled-in sentences of the body.
pub(super) fn body(units: &[Unit]) -> Vec<usize> {
    let filled = |u: &Unit| u.zone == Zone::Body && !u.placeholder;
    units.iter().enumerate().filter(|(_, u)| filled(u)).map(|(i, _)| i).collect()
}

fn features(
    unit: &Unit,
    (at, of): (usize, usize),
    words: usize,
    events: &[super::events::Event],
    subject: &Subject,
    rules: &Rules,
) -> [f32; FEATURES] {
    let yes = |b: bool| f32::from(u8::from(b));
    let here = quantities(&unit.plain, rules);
    let all = of as f32;
    let capitals = unit.raw.chars().any(char::is_alphabetic) && !unit.raw.chars().any(char::is_lowercase);
    let mut out = [0.0; FEATURES];
    let signs = [
        at as f32 / all,
        (of - 1 - at) as f32 / all,
        yes(at == 0),
        yes(at + 1 == of),
        yes(!unit.raw.trim_end().ends_with(['.', '!', '?', '"', '”'])),
        yes(capitals),
        words.min(60) as f32 / 60.0,
        all / 40.0,
        yes(subject.quantities.iter().any(|asked| here.contains(asked))),
        yes(other_amount(unit, subject, rules)),
        yes(!here.is_empty()),
        yes(subject.names_another_place(&unit.plain)),
        yes(subject.names_one_of_two(&unit.plain)),
        yes(subject.codes.iter().any(|c| unit.plain.contains(c.as_str()))),
        yes(rules.is("as_requested", &unit.text)),
        subject.request_words(&unit.plain).len().min(4) as f32 / 4.0,
        yes(unit.own.is_empty()),
        yes(unit.bullet),
    ];
    for (slot, sign) in out.iter_mut().zip(signs) {
        *slot = sign;
    }
    for event in events {
        let slot = POLES.iter().position(|p| *p == event.pole).and_then(|k| out.get_mut(signs.len() + k));
        if let Some(slot) = slot {
            *slot = slot.max(f32::from(event.weight) / 4.0);
        }
    }
    out
}

/// The words of the case by which those of the letter are known.
struct Known {
    service: Vec<String>,
    diagnosis: Vec<String>,
    denial: Vec<String>,
    criteria: Vec<String>,
    numbers: Vec<String>,
}

/// Letters by which two words are held to be the same.
const STEM: usize = 5;

impl Known {
    fn new(case: &Case, subject: &Subject, rules: &Rules) -> Known {
        let stems = |text: &str| -> Vec<String> {
            let mut out: Vec<String> = content(text, rules).iter().map(|w| w.chars().take(STEM).collect()).collect();
            out.sort_unstable();
            out.dedup();
            out
        };
        let said = |of: &dyn Fn(&facts::Denial) -> String| {
            stems(&fold(&case.denials.iter().map(of).collect::<Vec<_>>().join(" ")))
        };
        let is_number = |w: &&str| w.starts_with(|c: char| c.is_ascii_digit());
        let codes = subject.codes.join(" ");
        let numbers =
            tokens(&subject.service_text).chain(tokens(&codes)).filter(is_number).map(str::to_owned).collect();
        Known {
            service: stems(&subject.service_text),
            diagnosis: stems(&fold(case.claim.diagnosis.as_deref().unwrap_or_default())),
            denial: said(&|d| d.quote.clone().unwrap_or_default()),
            criteria: said(&|d| d.criteria.join(" ")),
            numbers,
        }
    }

    fn signs(&self, word: &str, first: bool) -> [f32; SIGNS] {
        let stem = word.char_indices().nth(STEM).map_or(word, |(end, _)| word.get(..end).unwrap_or(word));
        let of = |list: &Vec<String>| list.binary_search_by(|w| w.as_str().cmp(stem)).is_ok();
        let signs = [
            of(&self.service),
            of(&self.diagnosis),
            of(&self.denial),
            of(&self.criteria),
            word.starts_with(|c: char| c.is_ascii_uppercase()),
            word.starts_with(|c: char| c.is_ascii_digit()),
            self.numbers.iter().any(|n| n == word),
            first,
        ];
        signs.map(|s| f32::from(u8::from(s)))
    }
}

/// Words, numbers, and each other sign by itself.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let part = |c: char, before: char| match first {
            'a'..='z' | 'A'..='Z' => c.is_ascii_alphabetic() || c == '\'',
            '0'..='9' => c.is_ascii_digit() || matches!(c, '.' | ',') && before.is_ascii_digit(),
            _ => false,
        };
        let mut before = first;
        let mut end = first.len_utf8();
        for c in rest.chars().skip(1) {
            if !part(c, before) {
                break;
            }
            before = c;
            end += c.len_utf8();
        }
        let word = rest.get(..end)?;
        // A number does not hold the stop behind it.
        let word = if first.is_ascii_digit() { word.trim_end_matches(['.', ',']) } else { word };
        rest = rest.get(word.len()..)?;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_signs_stand_apart() {
        let of = |text| tokens(text).collect::<Vec<_>>();
        assert_eq!(of("SVC isn't wise: 1,200.5 mg."), ["SVC", "isn't", "wise", ":", "1,200.5", "mg", "."]);
        assert_eq!(of(" at 30. Yes "), ["at", "30", ".", "Yes"]);
        assert_eq!(of(""), Vec::<&str>::new());
    }

    #[test]
    fn unknown_words_stand_with_those_of_the_same_ending() {
        assert_eq!(ending("fusion"), ending("ablation"));
        assert!(endings().any(|e| e == ending("x")));
    }
}
