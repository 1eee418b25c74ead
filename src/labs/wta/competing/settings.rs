//! The settings of the lab: the numbers of the authors' notebook, and what is read from the hidden units.

use super::lab::Run;
use super::views;
use crate::backend::Backend;
use crate::config::{Choice, Field, Options, Real, Settings, Visitor, Whole, option};
use crate::data::{self, Dataset};
use crate::figure::Figure;
use crate::labs::wta::hopfield::Competition;
use crate::labs::wta::reading::{self, Depth};
use crate::labs::wta::split::{Parting, parting};
use crate::labs::{Config, Lab, LabEntry, long};
use crate::number::counted;
use crate::trace::Column;

/// The lab's line in the table.
pub const LAB: LabEntry = LabEntry {
    slug: "krotov-hopfield",
    title: "Competing units",
    subtitle: "Hidden units that compete for digits by a local rule: what the invariance notebook wanted to beat",
    about: &[
        "The author of the invariance notebook hoped for “a better classification accuracy than the stupid Krotov Hopfield wta \
         network”. This is that network: for every image the most driven hidden unit moves towards it, the unit of rank k moves \
         away, and all others stay. No label, no gradient from above; a unit's weights come to rest where Σ |W|ᵖ is 1.",
        "What it has learned is read in two ways: by votes, as in the invariance notebook (each unit stands for the digit that most \
         of its images show), and by a line through the code max(0, W·v)ⁿ, fitted to the digits of the training images. The same is \
         read from raw pixels, beside it, and from test images that are shifted by some pixels.",
        "The numbers are those of the authors' notebook; its synapses are drawn as NumPy draws them, from a seed. It learned from \
         60 000 images, this page bundles 10 000.",
    ],
    sources: &[
        (
            "Krotov and Hopfield: Unsupervised learning by competing hidden units, PNAS 2019",
            "https://doi.org/10.1073/pnas.1820458116",
        ),
        ("The authors' notebook", "https://github.com/DimaKrotov/Biological_Learning"),
    ],
    config: || Box::new(Competing::default()),
    long: true,
};

/// Settings of the lab.
#[derive(Clone, Debug, PartialEq)]
pub struct Competing {
    pub(super) rule: Competition,
    /// Whether images are scaled to length 1.
    pub(super) unit: Scale,
    pub(super) readout: Depth,
    pub(super) power: f64,
    pub(super) ridge: f64,
    pub(super) train: u32,
    pub(super) test: u32,
    pub(super) parting: Parting,
    pub(super) split: u32,
}

impl Default for Competing {
    fn default() -> Self {
        Self {
            rule: Competition::default(),
            unit: Scale::Raw,
            readout: Depth::Codes,
            power: 4.5,
            ridge: 0.01,
            train: 8000,
            test: 2000,
            parting: Parting::Shuffled,
            split: 0,
        }
    }
}

/// How bright images are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Ink from 0 to 1, as they come.
    Raw,
    /// Each of length 1.
    Unit,
}

const SCALE: &str = "Scale of the images";

impl Options for Scale {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (Self::Raw, Choice { slug: "raw", label: "As they are", help: "Ink from 0 to 1, as in the notebook." }),
        (
            Self::Unit,
            Choice {
                slug: "unit",
                label: "Length 1",
                help: "Every image is scaled to length 1, as the authors advise where results are to be reproduced.",
            },
        ),
    ];
}

const fn field(group: &'static str, key: &'static str, label: &'static str, help: &'static str) -> Field {
    Field { key, label, help, group }
}

const UNITS: &str = "Hidden units";
const LEARNING: &str = "Learning";
const READING: &str = "Reading";

impl Settings for Competing {
    fn visit(&mut self, v: &mut dyn Visitor) {
        let help = "Hidden units, 100 in the notebook.";
        let slider = Whole { min: 10, max: 400, step: 10 };
        v.whole_beyond(&field(UNITS, "hid", "Hidden units", help), &mut self.rule.hidden, slider, 2000);
        let help = "p, the norm in which a unit's weights come to rest at 1: I = Σ sgn(W)·|W|ᵖ⁻¹·v.";
        v.real(&field(UNITS, "p", "Norm p", help), &mut self.rule.p, Real { min: 2.0, max: 6.0, step: 0.1 });
        let help = "The unit of this rank unlearns.";
        let most = self.rule.hidden.min(10);
        v.whole(&field(UNITS, "k", "Rank k", help), &mut self.rule.k, Whole { min: 2, max: most, step: 1 });
        let help = "How much the unit of rank k unlearns, beside 1 for the winner.";
        v.real(
            &field(UNITS, "delta", "Unlearning Δ", help),
            &mut self.rule.delta,
            Real { min: 0.0, max: 1.0, step: 0.05 },
        );
        let help = "Draws the synapses, then the order of the images in every epoch, as NumPy's RandomState does.";
        let seeds = Whole { min: 0, max: u32::MAX, step: 0 };
        v.whole(&field(UNITS, "seed", "Seed", help), &mut self.rule.seed, seeds);

        let help = "Passes over the training images; the rate falls to 0 over them.";
        let slider = Whole { min: 1, max: 200, step: 1 };
        v.whole_beyond(&field(LEARNING, "epochs", "Epochs", help), &mut self.rule.epochs, slider, 1000);
        let help = "ε at the start: the largest change of a weight in a batch.";
        let slider = Real { min: 0.001, max: 0.1, step: 0.001 };
        v.real_beyond(&field(LEARNING, "eps", "Rate ε", help), &mut self.rule.rate, slider, (1e-6, 1.0));
        let help = "Images whose changes are added up before weights move.";
        let slider = Whole { min: 10, max: 500, step: 10 };
        v.whole_beyond(&field(LEARNING, "batch", "Images of a batch", help), &mut self.rule.batch, slider, 1000);
        option(v, &field(LEARNING, "scale", SCALE, "What the hidden units see."), &mut self.unit);
        let help = "Images to learn from, and whose digits vote.";
        let slider = Whole { min: 100, max: 8000, step: 100 };
        v.whole_beyond(&field(LEARNING, "train", "Training images", help), &mut self.train, slider, 40_000);

        option(v, &field(READING, "readout", "After the last epoch", "What is read from the code."), &mut self.readout);
        let help = "n: the code that is read is max(0, W·v)ⁿ.";
        v.real(&field(READING, "n", "Power n", help), &mut self.power, Real { min: 1.0, max: 8.0, step: 0.1 });
        ridge(v, READING, &mut self.ridge);
        let help = "Images that the accuracy is measured on.";
        let slider = Whole { min: 100, max: 2000, step: 100 };
        v.whole_beyond(&field(READING, "test", "Test images", help), &mut self.test, slider, 10_000);
        parting(v, READING, &mut self.parting);
        let help = "Shuffles the images before they are parted, as NumPy does.";
        v.whole(&field(READING, "split", "Seed of the parting", help), &mut self.split, seeds);
    }
}

/// The regularisation of a linear read-out.
pub fn ridge(v: &mut dyn Visitor, group: &'static str, ridge: &mut f64) {
    let help = "Regularisation of the linear read-outs for each image: the more, the smaller their weights.";
    let slider = Real { min: 0.001, max: 1.0, step: 0.001 };
    v.real_beyond(&field(group, "ridge", "Ridge", help), ridge, slider, (1e-6, 100.0));
}

impl Config for Competing {
    fn boxed(&self) -> Box<dyn Config> {
        Box::new(self.clone())
    }

    fn label(&self) -> String {
        let Competition { hidden, k, p, delta, seed, .. } = self.rule;
        let unit = if self.unit == Scale::Unit { " · length 1" } else { "" };
        format!("{hidden} units · k {k}, p {p}, Δ {delta}{unit} · {} · seed {seed}", counted(self.rule.epochs, "epoch"))
    }

    fn steps(&self) -> u32 {
        self.rule.epochs
    }

    fn needs(&self) -> Vec<&'static str> {
        (0..10).map(data::part_for_digit).collect()
    }

    fn columns(&self) -> Vec<Column> {
        let column = |name: &str, label: &str, unit: &str| Column::new(name, label, unit);
        let mut columns = vec![
            column("rate", "Rate ε", ""),
            column("largest", "Largest change before it is scaled, last batch", ""),
            column("wins_entropy", "Entropy of who wins", "bits"),
            column("used", "Units that win", "units"),
            column("settled", "Units with Σ |W|ᵖ within 5 % of 1", "units"),
            column("norm", "Mean Σ |W|ᵖ", ""),
        ];
        columns.extend(reading::columns(self.readout, false));
        columns
    }

    fn figures(&self) -> Vec<Figure> {
        views::figures(self)
    }

    fn headline(&self) -> Vec<(String, String)> {
        let mut words = vec![
            ("wins_entropy".to_owned(), "bits of entropy of the winning units".to_owned()),
            ("settled".to_owned(), "units at rest".to_owned()),
        ];
        if self.readout != Depth::None {
            words.insert(0, ("read_votes".into(), "percent right by votes".into()));
            words.insert(1, ("read_code".into(), "percent right by a line through the code".into()));
        }
        words
    }

    fn empty(&self) -> Option<String> {
        None
    }

    fn waits(&self, slug: &str) -> Option<&'static str> {
        views::waits(slug)
    }

    fn step_name(&self) -> &'static str {
        "Epoch"
    }

    fn can_be_saved(&self) -> bool {
        true
    }

    fn build(&self, data: &Dataset, backend: &mut Backend) -> Box<dyn Lab> {
        long(|| Run::new(self, data, backend))
    }
}
