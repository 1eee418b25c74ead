//! Sixteen neurons of a layer at one step: decisions, gradient and measurements, from their knowledge.

use std::ops::Range;

use wide::f32x4;

use super::{QUANTITIES, Quantity};
use crate::lanes::{LANES, Lanes, QUAD, Sigmoid, ZERO, quad, set_quad};

/// What makes decisions, gradient and tensor net of the knowledge: c1, c2, c3 and s.
pub struct Rule {
    pub of_knowledge: f32,
    pub of_shift: f32,
    pub of_product: f32,
    pub net_of_knowledge: f32,
    pub sigmoid: Sigmoid,
}

/// Up to sixteen neighbouring neurons of a layer.
#[derive(Clone, Copy)]
pub struct Block {
    /// Neurons of the layer.
    units: usize,
    first: usize,
    width: usize,
}

/// What is summed for each neuron.
pub type Totals = [[f64; LANES]; QUANTITIES];

/// Samples (or weights) whose sums are kept in f32 before they are added in f64.
pub const SUM_GROUP: usize = 32;

impl Block {
    /// All blocks of a layer.
    pub fn all(units: u32) -> impl Iterator<Item = Self> {
        Self::of(units, 0..units as usize)
    }

    /// The blocks of some of a layer's neurons, the first of which begins a block.
    pub fn of(units: u32, share: Range<usize>) -> impl Iterator<Item = Self> {
        let units = units as usize;
        share.step_by(LANES).map(move |first| Self { units, first, width: LANES.min(units - first) })
    }

    /// The block's values in every column of a matrix (units, columns); lanes beyond the layer are 0.
    pub fn load(self, matrix: &[f32]) -> Vec<Lanes> {
        matrix.chunks(self.units).map(|column| self.load_column(column)).collect()
    }

    /// The block's values in one column.
    #[inline(always)]
    pub fn load_column(self, column: &[f32]) -> Lanes {
        let mut lanes = ZERO;
        match column[self.first..].first_chunk() {
            // A copy of known length is four instructions.
            Some(whole) if self.width == LANES => lanes = *whole,
            _ => lanes[..self.width].copy_from_slice(&column[self.first..][..self.width]),
        }
        lanes
    }

    /// The reverse of [`Block::load`].
    pub fn store(self, matrix: &mut [f32], lanes: &[Lanes]) {
        matrix.chunks_mut(self.units).zip(lanes).for_each(|(column, lanes)| self.store_column(column, lanes));
    }

    /// The reverse of [`Block::load_column`].
    #[inline(always)]
    pub fn store_column(self, column: &mut [f32], lanes: &Lanes) {
        match column[self.first..].first_chunk_mut() {
            Some(whole) if self.width == LANES => *whole = *lanes,
            _ => column[self.first..][..self.width].copy_from_slice(&lanes[..self.width]),
        }
    }

    /// Writes the totals of a step into its part (QUANTITIES, units) of `sums`.
    pub fn store_totals(self, sums: &mut [f32], totals: &Totals) {
        for lane in 0..self.width {
            let row = &mut sums[(self.first + lane) * QUANTITIES..][..QUANTITIES];
            row.iter_mut().zip(totals).for_each(|(sum, total)| *sum = total[lane] as f32);
        }
    }
}

/// Takes the decisions `d` of some samples one step further, from knowledge `z` and that of the step before. The gradient
/// goes into `g`, what is measured is added to `totals`, but for [`Quantity::Weight`].
pub fn measure(rule: &Rule, z: &[Lanes], z_prev: &[Lanes], d: &mut [Lanes], g: &mut [Lanes], totals: &mut Totals) {
    let groups = z.chunks(SUM_GROUP).zip(z_prev.chunks(SUM_GROUP));
    let mut d_now = [ZERO; SUM_GROUP];
    for ((z, z_prev), (d, g)) in groups.zip(d.chunks_mut(SUM_GROUP).zip(g.chunks_mut(SUM_GROUP))) {
        // In a loop of their own: each takes long, but many can be on their way at once.
        for (d_now, z) in d_now.iter_mut().zip(z) {
            rule.sigmoid.of_lanes(z, d_now);
        }
        // Four neurons at a time: then all their sums stay in registers.
        measure_quad::<0>(rule, z, z_prev, &d_now, d, g, totals);
        measure_quad::<1>(rule, z, z_prev, &d_now, d, g, totals);
        measure_quad::<2>(rule, z, z_prev, &d_now, d, g, totals);
        measure_quad::<3>(rule, z, z_prev, &d_now, d, g, totals);
    }
}

/// [`measure`] for the `Q`th four neurons and a group of samples.
#[inline(always)]
fn measure_quad<const Q: usize>(
    rule: &Rule,
    z: &[Lanes],
    z_prev: &[Lanes],
    d_now: &[Lanes],
    d: &mut [Lanes],
    g: &mut [Lanes],
    totals: &mut Totals,
) {
    let [of_knowledge, of_shift, of_product] =
        [rule.of_knowledge, rule.of_shift, rule.of_product].map(|c| f32x4::splat(-c));
    let mut sums = [f32x4::ZERO; QUANTITIES];
    for ((((z, z_prev), d_now), d), g) in z.iter().zip(z_prev).zip(d_now).zip(d).zip(g) {
        let (z, d_now, d_prev) = (quad::<Q>(z), quad::<Q>(d_now), quad::<Q>(d));
        let shift = d_now - d_prev;
        let flow = z - quad::<Q>(z_prev);
        let knowledge_slope = z * (d_now * (f32x4::ONE - d_now));
        let alignment = z * shift;
        set_quad::<Q>(g, knowledge_slope * of_knowledge + shift * of_shift + alignment * of_product);
        set_quad::<Q>(d, d_now);
        sums[Quantity::Alignment as usize] += alignment;
        sums[Quantity::Knowledge as usize] += z * z;
        sums[Quantity::Shift as usize] += shift * shift;
        sums[Quantity::TensorNet as usize] += flow * d_now;
        sums[Quantity::Flow as usize] += flow * flow;
        sums[Quantity::Action as usize] += knowledge_slope * flow;
        sums[Quantity::Output as usize] += d_now;
    }
    // Σ ΔZ (D + s Z D') = Σ ΔZ D + s Σ ΔZ Z D', and the second sum is there.
    let action = sums[Quantity::Action as usize];
    sums[Quantity::TensorNet as usize] += action * f32x4::splat(rule.net_of_knowledge);
    for (total, sum) in totals.iter_mut().zip(sums) {
        let total = &mut total.as_chunks_mut::<QUAD>().0[Q];
        total.iter_mut().zip(sum.to_array()).for_each(|(total, sum)| *total += f64::from(sum));
    }
}

/// `Σ lanes²` over a group, added to `total` in f64 now and then.
pub fn add_squares(total: &mut [f64; LANES], lanes: &[Lanes]) {
    for group in lanes.chunks(SUM_GROUP) {
        let mut squares = ZERO;
        group.iter().for_each(|w| (0..LANES).for_each(|lane| squares[lane] += w[lane] * w[lane]));
        total.iter_mut().zip(squares).for_each(|(total, sum)| *total += f64::from(sum));
    }
}
