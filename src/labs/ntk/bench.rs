//! Long work in short pieces: training, testing, kernels. What every experiment of the lab is made of.

use std::ops::Range;

use super::architecture::Architecture;
use super::choices::Preset;
use super::empirical::EmpiricalNtk;
use super::images::Labelled;
use super::net::{Examples, Net, Order, Scratch};
use crate::backend::{Backend, Tensor};
use crate::kernels::{Measure, NtkDeviations, NtkInfinite, NtkPicture, deviations};

/// Multiply-adds of a piece: some 80 ms in a browser without a GPU.
const PIECE: f64 = 1e9;
/// What a pair of images costs in the infinite kernel by its convolutions, in multiply-adds that take as long.
const PAIR: [f64; 3] = [2e3, 3e5, 1.5e6];
/// Images that are tested at a time.
pub const TESTED: u32 = 64;

/// What is there to work with.
pub struct Bench {
    /// The images that are learned from.
    pub train: Examples,
    /// The images that are tested on.
    pub test: Examples,
    /// Labels of those to learn from.
    pub labels: Vec<u8>,
    /// The nets.
    pub nets: Vec<Net>,
    /// All images to learn from, in their order.
    pub all: Order,
    tests: Order,
    test_scores: Tensor,
    scratch: Scratch,
    work: f64,
    parameters: f64,
    kernel: Option<EmpiricalNtk>,
    infinite: Option<Infinite>,
}

/// The kernel of infinite width in the making, in two halves: where two engines share the run each computes a part of every
/// piece's rows.
struct Infinite {
    pixels: Tensor,
    deviations: Tensor,
    /// NNGP and NTK of each half; 0 in the rows of the other, which are added at the end.
    halves: [[Tensor; 2]; 2],
    images: u32,
    convolutions: u32,
    hidden: u32,
    has_deviations: bool,
}

/// A piece of work that takes several advances.
pub enum Job {
    /// Rows of the infinite kernel.
    Infinite { rows: Range<usize>, next: usize },
    /// The kernel of a net for the first `count` images of an order, of one output or the mean over all.
    Kernel { net: usize, examples: Examples, order: Order, count: usize, class: Option<u32>, begun: bool },
    /// Epochs of training, each with its order. The scores are of the last.
    Train {
        net: usize,
        examples: Examples,
        epochs: Vec<Order>,
        batch: usize,
        measure: Measure,
        scores: Tensor,
        at: (usize, usize),
    },
    /// The test set's scores.
    Test { net: usize, at: usize },
    /// A net's answers to all examples.
    Answers { net: usize, examples: Examples, order: Order, into: Tensor, at: usize },
}

impl Bench {
    /// Makes room for nets of an architecture that see at most `capacity` images at a time.
    pub fn new(
        backend: &mut Backend,
        architecture: &Architecture,
        [train, test]: [Labelled; 2],
        capacity: u32,
    ) -> Self {
        let examples = |backend: &mut Backend, of: &Labelled| Examples::labelled(backend, &of.pixels, &of.labels, 10);
        let tests = Order::new(backend, &(0..test.labels.len()).collect::<Vec<_>>());
        Self {
            train: examples(backend, &train),
            test: examples(backend, &test),
            all: Order::new(backend, &(0..train.labels.len()).collect::<Vec<_>>()),
            test_scores: tests.scores(backend),
            tests,
            labels: train.labels,
            nets: Vec::new(),
            scratch: Scratch::new(backend, architecture, capacity),
            work: architecture.forward_work(),
            parameters: architecture.parameters() as f64,
            kernel: None,
            infinite: None,
        }
    }

    /// Makes room for kernels of at most `n` images, finite and infinite.
    pub fn with_kernels(
        mut self,
        backend: &mut Backend,
        (architecture, preset): (&Architecture, Preset),
        n: usize,
    ) -> Self {
        let (convolutions, hidden) = preset.depth();
        self.kernel = Some(EmpiricalNtk::new(backend, architecture, n as u32));
        self.infinite = Some(Infinite {
            pixels: self.train.images.start(784 * n),
            deviations: backend.zeros(deviations(convolutions) * n),
            halves: [(); 2].map(|()| [(); 2].map(|()| backend.zeros(n * n))),
            images: n as u32,
            convolutions,
            hidden,
            has_deviations: false,
        });
        self
    }

    /// Multiply-adds of a job, or what takes as long.
    pub fn work(&self, job: &Job) -> f64 {
        match job {
            Job::Infinite { rows, .. } => {
                let pairs = (rows.len() * (rows.start + rows.end + 1)) as f64 / 2.0;
                pairs * self.infinite.as_ref().map_or(0.0, |infinite| PAIR[infinite.convolutions as usize])
            }
            Job::Kernel { count, .. } => self.kernel_work(*count),
            Job::Train { epochs, batch, .. } => epochs.iter().map(|order| self.train_work(order.len(), *batch)).sum(),
            Job::Test { .. } => self.test_work(),
            Job::Answers { order, .. } => order.len() as f64 * self.work,
        }
    }

    /// Multiply-adds of the kernel of so many images, about, see [`kernel_work`].
    pub fn kernel_work(&self, count: usize) -> f64 {
        kernel_work(count, self.work, self.parameters)
    }

    /// Multiply-adds of an epoch of so many images.
    pub fn train_work(&self, images: usize, batch: usize) -> f64 {
        self.batches_work(images, images.div_ceil(batch))
    }

    /// Multiply-adds of so many images in so many batches: forward, and back to inputs and weights; and what Adam takes for each
    /// weight, once a batch.
    fn batches_work(&self, images: usize, batches: usize) -> f64 {
        3.0 * images as f64 * self.work + batches as f64 * 4.0 * self.parameters
    }

    /// Multiply-adds of a test.
    pub fn test_work(&self) -> f64 {
        f64::from(self.test.count) * self.work
    }

    /// The share of a job that is done.
    pub fn share(&self, job: &Job) -> f64 {
        let of = |done: usize, all: usize| done as f64 / all.max(1) as f64;
        match job {
            Job::Infinite { rows, next } => {
                let pairs = |end: usize| (end * (end + 1)) as f64;
                (pairs(*next) - pairs(rows.start)) / (pairs(rows.end) - pairs(rows.start)).max(1.0)
            }
            Job::Kernel { begun, .. } => match &self.kernel {
                Some(kernel) if *begun => kernel.share(),
                _ => 0.0,
            },
            Job::Train { epochs, at: (epoch, image), .. } => {
                let here = epochs.get(*epoch).map_or(0.0, |order| of(*image, order.len()));
                (*epoch as f64 + here) / epochs.len().max(1) as f64
            }
            Job::Test { at, .. } => of(*at, self.tests.len()),
            Job::Answers { order, at, .. } => of(*at, order.len()),
        }
    }

    /// What is to be read once a job is done.
    pub fn results(&self, job: &Job) -> Vec<Tensor> {
        match job {
            Job::Infinite { .. } => match &self.infinite {
                Some(infinite) => infinite.halves.map(|[_, ntk]| ntk).into(),
                None => Vec::new(),
            },
            Job::Kernel { count, .. } => self.kernel(*count).into_iter().collect(),
            Job::Train { scores, .. } => vec![*scores],
            Job::Test { .. } => vec![self.test_scores],
            Job::Answers { into, .. } => vec![*into],
        }
    }

    /// The kernel that was computed last, of so many images.
    fn kernel(&self, count: usize) -> Option<Tensor> {
        self.kernel.as_ref().map(|kernel| kernel.kernel().start(count * count))
    }

    /// Does a piece of a job; true when it is done.
    pub fn advance(&mut self, backend: &mut Backend, job: &mut Job) -> bool {
        if matches!(job, Job::Infinite { .. } | Job::Kernel { .. }) {
            // The second engine may have come meanwhile.
            backend.share(self.work(job));
        }
        match job {
            Job::Infinite { rows, next } => match &mut self.infinite {
                Some(infinite) => infinite.advance(backend, rows, next),
                None => true,
            },
            Job::Kernel { net, examples, order, count, class, begun } => {
                let Some(kernel) = &mut self.kernel else { return true };
                if !std::mem::replace(begun, true) {
                    kernel.begin(backend, *class, *count);
                }
                kernel.step(backend, &self.nets[*net], examples, order)
            }
            Job::Train { net, examples, epochs, batch, measure, scores, at: (epoch, image) } => {
                let mut spent = 0.0;
                while let Some(order) = epochs.get(*epoch) {
                    // What no whole batch is left for is left out.
                    let range = *image..*image + *batch;
                    if range.end > order.len() {
                        (*epoch, *image) = (*epoch + 1, 0);
                        continue;
                    }
                    let cost = self.batches_work(*batch, 1);
                    if spent > 0.0 && spent + cost > PIECE {
                        return false;
                    }
                    spent += cost;
                    self.nets[*net].train(backend, &self.scratch, examples, order, range.clone(), (*measure, *scores));
                    *image = range.end;
                }
                true
            }
            Job::Test { net, at } => tiles(self.work, self.tests.len(), at, |range| {
                let scores = (Measure::CrossEntropy, self.test_scores);
                self.nets[*net].score(backend, &self.scratch, &self.test, &self.tests, range, scores);
            }),
            Job::Answers { net, examples, order, into, at } => tiles(self.work, order.len(), at, |range| {
                self.nets[*net].outputs(backend, &self.scratch, examples, order, range, *into);
            }),
        }
    }

    /// A picture of the kernel that was computed last, of `count` images: `order` says whose rows and columns it shows.
    pub fn picture(&self, backend: &mut Backend, count: usize, order: (Tensor, usize), is_cosine: bool, into: Tensor) {
        let Some(kernel) = self.kernel(count) else { return };
        let pass = NtkPicture { samples: count as u32, shown: order.1 as u32, normalised: u32::from(is_cosine) };
        backend.run(&pass, &[kernel, order.0], &[into]);
    }
}

/// Takes places `at` and after in tiles, as many as a piece has room for; true at the end.
fn tiles(work: f64, len: usize, at: &mut usize, mut tile: impl FnMut(Range<usize>)) -> bool {
    let end = len.min(*at + ((PIECE / work) as usize).max(1));
    while *at < end {
        let range = *at..end.min(*at + TESTED as usize);
        *at = range.end;
        tile(range);
    }
    *at == len
}

impl Infinite {
    fn advance(&mut self, backend: &mut Backend, rows: &Range<usize>, next: &mut usize) -> bool {
        let Self { images, convolutions, hidden, .. } = *self;
        if !std::mem::replace(&mut self.has_deviations, true) {
            backend.run(&NtkDeviations { images, convolutions }, &[self.pixels], &[self.deviations]);
        }
        let engines = if backend.is_shared() { 2.0 } else { 1.0 };
        let (mut end, mut spent) = (*next, 0.0);
        while end < rows.end && spent < PIECE * engines {
            spent += PAIR[convolutions as usize] * end as f64;
            end += 1;
        }
        // Rows grow longer: of equal work the later half are fewer.
        let middle = ((*next * *next + end * end) as f64 / 2.0).sqrt().round() as usize;
        let row_pass = |backend: &mut Backend, half: usize, rows: Range<usize>| {
            let (first, rows) = (rows.start as u32, rows.len() as u32);
            let pass = NtkInfinite { images, convolutions, hidden, first, rows };
            if rows > 0 {
                backend.run(&pass, &[self.pixels, self.deviations], &self.halves[half]);
            }
        };
        backend.beside(|backend| row_pass(backend, 1, middle..end));
        row_pass(backend, 0, *next..middle);
        *next = end;
        *next == rows.end
    }
}

/// The infinite NTK, of the results of its job: what one half has is 0 in the other.
pub fn infinite(results: &[Vec<f32>]) -> Vec<f32> {
    let sum = |mut sum: Vec<f32>, half: &Vec<f32>| {
        sum.iter_mut().zip(half).for_each(|(sum, value)| *sum += value);
        sum
    };
    results[1..].iter().fold(results[0].clone(), sum)
}

/// Multiply-adds of the kernel of so many images of the original's net, and in proportion of others: forward once, and to the inputs and
/// weights of the convolutions for ten outputs (18 times as much); of every pair a product over the gradients of the convolutions and
/// the factors of the dense layers, 191.6 k values where it has 430.9 k weights.
pub fn kernel_work(count: usize, forward: f64, parameters: f64) -> f64 {
    let n = count as f64;
    19.0 * n * forward + n * (n + 1.0) / 2.0 * 0.45 * parameters
}

/// Mean loss and share of right answers, from scores (2, places) of which the first `count` were filled.
pub fn means(scores: &[f32], count: usize) -> [f64; 2] {
    let mut sums = [0.0; 2];
    for score in scores.chunks_exact(2).take(count) {
        sums[0] += f64::from(score[0]);
        sums[1] += f64::from(score[1]);
    }
    sums.map(|sum| sum / count.max(1) as f64)
}
