//! The sums of a layer over its windows, `z = scale · W x`: convolution and dense layer in one pass.
//!
//! `z[u, place, s] = scale · Σ_k W[u, k] · x[window(place)_k, s]`. With scale = 1/√fan_in this is the NTK
//! parametrisation without biases (stax.Conv and stax.Dense of neural_tangents, `parameterization="ntk"`, padding VALID,
//! stride 1). A window's values are counted row, column, channel. A dense layer has one place: side = field = 1.
//! Shapes: W (units, field·field·channels), x (channels, side, side, samples), z (units, out_side, out_side, samples).

use super::lanes::LANES;
use super::windows::{Windows, load};
use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct Affine {
        /// Neurons or channels that come out.
        units: u32,
        /// Channels that go in.
        channels: u32,
        /// Pixels in a row of the input, and rows.
        side: u32,
        /// Pixels in a row of a window, and rows.
        field: u32,
        /// Windows in a row, and rows of them.
        out_side: u32,
        /// Images.
        samples: u32,
        /// Factor of the sums.
        scale: f32,
    }
}

impl Affine {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "affine",
        wgsl: crate::wgsl!("shared/tile.wgsl", "affine.wgsl"),
        params: Self::PARAMS,
        inputs: &["weights", "input"],
        outputs: &["sums"],
    };

    fn windows(&self) -> Windows {
        Windows::new(self.channels, self.side, self.field, self.out_side)
    }
}

impl Kernel for Affine {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.units.div_ceil(32), (self.out_side * self.out_side * self.samples).div_ceil(32), 1]
    }

    fn lengths(&self) -> Vec<usize> {
        let windows = self.windows();
        let [units, samples] = [self.units, self.samples].map(|n| n as usize);
        vec![units * windows.window(), windows.image() * samples, units * windows.places() * samples]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let (windows, units) = (self.windows(), self.units as usize);
        for (column, start) in windows.starts(self.samples as usize).into_iter().enumerate() {
            for unit in 0..units {
                // Summed in f64: the reference must not carry the rounding it is meant to judge.
                let product =
                    |k| f64::from(inputs[0][unit + units * k]) * f64::from(inputs[1][start + windows.offset(k)]);
                let sum: f64 = (0..windows.window()).map(product).sum();
                outputs[0][unit + units * column] = (f64::from(self.scale) * sum) as f32;
            }
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let (windows, units) = (self.windows(), self.units as usize);
        let starts = windows.starts(self.samples as usize);
        for first in (0..units).step_by(LANES) {
            let width = LANES.min(units - first);
            let panel: Vec<_> = inputs[0].chunks(units).map(|column| load(column, first, units)).collect();
            windows.products(&panel, &starts, inputs[1], |column, sums| {
                let out = &mut outputs[0][first + units * column..][..width];
                out.iter_mut().zip(sums).for_each(|(out, sum)| *out = self.scale * sum);
            });
        }
    }
}
