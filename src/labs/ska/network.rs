//! The network that both SKA labs run: layer after layer through a chunk of steps.

use std::f64::consts::LN_2;

use super::rule::{Normalise, Rule};
use crate::backend::{Backend, Tensor};
use crate::kernels::{QUANTITIES, Quantity, SkaLayer};
use crate::labs::Lab;
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

/// A run of a [`Network`] on a batch of images.
pub struct Ska {
    network: Network,
    samples: u32,
    input: Tensor,
    layers: Vec<Layer>,
    chunk: u32,
    done: u32,
    last_chunk: u32,
    net_totals: Vec<f64>,
}

/// The tensors of one layer.
struct Layer {
    units: u32,
    below: u32,
    /// (units, below).
    weights: Tensor,
    /// (units).
    biases: Tensor,
    /// (units, samples): Z of the last step.
    knowledge: Tensor,
    /// (units, samples, chunk + 1): ring of D.
    decisions: Tensor,
    /// (QUANTITIES, units, chunk): what the last chunk's steps measured.
    sums: Tensor,
}

impl Ska {
    /// Sets up a run on `images` (PIXELS, samples), pixels in 0..1.
    pub fn new(network: Network, images: &[f32], backend: &mut Backend) -> Self {
        let samples = images.len() as u32 / PIXELS;
        let chunk = chunk(&network, samples, backend);
        let input = backend.tensor(images);
        let layers = network.shapes().zip(network.initial_weights()).map(|((units, below), weights)| Layer {
            units,
            below,
            weights: backend.tensor(&weights),
            biases: backend.zeros(units as usize),
            knowledge: backend.zeros((units * samples) as usize),
            decisions: backend.zeros((units * samples * (chunk + 1)) as usize),
            sums: backend.zeros(QUANTITIES * (units * chunk) as usize),
        });
        let layers: Vec<Layer> = layers.collect();
        let net_totals = vec![0.0; layers.len()];
        Self { network, samples, input, layers, chunk, done: 0, last_chunk: 0, net_totals }
    }

    /// Entries of one layer at one step, in the order of [`Network::columns`], from the sums over its samples.
    fn layer_row(&mut self, l: usize, step: u32, sums: [f64; QUANTITIES]) -> [Option<f64>; 10] {
        let of = |quantity: Quantity| sums[quantity as usize];
        let (z_norm, shift_norm) = (of(Quantity::Knowledge).sqrt(), of(Quantity::Shift).sqrt());
        if step == 0 {
            let mut row = [None; 10];
            row[3] = Some(z_norm);
            return row;
        }
        let Network { learning_rate, rule, .. } = &self.network;
        // 0 − x, not −x: where nothing has moved the entropy is 0, not −0.
        let entropy = 0.0 - of(Quantity::Alignment) / LN_2;
        let divisor = match rule.normalise {
            Normalise::Neuron => f64::from(self.layers[l].units),
            Normalise::NeuronSample => f64::from(self.layers[l].units) * f64::from(self.samples),
        };
        let norms = z_norm * shift_norm;
        // NaN is not 0: it must come out as NaN.
        let cosine = if norms == 0.0 { 0.0 } else { of(Quantity::Alignment) / norms };
        self.net_totals[l] += of(Quantity::TensorNet);
        [
            entropy,
            entropy / divisor,
            cosine,
            z_norm,
            of(Quantity::Weight).sqrt(),
            of(Quantity::TensorNet),
            self.net_totals[l],
            of(Quantity::Flow).sqrt() / learning_rate,
            0.0 - of(Quantity::Action) / learning_rate,
            entropy / learning_rate,
        ]
        .map(Some)
    }
}

/// What the histories of all layers may take up, bytes.
const HISTORY_BYTES: f64 = 64e6;

/// Steps per chunk: as many as a short wait (for a cancel, for a live picture) and a modest history allow.
fn chunk(network: &Network, samples: u32, backend: &Backend) -> u32 {
    let products: f64 = network.shapes().map(|(units, below)| f64::from(units) * f64::from(below)).sum();
    let per_step = 4.0 * products * f64::from(samples);
    let (operations, iterations) = match backend {
        Backend::Cpu(_) => (1e9, f64::INFINITY),
        // Mesa's software adapter ends every loop once an invocation has gone through 65 535 iterations in all.
        Backend::Gpu(gpu) if gpu.is_software() => (1e9, 65_535.0),
        // A slow laptop's GPU takes some tenths of a second: far from where drivers lose patience.
        Backend::Gpu(_) => (1e10, f64::INFINITY),
    };
    let longest = network.shapes().map(|(_, below)| SkaLayer::iterations(below, samples)).max().unwrap_or(1);
    let neurons: u32 = network.layers.iter().sum();
    let history = 4.0 * f64::from(neurons) * f64::from(samples);
    let steps = (operations / per_step).min(HISTORY_BYTES / history).min(iterations / f64::from(longest));
    let steps = steps.max(1.0) as u32;
    steps.min(network.steps.max(1))
}

impl Lab for Ska {
    fn chunk(&self) -> u32 {
        self.chunk
    }

    fn advance(&mut self, backend: &mut Backend, steps: u32) {
        assert!(steps <= self.chunk, "ska: a chunk of {steps} steps, but histories hold {}", self.chunk);
        let [of_knowledge, of_shift, of_product] = self.network.rule.coefficients();
        let mut below = (self.input, 1);
        for layer in &self.layers {
            let pass = SkaLayer {
                units: layer.units,
                below: layer.below,
                samples: self.samples,
                below_slots: below.1,
                slots: self.chunk + 1,
                first_step: self.done,
                steps,
                lag: self.network.rule.lag(),
                rate: (self.network.learning_rate / f64::from(self.samples)) as f32,
                of_knowledge,
                of_shift,
                of_product,
                net_of_knowledge: self.network.rule.net_of_knowledge(),
            };
            let state = [layer.weights, layer.biases, layer.knowledge, layer.decisions, layer.sums];
            backend.run(&pass, &[below.0], &state);
            below = (layer.decisions, self.chunk + 1);
        }
        self.done += steps;
        self.last_chunk = steps;
    }

    fn measured(&self) -> Vec<Tensor> {
        self.layers.iter().map(|layer| layer.sums).collect()
    }

    fn rows(&mut self, measured: &[Vec<f32>]) -> Vec<Vec<Option<f64>>> {
        let (first, steps) = (self.done - self.last_chunk, self.last_chunk);
        let row = |at: u32| {
            let mut row = Vec::new();
            let mut total = 0.0;
            for (l, sums) in measured.iter().enumerate() {
                let units = self.layers[l].units as usize;
                let neurons = sums[at as usize * units * QUANTITIES..][..units * QUANTITIES].chunks(QUANTITIES);
                let mut layer = [0.0; QUANTITIES];
                for neuron in neurons {
                    layer.iter_mut().zip(neuron).for_each(|(sum, value)| *sum += f64::from(*value));
                }
                let entries = self.layer_row(l, first + at, layer);
                total += entries[0].unwrap_or(0.0);
                row.extend(entries);
            }
            row.push((first + at > 0).then_some(total));
            row.push(Some(f64::from(first + at) * self.network.learning_rate));
            if let (Some(sums), Some(layer)) = (measured.last(), self.layers.last()) {
                let neurons = sums[(at * layer.units) as usize * QUANTITIES..].chunks(QUANTITIES);
                let mean =
                    |neuron: &[f32]| Some(f64::from(neuron[Quantity::Output as usize]) / f64::from(self.samples));
                row.extend(neurons.take(layer.units as usize).map(mean));
            }
            row
        };
        (0..steps).map(row).collect()
    }

    fn probe(&self, name: &str) -> Option<Tensor> {
        let (tensor, number) = name.rsplit_once('_')?;
        let layer = self.layers.get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
        match tensor {
            "weights" => Some(layer.weights),
            "biases" => Some(layer.biases),
            "knowledge" => Some(layer.knowledge),
            _ => None,
        }
    }
}
