//! The sparse layer: lateral excitation as a box filter, the winners, and the update of their rows.

use super::{PIXELS, Recorded, WtaFrames, at_least};
use crate::grid::{Grid, choose};
use crate::lanes::{LANES, ZERO, dot, total};
use crate::tiles;

/// Below this a weight stays where it is: it can grow again, as it does in f64, and arithmetic with it stays out of the subnormal
/// numbers, which a processor takes a hundred times as long for. In f64 weights come down to 1e-80 in 20 epochs, from where a lit
/// pixel brings them back within a few frames: the share of a pixel that nobody reconstructs grows by v u ξ / prec, up to 10⁹, a frame.
const FLOOR: f32 = 1e-30;

/// What the layer remembers within a block.
pub struct Sparse {
    /// The units that won the frame, the least excited first, with what they answer (so).
    pub answers: Vec<(usize, f32)>,
    /// Units whose weights have changed since the block began, and whether each has.
    changed: Vec<usize>,
    has_changed: Vec<bool>,
    grid: Grid,
    /// c (kx, ky).
    excitation: Vec<f32>,
}

impl Sparse {
    pub fn new(pass: &WtaFrames) -> Self {
        let units = pass.sparse();
        Self {
            answers: Vec::new(),
            changed: Vec::new(),
            has_changed: vec![false; units],
            grid: Grid::new((pass.kx, pass.ky), pass.ex, pass.neighbour),
            excitation: vec![0.0; units],
        }
    }

    /// One frame. `p` is what it drives the units with, by the weights with which the block began.
    pub fn frame(&mut self, pass: &WtaFrames, v: &[f32], p: &mut [f32], sw: &mut [f32], numbers: &mut [f32]) {
        for unit in &self.changed {
            p[*unit] = dot(&sw[unit * PIXELS..][..PIXELS], v);
        }
        self.grid.excite(p, &mut self.excitation);
        choose(&self.excitation, pass.winners as usize, &mut self.answers);

        let mut r = [0.0_f32; PIXELS];
        for (unit, _) in &self.answers {
            let u = p[*unit];
            r.iter_mut().zip(&sw[unit * PIXELS..][..PIXELS]).for_each(|(r, w)| *r += w * u);
        }
        let mut share = [0.0_f32; PIXELS]; // ξ e / max(r, prec)
        for ((share, v), r) in share.iter_mut().zip(v).zip(&mut r) {
            let e = v - *r;
            *share = pass.xi * (e.clamp(-pass.s_clip, pass.s_clip) / at_least(*r));
            *r = e;
        }
        numbers[Recorded::Light as usize] = dot(v, v);
        numbers[Recorded::SparseError as usize] = dot(&r, &r);

        let mut change = 0.0;
        for (unit, answer) in &mut self.answers {
            let u = p[*unit];
            let row = &mut sw[*unit * PIXELS..][..PIXELS];
            let (sum, moved) = learn(row, u, &share);
            change += moved;
            *answer = u / sum;
            if moved > 0.0 && !self.has_changed[*unit] {
                self.has_changed[*unit] = true;
                self.changed.push(*unit);
            }
        }
        numbers[Recorded::SparseChange as usize] = change;
    }

    /// Brings the tiles up to date.
    pub fn finish(self, sw: &[f32], tiles: &mut [f32]) {
        for unit in self.changed {
            tiles::set(tiles, unit, &sw[unit * PIXELS..][..PIXELS]);
        }
    }
}

/// Moves a winner's weights. Returns their sum and Σ of the squares of what they moved by.
fn learn(row: &mut [f32], u: f32, share: &[f32; PIXELS]) -> (f32, f32) {
    let (mut sum, mut moved) = (ZERO, ZERO);
    for (weights, shares) in row.as_chunks_mut::<LANES>().0.iter_mut().zip(share.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            let w = weights[lane];
            let step = w * u * shares[lane];
            let next = w + step;
            let next = if next > 0.0 && next < FLOOR { FLOOR } else { next };
            weights[lane] = next;
            sum[lane] += next;
            moved[lane] += step * step;
        }
    }
    (total(&sum), total(&moved))
}
