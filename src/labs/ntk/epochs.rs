//! Experiment A: the entropy of the kernel before and after every epoch, of one net or of several side by side.

use std::collections::VecDeque;

use super::architecture::Architecture;
use super::bench::{Bench, Job, TESTED, infinite, means};
use super::choices::{Batches, Call, Pairing};
use super::images::Labelled;
use super::lab::Plan;
use super::measure::{self, Values, row, structure_columns};
use super::net::{Net, Order};
use super::settings::Ntk;
use crate::backend::{Backend, Tensor};
use crate::kernels::Measure;
use crate::rng::NumpyRng;
use crate::trace::Column;

/// The columns of a run.
pub fn columns(ntk: &Ntk) -> Vec<Column> {
    let (unit, subsets) = (ntk.unit(), ntk.subsets());
    let mut columns = Vec::new();
    let mut add = |name: String, label: String, unit: &str| columns.push(Column::new(name, label, unit));
    if ntk.call == Call::Seeds {
        for n in &subsets {
            for (name, words) in [("mean", "Mean entropy"), ("least", "Least entropy"), ("most", "Greatest entropy")] {
                add(format!("{name}_{n}"), format!("{words}, N {n}"), unit);
            }
            add(format!("infinite_{n}"), format!("Infinite width, N {n}"), unit);
            for seed in 0..ntk.nets() {
                add(format!("seed_{seed}_entropy_{n}"), format!("Entropy from seed {}, N {n}", ntk.seed + seed), unit);
            }
        }
        for (name, words) in [("accuracy", "Accuracy"), ("loss", "Test loss")] {
            for (part, of) in [("mean", "mean"), ("least", "least"), ("most", "greatest")] {
                add(format!("{name}_{part}"), format!("{words}, {of}"), "");
            }
            for seed in 0..ntk.nets() {
                add(format!("{name}_of_seed_{seed}"), format!("{words} from seed {}", ntk.seed + seed), "");
            }
        }
        return columns;
    }
    let mut of_subsets = |name: &str, words: &str, unit: &str| {
        for n in &subsets {
            add(format!("{name}_{n}"), format!("{words}, N {n}"), unit);
        }
    };
    of_subsets("cosine", "Entropy of the cosine kernel", unit);
    of_subsets("raw", "Entropy of the raw kernel", unit);
    of_subsets("infinite", "Infinite width", unit);
    of_subsets("rate", "Change of entropy in an epoch", unit);
    of_subsets("transfer", "Entropy lost since the start", unit);
    of_subsets("area", "Area under the entropy", "");
    add("accuracy".into(), "Accuracy".into(), "");
    add("loss".into(), "Test loss".into(), "nats");
    add("train_accuracy".into(), "Accuracy while learning".into(), "");
    add("train_loss".into(), "Loss while learning".into(), "nats");
    columns.extend(structure_columns(subsets[subsets.len() - 1]));
    columns
}

/// What a job is for.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Infinite,
    Train(usize),
    Test(usize),
    Kernel(usize),
}

/// The run.
pub struct Epochs {
    ntk: Ntk,
    bench: Bench,
    columns: Vec<Column>,
    /// What is left of this step, the job at hand first.
    stages: VecDeque<Stage>,
    step: u32,
    /// Images in the kernel.
    n: usize,
    batch: usize,
    /// What every net's batches are drawn from, their order in this epoch, and where its scores go.
    orders: Vec<(Permutations, Order, Tensor)>,
    /// By net.
    values: Vec<Values>,
    infinite: Values,
    first: Values,
    before: Values,
    area: Values,
    picture: Tensor,
    /// The first n images by their digits.
    by_digit: Tensor,
}

impl Epochs {
    /// Sets up the run.
    pub fn new(ntk: &Ntk, images: [Labelled; 2], backend: &mut Backend) -> Self {
        let architecture = ntk.architecture();
        let count = images[0].labels.len();
        let subsets = ntk.subsets();
        let n = count.min(subsets[subsets.len() - 1] as usize);
        let batch = (ntk.batch() as usize).min(count);
        let bench = Bench::new(backend, &architecture, images, TESTED.max(batch as u32));
        let mut bench = bench.with_kernels(backend, (&architecture, ntk.preset), n);
        for net in 0..ntk.nets() {
            bench.nets.push(drawn(backend, ntk, &architecture, net));
        }
        let mut by_digit: Vec<usize> = (0..n).collect();
        by_digit.sort_by_key(|i| bench.labels[*i]);
        Self {
            ntk: ntk.clone(),
            columns: columns(ntk),
            stages: VecDeque::new(),
            step: 0,
            n,
            batch,
            orders: Vec::new(),
            values: vec![Values::new(); ntk.nets() as usize],
            infinite: Values::new(),
            first: Values::new(),
            before: Values::new(),
            area: Values::new(),
            picture: backend.zeros(n * n),
            by_digit: Order::new(backend, &by_digit).positions,
            bench,
        }
    }

    /// The stages of a step.
    fn plan(&self) -> VecDeque<Stage> {
        let mut stages = VecDeque::new();
        if self.step == 0 {
            stages.push_back(Stage::Infinite);
        }
        for net in 0..self.values.len() {
            match self.ntk.pairing {
                Pairing::State if self.step == 0 => stages.extend([Stage::Kernel(net), Stage::Test(net)]),
                Pairing::State => stages.extend([Stage::Train(net), Stage::Test(net), Stage::Kernel(net)]),
                Pairing::After => stages.extend([Stage::Kernel(net), Stage::Train(net), Stage::Test(net)]),
            }
        }
        stages
    }

    /// The order of a net's batches in the epoch at hand, and where its scores go.
    fn order(&mut self, backend: &mut Backend, net: usize) -> (Order, Tensor) {
        if self.orders.len() <= net {
            let count = self.bench.train.count as usize;
            let mut permutations = Permutations::new(count, self.ntk.seed + net as u32);
            let order = Order::new(backend, &permutations.draw());
            self.orders.push((permutations, order, order.scores(backend)));
        } else if self.ntk.batches == Batches::Fresh {
            let (permutations, order, _) = &mut self.orders[net];
            order.set(backend, &permutations.draw());
        }
        let (_, order, scores) = self.orders[net];
        (order, scores)
    }

    /// The row of the step that is complete.
    fn row(&mut self) -> Vec<Option<f64>> {
        let mut values = match self.ntk.call {
            Call::Seeds => self.of_seeds(),
            _ => self.of_one(),
        };
        values.extend(self.infinite.clone());
        row(&self.columns, &values)
    }

    fn of_one(&mut self) -> Values {
        let mut values = std::mem::take(&mut self.values[0]);
        let name = if self.ntk.is_cosine() { "cosine" } else { "raw" };
        for n in self.ntk.subsets() {
            let Some(now) = values.get(&format!("{name}_{n}")).copied() else { continue };
            let key = n.to_string();
            let first = *self.first.entry(key.clone()).or_insert(now);
            let area = self.area.entry(key.clone()).or_insert(0.0);
            if let Some(before) = self.before.insert(key, now) {
                values.insert(format!("rate_{n}"), now - before);
                *area += (now + before) / 2.0;
            }
            values.insert(format!("transfer_{n}"), first - now);
            values.insert(format!("area_{n}"), *area);
        }
        values
    }

    fn of_seeds(&mut self) -> Values {
        let mut values = Values::new();
        let nets: Vec<Values> = self.values.iter_mut().map(std::mem::take).collect();
        let mut gather = |of: &str, [mean, least, most]: [String; 3], each: &dyn Fn(usize) -> String| {
            let all: Vec<f64> = nets.iter().filter_map(|net| net.get(of).copied()).collect();
            for (seed, value) in all.iter().enumerate() {
                values.insert(each(seed), *value);
            }
            if let (Some(low), Some(high)) =
                (all.iter().copied().reduce(f64::min), all.iter().copied().reduce(f64::max))
            {
                values.insert(mean, all.iter().sum::<f64>() / all.len() as f64);
                values.insert(least, low);
                values.insert(most, high);
            }
        };
        let name = if self.ntk.is_cosine() { "cosine" } else { "raw" };
        for n in self.ntk.subsets() {
            let names = ["mean", "least", "most"].map(|part| format!("{part}_{n}"));
            gather(&format!("{name}_{n}"), names, &|seed| format!("seed_{seed}_entropy_{n}"));
        }
        for name in ["accuracy", "loss"] {
            let names = ["mean", "least", "most"].map(|part| format!("{name}_{part}"));
            gather(name, names, &|seed| format!("{name}_of_seed_{seed}"));
        }
        values
    }
}

/// A net of an architecture, with weights `further` seeds on.
pub fn drawn(backend: &mut Backend, ntk: &Ntk, architecture: &Architecture, further: u32) -> Net {
    Net::new(backend, &ntk.weights(architecture, further))
}

/// The orders of `count` images in one epoch after another; the first is also that of all where it stays the same.
pub struct Permutations {
    rng: NumpyRng,
    count: usize,
}

impl Permutations {
    /// Those of a net with this seed.
    pub fn new(count: usize, seed: u32) -> Self {
        // Far from the seed of the weights; the reference runs take the same.
        Self { rng: NumpyRng::new(seed.wrapping_add(1000)), count }
    }

    /// The next epoch's.
    pub fn draw(&mut self) -> Vec<usize> {
        self.rng.permutation(self.count)
    }
}

impl Plan for Epochs {
    fn bench(&self) -> &Bench {
        &self.bench
    }

    fn bench_mut(&mut self) -> &mut Bench {
        &mut self.bench
    }

    fn next(&mut self, backend: &mut Backend) -> Option<Job> {
        if self.stages.is_empty() {
            self.stages = self.plan();
        }
        Some(match *self.stages.front()? {
            Stage::Infinite => Job::Infinite { rows: 0..self.n, next: 0 },
            Stage::Train(net) => {
                let (order, scores) = self.order(backend, net);
                let (examples, batch) = (self.bench.train, self.batch);
                Job::Train {
                    net,
                    examples,
                    epochs: vec![order],
                    batch,
                    measure: Measure::CrossEntropy,
                    scores,
                    at: (0, 0),
                }
            }
            Stage::Test(net) => Job::Test { net, at: 0 },
            Stage::Kernel(net) => {
                let (examples, order, class) = (self.bench.train, self.bench.all, self.ntk.class());
                Job::Kernel { net, examples, order, count: self.n, class, begun: false }
            }
        })
    }

    fn keep(&mut self, backend: &mut Backend) {
        if let Some(Stage::Kernel(0)) = self.stages.front() {
            let order = (self.by_digit, self.n);
            self.bench.picture(backend, self.n, order, self.ntk.is_cosine(), self.picture);
        }
    }

    fn take(&mut self, results: &[Vec<f32>]) -> Option<Vec<Option<f64>>> {
        let (subsets, convention) = (self.ntk.subsets(), self.ntk.convention());
        match self.stages.pop_front()? {
            Stage::Infinite => {
                let (ntk, is_cosine) = (infinite(results), self.ntk.is_cosine());
                for n in subsets.iter().filter(|n| **n as usize <= self.n) {
                    let entropy = convention.of_block(&ntk, self.n, *n as usize, is_cosine);
                    self.infinite.insert(format!("infinite_{n}"), entropy);
                }
            }
            Stage::Train(net) => {
                let count = results[0].len() / 2 / self.batch * self.batch;
                let [loss, accuracy] = means(&results[0], count);
                self.values[net].insert("train_loss".into(), loss);
                self.values[net].insert("train_accuracy".into(), accuracy);
            }
            Stage::Test(net) => {
                let [loss, accuracy] = means(&results[0], results[0].len() / 2);
                self.values[net].insert("loss".into(), loss);
                self.values[net].insert("accuracy".into(), accuracy);
            }
            Stage::Kernel(net) => {
                measure::entropies(&mut self.values[net], &results[0], self.n, &subsets, convention);
                if self.ntk.call == Call::Epochs {
                    let of = (self.n, &self.bench.labels[..]);
                    measure::structure(&mut self.values[net], &results[0], self.n, of, self.ntk.is_cosine());
                }
            }
        }
        if !self.stages.is_empty() {
            return None;
        }
        let row = self.row();
        self.step += 1;
        Some(row)
    }

    fn whole(&self) -> f64 {
        let infinite = self.bench.work(&Job::Infinite { rows: 0..self.n, next: 0 });
        let train = self.bench.train_work(self.bench.train.count as usize, self.batch);
        let step = self.bench.kernel_work(self.n) + self.bench.test_work();
        let steps = f64::from(self.ntk.epochs() + u32::from(self.ntk.pairing == Pairing::State));
        infinite + self.values.len() as f64 * (steps * step + f64::from(self.ntk.epochs()) * train)
    }

    fn probe(&self, name: &str) -> Option<Tensor> {
        (name == "kernel").then_some(self.picture)
    }
}
