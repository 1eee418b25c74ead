//! The kernels one by one, on the CPU engine: `cargo xtask bench kernels`, or `cargo bench -p entroscope-bench` for what has
//! changed since the run before. A new kernel is a line in [`cases`].

use std::time::Duration;

use criterion::{BatchSize, Criterion};
use entroscope::analysis;
use entroscope::kernels::wta_frames::WtaRule;
use entroscope::kernels::{
    Adam, Add, Affine, AffineInput, AffineWeights, Arrange, Gather, GramProduct, Kernel, KhChange, KhDrive, KhRank,
    KhStep, LABELS, Loss, Measure, NtkDeviations, NtkInfinite, NtkPicture, ReluPool, ReluPoolBack, SkaGram, SkaLayer,
    SkaOrigin, SkaStill, SkaWeights, WtaClasses, WtaDrive, WtaFields, WtaFrames, WtaLook, WtaTally,
};

fn main() {
    let criterion = Criterion::default().sample_size(15).warm_up_time(Duration::from_millis(300));
    let mut criterion = criterion.measurement_time(Duration::from_secs(1)).configure_from_args();
    measure(&mut criterion);
    criterion.final_summary();
}

/// What a tensor holds.
#[derive(Clone, Copy, Debug)]
enum Hold {
    /// Numbers in ±0.5.
    Noise,
    /// Numbers in 0..1.
    Shares,
    /// Images, four fifths of which are dark.
    Pixels,
    /// Whole numbers below this one.
    Places(u32),
}
use Hold::{Noise, Pixels, Places, Shares};

impl Hold {
    fn fill(self, values: &mut [f32]) {
        for value in values {
            *value = match self {
                Noise => *value,
                Shares => *value + 0.5,
                Pixels => (*value - 0.3).max(0.0),
                Places(count) => ((*value + 0.5) * count as f32).floor(),
            };
        }
    }
}

/// Its name, what its tensors hold (the last entry is that of all that follow), and the pass.
type Case = (&'static str, &'static [Hold], Box<dyn Kernel>);

/// The passes with the sizes that the labs open with.
fn cases() -> Vec<Case> {
    let conv = Affine { units: 64, channels: 32, side: 12, field: 3, out_side: 10, samples: 32, scale: 0.06 };
    let dense = Affine { units: 256, channels: 1600, side: 1, field: 1, out_side: 1, samples: 32, scale: 0.025 };
    let kh_drive = KhDrive { hidden: 100, pixels: 784, images: 1000, first: 0, samples: 100, room: 100, power: 1.0 };
    let batch = Gather { rows: 784, columns: 1000, order_len: 1000, from_first: 0, count: 32, out_columns: 32, to: 0 };
    let measure = Measure::CrossEntropy as u32;
    let loss = Loss { classes: 10, samples: 32, first: 0, total: 1000, measure, share: 1.0 / 32.0 };
    let picture = NtkPicture { samples: 100, shown: 100, normalised: 1 };
    vec![
        // Ten steps of layers 2 to 4 on a hundred images.
        ("ska_layer_128", &[Noise], Box::new(layer(128, 256, 100, 10))),
        ("ska_layer_64", &[Noise], Box::new(layer(64, 128, 100, 10))),
        ("ska_layer_10", &[Noise], Box::new(layer(10, 64, 100, 10))),
        // A step of the first layer on a thousand images.
        (
            "ska_layer_of_1000_images",
            &[Pixels, Noise],
            Box::new(SkaLayer { below_slots: 1, lag: 0, ..layer(256, 784, 1000, 1) }),
        ),
        // Ten steps of the first layer, in the space of the images.
        ("ska_still", &[Noise], Box::new(still(100, 10))),
        ("ska_gram", &[Pixels, Noise], Box::new(SkaGram { below: 784, samples: 100 })),
        ("ska_origin", &[Noise], Box::new(SkaOrigin { units: 256, below: 784, samples: 100 })),
        ("ska_weights", &[Pixels, Noise], Box::new(SkaWeights { units: 256, below: 784, samples: 100, rate: 1e-9 })),
        ("wta_drive", &[Pixels, Shares], Box::new(drive())),
        ("wta_frames", &[Pixels, Shares], Box::new(WtaFrames::new(&rule(), 1, 25, 25, true))),
        ("wta_look", &[Noise, Places(1600), Noise], Box::new(look())),
        ("wta_fields", &[Noise], Box::new(WtaFields { sparse: 1600, invariant: 100 })),
        ("wta_tally", &[Places(100), Places(10), Places(10), Noise], Box::new(tally())),
        ("wta_classes", &[Shares], Box::new(WtaClasses { wta: 100, labels: LABELS })),
        ("arrange", &[Noise], Box::new(Arrange::transposed(100, 1600))),
        // A batch of the competing units.
        ("kh_drive", &[Pixels, Places(1000), Noise], Box::new(kh_drive)),
        ("kh_rank", &[Noise], Box::new(KhRank { hidden: 100, samples: 100, room: 100, k: 2 })),
        ("kh_change", &[Pixels, Places(1000), Noise, Places(100), Noise], Box::new(kh_change(&kh_drive))),
        ("kh_step", &[Noise], Box::new(KhStep { hidden: 100, pixels: 784, rate: 1e-9, power: 2.0, at: 0, room: 10 })),
        ("gather", &[Noise, Places(1000), Noise], Box::new(batch)),
        ("affine_conv", &[Noise], Box::new(conv)),
        ("affine_dense", &[Noise], Box::new(dense)),
        ("affine_input_conv", &[Noise], Box::new(input(&conv))),
        ("affine_input_dense", &[Noise], Box::new(input(&dense))),
        ("affine_weights_conv", &[Noise], Box::new(weights(&conv))),
        ("affine_weights_dense", &[Noise], Box::new(weights(&dense))),
        ("relu_pool", &[Noise], Box::new(ReluPool { channels: 32, side: 24, window: 2, samples: 32 })),
        ("relu_pool_back", &[Noise], Box::new(ReluPoolBack { channels: 32, side: 24, window: 2, columns: 32, fan: 1 })),
        ("loss", &[Noise], Box::new(loss)),
        ("adam", &[Noise], Box::new(Adam::step(409_600, 7, 1e-3))),
        ("gram_product", &[Noise], Box::new(product(1600, 100))),
        ("add", &[Noise], Box::new(Add { length: 10_000 })),
        ("ntk_picture", &[Shares, Places(100), Noise], Box::new(picture)),
        ("ntk_deviations", &[Pixels, Noise], Box::new(NtkDeviations { images: 10, convolutions: 2 })),
        (
            "ntk_infinite",
            &[Pixels, Noise],
            Box::new(NtkInfinite { images: 10, convolutions: 2, hidden: 1, first: 0, rows: 10 }),
        ),
    ]
}

fn measure(criterion: &mut Criterion) {
    for (name, holds, kernel) in cases() {
        let mut tensors: Vec<Vec<f32>> = (1..).zip(kernel.lengths()).map(|(seed, len)| noise(len, seed)).collect();
        for (at, tensor) in tensors.iter_mut().enumerate() {
            holds[at.min(holds.len() - 1)].fill(tensor);
        }
        let (inputs, outputs) = tensors.split_at(kernel.spec().inputs.len());
        let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
        criterion.bench_function(name, |bencher| {
            // State is updated in place: every turn begins with the same.
            let compute = |outputs: &mut Vec<Vec<f32>>| {
                let mut outputs: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
                kernel.compute(&inputs, &mut outputs);
            };
            bencher.iter_batched_ref(|| outputs.to_vec(), compute, BatchSize::LargeInput);
        });
    }
    criterion.bench_function("entropy_of_100_images", |bencher| {
        let kernel: Vec<f32> = (0..10_000).map(|at| (-0.05 * ((at / 100 - at % 100) as f32).abs()).exp()).collect();
        bencher.iter(|| {
            let eigenvalues = analysis::eigenvalues(&analysis::block(&kernel, 100, 100));
            analysis::entropy(&eigenvalues, analysis::Rounding::Kept)
        });
    });
}

/// Numbers in ±0.5 without a pattern (multiplicative hashing).
fn noise(len: usize, seed: u32) -> Vec<f32> {
    let hash = |i: u32| i.wrapping_mul(2_654_435_761).rotate_left(seed).wrapping_mul(2_246_822_519) >> 16;
    (1..=len as u32).map(|i| hash(i) as f32 / 65_536.0 - 0.5).collect()
}

/// A layer of the original's network; so small a rate leaves the noise as it is.
fn layer(units: u32, below: u32, samples: u32, steps: u32) -> SkaLayer {
    SkaLayer {
        units,
        below,
        samples,
        below_slots: steps + 1,
        slots: steps + 1,
        first_step: 1,
        steps,
        lag: 1,
        rate: 1e-9,
        of_knowledge: 1.4,
        of_shift: 1.4,
        of_product: 0.0,
        net_of_knowledge: -1.4,
    }
}

fn still(samples: u32, steps: u32) -> SkaStill {
    let SkaLayer { units, slots, first_step, rate, of_knowledge, of_shift, of_product, net_of_knowledge, .. } =
        layer(256, 784, samples, steps);
    SkaStill { units, samples, slots, first_step, steps, rate, of_knowledge, of_shift, of_product, net_of_knowledge }
}

fn input(layer: &Affine) -> AffineInput {
    let Affine { units, channels, side, field, out_side, samples, scale } = *layer;
    AffineInput { units, channels, side, field, out_side, samples, scale }
}

fn weights(layer: &Affine) -> AffineWeights {
    let Affine { units, channels, side, field, out_side, samples, scale } = *layer;
    AffineWeights {
        units,
        channels,
        side,
        field,
        out_side,
        columns: samples,
        fan: 1,
        group: samples,
        first_unit: 0,
        unit_count: units,
        first: 0,
        total: 1,
        scale,
    }
}

fn product(length: u32, count: u32) -> GramProduct {
    GramProduct {
        x_len: length,
        first_value: 0,
        length,
        y_len: 1,
        count,
        first_row: 0,
        rows: count,
        fresh: 1,
        factor: 0.1,
    }
}

/// A block of frames of the tapestry.
fn drive() -> WtaDrive {
    let (units, frames) = (1600, 25);
    WtaDrive { units, frames, room: frames, first: 0, places: frames, stride: 840, spacing: 1, scene: 840 * 840 }
}

/// What is shown of the last frame of such a block: its grid is 40 by 40.
fn look() -> WtaLook {
    let (kx, ky, ex, winners) = (40, 40, 2, 5);
    WtaLook { kx, ky, ex, neighbour: 0.5, offset: 784, driven: 784 + kx * ky, first: 0, winners, recorded: winners }
}

/// Two hundred votes.
fn tally() -> WtaTally {
    WtaTally { answers: 10, wta: 100, frames: 200, first: 0, images: 200, record: 10, recorded: 2000, fresh: 1 }
}

fn kh_change(drive: &KhDrive) -> KhChange {
    let KhDrive { hidden, pixels, images, first, samples, room, .. } = *drive;
    KhChange { hidden, pixels, images, first, samples, room, delta: 0.4 }
}

/// Cell 10 of the invariance notebook.
fn rule() -> WtaRule {
    WtaRule {
        kx: 40,
        ky: 40,
        ex: 2,
        coefficient: 0.5,
        winners: 5,
        xi: 0.02,
        s_clip: f64::INFINITY,
        invariant: 100,
        alpha: 2.0 / 6.0,
        leta: 0.08,
        seta: 0.0008,
        period: 2000,
        wta: 100,
        phi: 0.01,
        w_clip: f64::INFINITY,
        reads: 0.0,
        aims: 0.0,
        balance: 0.0,
        share_rate: 0.001,
    }
}
