//! Adds one tensor to another: `sum[i] ← sum[i] + term[i]`. Shapes: (length).

use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct Add {
        /// Values of each.
        length: u32,
    }
}

impl Add {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "add",
        wgsl: crate::wgsl!("add.wgsl"),
        params: Self::PARAMS,
        inputs: &["term"],
        outputs: &["sum"],
    };

    fn add(inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        outputs[0].iter_mut().zip(inputs[0]).for_each(|(sum, term)| *sum += term);
    }
}

impl Kernel for Add {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.length.div_ceil(64), 1, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        vec![self.length as usize; 2]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        Self::add(inputs, outputs);
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        Self::add(inputs, outputs);
    }
}
