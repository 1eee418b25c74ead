//! Rectifier and mean over squares of `window` pixels: `a = mean max(z, 0)` (stax.Relu, then AvgPool without padding).
//!
//! `window` 1 is the rectifier alone. Shapes: z (channels, side, side, samples), a (channels, side / window, side /
//! window, samples).

use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct ReluPool {
        /// Channels, or neurons of a dense layer.
        channels: u32,
        /// Pixels in a row of the input, and rows: a multiple of `window`.
        side: u32,
        /// Pixels in a row of a square, and rows.
        window: u32,
        /// Images.
        samples: u32,
    }
}

impl ReluPool {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "relu_pool",
        wgsl: crate::wgsl!("relu_pool.wgsl"),
        params: Self::PARAMS,
        inputs: &["sums"],
        outputs: &["activations"],
    };

    /// Values of one image after the pass.
    fn pooled(&self) -> u32 {
        self.channels * (self.side / self.window) * (self.side / self.window)
    }
}

/// NaN stays NaN, which `max` would drop.
fn relu(z: f32) -> f32 {
    if z < 0.0 { 0.0 } else { z }
}

impl Kernel for ReluPool {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.pooled().div_ceil(64), self.samples, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(self.side.is_multiple_of(self.window), "relu_pool: {self:?} leaves pixels over");
        let samples = self.samples as usize;
        vec![(self.channels * self.side * self.side) as usize * samples, self.pooled() as usize * samples]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [channels, side, window] = [self.channels, self.side, self.window].map(|n| n as usize);
        let (image, out_side) = (channels * side * side, side / window);
        for (at, out) in outputs[0].iter_mut().enumerate() {
            let (c, x) = (at % channels, at / channels % out_side);
            let (y, sample) = (at / channels / out_side % out_side, at / self.pooled() as usize);
            let mut sum = 0.0;
            for (down, right) in (0..window).flat_map(|down| (0..window).map(move |right| (down, right))) {
                let pixel = (y * window + down) * side + x * window + right;
                sum += relu(inputs[0][sample * image + pixel * channels + c]);
            }
            *out = sum / (window * window) as f32;
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [channels, side, window] = [self.channels, self.side, self.window].map(|n| n as usize);
        let (row, share) = (channels * side, 1.0 / (window * window) as f32);
        // A row of squares at a time, wherever it lies: the rows of all images follow one another.
        for (rows, out) in inputs[0].chunks(window * row).zip(outputs[0].chunks_mut(row / window)) {
            for (square, out) in out.chunks_mut(channels).enumerate() {
                out.fill(0.0);
                for pixel in
                    (0..window * window).map(|at| at / window * row + (square * window + at % window) * channels)
                {
                    out.iter_mut().zip(&rows[pixel..][..channels]).for_each(|(out, z)| *out += relu(*z));
                }
                out.iter_mut().for_each(|out| *out *= share);
            }
        }
    }
}
