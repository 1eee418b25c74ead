//! The notebook's `Network`: weights, biases, stored states, mini-batches and what is measured.

use super::matrix::Matrix;
use super::phases::Top;
use super::rule::Rule;
use super::switches::{FreePhase, Measure, Relaxation};
use crate::data::Points;
use crate::rng::TorchRng;

/// The states of a mini-batch: one matrix per layer, inputs first, each (samples, units).
pub type Layers = Vec<Matrix>;

/// What the notebook calls `hyper`.
#[derive(Clone, Debug, PartialEq)]
pub struct Hyper {
    /// Units of each hidden layer.
    pub hidden: Vec<usize>,
    /// Iterations of the first phase.
    pub n_it_neg: u32,
    /// Iterations of the second phase.
    pub n_it_pos: u32,
    /// Learning rate of each layer of weights.
    pub alphas: Vec<f32>,
    /// Strength of the nudge.
    pub beta: f32,
    /// ε of a step of relaxation.
    pub epsilon: f32,
    /// γ: what the feedback weights are multiplied by in contrastive Hebbian learning.
    pub gamma: f32,
    /// Samples per mini-batch; a remainder of the samples is never seen.
    pub batch: usize,
    /// The scheme and its variants.
    pub rule: Rule,
}

/// Labels are one of two.
pub const OUTPUTS: usize = 2;

/// Why the original stops: what PyTorch says, and in which function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crash {
    /// The error's text.
    pub error: String,
    /// The function of the notebook.
    pub place: &'static str,
}

/// Energy, cost and error of an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Mean energy of a sample.
    pub energy: f64,
    /// Mean of Σ(output − label)².
    pub cost: f64,
    /// Share of samples whose label's output is not the largest by more than 0.001.
    pub error: f64,
    /// The same of the outputs before the first phase's nudge, where there was one.
    pub without_nudge: Option<f64>,
}

/// A network with the samples that it learns.
#[derive(Clone, Debug)]
pub struct Network {
    /// What it was made with.
    pub hyper: Hyper,
    /// W_l, (units of layer l, units of layer l + 1).
    pub weights: Vec<Matrix>,
    /// b_l of every layer; b_0 is never used.
    pub biases: Vec<Vec<f32>>,
    /// The inputs, then the stored states of every further layer, for all samples.
    pub states: Layers,
    /// The states of the last second phase, for all samples, where the scheme has one.
    pub second: Option<Layers>,
    /// The label of each sample.
    pub labels: Vec<usize>,
    /// One row per sample, 1 at the label.
    pub targets: Matrix,
    /// First sample of the current mini-batch.
    current: usize,
}

impl Network {
    /// A network whose weights torch would draw after `manual_seed(seed)`: uniform within Glorot's bounds ±√(6/(a + b)),
    /// matrix after matrix. Biases and stored states are 0.
    pub fn new(hyper: Hyper, points: &Points, seed: u32) -> Self {
        let samples = points.inputs.len();
        let sizes: Vec<usize> =
            std::iter::once(2).chain(hyper.hidden.iter().copied()).chain(std::iter::once(OUTPUTS)).collect();
        let mut rng = TorchRng::new(u64::from(seed));
        let mut draw = |rows: usize, columns: usize| {
            let bound = libm::sqrt(6.0 / (rows + columns) as f64);
            Matrix { rows, columns, values: rng.uniform(-bound, bound, rows * columns) }
        };
        let inputs = Matrix { rows: samples, columns: 2, values: points.inputs.concat() };
        let zeros = sizes[1..].iter().map(|units| Matrix::zeros(samples, *units));
        Self {
            weights: sizes.windows(2).map(|pair| draw(pair[0], pair[1])).collect(),
            biases: sizes.iter().map(|units| vec![0.0; *units]).collect(),
            states: std::iter::once(inputs).chain(zeros).collect(),
            second: None,
            labels: points.labels.clone(),
            targets: Matrix::from_fn(samples, OUTPUTS, |row, c| if points.labels[row] == c { 1.0 } else { 0.0 }),
            current: 0,
            hyper,
        }
    }

    /// γ where it plays a part, else 1.
    pub(super) fn feedback(&self) -> f32 {
        if self.hyper.rule.has_gamma() { self.hyper.gamma } else { 1.0 }
    }

    /// Index of the output layer.
    pub fn top(&self) -> usize {
        self.weights.len()
    }

    /// One epoch of `train`: both phases for every whole mini-batch.
    ///
    /// # Errors
    /// Where the original fails. What it changed before stays changed.
    pub fn epoch(&mut self) -> Result<(), Crash> {
        let batch = self.hyper.batch;
        for index in 0..self.labels.len() / batch {
            self.current = index * batch;
            self.settle(self.hyper.n_it_neg);
            self.learn()?;
        }
        Ok(())
    }

    /// The states of the current mini-batch.
    pub fn layers(&self) -> Layers {
        self.states.iter().map(|layer| layer.rows(self.current, self.hyper.batch)).collect()
    }

    /// The labels of the current mini-batch.
    pub fn batch_targets(&self) -> Matrix {
        self.targets.rows(self.current, self.hyper.batch)
    }

    fn store(&mut self, layers: &Layers) {
        for (states, layer) in self.states.iter_mut().zip(layers).skip(1) {
            states.set_rows(self.current, layer);
        }
    }

    /// Keeps the states of the second phase to be looked at.
    pub(super) fn store_second(&mut self, layers: &Layers) {
        let states = &self.states;
        let second = self.second.get_or_insert_with(|| states.clone());
        for (all, layer) in second.iter_mut().zip(layers) {
            all.set_rows(self.current, layer);
        }
    }

    /// The first phase of the current mini-batch, stored: `neg_phase` in the notebook.
    fn settle(&mut self, iterations: u32) {
        let targets = self.batch_targets();
        let free = self.first_phase(&self.layers(), self.free_top(&targets), iterations);
        self.store(&free);
    }

    /// The scheme's first phase from `layers`, the output held by `top`.
    pub fn first_phase(&self, layers: &Layers, top: Top, iterations: u32) -> Layers {
        let rule = &self.hyper.rule;
        match rule.relaxation {
            _ if rule.starts_forward() => self.forward_pass(&layers[0]),
            Relaxation::Sweep => self.sweeps(layers, top, iterations),
            Relaxation::Steps => self.steps(layers, top, iterations),
        }
    }

    /// `Network.forward` on all samples as one batch: the first phase, stored, and what is measured of it.
    pub fn forward(&mut self, iterations: u32) -> Measured {
        self.hyper.batch = self.labels.len();
        self.current = 0;
        self.settle(iterations);
        self.measure()
    }

    /// `Network.backward` on all samples as one batch: relaxes backwards from `output`, stores the states, and returns
    /// what the original returns: the inputs, unchanged. (It hands its list of clamped layers to the place where the
    /// relaxation expects `reverse`.)
    pub fn backward(&mut self, output: &Matrix, iterations: u32) -> Matrix {
        let free = self.layers();
        let relaxed = self.relax_back(&free, output, iterations);
        self.store(&relaxed);
        self.layers().swap_remove(0)
    }

    /// Energy, cost and error of the stored states, with the weights as they are now: `measure`.
    pub fn measure(&self) -> Measured {
        let all = self.hyper.rule.measure == Measure::All;
        let (layers, targets, first) = match all {
            true => (self.states.clone(), self.targets.clone(), 0),
            false => (self.layers(), self.batch_targets(), self.current),
        };
        let output = &layers[self.top()];
        let squares = output.with(&targets, |out, y| (out - y) * (out - y));
        let costs = (0..output.rows).map(|row| (0..OUTPUTS).fold(0.0, |sum, c| sum + squares.at(row, c)));
        let cost = costs.fold(0.0, |sum, cost| sum + cost) / output.rows as f32;
        let wrong = |output: &Matrix| {
            // torch's topk(2) of two outputs: equal ones are not told apart, whichever comes first.
            let right = (0..output.rows).filter(|row| self.margin(output, *row, first + row) > 1e-3).count();
            f64::from((output.rows - right) as f32 / output.rows as f32)
        };
        Measured {
            energy: self.energy(&layers),
            cost: f64::from(cost),
            error: wrong(output),
            without_nudge: self.before_nudge(output, &targets).map(|output| wrong(&output)),
        }
    }

    /// How far the output of a sample's label leads in a row of outputs.
    pub fn margin(&self, output: &Matrix, row: usize, sample: usize) -> f32 {
        let label = self.labels[sample];
        output.at(row, label) - output.at(row, 1 - label)
    }

    /// What sweeps of the first phase gave before they pulled the output towards the label; none where they did not.
    fn before_nudge(&self, output: &Matrix, targets: &Matrix) -> Option<Matrix> {
        let (rule, beta) = (&self.hyper.rule, self.hyper.beta);
        let nudged = rule.leaks() && rule.free_phase == FreePhase::Nudged && rule.relaxation == Relaxation::Sweep;
        (nudged && beta < 1.0).then(|| output.with(targets, |out, y| (out - beta * y) / (1.0 - beta)))
    }
}
