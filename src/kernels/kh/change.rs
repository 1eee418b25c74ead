//! What a batch would change in every hidden unit: `ΔW = V gᵀ − W diag(Σ g I)`, and the largest |ΔW| of each unit.
//!
//! Shapes: images (pixels, images), order (images), drive (hidden, room), ranked (2, room), weights (pixels, hidden); change
//! (pixels, hidden), largest (hidden), wins (hidden): how often a unit has been the most driven one, added up.

#[cfg(not(target_arch = "wasm32"))]
use nalgebra::{DMatrix, DMatrixView};

use super::{batch, unless_nan};
use crate::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct KhChange {
        /// Hidden units.
        hidden: u32,
        /// Pixels of an image.
        pixels: u32,
        /// Images that there are.
        images: u32,
        /// Place in the order of the batch's first.
        first: u32,
        /// Images of the batch.
        samples: u32,
        /// Images that there is room for.
        room: u32,
        /// Δ, the strength of unlearning.
        delta: f32,
    }
}

impl KhChange {
    pub(crate) const SPEC: KernelSpec = KernelSpec {
        name: "kh_change",
        wgsl: crate::wgsl!("kh_change.wgsl"),
        params: Self::PARAMS,
        inputs: &["images", "order", "drive", "ranked", "weights"],
        outputs: &["change", "largest", "wins"],
    };
}

/// Images of a batch at most: as many as a shader's workgroup lists.
pub const MOST_SAMPLES: u32 = 1024;

impl Kernel for KhChange {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    /// A workgroup takes a hidden unit.
    fn workgroups(&self) -> [u32; 3] {
        [self.hidden, 1, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(
            self.samples <= self.room.min(MOST_SAMPLES) && self.first + self.samples <= self.images,
            "kh_change: {self:?} is out of bounds"
        );
        let [hidden, pixels, images, room] = [self.hidden, self.pixels, self.images, self.room].map(|n| n as usize);
        let weights = pixels * hidden;
        vec![pixels * images, images, hidden * room, 2 * room, weights, weights, hidden, hidden]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [images, order, drive, ranked, weights] = inputs else { unreachable!("lengths were checked") };
        let [change, largest, wins] = outputs else { unreachable!("lengths were checked") };
        let [hidden, pixels, samples] = [self.hidden, self.pixels, self.samples].map(|n| n as usize);
        let widened = |view: DMatrixView<f32>| view.map(f64::from);
        let v: Vec<f32> = batch(images, order, self.pixels, self.first, self.samples).flatten().copied().collect();
        let v = widened(DMatrixView::from_slice(&v, pixels, samples));
        let i = widened(DMatrixView::from_slice(&drive[..hidden * samples], hidden, samples));
        let w = widened(DMatrixView::from_slice(weights, pixels, hidden));
        let mut g = DMatrix::zeros(hidden, samples);
        for (s, ranked) in ranked.chunks(2).take(samples).enumerate() {
            g[(ranked[0] as usize, s)] += 1.0;
            g[(ranked[1] as usize, s)] -= f64::from(self.delta);
            wins[ranked[0] as usize] += 1.0;
        }
        let held = DMatrix::from_diagonal(&g.component_mul(&i).column_sum());
        let found = v * g.transpose() - w * held;
        for (unit, found) in found.column_iter().enumerate() {
            largest[unit] =
                found.iter().fold(0.0, |most: f64, c| if c.is_nan() { *c } else { most.max(c.abs()) }) as f32;
        }
        change.iter_mut().zip(found.iter()).for_each(|(into, found)| *into = *found as f32);
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [images, order, drive, ranked, weights] = inputs else { unreachable!("lengths were checked") };
        let [change, largest, wins] = outputs else { unreachable!("lengths were checked") };
        let [hidden, pixels] = [self.hidden, self.pixels].map(|n| n as usize);
        change.fill(0.0);
        let mut held = vec![0.0; hidden];
        let batch = batch(images, order, self.pixels, self.first, self.samples);
        for ((image, drive), ranked) in batch.zip(drive.chunks(hidden)).zip(ranked.chunks(2)) {
            wins[ranked[0] as usize] += 1.0;
            for (unit, g) in [(ranked[0] as usize, 1.0), (ranked[1] as usize, -self.delta)] {
                held[unit] += g * drive[unit];
                let change = &mut change[unit * pixels..][..pixels];
                change.iter_mut().zip(image).for_each(|(change, v)| *change += g * v);
            }
        }
        let units = change.chunks_mut(pixels).zip(weights.chunks(pixels));
        for (((change, weights), held), largest) in units.zip(held).zip(largest.iter_mut()) {
            let (mut most, mut sum) = (0.0_f32, 0.0);
            for (change, w) in change.iter_mut().zip(weights) {
                *change -= w * held;
                most = most.max(change.abs());
                sum += *change;
            }
            *largest = unless_nan(most, sum);
        }
    }
}
