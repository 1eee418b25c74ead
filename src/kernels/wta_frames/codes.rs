//! What the three layers of original 003 answer to images when nothing is learned any more, one image apart from the other (cell 13,
//! `wta_classification`).
//!
//! ```text
//! c = lat p     winners = the n_w largest of c     so = p / Σ sw on winners, else 0     code = iw so     unit = argmax ww code
//! ```

use super::{PIXELS, WtaRule};
use crate::grid::{Grid, choose};
use crate::lanes::dot;
use crate::{Kernel as _, WtaDrive, tiles};

/// Layers that have learned.
#[derive(Clone, Debug)]
pub struct WtaCodes {
    rule: WtaRule,
    /// sw as tiles of units.
    tiles: Vec<f32>,
    /// Σ of each sparse unit's weights (sN).
    sums: Vec<f32>,
    /// (iN, sN).
    iw: Vec<f32>,
    /// (iN, wN).
    ww: Vec<f32>,
}

/// What they answer to an image.
#[derive(Debug)]
pub struct WtaAnswer<'a> {
    /// The sparse units that win, the least excited first, and so.
    pub winners: &'a [(usize, f32)],
    /// `iw so` (iN).
    pub code: &'a [f32],
    /// The winner-take-all unit that wins.
    pub unit: usize,
}

impl WtaCodes {
    /// Layers with these weights: sw (PIXELS, sN), iw (iN, sN), ww (iN, wN).
    pub fn new(rule: &WtaRule, sw: &[f32], iw: Vec<f32>, ww: Vec<f32>) -> Self {
        // Row of pixels by row: short sums of short sums round least.
        let sum = |weights: &[f32]| weights.chunks(28).map(|row| row.iter().sum::<f32>()).sum();
        Self { rule: *rule, tiles: tiles::of(sw, PIXELS), sums: sw.chunks(PIXELS).map(sum).collect(), iw, ww }
    }

    /// iN and sN.
    pub fn widths(&self) -> [usize; 2] {
        [self.rule.invariant, self.rule.sparse()].map(|units| units as usize)
    }

    /// Answers images (PIXELS, count), one after another.
    pub fn answer(&self, images: &[f32], mut take: impl FnMut(WtaAnswer)) {
        let rule = &self.rule;
        let [sparse, invariant] = [rule.sparse(), rule.invariant].map(|units| units as usize);
        let count = images.len() / PIXELS;
        let mut drive = vec![0.0; (PIXELS + sparse) * count];
        let pass = WtaDrive {
            units: rule.sparse(),
            frames: count as u32,
            room: count as u32,
            first: 0,
            places: count as u32,
            stride: 28,
            spacing: PIXELS as u32,
            scene: images.len() as u32,
        };
        let places: Vec<f32> = (0..count).map(|place| place as f32).collect();
        pass.compute(&[images, &places, &self.tiles], &mut [&mut drive]);
        let mut grid = Grid::new((rule.kx, rule.ky), rule.ex, rule.neighbour() as f32);
        let (mut c, mut code, mut winners) = (vec![0.0; sparse], vec![0.0; invariant], Vec::new());
        for column in drive.chunks(PIXELS + sparse) {
            let p = &column[PIXELS..];
            grid.excite(p, &mut c);
            choose(&c, rule.winners as usize, &mut winners);
            code.fill(0.0);
            for (unit, so) in &mut winners {
                *so = p[*unit] / self.sums[*unit];
                code.iter_mut().zip(&self.iw[*unit * invariant..]).for_each(|(code, w)| *code += w * *so);
            }
            let (mut unit, mut most) = (0, f32::NEG_INFINITY);
            for (at, row) in self.ww.chunks(invariant).enumerate() {
                let q = dot(row, &code);
                if q > most {
                    (unit, most) = (at, q);
                }
            }
            take(WtaAnswer { winners: &winners, code: &code, unit });
        }
    }
}
