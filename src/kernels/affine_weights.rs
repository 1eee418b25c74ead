//! The gradient of a layer's weights, `G = scale · Σ δ xᵀ` over places and images: of a whole batch, or image by image.
//!
//! `G[u, k, g] = scale · Σ_(column in group g) Σ_place δ[u, place, column] · x[window(place)_k, column / fan]`, δ being the
//! gradient at the layer's sums. `fan` columns of δ may share an image (one per output of the net): their gradients lie
//! one after another, which is the image's column in the Jacobian. The pass takes `unit_count` units from `first_unit`
//! on, and writes its groups from group `first` of `total` on.
//! Shapes: δ (units, out_side, out_side, columns), x (channels, side, side, columns / fan), G (unit_count, window, total).

use super::lanes::{LANES, ZERO, add_scaled};
use super::windows::{Windows, add_grouped, load};
use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct AffineWeights {
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
        /// Columns of δ.
        columns: u32,
        /// Columns of δ that share an image.
        fan: u32,
        /// Columns that are summed into one gradient: all of a batch, or 1.
        group: u32,
        /// First unit whose weights are looked at.
        first_unit: u32,
        /// Number of units whose weights are looked at.
        unit_count: u32,
        /// Where the first group goes.
        first: u32,
        /// Groups that the output holds.
        total: u32,
        /// Factor of the sums.
        scale: f32,
    }
}

/// Places that are packed and summed at a time: their lanes stay in the cache for all values of a window.
const BLOCK: usize = 128;

impl AffineWeights {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "affine_weights",
        wgsl: crate::wgsl!("shared/tile.wgsl", "affine_weights.wgsl"),
        params: Self::PARAMS,
        inputs: &["slopes", "input"],
        outputs: &["gradient"],
    };

    fn windows(&self) -> Windows {
        Windows::new(self.channels, self.side, self.field, self.out_side)
    }

    /// For each place of each column of a group: where its slopes begin, and where its window does.
    fn places(&self, group: usize) -> Vec<(usize, usize)> {
        let windows = self.windows();
        let columns = (group * self.group as usize..).take(self.group as usize);
        let place = |column: usize, place: usize| {
            let image = column / self.fan as usize * windows.image();
            (self.units as usize * (column * windows.places() + place), image + windows.start(place))
        };
        columns.flat_map(|column| (0..windows.places()).map(move |at| place(column, at))).collect()
    }
}

impl Kernel for AffineWeights {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        let window = self.field * self.field * self.channels;
        [self.unit_count.div_ceil(32), window.div_ceil(32), self.columns / self.group]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(
            self.columns.is_multiple_of(self.fan)
                && self.columns.is_multiple_of(self.group)
                && self.first + self.columns / self.group <= self.total
                && self.first_unit + self.unit_count <= self.units,
            "affine_weights: {self:?} is out of bounds"
        );
        let windows = self.windows();
        let [units, columns, fan] = [self.units, self.columns, self.fan].map(|n| n as usize);
        vec![
            units * windows.places() * columns,
            windows.image() * (columns / fan),
            self.unit_count as usize * windows.window() * self.total as usize,
        ]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let windows = self.windows();
        let [first_unit, units] = [self.first_unit, self.unit_count].map(|n| n as usize);
        for group in 0..(self.columns / self.group) as usize {
            let places = self.places(group);
            let out = &mut outputs[0][(self.first as usize + group) * units * windows.window()..];
            for k in 0..windows.window() {
                for unit in 0..units {
                    // Summed in f64: the reference must not carry the rounding it is meant to judge.
                    let product = |&(slopes, start): &(usize, usize)| {
                        f64::from(inputs[0][slopes + first_unit + unit])
                            * f64::from(inputs[1][start + windows.offset(k)])
                    };
                    let sum: f64 = places.iter().map(product).sum();
                    out[unit + units * k] = (f64::from(self.scale) * sum) as f32;
                }
            }
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let windows = self.windows();
        let [first_unit, units] = [self.first_unit, self.unit_count].map(|n| n as usize);
        let window = windows.window();
        let offsets: Vec<usize> = (0..window).map(|k| windows.offset(k)).collect();
        let mut totals = vec![ZERO; window * units.div_ceil(LANES)];
        let mut panels = Vec::new();
        for group in 0..(self.columns / self.group) as usize {
            totals.fill(ZERO);
            for block in self.places(group).chunks(BLOCK) {
                panels.clear();
                for unit in (first_unit..first_unit + units).step_by(LANES) {
                    panels.extend(
                        block.iter().map(|(slopes, _)| load(inputs[0], slopes + unit, slopes + first_unit + units)),
                    );
                }
                let (mut first, mut second) = ([0.0; BLOCK], [0.0; BLOCK]);
                for (pair, offsets) in offsets.chunks(2).enumerate() {
                    let [low, high] = [offsets[0], offsets[offsets.len() - 1]];
                    for ((first, second), (_, start)) in first.iter_mut().zip(&mut second).zip(block) {
                        (*first, *second) = (inputs[1][start + low], inputs[1][start + high]);
                    }
                    for (panel, totals) in panels.chunks(block.len()).zip(totals.chunks_mut(window)) {
                        let mut sums = [ZERO; 2];
                        add_grouped(&mut sums, panel, &first[..block.len()], &second[..block.len()]);
                        let totals = &mut totals[2 * pair..][..offsets.len()];
                        totals.iter_mut().zip(&sums).for_each(|(total, sum)| add_scaled(total, sum, 1.0));
                    }
                }
            }
            let out = &mut outputs[0][(self.first as usize + group) * units * window..][..units * window];
            for (unit, totals) in (0..units).step_by(LANES).zip(totals.chunks(window)) {
                for (out, total) in out.chunks_mut(units).zip(totals) {
                    out[unit..].iter_mut().zip(total).for_each(|(out, total)| *out = self.scale * total);
                }
            }
        }
    }
}
