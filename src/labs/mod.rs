//! The labs: what each computes, step by step, and what it shows. One file or folder a lab, one line in [`LABS`].

mod ska;

use crate::backend::{Backend, Tensor};
use crate::config::Settings;
use crate::data::Dataset;
use crate::figure::Figure;
use crate::trace::Column;

/// A lab, as the page and links name it.
pub struct LabEntry {
    /// Name in links, never renamed.
    pub slug: &'static str,
    /// Name on its tab.
    pub title: &'static str,
    /// The page's heading: what is seen here, in a line.
    pub subtitle: &'static str,
    /// What is seen here and what it means, in paragraphs.
    pub about: &'static [&'static str],
    /// Papers and programs behind it: words and address.
    pub sources: &'static [(&'static str, &'static str)],
    /// Its settings at their defaults.
    pub config: fn() -> Box<dyn Config>,
}

/// All labs, in the order of their tabs; the first is the default.
pub const LABS: &[LabEntry] = &[ska::digit::LAB, ska::batch::LAB];

/// Runs that differ in one thing, which a lab offers to compute for comparison.
#[derive(Debug)]
pub struct Sweep {
    /// Name in calls.
    pub slug: &'static str,
    /// Words on the page.
    pub title: &'static str,
    /// What differs, and what there is to see.
    pub help: &'static str,
    /// What the reader may choose: its label, and the preset.
    pub input: Option<(&'static str, &'static str)>,
    /// Figures that show it.
    pub figures: &'static [&'static str],
}

/// The settings of a lab, and all that follows from them without computing.
pub trait Config: Settings {
    /// A copy.
    fn boxed(&self) -> Box<dyn Config>;

    /// In a few words, for lists of runs: "256·128·64·10, K 50, τ 0.50".
    fn label(&self) -> String;

    /// Number of steps of the whole run.
    fn steps(&self) -> u32;

    /// Files of the bundled data that it needs.
    fn needs(&self) -> Vec<&'static str>;

    /// What is measured at each step.
    fn columns(&self) -> Vec<Column>;

    /// What can be looked at.
    fn figures(&self) -> Vec<Figure>;

    /// The columns that sum a step up, with the words to read them out by.
    fn headline(&self) -> Vec<(String, String)>;

    /// Why there is nothing to see, where that is so (a run of one step has no change to measure).
    fn empty(&self) -> Option<String>;

    /// The comparisons on offer, from these settings on.
    fn sweeps(&self) -> &'static [Sweep] {
        &[]
    }

    /// The runs of a comparison.
    ///
    /// # Errors
    /// If there is none of this name, or `input` cannot be read: says what was found and what was expected.
    fn sweep(&self, slug: &str, _input: &str) -> Result<Vec<Box<dyn Config>>, String> {
        Err(format!("there is no sweep \"{slug}\""))
    }

    /// A Python program that computes the same run with PyTorch and prints its columns as CSV; none where a lab has
    /// none. `data` holds what [`Config::needs`] names; what it does not hold is not in the program.
    fn python(&self, _data: &Dataset) -> Option<String> {
        None
    }

    /// Sets up the run on a backend; `data` holds what [`Config::needs`] names.
    fn build(&self, data: &Dataset, backend: &mut Backend) -> Box<dyn Lab>;
}

/// A run in progress. It enqueues passes; it never waits and never fails.
pub trait Lab {
    /// Most steps that one chunk may take.
    fn chunk(&self) -> u32;

    /// Enqueues the next `steps` steps, at most [`Lab::chunk`]. Any chunking gives the same numbers.
    fn advance(&mut self, backend: &mut Backend, steps: u32);

    /// The tensors that hold the measurements of the last chunk.
    fn measured(&self) -> Vec<Tensor>;

    /// The rows of the last chunk from the values of [`Lab::measured`]: one per step, one entry per column, `None`
    /// where a step has no value.
    fn rows(&mut self, measured: &[Vec<f32>]) -> Vec<Vec<Option<f64>>>;

    /// A tensor of the current state by name, for pictures and checks.
    fn probe(&self, name: &str) -> Option<Tensor>;
}
