//! What frozen layers answer: the pass on the CPU and the GPU against its reference, and against a frame of the training pass.

use entroscope::backend::Backend;
use entroscope::kernels::wta_frames::{PIXELS, WtaLayers, WtaRule};
use entroscope::kernels::{Kernel, WtaCodes};
use entroscope::rng::NumpyRng;

use crate::support::gpu;

fn codes(kx: u32, ky: u32, ex: u32, winners: u32, invariant: u32, wta: u32) -> WtaCodes {
    WtaCodes { kx, ky, ex, winners, invariant, wta, frames: 3, room: 4, neighbour: 0.3 }
}

/// Shapes below, at and beyond 16 and 64, a grid smaller than the reach of excitation, one winner, all winners.
fn shapes() -> [WtaCodes; 4] {
    [codes(2, 1, 1, 1, 1, 1), codes(4, 4, 2, 16, 64, 17), codes(9, 8, 2, 5, 65, 130), codes(3, 7, 2, 4, 9, 3)]
}

/// Random inputs, the drive in steps that make excitations equal now and then; outputs of zeros.
fn tensors(pass: &WtaCodes) -> Vec<Vec<f32>> {
    let mut rng = NumpyRng::new(pass.kx);
    let mut tensors: Vec<Vec<f32>> = pass.lengths().iter().map(|len| vec![0.0; *len]).collect();
    for tensor in &mut tensors[..4] {
        tensor.iter_mut().for_each(|value| *value = rng.next_f64() as f32);
    }
    tensors[0].iter_mut().for_each(|p| *p = (*p * 8.0).round() / 8.0);
    tensors
}

fn reference(pass: &WtaCodes) -> Vec<Vec<f32>> {
    let mut tensors = tensors(pass);
    let (inputs, outputs) = tensors.split_at_mut(4);
    let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    pass.reference(&inputs, &mut outputs.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>());
    tensors.split_off(4)
}

#[track_caller]
fn check(backend: &mut Backend) {
    for pass in shapes() {
        backend.clear();
        let tensors: Vec<_> = tensors(&pass).iter().map(|values| backend.tensor(values)).collect();
        backend.run(&pass, &tensors[..4], &tensors[4..]);
        let found = pollster::block_on(backend.read(&tensors[4..])).expect("the device works");
        for ((name, found), expected) in pass.spec().outputs.iter().zip(found).zip(reference(&pass)) {
            for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
                // Sums of up to 784 weights and 25 neighbours in f32; a wrong winner is off by 1.
                let close = (found - expected).abs() <= 3e-6 * expected.abs().max(1.0);
                assert!(close, "{}: {pass:?}: {name}[{at}] is {found} instead of {expected}", backend.name());
            }
        }
    }
}

#[test]
fn frozen_layers_answer_on_the_cpu_as_the_reference_does() {
    check(&mut Backend::default());
}

#[test]
fn frozen_layers_answer_on_the_gpu_as_the_reference_does() {
    let Some(mut gpu) = gpu() else { return };
    check(&mut gpu);
}

#[test]
fn frozen_layers_answer_as_layers_that_learn_at_rate_0() {
    // Two definitions of the same: the matrix of lateral weights here, the notebook's frame there.
    let rule = WtaRule {
        kx: 6,
        ky: 5,
        ex: 2,
        coefficient: 0.5,
        winners: 4,
        xi: 0.0,
        s_clip: f64::INFINITY,
        invariant: 7,
        alpha: 1.0,
        leta: 0.0,
        seta: 0.0,
        period: 0,
        wta: 8,
        phi: 0.0,
        w_clip: f64::INFINITY,
        reads: 1.0,
        aims: 0.0,
        balance: 0.0,
        share_rate: 0.0,
    };
    let mut rng = NumpyRng::new(1);
    let [sw, iw, ww] = [30 * PIXELS, 30 * 7, 7 * 8].map(|len| rng.uniform(0.0, 1.0, len));
    let v = rng.uniform(0.0, 1.0, PIXELS);
    let p = sw.chunks(PIXELS).map(|row| row.iter().zip(&v).map(|(w, v)| w * v).sum());
    let drive: Vec<f32> = v.iter().copied().chain(p).map(|value: f64| value as f32).collect();
    let narrow = |values: &[f64]| -> Vec<f32> { values.iter().map(|value| *value as f32).collect() };
    // The pass has a sparse unit's weights to all invariant units together.
    let across: Vec<f64> = (0..30).flat_map(|unit| iw[unit..].iter().step_by(30).copied()).collect();
    let pass = WtaCodes::new(&rule, 1, 1);
    let (mut excited, mut chosen, mut found) = (vec![0.0; 30], vec![0.0; WtaCodes::chosen(4)], vec![0.0; 7]);
    let (weights, across, units) = (narrow(&sw), narrow(&across), narrow(&ww));
    let outputs: &mut [&mut [f32]] = &mut [&mut excited, &mut chosen, &mut found];
    pass.reference(&[&drive, &weights, &across, &units], outputs);
    let mut layers = WtaLayers { sw, iw, ww, io: vec![0.0; 7], shares: vec![0.0; 8] };
    let frame = layers.frame(&rule, 1, &v);
    assert_eq!(chosen[..4].iter().map(|unit| *unit as usize).collect::<Vec<_>>(), frame.winners);
    assert_eq!(chosen[8] as usize, frame.wta);
    for (found, expected) in found.iter().zip(&frame.io_pert) {
        // Weights and drives were cut to f32.
        assert!((f64::from(*found) - expected).abs() <= 1e-6 * expected, "{found} instead of {expected}");
    }
}
