//! Von Neumann entropy of a kernel: how evenly its eigenvalues share its trace.
//!
//! `S = −Σ p ln p` over `p = λ / Σ λ`, in nats: 0 for a kernel of rank one, ln N for one that tells all N samples apart alike
//! (ZnNL, `EntropyAnalysis.compute_von_neumann_entropy`; Tovey and others, arXiv 2305.00995). Kernels are symmetric (N, N).

use nalgebra::DMatrix;

/// What becomes of eigenvalues at or below 0, which only rounding makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rounding {
    /// As ZnNL did in May 2022: a negative one adds −p ln |p|, the real part of what complex numbers give.
    #[default]
    Kept,
    /// As ZnNL does today: raised to 10⁻¹⁴ before their sum is taken.
    Clipped,
}

/// Where today's ZnNL clips eigenvalues.
const FLOOR: f64 = 1e-14;

/// The first `n` rows and columns of a kernel given as `size` · `size` values.
///
/// # Panics
/// If there are fewer than `n`.
pub fn block(kernel: &[f32], size: usize, n: usize) -> DMatrix<f64> {
    DMatrix::from_fn(n, n, |i, j| f64::from(kernel[i + size * j]))
}

/// `K_ij / √(K_ii K_jj)`.
pub fn cosine(kernel: &DMatrix<f64>) -> DMatrix<f64> {
    let scale = kernel.diagonal().map(|own| 1.0 / own.sqrt());
    DMatrix::from_fn(kernel.nrows(), kernel.ncols(), |i, j| kernel[(i, j)] * scale[i] * scale[j])
}

/// The eigenvalues, largest first.
pub fn eigenvalues(kernel: &DMatrix<f64>) -> Vec<f64> {
    // The solver would not end on NaN.
    if !kernel.iter().all(|value| value.is_finite()) {
        return vec![f64::NAN; kernel.nrows()];
    }
    let mut values: Vec<f64> = kernel.symmetric_eigenvalues().iter().copied().collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

/// S in nats, of eigenvalues.
pub fn entropy(eigenvalues: &[f64], rounding: Rounding) -> f64 {
    let clipped = |value: f64| match rounding {
        Rounding::Kept => value,
        Rounding::Clipped => value.max(FLOOR),
    };
    let total: f64 = eigenvalues.iter().map(|value| clipped(*value)).sum();
    shannon(eigenvalues.iter().map(|value| clipped(*value) / total))
}

/// Entropy of the shares that the samples have in the kernel's trace, in nats: √K_ii over the sum of all of them.
pub fn magnitude_entropy(kernel: &DMatrix<f64>) -> f64 {
    let magnitudes = kernel.diagonal().map(f64::sqrt);
    let total = magnitudes.sum();
    shannon(magnitudes.iter().map(|magnitude| magnitude / total))
}

/// −Σ p ln |p|; what is 0 adds nothing.
fn shannon(shares: impl Iterator<Item = f64>) -> f64 {
    shares.map(|p| if p == 0.0 { 0.0 } else { -p * libm::log(p.abs()) }).sum()
}
