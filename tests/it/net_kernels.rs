//! The passes of nets and of their kernels: the CPU's and the shader's numbers against the reference, poison, gradients.

use entroscope::backend::Backend;
use entroscope::kernels::{
    Adam, Add, Affine, AffineInput, AffineWeights, Gather, GramProduct, Kernel, Loss, ReluPool, ReluPoolBack,
};
use entroscope::rng::NumpyRng;

use crate::support::gpu;

/// A pass with the tensors it reads and those it writes, as they are before.
struct Case {
    kernel: Box<dyn Kernel>,
    tensors: Vec<Vec<f32>>,
}

/// A case with numbers in ±1, none of them so near to 0 that a rectifier could decide differently.
fn case(kernel: impl Kernel + 'static, seed: u32) -> Case {
    let mut rng = NumpyRng::new(seed);
    let mut draw = |n: usize| -> Vec<f32> {
        let away = |x: f64| x + 0.01 * x.signum();
        rng.uniform(-1.0, 1.0, n).into_iter().map(|x| away(x) as f32).collect()
    };
    let tensors = kernel.lengths().into_iter().map(&mut draw).collect();
    Case { kernel: Box::new(kernel), tensors }
}

/// Shapes that cross every boundary: 16 lanes, pairs of columns, groups of 128 and chunks of 512 products, tiles of 32.
fn cases() -> Vec<Case> {
    let affine = |units, channels, side, field, out_side, samples| Affine {
        units,
        channels,
        side,
        field,
        out_side,
        samples,
        scale: 0.3,
    };
    let input = |units, channels, side, field, out_side, samples| AffineInput {
        units,
        channels,
        side,
        field,
        out_side,
        samples,
        scale: 0.3,
    };
    let weights = |units, channels, (side, field, out_side), (columns, fan, group), slice: (u32, u32)| AffineWeights {
        units,
        channels,
        side,
        field,
        out_side,
        columns,
        fan,
        group,
        first_unit: slice.0,
        unit_count: slice.1,
        first: 1,
        total: 2 + columns / group,
        scale: 0.3,
    };
    let gram = |(x_len, first_value, length), y_len, count, (first_row, rows), fresh| GramProduct {
        x_len,
        first_value,
        length,
        y_len,
        count,
        first_row,
        rows,
        fresh,
        factor: 0.1,
    };
    let loss = |measure| Loss { classes: 10, samples: 67, first: 3, total: 72, measure, share: 0.25 };
    let mut cases = vec![
        case(affine(1, 1, 1, 1, 1, 1), 0),
        case(affine(17, 3, 6, 3, 4, 5), 1),
        case(affine(33, 1, 9, 3, 5, 3), 2),
        case(affine(40, 300, 1, 1, 1, 35), 3),
        case(input(1, 1, 1, 1, 1, 1), 4),
        case(input(17, 35, 6, 3, 4, 3), 5),
        case(input(16, 2, 7, 3, 3, 2), 6),
        case(input(140, 37, 1, 1, 1, 9), 7),
        case(weights(1, 1, (1, 1, 1), (1, 1, 1), (0, 1)), 8),
        case(weights(33, 3, (8, 3, 6), (6, 1, 6), (0, 33)), 9),
        case(weights(40, 2, (7, 3, 4), (12, 3, 1), (17, 20)), 10),
        case(weights(18, 65, (1, 1, 1), (150, 1, 150), (0, 18)), 11),
        case(ReluPool { channels: 5, side: 6, window: 2, samples: 3 }, 12),
        case(ReluPool { channels: 70, side: 1, window: 1, samples: 3 }, 13),
        case(ReluPoolBack { channels: 5, side: 6, window: 2, columns: 6, fan: 3 }, 14),
        case(ReluPoolBack { channels: 70, side: 1, window: 1, columns: 2, fan: 1 }, 15),
        case(gram((600, 17, 570), 1, 1, (0, 1), 1), 16),
        case(gram((40, 0, 40), 37, 70, (33, 35), 0), 17),
        case(gram((1200, 0, 1200), 5, 37, (0, 37), 1), 18),
        case(Adam::step(300, 1, 0.01), 19),
        case(Adam::step(300, 7, 0.01), 20),
        case(Add { length: 70 }, 27),
        case(Gather { rows: 70, columns: 9, order_len: 7, from_first: 2, count: 4, out_columns: 8, to: 3 }, 21),
    ];
    cases.extend((0..5).map(|measure| case(loss(measure), 22 + measure)));
    for Case { kernel, tensors } in &mut cases {
        match kernel.spec().name {
            "gather" => tensors[1] = vec![8.0, 0.0, 3.0, 8.0, 8.0, 0.0, 1.0],
            // Means of squares are never negative.
            "adam" => tensors[3].iter_mut().for_each(|square| *square = square.abs()),
            _ => {}
        }
    }
    cases
}

/// One pass of every kind and size.
pub fn kernels() -> Vec<Box<dyn Kernel>> {
    cases().into_iter().map(|case| case.kernel).collect()
}

impl Case {
    fn on_cpu(&self, run: impl Fn(&dyn Kernel, &[&[f32]], &mut [&mut [f32]])) -> Vec<Vec<f32>> {
        let mut outputs = self.tensors.clone();
        let inputs = self.kernel.spec().inputs.len();
        let read: Vec<&[f32]> = self.tensors[..inputs].iter().map(Vec::as_slice).collect();
        let mut written: Vec<&mut [f32]> = outputs[inputs..].iter_mut().map(Vec::as_mut_slice).collect();
        run(self.kernel.as_ref(), &read, &mut written);
        outputs.split_off(inputs)
    }

    fn reference(&self) -> Vec<Vec<f32>> {
        self.on_cpu(|kernel, inputs, outputs| kernel.reference(inputs, outputs))
    }

    fn on(&self, backend: &mut Backend) -> Vec<Vec<f32>> {
        backend.clear();
        let tensors: Vec<_> = self.tensors.iter().map(|values| backend.tensor(values)).collect();
        let inputs = self.kernel.spec().inputs.len();
        backend.run(self.kernel.as_ref(), &tensors[..inputs], &tensors[inputs..]);
        pollster::block_on(backend.read(&tensors[inputs..])).expect("the device works")
    }
}

/// Largest difference allowed, of the largest value of a tensor: f32 sums of up to 1200 products of numbers below 1, in
/// another order; 4e-7 at most is seen. A wrong index is off by more than 1e-2.
const TOLERANCE: f32 = 2e-6;

/// The first place where two tensors differ by more than rounding; NaN differs from everything.
fn difference(found: &[f32], expected: &[f32]) -> Option<usize> {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let far = |(found, expected): (&f32, &f32)| {
        let close = (found - expected).abs() <= TOLERANCE * largest;
        !close
    };
    found.iter().zip(expected).position(far)
}

#[track_caller]
fn check(backend: &mut Backend) {
    for case in cases() {
        let name = case.kernel.spec().name;
        let (found, expected) = (case.on(backend), case.reference());
        for ((found, expected), output) in found.iter().zip(&expected).zip(case.kernel.spec().outputs) {
            if let Some(at) = difference(found, expected) {
                panic!(
                    "{name} {:?}: `{output}` {at} is {} instead of {}",
                    case.kernel.words(),
                    found[at],
                    expected[at]
                );
            }
        }
    }
}

#[test]
fn the_cpu_engine_computes_what_the_references_define() {
    check(&mut Backend::default());
}

#[test]
fn the_shaders_compute_what_the_references_define() {
    let Some(mut gpu) = gpu() else { return };
    check(&mut gpu);
}

#[test]
fn the_comparison_sees_a_wrong_number_and_a_nan() {
    let right = [1.0, -2.0, 300.0];
    assert_eq!(difference(&[1.0, -2.0, 300.0002], &right), None);
    assert_eq!(difference(&[1.0, -2.001, 300.0], &right), Some(1));
    assert_eq!(difference(&[f32::NAN, -2.0, 300.0], &right), Some(0));
    assert_eq!(difference(&[1.0, -2.0, f32::INFINITY], &right), Some(2));
}

/// What is not finite in the reference is not finite anywhere: poison must not turn into plausible numbers.
#[track_caller]
fn check_poisoned(backend: &mut Backend) {
    for mut case in cases() {
        let inputs = case.kernel.spec().inputs.len();
        // Of numbers of columns there are no poisoned ones.
        let poisoned = if case.kernel.spec().name == "gather" { 1 } else { inputs };
        for tensor in 0..poisoned {
            for poison in [f32::NAN, f32::INFINITY] {
                let middle = case.tensors[tensor].len() / 2;
                let healthy = std::mem::replace(&mut case.tensors[tensor][middle], poison);
                for (found, expected) in case.on(backend).iter().zip(case.reference()) {
                    let hidden = found.iter().zip(&expected).position(|(f, e)| f.is_finite() && !e.is_finite());
                    assert_eq!(hidden, None, "{} {:?}: {poison}", case.kernel.spec().name, case.kernel.words());
                }
                case.tensors[tensor][middle] = healthy;
            }
        }
    }
}

#[test]
fn poison_in_a_net_shows_on_the_cpu() {
    check_poisoned(&mut Backend::default());
}

#[test]
fn poison_in_a_net_shows_on_the_gpu() {
    let Some(mut gpu) = gpu() else { return };
    check_poisoned(&mut gpu);
}

/// Losses of every kind at the outputs of a case.
fn mean_loss(case: &Case, loss: &Loss) -> f64 {
    let scores = case.reference().remove(1);
    let scores = scores.chunks(2).skip(loss.first as usize).take(loss.samples as usize);
    scores.map(|score| f64::from(loss.share) * f64::from(score[0])).sum()
}

#[test]
fn gradients_of_all_losses_are_their_finite_differences() {
    for measure in 0..5 {
        // A single sample: the mean over many would drown one output's share in rounding.
        let loss = Loss { classes: 5, samples: 1, first: 0, total: 1, measure, share: 1.0 };
        let mut case = case(loss, 40 + measure);
        let gradient = case.reference().remove(0);
        for (at, expected) in gradient.iter().enumerate() {
            let mut shifted = |by: f32| {
                let old = case.tensors[0][at];
                case.tensors[0][at] = old + by;
                let (x, loss) = (f64::from(case.tensors[0][at]), mean_loss(&case, &loss));
                case.tensors[0][at] = old;
                (x, loss)
            };
            let ((low_x, low), (high_x, high)) = (shifted(-0.01), shifted(0.01));
            let slope = (high - low) / (high_x - low_x);
            // f32 losses of size 1 over steps of 0.02 leave 6e-6; the third derivative adds 1e-4 at most.
            let off = (slope - f64::from(*expected)).abs();
            assert!(off <= 2e-4, "measure {measure}, output {at}: {expected} but {slope} by differences");
        }
    }
}
