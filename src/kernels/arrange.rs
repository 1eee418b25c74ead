//! A part of a tensor, in another order: `to[r, c] = from[offset + r row_step + c column_step]`. Shape: (rows, columns).

use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct Arrange {
        /// Rows of the result.
        rows: u32,
        /// Columns of the result.
        columns: u32,
        /// Where its first value lies.
        offset: u32,
        /// From row to row.
        row_step: u32,
        /// From column to column.
        column_step: u32,
        /// Length of what it is taken from.
        length: u32,
    }
}

impl Arrange {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "arrange",
        wgsl: crate::wgsl!("arrange.wgsl"),
        params: Self::PARAMS,
        inputs: &["source"],
        outputs: &["part"],
    };

    /// `length` values from `offset` on.
    pub fn slice(offset: u32, length: u32, of: u32) -> Self {
        Self { rows: length, columns: 1, offset, row_step: 1, column_step: 0, length: of }
    }

    /// A matrix of `rows` rows, turned over: its columns become rows.
    pub fn transposed(rows: u32, columns: u32) -> Self {
        Self { rows: columns, columns: rows, offset: 0, row_step: rows, column_step: 1, length: rows * columns }
    }
}

impl Kernel for Arrange {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.rows.div_ceil(64), self.columns, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        let last = self.offset + (self.rows - 1) * self.row_step + (self.columns - 1) * self.column_step;
        assert!(last < self.length, "arrange: {self:?} is out of bounds");
        vec![self.length as usize, (self.rows * self.columns) as usize]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        for r in 0..self.rows {
            for c in 0..self.columns {
                let from = self.offset + r * self.row_step + c * self.column_step;
                outputs[0][(c * self.rows + r) as usize] = inputs[0][from as usize];
            }
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let starts = (self.offset as usize..).step_by(self.column_step.max(1) as usize);
        for (column, start) in outputs[0].chunks_mut(self.rows as usize).zip(starts) {
            let values = inputs[0][start..].iter().step_by(self.row_step.max(1) as usize);
            column.iter_mut().zip(values).for_each(|(into, value)| *into = *value);
        }
    }
}
