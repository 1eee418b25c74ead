//! The empirical neural tangent kernel of a net, exactly and without Jacobians, a piece at a time.
//!
//! `Θ_ij = (1/C) Σ_c ⟨∂f_c(x_i)/∂w, ∂f_c(x_j)/∂w⟩`, the mean over the C outputs (neural_tangents'
//! `empirical_ntk_fn(trace_axes=(-1,))`), or one output's own. A dense layer's gradient is a product of two vectors, a
//! convolution's is formed and forgotten (structured derivatives: Novak, Sohl-Dickstein and Schoenholz, arXiv
//! 2206.08720):
//!
//! ```text
//! Θ_ij = (1/C) Σ_layers Σ_c { ⟨a_i, a_j⟩ ⟨δ_ic, δ_jc⟩ / fan_in    dense
//!                           { ⟨G_ic, G_jc⟩                         convolution, G = Σ_places δ xᵀ / √fan_in
//! ```
//!
//! The outputs are halved: where two engines share the run each computes one half's sum, and the two are added at the end. One engine
//! computes both, which gives the same numbers to the bit, and takes every image through the net once for both.

mod half;

use half::Half;

use super::architecture::Architecture;
use super::net::{Examples, Net, Order};
use crate::backend::{Backend, Tensor};
use crate::kernels::Add;

/// Most values of a half's tensor of gradients: 60 MB, below what every WebGPU device binds. Eight hundred images of the original's
/// net fit with one of the ten outputs.
const LARGEST: usize = 15_000_000;
/// Multiply-adds of one step of an engine, about: some 50 ms in a browser without a GPU.
const STEP: f64 = 4e8;

/// The kernel of `n` images in the making; serves one net of the architecture after another.
pub struct EmpiricalNtk {
    halves: [Half; 2],
    n: usize,
    classes: usize,
    /// Multiply-adds of a step, about.
    step_work: f64,
}

impl EmpiricalNtk {
    /// Makes room for the kernel of `n` images.
    pub fn new(backend: &mut Backend, architecture: &Architecture, n: u32) -> Self {
        Self::bounded(backend, architecture, n, LARGEST, STEP)
    }

    /// The same, with tensors of gradients of about `largest` values at most and steps of about `step` multiply-adds.
    pub fn bounded(backend: &mut Backend, architecture: &Architecture, n: u32, largest: usize, step: f64) -> Self {
        let classes = architecture.classes() as usize;
        let mut half = || Half::new(backend, architecture, (n, classes.div_ceil(2)), (largest, step / 2.0));
        Self { halves: [half(), half()], n: n as usize, classes, step_work: step }
    }

    /// Θ: (n, n), symmetric. Whole once [`EmpiricalNtk::step`] says so.
    pub fn kernel(&self) -> Tensor {
        self.halves[0].kernel.start(self.n * self.n)
    }

    /// Begins a kernel of `count` images, at most as many as there is room for: of one output, or the mean over all.
    ///
    /// # Panics
    /// If there are more.
    pub fn begin(&mut self, backend: &mut Backend, class: Option<u32>, count: usize) {
        let room = self.halves[0].kernel.len();
        assert!(count * count <= room, "a kernel of {count} images has no room");
        self.n = count;
        let classes = class.map_or(0..self.classes, |class| class as usize..class as usize + 1);
        let (factor, middle) = (1.0 / classes.len() as f64, classes.start + classes.len().div_ceil(2));
        for (half, outputs) in self.halves.iter_mut().zip([classes.start..middle, middle..classes.end]) {
            half.begin(backend, outputs, factor, count);
        }
    }

    /// Does the next step of the work for `net` on the first n examples of the order; true when Θ is whole.
    pub fn step(&mut self, backend: &mut Backend, net: &Net, examples: &Examples, order: &Order) -> bool {
        let images_of = (examples, order);
        let [first, second] = &mut self.halves;
        let engines = if backend.is_shared() { 2.0 } else { 1.0 };
        let mut done = 0.0;
        loop {
            let next = [&*first, &*second].map(|half| half.next_work().unwrap_or(0.0));
            let work = next.iter().sum::<f64>() / engines;
            if work == 0.0 {
                break;
            }
            if done > 0.0 && done + work > self.step_work {
                return false;
            }
            done += work;
            let is_same = !backend.is_shared() && first.next_images() == second.next_images();
            backend.beside(|backend| second.task(backend, net, images_of, None));
            first.task(backend, net, images_of, Some(&second.passed).filter(|_| is_same));
        }
        if second.work().1 > 0.0 {
            let length = self.n * self.n;
            backend.run(&Add { length: length as u32 }, &[second.kernel.start(length)], &[first.kernel.start(length)]);
        }
        true
    }

    /// Share of the work that is done.
    pub fn share(&self) -> f64 {
        let [first, second] = [&self.halves[0], &self.halves[1]].map(Half::work);
        (first.0 + second.0) / (first.1 + second.1).max(1.0)
    }
}
