//! Every kernel: the CPU's faster twin and the shader against the reference, on random and on poisoned inputs.

use entroscope::backend::{Backend, EngineChoice};
use entroscope::kernels::{Kernel, QUANTITIES, SkaLayer};
use entroscope::rng::NumpyRng;

use crate::support::gpu;

/// The tensors of one pass: its inputs, then its outputs as they are before it.
struct Case {
    layer: SkaLayer,
    tensors: Vec<Vec<f32>>,
}

/// Random tensors of a layer of some shape; the input has dark pixels, as images do.
fn case(layer: SkaLayer, seed: u32) -> Case {
    let mut rng = NumpyRng::new(seed);
    let mut draw = |n: usize, low: f64, high: f64| -> Vec<f32> {
        rng.uniform(low, high, n).into_iter().map(|x| x as f32).collect()
    };
    let lengths = layer.lengths();
    let mut below = draw(lengths[0], -1.0, 1.0);
    below.iter_mut().for_each(|pixel| *pixel = pixel.max(0.0));
    let tensors = vec![
        below,
        draw(lengths[1], -0.3, 0.3),
        draw(lengths[2], -0.5, 0.5),
        draw(lengths[3], -2.0, 2.0),
        draw(lengths[4], 0.0, 1.0),
        vec![f32::NAN; lengths[5]],
    ];
    Case { layer, tensors }
}

fn layer(units: u32, below: u32, samples: u32, slots: (u32, u32), first_step: u32, steps: u32) -> SkaLayer {
    SkaLayer {
        units,
        below,
        samples,
        below_slots: slots.0,
        slots: slots.1,
        first_step,
        steps,
        lag: 1,
        rate: 0.001,
        of_knowledge: 1.4,
        of_shift: 1.2,
        of_product: 0.3,
        net_of_knowledge: -1.4,
    }
}

/// Shapes that cross every boundary: blocks of 16 neurons, pairs and quads of inputs and samples, 64 invocations,
/// rings that wrap, the first step, one neuron, one sample.
fn cases() -> Vec<Case> {
    let shapes = [
        layer(1, 1, 1, (1, 2), 0, 1),
        layer(16, 784, 100, (1, 6), 0, 5),
        layer(17, 33, 65, (1, 4), 3, 3),
        layer(10, 64, 7, (5, 5), 9, 4),
        layer(3, 130, 129, (4, 7), 2, 3),
        SkaLayer { lag: 0, ..layer(31, 5, 33, (3, 3), 4, 2) },
    ];
    (0..).zip(shapes).map(|(seed, layer)| case(layer, seed)).collect()
}

impl Case {
    fn on_cpu(&self, run: impl Fn(&SkaLayer, &[&[f32]], &mut [&mut [f32]])) -> Vec<Vec<f32>> {
        let mut tensors = self.tensors.clone();
        let (inputs, outputs) = tensors.split_at_mut(1);
        let mut outputs: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
        run(&self.layer, &[&inputs[0]], &mut outputs);
        tensors.split_off(1)
    }

    fn on(&self, backend: &mut Backend) -> Vec<Vec<f32>> {
        backend.clear();
        let tensors: Vec<_> = self.tensors.iter().map(|values| backend.tensor(values)).collect();
        backend.run(&self.layer, &tensors[..1], &tensors[1..]);
        pollster::block_on(backend.read(&tensors[1..])).expect("the device works")
    }

    /// Values that the pass must leave alone or write: all but the sums of steps that are not in the chunk.
    fn written(&self, outputs: &[Vec<f32>]) -> Vec<f32> {
        let sums = QUANTITIES * (self.layer.units * self.layer.steps) as usize;
        let mut all: Vec<f32> = outputs[..4].concat();
        all.extend(&outputs[4][..sums]);
        all
    }
}

/// Largest difference allowed, relative to a number's size (and to 1 for small ones): sums of up to 784 products in
/// f32, taken in another order, over five steps that feed on each other. A wrong index or constant is off by 1e-2.
const TOLERANCE: f32 = 2e-5;

/// The first place where two results differ by more than rounding; NaN differs from everything but NaN.
fn difference(found: &[f32], expected: &[f32]) -> Option<(usize, f32, f32)> {
    let far = |(a, b): (f32, f32)| {
        let close = (a - b).abs() <= TOLERANCE * b.abs().max(1.0);
        !(close || (a.is_nan() && b.is_nan()))
    };
    let pairs = || found.iter().copied().zip(expected.iter().copied());
    assert_eq!(found.len(), expected.len());
    pairs().position(far).map(|at| (at, found[at], expected[at]))
}

#[track_caller]
fn check(case: &Case, found: &[Vec<f32>], expected: &[Vec<f32>]) {
    if let Some((at, found, expected)) = difference(&case.written(found), &case.written(expected)) {
        panic!("{:?}: value {at} is {found} instead of {expected}", case.layer);
    }
}

#[test]
fn the_cpu_engine_computes_what_the_reference_defines() {
    for case in cases() {
        let expected = case.on_cpu(|layer, inputs, outputs| layer.reference(inputs, outputs));
        check(&case, &case.on(&mut Backend::default()), &expected);
    }
}

#[test]
fn the_shader_computes_what_the_reference_defines() {
    let Some(mut gpu) = gpu() else { return };
    for case in cases() {
        let expected = case.on_cpu(|layer, inputs, outputs| layer.reference(inputs, outputs));
        check(&case, &case.on(&mut gpu), &expected);
    }
}

#[test]
fn the_comparison_sees_a_wrong_number_and_a_nan() {
    let right = [1.0, 2.0, 300.0];
    assert_eq!(difference(&[1.0, 2.0, 300.001], &right), None);
    assert_eq!(difference(&[1.0, 2.0001, 300.0], &right), Some((1, 2.0001, 2.0)));
    assert!(difference(&[1.0, f32::NAN, 300.0], &right).is_some());
    assert!(difference(&right, &[1.0, f32::NAN, 300.0]).is_some());
    assert!(difference(&[f32::INFINITY, 2.0, 300.0], &right).is_some());
}

#[test]
fn a_wrong_constant_a_wrong_lag_and_a_wrong_step_are_seen() {
    for case in cases().iter().skip(1) {
        let expected = case.on_cpu(|layer, inputs, outputs| layer.reference(inputs, outputs));
        let wrong = [
            SkaLayer { of_shift: case.layer.of_shift * 1.01, ..case.layer },
            SkaLayer { net_of_knowledge: -case.layer.net_of_knowledge, ..case.layer },
            SkaLayer { first_step: case.layer.first_step + 1, ..case.layer },
        ];
        for layer in wrong {
            let found = case.on_cpu(|_, inputs, outputs| layer.compute(inputs, outputs));
            assert!(difference(&case.written(&found), &case.written(&expected)).is_some(), "{layer:?} went unnoticed");
        }
    }
}

/// Poison must not turn into plausible numbers: what is not finite in the reference is not finite anywhere.
#[track_caller]
fn check_poisoned(backend: &mut Backend, what: &str) {
    for poison in [f32::NAN, f32::INFINITY, -f32::INFINITY, 1e38, 1e-42] {
        for tensor in [0, 1, 2] {
            let mut case = case(layer(17, 70, 66, (1, 3), 1, 2), 7);
            let middle = case.tensors[tensor].len() / 2;
            case.tensors[tensor][middle] = poison;
            let expected = case.on_cpu(|layer, inputs, outputs| layer.reference(inputs, outputs));
            let found = case.on(backend);
            // Per neuron: Σ Z² says whether its knowledge is finite.
            let knowledge = |outputs: &[Vec<f32>]| -> Vec<bool> {
                outputs[4].chunks(QUANTITIES).map(|sums| sums[1].is_finite()).collect()
            };
            assert_eq!(knowledge(&found), knowledge(&expected), "{what}: {poison} in tensor {tensor}");
        }
    }
}

#[test]
fn poison_in_the_inputs_shows_on_the_cpu() {
    check_poisoned(&mut Backend::default(), "cpu");
}

#[test]
fn poison_in_the_inputs_shows_on_the_gpu() {
    let Some(mut gpu) = gpu() else { return };
    check_poisoned(&mut gpu, "gpu");
}

#[test]
fn neurons_do_not_depend_on_their_neighbours() {
    // The rule is local: a layer's first neurons are the same whether the layer is wider or not.
    let wide = case(layer(20, 40, 30, (1, 4), 1, 3), 3);
    let narrow_layer = SkaLayer { units: 5, ..wide.layer };
    let rows = |values: &[f32], columns: usize| -> Vec<f32> {
        (0..columns).flat_map(|column| values[column * 20..][..5].to_vec()).collect()
    };
    let narrow = Case {
        layer: narrow_layer,
        tensors: vec![
            wide.tensors[0].clone(),
            rows(&wide.tensors[1], 40),
            wide.tensors[2][..5].to_vec(),
            rows(&wide.tensors[3], 30),
            rows(&wide.tensors[4], 30 * 4),
            vec![f32::NAN; QUANTITIES * 5 * 3],
        ],
    };
    let run = |case: &Case| case.on_cpu(|layer, inputs, outputs| layer.compute(inputs, outputs));
    assert_eq!(rows(&run(&wide)[0], 40), run(&narrow)[0]);
}

#[test]
fn a_backend_refuses_tensors_of_the_wrong_length() {
    let result = std::panic::catch_unwind(|| {
        let mut backend = Backend::default();
        let case = case(layer(2, 3, 4, (1, 2), 0, 1), 0);
        let short = backend.zeros(3);
        let rest: Vec<_> = case.tensors[1..].iter().map(|values| backend.tensor(values)).collect();
        backend.run(&case.layer, &[short], &rest);
    });
    let message = *result.expect_err("a short input").downcast::<String>().expect("a message");
    assert_eq!(message, "ska_layer: `below` holds 3 values, not 12");
}

#[test]
fn the_gpu_that_is_asked_for_is_used() {
    let Some(gpu) = gpu() else { return };
    assert_eq!(gpu.name(), "gpu");
    let (cpu, report) = pollster::block_on(Backend::open(EngineChoice::Cpu));
    assert_eq!((cpu.name(), report.adapter.as_str()), ("cpu", ""));
}
