//! One SKA layer through a chunk of steps where its input never changes: in the space of the samples.
//!
//! Its state is S, the sum of all gradients; its knowledge, weights and biases follow from S.

use std::ops::Range;

#[cfg(not(target_arch = "wasm32"))]
use nalgebra::{DMatrix, DMatrixView};

use super::block::{Block, Rule, SUM_GROUP, Totals, measure};
use super::products::multiply;
#[cfg(not(target_arch = "wasm32"))]
use super::reference::{Measured, measure as measure_plainly, row_sums, store_sums};
use super::{LARGEST, QUANTITIES, Quantity, slot};
use crate::lanes::{LANES, Lanes, Sigmoid, ZERO, add_scaled};
use crate::share::Split;
use crate::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct SkaStill {
        /// Neurons of this layer.
        units: u32,
        /// Images.
        samples: u32,
        /// Slots in this layer's ring of decisions: more than `steps`.
        slots: u32,
        /// Index of the chunk's first step.
        first_step: u32,
        /// Steps in the chunk.
        steps: u32,
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

impl SkaStill {
    pub(crate) const SPEC: KernelSpec = KernelSpec {
        name: "ska_still",
        wgsl: crate::wgsl!("shared/neuron.wgsl", "ska_still.wgsl"),
        params: Self::PARAMS,
        // (samples, samples), (units, samples), (units): M, W₀ X, and Σ W₀² over the inputs
        inputs: &["gram", "origin", "first_squares"],
        // (units, samples), (units, samples), (units, samples, slots), (QUANTITIES, units, slots - 1)
        outputs: &["gradients", "knowledge", "decisions", "sums"],
    };

    /// Loop iterations of one invocation of the shader for one step, at most: with one lane.
    pub fn iterations(samples: u32) -> u32 {
        samples.div_ceil(128) * (samples / 2 + 10) + 2 * samples.div_ceil(32) + 64
    }

    fn rule(&self) -> Rule {
        let Self { of_knowledge, of_shift, of_product, net_of_knowledge, .. } = *self;
        Rule { of_knowledge, of_shift, of_product, net_of_knowledge, sigmoid: Sigmoid::default() }
    }

    /// One block through the chunk.
    fn through_time(&self, block: Block, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [units, samples] = [self.units, self.samples].map(|n| n as usize);
        let [gram, origin, first_squares] = inputs else { unreachable!("lengths were checked") };
        let [gradients, knowledge, decisions, sums] = outputs else { unreachable!("lengths were checked") };
        let plane = |step, lag| slot(step, lag, self.slots) * samples * units..;
        let origin = block.load(origin);
        let first_squares = block.load_column(first_squares);
        let mut s = block.load(gradients);
        let mut z_prev = block.load(knowledge);
        let mut d = block.load(&decisions[plane(self.first_step, 1)][..samples * units]);
        let (mut z, mut g) = (vec![ZERO; samples], vec![ZERO; samples]);
        let rule = self.rule();
        self.follow(&s, gram, &origin, &mut z);
        for at in 0..self.steps {
            let step = self.first_step + at;
            let mut totals = [[0.0; LANES]; QUANTITIES];
            measure(&rule, &z, &z_prev, &mut d, &mut g, &mut totals);
            block.store(&mut decisions[plane(step, 0)][..samples * units], &d);
            std::mem::swap(&mut z, &mut z_prev);
            // Step 0 only looks.
            if step > 0 {
                s.iter_mut().zip(&g).for_each(|(s, g)| add_scaled(s, g, 1.0));
            }
            self.follow(&s, gram, &origin, &mut z);
            self.add_squares(&s, &origin, &z, &first_squares, &mut totals);
            block.store_totals(&mut sums[at as usize * units * QUANTITIES..][..units * QUANTITIES], &totals);
        }
        block.store(gradients, &s);
        block.store(knowledge, &z_prev);
    }

    /// The knowledge after the gradients `s`: `z = W₀ X − rate S M`.
    fn follow(&self, s: &[Lanes], gram: &[f32], origin: &[Lanes], z: &mut [Lanes]) {
        if s.iter().flatten().all(|s| *s == 0.0) {
            z.copy_from_slice(origin);
            return;
        }
        multiply(gram, s, &(0..s.len()), z);
        for (z, origin) in z.iter_mut().zip(origin) {
            let mut next = *origin;
            add_scaled(&mut next, z, -self.rate);
            *z = next;
        }
    }

    /// `‖W‖² = ‖W₀‖² − rate ⟨S, W₀ X + W X⟩`, where W X is the knowledge without its biases.
    fn add_squares(&self, s: &[Lanes], origin: &[Lanes], z: &[Lanes], first_squares: &Lanes, totals: &mut Totals) {
        let (mut along, mut gradient) = ([0.0_f64; LANES], [0.0_f64; LANES]);
        let groups = s.chunks(SUM_GROUP).zip(origin.chunks(SUM_GROUP)).zip(z.chunks(SUM_GROUP));
        for ((s, origin), z) in groups {
            let mut sums = [ZERO; 2];
            for ((s, origin), z) in s.iter().zip(origin).zip(z) {
                for lane in 0..LANES {
                    sums[0][lane] += s[lane] * (origin[lane] + z[lane]);
                    sums[1][lane] += s[lane];
                }
            }
            for lane in 0..LANES {
                along[lane] += f64::from(sums[0][lane]);
                gradient[lane] += f64::from(sums[1][lane]);
            }
        }
        let rate = f64::from(self.rate);
        for lane in 0..LANES {
            // Z = W X + b, and b = −rate Σ S.
            let along = along[lane] + rate * gradient[lane] * gradient[lane];
            totals[Quantity::Weight as usize][lane] = f64::from(first_squares[lane]) - rate * along;
        }
    }
}

impl Kernel for SkaStill {
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
            self.slots > 1 && self.samples <= LARGEST && self.steps < self.slots,
            "ska_still: {self:?} is out of bounds"
        );
        let [units, samples, slots] = [self.units, self.samples, self.slots].map(|n| n as usize);
        let plane = units * samples;
        vec![samples * samples, plane, units, plane, plane, plane * slots, QUANTITIES * units * (slots - 1)]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [units, samples] = [self.units, self.samples].map(|n| n as usize);
        let [gradients, knowledge, decisions, sums] = outputs else { unreachable!("lengths were checked") };
        let gram = DMatrixView::from_slice(inputs[0], samples, samples);
        let origin = DMatrixView::from_slice(inputs[1], units, samples);
        let mut s = DMatrix::from_column_slice(units, samples, gradients);
        let mut z_prev = DMatrix::from_column_slice(units, samples, knowledge);
        for step in self.first_step..self.first_step + self.steps {
            let z = origin - &s * gram * self.rate;
            let prev = slot(step, 1, self.slots) * units * samples;
            let d_prev = DMatrixView::from_slice(&decisions[prev..][..units * samples], units, samples);
            let Measured { decisions: d, gradient, mut sums_of } = measure_plainly(&self.rule(), &z, &z_prev, &d_prev);
            if step > 0 {
                s += gradient;
            }
            // W₀ X + W X: the samples' Gram matrix without the constant input is M − 1 1ᵀ.
            let both = origin * 2.0 - &s * gram.add_scalar(-1.0) * self.rate;
            let along = row_sums(&s, &both);
            sums_of[Quantity::Weight as usize] =
                inputs[2].iter().zip(along).map(|(first, along)| first - self.rate * along).collect();
            store_sums(&mut sums[(step - self.first_step) as usize * units * QUANTITIES..], &sums_of);
            decisions[slot(step, 0, self.slots) * units * samples..][..units * samples].copy_from_slice(d.as_slice());
            z_prev = z;
        }
        gradients.copy_from_slice(s.as_slice());
        knowledge.copy_from_slice(z_prev.as_slice());
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.compute_share(0..self.units as usize, inputs, outputs);
    }

    fn split(&self) -> Option<Split> {
        Some(Split { units: self.units as usize, rows: &[1, 1, 1, QUANTITIES] })
    }

    fn compute_share(&self, units: Range<usize>, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        for block in Block::of(self.units, units) {
            self.through_time(block, inputs, outputs);
        }
    }
}
