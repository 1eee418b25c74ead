//! The products of a matrix with a block of neurons. Their sums run over the rows, or over the columns, in order.

use std::ops::Range;

use crate::lanes::{Lanes, ZERO, add_products};

/// `product = W A` for some columns of the matrix A; `w` holds the neurons' weight of every row.
pub fn multiply(matrix: &[f32], w: &[Lanes], columns: &Range<usize>, product: &mut [Lanes]) {
    let rows = w.len();
    debug_assert!(product.len() == columns.len());
    let matrix = &matrix[columns.start * rows..columns.end * rows];
    // Two columns at a time: eight vectors of sums, as many as stay in registers.
    for (pair, product) in matrix.chunks(2 * rows).zip(product.chunks_mut(2)) {
        let mut sums = [ZERO; 2];
        add_products(&mut sums, w, [&pair[..rows], &pair[pair.len() - rows..]]);
        product.iter_mut().zip(sums).for_each(|(product, sum)| *product = sum);
    }
}

/// A matrix (rows, columns) by pairs of rows: their values of every column side by side, so that
/// [`RowPairs::correlate`] reads memory in order.
#[derive(Clone, Default)]
pub struct RowPairs {
    columns: usize,
    /// Pair after pair; beside the last of an odd number of rows are zeros.
    values: Vec<[f32; 2]>,
}

impl RowPairs {
    /// Packs a matrix (rows, columns).
    pub fn new(matrix: &[f32], rows: usize) -> Self {
        let mut pairs = Self::default();
        pairs.pack(matrix, rows);
        pairs
    }

    /// Packs another matrix.
    pub fn pack(&mut self, matrix: &[f32], rows: usize) {
        self.columns = matrix.len() / rows;
        self.values.resize(rows.div_ceil(2) * self.columns, [0.0; 2]);
        for (at, column) in matrix.chunks(rows).enumerate() {
            let (pairs, rest) = column.as_chunks();
            let last = rest.first().map(|value| [*value, 0.0]);
            let column = pairs.iter().copied().chain(last);
            self.values[at..].iter_mut().step_by(self.columns).zip(column).for_each(|(to, pair)| *to = pair);
        }
    }

    /// `sums += G Pᵀ` over some columns of this matrix P; `g` holds the neurons' gradients there.
    pub fn correlate(&self, g: &[Lanes], columns: &Range<usize>, sums: &mut [Lanes]) {
        for (sums, pairs) in sums.chunks_mut(2).zip(self.values.chunks(self.columns)) {
            let mut both = [sums[0], sums[sums.len() - 1]];
            add_products(&mut both, g, &pairs[columns.clone()]);
            sums.iter_mut().zip(both).for_each(|(to, sum)| *to = sum);
        }
    }
}
