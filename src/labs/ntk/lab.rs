//! A run of the lab: a plan asks for one job after another, and a row is there when it has what it needs.

use super::bench::{Bench, Job};
use super::choices::Call;
use super::epochs::Epochs;
use super::images::Labelled;
use super::selection::Selection;
use super::settings::Ntk;
use super::sizes::Sizes;
use super::width::Width;
use crate::backend::{Backend, Tensor};
use crate::labs::Lab;

/// What is computed, job by job.
pub trait Plan {
    /// The next job; there is one until the last row is complete.
    fn next(&mut self, backend: &mut Backend) -> Option<Job>;

    /// What a job works with.
    fn bench(&self) -> &Bench;

    /// The same, to work with.
    fn bench_mut(&mut self) -> &mut Bench;

    /// Enqueues what a picture needs of the job that is done, before another one overwrites it.
    fn keep(&mut self, _backend: &mut Backend) {}

    /// Takes the results of the job that is done; gives a row when that completes one.
    fn take(&mut self, results: &[Vec<f32>]) -> Option<Vec<Option<f64>>>;

    /// Work of the whole run, as [`Bench::work`] counts it.
    fn whole(&self) -> f64;

    /// A tensor of the current state by name.
    fn probe(&self, _name: &str) -> Option<Tensor> {
        None
    }
}

/// A run in progress.
pub struct NtkLab {
    plan: Box<dyn Plan>,
    job: Option<Job>,
    /// What is to be read; empty while a job goes on.
    results: Vec<Tensor>,
    /// Work of the jobs that are done.
    spent: f64,
    whole: f64,
}

impl NtkLab {
    /// Sets up the run of `ntk` on images to learn from and images to test on.
    pub fn new(ntk: &Ntk, images: [Labelled; 2], backend: &mut Backend) -> Self {
        let plan: Box<dyn Plan> = match ntk.call {
            Call::Epochs | Call::Seeds => Box::new(Epochs::new(ntk, images, backend)),
            Call::Sizes => Box::new(Sizes::new(ntk, images, backend)),
            Call::Width => Box::new(Width::new(ntk, images, backend)),
            Call::Selection => Box::new(Selection::new(ntk, images, backend)),
        };
        let whole = plan.whole();
        Self { plan, job: None, results: Vec::new(), spent: 0.0, whole }
    }
}

impl Lab for NtkLab {
    fn chunk(&self) -> u32 {
        1
    }

    /// A piece of the job at hand, whatever `steps` says: a step takes seconds.
    fn advance(&mut self, backend: &mut Backend, _steps: u32) {
        if self.job.is_none() {
            self.job = self.plan.next(backend);
        }
        let Some(job) = &mut self.job else { return };
        if self.plan.bench_mut().advance(backend, job) {
            self.results = self.plan.bench().results(job);
            self.plan.keep(backend);
        }
    }

    fn measured(&self) -> Vec<Tensor> {
        self.results.clone()
    }

    fn rows(&mut self, measured: &[Vec<f32>]) -> Vec<Vec<Option<f64>>> {
        if std::mem::take(&mut self.results).is_empty() {
            return Vec::new();
        }
        if let Some(job) = self.job.take() {
            self.spent += self.plan.bench().work(&job);
        }
        self.plan.take(measured).into_iter().collect()
    }

    fn progress(&self) -> Option<f64> {
        let bench = self.plan.bench();
        let at_hand = self.job.as_ref().map_or(0.0, |job| bench.work(job) * bench.share(job));
        Some(((self.spent + at_hand) / self.whole).min(1.0))
    }

    fn probe(&self, name: &str) -> Option<Tensor> {
        self.plan.probe(name)
    }
}
