//! The three layers of original 003 through a block of frames, one frame after another: winners, reconstructions, updates.
//!
//! For a frame v with `p = sw v` (notebook cell 10; by columns: `so`, `io`, `wo` are what the layers answer):
//!
//! ```text
//! winners = the n_w largest of lat p      u = p on winners, else 0      r = swᵀ u      sw ← sw (1 + ξ u (v − r)ᵀ / max(r, prec))
//! so = u / Σ sw      io_pert = iw so      io ← io + α (io_pert − io)    r = iwᵀ io     iw ← iw (1 + io (z (so − r))ᵀ / max(r, prec))
//! q = ww x           win = argmax q       wo = q on win, else 0         r = wwᵀ wo     ww ← ww (1 + φ wo (t − r)ᵀ / max(r, prec))
//! ```
//!
//! z is leta where so > 0, seta elsewhere; x and t are io, or io_pert. [`WtaLayers`] is the definition; `engine` the same without
//! touching what does not change: only winners' rows of sw do, and columns of iw all change alike but for the winners'.
//!
//! Shapes: drive (PIXELS + sN, room) from `wta_drive`; sw (PIXELS, sN), and its tiles; iw (iN, sN); ww (iN, wN); state: io (iN),
//! io_pert (iN), shares of wins (wN); records (RECORD + n_w, room).

mod codes;
mod engine;
mod invariant;
#[cfg(not(target_arch = "wasm32"))]
mod plain;
mod rule;
mod sparse;

pub use codes::{WtaAnswer, WtaCodes};
#[cfg(not(target_arch = "wasm32"))]
pub use plain::{WtaFrame, WtaLayers, lateral};
pub use rule::{PREC, WtaRule};

use super::{Kernel, KernelSpec, params, tiles};

/// Pixels of a frame.
pub const PIXELS: usize = 28 * 28;

params! {
    /// Parameters of the pass.
    pub struct WtaFrames {
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
        /// Frames in this block.
        frames: u32,
        /// Frames that `drive` and `records` have room for.
        room: u32,
        /// Which frame of its epoch is the block's first.
        first: u32,
        /// Every so many frames iw is scaled; 0 for never.
        period: u32,
        /// What io is multiplied with before the first frame: 0 at the start of an epoch, else 1.
        keeps: f32,
        /// Lateral weight of a neighbour.
        neighbour: f32,
        /// ξ.
        xi: f32,
        /// Clip of the sparse error; very large for none.
        s_clip: f32,
        /// α.
        alpha: f32,
        /// leta.
        leta: f32,
        /// seta.
        seta: f32,
        /// What a scaled row of iw sums up to, sN / iN.
        norm: f32,
        /// φ.
        phi: f32,
        /// Clip of the winner-take-all error; very large for none.
        w_clip: f32,
        /// 0 to read io, 1 to read io_pert.
        reads: f32,
        /// 0 to reconstruct io, 1 to reconstruct io_pert.
        aims: f32,
        /// How much a unit that has won often is held back.
        balance: f32,
        /// How far a share of wins moves in a frame.
        share_rate: f32,
    }
}

/// What is recorded of every frame, before its winners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// The winner-take-all unit that won.
    Wta,
    /// Σ io.
    IoSum,
    /// Σ v².
    Light,
    /// Σ e² of the sparse layer, before it is clipped.
    SparseError,
    /// Σ (Δsw)².
    SparseChange,
    /// Σ e² of the invariant layer over the winners.
    InvariantError,
    /// Σ e² of the winner-take-all layer, before it is clipped.
    WtaError,
    /// Σ (Δww)².
    WtaChange,
}

/// Number of values that are recorded of a frame before its winners (the least excited first).
pub const RECORD: usize = 8;

/// `max(r, prec)`, but for a NaN, which stays one.
fn at_least(r: f32) -> f32 {
    if r < PREC as f32 { PREC as f32 } else { r }
}

impl WtaFrames {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "wta_frames",
        wgsl: crate::wgsl!("wta_frames.wgsl"),
        params: Self::PARAMS,
        inputs: &[],
        outputs: &["drive", "sw", "tiles", "iw", "ww", "state", "records"],
    };

    /// The pass for `frames` frames from frame `first` of an epoch on. `keeps`: whether io is kept, or begins at 0.
    pub fn new(rule: &WtaRule, first: u32, frames: u32, room: u32, keeps: bool) -> Self {
        // What is clipped to ±∞ is not clipped; in f32, a number that no error reaches stands for it.
        let clip = |clip: f64| clip.min(1e30) as f32;
        Self {
            kx: rule.kx,
            ky: rule.ky,
            ex: rule.ex,
            winners: rule.winners,
            invariant: rule.invariant,
            wta: rule.wta,
            frames,
            room,
            first,
            period: rule.period,
            keeps: if keeps { 1.0 } else { 0.0 },
            neighbour: rule.neighbour() as f32,
            xi: rule.xi as f32,
            s_clip: clip(rule.s_clip),
            alpha: rule.alpha as f32,
            leta: rule.leta as f32,
            seta: rule.seta as f32,
            norm: rule.norm() as f32,
            phi: rule.phi as f32,
            w_clip: clip(rule.w_clip),
            reads: rule.reads as f32,
            aims: rule.aims as f32,
            balance: rule.balance as f32,
            share_rate: rule.share_rate as f32,
        }
    }

    /// The same numbers, widened.
    #[cfg(not(target_arch = "wasm32"))]
    fn rule(&self) -> WtaRule {
        let mut rule = WtaRule {
            kx: self.kx,
            ky: self.ky,
            ex: self.ex,
            coefficient: 1.0,
            winners: self.winners,
            xi: self.xi.into(),
            s_clip: self.s_clip.into(),
            invariant: self.invariant,
            alpha: self.alpha.into(),
            leta: self.leta.into(),
            seta: self.seta.into(),
            period: self.period,
            wta: self.wta,
            phi: self.phi.into(),
            w_clip: self.w_clip.into(),
            reads: self.reads.into(),
            aims: self.aims.into(),
            balance: self.balance.into(),
            share_rate: self.share_rate.into(),
        };
        rule.coefficient = f64::from(self.neighbour) / rule.neighbour();
        rule
    }

    /// sN.
    fn sparse(&self) -> usize {
        (self.kx * self.ky) as usize
    }

    /// Whether a frame is one after which iw is scaled.
    fn scales(&self, frame: usize) -> bool {
        self.period > 0 && (self.first as usize + frame).is_multiple_of(self.period as usize)
    }
}

impl Kernel for WtaFrames {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    /// One: every frame follows from the one before.
    fn workgroups(&self) -> [u32; 3] {
        [1, 1, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        let (sparse, room) = (self.sparse(), self.room as usize);
        let [winners, invariant, wta] = [self.winners, self.invariant, self.wta].map(|n| n as usize);
        assert!(
            self.frames <= self.room && winners <= sparse && sparse > 1 && invariant > 0 && wta > 0,
            "wta_frames: {self:?} is out of bounds"
        );
        vec![
            (PIXELS + sparse) * room,
            PIXELS * sparse,
            tiles::len(sparse, PIXELS),
            invariant * sparse,
            invariant * wta,
            2 * invariant + wta,
            (RECORD + winners) * room,
        ]
    }

    /// By [`WtaLayers`], from the widened state.
    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, _inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [drive, sw, tiled, iw, ww, state, records] = outputs else { unreachable!("lengths were checked") };
        let widened = |values: &[f32]| -> Vec<f64> { values.iter().map(|value| f64::from(*value)).collect() };
        let narrow = |values: &[f64], into: &mut [f32]| {
            into.iter_mut().zip(values).for_each(|(into, value)| *into = *value as f32);
        };
        let (sparse, invariant) = (self.sparse(), self.invariant as usize);
        let transposed = |values: &[f64], rows: usize| -> Vec<f64> {
            (0..rows).flat_map(|row| values[row..].iter().step_by(rows).copied()).collect()
        };
        let mut layers = WtaLayers {
            sw: widened(sw),
            iw: transposed(&widened(iw), invariant),
            ww: widened(ww),
            io: widened(&state[..invariant]).into_iter().map(|io| io * f64::from(self.keeps)).collect(),
            shares: widened(&state[2 * invariant..]),
        };
        let rule = self.rule();
        let columns = drive.chunks(PIXELS + sparse).zip(records.chunks_mut(RECORD + self.winners as usize));
        for (at, (column, record)) in columns.take(self.frames as usize).enumerate() {
            let before = layers.clone();
            let v = widened(&column[..PIXELS]);
            let frame = layers.frame(&rule, self.first + at as u32, &v);
            let change = |now: &[f64], before: &[f64]| now.iter().zip(before).map(|(a, b)| (a - b) * (a - b)).sum();
            let numbers: [f64; RECORD] = [
                frame.wta as f64,
                layers.io.iter().sum(),
                v.iter().map(|v| v * v).sum(),
                frame.sparse_error,
                change(&layers.sw, &before.sw),
                frame.invariant_error,
                frame.wta_error,
                change(&layers.ww, &before.ww),
            ];
            narrow(&numbers, record);
            record[RECORD..].iter_mut().zip(frame.winners).for_each(|(into, winner)| *into = winner as f32);
            narrow(&frame.io_pert, &mut state[invariant..]);
        }
        narrow(&layers.sw, sw);
        narrow(&transposed(&layers.iw, sparse), iw);
        narrow(&layers.ww, ww);
        narrow(&layers.io, state);
        narrow(&layers.shares, &mut state[2 * invariant..]);
        tiled.copy_from_slice(&tiles::of(sw, PIXELS));
    }

    fn compute(&self, _inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        engine::advance(self, outputs);
    }
}
