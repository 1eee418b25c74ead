//! Whether a backend computes what the CPU computes, asked before a GPU is trusted with a run.

use super::{Backend, BackendError};
use crate::kernels::{QUANTITIES, SkaLayer};

/// Largest difference allowed, of numbers up to about 20: fifty times f32 rounding, far below what a wrong index does.
const TOLERANCE: f32 = 1e-4;

/// Takes a small layer through three steps on `backend` and on the CPU and compares all that came out.
///
/// # Errors
/// If the device fails, or a number differs (a NaN differs from everything).
pub(super) async fn check(backend: &mut Backend) -> Result<(), BackendError> {
    let expected = trial(&mut Backend::default()).await?;
    let found = trial(backend).await?;
    let differs = |(a, b): (&f32, &f32)| {
        let close = (a - b).abs() <= TOLERANCE;
        !close
    };
    match expected.iter().zip(&found).position(differs) {
        Some(at) => Err(BackendError(format!("number {at} is {} instead of {}", found[at], expected[at]))),
        None => Ok(()),
    }
}

/// The numbers of the trial: weights, biases, decisions and sums.
async fn trial(backend: &mut Backend) -> Result<Vec<f32>, BackendError> {
    let layer = SkaLayer {
        units: 5,
        below: 70,
        samples: 67,
        below_slots: 1,
        slots: 4,
        first_step: 0,
        steps: 3,
        lag: 1,
        rate: 0.01,
        of_knowledge: 1.4,
        of_shift: 1.4,
        of_product: 0.0,
        net_of_knowledge: -1.4,
    };
    let [units, below, samples] = [layer.units, layer.below, layer.samples].map(|n| n as usize);
    let input = backend.tensor(&noise(below * samples, 1));
    let weights = backend.tensor(&noise(units * below, 2));
    let biases = backend.zeros(units);
    let knowledge = backend.zeros(units * samples);
    let decisions = backend.zeros(units * samples * layer.slots as usize);
    let sums = backend.zeros(QUANTITIES * units * layer.steps as usize);
    backend.run(&layer, &[input], &[weights, biases, knowledge, decisions, sums]);
    let numbers = backend.read(&[weights, biases, decisions, sums]).await?.concat();
    backend.clear();
    Ok(numbers)
}

/// Numbers in ±0.5 without a pattern that a wrong index could hit (multiplicative hashing).
fn noise(len: usize, seed: u32) -> Vec<f32> {
    let hash = |i: u32| i.wrapping_mul(2_654_435_761).rotate_left(seed).wrapping_mul(2_246_822_519) >> 16;
    (1..=len as u32).map(|i| hash(i) as f32 / 65_536.0 - 0.5).collect()
}
