//! Logistic regression with a penalty on large weights, fitted by L-BFGS from zero: the same samples give the same weights.

/// What is counted in a text: places of features with their values.
pub(crate) type Found = Vec<(usize, f64)>;

/// How much a misread sample costs against large weights, and the most rounds of a fit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fit {
    pub(crate) cost: f64,
    pub(crate) rounds: usize,
}

impl Fit {
    /// Weights for `K` classes of which each sample has one: `K` per feature, and `K` at the end that stand for none.
    pub(crate) fn one_of<const K: usize>(self, samples: &[(Found, usize)], features: usize) -> Vec<f64> {
        self.one_of_costs::<K>(samples, features, [self.cost; K])
    }

    /// The same where a class of few samples is not to be drowned by the others: a misread sample costs more the fewer of its
    /// class there are (the largest class costs as without; `evenly` 0 is no difference, 1 makes all classes count alike).
    pub(crate) fn one_of_evenly<const K: usize>(
        self,
        samples: &[(Found, usize)],
        features: usize,
        evenly: f64,
    ) -> Vec<f64> {
        let mut counts = [0_u32; K];
        samples.iter().for_each(|(_, class)| counts[*class] += 1);
        let most = f64::from(counts.iter().copied().max().unwrap_or_default());
        let costs = counts.map(|n| self.cost * (most / f64::from(n.max(1))).powf(evenly));
        self.one_of_costs::<K>(samples, features, costs)
    }

    fn one_of_costs<const K: usize>(self, samples: &[(Found, usize)], features: usize, costs: [f64; K]) -> Vec<f64> {
        lowest((features + 1) * K, self.rounds, |x| one_of_loss::<K>(samples, x, features, &costs))
    }

    /// Weights for one class that each sample has or has not: one per feature, and one at the end that stands for none.
    pub(crate) fn yes_or_no(self, samples: &[(&Found, bool)], features: usize) -> Vec<f64> {
        let alike: Vec<_> = samples.iter().map(|(found, truth)| (*found, *truth, 1.0)).collect();
        self.yes_or_no_weighed(&alike, features)
    }

    /// The same, each sample with how much it counts beside the others.
    pub(crate) fn yes_or_no_weighed(self, samples: &[(&Found, bool, f64)], features: usize) -> Vec<f64> {
        lowest(features + 1, self.rounds, |x| yes_or_no_loss(samples, x, features, self.cost))
    }
}

/// Goes down from zero. Takes a value with its slope.
pub(crate) fn lowest(size: usize, rounds: usize, loss: impl Fn(&[f64]) -> (f64, Vec<f64>)) -> Vec<f64> {
    let mut x = vec![0.0; size];
    let (mut value, mut slope) = loss(&x);
    let mut memory: Vec<(Vec<f64>, Vec<f64>)> = Vec::new();
    for _ in 0..rounds {
        let way = direction(&slope, &memory);
        let fall: f64 = dot(&way, &slope);
        let mut step = if memory.is_empty() { 1.0 / dot(&slope, &slope).sqrt().max(1e-12) } else { 1.0 };
        let (next, next_value, next_slope) = loop {
            let next: Vec<f64> = x.iter().zip(&way).map(|(a, d)| a + step * d).collect();
            let (v, s) = loss(&next);
            if v <= value + 1e-4 * step * fall || step < 1e-9 {
                break (next, v, s);
            }
            step /= 2.0;
        };
        let moved: Vec<f64> = next.iter().zip(&x).map(|(a, b)| a - b).collect();
        let turned: Vec<f64> = next_slope.iter().zip(&slope).map(|(a, b)| a - b).collect();
        if dot(&moved, &turned) > 1e-12 {
            memory.push((moved, turned));
            if memory.len() > 8 {
                memory.remove(0);
            }
        }
        let gained = value - next_value;
        (x, value, slope) = (next, next_value, next_slope);
        if gained < 1e-5 * value {
            break;
        }
    }
    x
}

/// Where to go down, from the last steps (Nocedal's two loops).
fn direction(slope: &[f64], memory: &[(Vec<f64>, Vec<f64>)]) -> Vec<f64> {
    let mut q: Vec<f64> = slope.to_vec();
    let mut alphas = Vec::new();
    for (s, y) in memory.iter().rev() {
        let alpha = dot(s, &q) / dot(y, s);
        q.iter_mut().zip(y).for_each(|(a, b)| *a -= alpha * b);
        alphas.push(alpha);
    }
    if let Some((s, y)) = memory.last() {
        let scale = dot(s, y) / dot(y, y);
        q.iter_mut().for_each(|a| *a *= scale);
    }
    for ((s, y), alpha) in memory.iter().zip(alphas.into_iter().rev()) {
        let beta = dot(y, &q) / dot(y, s);
        q.iter_mut().zip(s).for_each(|(a, b)| *a += (alpha - beta) * b);
    }
    q.iter_mut().for_each(|a| *a = -*a);
    q
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// What the weights cost, and its slope; the weights that stand for no feature are not penalized.
fn one_of_loss<const K: usize>(
    samples: &[(Found, usize)],
    x: &[f64],
    features: usize,
    costs: &[f64; K],
) -> (f64, Vec<f64>) {
    let plain = features * K;
    let mut value = x[..plain].iter().map(|w| w * w).sum::<f64>() / 2.0;
    let mut slope: Vec<f64> = x.to_vec();
    slope[plain..].fill(0.0);
    for (found, truth) in samples {
        let mut sums = [0.0; K];
        sums.copy_from_slice(&x[plain..]);
        for (i, v) in found {
            for (k, s) in sums.iter_mut().enumerate() {
                *s += x[i * K + k] * v;
            }
        }
        let top = sums.iter().copied().fold(f64::MIN, f64::max);
        let all: f64 = sums.iter().map(|s| (s - top).exp()).sum();
        let cost = costs[*truth];
        value -= cost * (sums[*truth] - top - all.ln());
        let off: Vec<f64> = sums
            .iter()
            .enumerate()
            .map(|(k, s)| cost * ((s - top).exp() / all - f64::from(u8::from(k == *truth))))
            .collect();
        for (i, v) in found {
            for (k, o) in off.iter().enumerate() {
                slope[i * K + k] += o * v;
            }
        }
        for (k, o) in off.iter().enumerate() {
            slope[plain + k] += o;
        }
    }
    (value, slope)
}

/// The same for one class.
fn yes_or_no_loss(samples: &[(&Found, bool, f64)], x: &[f64], features: usize, cost: f64) -> (f64, Vec<f64>) {
    let mut value = x[..features].iter().map(|w| w * w).sum::<f64>() / 2.0;
    let mut slope: Vec<f64> = x.to_vec();
    slope[features] = 0.0;
    for (found, truth, counts) in samples {
        let cost = cost * counts;
        let sum = x[features] + found.iter().map(|(i, v)| x[*i] * v).sum::<f64>();
        let signed = if *truth { sum } else { -sum };
        // ln(1 + e^-s), without overflow.
        value += cost * (if signed > 0.0 { (-signed).exp().ln_1p() } else { signed.exp().ln_1p() - signed });
        let off = cost * (share(sum) - f64::from(u8::from(*truth)));
        for (i, v) in found.iter() {
            slope[*i] += off * v;
        }
        slope[features] += off;
    }
    (value, slope)
}

/// A sum as a share of one.
pub(super) fn share(sum: f64) -> f64 {
    1.0 / (1.0 + (-sum).exp())
}
