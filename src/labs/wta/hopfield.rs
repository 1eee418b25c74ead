//! Krotov and Hopfield's competing hidden units on a backend: what they start from, their epochs, and what they answer.

use crate::backend::{Backend, Tensor};
use crate::kernels::{KhChange, KhDrive, KhRank, KhStep};
use crate::rng::NumpyRng;

/// Pixels of an image.
const PIXELS: u32 = 784;

/// The numbers of the authors' notebook, at their values there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Competition {
    /// Hidden units.
    pub hidden: u32,
    /// Images of a batch.
    pub batch: u32,
    /// p, the norm of the weights.
    pub p: f64,
    /// k, the rank that is unlearned.
    pub k: u32,
    /// Δ, the strength of unlearning.
    pub delta: f64,
    /// ε at the start; it falls to 0 in a straight line.
    pub rate: f64,
    /// Passes over the images.
    pub epochs: u32,
    /// Seed of the weights, and of the order of the images after them.
    pub seed: u32,
}

impl Default for Competition {
    fn default() -> Self {
        Self { hidden: 100, batch: 100, p: 2.0, k: 2, delta: 0.4, rate: 0.02, epochs: 200, seed: 0 }
    }
}

/// The hidden units' tensors.
pub struct Hopfield {
    rule: Competition,
    images: Tensor,
    count: u32,
    /// Draws the order of every epoch, from that of the one before.
    rng: NumpyRng,
    order: Vec<f32>,
    places: Tensor,
    drive: Tensor,
    ranked: Tensor,
    change: Tensor,
    largest: Tensor,
    /// Weights (PIXELS, hidden).
    pub weights: Tensor,
    /// How often each unit was the most driven one since the run began (hidden).
    pub wins: Tensor,
    /// Σ |W|^p of each unit (hidden).
    pub norms: Tensor,
    /// The largest |ΔW| of each batch of the last epoch (batches).
    pub record: Tensor,
}

impl Hopfield {
    /// The units at their start; images (PIXELS, count).
    pub fn new(rule: Competition, images: &[f32], backend: &mut Backend) -> Self {
        let mut rng = NumpyRng::new(rule.seed);
        let count = images.len() as u32 / PIXELS;
        let weights: Vec<f32> = rng.randn((rule.hidden * PIXELS) as usize).iter().map(|w| *w as f32).collect();
        let mut zeros = |len: u32| backend.zeros(len as usize);
        Self {
            drive: zeros(rule.hidden * rule.batch),
            ranked: zeros(2 * rule.batch),
            change: zeros(rule.hidden * PIXELS),
            largest: zeros(rule.hidden),
            wins: zeros(rule.hidden),
            norms: zeros(rule.hidden),
            record: zeros((count / rule.batch).max(1)),
            weights: backend.tensor(&weights),
            images: backend.tensor(images),
            places: backend.zeros(count as usize),
            order: (0..count).map(|at| at as f32).collect(),
            rule,
            count,
            rng,
        }
    }

    /// Batches of an epoch; images that fill none are left out, others in every epoch.
    pub fn batches(&self) -> u32 {
        self.count / self.rule.batch
    }

    /// Images of a batch.
    pub fn batch(&self) -> u32 {
        self.rule.batch
    }

    /// Draws what so many epochs draw.
    pub fn skip(&mut self, epochs: u32) {
        (0..epochs).for_each(|_| self.shuffle());
    }

    fn shuffle(&mut self) {
        let order = self.rng.permutation(self.count as usize).iter().map(|at| self.order[*at]).collect();
        self.order = order;
    }

    /// Enqueues `count` batches of an epoch, from batch `from` on. The first one of an epoch draws the order of all.
    pub fn advance(&mut self, backend: &mut Backend, epoch: u32, (from, count): (u32, u32)) {
        if from == 0 {
            self.shuffle();
            self.places = backend.tensor(&self.order);
        }
        let Competition { hidden, batch: samples, k, .. } = self.rule;
        let rate = self.rule.rate * (1.0 - f64::from(epoch) / f64::from(self.rule.epochs));
        for at in from..from + count {
            let (first, images) = (at * samples, self.count);
            let power = (self.rule.p - 1.0) as f32;
            let drive = KhDrive { hidden, pixels: PIXELS, images, first, samples, room: samples, power };
            backend.run(&drive, &[self.images, self.places, self.weights], &[self.drive]);
            backend.run(&KhRank { hidden, samples, room: samples, k }, &[self.drive], &[self.ranked]);
            let delta = self.rule.delta as f32;
            let change = KhChange { hidden, pixels: PIXELS, images, first, samples, room: samples, delta };
            let seen = [self.images, self.places, self.drive, self.ranked, self.weights];
            backend.run(&change, &seen, &[self.change, self.largest, self.wins]);
            let power = self.rule.p as f32;
            let step = KhStep { hidden, pixels: PIXELS, rate: rate as f32, power, at, room: self.batches() };
            backend.run(&step, &[self.change, self.largest], &[self.weights, self.norms, self.record]);
        }
    }
}
