//! How fast this processor multiplies and adds, by vectors of four and without a fused operation, as the engine does, if
//! nothing has to be fetched: what no order of the same sums can fall below.

use std::hint::black_box;
use std::time::Instant;

/// Products and sums that are on their way at once: each waits some cycles for the one before it. With what they are
/// multiplied by and added to, they fill the registers of x86-64.
const CHAINS: usize = 6;

/// One vector.
type Quad = [f32; 4];

/// Milliseconds for so many products, each added to something, in one thread.
pub fn time(products: u64) -> f64 {
    // Not known to the compiler: a factor of 1 and a term of 0 keep the numbers as they are.
    let (factor, term): (Quad, Quad) = black_box(([1.0; 4], [0.0; 4]));
    let mut state: [[Quad; CHAINS]; 2] = black_box([[[1.5; 4]; CHAINS]; 2]);
    let start = Instant::now();
    for _ in 0..products / (4 * CHAINS as u64) {
        let [multiplied, added] = &mut state;
        for (multiplied, added) in multiplied.iter_mut().zip(added) {
            for lane in 0..4 {
                multiplied[lane] *= factor[lane];
                added[lane] += term[lane];
            }
        }
    }
    black_box(state);
    start.elapsed().as_secs_f64() * 1e3
}
