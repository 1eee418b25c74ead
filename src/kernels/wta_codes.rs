//! What the three layers of original 003 answer to images when nothing is learned any more, one image apart from the other (cell 13,
//! `wta_classification`).
//!
//! ```text
//! c = lat p     winners = the n_w largest of c     so = p / Σ sw on winners, else 0     code = iw so     unit = argmax ww code
//! ```
//!
//! Shapes: drive (PIXELS + sN, room) from `wta_drive`; sw (PIXELS, sN), iw (iN, sN), ww (iN, wN); excited (sN, room): c; chosen
//! (2 n_w + 1, room): the winners, the least excited first, what they answer, and the winner-take-all unit; codes (iN, room).

use crate::grid::{Grid, choose};
use crate::lanes::dot;
use crate::wta_frames::{PIXELS, WtaRule};
use crate::{Kernel, KernelSpec, params};

/// Winners at most: as many as a workgroup lists.
pub const MOST_WINNERS: u32 = 256;

params! {
    /// Parameters of the pass.
    pub struct WtaCodes {
        /// Columns of the grid of sparse units.
        kx: u32,
        /// Rows of it.
        ky: u32,
        /// How far lateral excitation reaches.
        ex: u32,
        /// n_w.
        winners: u32,
        /// iN.
        invariant: u32,
        /// wN.
        wta: u32,
        /// Images in this block.
        frames: u32,
        /// Images that there is room for.
        room: u32,
        /// Lateral weight of a neighbour.
        neighbour: f32,
    }
}

impl WtaCodes {
    pub(crate) const SPEC: KernelSpec = KernelSpec {
        name: "wta_codes",
        wgsl: include_str!("../../shaders/wta_codes.wgsl"),
        params: Self::PARAMS,
        inputs: &["drive", "sw", "iw", "ww"],
        outputs: &["excited", "chosen", "codes"],
    };

    /// The pass for `frames` images.
    pub fn new(rule: &WtaRule, frames: u32, room: u32) -> Self {
        Self {
            kx: rule.kx,
            ky: rule.ky,
            ex: rule.ex,
            winners: rule.winners,
            invariant: rule.invariant,
            wta: rule.wta,
            frames,
            room,
            neighbour: rule.neighbour() as f32,
        }
    }

    /// Values of `chosen` for an image.
    pub fn chosen(winners: u32) -> usize {
        2 * winners as usize + 1
    }

    fn sparse(&self) -> usize {
        (self.kx * self.ky) as usize
    }
}

impl Kernel for WtaCodes {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    /// A workgroup takes an image.
    fn workgroups(&self) -> [u32; 3] {
        [self.frames, 1, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        let (sparse, room) = (self.sparse(), self.room as usize);
        let [winners, invariant, wta] = [self.winners, self.invariant, self.wta].map(|n| n as usize);
        assert!(
            self.frames <= self.room && winners <= sparse && self.winners <= MOST_WINNERS && sparse > 1,
            "wta_codes: {self:?} is out of bounds"
        );
        vec![
            (PIXELS + sparse) * room,
            PIXELS * sparse,
            invariant * sparse,
            invariant * wta,
            sparse * room,
            Self::chosen(self.winners) * room,
            invariant * room,
        ]
    }

    /// By the matrix of lateral weights and sums in f64.
    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [drive, sw, iw, ww] = inputs else { unreachable!("lengths were checked") };
        let [excited, chosen, codes] = outputs else { unreachable!("lengths were checked") };
        let (sparse, winners, invariant) = (self.sparse(), self.winners as usize, self.invariant as usize);
        let near = |a: usize, b: usize, side: u32| {
            let apart = a.abs_diff(b) as u32;
            apart.min(side - apart) <= self.ex
        };
        for frame in 0..self.frames as usize {
            let p = &drive[frame * (PIXELS + sparse) + PIXELS..][..sparse];
            let kx = self.kx as usize;
            let c: Vec<f64> = (0..sparse)
                .map(|a| {
                    let is_near = |b: &usize| near(a % kx, b % kx, self.kx) && near(a / kx, b / kx, self.ky) && *b != a;
                    let sum: f64 = (0..sparse).filter(is_near).map(|b| f64::from(p[b])).sum();
                    f64::from(p[a]) + f64::from(self.neighbour) * sum
                })
                .collect();
            excited[frame * sparse..].iter_mut().zip(&c).for_each(|(into, c)| *into = *c as f32);
            let mut order: Vec<usize> = (0..sparse).collect();
            order.sort_by(|a, b| c[*a].total_cmp(&c[*b]));
            let best = order.split_off(sparse - winners);
            let sum = |unit: usize| sw[unit * PIXELS..][..PIXELS].iter().map(|w| f64::from(*w)).sum::<f64>();
            let so: Vec<f64> = best.iter().map(|unit| f64::from(p[*unit]) / sum(*unit)).collect();
            let weight = |b: usize, unit: usize| f64::from(iw[unit * invariant + b]);
            let code = |b| best.iter().zip(&so).map(|(unit, so)| weight(b, *unit) * so).sum::<f64>();
            let code: Vec<f64> = (0..invariant).map(code).collect();
            let q: Vec<f64> = ww
                .chunks(invariant)
                .map(|row| row.iter().zip(&code).map(|(w, code)| f64::from(*w) * code).sum())
                .collect();
            let unit = (0..q.len()).rev().max_by(|a, b| q[*a].total_cmp(&q[*b])).unwrap_or(0);
            let found = best.iter().map(|unit| *unit as f32).chain(so.iter().map(|so| *so as f32));
            let chosen = &mut chosen[frame * Self::chosen(self.winners)..];
            chosen.iter_mut().zip(found.chain([unit as f32])).for_each(|(into, found)| *into = found);
            codes[frame * invariant..].iter_mut().zip(code).for_each(|(into, code)| *into = code as f32);
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [drive, sw, iw, ww] = inputs else { unreachable!("lengths were checked") };
        let [excited, chosen, codes] = outputs else { unreachable!("lengths were checked") };
        let (sparse, winners, invariant) = (self.sparse(), self.winners as usize, self.invariant as usize);
        let mut grid = Grid::new((self.kx, self.ky), self.ex, self.neighbour);
        let mut best = Vec::new();
        let images = drive.chunks(PIXELS + sparse).zip(excited.chunks_mut(sparse));
        let answers = chosen.chunks_mut(Self::chosen(self.winners)).zip(codes.chunks_mut(invariant));
        for ((drive, c), (chosen, code)) in images.zip(answers).take(self.frames as usize) {
            let p = &drive[PIXELS..];
            grid.excite(p, c);
            choose(c, winners, &mut best);
            code.fill(0.0);
            for (at, (unit, _)) in best.iter().enumerate() {
                let so = p[*unit] / sum(&sw[unit * PIXELS..][..PIXELS]);
                (chosen[at], chosen[winners + at]) = (*unit as f32, so);
                code.iter_mut().zip(&iw[unit * invariant..]).for_each(|(code, w)| *code += w * so);
            }
            let (mut unit, mut most) = (0, f32::NEG_INFINITY);
            for (at, row) in ww.chunks(invariant).enumerate() {
                let q = dot(row, code);
                if q > most {
                    (unit, most) = (at, q);
                }
            }
            chosen[2 * winners] = unit as f32;
        }
    }
}

/// Σ of a unit's weights, row of pixels by row.
fn sum(weights: &[f32]) -> f32 {
    weights.chunks(28).map(|row| row.iter().sum::<f32>()).sum()
}
