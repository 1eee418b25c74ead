//! The CPU engine's way through an SKA layer: step by step, in tiles of samples, sixteen neurons at a time.
//!
//! A tile's inputs stay in the cache while all neurons look at them, a block's weights while it goes through the tile.
//! Sums run in the same order whichever path is taken, dense or over the lit pixels alone, so the numbers do not depend
//! on it.

use std::ops::Range;

use super::block::{Block, Rule, Totals, add_squares, measure};
use super::products::{RowPairs, multiply};
use super::sparse::Sparse;
use super::{QUANTITIES, Quantity, SkaLayer, slot};
use crate::lanes::{LANES, Lanes, ZERO, add_scaled};

/// Samples in a tile: a multiple of the groups that are summed in f32.
const TILE: usize = 128;

/// All steps of the chunk, for some of the neurons. `input` is (below, samples, below_slots); outputs as in the spec.
pub fn advance(layer: &SkaLayer, share: Range<usize>, input: &[f32], outputs: &mut [&mut [f32]]) {
    let samples = layer.samples as usize;
    let plane = samples * layer.units as usize;
    let [weights, biases, knowledge, decisions, sums] = outputs else { unreachable!("lengths were checked") };
    let mut inputs = Inputs::new(layer, input);
    let d_prev = &decisions[slot(layer.first_step, 1, layer.slots) * plane..][..plane];
    let load = |block| Neurons::load(block, &inputs, weights, biases, knowledge, d_prev);
    let mut neurons: Vec<Neurons> = Block::of(layer.units, share).map(load).collect();
    let (rule, repeats) = (layer.rule(), inputs.repeats());
    for at in 0..layer.steps {
        let step = layer.first_step + at;
        let rate = layer.rate_at(step);
        inputs.reach(step, rate != 0.0);
        neurons.iter_mut().for_each(Neurons::begin);
        for first in (0..samples).step_by(TILE) {
            let tile = first..samples.min(first + TILE);
            for neurons in &mut neurons {
                if step == 1 && repeats {
                    // The same weights see what they saw at step 0.
                    neurons.z[tile.clone()].copy_from_slice(&neurons.z_prev[tile.clone()]);
                } else {
                    inputs.forward(&neurons.w, &neurons.b, &tile, &mut neurons.z);
                }
                neurons.measure(&rule, &tile);
                if rate != 0.0 {
                    inputs.correlate(&neurons.g, &tile, &mut neurons.change);
                }
            }
        }
        if rate != 0.0 {
            inputs.update(rate, &mut neurons);
        }
        let sums = &mut sums[at as usize * layer.units as usize * QUANTITIES..];
        let d = &mut decisions[slot(step, 0, layer.slots) * plane..][..plane];
        neurons.iter_mut().for_each(|neurons| neurons.end(d, sums));
    }
    for neurons in &neurons {
        inputs.store(neurons.block, weights, &neurons.w);
        neurons.block.store_column(biases, &neurons.b);
        neurons.block.store(knowledge, &neurons.z_prev);
    }
}

/// Sixteen neurons with their state; of every sample one entry.
struct Neurons {
    block: Block,
    /// Weights of the inputs that are looked at.
    w: Vec<Lanes>,
    /// Squares of the weights of the others, which stay as they are.
    dark: [f64; LANES],
    /// G Pᵀ of the step.
    change: Vec<Lanes>,
    b: Lanes,
    z: Vec<Lanes>,
    z_prev: Vec<Lanes>,
    d: Vec<Lanes>,
    g: Vec<Lanes>,
    totals: Totals,
}

impl Neurons {
    fn load(block: Block, inputs: &Inputs, weights: &[f32], biases: &[f32], knowledge: &[f32], d_prev: &[f32]) -> Self {
        let (w, dark) = inputs.load(block, weights);
        let z_prev = block.load(knowledge);
        Self {
            block,
            change: vec![ZERO; if inputs.sparse.is_some() { 0 } else { w.len() }],
            w,
            dark,
            b: block.load_column(biases),
            z: vec![ZERO; z_prev.len()],
            d: block.load(d_prev),
            g: vec![ZERO; z_prev.len()],
            z_prev,
            totals: [[0.0; LANES]; QUANTITIES],
        }
    }

    fn begin(&mut self) {
        self.totals = [[0.0; LANES]; QUANTITIES];
        self.change.fill(ZERO);
    }

    fn measure(&mut self, rule: &Rule, tile: &Range<usize>) {
        let tile = || tile.clone();
        let (z, z_prev) = (&self.z[tile()], &self.z_prev[tile()]);
        measure(rule, z, z_prev, &mut self.d[tile()], &mut self.g[tile()], &mut self.totals);
    }

    /// Hands the step's decisions and sums out.
    fn end(&mut self, d: &mut [f32], sums: &mut [f32]) {
        std::mem::swap(&mut self.z, &mut self.z_prev);
        let squares = &mut self.totals[Quantity::Weight as usize];
        *squares = self.dark;
        add_squares(squares, &self.w);
        self.block.store(d, &self.d);
        self.block.store_totals(sums, &self.totals);
    }
}

/// What a layer sees, and how it is multiplied by.
struct Inputs<'a> {
    layer: &'a SkaLayer,
    /// (below, samples, below_slots).
    ring: &'a [f32],
    /// Of an input that never changes and is mostly dark pixels, the lit ones.
    sparse: Option<Sparse>,
    /// (below, samples) of the step.
    now: &'a [f32],
    /// What the update uses: the same, or the input of the step before.
    past: RowPairs,
}

impl<'a> Inputs<'a> {
    fn new(layer: &'a SkaLayer, ring: &'a [f32]) -> Self {
        let [below, samples] = [layer.below, layer.samples].map(|n| n as usize);
        let sparse = (layer.below_slots == 1).then(|| Sparse::new(ring, below, samples)).flatten();
        let still = layer.below_slots == 1 && sparse.is_none();
        let past = if still { RowPairs::new(ring, below) } else { RowPairs::default() };
        Self { layer, ring, sparse, now: ring, past }
    }

    fn is_ring(&self) -> bool {
        self.layer.below_slots > 1
    }

    /// (below, samples) of a step.
    fn plane(&self, step: u32, lag: u32) -> &'a [f32] {
        let len = (self.layer.below * self.layer.samples) as usize;
        &self.ring[slot(step, lag, self.layer.below_slots) * len..][..len]
    }

    /// Whether step 1 is in the chunk after step 0, which changes no weights, and has the same input.
    fn repeats(&self) -> bool {
        self.layer.first_step == 0 && self.layer.steps > 1 && (!self.is_ring() || self.plane(0, 0) == self.plane(1, 0))
    }

    /// Makes a step's input the one that is looked at, and that of its update, if it has one, the one that is used.
    fn reach(&mut self, step: u32, updates: bool) {
        if self.is_ring() {
            self.now = self.plane(step, 0);
            if updates {
                self.past.pack(self.plane(step, self.layer.lag), self.layer.below as usize);
            }
        }
    }

    /// A block's weights, as far as they may change, and the squares of the others.
    fn load(&self, block: Block, weights: &[f32]) -> (Vec<Lanes>, [f64; LANES]) {
        let mut dark = [0.0; LANES];
        let Some(sparse) = &self.sparse else { return (block.load(weights), dark) };
        let column = |i: usize| block.load_column(&weights[i * self.layer.units as usize..]);
        add_squares(&mut dark, &sparse.unlit().map(column).collect::<Vec<_>>());
        (sparse.inputs.iter().map(|i| column(*i)).collect(), dark)
    }

    /// The reverse of [`Inputs::load`].
    fn store(&self, block: Block, weights: &mut [f32], w: &[Lanes]) {
        let Some(sparse) = &self.sparse else { return block.store(weights, w) };
        for (i, w) in sparse.inputs.iter().zip(w) {
            block.store_column(&mut weights[i * self.layer.units as usize..], w);
        }
    }

    /// `z = W a + b` for the samples of a tile.
    fn forward(&self, w: &[Lanes], b: &Lanes, tile: &Range<usize>, z: &mut [Lanes]) {
        let z = &mut z[tile.clone()];
        match &self.sparse {
            Some(sparse) => sparse.by_sample.combine(tile, w, z),
            None => multiply(self.now, w, tile, z),
        }
        z.iter_mut().for_each(|z| add_scaled(z, b, 1.0));
    }

    /// `change += G Pᵀ` for the samples of a tile; lists are gone through input by input instead, at the end.
    fn correlate(&self, g: &[Lanes], tile: &Range<usize>, change: &mut [Lanes]) {
        if self.sparse.is_none() {
            self.past.correlate(&g[tile.clone()], tile, change);
        }
    }

    /// `W ← W − rate G Pᵀ`, `b ← b − rate G 1`.
    fn update(&self, rate: f32, neurons: &mut [Neurons]) {
        for neurons in &mut *neurons {
            let mut shift = ZERO;
            neurons.g.iter().for_each(|g| add_scaled(&mut shift, g, 1.0));
            add_scaled(&mut neurons.b, &shift, -rate);
            neurons.w.iter_mut().zip(&neurons.change).for_each(|(w, change)| add_scaled(w, change, -rate));
        }
        if let Some(Sparse { inputs, by_input, .. }) = &self.sparse {
            for first in (0..inputs.len()).step_by(TILE) {
                let tile = first..inputs.len().min(first + TILE);
                for Neurons { g, w, .. } in &mut *neurons {
                    by_input.subtract(&tile, g, rate, &mut w[tile.clone()]);
                }
            }
        }
    }
}
