//! The learning schemes, and a scheme with all its switches.

use super::switches::{Activation, Clamp, EnergyKind, FreePhase, Measure, Normalise, Relaxation, Update};
use crate::config::{Choice, Options};

/// How the network learns: the notebook's four pairs of phases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Equilibrium propagation.
    Equilibrium,
    /// Contrastive Hebbian learning.
    Contrastive,
    /// First-step gradient approximation.
    FirstStep,
    /// Predictive coding with a nudged output.
    Predictive,
}

impl Options for Scheme {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Equilibrium,
            Choice {
                slug: "ep",
                label: "Equilibrium propagation",
                help: "ep_neg, ep_pos: the scheme that the notebook runs.",
            },
        ),
        (
            Self::Contrastive,
            Choice {
                slug: "chl",
                label: "Contrastive Hebbian learning",
                help: "chl_neg, chl_pos: a free phase, then the output clamped and the hidden layers relaxed backwards.",
            },
        ),
        (
            Self::FirstStep,
            Choice {
                slug: "first_step",
                label: "First-step gradient",
                help: "first_step_pos after a free phase: only the output's first step towards the label is used.",
            },
        ),
        (
            Self::Predictive,
            Choice {
                slug: "pc_nudge",
                label: "PC-nudge",
                help: "pcnudge_neg, pcnudge_pos: predictions and their errors, the output nudged towards the label.",
            },
        ),
    ];
}

/// What comes before the first-step update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstPhase {
    /// The free phase of equilibrium propagation.
    Equilibrium,
    /// The free phase of contrastive Hebbian learning.
    Contrastive,
    /// One pass from input to output, without feedback.
    Forward,
}

impl Options for FirstPhase {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Equilibrium,
            Choice { slug: "ep", label: "As EP: ep_neg", help: "The notebook's ep_neg, label nudge included." },
        ),
        (Self::Contrastive, Choice { slug: "chl", label: "As CHL: chl_neg", help: "The notebook's chl_neg." }),
        (
            Self::Forward,
            Choice {
                slug: "forward",
                label: "Forward pass",
                help: "Textbook: each layer from the one below, so that the first step is a gradient.",
            },
        ),
    ];
}

/// Which layers the first-step update changes, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shapes {
    /// The output's difference is added to every layer; fails where a layer's size is not the output's.
    AsWritten,
    /// Layers of another size are left out.
    Skip,
    /// The output layer alone.
    Output,
    /// Textbook: the difference is carried back through the weights, layer by layer.
    Back,
}

impl Options for Shapes {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::AsWritten,
            Choice {
                slug: "as_written",
                label: "As written",
                help: "The output's difference is added to every layer: fails unless every layer is as large as the output.",
            },
        ),
        (
            Self::Skip,
            Choice {
                slug: "skip",
                label: "Repair A: skip other sizes",
                help: "Layers whose size differs from the output's are left as they are.",
            },
        ),
        (
            Self::Output,
            Choice {
                slug: "output",
                label: "Repair B: output layer only",
                help: "Only the last weights and biases change.",
            },
        ),
        (
            Self::Back,
            Choice {
                slug: "back",
                label: "Textbook: carried back",
                help: "The difference goes back through the weights and the units' slopes, and the step is divided by β.",
            },
        ),
    ];
}

/// A scheme with all switches, at the notebook's settings by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Which phases.
    pub scheme: Scheme,
    /// What comes before the first-step update.
    pub first_phase: FirstPhase,
    /// Which layers the first-step update changes.
    pub shapes: Shapes,
    /// Whether the label pulls in the free phase.
    pub free_phase: FreePhase,
    /// What a unit makes of its input.
    pub activation: Activation,
    /// Whether hidden units are rescaled; sweeps only.
    pub normalise: Normalise,
    /// How states settle.
    pub relaxation: Relaxation,
    /// What holds the output in the second phase.
    pub clamp: Clamp,
    /// How weights follow the phases.
    pub update: Update,
    /// Which energy is measured.
    pub energy: EnergyKind,
    /// On what is measured.
    pub measure: Measure,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            scheme: Scheme::Equilibrium,
            first_phase: FirstPhase::Equilibrium,
            shapes: Shapes::AsWritten,
            free_phase: FreePhase::Nudged,
            activation: Activation::Logistic,
            normalise: Normalise::Batch,
            relaxation: Relaxation::Sweep,
            clamp: Clamp::Full,
            update: Update::OneSided,
            energy: EnergyKind::Nothing,
            measure: Measure::Last,
        }
    }
}

impl Rule {
    /// Whether γ plays a part.
    pub fn has_gamma(&self) -> bool {
        match self.scheme {
            Scheme::Contrastive => true,
            Scheme::FirstStep => self.first_phase == FirstPhase::Contrastive,
            Scheme::Equilibrium | Scheme::Predictive => false,
        }
    }

    /// Whether the first phase is one pass from input to output.
    pub fn starts_forward(&self) -> bool {
        match self.scheme {
            Scheme::FirstStep => self.first_phase == FirstPhase::Forward,
            Scheme::Predictive => self.relaxation == Relaxation::Steps,
            Scheme::Equilibrium | Scheme::Contrastive => false,
        }
    }

    /// Whether any phase settles.
    pub fn settles(&self) -> bool {
        self.scheme != Scheme::FirstStep || self.first_phase != FirstPhase::Forward
    }

    /// Whether the notebook lets the label into this first phase.
    pub fn leaks(&self) -> bool {
        match self.scheme {
            Scheme::Equilibrium => true,
            Scheme::Predictive => !self.starts_forward(),
            Scheme::Contrastive => false,
            Scheme::FirstStep => self.first_phase == FirstPhase::Equilibrium,
        }
    }
}
