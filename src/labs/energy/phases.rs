//! The notebook's phases: sweeps through the layers, forwards and backwards.

use super::matrix::{Matrix, logistic};
use super::network::{Layers, Network};
use super::rule::{Rule, Scheme};
use super::switches::{Activation, FreePhase, Normalise};

/// What holds the output while states settle.
#[derive(Clone, Copy, Debug)]
pub enum Top<'a> {
    /// Nothing: it follows from the layer below.
    Free,
    /// A pull towards the labels; away from them where negative.
    Nudged(f32, &'a Matrix),
    /// It is the labels.
    Label(&'a Matrix),
}

impl Activation {
    /// The unit's value for an input.
    pub fn value(self, input: f32) -> f32 {
        match self {
            Self::Logistic => logistic(input),
            Self::Clip => input.clamp(0.0, 1.0),
            Self::Relu => input.max(0.0),
        }
    }

    /// How much the value changes with the input.
    pub fn slope(self, input: f32) -> f32 {
        match self {
            Self::Logistic => logistic(input) * (1.0 - logistic(input)),
            Self::Clip => f32::from(u8::from(input > 0.0 && input < 1.0)),
            Self::Relu => f32::from(u8::from(input > 0.0)),
        }
    }
}

impl Rule {
    fn rescale(&self, states: Matrix) -> Matrix {
        match self.normalise {
            Normalise::Batch => states.normalised(),
            Normalise::Nothing => states,
        }
    }
}

impl Network {
    /// What holds the output in the first phase.
    pub fn free_top<'a>(&self, targets: &'a Matrix) -> Top<'a> {
        let rule = &self.hyper.rule;
        match rule.leaks() && rule.free_phase == FreePhase::Nudged {
            true => Top::Nudged(self.hyper.beta, targets),
            false => Top::Free,
        }
    }

    /// Sweeps of the first phase: `ep_neg`, `chl_neg`, `pcnudge_neg`.
    pub(super) fn sweeps(&self, layers: &Layers, top: Top, iterations: u32) -> Layers {
        let hidden = match self.hyper.rule.scheme {
            Scheme::Predictive => Self::keep_hidden,
            _ => Self::relax_hidden,
        };
        (0..iterations).fold(layers.clone(), |layers, _| self.sweep(&layers, top, hidden))
    }

    /// Sweeps of the second phase: `relax`, forwards.
    pub(super) fn relax(&self, layers: &Layers, top: Top, iterations: u32) -> Layers {
        (0..iterations).fold(layers.clone(), |layers, _| self.sweep(&layers, top, Self::relax_hidden))
    }

    /// One sweep from below upwards: hidden layers by `hidden`, which sees the new layer below and the old layers.
    fn sweep(&self, layers: &Layers, top: Top, hidden: fn(&Self, usize, &Matrix, &Layers) -> Matrix) -> Layers {
        let mut new = vec![layers[0].clone()];
        for k in 1..self.top() {
            new.push(hidden(self, k, &new[k - 1], layers));
        }
        new.push(match top {
            Top::Label(targets) => targets.clone(),
            Top::Free => self.predicted(self.top(), &new[self.top() - 1]),
            Top::Nudged(beta, targets) => {
                let out = self.predicted(self.top(), &new[self.top() - 1]);
                out.with(targets, |out, y| out - beta * (out - y))
            }
        });
        new
    }

    /// normalise(act(below W + above Wᵀ + b)): the new layer below, the old one above.
    fn relax_hidden(&self, k: usize, below: &Matrix, layers: &Layers) -> Matrix {
        self.hyper.rule.rescale(self.activated(&self.input(k, below, Some(&layers[k + 1]))))
    }

    /// PC-nudge: normalise(prediction + (state − prediction)), which is the state as it was but for rounding.
    fn keep_hidden(&self, k: usize, below: &Matrix, layers: &Layers) -> Matrix {
        let prediction = self.predicted(k, below);
        let error = layers[k].with(&prediction, |state, predicted| state - predicted);
        self.hyper.rule.rescale(prediction.with(&error, |predicted, error| predicted + error))
    }

    /// `relax` with `reverse`: the output is `output`, each hidden layer follows from the new layer above and, in every
    /// iteration, from the *free* layer below; so iterations after the first change nothing.
    pub(super) fn relax_back(&self, free: &Layers, output: &Matrix, iterations: u32) -> Layers {
        let mut layers = free.clone();
        layers[self.top()] = output.clone();
        for _ in 0..iterations {
            for k in (1..self.top()).rev() {
                let input = self.input(k, &free[k - 1], Some(&layers[k + 1]));
                layers[k] = self.hyper.rule.rescale(self.activated(&input));
            }
        }
        layers
    }

    /// below W + γ above Wᵀ + b: the input of layer k, in the notebook's order of sums.
    pub(super) fn input(&self, k: usize, below: &Matrix, above: Option<&Matrix>) -> Matrix {
        let from_below = below.times(&self.weights[k - 1]);
        let gamma = self.feedback();
        let input = match above {
            Some(above) => from_below.with(&above.times_transposed(&self.weights[k]), |a, b| a + gamma * b),
            None => from_below,
        };
        input.plus_row(&self.biases[k])
    }

    /// act(below W + b).
    pub(super) fn predicted(&self, k: usize, below: &Matrix) -> Matrix {
        self.activated(&self.input(k, below, None))
    }

    fn activated(&self, input: &Matrix) -> Matrix {
        input.map(|x| self.hyper.rule.activation.value(x))
    }

    /// Each layer from the one below, without feedback and without rescaling.
    pub fn forward_pass(&self, inputs: &Matrix) -> Layers {
        let mut layers = vec![inputs.clone()];
        for k in 1..=self.top() {
            layers.push(self.predicted(k, &layers[k - 1]));
        }
        layers
    }
}
