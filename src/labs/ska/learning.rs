//! A run of the network: layer after layer through a chunk of steps, and the rows that come of it.

use std::f64::consts::LN_2;

use super::closer;
use super::network::{Network, PIXELS};
use super::rule::Normalise;
use super::still::Still;
use crate::analysis::Facts;
use crate::backend::{Backend, Tensor};
use crate::kernels::{QUANTITIES, Quantity, SkaLayer};
use crate::labs::Lab;

/// A run of a [`Network`] on a batch of images.
pub struct Ska {
    network: Network,
    samples: u32,
    /// The digit of each image. The rule never sees them.
    labels: Vec<u8>,
    input: Tensor,
    layers: Vec<Layer>,
    chunk: u32,
    /// Steps that a pass goes through at most.
    leap: u32,
    done: u32,
    last_chunk: u32,
    net_totals: Vec<f64>,
}

/// The tensors of one layer.
struct Layer {
    units: u32,
    below: u32,
    /// (units, below); of a still layer as they were last recovered.
    weights: Tensor,
    /// (units); likewise.
    biases: Tensor,
    /// (units, samples): Z of the last step.
    knowledge: Tensor,
    /// (units, samples, leap + 1): ring of D.
    decisions: Tensor,
    /// (QUANTITIES, units, leap) each: what the last chunk's steps measured, one leap after another.
    sums: Vec<Tensor>,
    /// Where it is followed in the space of the samples.
    still: Option<Still>,
}

impl Ska {
    /// Sets up a run on `images` (PIXELS, samples), pixels in 0..1, that show the digits `labels`.
    pub fn new(network: Network, images: &[f32], labels: Vec<u8>, backend: &mut Backend) -> Self {
        let samples = images.len() as u32 / PIXELS;
        let cost = Cost::of(&network, images, backend);
        backend.share(cost.total());
        let chunk = chunk(&network, samples, &cost, backend);
        let leap = leap(chunk, backend);
        let name = fingerprint(images);
        let input = backend.keep(&format!("ska images {name:x}"), |backend| vec![backend.tensor(images)])[0];
        let drawn = backend.keep(&format!("ska weights {} {:?}", network.seed, network.layers), |backend| {
            let weights = network.initial_weights();
            let squares = squares(&weights[0], network.layers[0] as usize);
            weights.into_iter().chain([squares]).map(|values| backend.tensor(&values)).collect()
        });
        let (first_weights, first_squares) = (drawn[0], drawn[network.layers.len()]);
        let still = cost
            .still_pays()
            .then(|| Still::new(&network, samples, (name, input), (first_weights, first_squares), backend));
        let layers = network.shapes().zip(drawn).zip(std::iter::once(still).chain(std::iter::repeat_with(|| None)));
        let layers = layers.map(|(((units, below), first_weights), still)| Layer {
            units,
            below,
            // Of a still layer they come when someone asks for them.
            weights: match still {
                Some(_) => backend.zeros((units * below) as usize),
                None => backend.copy(first_weights),
            },
            biases: backend.zeros(units as usize),
            knowledge: backend.zeros((units * samples) as usize),
            decisions: backend.zeros((units * samples * (leap + 1)) as usize),
            sums: (0..chunk.div_ceil(leap)).map(|_| backend.zeros(QUANTITIES * (units * leap) as usize)).collect(),
            still,
        });
        let layers: Vec<Layer> = layers.collect();
        let net_totals = vec![0.0; layers.len()];
        Self { network, samples, labels, input, layers, chunk, leap, done: 0, last_chunk: 0, net_totals }
    }

    /// Learning rate over samples, η / N.
    fn rate(&self) -> f32 {
        (self.network.learning_rate / f64::from(self.samples)) as f32
    }

    /// One pass of each layer through some steps, the leap of this number in its chunk.
    fn pass(&self, backend: &mut Backend, leap: usize, first_step: u32, steps: u32) {
        let rule = &self.network.rule;
        let [of_knowledge, of_shift, of_product] = rule.coefficients();
        let mut below = (self.input, 1);
        for layer in &self.layers {
            let pass = SkaLayer {
                units: layer.units,
                below: layer.below,
                samples: self.samples,
                below_slots: below.1,
                slots: self.leap + 1,
                first_step,
                steps,
                lag: rule.lag(),
                rate: self.rate(),
                of_knowledge,
                of_shift,
                of_product,
                net_of_knowledge: rule.net_of_knowledge(),
            };
            let sums = layer.sums[leap];
            match &layer.still {
                Some(still) => still.advance(&pass, [layer.knowledge, layer.decisions, sums], backend),
                None => {
                    let state = [layer.weights, layer.biases, layer.knowledge, layer.decisions, sums];
                    backend.run(&pass, &[below.0], &state);
                }
            }
            below = (layer.decisions, self.leap + 1);
        }
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

/// Multiplications of a run.
struct Cost {
    /// Of the first layer, followed by its weights.
    plain: f64,
    /// Of the first layer, followed in the space of the samples.
    still: f64,
    /// Of the other layers.
    others: f64,
}

impl Cost {
    fn of(network: &Network, images: &[f32], backend: &Backend) -> Self {
        let (steps, pixels) = (f64::from(network.steps), f64::from(PIXELS));
        let values = images.len() as f64;
        let samples = values / pixels;
        // What the CPU engine lists costs about twice as much as what lies in a row.
        let seen = match backend {
            Backend::Cpu(_) => values.min(2.0 * images.iter().filter(|value| **value != 0.0).count() as f64),
            Backend::Gpu(_) => values,
        };
        let mut shapes = network.shapes().map(|(units, below)| (f64::from(units), f64::from(below)));
        let (units, _) = shapes.next().unwrap_or_default();
        Self {
            plain: steps * 2.0 * units * seen,
            // The images' Gram matrix, the first pass, and the weights at the end come once.
            still: steps * units * samples * samples + samples * samples * pixels + 2.0 * units * values,
            others: steps * shapes.map(|(units, below)| 2.0 * units * below * samples).sum::<f64>(),
        }
    }

    fn still_pays(&self) -> bool {
        self.still < self.plain
    }

    /// Of the whole run.
    fn total(&self) -> f64 {
        self.still.min(self.plain) + self.others
    }
}

/// Steps per chunk: as many as a short wait (for a cancel, for a live picture) and a modest history allow.
fn chunk(network: &Network, samples: u32, cost: &Cost, backend: &Backend) -> u32 {
    let (multiplications, iterations) = match backend {
        // A twentieth of a second.
        Backend::Cpu(_) if backend.is_shared() => (2e9, f64::INFINITY),
        Backend::Cpu(_) => (1e9, f64::INFINITY),
        // Mesa's software adapter ends every loop once an invocation has gone through 65 535 iterations in all.
        Backend::Gpu(gpu) if gpu.is_software() => (1e9, 65_535.0),
        // A slow laptop's GPU takes some tenths of a second: far from where drivers lose patience.
        Backend::Gpu(_) => (5e9, f64::INFINITY),
    };
    let of_layer = |(l, (_, below)): (usize, (u32, u32))| match l == 0 && cost.still_pays() {
        true => Still::iterations(samples),
        false => SkaLayer::iterations(below, samples),
    };
    let longest = network.shapes().enumerate().map(of_layer).max().unwrap_or(1);
    let neurons: u32 = network.layers.iter().sum();
    let history = 4.0 * f64::from(neurons) * f64::from(samples);
    let per_step = cost.total() / f64::from(network.steps.max(1));
    let steps = (multiplications / per_step).min(HISTORY_BYTES / history).min(iterations / f64::from(longest));
    let steps = steps.max(1.0) as u32;
    steps.min(network.steps.max(1))
}

/// Steps that a pass goes through, of a chunk of so many. Where two share a run they meet after each pass, and one that is
/// too small for two is computed by one alone: in two leaps, the other can be ahead meanwhile.
fn leap(chunk: u32, backend: &Backend) -> u32 {
    if backend.is_shared() { chunk.div_ceil(2) } else { chunk }
}

/// Σ W² over the inputs for every neuron; `weights` is (units, below).
fn squares(weights: &[f32], units: usize) -> Vec<f32> {
    let of_unit =
        |unit: usize| weights[unit..].iter().step_by(units).map(|w| f64::from(*w) * f64::from(*w)).sum::<f64>();
    (0..units).map(|unit| of_unit(unit) as f32).collect()
}

/// A number that tells one batch of images from another (FNV-1a, 64 bits).
fn fingerprint(images: &[f32]) -> u64 {
    images
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, value| (hash ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3))
}

impl Lab for Ska {
    fn chunk(&self) -> u32 {
        self.chunk
    }

    fn advance(&mut self, backend: &mut Backend, steps: u32) {
        assert!(steps <= self.chunk, "ska: a chunk of {steps} steps, but there is room for {}", self.chunk);
        for (leap, first) in (0..steps).step_by(self.leap as usize).enumerate() {
            self.pass(backend, leap, self.done + first, self.leap.min(steps - first));
        }
        self.done += steps;
        self.last_chunk = steps;
    }

    fn measured(&self) -> Vec<Tensor> {
        self.layers.iter().flat_map(|layer| &layer.sums).copied().collect()
    }

    fn rows(&mut self, measured: &[Vec<f32>]) -> Vec<Vec<Option<f64>>> {
        let (first, steps) = (self.done - self.last_chunk, self.last_chunk);
        let leaps = self.chunk.div_ceil(self.leap) as usize;
        let row = |at: u32| {
            let mut row = Vec::new();
            let mut total = 0.0;
            let (leap, within) = ((at / self.leap) as usize, (at % self.leap) as usize);
            let sums_of = |l: usize, units: usize| {
                let sums = &measured[l * leaps + leap];
                sums[within * units * QUANTITIES..][..units * QUANTITIES].chunks(QUANTITIES)
            };
            for l in 0..self.layers.len() {
                let mut layer = [0.0; QUANTITIES];
                for neuron in sums_of(l, self.layers[l].units as usize) {
                    layer.iter_mut().zip(neuron).for_each(|(sum, value)| *sum += f64::from(*value));
                }
                let entries = self.layer_row(l, first + at, layer);
                total += entries[0].unwrap_or(0.0);
                row.extend(entries);
            }
            row.push((first + at > 0).then_some(total));
            row.push(Some(f64::from(first + at) * self.network.learning_rate));
            if let Some((last, layer)) = self.layers.iter().enumerate().next_back() {
                let mean =
                    |neuron: &[f32]| Some(f64::from(neuron[Quantity::Output as usize]) / f64::from(self.samples));
                row.extend(sums_of(last, layer.units as usize).map(mean));
            }
            row
        };
        (0..steps).map(row).collect()
    }

    fn remains(&self) -> Vec<Tensor> {
        std::iter::once(self.input).chain(self.layers.iter().map(|layer| layer.knowledge)).collect()
    }

    fn facts(&self, remains: &[Vec<f32>]) -> Facts {
        let [images, knowledge @ ..] = remains else { return Facts::default() };
        let units = self.layers.iter().map(|layer| layer.units as usize);
        let knowledge: Vec<(usize, &[f32])> = units.zip(knowledge.iter().map(Vec::as_slice)).collect();
        closer::facts(images, &self.labels, &knowledge)
    }

    fn recover(&mut self, backend: &mut Backend) {
        for layer in &self.layers {
            if let Some(still) = &layer.still {
                still.recover(self.rate(), [layer.weights, layer.biases], backend);
            }
        }
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
