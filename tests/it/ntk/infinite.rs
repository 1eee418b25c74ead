//! Kernels of infinite width: against neural-tangents' definition in f64, and what must hold whatever the numbers.

use entroscope::analysis::{Rounding, block, cosine, eigenvalues, entropy};
use entroscope::backend::Backend;
use entroscope::data::{self, Dataset};
use entroscope::kernels::{Kernel, NtkDeviations, NtkInfinite, deviations};
use serde_json::Value;

use crate::support;

/// Convolutions and relus after the flattening, of all shapes that the lab offers.
const SHAPES: [(u32, u32); 4] = [(2, 1), (0, 2), (1, 1), (2, 2)];

fn fixture() -> Value {
    serde_json::from_str(include_str!("../../fixtures/ntk_infinite.json")).expect("a fixture is JSON")
}

/// The first `n` digits interleaved: 0, 1, … 9, 0, ….
fn interleaved(data: &Dataset, n: usize) -> Vec<f32> {
    let images: Vec<&[u8]> = (0..n).map(|i| data.image(i % 10, i / 10).expect("it is bundled")).collect();
    data::columns(&images)
}

/// NNGP and NTK, in passes of `rows` rows.
fn kernels(backend: &mut Backend, pixels: &[f32], shape: (u32, u32), rows: u32) -> Vec<Vec<f32>> {
    backend.clear();
    let (images, (convolutions, hidden)) = ((pixels.len() / 784) as u32, shape);
    let pixels = backend.tensor(pixels);
    let own = backend.zeros(deviations(convolutions) * images as usize);
    let kernels = [(); 2].map(|()| backend.zeros((images * images) as usize));
    backend.run(&NtkDeviations { images, convolutions }, &[pixels], &[own]);
    for first in (0..images).step_by(rows as usize) {
        let rows = rows.min(images - first);
        backend.run(&NtkInfinite { images, convolutions, hidden, first, rows }, &[pixels, own], &kernels);
    }
    pollster::block_on(backend.read(&kernels)).expect("the device works")
}

fn on_cpu(pixels: &[f32], shape: (u32, u32)) -> Vec<Vec<f32>> {
    kernels(&mut Backend::default(), pixels, shape, 64)
}

/// The definition: all pairs of positions, in f64.
fn defined(pixels: &[f32], (convolutions, hidden): (u32, u32)) -> Vec<Vec<f32>> {
    let images = (pixels.len() / 784) as u32;
    let mut outputs = vec![vec![f32::NAN; (images * images) as usize]; 2];
    let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    let own = vec![f32::NAN; deviations(convolutions) * images as usize];
    let pass = NtkInfinite { images, convolutions, hidden, first: 0, rows: images };
    pass.reference(&[pixels, &own], &mut slices);
    outputs
}

/// Largest difference as a share of the expected number; NaN is the largest.
fn worst(found: &[f32], expected: &[f32]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let share = |(a, b): (&f32, &f32)| (f64::from(*a) / f64::from(*b) - 1.0).abs();
    found
        .iter()
        .zip(expected)
        .map(share)
        .fold(0.0, |worst, share| if share <= worst || worst.is_nan() { worst } else { share })
}

/// What f32 leaves of a kernel's entry: thousands of relus, each rounded to 1e-7, are averaged. A wrong constant or offset
/// is off by 1e-3.
const ROUNDING: f64 = 2e-6;

#[test]
fn the_band_gives_what_all_pairs_of_positions_give() {
    let mut backends = vec![("cpu", Backend::default())];
    backends.extend(support::gpu().map(|gpu| ("gpu", gpu)));
    let pixels = interleaved(&support::data(), 2);
    for shape in SHAPES {
        let expected = defined(&pixels, shape);
        for (name, backend) in &mut backends {
            for (found, expected) in kernels(backend, &pixels, shape, 1).iter().zip(&expected) {
                let worst = worst(found, expected);
                assert!(worst < ROUNDING, "{name} {shape:?}: {worst:.1e}");
            }
        }
    }
}

#[test]
fn the_comparison_sees_a_wrong_number_and_a_nan() {
    assert!(worst(&[1.0, 2.000_02], &[1.0, 2.0]) > ROUNDING);
    assert!(worst(&[f32::NAN, 2.0], &[1.0, 2.0]).is_nan());
    let still = worst(&[1.0, f32::NAN, 1.0], &[1.0; 3]);
    assert!(still.is_nan() || still > ROUNDING);
}

#[test]
fn the_deviations_are_those_of_all_positions() {
    let pixels = interleaved(&support::data(), 2);
    let check = |backend: &mut Backend, convolutions: u32| {
        backend.clear();
        let pass = NtkDeviations { images: 2, convolutions };
        let mut expected = vec![0.0; 2 * deviations(convolutions)];
        pass.reference(&[&pixels], &mut [&mut expected]);
        let (input, output) = (backend.tensor(&pixels), backend.zeros(expected.len()));
        backend.run(&pass, &[input], &[output]);
        let found = pollster::block_on(backend.read(&[output])).expect("the device works").concat();
        for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
            // They are 0 on paper and of the order of 0.1 on ink.
            assert!((found - expected).abs() < 1e-6, "{convolutions} convolutions, {at}: {found}, not {expected}");
        }
    };
    for convolutions in 0..=2 {
        check(&mut Backend::default(), convolutions);
        if let Some(mut gpu) = support::gpu() {
            check(&mut gpu, convolutions);
        }
    }
}

#[test]
fn rows_may_be_computed_in_any_portions() {
    let pixels = interleaved(&support::data(), 19);
    let whole = on_cpu(&pixels, (2, 1));
    assert_eq!(kernels(&mut Backend::default(), &pixels, (2, 1), 4), whole);
    // Nor does a pair depend on what other pairs there are.
    let first = on_cpu(&pixels[..784 * 7], (2, 1));
    let leading: Vec<f32> = (0..7).flat_map(|j| whole[1][19 * j..][..7].to_vec()).collect();
    assert_eq!(first[1], leading);
}

#[test]
fn kernels_are_those_of_neural_tangents() {
    let pixels = interleaved(&support::data(), 50);
    let kernels = on_cpu(&pixels, (2, 1));
    let golden = fixture();
    for (name, kernel) in ["nngp_f64", "ntk_f64"].iter().zip(&kernels) {
        for (i, row) in golden[name].as_array().expect("rows").iter().enumerate() {
            for (j, expected) in row.as_array().expect("a row").iter().enumerate() {
                let (found, expected) = (f64::from(kernel[i + 50 * j]), expected.as_f64().expect("a number"));
                let off = (found / expected - 1.0).abs();
                assert!(off < ROUNDING, "{name} {i} {j}: {found}, not {expected}");
            }
        }
    }
    for (n, expected) in golden["entropies"].as_object().expect("sizes") {
        let n: usize = n.parse().expect("a size");
        let raw = block(&kernels[1], 50, n);
        let found = [&raw, &cosine(&raw)].map(|kernel| entropy(&eigenvalues(kernel), Rounding::Kept));
        for (name, found) in ["raw", "normalized_ntk"].iter().zip(found) {
            let expected = expected[name].as_f64().expect("a number");
            // Rounding moves eigenvalues by 1e-7 of the largest at most, and S by a few times that.
            assert!((found - expected).abs() < 4e-7, "{name} {n}: {found}, not {expected}");
        }
    }
}

/// The labels of MNIST's first hundred training images: which of each digit's images they are follows.
const FIRST_HUNDRED: &str =
    "5041921314353617286940911243273869056076187939859330749809414460456100171630211790267839046746807831";

#[test]
fn entropies_are_those_of_the_first_images_of_mnist() {
    let data = support::data();
    let mut seen = [0; 10];
    let images: Vec<&[u8]> = FIRST_HUNDRED
        .bytes()
        .map(|label| {
            let digit = usize::from(label - b'0');
            seen[digit] += 1;
            data.image(digit, seen[digit] - 1).expect("it is bundled")
        })
        .collect();
    let kernels = on_cpu(&data::columns(&images), (2, 1));
    // Cosine-normalised and raw, computed in f64 by neural-tangents' recursion (original 004, these images).
    let expected = [
        (5, 1.2628246, None),
        (10, 1.5382604, Some(1.4691638)),
        (15, 1.7163310, None),
        (20, 1.7973472, None),
        (25, 1.8682300, None),
        (30, 1.9351228, None),
        (35, 1.9736795, None),
        (40, 2.0016930, None),
        (50, 2.0468512, Some(1.9657946)),
        (100, 2.2311148, Some(2.1456422)),
    ];
    for (n, of_cosine, of_raw) in expected {
        let raw = block(&kernels[1], 100, n);
        let entropy = |kernel: &_| entropy(&eigenvalues(kernel), Rounding::Kept);
        let found = entropy(&cosine(&raw));
        assert!((found - of_cosine).abs() < 4e-7, "{n}: {found}, not {of_cosine}");
        if let Some(of_raw) = of_raw {
            let found = entropy(&raw);
            assert!((found - of_raw).abs() < 4e-7, "raw {n}: {found}, not {of_raw}");
        }
    }
}

#[test]
fn a_kernel_has_no_negative_eigenvalue_and_shares_no_image_twice() {
    let pixels = interleaved(&support::data(), 24);
    for kernel in on_cpu(&pixels, (2, 1)) {
        let matrix = block(&kernel, 24, 24);
        assert_eq!(matrix, matrix.transpose());
        let values = eigenvalues(&matrix);
        assert!(values[23] > 1e-4 * values[0], "{values:?}");
    }
    // An image beside its own copy: rounding leaves a seventh digit, not a direction of its own.
    let twice: Vec<f32> = [&pixels[..784], &pixels[..784]].concat();
    let values = eigenvalues(&block(&on_cpu(&twice, (2, 1))[1], 2, 2));
    assert!(values[1].abs() < 1e-3 * values[0], "{values:?}");
}
