//! A linear read-out of many images, fitted piece by piece: ridge regression on one-hot digits by conjugate gradients.
//!
//! The same regression as [`probe`](crate::analysis::probe): with the features F (n, features) of the fitted images centred and divided by
//! their standard deviation, and the digits Y (n, 10) centred, `(FᵀF + r n I) W = FᵀY`. Conjugate gradients (Hestenes and Stiefel
//! 1952) never form FᵀF, and most features of most images are 0.

use crate::kernels::rows::{Rows, THIN, Thin};

/// Where the residual has come down to this share of `FᵀY`, W is taken: ten thousand images tell no more.
const SETTLED: f64 = 1e-6;
/// Iterations at most: several times as many as codes of digits need.
const PATIENCE: usize = 1000;

/// A read-out in the making.
pub struct Fitting {
    mean: Vec<f64>,
    /// 1 over the standard deviation; 0 for what does not vary, which says nothing.
    scale: Vec<f64>,
    means: Thin,
    penalty: f64,
    weights: Vec<Thin>,
    residual: Vec<Thin>,
    direction: Vec<Thin>,
    /// Σ residual², now and at first.
    size: Thin,
    start: Thin,
    iterations: usize,
}

/// A read-out.
#[derive(Clone, Debug)]
pub struct Readout {
    /// (features, THIN).
    weights: Vec<Thin>,
    bias: Thin,
}

impl Fitting {
    /// Begins to fit a read-out of `digits` (each below 10) from the rows; `ridge` is r.
    pub fn new(rows: &Rows, digits: &[u8], ridge: f64) -> Self {
        let (mean, spread) = rows.moments();
        let scale: Vec<f64> = spread.iter().map(|spread| if *spread > 0.0 { 1.0 / spread } else { 0.0 }).collect();
        let share = 1.0 / digits.len().max(1) as f64;
        let mut means = [0.0; THIN];
        digits.iter().for_each(|digit| means[usize::from(*digit)] += share);
        let targets: Vec<Thin> = digits
            .iter()
            .map(|digit| {
                let mut target = means.map(|mean| -mean);
                target[usize::from(*digit)] += 1.0;
                target
            })
            .collect();
        let mut residual = vec![[0.0; THIN]; rows.width()];
        rows.add_targets(&mean, &targets, &mut residual);
        scaled(&mut residual, &scale);
        let size = squares(&residual, &residual);
        Self {
            penalty: ridge * digits.len() as f64,
            weights: vec![[0.0; THIN]; rows.width()],
            direction: residual.clone(),
            residual,
            size,
            start: size,
            mean,
            scale,
            means,
            iterations: 0,
        }
    }

    /// One iteration. Returns the read-out once it has settled.
    pub fn advance(&mut self, rows: &Rows) -> Option<Readout> {
        let open = |n: usize| self.size[n] > SETTLED * SETTLED * self.start[n];
        if self.iterations == PATIENCE || !(0..THIN).any(open) {
            return Some(self.readout());
        }
        self.iterations += 1;
        // (FᵀF + penalty) direction, for F = (rows − mean) scale.
        let mut across = self.direction.clone();
        scaled(&mut across, &self.scale);
        let mut product = vec![[0.0; THIN]; rows.width()];
        rows.add_normal(&self.mean, &across, &mut product);
        scaled(&mut product, &self.scale);
        add(&mut product, &self.direction, &[self.penalty; THIN]);
        let along = ratio(&self.size, &squares(&self.direction, &product));
        add(&mut self.weights, &self.direction, &along);
        add(&mut self.residual, &product, &along.map(|along| -along));
        let size = squares(&self.residual, &self.residual);
        let kept = ratio(&size, &self.size);
        self.size = size;
        for (direction, residual) in self.direction.iter_mut().zip(&self.residual) {
            for n in 0..THIN {
                direction[n] = residual[n] + kept[n] * direction[n];
            }
        }
        None
    }

    /// How far it is, 0 to 1, by the logarithm of what is left to settle.
    pub fn share(&self) -> f64 {
        let left = |n: usize| if self.start[n] > 0.0 { self.size[n] / self.start[n] } else { 0.0 };
        let most = (0..THIN).map(left).fold(0.0, f64::max).clamp(SETTLED * SETTLED, 1.0);
        libm::log(most) / libm::log(SETTLED * SETTLED)
    }

    fn readout(&self) -> Readout {
        let mut weights = self.weights.clone();
        scaled(&mut weights, &self.scale);
        let mut bias = self.means;
        for (mean, weights) in self.mean.iter().zip(&weights) {
            for n in 0..THIN {
                bias[n] -= mean * weights[n];
            }
        }
        Readout { weights, bias }
    }
}

impl Readout {
    /// Fits it at once.
    pub fn of(rows: &Rows, digits: &[u8], ridge: f64) -> Self {
        let mut fitting = Fitting::new(rows, digits, ridge);
        loop {
            if let Some(readout) = fitting.advance(rows) {
                return readout;
            }
        }
    }

    /// What it reads for each digit from a row.
    pub fn scores(&self, rows: &Rows, row: usize) -> Thin {
        let mut scores = rows.times(row, &self.weights);
        scores.iter_mut().zip(&self.bias).for_each(|(score, bias)| *score += bias);
        scores
    }

    /// The digit that it reads from a row.
    pub fn guess(&self, rows: &Rows, row: usize) -> u8 {
        let scores = self.scores(rows, row);
        (0..THIN as u8).rev().max_by(|a, b| scores[usize::from(*a)].total_cmp(&scores[usize::from(*b)])).unwrap_or(0)
    }

    /// Share of the rows from which it reads their digit.
    pub fn accuracy(&self, rows: &Rows, digits: &[u8]) -> f64 {
        let right = (0..rows.len()).filter(|row| self.guess(rows, *row) == digits[*row]).count();
        right as f64 / rows.len().max(1) as f64
    }
}

fn scaled(thin: &mut [Thin], scale: &[f64]) {
    thin.iter_mut().zip(scale).for_each(|(thin, scale)| thin.iter_mut().for_each(|value| *value *= scale));
}

/// `into ← into + from · factors`, column by column.
fn add(into: &mut [Thin], from: &[Thin], factors: &Thin) {
    for (into, from) in into.iter_mut().zip(from) {
        for n in 0..THIN {
            into[n] += from[n] * factors[n];
        }
    }
}

/// Σ a b, column by column.
fn squares(a: &[Thin], b: &[Thin]) -> Thin {
    let mut sum = [0.0; THIN];
    for (a, b) in a.iter().zip(b) {
        for n in 0..THIN {
            sum[n] += a[n] * b[n];
        }
    }
    sum
}

/// a / b, column by column; 0 where a column has settled for good.
fn ratio(a: &Thin, b: &Thin) -> Thin {
    let mut ratio = [0.0; THIN];
    for n in 0..THIN {
        if b[n] != 0.0 {
            ratio[n] = a[n] / b[n];
        }
    }
    ratio
}
