//! One SKA layer through a chunk of steps: forward pass, every measurement, and the local update.

use std::ops::Range;

#[cfg(not(target_arch = "wasm32"))]
use nalgebra::{DMatrix, DMatrixView, DVector};

use super::block::Rule;
#[cfg(not(target_arch = "wasm32"))]
use super::reference::{Measured, measure, row_sums, store_sums};
use super::{LARGEST, QUANTITIES, columns};
#[cfg(not(target_arch = "wasm32"))]
use super::{Quantity, slot};
use crate::lanes::Sigmoid;
use crate::share::Split;
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

impl SkaLayer {
    pub(crate) const SPEC: KernelSpec = KernelSpec {
        name: "ska_layer",
        wgsl: crate::wgsl!("shared/neuron.wgsl", "ska_layer.wgsl"),
        params: Self::PARAMS,
        // (below, samples, below_slots)
        inputs: &["below"],
        // (units, below), (units), (units, samples), (units, samples, slots), (QUANTITIES, units, slots - 1)
        outputs: &["weights", "biases", "knowledge", "decisions", "sums"],
    };

    /// Loop iterations of one invocation of the shader for one step, at most: with one lane.
    pub fn iterations(below: u32, samples: u32) -> u32 {
        let forward = samples.div_ceil(128) * (below / 2 + 12);
        // Four inputs at a time where there are so many that all invocations have some.
        let update = if below >= 96 { below.div_ceil(128) * (samples / 2 + 6) } else { 3 * (samples / 4 + 4) };
        forward + update + 64
    }

    /// Learning rate of a step over the samples.
    pub(super) fn rate_at(&self, step: u32) -> f32 {
        if step == 0 { 0.0 } else { self.rate }
    }

    pub(super) fn rule(&self) -> Rule {
        let Self { of_knowledge, of_shift, of_product, net_of_knowledge, .. } = *self;
        Rule { of_knowledge, of_shift, of_product, net_of_knowledge, sigmoid: Sigmoid::default() }
    }
}

impl Kernel for SkaLayer {
    // Not in every crate that has a table of its functions: the shader would come along.
    #[inline(never)]
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
            let at = slot(step, lag, self.below_slots) * below * samples;
            DMatrixView::from_slice(&inputs[0][at..][..below * samples], below, samples)
        };
        let mut w = DMatrix::from_column_slice(units, below, weights);
        let mut b = DVector::from_column_slice(biases);
        let mut z_prev = DMatrix::from_column_slice(units, samples, knowledge);
        for step in self.first_step..self.first_step + self.steps {
            let mut z = &w * input(step, 0);
            z.column_iter_mut().for_each(|mut column| column += &b);
            let prev = slot(step, 1, self.slots) * units * samples;
            let d_prev = DMatrixView::from_slice(&decisions[prev..][..units * samples], units, samples);
            let Measured { decisions: d, gradient, mut sums_of } = measure(&self.rule(), &z, &z_prev, &d_prev);

            let rate = self.rate_at(step);
            w -= &gradient * input(step, self.lag).transpose() * rate;
            b -= gradient.column_sum() * rate;
            sums_of[Quantity::Weight as usize] = row_sums(&w, &w);

            store_sums(&mut sums[(step - self.first_step) as usize * units * QUANTITIES..], &sums_of);
            decisions[slot(step, 0, self.slots) * units * samples..][..units * samples].copy_from_slice(d.as_slice());
            z_prev = z;
        }
        weights.copy_from_slice(w.as_slice());
        biases.copy_from_slice(b.as_slice());
        knowledge.copy_from_slice(z_prev.as_slice());
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.compute_share(0..self.units as usize, inputs, outputs);
    }

    fn split(&self) -> Option<Split> {
        Some(Split { units: self.units as usize, rows: &[1, 1, 1, 1, QUANTITIES] })
    }

    fn compute_share(&self, units: Range<usize>, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        columns::advance(self, units, inputs[0], outputs);
    }
}
