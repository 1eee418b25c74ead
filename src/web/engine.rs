//! The worker's thread: data in, one run at a time, rows out.
//!
//! JavaScript pulls: it calls `start`, then `advance` until done. To pause it stops pulling; to cancel it starts
//! another run. No two calls may overlap: `advance` holds the engine until its promise settles.

use std::rc::Rc;

use js_sys::{Float32Array, Float64Array};
use wasm_bindgen::prelude::*;

use super::pair::{Partner, Way};
use super::{object, plain};
use crate::backend::{Backend, EngineChoice, Report};
use crate::data::Dataset;
use crate::run::{Experiment, Run, State, python};

/// After so many lost devices in one visit the CPU engine stays.
const LOSSES: u32 = 3;

/// Computes runs.
#[wasm_bindgen]
#[derive(Default)]
pub struct Engine {
    data: Rc<Dataset>,
    pub(super) run: Option<Run>,
    /// The backend between two runs, and the choice that it was opened for.
    backend: Option<(Backend, Report)>,
    opened_for: Option<EngineChoice>,
    /// A state that was opened: its experiment is begun from it where its steps are known already.
    pub(super) state: Option<State>,
    /// Devices lost so far.
    losses: u32,
    /// The way to a second worker, until it is lost.
    partner: Option<Rc<Partner>>,
    /// Why the run cannot go on: said after the rows before it have been handed out.
    trouble: Option<String>,
}

#[wasm_bindgen(wasm_bindgen_futures = js_sys::futures)]
impl Engine {
    /// An engine without data.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets it share runs with a second worker.
    pub fn share_with(&mut self, partner: Partner) {
        self.partner = Some(Rc::new(partner));
    }

    /// Whether this module computes the runs of an experiment.
    pub fn computes(&self, experiment: &str) -> bool {
        Experiment::from_link(experiment).0.lab.is_computed_here()
    }

    /// The data files that an experiment needs and that are not there yet.
    pub fn needs(&self, experiment: &str) -> Vec<String> {
        let (experiment, _) = Experiment::from_link(experiment);
        experiment.needs().into_iter().filter(|name| !self.data.is_loaded(name)).collect()
    }

    /// The data that holds all images of a digit, if it is not there yet.
    pub fn needs_digit(&self, experiment: &str, digit: usize) -> Vec<String> {
        let (experiment, _) = Experiment::from_link(experiment);
        let name = experiment.holds(digit.min(9));
        Some(name).filter(|name| !self.data.is_loaded(name)).into_iter().collect()
    }

    /// The image of a digit at a position, counted from 1, among those that the experiment could learn from.
    ///
    /// # Errors
    /// If there is no such image.
    pub fn image(&self, experiment: &str, digit: usize, number: usize) -> Result<Vec<u8>, JsError> {
        let (experiment, _) = Experiment::from_link(experiment);
        let data = self.data.of(experiment.data);
        let image = number.checked_sub(1).and_then(|position| data.image(digit, position));
        image.map(<[u8]>::to_vec).ok_or_else(|| {
            let count = if digit < 10 { data.count(digit) } else { 0 };
            JsError::new(&format!("Image {number} of digit {digit}: expected 1 to {count}."))
        })
    }

    /// Drops a set of own images.
    pub fn forget(&mut self, name: &str) {
        if let Ok(fingerprint) = name.parse() {
            self.release();
            Rc::make_mut(&mut self.data).forget(fingerprint);
        }
    }

    /// Takes a data file.
    ///
    /// # Errors
    /// If the file is not what it should be.
    pub fn load(&mut self, name: &str, bytes: &[u8]) -> Result<(), JsError> {
        // The last run shares the data; its time is over.
        self.release();
        Rc::make_mut(&mut self.data).load(name, bytes).map_err(|message| JsError::new(&message))
    }

    /// Sets up a run, see [`started`]. With `known` steps that need not be seen again, it begins where its state was saved, if one
    /// of so many steps at most was opened.
    ///
    /// # Errors
    /// If data is missing, or the state does not fit.
    pub async fn start(&mut self, experiment: &str, known: Option<usize>) -> Result<JsValue, JsError> {
        self.release();
        let missing = self.needs(experiment);
        if !missing.is_empty() {
            return Err(JsError::new(&format!("{} must be loaded first", missing.join(", "))));
        }
        let (experiment, _) = Experiment::from_link(experiment);
        let choice = experiment.engine();
        let (backend, report) = match self.backend.take() {
            Some(open) if self.opened_for == Some(choice) => open,
            _ => self.paired(Backend::open(choice).await),
        };
        self.opened_for = Some(choice);
        let link = experiment.to_link();
        let run = self.run.insert(Run::new(experiment, self.data.clone(), backend, report));
        let fits =
            |state: &&State| cfg!(feature = "long-runs") && state.link == link && state.steps <= known.unwrap_or(0);
        if let Some(Err(message)) = self.state.as_ref().filter(fits).map(|state| run.resume(state)) {
            self.state = None;
            return Err(JsError::new(&message));
        }
        Ok(started(run))
    }

    /// What `start` gives, of the run that is held already; nothing unless it is one of this experiment that has at least
    /// `steps` steps (all its steps if that is not given).
    pub fn held(&self, experiment: &str, steps: Option<usize>) -> JsValue {
        let held = self.run.as_ref().filter(|run| {
            let enough = steps.unwrap_or(run.total());
            self.trouble.is_none() && run.trace().steps() >= enough && run.experiment().to_link() == experiment
        });
        held.map_or(JsValue::UNDEFINED, started)
    }

    /// Computes the next chunk, up to `until` steps in all if that is given: `{rows, seen, step, progress, done, reason,
    /// fallback}`; the reason says what computes now, and why.
    /// With `fallback` (why the GPU or the second worker was given up), the rows begin at step 0 again. Of a long step a part is computed at a
    /// time: then there are no rows.
    ///
    /// # Errors
    /// If the run has diverged, in the call after the one that gave its last rows.
    pub async fn advance(&mut self, until: Option<usize>) -> Result<JsValue, JsError> {
        if let Some(trouble) = self.trouble.take() {
            return Err(JsError::new(&trouble));
        }
        let run = self.run.as_mut().ok_or_else(|| JsError::new("no run was started"))?;
        let (before, had_fallen, engine) = (run.trace().steps(), run.fell_back(), run.backend().name());
        let outcome = run.advance(until.unwrap_or(run.total()).saturating_sub(before)).await;
        let fell_back = run.fell_back() && !had_fallen;
        let first = if fell_back { 0 } else { before };
        if fell_back && engine == "cpu" {
            if let Some(partner) = self.partner.take() {
                partner.lose(&run.reason());
            }
        } else if fell_back {
            self.losses += 1;
            // The next run asks for a new device; one that is lost again and again is left alone.
            if self.losses < LOSSES {
                self.opened_for = None;
            }
        }
        self.trouble = outcome.err().map(|error| error.to_string());
        let rows = Float64Array::from(run.trace().rows_from(first).as_slice());
        let fallback = if fell_back { run.reason().into() } else { JsValue::UNDEFINED };
        let (count, unit) = run.seen().unwrap_or((0, ""));
        Ok(object(&[
            ("seen", object(&[("count", (count as f64).into()), ("unit", unit.into())])),
            ("rows", rows.into()),
            ("step", run.trace().steps().into()),
            ("progress", run.progress().into()),
            ("done", (run.is_done() && self.trouble.is_none()).into()),
            ("reason", run.reason().into()),
            ("fallback", fallback),
        ]))
    }

    /// What the run's network answers images by, as it stands after the steps so far.
    ///
    /// # Errors
    /// If there is no run, or its device fails.
    pub async fn state(&mut self) -> Result<Float32Array, JsError> {
        let run = self.run.as_mut().ok_or_else(|| JsError::new("no run was started"))?;
        let state = run.state().await.map_err(|error| JsError::new(&error.to_string()))?;
        Ok(Float32Array::from(state.as_slice()))
    }

    /// A tensor of the run's state by name, as it stands after the steps so far; nothing if the lab has none of this name.
    ///
    /// # Errors
    /// If there is no run, or its device fails.
    pub async fn still(&mut self, name: &str) -> Result<Option<Float32Array>, JsError> {
        let run = self.run.as_mut().ok_or_else(|| JsError::new("no run was started"))?;
        let values = run.probe(name).await.map_err(|error| JsError::new(&error.to_string()))?;
        Ok(values.map(|values| Float32Array::from(values.as_slice())))
    }

    /// Number of steps so far.
    pub fn steps(&self) -> usize {
        self.run.as_ref().map_or(0, |run| run.trace().steps())
    }

    /// The rows of the steps from `first` up to `end`.
    pub fn rows_between(&self, first: usize, end: usize) -> Float64Array {
        let Some(trace) = self.run.as_ref().map(Run::trace) else { return Float64Array::new_with_length(0) };
        let mut rows = trace.rows_from(first);
        rows.truncate(end.saturating_sub(first) * trace.columns().len());
        rows.as_slice().into()
    }

    /// Whether a run answers images by what it is after a step; else by what it was before.
    pub fn answers_after(&self, experiment: &str) -> bool {
        Experiment::from_link(experiment).0.config.answers_after()
    }

    /// What was measured at a step, one value per column.
    pub fn row(&self, step: usize) -> Option<Float64Array> {
        let trace = self.run.as_ref()?.trace();
        let rows = trace.rows_from(step);
        rows.get(..trace.columns().len()).map(Float64Array::from)
    }

    /// What the end state of the last run says beyond its rows: an array of `{name, value}`.
    ///
    /// # Errors
    /// If there is no run, or the device fails.
    pub async fn facts(&mut self) -> Result<JsValue, JsError> {
        let run = self.run.as_mut().ok_or_else(|| JsError::new("no run was started"))?;
        Ok(plain(&run.facts().await?))
    }

    /// The Python program of an experiment, whose data is there; none for a lab that has none.
    pub fn python(&self, experiment: &str) -> Option<String> {
        python(&Experiment::from_link(experiment).0, &self.data)
    }

    /// Loses the device of the current run, as a driver reset would (for tests and the console).
    pub fn simulate_loss(&self) {
        if let Some(Backend::Gpu(gpu)) = self.run.as_ref().map(Run::backend) {
            gpu.destroy();
        }
    }

    /// The CPU engine with its partner; others as they are.
    fn paired(&self, (backend, report): (Backend, Report)) -> (Backend, Report) {
        match (&backend, &self.partner) {
            (Backend::Cpu(_), Some(partner)) => (Backend::with(Box::new(Way(partner.clone()))), report),
            _ => (backend, report),
        }
    }

    /// Takes the backend back from the last run.
    fn release(&mut self) {
        if let Some(run) = self.run.take() {
            self.backend = Some(run.into_backend());
        }
        self.trouble = None;
    }
}

/// What a run says when it begins: `{columns, steps, progress, engine, adapter, reason, by}`, the latter `{engine, adapter}` that its
/// numbers count as computed by.
fn started(run: &Run) -> JsValue {
    let (engine, adapter) = run.computed_on();
    object(&[
        ("columns", plain(&run.trace().columns())),
        ("steps", run.total().into()),
        ("progress", run.progress().into()),
        ("by", object(&[("engine", engine.into()), ("adapter", adapter.into())])),
        ("engine", run.backend().name().into()),
        ("adapter", run.report().adapter.as_str().into()),
        ("reason", run.reason().into()),
    ])
}
