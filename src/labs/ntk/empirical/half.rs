//! Some outputs' part of a kernel. Images pass in tiles, several outputs at a time and, in very wide convolutions, some units at a
//! time, so that no tensor grows beyond a bound; rows of Θ follow. A task is one tile, or some rows.

use std::ops::Range;

use super::super::architecture::{Architecture, Shape};
use super::super::net::{Examples, Net, Order, Stage, gather, stages};
use crate::backend::{Backend, Tensor};
use crate::kernels::{AffineWeights, GramProduct};

/// Some outputs and a share of the convolutions' units: what a sweep over all images looks at.
#[derive(Clone, Debug)]
struct Sweep {
    /// The outputs' gradients at the last sums, for the images of a tile: (classes, fan · tile).
    seeds: Tensor,
    /// Number of outputs.
    fan: usize,
    /// The share, and of how many.
    part: (usize, usize),
}

impl Sweep {
    /// The units of a convolution that belong to its share: the first of them, and how many.
    fn units(&self, shape: &Shape) -> (u32, u32) {
        let (part, parts) = (self.part.0 as u32, self.part.1 as u32);
        let most = shape.units.div_ceil(parts);
        let first = (part * most).min(shape.units);
        (first, most.min(shape.units - first))
    }
}

/// A piece of the work: either the gradients of some images, or some rows of Θ.
#[derive(Clone, Debug)]
enum Task {
    /// Of these images, in a sweep.
    Gradients { sweep: usize, images: Range<usize> },
    /// Adds what these values of a layer contribute in a sweep.
    Rows { sweep: usize, layer: usize, values: Range<usize>, rows: Range<usize>, fresh: bool },
}

/// Images on their way through a net.
#[derive(Clone)]
pub struct Passed {
    input: Tensor,
    stages: Vec<Stage>,
}

/// The part of some outputs in the kernel of `n` images in the making.
pub struct Half {
    pub kernel: Tensor,
    n: usize,
    classes: usize,
    /// Multiply-adds of a task, about.
    task_work: f64,
    /// Most outputs in a sweep, shares of units, and images in a tile.
    fan: usize,
    parts: usize,
    tile: usize,
    pub passed: Passed,
    slopes: Vec<Tensor>,
    above: Vec<Tensor>,
    /// By layer and for all images: what the factors x and y of [`GramProduct`] are taken of.
    held: Vec<(Tensor, Tensor)>,
    counting: Tensor,
    seeds: Vec<(Range<usize>, Tensor)>,
    sweeps: Vec<Sweep>,
    factor: f64,
    tasks: Vec<(Task, f64)>,
    next: usize,
}

impl Half {
    /// Makes room for at most `outputs` outputs' part in the kernel of `n` images, with tensors of gradients of about `largest` values at
    /// most and tasks of about `work` multiply-adds.
    pub fn new(
        backend: &mut Backend,
        architecture: &Architecture,
        (n, outputs): (u32, usize),
        (largest, work): (usize, f64),
    ) -> Self {
        let (shapes, classes, n) = (architecture.shapes(), architecture.classes() as usize, n as usize);
        let last = shapes.len() - 1;
        let convs = || shapes.iter().filter(|shape| !shape.is_dense());
        let most_weights = convs().map(Shape::weights).max().unwrap_or(1);
        let most_units = shapes[..last].iter().map(|shape| shape.units as usize).max().unwrap_or(1);
        let fan = (largest / (most_weights * n)).min(GramProduct::LONGEST as usize / most_units).clamp(1, outputs);
        // Sweeps of nearly the same size.
        let fan = outputs.div_ceil(outputs.div_ceil(fan));
        let parts = (fan * most_weights * n).div_ceil(largest);
        let column: f64 = shapes.iter().map(|shape| back_work(shape) + shape.work()).sum();
        let tile = (work / (architecture.forward_work() + fan as f64 * column)).clamp(1.0, n as f64) as usize;

        let stages = stages(backend, &shapes, tile);
        let ones = backend.tensor(&vec![1.0; n]);
        let mut held = |(at, shape): (usize, &Shape)| match shape.is_dense() {
            true if at == last => (backend.zeros(shape.image() * n), ones),
            true => (backend.zeros(shape.image() * n), backend.zeros(shape.units as usize * fan * n)),
            false => (backend.zeros((shape.units as usize).div_ceil(parts) * shape.window() * fan * n), ones),
        };
        let held = shapes.iter().enumerate().map(&mut held).collect();
        let counting: Vec<f32> = (0..tile).map(|i| i as f32).collect();
        Self {
            kernel: backend.zeros(n * n),
            n,
            classes,
            task_work: work,
            fan,
            parts,
            tile,
            slopes: shapes.iter().map(|shape| backend.zeros(shape.sums() * tile * fan)).collect(),
            above: stages.iter().map(|stage| backend.zeros(stage.pooled() * tile * fan)).collect(),
            passed: Passed { input: backend.zeros(shapes[0].image() * tile), stages },
            held,
            counting: backend.tensor(&counting),
            seeds: Vec::new(),
            sweeps: Vec::new(),
            factor: 1.0,
            tasks: Vec::new(),
            next: 0,
        }
    }

    /// Begins the part of these outputs, each with the weight `factor`, in a kernel of `count` images.
    pub fn begin(&mut self, backend: &mut Backend, classes: Range<usize>, factor: f64, count: usize) {
        (self.n, self.factor) = (count, factor);
        self.sweeps.clear();
        for first in classes.clone().step_by(self.fan) {
            let outputs = first..classes.end.min(first + self.fan);
            let (fan, seeds) = (outputs.len(), self.seeds(backend, outputs));
            self.sweeps.extend((0..self.parts).map(|part| Sweep { seeds, fan, part: (part, self.parts) }));
        }
        self.next = 0;
        self.tasks.clear();
        for sweep in 0..self.sweeps.len() {
            self.plan(sweep);
        }
    }

    /// Multiply-adds of the next task, unless all are done.
    pub fn next_work(&self) -> Option<f64> {
        self.tasks.get(self.next).map(|(_, work)| *work)
    }

    /// The images of the next task, if it is about their gradients.
    pub fn next_images(&self) -> Option<Range<usize>> {
        match self.tasks.get(self.next) {
            Some((Task::Gradients { images, .. }, _)) => Some(images.clone()),
            _ => None,
        }
    }

    /// Does the next task for `net` on the first n examples of the order. `passed` are its images if they have gone through the net
    /// already.
    pub fn task(&mut self, backend: &mut Backend, net: &Net, images_of: (&Examples, &Order), passed: Option<&Passed>) {
        let Some((task, _)) = self.tasks.get(self.next) else { return };
        match task {
            Task::Gradients { sweep, images } => {
                let passed = passed.unwrap_or_else(|| {
                    self.forward(backend, net, images_of, images.clone());
                    &self.passed
                });
                self.gradients(backend, net, passed, &self.sweeps[*sweep], images.clone());
            }
            Task::Rows { sweep, layer, values, rows, fresh } => {
                self.rows(backend, (*sweep, *layer), values.clone(), rows.clone(), *fresh);
            }
        }
        self.next += 1;
    }

    /// Multiply-adds of what is done, and of all.
    pub fn work(&self) -> (f64, f64) {
        let work = |tasks: &[(Task, f64)]| tasks.iter().map(|(_, work)| work).sum::<f64>();
        (work(&self.tasks[..self.next]), work(&self.tasks))
    }

    /// The gradients of `outputs` at the last sums for every image of a tile: 1 at the output itself.
    fn seeds(&mut self, backend: &mut Backend, outputs: Range<usize>) -> Tensor {
        if let Some((_, seeds)) = self.seeds.iter().find(|(known, _)| *known == outputs) {
            return *seeds;
        }
        let column = |output: usize| (0..self.classes).map(move |class| f32::from(u8::from(class == output)));
        let seeds: Vec<f32> = (0..self.tile).flat_map(|_| outputs.clone().flat_map(column)).collect();
        let tensor = backend.tensor(&seeds);
        self.seeds.push((outputs, tensor));
        tensor
    }

    /// Values of a layer's x that a sweep holds of each image.
    fn values(&self, sweep: &Sweep, shape: &Shape) -> usize {
        match shape.is_dense() {
            true => shape.image(),
            false => sweep.units(shape).1 as usize * shape.window() * sweep.fan,
        }
    }

    /// Lists the tasks of a sweep.
    fn plan(&mut self, at: usize) {
        let sweep = self.sweeps[at].clone();
        let image: f64 = self
            .passed
            .stages
            .iter()
            .map(|stage| {
                let back = back_work(&stage.shape) + stage.shape.work() / sweep.part.1 as f64;
                stage.shape.work() + sweep.fan as f64 * back
            })
            .sum();
        for first in (0..self.n).step_by(self.tile) {
            let images = first..self.n.min(first + self.tile);
            self.tasks.push((Task::Gradients { sweep: at, images: images.clone() }, image * images.len() as f64));
        }
        let mut fresh = at == 0;
        for (layer, stage) in self.passed.stages.iter().enumerate() {
            // The units' shares are of convolutions: a dense layer is counted with the first.
            let all = match stage.shape.is_dense() && sweep.part.0 > 0 {
                true => 0,
                false => self.values(&sweep, &stage.shape),
            };
            // All rows of few values rather than few rows of all: the columns are then read once.
            let pairs = |rows: &Range<usize>| rows.len() as f64 * (rows.start + rows.end + 1) as f64 / 2.0;
            let most = (self.task_work / pairs(&(0..self.n))) as usize / GramProduct::CHUNK * GramProduct::CHUNK;
            let values_at_once = most.clamp(GramProduct::CHUNK, GramProduct::LONGEST as usize);
            for first in (0..all).step_by(values_at_once) {
                let values = first..all.min(first + values_at_once);
                // Of a square with as many pairs as a step has room for; one row where even that is too much.
                let row = (values.len() * self.n) as f64;
                let whole = pairs(&(0..self.n)) * values.len() as f64 <= self.task_work;
                let rows_at_once = if whole { self.n } else { (self.task_work / row).max(1.0) as usize };
                for first in (0..self.n).step_by(rows_at_once) {
                    let rows = first..self.n.min(first + rows_at_once);
                    let work = pairs(&rows) * values.len() as f64;
                    self.tasks.push((Task::Rows { sweep: at, layer, values: values.clone(), rows, fresh }, work));
                }
                fresh = false;
            }
        }
    }

    /// Takes images through the net.
    fn forward(&self, backend: &mut Backend, net: &Net, (examples, order): (&Examples, &Order), images: Range<usize>) {
        let Passed { input, stages } = &self.passed;
        gather(backend, stages[0].shape.image(), (examples.images, order.positions), images.clone(), (*input, 0));
        net.forward(backend, *input, stages, images.len());
    }

    /// Takes images that have gone through the net back and keeps what Θ needs of them.
    fn gradients(&self, backend: &mut Backend, net: &Net, passed: &Passed, sweep: &Sweep, images: Range<usize>) {
        let (stages, count, last) = (&passed.stages, images.len(), passed.stages.len() - 1);
        let mut slopes = self.slopes.clone();
        slopes[last] = sweep.seeds;
        net.backward(backend, stages, (&slopes, &self.above), (count, sweep.fan));
        for (at, stage) in stages.iter().enumerate() {
            let Shape { units, channels, side, field, out_side, .. } = stage.shape;
            let columns = count * sweep.fan;
            let below = if at == 0 { passed.input } else { stages[at - 1].activations };
            let slopes = slopes[at].start(stage.shape.sums() * columns);
            let (x, y) = self.held[at];
            if stage.shape.is_dense() {
                gather(backend, stage.shape.image(), (below, self.counting), 0..count, (x, images.start));
                if at < last {
                    let rows = units as usize * sweep.fan;
                    gather(backend, rows, (slopes, self.counting), 0..count, (y.start(rows * self.n), images.start));
                }
                continue;
            }
            let (first_unit, unit_count) = sweep.units(&stage.shape);
            if unit_count == 0 {
                continue;
            }
            let kernel = AffineWeights {
                units,
                channels,
                side,
                field,
                out_side,
                columns: columns as u32,
                fan: sweep.fan as u32,
                group: 1,
                first_unit,
                unit_count,
                first: (images.start * sweep.fan) as u32,
                total: (self.n * sweep.fan) as u32,
                scale: stage.scale(),
            };
            let inputs = [slopes, below.start(stage.shape.image() * count)];
            backend.run(&kernel, &inputs, &[x.start(self.values(sweep, &stage.shape) * self.n)]);
        }
    }

    /// Adds what some values of a layer contribute to some rows of Θ.
    fn rows(
        &self,
        backend: &mut Backend,
        (sweep, layer): (usize, usize),
        values: Range<usize>,
        rows: Range<usize>,
        fresh: bool,
    ) {
        let (sweep, shape) = (&self.sweeps[sweep], &self.passed.stages[layer].shape);
        let x_len = self.values(sweep, shape);
        let last = layer + 1 == self.passed.stages.len();
        let y_len = if shape.is_dense() && !last { shape.units as usize * sweep.fan } else { 1 };
        let of_layer = match (shape.is_dense(), last) {
            (false, _) => 1.0,
            (true, false) => 1.0 / shape.window() as f64,
            // The last layer's δ is 1 at each output.
            (true, true) => sweep.fan as f64 / shape.window() as f64,
        };
        let kernel = GramProduct {
            x_len: x_len as u32,
            first_value: values.start as u32,
            length: values.len() as u32,
            y_len: y_len as u32,
            count: self.n as u32,
            first_row: rows.start as u32,
            rows: rows.len() as u32,
            fresh: u32::from(fresh),
            factor: (self.factor * of_layer) as f32,
        };
        let (x, y) = self.held[layer];
        backend.run(
            &kernel,
            &[x.start(x_len * self.n), y.start(y_len * self.n)],
            &[self.kernel.start(self.n * self.n)],
        );
    }
}

/// Multiply-adds of the gradient at a layer's input, for one column.
fn back_work(shape: &Shape) -> f64 {
    shape.image() as f64 * f64::from(shape.field * shape.field * shape.units)
}
