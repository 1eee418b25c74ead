//! Many trainings: from many seeds, and from a grid of two sliders. Each is a run like any other: a step is a seed, or a
//! row of the grid.

use super::choices::{BIASES, WEIGHTS};
use super::network::Network;
use super::settings::Xor;
use super::switches::FreePhase;
use crate::backend::Backend;
use crate::labs::Lab;
use crate::trace::Column;

/// Values of each slider: −2, −1.9, … 2.
pub const GRID: usize = 41;

/// Value `at` of a slider.
pub fn grid_value(at: usize) -> f64 {
    (at as f64 - 20.0) / 10.0
}

/// Key and label of every slider that a landscape can be over.
pub fn lands() -> Vec<(&'static str, &'static str)> {
    let weights = WEIGHTS.iter().map(|slider| (slider.0, slider.1));
    weights.chain(BIASES.iter().map(|slider| (slider.0, slider.1))).collect()
}

/// The columns of a run over seeds.
pub fn seed_columns(xor: &Xor) -> Vec<Column> {
    let column = |name: &str, label: &str, unit: &str| Column::new(name, label, unit);
    match xor.rule.leaks() {
        true => vec![
            column("error_nudged", "Final error, free phase nudged", "%"),
            column("cost_nudged", "Final cost, free phase nudged", ""),
            column("error_free", "Final error, free phase really free", "%"),
            column("cost_free", "Final cost, free phase really free", ""),
        ],
        false => vec![column("error_final", "Final error", "%"), column("cost_final", "Final cost", "")],
    }
}

/// The columns of a run over a grid.
pub fn grid_columns() -> Vec<Column> {
    let cell = |c: usize| Column::new(format!("error_{c}"), format!("Final error at x = {:.1}", grid_value(c)), "%");
    let sums = [("error_least", "Least final error of the row"), ("error_mean", "Mean final error of the row")];
    (0..GRID).map(cell).chain(sums.map(|(name, label)| Column::new(name, label, "%"))).collect()
}

/// What a training comes to: mean error of the last four epochs in percent, and the last cost. None where the original
/// fails.
pub fn outcome(mut network: Network, epochs: u32) -> [Option<f64>; 2] {
    let (mut errors, mut cost) = (Vec::new(), None);
    for epoch in 0..epochs {
        if network.epoch().is_err() {
            return [None, None];
        }
        if epoch + 4 >= epochs {
            let measured = network.measure();
            errors.push(100.0 * measured.error);
            cost = Some(measured.cost).filter(|cost| cost.is_finite());
        }
    }
    [Some(errors.iter().sum::<f64>() / errors.len().max(1) as f64), cost]
}

/// A run over seeds or over a grid.
pub struct Sweep {
    xor: Xor,
    is_grid: bool,
    chunk: u32,
    done: u32,
    rows: Vec<Vec<Option<f64>>>,
}

/// Multiplications of one chunk.
const CHUNK_WORK: f64 = 1e7;

impl Sweep {
    /// A run over the seeds from that of `xor` on, or over the grid of its two sliders.
    pub fn new(xor: Xor, is_grid: bool) -> Self {
        let trainings = if is_grid { GRID } else { 2 };
        let chunk = (CHUNK_WORK / (xor.work() * trainings as f64)).clamp(1.0, 40.0) as u32;
        Self { xor, is_grid, chunk, done: 0, rows: Vec::new() }
    }

    fn seed(&self) -> Vec<Option<f64>> {
        let mut xor = self.xor.clone();
        xor.seed = xor.seed.wrapping_add(self.done);
        if !xor.rule.leaks() {
            return outcome(xor.network(), xor.epochs).into();
        }
        let with = |phase| {
            let mut xor = xor.clone();
            xor.rule.free_phase = phase;
            outcome(xor.network(), xor.epochs)
        };
        [FreePhase::Nudged, FreePhase::Free].map(with).concat()
    }

    fn row(&self) -> Vec<Option<f64>> {
        let [x, y] = self.xor.map;
        let cell = |at: usize| {
            let mut xor = self.xor.clone();
            xor.set_slider(y, grid_value(self.done as usize));
            xor.set_slider(x, grid_value(at));
            outcome(xor.network(), xor.epochs)[0]
        };
        let mut row: Vec<Option<f64>> = (0..GRID).map(cell).collect();
        let there: Vec<f64> = row.iter().flatten().copied().collect();
        let least = there.iter().copied().reduce(f64::min);
        row.extend([least, least.map(|_| there.iter().sum::<f64>() / there.len() as f64)]);
        row
    }
}

impl Lab for Sweep {
    fn chunk(&self) -> u32 {
        self.chunk
    }

    fn advance(&mut self, _backend: &mut Backend, steps: u32) {
        for _ in 0..steps {
            let row = if self.is_grid { self.row() } else { self.seed() };
            self.rows.push(row);
            self.done += 1;
        }
    }

    fn rows(&mut self, _measured: &[Vec<f32>]) -> Vec<Vec<Option<f64>>> {
        std::mem::take(&mut self.rows)
    }
}
