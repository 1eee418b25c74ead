//! The step of a batch: `W ← W + ε ΔW / max |ΔW|`, the maximum over all units, and Σ |W|^p of each, which the rule drives to 1.
//!
//! Shapes: change (pixels, hidden), largest (hidden); weights (pixels, hidden), norms (hidden), record (batches): the maximum.

use super::{raised, unless_nan};
use crate::{Kernel, KernelSpec, params};

/// What the maximum is at least.
pub const LEAST: f32 = 1e-30;

params! {
    /// Parameters of the pass.
    pub struct KhStep {
        /// Hidden units.
        hidden: u32,
        /// Pixels of an image.
        pixels: u32,
        /// ε.
        rate: f32,
        /// p.
        power: f32,
        /// Where the maximum is recorded.
        at: u32,
        /// Batches that there is room for.
        room: u32,
    }
}

impl KhStep {
    pub(crate) const SPEC: KernelSpec = KernelSpec {
        name: "kh_step",
        wgsl: crate::wgsl!("kh_step.wgsl"),
        params: Self::PARAMS,
        inputs: &["change", "largest"],
        outputs: &["weights", "norms", "record"],
    };
}

impl Kernel for KhStep {
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
        assert!(self.at < self.room, "kh_step: {self:?} is out of bounds");
        let [hidden, weights] = [self.hidden, self.hidden * self.pixels].map(|n| n as usize);
        vec![weights, hidden, weights, hidden, self.room as usize]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [change, largest] = inputs else { unreachable!("lengths were checked") };
        let [weights, norms, record] = outputs else { unreachable!("lengths were checked") };
        let most =
            largest.iter().fold(LEAST, |most, l| if l.is_nan() || most.is_nan() { f32::NAN } else { most.max(*l) });
        record[self.at as usize] = most;
        for (w, change) in weights.iter_mut().zip(*change) {
            *w = (f64::from(*w) + f64::from(self.rate) * f64::from(*change) / f64::from(most)) as f32;
        }
        for (norm, weights) in norms.iter_mut().zip(weights.chunks(self.pixels as usize)) {
            *norm = weights.iter().map(|w| libm::pow(f64::from(w.abs()), self.power.into())).sum::<f64>() as f32;
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [change, largest] = inputs else { unreachable!("lengths were checked") };
        let [weights, norms, record] = outputs else { unreachable!("lengths were checked") };
        let (most, sum) = largest.iter().fold((LEAST, 0.0), |(most, sum), l| (most.max(*l), sum + l));
        let most = unless_nan(most, sum);
        record[self.at as usize] = most;
        let (pixels, share) = (self.pixels as usize, self.rate / most);
        for ((weights, change), norm) in weights.chunks_mut(pixels).zip(change.chunks(pixels)).zip(norms.iter_mut()) {
            let mut sum = 0.0;
            for (w, change) in weights.iter_mut().zip(change) {
                *w += share * change;
                sum += if self.power == 2.0 { *w * *w } else { raised(w.abs(), self.power) };
            }
            *norm = sum;
        }
    }
}
