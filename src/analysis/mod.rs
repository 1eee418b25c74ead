//! A closer look at runs: numbers read from what a run leaves behind, and what one or more runs say, in words and tables.

mod entropy;
mod fit;
mod probe;
mod spectrum;

pub use entropy::{Rounding, block, cosine, eigenvalues, entropy, magnitude_entropy};
pub use fit::{correlation, slope};
pub use probe::{Probe, RIDGE, distinct, probe, ridge};
pub use spectrum::top_of_second_moment;

use serde::{Deserialize, Serialize};

/// A named number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Fact {
    name: String,
    value: f64,
}

/// Numbers that the trace of a run does not hold: they come from its images and from its last state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts(Vec<Fact>);

impl Facts {
    /// Adds a number. What is not finite says nothing, and has no place in JSON: it is left out.
    pub fn add(&mut self, name: impl Into<String>, value: f64) {
        if value.is_finite() {
            self.0.push(Fact { name: name.into(), value });
        }
    }

    /// The number called `name`.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|fact| fact.name == name).map(|fact| fact.value)
    }
}

/// A table of texts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// Column titles.
    pub head: Vec<String>,
    /// Rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
}

/// One thing that a closer look shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Stable name: `growth`.
    pub slug: &'static str,
    /// Heading.
    pub title: String,
    /// What is seen, in paragraphs with the computed numbers in them.
    pub text: Vec<String>,
    /// The numbers behind it.
    pub table: Option<Table>,
}

/// All that a closer look shows, and what it still needs for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CloserLook {
    /// In reading order.
    pub findings: Vec<Finding>,
    /// Indices of the runs whose [`Facts`] are missing.
    pub wants: Vec<usize>,
}
