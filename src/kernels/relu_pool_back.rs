//! The gradient at a layer's sums from the one after its rectifier and mean: `δ = [z > 0] · γ / window²`.
//!
//! `fan` columns of γ may share an image (one per output of the net). Shapes: z (channels, side, side, columns / fan),
//! γ (channels, side / window, side / window, columns), δ (channels, side, side, columns).

use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct ReluPoolBack {
        /// Channels, or neurons of a dense layer.
        channels: u32,
        /// Pixels in a row of the sums, and rows: a multiple of `window`.
        side: u32,
        /// Pixels in a row of a square, and rows.
        window: u32,
        /// Columns of γ and δ.
        columns: u32,
        /// Columns that share an image.
        fan: u32,
    }
}

impl ReluPoolBack {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "relu_pool_back",
        wgsl: crate::wgsl!("relu_pool_back.wgsl"),
        params: Self::PARAMS,
        inputs: &["sums", "above"],
        outputs: &["slopes"],
    };

    /// Values of one column of sums.
    fn image(&self) -> usize {
        (self.channels * self.side * self.side) as usize
    }
}

impl Kernel for ReluPoolBack {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [(self.channels * self.side * self.side).div_ceil(64), self.columns, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(
            self.side.is_multiple_of(self.window) && self.columns.is_multiple_of(self.fan),
            "relu_pool_back: {self:?} leaves some over"
        );
        let (columns, squares) = (self.columns as usize, (self.window * self.window) as usize);
        vec![self.image() * (columns / self.fan as usize), self.image() / squares * columns, self.image() * columns]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [channels, side, window, fan] = [self.channels, self.side, self.window, self.fan].map(|n| n as usize);
        let pooled = self.image() / (window * window);
        for (at, out) in outputs[0].iter_mut().enumerate() {
            let (c, x) = (at % channels, at / channels % side);
            let (y, column) = (at / channels / side % side, at / self.image());
            let z = inputs[0][column / fan * self.image() + at % self.image()];
            let square = (y / window) * (side / window) + x / window;
            let above = inputs[1][column * pooled + square * channels + c];
            *out = if z > 0.0 { above / (window * window) as f32 } else { 0.0 };
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [channels, side, window, fan] = [self.channels, self.side, self.window, self.fan].map(|n| n as usize);
        let share = 1.0 / (window * window) as f32;
        let pooled = self.image() / (window * window);
        // A row of pixels at a time: its squares lie in one row of γ.
        let row = channels * side;
        for (column, out) in outputs[0].chunks_mut(self.image()).enumerate() {
            let z = &inputs[0][column / fan * self.image()..][..self.image()];
            let above = &inputs[1][column * pooled..][..pooled];
            for (y, (out, z)) in out.chunks_mut(row).zip(z.chunks(row)).enumerate() {
                let above = &above[y / window * (row / window)..][..row / window];
                let squares = out.chunks_mut(window * channels).zip(z.chunks(window * channels));
                for ((out, z), above) in squares.zip(above.chunks(channels)) {
                    for (out, z) in out.chunks_mut(channels).zip(z.chunks(channels)) {
                        for ((out, z), above) in out.iter_mut().zip(z).zip(above) {
                            let slope = *above * share;
                            *out = if *z > 0.0 { slope } else { 0.0 };
                        }
                    }
                }
            }
        }
    }
}
