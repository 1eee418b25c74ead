//! A matrix in panels of sixteen rows, and its products with a block of neurons.
//!
//! A panel holds its rows' values of one column side by side, column after column: both products below then read memory
//! in order. Their sums run over the rows, or over the columns, in order.

use std::ops::Range;

use super::block::Block;
use crate::lanes::{LANES, Lanes, ZERO, add_scaled};

/// A matrix (rows, columns) in panels.
#[derive(Clone, Default)]
pub struct Panels {
    rows: usize,
    columns: usize,
    /// Panel after panel.
    values: Vec<Lanes>,
}

impl Panels {
    /// Packs a matrix (rows, columns).
    pub fn new(matrix: &[f32], rows: usize) -> Self {
        let mut panels = Self::default();
        panels.pack(matrix, rows);
        panels
    }

    /// Packs another matrix.
    pub fn pack(&mut self, matrix: &[f32], rows: usize) {
        (self.rows, self.columns) = (rows, matrix.len() / rows);
        self.values.clear();
        for panel in Block::all(rows as u32) {
            self.values.extend(matrix.chunks(rows).map(|column| panel.load_column(column)));
        }
    }

    /// For every panel its rows' part of `of_rows`, and its values in some columns.
    #[inline(always)]
    fn parts<'a>(&'a self, columns: &Range<usize>) -> impl Iterator<Item = &'a [Lanes]> {
        let columns = columns.clone();
        self.values.chunks(self.columns).map(move |panel| &panel[columns.clone()])
    }

    /// `product = W A` for some columns of this matrix A; `w` holds the neurons' weight of every row.
    pub fn multiply(&self, w: &[Lanes], columns: &Range<usize>, product: &mut [Lanes]) {
        debug_assert!(w.len() == self.rows && product.len() == columns.len());
        for (pair, product) in product.chunks_mut(2).enumerate() {
            let start = columns.start + 2 * pair;
            let second_column = product.len() - 1;
            // Two columns at a time: eight vectors of sums, as many as stay in registers.
            let (mut first, mut second) = (ZERO, ZERO);
            for (w, panel) in w.chunks(LANES).zip(self.values.chunks(self.columns)) {
                let (a0, a1) = (&panel[start], &panel[start + second_column]);
                for ((w, a0), a1) in w.iter().zip(a0).zip(a1) {
                    add_scaled(&mut first, w, *a0);
                    add_scaled(&mut second, w, *a1);
                }
            }
            product.iter_mut().zip([first, second]).for_each(|(product, sum)| *product = sum);
        }
    }

    /// `sums += G Pᵀ` over some columns of this matrix P; `g` holds the neurons' gradients there.
    pub fn correlate(&self, g: &[Lanes], columns: &Range<usize>, sums: &mut [Lanes]) {
        debug_assert!(g.len() == columns.len() && sums.len() == self.rows);
        for (sums, panel) in sums.chunks_mut(LANES).zip(self.parts(columns)) {
            for (pair, sums) in sums.chunks_mut(2).enumerate() {
                let (row, second_row) = ((2 * pair) % LANES, (2 * pair + sums.len() - 1) % LANES);
                let (mut first, mut second) = (sums[0], sums[sums.len() - 1]);
                for (g, p) in g.iter().zip(panel) {
                    add_scaled(&mut first, g, p[row]);
                    add_scaled(&mut second, g, p[second_row]);
                }
                sums.iter_mut().zip([first, second]).for_each(|(to, sum)| *to = sum);
            }
        }
    }
}
