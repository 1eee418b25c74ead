//! SKA explorer: one digit, any architecture, the trajectory of its layers' entropies (original 000).

use super::lab::SkaSettings;
use super::network::Network;
use super::rule::Rule;
use super::settings::{self, DIGITS, field};
use crate::config::{ReadLink, Real, Settings, Visitor, Whole};
use crate::data::{self, Dataset};
use crate::labs::LabEntry;

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
    long: false,
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

impl SkaSettings for Digit {
    const SHOWN: &'static [&'static str] = &["trajectory-123", "trajectory-124", "trajectory-234", "entropy"];

    fn network(&self) -> Network {
        Network {
            layers: self.layers.clone(),
            steps: self.steps,
            learning_rate: self.tau / f64::from(self.steps),
            seed: self.seed,
            rule: self.rule,
        }
    }

    /// As the original picks them.
    fn images<'a>(&self, data: &'a Dataset) -> Vec<(u8, &'a [u8])> {
        let picked = data::pick_single_digit(data, self.digit, self.samples as usize, self.data_seed);
        let image = |position| Some((self.digit as u8, data.image(self.digit, position)?));
        picked.into_iter().filter_map(image).collect()
    }

    fn samples(&self) -> u32 {
        self.samples
    }

    fn only_digit(&self) -> Option<usize> {
        Some(self.digit)
    }

    fn words(&self) -> String {
        let layers = settings::joined(&self.layers);
        format!("digit {} · {layers} · K {} · τ {:.2}", self.digit, self.steps, self.tau)
    }

    fn files(&self) -> Vec<&'static str> {
        vec![data::part_for_pick(self.digit, self.samples as usize, self.data_seed)]
    }

    fn with_digit(&self, digit: usize) -> Self {
        Self { digit, ..self.clone() }
    }

    fn with_rule(&self, rule: Rule) -> Self {
        Self { rule, ..self.clone() }
    }

    fn with_pace(&self, learning_rate: f64, steps: u32) -> Option<Self> {
        let tau = learning_rate * f64::from(steps);
        (TAU.min..=TAU.max).contains(&tau).then(|| Self { tau, steps, ..self.clone() })
    }

    fn is_but_digits(&self, other: &Self) -> bool {
        Self { digit: self.digit, ..other.clone() } == *self
    }

    fn is_but_pace(&self, other: &Self) -> bool {
        Self { steps: self.steps, tau: self.tau, ..other.clone() } == *self
    }
}
