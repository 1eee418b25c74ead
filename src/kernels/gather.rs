//! Columns by number: `out[:, to + j] = values[:, order[from + j]]`.
//!
//! Takes a batch out of a resident set of images, puts results in their places, and copies. Shapes: values (rows,
//! columns), order (order_len; whole numbers below `columns`), out (rows, out_columns).

use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct Gather {
        /// Values of a column.
        rows: u32,
        /// Columns there are to take from.
        columns: u32,
        /// Length of the list of numbers.
        order_len: u32,
        /// First number of the list that counts.
        from_first: u32,
        /// How many are taken.
        count: u32,
        /// Columns of the output.
        out_columns: u32,
        /// First column of the output that is written.
        to: u32,
    }
}

impl Gather {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "gather",
        wgsl: crate::wgsl!("gather.wgsl"),
        params: Self::PARAMS,
        inputs: &["values", "order"],
        outputs: &["taken"],
    };
}

impl Kernel for Gather {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.rows.div_ceil(256), self.count, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(
            self.from_first + self.count <= self.order_len && self.to + self.count <= self.out_columns,
            "gather: {self:?} is out of bounds"
        );
        let rows = self.rows as usize;
        vec![rows * self.columns as usize, self.order_len as usize, rows * self.out_columns as usize]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        for j in 0..self.count as usize {
            for row in 0..self.rows as usize {
                let column = inputs[1][self.from_first as usize + j] as usize;
                outputs[0][(self.to as usize + j) * self.rows as usize + row] =
                    inputs[0][column * self.rows as usize + row];
            }
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let rows = self.rows as usize;
        let order = &inputs[1][self.from_first as usize..][..self.count as usize];
        let out = &mut outputs[0][self.to as usize * rows..];
        for (out, column) in out.chunks_mut(rows).zip(order) {
            out.copy_from_slice(&inputs[0][*column as usize * rows..][..rows]);
        }
    }
}
