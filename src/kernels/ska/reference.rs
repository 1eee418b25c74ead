//! What every neuron does at a step, and what is measured of it: the definition, in nalgebra.

use nalgebra::{DMatrix, DMatrixView};

use super::block::Rule;
use super::{QUANTITIES, Quantity};

/// A step of all neurons, as it follows from their knowledge.
pub struct Measured {
    /// D (units, samples).
    pub decisions: DMatrix<f32>,
    /// G (units, samples).
    pub gradient: DMatrix<f32>,
    /// The sums of each quantity, one for each neuron; [`Quantity::Weight`] is for the caller to add.
    pub sums_of: [Vec<f32>; QUANTITIES],
}

/// A step from the knowledge `z` (units, samples), that of the step before, and the decisions of the step before.
pub fn measure(rule: &Rule, z: &DMatrix<f32>, z_prev: &DMatrix<f32>, d_prev: &DMatrixView<f32>) -> Measured {
    let d = z.map(|z| 1.0 / (1.0 + libm::expf(-z)));
    let shift = &d - d_prev;
    let flow = z - z_prev;
    let slope = d.map(|d| d * (1.0 - d));
    let knowledge_slope = z.component_mul(&slope);
    let gradient =
        -(&knowledge_slope * rule.of_knowledge + &shift * rule.of_shift + z.component_mul(&shift) * rule.of_product);
    let net = &d + &knowledge_slope * rule.net_of_knowledge;
    let ones = d.map(|_| 1.0);
    let mut sums_of: [Vec<f32>; QUANTITIES] = Default::default();
    let mut sum = |quantity, a, b| sums_of[quantity as usize] = row_sums(a, b);
    sum(Quantity::Alignment, z, &shift);
    sum(Quantity::Knowledge, z, z);
    sum(Quantity::Shift, &shift, &shift);
    sum(Quantity::TensorNet, &flow, &net);
    sum(Quantity::Flow, &flow, &flow);
    sum(Quantity::Action, &knowledge_slope, &flow);
    sum(Quantity::Output, &d, &ones);
    Measured { decisions: d, gradient, sums_of }
}

/// Σ a b over each row. In f64: the reference must not carry the rounding it is meant to judge.
pub fn row_sums(a: &DMatrix<f32>, b: &DMatrix<f32>) -> Vec<f32> {
    let row = |i| (0..a.ncols()).map(|j| f64::from(a[(i, j)]) * f64::from(b[(i, j)])).sum::<f64>() as f32;
    (0..a.nrows()).map(row).collect()
}

/// Writes a step's sums (QUANTITIES, units).
pub fn store_sums(to: &mut [f32], sums_of: &[Vec<f32>; QUANTITIES]) {
    for (q, sums) in sums_of.iter().enumerate() {
        sums.iter().enumerate().for_each(|(unit, sum)| to[unit * QUANTITIES + q] = *sum);
    }
}
