//! The closer look: what the lab finds in the current run and in those of the archive, and what it still needs for it.

use serde::Serialize;

use super::{Page, Recorded};
use crate::analysis::{Facts, Finding};
use crate::labs::Seen;

/// A closer look at the current run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Closer {
    /// What is seen; nothing for a lab without a closer look.
    pub findings: Vec<Finding>,
    /// Experiments whose facts are missing: [`Page::take_facts`] takes them.
    pub wants: Vec<String>,
}

impl Recorded {
    fn is_complete(&self) -> bool {
        self.trace.steps() == self.experiment.config.steps() as usize
    }
}

impl Page {
    /// A closer look at the current run, beside the archive's of the same lab.
    pub fn closer(&self) -> Closer {
        let own = self.current.experiment.to_link();
        let archived = self.archive.iter().map(|run| &run.recorded).filter(|run| run.experiment.to_link() != own);
        let runs: Vec<&Recorded> = match self.current.is_complete() {
            true => std::iter::once(&self.current).chain(archived.filter(|run| run.is_complete())).collect(),
            false => Vec::new(),
        };
        let lab = self.current.experiment.lab.slug;
        let runs: Vec<&Recorded> = runs.into_iter().filter(|run| run.experiment.lab.slug == lab).collect();
        let seen = runs.iter().map(|run| Seen {
            config: &*run.experiment.config,
            trace: &run.trace,
            facts: run.facts.as_ref(),
        });
        let look = self.current.experiment.config.closer(&seen.collect::<Vec<_>>());
        let wants = look.wants.iter().map(|at| runs[*at].experiment.to_link()).collect();
        Closer { findings: look.findings, wants }
    }

    /// Facts have come: they stay with every run of this experiment. Returns the ids of the archived ones among them.
    pub fn take_facts(&mut self, experiment: &str, facts: &Facts) -> Vec<u32> {
        let archived = self.archive.iter_mut().map(|run| (Some(run.id), &mut run.recorded));
        let all = archived.chain(std::iter::once((None, &mut self.current)));
        let mut ids = Vec::new();
        for (id, run) in all.filter(|(_, run)| run.experiment.to_link() == experiment) {
            run.facts = Some(facts.clone());
            ids.extend(id);
        }
        ids
    }
}
