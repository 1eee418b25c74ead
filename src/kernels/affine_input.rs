//! The gradient at a layer's input, `scale · Wᵀ δ`: what a layer tells the one below.
//!
//! `out[c, pixel, s] = scale · Σ_(window that holds the pixel) Σ_u W[u, k] · δ[u, window, s]`, k being the pixel's and
//! channel's place in that window. Seen from the pixel this is again a sum over a window, of δ with a border of zeros,
//! with the weights turned round; so it needs no scattered additions.
//! Shapes: W (units, field·field·channels), δ (units, out_side, out_side, samples), out (channels, side, side, samples).

use super::lanes::{LANES, Lanes, ZERO};
use super::windows::Windows;
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
        wgsl: concat!(include_str!("../../shaders/shared/tile.wgsl"), include_str!("../../shaders/affine_input.wgsl")),
        params: Self::PARAMS,
        inputs: &["weights", "slopes"],
        outputs: &["gradient"],
    };

    fn windows(&self) -> Windows {
        Windows::new(self.channels, self.side, self.field, self.out_side)
    }

    /// The windows that a pixel looks through: over the slopes with a border of zeros.
    fn turned(&self) -> Windows {
        Windows::new(self.units, self.side + self.field - 1, self.field, self.side)
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
        let turned = self.turned();
        let [units, channels, border] = [self.units, self.channels, self.field - 1].map(|n| n as usize);
        let panels: Vec<(usize, Vec<Lanes>)> =
            (0..channels).step_by(LANES).map(|channel| (channel, self.panel(inputs[0], channel))).collect();
        let slopes = units * self.windows().places();
        // Without a border all columns are taken at once, else one at a time in a padded copy.
        let at_once = if border == 0 { self.samples as usize } else { 1 };
        let starts = turned.starts(at_once);
        let mut padded = vec![0.0; if border == 0 { 0 } else { turned.image() }];
        let gradients = outputs[0].chunks_mut(starts.len() * channels);
        for (slopes, out) in inputs[1].chunks(at_once * slopes).zip(gradients) {
            let row = units * self.out_side as usize;
            for (y, row) in slopes.chunks(row).enumerate().filter(|_| border > 0) {
                padded[units * ((y + border) * turned.side + border)..][..row.len()].copy_from_slice(row);
            }
            let slopes = if border == 0 { slopes } else { &padded };
            for (channel, panel) in &panels {
                let width = LANES.min(channels - channel);
                turned.products(panel, &starts, slopes, |column, sums| {
                    let out = &mut out[channel + channels * column..][..width];
                    out.iter_mut().zip(sums).for_each(|(out, sum)| *out = self.scale * sum);
                });
            }
        }
    }
}
