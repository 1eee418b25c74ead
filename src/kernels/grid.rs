//! Sparse units on a torus: lateral excitation as a box filter, and the units that win.

use crate::lanes::LANES;

/// A grid of units.
pub struct Grid {
    /// Columns and rows.
    kx: usize,
    ky: usize,
    /// How far excitation reaches.
    ex: usize,
    /// Weight of a neighbour.
    neighbour: f32,
    /// Sums along rows of the grid (kx, ky).
    rows: Vec<f32>,
    /// A row of the grid, and what lies across its edges.
    ring: Vec<f32>,
}

impl Grid {
    pub fn new((kx, ky): (u32, u32), ex: u32, neighbour: f32) -> Self {
        let [kx, ky, ex] = [kx, ky, ex].map(|n| n as usize);
        Self { kx, ky, ex, neighbour, rows: vec![0.0; kx * ky], ring: Vec::new() }
    }

    /// c: sums of p along rows of the grid, then of these along columns; the unit itself counts as 1.
    #[inline]
    pub fn excite(&mut self, p: &[f32], c: &mut [f32]) {
        let (kx, ky, ex) = (self.kx, self.ky, self.ex);
        for (sums, p) in self.rows.chunks_mut(kx).zip(p.chunks(kx)) {
            // Around the row and around again, from `ex` before its first unit on.
            self.ring.clear();
            for part in [&p[before(0, ex, kx)..], p, p] {
                self.ring.extend_from_slice(part);
            }
            sums.fill(0.0);
            for shifted in self.ring.windows(kx).take(reach(ex, kx)) {
                add(sums, shifted);
            }
        }
        for (y, (sums, p)) in c.chunks_mut(kx).zip(p.chunks(kx)).enumerate() {
            sums.fill(0.0);
            for row in 0..reach(ex, ky) {
                add(sums, &self.rows[(before(y, ex, ky) + row) % ky * kx..][..kx]);
            }
            sums.iter_mut().zip(p).for_each(|(c, p)| *c = p + self.neighbour * (*c - p));
        }
    }
}

/// The `winners` units with the largest c, the least excited first; of equals the later ones, as a stable sort leaves them.
#[inline]
pub fn choose(c: &[f32], winners: usize, chosen: &mut Vec<(usize, f32)>) {
    chosen.clear();
    let mut least = f32::NEG_INFINITY;
    for (block, excitations) in c.chunks(LANES).enumerate() {
        // Most blocks hold no winner.
        if chosen.len() == winners && excitations.iter().all(|c| *c < least) {
            continue;
        }
        for (lane, c) in excitations.iter().enumerate() {
            if chosen.len() == winners {
                if *c < least {
                    continue;
                }
                chosen.remove(0);
            }
            let place = chosen.partition_point(|(_, other)| other <= c);
            chosen.insert(place, (block * LANES + lane, *c));
            least = chosen[0].1;
        }
    }
}

fn add(sums: &mut [f32], values: &[f32]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

/// How many places of a ring are within `ex` of one, itself among them.
fn reach(ex: usize, side: usize) -> usize {
    side.min(2 * ex + 1)
}

/// The place `ex` before one on a ring.
fn before(at: usize, ex: usize, side: usize) -> usize {
    (at + ex * (side - 1)) % side
}
