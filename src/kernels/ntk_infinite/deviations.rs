//! Standard deviations of the infinitely wide network's units for every image: what its relus divide by.
//!
//! √C(p, p) of an image with itself at every position of every block ([`super`] has the equations), and the flattened √K:
//! once for each image rather than for each of its pairs.

use super::{MOST, SIDE, bands, deviations};
use crate::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct NtkDeviations {
        /// N, all images.
        images: u32,
        /// Blocks of convolution, relu and mean: 0, 1 or 2.
        convolutions: u32,
    }
}

impl NtkDeviations {
    pub(crate) const SPEC: KernelSpec = KernelSpec {
        name: "ntk_deviations",
        wgsl: crate::wgsl!("shared/relu.wgsl", "ntk_deviations.wgsl"),
        params: Self::PARAMS,
        // (784, images)
        inputs: &["pixels"],
        // (deviations, images)
        outputs: &["deviations"],
    };
}

impl Kernel for NtkDeviations {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.images, 1, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(self.convolutions <= MOST, "ntk_deviations: {self:?} is out of bounds");
        let images = self.images as usize;
        vec![SIDE * SIDE * images, deviations(self.convolutions) * images]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let images = inputs[0].chunks(SIDE * SIDE).zip(outputs[0].chunks_mut(deviations(self.convolutions)));
        for (image, output) in images {
            let values = super::whole::deviations(self.convolutions, image);
            output.iter_mut().zip(values).for_each(|(output, value)| *output = value as f32);
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        bands::deviations_of(self, inputs[0], outputs[0]);
    }
}
