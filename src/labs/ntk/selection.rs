//! Choosing images by random network distillation, beside random choice and the choice of greatest entropy.
//!
//! A predictor learns the answers of a target, a net of random weights that never learns, to the images chosen so far. The image
//! of the pool whose answer it misses most is chosen next (Burda and others, arXiv 1810.12894; ZnNL, `agents.rnd`, whose
//! loop is followed: greedy, an image may come twice, and training goes on in rounds until the loss is below a
//! threshold). ZnNL's approximate maximum entropy draws sets at random and keeps the one of greatest S.

use std::collections::VecDeque;

use super::architecture::Architecture;
use super::bench::{Bench, Job, TESTED, means};
use super::epochs::{Permutations, drawn};
use super::images::Labelled;
use super::lab::Plan;
use super::measure::{Values, row};
use super::metric::Metric;
use super::net::{Examples, Order, gather};
use super::settings::Ntk;
use crate::analysis;
use crate::backend::{Backend, Tensor};
use crate::kernels::Measure;
use crate::rng::NumpyRng;
use crate::trace::Column;

/// Ways to choose, as columns name them, and in words.
pub const WAYS: [(&str, &str); 3] = [("rnd", "RND"), ("random", "random"), ("maximum", "greatest entropy")];

/// Rounds of training after which the predictor goes on whatever its loss.
const MOST_ROUNDS: u32 = 10;

/// The nets: the target, the predictor, and the one that learns from the chosen images.
const TARGET: usize = 0;
const PREDICTOR: usize = 1;
const LEARNER: usize = 2;

/// The columns of a run.
pub fn columns(ntk: &Ntk) -> Vec<Column> {
    let mut columns = vec![
        Column::new("points", "Images chosen", ""),
        Column::new("distance", "Distance of the chosen image", ""),
        Column::new("predictor_loss", "Loss of the predictor", ""),
        Column::new("rounds", "Rounds of training", ""),
    ];
    let of_ways = [
        ("entropy", "Entropy", ntk.unit()),
        ("digits", "Different digits", ""),
        ("distinct", "Different images", ""),
        ("accuracy", "Accuracy", ""),
        ("loss", "Test loss", "nats"),
    ];
    for (name, words, unit) in of_ways {
        columns.extend(WAYS.map(|(way, of)| Column::new(format!("{name}_{way}"), format!("{words}, {of}"), unit)));
    }
    columns
}

/// What a job is for.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Targets,
    Pool,
    Learn(usize),
    Test(usize),
    Distil,
    Answers,
}

/// The run.
pub struct Selection {
    ntk: Ntk,
    architecture: Architecture,
    bench: Bench,
    columns: Vec<Column>,
    stages: VecDeque<Stage>,
    pool: usize,
    /// What the target answers to the pool, and what the predictor answers: (10, pool).
    answers: [Tensor; 2],
    targets: Vec<f32>,
    /// Θ of the pool, of the net that learns, as it starts.
    kernel: Vec<f32>,
    /// The sets: by RND, random, of greatest entropy.
    sets: [Vec<usize>; 3],
    order: Vec<usize>,
    rng: NumpyRng,
    /// Distance of every image of the pool, once the predictor has learned.
    distances: Vec<f64>,
    rounds: u32,
    epochs: f64,
    values: Values,
    pictures: [Tensor; 3],
    pool_order: Order,
}

impl Selection {
    /// Sets up the run.
    pub fn new(ntk: &Ntk, images: [Labelled; 2], backend: &mut Backend) -> Self {
        let architecture = ntk.architecture();
        let pool = images[0].labels.len().min(ntk.pool as usize);
        let bench = Bench::new(backend, &architecture, images, TESTED.max(ntk.batch().min(ntk.points)));
        let mut bench = bench.with_kernels(backend, (&architecture, ntk.preset), pool);
        bench.nets.extend([0, 1, 2].map(|net| drawn(backend, ntk, &architecture, net)));
        let mut rng = NumpyRng::new(ntk.seed.wrapping_add(3000));
        let order = rng.permutation(pool);
        Self {
            columns: columns(ntk),
            stages: [Stage::Targets, Stage::Pool].into(),
            answers: [(); 2].map(|()| backend.zeros(10 * pool)),
            targets: Vec::new(),
            kernel: Vec::new(),
            sets: Default::default(),
            distances: Vec::new(),
            rounds: 0,
            epochs: 0.0,
            values: Values::new(),
            pictures: [(); 3].map(|()| backend.zeros(784 * ntk.points as usize)),
            pool_order: Order::new(backend, &(0..pool).collect::<Vec<_>>()),
            ntk: ntk.clone(),
            architecture,
            bench,
            pool,
            order,
            rng,
        }
    }

    /// Number of images chosen.
    fn chosen(&self) -> usize {
        self.sets[0].len()
    }

    /// Chooses the next image, or the first, in all three ways.
    fn choose(&mut self, backend: &mut Backend) {
        let next = match self.distances.is_empty() {
            true => self.rng.randint(0, self.pool as i64, 1)[0] as usize,
            false => {
                let farthest =
                    (0..self.pool).max_by(|a, b| self.distances[*a].total_cmp(&self.distances[*b]).then(b.cmp(a)));
                let farthest = farthest.unwrap_or(0);
                self.values.insert("distance".into(), self.distances[farthest]);
                farthest
            }
        };
        self.sets[0].push(next);
        let count = self.chosen();
        self.sets[1] = (0..count).map(|at| self.order[at % self.pool]).collect();
        // As the library draws them: with repetition, and never the last image.
        let last = (self.pool as i64 - 1).max(1);
        let drawn = (0..self.ntk.candidates).map(|_| {
            let set: Vec<usize> = self.rng.randint(0, last, count).into_iter().map(|i| i as usize).collect();
            (entropy(&self.ntk, &self.kernel, self.pool, &set), set)
        });
        let best = drawn.collect::<Vec<_>>().into_iter().reduce(|best, set| if set.0 > best.0 { set } else { best });
        self.sets[2] = best.map(|(_, set)| set).unwrap_or_default();
        for (set, picture) in self.sets.iter().zip(self.pictures) {
            let order = Order::new(backend, set);
            gather(backend, 784, (self.bench.train.images, order.positions), 0..count, (picture, 0));
        }
    }

    /// Begins a step whose images are chosen.
    fn begin(&mut self, backend: &mut Backend) {
        self.choose(backend);
        let count = self.chosen();
        self.values.insert("points".into(), count as f64);
        for (set, (way, _)) in self.sets.iter().zip(WAYS) {
            let mut digits: Vec<u8> = set.iter().map(|i| self.bench.labels[*i]).collect();
            let mut different = set.clone();
            digits.sort_unstable();
            digits.dedup();
            different.sort_unstable();
            different.dedup();
            self.values.insert(format!("entropy_{way}"), entropy(&self.ntk, &self.kernel, self.pool, set));
            self.values.insert(format!("digits_{way}"), digits.len() as f64);
            self.values.insert(format!("distinct_{way}"), different.len() as f64);
        }
        let is_last = count == self.ntk.points as usize;
        if is_last || count.is_multiple_of(self.ntk.every as usize) {
            self.stages.extend((0..WAYS.len()).flat_map(|way| [Stage::Learn(way), Stage::Test(way)]));
        }
        if !is_last {
            (self.rounds, self.epochs) = (0, f64::from(self.ntk.predictor_epochs));
            self.stages.extend([Stage::Distil, Stage::Answers]);
        }
    }

    /// A job that trains `net` on a set.
    fn training(
        &self,
        backend: &mut Backend,
        (net, examples, measure): (usize, Examples, Measure),
        set: &[usize],
        epochs: u32,
    ) -> Job {
        // One order for all epochs, as in the library.
        let places = Permutations::new(set.len(), self.ntk.seed).draw();
        let order = Order::new(backend, &places.into_iter().map(|at| set[at]).collect::<Vec<_>>());
        let batch = set.len().min(self.ntk.batch() as usize);
        let scores = order.scores(backend);
        Job::Train { net, examples, epochs: vec![order; epochs as usize], batch, measure, scores, at: (0, 0) }
    }
}

/// S of a set of the pool.
fn entropy(ntk: &Ntk, kernel: &[f32], pool: usize, set: &[usize]) -> f64 {
    // A single image has one eigenvalue.
    if set.len() < 2 {
        return 0.0;
    }
    let block: Vec<f32> = set.iter().flat_map(|j| set.iter().map(move |i| kernel[i + pool * j])).collect();
    let block = analysis::block(&block, set.len(), set.len());
    let block = if ntk.is_cosine() { analysis::cosine(&block) } else { block };
    ntk.convention().entropy(&analysis::eigenvalues(&block))
}

impl Plan for Selection {
    fn bench(&self) -> &Bench {
        &self.bench
    }

    fn bench_mut(&mut self) -> &mut Bench {
        &mut self.bench
    }

    fn next(&mut self, backend: &mut Backend) -> Option<Job> {
        if self.stages.is_empty() {
            self.begin(backend);
        }
        let pool = Examples { count: self.pool as u32, ..self.bench.train };
        Some(match *self.stages.front()? {
            Stage::Targets => {
                let (order, into) = (self.pool_order, self.answers[0]);
                Job::Answers { net: TARGET, examples: pool, order, into, at: 0 }
            }
            Stage::Pool => {
                let (order, class) = (self.bench.all, self.ntk.class());
                Job::Kernel { net: LEARNER, examples: pool, order, count: self.pool, class, begun: false }
            }
            Stage::Learn(way) => {
                // Every choice is learned by the same net.
                let weights = self.ntk.weights(&self.architecture, LEARNER as u32);
                self.bench.nets[LEARNER].restart(backend, &weights);
                let of = (LEARNER, self.bench.train, Measure::CrossEntropy);
                self.training(backend, of, &self.sets[way], self.ntk.epochs())
            }
            Stage::Test(_) => Job::Test { net: LEARNER, at: 0 },
            Stage::Distil => {
                let examples =
                    Examples { images: self.bench.train.images, targets: self.answers[0], count: self.pool as u32 };
                self.training(backend, (PREDICTOR, examples, Measure::MeanSquare), &self.sets[0], self.epochs as u32)
            }
            Stage::Answers => {
                let (order, into) = (self.pool_order, self.answers[1]);
                Job::Answers { net: PREDICTOR, examples: pool, order, into, at: 0 }
            }
        })
    }

    fn take(&mut self, results: &[Vec<f32>]) -> Option<Vec<Option<f64>>> {
        match self.stages.pop_front()? {
            Stage::Targets => self.targets.clone_from(&results[0]),
            Stage::Pool => self.kernel.clone_from(&results[0]),
            Stage::Learn(_) | Stage::Distil => {}
            Stage::Test(way) => {
                let [loss, accuracy] = means(&results[0], results[0].len() / 2);
                self.values.insert(format!("loss_{}", WAYS[way].0), loss);
                self.values.insert(format!("accuracy_{}", WAYS[way].0), accuracy);
            }
            Stage::Answers => {
                let pairs = || self.targets.chunks(10).zip(results[0].chunks(10));
                self.distances = pairs().map(|(target, answer)| self.ntk.metric.of(target, answer)).collect();
                let squares: Vec<f64> =
                    pairs().map(|(target, answer)| Metric::SquaredDifference.of(target, answer)).collect();
                let loss = self.sets[0].iter().map(|i| squares[*i]).sum::<f64>() / self.chosen() as f64;
                self.rounds += 1;
                self.values.insert("predictor_loss".into(), loss);
                self.values.insert("rounds".into(), f64::from(self.rounds));
                if loss > self.ntk.threshold && self.rounds < MOST_ROUNDS {
                    self.epochs = (self.epochs * 1.1).floor();
                    self.stages.extend([Stage::Distil, Stage::Answers]);
                }
            }
        }
        // Before the first image is chosen there is nothing to tell.
        if !self.stages.is_empty() || self.sets[0].is_empty() {
            return None;
        }
        Some(row(&self.columns, &std::mem::take(&mut self.values)))
    }

    fn whole(&self) -> f64 {
        let (points, batch) = (self.ntk.points as usize, self.ntk.batch() as usize);
        let trained = |count: usize, epochs: u32| self.bench.train_work(count, batch.min(count)) * f64::from(epochs);
        let distil: f64 = (1..points).map(|count| trained(count, self.ntk.predictor_epochs)).sum();
        let counts = (1..=points).filter(|count| *count == points || count.is_multiple_of(self.ntk.every as usize));
        let learn: f64 = counts.map(|count| 3.0 * (trained(count, self.ntk.epochs()) + self.bench.test_work())).sum();
        self.bench.kernel_work(self.pool) + distil + learn
    }

    fn probe(&self, name: &str) -> Option<Tensor> {
        WAYS.iter().position(|(way, _)| *way == name).map(|way| self.pictures[way])
    }
}
