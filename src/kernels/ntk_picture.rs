//! A kernel as a picture: its rows and columns in another order, as it is or cosine-normalised.
//!
//! `picture(a, b) = K_ij / √(K_ii K_jj)^normalised` with i and j the samples at places a and b of the order, which holds as
//! many of them as the picture has columns.

use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct NtkPicture {
        /// Rows and columns of the kernel.
        samples: u32,
        /// Rows and columns of the picture, and length of the order.
        shown: u32,
        /// 1 to divide by √(K_ii K_jj), 0 to leave it.
        normalised: u32,
    }
}

/// Invocations of a workgroup.
const WIDTH: u32 = 64;

impl NtkPicture {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "ntk_picture",
        wgsl: crate::wgsl!("ntk_picture.wgsl"),
        params: Self::PARAMS,
        // (samples, samples), (shown)
        inputs: &["kernel", "order"],
        // (shown, shown)
        outputs: &["picture"],
    };
}

impl Kernel for NtkPicture {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.shown.div_ceil(WIDTH), self.shown, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        let [samples, shown] = [self.samples, self.shown].map(|n| n as usize);
        vec![samples * samples, shown, shown * shown]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.compute(inputs, outputs);
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let (samples, shown) = (self.samples as usize, self.shown as usize);
        let at = |place: usize| inputs[1][place] as usize;
        let own = |i: usize| inputs[0][i + samples * i];
        for b in 0..shown {
            for a in 0..shown {
                let (i, j) = (at(a), at(b));
                let scale = if self.normalised == 1 { (own(i) * own(j)).sqrt() } else { 1.0 };
                outputs[0][a + shown * b] = inputs[0][i + samples * j] / scale;
            }
        }
    }
}
