//! The figures of an SKA run.

use super::network::Network;
use super::rule::Normalise;
use crate::figure::{Axis, Figure, Panel, Plot};

/// What `normalise` makes of h, on axes.
fn unit(network: &Network) -> &'static str {
    match network.rule.normalise {
        Normalise::Neuron => "h/n",
        Normalise::NeuronSample => "h/(n·N)",
    }
}

/// The trajectories through three layers' normalised entropies: (L1, L2, L3), (L1, L2, L4), (L2, L3, L4) as in the
/// original; one for a net of three layers, none for fewer.
pub fn trajectories(network: &Network) -> Vec<Figure> {
    let triples: &[[usize; 3]] = match network.layers.len() {
        0..=2 => &[],
        3 => &[[1, 2, 3]],
        _ => &[[1, 2, 3], [1, 2, 4], [2, 3, 4]],
    };
    let axis =
        |l: usize| Axis { column: format!("entropy_per_neuron_{l}"), label: format!("Layer {l} ({})", unit(network)) };
    let figure = |[a, b, c]: &[usize; 3]| Figure {
        slug: format!("trajectory-{a}{b}{c}"),
        title: format!("Trajectory of layers {a}, {b}, {c}"),
        help: format!(
            "Each step of the run is a point: its coordinates are the normalised entropies of layers {a}, {b} and {c}. \
             It starts near the origin, falls to each layer's minimum in turn, and relaxes."
        ),
        plot: Plot::Trajectory { axes: [axis(*a), axis(*b), axis(*c)] },
    };
    triples.iter().map(figure).collect()
}

/// The normalised entropy of each layer against the step.
pub fn entropy_curves(network: &Network) -> Figure {
    let panel = |(index, neurons): (usize, &u32)| Panel {
        title: format!("Layer {} ({neurons} {})", index + 1, if *neurons == 1 { "neuron" } else { "neurons" }),
        y_label: unit(network).into(),
        lines: vec![Axis {
            column: format!("entropy_per_neuron_{}", index + 1),
            label: format!("Layer {}", index + 1),
        }],
    };
    let seen = "Entropy of each layer, divided by its neurons, at every step. Each layer has a minimum of its own.";
    let help = match network.layers.len() {
        0..=2 => format!("{seen} A trajectory through space needs three layers or more."),
        _ => seen.to_owned(),
    };
    Figure {
        slug: "entropy".into(),
        title: "Normalised entropy by layer".into(),
        help,
        plot: Plot::Curves { panels: network.layers.iter().enumerate().map(panel).collect() },
    }
}

/// What sums a step up: the normalised entropy of each layer, and the total.
pub fn headline(network: &Network) -> Vec<(String, String)> {
    let layers = (1..=network.layers.len()).map(|l| (format!("entropy_per_neuron_{l}"), format!("layer {l}")));
    layers.chain(std::iter::once(("entropy_total".into(), "total entropy in bits".into()))).collect()
}
