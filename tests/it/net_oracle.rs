//! Small nets of many shapes against a plain one in double precision: outputs, gradients and kernels by finite differences.

use entroscope::backend::Backend;
use entroscope::kernels::Measure;
use entroscope::labs::ntk::architecture::{Architecture, Layer};
use entroscope::labs::ntk::empirical::EmpiricalNtk;
use entroscope::labs::ntk::net::{Examples, Net, Order, Scratch};
use entroscope::labs::ntk::weights::Weights;
use entroscope::rng::NumpyRng;

use crate::golden::close;
use crate::net::read;
use crate::support::gpu;

const CLASSES: u32 = 3;
const IMAGES: usize = 5;

/// Means that drop a row, convolutions without means, several dense layers, none, and a convolution of a single place.
fn architectures() -> Vec<Architecture> {
    let conv = |channels, pool| Layer::Conv { channels, pool };
    let dense = |units| Layer::Dense { units };
    let nets = [
        (11, vec![conv(3, true), conv(4, false), dense(5)]),
        (13, vec![conv(2, true), conv(3, true), dense(4)]),
        (11, vec![conv(2, false), conv(3, true), conv(2, false)]),
        (8, vec![conv(2, false), conv(2, false), conv(2, true), dense(3), dense(4)]),
        (4, vec![dense(6), dense(17)]),
        (5, vec![]),
    ];
    nets.into_iter().map(|(side, hidden)| Architecture::new(side, hidden, CLASSES).expect("a net that fits")).collect()
}

/// The outputs for one image: every layer as the definition has it, odd rows and all.
fn plain(net: &Architecture, weights: &[Vec<f64>], image: &[f32]) -> Vec<f64> {
    let mut values: Vec<f64> = image.iter().map(|pixel| f64::from(*pixel)).collect();
    let (mut side, mut channels) = (net.side() as usize, 1);
    let last = Layer::Dense { units: net.classes() };
    for (at, (layer, weights)) in net.hidden().iter().chain([&last]).zip(weights).enumerate() {
        let (units, field, pool) = match *layer {
            Layer::Conv { channels, pool } => (channels as usize, 3, pool),
            Layer::Dense { units } => (units as usize, side, false),
        };
        let out_side = side + 1 - field;
        let fan_in = field * field * channels;
        let sum = |unit: usize, y: usize, x: usize| {
            let term = |k: usize| {
                let (row, column, c) = (k / channels / field, k / channels % field, k % channels);
                weights[unit + units * k] * values[((y + row) * side + x + column) * channels + c]
            };
            (0..fan_in).map(term).sum::<f64>() / (fan_in as f64).sqrt()
        };
        let places = (0..out_side * out_side).map(|place| (place / out_side, place % out_side));
        let sums: Vec<f64> = places
            .flat_map(|(y, x)| (0..units).map(move |unit| (unit, y, x)))
            .map(|(unit, y, x)| sum(unit, y, x))
            .collect();
        if at == net.hidden().len() {
            return sums;
        }
        let relu: Vec<f64> = sums.into_iter().map(|z| z.max(0.0)).collect();
        let pooled = if pool { out_side / 2 } else { out_side };
        values = match pool {
            false => relu,
            true => (0..pooled * pooled * units)
                .map(|i| {
                    let (y, x, unit) = (i / units / pooled, i / units % pooled, i % units);
                    let pixel = |down, right| relu[((2 * y + down) * out_side + 2 * x + right) * units + unit];
                    (pixel(0, 0) + pixel(0, 1) + pixel(1, 0) + pixel(1, 1)) / 4.0
                })
                .collect(),
        };
        (side, channels) = (pooled, units);
    }
    unreachable!("the last layer returns")
}

/// A net on random images.
struct Trial {
    net: Architecture,
    weights: Weights,
    images: Vec<f32>,
}

impl Trial {
    fn new(net: Architecture) -> Self {
        let pixels = (net.side() * net.side()) as usize * IMAGES;
        let images = NumpyRng::new(3).uniform(-1.0, 1.0, pixels).into_iter().map(|pixel| pixel as f32).collect();
        Self { weights: Weights::numpy(&net, 4), net, images }
    }

    fn exact(&self) -> Vec<Vec<f64>> {
        self.weights.0.iter().map(|layer| layer.iter().map(|weight| f64::from(*weight)).collect()).collect()
    }

    /// Outputs of every image.
    fn outputs(&self, weights: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let pixels = (self.net.side() * self.net.side()) as usize;
        self.images.chunks(pixels).map(|image| plain(&self.net, weights, image)).collect()
    }

    /// ∂f_c(x_i)/∂w by differences: for each layer, for each weight, all (image, output) in turn.
    fn jacobian(&self) -> Vec<Vec<Vec<f64>>> {
        // In double precision: a kink within 1e-6 of these weights is unlikely, and would be seen as a failure.
        const STEP: f64 = 1e-6;
        let mut weights = self.exact();
        let mut slope = |layer: usize, at: usize| {
            let mut moved = |by: f64| {
                let old = weights[layer][at];
                weights[layer][at] = old + by;
                let outputs = self.outputs(&weights).concat();
                weights[layer][at] = old;
                outputs
            };
            let (low, high) = (moved(-STEP), moved(STEP));
            high.iter().zip(&low).map(|(high, low)| (high - low) / (2.0 * STEP)).collect()
        };
        let layers = self.weights.0.iter().enumerate();
        layers.map(|(layer, weights)| (0..weights.len()).map(|at| slope(layer, at)).collect()).collect()
    }

    fn set_up(&self, backend: &mut Backend) -> (Net, Scratch, Examples, Order) {
        let labels: Vec<u8> = (0..IMAGES).map(|image| (image % CLASSES as usize) as u8).collect();
        let examples = Examples::labelled(backend, &self.images, &labels, CLASSES);
        let order = Order::new(backend, &[0, 1, 2, 3, 4]);
        let scratch = Scratch::new(backend, &self.net, 7);
        (Net::new(backend, &self.weights), scratch, examples, order)
    }
}

/// Share of the largest value by which f32 may be off: 1e-6 at most is seen.
const TOLERANCE: f64 = 5e-6;

#[track_caller]
fn check_all(what: &str, found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    assert!(largest > 0.0, "{what}: a net whose units are all silent tests nothing");
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        close(&format!("{what} {at}"), f64::from(*found), *expected, TOLERANCE * largest);
    }
}

#[track_caller]
fn check_nets(backend: &mut Backend) {
    for net in architectures() {
        let (words, trial) = (net.words(), Trial::new(net));
        let (jacobian, expected) = (trial.jacobian(), trial.outputs(&trial.exact()));

        let (mut net, scratch, examples, order) = trial.set_up(backend);
        let outputs = backend.zeros(IMAGES * CLASSES as usize);
        net.outputs(backend, &scratch, &examples, &order, 0..2, outputs);
        net.outputs(backend, &scratch, &examples, &order, 2..IMAGES, outputs);
        check_all(&format!("{words}: output"), &read(backend, outputs), &expected.concat());

        // The mean cross entropy's slope at the outputs, times theirs.
        let scores = order.scores(backend);
        net.train(backend, &scratch, &examples, &order, 0..IMAGES, (Measure::CrossEntropy, scores));
        let slopes: Vec<f64> = expected
            .iter()
            .enumerate()
            .flat_map(|(image, outputs)| {
                let total: f64 = outputs.iter().map(|output| output.exp()).sum();
                let label = image % CLASSES as usize;
                let slope = move |(class, output): (usize, &f64)| {
                    (output.exp() / total - if class == label { 1.0 } else { 0.0 }) / IMAGES as f64
                };
                outputs.iter().enumerate().map(slope).collect::<Vec<_>>()
            })
            .collect();
        for (layer, jacobian) in jacobian.iter().enumerate() {
            let along = |row: &Vec<f64>| row.iter().zip(&slopes).map(|(a, b)| a * b).sum();
            let expected: Vec<f64> = jacobian.iter().map(along).collect();
            let found = read(backend, scratch.gradients()[layer]);
            check_all(&format!("{words}: gradient of layer {layer}"), &found, &expected);
        }
        backend.clear();
    }
}

/// Θ of some outputs, from the Jacobian.
fn theta(jacobian: &[Vec<Vec<f64>>], outputs: std::ops::Range<usize>) -> Vec<f64> {
    let product = |i: usize, j: usize| -> f64 {
        let of = |row: &Vec<f64>| -> f64 {
            let pair = |c: usize| row[i * CLASSES as usize + c] * row[j * CLASSES as usize + c];
            outputs.clone().map(pair).sum()
        };
        jacobian.iter().flatten().map(of).sum::<f64>() / outputs.len() as f64
    };
    (0..IMAGES * IMAGES).map(|at| product(at % IMAGES, at / IMAGES)).collect()
}

#[track_caller]
fn check_kernels(backend: &mut Backend) {
    for net in architectures() {
        let (words, trial) = (net.words(), Trial::new(net));
        let jacobian = trial.jacobian();
        let (net, _, examples, order) = trial.set_up(backend);
        // All at once; two outputs at a time; single outputs, some units at a time, an image and a row a step.
        for (largest, step) in [(1_000_000, 1e9), (2 * 54 * IMAGES, 2e4), (60, 1.0)] {
            let mut ntk = EmpiricalNtk::bounded(backend, &trial.net, IMAGES as u32, largest, step);
            for class in [None, Some(2), Some(0)] {
                ntk.begin(backend, class, IMAGES);
                assert_eq!(ntk.share(), 0.0);
                let mut share = 0.0;
                while !ntk.step(backend, &net, &examples, &order) {
                    assert!(ntk.share() > share && ntk.share() < 1.0, "{words}: the share grows to 1");
                    share = ntk.share();
                }
                assert_eq!(ntk.share(), 1.0);
                let outputs = class.map_or(0..CLASSES as usize, |class| class as usize..class as usize + 1);
                let found = read(backend, ntk.kernel());
                check_all(&format!("{words}: kernel of {class:?}, {largest}"), &found, &theta(&jacobian, outputs));
            }
        }
        backend.clear();
    }
}

#[test]
fn nets_of_many_shapes_are_the_plain_net() {
    check_nets(&mut Backend::default());
}

#[test]
fn nets_of_many_shapes_are_the_plain_net_on_the_gpu() {
    let Some(mut gpu) = gpu() else { return };
    check_nets(&mut gpu);
}

#[test]
fn kernels_of_many_shapes_are_products_of_jacobians() {
    check_kernels(&mut Backend::default());
}

#[test]
fn kernels_of_many_shapes_are_products_of_jacobians_on_the_gpu() {
    let Some(mut gpu) = gpu() else { return };
    check_kernels(&mut gpu);
}

#[test]
fn a_net_that_does_not_fit_says_where() {
    let conv = Layer::Conv { channels: 2, pool: true };
    let dense = Layer::Dense { units: 3 };
    let why = |side, hidden| Architecture::new(side, hidden, 10).expect_err("a net that does not fit");
    assert_eq!(why(9, vec![conv, conv]), "layer 2 needs images of 4 pixels and gets 3");
    assert_eq!(why(28, vec![dense, conv]), "layer 2 is a convolution after a dense layer");
    assert_eq!(why(28, vec![Layer::Dense { units: 0 }]), "layer 1 is empty");
    assert_eq!(why(0, vec![]), "a net needs pixels and classes");
}

#[test]
fn the_originals_net_has_its_sizes() {
    let net = Architecture::original();
    assert_eq!(net.weight_lengths(), [288, 18_432, 409_600, 2_560]);
    assert_eq!(net.parameters(), 430_880);
    assert_eq!(net.words(), "conv 32 · conv 64 · dense 256 · 10");
    assert_eq!(net.widened(0.5).words(), "conv 16 · conv 32 · dense 128 · 10");
    assert_eq!(net.widened(0.001).words(), "conv 1 · conv 1 · dense 1 · 10");
    // 24·24·32·9 + 10·10·64·288 + 1600·256 + 256·10: without the rows that the means drop.
    assert_eq!(net.forward_work(), 2_421_248.0);
}
