//! What each winner-take-all unit stands for: the label that it won most often, the first of equals (original 003,
//! `wta_classification`: a unit that never won stands for 0). Shapes: votes (wN, LABELS), classes (wN).

use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct WtaClasses {
        /// wN.
        wta: u32,
        /// Number of labels.
        labels: u32,
    }
}

impl WtaClasses {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "wta_classes",
        wgsl: crate::wgsl!("wta_classes.wgsl"),
        params: Self::PARAMS,
        inputs: &["votes"],
        outputs: &["classes"],
    };

    fn choose(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let wta = self.wta as usize;
        for (unit, class) in outputs[0].iter_mut().enumerate() {
            let mut most = (0.0, inputs[0][unit]);
            for label in 1..self.labels as usize {
                let votes = inputs[0][unit + label * wta];
                if votes > most.1 {
                    most = (label as f32, votes);
                }
            }
            *class = most.0;
        }
    }
}

impl Kernel for WtaClasses {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.wta.div_ceil(64), 1, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        vec![(self.wta * self.labels) as usize, self.wta as usize]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.choose(inputs, outputs);
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.choose(inputs, outputs);
    }
}
