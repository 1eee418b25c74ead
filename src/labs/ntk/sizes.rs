//! Experiment B: for every n a new net, its entropy before and after learning from the first n images.

use std::collections::VecDeque;

use super::architecture::Architecture;
use super::bench::{Bench, Job, TESTED, infinite, means};
use super::choices::Batches;
use super::epochs::{Permutations, drawn};
use super::images::Labelled;
use super::lab::Plan;
use super::measure::{self, Values, row};
use super::net::Order;
use super::settings::Ntk;
use crate::backend::{Backend, Tensor};
use crate::kernels::Measure;
use crate::trace::Column;

/// The columns of a run.
pub fn columns(ntk: &Ntk) -> Vec<Column> {
    let unit = ntk.unit();
    let column = |name: &str, label: &str, unit: &str| Column::new(name, label, unit);
    vec![
        column("n", "Training images n", ""),
        column("before", "Entropy before training", unit),
        column("after", "Entropy after training", unit),
        column("transfer", "Entropy before less entropy after", unit),
        column("infinite", "Infinite width", unit),
        column("accuracy", "Accuracy", ""),
        column("loss", "Test loss", "nats"),
        column("train_loss", "Loss while learning, last epoch", "nats"),
        column("train_accuracy", "Accuracy while learning, last epoch", ""),
        column("cosine_before", "Entropy before training, cosine", unit),
        column("raw_before", "Entropy before training, raw", unit),
        column("cosine_after", "Entropy after training, cosine", unit),
        column("raw_after", "Entropy after training, raw", unit),
        column("trace_before", "Trace / n before training", ""),
        column("trace_after", "Trace / n after training", ""),
    ]
}

/// What a job is for.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Infinite,
    Before,
    Train,
    Test,
    After,
}

/// The run.
pub struct Sizes {
    ntk: Ntk,
    architecture: Architecture,
    bench: Bench,
    columns: Vec<Column>,
    counts: Vec<usize>,
    stages: VecDeque<Stage>,
    step: usize,
    values: Values,
    picture: Tensor,
    by_digit: Vec<Tensor>,
}

impl Sizes {
    /// Sets up the run.
    pub fn new(ntk: &Ntk, images: [Labelled; 2], backend: &mut Backend) -> Self {
        let architecture = ntk.architecture();
        let there = images[0].labels.len();
        let counts: Vec<usize> = ntk.counts().into_iter().map(|n| there.min(n as usize)).collect();
        let most = counts[counts.len() - 1];
        let bench = Bench::new(backend, &architecture, images, TESTED.max(ntk.batch().min(most as u32)));
        let mut bench = bench.with_kernels(backend, (&architecture, ntk.preset), most);
        bench.nets.push(drawn(backend, ntk, &architecture, 0));
        let by_digit = |n: &usize| {
            let mut order: Vec<usize> = (0..*n).collect();
            order.sort_by_key(|i| bench.labels[*i]);
            order.truncate(SHOWN);
            Order::new(backend, &order).positions
        };
        let by_digit = counts.iter().map(by_digit).collect();
        let shown = most.min(SHOWN);
        Self {
            ntk: ntk.clone(),
            columns: columns(ntk),
            stages: VecDeque::new(),
            step: 0,
            values: Values::new(),
            picture: backend.zeros(shown * shown),
            by_digit,
            architecture,
            bench,
            counts,
        }
    }

    fn n(&self) -> usize {
        self.counts[self.step]
    }

    fn batch(&self) -> usize {
        self.n().min(self.ntk.batch() as usize)
    }

    /// The orders of all epochs.
    fn epochs(&self, backend: &mut Backend) -> Vec<Order> {
        let mut permutations = Permutations::new(self.n(), self.ntk.seed + self.step as u32);
        let mut order = || Order::new(backend, &permutations.draw());
        match self.ntk.batches {
            Batches::Fixed => vec![order(); self.ntk.epochs() as usize],
            Batches::Fresh => (0..self.ntk.epochs()).map(|_| order()).collect(),
        }
    }
}

/// Images in a row of a kernel's picture at most.
pub const SHOWN: usize = 200;

impl Plan for Sizes {
    fn bench(&self) -> &Bench {
        &self.bench
    }

    fn bench_mut(&mut self) -> &mut Bench {
        &mut self.bench
    }

    fn next(&mut self, backend: &mut Backend) -> Option<Job> {
        if self.stages.is_empty() {
            self.stages = [Stage::Infinite, Stage::Before, Stage::Train, Stage::Test, Stage::After].into();
            if self.step > 0 {
                // A new net for every n, each from a seed of its own, as the notebook draws them.
                self.bench.nets[0] = drawn(backend, &self.ntk, &self.architecture, self.step as u32);
            }
        }
        let (examples, count) = (self.bench.train, self.n());
        let order = self.bench.all;
        Some(match *self.stages.front()? {
            Stage::Infinite => {
                // The rows before are there from the n before.
                let first = if self.step == 0 { 0 } else { self.counts[self.step - 1] };
                Job::Infinite { rows: first..count, next: first }
            }
            Stage::Before | Stage::After => {
                Job::Kernel { net: 0, examples, order, count, class: self.ntk.class(), begun: false }
            }
            Stage::Train => {
                let epochs = self.epochs(backend);
                let scores = epochs[0].scores(backend);
                let batch = self.batch();
                Job::Train { net: 0, examples, epochs, batch, measure: Measure::CrossEntropy, scores, at: (0, 0) }
            }
            Stage::Test => Job::Test { net: 0, at: 0 },
        })
    }

    fn keep(&mut self, backend: &mut Backend) {
        if let Some(Stage::Before | Stage::After) = self.stages.front() {
            let order = self.by_digit[self.step];
            let shown = order.len();
            let into = self.picture.start(shown * shown);
            self.bench.picture(backend, self.n(), (order, shown), self.ntk.is_cosine(), into);
        }
    }

    fn take(&mut self, results: &[Vec<f32>]) -> Option<Vec<Option<f64>>> {
        let (n, convention) = (self.n(), self.ntk.convention());
        let (cosine_before, cosine_after) = (self.ntk.is_cosine_before(), self.ntk.is_cosine());
        match self.stages.pop_front()? {
            Stage::Infinite => {
                let size = self.counts[self.counts.len() - 1];
                self.values.insert("infinite".into(), convention.of_block(&infinite(results), size, n, cosine_after));
            }
            stage @ (Stage::Before | Stage::After) => {
                let mut of = Values::new();
                measure::entropies(&mut of, &results[0], n, &[n as u32], convention);
                let (when, is_cosine) =
                    if matches!(stage, Stage::Before) { ("before", cosine_before) } else { ("after", cosine_after) };
                let trace: f64 = (0..n).map(|i| f64::from(results[0][i + n * i])).sum();
                let [cosine, raw] = ["cosine", "raw"].map(|name| of[&format!("{name}_{n}")]);
                self.values.insert(when.into(), if is_cosine { cosine } else { raw });
                self.values.insert(format!("cosine_{when}"), cosine);
                self.values.insert(format!("raw_{when}"), raw);
                self.values.insert(format!("trace_{when}"), trace / n as f64);
            }
            Stage::Train => {
                let [loss, accuracy] = means(&results[0], n / self.batch() * self.batch());
                self.values.insert("train_loss".into(), loss);
                self.values.insert("train_accuracy".into(), accuracy);
            }
            Stage::Test => {
                let [loss, accuracy] = means(&results[0], results[0].len() / 2);
                self.values.insert("loss".into(), loss);
                self.values.insert("accuracy".into(), accuracy);
            }
        }
        if !self.stages.is_empty() {
            return None;
        }
        let mut values = std::mem::take(&mut self.values);
        values.insert("n".into(), n as f64);
        values.insert("transfer".into(), values["before"] - values["after"]);
        self.step += 1;
        Some(row(&self.columns, &values))
    }

    fn whole(&self) -> f64 {
        let most = self.counts[self.counts.len() - 1];
        let infinite = self.bench.work(&Job::Infinite { rows: 0..most, next: 0 });
        let of = |n: &usize| {
            let train = self.bench.train_work(*n, self.ntk.batch() as usize) * f64::from(self.ntk.epochs());
            2.0 * self.bench.kernel_work(*n) + train + self.bench.test_work()
        };
        infinite + self.counts.iter().map(of).sum::<f64>()
    }

    fn probe(&self, name: &str) -> Option<Tensor> {
        (name == "kernel").then_some(self.picture)
    }
}
