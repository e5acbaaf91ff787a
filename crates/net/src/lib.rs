//! A small network that hears what each sentence of a text tells and what the whole text answers.
//!
//! ```text
//! words ─conv─▶ words among neighbors ─▶ sentences ─conv─▶ sentences among neighbors ─▶ the text
//!                                            └─▶ labels, what it speaks for                └─▶ answers
//! ```
//! It is our own and has learned from nothing but our own labelled texts (`cargo xtask learn net`). What is asked of it is the
//! room's affair: [`Sizes`] says how many labels and which questions there are. [`Network::read`] reads a text; for learning,
//! [`Network::learn`] gives what each number of the weights has to do with what was read wrongly. The two go the same steps
//! ([`tape`]), so what is read is what was learned.

pub mod tape;

use std::ops::Range;

use ndarray::{Array2, ArrayView2};
use tape::{Layer, Slopes, Step, Tape};

/// How large each part of a network is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizes {
    /// Numbers that stand for a word.
    pub word: usize,
    /// Signs beside each word.
    pub signs: usize,
    /// Signs beside each sentence.
    pub features: usize,
    /// How wide all between is.
    pub width: usize,
    /// What a sentence may tell, each or not.
    pub labels: usize,
    /// What a sentence may speak for, one of them.
    pub speaks: usize,
    /// What is asked of the whole text: for each kind of question how many there are, and how many answers each may have.
    pub questions: Vec<(usize, usize)>,
}

/// How many looks at the sentences make up the whole.
const LOOKS: usize = 3;

/// Where each layer's weights stand.
#[derive(Debug, Clone)]
struct Layers {
    first: Layer,
    second: Layer,
    look: Layer,
    sentence: Layer,
    labels: Layer,
    speaks: Layer,
    third: Layer,
    fourth: Layer,
    looks: Layer,
    questions: Vec<[Layer; 2]>,
    end: usize,
}

impl Layers {
    fn new(s: &Sizes) -> Layers {
        let mut end = 0;
        let mut next = |inputs: usize, outputs: usize| {
            let layer = Layer::at(end, inputs, outputs);
            end = layer.end();
            layer
        };
        let (wide, told) = (s.width, s.width + s.labels);
        let first = next(3 * (s.word + s.signs), wide);
        let second = next(3 * wide, wide);
        let look = next(wide, 1);
        let sentence = next(2 * wide + s.features, wide);
        let labels = next(wide, s.labels);
        let speaks = next(3 * told, s.speaks);
        let third = next(3 * (told + s.speaks), wide);
        let fourth = next(3 * wide, wide);
        let looks = next(wide, LOOKS);
        let questions =
            s.questions.iter().map(|(of, answers)| [next((LOOKS + 1) * wide, wide), next(wide, of * answers)]);
        let questions = questions.collect();
        Layers { first, second, look, sentence, labels, speaks, third, fourth, looks, questions, end }
    }

    fn each(&self) -> impl Iterator<Item = Layer> + '_ {
        let Layers { first, second, look, sentence, labels, speaks, third, fourth, looks, questions, .. } = self;
        let those = [*first, *second, *look, *sentence, *labels, *speaks, *third, *fourth, *looks];
        those.into_iter().chain(questions.iter().flatten().copied())
    }
}

/// A text as a network sees it.
#[derive(Debug, Clone)]
pub struct Text {
    /// Its words, as rows of what stands for words. Between two sentences stands [`GAP`].
    pub words: Vec<usize>,
    /// The signs beside each of them.
    pub signs: Array2<f32>,
    /// The words of each sentence; none without any.
    pub sentences: Vec<Range<usize>>,
    /// The signs beside each sentence.
    pub features: Array2<f32>,
}

/// The row of no word.
pub const GAP: usize = 0;

/// What a network reads in a text: shares, none of them a chance to be shown.
#[derive(Debug, Clone)]
pub struct Read {
    /// For each sentence how far it tells each thing.
    pub labels: Array2<f32>,
    /// For each sentence what it speaks for; each row makes one.
    pub speaks: Array2<f32>,
    /// For each kind of question one row for each, which makes one.
    pub answers: Vec<Array2<f32>>,
}

/// What is true of a text.
#[derive(Debug, Clone)]
pub struct Truth {
    /// For each sentence what it tells (1) or not (0), and what it speaks for; nothing where nobody labelled the sentences.
    pub sentences: Option<(Array2<f32>, Vec<usize>)>,
    /// For each kind of question the answer of each; nothing where nobody labelled it.
    pub answers: Vec<Vec<Option<usize>>>,
}

/// What counts how much in learning.
#[derive(Debug, Clone)]
pub struct Counts {
    /// The labels of a sentence, and what it speaks for.
    pub labels: f32,
    /// What a sentence speaks for that is the last of the list: nothing.
    pub silent: f32,
    /// One of the others.
    pub spoken: f32,
    /// For each kind of question.
    pub questions: Vec<f32>,
    /// What is taken from the true answer and given to all alike, so that nothing is ever quite sure.
    pub smooth: f32,
    /// How much is left out at random while learning, against the usual.
    pub dropped: f32,
}

/// Numbers without a pattern, the same for the same seed (xorshift64*).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// From a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next one, from 0 to 1.
    pub fn share(&mut self) -> f32 {
        (self.whole() >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// The next whole one below a number.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.whole() >> 33).unwrap_or_default() % end.max(1)
    }

    fn whole(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// About as many as a normal distribution has: the sum of twelve.
    pub fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.share()).sum::<f32>() - 6.0
    }
}

/// A network without its weights.
#[derive(Debug, Clone)]
pub struct Network {
    sizes: Sizes,
    layers: Layers,
}

/// The steps that are of use at the end.
struct Ends {
    labels: Step,
    speaks: Step,
    questions: Vec<Step>,
}

/// What is left out at random while learning.
struct Dropping<'r> {
    random: &'r mut Random,
    part: f32,
}

impl Dropping<'_> {
    fn mask(&mut self, dim: (usize, usize), rate: f32) -> Array2<f32> {
        let rate = rate * self.part;
        Array2::from_shape_simple_fn(dim, || if self.random.share() < rate { 0.0 } else { 1.0 / (1.0 - rate) })
    }
}

impl Network {
    /// A network of these sizes.
    pub fn new(sizes: Sizes) -> Network {
        let layers = Layers::new(&sizes);
        Network { sizes, layers }
    }

    /// How large its parts are.
    pub fn sizes(&self) -> &Sizes {
        &self.sizes
    }

    /// How many numbers the weights of its layers are.
    pub fn weights(&self) -> usize {
        self.layers.end
    }

    /// Weights to begin with.
    pub fn fresh(&self, random: &mut Random) -> Vec<f32> {
        let mut out = vec![0.0; self.layers.end];
        for layer in self.layers.each() {
            let (range, inputs) = layer.weights();
            out[range].iter_mut().for_each(|w| *w = random.normal() / (inputs as f32).sqrt());
        }
        out
    }

    /// Reads a text. Takes what stands for each word ([`GAP`] is all nothing) and the weights of the layers; gives nothing for a text without
    /// sentences.
    pub fn read(&self, text: &Text, words: ArrayView2<f32>, layers: &[f32]) -> Option<Read> {
        if text.sentences.is_empty() || layers.len() != self.layers.end {
            return None;
        }
        let mut tape = Tape::new(words, layers);
        let ends = self.forward(&mut tape, text, None);
        let labels = tape.value(ends.labels).mapv(tape::sigmoid);
        let speaks = shares(tape.value(ends.speaks).clone());
        let answers =
            ends.questions.iter().zip(&self.sizes.questions).map(|(step, of)| shares(asked(tape.value(*step), *of)));
        let answers = answers.collect();
        Some(Read { labels, speaks, answers })
    }

    /// How wrong a text is read, and what each number of the weights has to do with it.
    pub fn learn(
        &self,
        text: &Text,
        truth: &Truth,
        words: ArrayView2<f32>,
        layers: &[f32],
        counts: &Counts,
        random: &mut Random,
    ) -> Option<(f32, Slopes)> {
        if text.sentences.is_empty() {
            return None;
        }
        let mut tape = Tape::new(words, layers);
        let ends = self.forward(&mut tape, text, Some(Dropping { random, part: counts.dropped }));
        let mut wrong = 0.0;
        let mut slopes = Vec::new();
        if let Some((labels, speaks)) = &truth.sentences {
            let each = counts.labels / text.sentences.len() as f32;
            let shares = tape.value(ends.labels).mapv(tape::sigmoid);
            wrong += shares
                .iter()
                .zip(labels)
                .map(|(s, t)| each * -(t * s.max(TINY).ln() + (1.0 - t) * (1.0 - s).max(TINY).ln()))
                .sum::<f32>();
            slopes.push((ends.labels, (shares - labels) * each));
            let mut shares = shares_of(tape.value(ends.speaks));
            for (mut row, class) in shares.outer_iter_mut().zip(speaks) {
                let counts = each * if class + 1 == self.sizes.speaks { counts.silent } else { counts.spoken };
                wrong -= counts * row[*class].max(TINY).ln();
                row[*class] -= 1.0;
                row *= counts;
            }
            slopes.push((ends.speaks, shares));
        }
        for (k, step) in ends.questions.iter().enumerate() {
            let of = self.sizes.questions[k];
            let truths = truth.answers.get(k).map_or(&[][..], Vec::as_slice);
            let labelled = truths.iter().flatten().count();
            if labelled == 0 {
                continue;
            }
            let each = counts.questions.get(k).copied().unwrap_or(1.0) / labelled as f32;
            let mut rows = shares(asked(tape.value(*step), of));
            for (mut row, class) in rows.outer_iter_mut().zip(truths) {
                let Some(class) = class else {
                    row.fill(0.0);
                    continue;
                };
                let rest = counts.smooth / of.1 as f32;
                for (i, share) in row.iter_mut().enumerate() {
                    let truth = rest + if i == *class { 1.0 - counts.smooth } else { 0.0 };
                    wrong -= each * truth * share.max(TINY).ln();
                    *share = each * (*share - truth);
                }
            }
            let flat = rows.into_shape_with_order((1, of.0 * of.1)).expect("as many numbers as before");
            slopes.push((*step, flat));
        }
        Some((wrong, tape.back(slopes)))
    }

    fn forward(&self, tape: &mut Tape, text: &Text, mut dropping: Option<Dropping>) -> Ends {
        let l = &self.layers;
        let (rows, wide) = (text.words.len(), self.sizes.width);
        // What stands between sentences stays nothing.
        let gaps = |mut mask: Array2<f32>| {
            for (mut row, word) in mask.outer_iter_mut().zip(&text.words) {
                if *word == GAP {
                    row.fill(0.0);
                }
            }
            mask
        };
        let drop = |tape: &mut Tape, x: Step, rate: f32, dropping: &mut Option<Dropping>| match dropping {
            Some(d) => {
                let mask = d.mask(tape.value(x).dim(), rate);
                tape.times(x, mask)
            }
            None => x,
        };
        let mut words = tape.words(text.words.clone());
        if let Some(d) = &mut dropping {
            // Whole words too, so that no text hangs on one.
            let kept = d.mask((rows, 1), 0.13);
            let mask = d.mask((rows, self.sizes.word), 0.1) * kept.mapv(|k| if k > 0.0 { 1.0 } else { 0.0 });
            words = tape.times(words, mask);
        }
        let signs = tape.given(text.signs.clone());
        let x = tape.beside(&[words, signs]);
        let mask = gaps(Array2::ones((rows, wide)));
        let h = tape.conv(x, l.first, 1);
        let h = tape.bend(h);
        let h = tape.times(h, mask.clone());
        let d = drop(tape, h, 0.2, &mut dropping);
        let d = tape.conv(d, l.second, 1);
        let d = tape.bend(d);
        let d = tape.times(d, mask);
        let h = tape.sum(h, d);
        let a = tape.tanh(h);
        let a = tape.conv(a, l.look, 0);
        let most = tape.most(h, &text.sentences);
        let seen = tape.attend(h, a, &text.sentences);
        let features = tape.given(text.features.clone());
        let p = tape.beside(&[most, seen, features]);
        let p = drop(tape, p, 0.3, &mut dropping);
        let s = tape.conv(p, l.sentence, 0);
        let s = tape.bend(s);
        let labels = tape.conv(s, l.labels, 0);
        let told = tape.sigmoid(labels);
        let y = tape.beside(&[s, told]);
        let d = drop(tape, y, 0.1, &mut dropping);
        let speaks = tape.conv(d, l.speaks, 1);
        let spoken = tape.softmax(speaks);
        let y = tape.beside(&[y, spoken]);
        let d = drop(tape, y, 0.2, &mut dropping);
        let d = tape.conv(d, l.third, 1);
        let d = tape.bend(d);
        let u = tape.sum(s, d);
        let d = drop(tape, u, 0.2, &mut dropping);
        let d = tape.conv(d, l.fourth, 1);
        let d = tape.bend(d);
        let u = tape.sum(u, d);
        let a = tape.tanh(u);
        let a = tape.conv(a, l.looks, 0);
        let whole = 0..text.sentences.len();
        let all = std::slice::from_ref(&whole);
        let seen = tape.attend(u, a, all);
        let most = tape.most(u, all);
        let z = tape.beside(&[seen, most]);
        let mut questions = Vec::new();
        for [hidden, out] in &l.questions {
            let d = drop(tape, z, 0.2, &mut dropping);
            let d = tape.conv(d, *hidden, 0);
            let d = tape.bend(d);
            let d = drop(tape, d, 0.2, &mut dropping);
            questions.push(tape.conv(d, *out, 0));
        }
        Ends { labels, speaks, questions }
    }
}

/// A share below which nothing has a logarithm worth taking.
const TINY: f32 = 1e-7;

fn shares(mut rows: Array2<f32>) -> Array2<f32> {
    rows.outer_iter_mut().for_each(|mut row| tape::softmax(row.as_slice_mut().unwrap_or_default()));
    rows
}

fn shares_of(rows: &Array2<f32>) -> Array2<f32> {
    shares(rows.clone())
}

/// One row for each question of a kind.
fn asked(row: &Array2<f32>, of: (usize, usize)) -> Array2<f32> {
    Array2::from_shape_vec(of, row.iter().copied().collect()).expect("one number for each answer")
}
