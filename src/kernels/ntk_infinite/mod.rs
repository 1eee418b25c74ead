//! The kernels of the infinitely wide network: what its neural tangent kernel (NTK) and its Gaussian process (NNGP) say of
//! pairs of images.
//!
//! The network is a row of blocks (convolution 3×3 without padding, relu, mean over 2×2), then dense layers with a relu
//! between them, without biases, weights of variance 1 over their inputs. As its width grows, the two kernels no longer
//! depend on the weights drawn (Jacot and others, arXiv 1806.07572; Arora and others, arXiv 1904.11955, for convolutions;
//! the neural-tangents library computes the same). For images x, x' and positions p, q in them, with V(p) = C(p, p) of x
//! with itself:
//!
//! ```text
//! convolution   C(p, q) = 1/9 Σ_f K(p+f, q+f)          T ← 1/9 Σ_f T(p+f, q+f) + C           (K = x x', T = 0 at first)
//! relu          n = √(V(p) V'(q))    cos θ = C / n     K = (n sin θ + (π − θ) C) / 2π         T ← (π − θ) / 2π · T
//! mean          over the 4 × 4 pairs of positions in two windows
//! flatten       mean over p = q                        dense   T ← T + K        (NNGP = K, NTK = T at the end)
//! ```
//!
//! The reference computes this for all pairs of positions. Only a band of them matters: flattening asks for p = q, the mean
//! before it for p and q in one window, the convolution before that for windows at most one apart, so that of 456 976
//! pairs in the first layer 18 496 are left. That is what the shader and the CPU's twin compute; nothing is approximated.
//! Images must not be negative: then no C is, and θ stays within a right angle.

mod bands;
mod deviations;
mod relu;
#[cfg(not(target_arch = "wasm32"))]
mod whole;

pub use deviations::NtkDeviations;

use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass: the pairs (i, j) with i among `rows` rows from `first` on, and j at most i.
    pub struct NtkInfinite {
        /// N, all images.
        images: u32,
        /// Blocks of convolution, relu and mean: 0, 1 or 2.
        convolutions: u32,
        /// Relus after the flattening, each with a dense layer before it and one after.
        hidden: u32,
        /// The first row.
        first: u32,
        /// Number of rows.
        rows: u32,
    }
}

/// Pixels along each side of an image.
const SIDE: usize = 28;

/// A block, as far as what comes after it looks at it: pixels and positions beyond are left out.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Block {
    /// Positions along each side of what it reads.
    input: usize,
    /// Along each side after the convolution.
    fine: usize,
    /// Along each side after the mean.
    pooled: usize,
    /// How far apart two positions after the mean may be, along each side.
    radius: usize,
}

/// The blocks, first to last.
fn blocks(convolutions: u32) -> Vec<Block> {
    // As large as they come.
    let whole = (0..convolutions).fold(SIDE, |side, _| (side - 2) / 2);
    let (mut pooled, mut radius) = (whole, 0);
    let mut blocks = Vec::new();
    for block in (0..convolutions).rev() {
        let fine = 2 * pooled;
        let input = if block == 0 { SIDE } else { fine + 2 };
        blocks.push(Block { input, fine, pooled, radius });
        (pooled, radius) = (input, 2 * radius + 1);
    }
    blocks.reverse();
    blocks
}

/// Number of values of [`NtkDeviations`] for an image: √V at the positions of every block, then √K once flattened.
pub fn deviations(convolutions: u32) -> usize {
    blocks(convolutions).iter().map(|block| block.fine * block.fine).sum::<usize>() + 1
}

/// Most blocks that fit into a workgroup's memory.
const MOST: u32 = 2;

impl NtkInfinite {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "ntk_infinite",
        wgsl: crate::wgsl!("shared/relu.wgsl", "ntk_infinite.wgsl"),
        params: Self::PARAMS,
        // (784, images), (deviations, images)
        inputs: &["pixels", "deviations"],
        // (images, images) each, symmetric
        outputs: &["nngp", "ntk"],
    };
}

impl Kernel for NtkInfinite {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [self.first + self.rows, self.rows, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(
            self.convolutions <= MOST && self.first + self.rows <= self.images,
            "ntk_infinite: {self:?} is out of bounds"
        );
        let images = self.images as usize;
        vec![SIDE * SIDE * images, deviations(self.convolutions) * images, images * images, images * images]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let images = self.images as usize;
        for i in self.first as usize..(self.first + self.rows) as usize {
            for j in 0..=i {
                let image = |at: usize| &inputs[0][SIDE * SIDE * at..][..SIDE * SIDE];
                let values = whole::pair(self.convolutions, self.hidden, [image(i), image(j)]);
                for (output, value) in outputs.iter_mut().zip(values) {
                    output[i + images * j] = value as f32;
                    output[j + images * i] = value as f32;
                }
            }
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        bands::rows(self, inputs, outputs);
    }
}
