//! The gradient at a layer's input, `scale · Wᵀ δ`: what a layer tells the one below.
//!
//! `out[c, pixel, s] = scale · Σ_(window that holds the pixel) Σ_u W[u, k] · δ[u, window, s]`, k being the pixel's and
//! channel's place in that window. Seen from the pixel this is again a sum over a window, of δ with a border of zeros,
//! with the weights turned round; so it needs no scattered additions.
//! Shapes: W (units, field·field·channels), δ (units, out_side, out_side, samples), out (channels, side, side, samples).

use std::ops::Range;

use super::lanes::{LANES, Lanes, ZERO};
use super::windows::{Windows, add_grouped};
use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct AffineInput {
        /// Neurons or channels that come out of the layer.
        units: u32,
        /// Channels that go in.
        channels: u32,
        /// Pixels in a row of the input, and rows.
        side: u32,
        /// Pixels in a row of a window, and rows.
        field: u32,
        /// Windows in a row, and rows of them.
        out_side: u32,
        /// Columns of δ.
        samples: u32,
        /// Factor of the sums.
        scale: f32,
    }
}

impl AffineInput {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "affine_input",
        wgsl: crate::wgsl!("shared/tile.wgsl", "affine_input.wgsl"),
        params: Self::PARAMS,
        inputs: &["weights", "slopes"],
        outputs: &["gradient"],
    };

    fn windows(&self) -> Windows {
        Windows::new(self.channels, self.side, self.field, self.out_side)
    }

    /// The windows that hold a pixel, along one side; none where they end before it.
    fn holding(&self, pixel: usize) -> Range<usize> {
        (pixel + 1).saturating_sub(self.field as usize)..(pixel + 1).min(self.out_side as usize)
    }

    /// The weights of sixteen channels from `channel` on, for the values of a turned window one after another.
    fn panel(&self, weights: &[f32], channel: usize) -> Vec<Lanes> {
        let [units, channels, field] = [self.units, self.channels, self.field].map(|n| n as usize);
        let mut panel = vec![ZERO; field * field * units];
        for (pixel, panel) in panel.chunks_mut(units).enumerate() {
            let k = (field * field - 1 - pixel) * channels;
            for (lane, c) in (channel..channels.min(channel + LANES)).enumerate() {
                let column = &weights[units * (k + c)..][..units];
                panel.iter_mut().zip(column).for_each(|(lanes, weight)| lanes[lane] = *weight);
            }
        }
        panel
    }
}

impl Kernel for AffineInput {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.channels.div_ceil(32), (self.side * self.side * self.samples).div_ceil(32), 1]
    }

    fn lengths(&self) -> Vec<usize> {
        let windows = self.windows();
        let [units, samples] = [self.units, self.samples].map(|n| n as usize);
        vec![units * windows.window(), units * windows.places() * samples, windows.image() * samples]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let (windows, units) = (self.windows(), self.units as usize);
        // Scattered, and summed in f64: the reference is the transpose of the layer's own sums.
        let mut out = vec![0.0_f64; windows.image() * self.samples as usize];
        for (column, start) in windows.starts(self.samples as usize).into_iter().enumerate() {
            for k in 0..windows.window() {
                let product = |u: usize| f64::from(inputs[0][u + units * k]) * f64::from(inputs[1][u + units * column]);
                out[start + windows.offset(k)] += (0..units).map(product).sum::<f64>();
            }
        }
        outputs[0].iter_mut().zip(out).for_each(|(to, sum)| *to = (f64::from(self.scale) * sum) as f32);
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [units, channels, side, field] = [self.units, self.channels, self.side, self.field].map(|n| n as usize);
        let (slopes, image) = (units * self.windows().places(), channels * side * side);
        for channel in (0..channels).step_by(LANES) {
            let panel = self.panel(inputs[0], channel);
            let width = LANES.min(channels - channel);
            // Two columns side by side: the same windows hold a pixel of both.
            for (pair, out) in inputs[1].chunks(2 * slopes).zip(outputs[0].chunks_mut(2 * image)) {
                let (first, second) = (&pair[..slopes], &pair[pair.len() - slopes..]);
                for pixel in 0..side * side {
                    let (y, x) = (pixel / side, pixel % side);
                    let columns = self.holding(x);
                    let mut totals = [ZERO; 2];
                    for row in self.holding(y).filter(|_| !columns.is_empty()) {
                        // Where the row's first window that counts lies: among the slopes, and in the turned window.
                        let window = row * self.out_side as usize + columns.start;
                        let place = (row + field - 1 - y) * field + columns.start + field - 1 - x;
                        let [slopes, weights] = [window, place].map(|at| units * at..units * (at + columns.len()));
                        add_grouped(&mut totals, &panel[weights], &first[slopes.clone()], &second[slopes]);
                    }
                    for (out, total) in out.chunks_mut(image).zip(&totals) {
                        let out = &mut out[channel + channels * pixel..][..width];
                        out.iter_mut().zip(total).for_each(|(out, sum)| *out = self.scale * sum);
                    }
                }
            }
        }
    }
}
