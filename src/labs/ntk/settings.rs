//! The settings of the lab: the notebook's two experiments with its numbers, and what is beyond them.

use super::architecture::Architecture;
use super::choices::{Batches, COUNTS, Call, Draws, FACTORS, Normalise, Pairing, Preset, SUBSETS, Scale};
use super::images::{Images, MOST};
use super::lab::NtkLab;
use super::measure::Convention;
use super::metric::Metric;
use super::weights::Weights;
use super::{closer, epochs, selection, sizes, sweeps, views, width};
use crate::analysis::{CloserLook, Rounding};
use crate::backend::Backend;
use crate::data::Dataset;
use crate::figure::Figure;
use crate::labs::{Config, Lab, LabEntry, Seen, Sweep, long};
use crate::number::counted;
use crate::trace::Column;

/// The lab's line in the table.
pub const LAB: LabEntry = LabEntry {
    slug: "ntk-entropy",
    title: "NTK entropy",
    subtitle: "S(t): how the entropy of the neural tangent kernel falls while a convolutional net learns digits",
    about: &[
        "The neural tangent kernel of a net compares two images by the gradients of its outputs: Θ(x, x′) = Σ ∂f(x)/∂w · \
         ∂f(x′)/∂w. It says how far learning one image moves the answer to another. Divided by their sum, its eigenvalues are \
         shares, and their entropy S = −Σ p ln p counts in how many directions the net tells the images apart: ln N at most, \
         0 where all images are one to it.",
        "Samuel Tovey's notebook S(t) trains a small convolutional net on a thousand digits and takes the entropy of its \
         kernel before every epoch. It falls steeply while the net learns what the digits have in common, and rises a \
         little afterwards: compression first, structure later. The same net of infinite width has a kernel that does not \
         depend on the weights drawn; its entropy is the reference line.",
        "The page computes the notebook's numbers, and the infinite kernel exactly, in the browser. By default \
         everything is as in the library of May 2022; what it does otherwise today is a switch.",
    ],
    sources: &[
        (
            "Tovey, Krippendorf, Nikolaou, Holm: Towards a phenomenological understanding of neural networks: data, arXiv \
             2305.00995",
            "https://arxiv.org/abs/2305.00995",
        ),
        (
            "Tovey, Krippendorf, Spannowsky, Nikolaou, Holm: Collective variables of neural networks, arXiv 2410.07451",
            "https://arxiv.org/abs/2410.07451",
        ),
        ("ZnNL, the library and its notebook S(t)", "https://github.com/zincware/ZnNL"),
    ],
    config: || Box::new(Ntk::default()),
    long: true,
};

/// Settings of the lab. What has another default in each experiment is none at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ntk {
    pub(super) call: Call,
    pub(super) images: Images,
    /// Indices into [`SUBSETS`].
    pub(super) subsets: Vec<usize>,
    /// Indices into [`COUNTS`].
    pub(super) counts: Vec<usize>,
    /// Indices into [`FACTORS`].
    pub(super) factors: Vec<usize>,
    /// Images of the kernels that are compared over widths.
    pub(super) sample: u32,
    pub(super) preset: Preset,
    pub(super) width: f64,
    pub(super) draws: Draws,
    pub(super) seed: u32,
    pub(super) seeds: Option<u32>,
    pub(super) epochs: Option<u32>,
    pub(super) batch: Option<u32>,
    pub(super) batches: Batches,
    pub(super) pairing: Pairing,
    pub(super) normalise: Normalise,
    pub(super) rounding: Rounding,
    pub(super) scale: Scale,
    /// Index into the table of outputs: 0 is their mean.
    pub(super) output: usize,
    pub(super) pool: u32,
    pub(super) points: u32,
    pub(super) metric: Metric,
    pub(super) predictor_epochs: u32,
    pub(super) threshold: f64,
    pub(super) candidates: u32,
    pub(super) every: u32,
}

impl Default for Ntk {
    fn default() -> Self {
        Self {
            call: Call::Epochs,
            images: Images { set: 0, train: MOST, test: MOST },
            subsets: vec![8, 9],
            counts: vec![0, 1, 2, 3, 4, 5],
            factors: (0..FACTORS.len() - 1).collect(),
            sample: 20,
            preset: Preset::Original,
            width: 1.0,
            draws: Draws::Numpy,
            seed: 0,
            seeds: None,
            epochs: None,
            batch: None,
            batches: Batches::Fixed,
            pairing: Pairing::State,
            normalise: Normalise::Original,
            rounding: Rounding::Kept,
            scale: Scale::Nats,
            output: 0,
            pool: 300,
            points: 20,
            metric: Metric::SquaredDifference,
            predictor_epochs: 100,
            threshold: 0.001,
            candidates: 10,
            every: 5,
        }
    }
}

impl Ntk {
    /// N of every kernel that is followed, rising.
    pub(super) fn subsets(&self) -> Vec<u32> {
        self.subsets.iter().map(|index| SUBSETS[*index].0).collect()
    }

    /// n of every training set, rising.
    pub(super) fn counts(&self) -> Vec<u32> {
        self.counts.iter().map(|index| COUNTS[*index].0).collect()
    }

    /// The widths that are compared, rising.
    pub(super) fn factors(&self) -> Vec<f64> {
        self.factors.iter().map(|index| FACTORS[*index].0).collect()
    }

    pub(super) fn usual_epochs(&self) -> u32 {
        match self.call {
            Call::Sizes => 200,
            Call::Selection => 100,
            Call::Seeds => 20,
            Call::Epochs | Call::Width => 40,
        }
    }

    pub(super) fn epochs(&self) -> u32 {
        self.epochs.unwrap_or(self.usual_epochs())
    }

    pub(super) fn usual_batch(&self) -> u32 {
        match self.call {
            Call::Sizes | Call::Selection => 10,
            Call::Epochs | Call::Seeds | Call::Width => 32,
        }
    }

    pub(super) fn batch(&self) -> u32 {
        self.batch.unwrap_or(self.usual_batch())
    }

    pub(super) fn usual_seeds(&self) -> u32 {
        if self.call == Call::Width { 8 } else { 5 }
    }

    /// How many nets there are side by side.
    pub(super) fn nets(&self) -> u32 {
        match self.call {
            Call::Seeds | Call::Width => self.seeds.unwrap_or(self.usual_seeds()),
            Call::Epochs | Call::Sizes | Call::Selection => 1,
        }
    }

    /// Whether entropies are of the cosine-normalised kernel; where the notebook is not of one mind, after training.
    pub(super) fn is_cosine(&self) -> bool {
        self.normalise != Normalise::Raw
    }

    /// The same before training.
    pub(super) fn is_cosine_before(&self) -> bool {
        match self.normalise {
            Normalise::Original => self.call != Call::Sizes,
            other => other == Normalise::Cosine,
        }
    }

    /// The output whose kernel is taken; none for the mean over all.
    pub(super) fn class(&self) -> Option<u32> {
        self.output.checked_sub(1).map(|class| class as u32)
    }

    pub(super) fn convention(&self) -> Convention {
        Convention { rounding: self.rounding, scale: self.scale }
    }

    /// Unit of entropies.
    pub(super) fn unit(&self) -> &'static str {
        if self.scale == Scale::Nats { "nats" } else { "" }
    }

    /// What entropies are called on axes.
    pub(super) fn s(&self) -> &'static str {
        if self.scale == Scale::Nats { "S (nats)" } else { "S / ln N" }
    }

    /// The images that this run takes.
    pub(super) fn images(&self) -> Images {
        match self.call {
            Call::Epochs | Call::Seeds => self.images,
            Call::Sizes | Call::Width | Call::Selection => Images { train: MOST, ..self.images },
        }
    }

    /// The first weights of a net `further` seeds on.
    pub(super) fn weights(&self, architecture: &Architecture, further: u32) -> Weights {
        match self.draws {
            Draws::Numpy => Weights::numpy(architecture, self.seed + further),
            Draws::Jax => Weights::jax(architecture, self.seed + further),
        }
    }

    pub(super) fn architecture(&self) -> Architecture {
        self.preset.architecture(self.width)
    }
}

impl Config for Ntk {
    fn boxed(&self) -> Box<dyn Config> {
        Box::new(self.clone())
    }

    fn label(&self) -> String {
        let net = self.architecture().words();
        let join = |numbers: &[u32]| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join("-");
        let epochs = counted(self.epochs(), "epoch");
        let call = match self.call {
            Call::Epochs => format!("S(t) · N {} · {epochs}", join(&self.subsets())),
            Call::Seeds => format!("{} seeds · N {} · {epochs}", self.nets(), join(&self.subsets())),
            Call::Sizes => format!("S(n) · n {} · {epochs}", join(&self.counts())),
            Call::Width => format!("width · N {}", self.sample),
            Call::Selection => format!("choose {} of {}", self.points, self.pool),
        };
        format!("{call} · {net} · seed {}", self.seed)
    }

    fn steps(&self) -> u32 {
        match self.call {
            Call::Epochs | Call::Seeds => self.epochs() + u32::from(self.pairing == Pairing::State),
            Call::Sizes => self.counts.len() as u32,
            Call::Width => self.factors.len() as u32,
            Call::Selection => self.points,
        }
    }

    fn needs(&self) -> Vec<&'static str> {
        self.images().files()
    }

    fn columns(&self) -> Vec<Column> {
        match self.call {
            Call::Epochs | Call::Seeds => epochs::columns(self),
            Call::Sizes => sizes::columns(self),
            Call::Width => width::columns(self),
            Call::Selection => selection::columns(self),
        }
    }

    fn figures(&self) -> Vec<Figure> {
        views::figures(self)
    }

    fn headline(&self) -> Vec<(String, String)> {
        views::headline(self)
    }

    fn empty(&self) -> Option<String> {
        None
    }

    fn sweeps(&self) -> &'static [Sweep] {
        sweeps::on_offer(self)
    }

    fn sweep(&self, slug: &str, input: &str) -> Result<Vec<Box<dyn Config>>, String> {
        sweeps::runs(self, slug, input)
    }

    fn closer(&self, runs: &[Seen]) -> CloserLook {
        closer::look(self, runs)
    }

    fn step_name(&self) -> &'static str {
        match self.call {
            Call::Epochs | Call::Seeds => "Epoch",
            Call::Sizes => "Training set",
            Call::Width => "Width",
            Call::Selection => "Image chosen",
        }
    }

    fn build(&self, data: &Dataset, backend: &mut Backend) -> Box<dyn Lab> {
        long(|| NtkLab::new(self, self.images().of(data), backend))
    }
}
