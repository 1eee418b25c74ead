//! Inner products of columns, multiplied and added up: `Θ_ij ← Θ_ij + factor · ⟨x_i, x_j⟩ ⟨y_i, y_j⟩`.
//!
//! What a layer adds to the empirical NTK without its Jacobian: a dense layer's gradient is δ aᵀ, so two images' gradients have the
//! product ⟨a_i, a_j⟩ ⟨δ_i, δ_j⟩ (Novak, Sohl-Dickstein and Schoenholz, arXiv 2206.08720, section 3); a convolution's gradients are
//! taken as they are, with ones as the other factor. Computes rows `first_row`.. and, Θ being symmetric, their columns up
//! to the diagonal and the mirror images of these. Of each column of x only `length` values from `first_value` on are looked at.
//! Shapes: x (x_len, count), y (y_len, count), Θ (count, count).

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
        wgsl: include_str!("../../shaders/gram_product.wgsl"),
        params: Self::PARAMS,
        inputs: &["x", "y"],
        outputs: &["theta"],
    };

    /// Most values of a column that a pass may look at: Mesa's software adapter ends every loop after 65 535 rounds.
    pub const LONGEST: u32 = 1 << 15;

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

/// Values whose products are summed in f32 before they are added in f64; also what stays in the cache of all columns.
const CHUNK: usize = 512;
/// Rows and columns whose products are summed side by side: eight 128-bit sums.
const TILE: (usize, usize) = (4, 2);

/// `⟨column_i, column_j⟩` of values `from..from + length` for rows i and all j up to the diagonal's tile: (count, rows).
fn products(values: &[f32], len: usize, from: usize, length: usize, rows: std::ops::Range<usize>) -> Vec<f64> {
    let count = values.len() / len;
    let mut sums = vec![0.0; count * rows.len()];
    for first in (from..from + length).step_by(CHUNK) {
        let width = CHUNK.min(from + length - first);
        let column = |at: usize| &values[at * len + first..][..width];
        for i in rows.clone().step_by(TILE.0) {
            // Rows and columns beyond the last repeat the last, so that every tile is whole.
            let left: [&[f32]; TILE.0] = std::array::from_fn(|at| column((i + at).min(rows.end - 1)));
            let height = TILE.0.min(rows.end - i);
            for j in (0..i + height).step_by(TILE.1) {
                let right = std::array::from_fn(|at| column((j + at).min(count - 1)));
                let tile = tile(&left, &right);
                for (row, tile) in tile.iter().take(height).enumerate() {
                    for (at, sum) in tile.iter().enumerate().take(TILE.1.min(count - j)) {
                        sums[(i + row - rows.start) * count + j + at] += f64::from(*sum);
                    }
                }
            }
        }
    }
    sums
}

/// Products of four columns with two others, in four interleaved sums each.
#[inline(always)]
fn tile(left: &[&[f32]; TILE.0], right: &[&[f32]; TILE.1]) -> [[f32; TILE.1]; TILE.0] {
    let [l0, l1, l2, l3] = left.map(|column| column.as_chunks::<4>());
    let [r0, r1] = right.map(|column| column.as_chunks::<4>());
    let mut sums = [[[0.0_f32; 4]; TILE.1]; TILE.0];
    for (((((a, b), c), d), x), y) in l0.0.iter().zip(l1.0).zip(l2.0).zip(l3.0).zip(r0.0).zip(r1.0) {
        for (sums, left) in sums.iter_mut().zip([a, b, c, d]) {
            for (sum, right) in sums.iter_mut().zip([x, y]) {
                for lane in 0..4 {
                    sum[lane] += left[lane] * right[lane];
                }
            }
        }
    }
    let mut result = [[0.0; TILE.1]; TILE.0];
    for (row, left) in [l0.1, l1.1, l2.1, l3.1].into_iter().enumerate() {
        for (at, right) in [r0.1, r1.1].into_iter().enumerate() {
            let [a, b, c, d] = sums[row][at];
            let rest: f32 = left.iter().zip(right).map(|(left, right)| left * right).sum();
            result[row][at] = (a + b) + (c + d) + rest;
        }
    }
    result
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
        let [x_len, from, length, y_len, count] =
            [self.x_len, self.first_value, self.length, self.y_len, self.count].map(|n| n as usize);
        let first = self.first_row as usize;
        let rows = first..first + self.rows as usize;
        let of_x = products(inputs[0], x_len, from, length, rows.clone());
        let of_y = products(inputs[1], y_len, 0, y_len, rows);
        let product = |i: usize, j: usize| of_x[(i - first) * count + j] * of_y[(i - first) * count + j];
        self.add(product, outputs[0]);
    }
}
