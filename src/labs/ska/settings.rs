//! The settings that both SKA labs have: architecture, passes, weights, and which digits there are.

use crate::config::{Choice, Field, List, Visitor, Whole};

/// The ten digits.
pub const DIGITS: [Choice; 10] = {
    const fn digit(slug: &'static str) -> Choice {
        Choice { slug, label: slug, help: "" }
    }
    [
        digit("0"),
        digit("1"),
        digit("2"),
        digit("3"),
        digit("4"),
        digit("5"),
        digit("6"),
        digit("7"),
        digit("8"),
        digit("9"),
    ]
};

/// Layer sizes: the original's four sliders; a link may ask for one to eight layers.
const LAYERS: List = List {
    items: (1, 1024),
    count: (1, 8),
    sliders: &[
        Whole { min: 8, max: 512, step: 8 },
        Whole { min: 8, max: 512, step: 8 },
        Whole { min: 8, max: 256, step: 8 },
        Whole { min: 2, max: 64, step: 1 },
    ],
    item: "Layer",
};

/// Most passes that a link may ask for: time invariance compares up to 500 of them.
pub const MOST_STEPS: u32 = 1000;

/// A setting of these labs.
pub const fn field(group: &'static str, key: &'static str, label: &'static str, help: &'static str) -> Field {
    Field { key, label, help, group }
}

/// Shows the layer sizes.
pub fn layers(v: &mut dyn Visitor, layers: &mut Vec<u32>) {
    v.list(&field("Architecture", "layers", "Layers", "Number of neurons in this layer."), layers, LAYERS);
}

/// Shows K.
pub fn steps(v: &mut dyn Visitor, steps: &mut u32) {
    let help = "Forward passes; the weights change after each but the first.";
    let slider = Whole { min: 1, max: 200, step: 1 };
    v.whole_beyond(&field("Learning", "k", "K (forward steps)", help), steps, slider, MOST_STEPS);
}

/// Shows the seed of the weights; `original` says which one the original has.
pub fn seed(v: &mut dyn Visitor, seed: &mut u32, original: &'static str) {
    v.whole(&field("Learning", "seed", "Weight seed", original), seed, Whole { min: 0, max: u32::MAX, step: 0 });
}

/// Why there is nothing to see after so few steps.
pub fn empty(steps: u32) -> Option<String> {
    (steps < 2)
        .then(|| "K = 1: entropy compares two passes, so a single pass has none. Choose K of 2 or more.".to_owned())
}

/// "256-128-64-10".
pub fn joined(layers: &[u32]) -> String {
    layers.iter().map(u32::to_string).collect::<Vec<_>>().join("-")
}
