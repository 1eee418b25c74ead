//! `M = Xᵀ X + 1 1ᵀ`: how much any two images have in common, with a constant input of 1 for the bias.

#[cfg(not(target_arch = "wasm32"))]
use nalgebra::DMatrixView;

use super::LARGEST;
use super::products::multiply;
use crate::lanes::{LANES, Lanes, ZERO};
use crate::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct SkaGram {
        /// Pixels of an image.
        below: u32,
        /// Images.
        samples: u32,
    }
}

impl SkaGram {
    pub(crate) const SPEC: KernelSpec = KernelSpec {
        name: "ska_gram",
        wgsl: crate::wgsl!("ska_gram.wgsl"),
        params: Self::PARAMS,
        // (below, samples)
        inputs: &["images"],
        // (samples, samples)
        outputs: &["gram"],
    };
}

impl Kernel for SkaGram {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.samples.div_ceil(8), self.samples.div_ceil(8), 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(self.below <= LARGEST && self.samples <= LARGEST, "ska_gram: {self:?} is out of bounds");
        let [below, samples] = [self.below, self.samples].map(|n| n as usize);
        vec![below * samples, samples * samples]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let x = DMatrixView::from_slice(inputs[0], self.below as usize, self.samples as usize);
        outputs[0].copy_from_slice((x.transpose() * x).add_scalar(1.0).as_slice());
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [below, samples] = [self.below, self.samples].map(|n| n as usize);
        let mut common = vec![ZERO; samples];
        for first in (0..samples).step_by(LANES) {
            // Sixteen images as sixteen neurons that look at all of them.
            let width = LANES.min(samples - first);
            let mut rows: Vec<Lanes> = vec![ZERO; below];
            for (lane, image) in inputs[0].chunks(below).skip(first).take(width).enumerate() {
                rows.iter_mut().zip(image).for_each(|(row, pixel)| row[lane] = *pixel);
            }
            multiply(inputs[0], &rows, &(0..samples), &mut common);
            for (column, common) in outputs[0].chunks_mut(samples).zip(&common) {
                column[first..][..width].iter_mut().zip(common).for_each(|(entry, common)| *entry = common + 1.0);
            }
        }
    }
}
