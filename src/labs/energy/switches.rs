//! The switches between the notebook's way and the textbooks', the notebook's first.

use crate::config::{Choice, Options};

/// Whether the label pulls on the output in the free phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreePhase {
    /// out − β (out − Y), as the notebook.
    Nudged,
    /// β = 0, as the name says.
    Free,
}

impl Options for FreePhase {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Nudged,
            Choice {
                slug: "nudged",
                label: "Nudged by the label",
                help: "As in the notebook: the label leaks into the free phase, and into the error that is measured on it.",
            },
        ),
        (
            Self::Free,
            Choice {
                slug: "free",
                label: "Really free",
                help: "β = 0 in the free phase: what is measured knows no label.",
            },
        ),
    ];
}

/// What a unit makes of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// 1 / (1 + e⁻ˣ).
    Logistic,
    /// The input cut to 0..1.
    Clip,
    /// The input, or 0 where it is negative.
    Relu,
}

impl Options for Activation {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (Self::Logistic, Choice { slug: "logistic", label: "Logistic", help: "As in the notebook: 1/(1 + e⁻ˣ)." }),
        (
            Self::Clip,
            Choice { slug: "clip", label: "Clip", help: "Cut to 0…1, the hard sigmoid of equilibrium propagation." },
        ),
        (
            Self::Relu,
            Choice {
                slug: "relu",
                label: "ReLU",
                help: "What the notebook asks for and never uses: its \"activation\": torch.relu is not read.",
            },
        ),
    ];
}

/// Whether hidden units are rescaled over the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalise {
    /// Min-max, less the mean of what was there before, as the notebook.
    Batch,
    /// No rescaling.
    Nothing,
}

impl Options for Normalise {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Batch,
            Choice {
                slug: "batch",
                label: "Over the batch",
                help: "As in the notebook: scaled to 0…1 over the batch, less the mean from before the scaling.",
            },
        ),
        (
            Self::Nothing,
            Choice {
                slug: "none",
                label: "Not at all",
                help: "Units stay what their activation gives; samples do not mix.",
            },
        ),
    ];
}

/// How states settle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relaxation {
    /// Each layer is set to what its input says, from below upwards, as the notebook.
    Sweep,
    /// All layers move a step ε towards it at once: the descent of an energy.
    Steps,
}

impl Options for Relaxation {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Sweep,
            Choice {
                slug: "sweep",
                label: "Sweeps",
                help: "As in the notebook: layer after layer is replaced, the layer above still being the old one.",
            },
        ),
        (
            Self::Steps,
            Choice {
                slug: "steps",
                label: "Small steps ε",
                help: "Textbook: all layers move by ε down the energy; PC starts at the forward pass and descends its errors.",
            },
        ),
    ];
}

/// What holds the output in the second phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clamp {
    /// The output is the label, as the notebook.
    Full,
    /// Pulled towards the label by β.
    Positive,
    /// Pushed away from the label by β.
    Negative,
    /// Both, from the same free state.
    Centred,
}

impl Options for Clamp {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Full,
            Choice {
                slug: "full",
                label: "Label itself",
                help: "As in the notebook: the output is replaced by the label, however small β is.",
            },
        ),
        (Self::Positive, Choice { slug: "positive", label: "Nudged by +β", help: "Pulled towards the label." }),
        (Self::Negative, Choice { slug: "negative", label: "Nudged by −β", help: "Pushed away from the label." }),
        (
            Self::Centred,
            Choice {
                slug: "centred", label: "Centred ±β", help: "Both in turn, which cancels the first error in β."
            },
        ),
    ];
}

/// How weights follow the two phases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// Free state below times change above, as the notebook.
    OneSided,
    /// The energy's gradient in the second phase less that in the free one, over β.
    Contrastive,
}

impl Options for Update {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::OneSided,
            Choice {
                slug: "one_sided",
                label: "One-sided",
                help: "As in the notebook: free state of the layer below times the change of the layer above, without 1/β.",
            },
        ),
        (
            Self::Contrastive,
            Choice {
                slug: "contrastive",
                label: "Contrastive, over β",
                help: "Textbook: gradient of the scheme's energy in the second phase less that in the free one, over β \
                       (over 1 where the output is the label).",
            },
        ),
    ];
}

/// Which energy is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnergyKind {
    /// None: 0, as the notebook, which gives no energy function.
    Nothing,
    /// Hopfield's.
    Hopfield,
    /// Squared prediction errors.
    Prediction,
}

impl Options for EnergyKind {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Nothing,
            Choice {
                slug: "none",
                label: "None",
                help: "As in the notebook: no energy function is given, Energy is always 0.",
            },
        ),
        (
            Self::Hopfield,
            Choice {
                slug: "hopfield",
                label: "Hopfield",
                help: "½Σs² − Σb·s − Σs·W·s of the free states; for logistic units Σ s ln s + (1−s) ln (1−s) instead of ½Σs².",
            },
        ),
        (
            Self::Prediction,
            Choice {
                slug: "prediction",
                label: "Prediction errors",
                help: "Σ(s − f(W·s + b))² of the free states: what predictive coding descends.",
            },
        ),
    ];
}

/// On what cost and error are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The last mini-batch of the epoch, as the notebook.
    Last,
    /// All samples.
    All,
}

impl Options for Measure {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Last,
            Choice {
                slug: "last",
                label: "Last mini-batch",
                help: "As in the notebook: only the last mini-batch is measured.",
            },
        ),
        (Self::All, Choice { slug: "all", label: "All samples", help: "The stored states of all samples." }),
    ];
}
