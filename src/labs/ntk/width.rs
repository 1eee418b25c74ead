//! Kernels of nets of growing width, not trained, against the kernel of infinite width.

use super::bench::{Bench, Job, infinite, kernel_work};
use super::epochs::drawn;
use super::images::Labelled;
use super::lab::Plan;
use super::measure::{Values, row};
use super::settings::Ntk;
use crate::backend::{Backend, Tensor};
use crate::trace::Column;

/// The columns of a run.
pub fn columns(ntk: &Ntk) -> Vec<Column> {
    let unit = ntk.unit();
    let mut columns = vec![
        Column::new("factor", "Width", ""),
        Column::new("log_factor", "log₂ of the width", ""),
        Column::new("parameters", "Weights", ""),
    ];
    for (name, words, unit) in [("distance", "Distance to the infinite kernel", ""), ("entropy", "Entropy", unit)] {
        for (part, of) in [("mean", "mean"), ("least", "least"), ("most", "greatest")] {
            columns.push(Column::new(format!("{name}_{part}"), format!("{words}, {of}"), unit));
        }
        for seed in 0..ntk.nets() {
            columns.push(Column::new(
                format!("{name}_of_seed_{seed}"),
                format!("{words} from seed {}", ntk.seed + seed),
                unit,
            ));
        }
    }
    columns.push(Column::new("log_distance", "log₂ of the mean distance", ""));
    columns.push(Column::new("infinite", "Entropy at infinite width", unit));
    columns
}

/// The run.
pub struct Width {
    ntk: Ntk,
    images: [Labelled; 2],
    n: usize,
    columns: Vec<Column>,
    bench: Bench,
    /// Θ of infinite width, once it is there.
    infinite: Vec<f32>,
    step: usize,
    net: u32,
    /// Distance and entropy of every net of this width so far.
    found: Vec<[f64; 2]>,
    whole: f64,
}

impl Width {
    /// Sets up the run.
    pub fn new(ntk: &Ntk, images: [Labelled; 2], backend: &mut Backend) -> Self {
        let n = images[0].labels.len().min(ntk.sample as usize);
        let factors = ntk.factors();
        let bench = bench(ntk, &images, n, factors[0], backend);
        let work = |factor: &f64| {
            let architecture = ntk.preset.architecture(*factor);
            kernel_work(n, architecture.forward_work(), architecture.parameters() as f64)
        };
        let whole = f64::from(ntk.nets()) * factors.iter().map(work).sum::<f64>();
        let whole = whole + bench.work(&Job::Infinite { rows: 0..n, next: 0 });
        Self {
            columns: columns(ntk),
            ntk: ntk.clone(),
            images,
            n,
            bench,
            infinite: Vec::new(),
            step: 0,
            net: 0,
            found: Vec::new(),
            whole,
        }
    }

    /// The row of a width whose nets are all there.
    fn row(&mut self) -> Vec<Option<f64>> {
        let factor = self.ntk.factors()[self.step];
        let mut values = Values::new();
        values.insert("factor".into(), factor);
        values.insert("log_factor".into(), libm::log2(factor));
        values.insert("parameters".into(), self.ntk.preset.architecture(factor).parameters() as f64);
        let found = std::mem::take(&mut self.found);
        for (at, name) in ["distance", "entropy"].into_iter().enumerate() {
            let all: Vec<f64> = found.iter().map(|pair| pair[at]).collect();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            values.insert(format!("{name}_mean"), mean);
            values.insert(format!("{name}_least"), all.iter().copied().fold(f64::INFINITY, f64::min));
            values.insert(format!("{name}_most"), all.iter().copied().fold(f64::NEG_INFINITY, f64::max));
            for (seed, value) in all.iter().enumerate() {
                values.insert(format!("{name}_of_seed_{seed}"), *value);
            }
            if name == "distance" {
                values.insert("log_distance".into(), libm::log2(mean));
            }
        }
        let entropy = self.ntk.convention().of_block(&self.infinite, self.n, self.n, self.ntk.is_cosine());
        values.insert("infinite".into(), entropy);
        row(&self.columns, &values)
    }
}

/// A bench of this width.
fn bench(ntk: &Ntk, images: &[Labelled; 2], n: usize, factor: f64, backend: &mut Backend) -> Bench {
    let architecture = ntk.preset.architecture(factor);
    let [train, _] = images;
    let few = Labelled { pixels: train.pixels[..784 * n].to_vec(), labels: train.labels[..n].to_vec() };
    // Nothing is tested or trained here.
    let bench = Bench::new(backend, &architecture, [few.clone(), few], 1);
    bench.with_kernels(backend, (&architecture, ntk.preset), n)
}

/// ‖A − B‖ / ‖B‖, Frobenius.
fn distance(a: &[f32], b: &[f32]) -> f64 {
    let squares = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>();
    let apart = squares(&mut a.iter().zip(b).map(|(a, b)| f64::from(*a) - f64::from(*b)));
    (apart / squares(&mut b.iter().map(|b| f64::from(*b)))).sqrt()
}

impl Plan for Width {
    fn bench(&self) -> &Bench {
        &self.bench
    }

    fn bench_mut(&mut self) -> &mut Bench {
        &mut self.bench
    }

    fn next(&mut self, backend: &mut Backend) -> Option<Job> {
        if self.infinite.is_empty() {
            return Some(Job::Infinite { rows: 0..self.n, next: 0 });
        }
        let factor = self.ntk.factors()[self.step];
        if self.net == 0 && self.step > 0 {
            self.bench = bench(&self.ntk, &self.images, self.n, factor, backend);
        }
        let net = drawn(backend, &self.ntk, &self.ntk.preset.architecture(factor), self.net);
        self.bench.nets = vec![net];
        let (examples, order, class) = (self.bench.train, self.bench.all, self.ntk.class());
        Some(Job::Kernel { net: 0, examples, order, count: self.n, class, begun: false })
    }

    fn take(&mut self, results: &[Vec<f32>]) -> Option<Vec<Option<f64>>> {
        if self.infinite.is_empty() {
            self.infinite = infinite(results);
            return None;
        }
        let entropy = self.ntk.convention().of_block(&results[0], self.n, self.n, self.ntk.is_cosine());
        self.found.push([distance(&results[0], &self.infinite), entropy]);
        self.net = (self.net + 1) % self.ntk.nets();
        if self.net > 0 {
            return None;
        }
        let row = self.row();
        self.step += 1;
        Some(row)
    }

    fn whole(&self) -> f64 {
        self.whole
    }

    fn probe(&self, _name: &str) -> Option<Tensor> {
        None
    }
}
