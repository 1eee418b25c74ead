//! The learning rule's variants: where code, papers and the author's other programs differ.

use std::f64::consts::LN_2;

use crate::config::{Choice, Field, Options, Visitor, option};

/// Which pass's input the update of a layer uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateInput {
    /// The output of the layer below at the pass before, as the code does.
    Previous,
    /// The output that produced the current knowledge.
    Current,
}

impl Options for UpdateInput {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Previous,
            Choice {
                slug: "previous",
                label: "Previous pass",
                help: "As in the original code: layers above the first learn from the output below of one pass earlier.",
            },
        ),
        (
            Self::Current,
            Choice {
                slug: "current",
                label: "Current pass",
                help: "Layers learn from the output that produced their knowledge; minima get slightly deeper.",
            },
        ),
    ];
}

/// The entropy gradient that the weights follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gradient {
    /// −(1/ln 2)(Z D' + ΔD): the code, and paper I eq. 22.
    Code,
    /// −(1/ln 2) Z D': without ΔD, the author's Entropy Gradient Explorer.
    WithoutShift,
    /// −(1/ln 2) Z (D' + ΔD): paper I eq. 23.
    Product,
    /// −(1/ln 2) Z D' − ΔD: paper I, the governing equation.
    Governing,
}

impl Options for Gradient {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Code,
            Choice {
                slug: "code", label: "−(z·D′ + ΔD)/ln 2", help: "As in the original code; paper I, equation 22."
            },
        ),
        (
            Self::WithoutShift,
            Choice {
                slug: "without_shift",
                label: "−z·D′/ln 2",
                help: "Without the ΔD term, as the author's Entropy Gradient Explorer offers: later, shallower minima.",
            },
        ),
        (
            Self::Product,
            Choice {
                slug: "product",
                label: "−z·(D′ + ΔD)/ln 2",
                help: "Paper I, equation 23: ΔD multiplied by the knowledge.",
            },
        ),
        (
            Self::Governing,
            Choice {
                slug: "governing",
                label: "−z·D′/ln 2 − ΔD",
                help: "Paper I, the governing equation: ΔD without the factor 1/ln 2.",
            },
        ),
    ];
}

/// Sign of the entropy gradient inside the tensor net.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetSign {
    /// Σ ΔZ (D − (1/ln 2) Z D'), as the code computes and the papers' figures show.
    Code,
    /// Σ ΔZ (D + (1/ln 2) Z D'), as paper II defines.
    Paper,
}

impl Options for NetSign {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Code,
            Choice {
                slug: "code",
                label: "D − z·D′/ln 2",
                help: "As in the original code; the papers' figures and zero crossings have this sign.",
            },
        ),
        (
            Self::Paper,
            Choice {
                slug: "paper",
                label: "D + z·D′/ln 2",
                help: "As paper II defines it (∇H = −z·D′/ln 2). Changes the tensor net only, not the run.",
            },
        ),
    ];
}

/// What "normalised entropy" is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalise {
    /// Neurons, as the original.
    Neuron,
    /// Neurons and samples.
    NeuronSample,
}

impl Options for Normalise {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Neuron,
            Choice {
                slug: "neuron",
                label: "Per neuron",
                help: "As in the original: entropy summed over the images, divided by the layer's neurons.",
            },
        ),
        (
            Self::NeuronSample,
            Choice {
                slug: "neuron_sample",
                label: "Per neuron and image",
                help: "Divided by the number of images too, so that runs with different numbers can be compared.",
            },
        ),
    ];
}

/// All switches of the rule, at the original's settings by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Input of the update.
    pub update_input: UpdateInput,
    /// Gradient of the update.
    pub gradient: Gradient,
    /// Sign in the tensor net.
    pub net_sign: NetSign,
    /// Normalisation of the entropy shown.
    pub normalise: Normalise,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            update_input: UpdateInput::Previous,
            gradient: Gradient::Code,
            net_sign: NetSign::Code,
            normalise: Normalise::Neuron,
        }
    }
}

impl Rule {
    /// Shows each switch.
    pub fn visit(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "Variants" };
        let input = "Which pass of the layer below a layer learns from (original code, `ska_update`).";
        option(v, &field("update_input", "Update from", input), &mut self.update_input);
        let gradient = "The code and the papers write the entropy gradient in different ways.";
        option(v, &field("gradient", "Entropy gradient", gradient), &mut self.gradient);
        let sign = "The code and paper II define the tensor net with opposite signs.";
        option(v, &field("net_sign", "Tensor net", sign), &mut self.net_sign);
        let normalise = "What the entropy in the trajectories is divided by.";
        option(v, &field("normalise", "Normalise", normalise), &mut self.normalise);
    }

    /// The switches that are not as in the original, for the labels of runs: " · without ΔD".
    pub fn label(&self) -> String {
        let mut words = Vec::new();
        match self.gradient {
            Gradient::Code => {}
            Gradient::WithoutShift => words.push("without ΔD"),
            Gradient::Product => words.push("z·(D′ + ΔD)"),
            Gradient::Governing => words.push("ΔD without 1/ln 2"),
        }
        if self.update_input == UpdateInput::Current {
            words.push("current input");
        }
        if self.net_sign == NetSign::Paper {
            words.push("paper's tensor net");
        }
        if self.normalise == Normalise::NeuronSample {
            words.push("per image");
        }
        words.iter().map(|word| format!(" · {word}")).collect()
    }

    /// c1, c2, c3: the gradient is −(c1 Z D' + c2 ΔD + c3 Z ΔD).
    pub fn coefficients(&self) -> [f32; 3] {
        let bits = (1.0 / LN_2) as f32;
        match self.gradient {
            Gradient::Code => [bits, bits, 0.0],
            Gradient::WithoutShift => [bits, 0.0, 0.0],
            Gradient::Product => [bits, 0.0, bits],
            Gradient::Governing => [bits, 1.0, 0.0],
        }
    }

    /// s: the tensor net is Σ ΔZ (D + s Z D').
    pub fn net_of_knowledge(&self) -> f32 {
        let bits = (1.0 / LN_2) as f32;
        match self.net_sign {
            NetSign::Code => -bits,
            NetSign::Paper => bits,
        }
    }

    /// Age of the update's input in passes.
    pub fn lag(&self) -> u32 {
        match self.update_input {
            UpdateInput::Previous => 1,
            UpdateInput::Current => 0,
        }
    }
}
