//! The numbers to take away: every format with what it is for, the same on the page and on the command line.

mod author;
mod json;
mod long;
mod python;
mod wide;

use serde::Serialize;

pub use json::{Export, Named};
pub use long::long;
pub use python::python;
pub use wide::csv;

use super::experiment::Experiment;
use crate::data::Dataset;
use crate::trace::Trace;

/// How the numbers of a run are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Format {
    /// Name on the command line, never renamed.
    pub slug: &'static str,
    /// Words on the page.
    pub title: &'static str,
    /// One sentence: what it is for.
    pub help: &'static str,
    /// How the file's name ends.
    pub ending: &'static str,
    /// Its type.
    pub mime: &'static str,
    #[serde(skip)]
    layout: Layout,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Wide,
    Long,
    Json,
    /// The author's, of a quantity that every layer has.
    Layers(&'static str),
    /// The author's, of the outputs.
    Outputs,
    Python,
}

/// One of the author's files: layers as rows, a column for each step.
macro_rules! layers {
    ($slug:literal, $title:literal, $file:literal, $quantity:literal) => {
        Format {
            slug: $slug,
            title: concat!($title, ", author's layout"),
            help: concat!("Like the author's ", $file, ": a row for each layer, a column for each step (K=1, K=2, …)."),
            ending: $file,
            mime: "text/csv",
            layout: Layout::Layers($quantity),
        }
    };
}

/// All formats, in the order of the page. The author's files keep the author's names.
pub const FORMATS: [Format; 10] = [
    Format {
        slug: "csv",
        title: "CSV, wide",
        help: "A line for each step, a column for each series: for spreadsheets, pandas and R.",
        ending: "csv",
        mime: "text/csv",
        layout: Layout::Wide,
    },
    Format {
        slug: "long",
        title: "CSV, long",
        help: "A line for each value (step, series, layer, value): for ggplot2, seaborn and Altair.",
        ending: "long.csv",
        mime: "text/csv",
        layout: Layout::Long,
    },
    Format {
        slug: "json",
        title: "JSON",
        help: "Every series with the link, the version and the engine: can be checked here later, or by somebody else.",
        ending: "json",
        mime: "application/json",
        layout: Layout::Json,
    },
    Format {
        slug: "python",
        title: "Python program",
        help: "Computes the same run with PyTorch and prints the wide CSV; settings and images are in it.",
        ending: "py",
        mime: "text/x-python",
        layout: Layout::Python,
    },
    layers!("author-entropy", "Entropy", "entropy_history.csv", "entropy"),
    layers!("author-cosine", "Cosine", "cosine_history.csv", "cosine"),
    layers!("author-z-norm", "‖Z‖", "frobenius_history.csv", "z_norm"),
    layers!("author-w-norm", "‖W‖", "weight_frobenius_history.csv", "w_norm"),
    layers!("author-tensor-net", "Tensor net", "tensor_net_history.csv", "tensor_net"),
    Format {
        slug: "author-outputs",
        title: "Outputs, author's layout",
        help: "Like the author's output_neuron_activation.csv: a line for each step, a column for each neuron.",
        ending: "output_neuron_activation.csv",
        mime: "text/csv",
        layout: Layout::Outputs,
    },
];

/// A run whose numbers are written.
#[derive(Clone, Copy)]
pub struct Numbers<'a> {
    /// What was computed.
    pub experiment: &'a Experiment,
    /// What was measured.
    pub trace: &'a Trace,
    /// `cpu` or `gpu`.
    pub engine: &'a str,
    /// The adapter's name; empty on the CPU.
    pub adapter: &'a str,
    /// What of the link could not be taken as written.
    pub notices: &'a [String],
}

impl Format {
    /// The format of that name.
    pub fn named(slug: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.slug == slug)
    }

    /// Those that have something to write of an experiment.
    pub fn of(experiment: &Experiment) -> Vec<&'static Self> {
        let columns = experiment.config.columns();
        let measured = |name: String| columns.iter().any(|column| column.name == name);
        let has = |format: &&Self| match format.layout {
            Layout::Wide | Layout::Long | Layout::Json => true,
            Layout::Layers(quantity) => measured(format!("{quantity}_1")),
            Layout::Outputs => measured("output_0".into()),
            // Whether there is a program does not depend on the images in it.
            Layout::Python => python(experiment, &Dataset::default()).is_some(),
        };
        FORMATS.iter().filter(has).collect()
    }

    /// Whether it is written from the settings and the images, without a run.
    pub fn is_program(&self) -> bool {
        self.layout == Layout::Python
    }

    /// Whether each run is one JSON value.
    pub fn is_json(&self) -> bool {
        self.layout == Layout::Json
    }

    /// The numbers of a run; none where this is a program, which `python()` writes.
    pub fn write(&self, run: &Numbers) -> Option<String> {
        match self.layout {
            Layout::Wide => Some(csv(run.trace)),
            Layout::Long => Some(long(run.trace)),
            Layout::Layers(quantity) => Some(author::layers(run.trace, quantity)),
            Layout::Outputs => Some(author::outputs(run.trace)),
            Layout::Json => {
                Some(Export::new(run.experiment, run.trace, run.engine, run.adapter, run.notices).to_json())
            }
            Layout::Python => None,
        }
    }
}

/// A value in full, nothing where there is none.
fn push_value(text: &mut String, value: Option<f64>) {
    if let Some(value) = value {
        text.push_str(&value.to_string());
    }
}
