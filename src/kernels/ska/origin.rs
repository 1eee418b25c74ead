//! `W₀ X`: what the first weights make of every image.

#[cfg(not(target_arch = "wasm32"))]
use nalgebra::DMatrixView;

use super::LARGEST;
use super::block::Block;
use super::products::multiply;
use super::sparse::Sparse;
use crate::lanes::{Lanes, ZERO};
use crate::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct SkaOrigin {
        /// Neurons of the layer.
        units: u32,
        /// Pixels of an image.
        below: u32,
        /// Images.
        samples: u32,
    }
}

impl SkaOrigin {
    pub(crate) const SPEC: KernelSpec = KernelSpec {
        name: "ska_origin",
        wgsl: crate::wgsl!("ska_origin.wgsl"),
        params: Self::PARAMS,
        // (units, below), (below, samples)
        inputs: &["weights", "images"],
        // (units, samples)
        outputs: &["origin"],
    };
}

impl Kernel for SkaOrigin {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.units.div_ceil(8), self.samples.div_ceil(8), 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(self.below <= LARGEST && self.samples <= LARGEST, "ska_origin: {self:?} is out of bounds");
        let [units, below, samples] = [self.units, self.below, self.samples].map(|n| n as usize);
        vec![units * below, below * samples, units * samples]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [units, below, samples] = [self.units, self.below, self.samples].map(|n| n as usize);
        let w = DMatrixView::from_slice(inputs[0], units, below);
        let x = DMatrixView::from_slice(inputs[1], below, samples);
        outputs[0].copy_from_slice((w * x).as_slice());
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [below, samples] = [self.below, self.samples].map(|n| n as usize);
        let [weights, images] = inputs else { unreachable!("lengths were checked") };
        let (sparse, all) = (Sparse::new(images, below, samples), 0..samples);
        let mut origin = vec![ZERO; samples];
        for block in Block::all(self.units) {
            let w = block.load(weights);
            match &sparse {
                Some(sparse) => {
                    let lit: Vec<Lanes> = sparse.inputs.iter().map(|i| w[*i]).collect();
                    sparse.by_sample.combine(&all, &lit, &mut origin);
                }
                None => multiply(images, &w, &all, &mut origin),
            }
            block.store(outputs[0], &origin);
        }
    }
}
