//! SKA batch: all digits in one batch, layer-wise heat maps, mean outputs (original 001, the notebook).

use super::lab::SkaSettings;
use super::network::Network;
use super::rule::Rule;
use super::settings::{self, DIGITS, field};
use crate::config::{ReadLink, Real, Settings, Visitor, Whole};
use crate::data::{self, Dataset};
use crate::labs::LabEntry;

/// The lab's line in the table.
pub const LAB: LabEntry = LabEntry {
    slug: "ska-batch",
    title: "SKA batch",
    subtitle: "A thousand digits at once: where in the network entropy falls, and when",
    about: &[
        "The notebook behind the SKA papers: the first 100 images of every digit form one batch, and the network \
         784-256-128-64-10 makes 50 forward passes over it. There are no labels and no backpropagation; every layer \
         follows the gradient of its own entropy.",
        "The heat maps have a row for each layer and a column for each step. Entropy falls in the second layer first, \
         then in the third and the first, last in the output layer. The cosine says how far the change of the decisions \
         points along the knowledge. The mean outputs of the ten neurons part from 0.5, but they are means over all \
         images: whether the network tells the digits apart is another question.",
        "The original draws its weights without a seed; this page draws them as torch does, from a seed of your choice, \
         so that a link gives the same numbers again.",
    ],
    sources: &[
        ("Structured Knowledge Accumulation, arXiv 2503.13942", "https://arxiv.org/abs/2503.13942"),
        ("The Principle of Entropic Least Action, arXiv 2504.03214", "https://arxiv.org/abs/2504.03214"),
        ("The author's code and figures", "https://github.com/quantiota/Arxiv"),
    ],
    config: || Box::new(Batch::default()),
    long: false,
};

/// The slider of η, and what a link may ask for.
const ETA: Real = Real { min: 0.001, max: 0.05, step: 0.001 };
const ETA_BOUNDS: (f64, f64) = (1e-6, 1.0);

/// Settings of the lab, as in the original, which draws its weights without a seed.
#[derive(Clone, Debug, PartialEq)]
struct Batch {
    digits: Vec<usize>,
    per_class: u32,
    layers: Vec<u32>,
    steps: u32,
    eta: f64,
    seed: u32,
    rule: Rule,
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            digits: (0..10).collect(),
            per_class: 100,
            layers: vec![256, 128, 64, 10],
            steps: 50,
            eta: 0.01,
            seed: 42,
            rule: Rule::default(),
        }
    }
}

impl Settings for Batch {
    fn visit(&mut self, v: &mut dyn Visitor) {
        let digits = "The digits whose images are in the batch.";
        v.set(&field("Data", "digits", "Digits", digits), &mut self.digits, &DIGITS);
        let per_class = "Images of each digit in the batch: the first ones, digit after digit.";
        let range = Whole { min: 1, max: 100, step: 1 };
        v.whole(&field("Data", "per_class", "Images per digit", per_class), &mut self.per_class, range);
        settings::layers(v, &mut self.layers);
        settings::steps(v, &mut self.steps);
        let eta = "Learning rate of the entropy gradient, 0.01 in the original.";
        v.real_beyond(&field("Learning", "eta", "Learning rate η", eta), &mut self.eta, ETA, ETA_BOUNDS);
        settings::seed(v, &mut self.seed, "Draws the first weights as torch does; the original sets no seed.");
        self.rule.visit(v);
    }

    fn read_aliases(&mut self, link: &mut ReadLink) {
        let steps = f64::from(self.steps);
        let range = Real { min: ETA_BOUNDS.0 * steps, max: ETA_BOUNDS.1 * steps, step: 0.0 };
        if link.gave("eta") {
            if let Some(tau) = link.take("tau") {
                link.refuse("tau", &tau, "either eta or tau: eta is taken");
            }
        } else if let Some(tau) = link.take_real("tau", range) {
            self.eta = (tau / steps).clamp(ETA_BOUNDS.0, ETA_BOUNDS.1);
        }
    }
}

impl SkaSettings for Batch {
    const SHOWN: &'static [&'static str] = &["entropy-map", "cosine-map", "outputs", "entropy-total", "trajectory-123"];

    fn network(&self) -> Network {
        Network {
            layers: self.layers.clone(),
            steps: self.steps,
            learning_rate: self.eta,
            seed: self.seed,
            rule: self.rule,
        }
    }

    /// The first ones of each digit.
    fn images<'a>(&self, data: &'a Dataset) -> Vec<(u8, &'a [u8])> {
        let first = |digit: usize| (0..self.per_class as usize).filter_map(move |at| data.image(digit, at));
        let labelled = |digit: &usize| first(*digit).map(|image| (*digit as u8, image)).collect::<Vec<_>>();
        self.digits.iter().flat_map(labelled).collect()
    }

    fn samples(&self) -> u32 {
        self.digits.len() as u32 * self.per_class
    }

    fn only_digit(&self) -> Option<usize> {
        if let [digit] = self.digits[..] { Some(digit) } else { None }
    }

    fn words(&self) -> String {
        let digits: Vec<String> = self.digits.iter().map(usize::to_string).collect();
        let of = match digits.len() {
            10 => String::new(),
            1 => format!(" of digit {}", digits[0]),
            _ => format!(" of digits {}", digits.join("")),
        };
        let layers = settings::joined(&self.layers);
        format!("{} images{of} · {layers} · K {} · η {}", self.samples(), self.steps, self.eta)
    }

    fn files(&self) -> Vec<&'static str> {
        vec![data::FIRST_100]
    }

    fn with_digit(&self, digit: usize) -> Self {
        Self { digits: vec![digit], ..self.clone() }
    }

    fn with_rule(&self, rule: Rule) -> Self {
        Self { rule, ..self.clone() }
    }

    fn with_pace(&self, learning_rate: f64, steps: u32) -> Option<Self> {
        Some(Self { eta: learning_rate, steps, ..self.clone() })
    }

    fn is_but_digits(&self, other: &Self) -> bool {
        Self { digits: self.digits.clone(), ..other.clone() } == *self
    }

    fn is_but_pace(&self, other: &Self) -> bool {
        Self { steps: self.steps, eta: self.eta, ..other.clone() } == *self
    }
}
