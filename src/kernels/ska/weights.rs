//! `W = W₀ − rate S Xᵀ`, `b = −rate S 1`: the weights that a layer has come to, from the sum S of its gradients.

#[cfg(not(target_arch = "wasm32"))]
use nalgebra::DMatrixView;

use super::LARGEST;
use super::block::Block;
use super::products::RowPairs;
use crate::lanes::{ZERO, add_scaled};
use crate::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct SkaWeights {
        /// Neurons of the layer.
        units: u32,
        /// Pixels of an image.
        below: u32,
        /// Images.
        samples: u32,
        /// Learning rate over samples, η / N.
        rate: f32,
    }
}

impl SkaWeights {
    pub(crate) const SPEC: KernelSpec = KernelSpec {
        name: "ska_weights",
        wgsl: crate::wgsl!("ska_weights.wgsl"),
        params: Self::PARAMS,
        // (below, samples), (units, below), (units, samples)
        inputs: &["images", "first_weights", "gradients"],
        // (units, below), (units)
        outputs: &["weights", "biases"],
    };
}

impl Kernel for SkaWeights {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        // One column more than there are inputs: the biases.
        [self.units.div_ceil(8), (self.below + 1).div_ceil(8), 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(self.below <= LARGEST && self.samples <= LARGEST, "ska_weights: {self:?} is out of bounds");
        let [units, below, samples] = [self.units, self.below, self.samples].map(|n| n as usize);
        vec![below * samples, units * below, units * samples, units * below, units]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [units, below, samples] = [self.units, self.below, self.samples].map(|n| n as usize);
        let x = DMatrixView::from_slice(inputs[0], below, samples);
        let first = DMatrixView::from_slice(inputs[1], units, below);
        let s = DMatrixView::from_slice(inputs[2], units, samples);
        outputs[0].copy_from_slice((first - s * x.transpose() * self.rate).as_slice());
        outputs[1].copy_from_slice((s.column_sum() * -self.rate).as_slice());
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [images, first, gradients] = inputs else { unreachable!("lengths were checked") };
        let [below, samples] = [self.below, self.samples].map(|n| n as usize);
        let images = RowPairs::new(images, below);
        for block in Block::all(self.units) {
            let (mut w, s) = (block.load(first), block.load(gradients));
            let mut change = vec![ZERO; below];
            images.correlate(&s, &(0..samples), &mut change);
            w.iter_mut().zip(&change).for_each(|(w, change)| add_scaled(w, change, -self.rate));
            block.store(outputs[0], &w);
            let (mut sum, mut b) = (ZERO, ZERO);
            s.iter().for_each(|s| add_scaled(&mut sum, s, 1.0));
            add_scaled(&mut b, &sum, -self.rate);
            block.store_column(outputs[1], &b);
        }
    }
}
