//! What a run does, in order: phases of training, cut into steps, and classifications.

use super::choices::{Before, Cell, Io, Last, Sees, Signal};
use super::settings::Wta;
use crate::kernels::wta_frames::WtaRule;

/// Frames of a step at most: a row of the trace.
pub const STEP: u32 = 500;
/// How far a unit's share of wins moves in a frame: an average over a thousand.
const SHARE_RATE: f64 = 0.001;

/// A stretch of training with the same numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// Its numbers.
    pub rule: WtaRule,
    /// Its frames.
    pub frames: u32,
    /// Frames of an epoch.
    pub epoch: u32,
    /// Whether it sees whole digits.
    pub digits: bool,
    /// Range that the last layer is drawn from before it; none where it goes on.
    pub ww: Option<(f64, f64)>,
    /// Whether io begins every epoch at 0.
    pub clears: bool,
}

/// A step: frames of one epoch of one phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which phase.
    pub phase: usize,
    /// Which of its epochs.
    pub epoch: usize,
    /// Which frame of the epoch is its first.
    pub first: u32,
    /// How many.
    pub frames: u32,
    /// Frames of all phases up to its end.
    pub total: u32,
    /// Whether the images are classified after it.
    pub classifies: bool,
}

impl Step {
    /// Frames that it goes through, counting each of `images` that are classified after it as one.
    pub fn seen(&self, images: u64) -> u64 {
        u64::from(self.frames) + if self.classifies { images } else { 0 }
    }
}

/// No clip, where the setting is 0.
fn clip(value: f64) -> f64 {
    if value > 0.0 { value } else { f64::INFINITY }
}

impl Wta {
    /// The numbers of the run itself.
    pub(super) fn rule(&self) -> WtaRule {
        let learns = |layer: usize, rate: f64| if self.learns.contains(&layer) { rate } else { 0.0 };
        let signal = |signal: Signal| if signal == Signal::Pert { 1.0 } else { 0.0 };
        let units = self.sparse[0] * self.sparse[1];
        WtaRule {
            kx: self.sparse[0],
            ky: self.sparse[1],
            ex: self.ex,
            coefficient: self.coefficient,
            winners: self.winners.min(units),
            xi: learns(0, self.xi),
            s_clip: clip(self.s_clip),
            invariant: self.invariant[0] * self.invariant[1],
            alpha: if self.io == Io::Stale { 0.0 } else { self.alpha },
            leta: learns(1, self.leta),
            seta: learns(1, self.seta),
            period: self.period,
            wta: self.wta[0] * self.wta[1],
            phi: learns(2, self.phi),
            w_clip: clip(self.w_clip),
            reads: signal(self.reads),
            aims: signal(self.aims),
            balance: self.balance,
            share_rate: SHARE_RATE,
        }
    }

    fn phase(&self) -> Phase {
        Phase {
            rule: self.rule(),
            frames: self.frames,
            epoch: self.epoch,
            digits: self.sees == Sees::Digits,
            ww: (self.last == Last::Drawn).then_some((self.ww[0], self.ww[1])),
            clears: self.io == Io::Follows,
        }
    }

    /// A cell of the notebook with the layers of this run.
    fn earlier(&self, cell: Cell) -> Phase {
        let layers = Self {
            sparse: self.sparse,
            winners: self.winners,
            ex: self.ex,
            coefficient: self.coefficient,
            invariant: self.invariant,
            wta: self.wta,
            ..Self::of(cell)
        };
        layers.phase()
    }

    /// All phases, the run's own last.
    pub(super) fn phases(&self) -> Vec<Phase> {
        let cells: &[Cell] = match self.before {
            Before::Nothing => &[],
            Before::Ten => &[Cell::Ten],
            Before::TenTwelve => &[Cell::Ten, Cell::Twelve],
            Before::Eleven => &[Cell::Eleven],
            Before::TwentyTwo => &[Cell::TwentyTwo],
            Before::TwentyTwoTwentyFive => &[Cell::TwentyTwo, Cell::TwentyFive],
        };
        let mut phases: Vec<Phase> = cells.iter().map(|cell| self.earlier(*cell)).collect();
        phases.push(self.phase());
        // There is nothing to go on with before the first.
        phases[0].ww.get_or_insert((self.ww[0], self.ww[1]));
        phases
    }

    /// All steps.
    pub(super) fn plan(&self) -> Vec<Step> {
        let phases = self.phases();
        let own = phases.len() - 1;
        let mut steps = Vec::new();
        let mut total = 0;
        for (phase, Phase { frames, epoch, .. }) in phases.iter().enumerate() {
            let mut done = 0;
            while done < *frames {
                let first = done % epoch;
                let count = STEP.min(frames - done).min(epoch - first);
                let checked = phase == own && self.check > 0 && (done + count) / self.check > done / self.check;
                let last = phase == own && done + count == *frames;
                total += count;
                steps.push(Step {
                    phase,
                    epoch: (done / epoch) as usize,
                    first,
                    frames: count,
                    total,
                    classifies: self.train > 0 && (checked || last),
                });
                done += count;
            }
        }
        steps
    }
}
