//! `λ`, the largest eigenvalue of `(1/N) Σ [x; 1][x; 1]ᵀ`: how strongly a batch of images drives a linear layer with a bias.

/// Relative change at which the iteration ends: the eigenvalue's error is smaller still, as it falls twice as fast as its vector's.
const SETTLED: f64 = 1e-13;
/// Iterations at most; images need about twenty.
const PATIENCE: usize = 1000;

/// The eigenvalue for the columns of `images` (size, N), by power iteration from the mean of all [x; 1]: no entry of the
/// matrix is negative (pixels are not), so neither is its top eigenvector's, and the start is not orthogonal to it.
pub fn top_of_second_moment(images: &[f32], size: usize) -> f64 {
    let samples = images.len() / size;
    if samples == 0 {
        return 0.0;
    }
    // M v = (1/N) Σ [x; 1] ([x; 1]·v), without ever forming M.
    let times = |weights: &dyn Fn(&[f32]) -> f64| {
        let mut sum = vec![0.0; size + 1];
        for image in images.chunks_exact(size) {
            let weight = weights(image) / samples as f64;
            sum.iter_mut().zip(image).for_each(|(sum, x)| *sum += weight * f64::from(*x));
            sum[size] += weight;
        }
        sum
    };
    let mut vector = times(&|_| 1.0);
    let mut eigenvalue = 0.0;
    for _ in 0..PATIENCE {
        let norm = vector.iter().map(|v| v * v).sum::<f64>().sqrt();
        vector.iter_mut().for_each(|v| *v /= norm);
        let dot = |image: &[f32]| image.iter().zip(&vector).map(|(x, v)| f64::from(*x) * v).sum::<f64>() + vector[size];
        let next = times(&dot);
        let quotient: f64 = next.iter().zip(&vector).map(|(next, v)| next * v).sum();
        vector = next;
        if (quotient - eigenvalue).abs() <= SETTLED * quotient {
            return quotient;
        }
        eigenvalue = quotient;
    }
    eigenvalue
}
