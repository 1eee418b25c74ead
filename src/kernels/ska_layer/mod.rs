//! One SKA layer through a chunk of steps: forward pass, every measurement, and the local update.
//!
//! The rule is local: a layer needs the history of the layer below and its own state, never a later layer. So one pass
//! takes a layer through all steps of a chunk, and the layers follow one another (arXiv 2503.13942, eqs. 16-22;
//! original 000, `forward`, `calculate_entropy`, `ska_update`). At step k, for samples as columns:
//!
//! ```text
//! Z = W A_k + b        D = sigmoid(Z)        ΔD = D − D_prev        ΔZ = Z − Z_prev        D' = D (1 − D)
//! G = −(c1 Z D' + c2 ΔD + c3 Z ΔD)           W ← W − rate G Pᵀ      b ← b − rate G 1       P = A_(k − lag)
//! ```
//!
//! Step 0 only looks: its rate is 0. Shapes: W (units, below), Z and D (units, samples), A (below, samples).
//! Histories are rings: step k lies in slot `k mod slots`; an input that never changes has one slot.

mod columns;

#[cfg(not(target_arch = "wasm32"))]
use nalgebra::{DMatrix, DMatrixView, DVector};

use crate::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct SkaLayer {
        /// Neurons of this layer.
        units: u32,
        /// Neurons (or pixels) of the layer below.
        below: u32,
        /// Images.
        samples: u32,
        /// Slots in the input's ring: 1 for an input that never changes.
        below_slots: u32,
        /// Slots in this layer's ring of decisions: more than `steps`.
        slots: u32,
        /// Index of the chunk's first step.
        first_step: u32,
        /// Steps in the chunk.
        steps: u32,
        /// Age in steps of the input that the update uses: 1 as in the original, 0 for the current one.
        lag: u32,
        /// Learning rate over samples, η / N.
        rate: f32,
        /// c1, the gradient's coefficient of Z D'.
        of_knowledge: f32,
        /// c2, the gradient's coefficient of ΔD.
        of_shift: f32,
        /// c3, the gradient's coefficient of Z ΔD.
        of_product: f32,
        /// s, the tensor net's coefficient of Z D'.
        net_of_knowledge: f32,
    }
}

/// What is summed over the samples for every neuron and step, in the order of the `sums` tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Σ Z ΔD.
    Alignment,
    /// Σ Z².
    Knowledge,
    /// Σ ΔD².
    Shift,
    /// Σ ΔZ (D + s Z D').
    TensorNet,
    /// Σ ΔZ².
    Flow,
    /// Σ Z D' ΔZ.
    Action,
    /// Σ D.
    Output,
    /// Σ W² over the inputs, after the update.
    Weight,
}

/// Number of quantities.
pub const QUANTITIES: usize = 8;

/// Largest layer below and largest number of samples: what fits into a workgroup's memory on every adapter.
const LARGEST: u32 = 1024;

impl SkaLayer {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "ska_layer",
        wgsl: include_str!("../../../shaders/ska_layer.wgsl"),
        params: Self::PARAMS,
        // (below, samples, below_slots)
        inputs: &["below"],
        // (units, below), (units), (units, samples), (units, samples, slots), (QUANTITIES, units, slots - 1)
        outputs: &["weights", "biases", "knowledge", "decisions", "sums"],
    };

    /// Loop iterations of one invocation of the shader for one step.
    pub fn iterations(below: u32, samples: u32) -> u32 {
        let share = |n: u32| n.div_ceil(64);
        let quads = |n: u32| n / 4 + 3;
        share(samples) * (quads(below) + 1) + share(below) * (quads(samples) + 1) + 48
    }

    /// Where step `step` (minus `lag`) lies in a ring.
    fn slot(step: u32, lag: u32, slots: u32) -> usize {
        ((step + slots - lag) % slots) as usize
    }

    /// Learning rate of a step over the samples.
    fn rate_at(&self, step: u32) -> f32 {
        if step == 0 { 0.0 } else { self.rate }
    }
}

impl Kernel for SkaLayer {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.units, 1, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(
            self.slots > 1
                && self.below <= LARGEST
                && self.samples <= LARGEST
                && self.steps < self.slots
                && self.below_slots > 0,
            "ska_layer: {self:?} is out of bounds"
        );
        let [units, below, samples] = [self.units, self.below, self.samples].map(|n| n as usize);
        vec![
            below * samples * self.below_slots as usize,
            units * below,
            units,
            units * samples,
            units * samples * self.slots as usize,
            QUANTITIES * units * (self.slots as usize - 1),
        ]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [units, below, samples] = [self.units, self.below, self.samples].map(|n| n as usize);
        let [weights, biases, knowledge, decisions, sums] = outputs else { unreachable!("lengths were checked") };
        let input = |step, lag| {
            let at = Self::slot(step, lag, self.below_slots) * below * samples;
            DMatrixView::from_slice(&inputs[0][at..][..below * samples], below, samples)
        };
        let mut w = DMatrix::from_column_slice(units, below, weights);
        let mut b = DVector::from_column_slice(biases);
        let mut z_prev = DMatrix::from_column_slice(units, samples, knowledge);
        for step in self.first_step..self.first_step + self.steps {
            let mut z = &w * input(step, 0);
            z.column_iter_mut().for_each(|mut column| column += &b);
            let d = z.map(|z| 1.0 / (1.0 + libm::expf(-z)));
            let prev = Self::slot(step, 1, self.slots) * units * samples;
            let shift = &d - DMatrixView::from_slice(&decisions[prev..][..units * samples], units, samples);
            let flow = &z - &z_prev;
            let slope = d.map(|d| d * (1.0 - d));
            let knowledge_slope = z.component_mul(&slope);

            let gradient = -(&knowledge_slope * self.of_knowledge
                + &shift * self.of_shift
                + z.component_mul(&shift) * self.of_product);
            let rate = self.rate_at(step);
            w -= &gradient * input(step, self.lag).transpose() * rate;
            b -= gradient.column_sum() * rate;

            let net = &d + &knowledge_slope * self.net_of_knowledge;
            let step_sums = &mut sums[(step - self.first_step) as usize * units * QUANTITIES..];
            let ones = DMatrix::repeat(units, samples, 1.0);
            for unit in 0..units {
                // Summed in f64: the reference must not carry the rounding it is meant to judge.
                let sum = |a: &DMatrix<f32>, b: &DMatrix<f32>| -> f32 {
                    (0..a.ncols()).map(|s| f64::from(a[(unit, s)]) * f64::from(b[(unit, s)])).sum::<f64>() as f32
                };
                step_sums[unit * QUANTITIES..][..QUANTITIES].copy_from_slice(&[
                    sum(&z, &shift),
                    sum(&z, &z),
                    sum(&shift, &shift),
                    sum(&flow, &net),
                    sum(&flow, &flow),
                    sum(&knowledge_slope, &flow),
                    sum(&d, &ones),
                    sum(&w, &w),
                ]);
            }
            decisions[Self::slot(step, 0, self.slots) * units * samples..][..units * samples]
                .copy_from_slice(d.as_slice());
            z_prev = z;
        }
        weights.copy_from_slice(w.as_slice());
        biases.copy_from_slice(b.as_slice());
        knowledge.copy_from_slice(z_prev.as_slice());
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        columns::advance(self, inputs[0], outputs);
    }
}
