//! The labs: what each computes, step by step, and what it shows. One file or folder a lab, one line in [`LABS`].

pub mod energy;
pub mod ntk;
mod ska;
pub mod wta;

use std::any::Any;

use crate::analysis::{CloserLook, Facts};
use crate::backend::{Backend, Tensor};
use crate::config::Settings;
use crate::data::Dataset;
use crate::figure::Figure;
use crate::trace::{Column, Trace};

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
    /// Whether its runs take so long that the page loads them with a module of their own (feature `long-runs`), when one
    /// is asked for. All else about it is in the page's first module.
    pub long: bool,
}

impl LabEntry {
    /// Whether this module computes its runs.
    pub fn is_computed_here(&self) -> bool {
        cfg!(feature = "long-runs") || !self.long
    }
}

/// All labs, in the order of their tabs; the first is the default.
pub const LABS: &[LabEntry] = &[ska::digit::LAB, ska::batch::LAB, energy::LAB, wta::LAB, wta::competing::LAB, ntk::LAB];

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
pub trait Config: Settings + Any {
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

    /// What a closer look at a run shows. `runs` are complete runs of this lab, first that of these settings; there are none
    /// while it is computed. A lab that shows nothing has no such panel.
    fn closer(&self, _runs: &[Seen]) -> CloserLook {
        CloserLook::default()
    }

    /// A Python program that computes the same run with PyTorch and prints its columns as CSV; none where a lab has
    /// none. `data` holds what [`Config::needs`] names; what it does not hold is not in the program.
    fn python(&self, _data: &Dataset) -> Option<String> {
        None
    }

    /// What a step is called under the axis of steps.
    fn step_name(&self) -> &'static str {
        "Step k"
    }

    /// Whether it is computed on the CPU whatever engine is asked for: too small to gain anything from a GPU.
    fn on_cpu_only(&self) -> bool {
        false
    }

    /// Sets up the run on a backend; `data` holds what [`Config::needs`] names.
    fn build(&self, data: &Dataset, backend: &mut Backend) -> Box<dyn Lab>;

    /// Names of the tensors ([`Lab::probe`]) by which a state answers a single image; empty where it answers none.
    fn answers_by(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether a step is seen by what it has learned: then the state after it answers, else the one it began with.
    fn answers_after(&self) -> bool {
        false
    }

    /// What every neuron of every layer answers to one image (pixels in 0..1). `state` is the tensors of
    /// [`Config::answers_by`] one after another; `None` if it is not of that length.
    fn answer(&self, _state: &[f32], _image: &[f32]) -> Option<Vec<Vec<f64>>> {
        None
    }
}

/// A complete run, for a closer look.
pub struct Seen<'a> {
    /// What was run.
    pub config: &'a (dyn Config + 'static),
    /// What was measured.
    pub trace: &'a Trace,
    /// What its end state says; none while that has not been asked.
    pub facts: Option<&'a Facts>,
}

/// A run in progress. It enqueues passes; it never waits and never fails.
pub trait Lab {
    /// Most steps that one chunk may take.
    fn chunk(&self) -> u32;

    /// Enqueues the next `steps` steps, at most [`Lab::chunk`]. Any chunking gives the same numbers. A lab whose steps take
    /// longer than a cancel may wait (some tenths of a second) does a part of its next step at a time, and has no row
    /// for it until it is complete.
    fn advance(&mut self, backend: &mut Backend, steps: u32);

    /// The tensors that hold the measurements of the last chunk; none where a lab computes at once, without passes.
    fn measured(&self) -> Vec<Tensor> {
        Vec::new()
    }

    /// The rows of the last chunk from the values of [`Lab::measured`]: one per completed step, one entry per column,
    /// `None` where a step has no value.
    fn rows(&mut self, measured: &[Vec<f32>]) -> Vec<Vec<Option<f64>>>;

    /// How much of the whole run is done, 0 to 1, for a lab whose steps take long or unequal time; `None` where counting
    /// steps says it.
    fn progress(&self) -> Option<f64> {
        None
    }

    /// The tensors that [`Lab::facts`] reads after the last step.
    fn remains(&self) -> Vec<Tensor> {
        Vec::new()
    }

    /// What the end state says beyond the trace, from the values of [`Lab::remains`].
    fn facts(&self, _remains: &[Vec<f32>]) -> Facts {
        Facts::default()
    }

    /// Enqueues what brings the tensors of [`Lab::probe`] up to date, where a lab does not keep them so at every step.
    fn recover(&mut self, _backend: &mut Backend) {}

    /// A tensor of the current state by name: for pictures ([`Mosaic::still`](crate::figure::Mosaic::still)) and checks.
    fn probe(&self, _name: &str) -> Option<Tensor> {
        None
    }
}

/// A run of a lab that is [`long`](LabEntry::long); where long runs are left out, so is all that only `build` refers to.
fn long<L: Lab + 'static>(build: impl FnOnce() -> L) -> Box<dyn Lab> {
    if cfg!(feature = "long-runs") {
        Box::new(build())
    } else {
        unreachable!("this module holds no long runs: ask `LabEntry::is_computed_here` first")
    }
}
