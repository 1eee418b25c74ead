//! The convolutional net of original 004 against golden figures: activations, gradients, Adam, training.

use entroscope::backend::{Backend, Tensor};
use entroscope::kernels::{Affine, Measure, ReluPool};
use entroscope::labs::ntk::architecture::Architecture;
use entroscope::labs::ntk::empirical::EmpiricalNtk;
use entroscope::labs::ntk::net::{Examples, Net, Order, Scratch};
use entroscope::labs::ntk::weights::Weights;
use serde_json::Value;

use crate::golden::{close, fixture, numbers};
use crate::support::{data, gpu};

/// Images `range` of the interleaved order, with their labels.
pub fn images(range: std::ops::Range<usize>) -> (Vec<f32>, Vec<u8>) {
    let data = data();
    // Rounds take one image of each digit; before image 8630 no digit has run out.
    let taken = range.map(|i| (i % 10, data.image(i % 10, i / 10).expect("a bundled image")));
    let (labels, images): (Vec<u8>, Vec<&[u8]>) = taken.map(|(digit, image)| (digit as u8, image)).unzip();
    (entroscope::data::columns(&images), labels)
}

pub fn read(backend: &mut Backend, tensor: Tensor) -> Vec<f32> {
    pollster::block_on(backend.read(&[tensor])).expect("the device works").remove(0)
}

/// The first weights of a golden case.
fn weights(case: &Value) -> Weights {
    let seed = case["init"][1].as_u64().expect("a seed") as u32;
    match case["init"][0].as_str() {
        Some("rs") => Weights::numpy(&Architecture::original(), seed),
        Some("jax") => Weights::jax(&Architecture::original(), seed),
        other => panic!("{other:?} is no stream"),
    }
}

/// Compares with a checksum; single values may be off by `share` of the largest, sums by as much of the sum of sizes.
#[track_caller]
fn check_sum(what: &str, values: &[f32], golden: &Value, share: f64) {
    let of = |key: &str| golden[key].as_f64().expect("a number");
    let values: Vec<f64> = values.iter().map(|value| f64::from(*value)).collect();
    let size = of("abs_sum");
    close(&format!("{what} abs_sum"), values.iter().map(|v| v.abs()).sum(), size, share * size);
    close(&format!("{what} sum"), values.iter().sum(), of("sum"), share * size);
    close(&format!("{what} sq_sum"), values.iter().map(|v| v * v).sum(), of("sq_sum"), 2.0 * share * of("sq_sum"));
    let by_place = values.iter().enumerate().map(|(i, v)| v * ((i % 97) as f64 + 1.0)).sum();
    close(&format!("{what} pos_sum"), by_place, of("pos_sum"), 97.0 * share * size);
    let largest = values.iter().fold(0.0_f64, |largest, v| largest.max(v.abs()));
    for (value, expected) in values.iter().zip(numbers(&golden["first8"])) {
        close(&format!("{what} first8"), *value, expected, share * largest);
    }
}

#[test]
fn the_weights_of_a_jax_key_are_neural_tangents_own() {
    let golden = fixture("ntk_net.json");
    let weights = Weights::jax(&Architecture::original(), 0);
    assert_eq!(weights.0.len(), 4);
    for (layer, golden) in weights.0.iter().zip(golden["jax_weights"].as_array().expect("layers")) {
        // One in a hundred is off by up to three units in the last place, 5e-7 at most.
        check_sum("weights", layer, golden, 2e-7);
    }
}

#[test]
fn activations_are_those_of_the_golden_figures() {
    let golden = fixture("ntk_net.json");
    let (images, _) = images(0..10);
    let mut backend = Backend::default();
    for case in golden["forward"].as_array().expect("cases") {
        let weights = weights(case);
        // As the original has them, with the odd row and column that its means drop and our net leaves out.
        let layers = [(32, 1, 28, 3, 26, 2), (64, 32, 13, 3, 11, 2), (256, 1600, 1, 1, 1, 1), (10, 256, 1, 1, 1, 1)];
        let names = [["conv1", "relu1", "pool1"], ["conv2", "relu2", "pool2"], ["dense1", "relu2d", "relu2d"]];
        let mut below = backend.tensor(&images);
        for (at, (units, channels, side, field, out_side, pool)) in layers.into_iter().enumerate() {
            let scale = (1.0 / f64::from(field * field * channels).sqrt()) as f32;
            let layer = Affine { units, channels, side, field, out_side, samples: 10, scale };
            let sums = backend.zeros((units * out_side * out_side * 10) as usize);
            let own = backend.tensor(&weights.0[at]);
            backend.run(&layer, &[own, below], &[sums]);
            let mut check = |name: &str, tensor: Tensor| {
                let found = read(&mut backend, tensor);
                let golden = &case["activations"][name];
                // float32 sums of at most 1600 products; the golden float32 run is off by 2e-7.
                check_sum(name, &found, golden, 1e-6);
                let images = found.chunks(found.len() / 10).zip(numbers(&golden["sum_per_image"]));
                for (image, expected) in images {
                    let size: f64 = image.iter().map(|value| f64::from(value.abs())).sum();
                    close(name, image.iter().map(|value| f64::from(*value)).sum(), expected, 1e-6 * size);
                }
            };
            let Some([name, relu, pooled]) = names.get(at) else {
                check("dense2", sums);
                continue;
            };
            check(name, sums);
            // The mean over squares leaves an odd last row and column out: here they are cut off first.
            let even = out_side / pool * pool;
            let found = read(&mut backend, sums);
            let rows = found.chunks((units * out_side) as usize).enumerate();
            let kept = rows.filter(|(row, _)| (*row as u32 % out_side) < even);
            let kept: Vec<f32> = kept.flat_map(|(_, row)| row[..(units * even) as usize].to_vec()).collect();
            for (window, side, name, from) in [(1, out_side, relu, &found), (pool, even, pooled, &kept)] {
                let pass = ReluPool { channels: units, side, window, samples: 10 };
                let from = backend.tensor(from);
                below = backend.zeros((units * (side / window) * (side / window) * 10) as usize);
                backend.run(&pass, &[from], &[below]);
                let found = read(&mut backend, below);
                check_sum(name, &found, &case["activations"][name], 1e-6);
            }
        }
        backend.clear();
    }
}

/// A net of the original's shape on ten interleaved images.
struct Ten {
    net: Net,
    scratch: Scratch,
    examples: Examples,
    order: Order,
    scores: Tensor,
}

impl Ten {
    fn new(backend: &mut Backend, weights: &Weights) -> Self {
        let (images, labels) = images(0..10);
        let order = Order::new(backend, &(0..10).collect::<Vec<_>>());
        Self {
            net: Net::new(backend, weights),
            scratch: Scratch::new(backend, &Architecture::original(), 10),
            examples: Examples::labelled(backend, &images, &labels, 10),
            scores: order.scores(backend),
            order,
        }
    }

    /// One step on all ten; the mean loss before it.
    fn step(&mut self, backend: &mut Backend) -> f64 {
        let scored = (Measure::CrossEntropy, self.scores);
        self.net.train(backend, &self.scratch, &self.examples, &self.order, 0..10, scored);
        read(backend, self.scores).chunks(2).map(|score| f64::from(score[0])).sum::<f64>() / 10.0
    }
}

/// Logits, gradients and weights over five steps of Adam; `share` as in [`check_sum`], for the gradients.
#[track_caller]
pub fn check_steps(backend: &mut Backend, share: f64) {
    let golden = fixture("ntk_net.json");
    for case in golden["forward"].as_array().expect("cases") {
        let weights = weights(case);
        let mut ten = Ten::new(backend, &weights);
        let outputs = backend.zeros(100);
        ten.net.outputs(backend, &ten.scratch, &ten.examples, &ten.order, 0..10, outputs);
        let found = read(backend, outputs);
        for (image, expected) in found.chunks(10).zip(case["logits"].as_array().expect("images")) {
            for (found, expected) in image.iter().zip(numbers(expected)) {
                // The golden float32 run is off by 1.3e-7 and 2.2e-7.
                close("logit", f64::from(*found), expected, 1e-6);
            }
        }
        for (at, step) in case["steps"].as_array().expect("steps").iter().enumerate() {
            let before: Vec<Vec<f32>> = ten.net.weights().to_vec().iter().map(|w| read(backend, *w)).collect();
            let loss = ten.step(backend);
            close(&format!("loss {at}"), loss, step["loss"].as_f64().expect("a loss"), 2e-6);
            for (layer, golden) in step["gradients"].as_array().expect("layers").iter().enumerate() {
                let found = read(backend, ten.scratch.gradients()[layer]);
                check_sum(&format!("gradient {at} of layer {layer}"), &found, golden, share);
            }
            for (layer, golden) in step["weight_change"].as_array().expect("layers").iter().enumerate() {
                let after = read(backend, ten.net.weights()[layer]);
                let change: Vec<f32> = after.iter().zip(&before[layer]).map(|(after, before)| after - before).collect();
                // Adam divides by the size of the gradient: where that is next to nothing, its rounding decides the step.
                // Weights of size 1 to 4 change by 1e-3 in steps of their own rounding, 1e-7 to 2e-7.
                check_sum(&format!("step {at} of layer {layer}"), &change, golden, 5e-4);
            }
        }
        backend.clear();
    }
}

#[test]
fn five_steps_of_adam_are_those_of_the_golden_figures() {
    check_steps(&mut Backend::default(), 5e-6);
}

/// Θ of the first `n` interleaved images.
fn kernel(backend: &mut Backend, weights: &Weights, n: u32) -> Vec<f32> {
    let architecture = Architecture::original();
    let (images, labels) = images(0..n as usize);
    let examples = Examples::labelled(backend, &images, &labels, 10);
    let order = Order::new(backend, &(0..n as usize).collect::<Vec<_>>());
    let net = Net::new(backend, weights);
    let mut ntk = EmpiricalNtk::new(backend, &architecture, n);
    ntk.begin(backend, None, n as usize);
    while !ntk.step(backend, &net, &examples, &order) {}
    read(backend, ntk.kernel())
}

/// Compares the kernel of the first `n` images with the golden figures, in single precision: 5e-7 at most is seen, and nearly as
/// much between JAX's own kernel and the golden one.
#[track_caller]
fn check_kernel(backend: &mut Backend, case: &Value, n: usize) {
    let found = kernel(backend, &weights(case), n as u32);
    for (i, row) in case["ntk"].as_array().expect("rows").iter().enumerate().take(n) {
        for (j, expected) in numbers(row).into_iter().enumerate() {
            for at in [i * n + j, j * n + i] {
                close(&format!("kernel of {i} and {j}"), f64::from(found[at]), expected, 2e-6 * expected.abs());
            }
        }
    }
    backend.clear();
}

#[test]
fn the_empirical_kernel_is_that_of_the_golden_figures() {
    let golden = fixture("ntk_net.json");
    for case in golden["finite"].as_array().expect("cases") {
        check_kernel(&mut Backend::default(), case, 50);
    }
}

#[test]
fn the_empirical_kernel_is_that_of_the_golden_figures_on_the_gpu() {
    let Some(mut gpu) = gpu() else { return };
    check_kernel(&mut gpu, &fixture("ntk_net.json")["finite"][0], 12);
}

/// Trains as a golden run did, and compares what it logged after these epochs.
///
/// Both are in single precision, and a small difference grows while a net learns: for the first twenty epochs 3e-5 is
/// seen, later 6e-4, and one of a thousand test images on the other side.
#[track_caller]
fn check_training(run: &Value, epochs: &[u64]) {
    let backend = &mut Backend::default();
    let whole = |key: &str| run[key].as_u64().expect("a number") as usize;
    let (first, n, batch) = (whole("first_image"), whole("n"), whole("batch"));
    let test = numbers(&run["test_images"]);
    let scratch = Scratch::new(backend, &Architecture::original(), 50);
    let (pixels, labels) = images(first..first + n);
    let learnt = Examples::labelled(backend, &pixels, &labels, 10);
    let (pixels, labels) = images(test[0] as usize..test[1] as usize);
    let unseen = Examples::labelled(backend, &pixels, &labels, 10);
    let permutation: Vec<usize> = numbers(&run["permutation"]).iter().map(|at| *at as usize).collect();
    let order = Order::new(backend, &permutation);
    let scores = order.scores(backend);
    let all = Order::new(backend, &(0..unseen.count as usize).collect::<Vec<_>>());
    let unseen_scores = all.scores(backend);
    let mut net = Net::new(backend, &weights(run));
    // Mean loss and share of right answers.
    let means = |scores: &[f32]| {
        let sum = |at: usize| scores.iter().skip(at).step_by(2).map(|score| f64::from(*score)).sum::<f64>();
        [sum(0), sum(1)].map(|sum| 2.0 * sum / scores.len() as f64)
    };
    let log = run["log"].as_array().expect("a log");
    for epoch in 1..=*epochs.last().expect("epochs") {
        for batch in order.batches(batch) {
            net.train(backend, &scratch, &learnt, &order, batch, (Measure::CrossEntropy, scores));
        }
        if !epochs.contains(&epoch) {
            continue;
        }
        let expected = log.iter().find(|line| line["epoch"].as_u64() == Some(epoch)).expect("a logged epoch");
        let [loss, _] = means(&read(backend, scores));
        for tile in all.batches(50) {
            net.score(backend, &scratch, &unseen, &all, tile, (Measure::CrossEntropy, unseen_scores));
        }
        let [test_loss, accuracy] = means(&read(backend, unseen_scores));
        let (of_loss, of_accuracy) = if epoch <= 20 { (1e-4, 1.1e-3) } else { (3e-3, 5e-3) };
        let of = |key: &str| expected[key].as_f64().expect("a number");
        close(&format!("epoch {epoch}: loss"), loss, of("mean_batch_loss"), of_loss);
        close(&format!("epoch {epoch}: test loss"), test_loss, of("test_loss"), of_loss);
        close(&format!("epoch {epoch}: accuracy"), accuracy, of("test_accuracy"), of_accuracy);
    }
}

#[test]
fn training_follows_the_golden_runs() {
    let golden = fixture("ntk_net.json");
    check_training(&golden["train"][0], &[1, 10, 50, 200]);
    check_training(&golden["train"][1], &[1, 10]);
    check_training(&golden["epochs"][0], &[1]);
}

#[test]
fn five_steps_of_adam_are_those_of_the_golden_figures_on_the_gpu() {
    let Some(mut gpu) = gpu() else { return };
    check_steps(&mut gpu, 5e-6);
}
