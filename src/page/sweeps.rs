//! Comparisons: several runs that differ in one thing, computed in the background, kept in the archive as they come.

use serde::Serialize;

use super::{Page, Recorded, Stored};
use crate::run::Experiment;

/// A comparison on offer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepInfo {
    /// Name in calls.
    pub slug: &'static str,
    /// Words on the page.
    pub title: &'static str,
    /// What differs, and what there is to see.
    pub help: &'static str,
    /// What the reader may choose: its label, and the preset.
    pub input: Option<(&'static str, &'static str)>,
}

impl Page {
    /// The comparisons that the lab offers.
    pub fn sweeps(&self) -> Vec<SweepInfo> {
        let sweeps = self.link.experiment.config.sweeps().iter();
        sweeps.map(|one| SweepInfo { slug: one.slug, title: one.title, help: one.help, input: one.input }).collect()
    }

    /// The experiments of a comparison, each once, from the current settings on; the figures that show it are switched on.
    ///
    /// # Errors
    /// If there is no such comparison, or its input cannot be read: says what was found and what was expected.
    pub fn sweep(&mut self, slug: &str, input: &str) -> Result<Vec<String>, String> {
        let runs = self.link.experiment.config.sweep(slug, input)?;
        let wanted = self.link.experiment.config.sweeps().iter().find(|one| one.slug == slug);
        for figure in self.link.experiment.config.figures() {
            if wanted.is_some_and(|one| one.figures.contains(&figure.slug.as_str())) {
                self.link.page.set_shown(&figure, true);
            }
        }
        let mut links = Vec::new();
        for config in runs {
            let link = Experiment { config, ..self.link.experiment.clone() }.to_link();
            if !links.contains(&link) {
                links.push(link);
            }
        }
        Ok(links)
    }

    /// One run of a comparison has been computed: it joins the archive. Returns what to store.
    pub fn sweep_rows(
        &mut self,
        title: &str,
        (fragment, rows): (&str, &[f64]),
        (engine, adapter): (&str, &str),
        created: &str,
    ) -> Option<Stored> {
        let id = self.keep_for(title, Recorded::computed(fragment, rows, engine, adapter), created);
        self.archive_store(id)
    }
}
