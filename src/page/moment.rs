//! Which sample and which phase of a step graphs show, and what a click on a map sets.

use serde::Serialize;

use super::Page;
use crate::draw;
use crate::figure::{Graph, Phase, Picks, Plot};

/// What a graph can show, and what it shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moments {
    /// Names of the samples.
    pub samples: Vec<String>,
    /// The one that is shown.
    pub sample: usize,
    /// The phases of a step.
    pub phases: Vec<Phase>,
    /// The one that is shown.
    pub phase: usize,
}

impl Page {
    /// What the graph of this experiment can show; none where there is no graph.
    pub fn moments(&self) -> Option<Moments> {
        let graph = self.graph()?;
        let (sample, phase) = self.moment_of(&graph);
        let Graph { samples, phases, .. } = graph;
        Some(Moments { samples, sample, phases, phase })
    }

    fn graph(&self) -> Option<Graph> {
        self.link.experiment.config.figures().into_iter().find_map(|figure| match figure.plot {
            Plot::Graph(graph) => Some(graph),
            _ => None,
        })
    }

    /// The sample and the phase that a graph shows.
    pub(super) fn moment_of(&self, graph: &Graph) -> (usize, usize) {
        let (samples, last) = (graph.samples.len(), graph.phases.len().saturating_sub(1));
        let page = &self.link.page;
        (page.sample.min(samples.saturating_sub(1)), page.phase.map_or(last, |phase| phase.min(last)))
    }

    /// Shows another sample.
    pub fn set_sample(&mut self, sample: usize) {
        self.link.page.sample = sample;
    }

    /// Shows another phase.
    pub fn set_phase(&mut self, phase: usize) {
        let phases = self.graph().map_or(0, |graph| graph.phases.len());
        self.link.page.phase = Some(phase).filter(|phase| phase + 1 < phases);
    }

    /// Goes on by one phase, from the last one to the first of the next step.
    pub fn next_phase(&mut self) {
        let Some(Moments { phases, phase, .. }) = self.moments() else { return };
        if phase + 1 < phases.len() && self.step() > 0 {
            self.set_phase(phase + 1);
        } else if self.step() + 1 < self.steps() {
            self.set_step(self.step() + 1);
            self.set_phase(0);
        }
    }

    /// Sets what is pointed out in a map: true if the settings have changed.
    pub fn pick(&mut self, slug: &str) -> bool {
        let field = self.figure(slug).and_then(|figure| match figure.plot {
            Plot::Field(field) => Some(field),
            _ => None,
        });
        let (Some(hit), Some(field)) = (self.focus, field) else { return false };
        let Some(Picks { keys, then }) = &field.picks else { return false };
        let before = self.experiment();
        for (key, value) in keys.iter().zip(draw::place_in_field(&field, &hit)) {
            // As many decimals as a slider has.
            self.set(key, None, &((value * 100.0).round() / 100.0).to_string());
        }
        self.set(then.0, None, then.1);
        self.experiment() != before
    }
}
