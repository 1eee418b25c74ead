//! A run, epoch by epoch, and what of it becomes columns of the trace.

use super::matrix::Matrix;
use super::network::{Hyper, Measured, Network, OUTPUTS};
use super::phases::Top;
use crate::backend::Backend;
use crate::labs::Lab;
use crate::trace::Column;

/// Samples whose hidden states are recorded: all of a truth table.
pub const SEEN: usize = 4;

/// Points along each side of the decision surface.
pub const SURFACE: usize = 24;

/// What a trace records of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Units of each layer, inputs first.
    pub sizes: Vec<usize>,
    /// Number of samples.
    pub samples: usize,
    /// Whether the decision surface is recorded.
    pub surface: bool,
}

impl Shape {
    /// The columns, in the order in which [`Energy`] fills them.
    pub fn columns(&self) -> Vec<Column> {
        let mut columns = vec![
            Column::new("energy", "Energy", ""),
            Column::new("cost", "Cost", ""),
            Column::new("error", "Error", "%"),
            Column::new("error_without_nudge", "Error of the outputs before the nudge", "%"),
            Column::new("error_last_4", "Mean error of the last four epochs", "%"),
        ];
        let mut add = |name: String, label: String| columns.push(Column::new(name, label, ""));
        for (l, pair) in self.sizes.windows(2).enumerate() {
            for (i, j) in pairs(pair[0], pair[1]) {
                add(format!("w_{l}_{i}_{j}"), format!("Weight from {} to {}", self.unit(l, i), self.unit(l + 1, j)));
            }
        }
        for (l, units) in self.sizes.iter().enumerate().skip(1) {
            for j in 0..*units {
                add(format!("b_{l}_{j}"), format!("Bias of {}", self.unit(l, j)));
            }
        }
        let (top, seen) = (self.sizes.len() - 1, self.samples.min(SEEN));
        for (l, units) in self.sizes.iter().enumerate().take(top) {
            for (s, j) in pairs(seen, *units) {
                add(format!("act_{l}_{s}_{j}"), format!("{} for sample {s}", self.unit(l, j)));
            }
        }
        for (s, j) in pairs(self.samples, OUTPUTS) {
            add(format!("output_{s}_{j}"), format!("Output {j} for sample {s}"));
        }
        for s in 0..self.samples {
            add(format!("margin_{s}"), format!("Label's output less the other for sample {s}"));
        }
        for (l, units) in self.sizes.iter().enumerate().skip(1) {
            for (s, j) in pairs(seen, *units) {
                add(format!("second_{l}_{s}_{j}"), format!("{} for sample {s}, second phase", self.unit(l, j)));
            }
        }
        if self.surface {
            for (row, column) in pairs(SURFACE, SURFACE) {
                let [x, y] = surface_point(row, column);
                add(format!("surface_{row}_{column}"), format!("Output 1 less output 0 at ({x:.2}, {y:.2})"));
            }
        }
        columns
    }

    /// The notebook's name of a unit: "Input 0", "Hidden 1 0", "Output 1".
    pub fn unit(&self, layer: usize, unit: usize) -> String {
        match layer {
            0 => format!("Input {unit}"),
            layer if layer + 1 == self.sizes.len() => format!("Output {unit}"),
            layer => format!("Hidden {layer} {unit}"),
        }
    }
}

fn pairs(rows: usize, columns: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..rows).flat_map(move |row| (0..columns).map(move |column| (row, column)))
}

/// The place of a point of the decision surface: rows from below upwards, from 0 to 1.
pub fn surface_point(row: usize, column: usize) -> [f32; 2] {
    [column, row].map(|at| at as f32 / (SURFACE - 1) as f32)
}

/// What the original is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// `train`.
    Train,
    /// `forward` with the samples, then `backward` with every answer turned round.
    ForwardBackward,
    /// `train` from many seeds; a step is a seed.
    Seeds,
    /// `train` from every pair of values of two sliders; a step is a row.
    Landscape,
}

/// A run: step 0 is the network as it starts, step k what epoch k left.
pub struct Energy {
    network: Network,
    call: Call,
    shape: Shape,
    chunk: u32,
    done: u32,
    errors: Vec<f64>,
    rows: Vec<Vec<Option<f64>>>,
}

/// Multiplications of one chunk: some milliseconds.
const CHUNK_WORK: f64 = 4e6;

impl Energy {
    /// Sets up a run of `network`.
    pub fn new(network: Network, call: Call, shape: Shape) -> Self {
        let Hyper { n_it_neg, n_it_pos, .. } = network.hyper;
        let weights: usize = network.weights.iter().map(|weights| weights.values.len()).sum();
        let grid = if shape.surface { SURFACE * SURFACE } else { 0 };
        let sweeps = shape.samples as f64 * f64::from(n_it_neg + 2 * n_it_pos) + grid as f64 * f64::from(n_it_neg);
        let chunk = (CHUNK_WORK / (2.0 * weights as f64 * sweeps)).clamp(1.0, 100.0) as u32;
        Self { network, call, shape, chunk, done: 0, errors: Vec::new(), rows: Vec::new() }
    }

    /// The next step.
    fn step(&mut self) {
        let measured = match (self.done, self.call) {
            (0, _) => None,
            (_, Call::Train | Call::Seeds | Call::Landscape) => {
                self.network.epoch().ok().map(|()| self.network.measure())
            }
            (1, Call::ForwardBackward) => Some(self.network.forward(self.network.hyper.n_it_neg)),
            (_, Call::ForwardBackward) => {
                let turned = self.network.targets.map(|y| 1.0 - y);
                self.network.backward(&turned, self.network.hyper.n_it_pos);
                Some(self.network.measure())
            }
        };
        let row = self.row(measured);
        self.rows.push(row);
        self.done += 1;
    }

    fn row(&mut self, measured: Option<Measured>) -> Vec<Option<f64>> {
        let mut row = vec![None; 5];
        if let Some(Measured { energy, cost, error, without_nudge }) = measured {
            self.errors.push(100.0 * error);
            let last = &self.errors[self.errors.len().saturating_sub(4)..];
            let mean = last.iter().sum::<f64>() / last.len() as f64;
            let without_nudge = without_nudge.map(|error| 100.0 * error);
            row = vec![Some(energy), Some(cost), Some(100.0 * error), without_nudge, Some(mean)];
        }
        let (network, top) = (&self.network, self.network.top());
        let seen = self.shape.samples.min(SEEN);
        let values = |values: &[f32]| values.iter().map(|value| Some(f64::from(*value))).collect::<Vec<_>>();
        network.weights.iter().for_each(|weights| row.extend(values(&weights.values)));
        network.biases.iter().skip(1).for_each(|biases| row.extend(values(biases)));
        network.states.iter().take(top).for_each(|states| row.extend(values(&states.rows(0, seen).values)));
        row.extend(values(&network.states[top].values));
        row.extend((0..self.shape.samples).map(|s| Some(f64::from(network.margin(&network.states[top], s, s)))));
        match &network.second {
            Some(second) => second.iter().skip(1).for_each(|states| row.extend(values(&states.rows(0, seen).values))),
            None => row.extend(vec![None; seen * self.shape.sizes.iter().skip(1).sum::<usize>()]),
        }
        if self.shape.surface {
            row.extend(values(&surface(network)));
        }
        row
    }
}

/// Output 1 less output 0 over the unit square: the free phase of all its points as one batch, without labels, from
/// states of 0.
fn surface(network: &Network) -> Vec<f32> {
    let points: Vec<f32> = pairs(SURFACE, SURFACE).flat_map(|(row, column)| surface_point(row, column)).collect();
    let count = SURFACE * SURFACE;
    let inputs = Matrix { rows: count, columns: 2, values: points };
    let zeros = network.weights.iter().map(|weights| Matrix::zeros(count, weights.columns));
    let layers: Vec<Matrix> = std::iter::once(inputs).chain(zeros).collect();
    let settled = network.first_phase(&layers, Top::Free, network.hyper.n_it_neg);
    settled[network.top()].values.chunks(OUTPUTS).map(|outputs| outputs[1] - outputs[0]).collect()
}

impl Lab for Energy {
    fn chunk(&self) -> u32 {
        self.chunk
    }

    /// Computes at once: a pass on a GPU would take longer to enqueue than such a network to train.
    fn advance(&mut self, _backend: &mut Backend, steps: u32) {
        (0..steps).for_each(|_| self.step());
    }

    fn rows(&mut self, _measured: &[Vec<f32>]) -> Vec<Vec<Option<f64>>> {
        std::mem::take(&mut self.rows)
    }
}
