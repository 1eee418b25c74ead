//! The three layers on a backend: what they start from, and a block of frames of them.

use crate::backend::{Backend, Tensor};
use crate::kernels::wta_frames::{PIXELS, RECORD, WtaRule};
use crate::kernels::{WtaDrive, WtaFrames, tiles};
use crate::rng::NumpyRng;

/// Ranges of the first weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranges {
    /// Of sw.
    pub sparse: (f64, f64),
    /// Of iw.
    pub invariant: (f64, f64),
    /// Of ww.
    pub wta: (f64, f64),
}

/// First weights in f64, in the notebook's order: rows of units, one after another.
#[derive(Clone, Debug)]
pub struct Draws {
    /// sw (PIXELS, sN).
    pub sw: Vec<f64>,
    /// iw (sN, iN).
    pub iw: Vec<f64>,
    /// ww (iN, wN).
    pub ww: Vec<f64>,
}

impl Draws {
    /// `RandomState.uniform` for sw, then iw, then ww.
    pub fn new(rule: &WtaRule, ranges: &Ranges, rng: &mut NumpyRng) -> Self {
        let [sparse, invariant, wta] = [rule.sparse(), rule.invariant, rule.wta].map(|n| n as usize);
        let mut draw = |(low, high): (f64, f64), n| rng.uniform(low, high, n);
        Self {
            sw: draw(ranges.sparse, sparse * PIXELS),
            iw: draw(ranges.invariant, invariant * sparse),
            ww: draw(ranges.wta, wta * invariant),
        }
    }
}

fn narrow(values: &[f64]) -> Vec<f32> {
    values.iter().map(|value| *value as f32).collect()
}

/// What frames are cut from.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// The pixels, row by row.
    pub pixels: Tensor,
    /// Pixels in a row.
    pub stride: u32,
    /// Where each frame begins, in units of `spacing`.
    pub places: Tensor,
    /// Pixels from place to place.
    pub spacing: u32,
}

/// The layers' tensors; shapes as [`WtaFrames`] has them.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    /// Frames of a block at most.
    pub room: u32,
    /// Every frame of the last block, and what it drove the sparse units with when the block began.
    pub drive: Tensor,
    /// Weights of the sparse units.
    pub sw: Tensor,
    /// The same as tiles.
    pub tiles: Tensor,
    /// Weights of the invariant units.
    pub iw: Tensor,
    /// Weights of the winner-take-all units.
    pub ww: Tensor,
    /// io, io_pert, and shares of wins.
    pub state: Tensor,
}

impl Network {
    /// The layers at their start.
    pub fn new(rule: &WtaRule, draws: &Draws, room: u32, backend: &mut Backend) -> Self {
        let [sparse, invariant] = [rule.sparse(), rule.invariant].map(|n| n as usize);
        let sw = narrow(&draws.sw);
        // The pass has a sparse unit's weights to all invariant units together.
        let iw =
            (0..sparse).flat_map(|unit| draws.iw[unit..].iter().step_by(sparse).map(|w| *w as f32)).collect::<Vec<_>>();
        Self {
            room,
            drive: backend.zeros((PIXELS + sparse) * room as usize),
            tiles: backend.tensor(&tiles::of(&sw, PIXELS)),
            sw: backend.tensor(&sw),
            iw: backend.tensor(&iw),
            ww: backend.tensor(&narrow(&draws.ww)),
            state: Self::rest(invariant, rule.wta as usize, backend),
        }
    }

    /// A state in which nothing has been seen: io is 0, every unit has its fair share of wins.
    fn rest(invariant: usize, wta: usize, backend: &mut Backend) -> Tensor {
        let mut state = vec![0.0; 2 * invariant];
        state.resize(2 * invariant + wta, 1.0 / wta as f32);
        backend.tensor(&state)
    }

    /// Room for what is recorded of a block.
    pub fn records(&self, rule: &WtaRule, backend: &mut Backend) -> Tensor {
        backend.zeros((RECORD + rule.winners as usize) * self.room as usize)
    }

    /// Enqueues `frames` frames of a scene from place `first` on; `first` is also the first one's number in its epoch.
    pub fn block(
        &self,
        backend: &mut Backend,
        rule: &WtaRule,
        scene: &Scene,
        (first, frames): (u32, u32),
        keeps: bool,
        records: Tensor,
    ) {
        let drive = WtaDrive {
            units: rule.sparse(),
            frames,
            room: self.room,
            first,
            places: scene.places.len() as u32,
            stride: scene.stride,
            spacing: scene.spacing,
            scene: scene.pixels.len() as u32,
        };
        backend.run(&drive, &[scene.pixels, scene.places, self.tiles], &[self.drive]);
        let layers = [self.drive, self.sw, self.tiles, self.iw, self.ww, self.state, records];
        backend.run(&WtaFrames::new(rule, first, frames, self.room, keeps), &[], &layers);
    }
}
