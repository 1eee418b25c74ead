//! The generators against the figures that NumPy and torch themselves draw (`fixtures/rng.json`).

use std::{fmt::Debug, sync::LazyLock};

use entroscope::rng::{NumpyRng, TorchRng};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Glorot bounds and lengths of the energy nets' matrices 2×2, 2×1 and 1×2.
const ENERGY_SHAPES: [(f64, usize); 3] = [(6.0 / 4.0, 4), (6.0 / 3.0, 2), (6.0 / 3.0, 2)];

static FIXTURE: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../fixtures/rng.json")).expect("the fixture is JSON"));

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).expect("the fixture has the type that the test reads")
}

/// Calls `check` with each seed and its figures; at least one.
fn for_each_seed(figures: &Value, mut check: impl FnMut(u32, &Value)) {
    let seeds = figures["seeds"].as_array().expect("a list of seeds");
    assert!(!seeds.is_empty());
    for figures in seeds {
        check(read(&figures["seed"]), figures);
    }
}

/// Calls `check` with each length and its figures; at least one.
fn for_each_length<T: DeserializeOwned>(figures: &Value, mut check: impl FnMut(usize, T)) {
    let lengths = figures.as_object().expect("figures by length");
    assert!(!lengths.is_empty());
    for (length, figures) in lengths.iter().filter(|(length, _)| !length.contains('_')) {
        check(length.parse().expect("a length"), read(figures));
    }
}

#[track_caller]
fn equal<T: PartialEq + Debug>(what: &str, seed: u32, found: &[T], expected: &[T]) {
    assert!(found == expected, "{what}, seed {seed}: found {found:?}, expected {expected:?}");
}

/// Whether `found` equals `expected` within `tolerance` everywhere. NaN is never close.
fn close<T: Copy + Into<f64>>(found: &[T], expected: &[T], tolerance: f64) -> bool {
    found.len() == expected.len()
        && found.iter().zip(expected).all(|(&found, &expected)| (found.into() - expected.into()).abs() <= tolerance)
}

#[track_caller]
fn assert_close<T: Copy + Into<f64> + Debug>(what: &str, seed: u32, found: &[T], expected: &[T], tolerance: f64) {
    assert!(close(found, expected, tolerance), "{what}, seed {seed}: found {found:?}, expected {expected:?}");
}

fn first_of_shuffle(seed: u32, n: usize, count: usize) -> Vec<usize> {
    let mut items: Vec<usize> = (0..n).collect();
    NumpyRng::new(seed).shuffle(&mut items);
    items.truncate(count);
    items
}

#[test]
fn nan_and_missing_figures_are_not_close() {
    assert!(close(&[1.0, 2.0], &[1.0, 2.0], 0.0));
    assert!(!close(&[1.0, 2.1], &[1.0, 2.0], 0.05));
    assert!(!close(&[1.0, f64::NAN], &[1.0, 2.0], 1.0));
    assert!(!close(&[1.0], &[1.0, 2.0], 1.0));
}

#[test]
fn numpy_shuffles_as_the_explorer_apps_do() {
    equal("shuffle", 0, &first_of_shuffle(0, 5923, 10), &[1386, 5218, 4744, 1833, 737, 3689, 812, 2017, 1515, 2284]);
    equal("shuffle", 7, &first_of_shuffle(7, 6742, 5), &[5620, 6002, 623, 3484, 2991]);
}

#[test]
fn numpy_integers_are_numpys() {
    for_each_seed(&FIXTURE["numpy_RandomState"], |seed, figures| {
        let shuffles = &figures["shuffle_arange"];
        for_each_length(shuffles, |n, expected: Vec<usize>| {
            equal("shuffle", seed, &first_of_shuffle(seed, n, n), &expected);
        });
        for n in [863, 1001, 1127, 10_000] {
            let whole = first_of_shuffle(seed, n, n);
            equal("shuffle", seed, &whole[..20], &read::<Vec<usize>>(&shuffles[format!("{n}_first20")]));
            let weighted_sum: usize = whole.iter().enumerate().map(|(i, item)| i * item).sum();
            equal("weighted sum", seed, &[weighted_sum], &[read(&shuffles[format!("{n}_weighted_sum")])]);
        }
        for_each_length(&figures["permutation"], |n, expected: Vec<usize>| {
            equal("permutation", seed, &NumpyRng::new(seed).permutation(n), &expected);
        });
        let integers = NumpyRng::new(seed).randint(0, 500, 8);
        equal("randint", seed, &integers, &read::<Vec<i64>>(&figures["randint_0_500_8"]));
        let mut rng = NumpyRng::new(seed);
        let words: Vec<u32> = (0..4).map(|_| rng.next_u32()).collect();
        equal("words", seed, &words, &read::<Vec<u32>>(&figures["tomaxint_free_uint32_4"]));
    });
}

#[test]
fn numpy_uniforms_are_numpys() {
    for_each_seed(&FIXTURE["numpy_RandomState"], |seed, figures| {
        let new = || NumpyRng::new(seed);
        equal("uniform", seed, &new().uniform(0.0, 0.2, 8), &read::<Vec<f64>>(&figures["uniform_0_0.2_8"]));
        equal("uniform", seed, &new().uniform(-1.0, 1.0, 8), &read::<Vec<f64>>(&figures["uniform_-1_1_8"]));
        equal("random_sample", seed, &new().random_sample(4), &read::<Vec<f64>>(&figures["random_sample_4"]));

        type Draws = (f64, [[f64; 3]; 2], f64);
        let (first, matrix, last): Draws = read(&figures["uniform_scalar_-1_1_then_2x3_then_scalar"]);
        let mut rng = new();
        equal("first uniform", seed, &rng.uniform(-1.0, 1.0, 1), &[first]);
        equal("matrix of uniforms", seed, &rng.uniform(0.0, 0.1, 6), matrix.as_flattened());
        equal("last uniform", seed, &rng.uniform(-1.0, 1.0, 1), &[last]);
    });
}

#[test]
fn numpy_normals_are_numpys_and_carry_over_from_call_to_call() {
    for_each_seed(&FIXTURE["numpy_RandomState"], |seed, figures| {
        equal("randn", seed, &NumpyRng::new(seed).randn(9), &read::<Vec<f64>>(&figures["randn_9"]));
        let mut rng = NumpyRng::new(seed);
        for expected in read::<Vec<Vec<f64>>>(&figures["randn_3_then_2"]) {
            equal("randn in turns", seed, &rng.randn(expected.len()), &expected);
        }
    });
}

#[test]
fn torch_normals_have_the_bits_of_torchs_avx2_build() {
    check_torch_normals("avx2", 0.0);
}

/// The other build takes ln, sin and cos from the C++ library; torch's own two builds differ by 1.1e-6 on these figures.
#[test]
fn torch_normals_are_close_to_torchs_plain_build() {
    check_torch_normals("default", 1.2e-6);
}

#[track_caller]
fn check_torch_normals(build: &str, tolerance: f64) {
    for_each_seed(&FIXTURE["torch"][build], |seed, figures| {
        let new = || TorchRng::new(seed.into());
        for_each_length(&figures["randn"], |n, expected: Vec<f32>| {
            assert_close("randn", seed, &new().randn(n), &expected, tolerance);
        });
        let mut rng = new();
        for expected in read::<Vec<Vec<f32>>>(&figures["randn_5_then_5_then_17_then_3"]) {
            assert_close("randn in turns", seed, &rng.randn(expected.len()), &expected, tolerance);
        }
        let mut rng = new();
        for layer in figures["ska_default_layers"].as_array().expect("a list of layers") {
            let [rows, columns]: [usize; 2] = read(&layer["shape"]);
            let weights = rng.randn(rows * columns);
            assert_close("layer", seed, &weights[..8], &read::<Vec<f32>>(&layer["first8"]), tolerance);
            let last = &weights[weights.len() - 8..];
            assert_close("layer", seed, last, &read::<Vec<f32>>(&layer["last8"]), tolerance);
            let sum: f64 = weights.iter().copied().map(f64::from).sum();
            // On average a weight is nearer than the worst; 1e-9 covers the order of the sum.
            let sum_tolerance = tolerance / 10.0 * weights.len() as f64 + 1e-9;
            assert_close("sum of a layer", seed, &[sum], &[read(&layer["sum_f64"])], sum_tolerance);
        }
    });
}

#[test]
fn torch_layers_hash_to_what_torchs_do() {
    for_each_seed(&FIXTURE["torch"]["avx2"], |seed, figures| {
        let mut rng = TorchRng::new(seed.into());
        for layer in figures["ska_default_layers"].as_array().expect("a list of layers") {
            let [rows, columns]: [usize; 2] = read(&layer["shape"]);
            let weights = rng.randn(rows * columns);
            equal("hash", seed, &[sha256(&weights)], &[read::<String>(&layer["sha256_f32le"])]);
            let scaled: Vec<f32> = weights.iter().map(|weight| weight * 0.01).collect();
            equal("scaled hash", seed, &[sha256(&scaled)], &[read::<String>(&layer["sha256_f32le_times_0.01"])]);
        }
    });
}

fn sha256(values: &[f32]) -> String {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first five of W_1, as every source of the SKA original quotes them.
#[test]
fn torch_seed_42_gives_the_original_weights() {
    let first: Vec<f32> = TorchRng::new(42).randn(784 * 256)[..5].iter().map(|weight| weight * 0.01).collect();
    let expected = [0.019269152, 0.014872841, 0.009007172, -0.021055209, 0.006784184];
    assert_close("W_1", 42, &first, &expected, 1e-9); // half of the last digit quoted
}

#[test]
fn torch_uniforms_are_torchs() {
    for (build, tolerance) in [("avx2", 0.0), ("default", 1.2e-7)] {
        for_each_seed(&FIXTURE["torch"][build], |seed, figures| {
            let new = || TorchRng::new(seed.into());
            for_each_length(&figures["uniform_0_1"], |n, expected: Vec<f32>| {
                equal("uniform", seed, &new().uniform(0.0, 1.0, n), &expected);
            });
            equal("rand", seed, &new().uniform(0.0, 1.0, 5), &read::<Vec<f32>>(&figures["rand_5"]));
            // The plain build does not fuse product and sum: half a unit in the last place of a number below 2.
            let mut rng = new();
            let matrices: Vec<Vec<Vec<f32>>> = read(&figures["uniform_energy_2x2_2x1_1x2"]);
            assert_eq!(matrices.len(), ENERGY_SHAPES.len());
            for (rows, (squared_bound, n)) in matrices.iter().zip(ENERGY_SHAPES) {
                let bound = squared_bound.sqrt();
                assert_close("energy net", seed, &rng.uniform(-bound, bound, n), &rows.concat(), tolerance);
            }
        });
    }
}

/// Double precision goes through the platform's ln, sin and cos in torch: 1e-15 is a few units in the last place of such normals.
#[test]
fn torch_normals_in_double_precision_are_torchs() {
    for build in ["avx2", "default"] {
        for_each_seed(&FIXTURE["torch"][build], |seed, figures| {
            let expected: Vec<f64> = read(&figures["randn_float64_20"]);
            assert_close("randn float64", seed, &TorchRng::new(seed.into()).randn_f64(20), &expected, 1e-15);
        });
    }
}

#[test]
fn torch_integers_are_torchs() {
    for build in ["avx2", "default"] {
        for_each_seed(&FIXTURE["torch"][build], |seed, figures| {
            let new = || TorchRng::new(seed.into());
            equal("randint", seed, &new().randint(1 << 32, 8), &read::<Vec<u64>>(&figures["randint_2_32_8"]));
            equal("randperm", seed, &new().randperm(10), &read::<Vec<usize>>(&figures["randperm_10"]));
        });
    }
}
