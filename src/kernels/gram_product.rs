//! Inner products of columns, multiplied and added up: `Θ_ij ← Θ_ij + factor · ⟨x_i, x_j⟩ ⟨y_i, y_j⟩`.
//!
//! What a layer adds to the empirical NTK without its Jacobian: a dense layer's gradient is δ aᵀ, so two images' gradients have the
//! product ⟨a_i, a_j⟩ ⟨δ_i, δ_j⟩ (Novak, Sohl-Dickstein and Schoenholz, arXiv 2206.08720, section 3); a convolution's gradients are
//! taken as they are, with ones as the other factor. Computes rows `first_row`.. and, Θ being symmetric, their columns up
//! to the diagonal and the mirror images of these. Of each column of x only `length` values from `first_value` on are looked at.
//! Shapes: x (x_len, count), y (y_len, count), Θ (count, count).

use std::ops::Range;

use super::lanes::{LANES, ZERO};
use super::windows::add_grouped;
use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct GramProduct {
        /// Values of a column of x.
        x_len: u32,
        /// First value of a column of x that counts.
        first_value: u32,
        /// How many count.
        length: u32,
        /// Values of a column of y.
        y_len: u32,
        /// Number of columns.
        count: u32,
        /// First row that is computed.
        first_row: u32,
        /// Rows that are computed.
        rows: u32,
        /// 1 if Θ is taken as 0 before, whatever it holds.
        fresh: u32,
        /// Factor of the products.
        factor: f32,
    }
}

impl GramProduct {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "gram_product",
        wgsl: crate::wgsl!("shared/tile.wgsl", "gram_product.wgsl"),
        params: Self::PARAMS,
        inputs: &["x", "y"],
        outputs: &["theta"],
    };

    /// Most values of a column that a pass may look at: Mesa's software adapter ends every loop after 65 535 rounds.
    pub const LONGEST: u32 = 1 << 15;
    /// Values whose products the CPU sums in f32 before it adds them in f64; also what stays in the cache of all columns.
    pub const CHUNK: usize = 512;

    /// Writes the rows of Θ from the products of the columns of x and y.
    fn add(&self, product: impl Fn(usize, usize) -> f64, theta: &mut [f32]) {
        let count = self.count as usize;
        for i in (self.first_row..self.first_row + self.rows).map(|i| i as usize) {
            for j in 0..=i {
                let old = if self.fresh == 1 { 0.0 } else { theta[i + count * j] };
                let new = old + (f64::from(self.factor) * product(i, j)) as f32;
                (theta[i + count * j], theta[j + count * i]) = (new, new);
            }
        }
    }
}

/// `⟨column_i, column_j⟩` of values `first..first + length`, for rows i and all j up to the last row: (last row, rows).
fn products(values: &[f32], len: usize, first: usize, length: usize, rows: Range<usize>) -> Vec<f64> {
    let columns = rows.end.next_multiple_of(LANES);
    let mut sums = vec![0.0; columns * rows.len()];
    let mut panels = vec![ZERO; columns / LANES * GramProduct::CHUNK];
    let end = first + length;
    for first in (first..end).step_by(GramProduct::CHUNK) {
        let width = GramProduct::CHUNK.min(end - first);
        let column = |at: usize| &values[at * len + first..][..width];
        // Sixteen columns side by side are the lanes; those beyond the last stay 0.
        for j in 0..rows.end {
            let panel = &mut panels[j / LANES * GramProduct::CHUNK..];
            panel.iter_mut().zip(column(j)).for_each(|(lanes, value)| lanes[j % LANES] = *value);
        }
        for (pair, sums) in sums.chunks_mut(2 * columns).enumerate() {
            let i = rows.start + 2 * pair;
            let last = (i + 1).min(rows.end - 1);
            for (j, panel) in panels.chunks(GramProduct::CHUNK).enumerate().take(last / LANES + 1) {
                let mut totals = [ZERO; 2];
                add_grouped(&mut totals, &panel[..width], column(i), column(last));
                for (sums, totals) in sums.chunks_mut(columns).zip(&totals) {
                    let sums = &mut sums[j * LANES..][..LANES];
                    sums.iter_mut().zip(totals).for_each(|(sum, total)| *sum += f64::from(*total));
                }
            }
        }
    }
    sums
}

impl Kernel for GramProduct {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [(self.first_row + self.rows).div_ceil(32), self.rows.div_ceil(32), 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(
            self.first_value + self.length <= self.x_len
                && self.first_row + self.rows <= self.count
                && self.length <= Self::LONGEST
                && self.y_len <= Self::LONGEST,
            "gram_product: {self:?} is out of bounds"
        );
        let count = self.count as usize;
        vec![self.x_len as usize * count, self.y_len as usize * count, count * count]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        // Summed in f64: the reference must not carry the rounding it is meant to judge.
        let inner = |values: &[f32], len: u32, from: u32, length: u32, i: usize, j: usize| -> f64 {
            let column = |at: usize| &values[at * len as usize + from as usize..][..length as usize];
            column(i).iter().zip(column(j)).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        let product = |i, j| {
            inner(inputs[0], self.x_len, self.first_value, self.length, i, j)
                * inner(inputs[1], self.y_len, 0, self.y_len, i, j)
        };
        self.add(product, outputs[0]);
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [x_len, from, length, y_len] = [self.x_len, self.first_value, self.length, self.y_len].map(|n| n as usize);
        let [first, end] = [self.first_row, self.first_row + self.rows].map(|n| n as usize);
        let of_x = products(inputs[0], x_len, from, length, first..end);
        let of_y = products(inputs[1], y_len, 0, y_len, first..end);
        let columns = of_x.len() / (end - first);
        let product = |i: usize, j: usize| of_x[(i - first) * columns + j] * of_y[(i - first) * columns + j];
        self.add(product, outputs[0]);
    }
}
