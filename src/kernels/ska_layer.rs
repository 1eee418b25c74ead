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

use nalgebra::{DMatrix, DMatrixView, DVector};

use super::lanes::{LANES, Lanes, ZERO, add_scaled, sigmoid};
use super::{Kernel, KernelSpec, params};

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
        wgsl: include_str!("../../shaders/ska_layer.wgsl"),
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
            self.slots > 1 && self.below <= LARGEST && self.samples <= LARGEST && self.steps < self.slots && self.below_slots > 0,
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
                    let pairs = a.row(unit).into_iter().zip(b.row(unit).into_iter());
                    pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() as f32
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
        // An input that never changes is mostly dark pixels: its lit ones are listed once.
        let sparse = (self.below_slots == 1).then(|| Sparse::new(inputs[0], self.below as usize));
        for first_unit in (0..self.units as usize).step_by(LANES) {
            Block { layer: self, first_unit, width: LANES.min(self.units as usize - first_unit) }
                .advance(inputs[0], sparse.as_ref(), outputs);
        }
    }
}

/// The values of a matrix that are not 0, by column (`by_sample`) and by row (`by_input`).
struct Sparse {
    by_sample: Vec<Vec<(u32, f32)>>,
    by_input: Vec<Vec<(u32, f32)>>,
}

impl Sparse {
    /// Lists what is not 0 in `input` (below, samples).
    fn new(input: &[f32], below: usize) -> Self {
        let mut by_input = vec![Vec::new(); below];
        let by_sample = input.chunks(below).enumerate().map(|(sample, column)| {
            let lit = column.iter().enumerate().filter(|(_, value)| **value != 0.0);
            lit.map(|(i, &value)| {
                by_input[i].push((sample as u32, value));
                (i as u32, value)
            })
            .collect()
        });
        let by_sample = by_sample.collect();
        Self { by_sample, by_input }
    }
}

/// Up to sixteen neighbouring neurons, taken through the whole chunk with their weights in the cache.
struct Block<'a> {
    layer: &'a SkaLayer,
    first_unit: usize,
    width: usize,
}

/// Samples whose sums are kept in f32 before they are added in f64.
const SUM_GROUP: usize = 32;

impl Block<'_> {
    /// All steps of the chunk. `input` is (below, samples, below_slots).
    fn advance(&self, input: &[f32], sparse: Option<&Sparse>, outputs: &mut [&mut [f32]]) {
        let layer = self.layer;
        let [units, below, samples] = [layer.units, layer.below, layer.samples].map(|n| n as usize);
        let [weights, biases, knowledge, decisions, sums] = outputs else { unreachable!("lengths were checked") };
        let mut w: Vec<Lanes> = (0..below).map(|i| self.load(weights, i * units)).collect();
        let mut b = self.load(biases, 0);
        let mut z_prev: Vec<Lanes> = (0..samples).map(|s| self.load(knowledge, s * units)).collect();
        let mut z = vec![ZERO; samples];
        let mut g = vec![ZERO; samples];
        for at in 0..layer.steps as usize {
            let step = layer.first_step + at as u32;
            let column = |lag| &input[SkaLayer::slot(step, lag, layer.below_slots) * below * samples..][..below * samples];
            match sparse {
                Some(sparse) => forward_sparse(&w, &b, &sparse.by_sample, &mut z),
                None => forward(&w, &b, column(0), &mut z),
            }
            let [now, prev] = [0, 1].map(|lag| SkaLayer::slot(step, lag, layer.slots) * samples * units);
            let mut totals = [[0.0_f64; LANES]; QUANTITIES];
            for first in (0..samples).step_by(SUM_GROUP) {
                let mut group = [ZERO; QUANTITIES];
                for s in first..samples.min(first + SUM_GROUP) {
                    let d_prev = self.load(decisions, prev + s * units);
                    let d = self.measure(&z[s], &z_prev[s], &d_prev, &mut g[s], &mut group);
                    self.store(decisions, now + s * units, &d);
                }
                add_f64(&mut totals, &group);
            }
            std::mem::swap(&mut z, &mut z_prev);
            let rate = layer.rate_at(step);
            match sparse {
                Some(sparse) => update_sparse(&mut w, &g, &sparse.by_input, rate),
                None => update(&mut w, &g, column(layer.lag), rate),
            }
            let mut shift = ZERO;
            g.iter().for_each(|g| add_scaled(&mut shift, g, 1.0));
            add_scaled(&mut b, &shift, -rate);
            for group in w.chunks(SUM_GROUP) {
                let mut squares = [ZERO; QUANTITIES];
                let square = &mut squares[Quantity::Weight as usize];
                group.iter().for_each(|w| (0..LANES).for_each(|lane| square[lane] += w[lane] * w[lane]));
                add_f64(&mut totals, &squares);
            }
            for lane in 0..self.width {
                let row = &mut sums[(at * units + self.first_unit + lane) * QUANTITIES..][..QUANTITIES];
                row.iter_mut().zip(&totals).for_each(|(sum, total)| *sum = total[lane] as f32);
            }
        }
        w.iter().enumerate().for_each(|(i, w)| self.store(weights, i * units, w));
        z_prev.iter().enumerate().for_each(|(s, z)| self.store(knowledge, s * units, z));
        self.store(biases, 0, &b);
    }

    /// Decisions and gradient of one sample, its measurements added to `sums`.
    #[inline(always)]
    fn measure(&self, z: &Lanes, z_prev: &Lanes, d_prev: &Lanes, g: &mut Lanes, sums: &mut [Lanes; QUANTITIES]) -> Lanes {
        let layer = self.layer;
        let d = sigmoid(z);
        for lane in 0..LANES {
            let (z, d) = (z[lane], d[lane]);
            let shift = d - d_prev[lane];
            let flow = z - z_prev[lane];
            let knowledge_slope = z * (d * (1.0 - d));
            g[lane] = -(knowledge_slope * layer.of_knowledge + shift * layer.of_shift + z * shift * layer.of_product);
            sums[Quantity::Alignment as usize][lane] += z * shift;
            sums[Quantity::Knowledge as usize][lane] += z * z;
            sums[Quantity::Shift as usize][lane] += shift * shift;
            sums[Quantity::TensorNet as usize][lane] += flow * (d + knowledge_slope * layer.net_of_knowledge);
            sums[Quantity::Flow as usize][lane] += flow * flow;
            sums[Quantity::Action as usize][lane] += knowledge_slope * flow;
            sums[Quantity::Output as usize][lane] += d;
        }
        d
    }

    /// This block's values of the column that starts at `column`; lanes beyond the layer are 0.
    #[inline(always)]
    fn load(&self, from: &[f32], column: usize) -> Lanes {
        let mut lanes = ZERO;
        lanes[..self.width].copy_from_slice(&from[column + self.first_unit..][..self.width]);
        lanes
    }

    /// The reverse of [`Block::load`].
    #[inline(always)]
    fn store(&self, to: &mut [f32], column: usize, lanes: &Lanes) {
        to[column + self.first_unit..][..self.width].copy_from_slice(&lanes[..self.width]);
    }
}

/// Adds the f32 sums of a group of samples to the f64 totals.
fn add_f64(totals: &mut [[f64; LANES]; QUANTITIES], group: &[Lanes; QUANTITIES]) {
    for (totals, group) in totals.iter_mut().zip(group) {
        totals.iter_mut().zip(group).for_each(|(total, sum)| *total += f64::from(*sum));
    }
}

/// `z = W a + b` for every sample, two at a time. Each sum runs over the inputs in order.
fn forward(w: &[Lanes], b: &Lanes, input: &[f32], z: &mut [Lanes]) {
    let below = w.len();
    for (z, input) in z.chunks_mut(2).zip(input.chunks(2 * below)) {
        let (mut first, mut second) = (ZERO, ZERO);
        let (a0, a1) = input.split_at(below);
        let a1 = if a1.is_empty() { a0 } else { a1 };
        for ((w, a0), a1) in w.iter().zip(a0).zip(a1) {
            add_scaled(&mut first, w, *a0);
            add_scaled(&mut second, w, *a1);
        }
        for (z, sum) in z.iter_mut().zip([first, second]) {
            *z = *b;
            add_scaled(z, &sum, 1.0);
        }
    }
}

/// [`forward`] over the lit pixels alone: adding 0·w changes nothing, so the numbers are the same.
fn forward_sparse(w: &[Lanes], b: &Lanes, by_sample: &[Vec<(u32, f32)>], z: &mut [Lanes]) {
    for (z, lit) in z.iter_mut().zip(by_sample) {
        let mut sum = ZERO;
        for &(i, value) in lit {
            add_scaled(&mut sum, &w[i as usize], value);
        }
        *z = *b;
        add_scaled(z, &sum, 1.0);
    }
}

/// `W ← W − rate G Pᵀ`, two inputs at a time. Each sum runs over the samples in order.
fn update(w: &mut [Lanes], g: &[Lanes], input: &[f32], rate: f32) {
    let below = w.len();
    for (pair, w) in w.chunks_mut(2).enumerate() {
        let (mut first, mut second) = (ZERO, ZERO);
        let second_input = w.len() - 1;
        for (g, column) in g.iter().zip(input.chunks(below)) {
            add_scaled(&mut first, g, column[2 * pair]);
            add_scaled(&mut second, g, column[2 * pair + second_input]);
        }
        w.iter_mut().zip([first, second]).for_each(|(w, sum)| add_scaled(w, &sum, -rate));
    }
}

/// [`update`] over the lit pixels alone.
fn update_sparse(w: &mut [Lanes], g: &[Lanes], by_input: &[Vec<(u32, f32)>], rate: f32) {
    for (w, lit) in w.iter_mut().zip(by_input) {
        let mut sum = ZERO;
        for &(s, value) in lit {
            add_scaled(&mut sum, &g[s as usize], value);
        }
        add_scaled(w, &sum, -rate);
    }
}
