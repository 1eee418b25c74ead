//! How much the images of a batch drive the hidden units: `I = (sgn W |W|^(p−1))ᵀ V`.
//!
//! Shapes: images (pixels, images), order (images), weights (pixels, hidden), drive (hidden, room).

use super::{batch, raised};
use crate::lanes::{LANES, Lanes, ZERO, add_scaled};
use crate::{Kernel, KernelSpec, params};

/// Pixels of an image at most: as many as workgroup memory holds beside nothing else.
pub const MOST_PIXELS: u32 = 1024;

params! {
    /// Parameters of the pass.
    pub struct KhDrive {
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
        /// Images that `drive` has room for.
        room: u32,
        /// p − 1; 1 takes the weights as they are.
        power: f32,
    }
}

impl KhDrive {
    pub(crate) const SPEC: KernelSpec = KernelSpec {
        name: "kh_drive",
        wgsl: crate::wgsl!("kh_drive.wgsl"),
        params: Self::PARAMS,
        inputs: &["images", "order", "weights"],
        outputs: &["drive"],
    };

    /// Sixteen hidden units side by side, from unit `first` on, raised to the power.
    fn block(&self, weights: &[f32], first: usize) -> Vec<Lanes> {
        let pixels = self.pixels as usize;
        let mut block = vec![ZERO; pixels];
        for (lane, weights) in weights[first * pixels..].chunks(pixels).take(LANES).enumerate() {
            for (block, weight) in block.iter_mut().zip(weights) {
                block[lane] = raised(*weight, self.power);
            }
        }
        block
    }
}

impl Kernel for KhDrive {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    /// A workgroup takes a hidden unit through the batch.
    fn workgroups(&self) -> [u32; 3] {
        [self.hidden, 1, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(
            self.pixels <= MOST_PIXELS && self.samples <= self.room && self.first + self.samples <= self.images,
            "kh_drive: {self:?} is out of bounds"
        );
        let [hidden, pixels, images, room] = [self.hidden, self.pixels, self.images, self.room].map(|n| n as usize);
        vec![pixels * images, images, pixels * hidden, hidden * room]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [images, order, weights] = inputs else { unreachable!("lengths were checked") };
        let batch = batch(images, order, self.pixels, self.first, self.samples);
        for (image, drive) in batch.zip(outputs[0].chunks_mut(self.hidden as usize)) {
            for (drive, weights) in drive.iter_mut().zip(weights.chunks(self.pixels as usize)) {
                // Summed in f64: the reference must not carry the rounding it is meant to judge.
                let product = |(v, w): (&f32, &f32)| f64::from(*v) * f64::from(raised(*w, self.power));
                *drive = image.iter().zip(weights).map(product).sum::<f64>() as f32;
            }
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [images, order, weights] = inputs else { unreachable!("lengths were checked") };
        let hidden = self.hidden as usize;
        // About four fifths of an image are dark.
        let lit: Vec<Vec<(usize, f32)>> = batch(images, order, self.pixels, self.first, self.samples)
            .map(|image| image.iter().copied().enumerate().filter(|(_, v)| *v != 0.0).collect())
            .collect();
        for first in (0..hidden).step_by(LANES) {
            let block = self.block(weights, first);
            let width = LANES.min(hidden - first);
            for (lit, drive) in lit.iter().zip(outputs[0].chunks_mut(hidden)) {
                let mut sum = ZERO;
                for (pixel, v) in lit {
                    add_scaled(&mut sum, &block[*pixel], *v);
                }
                drive[first..][..width].copy_from_slice(&sum[..width]);
            }
        }
    }
}
