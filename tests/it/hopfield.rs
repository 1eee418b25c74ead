//! The rule of Krotov and Hopfield: its passes on the CPU and the GPU against their references, and together against a literal
//! transcription of the authors' notebook.

use entroscope::backend::{Backend, Tensor};
use entroscope::kernels::{Kernel, KhChange, KhDrive, KhRank, KhStep};
use entroscope::rng::NumpyRng;

use crate::support::gpu;

/// A pass and its tensors: inputs, then outputs as they are before it.
struct Case {
    pass: Box<dyn Kernel>,
    tensors: Vec<Vec<f32>>,
}

impl Case {
    fn inputs(&self) -> usize {
        self.pass.spec().inputs.len()
    }

    fn reference(&self) -> Vec<Vec<f32>> {
        let mut tensors = self.tensors.clone();
        let (inputs, outputs) = tensors.split_at_mut(self.inputs());
        let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
        let mut outputs: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
        self.pass.reference(&inputs, &mut outputs);
        tensors.split_off(self.inputs())
    }

    fn on(&self, backend: &mut Backend) -> Vec<Vec<f32>> {
        backend.clear();
        let tensors: Vec<Tensor> = self.tensors.iter().map(|values| backend.tensor(values)).collect();
        let (inputs, outputs) = tensors.split_at(self.inputs());
        backend.run(&*self.pass, inputs, outputs);
        pollster::block_on(backend.read(outputs)).expect("the device works")
    }

    fn name(&self) -> &'static str {
        self.pass.spec().name
    }
}

/// Images with dark pixels, weights, an order, drives and ranks of some shape: every pass on them.
fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    // Blocks of 16 units, quads of pixels, 64 invocations: one of each below, at and beyond its boundary.
    for (seed, (hidden, pixels, images, first, samples, room, p, k)) in (0..).zip([
        (2, 1, 1, 0, 1, 1, 2.0, 2),
        (16, 64, 70, 5, 65, 65, 2.0, 2),
        (17, 33, 9, 2, 7, 8, 3.0, 4),
        (70, 130, 66, 0, 64, 80, 2.5, 70),
    ]) {
        let mut rng = NumpyRng::new(seed);
        let mut draw = |n: u32, low, high| -> Vec<f32> {
            rng.uniform(low, high, n as usize).into_iter().map(|x: f64| x as f32).collect()
        };
        let ink: Vec<f32> = draw(pixels * images, -1.0, 1.0).iter().map(|ink| ink.max(0.0)).collect();
        let weights = draw(pixels * hidden, -1.0, 1.0);
        let drive: Vec<f32> = draw(hidden * room, -3.0, 3.0).iter().map(|i| (4.0 * i).round() / 4.0).collect();
        let change = draw(pixels * hidden, -5.0, 5.0);
        let order: Vec<f32> = rng.permutation(images as usize).iter().map(|at| *at as f32).collect();
        let rank = KhRank { hidden, samples, room, k };
        let ranked = Case { pass: Box::new(rank), tensors: vec![drive.clone(), vec![0.0; 2 * room as usize]] };
        let ranks = ranked.reference().remove(0);
        let nothing = |n: u32| vec![0.0; n as usize];
        let pass = KhDrive { hidden, pixels, images, first, samples, room, power: p - 1.0 };
        let tensors = vec![ink.clone(), order.clone(), weights.clone(), nothing(hidden * room)];
        all.push(Case { pass: Box::new(pass), tensors });
        let pass = KhChange { hidden, pixels, images, first, samples, room, delta: 0.4 };
        let outputs = [nothing(pixels * hidden), nothing(hidden), vec![3.0; hidden as usize]];
        let inputs = vec![ink, order, drive, ranks, weights.clone()];
        all.push(Case { pass: Box::new(pass), tensors: [inputs, outputs.to_vec()].concat() });
        let largest =
            change.chunks(pixels as usize).map(|unit| unit.iter().fold(0.0, |most: f32, c| most.max(c.abs())));
        let pass = KhStep { hidden, pixels, rate: 0.02, power: p, at: 1, room: 3 };
        let tensors = vec![change.clone(), largest.collect(), weights, nothing(hidden), nothing(3)];
        all.push(Case { pass: Box::new(pass), tensors });
        all.push(ranked);
    }
    all
}

/// Sums of up to 130 products of numbers up to 5, in f32 and another order; Σ |w|^p also raises to a power. A wrong index is off by
/// 0.1.
const TOLERANCE: f32 = 2e-5;

#[track_caller]
fn check(case: &Case, found: &[Vec<f32>]) {
    for ((name, found), expected) in case.pass.spec().outputs.iter().zip(found).zip(case.reference()) {
        assert_eq!(found.len(), expected.len());
        for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let close = (found - expected).abs() <= TOLERANCE * expected.abs().max(1.0);
            assert!(close, "{}: {name}[{at}] is {found} instead of {expected}", case.name());
        }
    }
}

#[test]
fn the_cpu_computes_what_the_references_define() {
    for case in cases() {
        check(&case, &case.on(&mut Backend::default()));
    }
}

#[test]
fn the_shaders_compute_what_the_references_define() {
    let Some(mut gpu) = gpu() else { return };
    for case in cases() {
        check(&case, &case.on(&mut gpu));
    }
}

#[test]
fn poison_in_a_weight_or_a_change_is_not_lost() {
    let mut backends = vec![Backend::default()];
    backends.extend(gpu());
    for backend in &mut backends {
        for case in cases().iter_mut().skip(4).take(3) {
            // Drive: the weights. Change: the weights. Step: the change, and so the largest.
            let tensor = match case.name() {
                "kh_drive" => 2,
                "kh_change" => 4,
                _ => 0,
            };
            case.tensors[tensor][3] = f32::NAN;
            if case.name() == "kh_step" {
                case.tensors[1][0] = f32::NAN;
            }
            let finite = |outputs: &[Vec<f32>]| outputs.iter().flatten().all(|value| value.is_finite());
            assert!(!finite(&case.reference()), "{}: the reference", case.name());
            assert!(!finite(&case.on(backend)), "{} on {}", case.name(), backend.name());
        }
    }
}

/// The notebook's loop, line by line, in f64: weights after `batches` batches, and the smallest relative gap between a ranked unit's
/// drive and its neighbour's in rank.
fn literal(
    images: &[f64],
    [n, hid, num]: [usize; 3],
    (p, k, delta): (f64, usize, f64),
    rates: &[f64],
    w: &mut [f64],
) -> f64 {
    let mut gap = f64::INFINITY;
    for (i, eps) in rates.iter().enumerate() {
        let inputs: Vec<&[f64]> = images[i * num * n..][..num * n].chunks(n).collect();
        let mut yl = vec![vec![0.0; num]; hid];
        let mut tot_input = vec![vec![0.0; num]; hid];
        for h in 0..hid {
            for s in 0..num {
                let synapse = |j: usize| w[h * n + j].signum() * w[h * n + j].abs().powf(p - 1.0);
                tot_input[h][s] = (0..n).map(|j| synapse(j) * inputs[s][j]).sum();
            }
        }
        for s in 0..num {
            let mut y: Vec<usize> = (0..hid).collect();
            y.sort_by(|a, b| tot_input[*a][s].total_cmp(&tot_input[*b][s]));
            yl[y[hid - 1]][s] = 1.0;
            yl[y[hid - k]][s] = -delta;
            let between = |a: usize, b: usize| (tot_input[y[a]][s] - tot_input[y[b]][s]) / tot_input[y[a]][s].abs();
            gap = gap.min(between(hid - 1, hid - 2)).min(between(hid - k, hid - k - 1));
        }
        let mut ds = vec![0.0; hid * n];
        for h in 0..hid {
            let xx: f64 = (0..num).map(|s| yl[h][s] * tot_input[h][s]).sum();
            for j in 0..n {
                ds[h * n + j] = (0..num).map(|s| yl[h][s] * inputs[s][j]).sum::<f64>() - xx * w[h * n + j];
            }
        }
        let nc = ds.iter().fold(1e-30, |most: f64, d| most.max(d.abs()));
        w.iter_mut().zip(&ds).for_each(|(w, ds)| *w += eps * ds / nc);
    }
    gap
}

#[test]
fn batches_follow_the_authors_notebook() {
    let mut backends = vec![Backend::default()];
    backends.extend(gpu());
    for (p, k) in [(2.0, 2), (3.0, 4)] {
        let (n, hid, num, batches) = (40_usize, 12_usize, 10_usize, 6);
        let mut rng = NumpyRng::new(5);
        let mut w = rng.randn(hid * n);
        let images: Vec<f64> = rng.uniform(-1.0, 1.0, n * num * batches).iter().map(|x| x.max(0.0)).collect();
        let rates: Vec<f64> = (0..batches).map(|at| 0.02 * (1.0 - at as f64 / batches as f64)).collect();
        let narrow = |values: &[f64]| -> Vec<f32> { values.iter().map(|value| *value as f32).collect() };
        let first = narrow(&w);
        let gap = literal(&images, [n, hid, num], (p, k, 0.4), &rates, &mut w);
        // Nearer ties could be told apart differently in f32.
        assert!(gap > 1e-5, "{gap}");
        for backend in &mut backends {
            backend.clear();
            let [hidden, pixels, samples] = [hid, n, num].map(|n| n as u32);
            let count = samples * batches as u32;
            let images = backend.tensor(&narrow(&images));
            let order = backend.tensor(&(0..count).map(|at| at as f32).collect::<Vec<_>>());
            let weights = backend.tensor(&first);
            let zeros = [hid * num, 2 * num, n * hid, hid, hid, hid, batches];
            let [drive, ranked, change, largest, wins, norms, record] = zeros.map(|len| backend.zeros(len));
            for (at, rate) in rates.iter().enumerate() {
                let first = at as u32 * samples;
                let pass =
                    KhDrive { hidden, pixels, images: count, first, samples, room: samples, power: p as f32 - 1.0 };
                backend.run(&pass, &[images, order, weights], &[drive]);
                backend.run(&KhRank { hidden, samples, room: samples, k: k as u32 }, &[drive], &[ranked]);
                let pass = KhChange { hidden, pixels, images: count, first, samples, room: samples, delta: 0.4 };
                backend.run(&pass, &[images, order, drive, ranked, weights], &[change, largest, wins]);
                let room = batches as u32;
                let pass = KhStep { hidden, pixels, rate: *rate as f32, power: p as f32, at: at as u32, room };
                backend.run(&pass, &[change, largest], &[weights, norms, record]);
            }
            let read = pollster::block_on(backend.read(&[weights, wins])).expect("the device works");
            for (at, (found, expected)) in read[0].iter().zip(&w).enumerate() {
                // Six steps of at most 0.02 to numbers up to 4, each within rounding (1e-7 of it).
                let off = (f64::from(*found) - expected).abs();
                assert!(off <= 3e-6, "p {p} on {}: weight {at} is {found} instead of {expected}", backend.name());
            }
            assert_eq!(read[1].iter().sum::<f32>(), count as f32, "every image has a winner");
        }
    }
}
