//! What the lab's settings offer.

use super::architecture::{Architecture, Layer};
use crate::analysis::Rounding;
use crate::config::{Choice, Options};

/// What is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Experiment A: entropy before and after every epoch.
    Epochs,
    /// Experiment B: a net of its own for every size of the training set.
    Sizes,
    /// Finite kernels of growing width against the infinite one.
    Width,
    /// Experiment A from several seeds side by side.
    Seeds,
    /// Which images to learn from.
    Selection,
}

impl Options for Call {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Epochs,
            Choice {
                slug: "epochs",
                label: "S(t): epoch by epoch",
                help: "The notebook's first experiment: the entropy of the kernel of the first N images while one net trains.",
            },
        ),
        (
            Self::Sizes,
            Choice {
                slug: "sizes",
                label: "S(n): one net for each n",
                help: "The notebook's second experiment: for every n a new net, its entropy before and after training on n images.",
            },
        ),
        (
            Self::Seeds,
            Choice {
                slug: "seeds",
                label: "S(t) from several seeds",
                help: "Several nets side by side that differ in their first weights alone: how far is one curve from the next?",
            },
        ),
        (
            Self::Width,
            Choice {
                slug: "width",
                label: "Towards infinite width",
                help: "Nets of growing width, not trained: their kernels approach that of the infinitely wide net.",
            },
        ),
        (
            Self::Selection,
            Choice {
                slug: "selection",
                label: "Choose images (RND)",
                help: "Random network distillation chooses images one by one; beside it random choice and the choice of greatest entropy.",
            },
        ),
    ];
}

/// The net.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// The notebook's.
    Original,
    /// One block less.
    OneConvolution,
    /// No convolution.
    Dense,
    /// One dense layer more.
    Deeper,
}

impl Options for Preset {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Original,
            Choice {
                slug: "original",
                label: "conv 32 · conv 64 · dense 256",
                help: "The notebook's: 3×3 convolutions, each followed by a relu and the mean over 2×2, then a dense layer.",
            },
        ),
        (
            Self::OneConvolution,
            Choice { slug: "one_conv", label: "conv 32 · dense 256", help: "One convolution instead of two." },
        ),
        (Self::Dense, Choice { slug: "dense", label: "dense 256 · dense 256", help: "Dense layers alone." }),
        (
            Self::Deeper,
            Choice {
                slug: "deeper",
                label: "conv 32 · conv 64 · dense 256 · dense 256",
                help: "The notebook's with another dense layer.",
            },
        ),
    ];
}

impl Preset {
    /// Its layers, `factor` times as wide.
    pub fn architecture(self, factor: f64) -> Architecture {
        let conv = |channels| Layer::Conv { channels, pool: true };
        let dense = Layer::Dense { units: 256 };
        let hidden = match self {
            Self::Original => vec![conv(32), conv(64), dense],
            Self::OneConvolution => vec![conv(32), dense],
            Self::Dense => vec![dense, dense],
            Self::Deeper => vec![conv(32), conv(64), dense, dense],
        };
        Architecture::new(28, hidden, 10).expect("the presets fit digits").widened(factor)
    }

    /// Number of convolutions, and of dense layers with a relu.
    pub fn depth(self) -> (u32, u32) {
        match self {
            Self::Original => (2, 1),
            Self::OneConvolution => (1, 1),
            Self::Dense => (0, 2),
            Self::Deeper => (2, 2),
        }
    }
}

/// Whose random stream the first weights come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draws {
    /// `RandomState(seed).randn`.
    Numpy,
    /// `jax.random.PRNGKey(seed)`.
    Jax,
}

impl Options for Draws {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Numpy,
            Choice { slug: "numpy", label: "NumPy", help: "RandomState(seed).randn, one layer after another." },
        ),
        (
            Self::Jax,
            Choice {
                slug: "jax",
                label: "JAX",
                help: "PRNGKey(seed), as the notebook's library draws them; its seed was a random number below 500.",
            },
        ),
    ];
}

/// The order of the batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batches {
    /// One permutation for all epochs.
    Fixed,
    /// A permutation for each.
    Fresh,
}

impl Options for Batches {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Fixed,
            Choice {
                slug: "fixed",
                label: "The same in every epoch",
                help: "As in the library of May 2022, whose random key is never split: the same batches, and the same images left out.",
            },
        ),
        (Self::Fresh, Choice { slug: "fresh", label: "Drawn for every epoch", help: "As it is usually done." }),
    ];
}

/// Which accuracy stands beside an entropy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// That of the same weights.
    State,
    /// That after the epoch that follows.
    After,
}

impl Options for Pairing {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::State,
            Choice {
                slug: "state",
                label: "Of the same weights",
                help: "Entropy, accuracy and loss of a row are of one net.",
            },
        ),
        (
            Self::After,
            Choice {
                slug: "after",
                label: "After the epoch that follows",
                help: "As in the notebook: the entropy before an epoch beside the accuracy after it.",
            },
        ),
    ];
}

/// What the entropy is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalise {
    /// As each experiment of the notebook has it.
    Original,
    /// K_ij / √(K_ii K_jj).
    Cosine,
    /// The kernel.
    Raw,
}

impl Options for Normalise {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Original,
            Choice {
                slug: "original",
                label: "As in the notebook",
                help: "Cosine throughout; but in its second experiment raw before training and cosine after it, so that the \
                       printed pairs compare two different things.",
            },
        ),
        (
            Self::Cosine,
            Choice { slug: "cosine", label: "Cosine", help: "K_ij / √(K_ii K_jj): every image weighs the same." },
        ),
        (Self::Raw, Choice { slug: "raw", label: "Raw", help: "The kernel as it is." }),
    ];
}

impl Options for Rounding {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Kept,
            Choice {
                slug: "kept",
                label: "As in May 2022",
                help: "An eigenvalue that rounding made negative adds −p ln |p|.",
            },
        ),
        (
            Self::Clipped,
            Choice {
                slug: "clipped",
                label: "As today",
                help: "Eigenvalues below 10⁻¹⁴ are raised to it, then all divided by their sum.",
            },
        ),
    ];
}

/// The unit of entropies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Natural logarithm.
    Nats,
    /// Divided by ln N.
    OfMost,
}

impl Options for Scale {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (Self::Nats, Choice { slug: "nats", label: "S", help: "In nats, at most ln N: as the notebook prints it." }),
        (
            Self::OfMost,
            Choice { slug: "share", label: "S / ln N", help: "As a share of the most that N images can have." },
        ),
    ];
}

/// Numbers of images whose kernel is followed through the epochs: all keys of the notebook's table.
pub const SUBSETS: [(u32, Choice); 10] = [
    (5, number("5")),
    (10, number("10")),
    (15, number("15")),
    (20, number("20")),
    (25, number("25")),
    (30, number("30")),
    (35, number("35")),
    (40, number("40")),
    (50, number("50")),
    (100, number("100")),
];

/// Sizes of the training set in the second experiment.
pub const COUNTS: [(u32, Choice); 8] = [
    (10, number("10")),
    (20, number("20")),
    (30, number("30")),
    (50, number("50")),
    (100, number("100")),
    (200, number("200")),
    (500, number("500")),
    (800, number("800")),
];

/// Widths in units of the preset's.
pub const FACTORS: [(f64, Choice); 7] = [
    (0.0625, Choice { slug: "0.0625", label: "1/16", help: "" }),
    (0.125, Choice { slug: "0.125", label: "1/8", help: "" }),
    (0.25, Choice { slug: "0.25", label: "1/4", help: "" }),
    (0.5, Choice { slug: "0.5", label: "1/2", help: "" }),
    (1.0, Choice { slug: "1", label: "1", help: "" }),
    (2.0, Choice { slug: "2", label: "2", help: "" }),
    (4.0, Choice { slug: "4", label: "4", help: "" }),
];

const fn number(text: &'static str) -> Choice {
    Choice { slug: text, label: text, help: "" }
}

/// Which outputs' kernel is taken.
pub const OUTPUTS: [Choice; 11] = {
    const fn class(slug: &'static str, label: &'static str) -> Choice {
        Choice { slug, label, help: "The kernel of this output alone." }
    }
    [
        Choice {
            slug: "mean",
            label: "All, their mean",
            help: "As in the library: the mean over the ten outputs' kernels.",
        },
        class("0", "Digit 0"),
        class("1", "Digit 1"),
        class("2", "Digit 2"),
        class("3", "Digit 3"),
        class("4", "Digit 4"),
        class("5", "Digit 5"),
        class("6", "Digit 6"),
        class("7", "Digit 7"),
        class("8", "Digit 8"),
        class("9", "Digit 9"),
    ]
};
