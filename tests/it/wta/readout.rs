//! The linear read-out by conjugate gradients: against nalgebra's solution of its normal equations, and what it reads.

use entroscope::analysis::ridge;
use entroscope::kernels::rows::Rows;
use entroscope::labs::wta::readout::Readout;
use entroscope::labs::wta::split::split;
use entroscope::labs::wta::world::interleaved;
use entroscope::rng::NumpyRng;
use nalgebra::DMatrix;

use crate::support::data;

fn rows(values: &DMatrix<f32>) -> Rows {
    let mut rows = Rows::new(values.ncols());
    values.row_iter().for_each(|row| rows.push(row.iter().copied().enumerate()));
    rows
}

/// What a read-out gives for its own rows by the normal equations, formed and solved: (n, 10).
fn dense(values: &DMatrix<f32>, digits: &[u8], penalty: f64) -> DMatrix<f64> {
    let mut features = values.map(f64::from);
    for mut column in features.column_iter_mut() {
        let (mean, spread) = (column.mean(), column.variance().sqrt());
        column.apply(|value| *value = if spread > 0.0 { (*value - mean) / spread } else { 0.0 });
    }
    let n = digits.len();
    let mut targets = DMatrix::from_fn(n, 10, |i, digit| f64::from(u8::from(usize::from(digits[i]) == digit)));
    let means: Vec<f64> = targets.column_iter().map(|column| column.mean()).collect();
    targets.column_iter_mut().zip(&means).for_each(|(mut column, mean)| column.add_scalar_mut(-mean));
    let weights = ridge(&features, &targets, penalty * n as f64).expect("finite numbers");
    let mut scores = features * weights;
    scores.column_iter_mut().zip(&means).for_each(|(mut column, mean)| column.add_scalar_mut(*mean));
    scores
}

#[track_caller]
fn check(what: &str, values: &DMatrix<f32>, digits: &[u8], penalty: f64) {
    let (rows, expected) = (rows(values), dense(values, digits, penalty));
    let readout = Readout::of(&rows, digits, penalty);
    for row in 0..rows.len() {
        for (digit, found) in readout.scores(&rows, row).iter().enumerate() {
            // It stops where the residual has come down to 1e-6 of what it began with; scores are about 0 to 1.
            let off = (found - expected[(row, digit)]).abs();
            assert!(off <= 2e-5, "{what}: image {row}, digit {digit}: {found} instead of {}", expected[(row, digit)]);
        }
    }
}

#[test]
fn conjugate_gradients_solve_the_normal_equations() {
    let mut rng = NumpyRng::new(2);
    // A feature that never varies, one that is nearly always 0, two that are the same, and more features than images.
    for (n, size, penalty) in [(60, 12, 0.01), (40, 90, 0.1), (200, 30, 1e-3)] {
        let mut values = DMatrix::from_fn(n, size, |_, _| (rng.next_f64() as f32 - 0.4).max(0.0));
        values.column_mut(0).fill(0.25);
        values.column_mut(1).fill(0.0);
        values[(3, 1)] = 2.0;
        let same = values.column(2).clone_owned();
        values.set_column(3, &same);
        let digits: Vec<u8> = (0..n).map(|_| (rng.next_f64() * 10.0) as u8).collect();
        check(&format!("{n} rows of {size}"), &values, &digits, penalty);
    }
}

#[test]
fn conjugate_gradients_solve_them_for_digits() {
    let data = data();
    let [train, _] = split(&data, 0, [300, 2000]);
    let values = DMatrix::from_row_slice(300, 784, &train.pixels());
    check("300 digits", &values, &train.digits, 0.01);
}

#[test]
fn a_readout_tells_apart_what_is_apart_and_nothing_else() {
    let digits: Vec<u8> = (0..40).map(|at| at % 4).collect();
    let apart = DMatrix::from_fn(40, 4, |i, place| f32::from(u8::from(usize::from(digits[i]) == place)));
    let readout = Readout::of(&rows(&apart), &digits, 0.01);
    assert_eq!(readout.accuracy(&rows(&apart), &digits), 1.0);
    // Without anything to go by it guesses one and the same.
    let nothing = DMatrix::from_element(40, 3, 0.5);
    assert_eq!(Readout::of(&rows(&nothing), &digits, 0.01).accuracy(&rows(&nothing), &digits), 0.25);
}

#[test]
fn the_split_takes_every_image_once() {
    let data = data();
    let [train, test] = split(&data, 0, [8000, 2000]);
    assert_eq!((train.bytes.len(), train.digits.len()), (8000 * 784, 8000));
    assert_eq!((test.bytes.len(), test.digits.len()), (2000 * 784, 2000));
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    let all = (0..10).flat_map(|digit| (0..data.count(digit)).map(move |at| (digit, at)));
    let all: u64 = all.filter_map(|(digit, at)| data.image(digit, at)).map(sum).sum();
    assert_eq!(sum(&train.bytes) + sum(&test.bytes), all);
    // numpy.random.RandomState(0).permutation(10000) begins with 9394.
    let (digit, position) = interleaved(&data)[9394];
    assert_eq!(usize::from(train.digits[0]), digit);
    assert_eq!(Some(&train.bytes[..784]), data.image(digit, position));
}
