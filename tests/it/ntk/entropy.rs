//! Von Neumann entropy: identities.

use entroscope::analysis::{Rounding, block, cosine, eigenvalues, entropy, magnitude_entropy};
use entroscope::rng::NumpyRng;
use nalgebra::DMatrix;

const ROUNDINGS: [Rounding; 2] = [Rounding::Kept, Rounding::Clipped];

fn entropy_of(kernel: &DMatrix<f64>) -> f64 {
    entropy(&eigenvalues(kernel), Rounding::Kept)
}

/// F Fᵀ of random features (n, size).
fn random_kernel(n: usize, size: usize, seed: u32) -> DMatrix<f64> {
    let features = DMatrix::from_vec(n, size, NumpyRng::new(seed).randn(n * size));
    &features * features.transpose()
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    // Sums of a few dozen doubles.
    assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
}

#[test]
fn an_identity_has_ln_n_and_rank_one_has_none() {
    for rounding in ROUNDINGS {
        let of_identity = entropy(&eigenvalues(&DMatrix::identity(37, 37)), rounding);
        assert_close(of_identity, 37f64.ln());
        // What rounding leaves of the other eigenvalues, 1e-16 of the trace, adds 1e-16 · ln 1e16 each, and the clip 1e-14 · 32.
        let one = entropy(&eigenvalues(&DMatrix::repeat(20, 20, 1.0)), rounding);
        assert!(one.abs() < 1e-11, "{one}");
    }
}

#[test]
fn neither_scale_nor_order_of_the_samples_matters() {
    let kernel = random_kernel(12, 30, 1);
    let expected = entropy_of(&kernel);
    assert_close(entropy_of(&(&kernel * 7.5)), expected);
    let order = NumpyRng::new(2).permutation(12);
    let shuffled = DMatrix::from_fn(12, 12, |i, j| kernel[(order[i], order[j])]);
    assert_close(entropy_of(&shuffled), expected);
    // Normalising changes it, but not twice.
    let normalised = cosine(&kernel);
    assert!((entropy_of(&normalised) - expected).abs() > 1e-3);
    assert_close(entropy_of(&cosine(&normalised)), entropy_of(&normalised));
}

#[test]
fn eigenvalues_fall_and_add_up_to_the_trace() {
    let kernel = random_kernel(25, 40, 3);
    let values = eigenvalues(&kernel);
    assert!(values.is_sorted_by(|a, b| a >= b));
    assert!((values.iter().sum::<f64>() / kernel.trace() - 1.0).abs() < 1e-12);
}

#[test]
fn eigenvalues_that_rounding_made_negative_are_treated_as_asked() {
    let values = [3.0, 1.0, -1e-3];
    let total: f64 = values.iter().sum();
    let expected: f64 = values.iter().map(|value| -value / total * (value / total).abs().ln()).sum();
    assert_close(entropy(&values, Rounding::Kept), expected);
    let clipped: f64 = [0.75f64, 0.25].iter().map(|p| -p * p.ln()).sum();
    // The third share is 1e-14 / 4.
    assert!((entropy(&values, Rounding::Clipped) - clipped).abs() < 1e-12);
    assert_close(entropy(&[1.0, 1.0, 0.0], Rounding::Kept), 2f64.ln());
}

#[test]
fn what_is_not_finite_has_no_entropy() {
    let mut kernel = DMatrix::identity(4, 4);
    kernel[(1, 2)] = f64::NAN;
    assert!(entropy_of(&kernel).is_nan());
}

#[test]
fn samples_of_one_magnitude_share_it_evenly() {
    assert_close(magnitude_entropy(&cosine(&random_kernel(9, 20, 4))), 9f64.ln());
    let mut kernel = DMatrix::identity(2, 2);
    kernel[(0, 0)] = 9.0;
    let expected: f64 = [0.75f64, 0.25].iter().map(|p| -p * p.ln()).sum();
    assert_close(magnitude_entropy(&kernel), expected);
}

#[test]
fn a_block_is_the_first_rows_and_columns() {
    let kernel: Vec<f32> = (0..9u8).map(f32::from).collect();
    assert_eq!(block(&kernel, 3, 2), DMatrix::from_row_slice(2, 2, &[0.0, 3.0, 1.0, 4.0]));
}
