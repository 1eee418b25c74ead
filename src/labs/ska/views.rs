//! The figures of an SKA run: the two originals' and those of the author's nine apps, all from one run.

use super::network::Network;
use super::rule::Normalise;
use crate::figure::{Axis, Figure, Mark, Panel, Plane, Plot, Ramp};

/// What `normalise` makes of h, on axes.
fn unit(network: &Network) -> &'static str {
    match network.rule.normalise {
        Normalise::Neuron => "h/n",
        Normalise::NeuronSample => "h/(n·N)",
    }
}

/// A measurement of every layer, as curves, colours and axes call it.
struct Series {
    /// Column without its layer: `entropy_per_neuron`.
    column: &'static str,
    /// Symbol on axes: "‖Z‖".
    symbol: &'static str,
}

const ENTROPY: Series = Series { column: "entropy", symbol: "H (bits)" };
const COSINE: Series = Series { column: "cosine", symbol: "cos θ" };
const Z_NORM: Series = Series { column: "z_norm", symbol: "‖Z‖" };
const W_NORM: Series = Series { column: "w_norm", symbol: "‖W‖" };
const TENSOR_NET: Series = Series { column: "tensor_net", symbol: "net" };
const FLOW: Series = Series { column: "flow", symbol: "Φ" };
const LAGRANGIAN: Series = Series { column: "lagrangian", symbol: "L" };
const RATE: Series = Series { column: "entropy_rate", symbol: "H/η" };

impl Series {
    fn of(&self, layer: usize) -> Axis {
        Axis::new(format!("{}_{layer}", self.column), self.symbol)
    }

    fn row(&self, layer: usize) -> Axis {
        Axis::new(format!("{}_{layer}", self.column), format!("Layer {layer}"))
    }
}

/// A heading, a title and what is seen: the words of a figure.
type Words = (&'static str, &'static str, &'static str);

/// All figures; `shown` names those that are shown at first.
pub fn figures(network: &Network, shown: &[&str]) -> Vec<Figure> {
    let mut figures = trajectories(network);
    figures.extend(entropy(network));
    figures.extend(outputs(network));
    figures.extend(norms(network));
    figures.extend(tensor_net(network));
    figures.extend(flow(network));
    figures.extend(lagrangian(network));
    figures.extend(runs(network));
    for figure in &mut figures {
        figure.shown = shown.contains(&figure.slug.as_str());
    }
    figures
}

fn figure(slug: impl Into<String>, (group, title, help): Words, plot: Plot) -> Figure {
    Figure { slug: slug.into(), title: title.into(), help: help.into(), group, shown: false, plot }
}

/// One panel for each layer.
fn curves(network: &Network, series: &Series, mark: Option<Mark>) -> Plot {
    let panel = |(index, neurons): (usize, &u32)| Panel {
        mark: mark.clone(),
        ..Panel::new(layer_title(index + 1, *neurons), series.symbol, vec![series.row(index + 1)])
    };
    Plot::Curves { panels: network.layers.iter().enumerate().map(panel).collect() }
}

fn layer_title(layer: usize, neurons: u32) -> String {
    format!("Layer {layer} ({neurons} {})", if neurons == 1 { "neuron" } else { "neurons" })
}

/// One row for each layer.
fn map(network: &Network, series: &Series, ramp: Ramp, ends: [Option<f64>; 2]) -> Plot {
    let rows = (1..=network.layers.len()).map(|layer| series.row(layer)).collect();
    Plot::HeatMap { rows, ramp, ends, unit: series.symbol.into() }
}

/// One cell for each layer.
fn planes(network: &Network, x: &dyn Fn(usize) -> Axis, y: &Series, mark: &dyn Fn(usize) -> Option<Mark>) -> Plot {
    let plane = |layer: usize| Plane {
        title: layer_title(layer, network.layers[layer - 1]),
        x: x(layer),
        y: y.of(layer),
        mark: mark(layer),
    };
    Plot::Planes { cells: (1..=network.layers.len()).map(plane).collect() }
}

fn against_z(network: &Network, y: &Series, mark: &dyn Fn(usize) -> Option<Mark>) -> Plot {
    planes(network, &|layer| Z_NORM.of(layer), y, mark)
}

/// The entropy's minimum, marked on another curve.
fn at_minimum(layer: usize) -> Option<Mark> {
    Some(Mark::LowestOf(Axis::new(format!("entropy_{layer}"), "entropy minimum")))
}

/// The trajectories through three layers' normalised entropies: (L1, L2, L3), (L1, L2, L4), (L2, L3, L4) as in the
/// original; one for a net of three layers, none for fewer.
fn trajectories(network: &Network) -> Vec<Figure> {
    let triples: &[[usize; 3]] = match network.layers.len() {
        0..=2 => &[],
        3 => &[[1, 2, 3]],
        _ => &[[1, 2, 3], [1, 2, 4], [2, 3, 4]],
    };
    let axis = |l: usize| Axis::new(format!("entropy_per_neuron_{l}"), format!("Layer {l} ({})", unit(network)));
    let one = |[a, b, c]: &[usize; 3]| Figure {
        slug: format!("trajectory-{a}{b}{c}"),
        title: format!("Trajectory of layers {a}, {b}, {c}"),
        help: format!(
            "Each step of the run is a point: its coordinates are the normalised entropies of layers {a}, {b} and {c}. \
             It starts near the origin, falls to each layer's minimum in turn, and relaxes."
        ),
        group: "Trajectories",
        shown: false,
        plot: Plot::Trajectory { axes: [axis(*a), axis(*b), axis(*c)] },
    };
    triples.iter().map(one).collect()
}

fn entropy(network: &Network) -> Vec<Figure> {
    const GROUP: &str = "Entropy and alignment";
    let short = network.layers.len() < 3;
    let normalised = Series { column: "entropy_per_neuron", symbol: unit(network) };
    let seen = "Entropy of each layer, divided by its neurons, at every step. Each layer has a minimum of its own.";
    let mut curve = figure("entropy", (GROUP, "Normalised entropy by layer", seen), curves(network, &normalised, None));
    if short {
        curve.help = format!("{seen} A trajectory through space needs three layers or more.");
    }
    let total = Panel::new("All layers", "bits", vec![Axis::new("entropy_total", "Total entropy")]);
    vec![
        figure(
            "entropy-map",
            (
                GROUP,
                "Entropy, layer by layer",
                "The original notebook's heat map: a row for each layer, a column for each step. The darker, the more \
                 entropy the layer loses in this step.",
            ),
            map(network, &ENTROPY, Ramp::Blues, [None, Some(0.0)]),
        ),
        figure(
            "cosine-map",
            (
                GROUP,
                "Alignment, layer by layer",
                "The cosine between the knowledge Z and the change of the decisions ΔD. Blue: the decisions move along \
                 the knowledge; white: they do not.",
            ),
            map(network, &COSINE, Ramp::Diverging, [Some(-1.0), Some(1.0)]),
        ),
        curve,
        figure(
            "entropy-total",
            (
                GROUP,
                "Total entropy at each step",
                "The entropies of all layers added up: the figure that the original notebook prints at every step.",
            ),
            Plot::Curves { panels: vec![total] },
        ),
        figure(
            "cosine",
            (GROUP, "Alignment cos θ by layer", "It rises while knowledge and decisions move together, then settles."),
            curves(network, &COSINE, None),
        ),
    ]
}

fn outputs(network: &Network) -> Vec<Figure> {
    let outputs = network.layers.last().copied().unwrap_or(0);
    let line = |i: u32| Axis::new(format!("output_{i}"), format!("Neuron {i}"));
    let panel = Panel::new("Output layer", "mean decision", (0..outputs).map(line).collect());
    let help = "The decision of every output neuron, averaged over the images. Means part even where no image is told \
                from another: see the spread in Look closer.";
    let words = ("Entropy and alignment", "Mean outputs", help);
    vec![figure("outputs", words, Plot::Curves { panels: vec![panel] })]
}

fn norms(network: &Network) -> Vec<Figure> {
    const GROUP: &str = "Norms";
    vec![
        figure(
            "z-norm",
            (GROUP, "Knowledge norm ‖Z‖ by layer", "How much knowledge each layer has accumulated (Frobenius norm)."),
            curves(network, &Z_NORM, None),
        ),
        figure(
            "z-norm-map",
            (GROUP, "Knowledge norm, layer by layer", "The norms of all layers on one colour scale."),
            map(network, &Z_NORM, Ramp::Viridis, [None, None]),
        ),
        figure(
            "w-norm",
            (GROUP, "Weight norm ‖W‖ by layer", "The Frobenius norm of each layer's weights after the step's update."),
            curves(network, &W_NORM, None),
        ),
        figure(
            "w-norm-map",
            (GROUP, "Weight norm, layer by layer", "The weights' norms of all layers on one colour scale."),
            map(network, &W_NORM, Ramp::Plasma, [None, None]),
        ),
        figure(
            "entropy-z-norm",
            (
                GROUP,
                "Entropy against ‖Z‖",
                "As knowledge grows, entropy falls and rises again: a valley whose bottom lies at smaller ‖Z‖ in deeper \
                 layers. The mark is the minimum.",
            ),
            against_z(network, &ENTROPY, &at_minimum),
        ),
    ]
}

fn tensor_net(network: &Network) -> Vec<Figure> {
    const GROUP: &str = "Tensor net";
    vec![
        figure(
            "tensor-net",
            (
                GROUP,
                "Tensor net by layer",
                "Σ ΔZ·(D − ∇H) at every step. Dotted lines mark where it crosses zero, interpolated between two steps.",
            ),
            curves(network, &TENSOR_NET, Some(Mark::Zero)),
        ),
        figure(
            "tensor-net-map",
            (GROUP, "Tensor net, layer by layer", "The tensor nets of all layers on one colour scale."),
            map(network, &TENSOR_NET, Ramp::Magma, [None, None]),
        ),
        figure(
            "tensor-net-z-norm",
            (GROUP, "Tensor net against ‖Z‖", "At how much knowledge the tensor net changes its sign: the marks."),
            against_z(network, &TENSOR_NET, &|_| Some(Mark::Zero)),
        ),
    ]
}

fn flow(network: &Network) -> Vec<Figure> {
    const GROUP: &str = "Knowledge flow and Lagrangian";
    vec![
        figure(
            "flow",
            (
                GROUP,
                "Knowledge flow Φ by layer",
                "Φ = ‖ΔZ‖/η, how fast knowledge changes. Dotted lines mark each layer's peak.",
            ),
            curves(network, &FLOW, Some(Mark::Highest)),
        ),
        figure(
            "flow-z-norm",
            (
                GROUP,
                "Phase portrait: Φ against ‖Z‖",
                "Speed against place, as in mechanics. The mark is the step of the layer's entropy minimum.",
            ),
            against_z(network, &FLOW, &at_minimum),
        ),
    ]
}

fn lagrangian(network: &Network) -> Vec<Figure> {
    const GROUP: &str = "Knowledge flow and Lagrangian";
    let curve = figure(
        "lagrangian",
        (
            GROUP,
            "Lagrangian by layer",
            "L = −Σ Z·D′·ΔZ/η, whose integral over time the second paper calls the entropy.",
        ),
        curves(network, &LAGRANGIAN, None),
    );
    let space = |(index, neurons): (usize, &u32)| {
        let layer = index + 1;
        Figure {
            slug: format!("lagrangian-{layer}"),
            title: format!("Lagrangian of {}", layer_title(layer, *neurons).to_ascii_lowercase()),
            help: "The path of the run through knowledge ‖Z‖, flow Φ and Lagrangian L.".into(),
            group: GROUP,
            shown: false,
            plot: Plot::Trajectory { axes: [Z_NORM.of(layer), FLOW.of(layer), LAGRANGIAN.of(layer)] },
        }
    };
    std::iter::once(curve).chain(network.layers.iter().enumerate().map(space)).collect()
}

/// Runs beside each other, and over a common axis of time.
fn runs(network: &Network) -> Vec<Figure> {
    const GROUP: &str = "Runs side by side";
    let time = || Axis::new("time", "t = η·k");
    let normalised = Series { column: "entropy_per_neuron", symbol: unit(network) };
    let by_run = |series: &Series| Plot::ByRun {
        x: time(),
        y_label: series.symbol.into(),
        lines: (1..=network.layers.len()).map(|layer| series.row(layer)).collect(),
    };
    vec![
        figure(
            "entropy-by-run",
            (
                GROUP,
                "Entropy, run by run",
                "A cell for each run that is shown (archive a run, or compute a comparison below), all with the same \
                 axes: the entropies of its layers over t = η·k.",
            ),
            by_run(&normalised),
        ),
        figure(
            "cosine-by-run",
            (GROUP, "Alignment, run by run", "The same for the cosine between Z and ΔD."),
            by_run(&COSINE),
        ),
        figure(
            "entropy-time",
            (
                GROUP,
                "Entropy over η, against time",
                "H/η over the common axis t = η·k. Where runs of different η lie on one another, the run depends on t \
                 only; how far apart they are is the price of finite steps.",
            ),
            planes(network, &|_| time(), &RATE, &|_| None),
        ),
        figure(
            "cosine-time",
            (GROUP, "Alignment against time", "The cosine over the common axis t = η·k, layer by layer."),
            planes(network, &|_| time(), &COSINE, &|_| None),
        ),
    ]
}

/// What sums a step up: the normalised entropy of each layer, and the total.
pub fn headline(network: &Network) -> Vec<(String, String)> {
    let layers = (1..=network.layers.len()).map(|l| (format!("entropy_per_neuron_{l}"), format!("layer {l}")));
    layers.chain(std::iter::once(("entropy_total".into(), "total entropy in bits".into()))).collect()
}
