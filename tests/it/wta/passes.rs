//! Both passes on small random layers under every switch: the CPU's short cuts and the shaders against the definition.

use entroscope::backend::Backend;
use entroscope::kernels::wta_frames::{PIXELS, RECORD, WtaRule};
use entroscope::kernels::{Kernel, WtaDrive, WtaFrames, tiles};
use entroscope::rng::NumpyRng;

use crate::support::gpu;

/// Frames of a block.
const FRAMES: u32 = 7;
/// Side of the scene.
const SIDE: usize = 60;

/// The layers before a block.
struct Case {
    name: &'static str,
    rule: WtaRule,
    first: u32,
    keeps: bool,
    scene: Vec<f32>,
    places: Vec<f32>,
    layers: Vec<Vec<f32>>,
}

fn rule() -> WtaRule {
    WtaRule {
        kx: 7,
        ky: 5,
        ex: 1,
        coefficient: 0.5,
        winners: 4,
        xi: 0.03,
        s_clip: f64::INFINITY,
        invariant: 19,
        alpha: 0.3,
        leta: 0.2,
        seta: 0.05,
        period: 3,
        wta: 11,
        phi: 0.05,
        w_clip: f64::INFINITY,
        reads: 0.0,
        aims: 0.0,
        balance: 0.0,
        share_rate: 0.0,
    }
}

fn case(name: &'static str, seed: u32, rule: WtaRule) -> Case {
    let mut rng = NumpyRng::new(seed);
    let [sparse, invariant, wta] = [rule.sparse(), rule.invariant, rule.wta].map(|n| n as usize);
    let mut draw = |n: usize, low: f64, high: f64| -> Vec<f32> {
        rng.uniform(low, high, n).into_iter().map(|x| x as f32).collect()
    };
    let scene: Vec<f32> = draw(SIDE * SIDE, -3.0, 1.0).into_iter().map(|ink| ink.max(0.0)).collect();
    let places = draw(FRAMES as usize, 0.0, (SIDE * 32 + 32) as f64).into_iter().map(|place| {
        let place = place as usize;
        (place / SIDE * SIDE + place % SIDE % 32) as f32
    });
    let places = places.collect();
    let sw = draw(sparse * PIXELS, 0.01, 0.2);
    let mut iw = draw(sparse * invariant, 0.0, 1.0);
    // Columns so faint that r does not exceed prec, or hardly: these change in another way.
    for (unit, column) in iw.chunks_mut(invariant).enumerate() {
        let faint = [1.0, 1.0, 1e-11, 1e-9, 1e-13][unit % 5];
        column.iter_mut().for_each(|w| *w *= faint);
    }
    let mut state = draw(2 * invariant, 0.0, 0.1);
    state.extend(draw(wta, 0.0, 2.0 / wta as f64));
    let layers = vec![sw.clone(), tiles::of(&sw, PIXELS), iw, draw(wta * invariant, 0.1, 0.3), state];
    Case { name, rule, first: 2, keeps: !seed.is_multiple_of(3), scene, places, layers }
}

/// One for every switch.
fn cases() -> Vec<Case> {
    let all = [
        ("as in cell 10", rule()),
        ("never scaled", WtaRule { period: 0, ..rule() }),
        ("clipped", WtaRule { s_clip: 0.2, w_clip: 0.02, ..rule() }),
        ("sparse layer frozen", WtaRule { xi: 0.0, ..rule() }),
        ("invariant layer frozen", WtaRule { leta: 0.0, seta: 0.0, ..rule() }),
        ("one rate of the invariant layer 0", WtaRule { seta: 0.0, ..rule() }),
        ("last layer frozen", WtaRule { phi: 0.0, ..rule() }),
        ("io stays", WtaRule { alpha: 0.0, reads: 1.0, ..rule() }),
        ("io is io_pert", WtaRule { alpha: 1.0, ..rule() }),
        ("last layer on io_pert", WtaRule { reads: 1.0, aims: 1.0, ..rule() }),
        ("wins held in balance", WtaRule { balance: 0.8, share_rate: 0.2, ..rule() }),
        ("excited from everywhere", WtaRule { ex: 4, coefficient: 2.0, ..rule() }),
        ("another shape", WtaRule { kx: 3, ky: 11, ex: 2, winners: 1, invariant: 1, wta: 1, ..rule() }),
        ("all win", WtaRule { kx: 2, ky: 8, winners: 16, invariant: 33, ..rule() }),
    ];
    (20..).zip(all).map(|(seed, (name, rule))| case(name, seed, rule)).collect()
}

impl Case {
    fn drive(&self) -> WtaDrive {
        WtaDrive {
            units: self.rule.sparse(),
            frames: FRAMES,
            room: FRAMES + 1,
            first: 0,
            places: FRAMES,
            stride: SIDE as u32,
            spacing: 1,
            scene: (SIDE * SIDE) as u32,
        }
    }

    fn frames(&self) -> WtaFrames {
        WtaFrames::new(&self.rule, self.first, FRAMES, FRAMES + 1, self.keeps)
    }

    /// Drive, layers and records by the definitions.
    fn expected(&self) -> Vec<Vec<f32>> {
        let (drive, frames) = (self.drive(), self.frames());
        let mut driven = vec![f32::NAN; drive.lengths()[3]];
        drive.reference(&[&self.scene, &self.places, &self.layers[1]], &mut [&mut driven]);
        let mut tensors = vec![driven];
        tensors.extend(self.layers.clone());
        tensors.push(vec![f32::NAN; frames.lengths()[6]]);
        let mut outputs: Vec<&mut [f32]> = tensors.iter_mut().map(Vec::as_mut_slice).collect();
        frames.reference(&[], &mut outputs);
        tensors
    }

    /// The same on a backend.
    fn found(&self, backend: &mut Backend, frames: &WtaFrames) -> Vec<Vec<f32>> {
        backend.clear();
        let drive = self.drive();
        let [scene, places] = [&self.scene, &self.places].map(|values| backend.tensor(values));
        let driven = backend.zeros(drive.lengths()[3]);
        let mut tensors = vec![driven];
        tensors.extend(self.layers.iter().map(|values| backend.tensor(values)));
        tensors.push(backend.zeros(frames.lengths()[6]));
        backend.run(&drive, &[scene, places, tensors[2]], &[driven]);
        backend.run(frames, &[], &tensors);
        pollster::block_on(backend.read(&tensors)).expect("the device works")
    }

    /// The first number that differs by more than rounding, by name.
    fn difference(&self, found: &[Vec<f32>], expected: &[Vec<f32>]) -> Option<String> {
        let names = ["sw", "tiles", "iw", "ww", "state"];
        for ((name, found), expected) in names.iter().zip(&found[1..]).zip(&expected[1..]) {
            for (at, (a, b)) in found.iter().zip(expected).enumerate() {
                // Each by itself: a weight so small that it does not count must follow the rule too.
                let close = (a - b).abs() <= TOLERANCE * b.abs().max(1e-20);
                if !close {
                    return Some(format!("{name} {at} is {a:e} instead of {b:e}"));
                }
            }
        }
        let length = RECORD + self.rule.winners as usize;
        let records = found[6].chunks(length).zip(expected[6].chunks(length)).take(FRAMES as usize);
        for (frame, (a, b)) in records.enumerate() {
            if a[RECORD..] != b[RECORD..] || a[0] != b[0] {
                return Some(format!("frame {frame}: winners {a:?} instead of {b:?}"));
            }
            let far = |(a, b): (&f32, &f32)| {
                let close = (a - b).abs() <= 5.0 * TOLERANCE * b.abs().max(1e-3);
                !close
            };
            if a[1..RECORD].iter().zip(&b[1..RECORD]).any(far) {
                return Some(format!("frame {frame}: {a:?} instead of {b:?}"));
            }
        }
        None
    }
}

/// Seven frames that feed on each other, relative: f32 leaves 1e-6 or so, ten times that where `so − r` cancels.
const TOLERANCE: f32 = 1e-4;

#[track_caller]
fn follows(backend: &mut Backend) {
    for case in cases() {
        let found = case.found(backend, &case.frames());
        if let Some(difference) = case.difference(&found, &case.expected()) {
            panic!("{}: {difference}", case.name);
        }
    }
}

#[test]
fn the_cpu_engine_computes_what_the_definition_says_under_every_switch() {
    follows(&mut Backend::default());
}

#[test]
fn the_shaders_compute_what_the_definition_says_under_every_switch() {
    let Some(mut gpu) = gpu() else { return };
    follows(&mut gpu);
}

#[test]
fn wrong_numbers_are_seen() {
    let mut backend = Backend::default();
    let case = case("as in cell 10", 20, rule());
    let expected = case.expected();
    let right = case.frames();
    for wrong in [
        WtaFrames { seta: right.seta * 1.02, ..right },
        WtaFrames { leta: right.leta * 1.02, ..right },
        WtaFrames { xi: right.xi * 1.02, ..right },
        WtaFrames { phi: right.phi * 1.02, ..right },
        WtaFrames { alpha: right.alpha * 1.02, ..right },
        WtaFrames { neighbour: right.neighbour * 1.5, ..right },
        WtaFrames { first: right.first + 1, ..right },
        WtaFrames { keeps: 1.0 - right.keeps, ..right },
        WtaFrames { reads: 1.0, aims: 1.0, ..right },
    ] {
        let found = case.found(&mut backend, &wrong);
        assert!(case.difference(&found, &expected).is_some(), "{wrong:?} went unnoticed");
    }
    let mut found = case.found(&mut backend, &right);
    found[3][5] = f32::NAN;
    assert!(case.difference(&found, &expected).is_some(), "a NaN went unnoticed");
}
