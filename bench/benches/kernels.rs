//! The kernels one by one, on the CPU engine: `cargo bench -p entroscope-bench`. A new kernel is one line below.

use divan::Bencher;
use entroscope::kernels::{Kernel, SkaGram, SkaLayer, SkaOrigin, SkaStill, SkaWeights};

fn main() {
    divan::main();
}

/// Times one pass on tensors of noise, of which four fifths of the first are dark where `sparse`.
fn time(bencher: Bencher, kernel: &dyn Kernel, sparse: bool) {
    let mut tensors: Vec<Vec<f32>> = (1..).zip(kernel.lengths()).map(|(seed, len)| noise(len, seed)).collect();
    if sparse {
        tensors[0].iter_mut().for_each(|value| *value = (*value - 0.3).max(0.0));
    }
    let (inputs, outputs) = tensors.split_at_mut(kernel.spec().inputs.len());
    let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    let mut outputs: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    bencher.bench_local(|| kernel.compute(&inputs, &mut outputs));
}

/// Numbers in ±0.5 without a pattern (multiplicative hashing).
fn noise(len: usize, seed: u32) -> Vec<f32> {
    let hash = |i: u32| i.wrapping_mul(2_654_435_761).rotate_left(seed).wrapping_mul(2_246_822_519) >> 16;
    (1..=len as u32).map(|i| hash(i) as f32 / 65_536.0 - 0.5).collect()
}

/// A layer of the original's network; so small a rate leaves the noise as it is.
fn layer(units: u32, below: u32, samples: u32, below_slots: u32, steps: u32) -> SkaLayer {
    let (of_knowledge, of_shift, of_product, net_of_knowledge) = (1.4, 1.4, 0.0, -1.4);
    let (slots, first_step, lag, rate) = (steps + 1, 1, 1, 1e-9);
    SkaLayer {
        units,
        below,
        samples,
        below_slots,
        slots,
        first_step,
        steps,
        lag,
        rate,
        of_knowledge,
        of_shift,
        of_product,
        net_of_knowledge,
    }
}

/// Ten steps of layers 2, 3 and 4, a hundred images.
#[divan::bench(args = [(128, 256), (64, 128), (10, 64)])]
fn ska_layer(bencher: Bencher, (units, below): (u32, u32)) {
    time(bencher, &layer(units, below, 100, 11, 10), false);
}

/// One step of the first layer, a thousand images.
#[divan::bench]
fn ska_layer_of_images(bencher: Bencher) {
    time(bencher, &layer(256, 784, 1000, 1, 1), true);
}

/// Ten steps of the first layer, in the space of the images.
#[divan::bench(args = [100, 300])]
fn ska_still(bencher: Bencher, samples: u32) {
    let SkaLayer { units, slots, first_step, steps, rate, .. } = layer(256, 784, samples, 1, 10);
    let (of_knowledge, of_shift, of_product, net_of_knowledge) = (1.4, 1.4, 0.0, -1.4);
    let pass = SkaStill {
        units,
        samples,
        slots,
        first_step,
        steps,
        rate,
        of_knowledge,
        of_shift,
        of_product,
        net_of_knowledge,
    };
    time(bencher, &pass, false);
}

#[divan::bench]
fn ska_gram(bencher: Bencher) {
    time(bencher, &SkaGram { below: 784, samples: 100 }, true);
}

#[divan::bench]
fn ska_origin(bencher: Bencher) {
    time(bencher, &SkaOrigin { units: 256, below: 784, samples: 100 }, false);
}

#[divan::bench]
fn ska_weights(bencher: Bencher) {
    time(bencher, &SkaWeights { units: 256, below: 784, samples: 100, rate: 1e-9 }, true);
}
