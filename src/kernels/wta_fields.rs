//! The invariant units' fields, `iw sw` (original 003, cell 11): what each would see if it saw by its sparse units.
//!
//! Shapes: sw (PIXELS, sN), iw (iN, sN), fields (PIXELS, iN).

use super::lanes::{LANES, ZERO, add_scaled};
use super::{Kernel, KernelSpec, params};

/// Pixels of a frame.
const PIXELS: usize = 28 * 28;

params! {
    /// Parameters of the pass.
    pub struct WtaFields {
        /// sN.
        sparse: u32,
        /// iN.
        invariant: u32,
    }
}

impl WtaFields {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "wta_fields",
        wgsl: crate::wgsl!("wta_fields.wgsl"),
        params: Self::PARAMS,
        inputs: &["sw", "iw"],
        outputs: &["fields"],
    };
}

impl Kernel for WtaFields {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [PIXELS.div_ceil(64) as u32, self.invariant, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        let [sparse, invariant] = [self.sparse, self.invariant].map(|n| n as usize);
        vec![PIXELS * sparse, invariant * sparse, PIXELS * invariant]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [sparse, invariant] = [self.sparse, self.invariant].map(|n| n as usize);
        let sw = nalgebra::DMatrixView::from_slice(inputs[0], PIXELS, sparse).map(f64::from);
        let iw = nalgebra::DMatrixView::from_slice(inputs[1], invariant, sparse).map(f64::from);
        let fields = (sw * iw.transpose()).map(|value| value as f32);
        outputs[0].copy_from_slice(fields.as_slice());
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [sw, iw] = inputs else { unreachable!("lengths were checked") };
        let invariant = self.invariant as usize;
        // Two fields at a time, sixteen pixels of them.
        for (pair, fields) in outputs[0].chunks_mut(2 * PIXELS).enumerate() {
            let (first, second) = (2 * pair, (2 * pair + 1).min(invariant - 1));
            for block in 0..PIXELS / LANES {
                let mut sums = [ZERO; 2];
                for (weights, column) in sw.chunks(PIXELS).zip(iw.chunks(invariant)) {
                    let (weights, _) = weights.as_chunks::<LANES>();
                    add_scaled(&mut sums[0], &weights[block], column[first]);
                    add_scaled(&mut sums[1], &weights[block], column[second]);
                }
                for (field, sum) in fields.chunks_mut(PIXELS).zip(sums) {
                    field[block * LANES..][..LANES].copy_from_slice(&sum);
                }
            }
        }
    }
}
