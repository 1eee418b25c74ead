//! The engine in f32 against the original's own code and against the definition.

use entroscope::backend::{Backend, Tensor};
use entroscope::kernels::wta_frames::{RECORD, Recorded};
use entroscope::labs::wta::network::{Network, Scene};

use super::case::{Case, TILES, check, cloth};
use crate::golden::{close, numbers};
use crate::support::{data, gpu};

/// The tapestry on a backend, and the window's places in it.
pub fn scene(backend: &mut Backend, cloth: &[u8], corners: &[(usize, usize)]) -> Scene {
    let stride = TILES * 28;
    let pixels: Vec<f32> = cloth.iter().map(|byte| f32::from(*byte) / 255.0).collect();
    let places: Vec<f32> = corners.iter().map(|(x, y)| (y * stride + x) as f32).collect();
    Scene { pixels: backend.tensor(&pixels), stride: stride as u32, places: backend.tensor(&places), spacing: 1 }
}

pub fn read(backend: &mut Backend, tensor: Tensor) -> Vec<f64> {
    let values = pollster::block_on(backend.read(&[tensor])).expect("the device works");
    values[0].iter().map(|value| f64::from(*value)).collect()
}

/// Columns as rows.
pub fn transposed(values: &[f64], rows: usize) -> Vec<f64> {
    (0..rows).flat_map(|row| values[row..].iter().step_by(rows).copied()).collect()
}

/// What f32 leaves: NumPy's own f32 run of the same code is off by up to 3.5e-7 in sw, 2.2e-6 in iw, 7e-7 in ww (the sq_sum by twice
/// that); other orders of summing make it a few times more.
const TOLERANCE: f64 = 1e-5;

#[track_caller]
fn follows(backend: &mut Backend, name: &str, room: u32, frames: u32) {
    let cloth = cloth(&data());
    for case in Case::all(name) {
        backend.clear();
        let scene = scene(backend, &cloth, &case.corners);
        let network = Network::new(&case.rule, &case.draws, room, backend);
        let records = network.records(&case.rule, backend);
        let io_sums = numbers(&case.golden["io_sum"]);
        let (mut first, frames) = (0, frames.min(case.corners.len() as u32));
        while first < frames {
            // A block ends where there is a checkpoint.
            let count = (1..=room.min(frames - first)).find(|n| case.checkpoint((first + n - 1) as usize).is_some());
            let count = count.unwrap_or(room.min(frames - first));
            network.block(backend, &case.rule, &scene, (first, count), first > 0, records);
            let recorded = read(backend, records);
            for (at, record) in recorded.chunks(RECORD + case.rule.winners as usize).take(count as usize).enumerate() {
                let frame = first as usize + at;
                let place = format!("{}, frame {frame}", case.name());
                // Which win, not in which order: that follows from differences far below f32, and nothing follows from it.
                let mut winners: Vec<usize> = record[RECORD..].iter().map(|unit| *unit as usize).collect();
                let mut expected = case.winners(frame);
                winners.sort_unstable();
                expected.sort_unstable();
                assert_eq!(winners, expected, "{place}");
                assert_eq!(
                    record[Recorded::Wta as usize],
                    case.golden["wta"][frame].as_f64().expect("a unit"),
                    "{place}"
                );
                close(&place, record[Recorded::IoSum as usize], io_sums[frame], TOLERANCE * io_sums[frame]);
            }
            first += count;
            if let Some(checkpoint) = case.checkpoint(first as usize - 1) {
                let iw = transposed(&read(backend, network.iw), case.rule.invariant as usize);
                for (key, weights) in [("sw", read(backend, network.sw)), ("iw", iw), ("ww", read(backend, network.ww))]
                {
                    check(&format!("{} after {first}, {key}", case.name()), &weights, &checkpoint[key], TOLERANCE);
                }
            }
        }
    }
}

#[test]
fn the_cpu_engine_follows_the_original_on_small_grids() {
    follows(&mut Backend::default(), "invariant_small", 25, u32::MAX);
}

#[test]
fn the_cpu_engine_follows_the_original_at_full_size() {
    follows(&mut Backend::default(), "invariant_full", 25, u32::MAX);
}

#[test]
fn the_gpu_engine_follows_the_original_on_small_grids() {
    let Some(mut gpu) = gpu() else { return };
    // A software adapter takes 25 ms a frame.
    follows(&mut gpu, "invariant_small", 10, 50);
}
