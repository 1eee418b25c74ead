//! A run saved after a step, and a run that goes on from there.

use std::fmt::Display;

use super::Run;
use super::state::State;
use crate::backend::{BackendError, Tensor};

impl Run {
    /// All that it goes on from; `None` within a step, and where its lab cannot be saved.
    ///
    /// # Errors
    /// If the device fails.
    pub async fn save(&mut self) -> Result<Option<State>, BackendError> {
        let Some(named) = self.lab.saved() else { return Ok(None) };
        let (names, tensors): (Vec<&str>, Vec<Tensor>) = named.into_iter().unzip();
        let values = self.backend.read(&tensors).await?;
        let (engine, adapter) = self.computed_on();
        Ok(Some(State {
            version: env!("CARGO_PKG_VERSION").into(),
            link: self.experiment.to_link(),
            engine: engine.into(),
            adapter: adapter.into(),
            steps: self.trace.steps(),
            columns: self.trace.columns().iter().map(|column| column.name.clone()).collect(),
            rows: self.trace.rows_from(0),
            tensors: names.into_iter().map(str::to_owned).zip(values).collect(),
        }))
    }

    /// Takes a run that has computed nothing yet to where another one of the same experiment was saved.
    ///
    /// # Errors
    /// If the state is not one of this experiment: says what was found and what was expected. The run is as it was.
    pub fn resume(&mut self, state: &State) -> Result<(), String> {
        let mut saved = state.experiment()?;
        saved.engine = self.experiment.engine;
        if saved.to_link() != self.experiment.to_link() {
            let (found, expected) = (saved.to_link(), self.experiment.to_link());
            return differs("the link", &found, &expected);
        }
        let Some(named) = self.lab.saved().filter(|_| self.experiment.config.can_be_saved()) else {
            return Err(format!("no state of the lab {} can be gone on from", self.experiment.lab.slug));
        };
        if state.steps > self.total() {
            return differs("steps", &state.steps, &format!("at most {}", self.total()));
        }
        let columns = self.trace.columns();
        same("columns", state.columns.len(), columns.len())?;
        for (found, column) in state.columns.iter().zip(columns) {
            if *found != column.name {
                return differs("a column", found, &column.name);
            }
        }
        if let Some(value) = state.rows.iter().find(|value| value.is_infinite()) {
            return differs("a measurement", value, &"a number");
        }
        same("tensors", state.tensors.len(), named.len())?;
        for ((found, values), (name, tensor)) in state.tensors.iter().zip(&named) {
            if found != name {
                return differs("a tensor", found, name);
            }
            same(&format!("values of {name}"), values.len(), tensor.len())?;
            if let Some(value) = values.iter().find(|value| !value.is_finite()) {
                return differs(&format!("a value of {name}"), value, &"a number");
            }
        }
        for ((_, values), (_, tensor)) in state.tensors.iter().zip(&named) {
            self.backend.write(*tensor, values);
        }
        let values: Vec<Vec<f32>> = state.tensors.iter().map(|(_, values)| values.clone()).collect();
        self.lab.restore(&mut self.backend, state.steps, &values);
        self.trace.extend(&state.rows);
        self.earlier = (state.engine == "gpu").then(|| state.adapter.clone());
        Ok(())
    }

    /// Where its numbers come from, `cpu` or `gpu`, and the adapter. What a GPU has begun does not become the CPU's, to the last
    /// bit, by being gone on with there.
    pub fn computed_on(&self) -> (&str, &str) {
        match &self.earlier {
            Some(adapter) if self.backend.name() == "cpu" => ("gpu", adapter),
            _ => (self.backend.name(), &self.report.adapter),
        }
    }
}

/// What is wrong: where, what was found, and what was expected.
fn differs(what: &str, found: &dyn Display, expected: &dyn Display) -> Result<(), String> {
    Err(format!("{what}: {found} where {expected} was expected"))
}

fn same(what: &str, found: usize, expected: usize) -> Result<(), String> {
    if found == expected { Ok(()) } else { differs(what, &found, &expected) }
}
