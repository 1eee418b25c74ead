//! How far a net's outputs are from their targets, and the gradient of the mean over the batch at the outputs.
//!
//! For outputs x and targets y of one sample, C values each ([`Measure`]):
//!
//! ```text
//! cross entropy     −Σ y ln softmax(x)        (optax.softmax_cross_entropy)
//! mean square       (1/C) Σ (x − y)²
//! distance          ‖x − y‖
//! cosine distance   1 − |cos(x, y)|
//! hypersphere       ‖x − y‖ (1 − |cos(x, y)|)
//! ```
//!
//! The last four are metrics of the library ZnNL (Order-n difference, L_p norm, cosine distance, hypersphere). Shapes:
//! x, y and the gradient (classes, samples); scores (2, total), from column `first` on: the loss, and 1 where the
//! greatest output stands where the greatest target does.

use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct Loss {
        /// Outputs of the net.
        classes: u32,
        /// Samples of the batch.
        samples: u32,
        /// First column of the scores that is written.
        first: u32,
        /// Columns of the scores.
        total: u32,
        /// A [`Measure`], by its place in the list.
        measure: u32,
        /// Weight of a sample in the mean: one over their number.
        share: f32,
    }
}

/// What is measured between outputs and targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Measure {
    /// Cross entropy of the outputs' softmax, nats.
    #[default]
    CrossEntropy,
    /// Mean of the squared differences.
    MeanSquare,
    /// Euclidean distance.
    Distance,
    /// One minus the size of the cosine.
    CosineDistance,
    /// Euclidean distance times cosine distance.
    Hypersphere,
}

impl Loss {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "loss",
        wgsl: crate::wgsl!("loss.wgsl"),
        params: Self::PARAMS,
        inputs: &["outputs", "targets"],
        outputs: &["gradient", "scores"],
    };
}

/// First place of the greatest value.
fn greatest(values: &[f32]) -> usize {
    (1..values.len()).fold(0, |best, at| if values[at] > values[best] { at } else { best })
}

/// Loss of one sample in f64; its gradient goes to `gradient`.
fn measure(kind: u32, x: &[f32], y: &[f32], gradient: &mut [f64]) -> f64 {
    let pairs = || x.iter().zip(y).map(|(x, y)| (f64::from(*x), f64::from(*y)));
    let sum = |f: &dyn Fn(f64, f64) -> f64| pairs().map(|(x, y)| f(x, y)).sum::<f64>();
    if kind == Measure::CrossEntropy as u32 {
        let top = f64::from(x[greatest(x)]);
        let total: f64 = sum(&|x, _| libm::exp(x - top));
        let (weight, log_total) = (sum(&|_, y| y), libm::log(total) + top);
        for (gradient, (x, y)) in gradient.iter_mut().zip(pairs()) {
            *gradient = weight * libm::exp(x - top) / total - y;
        }
        return sum(&|x, y| y * (log_total - x));
    }
    let square = sum(&|x, y| (x - y) * (x - y));
    if kind == Measure::MeanSquare as u32 {
        let classes = x.len() as f64;
        gradient.iter_mut().zip(pairs()).for_each(|(gradient, (x, y))| *gradient = 2.0 * (x - y) / classes);
        return square / classes;
    }
    let (product, size_x, size_y) = (sum(&|x, y| x * y), sum(&|x, _| x * x), sum(&|_, y| y * y));
    let sizes = libm::sqrt(size_x * size_y);
    let cosine = product / sizes;
    let distance = libm::sqrt(square);
    for (gradient, (x, y)) in gradient.iter_mut().zip(pairs()) {
        // Where the two meet, the distance has no slope: 0 is one of its subgradients.
        let of_distance = if distance > 0.0 { (x - y) / distance } else { 0.0 };
        let of_cosine = -cosine.signum() * (y / sizes - cosine * x / size_x);
        *gradient = match kind {
            _ if kind == Measure::Distance as u32 => of_distance,
            _ if kind == Measure::CosineDistance as u32 => of_cosine,
            _ => of_distance * (1.0 - cosine.abs()) + distance * of_cosine,
        };
    }
    match kind {
        _ if kind == Measure::Distance as u32 => distance,
        _ if kind == Measure::CosineDistance as u32 => 1.0 - cosine.abs(),
        _ => distance * (1.0 - cosine.abs()),
    }
}

impl Kernel for Loss {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.samples.div_ceil(64), 1, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(self.first + self.samples <= self.total, "loss: {self:?} is out of bounds");
        let outputs = self.classes as usize * self.samples as usize;
        vec![outputs, outputs, outputs, 2 * self.total as usize]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.compute(inputs, outputs);
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let classes = self.classes as usize;
        let [gradients, scores] = outputs else { unreachable!("lengths were checked") };
        let columns = inputs[0].chunks(classes).zip(inputs[1].chunks(classes)).zip(gradients.chunks_mut(classes));
        let mut exact = vec![0.0; classes];
        for (((x, y), gradient), score) in columns.zip(scores.chunks_mut(2).skip(self.first as usize)) {
            let loss = measure(self.measure, x, y, &mut exact);
            gradient.iter_mut().zip(&exact).for_each(|(to, exact)| *to = (f64::from(self.share) * exact) as f32);
            score.copy_from_slice(&[loss as f32, f32::from(u8::from(greatest(x) == greatest(y)))]);
        }
    }
}
