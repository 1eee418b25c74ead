//! What the lab's settings offer: samples, first weights, calls, and the tables of its sliders.

use super::record::Call;
use crate::config::{Choice, List, Options, Real, Whole};

/// What the network learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    Table,
    Circles,
    Moons,
}

impl Options for Data {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (Self::Table, Choice { slug: "table", label: "Truth table", help: "Two bits in, one answer: four samples." }),
        (Self::Circles, Choice { slug: "circles", label: "Circles", help: "Points of the plane on two circles." }),
        (Self::Moons, Choice { slug: "moons", label: "Moons", help: "Points of the plane on two half circles." }),
    ];
}

/// Where the first weights come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    Sliders,
    Seed,
}

impl Options for Start {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Sliders,
            Choice {
                slug: "sliders",
                label: "Sliders",
                help: "As in the notebook: sliders set the first two matrices, the rest is drawn.",
            },
        ),
        (
            Self::Seed,
            Choice { slug: "seed", label: "All drawn", help: "Every weight is drawn, every bias starts at 0." },
        ),
    ];
}

impl Options for Call {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (Self::Train, Choice { slug: "train", label: "train()", help: "Epoch by epoch, as the notebook's cells do." }),
        (
            Self::ForwardBackward,
            Choice {
                slug: "forward_backward",
                label: "forward(), then backward()",
                help: "Network.forward with all samples, then Network.backward with every answer turned round: the states \
                       relax backwards, and what it returns are the inputs, unchanged. Nothing is learned.",
            },
        ),
        (
            Self::Seeds,
            Choice {
                slug: "seeds",
                label: "train() from many seeds",
                help: "One training for each seed, with and without the label in the free phase: how often does it learn?",
            },
        ),
        (
            Self::Landscape,
            Choice {
                slug: "landscape",
                label: "train() over two sliders",
                help: "One training for each pair of values of two sliders: where does it learn?",
            },
        ),
    ];
}

/// The answers to 00, 01, 10 and 11, by their bits.
pub const TABLES: [Choice; 16] = {
    const fn table(slug: &'static str, label: &'static str) -> Choice {
        Choice { slug, label, help: "The answers to 00, 01, 10 and 11 in this order." }
    }
    [
        table("0000", "0000"),
        table("0001", "0001 AND"),
        table("0010", "0010"),
        table("0011", "0011"),
        table("0100", "0100"),
        table("0101", "0101"),
        table("0110", "0110 XOR"),
        table("0111", "0111 OR"),
        table("1000", "1000 NOR"),
        table("1001", "1001 XNOR"),
        table("1010", "1010"),
        table("1011", "1011"),
        table("1100", "1100"),
        table("1101", "1101"),
        table("1110", "1110 NAND"),
        table("1111", "1111"),
    ]
};
pub const XOR: usize = 0b0110;

pub const HIDDEN: List =
    List { items: (1, 16), count: (1, 4), sliders: &[Whole { min: 1, max: 16, step: 1 }], item: "Hidden layer" };
/// Layers of weights at most: one more than hidden layers.
pub const LAYERS: usize = 5;
pub const ALPHAS: [(&str, &str); LAYERS] = [
    ("alpha_1", "α of weights 0"),
    ("alpha_2", "α of weights 1"),
    ("alpha_3", "α of weights 2"),
    ("alpha_4", "α of weights 3"),
    ("alpha_5", "α of weights 4"),
];
/// The range of every slider of the notebook.
pub const SLIDER: Real = Real { min: -2.0, max: 2.0, step: 0.1 };
/// The notebook's sliders: key, label, and which weights they set: matrix, row, and column or all of them.
pub const WEIGHTS: [(&str, &str, usize, usize, Option<usize>); 6] = [
    ("w0", "w0: weight, input 0 → hidden 1 unit 0", 0, 0, Some(0)),
    ("w1", "w1: weight, input 0 → hidden 1 unit 1", 0, 0, Some(1)),
    ("w2", "w2: weight, input 1 → hidden 1 unit 0", 0, 1, Some(0)),
    ("w3", "w3: weight, input 1 → hidden 1 unit 1", 0, 1, Some(1)),
    ("b0", "b0: weights out of hidden 1 unit 0", 1, 0, None),
    ("b1", "b1: weights out of hidden 1 unit 1", 1, 1, None),
];
/// Sliders for the biases of the first two units of each layer: key, label, layer, unit.
pub const BIASES: [(&str, &str, usize, usize); 2 * LAYERS] = [
    ("bias_1_0", "Bias, layer 1 unit 0", 1, 0),
    ("bias_1_1", "Bias, layer 1 unit 1", 1, 1),
    ("bias_2_0", "Bias, layer 2 unit 0", 2, 0),
    ("bias_2_1", "Bias, layer 2 unit 1", 2, 1),
    ("bias_3_0", "Bias, layer 3 unit 0", 3, 0),
    ("bias_3_1", "Bias, layer 3 unit 1", 3, 1),
    ("bias_4_0", "Bias, layer 4 unit 0", 4, 0),
    ("bias_4_1", "Bias, layer 4 unit 1", 4, 1),
    ("bias_5_0", "Bias, layer 5 unit 0", 5, 0),
    ("bias_5_1", "Bias, layer 5 unit 1", 5, 1),
];
