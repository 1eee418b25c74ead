//! One step of Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1), in place.
//!
//! `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, `w ← w − rate · m̂ / (√v̂ + ε)` with `m̂ = m / (1 − β₁ᵗ)`, `v̂ = v / (1 −
//! β₂ᵗ)`. Shapes: all (count).

use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct Adam {
        /// Number of weights.
        count: u32,
        /// 1 on the first step: both moments are then taken as 0, whatever they hold.
        fresh: u32,
        /// Learning rate.
        rate: f32,
        /// β₁, which keeps the mean of the gradients.
        beta_1: f32,
        /// β₂, which keeps the mean of their squares.
        beta_2: f32,
        /// 1 / (1 − β₁ᵗ).
        correction_1: f32,
        /// 1 / (1 − β₂ᵗ).
        correction_2: f32,
        /// ε.
        epsilon: f32,
    }
}

impl Adam {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "adam",
        wgsl: crate::wgsl!("adam.wgsl"),
        params: Self::PARAMS,
        inputs: &["gradient"],
        outputs: &["weights", "means", "squares"],
    };

    /// Step `step` (from 1 on) with the usual constants β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
    pub fn step(count: u32, step: u32, rate: f32) -> Self {
        let correction = |beta: f64| (1.0 / (1.0 - libm::pow(beta, f64::from(step)))) as f32;
        Self {
            count,
            fresh: u32::from(step == 1),
            rate,
            beta_1: 0.9,
            beta_2: 0.999,
            correction_1: correction(0.9),
            correction_2: correction(0.999),
            epsilon: 1e-8,
        }
    }
}

impl Kernel for Adam {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.count.div_ceil(256), 1, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        vec![self.count as usize; 4]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [weights, means, squares] = outputs else { unreachable!("lengths were checked") };
        let [rate, beta_1, beta_2] = [self.rate, self.beta_1, self.beta_2].map(f64::from);
        for (i, g) in inputs[0].iter().map(|g| f64::from(*g)).enumerate() {
            let [m, v] = [means[i], squares[i]].map(|old| if self.fresh == 1 { 0.0 } else { f64::from(old) });
            let (m, v) = (beta_1 * m + (1.0 - beta_1) * g, beta_2 * v + (1.0 - beta_2) * g * g);
            let root = libm::sqrt(v * f64::from(self.correction_2)) + f64::from(self.epsilon);
            weights[i] = (f64::from(weights[i]) - rate * m * f64::from(self.correction_1) / root) as f32;
            (means[i], squares[i]) = (m as f32, v as f32);
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [weights, means, squares] = outputs else { unreachable!("lengths were checked") };
        if self.fresh == 1 {
            means.fill(0.0);
            squares.fill(0.0);
        }
        let [take_1, take_2] = [1.0 - self.beta_1, 1.0 - self.beta_2];
        for (((w, m), v), g) in weights.iter_mut().zip(&mut **means).zip(&mut **squares).zip(inputs[0]) {
            *m = self.beta_1 * *m + take_1 * g;
            *v = self.beta_2 * *v + take_2 * (g * g);
            *w -= self.rate * (*m * self.correction_1) / ((*v * self.correction_2).sqrt() + self.epsilon);
        }
    }
}
