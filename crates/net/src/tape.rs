//! What was worked out, step by step, so that it can be gone back over: each step knows its value and what it was made from.
//!
//! A [`Tape`] is filled forwards ([`Tape::conv`], [`Tape::attend`] …); [`Tape::back`] then goes from what is wrong at the end to
//! what each number of the weights has to do with it. Reading a text only goes forwards.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, linalg::general_mat_mul, s};

/// A step by its place on the tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step(usize);

/// Where the weights of a layer stand in the row of all of them: `inputs` × `outputs`, then one for each output.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    at: usize,
    inputs: usize,
    outputs: usize,
}

impl Layer {
    /// A layer whose weights stand from `at` on.
    pub fn at(at: usize, inputs: usize, outputs: usize) -> Layer {
        Layer { at, inputs, outputs }
    }

    /// Where the next layer's weights begin.
    pub fn end(self) -> usize {
        self.at + (self.inputs + 1) * self.outputs
    }

    /// Where those of one for each output stand, which begin at nothing.
    pub fn biases(self) -> Range<usize> {
        self.at + self.inputs * self.outputs..self.end()
    }

    /// Where the others stand, and from how many inputs they come.
    pub fn weights(self) -> (Range<usize>, usize) {
        (self.at..self.at + self.inputs * self.outputs, self.inputs)
    }

    fn matrix(self, all: &[f32]) -> ArrayView2<'_, f32> {
        let part = all.get(self.weights().0).unwrap_or_default();
        ArrayView2::from_shape((self.inputs, self.outputs), part)
            .unwrap_or_else(|_| ArrayView2::from_shape((0, 0), &[]).expect("nothing has this shape"))
    }

    fn bias(self, all: &[f32]) -> ArrayView1<'_, f32> {
        ArrayView1::from(all.get(self.biases()).unwrap_or_default())
    }
}

enum Made {
    Given,
    Words { ids: Vec<usize> },
    Conv { x: Step, layer: Layer, reach: usize },
    Bend { x: Step },
    Tanh { x: Step },
    Sigmoid { x: Step },
    Softmax { x: Step },
    Times { x: Step, by: Array2<f32> },
    Sum { a: Step, b: Step },
    Beside { parts: Vec<Step> },
    Most { x: Step, rows: Vec<usize> },
    Attend { x: Step, parts: Vec<Range<usize>>, shares: Array2<f32>, of: Step },
}

struct Node {
    value: Array2<f32>,
    made: Made,
}

/// Every step so far.
pub struct Tape<'w> {
    words: ArrayView2<'w, f32>,
    layers: &'w [f32],
    nodes: Vec<Node>,
}

/// What each number of the weights has to do with what is wrong at the end.
pub struct Slopes {
    /// Of the words that were used: which, and the slope of each of their numbers.
    pub words: Vec<(usize, Array1<f32>)>,
    /// Of the layers, in their order.
    pub layers: Vec<f32>,
}

impl<'w> Tape<'w> {
    /// An empty one. Takes what stands for each word, one row each, and the weights of all layers.
    pub fn new(words: ArrayView2<'w, f32>, layers: &'w [f32]) -> Tape<'w> {
        Tape { words, layers, nodes: Vec::new() }
    }

    /// The value of a step.
    pub fn value(&self, step: Step) -> &Array2<f32> {
        &self.nodes[step.0].value
    }

    fn push(&mut self, value: Array2<f32>, made: Made) -> Step {
        self.nodes.push(Node { value, made });
        Step(self.nodes.len() - 1)
    }

    /// Numbers that are given.
    pub fn given(&mut self, value: Array2<f32>) -> Step {
        self.push(value, Made::Given)
    }

    /// What stands for each word of a text, one row each.
    pub fn words(&mut self, ids: Vec<usize>) -> Step {
        let mut value = Array2::zeros((ids.len(), self.words.ncols()));
        for (mut row, id) in value.outer_iter_mut().zip(&ids) {
            row.assign(&self.words.row(*id));
        }
        self.push(value, Made::Words { ids })
    }

    /// A layer over each row and its neighbors as far as `reach` on both sides; beyond the ends stands nothing.
    pub fn conv(&mut self, x: Step, layer: Layer, reach: usize) -> Step {
        let input = self.value(x);
        let (rows, width) = input.dim();
        let matrix = layer.matrix(self.layers);
        let mut value = Array2::zeros((rows, layer.outputs));
        for mut row in value.outer_iter_mut() {
            row.assign(&layer.bias(self.layers));
        }
        for k in 0..=2 * reach {
            if let Some((from, to)) = shifted(rows, k, reach) {
                let part = matrix.slice(s![k * width..(k + 1) * width, ..]);
                general_mat_mul(1.0, &input.slice(s![from, ..]), &part, 1.0, &mut value.slice_mut(s![to, ..]));
            }
        }
        self.push(value, Made::Conv { x, layer, reach })
    }

    /// `x` where it is great, nothing where it is small, bent in between: x · min(max(x/6 + ½, 0), 1).
    pub fn bend(&mut self, x: Step) -> Step {
        let value = self.value(x).mapv(|v| v * (v / 6.0 + 0.5).clamp(0.0, 1.0));
        self.push(value, Made::Bend { x })
    }

    /// The hyperbolic tangent of each number.
    pub fn tanh(&mut self, x: Step) -> Step {
        let value = self.value(x).mapv(f32::tanh);
        self.push(value, Made::Tanh { x })
    }

    /// Each number as a share: 0 to 1.
    pub fn sigmoid(&mut self, x: Step) -> Step {
        let value = self.value(x).mapv(sigmoid);
        self.push(value, Made::Sigmoid { x })
    }

    /// The numbers of each row as shares of one.
    pub fn softmax(&mut self, x: Step) -> Step {
        let mut value = self.value(x).clone();
        value.outer_iter_mut().for_each(|mut row| softmax(row.as_slice_mut().unwrap_or_default()));
        self.push(value, Made::Softmax { x })
    }

    /// Each number times another.
    pub fn times(&mut self, x: Step, by: Array2<f32>) -> Step {
        let value = self.value(x) * &by;
        self.push(value, Made::Times { x, by })
    }

    /// The sum of two.
    pub fn sum(&mut self, a: Step, b: Step) -> Step {
        let value = self.value(a) + self.value(b);
        self.push(value, Made::Sum { a, b })
    }

    /// The columns of several, side by side.
    pub fn beside(&mut self, parts: &[Step]) -> Step {
        let views: Vec<ArrayView2<f32>> = parts.iter().map(|p| self.value(*p).view()).collect();
        let value = ndarray::concatenate(Axis(1), &views).expect("all have a row for each");
        self.push(value, Made::Beside { parts: parts.to_vec() })
    }

    /// The greatest number of each column in each part of the rows.
    pub fn most(&mut self, x: Step, parts: &[Range<usize>]) -> Step {
        let input = self.value(x);
        let columns = input.ncols();
        let mut rows = Vec::with_capacity(parts.len() * columns);
        let mut value = Array2::zeros((parts.len(), columns));
        for (part, mut out) in parts.iter().zip(value.outer_iter_mut()) {
            let first = rows.len();
            rows.extend(std::iter::repeat_n(part.start, columns));
            out.assign(&input.row(part.start));
            for row in part.clone().skip(1) {
                let best = rows.iter_mut().skip(first);
                for ((value, number), best) in out.iter_mut().zip(input.row(row)).zip(best) {
                    if number > value {
                        (*value, *best) = (*number, row);
                    }
                }
            }
        }
        self.push(value, Made::Most { x, rows })
    }

    /// The rows of each part, weighed by the shares that the columns of `of` give them: for each such column one sum, side by side.
    pub fn attend(&mut self, x: Step, of: Step, parts: &[Range<usize>]) -> Step {
        let (input, sums) = (self.value(x), self.value(of));
        let (heads, columns) = (sums.ncols(), input.ncols());
        let mut shares = sums.clone();
        let mut value = Array2::zeros((parts.len(), heads * columns));
        for (i, part) in parts.iter().enumerate() {
            for head in 0..heads {
                let mut of_part = shares.slice(s![part.clone(), head]).to_vec();
                softmax(&mut of_part);
                let mut out = value.slice_mut(s![i, head * columns..(head + 1) * columns]);
                for (row, share) in part.clone().zip(&of_part) {
                    out.scaled_add(*share, &input.row(row));
                    shares[(row, head)] = *share;
                }
            }
        }
        self.push(value, Made::Attend { x, parts: parts.to_vec(), shares, of })
    }
}

impl Tape<'_> {
    /// Goes back over all steps. Takes the slope of what is wrong for the values of some of them.
    pub fn back(&self, ends: Vec<(Step, Array2<f32>)>) -> Slopes {
        let mut slopes: Vec<Option<Array2<f32>>> = (0..self.nodes.len()).map(|_| None).collect();
        let mut out = Slopes { words: Vec::new(), layers: vec![0.0; self.layers.len()] };
        for (step, slope) in ends {
            add(&mut slopes, step, slope);
        }
        for (i, node) in self.nodes.iter().enumerate().rev() {
            if let Some(slope) = slopes[i].take() {
                self.back_one(node, slope, &mut slopes, &mut out);
            }
        }
        out
    }

    fn back_one(&self, node: &Node, mut slope: Array2<f32>, slopes: &mut [Option<Array2<f32>>], out: &mut Slopes) {
        let value = &node.value;
        match &node.made {
            Made::Given => {}
            Made::Words { ids } => {
                out.words.extend(ids.iter().zip(slope.outer_iter()).map(|(id, row)| (*id, row.to_owned())));
            }
            Made::Conv { x, layer, reach } => self.back_conv(*x, *layer, *reach, &slope, slopes, out),
            Made::Bend { x } => {
                slope.zip_mut_with(self.value(*x), |s, v| {
                    *s *= match *v {
                        v if v <= -3.0 => 0.0,
                        v if v >= 3.0 => 1.0,
                        v => v / 3.0 + 0.5,
                    };
                });
                add(slopes, *x, slope);
            }
            Made::Tanh { x } => {
                slope.zip_mut_with(value, |s, v| *s *= 1.0 - v * v);
                add(slopes, *x, slope);
            }
            Made::Sigmoid { x } => {
                slope.zip_mut_with(value, |s, v| *s *= v * (1.0 - v));
                add(slopes, *x, slope);
            }
            Made::Softmax { x } => {
                for (mut s, v) in slope.outer_iter_mut().zip(value.outer_iter()) {
                    let all = s.dot(&v);
                    s.zip_mut_with(&v, |s, v| *s = v * (*s - all));
                }
                add(slopes, *x, slope);
            }
            Made::Times { x, by } => add(slopes, *x, slope * by),
            Made::Sum { a, b } => {
                add(slopes, *a, slope.clone());
                add(slopes, *b, slope);
            }
            Made::Beside { parts } => {
                let mut from = 0;
                for part in parts {
                    let to = from + self.value(*part).ncols();
                    add(slopes, *part, slope.slice(s![.., from..to]).to_owned());
                    from = to;
                }
            }
            Made::Most { x, rows } => {
                let mut of = Array2::zeros(self.value(*x).dim());
                for (k, (row, s)) in rows.iter().zip(&slope).enumerate() {
                    of[(*row, k % slope.ncols())] += s;
                }
                add(slopes, *x, of);
            }
            Made::Attend { x, parts, shares, of } => {
                let input = self.value(*x);
                let columns = input.ncols();
                let (mut to_input, mut to_sums) = (Array2::zeros(input.dim()), Array2::zeros(shares.dim()));
                for (i, part) in parts.iter().enumerate() {
                    for head in 0..shares.ncols() {
                        let s = slope.slice(s![i, head * columns..(head + 1) * columns]);
                        let each: Vec<f32> = part.clone().map(|row| s.dot(&input.row(row))).collect();
                        let mean: f32 = part.clone().zip(&each).map(|(row, e)| shares[(row, head)] * e).sum();
                        for (row, e) in part.clone().zip(each) {
                            let share = shares[(row, head)];
                            to_input.row_mut(row).scaled_add(share, &s);
                            to_sums[(row, head)] = share * (e - mean);
                        }
                    }
                }
                add(slopes, *x, to_input);
                add(slopes, *of, to_sums);
            }
        }
    }

    fn back_conv(
        &self,
        x: Step,
        layer: Layer,
        reach: usize,
        slope: &Array2<f32>,
        slopes: &mut [Option<Array2<f32>>],
        out: &mut Slopes,
    ) {
        let input = self.value(x);
        let (rows, width) = input.dim();
        let matrix = layer.matrix(self.layers);
        let mut to_input = Array2::zeros(input.dim());
        for (sum, s) in out.layers[layer.biases()].iter_mut().zip(slope.sum_axis(Axis(0))) {
            *sum += s;
        }
        for k in 0..=2 * reach {
            let Some((from, to)) = shifted(rows, k, reach) else { continue };
            let part = matrix.slice(s![k * width..(k + 1) * width, ..]);
            let of_part = slope.slice(s![to, ..]);
            general_mat_mul(1.0, &of_part, &part.t(), 1.0, &mut to_input.slice_mut(s![from.clone(), ..]));
            let at = layer.at + k * width * layer.outputs;
            let numbers = &mut out.layers[at..at + width * layer.outputs];
            let mut of_weights =
                ndarray::ArrayViewMut2::from_shape((width, layer.outputs), numbers).expect("the numbers of one part");
            general_mat_mul(1.0, &input.slice(s![from, ..]).t(), &of_part, 1.0, &mut of_weights);
        }
        add(slopes, x, to_input);
    }
}

/// The rows that the `k`th of a layer's parts sees, and the rows for which it does; nothing where there are too few.
fn shifted(rows: usize, k: usize, reach: usize) -> Option<(Range<usize>, Range<usize>)> {
    let back = reach.saturating_sub(k);
    let on = k.saturating_sub(reach);
    (rows > back.max(on)).then(|| (on..rows - back, back..rows - on))
}

fn add(slopes: &mut [Option<Array2<f32>>], step: Step, slope: Array2<f32>) {
    match &mut slopes[step.0] {
        Some(sum) => *sum += &slope,
        none => *none = Some(slope),
    }
}

pub(crate) fn sigmoid(v: f32) -> f32 {
    1.0 / (1.0 + (-v).exp())
}

/// Makes numbers shares of one.
pub(crate) fn softmax(numbers: &mut [f32]) {
    let top = numbers.iter().copied().fold(f32::MIN, f32::max);
    numbers.iter_mut().for_each(|n| *n = (*n - top).exp());
    let all: f32 = numbers.iter().sum();
    numbers.iter_mut().for_each(|n| *n /= all);
}
