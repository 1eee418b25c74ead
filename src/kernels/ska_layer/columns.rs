//! The CPU engine's way through an SKA layer: sixteen neurons at a time, each block through the whole chunk.
//!
//! Neurons of a layer never look at one another, so a block's weights can stay in the cache for all steps. Sums run in
//! the same order whichever path is taken, dense or over the lit pixels alone, so the numbers do not depend on it.

use super::{QUANTITIES, Quantity, SkaLayer};
use crate::lanes::{LANES, Lanes, ZERO, add_scaled, sigmoid};

/// All steps of the chunk, block by block. `input` is (below, samples, below_slots); outputs as in the spec.
pub(super) fn advance(layer: &SkaLayer, input: &[f32], outputs: &mut [&mut [f32]]) {
    // An input that never changes is mostly dark pixels: its lit ones are listed once.
    let sparse = (layer.below_slots == 1).then(|| Sparse::new(input, layer.below as usize));
    for first_unit in (0..layer.units as usize).step_by(LANES) {
        let width = LANES.min(layer.units as usize - first_unit);
        Block { layer, first_unit, width }.advance(input, sparse.as_ref(), outputs);
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
            let column =
                |lag| &input[SkaLayer::slot(step, lag, layer.below_slots) * below * samples..][..below * samples];
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
    fn measure(
        &self,
        z: &Lanes,
        z_prev: &Lanes,
        d_prev: &Lanes,
        g: &mut Lanes,
        sums: &mut [Lanes; QUANTITIES],
    ) -> Lanes {
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
