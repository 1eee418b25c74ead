//! The settings of the lab: the notebook's sliders and numbers, and a switch for every departure from the textbooks.

use super::choices::{BIASES, Data, LAYERS, Start, TABLES, WEIGHTS, XOR};
use super::closer;
use super::learn::misfit;
use super::network::{Crash, Hyper, Network, OUTPUTS};
use super::record::{Call, Energy, Shape};
use super::rule::{Rule, Scheme, Shapes};
use super::sweep::{GRID, Sweep, grid_columns, seed_columns};
use super::switches::{Clamp, EnergyKind, FreePhase, Relaxation, Update};
use super::views;
use crate::analysis::CloserLook;
use crate::backend::Backend;
use crate::data::{self, Dataset, Points};
use crate::figure::Figure;
use crate::labs::{Config, Lab, LabEntry, Seen};
use crate::trace::Column;

/// The lab's line in the table.
pub const LAB: LabEntry = LabEntry {
    slug: "energy-xor",
    title: "Energy: XOR",
    subtitle: "Four ways to learn XOR by letting a network settle, and what the printed 0 % error is made of",
    about: &[
        "An energy-based network has no backward pass. Its units settle: first freely, then with the output held at, or \
         pulled towards, the label; each weight follows the difference between the two, which its own two ends know. \
         Contrastive Hebbian learning, equilibrium propagation, a first-step gradient and a nudged form of predictive \
         coding differ in how they settle and in what is compared.",
        "The notebook puts all four on the four rows of XOR, with two hidden layers of 2 and 1 units, one sweep per \
         phase and 20 epochs. Its sliders b0 and b1 set weights, not biases; its last matrix is drawn at random.",
        "By default the page computes what the notebook computes, number by number. In it the free phase of equilibrium \
         propagation and of PC-nudge is already nudged by the label, and the error is measured on those states: with \
         'Free phase: really free' the same networks answer without having seen the label.",
    ],
    sources: &[
        ("Scellier and Bengio: Equilibrium Propagation, arXiv 1602.05179", "https://arxiv.org/abs/1602.05179"),
        (
            "Millidge, Song, Salvatori, Lukasiewicz, Bogacz: Backpropagation at the Infinitesimal Inference Limit, arXiv \
             2206.02629",
            "https://arxiv.org/abs/2206.02629",
        ),
        (
            "Scellier and others: Energy-based learning algorithms, a comparative study, arXiv 2312.15103",
            "https://arxiv.org/abs/2312.15103",
        ),
    ],
    config: || Box::new(Xor::default()),
    long: false,
};

/// Settings of the lab, at the notebook's by default; the notebook draws the last matrix without a seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Xor {
    pub(super) rule: Rule,
    pub(super) call: Call,
    pub(super) data: Data,
    pub(super) table: usize,
    pub(super) points: u32,
    pub(super) noise: f64,
    pub(super) data_seed: u32,
    pub(super) hidden: Vec<u32>,
    pub(super) start: Start,
    pub(super) weights: [f64; WEIGHTS.len()],
    pub(super) biases: [f64; BIASES.len()],
    pub(super) seed: u32,
    pub(super) epochs: u32,
    pub(super) n_it_neg: u32,
    pub(super) n_it_pos: u32,
    pub(super) alphas: [f64; LAYERS],
    pub(super) beta: f64,
    pub(super) batch: u32,
    pub(super) epsilon: f64,
    pub(super) gamma: f64,
    /// How many seeds a run over seeds takes.
    pub(super) seeds: u32,
    /// The sliders of a landscape, to the right and upwards.
    pub(super) map: [usize; 2],
}

impl Default for Xor {
    fn default() -> Self {
        Self {
            rule: Rule::default(),
            call: Call::Train,
            data: Data::Table,
            table: XOR,
            points: 40,
            noise: 0.03,
            data_seed: 0,
            hidden: vec![2, 1],
            start: Start::Sliders,
            weights: [0.0, 0.0, 0.0, 0.0, 1.0, 1.0],
            biases: [0.0; BIASES.len()],
            seed: 0,
            epochs: 20,
            n_it_neg: 1,
            n_it_pos: 1,
            alphas: [0.1, 0.1, 0.01, 0.01, 0.01],
            beta: 0.1,
            batch: 4,
            epsilon: 0.5,
            gamma: 1.0,
            seeds: 100,
            map: [0, 3],
        }
    }
}

impl Xor {
    /// Number of samples.
    pub(super) fn samples(&self) -> u32 {
        if self.data == Data::Table { 4 } else { self.points }
    }

    pub(super) fn points(&self) -> Points {
        let count = self.points as usize;
        match self.data {
            Data::Table => data::truth_table([8, 4, 2, 1].map(|bit| self.table & bit != 0)),
            Data::Circles => data::circles(count, self.noise, self.data_seed),
            Data::Moons => data::moons(count, self.noise, self.data_seed),
        }
    }

    /// Whether the step along the output's difference is divided by β.
    pub(super) fn divides_by_beta(&self) -> bool {
        let rule = &self.rule;
        match rule.scheme {
            Scheme::FirstStep => rule.shapes == Shapes::Back,
            _ => rule.update == Update::Contrastive && rule.clamp != Clamp::Full,
        }
    }

    pub(super) fn network(&self) -> Network {
        let hyper = Hyper {
            hidden: self.hidden.iter().map(|units| *units as usize).collect(),
            n_it_neg: self.n_it_neg,
            n_it_pos: self.n_it_pos,
            alphas: self.alphas.iter().map(|alpha| *alpha as f32).collect(),
            beta: self.beta as f32,
            batch: self.batch.min(self.samples()) as usize,
            epsilon: self.epsilon as f32,
            gamma: self.gamma as f32,
            rule: self.rule,
        };
        let mut network = Network::new(hyper, &self.points(), self.seed);
        if self.has_sliders() {
            for ((_, _, matrix, row, column), value) in WEIGHTS.iter().zip(self.weights) {
                let weights = &mut network.weights[*matrix];
                for c in 0..weights.columns {
                    if *row < weights.rows && column.is_none_or(|column| column == c) {
                        weights.values[row * weights.columns + c] = value as f32;
                    }
                }
            }
            for ((_, _, layer, unit), value) in BIASES.iter().zip(self.biases) {
                if let Some(bias) = network.biases.get_mut(*layer).and_then(|biases| biases.get_mut(*unit)) {
                    *bias = value as f32;
                }
            }
        }
        network
    }

    /// Whether sliders set the first weights: a landscape is over them.
    pub(super) fn has_sliders(&self) -> bool {
        self.start == Start::Sliders || self.call == Call::Landscape
    }

    /// Whether epochs are run.
    pub(super) fn trains(&self) -> bool {
        self.call != Call::ForwardBackward
    }

    /// Whether the samples are a truth table.
    pub(super) fn is_table(&self) -> bool {
        self.data == Data::Table
    }

    /// Whether the first phase is nudged by the label, and how it would be without can be told.
    pub(super) fn has_leak(&self) -> bool {
        let rule = &self.rule;
        let nudged = rule.leaks() && rule.free_phase == FreePhase::Nudged && rule.relaxation == Relaxation::Sweep;
        let told = self.beta > 0.0 && self.beta < 1.0 && self.call == Call::Train && self.crash().is_none();
        nudged && told
    }

    /// Whether hidden units can never leave 0.
    pub(super) fn is_dead(&self) -> bool {
        self.rule.scheme == Scheme::Predictive && !self.rule.starts_forward()
    }

    /// Where a slider of the landscape's table stands.
    pub(super) fn slider(&self, index: usize) -> f64 {
        self.weights.iter().chain(&self.biases).nth(index).copied().unwrap_or(0.0)
    }

    /// Moves a slider of the landscape's table.
    pub(super) fn set_slider(&mut self, index: usize, value: f64) {
        self.weights.iter_mut().chain(&mut self.biases).nth(index).into_iter().for_each(|slider| *slider = value);
    }

    /// Multiplications of one training.
    pub(super) fn work(&self) -> f64 {
        let weights: usize = self.shape().sizes.windows(2).map(|pair| pair[0] * pair[1]).sum();
        let sweeps = f64::from(self.n_it_neg + 2 * self.n_it_pos) * f64::from(self.epochs);
        2.0 * weights as f64 * f64::from(self.samples()) * sweeps
    }

    /// A sentence on the energy where it is none.
    pub(super) fn energy_words(&self) -> &'static str {
        match self.rule.energy {
            EnergyKind::Nothing => "It gives its network no energy function, so that its Energy is 0 throughout.",
            EnergyKind::Hopfield | EnergyKind::Prediction => "",
        }
    }

    /// A sentence on the shapes that the first-step update adds up.
    pub(super) fn shapes_words(&self) -> String {
        if self.rule.scheme != Scheme::FirstStep {
            return String::new();
        }
        let rows: Vec<String> = (1..=self.hidden.len() + 1)
            .map(|l| {
                let units = self.shape().sizes[l];
                let fits = if units == OUTPUTS { "fits" } else { "does not fit" };
                format!("biases[{l}] has {units} and {fits}")
            })
            .collect();
        format!(
            " First-step adds one difference of {OUTPUTS} values, the output's, to every layer: {}.",
            rows.join(", ")
        )
    }

    pub(super) fn shape(&self) -> Shape {
        let hidden = self.hidden.iter().map(|units| *units as usize);
        Shape {
            sizes: std::iter::once(2).chain(hidden).chain(std::iter::once(OUTPUTS)).collect(),
            samples: self.samples() as usize,
            surface: self.data != Data::Table,
        }
    }

    /// Where the original fails with these settings.
    fn crash(&self) -> Option<Crash> {
        let fails = self.rule.scheme == Scheme::FirstStep && self.rule.shapes == Shapes::AsWritten;
        self.hidden.iter().filter(|_| fails && self.trains()).find_map(|units| misfit(*units as usize))
    }
}

impl Config for Xor {
    fn boxed(&self) -> Box<dyn Config> {
        Box::new(self.clone())
    }

    fn label(&self) -> String {
        let scheme = match self.rule.scheme {
            Scheme::Equilibrium => "EP",
            Scheme::Contrastive => "CHL",
            Scheme::FirstStep => "first-step",
            Scheme::Predictive => "PC-nudge",
        };
        let data = match self.data {
            Data::Table => TABLES[self.table].label,
            Data::Circles => "circles",
            Data::Moons => "moons",
        };
        let hidden: Vec<String> = self.hidden.iter().map(u32::to_string).collect();
        let beta = if self.has_beta() { format!(" · β {}", self.beta) } else { String::new() };
        let call = match self.call {
            Call::Train => "",
            Call::ForwardBackward => " · forward, backward",
            Call::Seeds => " · seeds",
            Call::Landscape => " · landscape",
        };
        format!("{scheme} · {data} · {} · seed {}{beta}{call}", hidden.join("-"), self.seed)
    }

    fn steps(&self) -> u32 {
        match (self.call, self.crash()) {
            (Call::Train, None) => self.epochs + 1,
            // The network as it starts, and as the original leaves it.
            (Call::Train, Some(_)) => 2,
            (Call::ForwardBackward, _) => 3,
            (Call::Seeds, _) => self.seeds,
            (Call::Landscape, _) => GRID as u32,
        }
    }

    fn needs(&self) -> Vec<&'static str> {
        Vec::new()
    }

    fn columns(&self) -> Vec<Column> {
        match self.call {
            Call::Train | Call::ForwardBackward => self.shape().columns(),
            Call::Seeds => seed_columns(self),
            Call::Landscape => grid_columns(),
        }
    }

    fn figures(&self) -> Vec<Figure> {
        views::figures(self)
    }

    fn headline(&self) -> Vec<(String, String)> {
        let words: &[(&str, &str)] = match (self.call, self.rule.leaks()) {
            (Call::Train | Call::ForwardBackward, _) => {
                &[("error", "error in percent"), ("cost", "cost"), ("energy", "energy")]
            }
            (Call::Seeds, true) => {
                &[("error_nudged", "final error with the nudge"), ("error_free", "final error without it")]
            }
            (Call::Seeds, false) => &[("error_final", "final error")],
            (Call::Landscape, _) => {
                &[("error_least", "least final error of this row"), ("error_mean", "mean final error")]
            }
        };
        words.iter().map(|(column, words)| ((*column).to_owned(), (*words).to_owned())).collect()
    }

    fn empty(&self) -> Option<String> {
        self.crash().map(|Crash { error, place }| {
            format!(
                "The original stops here: in {place}, after changing a part of the first layers, PyTorch says \
                 \"{error}\". It needs {OUTPUTS} units in every hidden layer, or one of the repairs."
            )
        })
    }

    fn closer(&self, runs: &[Seen]) -> CloserLook {
        closer::look(self, runs)
    }

    fn step_name(&self) -> &'static str {
        match self.call {
            Call::Train => "Epoch",
            Call::ForwardBackward => "Step",
            Call::Seeds => "Seed",
            Call::Landscape => "Row",
        }
    }

    fn on_cpu_only(&self) -> bool {
        true
    }

    fn build(&self, _data: &Dataset, _backend: &mut Backend) -> Box<dyn Lab> {
        match self.call {
            Call::Train | Call::ForwardBackward => Box::new(Energy::new(self.network(), self.call, self.shape())),
            Call::Seeds => Box::new(Sweep::new(self.clone(), false)),
            Call::Landscape => Box::new(Sweep::new(self.clone(), true)),
        }
    }
}
