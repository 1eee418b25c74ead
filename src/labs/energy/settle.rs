//! The textbooks' way to settle: all layers move by small steps down an energy.

use super::matrix::Matrix;
use super::network::{Layers, Network};
use super::phases::Top;
use super::rule::Scheme;
use super::switches::{Activation, EnergyKind};

impl Network {
    /// `iterations` steps of the scheme's relaxation from `layers`.
    pub fn steps(&self, layers: &Layers, top: Top, iterations: u32) -> Layers {
        let step = match self.hyper.rule.scheme {
            Scheme::Predictive => Self::error_step,
            _ => Self::hopfield_step,
        };
        (0..iterations).fold(layers.clone(), |layers, _| step(self, &layers, top))
    }

    /// s ← s + ε (act(u) − s) for u = below W + γ above Wᵀ + b, all layers at once; clip and ReLU take the step first
    /// and are cut after it, as Scellier and Bengio do. A nudge adds −β ∂C/∂s to the output's u, C = |s − Y|².
    fn hopfield_step(&self, layers: &Layers, top: Top) -> Layers {
        let activation = self.hyper.rule.activation;
        let epsilon = self.hyper.epsilon;
        let moved = |input: f32, state: f32| match activation {
            Activation::Logistic => state + epsilon * (activation.value(input) - state),
            Activation::Clip | Activation::Relu => activation.value(state + epsilon * (input - state)),
        };
        let layer = |k: usize| {
            let state = &layers[k];
            let input = self.input(k, &layers[k - 1], layers.get(k + 1));
            let input = match top {
                Top::Label(targets) if k == self.top() => return targets.clone(),
                Top::Nudged(beta, targets) if k == self.top() => {
                    let pull = state.with(targets, |s, y| -2.0 * beta * (s - y));
                    input.with(&pull, |input, pull| input + pull)
                }
                _ => input,
            };
            input.with(state, moved)
        };
        std::iter::once(layers[0].clone()).chain((1..=self.top()).map(layer)).collect()
    }

    /// s ← s − ε ∂/∂s (Σ|s − f(below W + b)|² + β|s_L − Y|²), all layers at once.
    fn error_step(&self, layers: &Layers, top: Top) -> Layers {
        let epsilon = self.hyper.epsilon;
        let gradient = self.error_gradient(layers, top);
        let layer = |k: usize| match top {
            Top::Label(targets) if k == self.top() => targets.clone(),
            _ => layers[k].with(&gradient[k - 1], |state, slope| state - epsilon * slope),
        };
        std::iter::once(layers[0].clone()).chain((1..=self.top()).map(layer)).collect()
    }

    /// ∂/∂s of Σ|s − f(below W + b)|² + β|s_L − Y|² for layers 1..=L.
    pub fn error_gradient(&self, layers: &Layers, top: Top) -> Vec<Matrix> {
        let pulls = self.error_pulls(layers);
        let layer = |k: usize| {
            let own = layers[k].with(&self.predicted(k, &layers[k - 1]), |state, predicted| 2.0 * (state - predicted));
            match (pulls.get(k), top) {
                (Some(above), _) => {
                    own.with(&above.times_transposed(&self.weights[k]), |own, from_above| own - 2.0 * from_above)
                }
                (None, Top::Nudged(beta, targets)) => {
                    let pull = layers[k].with(targets, |s, y| 2.0 * beta * (s - y));
                    own.with(&pull, |own, pull| own + pull)
                }
                (None, _) => own,
            }
        };
        (1..=self.top()).map(layer).collect()
    }

    /// (s − f(u)) f'(u) of layers 1..=L, u = below W + b: what an error asks of its input.
    fn error_pulls(&self, layers: &Layers) -> Vec<Matrix> {
        let activation = self.hyper.rule.activation;
        let layer = |k: usize| {
            let input = self.input(k, &layers[k - 1], None);
            layers[k].with(&input, |state, input| (state - activation.value(input)) * activation.slope(input))
        };
        (1..=self.top()).map(layer).collect()
    }

    /// −∂E/∂W and −∂E/∂b of the scheme's energy, mean over the batch, for each layer of weights: sᵀs' for the Hopfield
    /// energy, 2 sᵀ(error · slope) for prediction errors.
    pub fn descent(&self, layers: &Layers) -> Vec<(Matrix, Vec<f32>)> {
        let above: Vec<Matrix> = match self.hyper.rule.scheme {
            Scheme::Predictive => self.error_pulls(layers).iter().map(|pull| pull.map(|x| 2.0 * x)).collect(),
            _ => layers[1..].to_vec(),
        };
        let batch = layers[0].rows as f32;
        let of = |(below, above): (&Matrix, &Matrix)| {
            (below.transposed_times(above).map(|x| x / batch), above.column_means())
        };
        layers.iter().zip(&above).map(of).collect()
    }

    /// The energy that is measured: mean over the samples.
    pub fn energy(&self, layers: &Layers) -> f64 {
        let total: f64 = match self.hyper.rule.energy {
            EnergyKind::Nothing => return 0.0,
            EnergyKind::Hopfield => self.hopfield_energy(layers),
            EnergyKind::Prediction => self.prediction_energy(layers),
        };
        total / layers[0].rows as f64
    }

    /// Σ G(s) − b·s − s W s' over all layers and samples. G(s) is what makes act(u) the state of least energy: ½s², and
    /// s ln s + (1 − s) ln (1 − s) for logistic units.
    fn hopfield_energy(&self, layers: &Layers) -> f64 {
        let entropy = |p: f64| if p > 0.0 && p < 1.0 { p * libm::log(p) } else { 0.0 };
        let own = |s: f64| match self.hyper.rule.activation {
            Activation::Logistic => entropy(s) + entropy(1.0 - s),
            Activation::Clip | Activation::Relu => 0.5 * s * s,
        };
        let mut energy = 0.0;
        for k in 1..=self.top() {
            let drive = layers[k - 1].times(&self.weights[k - 1]).plus_row(&self.biases[k]);
            for (state, drive) in layers[k].values.iter().zip(&drive.values) {
                let state = f64::from(*state);
                energy += own(state) - state * f64::from(*drive);
            }
        }
        energy
    }

    /// Σ|s − f(below W + b)|² over all layers and samples.
    fn prediction_energy(&self, layers: &Layers) -> f64 {
        let mut energy = 0.0;
        for k in 1..=self.top() {
            let predicted = self.predicted(k, &layers[k - 1]);
            for (state, predicted) in layers[k].values.iter().zip(&predicted.values) {
                energy += (f64::from(*state) - f64::from(*predicted)).powi(2);
            }
        }
        energy
    }
}
