//! An experiment and its link, and a run of it: the same numbers from the same link, wherever it is computed.

mod check;
mod experiment;
mod export;
mod link;
mod resume;
mod state;

pub use check::{Check, Deviation, Finding};
pub use experiment::Experiment;
pub use export::{Export, FORMATS, Format, Named, Numbers, csv, long, python};
pub use link::{Compared, Link, PageView};
pub(crate) use link::{DIFFERENCE, ZOOM};
pub use state::State;

use std::rc::Rc;

use crate::analysis::Facts;
use crate::backend::{Backend, BackendError, Report};
use crate::data::Dataset;
use crate::labs::Lab;
use crate::trace::Trace;

/// Why a run stopped before its last step. What was measured before stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunError {
    /// A measurement became infinite or NaN.
    Diverged {
        /// The step.
        step: usize,
        /// Name of the column.
        column: String,
    },
}

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self::Diverged { step, column } = self;
        write!(f, "The run diverged at step {step}: {column} is no longer a finite number. The steps before it stand.")
    }
}

impl std::error::Error for RunError {}

/// One run of an experiment: owns its backend, its lab and what was measured so far.
pub struct Run {
    experiment: Experiment,
    data: Rc<Dataset>,
    backend: Backend,
    report: Report,
    lab: Box<dyn Lab>,
    trace: Trace,
    fell_back: bool,
    /// The adapter of the GPU that has computed the steps that it was resumed from.
    earlier: Option<String>,
}

impl Run {
    /// Sets up the run; nothing is computed yet. `data` holds what the experiment needs.
    pub fn new(experiment: Experiment, data: Rc<Dataset>, mut backend: Backend, report: Report) -> Self {
        backend.clear();
        let data = Rc::new(data.of(experiment.data));
        let lab = experiment.config.build(&data, &mut backend);
        let trace = Trace::new(experiment.config.columns());
        Self { experiment, data, backend, report, lab, trace, fell_back: false, earlier: None }
    }

    /// What is computed.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// What was measured so far.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// What computes, and why.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// What computes and why, in sentences for people: what the report says, and what is so of this run alone.
    pub fn reason(&self) -> String {
        if self.experiment.config.on_cpu_only() {
            return "The CPU computes: these networks are too small to gain from a GPU.".into();
        }
        let two = if self.backend.was_shared() {
            " Two workers share it: each computes half of what is heaviest."
        } else {
            ""
        };
        format!("{}{two}", self.report.reason)
    }

    /// Where it computes.
    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// Whether its device, or the second worker, failed and it began again on the CPU.
    pub fn fell_back(&self) -> bool {
        self.fell_back
    }

    /// Number of steps of the whole run.
    pub fn total(&self) -> usize {
        self.experiment.config.steps() as usize
    }

    /// Whether all steps are there.
    pub fn is_done(&self) -> bool {
        self.trace.steps() >= self.total()
    }

    /// How much of it is done, 0 to 1.
    pub fn progress(&self) -> f64 {
        let by_steps = self.trace.steps() as f64 / self.total().max(1) as f64;
        self.lab.progress().filter(|_| !self.is_done()).unwrap_or(by_steps)
    }

    /// What it has gone through so far, see [`Lab::seen`].
    pub fn seen(&self) -> Option<(u64, &'static str)> {
        self.lab.seen()
    }

    /// Computes at most `steps` further steps in one chunk (of a long step a part, without a row), and returns the first
    /// step whose row is new. If the device fails, the run begins again on the CPU: the first new row is then 0, and
    /// the report says why.
    ///
    /// # Errors
    /// If the run diverges.
    pub async fn advance(&mut self, steps: usize) -> Result<usize, RunError> {
        let first = self.trace.steps();
        let target = self.total().min(first + steps.min(self.lab.chunk() as usize));
        match self.chunk(target).await {
            Ok(outcome) => outcome.map(|()| first),
            Err(why) => {
                self.fall_back(&why);
                let target = target.min(self.lab.chunk() as usize);
                // The CPU engine by itself has nothing to lose.
                self.chunk(target).await.unwrap_or(Ok(())).map(|()| 0)
            }
        }
    }

    /// One chunk up to step `target`.
    async fn chunk(&mut self, target: usize) -> Result<Result<(), RunError>, BackendError> {
        self.lab.advance(&mut self.backend, (target - self.trace.steps()) as u32);
        let measured = self.backend.read(&self.lab.measured()).await?;
        for row in self.lab.rows(&measured) {
            if let Some(at) = row.iter().position(|entry| entry.is_some_and(|value| !value.is_finite())) {
                let column = self.trace.columns()[at].name.clone();
                return Ok(Err(RunError::Diverged { step: self.trace.steps(), column }));
            }
            self.trace.push(&row.iter().map(|entry| entry.unwrap_or(f64::NAN)).collect::<Vec<_>>());
        }
        Ok(Ok(()))
    }

    /// Starts again on the CPU, by itself.
    fn fall_back(&mut self, why: &BackendError) {
        self.fell_back = true;
        self.earlier = None;
        let from = std::mem::take(&mut self.report.adapter);
        self.report.reason = match self.backend {
            Backend::Gpu(_) => format!("The GPU ({from}) failed: {why}. The run is computed again on the CPU."),
            Backend::Cpu(_) => format!("The second worker failed: {why}. The run is computed again by one alone."),
        };
        self.backend = Backend::default();
        self.lab = self.experiment.config.build(&self.data, &mut self.backend);
        self.trace = Trace::new(self.experiment.config.columns());
    }

    /// What the end state says beyond the trace; nothing before the last step.
    ///
    /// # Errors
    /// If the device fails.
    pub async fn facts(&mut self) -> Result<Facts, BackendError> {
        let remains = if self.is_done() { self.lab.remains() } else { Vec::new() };
        // There is nothing to read of a lab that has none.
        if remains.is_empty() {
            return Ok(Facts::default());
        }
        Ok(self.lab.facts(&self.backend.read(&remains).await?))
    }

    /// The values of a tensor of the current state by name, if the lab has it.
    ///
    /// # Errors
    /// If the device fails.
    pub async fn probe(&mut self, name: &str) -> Result<Option<Vec<f32>>, BackendError> {
        self.lab.recover(&mut self.backend);
        match self.lab.probe(name) {
            Some(tensor) => Ok(self.backend.read(&[tensor]).await?.pop()),
            None => Ok(None),
        }
    }

    /// The tensors by which the current state answers an image, one after another; empty where the lab answers none.
    ///
    /// # Errors
    /// If the device fails.
    pub async fn state(&mut self) -> Result<Vec<f32>, BackendError> {
        let names = self.experiment.config.answers_by();
        self.lab.recover(&mut self.backend);
        let tensors: Vec<_> = names.iter().filter_map(|name| self.lab.probe(name)).collect();
        Ok(self.backend.read(&tensors).await?.concat())
    }

    /// The backend and its report, for the next run.
    pub fn into_backend(self) -> (Backend, Report) {
        (self.backend, self.report)
    }
}
