//! Every kernel: the CPU's faster twin and the shader against the reference, on random and on poisoned inputs.

use entroscope::backend::{Backend, EngineChoice};
use entroscope::kernels::{Kernel, QUANTITIES, SkaGram, SkaLayer, SkaOrigin, SkaStill, SkaWeights};
use entroscope::rng::NumpyRng;

use crate::support::gpu;

/// The tensors of one pass: its inputs, then its outputs as they are before it.
pub struct Case<K> {
    pub kernel: K,
    pub tensors: Vec<Vec<f32>>,
}

/// Random tensors for a kernel, each between its own bounds.
fn drawn<K: Kernel>(kernel: K, bounds: &[(f64, f64)], seed: u32) -> Case<K> {
    let mut rng = NumpyRng::new(seed);
    let draw = |(n, (low, high)): (usize, &(f64, f64))| -> Vec<f32> {
        rng.uniform(*low, *high, n).into_iter().map(|x| x as f32).collect()
    };
    let tensors = kernel.lengths().into_iter().zip(bounds).map(draw).collect();
    Case { kernel, tensors }
}

/// Half of a tensor's values are dark, as of an image.
fn darken(pixels: &mut [f32]) {
    pixels.iter_mut().for_each(|pixel| *pixel = pixel.max(0.0));
}

/// A layer of some shape.
pub fn case(layer: SkaLayer, seed: u32) -> Case<SkaLayer> {
    let bounds = [(-1.0, 1.0), (-0.3, 0.3), (-0.5, 0.5), (-2.0, 2.0), (0.0, 1.0), (0.0, 1.0)];
    let mut case = drawn(layer, &bounds, seed);
    darken(&mut case.tensors[0]);
    case.tensors[5].fill(f32::NAN);
    case
}

pub fn layer(units: u32, below: u32, samples: u32, slots: (u32, u32), first_step: u32, steps: u32) -> SkaLayer {
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

/// Shapes that cross every boundary: blocks of 16 neurons, pairs and quads of inputs and samples, tiles of 128 samples,
/// rings that wrap, the first step, one neuron, one sample.
pub fn layers() -> Vec<Case<SkaLayer>> {
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

/// A layer in the space of its samples; M is the size of a Gram matrix of images, S of a few steps' gradients.
pub fn still(units: u32, samples: u32, slots: u32, first_step: u32, steps: u32) -> SkaStill {
    let (of_knowledge, of_shift, of_product, net_of_knowledge) = (1.4, 1.2, 0.3, -1.4);
    let rate = 0.001;
    SkaStill { units, samples, slots, first_step, steps, rate, of_knowledge, of_shift, of_product, net_of_knowledge }
}

/// One sample and one neuron, whole and broken blocks and panels, a step 0, a ring that wraps.
pub fn stills() -> Vec<Case<SkaStill>> {
    let shapes = [
        still(1, 1, 2, 0, 1),
        still(17, 65, 4, 3, 3),
        still(16, 33, 6, 0, 5),
        still(10, 130, 3, 2, 2),
        still(3, 7, 5, 9, 4),
    ];
    (10..).zip(shapes).map(|(seed, still)| still_case(still, seed)).collect()
}

/// A layer of some shape in the space of its samples.
pub fn still_case(still: SkaStill, seed: u32) -> Case<SkaStill> {
    let bounds = [(0.0, 9.0), (-1.0, 1.0), (90.0, 99.0), (-1.0, 1.0), (-2.0, 2.0), (0.0, 1.0), (f64::NAN, f64::NAN)];
    let mut case = drawn(still, &bounds, seed);
    let (gram, n) = (&mut case.tensors[0], case.kernel.samples as usize);
    (0..n * n).filter(|at| at % n < at / n).for_each(|at| gram[at] = gram[at / n + n * (at % n)]);
    case
}

impl<K: Kernel> Case<K> {
    fn inputs(&self) -> usize {
        self.kernel.spec().inputs.len()
    }

    pub fn on_cpu(&self, run: impl Fn(&K, &[&[f32]], &mut [&mut [f32]])) -> Vec<Vec<f32>> {
        let mut tensors = self.tensors.clone();
        let (inputs, outputs) = tensors.split_at_mut(self.inputs());
        let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
        let mut outputs: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
        run(&self.kernel, &inputs, &mut outputs);
        tensors.split_off(self.inputs())
    }

    fn on(&self, backend: &mut Backend) -> Vec<Vec<f32>> {
        backend.clear();
        let tensors: Vec<_> = self.tensors.iter().map(|values| backend.tensor(values)).collect();
        let (inputs, outputs) = tensors.split_at(self.inputs());
        backend.run(&self.kernel, inputs, outputs);
        pollster::block_on(backend.read(outputs)).expect("the device works")
    }

    /// A backend against the reference. Every value counts, also one that the pass must leave alone.
    #[track_caller]
    fn check(&self, backend: &mut Backend) {
        let expected = self.on_cpu(|kernel, inputs, outputs| kernel.reference(inputs, outputs)).concat();
        if let Some((at, found, expected)) = difference(&self.on(backend).concat(), &expected) {
            panic!(
                "{} {:?}: value {at} is {found} instead of {expected}",
                self.kernel.spec().name,
                self.kernel.words()
            );
        }
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

/// Every kernel on a backend.
fn check_all(backend: &mut Backend) {
    layers().iter().for_each(|case| case.check(backend));
    stills().iter().for_each(|case| case.check(backend));
    let one = (-1.0, 1.0);
    for (seed, (units, below, samples)) in (20..).zip([(1, 1, 1), (17, 33, 65), (16, 784, 20), (5, 70, 35)]) {
        let mut gram = drawn(SkaGram { below, samples }, &[one; 2], seed);
        let mut origin = drawn(SkaOrigin { units, below, samples }, &[one; 3], seed);
        let weights = drawn(SkaWeights { units, below, samples, rate: 0.01 }, &[one; 5], seed);
        darken(&mut gram.tensors[0]);
        darken(&mut origin.tensors[1]);
        gram.check(backend);
        origin.check(backend);
        weights.check(backend);
    }
}

#[test]
fn the_cpu_engine_computes_what_the_reference_defines() {
    check_all(&mut Backend::default());
}

#[test]
fn the_shader_computes_what_the_reference_defines() {
    let Some(mut gpu) = gpu() else { return };
    check_all(&mut gpu);
    for lanes in [1, 2, 8] {
        set_lanes(&mut gpu, lanes);
        check_all(&mut gpu);
    }
}

fn set_lanes(backend: &mut Backend, lanes: u32) {
    let Backend::Gpu(gpu) = backend else { panic!("a GPU") };
    gpu.set_lanes(lanes);
}

/// The first layer in the space of its samples against the same layer by its weights, from step 0 on: norms, decisions,
/// every sum, and the weights that it has come to. They differ by rounding in other places, hence the reference's tolerance.
#[test]
fn a_still_layer_is_the_same_followed_by_its_weights_or_by_its_samples() {
    for (units, samples, lag) in [(5, 1, 1), (20, 30, 1), (33, 100, 0)] {
        let (below, steps) = (70, 12);
        let rate = 0.02 / samples as f32;
        let mut plain = case(SkaLayer { lag, rate, ..layer(units, below, samples, (1, steps + 1), 0, steps) }, 5);
        // As a run begins: biases, knowledge and decisions are 0.
        plain.tensors[2..5].iter_mut().for_each(|tensor| tensor.fill(0.0));
        let by_weights = plain.on_cpu(|layer, inputs, outputs| layer.compute(inputs, outputs));

        let mut backend = Backend::default();
        let [images, first_weights] = [0, 1].map(|at| backend.tensor(&plain.tensors[at]));
        let squares: Vec<f32> = (0..units as usize)
            .map(|unit| plain.tensors[1][unit..].iter().step_by(units as usize).map(|w| w * w).sum())
            .collect();
        let squares = backend.tensor(&squares);
        let plane = (units * samples) as usize;
        let [gram, origin, gradients, knowledge] =
            [(samples * samples) as usize, plane, plane, plane].map(|len| backend.zeros(len));
        let decisions = backend.zeros(plane * (steps + 1) as usize);
        let sums = backend.zeros(QUANTITIES * (units * steps) as usize);
        let [weights, biases] = [units * below, units].map(|len| backend.zeros(len as usize));
        backend.run(&SkaGram { below, samples }, &[images], &[gram]);
        backend.run(&SkaOrigin { units, below, samples }, &[first_weights, images], &[origin]);
        let pass = SkaStill { rate, ..still(units, samples, steps + 1, 0, steps) };
        backend.run(&pass, &[gram, origin, squares], &[gradients, knowledge, decisions, sums]);
        let recovery = SkaWeights { units, below, samples, rate };
        backend.run(&recovery, &[images, first_weights, gradients], &[weights, biases]);
        let found = pollster::block_on(backend.read(&[weights, biases, knowledge, decisions, sums])).expect("the CPU");
        assert_eq!(difference(&found.concat(), &by_weights.concat()), None, "{units} neurons, {samples} images");
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
    for case in layers().iter().skip(1) {
        let expected = case.on_cpu(|layer, inputs, outputs| layer.reference(inputs, outputs)).concat();
        let right = case.kernel;
        let wrong = [
            SkaLayer { of_shift: right.of_shift * 1.01, ..right },
            SkaLayer { net_of_knowledge: -right.net_of_knowledge, ..right },
            SkaLayer { first_step: right.first_step + 1, ..right },
        ];
        for layer in wrong {
            let found = case.on_cpu(|_, inputs, outputs| layer.compute(inputs, outputs)).concat();
            assert!(difference(&found, &expected).is_some(), "{layer:?} went unnoticed");
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
    for lanes in [1, 8] {
        set_lanes(&mut gpu, lanes);
        check_poisoned(&mut gpu, "gpu");
    }
}

#[test]
fn neurons_do_not_depend_on_their_neighbours() {
    // The rule is local: a layer's first neurons are the same whether the layer is wider or not.
    let wide = case(layer(20, 40, 30, (1, 4), 1, 3), 3);
    let narrow_layer = SkaLayer { units: 5, ..wide.kernel };
    let rows = |values: &[f32], columns: usize| -> Vec<f32> {
        (0..columns).flat_map(|column| values[column * 20..][..5].to_vec()).collect()
    };
    let narrow = Case {
        kernel: narrow_layer,
        tensors: vec![
            wide.tensors[0].clone(),
            rows(&wide.tensors[1], 40),
            wide.tensors[2][..5].to_vec(),
            rows(&wide.tensors[3], 30),
            rows(&wide.tensors[4], 30 * 4),
            vec![f32::NAN; QUANTITIES * 5 * 3],
        ],
    };
    let run = |case: &Case<SkaLayer>| case.on_cpu(|layer, inputs, outputs| layer.compute(inputs, outputs));
    assert_eq!(rows(&run(&wide)[0], 40), run(&narrow)[0]);
}

#[test]
fn a_backend_refuses_tensors_of_the_wrong_length() {
    let result = std::panic::catch_unwind(|| {
        let mut backend = Backend::default();
        let case = case(layer(2, 3, 4, (1, 2), 0, 1), 0);
        let short = backend.zeros(3);
        let rest: Vec<_> = case.tensors[1..].iter().map(|values| backend.tensor(values)).collect();
        backend.run(&case.kernel, &[short], &rest);
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
