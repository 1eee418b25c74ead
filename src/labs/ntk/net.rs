//! A net on a backend: forward pass, losses, backward pass and Adam, batch by batch.
//!
//! In the NTK parametrisation every layer multiplies by 1/√fan_in and weights are standard normals (Jacot, Gabriel and
//! Hongler, arXiv 1806.07572); Adam with 1e-3 acts on these weights (original 004, `optax.adam(1e-3)`).

use std::ops::Range;

use super::architecture::{Architecture, Shape};
use super::weights::Weights;
use crate::backend::{Backend, Tensor};
use crate::kernels::{Adam, Affine, AffineInput, AffineWeights, Gather, Loss, Measure, ReluPool, ReluPoolBack};

/// Adam's learning rate in the original.
const RATE: f32 = 1e-3;

/// Most images at a time: more would take the sums over places and images, on a software adapter, beyond the 65 535 rounds
/// after which Mesa's ends every loop.
pub const LARGEST_BATCH: u32 = 100;

/// Images and what the net should answer to them, resident on a backend.
#[derive(Clone, Copy, Debug)]
pub struct Examples {
    /// Pixels in 0..1: (side·side, count).
    pub images: Tensor,
    /// Targets: (classes, count).
    pub targets: Tensor,
    /// Number of images.
    pub count: u32,
}

impl Examples {
    /// Images with labels, as targets of ones and zeros.
    pub fn labelled(backend: &mut Backend, images: &[f32], labels: &[u8], classes: u32) -> Self {
        let one_hot = |label: u8| (0..classes).map(move |class| f32::from(u8::from(class == u32::from(label))));
        let targets: Vec<f32> = labels.iter().copied().flat_map(one_hot).collect();
        Self { images: backend.tensor(images), targets: backend.tensor(&targets), count: labels.len() as u32 }
    }
}

/// Which example comes when, resident on a backend.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    pub(super) positions: Tensor,
}

impl Order {
    /// The examples at these positions, one after another; an example may come twice.
    pub fn new(backend: &mut Backend, positions: &[usize]) -> Self {
        Self { positions: backend.tensor(&numbers(positions)) }
    }

    /// Puts as many examples in its place; call it before anything is enqueued.
    ///
    /// # Panics
    /// If there are more or fewer.
    pub fn set(&self, backend: &mut Backend, positions: &[usize]) {
        backend.write(self.positions, &numbers(positions));
    }

    /// Its length.
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether it names no example.
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// Its places in batches of `size`, the last one shorter where it does not divide the length.
    pub fn batches(&self, size: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let len = self.len();
        (0..len).step_by(size).map(move |first| first..len.min(first + size))
    }

    /// A tensor for the scores of all its examples: (2, length), the loss and whether the answer was right.
    pub fn scores(&self, backend: &mut Backend) -> Tensor {
        backend.zeros(2 * self.len())
    }
}

fn numbers(positions: &[usize]) -> Vec<f32> {
    positions.iter().map(|position| *position as f32).collect()
}

/// What one layer computes for the images at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stage {
    pub shape: Shape,
    /// z: (sums of an image, capacity).
    pub sums: Tensor,
    /// After rectifier and mean: (values, capacity); the last layer has none and repeats its sums.
    pub activations: Tensor,
}

impl Stage {
    /// Factor of its sums: one over the root of the number of inputs.
    pub fn scale(&self) -> f32 {
        (1.0 / (self.shape.window() as f64).sqrt()) as f32
    }

    /// Values of an image after rectifier and mean.
    pub fn pooled(&self) -> usize {
        self.shape.sums() / (self.shape.pool * self.shape.pool) as usize
    }
}

/// What the passes of one image after another write in: one for all nets of an architecture.
pub struct Scratch {
    pub(super) input: Tensor,
    pub(super) stages: Vec<Stage>,
    targets: Tensor,
    /// δ at the sums of each layer, and γ after its rectifier and mean: (values, capacity).
    slopes: Vec<Tensor>,
    above: Vec<Tensor>,
    /// Gradients of the weights.
    gradients: Vec<Tensor>,
    /// 0, 1, 2, …
    counting: Tensor,
}

impl Scratch {
    /// For at most `capacity` images at a time.
    ///
    /// # Panics
    /// If that is more than [`LARGEST_BATCH`].
    pub fn new(backend: &mut Backend, architecture: &Architecture, capacity: u32) -> Self {
        assert!(capacity <= LARGEST_BATCH, "{capacity} images at a time are too many");
        let shapes = architecture.shapes();
        let n = capacity as usize;
        let stages = stages(backend, &shapes, n);
        let counting: Vec<f32> = (0..capacity).map(|i| i as f32).collect();
        Self {
            input: backend.zeros(shapes[0].image() * n),
            targets: backend.zeros(architecture.classes() as usize * n),
            slopes: shapes.iter().map(|shape| backend.zeros(shape.sums() * n)).collect(),
            above: stages.iter().map(|stage| backend.zeros(stage.pooled() * n)).collect(),
            gradients: shapes.iter().map(|shape| backend.zeros(shape.weights())).collect(),
            counting: backend.tensor(&counting),
            stages,
        }
    }

    /// The last batch's gradients, layer by layer: (units, window).
    pub fn gradients(&self) -> &[Tensor] {
        &self.gradients
    }
}

/// Tensors for `n` images on their way through the layers.
pub(super) fn stages(backend: &mut Backend, shapes: &[Shape], n: usize) -> Vec<Stage> {
    let last = shapes.len() - 1;
    let mut stage = |(at, shape): (usize, &Shape)| {
        let sums = backend.zeros(shape.sums() * n);
        let pooled = shape.sums() / (shape.pool * shape.pool) as usize;
        Stage { shape: *shape, sums, activations: if at == last { sums } else { backend.zeros(pooled * n) } }
    };
    shapes.iter().enumerate().map(&mut stage).collect()
}

/// Columns `range` of an order, from resident `values` (rows, …) into `out`, from its column `to` on.
pub(super) fn gather(
    backend: &mut Backend,
    rows: usize,
    (values, order): (Tensor, Tensor),
    range: Range<usize>,
    (out, to): (Tensor, usize),
) {
    let kernel = Gather {
        rows: rows as u32,
        columns: (values.len() / rows) as u32,
        order_len: order.len() as u32,
        from_first: range.start as u32,
        count: range.len() as u32,
        out_columns: (out.len() / rows) as u32,
        to: to as u32,
    };
    backend.run(&kernel, &[values, order], &[out]);
}

/// One net: its weights, and Adam's memory of their gradients.
pub struct Net {
    weights: Vec<Tensor>,
    means: Vec<Tensor>,
    squares: Vec<Tensor>,
    /// Steps of Adam so far.
    steps: u32,
}

impl Net {
    /// A net with these weights.
    pub fn new(backend: &mut Backend, weights: &Weights) -> Self {
        let mut zeros = || weights.0.iter().map(|layer| backend.zeros(layer.len())).collect();
        let (means, squares) = (zeros(), zeros());
        Self { weights: weights.0.iter().map(|layer| backend.tensor(layer)).collect(), means, squares, steps: 0 }
    }

    /// Begins anew with other weights; call it before anything is enqueued.
    ///
    /// # Panics
    /// If they are of another architecture.
    pub fn restart(&mut self, backend: &mut Backend, weights: &Weights) {
        self.weights.iter().zip(&weights.0).for_each(|(tensor, layer)| backend.write(*tensor, layer));
        // Adam's first step forgets what it remembers.
        self.steps = 0;
    }

    /// The weights, layer by layer: (units, window).
    pub fn weights(&self) -> &[Tensor] {
        &self.weights
    }

    /// Takes `count` images that lie in `input` (side·side, count) through the stages.
    pub(super) fn forward(&self, backend: &mut Backend, input: Tensor, stages: &[Stage], count: usize) {
        let mut below = input.start(stages[0].shape.image() * count);
        for (at, (stage, weights)) in stages.iter().zip(&self.weights).enumerate() {
            let Shape { units, channels, side, field, out_side, pool } = stage.shape;
            let (samples, scale) = (count as u32, stage.scale());
            let sums = stage.sums.start(stage.shape.sums() * count);
            let affine = Affine { units, channels, side, field, out_side, samples, scale };
            backend.run(&affine, &[*weights, below], &[sums]);
            if at + 1 < stages.len() {
                below = stage.activations.start(stage.pooled() * count);
                let relu = ReluPool { channels: units, side: out_side, window: pool, samples };
                backend.run(&relu, &[sums], &[below]);
            }
        }
    }

    /// Takes δ at the last layer's sums, which lie in `slopes`, back to the sums of the layers below. `fan` columns
    /// share an image.
    pub(super) fn backward(
        &self,
        backend: &mut Backend,
        stages: &[Stage],
        (slopes, above): (&[Tensor], &[Tensor]),
        (count, fan): (usize, usize),
    ) {
        for at in (1..stages.len()).rev() {
            let (stage, below) = (&stages[at], &stages[at - 1]);
            let Shape { units, channels, side, field, out_side, .. } = stage.shape;
            let columns = count * fan;
            let from = slopes[at].start(stage.shape.sums() * columns);
            let to = above[at - 1].start(below.pooled() * columns);
            let samples = columns as u32;
            let input = AffineInput { units, channels, side, field, out_side, samples, scale: stage.scale() };
            backend.run(&input, &[self.weights[at], from], &[to]);
            let Shape { units: channels, out_side: side, pool: window, .. } = below.shape;
            let relu = ReluPoolBack { channels, side, window, columns: samples, fan: fan as u32 };
            let sums = below.sums.start(below.shape.sums() * count);
            backend.run(&relu, &[sums, to], &[slopes[at - 1].start(below.shape.sums() * columns)]);
        }
    }

    /// Fetches the examples at places `range` of the order and takes them forward.
    fn answer(
        &self,
        backend: &mut Backend,
        scratch: &Scratch,
        examples: &Examples,
        order: &Order,
        range: Range<usize>,
    ) -> Tensor {
        let (image, count) = (scratch.stages[0].shape.image(), range.len());
        gather(backend, image, (examples.images, order.positions), range, (scratch.input, 0));
        self.forward(backend, scratch.input, &scratch.stages, count);
        let last = &scratch.stages[scratch.stages.len() - 1];
        last.sums.start(last.shape.sums() * count)
    }

    /// The net's outputs for the examples at places `range` of the order (at most the scratch's capacity), into the same
    /// columns of `into`: (classes, length of the order).
    pub fn outputs(
        &self,
        backend: &mut Backend,
        scratch: &Scratch,
        examples: &Examples,
        order: &Order,
        range: Range<usize>,
        into: Tensor,
    ) {
        let outputs = self.answer(backend, scratch, examples, order, range.clone());
        let classes = scratch.stages[scratch.stages.len() - 1].shape.sums();
        gather(backend, classes, (outputs, scratch.counting), 0..range.len(), (into, range.start));
    }

    /// Scores the examples at places `range` of the order (at most the scratch's capacity), into the same columns of
    /// `scores`, and leaves the loss's gradient at the outputs in the scratch.
    pub fn score(
        &self,
        backend: &mut Backend,
        scratch: &Scratch,
        examples: &Examples,
        order: &Order,
        range: Range<usize>,
        (measure, scores): (Measure, Tensor),
    ) {
        let outputs = self.answer(backend, scratch, examples, order, range.clone());
        let classes = outputs.len() / range.len();
        gather(backend, classes, (examples.targets, order.positions), range.clone(), (scratch.targets, 0));
        let loss = Loss {
            classes: classes as u32,
            samples: range.len() as u32,
            first: range.start as u32,
            total: order.len() as u32,
            measure: measure as u32,
            share: 1.0 / range.len() as f32,
        };
        let targets = scratch.targets.start(outputs.len());
        let slopes = scratch.slopes[scratch.slopes.len() - 1].start(outputs.len());
        backend.run(&loss, &[outputs, targets], &[slopes, scores]);
    }

    /// Learns from the examples at places `range` of the order as one batch: scores them as they are before, as
    /// [`Net::score`] does, and takes one step of Adam along the gradient of the mean loss.
    pub fn train(
        &mut self,
        backend: &mut Backend,
        scratch: &Scratch,
        examples: &Examples,
        order: &Order,
        range: Range<usize>,
        (measure, scores): (Measure, Tensor),
    ) {
        let count = range.len();
        self.score(backend, scratch, examples, order, range, (measure, scores));
        self.backward(backend, &scratch.stages, (&scratch.slopes, &scratch.above), (count, 1));
        self.steps += 1;
        for (at, stage) in scratch.stages.iter().enumerate() {
            let Shape { units, channels, side, field, out_side, .. } = stage.shape;
            let below = match at {
                0 => scratch.input,
                at => scratch.stages[at - 1].activations,
            };
            let columns = count as u32;
            let gradient = AffineWeights {
                units,
                channels,
                side,
                field,
                out_side,
                columns,
                fan: 1,
                group: columns,
                first_unit: 0,
                unit_count: units,
                first: 0,
                total: 1,
                scale: stage.scale(),
            };
            let slopes = scratch.slopes[at].start(stage.shape.sums() * count);
            let inputs = [slopes, below.start(stage.shape.image() * count)];
            backend.run(&gradient, &inputs, &[scratch.gradients[at]]);
            let adam = Adam::step(stage.shape.weights() as u32, self.steps, RATE);
            let state = [self.weights[at], self.means[at], self.squares[at]];
            backend.run(&adam, &[scratch.gradients[at]], &state);
        }
    }
}
