//! The invariant layer: io from the winners' columns of iw alone, and the update of all columns at the price of a few.
//!
//! A sparse unit that did not win has so = 0, e = −r, and so its weights change by `1 − seta io` as long as r > prec: by the same
//! factor in all such columns. These factors are kept (ρ), and iw holds the weights over ρ until the block ends. What is left is to
//! know of every other column that its r exceeds prec. io falls by a factor 1 − α at most in a frame, weights by 1 − seta Σ io, so
//! that an r once seen is a lower bound for the frames to come; where it comes near prec, r is looked at again.

use super::{PREC, Recorded, WtaFrames, at_least};
use crate::lanes::{LANES, dot};

/// Below this a weight stays where it is; see the sparse layer. r > prec does not depend on weights so small.
const FLOOR: f32 = 1e-20;
/// Below this io counts as 0, so that no product of it is subnormal.
const DARK: f32 = 1e-15;
/// An r is looked at again when it could have come down to this: prec, and some room for rounding.
const NEAR: f32 = 2.0 * PREC as f32;

/// What the layer remembers within a block.
pub struct Invariant {
    /// ρ (iN): iw is ρ times what the tensor holds.
    scale: Vec<f32>,
    /// ρ io (iN).
    scaled: Vec<f32>,
    /// 1 − seta io (iN).
    fade: Vec<f32>,
    /// Of every sparse unit, the r last seen, over `decay` then (sN).
    seen: Vec<f32>,
    /// What is left of an r at least, of each unit of it seen at the block's start.
    decay: f32,
}

impl Invariant {
    pub fn new(pass: &WtaFrames) -> Self {
        let invariant = pass.invariant as usize;
        Self {
            scale: vec![1.0; invariant],
            scaled: vec![0.0; invariant],
            fade: vec![1.0; invariant],
            seen: vec![0.0; pass.sparse()],
            decay: 1.0,
        }
    }

    /// One frame: io_pert and io from what the sparse units answer, then the update.
    pub fn frame(
        &mut self,
        pass: &WtaFrames,
        answers: &[(usize, f32)],
        iw: &mut [f32],
        io: &mut [f32],
        io_pert: &mut [f32],
        numbers: &mut [f32],
    ) {
        let invariant = io.len();
        io_pert.fill(0.0);
        for (unit, so) in answers {
            let column = &iw[unit * invariant..][..invariant];
            io_pert.iter_mut().zip(column).for_each(|(pert, w)| *pert += w * so);
        }
        io_pert.iter_mut().zip(&self.scale).for_each(|(pert, scale)| *pert *= scale);
        let mut sum = 0.0;
        for (io, pert) in io.iter_mut().zip(io_pert) {
            *io += (*pert - *io) * pass.alpha;
            if *io < DARK && *io > -DARK {
                *io = 0.0;
            }
            sum += *io;
        }
        for (scaled, (io, scale)) in self.scaled.iter_mut().zip(io.iter().zip(&self.scale)) {
            *scaled = io * scale;
        }
        numbers[Recorded::IoSum as usize] = sum;
        self.learn(pass, answers, iw, io, numbers);
    }

    fn learn(&mut self, pass: &WtaFrames, answers: &[(usize, f32)], iw: &mut [f32], io: &[f32], numbers: &mut [f32]) {
        let invariant = io.len();
        self.fade.iter_mut().zip(io).for_each(|(fade, io)| *fade = 1.0 - pass.seta * io);
        let frozen = pass.leta == 0.0 && pass.seta == 0.0;
        let mut error = 0.0;
        for (unit, so) in answers {
            let column = &mut iw[unit * invariant..][..invariant];
            let r = dot(column, &self.scaled);
            let e = so - r;
            error += e * e;
            if !frozen {
                let z = if *so > 0.0 { pass.leta } else { pass.seta };
                change(column, e * z / at_least(r), io, &self.fade);
                self.seen[*unit] = 0.0;
            }
        }
        numbers[Recorded::InvariantError as usize] = error;
        if frozen {
            return;
        }
        for block in 0..self.seen.len().div_ceil(LANES) {
            let units = block * LANES..self.seen.len().min((block + 1) * LANES);
            let (decay, seen) = (self.decay, &mut self.seen[units.clone()]);
            // A comparison that a NaN fails.
            if seen.iter().all(|seen| *seen * decay > NEAR) {
                continue;
            }
            for (unit, seen) in units.zip(seen) {
                let far = *seen * decay > NEAR;
                let won = || answers.iter().any(|(winner, _)| *winner == unit);
                if !far && !won() {
                    let column = &mut iw[unit * invariant..][..invariant];
                    let r = dot(column, &self.scaled);
                    *seen = r / decay;
                    if r <= PREC as f32 {
                        change(column, -pass.seta * (r / PREC as f32), io, &self.fade);
                    }
                }
            }
        }
        self.scale.iter_mut().zip(&self.fade).for_each(|(scale, fade)| *scale *= fade);
        let left = self.decay * (1.0 - pass.alpha) * (1.0 - pass.seta * numbers[Recorded::IoSum as usize]);
        // At 0 every r is looked at in every frame.
        self.decay = if left > 0.0 { left } else { 0.0 };
    }

    /// Scales the weights of every invariant unit to sum up to the norm.
    pub fn scale(&mut self, pass: &WtaFrames, iw: &mut [f32], io: &[f32]) {
        self.fold(iw);
        // Summed in f64: it is done once in thousands of frames, and what it rounds stays.
        let mut sums = vec![0.0_f64; io.len()];
        for column in iw.chunks(io.len()) {
            sums.iter_mut().zip(column).for_each(|(sum, w)| *sum += f64::from(*w));
        }
        self.scale.iter_mut().zip(sums).for_each(|(scale, sum)| *scale = (f64::from(pass.norm) / sum) as f32);
        self.fold(iw);
        self.seen.fill(0.0);
        self.decay = 1.0;
    }

    /// Writes ρ into the weights.
    pub fn fold(&mut self, iw: &mut [f32]) {
        for column in iw.chunks_mut(self.scale.len()) {
            for (w, scale) in column.iter_mut().zip(&self.scale) {
                let next = *w * scale;
                *w = if next > 0.0 && next < FLOOR { FLOOR } else { next };
            }
        }
        self.scale.fill(1.0);
    }
}

/// `1 + io g` for a column, of which the factor of all columns is yet to come.
fn change(column: &mut [f32], g: f32, io: &[f32], fade: &[f32]) {
    for ((w, io), fade) in column.iter_mut().zip(io).zip(fade) {
        *w *= (1.0 + io * g) / fade;
    }
}
