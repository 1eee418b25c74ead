//! SKA explorer: one digit, any architecture, the trajectory of its layers' entropies (original 000).

use std::any::Any;

use super::closer::{self, Kin};
use super::network::{Network, Ska};
use super::python;
use super::rule::Rule;
use super::settings::{self, DIGITS, field};
use super::sweeps::{self, SWEEPS, Swept};
use super::views;
use crate::analysis::CloserLook;
use crate::backend::Backend;
use crate::config::{ReadLink, Real, Settings, Visitor, Whole};
use crate::data::{self, Dataset};
use crate::figure::Figure;
use crate::labs::{Config, Lab, LabEntry, Seen, Sweep};
use crate::trace::Column;

/// The lab's line in the table.
pub const LAB: LabEntry = LabEntry {
    slug: "ska-digit",
    title: "SKA explorer",
    subtitle: "The entropy of every layer while a network learns one digit",
    about: &[
        "Structured Knowledge Accumulation (SKA) trains a layered network without labels and without backpropagation. \
         Every forward pass yields each layer's knowledge Z = W·A + b and decisions D = σ(Z). A layer's entropy is \
         −(1/ln 2)·Σ Z·ΔD, summed over images and neurons, where ΔD is the change of its decisions since the pass \
         before; its weights follow the gradient of its own entropy, and nothing else.",
        "Divide each layer's entropy by its neurons, and a run of K passes becomes a path through as many dimensions \
         as there are layers. It leaves the origin, reaches each layer's minimum in turn, and relaxes. What sets the \
         shape is the learning budget τ = η·K; the digit shows in the first layer.",
        "Bouarfa Mahi calls the layered network a discrete approximation of a continuous field, for educational use. \
         This page computes the original's numbers; the variants are switches, at the original's settings by default.",
    ],
    sources: &[
        ("Structured Knowledge Accumulation, arXiv 2503.13942", "https://arxiv.org/abs/2503.13942"),
        ("The Principle of Entropic Least Action, arXiv 2504.03214", "https://arxiv.org/abs/2504.03214"),
        (
            "The original app: SKA Single Digit Explorer",
            "https://huggingface.co/spaces/quant-iota/Single-Digit-Explorer",
        ),
    ],
    config: || Box::new(Digit::default()),
};

const TAU: Real = Real { min: 0.1, max: 0.75, step: 0.01 };

/// Settings of the lab, as in the original but for the weight seed, which is 42 there.
#[derive(Clone, Debug, PartialEq)]
struct Digit {
    digit: usize,
    layers: Vec<u32>,
    steps: u32,
    tau: f64,
    samples: u32,
    data_seed: u32,
    seed: u32,
    rule: Rule,
}

impl Default for Digit {
    fn default() -> Self {
        Self {
            digit: 0,
            layers: vec![256, 128, 64, 10],
            steps: 50,
            tau: 0.5,
            samples: 100,
            data_seed: 0,
            seed: 42,
            rule: Rule::default(),
        }
    }
}

impl Digit {
    fn network(&self) -> Network {
        Network {
            layers: self.layers.clone(),
            steps: self.steps,
            learning_rate: self.tau / f64::from(self.steps),
            seed: self.seed,
            rule: self.rule,
        }
    }

    /// A run of this lab, and how it is related to these settings.
    fn kin<'a>(&self, run: &Seen<'a>) -> Option<Kin<'a>> {
        let config: &dyn Any = run.config;
        let other: &Self = config.downcast_ref()?;
        Some(Kin {
            network: other.network(),
            samples: other.samples,
            digit: Some(other.digit),
            but_digits: Self { digit: self.digit, ..other.clone() } == *self,
            but_pace: Self { steps: self.steps, tau: self.tau, ..other.clone() } == *self,
            trace: run.trace,
            facts: run.facts,
        })
    }

    /// The images of the batch, as the original picks them.
    fn images<'a>(&self, data: &'a Dataset) -> Vec<&'a [u8]> {
        let picked = data::pick_single_digit(data, self.digit, self.samples as usize, self.data_seed);
        picked.iter().filter_map(|position| data.image(self.digit, *position)).collect()
    }
}

impl Settings for Digit {
    fn visit(&mut self, v: &mut dyn Visitor) {
        let digit = "The digit whose images the network sees.";
        v.choice(&field("Data", "digit", "Digit", digit), &mut self.digit, &DIGITS);
        settings::layers(v, &mut self.layers);
        settings::steps(v, &mut self.steps);
        let tau = "Learning rate times number of passes, τ = η·K: the run's length in the network's own time.";
        v.real(&field("Learning", "tau", "Learning budget τ", tau), &mut self.tau, TAU);
        let samples = "Images of the digit in the batch.";
        let range = Whole { min: 1, max: 100, step: 1 };
        v.whole(&field("Data", "samples", "Samples", samples), &mut self.samples, range);
        let seed = "Picks which images: shuffles the digit's images as NumPy does.";
        let range = Whole { min: 0, max: 99, step: 1 };
        v.whole(&field("Data", "data_seed", "Data seed", seed), &mut self.data_seed, range);
        settings::seed(v, &mut self.seed, "Draws the first weights as torch does; 42 in the original.");
        self.rule.visit(v);
    }

    fn read_aliases(&mut self, link: &mut ReadLink) {
        let steps = f64::from(self.steps);
        let range = Real { min: TAU.min / steps, max: TAU.max / steps, step: 0.0 };
        if link.gave("tau") {
            if let Some(eta) = link.take("eta") {
                link.refuse("eta", &eta, "either tau or eta: tau is taken");
            }
        } else if let Some(eta) = link.take_real("eta", range) {
            self.tau = (eta * steps).clamp(TAU.min, TAU.max);
        }
    }
}

impl Config for Digit {
    fn boxed(&self) -> Box<dyn Config> {
        Box::new(self.clone())
    }

    fn label(&self) -> String {
        let layers = settings::joined(&self.layers);
        format!("digit {} · {layers} · K {} · τ {:.2}{}", self.digit, self.steps, self.tau, self.rule.label())
    }

    fn steps(&self) -> u32 {
        self.steps
    }

    fn needs(&self) -> Vec<&'static str> {
        vec![data::part_for_pick(self.digit, self.samples as usize, self.data_seed)]
    }

    fn columns(&self) -> Vec<Column> {
        self.network().columns()
    }

    fn figures(&self) -> Vec<Figure> {
        let shown = ["trajectory-123", "trajectory-124", "trajectory-234", "entropy"];
        views::figures(&self.network(), &shown)
    }

    fn headline(&self) -> Vec<(String, String)> {
        views::headline(&self.network())
    }

    fn empty(&self) -> Option<String> {
        settings::empty(self.steps)
    }

    fn sweeps(&self) -> &'static [Sweep] {
        SWEEPS
    }

    fn sweep(&self, slug: &str, input: &str) -> Result<Vec<Box<dyn Config>>, String> {
        sweeps::runs(self, slug, input)
    }

    fn closer(&self, runs: &[Seen]) -> CloserLook {
        closer::look(&runs.iter().filter_map(|run| self.kin(run)).collect::<Vec<_>>())
    }

    fn python(&self, data: &Dataset) -> Option<String> {
        Some(python::program(&self.network(), &self.images(data), &self.columns()))
    }

    fn build(&self, data: &Dataset, backend: &mut Backend) -> Box<dyn Lab> {
        let images = self.images(data);
        let labels = vec![self.digit as u8; images.len()];
        Box::new(Ska::new(self.network(), &data::columns(&images), labels, backend))
    }

    fn answers_by(&self) -> Vec<String> {
        self.network().answers_by()
    }

    fn answer(&self, state: &[f32], image: &[f32]) -> Option<Vec<Vec<f64>>> {
        self.network().answer(state, image)
    }
}

impl Swept for Digit {
    fn with_digit(&self, digit: usize) -> Self {
        Self { digit, ..self.clone() }
    }

    fn with_rule(&self, rule: Rule) -> Self {
        Self { rule, ..self.clone() }
    }

    fn rule(&self) -> Rule {
        self.rule
    }

    fn with_pace(&self, learning_rate: f64, steps: u32) -> Option<Self> {
        let tau = learning_rate * f64::from(steps);
        (TAU.min..=TAU.max).contains(&tau).then(|| Self { tau, steps, ..self.clone() })
    }
}
