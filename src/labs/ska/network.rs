//! The network that both SKA labs run: its size, its first weights, and what is measured of it.

use super::rule::{Normalise, Rule};
use crate::rng::TorchRng;
use crate::trace::Column;

/// Pixels of an image.
pub const PIXELS: u32 = 784;

/// Size, budget and rule of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Neurons of each layer.
    pub layers: Vec<u32>,
    /// K, the number of forward passes.
    pub steps: u32,
    /// η, the learning rate.
    pub learning_rate: f64,
    /// Seed of the weights, as `torch.manual_seed`.
    pub seed: u32,
    /// Variants of the rule.
    pub rule: Rule,
}

impl Network {
    /// Weights as torch draws them: randn · 0.01 for layer after layer; the biases start at 0 and draw nothing.
    /// Layer l is (units, below), the bytes of torch's row-major `[below, units]`.
    pub fn initial_weights(&self) -> Vec<Vec<f32>> {
        let mut rng = TorchRng::new(u64::from(self.seed));
        let draw = |(units, below): (u32, u32)| -> Vec<f32> {
            rng.randn((units * below) as usize).iter().map(|x| x * 0.01).collect()
        };
        self.shapes().map(draw).collect()
    }

    /// (units, below) of each layer.
    pub fn shapes(&self) -> impl Iterator<Item = (u32, u32)> {
        let below = std::iter::once(PIXELS).chain(self.layers.iter().copied());
        self.layers.iter().copied().zip(below)
    }

    /// What is measured at each step (the table at the top of the module).
    pub fn columns(&self) -> Vec<Column> {
        let per = match self.rule.normalise {
            Normalise::Neuron => "bits per neuron",
            Normalise::NeuronSample => "bits per neuron and image",
        };
        let mut columns = Vec::new();
        for l in 1..=self.layers.len() {
            let mut add = |name: &str, label: &str, unit: &str| {
                columns.push(Column::new(format!("{name}_{l}"), format!("{label} of layer {l}"), unit));
            };
            add("entropy", "Entropy", "bits");
            add("entropy_per_neuron", "Normalised entropy", per);
            add("cosine", "Alignment cos θ", "");
            add("z_norm", "Knowledge norm ‖Z‖", "");
            add("w_norm", "Weight norm ‖W‖", "");
            add("tensor_net", "Tensor net", "");
            add("tensor_net_total", "Running total of the tensor net", "");
            add("flow", "Knowledge flow Φ", "per unit of time");
            add("lagrangian", "Lagrangian", "per unit of time");
            add("entropy_rate", "Entropy over learning rate", "bits per unit of time");
        }
        columns.push(Column::new("entropy_total", "Entropy of all layers", "bits"));
        columns.push(Column::new("time", "Time t = η·k", ""));
        let outputs = self.layers.last().copied().unwrap_or(0);
        columns.extend((0..outputs).map(|i| Column::new(format!("output_{i}"), format!("Mean output {i}"), "")));
        columns
    }
}
